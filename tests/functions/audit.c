/* audit.c - gridctl audit on what the functions leave behind: a busy evening has no difference, and each kind of damage
 * that a hand can do to it is found, named by its key, and nothing else is.
 *
 * The audit is the real binary (GRIDCTL), for it reads Redis itself. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* What an audit says of the Redis, and how it ends. The text lives until the next one. */
static int
run_audit(const struct redis *r, const char *flags, const char **said)
{
	static char text[65536];
	const char *gridctl = getenv("GRIDCTL");
	char command[512];
	size_t len;
	FILE *out;
	int status;

	assert_non_null(gridctl);
	snprintf(command, sizeof(command), "%s audit --lang en --redis unix:%s/redis.sock %s 2>&1", gridctl, r->folder,
		flags);
	out = popen(command, "r");
	assert_non_null(out);
	len = fread(text, 1, sizeof(text) - 1, out);
	text[len] = '\0';
	status = pclose(out);
	*said = text;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void
assert_clean(const struct redis *r, const char *flags)
{
	const char *said;
	int status = run_audit(r, flags, &said);

	if (status != 0)
		fail_msg("exit %d: %s", status, said);
	assert_non_null(strstr(said, "no difference\n"));
}

/* It must say just these lines in front of the sum, in any order; NULL ends them. */
static void
assert_finds(const struct redis *r, const char *const *lines)
{
	const char *said;
	int status = run_audit(r, "", &said);
	size_t found = 0, wanted = 0;

	for (const char *at = said; (at = strchr(at, '\n')); at++)
		found++;
	for (; lines[wanted]; wanted++)
		if (!strstr(said, lines[wanted]))
			fail_msg("it does not say '%s', but:\n%s", lines[wanted], said);
	if (status != 1 || found != wanted + 1)
		fail_msg("exit %d, %zu lines for %zu:\n%s", status, found - 1, wanted, said);
}

/* The evening. */

/* Partitions as a hub opens them, with ids above those that the tests give. */
static void
open_data(struct redis *r)
{
	for (unsigned i = 0; i < 16; i++) {
		data_open(r, i, "1", "16", "e0");
		redis(r, "HSET {%u}:meta ids 100", i);
	}
}

/* A chain with everything in it: people, lines for others, walk-ups, presence, a queue, struck lines, texts. */
static void
fill_chain(struct redis *r, const char *call)
{
	char person[16];

	for (unsigned i = 1; i <= 12; i++) {
		snprintf(person, sizeof(person), "1.%u", i);
		chain_sign(r, call,
			(struct signing){.person = person,
				.place = i % 3 == 0 ? BUILDING_1 : GRID_A,
				.people = 1 + i % 2,
				.texts = i == 4 ? "\t带小推车" : NULL});
	}
	chain_sign(r, call, (struct signing){.by = "1.1", .person = "1.40", .texts = "\t腿脚不便"});
	chain_sign(r, call, (struct signing){.by = "1.1", .texts = "李梅\t"});
	chain_sign(r, call, (struct signing){.walk_up = true, .texts = "王五\t"});
	chain_withdraw(r, call, "1.2");
	chain_withdraw(r, call, "1.11");
	chain_check(r, WORKER, call, 1, "in", false);
	chain_check(r, WORKER, call, 1, "out", false);
	chain_check(r, WORKER, call, 3, "in", false);
}

/* A line's columns become what its person's partition keeps: state, slot, people, granted, joined. */
static void
relay_line(struct redis *r, uint64_t seq, const char *call, const redisReply *number, const redisReply *columns)
{
	char text[256], *rest = text, line[32], value[96];
	const char *column[12];

	snprintf(text, sizeof(text), "%s", columns->str);
	for (size_t i = 0; i < ARRAY_LEN(column); i++)
		column[i] = rest ? strsep(&rest, "\t") : "";
	if (column[1][0] == '\0')
		return;
	snprintf(line, sizeof(line), "%s %s", call, number->str);
	snprintf(value, sizeof(value), "%s\t%s\t%s\t%s\t%s", column[0], column[4][0] ? column[4] : "0",
		column[5][0] ? column[5] : "1", column[9][0] ? column[9] : "0", column[3]);
	assert_string_equal(relay_apply(r, 7, seq, column[1], line, value, strtoull(column[3], NULL, 10)), "OK 1");
}

/* What the relay does, from the beginning: persons are in partition 1, calls in 7. The events are at least as many as the
 * lines. */
static void
relay_all(struct redis *r)
{
	redisReply *calls = redis_reply(r, "ZRANGE {7}:calls 0 -1");
	uint64_t seq = 0;

	redis(r, "DEL {1}:relay");
	for (unsigned i = 1; i <= 40; i++) {
		redis(r, "DEL {1}:person:1.%u:signups {1}:person:1.%u:recent", i, i);
		redis(r, "HDEL {1}:person:1.%u minutes", i);
	}
	for (size_t i = 0; i < calls->elements; i++) {
		redisReply *lines = redis_reply(r, "HGETALL {7}:call:%s:lines", calls->element[i]->str);
		for (size_t j = 0; j + 1 < lines->elements; j += 2)
			relay_line(r, ++seq, calls->element[i]->str, lines->element[j], lines->element[j + 1]);
		freeReplyObject(lines);
	}
	freeReplyObject(calls);
	relay_mark(r, 7, strtoull(redis(r, "HGET {7}:meta seq"), NULL, 10));
}

/* What is no matter of a chain. */
static void
keep_more(struct redis *r)
{
	grant_give(r, WORKER, "1.1", "worker", GRID_A, 0);
	grant_give(r, WORKER, "1.1", "secretary", GRID_A, HOUR_MS);
	device_add(r, "1.1", "aa", false, "pad");
	factor_begin(r, "1.1", "5ea1ed");
	factor_confirm(r, "1.1", "1", "40", "aa bb");
	roster_import(r, HASH_A, "5ea1ed", GRID_A, "王安", "");
	roster_import(r, HASH_C, "5ea1ed", "", "李梅", "");
	template_save(r, GRID_A, "消杀", (struct call){0});
	phone_claim(r, HASH_A, "1.1", "");
	phone_bind(r, "1.1", HASH_A);
	assert_string_equal(member_ask(r, "1.13", GRID_A, ""), "OK pending");
	redis(r, "ZADD {14}:pending 0 %s", GRID_A " 1.13"); /* a place's partition is that of its code */
	redis(r, "HSET {1}:person:1.2 openid 1sealed");
	redis(r, "HSET {14}:places " GRID_A " 一网格"); /* where its code belongs (tests/unit/partition.c) */
}

static void
play_busy_evening(struct redis *r)
{
	open_data(r);
	claim(r, "1.40");
	for (unsigned i = 1; i <= 12; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		settle(r, person);
	}
	member_leave(r, "1.12");
	claim(r, "1.13");
	post(r, .limit = 9);
	fill_chain(r, CALL);
	post(r, .id = "7.2", .window = 30, .slots = {{"早班", .limit = 1}, {"晚班", .limit = 2}});
	for (unsigned i = 1; i <= 6; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		chain_sign(r, "7.2", (struct signing){.person = person, .slot = 1 + i % 2});
	}
	assert_string_equal(chain_strike(r, "1.1", "7.2", 0, 2), "OK 1");
	post(r, .id = "7.3");
	fill_chain(r, "7.3");
	assert_string_equal(call_close(r, "7.3"), "OK");
	post(r, .id = "7.4");
	assert_string_equal(call_end(r, WORKER, "7.4", "cancelled", "下雨"), "OK");
	keep_more(r);
	relay_all(r);
}

static void
busy_evening_has_no_difference(void **state)
{
	struct redis *r = *state;
	char *before;

	play_busy_evening(r);
	before = redis_picture(r);
	assert_clean(r, "");
	assert_clean(r, "--call 7.2");
	assert_unchanged(r, before);
}

/* Whatever functions there are, and however a chain has come about. */
static void
evening_of_all_functions_has_no_difference(void **state)
{
	struct redis *r = *state;

	open_data(r);
	redis(r, "HDEL {7}:meta layout ids");
	redis(r, "HDEL {1}:meta layout");
	play_evening(r);
	redis(r, "HSET {7}:meta epoch e0 ids 100");
	redis(r, "HSET {1}:meta epoch e0");
	claim(r, "1.3");
	redis(r, "DEL {7}:places"); /* the functions take places wherever they are told to */
	relay_all(r);               /* for what was relayed in the evening is of no line */
	assert_clean(r, "");
}

static void
deadline_that_was_told_has_no_difference(void **state)
{
	struct redis *r = *state;

	open_data(r);
	post_call(r, (struct call){.id = CALL});
	let_deadline_pass(r, CALL);
	assert_clean(r, ""); /* not told yet */
	assert_string_equal(call_overdue(r, CALL), "OK");
	assert_clean(r, "");
}

static void
fresh_data_has_no_difference(void **state)
{
	struct redis *r = *state;

	open_data(r);
	assert_clean(r, "");
}

/* Damage, one at a time. */

static const struct damage {
	const char *command;
	const char *found[6];
} damages[] = {
	/* Lines. In CALL, 9 places: lines 1 to 6 but 2 count, with 8 people, and 7 waits with two. */
	{"HDEL {7}:call:7.1:lines 2",
		{"{7}:call:7.1:lines 2: nothing, should be something (line numbers without a gap)",
			"{1}:person:1.2:signups 7.1 2: struck 0 1 0 "}},
	{"HSET {7}:call:7.1 lines 14", {"{7}:call:7.1 lines: 14, should be 15 (line numbers without a gap)"}},
	{"HSET {7}:call:7.1 lines 16", {"{7}:call:7.1:lines 16: nothing, should be something (line numbers"}},
	{"HSET {7}:call:7.1:lines 2 nonsense",
		{"{7}:call:7.1:lines 2: nonsense, should be something (a line as the functions write it)",
			"{7}:call:7.1:lines 2: nothing, should be something (line numbers without a gap)",
			"{1}:person:1.2:signups 7.1 2: struck 0 1 0 "}},
	{"HSET {7}:call:7.1:lines two x", {"{7}:call:7.1:lines two: x, should be something (a line as"}},
	/* Numbers of people. */
	{"HINCRBY {7}:call:7.1 confirmed 1",
		{"{7}:call:7.1 confirmed: 9, should be 8 (people as counted from the lines)"}},
	{"HINCRBY {7}:call:7.1 waiting -1", {"{7}:call:7.1 waiting: "}},
	{"HSET {7}:call:7.1 limit 7", {"{7}:call:7.1 confirmed: 8, should be 7 (no more than the limit)"}},
	{"HSET {7}:call:7.1 limit 20",
		{"{7}:call:7.1:lines 7: waiting, should be confirmed (nobody waits while there is room for the first"}},
	{"HSET {7}:call:7.1 state shut", {"{7}:call:7.1: ?, should be something (a record as the functions"}},
	{"DEL {7}:call:7.4", {"{7}:call:7.4: nothing, should be something (a record as the functions write it)"}},
	/* The sets. */
	{"ZREM {7}:call:7.1:confirmed 1", {"{7}:call:7.1:confirmed 1: nothing, should be 1 (the sorted sets name"}},
	{"ZADD {7}:call:7.1:confirmed 2 2", {"{7}:call:7.1:confirmed 2: 2, should be nothing (the sorted sets name"}},
	{"ZADD {7}:call:7.1:confirmed 77 1", {"{7}:call:7.1:confirmed 1: 77, should be 1 (the sorted sets name"}},
	{"ZREM {7}:call:7.1:waiting 8", {"{7}:call:7.1:waiting 8: nothing, should be 8 (the sorted sets name"}},
	{"ZADD {7}:call:7.2:waiting 1 6", {"{7}:call:7.2:waiting 6: 1, should be 1000006 (the sorted sets name"}},
	{"ZREM {7}:call:7.2:offered 5", {"{7}:call:7.2:offered 5: nothing, should be 2000005 (the sorted sets name"}},
	{"ZADD {7}:call:7.2:offered 1 1", {"{7}:call:7.2:offered 1: 1, should be nothing (the sorted sets name"}},
	{"SET {7}:call:7.4:waiting x", {"{7}:call:7.4:waiting: something, should be something (a key of its type)"}},
	/* Who has which line. */
	{"HDEL {7}:call:7.1:live 1.3", {"{7}:call:7.1:live 1.3: nothing, should be 3 (every live line is found by"}},
	{"HSET {7}:call:7.1:live 1.2 2", {"{7}:call:7.1:live 1.2: 2, should be nothing (every live line is found by"}},
	{"HSET {7}:call:7.1:live 1.77 99", {"{7}:call:7.1:live 1.77: 99, should be nothing"}},
	{"HINCRBY {7}:call:7.1:live by\\ 1.1 1",
		{"{7}:call:7.1:live by 1.1: 3, should be 2 (live lines put in for others)"}},
	{"HDEL {7}:call:7.1:live by\\ 1.1",
		{"{7}:call:7.1:live by 1.1: nothing, should be 2 (live lines put in for others)"}},
	/* The tally. */
	{"HINCRBY {7}:call:7.1:tally " GRID_A "\\ confirmed 2",
		{"{7}:call:7.1:tally " GRID_A " confirmed: 7, should be 5 (people by the place they count at)"}},
	{"HDEL {7}:call:7.1:tally " GRID_A "\\ waiting",
		{"{7}:call:7.1:tally " GRID_A " waiting: nothing, should be "}},
	{"HINCRBY {7}:call:7.1:tally " BUILDING_1 "\\ present -1",
		{"{7}:call:7.1:tally " BUILDING_1 " present: 1, should be 2 (people by the place"}},
	{"HSET {7}:call:7.1:tally " BUILDING_2 "\\ confirmed 1",
		{"{7}:call:7.1:tally " BUILDING_2 " confirmed: 1, should be 0 (people by the place"}},
	/* Texts. */
	{"HDEL {7}:call:7.1:texts 4", {"{7}:call:7.1:texts 4: nothing, should be something (texts of just the lines"}},
	{"HSET {7}:call:7.1:texts 5 x",
		{"{7}:call:7.1:texts 5: something, should be nothing (texts of just the lines"}},
	/* Where a call is listed. */
	{"SREM {7}:open 7.1", {"{7}:open 7.1: nothing, should be something (a call is listed where its state says)"}},
	{"SADD {7}:open 7.3", {"{7}:open 7.3: something, should be nothing (a call is listed where its state says)"}},
	{"SADD {7}:open x", {"{7}:open x: something, should be nothing (a call is listed where its state says)"}},
	{"ZREM {7}:calls 7.4", {"{7}:calls 7.4: nothing, should be 1"}},
	{"ZADD {7}:calls 1 7.9", {"{7}:call:7.9: nothing, should be something (a record as the functions write it)"}},
	{"HSET {7}:imported 9.5@17 7.9", {"{7}:call:7.9: nothing, should be something (a record as the functions"}},
	/* What is due. */
	{"ZREM {7}:due deadline\\ 7.1", {"{7}:due deadline 7.1: nothing, should be 1"}},
	{"ZADD {7}:due 5 deadline\\ 7.1", {"{7}:due deadline 7.1: 5, should be 1"}},
	{"ZADD {7}:due 5 deadline\\ 7.3", {"{7}:due deadline 7.3: 5, should be nothing (what is due stands there"}},
	{"ZREM {7}:due offer\\ 7.2\\ 5", {"{7}:due offer 7.2 5: nothing, should be 1"}},
	{"ZADD {7}:due 5 offer\\ 7.1\\ 1", {"{7}:due offer 7.1 1: 5, should be nothing (what is due stands there"}},
	/* Persons. */
	{"HDEL {1}:identities dev:1.3",
		{"{1}:identities dev:1.3: nothing, should be 1.3 (identity and person name each"}},
	{"HSET {1}:identities dev:zz 1.3", {"{1}:identities dev:zz: 1.3, should be nothing (identity and person name"}},
	{"HSET {1}:identities dev:zz 1.55",
		{"{1}:identities dev:zz: 1.55, should be nothing (identity and person name"}},
	{"HDEL {1}:person:1.13 identity", {"{1}:person:1.13 identity: nothing, should be something (identity and",
						  "{1}:identities dev:1.13: 1.13, should be nothing (identity and"}},
	{"SREM {1}:persons 1.3",
		{"{1}:persons 1.3: nothing, should be something (the set names just who is registered)"}},
	{"SADD {1}:persons 1.12", {"{1}:persons 1.12: something, should be nothing (the set names just who is"}},
	{"SADD {1}:persons 1.55", {"{1}:persons 1.55: something, should be nothing (the set names just who is"}},
	{"HSET {1}:person:1.9:friends 1.3 1",
		{"{1}:person:1.9:friends: something, should be nothing (no key but those the functions know)"}},
	{"ZADD {1}:person:1.55:recent 1 7.1\\ 1",
		{"{1}:person:1.55 identity: nothing, should be something (identity and person"}},
	/* Phones: whose they are stands on both sides. */
	{"HDEL {7}:phones " HASH_A,
		{"{7}:phones " HASH_A ": nothing, should be 1.1 (phone and person name each other)"}},
	{"HSET {7}:phones " HASH_A " 1.3", {"{7}:phones " HASH_A ": 1.3, should be 1.1 (phone and person name"}},
	{"HSET {7}:phones " HASH_C " 1.3", {"{7}:phones " HASH_C ": 1.3, should be nothing (phone and person"}},
	{"HSET {7}:phones " HASH_A " x", {"{7}:phones " HASH_A ": x, should be 1.1 (phone and person name"}},
	{"HDEL {1}:person:1.1 phone",
		{"{7}:phones " HASH_A ": 1.1, should be nothing (phone and person",
			"{1}:person:1.1 sealed: something, should be nothing (sealed text that the key opens)"}},
	{"HDEL {1}:person:1.1 sealed",
		{"{1}:person:1.1 sealed: nothing, should be something (sealed text that the key opens)"}},
	{"HSET {1}:person:1.1 sealed in\\ clear",
		{"{1}:person:1.1 sealed: something, should be something (sealed text that the key opens)"}},
	{"DEL {7}:phones", {"{7}:phones " HASH_A ": nothing, should be 1.1 (phone and person"}},
	/* Who waits. What the list has and no record bears out counts for nothing. */
	{"ZREM {14}:pending " GRID_A "\\ 1.13",
		{"{14}:pending " GRID_A " 1.13: nothing, should be 1.13 (the list names just who waits there)"}},
	{"DEL {14}:pending", {"{14}:pending " GRID_A " 1.13: nothing, should be 1.13 (the list names just who"}},
	{"HSET {1}:person:1.13 asked nonsense",
		{"{1}:person:1.13 asked: something, should be nothing (the list names just who waits there)"}},
	/* By what WeChat knows one. */
	{"HSET {1}:person:1.2 openid oGZUI0egBJY1zhBYw2KhdUfwVJJE",
		{"{1}:person:1.2 openid: something, should be something (sealed text that the key opens)"}},
	/* What the relay has brought to them. */
	{"HDEL {1}:person:1.3:signups 7.1\\ 3",
		{"{1}:person:1.3:signups 7.1 3: nothing, should be confirmed 0 2 0 ", "{1}:person:1.3:recent 7.1 3: "}},
	{"HSET {1}:person:1.4:signups 7.1\\ 4 confirmed\t0\t1\t0\t5",
		{"{1}:person:1.4:signups 7.1 4: confirmed 0 1 0 5, should be confirmed 0 1 0 ",
			"{1}:person:1.4:recent 7.1 4: "}},
	{"HSET {1}:person:1.9:signups x confirmed",
		{"{1}:person:1.9:signups x: something, should be nothing (a person's sign-up says"}},
	{"ZREM {1}:person:1.3:recent 7.1\\ 3", {"{1}:person:1.3:recent 7.1 3: nothing, should be "}},
	{"ZADD {1}:person:1.3:recent 5 7.1\\ 3", {"{1}:person:1.3:recent 7.1 3: 5, should be "}},
	{"ZADD {1}:person:1.3:recent 5 9.9\\ 3",
		{"{1}:person:1.3:recent 9.9 3: 5, should be nothing (a person's sign-ups"}},
	{"HINCRBY {1}:person:1.1 minutes 30", {"{1}:person:1.1 minutes: 90, should be 60 (minutes as the lines grant"}},
	{"HDEL {1}:person:1.1 minutes", {"{1}:person:1.1 minutes: 0, should be 60 (minutes as the lines grant"}},
	{"HSET {1}:relay 7 5000\\ 17", {"{1}:relay 7: 5000, should be "}},
	{"HSET {1}:relay 16 5\\ 17", {"{1}:relay 16: 5 17, should be nothing (nothing is relayed that is in no log)"}},
	/* Keys. */
	{"SET {7}:counter 1", {"{7}:counter: something, should be nothing (no key but those the functions know)"}},
	{"SET stray 1", {"stray: something, should be nothing (no key but"}},
	{"SET {16}:meta 1", {"{16}:meta: something, should be nothing (no key but"}},
	{"HSET {7}:call:7.1:sins 1 1", {"{7}:call:7.1:sins: something, should be nothing (no key but"}},
	{"HSET {6}:call:7.1 state open", {"{6}:call:7.1: something, should be nothing (no key but"}},
	{"SET {7}:once:1.1:a 1", {"{7}:once:1.1:a PTTL: -1, should be 86700000 (an answer that is forgotten"}},
	{"SET {7}:once:1.1:a 1 EX 90000", {"{7}:once:1.1:a PTTL: 8"}},
	{"ZADD {7}:due 5 alarm\\ 7.1", {"{7}:due alarm 7.1: 5, should be nothing (what is due stands there"}},
	/* Places, roles, devices, the roster, templates. */
	{"HSET {7}:places 14010 x",
		{"{7}:places 14010: something, should be nothing (a place in the partition of its"}},
	{"HSET {7}:places " GRID_A " x", {"{7}:places " GRID_A ": something, should be nothing (a place in the"}},
	{"HSET {1}:person:1.1:grants king\\ " GRID_A " 0",
		{"{1}:person:1.1:grants king " GRID_A ": 0, should be something (a role with its person"}},
	{"HDEL {1}:person:1.1:grants secretary\\ " GRID_A, {"{1}:due grant 1.1 secretary " GRID_A ": 1"}},
	{"ZREM {1}:due grant\\ 1.1\\ secretary\\ " GRID_A,
		{"{1}:due grant 1.1 secretary " GRID_A ": nothing, should be 1"}},
	{"ZADD {1}:due 5 grant\\ 1.1\\ worker\\ " GRID_A,
		{"{1}:due grant 1.1 worker " GRID_A ": 5, should be nothing (a role with its person"}},
	{"ZADD {1}:due 5 grant\\ 7.1\\ worker\\ " GRID_A,
		{"{1}:due grant 7.1 worker " GRID_A ": something, should be nothing (what is due stands there"}},
	{"SREM {1}:granted 1.1", {"{1}:granted 1.1: nothing, should be something (a role with its person"}},
	{"SADD {1}:granted 1.2", {"{1}:granted 1.2: something, should be nothing (a role with its person"}},
	{"HSET {1}:person:1.1:devices 1 aa", {"{1}:person:1.1:devices 1: something, should be nothing (a device as"}},
	{"HDEL {1}:person:1.1:factor secret", {"{1}:person:1.1:factor: something, should be nothing (a device as"}},
	{"HSET {1}:person:1.1:factor counter x", {"{1}:person:1.1:factor: something, should be nothing (a device as"}},
	{"HSET {1}:person:1.1:devices last x", {"{1}:person:1.1:devices last: something, should be nothing (a device",
						       "{1}:person:1.1:devices 1: something, should be nothing"}},
	{"HSET {7}:roster " HASH_A " x",
		{"{7}:roster " HASH_A ": something, should be nothing (each entry of the",
			"{7}:roster:order " GRID_A " " HASH_A ": something, should be nothing"}},
	{"HDEL {7}:roster " HASH_A, {"{7}:roster:order " GRID_A " " HASH_A ": something, should be nothing (each"}},
	{"ZREM {7}:roster:order \\ " HASH_C, {"{7}:roster:order  " HASH_C ": nothing, should be something (each"}},
	{"ZADD {7}:roster:order 0 " GRID_B "\\ " HASH_A,
		{"{7}:roster:order " GRID_B " " HASH_A ": something, should be nothing (each entry"}},
	{"ZREM {7}:templates:" GRID_A " 消杀",
		{"{7}:templates:" GRID_A " 消杀: nothing, should be something (a template"}},
	{"DEL {7}:template:" GRID_A, {"{7}:template:" GRID_A " 消杀: nothing, should be something (a template"}},
	/* Logs and layout. */
	{"HINCRBY {7}:meta seq 1", {"{7}:meta seq: "}},
	{"DEL {7}:log", {"{7}:meta seq: "}},
	{"HSET {3}:meta epoch e9", {"{3}:meta epoch: e9, should be e0 (all partitions laid out alike)"}},
	{"HDEL {3}:meta layout", {"{3}:meta layout: nothing, should be 1 (all partitions laid out alike)"}},
	{"HSET {3}:meta partitions 8", {"{3}:meta partitions: 8, should be 16 (all partitions laid out alike)"}},
	{"HSET {1}:meta ids 12", {"{1}:meta ids: 12, should be 99 (no id above"}},
	{"HSET {7}:meta ids 3", {"{7}:meta ids: 3, should be 4 (no id above the last one given)"}},
};

/* hiredis' formats have no escapes: a blank that belongs to an argument is written "\ ". */
static void
do_damage(struct redis *r, const char *command)
{
	char text[256], *rest = text, *word;
	const char *argv[16];
	int count = 0;
	redisReply *reply;

	snprintf(text, sizeof(text), "%s", command);
	for (char *at = text; *at; at++)
		if (at[0] == '\\' && at[1] == ' ')
			at[1] = '\1';
	while ((word = strsep(&rest, " "))) {
		char *out = word;
		for (const char *in = word; *in; in++)
			if (*in != '\\')
				*out++ = *in == '\1' ? ' ' : *in;
		*out = '\0';
		argv[count++] = word;
	}
	reply = redisCommandArgv(r->open, count, argv, NULL);
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
}

static void
each_kind_of_damage_is_found_and_named(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		redis_clear(r);
		play_busy_evening(r);
		do_damage(r, damages[i].command);
		print_message("# %s\n", damages[i].command);
		assert_finds(r, damages[i].found);
	}
}

