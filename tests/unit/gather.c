/* gather.c - when tallies are told, and what that may cost. */
#include "gather.h"
#include "unit.h"

#define MOMENT UINT64_C(3600000000) /* an hour after the machine came up */

static void
first_change_goes_at_once(void **state)
{
	struct gather gather = {0};

	(void)state;
	assert_int_equal(gather_wait_us(&gather, MOMENT), 0);
}

static void
next_change_waits_for_a_tenth_of_a_second(void **state)
{
	struct gather gather = {0};

	(void)state;
	gather_told(&gather, MOMENT, 1);
	assert_int_equal(gather_wait_us(&gather, MOMENT), 100000);
	assert_int_equal(gather_wait_us(&gather, MOMENT + 1), 99999);
	assert_int_equal(gather_wait_us(&gather, MOMENT + 99999), 1);
	assert_int_equal(gather_wait_us(&gather, MOMENT + 100000), 0);
	assert_int_equal(gather_wait_us(&gather, MOMENT + 5000000), 0); /* after a pause at once */
}

/* MAX(100 ms, watchers × 10 µs ÷ 0.3) */
static void
many_watchers_wait_longer(void **state)
{
	static const struct {
		size_t watchers;
		uint64_t wait_us;
	} cases[] = {{0, 100000}, {1, 100000}, {2999, 100000}, {3000, 100000}, {3003, 100100}, {6000, 200000},
		{10000, 333333}, {18000, 600000}, {1000000, 33333333}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gather gather = {0};
		uint64_t wait;
		gather_told(&gather, MOMENT, cases[i].watchers);
		wait = gather_wait_us(&gather, MOMENT);
		assert_in_range(wait, cases[i].wait_us - (i > 3), cases[i].wait_us + (i > 3));
	}
}

/* Only what was told last counts: when most have gone, the few wait no longer than a few do. */
static void
wait_is_that_of_the_last_telling(void **state)
{
	struct gather gather = {0};

	(void)state;
	gather_told(&gather, MOMENT, 10000);
	gather_told(&gather, MOMENT + 400000, 5);
	assert_int_equal(gather_wait_us(&gather, MOMENT + 400000), 100000);
}

/* A minute in which something changes all the time, with any number of watchers: each delivery costs 10 µs. */
static void
telling_never_takes_more_than_a_third_of_a_core(void **state)
{
	struct rng rng = seeded("gather");

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct gather gather = {0};
		size_t watchers = rng_below(&rng, 1 << (3 + rng_below(&rng, 18)));
		uint64_t now = MOMENT, until = MOMENT + 60000000, spent = 0, last = 0;
		for (; now < until; now += 1 + rng_below(&rng, 2000)) {
			now += gather_wait_us(&gather, now);
			assert_true(last == 0 || now - last >= 100000);
			last = now;
			gather_told(&gather, now, watchers);
			spent += watchers * 10;
		}
		assert_true(spent * 3 <= now + gather_wait_us(&gather, now) - MOMENT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_change_goes_at_once),
		cmocka_unit_test(next_change_waits_for_a_tenth_of_a_second),
		cmocka_unit_test(many_watchers_wait_longer),
		cmocka_unit_test(wait_is_that_of_the_last_telling),
		cmocka_unit_test(telling_never_takes_more_than_a_third_of_a_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
