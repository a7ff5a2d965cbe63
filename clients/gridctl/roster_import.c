/* roster_import.c - a party office's list into the roster: read and made clean here, then asked of the hub row by row, which
 * writes nothing before it is told --yes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "clock.h"
#include "names.h"
#include "roll.h"
#include "tool.h"

#define BATCH_ROWS    200   /* what the hub takes in one request */
#define BATCH_BYTES   12000 /* so that a frame stays below what it takes */
#define ROW_OVERHEAD  50    /* of a row in a request, beside its texts */
#define UNDER_WAY_MAX 2     /* so that nobody else waits long behind them */
#define PROGRESS_US   500000
#define PLACES_PAGE   200
#define FIELDS_TEXT   40

/* What becomes of a row; the first ones as the hub says them. */
enum outcome { OUTCOME_NONE, ADDED, SAME, CHANGED_ROW, REFUSED, DOUBTFUL, OUTCOMES };

struct result {
	enum outcome outcome;
	char fields[FIELDS_TEXT]; /* "name, place": what changed, or what it is refused for */
};

struct import {
	struct tool *tool;
	struct roll roll;
	struct names *names; /* NULL: no places by name */
	struct result *results;
	bool writes;
	size_t done;        /* rows */
	unsigned under_way; /* batches */
	LIST_HEAD(, batch) batches;
	uint64_t counts[OUTCOMES];
	int status;
	uint64_t shown_us; /* when progress was last shown */
	bool progress;     /* standard error is a terminal */
};

/* Rows that are sent together. */
struct batch {
	struct import *import;
	unsigned count;
	size_t rows[BATCH_ROWS]; /* indices */
	LIST_ENTRY(batch) in_import;
};

/* Places by their names: those under a place and those above it. */

static bool
add_places(struct names *names, Place *const *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct place place;
		if (place_parse(&place, text_of(places[i]->code)) && !names_add(names, place, places[i]->name))
			return false;
	}
	return true;
}

/* Codes of a level below which is to be listed too. */
struct deeper {
	struct names *names;
	enum place_level level;
	char (*codes)[PLACE_TEXT];
	size_t count, room;
	bool failed;
};

static void
note_deeper(struct deeper *deeper, const Place *place)
{
	struct place parsed;

	if (place->children == 0 || !place_parse(&parsed, text_of(place->code)) || place_level(parsed) != deeper->level)
		return;
	if (deeper->count == deeper->room) {
		size_t room = deeper->room ? deeper->room * 2 : 256;
		void *codes = realloc(deeper->codes, room * sizeof(*deeper->codes));
		deeper->failed |= !codes;
		if (!codes)
			return;
		deeper->codes = codes;
		deeper->room = room;
	}
	place_print(deeper->codes[deeper->count++], parsed);
}

static void
take_places(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__PlaceListResult *page = answer->place_list;
	struct deeper *deeper = context;

	(void)tool;
	deeper->failed |= !add_places(deeper->names, page->places, page->n_places);
	for (size_t i = 0; i < page->n_places; i++)
		note_deeper(deeper, page->places[i]);
	paging_took(paging, page->n_places, page->n_places ? page->places[page->n_places - 1]->code : "", page->more);
}

/* Down to the streets, and then all that is below each of them: a list is of three levels, and there are few streets. */
static int
load_under(struct import *import, const char *under, enum place_level level)
{
	Gridvanguard__V1__PlaceList body = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	Request request = REQUEST(PLACE_LIST, &body);
	struct deeper deeper = {.names = import->names, .level = level < STREET ? STREET : PLACE_LEVELS};
	struct paging paging;
	int status;

	body.under = UNCONST(under);
	body.depth = level < STREET ? STREET - level : 3;
	body.count = PLACES_PAGE;
	status = tool_pages(import->tool, &request, &body.after, &paging, ALL_PAGES, take_places, &deeper);
	for (size_t i = 0; i < deeper.count && status == EXIT_DONE; i++)
		status = load_under(import, deeper.codes[i], STREET);
	free(deeper.codes);
	return deeper.failed && status == EXIT_DONE ? EXIT_LOCAL : status;
}

