/* place.c - the tree of places: what is brought in, how it is listed, and who hears of it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ears.h"
#include "lists.h"
#include "worlds.h"

static uint8_t
partition_of(const char *code)
{
	struct place place;

	assert_true(place_parse(&place, text_of(code)));
	return place_partition(place);
}

/* The first code of three digits more than `above`, from `from` on, that is in the partition, or in another one. */
static const char *
find_code(const char *above, unsigned from, uint8_t partition, bool in_it)
{
	for (unsigned i = from; i < 1000; i++) {
		const char *code = say("%s%03u", above, i);
		if ((partition_of(code) == partition) == in_it)
			return code;
	}
	fail_msg("no code below %s for the test", above);
	return NULL;
}

/* "added changed unchanged, ROW FIELD, ROW FIELD …" */
static const char *
report_of(Answer *answer)
{
	const Gridvanguard__V1__PlaceImportResult *result = answer->place_import;
	char report[512];
	int len;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	len = snprintf(report, sizeof(report), "%u %u %u", result->added, result->changed, result->unchanged);
	for (size_t i = 0; i < result->n_refused; i++)
		len += snprintf(report + len, sizeof(report) - (size_t)len, ", %u %s", result->refused[i]->row,
			result->refused[i]->field);
	free_answer(answer);
	return say("%s", report);
}

static const char *
import(struct world *w, Request *request)
{
	return report_of(ask(person(w, "worker"), request));
}

/* "CODE NAME CHILDREN" of each place on the way. */
static const char *
path_of(struct world *w, const char *place)
{
	Answer *answer = ask(person(w, "worker"), to_show_place(place));
	char path[512];
	int len = 0;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	for (size_t i = 0; i < answer->place_show->n_path; i++) {
		const Place *at = answer->place_show->path[i];
		len += snprintf(path + len, sizeof(path) - (size_t)len, "%s%s %s %u", i ? ", " : "", at->code, at->name,
			at->children);
	}
	free_answer(answer);
	return say("%s", path);
}

/* Importing. */

static void
import_reports_each_kind_of_row(void **state)
{
	struct world *w = *state;
	const char *grid = COMMUNITY "010", *other_partition = find_code(STREET, 100, partition_of(COMMUNITY), false);

	assert_string_equal(import(w, to_import(COMMUNITY "010", "第10网格", COMMUNITY "011", "第11网格")), "2 0 0");
	assert_string_equal(
		import(w, to_import(COMMUNITY "010", "第10网格", COMMUNITY "011", "广场网格", COMMUNITY "012", "新网格",
				  "1401050", "七位", "140105007004099001", "没有网格的楼", other_partition, "别处")),
		"1 1 1, 3 code, 4 parent, 5 partition");

	assert_string_equal(path_of(w, COMMUNITY "011"),
		say("%s 山西省 1, %s 太原市 1, %s 小店区 1, %s 龙城街道 1, %s 西吴社区 5, %s 广场网格 0", PROVINCE_,
			CITY, DISTRICT, STREET, COMMUNITY, COMMUNITY "011"));
	expect(person(w, "worker"), to_show_place("140105007004099001"), "NOT_FOUND", "place");
	expect(person(w, "worker"), to_show_place("140105007004099"), "NOT_FOUND", "place");
	expect(person(w, "worker"), to_show_place(other_partition), "NOT_FOUND", "place");
	assert_string_equal(import(w, to_import(grid, "第10网格", COMMUNITY "011", "广场网格")), "0 0 2");
}

static void
codes_that_are_none_are_refused(void **state)
{
	assert_string_equal(
		import(*state, to_import("1", "一位", "140", "三位", "1401O5", "字母", " 1401", "空格", "1401050070",
				       "十位", "１４", "全角", "14010500700400100", "十七位")),
		"0 0 0, 0 code, 1 code, 2 code, 3 code, 4 code, 5 code, 6 code");
}

