#include "answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "gridvanguard/v1/frame.pb-c.h"
#include "varint.h"

#define DEVICE_NAME_BYTES 161 /* 40 characters of 4 bytes, and a NUL */

/* Fields of Frame. */
enum { FRAME_EVENTS = 2, FRAME_ANSWERS = 3, FRAME_TALLIES = 4, FRAME_PULSE = 5 };

/* The message as that field of a Frame. */
static struct piece *
piece_of(unsigned field, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t head[2 * VARINT_MAX];
	size_t head_len = varint_put(head, VARINT_TAG(field));
	struct piece *piece;

	head_len += varint_put(head + head_len, len);
	piece = piece_create(head_len + len);
	if (!piece)
		return NULL;
	memcpy(piece->bytes, head, head_len);
	protobuf_c_message_pack(message, piece->bytes + head_len);
	return piece;
}

/* An answer that carries a result; the members of the oneof are all pointers to messages, so one stands for any. */
static struct piece *
answer_with(uint64_t id, enum status status, Gridvanguard__V1__Answer__ResultCase which, const void *result)
{
	Gridvanguard__V1__Answer answer = GRIDVANGUARD__V1__ANSWER__INIT;

	answer.id = id;
	answer.status = (Gridvanguard__V1__Status)status;
	answer.result_case = which;
	answer.login = UNCONST(result);
	return piece_of(FRAME_ANSWERS, &answer.base);
}

/* `count` zeroed structs of `size` with the pointers to them that a repeated field wants. NULL when memory is out;
 * free() gives all of it back. */
static void *
make_items(size_t count, size_t size, void *pointers)
{
	char *items = calloc(count + 1, size + sizeof(void *));
	void **list;

	if (!items)
		return NULL;
	list = (void *)(items + (count + 1) * size);
	for (size_t i = 0; i < count; i++)
		list[i] = items + i * size;
	memcpy(pointers, &list, sizeof(list));
	return items;
}

/* How many of the messages, which a page lists one after the other, fit it; at least one, if there are any. */
static size_t
fit_page(void *const *messages, size_t count)
{
	size_t bytes = 0, i;

	for (i = 0; i < count; i++) {
		const ProtobufCMessage *message = messages[i];
		bytes += protobuf_c_message_get_packed_size(message) + 2 * VARINT_MAX;
		if (bytes > PAGE_BYTES)
			break;
	}
	return MAX(i, MIN(count, (size_t)1));
}

struct piece *
answer_status(uint64_t id, enum status status, const char *field, uint32_t retry_after_ms)
{
	Gridvanguard__V1__Answer answer = GRIDVANGUARD__V1__ANSWER__INIT;

	answer.id = id;
	answer.status = (Gridvanguard__V1__Status)status;
	if (field)
		answer.field = UNCONST(field);
	answer.retry_after_ms = retry_after_ms;
	return piece_of(FRAME_ANSWERS, &answer.base);
}

struct grant_out {
	Gridvanguard__V1__Grant message;
	char person[ID_TEXT];
	char place[PLACE_TEXT];
};

/* What these persons hold, one message a grant; NULL when memory is out. free() gives all of it back. */
static struct grant_out *
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

struct piece *
answer_device_list(uint64_t id, const struct device *devices, size_t count, uint32_t own)
{
	Gridvanguard__V1__DeviceListResult result = GRIDVANGUARD__V1__DEVICE_LIST_RESULT__INIT;
	struct device_out *out = make_items(count, sizeof(*out), &result.devices);
	struct piece *piece;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__device__init(&out[i].message);
		snprintf(out[i].name, sizeof(out[i].name), "%.*s", (int)devices[i].name.len, devices[i].name.data);
		out[i].message.number = devices[i].number;
		out[i].message.name = out[i].name;
		out[i].message.made_ms = devices[i].made_ms;
		out[i].message.seen_ms = devices[i].seen_ms;
		out[i].message.until_ms = devices[i].until_ms;
		out[i].message.own = devices[i].number == own;
	}
	result.n_devices = count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_DEVICE_LIST, &result);
	free(out);
	return piece;
}

