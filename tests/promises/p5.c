/* p5.c - P5: a client that resumes from its cursor gets each event once, in order, or is told to take a snapshot.
 *
 * One client is cut off a hundred times at random while five thousand events pass, another never: in the end both know
 * the same. A hub that loads its view while people write ends with the view of one that was there all the time.
 * TEST_SEED gives a run again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror.h"
#include "random.h"

#define MEMBERS 60
#define EVENTS  5000
#define CUTS    100
#define LOADS   6

static struct crowd *crowd;
static struct rng rng;

static int
open_crowd(void **state)
{
	const char *seed = getenv("TEST_SEED");

	(void)state;
	rng.state = seed ? strtoull(seed, NULL, 10) : 20220412;
	print_message("# TEST_SEED=%llu\n", (unsigned long long)rng.state);
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
bustle(void)
{
	for (unsigned i = 0; i < MEMBERS; i++)
		crowd->members[i].again = true;
	crowd_all_join(crowd);
}

static void
calm(void)
{
	for (unsigned i = 0; i < MEMBERS; i++)
		crowd->members[i].again = false;
	crowd_settle(crowd);
}

static void
torn_client_ends_with_what_the_steady_one_knows(void **state)
{
	struct mirror *steady, *torn;
	unsigned cuts = 0, next = 0;

	(void)state;
	crowd_post(crowd, (struct posting){.limit = 20});
	steady = mirror_open(crowd, 0, "steady", NULL);
	torn = mirror_open(crowd, 0, "torn", NULL);
	bustle();
	while (steady->events < EVENTS || cuts < CUTS) {
		crowd_turn(crowd);
		/* Not before it is back, and has heard a little. */
		if (cuts == CUTS || caller_state(torn->caller) != CALLER_PRESENT || torn->events < next)
			continue;
		caller_cut(torn->caller);
		next = torn->events + rng_below(&rng, 60);
		cuts++;
	}
	calm();
	mirror_settle(steady);
	mirror_settle(torn);
	assert_int_equal(cuts, CUTS);
	assert_int_equal(steady->snapshots, 1);
	mirror_assert_same(steady, torn);
	/* The mirror is no guess: it is what the hub has. */
	crowd_check(crowd, 0, 20, true);
	print_message("# %u snapshots and %u events for the torn one, %u for the steady one\n", torn->snapshots,
		torn->events, steady->events);
	if (torn->snapshots == 1) /* it could go on each time */
		assert_int_equal(torn->events, steady->events);
	mirror_close(steady);
	mirror_close(torn);
}

/* Tallies of all that lies under the city, as a hub tells them. */
static Answer *
tallies(unsigned hub)
{
	Gridvanguard__V1__TallyList body = GRIDVANGUARD__V1__TALLY_LIST__INIT;
	Request request = REQUEST(TALLY_LIST, &body);
	Answer *answer;

	body.place = UNCONST(DISTRICT);
	body.depth = 3;
	body.count = 200;
	for (unsigned i = 0;; i++)
		if (crowd->members[i].hub == hub) {
			answer = ask(crowd->members[i].caller, &request);
			break;
		}
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	return answer;
}

static void
assert_same_tallies(void)
{
	Answer *a = tallies(0), *b = tallies(1);

	assert_true(a->tally_list->n_tallies > 3);
	assert_int_equal(a->tally_list->n_tallies, b->tally_list->n_tallies);
	for (size_t i = 0; i < a->tally_list->n_tallies; i++) {
		const Tally *x = a->tally_list->tallies[i], *y = b->tally_list->tallies[i];
		assert_string_equal(x->place, y->place);
		assert_int_equal(x->members, y->members);
		assert_int_equal(x->calls, y->calls);
		assert_int_equal(x->confirmed, y->confirmed);
		assert_int_equal(x->waiting, y->waiting);
	}
	free_answer(a);
	free_answer(b);
}

static void
hub_that_loads_under_writes_knows_what_the_other_knows(void **state)
{
	(void)state;
	crowd_post(crowd, (struct posting){.limit = 20});
	bustle();
	for (unsigned load = 0; load < LOADS; load++) {
		unsigned until = crowd->answers + rng_below(&rng, 4 * MEMBERS);
		while (crowd->answers < until)
			crowd_turn(crowd);
		hub_signal(crowd->hubs[1], SIGKILL);
		crowd_hub_again(crowd, 1);
	}
	calm();
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++)
		crowd_check(crowd, hub, 20, true);
	assert_same_tallies();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torn_client_ends_with_what_the_steady_one_knows),
		cmocka_unit_test(hub_that_loads_under_writes_knows_what_the_other_knows),
	};

	return cmocka_run_group_tests(tests, open_crowd, close_crowd);
}
