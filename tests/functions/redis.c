#include "redis.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "library.h"

#define PATIENCE_US  20000000
#define POLL_US      2000
#define PORT_TRIES   5
#define SOCKET       "redis.sock"
#define FENCED_USER  "fenced"
#define SETTINGS_MAX 32

/* The server's process. */

/* A port nobody has now. Somebody may take it before Redis does, so the caller tries more than once. */
static uint16_t
free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

/* In the child. It ends with the test, even one that is killed. */
static void
become_server(const struct redis *r, const char *bus_port)
{
	const char *argv[SETTINGS_MAX] = {"redis-server", "--port", "0", "--unixsocket", SOCKET, "--unixsocketperm",
		"700", "--save", "", "--appendonly", "yes", "--logfile", "redis.log"};
	const char *cluster[] = {"--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port",
		bus_port, "--bind", "127.0.0.1"};
	int null = open("/dev/null", O_RDWR);
	size_t count = 0;

	while (argv[count])
		count++;
	if (r->cluster)
		memcpy(argv + count, cluster, sizeof(cluster));
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (chdir(r->folder) == 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static bool
has_ended(struct redis *r)
{
	int status;

	if (waitpid(r->pid, &status, WNOHANG) != r->pid)
		return false;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		print_error("redis-server cannot be started: is it installed?\n");
	r->pid = 0;
	return true;
}

/* Nothing yet where the server does not answer, or is still reading its log. */
static redisContext *
try_connect(const struct redis *r)
{
	char path[sizeof(r->folder) + sizeof(SOCKET) + 1];
	redisContext *context;
	redisReply *reply;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", r->folder, SOCKET);
	context = redisConnectUnix(path);
	assert_non_null(context);
	reply = context->err ? NULL : redisCommand(context, "PING");
	good = reply && reply->type == REDIS_REPLY_STATUS;
	freeReplyObject(reply);
	if (good)
		return context;
	redisFree(context);
	return NULL;
}

static void
show_log(const struct redis *r)
{
	char command[sizeof(r->folder) + 64];

	snprintf(command, sizeof(command), "tail -n 20 '%s/redis.log' >&2", r->folder);
	if (system(command) != 0)
		print_error("(no log)\n");
}

/* False if it ended before it served. */
static bool
start_server(struct redis *r)
{
	uint64_t started_us = clock_mono_us();
	char port[8];

	snprintf(port, sizeof(port), "%u", r->cluster ? free_port() : 0U);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0)
		become_server(r, port);
	while (!(r->open = try_connect(r))) {
		if (has_ended(r))
			return false;
		if (clock_mono_us() - started_us > PATIENCE_US) {
			show_log(r);
			fail_msg("waited in vain for redis-server");
		}
		usleep(POLL_US);
	}
	return true;
}

static void
stop_server(struct redis *r, int signal)
{
	int status;

	redisFree(r->open);
	redisFree(r->fenced);
	kill(r->pid, signal);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	r->pid = 0;
}

/* Takes all slots and waits until the node believes it, which is two seconds after its start. */
static void
take_slots(struct redis *r)
{
	uint64_t started_us = clock_mono_us();

	redis(r, "CLUSTER ADDSLOTSRANGE 0 16383");
	while (!strstr(redis(r, "CLUSTER INFO"), "cluster_state:ok")) {
		assert_true(clock_mono_us() - started_us < PATIENCE_US);
		usleep(POLL_US);
	}
}

static void
build_fence(struct redis *r)
{
	redisReply *reply;

	redis(r, "ACL SETUSER " FENCED_USER " on nopass resetkeys +@all");
	r->fenced = try_connect(r);
	assert_non_null(r->fenced);
	reply = redisCommand(r->fenced, "AUTH " FENCED_USER " any");
	assert_true(reply && reply->type == REDIS_REPLY_STATUS);
	freeReplyObject(reply);
}

static void
start(struct redis *r)
{
	int tries = 1;

	while (!start_server(r)) {
		if (tries++ == PORT_TRIES) {
			show_log(r);
			fail_msg("redis-server ended at once");
		}
	}
	build_fence(r);
}

void
redis_restart(struct redis *r, int signal)
{
	stop_server(r, signal);
	start(r);
}

void
redis_load_library(struct redis *r)
{
	assert_string_equal(
		redis(r, "FUNCTION LOAD REPLACE %b", library_source.data, library_source.len), "gridvanguard");
}

/* Life. */

static struct redis *
open_folder(void)
{
	struct redis *r = calloc(1, sizeof(*r));
	const char *root = getenv("TEST_FOLDER");

	assert_non_null(r);
	snprintf(r->folder, sizeof(r->folder), "%s/functions-XXXXXX", root ? root : "/tmp");
	if (strlen(r->folder) + sizeof("/" SOCKET) > sizeof(((struct sockaddr_un *)0)->sun_path))
		fail_msg("no room for a socket's path under %s", r->folder);
	if (root)
		mkdir(root, 0700);
	assert_non_null(mkdtemp(r->folder));
	return r;
}

int
redis_open(void **state)
{
	struct redis *r = open_folder();

	start(r);
	redis_load_library(r);
	*state = r;
	return 0;
}

int
redis_open_cluster(void **state)
{
	struct redis *r = open_folder();

	r->cluster = true;
	start(r);
	take_slots(r);
	redis_load_library(r);
	*state = r;
	return 0;
}

static int
remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

int
redis_close(void **state)
{
	struct redis *r = *state;

	stop_server(r, SIGTERM);
	nftw(r->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (unsigned i = 0; i < TEXTS_MAX; i++)
		free(r->texts[i]);
	free(r->event);
	free(r);
	return 0;
}

void
redis_clear(struct redis *r)
{
	redis(r, "FLUSHALL");
	r->once_given = false;
}

int
redis_empty(void **state)
{
	redis_clear(*state);
	return 0;
}

/* Commands. */

/* Bytes that are no text show as such, so that two answers which differ differ in print. */
static void
print_bytes(FILE *out, const redisReply *reply)
{
	for (size_t i = 0; i < (size_t)reply->len; i++) {
		unsigned char byte = (unsigned char)reply->str[i];
		if (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r')
			fprintf(out, "\\x%02x", byte);
		else
			fputc(byte, out);
	}
}

static void
print_reply(FILE *out, const redisReply *reply)
{
	switch (reply->type) {
	case REDIS_REPLY_NIL:
		fputs("(nil)", out);
		break;
	case REDIS_REPLY_INTEGER:
		fprintf(out, "%lld", reply->integer);
		break;
	case REDIS_REPLY_ARRAY:
		for (size_t i = 0; i < reply->elements; i++) {
			fputs(i ? " " : "", out);
			print_reply(out, reply->element[i]);
		}
		break;
	default:
		print_bytes(out, reply);
	}
}

/* Print to a text that is the caller's to free. */
static char *
print_some(const redisReply *reply, size_t from, size_t count)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? " " : "", out);
		print_reply(out, reply->element[from + i]);
	}
	fclose(out);
	return text;
}

