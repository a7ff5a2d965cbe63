/* roster.c - the roster: an entry a phone, changed where a row says otherwise, and listed by places. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_A HASH_A, "1sealed-a", GRID_A, "王安", "太原供电"
#define ROW_B HASH_B, "1sealed-b", "", "博", ""

static void
new_rows_are_added(void **state)
{
	struct redis *r = *state;
	char wanted[160];

	assert_string_equal(roster_import(r, ROW_A, ROW_B), "OK 88");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "EXISTS {7}:log"), "0");
	snprintf(wanted, sizeof(wanted), GRID_A "\t王安\t太原供电\t1sealed-a\t");
	assert_memory_equal(redis(r, "HGET {7}:roster " HASH_A), wanted, strlen(wanted));
	assert_string_equal(redis(r, "ZRANGE {7}:roster:order 0 -1"), " " HASH_B " " GRID_A " " HASH_A);
}

/* The phone is sealed anew in each row: that is no change, and what stands stays. */
static void
same_row_changes_nothing(void **state)
{
	struct redis *r = *state;
	char *before;

	roster_import(r, ROW_A, ROW_B);
	before = strdup(redis(r, "HGETALL {7}:roster"));
	assert_string_equal(roster_import(r, HASH_A, "1other", GRID_A, "王安", "太原供电", ROW_B), "OK 00");
	assert_string_equal(redis(r, "HGETALL {7}:roster"), before);
	free(before);
}

static void
difference_is_told_and_written(void **state)
{
	struct redis *r = *state;
	char *added;

	roster_import(r, ROW_A);
	added = strdup(strrchr(redis(r, "HGET {7}:roster " HASH_A), '\t'));
	assert_string_equal(roster_import(r, HASH_A, "1x", GRID_A, "王平安", "太原供电"), "OK 1");
	assert_string_equal(roster_import(r, HASH_A, "1x", GRID_A, "王平安", ""), "OK 2");
	assert_string_equal(roster_import(r, HASH_A, "1x", GRID_B, "王平安", ""), "OK 4");
	phone_claim(r, HASH_A, "1.1", "");
	assert_string_equal(roster_find(r, HASH_A, "1.1"), "OK " GRID_B " 王平安 ");
	assert_string_equal(roster_find(r, HASH_A, "1.2"), "NOT_FOUND phone");
	assert_string_equal(redis(r, "ZRANGE {7}:roster:order 0 -1"), GRID_B " " HASH_A);
	assert_string_equal(roster_import(r, HASH_A, "1x", "", "王", "太原供电"), "OK 7");
	assert_string_equal(redis(r, "ZRANGE {7}:roster:order 0 -1"), " " HASH_A);
	assert_non_null(strstr(redis(r, "HGET {7}:roster " HASH_A), "1sealed-a"));
	assert_string_equal(strrchr(redis(r, "HGET {7}:roster " HASH_A), '\t'), added);
	free(added);
}

/* Who keeps the roster of a street does not take an entry from another one's, or from nowhere's unless it is nowhere. */
static void
entry_of_another_place_stays(void **state)
{
	static const char *const taken[] = {
		HASH_A, "1x", "140106004009", "李", "", HASH_B, "1x", "140106004009", "博", "", NULL};
	struct redis *r = *state;

	phone_claim(r, HASH_A, "1.1", "");
	roster_import(r, ROW_A, ROW_B);
	assert_string_equal(roster_import_rows(r, "000140106", taken), "OK 94");
	assert_string_equal(roster_find(r, HASH_A, "1.1"), "OK " GRID_A " 王安 太原供电");
	assert_string_equal(roster_import_rows(r, "100140106", taken), "OK 90");
	assert_string_equal(roster_import_rows(r, "0001401", taken), "OK 70");
}

static void
who_only_looks_changes_nothing(void **state)
{
	struct redis *r = *state;
	char *before;

	roster_import(r, ROW_A);
	before = redis_picture(r);
	assert_string_equal(roster_look(r, HASH_A, "1x", GRID_A, "王平安", "太原供电", ROW_B), "OK 18");
	assert_unchanged(r, before);
}

/* A list without a column for it says nothing of it. */
static void
what_a_list_does_not_say_stays(void **state)
{
	static const char *const row[] = {HASH_A, "1x", "", "王平安", "", NULL}, *const new_one[] = {ROW_B, NULL};
	struct redis *r = *state;

	phone_claim(r, HASH_A, "1.1", "");
	roster_import(r, ROW_A);
	assert_string_equal(roster_import_rows(r, "111", row), "OK 1");
	assert_string_equal(roster_import_rows(r, "011", row), "OK 1");
	assert_string_equal(roster_find(r, HASH_A, "1.1"), "OK " GRID_A " 王平安 太原供电");
	assert_string_equal(roster_import_rows(r, "011", row), "OK 0");
	assert_string_equal(roster_import_rows(r, "001", row), "OK 2");
	assert_string_equal(roster_find(r, HASH_A, "1.1"), "OK " GRID_A " 王平安 ");
	assert_string_equal(roster_import_rows(r, "010", row), "OK 4");
	assert_string_equal(roster_import_rows(r, "011", new_one), "OK 8");
}

