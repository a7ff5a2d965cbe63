/* chain_plan.c - what would be done with a pasted chain: nobody is lost, nobody is guessed, and nobody is added twice. */
#include "buf.h"
#include "chain_plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "call_code.h"
#include "chain_clean.h"
#include "chains.h"
#include "evening.h"

#define LINES_MAX 64 /* that a test puts into the chain */

/* A grid of four members, two of whom have one name, and a call there. */
struct grid {
	struct view *view;
	struct call *call;
	struct arena reading;
	struct arena planning;
	struct chain_plan plan;
	char texts[LINES_MAX][512]; /* of the lines */
	uint32_t lines;
	uint32_t slot; /* that is planned for, and where lines are added */
};

static const struct {
	struct id id;
	struct text name;
} members[] = {
	{{3, 1}, TEXT("王芳")},
	{{3, 2}, TEXT("李梅")},
	{{3, 3}, TEXT("蒋安")},
	{{3, 4}, TEXT("蒋安")},
	{{3, 5}, TEXT("⽅圆")},
};

static void
open_grid(struct grid *grid)
{
	struct call_record record = evening_call();

	*grid = (struct grid){.view = view_create()};
	record.title = TEXT("楼道消杀");
	grid->call = view_load_call(grid->view, &record);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		view_load_member(grid->view, members[i].id, record.place, members[i].name, TEXT(""));
	view_load_member(grid->view, (struct id){3, 9}, place_of("140106004009001"), TEXT("外人"), TEXT(""));
	arena_init(&grid->reading, CHAIN_TEXT_ARENA);
	arena_init(&grid->planning, chain_plan_size(grid->call) + 1024 * (size_t)2048);
}

static int
setup(void **state)
{
	static struct grid grid;

	open_grid(&grid);
	*state = &grid;
	return 0;
}

static int
teardown(void **state)
{
	struct grid *grid = *state;

	view_destroy(grid->view);
	arena_finish(&grid->reading);
	arena_finish(&grid->planning);
	return 0;
}

/* A line at the end of the chain: of a member, or of somebody without an account by his name. */
static void
add_line(struct grid *grid, struct id person, struct text name, enum line_state state)
{
	char *texts = grid->texts[grid->lines];
	struct line_change line = {.number = ++grid->lines,
		.state = state,
		.person = person,
		.place = grid->call->record.place,
		.slot = grid->slot,
		.people = 1,
		.has_texts = id_is_none(person)};

	assert_true(grid->lines < LINES_MAX);
	snprintf(texts, sizeof(grid->texts[0]), "%.*s\t备注", (int)name.len, name.data);
	if (line.has_texts)
		line.texts = text_of(texts);
	view_load_line(grid->view, grid->call, &line);
}

static enum status
try_plan(struct grid *grid, const char *text, const char **field)
{
	struct chain_paste paste;

	arena_reset(&grid->reading);
	arena_reset(&grid->planning);
	paste = paste_of(&grid->reading, text);
	return chain_plan_make(&grid->plan, grid->view, grid->call, grid->slot, &paste, &grid->planning, field);
}

/* Each reply in a group is a copy with one line more, so the last ones must not be left out. */
static void
more_copies_than_are_put_together_are_refused(void **state)
{
	struct grid *grid = *state;
	struct buf text = {0};
	const char *field;

	for (unsigned copy = 1; copy <= 33; copy++) {
		buf_printf(&text, "某人%u:\n#接龙\n%.*s\n", copy, (int)grid->call->record.title.len,
			grid->call->record.title.data);
		for (unsigned line = 1; line <= copy; line++)
			buf_printf(&text, "%u. 某某%u\n", line, line);
		buf_printf(&text, "\n");
		if (copy == 32) {
			struct buf whole = {0};
			buf_add(&whole, text.bytes, text.len);
			buf_add(&whole, "", 1);
			assert_int_equal(try_plan(grid, (char *)whole.bytes, &field), OK);
			assert_int_equal(grid->plan.copies, 32);
			buf_finish(&whole);
		}
	}
	buf_add(&text, "", 1);
	assert_int_equal(try_plan(grid, (char *)text.bytes, &field), BAD_REQUEST);
	assert_string_equal(field, "text.copies");
	buf_finish(&text);
}

