#include "redis.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "library.h"
#include "program.h"

#define POLL_US     2000
#define FENCED_USER "fenced"

/* The server. */

/* Takes all slots and waits until the node believes it, which is two seconds after its start. */
static void
take_slots(struct redis *r)
{
	uint64_t started_us = clock_mono_us();

	redis(r, "CLUSTER ADDSLOTSRANGE 0 16383");
	while (!strstr(redis(r, "CLUSTER INFO"), "cluster_state:ok")) {
		assert_true(clock_mono_us() - started_us < (uint64_t)PATIENCE_S * 1000000);
		usleep(POLL_US);
	}
}

static void
build_fence(struct redis *r)
{
	redisReply *reply;

	redis(r, "ACL SETUSER " FENCED_USER " on nopass resetkeys +@all");
	r->fenced = redis_server_connect(&r->server);
	reply = redisCommand(r->fenced, "AUTH " FENCED_USER " any");
	assert_true(reply && reply->type == REDIS_REPLY_STATUS);
	freeReplyObject(reply);
}

static void
start(struct redis *r)
{
	char bus_port[16];

	snprintf(bus_port, sizeof(bus_port), "%u", r->cluster ? free_port() : 0);
	redis_server_start(&r->server, r->folder, "redis", "--appendfsync", "everysec", "--cluster-enabled",
		r->cluster ? "yes" : "no", "--cluster-port", bus_port);
	r->open = redis_server_connect(&r->server);
	build_fence(r);
}

static void
stop(struct redis *r, int signal)
{
	redisFree(r->open);
	redisFree(r->fenced);
	redis_server_end(&r->server, signal);
}

void
redis_restart(struct redis *r, int signal)
{
	stop(r, signal);
	start(r);
}

void
redis_load_library(struct redis *r)
{
	assert_string_equal(
		redis(r, "FUNCTION LOAD REPLACE %b", library_source.data, library_source.len), "gridvanguard");
}

/* Life. */

static int
open_server(void **state, bool cluster)
{
	struct redis *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	folder_make(r->folder, sizeof(r->folder), "functions");
	r->cluster = cluster;
	start(r);
	if (cluster)
		take_slots(r);
	redis_load_library(r);
	*state = r;
	return 0;
}

int
redis_open(void **state)
{
	return open_server(state, false);
}

int
redis_open_cluster(void **state)
{
	return open_server(state, true);
}

int
redis_close(void **state)
{
	struct redis *r = *state;

	stop(r, SIGTERM);
	folder_remove(r->folder);
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
