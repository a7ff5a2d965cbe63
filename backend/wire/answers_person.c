/* answers_person.c - all that is held of a person. */
#include "answers_private.h"

/* The parts of the result, and what they point at. */
struct held_out {
	Gridvanguard__V1__PersonAccount account;
	Gridvanguard__V1__PersonRegistration registration;
	Gridvanguard__V1__PersonPhone phone;
	char person[ID_TEXT], place[PLACE_TEXT], work[PLACE_TEXT], listed_place[PLACE_TEXT];
};

static void
fill_account(struct held_out *out, const struct person_held *held)
{
	gridvanguard__v1__person_account__init(&out->account);
	out->account.person = id_print(out->person, held->person);
	out->account.identity = UNCONST(held->identity);
	out->account.created_ms = held->created_ms;
	out->account.consent = UNCONST(held->consent);
	out->account.consented_ms = held->consented_ms;
	out->account.minutes = held->minutes;
	out->account.factor = held->has_factor;
	out->account.messages = held->messages;
}

static void
fill_registration(struct held_out *out, const struct person_held *held)
{
	gridvanguard__v1__person_registration__init(&out->registration);
	out->registration.state = (Gridvanguard__V1__RegistrationState)held->state;
	out->registration.place = place_print(out->place, held->place);
	out->registration.work = place_print(out->work, held->work);
	out->registration.name = UNCONST(held->name);
	out->registration.organisation = UNCONST(held->organisation);
	out->registration.kind = (Gridvanguard__V1__MemberKind)held->kind;
	out->registration.since_ms = held->since_ms;
	out->registration.refusal = UNCONST(held->refusal);
}

static void
fill_phone(struct held_out *out, const struct person_held *held)
{
	gridvanguard__v1__person_phone__init(&out->phone);
	out->phone.phone = UNCONST(held->phone);
	out->phone.listed = held->is_listed;
	out->phone.name = UNCONST(held->listed_name);
	out->phone.organisation = UNCONST(held->listed_organisation);
	out->phone.place = place_print(out->listed_place, held->listed_place);
}

struct piece *
answer_person_export(uint64_t id, const struct person_held *held)
{
	Gridvanguard__V1__PersonExportResult result = GRIDVANGUARD__V1__PERSON_EXPORT_RESULT__INIT;
	struct grant_out *grants = make_grants(&held->grantee, held->grantee ? 1 : 0, &result.n_grants, &result.grants);
	struct device_out *devices = make_devices(held->devices, held->device_count, held->own_device, &result.devices);
	struct piece *piece = NULL;
	struct held_out out;

	result.n_devices = held->device_count;
	fill_account(&out, held);
	fill_registration(&out, held);
	fill_phone(&out, held);
	result.account = &out.account;
	result.registration = &out.registration;
	result.phone = &out.phone;
	if (grants && devices)
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PERSON_EXPORT, &result);
	free(grants);
	free(devices);
	return piece;
}
