/* memory.h - for what cannot go on without memory.
 *
 * A view with a hole in it is worse than no hub: where an allocation of a few bytes fails, the process ends and says so,
 * and the next one builds everything anew. What a peer can ask for is bounded and checked instead. */
#ifndef GV_MEMORY_H
#define GV_MEMORY_H

/* What it is given, or the end of the process for NULL. */
void *or_die(void *memory);

/* Frees it, wiped: for what held a secret. NULL is nothing. */
void free_wiped(void *memory);

#endif
