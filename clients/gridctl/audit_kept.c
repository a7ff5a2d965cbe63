/* audit_kept.c - what is kept of places and persons beside chains: places, grants, devices, the roster, templates.
 *
 * Each row must be one that the functions write, and what stands in two keys must stand in both: those are asked for
 * together, as of one moment, so that nothing is taken for a difference that is half of a change. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "keys.h"

/* A partition being read. */
struct part {
	struct audit *audit;
	uint8_t partition;
};

static char *
print_text(char out[96], struct text text)
{
	snprintf(out, 96, "%.*s", (int)MIN(text.len, 95), text.data);
	return out;
}

#define SHOWN(text) print_text((char[96]){0}, (text))

static const char *
some_if(bool there)
{
	return there ? WANTED_GOOD : "";
}

/* Places. */

static void
on_places(const redisReply *items, void *context)
{
	const struct part *part = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text code = reply_string(items->element[i]);
		struct place place;
		if (!place_parse(&place, code) || place_partition(place) != part->partition)
			audit_differ(
				part->audit, FLAW_WHERE, part->partition, KEY_PLACES, SHOWN(code), WANTED_GOOD, "");
	}
}

/* Grants. What is due is "grant <id> <role> <place>", as long as the grant has an end. */

struct grant_standing {
	struct text row;   /* empty: there is none */
	struct text score; /* of what is due; empty: nothing is */
	bool listed;
};

static void
judge_grant(
	struct audit *audit, struct id person, const char *field, const char *due, const struct grant_standing *stands)
{
	struct grant grant;
	char key[64], id[ID_TEXT], until[24] = "";

	snprintf(key, sizeof(key), KEY_PERSON_GRANTS, id_print(id, person));
	if (stands->row.len > 0 && !records_parse_grant(&grant, text_of(field), stands->row)) {
		audit_differ(audit, FLAW_GRANT, person.partition, key, field, SHOWN(stands->row), WANTED_GOOD);
		return;
	}
	if (stands->row.len > 0 && grant.until_ms > 0)
		snprintf(until, sizeof(until), "%llu", (unsigned long long)grant.until_ms);
	if (!text_equal(stands->score, text_of(until)))
		audit_differ(audit, FLAW_GRANT, person.partition, KEY_DUE, due, SHOWN(stands->score), until);
	if (stands->row.len > 0 && !stands->listed)
		audit_differ(audit, FLAW_GRANT, person.partition, KEY_GRANTED, id, "", WANTED_GOOD);
}

/* One of "role place", found with its person, or by what is due: then only one that the person has not is judged, for the
 * others come with their persons. */
static void
check_grant(struct audit *audit, struct id person, const char *field, bool by_due)
{
	char key[64], id[ID_TEXT], due[160];
	struct grant_standing stands;
	redisReply *reply;

	snprintf(key, sizeof(key), KEY_PERSON_GRANTS, id_print(id, person));
	snprintf(due, sizeof(due), "grant %s %s", id, field);
	direct_begin(audit->redis);
	direct_send(audit->redis, audit_ask_for("HGET", person.partition, key, field));
	direct_send(audit->redis, audit_ask_for("ZSCORE", person.partition, KEY_DUE, due));
	direct_send(audit->redis, audit_ask_for("SISMEMBER", person.partition, KEY_GRANTED, id));
	reply = direct_together(audit->redis, 3);
	if (!reply)
		return;
	stands = (struct grant_standing){
		reply_string(reply->element[0]), reply_string(reply->element[1]), reply->element[2]->integer == 1};
	if (by_due == (stands.row.len == 0))
		judge_grant(audit, person, field, due, &stands);
	freeReplyObject(reply);
}

void
audit_due_grant(struct audit *audit, uint8_t partition, const char *item)
{
	struct text rest = text_of(item), id;
	struct id person;

	text_cut(&rest, ' ');
	id = text_cut(&rest, ' ');
	if (id_parse(&person, id) && person.partition == partition)
		check_grant(audit, person, rest.data, true);
	else
		audit_differ(audit, FLAW_DUE, partition, KEY_DUE, item, WANTED_GOOD, "");
}

/* Who is listed has at least one. */
static void
on_granted(const redisReply *items, void *context)
{
	const struct part *part = context;

	for (size_t i = 0; i < items->elements; i++) {
		struct command *exists = command_create("EXISTS");
		redisReply *reply;
		command_key(exists, part->partition, KEY_PERSON_GRANTS, items->element[i]->str);
		direct_begin(part->audit->redis);
		direct_send(part->audit->redis, exists);
		direct_send(part->audit->redis,
			audit_ask_for("SISMEMBER", part->partition, KEY_GRANTED, items->element[i]->str));
		reply = direct_together(part->audit->redis, 2);
		if (reply && reply->element[0]->integer == 0 && reply->element[1]->integer == 1)
			audit_differ(part->audit, FLAW_GRANT, part->partition, KEY_GRANTED, items->element[i]->str,
				WANTED_GOOD, "");
		freeReplyObject(reply);
	}
}

