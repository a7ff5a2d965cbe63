/* audit_data.c - what stands around the calls: layout, logs, and where calls are listed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "entry.h"
#include "keys.h"

#define LOG_PAGE "100"

/* A partition being read. */
struct part {
	struct audit *audit;
	uint8_t partition;
};

/* Layout. */

enum mark { MARK_LAYOUT, MARK_PARTITIONS, MARK_EPOCH, MARK_IDS, MARKS };
static const char *const mark_names[MARKS] = {"layout", "partitions", "epoch", "ids"};

static struct command *
ask_marks(uint8_t partition)
{
	struct command *command = command_create("HMGET");

	command_key(command, partition, KEY_META);
	for (enum mark mark = 0; mark < MARKS; mark++)
		command_arg(command, text_of(mark_names[mark]));
	return command;
}

static struct text
mark_of(const redisReply *reply, enum mark mark)
{
	return reply->type == REDIS_REPLY_ARRAY ? reply_string(reply->element[mark]) : TEXT("");
}

/* The epoch that most partitions have. */
static struct text
common_epoch(redisReply *const replies[PARTITIONS])
{
	struct text common = TEXT("");
	unsigned most = 0;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct text epoch = mark_of(replies[i], MARK_EPOCH);
		unsigned count = 0;
		for (uint8_t j = 0; j < PARTITIONS; j++)
			count += text_equal(epoch, mark_of(replies[j], MARK_EPOCH));
		if (epoch.len == 0 || count <= most)
			continue;
		most = count;
		common = epoch;
	}
	return common;
}

static void
check_mark(struct audit *audit, uint8_t partition, const redisReply *reply, enum mark mark, struct text wanted)
{
	char found[64], should[64];

	if (text_equal(mark_of(reply, mark), wanted))
		return;
	snprintf(found, sizeof(found), "%s", mark_of(reply, mark).data);
	snprintf(should, sizeof(should), "%s", wanted.data);
	audit_differ(audit, FLAW_LAYOUT, partition, KEY_META, mark_names[mark], found, should);
}

static bool
read_all_marks(struct audit *audit, redisReply *replies[PARTITIONS])
{
	for (uint8_t i = 0; i < PARTITIONS; i++)
		direct_send(audit->redis, ask_marks(i));
	for (uint8_t i = 0; i < PARTITIONS; i++)
		replies[i] = direct_take(audit->redis);
	return !direct_is_away(audit->redis);
}

static void
free_marks(redisReply *replies[PARTITIONS])
{
	for (uint8_t i = 0; i < PARTITIONS; i++)
		freeReplyObject(replies[i]);
}

static void
check_layout(struct audit *audit)
{
	redisReply *replies[PARTITIONS];
	char partitions[8];
	struct text epoch;

	snprintf(partitions, sizeof(partitions), "%u", PARTITIONS);
	if (read_all_marks(audit, replies)) {
		epoch = common_epoch(replies);
		for (uint8_t i = 0; i < PARTITIONS; i++) {
			check_mark(audit, i, replies[i], MARK_LAYOUT, TEXT(DATA_LAYOUT));
			check_mark(audit, i, replies[i], MARK_PARTITIONS, text_of(partitions));
			check_mark(audit, i, replies[i], MARK_EPOCH, epoch);
		}
	}
	free_marks(replies);
	audit_tell(audit);
}

void
audit_note_id(struct audit *audit, struct id id)
{
	audit->highest_ids[id.partition] = MAX(audit->highest_ids[id.partition], id.number);
}

void
audit_ids(struct audit *audit)
{
	redisReply *replies[PARTITIONS];
	char found[24], wanted[24];

	if (read_all_marks(audit, replies)) {
		for (uint8_t i = 0; i < PARTITIONS; i++) {
			struct text ids = mark_of(replies[i], MARK_IDS);
			uint64_t given, highest = audit->highest_ids[i];
			if (text_to_u64(&given, ids, ID_NUMBER_MAX) && highest <= given)
				continue;
			snprintf(found, sizeof(found), "%s", ids.data);
			snprintf(wanted, sizeof(wanted), "%" PRIu64, highest);
			audit_differ(audit, FLAW_ID, i, KEY_META, "ids", found, wanted);
		}
	}
	free_marks(replies);
	audit_tell(audit);
}

/* Logs. */

/* What the log's own count and its last entry say at one moment. */
struct log_end {
	uint64_t counted, last;
	char entry[64]; /* of the last; "": there is none */
};

static struct command *
range_log(const char *name, uint8_t partition, const char *from, const char *to, const char *count)
{
	struct command *command = command_create(name);

	command_key(command, partition, KEY_LOG);
	command_arg(command, text_of(from));
	command_arg(command, text_of(to));
	command_arg(command, TEXT("COUNT"));
	command_arg(command, text_of(count));
	return command;
}

