#include "arena.h"

#include <stdlib.h>

#include "macros.h"
#include "memory.h"

#define ALIGNMENT 16 /* of any C type; also the room for a block's length in front of it */

void
arena_init(struct arena *arena, size_t size)
{
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	*arena = (struct arena){.bytes = or_die(aligned_alloc(ALIGNMENT, size)), .size = size};
}

void
arena_finish(struct arena *arena)
{
	free(arena->bytes);
	*arena = (struct arena){0};
}

void
arena_reset(struct arena *arena)
{
	arena->used = 0;
}

void *
arena_alloc(struct arena *arena, size_t len)
{
	size_t room = arena->size - arena->used;
	uint8_t *header = arena->bytes + arena->used;

	if (room < ALIGNMENT || len > room - ALIGNMENT)
		return NULL;
	*(size_t *)(void *)header = len;
	arena->used += MIN(room, ALIGNMENT + (len + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
	return header + ALIGNMENT;
}

size_t
arena_block_len(const void *block)
{
	return *(const size_t *)((const uint8_t *)block - ALIGNMENT);
}

bool
arena_owns(const struct arena *arena, const void *address)
{
	const uint8_t *at = address;

	return at >= arena->bytes && at < arena->bytes + arena->size;
}
