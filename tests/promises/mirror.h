/* mirror.h - a client that keeps the chain of a call as it hears of it: a snapshot, then events, as a phone does.
 *
 * It is what the promises about hearing are held against: whatever happens to its connection, in the end it knows what
 * the hub knows. */
#ifndef GV_MIRROR_H
#define GV_MIRROR_H

#include "crowd.h"

struct mirror {
	struct crowd *crowd;
	struct caller *caller;
	unsigned hub;
	char name[16];
	struct {
		Gridvanguard__V1__LineState state;
		char name[16];
	} lines[CROWD_LINES_MAX + 1]; /* by number */
	unsigned count;               /* the highest number known */
	unsigned confirmed;           /* lines */
	unsigned waiting;
	unsigned events;    /* heard */
	unsigned snapshots; /* begun */
	bool loading;       /* a snapshot is being read */
	/* Called after each event that was applied on a complete chain; may be NULL. */
	void (*changed)(struct mirror *mirror, const Event *event);
};

/* Watches the crowd's call through that hub, under a name of its own. */
struct mirror *mirror_open(struct crowd *crowd, unsigned hub, const char *name,
	void (*changed)(struct mirror *mirror, const Event *event));
void mirror_close(struct mirror *mirror);

/* Waits until it has heard of all that was acknowledged. */
void mirror_settle(struct mirror *mirror);

/* Both know the same. */
void mirror_assert_same(const struct mirror *a, const struct mirror *b);

#endif
