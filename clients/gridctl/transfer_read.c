#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "clock.h"
#include "frame.h"
#include "json_in.h"
#include "lang.h"
#include "memory.h"
#include "packed.h"
#include "pb.h"
#include "recount.h"
#include "transfer.h"
#include "transfer_in.h"

#define IDENTITY_MAX 63

struct known_person {
	uint64_t key;
	UT_hash_handle hh;
};

struct reader {
	const char *path;
	const struct transfer_sink *sink;
	void *context;
	uint64_t line; /* of the file */
	struct place place;
	bool begun, ended;
	struct known_person *persons;
	uint64_t places_seen, persons_seen, calls_seen, lines_seen;
	/* The call whose lines are coming; `recount` NULL: none. */
	struct recount *recount;
	struct findings findings;
	struct call_record call;
	uint64_t call_line; /* where in the file it began */
	uint32_t lines, lines_wanted;
	uint32_t questions;
	struct frame frame;
	struct asked asked;
	char field[JSON_FIELD_MAX];
	bool stopped;
};

static bool
bad(struct reader *reader, const char *field)
{
	if (field != reader->field)
		snprintf(reader->field, sizeof(reader->field), "%s", field);
	return false;
}

static bool
stop_unless(struct reader *reader, bool good)
{
	reader->stopped = !good;
	return good;
}

/* Checked as if it were asked of a hub: reader->asked has it in plain C then. */
static bool
is_good_request(struct reader *reader, Request *request)
{
	Gridvanguard__V1__Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	struct uuid once = uuid_make(clock_wall_ms());
	char field[FIELD_TEXT_MAX];
	uint8_t *bytes;
	size_t len;
	bool good;

	request->id = 1;
	request->once = (ProtobufCBinaryData){sizeof(once.bytes), once.bytes};
	frame.requests = &request;
	frame.n_requests = 1;
	len = gridvanguard__v1__frame__get_packed_size(&frame);
	bytes = or_die(malloc(len));
	gridvanguard__v1__frame__pack(&frame, bytes);
	good = frame_open(&reader->frame, bytes, len) == OK || bad(reader, "");
	good = good && (frame_request(&reader->frame, 0, &reader->asked, field) == OK || bad(reader, field));
	free(bytes);
	return good;
}

