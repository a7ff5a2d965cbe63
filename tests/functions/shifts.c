/* shifts.c - calls of several shifts, lines of several people, and lines for others. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct call shifts = {.slots = {{"早班", .limit = 2}, {"晚班", .limit = 1}, {"机动"}}};

static const char *
join_slot(struct redis *r, const char *person, unsigned slot)
{
	return chain_sign(r, CALL, (struct signing){.person = person, .slot = slot});
}

/* Confirmed and waiting of a slot. */
static const char *
slot(struct redis *r, unsigned number)
{
	static char out[32];
	struct text rest = text_of(redis(r, "HGET {7}:call:7.1 slot%u", number)), confirmed;

	for (unsigned i = 0; i < 5; i++)
		text_cut(&rest, '\t');
	confirmed = text_cut(&rest, '\t');
	snprintf(out, sizeof(out), "%.*s/%.*s", (int)confirmed.len, confirmed.data, (int)rest.len, rest.data);
	return out;
}

static const char *
numbers(struct redis *r)
{
	return redis(r, "HMGET {7}:call:7.1 confirmed waiting lines");
}

static const char *
state_of(struct redis *r, unsigned number)
{
	static char state[16];

	sscanf(redis(r, "HGET {7}:call:7.1:lines %u", number), "%15[a-z]", state);
	return state;
}

/* Slots. */

static void
each_slot_has_its_own_limit_and_queue(void **state)
{
	struct redis *r = *state;

	post_call(r, shifts);
	assert_string_equal(join_slot(r, "1.1", 1), "OK 1 confirmed");
	assert_string_equal(join_slot(r, "1.2", 2), "OK 2 confirmed");
	assert_string_equal(join_slot(r, "1.3", 2), "OK 3 waiting");
	assert_string_equal(join_slot(r, "1.4", 1), "OK 4 confirmed");
	assert_string_equal(strstr(event(r), " filled"), " filled " GRID_A);
	assert_string_equal(join_slot(r, "1.5", 1), "OK 5 waiting");
	assert_string_equal(join_slot(r, "1.6", 2), "OK 6 waiting");
	assert_int_equal(r->ahead, 1);
	assert_string_equal(join_slot(r, "1.7", 3), "OK 7 confirmed");
	assert_string_equal(slot(r, 1), "2/1");
	assert_string_equal(slot(r, 2), "1/2");
	assert_string_equal(slot(r, 3), "1/0");
	assert_string_equal(numbers(r), "4 3 7");

	/* What becomes free in one is nothing to the other. */
	assert_string_equal(chain_strike(r, "1.2", CALL, 0, 2), "OK 2");
	assert_string_equal(state_of(r, 3), "confirmed");
	assert_string_equal(state_of(r, 5), "waiting");
	assert_string_equal(slot(r, 1), "2/1");
	assert_string_equal(slot(r, 2), "1/1");
	assert_string_equal(numbers(r), "4 2 7");
}

static void
one_person_has_one_live_line_in_each_slot(void **state)
{
	struct redis *r = *state;

	post_call(r, shifts);
	join_slot(r, "1.1", 1);
	assert_string_equal(join_slot(r, "1.1", 1), "ALREADY call 1 confirmed");
	assert_string_equal(join_slot(r, "1.1", 3), "OK 2 confirmed");
	assert_string_equal(chain_withdraw(r, CALL, "1.1"), "NOT_FOUND person");
	assert_string_equal(chain_strike(r, "1.1", CALL, 0, 3), "OK 2");
	assert_string_equal(join_slot(r, "1.1", 3), "OK 3 confirmed");
	assert_string_equal(state_of(r, 1), "confirmed");
}

/* People. */

static void
limit_counts_people(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 5);
	assert_string_equal(chain_sign(r, CALL, (struct signing){.person = "1.1", .people = 3}), "OK 1 confirmed");
	assert_string_equal(chain_sign(r, CALL, (struct signing){.person = "1.2", .people = 3}), "OK 2 waiting");
	/* Who comes with too many keeps his turn, and who comes behind him waits although there is room. */
	assert_string_equal(chain_join(r, CALL, "1.3", GRID_A), "OK 3 waiting");
	assert_string_equal(numbers(r), "3 4 3");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1:tally %s %s", GRID_A " confirmed", GRID_A " waiting"), "3 4");
}

static void
freed_places_go_to_who_fits_in_order(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 4);
	chain_sign(r, CALL, (struct signing){.person = "1.1", .people = 3});
	chain_join(r, CALL, "1.2", GRID_A);
	chain_sign(r, CALL, (struct signing){.person = "1.3", .people = 2});
	chain_join(r, CALL, "1.4", GRID_A);
	chain_join(r, CALL, "1.5", GRID_A);
	assert_string_equal(numbers(r), "4 4 5");
	/* One place: too few for the first in line. */
	chain_withdraw(r, CALL, "1.2");
	assert_string_equal(numbers(r), "3 4 5");
	/* Now four. */
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(numbers(r), "4 0 5");
	for (unsigned number = 3; number <= 5; number++)
		assert_string_equal(state_of(r, number), "confirmed");
}

/* For others. */

static void
line_for_another_bears_who_put_it_there(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	assert_string_equal(chain_sign(r, CALL, (struct signing){.by = "1.1", .person = "1.2", .texts = "\t腿脚不便"}),
		"OK 1 confirmed");
	assert_string_equal(chain_join(r, CALL, "1.2", GRID_A), "ALREADY call 1 confirmed");
	/* The one who signed has no line himself. */
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "OK 2 waiting");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:texts 1"), "\t腿脚不便");
	assert_null(strstr(event(r), "腿脚"));
	/* He, the other, and the author may take it back. */
	assert_string_equal(chain_strike(r, "1.3", CALL, 1, 0), "FORBIDDEN number");
	assert_string_equal(chain_strike(r, "1.1", CALL, 1, 0), "OK 1");
	assert_string_equal(state_of(r, 2), "confirmed");
	assert_string_equal(chain_strike(r, WORKER, CALL, 2, 0), "OK 2");
}

static void
without_an_account_there_may_be_many_lines(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 3);
	for (unsigned i = 1; i <= 5; i++)
		assert_memory_equal(chain_sign(r, CALL, (struct signing){.by = "1.1", .texts = "李梅\t"}), "OK", 2);
	assert_string_equal(chain_sign(r, CALL, (struct signing){.by = "1.1", .texts = "李梅\t"}), "FULL person");
	/* Not so for the author; and what is taken back makes room. */
	for (unsigned i = 1; i <= 6; i++)
		assert_memory_equal(chain_sign(r, CALL, (struct signing){.by = WORKER, .texts = "王五\t"}), "OK", 2);
	assert_string_equal(chain_strike(r, "1.1", CALL, 1, 0), "OK 1");
	assert_string_equal(chain_sign(r, CALL, (struct signing){.by = "1.1", .texts = "李梅\t"}), "OK 12 waiting");
	assert_string_equal(redis(r, "HLEN {7}:call:7.1:texts"), "12");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(each_slot_has_its_own_limit_and_queue),
		rule(one_person_has_one_live_line_in_each_slot),
		rule(limit_counts_people),
		rule(freed_places_go_to_who_fits_in_order),
		rule(line_for_another_bears_who_put_it_there),
		rule(without_an_account_there_may_be_many_lines),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
