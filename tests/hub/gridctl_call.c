/* gridctl_call.c - calls at a terminal: posted, looked at, changed, ended, and posted again. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* A field of a call as `call show --json` has it, as JSON in one line. */
static const char *
field_of(struct world *w, const char *call, const char *field)
{
	json_t *shown = gridctl_json(w, "worker", "call", "show", call);
	json_t *value = json_object_get(shown, field);
	char *text;
	const char *said;

	assert_non_null(value);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	said = say("%s", text);
	free(text);
	json_decref(shown);
	return said;
}

/* A part of a slot, question and so on: "slots", 0, "label". */
static json_t *
item_of(json_t *call, const char *list, size_t index)
{
	json_t *item = json_array_get(json_object_get(call, list), index);

	assert_non_null(item);
	return item;
}

/* Posting. */

static void
call_is_posted_with_all_it_can_have(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--body", "第一行\n第二行", "--meeting", "大院", "--bring", "手套",
		"--names", "family", "--grant", "120", "--window", "30", "--need", "2", "--limit", "3", "--starts",
		"2030-04-13 08:00", "--ends", "12:00", "--question", "*尺码: S/M/L", "--question", "有车吗");
	struct ended shown;

	assert_string_equal(field_of(w, call, "names"), "\"FAMILY\"");
	assert_string_equal(field_of(w, call, "starts_ms"), "1902268800000"); /* 2030-04-13 08:00 in China */
	assert_string_equal(field_of(w, call, "ends_ms"), "1902283200000");
	assert_string_equal(field_of(w, call, "questions"),
		"[{\"kind\":\"CHOICE\",\"required\":true,\"label\":\"尺码\",\"choices\":[\"S\",\"M\",\"L\"]},"
		"{\"kind\":\"TEXT\",\"required\":false,\"label\":\"有车吗\",\"choices\":[]}]");
	shown = gridctl(w, "an", "call", "show", call);
	assert_ended(&shown, 0, "      第一行\n      第二行\n      meet: 大院\n      when: 2030-04-13 08:00–12:00\n");
	assert_ended(&shown, 0, "      bring: 手套\n      others see family names only\n");
	assert_ended(
		&shown, 0, "      an offered place is to be confirmed within 30 min\n      2 h of service granted");
	assert_ended(&shown, 0, "      question 1  尺码 (S/M/L, required)\n      question 2  有车吗 (text)\n");
	assert_ended(&shown, 0, "      0 signed up of at most 3, 2 needed\n");
	shown = gridctl(w, "an", "call", "show", call, "--lang", "zh");
	assert_ended(&shown, 0, "      集合：大院\n      时间：2030-04-13 08:00–12:00\n");
	assert_ended(&shown, 0, "      携带：手套\n      他人只看到姓氏\n      递补名额须在 30 分钟 内确认\n");
	assert_ended(&shown, 0, "      问题 1  尺码（S/M/L，必答）\n");
}

/* The ways a hurried worker may write a shift, and what it comes to. */
static void
shift_is_typed_in_one_line(void **state)
{
	static const struct {
		const char *typed, *label;
		const char *times; /* "starts ends", in minutes of that day in China; "" for none */
		uint32_t need, limit;
	} cases[] = {
		{"早班 2030-04-13 08:00-12:00 need 3 limit 5", "早班", "480 720", 3, 5},
		{"早班 2030-04-13 8:00-12:00", "早班", "480 720", 0, 0},
		{"早班，2030-04-13，8：00至12：00，限5人，需3人", "早班", "480 720", 3, 5},
		{"Early shift, limit=5, 2030-04-13 08:00 - 12:00", "Early shift", "480 720", 0, 5},
		{"夜班 2030-04-13 20:00-06:00 最多 2", "夜班", "1200 1800", 0, 2},
		{"夜班 2030-04-13 20:00-24:00", "夜班", "1200 1440", 0, 0},
		{"夜班 2030-04-13 20:00 需要2名", "夜班", "1200", 2, 0},
		{"  2号楼　　限3  ", "2号楼", "", 0, 3},
		{"limited help", "limited help", "", 0, 0},
		{"需要帮手", "需要帮手", "", 0, 0},
	};
	const uint64_t day_ms = 1902240000000; /* 2030-04-13 00:00 in China */
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *call = gridctl_post(w, "--slot", cases[i].typed);
		json_t *shown = gridctl_json(w, "worker", "call", "show", call), *slot = item_of(shown, "slots", 0);
		uint64_t starts_ms = (uint64_t)json_integer_value(json_object_get(slot, "starts_ms"));
		uint64_t ends_ms = (uint64_t)json_integer_value(json_object_get(slot, "ends_ms"));
		const char *times = !starts_ms ? ""
				    : ends_ms  ? say("%llu %llu", (unsigned long long)(starts_ms - day_ms) / 60000,
							 (unsigned long long)(ends_ms - day_ms) / 60000)
					       : say("%llu", (unsigned long long)(starts_ms - day_ms) / 60000);
		assert_string_equal(json_string_value(json_object_get(slot, "label")), cases[i].label);
		assert_string_equal(times, cases[i].times);
		assert_int_equal(json_integer_value(json_object_get(slot, "need")), cases[i].need);
		assert_int_equal(json_integer_value(json_object_get(slot, "limit")), cases[i].limit);
		json_decref(shown);
	}
}

