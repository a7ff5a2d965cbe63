/* outbox.c - what waits for one session: in order, bounded, tallies replaced where they stand. */
#include "outbox.h"
#include "unit.h"

#define PLENTY 100000

static struct piece *
piece_with(size_t len, uint64_t replaces)
{
	struct piece *piece = piece_create(len);

	assert_non_null(piece);
	memset(piece->bytes, 'x', len);
	piece->replaces = replaces;
	return piece;
}

/* Pushes and lets go of it: the outbox alone holds it then. */
static bool
push_new(struct outbox *outbox, size_t len, uint64_t replaces, size_t max)
{
	struct piece *piece = piece_with(len, replaces);
	bool pushed = outbox_push(outbox, piece, max);

	piece_drop(piece);
	return pushed;
}

/* The length of the first, which is taken off. */
static size_t
take_len(struct outbox *outbox)
{
	struct piece *piece = outbox_take(outbox);
	size_t len = piece->len;

	piece_drop(piece);
	return len;
}

static void
pieces_come_out_in_their_order(void **state)
{
	struct outbox outbox = {0};

	(void)state;
	assert_null(outbox_first(&outbox));
	for (size_t len = 1; len <= 3; len++)
		assert_true(push_new(&outbox, len, 0, PLENTY));
	assert_int_equal(outbox.count, 3);
	assert_int_equal(outbox.bytes, 6);
	assert_int_equal(outbox_first(&outbox)->len, 1);
	assert_int_equal(take_len(&outbox), 1);
	assert_true(push_new(&outbox, 4, 0, PLENTY));
	for (size_t len = 2; len <= 4; len++)
		assert_int_equal(take_len(&outbox), len);
	assert_int_equal(outbox.count, 0);
	assert_int_equal(outbox.bytes, 0);
	assert_null(outbox_first(&outbox));
	outbox_finish(&outbox);
}

static void
newer_tally_takes_the_place_of_the_older(void **state)
{
	struct outbox outbox = {0};
	struct piece *old = piece_with(10, 77), *new = piece_with(30, 77);

	(void)state;
	assert_true(push_new(&outbox, 1, 0, PLENTY));
	assert_true(outbox_push(&outbox, old, PLENTY));
	assert_true(push_new(&outbox, 2, 78, PLENTY));
	assert_int_equal(old->holders, 2);
	assert_true(outbox_push(&outbox, new, PLENTY));
	assert_int_equal(old->holders, 1); /* nobody's but ours any more */
	assert_int_equal(new->holders, 2);
	assert_int_equal(outbox.count, 3);
	assert_int_equal(outbox.bytes, 33);
	assert_int_equal(take_len(&outbox), 1);
	assert_int_equal(take_len(&outbox), 30); /* where the older one stood */
	assert_int_equal(take_len(&outbox), 2);
	piece_drop(old);
	piece_drop(new);
	outbox_finish(&outbox);
}

static void
tally_that_was_sent_is_not_replaced(void **state)
{
	struct outbox outbox = {0};

	(void)state;
	assert_true(push_new(&outbox, 1, 77, PLENTY));
	assert_int_equal(take_len(&outbox), 1);
	assert_true(push_new(&outbox, 2, 77, PLENTY));
	assert_int_equal(outbox.count, 1);
	assert_int_equal(take_len(&outbox), 2);
	outbox_finish(&outbox);
}

static void
pieces_that_replace_nothing_all_stay(void **state)
{
	struct outbox outbox = {0};

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_true(push_new(&outbox, 5, 0, PLENTY));
	assert_int_equal(outbox.count, 3);
	outbox_finish(&outbox);
}

/* The same piece twice: it stands in its place, held once. */
static void
piece_may_replace_itself(void **state)
{
	struct outbox outbox = {0};
	struct piece *piece = piece_with(5, 77);

	(void)state;
	assert_true(outbox_push(&outbox, piece, PLENTY));
	assert_true(outbox_push(&outbox, piece, PLENTY));
	assert_int_equal(piece->holders, 2);
	assert_int_equal(outbox.count, 1);
	assert_int_equal(outbox.bytes, 5);
	outbox_finish(&outbox);
	assert_int_equal(piece->holders, 1);
	piece_drop(piece);
}

static void
what_passes_the_bound_is_refused_and_changes_nothing(void **state)
{
	struct outbox outbox = {0};
	struct piece *late = piece_with(41, 0), *larger = piece_with(51, 77), *fits = piece_with(40, 0);

	(void)state;
	assert_true(push_new(&outbox, 10, 77, 100));
	assert_true(push_new(&outbox, 50, 0, 100));
	assert_false(outbox_push(&outbox, late, 100));
	assert_false(outbox_push(&outbox, larger, 100)); /* a replacement that is too much larger */
	assert_int_equal(late->holders, 1);
	assert_int_equal(larger->holders, 1);
	assert_int_equal(outbox.count, 2);
	assert_int_equal(outbox.bytes, 60);
	assert_true(outbox_push(&outbox, fits, 100)); /* up to the bound itself */
	assert_int_equal(outbox.bytes, 100);
	assert_true(push_new(&outbox, 10, 77, 100)); /* one for one, and as large: no more bytes */
	assert_true(push_new(&outbox, 3, 77, 100));
	assert_int_equal(outbox.bytes, 93);
	assert_int_equal(take_len(&outbox), 3);
	assert_int_equal(take_len(&outbox), 50);
	assert_int_equal(take_len(&outbox), 40);
	piece_drop(late);
	piece_drop(larger);
	piece_drop(fits);
	outbox_finish(&outbox);
}

