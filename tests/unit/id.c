/* id.c - names of records: a partition and a number, "7.4242". */
#include <stdio.h>

#include "unit.h"

static void
id_reads_back_as_printed(void **state)
{
	static const char *const ids[] = {"0.1", "7.4242", "15.1", "15.9007199254740991", "0.9007199254740991", "9.10"};
	char printed[ID_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		assert_string_equal(id_print(printed, id_of(ids[i])), ids[i]);
	assert_int_equal(id_of("7.4242").partition, 7);
	assert_int_equal(id_of("7.4242").number, 4242);
}

static void
any_id_reads_back(void **state)
{
	struct rng rng = seeded("id");
	char printed[ID_TEXT];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct id id = {
			(uint8_t)rng_below(&rng, PARTITIONS), 1 + (rng_next(&rng) >> (11 + rng_below(&rng, 53)))};
		struct id back;
		id.number = MIN(id.number, ID_NUMBER_MAX);
		back = id_of(id_print(printed, id));
		assert_true(id_equal(back, id));
		assert_int_equal(back.partition, id.partition);
		assert_true(back.number == id.number);
	}
}

static void
what_is_no_id_is_refused(void **state)
{
	static const struct text bad[] = {
		TEXT(""),
		TEXT("."),
		TEXT("7"),
		TEXT("7."),
		TEXT(".7"),
		TEXT("7.0"),
		TEXT("7.04242"),
		TEXT("07.4242"),
		TEXT("16.1"),
		TEXT("256.1"),
		TEXT("-1.1"),
		TEXT("7.-1"),
		TEXT("7,4242"),
		TEXT("7.42.42"),
		TEXT("7.4242."),
		TEXT(" 7.4242"),
		TEXT("7.4242 "),
		TEXT("7.4242\0"),
		TEXT("7.9007199254740992"),
		TEXT("7.18446744073709551617"), /* 1 in 64 bits */
		TEXT("7.18446744073709551616"),
		TEXT("18446744073709551623.1"), /* 7 in 64 bits */
		TEXT("a.1"),
		TEXT("7.x"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct id id = {3, 77};
		if (id_parse(&id, bad[i]))
			fail_msg("'%s' was read as an id", bad[i].data);
		assert_int_equal(id.partition, 3);
		assert_int_equal(id.number, 77);
	}
}

static void
key_is_one_number_per_id(void **state)
{
	struct id lowest = {0, 1}, last_of_0 = {0, ID_NUMBER_MAX}, first_of_1 = {1, 1}, highest = {15, ID_NUMBER_MAX};

	(void)state;
	assert_true(id_key((struct id){0}) == 0);
	assert_true(id_key((struct id){7, 0}) == 0);
	assert_true(id_key(lowest) > 0);
	assert_true(id_key(lowest) < id_key(last_of_0));
	assert_true(id_key(last_of_0) < id_key(first_of_1));
	assert_true(id_key(first_of_1) < id_key(highest));
}

static void
ids_are_equal_by_partition_and_number(void **state)
{
	(void)state;
	assert_true(id_equal(id_of("7.1"), id_of("7.1")));
	assert_false(id_equal(id_of("7.1"), id_of("7.2")));
	assert_false(id_equal(id_of("7.1"), id_of("8.1")));
	assert_true(id_is_none((struct id){0}));
	assert_false(id_is_none(id_of("0.1")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(id_reads_back_as_printed),
		cmocka_unit_test(any_id_reads_back),
		cmocka_unit_test(what_is_no_id_is_refused),
		cmocka_unit_test(key_is_one_number_per_id),
		cmocka_unit_test(ids_are_equal_by_partition_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
