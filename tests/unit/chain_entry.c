/* chain_entry.c - what people write behind a number: name, remark, how many, for whom, and that they do not come. */
#include "chains.h"

static void
name_and_remark(void **state)
{
	assert_entry(*state, "王芳", "王芳");
	assert_entry(*state, "王芳 3号楼", "王芳; 3号楼");
	assert_entry(*state, "王芳-3号楼", "王芳; 3号楼");
	assert_entry(*state, "王芳，3号楼", "王芳; 3号楼");
	assert_entry(*state, "王芳：3号楼", "王芳; 3号楼");
	assert_entry(*state, "王芳3号楼", "王芳; 3号楼");
	assert_entry(*state, "3-2-501 王芳", "王芳; 3-2-501");
	assert_entry(*state, "3-2-501王芳", "王芳; 3-2-501");
	assert_entry(*state, "3号楼王芳", "王芳; 3号楼");
	assert_entry(*state, "3号楼 王芳 可带车", "王芳; 3号楼 可带车");
	assert_entry(*state, "西区3号楼 王芳", "王芳; 西区3号楼");
	assert_entry(*state, "王芳（3号楼）", "王芳; （3号楼）");
	assert_entry(*state, "Li Ming can drive", "Li Ming; can drive");
	assert_entry(*state, "Ming Aaaaaaaaaaaaaaaaaaaa",
		"Ming; Aaaaaaaaaaaaaaaaaaaa"); /* a name has 20 characters at most */
	assert_entry(*state, "li ming", "li; ming");
	assert_entry(*state, "小 王 88  3号楼", "小 王 88; 3号楼");
	assert_entry(*state, "2点以后 3盒", "; 2点以后 3盒");
	assert_entry(*state, "我这个周末要加班可是如果晚上七点以后还缺人的话",
		"; 我这个周末要加班可是如果晚上七点以后还缺人的话");
}

static void
how_many_come(void **state)
{
	assert_entry(*state, "吴六顺+1", "吴六顺 x2");
	assert_entry(*state, "吴六顺 +2", "吴六顺 x3");
	assert_entry(*state, "吴六顺＋2人", "吴六顺 x3");
	assert_entry(*state, "吴六顺 2人", "吴六顺 x2");
	assert_entry(*state, "吴六顺2人", "吴六顺 x2");
	assert_entry(*state, "吴六顺 x2", "吴六顺 x2");
	assert_entry(*state, "吴六顺×2", "吴六顺 x2");
	assert_entry(*state, "吴六顺 (2位)", "吴六顺 x2");
	assert_entry(*state, "吴六顺 一家三人", "吴六顺; 一家 x3");
	assert_entry(*state, "吴六顺 5号楼2人", "吴六顺; 5号楼 x2");
	assert_entry(*state, "吴六顺 两人", "吴六顺 x2");
	assert_entry(*state, "+1", "");
	assert_entry(*state, "+2", " x2");
	assert_entry(*state, "3人", " x3");
	assert_entry(*state, "吴六顺 +200", "吴六顺 x100");
	assert_entry(*state, "吴六顺 120人", "吴六顺 x100");
	assert_entry(*state, "吴六顺 138人", "吴六顺 x100");
	assert_entry(*state, "王**200", "王**; 200");
	assert_entry(*state, "张三人", "张三人");
	assert_entry(*state, "max2", "max2");
	assert_entry(*state, "王芳 2-3人都行", "王芳; 2-3人都行");
	assert_entry(*state, "王芳 +0", "王芳; +0");
	assert_entry(*state, "王芳 第2人", "王芳; 第2人");
}

static void
who_signs_for_whom(void **state)
{
	assert_entry(*state, "王芳（代李梅）", "王芳 for 李梅 proxy");
	assert_entry(*state, "王芳 代李梅 3号楼", "王芳; 3号楼 for 李梅 proxy");
	assert_entry(*state, "王芳代李梅", "王芳 for 李梅 proxy");
	assert_entry(*state, "王芳 代 李梅", "王芳 for 李梅 proxy");
	assert_entry(*state, "王芳替李梅报名", "王芳 for 李梅 proxy");
	assert_entry(*state, "代 李梅", " for 李梅 proxy");
	assert_entry(*state, "代 李梅 下午到", "; 下午到 for 李梅 proxy");
	assert_entry(*state, "代报李梅", " for 李梅 proxy");
	assert_entry(*state, "王芳 代报两人", "王芳 x2 proxy");
	assert_entry(*state, "王芳代报两人", "王芳 x2 proxy");
	assert_entry(*state, "代小红 3号楼", "代小红; 3号楼 for 小红 maybe proxy");
	assert_entry(*state, "王芳 代步车可用", "王芳; 代步车可用");
	assert_entry(*state, "王芳 代购两份", "王芳; 代购两份");
	assert_entry(*state, "王芳 代课", "王芳; 代课");
	assert_entry(*state, "王时代", "王时代");
}

