/* link.h - one connection to one Redis that comes back by itself.
 *
 * It is always in one of four states:
 *
 *   DOWN ──timer──▶ GREETING ──PONG──▶ SETUP ──link_open()──▶ OPEN
 *    ▲                 │                 │                      │
 *    └─────────────────┴── lost, refused, silent, not ready ────┘
 *
 * Commands sent while it is not open wait, in order. Those under way when the connection is lost are sent again on
 * the next, for all that the hub sends may be repeated: reads, and functions that a `once` protects. Each has a
 * deadline of its own; past it the sender is told that the outcome is not known, whatever the state.
 *
 * A Redis that accepts but is not ready (loading its log, a replica, busy) counts as lost, and the time between tries
 * grows up to a second, with jitter; it starts small again only after a good answer. One that cannot be reached for so
 * long is a warning in the log, once until it is open again. */
#ifndef GV_LINK_H
#define GV_LINK_H

#include <stdbool.h>
#include <uv.h>

#include "address.h"
#include "command.h"

struct link;

struct link_options {
	const char *name; /* in the log: "writes", "feed" */
	struct redis_address address;
	size_t max_commands; /* waiting and under way */
	size_t max_bytes;
	/* Called before each try; false: not now (a server of our own could not be started). May be NULL. */
	bool (*prepare)(void *context);
	/* The connection answers. The owner checks what must be checked with link_setup(), then calls link_open(). */
	void (*greeted)(void *context);
	/* It says no to who we are, or to the database; the owner calls link_reject(). May be NULL: tried again later. */
	void (*refused)(const char *reason, void *context);
	/* It was open and is lost. May be NULL. */
	void (*lost)(void *context);
	void *context;
};

/* Starts to connect at once. NULL when memory is out. */
struct link *link_create(uv_loop_t *loop, const struct link_options *options) WARN_UNUSED;

/* Ends it: whatever has no answer is told so now, then `closed` is called from the loop. The link frees itself. */
void link_destroy(struct link *link, void (*closed)(void *context));

/* Takes the command over. False (and it is destroyed) when there are too many already. `timeout_ms` 0: no deadline. When
 * memory is out `done` is called before this returns, with NULL. */
bool link_send(
	struct link *link, struct command *command, uint64_t timeout_ms, command_done *done, void *context) WARN_UNUSED;

/* As link_send(), ahead of all that waits, while the link is being set up; lost with the connection. */
void link_setup(struct link *link, struct command *command, command_done *done, void *context);

/* The setup is done: what waits is sent. */
void link_open(struct link *link);

/* What is there is not what is needed: drop the connection and try again, `soon` if it is about to mend itself, else
 * after the longest pause. */
void link_reject(struct link *link, const char *reason, bool soon);

bool link_is_open(const struct link *link);

/* Waiting and under way. */
size_t link_load(const struct link *link);

#endif
