/* door.c - offers that must be confirmed in time, late withdrawals, and who came and went. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
column(struct redis *r, unsigned number, unsigned column)
{
	static char out[32];
	struct text rest = text_of(redis(r, "HGET {7}:call:7.1:lines %u", number)), found = {"", 0};

	for (unsigned i = 0; i <= column; i++)
		found = text_cut(&rest, '\t');
	snprintf(out, sizeof(out), "%.*s", (int)found.len, found.data);
	return out;
}

enum { STATE, PRESENT = 7, LEFT, GRANTED, UNTIL };

static void
fill(struct redis *r, unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		chain_join(r, CALL, person, GRID_A);
	}
}

static const char *
present(struct redis *r)
{
	return redis(r, "HGET {7}:call:7.1:tally %b", GRID_A " present", strlen(GRID_A " present"));
}

/* Offers. */

static void
freed_place_is_offered_and_taken(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1, .window = 10);
	fill(r, 3);
	assert_string_equal(chain_withdraw(r, CALL, "1.1"), "OK 1");
	assert_string_equal(column(r, 2, STATE), "offered");
	assert_int_equal(strtoull(column(r, 2, UNTIL), NULL, 10), r->at_ms + 10 * MINUTE_MS);
	/* It counts: nobody else gets the place. */
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 confirmed waiting"), "1 1");
	assert_string_equal(chain_join(r, CALL, "1.4", GRID_A), "OK 4 waiting");
	assert_string_equal(chain_confirm(r, "1.2", CALL, 0, 0), "OK 2");
	assert_string_equal(column(r, 2, STATE), "confirmed");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.1");
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(column(r, 2, STATE), "confirmed");
}

static void
offer_that_is_not_taken_goes_to_the_next(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1, .window = 10);
	fill(r, 3);
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(event(r), ""); /* there is time */
	let_offer_pass(r, CALL, 2);
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(column(r, 2, STATE), "struck");
	assert_string_equal(column(r, 3, STATE), "offered");
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(chain_confirm(r, "1.2", CALL, 2, 0), "NOT_FOUND number");
}

static void
offer_ends_with_a_withdrawal(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1, .window = 10);
	fill(r, 3);
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(chain_withdraw(r, CALL, "1.2"), "OK 2");
	assert_string_equal(column(r, 3, STATE), "offered");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1 REV"), "deadline 7.1 offer 7.1 3");
}

/* Nothing lapses while a call is closed; when it is reopened, who was offered a place has his whole time again. */
static void
closed_call_keeps_its_offers(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1, .window = 10);
	fill(r, 3);
	chain_withdraw(r, CALL, "1.1");
	call_close(r, CALL);
	let_offer_pass(r, CALL, 2);
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(column(r, 2, STATE), "offered");
	assert_string_equal(redis(r, "ZCARD {7}:due"), "0"); /* it is not looked at again and again */

	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "OK");
	assert_int_equal(strtoull(column(r, 2, UNTIL), NULL, 10), r->at_ms + 10 * MINUTE_MS);
	assert_memory_equal(event(r), "chain call 7.1 lines 2:offered:1.2:", 35);
	assert_non_null(strstr(redis(r, "XREVRANGE {7}:log + - COUNT 2"), "call call 7.1 changed state"));
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(event(r), ""); /* there is time */
	let_offer_pass(r, CALL, 2);
	assert_string_equal(chain_lapse(r, CALL, 2), "OK");
	assert_string_equal(column(r, 2, STATE), "struck");
	assert_string_equal(column(r, 3, STATE), "offered");
}

/* The time that is left when a call is closed is not what counts either; and who has taken his offer keeps his place. */
static void
reopened_call_offers_only_what_is_still_offered(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2, .window = 10);
	fill(r, 4);
	chain_withdraw(r, CALL, "1.1");
	chain_withdraw(r, CALL, "1.2");
	chain_confirm(r, "1.3", CALL, 0, 0);
	redis(r, "ZADD {7}:due XX 99999999999999 %b", "offer 7.1 4", strlen("offer 7.1 4"));
	call_close(r, CALL);
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "OK");
	assert_string_equal(column(r, 3, STATE), "confirmed");
	assert_string_equal(column(r, 4, STATE), "offered");
	assert_int_equal(strtoull(redis(r, "ZSCORE {7}:due %b", "offer 7.1 4", strlen("offer 7.1 4")), NULL, 10),
		r->at_ms + 10 * MINUTE_MS);
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "offer 7.1 4 deadline 7.1");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 confirmed waiting lines"), "2 0 4");
}

/* Where nothing need be confirmed any more, it is not. */
static void
reopened_call_without_a_window_confirms_who_was_offered(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1, .window = 10);
	fill(r, 2);
	chain_withdraw(r, CALL, "1.1");
	call_edit(r, (struct edit){.version = 1, .to = {.limit = 1}});
	assert_string_equal(column(r, 2, STATE), "offered");
	call_close(r, CALL);
	call_reopen(r, WORKER, CALL, HOUR_MS);
	assert_string_equal(column(r, 2, STATE), "confirmed");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.1");
	assert_string_equal(redis(r, "EXISTS {7}:call:7.1:offered"), "0");
}