/* The request is as it should be or not; then nothing of it is done. */
static void
row_that_is_not_text_refuses_the_request(void **state)
{
	static const char *const names[] = {"", " ", "两\n行", "倒\xe2\x80\xae写", "坏\xff"};
	struct world *w = *state;
	const char *too_long = "网网网网网网网网网网网网网网网网网网网网网网网网网网网网网网"
			       "网网网网网网网网网网网网网网网网网网网网网网网网网网网网网网网";

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		expect(person(w, "worker"), to_import(COMMUNITY "020", "第20网格", COMMUNITY "021", names[i]),
			"BAD_REQUEST", "rows[1].name");
	expect(person(w, "worker"), to_import(COMMUNITY "020", too_long), "BAD_REQUEST", "rows[0].name");
	expect(person(w, "worker"), to_import("", "无码"), "BAD_REQUEST", "rows[0].code");
	expect(person(w, "worker"), to_import("1401050070040010001", "十九位"), "BAD_REQUEST", "rows[0].code");
	expect(person(w, "worker"), to_import(NULL, NULL), "BAD_REQUEST", "rows");
	expect(person(w, "worker"), to_show_place(COMMUNITY "020"), "NOT_FOUND", "place");

	assert_string_equal(import(w, to_import(COMMUNITY "020", too_long + strlen("网"))), "1 0 0");
}

static void
request_takes_200_rows_and_no_more(void **state)
{
	static const char *rows[2 * 201 + 1];
	static char codes[201][PLACE_TEXT];
	struct world *w = *state;

	for (unsigned i = 0; i < 201; i++) {
		snprintf(codes[i], sizeof(codes[i]), "%s%03u", COMMUNITY, 500 + i);
		rows[2 * i] = codes[i];
		rows[2 * i + 1] = "格";
	}
	expect(person(w, "worker"), to_import_rows(rows), "BAD_REQUEST", "rows");
	rows[2 * 200] = NULL;
	assert_string_equal(import(w, to_import_rows(rows)), "200 0 0");
	assert_string_equal(import(w, to_import_rows(rows)), "0 0 200");
}

static void
places_are_known_after_a_restart(void **state)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	struct world *w = *state;

	import_place(w, COMMUNITY, "西吴新社区");
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		const char *wanted = path_of(w, BUILDING_1);
		hub_again(w, signals[i]);
		assert_string_equal(path_of(w, BUILDING_1), wanted);
		assert_non_null(strstr(wanted, "西吴新社区 2"));
	}
}

/* Listing. */

/* A country of its own: three provinces; in the second a city with three districts of two streets each. */
static void
import_country(struct world *w)
{
	static const char *const codes[] = {"21", "22", "23", "2201", "220101", "220102", "220103", "220101001",
		"220101002", "220102001", "220102002", "220103001", "220103002", "220101001001"};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		import_place(w, codes[i], codes[i]);
}

static void
list_goes_as_deep_as_asked(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	import_country(w);
	assert_rows(list_places(worker, "22", 1, 200), "2201");
	assert_rows(list_places(worker, "22", 2, 200), "2201", "220101", "220102", "220103");
	assert_rows(list_places(worker, "22", 3, 200), "2201", "220101", "220101001", "220101002", "220102",
		"220102001", "220102002", "220103", "220103001", "220103002");
	assert_rows(list_places(worker, "2201", 3, 200), "220101", "220101001", "220101001001", "220101002", "220102",
		"220102001", "220102002", "220103", "220103001", "220103002");
	assert_rows(list_places(worker, "220103002", 3, 200), NULL);
	assert_rows(list_places(worker, "21", 3, 200), NULL);
}

static void
provinces_are_listed_under_nothing(void **state)
{
	struct caller *worker = person(*state, "worker");

	import_country(*state);
	assert_rows(list_places(worker, "", 1, 200), PROVINCE_, "21", "22", "23");
	assert_rows(list_places(worker, "", 3, 200), PROVINCE_, "21", "22", "23");
	for (uint32_t page = 1; page <= 5; page++)
		assert_rows(list_places(worker, "", 1, page), PROVINCE_, "21", "22", "23");
}

static void
pages_follow_each_other_without_gap(void **state)
{
	struct caller *worker = person(*state, "worker");

	import_country(*state);
	for (uint32_t page = 1; page <= 11; page++) {
		assert_rows(list_places(worker, "22", 3, page), "2201", "220101", "220101001", "220101002", "220102",
			"220102001", "220102002", "220103", "220103001", "220103002");
		assert_rows(list_places(worker, "22", 2, page), "2201", "220101", "220102", "220103");
	}
}

