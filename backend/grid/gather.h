/* gather.h - when to tell of tallies, so that telling never takes more than a third of a core.
 *
 * Tallies that change are gathered for MAX(100 ms, watchers × 10 µs ÷ 0.3) and told once, a delivery costing about
 * 10 µs; the first change after a pause goes at once. Pure: the caller has the clock and the timer. */
#ifndef GV_GATHER_H
#define GV_GATHER_H

#include <stddef.h>
#include <stdint.h>

#define GATHER_MIN_US      100000
#define GATHER_DELIVERY_US 10
#define GATHER_SHARE       0.3

struct gather {
	uint64_t told_us;  /* monotonic; when tallies were last told */
	size_t deliveries; /* how many heard them then */
};

/* How long from `now_us` until what has changed is to be told; 0: at once. */
uint64_t gather_wait_us(const struct gather *gather, uint64_t now_us);

/* Says that it has been told, and to how many. */
void gather_told(struct gather *gather, uint64_t now_us, size_t deliveries);

#endif