static void
last_piece_is_known(void **state)
{
	struct outbox outbox = {0};
	struct piece *first = piece_with(1, 0), *second = piece_with(2, 0);

	(void)state;
	assert_false(outbox_ends_with(&outbox, first));
	assert_true(outbox_push(&outbox, first, PLENTY));
	assert_true(outbox_ends_with(&outbox, first));
	assert_true(outbox_push(&outbox, second, PLENTY));
	assert_false(outbox_ends_with(&outbox, first));
	assert_true(outbox_ends_with(&outbox, second));
	piece_drop(outbox_take(&outbox));
	assert_true(outbox_ends_with(&outbox, second));
	piece_drop(outbox_take(&outbox));
	assert_false(outbox_ends_with(&outbox, second));
	outbox_finish(&outbox);
	piece_drop(first);
	piece_drop(second);
}

static void
finished_outbox_lets_go_of_all_pieces(void **state)
{
	struct outbox outbox = {0};
	struct piece *pieces[20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		pieces[i] = piece_with(i, i % 3 ? i : 0);
		assert_true(outbox_push(&outbox, pieces[i], PLENTY));
	}
	outbox_finish(&outbox);
	assert_int_equal(outbox.count, 0);
	assert_int_equal(outbox.bytes, 0);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		assert_int_equal(pieces[i]->holders, 1);
		piece_drop(pieces[i]);
	}
	assert_true(push_new(&outbox, 1, 0, PLENTY)); /* and can be used again */
	outbox_finish(&outbox);
}

static void
without_memory_nothing_is_added(void **state)
{
	struct outbox outbox = {0};
	struct piece *piece = piece_with(1, 0);
	unsigned pushed = 0;

	(void)state;
	memory_runs_out_after(1);
	for (int i = 0; i < 10; i++)
		pushed += outbox_push(&outbox, piece, PLENTY);
	memory_is_back();
	assert_in_range(pushed, 1, 9);
	assert_int_equal(outbox.count, pushed);
	assert_int_equal(outbox.bytes, pushed);
	assert_int_equal(piece->holders, 1 + pushed);
	assert_true(outbox_push(&outbox, piece, PLENTY));
	outbox_finish(&outbox);
	assert_int_equal(piece->holders, 1);
	piece_drop(piece);
}

/* Thousands of pushes and takes, held against a plain list; the ring grows and turns many times. */
static void
outbox_is_a_list(void **state)
{
	enum { PIECES = 40, LONGEST = 200 };
	struct rng rng = seeded("outbox");
	struct piece *pieces[PIECES], *list[LONGEST];
	struct outbox outbox = {0};
	size_t count = 0, bytes = 0;

	(void)state;
	for (size_t i = 0; i < PIECES; i++)
		pieces[i] = piece_with(rng_below(&rng, 50), i % 2 ? 1 + rng_below(&rng, 8) : 0);
	for (int round = 0; round < 100000; round++) {
		size_t max = 3000, at;
		struct piece *piece = pieces[rng_below(&rng, PIECES)];
		if (count > 0 && rng_below(&rng, round / 1000 % 2 ? 2 : 5) == 0) {
			struct piece *taken = outbox_take(&outbox);
			assert_ptr_equal(taken, list[0]);
			memmove(list, list + 1, --count * sizeof(*list));
			bytes -= taken->len;
			piece_drop(taken);
			continue;
		}
		for (at = 0; at < count && !(piece->replaces && list[at]->replaces == piece->replaces); at++)
			;
		if (bytes + piece->len - (at < count ? list[at]->len : 0) > max || count == LONGEST) {
			assert_true(count == LONGEST || !outbox_push(&outbox, piece, max));
		} else {
			assert_true(outbox_push(&outbox, piece, max));
			bytes = bytes + piece->len - (at < count ? list[at]->len : 0);
			count += at == count;
			list[at] = piece;
		}
		assert_int_equal(outbox.bytes, bytes);
		assert_int_equal(outbox.count, count);
		assert_ptr_equal(outbox_first(&outbox), count ? list[0] : NULL);
	}
	for (size_t i = 0; i < PIECES; i++) {
		size_t held = 0;
		for (size_t at = 0; at < count; at++)
			held += list[at] == pieces[i];
		assert_int_equal(pieces[i]->holders, 1 + held);
	}
	outbox_finish(&outbox);
	for (size_t i = 0; i < PIECES; i++)
		piece_drop(pieces[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_out_in_their_order),
		cmocka_unit_test(newer_tally_takes_the_place_of_the_older),
		cmocka_unit_test(tally_that_was_sent_is_not_replaced),
		cmocka_unit_test(pieces_that_replace_nothing_all_stay),
		cmocka_unit_test(piece_may_replace_itself),
		cmocka_unit_test(what_passes_the_bound_is_refused_and_changes_nothing),
		cmocka_unit_test(last_piece_is_known),
		cmocka_unit_test(finished_outbox_lets_go_of_all_pieces),
		cmocka_unit_test(without_memory_nothing_is_added),
		cmocka_unit_test(outbox_is_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
