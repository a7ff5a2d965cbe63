/* chat.c - a chain as its WeChat group has it: printed, and what the hub says of a text that was pasted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_code.h"
#include "notes.h"
#include "worlds.h"

/* A member of the grid under a name as people have. */
static struct caller *
resident(struct world *w, const char *handle, const char *name)
{
	Answer *answer = ask(person(w, handle), to_register(GRID_A, name, ""));

	assert_true(answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK ||
		    answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY);
	free_answer(answer);
	return person(w, handle);
}

/* Posted by the worker, who is registered, as he must be to sign up others. */
static const char *
post(struct world *w, Request *request)
{
	Answer *answer = ask(resident(w, "worker", "网格员"), request);
	const char *call;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	call = say("%s", answer->call_post->call);
	free_answer(answer);
	return call;
}

static const char *
code_of(const char *call)
{
	char code[CALL_CODE_TEXT];
	struct id id;

	assert_true(id_parse(&id, text_of(call)));
	return say("%s", call_code_print(code, id));
}

static const char *
print(struct caller *caller, const char *call)
{
	Answer *answer = ask(caller, to_print_chat(call));
	const char *text;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	text = say("%s", answer->chat_print->text);
	assert_string_equal(answer->chat_print->code, code_of(call));
	free_answer(answer);
	return text;
}

/* Preview. */

static const char *
entry_text(const Gridvanguard__V1__PasteEntry *entry)
{
	static const char *const actions[] = {"?", "add", "present", "doubtful", "left out", "withdraw"};
	static const char *const matches[] = {"", " sure", " likely", " of several", " like"};
	const char *said =
		say("%u %s%s %s", entry->position, actions[entry->action], matches[entry->match], entry->name);

	if (entry->remark[0])
		said = say("%s; %s", said, entry->remark);
	if (entry->people > 1)
		said = say("%s x%u", said, entry->people);
	if (entry->reason)
		said = say("%s, reason %d", said, (int)entry->reason);
	if (entry->number)
		said = say("%s #%u", said, entry->number);
	return entry->vanishing ? say("%s vanishing", said) : said;
}

/* Holds all that would be done, page by page, against such lines. */
#define assert_preview(w, call, text, ...) \
	assert_preview_at((w), (call), (text), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
static void
assert_preview_at(
	struct world *w, const char *call, const char *text, const char *const *lines, const char *file, int line)
{
	uint32_t count = 0;
	bool more = true;

	while (more) {
		Answer *answer = ask(person(w, "worker"), to_preview(call, text, count, 2));
		if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK)
			print_error("%s:%d: refused for %s\n", file, line, answer->field);
		_assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK, file, line);
		assert_true(answer->chat_preview->n_entries <= 2);
		for (size_t i = 0; i < answer->chat_preview->n_entries; i++, count++) {
			assert_non_null(lines[count]);
			_assert_string_equal(entry_text(answer->chat_preview->entries[i]), lines[count], file, line);
		}
		more = answer->chat_preview->more;
		free_answer(answer);
	}
	if (lines[count])
		print_error("%s:%d: %s is missing\n", file, line, lines[count]);
	_assert_true(!lines[count], "all lines", file, line);
}

/* Signs up who is to be added, as a client does. Returns how many. */
static unsigned
add_all(struct world *w, const char *call, const char *text)
{
	Answer *answer = ask(person(w, "worker"), to_preview(call, text, 0, 200));
	unsigned added = 0;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_false(answer->chat_preview->more);
	for (size_t i = 0; i < answer->chat_preview->n_entries; i++) {
		const Gridvanguard__V1__PasteEntry *entry = answer->chat_preview->entries[i];
		Request *request = to_join(call);
		if (entry->action != GRIDVANGUARD__V1__PASTE_ACTION__PASTE_ACTION_ADD)
			continue;
		request->chain_join->people = entry->people;
		request->chain_join->remark = entry->remark;
		request->chain_join->person = entry->person;
		request->chain_join->name = UNCONST(entry->person[0] ? "" : entry->name);
		expect(person(w, "worker"), request, "OK", "");
		added++;
	}
	free_answer(answer);
	return added;
}

/* Printing. */

