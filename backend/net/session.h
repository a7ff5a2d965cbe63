/* session.h - one WebSocket connection: whole messages in, pieces out.
 *
 * Nothing is written when it is pushed: the session is queued by the priority of what it was given, and the loop
 * visits the queues in slices, the most pressing first (web.h). A session visited gets all that is due to it, in the
 * order it was pushed, joined into as few messages as fit. */
#ifndef GV_SESSION_H
#define GV_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "outbox.h"

struct lws;
struct session_list;
struct web;

/* Who is visited first. */
enum priority {
	PRIORITY_ANSWER, /* somebody waits for it */
	PRIORITY_BOARD,  /* workers and supervisors */
	PRIORITY_MEMBER, /* everybody else */
	PRIORITY_TALLY,  /* figures, of which a newer one follows anyway */
	PRIORITIES
};

/* Why a session ends: the name in log and metrics, and the close code and reason the peer is given. Codes are those
 * of RFC 6455, 7.4.1, or of IANA's registry that it founds (1012, 1013), and from 4000 our own (proto/README.md). A
 * reason that ends in "=" is followed by the milliseconds over which those who are told it spread their return. */
#define CLOSE_LIST(X)                                                              \
	X(PEER, "peer", 1000, "")                                                  \
	X(STOPPING, "stopping", 1001, "come back; spread=")                        \
	X(MOVED, "moved", 1012, "come back; spread=")                              \
	X(TEXT_FRAME, "text_frame", 1003, "only binary frames")                    \
	X(MALFORMED, "malformed", 1007, "not a Frame")                             \
	X(TOO_BIG, "too_big", 1009, "a frame is at most 16384 bytes")              \
	X(LOADING, "loading", 1013, "the hub is loading: come back")               \
	X(SLOW, "slow", 4008, "resume")                                            \
	X(RESUME, "resume", 4008, "resume")                                        \
	X(SILENT, "silent", 4009, "no answer to pulses")                           \
	X(CROWDED, "crowded", 4010, "too much sent while the login was under way") \
	X(STRANGER, "stranger", 4011, "no login")                                  \
	X(FLOODING, "flooding", 4012, "too much asked for too long")               \
	X(RIGHTS, "rights", 4013, "what is watched is not allowed any more")       \
	X(REVOKED, "revoked", 4014, "this device was logged out")                  \
	X(LOCKED, "locked", 4015, "nothing was asked for too long")

enum close_reason {
	OPEN_SESSION,
#define CLOSE_MEMBER(NAME, name, code, text) CLOSE_##NAME,
	CLOSE_LIST(CLOSE_MEMBER)
#undef CLOSE_MEMBER
		CLOSE_REASONS
};

/* For log and metrics. */
const char *close_name(enum close_reason reason);

struct session {
	struct lws *wsi;
	struct web *web;
	void *client; /* the owner's, set in its `opened` */
	uint64_t number;
	uint64_t address;  /* where it comes from, as a key of web_options.addresses */
	uint64_t heard_us; /* when something last came from it */
	struct outbox outbox;
	uint8_t *message; /* the beginning of one that is not complete */
	size_t message_len;
	enum close_reason closing; /* OPEN_SESSION while it is not */
	bool said_goodbye;         /* its close frame is sent */
	bool broken;               /* nothing can be written any more */
	bool queued;
	uint8_t priority;          /* of its queue */
	struct session_list *list; /* which of those of web_private.h it waits in */
	uint64_t due_us;           /* when what it waits for there is due */
	TAILQ_ENTRY(session) in_queue;
	TAILQ_ENTRY(session) in_list;
};

/* Adds a piece to what it is sent; the piece is held as long as that takes. One that is the last pushed already is
 * not sent twice. A session that is ending takes nothing; one whose outbox would pass its bound is ended as slow,
 * without a close frame: its socket has no room for one. */
void session_push(struct session *session, struct piece *piece, enum priority priority);

/* Its peer has logged in: from now on it is given pulses. One that nobody logs in on is ended after 15 s, so that no
 * room is kept by who only connects. */
void session_admit(struct session *session);

/* Its login waits for somebody elsewhere: the 15 s become so many, more than two minutes, from now on. */
#define SESSION_AWAIT_S 125
void session_await(struct session *session);

/* Ends it politely: what was pushed is sent, then the close frame, and the peer has a few seconds to take that and say
 * the same. */
void session_close(struct session *session, enum close_reason reason);

#endif
