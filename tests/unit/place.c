/* place.c - the nodes of the division tree: reading, writing, and what lies under what. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static const struct {
	const char *code;
	enum place_level level;
	uint64_t padded;
	uint64_t last;
} levels[] = {
	{"14", PROVINCE, 140000000000000000, 149999999999999999},
	{"1401", CITY, 140100000000000000, 140199999999999999},
	{"140105", DISTRICT, 140105000000000000, 140105999999999999},
	{"140105007", STREET, 140105007000000000, 140105007999999999},
	{"140105007004", COMMUNITY, 140105007004000000, 140105007004999999},
	{"140105007004001", GRID, 140105007004001000, 140105007004001999},
	{"140105007004001002", BUILDING, 140105007004001002, 140105007004001002},
};

/* Real pairs that are padded to one code. */
static const struct {
	const char *wide;
	const char *narrow;
} look_alikes[] = {
	{"4419", "441900"},
	{"4420", "442000"},
	{"4604", "460400"},
	{"350527", "350527000"},
	{"350527000", "350527000000"},
};

static void
place_of_every_level_reads_back(void **state)
{
	char printed[PLACE_TEXT];

	(void)state;
	assert_int_equal(ARRAY_LEN(levels), PLACE_LEVELS);
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		struct place place = place_of(levels[i].code);
		assert_true(place.code == levels[i].padded);
		assert_int_equal(place.digits, strlen(levels[i].code));
		assert_int_equal(place_level(place), levels[i].level);
		assert_true(place_last(place) == levels[i].last);
		assert_string_equal(place_print(printed, place), levels[i].code);
	}
}

static void
any_place_reads_back(void **state)
{
	struct rng rng = seeded("place");
	static const unsigned char lens[PLACE_LEVELS] = {2, 4, 6, 9, 12, 15, 18};

	(void)state;
	for (int round = 0; round < 5000; round++) {
		char code[PLACE_TEXT], printed[PLACE_TEXT];
		size_t len = lens[rng_below(&rng, PLACE_LEVELS)];
		for (size_t i = 0; i < len; i++)
			code[i] = (char)('0' + rng_below(&rng, 10));
		code[0] = (char)('1' + rng_below(&rng, 9));
		code[len] = '\0';
		assert_string_equal(place_print(printed, place_of(code)), code);
	}
}

static void
refuse(struct text text)
{
	struct place place = {77, 2};

	if (place_parse(&place, text))
		fail_msg("'%s' was read as a place", text.data);
	assert_int_equal(place.code, 77);
	assert_int_equal(place.digits, 2);
}

static void
codes_of_other_lengths_are_refused(void **state)
{
	static const char digits[] = "1401050070040010021234567890";
	unsigned good = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(digits); len++) {
		struct text text = {digits, len};
		struct place place;
		if (len == 2 || len == 4 || len == 6 || len == 9 || len == 12 || len == 15 || len == 18)
			good += place_parse(&place, text);
		else
			refuse(text);
	}
	assert_int_equal(good, PLACE_LEVELS);
}

