/* breaker.c - a server that fails is left alone, and tried again by one. */
#include "breaker.h"
#include "unit.h"

#define START    UINT64_C(1000000)
#define PAUSE_US UINT64_C(10000000)

/* Fails until it opens, at START. */
static struct breaker
opened(void)
{
	struct breaker breaker = {.pause_us = PAUSE_US};

	for (int i = 1; i < BREAKER_FAILURES; i++) {
		assert_true(breaker_allows(&breaker, START));
		assert_false(breaker_failed(&breaker, START));
	}
	assert_true(breaker_allows(&breaker, START));
	assert_true(breaker_failed(&breaker, START));
	return breaker;
}

static void
failures_in_a_row_open_it(void **state)
{
	struct breaker breaker = opened();

	(void)state;
	assert_false(breaker_allows(&breaker, START));
	assert_false(breaker_allows(&breaker, START + PAUSE_US - 1));
}

static void
failures_with_a_success_between_do_not(void **state)
{
	struct breaker breaker = {.pause_us = PAUSE_US};

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 1; i < BREAKER_FAILURES; i++)
			assert_false(breaker_failed(&breaker, START));
		assert_false(breaker_succeeded(&breaker)); /* it was never open */
	}
	assert_true(breaker_allows(&breaker, START));
}

static void
after_the_pause_one_tries(void **state)
{
	struct breaker breaker = opened();

	(void)state;
	assert_true(breaker_allows(&breaker, START + PAUSE_US));
	assert_false(breaker_allows(&breaker, START + PAUSE_US));
	assert_false(breaker_allows(&breaker, START + 100 * PAUSE_US));
}

static void
good_trial_closes_it(void **state)
{
	struct breaker breaker = opened();

	(void)state;
	assert_true(breaker_allows(&breaker, START + PAUSE_US));
	assert_true(breaker_succeeded(&breaker));
	assert_true(breaker_allows(&breaker, START + PAUSE_US));
	assert_false(breaker_failed(&breaker, START + PAUSE_US)); /* and it counts from none */
	assert_true(breaker_allows(&breaker, START + PAUSE_US));
}

static void
bad_trial_opens_it_for_another_pause(void **state)
{
	struct breaker breaker = opened();
	uint64_t trial_us = START + PAUSE_US;

	(void)state;
	assert_true(breaker_allows(&breaker, trial_us));
	assert_true(breaker_failed(&breaker, trial_us + 1));
	assert_false(breaker_allows(&breaker, trial_us + PAUSE_US));
	assert_true(breaker_allows(&breaker, trial_us + 1 + PAUSE_US));
}

static void
late_failures_make_the_pause_no_longer(void **state)
{
	struct breaker breaker = opened();

	(void)state;
	for (unsigned i = 0; i < 2 * BREAKER_FAILURES; i++)
		assert_false(breaker_failed(&breaker, START + 1000));
	assert_true(breaker_allows(&breaker, START + PAUSE_US));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failures_in_a_row_open_it),
		cmocka_unit_test(failures_with_a_success_between_do_not),
		cmocka_unit_test(after_the_pause_one_tries),
		cmocka_unit_test(good_trial_closes_it),
		cmocka_unit_test(bad_trial_opens_it_for_another_pause),
		cmocka_unit_test(late_failures_make_the_pause_no_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
