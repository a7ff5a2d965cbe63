#include "records.h"

#include <stdio.h>

static bool
is_row(const redisReply *reply, size_t columns)
{
	return reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == columns;
}

/* In the order of person_columns; those in front are a member's. */
enum person_column {
	PERSON_PLACE,
	PERSON_WORK,
	PERSON_KIND,
	PERSON_NAME,
	PERSON_ORGANISATION,
	MEMBER_COLUMNS,
	PERSON_IDENTITY = MEMBER_COLUMNS,
	PERSON_OPENID,
	PERSON_PHONE,
	PERSON_SEALED,
	PERSON_REFUSED,
	PERSON_MOVED,
	PERSON_ASKED,
	PERSON_CONSENT,
	PERSON_ERASED,
	PERSON_COLUMNS
};

static const char *const person_columns[PERSON_COLUMNS] = {"place", "work", "kind", "name", "organisation", "identity",
	"openid", "phone", "sealed", "refused", "moved", "asked", "consent", "erased"};

static struct command *
read_columns(struct id person, size_t count)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, person.partition, KEY_PERSON, id_print(id, person));
	for (size_t i = 0; i < count; i++)
		command_arg(command, text_of(person_columns[i]));
	return command;
}

static bool
parse_optional_place(struct place *out, struct text text)
{
	return text.len == 0 || place_parse(out, text);
}

static bool
parse_optional_id(struct id *out, struct text text)
{
	return text.len == 0 || id_parse(out, text);
}

/* `reply` may have more columns. */
static bool
parse_member(struct member_record *out, const redisReply *reply)
{
	*out = (struct member_record){
		.kind = member_kind_parse(reply_string(reply->element[PERSON_KIND])),
		.name = reply_string(reply->element[PERSON_NAME]),
		.organisation = reply_string(reply->element[PERSON_ORGANISATION]),
	};
	return parse_optional_place(&out->place, reply_string(reply->element[PERSON_PLACE])) &&
	       parse_optional_place(&out->work, reply_string(reply->element[PERSON_WORK]));
}

struct command *
records_read_member(struct id person)
{
	return read_columns(person, MEMBER_COLUMNS);
}

bool
records_parse_member(struct member_record *out, const redisReply *reply)
{
	return is_row(reply, MEMBER_COLUMNS) && parse_member(out, reply);
}

/* "register<tab>140105007004001<tab>volunteer<tab><tab>1649761200000<tab><tab>", as functions/member.lua writes it. */
static bool
parse_asked(struct person_record *out, struct text text)
{
	if (text.len == 0)
		return true;
	return asked_what_parse(&out->asked.what, text_cut(&text, '\t')) &&
	       place_parse(&out->asked.place, text_cut(&text, '\t')) &&
	       (out->asked.kind = member_kind_parse(text_cut(&text, '\t')), true) &&
	       parse_optional_place(&out->asked.work, text_cut(&text, '\t')) &&
	       text_to_u64(&out->asked.at_ms, text_cut(&text, '\t'), ID_NUMBER_MAX) &&
	       parse_optional_id(&out->asked.other, text_cut(&text, '\t')) && (out->asked.phone = text, true);
}

struct command *
records_read_person(struct id person)
{
	return read_columns(person, PERSON_COLUMNS);
}

bool
records_parse_person(struct person_record *out, const redisReply *reply)
{
	if (!is_row(reply, PERSON_COLUMNS))
		return false;
	*out = (struct person_record){
		.identity = reply_string(reply->element[PERSON_IDENTITY]),
		.openid = reply_string(reply->element[PERSON_OPENID]),
		.phone = reply_string(reply->element[PERSON_PHONE]),
		.sealed = reply_string(reply->element[PERSON_SEALED]),
		.refused = reply_string(reply->element[PERSON_REFUSED]),
		.consent = reply_string(reply->element[PERSON_CONSENT]),
		.is_erased = reply->element[PERSON_ERASED]->type == REDIS_REPLY_STRING,
		.is_refused = reply->element[PERSON_REFUSED]->type == REDIS_REPLY_STRING,
	};
	return parse_member(&out->member, reply) &&
	       parse_optional_id(&out->moved, reply_string(reply->element[PERSON_MOVED])) &&
	       parse_asked(out, reply_string(reply->element[PERSON_ASKED]));
}

struct command *
records_read_grants(struct id person)
{
	struct command *command = command_create("HGETALL");
	char id[ID_TEXT];

	command_key(command, person.partition, KEY_PERSON_GRANTS, id_print(id, person));
	return command;
}

