/* member.c - who lives where. */
#include "keys.h"
#include "look.h"
#include "registration.h"
#include "verbs.h"

/* A call that writes the record of the person logged in. */
static struct fcall
person_call(struct request *rq, const char *function, unsigned keys)
{
	struct fcall f = fcall_write(rq->service->store, function, rq->person.partition, keys, &rq->stamp);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	return f;
}

/* Move: whoever is nobody's member by the roster does not choose whose chains he reads, but asks there. */

struct moving {
	struct place place;
	bool at_work;
	bool waits;
};

static void
move_listed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct moving *in = rq->state;

	if (reply->status == OK)
		request_answer(rq, answer_member_move(rq->id, in->waits));
	else
		request_pass_on(rq, reply);
}

static void
moved(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct moving *in = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	in->waits = text_equal(reply_text(reply, 0), TEXT("pending"));
	registration_list(rq, reply_text(reply, 1), in->place, in->waits, move_listed);
}

static void
move_now(struct request *rq)
{
	const struct moving *in = rq->state;
	struct fcall f = person_call(rq, "member_move", 2);

	fcall_key(&f, KEY_AUDIT);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, in->at_work ? TEXT("1") : TEXT(""));
	fcall_arg(&f, in->waits ? TEXT("1") : TEXT(""));
	request_audit(rq, &f);
	request_call(rq, &f, moved);
}

static void
mover_looked_up(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct moving *in = rq->state;

	if (reply->status != OK && reply->status != NOT_FOUND)
		return request_pass_on(rq, reply);
	in->waits = reply->status == NOT_FOUND;
	move_now(rq);
}

static void
mover_read(enum status status, const struct person_record *person, void *context)
{
	struct request *rq = context;

	if (status == OK)
		registration_find(rq, person, mover_looked_up);
	else
		request_refuse(rq, status, NULL);
}

void
verb_member_move(struct request *rq, const struct asked *asked)
{
	const struct member_move *in = &asked->member_move;
	struct moving *kept;

	if (!place_is_none(in->place) && !known_place(rq, in->place, "place"))
		return;
	kept = rq->state = malloc(sizeof(*kept));
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	*kept = (struct moving){.place = in->place, .at_work = in->at_work};
	if (rq->is_free || place_is_none(in->place))
		move_now(rq);
	else if (!read_person(rq->service->store, rq->person, mover_read, rq))
		request_refuse(rq, BUSY, NULL);
}

void
verb_member_correct(struct request *rq, const struct asked *asked)
{
	const struct member_correct *in = &asked->member_correct;
	struct fcall f = person_call(rq, "member_correct", 2);

	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, in->name);
	fcall_arg(&f, in->organisation);
	request_audit(rq, &f);
	registration_call(rq, in->name, in->organisation, &f, request_ended);
}

static void
left(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		registration_list(rq, reply_text(reply, 0), (struct place){0}, false, request_ended);
	else
		request_pass_on(rq, reply);
}

void
verb_member_leave(struct request *rq, const struct asked *asked)
{
	struct fcall f = person_call(rq, "member_leave", 2);

	(void)asked;
	fcall_key(&f, KEY_PERSONS);
	request_call(rq, &f, left);
}

void
verb_member_list(struct request *rq, const struct asked *asked)
{
	const struct member_list *in = &asked->member_list;
	const struct view *view = rq->service->view;
	struct person *persons[PAGE_MAX + 1];
	size_t count;

	if (!known_place(rq, in->place, "place"))
		return;
	if (!id_is_none(in->after) && !place_covers(in->place, view_place_of(view, in->after)))
		return request_refuse(rq, NOT_FOUND, "after");
	count = view_list_members(view, in->place, in->after, persons, in->count + 1);
	for (size_t i = 0; i < MIN(count, in->count); i++)
		look_at(rq, persons[i]->id);
	request_answer(rq, answer_member_list(rq->id, persons, MIN(count, in->count), count > in->count));
}

/* One's own sign-ups, which the relay has brought to where the person is. */

/* "14.1 3<tab>confirmed<tab>0<tab>1<tab>30<tab>1649761234567": the line, and its value as relay.c writes it. */
static bool
parse_sign_up(struct sign_up *out, struct text row)
{
	struct text line = text_cut(&row, '\t'), call = text_cut(&line, ' ');

	return id_parse(&out->call, call) && text_to_u32(&out->number, line) &&
	       line_state_parse(&out->state, text_cut(&row, '\t')) && text_to_u32(&out->slot, text_cut(&row, '\t')) &&
	       text_to_u32(&out->people, text_cut(&row, '\t')) &&
	       text_to_u32(&out->granted_minutes, text_cut(&row, '\t')) &&
	       text_to_u64(&out->joined_ms, row, ID_NUMBER_MAX);
}

/* One more than was asked for is read, to see whether there is more. */
static void
sign_ups_were_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct sign_up_list *in = rq->state;
	struct sign_up sign_ups[SIGN_UPS_PAGE_MAX + 1];
	struct text rest = reply_text(reply, 1);
	size_t count = 0;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	while (rest.len > 0 && count < ARRAY_LEN(sign_ups))
		if (!parse_sign_up(&sign_ups[count++], text_cut(&rest, '\n')))
			return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_sign_up_list(rq->id, sign_ups, MIN(count, in->count), count > in->count,
				   (uint32_t)reply_u64(reply, 0)));
}

void
verb_sign_up_list(struct request *rq, const struct asked *asked)
{
	const struct sign_up_list *in = &asked->sign_up_list;
	struct sign_up_list *kept = rq->state = malloc(sizeof(*kept));
	struct fcall f;
	char id[ID_TEXT];

	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	*kept = *in;
	f = fcall_read(rq->service->store, "relay_sign_ups", rq->person.partition, 3);
	id_print(id, rq->person);
	fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_SIGN_UPS, id);
	fcall_key(&f, KEY_PERSON_RECENT, id);
	fcall_arg_u64(&f, in->before_ms ? in->before_ms : ID_NUMBER_MAX);
	fcall_arg_u64(&f, in->count + 1);
	request_call(rq, &f, sign_ups_were_read);
}
