/* login_factor.c - a login with a token, of somebody with a second factor: the code that he typed, tried once. */
#include "clock.h"
#include "keys.h"
#include "login_private.h"

static void
refuse_code(struct request *rq)
{
	const struct arrival *arrival = rq->state;

	if (!arrival->code_tried)
		return login_refuse(rq, UNAUTHENTICATED, "token.code");
	code_failed(rq, arrival->is_locked);
	login_reject(rq, "token.code");
}

/* The try is counted; now it is judged. */
static void
counted(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct arrival *arrival = rq->state;

	if (reply->status == BUSY)
		return login_put_off(rq, "token.code", reply_u64(reply, 0));
	if (reply->status != OK && reply->status != NOT_FOUND)
		return login_refuse(rq, reply->status, reply->field);
	arrival->code_tried = true;
	arrival->is_locked = reply_u64(reply, 1) > 0;
	if (reply->status == NOT_FOUND ||
		!code_judge(&arrival->proof, rq->service, rq->person, reply_text(reply, 0), text_of(arrival->code)))
		return refuse_code(rq);
	login_use_token(rq);
}

void
login_try_code(struct request *rq)
{
	struct arrival *arrival = rq->state;
	struct fcall f;
	char id[ID_TEXT];

	if (!arrival->code[0] || arrival->code_tried)
		return refuse_code(rq);
	f = fcall_bare(rq->service->store, "factor_try", rq->person.partition, 1);
	fcall_key(&f, KEY_PERSON_FACTOR, id_print(id, rq->person));
	if (!fcall_send(&f, counted, rq))
		login_refuse(rq, BUSY, NULL);
}
