/* table.c - tables that other people's programs wrote: CSV in every encoding, XLSX as spreadsheets and others write it. */
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>
#include <zip.h>

#include "buf.h"
#include "table.h"
#include "unit.h"

/* Rows as text: "1:a|b|c 2:…", with line numbers. */
static void
write_down(const struct table_row *row, void *context)
{
	struct buf *said = context;

	buf_printf(said, "%s%u:", said->len ? " " : "", row->line);
	for (unsigned i = 0; i < row->count; i++)
		buf_printf(said, "%s%.*s", i ? "|" : "", (int)row->cells[i].len, row->cells[i].data);
}

/* What is read, or "! " and the flaw; each from a block of its own. The caller frees it. */
static char *
read_sheet(const void *bytes, size_t len, const char *sheet)
{
	char flaw[TABLE_FLAW] = "", *copy = malloc(len + !len);
	struct buf said = {0};
	size_t said_len;

	memcpy(copy, bytes, len);
	if (!table_read_bytes((struct text){copy, len}, sheet, write_down, &said, flaw)) {
		said.len = 0;
		buf_printf(&said, "! %s", flaw);
	}
	free(copy);
	buf_printf(&said, "%s", "");
	return buf_take(&said, &said_len);
}

#define assert_table(bytes, len, wanted) check_table((bytes), (len), NULL, (wanted), __FILE__, __LINE__)
#define assert_csv(text, wanted)         check_table((text), strlen(text), NULL, (wanted), __FILE__, __LINE__)

static void
check_table(const void *bytes, size_t len, const char *sheet, const char *wanted, const char *file, int line)
{
	char *said = read_sheet(bytes, len, sheet);
	bool same = said ? strcmp(said, wanted) == 0 : wanted[0] == '\0';

	if (!same)
		print_error("read: %s\nnot:  %s\n", said, wanted);
	free(said);
	if (!same)
		_fail(file, line);
}

/* CSV. */

static void
csv_is_read_row_by_row(void **state)
{
	(void)state;
	assert_csv("姓名,手机\n王芳,138\n", "1:姓名|手机 2:王芳|138");
	assert_csv("姓名,手机\r\n王芳,138\r\n", "1:姓名|手机 2:王芳|138");
	assert_csv("姓名,手机\r王芳,138", "1:姓名|手机 2:王芳|138");
	assert_csv("a,,c\n,b,\n", "1:a||c 2:|b|");
	assert_csv("\"a,\"\"b\"\"\",c\n", "1:a,\"b\"|c");
}

static void
separator_is_found_out(void **state)
{
	(void)state;
	assert_csv("a;b;c\n1,5;2;3\n", "1:a|b|c 2:1,5|2|3");
	assert_csv("a\tb\tc\n1\t2,5\t\n", "1:a|b|c 2:1|2,5|");
	assert_csv("\"a;;;;;;\",b\n", "1:a;;;;;;|b");
	assert_csv("only\none\n", "1:only 2:one");
}

/* Lines are those of the file: empty ones count, and rows that go over several begin in the first. */
static void
line_is_where_a_row_begins(void **state)
{
	(void)state;
	assert_csv("\n\na,b\n\n,\nc,d\n", "3:a|b 6:c|d");
	assert_csv("\"a\nb\nc\",d\ne,f\n", "1:a\nb\nc|d 4:e|f");
	assert_csv("a,\"b\r\n\"\r\nc,d\r\n", "1:a|b\r\n 3:c|d");
	assert_csv("\"\nb\",c\nd", "1:\nb|c 3:d");
}

static void
wrong_quotes_are_told_with_their_line(void **state)
{
	(void)state;
	assert_csv("a,b\n\"c,d\ne,f\n", "! line 2: a quote stands where none can, or is not closed");
	assert_csv("a,b\nc,\"d\"e\n", "! line 2: a quote stands where none can, or is not closed");
}

static size_t
encode(const char *encoding, const char *text, char out[200])
{
	iconv_t converter = iconv_open(encoding, "UTF-8");
	size_t in_left = strlen(text), left = 200;
	char *in = UNCONST(text), *at = out;

	assert_true(iconv(converter, &in, &in_left, &at, &left) != (size_t)-1);
	iconv_close(converter);
	return 200 - left;
}

