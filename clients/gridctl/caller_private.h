/* caller_private.h - what caller.c, caller_frames.c and dialer.c share: a caller is one thing in three rooms, what is
 * asked of it, what goes over the wire, and the connection. */
#ifndef GV_CALLER_PRIVATE_H
#define GV_CALLER_PRIVATE_H

#include <libwebsockets.h>
#include <limits.h>
#include <sys/queue.h>

#include "buf.h"
#include "caller.h"
#include "random.h"

/* A request without an answer. */
struct ask {
	uint64_t id;
	uint8_t *packed; /* the Request */
	size_t len;
	uint64_t deadline_us;
	uint64_t not_before_us; /* after UNAVAILABLE and BUSY */
	bool sent;              /* on this connection */
	caller_answer *done;
	void *context;
	TAILQ_ENTRY(ask) in_caller;
};

struct caller {
	struct dialer *dialer;
	struct caller_options options;
	struct lws *wsi; /* NULL: no connection, not even one being made */
	bool established;
	bool greeted; /* login, and what is watched, sent on this connection */
	bool pulse_due;
	enum caller_state state;
	enum caller_refusal refusal;
	char trouble[160];
	bool needs_factor;
	char *ticket;      /* of a desk; NULL: none yet */
	char *desk_secret; /* that came with it, and is not shown */
	uint64_t desk_id;  /* of the request for it; 0: nothing asked that is not answered */
	bool login_due;    /* with the ticket that came */
	char *person, *place, *name;
	char *consent, *policy;
	Gridvanguard__V1__LoginResult *login; /* the last one; NULL: none yet */
	int64_t skew_ms;                      /* the hub's clock minus ours */
	unsigned backoff_ms;
	unsigned spread_ms; /* of the close frame that came; NO_SPREAD: none, or it named none */
	struct rng jitter;
	uint64_t connect_at_us;
	uint64_t heard_us;
	uint32_t pulse_ms;
	uint64_t last_id;
	uint64_t login_id;
	uint64_t watch_id; /* 0: nothing asked that is not answered */
	uint8_t *watch;    /* a Watch without cursors, packed; NULL: nothing is watched */
	size_t watch_len;
	bool watch_due;               /* to be sent */
	uint64_t watch_not_before_us; /* after UNAVAILABLE and BUSY */
	bool watch_refused;
	bool resumable; /* the cursors are good */
	bool resuming;  /* they went with the Watch that is under way */
	char *epoch;
	uint64_t cursors[PARTITIONS];
	TAILQ_HEAD(ask_list, ask) asks;
	size_t ask_count;
	struct buf message; /* the beginning of one that is not complete */
	LIST_ENTRY(caller) in_dialer;
};

struct dialer {
	uv_loop_t *loop;
	struct lws_context *context;
	uv_timer_t tick;
	LIST_HEAD(, caller) callers;
};

#define FRAME_MAX      16000 /* bytes of one to the hub, which takes 16384 */
#define BACKOFF_MIN_MS 50
#define NO_SPREAD      UINT_MAX

/* Changes the state and says so to the owner. */
void caller_set_state(struct caller *caller, enum caller_state state);

/* It tries no more. */
void caller_refuse(struct caller *caller, enum caller_refusal refusal);

/* Keeps a copy in the place of what was kept before. */
void caller_keep(char **kept, const char *string);

/* There is something to be sent: caller_write() will be called as soon as the socket has room. */
void caller_want_to_write(struct caller *caller);

/* The Watch is to be sent, and now. */
bool caller_watch_is_due(const struct caller *caller, uint64_t now_us) WARN_UNUSED;

/* Takes a request out and tells how it ended. */
void caller_end_ask(struct caller *caller, struct ask *ask, const Answer *answer);

/* Puts all that is due into a frame; true if there is more for another one. */
bool caller_write(struct caller *caller, struct buf *frame) WARN_UNUSED;

/* Takes in a frame from the hub. */
void caller_read(struct caller *caller, const uint8_t *bytes, size_t len);

/* Starts to connect; what comes of it is said by the state. */
void dialer_connect(struct caller *caller);

#endif
