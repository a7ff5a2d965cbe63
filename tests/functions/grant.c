/* grant.c - roles: given, given again, taken back, ended by themselves. */
#include "functions.h"

#include <stdio.h>
#include <string.h>

#define GRANTS        "{1}:person:1.1:grants"
#define TEXT_OF(text) text, strlen(text)

static void
grant_is_written_down_with_who_gave_it(void **state)
{
	struct redis *r = *state;
	uint64_t before = redis_now_ms(r), at = 0;
	const char *held;

	claim(r, "1.1");
	assert_string_equal(grant_give(r, "1.7", "1.1", "worker", GRID_A, 0), "OK");
	assert_string_equal(event(r), "grant person 1.1 role worker place " GRID_A " until 0");
	held = redis(r, "HGET " GRANTS " %b", TEXT_OF("worker " GRID_A));
	assert_int_equal(sscanf(held, "0\t1.7\t%llu", (unsigned long long *)&at), 1);
	assert_in_range(at, before, redis_now_ms(r));
	assert_string_equal(redis(r, "SMEMBERS {1}:granted"), "1.1");
	assert_string_equal(redis(r, "ZCARD {1}:due"), "0");
}

static void
one_role_may_be_held_at_several_places(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_string_equal(grant_give(r, "1.7", "1.1", "worker", GRID_A, 0), "OK");
	assert_string_equal(grant_give(r, "1.7", "1.1", "worker", GRID_B, 0), "OK");
	assert_string_equal(grant_give(r, "1.7", "1.1", "security", "", 0), "OK");
	assert_string_equal(redis(r, "HLEN " GRANTS), "3");
	assert_string_equal(grant_take(r, "1.7", "1.1", "worker", GRID_A), "OK");
	assert_string_equal(redis(r, "HEXISTS " GRANTS " %b", TEXT_OF("worker " GRID_B)), "1");
	assert_string_equal(redis(r, "SMEMBERS {1}:granted"), "1.1");
}

/* The event has the time of its writing as the end. */
static void
what_is_taken_back_is_gone(void **state)
{
	struct redis *r = *state;
	unsigned long long at = 0, until = 1;

	claim(r, "1.1");
	grant_give(r, "1.7", "1.1", "worker", GRID_A, HOUR_MS);
	assert_string_equal(grant_take(r, "1.8", "1.1", "worker", GRID_A), "OK");
	assert_memory_equal(event(r), "grant person 1.1 role worker place " GRID_A " until ", 30);
	until = strtoull(strstr(event(r), "until ") + 6, NULL, 10);
	at = redis_now_ms(r);
	assert_in_range(until, at - 60000, at);
	assert_string_equal(redis(r, "EXISTS " GRANTS " {1}:granted {1}:due"), "0");
}

static void
end_is_moved_by_giving_it_again(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	grant_give(r, "1.7", "1.1", "worker", GRID_A, HOUR_MS);
	assert_string_equal(redis(r, "ZRANGE {1}:due 0 -1"), "grant 1.1 worker " GRID_A);
	assert_string_equal(grant_give(r, "1.8", "1.1", "worker", GRID_A, 2 * HOUR_MS), "OK");
	assert_string_equal(redis(r, "ZCARD {1}:due"), "1");
	assert_in_range(strtoull(redis(r, "ZSCORE {1}:due %b", TEXT_OF("grant 1.1 worker " GRID_A)), NULL, 10),
		redis_now_ms(r) + HOUR_MS, redis_now_ms(r) + 2 * HOUR_MS);
	assert_string_equal(grant_give(r, "1.8", "1.1", "worker", GRID_A, 0), "OK");
	assert_string_equal(redis(r, "ZCARD {1}:due"), "0");
}

