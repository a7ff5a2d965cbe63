/* chain_lines.h - the lines of a pasted chain, and what kind each may be by itself; chain_text.c decides by where it stands.
 *
 * Of the grid's own rooms chain_*.c only. */
#ifndef GV_CHAIN_LINES_H
#define GV_CHAIN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "macros.h"
#include "text.h"

/* A line that is not blank, without blanks at its ends. */
struct chain_line {
	struct text text;
	bool indented;
	bool after_blank;
	bool example; /* left out of the body */
};

/* Parts a clean text into lines; quotations with their rule, and pictures, are left out. `lines` has room for as many as
 * chain_lines_count() says. Returns how many there are. */
size_t chain_lines_split(struct chain_line *lines, struct text clean);

/* How many lines are not blank. */
size_t chain_lines_count(struct text clean);

/* "@所有人 #接龙 周六核酸": true, and what stands on either side of #接龙 or #Group Note. */
bool line_header(struct text line, struct text *lead, struct text *rest);

/* "张三 2022/4/12 19:05": who spoke when, as an export has it. In front of a header "张三:" and "张三 19:05" will do. */
bool line_sender(struct text line, bool before_header, struct text *sender);

/* "例如:张三 3号楼": true, and whether nothing stands behind the cue. */
bool line_example(struct text line, bool *bare);

enum number_style { NUMBER_DIGITS, NUMBER_CIRCLED, NUMBER_HAN };

/* The number a line starts with: "12. ", "１２）", "⑫", "三、". */
struct line_number {
	uint32_t number;
	enum number_style style;
	bool bare;        /* nothing but a blank behind it, or nothing at all */
	bool decimal;     /* ". 5" or ", 5" follow at once: perhaps 12.5 */
	struct text text; /* what stands behind it and its separator */
};

/* False for a line without one, for times (7:20), addresses (3-2-501, 3#楼) and measures (1.5米). */
bool line_number(struct line_number *out, struct text line);

/* "注意:1. 戴口罩 2. 带水": a list that starts within the line. */
bool line_holds_list(struct text line);

/* The code in "呼号 K7Q2" or "call code K7Q2", as written; empty if there is none. */
struct text text_call_code(struct text text);

/* "· 1. 戴口罩": true, and the line without the mark, if that would be read as something else. `without` may be &line. */
bool line_kept(struct text line, struct text *without);

/* True if the line needs that mark to be body or title. */
bool line_needs_keeping(struct text line);

#define LINE_KEPT "· "

#endif
