/* gridctl_chain.c - lines of a chain at a terminal: signed up, struck, confirmed, checked in and out. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* The person's id. */
static const char *
id_of(struct world *w, const char *handle)
{
	return caller_person(member(w, handle));
}

/* Joining. */

static void
one_is_told_number_state_and_how_many_are_ahead(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1");
	json_t *result;

	member(w, "an");
	member(w, "bo");
	member(w, "chen");
	member(w, "ding");
	assert_gridctl(w, "an", 0, "you are number 1, confirmed\n", "join", call);
	assert_gridctl(w, "bo", 0, "您是第 2 号，候补，排在第一位\n", "join", call, "--lang", "zh");
	assert_gridctl(w, "chen", 0, "you are number 3, waiting, 1 ahead\n", "join", call);
	assert_gridctl(w, "chen", 1, "you are number 3 already, waiting, 1 ahead\n", "join", call);
	assert_gridctl(w, "chen", 1, "您已是第 3 号，候补，前面还有 1 个\n", "join", call, "--lang", "zh");
	result = gridctl_json(w, "ding", "join", call);
	assert_int_equal(json_integer_value(json_object_get(result, "number")), 4);
	assert_string_equal(json_string_value(json_object_get(result, "state")), "WAITING");
	assert_int_equal(json_integer_value(json_object_get(result, "ahead")), 2);
	json_decref(result);
	assert_gridctl(w, "nobody", 1, "report to your grid first", "join", call);
}

static void
line_may_bring_people_a_remark_and_answers(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--question", "*尺码: S/M/L", "--question", "几个人: number");
	struct ended ended;

	member(w, "an");
	ended = gridctl(w, "an", "join", call);
	assert_ended(&ended, 1, "gridctl: --answer 1 is for: 尺码: S/M/L (required)\n");
	assert_ended(&ended, 1, "gridctl: --answer 2 is for: 几个人: a number\n");
	assert_ended(&ended, 1,
		"gridctl: --answer 1: as the question asks, at most 200 characters, in one line [BAD_REQUEST]");
	assert_gridctl(w, "an", 1, "第 1 个 --answer 回答：尺码: S/M/L（必答）", "join", call, "--answer", "XL",
		"--lang", "zh");
	assert_gridctl(
		w, "an", 2, "gridctl: --people: '21' is not a number from 1 to 20", "join", call, "--people", "21");
	assert_gridctl(w, "an", 0, "number 1, confirmed", "join", call, "--answer", "M", "--answer", "2", "--people",
		"3", "--remark", "晚到");
	ended = gridctl(w, "worker", "call", "show", call);
	assert_ended(&ended, 0, "confirmed  3 people\n        remark: 晚到\n        尺码: M\n        几个人: 2\n");
	assert_gridctl(w, "worker", 0, "        备注：晚到\n        尺码：M\n", "call", "show", call, "--lang", "zh");
	ended = gridctl(w, "bo", "call", "show", call);
	assert_null(strstr(ended.said, "晚到"));
}

static void
one_may_sign_up_for_others(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "9");

	member(w, "an");
	assert_gridctl(w, "an", 0, "it is number 1, confirmed", "join", call, "--for", id_of(w, "bo"));
	assert_gridctl(w, "an", 0, "报名为第 2 号，已确认", "join", call, "--name", "老李", "--lang", "zh");
	assert_gridctl(w, "an", 1, "it is number 1 already", "join", call, "--for", id_of(w, "bo"));
	assert_gridctl(w, "an", 1, "gridctl: --walk-up: only who posted the call may do that [FORBIDDEN]", "join", call,
		"--name", "路人", "--walk-up");
	member(w, "worker");
	assert_gridctl(w, "worker", 0, "it is number 3, confirmed", "join", call, "--name", "路人", "--walk-up");
	assert_gridctl(w, "worker", 0, say("confirmed  signed up by %s", id_of(w, "an")), "call", "show", call);
	assert_gridctl(w, "worker", 0, "confirmed  signed up by", "call", "show", call);
	assert_chain(w, call, "1 bo confirmed", "2 老李 confirmed", "3 路人 confirmed");
	assert_gridctl(w, "an", 0, "you are number 4, confirmed", "join", call); /* whose name is in the chain now */
	assert_gridctl(w, "worker", 0, say("signed up by an (%s)", id_of(w, "an")), "call", "show", call);
	assert_gridctl(w, "worker", 0, say("由 an（%s） 代报", id_of(w, "an")), "call", "show", call, "--lang", "zh");
}