static void
what_is_not_relayed_yet_is_no_difference(void **state)
{
	struct redis *r = *state;
	const char *said;

	play_busy_evening(r);
	redis(r, "DEL {1}:person:1.3:signups {1}:person:1.3:recent");
	redis(r, "HSET {1}:relay 7 %b", "9 9000", (size_t)6);
	assert_int_equal(run_audit(r, "", &said), 6);
	assert_non_null(strstr(
		said, "; 3 sign-ups were not relayed yet; no difference in what could be judged: audit again\n"));
	assert_int_equal(run_audit(r, "--call 7.1 --now --json", &said), 6);
	assert_ptr_equal(said, strstr(said, "{\"differences\":0,\"pending\":1,\"calls\":1,"));
}

static void
hole_in_a_log_is_found(void **state)
{
	struct redis *r = *state;
	redisReply *entries;
	char line[160];

	play_busy_evening(r);
	entries = redis_reply(r, "XRANGE {7}:log - + COUNT 5");
	redis(r, "XDEL {7}:log %s", entries->element[3]->element[0]->str);
	snprintf(line, sizeof(line), "{7}:log %s: 5, should be 4 (events numbered without a gap",
		entries->element[4]->element[0]->str);
	freeReplyObject(entries);
	assert_finds(r, (const char *const[]){line, NULL});
}

