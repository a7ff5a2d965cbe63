/* server.h - the Redis a hub brings along: one redis-server on a unix socket in the data folder.
 *
 * It runs in a session of its own and outlives the hub that started it. What says that one is running is the lock on
 * `redis.lock`, which it inherits and holds until it ends, however it ends: whoever finds the lock held uses that
 * Redis, whoever gets it starts one. So there are never two on one folder. */
#ifndef GV_SERVER_H
#define GV_SERVER_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include "macros.h"

/* Names in the data folder. */
#define SERVER_SOCKET "redis.sock"
#define SERVER_LOCK   "redis.lock"
#define SERVER_CONFIG "redis.conf"
#define SERVER_LOG    "redis.log"

struct server;

/* `folder` is the data folder as an absolute path, which must outlive the server. NULL when memory is out. */
struct server *server_create(uv_loop_t *loop, const char *folder) WARN_UNUSED;

/* Makes sure that one runs: leaves a running one alone, starts one otherwise. False if it could not be started, which
 * is logged; again later then. */
bool server_ensure(struct server *server) WARN_UNUSED;

/* Ends the running one, `pid` as it says of itself (0: not known), with its log written out; calls `stopped` when its
 * lock is free, or after three seconds in vain. */
void server_stop(struct server *server, pid_t pid, void (*stopped)(bool ended, void *context), void *context);

/* Lets go of it; a running one runs on. Frees itself when its handles are closed, then calls `closed`. */
void server_destroy(struct server *server, void (*closed)(void *context), void *context);

#endif
