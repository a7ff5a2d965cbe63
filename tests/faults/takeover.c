/* takeover.c - a hub takes the place of another, and one of the two is killed, slow, mistaken or not alone. Whatever
 * happens there is one hub on the folder, never two and never none. Here the other hub is often the test itself. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audited.h"
#include "faults.h"
#include "socket.h"

/* What the two say to each other; backend/takeover.h. */

struct goods {
	int listener;
	int lock;
};

static struct sockaddr_un
takeover_address(const struct world *w)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	int len = snprintf(address.sun_path, sizeof(address.sun_path), "%s/takeover.sock", w->folder);

	assert_in_range(len, 1, sizeof(address.sun_path) - 1);
	return address;
}

static int
call_hub(const struct world *w)
{
	struct sockaddr_un address = takeover_address(w);
	int line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(line, (struct sockaddr *)&address, sizeof(address)), 0);
	return line;
}

static bool
send_word(int line, const char *text)
{
	return send(line, text, strlen(text), MSG_NOSIGNAL) >= 0;
}

static void
say_with(int line, const char *text, struct goods goods)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(goods))];
	} control = {.bytes = {0}};
	struct iovec part = {UNCONST(text), strlen(text)};
	struct msghdr head = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	*CMSG_FIRSTHDR(&head) = (struct cmsghdr){
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(goods))};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&head)), &goods, sizeof(goods));
	assert_int_equal(sendmsg(line, &head, MSG_NOSIGNAL), strlen(text));
}

/* What comes next; "" when the other end is gone. */
static const char *
hear(int line, struct goods *goods)
{
	static char text[256];
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(*goods))];
	} control;
	struct iovec part = {text, sizeof(text) - 1};
	struct msghdr head = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct pollfd look = {.fd = line, .events = POLLIN};
	ssize_t len;

	if (poll(&look, 1, PATIENCE_S * 1000) <= 0)
		fail_msg("waited in vain for the hub to say something");
	len = recvmsg(line, &head, MSG_CMSG_CLOEXEC);
	text[len > 0 ? len : 0] = '\0';
	if (goods && CMSG_FIRSTHDR(&head))
		memcpy(goods, CMSG_DATA(CMSG_FIRSTHDR(&head)), sizeof(*goods));
	return text;
}

/* "ready" and the name of the data, which a session is told too. */
static void
say_ready(struct world *w, int line)
{
	Gridvanguard__V1__Watch body = GRIDVANGUARD__V1__WATCH__INIT;
	Answer *answer = ask(person(w, "worker"), &REQUEST(WATCH, &body));
	char text[128];

	snprintf(text, sizeof(text), "ready %s", answer->watch->epoch);
	free_answer(answer);
	assert_true(send_word(line, text));
}

/* Calls the hub and is offered everything. */
static int
be_offered(struct world *w, struct goods *goods)
{
	int line = call_hub(w);

	send_word(line, "hello 1");
	assert_string_equal(hear(line, NULL), "welcome");
	say_ready(w, line);
	assert_string_equal(hear(line, goods), "yours");
	return line;
}

static void
drop(struct goods goods)
{
	close(goods.listener);
	close(goods.lock);
}

/* The hub goes on as if nothing had been: it accepts, it writes, it holds the lock, and may be replaced by another. */

static unsigned people;

static void
assert_goes_on(struct world *w, const char *call)
{
	char name[32];

	snprintf(name, sizeof(name), "p%02u", people++);
	join(w, call, name);
	assert_int_equal(waitpid(w->hub, NULL, WNOHANG), 0);
	assert_false(is_lock_free(w, "hub.lock"));
	assert_true(has_file(w, "takeover.sock"));
	assert_int_equal(processes_in(w), 1);
}

static bool
has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static void
assert_ends(struct world *w, pid_t pid, int wanted)
{
	int status = 0;

	wait_until(w, has_ended(pid, &status), "a hub to end");
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), wanted);
}

static void
assert_can_be_replaced(struct world *w)
{
	pid_t next = hub_successor(w);

	assert_ends(w, w->hub, 0);
	w->hub = next;
}

/* The new hub dies, at each step. */

static void
taker_dies_before_it_says_a_word(struct world *w)
{
	close(call_hub(w));
}

static void
taker_dies_while_it_loads(struct world *w)
{
	int line = call_hub(w);

	send_word(line, "hello 1");
	assert_string_equal(hear(line, NULL), "welcome");
	close(line);
}

