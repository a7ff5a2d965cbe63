/* gridctl_audit_forged.c - the audit log against somebody who has Redis and not the key, and who knows how it is made. */
#include <hiredis/hiredis.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_seal.h"
#include "clock.h"
#include "gridctl.h"
#include "keyfile.h"
#include "notes.h"
#include "worlds.h"

#define MINUTE_MS UINT64_C(60000)
#define DAY_MS    UINT64_C(86400000)

/* A log as hubs wrote it some time ago, in a partition where there is none. */
struct old_log {
	struct vault *vault;
	redisContext *redis;
	uint8_t partition;
	char key[16];
	unsigned seq;
	char hash[AUDIT_HASH], before[AUDIT_HASH]; /* of the last, and of the one in front of it */
	char seal[AUDIT_SEAL];
};

/* Asks Redis; a number as text. Lives until the next. */
static const char *
asked(const struct old_log *log, const char *script, const char *const args[6])
{
	static char said[256];
	redisReply *reply = redisCommand(log->redis, "EVAL %s 1 %s %s %s %s %s %s %s", script, log->key, args[0],
		args[1], args[2], args[3], args[4], args[5]);

	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s", reply->str);
	snprintf(said, sizeof(said), "%s",
		reply->type == REDIS_REPLY_INTEGER ? say("%lld", reply->integer) : reply->str);
	freeReplyObject(reply);
	return said;
}

static const char *
ask_redis(const struct old_log *log, const char *script)
{
	return asked(log, script, (const char *const[6]){"", "", "", "", "", ""});
}

static struct vault *
vault_of(const struct world *w)
{
	uint8_t key[VAULT_KEY];
	struct vault *vault;

	assert_int_equal(keyfile_read(say("%s/phones.key", w->folder), key), KEYFILE_READ);
	vault = vault_create(key);
	assert_non_null(vault);
	return vault;
}

static struct old_log
log_open(struct world *w)
{
	struct old_log log = {.vault = vault_of(w), .redis = redisConnectUnix(say("%s/redis.sock", w->folder))};

	assert_true(log.redis && !log.redis->err);
	do
		snprintf(log.key, sizeof(log.key), "{%u}:audit", ++log.partition);
	while (strcmp(ask_redis(&log, "return redis.call('EXISTS', KEYS[1])"), "0") != 0);
	return log;
}

/* The hub ends its Redis with itself. */
static void
hub_anew(struct world *w, struct old_log *log)
{
	redisFree(log->redis);
	hub_again(w, SIGTERM);
	log->redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	assert_true(log->redis && !log->redis->err);
}

static void
log_close(struct old_log *log)
{
	redisFree(log->redis);
	vault_destroy(log->vault);
}

#define HASH "redis.sha1hex(table.concat({hash, e.seq, e.at, e.who, e.what, e.on, e.from, e.why, e.detail}, '\t')) "
#define ADD                                                                               \
	"local all = {} for k, v in pairs(e) do all[#all + 1] = k all[#all + 1] = v end " \
	"redis.call('XADD', KEYS[1], id, unpack(all)) "

static void
add(struct old_log *log, uint64_t at_ms, const char *what, const char *detail)
{
	const char *args[6] = {log->hash, say("%u", ++log->seq), say("%llu", (unsigned long long)at_ms), what,
		strcmp(what, "seal") == 0 ? "" : "192.0.2.7", detail};

	memcpy(log->before, log->hash, sizeof(log->before));
	snprintf(log->hash, sizeof(log->hash), "%s",
		asked(log,
			"local hash, id = ARGV[1], ARGV[3] .. '-' .. ARGV[2] "
			"local e = {seq = ARGV[2], at = ARGV[3], who = '', what = ARGV[4], on = '3.77', from = "
			"ARGV[5], "
			"why = '', detail = ARGV[6]} e.hash = " HASH ADD "return e.hash",
			args));
}

/* An entry, and the seal that a hub set behind it. */
static void
add_sealed(struct old_log *log, uint64_t ago_ms)
{
	uint64_t at_ms = clock_wall_ms() - ago_ms;
	char detail[AUDIT_DETAIL];
	struct text seal, before;

	add(log, at_ms, "grant", "role=worker");
	assert_true(audit_seal(
		log->vault, log->partition, log->seq, text_of(log->hash), at_ms, text_of(log->seal), detail));
	audit_seal_read(text_of(detail), &seal, &before);
	snprintf(log->seal, sizeof(log->seal), "%.*s", (int)seal.len, seal.data);
	add(log, at_ms, "seal", detail);
}