static const char *
text_in(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool
knows(struct reader *reader, struct id person)
{
	uint64_t key = id_key(person);
	struct known_person *known;

	HASH_FIND(hh, reader->persons, &key, sizeof(key), known);
	return known;
}

/* The id of a person who came before; "" is none where that may be. */
static bool
person_in(struct reader *reader, const json_t *object, const char *name, bool may_be_none, struct id *out)
{
	const char *text = text_in(object, name);

	*out = (struct id){0};
	if (may_be_none && text[0] == '\0')
		return true;
	return (id_parse(out, text_of(text)) && knows(reader, *out)) || bad(reader, name);
}

/* Kinds. */

static bool
take_header(struct reader *reader, const json_t *object)
{
	if (reader->begun)
		return bad(reader, "kind");
	if (json_integer_value(json_object_get(object, "format")) != TRANSFER_FORMAT)
		return bad(reader, "format");
	reader->begun = place_parse(&reader->place, text_of(text_in(object, "place")));
	return reader->begun || bad(reader, "place");
}

static bool
take_place(struct reader *reader, const json_t *object)
{
	Gridvanguard__V1__PlaceImport body = GRIDVANGUARD__V1__PLACE_IMPORT__INIT;
	Gridvanguard__V1__PlaceRow row = GRIDVANGUARD__V1__PLACE_ROW__INIT, *rows[] = {&row};
	Request request = REQUEST(PLACE_IMPORT, &body);
	struct place place;

	row.code = UNCONST(text_in(object, "code"));
	row.name = UNCONST(text_in(object, "name"));
	body.rows = rows;
	body.n_rows = 1;
	if (!place_parse(&place, text_of(row.code)) ||
		(!place_covers(reader->place, place) && !place_covers(place, reader->place)))
		return bad(reader, "code");
	if (!is_good_request(reader, &request))
		return bad(reader, "name");
	reader->places_seen++;
	return !reader->sink || stop_unless(reader, reader->sink->place(place, text_of(row.name), reader->context));
}

/* "dev:an": a kind and a name. */
static bool
is_identity(struct text identity)
{
	struct text rest = identity, kind = text_cut(&rest, ':');

	for (size_t i = 0; i < identity.len; i++)
		if (identity.data[i] <= ' ' || identity.data[i] == '\x7f')
			return false;
	return kind.len > 0 && rest.len > 0 && identity.len <= IDENTITY_MAX;
}

static bool
is_good_member(struct reader *reader, const json_t *object)
{
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Request request = REQUEST(MEMBER_REGISTER, &body);

	body.place = UNCONST(text_in(object, "place"));
	body.name = UNCONST(text_in(object, "name"));
	body.organisation = UNCONST(text_in(object, "organisation"));
	body.work = UNCONST(text_in(object, "work"));
	return is_good_request(reader, &request) &&
	       (place_covers(reader->place, reader->asked.member_register.place) || bad(reader, "place"));
}

static void
note_person(struct reader *reader, struct id person)
{
	struct known_person *known = or_die(calloc(1, sizeof(*known)));

	known->key = id_key(person);
	HASH_ADD(hh, reader->persons, key, sizeof(known->key), known);
	reader->persons_seen++;
}

static bool
take_person(struct reader *reader, const json_t *object)
{
	struct person_in person = {
		.identity = text_of(text_in(object, "identity")),
		.name = text_of(text_in(object, "name")),
		.organisation = text_of(text_in(object, "organisation")),
		.kind = member_kind_parse(text_of(text_in(object, "kind"))),
	};

	if (!id_parse(&person.person, text_of(text_in(object, "person"))) || knows(reader, person.person))
		return bad(reader, "person");
	if (!is_identity(person.identity))
		return bad(reader, "identity");
	if (text_in(object, "place")[0]) {
		if (!is_good_member(reader, object))
			return false;
		person.place = reader->asked.member_register.place;
		person.work = reader->asked.member_register.work;
	}
	note_person(reader, person.person);
	return !reader->sink || stop_unless(reader, reader->sink->person(&person, reader->context));
}

/* Calls. */

static void
end_recount(struct reader *reader)
{
	if (reader->recount)
		recount_destroy(reader->recount);
	reader->recount = NULL;
}

/* Where a chain breaks a rule, its call is named. */
static bool
end_call(struct reader *reader)
{
	if (!reader->recount)
		return true;
	recount_lines_end(reader->recount);
	if (reader->lines != reader->lines_wanted || reader->findings.count > 0) {
		if (reader->lines == reader->lines_wanted)
			snprintf(reader->field, sizeof(reader->field), "%s", reader->findings.items[0].about);
		else
			snprintf(reader->field, sizeof(reader->field), "lines");
		reader->line = reader->call_line;
		end_recount(reader);
		return false;
	}
	end_recount(reader);
	return !reader->sink || stop_unless(reader, reader->sink->call_end(reader->lines, reader->context));
}

/* The words that are only there once a call was cancelled, or thanked for. */
static bool
are_good_words(struct reader *reader, const Gridvanguard__V1__Call *call)
{
	Gridvanguard__V1__CallCancel cancel = GRIDVANGUARD__V1__CALL_CANCEL__INIT;
	Gridvanguard__V1__CallThank thank = GRIDVANGUARD__V1__CALL_THANK__INIT;
	Request cancelling = REQUEST(CALL_CANCEL, &cancel), thanking = REQUEST(CALL_THANK, &thank);

	cancel.call = thank.call = call->id;
	cancel.reason = call->reason;
	thank.text = call->thanks;
	if (call->reason[0] && !is_good_request(reader, &cancelling))
		return bad(reader, "reason");
	return !call->thanks[0] || is_good_request(reader, &thanking) || bad(reader, "thanks");
}

static bool
is_good_post(struct reader *reader, const Gridvanguard__V1__Call *call)
{
	Gridvanguard__V1__CallPost body = GRIDVANGUARD__V1__CALL_POST__INIT;
	Request request = REQUEST(CALL_POST, &body);

	body.place = call->place;
	body.title = call->title;
	body.body = call->body;
	body.meeting = call->meeting;
	body.need = call->need;
	body.limit = call->limit;
	body.deadline_ms = call->deadline_ms;
	body.bring = call->bring;
	body.starts_ms = call->starts_ms;
	body.ends_ms = call->ends_ms;
	body.names = call->names;
	body.window_minutes = call->window_minutes;
	body.grant_minutes = call->grant_minutes;
	body.slots = call->slots;
	body.n_slots = call->n_slots;
	body.questions = call->questions;
	body.n_questions = call->n_questions;
	return is_good_request(reader, &request) &&
	       (place_covers(reader->place, reader->asked.call_post.place) || bad(reader, "place"));
}

/* For the recount: what of the record the lines must agree with. */
static void
begin_recount(struct reader *reader, const Gridvanguard__V1__Call *call, const struct call_in *in)
{
	struct call_numbers numbers = {call->confirmed, call->waiting, call->lines, {{0}}};

	reader->call = (struct call_record){.id = in->id,
		.state = in->state,
		.place = in->post->place,
		.author = in->author,
		.limit = call->limit,
		.slot_count = (uint32_t)call->n_slots};
	for (size_t i = 0; i < call->n_slots; i++) {
		reader->call.slots[i].limit = call->slots[i]->limit;
		numbers.slots[i] = (struct counted){call->slots[i]->confirmed, call->slots[i]->waiting};
	}
	reader->findings = (struct findings){.count = 0};
	reader->recount = or_die(recount_create(in->id, &reader->call, &numbers, &reader->findings));
	reader->call_line = reader->line;
	reader->lines = 0;
	reader->lines_wanted = call->lines;
	reader->questions = (uint32_t)call->n_questions;
}

static bool
check_call(struct reader *reader, const json_t *object, const Gridvanguard__V1__Call *call)
{
	struct call_in in = {.origin = text_of(text_in(object, "origin")),
		.state = (enum call_state)call->state,
		.posted_ms = call->posted_ms,
		.reason = text_of(call->reason),
		.thanks = text_of(call->thanks)};

	if (!id_parse(&in.id, text_of(call->id)))
		return bad(reader, "id");
	if (in.origin.len == 0 || in.origin.len >= ORIGIN_TEXT)
		return bad(reader, "origin");
	if (in.state == CALL_NONE)
		return bad(reader, "state");
	if (in.posted_ms == 0 || in.posted_ms > ID_NUMBER_MAX)
		return bad(reader, "posted_ms");
	if (!person_in(reader, object, "author", false, &in.author) || !are_good_words(reader, call) ||
		!is_good_post(reader, call))
		return false;
	in.post = &reader->asked.call_post;
	reader->calls_seen++;
	begin_recount(reader, call, &in);
	return !reader->sink || stop_unless(reader, reader->sink->call(&in, reader->context));
}

static bool
take_call(struct reader *reader, const json_t *object)
{
	Gridvanguard__V1__Call call = GRIDVANGUARD__V1__CALL__INIT;
	bool good = message_of_json(&call.base, object, reader->field) && check_call(reader, object, &call);

	message_finish(&call.base);
	return good;
}

/* Lines. */

/* As if he signed up: name, remark and answers, people and slot. */
static bool
is_good_join(struct reader *reader, const Gridvanguard__V1__Line *line)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);
	char id[ID_TEXT];

	body.call = id_print(id, reader->call.id);
	body.slot = line->slot;
	body.people = line->people;
	body.remark = line->remark;
	body.answers = line->answers;
	body.n_answers = line->n_answers;
	body.person = line->person;
	body.name = line->person[0] ? body.name : line->name;
	return (line->n_answers <= reader->questions || bad(reader, "answers")) && is_good_request(reader, &request);
}

