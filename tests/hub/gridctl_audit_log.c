/* gridctl_audit_log.c - the audit log at the command line: searched, put into a file, and verified against who has Redis. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gridctl.h"
#include "notes.h"
#include "role.h"
#include "sealed.h"
#include "worlds.h"

/* One entry after the other, and a seal behind them; in the partition of the person. */
static const char *
entries_about(struct world *w, const char *handle)
{
	const char *id = caller_person(person(w, handle));

	expect(person(w, "worker"), because("换岗", to_give(id, ROLE_WORKER, GRID_A, 0)), "OK", "");
	expect(person(w, "worker"), to_give(id, ROLE_WORKER, GRID_B, 0), "OK", "");
	expect(person(w, "worker"), to_take(id, ROLE_WORKER, GRID_A), "OK", "");
	return say("%s", id);
}

static redisReply *
redis(const struct world *w, const char *script, const char *key)
{
	char path[160];
	redisContext *redis;
	redisReply *reply;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	reply = redisCommand(redis, "EVAL %s 1 %s", script, key);
	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s", reply->str);
	redisFree(redis);
	return reply;
}

static void
tamper(const struct world *w, const char *script, const char *key)
{
	freeReplyObject(redis(w, script, key));
}

static bool
is_sealed(const struct world *w, const char *key)
{
	redisReply *reply = redis(w,
		"local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1] "
		"if not last then return 0 end "
		"for i = 1, #last[2], 2 do if last[2][i] == 'what' and last[2][i + 1] == 'seal' then return 1 end end "
		"return 0",
		key);
	bool sealed = reply->integer == 1;

	freeReplyObject(reply);
	return sealed;
}

/* A hub seals soon after it has started, and every minute then. */
static const char *
sealed_entries(struct world *w)
{
	const char *id = entries_about(w, "an"), *key = say("{%.*s}:audit", (int)strcspn(id, "."), id);

	hub_again(w, SIGTERM);
	wait_until(w, is_sealed(w, key), "a seal");
	return key;
}

#define REWRITE                                                                                       \
	"local items, hash = redis.call('XRANGE', KEYS[1], '-', '+'), '' redis.call('DEL', KEYS[1]) " \
	"for _, item in ipairs(items) do local f, e = item[2], {} "                                   \
	"for i = 1, #f, 2 do e[f[i]] = f[i + 1] end "                                                 \
	"e.detail = string.gsub(e.detail, 'worker', 'member') "                                       \
	"hash = redis.sha1hex(table.concat({hash, e.seq, e.at, e.who, e.what, e.on, e.from, e.why, "  \
	"e.detail}, '\t')) e.hash = hash local all = {} "                                             \
	"for k, v in pairs(e) do all[#all + 1] = k all[#all + 1] = v end "                            \
	"redis.call('XADD', KEYS[1], item[1], unpack(all)) end"

/* What was written stands. */
static void
whole_log_is_whole(void **state)
{
	struct world *w = *state;
	struct ended ended;

	sealed_entries(w);
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 0, "the audit log is whole");
	assert_ended(&ended, 0, "4 entries are whole, up to 4");
	assert_ended(&ended, 0, "sealed up to 4");
	ended = gridctl_bare(w, "audit", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 0, "the audit log is whole; no difference");
}

static void
entry_taken_out_shows(void **state)
{
	struct world *w = *state;
	struct ended ended;

	tamper(w, "local items = redis.call('XRANGE', KEYS[1], '-', '+') redis.call('XDEL', KEYS[1], items[2][1])",
		sealed_entries(w));
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, "entry 2: an entry is missing");
}

/* Who has Redis can reckon the hashes anew, and not the seal. */
static void
log_written_anew_shows(void **state)
{
	struct world *w = *state;
	struct ended ended;

	tamper(w, REWRITE, sealed_entries(w));
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, "entry 4: the seal is not of this log");
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--json");
	assert_ended(&ended, 1, "\"at\":4");
	ended = gridctl_bare(w, "audit", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, ":audit 4: the seal is not of this log, should be something");
	assert_ended(&ended, 1, "the audit log is not whole (gridctl audit-log verify); differences: 1\n");
	ended = gridctl_bare(w, "audit", "--data", w->folder, "--json");
	assert_ended(&ended, 1, "\"audit_log\":\"broken\"");
	ended = gridctl_bare(w, "audit", "--redis", say("unix:%s/redis.sock", w->folder), "--lang", "en");
	assert_ended(&ended, 0, "the audit log was not verified (--key); no difference"); /* which takes the key */
}

static void
beginning_or_end_cut_off_shows(void **state)
{
	struct world *w = *state;
	const char *key = sealed_entries(w);
	struct ended ended;

	tamper(w, "local items = redis.call('XRANGE', KEYS[1], '-', '+') redis.call('XDEL', KEYS[1], items[#items][1])",
		key);
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, "the end was cut off");
	tamper(w, "local items = redis.call('XRANGE', KEYS[1], '-', '+') redis.call('XDEL', KEYS[1], items[1][1])",
		key);
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, "the beginning is missing");
}