struct piece *
answer_login(uint64_t id, const struct login_result *in)
{
	Gridvanguard__V1__LoginResult result = GRIDVANGUARD__V1__LOGIN_RESULT__INIT;
	char person[ID_TEXT], place[PLACE_TEXT];
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

/* Places. */

struct piece *
answer_place_import(uint64_t id, const struct import_result *in)
{
	Gridvanguard__V1__PlaceImportResult result = GRIDVANGUARD__V1__PLACE_IMPORT_RESULT__INIT;
	Gridvanguard__V1__RowRefusal *refused = make_items(in->refused_count, sizeof(*refused), &result.refused);
	struct piece *piece;

	if (!refused)
		return NULL;
	for (size_t i = 0; i < in->refused_count; i++) {
		gridvanguard__v1__row_refusal__init(&refused[i]);
		refused[i].row = in->refused[i].row;
		refused[i].field = UNCONST(in->refused[i].field);
	}
	result.n_refused = in->refused_count;
	result.added = in->added;
	result.changed = in->changed;
	result.unchanged = in->unchanged;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_IMPORT, &result);
	free(refused);
	return piece;
}

struct place_out {
	Gridvanguard__V1__Place message; /* first, for the list points at it */
	char code[PLACE_TEXT];
};

static uint32_t
known_children(const struct place_node *node)
{
	uint32_t count = 0;

	for (const struct place_node *child = node->first_child; child; child = child->next)
		count += child->known;
	return count;
}

static void
fill_place(struct place_out *out, const struct place_node *node)
{
	gridvanguard__v1__place__init(&out->message);
	out->message.code = place_print(out->code, node->place);
	out->message.name = UNCONST(node->name);
	out->message.children = known_children(node);
}

struct piece *
answer_place_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more)
{
	Gridvanguard__V1__PlaceListResult result = GRIDVANGUARD__V1__PLACE_LIST_RESULT__INIT;
	struct place_out *places = make_items(count, sizeof(*places), &result.places);
	struct piece *piece;

	if (!places)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_place(&places[i], nodes[i]);
	result.n_places = fit_page((void *const *)result.places, count);
	result.more = more || result.n_places < count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_LIST, &result);
	free(places);
	return piece;
}

struct piece *
answer_place_show(uint64_t id, const struct place_node *node)
{
	Gridvanguard__V1__PlaceShowResult result = GRIDVANGUARD__V1__PLACE_SHOW_RESULT__INIT;
	struct place_out places[PLACE_LEVELS];
	Gridvanguard__V1__Place *list[PLACE_LEVELS];

	result.n_path = (size_t)place_level(node->place) + 1;
	for (size_t i = result.n_path; i-- > 0; node = node->parent) {
		fill_place(&places[i], node);
		list[i] = &places[i].message;
	}
	result.path = list;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_SHOW, &result);
}

/* Tallies. */

struct tally_out {
	Gridvanguard__V1__Tally message;
	char place[PLACE_TEXT];
	char call[ID_TEXT];
};

static void
fill_place_tally(struct tally_out *out, const struct place_node *node)
{
	gridvanguard__v1__tally__init(&out->message);
	out->message.place = place_print(out->place, node->place);
	out->message.members = node->tally.members;
	out->message.calls = node->tally.calls;
	out->message.confirmed = node->tally.confirmed;
	out->message.waiting = node->tally.waiting;
	out->message.present = node->tally.present;
}

struct piece *
answer_tally_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more)
{
	Gridvanguard__V1__TallyListResult result = GRIDVANGUARD__V1__TALLY_LIST_RESULT__INIT;
	struct tally_out *tallies = make_items(count, sizeof(*tallies), &result.tallies);
	struct piece *piece;

	if (!tallies)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_place_tally(&tallies[i], nodes[i]);
	result.n_tallies = fit_page((void *const *)result.tallies, count);
	result.more = more || result.n_tallies < count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_TALLY_LIST, &result);
	free(tallies);
	return piece;
}

