/* draft.h - what the author says of a call, as arguments of a function in Redis.
 *
 * It must outlive the frame while a number is fetched, so it is packed first, each argument behind its length. */
#ifndef GV_DRAFT_H
#define GV_DRAFT_H

#include "buf.h"
#include "fcall.h"
#include "requests.h"

/* In the order of FIELDS and SLOT in call.lua and lines.lua. */
void draft_pack(struct buf *out, const struct call_post *in);

/* Passes what was packed. */
void draft_pass(struct fcall *f, const uint8_t *packed, size_t len);

#endif
