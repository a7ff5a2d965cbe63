#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "secrecy.h"
#include "socket.h"

#define POLL_US 5000

uint64_t
world_now_us(void)
{
	return clock_mono_us();
}

/* A failed assertion, after what the hub said. */
static void
fail_with_log(struct world *w, const char *what, const char *file, int line)
{
	char command[256];

	snprintf(command, sizeof(command), "tail -n 40 %s/hub.log >&2", w->folder);
	if (system(command) != 0)
		fprintf(stderr, "(no log)\n");
	print_error("waited in vain: %s\n", what);
	_fail(file, line);
}

void
world_turn(struct world *w, uint64_t since_us, const char *what, const char *file, int line)
{
	if (world_now_us() - since_us > (uint64_t)PATIENCE_S * 1000000)
		fail_with_log(w, what, file, line);
	if (w->dialer)
		uv_run(&w->loop, UV_RUN_ONCE); /* the dialer's clock ticks every 20 ms */
	else
		usleep(POLL_US);
}

/* The hub. */

static bool
read_word(const char *folder, const char *name, char *out, size_t room)
{
	char path[256];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "re");
	if (!file)
		return false;
	good = fgets(out, (int)room, file);
	fclose(file);
	if (good)
		out[strcspn(out, "\n")] = '\0';
	return good;
}

void
read_token(const struct world *w, char token[TOKEN_TEXT])
{
	assert_true(read_word(w->folder, "dev.token", token, TOKEN_TEXT));
	secrecy_remember(token, strlen(token));
}

static bool
hub_serves(struct world *w)
{
	int status;

	if (waitpid(w->hub, &status, WNOHANG) == w->hub) {
		w->hub = 0;
		fail_with_log(w, "the hub to serve, but it ended", __FILE__, __LINE__);
	}
	return read_word(w->folder, "listen", w->address, sizeof(w->address));
}

/* With one flag more, or NULL. */
static pid_t
spawn_hub(struct world *w, const char *flag)
{
	const char *argv[FLAGS_MAX + 13] = {hub_binary(), "--dev", "--data", w->folder, "--listen",
		w->address[0] ? w->address : "127.0.0.1:0", "--person-budget", "1000000", "--address-budget", "1000000",
		"--www=none"}; /* a few stand for a whole city */
	unsigned count = 11;
	char path[256];
	int log;
	pid_t pid;

	for (unsigned i = 0; w->flags[i]; i++)
		argv[count++] = w->flags[i];
	argv[count++] = flag;
	snprintf(path, sizeof(path), "%s/hub.log", w->folder);
	log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	pid = spawn(argv, log);
	close(log);
	return pid;
}

pid_t
hub_successor(struct world *w)
{
	return spawn_hub(w, "--takeover");
}

void
hub_start(struct world *w)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/listen", w->folder);
	unlink(path);
	mkdir(w->folder, 0700);
	w->hub = spawn_hub(w, NULL);
	wait_until(w, hub_serves(w), "the hub to serve");
}

int
hub_signal(struct world *w, int signal)
{
	uint64_t started_us = world_now_us();
	int status = 0;

	kill(w->hub, signal);
	while (waitpid(w->hub, &status, WNOHANG) != w->hub)
		world_turn(w, started_us, "the hub to end", __FILE__, __LINE__);
	w->hub = 0;
	return status;
}

void
hub_end(struct world *w, int signal)
{
	int status = hub_signal(w, signal);

	if (signal == SIGKILL)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	else
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

void
hub_again(struct world *w, int signal)
{
	people_go(w);
	hub_end(w, signal);
	hub_start(w);
}

pid_t
redis_pid(const struct world *w)
{
	char path[256];
	redisContext *redis;
	redisReply *reply;
	pid_t pid = 0;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	if (!redis || redis->err) {
		redisFree(redis);
		return 0;
	}
	reply = redisCommand(redis, "INFO server");
	if (reply && reply->type == REDIS_REPLY_STRING && strstr(reply->str, "process_id:"))
		pid = (pid_t)strtol(strstr(reply->str, "process_id:") + strlen("process_id:"), NULL, 10);
	freeReplyObject(reply);
	redisFree(redis);
	return pid;
}

uint64_t
metric(struct world *w, const char *name)
{
	struct socket peer;
	char wanted[128];
	const char *found;
	uint64_t value;

	socket_open(&peer, w->address, 0);
	assert_int_equal(socket_http(&peer, "GET /metrics", "Connection: close\r\n"), 200);
	socket_read_all(&peer);
	buf_add(&peer.in, "", 1);
	snprintf(wanted, sizeof(wanted), "\ngridhub_%s ", name);
	found = strstr((char *)peer.in.bytes, wanted);
	if (!found)
		fail_msg("no metric %s", name);
	value = strtoull(found + strlen(wanted), NULL, 10);
	socket_close(&peer);
	return value;
}

/* Life. */

struct world *
world_prepare(const char *const *flags)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	folder_make(w->folder, sizeof(w->folder), "world");
	for (unsigned i = 0; flags && flags[i]; i++)
		w->flags[i] = flags[i];
	uv_loop_init(&w->loop);
	return w;
}

