/* table_private.h - what the kinds of tables share. */
#ifndef GV_TABLE_PRIVATE_H
#define GV_TABLE_PRIVATE_H

#include "buf.h"
#include "lang.h"
#include "table.h"

struct reading {
	table_take *take;
	void *context;
	char *flaw; /* TABLE_FLAW bytes */
	/* The row being read: its texts one behind the other, and where each of them ends. */
	uint32_t line;
	struct buf texts;
	size_t ends[TABLE_COLUMNS];
	unsigned count;
};

/* Puts a cell into that column, which must be behind those there are; one behind TABLE_COLUMNS is dropped. */
void reading_add(struct reading *reading, unsigned column, struct text text);

/* Gives the row, if there is anything in it, and begins the next. */
void reading_end_row(struct reading *reading);

/* Writes the flaw. Returns false. */
bool reading_fail(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);

bool table_read_csv(struct reading *reading, struct text bytes) WARN_UNUSED;
bool table_read_xlsx(struct reading *reading, struct text bytes, const char *sheet) WARN_UNUSED;

#endif
