/* table.h - a table that somebody else's program wrote, row by row: CSV or XLSX, whichever its first bytes say.
 *
 * CSV may be UTF-8 with or without a mark, UTF-16 with one, or GB18030, as Chinese spreadsheets save it; parted by commas,
 * semicolons or tabs. Of XLSX the texts and numbers are read as the cells hold them, not as they show: a number that is
 * whole comes as its digits. Formulas come as their last results.
 *
 * Everything is bounded, and what goes beyond a bound is refused and not cut off, but for columns behind TABLE_COLUMNS. */
#ifndef GV_TABLE_OF_ROSTER_H
#define GV_TABLE_OF_ROSTER_H

#include "text.h"

#define TABLE_COLUMNS    128
#define TABLE_FILE_MAX   ((size_t)64 << 20)  /* bytes of a file */
#define TABLE_PART_MAX   ((size_t)256 << 20) /* bytes of a part of an XLSX, unpacked */
#define TABLE_SHEETS_MAX 256
#define TABLE_FLAW       160

struct table_row {
	uint32_t line; /* in the file, where the row begins; in XLSX the row's number. Counted from 1 */
	unsigned count;
	struct text cells[TABLE_COLUMNS]; /* UTF-8; until the function returns */
};

typedef void table_take(const struct table_row *row, void *context);

/* Gives every row that has anything in it, in their order. `sheet` is the name of the one to read in XLSX; NULL: the first
 * that is not hidden. False, with what is wrong in `flaw`, for people; rows may have been given by then. */
bool table_read(
	const char *path, const char *sheet, table_take *take, void *context, char flaw[TABLE_FLAW]) WARN_UNUSED;

/* The same of bytes in memory. */
bool table_read_bytes(
	struct text bytes, const char *sheet, table_take *take, void *context, char flaw[TABLE_FLAW]) WARN_UNUSED;

#endif
