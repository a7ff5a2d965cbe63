/* p8_attempts.c - P8 from the other side: a member's client, changed to ask for everything, gets FORBIDDEN, learns nothing,
 * is slowed down; and the attempt is in the audit log.
 *
 * The requests are the golden frames (tests/unit/golden), one of each verb at least: all about a community that is not his. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "golden_requests.h"
#include "raw.h"
#include "status.h"
#include "table_of_rights.h"

#define HOME     "140107001015001" /* of the member, away from all that he asks about */
#define NO_CALL  ".9007199254740000"
#define POINTS   100  /* a second; he has saved up 50 times as many */
#define PATIENCE 5000 /* requests, until he must have been told to wait */

/* Without calls it is about places, and with them it is asked by itself. */
static const char *const left_out[] = {"login", "watch", NULL};

static struct world *world;
static struct raw raw;
static const char *person_id, *open_call, *closed_call, *own_call;
static char no_call[32], no_such[32];
static unsigned refused, verbs;

static bool
is_left_out(const char *verb)
{
	for (size_t i = 0; left_out[i]; i++)
		if (strcmp(left_out[i], verb) == 0)
			return true;
	return false;
}

static unsigned
verb_of(const char *name)
{
	unsigned verb = 0;

	while (table_verb(verb) && strcmp(table_verb(verb), name) != 0)
		verb++;
	assert_non_null(table_verb(verb));
	return verb;
}

/* A field of the verb's message, of that name and type; NULL if it has none. */
static void *
field_in(Request *request, const char *name, ProtobufCType type)
{
	ProtobufCMessage *body = &request->login->base; /* the members of the oneof are all pointers to messages */
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(body->descriptor, name);

	if (!field || field->type != type)
		return NULL;
	return (char *)body + field->offset;
}

static void
assert_nothing_is_told(const Answer *answer)
{
	assert_int_equal(answer->result_case, 0);
	assert_int_equal(raw.notes.count, 0);
}

/* Asks under a name of now, and gives "STATUS field". */
static const char *
said_to(Request *request, char out[80])
{
	struct uuid once = uuid_make(clock_wall_ms());
	ProtobufCBinaryData was = request->once;
	Answer *answer;

	if (was.len > 0)
		request->once = (ProtobufCBinaryData){sizeof(once.bytes), once.bytes};
	answer = raw_ask(&raw, request);
	request->once = was;
	snprintf(out, 80, "%s %s", status_name((enum status)answer->status), answer->field);
	assert_nothing_is_told(answer);
	free_answer(answer);
	return out;
}

/* Of a call it is the same whether it is there, and whether it is over. */
static void
try_calls(Request *request, char **call, const char *verb, const char *wanted)
{
	const char *const calls[] = {open_call, no_call, closed_call, no_such};
	char *was = *call, said[80];

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		*call = UNCONST(calls[i]);
		said_to(request, said);
		if (strcmp(said, wanted) != 0)
			fail_msg("%s of call %zu: %s", verb, i, said);
		refused++;
	}
	*call = was;
}

/* However it is asked: for his own lines or all, by whose the line is or by its number, of which the first alone is there. */
static void
try_call(Request *request, char **call, const char *verb)
{
	static const uint32_t numbers[] = {0, 1, 9};
	protobuf_c_boolean *mine = field_in(request, "mine", PROTOBUF_C_TYPE_BOOL);
	uint32_t *number = field_in(request, "number", PROTOBUF_C_TYPE_UINT32);
	char **code = field_in(request, "code", PROTOBUF_C_TYPE_STRING), *with = code ? *code : NULL;

	if (code && *code[0])
		try_calls(request, call, verb, "TOO_LATE code"); /* which is looked at first, whatever the call */
	if (code)
		*code = UNCONST("");
	for (size_t i = 0; i < (number ? ARRAY_LEN(numbers) : 1); i++) {
		if (number)
			*number = numbers[i];
		for (unsigned own = 0; own < (mine ? 2 : 1); own++) {
			if (mine)
				*mine = own;
			try_calls(request, call, verb, "FORBIDDEN call");
		}
	}
	if (code)
		*code = with;
}

static void
try_request(Request *request)
{
	const char *verb =
		protobuf_c_message_descriptor_get_field(&gridvanguard__v1__request__descriptor, request->verb_case)
			->name;
	char **call = field_in(request, "call", PROTOBUF_C_TYPE_STRING), said[80];

	if (is_left_out(verb))
		return;
	if (strcmp(verb, "audit_list") == 0)
		request->audit_list->own = false;
	if (call && *call[0]) {
		try_call(request, call, verb);
	} else if (!table_is_for_all(verb_of(verb))) {
		said_to(request, said);
		if (strncmp(said, "FORBIDDEN ", 10) != 0)
			fail_msg("%s: %s", verb, said);
		refused++;
	} else {
		return; /* his own, or nobody's */
	}
	verbs++;
}

