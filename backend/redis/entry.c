#include "entry.h"

#include <assert.h>
#include <stdlib.h>

#include "log.h"
#include "memory.h"
#include "records.h"

#define CHANGES_MAX 100001 /* lines in one event: a whole chain at the most */
#define LINES_PAGE  500

void
entry_destroy(struct entry *entry)
{
	for (size_t i = 0; i < entry->line_count; i++)
		if (entry->lines[i].texts.len > 0)
			free(UNCONST(entry->lines[i].texts.data)); /* those of a chain event stand in entry->texts */
	free(entry->lines);
	free(entry->places);
	free(entry->texts);
	free(entry);
}

/* Parsing: a flat list of names and values, in any order. */

static struct text
field(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (text_equal(reply_string(fields->element[i]), text_of(name)))
			return reply_string(fields->element[i + 1]);
	return TEXT("");
}

uint64_t
entry_seq(const redisReply *fields)
{
	uint64_t seq = 0;

	if (fields->type != REDIS_REPLY_ARRAY || !text_to_u64(&seq, field(fields, "seq"), ID_NUMBER_MAX))
		return 0;
	return seq;
}

/* "17:confirmed:3.77:140105007004001:1649761234567" */
static bool
parse_change(struct line_change *out, struct text text)
{
	uint32_t number;

	return text_to_u32(&number, text_cut(&text, ':')) && line_change_parse(out, number, text, ':');
}

/* How many of the lines have texts of their own. */
static size_t
count_texts(const struct event *event)
{
	size_t count = 0;

	for (size_t i = 0; i < event->chain.count; i++)
		count += event->chain.lines[i].has_texts;
	return count;
}

static bool
parse_optional_id(struct id *out, struct text text)
{
	return text.len == 0 || id_parse(out, text);
}

static bool
parse_optional_place(struct place *out, struct text text)
{
	return text.len == 0 || place_parse(out, text);
}

static bool
parse_chain(struct entry *entry, const redisReply *fields)
{
	struct text rest = field(fields, "lines");
	size_t count = 1;

	for (size_t i = 0; i < rest.len; i++)
		count += rest.data[i] == ';';
	if (count > CHANGES_MAX || !id_parse(&entry->event.chain.call, field(fields, "call")))
		return false;
	entry->lines = or_die(calloc(count, sizeof(*entry->lines)));
	for (size_t i = 0; i < count; i++)
		if (!parse_change(&entry->lines[i], text_cut(&rest, ';')))
			return false;
	entry->event.chain.lines = entry->lines;
	entry->event.chain.count = count;
	entry->complete = count_texts(&entry->event) == 0;
	return parse_optional_id(&entry->event.chain.late_for, field(fields, "late")) &&
	       parse_optional_place(&entry->event.chain.filled_at, field(fields, "filled"));
}

static bool
parse_places(struct entry *entry, const redisReply *fields)
{
	struct text under = field(fields, "under"), codes = field(fields, "codes"), rest = codes;
	size_t count = 0;

	if (!parse_optional_place(&entry->event.places.under, under))
		return false;
	entry->texts = or_die(text_dup(codes));
	entry->places = or_die(calloc(codes.len / 2 + 1, sizeof(*entry->places)));
	for (; rest.len > 0; count++)
		if (!place_parse(&entry->places[count].place, text_cut(&rest, ',')))
			return false;
	entry->event.places.items = entry->places;
	entry->event.places.count = count;
	return count > 0;
}

static bool
parse_member(struct entry *entry, const redisReply *fields)
{
	return id_parse(&entry->event.member.person, field(fields, "person"));
}

/* All that there is stands in the entry. */
static bool
parse_grant(struct entry *entry, const redisReply *fields)
{
	struct grant *grant = &entry->event.grant.grant;

	entry->complete = true;
	return id_parse(&entry->event.grant.person, field(fields, "person")) &&
	       role_parse(&grant->role, field(fields, "role")) &&
	       parse_optional_place(&grant->place, field(fields, "place")) &&
	       text_to_u64(&grant->until_ms, field(fields, "until"), ID_NUMBER_MAX);
}

static bool
parse_device(struct entry *entry, const redisReply *fields)
{
	entry->complete = true;
	return id_parse(&entry->event.device.person, field(fields, "person")) &&
	       text_to_u32(&entry->event.device.number, field(fields, "device"));
}

static bool
parse_desk(struct entry *entry, const redisReply *fields)
{
	struct text hash = field(fields, "ticket");

	entry->complete = true;
	if (hash.len != DESK_HASH - 1)
		return false;
	memcpy(entry->event.desk.hash, hash.data, hash.len);
	entry->event.desk.hash[hash.len] = '\0';
	return true;
}

