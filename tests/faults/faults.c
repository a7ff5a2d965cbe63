#include "faults.h"

#include <arpa/inet.h>
#include <dirent.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"

/* Programs. */

/* Reads to the end of what is said; false if that does not come in time. */
static bool
listen_to(int pipe, struct ended *ended)
{
	uint64_t until_us = world_now_us() + (uint64_t)WORLD_PATIENCE_S * 1000000;
	struct pollfd poll_fd = {.fd = pipe, .events = POLLIN};
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && world_now_us() < until_us) {
		if (poll(&poll_fd, 1, WORLD_PATIENCE_S * 1000) <= 0)
			break;
		got = read(pipe, ended->said + len, sizeof(ended->said) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	ended->said[len] = '\0';
	return got <= 0;
}

struct ended
try_hub_with(const char *const *flags)
{
	const char *argv[32] = {hub_binary()};
	struct ended ended = {.status = -1};
	int pipes[2], status;
	pid_t pid;

	for (unsigned i = 0; flags[i]; i++)
		argv[i + 1] = flags[i];
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = spawn(argv, pipes[1]);
	close(pipes[1]);
	if (!listen_to(pipes[0], &ended)) {
		kill(pid, SIGTERM); /* so that it takes its Redis with it */
		waitpid(pid, &status, 0);
		fail_msg("waited in vain for the hub to end; it said: %s", ended.said);
	}
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return ended;
}

void
assert_ended_at(const struct ended *ended, int status, const char *part, const char *file, int line)
{
	if (ended->status == status && strstr(ended->said, part))
		return;
	print_error("exit status %d, wanted %d and '%s' in:\n%s\n", ended->status, status, part, ended->said);
	_fail(file, line);
}

/* Files. */

void
read_token(const struct world *w, char token[80])
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/dev.token", w->folder);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(token, 80, file));
	fclose(file);
	token[strcspn(token, "\n")] = '\0';
}

bool
has_file(const struct world *w, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	return access(path, F_OK) == 0;
}

size_t
count_in_file(const struct world *w, const char *name, const char *part)
{
	char path[256], bytes[16384];
	struct buf all = {0};
	size_t got, count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(&all, bytes, got);
	fclose(file);
	for (uint8_t *at = all.bytes, *end = all.bytes + all.len; at < end; count++) {
		at = memmem(at, (size_t)(end - at), part, strlen(part));
		if (!at)
			break;
		at += strlen(part);
	}
	buf_finish(&all);
	return count;
}

/* Processes. */

unsigned
processes_in(const struct world *w)
{
	DIR *proc = opendir("/proc");
	unsigned count = 0;
	struct dirent *entry;
	char path[300], folder[256], where[256];

	assert_non_null(realpath(w->folder, folder));
	while ((entry = readdir(proc))) {
		ssize_t len;
		snprintf(path, sizeof(path), "/proc/%s/cwd", entry->d_name);
		len = readlink(path, where, sizeof(where) - 1);
		if (len < 0)
			continue;
		where[len] = '\0';
		count += strcmp(where, folder) == 0;
	}
	closedir(proc);
	return count;
}

bool
is_lock_free(const struct world *w, const char *name)
{
	char path[256];
	int lock;
	bool is_free;

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	lock = open(path, O_RDWR | O_CLOEXEC);
	is_free = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
	close(lock);
	return is_free;
}

uint64_t
resident_kb(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (kb == 0 && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %llu", &kb);
	fclose(file);
	return kb;
}

unsigned
descriptors_of(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

void
people_go(struct world *w)
{
	for (unsigned i = 0; i < w->person_count; i++)
		caller_destroy(w->people[i].caller);
	w->person_count = 0;
}

pid_t
kill_redis(struct world *w)
{
	pid_t pid = redis_pid(w);

	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	return pid;
}

/* Another Redis. */

/* A port that was free a moment ago. */
static unsigned
free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	getsockname(fd, (struct sockaddr *)&address, &len);
	close(fd);
	return ntohs(address.sin_port);
}

static bool
answers(const struct other_redis *redis)
{
	redisContext *context = redisConnectUnix(redis->unix_url + strlen("unix:"));
	redisReply *reply = context && !context->err ? redisCommand(context, "PING") : NULL;
	bool good = reply; /* with a password it says no, and that will do */

	freeReplyObject(reply);
	redisFree(context);
	return good;
}

void
other_redis_start_with(struct other_redis *redis, struct world *w, const char *const *flags)
{
	char port[16], socket[160], log[160];
	const char *argv[48] = {"redis-server", "--port", port, "--bind", "127.0.0.1", "--unixsocket", socket, "--dir",
		w->folder, "--logfile", log, "--save", "", "--appendonly", "yes", "--appendfsync", "always"};
	unsigned count = 17;

	*redis = (struct other_redis){.w = w, .port = free_port()};
	snprintf(port, sizeof(port), "%u", redis->port);
	snprintf(socket, sizeof(socket), "%s/other.sock", w->folder);
	snprintf(log, sizeof(log), "%s/other.log", w->folder);
	snprintf(redis->url, sizeof(redis->url), "redis://127.0.0.1:%u", redis->port);
	snprintf(redis->unix_url, sizeof(redis->unix_url), "unix:%s", socket);
	for (unsigned i = 0; flags[i]; i++)
		argv[count++] = flags[i];
	redis->pid = spawn(argv, STDERR_FILENO);
	wait_until(w, answers(redis), "the other Redis to answer");
}

void
other_redis_stop(struct other_redis *redis)
{
	int status;

	kill(redis->pid, SIGTERM);
	assert_int_equal(waitpid(redis->pid, &status, 0), redis->pid);
}

long long
other_redis_do(const struct other_redis *redis, unsigned database, const char *command, ...)
{
	redisContext *context = redisConnectUnix(redis->unix_url + strlen("unix:"));
	redisReply *reply;
	long long number = -1;
	va_list args;

	assert_true(context && !context->err);
	freeReplyObject(redisCommand(context, "SELECT %u", database));
	va_start(args, command);
	reply = redisvCommand(context, command, args);
	va_end(args);
	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s: %s", command, reply->str);
	if (reply->type == REDIS_REPLY_INTEGER)
		number = reply->integer;
	freeReplyObject(reply);
	redisFree(context);
	return number;
}
