/* audit_registration.c - by which phone somebody is known, and where he waits to be registered: his record says it, and so do
 * an index of phones and a list of those who wait, in other partitions. Each is looked up from the other side, in batches;
 * who does not fit is judged once more, as of one moment. A request that was not finished shows here; but of the list what
 * no record bears out counts for nothing. What is sealed in a record is opened, where the key is there. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "keys.h"
#include "memory.h"
#include "openid.h"

/* One thing that both sides should say: that a phone is somebody's, or that he waits at a place. */
struct claim {
	struct id person;
	bool is_phone;
	char what[40]; /* the hash, or the place */
};

struct claims {
	struct audit *audit;
	uint8_t partition; /* that is walked through */
	size_t count;
	struct claim items[2 * AUDIT_BATCH];
};

static uint8_t
partition_of(const struct claim *claim)
{
	struct phone_hash hash;
	struct place place;

	if (claim->is_phone)
		return phone_hash_parse(&hash, text_of(claim->what)) ? phone_hash_partition(&hash) : 0;
	return place_parse(&place, text_of(claim->what)) ? place_partition(place) : 0;
}

static char *
item_of(char out[80], const struct claim *claim)
{
	char id[ID_TEXT];

	snprintf(out, 80, "%s %s", claim->what, id_print(id, claim->person));
	return out;
}

static struct command *
ask_index(const struct claim *claim)
{
	char item[80];

	if (claim->is_phone)
		return audit_ask_for("HGET", partition_of(claim), KEY_PHONES, claim->what);
	return audit_ask_for("ZSCORE", partition_of(claim), KEY_PENDING, item_of(item, claim));
}

static struct command *
ask_record(struct id person)
{
	struct command *command = command_create("HMGET");
	char id[ID_TEXT];

	command_key(command, person.partition, KEY_PERSON, id_print(id, person));
	command_arg(command, TEXT("phone"));
	command_arg(command, TEXT("asked"));
	command_arg(command, TEXT("sealed"));
	command_arg(command, TEXT("openid"));
	command_arg(command, TEXT("erased"));
	return command;
}

/* Of a place it is enough that he stands there. */
static bool
index_says(const struct claim *claim, const redisReply *reply)
{
	struct text value = reply ? reply_string(reply) : TEXT("");
	char id[ID_TEXT];

	if (!claim->is_phone)
		return reply && reply->type != REDIS_REPLY_NIL && reply->type != REDIS_REPLY_ERROR;
	return text_equal(value, text_of(id_print(id, claim->person)));
}

/* "register<tab>140105007004001<tab>…" */
static struct text
place_asked(const redisReply *record)
{
	struct text asked = reply_string(record->element[1]);

	text_cut(&asked, '\t');
	return text_cut(&asked, '\t');
}

static bool
record_says(const struct claim *claim, const redisReply *reply)
{
	if (!reply || reply->type != REDIS_REPLY_ARRAY || reply->elements < 2)
		return false;
	return text_equal(claim->is_phone ? reply_string(reply->element[0]) : place_asked(reply), text_of(claim->what));
}

static void
differ(struct audit *audit, const struct claim *claim, const char *in_index, bool in_record)
{
	char item[80], id[ID_TEXT];

	id_print(id, claim->person);
	audit_differ(audit, claim->is_phone ? FLAW_PHONES : FLAW_PENDING, partition_of(claim),
		claim->is_phone ? KEY_PHONES : KEY_PENDING, claim->is_phone ? claim->what : item_of(item, claim),
		in_index, in_record ? id : "");
}

static void
judge(struct audit *audit, const struct claim *claim)
{
	redisReply *reply;
	bool in_index, in_record;
	char id[ID_TEXT];

	direct_begin(audit->redis);
	direct_send(audit->redis, ask_index(claim));
	direct_send(audit->redis, ask_record(claim->person));
	reply = direct_together(audit->redis, 2);
	if (!reply)
		return;
	in_index = index_says(claim, reply->element[0]);
	in_record = record_says(claim, reply->element[1]);
	if (in_index != in_record)
		differ(audit, claim,
			claim->is_phone ? reply_string(reply->element[0]).data
			: in_index      ? id_print(id, claim->person)
					: "",
			in_record);
	freeReplyObject(reply);
}

/* Those that one side says, held against the other. */
static void
check(struct claims *claims, bool by_index)
{
	struct direct *redis = claims->audit->redis;
	bool good[ARRAY_LEN(claims->items)] = {false};

	for (size_t i = 0; i < claims->count; i++)
		direct_send(redis, by_index ? ask_record(claims->items[i].person) : ask_index(&claims->items[i]));
	for (size_t i = 0; i < claims->count; i++) {
		redisReply *reply = direct_take(redis);
		good[i] = by_index ? record_says(&claims->items[i], reply) : index_says(&claims->items[i], reply);
		freeReplyObject(reply);
	}
	for (size_t i = 0; i < claims->count && !direct_is_away(redis); i++)
		if (!good[i])
			judge(claims->audit, &claims->items[i]);
	claims->count = 0;
}