static redisReply *
read_all(struct audit *audit, uint8_t partition, const char *key)
{
	struct command *command = command_create("HGETALL");

	command_key(command, partition, "%s", key);
	return direct_ask(audit->redis, command);
}

static void
check_grants(struct audit *audit, struct id person, const char *key)
{
	redisReply *reply = read_all(audit, person.partition, key);

	for (size_t i = 0; reply && i + 1 < reply->elements; i += 2)
		check_grant(audit, person, reply->element[i]->str, false);
	freeReplyObject(reply);
}

/* Devices. */

static bool
is_hex(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789abcdef", text.data[i]))
			return false;
	return true;
}

/* "hash next single offered made seen until name", and "passed active" where there was a second factor, with tabs between
 * them (functions/device.lua). */
static bool
is_device(struct text row)
{
	struct text hash = text_cut(&row, '\t'), next = text_cut(&row, '\t'), single = text_cut(&row, '\t');
	uint64_t time;
	bool good = hash.len > 0 && is_hex(hash) && is_hex(next) && (single.len == 0 || text_equal(single, TEXT("1")));

	for (unsigned i = 0; i < 4; i++)
		good = text_to_u64(&time, text_cut(&row, '\t'), ID_NUMBER_MAX) && good;
	text_cut(&row, '\t');
	for (unsigned i = 0; i < 2 && row.len > 0; i++)
		good = text_to_u64(&time, text_cut(&row, '\t'), ID_NUMBER_MAX) && good;
	return good && row.len == 0;
}

static void
check_devices(struct audit *audit, struct id person, const char *key)
{
	redisReply *reply = read_all(audit, person.partition, key);
	uint64_t last = 0, number;

	for (size_t i = 0; reply && i + 1 < reply->elements; i += 2)
		if (text_equal(reply_string(reply->element[i]), TEXT("last")) &&
			!text_to_u64(&last, reply_string(reply->element[i + 1]), UINT32_MAX))
			last = 0;
	for (size_t i = 0; reply && i + 1 < reply->elements; i += 2) {
		struct text field = reply_string(reply->element[i]);
		if (text_equal(field, TEXT("last")) && last > 0)
			continue;
		if (!text_to_u64(&number, field, last) || number == 0 ||
			!is_device(reply_string(reply->element[i + 1])))
			audit_differ(audit, FLAW_DEVICE, person.partition, key, SHOWN(field), WANTED_GOOD, "");
	}
	freeReplyObject(reply);
}

/* The roster: an entry under the hash of its phone, and "place hash" in the order. Neither is shown but for the hash. */

static bool
is_entry(struct text row)
{
	struct text place = text_cut(&row, '\t');
	struct place parsed;
	uint64_t added;

	for (unsigned i = 0; i < 3; i++) /* name, organisation, the phone sealed */
		text_cut(&row, '\t');
	return (place.len == 0 || place_parse(&parsed, place)) && text_to_u64(&added, row, ID_NUMBER_MAX);
}

/* Whether the entry is at that place, and whether the order has it there, are the same. */
static void
check_order(const struct part *part, struct text place, const char *hash)
{
	struct direct *redis = part->audit->redis;
	char item[96];
	redisReply *reply;
	struct text row;
	bool stands, ordered;

	snprintf(item, sizeof(item), "%.*s %s", (int)MIN(place.len, PLACE_TEXT), place.data, hash);
	direct_begin(redis);
	direct_send(redis, audit_ask_for("HGET", part->partition, KEY_ROSTER, hash));
	direct_send(redis, audit_ask_for("ZSCORE", part->partition, KEY_ROSTER_ORDER, item));
	reply = direct_together(redis, 2);
	if (!reply)
		return;
	row = reply_string(reply->element[0]);
	stands = row.len > 0 && text_equal(text_cut(&row, '\t'), place);
	ordered = reply->element[1]->type == REDIS_REPLY_STRING;
	if (stands != ordered)
		audit_differ(part->audit, FLAW_ROSTER, part->partition, KEY_ROSTER_ORDER, item, some_if(ordered),
			some_if(stands));
	freeReplyObject(reply);
}

static void
on_roster(const redisReply *items, void *context)
{
	const struct part *part = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text hash = reply_string(items->element[i]), row = reply_string(items->element[i + 1]);
		if (is_hex(hash) && is_entry(row))
			check_order(part, text_cut(&row, '\t'), hash.data);
		else
			audit_differ(
				part->audit, FLAW_ROSTER, part->partition, KEY_ROSTER, SHOWN(hash), WANTED_GOOD, "");
	}
}

static void
on_roster_order(const redisReply *items, void *context)
{
	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		struct text hash = reply_string(items->element[i]), place = text_cut(&hash, ' ');
		check_order(context, place, hash.data);
	}
}

/* Templates: the names of a place, and a hash of "name column". */