#define LAST "local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1] "

static bool
ends_sealed(const struct old_log *log)
{
	return atoi(ask_redis(
		log, LAST "for i = 1, #last[2], 2 do if last[2][i + 1] == 'seal' then return 1 end end return 0"));
}

/* A log of three sealed entries, the last of which this hub has sealed itself. */
static struct old_log
sealed_log(struct world *w)
{
	struct old_log log = log_open(w);

	add_sealed(&log, 20 * MINUTE_MS);
	add_sealed(&log, 10 * MINUTE_MS);
	add(&log, clock_wall_ms(), "grant", "role=worker");
	hub_anew(w, &log);
	wait_until(w, ends_sealed(&log), "a seal");
	return log;
}

#define assert_verified(w, status, part)                                                                               \
	do {                                                                                                           \
		struct ended ended_ = gridctl_bare((w), "audit-log", "verify", "--data", (w)->folder, "--lang", "en"); \
		assert_ended_at(&ended_, status, part, __FILE__, __LINE__);                                            \
	} while (0)

/* Changes a grant, puts harmless entries in the place of the seals, and reckons all hashes to the end. */
#define FORGE                                                                                             \
	"local items, hash = redis.call('XRANGE', KEYS[1], '-', '+'), '' redis.call('DEL', KEYS[1]) "     \
	"for _, item in ipairs(items) do local e, id = {}, item[1] "                                      \
	"for i = 1, #item[2], 2 do e[item[2][i]] = item[2][i + 1] end "                                   \
	"e.detail = string.gsub(e.detail, 'worker', 'member') "                                           \
	"if e.what == 'seal' then e.what = 'forbidden' e.detail = 'verb=watch' e.from = '192.0.2.9' end " \
	"hash = " HASH "e.hash = hash " ADD "end return 1"

static void
log_is_whole_over_restarts(void **state)
{
	struct world *w = *state;
	struct old_log log = sealed_log(w);

	assert_verified(w, 0, "6 entries are whole");
	hub_anew(w, &log);
	assert_verified(w, 0, "the audit log is whole");
	assert_int_equal(metric(w, "audit_logs_refused"), 0);
	log_close(&log);
}

/* The hub that sealed it seals no other, nor does one that comes after it. */
static void
forged_log_is_not_sealed(void **state)
{
	struct world *w = *state;
	struct old_log log = sealed_log(w);

	ask_redis(&log, FORGE);
	wait_until(w, metric(w, "audit_logs_refused") == 1, "the hub to notice");
	assert_verified(w, 1, "entry 1: from here on nothing is sealed");
	hub_anew(w, &log);
	wait_until(w, metric(w, "audit_logs_refused") == 1, "the next hub to notice");
	assert_verified(w, 1, "entry 1: from here on nothing is sealed");
	assert_false(ends_sealed(&log));
	log_close(&log);
}

#define accept(w, log, status, part, ...)                                                                             \
	do {                                                                                                          \
		struct ended ended_ = gridctl_bare((w), "audit-log", "accept", say("%u", (log)->partition), "--data", \
			(w)->folder, "--lang", "en", __VA_ARGS__);                                                    \
		assert_ended_at(&ended_, status, part, __FILE__, __LINE__);                                           \
	} while (0)

/* A forged log that this hub refuses and who has the key accepts; it is sealed again. */
static struct old_log
accepted_log(struct world *w)
{
	struct old_log log = sealed_log(w);

	ask_redis(&log, FORGE);
	wait_until(w, metric(w, "audit_logs_refused") == 1, "the hub to notice");
	accept(w, &log, 0, "entry 1: from here on nothing is sealed", "--why", "looked");
	accept(w, &log, 0, "nothing was accepted: --yes", "--why", "looked");
	assert_verified(w, 1, "entry 1: from here on nothing is sealed");
	accept(w, &log, 0, "accepted as it stands", "--why", "disk was changed", "--yes");
	wait_until(w, metric(w, "audit_logs_refused") == 0, "the hub to go on");
	wait_until(w, ends_sealed(&log), "a seal");
	return log;
}

#define ACCEPTED_BREAK "entry 1: from here on nothing is sealed"

