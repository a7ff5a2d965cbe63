/* tell.c - who may be told of a call by WeChat, and that nobody is told twice. */
#include "functions.h"

#include <stdlib.h>

#define LEASE_MS 30000

/* Somebody who came by WeChat and has allowed so many messages. */
static void
let_tell(struct redis *r, const char *person, unsigned messages)
{
	redis(r, "HSET {1}:person:%s openid sealed-%s", person, person);
	tell_allow(r, person, messages);
}

static void
each_acceptance_allows_one_more_up_to_twenty(void **state)
{
	struct redis *r = *state;

	assert_string_equal(tell_allow(r, "1.1", 0), "OK 0");
	assert_string_equal(redis(r, "EXISTS {1}:tellable"), "0");
	assert_string_equal(tell_allow(r, "1.1", 1), "OK 1");
	assert_string_equal(tell_allow(r, "1.1", 2), "OK 3");
	assert_string_equal(tell_allow(r, "1.2", 5), "OK 5");
	for (int i = 0; i < 5; i++)
		tell_allow(r, "1.1", 5);
	assert_string_equal(tell_allow(r, "1.1", 1), "OK 20");
	assert_string_equal(tell_allow(r, "1.1", 0), "OK 20");
}

static void
who_is_marked_has_used_one_up_and_is_not_told_again(void **state)
{
	struct redis *r = *state;

	let_tell(r, "1.1", 2);
	assert_string_equal(tell_mark(r, "1.1", CALL), "OK sealed-1.1");
	assert_string_equal(tell_mark(r, "1.1", CALL), "ALREADY person");
	assert_string_equal(tell_mark(r, "1.1", "7.2"), "OK sealed-1.1");
	assert_string_equal(tell_mark(r, "1.1", "7.3"), "NOT_FOUND person");
	assert_string_equal(tell_list(r), "OK 0 ");
	assert_in_range(atoll(redis(r, "PTTL {1}:told:" CALL)), DAY_MS - MINUTE_MS, DAY_MS);
}

static void
what_was_not_sent_is_given_back(void **state)
{
	struct redis *r = *state;

	let_tell(r, "1.1", 1);
	tell_mark(r, "1.1", CALL);
	assert_string_equal(tell_unmark(r, "1.1", CALL, "again"), "OK");
	assert_string_equal(tell_mark(r, "1.1", CALL), "OK sealed-1.1");
	assert_string_equal(tell_unmark(r, "1.1", CALL, "back"), "OK");
	assert_string_equal(tell_mark(r, "1.1", CALL), "ALREADY person");
	assert_string_equal(tell_allow(r, "1.1", 0), "OK 1");
}

/* WeChat knows of no grant, whatever we thought. */
static void
without_a_grant_there_are_none(void **state)
{
	struct redis *r = *state;

	let_tell(r, "1.1", 3);
	tell_mark(r, "1.1", CALL);
	assert_string_equal(tell_unmark(r, "1.1", CALL, "none"), "OK");
	assert_string_equal(tell_allow(r, "1.1", 0), "OK 0");
}

static void
one_hub_tells_until_its_time_is_over(void **state)
{
	struct redis *r = *state;

	post(r, .tell = true);
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 1");
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 0");
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, true), "OK 1");
	assert_string_equal(tell_end(r, CALL, "0"), "OK");
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 1");
	assert_string_equal(tell_end(r, CALL, ""), "OK");
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 0");
	assert_string_equal(tell_end(r, CALL, "0"), "OK"); /* what has ended does not begin again */
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 0");
}

static void
nobody_is_told_of_a_call_that_is_over_or_old(void **state)
{
	struct redis *r = *state;

	post(r, .tell = true);
	post(r, .id = "7.2", .tell = true);
	post(r, .id = "7.3");
	assert_string_equal(tell_lease(r, "7.3", LEASE_MS, false), "OK 0");
	call_close(r, CALL);
	assert_string_equal(tell_lease(r, CALL, LEASE_MS, false), "OK 0");
	redis(r, "HINCRBY {7}:call:7.2 posted -600001");
	assert_string_equal(tell_lease(r, "7.2", LEASE_MS, false), "OK 0");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.2 deadline 7.3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(each_acceptance_allows_one_more_up_to_twenty),
		rule(who_is_marked_has_used_one_up_and_is_not_told_again),
		rule(what_was_not_sent_is_given_back),
		rule(without_a_grant_there_are_none),
		rule(one_hub_tells_until_its_time_is_over),
		rule(nobody_is_told_of_a_call_that_is_over_or_old),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
