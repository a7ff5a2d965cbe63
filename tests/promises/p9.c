/* P9: no token, phone number or remark is ever logged, whatever happens; and no token, phone or key stands in Redis' files in
 * clear. That all the other tests hold to it is looked at when they have run (tests/lib/grep_logs.c). */
#include <ftw.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "raw.h"
#include "stand_in.h"
#include "storm.h"

/* Words that stand nowhere else. */
#define NAME    "zhangsanfeng-name"
#define HANDLE  "zhangsanfeng-handle"
#define UNIT    "第七纺织厂党支部"
#define TITLE   "发放抗原试剂-qlk"
#define BODY    "请带手套-wxz"
#define MEETING "南门岗亭-vbn"
#define REMARK  "带了小推车-rmk"
#define LISTED  "诸葛孔明"
#define INVITED "司马仲达"
#define PASTED  "鲁肃子敬"
#define DEVICE  "吕蒙的手机"
#define REASON  "回访未到者-whyr"
#define PHONE   "13900000001"

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

/* All that is personal, by what it is. Redis keeps what people write; what is secret it does not keep in clear. */
struct personal {
	const char *what;
	const char *bytes;
	size_t len;
	bool is_secret;
};
static struct personal all_personal[64];
static unsigned personal_count;

/* `bytes` lives as long as the test. */
static void
note_bytes(const char *what, bool is_secret, const void *bytes, size_t len)
{
	assert_true(personal_count < ARRAY_LEN(all_personal));
	all_personal[personal_count++] = (struct personal){what, bytes, len, is_secret};
}

static void
note(const char *what, const char *text)
{
	note_bytes(what, false, text, strlen(text));
}

static const char *
note_secret(const char *what, const char *text)
{
	const char *kept = say("%s", text);

	note_bytes(what, true, kept, strlen(kept));
	return kept;
}

static void
note_key(const struct world *w)
{
	static uint8_t key[32];
	static char digits[65];
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/phones.key", w->folder);
	file = fopen(path, "re");
	assert_true(file && fgets(digits, sizeof(digits), file));
	fclose(file);
	for (size_t i = 0; i < sizeof(key); i++)
		assert_int_equal(sscanf(digits + 2 * i, "%2hhx", &key[i]), 1);
	note_bytes("the key in digits", true, digits, 64);
	note_bytes("the key", true, key, sizeof(key));
}

static const char *only; /* files that end so are looked into; "": all */
static bool only_secrets;
static unsigned looked_into;

static int
look_into(const char *path, const struct stat *is, int type, struct FTW *at)
{
	struct buf all = {0};
	char bytes[65536];
	size_t got;
	FILE *file;

	(void)is;
	if (type != FTW_F || !strstr(path + at->base, only))
		return 0;
	file = fopen(path, "re");
	assert_non_null(file);
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(&all, bytes, got);
	fclose(file);
	looked_into++;
	for (unsigned i = 0; i < personal_count && all.len > 0; i++)
		if ((all_personal[i].is_secret || !only_secrets) &&
			memmem(all.bytes, all.len, all_personal[i].bytes, all_personal[i].len))
			fail_msg("%s holds %s", path, all_personal[i].what);
	buf_finish(&all);
	return 0;
}

/* Every file of the folder whose name has this in it: none holds what is personal, or what of it is secret. */
static void
assert_nothing_in(const struct world *w, const char *name, bool secrets_alone, unsigned at_least)
{
	only = name;
	only_secrets = secrets_alone;
	looked_into = 0;
	assert_int_equal(nftw(w->folder, look_into, 8, FTW_PHYS), 0);
	assert_in_range(looked_into, at_least, 1000);
}

static void
assert_nothing_said(const char *said)
{
	for (unsigned i = 0; i < personal_count; i++)
		if (memmem(said, strlen(said), all_personal[i].bytes, all_personal[i].len))
			fail_msg("%s is said: %s", all_personal[i].what, said);
}

/* Roster, names, calls, lines, remarks, answers, a pasted chain, tokens, an invite. */

