/* tree.c - all places in memory: their order, what is known of them, and the roll-up, held against sums made by hand. */
#include <stdio.h>
#include <stdlib.h>

#include "tree.h"
#include "unit.h"

#define PLACES 600
#define COUNTS 3000

static int
compare_places(const void *a, const void *b)
{
	return place_compare(*(const struct place *)a, *(const struct place *)b);
}

/* Sorts and drops doubles; returns how many are left. */
static size_t
sort_places(struct place *places, size_t count)
{
	size_t kept = 0;

	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !place_equal(places[kept - 1], places[i]))
			places[kept++] = places[i];
	return kept;
}

static void
assert_same_places(const struct place *a, const struct place *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_true(place_equal(a[i], b[i]));
}

/* Random places and all above them. Returns how many. */
static size_t
random_places(struct rng *rng, struct place *all, size_t count)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		for (struct place place = random_place(rng, rng_below(rng, PLACE_LEVELS)); !place_is_none(place);
			place = place_parent(place))
			all[total++] = place;
	return sort_places(all, total);
}

static void
shuffle(struct rng *rng, struct place *places, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = rng_below(rng, (uint32_t)i);
		struct place kept = places[i - 1];
		places[i - 1] = places[other];
		places[other] = kept;
	}
}

/* Walks the whole tree from the first province; the places as they come. */
static size_t
walk(const struct place_tree *tree, struct place *out)
{
	size_t count = 0;

	for (const struct place_node *top = tree_first(tree); top; top = top->next)
		for (const struct place_node *node = top; node; node = tree_next(top, node, PLACE_LEVELS))
			out[count++] = node->place;
	return count;
}

static void
empty_tree_has_nothing(void **state)
{
	struct place_tree *tree = tree_create();

	(void)state;
	assert_int_equal(tree_size(tree), 0);
	assert_null(tree_first(tree));
	assert_null(tree_find(tree, place_of("14")));
	assert_null(tree_known(tree, place_of("14")));
	assert_false(tree_has_changed(tree));
	tree_destroy(tree);
	tree_destroy(NULL);
}

static void
children_stand_in_order_however_they_came(void **state)
{
	static struct place places[PLACES * PLACE_LEVELS], walked[PLACES * PLACE_LEVELS];
	struct rng rng = seeded("tree_order");

	(void)state;
	for (int round = 0; round < 8; round++) {
		size_t count = random_places(&rng, places, PLACES);
		struct place_tree *tree = tree_create();
		if (round > 0)
			shuffle(&rng, places, count); /* else in order, as an import comes */
		for (size_t i = 0; i < count; i++)
			tree_add(tree, places[i], TEXT("地方"));
		assert_int_equal(tree_size(tree), count);
		sort_places(places, count);
		assert_int_equal(walk(tree, walked), count);
		assert_same_places(walked, places, count);
		tree_destroy(tree);
	}
}

static void
children_in_falling_order_are_turned_round(void **state)
{
	struct place_tree *tree = tree_create();
	struct place_node *node;
	unsigned expected = 1;
	char code[PLACE_TEXT];

	(void)state;
	for (unsigned i = 100; i > 0; i--) {
		snprintf(code, sizeof(code), "140105007004%03u", i);
		tree_add(tree, place_of(code), TEXT("网格"));
	}
	for (node = tree_find(tree, place_of("140105007004"))->first_child; node; node = node->next) {
		snprintf(code, sizeof(code), "140105007004%03u", expected++);
		assert_place(node->place, code);
		if (!node->next)
			assert_ptr_equal(tree_find(tree, place_of("140105007004"))->last_child, node);
	}
	assert_int_equal(expected, 101);
	tree_destroy(tree);
}

/* Each node hangs under the node of the place one level up; look-alikes are parent and child. */
static void
node_hangs_under_the_place_one_level_up(void **state)
{
	static struct place places[PLACES * PLACE_LEVELS];
	struct rng rng = seeded("tree_parents");
	size_t count = random_places(&rng, places, PLACES);
	struct place_tree *tree = tree_create();

	(void)state;
	shuffle(&rng, places, count);
	for (size_t i = 0; i < count; i++)
		tree_reach(tree, places[i]);
	for (size_t i = 0; i < count; i++) {
		struct place_node *node = tree_find(tree, places[i]);
		assert_non_null(node);
		assert_true(place_equal(node->place, places[i]));
		if (place_level(places[i]) == PROVINCE)
			assert_null(node->parent);
		else
			assert_true(place_equal(node->parent->place, place_parent(places[i])));
	}
	assert_null(tree_find(tree, place_of("99")));
	assert_null(tree_find(tree, place_of("140105")));
	tree_destroy(tree);
}

