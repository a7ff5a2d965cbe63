/* device.c - the devices of a person: added, logged in by, replaced, revoked. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "{1}:person:1.1:devices"

/* As if the token had been made, or the device seen, so long ago. */
static void
age(struct redis *r, unsigned number, int64_t made_ms, int64_t seen_ms)
{
	char hash[80], following[80], single[4], name[80], value[400];
	unsigned long long made, seen, till;
	const char *held = redis(r, "HGET " DEVICES " %u", number);

	following[0] = single[0] = name[0] = '\0';
	if (sscanf(held, "%79[0-9a-f]\t%79[0-9a-f]\t\t%llu\t%llu\t%llu\t%79s", hash, following, &made, &seen, &till,
		    name) != 6)
		assert_int_equal(
			sscanf(held, "%79[0-9a-f]\t\t\t%llu\t%llu\t%llu\t%79s", hash, &made, &seen, &till, name), 5);
	snprintf(value, sizeof(value), "%s\t%s\t%s\t%llu\t%llu\t%llu\t%s", hash, following, single,
		made - (unsigned long long)made_ms, seen - (unsigned long long)seen_ms, till, name);
	redis(r, "HSET " DEVICES " %u %b", number, value, strlen(value));
}

/* Whether the one offered is to be used from now on; empty for a login that is refused. */
static const char *
log_in(struct redis *r, const char *hash, const char *offered)
{
	const char *said = device_login(r, "1.1", "1", hash, offered);
	unsigned long long until = 0;
	char issued[4] = "";

	if (strcmp(said, "UNAUTHENTICATED token") == 0)
		return "";
	assert_true(sscanf(said, "OK %llu %3s", &until, issued) >= 1);
	assert_true(until > redis_now_ms(r));
	return issued[0] ? "the one offered" : "its own";
}

static void
device_logs_in_by_its_token_and_no_other(void **state)
{
	struct redis *r = *state;
	unsigned long long until = 0;

	claim(r, "1.1");
	assert_int_equal(sscanf(device_add(r, "1.1", "aa", false, "pad"), "OK 1 %llu", &until), 1);
	assert_in_range(until, redis_now_ms(r) + DAY_MS - MINUTE_MS, redis_now_ms(r) + DAY_MS);
	assert_string_equal(log_in(r, "aa", "bb"), "its own");
	assert_string_equal(log_in(r, "bb", "cc"), "");
	assert_string_equal(log_in(r, "", "cc"), "");
	assert_string_equal(event(r), "");
}

static void
numbers_are_never_given_twice(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_memory_equal(device_add(r, "1.1", "aa", false, "pad"), "OK 1 ", 5);
	assert_string_equal(device_revoke(r, "1.1", 1), "OK");
	assert_memory_equal(device_add(r, "1.1", "bb", false, "phone"), "OK 2 ", 5);
}

/* Used once, it is the token that it was exchanged for. */
static void
invite_is_good_once(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", true, "pad");
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "aa", "cc"), "");
	assert_string_equal(log_in(r, "bb", "cc"), "its own");
}

/* Both are good until the new one is seen: the answer with it may have been lost. */
static void
old_token_is_replaced_when_the_new_one_is_used(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	age(r, 1, 2 * HOUR_MS, 0);
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "aa", "cc"), "the one offered");
	assert_string_equal(log_in(r, "bb", "dd"), "");
	assert_string_equal(log_in(r, "cc", "dd"), "its own");
	assert_string_equal(log_in(r, "aa", "dd"), "");
	assert_string_equal(log_in(r, "cc", "dd"), "its own");
}

static void
device_not_used_for_its_time_is_forgotten(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	redis(r, "HSET {1}:person:1.1 identity dev:an");
	redis(r, "HSET " DEVICES " 1 %b last 1", "aa\t\t\t1\t1\t2\tpad", strlen("aa\t\t\t1\t1\t2\tpad"));
	assert_string_equal(log_in(r, "aa", "bb"), "");
	assert_string_equal(device_list(r, "1.1"), "OK ");
	assert_memory_equal(device_add(r, "1.1", "bb", false, "phone"), "OK 2 ", 5);
	assert_string_equal(redis(r, "HEXISTS " DEVICES " 1"), "0");
}

static void
one_too_many_takes_the_place_of_the_one_not_seen_for_longest(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	for (unsigned i = 1; i <= 16; i++)
		device_add(r, "1.1", "aa", false, "pad");
	age(r, 5, 0, HOUR_MS);
	assert_memory_equal(device_add(r, "1.1", "bb", false, "phone"), "OK 17 ", 6);
	assert_string_equal(redis(r, "HLEN " DEVICES), "17"); /* 16 and `last` */
	assert_string_equal(redis(r, "HEXISTS " DEVICES " 5"), "0");
}

static void
being_seen_is_written_once_an_hour(void **state)
{
	struct redis *r = *state;
	char *before;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	before = redis_picture(r);
	assert_string_equal(log_in(r, "aa", "bb"), "its own");
	assert_unchanged(r, before);
	age(r, 1, 0, 2 * HOUR_MS);
	before = text_dup(text_of(redis(r, "HGET " DEVICES " 1")));
	assert_string_equal(log_in(r, "aa", "bb"), "its own");
	assert_string_not_equal(before, redis(r, "HGET " DEVICES " 1"));
	free(before);
}

static void
revoked_device_is_logged_and_lets_nobody_in(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	device_add(r, "1.1", "bb", false, "phone");
	assert_string_equal(device_revoke(r, "1.1", 1), "OK");
	assert_string_equal(event(r), "device person 1.1 device 1");
	assert_string_equal(log_in(r, "aa", "cc"), "");
	assert_memory_equal(device_login(r, "1.1", "2", "bb", "cc"), "OK ", 3);
	assert_string_equal(device_revoke(r, "1.1", 0), "OK");
	assert_string_equal(event(r), "device person 1.1 device 0");
	assert_string_equal(device_login(r, "1.1", "2", "bb", "cc"), "UNAUTHENTICATED token");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(device_logs_in_by_its_token_and_no_other),
		rule(numbers_are_never_given_twice),
		rule(invite_is_good_once),
		rule(old_token_is_replaced_when_the_new_one_is_used),
		rule(device_not_used_for_its_time_is_forgotten),
		rule(one_too_many_takes_the_place_of_the_one_not_seen_for_longest),
		rule(being_seen_is_written_once_an_hour),
		rule(revoked_device_is_logged_and_lets_nobody_in),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
