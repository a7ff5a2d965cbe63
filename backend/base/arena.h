/* arena.h - memory for one frame, or one reading: handed out in a row, given back all at once.
 *
 * Its fixed size is both the limit on what a hostile frame can make the hub allocate (protobuf-c turns 64 kB of
 * empty sub-messages into 5 MB) and the speed. Every block remembers its length, so that a decoded string can be
 * told from one that was cut short by an embedded NUL. */
#ifndef GV_ARENA_H
#define GV_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
	uint8_t *bytes;
	size_t size;
	size_t used;
};

/* Takes `size` bytes from the heap; ends the process if there are none. */
void arena_init(struct arena *arena, size_t size);
void arena_finish(struct arena *arena);

/* Forgets all blocks. */
void arena_reset(struct arena *arena);

/* A block aligned for any type, not cleared; NULL when the arena is full. */
void *arena_alloc(struct arena *arena, size_t len);

/* The length a block was asked for. `block` must be the arena's. */
size_t arena_block_len(const void *block);

/* True if the address lies in the arena. */
bool arena_owns(const struct arena *arena, const void *address);

#endif