bool
records_parse_grant(struct grant *out, struct text field, struct text value)
{
	struct text role = text_cut(&field, ' ');

	*out = (struct grant){0};
	return role_parse(&out->role, role) && (field.len == 0 || place_parse(&out->place, field)) &&
	       text_to_u64(&out->until_ms, text_cut(&value, '\t'), ID_NUMBER_MAX);
}

/* In the order of call_columns. */
enum call_column {
	COLUMN_STATE,
	COLUMN_PLACE,
	COLUMN_AUTHOR,
	COLUMN_POSTED,
	COLUMN_DEADLINE,
	COLUMN_NEED,
	COLUMN_LIMIT,
	COLUMN_TITLE,
	COLUMN_BODY,
	COLUMN_MEETING,
	COLUMN_CONFIRMED,
	COLUMN_WAITING,
	COLUMN_LINES,
	COLUMN_BRING,
	COLUMN_QUESTIONS,
	COLUMN_REASON,
	COLUMN_THANKS,
	COLUMN_STARTS,
	COLUMN_ENDS,
	COLUMN_NAMES,
	COLUMN_WINDOW,
	COLUMN_GRANT,
	COLUMN_EDITION,
	COLUMN_FORGOTTEN,
	COLUMN_SLOTS,
	COLUMN_SLOT_1,
	COLUMNS = COLUMN_SLOT_1 + SLOTS_MAX
};

static const char *const call_columns[COLUMNS] = {"state", "place", "author", "posted", "deadline", "need", "limit",
	"title", "body", "meeting", "confirmed", "waiting", "lines", "bring", "questions", "reason", "thanks", "starts",
	"ends", "names", "window", "grant", "edition", "forgotten", "slots", "slot1", "slot2", "slot3", "slot4",
	"slot5", "slot6", "slot7", "slot8", "slot9", "slot10", "slot11", "slot12", "slot13", "slot14", "slot15",
	"slot16"};

struct command *
records_read_call(struct id call)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, call.partition, KEY_CALL, id_print(id, call));
	for (size_t i = 0; i < COLUMNS; i++)
		command_arg(command, text_of(call_columns[i]));
	return command;
}

struct command *
records_read_template(struct place place, struct text name)
{
	struct command *command = command_create("HMGET");
	char code[PLACE_TEXT], field[TEMPLATE_NAME_BYTES + 16];

	command_key(command, place_partition(place), KEY_TEMPLATE, place_print(code, place));
	for (size_t i = 0; i < COLUMNS; i++) {
		int len = snprintf(field, sizeof(field), "%.*s\t%s", (int)name.len, name.data, call_columns[i]);
		command_arg(command, (struct text){field, (size_t)len});
	}
	return command;
}

struct command *
records_read_templates(struct place place)
{
	struct command *command = command_create("ZRANGE");
	char code[PLACE_TEXT];

	command_key(command, place_partition(place), KEY_TEMPLATES, place_print(code, place));
	command_arg(command, TEXT("0"));
	command_arg(command, TEXT("-1"));
	return command;
}

/* "label<tab>starts<tab>ends<tab>need<tab>limit<tab>confirmed<tab>waiting", in the order of SLOT in lines.lua. The
 * label gets its NUL where the tab stood. */
static bool
parse_slot(struct slot *out, struct counted *counted, const redisReply *reply)
{
	struct text rest = reply_string(reply);

	out->label = text_cut(&rest, '\t');
	if (out->label.len < reply->len)
		reply->str[out->label.len] = '\0';
	return text_to_u64(&out->starts_ms, text_cut(&rest, '\t'), ID_NUMBER_MAX) &&
	       text_to_u64(&out->ends_ms, text_cut(&rest, '\t'), ID_NUMBER_MAX) &&
	       text_to_u32(&out->need, text_cut(&rest, '\t')) && text_to_u32(&out->limit, text_cut(&rest, '\t')) &&
	       text_to_u32(&counted->confirmed, text_cut(&rest, '\t')) && text_to_u32(&counted->waiting, rest);
}

static bool
parse_slots(struct call_record *out, struct call_numbers *numbers, const redisReply *reply)
{
	if (!text_to_u32(&out->slot_count, reply_string(reply->element[COLUMN_SLOTS])) || out->slot_count > SLOTS_MAX)
		return false;
	for (uint32_t i = 0; i < out->slot_count; i++)
		if (!parse_slot(&out->slots[i], &numbers->slots[i], reply->element[COLUMN_SLOT_1 + i]))
			return false;
	return true;
}