/* With the key what is sealed is opened: what was taken from another's record does not open. */
static void
what_is_sealed_is_opened_by_an_audit(void **state)
{
	struct world *w = *state;
	char an[32], bo[32];
	redisContext *data;
	struct ended ended;

	know_by_openid(w, "an", "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
	know_by_openid(w, "bo", "oGZUI0egBJY1zhBYw2KhdUfwVJJF");
	snprintf(an, sizeof(an), "%s", caller_person(person(w, "an")));
	snprintf(bo, sizeof(bo), "%s", caller_person(person(w, "bo")));
	know_phone(w, an, "13800000001");
	know_phone(w, bo, "13800000002");
	ended = gridctl_bare(w, "audit", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 0, "no difference");
	data = sealed_redis(w);
	for (unsigned i = 0; i < 2; i++) {
		const char *field = i == 0 ? "openid" : "sealed";
		redisReply *mine = redisCommand(data, "HGET {%d}:person:%s %s", (int)strtol(an, NULL, 10), an, field);
		redisReply *his = redisCommand(data, "HGET {%d}:person:%s %s", (int)strtol(bo, NULL, 10), bo, field);
		freeReplyObject(redisCommand(
			data, "HSET {%d}:person:%s %s %s", (int)strtol(an, NULL, 10), an, field, his->str));
		ended = gridctl_bare(w, "audit", "--data", w->folder, "--lang", "en");
		assert_ended(&ended, 1,
			say("person:%s %s: something, should be something (sealed text that the key", an, field));
		assert_ended(&ended, 1, "differences: 1\n");
		freeReplyObject(redisCommand(
			data, "HSET {%d}:person:%s %s %s", (int)strtol(an, NULL, 10), an, field, mine->str));
		freeReplyObject(mine);
		freeReplyObject(his);
	}
	redisFree(data);
}

/* A phone without the name is of no use at the door. */
static void
phones_have_names_where_the_chain_shows_them(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "9");
	const char *id = caller_person(member(w, "chen"));

	know_phone(w, id, "13800000003");
	join(w, call, "chen");
	assert_gridctl(w, "worker", 0, say("1    chen (%s)", id), "call", "phones", call);
	assert_gridctl(w, "worker", 0, "13800000003", "call", "phones", call);
	assert_gridctl(w, "worker", 0, say("chen（%s）", id), "call", "phones", call, "--lang", "zh");
}

static void
key_is_needed(void **state)
{
	struct world *w = *state;
	struct ended ended =
		gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--key", "/nowhere", "--lang", "en");

	assert_ended(&ended, 2, "no key in /nowhere");
	ended = gridctl_bare(w, "audit-log", "verify", "--redis", "unix:/nowhere", "--lang", "zh");
	assert_ended(&ended, 2, "请指明密钥文件");
}

/* What is done on the data itself, by who has the folder. */
static void
what_takes_the_data_away_is_in_it(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "backup", say("%s/all.backup", w->folder), "--data", w->folder);

	assert_ended(&ended, 0, "");
	ended = gridctl_bare(w, "export", COMMUNITY, say("%s/export", w->folder), "--data", w->folder);
	assert_ended(&ended, 0, "");
	ended = gridctl_bare(w, "operator", "create", "zhou", "--data", w->folder);
	assert_ended(&ended, 0, "");
	assert_gridctl(w, "chief", 0, "gridctl", "audit-log", "--what", "backup");
	assert_gridctl(w, "chief", 0, COMMUNITY, "audit-log", "--what", "export");
	assert_gridctl(w, "chief", 0, "gridctl", "audit-log", "--what", "operator_create");
}

static void
log_is_searched_and_put_into_a_file(void **state)
{
	struct world *w = *state;
	const char *id = entries_about(w, "bo"), *csv = say("%s/log.csv", w->folder);
	struct ended ended;
	json_t *entry;

	assert_gridctl(w, "chief", 0, "because: 换岗", "audit-log", "--on", id);
	assert_gridctl(w, "chief", 0, "理由：换岗", "audit-log", "--on", id, "--what", "grant", "--lang", "zh");
	assert_gridctl(w, "chief", 0, "role=worker place=" GRID_A, "audit-log", "--on", id, "--what", "grant_take");
	assert_gridctl(w, "chief", 0, "nothing of that", "audit-log", "--on", id, "--until", "1h");
	entry = gridctl_json(w, "chief", "audit-log", "--on", id, "--since", "1h");
	assert_string_equal(json_string_value(json_object_get(entry, "what")), "grant_take"); /* the newest first */
	json_decref(entry);
	assert_gridctl(w, "chief", 0, "3 entries are in", "audit-log", "--on", id, "--out", csv);
	ended = gridctl_shell(w, "grep -c role=worker \"$1\"/log.csv");
	assert_ended(&ended, 0, "3");
	assert_gridctl(w, "bo", 0, "grant_take", "audit-log", "--own");
	assert_gridctl(w, "chief", 2, "--since 'soon' is no time", "audit-log", "--since", "soon");
	assert_gridctl(w, "chief", 0, "nobody has signed up", "call", "phones", gridctl_post(w, "--limit", "2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(key_is_needed),
		shared(phones_have_names_where_the_chain_shows_them),
		fresh(what_is_sealed_is_opened_by_an_audit),
		shared(what_takes_the_data_away_is_in_it),
		shared(log_is_searched_and_put_into_a_file),
		fresh(whole_log_is_whole),
		fresh(entry_taken_out_shows),
		fresh(log_written_anew_shows),
		fresh(beginning_or_end_cut_off_shows),
	};

	return run_in_worlds(tests);
}
