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

#endif