/* An entry as "王芳 add sure 3.1", with what is out of the ordinary behind it. */
static const char *
render(const struct plan_entry *entry)
{
	static const char *const actions[] = {"?", "add", "present", "doubtful", "out", "withdraw"};
	static const char *const reasons[] = {"", " reserved", " cancelled", " masked", " nameless", " ambiguous",
		" lookalike", " namesake", " proxy", " withdrew", " people", " several", " count", " slot"};
	static const char *const matches[] = {"", " sure", " likely", " of several", " like"};
	static char out[512];
	char id[ID_TEXT] = "";
	int len;

	if (!id_is_none(entry->person))
		id_print(id, entry->person);
	len = snprintf(out, sizeof(out), "%.*s %s%s%s%s%s", (int)entry->name.len, entry->name.data,
		actions[entry->action], reasons[entry->reason], matches[entry->match.kind], id[0] ? " " : "", id);
	if (entry->remark.len > 0 && entry->action == PLAN_ADD)
		len += snprintf(
			out + len, sizeof(out) - (size_t)len, "; %.*s", (int)entry->remark.len, entry->remark.data);
	if (entry->merged->entry->people > 1)
		len += snprintf(out + len, sizeof(out) - (size_t)len, " x%u", entry->merged->entry->people);
	if (entry->number > 0)
		len += snprintf(out + len, sizeof(out) - (size_t)len, " #%u", entry->number);
	if (entry->merged->vanishing)
		snprintf(out + len, sizeof(out) - (size_t)len, " vanishing");
	return out;
}

static void
assert_plan_at(struct grid *grid, const char *text, const char *const *expected, const char *file, int line)
{
	const char *field = "";
	enum status status = try_plan(grid, text, &field);
	size_t count = 0;

	if (status != OK)
		print_error("%s:%d: refused for %s\n", file, line, field);
	_assert_int_equal(status, OK, file, line);
	for (; expected[count]; count++)
		if (count < grid->plan.count)
			_assert_string_equal(render(&grid->plan.entries[count]), expected[count], file, line);
	_assert_int_equal(grid->plan.count, count, file, line);
}
#define assert_plan(grid, text, ...) \
	assert_plan_at((grid), (text), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)

static size_t
added(const struct grid *grid)
{
	size_t count = 0;

	for (size_t i = 0; i < grid->plan.count; i++)
		count += grid->plan.entries[i].action == PLAN_ADD;
	return count;
}

/* Signs up who is to be added. */
static void
do_plan(struct grid *grid)
{
	for (size_t i = 0; i < grid->plan.count; i++) {
		const struct plan_entry *entry = &grid->plan.entries[i];
		if (entry->action == PLAN_ADD)
			add_line(grid, entry->person, entry->name, LINE_CONFIRMED);
	}
}

static void
members_go_by_their_accounts_and_others_by_name(void **state)
{
	assert_plan(*state, "#接龙 楼道消杀\n1. 王芳 3号楼\n2. 3-2-501 李梅 2人\n3. 春天花花\n4. 代 李梅\n5. 赵大+1",
		"王芳 add sure 3.1; 3号楼", "李梅 doubtful namesake sure 3.2 x2", "春天花花 add",
		"李梅 doubtful namesake sure 3.2", "赵大 add x2");
	assert_plan(*state, "#接龙 楼道消杀\n1. 小区志愿者 王芳\n", "王芳 add likely 3.1; 小区志愿者 王芳");
}