/* A line that counts behind one that waits, and a second live line of a person, with all else made to agree. */
static void
order_and_person_are_held_by_the_lines(void **state)
{
	struct redis *r = *state;

	open_data(r);
	post(r, .limit = 2);
	for (unsigned i = 1; i <= 4; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		chain_join(r, CALL, person, GRID_A);
	}
	for (unsigned i = 1; i <= 4; i++) {
		char person[16];
		snprintf(person, sizeof(person), "1.%u", i);
		claim(r, person);
	}
	relay_all(r);
	assert_clean(r, "");
	for (unsigned number = 2; number <= 4; number += 2) {
		char line[128];
		snprintf(line, sizeof(line), "%s\t1.%u\t" GRID_A "\t1649761234567",
			number == 2 ? "waiting" : "confirmed", number);
		redis(r, "HSET {7}:call:7.1:lines %u %s", number, line);
		redis(r, "ZREM {7}:call:7.1:%s %u", number == 2 ? "confirmed" : "waiting", number);
		redis(r, "ZADD {7}:call:7.1:%s %u %u", number == 2 ? "waiting" : "confirmed", number, number);
	}
	relay_all(r);
	assert_finds(
		r, (const char *const[]){
			   "{7}:call:7.1:lines 4: confirmed, should be waiting (nobody is confirmed behind", NULL});
	redis(r, "HSET {7}:call:7.1:lines 3 %s", "waiting\t1.1\t" GRID_A "\t1649761234567");
	redis(r, "HDEL {7}:call:7.1:live 1.3");
	relay_all(r);
	assert_finds(r, (const char *const[]){"{7}:call:7.1:lines 4: confirmed, should be waiting",
				"{7}:call:7.1:lines 3: waiting, should be struck (one live line of a person in a slot)",
				"{7}:call:7.1:live 1.1: nothing", NULL});
}