/* For every place as top and every depth: exactly what lies under it within that many levels, in order. */
static void
walk_stays_under_its_top_and_within_its_depth(void **state)
{
	static struct place places[PLACES * PLACE_LEVELS];
	struct rng rng = seeded("tree_next");
	size_t count = random_places(&rng, places, 60);
	struct place_tree *tree = tree_create();

	(void)state;
	for (size_t i = 0; i < count; i++)
		tree_reach(tree, places[i]);
	for (size_t i = 0; i < count; i++) {
		for (unsigned depth = 0; depth <= PLACE_LEVELS; depth++) {
			const struct place_node *top = tree_find(tree, places[i]), *node = top;
			for (size_t j = 0; j < count; j++) {
				if (!code_starts_with(places[j], places[i]) ||
					place_level(places[j]) > place_level(places[i]) + depth)
					continue;
				assert_non_null(node);
				assert_true(place_equal(node->place, places[j]));
				node = tree_next(top, node, depth);
			}
			assert_null(node);
		}
	}
	tree_destroy(tree);
}

static void
place_between_known_ones_is_not_known(void **state)
{
	struct place_tree *tree = tree_create();
	struct place_node *grid = tree_add(tree, place_of("140105007004001"), TEXT("一网格"));

	(void)state;
	assert_int_equal(tree_size(tree), 1);
	assert_ptr_equal(tree_known(tree, place_of("140105007004001")), grid);
	for (struct place place = place_of("140105007004"); !place_is_none(place); place = place_parent(place)) {
		assert_non_null(tree_find(tree, place));
		assert_false(tree_find(tree, place)->known);
		assert_string_equal(tree_find(tree, place)->name, "");
		assert_null(tree_known(tree, place));
	}
	tree_add(tree, place_of("1401"), TEXT("太原市"));
	assert_int_equal(tree_size(tree), 2);
	assert_string_equal(tree_known(tree, place_of("1401"))->name, "太原市");
	assert_null(tree_known(tree, place_of("14")));
	tree_destroy(tree);
}

static void
reaching_a_place_does_not_make_it_known(void **state)
{
	struct place_tree *tree = tree_create();
	struct place_node *node = tree_reach(tree, place_of("140105"));

	(void)state;
	assert_int_equal(tree_size(tree), 0);
	assert_null(tree_known(tree, place_of("140105")));
	assert_ptr_equal(tree_reach(tree, place_of("140105")), node);
	assert_ptr_equal(tree_add(tree, place_of("140105"), TEXT("小店区")), node);
	assert_ptr_equal(tree_known(tree, place_of("140105")), node);
	assert_ptr_equal(tree_known(tree, place_of("14")), NULL);
	node = tree_add(tree, place_of("14"), TEXT("")); /* even without a name */
	assert_ptr_equal(tree_known(tree, place_of("14")), node);
	assert_int_equal(tree_size(tree), 2);
	tree_destroy(tree);
}

static void
renamed_place_stays_where_it_is(void **state)
{
	struct place_tree *tree = tree_create();
	struct place_node *node = tree_add(tree, place_of("140105"), TEXT("南郊区"));
	char name[] = "小店区";

	(void)state;
	assert_ptr_equal(tree_add(tree, place_of("140105"), text_of(name)), node);
	memset(name, 'x', sizeof(name) - 1); /* it was copied */
	assert_string_equal(node->name, "小店区");
	assert_int_equal(tree_size(tree), 1);
	tree_add(tree, place_of("140105"), (struct text){"小店区 and more", 9}); /* by its length */
	assert_string_equal(node->name, "小店区");
	tree_add(tree, place_of("140105"), TEXT("小店"));
	assert_string_equal(node->name, "小店");
	tree_destroy(tree);
}

static void
look_alikes_are_two_nodes(void **state)
{
	static const char *const codes[] = {
		"4419", "441900", "4420", "442000", "4604", "460400", "350527", "350527000", "350527000000"};
	struct place_tree *tree = tree_create();

	(void)state;
	for (size_t i = ARRAY_LEN(codes); i-- > 0;)
		tree_add(tree, place_of(codes[i]), text_of(codes[i]));
	assert_int_equal(tree_size(tree), ARRAY_LEN(codes));
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		assert_string_equal(tree_known(tree, place_of(codes[i]))->name, codes[i]);
	tree_count(tree, tree_find(tree, place_of("4419")), (struct tally){.members = 3});
	assert_int_equal(tree_find(tree, place_of("441900"))->tally.members, 0);
	tree_count(tree, tree_find(tree, place_of("350527000")), (struct tally){.calls = 2});
	assert_int_equal(tree_find(tree, place_of("350527000000"))->tally.calls, 0);
	assert_int_equal(tree_find(tree, place_of("350527"))->tally.calls, 2);
	tree_destroy(tree);
}

/* Pointers to nodes may be kept: ten thousand more places move none. */
static void
nodes_never_move(void **state)
{
	struct place_tree *tree = tree_create();
	struct place_node *kept[100];
	char code[PLACE_TEXT];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(kept); i++) {
		snprintf(code, sizeof(code), "1401%02u", i);
		kept[i] = tree_add(tree, place_of(code), text_of(code));
	}
	for (unsigned i = 0; i < 10000; i++) {
		char other[PLACE_TEXT];
		snprintf(other, sizeof(other), "1402%02u%03u%03u", i / 1000, i / 100 % 10, i % 100);
		tree_add(tree, place_of(other), text_of(other));
	}
	for (unsigned i = 0; i < ARRAY_LEN(kept); i++) {
		snprintf(code, sizeof(code), "1401%02u", i);
		assert_ptr_equal(tree_find(tree, place_of(code)), kept[i]);
		assert_string_equal(kept[i]->name, code);
	}
	assert_int_equal(tree_size(tree), 10100);
	tree_destroy(tree);
}

