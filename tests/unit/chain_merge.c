/* chain_merge.c - two copies of one chain, neither of which has everybody. */
#include "chain_merge.h"

#include <stdio.h>
#include <time.h>

#include "chains.h"

#define MERGE_STATE_BYTES (4 * CHAIN_TEXT_ARENA)

static int
big_arena(void **state)
{
	arena_for_test(state);
	arena_finish(*state);
	arena_init(*state, MERGE_STATE_BYTES);
	return 0;
}

static int
fresh(void **state)
{
	arena_reset(*state);
	return 0;
}

static struct chain_merged
merged_of(struct arena *arena, const struct chain_text *const *copies, size_t count)
{
	struct chain_merged merged = {0};
	const char *field = "";

	if (chain_text_merge(&merged, copies, count, arena, &field) != OK)
		fail_msg("refused: %s", field);
	return merged;
}

static void
assert_merged(const struct chain_merged_entry *entry, const char *expected, bool vanishing)
{
	char rendered[ENTRY_RENDERED];

	assert_string_equal(entry_render(rendered, entry->entry), expected);
	assert_int_equal(entry->vanishing, vanishing);
}

static void
a_fork_loses_nobody(void **state)
{
	struct chain_text one = chain_of(*state, SAMPLE_FORK_ONE), two = chain_of(*state, SAMPLE_FORK_TWO);
	struct chain_merged merged = merged_of(*state, (const struct chain_text *const[]){&one, &two}, 2);

	assert_int_equal(merged.count, 4);
	assert_merged(&merged.entries[0], "1 冯九如", false);
	assert_merged(&merged.entries[1], "2 陈十全", false);
	assert_merged(&merged.entries[2], "3 褚百川; 上午", false);
	assert_merged(&merged.entries[3], "3 卫千里", true); /* one line was about to vanish */
	assert_int_equal(merged.vanishing, 1);
}

static void
absence_withdraws_nobody_but_a_word_does(void **state)
{
	struct chain_text one = chain_of(*state, "#接龙 消杀\n1. 王芳\n2. 李梅\n3. 张三");
	struct chain_text two = chain_of(*state, "#接龙 消杀\n1. 王芳\n2. 张三（取消）");
	struct chain_merged merged = merged_of(*state, (const struct chain_text *const[]){&one, &two}, 2);

	assert_int_equal(merged.count, 3);
	assert_false(merged.entries[0].cancelled);
	assert_false(merged.entries[1].cancelled);
	assert_true(merged.entries[2].cancelled);
	assert_null(merged.entries[2].alternatives);
}

static void
the_same_person_with_an_edited_remark_is_one(void **state)
{
	struct chain_text one = chain_of(*state, "#接龙 消杀\n1. 王芳\n2. 李梅 上午");
	struct chain_text two = chain_of(*state, "#接龙 消杀\n1. 李梅 下午来\n2. 王芳 3号楼 去不了");
	struct chain_merged merged;

	one.entries[0].person = two.entries[1].person = id_of("3.1");
	one.entries[1].person = two.entries[0].person = id_of("3.2");
	merged = merged_of(*state, (const struct chain_text *const[]){&one, &two}, 2);
	assert_int_equal(merged.count, 2);
	assert_ptr_equal(merged.entries[0].entry, &two.entries[1]); /* the longer one */
	assert_ptr_equal(merged.entries[0].alternatives->entry, &one.entries[0]);
	assert_null(merged.entries[0].alternatives->next);
	assert_true(merged.entries[0].cancelled);
	assert_ptr_equal(merged.entries[1].entry, &two.entries[0]);
	assert_false(merged.entries[0].vanishing);
}

static void
two_of_one_name_stay_two(void **state)
{
	struct chain_text one = chain_of(*state, "#接龙 消杀\n1. 王芳 3号楼\n2. 李梅");
	struct chain_text two = chain_of(*state, "#接龙 消杀\n1. 王芳 5号楼\n2. 李梅");
	struct chain_text both = chain_of(*state, "#接龙 消杀\n1. 蒋安 2-301\n2. 蒋安 4-102");
	struct chain_merged merged = merged_of(*state, (const struct chain_text *const[]){&one, &two}, 2);

	assert_int_equal(merged.count, 3);

	both.entries[0].person = both.entries[1].person = id_of("3.1"); /* signed up twice: ask */
	merged = merged_of(*state, (const struct chain_text *const[]){&both, &both}, 2);
	assert_int_equal(merged.count, 2);
}

