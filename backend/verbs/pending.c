/* pending.c - those who wait for a worker or secretary to decide: who they are, and the decision. */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "content.h"
#include "keys.h"
#include "rebind.h"
#include "registration.h"
#include "rights.h"
#include "verbs.h"

/* List: a page of what is listed in a partition, then each one's own record, then whom he wants to be. Where to go on is
 * "7:" and the item behind which, or nothing for the beginning of a partition. */

#define NEXT_TEXT (sizeof("15:") + PLACE_TEXT + ID_TEXT)

struct item {
	struct request *request;
	struct pending pending;
	bool is_good; /* his record bears it out */
	char others_phone[PHONE_HASH_TEXT];
};

struct listing {
	struct place place;
	uint8_t partition;
	uint32_t wanted;
	char next[NEXT_TEXT];
	unsigned waiting; /* records on their way, and one while they are asked for */
	enum status status;
	size_t count;
	struct item items[PENDING_PAGE_MAX];
};

static void
answer_list(struct request *rq)
{
	const struct listing *listing = rq->state;
	struct pending good[PENDING_PAGE_MAX];
	size_t count = 0;

	if (listing->status != OK)
		return request_refuse(rq, listing->status, NULL);
	for (size_t i = 0; i < listing->count; i++)
		if (listing->items[i].is_good)
			good[count++] = listing->items[i].pending;
	request_answer(rq, answer_pending_list(rq->id, good, count, listing->next));
}

static void
one_is_read(struct request *rq, enum status status)
{
	struct listing *listing = rq->state;

	if (status != OK)
		listing->status = status;
	if (--listing->waiting == 0)
		answer_list(rq);
}

static void
show_name(struct pending *pending, const struct member_record *member)
{
	text_copy(pending->name, sizeof(pending->name), member->name);
	text_copy(pending->organisation, sizeof(pending->organisation), member->organisation);
}

/* Who is registered and wants to be elsewhere is what he is. */
static void
show_asked(struct pending *pending, const struct person_record *person)
{
	pending->what = person->asked.what;
	pending->kind = pending->what == ASKED_REGISTER ? person->asked.kind : person->member.kind;
	pending->work = person->asked.work;
	pending->asked_ms = person->asked.at_ms;
	pending->other = person->asked.other;
	show_name(pending, &person->member);
}

static void
other_read(enum status status, const struct person_record *person, void *context)
{
	struct item *item = context;

	if (status == OK) {
		show_name(&item->pending, &person->member);
		item->pending.kind = person->member.kind;
		if (text_equal(person->phone, text_of(item->others_phone)))
			registration_phone(item->request->service->vault, person, item->pending.phone);
	}
	one_is_read(item->request, status == NOT_FOUND ? OK : status);
}

static void
item_read(enum status status, const struct person_record *person, void *context)
{
	struct item *item = context;
	struct request *rq = item->request;
	struct pending *pending = &item->pending;

	if (status != OK)
		return one_is_read(rq, status == NOT_FOUND ? OK : status);
	item->is_good = person->asked.what != ASKED_NOTHING && place_equal(person->asked.place, pending->place);
	if (!item->is_good) {
		if (!registration_mark(rq->service, pending->person, pending->place, false, NULL, NULL))
			status = BUSY;
		return one_is_read(rq, status);
	}
	show_asked(pending, person);
	if (pending->what != ASKED_REBIND) {
		registration_phone(rq->service->vault, person, pending->phone);
		return one_is_read(rq, OK);
	}
	text_copy(item->others_phone, sizeof(item->others_phone), person->asked.phone);
	if (!read_person(rq->service->store, pending->other, other_read, item))
		one_is_read(rq, BUSY);
}

static void
set_next(struct listing *listing, struct text last)
{
	if (listing->count == listing->wanted)
		snprintf(listing->next, NEXT_TEXT, "%u:%.*s", listing->partition, (int)last.len, last.data);
	else if (place_level(listing->place) < COMMUNITY && listing->partition + 1 < PARTITIONS)
		snprintf(listing->next, NEXT_TEXT, "%u:", listing->partition + 1U);
}

/* "140105007004001 3.77" */
static bool
parse_item(struct pending *out, struct text item)
{
	struct text place = text_cut(&item, ' ');

	return place_parse(&out->place, place) && id_parse(&out->person, item);
}

static void
items_listed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct listing *listing = rq->state;
	struct text rest = reply_text(reply, 0), row = TEXT("");

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	while (rest.len > 0 && listing->count < listing->wanted) {
		struct item *item = &listing->items[listing->count++];
		row = text_cut(&rest, '\n');
		item->request = rq;
		if (!parse_item(&item->pending, row))
			return request_refuse(rq, INTERNAL, NULL);
	}
	set_next(listing, row);
	listing->waiting = 1;
	for (size_t i = 0; i < listing->count; i++) {
		listing->waiting++;
		if (!read_person(rq->service->store, listing->items[i].pending.person, item_read, &listing->items[i]))
			one_is_read(rq, BUSY);
	}
	one_is_read(rq, OK);
}

