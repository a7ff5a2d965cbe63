#include "outbox.h"

#include <assert.h>
#include <stdlib.h>

#define ROOM_FIRST 4

static struct piece **
slot(const struct outbox *outbox, uint32_t index)
{
	return &outbox->pieces[(outbox->first + index) & (outbox->room - 1)];
}

void
outbox_finish(struct outbox *outbox)
{
	while (outbox->count > 0)
		piece_drop(outbox_take(outbox));
	free(outbox->pieces);
	*outbox = (struct outbox){0};
}

static bool
grow(struct outbox *outbox)
{
	struct outbox larger = {.count = outbox->count, .bytes = outbox->bytes};

	larger.room = outbox->room ? outbox->room * 2 : ROOM_FIRST;
	larger.pieces = malloc(larger.room * sizeof(*larger.pieces));
	if (!larger.pieces)
		return false;
	for (uint32_t i = 0; i < outbox->count; i++)
		larger.pieces[i] = *slot(outbox, i);
	free(outbox->pieces);
	*outbox = larger;
	return true;
}

static struct piece **
find_replaced(const struct outbox *outbox, uint64_t replaces)
{
	for (uint32_t i = 0; i < outbox->count; i++)
		if ((*slot(outbox, i))->replaces == replaces)
			return slot(outbox, i);
	return NULL;
}

bool
outbox_push(struct outbox *outbox, struct piece *piece, size_t max_bytes)
{
	struct piece **replaced = piece->replaces ? find_replaced(outbox, piece->replaces) : NULL;
	size_t bytes = outbox->bytes + piece->len - (replaced ? (*replaced)->len : 0);

	if (bytes > max_bytes)
		return false;
	if (replaced) {
		piece_drop(*replaced);
		*replaced = piece_hold(piece);
		outbox->bytes = bytes;
		return true;
	}
	if (outbox->count == outbox->room && !grow(outbox))
		return false;
	*slot(outbox, outbox->count++) = piece_hold(piece);
	outbox->bytes = bytes;
	return true;
}

struct piece *
outbox_first(const struct outbox *outbox)
{
	return outbox->count ? *slot(outbox, 0) : NULL;
}

bool
outbox_ends_with(const struct outbox *outbox, const struct piece *piece)
{
	return outbox->count > 0 && *slot(outbox, outbox->count - 1) == piece;
}

struct piece *
outbox_take(struct outbox *outbox)
{
	struct piece *piece = *slot(outbox, 0);

	assert(outbox->count > 0);
	outbox->first = (outbox->first + 1) & (outbox->room - 1);
	outbox->count--;
	outbox->bytes -= piece->len;
	return piece;
}
