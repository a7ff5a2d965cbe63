/* call_code.c - the call's number as it is said aloud, "K7Q2". */
#include "call_code.h"

#include <ctype.h>
#include <string.h>

#include "unit.h"

static struct id
call_of(const char *code)
{
	struct id call = {0};

	if (!call_code_parse(&call, text_of(code)))
		fail_msg("'%s' is no call code", code);
	return call;
}

static struct id
random_call(struct rng *rng)
{
	uint64_t number = 1 + (rng_next(rng) >> (11 + rng_below(rng, 53)));

	return (struct id){(uint8_t)rng_below(rng, PARTITIONS), MIN(number, ID_NUMBER_MAX)};
}

/* The alphabet's digits to the base of 31, with the check as the header states it. Groups keep codes for months. */
static void
codes_stay_as_they_were_given_out(void **state)
{
	char code[CALL_CODE_TEXT];

	(void)state;
	assert_string_equal(call_code_print(code, id_of("0.1")), "2222");
	assert_string_equal(call_code_print(code, id_of("1.1")), "2235");
	assert_string_equal(call_code_print(code, id_of("14.5")), "24JQ");
	assert_string_equal(call_code_print(code, (struct id){0}), "");
}

static void
any_call_reads_back_from_its_code(void **state)
{
	struct rng rng = seeded("call_code");
	char code[CALL_CODE_TEXT];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct id call = random_call(&rng);
		assert_true(id_equal(call_of(call_code_print(code, call)), call));
		for (char *letter = code; *letter; letter++)
			*letter = (char)tolower((unsigned char)*letter);
		assert_true(id_equal(call_of(code), call));
	}
}

static void
codes_are_short(void **state)
{
	char code[CALL_CODE_TEXT];

	(void)state;
	assert_int_equal(strlen(call_code_print(code, id_of("15.1861"))), 4);
	assert_int_equal(strlen(call_code_print(code, id_of("15.1862"))), 5);
	assert_int_equal(strlen(call_code_print(code, id_of("15.59582"))), 5);
	assert_int_equal(strlen(call_code_print(code, id_of("15.1848903"))), 6);
	assert_int_equal(strlen(call_code_print(code, id_of("15.9007199254740991"))), CALL_CODE_MAX);
}

/* The other way round: what is read as a code is the code of what it was read as. */
static void
a_call_has_one_code(void **state)
{
	static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
	struct rng rng = seeded("call_code back");
	unsigned valid = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char code[CALL_CODE_TEXT] = "", printed[CALL_CODE_TEXT];
		size_t len = 4 + rng_below(&rng, 3);
		struct id call;
		for (size_t at = 0; at < len; at++)
			code[at] = alphabet[rng_below(&rng, 31)];
		if (!call_code_parse(&call, text_of(code)))
			continue;
		assert_string_equal(call_code_print(printed, call), code);
		valid++;
	}
	assert_in_range(valid, 200000 / 31 * 9 / 10, 200000 / 31 * 11 / 10); /* the check lets one in 31 pass */
}

static void
a_wrong_or_swapped_letter_is_noticed(void **state)
{
	static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
	struct rng rng = seeded("call_code typos");

	(void)state;
	for (int i = 0; i < 2000; i++) {
		char code[CALL_CODE_TEXT], typo[CALL_CODE_TEXT];
		struct id call;
		size_t len = strlen(call_code_print(code, random_call(&rng)));
		for (size_t at = 0; at < len; at++) {
			strcpy(typo, code);
			typo[at] = alphabet[rng_below(&rng, 31)];
			assert_true(strcmp(typo, code) == 0 || !call_code_parse(&call, text_of(typo)));
		}
		for (size_t at = 1; at < len; at++) {
			strcpy(typo, code);
			typo[at] = code[at - 1];
			typo[at - 1] = code[at];
			assert_true(strcmp(typo, code) == 0 || !call_code_parse(&call, text_of(typo)));
		}
	}
}

static void
what_is_no_code_is_refused(void **state)
{
	static const struct text bad[] = {TEXT(""), TEXT("2"), TEXT("222"), TEXT("2220"), TEXT("O222"), TEXT("222I"),
		TEXT("l222"), TEXT("22 22"), TEXT(" 2222"), TEXT("2222\0"), TEXT("2223"), TEXT("号222"),
		TEXT("ZZZZZZZZZZZZ2"), TEXT("ZZZZZZZZZZZZZ"), TEXT("22222222222222")};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct id call = {3, 77};
		if (call_code_parse(&call, bad[i]))
			fail_msg("'%s' was read as a call code", bad[i].data);
		assert_int_equal(call.partition, 3);
		assert_int_equal(call.number, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_stay_as_they_were_given_out),
		cmocka_unit_test(any_call_reads_back_from_its_code),
		cmocka_unit_test(codes_are_short),
		cmocka_unit_test(a_call_has_one_code),
		cmocka_unit_test(a_wrong_or_swapped_letter_is_noticed),
		cmocka_unit_test(what_is_no_code_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
