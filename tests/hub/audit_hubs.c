/* audit_hubs.c - one audit log and several hubs: two that seal it side by side, and one that goes on from a backup. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gridctl.h"
#include "raw.h"
#include "redis_server.h"
#include "role.h"

#define PEOPLE 6

static const char *const handles[PEOPLE] = {"an", "bo", "chen", "ding", "fan", "gao"};

/* Two hubs on one Redis, with one key. */
struct stage {
	struct world *a, *b;
	struct redis_server redis;
	redisContext *data;
	char key[192];
	char ids[PEOPLE][32];
};

/* Whoever comes first is claimed by this hub. */
static void
learn_id(struct stage *s, unsigned who)
{
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	raw_open(&raw, s->a);
	read_token(s->a, token);
	answer = raw_ask(&raw, to_login(token, handles[who]));
	snprintf(s->ids[who], sizeof(s->ids[who]), "%s", answer->login->person);
	free_answer(answer);
	raw_close(&raw);
}

static void
close_stage(struct stage *s)
{
	world_close(s->b);
	hub_end(s->a, SIGTERM);
	redisFree(s->data);
	redis_server_end(&s->redis, SIGTERM);
	world_close(s->a);
}

/* Two hubs, or one, write by turns into the logs of the same people. */
static void
write_entries(const struct stage *s, const struct world *a, const struct world *b)
{
	struct raw at_a, at_b;

	raw_login(&at_a, a, "chief");
	raw_login(&at_b, b, "chief");
	for (unsigned i = 0; i < PEOPLE; i++) {
		raw_expect(&at_a, to_give(s->ids[i], ROLE_SUPERVISOR, "", 0), "OK", "");
		raw_expect(&at_b, to_take(s->ids[i], ROLE_SUPERVISOR, ""), "OK", "");
		raw_expect(&at_b, to_give(s->ids[i], ROLE_SUPERVISOR, "", 0), "OK", "");
		raw_expect(&at_a, to_take(s->ids[i], ROLE_SUPERVISOR, ""), "OK", "");
	}
	raw_close(&at_a);
	raw_close(&at_b);
}

static bool
ends_sealed(redisContext *data, unsigned partition)
{
	redisReply *reply = redisCommand(data, "XREVRANGE {%u}:audit + - COUNT 1", partition);
	bool sealed = false;

	assert_true(reply && reply->type == REDIS_REPLY_ARRAY);
	for (size_t i = 0; reply->elements == 1 && i + 1 < reply->element[0]->element[1]->elements; i += 2)
		sealed = sealed || (strcmp(reply->element[0]->element[1]->element[i]->str, "what") == 0 &&
					   strcmp(reply->element[0]->element[1]->element[i + 1]->str, "seal") == 0);
	freeReplyObject(reply);
	return sealed;
}

static bool
all_end_sealed(const struct stage *s)
{
	for (unsigned i = 0; i < PEOPLE; i++)
		if (!ends_sealed(s->data, (unsigned)strtoul(s->ids[i], NULL, 10)))
			return false;
	return true;
}

/* A hub seals soon after it has started, and a minute later again: when this returns, neither is about to. */
static void
open_stage(struct stage *s)
{
	s->a = world_prepare(NULL);
	redis_server_start(&s->redis, s->a->folder, "other", NULL);
	s->data = redis_server_connect(&s->redis);
	s->a->flags[0] = "--redis";
	s->a->flags[1] = s->redis.unix_url;
	hub_start(s->a);
	for (unsigned i = 0; i < PEOPLE; i++)
		learn_id(s, i);
	write_entries(s, s->a, s->a);
	wait_until(s->a, all_end_sealed(s), "seals by the first hub");
	snprintf(s->key, sizeof(s->key), "%s/phones.key", s->a->folder);
	s->b = world_prepare((const char *const[]){"--redis", s->redis.unix_url, "--key-file", s->key, NULL});
	write_entries(s, s->a, s->a);
	hub_start(s->b);
	wait_until(s->a, all_end_sealed(s), "seals by the second");
}

/* A hub seals as soon as it is there. */
static void
start_anew(struct world *w)
{
	hub_end(w, SIGTERM);
	hub_start(w);
}

static struct ended
verify(const struct stage *s)
{
	return gridctl_bare(s->a, "audit-log", "verify", "--redis", s->redis.unix_url, "--key", s->key, "--lang", "en");
}

/* Changes what the entries say, and all hashes with it; the seals do not fit any more. */
#define FORGE                                                                                                   \
	"local items, hash = redis.call('XRANGE', KEYS[1], '-', '+'), '' redis.call('DEL', KEYS[1]) "           \
	"for _, item in ipairs(items) do local e, all = {}, {} "                                                \
	"for i = 1, #item[2], 2 do e[item[2][i]] = item[2][i + 1] end "                                         \
	"e.detail = string.gsub(e.detail, 'supervisor', 'unit') "                                               \
	"hash = redis.sha1hex(table.concat({hash, e.seq, e.at, e.who, e.what, e.on, e.from, e.why, e.detail}, " \
	"'\t')) e.hash = hash "                                                                                 \
	"for k, v in pairs(e) do all[#all + 1] = k all[#all + 1] = v end "                                      \
	"redis.call('XADD', KEYS[1], item[1], unpack(all)) end return 1"

