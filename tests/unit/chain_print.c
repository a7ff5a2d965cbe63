/* chain_print.c - a call as a group's chain, and back again. */
#include "chain_print.h"

#include <stdio.h>

#include "call_code.h"
#include "chains.h"

#define LINES_MAX 60

static struct buf
printed(const struct chain_print *chain)
{
	struct buf out = {0};

	chain_text_print(&out, chain);
	assert_false(out.failed);
	return out;
}

static const struct chain_print_line evening[] = {
	{1, TEXT("赵一诺"), TEXT("3号楼"), 1, LINE_CONFIRMED},
	{2, TEXT("钱两仪"), TEXT("5号楼,可带小推车"), 2, LINE_CONFIRMED},
	{3, TEXT("孙三省"), TEXT(""), 0, LINE_STRUCK},
	{4, TEXT("王**"), TEXT("晚点"), 1, LINE_WAITING},
	{5, TEXT(""), TEXT(""), 1, LINE_CONFIRMED},
};

static void
a_call_as_its_group_reads_it(void **state)
{
	struct chain_print chain = {.title = TEXT("发放抗原试剂"),
		.body = TEXT("自带口罩\n\n1. 先领手套"),
		.meeting = TEXT("今晚19:40 社区大院"),
		.call_code = TEXT("K7Q2"),
		.lines = evening,
		.line_count = ARRAY_LEN(evening)};
	struct buf out = printed(&chain);

	(void)state;
	assert_text(buf_text(&out), "#接龙\n"
				    "发放抗原试剂\n"
				    "自带口罩\n"
				    "\n"
				    "· 1. 先领手套\n"
				    "今晚19:40 社区大院\n"
				    "\n"
				    "1. 赵一诺 3号楼\n"
				    "2. 钱两仪 5号楼,可带小推车 2人\n"
				    "3. 孙三省（取消）\n"
				    "4. 王**  晚点（候补）\n"
				    "5. ***\n"
				    "\n"
				    "呼号 K7Q2\n");
	buf_finish(&out);
}

static void
an_english_group_reads_english(void **state)
{
	struct chain_print chain = {.english = true,
		.title = TEXT("Kits"),
		.call_code = TEXT("K7Q2"),
		.lines = evening,
		.line_count = ARRAY_LEN(evening)};
	struct buf out = printed(&chain);

	(void)state;
	assert_text(buf_text(&out), "#Group Note\n"
				    "Kits\n"
				    "\n"
				    "1. 赵一诺 3号楼\n"
				    "2. 钱两仪 5号楼,可带小推车 x2\n"
				    "3. 孙三省 (cancelled)\n"
				    "4. 王**  晚点 (waiting)\n"
				    "5. ***\n"
				    "\n"
				    "call code K7Q2\n");
	buf_finish(&out);
}

static void
names_and_remarks_break_no_line(void **state)
{
	static const struct chain_print_line lines[] = {
		{1, TEXT(" Li\nMing "), TEXT("a\r\n2. x\u2028"), 1, LINE_CONFIRMED},
	};
	struct chain_print chain = {.title = TEXT("\n1. a\n2. b"),
		.body = TEXT("１．戴口罩\n　2. 带水"),
		.call_code = TEXT("K7Q2"),
		.lines = lines,
		.line_count = 1};
	struct buf out = printed(&chain);

	(void)state;
	assert_text(buf_text(&out), "#接龙\n· 1. a 2. b\n· 1．戴口罩\n· 2. 带水\n\n1. Li Ming  a 2. x\n\n呼号 K7Q2\n");
	buf_finish(&out);
}

