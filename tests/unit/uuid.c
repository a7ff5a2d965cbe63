/* uuid.c - the `once` of a request: UUID version 7 (RFC 9562, 5.7). */
#include "unit.h"
#include "uuid.h"

#define TIME_MAX ((UINT64_C(1) << 48) - 1)

static void
made_ones_are_version_7(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct uuid uuid = uuid_make(1776000000000 + (uint64_t)i);
		assert_true(uuid_is_v7(&uuid));
		assert_int_equal(uuid.bytes[6] >> 4, 7);
		assert_int_equal(uuid.bytes[8] >> 6, 2);
	}
}

/* Every value of the four bits of the version and the two of the variant. */
static void
only_version_7_of_the_right_variant_is_one(void **state)
{
	struct uuid uuid = uuid_make(1776000000000);

	(void)state;
	for (unsigned version = 0; version < 16; version++) {
		for (unsigned variant = 0; variant < 4; variant++) {
			uuid.bytes[6] = (uint8_t)(version << 4 | (uuid.bytes[6] & 0x0f));
			uuid.bytes[8] = (uint8_t)(variant << 6 | (uuid.bytes[8] & 0x3f));
			assert_int_equal(uuid_is_v7(&uuid), version == 7 && variant == 2);
		}
	}
}

static void
time_reads_back(void **state)
{
	static const uint64_t times[] = {0, 1, 255, 256, 1776000000000, 1649761200000, TIME_MAX - 1, TIME_MAX};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct uuid uuid = uuid_make(times[i]);
		assert_true(uuid_time_ms(&uuid) == times[i]);
	}
}

static void
later_ones_sort_behind(void **state)
{
	struct rng rng = seeded("uuid");

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t time = rng_next(&rng) >> (16 + rng_below(&rng, 40));
		struct uuid earlier = uuid_make(time), later = uuid_make(time + 1 + rng_below(&rng, 100000));
		assert_true(memcmp(&earlier, &later, sizeof(earlier)) < 0);
	}
}

/* All 74 random bits are random: each is seen set and clear. */
static void
two_of_one_moment_differ(void **state)
{
	struct uuid set = {{0}}, all = uuid_make(0);

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct uuid uuid = uuid_make(0);
		for (int byte = 0; byte < 16; byte++) {
			set.bytes[byte] |= uuid.bytes[byte];
			all.bytes[byte] &= uuid.bytes[byte];
		}
	}
	assert_memory_equal(set.bytes, "\0\0\0\0\0\0\x7f\xff\xbf\xff\xff\xff\xff\xff\xff\xff", 16);
	assert_memory_equal(all.bytes, "\0\0\0\0\0\0\x70\0\x80\0\0\0\0\0\0\0", 16);
}

/* The example of RFC 9562, appendix A.6. */
static void
it_is_written_as_the_rfc_writes_it(void **state)
{
	static const struct uuid example = {
		{0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3, 0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}};
	char text[UUID_TEXT];

	(void)state;
	assert_string_equal(uuid_print(text, &example), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	assert_true(uuid_is_v7(&example));
	assert_true(uuid_time_ms(&example) == UINT64_C(1645557742000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_ones_are_version_7),
		cmocka_unit_test(only_version_7_of_the_right_variant_is_one),
		cmocka_unit_test(time_reads_back),
		cmocka_unit_test(later_ones_sort_behind),
		cmocka_unit_test(two_of_one_moment_differ),
		cmocka_unit_test(it_is_written_as_the_rfc_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