/* A bad flag is named, and nothing is posted. */
static void
bad_flags_are_named(void **state)
{
	static const struct {
		const char *flag, *value, *flaw;
	} cases[] = {
		{"--slot", "早班 25:00-12:00", "gridctl: --slot: '早班 25:00-12:00': a time is written as"},
		{"--slot", "08:00-12:00", "gridctl: --slot: '08:00-12:00': it has no label"},
		{"--slot", "", "gridctl: --slot: '': it has no label"},
		{"--slot", "早班 need", "behind need and limit stands a number"},
		{"--slot", "早班 limit 5 early", "behind the label stand only times"},
		{"--slot", "早班 limit 5 need 6", "gridctl: --slot: 6 are needed, but at most 5 may come"},
		{"--slot", "早班 2030-02-31 08:00", "there is no such day"},
		{"--slot", "早班 2030-04-13", "with a date belongs a time"},
		{"--slot", "3: 早班", "there is no slot of that number"},
		{"--question", "尺码: S", "gridctl: --question: '尺码: S': behind the colon stands"},
		{"--question", "尺码: S//L", "one of the choices is empty"},
		{"--question", "*", "it asks nothing"},
		{"--names", "some", "gridctl: --names: 'some': is none of full, family, none"},
		{"--window", "1441", "gridctl: --window: '1441' is not a number from 0 to 1440"},
		{"--grant", "two", "gridctl: --grant: 'two' is not a number"},
		{"--starts", "soon", "gridctl: --starts: 'soon': is no time"},
		{"--deadline", "2030-02-31 08:00", "gridctl: --deadline: '2030-02-31 08:00': is no time"},
		{"--slots", "x", "gridctl: --slots: no such flag"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_gridctl(w, "worker", 2, cases[i].flaw, "call", "post", GRID_B, "--title", "x", cases[i].flag,
			cases[i].value);
	assert_gridctl(w, "worker", 2, "--title is missing", "call", "post", GRID_B);
	assert_gridctl(w, "worker", 2, "gridctl: --limit: 4 are needed, but at most 3 may come", "call", "post", GRID_B,
		"--title", "x", "--need", "4", "--limit", "3");
	assert_gridctl(w, "worker", 2, "--slot: '早班': two slots have this label", "call", "post", GRID_B, "--title",
		"x", "--slot", "早班 limit 1", "--slot", "早班 limit 2");
	assert_gridctl(w, "worker", 2, "每个班次各有各的", "call", "post", GRID_B, "--title", "x", "--slot", "早班",
		"--limit", "3", "--lang", "zh");
	assert_gridctl(w, "worker", 2, "“早班 25:00”：时间请写成", "call", "post", GRID_B, "--title", "x", "--slot",
		"早班 25:00", "--lang", "zh");
	assert_gridctl(w, "worker", 0, "no open call", "call", "list", GRID_B);
}

/* Editing. */

static void
what_is_not_said_stays_as_it_is(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(
		w, "--body", "内容", "--need", "2", "--limit", "3", "--names", "none", "--question", "有车吗");

	assert_gridctl(w, "worker", 0, "changed: meeting point, limit\n", "call", "edit", call, "--limit", "4",
		"--meeting", "大院");
	assert_string_equal(field_of(w, call, "limit"), "4");
	assert_string_equal(field_of(w, call, "need"), "2");
	assert_string_equal(field_of(w, call, "body"), "\"内容\"");
	assert_string_equal(field_of(w, call, "names"), "\"NONE\"");
	assert_gridctl(w, "worker", 0, "已修改：内容、问题\n", "call", "edit", call, "--body", "", "--question", "",
		"--lang", "zh");
	assert_string_equal(field_of(w, call, "body"), "\"\"");
	assert_string_equal(field_of(w, call, "questions"), "[]");
	assert_gridctl(w, "worker", 2, "say what shall be different", "call", "edit", call);
	assert_gridctl(w, "an", 1, "[FORBIDDEN]", "call", "edit", call, "--limit", "5");
}

static void
shifts_are_changed_by_number_or_label_and_added(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--slot", "早班 2030-04-13 08:00-12:00 limit 2", "--slot", "晚班 limit 1");

	assert_gridctl(w, "worker", 0, "changed: slots", "call", "edit", call, "--slot", "2: 夜班 limit 3", "--slot",
		"早班 09:00-11:00", "--slot", "加班 need 1");
	assert_string_equal(field_of(w, call, "slots"),
		"[{\"label\":\"早班\",\"starts_ms\":1902272400000,\"ends_ms\":1902279600000,\"need\":0,\"limit\":2,"
		"\"confirmed\":0,\"waiting\":0},"
		"{\"label\":\"夜班\",\"starts_ms\":0,\"ends_ms\":0,\"need\":0,\"limit\":3,\"confirmed\":0,\"waiting\":"
		"0},"
		"{\"label\":\"加班\",\"starts_ms\":0,\"ends_ms\":0,\"need\":1,\"limit\":0,\"confirmed\":0,\"waiting\":"
		"0}]");
	assert_gridctl(w, "worker", 2, "no slot of that number", "call", "edit", call, "--slot", "4: limit 2");
}

static void
call_that_changed_meanwhile_is_not_overwritten(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "3");
	json_t *result;

	result = gridctl_json(w, "worker", "call", "edit", call, "--limit", "4", "--seen", "1");
	assert_string_equal(json_string_value(json_array_get(json_object_get(result, "changed"), 0)), "limit");
	json_decref(result);
	assert_gridctl(w, "worker", 1, "--seen: somebody changed it meanwhile: look at it again [CHANGED]", "call",
		"edit", call, "--limit", "5", "--seen", "1");
	assert_gridctl(w, "worker", 1, "期间已被他人修改，请重新查看", "call", "edit", call, "--limit", "5", "--seen",
		"1", "--lang", "zh");
	assert_string_equal(field_of(w, call, "limit"), "4");
}

static void
lower_limit_moves_people_only_if_asked(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "3");

	join(w, call, "an", "bo", "chen");
	assert_gridctl(w, "worker", 1, "--demote", "call", "edit", call, "--limit", "2");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen confirmed");
	assert_gridctl(w, "worker", 0, "changed: limit", "call", "edit", call, "--limit", "2", "--demote");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
}

