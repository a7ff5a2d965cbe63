#include "reads.h"

#include <stdlib.h>

#include "entry.h"
#include "link.h"
#include "log.h"
#include "records.h"
#include "store_private.h"

/* A read under way: what it is of and whom to tell. */
struct read {
	struct id id;
	uint32_t first;
	struct line_change *lines; /* whose texts are being read */
	size_t count;
	struct store *store;
	union {
		person_done *person;
		call_done *call;
		lines_done *lines;
		texts_done *texts;
		log_done *log;
		marks_done *marks;
		once_done *once;
	} done;
	log_event *event;
	void *context;
};

static enum status
status_of(const redisReply *reply)
{
	if (!reply)
		return UNAVAILABLE;
	if (reply->type == REDIS_REPLY_ARRAY)
		return OK;
	log_error("redis", "read_failed", KV("reason", reply->type == REDIS_REPLY_ERROR ? reply->str : "no list"));
	return INTERNAL;
}

static bool
send_read(struct store *store, struct command *command, command_done *done, struct read read)
{
	struct read *kept = malloc(sizeof(*kept));

	if (!kept) {
		command_destroy(command);
		return false;
	}
	*kept = read;
	if (link_send(store_writes(store), command, store_timeout_ms(store), done, kept))
		return true;
	free(kept);
	return false;
}

static void
on_person(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	struct person_record person;

	if (status == OK && !records_parse_person(&person, reply))
		status = NOT_FOUND;
	read->done.person(status, status == OK ? &person : NULL, read->context);
	free(read);
}

bool
read_person(struct store *store, struct id person, person_done *done, void *context)
{
	return send_read(store, records_read_person(person), on_person,
		(struct read){.id = person, .done.person = done, .context = context});
}

static void
on_call(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	struct call_record call;
	struct call_numbers numbers = {0};

	if (status == OK && !records_parse_call(read->id, &call, &numbers, reply))
		status = NOT_FOUND;
	read->done.call(status, status == OK ? &call : NULL, &numbers, read->context);
	free(read);
}

bool
read_call(struct store *store, struct id call, call_done *done, void *context)
{
	return send_read(store, records_read_call(call), on_call,
		(struct read){.id = call, .done.call = done, .context = context});
}

static void
tell_lines(struct read *read, enum status status)
{
	read->done.lines(status, read->lines, read->count, read->context);
	free(read->lines);
	free(read);
}

/* Of those lines that have any, in their order; they live as long as the reply. */
static void
on_line_texts(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	size_t next = 0;

	for (size_t i = 0; status == OK && i < read->count; i++)
		if (read->lines[i].has_texts && next < reply->elements)
			read->lines[i].texts = reply_string(reply->element[next++]);
	tell_lines(read, status);
}

static bool
any_has_texts(const struct read *read)
{
	for (size_t i = 0; i < read->count; i++)
		if (read->lines[i].has_texts)
			return true;
	return false;
}

/* The chain has no gaps, so the first number without a line is its end. */
static void
on_lines(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	size_t asked = status == OK ? reply->elements : 0;

	read->lines = calloc(asked + 1, sizeof(*read->lines));
	if (!read->lines)
		status = INTERNAL;
	while (status == OK && read->count < asked && reply->element[read->count]->type == REDIS_REPLY_STRING &&
		line_change_parse(&read->lines[read->count], read->first + (uint32_t)read->count,
			reply_string(reply->element[read->count]), '\t'))
		read->count++;
	if (status != OK || !any_has_texts(read))
		tell_lines(read, status);
	else if (!link_send(store_writes(read->store), records_read_line_texts(read->id, read->lines, read->count),
			 store_timeout_ms(read->store), on_line_texts, read))
		tell_lines(read, BUSY);
}

bool
read_lines(struct store *store, struct id call, uint32_t first, uint32_t max, lines_done *done, void *context)
{
	return send_read(store, records_read_lines(call, first, first + max - 1), on_lines,
		(struct read){.id = call, .first = first, .store = store, .done.lines = done, .context = context});
}

static void
on_texts(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	struct text texts[RECORDS_TEXTS_MAX];
	size_t count = 0;

	while (status == OK && count < reply->elements && count < RECORDS_TEXTS_MAX) {
		texts[count] = reply_string(reply->element[count]);
		count++;
	}
	read->done.texts(status, texts, count, read->context);
	free(read);
}

bool
read_due(struct store *store, uint8_t partition, uint64_t by_ms, texts_done *done, void *context)
{
	return send_read(store, records_read_due(partition, by_ms), on_texts,
		(struct read){.done.texts = done, .context = context});
}

bool
read_templates(struct store *store, struct place place, texts_done *done, void *context)
{
	return send_read(
		store, records_read_templates(place), on_texts, (struct read){.done.texts = done, .context = context});
}

bool
read_template(struct store *store, struct place place, struct text name, call_done *done, void *context)
{
	return send_read(store, records_read_template(place, name), on_call,
		(struct read){.done.call = done, .context = context});
}

static void
on_log(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	size_t count = status == OK ? reply->elements : 0;

	for (size_t i = 0; i < count; i++) {
		struct entry *entry = entry_create(read->id.partition, reply->element[i]->element[1]);
		read->event(&entry->event, read->context);
		entry_destroy(entry);
	}
	read->done.log(status, count ? reply->element[count - 1]->element[0]->str : NULL, read->context);
	free(read);
}

bool
read_log(struct store *store, uint8_t partition, const char *from, log_event *event, log_done *done, void *context)
{
	return send_read(store, records_read_log(partition, from), on_log,
		(struct read){.id = {.partition = partition}, .done.log = done, .event = event, .context = context});
}

static void
on_marks(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	struct relay_mark marks[PARTITIONS];
	size_t count = 0;

	for (size_t i = 0; status == OK && i + 1 < reply->elements && count < PARTITIONS; i += 2) {
		struct text rest = reply_string(reply->element[i + 1]), seq = text_cut(&rest, ' ');
		uint64_t source;
		if (!text_to_u64(&source, reply_string(reply->element[i]), PARTITIONS - 1) ||
			!text_to_u64(&marks[count].seq, seq, ID_NUMBER_MAX) ||
			!text_to_u64(&marks[count].at_ms, rest, ID_NUMBER_MAX))
			continue;
		marks[count++].source = (uint8_t)source;
	}
	read->done.marks(status, marks, count, read->context);
	free(read);
}

bool
read_marks(struct store *store, uint8_t partition, marks_done *done, void *context)
{
	return send_read(
		store, records_read_marks(partition), on_marks, (struct read){.done.marks = done, .context = context});
}

static void
on_once(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = UNAVAILABLE;

	if (reply && reply->type == REDIS_REPLY_INTEGER)
		status = reply->integer == 1 ? OK : NOT_FOUND;
	read->done.once(status, read->context);
	free(read);
}

bool
read_once(struct store *store, uint8_t partition, struct id person, const struct uuid *once, once_done *done,
	void *context)
{
	return send_read(store, records_read_once(partition, person, once), on_once,
		(struct read){.done.once = done, .context = context});
}
