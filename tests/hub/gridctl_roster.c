/* gridctl_roster.c - a party office's list comes into the roster: looked at first, written when told to, reported row by
 * row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* A file of that name in the world's folder; the path lives as say()'s texts do. */
static const char *
write_list(const struct world *w, const char *name, const char *content)
{
	const char *path = say("%s/%s", w->folder, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	return path;
}

static void
nothing_is_written_before_yes(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "a.csv", "姓名,手机,党支部,网格\n安然,138 0000 0001,一支部," GRID_A "\n");

	assert_gridctl(
		w, "worker", 0, "     2  added     安然        138****0001  " GRID_A "\n", "roster", "import", path);
	assert_gridctl(w, "worker", 0, "1 added, 0 changed, 0 same, 0 doubtful, 0 refused", "roster", "import", path,
		"--dry-run");
	assert_gridctl(w, "worker", 0, "a dry run: nothing was written; --yes writes it\n", "roster", "import", path);
	assert_gridctl(w, "worker", 0, "nobody is on the roster there\n", "roster", "list");
	assert_gridctl(w, "worker", 0, "1 added, 0 changed, 0 same", "roster", "import", path, "--yes");
	assert_gridctl(w, "worker", 0, "  安然        138****0001  " GRID_A "     一支部\n", "roster", "list");
	assert_gridctl(w, "worker", 2, "--dry-run and --yes", "roster", "import", path, "--yes", "--dry-run");
}

static void
same_list_again_changes_nothing_and_another_says_what(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "b.csv", "姓名,手机\n博,13800000011\n晨,13800000012\n");
	const char *other =
		write_list(w, "c.csv", "姓名,联系电话,单位,网格\n博,13800000011,二院," GRID_A "\n陈晨,13800000012,,\n");

	assert_gridctl(w, "worker", 0, "2 added, 0 changed, 0 same", "roster", "import", path, "--yes");
	assert_gridctl(w, "worker", 0, "0 added, 0 changed, 2 same", "roster", "import", path, "--yes");
	assert_gridctl(w, "worker", 0, "     2  changed   博          138****0011  " GRID_A "  (organisation, place)\n",
		"roster", "import", other, "--yes");
	assert_gridctl(w, "worker", 0, "0 added, 0 changed, 2 same", "roster", "import", other, "--yes");
	assert_gridctl(
		w, "worker", 0, "     3  changed   晨          138****0012    (name)\n", "roster", "import", path);
	/* It has no columns for what 博 has: that stays. */
	assert_gridctl(w, "worker", 0, "     2  same      博", "roster", "import", path, "--yes");
	assert_gridctl(w, "worker", 0, "  博          138****0011  " GRID_A "     二院\n", "roster", "list", GRID_A);
}

/* The good rows are done; each other says why, in its line. */
static void
bad_and_doubtful_rows_are_told_one_by_one(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "d.csv",
		"花名册\n\n姓名,身份证号,手机,网格\n甲,11010519491231002X,13800000021,\n乙,,13800000022,\n丙,,"
		"13800000021,\n"
		"丁,,0351-1234567,\n戊,,13800000023," GRID_A "99\n己,,13800000024,某社区\n"
		"一二三四五六七八九十一二三四五六七八九十一,,13800000025,\n庚,,13800000026," GRID_B "999\n");
	struct ended ended = gridctl(w, "worker", "roster", "import", path, "--yes");

	assert_ended(&ended, 1, "header in line 3: name = 姓名, phone = 手机, organisation = -, place = 网格\n");
	assert_ended(&ended, 1, "the column 身份证号 is not read: identity-card numbers are not needed and not kept\n");
	assert_ended(&ended, 1,
		"     4  doubtful  甲          138****0021  the same phone stands in another line: line 6\n");
	assert_ended(&ended, 1, "     5  added     乙          138****0022  \n");
	assert_ended(&ended, 1,
		"     6  doubtful  丙          138****0021  the same phone stands in another line: line 4\n");
	assert_ended(&ended, 1, "     7  refused   丁                       not a mobile number of 11 digits\n");
	assert_ended(
		&ended, 1, "     8  refused   戊          138****0023  its place is a name: say with --under PLACE");
	assert_ended(&ended, 1, "     9  refused   己          138****0024  its place is a name");
	assert_ended(&ended, 1, "138****0025  the name is longer than 20 characters, or no clean text\n");
	assert_ended(&ended, 1, "    11  refused   庚          138****0026  the place is not known: " GRID_B "999\n");
	assert_ended(&ended, 1, "1 added, 0 changed, 0 same, 2 doubtful, 5 refused, in ");
	assert_null(strstr(ended.said, "11010519491231002X"));
	assert_null(strstr(ended.said, "13800000021"));
	assert_gridctl(w, "worker", 1, "     6  存疑      丙          138****0021  与另一行手机号相同：第 4 行\n",
		"roster", "import", path, "--lang", "zh");
}

