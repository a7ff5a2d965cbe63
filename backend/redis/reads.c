#include "reads.h"

#include <stdlib.h>

#include "link.h"
#include "log.h"
#include "records.h"
#include "store_private.h"

/* A read under way: what it is of and whom to tell. */
struct read {
	struct id id;
	uint32_t first;
	union {
		member_done *member;
		call_done *call;
		lines_done *lines;
	} done;
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
on_member(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	struct member_record member;

	if (status == OK && !records_parse_member(&member, reply))
		status = NOT_FOUND;
	read->done.member(status, status == OK ? &member : NULL, read->context);
	free(read);
}

bool
read_member(struct store *store, struct id person, member_done *done, void *context)
{
	return send_read(store, records_read_member(person), on_member,
		(struct read){.id = person, .done.member = done, .context = context});
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
	read->done.call(status, status == OK ? &call : NULL, numbers, read->context);
	free(read);
}

bool
read_call(struct store *store, struct id call, call_done *done, void *context)
{
	return send_read(store, records_read_call(call), on_call,
		(struct read){.id = call, .done.call = done, .context = context});
}

/* The chain has no gaps, so the first number without a line is its end. */
static void
on_lines(const redisReply *reply, void *context)
{
	struct read *read = context;
	enum status status = status_of(reply);
	size_t asked = status == OK ? reply->elements : 0, count = 0;
	struct line_change *lines = calloc(asked + 1, sizeof(*lines));

	if (!lines)
		status = INTERNAL;
	while (status == OK && count < asked && reply->element[count]->type == REDIS_REPLY_STRING &&
		records_parse_line(&lines[count], read->first + (uint32_t)count, reply_string(reply->element[count])))
		count++;
	read->done.lines(status, lines, count, read->context);
	free(lines);
	free(read);
}

bool
read_lines(struct store *store, struct id call, uint32_t first, uint32_t max, lines_done *done, void *context)
{
	return send_read(store, records_read_lines(call, first, first + max - 1), on_lines,
		(struct read){.id = call, .first = first, .done.lines = done, .context = context});
}
