/* p4.c - P4: never more confirmed than the limit; a freed place goes to the first in line, at once.
 *
 * Who watches the chain sees it at each event, for a promotion is part of the write that freed the place. */
#include <stdio.h>
#include <stdlib.h>

#include "mirror.h"
#include "random.h"

#define MEMBERS 120
#define LIMIT   28
#define ANSWERS 6000

static unsigned checked;

/* At no moment is there one too many, or an empty place while somebody waits; and who counts stands in front of all who
 * wait. */
static void
check_moment(struct mirror *mirror, const Event *event)
{
	unsigned first_waiting = 0;

	assert_in_range(mirror->confirmed, 0, LIMIT);
	if (mirror->waiting > 0)
		assert_int_equal(mirror->confirmed, LIMIT);
	for (unsigned number = 1; number <= mirror->count && first_waiting == 0; number++)
		if (mirror->lines[number].state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING)
			first_waiting = number;
	for (size_t i = 0; i < event->chain_changed->n_lines && first_waiting > 0; i++) {
		const Line *line = event->chain_changed->lines[i];
		if (line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED)
			assert_true(line->number < first_waiting);
	}
	checked++;
}

static void
limit_holds_at_every_moment(void **state)
{
	struct crowd *crowd = crowd_open(MEMBERS);
	struct mirror *mirrors[CROWD_HUBS];

	(void)state;
	crowd_post(crowd, (struct posting){.limit = LIMIT});
	mirrors[0] = mirror_open(crowd, 0, "mirror-a", check_moment);
	mirrors[1] = mirror_open(crowd, 1, "mirror-b", check_moment);
	for (unsigned i = 0; i < MEMBERS; i++)
		crowd->members[i].again = true;
	crowd_all_join(crowd);
	while (crowd->answers < ANSWERS)
		crowd_turn(crowd);
	for (unsigned i = 0; i < MEMBERS; i++)
		crowd->members[i].again = false;
	crowd_settle(crowd);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++) {
		mirror_settle(mirrors[hub]);
		crowd_check(crowd, hub, LIMIT, true);
		assert_int_equal(mirrors[hub]->snapshots, 1);
	}
	assert_in_range(checked, 2 * ANSWERS, 3 * ANSWERS);
	mirror_assert_same(mirrors[0], mirrors[1]);
	mirror_close(mirrors[0]);
	mirror_close(mirrors[1]);
	crowd_close(crowd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limit_holds_at_every_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