static void
encoding_is_found_out(void **state)
{
	static const char text[] = "姓名,手机\n王芳,138\n𠀋,€\n", wanted[] = "1:姓名|手机 2:王芳|138 3:𠀋|€";
	char bytes[256] = "\xef\xbb\xbf";

	(void)state;
	assert_csv(text, wanted);
	strcat(bytes, text);
	assert_csv(bytes, wanted);
	assert_table(bytes, encode("GB18030", text, bytes), wanted);
	assert_table(bytes, encode("UTF-16", text, bytes), wanted);
	memcpy(bytes, "\xfe\xff", 2);
	assert_table(bytes, 2 + encode("UTF-16BE", "a,b\n", bytes + 2), "1:a|b");
}

static void
what_is_no_text_is_refused(void **state)
{
	(void)state;
	assert_table("a,b\n\xff\xff\xff\n", 8, "! neither UTF-8 nor GB18030");
	assert_table("\xef\xbb\xbf\xff", 4, "! neither UTF-8 nor GB18030");
	assert_csv(
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "! an old .xls, or one with a password: save it as .xlsx or CSV");
	assert_csv("", "");
	assert_csv("\n\n", "");
}

static void
columns_beyond_the_last_are_dropped(void **state)
{
	char line[1024] = "", wanted[1024] = "1:x";

	(void)state;
	for (int i = 0; i < TABLE_COLUMNS + 50; i++)
		strcat(line, i ? ",x" : "x");
	for (int i = 1; i < TABLE_COLUMNS; i++)
		strcat(wanted, "|x");
	assert_csv(line, wanted);
}

static void
csv_has_no_sheets(void **state)
{
	(void)state;
	check_table("a,b\n", 4, "Sheet1", "! not an XLSX, so it has no sheets", __FILE__, __LINE__);
}

/* XLSX as libxlsxwriter writes it. */

struct book {
	char path[64];
	lxw_workbook *book;
	lxw_worksheet *sheet;
	char *bytes;
	size_t len;
};

static void
book_open(struct book *book)
{
	int file;

	strcpy(book->path, "/tmp/table-XXXXXX");
	file = mkstemp(book->path);
	assert_true(file >= 0);
	fclose(fdopen(file, "w"));
	book->book = workbook_new(book->path);
	book->sheet = workbook_add_worksheet(book->book, "党员");
}

static void
book_close(struct book *book)
{
	FILE *file;

	assert_int_equal(workbook_close(book->book), LXW_NO_ERROR);
	file = fopen(book->path, "r");
	assert_non_null(file);
	book->bytes = malloc(1 << 20);
	book->len = fread(book->bytes, 1, 1 << 20, file);
	fclose(file);
	remove(book->path);
}

static void
xlsx_has_texts_and_numbers(void **state)
{
	struct book book;

	(void)state;
	book_open(&book);
	worksheet_write_string(book.sheet, 0, 0, "姓名", NULL);
	worksheet_write_string(book.sheet, 0, 2, "手机", NULL);
	worksheet_write_string(book.sheet, 2, 0, "王芳", NULL);
	worksheet_write_number(book.sheet, 2, 2, 13800000000., NULL);
	worksheet_write_string(book.sheet, 3, 0, "姓名", NULL); /* shared with the first */
	worksheet_write_number(book.sheet, 3, 1, 1.5, NULL);
	worksheet_write_formula_num(book.sheet, 3, 2, "=1+1", NULL, 2);
	book_close(&book);
	assert_table(book.bytes, book.len, "1:姓名||手机 3:王芳||13800000000 4:姓名|1.5|2");
	free(book.bytes);
}

static void
sheet_is_the_first_that_shows_or_the_one_named(void **state)
{
	struct book book;

	(void)state;
	book_open(&book);
	worksheet_write_string(book.sheet, 0, 0, "hidden", NULL);
	worksheet_write_string(workbook_add_worksheet(book.book, "二"), 0, 0, "second", NULL);
	worksheet_write_string(workbook_add_worksheet(book.book, "三"), 0, 0, "third", NULL);
	worksheet_hide(book.sheet);
	worksheet_set_first_sheet(workbook_get_worksheet_by_name(book.book, "二"));
	worksheet_activate(workbook_get_worksheet_by_name(book.book, "二"));
	book_close(&book);
	assert_table(book.bytes, book.len, "1:second");
	check_table(book.bytes, book.len, "三", "1:third", __FILE__, __LINE__);
	check_table(book.bytes, book.len, "党员", "1:hidden", __FILE__, __LINE__);
	check_table(book.bytes, book.len, "四", "! no sheet is called '四'", __FILE__, __LINE__);
	free(book.bytes);
}

/* XLSX as others might write it: parts by hand. */

