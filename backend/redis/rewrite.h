/* rewrite.h - what was forgotten goes from Redis' files too.
 *
 * An append-only file keeps what was written until it is written anew, which Redis does by itself only when it has grown
 * to twice its size. So who takes care of the server asks for it when something was forgotten since the last time
 * (functions/erase.lua), at most once an hour, and notes when it is done; Redis then deletes the old files. What is
 * forgotten in between waits for the next time, also over a restart. */
#ifndef GV_REWRITE_H
#define GV_REWRITE_H

#include <stdbool.h>
#include <uv.h>

struct store;
struct rewrite;

/* For the hub with the Redis of its own; not while *held. */
struct rewrite *rewrite_create(uv_loop_t *loop, struct store *store, const bool *held);

/* Before the store; it frees itself from the loop. */
void rewrite_destroy(struct rewrite *rewrite);

#endif
