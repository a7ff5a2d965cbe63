/* consent.c - what a person agrees to. */
#include "keys.h"
#include "registration.h"
#include "verbs.h"

/* Who has withdrawn it waits for nothing any more. */
static void
given(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		registration_list(rq, reply_text(reply, 0), (struct place){0}, false, request_ended);
	else
		request_pass_on(rq, reply);
}

/* Another version is not what he has read, unless he withdraws, which he may whatever it was. */
void
verb_consent_give(struct request *rq, const struct asked *asked)
{
	const struct consent_give *in = &asked->consent_give;
	struct fcall f;
	char id[ID_TEXT];

	if (!in->withdraw && !text_equal(in->version, text_of(rq->service->policy)))
		return request_refuse(rq, CHANGED, "version");
	f = fcall_write(rq->service->store, "consent_give", rq->person.partition, 3, &rq->stamp);
	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	fcall_key(&f, KEY_PERSONS);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, in->version);
	fcall_arg(&f, in->withdraw ? TEXT("1") : TEXT(""));
	request_audit(rq, &f);
	request_call(rq, &f, given);
}
