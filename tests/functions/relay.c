/* relay.c - what happens in one partition reaches the persons of another, once and in order. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AN "1.1"

static const char *
minutes(struct redis *r)
{
	return redis(r, "HGET {1}:person:1.1 minutes");
}

static void
effects_are_taken_once_and_in_order(void **state)
{
	struct redis *r = *state;

	assert_string_equal(relay_apply(r, 7, 3, AN, "7.1 1", "confirmed\t0\t1\t0\t50", 50), "OK 1");
	assert_string_equal(relay_apply(r, 7, 5, AN, "7.1 1", "confirmed\t0\t1\t30\t50", 50), "OK 1");
	assert_string_equal(relay_apply(r, 7, 5, AN, "7.1 1", "confirmed\t0\t1\t30\t50", 50), "OK 0");
	assert_string_equal(relay_apply(r, 7, 4, AN, "7.1 1", "struck\t0\t1\t0\t50", 50), "OK 0");
	assert_string_equal(
		redis(r, "HGET {1}:person:1.1:signups %b", "7.1 1", strlen("7.1 1")), "confirmed\t0\t1\t30\t50");
	assert_string_equal(minutes(r), "30");
	assert_string_equal(redis(r, "HGETALL {1}:relay"), "7 5 5000");
	assert_string_equal(event(r), "");
}

/* Each log counts for itself. */
static void
logs_do_not_wait_for_each_other(void **state)
{
	struct redis *r = *state;

	relay_apply(r, 7, 90, AN, "7.1 1", "confirmed\t0\t1\t30\t50", 50);
	assert_string_equal(relay_apply(r, 8, 2, AN, "8.1 1", "confirmed\t0\t1\t60\t60", 60), "OK 1");
	assert_string_equal(minutes(r), "90");
}

static void
minutes_follow_the_line(void **state)
{
	struct redis *r = *state;

	relay_apply(r, 7, 1, AN, "7.1 1", "confirmed\t0\t1\t120\t50", 50);
	assert_string_equal(minutes(r), "120");
	relay_apply(r, 7, 2, AN, "7.1 1", "confirmed\t0\t1\t90\t50", 50);
	assert_string_equal(minutes(r), "90");
	relay_apply(r, 7, 3, AN, "7.1 1", "struck\t0\t1\t90\t50", 50);
	assert_string_equal(minutes(r), "0");
}

static void
mark_only_goes_on(void **state)
{
	struct redis *r = *state;

	relay_mark(r, 7, 10);
	relay_mark(r, 7, 4);
	assert_string_equal(redis(r, "HGETALL {1}:relay"), "7 10 10000");
	assert_string_equal(relay_apply(r, 7, 10, AN, "7.1 1", "confirmed\t0\t1\t30\t50", 50), "OK 0");
	assert_string_equal(relay_apply(r, 7, 11, AN, "7.1 1", "confirmed\t0\t1\t30\t50", 50), "OK 1");
}

static void
one_hub_has_the_lease(void **state)
{
	struct redis *r = *state;

	assert_string_equal(relay_lease(r, "a", 60000), "OK 1");
	assert_string_equal(relay_lease(r, "b", 60000), "OK 0");
	assert_string_equal(relay_lease(r, "a", 1), "OK 1");
	while (strcmp(redis(r, "EXISTS {0}:relayer"), "0") != 0)
		;
	assert_string_equal(relay_lease(r, "b", 60000), "OK 1");
}

static void
sign_ups_are_listed_the_latest_first(void **state)
{
	struct redis *r = *state;

	for (unsigned i = 1; i <= 3; i++) {
		char line[16], value[48];
		snprintf(line, sizeof(line), "7.%u 1", i);
		snprintf(value, sizeof(value), "confirmed\t0\t1\t30\t%u", 10 * i);
		relay_apply(r, 7, i, AN, line, value, 10 * i);
	}
	assert_string_equal(
		relay_sign_ups(r, AN, 1000, 2), "OK 90 7.3 1\tconfirmed\t0\t1\t30\t30\n7.2 1\tconfirmed\t0\t1\t30\t20");
	assert_string_equal(relay_sign_ups(r, AN, 20, 2), "OK 90 7.1 1\tconfirmed\t0\t1\t30\t10");
	assert_string_equal(relay_sign_ups(r, "1.2", 1000, 2), "OK 0 ");
	assert_string_equal(relay_signed_up(r, AN, "7.3"), "OK 1");
	assert_string_equal(relay_signed_up(r, AN, "7.30"), "OK 0");
	assert_string_equal(relay_signed_up(r, "1.2", "7.3"), "OK 0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(effects_are_taken_once_and_in_order),
		rule(logs_do_not_wait_for_each_other),
		rule(minutes_follow_the_line),
		rule(mark_only_goes_on),
		rule(one_hub_has_the_lease),
		rule(sign_ups_are_listed_the_latest_first),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