static void
phone_that_comes_twice_is_changed_by_the_second_row(void **state)
{
	struct redis *r = *state;

	assert_string_equal(roster_import(r, ROW_A, HASH_A, "1x", GRID_B, "王安", "太原供电"), "OK 84");
	assert_string_equal(redis(r, "HLEN {7}:roster"), "1");
	assert_string_equal(redis(r, "ZRANGE {7}:roster:order 0 -1"), GRID_B " " HASH_A);
}

static void
removed_entry_is_gone_and_may_come_again(void **state)
{
	struct redis *r = *state;

	roster_import(r, ROW_A, ROW_B);
	phone_claim(r, HASH_A, "1.1", "");
	assert_string_equal(roster_remove_from(r, GRID_B, HASH_A), "NOT_FOUND entry");
	assert_string_equal(roster_remove_from(r, GRID_A, HASH_B), "NOT_FOUND entry");
	assert_string_equal(roster_remove_from(r, CITY, HASH_A), "OK");
	assert_string_equal(roster_find(r, HASH_A, "1.1"), "NOT_FOUND phone");
	assert_string_equal(roster_remove(r, HASH_A), "NOT_FOUND entry");
	assert_string_equal(roster_remove(r, HASH_B), "OK");
	assert_string_equal(redis(r, "EXISTS {7}:roster {7}:roster:order"), "0");
	assert_string_equal(roster_import(r, ROW_A), "OK 8");
}

/* Hashes of a list, from the first characters of each. */
static const char *
listed(struct redis *r, const char *place, const char *after, unsigned count)
{
	static char out[64];
	const char *rows = roster_list(r, place, after, count);

	assert_memory_equal(rows, "OK", 2);
	out[0] = '\0';
	for (const char *at = strstr(rows, "07"); at; at = strstr(at, "\n07"), at = at ? at + 1 : NULL)
		strncat(out, at + 2, 1);
	return out;
}

static void
list_is_of_a_place_and_all_under_it(void **state)
{
	struct redis *r = *state;

	roster_import(
		r, HASH_A, "1x", GRID_A, "王安", "", HASH_B, "1x", COMMUNITY, "博", "", HASH_C, "1x", "", "晨", "");
	roster_import(r, "07dddddddddddddddddddddddddddddd", "1x", "140106", "丁", "",
		"07eeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "1x", BUILDING_1, "娥", "");
	assert_string_equal(listed(r, "", "", 80), "cbaed");
	assert_string_equal(listed(r, "14", "", 80), "baed");
	assert_string_equal(listed(r, "140105", "", 80), "bae");
	assert_string_equal(listed(r, GRID_A, "", 80), "ae");
	assert_string_equal(listed(r, BUILDING_1, "", 80), "e");
	assert_string_equal(listed(r, BUILDING_2, "", 80), "");
	assert_string_equal(listed(r, "11", "", 80), "");
}

static void
list_goes_on_behind_what_was_last(void **state)
{
	struct redis *r = *state;

	roster_import(
		r, HASH_A, "1x", GRID_A, "王安", "", HASH_B, "1x", GRID_A, "博", "", HASH_C, "1x", GRID_B, "晨", "");
	assert_string_equal(listed(r, COMMUNITY, "", 2), "ab");
	assert_string_equal(listed(r, COMMUNITY, GRID_A " " HASH_B, 2), "c");
	assert_string_equal(listed(r, COMMUNITY, GRID_B " " HASH_C, 2), "");
	assert_string_equal(listed(r, "", GRID_A " " HASH_A, 1), "b");
	roster_remove(r, HASH_B); /* what was last may be gone */
	assert_string_equal(listed(r, COMMUNITY, GRID_A " " HASH_B, 2), "c");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(new_rows_are_added),
		rule(same_row_changes_nothing),
		rule(difference_is_told_and_written),
		rule(entry_of_another_place_stays),
		rule(who_only_looks_changes_nothing),
		rule(what_a_list_does_not_say_stays),
		rule(phone_that_comes_twice_is_changed_by_the_second_row),
		rule(removed_entry_is_gone_and_may_come_again),
		rule(list_is_of_a_place_and_all_under_it),
		rule(list_goes_on_behind_what_was_last),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
