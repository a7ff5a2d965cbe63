/* grant.c - roles: give, take back, see who has which. */
#include "clock.h"
#include "keys.h"
#include "rights.h"
#include "verbs.h"

static bool
known_or_country(struct request *rq, struct place place)
{
	return place_is_none(place) ? request_may(rq, place, "place") : known_place(rq, place, "place") != NULL;
}

/* The place must be there, and the asker must hold more than he gives. */
static bool
may_give(struct request *rq, enum role role, struct place place)
{
	if (!known_or_country(rq, place))
		return false;
	if (rq->is_free || rights_to_give(rq->service->view, rq->person, role, place, clock_wall_ms()))
		return true;
	request_refuse(rq, FORBIDDEN, "role");
	return false;
}

static struct fcall
grant_call(struct request *rq, const char *function, struct id person, unsigned more)
{
	struct fcall f = fcall_write(rq->service->store, function, person.partition, 4 + more, &rq->stamp);
	char id[ID_TEXT];

	id_print(id, person);
	if (more > 0)
		fcall_key(&f, KEY_PERSON, id);
	fcall_key(&f, KEY_PERSON_GRANTS, id);
	fcall_key(&f, KEY_GRANTED);
	fcall_key(&f, KEY_DUE);
	if (more > 1)
		fcall_key(&f, KEY_PERSON_DEVICES, id);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, person);
	return f;
}

static void
role_args(struct fcall *f, enum role role, struct place place)
{
	fcall_arg(f, text_of(role_name(role)));
	fcall_arg_place(f, place);
}

void
verb_grant_give(struct request *rq, const struct asked *asked)
{
	const struct grant_give *in = &asked->grant_give;
	struct fcall f;

	if (!may_give(rq, (enum role)in->role, in->place))
		return;
	if (!rq->is_free && id_equal(in->person, rq->person))
		return request_refuse(rq, FORBIDDEN, "person");
	f = grant_call(rq, "grant_give", in->person, 2);
	role_args(&f, (enum role)in->role, in->place);
	fcall_arg_u64(&f, in->until_ms);
	fcall_arg(&f, text_of(rq->is_free ? "free" : ""));
	request_audit(rq, &f);
	request_call(rq, &f, request_ended);
}

void
verb_grant_take(struct request *rq, const struct asked *asked)
{
	const struct grant_take *in = &asked->grant_take;
	struct fcall f;

	if (!may_give(rq, (enum role)in->role, in->place))
		return;
	f = grant_call(rq, "grant_take", in->person, 0);
	role_args(&f, (enum role)in->role, in->place);
	request_audit(rq, &f);
	request_call(rq, &f, request_ended);
}

/* As many persons as were asked for, and as what they hold fits a page. */
void
verb_grant_list(struct request *rq, const struct asked *asked)
{
	const struct grant_list *in = &asked->grant_list;
	const struct view *view = rq->service->view;
	const struct grantee *grantees[GRANTS_PAGE_MAX + 1];
	size_t found, count = 0, rows = 0;

	if (!known_or_country(rq, in->place))
		return;
	if (!id_is_none(in->after) && !view_grantee(view, in->after))
		return request_refuse(rq, NOT_FOUND, "after");
	found = view_list_grantees(view, in->place, in->after, grantees, in->count + 1);
	while (count < MIN(found, in->count) && (count == 0 || rows + grantees[count]->count <= GRANTS_PAGE_ROWS))
		rows += grantees[count++]->count;
	request_answer(rq, answer_grant_list(rq->id, grantees, count, count < found));
}