static void
log_in_on_a_phone(struct world *w)
{
	char token[TOKEN_TEXT];
	struct raw raw, again;
	const char *device;
	Answer *answer;

	read_token(w, token);
	note_secret("a token of the development login", token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_on(token, HANDLE, DEVICE));
	device = note_secret("a token of a phone", answer->login->token);
	free_answer(answer);
	raw_open(&again, w);
	raw_expect(&again, to_login_with(device), "OK", "");
	raw_close(&again);
	raw_close(&raw);
}

static void
invite(struct world *w)
{
	Answer *answer = ask(person(w, "worker"), to_invite_new(INVITED, GRID_A));
	const char *token, *device;
	struct raw raw;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	token = note_secret("an invite", answer->invite_give->token);
	free_answer(answer);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_with(token));
	device = note_secret("the token it became", answer->login->token);
	free_answer(answer);
	raw_close(&raw);
	raw_open(&raw, w);
	raw_expect(&raw, to_login_with(device), "OK", "");
	raw_close(&raw);
	raw_open(&raw, w);
	raw_expect(&raw, to_login_with(token), "UNAUTHENTICATED", "token.token"); /* used */
	raw_close(&raw);
}

/* A member by WeChat: two codes, the openid, what WeChat keeps of the login, and the phone that is on the roster. */
static void
come_by_wechat(struct world *w)
{
	struct raw raw;
	Answer *answer;

	note_secret("a code of wx.login", "0a3Wx0f81-login");
	note_secret("a code of the phone button", "0a3Wx0f81-phone");
	note_secret("an openid", "oZhang5AnFeng7");
	note_secret("a session key of WeChat's", "tiihtNczf5v6AKRyjwEUhQ==");
	note_secret("the mini-program's secret", STAND_IN_SECRET);
	stand_in_code(w->wechat, "0a3Wx0f81-login", "oZhang5AnFeng7");
	stand_in_phone_code(w->wechat, "0a3Wx0f81-phone", PHONE);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_by_wechat("0a3Wx0f81-login"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	note_secret("a token of who came by WeChat", answer->login->token);
	raw_expect(&raw, to_consent(answer->login->policy), "OK", "");
	free_answer(answer);
	raw_expect(&raw, to_bind("0a3Wx0f81-phone"), "OK", "");
	raw_expect(&raw, to_bind("0a3Wx0f81-phone"), "TOO_LATE", "code"); /* used */
	raw_close(&raw);
}

/* A second factor, and phones that are looked at for a reason. */
static void
look_at_phones(struct world *w, const char *call)
{
	Answer *answer = ask(person(w, "worker"), to_begin_factor());

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	note_secret("the secret of a second factor", answer->factor_begin->secret);
	free_answer(answer);
	free_answer(ask(person(w, "worker"), to_confirm_factor("000000")));
	free_answer(ask(person(w, "worker"), because(REASON, to_list_phones(call, 0, 20))));
	free_answer(ask(person(w, "worker"), to_list_audit(.what = "phones")));
}

static void
sign_up_with_all(struct world *w, const char *call)
{
	Request *join = to_join(call);

	join->chain_join->remark = UNCONST(REMARK);
	expect(member(w, "an"), join, "OK", "");
	expect(person(w, HANDLE), to_join(call), "OK", "");
	free_answer(
		ask(person(w, "worker"), to_preview(call, "#接龙\n" TITLE "\n1. " PASTED " 139 0000 0002\n", 0, 20)));
	free_answer(ask(person(w, "worker"), to_list_chain(call, 0, 200)));
}

static void
live(struct world *w, char call[ID_TEXT])
{
	struct caller *worker = person(w, "worker");

	expect(worker, to_roster(PHONE, LISTED, UNIT, GRID_A, "139 0000 0001x", LISTED, "", ""), "OK", "");
	free_answer(ask(worker, to_list_roster("", "", 60)));
	expect(person(w, HANDLE), to_register(GRID_A, NAME, UNIT), "OK", "");
	log_in_on_a_phone(w);
	come_by_wechat(w);
	invite(w);
	post_with_all(w, call);
	sign_up_with_all(w, call);
	look_at_phones(w, call);
}

/* Writes Redis' files anew. */
static void
rewrite(struct world *w)
{
	char path[160];
	redisContext *redis;
	redisReply *reply;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	freeReplyObject(redisCommand(redis, "SAVE"));
	reply = redisCommand(redis, "BGREWRITEAOF");
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
	redisFree(redis);
	wait_until(w, count_in_file(w, "redis.log", "Background AOF rewrite finished successfully") > 0, "the rewrite");
}

static void
blow(struct world *w, const char *call)
{
	struct storm *storm = storm_begin(w, call, "zhangsan", 10, 11);

	kill_redis(w);
	while (storm_blows(storm))
		storm_turn(storm);
	storm_assert_all_kept(storm);
	storm_end(storm);
}

/* Pages, too: what a monitor reads is a log somewhere. */
static void
assert_pages_say_nothing(struct world *w)
{
	static const char *const pages[] = {"GET /metrics", "GET /healthz", "GET /nowhere"};
	struct socket peer;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		socket_open(&peer, w->address, 0);
		assert_int_not_equal(socket_http(&peer, pages[i], "Connection: close\r\n"), 0);
		socket_read_all(&peer);
		buf_add(&peer.in, "", 1);
		assert_nothing_said((const char *)peer.in.bytes);
		socket_close(&peer);
	}
}

