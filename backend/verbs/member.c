/* member.c - who lives where. */
#include "keys.h"
#include "verbs.h"

#define PAGE_MAX 200

static void
done(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		request_done(rq);
	else
		request_pass_on(rq, reply);
}

/* A call that writes the record of the person logged in. */
static struct fcall
person_call(struct request *rq, const char *function, unsigned keys)
{
	struct fcall f = fcall_write(rq->service->store, function, rq->person.partition, keys, &rq->stamp);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON, id_print(id, rq->person));
	return f;
}

void
verb_member_register(struct request *rq, const struct asked *asked)
{
	const struct member_register *in = &asked->member_register;
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	f = person_call(rq, "member_register", 2);
	fcall_key(&f, KEY_PERSONS);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, in->name);
	fcall_arg(&f, in->organisation);
	request_call(rq, &f, done);
}

void
verb_member_move(struct request *rq, const struct asked *asked)
{
	const struct member_move *in = &asked->member_move;
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	f = person_call(rq, "member_move", 1);
	fcall_arg_place(&f, in->place);
	request_call(rq, &f, done);
}

void
verb_member_leave(struct request *rq, const struct asked *asked)
{
	struct fcall f = person_call(rq, "member_leave", 2);

	(void)asked;
	fcall_key(&f, KEY_PERSONS);
	request_call(rq, &f, done);
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
	request_answer(rq, answer_member_list(rq->id, persons, MIN(count, in->count), count > in->count));
}
