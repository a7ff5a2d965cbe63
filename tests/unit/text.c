/* text.c - runs of bytes: whole numbers out of them, cutting, copying. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static void
number_is_digits_and_nothing_else(void **state)
{
	static const struct {
		struct text text;
		bool good;
		uint64_t value;
	} cases[] = {
		{{"0", 1}, true, 0}, {{"7", 1}, true, 7}, {{"10", 2}, true, 10},
		{{"18446744073709551615", 20}, true, UINT64_MAX}, {{"", 0}, false, 0}, {{"00", 2}, false, 0},
		{{"07", 2}, false, 0}, {{"000000000000000000000007", 24}, false, 0}, {{"+7", 2}, false, 0},
		{{"-7", 2}, false, 0}, {{" 7", 2}, false, 0}, {{"7 ", 2}, false, 0}, {{"7\n", 2}, false, 0},
		{{"7\0", 2}, false, 0}, {{"7.0", 3}, false, 0}, {{"0x7", 3}, false, 0}, {{"7e1", 3}, false, 0},
		{{"7/", 2}, false, 0}, {{"7:", 2}, false, 0}, {{"\xef\xbc\x97", 3}, false, 0}, /* a full-width 7 */
		{{"18446744073709551616", 20}, false, 0}, {{"18446744073709551620", 20}, false, 0},
		{{"28446744073709551615", 20}, false, 0}, {{"99999999999999999999", 20}, false, 0},
		{{"184467440737095516150", 21}, false, 0},
		{{"340282366920938463463374607431768211456", 39}, false, 0}, /* 2^128 is 0 in 64 bits */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint64_t out = 4242;
		bool good = text_to_u64(&out, cases[i].text, UINT64_MAX);
		if (good != cases[i].good || out != (good ? cases[i].value : 4242))
			fail_msg("'%s': %d, %llu", cases[i].text.data, good, (unsigned long long)out);
	}
}

static void
number_above_the_max_is_refused(void **state)
{
	static const uint64_t maxima[] = {0, 1, 8, 9, 10, 15, 99, 100, 65535, UINT32_MAX, (UINT64_C(1) << 53) - 1,
		UINT64_MAX - 1, UINT64_MAX / 10, UINT64_MAX / 10 * 10};
	char digits[32];
	uint64_t out;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(maxima); i++) {
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)maxima[i]);
		out = 1;
		assert_true(text_to_u64(&out, text_of(digits), maxima[i]));
		assert_true(out == maxima[i]);
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)maxima[i] + 1);
		out = 4242;
		assert_false(text_to_u64(&out, text_of(digits), maxima[i]));
		assert_int_equal(out, 4242);
	}
}

static void
any_number_is_read_as_it_was_printed(void **state)
{
	struct rng rng = seeded("text");
	char digits[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t value = rng_next(&rng) >> rng_below(&rng, 64), max = rng_next(&rng) >> rng_below(&rng, 64);
		uint64_t out = 0;
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
		assert_int_equal(text_to_u64(&out, text_of(digits), max), value <= max);
		assert_true(out == (value <= max ? value : 0));
	}
}

/* The length counts, not what stands behind it. */
static void
digits_are_those_of_printf(void **state)
{
	static const uint64_t edges[] = {0, 9, 10, 99, 100, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
	struct rng rng = seeded("digits");
	char expected[32], out[DIGITS_TEXT];

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		uint64_t number = i < ARRAY_LEN(edges) ? edges[i] : rng_next(&rng) >> rng_below(&rng, 64);
		snprintf(expected, sizeof(expected), "%llu", (unsigned long long)number);
		assert_int_equal(text_digits(out, number), strlen(expected));
		assert_string_equal(out, expected);
	}
}

static void
number_ends_with_its_text(void **state)
{
	uint64_t out = 0;

	(void)state;
	assert_true(text_to_u64(&out, (struct text){"4242", 2}, 100));
	assert_int_equal(out, 42);
}

static void
number_of_32_bits_goes_so_far(void **state)
{
	uint32_t out = 7;

	(void)state;
	assert_false(text_to_u32(&out, TEXT("4294967296")));
	assert_false(text_to_u32(&out, TEXT("x")));
	assert_int_equal(out, 7);
	assert_true(text_to_u32(&out, TEXT("4294967295")));
	assert_int_equal(out, UINT32_MAX);
}

