/* outbox.h - what waits to be sent to one session: pieces in their order, up to a bound of bytes. */
#ifndef GV_OUTBOX_H
#define GV_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "macros.h"
#include "piece.h"

struct outbox {
	struct piece **pieces; /* a ring of `room`, a power of two; none until something has to wait */
	uint32_t first;
	uint32_t count;
	uint32_t room;
	size_t bytes;
};

void outbox_finish(struct outbox *outbox);

/* Adds at the end and holds the piece. One that replaces takes the place of an older one with the same number. False,
 * and nothing is added, if the bytes would pass `max_bytes` or memory is out. */
bool outbox_push(struct outbox *outbox, struct piece *piece, size_t max_bytes) WARN_UNUSED;

/* The first; NULL when empty. */
struct piece *outbox_first(const struct outbox *outbox);

/* True if the piece is the one added last, so that who watches twice hears once. */
bool outbox_ends_with(const struct outbox *outbox, const struct piece *piece);

/* Takes the first off; the caller drops it. The outbox must not be empty. */
struct piece *outbox_take(struct outbox *outbox);

#endif
