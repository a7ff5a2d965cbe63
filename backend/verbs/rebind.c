#include "rebind.h"

#include <sodium.h>

#include "clock.h"
#include "keys.h"
#include "openid.h"
#include "registration.h"
#include "rights.h"

/* Whose roles come along must be one whom the decider may give them, and whose duties he has. */
static bool
may_give_all(struct request *rq, struct id person)
{
	const struct grantee *grantee = view_grantee(rq->service->view, person);
	uint64_t now_ms = clock_wall_ms();

	if (!rq->is_free && rights_lack_duty(rq->service->view, rq->person, person, now_ms))
		return false;
	for (uint32_t i = 0; !rq->is_free && grantee && i < grantee->count; i++)
		if (grant_holds(&grantee->grants[i], now_ms) &&
			!rights_to_give(rq->service->view, rq->person, grantee->grants[i].role,
				grantee->grants[i].place, now_ms))
			return false;
	return true;
}

/* Last: he waits no more. */
static void
become(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (registration_mark(rq->service, in->person, in->place, false, NULL, NULL))
		request_done(rq);
	else
		request_refuse(rq, BUSY, NULL);
}

/* Fourth: who comes by the identity is the other. It stands in the partition of the newcomer, who was made for it. Until
 * then he waits, so that whoever decides again finishes it. */
static void
phone_released(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;
	char id[ID_TEXT];
	struct fcall f;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	f = fcall_bare(rq->service->store, "person_become", in->person.partition, 5);
	id_print(id, in->person);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_arg(&f, text_of(in->identity));
	fcall_arg_id(&f, in->person);
	fcall_arg_id(&f, in->other);
	request_call(rq, &f, become);
}

/* Third: a phone that he had bound as the newcomer is anybody's. */
static void
identity_released(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;
	char hash[PHONE_HASH_TEXT];
	struct fcall f;

	if (reply->status != OK || !in->has_phone)
		return phone_released(reply, rq);
	f = fcall_bare(rq->service->store, "phone_release", phone_hash_partition(&in->phone), 1);
	fcall_key(&f, KEY_PHONES);
	fcall_arg(&f, text_of(phone_hash_print(hash, &in->phone)));
	fcall_arg_id(&f, in->person);
	request_call(rq, &f, phone_released);
}

/* Second: by which the other came until now leads nowhere, and is forgotten; one after the other where there are more. */

static void rebound(const struct reply *reply, void *context);

static void
former_released(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;
	struct fcall f;
	char id[ID_TEXT];

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	f = fcall_bare(rq->service->store, "former_drop", in->other.partition, 1);
	fcall_key(&f, KEY_PERSON, id_print(id, in->other));
	fcall_arg(&f, text_of(in->former));
	request_call(rq, &f, rebound);
}

static void
rebound(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct deciding *in = rq->state;
	struct text former = reply_text(reply, 0);
	struct fcall f;

	if (reply->status != OK || former.len == 0)
		return identity_released(reply, rq);
	text_copy(in->former, sizeof(in->former), former);
	f = fcall_bare(rq->service->store, "identity_release", identity_partition(former), 1);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_arg(&f, former);
	fcall_arg_id(&f, in->other);
	request_call(rq, &f, former_released);
}

/* First: it stands in the record of the other. */
static void
send_rebind(struct request *rq, const char *openid)
{
	const struct deciding *in = rq->state;
	struct fcall f = fcall_write(rq->service->store, "person_rebind", in->other.partition, 4, &rq->stamp);
	char id[ID_TEXT], sealed[OPENID_SEALED] = "";

	id_print(id, in->other);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_key(&f, KEY_PERSON_FACTOR, id);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, in->other);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, text_of(in->identity));
	fcall_arg(&f, text_of(openid[0] ? openid_seal(rq->service->vault, in->other, openid, sealed) : ""));
	fcall_arg_id(&f, in->person);
	fcall_arg(&f, text_of(in->others_phone));
	request_audit(rq, &f);
	request_call(rq, &f, rebound);
}

void
rebind(struct request *rq, const struct person_record *newcomer)
{
	struct deciding *in = rq->state;
	char openid[WECHAT_OPENID] = "";
	bool is_done = !id_is_none(newcomer->moved);

	in->other = is_done ? newcomer->moved : newcomer->asked.other;
	if (!is_done && !place_equal(newcomer->asked.place, in->place))
		return request_refuse(rq, NOT_FOUND, "person");
	/* Who was another before is not made one again: his identity stands elsewhere than he does. */
	if (!is_done && identity_partition(newcomer->identity) != in->person.partition)
		return request_refuse(rq, FORBIDDEN, "person");
	if (!may_give_all(rq, in->other))
		return request_refuse(rq, FORBIDDEN, "person");
	if (!is_done && !openid_open(rq->service->vault, in->person, newcomer->openid, openid))
		return request_refuse(rq, INTERNAL, NULL);
	text_copy(in->identity, sizeof(in->identity), newcomer->identity);
	text_copy(in->others_phone, sizeof(in->others_phone), newcomer->asked.phone);
	in->has_phone = phone_hash_parse(&in->phone, newcomer->phone);
	send_rebind(rq, openid);
	sodium_memzero(openid, sizeof(openid));
}
