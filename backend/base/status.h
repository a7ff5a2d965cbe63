/* status.h - how a request ended: one list that the proto, C, Lua and the clients share.
 *
 * The numbers and names are those of `enum Status` in proto/gridvanguard/v1/frame.proto, without the prefix;
 * a unit test walks the proto's descriptor and fails where the two differ. The functions in Redis refuse by
 * name ('TOO_LATE'), which status_parse() reads. */
#ifndef GV_STATUS_H
#define GV_STATUS_H

#include <stdbool.h>

#include "macros.h"
#include "text.h"

#define STATUS_LIST(X)                                                                               \
	X(OK, 1)              /* done */                                                             \
	X(BAD_REQUEST, 2)     /* the named field is not as the proto demands; nothing was changed */ \
	X(UNAUTHENTICATED, 3) /* log in first, or the login itself failed */                         \
	X(FORBIDDEN, 4)       /* known, but not allowed to */                                        \
	X(NOT_FOUND, 5)       /* the thing named in the field does not exist */                      \
	X(CLOSED, 6)          /* the call takes no more replies */                                   \
	X(FULL, 7)            /* a bound is reached that waiting does not lift */                    \
	X(ALREADY, 8)         /* it is so already; the answer carries what there is */               \
	X(TOO_LATE, 9)        /* past the deadline, or a `once` older than a day */                  \
	X(BUSY, 10)           /* over a budget: again after retry_after_ms */                        \
	X(UNAVAILABLE, 11)    /* unknown or not done: send it again with the same `once` */          \
	X(STALE_CURSOR, 12)   /* the log no longer reaches back to the cursor: take a snapshot */    \
	X(INTERNAL, 13)       /* a fault of the hub's own, logged there */                           \
	X(CHANGED, 14)        /* it was changed meanwhile: look at it again */                       \
	X(CLASH, 15)          /* another shift is at the same time; may be overridden */

#define STATUS_MEMBER(name, number) name = number,
enum status { STATUS_LIST(STATUS_MEMBER) };
#undef STATUS_MEMBER

/* The name as the proto and Lua write it, without the prefix; "UNKNOWN" for a number that is none. */
const char *status_name(enum status status);

/* Reads such a name. False, and *out untouched, if it is none. */
bool status_parse(enum status *out, struct text name) WARN_UNUSED;

#endif