static bool
read_log_end(struct audit *audit, uint8_t partition, struct log_end *end)
{
	redisReply *reply;

	*end = (struct log_end){.counted = 0};
	direct_begin(audit->redis);
	direct_send(audit->redis, audit_ask_for("HGET", partition, KEY_META, "seq"));
	direct_send(audit->redis, range_log("XREVRANGE", partition, "+", "-", "1"));
	reply = direct_together(audit->redis, 2);
	if (!reply)
		return false;
	if (!text_to_u64(&end->counted, reply_string(reply->element[0]), ID_NUMBER_MAX))
		end->counted = 0;
	if (reply->element[1]->type == REDIS_REPLY_ARRAY && reply->element[1]->elements == 1) {
		const redisReply *entry = reply->element[1]->element[0];
		end->last = entry_seq(entry->element[1]);
		snprintf(end->entry, sizeof(end->entry), "%s", entry->element[0]->str);
	}
	freeReplyObject(reply);
	return true;
}

/* Whether an entry that is missed has been trimmed since: then there is none any more in front of `seq`. */
static bool
is_trimmed(struct audit *audit, uint8_t partition, uint64_t seq)
{
	redisReply *reply = direct_ask(audit->redis, range_log("XRANGE", partition, "-", "+", "1"));
	bool trimmed = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 &&
		       entry_seq(reply->element[0]->element[1]) >= seq;

	freeReplyObject(reply);
	return trimmed;
}

/* Looks at a page, and moves `from` behind it. `seq` is of the entry before; 0: none yet. */
static void
check_entries(struct audit *audit, uint8_t partition, const redisReply *page, char from[72], uint64_t *seq)
{
	char found[24], wanted[24];

	for (size_t i = 0; i < page->elements; i++) {
		const redisReply *entry = page->element[i];
		uint64_t next = entry_seq(entry->element[1]);
		snprintf(from, 72, "(%s", entry->element[0]->str);
		if (*seq > 0 && next != *seq + 1 && !is_trimmed(audit, partition, next)) {
			snprintf(found, sizeof(found), "%" PRIu64, next);
			snprintf(wanted, sizeof(wanted), "%" PRIu64, *seq + 1);
			audit_differ(audit, FLAW_LOG, partition, KEY_LOG, entry->element[0]->str, found, wanted);
		}
		*seq = next;
		audit->events++;
	}
}

static void
check_log(struct audit *audit, uint8_t partition)
{
	char from[72] = "-", counted[24], last[24];
	struct log_end end;
	uint64_t seq = 0;

	if (!read_log_end(audit, partition, &end))
		return;
	if (end.counted != end.last) {
		snprintf(counted, sizeof(counted), "%" PRIu64, end.counted);
		snprintf(last, sizeof(last), "%" PRIu64, end.last);
		audit_differ(audit, FLAW_LOG, partition, KEY_META, "seq", counted, last);
	}
	for (bool more = end.entry[0]; more;) {
		redisReply *page = direct_ask(audit->redis, range_log("XRANGE", partition, from, end.entry, LOG_PAGE));
		more = page && page->type == REDIS_REPLY_ARRAY && page->elements > 0;
		if (more)
			check_entries(audit, partition, page, from, &seq);
		freeReplyObject(page);
	}
	audit_tell(audit);
}

/* How far each log was relayed: to "seq at" in a hash by source. */

struct marks {
	uint64_t highest[PARTITIONS]; /* of each source */
	uint8_t where[PARTITIONS];    /* that mark stands */
};

static void
read_relay_marks(struct audit *audit, uint8_t partition, struct marks *marks)
{
	struct command *command = command_create("HGETALL");
	redisReply *reply;

	command_key(command, partition, KEY_RELAY);
	reply = direct_ask(audit->redis, command);
	for (size_t i = 0; reply && i + 1 < reply->elements; i += 2) {
		struct text rest = reply_string(reply->element[i + 1]), seq = text_cut(&rest, ' ');
		uint64_t source, mark;
		if (!text_to_u64(&source, reply_string(reply->element[i]), PARTITIONS - 1) ||
			!text_to_u64(&mark, seq, ID_NUMBER_MAX)) {
			audit_differ(audit, FLAW_RELAY, partition, KEY_RELAY, reply->element[i]->str,
				reply->element[i + 1]->str, "");
			continue;
		}
		if (mark <= marks->highest[source])
			continue;
		marks->highest[source] = mark;
		marks->where[source] = partition;
	}
	freeReplyObject(reply);
}

/* The logs only grow, so their ends are asked for behind the marks. */
static void
check_relay(struct audit *audit)
{
	struct marks marks = {.highest = {0}};
	char source[8], found[24], wanted[24];

	for (uint8_t i = 0; i < PARTITIONS; i++)
		read_relay_marks(audit, i, &marks);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		redisReply *reply = direct_ask(audit->redis, audit_ask_for("HGET", i, KEY_META, "seq"));
		uint64_t seq = 0;
		if (reply && text_to_u64(&seq, reply_string(reply), ID_NUMBER_MAX) && marks.highest[i] > seq) {
			snprintf(source, sizeof(source), "%u", i);
			snprintf(found, sizeof(found), "%" PRIu64, marks.highest[i]);
			snprintf(wanted, sizeof(wanted), "%" PRIu64, seq);
			audit_differ(audit, FLAW_RELAY, marks.where[i], KEY_RELAY, source, found, wanted);
		}
		freeReplyObject(reply);
	}
	audit_tell(audit);
}

