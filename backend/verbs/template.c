/* template.c - templates of calls: kept for a place, found from all places below it. */
#include <stdlib.h>

#include "draft.h"
#include "keys.h"
#include "reads.h"
#include "verbs.h"

#define LEVELS (BUILDING + 1)

/* All names there may be are one page. */
_Static_assert(
	LEVELS *TEMPLATES_MAX *(TEMPLATE_NAME_BYTES + PLACE_TEXT + 8) <= PAGE_BYTES, "a list in pages is needed");

static struct fcall
template_call(struct request *rq, const char *function, struct place place)
{
	struct fcall f = fcall_write(rq->service->store, function, place_partition(place), 2, &rq->stamp);
	char code[PLACE_TEXT];

	place_print(code, place);
	fcall_key(&f, KEY_TEMPLATES, code);
	fcall_key(&f, KEY_TEMPLATE, code);
	return f;
}

/* When a call is posted by it, the times are others. */
static void
forget_times(struct call_post *call)
{
	struct slot_draft *slots = call->slots.items;

	call->deadline_ms = call->starts_ms = call->ends_ms = 0;
	for (size_t i = 0; i < call->slots.count; i++)
		slots[i].starts_ms = slots[i].ends_ms = 0;
}

void
verb_template_save(struct request *rq, const struct asked *asked)
{
	const struct template_save *in = &asked->template_save;
	struct call_post call = in->call;
	struct buf draft = {0};
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	forget_times(&call);
	f = template_call(rq, "template_save", in->place);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, in->name);
	draft_pack(&draft, &call);
	if (draft_end(rq, &f, &draft))
		draft_call(rq, &call, DRAFT_FIELDS("call."), in->name, &f, request_ended);
}

void
verb_template_remove(struct request *rq, const struct asked *asked)
{
	const struct template_remove *in = &asked->template_remove;
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	f = template_call(rq, "template_remove", in->place);
	fcall_arg(&f, in->name);
	request_call(rq, &f, request_ended);
}

/* List: one place after the other is read, from the one that was asked for upwards. */

struct listing {
	struct place place; /* that is being read */
	char wanted[TEMPLATE_NAME_BYTES];
	size_t count;
	struct template_told found[LEVELS * TEMPLATES_MAX];
	char names[LEVELS * TEMPLATES_MAX][TEMPLATE_NAME_BYTES];
};

static void read_level(struct request *rq);

/* Goes on one level up; past the highest all that were found are told, or there is none of that name. */
static void
read_next_level(struct request *rq)
{
	struct listing *listing = rq->state;

	listing->place = place_parent(listing->place);
	if (!place_is_none(listing->place))
		return read_level(rq);
	if (listing->wanted[0])
		return request_refuse(rq, NOT_FOUND, "name");
	request_answer(rq, answer_template_list(rq->id, listing->found, listing->count));
}

static void
on_names(enum status status, const struct text *names, size_t count, void *context)
{
	struct request *rq = context;
	struct listing *listing = rq->state;

	if (status != OK)
		return request_refuse(rq, status, NULL);
	for (size_t i = 0; i < count && listing->count < ARRAY_LEN(listing->found); i++) {
		char *name = listing->names[listing->count];
		text_copy(name, TEMPLATE_NAME_BYTES, names[i]);
		listing->found[listing->count++] = (struct template_told){listing->place, name, NULL};
	}
	read_next_level(rq);
}

static void
on_template(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct request *rq = context;
	struct listing *listing = rq->state;
	struct template_told found = {listing->place, listing->wanted, call};

	(void)numbers;
	if (status == NOT_FOUND)
		return read_next_level(rq);
	if (status != OK)
		return request_refuse(rq, status, NULL);
	request_answer(rq, answer_template_list(rq->id, &found, 1));
}

static void
read_level(struct request *rq)
{
	struct listing *listing = rq->state;
	struct store *store = rq->service->store;
	bool sent;

	if (listing->wanted[0])
		sent = read_template(store, listing->place, text_of(listing->wanted), on_template, rq);
	else
		sent = read_templates(store, listing->place, on_names, rq);
	if (!sent)
		request_refuse(rq, BUSY, NULL);
}

void
verb_template_list(struct request *rq, const struct asked *asked)
{
	const struct template_list *in = &asked->template_list;
	struct listing *listing;

	if (!known_place(rq, in->place, "place"))
		return;
	listing = rq->state = calloc(1, sizeof(*listing));
	if (!listing)
		return request_refuse(rq, BUSY, NULL);
	listing->place = in->place;
	text_copy(listing->wanted, sizeof(listing->wanted), in->name);
	read_level(rq);
}
