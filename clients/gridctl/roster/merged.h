/* merged.h - cells of an XLSX that are merged downwards, as the branch of twenty members is: their text stands in the first
 * of them, and is given for all.
 *
 * All merges are added before the first row. Rows come in their order, and the cells of each in theirs. Merged to the
 * side is not looked at. */
#ifndef GV_MERGED_H
#define GV_MERGED_H

#include <stdbool.h>

#include "text.h"

#define MERGED_MAX 200000

struct merged;

struct merged *merged_create(void) WARN_UNUSED;

/* Wipes it. NULL is nothing. */
void merged_destroy(struct merged *merged);

/* Cells of a column from one row to another, both counted from 1. False when there are too many. */
bool merged_add(struct merged *merged, unsigned column, uint32_t first, uint32_t last) WARN_UNUSED;

void merged_begin_row(struct merged *merged, uint32_t line);

/* What a cell of the row says: its own text or, if that is empty, that of the first of those it is merged with. Lives until
 * the next row. */
struct text merged_text(struct merged *merged, unsigned column, struct text own);

#endif
