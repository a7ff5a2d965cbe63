#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "id.h"
#include "keys.h"
#include "library.h"
#include "status.h"

#define KEYS_MAX   14
#define KEY_TEXT   112
#define ARGS_MAX   448
#define NUMBERS    40
#define PLACES_IN  7
#define PEOPLE_IN  1
#define EVENT_HEAD 4 /* seq and at, before what it is */

/* A call being put together. */
struct asking {
	const char *function;
	const char *verb;
	unsigned partition;
	char keys[KEYS_MAX][KEY_TEXT];
	size_t key_count;
	const char *args[ARGS_MAX];
	size_t lens[ARGS_MAX];
	size_t arg_count;
	char numbers[NUMBERS][24];
	size_t number_count;
	char once[UUID_TEXT];
	uint8_t digest[16];
};

static unsigned
partition_of(const char *id)
{
	struct id parsed;

	assert_true(id_parse(&parsed, text_of(id)));
	return parsed.partition;
}

PRINTF_LIKE(2, 3) static void add_key(struct asking *asking, const char *format, ...)
{
	char *key = asking->keys[asking->key_count++];
	int len = snprintf(key, KEY_TEXT, "{%u}:", asking->partition);
	va_list args;

	assert_true(asking->key_count <= KEYS_MAX);
	va_start(args, format);
	vsnprintf(key + len, KEY_TEXT - (size_t)len, format, args);
	va_end(args);
}

static void
add_arg(struct asking *asking, const char *text)
{
	assert_true(asking->arg_count < ARGS_MAX);
	asking->lens[asking->arg_count] = strlen(text);
	asking->args[asking->arg_count++] = text;
}

static void
add_number(struct asking *asking, uint64_t number)
{
	char *text = asking->numbers[asking->number_count++];

	assert_true(asking->number_count <= NUMBERS);
	snprintf(text, sizeof(asking->numbers[0]), "%" PRIu64, number);
	add_arg(asking, text);
}

/* What stands first in every writing function. */
static void
add_stamp(struct redis *r, struct asking *asking, const char *person)
{
	struct once once = r->once_given ? r->once : once_made(r, 0);

	r->once_given = false;
	uuid_print(asking->once, &once.uuid);
	memcpy(asking->digest, once.digest, sizeof(asking->digest));
	add_key(asking, KEY_META);
	add_key(asking, KEY_LOG);
	add_key(asking, KEY_ONCE, person, asking->once);
	add_arg(asking, person);
	add_number(asking, uuid_time_ms(&once.uuid));
	add_arg(asking, (const char *)asking->digest);
	asking->lens[asking->arg_count - 1] = sizeof(asking->digest);
}

static void
add_chain(struct asking *asking, const char *call)
{
	add_key(asking, KEY_CALL, call);
	add_key(asking, KEY_CALL_LINES, call);
	add_key(asking, KEY_CALL_LIVE, call);
	add_key(asking, KEY_CALL_WAITING, call);
	add_key(asking, KEY_CALL_CONFIRMED, call);
	add_key(asking, KEY_CALL_TALLY, call);
	add_key(asking, KEY_CALL_TEXTS, call);
	add_key(asking, KEY_CALL_OFFERED, call);
}

/* What stands last in one that writes into the audit log: to be called behind all else. */
static void
add_audit(struct asking *asking)
{
	add_key(asking, KEY_AUDIT);
	add_arg(asking, "192.0.2.7");
	add_arg(asking, "as agreed");
}

/* Asking. */

/* Lets the fenced connection touch the keys of the call and no others. */
static void
move_fence(struct redis *r, const struct asking *asking)
{
	const char *argv[KEYS_MAX + 4] = {"ACL", "SETUSER", "fenced", "resetkeys"};
	char patterns[KEYS_MAX][KEY_TEXT + 1];
	redisReply *reply;

	for (size_t i = 0; i < asking->key_count; i++) {
		snprintf(patterns[i], sizeof(patterns[i]), "~%s", asking->keys[i]);
		argv[4 + i] = patterns[i];
	}
	reply = redisCommandArgv(r->open, 4 + (int)asking->key_count, argv, NULL);
	assert_true(reply && reply->type == REDIS_REPLY_STATUS);
	freeReplyObject(reply);
}

static redisReply *
deliver(struct redis *r, const struct asking *asking)
{
	size_t count = 3 + asking->key_count + asking->arg_count;
	const char **argv = calloc(count, sizeof(*argv));
	size_t *lens = calloc(count, sizeof(*lens)), at = 3;
	char keys[8];
	redisReply *reply;

	assert_true(argv && lens);
	snprintf(keys, sizeof(keys), "%zu", asking->key_count);
	argv[0] = asking->verb;
	argv[1] = asking->function;
	argv[2] = keys;
	for (size_t i = 0; i < asking->key_count; i++)
		argv[at++] = asking->keys[i];
	for (size_t i = 0; i < at; i++)
		lens[i] = strlen(argv[i]);
	for (size_t i = 0; i < asking->arg_count; i++, at++) {
		argv[at] = asking->args[i];
		lens[at] = asking->lens[i];
	}
	reply = redisCommandArgv(r->fenced, (int)count, argv, lens);
	free(argv);
	free(lens);
	return reply;
}

