/* import.c - calls of another system, with their chains as they are. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "9.5@1649761234567"
#define JOINED "\t" GRID_A "\t1649761239999"

static const char *
stands(struct redis *r, const char *field)
{
	return redis(r, "HGET {7}:call:7.1 %s", field);
}

static void
begin(struct redis *r, struct call call, const char *state)
{
	assert_string_equal(import_call(r, ORIGIN, call, state), "OK");
	assert_string_equal(event(r), "call call 7.1");
}

static void
call_is_closed_until_its_last_line_is_there(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.limit = 2}, "open");
	assert_string_equal(stands(r, "state"), "closed");
	assert_string_equal(redis(r, "SMEMBERS {7}:open"), "");
	assert_string_equal(redis(r, "HGETALL {7}:imported"), ORIGIN " 7.1");
	assert_string_equal(import_line(r, CALL, 1, "confirmed\t1.1" JOINED, ""), "OK");
	assert_string_equal(event(r), "chain call 7.1 lines 1:confirmed:1.1:" GRID_A ":1649761239999");
	assert_string_equal(chain_join(r, CALL, "1.9", GRID_A), "CLOSED call");
	assert_string_equal(import_end(r, CALL, 1), "OK");
	assert_string_equal(event(r), "call call 7.1 changed state");

	assert_string_equal(stands(r, "state"), "open");
	assert_string_equal(redis(r, "SMEMBERS {7}:open"), "7.1");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.1");
	assert_string_equal(redis(r, "ZRANGE {7}:calls 0 -1 WITHSCORES"), "7.1 1649761234567");
	assert_string_equal(chain_join(r, CALL, "1.9", GRID_A), "OK 2 confirmed");
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "ALREADY call 1 confirmed");
}

/* Numbers, sets and tallies are those that signing up would have made. */
static void
lines_are_counted_as_they_come(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.limit = 3}, "closed");
	import_line(r, CALL, 1, "confirmed\t1.1" JOINED "\t\t2\t\t1649761300000\t1649761390000\t30", "");
	import_line(r, CALL, 2, "struck\t1.2" JOINED, "");
	import_line(r, CALL, 3, "offered\t1.2" JOINED "\t\t\t\t\t\t\t1649769999999", "");
	assert_string_equal(event(r), "chain call 7.1 lines 3:confirmed:1.2:" GRID_A ":1649761239999");
	import_line(r, CALL, 4, "waiting\t\t" GRID_A "\t1649761239999\t\t\t1.1", "李梅\t");
	assert_string_equal(import_end(r, CALL, 4), "OK");

	assert_string_equal(redis(r, "HMGET {7}:call:7.1 state confirmed waiting lines"), "closed 3 1 4");
	assert_string_equal(redis(r, "ZRANGE {7}:call:7.1:confirmed 0 -1"), "1 3");
	assert_string_equal(redis(r, "ZRANGE {7}:call:7.1:waiting 0 -1"), "4");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1:live 1.1 1.2 %b", "by 1.1", (size_t)6), "1 3 1");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:tally %b", GRID_A " present", strlen(GRID_A " present")), "2");
	assert_string_equal(redis(r, "HGETALL {7}:call:7.1:texts"), "4 李梅\t");
	assert_string_equal(redis(r, "SMEMBERS {7}:open"), "");
}

static void
lines_that_no_chain_can_have_are_refused(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.limit = 1}, "open");
	assert_string_equal(import_line(r, CALL, 1, "confirmed\t1.1" JOINED, ""), "OK");
	assert_string_equal(import_line(r, CALL, 2, "confirmed\t1.2" JOINED, ""), "BAD_REQUEST lines 2 state");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.1" JOINED, ""), "BAD_REQUEST lines 2 person");
	assert_string_equal(import_line(r, CALL, 2, "present\t1.2" JOINED, ""), "BAD_REQUEST lines 2 state");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.2" JOINED "\t1", ""), "BAD_REQUEST lines 2 slot");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.2\t" GRID_B "\t17", ""), "BAD_REQUEST lines 2 place");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.2" JOINED, ""), "OK");
	assert_string_equal(import_line(r, CALL, 3, "struck\t1.2" JOINED, ""), "OK");
	assert_string_equal(import_end(r, CALL, 3), "OK");
}

/* Whoever waits has to: nobody would let him in later. */
static void
nobody_waits_while_there_is_room(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.slots = {{"早班", .limit = 1}, {"晚班", .limit = 2}}}, "open");
	assert_string_equal(import_line(r, CALL, 1, "confirmed\t1.1" JOINED "\t1", ""), "OK");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.1" JOINED "\t2", ""), "BAD_REQUEST lines 2 state");
	assert_string_equal(import_line(r, CALL, 2, "waiting\t1.2" JOINED "\t1", ""), "OK");
	assert_string_equal(import_line(r, CALL, 3, "confirmed\t1.3" JOINED, ""), "BAD_REQUEST lines 3 slot");
	assert_string_equal(import_line(r, CALL, 3, "confirmed\t1.3" JOINED "\t2", ""), "OK");
}

static void
steps_done_twice_do_no_harm(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.limit = 0}, "cancelled");
	assert_string_equal(import_call(r, ORIGIN, (struct call){.id = "7.2"}, "cancelled"), "ALREADY call");
	import_line(r, CALL, 1, "confirmed\t1.1" JOINED, "");
	assert_string_equal(import_line(r, CALL, 1, "confirmed\t1.1" JOINED, ""), "CHANGED number");
	assert_string_equal(import_line(r, CALL, 3, "confirmed\t1.3" JOINED, ""), "CHANGED number");
	assert_string_equal(import_end(r, CALL, 2), "CHANGED lines");
	assert_string_equal(import_end(r, CALL, 1), "OK");
	assert_string_equal(stands(r, "state"), "cancelled");
	assert_string_equal(import_end(r, CALL, 1), "CLOSED call");
	assert_string_equal(import_line(r, CALL, 2, "confirmed\t1.2" JOINED, ""), "CLOSED call");
	assert_string_equal(import_line(r, "7.9", 1, "confirmed\t1.2" JOINED, ""), "NOT_FOUND call");
	assert_string_equal(import_end(r, "7.9", 1), "NOT_FOUND call");
}

/* Whoever may do with it what he likes afterwards waits until all of it is there. */
static void
author_neither_ends_nor_reopens_what_still_comes(void **state)
{
	struct redis *r = *state;

	begin(r, (struct call){.limit = 2}, "closed");
	import_line(r, CALL, 1, "confirmed\t1.1" JOINED, "");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "CLOSED call");
	assert_string_equal(call_end(r, WORKER, CALL, "cancelled", "下雨"), "CLOSED call");
	assert_string_equal(import_line(r, CALL, 2, "confirmed\t1.2" JOINED, ""), "OK");
	assert_string_equal(import_end(r, CALL, 2), "OK");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "OK");
	assert_string_equal(chain_join(r, CALL, "1.9", GRID_A), "OK 3 waiting");
	assert_string_equal(call_end(r, WORKER, CALL, "cancelled", "下雨"), "OK");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(call_is_closed_until_its_last_line_is_there),
		rule(lines_are_counted_as_they_come),
		rule(lines_that_no_chain_can_have_are_refused),
		rule(nobody_waits_while_there_is_room),
		rule(steps_done_twice_do_no_harm),
		rule(author_neither_ends_nor_reopens_what_still_comes),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
