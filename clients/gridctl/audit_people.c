/* audit_people.c - identities, the persons behind them, and the set of those registered.
 *
 * Each is looked up from the other side, in batches; who does not fit is judged once more by himself, as of one moment.
 * Walking the names of all keys also finds what nothing points to: persons without an identity, chains without a call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "keys.h"
#include "memory.h"

static char *
person_key(char out[64], struct id person)
{
	char id[ID_TEXT];

	snprintf(out, 64, KEY_PERSON, id_print(id, person));
	return out;
}

static struct command *
read_standing(struct id person)
{
	struct command *command = command_create("HMGET");
	char key[64];

	command_key(command, person.partition, "%s", person_key(key, person));
	command_arg(command, TEXT("identity"));
	command_arg(command, TEXT("place"));
	command_arg(command, TEXT("moved"));
	command_arg(command, TEXT("former"));
	command_arg(command, TEXT("erased"));
	command_arg(command, TEXT("name"));
	return command;
}

/* What stands about a person. */
struct standing {
	char identity[128]; /* of his record; empty: he has none */
	bool placed;        /* registered, by his record */
	bool moved;         /* he has become another, and is nobody himself */
	bool rebound;       /* he came by another identity before */
	bool listed;        /* among the persons registered */
	bool erased;        /* by his record: what is left of him has no name, and soon no identity */
	bool named;
	char points_to[ID_TEXT + 8]; /* whom his identity names */
};

static void
take_record(struct standing *standing, const redisReply *reply)
{
	struct text identity = TEXT("");

	if (reply && reply->type == REDIS_REPLY_ARRAY) {
		identity = reply_string(reply->element[0]);
		standing->placed = reply_string(reply->element[1]).len > 0;
		standing->moved = reply_string(reply->element[2]).len > 0;
		standing->rebound = reply->element[3]->type == REDIS_REPLY_STRING;
		standing->erased = reply_string(reply->element[4]).len > 0;
		standing->named = reply_string(reply->element[5]).len > 0;
	}
	snprintf(standing->identity, sizeof(standing->identity), "%.*s", (int)MIN(identity.len, 127), identity.data);
}

/* An identity stands where its person does, but for one that he was given later. */
static uint8_t
partition_of_identity(const struct standing *standing, struct id person)
{
	return standing->rebound ? identity_partition(text_of(standing->identity)) : person.partition;
}

static void
take_rest(struct standing *standing, const redisReply *listed, const redisReply *points_to)
{
	standing->listed = listed && listed->integer == 1;
	snprintf(standing->points_to, sizeof(standing->points_to), "%s", points_to ? reply_string(points_to).data : "");
}

static bool
is_sound(const struct standing *standing, struct id person)
{
	char id[ID_TEXT];

	if (standing->erased)
		return !standing->placed && !standing->listed && !standing->named;
	if (standing->moved)
		return standing->identity[0] == '\0' && !standing->placed && !standing->listed;
	return standing->identity[0] && standing->placed == standing->listed &&
	       strcmp(standing->points_to, id_print(id, person)) == 0;
}

/* As of one moment: what a record says of its identity does not change. */
static bool
look_again(struct audit *audit, struct id person, struct standing *standing)
{
	char id[ID_TEXT];
	redisReply *reply;

	id_print(id, person);
	direct_begin(audit->redis);
	direct_send(audit->redis, read_standing(person));
	direct_send(audit->redis, audit_ask_for("SISMEMBER", person.partition, KEY_PERSONS, id));
	direct_send(audit->redis,
		audit_ask_for("HGET", partition_of_identity(standing, person), KEY_IDENTITIES, standing->identity));
	reply = direct_together(audit->redis, 3);
	if (!reply)
		return false;
	take_record(standing, reply->element[0]);
	take_rest(standing, reply->element[1], reply->element[2]);
	freeReplyObject(reply);
	return true;
}

