/* look.h - what somebody is shown of others only so that it is known: the audit log has it before he has the answer.
 *
 * A request becomes a look by look_begin(), the verb says by look_at() whom its answer shows, and request_answer() does the
 * rest: an entry in the partition of each person shown, with the ids of those there, so that each finds who looked at him
 * in one log; or one in the asker's partition where it shows no person. If one of them cannot be written he gets
 * UNAVAILABLE and sees nothing. */
#ifndef GV_LOOK_H
#define GV_LOOK_H

#include "request.h"

struct look;

/* `what` is the word in the log ("names", "phones"). False: no memory, and the request has ended with BUSY. */
bool look_begin(struct request *request, const char *what) WARN_UNUSED;

/* Its answer shows that person; none is nobody, and a request that is no look shows whom it likes. */
void look_at(struct request *request, struct id person);

/* For request.c. */
void look_answer(struct request *request, struct piece *answer);
void look_free(struct look *look);

#endif
