/* invite.c - a way in for somebody without WeChat, or who has lost his device. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "derived.h"
#include "keys.h"
#include "registration.h"
#include "rights.h"
#include "token.h"
#include "verbs.h"

#define HOUR_MS       UINT64_C(3600000)
#define HOURS_DEFAULT 24

/* What is kept of the request until it is done. Of somebody who has an account `place` is none. */
struct invitation {
	struct id person;
	uint64_t life_ms;
	struct place place;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	enum member_kind kind;
	char identity[64];
};

bool
may_over_person(struct request *rq, struct id person)
{
	if (rq->is_free || rights_over_person(rq->service->view, rq->person, person, clock_wall_ms()))
		return true;
	request_refuse(rq, FORBIDDEN, "person");
	return false;
}

/* The token is made from the request's name, so that the same request gets the same one though it is kept nowhere. */
static void
make_token(const struct request *rq, char secret[TOKEN_SECRET], char hash[TOKEN_HASH])
{
	uint8_t bytes[DERIVED];

	derive(rq, "invite", bytes);
	token_from(bytes, secret, hash);
	sodium_memzero(bytes, sizeof(bytes));
}

static void
given(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct invitation *invitation = rq->state;
	char secret[TOKEN_SECRET], hash[TOKEN_HASH], token[TOKEN_TEXT_MAX];

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	make_token(rq, secret, hash);
	token_print(token, invitation->person, (uint32_t)reply_u64(reply, 0), secret);
	request_answer(rq, answer_invite_give(rq->id, token, invitation->person, reply_u64(reply, 1)));
	token_wipe(secret);
	sodium_memzero(token, sizeof(token));
}

static void
give(struct request *rq)
{
	const struct invitation *invitation = rq->state;
	bool is_new = !place_is_none(invitation->place);
	struct fcall f = fcall_write(rq->service->store, "invite_give", invitation->person.partition, 4, &rq->stamp);
	char id[ID_TEXT], secret[TOKEN_SECRET], hash[TOKEN_HASH];

	make_token(rq, secret, hash);
	token_wipe(secret);
	id_print(id, invitation->person);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_key(&f, KEY_PERSONS);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(id));
	fcall_arg(&f, text_of(hash));
	fcall_arg_u64(&f, invitation->life_ms);
	fcall_arg_place(&f, invitation->place);
	fcall_arg(&f, text_of(invitation->name));
	fcall_arg(&f, text_of(invitation->organisation));
	fcall_arg(&f, text_of(is_new ? member_kind_name(invitation->kind) : ""));
	request_audit(rq, &f);
	request_call(rq, &f, given);
}

/* Somebody new: a person of the number that was drawn, or of the one he got when the request came the first time. */

static void
claimed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct invitation *invitation = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!id_parse(&invitation->person, reply_text(reply, 0)))
		return request_refuse(rq, INTERNAL, NULL);
	give(rq);
}

static void
numbered(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct invitation *invitation = rq->state;
	struct id person = {identity_partition(text_of(invitation->identity)), reply_u64(reply, 0)};
	char id[ID_TEXT];
	struct fcall f;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	f = fcall_bare(rq->service->store, "person_claim", person.partition, 3);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_IDENTITIES);
	fcall_key(&f, KEY_PERSON, id_print(id, person));
	fcall_arg(&f, text_of(invitation->identity));
	fcall_arg_id(&f, person);
	request_call(rq, &f, claimed);
}

/* His identity says nothing of him: there is none that he could log in by but his tokens. */
static void
make_person(struct request *rq)
{
	struct invitation *invitation = rq->state;
	uint8_t bytes[DERIVED];
	char name[2 * 16 + 1];
	struct fcall f;

	derive(rq, "person", bytes);
	sodium_bin2hex(name, sizeof(name), bytes, 16);
	snprintf(invitation->identity, sizeof(invitation->identity), "invite:%s", name);
	f = fcall_bare(rq->service->store, "data_id", identity_partition(text_of(invitation->identity)), 1);
	fcall_key(&f, KEY_META);
	registration_call(rq, text_of(invitation->name), text_of(invitation->organisation), &f, numbered);
}

void
verb_invite_give(struct request *rq, const struct asked *asked)
{
	const struct invite_give *in = &asked->invite_give;
	bool is_new = id_is_none(in->person);
	struct invitation *invitation;

	if (is_new ? !known_place(rq, in->place, "place") : !may_over_person(rq, in->person))
		return;
	if (is_new && place_level(in->place) < GRID)
		return request_refuse(rq, BAD_REQUEST, "place");
	invitation = rq->state = calloc(1, sizeof(*invitation));
	if (!invitation)
		return request_refuse(rq, BUSY, NULL);
	invitation->person = in->person;
	invitation->life_ms = (in->hours ? in->hours : HOURS_DEFAULT) * HOUR_MS;
	invitation->place = in->place;
	invitation->kind = in->kind == KIND_VOLUNTEER ? KIND_VOLUNTEER : KIND_MEMBER;
	text_copy(invitation->name, sizeof(invitation->name), in->name);
	text_copy(invitation->organisation, sizeof(invitation->organisation), in->organisation);
	if (is_new)
		make_person(rq);
	else
		give(rq);
}
