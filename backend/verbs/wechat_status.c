#include "wechat_status.h"

#define TOO_OFTEN_MS 60000 /* WeChat counts by the minute */

static enum status
status_of_refusal(enum wechat_refusal refusal, uint32_t *retry_ms)
{
	switch (refusal) {
	case WECHAT_BAD_CODE:
	case WECHAT_USED_CODE:
		return TOO_LATE;
	case WECHAT_TOO_OFTEN:
		*retry_ms = TOO_OFTEN_MS;
		return BUSY;
	case WECHAT_BLOCKED_USER:
	case WECHAT_FOREIGN:
		return FORBIDDEN;
	case WECHAT_BAD_INPUT:
		return BAD_REQUEST;
	default:
		return INTERNAL;
	}
}

enum status
wechat_status(const struct wechat_answer *answer, uint32_t *retry_ms)
{
	*retry_ms = 0;
	switch (answer->outcome) {
	case WECHAT_DONE:
		return OK;
	case WECHAT_REFUSED:
		return status_of_refusal(answer->refusal, retry_ms);
	case WECHAT_NOT_DONE:
		return UNAVAILABLE;
	case WECHAT_UNKNOWN:
		break;
	}
	return TOO_LATE;
}
