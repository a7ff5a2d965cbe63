/* clock.c - the two clocks. */
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "unit.h"

static void
wall_time_is_written_in_utc_with_milliseconds(void **state)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{999, "1970-01-01T00:00:00.999Z"},
		{1649761200000, "2022-04-12T11:00:00.000Z"}, /* 19:00 in Taiyuan */
		{1709251199999, "2024-02-29T23:59:59.999Z"},
		{1709251200000, "2024-03-01T00:00:00.000Z"},
		{4294967296001, "2106-02-07T06:28:16.001Z"}, /* past 32 bits of seconds */
		{253402300799999, "9999-12-31T23:59:59.999Z"},
	};
	char out[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_ptr_equal(clock_print(out, cases[i].ms), out);
		assert_string_equal(out, cases[i].text);
	}
}

static void
zone_of_the_machine_does_not_matter(void **state)
{
	char out[CLOCK_TEXT];

	(void)state;
	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	clock_print(out, 1649761200000);
	unsetenv("TZ");
	tzset();
	assert_string_equal(out, "2022-04-12T11:00:00.000Z");
}

static void
wall_clock_counts_milliseconds_since_1970(void **state)
{
	uint64_t before = (uint64_t)time(NULL), now = clock_wall_ms(), after = (uint64_t)time(NULL);

	(void)state;
	assert_in_range(now, before * 1000, (after + 2) * 1000);
}

static void
monotonic_clock_counts_microseconds_and_never_goes_back(void **state)
{
	struct timespec now;
	uint64_t before = clock_mono_us(), after;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &now);
	after = clock_mono_us();
	assert_in_range((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000, before, after);
	for (int i = 0; i < 10000; i++) {
		before = after;
		after = clock_mono_us();
		assert_true(after >= before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wall_time_is_written_in_utc_with_milliseconds),
		cmocka_unit_test(zone_of_the_machine_does_not_matter),
		cmocka_unit_test(wall_clock_counts_milliseconds_since_1970),
		cmocka_unit_test(monotonic_clock_counts_microseconds_and_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
