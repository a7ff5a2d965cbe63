/* due.h - timed work: what is to be done at a time, done soon after it, by whichever hub comes first.
 *
 * What is due stands in {n}:due of each partition (functions/call.lua). Once a second every hub looks, and calls the
 * function of each thing that is due; that looks again by Redis' own clock, makes the change and logs the event in one
 * call, so it does no harm that another hub does the same. */
#ifndef GV_DUE_H
#define GV_DUE_H

#include <uv.h>

#include "service.h"

struct due;

struct due *due_create(uv_loop_t *loop, struct service *service) WARN_UNUSED;

/* Closes its handle; freed when the loop has let go of it. What is under way ends before the store is gone. */
void due_destroy(struct due *due);

#endif
