/* p2.c - P2: a request sent again with the same `once` is applied at most once, and if it was applied gets the same
 * answer: on the same connection, through the other hub, and after both hubs and Redis were killed. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crowd.h"
#include "requests.h"
#include "status.h"

#define MEMBERS 2 /* one on each hub, both the same person in what follows */

static struct crowd *crowd;

static int
open_crowd(void **state)
{
	(void)state;
	crowd = crowd_open(MEMBERS);
	crowd_post(crowd, (struct posting){.limit = 3});
	return 0;
}

static int
close_crowd(void **state)
{
	(void)state;
	crowd_close(crowd);
	return 0;
}

/* The same person at either hub. */
static struct caller *
an(unsigned hub)
{
	struct caller *caller = crowd_connect(crowd, hub, "m0000");

	wait_until(crowd->hubs[0], caller_state(caller) == CALLER_PRESENT, "the login");
	return caller;
}

/* All that was said, but for the id, which is the client's own. */
static char *
packed(Answer *answer)
{
	size_t len;
	char *text;

	answer->id = 0;
	len = gridvanguard__v1__answer__get_packed_size(answer);
	text = malloc(2 * len + 1);
	gridvanguard__v1__answer__pack(answer, (uint8_t *)text + len);
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", ((uint8_t *)text)[len + i]);
	free_answer(answer);
	return text;
}

static char *
ask_under(unsigned hub, struct uuid *once, Request *request)
{
	struct caller *caller = an(hub);
	char *said = packed(ask(caller, under_once(once, request)));

	caller_destroy(caller);
	return said;
}

static unsigned
chain_length(void)
{
	unsigned count;

	crowd_chain(crowd, 0, &count);
	return count;
}

static void
kill_all(void)
{
	kill(redis_pid(crowd->hubs[0]), SIGKILL);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++)
		hub_signal(crowd->hubs[hub], SIGKILL);
	for (unsigned hub = 0; hub < CROWD_HUBS; hub++)
		crowd_hub_again(crowd, hub);
}

/* Asked thus, whatever happens between: the same is said each time. */
static void
assert_said_the_same(Request *(*make)(void))
{
	struct uuid once = uuid_make(clock_wall_ms());
	char *first = ask_under(0, &once, make());
	unsigned length = chain_length();

	for (unsigned times = 0; times < 4; times++) {
		char *again;
		if (times == 2)
			kill_all();
		again = ask_under(times % CROWD_HUBS, &once, make());
		assert_string_equal(again, first);
		free(again);
		assert_int_equal(chain_length(), length);
	}
	free(first);
}

static Request *
make_join(void)
{
	return to_join(crowd->call);
}

static Request *
make_withdraw(void)
{
	return to_withdraw(crowd->call);
}

static Request *
make_move(void)
{
	return to_move(GRID_B);
}

static Request *
make_import(void)
{
	return to_import(GRID_B, "第2网格改");
}

static uint64_t deadline_ms;

static Request *
make_post(void)
{
	return to_post(.place = GRID_A, .title = "再来", .limit = 2, .deadline_ms = deadline_ms);
}

static void
same_once_gets_the_same_answer_wherever_and_whenever(void **state)
{
	(void)state;
	deadline_ms = clock_wall_ms() + 3600000;
	assert_said_the_same(make_join);
	assert_said_the_same(make_withdraw);
	assert_said_the_same(make_join);
	assert_said_the_same(make_move);
	assert_said_the_same(make_import);
	assert_said_the_same(make_post);
	assert_int_equal(chain_length(), 2);
}

/* What was refused is not remembered: the same request may be good later. */
static void
refusal_may_become_an_answer(void **state)
{
	struct uuid once = uuid_make(clock_wall_ms());
	struct caller *caller = an(1);
	Answer *answer = ask(caller, under_once(&once, make_join()));

	(void)state;
	assert_string_equal(status_name((enum status)answer->status), "ALREADY");
	free_answer(answer);
	expect(caller, make_withdraw(), "OK", "");
	expect(caller, under_once(&once, make_join()), "OK", "");
	expect(caller, under_once(&once, make_join()), "OK", "");
	caller_destroy(caller);
	assert_int_equal(chain_length(), 3);
}

static void
another_body_under_a_once_is_refused(void **state)
{
	struct uuid once = uuid_make(clock_wall_ms());
	struct caller *caller = an(0);

	(void)state;
	expect(caller, under_once(&once, make_withdraw()), "OK", "");
	expect(caller, under_once(&once, make_join()), "BAD_REQUEST", "once");
	caller_destroy(caller);
	assert_int_equal(chain_length(), 3);
}

/* Older than it is remembered: never run. */
static void
once_older_than_a_day_is_never_run(void **state)
{
	struct uuid once = uuid_make(clock_wall_ms() - 86400000 - 60000);
	struct caller *caller = an(0);

	(void)state;
	expect(caller, under_once(&once, make_join()), "TOO_LATE", "once");
	caller_destroy(caller);
	assert_int_equal(chain_length(), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_once_gets_the_same_answer_wherever_and_whenever),
		cmocka_unit_test(refusal_may_become_an_answer),
		cmocka_unit_test(another_body_under_a_once_is_refused),
		cmocka_unit_test(once_older_than_a_day_is_never_run),
	};

	return cmocka_run_group_tests(tests, open_crowd, close_crowd);
}
