/* logs.c - P9: no token and nothing that people have written is ever logged, whatever happens. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "clock.h"
#include "faults.h"
#include "raw.h"
#include "status.h"
#include "storm.h"
#include "uuid.h"

/* Words that stand nowhere else. */
#define NAME    "zhangsanfeng-name"
#define HANDLE  "zhangsanfeng-handle"
#define UNIT    "第七纺织厂党支部"
#define TITLE   "发放抗原试剂-qlk"
#define BODY    "请带手套-wxz"
#define MEETING "南门岗亭-vbn"

static void
register_somebody(struct world *w)
{
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;

	body.place = UNCONST(GRID_A);
	body.name = UNCONST(NAME);
	body.organisation = UNCONST(UNIT);
	expect(person(w, HANDLE), &REQUEST(MEMBER_REGISTER, &body), "OK", "");
}

static void
post_with_all(struct world *w, char call[ID_TEXT])
{
	Gridvanguard__V1__CallPost body = GRIDVANGUARD__V1__CALL_POST__INIT;
	Answer *answer;

	body.place = UNCONST(GRID_A);
	body.title = UNCONST(TITLE);
	body.body = UNCONST(BODY);
	body.meeting = UNCONST(MEETING);
	body.deadline_ms = clock_wall_ms() + 3600000;
	answer = ask(person(w, HANDLE), &REQUEST(CALL_POST, &body));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(call, ID_TEXT, "%s", answer->call_post->call);
	free_answer(answer);
}

/* Refusals and broken frames, with all of it in them. */
static void
misbehave(struct world *w)
{
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	static const char malformed[] = "\x0a\x7f" NAME TITLE;
	char token[80];
	struct raw raw;

	body.place = UNCONST("1401050");
	body.name = UNCONST(NAME);
	body.organisation = UNCONST(UNIT "\x01");
	expect(person(w, HANDLE), &REQUEST(MEMBER_REGISTER, &body), "BAD_REQUEST", "place");

	read_token(w, token);
	dev.token = token;
	dev.handle = UNCONST(HANDLE);
	login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	login.dev = &dev;
	expect(person(w, HANDLE), &REQUEST(LOGIN, &login), "ALREADY", "login");

	raw_login(&raw, w, HANDLE, 0);
	raw_send_frame(&raw, RAW_BINARY, malformed, sizeof(malformed) - 1);
	raw_read_close(&raw);
	raw_close(&raw);
	raw_login(&raw, w, HANDLE, 0);
	raw_send_frame(&raw, RAW_TEXT, NAME, strlen(NAME));
	raw_read_close(&raw);
	raw_close(&raw);
	raw_open(&raw, w->address, 0);
	raw_http(&raw, "GET /" NAME "/" TITLE, "Cookie: " NAME "\r\nX-Forwarded-For: " UNIT "\r\n");
	raw_close(&raw);
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

/* The function fails, and the hub says why. */
static void
use_broken_chain(struct world *w, const char *call)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;

	body.call = UNCONST(call);
	expect(person(w, HANDLE), &REQUEST(CHAIN_JOIN, &body), "INTERNAL", "");
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
	char tokens[2][80], call[ID_TEXT], broken[ID_TEXT];
	struct storm *storm;
	int status;

	(void)state;
	read_token(w, tokens[0]);
	register_somebody(w);
	post_with_all(w, call);
	post_with_all(w, broken);
	misbehave(w);
	break_chain(w, broken, true);
	use_broken_chain(w, broken);
	break_chain(w, broken, false);
	storm = storm_begin(w, call, "zhangsan", 10, 11);
	kill_redis(w);
	while (storm_blows(storm))
		storm_turn(storm);
	storm_assert_all_kept(storm);
	storm_end(storm);

	hub_signal(w, SIGKILL);
	people_go(w);
	hub_start(w);
	read_token(w, tokens[1]);
	person(w, HANDLE);
	people_go(w);
	status = hub_signal(w, SIGTERM);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);

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
