/* roll.c - a list of members as a party office keeps it: which column is what, and what becomes of each row. */
#include "roll.h"

#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "unit.h"

/* A row from cells with bars between. */
static void
take(struct roll *roll, uint32_t line, const char *cells)
{
	struct text rest = text_of(cells);
	struct table_row row = {.line = line};

	do {
		bool more = memchr(rest.data, '|', rest.len);
		row.cells[row.count++] = text_cut(&rest, '|');
		if (!more)
			break;
	} while (row.count < TABLE_COLUMNS);
	roll_take(&row, roll);
}

/* A table with that header and that row; what became of it as "NAME PHONE ORGANISATION PLACE", or the reason. */
static const char *
row_of(const char *header, const char *cells)
{
	static char said[512];
	struct roll roll = {0};
	const struct roll_row *row;

	take(&roll, 1, header);
	assert_int_equal(roll.header_line, 1);
	take(&roll, 2, cells);
	row = roll.rows;
	if (roll.count == 0)
		strcpy(said, "nothing");
	else if (row->verdict == ROLL_GOOD)
		snprintf(
			said, sizeof(said), "%s %s %s %s", row->name, row->phone.digits, row->organisation, row->where);
	else
		snprintf(said, sizeof(said), "%s: %s", row->verdict == ROLL_REFUSED ? "refused" : "doubtful",
			row->reason);
	roll_finish(&roll);
	return said;
}

#define HEADER "姓名|手机|党支部|社区"

static void
titles_are_known_in_both_languages(void **state)
{
	(void)state;
	assert_string_equal(
		row_of("序号|姓名|手机|党支部|社区", "1|王芳|13800000000|一支部|西吴"), "王芳 13800000000 一支部 西吴");
	assert_string_equal(row_of("Name|Phone|Branch|Place", "An|13800000000|No. 1|140105007004"),
		"An 13800000000 No. 1 140105007004");
	assert_string_equal(row_of("联系电话|党员姓名|工作单位|居住地", "13800000000|王芳|二院|西吴社区"),
		"王芳 13800000000 二院 西吴社区");
	assert_string_equal(row_of(" * 姓 名 ：|手机号码（必填）|所在党组织[全称]", "王芳|13800000000|一支部"),
		"王芳 13800000000 一支部 ");
}

/* What stands above it is no header: a title, a remark; and it must come soon. */
static void
header_may_stand_below_a_title(void **state)
{
	struct roll roll = {0};

	(void)state;
	take(&roll, 1, "2022年党员花名册");
	take(&roll, 3, "单位：西吴社区|电话：0351-1234567");
	take(&roll, 4, HEADER);
	take(&roll, 5, "王芳|13800000000|一支部|西吴");
	assert_int_equal(roll.header_line, 4);
	assert_int_equal(roll.count, 1);
	assert_int_equal(roll.rows[0].line, 5);
	assert_string_equal(roll.name.title, "姓名");
	assert_int_equal(roll.phone.column, 1);
	roll_finish(&roll);
	for (uint32_t i = 1; i <= ROLL_HEADER_ROWS; i++)
		take(&roll, i, "x|y");
	take(&roll, ROLL_HEADER_ROWS + 1, HEADER);
	assert_int_equal(roll.header_line, 0);
	roll_finish(&roll);
}

static void
better_title_is_taken(void **state)
{
	(void)state;
	assert_string_equal(row_of("联系电话|姓名|手机号", "0351-1234567|王芳|13800000000"), "王芳 13800000000  ");
	assert_string_equal(
		row_of("姓名|手机|工作单位|党支部", "王芳|13800000000|二院|一支部"), "王芳 13800000000 一支部 ");
}

static void
places_are_a_path_or_one_cell(void **state)
{
	(void)state;
	assert_string_equal(
		row_of("姓名|手机|区|街道|社区|网格|地址", "王芳|13800000000|小店区|龙城街道||第1网格|x路1号"),
		"王芳 13800000000  小店区/龙城街道/第1网格");
	assert_string_equal(row_of("姓名|手机|家庭住址", "王芳|13800000000|西吴 社区"), "王芳 13800000000  西吴社区");
	assert_string_equal(row_of("姓名|手机|街道|网格", "王芳|13800000000|龙城街道|140105007004001"),
		"王芳 13800000000  140105007004001");
}

/* Neither its column nor one that nobody knows; and not where it was put into another. */
static void
identity_card_number_is_never_read(void **state)
{
	struct roll roll = {0};

	(void)state;
	take(&roll, 1, "姓名|公民身份号码|手机|民族");
	assert_int_equal(roll.identity.column, 1);
	assert_string_equal(roll.identity.title, "公民身份号码");
	roll_finish(&roll);
	assert_string_equal(
		row_of("姓名|身份证号|手机|民族", "王芳|11010519491231002X|13800000000|汉"), "王芳 13800000000  ");
	assert_string_equal(row_of(HEADER, "王芳|11010519491231002x||"),
		"refused: an identity-card number where the phone should be; it is not read");
	assert_string_equal(row_of(HEADER, "11010519491231002X|13800000000||"),
		"refused: an identity-card number where the name should be; it is not read");
}