static unsigned
forge(const struct stage *s)
{
	unsigned partition = (unsigned)strtoul(s->ids[0], NULL, 10);
	redisReply *reply = redisCommand(s->data, "EVAL %s 1 {%u}:audit", FORGE, partition);

	assert_true(reply && reply->type == REDIS_REPLY_INTEGER);
	freeReplyObject(reply);
	return partition;
}

/* Each goes on from the seals of the other. That one log was forged, and no other, is what both have seen of all. */
static void
two_hubs_seal_one_log(void **state)
{
	struct ended ended;
	struct stage s;

	(void)state;
	open_stage(&s);
	for (unsigned round = 0; round < 2; round++) {
		write_entries(&s, s.a, s.b);
		start_anew(s.b);
		wait_until(s.a, all_end_sealed(&s), "seals by one hub");
		write_entries(&s, s.a, s.b);
		start_anew(s.a);
		wait_until(s.a, all_end_sealed(&s), "seals by the other");
	}
	ended = verify(&s);
	assert_ended(&ended, 0, "the audit log is whole\n");
	forge(&s);
	wait_until(s.a, metric(s.a, "audit_logs_refused") == 1, "one hub to notice");
	wait_until(s.b, metric(s.b, "audit_logs_refused") == 1, "the other to notice");
	close_stage(&s);
}

/* Also who finds it sealed again by another already. */
static void
both_hubs_go_on_from_what_was_accepted(void **state)
{
	char partition[8];
	struct ended ended;
	struct stage s;

	(void)state;
	open_stage(&s);
	write_entries(&s, s.a, s.b);
	start_anew(s.b);
	wait_until(s.a, all_end_sealed(&s), "seals");
	snprintf(partition, sizeof(partition), "%u", forge(&s));
	wait_until(s.a, metric(s.a, "audit_logs_refused") == 1, "one hub to notice");
	wait_until(s.b, metric(s.b, "audit_logs_refused") == 1, "the other to notice");
	ended = gridctl_bare(s.a, "audit-log", "accept", partition, "--why", "looked", "--yes", "--redis",
		s.redis.unix_url, "--key", s.key);
	assert_ended(&ended, 0, "");
	wait_until(s.a, metric(s.a, "audit_logs_refused") == 0, "one hub to go on");
	wait_until(s.b, metric(s.b, "audit_logs_refused") == 0, "the other to go on");
	wait_until(s.a, all_end_sealed(&s), "seals");
	ended = verify(&s);
	assert_ended(&ended, 0, "the audit log is whole, but for what was accepted");
	close_stage(&s);
}

/* A backup. */

static bool
is_sealed_in(const struct world *w, const char *id)
{
	redisContext *data = redisConnectUnix(say("%s/redis.sock", w->folder));
	bool sealed;

	assert_true(data && !data->err);
	sealed = ends_sealed(data, (unsigned)strtoul(id, NULL, 10));
	redisFree(data);
	return sealed;
}

/* What the log says of somebody, sealed. */
static void
give_and_seal(struct world *w, const char *id, unsigned role)
{
	struct raw chief;

	raw_login(&chief, w, "chief");
	raw_expect(&chief, to_give(id, role, "", 0), "OK", "");
	raw_close(&chief);
	start_anew(w);
	wait_until(w, is_sealed_in(w, id), "a seal");
}

/* The log is that of the backup, and says so; hubs go on. */
static void
log_of_a_backup_goes_on(void **state)
{
	struct stage s = {.a = world_prepare(NULL)};
	struct world *again;
	struct ended ended;
	const char *id = s.ids[0];
	char file[192], day[32], said[128];
	const char *made;

	(void)state;
	hub_start(s.a);
	learn_id(&s, 0);
	give_and_seal(s.a, id, ROLE_SUPERVISOR);
	snprintf(file, sizeof(file), "%s/evening.backup", s.a->folder);
	ended = gridctl_bare(s.a, "backup", file, "--data", s.a->folder);
	assert_ended(&ended, 0, "");
	give_and_seal(s.a, id, ROLE_DEPARTMENT);
	ended = gridctl_bare(s.a, "audit-log", "verify", "--data", s.a->folder, "--lang", "en");
	assert_ended(&ended, 0, "the audit log is whole\n");

	again = world_prepare(NULL);
	ended = gridctl_bare(s.a, "restore", file, "--data", again->folder, "--lang", "en");
	made = strstr(ended.said, "has the data of ");
	assert_non_null(made);
	snprintf(day, sizeof(day), "%.24s", made + strlen("has the data of "));
	ended = gridctl_shell(again, say("cp -p %s/phones.key \"$1\"", s.a->folder));
	assert_ended(&ended, 0, "");
	snprintf(said, sizeof(said), "from a backup of %s: what came between is in no log here", day);
	hub_start(again);
	ended = gridctl_bare(again, "audit-log", "verify", "--data", again->folder, "--lang", "en");
	assert_ended(&ended, 0, said);
	assert_ended(&ended, 0, "the audit log is whole\n");
	give_and_seal(again, id, ROLE_UNIT);
	ended = gridctl_bare(again, "audit-log", "verify", "--data", again->folder, "--lang", "en");
	assert_ended(&ended, 0, said);
	assert_ended(&ended, 0, "the audit log is whole\n");
	assert_int_equal(metric(again, "audit_logs_refused"), 0);
	world_close(again);
	world_close(s.a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hubs_seal_one_log),
		cmocka_unit_test(both_hubs_go_on_from_what_was_accepted),
		cmocka_unit_test(log_of_a_backup_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