static void
judge(struct audit *audit, struct id person, struct standing *standing)
{
	char id[ID_TEXT], key[64];

	if (!look_again(audit, person, standing))
		return;
	id_print(id, person);
	if (standing->erased) {
		if (!is_sound(standing, person))
			audit_differ(
				audit, FLAW_ERASED, person.partition, person_key(key, person), "", WANTED_GOOD, "");
		return;
	}
	if ((standing->identity[0] == '\0') != standing->moved)
		audit_differ(
			audit, FLAW_IDENTITY, person.partition, person_key(key, person), "identity", "", WANTED_GOOD);
	else if (!standing->moved && strcmp(standing->points_to, id) != 0)
		audit_differ(audit, FLAW_IDENTITY, partition_of_identity(standing, person), KEY_IDENTITIES,
			standing->identity, standing->points_to, id);
	if (standing->placed != standing->listed)
		audit_differ(audit, FLAW_MEMBERS, person.partition, KEY_PERSONS, id,
			standing->listed ? WANTED_GOOD : "", standing->placed ? WANTED_GOOD : "");
}

/* Persons who have a record, looked up together. */
struct batch {
	struct audit *audit;
	struct id persons[AUDIT_BATCH];
	struct standing standings[AUDIT_BATCH];
	size_t count;
};

static void
read_records(struct batch *batch)
{
	struct direct *redis = batch->audit->redis;

	for (size_t i = 0; i < batch->count; i++)
		direct_send(redis, read_standing(batch->persons[i]));
	for (size_t i = 0; i < batch->count; i++) {
		redisReply *reply = direct_take(redis);
		batch->standings[i] = (struct standing){.placed = false};
		take_record(&batch->standings[i], reply);
		freeReplyObject(reply);
	}
}

static void
read_other_side(struct batch *batch)
{
	struct direct *redis = batch->audit->redis;
	char id[ID_TEXT];

	for (size_t i = 0; i < batch->count; i++) {
		uint8_t partition = batch->persons[i].partition;
		id_print(id, batch->persons[i]);
		direct_send(redis, audit_ask_for("SISMEMBER", partition, KEY_PERSONS, id));
		direct_send(redis, audit_ask_for("HGET", partition_of_identity(&batch->standings[i], batch->persons[i]),
					   KEY_IDENTITIES, batch->standings[i].identity));
	}
	for (size_t i = 0; i < batch->count; i++) {
		redisReply *listed = direct_take(redis), *points_to = direct_take(redis);
		take_rest(&batch->standings[i], listed, points_to);
		freeReplyObject(listed);
		freeReplyObject(points_to);
	}
}

static void
check_batch(struct batch *batch)
{
	struct audit *audit = batch->audit;

	read_records(batch);
	read_other_side(batch);
	for (size_t i = 0; i < batch->count && !direct_is_away(audit->redis); i++) {
		if (!is_sound(&batch->standings[i], batch->persons[i]))
			judge(audit, batch->persons[i], &batch->standings[i]);
		audit_note_id(audit, batch->persons[i]);
	}
	audit_kept_of(audit, batch->persons, batch->count);
	audit_registration_of(audit, batch->persons, batch->count);
	audit->persons += batch->count;
	batch->count = 0;
}

/* "{7}:person:7.42" and "{7}:call:7.1:lines": a call may be known by its parts alone. */
static void
on_keys(const redisReply *items, void *context)
{
	struct batch *batch = context;

	audit_keys(batch->audit, items);
	for (size_t i = 0; i < items->elements; i++) {
		struct text rest = reply_string(items->element[i]), noun;
		struct id id;
		audit_key(batch->audit, items->element[i]->str);
		text_cut(&rest, ':');
		noun = text_cut(&rest, ':');
		if (!id_parse(&id, text_cut(&rest, ':')))
			continue;
		if (text_equal(noun, TEXT("call")))
			audit_add_call(batch->audit, id);
		else if (text_equal(noun, TEXT("person")) && rest.len == 0)
			batch->persons[batch->count++] = id;
		if (batch->count == AUDIT_BATCH)
			check_batch(batch);
	}
}

/* Who is named by an identity, or by the set of those registered, must have a record that says so. */
struct named {
	struct id person;
	uint8_t partition;  /* of what names him */
	char identity[128]; /* empty: it is the set that names him */
};

struct names {
	struct audit *audit;
	uint8_t partition;
	struct named items[AUDIT_BATCH];
	size_t count;
};

static struct command *
read_identity(struct id person)
{
	char key[64];

	return audit_ask_for("HGET", person.partition, person_key(key, person), "identity");
}

