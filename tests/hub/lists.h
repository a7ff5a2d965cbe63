/* lists.h - what the hub lists, asked for page by page, as rows of text to compare. */
#ifndef GV_LISTS_H
#define GV_LISTS_H

#include "caller.h"

/* What is listed, page by page of `page`, as the hub gives it: one text a row, NULL behind the last. It lives until the
 * next list of the same kind is asked for. */
const char *const *list_members(struct caller *caller, const char *place, uint32_t page); /* "NAME PLACE" */
const char *const *list_places(struct caller *caller, const char *under, uint32_t depth, uint32_t page);  /* "CODE" */
const char *const *list_tallies(struct caller *caller, const char *place, uint32_t depth, uint32_t page); /* "CODE" */
const char *const *list_calls(struct caller *caller, const char *place, uint32_t page);                   /* "ID" */
const char *const *list_chain(struct caller *caller, const char *call, uint32_t page); /* as assert_chain() */

/* Both lists have the same rows in the same order. */
#define assert_rows(rows, ...) assert_rows_at((rows), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
void assert_rows_at(const char *const *rows, const char *const *wanted, const char *file, int line);
size_t rows_count(const char *const *rows);

#endif