static void
who_may_be_two_people_is_asked_about(void **state)
{
	struct grid *grid = *state;

	assert_plan(grid, "#接龙 楼道消杀\n1. 蒋安\n2. 方圆\n3. 王芳芳\n4. 李四海（代周五常）\n5. 代小红\n",
		"蒋安 doubtful ambiguous of several", "方圆 doubtful lookalike like", "王芳芳 doubtful lookalike like",
		"李四海 doubtful proxy", "代小红 doubtful proxy");
	assert_int_equal(grid->plan.entries[0].match.count, 2);
	/* One of the two has signed up: it may be the other who is meant. */
	add_line(grid, (struct id){3, 3}, TEXT(""), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 蒋安\n", "蒋安 doubtful ambiguous of several");
	add_line(grid, (struct id){3, 4}, TEXT(""), LINE_WAITING);
	assert_plan(grid, "#接龙 楼道消杀\n1. 蒋安\n2. 蒋安\n", "蒋安 present of several", "蒋安 present of several");
}

static void
two_entries_of_one_name_are_asked_about(void **state)
{
	struct grid *grid = *state;

	assert_plan(grid, "#接龙 楼道消杀\n1. 沈宁\n2. 王芳\n3. 沈宁 2-301\n4. 王芳 3号楼\n", "沈宁 doubtful namesake",
		"王芳 doubtful namesake sure 3.1", "沈宁 doubtful namesake", "王芳 doubtful namesake sure 3.1");
	add_line(grid, (struct id){0}, TEXT("沈宁"), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 沈宁\n2. 沈宁 2-301\n", "沈宁 present #1", "沈宁 doubtful namesake");
	add_line(grid, (struct id){0}, TEXT("沈 宁"), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 沈宁\n2. 沈宁 2-301\n", "沈宁 present #1", "沈宁 present #2");
}

static void
forks_are_put_together_and_nobody_vanishes(void **state)
{
	struct grid *grid = *state;

	assert_plan(grid, SAMPLE_FORK_ONE SAMPLE_FORK_TWO, "冯九如 add", "陈十全 add", "褚百川 add; 上午",
		"卫千里 add vanishing");
	assert_int_equal(grid->plan.vanishing, 1);
	assert_int_equal(grid->plan.copies, 2);
	/* A remark that was edited in one copy is one person's. */
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n#接龙 楼道消杀\n1. 王芳 下午到\n", "王芳 add sure 3.1; 下午到");
	assert_non_null(grid->plan.entries[0].merged->alternatives);
}

static void
whoever_is_there_is_not_added_again(void **state)
{
	struct grid *grid = *state;
	static const char text[] = "#接龙 楼道消杀\n1. 王芳\n2. 春天花花 3号楼\n3. 外人\n";

	assert_plan(grid, text, "王芳 add sure 3.1", "春天花花 add; 3号楼", "外人 add");
	do_plan(grid);
	assert_plan(grid, text, "王芳 present sure 3.1 #1", "春天花花 present #2", "外人 present #3");
	/* She reports to the grid after she was signed up without an account. */
	view_load_member(grid->view, (struct id){3, 6}, grid->call->record.place, TEXT("春天花花"), TEXT(""));
	assert_plan(grid, text, "王芳 present sure 3.1 #1", "春天花花 present sure 3.6 #2", "外人 present #3");
	/* Who lives elsewhere is known where he has a line. */
	add_line(grid, (struct id){3, 9}, TEXT(""), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 外人\n", "外人 present sure 3.9 #3");
}

static void
two_people_in_one_entry_are_asked_about(void **state)
{
	struct grid *grid = *state;

	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 郑一、郑二\n2. 王芳\n沈宁\n3. 李梅（取消）\n(4) 赵大\n4. 新人丙 +200\n",
		"郑一 doubtful several", "王芳 doubtful several sure 3.1", "李梅 doubtful several sure 3.2",
		"新人丙 doubtful people x100");
}

static void
what_the_call_prints_with_stars_is_there(void **state)
{
	struct grid *grid = *state;

	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_CONFIRMED);
	add_line(grid, (struct id){0}, TEXT("王小二"), LINE_CONFIRMED);
	add_line(grid, (struct id){3, 2}, TEXT(""), LINE_STRUCK);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王*\n", "王* out masked");
	grid->call->record.names = 2;
	assert_plan(grid, "#接龙 楼道消杀\n1. 王*\n2. 王**\n3. 王*\n4. 李*\n5. 王** 2人\n", "王* present #1",
		"王** present #2", "王* out masked", "李* out masked", "王** out masked x2");
	grid->call->record.names = 3;
	assert_plan(
		grid, "#接龙 楼道消杀\n1. ***\n2. ***\n3. ***\n", "*** present #1", "*** present #2", "*** out masked");
}

static void
who_stands_for_another_slot_is_left_out(void **state)
{
	struct grid *grid = *state;
	struct call_record *record = &grid->call->record;
	static const char text[] = "#接龙 楼道消杀\n1. 王芳 早班\n2. 王芳 晚班\n3. 沈宁 晚班 2人\n4. 李梅 晚\n";

	record->slot_count = 2;
	record->slots[0].label = TEXT("早班");
	record->slots[1].label = TEXT("晚班");
	grid->slot = 1;
	assert_plan(grid, text, "王芳 add sure 3.1; 早班", "王芳 out slot sure 3.1", "沈宁 out slot x2",
		"李梅 add sure 3.2; 晚");
	grid->slot = 2;
	assert_plan(grid, text, "王芳 out slot sure 3.1", "王芳 add sure 3.1; 晚班", "沈宁 add; 晚班 x2",
		"李梅 add sure 3.2; 晚");
}

static void
another_number_of_people_is_asked_about(void **state)
{
	struct grid *grid = *state;

	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_CONFIRMED);
	add_line(grid, (struct id){0}, TEXT("沈宁"), LINE_WAITING);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳 5人\n2. 沈宁 x2\n", "王芳 doubtful count sure 3.1 x5 #1",
		"沈宁 doubtful count x2 #2");
	assert_int_equal(grid->plan.entries[0].line_people, 1);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳 1人\n2. 沈宁\n", "王芳 present sure 3.1 #1", "沈宁 present #2");
	/* Without a count it says nothing about one. */
	assert_int_equal(grid->call->line_count, 2);
	grid->call->lines[1].is.people = 3;
	assert_plan(grid, "#接龙 楼道消杀\n1. 沈宁\n", "沈宁 present #2");
	assert_plan(grid, "#接龙 楼道消杀\n1. 沈宁 1人\n", "沈宁 doubtful count #2");
	assert_int_equal(grid->plan.entries[0].line_people, 3);
}