static void
taker_dies_when_it_is_ready(struct world *w)
{
	int line = call_hub(w);

	send_word(line, "hello 1");
	assert_string_equal(hear(line, NULL), "welcome");
	say_ready(w, line);
	close(line);
}

static void
taker_dies_with_all_in_its_hands(struct world *w)
{
	struct goods goods;
	int line = be_offered(w, &goods);

	drop(goods);
	close(line);
}

static void
taker_dies_as_it_says_that_it_serves(struct world *w)
{
	struct goods goods;
	int line = be_offered(w, &goods);

	kill(w->hub, SIGSTOP); /* so that it hears both at once */
	assert_true(send_word(line, "serving"));
	drop(goods);
	close(line);
	kill(w->hub, SIGCONT);
}

static void
hub_goes_on_when_its_taker_dies(void **state)
{
	static void (*const deaths[])(struct world * w) = {taker_dies_before_it_says_a_word, taker_dies_while_it_loads,
		taker_dies_when_it_is_ready, taker_dies_with_all_in_its_hands, taker_dies_as_it_says_that_it_serves};
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(deaths); i++) {
		deaths[i](w);
		wait_until(w, count_in_log(w, "event=kept side=giver") == i + 1, "the hub to have seen it");
		assert_goes_on(w, call);
	}
	assert_can_be_replaced(w);
	assert_goes_on(w, call);
	world_close(w);
}

/* A real one, held up in loading by a Redis that stands still. */
static void
hub_goes_on_when_a_hub_that_loads_is_killed(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t redis = redis_pid(w), next;

	(void)state;
	kill(redis, SIGSTOP);
	next = hub_successor(w);
	wait_until(w, count_in_log(w, "event=welcome side=taker") == 1, "it to load");
	kill(next, SIGKILL);
	waitpid(next, NULL, 0);
	kill(redis, SIGCONT);
	wait_until(w, count_in_log(w, "event=kept side=giver") == 1, "the hub to have seen it");
	assert_goes_on(w, call);
	world_close(w);
}

/* It has all and says nothing: after a while it is too late for it, whatever it says. */
static void
taker_that_is_too_slow_gets_nothing(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct goods goods;
	int line = be_offered(w, &goods);

	(void)state;
	wait_until(w, count_in_log(w, "event=kept side=giver") == 1, "the hub to lose its patience");
	assert_false(send_word(line, "serving"));
	assert_string_equal(hear(line, NULL), "no it takes too long");
	drop(goods);
	close(line);
	assert_goes_on(w, call);
	world_close(w);
}

/* While everything is on offer nobody is refused: who comes waits until it is decided. */
static void
who_comes_while_nobody_accepts_is_let_in_after(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct goods goods;
	int line = be_offered(w, &goods);
	struct socket peer;

	(void)state;
	socket_open(&peer, w->address, 0);
	join(w, call, "worker"); /* who was there is served all the time */
	drop(goods);
	close(line);
	assert_int_equal(socket_shake(&peer, WS_UPGRADE WS_SUBPROTOCOL), 101);
	socket_close(&peer);
	world_close(w);
}

static void
only_one_hub_at_a_time_may_take_over(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	int line = call_hub(w);
	struct ended second;

	(void)state;
	send_word(line, "hello 1");
	assert_string_equal(hear(line, NULL), "welcome");
	second = try_hub("--takeover", "--dev", "--data", w->folder, "--listen", "127.0.0.1:0");
	assert_ended(&second, 1, "gridhub: takeover: another take-over is under way");
	close(line);
	wait_until(w, count_in_log(w, "event=kept side=giver") == 1, "the first to be forgotten");
	assert_goes_on(w, call);
	assert_can_be_replaced(w);
	world_close(w);
}

/* Two real ones: one is relieved, one has relieved it, and one was refused or has relieved the second. */
static void
two_hubs_that_take_over_at_once_leave_one(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t takers[] = {hub_successor(w), hub_successor(w)};
	int statuses[2] = {0};
	bool ended[2] = {false};

	(void)state;
	assert_ends(w, w->hub, 0);
	wait_until(w,
		(ended[0] = has_ended(takers[0], &statuses[0])) || (ended[1] = has_ended(takers[1], &statuses[1])),
		"one of two to end");
	w->hub = takers[ended[0] ? 1 : 0];
	assert_goes_on(w, call);
	world_close(w);
}

