/* gridctl_export.c - a chain as a table: CSV byte by byte, XLSX by what is in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* What is in a file; lives until the next is read. */
static const char *
read_file(const char *path)
{
	static char bytes[65536];
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof(bytes) - 1, file);
	fclose(file);
	bytes[len] = '\0';
	return bytes;
}

/* A time as the tables have it. */
static const char *
in_table(uint64_t ms)
{
	time_t seconds = (time_t)(ms / 1000) + 8 * 3600; /* in China */
	char text[32];
	struct tm there;

	if (ms == 0)
		return "";
	gmtime_r(&seconds, &there);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &there);
	return say("%s", text);
}

/* A chain with everything in it that a table could stumble over. Four lines: one who came and left, one with dangerous
 * texts, one who waits, one who withdrew. */
static const char *
post_a_full_one(struct world *w)
{
	const char *call = gridctl_post(w, "--limit", "2", "--grant", "90", "--question", "车牌，\"如有\"",
		"--question", "电话: number", "--question", "几个人: number");

	member(w, "an");
	member(w, "bo");
	assert_gridctl(
		w, "an", 0, "number 1", "join", call, "--answer", "晋A,\"12\"", "--answer", "0351", "--answer", "12");
	assert_gridctl(
		w, "an", 0, "number 2", "join", call, "--name", "=1+1", "--remark", "@SUM(A1)", "--answer", "-5");
	assert_gridctl(w, "bo", 0, "number 3", "join", call, "--remark", "+8,\"x\"");
	assert_gridctl(w, "an", 0, "number 4", "join", call, "--name", "-1");
	assert_gridctl(w, "worker", 0, "struck", "withdraw", call, "--number", "4");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", call, "--number", "1");
	assert_gridctl(w, "worker", 0, "checked out", "check", "out", call, "--number", "1");
	return call;
}

/* The expected table, with the times and ids that the hub gave. */
static char *
expected_csv(struct world *w, const char *call, const char *headings, const char *const words[5])
{
	Answer *answer = ask(person(w, "worker"), to_list_chain(call, 0, 200));
	Line **lines = answer->chain_list->lines;
	const char *an = caller_person(person(w, "an")), *bo = caller_person(person(w, "bo"));
	char *csv;

	assert_int_equal(answer->chain_list->n_lines, 4);
	csv = say("\xef\xbb\xbf%s\r\n"
		  "1,an,%s,1," GRID_A ",%s,%s,,,\"晋A,\"\"12\"\"\",0351,12,%s,%s,%s,90\r\n"
		  "2,'=1+1,%s,1," GRID_A ",%s,,%s,'@SUM(A1),'-5,,,%s,,,\r\n"
		  "3,bo,%s,1," GRID_A ",%s,%s,,\"'+8,\"\"x\"\"\",,,,,,,\r\n"
		  "4,'-1,%s,1," GRID_A ",%s,,%s,,,,,,,,\r\n",
		headings, words[0], in_table(lines[0]->joined_ms), an, words[3], in_table(lines[0]->present_ms),
		in_table(lines[0]->left_ms), words[0], in_table(lines[1]->joined_ms), an, words[4], words[1],
		in_table(lines[2]->joined_ms), bo, words[2], in_table(lines[3]->joined_ms), an);
	free_answer(answer);
	return csv;
}

static void
csv_is_what_a_spreadsheet_reads(void **state)
{
	static const char english_headings[] = "number,name,state,people,place,signed up,person,signed up "
					       "by,remark,\"车牌，\"\"如有\"\"\",电话,几个人,"
					       "came,checked in,checked out,minutes granted";
	static const char chinese_headings[] =
		"序号,姓名,状态,人数,地点,报名时间,人员编号,代报人,备注,\"车牌，\"\"如有\"\"\",电话,几个人,"
		"到场,签到时间,签退时间,认定分钟数";
	static const char *const english[] = {"confirmed", "waiting", "struck", "yes", "no-show"};
	static const char *const chinese[] = {"已确认", "候补", "已退出", "到场", "未到"};
	struct world *w = *state;
	const char *call = post_a_full_one(w), *path = say("%s/chain.csv", w->folder);
	struct ended ended;

	assert_gridctl(w, "worker", 0, say("4 lines are in %s\n", path), "call", "export", call, "--out", path);
	assert_string_equal(read_file(path), expected_csv(w, call, english_headings, english));
	assert_gridctl(w, "worker", 0, "已导出 4 条到", "call", "export", call, "--out", path, "--lang", "zh");
	assert_string_equal(read_file(path), expected_csv(w, call, chinese_headings, chinese));
	ended = gridctl(w, "worker", "call", "export", call, "--format", "csv");
	assert_int_equal(ended.status, 0);
	assert_string_equal(ended.said, expected_csv(w, call, english_headings, english));
}

