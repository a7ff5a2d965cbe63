/* erase.c - a person is forgotten. */
#include "erase.h"

#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "registration.h"
#include "rights.h"
#include "verbs.h"

#define WAITING_MAX 64
#define LINES_PAGE  100
#define WHEN_MAX    24

struct waiting {
	struct id person;
	char when[WHEN_MAX];
};

struct eraser {
	struct service *service;
	struct waiting waiting[WAITING_MAX]; /* the first is under way */
	size_t count;
	char identity[96]; /* of the first, "" for none; */
	char former[96];   /* one by which he came before, "" for none; and the hash of his phone */
	char phone[PHONE_HASH_TEXT];
	struct place waited; /* where he waited to be registered; none */
	char *rows;          /* a page of his lines */
	struct text rest;    /* of it */
	uint32_t seen;       /* lines of his, of this and earlier pages */
};

/* The keys of a person, in the order of erase_here(); what is of him alone last. */
#define PERSON_KEYS 10

static void
person_keys(struct fcall *f, struct id person)
{
	char id[ID_TEXT];

	id_print(id, person);
	fcall_key(f, KEY_PERSON, id);
	fcall_key(f, KEY_PERSONS);
	fcall_key(f, KEY_IDENTITIES);
	fcall_key(f, KEY_GRANTED);
	fcall_key(f, KEY_DUE);
	fcall_key(f, KEY_ERASED);
	fcall_key(f, KEY_TELLABLE);
	fcall_key(f, KEY_PERSON_GRANTS, id);
	fcall_key(f, KEY_PERSON_DEVICES, id);
	fcall_key(f, KEY_PERSON_FACTOR, id);
}

/* Asking for it. */

static void
was_erased(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct client *client = rq->client;
	bool leaves = client && client->is_leaving;

	if (client)
		client->is_leaving = false;
	request_ended(reply, rq);
	if (leaves && reply->status == OK)
		session_close(client->session, CLOSE_REVOKED);
}

void
verb_person_erase(struct request *rq, const struct asked *asked)
{
	struct id person = asked->person_erase.person;
	struct fcall f;

	if (!request_may_about(rq, &person))
		return;
	if (!rq->is_free && !rights_over_person(rq->service->view, rq->person, person, clock_wall_ms()))
		return request_refuse(rq, FORBIDDEN, "person");
	if (rq->client)
		rq->client->is_leaving = id_equal(person, rq->person);
	f = fcall_write(rq->service->store, "person_erase", person.partition, PERSON_KEYS + 1, &rq->stamp);
	person_keys(&f, person);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, person);
	request_audit(rq, &f);
	request_call(rq, &f, was_erased);
}

/* What is due. */

static void begin(struct eraser *eraser);

static void
next(struct eraser *eraser)
{
	free(eraser->rows);
	eraser->rows = NULL;
	memmove(eraser->waiting, eraser->waiting + 1, --eraser->count * sizeof(*eraser->waiting));
	if (eraser->count > 0)
		begin(eraser);
}

static void
give_up(struct eraser *eraser, const struct reply *reply)
{
	if (reply && reply->status != UNAVAILABLE)
		log_error("erase", "failed", KV("status", status_name(reply->status)));
	next(eraser);
}

/* The next step, `done` when it is answered. */
static void
step(struct eraser *eraser, struct fcall *f, fcall_done *done)
{
	if (!fcall_send(f, done, eraser))
		give_up(eraser, NULL);
}

static void
ended(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;
	char id[ID_TEXT];

	if (reply->status != OK)
		return give_up(eraser, reply);
	if (reply_u64(reply, 0) == 1)
		log_info("erase", "done", KV("person", id_print(id, eraser->waiting[0].person)),
			KU("lines", eraser->seen));
	next(eraser);
}

static void
end(struct eraser *eraser)
{
	struct id person = eraser->waiting[0].person;
	struct fcall f = fcall_bare(eraser->service->store, "erase_end", person.partition, 3 + PERSON_KEYS);
	char id[ID_TEXT];

	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	fcall_key(&f, KEY_PERSON_RECENT, id_print(id, person));
	person_keys(&f, person);
	fcall_arg_id(&f, person);
	fcall_arg(&f, text_of(eraser->waiting[0].when));
	fcall_arg_u64(&f, eraser->seen);
	step(eraser, &f, ended);
}

static void take_line(struct eraser *eraser);

static void
line_done(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;

	if (reply->status != OK)
		return give_up(eraser, reply);
	take_line(eraser);
}

static void
lines_read(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;

	if (reply->status != OK)
		return give_up(eraser, reply);
	free(eraser->rows);
	eraser->rows = or_die(text_dup(reply_text(reply, 0)));
	eraser->rest = text_of(eraser->rows);
	if (eraser->rest.len > 0)
		take_line(eraser);
	else
		end(eraser);
}

static void
read_lines_of_person(struct eraser *eraser)
{
	struct id person = eraser->waiting[0].person;
	struct fcall f = fcall_read(eraser->service->store, "erase_lines", person.partition, 1);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON_RECENT, id_print(id, person));
	fcall_arg_u64(&f, eraser->seen);
	fcall_arg_u64(&f, LINES_PAGE);
	step(eraser, &f, lines_read);
}

