/* random.c - bytes nobody can guess, and numbers anybody can repeat. */
#include "unit.h"

/* splitmix64 as published; computed with another implementation. */
static void
stream_is_splitmix64(void **state)
{
	struct rng zero = {0}, other = {1234567};

	(void)state;
	assert_true(rng_next(&zero) == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(rng_next(&zero) == UINT64_C(0x6e789e6aa1b965f4));
	assert_true(rng_next(&zero) == UINT64_C(0x06c45d188009454f));
	assert_true(rng_next(&other) == UINT64_C(0x599ed017fb08fc85));
	assert_true(rng_next(&other) == UINT64_C(0x2c73f08458540fa5));
	assert_true(rng_next(&other) == UINT64_C(0x883ebce5a3f27c77));
}

static void
same_seed_gives_the_same_numbers(void **state)
{
	struct rng first = {42}, second = {42}, other = {43};
	unsigned same = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint32_t number = rng_below(&first, 1000000);
		assert_int_equal(number, rng_below(&second, 1000000));
		same += number == rng_below(&other, 1000000);
	}
	assert_true(same < 10);
}

static void
numbers_stay_below_their_bound(void **state)
{
	static const uint32_t bounds[] = {1, 2, 3, 7, 10, 16, 1000, 65536, 1U << 31, UINT32_MAX};
	struct rng rng = seeded("random");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		for (int draw = 0; draw < 5000; draw++)
			assert_true(rng_below(&rng, bounds[i]) < bounds[i]);
}

/* 70,000 draws of 7: each number 10,000 times, give or take 4 %, which is four standard deviations. The seed is fixed,
 * so this cannot fail by chance. */
static void
numbers_are_even(void **state)
{
	struct rng rng = {20220412};
	unsigned counts[7] = {0};

	(void)state;
	for (int i = 0; i < 70000; i++)
		counts[rng_below(&rng, 7)]++;
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		assert_in_range(counts[i], 9600, 10400);
}

/* A large block, for the kernel promises only 256 bytes at once. No run of 64 bytes is all zero or the same twice. */
static void
kernel_fills_every_byte(void **state)
{
	static uint8_t bytes[1 << 20], again[1 << 20];

	(void)state;
	random_fill(bytes, sizeof(bytes));
	random_fill(again, sizeof(again));
	for (size_t at = 0; at < sizeof(bytes); at += 64) {
		static const uint8_t zeros[64];
		assert_memory_not_equal(bytes + at, zeros, 64);
		assert_memory_not_equal(bytes + at, again + at, 64);
	}
}

static void
nothing_is_filled_beyond_its_length(void **state)
{
	uint8_t bytes[34];

	(void)state;
	for (size_t len = 0; len <= 32; len++) {
		memset(bytes, 0xa5, sizeof(bytes));
		random_fill(bytes + 1, len);
		assert_int_equal(bytes[0], 0xa5);
		assert_int_equal(bytes[len + 1], 0xa5);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_is_splitmix64),
		cmocka_unit_test(same_seed_gives_the_same_numbers),
		cmocka_unit_test(numbers_stay_below_their_bound),
		cmocka_unit_test(numbers_are_even),
		cmocka_unit_test(kernel_fills_every_byte),
		cmocka_unit_test(nothing_is_filled_beyond_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