static bool
parse_erased(struct entry *entry, const redisReply *fields)
{
	entry->complete = true;
	return id_parse(&entry->event.erased.person, field(fields, "person"));
}

static bool
parse_call(struct entry *entry, const redisReply *fields)
{
	return id_parse(&entry->event.call.record.id, field(fields, "call")) &&
	       call_changes_parse(&entry->event.call.changes, field(fields, "changed"));
}

static const struct {
	const char *what;
	enum event_kind kind;
	bool (*parse)(struct entry *entry, const redisReply *fields);
} kinds[] = {
	{"chain", EVENT_CHAIN, parse_chain},
	{"call", EVENT_CALL, parse_call},
	{"member", EVENT_MEMBER, parse_member},
	{"places", EVENT_PLACES, parse_places},
	{"grant", EVENT_GRANT, parse_grant},
	{"device", EVENT_DEVICE, parse_device},
	{"desk", EVENT_DESK, parse_desk},
	{"erased", EVENT_ERASED, parse_erased},
};

static bool
parse(struct entry *entry, const redisReply *fields)
{
	struct text what = field(fields, "what");

	if (!text_to_u64(&entry->event.at_ms, field(fields, "at"), ID_NUMBER_MAX))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!text_equal(what, text_of(kinds[i].what)))
			continue;
		entry->event.kind = kinds[i].kind;
		return kinds[i].parse(entry, fields);
	}
	return false;
}

struct entry *
entry_create(uint8_t partition, const redisReply *fields)
{
	struct entry *entry = or_die(calloc(1, sizeof(*entry)));

	entry->event.partition = partition;
	entry->event.seq = entry_seq(fields);
	if (!parse(entry, fields)) {
		entry->event.kind = EVENT_LOST;
		entry->complete = true;
	}
	return entry;
}

/* Records. */

/* Copies all strings of a reply into one block of the entry; out[i] gets the i-th. */
static void
keep_texts(struct entry *entry, const redisReply *reply, struct text *out)
{
	size_t len = 1; /* even an empty reply gets a block */
	char *at;

	for (size_t i = 0; i < reply->elements; i++)
		len += reply_string(reply->element[i]).len + 1;
	free(entry->texts);
	at = entry->texts = or_die(malloc(len));
	for (size_t i = 0; i < reply->elements; i++) {
		struct text text = reply_string(reply->element[i]);
		memcpy(at, text.data, text.len);
		at[text.len] = '\0';
		out[i] = (struct text){at, text.len};
		at += text.len + 1;
	}
}

/* Lets a text of a parsed record point into the entry's own copy of the reply, where it begins a column. */
static void
adopt_text(struct text *text, const redisReply *reply, const struct text *kept)
{
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->str && reply->element[i]->str == text->data)
			text->data = kept[i].data;
}

static void
fill_places(struct entry *entry, const redisReply *reply)
{
	size_t count = entry->event.places.count;
	struct text *names = or_die(calloc(count, sizeof(*names)));

	if (reply->elements == count)
		keep_texts(entry, reply, names);
	for (size_t i = 0; i < count; i++)
		entry->places[i].name = names[i].data ? names[i] : TEXT("");
	free(names);
}

static void
fill_member(struct entry *entry, const redisReply *reply)
{
	struct member_record record;
	struct text kept[8];

	assert(reply->elements <= ARRAY_LEN(kept));
	if (!records_parse_member(&record, reply))
		return;
	keep_texts(entry, reply, kept);
	adopt_text(&record.name, reply, kept);
	adopt_text(&record.organisation, reply, kept);
	entry->event.member.place = record.place;
	entry->event.member.work = record.work;
	entry->event.member.kind = record.kind;
	entry->event.member.name = record.name;
	entry->event.member.organisation = record.organisation;
}

/* The view has forgotten its chain, and must read it anew. One that the view was loaded with is there. */
static bool
is_reopened(const struct entry *entry)
{
	const struct event *event = &entry->event;

	return event->kind == EVENT_CALL && !event->loaded && event->call.record.state == CALL_OPEN &&
	       event->call.changes & CALL_CHANGED_STATE && event->call.numbers.lines > 0;
}

static void
fill_call(struct entry *entry, const redisReply *reply)
{
	struct call_record record;
	struct call_numbers numbers;
	struct text kept[64], *texts[CALL_TEXTS_MAX];
	size_t count;

	entry->event.call.record.state = CALL_CLOSED;
	if (!records_parse_call(entry->event.call.record.id, &record, &numbers, reply))
		return;
	assert(reply->elements <= ARRAY_LEN(kept));
	keep_texts(entry, reply, kept);
	count = call_texts(&record, texts);
	for (size_t i = 0; i < count; i++)
		adopt_text(texts[i], reply, kept);
	entry->event.call.record = record;
	entry->event.call.numbers = numbers;
	if (is_reopened(entry))
		entry->lines = or_die(calloc(numbers.lines, sizeof(*entry->lines)));
}

