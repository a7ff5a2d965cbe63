/* crowd.h - many members on two hubs that share one Redis, each with one request under way, under a `once` that is kept:
 * whatever is killed under them, they come back and send it again.
 *
 *   struct crowd *crowd = crowd_open(200, flags);
 *   crowd_all_join(crowd, call);
 *   while (crowd_waits(crowd)) { crowd_turn(crowd); … kill something, crowd_hub_again() … }
 *   crowd_close(crowd);
 *
 * Hub 0 has the Redis in its data folder, hub 1 uses it from outside. */
#ifndef GV_CROWD_H
#define GV_CROWD_H

#include "uuid.h"
#include "world.h"

#define CROWD_HUBS      2
#define CROWD_LINES_MAX 65536

struct crowd;

struct crowd_member {
	struct crowd *crowd;
	struct caller *caller;
	unsigned hub;
	char name[16];
	bool waits;     /* a request has no answer yet */
	bool withdraws; /* it is a withdrawal */
	struct uuid once;
	uint64_t answered_us;              /* when the last answer came */
	unsigned answers;                  /* to the last request: two if it was sent twice */
	bool again;                        /* goes on by itself: joins, withdraws, joins … */
	uint32_t number;                   /* of the live line; 0: none */
	Gridvanguard__V1__LineState state; /* as it was answered */
};

struct crowd {
	struct world *hubs[CROWD_HUBS];
	const char *call;
	struct crowd_member *members;
	unsigned count;
	unsigned answers;
	bool twice;                                             /* each request is sent twice */
	const struct crowd_member *owners[CROWD_LINES_MAX + 1]; /* of each line that was acknowledged, by its number */
	bool struck[CROWD_LINES_MAX + 1];                       /* and that it was struck */
	unsigned lines;                                         /* acknowledged */
};

/* Two hubs and so many members, registered at GRID_A, every other on each hub. */
struct crowd *crowd_open(unsigned count);

/* All ends in order, and an audit finds no difference. */
void crowd_close(struct crowd *crowd);

/* One more person at a hub; on the loop of the first world, as all are. */
struct caller *crowd_connect(struct crowd *crowd, unsigned hub, const char *name);

/* A call that the crowd is asked to; what was remembered of the one before is forgotten. */
void crowd_post(struct crowd *crowd, struct posting call);

/* Every member asks. */
void crowd_all_join(struct crowd *crowd);

/* One asks: withdraws if he has a line, else joins. */
void crowd_step(struct crowd_member *member);

/* How many have no answer yet. */
unsigned crowd_waits(const struct crowd *crowd);

/* Lets something happen. Fails when nothing does for PATIENCE_S. */
void crowd_turn(struct crowd *crowd);

/* Waits for all answers. */
void crowd_settle(struct crowd *crowd);

/* The hub was killed: starts it again, and its members come back with what has no answer. */
void crowd_hub_again(struct crowd *crowd, unsigned hub);

/* The whole chain as a hub shows it once it has heard of all that was acknowledged, from number 1 on. The lines live until
 * the next call. */
const Line *const *crowd_chain(struct crowd *crowd, unsigned hub, unsigned *count);

/* Every acknowledged line is there with its owner, numbers have no gap, and the limit holds. With `all`, when nothing is
 * under way: and there is no line but those, and nobody has two live ones. */
void crowd_check(struct crowd *crowd, unsigned hub, uint32_t limit, bool all);

#endif
