/* place_import.c - places from CSV files to the hub: a level at a time, in batches of one partition, some under way at
 * once. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "clock.h"
#include "place.h"
#include "tool.h"

#define BATCH_ROWS    200   /* what the hub takes in one request */
#define BATCH_BYTES   12000 /* so that a frame stays below what it takes */
#define ROW_OVERHEAD  40    /* of a row in a request, beside its name */
#define UNDER_WAY_MAX 2     /* so that nobody else waits long behind them */
#define PROGRESS_US   500000

/* A row of a file, until it is done. */
struct row {
	struct place place;
	char *name;
	uint32_t line;
	uint16_t file; /* its place on the command line */
	uint8_t partition;
};

struct import {
	struct tool *tool;
	struct row *rows;
	size_t row_count, row_room;
	uint64_t added, changed, unchanged, refused;
	size_t done;        /* rows */
	unsigned under_way; /* batches */
	LIST_HEAD(, batch) batches;
	int status;
	uint64_t shown_us; /* when progress was last shown */
	bool progress;     /* standard error is a terminal, or nearly one */
};

/* Rows that are sent together. */
struct batch {
	struct import *import;
	unsigned count;
	size_t rows[BATCH_ROWS]; /* indices */
	LIST_ENTRY(batch) in_import;
};

static void
refuse_row(struct import *import, uint16_t file, uint32_t line, const char *code, const char *flaw)
{
	const char *name = import->tool->args.words[file];

	import->refused++;
	if (import->tool->json)
		print_json(json_pack(
			"{s:s, s:i, s:s, s:s}", "file", name, "line", (int)line, "code", code, "refused", flaw));
	else
		fprintf(stderr, T("%s:%u: %s: refused: %s\n", "%s:%u：%s：拒绝：%s\n"), name, line, code, flaw);
}

/* Files. */

struct reading {
	struct import *import;
	uint16_t file;
	uint32_t line;
	unsigned column;
	int code_column, name_column; /* -1: not in the header */
	bool is_header;
	char *code, *name; /* of the row being read */
};

static char *
dup_field(const void *field, size_t len)
{
	return text_dup((struct text){field, len});
}

static void
on_field(void *field, size_t len, void *context)
{
	struct reading *reading = context;
	struct text text = {field, len};

	if (reading->is_header) {
		if (reading->column == 0 && len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
			text = (struct text){text.data + 3, len - 3};
		if (text_equal(text, TEXT("code")))
			reading->code_column = (int)reading->column;
		if (text_equal(text, TEXT("name")))
			reading->name_column = (int)reading->column;
	} else if ((int)reading->column == reading->code_column) {
		reading->code = dup_field(field, len);
	} else if ((int)reading->column == reading->name_column) {
		reading->name = dup_field(field, len);
	}
	reading->column++;
}

static void
add_row(struct reading *reading)
{
	struct import *import = reading->import;
	struct place place;

	if (!reading->code || !reading->name) {
		refuse_row(import, reading->file, reading->line, "", T("code or name is missing", "缺少 code 或 name"));
		return;
	}
	if (!place_parse(&place, text_of(reading->code))) {
		refuse_row(import, reading->file, reading->line, reading->code,
			T("not a division code of 2, 4, 6, 9, 12, 15 or 18 digits",
				"不是 2、4、6、9、12、15 或 18 位的区划代码"));
		return;
	}
	if (import->row_count == import->row_room) {
		import->row_room = import->row_room ? import->row_room * 2 : 4096;
		import->rows = realloc(import->rows, import->row_room * sizeof(*import->rows));
	}
	import->rows[import->row_count++] =
		(struct row){place, reading->name, reading->line, reading->file, place_partition(place)};
	reading->name = NULL;
}

static void
on_row(int c, void *context)
{
	struct reading *reading = context;

	(void)c;
	reading->line++;
	if (!reading->is_header)
		add_row(reading);
	free(reading->code);
	free(reading->name);
	reading->code = reading->name = NULL;
	reading->is_header = false;
	reading->column = 0;
}

static int
bad_file(const struct import *import, uint16_t number, const char *flaw)
{
	fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), import->tool->args.words[number], flaw);
	return EXIT_LOCAL;
}

