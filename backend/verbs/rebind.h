/* rebind.h - a person comes by another WeChat from now on: who came by it until now becomes him (functions/rebind.lua). */
#ifndef GV_REBIND_H
#define GV_REBIND_H

#include "reads.h"
#include "request.h"

/* The state of a request that decides about somebody who waits. */
struct deciding {
	struct id person;
	struct place place;   /* where he waits */
	enum asked_what what; /* he is decided about as the list had it */
	uint64_t asked_ms;
	bool accept;
	char reason[100 * 4 + 1];
	/* Of a rebind: */
	struct id other;
	char former[64];         /* by which he came, to be released */
	char identity[64];       /* by which the other comes from now on; "": he does already */
	struct phone_hash phone; /* of the newcomer, who will be nobody */
	bool has_phone;
	char others_phone[PHONE_HASH_TEXT]; /* by which the newcomer asked */
};

/* Lets the newcomer be whom he asked to be, or goes on with that, and ends the request. */
void rebind(struct request *rq, const struct person_record *newcomer);

#endif