/* What unzip finds of that name in it. */
static struct ended
part_of(const char *path, const char *name)
{
	const char *const argv[] = {"unzip", "-p", path, name, NULL};
	struct ended ended = run_program(argv);

	assert_int_equal(ended.status, 0);
	return ended;
}

static void
xlsx_has_texts_numbers_times_and_no_formula(void **state)
{
	struct world *w = *state;
	const char *call = post_a_full_one(w), *path = say("%s/chain.xlsx", w->folder);
	struct ended sheet, texts;
	json_t *result = gridctl_json(w, "worker", "call", "export", call, "--out", path);

	assert_string_equal(json_string_value(json_object_get(result, "file")), path);
	assert_int_equal(json_integer_value(json_object_get(result, "lines")), 4);
	json_decref(result);
	sheet = part_of(path, "xl/worksheets/sheet1.xml");
	texts = part_of(path, "xl/sharedStrings.xml");
	assert_null(strstr(sheet.said, "<f>"));
	assert_non_null(strstr(sheet.said, "<c r=\"A2\"><v>1</v></c>"));  /* a number */
	assert_non_null(strstr(sheet.said, "<c r=\"K2\" t=\"s\">"));      /* digits with a zero in front: a text */
	assert_non_null(strstr(sheet.said, "<c r=\"L2\"><v>12</v></c>")); /* digits */
	assert_non_null(strstr(sheet.said, "<c r=\"P2\"><v>90</v></c>")); /* minutes */
	assert_non_null(strstr(sheet.said, "<c r=\"F2\" s=\"2\"><v>4"));  /* a day, counted from 1900 */
	assert_non_null(strstr(sheet.said, "<c r=\"B3\" t=\"s\">"));      /* =1+1 */
	assert_non_null(strstr(texts.said, "<t>=1+1</t>"));
	assert_non_null(strstr(texts.said, "<t>@SUM(A1)</t>"));
	assert_non_null(strstr(texts.said, "<t>no-show</t>"));
	assert_non_null(strstr(texts.said, "<t>signed up by</t>"));
	assert_gridctl(w, "worker", 0, "4", "call", "export", call, "--out", path, "--lang", "zh");
	texts = part_of(path, "xl/sharedStrings.xml");
	assert_non_null(strstr(texts.said, "<t>未到</t>"));
	assert_non_null(strstr(texts.said, "<t>代报人</t>"));
}

static void
nobody_is_a_no_show_before_anybody_came(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--slot", "早班");
	struct ended ended;

	member(w, "an");
	assert_gridctl(w, "an", 0, "number 1", "join", call, "--slot", "早班", "--people", "3");
	ended = gridctl(w, "worker", "call", "export", call);
	assert_ended(&ended, 0, "1,an,confirmed,早班,3," GRID_A ",");
	assert_null(strstr(ended.said, "no-show"));
}

static void
bad_ways_to_export_are_refused(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");

	assert_gridctl(
		w, "worker", 2, "gridctl: --format: it is csv or xlsx", "call", "export", call, "--format", "pdf");
	assert_gridctl(w, "worker", 2, "--format：只能是 csv 或 xlsx", "call", "export", call, "--format", "pdf",
		"--lang", "zh");
	assert_gridctl(w, "worker", 2, "gridctl: --out is missing", "call", "export", call, "--format", "xlsx");
	assert_gridctl(w, "worker", 2, "gridctl: --out is missing", "call", "export", call, "--json");
	assert_gridctl(w, "worker", 5, "No such file or directory", "call", "export", call, "--out", "/nowhere/x.csv");
	assert_gridctl(w, "worker", 5, "gridctl: /nowhere/x.xlsx: No such file", "call", "export", call, "--out",
		"/nowhere/x.xlsx");
	assert_gridctl(
		w, "worker", 5, "/dev/full: No space left on device", "call", "export", call, "--out", "/dev/full");
	assert_gridctl(w, "worker", 1, "[NOT_FOUND]", "call", "export", "14.999999");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(csv_is_what_a_spreadsheet_reads),
		shared(xlsx_has_texts_numbers_times_and_no_formula),
		shared(nobody_is_a_no_show_before_anybody_came),
		shared(bad_ways_to_export_are_refused),
	};

	return run_in_worlds(tests);
}
