#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "table_private.h"

void
reading_add(struct reading *reading, unsigned column, struct text text)
{
	if (column >= TABLE_COLUMNS || column < reading->count)
		return;
	while (reading->count < column)
		reading->ends[reading->count++] = reading->texts.len;
	buf_add_text(&reading->texts, text);
	reading->ends[reading->count++] = reading->texts.len;
}

void
reading_end_row(struct reading *reading)
{
	struct table_row row = {.line = reading->line, .count = reading->count};
	const char *texts = (const char *)reading->texts.bytes;
	size_t start = 0;

	for (unsigned i = 0; i < row.count; i++) {
		row.cells[i] = (struct text){texts ? texts + start : "", reading->ends[i] - start};
		start = reading->ends[i];
	}
	if (reading->texts.len > 0 && !reading->texts.failed)
		reading->take(&row, reading->context);
	reading->texts.len = 0;
	reading->count = 0;
}

bool
reading_fail(struct reading *reading, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reading->flaw, TABLE_FLAW, format, args);
	va_end(args);
	return false;
}

static bool
begins_with(struct text bytes, const char *magic, size_t len)
{
	return bytes.len >= len && memcmp(bytes.data, magic, len) == 0;
}

static bool
read_kind(struct reading *reading, struct text bytes, const char *sheet)
{
	if (begins_with(bytes, "\xd0\xcf\x11\xe0", 4))
		return reading_fail(reading, "%s",
			T("an old .xls, or one with a password: save it as .xlsx or CSV",
				"旧版 .xls 或带密码的文件：请另存为 .xlsx 或 CSV"));
	if (begins_with(bytes, "PK", 2))
		return table_read_xlsx(reading, bytes, sheet);
	if (sheet)
		return reading_fail(reading, "%s", T("not an XLSX, so it has no sheets", "不是 XLSX，没有工作表可选"));
	return table_read_csv(reading, bytes);
}

bool
table_read_bytes(struct text bytes, const char *sheet, table_take *take, void *context, char flaw[TABLE_FLAW])
{
	struct reading reading = {.take = take, .context = context, .flaw = flaw};
	bool good = read_kind(&reading, bytes, sheet);

	if (good && reading.texts.failed)
		good = reading_fail(&reading, "%s", T("no memory", "内存不足"));
	if (reading.texts.bytes)
		explicit_bzero(reading.texts.bytes, reading.texts.room);
	buf_finish(&reading.texts);
	return good;
}

/* The whole file, on the heap; the caller wipes and frees it. */
static char *
load(FILE *file, size_t *len, char flaw[TABLE_FLAW])
{
	char *bytes = malloc(TABLE_FILE_MAX + 1);

	*len = bytes ? fread(bytes, 1, TABLE_FILE_MAX + 1, file) : 0;
	if (bytes && !ferror(file) && *len <= TABLE_FILE_MAX)
		return bytes;
	snprintf(flaw, TABLE_FLAW, "%s",
		!bytes         ? T("no memory", "内存不足")
		: ferror(file) ? strerror(errno)
			       : T("longer than 64 MB", "超过 64 MB"));
	free(bytes);
	return NULL;
}

bool
table_read(const char *path, const char *sheet, table_take *take, void *context, char flaw[TABLE_FLAW])
{
	FILE *file = fopen(path, "re");
	char *bytes;
	size_t len;
	bool good;

	if (!file) {
		snprintf(flaw, TABLE_FLAW, "%s", strerror(errno));
		return false;
	}
	bytes = load(file, &len, flaw);
	fclose(file);
	if (!bytes)
		return false;
	good = table_read_bytes((struct text){bytes, len}, sheet, take, context, flaw);
	explicit_bzero(bytes, len);
	free(bytes);
	return good;
}
