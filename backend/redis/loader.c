#include "loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"
#include "log.h"
#include "records.h"

#define PAGE TEXT("500")

struct loader {
	struct link *link;
	struct view *view;
	uint32_t history;
	loader_done *done;
	void *context;
	struct feed_position positions[PARTITIONS];
	unsigned pending; /* commands without an answer */
	bool failed;
};

/* One thing being read: what the answer must be told. */
struct page {
	struct loader *loader;
	uint8_t partition;
	struct id id; /* of the person or call */
	void (*read)(struct page *page, const redisReply *reply);
};

static void
fail(struct loader *loader, const char *what, struct text which)
{
	if (!loader->failed)
		log_error("loader", "unreadable", KV("what", what), KT("which", which));
	loader->failed = true;
}

static void
finish(struct loader *loader)
{
	loader->done(loader->failed ? NULL : loader->positions, loader->context);
	free(loader);
}

static void
on_page(const redisReply *reply, void *context)
{
	struct page *page = context;
	struct loader *loader = page->loader;

	if (!reply)
		loader->failed = true; /* the link ends */
	else if (reply->type == REDIS_REPLY_ERROR)
		fail(loader, "answer", text_of(reply->str));
	else if (!loader->failed)
		page->read(page, reply);
	free(page);
	if (--loader->pending == 0)
		finish(loader);
}

static void
ask(struct loader *loader, uint8_t partition, struct id id, struct command *command,
	void (*read)(struct page *page, const redisReply *reply))
{
	struct page *page = malloc(sizeof(*page));

	if (!page) {
		command_destroy(command);
		fail(loader, "memory", TEXT(""));
		return;
	}
	*page = (struct page){loader, partition, id, read};
	loader->pending++;
	if (link_send(loader->link, command, 0, on_page, page))
		return;
	loader->pending--;
	free(page);
	fail(loader, "too many commands", TEXT(""));
}

/* The cursor and the items of a SCAN's answer; false at the last page. */
static bool
scan_more(const redisReply *reply, const redisReply **items, struct text *cursor)
{
	*items = reply->element[1];
	*cursor = reply_string(reply->element[0]);
	return !text_equal(*cursor, TEXT("0"));
}

static struct command *
scan(const char *name, uint8_t partition, const char *key, struct text cursor)
{
	struct command *command = command_create(name);

	command_key(command, partition, "%s", key);
	command_arg(command, cursor);
	command_arg(command, TEXT("COUNT"));
	command_arg(command, PAGE);
	return command;
}

/* Places. */

static void
on_places(struct page *page, const redisReply *reply)
{
	const redisReply *items;
	struct text cursor;

	if (scan_more(reply, &items, &cursor))
		ask(page->loader, page->partition, page->id, scan("HSCAN", page->partition, KEY_PLACES, cursor),
			on_places);
	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text code = reply_string(items->element[i]);
		struct place place;
		if (place_parse(&place, code))
			tree_add(page->loader->view->tree, place, reply_string(items->element[i + 1]));
		else
			fail(page->loader, "place", code);
	}
}

/* Members. */

static void
on_member(struct page *page, const redisReply *reply)
{
	struct member_record record;
	struct person *person;
	char id[ID_TEXT];

	if (!records_parse_member(&record, reply))
		return fail(page->loader, "person", text_of(id_print(id, page->id)));
	if (place_is_none(record.place)) /* who left meanwhile is in the log */
		return;
	person = view_load_member(page->loader->view, page->id, record.place, record.name, record.organisation);
	person->work = record.work;
	person->kind = record.kind;
}

static void
on_members(struct page *page, const redisReply *reply)
{
	const redisReply *items;
	struct text cursor;

	if (scan_more(reply, &items, &cursor))
		ask(page->loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_PERSONS, cursor),
			on_members);
	for (size_t i = 0; i < items->elements; i++) {
		struct text text = reply_string(items->element[i]);
		struct id id;
		if (id_parse(&id, text))
			ask(page->loader, page->partition, id, records_read_member(id), on_member);
		else
			fail(page->loader, "person", text);
	}
}

/* Grants. */

static void
on_grants(struct page *page, const redisReply *reply)
{
	struct grant grant;

	for (size_t i = 0; i + 1 < reply->elements; i += 2) {
		struct text field = reply_string(reply->element[i]);
		if (records_parse_grant(&grant, field, reply_string(reply->element[i + 1])))
			view_load_grant(page->loader->view, page->id, &grant);
		else
			fail(page->loader, "grant", field);
	}
}

static void
on_granted(struct page *page, const redisReply *reply)
{
	const redisReply *items;
	struct text cursor;

	if (scan_more(reply, &items, &cursor))
		ask(page->loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_GRANTED, cursor),
			on_granted);
	for (size_t i = 0; i < items->elements; i++) {
		struct text text = reply_string(items->element[i]);
		struct id id;
		if (id_parse(&id, text))
			ask(page->loader, page->partition, id, records_read_grants(id), on_grants);
		else
			fail(page->loader, "person", text);
	}
}

/* Calls and their chains. */

static struct command *
scan_lines(struct id call, struct text cursor)
{
	char id[ID_TEXT], key[64];

	snprintf(key, sizeof(key), KEY_CALL_LINES, id_print(id, call));
	return scan("HSCAN", call.partition, key, cursor);
}

