/* table_xlsx.c - a table in XLSX (ECMA-376, SpreadsheetML): a ZIP of XML, of which the list of sheets, one sheet and the
 * texts that sheets share are read. What a spreadsheet never writes and an attacker might, a document type or a part that
 * unpacks to no end, is refused. */
#include <expat.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

#include "merged.h"
#include "table_private.h"

#define TEXTS_MAX 4000000 /* shared ones */
#define WHOLE_MAX 1e15    /* numbers below are exact, and written with all their digits */
#define CELL_MAX  131072  /* bytes; 32,767 characters is what Excel allows */
#define DEPTH_MAX 64      /* of elements in each other */
#define PART_NAME 256

struct sheet_name {
	char *name;
	char id[32]; /* by which workbook.xml.rels knows its part */
	bool hidden;
};

struct workbook {
	struct reading *reading;
	XML_Parser parser;
	XML_StartElementHandler start; /* of the part that is read */
	XML_EndElementHandler end;
	unsigned depth;
	struct sheet_name sheets[TABLE_SHEETS_MAX];
	unsigned sheet_count;
	const char *sheet_id; /* of the one that is read */
	char sheet_part[PART_NAME], texts_part[PART_NAME];
	/* The shared texts, one behind the other, and where each of them ends. */
	struct buf texts;
	size_t *ends;
	size_t text_count, text_room;
	struct merged *merged;
	/* What is being read. */
	struct buf value;
	bool takes;      /* characters are of the value */
	unsigned spoken; /* phonetic runs around, which are no part of a text */
	bool shared;     /* the cell's value is the number of a shared text */
	bool number;
	unsigned column;
	uint32_t line;
};

/* XML. */

/* The name without its namespace's prefix. */
static const char *
local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static bool
is(const char *name, const char *wanted)
{
	return strcmp(local(name), wanted) == 0;
}

/* An attribute by its whole name or, with a colon in front of `wanted`, by the end of it; "" if it is not there. */
static const char *
attribute(const char **attributes, const char *wanted)
{
	for (; attributes[0]; attributes += 2) {
		const char *colon = strchr(attributes[0], ':');
		if (strcmp(wanted[0] == ':' && colon ? colon : attributes[0], wanted) == 0)
			return attributes[1];
	}
	return "";
}

static void
stop(struct workbook *book, const char *flaw)
{
	reading_fail(book->reading, "%s", flaw);
	XML_StopParser(book->parser, XML_FALSE);
}

static void
on_doctype(void *context, const char *name, const char *system, const char *public, int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_internal;
	stop(context, T("it has a document type, which no spreadsheet writes", "含有文档类型声明，不是正常的表格文件"));
}

static void
on_characters(void *context, const char *text, int len)
{
	struct workbook *book = context;

	if (!book->takes || book->spoken > 0)
		return;
	if (book->value.len + (size_t)len > CELL_MAX)
		return stop(book, T("a cell longer than any spreadsheet allows", "单元格内容超长"));
	buf_add(&book->value, text, (size_t)len);
}

static void
on_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;

	if (++book->depth > DEPTH_MAX)
		return stop(book, T("elements nested deeper than in any spreadsheet", "XML 嵌套过深"));
	book->start(book, name, attributes);
}

static void
on_end(void *context, const char *name)
{
	struct workbook *book = context;

	book->depth--;
	if (book->end)
		book->end(book, name);
}