/* The place itself and those above it, then all below. */
static int
load_names(struct import *import, const char *under)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body);
	struct place place;
	Answer *answer;
	int status;

	import->names = names_create();
	if (!import->names)
		return EXIT_LOCAL;
	body.place = UNCONST(under);
	answer = tool_ask(import->tool, &request, &status);
	if (!answer)
		return status;
	if (!add_places(import->names, answer->place_show->path, answer->place_show->n_path) ||
		!place_parse(&place, text_of(under)))
		status = EXIT_LOCAL;
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status == EXIT_DONE ? load_under(import, under, place_level(place)) : status;
}

static void
judge(struct roll_row *row, enum roll_verdict verdict, const char *reason)
{
	row->verdict = verdict;
	row->reason = reason;
	row->is_of_place = true;
}

static void
find_place(const struct import *import, struct roll_row *row)
{
	struct place found[2];
	size_t count;

	if (row->where[0] == '\0' || place_parse(&row->place, text_of(row->where)))
		return;
	if (!import->names)
		return judge(row, ROLL_REFUSED,
			T("its place is a name: say with --under PLACE where to look for it",
				"地点是名称：请用 --under 指定查找范围"));
	count = names_find(import->names, row->where, found);
	if (count == 1)
		row->place = found[0];
	else if (count == 0)
		judge(row, ROLL_REFUSED, T("no place is called so there", "该范围内没有这个地点"));
	else
		judge(row, ROLL_DOUBTFUL, T("more than one place is called so", "有多个同名地点"));
}

/* Reading. */

static const char *
title_of(const struct roll_column *column)
{
	return column->column >= 0 ? column->title : "-";
}

static void
join_titles(const struct roll *roll, char *out, size_t room)
{
	size_t len = 0;

	snprintf(out, room, "-");
	for (unsigned i = 0; i < roll->place_count && len < room; i++)
		len += (size_t)snprintf(out + len, room - len, "%s%s", i ? " + " : "", roll->places[i].title);
}

static void
print_columns(const struct import *import)
{
	const struct roll *roll = &import->roll;
	char places[ROLL_PLACES_MAX * 68];

	join_titles(roll, places, sizeof(places));
	if (import->tool->json) {
		print_json(json_pack("{s:{s:i, s:s, s:s, s:s, s:s, s:b}}", "header", "line", (int)roll->header_line,
			"name", title_of(&roll->name), "phone", title_of(&roll->phone), "organisation",
			title_of(&roll->organisation), "place", places, "identity_left_out",
			roll->identity.column >= 0));
		return;
	}
	fprintf(stderr,
		T("header in line %u: name = %s, phone = %s, organisation = %s, place = %s\n",
			"表头在第 %u 行：姓名 = %s，手机 = %s，组织 = %s，地点 = %s\n"),
		roll->header_line, title_of(&roll->name), title_of(&roll->phone), title_of(&roll->organisation),
		places);
	if (roll->identity.column >= 0)
		fprintf(stderr,
			T("the column %s is not read: identity-card numbers are not needed and not kept\n",
				"“%s”列不读取：不需要也不保存身份证号\n"),
			roll->identity.title);
}

static int
complain(const struct import *import, const char *flaw)
{
	fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), import->tool->args.words[0], flaw);
	return EXIT_LOCAL;
}

static int
read_file(struct import *import)
{
	char flaw[TABLE_FLAW];

	if (!table_read(import->tool->args.words[0], args_get(&import->tool->args, "sheet"), roll_take, &import->roll,
		    flaw))
		return complain(import, flaw);
	if (import->roll.header_line == 0)
		return complain(import, T("none of its first 20 rows names a column for names and one for phones",
						"前 20 行中没有同时含“姓名”和“手机”列的表头"));
	if (import->roll.full)
		return complain(import, T("more rows than fit", "行数过多"));
	import->results = calloc(import->roll.count + 1, sizeof(*import->results));
	return import->results ? EXIT_DONE : complain(import, T("no memory", "内存不足"));
}

/* Sending. */