static void
assert_told(struct world *w, const char *hello, const char *ready, const char *told)
{
	int line = call_hub(w);

	send_word(line, hello);
	if (ready) {
		assert_string_equal(hear(line, NULL), "welcome");
		send_word(line, ready);
	}
	assert_string_equal(hear(line, NULL), told);
	assert_string_equal(hear(line, NULL), "");
	close(line);
}

static void
what_is_not_understood_is_told_so(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);

	(void)state;
	assert_told(w, "hello 2", NULL, "no it speaks another version");
	assert_told(w, "", NULL, "no it hung up");
	assert_told(w, "hello 1", "ready 0123456789abcdef0123456789abcdef", "no it has loaded other data");
	assert_told(w, "hello 1", "serving", "no it has loaded other data");
	assert_goes_on(w, call);
	world_close(w);
}

/* Even one who can reach the socket. */
static void
stranger_is_not_heard(void **state)
{
	struct world *w = world_open(NULL);
	struct sockaddr_un address = takeover_address(w), here = {.sun_family = AF_UNIX, .sun_path = "takeover.sock"};
	int line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), back = open(".", O_RDONLY | O_CLOEXEC);
	struct stat info;

	(void)state;
	assert_int_equal(stat(address.sun_path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	if (geteuid() == 0) { /* who is root can be somebody else */
		assert_int_equal(chmod(address.sun_path, 0666), 0);
		assert_int_equal(chmod(w->folder, 0755), 0);
		assert_int_equal(chdir(w->folder), 0);
		assert_int_equal(seteuid(65534), 0);
		assert_int_equal(connect(line, (struct sockaddr *)&here, sizeof(here)), 0);
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(fchdir(back), 0);
		send_word(line, "hello 1");
		assert_string_equal(hear(line, NULL), "");
		assert_int_equal(count_in_log(w, "event=stranger"), 1);
	}
	close(back);
	close(line);
	world_close(w);
}

/* Stopped with an offer out: it ends, and nobody takes over. */
static void
hub_that_is_stopped_takes_back_its_offer(void **state)
{
	struct world *w = world_open(NULL);
	struct goods goods;
	int line = be_offered(w, &goods);

	(void)state;
	kill(w->hub, SIGTERM);
	assert_string_equal(hear(line, NULL), "no the hub stops");
	assert_false(send_word(line, "serving"));
	drop(goods);
	close(line);
	assert_ends(w, w->hub, 0);
	w->hub = 0;
	assert_int_equal(processes_in(w), 0);
	assert_false(has_file(w, "takeover.sock"));
	world_close(w);
}

/* The old hub dies. */

static void
hub_that_loads_serves_when_the_other_is_killed(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t redis = redis_pid(w), next;

	(void)state;
	join(w, call, "an");
	kill(redis, SIGSTOP);
	next = hub_successor(w);
	wait_until(w, count_in_log(w, "event=welcome side=taker") == 1, "it to load");
	hub_signal(w, SIGKILL);
	w->hub = next;
	wait_until(w, count_in_log(w, "event=giver_died") == 1, "it to have seen that");
	kill(redis, SIGCONT);
	wait_until(w, count_in_log(w, "event=ready") == 2, "it to serve");
	assert_goes_on(w, call); /* they come back by themselves, for the token is the same */
	assert_int_equal(redis_pid(w), redis);
	assert_audit_clean(w);
	world_close(w);
}

/* The test as the old hub: it holds the lock, and listens; the one that was killed has left its Redis. */
struct old_hub {
	struct goods goods;
	int socket; /* where it is called */
	int line;
	pid_t next;
};

static void
play_old_hub(struct world *w, struct old_hub *old)
{
	struct sockaddr_un address = takeover_address(w);
	struct sockaddr_in listen_at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char path[256];

	hub_signal(w, SIGKILL);
	snprintf(path, sizeof(path), "%s/hub.lock", w->folder);
	old->goods.lock = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(old->goods.lock, LOCK_EX | LOCK_NB), 0);
	listen_at.sin_port = htons((uint16_t)strtoul(strrchr(w->address, ':') + 1, NULL, 10));
	old->goods.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(old->goods.listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	assert_int_equal(bind(old->goods.listener, (struct sockaddr *)&listen_at, sizeof(listen_at)), 0);
	assert_int_equal(listen(old->goods.listener, 64), 0);
	unlink(address.sun_path);
	old->socket = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(old->socket, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(old->socket, 8), 0);
	old->next = hub_successor(w);
}

static void
be_called(struct old_hub *old)
{
	old->line = accept4(old->socket, NULL, NULL, SOCK_CLOEXEC);
	assert_string_equal(hear(old->line, NULL), "hello 1");
}

static void
offer_all(struct old_hub *old)
{
	be_called(old);
	send_word(old->line, "welcome");
	assert_memory_equal(hear(old->line, NULL), "ready ", 6);
	say_with(old->line, "yours", old->goods);
}

static void
die(struct old_hub *old)
{
	drop(old->goods);
	close(old->line);
	close(old->socket);
}

/* Its line is cut before its lock is free. */
static void
old_hub_dies_unheard(struct world *w, struct old_hub *old)
{
	be_called(old);
	shutdown(old->line, SHUT_RDWR);
	wait_until(w, count_in_log(w, "event=alone") == 1, "the new hub to have seen it");
	die(old);
}

static void
old_hub_dies_when_it_has_handed_over(struct world *w, struct old_hub *old)
{
	(void)w;
	offer_all(old);
	die(old);
}

static void
old_hub_dies_when_it_is_relieved(struct world *w, struct old_hub *old)
{
	(void)w;
	offer_all(old);
	assert_string_equal(hear(old->line, NULL), "serving");
	die(old);
}

static void
new_hub_serves_when_the_old_one_dies(void **state)
{
	static void (*const deaths[])(struct world * w, struct old_hub * old) = {
		old_hub_dies_unheard, old_hub_dies_when_it_has_handed_over, old_hub_dies_when_it_is_relieved};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(deaths); i++) {
		struct world *w = world_open(NULL);
		const char *call = post_call(w, .place = GRID_A);
		struct old_hub old = {0};
		play_old_hub(w, &old);
		deaths[i](w, &old);
		w->hub = old.next;
		wait_until(w, count_in_log(w, "event=ready") == 2, "the new hub to serve");
		assert_goes_on(w, call);
		assert_can_be_replaced(w);
		assert_audit_clean(w);
		world_close(w);
	}
}

