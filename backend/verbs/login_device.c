/* login_device.c - the device by which somebody stays logged in. */
#include "clock.h"
#include "keys.h"
#include "login_private.h"

#define TOKEN_LIFE_MS   (UINT64_C(30) * 86400000) /* not used for so long, a device is forgotten */
#define TOKEN_ROTATE_MS (UINT64_C(7) * 86400000)  /* as old as that, a token is replaced */

/* A device of his own. */

static void
device_added(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (reply->status != OK)
		return login_refuse(rq, reply->status, reply->field);
	arrival->device = (uint32_t)reply_u64(reply, 0);
	arrival->until_ms = reply_u64(reply, 1);
	arrival->is_issued = true;
	login_admit(rq);
}

void
login_add_device(struct request *rq)
{
	struct arrival *arrival = rq->state;
	char id[ID_TEXT], hash[TOKEN_HASH];
	struct fcall f = fcall_bare(rq->service->store, "device_add", rq->person.partition, 3);

	token_make(arrival->secret, hash);
	id_print(id, rq->person);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(hash));
	fcall_arg(&f, TEXT(""));
	fcall_arg_u64(&f, TOKEN_LIFE_MS);
	fcall_arg(&f, (struct text){arrival->device_name, arrival->device_name_len});
	fcall_arg(&f, text_of(arrival->passed ? "1" : ""));
	fcall_arg(&f, text_of(arrival->is_desk ? id : ""));
	request_audit(rq, &f);
	if (!fcall_send(&f, device_added, rq))
		login_refuse(rq, BUSY, NULL);
}

/* The device whose token he came with. */

/* A device that was logged out between the use of its token and now was not among the sessions that hear of it. */
static bool
may_have_been_revoked(const struct request *rq, uint64_t used_at_seq)
{
	return rq->service->view->seq[rq->person.partition] > used_at_seq;
}

static void
token_was_seen(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (reply->status == UNAUTHENTICATED && strcmp(reply->field, "code") == 0)
		return login_try_code(rq);
	if (reply->status == UNAUTHENTICATED)
		return login_reject(rq, "token.token");
	if (reply->status != OK)
		return login_refuse(rq, reply->status, reply->field);
	if (may_have_been_revoked(rq, reply_u64(reply, 2)))
		return login_refuse(rq, UNAVAILABLE, NULL);
	arrival->until_ms = reply_u64(reply, 0);
	arrival->is_issued = reply_text(reply, 1).len > 0;
	arrival->passed = reply_text(reply, 3).len > 0;
	login_admit(rq);
}

void
login_use_token(struct request *rq)
{
	struct arrival *arrival = rq->state;
	char id[ID_TEXT], offered[TOKEN_HASH];
	struct fcall f = fcall_bare(rq->service->store, "device_login", rq->person.partition, 3);

	token_make(arrival->secret, offered);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, rq->person));
	fcall_key(&f, KEY_PERSON_FACTOR, id);
	fcall_arg_u64(&f, arrival->device);
	fcall_arg(&f, text_of(arrival->hash));
	fcall_arg(&f, text_of(offered));
	fcall_arg_u64(&f, TOKEN_LIFE_MS);
	fcall_arg_u64(&f, TOKEN_ROTATE_MS);
	fcall_arg_u64(&f, rq->service->idle_lock_ms);
	fcall_arg(&f, text_of(arrival->proof.step));
	fcall_arg(&f, text_of(arrival->proof.recovery));
	fcall_arg(&f, (struct text){arrival->device_name, arrival->device_name_len});
	if (!fcall_send(&f, token_was_seen, rq))
		login_refuse(rq, BUSY, NULL);
}