/* What tells a place's tally from a call's among those that replace each other: calls have the top bit. A place's
 * digits are 2 to 18, so they keep the five look-alike pairs apart. */
struct piece *
encode_place_tally(const struct place_node *node)
{
	struct tally_out tally;
	struct piece *piece;

	fill_place_tally(&tally, node);
	piece = piece_of(FRAME_TALLIES, &tally.message.base);
	if (piece)
		piece->replaces = node->place.code << 3 | (uint64_t)place_level(node->place);
	return piece;
}

struct piece *
encode_call_tally(const struct call *call)
{
	struct tally_out tally;
	struct piece *piece;

	gridvanguard__v1__tally__init(&tally.message);
	tally.message.place = place_print(tally.place, call->record.place);
	tally.message.call = id_print(tally.call, call->record.id);
	tally.message.calls = 1;
	tally.message.confirmed = call->numbers.confirmed;
	tally.message.waiting = call->numbers.waiting;
	tally.message.present = call->present;
	piece = piece_of(FRAME_TALLIES, &tally.message.base);
	if (piece)
		piece->replaces = UINT64_C(1) << 63 | call->key;
	return piece;
}

/* Members. */

struct member_out {
	Gridvanguard__V1__Member message;
	char person[ID_TEXT];
	char place[PLACE_TEXT];
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

/* Calls and chains. */

#define QUESTIONS_MAX 8
#define CHOICES_MAX   10

struct call_out {
	Gridvanguard__V1__Call message;
	char id[ID_TEXT];
	char place[PLACE_TEXT];
	char author[ID_TEXT];
	Gridvanguard__V1__Slot slots[SLOTS_MAX], *slot_list[SLOTS_MAX];
	Gridvanguard__V1__Question questions[QUESTIONS_MAX], *question_list[QUESTIONS_MAX];
	char *choices[QUESTIONS_MAX][CHOICES_MAX];
	char *packed; /* the questions, cut into their texts; NULL without any */
};

static void
fill_slots(struct call_out *out, const struct call_record *record, const struct call_numbers *numbers)
{
	for (uint32_t i = 0; i < record->slot_count; i++) {
		Gridvanguard__V1__Slot *slot = out->slot_list[i] = &out->slots[i];
		gridvanguard__v1__slot__init(slot);
		slot->label = UNCONST(record->slots[i].label.data);
		slot->starts_ms = record->slots[i].starts_ms;
		slot->ends_ms = record->slots[i].ends_ms;
		slot->need = record->slots[i].need;
		slot->limit = record->slots[i].limit;
		slot->confirmed = numbers->slots[i].confirmed;
		slot->waiting = numbers->slots[i].waiting;
	}
	out->message.slots = out->slot_list;
	out->message.n_slots = record->slot_count;
}

/* Cuts a column off a text that may be written to. */
static char *
cut_column(char **rest, char separator)
{
	char *column = *rest, *end = strchr(column, separator);

	*rest = end ? end + 1 : column + strlen(column);
	if (end)
		*end = '\0';
	return column;
}

/* The text to be cut, for free(); NULL where it is empty. False when memory is out. */
static bool
copy_to_cut(char **out, struct text text)
{
	*out = text.len ? text_dup(text) : NULL;
	return *out || text.len == 0;
}

static void
fill_question(struct call_out *out, size_t index, char *row)
{
	Gridvanguard__V1__Question *question = out->question_list[index] = &out->questions[index];

	gridvanguard__v1__question__init(question);
	question->kind = (Gridvanguard__V1__QuestionKind)strtoul(cut_column(&row, '\t'), NULL, 10);
	question->required = cut_column(&row, '\t')[0] == '1';
	question->label = cut_column(&row, '\t');
	question->choices = out->choices[index];
	while (*row && question->n_choices < CHOICES_MAX)
		question->choices[question->n_choices++] = cut_column(&row, '\t');
}

static bool
fill_questions(struct call_out *out, const struct call_record *record)
{
	char *rest;

	if (!copy_to_cut(&out->packed, record->questions))
		return false;
	rest = out->packed;
	out->message.questions = out->question_list;
	while (rest && *rest && out->message.n_questions < QUESTIONS_MAX)
		fill_question(out, out->message.n_questions++, cut_column(&rest, '\n'));
	return true;
}

/* False when memory is out; call_out_finish() gives it back all the same. */
static bool
fill_call(struct call_out *out, const struct call_record *record, const struct call_numbers *numbers)
{
	Gridvanguard__V1__Call *message = &out->message;

	gridvanguard__v1__call__init(message);
	message->id = id_print(out->id, record->id);
	message->state = (Gridvanguard__V1__CallState)record->state;
	message->place = place_print(out->place, record->place);
	message->author = id_print(out->author, record->author);
	message->posted_ms = record->posted_ms;
	message->deadline_ms = record->deadline_ms;
	message->need = record->need;
	message->limit = record->limit;
	message->title = UNCONST(record->title.data);
	message->body = UNCONST(record->body.data);
	message->meeting = UNCONST(record->meeting.data);
	message->bring = UNCONST(record->bring.data);
	message->reason = UNCONST(record->reason.data);
	message->thanks = UNCONST(record->thanks.data);
	message->starts_ms = record->starts_ms;
	message->ends_ms = record->ends_ms;
	message->names = (Gridvanguard__V1__NamesShown)record->names;
	message->window_minutes = record->window_minutes;
	message->grant_minutes = record->grant_minutes;
	message->version = record->edition;
	message->confirmed = numbers->confirmed;
	message->waiting = numbers->waiting;
	message->lines = numbers->lines;
	fill_slots(out, record, numbers);
	return fill_questions(out, record);
}

static void
call_out_finish(struct call_out *out)
{
	free(out->packed);
}

struct piece *
answer_call_post(uint64_t id, struct id call)
{
	Gridvanguard__V1__CallPostResult result = GRIDVANGUARD__V1__CALL_POST_RESULT__INIT;
	char text[ID_TEXT];

	result.call = id_print(text, call);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_POST, &result);
}

