/* login_wechat.c - who comes with a code of WeChat's. WeChat is asked before Redis, and once: what becomes of a code stands
 * in wechat_status.h. */
#include <stdio.h>
#include <string.h>

#include "login_private.h"
#include "wechat_status.h"

static void
asked_wechat(const struct wechat_answer *answer, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;
	uint32_t retry_ms;
	enum status status = wechat_status(answer, &retry_ms);
	char hash[VAULT_HASH_TEXT];

	if (status == TOO_LATE)
		return login_reject(rq, "wechat.code");
	if (status == BUSY)
		return login_put_off(rq, "wechat.code", retry_ms);
	if (status != OK)
		return login_refuse(rq, status, "wechat.code");
	snprintf(arrival->openid, sizeof(arrival->openid), "%s", answer->person.openid);
	vault_hash_text(rq->service->vault, "openid", text_of(arrival->openid), hash);
	arrival->identity.len = (size_t)snprintf(arrival->identity.text, sizeof(arrival->identity.text), "wx:%s", hash);
	login_by_identity(rq);
}

void
login_by_wechat(struct request *rq, const struct wechat_login *in)
{
	struct arrival *arrival = rq->state;
	struct text device = in->device.len > 0 ? in->device : TEXT("phone");

	arrival->device_name_len = device.len;
	memcpy(arrival->device_name, device.data, device.len);
	wechat_login(rq->service->wechat, in->code.data, asked_wechat, rq);
}