static void
who_has_withdrawn_is_asked_about(void **state)
{
	struct grid *grid = *state;

	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_STRUCK);
	add_line(grid, (struct id){0}, TEXT("沈宁"), LINE_STRUCK);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n2. 沈宁\n", "王芳 doubtful withdrew sure 3.1 #1",
		"沈宁 doubtful withdrew #2");
	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_CONFIRMED);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n", "王芳 present sure 3.1 #3");
}

static void
who_says_that_he_does_not_come_is_withdrawn_if_he_is_there(void **state)
{
	struct grid *grid = *state;

	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳（取消）\n2. 沈宁 去不了了\n", "王芳 out cancelled sure 3.1",
		"沈宁 out cancelled");
	add_line(grid, (struct id){3, 1}, TEXT(""), LINE_CONFIRMED);
	add_line(grid, (struct id){0}, TEXT("沈宁"), LINE_WAITING);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳（取消）\n2. 沈宁 去不了了\n", "王芳 withdraw sure 3.1 #1",
		"沈宁 withdraw #2");
	/* In another copy he has not cancelled yet; but one who signs up anew below comes. */
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n#接龙 楼道消杀\n1. 王芳（取消）\n", "王芳 withdraw sure 3.1 #1");
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳（取消）\n2. 王芳 能来了\n", "王芳 out cancelled sure 3.1",
		"王芳 present sure 3.1 #1");
	/* Who is not in the text stays. */
	assert_plan(grid, "#接龙 楼道消杀\n1. 李梅\n", "李梅 add sure 3.2");
}

static void
what_is_nobody_is_left_out(void **state)
{
	assert_plan(*state,
		"#接龙 楼道消杀\n1. 王**\n2.\n3. ***\n4. 3号楼\n5. 刘一 25人\n6. 赵二 3楼\n12、孙三 4楼\n50、周五\n",
		"王** out masked", " out reserved", "*** out masked", " doubtful nameless", "刘一 doubtful people x25",
		"赵二 add; 3楼", "孙三 doubtful several");
}

static void
in_a_building_the_grid_is_the_neighbourhood(void **state)
{
	struct grid *grid = *state;
	struct call_record record = evening_call();

	record.id = (struct id){7, 4243};
	record.title = TEXT("楼道消杀");
	record.place = place_of("140105007004001002");
	grid->call = view_load_call(grid->view, &record);
	view_load_member(grid->view, (struct id){3, 7}, place_of("140105007004001002"), TEXT("赵大"), TEXT(""));
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n2. 赵大\n3. 外人\n", "王芳 add sure 3.1", "赵大 add sure 3.7",
		"外人 add");
}

static void
chains_of_other_calls_are_skipped(void **state)
{
	struct grid *grid = *state;
	char text[1024], other[CALL_CODE_TEXT], ours[CALL_CODE_TEXT];
	struct chain_paste paste;
	const char *field = "";

	call_code_print(other, (struct id){7, 99});
	call_code_print(ours, grid->call->record.id);
	snprintf(text, sizeof(text), "#接龙 送菜\n1. 王芳\n\n呼号 %s\n#接龙 改了题\n1. 李梅\n\n呼号 %s\n", other, ours);
	assert_plan(grid, text, "李梅 add sure 3.2");
	assert_int_equal(grid->plan.skipped, 1);
	assert_true(grid->plan.other_title); /* its code, and yet: the code may be another system's */
	assert_text(grid->plan.title, "改了题");
	assert_text(grid->plan.call_title, "楼道消杀");
	paste = paste_of(&grid->reading, text);
	assert_true(id_equal(chain_plan_call(&paste), (struct id){7, 99}));
	snprintf(text, sizeof(text), "#接龙 楼道消杀\n1. 王芳\n\n呼号 %s\n", other);
	assert_int_equal(try_plan(grid, text, &field), BAD_REQUEST);
	assert_string_equal(field, "text.call");
	/* Neither title nor code: taken, and said. The title is compared as the client does. */
	assert_plan(grid, "#接龙 楼道\n1. 王芳\n", "王芳 add sure 3.1");
	assert_true(grid->plan.other_title);
	assert_plan(grid, "#接龙 楼道，消杀。\n1. 王芳\n#接龙 送菜\n1. 李梅\n", "王芳 add sure 3.1");
	assert_false(grid->plan.other_title);
	/* Of several that are unknown the first is meant; what has no title at all is what is left of one. */
	assert_plan(grid, "#接龙 值班\n1. 王芳\n#接龙 送菜\n1. 李梅\n#接龙 值班\n1. 王芳\n2. 沈宁\n",
		"王芳 add sure 3.1", "沈宁 add vanishing");
	assert_int_equal(grid->plan.skipped, 1);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n2. 李梅\n\n1. 沈宁\n2. 赵大\n", "王芳 add sure 3.1",
		"李梅 add sure 3.2", "沈宁 add vanishing", "赵大 add vanishing");
}

