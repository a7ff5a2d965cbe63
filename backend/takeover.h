/* takeover.h - how a new hub takes the place of the running one on its data folder, with no connection lost on the way.
 *
 * The new one (taker) calls the old one (giver) on takeover.sock in the folder. Each message is a line of text:
 *
 *   taker                                giver
 *   CALLING  hello 1               ──▶   CALLED    who calls must be our user, or root
 *   LOADING                        ◀──   COURTED   welcome; serves as ever
 *   ASKING   ready EPOCH           ──▶             the taker's view is complete, of the same data
 *   TAKING                         ◀──   OFFERED   yours, and two descriptors: the listening socket and hub.lock, which
 *                                                  is locked; the giver accepts no more, what comes waits in the queue
 *   SERVING  serving               ──▶   GIVEN     the taker accepts; the giver drains and ends, its Redis runs on
 *
 * Instead of any word of his the giver may say "no REASON", and goes on as if nothing had been: the taker hangs up, does
 * not understand, or takes longer than each step may. So there is one moment at which the hub changes hands: when
 * "serving" is in the giver's queue. A giver who changes his mind first closes his ear, which the kernel does at once
 * for both, and then looks whether the word was already there; so both always mean the same, whoever is slow.
 *
 * A giver who dies is seen by the end of the line without a "no". The taker then has the place to himself: with the
 * descriptors if they had come, otherwise by taking the lock like any hub that starts. */
#ifndef GV_TAKEOVER_H
#define GV_TAKEOVER_H

#include <stdbool.h>
#include <uv.h>

#include "macros.h"

#define TAKEOVER_SOCKET "takeover.sock" /* in the data folder */

/* What goes over; each a descriptor that its receiver owns. */
struct takeover_goods {
	int listener;
	int lock;
};

/* The running hub's side. */

struct giver;

struct giver_options {
	const char *folder; /* must outlive the giver */
	/* The name of the data that is served, which the taker must have loaded. */
	const char *(*epoch)(void *context);
	/* They are on offer: nothing is accepted from now on. */
	struct takeover_goods (*offer)(void *context);
	/* The offer came to nothing: goes on as before. */
	void (*kept)(void *context);
	/* The other one serves. */
	void (*given)(void *context);
	void *context;
};

/* Waits to be called. NULL, which is logged, if it cannot; the hub serves all the same. */
struct giver *giver_create(uv_loop_t *loop, const struct giver_options *options) WARN_UNUSED;

/* Is not to be called any more. An offer that is out is decided before this returns, by `kept` or `given`. The giver
 * frees itself from the loop. */
void giver_destroy(struct giver *giver);

/* The new hub's side. */

struct taker;

struct taker_options {
	const char *folder; /* must outlive the taker */
	/* The goods are here, and on loan until `taken`. The owner calls taker_serve() when it can serve. */
	void (*offered)(struct takeover_goods goods, void *context);
	/* It is ours: serve. */
	void (*taken)(void *context);
	/* The other one is dead, and has handed over nothing: takes the place like any hub that starts. False if its lock
	 * is not free; asked again then, for a little while. */
	bool (*alone)(void *context);
	/* It will not be; the other one serves on. */
	void (*refused)(const char *reason, void *context);
	void *context;
};

/* Calls the running hub. NULL with errno set if it cannot be called. */
struct taker *taker_create(uv_loop_t *loop, const struct taker_options *options) WARN_UNUSED;

/* The view is complete, of that data; asks for the goods as soon as that may be. Only the first call counts. */
void taker_loaded(struct taker *taker, const char *epoch);

/* In answer to `offered`. */
void taker_serve(struct taker *taker);

/* Hangs up. The taker frees itself from the loop. */
void taker_destroy(struct taker *taker);

#endif