struct piece *
answer_call_list(uint64_t id, struct call *const *calls, size_t count, bool more)
{
	Gridvanguard__V1__CallListResult result = GRIDVANGUARD__V1__CALL_LIST_RESULT__INIT;
	struct call_out *out = make_items(count, sizeof(*out), &result.calls);
	struct piece *piece = NULL;
	bool filled = true;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		filled &= fill_call(&out[i], &calls[i]->record, &calls[i]->numbers);
	result.n_calls = fit_page((void *const *)result.calls, count);
	result.more = more || result.n_calls < count;
	if (filled)
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_LIST, &result);
	for (size_t i = 0; i < count; i++)
		call_out_finish(&out[i]);
	free(out);
	return piece;
}

struct piece *
answer_call_show(uint64_t id, const struct call_record *record, const struct call_numbers *numbers)
{
	Gridvanguard__V1__CallShowResult result = GRIDVANGUARD__V1__CALL_SHOW_RESULT__INIT;
	struct call_out out;
	struct piece *piece = NULL;

	result.call = &out.message;
	if (fill_call(&out, record, numbers))
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_SHOW, &result);
	call_out_finish(&out);
	return piece;
}

/* Templates. */

struct template_out {
	Gridvanguard__V1__Template message;
	char place[PLACE_TEXT];
	struct call_out call;
};

/* Of the call only what was saved: it has no id and no state. */
static bool
fill_template(struct template_out *out, const struct template_told *in)
{
	const struct call_numbers none = {0};

	gridvanguard__v1__template__init(&out->message);
	out->message.place = place_print(out->place, in->place);
	out->message.name = UNCONST(in->name);
	if (!in->call)
		return true;
	out->message.call = &out->call.message;
	if (!fill_call(&out->call, in->call, &none))
		return false;
	out->call.message.id = UNCONST("");
	out->call.message.state = GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_UNSPECIFIED;
	out->call.message.version = 0;
	return true;
}