static int
read_stream(struct import *import, uint16_t number, FILE *file)
{
	struct reading reading = {
		.import = import, .file = number, .is_header = true, .code_column = -1, .name_column = -1};
	struct csv_parser parser;
	char bytes[65536];
	bool good = true;
	size_t len;
	int error;

	csv_init(&parser, CSV_APPEND_NULL);
	while (good && (len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		good = csv_parse(&parser, bytes, len, on_field, on_row, &reading) == len;
	error = ferror(file) ? errno : 0;
	good = good && error == 0 && csv_fini(&parser, on_field, on_row, &reading) == 0;
	csv_free(&parser);
	free(reading.code);
	free(reading.name);
	if (error)
		return bad_file(import, number, error_words(error));
	if (!good)
		return bad_file(import, number, T("cannot be read as CSV", "无法按 CSV 读取"));
	if (reading.code_column < 0 || reading.name_column < 0)
		return bad_file(
			import, number, T("its first line names no columns code and name", "首行没有 code 和 name 列"));
	return EXIT_DONE;
}

static int
read_files(struct import *import)
{
	const struct args *args = &import->tool->args;
	int status = EXIT_DONE;

	for (unsigned i = 0; i < args->word_count && status == EXIT_DONE; i++) {
		FILE *file = fopen(args->words[i], "r");
		if (!file)
			return bad_file(import, (uint16_t)i, error_words(errno));
		status = read_stream(import, (uint16_t)i, file);
		fclose(file);
	}
	return status;
}

/* Sending. */

/* By level, for a place is taken only when the one above it is known; then by partition, for a batch is of one; then
 * by code, so that a batch lies in one corner of the map. */
static int
by_batch(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->place.digits != y->place.digits)
		return (int)x->place.digits - (int)y->place.digits;
	if (x->partition != y->partition)
		return (int)x->partition - (int)y->partition;
	return place_compare(x->place, y->place);
}

static void
show_progress(struct import *import, bool last)
{
	uint64_t now_us = clock_mono_us();

	if (!import->progress || (!last && now_us - import->shown_us < PROGRESS_US))
		return;
	import->shown_us = now_us;
	fprintf(stderr, T("\r%zu of %zu places", "\r%zu / %zu 个地点"), import->done, import->row_count);
	if (last)
		fputc('\n', stderr);
	fflush(stderr);
}

static const char *
flaw_words(const char *field)
{
	if (strcmp(field, "parent") == 0)
		return T("the place above it is not known", "上级地点未知");
	if (strcmp(field, "code") == 0)
		return T("not a division code", "不是区划代码");
	if (strcmp(field, "name") == 0)
		return T("its name is empty, too long, or no clean text", "名称为空、过长或含非法字符");
	return field;
}

static void
refuse_from_batch(struct batch *batch, unsigned index, const char *field)
{
	const struct row *row = &batch->import->rows[batch->rows[index]];
	char code[PLACE_TEXT];

	refuse_row(batch->import, row->file, row->line, place_print(code, row->place), flaw_words(field));
}

static void send_batch(struct batch *batch);

/* A row whose text cannot go over the wire refuses the whole request: it is taken out and the rest sent again. */
static bool
send_without_bad_row(struct batch *batch, const Answer *answer)
{
	unsigned index;
	char field[16] = "";

	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_BAD_REQUEST ||
		sscanf(answer->field, "rows[%u].%15s", &index, field) != 2 || index >= batch->count)
		return false;
	refuse_from_batch(batch, index, field);
	batch->import->done++;
	batch->count--;
	memmove(&batch->rows[index], &batch->rows[index + 1], (batch->count - index) * sizeof(batch->rows[0]));
	if (batch->count > 0) {
		send_batch(batch);
		return true;
	}
	return false;
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
		const Gridvanguard__V1__PlaceImportResult *result = answer->place_import;
		import->added += result->added;
		import->changed += result->changed;
		import->unchanged += result->unchanged;
		import->done += batch->count;
		for (size_t i = 0; i < result->n_refused; i++)
			refuse_from_batch(batch, result->refused[i]->row, result->refused[i]->field);
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
	Gridvanguard__V1__PlaceImport body = GRIDVANGUARD__V1__PLACE_IMPORT__INIT;
	Gridvanguard__V1__PlaceRow rows[BATCH_ROWS], *list[BATCH_ROWS];
	char codes[BATCH_ROWS][PLACE_TEXT];
	Request request = REQUEST(PLACE_IMPORT, &body);

	for (unsigned i = 0; i < batch->count; i++) {
		const struct row *row = &batch->import->rows[batch->rows[i]];
		gridvanguard__v1__place_row__init(&rows[i]);
		rows[i].code = place_print(codes[i], row->place);
		rows[i].name = row->name;
		list[i] = &rows[i];
	}
	body.rows = list;
	body.n_rows = batch->count;
	batch->import->under_way++;
	caller_send(batch->import->tool->caller, &request, on_batch, batch);
}

