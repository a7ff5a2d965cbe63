/* table.c - tables with any bytes, as CSV, as XLSX, and as the XML within one, on through the reading of a party office's
 * list: what comes out as good is good, and nothing goes beyond its bounds. The first byte says which way in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "names.h"
#include "roll.h"
#include "seeds.h"

#define RELATIONS                                                                                   \
	"<Relationships><Relationship Id=\"r1\" Type=\"x/worksheet\" Target=\"worksheets/s.xml\"/>" \
	"<Relationship Id=\"r2\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></Relationships>"
#define WORKBOOK "<workbook><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"
#define SHEET                                                                                              \
	"<worksheet><row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row><row><c t=\"s\"><v>2</v></c>" \
	"<c><v>13800000000</v></c></row></worksheet>"
#define TEXTS "<sst><si><t>姓名</t></si><si><t>手机</t></si><si><t>王芳</t></si></sst>"

static void
take(const struct table_row *row, void *context)
{
	HOLDS(row->line > 0 || row->count > 0);
	HOLDS(row->count <= TABLE_COLUMNS);
	roll_take(row, context);
}

static void
check_row(const struct roll_row *row, const struct names *names)
{
	struct place found[2];
	struct phone phone;

	HOLDS(row->name && row->organisation && row->where);
	HOLDS((row->verdict == ROLL_GOOD) == (row->reason == NULL));
	if (row->verdict == ROLL_GOOD) {
		HOLDS(row->name[0] && phone_parse(&phone, text_of(row->phone.digits)));
		HOLDS(strcmp(phone.digits, row->phone.digits) == 0 && !roll_is_identity(text_of(row->name)));
	}
	HOLDS(names_find(names, row->where, found) <= 3);
}

static struct names *
make_names(void)
{
	static const char *const places[][2] = {
		{"140105", "小店区"}, {"140105007", "龙城街道"}, {"140105007004", "西吴社区居委会"}};
	struct names *names = names_create();

	for (size_t i = 0; names && i < ARRAY_LEN(places); i++) {
		struct place place;
		HOLDS(place_parse(&place, text_of(places[i][0])) && names_add(names, place, places[i][1]));
	}
	return names;
}

static void
read_table(struct text bytes)
{
	static struct names *names;
	struct roll roll = {0};
	char flaw[TABLE_FLAW];

	names = names ? names : make_names();
	memset(flaw, 'x', sizeof(flaw));
	if (!table_read_bytes(bytes, NULL, take, &roll, flaw))
		HOLDS(memchr(flaw, '\0', sizeof(flaw)) && flaw[0]);
	roll_find_twins(&roll);
	for (size_t i = 0; i < roll.count; i++)
		check_row(&roll.rows[i], names);
	roll_finish(&roll);
}

static void
add_part(zip_t *zip, const char *name, struct text content)
{
	zip_source_t *source = zip_source_buffer(zip, content.data, content.len, 0);
	zip_int64_t index = zip_file_add(zip, name, source, 0);

	HOLDS(index >= 0);
	zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
}

/* An XLSX with these parts, the others as they should be. */
static void
read_parts(struct text book, struct text relations, struct text sheet, struct text texts)
{
	zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, NULL);
	zip_t *zip = zip_open_from_source(target, ZIP_TRUNCATE, NULL);
	static char bytes[65536];
	zip_int64_t len;

	HOLDS(zip);
	zip_source_keep(target);
	add_part(zip, "xl/workbook.xml", book);
	add_part(zip, "xl/_rels/workbook.xml.rels", relations);
	add_part(zip, "xl/worksheets/s.xml", sheet);
	add_part(zip, "xl/t.xml", texts);
	HOLDS(zip_close(zip) == 0);
	zip_source_open(target);
	len = zip_source_read(target, bytes, sizeof(bytes));
	zip_source_close(target);
	zip_source_free(target);
	HOLDS(len > 0);
	read_table((struct text){bytes, (size_t)len});
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct text text;
	char *copy;

	if (len == 0)
		return 0;
	copy = malloc(MAX(len - 1, 1U)); /* no more, so that a byte too far is one too far */
	if (!copy)
		return 0;
	memcpy(copy, bytes + 1, len - 1);
	text = (struct text){copy, len - 1};
	switch (bytes[0] % 5) {
	case 0:
		read_table(text);
		break;
	case 1:
		read_parts(TEXT(WORKBOOK), TEXT(RELATIONS), text, TEXT(TEXTS));
		break;
	case 2:
		read_parts(TEXT(WORKBOOK), TEXT(RELATIONS), TEXT(SHEET), text);
		break;
	case 3:
		read_parts(text, TEXT(RELATIONS), TEXT(SHEET), TEXT(TEXTS));
		break;
	default:
		read_parts(TEXT(WORKBOOK), text, TEXT(SHEET), TEXT(TEXTS));
	}
	free(copy);
	return 0;
}

void
seeds_write(void)
{
	static const char *const seeds[] = {
		"\0姓名,手机,党支部,街道,社区\n王芳,138 0000 0000,一支部,龙城街道,西吴社区\n,,\n\"a\nb\",1.38E+10,,,\n",
		"\0name;phone\nAn Li;+8613800000000\n",
		"\0\xd0\xd5\xc3\xfb\t\xca\xd6\xbb\xfa\n\xcd\xf5\xb7\xbc\t13800000000/13900000000\n",
		"\1" SHEET,
		"\1<worksheet><row r=\"1\"><c r=\"B1\" "
		"t=\"inlineStr\"><is><r><t>姓名</t></r><rPh><t>x</t></rPh></is></c></row></worksheet>",
		"\1<worksheet><row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row><row r=\"2\"><c r=\"C2\"/></row>"
		"<mergeCells><mergeCell ref=\"A1:A3\"/></mergeCells></worksheet>",
		"\2" TEXTS,
		"\3" WORKBOOK,
		"\4" RELATIONS,
	};

	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		seeds_add(seeds[i], 1 + strlen(seeds[i] + 1));
}