/* A page of the chain of a call that was reopened, which has no gaps. */
static void
fill_lines(struct entry *entry, const redisReply *reply)
{
	size_t before = entry->line_count;

	for (size_t i = 0; i < reply->elements && entry->line_count < entry->event.call.numbers.lines; i++) {
		uint32_t number = (uint32_t)entry->line_count + 1;
		if (!line_change_parse(&entry->lines[entry->line_count], number, reply_string(reply->element[i]), '\t'))
			break;
		entry->line_count++;
	}
	entry->texts_due = entry->line_count - before;
	if (entry->line_count == before) /* it cannot be read: what there is must do */
		entry->event.call.numbers.lines = (uint32_t)before;
}

/* Of the lines of the last page that have texts. */
static size_t
due_texts(const struct entry *entry)
{
	size_t count = 0;

	for (size_t i = entry->line_count - entry->texts_due; i < entry->line_count; i++)
		count += entry->lines[i].has_texts;
	return count;
}

static void
fill_line_texts(struct entry *entry, const redisReply *reply)
{
	size_t next = 0;

	for (size_t i = entry->line_count - entry->texts_due; i < entry->line_count && next < reply->elements; i++) {
		struct text text;
		if (!entry->lines[i].has_texts)
			continue;
		text = reply_string(reply->element[next++]);
		if (text.len > 0)
			entry->lines[i].texts = (struct text){or_die(text_dup(text)), text.len};
	}
	entry->texts_due = 0;
}

static void
fill_reopened(struct entry *entry, const redisReply *reply)
{
	if (entry->texts_due > 0)
		fill_line_texts(entry, reply);
	else
		fill_lines(entry, reply);
	if (entry->texts_due > 0 && due_texts(entry) == 0)
		entry->texts_due = 0;
	entry->event.call.lines = entry->lines;
	entry->event.call.line_count = entry->line_count;
	entry->complete = entry->texts_due == 0 && entry->line_count >= entry->event.call.numbers.lines;
}

/* Of the lines that have any, in their order. */
static void
fill_chain(struct entry *entry, const redisReply *reply)
{
	size_t expected = count_texts(&entry->event), next = 0;
	struct text *kept;

	if (!entry->lines || expected == 0)
		return;
	kept = or_die(calloc(expected, sizeof(*kept)));
	if (reply->elements == expected)
		keep_texts(entry, reply, kept);
	for (size_t i = 0; i < entry->event.chain.count; i++)
		if (entry->lines[i].has_texts)
			entry->lines[i].texts = kept[next++];
	free(kept);
}

void
entry_fill(struct entry *entry, const redisReply *reply)
{
	bool first = !entry->lines || entry->event.kind == EVENT_CHAIN;

	entry->complete = true;
	if (reply->type == REDIS_REPLY_ERROR) {
		log_error("feed", "record_not_read", KV("reason", reply->str));
		return;
	}
	switch (entry->event.kind) {
	case EVENT_PLACES:
		fill_places(entry, reply);
		break;
	case EVENT_MEMBER:
		fill_member(entry, reply);
		break;
	case EVENT_CHAIN:
		fill_chain(entry, reply);
		break;
	case EVENT_CALL:
		if (first)
			fill_call(entry, reply);
		else
			fill_reopened(entry, reply);
		if (first)
			entry->complete = !entry->lines;
		break;
	case EVENT_GRANT:
	case EVENT_DEVICE:
	case EVENT_DESK:
	case EVENT_ERASED:
	case EVENT_LOST:
		break;
	}
}

struct command *
entry_read(const struct entry *entry)
{
	const struct event *event = &entry->event;
	uint32_t first = (uint32_t)entry->line_count + 1;

	switch (event->kind) {
	case EVENT_PLACES:
		return records_read_places(event->partition, text_of(entry->texts));
	case EVENT_MEMBER:
		return records_read_member(event->member.person);
	case EVENT_CHAIN:
		return records_read_line_texts(event->chain.call, event->chain.lines, event->chain.count);
	case EVENT_GRANT: /* is complete as it comes, and so are the next two */
	case EVENT_DEVICE:
	case EVENT_DESK:
	case EVENT_ERASED:
	case EVENT_LOST:
	case EVENT_CALL:
		break;
	}
	if (!entry->lines)
		return records_read_call(event->call.record.id);
	if (entry->texts_due > 0)
		return records_read_line_texts(
			event->call.record.id, entry->lines + entry->line_count - entry->texts_due, entry->texts_due);
	return records_read_lines(event->call.record.id, first, MIN(first + LINES_PAGE - 1, event->call.numbers.lines));
}
