/* varint.c - protobuf's numbers of variable length. */
#include "unit.h"
#include "varint.h"

/* From protobuf's encoding guide, and the corners. */
static void
numbers_are_written_as_protobuf_writes_them(void **state)
{
	static const struct {
		uint64_t value;
		size_t len;
		const char *bytes;
	} cases[] = {
		{0, 1, "\x00"},
		{1, 1, "\x01"},
		{127, 1, "\x7f"},
		{128, 2, "\x80\x01"},
		{150, 2, "\x96\x01"},
		{16383, 2, "\xff\x7f"},
		{16384, 3, "\x80\x80\x01"},
		{UINT32_MAX, 5, "\xff\xff\xff\xff\x0f"},
		{(UINT64_C(1) << 53) - 1, 8, "\xff\xff\xff\xff\xff\xff\xff\x0f"},
		{UINT64_MAX, 10, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
	};
	uint8_t out[VARINT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(varint_put(out, cases[i].value), cases[i].len);
		assert_memory_equal(out, cases[i].bytes, cases[i].len);
	}
}

static void
any_number_reads_back(void **state)
{
	struct rng rng = seeded("varint");
	uint8_t out[VARINT_MAX];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t value = rng_next(&rng) >> rng_below(&rng, 64), back = 0;
		size_t len = varint_put(out, value);
		assert_in_range(len, 1, VARINT_MAX);
		for (size_t at = 0; at < len; at++) {
			assert_int_equal(out[at] >> 7, at + 1 < len); /* more follows */
			back |= (uint64_t)(out[at] & 0x7f) << 7 * at;
		}
		assert_true(back == value);
		assert_true(len == 1 || out[len - 1] != 0); /* as short as can be */
	}
}

static void
tag_names_the_field_and_a_length(void **state)
{
	(void)state;
	assert_int_equal(VARINT_TAG(1), 0x0a);
	assert_int_equal(VARINT_TAG(2), 0x12);
	assert_int_equal(VARINT_TAG(15), 0x7a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_as_protobuf_writes_them),
		cmocka_unit_test(any_number_reads_back),
		cmocka_unit_test(tag_names_the_field_and_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
