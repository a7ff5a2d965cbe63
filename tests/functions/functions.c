#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "id.h"
#include "keys.h"
#include "library.h"
#include "status.h"

#define KEYS_MAX   8
#define KEY_TEXT   112
#define ARGS_MAX   448
#define NUMBERS    4
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
	redisReply *elements[16] = {reply->element[0]}, said = {.type = REDIS_REPLY_ARRAY, .element = elements};

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

const char *
member_register(struct redis *r, const char *person, const char *place, const char *name, const char *organisation)
{
	struct asking asking = {"member_register", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_key(&asking, KEY_PERSONS);
	add_arg(&asking, place);
	add_arg(&asking, name);
	add_arg(&asking, organisation);
	return ask(r, &asking);
}

const char *
member_move(struct redis *r, const char *person, const char *place)
{
	struct asking asking = {"member_move", "FCALL", partition_of(person)};

	add_stamp(r, &asking, person);
	add_key(&asking, KEY_PERSON, person);
	add_arg(&asking, place);
	return ask(r, &asking);
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

static const char *
or_else(const char *given, const char *otherwise)
{
	return given ? given : otherwise;
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
	add_arg(&asking, id);
	add_arg(&asking, or_else(call.place, GRID_A));
	add_arg(&asking, or_else(call.title, "发放抗原试剂"));
	add_arg(&asking, or_else(call.body, ""));
	add_arg(&asking, or_else(call.meeting, ""));
	add_number(&asking, call.need);
	add_number(&asking, call.limit);
	add_number(&asking, redis_now_ms(r) + (uint64_t)(call.open_ms ? call.open_ms : HOUR_MS));
	return ask(r, &asking);
}

const char *
call_close(struct redis *r, const char *call)
{
	struct asking asking = {"call_close", "FCALL", partition_of(call)};

	add_stamp(r, &asking, WORKER);
	add_key(&asking, KEY_CALL, call);
	add_key(&asking, KEY_OPEN);
	add_arg(&asking, call);
	return ask(r, &asking);
}

static void
add_chain(struct asking *asking, const char *call)
{
	add_key(asking, KEY_CALL, call);
	add_key(asking, KEY_CALL_LINES, call);
	add_key(asking, KEY_CALL_LIVE, call);
	add_key(asking, KEY_CALL_WAITING, call);
	add_key(asking, KEY_CALL_TALLY, call);
	add_arg(asking, call);
}

const char *
chain_join(struct redis *r, const char *call, const char *person, const char *place)
{
	struct asking asking = {"chain_join", "FCALL", partition_of(call)};

	add_stamp(r, &asking, person);
	add_chain(&asking, call);
	add_arg(&asking, place);
	return ask(r, &asking);
}

const char *
chain_withdraw(struct redis *r, const char *call, const char *person)
{
	struct asking asking = {"chain_withdraw", "FCALL", partition_of(call)};

	add_stamp(r, &asking, person);
	add_chain(&asking, call);
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
	assert_string_equal(member_register(r, person, GRID_A, "安", ""), "OK");
}

void
let_deadline_pass(struct redis *r, const char *call)
{
	char past[24];

	snprintf(past, sizeof(past), "%" PRIu64, redis_now_ms(r) - 1000);
	redis(r, "HSET {%u}:call:%s deadline %s", partition_of(call), call, past);
}

const char *const evening_texts[] = {
	"西吴社区", "第1网格", "dev:", "王安", "太原供电", "博", "紧急招募志愿者", "请在群里接龙", "社区门口", NULL};

void
play_evening(struct redis *r)
{
	assert_string_equal(data_open(r, 7, "1", "16", "e7"), "OK 1 16 e7 0");
	assert_string_equal(data_open(r, 1, "1", "16", "e1"), "OK 1 16 e1 0");
	assert_string_equal(place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格"), "OK 2 0 0");
	assert_string_equal(person_claim(r, "dev:an", "1.1"), "OK 1.1");
	assert_string_equal(person_claim(r, "dev:bo", "1.2"), "OK 1.2");
	assert_string_equal(person_find(r, "dev:bo"), "OK 1.2");
	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", "太原供电"), "OK");
	assert_string_equal(member_register(r, "1.2", GRID_A, "博", ""), "OK");
	assert_string_equal(member_move(r, "1.2", GRID_B), "OK");
	assert_string_equal(data_id(r, 7), "OK 1");
	post(r, .title = "紧急招募志愿者", .body = "发放抗原检测试剂,请在群里接龙。", .meeting = "社区门口",
		.limit = 1);
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_join(r, CALL, "1.2", GRID_B), "OK 2 waiting");
	assert_string_equal(chain_withdraw(r, CALL, "1.1"), "OK 1");
	assert_string_equal(call_close(r, CALL), "OK");
	assert_string_equal(member_leave(r, "1.1"), "OK");
}