/* What a taker is told by one who breaks the rules, or lies: it ends, and leaves the folder as it is. */
static void
assert_gives_up(struct old_hub *old, struct world *w)
{
	assert_ends(w, old->next, 1);
	assert_false(is_lock_free(w, "hub.lock")); /* ours */
	die(old);
	hub_start(w);
	world_close(w);
}

static void
new_hub_gives_up_when_it_is_told_no(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};

	(void)state;
	play_old_hub(w, &old);
	be_called(&old);
	send_word(old.line, "no I do not like you");
	assert_gives_up(&old, w);
}

/* By one who hangs up without having heard it, which the kernel reports before it hands over the "no". */
static void
new_hub_that_is_not_heard_hears(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};
	struct pollfd look = {.events = POLLIN};

	(void)state;
	play_old_hub(w, &old);
	look.fd = old.line = accept4(old.socket, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(poll(&look, 1, PATIENCE_S * 1000), 1);
	kill(old.next, SIGSTOP);
	send_word(old.line, "no I am busy");
	close(old.line);
	old.line = -1;
	kill(old.next, SIGCONT);
	wait_until(w, count_in_log(w, "gridhub: takeover: I am busy") == 1, "it to say why");
	assert_gives_up(&old, w);
}

static void
new_hub_gives_up_when_it_is_told_no_at_the_last_moment(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};

	(void)state;
	play_old_hub(w, &old);
	be_called(&old);
	send_word(old.line, "welcome");
	assert_memory_equal(hear(old.line, NULL), "ready ", 6);
	kill(old.next, SIGSTOP);
	say_with(old.line, "yours", old.goods);
	shutdown(old.line, SHUT_RD);
	send_word(old.line, "no it takes too long");
	kill(old.next, SIGCONT);
	assert_gives_up(&old, w);
}

static void
new_hub_gives_up_when_it_is_given_other_things(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};
	struct goods wrong;

	(void)state;
	play_old_hub(w, &old);
	wrong = (struct goods){old.goods.lock, old.goods.lock}; /* no listener */
	be_called(&old);
	send_word(old.line, "welcome");
	assert_memory_equal(hear(old.line, NULL), "ready ", 6);
	say_with(old.line, "yours", wrong);
	assert_gives_up(&old, w);

	w = world_open(NULL);
	play_old_hub(w, &old);
	wrong = (struct goods){old.goods.listener, old.socket}; /* no lock */
	be_called(&old);
	send_word(old.line, "welcome");
	assert_memory_equal(hear(old.line, NULL), "ready ", 6);
	say_with(old.line, "yours", wrong);
	assert_gives_up(&old, w);
}

