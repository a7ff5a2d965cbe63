/* device.c - the devices of a person: added, logged in by, replaced, revoked. */
#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES "{1}:person:1.1:devices"

/* What of a device is a time, by its place in the row. */
enum column { OFFERED = 3, MADE = 4, SEEN = 5 };

/* As if that had been so long ago. */
static void
age(struct redis *r, unsigned number, enum column column, uint64_t by_ms)
{
	struct text rest = text_of(redis(r, "HGET " DEVICES " %u", number));
	char value[400];
	size_t len = 0;

	for (unsigned i = 0; rest.len > 0; i++) {
		struct text cell = text_cut(&rest, '\t');
		uint64_t time = 0;

		if (i == column && text_to_u64(&time, cell, UINT64_MAX))
			len += (size_t)snprintf(value + len, sizeof(value) - len, "%" PRIu64, time - by_ms);
		else
			len += (size_t)snprintf(value + len, sizeof(value) - len, "%.*s", (int)cell.len, cell.data);
		if (rest.len > 0)
			value[len++] = '\t';
	}
	redis(r, "HSET " DEVICES " %u %b", number, value, len);
}

/* Whether the one offered is to be used from now on; empty for a login that is refused. */
static const char *
log_in(struct redis *r, const char *hash, const char *offered)
{
	const char *said = device_login(r, "1.1", "1", hash, offered);
	unsigned long long until = 0, issued, seq;
	int count;

	if (strcmp(said, "UNAUTHENTICATED token") == 0)
		return "";
	count = sscanf(said, "OK %llu %llu %llu", &until, &issued, &seq); /* one less where it is not issued */
	assert_in_range(count, 2, 3);
	assert_true(until > redis_now_ms(r));
	return count == 3 ? "the one offered" : "its own";
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

/* Whoever asks for the same again, by the same hash, is told the same, and nothing comes of it. */
static void
asked_again_it_is_the_same_device(void **state)
{
	struct redis *r = *state;
	char *said, *before;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "phone");
	said = text_dup(text_of(device_add(r, "1.1", "bb", true, "pad")));
	before = redis_picture(r);
	assert_string_equal(device_add(r, "1.1", "bb", true, "pad"), said);
	assert_unchanged(r, before);
	free(said);

	said = text_dup(text_of(device_login(r, "1.1", "2", "bb", "cc")));
	before = redis_picture(r);
	assert_string_equal(device_login(r, "1.1", "2", "bb", "cc"), said);
	assert_unchanged(r, before);
	free(said);
}

/* When the token is used for which it was exchanged, it is good no more. */
static void
invite_ends_when_its_token_is_used(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", true, "pad");
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "bb", "cc"), "its own");
	assert_string_equal(log_in(r, "aa", "cc"), "");
	assert_string_equal(log_in(r, "bb", "cc"), "its own");
}

/* The answer may have been lost, so there is another, but only within the minute from the first. */
static void
invite_is_good_for_a_minute_from_its_first_use(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", true, "pad");
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	age(r, 1, OFFERED, MINUTE_MS / 2);
	assert_string_equal(log_in(r, "aa", "cc"), "the one offered");
	assert_string_equal(log_in(r, "bb", "dd"), "");
	age(r, 1, OFFERED, MINUTE_MS / 2);
	assert_string_equal(log_in(r, "aa", "dd"), "");
	assert_string_equal(log_in(r, "aa", "cc"), "");
	assert_string_equal(log_in(r, "cc", "dd"), "its own");
}

/* An invite takes the name that whoever comes by it gives his device, and keeps it; another device keeps its own. */
static void
invite_is_called_what_its_device_is(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", true, "invite");
	device_login_named(r, "1.1", "1", "aa", "bb", "");
	assert_memory_equal(device_list(r, "1.1"), "OK 1\tinvite\t", 12);
	device_login_named(r, "1.1", "1", "aa", "cc", "值班手机");
	assert_memory_equal(device_list(r, "1.1"), "OK 1\t值班手机\t", 18);
	device_login_named(r, "1.1", "1", "cc", "dd", "another");
	device_login_named(r, "1.1", "1", "cc", "dd", "another");
	assert_memory_equal(device_list(r, "1.1"), "OK 1\t值班手机\t", 18);
}

/* Both are good until the new one is seen: the answer with it may have been lost. */
static void
old_token_is_replaced_when_the_new_one_is_used(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	age(r, 1, MADE, 2 * HOUR_MS);
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	age(r, 1, OFFERED, MINUTE_MS);
	assert_string_equal(log_in(r, "aa", "cc"), "the one offered");
	assert_string_equal(log_in(r, "bb", "dd"), "");
	assert_string_equal(log_in(r, "cc", "dd"), "its own");
	assert_string_equal(log_in(r, "aa", "dd"), "");
	assert_string_equal(log_in(r, "cc", "dd"), "its own");
}

