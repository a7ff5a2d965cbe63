/* chain.c - pasted chains: whatever is read is well formed and lies in the arena, no phone stays whole, merging loses
 * nothing, what is printed is read back line for line, and what a plan adds is what a line takes and is not added twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "chain_merge.h"
#include "chain_plan.h"
#include "chain_print.h"
#include "seeds.h"

/* Also in builds without assertions. */
#define HOLDS(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

#define LINES_MAX 900 /* a chain that is printed has a few more than its entries */

static struct arena read_arena, merge_arena, back_arena, roster_arena, plan_arena;
static struct chain_roster roster;

static void
check_text(struct text text, bool one_line)
{
	HOLDS(text.data);
	HOLDS(text.len == 0 || arena_owns(&read_arena, text.data));
	HOLDS(text.len == 0 || !u8_check((const uint8_t *)text.data, text.len));
	HOLDS(!one_line || !memchr(text.data, '\n', text.len));
}

/* Of a phone, or an identity card, eleven digits never stand in a row. */
static void
check_masked(struct text text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.len; i++) {
		digits = text.data[i] >= '0' && text.data[i] <= '9' ? digits + 1 : 0;
		HOLDS(digits < 11);
	}
}

static void
check_entry(const struct chain_entry *entry)
{
	struct chain_match match = chain_text_match(&roster, entry);

	check_text(entry->text, false);
	check_text(entry->shown, false);
	check_text(entry->name, true);
	check_text(entry->proxy_for, true);
	check_text(entry->remark, true);
	check_text(entry->phone, true);
	check_text(entry->key, true);
	check_masked(entry->text);
	check_masked(entry->remark);
	HOLDS(entry->shown.len <= entry->text.len && entry->key.len <= entry->text.len);
	HOLDS(entry->people >= 1 && entry->people <= 100);
	HOLDS(((entry->flags & ENTRY_RESERVED) != 0) == (entry->text.len == 0));
	HOLDS((match.kind == MATCH_UNKNOWN) == (match.count == 0));
	HOLDS(match.count <= 1 || match.kind == MATCH_AMBIGUOUS || match.kind == MATCH_DOUBTFUL);
}

static void
check_chain(const struct chain_text *chain)
{
	check_text(chain->sender, true);
	check_text(chain->title, true);
	check_text(chain->body, false);
	check_text(chain->note, false);
	check_text(chain->call_code, true);
	HOLDS(chain->headed || chain->entry_count > 0);
	for (size_t i = 0; i < chain->entry_count; i++)
		check_entry(&chain->entries[i]);
}

static void
check_merged(const struct chain_paste *paste)
{
	const struct chain_text *copies[CHAIN_MERGE_COPIES];
	struct chain_merged merged;
	const char *field;
	size_t count = MIN(paste->chain_count, (size_t)CHAIN_MERGE_COPIES);

	for (size_t i = 0; i < count; i++)
		copies[i] = &paste->chains[i];
	arena_reset(&merge_arena);
	HOLDS(chain_text_merge(&merged, copies, count, &merge_arena, &field) == OK);
	HOLDS(merged.vanishing <= merged.count && merged.count >= paste->chains[0].entry_count);
	for (size_t c = 0; c < count; c++) {
		size_t of_copy = 0;
		for (size_t i = 0; i < merged.count; i++)
			of_copy += merged.entries[i].copies >> c & 1;
		HOLDS(of_copy == copies[c]->entry_count);
	}
}

static void
check_printed(const struct chain_text *chain)
{
	static struct chain_print_line lines[LINES_MAX];
	struct chain_print print = {
		.title = chain->title, .body = chain->body, .call_code = TEXT("K7Q2"), .lines = lines};
	struct chain_paste back;
	struct buf out = {0};
	const char *field = "";
	enum status status;

	if (chain->entry_count > LINES_MAX)
		return;
	for (size_t i = 0; i < chain->entry_count; i++) {
		const struct chain_entry *entry = &chain->entries[i];
		lines[print.line_count++] = (struct chain_print_line){(uint32_t)i + 1, entry->name, entry->remark,
			entry->people, entry->flags & ENTRY_CANCELLED ? LINE_STRUCK : LINE_CONFIRMED};
	}
	chain_text_print(&out, &print);
	arena_reset(&back_arena);
	status = chain_text_parse(&back, buf_text(&out), &back_arena, &field);
	if (status != OK) {
		HOLDS(status == BAD_REQUEST && (!strcmp(field, "text") || !strcmp(field, "text.lines")));
	} else {
		HOLDS(back.chain_count == 1 && back.chains[0].headed);
		HOLDS(back.chains[0].entry_count == chain->entry_count);
		HOLDS(text_equal(back.chains[0].call_code, TEXT("K7Q2")));
	}
	buf_finish(&out);
}

/* A text as chain_join takes it: the rules are those of wire/rules.c. */
static void
check_taken(struct text text, size_t max)
{
	size_t chars = 0;

	for (size_t at = 0; at < text.len; chars++) {
		ucs4_t c;
		at += (size_t)u8_mbtouc(&c, (const uint8_t *)text.data + at, text.len - at);
		HOLDS(c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && c != 0x2028 && c != 0x2029);
		HOLDS(!(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069));
	}
	HOLDS(chars <= max);
}

