/* wechat_status.h - what is said to a client of a code that he has from WeChat. */
#ifndef GV_WECHAT_STATUS_H
#define GV_WECHAT_STATUS_H

#include "status.h"
#include "wechat.h"

/* OK; or TOO_LATE, the code is no good any more, also where it may have been used: he gets another one; BUSY, and when to
 * come again; FORBIDDEN, WeChat has blocked him, or the phone is of another mini-program; UNAVAILABLE, with the same code
 * again; BAD_REQUEST, it is no code; INTERNAL, the operator has been told by the log. */
enum status wechat_status(const struct wechat_answer *answer, uint32_t *retry_ms);

#endif