/* The entries about him in the log of his partition: "what [on] detail" each, "; " between them. */
static const char *
audited(char out[1024])
{
	char path[160], key[32];
	redisContext *redis;
	redisReply *reply;
	size_t len = 0;

	snprintf(path, sizeof(path), "%s/redis.sock", world->folder);
	snprintf(key, sizeof(key), "{%.*s}:audit", (int)strcspn(person_id, "."), person_id);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	reply = redisCommand(redis, "XRANGE %s - +", key);
	out[0] = '\0';
	assert_true(reply && reply->type == REDIS_REPLY_ARRAY);
	for (size_t i = 0; i < reply->elements; i++) {
		redisReply **v =
			reply->element[i]->element[1]->element; /* hash, seq, at, who, what, on, from, why, detail */
		if (strcmp(v[7]->str, person_id) == 0)
			len += (size_t)snprintf(out + len, 1024 - len, "%s%s [%s] %s %s", len ? "; " : "", v[9]->str,
				v[11]->str, v[13]->str, v[17]->str);
	}
	freeReplyObject(reply);
	redisFree(redis);
	return out;
}

static const char *
first_of(const char *entries, char out[256])
{
	snprintf(out, 256, "%.*s", (int)strcspn(entries, ";"), entries);
	return out;
}

static void
who_asks_for_everything_is_refused_and_learns_nothing(void **state)
{
	(void)state;
	golden_requests(try_request);
	print_message("# %u requests of %u verbs were refused\n", refused, verbs);
	assert_true(verbs >= 30 && refused >= 60);
}

/* To follow one that will be there some day would tell when it is. */
static void
nor_can_he_find_out_by_following_it(void **state)
{
	Request *alone = to_watch(.calls = {"1.1"}), *behind = to_watch(.places = {HOME}, .calls = {"1.1", "1.2"});

	(void)state;
	try_calls(alone, &alone->watch->calls[0], "watch", "FORBIDDEN calls[0]");
	behind->watch->calls[1] = UNCONST(open_call);
	try_calls(behind, &behind->watch->calls[0], "watch", "FORBIDDEN calls[0]");
	behind->watch->calls[0] = UNCONST(own_call);
	try_calls(behind, &behind->watch->calls[1], "watch", "FORBIDDEN calls[1]");
}

static void
he_is_slowed_down(void **state)
{
	Request *request = to_list_members(COMMUNITY, "", 1);
	char said[80];
	unsigned asked = 0;

	(void)state;
	while (strcmp(said_to(request, said), "BUSY person") != 0 && ++asked < PATIENCE)
		assert_string_equal(said, "FORBIDDEN place");
	/* An honest one may read five times as often. */
	assert_in_range(asked, 1, 50 * POINTS / 5 + POINTS);
}

/* The first attempt at once, the others of the minute counted; a hub that ends leaves nothing untold. */
static void
attempt_is_in_the_audit_log(void **state)
{
	char entries[1024], first[256];
	unsigned count = 0;

	(void)state;
	audited(entries);
	assert_string_equal(
		first_of(entries, first), "forbidden [" COMMUNITY "] 127.0.0.1 verb=place_import field=rows count=1");
	assert_null(strchr(entries, ';'));
	raw_close(&raw);
	hub_again(world, SIGTERM);
	audited(entries);
	assert_non_null(strchr(entries, ';'));
	assert_int_equal(sscanf(strchr(entries, ';'),
				 "; forbidden [" COMMUNITY "] 127.0.0.1 verb=member_list field=place count=%u", &count),
		1);
	assert_true(count >= refused);
}

static int
open_world(void **state)
{
	static const char *const flags[] = {"--person-budget", "100", NULL};
	static const char *const rest[][2] = {
		{"140107", "杏花岭区"}, {"140107001", "巨轮街道"}, {"140107001015", "富力华庭社区"}, {HOME, "第1网格"}};

	(void)state;
	world = world_open(flags);
	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		import_place(world, rest[i][0], rest[i][1]);
	open_call = post_call(world, .place = COMMUNITY);
	closed_call = post_call(world, .place = COMMUNITY);
	own_call = post_call(world, .place = HOME);
	join(world, open_call, "an");
	join(world, closed_call, "an");
	close_call(world, closed_call);
	snprintf(no_call, sizeof(no_call), "%.*s" NO_CALL, (int)strcspn(open_call, "."), open_call);
	snprintf(no_such, sizeof(no_such), "3" NO_CALL);
	member_at(world, "mallory", HOME);
	person_id = text_dup(text_of(caller_person(person(world, "mallory"))));
	assert_non_null(person_id);
	raw_login_granted(&raw, world, "mallory");
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	free(UNCONST(person_id));
	world_close(world);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_asks_for_everything_is_refused_and_learns_nothing),
		cmocka_unit_test(nor_can_he_find_out_by_following_it),
		cmocka_unit_test(he_is_slowed_down),
		cmocka_unit_test(attempt_is_in_the_audit_log),
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
