/* gridctl_chat.c - a chain as its WeChat group has it, at a terminal: printed, previewed, and signed up once that is
 * confirmed. */
#include <stdio.h>
#include <string.h>

#include "call_code.h"
#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

#define FORK_ONE "#接龙 发放抗原试剂\n1. an\n2. 春天花花 2人\n"
#define FORK_TWO "#接龙 发放抗原试剂\n1. an\n2. bo 3号楼\n3. 蒋安\n4. 蒋安 (4-102)\n"

/* A file with that text, in the world's folder. */
static const char *
file_of(struct world *w, const char *name, const char *text)
{
	const char *path = say("%s/%s", w->folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

static const char *
code_of(const char *call)
{
	char code[CALL_CODE_TEXT];
	struct id id;

	assert_true(id_parse(&id, text_of(call)));
	return say("%s", call_code_print(code, id));
}

/* Who signs others up must be registered. */
static const char *
post(struct world *w)
{
	member(w, "worker");
	return gridctl_post(w, "--need", "1");
}

static void
the_chain_is_printed_in_either_language(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *code = code_of(call);
	json_t *result;

	join(w, call, "an", "bo");
	assert_gridctl(w, "worker", 0, say("#接龙\n发放抗原试剂\n\n1. an\n2. bo\n\n呼号 %s\n", code), "chain", "text",
		call, "--lang", "zh");
	assert_gridctl(w, "an", 0, say("#Group Note\n发放抗原试剂\n\n1. an\n2. bo\n\ncall code %s\n", code), "chain",
		"text", call);
	result = gridctl_json(w, "an", "chain", "text", call);
	assert_string_equal(json_string_value(json_object_get(result, "code")), code);
	json_decref(result);
	assert_gridctl(w, "an", 1, "'14.999999': there is no such open call", "chain", "text", "14.999999");
}

static void
a_call_may_be_named_by_its_code(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *code = code_of(call);

	member(w, "an");
	assert_gridctl(w, "an", 0, "you are number 1, confirmed\n", "join", code);
	assert_gridctl(w, "an", 0, code, "chain", "text", code);
	assert_gridctl(w, "an", 0, say("%s  发放抗原试剂\n", call), "call", "show", code);
}

static void
a_paste_is_previewed_and_done_only_when_confirmed(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *one, *two;
	struct ended ended;

	member(w, "bo");
	join(w, call, "an");
	one = file_of(w, "one", FORK_ONE);
	two = file_of(w, "two", FORK_TWO);
	ended = gridctl(w, "worker", "chain", "paste", call, one, two);
	assert_ended(&ended, 0, say("call %s: 发放抗原试剂\n   1. an\n      there already, number 1\n", call));
	assert_ended(&ended, 0, "   2. 春天花花 2人\n      add 春天花花, without an account, 2 people\n");
	assert_ended(&ended, 0, "   3. bo 3号楼\n      add bo, a member, remark: 3号楼 (was about to vanish)\n");
	assert_ended(&ended, 0, "   4. 蒋安\n      doubtful: another entry has the same name\n");
	assert_ended(&ended, 0,
		"\n2 to add, 1 there already, 2 doubtful, 0 left out; one to add was about to vanish (2 copies)\n");
	assert_ended(&ended, 0, say("signed up by: gridctl join %s --for PERSON, or --name NAME\n", call));
	assert_ended(&ended, 0, "nothing was done; with --yes it is\n");
	assert_chain(w, call, "1 an confirmed");

	ended = gridctl(w, "worker", "chain", "paste", call, one, two, "--yes");
	assert_ended(&ended, 0, "\n   2. 春天花花: confirmed\n   3. bo: confirmed\n");
	assert_chain(w, call, "1 an confirmed", "2 春天花花 confirmed", "3 bo confirmed");
	assert_gridctl(w, "worker", 0, "\n0 to add, 3 there already, 2 doubtful, 0 left out", "chain", "paste", call,
		one, two, "--yes");
	assert_gridctl(w, "worker", 0, "可报名 0，已有 3，存疑 2，不计入 0\n", "chain", "paste", call, one, two,
		"--yes", "--lang", "zh");
	assert_chain(w, call, "1 an confirmed", "2 春天花花 confirmed", "3 bo confirmed");
}

/* As Windows saves it, and as it comes from nowhere. */
static void
other_encodings_are_read_and_said(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *line;
	/* "1. 周末" in GBK. */
	const char *file = file_of(w, "gbk", "#\xbd\xd3\xc1\xfa\n\n1. \xd6\xdc\xc4\xa9\n");
	struct ended ended;

	assert_gridctl(w, "worker", 0, "the text is not UTF-8: read as GB18030\n", "chain", "paste", call, file);
	assert_gridctl(w, "worker", 0, "      add 周末, without an account\n", "chain", "paste", call, file);
	line = say("'%s' chain paste %s --data '%s' --as worker --lang en <&-", gridctl_binary(), call, w->folder);
	ended = run_program((const char *const[]){"/bin/sh", "-c", line, NULL});
	assert_ended(&ended, 5, "the text is empty\n");
}

/* One Ctrl-D ends it, which is what `script` sends at the end of what it is given. */
static void
at_a_terminal_one_is_told_to_paste(void **state)
{
	struct world *w = *state;
	const char *call = post(w);
	const char *line =
		say("'%s' chain paste %s --data '%s' --as worker --lang en --json", gridctl_binary(), call, w->folder);
	struct ended ended = run_program((const char *const[]){"/bin/sh", "-c",
		say("printf '#接龙 发放抗原试剂\\n1. 周末\\n' | script -qec \"%s\" /dev/null", line), NULL});

	assert_ended(&ended, 0, "paste the text, then Ctrl-D");
	assert_ended(&ended, 0, "周末");
}

static void
a_changed_number_of_people_is_said(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file = file_of(w, "count", "#接龙 发放抗原试剂\n1. an 5人\n");

	join(w, call, "an");
	assert_gridctl(w, "worker", 0, "doubtful: number 1 has 1, the text says 5\n", "chain", "paste", call, file);
	assert_gridctl(
		w, "worker", 0, "存疑：第 1 号已有 1 人，文字写 5 人\n", "chain", "paste", call, file, "--lang", "zh");
}

static void
a_paste_comes_from_standard_input_too(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file = file_of(w, "input", "#接龙 发放抗原试剂\n1. 周末\n");
	const char *line = say(
		"'%s' chain paste %s --data '%s' --as worker --lang en <'%s'", gridctl_binary(), call, w->folder, file);
	struct ended ended = run_program((const char *const[]){"/bin/sh", "-c", line, NULL});

	assert_ended(&ended, 0, "   1. 周末\n      add 周末, without an account\n");
	assert_ended(&ended, 0, "nothing was done; with --yes it is\n");
	assert_chain(w, call, NULL);
}

/* The text comes from a file, or from standard input while the question goes to the terminal. */
static void
at_a_terminal_one_is_asked(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file = file_of(w, "asked", "#接龙 发放抗原试剂\n1. 周末\n");
	const char *line = say(
		"'%s' chain paste %s --data '%s' --as worker --lang en <'%s'", gridctl_binary(), call, w->folder, file);
	struct ended ended;

	ended = run_program(
		(const char *const[]){"/bin/sh", "-c", say("echo n | script -qec \"%s\" /dev/null", line), NULL});
	assert_ended(&ended, 0, "do these 1? [y/N] ");
	assert_ended(&ended, 0, "nothing was done; with --yes it is");
	assert_chain(w, call, NULL);
	ended = run_program(
		(const char *const[]){"/bin/sh", "-c", say("echo y | script -qec \"%s\" /dev/null", line), NULL});
	assert_ended(&ended, 0, "   1. 周末: confirmed");
	assert_chain(w, call, "1 周末 confirmed");
}

static void
who_says_that_he_does_not_come_is_struck_where_that_is_asked_for(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file;

	join(w, call, "an", "bo");
	file = file_of(w, "cancelled", "#接龙 发放抗原试剂\n1. an（取消）\n2. bo\n");
	assert_gridctl(w, "worker", 0, "   1. an（取消）\n      does not come: withdraw number 1\n", "chain", "paste",
		call, file, "--yes");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	assert_gridctl(
		w, "worker", 0, "line 1 is struck through\n", "chain", "paste", call, file, "--yes", "--withdraw");
	assert_chain(w, call, "1 an struck", "2 bo confirmed");
	assert_gridctl(w, "worker", 0, "says that he does not come, and has no line\n", "chain", "paste", call, file,
		"--yes", "--withdraw");
}

static void
who_cannot_come_at_that_time_keeps_nobody_away(void **state)
{
	struct world *w = *state;
	const char *other, *call, *file;

	member(w, "worker");
	other = gridctl_post(w, "--starts", "2030-04-12 19:00", "--ends", "2030-04-12 20:00");
	call = gridctl_post(w, "--starts", "2030-04-12 19:30", "--ends", "2030-04-12 21:00");
	join(w, other, "an");
	file = file_of(w, "clash", "#接龙 发放抗原试剂\n1. an\n2. 周末\n");
	assert_gridctl(w, "worker", 1, "gridctl: entry 1, an:\n", "chain", "paste", call, file, "--yes");
	assert_chain(w, call, "1 周末 confirmed");
	assert_gridctl(w, "worker", 1, "[CLASH]", "chain", "paste", call, file, "--yes");
}

static void
the_call_is_found_by_the_code_in_the_text(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file;

	file = file_of(w, "coded", say("#接龙\n新的标题\n\n1. 周末\n\n呼号 %s\n", code_of(call)));
	assert_gridctl(w, "worker", 0,
		say("call %s: 发放抗原试剂\n  warning: the text has another title: 新的标题: is it this call?\n", call),
		"chain", "paste", file, "--yes");
	assert_chain(w, call, "1 周末 confirmed");
	assert_gridctl(w, "worker", 2, "name the call too", "chain", "paste", file, "--slot", "1");
	file = file_of(w, "uncoded", "#接龙\n新的标题\n\n1. 周末\n");
	assert_gridctl(w, "worker", 1, "name the call: its code is not in the text", "chain", "paste", file);
	assert_gridctl(w, "worker", 0, "the text has another title: 新的标题: is it this call?\n", "chain", "paste",
		call, file);
	assert_gridctl(w, "worker", 0, "注意：文字的标题不同：新的标题：确定是这个召集吗？\n", "chain", "paste", call,
		file, "--lang", "zh");
	file = file_of(w, "untitled", "1. 周末\n");
	assert_gridctl(w, "worker", 0, "the text has no title", "chain", "paste", call, file);
	assert_gridctl(w, "worker", 0, say("call %s: 发放抗原试剂\n   1. 周末", call), "chain", "paste", call,
		file_of(w, "same", "#接龙 发放抗原试剂。\n1. 周末\n"));
}

static void
programs_get_the_preview_and_each_answer(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file = file_of(w, "json", "#接龙 发放抗原试剂\n1. 周末\n2. =SUM\n");
	json_t *preview = gridctl_json(w, "worker", "chain", "paste", call, file, "--yes"), *answer;
	json_t *entry = json_array_get(json_object_get(preview, "entries"), 0);

	assert_string_equal(json_string_value(json_object_get(entry, "action")), "ADD");
	assert_string_equal(json_string_value(json_object_get(entry, "name")), "周末");
	json_decref(preview);
	assert_chain(w, call, "1 周末 confirmed", "2 =SUM confirmed");
	file = file_of(w, "json", "#接龙 发放抗原试剂\n1. 周日\n");
	answer = gridctl_json_row(w, "worker", 1, "chain", "paste", call, file, "--yes");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "chain_join"), "number")), 3);
	json_decref(answer);
}