/* The words, and the numbers it ends with. */

static void
it_speaks_chinese_and_json(void **state)
{
	struct redis *r = *state;
	const char *said;

	play_busy_evening(r);
	redis(r, "HSET {7}:call:7.1 confirmed 12");
	assert_int_equal(run_audit(r, "--lang zh", &said), 1);
	assert_non_null(strstr(said, "{7}:call:7.1 confirmed：现为 12，应为 8（按接龙行重新统计的人数）\n"));
	assert_int_equal(run_audit(r, "--json", &said), 1);
	assert_ptr_equal(said, strstr(said, "{\"flaw\":\"people\",\"key\":\"{7}:call:7.1\",\"about\":\"confirmed\","
					    "\"found\":\"12\",\"wanted\":\"8\"}\n"));
	assert_non_null(strstr(said,
		"{\"differences\":1,\"pending\":0,\"calls\":4,\"busy\":0,\"lines\":36,\"persons\":14,\"events\":"));
	/* What stands in damaged data is not let at the terminal as it is. */
	redis(r, "HSET {7}:call:7.1:lines 2 %b", "\033[2J", (size_t)4);
	assert_int_equal(run_audit(r, "--json", &said), 1);
	assert_null(strchr(said, '\033'));
}

static void
it_says_how_it_is_used_and_when_nobody_answers(void **state)
{
	const struct redis *r = *state;
	struct redis nowhere = {.folder = "/nowhere"};
	const char *said;

	assert_int_equal(run_audit(&nowhere, "", &said), 3);
	assert_non_null(strstr(said, "no Redis answers there"));
	assert_int_equal(run_audit(r, "--call x", &said), 2);
	assert_int_equal(run_audit(r, "--redis http://x", &said), 2);
	assert_int_equal(run_audit(r, "--redis redis://:no@127.0.0.1:1/", &said), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(fresh_data_has_no_difference),
		rule(busy_evening_has_no_difference),
		rule(evening_of_all_functions_has_no_difference),
		rule(deadline_that_was_told_has_no_difference),
		rule(each_kind_of_damage_is_found_and_named),
		rule(what_is_not_relayed_yet_is_no_difference),
		rule(hole_in_a_log_is_found),
		rule(order_and_person_are_held_by_the_lines),
		rule(it_speaks_chinese_and_json),
		rule(it_says_how_it_is_used_and_when_nobody_answers),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
