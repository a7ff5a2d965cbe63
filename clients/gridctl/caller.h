/* caller.h - a client of the hub: one person's session that comes back by itself.
 *
 * It connects, logs in, sends requests, and gives each its answer exactly once. When the connection is lost it comes
 * back, within the time the hub has named for that or with growing pauses, none of them quite as long as anybody else's; it logs in again, goes on watching from its cursors, and sends again what has no answer, under
 * the same `once`; so it does with UNAVAILABLE and BUSY. Only when a request has waited for its whole timeout is it
 * told that there is no answer. Many callers share one dialer, which is libwebsockets on a libuv loop. */
#ifndef GV_CALLER_H
#define GV_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "id.h"
#include "macros.h"
#include "pb.h"

struct dialer;
struct caller;

struct dialer *dialer_create(uv_loop_t *loop) WARN_UNUSED;

/* All callers must have been destroyed. What libwebsockets has on the loop closes while the loop runs on;
 * dialer_finish() then gives back the rest. */
void dialer_destroy(struct dialer *dialer);
void dialer_finish(struct dialer *dialer);

enum caller_state {
	CALLER_AWAY,    /* no connection, or not logged in on it */
	CALLER_PRESENT, /* logged in */
	CALLER_REFUSED, /* it will not try again, for that would end no better */
};

/* Why not. */
enum caller_refusal {
	REFUSED_NOT,
	REFUSED_UNKNOWN, /* the hub does not know the token: one that starts anew makes a new one */
	REFUSED_CODE,    /* the login wants the code of a second factor */
	REFUSED_LOGIN,   /* the login, for something else in it */
	REFUSED_SENT,    /* the hub closed the connection for what was sent */
	REFUSED_ADDRESS, /* the url is none */
};

struct caller_options {
	const char *url;   /* "ws://127.0.0.1:7412" */
	const char *token; /* of the development login, or by_token: this device's, or an invite */
	bool by_token;
	const char *device; /* by_token: a name for this device, which an invite takes on; may be NULL */
	const char *desk;   /* the name of a desk that a phone is to let in; then it is by_token. May be NULL */
	const char *code;   /* by_token: of the second factor, for the first login; may be NULL */
	const char *
		token_file; /* where to look for it before each login, for a hub that starts anew has another; may be NULL */
	const char *handle;
	uint32_t timeout_ms; /* for each request, from when it is made */

	/* All may be NULL. What they are given lives until they return. */
	void (*ticket)(
		struct caller *caller, const char *ticket, uint32_t number, void *context); /* what a desk shows */
	void (*state)(struct caller *caller, enum caller_state state, void *context);
	void (*event)(struct caller *caller, const Event *event, void *context);
	void (*tally)(struct caller *caller, const Tally *tally, void *context);
	/* The hub could not go on from the cursors: what is known must be listed again. Also after the first time. */
	void (*snapshot)(struct caller *caller, void *context);
	void *context;
};

/* Starts to connect. */
struct caller *caller_create(struct dialer *dialer, const struct caller_options *options) WARN_UNUSED;
void caller_destroy(struct caller *caller);

/* `answer` NULL: none within the timeout. */
typedef void caller_answer(struct caller *caller, const Answer *answer, void *context);

/* Sends a request; its id and, where the verb changes something, its `once` are made here. The message is not needed
 * after the call. One that does not fit into a frame is not sent, but answered as the hub would if it could: BAD_REQUEST
 * for the field with the longest text, before this returns. */
void caller_send(struct caller *caller, Request *request, caller_answer *done, void *context);

/* The same, and runs the loop until the answer is there. The caller frees it with gridvanguard__v1__answer__free_unpacked(). */
Answer *caller_call(struct caller *caller, Request *request) WARN_UNUSED;

/* What to hear from now on; kept over reconnections. Answered by `snapshot` or, after a reconnection that could go on
 * from the cursors, by the events that were missed. The message is not needed after the call. */
void caller_watch(struct caller *caller, const Watch *watch);

/* The hub said no to it, other than for the moment: nothing will be heard. */
bool caller_watch_refused(const struct caller *caller);

/* Puts other listeners in the place of those it was created with. */
void caller_listen(struct caller *caller, void (*event)(struct caller *, const Event *, void *),
	void (*tally)(struct caller *, const Tally *, void *), void (*snapshot)(struct caller *, void *),
	void *context);

enum caller_state caller_state(const struct caller *caller);
enum caller_refusal caller_refusal(const struct caller *caller);

/* Why the last connection or login failed, for people, in their language (lang.h); "" if none has. */
const char *caller_trouble(const struct caller *caller);

/* The hub does nothing else for him until he has set up a second factor. */
bool caller_needs_factor(const struct caller *caller);

/* Of the login: who it is, and where registered. */
/* The token to come back with from now on: the hub may have given another one. */
const char *caller_token(const struct caller *caller);

const char *caller_person(const struct caller *caller);
const char *caller_place(const struct caller *caller);
const char *caller_name(const struct caller *caller);

/* The version of the privacy policy that was agreed to at the login ("": none), and the one there is. */
const char *caller_consent(const struct caller *caller);
const char *caller_policy(const struct caller *caller);

/* The whole of the last answer to a login, with the roles that are held; NULL before the first. Lives until the next. */
const Gridvanguard__V1__LoginResult *caller_login(const struct caller *caller);

/* The hub's wall clock, in milliseconds. */
uint64_t caller_now_ms(const struct caller *caller);

/* Where it stands in a log. */
uint64_t caller_cursor(const struct caller *caller, uint8_t partition);

/* Requests without an answer. */
size_t caller_pending(const struct caller *caller);

/* Cuts the connection without a word, as a tunnel does. For tests. */
void caller_cut(struct caller *caller);

#endif
