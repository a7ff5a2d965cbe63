/* roll.h - a party office's list of members as it came in a table: which column is what, and each row made clean.
 *
 * The header is the first row, of the first ROLL_HEADER_ROWS, that names a column for names and one for phones; in Chinese
 * or English, with blanks, stars and remarks in brackets as people put them there. A column of identity-card numbers is
 * never read, nor is any column that is not known. */
#ifndef GV_ROLL_H
#define GV_ROLL_H

#include "phone.h"
#include "place.h"
#include "table.h"

#define ROLL_HEADER_ROWS 20
#define ROLL_ROWS_MAX    1000000
#define ROLL_PLACES_MAX  8 /* columns that name a place together: 街道, 社区, 网格 */

enum roll_verdict {
	ROLL_GOOD,
	ROLL_DOUBTFUL, /* somebody must look; not written */
	ROLL_REFUSED,
};

struct roll_row {
	uint32_t line;
	enum roll_verdict verdict;
	const char *reason; /* why it is not good, for people; NULL for a good one */
	bool is_of_place;   /* the reason is one of its place */
	uint32_t other;     /* a line that it is about, 0: none */
	struct phone phone; /* "" where there is none */
	char *name, *organisation;
	char *where;        /* the place as the table has it: a code, or names with slashes between; may be "" */
	struct place place; /* none until it was looked for */
};

/* A column of the header. */
struct roll_column {
	int column; /* counted from 0; -1: there is none */
	char title[64];
};

struct roll {
	struct roll_column name, phone, organisation, identity;
	struct roll_column places[ROLL_PLACES_MAX];
	unsigned place_count;
	uint32_t header_line; /* 0: none was found yet */
	unsigned looked_at;   /* rows, for a header */
	struct roll_row *rows;
	size_t count, room;
	bool full; /* there were more than ROLL_ROWS_MAX */
};

/* Takes a row of the table: a table_take, `context` is a zeroed struct roll. */
void roll_take(const struct table_row *row, void *context);

/* Wipes all and frees it. */
void roll_finish(struct roll *roll);

/* Phones that more than one row has make all of these doubtful, each with the line of another. */
void roll_find_twins(struct roll *roll);

/* True for an identity-card number (GB 11643): 17 digits of which 7 to 14 are a day, and the check character. */
bool roll_is_identity(struct text text);

#endif