/* As the functions write it, for the recount. */
static void
columns_of(char out[256], const struct line_change *change)
{
	char person[ID_TEXT] = "", by[ID_TEXT] = "", place[PLACE_TEXT];

	if (!id_is_none(change->person))
		id_print(person, change->person);
	if (!id_is_none(change->by))
		id_print(by, change->by);
	snprintf(out, 256, "%s\t%s\t%s\t%" PRIu64 "\t%u\t%u\t%s\t%" PRIu64 "\t%" PRIu64 "\t%u\t%" PRIu64,
		line_state_name(change->state), person, place_print(place, change->place), change->joined_ms,
		change->slot, change->people, by, change->present_ms, change->left_ms, change->granted_minutes,
		change->until_ms);
}

static bool
give_line(struct reader *reader, struct line_change *change, const Gridvanguard__V1__Line *line)
{
	const struct chain_join *join = &reader->asked.chain_join;
	struct buf texts = {0};
	char columns[256], number[16];
	bool good = true;

	pack_line_texts(&texts, join->name, join->remark, &join->answers);
	change->texts = buf_text(&texts);
	change->has_texts = texts.len > 0;
	snprintf(number, sizeof(number), "%u", line->number);
	columns_of(columns, change);
	recount_line(reader->recount, text_of(number), text_of(columns));
	reader->lines++;
	reader->lines_seen++;
	if (reader->sink)
		good = stop_unless(reader, reader->sink->line(change, reader->context));
	buf_finish(&texts);
	return good;
}

/* No more than a hub can read again (line_change_parse), or than is ever granted. */
static bool
are_good_numbers(struct reader *reader, const Gridvanguard__V1__Line *line)
{
	const struct {
		const char *name;
		uint64_t value, least, most;
	} numbers[] = {{"joined_ms", line->joined_ms, 1, ID_NUMBER_MAX}, {"slot", line->slot, 0, SLOTS_MAX},
		{"people", line->people, 0, UINT16_MAX}, {"present_ms", line->present_ms, 0, ID_NUMBER_MAX},
		{"left_ms", line->left_ms, 0, ID_NUMBER_MAX},
		{"granted_minutes", line->granted_minutes, 0, GRANTED_MAX},
		{"until_ms", line->until_ms, 0, ID_NUMBER_MAX}};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i].value < numbers[i].least || numbers[i].value > numbers[i].most)
			return bad(reader, numbers[i].name);
	return line->left_ms == 0 || line->left_ms >= line->present_ms || bad(reader, "left_ms");
}