static void
identity_card_number_is_told_by_its_day_and_check(void **state)
{
	(void)state;
	assert_true(roll_is_identity(TEXT("11010519491231002X")));
	assert_true(roll_is_identity(TEXT("11010519491231002x")));
	assert_true(roll_is_identity(TEXT("440308199901101512")));
	assert_false(roll_is_identity(TEXT("440308199901101511")));
	assert_false(roll_is_identity(TEXT("440308199913101514")));
	assert_false(roll_is_identity(TEXT("140105007004001001")));
	assert_false(roll_is_identity(TEXT("13800000000")));
	assert_false(roll_is_identity(TEXT("11010519491231002XX")));
}

static void
texts_are_made_tidy(void **state)
{
	(void)state;
	assert_string_equal(row_of(HEADER, "  王　芳 |138 0000 0000| 第一 党支部 |"), "王芳 13800000000 第一党支部 ");
	assert_string_equal(row_of(HEADER, "An  Li|13800000000|Party\n Branch|"), "An Li 13800000000 Party Branch ");
}

static void
bad_rows_say_why(void **state)
{
	(void)state;
	assert_string_equal(row_of(HEADER, "王芳|||"), "refused: no phone");
	assert_string_equal(row_of(HEADER, "|13800000000||"), "refused: no name");
	assert_string_equal(row_of(HEADER, "王芳|0351-1234567||"), "refused: not a mobile number of 11 digits");
	assert_string_equal(row_of(HEADER, "王芳|1.38E+10||"),
		"refused: the spreadsheet has cut the phone (as 1.38E+10): make its "
		"column one of texts and fill it anew");
	assert_string_equal(row_of(HEADER, "王芳|1.38e10||"),
		"refused: the spreadsheet has cut the phone (as 1.38E+10): make its "
		"column one of texts and fill it anew");
	assert_string_equal(row_of(HEADER, "王芳|13800000000/13900000000||"), "doubtful: two phones in one cell");
	assert_string_equal(row_of(HEADER, "王芳|13800000000、13900000000||"), "doubtful: two phones in one cell");
	assert_string_equal(row_of(HEADER, "||一支部|西吴"), "nothing");
	assert_string_equal(row_of(HEADER, " |　|x|"), "nothing");
	assert_string_equal(row_of(HEADER, "王芳"), "refused: no phone");
	assert_string_equal(row_of(HEADER, "王芳|13800000000.0||"), "王芳 13800000000  ");
	assert_string_equal(row_of(HEADER, "王芳|13800000000.5||"), "refused: not a mobile number of 11 digits");
}

static void
overlong_cell_is_refused(void **state)
{
	char cells[1024] = "王芳|13800000000|";

	(void)state;
	memset(cells + strlen(cells), 'x', 500);
	assert_string_equal(row_of(HEADER, cells), "refused: a cell much longer than what should be in it");
}

static void
one_phone_in_two_rows_makes_both_doubtful(void **state)
{
	struct roll roll = {0};

	(void)state;
	take(&roll, 1, HEADER);
	take(&roll, 2, "一|13800000001||");
	take(&roll, 3, "二|13800000002||");
	take(&roll, 4, "三|+86 138 0000 0001||");
	take(&roll, 5, "四|||");
	take(&roll, 6, "五|||");
	take(&roll, 7, "六|13800000001||");
	roll_find_twins(&roll);
	assert_int_equal(roll.rows[0].verdict, ROLL_DOUBTFUL);
	assert_int_equal(roll.rows[0].other, 4);
	assert_int_equal(roll.rows[1].verdict, ROLL_GOOD);
	assert_int_equal(roll.rows[2].verdict, ROLL_DOUBTFUL);
	assert_int_equal(roll.rows[2].other, 2);
	assert_int_equal(roll.rows[3].verdict, ROLL_REFUSED);
	assert_int_equal(roll.rows[3].other, 0);
	assert_int_equal(roll.rows[5].other, 4);
	assert_string_equal(roll.rows[5].reason, "the same phone stands in another line");
	roll_finish(&roll);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(titles_are_known_in_both_languages),
		cmocka_unit_test(header_may_stand_below_a_title),
		cmocka_unit_test(better_title_is_taken),
		cmocka_unit_test(places_are_a_path_or_one_cell),
		cmocka_unit_test(identity_card_number_is_never_read),
		cmocka_unit_test(identity_card_number_is_told_by_its_day_and_check),
		cmocka_unit_test(texts_are_made_tidy),
		cmocka_unit_test(bad_rows_say_why),
		cmocka_unit_test(overlong_cell_is_refused),
		cmocka_unit_test(one_phone_in_two_rows_makes_both_doubtful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
