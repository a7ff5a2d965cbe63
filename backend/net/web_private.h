/* web_private.h - what web.c shares with handshake.c, page.c, transfer.c and session.c. */
#ifndef GV_WEB_PRIVATE_H
#define GV_WEB_PRIVATE_H

#include <libwebsockets.h>

#include "web.h"

/* One frame's worth of pieces joined: more than libwebsockets sends in one go would only be copied by it. */
#define JOIN_MAX 65536

#define WEB_SUBPROTOCOL "gridvanguard.v1"

#define HEADER_MAX 256 /* of a header that is looked into */

/* Answers that wait for a slow reader: each some 8 kB, a descriptor of its own, and what the kernel holds. */
#define WEB_MAX_TRANSFERS 4096

TAILQ_HEAD(session_list, session);
TAILQ_HEAD(transfer_list, transfer);

struct web {
	struct web_options options;
	struct web_counters counters;
	struct lws_context *context; /* NULL once it is fully gone */
	struct lws_vhost *vhost;
	uv_idle_t visits; /* runs while any session is queued */
	uv_timer_t pulses;
	struct session_list queues[PRIORITIES];
	/* A session waits in one of these, the most urgent first. */
	struct session_list strangers; /* for its login */
	struct session_list awaiting;  /* for its login, about which somebody elsewhere decides */
	struct session_list by_pulse;  /* for its next pulse */
	struct session_list leaving;   /* for its end */
	struct transfer_list transfers;
	unsigned transfer_count;
	uint64_t session_number;
	unsigned connection_count; /* sessions, and all else libwebsockets has a connection of */
	unsigned session_count;
	unsigned spread_ms; /* over which those come back who are told to */
	uint8_t joined[LWS_PRE + JOIN_MAX];
};

/* Puts the session into the queue of that priority, unless it is in one as pressing. */
void web_queue(struct web *web, struct session *session, enum priority priority);

/* The session is nobody's no more: it waits for pulses. Does nothing where that is so or it is ending. */
void web_admit(struct web *web, struct session *session);

/* The session is nobody's still, and is given more time. */
void web_await(struct web *web, struct session *session);

/* The session is ending: no more pulses, and it is broken if it is still there after a few seconds. */
void web_leave(struct web *web, struct session *session);

/* Whether a connection may become a session: 0 lets the handshake go on, else it has its answer. `to` is what it wants to
 * be upgraded to. */
int handshake_check(struct web *web, struct lws *wsi, const char *to);

/* Where it comes from: its peer, or what a trusted proxy says in front of which that one stands. */
void handshake_peer(const struct web *web, struct lws *wsi, char *out, size_t room);

/* Takes a point of the address it comes from: true if that one has none left. */
bool handshake_is_over_budget(struct web *web, struct lws *wsi);

/* Whether a comma-separated header lists the word. */
bool handshake_lists(struct lws *wsi, enum lws_token_indexes header, const char *word);

/* It says that it came through a proxy. */
bool handshake_is_forwarded(struct lws *wsi);

/* Answers a request for a page; as a callback of libwebsockets does. */
int page_send(struct web *web, struct lws *wsi, const char *path);

/* An answer as it goes out: what was made for it, and behind that what all share who read the same, which is there as long
 * as the web is. */
struct answer {
	struct buf own;
	struct text shared;
	bool is_last; /* the connection ends with it; it is to be short */
};

/* Sends it, now and as the reader takes it, and gives back what is its own. For the callback that asks for a page, which
 * returns what this does. */
int transfer_start(struct web *web, struct lws *wsi, struct answer *answer);

/* The connection is not to be written to any more; does nothing where no answer is under way. */
void transfer_abort(struct lws *wsi);
void transfer_abort_all(struct web *web);

/* What every answer but the one that opens a session has in its head: pages, refusals, and what libwebsockets says by
 * itself. */
const struct lws_protocol_vhost_options *page_headers(void);

/* Leaves it to libwebsockets to take it down; no close frame can go out any more. */
void session_break(struct session *session, enum close_reason reason);

void session_open(struct session *session, struct web *web, struct lws *wsi);
void session_finish(struct session *session);

/* Writes what it can of the outbox; asks to be called again when the socket has room where it has not. */
void session_write(struct session *session);

/* The callbacks of libwebsockets: what it is to be answered, -1 to close. */
int session_receive(struct session *session, const uint8_t *bytes, size_t len);
int session_writeable(struct session *session);

#endif