static void
write_secret(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(file >= 0);
	assert_int_equal(write(file, STAND_IN_SECRET "\n", strlen(STAND_IN_SECRET) + 1), strlen(STAND_IN_SECRET) + 1);
	assert_int_equal(close(file), 0);
}

void
world_add_wechat(struct world *w)
{
	unsigned count = 0;
	char path[160];

	snprintf(path, sizeof(path), "%s/wechat.secret", w->folder);
	write_secret(path);
	w->wechat = stand_in_open_beside();
	snprintf(w->wechat_base, sizeof(w->wechat_base), "--wechat-base=%s", stand_in_base(w->wechat));
	snprintf(w->wechat_secret, sizeof(w->wechat_secret), "--wechat-secret-file=%s", path);
	while (w->flags[count])
		count++;
	assert_true(count + 4 <= FLAGS_MAX);
	w->flags[count++] = "--wechat-appid=" STAND_IN_APPID;
	w->flags[count++] = w->wechat_base;
	w->flags[count] = w->wechat_secret;
}

static void
start(struct world *w)
{
	hub_start(w);
	w->dialer = dialer_create(&w->loop);
	assert_non_null(w->dialer);
}

static void
import_places(struct world *w)
{
	static const char *const places[][2] = {
		{PROVINCE_, "山西省"},
		{CITY, "太原市"},
		{DISTRICT, "小店区"},
		{STREET, "龙城街道"},
		{COMMUNITY, "西吴社区"},
		{GRID_A, "第1网格"},
		{GRID_B, "第2网格"},
		{BUILDING_1, "1号楼组"},
		{BUILDING_2, "2号楼组"},
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		import_place(w, places[i][0], places[i][1]);
}

struct world *
world_open_empty(const char *const *flags)
{
	struct world *w = world_prepare(flags);

	start(w);
	return w;
}

struct world *
world_open(const char *const *flags)
{
	struct world *w = world_open_empty(flags);

	import_places(w);
	return w;
}

struct world *
world_open_with_wechat(const char *const *flags)
{
	struct world *w = world_prepare(flags);

	world_add_wechat(w);
	start(w);
	import_places(w);
	return w;
}

/* What a hub leaves behind falls to us (world_prepare), and is a process until we have looked at how it ended. */
static bool
has_ended(pid_t pid)
{
	waitpid(pid, NULL, WNOHANG);
	return kill(pid, 0) != 0 && errno == ESRCH;
}

static void
on_forgotten_closed(uv_handle_t *handle)
{
	free(handle);
}

/* Debian's libwebsockets forgets the handle of a client's connection that is refused at the wrong moment, which happens
 * to people who come back while their hub is away. Nobody else has any on the loop by now. */
static void
close_forgotten(uv_handle_t *handle, void *context)
{
	(void)context;
	if (!uv_is_closing(handle))
		uv_close(handle, on_forgotten_closed);
}

void
world_close(struct world *w)
{
	pid_t redis = redis_pid(w);

	people_go(w);
	if (w->dialer)
		dialer_destroy(w->dialer);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	if (w->dialer)
		dialer_finish(w->dialer);
	uv_walk(&w->loop, close_forgotten, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	w->dialer = NULL;
	if (w->hub)
		hub_end(w, SIGTERM);
	if (w->wechat)
		stand_in_close_beside(w->wechat);
	if (redis)
		wait_until(w, has_ended(redis), "the Redis to be gone");
	folder_remove(w->folder);
	free(w);
}
