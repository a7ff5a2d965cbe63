/* names.c - places by their names, as lists of members have them. */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static struct names *
make_names(void)
{
	static const char *const places[][2] = {
		{"14", "山西省"},
		{"1401", "太原市"},
		{"140105", "小店区"},
		{"140105007", "龙城街道"},
		{"140105007004", "西吴社区居委会"},
		{"140105007004001", "第1网格"},
		{"140105007004002", "第2网格"},
		{"140105007005", "东吴社区居民委员会"},
		{"140105007005001", "第1网格"},
		{"140106", "迎泽区"},
		{"140106004", "迎泽街道办事处"},
		{"140106004001", "西吴社区居委会"},
		{"140106004001001", "西吴社区第9网格"},
	};
	struct names *names = names_create();

	assert_non_null(names);
	for (size_t i = ARRAY_LEN(places); i-- > 0;)
		assert_true(names_add(names, place_of(places[i][0]), places[i][1]));
	assert_true(names_add(names, place_of("140106"), "again")); /* known already */
	return names;
}

/* "140105", "none", or "2: 140105 140106" for many. */
static const char *
found(const struct names *names, const char *name)
{
	static char said[96];
	char first[PLACE_TEXT], second[PLACE_TEXT];
	struct place places[2];
	size_t count = names_find(names, name, places);

	if (count == 0)
		return "none";
	place_print(first, places[0]);
	if (count == 1)
		snprintf(said, sizeof(said), "%s", first);
	else
		snprintf(said, sizeof(said), "%zu: %s %s", count, first, place_print(second, places[1]));
	return said;
}

static void
place_is_found_by_its_name_and_those_above(void **state)
{
	struct names *names = make_names();

	(void)state;
	assert_string_equal(found(names, "东吴社区"), "140105007005");
	assert_string_equal(found(names, "东吴社区居委会"), "140105007005");
	assert_string_equal(found(names, "龙城街道/东吴社区"), "140105007005");
	assert_string_equal(found(names, "小店区 东吴社区"), "140105007005");
	assert_string_equal(found(names, "山西省太原市小店区龙城街道东吴社区第1网格"), "140105007005001");
	assert_string_equal(found(names, "第2网格"), "140105007004002");
	assert_string_equal(found(names, "西吴社区第9网格"), "140106004001001");
	assert_string_equal(found(names, "迎泽街道"), "140106004");
	assert_string_equal(found(names, "迎泽街道办事处"), "140106004");
	assert_string_equal(found(names, "太原市"), "1401");
	names_destroy(names);
}

static void
name_that_many_bear_is_theirs(void **state)
{
	struct names *names = make_names();

	(void)state;
	assert_string_equal(found(names, "西吴社区"), "2: 140105007004 140106004001");
	assert_string_equal(found(names, "小店区/西吴社区"), "140105007004");
	assert_string_equal(found(names, "迎泽街道-西吴社区"), "140106004001");
	assert_string_equal(found(names, "第1网格"), "2: 140105007004001 140105007005001");
	assert_string_equal(found(names, "西吴社区第1网格"), "140105007004001");
	names_destroy(names);
}

static void
other_names_are_of_nobody(void **state)
{
	struct names *names = make_names();
	char overlong[600];

	(void)state;
	memset(overlong, 'x', sizeof(overlong) - 1);
	overlong[sizeof(overlong) - 1] = '\0';
	assert_string_equal(found(names, ""), "none");
	assert_string_equal(found(names, "/"), "none");
	assert_string_equal(found(names, "吴社区"), "none");
	assert_string_equal(found(names, "迎泽区东吴社区"), "none");
	assert_string_equal(found(names, "龙城街道小店区东吴社区"), "none");
	assert_string_equal(found(names, "x东吴社区"), "none");
	assert_string_equal(found(names, "东吴社区12号楼"), "none");
	assert_string_equal(found(names, "小店区小店区"), "none");
	assert_string_equal(found(names, overlong), "none");
	names_destroy(names);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_is_found_by_its_name_and_those_above),
		cmocka_unit_test(name_that_many_bear_is_theirs),
		cmocka_unit_test(other_names_are_of_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