static void
a_text_written_twice_is_two_entries(void **state)
{
	struct chain_text one = chain_of(*state, "#接龙 消杀\n1. +1\n2. +1\n3.");
	struct chain_text two = chain_of(*state, "#接龙 消杀\n1. +1\n2. +1\n3. +1\n4.\n5.");
	struct chain_merged merged = merged_of(*state, (const struct chain_text *const[]){&one, &two}, 2);

	assert_int_equal(merged.count, 5);
	assert_merged(&merged.entries[3], "3 ", true);
	assert_merged(&merged.entries[4], "5  reserved", true);
}

static void
too_many_copies_are_refused_by_name(void **state)
{
	struct chain_text chain = chain_of(*state, SAMPLE_PLAIN);
	const struct chain_text *copies[CHAIN_MERGE_COPIES + 1];
	struct chain_merged merged = {0};
	struct arena small;
	const char *field;

	for (size_t i = 0; i < ARRAY_LEN(copies); i++)
		copies[i] = &chain;
	assert_int_equal(chain_text_merge(&merged, copies, 0, *state, &field), BAD_REQUEST);
	assert_string_equal(field, "copies");
	assert_int_equal(chain_text_merge(&merged, copies, CHAIN_MERGE_COPIES + 1, *state, &field), BAD_REQUEST);
	assert_string_equal(field, "copies");
	assert_int_equal(chain_text_merge(&merged, copies, CHAIN_MERGE_COPIES, *state, &field), OK);
	chain.entry_count = CHAIN_MERGE_ENTRIES + 1; /* never looked at */
	assert_int_equal(chain_text_merge(&merged, copies, 1, *state, &field), BAD_REQUEST);
	assert_string_equal(field, "entries");
	chain.entry_count = 3;
	merged = (struct chain_merged){0};
	for (size_t size = 16; size < 400; size += 16) {
		arena_init(&small, size);
		assert_int_equal(chain_text_merge(&merged, copies, 2, &small, &field), UNAVAILABLE);
		assert_string_equal(field, "arena");
		arena_finish(&small);
	}
	assert_null(merged.entries);
}

/* A copy made of few different texts, the first `common` entries as in `like`. */
static struct chain_text
random_copy(struct arena *arena, struct rng *rng, const struct chain_text *like)
{
	static const char *const texts[] = {"王芳", "王芳 上午", "王芳，上午", "李梅", "李梅（取消）", "+1", "",
		"张三 2人", "代 赵四", "赵四 3号楼"};
	size_t count = rng_below(rng, 12), common = like ? rng_below(rng, (uint32_t)like->entry_count + 1) : 0;
	char text[2048] = "#接龙 消杀\n";
	size_t len = strlen(text);
	struct chain_text chain;

	for (size_t i = 0; i < common + count; i++) {
		const char *random = texts[rng_below(rng, ARRAY_LEN(texts))];
		struct text line = i < common ? like->entries[i].text : text_of(random);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%zu. %.*s\n", i + 1, (int)line.len, line.data);
	}
	chain = chain_of(arena, text);
	for (size_t i = 0; i < chain.entry_count; i++)
		if (rng_below(rng, 2) && chain.entries[i].name.len > 0) /* one person for each name */
			chain.entries[i].person = (struct id){1, 1 + (uint8_t)chain.entries[i].name.data[2]};
	return chain;
}

static bool
has_wording(const struct chain_merged_entry *entry, const struct chain_entry *wanted)
{
	bool found = text_equal(entry->entry->key, wanted->key);

	for (const struct chain_alternative *other = entry->alternatives; other && !found; other = other->next)
		found = text_equal(other->entry->key, wanted->key);
	return found;
}

/* Every entry of every copy is there, in its own words, and no entry stands for two of one copy. */
static void
assert_nothing_lost(const struct chain_merged *merged, const struct chain_text *const *copies, size_t count)
{
	for (size_t c = 0; c < count; c++) {
		size_t of_copy = 0;
		for (size_t i = 0; i < merged->count; i++)
			of_copy += merged->entries[i].copies >> c & 1;
		assert_int_equal(of_copy, copies[c]->entry_count);
		for (size_t e = 0; e < copies[c]->entry_count; e++) {
			size_t i = 0;
			while (i < merged->count && !((merged->entries[i].copies >> c & 1) &&
							    has_wording(&merged->entries[i], &copies[c]->entries[e])))
				i++;
			assert_true(i < merged->count);
		}
	}
}