struct piece *
answer_template_list(uint64_t id, const struct template_told *templates, size_t count)
{
	Gridvanguard__V1__TemplateListResult result = GRIDVANGUARD__V1__TEMPLATE_LIST_RESULT__INIT;
	struct template_out *out = make_items(count, sizeof(*out), &result.templates);
	struct piece *piece = NULL;
	bool filled = true;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		filled &= fill_template(&out[i], &templates[i]);
	result.n_templates = count;
	if (filled)
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_TEMPLATE_LIST, &result);
	for (size_t i = 0; i < count; i++)
		call_out_finish(&out[i].call);
	free(out);
	return piece;
}

/* The names of what changed, for a repeated string; how many. */
static size_t
list_changes(char *out[CALL_CHANGES], uint32_t changes)
{
	size_t count = 0;

	for (unsigned i = 0; i < CALL_CHANGES; i++)
		if (changes >> i & 1)
			out[count++] = UNCONST(call_change_name(i));
	return count;
}

struct piece *
answer_call_edit(uint64_t id, uint32_t changes)
{
	Gridvanguard__V1__CallEditResult result = GRIDVANGUARD__V1__CALL_EDIT_RESULT__INIT;
	char *names[CALL_CHANGES];

	result.changed = names;
	result.n_changed = list_changes(names, changes);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_EDIT, &result);
}

struct piece *
answer_chain_join(uint64_t id, enum status status, uint32_t number, enum line_state state, uint32_t ahead)
{
	Gridvanguard__V1__ChainJoinResult result = GRIDVANGUARD__V1__CHAIN_JOIN_RESULT__INIT;

	result.number = number;
	result.state = (Gridvanguard__V1__LineState)state;
	result.ahead = ahead;
	return answer_with(id, status, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN, &result);
}

struct piece *
answer_chain_withdraw(uint64_t id, uint32_t number)
{
	Gridvanguard__V1__ChainWithdrawResult result = GRIDVANGUARD__V1__CHAIN_WITHDRAW_RESULT__INIT;

	result.number = number;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_WITHDRAW, &result);
}

struct piece *
answer_chain_check(uint64_t id, uint32_t number, uint32_t granted_minutes)
{
	Gridvanguard__V1__ChainCheckResult result = GRIDVANGUARD__V1__CHAIN_CHECK_RESULT__INIT;

	result.number = number;
	result.granted_minutes = granted_minutes;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_CHECK, &result);
}

struct piece *
answer_chain_code(uint64_t id, const char *code, uint64_t until_ms)
{
	Gridvanguard__V1__ChainCodeResult result = GRIDVANGUARD__V1__CHAIN_CODE_RESULT__INIT;

	result.code = UNCONST(code);
	result.until_ms = until_ms;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_CODE, &result);
}

/* Lines. */

struct line_out {
	Gridvanguard__V1__Line message;
	char person[ID_TEXT];
	char by[ID_TEXT];
	char place[PLACE_TEXT];
	char masked[NAME_MASKED];
	char *packed; /* its texts, cut; NULL without any */
	char *answers[QUESTIONS_MAX];
};

static bool
in_full(struct telling_lines how)
{
	return how.full || how.names <= GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL;
}

struct text
told_name(char room[NAME_MASKED], struct text name, struct telling_lines how)
{
	if (in_full(how))
		return name;
	if (how.names == GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY)
		return text_of(name_mask(room, name));
	return TEXT("");
}

/* Who it is, as far as that is told: `name` is his full one. */
static void
fill_name(struct line_out *out, const struct line_change *line, const struct telling_lines *how, const char *name)
{
	out->message.name = UNCONST(told_name(out->masked, text_of(name), *how).data);
	if (!in_full(*how))
		return;
	out->message.person = id_is_none(line->person) ? UNCONST("") : id_print(out->person, line->person);
	out->message.by = id_is_none(line->by) ? UNCONST("") : id_print(out->by, line->by);
}

