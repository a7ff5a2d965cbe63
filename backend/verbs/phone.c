/* phone.c - the phone by which a person is known, as WeChat vouches for it.
 *
 * It is claimed for him where all are looked up by their hashes, and then written into his record. What was not finished
 * is by his next try; what somebody else has can only be had from him by a decision (pending.c), unless he is registered
 * nowhere. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "keys.h"
#include "openid.h"
#include "registration.h"
#include "verbs.h"
#include "wechat_status.h"

struct binding {
	char code[4 * WECHAT_CODE_MAX + 1];
	bool same_person;
	struct phone_hash hash;
	char sealed[VAULT_SEALED];
	char mask[PHONE_DIGITS + 1];
	bool is_listed; /* on the roster, which says: */
	struct place place;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	struct id other;       /* whose the phone was */
	struct place waits_at; /* where to list that he waits to be that other */
};

static void
answer_bound(struct request *rq)
{
	const struct binding *binding = rq->state;
	struct bound_phone bound = {
		.phone = binding->mask,
		.is_listed = binding->is_listed,
		.name = text_of(binding->name),
		.organisation = text_of(binding->organisation),
		.place = binding->place,
		.is_pending = !place_is_none(binding->waits_at),
	};

	request_answer(rq, answer_phone_bind(rq->id, &bound));
}

static struct fcall
call_of_hash(struct request *rq, const char *function, const struct phone_hash *hash, unsigned keys)
{
	char text[PHONE_HASH_TEXT];
	struct fcall f = fcall_bare(rq->service->store, function, phone_hash_partition(hash), keys);

	fcall_key(&f, KEY_PHONES);
	if (keys > 1)
		fcall_key(&f, KEY_ROSTER);
	fcall_arg(&f, text_of(phone_hash_print(text, hash)));
	fcall_arg_id(&f, rq->person);
	return f;
}

/* Last: the phone he had is anybody's. */

static void
released(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		answer_bound(rq);
	else
		request_pass_on(rq, reply);
}

static void
release(struct request *rq, struct text former)
{
	struct phone_hash hash;
	struct fcall f;

	if (!phone_hash_parse(&hash, former))
		return answer_bound(rq);
	f = call_of_hash(rq, "phone_release", &hash, 1);
	request_call(rq, &f, released);
}

/* Third: it stands in his record. */

static void
bound(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		release(rq, reply_text(reply, 3));
	else
		request_pass_on(rq, reply);
}

static void
bind_phone(struct request *rq)
{
	const struct binding *binding = rq->state;
	struct fcall f = fcall_write(rq->service->store, "phone_bind", rq->person.partition, 2, &rq->stamp);
	char id[ID_TEXT], hash[PHONE_HASH_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(phone_hash_print(hash, &binding->hash)));
	fcall_arg(&f, text_of(binding->sealed));
	fcall_arg(&f, id_is_none(binding->other) ? TEXT("") : text_of(id_print(id, binding->other)));
	request_audit(rq, &f);
	request_call(rq, &f, bound);
}

/* Second: it is claimed for him. */

static void claim(struct request *rq, bool from_other);

static void
listed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		answer_bound(rq);
	else
		request_pass_on(rq, reply);
}

/* Asked, now or at the first try: what is left is to list it. */
static void
list_asked(struct request *rq, const struct reply *reply)
{
	struct binding *binding = rq->state;
	struct place before;

	binding->mask[0] = '\0';
	if (!place_parse(&binding->waits_at, reply_text(reply, 1)))
		return request_refuse(rq, INTERNAL, NULL);
	if (place_parse(&before, reply_text(reply, 2)) && !place_equal(before, binding->waits_at) &&
		!registration_mark(rq->service, rq->person, before, false, NULL, NULL))
		return request_refuse(rq, BUSY, NULL);
	if (!registration_mark(rq->service, rq->person, binding->waits_at, true, listed, rq))
		request_refuse(rq, BUSY, NULL);
}

static void
asked_to_be(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		list_asked(rq, reply);
	else
		request_pass_on(rq, reply);
}

static void
ask_to_be(struct request *rq, struct place place)
{
	const struct binding *binding = rq->state;
	struct fcall f = fcall_write(rq->service->store, "rebind_ask", rq->person.partition, 1, &rq->stamp);
	char id[ID_TEXT], hash[PHONE_HASH_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	fcall_arg_id(&f, binding->other);
	fcall_arg_place(&f, place);
	fcall_arg(&f, text_of(phone_hash_print(hash, &binding->hash)));
	request_call(rq, &f, asked_to_be);
}

static void
dropped(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		claim(rq, true);
	else
		request_pass_on(rq, reply);
}

/* Whose it was has it no more in his record before it is claimed for another: so that it never stands in two. */
static void
drop(struct request *rq)
{
	const struct binding *binding = rq->state;
	struct fcall f = fcall_bare(rq->service->store, "phone_drop", binding->other.partition, 1);
	char id[ID_TEXT], hash[PHONE_HASH_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, binding->other));
	fcall_arg(&f, text_of(phone_hash_print(hash, &binding->hash)));
	request_call(rq, &f, dropped);
}

