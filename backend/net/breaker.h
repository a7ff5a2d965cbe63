/* breaker.h - whether it is worth while to ask a server that has failed again and again.
 *
 *   CLOSED ──failures in a row──▶ OPEN ──after a pause──▶ TRIAL ──success──▶ CLOSED
 *                                  ▲                        │
 *                                  └───────── failure ──────┘
 *
 * Pure: the time is told. Of all that asks after the pause one is let through, and the others are refused
 * until it is known what comes of it. */
#ifndef GV_BREAKER_H
#define GV_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"

#define BREAKER_FAILURES 5 /* in a row open it */

/* Zero but for the pause: closed. */
struct breaker {
	uint64_t pause_us; /* until it is tried once */
	enum { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_TRIAL } state;
	unsigned failures; /* in a row */
	uint64_t open_until_us;
};

/* Whether one may ask now. Whoever was let through says how it ended by one of the two below. */
bool breaker_allows(struct breaker *breaker, uint64_t now_us) WARN_UNUSED;

/* True if that has closed it. */
bool breaker_succeeded(struct breaker *breaker);

/* True if that has opened it, again or for the first time. */
bool breaker_failed(struct breaker *breaker, uint64_t now_us);

#endif
