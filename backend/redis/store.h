/* store.h - the hub's side of Redis: two connections, the functions, the logs.
 *
 * It finds or starts the server, sees that it is fit, that the data is laid out as this hub knows it and its phones are
 * sealed with this hub's key, loads the function library where its hash differs, and keeps doing so whenever the
 * connection comes back. All writes share one
 * pipelined connection, for `appendfsync always` syncs once for all that arrive together; the feed has another, on
 * which it waits. */
#ifndef GV_STORE_H
#define GV_STORE_H

#include <stdbool.h>
#include <uv.h>

#include "address.h"
#include "event.h"
#include "view.h"

struct store;

#define EPOCH_TEXT   33 /* 128 bits in hexadecimal, and a NUL */
#define STORE_SECRET 32 /* bytes */

struct store_options {
	const char *folder;           /* the data folder with the Redis of our own; NULL: the one at `address` */
	struct redis_address address; /* without a folder */
	const char *key_check;        /* by what to tell the key of the phones; NULL: there is none yet */
	bool guest;                   /* see store_own() */
	bool allow_volatile;          /* take a Redis that may forget */
	size_t max_commands;          /* waiting and under way */
	size_t max_bytes;             /* of them */
	uint32_t timeout_ms;          /* after which a request is answered UNAVAILABLE */
	uint32_t history;             /* events of each log to begin with, so that clients can resume over a restart */

	/* Without a key, and no phones are sealed there yet: makes one, and gives its check; NULL if that cannot be. */
	const char *(*make_key)(void *context);
	/* The data is open and may be loaded: the first time, and again when what is there is not what was seen before.
	 * The owner calls store_load(). */
	void (*opened)(void *context);
	/* The view is complete up to where the logs stand. */
	void (*loaded)(void *context);
	/* An event, in the order of its log, each once. */
	void (*event)(const struct event *event, void *context);
	/* The server or its data cannot be used; it will be tried again. */
	void (*refused)(const char *reason, void *context);
	void *context;
};

/* Starts. */
struct store *store_create(uv_loop_t *loop, const struct store_options *options) WARN_UNUSED;

/* Fills an empty view from the records, then goes on with the events. In answer to `opened`. */
void store_load(struct store *store, struct view *view);

/* A guest uses what another hub takes care of: it does not start the server, and works with the functions that are there.
 * store_own() ends that: functions of ours are put in where there may be others; `owned` (may be NULL) is called when
 * the store is ready for that, at once or from the loop, unless `refused` is. */
void store_be_guest(struct store *store);
void store_own(struct store *store, void (*owned)(void *context), void *context);

/* Ends the connections; with `stop_server`, the Redis of our own too. Calls `closed` last. */
void store_destroy(struct store *store, bool stop_server, void (*closed)(void *context), void *context);

/* The name of this life of the logs; empty before it was opened. */
const char *store_epoch(const struct store *store);

/* What all hubs on the same data know and nobody else: STORE_SECRET bytes, made once and kept there. */
const uint8_t *store_secret(const struct store *store);

/* True if the feed has heard from Redis within the last second, so that the view is as new as that. */
bool store_is_fresh(const struct store *store);

/* Commands waiting and under way. */
size_t store_commands(const struct store *store);

#endif
