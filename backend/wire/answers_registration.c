/* answers_registration.c - who asks to be registered, and by which phone he is known. */
#include <stdio.h>

#include "answers_private.h"

struct piece *
answer_member_register(uint64_t id, enum registration state)
{
	Gridvanguard__V1__MemberRegisterResult result = GRIDVANGUARD__V1__MEMBER_REGISTER_RESULT__INIT;

	result.state = (Gridvanguard__V1__RegistrationState)state;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_MEMBER_REGISTER, &result);
}

struct piece *
answer_member_move(uint64_t id, bool is_pending)
{
	Gridvanguard__V1__MemberMoveResult result = GRIDVANGUARD__V1__MEMBER_MOVE_RESULT__INIT;

	result.pending = is_pending;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_MEMBER_MOVE, &result);
}

struct piece *
answer_phone_bind(uint64_t id, const struct bound_phone *bound)
{
	Gridvanguard__V1__PhoneBindResult result = GRIDVANGUARD__V1__PHONE_BIND_RESULT__INIT;
	char name[20 * 4 + 1], organisation[60 * 4 + 1], place[PLACE_TEXT];

	snprintf(name, sizeof(name), "%.*s", (int)bound->name.len, bound->name.data);
	snprintf(organisation, sizeof(organisation), "%.*s", (int)bound->organisation.len, bound->organisation.data);
	result.phone = UNCONST(bound->phone);
	result.listed = bound->is_listed;
	result.name = name;
	result.organisation = organisation;
	result.place = place_print(place, bound->place);
	result.pending = bound->is_pending;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PHONE_BIND, &result);
}

struct pending_out {
	Gridvanguard__V1__Pending message;
	char person[ID_TEXT], place[PLACE_TEXT], work[PLACE_TEXT], other[ID_TEXT];
};

static void
fill_pending(struct pending_out *out, const struct pending *pending)
{
	gridvanguard__v1__pending__init(&out->message);
	out->message.person = id_print(out->person, pending->person);
	out->message.what = (Gridvanguard__V1__PendingWhat)pending->what;
	out->message.place = place_print(out->place, pending->place);
	out->message.name = UNCONST(pending->name);
	out->message.organisation = UNCONST(pending->organisation);
	out->message.kind = (Gridvanguard__V1__MemberKind)pending->kind;
	out->message.work = place_print(out->work, pending->work);
	out->message.phone = UNCONST(pending->phone);
	out->message.asked_ms = pending->asked_ms;
	if (!id_is_none(pending->other))
		out->message.other = id_print(out->other, pending->other);
}

struct piece *
answer_pending_list(uint64_t id, const struct pending *pending, size_t count, const char *next)
{
	Gridvanguard__V1__PendingListResult result = GRIDVANGUARD__V1__PENDING_LIST_RESULT__INIT;
	struct pending_out *out = make_items(count, sizeof(*out), &result.pending);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_pending(&out[i], &pending[i]);
	result.n_pending = count;
	result.next = UNCONST(next);
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PENDING_LIST, &result);
	free(out);
	return piece;
}
