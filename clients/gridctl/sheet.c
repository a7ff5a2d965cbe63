#include "sheet.h"

#include "sheet_private.h"
#include "text.h"

#define EXACT_DIGITS 15 /* that a spreadsheet's numbers, which are doubles, hold */

void
sheet_text(struct sheet *sheet, const char *text)
{
	sheet->kind->text(sheet, text);
	sheet->column++;
}

void
sheet_number(struct sheet *sheet, uint64_t number)
{
	sheet->kind->number(sheet, number);
	sheet->column++;
}

void
sheet_time(struct sheet *sheet, uint64_t ms)
{
	if (ms > 0)
		sheet->kind->time(sheet, ms);
	else
		sheet->kind->text(sheet, "");
	sheet->column++;
}

void
sheet_digits(struct sheet *sheet, const char *digits)
{
	uint64_t number;

	if (strlen(digits) <= EXACT_DIGITS && text_to_u64(&number, text_of(digits), UINT64_MAX))
		sheet_number(sheet, number);
	else
		sheet_text(sheet, digits);
}

void
sheet_end_row(struct sheet *sheet)
{
	sheet->kind->end_row(sheet);
	sheet->row++;
	sheet->column = 0;
}

bool
sheet_close(struct sheet *sheet)
{
	return sheet->kind->close(sheet);
}