static void
show_progress(struct import *import, bool last)
{
	uint64_t now_us = clock_mono_us();

	if (!import->progress || (!last && now_us - import->shown_us < PROGRESS_US))
		return;
	import->shown_us = now_us;
	fprintf(stderr, T("\r%zu of %zu rows", "\r%zu / %zu 行"), import->done, import->roll.count);
	if (last)
		fputc('\n', stderr);
	fflush(stderr);
}

static void
take_result(struct import *import, size_t index, const Gridvanguard__V1__RosterRowResult *from)
{
	struct result *result = &import->results[index];
	size_t len = 0;

	result->outcome = from->outcome <= GRIDVANGUARD__V1__ROSTER_OUTCOME__ROSTER_OUTCOME_REFUSED
				  ? (enum outcome)from->outcome
				  : OUTCOME_NONE;
	for (size_t i = 0; i < from->n_fields && len < FIELDS_TEXT; i++)
		len += (size_t)snprintf(
			result->fields + len, FIELDS_TEXT - len, "%s%s", i ? ", " : "", from->fields[i]);
}

static void send_batch(struct batch *batch);

/* A row whose text cannot go over the wire refuses the whole request: it is taken out and the rest sent again. True if
 * that was done. */
static bool
send_without_bad_row(struct batch *batch, const Answer *answer)
{
	struct import *import = batch->import;
	unsigned index;
	char field[16] = "";

	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_BAD_REQUEST ||
		sscanf(answer->field, "rows[%u].%15s", &index, field) != 2 || index >= batch->count)
		return false;
	import->results[batch->rows[index]].outcome = REFUSED;
	snprintf(import->results[batch->rows[index]].fields, FIELDS_TEXT, "%s", field);
	import->done++;
	batch->count--;
	memmove(&batch->rows[index], &batch->rows[index + 1], (batch->count - index) * sizeof(batch->rows[0]));
	if (batch->count > 0)
		send_batch(batch);
	return batch->count > 0;
}

static void
on_batch(struct caller *caller, const Answer *answer, void *context)
{
	struct batch *batch = context;
	struct import *import = batch->import;

	import->under_way--;
	if (!answer) {
		fprintf(stderr, T("\ngridctl: no answer in time: %s\n", "\ngridctl: 超时未答复：%s\n"),
			caller_trouble(caller));
		import->status = EXIT_AWAY;
	} else if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK) {
		const Gridvanguard__V1__RosterImportResult *result = answer->roster_import;
		for (size_t i = 0; i < result->n_rows && i < batch->count; i++)
			take_result(import, batch->rows[i], result->rows[i]);
		import->done += batch->count;
	} else if (send_without_bad_row(batch, answer)) {
		return;
	} else if (batch->count > 0) {
		print_refusal(import->tool, answer);
		import->status = EXIT_REFUSED;
	}
	LIST_REMOVE(batch, in_import);
	free(batch);
	show_progress(import, false);
}

static void
send_batch(struct batch *batch)
{
	Gridvanguard__V1__RosterImport body = GRIDVANGUARD__V1__ROSTER_IMPORT__INIT;
	Gridvanguard__V1__RosterRow rows[BATCH_ROWS], *list[BATCH_ROWS];
	char codes[BATCH_ROWS][PLACE_TEXT];
	Request request = REQUEST(ROSTER_IMPORT, &body);

	for (unsigned i = 0; i < batch->count; i++) {
		struct roll_row *row = &batch->import->roll.rows[batch->rows[i]];
		gridvanguard__v1__roster_row__init(&rows[i]);
		rows[i].phone = row->phone.digits;
		rows[i].name = row->name;
		rows[i].organisation = row->organisation;
		rows[i].place = place_print(codes[i], row->place);
		list[i] = &rows[i];
	}
	body.rows = list;
	body.n_rows = batch->count;
	body.only_look = !batch->import->writes;
	body.keep_organisation = batch->import->roll.organisation.column < 0;
	body.keep_place = batch->import->roll.place_count == 0;
	batch->import->under_way++;
	caller_send(batch->import->tool->caller, &request, on_batch, batch);
}

