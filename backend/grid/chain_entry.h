/* chain_entry.h - the text of one entry of a chain, understood: name, remark, number of people, marks.
 *
 * Of the grid's own rooms chain_*.c only; what the results mean stands in chain_text.h. */
#ifndef GV_CHAIN_ENTRY_H
#define GV_CHAIN_ENTRY_H

#include "chain_text.h"

/* Fills in the texts of the entry, `people`, and those flags that the text tells, beside those it has. `text` is what
 * stands behind the number, cleaned (chain_clean.h), in the arena; phones in it are masked where it lies. Empty text is a
 * reserved seat. False if the arena is full. */
bool chain_entry_read(struct chain_entry *entry, char *text, size_t len, struct arena *arena) WARN_UNUSED;

#endif
