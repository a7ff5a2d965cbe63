/* clock.h - the two clocks of Linux.
 *
 * Wall time is what people and Redis mean and may jump; use it for what is stored or shown. Monotonic time only
 * moves on; use it for how long something took and when to wake. */
#ifndef GV_CLOCK_H
#define GV_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970-01-01 UTC. */
uint64_t clock_wall_ms(void);

/* Microseconds since some moment in the past. */
uint64_t clock_mono_us(void);

/* The length of what clock_print() writes, its NUL included. */
#define CLOCK_TEXT sizeof("2026-04-12T19:00:00.000Z")

/* Writes a wall time as RFC 3339 in UTC with milliseconds. Returns `out`. */
char *clock_print(char out[CLOCK_TEXT], uint64_t wall_ms);

#endif