/* The good rows from *first on that can go together, NULL if there are none; moves *first behind them. */
static struct batch *
next_batch(struct import *import, size_t *first)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	size_t bytes = 0;

	for (; batch && *first < import->roll.count && batch->count < BATCH_ROWS; (*first)++) {
		const struct roll_row *row = &import->roll.rows[*first];
		if (row->verdict != ROLL_GOOD)
			continue;
		bytes += strlen(row->name) + strlen(row->organisation) + ROW_OVERHEAD;
		if (batch->count > 0 && bytes > BATCH_BYTES)
			break;
		batch->rows[batch->count++] = *first;
	}
	if (!batch || batch->count == 0) {
		free(batch);
		return NULL;
	}
	batch->import = import;
	LIST_INSERT_HEAD(&import->batches, batch, in_import);
	return batch;
}

/* Ends the import when the hub lets us in no more: what is under way then gets no answer. */
static void
wait_for_batches(struct import *import, unsigned at_most)
{
	while (import->under_way > at_most && import->status != EXIT_LOGIN) {
		uv_run(&import->tool->loop, UV_RUN_ONCE);
		if (caller_state(import->tool->caller) == CALLER_REFUSED)
			import->status = tool_standing(import->tool);
	}
}

static void
send_rows(struct import *import)
{
	struct batch *batch;
	size_t first = 0;

	while (import->status == EXIT_DONE && (batch = next_batch(import, &first))) {
		send_batch(batch);
		wait_for_batches(import, UNDER_WAY_MAX - 1);
	}
	wait_for_batches(import, 0);
	show_progress(import, true);
	while ((batch = LIST_FIRST(&import->batches))) { /* those that got no answer */
		LIST_REMOVE(batch, in_import);
		free(batch);
	}
}

/* The report. */

static const char *
outcome_words(enum outcome outcome)
{
	switch (outcome) {
	case ADDED:
		return T("added", "新增");
	case SAME:
		return T("same", "未变");
	case CHANGED_ROW:
		return T("changed", "变更");
	case REFUSED:
		return T("refused", "拒绝");
	case DOUBTFUL:
		return T("doubtful", "存疑");
	case OUTCOME_NONE:
	case OUTCOMES:
		break;
	}
	return "?";
}

/* As programs read it. */
static const char *
outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOMES] = {"none", "added", "same", "changed", "refused", "doubtful"};

	return names[outcome];
}

/* Why the hub has refused a row, by the field. */
static const char *
flaw_words(const char *field)
{
	if (strcmp(field, "place") == 0)
		return T("the place is not known", "地点未知");
	if (strcmp(field, "elsewhere") == 0)
		return T("it stands at a place whose roster is not yours to change",
			"该号码已在您无权更改的地点的名册中");
	if (strcmp(field, "phone") == 0)
		return T("not a mobile number of 11 digits", "不是 11 位手机号");
	if (strcmp(field, "name") == 0)
		return T("the name is longer than 20 characters, or no clean text", "姓名超过 20 字或含非法字符");
	if (strcmp(field, "organisation") == 0)
		return T("the organisation is longer than 60 characters, or no clean text",
			"组织名称超过 60 字或含非法字符");
	return field;
}

static const char *
mask_of(const struct roll_row *row, char mask[PHONE_DIGITS + 1])
{
	return row->phone.digits[0] ? phone_hide(mask, row->phone) : "";
}

static void
print_row_json(const struct roll_row *row, const struct result *result, const char *reason)
{
	char mask[PHONE_DIGITS + 1], code[PLACE_TEXT];
	json_t *object = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "line", (int)row->line, "outcome",
		outcome_name(result->outcome), "name", row->name ? row->name : "", "phone", mask_of(row, mask),
		"organisation", row->organisation ? row->organisation : "", "place", place_print(code, row->place),
		"where", row->where ? row->where : "");

	if (!object)
		return;
	if (reason)
		json_object_set_new(object, "reason", json_string(reason));
	if (row->other)
		json_object_set_new(object, "other_line", json_integer(row->other));
	if (result->outcome == CHANGED_ROW)
		json_object_set_new(object, "changed", json_string(result->fields));
	print_json(object);
}