static bool
check_line(struct reader *reader, const json_t *object, const Gridvanguard__V1__Line *line)
{
	struct line_change change = {
		.number = line->number,
		.state = (enum line_state)line->state,
		.joined_ms = line->joined_ms,
		.slot = line->slot,
		.people = MAX(line->people, 1U),
		.present_ms = line->present_ms,
		.left_ms = line->left_ms,
		.granted_minutes = line->granted_minutes,
		.until_ms = line->until_ms,
	};

	if (!reader->recount)
		return bad(reader, "kind");
	if (line->number != reader->lines + 1)
		return bad(reader, "number");
	if (change.state == LINE_NONE)
		return bad(reader, "state");
	if (!place_parse(&change.place, text_of(line->place)) || !place_covers(reader->call.place, change.place))
		return bad(reader, "place");
	if (!are_good_numbers(reader, line) || !person_in(reader, object, "person", true, &change.person) ||
		!person_in(reader, object, "by", true, &change.by) || !is_good_join(reader, line))
		return false;
	return give_line(reader, &change, line);
}

static bool
take_line(struct reader *reader, const json_t *object)
{
	Gridvanguard__V1__Line line = GRIDVANGUARD__V1__LINE__INIT;
	bool good = message_of_json(&line.base, object, reader->field) && check_line(reader, object, &line);

	message_finish(&line.base);
	return good;
}

/* That nothing is missing. */
static bool
take_end(struct reader *reader, const json_t *object)
{
	const struct {
		const char *name;
		uint64_t seen;
	} counts[] = {{"places", reader->places_seen}, {"persons", reader->persons_seen}, {"calls", reader->calls_seen},
		{"lines", reader->lines_seen}};

	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		if (!json_is_integer(json_object_get(object, counts[i].name)) ||
			(uint64_t)json_integer_value(json_object_get(object, counts[i].name)) != counts[i].seen)
			return bad(reader, counts[i].name);
	reader->ended = true;
	return true;
}

/* The whole. */

static bool
take(struct reader *reader, const json_t *object)
{
	static const struct {
		const char *kind;
		bool (*take)(struct reader *reader, const json_t *object);
	} kinds[] = {{"header", take_header}, {"place", take_place}, {"person", take_person}, {"call", take_call},
		{"line", take_line}, {"end", take_end}};
	const char *kind = text_in(object, "kind");

	if (reader->ended || (!reader->begun && strcmp(kind, "header") != 0))
		return bad(reader, "kind");
	if (strcmp(kind, "line") != 0 && !end_call(reader))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			return kinds[i].take(reader, object);
	return bad(reader, "kind");
}

static bool
read_lines(struct reader *reader, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	bool good = true;

	while (good && (len = getline(&text, &room, file)) > 0) {
		json_t *object = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES, NULL);
		reader->line++;
		good = json_is_object(object) ? take(reader, object) : bad(reader, "JSON");
		json_decref(object);
	}
	free(text);
	return good && (reader->ended || bad(reader, "end"));
}

static void
finish(struct reader *reader)
{
	struct known_person *known, *next;

	HASH_ITER (hh, reader->persons, known, next) {
		HASH_DEL(reader->persons, known);
		free(known);
	}
	end_recount(reader);
	frame_finish(&reader->frame);
}

enum transfer_end
transfer_read(const char *path, const struct transfer_sink *sink, void *context)
{
	struct reader *reader = or_die(calloc(1, sizeof(*reader)));
	FILE *file = fopen(path, "r");
	enum transfer_end end = TRANSFER_WHOLE;

	*reader = (struct reader){.path = path, .sink = sink, .context = context};
	frame_init(&reader->frame);
	if (!file) {
		fprintf(stderr, "gridctl: %s: %s\n", path, strerror(errno));
		end = TRANSFER_BAD;
	} else if (!read_lines(reader, file)) {
		end = reader->stopped ? TRANSFER_STOPPED : TRANSFER_BAD;
		if (end == TRANSFER_BAD)
			fprintf(stderr,
				T("gridctl: %s:%" PRIu64 ": refused: %s\n", "gridctl: %s:%" PRIu64 "：拒绝：%s\n"),
				path, reader->line, reader->field);
	}
	if (file)
		fclose(file);
	finish(reader);
	free(reader);
	return end;
}