bool
records_parse_call(struct id id, struct call_record *out, struct call_numbers *numbers, const redisReply *reply)
{
	struct text column[COLUMNS];

	if (!is_row(reply, COLUMNS))
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		column[i] = reply_string(reply->element[i]);
	*numbers = (struct call_numbers){0};
	*out = (struct call_record){
		.id = id,
		.title = column[COLUMN_TITLE],
		.body = column[COLUMN_BODY],
		.meeting = column[COLUMN_MEETING],
		.bring = column[COLUMN_BRING],
		.questions = column[COLUMN_QUESTIONS],
		.reason = column[COLUMN_REASON],
		.forgotten = column[COLUMN_FORGOTTEN].len > 0,
		.thanks = column[COLUMN_THANKS],
	};
	return call_state_parse(&out->state, column[COLUMN_STATE]) && place_parse(&out->place, column[COLUMN_PLACE]) &&
	       id_parse(&out->author, column[COLUMN_AUTHOR]) &&
	       text_to_u64(&out->posted_ms, column[COLUMN_POSTED], ID_NUMBER_MAX) &&
	       text_to_u64(&out->deadline_ms, column[COLUMN_DEADLINE], ID_NUMBER_MAX) &&
	       text_to_u64(&out->starts_ms, column[COLUMN_STARTS], ID_NUMBER_MAX) &&
	       text_to_u64(&out->ends_ms, column[COLUMN_ENDS], ID_NUMBER_MAX) &&
	       text_to_u32(&out->need, column[COLUMN_NEED]) && text_to_u32(&out->limit, column[COLUMN_LIMIT]) &&
	       text_to_u32(&out->names, column[COLUMN_NAMES]) &&
	       text_to_u32(&out->window_minutes, column[COLUMN_WINDOW]) &&
	       text_to_u32(&out->grant_minutes, column[COLUMN_GRANT]) &&
	       text_to_u32(&out->edition, column[COLUMN_EDITION]) &&
	       text_to_u32(&numbers->confirmed, column[COLUMN_CONFIRMED]) &&
	       text_to_u32(&numbers->waiting, column[COLUMN_WAITING]) &&
	       text_to_u32(&numbers->lines, column[COLUMN_LINES]) && parse_slots(out, numbers, reply);
}

struct command *
records_read_places(uint8_t partition, struct text codes)
{
	struct command *command = command_create("HMGET");

	command_key(command, partition, KEY_PLACES);
	while (codes.len > 0)
		command_arg(command, text_cut(&codes, ','));
	return command;
}

struct command *
records_read_lines(struct id call, uint32_t first, uint32_t last)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, call.partition, KEY_CALL_LINES, id_print(id, call));
	for (uint32_t number = first; number <= last; number++)
		command_arg_u64(command, number);
	return command;
}

struct command *
records_read_line_texts(struct id call, const struct line_change *lines, size_t count)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, call.partition, KEY_CALL_TEXTS, id_print(id, call));
	for (size_t i = 0; i < count; i++)
		if (lines[i].has_texts)
			command_arg_u64(command, lines[i].number);
	return command;
}

struct command *
records_read_due(uint8_t partition, uint64_t by_ms)
{
	struct command *command = command_create("ZRANGEBYSCORE");

	command_key(command, partition, KEY_DUE);
	command_arg(command, TEXT("-inf"));
	command_arg_u64(command, by_ms);
	command_arg(command, TEXT("LIMIT"));
	command_arg(command, TEXT("0"));
	command_arg_u64(command, RECORDS_TEXTS_MAX);
	return command;
}

struct command *
records_read_log(uint8_t partition, const char *from)
{
	struct command *command = command_create("XRANGE");

	command_key(command, partition, KEY_LOG);
	command_arg(command, text_of(from));
	command_arg(command, TEXT("+"));
	command_arg(command, TEXT("COUNT"));
	command_arg(command, TEXT("500"));
	return command;
}

struct command *
records_read_marks(uint8_t partition)
{
	struct command *command = command_create("HGETALL"); /* of at most 16 fields */

	command_key(command, partition, KEY_RELAY);
	return command;
}

struct command *
records_read_once(uint8_t partition, struct id person, const struct uuid *once)
{
	struct command *command = command_create("EXISTS");
	char id[ID_TEXT], uuid[UUID_TEXT];

	command_key(command, partition, KEY_ONCE, id_print(id, person), uuid_print(uuid, once));
	return command;
}
