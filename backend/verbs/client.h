/* client.h - who is at the other end of a session: the person, what he watches, what he has asked. */
#ifndef GV_CLIENT_H
#define GV_CLIENT_H

#include "service.h"
#include "session.h"

/* Requests of one client under way at once; more are BUSY. */
#define CLIENT_MAX_REQUESTS 64

/* So many in a row that his budget did not allow, and he is ended: he does not listen. */
#define CLIENT_MAX_PUT_OFF 256

/* Logins of one session that failed for who he says he is; after so many it is ended. What is typed wrong twice passes. */
#define CLIENT_MAX_REJECTED 5

struct client {
	struct service *service;
	struct session *session;
	struct id person;    /* none before the login */
	bool is_free;        /* may do everything: a development login that did not want less */
	uint32_t device;     /* by whose token he came; 0: by none */
	bool by_token;       /* and no other way */
	bool is_leaving;     /* he asked to be erased, and is ended when that is answered */
	bool passed;         /* a second factor was shown on that device: it is locked when nothing is asked (lock.h) */
	bool to_be_locked;   /* it stands in the list for that */
	uint64_t asked_us;   /* when he last asked something, of one that passed */
	uint64_t touched_us; /* and when that was last written down */
	TAILQ_ENTRY(client) in_lock;
	bool logging_in;
	uint8_t rejected_count; /* of his logins */
	uint8_t *
		held; /* frames that came while logging in: each its length (uint32_t), where to go on (uint32_t), bytes */
	size_t held_len;
	uint32_t request_count;
	uint32_t put_off_count; /* requests, one after the other, that his budget did not allow */
	LIST_HEAD(, request) requests;
	struct watcher self;      /* of the person */
	struct watcher *watchers; /* of places and calls */
	uint32_t watcher_count;
	uint32_t watches; /* asked for; the last is what he wants */
};

/* What the web calls; `context` is the service. */
void client_opened(struct session *session, void *service);
void client_message(struct session *session, const uint8_t *bytes, size_t len, void *service);
void client_closed(struct session *session, void *service);

/* The login is decided: `person` (none: it failed) is who he is. What was held is run when the answer has been
 * pushed, by client_run_held(). */
void client_logged_in(struct client *client, struct id person);
void client_run_held(struct client *client);

/* A second factor was shown on his device. */
void client_passed(struct client *client);

/* Whether he must set up a second factor before anything else: who holds a role of the desk, and came by a token alone. */
bool client_needs_factor(const struct client *client);

/* Ends watchers of places and calls, those it has or those it had before, and frees them. */
void client_end_watchers(struct client *client, struct watcher *watchers, uint32_t count);

#endif