/* The rows from `first` on that can go together; moves *first behind them. */
static struct batch *
next_batch(struct import *import, size_t *first, size_t end)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	uint8_t partition = import->rows[*first].partition;
	size_t bytes = 0;

	batch->import = import;
	LIST_INSERT_HEAD(&import->batches, batch, in_import);
	while (*first < end && batch->count < BATCH_ROWS) {
		const struct row *row = &import->rows[*first];
		bytes += strlen(row->name) + ROW_OVERHEAD;
		if (row->partition != partition || (batch->count > 0 && bytes > BATCH_BYTES))
			break;
		batch->rows[batch->count++] = (*first)++;
	}
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

/* The rows of one level, and then their answers. */
static size_t
send_level(struct import *import, size_t first)
{
	uint8_t digits = import->rows[first].place.digits;
	size_t end = first;

	while (end < import->row_count && import->rows[end].place.digits == digits)
		end++;
	while (first < end && import->status == EXIT_DONE) {
		send_batch(next_batch(import, &first, end));
		wait_for_batches(import, UNDER_WAY_MAX - 1);
	}
	wait_for_batches(import, 0);
	return end;
}

static void
print_result(struct import *import, uint64_t took_us)
{
	if (import->tool->json) {
		print_json(json_pack("{s:I, s:I, s:I, s:I, s:f}", "added", (json_int_t)import->added, "changed",
			(json_int_t)import->changed, "unchanged", (json_int_t)import->unchanged, "refused",
			(json_int_t)import->refused, "seconds", (double)took_us / 1e6));
		return;
	}
	printf(T("%llu added, %llu changed, %llu unchanged, %llu refused, in %.1f s\n",
		       "新增 %llu，更名 %llu，未变 %llu，拒绝 %llu，用时 %.1f 秒\n"),
		(unsigned long long)import->added, (unsigned long long)import->changed,
		(unsigned long long)import->unchanged, (unsigned long long)import->refused, (double)took_us / 1e6);
}

int
run_place_import(struct tool *tool)
{
	struct import import = {.tool = tool, .progress = isatty(STDERR_FILENO)};
	uint64_t started_us = clock_mono_us();
	struct batch *batch;
	size_t first = 0;

	import.status = read_files(&import);
	if (import.status == EXIT_DONE) {
		if (import.row_count > 0)
			qsort(import.rows, import.row_count, sizeof(*import.rows), by_batch);
		while (first < import.row_count && import.status == EXIT_DONE)
			first = send_level(&import, first);
		show_progress(&import, true);
		print_result(&import, clock_mono_us() - started_us);
	}
	for (size_t i = 0; i < import.row_count; i++)
		free(import.rows[i].name);
	free(import.rows);
	while ((batch = LIST_FIRST(&import.batches))) { /* those that got no answer */
		LIST_REMOVE(batch, in_import);
		free(batch);
	}
	if (import.status == EXIT_DONE && import.refused > 0)
		return EXIT_REFUSED;
	return import.status;
}
