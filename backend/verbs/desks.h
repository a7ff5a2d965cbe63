/* desks.h - desks that wait at this hub to be let in by a phone: logins that are answered when the log says that somebody has
 * decided, or when the ticket's time is over. */
#ifndef GV_DESKS_H
#define GV_DESKS_H

#include <uv.h>

#include "event.h"
#include "request.h"

#define DESKS_MAX         1000 /* more are BUSY */
#define DESKS_PER_ADDRESS 64   /* as well; behind one there may be all the offices of a district */

struct desks;

struct desks *desks_create(uv_loop_t *loop, struct service *service) WARN_UNUSED;

/* Leaves those who wait unanswered: they ask the next hub. */
void desks_end(struct desks *desks);

/* Closes its handle. What is under way ends with the store, before desks_finish(). */
void desks_destroy(struct desks *desks);
void desks_finish(struct desks *desks);

/* One on which a phone has decided. */
void desks_event(struct desks *desks, const struct event *event);

/* The login waits with that ticket; it has its `arrival`. One that waits with the same and its secret already is refused: it is
 * the desk's former connection. */
void login_by_desk(struct request *rq, const struct desk_login *in);

#endif