/* Where calls are named: each of them is looked at, whoever names it. */

static void
add_call(struct part *part, struct text id, const char *key)
{
	struct id call;
	char shown[64];

	if (id_parse(&call, id) && call.partition == part->partition) {
		audit_add_call(part->audit, call);
		return;
	}
	snprintf(shown, sizeof(shown), "%.*s", (int)MIN(id.len, sizeof(shown) - 1), id.data);
	audit_differ(part->audit, FLAW_STATE, part->partition, key, shown, WANTED_GOOD, "");
}

static void
on_open(const redisReply *items, void *context)
{
	for (size_t i = 0; i < items->elements; i++)
		add_call(context, reply_string(items->element[i]), KEY_OPEN);
}

static void
on_calls(const redisReply *items, void *context)
{
	for (size_t i = 0; i + 1 < items->elements; i += 2)
		add_call(context, reply_string(items->element[i]), KEY_CALLS);
}

static void
on_imported(const redisReply *items, void *context)
{
	for (size_t i = 0; i + 1 < items->elements; i += 2)
		add_call(context, reply_string(items->element[i + 1]), KEY_IMPORTED);
}

/* An offer that is due must be one: its line says so, unless both have gone since. */
static void
check_offer(struct part *part, struct text item)
{
	struct audit *audit = part->audit;
	struct text number = item, id;
	char key[64], line[24], whole[96];
	redisReply *reply;

	text_cut(&number, ' ');
	id = text_cut(&number, ' ');
	snprintf(whole, sizeof(whole), "%.*s", (int)MIN(item.len, sizeof(whole) - 1), item.data);
	snprintf(line, sizeof(line), "%.*s", (int)MIN(number.len, sizeof(line) - 1), number.data);
	snprintf(key, sizeof(key), "call:%.*s:lines", (int)MIN(id.len, ID_TEXT), id.data);
	direct_begin(audit->redis);
	direct_send(audit->redis, audit_ask_for("ZSCORE", part->partition, KEY_DUE, whole));
	direct_send(audit->redis, audit_ask_for("HGET", part->partition, key, line));
	reply = direct_together(audit->redis, 2);
	if (!reply)
		return;
	if (reply->element[0]->type == REDIS_REPLY_STRING &&
		strncmp(reply_string(reply->element[1]).data, "offered\t", strlen("offered\t")) != 0)
		audit_differ(audit, FLAW_DUE, part->partition, KEY_DUE, whole, reply->element[0]->str, "");
	freeReplyObject(reply);
}

/* Who is due to be erased is somebody of this partition, who was listed as erased or is to be so by a restore. */
static void
check_erasure(struct part *part, struct text item)
{
	struct text rest = item, id, when;
	struct id person;
	uint64_t time;

	text_cut(&rest, ' ');
	id = text_cut(&rest, ' ');
	when = rest;
	if (!id_parse(&person, id) || person.partition != part->partition || !text_to_u64(&time, when, ID_NUMBER_MAX))
		audit_differ(part->audit, FLAW_DUE, part->partition, KEY_DUE, item.data, WANTED_GOOD, "");
}

/* "deadline 7.1", "offer 7.1 12", "grant 3.77 worker 140105007004", "erase 3.77 1649761234567". */
static void
on_due(const redisReply *items, void *context)
{
	struct part *part = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text item = reply_string(items->element[i]), rest = item, kind = text_cut(&rest, ' ');
		if (text_equal(kind, TEXT("deadline")))
			add_call(part, rest, KEY_DUE);
		else if (text_equal(kind, TEXT("offer")))
			check_offer(part, item);
		else if (text_equal(kind, TEXT("grant")))
			audit_due_grant(part->audit, part->partition, item.data);
		else if (text_equal(kind, TEXT("erase")))
			check_erasure(part, item);
		else
			audit_differ(part->audit, FLAW_DUE, part->partition, KEY_DUE, item.data,
				reply_string(items->element[i + 1]).data, "");
	}
}

static void
list_calls(struct audit *audit, uint8_t partition)
{
	struct part part = {audit, partition};
	static const struct {
		const char *command, *key;
		direct_page *page;
	} lists[] = {{"SSCAN", KEY_OPEN, on_open}, {"ZSCAN", KEY_CALLS, on_calls}, {"ZSCAN", KEY_DUE, on_due},
		{"HSCAN", KEY_IMPORTED, on_imported}};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (!direct_scan(audit->redis, lists[i].command, partition, lists[i].key, lists[i].page, &part) &&
			!direct_is_away(audit->redis))
			audit_differ(audit, FLAW_TYPE, partition, lists[i].key, "", WANTED_GOOD, WANTED_GOOD);
	audit_tell(audit);
}

void
audit_data(struct audit *audit)
{
	check_layout(audit);
	for (uint8_t i = 0; i < PARTITIONS; i++)
		check_log(audit, i);
	check_relay(audit);
	for (uint8_t i = 0; i < PARTITIONS; i++)
		list_calls(audit, i);
}