/* What gridctl does not print on purpose, it does not print. */
static void
assert_gridctl_says_nothing(struct world *w)
{
	static const char *const words[][6] = {{"roster", "list", "--place", "nowhere"}, {"device", "list"},
		{"call", "show", "7.999"}, {"audit"}, {"tally", GRID_A}};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const char *argv[16] = {gridctl_binary(), "--data", w->folder, "--as", "worker"};
		struct ended ended;
		memcpy(argv + 5, words[i], sizeof(words[i]));
		ended = run_program(argv);
		assert_nothing_said(ended.said);
	}
}

static void
nothing_personal_is_logged_and_no_secret_kept_in_clear(void **state)
{
	static const char *const words[] = {NAME, HANDLE, UNIT, TITLE, BODY, MEETING, REMARK, LISTED, INVITED, PASTED,
		DEVICE, REASON, "zhangsan", "qlk", "wxz", "vbn"};
	struct world *w = world_open_with_wechat((const char *const[]){"--log-level", "debug", NULL});
	char call[ID_TEXT], broken[ID_TEXT], stormy[ID_TEXT], token[TOKEN_TEXT];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		note("what somebody wrote", words[i]);
	note_secret("a phone", PHONE);
	note_secret("a part of a phone", "1390000");
	note_secret("a phone as it was typed", "139 0000 000");
	note_key(w);
	live(w, call);
	post_with_all(w, broken);
	misbehave(w);
	break_chain(w, broken, true);
	expect(person(w, HANDLE), to_join(broken), "INTERNAL", ""); /* the function fails, and the hub says why */
	break_chain(w, broken, false);
	assert_pages_say_nothing(w);
	assert_gridctl_says_nothing(w);
	post_with_all(w, stormy);
	blow(w, stormy);

	hub_again(w, SIGKILL);
	read_token(w, token);
	note_secret("a token of the development login", token);
	person(w, HANDLE);
	assert_nothing_in(w, ".aof", true, 2);
	rewrite(w);
	assert_nothing_in(w, ".aof", true, 2);
	assert_nothing_in(w, ".rdb", true, 1);
	people_go(w);
	hub_end(w, SIGTERM);

	assert_true(count_in_log(w, "event=closed") > 0); /* it is the log, and it was asked for all */
	assert_true(count_in_log(w, "event=function_failed") > 0);
	assert_nothing_in(w, ".log", false, 2);
	assert_nothing_in(w, "redis.conf", false, 1);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_personal_is_logged_and_no_secret_kept_in_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