static void
a_chain_of_thousands_is_no_groups(void **state)
{
	struct grid *grid = *state;
	struct line_change line = {.state = LINE_STRUCK, .place = grid->call->record.place, .people = 1};
	const char *field = "";

	for (line.number = 1; line.number <= CHAIN_PLAN_LINES; line.number++)
		view_load_line(grid->view, grid->call, &line);
	assert_plan(grid, "#接龙 楼道消杀\n1. 王芳\n", "王芳 add sure 3.1");
	view_load_line(grid->view, grid->call, &line);
	assert_int_equal(try_plan(grid, "#接龙 楼道消杀\n1. 王芳\n", &field), FULL);
	assert_string_equal(field, "call");
}

/* Copies of one chain, each of some of the people, in any order and as people write. */
static void
random_paste(char *out, size_t room, struct rng *rng)
{
	static const char *const names[] = {"王芳", "李梅", "蒋安", "方圆", "春天花花", "沈宁", "Li Ming", "王**",
		"赵大 2人", "外人", "代 李梅", "孙三（取消）", "3-2-501 王芳", "", "12.5 号晚"};
	size_t len = 0;

	for (uint32_t copies = 1 + rng_below(rng, 3); copies > 0; copies--) {
		uint32_t count = rng_below(rng, 12);
		len += (size_t)snprintf(out + len, room - len, "#接龙 楼道消杀\n");
		for (uint32_t i = 1; i <= count; i++)
			len += (size_t)snprintf(out + len, room - len, "%u. %s%s\n", i,
				names[rng_below(rng, ARRAY_LEN(names))], rng_below(rng, 3) ? "" : " 3号楼");
	}
}

static void
the_same_text_again_adds_nothing(void **state)
{
	struct rng rng = seeded("chain_plan");
	size_t all = 0;

	(void)teardown(state);
	for (int round = 0; round < 200; round++) {
		char text[4096];
		const char *field = "";
		struct grid *grid = *state;
		open_grid(grid);
		for (uint32_t i = rng_below(&rng, 4); i > 0; i--)
			add_line(grid, members[rng_below(&rng, 3)].id, TEXT(""), LINE_STRUCK);
		random_paste(text, sizeof(text), &rng);
		assert_int_equal(try_plan(grid, text, &field), OK);
		all += added(grid);
		do_plan(grid);
		assert_int_equal(try_plan(grid, text, &field), OK);
		assert_int_equal(added(grid), 0);
		(void)teardown(state);
	}
	assert_true(all > 200);
	open_grid(*state);
}

#define grid_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		grid_test(members_go_by_their_accounts_and_others_by_name),
		grid_test(who_may_be_two_people_is_asked_about),
		grid_test(two_entries_of_one_name_are_asked_about),
		grid_test(forks_are_put_together_and_nobody_vanishes),
		grid_test(whoever_is_there_is_not_added_again),
		grid_test(two_people_in_one_entry_are_asked_about),
		grid_test(what_the_call_prints_with_stars_is_there),
		grid_test(who_stands_for_another_slot_is_left_out),
		grid_test(another_number_of_people_is_asked_about),
		grid_test(who_has_withdrawn_is_asked_about),
		grid_test(who_says_that_he_does_not_come_is_withdrawn_if_he_is_there),
		grid_test(what_is_nobody_is_left_out),
		grid_test(in_a_building_the_grid_is_the_neighbourhood),
		grid_test(chains_of_other_calls_are_skipped),
		grid_test(a_chain_of_thousands_is_no_groups),
		grid_test(more_copies_than_are_put_together_are_refused),
		grid_test(the_same_text_again_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