static bool
fill_line(
	struct line_out *out, const struct view *view, const struct line_change *line, const struct telling_lines *how)
{
	const struct person *person = view_person(view, line->person);
	const char *name = person ? person->name : "";
	char *rest, *named, *remark;

	gridvanguard__v1__line__init(&out->message);
	out->message.number = line->number;
	out->message.state = (Gridvanguard__V1__LineState)line->state;
	out->message.place = place_print(out->place, line->place);
	out->message.joined_ms = line->joined_ms;
	out->message.slot = line->slot;
	out->message.people = line->people;
	out->message.present_ms = line->present_ms;
	out->message.left_ms = line->left_ms;
	out->message.granted_minutes = line->granted_minutes;
	out->message.until_ms = line->until_ms;
	if (!copy_to_cut(&out->packed, line->texts))
		return false;
	rest = out->packed;
	if (rest) {
		named = cut_column(&rest, '\t');
		remark = cut_column(&rest, '\t');
		name = named[0] ? named : name;
		out->message.remark = how->full ? remark : out->message.remark;
		out->message.answers = out->answers;
		while (how->full && *rest && out->message.n_answers < QUESTIONS_MAX)
			out->answers[out->message.n_answers++] = cut_column(&rest, '\t');
	}
	fill_name(out, line, how, name);
	return true;
}

static void
free_lines(struct line_out *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(out[i].packed);
	free(out);
}

/* All the lines, and the list of them. NULL when memory is out; free_lines() gives it back. */
static struct line_out *
make_lines(const struct view *view, const struct telling_lines *how, const struct line_change *lines, size_t count,
	Gridvanguard__V1__Line ***list)
{
	struct line_out *out = make_items(count, sizeof(*out), list);

	for (size_t i = 0; out && i < count; i++) {
		if (!fill_line(&out[i], view, &lines[i], how)) {
			free_lines(out, i);
			return NULL;
		}
		out[i].message.ahead = how->ahead ? how->ahead[i] : 0;
	}
	return out;
}

struct piece *
answer_chain_list(uint64_t id, const struct view *view, struct telling_lines how, const struct line_change *lines,
	size_t count, uint32_t after)
{
	Gridvanguard__V1__ChainListResult result = GRIDVANGUARD__V1__CHAIN_LIST_RESULT__INIT;
	struct line_out *out = make_lines(view, &how, lines, count, &result.lines);
	struct piece *piece;

	if (!out)
		return NULL;
	result.n_lines = fit_page((void *const *)result.lines, count);
	result.after = result.n_lines < count ? lines[result.n_lines - 1].number : after;
	result.more = result.after > 0;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_LIST, &result);
	free_lines(out, count);
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

#define COPY(out, text) (snprintf((out), sizeof(out), "%.*s", (int)(text).len, (text).data), (out))

static void
fill_entry(struct entry_out *out, const struct roster_entry *entry)
{
	gridvanguard__v1__roster_entry__init(&out->message);
	out->message.entry = COPY(out->entry, entry->entry);
	out->message.phone = COPY(out->phone, entry->phone);
	out->message.name = COPY(out->name, entry->name);
	out->message.organisation = COPY(out->organisation, entry->organisation);
	out->message.place = COPY(out->place, entry->place);
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

/* Chats. */

struct piece *
answer_chat_print(uint64_t id, const char *text, const char *code)
{
	Gridvanguard__V1__ChatPrintResult result = GRIDVANGUARD__V1__CHAT_PRINT_RESULT__INIT;

	result.text = UNCONST(text);
	result.code = UNCONST(code);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAT_PRINT, &result);
}

#define OTHERS_MAX 3 /* wordings of an entry in other copies that are told */