static void
add(struct claims *claims, struct id person, bool is_phone, struct text what)
{
	struct claim *claim = &claims->items[claims->count];

	if (what.len == 0)
		return;
	*claim = (struct claim){.person = person, .is_phone = is_phone};
	snprintf(claim->what, sizeof(claim->what), "%.*s", (int)what.len, what.data);
	claims->count++;
}

/* What is sealed. All of a record comes as of one moment. */

/* As far as can be seen without the key. */
static bool
looks_sealed(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return false;
	return text.len > 1 && text.data[0] == '1';
}

static bool
phone_opens(const struct vault *vault, struct text hash, struct text sealed)
{
	struct phone_hash parsed;
	struct phone phone;
	bool opens;

	if (!vault || !looks_sealed(sealed))
		return looks_sealed(sealed);
	opens = phone_hash_parse(&parsed, hash) && vault_open(vault, &parsed, sealed, &phone);
	sodium_memzero(&phone, sizeof(phone));
	return opens;
}

static bool
openid_opens(const struct vault *vault, struct id person, struct text sealed)
{
	char openid[WECHAT_OPENID];
	bool opens;

	if (!vault || !looks_sealed(sealed))
		return looks_sealed(sealed);
	opens = openid_open(vault, person, sealed, openid);
	sodium_memzero(openid, sizeof(openid));
	return opens;
}

static void
differ_in_record(struct audit *audit, enum flaw flaw, struct id person, const char *field, bool found, bool wanted)
{
	char id[ID_TEXT], key[64];

	snprintf(key, sizeof(key), KEY_PERSON, id_print(id, person));
	audit_differ(audit, flaw, person.partition, key, field, found ? WANTED_GOOD : "", wanted ? WANTED_GOOD : "");
}

static void
check_record(struct audit *audit, struct id person, const redisReply *record)
{
	struct text phone = reply_string(record->element[0]), asked = reply_string(record->element[1]),
		    sealed = reply_string(record->element[2]), openid = reply_string(record->element[3]), at;
	struct place place;

	if (reply_string(record->element[4]).len > 0) /* what is left of who was erased goes step by step */
		return;
	if ((phone.len > 0) != (sealed.len > 0) || (phone.len > 0 && !phone_opens(audit->vault, phone, sealed)))
		differ_in_record(audit, FLAW_SEALED, person, "sealed", sealed.len > 0, phone.len > 0);
	if (openid.len > 0 && !openid_opens(audit->vault, person, openid))
		differ_in_record(audit, FLAW_SEALED, person, "openid", true, true);
	at = place_asked(record);
	if (asked.len > 0 && !place_parse(&place, at))
		differ_in_record(audit, FLAW_PENDING, person, "asked", true, false);
}

void
audit_registration_of(struct audit *audit, const struct id *persons, size_t count)
{
	struct claims *claims = or_die(calloc(1, sizeof(*claims)));

	claims->audit = audit;
	for (size_t i = 0; i < count; i++)
		direct_send(audit->redis, ask_record(persons[i]));
	for (size_t i = 0; i < count; i++) {
		redisReply *reply = direct_take(audit->redis);
		if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 5) {
			check_record(audit, persons[i], reply);
			add(claims, persons[i], true, reply_string(reply->element[0]));
			add(claims, persons[i], false, place_asked(reply));
		}
		freeReplyObject(reply);
	}
	check(claims, false);
	free(claims);
}

static void
on_phones(const redisReply *items, void *context)
{
	struct claims *claims = context;
	struct id person;

	for (size_t i = 0; i + 1 < items->elements; i += 2) {
		if (id_parse(&person, reply_string(items->element[i + 1])))
			add(claims, person, true, reply_string(items->element[i]));
		else
			audit_differ(claims->audit, FLAW_PHONES, claims->partition, KEY_PHONES, items->element[i]->str,
				items->element[i + 1]->str, "");
		if (claims->count == AUDIT_BATCH)
			check(claims, true);
	}
}

void
audit_phones(struct audit *audit, uint8_t partition)
{
	struct claims *claims = or_die(calloc(1, sizeof(*claims)));

	claims->audit = audit;
	claims->partition = partition;
	if (!direct_scan(audit->redis, "HSCAN", partition, KEY_PHONES, on_phones, claims) &&
		!direct_is_away(audit->redis))
		audit_differ(audit, FLAW_TYPE, partition, KEY_PHONES, "", WANTED_GOOD, WANTED_GOOD);
	check(claims, true);
	free(claims);
}
