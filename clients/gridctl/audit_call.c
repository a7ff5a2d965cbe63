/* audit_call.c - a call as it stands in Redis, read for the recount. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "keys.h"
#include "memory.h"

#define TRIES    5
#define PAUSE_US 50000 /* before a call is read again, for the first time; longer each time */

enum attempt { STOOD_STILL, MOVED, AWAY };

/* What is read of a call as of one moment, in front of its chain. */
enum head { HEAD_RECORD, HEAD_VERSION, HEAD_OPEN, HEAD_CALLS, HEAD_DUE, HEAD_TIME, HEADS };

struct reading {
	struct audit *audit;
	struct recount *recount;
	struct id call;
	char id[ID_TEXT];
	bool waiting; /* the set that is being read */
};

static void
deadline_item(char out[64], const char *id)
{
	snprintf(out, 64, "deadline %s", id);
}

static struct command *
read_version(struct id call)
{
	struct command *command = command_create("HGET");
	char id[ID_TEXT];

	command_key(command, call.partition, KEY_CALL, id_print(id, call));
	command_arg(command, TEXT("version"));
	return command;
}

static redisReply *
read_head(struct reading *reading)
{
	struct direct *redis = reading->audit->redis;
	uint8_t partition = reading->call.partition;
	char item[64];

	deadline_item(item, reading->id);
	direct_begin(redis);
	direct_send(redis, records_read_call(reading->call));
	direct_send(redis, read_version(reading->call));
	direct_send(redis, audit_ask_for("SISMEMBER", partition, KEY_OPEN, reading->id));
	direct_send(redis, audit_ask_for("ZSCORE", partition, KEY_CALLS, reading->id));
	direct_send(redis, audit_ask_for("ZSCORE", partition, KEY_DUE, item));
	direct_send(redis, command_create("TIME"));
	return direct_together(redis, HEADS);
}

/* Where a call of its state is listed. That its deadline has passed may have been told already, or not yet. */
static void
check_lists(struct reading *reading, const struct call_record *record, const redisReply *head)
{
	struct audit *audit = reading->audit;
	uint8_t partition = reading->call.partition;
	bool is_open = record->state == CALL_OPEN, listed = head->element[HEAD_OPEN]->integer == 1;
	struct text posted = reply_string(head->element[HEAD_CALLS]), due = reply_string(head->element[HEAD_DUE]);
	bool passed = record->deadline_ms <= direct_now_ms(head->element[HEAD_TIME]);
	char number[24], item[64];

	if (is_open != listed)
		audit_differ(audit, FLAW_STATE, partition, KEY_OPEN, reading->id, listed ? WANTED_GOOD : "",
			is_open ? WANTED_GOOD : "");
	snprintf(number, sizeof(number), "%" PRIu64, record->posted_ms);
	if (!text_equal(posted, text_of(number)))
		audit_differ(audit, FLAW_STATE, partition, KEY_CALLS, reading->id, posted.data, number);
	snprintf(number, sizeof(number), "%" PRIu64, record->deadline_ms);
	deadline_item(item, reading->id);
	if (!is_open && due.len > 0)
		audit_differ(audit, FLAW_DUE, partition, KEY_DUE, item, due.data, "");
	if (is_open && !text_equal(due, text_of(number)) && !(due.len == 0 && passed))
		audit_differ(audit, FLAW_DUE, partition, KEY_DUE, item, due.data, number);
}

/* Pages. */

static void
on_lines(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_line(reading->recount, reply_string(items->element[i]), reply_string(items->element[i + 1]));
}

static void
on_queue(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_queued(reading->recount, reading->waiting, reply_string(items->element[i]),
			reply_string(items->element[i + 1]));
}

static void
on_offered(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_offered(reading->recount, reply_string(items->element[i]), reply_string(items->element[i + 1]));
}

static void
on_live(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_live(reading->recount, reply_string(items->element[i]), reply_string(items->element[i + 1]));
}

static void
on_tally(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_tally(reading->recount, reply_string(items->element[i]), reply_string(items->element[i + 1]));
}

static void
on_texts(const redisReply *items, void *context)
{
	struct reading *reading = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		recount_texts(reading->recount, reply_string(items->element[i]));
}

static void
read_part(struct reading *reading, const char *command, const char *key, direct_page *page)
{
	struct audit *audit = reading->audit;

	if (!direct_scan(audit->redis, command, reading->call.partition, key, page, reading) &&
		!direct_is_away(audit->redis))
		audit_differ(audit, FLAW_TYPE, reading->call.partition, key, "", WANTED_GOOD, WANTED_GOOD);
}