static void
new_hub_gives_up_when_nobody_answers(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};

	(void)state;
	play_old_hub(w, &old);
	be_called(&old);
	assert_gives_up(&old, w);
}

/* The third one has the lock: the taker of a dead hub is too late. */
static void
new_hub_gives_up_when_a_third_was_faster(void **state)
{
	struct world *w = world_open(NULL);
	struct old_hub old = {0};

	(void)state;
	play_old_hub(w, &old);
	be_called(&old);
	close(old.line);
	assert_ends(w, old.next, 1);
	assert_int_equal(count_in_log(w, "dead, and a third one was faster"), 1);
	drop(old.goods);
	close(old.socket);
	hub_start(w);
	world_close(w);
}

/* The functions in Redis: each hub brings its own, and only one of them may. */

static redisReply *
redis_do(const struct world *w, const char *const *args)
{
	char path[256];
	size_t count = 0;
	redisContext *redis;
	redisReply *reply;

	while (args[count])
		count++;
	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	reply = redisCommandArgv(redis, (int)count, UNCONST(args), NULL);
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	redisFree(redis);
	return reply;
}

/* The library as another version would leave it: its hash is another one. */
static void
change_library(const struct world *w)
{
	redisReply *hash = redis_do(w, (const char *const[]){"FCALL_RO", "library_hash", "0", NULL});
	redisReply *list = redis_do(w, (const char *const[]){"FUNCTION", "LIST", "WITHCODE", NULL});
	char *code = list->element[0]->element[list->element[0]->elements - 1]->str;
	char *found = strstr(code, hash->element[2]->str);

	assert_non_null(found);
	*found = *found == '0' ? '1' : '0';
	freeReplyObject(redis_do(w, (const char *const[]){"FUNCTION", "LOAD", "REPLACE", code, NULL}));
	freeReplyObject(list);
	freeReplyObject(hash);
}

static void
new_hub_brings_its_functions_when_it_takes_over_and_not_before(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t next;

	(void)state;
	change_library(w);
	kill(w->hub, SIGSTOP);
	next = hub_successor(w);
	wait_until(w, count_in_log(w, "event=open link=writes") == 2, "the new hub to look at what is there");
	assert_int_equal(count_in_log(w, "event=library_loaded"), 1);
	kill(w->hub, SIGCONT);
	assert_ends(w, w->hub, 0);
	w->hub = next;
	assert_int_equal(count_in_log(w, "event=library_loaded"), 2);
	assert_goes_on(w, call);
	world_close(w);
}

/* The new one had put its functions in, and then died. */
static void
hub_that_goes_on_puts_its_functions_back(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct goods goods;
	int line = be_offered(w, &goods);

	(void)state;
	change_library(w);
	drop(goods);
	close(line);
	wait_until(w, count_in_log(w, "event=library_loaded") == 2, "the hub to put its functions back");
	assert_goes_on(w, call);
	world_close(w);
}

/* Starting. */

static void
takeover_of_nobody_is_a_start(void **state)
{
	struct world *w = world_prepare((const char *const[]){"--takeover", NULL});
	struct ended ended;
	char other[256];

	(void)state;
	hub_start(w);
	assert_true(has_file(w, "takeover.sock"));
	/* Another folder has nobody to be taken over from, and this one's address is taken. */
	snprintf(other, sizeof(other), "%s/other", w->folder);
	ended = try_hub("--takeover", "--dev", "--data", other, "--listen", w->address);
	assert_ended(&ended, 1, "Address already in use");
	world_close(w);
}

static void
second_hub_is_told_how_to_take_over(void **state)
{
	struct world *w = world_open_empty(NULL);
	struct ended ended = try_hub("--dev", "--data", w->folder, "--listen", "127.0.0.1:0");

	(void)state;
	assert_ended(&ended, 1, "--takeover takes its place");
	world_close(w);
}

/* The address is that of the running hub, whatever the new one's settings say; its token, too. */
static void
new_hub_listens_where_the_old_one_did(void **state)
{
	struct world *w = world_open(NULL);
	char token[80], next[80], address[64];

	(void)state;
	read_token(w, token);
	snprintf(address, sizeof(address), "%s", w->address);
	w->address[0] = '\0'; /* port 0 */
	assert_can_be_replaced(w);
	snprintf(w->address, sizeof(w->address), "%s", address);
	wait_until(w, count_in_log(w, "event=ready") == 2, "the new hub to serve");
	read_token(w, next);
	assert_string_equal(next, token);
	wait_until(w, metric(w, "handshakes") == 1, "nobody but us to be at the door");
	world_close(w);
}

