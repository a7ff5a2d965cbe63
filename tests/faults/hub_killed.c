/* hub_killed.c - the hub dies, ends, or should not start at all; what it must leave and find. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audited.h"
#include "faults.h"
#include "raw.h"
#include "storm.h"

static void
kill_hub(struct world *w)
{
	hub_end(w, SIGKILL);
	people_go(w);
}

/* P1, and: the next hub on the folder uses the Redis that is there. */
static void
next_hub_finds_the_redis_and_every_line(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct storm *storm = storm_begin(w, call, "m", 20, 1000);
	pid_t redis = redis_pid(w);
	unsigned lines;

	(void)state;
	while (storm->answers < 300)
		storm_turn(storm);
	kill_hub(w);
	assert_int_equal(redis_pid(w), redis);
	hub_start(w);

	assert_int_equal(redis_pid(w), redis);
	assert_int_equal(processes_in(w), 1);
	lines = storm_assert_none_lost(storm);
	assert_in_range(lines, storm->lines, storm->lines + storm->people); /* those without an answer may be there */
	storm_end(storm);
	assert_audit_clean(w);
	world_close(w);
}

static void
hub_is_killed_then_redis(struct world *w)
{
	pid_t redis = redis_pid(w);

	kill_hub(w);
	kill(redis, SIGKILL);
}

static void
redis_is_killed_then_hub(struct world *w)
{
	kill_redis(w);
	kill_hub(w);
}

/* The hub has just started another Redis, or is about to. */
static void
redis_is_killed_and_the_hub_while_it_sees_to_that(struct world *w)
{
	pid_t redis = kill_redis(w);

	wait_until(w, processes_in(w) == 1 && !is_lock_free(w, "redis.lock") && kill(redis, 0) != 0, "a new Redis");
	kill_hub(w);
}

static void
all_is_kept_when_both_are_killed(void (*kill_both)(struct world *w))
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 2);

	join(w, call, "an", "bo", "chen");
	withdraw(w, call, "an");
	assert_tally(w, CITY, "3 1 2 0");
	kill_both(w);
	hub_start(w);

	assert_int_equal(processes_in(w), 1);
	assert_chain(w, call, "1 an struck", "2 bo confirmed", "3 chen confirmed");
	assert_tally(w, CITY, "3 1 2 0");
	join(w, call, "an");
	assert_chain(w, call, "1 an struck", "2 bo confirmed", "3 chen confirmed", "4 an waiting");
	assert_audit_clean(w);
	world_close(w);
}

static void
all_is_kept_when_hub_and_then_redis_are_killed(void **state)
{
	(void)state;
	all_is_kept_when_both_are_killed(hub_is_killed_then_redis);
}

static void
all_is_kept_when_redis_and_then_hub_are_killed(void **state)
{
	(void)state;
	all_is_kept_when_both_are_killed(redis_is_killed_then_hub);
}

static void
all_is_kept_when_the_hub_is_killed_as_it_starts_redis(void **state)
{
	(void)state;
	all_is_kept_when_both_are_killed(redis_is_killed_and_the_hub_while_it_sees_to_that);
}

static void
assert_nothing_is_left(struct world *w)
{
	assert_int_equal(processes_in(w), 0);
	assert_true(is_lock_free(w, "hub.lock"));
	assert_true(is_lock_free(w, "redis.lock"));
	assert_false(has_file(w, "listen"));
	assert_false(has_file(w, "dev.token"));
	assert_false(has_file(w, "redis.sock"));
}

static void
end_in_order_leaves_nothing(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);

	(void)state;
	join(w, call, "an", "bo");
	hub_end(w, SIGTERM);
	assert_nothing_is_left(w);

	people_go(w);
	hub_start(w);
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	hub_end(w, SIGINT);
	assert_nothing_is_left(w);
	world_close(w);
}

/* In the middle of a storm: what is under way is answered or was not done, nothing acknowledged is lost. */
static void
end_in_order_in_a_storm_loses_nothing(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct storm *storm = storm_begin(w, call, "m", 20, 1000);

	(void)state;
	while (storm->answers < 200)
		storm_turn(storm);
	hub_end(w, SIGTERM);
	assert_nothing_is_left(w);
	people_go(w);
	hub_start(w);
	storm_assert_none_lost(storm);
	storm_end(storm);
	assert_audit_clean(w);
	world_close(w);
}

/* Who is connected is told, and told that he may come back. */
static void
sessions_are_told_that_the_hub_ends(void **state)
{
	struct world *w = world_open_empty(NULL);
	struct raw raw;

	(void)state;
	raw_login(&raw, w, "an");
	kill(w->hub, SIGTERM);
	assert_int_equal(socket_read_close(&raw.socket), 1001);
	assert_string_equal(raw.socket.reason, "come back; spread=0"); /* for there is nobody else */
	socket_send_frame(&raw.socket, WS_CLOSE, "\x03\xe9", 2);
	hub_end(w, 0);
	raw_close(&raw);
	world_close(w);
}

static void
second_hub_on_a_folder_is_refused(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t redis = redis_pid(w);
	struct ended second;
	char reason[96];

	(void)state;
	join(w, call, "an");
	second = try_hub("--dev", "--data", w->folder, "--listen", "127.0.0.1:0");
	snprintf(reason, sizeof(reason), "another hub runs on it (pid %d)", (int)w->hub);
	assert_ended(&second, 1, reason);

	join(w, call, "bo"); /* somebody new, by the token that is in the folder */
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	assert_int_equal(redis_pid(w), redis);
	assert_int_equal(processes_in(w), 1);
	assert_true(has_file(w, "listen"));
	assert_true(has_file(w, "dev.token"));
	world_close(w);
}

