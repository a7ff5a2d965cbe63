/* edit.c - an open call is changed: what it says, how many it takes, and who gains or loses his place by that. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
numbers(struct redis *r)
{
	return redis(r, "HMGET {7}:call:7.1 confirmed waiting lines");
}

static const char *
states(struct redis *r, unsigned count)
{
	static char out[256];

	out[0] = '\0';
	for (unsigned number = 1; number <= count; number++) {
		char state[16];
		sscanf(redis(r, "HGET {7}:call:7.1:lines %u", number), "%15[a-z]", state);
		strcat(strcat(out, number > 1 ? " " : ""), state);
	}
	return out;
}

static void
fill(struct redis *r, unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		chain_join(r, CALL, person, GRID_A);
	}
}

static void
what_changed_is_named(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2, .title = "a");
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = {.limit = 2, .title = "a"}}), "OK ");
	assert_string_equal(event(r), ""); /* nothing */
	assert_string_equal(
		call_edit(r, (struct edit){.version = 1,
				     .to = {.limit = 3, .title = "b", .body = "c", .bring = "d", .window = 5}}),
		"OK title,body,bring,limit,window");
	assert_string_equal(event(r), "call call 7.1 changed title,body,bring,limit,window");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 title body bring limit window edition"), "b c d 3 5 2");
}

static void
who_saw_another_edition_is_told(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	call_edit(r, (struct edit){.version = 1, .to = {.limit = 2}});
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = {.limit = 3}}), "CHANGED version");
	/* A chain that goes on is no other edition. */
	fill(r, 1);
	assert_string_equal(call_edit(r, (struct edit){.version = 2, .to = {.limit = 3}}), "OK limit");
}

static void
higher_limit_takes_the_first_in_line(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	fill(r, 5);
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = {.limit = 3}}), "OK limit");
	assert_string_equal(states(r, 5), "confirmed confirmed confirmed waiting waiting");
	assert_string_equal(call_edit(r, (struct edit){.version = 2}), "OK limit");
	assert_string_equal(states(r, 5), "confirmed confirmed confirmed confirmed confirmed");
	assert_string_equal(numbers(r), "5 0 5");
}

static void
lower_limit_is_refused_or_moves_the_last(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 4);
	fill(r, 5);
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = {.limit = 2}}), "FULL limit");
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .demote = true, .to = {.limit = 2}}), "OK limit");
	assert_string_equal(states(r, 5), "confirmed confirmed waiting waiting waiting");
	assert_string_equal(numbers(r), "2 3 5");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:tally %b", GRID_A " waiting", strlen(GRID_A " waiting")), "3");
	/* He who was moved is in front of who came later. */
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(states(r, 5), "struck confirmed confirmed waiting waiting");
}

/* The lines come first, then the call: two events, one after the other. */
static void
who_moves_is_told(void **state)
{
	struct redis *r = *state;
	uint64_t seq;

	post(r, .limit = 1);
	fill(r, 2);
	seq = r->seq;
	call_edit(r, (struct edit){.version = 1, .to = {.limit = 2}});
	assert_int_equal(r->seq, seq + 2);
	assert_non_null(strstr(redis(r, "XREVRANGE {7}:log + - COUNT 2"), "chain call 7.1 lines 2:confirmed:1.2:"));
}

static void
slots_are_added_and_changed_and_stay(void **state)
{
	struct redis *r = *state;
	struct call call = {.slots = {{"早班", .limit = 1}}};

	post_call(r, call);
	chain_sign(r, CALL, (struct signing){.person = "1.1", .slot = 1});
	chain_sign(r, CALL, (struct signing){.person = "1.2", .slot = 1});
	call.slots[0].limit = 2;
	call.slots[1] = (struct shift){"晚班", .limit = 7};
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = call}), "OK slots");
	assert_string_equal(
		redis(r, "HMGET {7}:call:7.1 slots slot1 slot2"), "2 早班\t0\t0\t0\t2\t2\t0 晚班\t0\t0\t0\t7\t0\t0");
	assert_string_equal(states(r, 2), "confirmed confirmed");
	call.slots[1].label = NULL;
	assert_string_equal(call_edit(r, (struct edit){.version = 2, .to = call}), "BAD_REQUEST slots");
}

static void
closed_call_is_reopened_until_a_new_deadline(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	fill(r, 2);
	call_close(r, CALL);
	assert_string_equal(redis(r, "ZCARD {7}:due"), "0");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "OK");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 state closed edition"), "open (nil) 3");
	assert_string_equal(redis(r, "SMEMBERS {7}:open"), "7.1");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.1");
	assert_string_equal(chain_withdraw(r, CALL, "1.1"), "OK 1");
	assert_string_equal(states(r, 2), "struck confirmed");
}

static void
cancelled_call_stays_so(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	fill(r, 1);
	assert_string_equal(call_end(r, WORKER, CALL, "cancelled", "下雨"), "OK");
	assert_string_equal(event(r), "call call 7.1 changed state");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 state reason"), "cancelled 下雨");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "CLOSED call");
	assert_string_equal(call_close(r, CALL), "ALREADY call");
	assert_string_equal(chain_join(r, CALL, "1.2", GRID_A), "CLOSED call");
	assert_string_equal(chain_check(r, WORKER, CALL, 1, "in", false), "CLOSED number");
}

static void
deadline_that_passed_is_told_once(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(event(r), ""); /* not yet */
	let_deadline_pass(r, CALL);
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(event(r), "call call 7.1 changed overdue");
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "HGET {7}:call:7.1 state"), "open");
	/* An edit that leaves the deadline alone makes no new one of it, and one that moves it does. */
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = {.limit = 2}}), "OK limit");
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(
		call_edit(r, (struct edit){.version = 2, .to = {.limit = 2, .open_ms = HOUR_MS}}), "OK deadline");
	let_deadline_pass(r, CALL);
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(event(r), "call call 7.1 changed overdue");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(what_changed_is_named),
		rule(who_saw_another_edition_is_told),
		rule(higher_limit_takes_the_first_in_line),
		rule(lower_limit_is_refused_or_moves_the_last),
		rule(who_moves_is_told),
		rule(slots_are_added_and_changed_and_stay),
		rule(closed_call_is_reopened_until_a_new_deadline),
		rule(cancelled_call_stays_so),
		rule(deadline_that_passed_is_told_once),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