/* Hubs go on, those that come later too, and the break shows for as long as the log has it. */
static void
accepted_log_goes_on_and_shows_its_break(void **state)
{
	struct world *w = *state;
	struct old_log log = accepted_log(w);
	struct ended ended;

	assert_verified(w, 0, ACCEPTED_BREAK);
	assert_verified(w, 0, "accepted as it stood by entry 7");
	assert_verified(w, 0, "because: disk was changed");
	assert_verified(w, 0, "the audit log is whole, but for what was accepted");
	ended = gridctl_bare(w, "audit-log", "verify", "--data", w->folder, "--json");
	assert_ended(&ended, 0, "\"flaw\":\"unsealed\"");
	ended = gridctl_bare(w, "audit", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 0, "the audit log is whole, but for what was accepted; no difference");
	assert_gridctl(w, "chief", 0, "because: disk was changed", "audit-log", "--what", "accept");
	people_go(w);
	hub_anew(w, &log);
	add(&log, clock_wall_ms(), "grant", "role=worker");
	wait_until(w, ends_sealed(&log), "a seal");
	log_close(&log);
}

#define CHANGE_FIRST(detail)                                                                       \
	"local items = redis.call('XRANGE', KEYS[1], '-', '+') redis.call('DEL', KEYS[1]) "        \
	"for i, item in ipairs(items) do local f = item[2] "                                       \
	"for j = 1, #f, 2 do if i == 1 and f[j] == 'detail' then f[j + 1] = '" detail "' end end " \
	"redis.call('XADD', KEYS[1], item[1], unpack(f)) end return 1"

/* What is accepted is what stood then, and nothing else. */
static void
what_was_accepted_does_not_change(void **state)
{
	struct world *w = *state;
	struct old_log log = sealed_log(w);

	ask_redis(&log, CHANGE_FIRST("role=chief"));
	assert_verified(w, 1, "entry 1: it was changed");
	accept(w, &log, 0, "accepted as it stands", "--why", "a tooth of time", "--yes");
	assert_verified(w, 0, "entry 1: it was changed, or what stood before it was; accepted as it stood by entry 7");
	ask_redis(&log, CHANGE_FIRST("role=member"));
	assert_verified(w, 1, "entry 7: what was accepted here was changed since");
	log_close(&log);
}

/* It is the seventh. */
#define CUT_BEHIND_ACCEPTANCE                                    \
	"local items = redis.call('XRANGE', KEYS[1], '-', '+') " \
	"for i = 8, #items do redis.call('XDEL', KEYS[1], items[i][1]) end return 1"

static void
old_acceptance_is_no_way_back(void **state)
{
	struct world *w = *state;
	struct old_log log = accepted_log(w);

	ask_redis(&log, CUT_BEHIND_ACCEPTANCE);
	wait_until(w, metric(w, "audit_logs_refused") == 1, "the hub to notice");
	accept(w, &log, 0, "entry 8: the end was cut off", "--why", "looked", "--yes");
	wait_until(w, metric(w, "audit_logs_refused") == 0, "the hub to go on");
	assert_verified(w, 0, "entry 8: the end was cut off; accepted as it stood by entry 8");
	log_close(&log);
}

/* Who has no key accepts nothing. */
static void
forged_acceptance_shows(void **state)
{
	struct world *w = *state;
	struct old_log log = log_open(w);
	struct audit_acceptance said = {.seq = 1, .first = 1, .from = 1, .flaw = "changed", .flaw_seq = 1};
	uint64_t now_ms = clock_wall_ms();
	char detail[AUDIT_ACCEPT_DETAIL];

	add(&log, now_ms, "grant", "role=worker");
	snprintf(said.hash, sizeof(said.hash), "%s", log.hash);
	memset(said.stood, '0', AUDIT_SEAL - 1);
	assert_true(audit_accept(log.vault, log.partition, &said, now_ms, TEXT("looked"), detail));
	add(&log, now_ms, "accept", detail); /* with another reason */
	assert_verified(w, 1, "entry 2: the acceptance is by nobody who has the key");
	log_close(&log);
}

static void
acceptance_takes_a_reason(void **state)
{
	struct world *w = *state;
	struct old_log log = {.partition = 3};

	accept(w, &log, 2, "--why", "--yes");
	accept(w, &log, 2, "--why: a reason in one line", "--yes", "--why", "a\tb");
	accept(w, &log, 2, "--why: a reason in one line", "--yes", "--why", "");
	log.partition = 16;
	accept(w, &log, 2, "PARTITION: '16' is none: 0 to 15", "--yes", "--why", "looked");
}

