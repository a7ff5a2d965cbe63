/* draft.h - what the author says of a call, as arguments of a function in Redis.
 *
 * It must outlive the frame while a number is fetched, so it is packed first, each argument behind its length. */
#ifndef GV_DRAFT_H
#define GV_DRAFT_H

#include "buf.h"
#include "fcall.h"
#include "request.h"

/* In the order of FIELDS and SLOT in call.lua and lines.lua. */
void draft_pack(struct buf *out, const struct call_post *in);

/* Passes what was packed, which must be whole (`failed` is not). */
void draft_pass(struct fcall *f, const uint8_t *packed, size_t len);

/* Passes it as the last arguments of a call that is to be sent for the request, and frees it. False if memory was short on
 * the way: the call is gone, and the request has ended with BUSY. */
bool draft_end(struct request *rq, struct fcall *f, struct buf *draft) WARN_UNUSED;

/* How a request that says a call names what is written in it: "" where it is the call, "to." where it has one. */
struct draft_fields {
	const char *title, *body, *slots, *questions;
};
#define DRAFT_FIELDS(prefix) \
	((struct draft_fields){prefix "title", prefix "body", prefix "slots.label", prefix "questions.label"})

/* content_call() of all that is written in it, and of the name under which it is kept ("": none). */
void draft_call(struct request *rq, const struct call_post *in, struct draft_fields fields, struct text name,
	struct fcall *f, fcall_done *done);

#endif
