/* partition.c - which of the 16 partitions a record belongs to. A constant of the data: it may never change. */
#include <stdio.h>

#include "unit.h"

/* CRC-32 of the text modulo 16, as zlib computes it (python3: zlib.crc32(b"140105007004") % 16). */
static void
partition_is_the_crc_of_the_code(void **state)
{
	static const struct {
		const char *code;
		uint32_t crc;
	} cases[] = {
		{"14", 0xa630e1f8},
		{"11", 0xd65a1577},
		{"1401", 0xc4293b5d},
		{"140105", 0x7632ee3b},
		{"140105007", 0x9cc52a9b},
		{"140105007004", 0x50fb535e},
		{"140106004009", 0x0d179a90},
		{"140107001015", 0x8c131c7c},
		{"4419", 0xe437721c},
		{"441900", 0xe03abdda},
		{"350527", 0xddabcdf2},
		{"350527000", 0xaba54edd},
		{"350527000000", 0x6fa2a9f9},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(place_partition(place_of(cases[i].code)), cases[i].crc % 16);
		assert_int_equal(identity_partition(text_of(cases[i].code)), cases[i].crc % 16);
	}
}

static void
partition_of_an_identity_is_its_crc(void **state)
{
	(void)state;
	assert_int_equal(identity_partition(TEXT("123456789")), 0xcbf43926 % 16); /* the check value of CRC-32 */
	assert_int_equal(identity_partition(TEXT("dev:an")), 0xc2319d6d % 16);
	assert_int_equal(identity_partition(TEXT("dev:bo")), 0x9e1bfe38 % 16);
	assert_int_equal(identity_partition(TEXT("")), 0);
}

/* So that a function in Redis finds a grid's and a building's records beside their community's. */
static void
all_under_a_community_shares_its_partition(void **state)
{
	struct rng rng = seeded("partition");

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct place place = random_place(&rng, COMMUNITY + rng_below(&rng, 3));
		assert_int_equal(place_partition(place), place_partition(place_at_level(place, COMMUNITY)));
	}
}

/* 1,401 communities, as many as the city has: 11 districts of up to 13 streets of up to 10 communities. */
static void
communities_of_a_city_spread_evenly(void **state)
{
	unsigned counts[PARTITIONS] = {0}, count = 0;

	(void)state;
	for (unsigned district = 0; district < 11; district++) {
		for (unsigned street = 1; street <= 13; street++) {
			for (unsigned community = 1; community <= 10 && count < 1401; community++) {
				char code[PLACE_TEXT];
				snprintf(code, sizeof(code), "1401%02u%03u%03u", 5 + district, street, community);
				counts[place_partition(place_of(code))]++;
				count++;
			}
		}
	}
	assert_int_equal(count, 1401);
	for (size_t i = 0; i < PARTITIONS; i++)
		assert_in_range(counts[i], 1401 / 16 / 2, 1401 / 16 * 2);
}

static void
persons_spread_evenly(void **state)
{
	unsigned counts[PARTITIONS] = {0};

	(void)state;
	for (unsigned i = 0; i < 16000; i++) {
		char identity[32];
		int len = snprintf(identity, sizeof(identity), "dev:bot%u", i);
		uint8_t partition = identity_partition((struct text){identity, (size_t)len});
		assert_true(partition < PARTITIONS);
		counts[partition]++;
	}
	for (size_t i = 0; i < PARTITIONS; i++)
		assert_in_range(counts[i], 500, 2000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partition_is_the_crc_of_the_code),
		cmocka_unit_test(partition_of_an_identity_is_its_crc),
		cmocka_unit_test(all_under_a_community_shares_its_partition),
		cmocka_unit_test(communities_of_a_city_spread_evenly),
		cmocka_unit_test(persons_spread_evenly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
