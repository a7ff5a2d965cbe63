/* wechat_token.h - the access token that all calls but the login carry, one for all hubs.
 *
 * It lives two hours. WeChat gives the same one to whoever asks, until five minutes before its end; then it gives a new
 * one, and both are good (https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken). So it is renewed
 * in those five minutes, each hub at another moment of the first one, and asking earlier would bring nothing.
 *
 * The token lies in a store that all hubs see, with a lease to renew it; this is the one in the memory of this hub, and who
 * waits for it:
 *
 *   IDLE ──none, or due──▶ TAKING ──leased──▶ ASKING ──token or none──▶ IDLE
 *                          ▲    │ └──there is one──▶ IDLE
 *                          │    └──another hub has the lease──▶ PAUSING
 *                          └───────────────────────────────────────┘
 *
 * While an old one is still good nobody waits. */
#ifndef GV_WECHAT_TOKEN_H
#define GV_WECHAT_TOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "macros.h"
#include "wechat_answers.h"

#define WECHAT_LEASE_MS 15000 /* longer than one may take to ask: then another hub may */

struct wechat_token {
	char text[WECHAT_TOKEN];
	uint64_t expires_ms; /* wall time */
};

/* What a store says: the token it has (NULL: none), and whether the asker has the lease now. */
typedef void wechat_taken(const struct wechat_token *token, bool is_leased, void *asker);

/* Where the token lies for all hubs; the owner's, for this folder knows no Redis. */
struct wechat_store {
	/* Reads the token. If there is none, or it ends by `due_ms`, or exactly at `stale_ms` (that one WeChat has refused;
	 * 0: none), and nobody has the lease, the asker has it for WECHAT_LEASE_MS. `taken` is called once, in any case
	 * (no store: NULL and false), from within or later. */
	void (*take)(uint64_t due_ms, uint64_t stale_ms, wechat_taken *taken, void *asker, void *context);
	/* What the one with the lease has got (NULL: nothing). It ends the lease; the token is not kept past its end. One
	 * whose lease has run out meanwhile may write all the same: every token is good that WeChat has just given. */
	void (*put)(const struct wechat_token *token, void *context);
	void *context;
};

struct token_keeper {
	struct wechat_store store;
	void (*ask)(void *context);     /* WeChat; keeper_asked() says what it answered */
	void (*settled)(void *context); /* keeper_token() will not change by waiting */
	void *context;
	enum { KEEPER_IDLE, KEEPER_TAKING, KEEPER_ASKING, KEEPER_PAUSING } state;
	struct wechat_token token; /* expires_ms 0: none */
	uint64_t lead_ms;          /* before its end it is due */
	uint64_t stale_ms;         /* the end of the one that WeChat has refused */
	uint64_t not_before_us;    /* the store is not looked at again before: somebody else renews, or it went wrong */
	uint64_t drop_after_us;    /* none is dropped before */
	uint64_t patience_us;      /* until then another hub's answer is waited for */
	uv_timer_t pause;
	unsigned callers; /* the timer, and the store while it is asked */
	void (*closed)(void *context);
};

/* Fills what is zero but for store, ask, settled and context, in the caller's storage. */
void keeper_init(struct token_keeper *keeper, uv_loop_t *loop);

/* Calls `closed` from the loop when nobody will call it any more. */
void keeper_close(struct token_keeper *keeper, void (*closed)(void *context));

/* The token, NULL if there is none that is good; one that is due is being renewed then. */
const struct wechat_token *keeper_token(struct token_keeper *keeper) WARN_UNUSED;

/* There is none: get one. True if it is worth while to wait for settled(). */
bool keeper_want(struct token_keeper *keeper);

/* What WeChat answered to ask(). */
void keeper_asked(struct token_keeper *keeper, const struct wechat_answer *answer);

/* WeChat has refused the one with this end. True if it is worth while to try with another: it is dropped, or has been. That
 * happens once a minute at most, for if a new one is refused too the fault is not the token's. */
bool keeper_drop(struct token_keeper *keeper, uint64_t expires_ms) WARN_UNUSED;

#endif