static void
what_is_not_all_digits_is_refused(void **state)
{
	static const struct text bad[] = {
		TEXT("1401050"), /* 7 digits */
		TEXT("1401050070040010021"),
		TEXT("18446744073709551616"),
		TEXT("04"),
		TEXT("00"),
		TEXT("040105"),
		TEXT("000000000000000000"),
		TEXT("1a"),
		TEXT("a1"),
		TEXT("14010O"),
		TEXT("14010 "),
		TEXT(" 40105"),
		TEXT("+401"),
		TEXT("-401"),
		TEXT("14.1"),
		TEXT("14/1"),
		TEXT("14:1"),
		TEXT("14\n1"),
		TEXT("14\0001"),
		TEXT("14010500700400100x"),
		TEXT("\xef\xbc\x91"
		     "401"), /* a full-width 1, 6 bytes in all */
		TEXT("太原"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refuse(bad[i]);
}

/* Every byte at every place of a code: only a digit, and no 0 in front, is taken. */
static void
only_digits_make_a_code(void **state)
{
	(void)state;
	for (size_t at = 0; at < 6; at++) {
		for (int byte = 0; byte < 256; byte++) {
			char code[] = "140105";
			struct place place;
			bool good = byte >= (at == 0 ? '1' : '0') && byte <= '9';
			code[at] = (char)byte;
			assert_int_equal(place_parse(&place, (struct text){code, 6}), good);
		}
	}
}

static void
look_alikes_are_two_places(void **state)
{
	char printed[PLACE_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(look_alikes); i++) {
		struct place wide = place_of(look_alikes[i].wide), narrow = place_of(look_alikes[i].narrow);
		assert_true(wide.code == narrow.code);
		assert_false(place_equal(wide, narrow));
		assert_false(place_equal(narrow, wide));
		assert_true(place_covers(wide, narrow));
		assert_false(place_covers(narrow, wide));
		assert_true(place_related(wide, narrow));
		assert_true(place_related(narrow, wide));
		assert_true(place_compare(wide, narrow) < 0);
		assert_true(place_compare(narrow, wide) > 0);
		assert_true(place_last(narrow) < place_last(wide));
		assert_true(place_equal(place_parent(narrow), wide));
		assert_true(place_equal(place_at_level(narrow, place_level(wide)), wide));
		assert_string_equal(place_print(printed, wide), look_alikes[i].wide);
		assert_string_equal(place_print(printed, narrow), look_alikes[i].narrow);
	}
}

/* A place under the wider one, but not under the narrower. */
static void
sibling_of_a_look_alike_lies_under_the_wider_alone(void **state)
{
	static const char *const siblings[] = {"441901", "442001", "460401", "350527001", "350527000001"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(look_alikes); i++) {
		assert_true(place_covers(place_of(look_alikes[i].wide), place_of(siblings[i])));
		assert_false(place_covers(place_of(look_alikes[i].narrow), place_of(siblings[i])));
		assert_false(place_related(place_of(look_alikes[i].narrow), place_of(siblings[i])));
	}
}

/* "A covers B if B's code starts with A's", for all pairs of places that lie close together. */
static void
place_covers_what_starts_with_its_code(void **state)
{
	struct rng rng = seeded("place_covers");
	unsigned covered = 0;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		struct place a = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
		struct place b = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
		bool a_covers_b = code_starts_with(b, a), b_covers_a = code_starts_with(a, b);
		assert_int_equal(place_covers(a, b), a_covers_b);
		assert_int_equal(place_covers(b, a), b_covers_a);
		assert_int_equal(place_related(a, b), a_covers_b || b_covers_a);
		assert_int_equal(place_equal(a, b), a_covers_b && b_covers_a);
		covered += a_covers_b;
	}
	assert_in_range(covered, 1000, 49000); /* the places did lie close together */
}

static void
place_covers_itself_and_its_last(void **state)
{
	(void)state;
	for (size_t outer = 0; outer < ARRAY_LEN(levels); outer++)
		for (size_t inner = 0; inner < ARRAY_LEN(levels); inner++)
			assert_int_equal(place_covers(place_of(levels[outer].code), place_of(levels[inner].code)),
				outer <= inner);
	assert_true(place_covers(place_of("14"), place_of("149999999999999999")));
	assert_false(place_covers(place_of("14"), place_of("150000000000000000")));
	assert_false(place_covers(place_of("14"), place_of("139999999999999999")));
	assert_true(place_covers(place_of("99"), place_of("999999999999999999")));
}

static void
parents_lead_up_to_nothing(void **state)
{
	(void)state;
	for (size_t i = ARRAY_LEN(levels) - 1; i > 0; i--)
		assert_place(place_parent(place_of(levels[i].code)), levels[i - 1].code);
	assert_true(place_is_none(place_parent(place_of("14"))));
}

static void
ancestor_of_a_level_is_the_front_of_the_code(void **state)
{
	(void)state;
	for (size_t own = 0; own < ARRAY_LEN(levels); own++)
		for (size_t level = 0; level <= own; level++)
			assert_place(place_at_level(place_of(levels[own].code), (enum place_level)level),
				levels[level].code);
}

static void
place_that_names_nothing_prints_nothing(void **state)
{
	char printed[PLACE_TEXT] = "x";

	(void)state;
	assert_true(place_is_none((struct place){0}));
	assert_false(place_is_none(place_of("14")));
	assert_string_equal(place_print(printed, (struct place){0}), "");
	assert_false(place_covers(place_of("14"), (struct place){0}));
}

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

/* The order of the codes as strings is the order of the tree: what starts with another comes behind it. */
static void
order_is_that_of_the_codes_as_text(void **state)
{
	struct rng rng = seeded("place_compare");
	char a_code[PLACE_TEXT], b_code[PLACE_TEXT];

	(void)state;
	for (int round = 0; round < 50000; round++) {
		struct place a = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
		struct place b = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
		int expected = strcmp(place_print(a_code, a), place_print(b_code, b));
		assert_int_equal(sign(place_compare(a, b)), sign(expected));
	}
}

static int
compare_for_qsort(const void *a, const void *b)
{
	return place_compare(*(const struct place *)a, *(const struct place *)b);
}

/* After sorting, all that a place covers stands in one run right behind it. */
static void
all_under_a_place_follows_it_directly(void **state)
{
	struct rng rng = seeded("place_order");
	struct place places[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		places[i] = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
	qsort(places, ARRAY_LEN(places), sizeof(places[0]), compare_for_qsort);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		bool under = true;
		for (size_t j = i + 1; j < ARRAY_LEN(places); j++) {
			bool covered = place_covers(places[i], places[j]);
			assert_true(under || !covered);
			under = covered;
		}
		for (size_t j = 0; j < i; j++)
			assert_true(!place_covers(places[i], places[j]) || place_equal(places[i], places[j]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_of_every_level_reads_back),
		cmocka_unit_test(any_place_reads_back),
		cmocka_unit_test(codes_of_other_lengths_are_refused),
		cmocka_unit_test(what_is_not_all_digits_is_refused),
		cmocka_unit_test(only_digits_make_a_code),
		cmocka_unit_test(look_alikes_are_two_places),
		cmocka_unit_test(sibling_of_a_look_alike_lies_under_the_wider_alone),
		cmocka_unit_test(place_covers_what_starts_with_its_code),
		cmocka_unit_test(place_covers_itself_and_its_last),
		cmocka_unit_test(parents_lead_up_to_nothing),
		cmocka_unit_test(ancestor_of_a_level_is_the_front_of_the_code),
		cmocka_unit_test(place_that_names_nothing_prints_nothing),
		cmocka_unit_test(order_is_that_of_the_codes_as_text),
		cmocka_unit_test(all_under_a_place_follows_it_directly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