static bool
parse_after(struct listing *listing, struct text after, struct text *item)
{
	struct text number = text_cut(&after, ':');
	uint32_t value = 0;

	*item = after;
	if (number.len > 0 && (!text_to_u32(&value, number) || value >= PARTITIONS))
		return false;
	listing->partition = (uint8_t)value;
	if (place_level(listing->place) < COMMUNITY)
		return true;
	listing->partition = place_partition(listing->place);
	return number.len == 0 || value == listing->partition;
}

void
verb_pending_list(struct request *rq, const struct asked *asked)
{
	const struct pending_list *in = &asked->pending_list;
	struct listing *listing;
	struct text item;
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	listing = rq->state = calloc(1, sizeof(*listing));
	if (!listing)
		return request_refuse(rq, BUSY, NULL);
	listing->status = OK;
	listing->place = in->place;
	listing->wanted = in->count;
	if (!parse_after(listing, in->after, &item))
		return request_refuse(rq, BAD_REQUEST, "after");
	f = fcall_read(rq->service->store, "pending_list", listing->partition, 1);
	fcall_key(&f, KEY_PENDING);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, item);
	fcall_arg_u64(&f, in->count);
	request_call(rq, &f, items_listed);
}

/* Decide. */

/* Who is registered now may wait where he works next. */
static void
decided(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;
	struct place next;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!place_parse(&next, reply_text(reply, 0)))
		next = (struct place){0};
	if (!place_equal(next, in->place) && !registration_mark(rq->service, in->person, in->place, false, NULL, NULL))
		return request_refuse(rq, BUSY, NULL);
	if (place_is_none(next))
		return request_done(rq);
	if (!registration_mark(rq->service, in->person, next, true, request_ended, rq))
		request_refuse(rq, BUSY, NULL);
}

static bool
may_decide_at(const struct request *rq, struct place place)
{
	return rq->is_free ||
	       rights_of_person(rq->service->view, rq->person, VERB_PENDING_DECIDE, place, clock_wall_ms());
}

static void
decide(struct request *rq, struct place work)
{
	const struct deciding *in = rq->state;
	const struct written written = {"reason", {text_of(in->reason)}, NULL};
	struct fcall f = fcall_write(rq->service->store, "pending_decide", in->person.partition, 3, &rq->stamp);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, in->person));
	fcall_key(&f, KEY_PERSONS);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, in->person);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, text_of(asked_what_name(in->what)));
	fcall_arg_u64(&f, in->asked_ms);
	fcall_arg(&f, in->accept ? TEXT("1") : TEXT(""));
	fcall_arg(&f, text_of(in->reason));
	fcall_arg(&f, !place_is_none(work) && may_decide_at(rq, work) ? TEXT("1") : TEXT(""));
	request_audit(rq, &f);
	content_call(rq, WECHAT_COMMENT, &written, 1, &f, decided);
}

/* Who waits to be another becomes him; so does who has become him already, by this request or by one that was not
 * finished. A yes is to what was on the list, and to nothing that was asked for since. */
static void
applicant_read(enum status status, const struct person_record *person, void *context)
{
	struct request *rq = context;
	const struct deciding *in = rq->state;

	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "person" : NULL);
	if (!in->accept || in->what != ASKED_REBIND)
		return decide(rq, person->asked.work);
	if (id_is_none(person->moved) && place_equal(person->asked.place, in->place) &&
		(person->asked.what != ASKED_REBIND || person->asked.at_ms != in->asked_ms))
		return request_refuse(rq, CHANGED, "person");
	rebind(rq, person);
}

void
verb_pending_decide(struct request *rq, const struct asked *asked)
{
	const struct pending_decide *in = &asked->pending_decide;
	struct deciding *kept;

	if (!known_place(rq, in->place, "place"))
		return;
	if (id_equal(in->person, rq->person))
		return request_refuse(rq, FORBIDDEN, "person");
	kept = rq->state = malloc(sizeof(*kept));
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	*kept = (struct deciding){.person = in->person, .place = in->place};
	kept->what = (enum asked_what)in->what;
	kept->asked_ms = in->asked_ms;
	kept->accept = in->accept;
	text_copy(kept->reason, sizeof(kept->reason), in->reason);
	if (!read_person(rq->service->store, in->person, applicant_read, rq))
		request_refuse(rq, BUSY, NULL);
}
