/* answers_audit.c - who did what, and what is shown only so that it is known who looked. */
#include "answers_private.h"

struct phone_out {
	Gridvanguard__V1__LinePhone message;
	char person[ID_TEXT];
};

struct piece *
answer_chain_phones(uint64_t id, const struct line_phone *phones, size_t count, uint32_t next)
{
	Gridvanguard__V1__ChainPhonesResult result = GRIDVANGUARD__V1__CHAIN_PHONES_RESULT__INIT;
	struct phone_out *out = make_items(count, sizeof(*out), &result.phones);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__line_phone__init(&out[i].message);
		out[i].message.number = phones[i].number;
		out[i].message.person = id_print(out[i].person, phones[i].person);
		out[i].message.phone = UNCONST(phones[i].phone);
	}
	result.n_phones = count;
	result.next = next;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_PHONES, &result);
	free(out);
	return piece;
}

struct piece *
answer_audit_list(uint64_t id, const struct audit_entry *entries, size_t count, const char *next)
{
	Gridvanguard__V1__AuditListResult result = GRIDVANGUARD__V1__AUDIT_LIST_RESULT__INIT;
	Gridvanguard__V1__AuditEntry *out = make_items(count, sizeof(*out), &result.entries);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__audit_entry__init(&out[i]);
		out[i].partition = entries[i].partition;
		out[i].seq = entries[i].seq;
		out[i].at_ms = entries[i].at_ms;
		out[i].who = UNCONST(entries[i].who);
		out[i].what = UNCONST(entries[i].what);
		out[i].on = UNCONST(entries[i].on);
		out[i].from = UNCONST(entries[i].from);
		out[i].why = UNCONST(entries[i].why);
		out[i].detail = UNCONST(entries[i].detail);
	}
	result.n_entries = count;
	result.next = UNCONST(next);
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_AUDIT_LIST, &result);
	free(out);
	return piece;
}
