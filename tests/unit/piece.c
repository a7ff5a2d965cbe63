/* piece.c - what is encoded once and shared by all who hear it. */
#include "piece.h"
#include "unit.h"

static void
piece_lives_as_long_as_somebody_holds_it(void **state)
{
	struct piece *piece = piece_create(5);

	(void)state;
	assert_int_equal(piece->holders, 1);
	assert_ptr_equal(piece_hold(piece), piece);
	assert_int_equal(piece->holders, 2);
	memory_watch(piece);
	piece_drop(piece);
	assert_false(memory_was_freed());
	assert_int_equal(piece->holders, 1);
	piece_drop(piece);
	assert_true(memory_was_freed());
}

static void
new_piece_has_room_for_its_bytes_and_replaces_nothing(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++) {
		struct piece *piece = piece_create(len);
		assert_int_equal(piece->len, len);
		assert_true(piece->replaces == 0);
		memset(piece->bytes, 0xff, len);
		memset(piece->head, 0xff, PIECE_HEAD);
		assert_ptr_equal(piece->head + PIECE_HEAD, piece->bytes); /* one run of memory for the header and it */
		piece_drop(piece);
	}
}

static void
dropping_no_piece_is_allowed(void **state)
{
	(void)state;
	piece_drop(NULL);
}

static void
piece_without_memory_is_null(void **state)
{
	struct piece *piece;

	(void)state;
	memory_runs_out_after(0);
	piece = piece_create(5);
	memory_is_back();
	assert_null(piece);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(piece_lives_as_long_as_somebody_holds_it),
		cmocka_unit_test(new_piece_has_room_for_its_bytes_and_replaces_nothing),
		cmocka_unit_test(dropping_no_piece_is_allowed),
		cmocka_unit_test(piece_without_memory_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