/* Names, remarks and answers, of chains that have any. */
static struct command *
scan_texts(struct id call, struct text cursor)
{
	char id[ID_TEXT], key[64];

	snprintf(key, sizeof(key), KEY_CALL_TEXTS, id_print(id, call));
	return scan("HSCAN", call.partition, key, cursor);
}

static void
on_texts(struct page *page, const redisReply *reply)
{
	struct call *call = view_call(page->loader->view, page->id);
	const redisReply *items;
	struct text cursor;

	if (scan_more(reply, &items, &cursor))
		ask(page->loader, page->partition, page->id, scan_texts(page->id, cursor), on_texts);
	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		uint32_t number;
		if (text_to_u32(&number, reply_string(items->element[i])))
			view_load_texts(call, number, reply_string(items->element[i + 1]));
	}
}

/* One line that cannot be read is no reason to serve nobody: it is left out, and an audit names it. */
static void
pass_by(const struct page *page, struct text number)
{
	char call[ID_TEXT];

	log_error("loader", "skipped", KV("what", "line"), KV("call", id_print(call, page->id)), KT("number", number));
}

static void
on_lines(struct page *page, const redisReply *reply)
{
	struct call *call = view_call(page->loader->view, page->id);
	const redisReply *items;
	struct text cursor;
	bool more;

	more = scan_more(reply, &items, &cursor);
	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text number = reply_string(items->element[i]);
		struct line_change line;
		uint32_t value;
		if (text_to_u32(&value, number) &&
			line_change_parse(&line, value, reply_string(items->element[i + 1]), '\t'))
			view_load_line(page->loader->view, call, &line);
		else
			pass_by(page, number);
	}
	if (more)
		ask(page->loader, page->partition, page->id, scan_lines(page->id, cursor), on_lines);
	else if (call->text_count > 0)
		ask(page->loader, page->partition, page->id, scan_texts(page->id, TEXT("0")), on_texts);
}

static void
on_call(struct page *page, const redisReply *reply)
{
	struct call_record record;
	struct call_numbers numbers;
	char id[ID_TEXT];

	if (!records_parse_call(page->id, &record, &numbers, reply)) {
		fail(page->loader, "call", text_of(id_print(id, page->id)));
		return;
	}
	if (record.state != CALL_OPEN) /* closed meanwhile, and so in the log */
		return;
	view_load_call(page->loader->view, &record);
	ask(page->loader, page->partition, page->id, scan_lines(page->id, TEXT("0")), on_lines);
}

static void
on_open(struct page *page, const redisReply *reply)
{
	const redisReply *items;
	struct text cursor;

	if (scan_more(reply, &items, &cursor))
		ask(page->loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_OPEN, cursor), on_open);
	for (size_t i = 0; i < items->elements; i++) {
		struct text text = reply_string(items->element[i]);
		struct id id;
		if (id_parse(&id, text))
			ask(page->loader, page->partition, id, records_read_call(id), on_call);
		else
			fail(page->loader, "call", text);
	}
}

/* Logs. */

/* The last entries of a log, the newest first: the feed begins in front of as many as the history holds. */
static void
on_log(struct page *page, const redisReply *reply)
{
	struct loader *loader = page->loader;
	struct feed_position *position = &loader->positions[page->partition];
	const redisReply *newest, *oldest;

	if (reply->elements > 0) {
		newest = reply->element[0];
		oldest = reply->element[reply->elements - 1];
		snprintf(position->entry, sizeof(position->entry), "%s", oldest->element[0]->str);
		position->seq = entry_seq(oldest->element[1]);
		position->tail = entry_seq(newest->element[1]);
		if (reply->elements <= loader->history) { /* all there are: from the first on */
			strcpy(position->entry, "0");
			position->seq--;
		}
	}
	loader->view->seq[page->partition] = position->seq;
	ask(loader, page->partition, page->id, scan("HSCAN", page->partition, KEY_PLACES, TEXT("0")), on_places);
	ask(loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_PERSONS, TEXT("0")), on_members);
	ask(loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_GRANTED, TEXT("0")), on_granted);
	ask(loader, page->partition, page->id, scan("SSCAN", page->partition, KEY_OPEN, TEXT("0")), on_open);
}

void
loader_start(struct link *link, struct view *view, const uint64_t seq[PARTITIONS], uint32_t history, loader_done *done,
	void *context)
{
	struct loader *loader = calloc(1, sizeof(*loader));

	if (!loader) {
		done(NULL, context);
		return;
	}
	*loader = (struct loader){.link = link, .view = view, .history = history, .done = done, .context = context};
	loader->pending = 1; /* ours, until all are asked */
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct command *command = command_create("XREVRANGE");
		loader->positions[i] = (struct feed_position){.entry = "0", .seq = seq[i], .tail = seq[i]};
		command_key(command, i, KEY_LOG);
		command_arg(command, TEXT("+"));
		command_arg(command, TEXT("-"));
		command_arg(command, TEXT("COUNT"));
		command_arg_u64(command, (uint64_t)history + 1);
		ask(loader, i, (struct id){0}, command, on_log);
	}
	if (--loader->pending == 0)
		finish(loader);
}