static void
two_names_may_be_two_people(void **state)
{
	static const char *const two[] = {"郑一、郑二", "郑一，郑二", "郑一, 郑二 3号楼", "郑一和郑二", "郑一 和 郑二",
		"郑一/郑二", "郑一、郑二、郑三"};
	static const char *const one[] = {"郑一", "李和平", "欧阳和平", "王芳，下午到", "王芳，3号楼", "王芳 和平路",
		"王芳 志愿者", "王芳、带水"};

	for (size_t i = 0; i < ARRAY_LEN(two); i++)
		assert_true(entry_of(*state, two[i]).flags & ENTRY_SEVERAL);
	for (size_t i = 0; i < ARRAY_LEN(one); i++)
		assert_false(entry_of(*state, one[i]).flags & ENTRY_SEVERAL);
}

static void
phones_are_lifted_out_and_masked(void **state)
{
	static const char *const written[] = {"王芳 13812340000", "王芳 138 1234 0000", "王芳13812340000",
		"王芳 138-1234-0000", "13812340000 王芳", "王芳（+86 13812340000）", "王芳 8613812340000",
		"王芳 １３８１２３４００００"};

	for (size_t i = 0; i < ARRAY_LEN(written); i++) {
		struct chain_entry entry = entry_of(*state, written[i]);
		assert_entry(*state, written[i], "王芳 phone 138****0000");
		assert_null(memmem(entry.text.data, entry.text.len, "1234", 4));
		assert_null(memmem(entry.key.data, entry.key.len, "1234", 4));
	}
	assert_entry(*state, "王芳 138****0000", "王芳 phone 138****0000");
	assert_entry(*state, "王芳 13812340000 13912340001", "王芳; 139****0001 phone 138****0000");
	assert_entry(*state, "王芳 140105199001011234", "王芳; 140***********1234"); /* an identity card */
	assert_entry(*state, "王芳 12812340000", "王芳; 128****0000");               /* no phone, masked all the same */
	assert_entry(*state, "王芳 3-2-501 0351-7654321", "王芳; 3-2-501 0351-7654321");
}

static void
words_of_cancellation_propose_a_withdrawal(void **state)
{
	assert_entry(*state, "王芳（取消）", "王芳 cancelled");
	assert_entry(*state, "王芳 取消", "王芳 cancelled");
	assert_entry(*state, "~~王芳 3号楼~~", "王芳; 3号楼 cancelled");
	assert_entry(*state, "～～王芳～～", "王芳 cancelled");
	assert_entry(*state, "王芳 去不了了", "王芳; 去不了了 cancelled");
	assert_entry(*state, "王芳\n孩子发烧,来不了", "王芳; 孩子发烧,来不了 cancelled several");
	assert_entry(*state, "Wang Fang (cancelled)", "Wang Fang cancelled");
	assert_entry(*state, "Wang Fang, sorry, can't come", "Wang Fang; sorry, can't come cancelled");
	assert_entry(*state, "王\xcc\xb6芳\xcc\xb6", "王芳 cancelled");
	assert_entry(*state, "王芳 不取消", "王芳; 不取消");
	assert_entry(*state, "王芳 2~3点", "王芳; 2~3点");
	assert_entry(*state, "王芳（候补）", "王芳 waiting");
}

static void
ways_to_write_one_line_compare_as_one(void **state)
{
	static const char *const same[] = {"王芳 3号楼A", "王芳3号楼a", "王芳，３号楼Ａ", "王芳 3号楼A（取消）",
		"王芳:3号楼A。", "~~王芳 3号楼A~~"};
	struct text key = entry_of(*state, same[0]).key;

	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		assert_true(text_equal(entry_of(*state, same[i]).key, key));
	assert_false(text_equal(entry_of(*state, "王芳 4号楼A").key, key));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_remark),
		cmocka_unit_test(how_many_come),
		cmocka_unit_test(who_signs_for_whom),
		cmocka_unit_test(two_names_may_be_two_people),
		cmocka_unit_test(phones_are_lifted_out_and_masked),
		cmocka_unit_test(words_of_cancellation_propose_a_withdrawal),
		cmocka_unit_test(ways_to_write_one_line_compare_as_one),
	};

	return cmocka_run_group_tests(tests, arena_for_test, arena_after_test);
}