static void
print_row(const struct roll_row *row, const struct result *result, const char *reason)
{
	char mask[PHONE_DIGITS + 1], code[PLACE_TEXT];
	bool shows_where = row->is_of_place && row->where && row->where[0];

	printf("%6u  ", row->line);
	print_padded(outcome_words(result->outcome), 10);
	print_padded(row->name ? row->name : "", 12);
	print_padded(mask_of(row, mask), 13);
	if (reason && row->other)
		printf(T("%s: line %u\n", "%s：第 %u 行\n"), reason, row->other);
	else if (reason)
		printf("%s%s%s\n", reason, shows_where ? ": " : "", shows_where ? row->where : "");
	else if (result->outcome == CHANGED_ROW)
		printf("%s  (%s)\n", place_print(code, row->place), result->fields);
	else
		printf("%s\n", place_print(code, row->place));
}

static void
report_row(struct import *import, size_t index)
{
	struct roll_row *row = &import->roll.rows[index];
	struct result *result = &import->results[index];
	const char *reason = row->reason;

	if (row->verdict != ROLL_GOOD)
		result->outcome = row->verdict == ROLL_DOUBTFUL ? DOUBTFUL : REFUSED;
	else if (result->outcome == REFUSED)
		reason = flaw_words(result->fields);
	row->is_of_place = row->is_of_place || strcmp(result->fields, "place") == 0;
	import->counts[result->outcome]++;
	if (result->outcome == OUTCOME_NONE)
		return;
	if (import->tool->json)
		print_row_json(row, result, reason);
	else
		print_row(row, result, reason);
}

static void
print_sum(const struct import *import, uint64_t took_us)
{
	const uint64_t *counts = import->counts;

	if (import->tool->json) {
		print_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:f}", "added", (json_int_t)counts[ADDED],
			"changed", (json_int_t)counts[CHANGED_ROW], "same", (json_int_t)counts[SAME], "doubtful",
			(json_int_t)counts[DOUBTFUL], "refused", (json_int_t)counts[REFUSED], "written", import->writes,
			"seconds", (double)took_us / 1e6));
		return;
	}
	printf(T("%llu added, %llu changed, %llu same, %llu doubtful, %llu refused, in %.1f s\n",
		       "新增 %llu，变更 %llu，未变 %llu，存疑 %llu，拒绝 %llu，用时 %.1f 秒\n"),
		(unsigned long long)counts[ADDED], (unsigned long long)counts[CHANGED_ROW],
		(unsigned long long)counts[SAME], (unsigned long long)counts[DOUBTFUL],
		(unsigned long long)counts[REFUSED], (double)took_us / 1e6);
	if (!import->writes)
		puts(T("a dry run: nothing was written; --yes writes it", "试运行，未写入；加 --yes 写入"));
}

static int
import_rows(struct import *import)
{
	uint64_t started_us = clock_mono_us();

	for (size_t i = 0; i < import->roll.count; i++)
		if (import->roll.rows[i].verdict == ROLL_GOOD)
			find_place(import, &import->roll.rows[i]);
	roll_find_twins(&import->roll);
	send_rows(import);
	for (size_t i = 0; i < import->roll.count; i++)
		report_row(import, i);
	print_sum(import, clock_mono_us() - started_us);
	if (import->status == EXIT_DONE && import->counts[REFUSED] + import->counts[DOUBTFUL] > 0)
		return EXIT_REFUSED;
	return import->status;
}

int
run_roster_import(struct tool *tool)
{
	struct import import = {.tool = tool, .progress = isatty(STDERR_FILENO)};
	const char *under = args_get(&tool->args, "under");
	int status;

	import.writes = args_get(&tool->args, "yes");
	if (import.writes && args_get(&tool->args, "dry-run")) {
		fprintf(stderr, T("gridctl: --dry-run and --yes: one or the other\n",
					"gridctl: --dry-run 与 --yes 只能选一个\n"));
		return EXIT_USAGE;
	}
	status = read_file(&import);
	if (status == EXIT_DONE)
		print_columns(&import);
	if (status == EXIT_DONE && under)
		status = load_names(&import, under);
	if (status == EXIT_DONE)
		status = import_rows(&import);
	names_destroy(import.names);
	roll_finish(&import.roll);
	free(import.results);
	return status;
}