static bool
has_name(const redisReply *names, struct text name)
{
	for (size_t i = 0; i < names->elements; i++)
		if (text_equal(reply_string(names->element[i]), name))
			return true;
	return false;
}

static bool
has_template(const redisReply *fields, struct text name)
{
	for (size_t i = 0; i < fields->elements; i++) {
		struct text field = reply_string(fields->element[i]);
		if (text_equal(text_cut(&field, '\t'), name) && text_equal(field, TEXT("state")))
			return true;
	}
	return false;
}

static void
judge_templates(const struct part *part, const char *place, const redisReply *names, const redisReply *fields)
{
	char key[64];

	snprintf(key, sizeof(key), KEY_TEMPLATE, place);
	for (size_t i = 0; i < names->elements; i++) {
		struct text name = reply_string(names->element[i]);
		if (!has_template(fields, name))
			audit_differ(part->audit, FLAW_TEMPLATE, part->partition, key, SHOWN(name), "", WANTED_GOOD);
	}
	snprintf(key, sizeof(key), KEY_TEMPLATES, place);
	for (size_t i = 0; i < fields->elements; i++) {
		struct text rest = reply_string(fields->element[i]), name = text_cut(&rest, '\t');
		if (!has_name(names, name))
			audit_differ(part->audit, FLAW_TEMPLATE, part->partition, key, SHOWN(name), "", WANTED_GOOD);
	}
}

static void
check_templates(const struct part *part, const char *place)
{
	struct command *names = command_create("ZRANGE"), *fields = command_create("HKEYS");
	redisReply *reply;

	command_key(names, part->partition, KEY_TEMPLATES, place);
	command_arg(names, TEXT("0"));
	command_arg(names, TEXT("-1"));
	command_key(fields, part->partition, KEY_TEMPLATE, place);
	direct_begin(part->audit->redis);
	direct_send(part->audit->redis, names);
	direct_send(part->audit->redis, fields);
	reply = direct_together(part->audit->redis, 2);
	if (reply)
		judge_templates(part, place, reply->element[0], reply->element[1]);
	freeReplyObject(reply);
}

/* What has to stand in a second factor (functions/device.lua). */
static void
check_factor(struct audit *audit, struct id person, const char *key)
{
	redisReply *reply = read_all(audit, person.partition, key);
	bool good = false, is_active = false, counts = false;
	uint64_t step;

	if (!reply || reply->elements == 0) { /* it has gone */
		freeReplyObject(reply);
		return;
	}
	for (size_t i = 0; i + 1 < reply->elements; i += 2) {
		struct text field = reply_string(reply->element[i]), value = reply_string(reply->element[i + 1]);
		is_active = is_active || (text_equal(field, TEXT("state")) && text_equal(value, TEXT("active")));
		good = good || (text_equal(field, TEXT("secret")) && value.len > 0);
		counts = counts || (text_equal(field, TEXT("counter")) && text_to_u64(&step, value, ID_NUMBER_MAX));
	}
	if (!good || is_active != counts)
		audit_differ(audit, FLAW_DEVICE, person.partition, key, "", WANTED_GOOD, "");
	freeReplyObject(reply);
}

void
audit_key(struct audit *audit, const char *name)
{
	struct text rest = text_of(name), tag = text_cut(&rest, ':'), key = rest, noun = text_cut(&rest, ':');
	struct text which = text_cut(&rest, ':');
	uint64_t partition;
	struct id person;

	if (tag.len < 3 || !text_to_u64(&partition, (struct text){tag.data + 1, tag.len - 2}, PARTITIONS - 1))
		return;
	if (text_equal(noun, TEXT("templates")) || text_equal(noun, TEXT("template")))
		check_templates(&(struct part){audit, (uint8_t)partition}, which.data);
	if (!text_equal(noun, TEXT("person")) || !id_parse(&person, which) || person.partition != partition)
		return;
	if (text_equal(rest, TEXT("grants")))
		check_grants(audit, person, key.data);
	else if (text_equal(rest, TEXT("devices")))
		check_devices(audit, person, key.data);
	else if (text_equal(rest, TEXT("factor")))
		check_factor(audit, person, key.data);
}

void
audit_kept(struct audit *audit)
{
	static const struct {
		const char *command, *key;
		direct_page *page;
	} lists[] = {{"HSCAN", KEY_PLACES, on_places}, {"SSCAN", KEY_GRANTED, on_granted},
		{"HSCAN", KEY_ROSTER, on_roster}, {"ZSCAN", KEY_ROSTER_ORDER, on_roster_order}};
	struct part part = {.audit = audit};

	for (; part.partition < PARTITIONS; part.partition++)
		for (size_t i = 0; i < ARRAY_LEN(lists); i++)
			if (!direct_scan(audit->redis, lists[i].command, part.partition, lists[i].key, lists[i].page,
				    &part) &&
				!direct_is_away(audit->redis))
				audit_differ(
					audit, FLAW_TYPE, part.partition, lists[i].key, "", WANTED_GOOD, WANTED_GOOD);
	audit_tell(audit);
}