/* The end, and what comes after. */

static void
call_is_closed_reopened_cancelled_and_thanked_for(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "3");

	join(w, call, "an");
	assert_gridctl(w, "worker", 0, "closed", "call", "close", call);
	assert_gridctl(w, "worker", 2, "--deadline is missing", "call", "reopen", call);
	assert_gridctl(w, "worker", 0, "open again, until ", "call", "reopen", call, "--deadline", "+2h");
	assert_chain(w, call, "1 an confirmed");
	assert_gridctl(w, "worker", 1, "[ALREADY]", "call", "reopen", call, "--deadline", "+2h");
	assert_gridctl(w, "worker", 0, "感谢已送达", "call", "thank", call, "大家辛苦了", "--lang", "zh");
	assert_gridctl(w, "an", 0, "thanks: 大家辛苦了", "call", "show", call);
	assert_gridctl(w, "worker", 2, "--reason is missing", "call", "cancel", call);
	assert_gridctl(w, "worker", 0, "cancelled", "call", "cancel", call, "--reason", "下雨");
	assert_gridctl(w, "an", 0, "取消原因：下雨", "call", "show", call, "--lang", "zh");
	assert_gridctl(w, "worker", 1, "[CLOSED]", "call", "reopen", call, "--deadline", "+2h", "--lang", "zh");
	assert_gridctl(w, "worker", 2, "usage: gridctl call thank CALL TEXT", "call", "thank", call);
}