/* "7.4242 12" */
static void
take_line(struct eraser *eraser)
{
	struct text number = text_cut(&eraser->rest, '\n'), call_text = text_cut(&number, ' ');
	struct id call;
	struct fcall f;

	if (call_text.len == 0)
		return read_lines_of_person(eraser);
	eraser->seen++;
	if (!id_parse(&call, call_text))
		return take_line(eraser);
	f = fcall_bare(eraser->service->store, "erase_line", call.partition, 3 + CHAIN_KEYS);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	chain_keys(&f, call);
	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, call);
	fcall_arg(&f, number);
	fcall_arg_id(&f, eraser->waiting[0].person);
	step(eraser, &f, line_done);
}

static void
entry_gone(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;

	if (reply->status != OK)
		return give_up(eraser, reply);
	eraser->seen = 0;
	read_lines_of_person(eraser);
}

/* By the phone that was bound: his entry in the roster. */
static void
drop_entry(struct eraser *eraser)
{
	struct phone_hash hash;
	struct fcall f;

	if (!phone_hash_parse(&hash, text_of(eraser->phone)))
		return entry_gone(&(struct reply){.status = OK}, eraser);
	f = fcall_bare(eraser->service->store, "erase_entry", phone_hash_partition(&hash), 3);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_ROSTER);
	fcall_key(&f, KEY_ROSTER_ORDER);
	fcall_arg(&f, text_of(eraser->phone));
	step(eraser, &f, entry_gone);
}

static void
phone_gone(const struct reply *reply, void *context)
{
	if (reply->status != OK)
		return give_up(context, reply);
	drop_entry(context);
}

static void
drop_from(struct eraser *eraser, uint8_t partition, const char *index, const char *what, fcall_done *done)
{
	struct fcall f = fcall_bare(eraser->service->store, "erase_identity", partition, 1);

	fcall_key(&f, "%s", index);
	fcall_arg(&f, text_of(what));
	fcall_arg_id(&f, eraser->waiting[0].person);
	step(eraser, &f, done);
}

static void
item_gone(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;
	struct phone_hash hash;

	if (reply->status != OK)
		return give_up(eraser, reply);
	if (phone_hash_parse(&hash, text_of(eraser->phone)))
		drop_from(eraser, phone_hash_partition(&hash), KEY_PHONES, eraser->phone, phone_gone);
	else
		phone_gone(&(struct reply){.status = OK}, eraser);
}

static void drop_former(struct eraser *eraser);

static void
former_forgotten(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;

	if (reply->status != OK)
		return give_up(eraser, reply);
	text_copy(eraser->former, sizeof(eraser->former), reply_text(reply, 0));
	drop_former(eraser);
}

static void
former_gone(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;
	struct id person = eraser->waiting[0].person;
	struct fcall f;
	char id[ID_TEXT];

	if (reply->status != OK)
		return give_up(eraser, reply);
	f = fcall_bare(eraser->service->store, "former_drop", person.partition, 1);
	fcall_key(&f, KEY_PERSON, id_print(id, person));
	fcall_arg(&f, text_of(eraser->former));
	step(eraser, &f, former_forgotten);
}

/* Where he was to come by another identity, and that was not finished, those before lead to him still. */
static void
drop_former(struct eraser *eraser)
{
	if (eraser->former[0])
		return drop_from(eraser, identity_partition(text_of(eraser->former)), KEY_IDENTITIES, eraser->former,
			former_gone);
	if (place_is_none(eraser->waited))
		item_gone(&(struct reply){.status = OK}, eraser);
	else if (!registration_mark(
			 eraser->service, eraser->waiting[0].person, eraser->waited, false, item_gone, eraser))
		give_up(eraser, NULL);
}

static void
identity_gone(const struct reply *reply, void *context)
{
	if (reply->status != OK)
		return give_up(context, reply);
	drop_former(context);
}

static void
begun(const struct reply *reply, void *context)
{
	struct eraser *eraser = context;
	struct text identity = reply_text(reply, 0), phone = reply_text(reply, 1);

	if (reply->status != OK)
		return give_up(eraser, reply);
	if (!place_parse(&eraser->waited, reply_text(reply, 2)))
		eraser->waited = (struct place){0};
	text_copy(eraser->identity, sizeof(eraser->identity), identity);
	text_copy(eraser->phone, sizeof(eraser->phone), phone);
	text_copy(eraser->former, sizeof(eraser->former), reply_text(reply, 3));
	if (identity.len > 0)
		drop_from(eraser, identity_partition(text_of(eraser->identity)), KEY_IDENTITIES, eraser->identity,
			identity_gone);
	else
		identity_gone(&(struct reply){.status = OK}, eraser);
}

static void
begin(struct eraser *eraser)
{
	struct id person = eraser->waiting[0].person;
	struct fcall f = fcall_bare(eraser->service->store, "erase_begin", person.partition, 2 + PERSON_KEYS);

	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	person_keys(&f, person);
	fcall_arg_id(&f, person);
	fcall_arg(&f, text_of(eraser->waiting[0].when));
	step(eraser, &f, begun);
}

void
erase_due(struct eraser *eraser, struct id person, struct text when)
{
	struct waiting *waiting = &eraser->waiting[eraser->count];

	for (size_t i = 0; i < eraser->count; i++)
		if (id_equal(eraser->waiting[i].person, person))
			return;
	if (eraser->count == WAITING_MAX || when.len >= WHEN_MAX)
		return;
	waiting->person = person;
	text_copy(waiting->when, WHEN_MAX, when);
	if (++eraser->count == 1)
		begin(eraser);
}

struct eraser *
eraser_create(struct service *service)
{
	struct eraser *eraser = or_die(calloc(1, sizeof(*eraser)));

	eraser->service = service;
	return eraser;
}

void
eraser_destroy(struct eraser *eraser)
{
	free(eraser->rows);
	free(eraser);
}
