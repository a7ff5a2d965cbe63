/* sheet.h - a table as a file that office programs open: CSV or XLSX. Written cell by cell, row by row.
 *
 * CSV is UTF-8 behind a byte order mark, by which Excel knows it, and by RFC 4180: lines end in CR LF, a cell with a comma,
 * a quote or a line end stands in quotes. A text that begins with = + - @, a tab or a CR would be run as a formula: it gets
 * an apostrophe in front. In XLSX cells have a kind, so a text is never a formula; numbers and times are such. */
#ifndef GV_SHEET_H
#define GV_SHEET_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "macros.h"

struct sheet;

/* The kinds. `file` stays the caller's. NULL if memory is out. */
struct sheet *sheet_create_csv(FILE *file) WARN_UNUSED;
struct sheet *sheet_create_xlsx(const char *path) WARN_UNUSED;

/* The next cell of the row. The first row holds the headings. */
void sheet_text(struct sheet *sheet, const char *text);
void sheet_number(struct sheet *sheet, uint64_t number);
void sheet_time(struct sheet *sheet, uint64_t ms); /* 0: an empty cell */
void sheet_end_row(struct sheet *sheet);

/* Digits that somebody wrote: a number where that loses nothing (no leading zero, at most 15 digits), else a text. */
void sheet_digits(struct sheet *sheet, const char *digits);

/* Ends the file and frees the sheet. False if not all could be written. */
bool sheet_close(struct sheet *sheet) WARN_UNUSED;

#endif
