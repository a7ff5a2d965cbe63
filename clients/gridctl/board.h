/* board.h - the figures of a place and of what lies under it, as a supervisor watches them. */
#ifndef GV_BOARD_H
#define GV_BOARD_H

#include "place.h"
#include "tool.h"

struct board_place {
	struct place place;
	char *name;
	uint32_t members, calls, confirmed, waiting;
	bool changed; /* since the board was last shown */
};

struct board_call {
	char *id;
	char *title;
	uint32_t need, limit, confirmed, waiting;
	uint64_t deadline_ms;
};

struct board {
	struct tool *tool;
	const char *top; /* the code of the place */
	unsigned depth;
	struct board_place *places; /* in the order of their codes; the first is the place itself */
	size_t place_count;
	size_t place_room;
	struct board_call *calls; /* in the order they were heard of */
	size_t call_count;
	size_t call_room;
};

struct board *board_create(struct tool *tool, const char *top, unsigned depth);
void board_destroy(struct board *board);

/* Reads everything anew. EXIT_DONE, or how to exit, after a line on standard error. */
int board_load(struct board *board) WARN_UNUSED;

/* Takes over what is told. NULL if it is about nothing on the board. */
struct board_place *board_tally(struct board *board, const Tally *tally);
void board_call(struct board *board, const Call *call);

/* The place and its figures as an object; the caller frees it. */
json_t *board_place_json(const struct board_place *place);

/* How far in a place stands on the page: two columns a level. */
int board_indent(const struct board *board, const struct board_place *place);

#endif
