/* request.h - one thing asked, from its frame to its answer.
 *
 * A verb gets it and must end it exactly once: by request_answer(), request_refuse() or request_done(), now or when
 * Redis has answered. The client may be gone by then; nothing is sent to him, and all else is done as if he were
 * there. */
#ifndef GV_REQUEST_H
#define GV_REQUEST_H

#include "answers.h"
#include "client.h"
#include "fcall.h"

struct request {
	struct client *client; /* NULL: gone */
	struct service *service;
	uint64_t id;
	enum verb verb;
	struct id person;
	bool is_free;       /* of a development login that may do everything */
	uint64_t address;   /* where it came from (peer.h) */
	char *why;          /* the reason that was stated; NULL: none */
	struct id call;     /* that it is about; none: of no call, or not known yet */
	struct place place; /* that his right was asked for */
	struct look *look;  /* what he is shown only so that it is known (look.h); NULL: nothing */
	struct stamp stamp;
	uint8_t digest[16];
	void *state; /* what the verb keeps between its steps, on the heap; freed with the request */
	union {
		LIST_ENTRY(request) of_client;
		SLIST_ENTRY(request) in_free;
	};
};

/* NULL when as many are under way as may be. */
struct request *request_create(struct client *client, const struct asked *asked) WARN_UNUSED;

/* Whether he who asks may do it at that place (none: the whole country); otherwise it has ended with FORBIDDEN of that
 * field, or of "why" where only the reason is missing. With a reason it is a look. */
bool request_may(struct request *request, struct place subject, const char *field) WARN_UNUSED;

/* Whether he who asks may do it to that person (none: himself, whose id is filled in), which takes a stated reason if it is
 * another; otherwise it has ended, with FORBIDDEN of `person` or BAD_REQUEST of `why`. */
bool request_may_about(struct request *request, struct id *person) WARN_UNUSED;

/* Ends it with that answer, which it takes over; if it is a look, when that is in the audit log. */
void request_answer(struct request *request, struct piece *answer);

/* The same, now: for look.c. */
void request_give(struct request *request, struct piece *answer);

/* Ends it with a status and the field it is about ("" or NULL: none). An attempt at what he may not (FORBIDDEN) is written
 * down (audit.h) and costs him more. Of a call that he may not see he is told nothing else, nor that there is none: ids are
 * counted, and nobody finds out by asking which are given. */
void request_refuse(struct request *request, enum status status, const char *field);

/* Whether he who asks may see a call at that place, of that author: what is said of any other is that it is FORBIDDEN. */
bool request_sees(const struct request *request, struct place place, struct id author);

/* Ends it with BUSY: not before so long. */
void request_put_off(struct request *request, const char *field, uint64_t wait_ms);

/* Ends it with OK and nothing else to say. */
void request_done(struct request *request);

/* Ends it with what a function in Redis refused; the reply's status must not be OK. What was found or not in a call that the
 * view does not have is told when its record says that he may see it. */
void request_pass_on(struct request *request, const struct reply *reply);

/* Ends it as a function in Redis did that has nothing to tell but its status: a fcall_done, `context` is the request. */
void request_ended(const struct reply *reply, void *context);

/* The last two arguments of a function that writes into the audit log: where it came from and why. The log, KEY_AUDIT, is
 * the last of its keys. */
void request_audit(const struct request *request, struct fcall *f);

/* Sends a call for the request; if too much is waiting already it ends with BUSY. */
void request_call(struct request *request, struct fcall *f, fcall_done *done);

/* Ends all that are free. */
void requests_finish(struct service *service);

#endif
