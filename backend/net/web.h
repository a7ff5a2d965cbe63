/* web.h - libwebsockets on the hub's loop: connections become sessions, or read pages.
 *
 * The one file pair that holds its context and is called by it. Its own timers, pings and idle policy are off, for
 * their lists cost more with every session; pulses of our own go by one queue, for they all have one period. */
#ifndef GV_WEB_H
#define GV_WEB_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "budget.h"
#include "buf.h"
#include "files.h"
#include "session.h"

struct web_counters {
	uint64_t opened;
	uint64_t closed[CLOSE_REASONS];
	uint64_t refused_malformed;
	uint64_t refused_subprotocol;
	uint64_t refused_forwarded;
	uint64_t refused_origin;
	uint64_t refused_full;
	uint64_t refused_budget;
	uint64_t frames_in;
	uint64_t bytes_in;
	uint64_t frames_out;
	uint64_t bytes_out;
	uint64_t pages;         /* asked for */
	uint64_t pages_refused; /* for want of budget */
};

/* What is said of a page beside its text. */
struct page {
	unsigned status; /* of HTTP */
	const char *type;
};

struct web_options {
	size_t max_message; /* bytes of one from a client */
	size_t max_outbox;  /* bytes waiting for one session */
	unsigned max_sessions;
	unsigned pulse_ms;         /* a session hears from us at least this often */
	bool dev;                  /* nothing that came through a proxy, and pages of this machine may connect */
	const char *proxies;       /* addresses, separated by blanks, whose X-Forwarded-For is believed */
	const char *origins;       /* whose pages may connect, separated by blanks; "": those of the host asked for */
	struct budgets *addresses; /* of which each connection takes a point */

	void (*opened)(struct session *session, void *context);
	/* A whole binary message. */
	void (*message)(struct session *session, const uint8_t *bytes, size_t len, void *context);
	/* Nothing may be pushed any more; session->client is the owner's to free. */
	void (*closed)(struct session *session, void *context);
	/* The piece all sessions get that are due a pulse now; held by the caller of web. NULL: none this time. */
	struct piece *(*pulse)(void *context);
	const struct files *files; /* what is served before pages are asked for; NULL: nothing */
	/* Writes the page of that path; `local` says that the peer is this machine, without a proxy. */
	struct page (*page)(const char *path, bool local, struct buf *out, void *context);
	void *context;
};

/* NULL when libwebsockets cannot start, which is logged. */
struct web *web_create(uv_loop_t *loop, const struct web_options *options) WARN_UNUSED;

/* Ends all sessions at once. What libwebsockets has on the loop closes while the loop runs on; web_finish() then gives
 * back the rest. */
void web_destroy(struct web *web);
void web_finish(struct web *web);

/* Takes over an accepted connection. */
void web_adopt(struct web *web, int connection);

/* Ends all sessions politely. Those who are told to come back are told to spread it over a time that grows with their
 * number, so that whoever receives them is not asked for more than it can do. */
void web_close_all(struct web *web, enum close_reason reason);

/* Sessions that are open or ending. */
unsigned web_session_count(const struct web *web);

/* Connections that are no sessions: their handshake has no answer yet, or they read pages. */
unsigned web_handshake_count(const struct web *web);

/* Answers that wait for a slow reader. */
unsigned web_transfer_count(const struct web *web);

const struct web_counters *web_counters(const struct web *web);

#endif