#define WORKBOOK "<workbook><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"
#define RELATIONS                                                                                          \
	"<Relationships><Relationship Id=\"r1\" Type=\"http://x/worksheet\" Target=\"worksheets/s.xml\"/>" \
	"<Relationship Id=\"r2\" Type=\"http://x/sharedStrings\" Target=\"/xl/strings.xml\"/></Relationships>"

struct part {
	const char *name;
	const char *content;
	size_t len; /* 0: that of the text */
};

/* Zips them; returns the bytes, which the caller frees. */
static char *
zip_parts(const struct part *parts, size_t count, size_t *len)
{
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
	zip_stat_t is;
	char *bytes;

	assert_non_null(zip);
	zip_source_keep(target);
	for (size_t i = 0; i < count; i++) {
		size_t part_len = parts[i].len ? parts[i].len : strlen(parts[i].content);
		zip_source_t *source = zip_source_buffer(zip, parts[i].content, part_len, 0);
		assert_true(zip_file_add(zip, parts[i].name, source, 0) >= 0);
	}
	assert_int_equal(zip_close(zip), 0);
	zip_source_open(target);
	zip_source_stat(target, &is);
	*len = is.size;
	bytes = malloc(*len);
	assert_int_equal(zip_source_read(target, bytes, *len), *len);
	zip_source_close(target);
	zip_source_free(target);
	return bytes;
}

#define assert_sheet(sheet, texts, wanted) check_sheet((sheet), 0, (texts), (wanted), __FILE__, __LINE__)

static void
check_sheet(const char *sheet, size_t sheet_len, const char *texts, const char *wanted, const char *file, int line)
{
	const struct part parts[] = {{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS},
		{"xl/worksheets/s.xml", sheet, sheet_len}, {"xl/strings.xml", texts}};
	size_t len;
	char *bytes = zip_parts(parts, ARRAY_LEN(parts), &len);

	check_table(bytes, len, NULL, wanted, file, line);
	free(bytes);
}

static void
cells_are_of_many_kinds(void **state)
{
	(void)state;
	assert_sheet("<worksheet><sheetData><row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>王</t></is></c>"
		     "<c r=\"C2\" t=\"str\"><f>x()</f><v>f</v></c><c t=\"b\"><v>1</v></c></row>"
		     "<row><c><v>1.38E10</v></c><c><v>1.38E+10</v></c><c><v>0.1</v></c><c t=\"e\"><v>#N/A</v></c></row>"
		     "</sheetData></worksheet>",
		"<sst/>", "2:王||f|1 3:13800000000|13800000000|0.1|#N/A");
	assert_sheet("<x:worksheet xmlns:x=\"u\"><x:row r=\"7\"><x:c r=\"B7\" "
		     "t=\"s\"><x:v>1</x:v></x:c></x:row></x:worksheet>",
		"<x:sst xmlns:x=\"u\"><x:si><x:t>a</x:t></x:si><x:si><x:t>b</x:t></x:si></x:sst>", "7:|b");
}

/* Runs of one text are put together, and how it is spoken is left out. */
static void
texts_come_in_runs(void **state)
{
	(void)state;
	assert_sheet(
		"<worksheet><row r=\"1\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>9</v></c></row>"
		"</worksheet>",
		"<sst><si><r><t>王</t></r><r><t xml:space=\"preserve\"> 芳</t></r><rPh sb=\"0\" "
		"eb=\"1\"><t>wang</t></rPh></si>"
		"<si><t>&lt;&#x738B;&gt;</t></si></sst>",
		"1:王 芳|<王>|");
}

/* Downwards only, whether the others are there or not, and no further. */
static void
merged_cells_say_what_the_first_says(void **state)
{
	struct book book;

	(void)state;
	book_open(&book);
	worksheet_merge_range(book.sheet, 1, 1, 3, 1, "一支部", NULL);
	worksheet_merge_range(book.sheet, 0, 0, 0, 2, "花名册", NULL);
	for (unsigned row = 1; row < 5; row++)
		worksheet_write_number(book.sheet, row, 0, row, NULL);
	worksheet_write_string(book.sheet, 2, 2, "x", NULL);
	book_close(&book);
	assert_table(book.bytes, book.len, "1:花名册 2:1|一支部 3:2|一支部|x 4:3|一支部 5:4");
	free(book.bytes);
	assert_sheet(
		"<worksheet><row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"C2\" t=\"str\"><v>a</v></c></row>"
		"<row r=\"3\"><c r=\"D3\"><v>2</v></c></row><row r=\"4\"><c r=\"C4\" t=\"str\"><v>b</v></c></row>"
		"<row r=\"5\"><c r=\"A5\"><v>3</v></c></row><row r=\"6\"><c r=\"A6\"><v>4</v></c></row>"
		"<mergeCells><mergeCell ref=\"C2:C5\"/><mergeCell ref=\"A6:B6\"/><mergeCell ref=\"x\"/></mergeCells>"
		"</worksheet>",
		"<sst/>", "2:1||a 3:||a|2 4:||b 5:3||a 6:4");
}

