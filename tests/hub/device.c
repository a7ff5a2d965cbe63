/* device.c - staying logged in: a token for each device, listed, revoked, on any hub. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gridctl.h"
#include "raw.h"
#include "redis_server.h"
#include "status.h"

#define KEPT_TOKEN 128

/* Logs in, and takes down the token that is given; "" for none. */
static void
log_in(struct raw *raw, const struct world *w, Request *login, char token[KEPT_TOKEN])
{
	Answer *answer;

	raw_open(raw, w);
	answer = raw_ask(raw, login);
	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_true(answer->login->device == 0 || answer->login->token_until_ms > answer->login->now_ms);
	snprintf(token, KEPT_TOKEN, "%s", answer->login->token);
	free_answer(answer);
}

static void
log_in_on(struct raw *raw, const struct world *w, const char *handle, const char *device, char token[KEPT_TOKEN])
{
	char dev_token[TOKEN_TEXT];

	read_token(w, dev_token);
	log_in(raw, w, to_login_on(dev_token, handle, device), token);
}

static void
token_lets_its_person_in_again(void **state)
{
	struct world *w = world_open(NULL);
	char token[KEPT_TOKEN], none[KEPT_TOKEN];
	struct raw first, again;
	Answer *answer;

	(void)state;
	member(w, "an");
	log_in_on(&first, w, "an", "王安的手机", token);
	assert_in_range(strlen(token), 40, 90);
	log_in(&again, w, to_login_with(token), none);
	assert_string_equal(none, ""); /* go on with that one */
	raw_expect(&again, to_list_calls(GRID_A, "", 1), "OK", "");
	answer = raw_ask(&again, to_list_devices());
	assert_int_equal(answer->device_list->n_devices, 1);
	assert_string_equal(answer->device_list->devices[0]->name, "王安的手机");
	assert_true(answer->device_list->devices[0]->own);
	free_answer(answer);
	raw_close(&first);
	raw_close(&again);
	world_close(w);
}

/* Not one character of it may be another. */
static void
any_other_token_lets_nobody_in(void **state)
{
	struct world *w = world_open_empty(NULL);
	char token[KEPT_TOKEN], wrong[KEPT_TOKEN + 1];
	struct raw first, stranger;

	(void)state;
	log_in_on(&first, w, "an", "pad", token);
	for (size_t i = 0; i < strlen(token); i++) {
		snprintf(wrong, sizeof(wrong), "%s", token);
		wrong[i] = wrong[i] == '1' ? '2' : '1';
		raw_open(&stranger, w); /* few may fail on one session */
		raw_expect(&stranger, to_login_with(wrong), "UNAUTHENTICATED", "token.token");
		raw_close(&stranger);
	}
	raw_open(&stranger, w);
	snprintf(wrong, sizeof(wrong), "%s1", token);
	raw_expect(&stranger, to_login_with(wrong), "UNAUTHENTICATED", "token.token");
	raw_expect(&stranger, to_login_with("3.77.1."), "UNAUTHENTICATED", "token.token");
	raw_expect(&stranger, to_login_with(token), "OK", "");
	raw_close(&first);
	raw_close(&stranger);
	world_close(w);
}

/* It gives what the person was granted, also where the login that made it could do everything. */
static void
token_gives_no_more_than_was_granted(void **state)
{
	struct world *w = world_open(NULL);
	char token[KEPT_TOKEN], none[KEPT_TOKEN];
	struct raw first, again;

	(void)state;
	log_in_on(&first, w, "an", "pad", token);
	log_in(&again, w, to_login_with(token), none);
	raw_expect(&again, to_list_tallies(CITY, 0, "", 1), "FORBIDDEN", "place");
	raw_close(&first);
	raw_close(&again);
	world_close(w);
}

