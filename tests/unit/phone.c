/* phone.c - mobile numbers as people and spreadsheets write them, and as they show. */
#include <stdlib.h>

#include "phone.h"
#include "unit.h"

#define assert_reads(text, digits) check_reads((text), (digits), __FILE__, __LINE__)

/* Reads it from a block of its own, so that a byte too far is one too far; NULL: it is none, and *out is untouched. */
static void
check_reads(const char *text, const char *digits, const char *file, int line)
{
	struct phone phone = {"untouched"};
	char *copy = malloc(strlen(text) + 1);
	bool is_one;

	memcpy(copy, text, strlen(text));
	is_one = phone_parse(&phone, (struct text){copy, strlen(text)});
	free(copy);
	if (is_one == (digits != NULL) && strcmp(phone.digits, digits ? digits : "untouched") == 0)
		return;
	print_error("'%s' reads as '%s'\n", text, phone.digits);
	_fail(file, line);
}

static void
digits_are_a_number(void **state)
{
	(void)state;
	assert_reads("13800000000", "13800000000");
	assert_reads("19912345678", "19912345678");
}

static void
what_people_write_around_it_is_dropped(void **state)
{
	(void)state;
	assert_reads(" 138 0000 0000 ", "13800000000");
	assert_reads("138-0000-0000", "13800000000");
	assert_reads("'13800000000", "13800000000");
	assert_reads("\t138\xc2\xa0"
		     "0000\xe3\x80\x80"
		     "0000",
		"13800000000");
	assert_reads("138－0000–0000", "13800000000");
	assert_reads("\xe2\x80\xad"
		     "13800000000\xe2\x80\xac",
		"13800000000");
	assert_reads("\xef\xbb\xbf"
		     "13800000000",
		"13800000000");
}

static void
full_width_digits_are_digits(void **state)
{
	(void)state;
	assert_reads("１３８０００００９９", NULL);
	assert_reads("１３８０００００９９９", "13800000999");
	assert_reads("＋８６（１３８）０００００９９９", "13800000999");
}

static void
country_may_stand_in_front(void **state)
{
	(void)state;
	assert_reads("+8613800000000", "13800000000");
	assert_reads("+86 138-0000-0000", "13800000000");
	assert_reads("(+86)13800000000", "13800000000");
	assert_reads("8613800000000", "13800000000");
	assert_reads("008613800000000", "13800000000");
	assert_reads("+13800000000", NULL); /* of North America */
	assert_reads("+008613800000000", NULL);
	assert_reads("+85213800000000", NULL);
	assert_reads("008513800000000", NULL);
}

static void
all_else_is_none(void **state)
{
	(void)state;
	assert_reads("", NULL);
	assert_reads(" ", NULL);
	assert_reads("+", NULL);
	assert_reads("++8613800000000", NULL);
	assert_reads("138+00000000", NULL);
	assert_reads("1380000000", NULL);
	assert_reads("138000000000", NULL);
	assert_reads("12800000000", NULL);
	assert_reads("23800000000", NULL);
	assert_reads("03513800000", NULL);
	assert_reads("1380000000a", NULL);
	assert_reads("13800000000/13900000000", NULL);
	assert_reads("1.38E+10", NULL);
	assert_reads("13800000000.0", NULL);
	assert_reads("1380000000\xef\xbc", NULL);
	assert_reads("1380000000\xef\xbc\x9a", NULL); /* ： */
	assert_reads("140105199001011234", NULL);
	assert_reads("11111111111111111111111111111111111111", NULL);
}

static void
middle_of_it_is_hidden(void **state)
{
	char out[PHONE_DIGITS + 1];

	(void)state;
	assert_ptr_equal(phone_hide(out, (struct phone){"13812345678"}), out);
	assert_string_equal(out, "138****5678");
	assert_string_equal(phone_hide(out, (struct phone){"13800000000"}), "138****0000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digits_are_a_number),
		cmocka_unit_test(what_people_write_around_it_is_dropped),
		cmocka_unit_test(full_width_digits_are_digits),
		cmocka_unit_test(country_may_stand_in_front),
		cmocka_unit_test(all_else_is_none),
		cmocka_unit_test(middle_of_it_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
