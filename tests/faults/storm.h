/* storm.h - members who sign up for a call and strike their lines again without a pause, all at once, while something
 * is done to the hub.
 *
 *   struct storm *storm = storm_begin(w, call, "m", 20, 30);
 *   while (storm_blows(storm)) { storm_turn(storm); … kill something … }
 *   storm_assert_all_kept(storm);
 *   storm_end(storm);
 *
 * It remembers each line that was acknowledged, and whose it is. */
#ifndef GV_STORM_H
#define GV_STORM_H

#include <stdbool.h>

#include "world.h"

#define STORM_PEOPLE_MAX 32
#define STORM_LINES_MAX  65536

struct storm;

struct storm_member {
	struct storm *storm;
	struct caller *caller;
	char name[32];
	unsigned steps;  /* still to do */
	bool under_way;  /* a request has no answer yet */
	uint32_t number; /* of the live line; 0: none */
};

struct storm {
	struct world *w;
	const char *call;
	struct storm_member members[STORM_PEOPLE_MAX];
	unsigned people;
	unsigned answers;
	unsigned refusals;                       /* answers other than OK, and none at all */
	const char *owners[STORM_LINES_MAX + 1]; /* of each line that was acknowledged, by its number */
	bool struck[STORM_LINES_MAX + 1];        /* and that it was struck */
	unsigned lines;                          /* acknowledged */
};

/* Registers so many members, named after the prefix, and sets them off, each for so many requests. */
struct storm *storm_begin(struct world *w, const char *call, const char *prefix, unsigned people, unsigned steps);

/* True while a request is under way. */
bool storm_blows(const struct storm *storm);

/* Lets something happen. Fails when nothing does for PATIENCE_S. */
void storm_turn(struct storm *storm);

/* Nobody asks for more; what is under way goes on. */
void storm_calm(struct storm *storm);

/* The chain, read again from the start: every acknowledged line is there under its number with its name, and the numbers
 * have no gap. Returns how many lines there are. */
unsigned storm_assert_none_lost(const struct storm *storm);

/* And there is no line but those, each in the state it was left in. */
void storm_assert_all_kept(const struct storm *storm);

/* Lets go of what it remembers; its members stay in the world. */
void storm_end(struct storm *storm);

#endif