static void
cut_takes_what_stands_before_the_separator(void **state)
{
	struct text rest = TEXT("a.bc..d");

	(void)state;
	assert_text(text_cut(&rest, '.'), "a");
	assert_text(rest, "bc..d");
	assert_text(text_cut(&rest, '.'), "bc");
	assert_text(text_cut(&rest, '.'), "");
	assert_text(rest, "d");
	assert_text(text_cut(&rest, '.'), "d");
	assert_text(rest, "");
	assert_text(text_cut(&rest, '.'), "");
	assert_text(rest, "");
}

static void
cut_at_either_end_leaves_an_empty_text(void **state)
{
	struct text rest = TEXT(".a");

	(void)state;
	assert_text(text_cut(&rest, '.'), "");
	assert_text(rest, "a");
	rest = TEXT("a.");
	assert_text(text_cut(&rest, '.'), "a");
	assert_text(rest, "");
	rest = (struct text){"a.b", 1}; /* the separator is not in it any more */
	assert_text(text_cut(&rest, '.'), "a");
	assert_text(rest, "");
}

static void
texts_are_equal_by_length_and_bytes(void **state)
{
	(void)state;
	assert_true(text_equal(TEXT(""), text_of(NULL)));
	assert_true(text_equal(TEXT("接龙"), text_of("接龙")));
	assert_true(text_equal(TEXT("a\0b"), TEXT("a\0b")));
	assert_false(text_equal(TEXT("a\0b"), TEXT("a\0c")));
	assert_false(text_equal(TEXT("a"), TEXT("ab")));
	assert_false(text_equal(TEXT("ab"), TEXT("a")));
	assert_false(text_equal(TEXT("a"), TEXT("b")));
	assert_false(text_equal(TEXT("a"), TEXT("")));
}

static void
copy_is_ended_by_nul(void **state)
{
	char *copy = text_dup((struct text){"chain", 2});
	char *empty = text_dup(TEXT(""));
	char *with_nul = text_dup(TEXT("a\0b"));

	(void)state;
	assert_string_equal(copy, "ch");
	assert_string_equal(empty, "");
	assert_memory_equal(with_nul, "a\0b", 4);
	free(copy);
	free(empty);
	free(with_nul);
}

static void
copy_without_memory_is_null(void **state)
{
	char *copy;

	(void)state;
	memory_runs_out_after(0);
	copy = text_dup(TEXT("chain"));
	memory_is_back();
	assert_null(copy);
}

static void
copy_is_as_long_as_its_room(void **state)
{
	char room[6];

	(void)state;
	memset(room, 'x', sizeof(room));
	assert_string_equal(text_copy(room, sizeof(room), TEXT("chain")), "chain");
	assert_string_equal(text_copy(room, sizeof(room), TEXT("chains")), "chain");
	assert_string_equal(text_copy(room, 3, TEXT("grid")), "gr");
	assert_string_equal(room + 3, "in"); /* behind it nothing was written */
	assert_string_equal(text_copy(room, sizeof(room), TEXT("")), "");
	assert_string_equal(text_copy(room, 1, TEXT("grid")), "");
	assert_string_equal(text_copy(room, sizeof(room), (struct text){0}), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_is_digits_and_nothing_else),
		cmocka_unit_test(number_above_the_max_is_refused),
		cmocka_unit_test(any_number_is_read_as_it_was_printed),
		cmocka_unit_test(digits_are_those_of_printf),
		cmocka_unit_test(number_ends_with_its_text),
		cmocka_unit_test(number_of_32_bits_goes_so_far),
		cmocka_unit_test(cut_takes_what_stands_before_the_separator),
		cmocka_unit_test(cut_at_either_end_leaves_an_empty_text),
		cmocka_unit_test(texts_are_equal_by_length_and_bytes),
		cmocka_unit_test(copy_is_ended_by_nul),
		cmocka_unit_test(copy_is_as_long_as_its_room),
		cmocka_unit_test(copy_without_memory_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