static void
one_that_ends_is_ended_in_time_and_once(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	grant_give(r, "1.7", "1.1", "worker", GRID_A, HOUR_MS);
	before = redis_picture(r);
	assert_string_equal(grant_lapse(r, "1.1", "worker", GRID_A), "OK");
	assert_string_equal(event(r), "");
	assert_unchanged(r, before);

	let_grant_pass(r, "1.1", "worker", GRID_A);
	assert_string_equal(grant_lapse(r, "1.1", "worker", GRID_A), "OK");
	assert_memory_equal(event(r), "grant person 1.1 role worker place " GRID_A, 30);
	assert_string_equal(redis(r, "EXISTS " GRANTS " {1}:granted {1}:due"), "0");
	assert_string_equal(grant_lapse(r, "1.1", "worker", GRID_A), "OK");
	assert_string_equal(event(r), "");
}

/* Who runs the system, who gives rights and who looks at it are three; only who founds it begins as the first two. */
static void
nobody_has_two_of_three_duties(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	claim(r, "1.2");
	assert_string_equal(grant_give(r, "1.7", "1.1", "operator", GRID_A, HOUR_MS), "OK");
	before = redis_picture(r);
	assert_string_equal(grant_give(r, "1.7", "1.1", "auditor", "", 0), "CLASH role");
	assert_string_equal(grant_give(r, "1.7", "1.1", "security", GRID_B, 0), "CLASH role");
	assert_unchanged(r, before);
	assert_string_equal(grant_give(r, "1.7", "1.1", "operator", GRID_B, 0), "OK");
	assert_string_equal(grant_give(r, "1.7", "1.1", "worker", GRID_B, 0), "OK");
	assert_string_equal(grant_take(r, "1.7", "1.1", "operator", GRID_A), "OK");
	assert_string_equal(grant_take(r, "1.7", "1.1", "operator", GRID_B), "OK");
	assert_string_equal(grant_give(r, "1.7", "1.1", "auditor", "", 0), "OK");

	assert_string_equal(grant_give_oneself(r, "1.2", "operator", "founding"), "OK");
	assert_string_equal(grant_give_oneself(r, "1.2", "security", "founding"), "OK");
}

/* It takes two; but for who founds a system, and where everything is allowed. To give a role up takes nobody. */
/* Who was let in before must not be in when a duty begins; by one that he has already nothing changes. */
static void
who_is_given_a_duty_comes_in_anew(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	invite_give(r, "1.1", "bb", "", "");
	assert_string_equal(grant_give(r, "1.7", "1.1", "worker", GRID_A, 0), "OK");
	assert_memory_equal(device_list(r, "1.1"), "OK 1\tpad", 8);
	assert_string_equal(grant_give(r, "1.7", "1.1", "auditor", GRID_A, 0), "OK");
	assert_string_equal(event(r), "grant person 1.1 role auditor place " GRID_A " until 0");
	assert_string_equal(device_list(r, "1.1"), "OK ");
	assert_memory_equal(device_add(r, "1.1", "cc", false, "pad"), "OK 3 ", 5);
	assert_string_equal(grant_give(r, "1.7", "1.1", "auditor", "", 0), "OK");
	assert_memory_equal(device_list(r, "1.1"), "OK 3\tpad", 8);
}

static void
nobody_gives_a_role_to_himself(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	before = redis_picture(r);
	assert_string_equal(grant_give_oneself(r, "1.1", "worker", ""), "FORBIDDEN person");
	assert_unchanged(r, before);
	assert_string_equal(grant_give_oneself(r, "1.1", "operator", "free"), "OK");
	assert_string_equal(grant_give_oneself(r, "1.1", "security", "free"), "CLASH role");
	assert_string_equal(grant_give_oneself(r, "1.1", "security", "founding"), "OK");
	assert_string_equal(grant_take(r, "1.1", "1.1", "operator", ""), "OK");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(grant_is_written_down_with_who_gave_it),
		rule(one_role_may_be_held_at_several_places),
		rule(what_is_taken_back_is_gone),
		rule(end_is_moved_by_giving_it_again),
		rule(one_that_ends_is_ended_in_time_and_once),
		rule(nobody_has_two_of_three_duties),
		rule(who_is_given_a_duty_comes_in_anew),
		rule(nobody_gives_a_role_to_himself),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
