/* transfer_out.c - gridctl export: the records of a place out of the data, while it is used.
 *
 * A call is read between two looks at its version, and again if that has moved; what happens to others meanwhile may be
 * in it or not. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

#include "answers.h"
#include "clock.h"
#include "direct_call.h"
#include "direct.h"
#include "keys.h"
#include "memory.h"
#include "tool.h"
#include "transfer.h"

#define TRIES    10
#define PAUSE_US 50000

struct known_person {
	uint64_t key;
	UT_hash_handle hh;
};

struct line_read {
	struct line_change change;
	char *texts; /* NULL: none */
};

struct transfer_out {
	struct tool *tool;
	struct direct redis;
	struct place place;
	FILE *file;
	struct known_person *told; /* persons that are in the file */
	struct id *list;           /* of the partition: persons, or calls */
	size_t list_count, list_room;
	struct place *places;
	char **names;
	size_t place_count, place_room;
	struct line_read *lines; /* of the call */
	size_t line_count, line_room;
	uint64_t places_told, persons_told, calls_told, lines_told;
	bool knows_place;
	bool failed;
	char missing[128]; /* whose record is, and who names him; "": nobody's */
};

static void
write_line(struct transfer_out *out, const char *kind, json_t *object)
{
	json_object_set_new(object, "kind", json_string(kind));
	out->failed = out->failed || json_dumpf(object, out->file, JSON_COMPACT) != 0 || fputc('\n', out->file) == EOF;
	json_decref(object);
}

/* Places. */

static void
on_places(const redisReply *items, void *context)
{
	struct transfer_out *out = context;
	struct place place;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		if (!place_parse(&place, reply_string(items->element[i])) ||
			(!place_covers(out->place, place) && !place_covers(place, out->place)))
			continue;
		if (out->place_count == out->place_room) {
			out->place_room = out->place_room ? out->place_room * 2 : 256;
			out->places = or_die(reallocarray(out->places, out->place_room, sizeof(*out->places)));
			out->names = or_die(reallocarray(out->names, out->place_room, sizeof(*out->names)));
		}
		out->places[out->place_count] = place;
		out->names[out->place_count++] = or_die(text_dup(reply_string(items->element[i + 1])));
	}
}

static bool
walk(struct transfer_out *out, const char *name, uint8_t partition, const char *key, direct_page *page)
{
	return direct_scan(&out->redis, name, partition, key, page, out);
}

static int
by_place(const void *left, const void *right, void *context)
{
	const struct transfer_out *out = context;
	const struct place *a = &out->places[*(const size_t *)left], *b = &out->places[*(const size_t *)right];

	if (a->digits != b->digits)
		return a->digits < b->digits ? -1 : 1;
	return place_compare(*a, *b);
}

/* By level, so that each is behind the one above it; SCAN may give one twice. */
static void
write_places(struct transfer_out *out)
{
	size_t *order = or_die(calloc(out->place_count + 1, sizeof(*order)));
	char code[PLACE_TEXT];

	for (size_t i = 0; i < out->place_count; i++)
		order[i] = i;
	qsort_r(order, out->place_count, sizeof(*order), by_place, out);
	for (size_t i = 0; i < out->place_count; i++) {
		if (i > 0 && by_place(&order[i - 1], &order[i], out) == 0)
			continue;
		out->knows_place = out->knows_place || place_equal(out->places[order[i]], out->place);
		write_line(out, "place",
			json_pack("{s:s, s:s}", "code", place_print(code, out->places[order[i]]), "name",
				out->names[order[i]]));
		out->places_told++;
	}
	free(order);
}

static bool
export_places(struct transfer_out *out)
{
	for (uint8_t i = 0; i < PARTITIONS; i++)
		if (!walk(out, "HSCAN", i, KEY_PLACES, on_places))
			return false;
	write_places(out);
	return out->knows_place;
}

/* Persons. */

static struct command *
ask_for_person(struct id person)
{
	static const char *const fields[] = {
		"identity", "place", "name", "organisation", "kind", "work", "created", "erased"};
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, person.partition, KEY_PERSON, id_print(id, person));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		command_arg(command, text_of(fields[i]));
	return command;
}

