/* audit_keys.c - the names of all keys: that the functions know them (backend/redis/keys.h), and what a name alone leads
 * to: answers that must be forgotten, and parts of a person of whom there is no record. */
#include <inttypes.h>
#include <stdio.h>

#include "audit.h"
#include "keys.h"

#define ONCE_KEEP_MS 86700000 /* a day and the slack of a client's clock (functions/prelude.lua) */

static const char *const known_keys[] = {KEY_META, KEY_LOG, KEY_AUDIT, KEY_ONCE, KEY_PLACES, KEY_IDENTITIES, KEY_PHONES,
	KEY_ERASED, KEY_PERSONS, KEY_PENDING, KEY_PERSON, KEY_PERSON_SIGN_UPS, KEY_PERSON_RECENT, KEY_RELAY,
	KEY_RELAYER, KEY_IMPORTED, KEY_PERSON_GRANTS, KEY_PERSON_DEVICES, KEY_PERSON_FACTOR, KEY_DESK, KEY_GRANTED,
	KEY_TEMPLATES, KEY_TEMPLATE, KEY_CALL_OFFERED, KEY_CALL, KEY_CALL_LINES, KEY_CALL_LIVE, KEY_CALL_WAITING,
	KEY_CALL_CONFIRMED, KEY_CALL_TALLY, KEY_CALL_TEXTS, KEY_DUE, KEY_OPEN, KEY_ROSTER, KEY_ROSTER_ORDER, KEY_CALLS,
	KEY_WECHAT, KEY_TELLABLE, KEY_TOLD};

enum name_kind { NAME_UNKNOWN, NAME_KNOWN, NAME_ONCE, NAME_PERSON_PART };

/* Whether a name is of this form: %s is any word. */
static bool
has_form(const char *form, struct text name)
{
	struct text words = text_of(form);

	while (words.len > 0 || name.len > 0) {
		struct text word = text_cut(&words, ':'), given = text_cut(&name, ':');
		if (given.len == 0 || (!text_equal(word, TEXT("%s")) && !text_equal(word, given)))
			return false;
	}
	return true;
}

static bool
has_known_form(struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(known_keys); i++)
		if (has_form(known_keys[i], name))
			return true;
	return false;
}

/* "{7}" */
static bool
parse_tag(uint64_t *partition, struct text tag)
{
	return tag.len > 2 && tag.data[0] == '{' && tag.data[tag.len - 1] == '}' &&
	       text_to_u64(partition, (struct text){tag.data + 1, tag.len - 2}, PARTITIONS - 1);
}

static enum name_kind
parse_name(struct text name, struct id *id)
{
	struct text rest = name, tag = text_cut(&rest, ':'), part = rest, noun = text_cut(&part, ':');
	struct text word = text_cut(&part, ':');
	uint64_t partition;

	if (!parse_tag(&partition, tag) || !has_known_form(rest))
		return NAME_UNKNOWN;
	if (text_equal(noun, TEXT("once")))
		return NAME_ONCE;
	if (!text_equal(noun, TEXT("person")) && !text_equal(noun, TEXT("call")))
		return NAME_KNOWN;
	if (word.len > 0 && (!id_parse(id, word) || id->partition != partition))
		return NAME_UNKNOWN;
	return text_equal(noun, TEXT("person")) && part.len > 0 ? NAME_PERSON_PART : NAME_KNOWN;
}

static void
ask_what_follows(struct audit *audit, struct text name, enum name_kind kind, struct id id)
{
	struct command *command;
	char text[ID_TEXT];

	if (kind == NAME_ONCE) {
		command = command_create("PTTL");
		command_arg(command, name);
		direct_send(audit->redis, command);
	} else if (kind == NAME_PERSON_PART) {
		command = command_create("EXISTS");
		command_key(command, id.partition, KEY_PERSON, id_print(text, id));
		direct_send(audit->redis, command);
	}
}

/* One that has gone since is gone. */
static void
check_once(struct audit *audit, const redisReply *name, const redisReply *left)
{
	char found[24], wanted[24];

	if (left->integer == -2 || (left->integer >= 0 && left->integer <= ONCE_KEEP_MS))
		return;
	snprintf(found, sizeof(found), "%lld", left->integer);
	snprintf(wanted, sizeof(wanted), "%u", ONCE_KEEP_MS);
	findings_add(&audit->findings, FLAW_ONCE, name->str, "PTTL", found, wanted);
}

static void
check_part(struct audit *audit, struct id person, const redisReply *exists)
{
	char key[64], id[ID_TEXT];

	snprintf(key, sizeof(key), KEY_PERSON, id_print(id, person));
	if (exists->integer == 0)
		audit_differ(audit, FLAW_IDENTITY, person.partition, key, "identity", "", WANTED_GOOD);
}

void
audit_keys(struct audit *audit, const redisReply *names)
{
	struct id id = {0};

	for (size_t i = 0; i < names->elements; i++) {
		struct text name = reply_string(names->element[i]);
		ask_what_follows(audit, name, parse_name(name, &id), id);
	}
	for (size_t i = 0; i < names->elements; i++) {
		enum name_kind kind = parse_name(reply_string(names->element[i]), &id);
		redisReply *reply;
		if (kind == NAME_UNKNOWN)
			findings_add(&audit->findings, FLAW_KEY, names->element[i]->str, "", WANTED_GOOD, "");
		if (kind != NAME_ONCE && kind != NAME_PERSON_PART)
			continue;
		reply = direct_take(audit->redis);
		if (reply && kind == NAME_ONCE)
			check_once(audit, names->element[i], reply);
		else if (reply)
			check_part(audit, id, reply);
		freeReplyObject(reply);
	}
}