static void
a_paste_that_cannot_be_is_refused(void **state)
{
	struct world *w = *state;
	const char *call = post(w), *file = file_of(w, "plain", "#接龙 发放抗原试剂\n1. 周末\n");
	static char text[15002];

	assert_gridctl(w, "an", 1, "only who posted it may do that", "chain", "paste", call, file, "--yes");
	assert_gridctl(w, "worker", 5, "/none: No such file", "chain", "paste", call, say("%s/none", w->folder));
	assert_gridctl(w, "worker", 5, "the text is empty\n", "chain", "paste", call, "/dev/null");
	assert_gridctl(w, "worker", 5, "the text is not UTF-8\n", "chain", "paste", call,
		file_of(w, "bytes", "1. \xff\xff\n"));
	assert_gridctl(w, "worker", 1, "there is no chain (#接龙) in it", "chain", "paste", call,
		file_of(w, "talk", "今天天气不错"));
	memset(text, 'a', sizeof(text) - 1);
	assert_gridctl(w, "worker", 5, "longer than 15000 bytes: paste one copy after the other\n", "chain", "paste",
		call, file_of(w, "long", text));
	close_call(w, call);
	assert_gridctl(w, "worker", 1, "there is no such open call", "chain", "paste", call, file, "--yes");
	assert_chain(w, call, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(the_chain_is_printed_in_either_language),
		shared(a_call_may_be_named_by_its_code),
		shared(a_paste_is_previewed_and_done_only_when_confirmed),
		shared(other_encodings_are_read_and_said),
		shared(at_a_terminal_one_is_told_to_paste),
		shared(a_changed_number_of_people_is_said),
		shared(a_paste_comes_from_standard_input_too),
		shared(at_a_terminal_one_is_asked),
		shared(who_says_that_he_does_not_come_is_struck_where_that_is_asked_for),
		shared(who_cannot_come_at_that_time_keeps_nobody_away),
		shared(the_call_is_found_by_the_code_in_the_text),
		shared(programs_get_the_preview_and_each_answer),
		shared(a_paste_that_cannot_be_is_refused),
	};

	return run_in_worlds(tests);
}