struct paste_entry_out {
	Gridvanguard__V1__PasteEntry message;
	Gridvanguard__V1__PasteCandidate candidates[CHAIN_MATCH_MAX];
	Gridvanguard__V1__PasteCandidate *candidate_list[CHAIN_MATCH_MAX];
	char *other_list[OTHERS_MAX];
	char person[ID_TEXT];
	char persons[CHAIN_MATCH_MAX][ID_TEXT];
	char places[CHAIN_MATCH_MAX][PLACE_TEXT];
	struct buf texts; /* text, name, remark and others, each ended by NUL */
};

static void
fill_candidates(struct paste_entry_out *out, const struct chain_match *match)
{
	for (size_t i = 0; i < match->count; i++) {
		const struct chain_candidate *candidate = match->candidates[i];
		Gridvanguard__V1__PasteCandidate *message = out->candidate_list[i] = &out->candidates[i];
		gridvanguard__v1__paste_candidate__init(message);
		message->person = id_print(out->persons[i], candidate->person);
		message->name = UNCONST(candidate->name.data);
		message->place = place_print(out->places[i], candidate->place);
	}
	out->message.n_candidates = match->count;
	out->message.candidates = out->candidate_list;
}

static void
add_string(struct buf *out, struct text text)
{
	buf_add_text(out, text);
	buf_add(out, "", 1);
}

/* False if memory is out. */
static bool
fill_paste_texts(struct paste_entry_out *out, const struct plan_entry *entry)
{
	const struct chain_alternative *other = entry->merged->alternatives;
	Gridvanguard__V1__PasteEntry *message = &out->message;
	char *at;

	add_string(&out->texts, entry->merged->entry->shown);
	add_string(&out->texts, entry->name);
	add_string(&out->texts, entry->remark);
	for (; other && message->n_others < OTHERS_MAX; other = other->next, message->n_others++)
		add_string(&out->texts, other->entry->shown);
	if (out->texts.failed)
		return false;
	at = (char *)out->texts.bytes;
	message->text = at;
	message->name = at += strlen(at) + 1;
	message->remark = at += strlen(at) + 1;
	for (size_t i = 0; i < message->n_others; i++)
		out->other_list[i] = at += strlen(at) + 1;
	message->others = out->other_list;
	return true;
}

static bool
fill_paste_entry(struct paste_entry_out *out, const struct plan_entry *entry, size_t position)
{
	Gridvanguard__V1__PasteEntry *message = &out->message;

	gridvanguard__v1__paste_entry__init(message);
	message->position = (uint32_t)position;
	message->action = (Gridvanguard__V1__PasteAction)entry->action;
	message->reason = (Gridvanguard__V1__PasteReason)entry->reason;
	message->match = (Gridvanguard__V1__PasteMatch)entry->match.kind;
	message->people = entry->merged->entry->people;
	message->number = entry->number;
	message->line_people = entry->line_people;
	message->vanishing = entry->merged->vanishing;
	if (!id_is_none(entry->person))
		message->person = id_print(out->person, entry->person);
	fill_candidates(out, &entry->match);
	return fill_paste_texts(out, entry);
}

struct piece *
answer_chat_preview(uint64_t id, const struct chain_plan *plan, uint32_t after, uint32_t count)
{
	Gridvanguard__V1__ChatPreviewResult result = GRIDVANGUARD__V1__CHAT_PREVIEW_RESULT__INIT;
	size_t from = MIN((size_t)after, plan->count), asked = MIN((size_t)count, plan->count - from);
	struct paste_entry_out *out = make_items(asked, sizeof(*out), &result.entries);
	char call[ID_TEXT], *title = text_dup(plan->title), *call_title = text_dup(plan->call_title);
	struct piece *piece = NULL;
	bool filled = out && title && call_title;

	for (size_t i = 0; filled && i < asked; i++)
		filled = fill_paste_entry(&out[i], &plan->entries[from + i], from + i + 1);
	if (filled) {
		result.call = id_print(call, plan->call);
		result.title = title;
		result.call_title = call_title;
		result.other_title = plan->other_title;
		result.copies = (uint32_t)plan->copies;
		result.skipped = (uint32_t)plan->skipped;
		result.vanishing = (uint32_t)plan->vanishing;
		result.n_entries = fit_page((void *const *)result.entries, asked);
		result.more = from + result.n_entries < plan->count;
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAT_PREVIEW, &result);
	}
	for (size_t i = 0; out && i < asked; i++)
		buf_finish(&out[i].texts);
	free(title);
	free(call_title);
	free(out);
	return piece;
}

