/* p1.c - P1: what was acknowledged survives kill -9 of the hub and of Redis, at any moment.
 *
 * 200 members sign up and withdraw without a pause over two hubs, while a hub, Redis or both are killed at random
 * moments; an audit of the chain after each, and of all at the end, finds no difference. ROUNDS in the environment says how often (30 unless given), TEST_SEED gives a run again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "audited.h"
#include "crowd.h"
#include "random.h"

#define MEMBERS 200
#define LIMIT   120
#define FULL    8000 /* lines after which a new call is begun */

static unsigned long
setting(const char *name, unsigned long standard)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : standard;
}

static void
kill_redis(struct crowd *crowd)
{
	pid_t pid = redis_pid(crowd->hubs[0]);

	if (pid > 0) /* it may not be back yet from the last time */
		kill(pid, SIGKILL);
}

/* Hub 0, hub 1 and Redis, by the bits of `victims`. */
static void
kill_and_start_again(struct crowd *crowd, unsigned victims)
{
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++)
		if (victims >> hub & 1)
			kill(crowd->hubs[hub]->hub, SIGKILL);
	if (victims >> CROWD_HUBS & 1)
		kill_redis(crowd);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++) {
		if (!(victims >> hub & 1))
			continue;
		hub_signal(crowd->hubs[hub], SIGKILL); /* waits for its end */
		crowd_hub_again(crowd, hub);
	}
}

static void
set_off(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++)
		crowd->members[i].again = true;
	crowd_all_join(crowd);
}

static void
calm(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->count; i++)
		crowd->members[i].again = false;
	crowd_settle(crowd);
}

/* All is quiet: nothing but what was acknowledged is there, on both hubs. */
static void
check_all(struct crowd *crowd)
{
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++)
		crowd_check(crowd, hub, LIMIT, true);
}

static void
acknowledged_lines_survive_any_kill(void **state)
{
	unsigned long rounds = setting("ROUNDS", 30), seed = setting("TEST_SEED", 20220412);
	struct rng rng = {seed};
	struct crowd *crowd = crowd_open(MEMBERS);

	(void)state;
	print_message("# %lu rounds, TEST_SEED=%lu\n", rounds, seed);
	crowd_post(crowd, (struct posting){.limit = LIMIT});
	set_off(crowd);
	for (unsigned long round = 0; round < rounds; round++) {
		unsigned until = crowd->answers + rng_below(&rng, 2 * MEMBERS);
		while (crowd->answers < until)
			crowd_turn(crowd);
		kill_and_start_again(crowd, 1 + rng_below(&rng, 7));
		crowd_check(crowd, rng_below(&rng, CROWD_HUBS), LIMIT, false);
		assert_call_clean(crowd->hubs[0], crowd->call);
		if (crowd->lines < FULL)
			continue;
		calm(crowd);
		check_all(crowd);
		crowd_post(crowd, (struct posting){.limit = LIMIT});
		set_off(crowd);
	}
	calm(crowd);
	check_all(crowd);
	crowd_close(crowd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acknowledged_lines_survive_any_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