/* Its times keep their distance from the deadline. */
static void
past_call_is_posted_again(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--body", "内容", "--slot", "早班 2030-04-13 08:00-12:00 need 1 limit 2",
		"--question", "*有车吗", "--names", "family");
	uint64_t was_ms = strtoull(field_of(w, call, "deadline_ms"), NULL, 10), is_ms;
	int64_t moved_ms;
	json_t *result, *shown, *slot;
	const char *next;

	close_call(w, call);
	result = gridctl_json(w, "worker", "call", "repeat", call, "--deadline", "+20h", "--title", "再来一次");
	next = say("%s", json_string_value(json_object_get(result, "call")));
	json_decref(result);
	assert_string_not_equal(next, call);
	shown = gridctl_json(w, "worker", "call", "show", next);
	is_ms = (uint64_t)json_integer_value(json_object_get(shown, "deadline_ms"));
	slot = item_of(shown, "slots", 0);
	moved_ms = (int64_t)json_integer_value(json_object_get(slot, "starts_ms")) - 1902268800000;
	assert_int_equal(moved_ms % 60000, 0);
	assert_true(llabs(moved_ms - (int64_t)(is_ms - was_ms)) <= 30000);
	assert_int_equal(json_integer_value(json_object_get(slot, "ends_ms")) - 1902283200000, moved_ms);
	assert_int_equal(json_integer_value(json_object_get(slot, "limit")), 2);
	assert_string_equal(json_string_value(json_object_get(shown, "title")), "再来一次");
	assert_string_equal(json_string_value(json_object_get(shown, "place")), GRID_A);
	assert_string_equal(json_string_value(json_object_get(item_of(shown, "questions", 0), "label")), "有车吗");
	json_decref(shown);
	assert_gridctl(w, "worker", 2, "--deadline is missing", "call", "repeat", call);
	assert_gridctl(w, "worker", 0, "已发出", "call", "repeat", call, "--deadline", "+1h", "--lang", "zh");
}

/* Templates: what is said again and again is kept for a place, and found by all who post below it. */
static void
call_is_posted_by_a_template(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--body", "内容", "--need", "2", "--limit", "3", "--names", "family",
		"--starts", "2030-04-13 08:00", "--question", "*有车吗");
	json_t *result, *shown;

	assert_gridctl(
		w, "worker", 0, "saved", "template", "save", COMMUNITY, "发试剂", "--call", call, "--limit", "5");
	assert_gridctl(w, "worker", 0, "no templates", "template", "list", DISTRICT);
	assert_gridctl(w, "an", 0, COMMUNITY "        发试剂", "template", "list", GRID_A);

	result = gridctl_json(w, "an", "call", "post", GRID_A, "--template", "发试剂", "--body", "今晚");
	shown = gridctl_json(w, "an", "call", "show", json_string_value(json_object_get(result, "call")));
	assert_string_equal(json_string_value(json_object_get(shown, "place")), GRID_A);
	assert_string_equal(json_string_value(json_object_get(shown, "body")), "今晚");
	assert_int_equal(json_integer_value(json_object_get(shown, "need")), 2);
	assert_int_equal(json_integer_value(json_object_get(shown, "limit")), 5);
	assert_int_equal(json_integer_value(json_object_get(shown, "starts_ms")), 0);
	assert_string_equal(json_string_value(json_object_get(shown, "names")), "FAMILY");
	assert_string_equal(json_string_value(json_object_get(item_of(shown, "questions", 0), "label")), "有车吗");
	json_decref(shown);
	json_decref(result);
	assert_gridctl(w, "an", 1, "name", "call", "post", GRID_A, "--template", "没有");
	assert_gridctl(w, "an", 1, "name", "call", "post", DISTRICT, "--template", "发试剂");

	assert_gridctl(w, "worker", 1, "no such place", "template", "save", "11", "x", "--title", "y");
	assert_gridctl(w, "worker", 1, "no such place", "template", "list", "11");

	/* The nearer of two of one name is the one that is meant. */
	assert_gridctl(
		w, "worker", 0, "模板已保存", "template", "save", GRID_A, "发试剂", "--title", "近的", "--lang", "zh");
	result = gridctl_json(w, "an", "call", "post", GRID_A, "--template", "发试剂");
	assert_gridctl(w, "an", 0, "近的", "call", "show", json_string_value(json_object_get(result, "call")));
	json_decref(result);
	assert_gridctl(w, "worker", 0, "removed", "template", "remove", GRID_A, "发试剂");
	assert_gridctl(w, "worker", 0, "removed", "template", "remove", COMMUNITY, "发试剂");
	assert_gridctl(w, "worker", 1, "name", "template", "remove", COMMUNITY, "发试剂");
	assert_gridctl(w, "an", 0, "没有模板", "template", "list", GRID_A, "--lang", "zh");
}

