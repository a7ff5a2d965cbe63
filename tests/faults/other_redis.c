/* other_redis.c - a hub on a Redis of somebody else's: taken as it is, refused when it would lose what it is given, and
 * shared with another hub. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "audited.h"
#include "clock.h"
#include "faults.h"
#include "raw.h"
#include "redis_server.h"
#include "status.h"
#include "storm.h"

#define SECRET         "s3cret:p@ss/word"
#define SECRET_ESCAPED "s3cret%3ap%40ss%2Fword"

/* Two worlds at once are two dialers in one process, and of a second context libwebsockets 4.1 leaves OpenSSL's behind. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
	return "leak:libwebsockets\nleak:libssl\nleak:libcrypto\n";
}

/* One command to it in a database, in the manner of hiredis' redisCommand(); its answer as a number, or -1 if it is none. */
static long long
redis_do(const struct redis_server *redis, unsigned database, const char *command, ...)
{
	redisContext *context = redis_server_connect(redis);
	redisReply *reply;
	long long number = -1;
	va_list args;

	freeReplyObject(redisCommand(context, "SELECT %u", database));
	va_start(args, command);
	reply = redisvCommand(context, command, args);
	va_end(args);
	assert_non_null(reply);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s: %s", command, reply->str);
	if (reply->type == REDIS_REPLY_INTEGER)
		number = reply->integer;
	freeReplyObject(reply);
	redisFree(context);
	return number;
}

/* A hub on that Redis, with the grid of the tests in it. */
static void
open_on(struct world *w, const char *url)
{
	static const char *const codes[] = {PROVINCE_, CITY, DISTRICT, STREET, COMMUNITY, GRID_A};

	w->flags[0] = "--redis";
	w->flags[1] = url;
	hub_start(w);
	w->dialer = dialer_create(&w->loop);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		import_place(w, codes[i], "某地");
}

/* One that is told to end, and leaves the Redis running. */
static void
end_hub(struct world *w)
{
	people_go(w);
	hub_end(w, SIGTERM);
}

static void
close_on(struct world *w, struct redis_server *redis)
{
	if (w->hub)
		end_hub(w);
	redis_server_end(redis, SIGTERM);
	world_close(w);
}

static void
database_in_a_unix_address_is_used(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	char url[256];

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	snprintf(url, sizeof(url), "%s?db=5", redis.unix_url);
	open_on(w, url);
	join(w, post_call(w, .place = GRID_A), "an");

	assert_true(redis_do(&redis, 5, "DBSIZE") > 0);
	assert_int_equal(redis_do(&redis, 0, "DBSIZE"), 0);
	assert_false(has_file(w, "redis.sock")); /* none of its own */
	end_hub(w);
	assert_true(redis_do(&redis, 5, "DBSIZE") > 0); /* it was not stopped with the hub */
	close_on(w, &redis);
}

static void
password_and_database_in_a_redis_url_are_used(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	char url[256];

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--requirepass", SECRET);
	snprintf(url, sizeof(url), "redis://:%s@127.0.0.1:%u/3", SECRET_ESCAPED, redis.port);
	open_on(w, url);
	join(w, post_call(w, .place = GRID_A), "an");
	end_hub(w);
	assert_int_equal(count_in_log(w, "s3cret"), 0);
	redis_server_end(&redis, SIGTERM);

	/* Looked at without the password. */
	redis_server_start(&redis, w->folder, "other", NULL);
	assert_true(redis_do(&redis, 3, "DBSIZE") > 0);
	assert_int_equal(redis_do(&redis, 0, "DBSIZE"), 0);
	close_on(w, &redis);
}

static void
user_of_an_access_list_is_used(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	char url[256];

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--user", "grid", "on", ">" SECRET, "~*", "&*", "+@all",
		"--user", "default", "off");
	snprintf(url, sizeof(url), "redis://grid:%s@localhost:%u", SECRET_ESCAPED, redis.port);
	open_on(w, url);
	join(w, post_call(w, .place = GRID_A), "an");
	close_on(w, &redis);
}

/* A hub on that Redis ends by itself and says why. */
static void
assert_refused(struct world *w, const char *url, const char *reason)
{
	struct ended ended = try_hub("--data", w->folder, "--listen", "127.0.0.1:0", "--redis", url);

	assert_ended(&ended, 1, reason);
}