/* Feeds a part to the parser, as far as it goes; false with the flaw written. */
static bool
feed(struct workbook *book, zip_file_t *file, const char *part)
{
	size_t total = 0;
	zip_int64_t len;

	do {
		char *bytes = XML_GetBuffer(book->parser, 65536);
		len = bytes ? zip_fread(file, bytes, 65536) : -1;
		if (len < 0)
			return reading_fail(book->reading, T("%s: cannot be unpacked", "%s：无法解压"), part);
		total += (size_t)len;
		if (total > TABLE_PART_MAX)
			return reading_fail(
				book->reading, T("%s: unpacks to more than 256 MB", "%s：解压后超过 256 MB"), part);
		if (XML_ParseBuffer(book->parser, (int)len, len == 0) == XML_STATUS_OK)
			continue;
		if (book->reading->flaw[0] == '\0')
			reading_fail(book->reading, T("%s: no good XML in line %lu", "%s：第 %lu 行 XML 有误"), part,
				(unsigned long)XML_GetCurrentLineNumber(book->parser));
		return false;
	} while (len > 0);
	return true;
}

/* Reads a part with these handlers. One that is not there is read as nothing. */
static bool
read_part(struct workbook *book, zip_t *zip, const char *part, XML_StartElementHandler start, XML_EndElementHandler end)
{
	zip_file_t *file = zip_fopen(zip, part, 0);
	bool good;

	if (!file)
		return true;
	book->start = start;
	book->end = end;
	book->depth = 0;
	book->takes = false;
	book->spoken = 0;
	book->value.len = 0;
	book->parser = XML_ParserCreate(NULL);
	XML_SetUserData(book->parser, book);
	XML_SetElementHandler(book->parser, on_start, on_end);
	XML_SetCharacterDataHandler(book->parser, on_characters);
	XML_SetStartDoctypeDeclHandler(book->parser, on_doctype);
	good = feed(book, file, part);
	XML_ParserFree(book->parser);
	zip_fclose(file);
	return good;
}

/* The sheets: workbook.xml has their names, and workbook.xml.rels where they are. */

static void
on_workbook_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;
	struct sheet_name *sheet = &book->sheets[book->sheet_count];

	if (!is(name, "sheet") || book->sheet_count == TABLE_SHEETS_MAX)
		return;
	sheet->name = strdup(attribute(attributes, "name"));
	snprintf(sheet->id, sizeof(sheet->id), "%s", attribute(attributes, ":id"));
	sheet->hidden =
		attribute(attributes, "state")[0] != '\0' && strcmp(attribute(attributes, "state"), "visible") != 0;
	book->sheet_count += sheet->name != NULL;
}

static bool
choose_sheet(struct workbook *book, const char *wanted)
{
	for (unsigned i = 0; i < book->sheet_count && !book->sheet_id; i++)
		if (wanted ? strcmp(book->sheets[i].name, wanted) == 0 : !book->sheets[i].hidden)
			book->sheet_id = book->sheets[i].id;
	if (book->sheet_id)
		return true;
	if (wanted)
		return reading_fail(book->reading, T("no sheet is called '%.60s'", "没有名为“%.60s”的工作表"), wanted);
	return reading_fail(book->reading, "%s", T("no sheets in it: not an XLSX", "其中没有工作表，不是 XLSX"));
}

/* A target is seen from xl/, or from the top if it begins with a slash. */
static void
set_part(char out[PART_NAME], const char *target)
{
	snprintf(out, PART_NAME, "%s%s", target[0] == '/' ? "" : "xl/", target[0] == '/' ? target + 1 : target);
}

static void
on_relation_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;
	const char *target = attribute(attributes, "Target"), *type = strrchr(attribute(attributes, "Type"), '/');

	if (!is(name, "Relationship"))
		return;
	if (strcmp(attribute(attributes, "Id"), book->sheet_id) == 0)
		set_part(book->sheet_part, target);
	else if (type && strcmp(type, "/sharedStrings") == 0)
		set_part(book->texts_part, target);
}

/* The shared texts: <si> with one <t>, or with many in runs <r>; how it is spoken, <rPh>, is left out. */

static void
on_text_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;

	(void)attributes;
	if (is(name, "rPh"))
		book->spoken++;
	else if (is(name, "si"))
		book->value.len = 0;
	else if (is(name, "t"))
		book->takes = true;
}