/* An answer is a status and a field or an event, then results: all of them texts. */
static enum status
check_shape(const struct asking *asking, const redisReply *reply)
{
	enum status status = INTERNAL;

	if (!reply || reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s: %s", asking->function, reply ? reply->str : "no answer");
	assert_int_equal(reply->type, REDIS_REPLY_ARRAY);
	assert_true(reply->elements >= 2);
	if (!status_parse(&status, text_of(reply->element[0]->str)))
		fail_msg("%s answers %s, which is no status", asking->function, reply->element[0]->str);
	assert_int_equal(reply->element[1]->type, status == OK ? REDIS_REPLY_ARRAY : REDIS_REPLY_STRING);
	for (size_t i = 2; i < reply->elements; i++)
		assert_int_equal(reply->element[i]->type, REDIS_REPLY_STRING);
	return status;
}

/* Keeps the event for event(), after a look at what the log says. */
static void
keep_event(struct redis *r, const struct asking *asking, const redisReply *answered, uint64_t seq_before)
{
	redisReply *last = redis_reply(r, "XREVRANGE {%u}:log + - COUNT 1", asking->partition);
	const redisReply *logged = last->elements ? last->element[0]->element[1] : answered;
	const char *text = redis_text(r, answered);
	int head = 0;

	assert_string_equal(redis_text(r, logged), text);
	assert_int_equal(last->elements, 1);
	freeReplyObject(last);
	assert_int_equal(sscanf(text, "seq %" SCNu64 " at %" SCNu64 " what %n", &r->seq, &r->at_ms, &head), 2);
	assert_true(head > 0);
	if (strcmp(asking->function, "call_edit") == 0 || strcmp(asking->function, "call_reopen") == 0 ||
		strcmp(asking->function, "grant_give") == 0)
		assert_in_range(r->seq, seq_before + 1,
			seq_before + 2); /* lines and devices are told by an event of their own */
	else
		assert_int_equal(r->seq, seq_before + 1);
	free(r->event);
	r->event = strdup(text + head);
}

static uint64_t
seq_of(struct redis *r, unsigned partition)
{
	return strtoull(redis(r, "HGET {%u}:meta seq", partition), NULL, 10); /* 0 where there is none */
}

/* The status, and what stands behind the event, if there is a place for one. */
static const char *
say(struct redis *r, redisReply *reply, enum status status)
{
	redisReply *elements[18] = {reply->element[0]}, said = {.type = REDIS_REPLY_ARRAY, .element = elements};

	assert_true(reply->elements < ARRAY_LEN(elements));
	said.elements = 1;
	for (size_t i = status == OK ? 2 : 1; i < reply->elements; i++)
		elements[said.elements++] = reply->element[i];
	return redis_text(r, &said);
}

static void
note_called(struct redis *r, const char *function)
{
	size_t len = strlen(r->called);
	char word[64];

	r->function = function;
	snprintf(word, sizeof(word), " %s ", function);
	if (strstr(r->called, word))
		return;
	assert_true(len + strlen(word) < sizeof(r->called));
	strcpy(r->called + len, word);
}

static const char *
ask(struct redis *r, struct asking *asking)
{
	uint64_t seq = seq_of(r, asking->partition), changes;
	redisReply *reply;
	enum status status;
	const char *said;

	move_fence(r, asking);
	changes = redis_changes(r);
	note_called(r, asking->function);
	reply = deliver(r, asking);
	status = check_shape(asking, reply);
	free(r->event);
	r->event = NULL;
	if (status != OK)
		assert_int_equal(redis_changes(r), changes);
	else if (reply->element[1]->elements == 2)
		r->seq = strtoull(reply->element[1]->element[1]->str, NULL, 10); /* said again */
	else if (reply->element[1]->elements > 0)
		keep_event(r, asking, reply->element[1], seq);
	if (!r->event)
		assert_int_equal(seq_of(r, asking->partition), seq);
	said = say(r, reply, status);
	freeReplyObject(reply);
	return said;
}

const char *
event(struct redis *r)
{
	return r->event ? r->event : "";
}

struct once
once_made(struct redis *r, int64_t ms_from_now)
{
	static uint8_t count;
	struct once once = {.uuid = uuid_make(redis_now_ms(r) + (uint64_t)ms_from_now)};

	/* Like a digest, these bytes are no text. */
	memcpy(once.digest, (uint8_t[]){0, 0xff, '\r', '\n', 0xe7, '\'', '\\', 0}, 8);
	once.digest[15] = count++;
	return once;
}

struct redis *
under(struct redis *r, struct once once)
{
	r->once = once;
	r->once_given = true;
	return r;
}

/* The functions. */

const char *
data_open(struct redis *r, unsigned partition, const char *layout, const char *partitions, const char *epoch)
{
	struct asking asking = {"data_open", "FCALL", partition};

	add_key(&asking, KEY_META);
	add_arg(&asking, layout);
	add_arg(&asking, partitions);
	add_arg(&asking, epoch);
	return ask(r, &asking);
}

const char *
data_id(struct redis *r, unsigned partition)
{
	struct asking asking = {"data_id", "FCALL", partition};

	add_key(&asking, KEY_META);
	return ask(r, &asking);
}

const char *
data_secret(struct redis *r, const char *offered)
{
	struct asking asking = {"data_secret", "FCALL", 0};

	add_key(&asking, KEY_META);
	add_arg(&asking, offered);
	return ask(r, &asking);
}

const char *
data_key(struct redis *r, const char *offered)
{
	struct asking asking = {"data_key", "FCALL", 0};

	add_key(&asking, KEY_META);
	add_arg(&asking, offered);
	return ask(r, &asking);
}

const char *
roster_import_rows(struct redis *r, const char *how, const char *const *columns)
{
	struct asking asking = {"roster_import", "FCALL", PLACES_IN};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_ROSTER);
	add_key(&asking, KEY_ROSTER_ORDER);
	for (size_t i = 0; i < 3; i++)
		add_arg(&asking, how[i] == '1' ? "1" : "0");
	add_arg(&asking, strlen(how) > 3 ? how + 3 : ""); /* "000140105": of that place's entries */
	for (; *columns; columns++)
		add_arg(&asking, *columns);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
roster_remove(struct redis *r, const char *hash)
{
	return roster_remove_from(r, "", hash);
}

const char *
roster_remove_from(struct redis *r, const char *place, const char *hash)
{
	struct asking asking = {"roster_remove", "FCALL", PLACES_IN};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_ROSTER);
	add_key(&asking, KEY_ROSTER_ORDER);
	add_arg(&asking, hash);
	add_arg(&asking, place);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
roster_list(struct redis *r, const char *place, const char *after, unsigned count)
{
	struct asking asking = {"roster_list", "FCALL_RO", PLACES_IN};

	add_key(&asking, KEY_ROSTER);
	add_key(&asking, KEY_ROSTER_ORDER);
	add_arg(&asking, place);
	add_arg(&asking, after);
	add_number(&asking, count);
	return ask(r, &asking);
}

const char *
roster_find(struct redis *r, const char *hash, const char *person)
{
	struct asking asking = {"roster_find", "FCALL_RO", PLACES_IN};

	add_key(&asking, KEY_ROSTER);
	add_key(&asking, KEY_PHONES);
	add_arg(&asking, hash);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
place_import_rows(struct redis *r, const char *under, const char *const *codes_and_names)
{
	struct asking asking = {"place_import", "FCALL", PLACES_IN};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_PLACES);
	add_arg(&asking, under);
	for (; *codes_and_names; codes_and_names++)
		add_arg(&asking, *codes_and_names);
	return ask(r, &asking);
}

const char *
person_claim(struct redis *r, const char *identity, const char *person)
{
	struct asking asking = {"person_claim", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_IDENTITIES);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, identity);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
person_find(struct redis *r, const char *identity)
{
	struct asking asking = {"person_find", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_IDENTITIES);
	add_arg(&asking, identity);
	return ask(r, &asking);
}

static const char *
register_as(struct redis *r, const char *person, const char *place, const char *name, const char *organisation,
	const char *kind, const char *work, bool waits)
{
	struct asking asking = {"member_register", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSONS);
	add_arg(&asking, place);
	add_arg(&asking, name);
	add_arg(&asking, organisation);
	add_arg(&asking, kind);
	add_arg(&asking, work);
	add_arg(&asking, waits ? "1" : "");
	return ask(r, &asking);
}

const char *
member_register(struct redis *r, const char *person, const char *place, const char *name, const char *organisation)
{
	return register_as(r, person, place, name, organisation, "member", "", false);
}

const char *
member_ask(struct redis *r, const char *person, const char *place, const char *work)
{
	return register_as(r, person, place, "王安", "太原供电", "volunteer", work, true);
}

const char *
member_correct(struct redis *r, const char *person, const char *name, const char *organisation)
{
	struct asking asking = {"member_correct", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, name);
	add_arg(&asking, organisation);
	add_audit(&asking);
	return ask(r, &asking);
}

static const char *
decide_about(struct redis *r, const char *by, const char *person, const char *place, const char *what, const char *when,
	bool accept)
{
	struct asking asking = {"pending_decide", "FCALL", partition_of(person)};

	add_stamp(r, &asking, by);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSONS);
	add_arg(&asking, person);
	add_arg(&asking, place);
	add_arg(&asking, what);
	add_arg(&asking, when);
	add_arg(&asking, accept ? "1" : "");
	add_arg(&asking, "不住这里");
	add_arg(&asking, "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
pending_decide_about(struct redis *r, const char *person, const char *place, const char *what, const char *when)
{
	return decide_about(r, WORKER, person, place, what, when, true);
}

const char *
pending_decide(struct redis *r, const char *by, const char *person, const char *place, bool accept)
{
	char command[64], asked[256], *rest = asked;
	const char *columns[5]; /* what, place, kind, work, when */

	snprintf(command, sizeof(command), "HGET {%u}:person:%s asked", partition_of(person), person);
	snprintf(asked, sizeof(asked), "%s", redis(r, command));
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		columns[i] = rest ? strsep(&rest, "\t") : "";
	return decide_about(r, by, person, place, columns[0], columns[4], accept);
}

const char *
pending_mark(struct redis *r, const char *place, const char *person, bool waits)
{
	struct asking asking = {"pending_mark", "FCALL", PLACES_IN};

	add_key(&asking, KEY_PENDING);
	add_arg(&asking, place);
	add_arg(&asking, person);
	add_arg(&asking, waits ? "1" : "");
	return ask(r, &asking);
}

const char *
pending_list(struct redis *r, const char *place, const char *after, unsigned count)
{
	struct asking asking = {"pending_list", "FCALL_RO", PLACES_IN};

	add_key(&asking, KEY_PENDING);
	add_arg(&asking, place);
	add_arg(&asking, after);
	add_number(&asking, count);
	return ask(r, &asking);
}

/* As the phone of HASH_A, HASH_B or HASH_C. */
static struct asking
asking_of_phone(const char *function, const char *hash, const char *person)
{
	struct asking asking = {function, "FCALL", PLACES_IN};

	add_key(&asking, KEY_PHONES);
	if (strcmp(function, "phone_claim") == 0)
		add_key(&asking, KEY_ROSTER);
	add_arg(&asking, hash);
	add_arg(&asking, person);
	return asking;
}

const char *
phone_begin(struct redis *r, const char *person)
{
	struct asking asking = {"phone_begin", "FCALL_RO", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	return ask(r, &asking);
}

const char *
phone_claim(struct redis *r, const char *hash, const char *person, const char *other)
{
	struct asking asking = asking_of_phone("phone_claim", hash, person);

	add_arg(&asking, other);
	return ask(r, &asking);
}

const char *
phone_release(struct redis *r, const char *hash, const char *person)
{
	struct asking asking = asking_of_phone("phone_release", hash, person);

	return ask(r, &asking);
}

const char *
phone_bind(struct redis *r, const char *person, const char *hash)
{
	struct asking asking = {"phone_bind", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, hash);
	add_arg(&asking, "1sealed");
	add_arg(&asking, "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
phone_drop(struct redis *r, const char *person, const char *hash)
{
	struct asking asking = {"phone_drop", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, hash);
	return ask(r, &asking);
}

const char *
rebind_ask(struct redis *r, const char *person, const char *other, const char *place, const char *phone)
{
	struct asking asking = {"rebind_ask", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, other);
	add_arg(&asking, place);
	add_arg(&asking, phone);
	return ask(r, &asking);
}

const char *
person_rebind(struct redis *r, const char *person, const char *place, const char *identity, const char *newcomer,
	const char *phone)
{
	struct asking asking = {"person_rebind", "FCALL", partition_of(person)};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_key(&asking, KEY_PERSON_FACTOR, person);
	add_arg(&asking, person);
	add_arg(&asking, place);
	add_arg(&asking, identity);
	add_arg(&asking, "1openid");
	add_arg(&asking, newcomer);
	add_arg(&asking, phone);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
person_become(struct redis *r, const char *identity, const char *person, const char *other)
{
	struct asking asking = {"person_become", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_IDENTITIES);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_arg(&asking, identity);
	add_arg(&asking, person);
	add_arg(&asking, other);
	return ask(r, &asking);
}

const char *
former_drop(struct redis *r, const char *person, const char *identity)
{
	struct asking asking = {"former_drop", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, identity);
	return ask(r, &asking);
}

const char *
identity_release(struct redis *r, const char *identity, const char *person)
{
	struct asking asking = {"identity_release", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_IDENTITIES);
	add_arg(&asking, identity);
	add_arg(&asking, person);
	return ask(r, &asking);
}

static const char *
move_as(struct redis *r, const char *person, const char *place, bool at_work, bool waits)
{
	struct asking asking = {"member_move", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, place);
	add_arg(&asking, at_work ? "1" : "");
	add_arg(&asking, waits ? "1" : "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
member_work(struct redis *r, const char *person, const char *place)
{
	return move_as(r, person, place, true, false);
}

const char *
member_move(struct redis *r, const char *person, const char *place)
{
	return move_as(r, person, place, false, false);
}

const char *
member_ask_move(struct redis *r, const char *person, const char *place, bool at_work)
{
	return move_as(r, person, place, at_work, true);
}

const char *
member_leave(struct redis *r, const char *person)
{
	struct asking asking = {"member_leave", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSONS);
	return ask(r, &asking);
}

static void
add_grant(struct asking *asking, const char *person, const char *role, const char *place)
{
	add_arg(asking, person);
	add_arg(asking, role);
	add_arg(asking, place);
}

static const char *
give_grant(struct redis *r, const char *by, const char *person, const char *role, const char *place, int64_t ends_in_ms,
	const char *how)
{
	struct asking asking = {"grant_give", "FCALL", partition_of(person)};

	add_stamp(r, &asking, by);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_GRANTS, person);
	add_key(&asking, KEY_GRANTED);
	add_key(&asking, KEY_DUE);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_grant(&asking, person, role, place);
	add_number(&asking, ends_in_ms ? redis_now_ms(r) + (uint64_t)ends_in_ms : 0);
	add_arg(&asking, how);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
grant_give(struct redis *r, const char *by, const char *person, const char *role, const char *place, int64_t ends_in_ms)
{
	return give_grant(r, by, person, role, place, ends_in_ms, "");
}

const char *
grant_give_oneself(struct redis *r, const char *person, const char *role, const char *how)
{
	return give_grant(r, person, person, role, "", 0, how);
}

const char *
grant_take(struct redis *r, const char *by, const char *person, const char *role, const char *place)
{
	struct asking asking = {"grant_take", "FCALL", partition_of(person)};

	add_stamp(r, &asking, by);
	add_key(&asking, KEY_PERSON_GRANTS, person);
	add_key(&asking, KEY_GRANTED);
	add_key(&asking, KEY_DUE);
	add_grant(&asking, person, role, place);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
grant_lapse(struct redis *r, const char *person, const char *role, const char *place)
{
	struct asking asking = {"grant_lapse", "FCALL", partition_of(person)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_DUE);
	add_key(&asking, KEY_PERSON_GRANTS, person);
	add_key(&asking, KEY_GRANTED);
	add_grant(&asking, person, role, place);
	return ask(r, &asking);
}

void
let_grant_pass(struct redis *r, const char *person, const char *role, const char *place)
{
	char item[128];

	snprintf(item, sizeof(item), "grant %s %s %s", person, role, place);
	redis(r, "ZADD {%u}:due XX 1 %b", partition_of(person), item, strlen(item));
}

const char *
audit_add(struct redis *r, const char *who, const char *what, const char *on, const char *detail)
{
	struct asking asking = {"audit_add", "FCALL", 1};

	add_arg(&asking, who);
	add_arg(&asking, what);
	add_arg(&asking, on);
	add_arg(&asking, detail);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
audit_head(struct redis *r, const char *known, uint64_t before_ms)
{
	struct asking asking = {"audit_head", "FCALL_RO", 1};

	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, known);
	add_number(&asking, before_ms);
	return ask(r, &asking);
}

const char *
audit_seal(struct redis *r, const char *seq, const char *hash, const char *seal)
{
	struct asking asking = {"audit_seal", "FCALL", 1};

	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, seq);
	add_arg(&asking, hash);
	add_arg(&asking, "4000");
	add_arg(&asking, seal);
	return ask(r, &asking);
}

const char *
audit_accept(struct redis *r, const char *seq, const char *hash, const char *why)
{
	struct asking asking = {"audit_accept", "FCALL", 1};

	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, seq);
	add_arg(&asking, hash);
	add_arg(&asking, "4500");
	add_arg(&asking, why);
	add_arg(&asking, "acc3pt");
	return ask(r, &asking);
}

const char *
audit_accepted(struct redis *r)
{
	struct asking asking = {"audit_accepted", "FCALL_RO", 1};

	add_key(&asking, KEY_AUDIT);
	return ask(r, &asking);
}

const char *
audit_list(struct redis *r, const char *after, const char *who, const char *on, const char *what, unsigned count)
{
	struct asking asking = {"audit_list", "FCALL_RO", 1};

	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, after);
	add_arg(&asking, "0");
	add_arg(&asking, "0");
	add_arg(&asking, who);
	add_arg(&asking, on);
	add_arg(&asking, what);
	add_number(&asking, count);
	return ask(r, &asking);
}

const char *
chain_concerns(struct redis *r, const char *call, const char *person)
{
	struct asking asking = {"chain_concerns", "FCALL_RO", partition_of(call)};

	add_key(&asking, KEY_CALL, call);
	add_key(&asking, KEY_CALL_LIVE, call);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
chain_persons(struct redis *r, const char *call, unsigned after, unsigned count)
{
	struct asking asking = {"chain_persons", "FCALL_RO", partition_of(call)};

	add_key(&asking, KEY_CALL, call);
	add_key(&asking, KEY_CALL_LINES, call);
	add_number(&asking, after);
	add_number(&asking, count);
	return ask(r, &asking);
}

const char *
audit_trimmable(struct redis *r, uint64_t before_ms)
{
	struct asking asking = {"audit_trimmable", "FCALL_RO", 1};

	add_key(&asking, KEY_AUDIT);
	add_number(&asking, before_ms);
	return ask(r, &asking);
}

const char *
audit_trim(struct redis *r, uint64_t before_ms, const char *seq, const char *hash)
{
	struct asking asking = {"audit_trim", "FCALL", 1};

	add_key(&asking, KEY_AUDIT);
	add_number(&asking, before_ms);
	add_arg(&asking, seq);
	add_arg(&asking, hash);
	add_arg(&asking, "5000");
	add_arg(&asking, "7r1m");
	return ask(r, &asking);
}

const char *
device_add(struct redis *r, const char *person, const char *hash, bool single, const char *name)
{
	struct asking asking = {"device_add", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, hash);
	add_arg(&asking, single ? "1" : "");
	add_number(&asking, DAY_MS);
	add_arg(&asking, name);
	add_arg(&asking, "");
	add_arg(&asking, "");
	add_arg(&asking, "192.0.2.7");
	add_arg(&asking, "");
	return ask(r, &asking);
}

const char *
device_add_desk(struct redis *r, const char *person, const char *hash)
{
	struct asking asking = {"device_add", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_key(&asking, KEY_AUDIT);
	add_arg(&asking, hash);
	add_arg(&asking, "");
	add_number(&asking, DAY_MS);
	add_arg(&asking, "desk");
	add_arg(&asking, "1");
	add_arg(&asking, person);
	add_arg(&asking, "192.0.2.7");
	add_arg(&asking, "");
	return ask(r, &asking);
}

const char *
invite_give(struct redis *r, const char *person, const char *hash, const char *place, const char *name)
{
	struct asking asking = {"invite_give", "FCALL", partition_of(person)};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_key(&asking, KEY_PERSONS);
	add_arg(&asking, person);
	add_arg(&asking, hash);
	add_number(&asking, DAY_MS);
	add_arg(&asking, place);
	add_arg(&asking, name);
	add_arg(&asking, "");
	add_arg(&asking, name[0] ? "volunteer" : "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
device_login(struct redis *r, const char *person, const char *number, const char *hash, const char *offered)
{
	return device_login_named(r, person, number, hash, offered, "");
}

static const char *
login_by_device(struct redis *r, const char *person, const char *number, const char *hash, const char *offered,
	const char *step, const char *recovery, const char *name)
{
	struct asking asking = {"device_login", "FCALL", partition_of(person)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_key(&asking, KEY_PERSON_FACTOR, person);
	add_arg(&asking, number);
	add_arg(&asking, hash);
	add_arg(&asking, offered);
	add_number(&asking, DAY_MS);
	add_number(&asking, HOUR_MS);
	add_number(&asking, 15 * MINUTE_MS);
	add_arg(&asking, step);
	add_arg(&asking, recovery);
	add_arg(&asking, name);
	return ask(r, &asking);
}

const char *
device_login_named(struct redis *r, const char *person, const char *number, const char *hash, const char *offered,
	const char *name)
{
	return login_by_device(r, person, number, hash, offered, "", "", name);
}

const char *
device_login_showing(struct redis *r, const char *person, const char *number, const char *hash, const char *offered,
	const char *step, const char *recovery)
{
	return login_by_device(r, person, number, hash, offered, step, recovery, "");
}

const char *
device_touch(struct redis *r, const char *person, const char *number)
{
	struct asking asking = {"device_touch", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_arg(&asking, number);
	return ask(r, &asking);
}

/* Desks: all of them in partition 1, with the secret of which 5ec4e7 is the hash. */

const char *
desk_open(struct redis *r, const char *hash, const char *device, unsigned number)
{
	struct asking asking = {"desk_open", "FCALL", 1};

	add_key(&asking, KEY_DESK, hash);
	add_arg(&asking, device);
	add_arg(&asking, "192.0.2.7");
	add_number(&asking, number);
	add_number(&asking, 2 * MINUTE_MS);
	add_arg(&asking, "5ec4e7");
	return ask(r, &asking);
}

const char *
desk_show(struct redis *r, const char *hash)
{
	struct asking asking = {"desk_show", "FCALL_RO", 1};

	add_key(&asking, KEY_DESK, hash);
	return ask(r, &asking);
}

const char *
desk_confirm(struct redis *r, const char *person, const char *hash, unsigned number, bool accept)
{
	struct asking asking = {"desk_confirm", "FCALL", 1};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_DESK, hash);
	add_arg(&asking, hash);
	add_number(&asking, number);
	add_arg(&asking, accept ? "1" : "");
	add_arg(&asking, "1");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
desk_claim(struct redis *r, const char *hash, const char *secret)
{
	struct asking asking = {"desk_claim", "FCALL", 1};

	add_key(&asking, KEY_DESK, hash);
	add_arg(&asking, secret);
	return ask(r, &asking);
}

const char *
factor_begin(struct redis *r, const char *person, const char *sealed)
{
	struct asking asking = {"factor_begin", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON_FACTOR, person);
	add_arg(&asking, sealed);
	return ask(r, &asking);
}

const char *
factor_read(struct redis *r, const char *person)
{
	struct asking asking = {"factor_read", "FCALL_RO", partition_of(person)};

	add_key(&asking, KEY_PERSON_FACTOR, person);
	return ask(r, &asking);
}

static void
add_factor(struct asking *asking, const char *person)
{
	add_key(asking, KEY_PERSON_DEVICES, person);
	add_key(asking, KEY_PERSON_FACTOR, person);
}

const char *
factor_confirm(struct redis *r, const char *person, const char *device, const char *step, const char *codes)
{
	struct asking asking = {"factor_confirm", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_factor(&asking, person);
	add_arg(&asking, device);
	add_arg(&asking, step);
	add_arg(&asking, codes);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
factor_try(struct redis *r, const char *person)
{
	struct asking asking = {"factor_try", "FCALL", partition_of(person)};

	add_key(&asking, KEY_PERSON_FACTOR, person);
	return ask(r, &asking);
}

const char *
factor_remove(struct redis *r, const char *by, const char *person, const char *step)
{
	struct asking asking = {"factor_remove", "FCALL", partition_of(person)};

	add_stamp(r, &asking, by);
	add_factor(&asking, person);
	add_arg(&asking, person);
	add_arg(&asking, step);
	add_arg(&asking, "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
device_list(struct redis *r, const char *person)
{
	struct asking asking = {"device_list", "FCALL_RO", partition_of(person)};

	add_key(&asking, KEY_PERSON_DEVICES, person);
	return ask(r, &asking);
}

const char *
consent_give(struct redis *r, const char *person, const char *version, bool withdraw)
{
	struct asking asking = {"consent_give", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSONS);
	add_arg(&asking, version);
	add_arg(&asking, withdraw ? "1" : "");
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
retention_calls(struct redis *r, uint64_t before_ms)
{
	struct asking asking = {"retention_calls", "FCALL_RO", PLACES_IN};

	add_key(&asking, KEY_CALLS);
	add_number(&asking, before_ms);
	add_number(&asking, 0);
	add_number(&asking, 50);
	return ask(r, &asking);
}

const char *
retention_list(struct redis *r, const char *call, uint64_t before_ms)
{
	struct asking asking = {"retention_list", "FCALL_RO", partition_of(call)};

	add_key(&asking, KEY_CALL, call);
	add_number(&asking, before_ms);
	add_arg(&asking, call);
	return ask(r, &asking);
}

const char *
retention_forget(struct redis *r, const char *call, uint64_t before_ms)
{
	struct asking asking = {"retention_forget", "FCALL", partition_of(call)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_CALL, call);
	add_key(&asking, KEY_CALL_TEXTS, call);
	add_key(&asking, KEY_OPEN);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, call);
	add_number(&asking, before_ms);
	return ask(r, &asking);
}

const char *
retention_note(struct redis *r, unsigned days)
{
	struct asking asking = {"retention_note", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_META);
	add_number(&asking, days);
	return ask(r, &asking);
}

/* All there is of a person, as he is erased. */
static void
add_erased(struct asking *asking, const char *person)
{
	add_key(asking, KEY_PERSON, person);
	add_key(asking, KEY_PERSONS);
	add_key(asking, KEY_IDENTITIES);
	add_key(asking, KEY_GRANTED);
	add_key(asking, KEY_DUE);
	add_key(asking, KEY_ERASED);
	add_key(asking, KEY_TELLABLE);
	add_key(asking, KEY_PERSON_GRANTS, person);
	add_key(asking, KEY_PERSON_DEVICES, person);
	add_key(asking, KEY_PERSON_FACTOR, person);
}

const char *
person_erase(struct redis *r, const char *by, const char *person)
{
	struct asking asking = {"person_erase", "FCALL", partition_of(person)};

	add_stamp(r, &asking, by);
	add_erased(&asking, person);
	add_arg(&asking, person);
	add_audit(&asking);
	return ask(r, &asking);
}

const char *
person_export(struct redis *r, const char *person)
{
	struct asking asking = {"person_export", "FCALL_RO", partition_of(person)};

	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_FACTOR, person);
	add_key(&asking, KEY_TELLABLE);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
erase_begin(struct redis *r, const char *person, uint64_t when_ms)
{
	struct asking asking = {"erase_begin", "FCALL", partition_of(person)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_erased(&asking, person);
	add_arg(&asking, person);
	add_number(&asking, when_ms);
	return ask(r, &asking);
}

const char *
erase_identity(struct redis *r, const char *identity, const char *person)
{
	struct asking asking = {"erase_identity", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_IDENTITIES);
	add_arg(&asking, identity);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
erase_entry(struct redis *r, const char *hash)
{
	struct asking asking = {"erase_entry", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_ROSTER);
	add_key(&asking, KEY_ROSTER_ORDER);
	add_arg(&asking, hash);
	return ask(r, &asking);
}

const char *
erase_lines(struct redis *r, const char *person, unsigned from, unsigned count)
{
	struct asking asking = {"erase_lines", "FCALL_RO", partition_of(person)};

	add_key(&asking, KEY_PERSON_RECENT, person);
	add_number(&asking, from);
	add_number(&asking, count);
	return ask(r, &asking);
}

const char *
erase_line(struct redis *r, const char *call, unsigned number, const char *person)
{
	struct asking asking = {"erase_line", "FCALL", partition_of(call)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_chain(&asking, call);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, call);
	add_number(&asking, number);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
erase_end(struct redis *r, const char *person, uint64_t when_ms, unsigned lines)
{
	struct asking asking = {"erase_end", "FCALL", partition_of(person)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_PERSON_RECENT, person);
	add_erased(&asking, person);
	add_arg(&asking, person);
	add_number(&asking, when_ms);
	add_number(&asking, lines);
	return ask(r, &asking);
}

const char *
erase_list(struct redis *r, uint64_t since_ms)
{
	struct asking asking = {"erase_list", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_ERASED);
	add_number(&asking, since_ms);
	return ask(r, &asking);
}

const char *
forgot(struct redis *r)
{
	struct asking asking = {"forgot", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_META);
	return ask(r, &asking);
}

const char *
forgot_rewritten(struct redis *r, uint64_t when_ms)
{
	struct asking asking = {"forgot_rewritten", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_META);
	add_number(&asking, when_ms);
	return ask(r, &asking);
}

const char *
device_revoke(struct redis *r, const char *person, unsigned number)
{
	struct asking asking = {"device_revoke", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON_DEVICES, person);
	add_arg(&asking, person);
	add_number(&asking, number);
	add_audit(&asking);
	return ask(r, &asking);
}

static const char *
or_else(const char *given, const char *otherwise)
{
	return given ? given : otherwise;
}

/* A moment so long from now; 0 for one that is not said. */
static void
add_moment(struct redis *r, struct asking *asking, int64_t in_ms)
{
	add_number(asking, in_ms ? redis_now_ms(r) + (uint64_t)in_ms : 0);
}

static void
add_draft(struct redis *r, struct asking *asking, const struct call *call, uint64_t deadline_ms)
{
	size_t slots = 0;

	while (slots < ARRAY_LEN(call->slots) && call->slots[slots].label)
		slots++;
	add_arg(asking, or_else(call->title, "发放抗原试剂"));
	add_arg(asking, or_else(call->body, ""));
	add_arg(asking, or_else(call->meeting, ""));
	add_arg(asking, or_else(call->bring, ""));
	add_number(asking, call->need);
	add_number(asking, call->limit);
	add_number(asking, deadline_ms);
	add_moment(r, asking, call->starts_in_ms);
	add_moment(r, asking, call->ends_in_ms);
	add_number(asking, call->names);
	add_number(asking, call->window);
	add_number(asking, call->grant);
	add_arg(asking, or_else(call->questions, ""));
	add_number(asking, slots);
	for (size_t i = 0; i < slots; i++) {
		add_arg(asking, call->slots[i].label);
		add_moment(r, asking, call->slots[i].starts_in_ms);
		add_moment(r, asking, call->slots[i].ends_in_ms);
		add_number(asking, call->slots[i].need);
		add_number(asking, call->slots[i].limit);
	}
}

const char *
call_number(struct redis *r, int64_t open_ms)
{
	struct asking asking = {"call_number", "FCALL", partition_of(CALL)};

	add_key(&asking, KEY_META);
	add_moment(r, &asking, open_ms);
	return ask(r, &asking);
}

const char *
call_post(struct redis *r, struct call call)
{
	const char *id = or_else(call.id, CALL);
	struct asking asking = {"call_post", "FCALL", partition_of(id)};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_CALL, id);
	add_key(&asking, KEY_OPEN);
	add_key(&asking, KEY_CALLS);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, id);
	add_arg(&asking, or_else(call.place, GRID_A));
	add_arg(&asking, call.tell ? "1" : "");
	add_draft(r, &asking, &call, redis_now_ms(r) + (uint64_t)(call.open_ms ? call.open_ms : HOUR_MS));
	return ask(r, &asking);
}

static void
add_templates(struct redis *r, struct asking *asking, const char *place)
{
	add_stamp(r, asking, WORKER);
	add_key(asking, KEY_TEMPLATES, place);
	add_key(asking, KEY_TEMPLATE, place);
}

const char *
template_save(struct redis *r, const char *place, const char *name, struct call call)
{
	struct asking asking = {"template_save", "FCALL", PLACES_IN};

	add_templates(r, &asking, place);
	add_arg(&asking, place);
	add_arg(&asking, name);
	add_draft(r, &asking, &call, 0);
	return ask(r, &asking);
}

const char *
template_remove(struct redis *r, const char *place, const char *name)
{
	struct asking asking = {"template_remove", "FCALL", PLACES_IN};

	add_templates(r, &asking, place);
	add_arg(&asking, name);
	return ask(r, &asking);
}

const char *
call_edit(struct redis *r, struct edit edit)
{
	const char *id = or_else(edit.to.id, CALL);
	struct asking asking = {"call_edit", "FCALL", partition_of(id)};
	const char *stands = redis(r, "HGET {%u}:call:%s deadline", asking.partition, id);
	uint64_t deadline_ms = redis_now_ms(r) + (uint64_t)edit.to.open_ms;

	add_stamp(r, &asking, or_else(edit.by, WORKER));
	add_chain(&asking, id);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, id);
	add_number(&asking, edit.version);
	add_arg(&asking, edit.demote ? "1" : "");
	add_draft(r, &asking, &edit.to, edit.to.open_ms ? deadline_ms : strtoull(stands, NULL, 10));
	return ask(r, &asking);
}

/* A function of a call that is told what to do with it. */
static void
add_about_call(struct redis *r, struct asking *asking, const char *by, const char *call)
{
	asking->partition = partition_of(call);
	add_stamp(r, asking, by);
	add_key(asking, KEY_CALL, call);
	add_key(asking, KEY_OPEN);
	add_key(asking, KEY_DUE);
	add_arg(asking, call);
}

const char *
call_end(struct redis *r, const char *by, const char *call, const char *state, const char *reason)
{
	struct asking asking = {"call_end", "FCALL"};

	add_about_call(r, &asking, by, call);
	add_arg(&asking, state);
	add_arg(&asking, reason);
	return ask(r, &asking);
}

const char *
call_close(struct redis *r, const char *call)
{
	return call_end(r, WORKER, call, "closed", "");
}

const char *
call_reopen(struct redis *r, const char *by, const char *call, int64_t open_ms)
{
	struct asking asking = {"call_reopen", "FCALL", partition_of(call)};

	add_stamp(r, &asking, by);
	add_chain(&asking, call);
	add_key(&asking, KEY_OPEN);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, call);
	add_moment(r, &asking, open_ms);
	return ask(r, &asking);
}

const char *
call_thank(struct redis *r, const char *by, const char *call, const char *text)
{
	struct asking asking = {"call_thank", "FCALL"};

	add_about_call(r, &asking, by, call);
	add_arg(&asking, text);
	return ask(r, &asking);
}

/* Timed work: no person and no `once`. */
static void
add_timed(struct asking *asking, const char *call)
{
	asking->partition = partition_of(call);
	add_key(asking, KEY_META);
	add_key(asking, KEY_LOG);
	add_key(asking, KEY_DUE);
}

const char *
call_overdue(struct redis *r, const char *call)
{
	struct asking asking = {"call_overdue", "FCALL"};

	add_timed(&asking, call);
	add_key(&asking, KEY_CALL, call);
	add_arg(&asking, call);
	return ask(r, &asking);
}

const char *
chain_lapse(struct redis *r, const char *call, unsigned number)
{
	struct asking asking = {"chain_lapse", "FCALL"};

	add_timed(&asking, call);
	add_chain(&asking, call);
	add_arg(&asking, call);
	add_number(&asking, number);
	return ask(r, &asking);
}

/* The last word of an answer is how many are ahead: "OK 3 waiting 1". */
static const char *
keep_ahead(struct redis *r, const char *said)
{
	char *last = UNCONST(strrchr(said, ' '));

	r->ahead = 0;
	if (strncmp(said, "OK ", 3) != 0 && strncmp(said, "ALREADY call ", 13) != 0)
		return said;
	r->ahead = (unsigned)strtoul(last + 1, NULL, 10);
	*last = '\0';
	return said;
}

const char *
chain_sign(struct redis *r, const char *call, struct signing in)
{
	struct asking asking = {"chain_join", "FCALL", partition_of(call)};

	add_stamp(r, &asking, or_else(in.by, or_else(in.person, WORKER)));
	add_chain(&asking, call);
	add_arg(&asking, call);
	add_arg(&asking, or_else(in.person, ""));
	add_arg(&asking, or_else(in.place, GRID_A));
	add_number(&asking, in.slot);
	add_number(&asking, in.people ? in.people : 1);
	add_arg(&asking, in.walk_up ? "1" : "");
	add_arg(&asking, or_else(in.texts, ""));
	add_arg(&asking, in.unseen ? "" : "1");
	return keep_ahead(r, ask(r, &asking));
}

const char *
chain_join(struct redis *r, const char *call, const char *person, const char *place)
{
	return chain_sign(r, call, (struct signing){.person = person, .place = place});
}

/* What is done to a line. */
static void
add_about_line(struct redis *r, struct asking *asking, const char *by, const char *call, unsigned number, unsigned slot)
{
	asking->partition = partition_of(call);
	add_stamp(r, asking, by);
	add_chain(asking, call);
	add_key(asking, KEY_DUE);
	add_arg(asking, call);
	add_number(asking, number);
	add_number(asking, slot);
}

const char *
chain_strike(struct redis *r, const char *by, const char *call, unsigned number, unsigned slot)
{
	struct asking asking = {"chain_withdraw", "FCALL"};

	add_about_line(r, &asking, by, call, number, slot);
	return ask(r, &asking);
}

const char *
chain_withdraw(struct redis *r, const char *call, const char *person)
{
	return chain_strike(r, person, call, 0, 0);
}

const char *
chain_confirm(struct redis *r, const char *by, const char *call, unsigned number, unsigned slot)
{
	struct asking asking = {"chain_confirm", "FCALL"};

	add_about_line(r, &asking, by, call, number, slot);
	return ask(r, &asking);
}

const char *
chain_check(struct redis *r, const char *by, const char *call, unsigned number, const char *way, bool coded)
{
	struct asking asking = {"chain_check", "FCALL", partition_of(call)};

	add_stamp(r, &asking, by);
	add_chain(&asking, call);
	add_arg(&asking, call);
	add_number(&asking, number);
	add_number(&asking, 0);
	add_arg(&asking, way);
	add_arg(&asking, coded ? "1" : "");
	return ask(r, &asking);
}

const char *
relay_apply(struct redis *r, unsigned source, uint64_t seq, const char *person, const char *line, const char *value,
	uint64_t joined_ms)
{
	struct asking asking = {"relay_apply", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_RELAY);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_SIGN_UPS, person);
	add_key(&asking, KEY_PERSON_RECENT, person);
	add_key(&asking, KEY_DUE);
	add_number(&asking, source);
	add_number(&asking, seq);
	add_number(&asking, 1000 * seq);
	add_arg(&asking, line);
	add_arg(&asking, value);
	add_number(&asking, joined_ms);
	return ask(r, &asking);
}

const char *
relay_mark(struct redis *r, unsigned source, uint64_t seq)
{
	struct asking asking = {"relay_mark", "FCALL", PEOPLE_IN};

	add_key(&asking, KEY_RELAY);
	add_number(&asking, source);
	add_number(&asking, seq);
	add_number(&asking, 1000 * seq);
	return ask(r, &asking);
}

const char *
import_call(struct redis *r, const char *origin, struct call call, const char *state)
{
	const char *id = or_else(call.id, CALL);
	struct asking asking = {"import_call", "FCALL", partition_of(id)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_IMPORTED);
	add_key(&asking, KEY_CALL, id);
	add_key(&asking, KEY_CALLS);
	add_arg(&asking, origin);
	add_arg(&asking, id);
	add_arg(&asking, or_else(call.place, GRID_A));
	add_arg(&asking, WORKER);
	add_arg(&asking, state);
	add_number(&asking, 1649761234567);
	add_arg(&asking, "");
	add_arg(&asking, "");
	add_draft(r, &asking, &call, redis_now_ms(r) + (uint64_t)(call.open_ms ? call.open_ms : HOUR_MS));
	return ask(r, &asking);
}

const char *
import_line(struct redis *r, const char *call, unsigned number, const char *columns, const char *texts)
{
	struct asking asking = {"import_lines", "FCALL", partition_of(call)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_chain(&asking, call);
	add_arg(&asking, call);
	add_number(&asking, number);
	add_arg(&asking, columns);
	add_arg(&asking, texts);
	return ask(r, &asking);
}

const char *
import_end(struct redis *r, const char *call, unsigned lines)
{
	struct asking asking = {"import_end", "FCALL", partition_of(call)};

	add_key(&asking, KEY_META);
	add_key(&asking, KEY_LOG);
	add_key(&asking, KEY_CALL, call);
	add_key(&asking, KEY_OPEN);
	add_key(&asking, KEY_DUE);
	add_arg(&asking, call);
	add_number(&asking, lines);
	return ask(r, &asking);
}

const char *
relay_lease(struct redis *r, const char *hub, unsigned ms)
{
	struct asking asking = {"relay_lease", "FCALL", 0};

	add_key(&asking, KEY_RELAYER);
	add_arg(&asking, hub);
	add_number(&asking, ms);
	return ask(r, &asking);
}

const char *
relay_signed_up(struct redis *r, const char *person, const char *call)
{
	struct asking asking = {"relay_signed_up", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_PERSON_SIGN_UPS, person);
	add_arg(&asking, call);
	return ask(r, &asking);
}

const char *
relay_sign_ups(struct redis *r, const char *person, uint64_t before_ms, unsigned count)
{
	struct asking asking = {"relay_sign_ups", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSON_SIGN_UPS, person);
	add_key(&asking, KEY_PERSON_RECENT, person);
	add_number(&asking, before_ms);
	add_number(&asking, count);
	return ask(r, &asking);
}

const char *
wechat_take(struct redis *r, const char *appid, uint64_t due_ms, uint64_t stale_ms, unsigned lease_ms)
{
	struct asking asking = {"wechat_take", "FCALL", 0};

	add_key(&asking, KEY_WECHAT);
	add_arg(&asking, appid);
	add_number(&asking, due_ms);
	add_number(&asking, stale_ms);
	add_number(&asking, lease_ms);
	return ask(r, &asking);
}

const char *
wechat_put(struct redis *r, const char *appid, const char *token, uint64_t expires_ms)
{
	struct asking asking = {"wechat_put", "FCALL", 0};

	add_key(&asking, KEY_WECHAT);
	add_arg(&asking, appid);
	add_arg(&asking, token);
	add_number(&asking, expires_ms);
	return ask(r, &asking);
}

const char *
tell_allow(struct redis *r, const char *person, unsigned more)
{
	struct asking asking = {"tell_allow", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_TELLABLE);
	add_number(&asking, more);
	return ask(r, &asking);
}

const char *
tell_lease(struct redis *r, const char *call, unsigned ms, bool held)
{
	struct asking asking = {"tell_lease", "FCALL", partition_of(call)};

	add_key(&asking, KEY_DUE);
	add_key(&asking, KEY_CALL, call);
	add_arg(&asking, call);
	add_number(&asking, ms);
	add_arg(&asking, held ? "1" : "");
	return ask(r, &asking);
}

const char *
tell_end(struct redis *r, const char *call, const char *again_ms)
{
	struct asking asking = {"tell_end", "FCALL", partition_of(call)};

	add_key(&asking, KEY_DUE);
	add_arg(&asking, call);
	add_arg(&asking, again_ms);
	return ask(r, &asking);
}

const char *
tell_list(struct redis *r)
{
	struct asking asking = {"tell_list", "FCALL_RO", PEOPLE_IN};

	add_key(&asking, KEY_TELLABLE);
	add_number(&asking, 0);
	return ask(r, &asking);
}

const char *
tell_mark(struct redis *r, const char *person, const char *call)
{
	struct asking asking = {"tell_mark", "FCALL", partition_of(person)};

	add_key(&asking, KEY_TELLABLE);
	add_key(&asking, KEY_TOLD, call);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, person);
	return ask(r, &asking);
}

const char *
tell_unmark(struct redis *r, const char *person, const char *call, const char *which)
{
	struct asking asking = {"tell_unmark", "FCALL", partition_of(person)};

	add_key(&asking, KEY_TELLABLE);
	add_key(&asking, KEY_TOLD, call);
	add_arg(&asking, person);
	add_arg(&asking, which);
	return ask(r, &asking);
}

/* Conditions. */

void
post_call(struct redis *r, struct call call)
{
	const char *id = or_else(call.id, CALL), *said = call_post(r, call);

	assert_memory_equal(said, "OK ", 3);
	assert_string_equal(said + 3, id);
}

void
claim(struct redis *r, const char *person)
{
	char identity[32];

	snprintf(identity, sizeof(identity), "dev:%s", person);
	assert_string_equal(person_claim(r, identity, person) + 3, person);
}

void
settle(struct redis *r, const char *person)
{
	claim(r, person);
	assert_string_equal(member_register(r, person, GRID_A, "安", ""), "OK registered");
}

void
let_deadline_pass(struct redis *r, const char *call)
{
	char past[24], item[64];

	snprintf(item, sizeof(item), "deadline %s", call);
	snprintf(past, sizeof(past), "%" PRIu64, redis_now_ms(r) - 1000);
	redis(r, "HSET {%u}:call:%s deadline %s", partition_of(call), call, past);
	redis(r, "ZADD {%u}:due XX %s %b", partition_of(call), past, item, strlen(item));
}

void
let_offer_pass(struct redis *r, const char *call, unsigned number)
{
	char item[64];

	snprintf(item, sizeof(item), "offer %s %u", call, number);
	redis(r, "ZADD {%u}:due XX 1 %b", partition_of(call), item, strlen(item));
}

const char *const evening_texts[] = {"西吴社区", "第1网格", "dev:", "王安", "太原供电", "博", "紧急招募志愿者",
	"请在群里接龙", "社区门口", "手套", "大门", "李梅", "带小推车", "几点能到", "谢谢大家", "下雨", NULL};

/* A call of two shifts, whose offers must be confirmed. */
static void
play_shifts(struct redis *r)
{
	struct call call = {.id = "7.5",
		.bring = "手套",
		.window = 30,
		.questions = "1\t0\t几点能到",
		.slots = {{"大门", .limit = 1}, {"后门"}}};

	post_call(r, call);
	assert_string_equal(chain_sign(r, "7.5", (struct signing){.person = "1.1", .slot = 1}), "OK 1 confirmed");
	assert_string_equal(
		chain_sign(r, "7.5", (struct signing){.person = "1.2", .slot = 1, .texts = "\t带小推车\t8点"}),
		"OK 2 waiting");
	assert_string_equal(chain_sign(r, "7.5", (struct signing){.person = "1.3", .slot = 1}), "OK 3 waiting");
	assert_string_equal(chain_strike(r, "1.1", "7.5", 0, 1), "OK 1");
	let_offer_pass(r, "7.5", 2);
	assert_string_equal(chain_lapse(r, "7.5", 2), "OK");
	assert_string_equal(chain_confirm(r, "1.3", "7.5", 0, 1), "OK 3");
	call.slots[0].limit = 2;
	assert_string_equal(call_edit(r, (struct edit){.version = 1, .to = call}), "OK slots");
	assert_string_equal(call_close(r, "7.5"), "OK");
	assert_string_equal(call_reopen(r, WORKER, "7.5", HOUR_MS), "OK");
	assert_string_equal(call_end(r, WORKER, "7.5", "cancelled", "下雨"), "OK");
}

static void
play_erasure(struct redis *r)
{
	uint64_t when;

	assert_string_equal(person_claim(r, "dev:fu", "1.6"), "OK 1.6");
	assert_string_equal(consent_give(r, "1.6", "v1", false), "OK");
	assert_memory_equal(retention_calls(r, redis_now_ms(r)), "OK ", 3);
	assert_string_equal(retention_list(r, CALL, 1), "OK ");
	assert_string_equal(retention_forget(r, CALL, 1), "OK");
	assert_string_equal(retention_note(r, 90), "OK");
	assert_memory_equal(person_export(r, "1.6"), "OK dev\t", 7);
	assert_string_equal(person_erase(r, WORKER, "1.6"), "OK");
	when = strtoull(redis(r, "HGET {1}:person:1.6 erased"), NULL, 10);
	assert_string_equal(erase_begin(r, "1.6", when), "OK dev:fu   ");
	assert_string_equal(erase_identity(r, "dev:fu", "1.6"), "OK");
	assert_string_equal(erase_entry(r, HASH_C), "OK");
	assert_string_equal(erase_lines(r, "1.6", 0, 100), "OK ");
	assert_string_equal(erase_line(r, "7.5", 2, "1.6"), "OK");
	assert_string_equal(erase_end(r, "1.6", when, 0), "OK 1");
	assert_memory_equal(erase_list(r, 0), "OK 1.6 ", 7);
	assert_memory_equal(forgot(r), "OK ", 3);
	assert_string_equal(forgot_rewritten(r, when), "OK");
}

void
play_evening(struct redis *r)
{
	assert_string_equal(data_open(r, 7, "1", "16", "e7"), "OK 1 16 e7 0");
	assert_string_equal(data_open(r, 1, "1", "16", "e1"), "OK 1 16 e1 0");
	assert_string_equal(place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格"), "OK 2 0 0");
	assert_string_equal(person_claim(r, "dev:an", "1.1"), "OK 1.1");
	assert_string_equal(person_claim(r, "dev:bo", "1.2"), "OK 1.2");
	assert_string_equal(person_find(r, "dev:bo"), "OK 1.2");
	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", "太原供电"), "OK registered");
	assert_string_equal(member_register(r, "1.2", GRID_A, "博", ""), "OK registered");
	assert_string_equal(member_move(r, "1.2", GRID_B), "OK moved");
	assert_string_equal(person_claim(r, "dev:d3", "1.9"), "OK 1.9");
	assert_string_equal(member_ask(r, "1.9", GRID_A, ""), "OK pending");
	assert_string_equal(pending_mark(r, GRID_A, "1.9", true), "OK");
	assert_string_equal(pending_list(r, COMMUNITY, "", 9), "OK " GRID_A " 1.9");
	assert_string_equal(pending_decide(r, WORKER, "1.9", GRID_A, false), "OK");
	assert_string_equal(pending_mark(r, GRID_A, "1.9", false), "OK");
	assert_string_equal(member_correct(r, "1.1", "王安", "太原供电"), "OK");
	assert_string_equal(phone_begin(r, "1.1"), "OK new  ");
	assert_string_equal(phone_claim(r, HASH_C, "1.1", ""), "OK");
	assert_string_equal(phone_bind(r, "1.1", HASH_C), "OK bound " HASH_C " 1sealed ");
	assert_string_equal(phone_bind(r, "1.2", HASH_A), "OK bound " HASH_A " 1sealed ");
	assert_string_equal(rebind_ask(r, "1.9", "1.2", GRID_B, HASH_A), "OK asked " GRID_B);
	assert_string_equal(person_rebind(r, "1.2", GRID_B, "dev:d3", "1.9", HASH_A), "OK dev:bo");
	assert_string_equal(identity_release(r, "dev:bo", "1.2"), "OK");
	assert_string_equal(former_drop(r, "1.2", "dev:bo"), "OK ");
	assert_string_equal(person_become(r, "dev:d3", "1.9", "1.2"), "OK");
	assert_string_equal(data_id(r, 7), "OK 1");
	assert_string_equal(call_number(r, HOUR_MS), "OK 2");
	assert_string_equal(data_secret(r, "5ec2"), "OK 5ec2");
	assert_string_equal(data_key(r, "c4ec"), "OK c4ec");
	assert_string_equal(
		roster_import(r, HASH_A, "1sealed", GRID_A, "王安", "太原供电", HASH_B, "1sealed", "", "博", ""),
		"OK 88");
	assert_string_equal(roster_look(r, HASH_A, "1again", GRID_B, "王安", "太原供电"), "OK 4");
	assert_string_equal(phone_claim(r, HASH_A, "1.2", ""), "OK " GRID_A " 王安 太原供电");
	assert_string_equal(roster_find(r, HASH_A, "1.2"), "OK " GRID_A " 王安 太原供电");
	assert_string_equal(roster_remove(r, HASH_B), "OK");
	assert_true(strncmp(roster_list(r, CITY, "", 9), "OK " HASH_A "\t" GRID_A, 50) == 0);
	post(r, .title = "紧急招募志愿者", .body = "发放抗原检测试剂,请在群里接龙。", .meeting = "社区门口",
		.limit = 1);
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_join(r, CALL, "1.2", GRID_B), "OK 2 waiting");
	assert_string_equal(chain_withdraw(r, CALL, "1.1"), "OK 1");
	let_deadline_pass(r, CALL);
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_string_equal(chain_sign(r, CALL, (struct signing){.person = NULL, .walk_up = true, .texts = "李梅\t"}),
		"OK 3 waiting");
	assert_string_equal(chain_check(r, WORKER, CALL, 2, "in", false), "OK 2 ");
	assert_string_equal(chain_check(r, "1.2", CALL, 0, "out", true), "OK 2 30");
	assert_string_equal(call_close(r, CALL), "OK");
	assert_string_equal(call_thank(r, WORKER, CALL, "谢谢大家"), "OK");
	assert_string_equal(member_leave(r, "1.1"), "OK");
	assert_string_equal(phone_drop(r, "1.1", HASH_C), "OK");
	assert_string_equal(phone_release(r, HASH_C, "1.1"), "OK");
	assert_string_equal(template_save(r, COMMUNITY, "发试剂", (struct call){.slots = {{"大门"}}}), "OK");
	assert_string_equal(template_remove(r, COMMUNITY, "发试剂"), "OK");
	assert_string_equal(grant_give(r, WORKER, "1.2", "worker", GRID_A, DAY_MS), "OK");
	assert_string_equal(grant_give(r, WORKER, "1.2", "security", "", 0), "OK");
	let_grant_pass(r, "1.2", "worker", GRID_A);
	assert_string_equal(grant_lapse(r, "1.2", "worker", GRID_A), "OK");
	assert_string_equal(grant_take(r, WORKER, "1.2", "security", ""), "OK");
	assert_memory_equal(device_add(r, "1.2", "aa", true, "pad"), "OK 1 ", 5);
	assert_memory_equal(device_login(r, "1.2", "1", "aa", "bb"), "OK ", 3);
	assert_memory_equal(device_list(r, "1.2"), "OK 1\tpad\t", 9);
	assert_string_equal(device_revoke(r, "1.2", 1), "OK");
	assert_string_equal(audit_add(r, "1.2", "forbidden", "", ""), "OK");
	assert_memory_equal(audit_head(r, "", 0), "OK 11 ", 6);
	assert_string_equal(audit_seal(r, "1", "aa", "bb"), "CHANGED audit");
	assert_string_equal(audit_accept(r, "1", "aa", "bb"), "CHANGED audit");
	assert_string_equal(audit_accepted(r), "OK");
	assert_string_equal(audit_trimmable(r, 1), "OK 0");
	assert_string_equal(audit_trim(r, 1, "1", "aa"), "CHANGED audit");
	assert_memory_equal(audit_list(r, "", "1.2", "", "forbidden", 9), "OK ", 3);
	assert_memory_equal(chain_persons(r, CALL, 0, 9), "OK " GRID_A " ", 19);
	assert_memory_equal(chain_concerns(r, CALL, "1.2"), "OK ", 3);
	assert_memory_equal(invite_give(r, "1.2", "dd", "", ""), "OK 2 ", 5);
	assert_string_equal(factor_begin(r, "1.2", "1sealed"), "OK");
	assert_string_equal(factor_read(r, "1.2"), "OK begun 1sealed");
	assert_string_equal(factor_confirm(r, "1.2", "2", "40", "aa bb"), "OK");
	assert_string_equal(factor_try(r, "1.2"), "OK 1sealed 0");
	assert_string_equal(device_touch(r, "1.2", "2"), "OK");
	assert_string_equal(factor_remove(r, WORKER, "1.2", ""), "OK");
	desk_open(r, "00112233445566778899aabbccddeeff", "前台", 42);
	assert_memory_equal(desk_show(r, "00112233445566778899aabbccddeeff"), "OK ", 3);
	assert_string_equal(desk_confirm(r, "1.2", "00112233445566778899aabbccddeeff", 42, true), "OK");
	assert_memory_equal(desk_claim(r, "00112233445566778899aabbccddeeff", "5ec4e7"), "OK accepted", 11);
	play_shifts(r);
	play_erasure(r);
	assert_string_equal(import_call(r, "9.5@17", (struct call){.id = "7.50"}, "closed"), "OK");
	assert_string_equal(import_line(r, "7.50", 1, "confirmed\t1.2\t" GRID_A "\t17", ""), "OK");
	assert_string_equal(import_end(r, "7.50", 1), "OK");
	assert_string_equal(relay_lease(r, "a", 3000), "OK 1");
	assert_string_equal(relay_apply(r, 7, 5, "1.2", "7.1 2", "confirmed\t0\t1\t30\t17", 17), "OK 1");
	assert_string_equal(relay_mark(r, 7, 9), "OK");
	assert_string_equal(relay_signed_up(r, "1.2", "7.1"), "OK 1");
	assert_string_equal(relay_sign_ups(r, "1.2", 100, 1), "OK 30 7.1 2\tconfirmed\t0\t1\t30\t17");
	assert_string_equal(tell_allow(r, "1.2", 1), "OK 1");
	assert_string_equal(tell_list(r), "OK 0 1.2");
	redis(r, "HSET {1}:person:1.2 openid 1sealed");
	assert_string_equal(tell_lease(r, CALL, 1, false), "OK 0");
	assert_string_equal(tell_mark(r, "1.2", CALL), "OK 1sealed");
	assert_string_equal(tell_unmark(r, "1.2", CALL, "back"), "OK");
	assert_string_equal(tell_end(r, CALL, ""), "OK");
	assert_string_equal(wechat_take(r, "wx1", 0, 0, 15000), "OK  0 1");
	assert_string_equal(wechat_put(r, "wx1", "1sealed", redis_now_ms(r) + HOUR_MS), "OK");
}