static bool
is_told(struct transfer_out *out, struct id person)
{
	uint64_t key = id_key(person);
	struct known_person *known;

	HASH_FIND(hh, out->told, &key, sizeof(key), known);
	if (known)
		return true;
	known = or_die(calloc(1, sizeof(*known)));
	known->key = key;
	HASH_ADD(hh, out->told, key, sizeof(known->key), known);
	return false;
}

/* A call (line 0), or a line of it, that names somebody. */
struct naming {
	struct id call;
	uint32_t line;
};

/* No import would take it. */
static bool
fail_missing(struct transfer_out *out, struct id person, const struct naming *by)
{
	char id[ID_TEXT], call[ID_TEXT];

	id_print(id, person);
	id_print(call, by->call);
	if (by->line == 0)
		snprintf(out->missing, sizeof(out->missing),
			T("call %s: its author %s has no record", "召集 %s：发起人 %s 没有档案"), call, id);
	else
		snprintf(out->missing, sizeof(out->missing),
			T("call %s, line %u: person %s has no record", "召集 %s 第 %u 行：人员 %s 没有档案"), call,
			by->line, id);
	return false;
}

/* Who was erased has none any more, and gets one by which nobody logs in. `room` may be used for it. */
static const char *
identity_of(char room[96], struct id person, const redisReply *row)
{
	char id[ID_TEXT];

	if (reply_string(row->element[7]).len == 0)
		return reply_string(row->element[0]).data;
	snprintf(room, 96, "erased:%s@%.20s", id_print(id, person), reply_string(row->element[6]).data);
	return room;
}

/* As a Member of the proto; of his place and his place of work what lies within the place. */
static void
write_person(struct transfer_out *out, struct id person, const redisReply *row, bool within)
{
	struct text work = reply_string(row->element[5]);
	enum member_kind kind = member_kind_parse(reply_string(row->element[4]));
	struct place place;
	char id[ID_TEXT], identity[96];

	if (!within || !place_parse(&place, work) || !place_covers(out->place, place))
		work = TEXT("");
	write_line(out, "person",
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "person", id_print(id, person), "identity",
			identity_of(identity, person, row), "place", within ? reply_string(row->element[1]).data : "",
			"name", reply_string(row->element[2]).data, "organisation", reply_string(row->element[3]).data,
			"kind", member_kind_name(kind), "work", work.data));
	out->persons_told++;
}

/* `by`: that names him, wherever he is registered; it is told where only within the place. NULL: nobody does. */
static bool
export_person(struct transfer_out *out, struct id person, const struct naming *by)
{
	redisReply *row;
	struct place place;
	bool within;

	if (id_is_none(person))
		return true;
	row = direct_ask(&out->redis, ask_for_person(person));
	if (!row || row->type != REDIS_REPLY_ARRAY) {
		freeReplyObject(row);
		return false;
	}
	if (by && reply_string(row->element[0]).len == 0 && reply_string(row->element[7]).len == 0) {
		freeReplyObject(row);
		return fail_missing(out, person, by);
	}
	within = place_parse(&place, reply_string(row->element[1])) && place_covers(out->place, place);
	if ((within || by) && !is_told(out, person))
		write_person(out, person, row, within);
	freeReplyObject(row);
	return true;
}

static void
add_to_list(struct transfer_out *out, const redisReply *text)
{
	struct id id;

	if (!id_parse(&id, reply_string(text)))
		return;
	if (out->list_count == out->list_room) {
		out->list_room = out->list_room ? out->list_room * 2 : 256;
		out->list = or_die(reallocarray(out->list, out->list_room, sizeof(*out->list)));
	}
	out->list[out->list_count++] = id;
}

static void
on_persons(const redisReply *items, void *context)
{
	for (size_t i = 0; i < items->elements; i++)
		add_to_list(context, items->element[i]);
}

static bool
export_members(struct transfer_out *out, uint8_t partition)
{
	out->list_count = 0;
	if (!walk(out, "SSCAN", partition, KEY_PERSONS, on_persons))
		return false;
	for (size_t i = 0; i < out->list_count; i++)
		if (!export_person(out, out->list[i], NULL))
			return false;
	return true;
}

