/* relay.h - brings what happens in one partition to the persons in another: their sign-ups, and the minutes of service
 * that were granted to them.
 *
 * An event is applied over there by a function that keeps, for each log, the last event it has seen (functions/relay.lua);
 * so any hub may bring it and twice does no harm. To spare Redis, only the hub that holds a lease does. Who gets the
 * lease reads each log from where the slowest partition stands, and goes on with the events as they come. What Redis
 * did not take (it was gone) is read again. The lag is that of the feed; after a hub has died, the lease's 3 seconds. */
#ifndef GV_RELAY_H
#define GV_RELAY_H

#include <uv.h>

#include "service.h"

struct relay;

struct relay *relay_create(uv_loop_t *loop, struct service *service) WARN_UNUSED;

/* Closes its handle. What is under way ends with the store, before relay_finish(). */
void relay_destroy(struct relay *relay);
void relay_finish(struct relay *relay);

/* An event that the view has just applied. */
void relay_event(struct relay *relay, const struct event *event);

/* The view is built anew: nothing of before counts. */
void relay_reset(struct relay *relay);

#endif
