/* packed.h - small lists of texts as one text, as they stand in Redis: the questions of a call, and what a line says.
 *
 * Columns have tabs between them, rows newlines: neither is in any text that wire/rules.c lets through. */
#ifndef GV_PACKED_H
#define GV_PACKED_H

#include "buf.h"
#include "requests.h"

/* Questions: a row each of kind (a number), required (1 or 0), label, choices. */
void pack_questions(struct buf *out, const struct list *questions);

/* Whether this is an answer to a packed question: there if it must be, one of the choices, or digits. */
bool packed_answer_fits(struct text question, struct text answer) WARN_UNUSED;

/* A line's name, remark and answers up to the last that is not empty; nothing at all if all are. */
void pack_line_texts(struct buf *out, struct text name, struct text remark, const struct list *answers);

#endif