static void
chain_is_printed_as_its_group_goes_on_with_it(void **state)
{
	struct world *w = *state;
	Request *request = to_post(.place = GRID_A, .title = "发放抗原试剂", .body = "自带口罩\n1. 先领手套",
		.meeting = "社区大院", .limit = 2, .deadline_ms = 0);
	const char *call;

	request->call_post->starts_ms = UINT64_C(1649763600000); /* 2022-04-12 19:40 in China */
	call = post(w, request);
	expect(resident(w, "wang", "王芳"), to_join(call), "OK", "");
	expect(resident(w, "li", "李梅"), to_join(call), "OK", "");
	request = to_join(call);
	request->chain_join->name = UNCONST("春天花花");
	request->chain_join->remark = UNCONST("住3号楼,门铃坏了");
	request->chain_join->people = 2;
	expect(person(w, "worker"), request, "OK", "");
	expect(person(w, "wang"), to_withdraw(call), "OK", "");
	assert_string_equal(print(person(w, "li"), call),
		say("#接龙\n发放抗原试剂\n自带口罩\n· 1. 先领手套\n4月12日 19:40 社区大院\n\n1. 李梅\n2. 春天花花 "
		    "2人（候补）\n\n呼号 %s\n",
			code_of(call)));
	request = to_print_chat(call);
	request->chat_print->english = true;
	expect(person(w, "li"), request, "OK", "");
	close_call(w, call);
	expect(person(w, "li"), to_print_chat(call), "NOT_FOUND", "call");
}

static void
names_are_printed_as_the_call_shows_them(void **state)
{
	struct world *w = *state;
	static const char *const others[] = {"1. 王芳\n", "1. 王*\n", "1. ***\n"};

	for (unsigned names = 1; names <= 3; names++) {
		Request *request = to_post(.place = GRID_A, .title = "守夜");
		const char *call;
		request->call_post->names = names;
		call = post(w, request);
		expect(resident(w, "wang", "王芳"), to_join(call), "OK", "");
		assert_non_null(strstr(print(person(w, "worker"), call), others[names - 1]));
		assert_non_null(strstr(print(resident(w, "li", "李梅"), call), others[names - 1]));
	}
}

static void
what_is_printed_comes_back_as_there_already(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "守夜", .limit = 1));
	Request *request = to_join(call);

	expect(resident(w, "wang", "王芳"), to_join(call), "OK", "");
	request->chain_join->name = UNCONST("春天花花");
	expect(person(w, "worker"), request, "OK", "");
	assert_preview(w, call, print(person(w, "worker"), call), "1 present sure 王芳 #1", "2 present 春天花花 #2");
	/* Whoever gets it may print it with stars: nobody is signed up as such. */
	assert_preview(
		w, call, say("#接龙 守夜\n1. 王*\n2. ***\n"), "1 left out 王*, reason 3", "2 left out ***, reason 3");
}

static void
chain_that_is_no_groups_is_not_printed(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .title = "守夜");

	resident(w, "worker", "网格员");
	for (unsigned i = 0; i <= 500; i++) {
		Request *request = to_join(call);
		expect(person(w, "worker"), to_print_chat(call), "OK", "");
		request->chain_join->name = UNCONST(say("张%u", i));
		expect(person(w, "worker"), request, "OK", "");
	}
	expect(person(w, "worker"), to_print_chat(call), "FULL", "call");
}

/* Pasting. */

static void
samples_are_read_as_people_mean_them(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "抗原"));

	resident(w, "zhao", "赵一诺");
	resident(w, "sun", "孙三省");
	assert_preview(w, call,
		"#接龙\n紧急招募志愿者发放抗原检测试剂,请在群里接龙。今晚19:40 社区大院集合\n例 姓名 楼号\n\n1. 赵一诺 "
		"3号楼\n2. 钱两仪 5号楼,可带小推车\n3. 孙三省\n\n自带口罩手套,23点前发完。\n",
		"1 add sure 赵一诺; 3号楼", "2 add 钱两仪; 5号楼,可带小推车", "3 add sure 孙三省");
	assert_preview(w, call,
		"@所有人 #接龙 周六核酸点维持秩序\n１．李四海（代周五常）\n2、吴六顺+1\n   下午才能到 2点以后\n4) "
		"郑七巧 "
		"138****0000\n5.\n6. 王八达 去不了了\n",
		"1 doubtful 李四海, reason 8", "2 add 吴六顺; 下午才能到 2点以后 x2", "3 add 郑七巧",
		"4 left out , reason 1", "5 left out 王八达; 去不了了, reason 2");
	assert_preview(w, call,
		"「小区管家: #接龙 送菜…」\n- - - - - - - - - - - - - - -\n#Group Note\nVegetables to the 2nd floor, "
		"Sunday 8:30\n1. 蒋安\n2. 沈宁 2-301\n3. 蒋安 (4-102)\n",
		"1 doubtful 蒋安, reason 7", "2 add 沈宁; 2-301", "3 doubtful 蒋安; (4-102), reason 7");
	assert_chain(w, call, NULL);
}

