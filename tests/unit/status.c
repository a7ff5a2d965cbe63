/* status.c - how a request ended, by number and by name. */
#include "status.h"
#include "unit.h"

static void
every_status_has_its_name_both_ways(void **state)
{
#define STATUS_ROW(name, number) {name, number, #name},
	static const struct {
		enum status status;
		int number;
		const char *name;
	} rows[] = { STATUS_LIST(STATUS_ROW) };
#undef STATUS_ROW

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum status status = 0;
		assert_int_equal(rows[i].status, rows[i].number);
		assert_string_equal(status_name(rows[i].status), rows[i].name);
		assert_true(status_parse(&status, text_of(rows[i].name)));
		assert_int_equal(status, rows[i].status);
	}
}

/* As the functions in Redis refuse. */
static void
names_are_those_of_lua(void **state)
{
	enum status status = 0;

	(void)state;
	assert_true(status_parse(&status, TEXT("TOO_LATE")));
	assert_int_equal(status, TOO_LATE);
	assert_true(status_parse(&status, TEXT("ALREADY")));
	assert_int_equal(status, ALREADY);
	assert_true(status_parse(&status, TEXT("CHANGED")));
	assert_int_equal(status, CHANGED);
	assert_true(status_parse(&status, TEXT("CLASH")));
	assert_int_equal(status, CLASH);
}

static void
other_names_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "ok", "Ok", "OKAY", "O", "STATUS_OK", "TOO LATE", "TOO_LATE ", "UNKNOWN", "1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum status status = CLOSED;
		if (status_parse(&status, text_of(bad[i])))
			fail_msg("'%s' was read as a status", bad[i]);
		assert_int_equal(status, CLOSED);
	}
	assert_string_equal(status_name((enum status)0), "UNKNOWN");
	assert_string_equal(status_name((enum status)16), "UNKNOWN");
	assert_string_equal(status_name((enum status) - 1), "UNKNOWN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_its_name_both_ways),
		cmocka_unit_test(names_are_those_of_lua),
		cmocka_unit_test(other_names_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
