/* knocking.h - people who connect to a hub, have their handshake answered, leave, and come again without a pause, in
 * processes of their own, so that they do so whatever the test waits for.
 *
 *   struct knocking *knocking = knocking_begin(w->address);
 *   … replace the hub …
 *   knocking_end(knocking);
 *   assert_int_equal(knocking->refused, 0);
 */
#ifndef GV_KNOCKING_H
#define GV_KNOCKING_H

#include <stdint.h>
#include <sys/types.h>

#include "world.h"

/* One knocks as fast as he is let in, the others have slow networks: their handshake comes in two parts. */
#define KNOCKERS 3

struct knocks {
	uint32_t answered;   /* handshakes, with 101 */
	uint32_t refused;    /* connections */
	uint32_t cut;        /* connections that ended before their handshake was answered */
	uint32_t unlike;     /* handshakes, with anything but 101 */
	uint32_t longest_us; /* from connecting to the answer, the slowness of the own network not counted */
};

struct knocking {
	struct knocks by[KNOCKERS];
	struct knocks all; /* of them together, when it has ended */
	pid_t pids[KNOCKERS];
	bool over; /* told to the processes */
};

struct knocking *knocking_begin(const char *address);

/* Waits until everybody has been answered once more, from now on. */
void knocking_again(struct world *w, const struct knocking *knocking);

/* Ends the processes and adds up. */
void knocking_end(struct knocking *knocking);
void knocking_free(struct knocking *knocking);

#endif
