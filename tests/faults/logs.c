/* logs.c - P9: no token and nothing that people have written is ever logged, whatever happens. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "raw.h"
#include "storm.h"

/* Words that stand nowhere else. */
#define NAME    "zhangsanfeng-name"
#define HANDLE  "zhangsanfeng-handle"
#define UNIT    "第七纺织厂党支部"
#define TITLE   "发放抗原试剂-qlk"
#define BODY    "请带手套-wxz"
#define MEETING "南门岗亭-vbn"

static void
post_with_all(struct world *w, char call[ID_TEXT])
{
	Request *post = to_post(.place = GRID_A, .title = TITLE, .body = BODY, .meeting = MEETING);
	Answer *answer = ask(person(w, HANDLE), post);

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(call, ID_TEXT, "%s", answer->call_post->call);
	free_answer(answer);
}

/* A session sends this and is ended for it. */
static void
send_bad_frame(struct world *w, enum ws_opcode opcode, const char *bytes)
{
	struct raw raw;

	raw_login(&raw, w, HANDLE);
	socket_send_frame(&raw.socket, opcode, bytes, strlen(bytes));
	socket_read_close(&raw.socket);
	raw_close(&raw);
}

/* Refusals and broken frames, with all of it in them. */
static void
misbehave(struct world *w)
{
	char token[TOKEN_TEXT];
	struct socket peer;

	expect(person(w, HANDLE), to_register("1401050", NAME, UNIT "\x01"), "BAD_REQUEST", "place");
	read_token(w, token);
	expect(person(w, HANDLE), to_login(token, HANDLE), "ALREADY", "login");

	send_bad_frame(w, WS_BINARY, "\x0a\x7f" NAME TITLE);
	send_bad_frame(w, WS_TEXT, NAME);
	socket_open(&peer, w->address, 0);
	socket_http(&peer, "GET /" NAME "/" TITLE, "Cookie: " NAME "\r\nX-Forwarded-For: " UNIT "\r\n");
	socket_close(&peer);
}

/* Makes a chain's record something that no function expects, or takes that away again. */
static void
break_chain(struct world *w, const char *call, bool is_broken)
{
	char path[160], key[64];
	redisContext *redis;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	snprintf(key, sizeof(key), "{%.*s}:call:%s:lines", (int)strcspn(call, "."), call, call);
	freeReplyObject(redisCommand(redis, "DEL %s", key));
	if (is_broken)
		freeReplyObject(redisCommand(redis, "SET %s %s", key, NAME TITLE));
	redisFree(redis);
}

static void
assert_not_logged(const struct world *w, const char *words)
{
	static const char *const logs[] = {"hub.log", "redis.log"};

	for (size_t i = 0; i < ARRAY_LEN(logs); i++)
		if (count_in_file(w, logs[i], words) > 0)
			fail_msg("%s holds '%s'", logs[i], words);
}

static void
logs_hold_nothing_of_what_people_say(void **state)
{
	static const char *const words[] = {NAME, HANDLE, UNIT, TITLE, BODY, MEETING, "zhangsan", "qlk", "wxz", "vbn"};
	struct world *w = world_open((const char *const[]){"--log-level", "debug", NULL});
	char tokens[2][TOKEN_TEXT], call[ID_TEXT], broken[ID_TEXT];
	struct storm *storm;

	(void)state;
	read_token(w, tokens[0]);
	expect(person(w, HANDLE), to_register(GRID_A, NAME, UNIT), "OK", "");
	post_with_all(w, call);
	post_with_all(w, broken);
	misbehave(w);
	break_chain(w, broken, true);
	expect(person(w, HANDLE), to_join(broken), "INTERNAL", ""); /* the function fails, and the hub says why */
	break_chain(w, broken, false);
	storm = storm_begin(w, call, "zhangsan", 10, 11);
	kill_redis(w);
	while (storm_blows(storm))
		storm_turn(storm);
	storm_assert_all_kept(storm);
	storm_end(storm);

	hub_again(w, SIGKILL);
	read_token(w, tokens[1]);
	person(w, HANDLE);
	people_go(w);
	hub_end(w, SIGTERM);

	assert_true(count_in_log(w, "event=closed") > 0); /* it is the log, and it was asked for all */
	assert_true(count_in_log(w, "event=function_failed") > 0);
	assert_true(count_in_file(w, "redis.log", "ready to accept connections") > 0);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_not_logged(w, words[i]);
	for (size_t i = 0; i < ARRAY_LEN(tokens); i++)
		assert_not_logged(w, tokens[i]);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_hold_nothing_of_what_people_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