/* Somebody may be called what opens an example, or a number. */
static void
a_name_is_no_example(void **state)
{
	static const struct chain_print_line lines[] = {
		{1, TEXT("如"), TEXT("138423"), 1, LINE_CONFIRMED},
		{2, TEXT("例"), TEXT(""), 1, LINE_CONFIRMED},
		{3, TEXT("1、小王"), TEXT(""), 1, LINE_CONFIRMED},
	};
	struct chain_print chain = {
		.title = TEXT("消杀"), .call_code = TEXT("K7Q2"), .lines = lines, .line_count = ARRAY_LEN(lines)};
	struct buf out = printed(&chain);
	struct chain_text back;

	assert_text(buf_text(&out), "#接龙\n消杀\n\n1. · 如  138423\n2. · 例\n3. · 1、小王\n\n呼号 K7Q2\n");
	buf_add(&out, "", 1);
	back = chain_of(*state, (const char *)out.bytes);
	assert_int_equal(back.entry_count, 3);
	assert_text(back.entries[0].text, "如  138423");
	assert_text(back.entries[1].text, "例");
	assert_text(back.entries[2].text, "1、小王");
	buf_finish(&out);
}

static struct text
any_of(struct rng *rng, const char *const *words, size_t count)
{
	return text_of(words[rng_below(rng, (uint32_t)count)]);
}

/* A line of a title or body: whatever somebody may write there, and what our own reader takes for something else. */
static struct text
random_block_line(struct rng *rng)
{
	static const char *const words[] = {"紧急招募志愿者", "今晚19:40 社区大院集合", "1. 戴口罩", "2、带水",
		"一、时间", "①先到先得", "#接龙", "请按#接龙 格式", "例 姓名 楼号", "例如：", "如有问题联系我",
		"- - - - - - - -", "[图片]", "「张三: 好的」", "张三:", "张三 2022/4/12 19:05:33", "· 要点",
		"· 1. 要点", "· · 2. 要点", "7:20 起床", "1.5米", "19:40", "3-2-501", "Bring gloves", "呼号 Z9Z9",
		"12. ", "3", "e.g. this", "#Group Note", "~~x~~"};

	return any_of(rng, words, ARRAY_LEN(words));
}

static struct text
random_name(struct rng *rng)
{
	static const char *const names[] = {"王芳", "欧阳四海", "李梅", "王**", "Li Ming", "O'Neil", "小王 三号",
		"🌸小花🌸", "阿依古丽·买买提", "代小红", "例", "max2000", "一米阳光", "王芳（三栋）", "张三人", "***"};

	return any_of(rng, names, ARRAY_LEN(names));
}

static struct text
random_remark(struct rng *rng)
{
	static const char *const remarks[] = {"", "3号楼", "5号楼,可带小推车", "3-2-501", "2点以后", "（4-102）",
		"7:20到", "12.5 号晚", "Can drive", "1. 都行", "#接龙", "例 一", "a - - - - - b", "[图片]", "呼号 K7Q2",
		"2~3点", "2-3人", "🚗", "去", "x", "+", "(a) b"};

	return any_of(rng, remarks, ARRAY_LEN(remarks));
}

/* A remark that a reader would take for part of a name of several words or odd characters stands behind two blanks, but a
 * name alone has nothing behind it: those are given one. */
static struct chain_print_line
random_line(struct rng *rng, uint32_t number)
{
	static const enum line_state states[] = {LINE_CONFIRMED, LINE_WAITING, LINE_STRUCK};
	struct chain_print_line line = {
		number, random_name(rng), random_remark(rng), 1 + rng_below(rng, 3), states[rng_below(rng, 3)]};

	if (line.remark.len == 0 &&
		(memchr(line.name.data, ' ', line.name.len) || text_equal(line.name, TEXT("王芳（三栋）"))))
		line.remark = TEXT("3号楼");
	return line;
}

static void
assert_line_read_back(const struct chain_entry *entry, const struct chain_print_line *line)
{
	if (!text_equal(entry->name, line->name) || !text_equal(entry->remark, line->remark))
		fail_msg("'%.*s' was read as name '%.*s', remark '%.*s'", (int)entry->text.len, entry->text.data,
			(int)entry->name.len, entry->name.data, (int)entry->remark.len, entry->remark.data);
	assert_int_equal(entry->number, line->number);
	assert_true(text_equal(entry->name, line->name));
	assert_true(text_equal(entry->remark, line->remark));
	assert_int_equal(entry->people, line->people);
	assert_int_equal(entry->flags & (ENTRY_CANCELLED | ENTRY_WAITING | ENTRY_PROXY | ENTRY_RESERVED),
		(line->state == LINE_STRUCK ? ENTRY_CANCELLED : 0U) |
			(line->state == LINE_WAITING ? ENTRY_WAITING : 0U));
}