/* Late. */

static bool
told_late(struct redis *r)
{
	return strstr(event(r), " late " WORKER);
}

static void
late_withdrawal_is_told_as_such(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2, .starts_in_ms = 3 * HOUR_MS);
	fill(r, 3);
	chain_withdraw(r, CALL, "1.1");
	assert_false(told_late(r));
	chain_withdraw(r, CALL, "1.3"); /* promoted by now */
	assert_false(told_late(r));

	redis_clear(r);
	post(r, .limit = 2, .starts_in_ms = HOUR_MS);
	fill(r, 3);
	chain_withdraw(r, CALL, "1.3"); /* he waited only */
	assert_false(told_late(r));
	chain_withdraw(r, CALL, "1.1");
	assert_true(told_late(r));
}

/* Who came. */

static void
checking_in_and_out_measures_and_grants(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 0);
	fill(r, 1);
	assert_string_equal(chain_check(r, WORKER, CALL, 1, "in", false), "OK 1 ");
	assert_int_equal(strtoull(column(r, 1, PRESENT), NULL, 10), r->at_ms);
	assert_string_equal(present(r), "1");
	assert_string_equal(chain_check(r, WORKER, CALL, 1, "out", false), "OK 1 30");
	assert_int_equal(strtoull(column(r, 1, LEFT), NULL, 10), r->at_ms);
	assert_string_equal(column(r, 1, GRANTED), "30");
	assert_string_equal(present(r), "1");
}

/* As if he had come so long ago. */
static const char *
granted_after(struct redis *r, int64_t ms)
{
	char line[128];

	chain_check(r, WORKER, CALL, 1, "in", false);
	snprintf(line, sizeof(line), "confirmed\t1.1\t" GRID_A "\t1\t\t\t\t%llu",
		(unsigned long long)(redis_now_ms(r) - (uint64_t)ms));
	redis(r, "HSET {7}:call:7.1:lines 1 %s", line);
	return chain_check(r, WORKER, CALL, 1, "out", false) + strlen("OK 1 ");
}

static void
hours_are_granted_by_the_rule(void **state)
{
	static const struct {
		int64_t ms;
		const char *minutes;
	} cases[] = {{MINUTE_MS, "30"}, {29 * MINUTE_MS, "30"}, {31 * MINUTE_MS, "60"},
		{3 * HOUR_MS - MINUTE_MS, "180"}, {20 * HOUR_MS, "720"}};
	struct redis *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		redis_clear(r);
		post(r, .limit = 0);
		fill(r, 1);
		assert_string_equal(granted_after(r, cases[i].ms), cases[i].minutes);
	}
	redis_clear(r);
	post(r, .limit = 0, .grant = 120);
	fill(r, 1);
	assert_string_equal(granted_after(r, 5 * HOUR_MS), "120");
}

static void
who_withdraws_is_not_counted_as_present(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 0);
	fill(r, 2);
	chain_check(r, WORKER, CALL, 1, "in", false);
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(present(r), "0");
}

static void
walk_up_is_added_and_checked_in_past_the_deadline(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	let_deadline_pass(r, CALL);
	assert_string_equal(chain_sign(r, CALL, (struct signing){.by = WORKER, .walk_up = true, .texts = "李梅\t"}),
		"OK 1 confirmed");
	assert_string_equal(present(r), "1");
	/* No more than the limit, who stands there or not. */
	assert_string_equal(
		chain_sign(r, CALL, (struct signing){.by = WORKER, .person = "1.2", .walk_up = true}), "OK 2 waiting");
	assert_string_equal(present(r), "1");
}

static void
hours_may_be_written_down_after_the_close(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	fill(r, 2);
	chain_check(r, WORKER, CALL, 1, "in", false);
	call_close(r, CALL);
	assert_string_equal(chain_check(r, WORKER, CALL, 1, "out", false), "OK 1 30");
	assert_string_equal(chain_check(r, WORKER, CALL, 2, "in", false), "CLOSED number");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(freed_place_is_offered_and_taken),
		rule(offer_that_is_not_taken_goes_to_the_next),
		rule(offer_ends_with_a_withdrawal),
		rule(closed_call_keeps_its_offers),
		rule(reopened_call_offers_only_what_is_still_offered),
		rule(reopened_call_without_a_window_confirms_who_was_offered),
		rule(late_withdrawal_is_told_as_such),
		rule(checking_in_and_out_measures_and_grants),
		rule(hours_are_granted_by_the_rule),
		rule(who_withdraws_is_not_counted_as_present),
		rule(walk_up_is_added_and_checked_in_past_the_deadline),
		rule(hours_may_be_written_down_after_the_close),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
