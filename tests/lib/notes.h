/* notes.h - what a session has heard, written down as text that tests compare.
 *
 * An event is one line:
 *   places UNDER COUNT
 *   call ID open|closed CONFIRMED/WAITING/LINES TITLE
 *   chain ID NUMBER NAME STATE[, NUMBER NAME STATE]…
 * Of the tallies of a place, or of a call, the last is kept, and how many there were. */
#ifndef GV_NOTES_H
#define GV_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "id.h"
#include "pb.h"
#include "place.h"

struct note {
	uint32_t partition;
	uint64_t seq;
	char *text;
};

struct tally_note {
	char place[PLACE_TEXT];
	char call[ID_TEXT];
	char figures[48]; /* "members calls confirmed waiting" */
	unsigned times;
};

struct notes {
	struct note *events; /* in the order they were heard */
	size_t count, room;
	struct tally_note *tallies; /* in the order they were first heard of */
	size_t tally_count, tally_room;
};

void notes_event(struct notes *notes, const Event *event);
void notes_tally(struct notes *notes, const Tally *tally);

/* Empties them. */
void notes_finish(struct notes *notes);

/* How many events read so. */
unsigned notes_count(const struct notes *notes, const char *text);

/* The tally of a place, or of a call ("": of the place); NULL if none was heard. */
const struct tally_note *notes_tally_of(const struct notes *notes, const char *place, const char *call);

/* "members calls confirmed waiting". Lives until four others have been made. */
const char *figures_of(const Tally *tally);

/* "confirmed", "waiting" or "struck". */
const char *state_of(const Line *line);

/* Room for one more in an array that grows: the array, perhaps somewhere else. */
void *grow(void *items, size_t count, size_t *room, size_t size);

/* A text as by printf. Lives until 64 others have been made. */
char *say(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
