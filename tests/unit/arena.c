/* arena.c - memory for one frame. */
#include "arena.h"
#include "unit.h"

#define SIZE   4096
#define BLOCKS 512

/* Blocks of random length until the arena is full, each filled with its own byte: none may touch another. */
static void
blocks_are_aligned_apart_and_remember_their_length(void **state)
{
	struct rng rng = seeded("arena");
	struct arena arena;
	uint8_t *blocks[BLOCKS];
	size_t lens[BLOCKS], count = 0, total = 0;

	(void)state;
	arena_init(&arena, SIZE);
	while (count < BLOCKS) {
		lens[count] = rng_below(&rng, 70);
		blocks[count] = arena_alloc(&arena, lens[count]);
		if (!blocks[count])
			break;
		assert_int_equal((uintptr_t)blocks[count] % _Alignof(max_align_t), 0);
		memset(blocks[count], (int)count, lens[count]);
		total += lens[count];
		count++;
	}
	assert_true(count > SIZE / 128 && count < BLOCKS);
	assert_true(total <= SIZE);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(arena_block_len(blocks[i]), lens[i]);
		for (size_t at = 0; at < lens[i]; at++)
			assert_int_equal(blocks[i][at], (uint8_t)i);
	}
	arena_finish(&arena);
}

static void
full_arena_gives_nothing_and_stays_as_it_is(void **state)
{
	struct arena arena;
	char *first, *second;

	(void)state;
	arena_init(&arena, SIZE);
	first = arena_alloc(&arena, SIZE / 2);
	assert_non_null(first);
	memset(first, 'a', SIZE / 2);
	assert_null(arena_alloc(&arena, SIZE / 2));
	assert_null(arena_alloc(&arena, SIZE));
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 8));
	assert_null(arena_alloc(&arena, SIZE_MAX - 15));
	assert_null(arena_alloc(&arena, SIZE_MAX / 2));
	second = arena_alloc(&arena, SIZE / 4); /* what does fit still does */
	assert_non_null(second);
	memset(second, 'b', SIZE / 4);
	assert_int_equal(arena_block_len(first), SIZE / 2);
	for (size_t i = 0; i < SIZE / 2; i++)
		assert_int_equal(first[i], 'a');
	arena_finish(&arena);
}

/* Filled to the last byte, at every length of the last block: the sanitizer would see one byte too many. */
static void
last_block_may_end_with_the_arena(void **state)
{
	(void)state;
	for (size_t size = 16; size <= 96; size++) {
		struct arena arena;
		arena_init(&arena, size);
		for (size_t len = 96; len > 0; len--) {
			uint8_t *block = arena_alloc(&arena, len);
			if (block)
				memset(block, 0xff, len);
		}
		while (arena_alloc(&arena, 0))
			;
		arena_finish(&arena);
	}
}

static void
many_empty_blocks_fill_it_too(void **state)
{
	struct arena arena;
	size_t count = 0;

	(void)state;
	arena_init(&arena, SIZE);
	while (arena_alloc(&arena, 0))
		assert_true(++count < SIZE);
	arena_finish(&arena);
}

static void
reset_forgets_all_blocks(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, SIZE);
	for (int round = 0; round < 3; round++) {
		size_t count = 0;
		while (arena_alloc(&arena, 100))
			count++;
		assert_in_range(count, SIZE / 128, SIZE / 100);
		assert_null(arena_alloc(&arena, 100));
		arena_reset(&arena);
	}
	assert_non_null(arena_alloc(&arena, SIZE / 2));
	arena_finish(&arena);
}

static void
it_knows_its_own_addresses(void **state)
{
	struct arena arena, other;
	uint8_t *block;
	char elsewhere;

	(void)state;
	arena_init(&arena, SIZE);
	arena_init(&other, SIZE);
	block = arena_alloc(&arena, 10);
	assert_true(arena_owns(&arena, block));
	assert_true(arena_owns(&arena, block + 9));
	assert_false(arena_owns(&other, block));
	assert_false(arena_owns(&arena, &elsewhere));
	assert_false(arena_owns(&arena, ""));
	assert_false(arena_owns(&arena, NULL));
	assert_true(arena_owns(&arena, arena.bytes + SIZE - 1));
	assert_false(arena_owns(&arena, arena.bytes + SIZE));
	arena_finish(&arena);
	arena_finish(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_aligned_apart_and_remember_their_length),
		cmocka_unit_test(full_arena_gives_nothing_and_stays_as_it_is),
		cmocka_unit_test(last_block_may_end_with_the_arena),
		cmocka_unit_test(many_empty_blocks_fill_it_too),
		cmocka_unit_test(reset_forgets_all_blocks),
		cmocka_unit_test(it_knows_its_own_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
