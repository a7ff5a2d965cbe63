#include "records.h"

#include <stdio.h>

static bool
is_row(const redisReply *reply, size_t columns)
{
	return reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == columns;
}

static bool
parse_u32(uint32_t *out, struct text text)
{
	uint64_t number;

	if (!text_to_u64(&number, text, UINT32_MAX))
		return false;
	*out = (uint32_t)number;
	return true;
}

struct command *
records_read_member(struct id person)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, person.partition, KEY_PERSON, id_print(id, person));
	command_arg(command, TEXT("place"));
	command_arg(command, TEXT("name"));
	command_arg(command, TEXT("organisation"));
	return command;
}

bool
records_parse_member(struct member_record *out, const redisReply *reply)
{
	struct text place;

	if (!is_row(reply, 3))
		return false;
	*out = (struct member_record){
		.name = reply_string(reply->element[1]),
		.organisation = reply_string(reply->element[2]),
	};
	place = reply_string(reply->element[0]);
	return place.len == 0 || place_parse(&out->place, place);
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
	COLUMNS
};

static const char *const call_columns[COLUMNS] = {"state", "place", "author", "posted", "deadline", "need", "limit",
	"title", "body", "meeting", "confirmed", "waiting", "lines"};

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

bool
records_parse_call(struct id id, struct call_record *out, struct call_numbers *numbers, const redisReply *reply)
{
	struct text column[COLUMNS];

	if (!is_row(reply, COLUMNS))
		return false;
	for (size_t i = 0; i < COLUMNS; i++)
		column[i] = reply_string(reply->element[i]);
	*out = (struct call_record){
		.id = id,
		.state = text_equal(column[COLUMN_STATE], TEXT("open")) ? CALL_OPEN : CALL_CLOSED,
		.title = column[COLUMN_TITLE],
		.body = column[COLUMN_BODY],
		.meeting = column[COLUMN_MEETING],
	};
	return place_parse(&out->place, column[COLUMN_PLACE]) && id_parse(&out->author, column[COLUMN_AUTHOR]) &&
	       text_to_u64(&out->posted_ms, column[COLUMN_POSTED], ID_NUMBER_MAX) &&
	       text_to_u64(&out->deadline_ms, column[COLUMN_DEADLINE], ID_NUMBER_MAX) &&
	       parse_u32(&out->need, column[COLUMN_NEED]) && parse_u32(&out->limit, column[COLUMN_LIMIT]) &&
	       parse_u32(&numbers->confirmed, column[COLUMN_CONFIRMED]) &&
	       parse_u32(&numbers->waiting, column[COLUMN_WAITING]) && parse_u32(&numbers->lines, column[COLUMN_LINES]);
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

bool
records_parse_line(struct line_change *out, uint32_t number, struct text packed)
{
	struct text state = text_cut(&packed, '\t');
	struct text person = text_cut(&packed, '\t');
	struct text place = text_cut(&packed, '\t');
	struct text joined = text_cut(&packed, '\t');

	*out = (struct line_change){.number = number};
	return number > 0 && line_state_parse(&out->state, state) && id_parse(&out->person, person) &&
	       place_parse(&out->place, place) && text_to_u64(&out->joined_ms, joined, ID_NUMBER_MAX);
}