/* Lines parted by '\n', some by two. */
static size_t
random_block(char *out, size_t room, struct rng *rng, uint32_t max)
{
	size_t len = 0;
	uint32_t count = rng_below(rng, max + 1);

	out[0] = '\0';
	for (uint32_t i = 0; i < count; i++) {
		struct text line = random_block_line(rng);
		len += (size_t)snprintf(out + len, room - len, "%s%.*s",
			i == 0              ? ""
			: rng_below(rng, 4) ? "\n"
					    : "\n\n",
			(int)line.len, line.data);
	}
	for (; len > 0 && out[len - 1] == ' '; len--)
		out[len - 1] = '\0';
	return len;
}

/* The blanks at the ends of lines do not come back. */
static void
assert_block(struct text text, const char *body, const char *meeting)
{
	char expected[8192];
	size_t len = (size_t)snprintf(
		expected, sizeof(expected), "%s%s%s", body, body[0] && meeting[0] ? "\n" : "", meeting);
	char *blank;

	while ((blank = strstr(expected, " \n")))
		memmove(blank, blank + 1, len-- - (size_t)(blank - expected));
	assert_text(text, expected);
}

static void
whatever_is_printed_is_read_back(void **state)
{
	struct rng rng = seeded("chain_print");

	for (int round = 0; round < 3000; round++) {
		char body[4096], meeting[2048], code[CALL_CODE_TEXT];
		struct chain_print_line lines[LINES_MAX];
		struct chain_print chain = {.english = rng_below(&rng, 2),
			.title = random_block_line(&rng),
			.lines = lines,
			.line_count = rng_below(&rng, LINES_MAX + 1)};
		struct chain_text back;
		struct buf out;
		chain.title.len -= chain.title.data[chain.title.len - 1] == ' ';
		chain.body = (struct text){body, random_block(body, sizeof(body), &rng, 6)};
		chain.meeting = (struct text){meeting, random_block(meeting, sizeof(meeting), &rng, 2)};
		chain.call_code = text_of(call_code_print(code, (struct id){7, 1 + rng_below(&rng, 4000)}));
		for (uint32_t i = 0; i < chain.line_count; i++)
			lines[i] = random_line(&rng, i + 1);

		out = printed(&chain);
		buf_add(&out, "", 1);
		arena_reset(*state);
		back = chain_of(*state, (const char *)out.bytes);
		assert_true(text_equal(back.title, chain.title));
		assert_block(back.body, body, meeting);
		assert_text(back.call_code, code);
		assert_int_equal(back.entry_count, chain.line_count);
		for (size_t i = 0; i < back.entry_count; i++)
			assert_line_read_back(&back.entries[i], &lines[i]);
		buf_finish(&out);
	}
}

static void
memory_may_run_out(void **state)
{
	struct chain_print chain = {.title = TEXT("发放抗原试剂"),
		.call_code = TEXT("K7Q2"),
		.lines = evening,
		.line_count = ARRAY_LEN(evening)};
	struct buf out = {0};

	(void)state;
	memory_runs_out_after(0);
	chain_text_print(&out, &chain);
	memory_is_back();
	assert_true(out.failed);
	buf_finish(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_as_its_group_reads_it),
		cmocka_unit_test(an_english_group_reads_english),
		cmocka_unit_test(names_and_remarks_break_no_line),
		cmocka_unit_test(a_name_is_no_example),
		cmocka_unit_test(whatever_is_printed_is_read_back),
		cmocka_unit_test(memory_may_run_out),
	};

	return cmocka_run_group_tests(tests, arena_for_test, arena_after_test);
}