/* A child that starts one when a hub has asked for it in vain. */
static pid_t
start_when_missed(struct world *w, unsigned port)
{
	pid_t pid = fork();
	char text[16];

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (count_in_log(w, "event=not_connected") == 0)
		usleep(5000);
	snprintf(text, sizeof(text), "%u", port);
	execlp("redis-server", "redis-server", "--port", text, "--bind", "127.0.0.1", "--dir", w->folder,
		"--appendonly", "yes", "--logfile", "late.log", NULL);
	_exit(127);
}

static void
redis_that_comes_later_is_waited_for(void **state)
{
	struct world *w = world_prepare((const char *const[]){"", "", "--log-level", "debug", NULL});
	struct redis_server redis;

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	redis_server_end(&redis, SIGTERM); /* the port is free again */
	redis.pid = start_when_missed(w, redis.port);
	open_on(w, redis.url);
	join(w, post_call(w, .place = GRID_A), "an");
	close_on(w, &redis);
}

static void
redis_that_would_lose_sign_ups_is_refused(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--appendonly", "no");
	assert_refused(w, redis.unix_url, "no append-only file (appendonly no)");
	assert_refused(w, redis.url, "no append-only file (appendonly no)");
	redis_server_end(&redis, SIGTERM);

	redis_server_start(&redis, w->folder, "other", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
	assert_refused(w, redis.unix_url, "evicts keys when memory is short");
	assert_int_equal(redis_do(&redis, 0, "DBSIZE"), 0);
	close_on(w, &redis);
}

static void
volatile_redis_is_taken_when_it_is_allowed(void **state)
{
	struct world *w = world_prepare((const char *const[]){"", "", "--allow-volatile", NULL});
	struct redis_server redis;
	const char *call;

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--appendonly", "no", "--maxmemory-policy", "allkeys-lru");
	open_on(w, redis.unix_url);
	call = post_call(w, .place = GRID_A);
	join(w, call, "an");
	assert_chain(w, call, "1 an confirmed");
	close_on(w, &redis);
}

static void
wrong_password_is_said(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	char url[256];

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--requirepass", SECRET);
	snprintf(url, sizeof(url), "redis://:guessed@127.0.0.1:%u", redis.port);
	assert_refused(w, url, "WRONGPASS");
	assert_refused(w, redis.url, "NOAUTH");
	close_on(w, &redis);
}

static void
database_that_is_not_there_is_said(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	char url[256];

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--databases", "4");
	snprintf(url, sizeof(url), "%s?db=4", redis.unix_url);
	assert_refused(w, url, "DB index is out of range");
	close_on(w, &redis);
}

static void
data_of_another_layout_is_refused_and_left_alone(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	const char *call;

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	open_on(w, redis.unix_url);
	call = post_call(w, .place = GRID_A);
	join(w, call, "an");
	end_hub(w);

	redis_do(&redis, 0, "HSET {9}:meta partitions 32");
	assert_refused(w, redis.unix_url, "laid out for another number of partitions");
	redis_do(&redis, 0, "HSET {9}:meta partitions 16 layout 2");
	assert_refused(w, redis.unix_url, "laid out for another version");
	redis_do(&redis, 0, "HSET {9}:meta layout 1");
	redis_do(&redis, 0, "HDEL {9}:meta seq");
	assert_refused(w, redis.unix_url, "a partition has no sequence number");
	assert_int_equal(redis_do(&redis, 0, "HEXISTS {9}:meta seq"), 0);
	redis_do(&redis, 0, "HSET {9}:meta seq 0");

	hub_start(w);
	assert_chain(w, call, "1 an confirmed");
	close_on(w, &redis);
}

static const char older_library[] =
	"#!lua name=gridvanguard\n"
	"redis.register_function{function_name = 'library_hash', flags = {'no-writes'},\n"
	"  callback = function() return {'OK', {}, 'an older one'} end}\n"
	"redis.register_function('chain_join', function() return {'FORBIDDEN', 'of old'} end)\n";

static void
functions_of_another_version_are_replaced_once(void **state)
{
	struct world *w = world_prepare(NULL);
	struct redis_server redis;
	const char *call;

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	redis_do(&redis, 0, "FUNCTION LOAD %s", older_library);
	open_on(w, redis.unix_url);
	call = post_call(w, .place = GRID_A);
	assert_int_equal(count_in_log(w, "event=library_loaded"), 1);
	end_hub(w);

	hub_start(w); /* the same */
	join(w, call, "an");
	assert_int_equal(count_in_log(w, "event=library_loaded"), 1);
	end_hub(w);

	redis_do(&redis, 0, "FUNCTION FLUSH");
	hub_start(w); /* none */
	join(w, call, "bo");
	assert_int_equal(count_in_log(w, "event=library_loaded"), 2);

	redis_do(&redis, 0, "FUNCTION FLUSH"); /* while it runs */
	join(w, call, "chen");
	assert_int_equal(count_in_log(w, "event=library_loaded"), 3);
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen confirmed");
	close_on(w, &redis);
}

/* Turns both loops until it holds. */
#define wait_for_both(a, b, condition, what)                                  \
	do {                                                                  \
		uint64_t since_us_ = world_now_us();                          \
		while (!(condition)) {                                        \
			world_turn((a), since_us_, what, __FILE__, __LINE__); \
			world_turn((b), since_us_, what, __FILE__, __LINE__); \
		}                                                             \
	} while (0)

/* The owners that one storm knows and the other does not, into the first; no number may be in both. */
static void
add_lines(struct storm *all, const struct storm *other)
{
	for (unsigned i = 1; i <= STORM_LINES_MAX; i++) {
		if (!other->owners[i])
			continue;
		assert_null(all->owners[i]);
		all->owners[i] = other->owners[i];
		all->struck[i] = other->struck[i];
		all->lines++;
	}
}

static uint32_t
confirmed_in(struct world *w, const char *place)
{
	Answer *answer = ask(person(w, "worker"), to_list_tallies(place, 0, "", 1));
	uint32_t confirmed;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	confirmed = answer->tally_list->tallies[0]->confirmed;
	free_answer(answer);
	return confirmed;
}

static bool
has_place(struct world *w, const char *place)
{
	Answer *answer = ask(person(w, "worker"), to_show_place(place));
	bool found = answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK;

	free_answer(answer);
	return found;
}

static unsigned
live_lines(const struct storm *storm)
{
	unsigned live = 0;

	for (unsigned i = 0; i < storm->people; i++)
		live += storm->members[i].number > 0;
	return live;
}

/* Another hub on the same Redis, with the same key. */
static struct world *
open_neighbour(const struct world *w, const struct redis_server *redis)
{
	static char key[192];

	snprintf(key, sizeof(key), "%s/phones.key", w->folder);
	return world_open_empty((const char *const[]){"--redis", redis->unix_url, "--key-file", key, NULL});
}

/* P3: unique, gapless numbers, whichever hub took them; and both hubs show the same. An odd number of requests each, so
 * that everybody is in the chain at the end. */
static void
two_hubs_share_one_chain(void **state)
{
	struct world *a = world_prepare(NULL), *b;
	struct storm *through_a, *through_b;
	struct redis_server redis;
	const char *call;

	(void)state;
	redis_server_start(&redis, a->folder, "other", NULL);
	open_on(a, redis.unix_url);
	b = open_neighbour(a, &redis);
	assert_true(has_place(b, GRID_A));
	assert_int_equal(count_in_log(b, "event=library_loaded"), 0);
	call = post_call(a, .place = GRID_A);

	through_a = storm_begin(a, call, "a", 15, 21);
	through_b = storm_begin(b, call, "b", 15, 21);
	wait_for_both(a, b, !storm_blows(through_a) && !storm_blows(through_b), "both storms to pass");
	assert_int_equal(through_a->refusals + through_b->refusals, 0);
	assert_int_equal(live_lines(through_a), 15);
	assert_int_equal(live_lines(through_b), 15);

	wait_for_both(a, b, confirmed_in(a, CITY) == 30 && confirmed_in(b, CITY) == 30, "both hubs to have it all");
	add_lines(through_a, through_b);
	storm_assert_all_kept(through_a);
	through_a->w = b;
	storm_assert_all_kept(through_a);
	assert_tally(a, GRID_A, "30 1 30 0");
	assert_tally(b, GRID_A, "30 1 30 0");

	storm_end(through_a);
	storm_end(through_b);
	assert_audit_clean(b);
	world_close(b);
	close_on(a, &redis);
}

/* The other hub is killed in the middle; nobody at this one notices. */
static void
a_hub_does_not_notice_that_its_neighbour_is_killed(void **state)
{
	struct world *a = world_prepare(NULL), *b;
	struct storm *through_a, *through_b;
	struct redis_server redis;
	const char *call;

	(void)state;
	redis_server_start(&redis, a->folder, "other", NULL);
	open_on(a, redis.unix_url);
	b = open_neighbour(a, &redis);
	call = post_call(a, .place = GRID_A);

	through_a = storm_begin(a, call, "a", 10, 41);
	through_b = storm_begin(b, call, "b", 10, 10000);
	wait_for_both(a, b, through_a->answers > 50 && through_b->answers > 50, "both storms to blow");
	hub_end(b, SIGKILL);
	people_go(b);
	while (storm_blows(through_a))
		storm_turn(through_a);

	assert_int_equal(through_a->refusals, 0);
	hub_start(b);
	storm_assert_none_lost(through_b);
	wait_until(a, confirmed_in(a, CITY) == confirmed_in(b, CITY), "both hubs to agree");
	add_lines(through_a, through_b);
	storm_assert_none_lost(through_a);
	storm_end(through_a);
	storm_end(through_b);
	assert_audit_clean(b);
	world_close(b);
	close_on(a, &redis);
}

/* The line of that number is in the chain as this hub has it now, and live or struck. */
static void
assert_in_view(struct raw *raw, const char *call, uint32_t number, bool live)
{
	Answer *answer = raw_ask(raw, to_list_chain(call, number - 1, 1));

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->chain_list->n_lines, 1);
	assert_int_equal(answer->chain_list->lines[0]->state, live ? GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED
								   : GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK);
	free_answer(answer);
}