/* The first copy's entries come first, as they stand in it; then what each later copy adds. */
static void
assert_order_kept(const struct chain_merged *merged, const struct chain_text *first)
{
	uint32_t before = 0;

	for (size_t i = 0; i < merged->count; i++) {
		uint32_t since = merged->entries[i].copies & (~merged->entries[i].copies + 1); /* the lowest bit */
		assert_true(since >= before);
		before = since;
		if (i < first->entry_count)
			assert_true(has_wording(&merged->entries[i], &first->entries[i]));
	}
}

static void
assert_same(const struct chain_merged *a, const struct chain_merged *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_ptr_equal(a->entries[i].entry, b->entries[i].entry);
		assert_int_equal(a->entries[i].cancelled, b->entries[i].cancelled);
	}
}

static void
any_copies_merge_without_loss_and_once(void **state)
{
	struct rng rng = seeded("chain_merge");

	for (int round = 0; round < 2000; round++) {
		struct chain_text chains[5];
		const struct chain_text *copies[6];
		size_t count = 1 + rng_below(&rng, 5);
		struct chain_merged merged, again;
		arena_reset(*state);
		for (size_t i = 0; i < count; i++) {
			chains[i] = random_copy(*state, &rng, i ? &chains[0] : NULL);
			copies[i] = &chains[i];
		}
		merged = merged_of(*state, copies, count);
		assert_nothing_lost(&merged, copies, count);
		assert_order_kept(&merged, copies[0]);
		copies[count] = copies[rng_below(&rng, (uint32_t)count)];
		again = merged_of(*state, copies, count + 1); /* a copy that is known adds nothing */
		assert_same(&merged, &again);
	}
}

static void
a_chain_merged_with_itself_is_itself(void **state)
{
	struct rng rng = seeded("chain_merge itself");

	for (int round = 0; round < 500; round++) {
		struct chain_text chain;
		struct chain_merged merged;
		arena_reset(*state);
		chain = random_copy(*state, &rng, NULL);
		merged = merged_of(*state, (const struct chain_text *const[]){&chain, &chain}, 2);
		assert_int_equal(merged.count, chain.entry_count);
		assert_int_equal(merged.vanishing, 0);
		for (size_t i = 0; i < merged.count; i++) {
			assert_ptr_equal(merged.entries[i].entry, &chain.entries[i]);
			assert_null(merged.entries[i].alternatives);
		}
	}
}

/* Four copies of a thousand entries that are all the same, or all different: no more than 100 ms, sanitized. */
static void
large_copies_take_no_time(void **state)
{
	static char same[CHAIN_TEXT_MAX], other[CHAIN_TEXT_MAX];
	size_t same_len = 0, other_len = 0;
	double best = 1e9;

	for (unsigned i = 1; i < 999; i++) {
		same_len += (size_t)snprintf(same + same_len, sizeof(same) - same_len, "%u.\n", i);
		other_len += (size_t)snprintf(other + other_len, sizeof(other) - other_len, "%u. 王芳 %u号楼\n", i, i);
	}
	for (int round = 0; round < 5; round++) {
		struct chain_text one, two;
		clock_t start;
		arena_reset(*state);
		one = chain_of(*state, same);
		two = chain_of(*state, other);
		start = clock();
		assert_int_equal(merged_of(*state, (const struct chain_text *const[]){&one, &two, &one, &two}, 4).count,
			2 * 998);
		best = MIN(best, (double)(clock() - start) * 1000 / CLOCKS_PER_SEC);
	}
	print_message("# took %.1f ms\n", best);
	assert_true(best < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_fork_loses_nobody, fresh),
		cmocka_unit_test_setup(absence_withdraws_nobody_but_a_word_does, fresh),
		cmocka_unit_test_setup(the_same_person_with_an_edited_remark_is_one, fresh),
		cmocka_unit_test_setup(two_of_one_name_stay_two, fresh),
		cmocka_unit_test_setup(a_text_written_twice_is_two_entries, fresh),
		cmocka_unit_test_setup(too_many_copies_are_refused_by_name, fresh),
		cmocka_unit_test_setup(any_copies_merge_without_loss_and_once, fresh),
		cmocka_unit_test_setup(large_copies_take_no_time, fresh),
		cmocka_unit_test_setup(a_chain_merged_with_itself_is_itself, fresh),
	};

	return cmocka_run_group_tests(tests, big_arena, arena_after_test);
}
