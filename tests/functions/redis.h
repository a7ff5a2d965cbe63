/* redis.h - a Redis of the test's own, with the function library in it.
 *
 * A group of tests shares one server, on a unix socket in a folder under TEST_FOLDER; each test begins with no data:
 *
 *   const struct CMUnitTest tests[] = {rule(past_the_limit_lines_wait), …};
 *   return cmocka_run_group_tests(tests, redis_open, redis_close);
 *
 * There are two connections. The open one is the test's: it reads and writes whatever it likes. Functions are called
 * on the fenced one (functions.h), as a user who may touch no other keys than those passed in KEYS: a function that
 * reaches for another fails its test with NOPERM, whichever test it is. */
#ifndef GV_TEST_REDIS_H
#define GV_TEST_REDIS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "command.h"
#include "redis_server.h"
#include "uuid.h"

#define DAY_MS    86400000
#define HOUR_MS   3600000
#define MINUTE_MS 60000

/* How many texts live at a time; the oldest goes when another is made. */
#define TEXTS_MAX 64

/* The name a request goes under, and the digest of what it asks. */
struct once {
	struct uuid uuid;
	uint8_t digest[16];
};

struct redis {
	char folder[160];
	bool cluster;
	struct redis_server server;
	redisContext *open;
	redisContext *fenced;
	char *texts[TEXTS_MAX];
	unsigned text_count;

	/* What functions.c keeps. */
	struct once once; /* of the next call, if given */
	bool once_given;
	const char *function; /* the last one called */
	char called[4096];    /* all so far: " data_open place_import …" */
	char *event;          /* of the last call, without seq and at; "" if it has none */
	uint64_t seq, at_ms;
	unsigned ahead; /* of the last line that was put into a chain */
};

/* Setup and teardown of a group, and of a test. */
int redis_open(void **state);
int redis_open_cluster(void **state); /* one node that holds all slots */
int redis_close(void **state);
int redis_empty(void **state);
#define rule(test) cmocka_unit_test_setup(test, redis_empty)

/* No data, as at the beginning of a test. */
void redis_clear(struct redis *r);

/* Ends the server by a signal and starts it again on the same folder. */
void redis_restart(struct redis *r, int signal);

/* Loads the library, over itself if it is there. */
void redis_load_library(struct redis *r);

/* A command on the open connection, with hiredis' formats, and its answer as text: elements with blanks between them,
 * "(nil)" for what is not there. An error fails the test. The text lives until TEXTS_MAX others were made. */
const char *redis(struct redis *r, const char *format, ...);

/* The same for the answer itself; freeReplyObject() it. The second takes over a command of the hub's own making. */
redisReply *redis_reply(struct redis *r, const char *format, ...);
redisReply *redis_run(struct redis *r, struct command *command);

/* An answer as text. */
const char *redis_text(struct redis *r, const redisReply *reply);

/* Redis' clock. */
uint64_t redis_now_ms(struct redis *r);

/* How many changes were made to the data so far, those included that changed nothing. */
uint64_t redis_changes(struct redis *r);

/* Everything that is in there: each key with its type, the moment it expires and what it holds, one row a thing, in
 * an order that depends on the data alone. The caller frees it. */
char *redis_picture(struct redis *r);

/* That the picture is the same as before; frees `before`. */
#define assert_unchanged(r, before) assert_unchanged_at(r, before, __FILE__, __LINE__)
void assert_unchanged_at(struct redis *r, char *before, const char *file, int line);

/* Rows of text to sort and compare. */
struct rows {
	char **rows;
	size_t count;
};

void rows_add(struct rows *rows, char *row); /* owns the row */
void rows_sort(struct rows *rows);
char *rows_join(struct rows *rows); /* one a line; the caller frees it. Ends the rows. */

/* The elements of an answer, `step` to a row. */
void rows_add_reply(struct rows *rows, const redisReply *reply, size_t step);

#endif