/* Who has an answer and asks the same hub what there is finds what he did: although another hub wrote a moment before, and
 * also when it was that one that did it, and this one gives the answer again. */
static void
answer_comes_when_the_view_of_its_hub_has_it(void **state)
{
	struct world *a = world_prepare(NULL), *b;
	struct redis_server redis;
	struct raw an_at_a, an_at_b, bo_at_b;
	const char *call;

	(void)state;
	redis_server_start(&redis, a->folder, "other", NULL);
	open_on(a, redis.unix_url);
	b = open_neighbour(a, &redis);
	call = post_call(a, .place = GRID_A);
	member(a, "an");
	member(b, "an");
	member(b, "bo");
	raw_login(&an_at_a, a, "an");
	raw_login(&an_at_b, b, "an");
	raw_login(&bo_at_b, b, "bo");

	for (uint32_t number = 1; number < 100; number += 2) {
		struct uuid in = uuid_make(clock_wall_ms()), out = uuid_make(clock_wall_ms());
		raw_expect(&an_at_a, under_once(&in, to_join(call)), "OK", "");
		raw_expect(&bo_at_b, to_join(call), "OK", "");
		assert_in_view(&bo_at_b, call, number + 1, true);
		raw_expect(&bo_at_b, to_withdraw(call), "OK", "");
		raw_expect(&an_at_a, under_once(&out, to_withdraw(call)), "OK", "");
		raw_expect(&an_at_b, under_once(&out, to_withdraw(call)), "OK", "");
		assert_in_view(&an_at_b, call, number, false);
	}
	raw_close(&an_at_a);
	raw_close(&an_at_b);
	raw_close(&bo_at_b);
	world_close(b);
	close_on(a, &redis);
}