/* Of somebody who has lost his phone, at the other hub. */
static void
assert_revoked_by_another(struct world *w, struct world *b)
{
	char phone[KEPT_TOKEN];
	struct raw on_phone, chief;
	uint64_t began_us;
	Answer *answer;

	log_in_on(&on_phone, b, "bo", "phone", phone);
	answer = raw_ask(&on_phone, to_list_devices());
	assert_int_equal(answer->device_list->n_devices, 1);
	free_answer(answer);
	began_us = world_now_us();
	*strrchr(phone, '.') = '\0'; /* 3.77.1 */
	*strrchr(phone, '.') = '\0';
	raw_login(&chief, w, "chief");
	raw_expect(&chief, to_revoke_of(phone, 1), "OK", "");
	assert_int_equal(socket_read_close(&on_phone.socket), 4014);
	assert_in_range(world_now_us() - began_us, 0, 1000000);
	raw_close(&on_phone);
	raw_close(&chief);
}

/* Two hubs on one Redis: who revokes at one ends sessions at the other, at once. */
static void
revoked_device_is_ended_at_every_hub(void **state)
{
	struct world *w = world_prepare(NULL);
	char pad[KEPT_TOKEN], phone[KEPT_TOKEN], none[KEPT_TOKEN], key[192];
	struct raw on_pad, on_phone, stranger;
	struct redis_server redis;
	struct world *b;
	uint64_t began_us;

	(void)state;
	redis_server_start(&redis, w->folder, "other", NULL);
	w->flags[0] = "--redis";
	w->flags[1] = redis.unix_url;
	hub_start(w);
	snprintf(key, sizeof(key), "%s/phones.key", w->folder);
	b = world_prepare((const char *const[]){"--redis", redis.unix_url, "--key-file", key, NULL});
	hub_start(b);
	log_in_on(&on_pad, w, "an", "pad", pad);
	log_in_on(&on_phone, b, "an", "phone", phone);

	began_us = world_now_us();
	raw_expect(&on_pad, to_revoke(9), "NOT_FOUND", "device");
	raw_expect(&on_pad, to_revoke(2), "OK", "");
	assert_int_equal(socket_read_close(&on_phone.socket), 4014);
	assert_in_range(world_now_us() - began_us, 0, 1000000);
	raw_expect(&on_pad, to_list_devices(), "OK", "");
	raw_open(&stranger, b);
	raw_expect(&stranger, to_login_with(phone), "UNAUTHENTICATED", "token.token");
	raw_close(&on_phone);
	log_in(&on_phone, b, to_login_with(pad), none);
	raw_send(&on_phone, to_revoke(0));
	assert_int_equal(socket_read_close(&on_phone.socket), 4014);
	assert_int_equal(socket_read_close(&on_pad.socket), 4014);
	assert_revoked_by_another(w, b);
	raw_close(&on_pad);
	raw_close(&on_phone);
	raw_close(&stranger);
	world_close(b);
	hub_end(w, SIGTERM);
	redis_server_end(&redis, SIGTERM);
	world_close(w);
}

static redisContext *
redis_of(const struct world *w)
{
	char path[160];
	redisContext *redis;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	return redis;
}

/* One command, in the manner of redisCommand(); it must not be an error. */
#define tell_redis(redis, ...)                                        \
	do {                                                          \
		redisReply *said = redisCommand(redis, __VA_ARGS__);  \
		assert_true(said && said->type != REDIS_REPLY_ERROR); \
		freeReplyObject(said);                                \
	} while (0)

/* What Redis has of his first device; to be freed. */
static char *
first_device(redisContext *redis, unsigned partition, const char *person)
{
	redisReply *held = redisCommand(redis, "HGET {%u}:person:%s:devices 1", partition, person);
	char *row;

	assert_int_equal(held->type, REDIS_REPLY_STRING);
	row = strdup(held->str);
	freeReplyObject(held);
	return row;
}

/* An account with an invite, as an operator makes it. */
static void
make_invite(struct world *w, char invite[KEPT_TOKEN], char person[ID_TEXT], unsigned *partition)
{
	struct ended ended = gridctl_bare(w, "operator", "create", "boss", "--json", "--data", w->folder);
	unsigned number;

	assert_int_equal(ended.status, 0);
	assert_int_equal(sscanf(ended.said, "{\"person\":\"%19[0-9.]\",\"invite\":\"%127[^\"]\"", person, invite), 2);
	assert_int_equal(sscanf(person, "%u.%u", partition, &number), 2);
}

