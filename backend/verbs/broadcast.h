/* broadcast.h - from an event to every session that may hear it.
 *
 * An event is applied to the view, encoded once, and pushed to its watchers; it is kept for a while, encoded as it is,
 * for clients that come back. Tallies are gathered and told when it is time (gather.h). Nothing is sent that is not in
 * a log. */
#ifndef GV_BROADCAST_H
#define GV_BROADCAST_H

#include <uv.h>

#include "request.h"

struct broadcast;

/* `history`: events of each log that are kept. */
struct broadcast *broadcast_create(uv_loop_t *loop, struct service *service, uint32_t history) WARN_UNUSED;

/* Closes its handle; freed when the loop has let go of it. */
void broadcast_destroy(struct broadcast *broadcast);

/* Applies it and tells everybody. */
void broadcast_event(struct broadcast *broadcast, const struct event *event);

/* Forgets what is kept: the view is being built anew. */
void broadcast_reset(struct broadcast *broadcast);

/* The heartbeat of this moment, encoded once for all; the caller drops it. */
struct piece *broadcast_pulse(struct broadcast *broadcast);

/* Pushes to the client all kept events after its cursors that it watches, once each, in the order of their logs.
 * STALE_CURSOR, and nothing is pushed, if the kept ones do not reach back so far or are too many for its outbox. */
enum status broadcast_resume(struct broadcast *broadcast, struct client *client, const struct cursor *cursors,
	size_t count, struct piece *answer) WARN_UNUSED;

/* The place of a call that is not open, if what is kept says anything of it; none otherwise. */
struct place broadcast_place_of(const struct broadcast *broadcast, struct id call);

#endif