/* Sockets from a service manager. */

static int
listening_socket(char address[32])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(fd, 64), 0);
	getsockname(fd, (struct sockaddr *)&at, &len);
	snprintf(address, 32, "127.0.0.1:%u", ntohs(at.sin_port));
	return fd;
}

/* As systemd does. */
static pid_t
start_with_socket(struct world *w, int passed)
{
	pid_t pid = fork();
	char number[16], path[256];

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	snprintf(path, sizeof(path), "%s/hub.log", w->folder);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("LISTEN_PID", number, 1);
	setenv("LISTEN_FDS", "1", 1);
	dup2(open(path, O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
	if (dup2(passed, 3) == passed)
		fcntl(3, F_SETFD, 0);
	execl(hub_binary(), hub_binary(), "--dev", "--data", w->folder, "--listen", "127.0.0.1:1", NULL);
	_exit(127);
}

static bool
serves_at(const struct world *w, const char *address)
{
	return count_in_file(w, "listen", address) == 1;
}

static void
socket_that_is_passed_on_is_used_and_survives_the_hub(void **state)
{
	struct world *w = world_prepare(NULL);
	char address[32];
	int passed = listening_socket(address);
	struct socket early, late;

	(void)state;
	socket_open(&early, address, 0);
	w->hub = start_with_socket(w, passed);
	wait_until(w, serves_at(w, address), "the hub to serve there");
	assert_int_equal(socket_shake(&early, WS_UPGRADE WS_SUBPROTOCOL), 101);
	socket_close(&early);
	assert_ends(w, (kill(w->hub, SIGTERM), w->hub), 0);

	socket_open(&late, address, 0); /* nobody runs, and it is not refused */
	w->hub = start_with_socket(w, passed);
	wait_until(w, serves_at(w, address), "the next hub to serve there");
	assert_int_equal(socket_shake(&late, WS_UPGRADE WS_SUBPROTOCOL), 101);
	socket_close(&late);
	close(passed);
	world_close(w);
}

static void
what_is_passed_on_and_no_listener_is_refused(void **state)
{
	struct world *w = world_prepare(NULL);
	int passed = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_ends(w, start_with_socket(w, passed), 1);
	assert_int_equal(count_in_log(w, "the socket passed on does not listen on TCP"), 1);
	close(passed);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hub_goes_on_when_its_taker_dies),
		cmocka_unit_test(hub_goes_on_when_a_hub_that_loads_is_killed),
		cmocka_unit_test(taker_that_is_too_slow_gets_nothing),
		cmocka_unit_test(who_comes_while_nobody_accepts_is_let_in_after),
		cmocka_unit_test(only_one_hub_at_a_time_may_take_over),
		cmocka_unit_test(two_hubs_that_take_over_at_once_leave_one),
		cmocka_unit_test(what_is_not_understood_is_told_so),
		cmocka_unit_test(stranger_is_not_heard),
		cmocka_unit_test(hub_that_is_stopped_takes_back_its_offer),
		cmocka_unit_test(hub_that_loads_serves_when_the_other_is_killed),
		cmocka_unit_test(new_hub_serves_when_the_old_one_dies),
		cmocka_unit_test(new_hub_gives_up_when_it_is_told_no),
		cmocka_unit_test(new_hub_that_is_not_heard_hears),
		cmocka_unit_test(new_hub_gives_up_when_it_is_told_no_at_the_last_moment),
		cmocka_unit_test(new_hub_gives_up_when_it_is_given_other_things),
		cmocka_unit_test(new_hub_gives_up_when_nobody_answers),
		cmocka_unit_test(new_hub_gives_up_when_a_third_was_faster),
		cmocka_unit_test(new_hub_brings_its_functions_when_it_takes_over_and_not_before),
		cmocka_unit_test(hub_that_goes_on_puts_its_functions_back),
		cmocka_unit_test(takeover_of_nobody_is_a_start),
		cmocka_unit_test(second_hub_is_told_how_to_take_over),
		cmocka_unit_test(new_hub_listens_where_the_old_one_did),
		cmocka_unit_test(socket_that_is_passed_on_is_used_and_survives_the_hub),
		cmocka_unit_test(what_is_passed_on_and_no_listener_is_refused),
	};

	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