/* Who holds roles is not somebody who may be taken for another, nor one whom to take is left to a worker's list. */
static void
other_read(enum status status, const struct person_record *person, void *context)
{
	struct request *rq = context;
	const struct binding *binding = rq->state;
	struct phone_hash his;
	bool is_his;

	if (status != OK)
		return request_refuse(rq, status, NULL);
	is_his =
		phone_hash_parse(&his, person->phone) && memcmp(his.bytes, binding->hash.bytes, sizeof(his.bytes)) == 0;
	if (!binding->same_person || view_grantee(rq->service->view, rq->person))
		return request_refuse(rq, ALREADY, "phone");
	if (is_his && !place_is_none(person->member.place))
		return ask_to_be(rq, person->member.place);
	if (is_his && view_grantee(rq->service->view, binding->other))
		return request_refuse(rq, ALREADY, "phone");
	drop(rq);
}

static void
claimed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct binding *binding = rq->state;

	if (reply->status == ALREADY) {
		if (!id_parse(&binding->other, reply_text(reply, 0)))
			return request_refuse(rq, INTERNAL, NULL);
		if (!read_person(rq->service->store, binding->other, other_read, rq))
			request_refuse(rq, BUSY, NULL);
		return;
	}
	if (reply->status != OK)
		return request_pass_on(rq, reply);
	binding->is_listed = reply->count > 0;
	if (!place_parse(&binding->place, reply_text(reply, 0)))
		binding->place = (struct place){0};
	snprintf(
		binding->name, sizeof(binding->name), "%.*s", (int)reply_text(reply, 1).len, reply_text(reply, 1).data);
	snprintf(binding->organisation, sizeof(binding->organisation), "%.*s", (int)reply_text(reply, 2).len,
		reply_text(reply, 2).data);
	bind_phone(rq);
}

static void
claim(struct request *rq, bool from_other)
{
	const struct binding *binding = rq->state;
	struct fcall f = call_of_hash(rq, "phone_claim", &binding->hash, 2);
	char id[ID_TEXT];

	fcall_arg(&f, from_other ? text_of(id_print(id, binding->other)) : TEXT(""));
	request_call(rq, &f, claimed);
}

/* First: WeChat says which it is. */

static void
asked_wechat(const struct wechat_answer *answer, void *context)
{
	struct request *rq = context;
	struct binding *binding = rq->state;
	uint32_t retry_ms;
	enum status status = wechat_status(answer, &retry_ms);
	struct phone phone;

	if (status == BUSY)
		return request_put_off(rq, "code", retry_ms);
	if (status != OK)
		return request_refuse(rq, status, "code");
	if (strcmp(answer->phone.country, "86") != 0 || !phone_parse(&phone, text_of(answer->phone.number)))
		return request_refuse(rq, FORBIDDEN, "phone"); /* of another country: no roster has it */
	binding->hash = vault_hash(rq->service->vault, phone);
	vault_seal(rq->service->vault, phone, binding->sealed);
	phone_hide(binding->mask, phone);
	sodium_memzero(&phone, sizeof(phone));
	claim(rq, false);
}

/* Done already under this `once`: the same steps once more with the phone that he has by now, which change nothing, find
 * what the roster says. */
static void
bind_again(struct request *rq, const struct reply *reply)
{
	struct binding *binding = rq->state;
	struct text sealed = reply_text(reply, 2);
	struct phone phone;

	if (sealed.len == 0) /* somebody else has it by now */
		return request_refuse(rq, NOT_FOUND, "phone");
	if (!phone_hash_parse(&binding->hash, reply_text(reply, 1)) ||
		!vault_open(rq->service->vault, &binding->hash, sealed, &phone))
		return request_refuse(rq, INTERNAL, NULL);
	snprintf(binding->sealed, sizeof(binding->sealed), "%.*s", (int)sealed.len, sealed.data);
	phone_hide(binding->mask, phone);
	sodium_memzero(&phone, sizeof(phone));
	claim(rq, false);
}

/* A code is good once: what was done under this `once` is not asked for again. */
static void
begun(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct binding *binding = rq->state;
	char openid[WECHAT_OPENID];

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (text_equal(reply_text(reply, 0), TEXT("bound")))
		return bind_again(rq, reply);
	if (text_equal(reply_text(reply, 0), TEXT("asked")))
		return list_asked(rq, reply);
	if (!rq->is_free && !text_equal(reply_text(reply, 2), text_of(rq->service->policy)))
		return request_refuse(rq, FORBIDDEN, "consent");
	if (!openid_open(rq->service->vault, rq->person, reply_text(reply, 1), openid))
		return request_refuse(rq, BAD_REQUEST, "code"); /* he is nobody to WeChat */
	wechat_phone(rq->service->wechat, binding->code, openid, asked_wechat, rq);
	sodium_memzero(openid, sizeof(openid));
}

void
verb_phone_bind(struct request *rq, const struct asked *asked)
{
	const struct phone_bind *in = &asked->phone_bind;
	struct binding *binding;
	struct fcall f;
	char id[ID_TEXT];

	if (!rq->service->wechat)
		return request_refuse(rq, BAD_REQUEST, "code");
	binding = rq->state = calloc(1, sizeof(*binding));
	if (!binding)
		return request_refuse(rq, BUSY, NULL);
	snprintf(binding->code, sizeof(binding->code), "%.*s", (int)in->code.len, in->code.data);
	binding->same_person = in->same_person;
	f = fcall_write(rq->service->store, "phone_begin", rq->person.partition, 1, &rq->stamp);
	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	request_call(rq, &f, begun);
}