static void
log_taken_away_is_not_sealed(void **state)
{
	struct world *w = *state;
	struct old_log log = sealed_log(w);

	ask_redis(&log, "return redis.call('DEL', KEYS[1])");
	wait_until(w, metric(w, "audit_logs_refused") == 1, "the hub to notice");
	accept(w, &log, 0, "up to entry 0: nothing wrong was found", "--why", "lost", "--yes");
	wait_until(w, metric(w, "audit_logs_refused") == 0, "the hub to go on");
	assert_verified(w, 0, "accepted as it stood by entry 1");
	log_close(&log);
}

/* It is not good for another. */
static void
seal_has_its_time(void **state)
{
	struct world *w = *state;
	struct old_log log = log_open(w);
	char detail[AUDIT_DETAIL];

	add(&log, clock_wall_ms() - MINUTE_MS, "grant", "role=worker");
	assert_true(audit_seal(log.vault, log.partition, 1, text_of(log.hash), clock_wall_ms(), TEXT(""), detail));
	add(&log, clock_wall_ms() - MINUTE_MS / 2, "seal", detail);
	assert_verified(w, 1, "entry 2: the seal is not of this log");
	log_close(&log);
}

#define CUT "redis.call('XTRIM', KEYS[1], 'MAXLEN', 3) return 1"

/* Cut off at the front, with an entry that says it was time. */
static void
forged_trim_shows(void **state)
{
	struct world *w = *state;
	struct old_log log = sealed_log(w);

	ask_redis(&log, "local items = redis.call('XRANGE', KEYS[1], '-', '+') local gone, last = {}, {} "
			"for i = 1, 18, 2 do gone[items[3][2][i]] = items[3][2][i + 1] last[items[6][2][i]] = "
			"items[6][2][i + 1] end "
			"local hash, id, e = last.hash, '*', {seq = '7', at = last.at, who = '', what = 'trim', on = "
			"'', from = '', "
			"why = '', detail = 'seq=3 hash=' .. gone.hash .. ' before=' .. string.format('%.0f', last.at "
			"- 190 * 86400000) "
			".. ' seal=' .. string.rep('0', 32)} e.hash = " HASH ADD
			"redis.call('XTRIM', KEYS[1], 'MAXLEN', 4) return 1");
	assert_verified(w, 1, "entry 4: what went before was not past its time, or not taken out by a hub");
	log_close(&log);
}

/* The seal is the fourth entry. */
static bool
is_trimmed(const struct old_log *log)
{
	return atoi(ask_redis(log,
		"local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][2] "
		"for i = 1, #first, 2 do if first[i] == 'seq' and first[i + 1] == '4' then return 1 end end return 0"));
}

/* What goes by its time is no gap; what is not sealed, or not old, stays. */
static void
trimmed_log_is_whole(void **state)
{
	struct world *w = *state;
	struct old_log log = log_open(w);

	add_sealed(&log, 300 * DAY_MS);
	add_sealed(&log, 250 * DAY_MS);
	add(&log, clock_wall_ms() - MINUTE_MS, "grant", "role=worker");
	hub_anew(w, &log);
	wait_until(w, is_trimmed(&log), "what is old to go");
	assert_verified(w, 0, "the audit log is whole");
	hub_anew(w, &log);
	wait_until(w, ends_sealed(&log), "a seal");
	assert_verified(w, 0, "the audit log is whole");
	assert_int_equal(metric(w, "audit_logs_refused"), 0);
	ask_redis(&log, CUT);
	assert_verified(w, 1, "the beginning is missing");
	log_close(&log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(acceptance_takes_a_reason),
		fresh(log_is_whole_over_restarts),
		fresh(forged_log_is_not_sealed),
		fresh(accepted_log_goes_on_and_shows_its_break),
		fresh(what_was_accepted_does_not_change),
		fresh(old_acceptance_is_no_way_back),
		fresh(forged_acceptance_shows),
		fresh(log_taken_away_is_not_sealed),
		fresh(seal_has_its_time),
		fresh(forged_trim_shows),
		fresh(trimmed_log_is_whole),
	};

	if (sodium_init() < 0)
		return 1;
	return run_in_worlds(tests);
}
