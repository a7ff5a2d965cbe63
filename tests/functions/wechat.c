/* wechat.c - WeChat's access token: one for all hubs, renewed by one of them. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>

#define LEASE_MS 15000

/* So much later than now, by Redis' clock. */
static uint64_t
moment(struct redis *r, uint64_t ms)
{
	return redis_now_ms(r) + ms;
}

static void
assert_taken(const char *said, const char *token, uint64_t expires_ms, unsigned leased)
{
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "OK %s %llu %u", token, (unsigned long long)expires_ms, leased);
	assert_string_equal(said, wanted);
}

static void
first_to_ask_has_the_lease(void **state)
{
	struct redis *r = *state;

	assert_string_equal(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "OK  0 1");
	assert_string_equal(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "OK  0 0");
}

static void
what_it_got_is_everybodys(void **state)
{
	struct redis *r = *state;
	uint64_t expires_ms = moment(r, HOUR_MS);

	wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS);
	assert_string_equal(wechat_put(r, "wx1", "1sealed", expires_ms), "OK");
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "1sealed", expires_ms, 0);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "1sealed", expires_ms, 0);
}

static void
token_that_is_due_is_renewed_by_one(void **state)
{
	struct redis *r = *state;
	uint64_t expires_ms = moment(r, 200000);

	wechat_put(r, "wx1", "1old", expires_ms);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "1old", expires_ms, 1);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "1old", expires_ms, 0);
	expires_ms = moment(r, HOUR_MS);
	wechat_put(r, "wx1", "1new", expires_ms);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), 0, LEASE_MS), "1new", expires_ms, 0);
}

static void
token_that_was_refused_is_due(void **state)
{
	struct redis *r = *state;
	uint64_t expires_ms = moment(r, HOUR_MS);

	wechat_put(r, "wx1", "1refused", expires_ms);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), expires_ms - 1, LEASE_MS), "1refused", expires_ms, 0);
	assert_taken(wechat_take(r, "wx1", moment(r, 300000), expires_ms, LEASE_MS), "1refused", expires_ms, 1);
}

/* It is given back with nothing, or its time is over: then another one asks. */
static void
lease_ends(void **state)
{
	struct redis *r = *state;

	wechat_take(r, "wx1", 0, 0, LEASE_MS);
	assert_string_equal(wechat_put(r, "wx1", "", 0), "OK");
	assert_string_equal(wechat_take(r, "wx1", 0, 0, LEASE_MS), "OK  0 1");
	redis(r, "HSET {0}:wechat:token leased %llu", (unsigned long long)moment(r, 0) - 1);
	assert_string_equal(wechat_take(r, "wx1", 0, 0, LEASE_MS), "OK  0 1");
}

static void
token_of_another_appid_is_none(void **state)
{
	struct redis *r = *state;
	uint64_t expires_ms = moment(r, HOUR_MS);

	wechat_put(r, "wx1", "1sealed", expires_ms);
	assert_string_equal(wechat_take(r, "wx2", moment(r, 300000), 0, LEASE_MS), "OK  0 1");
	wechat_put(r, "wx2", "1other", expires_ms);
	assert_taken(wechat_take(r, "wx2", moment(r, 300000), 0, LEASE_MS), "1other", expires_ms, 0);
}

/* Nothing is left of a token that has ended, nor of a lease without one. */
static void
nothing_outlives_its_end(void **state)
{
	struct redis *r = *state;
	long long left;

	wechat_take(r, "wx1", 0, 0, LEASE_MS);
	left = atoll(redis(r, "PTTL {0}:wechat:token"));
	assert_in_range(left, 1, LEASE_MS);
	wechat_put(r, "wx1", "1sealed", moment(r, HOUR_MS));
	left = atoll(redis(r, "PTTL {0}:wechat:token"));
	assert_in_range(left, LEASE_MS, HOUR_MS);
	wechat_put(r, "wx1", "1sealed", moment(r, 0) - 1);
	assert_string_equal(redis(r, "EXISTS {0}:wechat:token"), "0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(first_to_ask_has_the_lease),
		rule(what_it_got_is_everybodys),
		rule(token_that_is_due_is_renewed_by_one),
		rule(token_that_was_refused_is_due),
		rule(lease_ends),
		rule(token_of_another_appid_is_none),
		rule(nothing_outlives_its_end),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
