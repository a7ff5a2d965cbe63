/* tell.h - tells people by a message of WeChat's that a call was posted: the call reaches a phone whose mini-program is
 * closed.
 *
 * Told are those who live or work at or under its place and have allowed it (functions/tell.lua), but for its author and for whom
 * has a session here. Whoever posts leaves "tell CALL" in {n}:due; one hub takes it under a lease, walks through those of
 * each partition to whom anything may be sent, and another goes on when that one dies. Each is marked before his message is
 * sent, so nobody is told twice. What came of a message:
 *
 *   done                  sent
 *   unknown               it may have arrived: it counts as used, and is not sent again
 *   no grant (43101)      WeChat knows of none: he has none
 *   refused otherwise     he has it back; a fault of ours or the operator's ends the telling of that call, one of the
 *                         template's (47003, 40037) all telling until the hub is started anew
 *   not done              he has it back, and the rest is put off for a while
 *
 * Nobody is told of a call that takes nobody any more. */
#ifndef GV_TELL_H
#define GV_TELL_H

#include "service.h"
#include "tell_template.h"

struct tell;

/* Of messages, since the start. */
struct tell_counters {
	uint64_t sent;
	uint64_t refused;
	uint64_t unknown;
	uint64_t dropped; /* of those looked at when the call was full or over; the rest of the walk is not counted */
	bool is_stopped;  /* the template is wrong */
};

struct tell *tell_create(struct service *service, const struct tell_template *template) WARN_UNUSED;

/* When the loop has ended. NULL is nothing. */
void tell_destroy(struct tell *tell);

const struct tell_template *tell_template(const struct tell *tell);
struct tell_counters tell_counters(const struct tell *tell);

/* It is time to tell of this call, or to see that it is not; whether this hub tells or not. */
void tell_due(struct service *service, struct id call);

#endif
