/* registration.c - registering (报到): at once, or when somebody of the place has said yes.
 *
 * What somebody waits for stands in his own record. That he waits is also listed where he wants to live, in another
 * partition: written after it, and again by whoever comes across it; what the record does not bear out counts for nothing. */
#include "registration.h"

#include <sodium.h>
#include <stdlib.h>

#include "content.h"
#include "keys.h"
#include "verbs.h"

enum registration
registration_of(const struct person_record *person)
{
	if (!place_is_none(person->member.place))
		return REGISTRATION_REGISTERED;
	if (person->asked.what != ASKED_NOTHING)
		return REGISTRATION_PENDING;
	return person->is_refused ? REGISTRATION_REFUSED : REGISTRATION_NONE;
}

char *
registration_phone(const struct vault *vault, const struct person_record *person, char out[PHONE_DIGITS + 1])
{
	struct phone_hash hash;
	struct phone phone;

	out[0] = '\0';
	if (phone_hash_parse(&hash, person->phone) && vault_open(vault, &hash, person->sealed, &phone)) {
		phone_hide(out, phone);
		sodium_memzero(&phone, sizeof(phone));
	}
	return out;
}

static void
ignore(const struct reply *reply, void *context)
{
	(void)reply;
	(void)context;
}

bool
registration_mark(
	struct service *service, struct id person, struct place place, bool waits, fcall_done *done, void *context)
{
	struct fcall f = fcall_bare(service->store, "pending_mark", place_partition(place), 1);

	fcall_key(&f, KEY_PENDING);
	fcall_arg_place(&f, place);
	fcall_arg_id(&f, person);
	fcall_arg(&f, waits ? TEXT("1") : TEXT(""));
	return fcall_send(&f, done ? done : ignore, context);
}

void
registration_find(struct request *rq, const struct person_record *person, fcall_done *done)
{
	struct phone_hash hash;
	struct fcall f;

	if (!phone_hash_parse(&hash, person->phone))
		return done(&(struct reply){.status = NOT_FOUND}, rq);
	f = fcall_read(rq->service->store, "roster_find", phone_hash_partition(&hash), 2);
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_PHONES);
	fcall_arg(&f, person->phone);
	fcall_arg_id(&f, rq->person);
	request_call(rq, &f, done);
}

/* A list that still has him where he does not wait any more finds out by itself. */
void
registration_list(struct request *rq, struct text before, struct place place, bool waits, fcall_done *done)
{
	struct place old;

	if (place_parse(&old, before) && !(waits && place_equal(old, place)) &&
		!registration_mark(rq->service, rq->person, old, false, NULL, NULL))
		return request_refuse(rq, BUSY, NULL);
	if (!waits)
		return done(&(struct reply){.status = OK}, rq);
	if (!registration_mark(rq->service, rq->person, place, true, done, rq))
		request_refuse(rq, BUSY, NULL);
}

void
registration_call(struct request *rq, struct text name, struct text organisation, struct fcall *f, fcall_done *done)
{
	const struct written written[] = {{"name", {name}, NULL}, {"organisation", {organisation}, NULL}};

	content_call(rq, WECHAT_PROFILE, written, ARRAY_LEN(written), f, done);
}

/* Register. */

struct registering {
	struct place place;
	struct place work;
	enum member_kind kind;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	bool is_listed; /* by that name, on the roster */
	bool waits;
};

static void
listed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	const struct registering *in = rq->state;

	if (reply->status == OK)
		request_answer(
			rq, answer_member_register(rq->id, in->waits ? REGISTRATION_PENDING : REGISTRATION_REGISTERED));
	else
		request_pass_on(rq, reply);
}

static void
registered(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct registering *in = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	in->waits = text_equal(reply_text(reply, 0), TEXT("pending")); /* or so it was, under this `once` */
	registration_list(rq, reply_text(reply, 1), in->place, in->waits, listed);
}

static void
register_now(struct request *rq)
{
	const struct registering *in = rq->state;
	struct fcall f = fcall_write(rq->service->store, "member_register", rq->person.partition, 2, &rq->stamp);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	fcall_key(&f, KEY_PERSONS);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, text_of(in->name));
	fcall_arg(&f, text_of(in->organisation));
	fcall_arg(&f, text_of(member_kind_name(in->kind)));
	fcall_arg_place(&f, in->work);
	fcall_arg(&f, in->waits ? TEXT("1") : TEXT(""));
	if (in->is_listed)
		request_call(rq, &f, registered);
	else
		registration_call(rq, text_of(in->name), text_of(in->organisation), &f, registered);
}

/* Who is on the roster goes by its name and is a member of the party. */
static void
entry_looked_up(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct registering *in = rq->state;

	if (reply->status != OK && reply->status != NOT_FOUND)
		return request_pass_on(rq, reply);
	in->waits = reply->status == NOT_FOUND;
	in->is_listed = !in->waits;
	if (in->is_listed) {
		in->kind = KIND_MEMBER;
		text_copy(in->name, sizeof(in->name), reply_text(reply, 1));
		text_copy(in->organisation, sizeof(in->organisation), reply_text(reply, 2));
	}
	register_now(rq);
}

static void
applicant_read(enum status status, const struct person_record *person, void *context)
{
	struct request *rq = context;

	if (status != OK)
		return request_refuse(rq, status, NULL);
	if (!text_equal(person->consent, text_of(rq->service->policy)))
		return request_refuse(rq, FORBIDDEN, "consent");
	registration_find(rq, person, entry_looked_up);
}

void
verb_member_register(struct request *rq, const struct asked *asked)
{
	const struct member_register *in = &asked->member_register;
	struct registering *kept;

	if (!known_place(rq, in->place, "place"))
		return;
	if (!place_is_none(in->work) && !known_place(rq, in->work, "work"))
		return;
	kept = rq->state = calloc(1, sizeof(*kept));
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	kept->place = in->place;
	kept->work = in->work;
	kept->kind = in->kind == KIND_VOLUNTEER ? KIND_VOLUNTEER : KIND_MEMBER;
	text_copy(kept->name, sizeof(kept->name), in->name);
	text_copy(kept->organisation, sizeof(kept->organisation), in->organisation);
	if (rq->is_free)
		register_now(rq);
	else if (!read_person(rq->service->store, rq->person, applicant_read, rq))
		request_refuse(rq, BUSY, NULL);
}