static void
list_that_cannot_be_is_refused(void **state)
{
	struct caller *worker = person(*state, "worker");

	expect(worker, to_list_places("99", 1, "", 10), "NOT_FOUND", "under");
	expect(worker, to_list_places("999", 1, "", 10), "BAD_REQUEST", "under");
	expect(worker, to_list_places(COMMUNITY, 0, "", 10), "BAD_REQUEST", "depth");
	expect(worker, to_list_places(COMMUNITY, 4, "", 10), "BAD_REQUEST", "depth");
	expect(worker, to_list_places(COMMUNITY, 1, "", 0), "BAD_REQUEST", "count");
	expect(worker, to_list_places(COMMUNITY, 1, "", 201), "BAD_REQUEST", "count");
	expect(worker, to_list_places(GRID_A, 1, GRID_B, 10), "BAD_REQUEST", "after");
	expect(worker, to_list_places(COMMUNITY, 1, BUILDING_1, 10), "BAD_REQUEST", "after");
	expect(worker, to_list_places(GRID_A, 1, GRID_A "999", 10), "NOT_FOUND", "after");
	expect(worker, to_show_place(""), "BAD_REQUEST", "place");
	expect(worker, to_show_place("99"), "NOT_FOUND", "place");
}

/* Hearing. */

static void
watchers_around_a_place_hear_that_it_changed(void **state)
{
	struct world *w = *state;
	struct ear *at = ear_open(w, "at", .places = {GRID_A}), *under = ear_open(w, "under", .places = {BUILDING_1});
	struct ear *above = ear_open(w, "above", .places = {CITY});
	struct ear *beside = ear_open(w, "beside", .places = {GRID_B});

	import(w, to_import(GRID_A "003", "3号楼组", GRID_A "004", "4号楼组"));
	import(w, to_import(GRID_A, "第一网格"));

	assert_heard(at, COMMUNITY, "places " GRID_A " 2", "places " GRID_A " 1");
	assert_heard(above, COMMUNITY, "places " GRID_A " 2", "places " GRID_A " 1");
	/* What covers his two new neighbours covers him. */
	assert_heard(under, COMMUNITY, "places " GRID_A " 2", "places " GRID_A " 1");
	assert_heard_nothing(beside, COMMUNITY);
}

static void
nobody_hears_of_what_did_not_change(void **state)
{
	struct world *w = *state;
	struct ear *at = ear_open(w, "at", .places = {GRID_A});

	import(w, to_import(GRID_A, "第1网格"));
	import(w, to_import(COMMUNITY "099001", "没有网格", "140", "不是代码"));
	assert_heard_nothing(at, COMMUNITY);
}

/* Two provinces of one partition lie under nothing less than the country, and that is everybody's. */
static void
everybody_hears_of_what_lies_in_two_provinces(void **state)
{
	struct world *w = *state;
	struct ear *far = ear_open(w, "far", .places = {BUILDING_2});
	unsigned other = 22;

	while (partition_of(say("%u", other)) != partition_of("21"))
		other++;
	assert_string_equal(import(w, to_import("21", "辽宁省", say("%u", other), "同区")), "2 0 0");
	assert_hears(far, "places  2");
}

/* One who lists and one who listens see the same. */
static void
place_is_known_when_it_is_heard_of(void **state)
{
	struct world *w = *state;
	struct ear *at = ear_open(w, "at", .places = {COMMUNITY});

	for (unsigned i = 0; i < 20; i++) {
		const char *grid = say(COMMUNITY "%03u", 100 + i);
		caller_send(person(w, "worker"), to_import(grid, "新网格"), NULL, NULL);
		assert_hears(at, "places %s 1", grid);
		expect(at->caller, to_show_place(grid), "OK", "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(codes_that_are_none_are_refused),
		shared(row_that_is_not_text_refuses_the_request),
		shared(request_takes_200_rows_and_no_more),
		shared(provinces_are_listed_under_nothing),
		shared(list_goes_as_deep_as_asked),
		shared(pages_follow_each_other_without_gap),
		shared(list_that_cannot_be_is_refused),
		fresh(import_reports_each_kind_of_row),
		fresh(places_are_known_after_a_restart),
		fresh(watchers_around_a_place_hear_that_it_changed),
		fresh(nobody_hears_of_what_did_not_change),
		fresh(everybody_hears_of_what_lies_in_two_provinces),
		fresh(place_is_known_when_it_is_heard_of),
	};

	return run_in_worlds(tests);
}