/* Lets all remembered answers name an event that the log does not have yet. */
#define AHEAD                                                                          \
	"for _, key in ipairs(redis.call('KEYS', '*:once:*')) do "                     \
	"local kept = cmsgpack.unpack(redis.call('GET', key)) kept[2][2] = '1000000' " \
	"redis.call('SET', key, cmsgpack.pack(kept), 'KEEPTTL') end"

/* What the view does not get to see in the time of a request is not known, as far as the client is told; all others are
 * answered as ever, and it too when the view has come that far. */
static void
answer_does_not_wait_for_the_view_for_ever(void **state)
{
	struct world *w = world_prepare(NULL);
	struct uuid once = uuid_make(clock_wall_ms());
	struct redis_server redis;
	struct raw an, bo;
	const char *call;
	uint64_t waiting;

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	w->flags[2] = "--request-timeout";
	w->flags[3] = "1";
	open_on(w, redis.unix_url);
	call = post_call(w, .place = GRID_A);
	member(w, "an");
	member(w, "bo");
	raw_login(&an, w, "an");
	raw_login(&bo, w, "bo");
	raw_expect(&an, under_once(&once, to_join(call)), "OK", "");
	redis_do(&redis, 0, "EVAL %s 0", AHEAD);

	waiting = raw_send(&an, under_once(&once, to_join(call)));
	raw_expect(&bo, to_join(call), "OK", "");
	raw_expect(&bo, to_withdraw(call), "OK", "");
	raw_expect_answer(&an, waiting, "UNAVAILABLE", "");
	raw_expect(&an, to_withdraw(call), "OK", "");
	raw_close(&an);
	raw_close(&bo);
	close_on(w, &redis);
}