/* Calls. */

static struct command *
read_field(struct id call, const char *field)
{
	struct command *command = command_create("HGET");
	char id[ID_TEXT];

	command_key(command, call.partition, KEY_CALL, id_print(id, call));
	command_arg(command, text_of(field));
	return command;
}

static void
forget_lines(struct transfer_out *out)
{
	for (size_t i = 0; i < out->line_count; i++)
		free(out->lines[i].texts);
	out->line_count = 0;
}

static void
on_lines(const redisReply *items, void *context)
{
	struct transfer_out *out = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct line_read line = {.texts = NULL};
		uint32_t number;
		if (!text_to_u32(&number, reply_string(items->element[i])) ||
			!line_change_parse(&line.change, number, reply_string(items->element[i + 1]), '\t'))
			continue; /* an audit names it, and the numbers have a gap */
		if (out->line_count == out->line_room) {
			out->line_room = out->line_room ? out->line_room * 2 : 256;
			out->lines = or_die(reallocarray(out->lines, out->line_room, sizeof(*out->lines)));
		}
		out->lines[out->line_count++] = line;
	}
}

static int
by_number(const void *left, const void *right)
{
	const struct line_read *a = left, *b = right;

	return (a->change.number > b->change.number) - (a->change.number < b->change.number);
}

static void
sort_lines(struct transfer_out *out)
{
	size_t kept = 0;

	if (out->line_count > 0)
		qsort(out->lines, out->line_count, sizeof(*out->lines), by_number);
	for (size_t i = 0; i < out->line_count; i++)
		if (kept == 0 || out->lines[kept - 1].change.number != out->lines[i].change.number)
			out->lines[kept++] = out->lines[i];
	out->line_count = kept;
}

static void
on_texts(const redisReply *items, void *context)
{
	struct transfer_out *out = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct line_read wanted = {.texts = NULL}, *line;
		if (!text_to_u32(&wanted.change.number, reply_string(items->element[i])))
			continue;
		line = bsearch(&wanted, out->lines, out->line_count, sizeof(*out->lines), by_number);
		if (!line || line->texts)
			continue;
		line->texts = or_die(text_dup(reply_string(items->element[i + 1])));
	}
}

static bool
read_chain(struct transfer_out *out, struct id call)
{
	char lines[64], texts[64], id[ID_TEXT];

	forget_lines(out);
	snprintf(lines, sizeof(lines), KEY_CALL_LINES, id_print(id, call));
	snprintf(texts, sizeof(texts), KEY_CALL_TEXTS, id);
	if (!walk(out, "HSCAN", call.partition, lines, on_lines))
		return false;
	sort_lines(out);
	return walk(out, "HSCAN", call.partition, texts, on_texts);
}

static json_t *
json_of_call(const struct call_record *record, const struct call_numbers *numbers)
{
	struct piece *piece = or_die(answer_call_show(1, record, numbers));
	Gridvanguard__V1__Frame *frame = or_die(gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes));
	json_t *object = json_of(&frame->answers[0]->call_show->call->base);

	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	return object;
}

static json_t *
json_of_line(const struct line_read *read)
{
	Gridvanguard__V1__Line line = GRIDVANGUARD__V1__LINE__INIT;
	char person[ID_TEXT] = "", by[ID_TEXT] = "", place[PLACE_TEXT], *answers[16], *rest = read->texts;
	const struct line_change *change = &read->change;

	line.number = change->number;
	line.state = (Gridvanguard__V1__LineState)change->state;
	line.person = id_is_none(change->person) ? person : id_print(person, change->person);
	line.by = id_is_none(change->by) ? by : id_print(by, change->by);
	line.place = place_print(place, change->place);
	line.joined_ms = change->joined_ms;
	line.slot = change->slot;
	line.people = change->people;
	line.present_ms = change->present_ms;
	line.left_ms = change->left_ms;
	line.granted_minutes = change->granted_minutes;
	line.until_ms = change->until_ms;
	if (rest) {
		line.name = strsep(&rest, "\t");
		line.remark = rest ? strsep(&rest, "\t") : line.remark;
		line.answers = answers;
		while (rest && line.n_answers < ARRAY_LEN(answers))
			answers[line.n_answers++] = strsep(&rest, "\t");
	}
	return json_of(&line.base);
}