static void
forks_are_put_together_and_the_same_text_adds_nothing(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "楼道消杀"));
	static const char forks[] = "#接龙 楼道消杀\n1. 冯九如\n2. 陈十全\n3. 褚百川 上午\n"
				    "#接龙 楼道消杀\n1. 冯九如\n2. 陈十全\n3. 卫千里 2人\n";
	Answer *answer;

	resident(w, "feng", "冯九如");
	expect(resident(w, "chen10", "陈十全"), to_join(call), "OK", "");
	assert_preview(w, call, forks, "1 add sure 冯九如", "2 present sure 陈十全 #1", "3 add 褚百川; 上午",
		"4 add 卫千里 x2 vanishing");
	answer = ask(person(w, "worker"), to_preview(call, forks, 0, 200));
	assert_int_equal(answer->chat_preview->copies, 2);
	assert_int_equal(answer->chat_preview->vanishing, 1);
	assert_false(answer->chat_preview->other_title);
	assert_string_equal(answer->chat_preview->call, call);
	free_answer(answer);
	assert_int_equal(add_all(w, call, forks), 3);
	assert_chain(w, call, "1 陈十全 confirmed", "2 冯九如 confirmed", "3 褚百川 confirmed", "4 卫千里 confirmed");
	assert_int_equal(add_all(w, call, forks), 0);
	/* The group goes on with what it has; who was signed up is asked about no more. */
	assert_preview(w, call, "#接龙 楼道消杀\n1. 冯九如\n2. 卫千里（取消）\n3. 沈宁\n", "1 present sure 冯九如 #2",
		"2 withdraw 卫千里 #4", "3 add 沈宁");
	assert_chain(w, call, "1 陈十全 confirmed", "2 冯九如 confirmed", "3 褚百川 confirmed", "4 卫千里 confirmed");
}

static void
hostile_text_is_refused_or_is_text(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "守夜"));
	struct caller *worker = person(w, "worker");
	static char text[32768];
	size_t len = 0;

	assert_preview(w, call,
		"#接龙 守夜\n1. =cmd()|'/C calc'!A0\n2. <b>王</b>\n3. \x1b[31m周\x07末\xe2\x80\xae\n4. 刘一 "
		"13812345678\n",
		"1 add =cmd; '/C calc'!A0", "2 add <b>王<; b>", "3 doubtful ; [31m周末, reason 4", "4 add 刘一");
	expect(worker, to_preview(call, "#接龙\n1. 王\xff芳\n", 0, 200), "BAD_REQUEST", "text");
	expect(worker, to_preview(call, "", 0, 200), "BAD_REQUEST", "text");
	expect(worker, to_preview(call, "今天天气不错", 0, 200), "BAD_REQUEST", "text.chain");
	while (len < 15001)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "王");
	expect(worker, to_preview(call, text, 0, 200), "BAD_REQUEST", "text");
	for (unsigned i = len = 0; i < 1001; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u.\n", i % 900 + 1);
	expect(worker, to_preview(call, text, 0, 200), "BAD_REQUEST", "text.lines");
	assert_chain(w, call, NULL);
}