/* Events. */

static struct piece *
event_with(const struct event *event, Gridvanguard__V1__Event__WhatCase which, void *what)
{
	Gridvanguard__V1__Event message = GRIDVANGUARD__V1__EVENT__INIT;

	message.partition = event->partition;
	message.seq = event->seq;
	message.at_ms = event->at_ms;
	message.what_case = which;
	message.call_changed = what; /* any member: all are pointers to messages */
	return piece_of(FRAME_EVENTS, &message.base);
}

static struct piece *
encode_places(const struct event *event)
{
	Gridvanguard__V1__PlacesChanged changed = GRIDVANGUARD__V1__PLACES_CHANGED__INIT;
	char under[PLACE_TEXT];

	changed.under = place_print(under, event->places.under);
	changed.count = (uint32_t)event->places.count;
	return event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_PLACES_CHANGED, &changed);
}

static struct piece *
encode_call(const struct view *view, const struct event *event)
{
	Gridvanguard__V1__CallChanged changed = GRIDVANGUARD__V1__CALL_CHANGED__INIT;
	const struct call *open = view_call(view, event->call.record.id);
	char *names[CALL_CHANGES];
	struct call_out out;
	struct piece *piece = NULL;

	changed.call = &out.message;
	changed.changed = names;
	changed.n_changed = list_changes(names, event->call.changes);
	if (fill_call(&out, &event->call.record, open ? &open->numbers : &event->call.numbers))
		piece = event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED, &changed);
	call_out_finish(&out);
	return piece;
}

/* The texts of a line stand in the view where an event that was loaded has none. */
static void
lend_texts(struct line_change *line, const struct call *call)
{
	if (line->has_texts && line->texts.len == 0 && call && line->number <= call->line_count)
		line->texts = call->lines[line->number - 1].is.texts;
}

static struct piece *
encode_chain(const struct view *view, const struct event *event)
{
	Gridvanguard__V1__ChainChanged changed = GRIDVANGUARD__V1__CHAIN_CHANGED__INIT;
	const struct call *open = view_call(view, event->chain.call);
	/* Of a call that is not at hand it is not known how names may show. */
	struct telling_lines how = {
		.names = open ? open->record.names : GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE};
	size_t count = event->chain.count;
	struct line_change *lines = malloc((count + 1) * sizeof(*lines));
	struct line_out *out;
	char call[ID_TEXT];
	struct piece *piece = NULL;

	for (size_t i = 0; lines && i < count; i++) {
		lines[i] = event->chain.lines[i];
		lend_texts(&lines[i], open);
	}
	out = lines ? make_lines(view, &how, lines, count, &changed.lines) : NULL;
	if (out) {
		changed.n_lines = count;
		changed.call = id_print(call, event->chain.call);
		changed.late = !id_is_none(event->chain.late_for);
		changed.filled = !place_is_none(event->chain.filled_at);
		piece = event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED, &changed);
		free_lines(out, count);
	}
	free(lines);
	return piece;
}

struct piece *
encode_event(const struct view *view, const struct event *event)
{
	switch (event->kind) {
	case EVENT_PLACES:
		return encode_places(event);
	case EVENT_CALL:
		return encode_call(view, event);
	case EVENT_CHAIN:
		return encode_chain(view, event);
	case EVENT_MEMBER:
	case EVENT_GRANT:
	case EVENT_DEVICE:
	case EVENT_LOST:
		break;
	}
	return NULL;
}
