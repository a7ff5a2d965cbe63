/* budget.c - so much a second, and what was saved up. */
#include "budget.h"
#include "unit.h"

#define PER_SECOND 20U
#define SAVED      (PER_SECOND * BUDGET_SAVED_S)
#define START_US   UINT64_C(7000000)

static void
savings_can_be_used_at_once(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);

	(void)state;
	for (unsigned i = 0; i < SAVED / 4; i++)
		assert_int_equal(budgets_take(budgets, 1, 4, START_US), 0);
	assert_int_not_equal(budgets_take(budgets, 1, 1, START_US), 0);
	budgets_destroy(budgets);
}

/* A point is 50 ms; four of them are there when it says, and not a millisecond before. */
static void
time_until_there_is_enough_is_told(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);
	uint64_t wait_ms;

	(void)state;
	assert_int_equal(budgets_take(budgets, 1, SAVED, START_US), 0);
	wait_ms = budgets_take(budgets, 1, 4, START_US);
	assert_in_range(wait_ms, 200, 201);
	assert_int_not_equal(budgets_take(budgets, 1, 4, START_US + (wait_ms - 2) * 1000), 0);
	assert_int_equal(budgets_take(budgets, 1, 4, START_US + wait_ms * 1000), 0);
	assert_int_not_equal(budgets_take(budgets, 1, 1, START_US + wait_ms * 1000), 0);
	budgets_destroy(budgets);
}

/* At whatever pace he asks, over ten minutes he gets his savings and what was earned meanwhile. */
static void
nobody_gets_more_than_is_earned(void **state)
{
	struct rng rng = seeded("budget");
	struct budgets *budgets = budgets_create(PER_SECOND);
	uint64_t now_us = START_US, end_us = START_US + 600 * UINT64_C(1000000);
	unsigned got = 0;

	(void)state;
	for (; now_us < end_us; now_us += rng_below(&rng, 20000)) {
		unsigned points = 1 + rng_below(&rng, 4);
		if (budgets_take(budgets, 1, points, now_us) == 0)
			got += points;
	}
	assert_in_range(got, SAVED + 600 * PER_SECOND - 4, SAVED + 600 * PER_SECOND);
	budgets_destroy(budgets);
}

static void
more_is_never_saved(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);
	uint64_t later_us = START_US + 86400 * UINT64_C(1000000);

	(void)state;
	assert_int_equal(budgets_take(budgets, 1, 1, START_US), 0);
	assert_int_equal(budgets_take(budgets, 1, SAVED, later_us), 0);
	assert_int_not_equal(budgets_take(budgets, 1, 1, later_us), 0);
	budgets_destroy(budgets);
}

static void
what_is_owed_is_earned_first(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);

	(void)state;
	budgets_charge(budgets, 1, SAVED + 100, START_US);
	assert_in_range(budgets_take(budgets, 1, 1, START_US), 101 * 50, 101 * 50 + 1);
	for (unsigned i = 0; i < 100; i++)
		budgets_charge(budgets, 1, SAVED, START_US);
	assert_in_range(budgets_take(budgets, 1, 1, START_US), 1000 * BUDGET_SAVED_S, 1000 * BUDGET_SAVED_S + 51);
	budgets_destroy(budgets);
}

static void
each_has_his_own(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);

	(void)state;
	for (uint64_t who = 0; who < 1000; who++)
		assert_int_equal(budgets_take(budgets, who, SAVED, START_US), 0);
	for (uint64_t who = 0; who < 1000; who++)
		assert_int_not_equal(budgets_take(budgets, who, 1, START_US), 0);
	budgets_destroy(budgets);
}

/* More than there is room for, a little each, do not wash away what one of them has used up. */
static void
whoever_used_least_is_forgotten(void **state)
{
	struct budgets *budgets = budgets_create(PER_SECOND);

	(void)state;
	assert_int_equal(budgets_take(budgets, 1, SAVED, START_US), 0);
	for (uint64_t who = 2; who < 1000000; who++)
		assert_int_equal(budgets_take(budgets, who, 1, START_US), 0);
	assert_int_not_equal(budgets_take(budgets, 1, 1, START_US), 0);
	budgets_destroy(budgets);
}

static void
fastest_and_slowest_budgets_hold(void **state)
{
	static const uint32_t rates[] = {1, 7, 1000000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		struct budgets *budgets = budgets_create(rates[i]);
		assert_int_equal(budgets_take(budgets, 1, rates[i] * BUDGET_SAVED_S, START_US), 0);
		assert_int_not_equal(budgets_take(budgets, 1, 1, START_US), 0);
		assert_int_equal(budgets_take(budgets, 1, rates[i], START_US + 1000000), 0);
		budgets_destroy(budgets);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(savings_can_be_used_at_once),
		cmocka_unit_test(time_until_there_is_enough_is_told),
		cmocka_unit_test(nobody_gets_more_than_is_earned),
		cmocka_unit_test(more_is_never_saved),
		cmocka_unit_test(what_is_owed_is_earned_first),
		cmocka_unit_test(each_has_his_own),
		cmocka_unit_test(whoever_used_least_is_forgotten),
		cmocka_unit_test(fastest_and_slowest_budgets_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