static bool
is_borne_out(const struct named *named, const redisReply *identity)
{
	if (!identity || identity->type != REDIS_REPLY_STRING)
		return false;
	return named->identity[0] == '\0' || strcmp(identity->str, named->identity) == 0;
}

static void
judge_named(struct audit *audit, const struct named *named)
{
	uint8_t partition = named->partition;
	char id[ID_TEXT];
	redisReply *reply;

	id_print(id, named->person);
	direct_begin(audit->redis);
	direct_send(audit->redis, read_identity(named->person));
	direct_send(audit->redis, audit_ask_for("HGET", partition, KEY_IDENTITIES, named->identity));
	direct_send(audit->redis, audit_ask_for("SISMEMBER", partition, KEY_PERSONS, id));
	reply = direct_together(audit->redis, 3);
	if (!reply)
		return;
	if (is_borne_out(named, reply->element[0])) {
		freeReplyObject(reply);
		return;
	}
	if (named->identity[0] && strcmp(reply_string(reply->element[1]).data, id) == 0)
		audit_differ(audit, FLAW_IDENTITY, partition, KEY_IDENTITIES, named->identity, id, "");
	if (named->identity[0] == '\0' && reply->element[2]->integer == 1)
		audit_differ(audit, FLAW_MEMBERS, partition, KEY_PERSONS, id, WANTED_GOOD, "");
	freeReplyObject(reply);
}

static void
check_names(struct names *names)
{
	struct direct *redis = names->audit->redis;
	bool good[AUDIT_BATCH];

	for (size_t i = 0; i < names->count; i++)
		direct_send(redis, read_identity(names->items[i].person));
	for (size_t i = 0; i < names->count; i++) {
		redisReply *reply = direct_take(redis);
		good[i] = is_borne_out(&names->items[i], reply);
		freeReplyObject(reply);
	}
	for (size_t i = 0; i < names->count && !direct_is_away(redis); i++)
		if (!good[i])
			judge_named(names->audit, &names->items[i]);
	names->count = 0;
}

static void
add_named(struct names *names, const redisReply *id, struct text identity, const char *key)
{
	struct named *named = &names->items[names->count];

	named->partition = names->partition;
	snprintf(named->identity, sizeof(named->identity), "%.*s", (int)MIN(identity.len, 127), identity.data);
	if (!id_parse(&named->person, reply_string(id)) ||
		(named->person.partition != names->partition &&
			(identity.len == 0 || identity_partition(identity) != names->partition))) {
		audit_differ(names->audit, FLAW_IDENTITY, names->partition, key, named->identity, id->str, "");
		return;
	}
	if (++names->count == AUDIT_BATCH)
		check_names(names);
}

static void
on_identities(const redisReply *items, void *context)
{
	for (size_t i = 0; i + 1 < items->elements; i += 2)
		add_named(context, items->element[i + 1], reply_string(items->element[i]), KEY_IDENTITIES);
}

static void
on_persons(const redisReply *items, void *context)
{
	for (size_t i = 0; i < items->elements; i++)
		add_named(context, items->element[i], TEXT(""), KEY_PERSONS);
}

static void
walk_names(struct names *names, const char *command, const char *key, direct_page *page)
{
	if (!direct_scan(names->audit->redis, command, names->partition, key, page, names) &&
		!direct_is_away(names->audit->redis))
		audit_differ(names->audit, FLAW_TYPE, names->partition, key, "", WANTED_GOOD, WANTED_GOOD);
	check_names(names);
}

void
audit_people(struct audit *audit)
{
	struct batch *batch = or_die(calloc(1, sizeof(*batch)));
	struct names *names = or_die(calloc(1, sizeof(*names)));

	batch->audit = names->audit = audit;
	if (direct_scan_keys(audit->redis, on_keys, batch))
		check_batch(batch);
	for (names->partition = 0; names->partition < PARTITIONS; names->partition++) {
		walk_names(names, "HSCAN", KEY_IDENTITIES, on_identities);
		walk_names(names, "SSCAN", KEY_PERSONS, on_persons);
		audit_phones(audit, names->partition);
	}
	audit_tell(audit);
	free(batch);
	free(names);
}
