/* wechat_fields.h - what may stand in the fields of a subscribe message.
 *
 * A template's fields are named after their type and a number: thing1, time2, phrase3. WeChat refuses the whole message
 * (47003) when one value is not as its type demands, so all are looked at here first. The limits are those of the table in
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html */
#ifndef GV_WECHAT_FIELDS_H
#define GV_WECHAT_FIELDS_H

#include <stdbool.h>

#include "macros.h"
#include "text.h"

/* The longest value with its NUL: 32 ASCII characters, 20 of other scripts, or a span of two moments. */
#define WECHAT_VALUE 128

/* Writes the value as the field takes it, and returns true. Each run of blanks and line breaks becomes one blank; words for
 * people (thing, phrase, name) are cut by code point. False for what would be wrong if it were cut (a number, a time, a
 * plate) and is too long, for an empty value, for other characters than the type allows, for an unknown type, and for what
 * is not UTF-8. */
bool wechat_field_fit(char out[WECHAT_VALUE], const char *key, struct text value) WARN_UNUSED;

#endif