const char *
redis_text(struct redis *r, const redisReply *reply)
{
	char **slot = &r->texts[r->text_count++ % TEXTS_MAX];
	size_t len;
	FILE *out;

	free(*slot);
	out = open_memstream(slot, &len);
	assert_non_null(out);
	print_reply(out, reply);
	fclose(out);
	return *slot;
}

static redisReply *
checked(const struct redis *r, redisReply *reply)
{
	if (!reply)
		fail_msg("no answer from Redis: %s", r->open->errstr);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("Redis answers: %s", reply->str);
	return reply;
}

const char *
redis(struct redis *r, const char *format, ...)
{
	redisReply *reply;
	const char *text;
	va_list args;

	va_start(args, format);
	reply = checked(r, redisvCommand(r->open, format, args));
	va_end(args);
	text = redis_text(r, reply);
	freeReplyObject(reply);
	return text;
}

redisReply *
redis_reply(struct redis *r, const char *format, ...)
{
	redisReply *reply;
	va_list args;

	va_start(args, format);
	reply = checked(r, redisvCommand(r->open, format, args));
	va_end(args);
	return reply;
}

redisReply *
redis_run(struct redis *r, struct command *command)
{
	void *reply = NULL;
	struct text bytes;

	assert_true(command_finish(command, &bytes));
	assert_int_equal(redisAppendFormattedCommand(r->open, bytes.data, bytes.len), REDIS_OK);
	command_destroy(command);
	redisGetReply(r->open, &reply);
	return checked(r, reply);
}

