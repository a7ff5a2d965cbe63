/* frame.h - a message from a client, opened: Frame in, checked requests out.
 *
 *   enum status status = frame_open(&frame, bytes, len);
 *   for (i = 0; status == OK && i < frame.request_count; i++)
 *           status_of_one = frame_request(&frame, i, &asked, field);
 *
 * One frame is open at a time; opening the next closes it. */
#ifndef GV_FRAME_H
#define GV_FRAME_H

#include "arena.h"
#include "requests.h"

#define FRAME_MAX_BYTES    16384 /* from a client */
#define FRAME_MAX_REQUESTS 32
#define FRAME_ARENA_BYTES  262144 /* what one decoded frame may take: a full one of short rows takes 200 kB */

struct frame {
	size_t request_count;
	bool pulse; /* it carried one: the client is alive */
	struct arena arena;
	void *decoded;
};

void frame_init(struct frame *frame);
void frame_finish(struct frame *frame);

/* BAD_REQUEST for bytes that are no Frame, or one that takes more memory than a frame may, holds more requests than
 * one may, or fields that only the hub sends. */
enum status frame_open(struct frame *frame, const uint8_t *bytes, size_t len) WARN_UNUSED;

/* Checks one request. Unless it is OK only asked->id can be used, and `field` names what is wrong. */
enum status frame_request(
	struct frame *frame, size_t index, struct asked *asked, char field[FIELD_TEXT_MAX]) WARN_UNUSED;

#endif