static bool
export_persons_of(struct transfer_out *out, const struct call_record *record)
{
	struct naming by = {.call = record->id};
	bool good = export_person(out, record->author, &by);

	for (size_t i = 0; good && i < out->line_count; i++) {
		by.line = out->lines[i].change.number;
		good = export_person(out, out->lines[i].change.person, &by) &&
		       export_person(out, out->lines[i].change.by, &by);
	}
	return good;
}

static bool
write_call(struct transfer_out *out, const struct call_record *record, const struct call_numbers *numbers,
	const redisReply *origin)
{
	json_t *object = json_of_call(record, numbers);
	char text[ORIGIN_TEXT], id[ID_TEXT];

	snprintf(text, sizeof(text), "%s@%" PRIu64, id_print(id, record->id), record->posted_ms);
	json_object_set_new(object, "origin", json_string(origin->type == REDIS_REPLY_STRING ? origin->str : text));
	if (!export_persons_of(out, record)) {
		json_decref(object);
		return false;
	}
	write_line(out, "call", object);
	for (size_t i = 0; i < out->line_count; i++)
		write_line(out, "line", json_of_line(&out->lines[i]));
	out->calls_told++;
	out->lines_told += out->line_count;
	return true;
}

/* As of one moment. *stood: it did not move meanwhile. */
static bool
try_call(struct transfer_out *out, struct id call, bool *stood)
{
	redisReply *head, *after = NULL;
	struct call_record record;
	struct call_numbers numbers;
	bool good;

	direct_begin(&out->redis);
	direct_send(&out->redis, records_read_call(call));
	direct_send(&out->redis, read_field(call, "version"));
	direct_send(&out->redis, read_field(call, "origin"));
	direct_send(&out->redis, read_field(call, "importing"));
	head = direct_together(&out->redis, 4);
	*stood = true;
	/* What is only coming in itself does not go on. */
	if (!head || !records_parse_call(call, &record, &numbers, head->element[0]) ||
		!place_covers(out->place, record.place) || head->element[3]->type == REDIS_REPLY_STRING) {
		good = head;
		freeReplyObject(head);
		return good;
	}
	good = read_chain(out, call) && (after = direct_ask(&out->redis, read_field(call, "version")));
	*stood = good && text_equal(reply_string(after), reply_string(head->element[1]));
	if (good && *stood)
		good = write_call(out, &record, &numbers, head->element[2]);
	freeReplyObject(after);
	freeReplyObject(head);
	return good;
}

static bool
export_call(struct transfer_out *out, struct id call)
{
	char id[ID_TEXT];
	bool stood = false;

	for (unsigned i = 0; i < TRIES; i++) {
		if (!try_call(out, call, &stood))
			return false;
		if (stood)
			return true;
		usleep(PAUSE_US * (i + 1));
	}
	fprintf(stderr, T("gridctl: call %s changed each time it was read\n", "gridctl: 召集 %s 每次读取时都在变化\n"),
		id_print(id, call));
	return false;
}

static void
on_calls(const redisReply *items, void *context)
{
	for (size_t i = 0; i + 1 < items->elements; i += 2)
		add_to_list(context, items->element[i]);
}

static int
by_id(const void *left, const void *right)
{
	uint64_t a = id_key(*(const struct id *)left), b = id_key(*(const struct id *)right);

	return (a > b) - (a < b);
}

static bool
export_calls(struct transfer_out *out, uint8_t partition)
{
	out->list_count = 0;
	if (!walk(out, "ZSCAN", partition, KEY_CALLS, on_calls))
		return false;
	if (out->list_count > 0)
		qsort(out->list, out->list_count, sizeof(*out->list), by_id);
	for (size_t i = 0; i < out->list_count; i++)
		if ((i == 0 || !id_equal(out->list[i], out->list[i - 1])) && !export_call(out, out->list[i]))
			return false;
	return true;
}