uint64_t
redis_now_ms(struct redis *r)
{
	redisReply *reply = redis_reply(r, "TIME");
	uint64_t now =
		strtoull(reply->element[0]->str, NULL, 10) * 1000 + strtoull(reply->element[1]->str, NULL, 10) / 1000;

	freeReplyObject(reply);
	return now;
}

uint64_t
redis_changes(struct redis *r)
{
	static const char name[] = "rdb_changes_since_last_save:";
	const char *found = strstr(redis(r, "INFO persistence"), name);

	assert_non_null(found);
	return strtoull(found + strlen(name), NULL, 10);
}

/* Pictures. */

void
rows_add(struct rows *rows, char *row)
{
	rows->rows = reallocarray(rows->rows, rows->count + 1, sizeof(*rows->rows));
	assert_non_null(rows->rows);
	rows->rows[rows->count++] = row;
}

static int
compare_rows(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return strcmp(*left, *right);
}

void
rows_sort(struct rows *rows)
{
	if (rows->count)
		qsort(rows->rows, rows->count, sizeof(*rows->rows), compare_rows);
}

char *
rows_join(struct rows *rows)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (size_t i = 0; i < rows->count; i++) {
		fprintf(out, "%s\n", rows->rows[i]);
		free(rows->rows[i]);
	}
	fclose(out);
	free(rows->rows);
	*rows = (struct rows){0};
	return text;
}

void
rows_add_reply(struct rows *rows, const redisReply *reply, size_t step)
{
	for (size_t i = 0; i + step <= reply->elements; i += step)
		rows_add(rows, print_some(reply, i, step));
}

/* How to read a key of a type, and how many elements of the answer are one thing. */
static const struct reading {
	const char *type;
	const char *command;
	size_t step;
} readings[] = {
	{"hash", "HGETALL %s", 2},
	{"set", "SMEMBERS %s", 1},
	{"zset", "ZRANGE %s 0 -1 WITHSCORES", 2},
	{"stream", "XRANGE %s - +", 1},
	{"string", "MGET %s", 1},
};

static const struct reading *
reading_of(const char *type)
{
	size_t i = 0;

	while (i < ARRAY_LEN(readings) - 1 && strcmp(readings[i].type, type) != 0)
		i++;
	assert_string_equal(type, readings[i].type);
	return &readings[i];
}

static char *
picture_of(struct redis *r, const char *key)
{
	const char *type = redis(r, "TYPE %s", key), *expires = redis(r, "PEXPIRETIME %s", key);
	const struct reading *reading = reading_of(type);
	redisReply *reply = redis_reply(r, reading->command, key);
	struct rows things = {0};
	char *inside, *picture;

	rows_add_reply(&things, reply, reading->step);
	rows_sort(&things);
	inside = rows_join(&things);
	assert_true(asprintf(&picture, "%s (%s, expires %s)\n%s", key, type, expires, inside) > 0);
	free(inside);
	freeReplyObject(reply);
	return picture;
}

char *
redis_picture(struct redis *r)
{
	redisReply *keys = redis_reply(r, "KEYS *");
	struct rows pictures = {0};

	for (size_t i = 0; i < keys->elements; i++)
		rows_add(&pictures, picture_of(r, keys->element[i]->str));
	rows_sort(&pictures);
	freeReplyObject(keys);
	return rows_join(&pictures);
}

void
assert_unchanged_at(struct redis *r, char *before, const char *file, int line)
{
	char *after = redis_picture(r);

	_assert_string_equal(after, before, file, line);
	free(before);
	free(after);
}