/* Signs up who is to be added. */
static void
do_plan(struct view *view, struct call *call, const struct chain_plan *plan)
{
	static char names[CHAIN_TEXT_LINES][128];

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		struct line_change line = {call->line_count + 1, LINE_CONFIRMED, entry->person, call->record.place, 0};
		if (entry->action != PLAN_ADD)
			continue;
		check_taken(entry->name, 20);
		check_taken(entry->remark, 100);
		HOLDS(entry->name.len > 0 && entry->merged->entry->people <= 20);
		snprintf(names[i], sizeof(names[i]), "%.*s\t", (int)entry->name.len, entry->name.data);
		line.people = 1;
		line.has_texts = id_is_none(entry->person);
		line.texts = text_of(line.has_texts ? names[i] : "");
		view_load_line(view, call, &line);
	}
}

static void
check_planned(const struct chain_paste *paste)
{
	static const struct call_record record = {
		.id = {7, 4242}, .state = CALL_OPEN, .place = {140105007004001000, 15}, .title = TEXT("消杀")};
	struct view *view = view_create();
	struct call *call = view_load_call(view, &record);
	struct chain_plan plan;
	const char *field;
	enum status status;

	view_load_member(view, (struct id){3, 1}, record.place, TEXT("王芳"), TEXT(""));
	view_load_member(view, (struct id){3, 2}, record.place, TEXT("李梅"), TEXT(""));
	view_load_member(view, (struct id){3, 3}, record.place, TEXT("李梅"), TEXT(""));
	for (int time = 0; time < 2; time++) {
		arena_reset(&plan_arena);
		status = chain_plan_make(&plan, view, call, 0, paste, &plan_arena, &field);
		HOLDS(status == OK || (status == BAD_REQUEST && !strcmp(field, "text.call")));
		for (size_t i = 0; status == OK && time > 0 && i < plan.count; i++)
			HOLDS(plan.entries[i].action != PLAN_ADD);
		if (status == OK)
			do_plan(view, call, &plan);
	}
	view_destroy(view);
}

static void
prepare(void)
{
	static const struct chain_candidate candidates[] = {{TEXT("王芳"), {3, 1}, {0}}, {TEXT("王芳"), {3, 2}, {0}},
		{TEXT("李梅"), {3, 3}, {0}}, {TEXT("Li Ming"), {3, 4}, {0}}, {TEXT("⽅圆"), {3, 5}, {0}}};

	arena_init(&read_arena, CHAIN_TEXT_ARENA);
	arena_init(&back_arena, CHAIN_TEXT_ARENA);
	arena_init(&merge_arena, CHAIN_MERGE_ARENA);
	arena_init(&plan_arena, 2 * CHAIN_MERGE_ARENA + 1024 * (size_t)2048);
	arena_init(&roster_arena, chain_roster_size(candidates, ARRAY_LEN(candidates)));
	HOLDS(chain_roster_init(&roster, candidates, ARRAY_LEN(candidates), &roster_arena));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct chain_paste paste;
	const char *field = NULL;
	enum status status;
	char *copy = malloc(MAX(len, 1U)); /* no more, so that a byte too far is one too far */

	if (!copy)
		return 0;
	if (!read_arena.bytes)
		prepare();
	memcpy(copy, bytes, len);
	arena_reset(&read_arena);
	status = chain_text_parse(&paste, (struct text){copy, len}, &read_arena, &field);
	free(copy); /* nothing read points into it */
	HOLDS(status == OK || (status == BAD_REQUEST && field));
	if (status != OK)
		return 0;
	HOLDS(paste.chain_count > 0);
	for (size_t i = 0; i < paste.chain_count; i++) {
		check_chain(&paste.chains[i]);
		if (i < 4)
			check_printed(&paste.chains[i]);
	}
	check_merged(&paste);
	check_planned(&paste);
	return 0;
}

void
seeds_write(void)
{
	static const char *const seeds[] = {
		"#接龙\n紧急招募志愿者\n例 姓名 楼号\n\n1. 赵一诺 3号楼\n2. 钱两仪 5号楼,可带小推车\n\n自带口罩。呼号 "
		"K7Q2\n",
		"@所有人 #接龙 周六核酸点\n１．李四海（代周五常）\n2、吴六顺+1\n   下午才能到 2点以后\n4) 郑七巧 "
		"138****0000\n5.\n"
		"6. 王八达 去不了了\n",
		"#接龙 消杀\n1. 冯九如\n2. 陈十全\n3. 褚百川\n#接龙 消杀\n1. 冯九如\n2. 陈十全\n3. 卫千里\n",
		"「小区管家: #接龙 送菜」\n- - - - - - - -\n#Group Note\nVegetables\n1. Li Ming\n2. 沈宁 2-301\n3. "
		"蒋安 (4-102)\n",
		"张三 2022/4/12 19:05:33\n#接龙\n消杀\n①王芳\n②李梅 13812340000\n\n注意:1. 戴口罩\n2. "
		"带水\n李四:\n#接龙 消杀\n一、时间\n1. "
		"~~王芳~~\n2. 代小红 x2（候补）\n",
		"#接龙\n· 1. 要点\n例:\n1. 张三\n\n1️⃣ 王 芳\n1. 李梅（取消）\n1. 王芳 "
		"代报两人\n[图片]\n7:20 "
		"起床\n12.5 号晚\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		seeds_add(seeds[i], strlen(seeds[i]));
}
