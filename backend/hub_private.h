/* hub_private.h - what hub.c and succession.c share: the house, and who lives in it after whom. */
#ifndef GV_HUB_PRIVATE_H
#define GV_HUB_PRIVATE_H

#include <uv.h>

#include "files.h"
#include "folder.h"
#include "hub.h"
#include "listener.h"
#include "policy.h"
#include "retention.h"
#include "service.h"
#include "takeover.h"
#include "web.h"

#define HUB_TOKEN_BYTES 32

struct hub {
	const struct config *config;
	uv_loop_t loop;
	struct folder folder;
	struct giver *giver;       /* NULL: nobody can call */
	struct taker *taker;       /* NULL: takes nobody's place */
	bool is_guest;             /* folder, listener and Redis are another hub's still */
	bool is_given;             /* they are another hub's now */
	int passed_socket;         /* by the service manager; -1: none, or in use */
	struct listener *listener; /* NULL: a guest has none */
	struct web *web;
	struct service service;
	struct policy policy;
	struct files *files; /* NULL: no pages */
	struct retention *retention;
	struct due *due;
	struct relay *relay;
	struct rewrite *rewrite; /* NULL: the Redis is somebody else's */
	struct erased *erased;   /* as rewrite */
	struct lock *lock;
	struct wechat_shelf *wechat_shelf; /* NULL: no WeChat */
	uv_signal_t signals[2];
	uv_timer_t disk_timer;
	uv_timer_t stop_timer;
	char token[2 * HUB_TOKEN_BYTES + 1];
	char key_check[VAULT_CHECK];
	uint64_t started_us;
	uint64_t stopping_us; /* when the stop, or its next phase, began; 0: running */
	bool listening;
	bool closing_sessions;
	bool closing_all;
	int status;
};

/* Ends it, with that exit status. */
void hub_stop(struct hub *hub, int status);

/* Opens the listening socket, or takes the one that was passed on. False, with the reason on standard error. */
bool hub_open_listener(struct hub *hub) WARN_UNUSED;

/* Takes a socket that somebody else opened. False, with the reason on standard error, if it is not what it should be. */
bool hub_adopt_listener(struct hub *hub, int socket) WARN_UNUSED;

/* Leaves the token of the development login in the folder, if there is such a login. False with errno set. */
bool hub_leave_token(struct hub *hub) WARN_UNUSED;

/* The view is complete and the listener ours: leaves in the folder where we listen, and accepts connections. */
void hub_serve(struct hub *hub);

/* wechat_setup.c */

/* False, with the reason on standard error, for settings of WeChat's that cannot be used. */
bool hub_check_wechat(const struct config *config) WARN_UNUSED;

/* Makes the service's client of WeChat, if there is to be one. False, with the reason on standard error, if the secret is
 * not to be had. */
bool hub_open_wechat(struct hub *hub) WARN_UNUSED;

/* Ends it: who waits for WeChat is told so before this returns, while sessions and Redis are still there. And when the loop
 * has ended, the rest of it. */
void hub_end_wechat(struct hub *hub);
void hub_finish_wechat(struct hub *hub);

/* succession.c */

/* Locks the folder, or finds that it is to be taken over from the hub that holds it. False, with the reason on standard
 * error, if neither can be. */
bool succession_begin(struct hub *hub) WARN_UNUSED;

/* A guest calls the other hub. False, with the reason on standard error, if it cannot be called. */
bool succession_call(struct hub *hub) WARN_UNUSED;

/* A guest's view is complete. */
void succession_loaded(struct hub *hub);

/* From now on another hub may take our place. */
void succession_open(struct hub *hub);

/* We stop: nobody takes our place any more. */
void succession_close(struct hub *hub);

#endif
