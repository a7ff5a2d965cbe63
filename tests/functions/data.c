/* data.c - the layout of a partition, and the numbers it gives. */
#include "functions.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
fresh_data_is_marked(void **state)
{
	struct redis *r = *state;

	assert_string_equal(data_open(r, 7, "1", "16", "5e70"), "OK 1 16 5e70 0");

	assert_string_equal(redis(r, "HMGET {7}:meta layout partitions epoch seq ids"), "1 16 5e70 0 0");
	assert_string_equal(redis(r, "KEYS *"), "{7}:meta");
	assert_string_equal(event(r), "");
}

static void
second_hub_finds_what_the_first_marked(void **state)
{
	struct redis *r = *state;
	char *before;

	data_open(r, 7, "1", "16", "5e70");
	before = redis_picture(r);

	assert_string_equal(data_open(r, 7, "2", "64", "another"), "OK 1 16 5e70 0");
	assert_unchanged(r, before);
}

static void
each_partition_has_its_own_mark(void **state)
{
	struct redis *r = *state;

	assert_string_equal(data_open(r, 0, "1", "16", "zero"), "OK 1 16 zero 0");
	assert_string_equal(data_open(r, 15, "1", "16", "fifteen"), "OK 1 16 fifteen 0");
	assert_string_equal(data_open(r, 0, "1", "16", "later"), "OK 1 16 zero 0");
}

static void
opening_tells_where_the_log_stands(void **state)
{
	struct redis *r = *state;

	data_open(r, 7, "1", "16", "5e70");
	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", GRID_A);

	assert_string_equal(data_open(r, 7, "1", "16", "5e70"), "OK 1 16 5e70 2");
}

/* Nothing offered, nothing set; then the first to offer is who all must agree with. */
static void
key_is_the_first_one_offered(void **state)
{
	struct redis *r = *state;
	char *before;

	assert_string_equal(data_key(r, ""), "OK ");
	assert_string_equal(redis(r, "DBSIZE"), "0");
	assert_string_equal(data_key(r, "c4ec"), "OK c4ec");
	before = redis_picture(r);
	assert_string_equal(data_key(r, "0the"), "OK c4ec");
	assert_string_equal(data_key(r, ""), "OK c4ec");
	assert_unchanged(r, before);
}

static void
numbers_are_counted_from_one(void **state)
{
	struct redis *r = *state;
	char *before;

	data_open(r, 7, "1", "16", "5e70");
	before = redis_picture(r);
	for (unsigned number = 1; number <= 300; number++) {
		char said[16];
		snprintf(said, sizeof(said), "OK %u", number);
		assert_string_equal(data_id(r, 7), said);
	}
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "HGET {7}:meta ids"), "300");
	redis(r, "HSET {7}:meta ids 0");
	assert_unchanged(r, before);
}

static void
numbers_of_two_partitions_are_counted_apart(void **state)
{
	struct redis *r = *state;

	data_open(r, 7, "1", "16", "e");
	data_open(r, 8, "1", "16", "e");
	data_id(r, 7);
	data_id(r, 7);

	assert_string_equal(data_id(r, 8), "OK 1");
	assert_string_equal(data_id(r, 7), "OK 3");
}

/* As far as JavaScript counts: no exponent, no digit lost. */
static void
great_numbers_stay_whole(void **state)
{
	struct redis *r = *state;

	data_open(r, 7, "1", "16", "e");
	redis(r, "HSET {7}:meta ids 9007199254740989 seq 9007199254740989");

	assert_string_equal(data_id(r, 7), "OK 9007199254740990");
	post(r, .limit = 1);
	assert_int_equal(r->seq, 9007199254740990);
	assert_string_equal(data_open(r, 7, "1", "16", "e"), "OK 1 16 e 9007199254740990");
}

static void
what_was_answered_is_there_after_a_kill(void **state)
{
	struct redis *r = *state;
	char *before;

	redis(r, "CONFIG SET appendfsync always");
	play_evening(r);
	before = redis_picture(r);

	redis_restart(r, SIGKILL);

	assert_unchanged(r, before);
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "CLOSED call"); /* the functions, too */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(fresh_data_is_marked),
		rule(second_hub_finds_what_the_first_marked),
		rule(each_partition_has_its_own_mark),
		rule(opening_tells_where_the_log_stands),
		rule(key_is_the_first_one_offered),
		rule(numbers_are_counted_from_one),
		rule(numbers_of_two_partitions_are_counted_apart),
		rule(great_numbers_stay_whole),
		rule(what_was_answered_is_there_after_a_kill),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
