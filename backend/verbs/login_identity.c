/* login_identity.c - the person behind an identity. */
#include "keys.h"
#include "login_private.h"
#include "openid.h"

static struct text
identity_text(const struct identity *identity)
{
	return (struct text){identity->text, identity->len};
}

static void
login_as(struct request *rq, const struct reply *reply)
{
	const struct arrival *arrival = rq->state;

	if (!id_parse(&rq->person, reply_text(reply, 0)))
		login_refuse(rq, INTERNAL, NULL);
	else if (arrival->device_name_len > 0 && rq->service->disk_short)
		login_refuse(rq, UNAVAILABLE, "disk");
	else
		login_person(rq);
}

static void
login_claimed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		login_as(rq, reply);
	else
		login_refuse(rq, reply->status, reply->field);
}

/* Nobody yet of that identity: a person of the number we were given, unless somebody was faster. */
static void
login_numbered(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct arrival *arrival = rq->state;
	const struct identity *identity = &arrival->identity;
	struct id person = {identity->partition, reply_u64(reply, 0)};
	char text[ID_TEXT], sealed[OPENID_SEALED] = "";
	struct fcall f;

	if (reply->status != OK || id_is_none(person)) {
		login_refuse(rq, reply->status == OK ? INTERNAL : reply->status, reply->field);
		return;
	}
	f = fcall_bare(rq->service->store, "person_claim", identity->partition, 3);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_key(&f, KEY_PERSON, id_print(text, person));
	fcall_arg(&f, identity_text(identity));
	fcall_arg_id(&f, person);
	if (arrival->openid[0])
		openid_seal(rq->service->vault, person, arrival->openid, sealed);
	fcall_arg(&f, text_of(sealed));
	if (!fcall_send(&f, login_claimed, rq))
		login_refuse(rq, BUSY, NULL);
}

static void
login_found(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct identity *identity = &((const struct arrival *)rq->state)->identity;
	struct fcall f;

	if (reply->status == OK) {
		login_as(rq, reply);
		return;
	}
	if (reply->status != NOT_FOUND) {
		login_refuse(rq, reply->status, reply->field);
		return;
	}
	if (rq->service->disk_short) { /* who was never here would have to be written down */
		login_refuse(rq, UNAVAILABLE, "disk");
		return;
	}
	f = fcall_bare(rq->service->store, "data_id", identity->partition, 1);
	fcall_key(&f, KEY_META);
	if (!fcall_send(&f, login_numbered, rq))
		login_refuse(rq, BUSY, NULL);
}

void
login_by_identity(struct request *rq)
{
	struct arrival *arrival = rq->state;
	struct identity *identity = &arrival->identity;
	struct fcall f;

	identity->partition = identity_partition(identity_text(identity));
	f = fcall_read(rq->service->store, "person_find", identity->partition, 1);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_arg(&f, identity_text(identity));
	if (!fcall_send(&f, login_found, rq))
		login_refuse(rq, BUSY, NULL);
}

static void
ignore(const struct reply *reply, void *context)
{
	(void)reply;
	(void)context;
}

void
login_forget_identity(struct request *rq)
{
	const struct arrival *arrival = rq->state;
	struct fcall f = fcall_bare(rq->service->store, "erase_identity", arrival->identity.partition, 1);

	fcall_key(&f, KEY_IDENTITIES);
	fcall_arg(&f, identity_text(&arrival->identity));
	fcall_arg_id(&f, rq->person);
	if (!fcall_send(&f, ignore, NULL))
		return; /* the next login does it */
}