/* What is known of him is something that no hub can read, or is there again. */
static void
break_person(redisContext *redis, unsigned partition, const char *person)
{
	tell_redis(redis, "RENAME {%u}:person:%s {%u}:aside", partition, person, partition);
	tell_redis(redis, "SET {%u}:person:%s broken", partition, person);
}

static void
mend_person(redisContext *redis, unsigned partition, const char *person)
{
	tell_redis(redis, "RENAME {%u}:aside {%u}:person:%s", partition, partition, person);
}

/* Whatever fails, fails before his token is used. */
static void
invite_is_not_used_by_a_login_that_fails(void **state)
{
	struct world *w = world_open_empty(NULL);
	redisContext *redis = redis_of(w);
	char invite[KEPT_TOKEN], token[KEPT_TOKEN], none[KEPT_TOKEN], person[ID_TEXT];
	char *before, *after;
	struct raw stranger, boss, again;
	unsigned partition;

	(void)state;
	make_invite(w, invite, person, &partition);
	before = first_device(redis, partition, person);
	break_person(redis, partition, person);
	raw_open(&stranger, w);
	raw_expect(&stranger, to_login_with(invite), "INTERNAL", "");
	after = first_device(redis, partition, person);
	assert_string_equal(after, before);

	mend_person(redis, partition, person);
	log_in(&boss, w, to_login_with(invite), token);
	log_in(&again, w, to_login_with(token), none);
	raw_expect(&stranger, to_login_with(invite), "UNAUTHENTICATED", "token.token");
	raw_close(&stranger);
	raw_close(&boss);
	raw_close(&again);
	free(before);
	free(after);
	redisFree(redis);
	world_close(w);
}

/* A development login that fails leaves nothing to who logs in after it on the same connection. */
static void
login_that_fails_gives_nothing(void **state)
{
	struct world *w = world_open(NULL);
	redisContext *redis = redis_of(w);
	const char *person = caller_person(member(w, "an"));
	char dev_token[TOKEN_TEXT], token[KEPT_TOKEN];
	struct raw first, again;
	unsigned partition;

	(void)state;
	log_in_on(&first, w, "an", "pad", token);
	assert_int_equal(sscanf(person, "%u.", &partition), 1);
	read_token(w, dev_token);
	raw_open(&again, w);
	break_person(redis, partition, person);
	raw_expect(&again, to_login(dev_token, "an"), "INTERNAL", "");
	mend_person(redis, partition, person);
	raw_expect(&again, to_login_with(token), "OK", "");
	raw_expect(&again, to_list_tallies(CITY, 0, "", 1), "FORBIDDEN", "place");
	raw_close(&first);
	raw_close(&again);
	redisFree(redis);
	world_close(w);
}

/* The hub has heard more than there was when the token was used: the logout of that device may have been among it. */
static void
login_that_a_logout_may_have_overtaken_is_tried_again(void **state)
{
	struct world *w = world_open(NULL);
	redisContext *redis = redis_of(w);
	char token[KEPT_TOKEN], none[KEPT_TOKEN];
	struct raw first, again;
	unsigned partition;

	(void)state;
	member(w, "an");
	log_in_on(&first, w, "an", "pad", token);
	assert_int_equal(sscanf(token, "%u.", &partition), 1);
	raw_open(&again, w);
	tell_redis(redis, "HINCRBY {%u}:meta seq -1", partition);
	raw_expect(&again, to_login_with(token), "UNAVAILABLE", "");
	raw_expect(&again, to_list_devices(), "UNAUTHENTICATED", "");
	tell_redis(redis, "HINCRBY {%u}:meta seq 1", partition);
	raw_close(&again);
	log_in(&again, w, to_login_with(token), none);
	raw_close(&first);
	raw_close(&again);
	redisFree(redis);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_lets_its_person_in_again),
		cmocka_unit_test(any_other_token_lets_nobody_in),
		cmocka_unit_test(token_gives_no_more_than_was_granted),
		cmocka_unit_test(revoked_device_is_ended_at_every_hub),
		cmocka_unit_test(invite_is_not_used_by_a_login_that_fails),
		cmocka_unit_test(login_that_fails_gives_nothing),
		cmocka_unit_test(login_that_a_logout_may_have_overtaken_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
