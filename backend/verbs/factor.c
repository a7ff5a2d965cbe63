/* factor.c - the second factor: set up, and taken away. What a login does with it stands in login_factor.c. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "code.h"
#include "derived.h"
#include "keys.h"
#include "verbs.h"

/* 网格先锋队, as a URI writes it (RFC 3986, 2.1). */
#define ISSUER "%E7%BD%91%E6%A0%BC%E5%85%88%E9%94%8B%E9%98%9F"

/* What was typed, until Redis has said more. */
struct typed {
	struct id person;
	char code[20 * 4 + 1];
};

static struct typed *
keep_typed(struct request *rq, struct id person, struct text code)
{
	struct typed *typed = rq->state = calloc(1, sizeof(*typed));

	if (typed) {
		typed->person = person;
		text_copy(typed->code, sizeof(typed->code), code);
	} else {
		request_refuse(rq, BUSY, NULL);
	}
	return typed;
}

static struct fcall
factor_call(struct request *rq, const char *function, struct id person)
{
	struct fcall f = fcall_write(rq->service->store, function, person.partition, 3, &rq->stamp);
	char id[ID_TEXT];

	id_print(id, person);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_key(&f, KEY_PERSON_FACTOR, id);
	fcall_key(&f, KEY_AUDIT);
	return f;
}

/* Begin. The secret is made from the request's name: the same one when it comes again. */

static void
make_secret(const struct request *rq, char out[TOTP_TEXT])
{
	uint8_t bytes[DERIVED];

	_Static_assert(DERIVED >= TOTP_SECRET, "bytes enough for a secret");
	derive(rq, "factor", bytes);
	totp_print(out, bytes);
	sodium_memzero(bytes, sizeof(bytes));
}

static void
begun(const struct reply *reply, void *context)
{
	struct request *rq = context;
	char secret[TOTP_TEXT], uri[256], id[ID_TEXT];

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	make_secret(rq, secret);
	snprintf(uri, sizeof(uri), "otpauth://totp/%s:%s?secret=%s&issuer=%s", ISSUER, id_print(id, rq->person), secret,
		ISSUER);
	request_answer(rq, answer_factor_begin(rq->id, secret, uri));
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(uri, sizeof(uri));
}

void
verb_factor_begin(struct request *rq, const struct asked *asked)
{
	struct fcall f = fcall_write(rq->service->store, "factor_begin", rq->person.partition, 1, &rq->stamp);
	char id[ID_TEXT], secret[TOTP_TEXT], sealed[CODE_SEALED];

	(void)asked;
	make_secret(rq, secret);
	fcall_key(&f, KEY_PERSON_FACTOR, id_print(id, rq->person));
	fcall_arg(&f, text_of(code_seal(sealed, rq->service, rq->person, secret)));
	sodium_memzero(secret, sizeof(secret));
	request_call(rq, &f, begun);
}

/* Confirm. */

static void
make_recovery(const struct request *rq, char out[RECOVERY_CODES][RECOVERY_TEXT])
{
	uint8_t bytes[DERIVED];
	char what[16];

	for (unsigned i = 0; i < RECOVERY_CODES; i++) {
		snprintf(what, sizeof(what), "recovery%u", i);
		derive(rq, what, bytes);
		recovery_print(out[i], bytes);
	}
	sodium_memzero(bytes, sizeof(bytes));
}

static void
confirmed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	char codes[RECOVERY_CODES][RECOVERY_TEXT], *list[RECOVERY_CODES];

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (rq->client && rq->client->device)
		client_passed(rq->client);
	make_recovery(rq, codes);
	for (unsigned i = 0; i < RECOVERY_CODES; i++)
		list[i] = codes[i];
	request_answer(rq, answer_factor_confirm(rq->id, list, RECOVERY_CODES));
	sodium_memzero(codes, sizeof(codes));
}

static void
confirm(struct request *rq, const char *step)
{
	struct fcall f = factor_call(rq, "factor_confirm", rq->person);
	char codes[RECOVERY_CODES][RECOVERY_TEXT], hashes[RECOVERY_CODES * RECOVERY_HASH];

	make_recovery(rq, codes);
	for (unsigned i = 0; i < RECOVERY_CODES; i++) {
		recovery_hash(hashes + (size_t)i * RECOVERY_HASH, rq->service, rq->person, text_of(codes[i]));
		hashes[(i + 1) * RECOVERY_HASH - 1] = i + 1 < RECOVERY_CODES ? ' ' : '\0';
	}
	sodium_memzero(codes, sizeof(codes));
	fcall_arg_u64(&f, rq->client ? rq->client->device : 0);
	fcall_arg(&f, text_of(step));
	fcall_arg(&f, text_of(hashes));
	request_audit(rq, &f);
	request_call(rq, &f, confirmed);
}

/* A factor that is there already is not tried against: Redis knows whether this very request set it up. */
static void
looked_at(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct typed *typed = rq->state;
	struct proof proof = {"0", ""};

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (text_equal(reply_text(reply, 0), TEXT("begun")) &&
		(!code_judge(&proof, rq->service, rq->person, reply_text(reply, 1), text_of(typed->code)) ||
			!proof.step[0]))
		return request_refuse(rq, UNAUTHENTICATED, "code");
	confirm(rq, proof.step);
}

void
verb_factor_confirm(struct request *rq, const struct asked *asked)
{
	struct fcall f;
	char id[ID_TEXT];

	if (!keep_typed(rq, rq->person, asked->factor_confirm.code))
		return;
	f = fcall_read(rq->service->store, "factor_read", rq->person.partition, 1);
	fcall_key(&f, KEY_PERSON_FACTOR, id_print(id, rq->person));
	request_call(rq, &f, looked_at);
}

/* Remove. */

static void
removed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == UNAUTHENTICATED)
		code_failed(rq, false);
	request_ended(reply, rq);
}

static void
remove_factor(struct request *rq, const struct proof *proof)
{
	const struct typed *typed = rq->state;
	struct fcall f = factor_call(rq, "factor_remove", typed->person);

	fcall_arg_id(&f, typed->person);
	fcall_arg(&f, text_of(proof->step));
	fcall_arg(&f, text_of(proof->recovery));
	request_audit(rq, &f);
	request_call(rq, &f, removed);
}

/* One that is not there may have been removed by this very request. */
static void
tried(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct typed *typed = rq->state;
	struct proof proof = {"", ""};

	if (reply->status == BUSY)
		return request_put_off(rq, "code", reply_u64(reply, 0));
	if (reply->status != OK && reply->status != NOT_FOUND)
		return request_pass_on(rq, reply);
	if (reply->status == OK &&
		!code_judge(&proof, rq->service, rq->person, reply_text(reply, 0), text_of(typed->code))) {
		code_failed(rq, reply_u64(reply, 1) > 0);
		return request_refuse(rq, UNAUTHENTICATED, "code");
	}
	remove_factor(rq, &proof);
}

void
verb_factor_remove(struct request *rq, const struct asked *asked)
{
	const struct factor_remove *in = &asked->factor_remove;
	bool is_own = id_is_none(in->person) || id_equal(in->person, rq->person);
	struct fcall f;
	char id[ID_TEXT];

	if ((!is_own && !may_over_person(rq, in->person)) ||
		!keep_typed(rq, is_own ? rq->person : in->person, in->code))
		return;
	if (!is_own)
		return remove_factor(rq, &(struct proof){"", ""});
	f = fcall_bare(rq->service->store, "factor_try", rq->person.partition, 1);
	fcall_key(&f, KEY_PERSON_FACTOR, id_print(id, rq->person));
	request_call(rq, &f, tried);
}