static void
what_no_spreadsheet_writes_is_refused(void **state)
{
	(void)state;
	assert_sheet("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet><row><c><v>&b;</v></c></row></worksheet>", "<sst/>",
		"! it has a document type, which no spreadsheet writes");
	assert_sheet("<worksheet><row>", "<sst/>", "! xl/worksheets/s.xml: no good XML in line 1");
	assert_sheet("<worksheet/>", "<sst>\n<", "! xl/strings.xml: no good XML in line 2");
	assert_csv("PK\x03\x04 and no more", "! a broken ZIP, so not an XLSX");
}

/* Three hundred megabytes of blanks pack into three hundred kilobytes. */
static void
part_that_unpacks_to_no_end_is_refused(void **state)
{
	size_t len = (size_t)300 << 20;
	char *sheet = malloc(len);

	(void)state;
	memset(sheet, ' ', len);
	memcpy(sheet, "<worksheet>", 11);
	check_sheet(sheet, len, "<sst/>", "! xl/worksheets/s.xml: unpacks to more than 256 MB", __FILE__, __LINE__);
	free(sheet);
}

static void
cell_and_depth_are_bounded(void **state)
{
	size_t len = 200000, at = 0;
	char *sheet = malloc(len);

	(void)state;
	memset(sheet, 'x', len);
	memcpy(sheet, "<w><row><c><v>", 14);
	memcpy(sheet + len - 18, "</v></c></row></w>", 18);
	check_sheet(sheet, len, "<sst/>", "! a cell longer than any spreadsheet allows", __FILE__, __LINE__);
	while (at + 3 <= 3000) {
		memcpy(sheet + at, "<a>", 3);
		at += 3;
	}
	check_sheet(sheet, at, "<sst/>", "! elements nested deeper than in any spreadsheet", __FILE__, __LINE__);
	free(sheet);
}

static void
parts_may_be_missing(void **state)
{
	static const struct part only[] = {{"a.txt", "hello"}};
	static const struct part no_sheet[] = {
		{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS}};
	size_t len;
	char *bytes = zip_parts(only, 1, &len);

	(void)state;
	assert_table(bytes, len, "! no sheets in it: not an XLSX");
	free(bytes);
	bytes = zip_parts(no_sheet, 2, &len);
	assert_table(bytes, len, "! the sheet itself is missing");
	free(bytes);
}

static void
file_that_cannot_be_read_is_told(void **state)
{
	char flaw[TABLE_FLAW] = "";
	struct buf said = {0};

	(void)state;
	assert_false(table_read("/nowhere/at/all.csv", NULL, write_down, &said, flaw));
	assert_string_equal(flaw, "No such file or directory");
	assert_false(table_read("/", NULL, write_down, &said, flaw));
	assert_string_equal(flaw, "Is a directory");
	assert_int_equal(said.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_read_row_by_row),
		cmocka_unit_test(separator_is_found_out),
		cmocka_unit_test(line_is_where_a_row_begins),
		cmocka_unit_test(wrong_quotes_are_told_with_their_line),
		cmocka_unit_test(encoding_is_found_out),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(columns_beyond_the_last_are_dropped),
		cmocka_unit_test(csv_has_no_sheets),
		cmocka_unit_test(xlsx_has_texts_and_numbers),
		cmocka_unit_test(sheet_is_the_first_that_shows_or_the_one_named),
		cmocka_unit_test(cells_are_of_many_kinds),
		cmocka_unit_test(texts_come_in_runs),
		cmocka_unit_test(merged_cells_say_what_the_first_says),
		cmocka_unit_test(what_no_spreadsheet_writes_is_refused),
		cmocka_unit_test(part_that_unpacks_to_no_end_is_refused),
		cmocka_unit_test(cell_and_depth_are_bounded),
		cmocka_unit_test(parts_may_be_missing),
		cmocka_unit_test(file_that_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