static void
shift_is_named_by_number_or_label(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--slot", "早班 limit 1", "--slot", "晚班");

	member(w, "an");
	assert_gridctl(w, "an", 1, "gridctl: --slot 1: 早班\ngridctl: --slot 2: 晚班\n", "join", call);
	assert_gridctl(w, "an", 2, "no slot '夜班'; it has: 1 早班, 2 晚班", "join", call, "--slot", "夜班");
	assert_gridctl(w, "an", 2, "没有班次“3”；现有：1 早班，2 晚班", "join", call, "--slot", "3", "--lang", "zh");
	assert_gridctl(w, "an", 0, "number 1, confirmed", "join", call, "--slot", "晚班");
	assert_gridctl(w, "an", 0, "number 2, confirmed", "join", call, "--slot", "1");
	assert_gridctl(w, "an", 2, "several lines", "withdraw", call);
	assert_gridctl(w, "an", 0, "your line 1 is struck through", "withdraw", call, "--slot", "晚班");
	assert_gridctl(
		w, "an", 0, "您的第 2 号已退出", "withdraw", call, "--lang", "zh"); /* the only one that is left */
	assert_gridctl(w, "an", 1, "[NOT_FOUND]", "withdraw", call);
}

static void
clash_is_said_and_may_be_overridden(void **state)
{
	struct world *w = *state;
	const char *call =
		gridctl_post(w, "--slot", "甲 2030-04-13 08:00-12:00", "--slot", "乙 2030-04-13 11:00-13:00");

	member(w, "an");
	assert_gridctl(w, "an", 0, "number 1", "join", call, "--slot", "甲");
	assert_gridctl(w, "an", 1,
		"add --despite-clash\ngridctl: --slot: another shift of yours is at the same time [CLASH]", "join",
		call, "--slot", "乙");
	assert_gridctl(w, "an", 1, "仍要报名，请加 --despite-clash", "join", call, "--slot", "乙", "--lang", "zh");
	assert_gridctl(w, "an", 0, "number 2", "join", call, "--slot", "乙", "--despite-clash");
}

/* Withdrawing and confirming. */

static void
author_strikes_any_line(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1");
	json_t *result;

	join(w, call, "an", "bo");
	assert_gridctl(w, "bo", 1, "gridctl: --number: it is another's: only he, who signed him up", "withdraw", call,
		"--number", "1");
	assert_gridctl(w, "worker", 0, "line 1 is struck through\n", "withdraw", call, "--number", "1");
	assert_chain(w, call, "1 an struck", "2 bo confirmed");
	result = gridctl_json(w, "bo", "withdraw", call);
	assert_int_equal(json_integer_value(json_object_get(result, "number")), 2);
	json_decref(result);
	assert_gridctl(w, "worker", 2, "--number: '0'", "withdraw", call, "--number", "0");
}

static void
offered_place_is_confirmed(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1", "--window", "30");

	join(w, call, "an", "bo");
	assert_gridctl(w, "bo", 1, "[ALREADY]", "confirm", call);
	withdraw(w, call, "an");
	assert_gridctl(w, "bo", 0, "offered  to be confirmed before ", "call", "show", call);
	assert_gridctl(w, "bo", 0, "待确认  须在 ", "call", "show", call, "--lang", "zh");
	assert_gridctl(w, "bo", 0, "已确认名额", "confirm", call, "--lang", "zh");
	assert_chain(w, call, "1 an struck", "2 bo confirmed");
}

/* At the door. */

static void
hours_are_granted_as_the_call_says(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--grant", "150");

	join(w, call, "an", "bo");
	assert_gridctl(w, "an", 1, "it takes the code at the door, or the author", "check", "in", call);
	assert_gridctl(w, "worker", 0, "number 1 is checked in\n", "check", "in", call, "--number", "1");
	assert_gridctl(w, "worker", 1, "[ALREADY]", "check", "in", call, "--number", "1");
	assert_gridctl(w, "worker", 0, "number 1 is checked out: 2 h 30 min granted, as the call says\n", "check",
		"out", call, "--number", "1");
	assert_gridctl(w, "an", 0, "  in ", "call", "show", call);
	assert_gridctl(w, "an", 0, ", 2 h 30 min granted\n", "call", "show", call);
	assert_gridctl(w, "worker", 1, "it was not checked in", "check", "out", call, "--number", "2");
}