static void
places_are_found_by_name(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "e.csv",
		"姓名,手机,社区,网格\n甲,13800000031,西坞社区,第1网格\n乙,13800000032,西坞社区,\n丙,13800000033,,"
		"第1网格\n"
		"丁,13800000034,北坞社区,\n");

	import_place(w, STREET "801", "西坞社区居委会");
	import_place(w, STREET "802", "东坞社区居委会");
	import_place(w, STREET "801001", "第1网格");
	import_place(w, STREET "802001", "第1网格");
	assert_gridctl(w, "worker", 1, "     2  added     甲          138****0031  " STREET "801001\n", "roster",
		"import", path, "--under", CITY);
	assert_gridctl(w, "worker", 1, "     3  added     乙          138****0032  " STREET "801\n", "roster", "import",
		path, "--under", STREET);
	assert_gridctl(w, "worker", 1,
		"     4  doubtful  丙          138****0033  more than one place is called so: 第1网格\n", "roster",
		"import", path, "--under", STREET);
	assert_gridctl(w, "worker", 1, "     4  added     丙          138****0033  " STREET "801001\n", "roster",
		"import", path, "--under", STREET "801");
	assert_gridctl(w, "worker", 1,
		"     5  refused   丁          138****0034  no place is called so there: 北坞社区\n", "roster",
		"import", path, "--under", STREET);
	assert_gridctl(w, "worker", 1, "[NOT_FOUND]", "roster", "import", path, "--under", "11");
}

static void
spreadsheet_is_read_with_its_numbers(void **state)
{
	struct world *w = *state;
	const char *path = say("%s/list.xlsx", w->folder);
	lxw_workbook *book = workbook_new(path);
	lxw_worksheet *sheet;

	workbook_add_worksheet(book, "说明");
	sheet = workbook_add_worksheet(book, "名册");
	worksheet_write_string(sheet, 0, 0, "姓名", NULL);
	worksheet_write_string(sheet, 0, 1, "手机", NULL);
	worksheet_write_string(sheet, 1, 0, "王芳", NULL);
	worksheet_write_number(sheet, 1, 1, 13800000041., NULL);
	assert_int_equal(workbook_close(book), LXW_NO_ERROR);
	assert_gridctl(w, "worker", 5, "none of its first 20 rows names a column", "roster", "import", path);
	assert_gridctl(w, "worker", 5, "no sheet is called 'x'", "roster", "import", path, "--sheet", "x");
	assert_gridctl(w, "worker", 0, "     2  added     王芳        138****0041", "roster", "import", path, "--sheet",
		"名册", "--yes");
}

