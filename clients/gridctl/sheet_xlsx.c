/* sheet_xlsx.c - a sheet as XLSX (libxlsxwriter). */
#include <stdlib.h>
#include <time.h>
#include <xlsxwriter.h>

#include "sheet_private.h"

#define WIDTH 18 /* of a column, in characters */

struct xlsx {
	struct sheet sheet;
	lxw_workbook *book;
	lxw_worksheet *page;
	lxw_format *heading, *time;
	bool failed;
};

static void
note(struct xlsx *xlsx, lxw_error error)
{
	xlsx->failed |= error != LXW_NO_ERROR;
}

static void
write_text(struct sheet *sheet, const char *text)
{
	struct xlsx *xlsx = (struct xlsx *)sheet;

	if (text[0] == '\0')
		return;
	note(xlsx, worksheet_write_string(xlsx->page, sheet->row, (lxw_col_t)sheet->column, text,
			   sheet->row == 0 ? xlsx->heading : NULL));
}

static void
write_number(struct sheet *sheet, uint64_t number)
{
	struct xlsx *xlsx = (struct xlsx *)sheet;

	note(xlsx, worksheet_write_number(xlsx->page, sheet->row, (lxw_col_t)sheet->column, (double)number, NULL));
}

static void
write_time(struct sheet *sheet, uint64_t ms)
{
	struct xlsx *xlsx = (struct xlsx *)sheet;
	time_t seconds = (time_t)(ms / 1000);
	struct tm local;
	lxw_datetime at;

	localtime_r(&seconds, &local);
	at = (lxw_datetime){
		local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec};
	note(xlsx, worksheet_write_datetime(xlsx->page, sheet->row, (lxw_col_t)sheet->column, &at, xlsx->time));
}

static void
end_row(struct sheet *sheet)
{
	struct xlsx *xlsx = (struct xlsx *)sheet;

	if (sheet->row > 0)
		return;
	note(xlsx, worksheet_set_column(xlsx->page, 0, (lxw_col_t)sheet->column, WIDTH, NULL));
	worksheet_freeze_panes(xlsx->page, 1, 0);
}

static bool
finish(struct sheet *sheet)
{
	struct xlsx *xlsx = (struct xlsx *)sheet;
	bool good;

	note(xlsx, workbook_close(xlsx->book));
	good = !xlsx->failed;
	free(xlsx);
	return good;
}

struct sheet *
sheet_create_xlsx(const char *path)
{
	static const struct sheet_kind kind = {write_text, write_number, write_time, end_row, finish};
	struct xlsx *xlsx = calloc(1, sizeof(*xlsx));

	if (!xlsx)
		return NULL;
	xlsx->sheet.kind = &kind;
	xlsx->book = workbook_new(path);
	xlsx->page = workbook_add_worksheet(xlsx->book, NULL);
	xlsx->heading = workbook_add_format(xlsx->book);
	format_set_bold(xlsx->heading);
	xlsx->time = workbook_add_format(xlsx->book);
	format_set_num_format(xlsx->time, "yyyy-mm-dd hh:mm:ss");
	return &xlsx->sheet;
}