/* Looking at it. */

static void
chain_that_is_followed_has_its_numbers_behind_it(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2", "--need", "1");
	struct ended shown;

	join(w, call, "an", "bo", "chen", "eng");
	shown = gridctl(w, "ding", "call", "show", call, "--follow", "--until", "2");
	assert_ended(&shown, 0, "");
	assert_order(shown.said, "   1. an", "2 signed up of at most 2, 1 needed, 2 waiting\n");
	assert_null(strstr(strstr(shown.said, "signed up") + 1, "signed up"));
	assert_gridctl(w, "ding", 2, "do not go together", "call", "show", call, "--follow", "--mine");
	assert_gridctl(w, "chen", 0, "   3. chen        ", "call", "show", call, "--mine");
	assert_gridctl(w, "eng", 0, "waiting  1 ahead", "call", "show", call, "--mine");
	assert_gridctl(w, "ding", 0, "没有您的接龙", "call", "show", call, "--mine", "--lang", "zh");
}

static void
who_follows_hears_what_changes(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1");
	pid_t pid;
	int status;

	join(w, call, "an");
	pid = gridctl_start(w, "ding", "followed", "call", "show", call, "--follow");
	gridctl_says(w, "followed", "   1. an ");
	join(w, call, "bo");
	gridctl_says(w, "followed", "      1 signed up of at most 1, 1 waiting\n");
	assert_gridctl(w, "worker", 0, "limit", "call", "edit", call, "--limit", "5");
	gridctl_says(w, "followed", "changed: limit\n");
	join(w, call, "chen");
	gridctl_says(w, "followed", "      3 signed up of at most 5\n");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", call, "--number", "1");
	gridctl_says(w, "followed", "confirmed  in ");
	assert_gridctl(w, "worker", 0, "cancelled", "call", "cancel", call, "--reason", "下雨");
	gridctl_says(w, "followed", "\ncancelled\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(exit_of(status), 0);
}

static void
names_show_as_the_call_says(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--names", "none");
	struct ended shown;

	join(w, call, "an");
	shown = gridctl(w, "bo", "call", "show", call);
	assert_ended(&shown, 0, "   1. —           ");
	assert_null(strstr(shown.said, "an   "));
	assert_gridctl(w, "worker", 0, "   1. an          ", "call", "show", call);
	assert_gridctl(w, "bo", 0, "others see numbers only", "call", "show", call);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(call_is_posted_with_all_it_can_have),
		shared(shift_is_typed_in_one_line),
		shared(bad_flags_are_named),
		shared(what_is_not_said_stays_as_it_is),
		shared(shifts_are_changed_by_number_or_label_and_added),
		shared(call_that_changed_meanwhile_is_not_overwritten),
		shared(lower_limit_moves_people_only_if_asked),
		shared(call_is_closed_reopened_cancelled_and_thanked_for),
		shared(past_call_is_posted_again),
		shared(call_is_posted_by_a_template),
		shared(chain_that_is_followed_has_its_numbers_behind_it),
		shared(who_follows_hears_what_changes),
		shared(names_show_as_the_call_says),
	};

	return run_in_worlds(tests);
}
