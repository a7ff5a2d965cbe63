/* export.c - all that is held of a person, told to himself: what is in his partition, then what the roster has of his phone. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "look.h"
#include "rights.h"
#include "verbs.h"

static void
refuse(struct request *rq, enum status status)
{
	struct person_held *held = rq->state;

	sodium_memzero(held->phone, sizeof(held->phone));
	request_refuse(rq, status, NULL);
}

static void
devices_were_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct person_held *held = rq->state;
	struct device devices[DEVICES_MAX];
	struct piece *answer;

	if (reply->status != OK)
		return refuse(rq, reply->status);
	if (!parse_devices(devices, &held->device_count, reply_text(reply, 0)))
		return refuse(rq, INTERNAL);
	held->devices = devices;
	held->grantee = view_grantee(rq->service->view, held->person);
	answer = answer_person_export(rq->id, held);
	sodium_memzero(held->phone, sizeof(held->phone));
	request_answer(rq, answer);
}

static void
read_devices(struct request *rq)
{
	const struct person_held *held = rq->state;
	struct fcall f = fcall_read(rq->service->store, "device_list", held->person.partition, 1);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON_DEVICES, id_print(id, held->person));
	if (!fcall_send(&f, devices_were_read, rq))
		refuse(rq, BUSY);
}

static void
entry_was_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct person_held *held = rq->state;
	struct text place = reply_text(reply, 0);

	if (reply->status == NOT_FOUND)
		return read_devices(rq);
	if (reply->status != OK)
		return refuse(rq, reply->status);
	if (place.len > 0 && !place_parse(&held->listed_place, place))
		return refuse(rq, INTERNAL);
	held->is_listed = true;
	text_copy(held->listed_name, sizeof(held->listed_name), reply_text(reply, 1));
	text_copy(held->listed_organisation, sizeof(held->listed_organisation), reply_text(reply, 2));
	read_devices(rq);
}

/* In full to himself. One that does not open is none that could be told. */
static void
read_phone(struct request *rq, struct text hash_text, struct text sealed)
{
	struct person_held *held = rq->state;
	struct phone_hash hash;
	struct phone phone;
	struct fcall f;

	if (!phone_hash_parse(&hash, hash_text))
		return read_devices(rq);
	if (vault_open(rq->service->vault, &hash, sealed, &phone)) {
		if (id_equal(held->person, rq->person))
			text_copy(held->phone, sizeof(held->phone), text_of(phone.digits));
		else
			phone_hide(held->phone, phone);
		sodium_memzero(&phone, sizeof(phone));
	}
	f = fcall_read(rq->service->store, "roster_find", phone_hash_partition(&hash), 2);
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_PHONES);
	fcall_arg(&f, hash_text);
	fcall_arg_id(&f, held->person);
	if (!fcall_send(&f, entry_was_read, rq))
		refuse(rq, BUSY);
}

/* Numbers that are not there are none. */
static uint64_t
cut_number(struct text *row)
{
	uint64_t number = 0;
	struct text column = text_cut(row, '\t');

	return text_to_u64(&number, column, ID_NUMBER_MAX) ? number : 0;
}

/* "wx<tab>1649750000000<tab>3fd1b0a2<tab>1649750010000<tab>240<tab>1<tab>3", as functions/export.lua has it. */
static void
read_account(struct person_held *held, struct text row)
{
	struct text identity = text_cut(&row, '\t'), consent;

	text_copy(held->identity, sizeof(held->identity), identity);
	held->created_ms = cut_number(&row);
	consent = text_cut(&row, '\t');
	text_copy(held->consent, sizeof(held->consent), consent);
	held->consented_ms = cut_number(&row);
	held->minutes = (uint32_t)cut_number(&row);
	held->has_factor = cut_number(&row) == 1;
	held->messages = (uint32_t)cut_number(&row);
}

static bool
parse_optional_place(struct place *out, struct text text)
{
	return text.len == 0 || place_parse(out, text);
}

/* "3<tab>140105007004001<tab><tab>member<tab>1649750020000<tab>王芳<tab>西吴社区党支部" */
static bool
read_registration(struct person_held *held, struct text row)
{
	struct text name;

	held->state = (enum registration)cut_number(&row);
	if (!parse_optional_place(&held->place, text_cut(&row, '\t')) ||
		!parse_optional_place(&held->work, text_cut(&row, '\t')))
		return false;
	held->kind = member_kind_parse(text_cut(&row, '\t'));
	held->since_ms = cut_number(&row);
	name = text_cut(&row, '\t');
	text_copy(held->name, sizeof(held->name), name);
	text_copy(held->organisation, sizeof(held->organisation), row);
	return true;
}

static void
person_was_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct person_held *held = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	read_account(held, reply_text(reply, 0));
	if (!read_registration(held, reply_text(reply, 1)))
		return request_refuse(rq, INTERNAL, NULL);
	text_copy(held->refusal, sizeof(held->refusal), reply_text(reply, 2));
	read_phone(rq, reply_text(reply, 3), reply_text(reply, 4));
}

static void
read_person_of(struct request *rq, struct id person)
{
	struct fcall f = fcall_read(rq->service->store, "person_export", person.partition, 3);
	char id[ID_TEXT];

	id_print(id, person);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_FACTOR, id);
	fcall_key(&f, KEY_TELLABLE);
	fcall_arg_id(&f, person);
	request_call(rq, &f, person_was_read);
}

void
verb_person_export(struct request *rq, const struct asked *asked)
{
	struct id person = asked->person_export.person;
	struct person_held *held;

	if (!request_may_about(rq, &person))
		return;
	if (!rq->is_free && !rights_over_person(rq->service->view, rq->person, person, clock_wall_ms()))
		return request_refuse(rq, FORBIDDEN, "person");
	if (!look_begin(rq, "person_export"))
		return;
	look_at(rq, person);
	held = rq->state = calloc(1, sizeof(*held));
	if (!held)
		return request_refuse(rq, BUSY, NULL);
	held->person = person;
	if (rq->client && id_equal(person, rq->person))
		held->own_device = rq->client->device;
	read_person_of(rq, person);
}
