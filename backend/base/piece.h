/* piece.h - an encoded whole field of Frame, shared by all who hear it.
 *
 * Protobuf fields concatenate: any pieces put one behind the other are a Frame. A piece is encoded once per event,
 * counted by its holders and never changed after; PIECE_HEAD bytes in front of it are room in which libwebsockets
 * writes the frame header, so that a lone piece is sent from where it lies. */
#ifndef GV_PIECE_H
#define GV_PIECE_H

#include <stddef.h>
#include <stdint.h>

#include "macros.h"

#define PIECE_HEAD 16 /* LWS_PRE; asserted in net/ */

struct piece {
	uint32_t holders;
	uint32_t len;
	uint64_t replaces; /* not 0: a piece still waiting with the same number is replaced by this newer one */
	uint8_t head[PIECE_HEAD];
	uint8_t bytes[];
};

/* Room for `len` bytes, held once by the caller. NULL when memory is out. */
struct piece *piece_create(size_t len) WARN_UNUSED;

static inline struct piece *
piece_hold(struct piece *piece)
{
	piece->holders++;
	return piece;
}

/* The last holder's drop frees it. NULL is allowed. */
void piece_drop(struct piece *piece);

#endif