#define READ_PART(reading, command, format, page)                    \
	do {                                                         \
		char key_[64];                                       \
		snprintf(key_, sizeof(key_), format, (reading)->id); \
		read_part((reading), (command), key_, (page));       \
	} while (0)

static void
read_offers(struct reading *reading)
{
	struct direct *redis = reading->audit->redis;
	char item[64];

	for (uint32_t number = 0; (number = recount_next_offered(reading->recount, number)) > 0;) {
		redisReply *reply;
		snprintf(item, sizeof(item), "offer %s %u", reading->id, number);
		reply = direct_ask(redis, audit_ask_for("ZSCORE", reading->call.partition, KEY_DUE, item));
		if (!reply)
			return;
		recount_offer_due(reading->recount, number, reply_string(reply));
		freeReplyObject(reply);
	}
}

/* What each line causes at its person. */
static void
add_sign_ups(struct reading *reading)
{
	for (uint32_t number = 1; number <= recount_lines(reading->recount); number++) {
		const struct line_change *line = recount_line_of(reading->recount, number);
		if (line && !id_is_none(line->person))
			audit_add_sign_up(reading->audit, reading->call, number, line->person);
	}
}

static void
note_ids(struct reading *reading)
{
	const uint64_t *highest = recount_highest_ids(reading->recount);

	for (uint8_t i = 0; i < PARTITIONS; i++)
		audit_note_id(reading->audit, (struct id){i, highest[i]});
}

static void
read_chain(struct reading *reading)
{
	READ_PART(reading, "HSCAN", KEY_CALL_LINES, on_lines);
	recount_lines_end(reading->recount);
	READ_PART(reading, "HSCAN", KEY_CALL_LIVE, on_live);
	READ_PART(reading, "HSCAN", KEY_CALL_TALLY, on_tally);
	READ_PART(reading, "HSCAN", KEY_CALL_TEXTS, on_texts);
	READ_PART(reading, "ZSCAN", KEY_CALL_OFFERED, on_offered);
	reading->waiting = false;
	READ_PART(reading, "ZSCAN", KEY_CALL_CONFIRMED, on_queue);
	reading->waiting = true;
	READ_PART(reading, "ZSCAN", KEY_CALL_WAITING, on_queue);
	read_offers(reading);
	note_ids(reading);
	recount_end(reading->recount);
}

/* False if there is no record to recount by. */
static bool
read_record(struct reading *reading, const redisReply *head)
{
	struct audit *audit = reading->audit;
	const redisReply *row = head->element[HEAD_RECORD];
	struct call_record record;
	struct call_numbers numbers;
	char key[64];
	bool there = row->type == REDIS_REPLY_ARRAY && row->element[0]->type == REDIS_REPLY_STRING;

	if (!records_parse_call(reading->call, &record, &numbers, row)) {
		snprintf(key, sizeof(key), KEY_CALL, reading->id);
		audit_differ(audit, FLAW_RECORD, reading->call.partition, key, "", there ? "?" : "", WANTED_GOOD);
		return false;
	}
	check_lists(reading, &record, head);
	reading->recount = or_die(recount_create(reading->call, &record, &numbers, &audit->findings));
	return true;
}

static enum attempt
attempt(struct reading *reading)
{
	struct direct *redis = reading->audit->redis;
	redisReply *head = read_head(reading), *after = NULL;
	bool still;

	reading->audit->findings = (struct findings){.count = 0};
	reading->recount = NULL;
	if (!head)
		return AWAY;
	if (read_record(reading, head))
		read_chain(reading);
	after = direct_ask(redis, read_version(reading->call));
	still = after && text_equal(reply_string(after), reply_string(head->element[HEAD_VERSION]));
	freeReplyObject(head);
	freeReplyObject(after);
	if (!after)
		return AWAY;
	return still ? STOOD_STILL : MOVED;
}

void
audit_call(struct audit *audit, struct id call)
{
	struct reading reading = {.audit = audit, .call = call};
	enum attempt result = MOVED;

	id_print(reading.id, call);
	for (unsigned i = 0; i < TRIES && result == MOVED; i++) {
		if (i > 0)
			usleep(PAUSE_US * i);
		result = attempt(&reading);
		if (reading.recount && result == STOOD_STILL) {
			audit->lines += recount_lines(reading.recount);
			add_sign_ups(&reading);
		}
		if (reading.recount)
			recount_destroy(reading.recount);
	}
	if (result == MOVED)
		audit_tell_busy(audit, call);
	if (result == STOOD_STILL)
		audit->calls_read++;
	audit_tell(audit);
}
