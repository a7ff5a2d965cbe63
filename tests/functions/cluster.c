/* cluster.c - the same functions on a Redis Cluster, and the fence that all tests stand behind. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A library that does what ours must not: it reaches for a key that was not passed. */
static const char stray[] = "#!lua name=stray\n"
			    "redis.register_function('stray_read', function(keys)\n"
			    "  return redis.call('GET', '{7}:log') end)\n"
			    "redis.register_function('stray_write', function(keys)\n"
			    "  return redis.call('SET', keys[1] .. ':more', '1') end)\n"
			    "redis.register_function('stray_none', function(keys)\n"
			    "  return redis.call('SET', keys[1], '1') end)\n";

/* Without this, that no test met a stray key would prove nothing. */
static void
fence_keeps_a_function_from_keys_it_was_not_passed(void **state)
{
	static const char *const strays[] = {"stray_read", "stray_write"};
	struct redis *r = *state;

	redis(r, "FUNCTION LOAD %s", stray);
	redis(r, "ACL SETUSER fenced resetkeys ~{7}:meta");
	for (size_t i = 0; i < ARRAY_LEN(strays); i++) {
		redisReply *reply = redisCommand(r->fenced, "FCALL %s 1 {7}:meta", strays[i]);
		assert_non_null(reply);
		assert_int_equal(reply->type, REDIS_REPLY_ERROR);
		assert_non_null(strstr(reply->str, "can't access"));
		freeReplyObject(reply);
	}
	assert_string_equal(redis(r, "DBSIZE"), "0");
	freeReplyObject(redisCommand(r->fenced, "FCALL stray_none 1 {7}:meta"));
	assert_string_equal(redis(r, "GET {7}:meta"), "1");
	redis(r, "FUNCTION DELETE stray");
}

/* All keys of a call are in one slot, and the functions touch no other: a Cluster answers CROSSSLOT or an error to
 * anything else. */
static void
evening_runs_on_a_cluster(void **state)
{
	struct redis *r = *state;

	assert_non_null(strstr(redis(r, "CLUSTER INFO"), "cluster_slots_ok:16384"));
	play_evening(r);
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 state confirmed waiting lines"), "closed 1 1 3");
}

static void
refusals_and_repeats_run_on_a_cluster(void **state)
{
	struct redis *r = *state;
	struct once once = once_made(r, 0);

	play_evening(r);
	post(r, .id = "7.2", .limit = 1);
	assert_string_equal(chain_join(under(r, once), "7.2", "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_join(under(r, once), "7.2", "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_join(r, "7.2", "1.1", GRID_A), "ALREADY call 1 confirmed");
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "CLOSED call");
	assert_string_equal(person_find(r, "dev:nobody"), "NOT_FOUND person");
	assert_string_equal(call_close(r, "7.9"), "NOT_FOUND call");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(fence_keeps_a_function_from_keys_it_was_not_passed),
		rule(evening_runs_on_a_cluster),
		rule(refusals_and_repeats_run_on_a_cluster),
	};

	return cmocka_run_group_tests(tests, redis_open_cluster, redis_close);
}