/* The whole. */

static bool
export_all(struct transfer_out *out)
{
	char place[PLACE_TEXT];
	bool good;

	write_line(out, "header",
		json_pack("{s:i, s:s, s:I}", "format", TRANSFER_FORMAT, "place", place_print(place, out->place),
			"made_ms", (json_int_t)clock_wall_ms()));
	good = export_places(out);
	for (uint8_t i = 0; good && i < PARTITIONS; i++)
		good = export_members(out, i);
	for (uint8_t i = 0; good && i < PARTITIONS; i++)
		good = export_calls(out, i);
	write_line(out, "end",
		json_pack("{s:I, s:I, s:I, s:I}", "places", (json_int_t)out->places_told, "persons",
			(json_int_t)out->persons_told, "calls", (json_int_t)out->calls_told, "lines",
			(json_int_t)out->lines_told));
	return good;
}

static void
finish(struct transfer_out *out)
{
	struct known_person *known, *next;

	HASH_ITER (hh, out->told, known, next) {
		HASH_DEL(out->told, known);
		free(known);
	}
	for (size_t i = 0; i < out->place_count; i++)
		free(out->names[i]);
	forget_lines(out);
	free(out->places);
	free(out->names);
	free(out->list);
	free(out->lines);
}

/* It holds personal data: readable by its owner alone. */
static FILE *
create_file(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return file >= 0 ? fdopen(file, "w") : NULL;
}

static const char *
why_not(const struct transfer_out *out)
{
	if (out->failed)
		return T("the file cannot be written", "文件无法写入");
	if (direct_is_away(&out->redis))
		return out->redis.trouble;
	if (out->missing[0])
		return out->missing;
	return out->knows_place ? T("a call was never still", "有召集一直在变化") : T("no such place", "没有这个地点");
}

static int
end_export(struct transfer_out *out, const char *path, bool good)
{
	if (fclose(out->file) != 0)
		out->failed = true;
	if (good && !out->failed && out->tool->json) {
		print_json(json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", path, "places", (json_int_t)out->places_told,
			"persons", (json_int_t)out->persons_told, "calls", (json_int_t)out->calls_told, "lines",
			(json_int_t)out->lines_told));
		return EXIT_DONE;
	}
	if (good && !out->failed) {
		printf(T("%s: %llu places, %llu persons, %llu calls, %llu lines\n",
			       "%s：地点 %llu 个、人员 %llu 人、召集 %llu 个、接龙 %llu 条\n"),
			path, (unsigned long long)out->places_told, (unsigned long long)out->persons_told,
			(unsigned long long)out->calls_told, (unsigned long long)out->lines_told);
		return EXIT_DONE;
	}
	unlink(path);
	fprintf(stderr, T("gridctl: nothing was exported: %s\n", "gridctl: 未能导出：%s\n"), why_not(out));
	if (out->failed)
		return EXIT_LOCAL;
	return direct_is_away(&out->redis) ? EXIT_AWAY : EXIT_REFUSED;
}

int
run_export(struct tool *tool)
{
	struct transfer_out out = {.tool = tool};
	const char *path = tool->args.words[1];
	int status = EXIT_AWAY;

	if (!place_parse(&out.place, text_of(tool->args.words[0]))) {
		fprintf(stderr, T("gridctl: '%s' is no place\n", "gridctl: “%s”不是地点\n"), tool->args.words[0]);
		return EXIT_USAGE;
	}
	if (!direct_find(&out.redis, tool))
		return EXIT_USAGE;
	if (!direct_open(&out.redis, tool->timeout_ms)) {
		fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"),
			out.redis.trouble);
	} else if (!(out.file = create_file(path))) {
		fprintf(stderr, "gridctl: %s: %s\n", path, strerror(errno));
		status = EXIT_LOCAL;
	} else {
		status = end_export(&out, path, export_all(&out));
	}
	direct_close(&out.redis);
	finish(&out);
	if (status == EXIT_DONE)
		direct_note(tool, "export", tool->args.words[0]);
	return status;
}
