/* answers_member.c - members and their sign-ups; the roster. */
#include "answers_private.h"

/* Members. */

struct member_out {
	Gridvanguard__V1__Member message;
	char person[ID_TEXT];
	char place[PLACE_TEXT];
	char work[PLACE_TEXT];
};

struct piece *
answer_member_list(uint64_t id, struct person *const *persons, size_t count, bool more)
{
	Gridvanguard__V1__MemberListResult result = GRIDVANGUARD__V1__MEMBER_LIST_RESULT__INIT;
	struct member_out *members = make_items(count, sizeof(*members), &result.members);
	struct piece *piece;

	if (!members)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		struct member_out *out = &members[i];
		gridvanguard__v1__member__init(&out->message);
		out->message.person = id_print(out->person, persons[i]->id);
		out->message.place = place_print(out->place, persons[i]->at->place);
		out->message.name = persons[i]->name;
		out->message.organisation = persons[i]->organisation;
		out->message.kind = (Gridvanguard__V1__MemberKind)persons[i]->kind;
		out->message.work = place_print(out->work, persons[i]->work);
	}
	result.n_members = fit_page((void *const *)result.members, count);
	result.more = more || result.n_members < count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_MEMBER_LIST, &result);
	free(members);
	return piece;
}

struct sign_up_out {
	Gridvanguard__V1__SignUp message;
	char call[ID_TEXT];
};

struct piece *
answer_sign_up_list(uint64_t id, const struct sign_up *sign_ups, size_t count, bool more, uint32_t minutes)
{
	Gridvanguard__V1__SignUpListResult result = GRIDVANGUARD__V1__SIGN_UP_LIST_RESULT__INIT;
	struct sign_up_out *out = make_items(count, sizeof(*out), &result.sign_ups);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__sign_up__init(&out[i].message);
		out[i].message.call = id_print(out[i].call, sign_ups[i].call);
		out[i].message.number = sign_ups[i].number;
		out[i].message.state = (Gridvanguard__V1__LineState)sign_ups[i].state;
		out[i].message.slot = sign_ups[i].slot;
		out[i].message.people = sign_ups[i].people;
		out[i].message.granted_minutes = sign_ups[i].granted_minutes;
		out[i].message.joined_ms = sign_ups[i].joined_ms;
	}
	result.n_sign_ups = fit_page((void *const *)result.sign_ups, count);
	result.more = more || result.n_sign_ups < count;
	result.minutes = minutes;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_SIGN_UP_LIST, &result);
	free(out);
	return piece;
}

/* The roster. */

struct row_out {
	Gridvanguard__V1__RosterRowResult message;
	char *fields[ROSTER_FIELDS];
};

static void
fill_row(struct row_out *out, const struct roster_outcome *outcome)
{
	gridvanguard__v1__roster_row_result__init(&out->message);
	out->message.outcome = (Gridvanguard__V1__RosterOutcome)outcome->what;
	out->message.fields = out->fields;
	for (size_t i = 0; i < ROSTER_FIELDS; i++)
		if (outcome->fields[i])
			out->fields[out->message.n_fields++] = UNCONST(outcome->fields[i]);
}

struct piece *
answer_roster_import(uint64_t id, const struct roster_outcome *outcomes, size_t count)
{
	Gridvanguard__V1__RosterImportResult result = GRIDVANGUARD__V1__ROSTER_IMPORT_RESULT__INIT;
	struct row_out *rows = make_items(count, sizeof(*rows), &result.rows);
	struct piece *piece;

	if (!rows)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_row(&rows[i], &outcomes[i]);
	result.n_rows = count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_ROSTER_IMPORT, &result);
	free(rows);
	return piece;
}

/* Copies, for in Redis' answer no text has an end of its own. */
struct entry_out {
	Gridvanguard__V1__RosterEntry message;
	char entry[33], phone[12], name[20 * 4 + 1], organisation[60 * 4 + 1], place[PLACE_TEXT];
};

static void
fill_entry(struct entry_out *out, const struct roster_entry *entry)
{
	gridvanguard__v1__roster_entry__init(&out->message);
	out->message.entry = text_copy(out->entry, sizeof(out->entry), entry->entry);
	out->message.phone = text_copy(out->phone, sizeof(out->phone), entry->phone);
	out->message.name = text_copy(out->name, sizeof(out->name), entry->name);
	out->message.organisation = text_copy(out->organisation, sizeof(out->organisation), entry->organisation);
	out->message.place = text_copy(out->place, sizeof(out->place), entry->place);
}

struct piece *
answer_roster_list(uint64_t id, const struct roster_entry *entries, size_t count, const char *next)
{
	Gridvanguard__V1__RosterListResult result = GRIDVANGUARD__V1__ROSTER_LIST_RESULT__INIT;
	struct entry_out *out = make_items(count, sizeof(*out), &result.entries);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_entry(&out[i], &entries[i]);
	result.n_entries = count;
	result.next = UNCONST(next);
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_ROSTER_LIST, &result);
	free(out);
	return piece;
}
