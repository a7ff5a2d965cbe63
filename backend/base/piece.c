#include "piece.h"

#include <assert.h>
#include <stdlib.h>

struct piece *
piece_create(size_t len)
{
	struct piece *piece = malloc(sizeof(*piece) + len);

	if (!piece)
		return NULL;
	piece->holders = 1;
	piece->len = (uint32_t)len;
	piece->replaces = 0;
	return piece;
}

void
piece_drop(struct piece *piece)
{
	if (!piece)
		return;
	assert(piece->holders > 0);
	if (--piece->holders == 0)
		free(piece);
}