/* The longest text there may be, with an entry that says who it is in each line. */
static void
long_text_comes_in_pages(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "守夜"));
	static char text[32768];
	size_t len = (size_t)snprintf(text, sizeof(text), "#接龙 守夜\n");
	uint32_t count = 0, lines = 0, pages = 0;
	bool more = true;

	while (len < 14950 && lines < 900) {
		lines++;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%u.甲%u\n", lines % 1000, lines);
	}
	for (; more; pages++) {
		Answer *answer = ask(person(w, "worker"), to_preview(call, text, count, 200));
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		for (size_t i = 0; i < answer->chat_preview->n_entries; i++)
			assert_int_equal(answer->chat_preview->entries[i]->position, ++count);
		more = answer->chat_preview->more;
		free_answer(answer);
	}
	assert_int_equal(count, lines);
	assert_true(pages > 2);
}

static void
preview_is_for_the_author_of_an_open_call(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "守夜"));
	static const char text[] = "#接龙 守夜\n1. 李梅\n";

	expect(resident(w, "wang", "王芳"), to_preview(call, text, 0, 200), "FORBIDDEN", "call");
	expect(person(w, "nobody"), to_preview(call, text, 0, 200), "FORBIDDEN", "call");
	expect(person(w, "worker"), to_preview("14.999999", text, 0, 200), "NOT_FOUND", "call");
	expect(person(w, "worker"), to_preview(call, text, 0, 200), "OK", "");
	close_call(w, call);
	expect(person(w, "worker"), to_preview(call, text, 0, 200), "NOT_FOUND", "call");
}

static void
call_is_found_by_its_code(void **state)
{
	struct world *w = *state;
	const char *call = post(w, to_post(.place = GRID_A, .title = "守夜"));
	const char *other = post(w, to_post(.place = GRID_A, .title = "送菜"));
	const char *text = say("#接龙\n改过的标题\n\n1. 周末\n\n呼号 %s\n", code_of(call));

	assert_preview(w, "", text, "1 add 周末");
	assert_preview(w, call, text, "1 add 周末");
	expect(person(w, "worker"), to_preview(other, text, 0, 200), "BAD_REQUEST", "text.call");
	expect(person(w, "worker"), to_preview("", "#接龙 守夜\n1. 李梅\n", 0, 200), "BAD_REQUEST", "call");
}

static void
in_a_call_with_shifts_one_is_named(void **state)
{
	struct world *w = *state;
	Gridvanguard__V1__Slot slots[2] = {GRIDVANGUARD__V1__SLOT__INIT, GRIDVANGUARD__V1__SLOT__INIT};
	Gridvanguard__V1__Slot *list[] = {&slots[0], &slots[1]};
	Request *request = to_post(.place = GRID_A, .title = "值班");
	static const char text[] = "#接龙 值班\n1. 王芳\n";
	const char *call;

	slots[0].label = UNCONST("早班");
	slots[1].label = UNCONST("晚班");
	request->call_post->n_slots = 2;
	request->call_post->slots = list;
	call = post(w, request);
	request = to_join(call);
	request->chain_join->slot = 2;
	expect(resident(w, "wang", "王芳"), request, "OK", "");
	assert_non_null(strstr(print(person(w, "wang"), call), "\n1. 王芳 晚班\n"));
	expect(person(w, "worker"), to_preview(call, text, 0, 200), "BAD_REQUEST", "slot");
	for (uint32_t slot = 1; slot <= 3; slot++) {
		Answer *answer;
		request = to_preview(call, text, 0, 200);
		request->chat_preview->slot = slot;
		answer = ask(person(w, "worker"), request);
		if (slot == 3)
			assert_string_equal(answer->field, "slot");
		else
			assert_string_equal(entry_text(answer->chat_preview->entries[0]),
				slot == 1 ? "1 add sure 王芳" : "1 present sure 王芳 #1");
		free_answer(answer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(chain_is_printed_as_its_group_goes_on_with_it),
		shared(names_are_printed_as_the_call_shows_them),
		shared(what_is_printed_comes_back_as_there_already),
		shared(samples_are_read_as_people_mean_them),
		shared(forks_are_put_together_and_the_same_text_adds_nothing),
		shared(hostile_text_is_refused_or_is_text),
		shared(long_text_comes_in_pages),
		shared(preview_is_for_the_author_of_an_open_call),
		shared(call_is_found_by_its_code),
		shared(in_a_call_with_shifts_one_is_named),
		shared(chain_that_is_no_groups_is_not_printed),
	};

	return run_in_worlds(tests);
}