/* The second goes on with the old one, and the first has what it was offered. */
static void
two_who_share_a_token_do_not_log_each_other_out(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	age(r, 1, MADE, 2 * HOUR_MS);
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "aa", "cc"), "its own");
	assert_string_equal(log_in(r, "cc", "dd"), "");
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "bb", "dd"), "its own");
}

static void
device_not_used_for_its_time_is_forgotten(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	redis(r, "HSET {1}:person:1.1 identity dev:an");
	redis(r, "HSET " DEVICES " 1 %b last 1", "aa\t\t\t0\t1\t1\t2\tpad", strlen("aa\t\t\t0\t1\t1\t2\tpad"));
	assert_string_equal(log_in(r, "aa", "bb"), "");
	assert_string_equal(device_list(r, "1.1"), "OK ");
	assert_memory_equal(device_add(r, "1.1", "bb", false, "phone"), "OK 2 ", 5);
	assert_string_equal(redis(r, "HEXISTS " DEVICES " 1"), "0");
}

static void
one_too_many_takes_the_place_of_the_one_not_seen_for_longest(void **state)
{
	struct redis *r = *state;
	char hash[4];

	claim(r, "1.1");
	for (unsigned i = 1; i <= 16; i++) {
		snprintf(hash, sizeof(hash), "%02x", i);
		device_add(r, "1.1", hash, false, "pad");
	}
	age(r, 5, SEEN, HOUR_MS);
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
	age(r, 1, SEEN, 2 * HOUR_MS);
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

/* With it goes the number of the last event, so that the hub knows whether it has heard a later one. */
static void
login_tells_how_far_the_log_was(void **state)
{
	struct redis *r = *state;
	unsigned long long until, seq;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	device_add(r, "1.1", "bb", false, "phone");
	assert_int_equal(sscanf(device_login(r, "1.1", "1", "aa", "cc"), "OK %llu %llu", &until, &seq), 2);
	assert_int_equal(seq, 0);
	assert_string_equal(device_revoke(r, "1.1", 2), "OK");
	assert_int_equal(sscanf(device_login(r, "1.1", "1", "aa", "cc"), "OK %llu %llu", &until, &seq), 2);
	assert_int_equal(seq, 1);
}

/* Who is invited and new is registered with it; who is there gets a device and nothing else. */
static void
invite_is_a_device_for_one_login(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	claim(r, "1.2");
	assert_memory_equal(invite_give(r, "1.1", "aa", GRID_A, "李梅"), "OK 1 ", 5);
	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(redis(r, "HGET {1}:person:1.1 name"), "李梅");
	assert_string_equal(redis(r, "HGET {1}:person:1.1 kind"), "volunteer");
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.1");
	assert_string_equal(log_in(r, "aa", "bb"), "the one offered");
	assert_string_equal(log_in(r, "bb", "cc"), "its own");
	assert_string_equal(log_in(r, "aa", "cc"), "");

	assert_memory_equal(invite_give(r, "1.2", "aa", "", ""), "OK 1 ", 5);
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "HEXISTS {1}:person:1.2 place"), "0");
}

/* It is in the log as his who let it in, once though the answer was lost; where one logs in himself it is not. */
static void
desk_is_in_the_audit_log(void **state)
{
	struct redis *r = *state;
	const char *said;

	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
	assert_memory_equal(audit_head(r, "", 0), "OK 0 ", 5);
	device_add_desk(r, "1.1", "bb");
	device_add_desk(r, "1.1", "bb");
	assert_memory_equal(audit_head(r, "", 0), "OK 1 ", 5);
	said = audit_list(r, "", "1.1", "1.1", "desk_login", 9);
	assert_non_null(strstr(said, "device=2"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(device_logs_in_by_its_token_and_no_other),
		rule(numbers_are_never_given_twice),
		rule(asked_again_it_is_the_same_device),
		rule(invite_ends_when_its_token_is_used),
		rule(invite_is_a_device_for_one_login),
		rule(invite_is_called_what_its_device_is),
		rule(invite_is_good_for_a_minute_from_its_first_use),
		rule(old_token_is_replaced_when_the_new_one_is_used),
		rule(two_who_share_a_token_do_not_log_each_other_out),
		rule(device_not_used_for_its_time_is_forgotten),
		rule(one_too_many_takes_the_place_of_the_one_not_seen_for_longest),
		rule(being_seen_is_written_once_an_hour),
		rule(login_tells_how_far_the_log_was),
		rule(revoked_device_is_logged_and_lets_nobody_in),
		rule(desk_is_in_the_audit_log),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