/* The roll-up. */

struct counted {
	struct place place;
	struct tally delta;
};

struct changes {
	struct place places[PLACES * PLACE_LEVELS];
	size_t count;
};

static void
note_change(struct place_node *node, void *context)
{
	struct changes *changes = context;

	changes->places[changes->count++] = node->place;
}

static struct tally
random_delta(struct rng *rng)
{
	struct tally delta = {0};
	uint32_t *fields[] = {&delta.members, &delta.calls, &delta.confirmed, &delta.waiting};

	/* Up or down, by little or by much, in one figure or several. */
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (rng_below(rng, 2))
			*fields[i] = rng_below(rng, 10) ? rng_below(rng, 11) - 5 : (uint32_t)rng_next(rng);
	delta.members += !delta.members && !delta.calls && !delta.confirmed && !delta.waiting;
	return delta;
}

/* What a place's tally must be: the sum over all that was counted at and under it. */
static struct tally
sum_under(struct place place, const struct counted *counted, size_t count)
{
	struct tally sum = {0};

	for (size_t i = 0; i < count; i++) {
		if (!code_starts_with(counted[i].place, place))
			continue;
		sum.members += counted[i].delta.members;
		sum.calls += counted[i].delta.calls;
		sum.confirmed += counted[i].delta.confirmed;
		sum.waiting += counted[i].delta.waiting;
	}
	return sum;
}

static void
tally_of_a_place_is_the_sum_under_it(void **state)
{
	static struct place places[PLACES * PLACE_LEVELS];
	static struct counted counted[COUNTS];
	struct rng rng = seeded("tree_count");

	(void)state;
	for (int round = 0; round < 4; round++) {
		size_t count = random_places(&rng, places, 10 + rng_below(&rng, 60));
		struct place_tree *tree = tree_create();
		for (size_t i = 0; i < COUNTS; i++) {
			struct place place = places[rng_below(&rng, (uint32_t)count)];
			counted[i] = (struct counted){place, random_delta(&rng)};
			tree_count(tree, tree_reach(tree, place), counted[i].delta);
		}
		for (size_t i = 0; i < count; i++) {
			struct place_node *node = tree_find(tree, places[i]);
			struct tally sum = sum_under(places[i], counted, COUNTS);
			if (node)
				assert_memory_equal(&node->tally, &sum, sizeof(sum));
			else /* nothing was counted there: it was never reached */
				assert_memory_equal(&sum, &(struct tally){0}, sizeof(sum));
		}
		tree_destroy(tree);
	}
}

static void
changed_are_those_counted_and_all_above_once_each(void **state)
{
	static struct place places[PLACES * PLACE_LEVELS], touched[PLACES * PLACE_LEVELS];
	static struct changes changes;
	struct rng rng = seeded("tree_take_changed");
	size_t count = random_places(&rng, places, 100);
	struct place_tree *tree = tree_create();

	(void)state;
	for (size_t i = 0; i < count; i++)
		tree_add(tree, places[i], TEXT("x"));
	assert_false(tree_has_changed(tree)); /* a new place is no changed tally */
	for (int round = 0; round < 200; round++) {
		size_t touched_count = 0, counts = rng_below(&rng, round % 20 ? 10 : 300);
		for (size_t i = 0; i < counts; i++) {
			struct place place = places[rng_below(&rng, (uint32_t)count)];
			tree_count(tree, tree_find(tree, place), random_delta(&rng));
			for (; !place_is_none(place) && touched_count < ARRAY_LEN(touched); place = place_parent(place))
				touched[touched_count++] = place;
		}
		touched_count = sort_places(touched, touched_count);
		assert_int_equal(tree_has_changed(tree), touched_count > 0);
		changes.count = 0;
		tree_take_changed(tree, note_change, &changes);
		assert_int_equal(changes.count, touched_count);
		assert_int_equal(sort_places(changes.places, changes.count), touched_count); /* no place twice */
		assert_same_places(changes.places, touched, touched_count);
		assert_false(tree_has_changed(tree));
	}
	tree_destroy(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_tree_has_nothing),
		cmocka_unit_test(children_stand_in_order_however_they_came),
		cmocka_unit_test(children_in_falling_order_are_turned_round),
		cmocka_unit_test(node_hangs_under_the_place_one_level_up),
		cmocka_unit_test(walk_stays_under_its_top_and_within_its_depth),
		cmocka_unit_test(place_between_known_ones_is_not_known),
		cmocka_unit_test(reaching_a_place_does_not_make_it_known),
		cmocka_unit_test(renamed_place_stays_where_it_is),
		cmocka_unit_test(look_alikes_are_two_nodes),
		cmocka_unit_test(nodes_never_move),
		cmocka_unit_test(tally_of_a_place_is_the_sum_under_it),
		cmocka_unit_test(changed_are_those_counted_and_all_above_once_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
