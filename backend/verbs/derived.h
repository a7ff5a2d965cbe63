/* derived.h - secrets that are told once and kept nowhere, and yet are the same when the same request comes again.
 *
 * They are made from the name of the request (`once`, which is kept for a day) and who asks, under the key that only hubs
 * have: whoever reads Redis cannot make them. */
#ifndef GV_DERIVED_H
#define GV_DERIVED_H

#include "request.h"

#define DERIVED 32 /* bytes */

/* One for each word that says what it is for. To be wiped. */
void derive(const struct request *rq, const char *what, uint8_t out[DERIVED]);

#endif
