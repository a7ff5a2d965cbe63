/* sheet_csv.c - a sheet as CSV. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sheet_private.h"

struct csv {
	struct sheet sheet;
	FILE *file;
};

static FILE *
file_of(struct sheet *sheet)
{
	FILE *file = ((struct csv *)sheet)->file;

	if (sheet->column > 0)
		fputc(',', file);
	return file;
}

static void
write_text(struct sheet *sheet, const char *text)
{
	FILE *file = file_of(sheet);
	bool quoted = strpbrk(text, ",\"\r\n");

	if (quoted)
		fputc('"', file);
	if (text[0] && strchr("=+-@\t\r", text[0]))
		fputc('\'', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	if (quoted)
		fputc('"', file);
}

static void
write_number(struct sheet *sheet, uint64_t number)
{
	fprintf(file_of(sheet), "%llu", (unsigned long long)number);
}

static void
write_time(struct sheet *sheet, uint64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[32];
	struct tm local;

	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
	fputs(text, file_of(sheet));
}

static void
end_row(struct sheet *sheet)
{
	fputs("\r\n", ((struct csv *)sheet)->file);
}

static bool
finish(struct sheet *sheet)
{
	FILE *file = ((struct csv *)sheet)->file;
	bool good = fflush(file) == 0 && !ferror(file);

	free(sheet);
	return good;
}

struct sheet *
sheet_create_csv(FILE *file)
{
	static const struct sheet_kind kind = {write_text, write_number, write_time, end_row, finish};
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		return NULL;
	csv->sheet.kind = &kind;
	csv->file = file;
	fputs("\xef\xbb\xbf", file);
	return &csv->sheet;
}