static void
programs_get_an_object_a_row(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "f.csv", "name,phone,grid\nAn Li,13800000051," GRID_A "\n");
	json_t *header = gridctl_json_row(w, "worker", 0, "roster", "import", path, "--yes");
	json_t *row = gridctl_json_row(w, "worker", 1, "roster", "import", path, "--yes");
	json_t *sum = gridctl_json_row(w, "worker", 2, "roster", "import", path, "--yes");

	assert_string_equal(json_string_value(json_object_get(json_object_get(header, "header"), "phone")), "phone");
	assert_int_equal(json_integer_value(json_object_get(row, "line")), 2);
	assert_string_equal(json_string_value(json_object_get(row, "outcome")), "same");
	assert_string_equal(json_string_value(json_object_get(row, "phone")), "138****0051");
	assert_string_equal(json_string_value(json_object_get(row, "place")), GRID_A);
	assert_int_equal(json_integer_value(json_object_get(sum, "same")), 1);
	assert_true(json_is_true(json_object_get(sum, "written")));
	json_decref(header);
	json_decref(row);
	json_decref(sum);
}

static void
entry_is_removed_by_what_list_shows(void **state)
{
	struct world *w = *state;
	const char *path = write_list(w, "g.csv", "姓名,手机,楼栋\n将去,13800000061," BUILDING_2 "\n");
	const char *entry;
	json_t *row;

	assert_gridctl(w, "worker", 0, "1 added", "roster", "import", path, "--yes");
	row = gridctl_json(w, "worker", "roster", "list", BUILDING_2);
	entry = say("%s", json_string_value(json_object_get(row, "entry")));
	assert_string_equal(json_string_value(json_object_get(row, "phone")), "138****0061");
	json_decref(row);
	assert_gridctl(w, "worker", 0, "removed\n", "roster", "remove", entry);
	assert_gridctl(w, "worker", 1, ": no such thing [NOT_FOUND]", "roster", "remove", entry);
	assert_gridctl(w, "worker", 0, "名册中没有该地的人", "roster", "list", BUILDING_2, "--lang", "zh");
}

/* The last line of what is said about a list, for it may be long. */
static struct ended
sum_of(struct world *w, const char *path, const char *flag)
{
	const char *command = say("%s roster import %s %s --data %s --as worker --lang en | tail -n 1",
		gridctl_binary(), path, flag, w->folder);
	const char *const argv[] = {"sh", "-c", command, NULL};

	return run_program(argv);
}

/* More rows than one request takes, in all partitions. */
static void
long_list_comes_in_whole(void **state)
{
	struct world *w = *state;
	const char *path = say("%s/long.csv", w->folder);
	FILE *file = fopen(path, "we");
	struct ended ended;

	assert_non_null(file);
	fputs("姓名,手机,党支部\n", file);
	for (unsigned i = 0; i < 1000; i++)
		fprintf(file, "成员%u,137%08u,一个名字不短的党支部\n", i, i);
	fclose(file);
	ended = sum_of(w, path, "--yes");
	assert_ended(&ended, 0, "1000 added, 0 changed, 0 same, 0 doubtful, 0 refused");
	file = fopen(path, "ae");
	fputs("又一人,13600000000,\n", file);
	fclose(file);
	ended = sum_of(w, path, "--yes");
	assert_ended(&ended, 0, "1 added, 0 changed, 1000 same, 0 doubtful, 0 refused");
}

static void
file_that_is_no_list_is_told(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "worker", 5, "No such file or directory", "roster", "import", "/nowhere.csv");
	assert_gridctl(w, "worker", 5, "none of its first 20 rows names a column for names and one for phones",
		"roster", "import", write_list(w, "h.csv", "姓名,住址\n甲,乙\n"));
	assert_gridctl(w, "worker", 5, "a quote stands where none can, or is not closed", "roster", "import",
		write_list(w, "i.csv", "姓名,手机\n\"甲,13800000000\n"));
	assert_gridctl(w, "worker", 2, "用法：gridctl roster import 文件", "roster", "import", "--lang", "zh");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(nothing_is_written_before_yes),
		shared(same_list_again_changes_nothing_and_another_says_what),
		shared(bad_and_doubtful_rows_are_told_one_by_one),
		shared(places_are_found_by_name),
		shared(spreadsheet_is_read_with_its_numbers),
		shared(programs_get_an_object_a_row),
		shared(entry_is_removed_by_what_list_shows),
		shared(long_list_comes_in_whole),
		shared(file_that_is_no_list_is_told),
	};

	return run_in_worlds(tests);
}