static void
hours_are_granted_as_measured(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "5");
	json_t *result;

	join(w, call, "an", "bo");
	assert_gridctl(w, "worker", 0, "第 1 号已签到\n", "check", "in", call, "--number", "1", "--lang", "zh");
	assert_gridctl(w, "worker", 0, "第 1 号已签退，认定服务时长 30 分钟，实际 0 分钟，按半小时进位，最少 30 分钟",
		"check", "out", call, "--number", "1", "--lang", "zh");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", call, "--number", "2");
	result = gridctl_json(w, "worker", "check", "out", call, "--number", "2");
	assert_int_equal(json_integer_value(json_object_get(result, "number")), 2);
	assert_int_equal(json_integer_value(json_object_get(result, "granted_minutes")), 30);
	json_decref(result);
}

/* In small letters, and with O for the zeros, as it may be copied by hand. */
static const char *
copied_by_hand(const char *code)
{
	char *copy = say("%s", code);

	for (char *c = copy; *c; c++)
		*c = *c == '0' ? 'o' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return copy;
}

static void
people_check_themselves_in_by_the_code_at_the_door(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "5"), *code;
	json_t *result;

	join(w, call, "an", "bo");
	assert_gridctl(w, "an", 1, "': only who posted it may do that; or there is no such call [FORBIDDEN]", "call",
		"code", call);
	result = gridctl_json(w, "worker", "call", "code", call);
	code = say("%s", json_string_value(json_object_get(result, "code")));
	assert_int_equal(strlen(code), 10);
	assert_true(json_integer_value(json_object_get(result, "until_ms")) > 0);
	json_decref(result);
	assert_gridctl(w, "an", 1, "the code is wrong or too old", "check", "in", call, "--code", "0000000000");
	assert_gridctl(w, "an", 1, "签到码有误或已过期", "check", "in", call, "--code", "1", "--lang", "zh");
	assert_gridctl(w, "an", 0, "number 1 is checked in", "check", "in", call, "--code", copied_by_hand(code));
	assert_gridctl(w, "bo", 0, "number 2 is checked in", "check", "in", call, "--code", say("%s:%s", call, code));
	assert_gridctl(w, "an", 0, "number 1 is checked out", "check", "out", call, "--code", code);
}

static void
code_is_drawn_for_cameras(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "5");
	struct ended ended = gridctl(w, "worker", "call", "code", call);
	size_t rows = 0;

	assert_ended(&ended, 0, say("%s  code ", call));
	assert_ended(&ended, 0, ", good until ");
	for (const char *at = strchr(ended.said, '\n') + 1; *at; at = strchr(at, '\n') + 1)
		rows++;
	assert_true(rows >= 13); /* 21 squares and the margin, two a row */
	assert_ended(&ended, 0, "██ ▄▄▄▄▄ █");
	assert_gridctl(w, "worker", 0, say("%s  签到码 ", call), "call", "code", call, "--lang", "zh");
}

static void
code_that_is_watched_is_shown_until_interrupted(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "5");
	pid_t pid = gridctl_start(w, "worker", "door", "call", "code", call, "--watch");
	int status;

	gridctl_says(w, "door", "good until");
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(kill(pid, SIGINT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(exit_of(status), 128 + SIGINT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(one_is_told_number_state_and_how_many_are_ahead),
		shared(line_may_bring_people_a_remark_and_answers),
		shared(one_may_sign_up_for_others),
		shared(shift_is_named_by_number_or_label),
		shared(clash_is_said_and_may_be_overridden),
		shared(author_strikes_any_line),
		shared(offered_place_is_confirmed),
		shared(hours_are_granted_as_the_call_says),
		shared(hours_are_granted_as_measured),
		shared(people_check_themselves_in_by_the_code_at_the_door),
		shared(code_is_drawn_for_cameras),
		shared(code_that_is_watched_is_shown_until_interrupted),
	};

	return run_in_worlds(tests);
}
