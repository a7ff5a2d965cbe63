/* sheet_private.h - what a kind of sheet does (sheet_csv.c, sheet_xlsx.c) for sheet.c. */
#ifndef GV_SHEET_PRIVATE_H
#define GV_SHEET_PRIVATE_H

#include "sheet.h"

struct sheet_kind {
	void (*text)(struct sheet *sheet, const char *text);
	void (*number)(struct sheet *sheet, uint64_t number);
	void (*time)(struct sheet *sheet, uint64_t ms);
	void (*end_row)(struct sheet *sheet);
	bool (*close)(struct sheet *sheet);
};

/* The first member of the struct of each kind. */
struct sheet {
	const struct sheet_kind *kind;
	uint32_t row, column; /* of the next cell, from 0 */
};

#endif
