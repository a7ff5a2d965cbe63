/* answers_login.c - who is there, what he holds, where he stays logged in; watching and pulses. */
#include "answers_private.h"

#define DEVICE_NAME_BYTES 161 /* 40 characters of 4 bytes, and a NUL */

struct grant_out {
	Gridvanguard__V1__Grant message;
	char person[ID_TEXT];
	char place[PLACE_TEXT];
};

struct grant_out *
make_grants(const struct grantee *const *grantees, size_t count, size_t *n_grants, Gridvanguard__V1__Grant ***list)
{
	struct grant_out *grants;
	size_t made = 0;

	*n_grants = 0;
	for (size_t i = 0; i < count; i++)
		*n_grants += grantees[i]->count;
	grants = make_items(*n_grants, sizeof(*grants), list);
	for (size_t i = 0; grants && i < count; i++) {
		for (uint32_t j = 0; j < grantees[i]->count; j++) {
			const struct grant *grant = &grantees[i]->grants[j];
			struct grant_out *out = &grants[made++];
			gridvanguard__v1__grant__init(&out->message);
			out->message.person = id_print(out->person, grantees[i]->id);
			out->message.role = (Gridvanguard__V1__Role)grant->role;
			out->message.place = place_print(out->place, grant->place);
			out->message.until_ms = grant->until_ms;
		}
	}
	return grants;
}

struct piece *
answer_grant_list(uint64_t id, const struct grantee *const *grantees, size_t count, bool more)
{
	Gridvanguard__V1__GrantListResult result = GRIDVANGUARD__V1__GRANT_LIST_RESULT__INIT;
	struct grant_out *grants = make_grants(grantees, count, &result.n_grants, &result.grants);
	struct piece *piece;

	if (!grants)
		return NULL;
	result.more = more;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_GRANT_LIST, &result);
	free(grants);
	return piece;
}

struct device_out {
	Gridvanguard__V1__Device message;
	char name[DEVICE_NAME_BYTES];
};

struct device_out *
make_devices(const struct device *devices, size_t count, uint32_t own, Gridvanguard__V1__Device ***list)
{
	struct device_out *out = make_items(count, sizeof(*out), list);

	for (size_t i = 0; out && i < count; i++) {
		gridvanguard__v1__device__init(&out[i].message);
		text_copy(out[i].name, sizeof(out[i].name), devices[i].name);
		out[i].message.number = devices[i].number;
		out[i].message.name = out[i].name;
		out[i].message.made_ms = devices[i].made_ms;
		out[i].message.seen_ms = devices[i].seen_ms;
		out[i].message.until_ms = devices[i].until_ms;
		out[i].message.own = devices[i].number == own;
	}
	return out;
}

struct piece *
answer_device_list(uint64_t id, const struct device *devices, size_t count, uint32_t own)
{
	Gridvanguard__V1__DeviceListResult result = GRIDVANGUARD__V1__DEVICE_LIST_RESULT__INIT;
	struct device_out *out = make_devices(devices, count, own, &result.devices);
	struct piece *piece;

	if (!out)
		return NULL;
	result.n_devices = count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_DEVICE_LIST, &result);
	free(out);
	return piece;
}

struct piece *
answer_login(uint64_t id, const struct login_result *in)
{
	Gridvanguard__V1__LoginResult result = GRIDVANGUARD__V1__LOGIN_RESULT__INIT;
	char person[ID_TEXT], place[PLACE_TEXT], work[PLACE_TEXT];
	struct grant_out *grants = make_grants(&in->grantee, in->grantee ? 1 : 0, &result.n_grants, &result.grants);
	struct piece *piece;

	if (!grants)
		return NULL;

	result.person = id_print(person, in->person);
	result.place = place_print(place, in->place);
	result.name = UNCONST(in->name.data);
	result.organisation = UNCONST(in->organisation.data);
	result.now_ms = in->now_ms;
	result.pulse_ms = in->pulse_ms;
	result.device = in->device;
	result.token_until_ms = in->token_until_ms;
	result.needs_factor = in->needs_factor;
	result.phone = UNCONST(in->phone ? in->phone : "");
	result.work = place_print(work, in->work);
	result.registration = (Gridvanguard__V1__RegistrationState)in->registration;
	result.consent = UNCONST(in->consent ? in->consent : "");
	result.policy = UNCONST(in->policy ? in->policy : "");
	result.refusal = UNCONST(in->refusal ? in->refusal : "");
	if (in->token)
		result.token = UNCONST(in->token);
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_LOGIN, &result);
	free(grants);
	return piece;
}

/* Cursors of all partitions, as messages and the list of them. */
struct cursors {
	Gridvanguard__V1__Cursor items[PARTITIONS];
	Gridvanguard__V1__Cursor *list[PARTITIONS];
};

static void
fill_cursors(struct cursors *cursors, const uint64_t seq[PARTITIONS])
{
	for (unsigned i = 0; i < PARTITIONS; i++) {
		gridvanguard__v1__cursor__init(&cursors->items[i]);
		cursors->items[i].partition = i;
		cursors->items[i].seq = seq[i];
		cursors->list[i] = &cursors->items[i];
	}
}

struct piece *
answer_watch(uint64_t id, const char *epoch, const uint64_t seq[PARTITIONS])
{
	Gridvanguard__V1__WatchResult result = GRIDVANGUARD__V1__WATCH_RESULT__INIT;
	struct cursors cursors;

	fill_cursors(&cursors, seq);
	result.epoch = UNCONST(epoch);
	result.cursors = cursors.list;
	result.n_cursors = PARTITIONS;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_WATCH, &result);
}

struct piece *
encode_pulse(const char *epoch, const uint64_t seq[PARTITIONS])
{
	Gridvanguard__V1__Pulse pulse = GRIDVANGUARD__V1__PULSE__INIT;
	struct cursors cursors;

	fill_cursors(&cursors, seq);
	pulse.epoch = UNCONST(epoch);
	pulse.cursors = cursors.list;
	pulse.n_cursors = PARTITIONS;
	return piece_of(FRAME_PULSE, &pulse.base);
}