/* Everybody comes back at once, and to some a handshake is not answered in their time: they try again. */
static void
caller_who_got_no_answer_to_his_handshake_comes_back(void **state)
{
	struct world *w = world_open(NULL);
	char url[96], token[TOKEN_TEXT];
	struct caller_options options = {.url = url, .token = token, .handle = "late", .timeout_ms = 20000};
	struct caller *late;

	(void)state;
	snprintf(url, sizeof(url), "ws://%s", w->address);
	read_token(w, token);
	kill(w->hub, SIGSTOP);
	late = caller_create(w->dialer, &options);
	wait_until(w, caller_trouble(late)[0] != '\0', "him to give up");
	kill(w->hub, SIGCONT);
	wait_until(w, caller_state(late) == CALLER_PRESENT, "him to come back");
	caller_destroy(late);
	world_close(w);
}

/* A lock is held by a process, not by a file: what a killed hub left does not keep the next one out. */
static void
locks_of_the_dead_keep_nobody_out(void **state)
{
	struct world *w = world_open_empty(NULL);

	(void)state;
	hub_is_killed_then_redis(w);
	assert_true(has_file(w, "hub.lock"));
	assert_true(has_file(w, "listen"));
	assert_true(has_file(w, "redis.sock"));
	hub_start(w);
	assert_int_equal(processes_in(w), 1);
	world_close(w);
}

static void
port_in_use_is_said_and_starts_no_redis(void **state)
{
	struct world *w = world_prepare(NULL);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char listen_at[32], reason[96];
	struct ended ended;

	(void)state;
	assert_int_equal(bind(taken, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(taken, 1), 0);
	getsockname(taken, (struct sockaddr *)&address, &len);
	snprintf(listen_at, sizeof(listen_at), "127.0.0.1:%u", ntohs(address.sin_port));
	ended = try_hub("--dev", "--data", w->folder, "--listen", listen_at);
	snprintf(reason, sizeof(reason), "gridhub: listen: %s: Address already in use", listen_at);
	assert_ended(&ended, 1, reason);

	assert_int_equal(processes_in(w), 0);
	assert_int_equal(redis_pid(w), 0);
	assert_false(has_file(w, "dev.token"));
	assert_false(has_file(w, "listen"));
	assert_true(is_lock_free(w, "hub.lock"));
	close(taken);
	world_close(w);
}

static void
data_folder_that_cannot_be_one_is_said(void **state)
{
	struct world *w = world_prepare(NULL);
	char path[256], below[300], longest[256];
	struct ended ended;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/a-file", w->folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fclose(file);
	ended = try_hub("--data", path, "--listen", "127.0.0.1:0");
	assert_ended(&ended, 1, "a-file: Not a directory");

	snprintf(below, sizeof(below), "%s/below", path);
	ended = try_hub("--data", below, "--listen", "127.0.0.1:0");
	assert_ended(&ended, 1, "below: Not a directory");

	ended = try_hub("--data", "", "--listen", "127.0.0.1:0");
	assert_ended(&ended, 1, "no name given");

	/* As long as a socket's path may be, without the socket. */
	snprintf(longest, sizeof(longest), "%s/%0*d", w->folder, (int)(108 - strlen(w->folder) - 1), 0);
	ended = try_hub("--data", longest, "--listen", "127.0.0.1:0");
	assert_ended(&ended, 1, "its path is longer than the");
	assert_int_equal(processes_in(w), 0);
	world_close(w);
}

/* Not even root writes where the file system is read-only. */
static void
data_folder_that_cannot_be_written_is_said(void **state)
{
	struct world *w = world_prepare(NULL);
	struct ended ended;
	bool may_mount = mount("tmpfs", w->folder, "tmpfs", MS_RDONLY, "mode=700") == 0;

	(void)state;
	if (!may_mount)
		print_message("skipped: not allowed to mount a tmpfs: %s\n", strerror(errno));
	else
		ended = try_hub("--dev", "--data", w->folder, "--listen", "127.0.0.1:0");
	if (may_mount)
		umount(w->folder);
	world_close(w);
	if (!may_mount)
		skip();
	assert_ended(&ended, 1, "Read-only file system");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_hub_finds_the_redis_and_every_line),
		cmocka_unit_test(all_is_kept_when_hub_and_then_redis_are_killed),
		cmocka_unit_test(all_is_kept_when_redis_and_then_hub_are_killed),
		cmocka_unit_test(all_is_kept_when_the_hub_is_killed_as_it_starts_redis),
		cmocka_unit_test(end_in_order_leaves_nothing),
		cmocka_unit_test(end_in_order_in_a_storm_loses_nothing),
		cmocka_unit_test(sessions_are_told_that_the_hub_ends),
		cmocka_unit_test(second_hub_on_a_folder_is_refused),
		cmocka_unit_test(caller_who_got_no_answer_to_his_handshake_comes_back),
		cmocka_unit_test(locks_of_the_dead_keep_nobody_out),
		cmocka_unit_test(port_in_use_is_said_and_starts_no_redis),
		cmocka_unit_test(data_folder_that_cannot_be_one_is_said),
		cmocka_unit_test(data_folder_that_cannot_be_written_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
