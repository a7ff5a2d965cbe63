/* p3.c - P3: chain numbers are unique, gapless and in commit order, whichever hub took them. */
#include <stdio.h>
#include <stdlib.h>

#include "crowd.h"

#define MEMBERS 1000
#define PLACES  28

static struct crowd *crowd;

static int
open_crowd(void **state)
{
	(void)state;
	crowd = crowd_open(MEMBERS);
	return 0;
}

static int
close_crowd(void **state)
{
	(void)state;
	crowd_close(crowd);
	return 0;
}

static void
assert_states(const Line *const *lines, unsigned count, unsigned struck, unsigned confirmed)
{
	for (unsigned i = 0; i < count; i++) {
		Gridvanguard__V1__LineState wanted = GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING;
		if (i < struck)
			wanted = GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK;
		else if (i < struck + confirmed)
			wanted = GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
		assert_int_equal(lines[i]->number, i + 1);
		assert_int_equal(lines[i]->state, wanted);
		if (i > 0)
			assert_true(lines[i]->joined_ms >= lines[i - 1]->joined_ms);
	}
}

/* Each request is sent twice, at once. */
static void
thousand_race_for_28_places_over_two_hubs(void **state)
{
	unsigned count;

	(void)state;
	crowd->twice = true;
	crowd_post(crowd, (struct posting){.limit = PLACES});
	crowd_all_join(crowd);
	crowd_settle(crowd);
	assert_int_equal(crowd->lines, MEMBERS);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++) {
		const Line *const *lines = crowd_chain(crowd, hub, &count);
		assert_int_equal(count, MEMBERS);
		assert_states(lines, count, 0, PLACES);
		crowd_check(crowd, hub, PLACES, true);
	}
	for (unsigned i = 0; i < MEMBERS; i++) {
		const struct crowd_member *member = &crowd->members[i];
		bool confirmed = member->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
		assert_int_equal(member->answers, 2);
		assert_int_equal(confirmed, member->number <= PLACES);
	}
}

/* And then all 28 withdraw at once: their places go to the first 28 in line. */
static void
first_28_in_line_are_promoted(void **state)
{
	unsigned count;

	(void)state;
	for (unsigned i = 0; i < MEMBERS; i++)
		if (crowd->members[i].number <= PLACES)
			crowd_step(&crowd->members[i]);
	crowd_settle(crowd);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++) {
		const Line *const *lines = crowd_chain(crowd, hub, &count);
		assert_int_equal(count, MEMBERS);
		assert_states(lines, count, PLACES, PLACES);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousand_race_for_28_places_over_two_hubs),
		cmocka_unit_test(first_28_in_line_are_promoted),
	};

	return cmocka_run_group_tests(tests, open_crowd, close_crowd);
}
