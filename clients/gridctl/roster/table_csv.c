/* table_csv.c - a table in CSV: its encoding and what parts its cells are found out. */
#include <csv.h>
#include <stdlib.h>

#include "encoding.h"
#include "table_private.h"

#define SAMPLE 65536 /* bytes at the beginning by which the separator is found */

/* Cells. */

/* The one of , ; and tab that is met most often outside of quotes. */
static char
find_separator(struct text text)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len && i < SAMPLE; i++) {
		const char *candidate = text.data[i] ? strchr(candidates, text.data[i]) : NULL;
		if (text.data[i] == '"')
			quoted = !quoted;
		else if (candidate && !quoted)
			counts[candidate - candidates]++;
	}
	for (size_t i = 1; i < ARRAY_LEN(counts); i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

struct walk {
	struct reading *reading;
	bool between; /* rows */
};

static void
on_field(void *field, size_t len, void *context)
{
	struct reading *reading = ((struct walk *)context)->reading;

	reading_add(reading, reading->count, (struct text){field, len});
}

static void
on_row(int c, void *context)
{
	struct walk *walk = context;

	(void)c;
	reading_end_row(walk->reading);
	walk->between = true;
}

/* Byte by byte, so that it is known in which line each row begins. */
static bool
parse(struct reading *reading, struct csv_parser *parser, struct text text)
{
	struct walk walk = {reading, true};
	uint32_t line = 1;

	for (size_t i = 0; i < text.len; i++) {
		bool feeds = text.data[i] == '\n', returns = text.data[i] == '\r';
		if (walk.between && !feeds && !returns) {
			walk.between = false;
			reading->line = line;
		}
		if (csv_parse(parser, text.data + i, 1, on_field, on_row, &walk) != 1)
			return false;
		line += feeds || (returns && (i + 1 == text.len || text.data[i + 1] != '\n'));
	}
	return csv_fini(parser, on_field, on_row, &walk) == 0;
}

static bool
read_text(struct reading *reading, struct text text)
{
	struct csv_parser parser;
	bool good;

	if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return reading_fail(reading, "%s", T("no memory", "内存不足"));
	csv_set_delim(&parser, (unsigned char)find_separator(text));
	good = parse(reading, &parser, text);
	csv_free(&parser);
	if (good)
		return true;
	return reading_fail(reading,
		T("line %u: a quote stands where none can, or is not closed", "第 %u 行：引号位置不对或没有配对"),
		reading->line);
}

bool
table_read_csv(struct reading *reading, struct text bytes)
{
	const char *encoding;
	size_t len = 0;
	char *text = encoding_decode(bytes, &len, &encoding);
	bool good;

	if (!text)
		return reading_fail(reading, "%s", T("neither UTF-8 nor GB18030", "既不是 UTF-8 也不是 GB18030"));
	good = read_text(reading, (struct text){text, len});
	explicit_bzero(text, len);
	free(text);
	return good;
}