static void
keep_text(struct workbook *book)
{
	if (book->text_count == TEXTS_MAX)
		return stop(book, T("more than four million texts", "文本超过四百万条"));
	if (book->text_count == book->text_room) {
		size_t room = book->text_room ? book->text_room * 2 : 4096;
		size_t *ends = realloc(book->ends, room * sizeof(*ends));
		if (!ends)
			return stop(book, T("no memory", "内存不足"));
		book->ends = ends;
		book->text_room = room;
	}
	buf_add_text(&book->texts, buf_text(&book->value));
	book->ends[book->text_count++] = book->texts.len;
}

static void
on_text_end(void *context, const char *name)
{
	struct workbook *book = context;

	if (is(name, "rPh") && book->spoken > 0)
		book->spoken--;
	else if (is(name, "t"))
		book->takes = false;
	else if (is(name, "si"))
		keep_text(book);
}

static struct text
shared_text(const struct workbook *book, struct text number)
{
	uint64_t index;
	size_t start;

	if (book->text_count == 0 || !text_to_u64(&index, number, book->text_count - 1))
		return TEXT("");
	start = index ? book->ends[index - 1] : 0;
	return (struct text){
		book->texts.bytes ? (const char *)book->texts.bytes + start : "", book->ends[index] - start};
}

/* The sheet. */

/* "AB12": the column, counted from 0. One without letters is the next. */
static unsigned
column_of(const char *reference, unsigned next)
{
	unsigned column = 0;

	for (; *reference >= 'A' && *reference <= 'Z' && column < TABLE_COLUMNS * 26; reference++)
		column = column * 26 + (unsigned)(*reference - 'A') + 1;
	return column ? column - 1 : next;
}

/* "A2:C9": the column of the first, and both rows. */
static void
on_merge_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;
	const char *reference = attribute(attributes, "ref"), *end = strchr(reference, ':');
	uint64_t first, last;
	struct text head;

	if (!is(name, "mergeCell") || !end)
		return;
	head = (struct text){reference, (size_t)(end - reference)};
	while (head.len > 0 && head.data[0] >= 'A')
		head = (struct text){head.data + 1, head.len - 1};
	end += 1 + strspn(end + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (text_to_u64(&first, head, UINT32_MAX) && text_to_u64(&last, text_of(end), UINT32_MAX) &&
		!merged_add(book->merged, column_of(reference, 0), (uint32_t)first, (uint32_t)last))
		stop(book, T("more merged cells than fit", "合并单元格过多"));
}

/* Cells up to that column that are not there may still be merged with others. */
static void
add_merged(struct workbook *book, unsigned until)
{
	for (unsigned column = book->reading->count; column < until; column++) {
		struct text text = merged_text(book->merged, column, TEXT(""));
		if (text.len > 0)
			reading_add(book->reading, column, text);
	}
}

static void
begin_row(struct workbook *book, const char **attributes)
{
	uint64_t line;

	book->line =
		text_to_u64(&line, text_of(attribute(attributes, "r")), UINT32_MAX) ? (uint32_t)line : book->line + 1;
	book->reading->line = book->line;
	book->column = 0;
	merged_begin_row(book->merged, book->line);
}

static void
begin_cell(struct workbook *book, const char **attributes)
{
	const char *type = attribute(attributes, "t");

	book->value.len = 0;
	book->column = column_of(attribute(attributes, "r"), book->column);
	book->shared = strcmp(type, "s") == 0;
	book->number = type[0] == '\0' || strcmp(type, "n") == 0;
}

static void
on_sheet_start(void *context, const char *name, const char **attributes)
{
	struct workbook *book = context;

	if (is(name, "row"))
		begin_row(book, attributes);
	else if (is(name, "c"))
		begin_cell(book, attributes);
	else if (is(name, "rPh"))
		book->spoken++;
	else if (is(name, "v") || is(name, "t"))
		book->takes = true;
}

