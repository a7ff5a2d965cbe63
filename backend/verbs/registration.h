/* registration.h - who is registered at once, and who waits for somebody to decide (member.proto). */
#ifndef GV_REGISTRATION_H
#define GV_REGISTRATION_H

#include "reads.h"
#include "request.h"

/* How it stands with him, as he is told at his login. */
enum registration registration_of(const struct person_record *person);

/* His phone as it may be shown, "138****0000"; "" where there is none, or it does not open. Returns `out`. */
char *registration_phone(const struct vault *vault, const struct person_record *person, char out[PHONE_DIGITS + 1]);

/* That somebody waits at a place, or does not any more, for the list of those who wait there. His own record says it
 * already; this is done again whenever it may not have been. `done` may be NULL. False: too much is waiting already. */
bool registration_mark(struct service *service, struct id person, struct place place, bool waits, fcall_done *done,
	void *context) WARN_UNUSED;

/* What the roster says of him who asks, whose record this is: `done`, whose context is the request, gets what roster_find
 * answers (functions/roster.lua), or NOT_FOUND at once if no phone is bound. */
void registration_find(struct request *rq, const struct person_record *person, fcall_done *done);

/* After a function that let him wait, or did what he had waited for: takes him off the list of the place where he waited
 * until now ("": none), and, if he waits, lists him at `place`; then `done`, with the request. */
void registration_list(struct request *rq, struct text before, struct place place, bool waits, fcall_done *done);

/* content_call() of how somebody calls himself, or is called by who lets him in. */
void registration_call(
	struct request *rq, struct text name, struct text organisation, struct fcall *f, fcall_done *done);

#endif