/* A Redis that was made a replica takes no writes: that is said, nothing is half written, what is in memory is shown, and
 * all goes on by itself when it takes them again. The hub does not knock at full speed meanwhile. */
static void
redis_that_only_reads_holds_writes_back(void **state)
{
	struct world *w = world_prepare(NULL);
	long long keys, lines;
	struct redis_server redis;
	const char *call;
	struct uuid once = uuid_make(clock_wall_ms());
	enum status status = UNAVAILABLE;
	uint64_t since_us;
	struct raw bo;
	char lines_key[64];

	(void)state;
	w->flags[2] = "--request-timeout";
	w->flags[3] = "1";
	redis_server_start(&redis, w->folder, "other", NULL);
	open_on(w, redis.url);
	call = post_call(w, .place = GRID_A);
	join(w, call, "an");
	member(w, "bo");
	raw_login(&bo, w, "bo");
	snprintf(lines_key, sizeof(lines_key), "{%u}:call:%s:lines", (unsigned)strtoul(call, NULL, 10), call);
	keys = redis_do(&redis, 0, "DBSIZE");
	lines = redis_do(&redis, 0, "HLEN %s", lines_key);

	redis_do(&redis, 0, "REPLICAOF 127.0.0.1 %u", free_port()); /* nobody is there */
	for (unsigned i = 0; i < 3; i++)
		raw_expect(&bo, under_once(&once, to_join(call)), "UNAVAILABLE", "");
	raw_expect(&bo, to_list_chain(call, 0, 10), "OK", "");
	assert_int_equal(redis_do(&redis, 0, "DBSIZE"), keys);
	assert_int_equal(redis_do(&redis, 0, "HLEN %s", lines_key), lines);
	assert_in_range(count_in_log(w, "event=dropped"), 1, 40);

	redis_do(&redis, 0, "REPLICAOF NO ONE");
	since_us = world_now_us();
	while (status == UNAVAILABLE && world_now_us() - since_us < (uint64_t)PATIENCE_S * 1000000) {
		Answer *answer = raw_ask(&bo, under_once(&once, to_join(call)));
		status = (enum status)answer->status;
		free_answer(answer);
	}
	assert_int_equal(status, OK);
	raw_close(&bo);
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	close_on(w, &redis);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(database_in_a_unix_address_is_used),
		cmocka_unit_test(password_and_database_in_a_redis_url_are_used),
		cmocka_unit_test(user_of_an_access_list_is_used),
		cmocka_unit_test(redis_that_comes_later_is_waited_for),
		cmocka_unit_test(redis_that_would_lose_sign_ups_is_refused),
		cmocka_unit_test(volatile_redis_is_taken_when_it_is_allowed),
		cmocka_unit_test(wrong_password_is_said),
		cmocka_unit_test(database_that_is_not_there_is_said),
		cmocka_unit_test(data_of_another_layout_is_refused_and_left_alone),
		cmocka_unit_test(functions_of_another_version_are_replaced_once),
		cmocka_unit_test(two_hubs_share_one_chain),
		cmocka_unit_test(a_hub_does_not_notice_that_its_neighbour_is_killed),
		cmocka_unit_test(answer_comes_when_the_view_of_its_hub_has_it),
		cmocka_unit_test(answer_does_not_wait_for_the_view_for_ever),
		cmocka_unit_test(redis_that_only_reads_holds_writes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