/* A whole number with all its digits: 13800000000 may stand there as 1.38E10, which is exactly that. */
static struct text
number_text(struct text value, char out[32])
{
	char *end;
	double number;

	if (value.len == 0 || value.len > 30)
		return value;
	memcpy(out, value.data, value.len);
	out[value.len] = '\0';
	number = strtod(out, &end);
	if (*end || !(fabs(number) < WHOLE_MAX) || number != floor(number))
		return value;
	return (struct text){out, (size_t)snprintf(out, 32, "%.0f", number)};
}

static void
end_cell(struct workbook *book)
{
	struct text value = book->value.bytes ? buf_text(&book->value) : TEXT("");
	char digits[32];

	if (book->shared)
		value = shared_text(book, value);
	else if (book->number)
		value = number_text(value, digits);
	add_merged(book, MIN(book->column, (unsigned)TABLE_COLUMNS));
	reading_add(book->reading, book->column, merged_text(book->merged, book->column, value));
	book->column++;
}

static void
on_sheet_end(void *context, const char *name)
{
	struct workbook *book = context;

	if (is(name, "row")) {
		add_merged(book, TABLE_COLUMNS);
		reading_end_row(book->reading);
	} else if (is(name, "c")) {
		end_cell(book);
	} else if (is(name, "rPh") && book->spoken > 0) {
		book->spoken--;
	} else if (is(name, "v") || is(name, "t")) {
		book->takes = false;
	}
}

static bool
read_book(struct workbook *book, zip_t *zip, const char *sheet)
{
	if (!read_part(book, zip, "xl/workbook.xml", on_workbook_start, NULL) || !choose_sheet(book, sheet) ||
		!read_part(book, zip, "xl/_rels/workbook.xml.rels", on_relation_start, NULL))
		return false;
	if (book->sheet_part[0] == '\0' || zip_name_locate(zip, book->sheet_part, 0) < 0)
		return reading_fail(book->reading, "%s", T("the sheet itself is missing", "缺少工作表内容"));
	if (book->texts_part[0] && !read_part(book, zip, book->texts_part, on_text_start, on_text_end))
		return false;
	book->merged = merged_create();
	if (!book->merged)
		return reading_fail(book->reading, "%s", T("no memory", "内存不足"));
	/* Twice, for what is merged stands behind the rows. */
	if (!read_part(book, zip, book->sheet_part, on_merge_start, NULL) ||
		!read_part(book, zip, book->sheet_part, on_sheet_start, on_sheet_end))
		return false;
	return !(book->texts.failed || book->value.failed) ||
	       reading_fail(book->reading, "%s", T("no memory", "内存不足"));
}

static void
wipe(struct buf *buf)
{
	if (buf->bytes)
		explicit_bzero(buf->bytes, buf->room);
	buf_finish(buf);
}

static zip_t *
open_zip(struct text bytes)
{
	zip_source_t *source = zip_source_buffer_create(bytes.data, bytes.len, 0, NULL);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;

	if (source && !zip)
		zip_source_free(source);
	return zip;
}

bool
table_read_xlsx(struct reading *reading, struct text bytes, const char *sheet)
{
	struct workbook *book = calloc(1, sizeof(*book));
	zip_t *zip = book ? open_zip(bytes) : NULL;
	bool good = false;

	reading->flaw[0] = '\0';
	if (zip) {
		book->reading = reading;
		good = read_book(book, zip, sheet);
		zip_discard(zip);
	} else {
		reading_fail(reading, "%s", T("a broken ZIP, so not an XLSX", "ZIP 已损坏，不是 XLSX"));
	}
	for (unsigned i = 0; book && i < book->sheet_count; i++)
		free(book->sheets[i].name);
	if (book) {
		wipe(&book->texts);
		wipe(&book->value);
		free(book->ends);
		merged_destroy(book->merged);
	}
	free(book);
	return good;
}
