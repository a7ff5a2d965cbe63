/* person.c - who is who, claimed once; and where people have registered. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

/* Who. */

static void
identity_is_claimed_once(void **state)
{
	struct redis *r = *state;
	uint64_t before = redis_now_ms(r), created;
	char *picture;

	assert_string_equal(person_claim(r, "wechat:oAn", "1.1"), "OK 1.1");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "HGETALL {1}:identities"), "wechat:oAn 1.1");
	assert_string_equal(redis(r, "HGET {1}:person:1.1 identity"), "wechat:oAn");
	created = strtoull(redis(r, "HGET {1}:person:1.1 created"), NULL, 10);
	assert_in_range(created, before, redis_now_ms(r));

	picture = redis_picture(r);
	assert_string_equal(person_claim(r, "wechat:oAn", "1.1"), "OK 1.1");
	assert_unchanged(r, picture);
}

/* Two hubs see the same person log in for the first time. */
static void
second_claim_of_an_identity_gets_the_first_ones_person(void **state)
{
	struct redis *r = *state;
	char *before;

	person_claim(r, "wechat:oAn", "1.1");
	before = redis_picture(r);

	assert_string_equal(person_claim(r, "wechat:oAn", "1.2"), "OK 1.1");
	assert_unchanged(r, before);
	assert_string_equal(redis(r, "EXISTS {1}:person:1.2"), "0");
}

static void
two_identities_are_two_persons(void **state)
{
	struct redis *r = *state;

	assert_string_equal(person_claim(r, "wechat:oAn", "1.1"), "OK 1.1");
	assert_string_equal(person_claim(r, "wechat:oan", "1.2"), "OK 1.2");
	assert_string_equal(redis(r, "HLEN {1}:identities"), "2");
}

static void
person_is_found_by_his_identity(void **state)
{
	struct redis *r = *state;

	assert_string_equal(person_find(r, "wechat:oAn"), "NOT_FOUND person");
	person_claim(r, "wechat:oAn", "1.1");
	assert_string_equal(person_find(r, "wechat:oAn"), "OK 1.1");
	assert_string_equal(person_find(r, "wechat:oBo"), "NOT_FOUND person");
}

/* Where. */

static void
member_registers_to_a_place(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", "太原供电"), "OK registered");

	assert_string_equal(event(r), "member person 1.1 place " GRID_A);
	assert_string_equal(
		redis(r, "HMGET {1}:person:1.1 identity place name organisation"), "dev:1.1 " GRID_A " 王安 太原供电");
	assert_int_equal(strtoull(redis(r, "HGET {1}:person:1.1 registered"), NULL, 10), r->at_ms);
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.1");
}

static void
nobody_registers_who_was_not_claimed(void **state)
{
	struct redis *r = *state;

	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", ""), "NOT_FOUND person");
	assert_string_equal(redis(r, "DBSIZE"), "0");
}

static void
registering_again_is_not_moving(void **state)
{
	struct redis *r = *state;
	char *before;

	settle(r, "1.1");
	before = redis_picture(r);

	assert_string_equal(member_register(r, "1.1", GRID_B, "王安", ""), "ALREADY place");
	assert_string_equal(member_register(r, "1.1", GRID_A, "王安", ""), "ALREADY place");
	assert_unchanged(r, before);
}

static void
member_moves(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_string_equal(member_move(r, "1.1", GRID_A), "NOT_FOUND person");
	member_register(r, "1.1", GRID_A, "王安", "太原供电");

	assert_string_equal(member_move(r, "1.1", GRID_A), "ALREADY place");
	assert_string_equal(member_move(r, "1.1", BUILDING_1), "OK moved");
	assert_string_equal(event(r), "member person 1.1 place " BUILDING_1);
	assert_string_equal(redis(r, "HMGET {1}:person:1.1 place name organisation"), BUILDING_1 " 王安 太原供电");
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.1");
}

static void
member_leaves(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_string_equal(member_leave(r, "1.1"), "NOT_FOUND person");
	member_register(r, "1.1", GRID_A, "王安", "");
	settle(r, "1.2");

	assert_string_equal(member_leave(r, "1.1"), "OK");
	assert_string_equal(event(r), "member person 1.1 place ");
	assert_string_equal(redis(r, "HMGET {1}:person:1.1 identity place registered"), "dev:1.1 (nil) (nil)");
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.2");
	assert_string_equal(member_leave(r, "1.1"), "NOT_FOUND person");
	assert_string_equal(member_move(r, "1.1", GRID_B), "NOT_FOUND person");
}

static void
who_left_registers_again(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	member_leave(r, "1.1");

	assert_string_equal(member_register(r, "1.1", GRID_B, "王安", "巨轮街道"), "OK registered");
	assert_string_equal(event(r), "member person 1.1 place " GRID_B);
	assert_string_equal(redis(r, "HMGET {1}:person:1.1 place name organisation"), GRID_B " 王安 巨轮街道");
	assert_string_equal(redis(r, "SMEMBERS {1}:persons"), "1.1");
}

static void
leaving_leaves_the_line_in_the_chain(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", GRID_A);

	member_leave(r, "1.1");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:live 1.1"), "1");
	assert_string_equal(chain_join(r, CALL, "1.1", GRID_A), "ALREADY call 1 confirmed");
}

static void
hub_reads_the_member_as_registered(void **state)
{
	struct redis *r = *state;
	struct member_record member;
	char place[PLACE_TEXT];
	redisReply *reply;

	claim(r, "1.1");
	member_register(r, "1.1", GRID_A, "王安", "太原供电");
	reply = redis_run(r, records_read_member((struct id){1, 1}));
	assert_true(records_parse_member(&member, reply));
	assert_string_equal(place_print(place, member.place), GRID_A);
	assert_string_equal(member.name.data, "王安");
	assert_string_equal(member.organisation.data, "太原供电");
	freeReplyObject(reply);

	member_leave(r, "1.1");
	reply = redis_run(r, records_read_member((struct id){1, 1}));
	assert_true(records_parse_member(&member, reply));
	assert_true(place_is_none(member.place));
	freeReplyObject(reply);
}

static void
all_that_is_held_of_a_person_is_told(void **state)
{
	struct redis *r = *state;
	char wanted[400];

	claim(r, "1.1");
	member_register(r, "1.1", GRID_A, "王安", "太原供电");
	consent_give(r, "1.1", "v1", false);
	tell_allow(r, "1.1", 3);
	factor_begin(r, "1.1", "3sealed");
	factor_confirm(r, "1.1", "0", "40", "aa");
	redis(r, "HSET {1}:person:1.1 minutes 60 phone " HASH_A " sealed 1sealed openid 2sealed created 1 consented 2 "
		 "registered 3");
	snprintf(wanted, sizeof(wanted), "OK dev\t1\tv1\t2\t60\t1\t3 3\t%s\t\tmember\t3\t王安\t太原供电  %s 1sealed",
		GRID_A, HASH_A);
	assert_string_equal(person_export(r, "1.1"), wanted);
}

/* Whether that is what is told of the registration, but for the time; of nothing else there is anything. */
static void
assert_registration(struct redis *r, const char *person, const char *before, const char *after)
{
	const char *said = person_export(r, person);
	size_t head = strlen("OK dev\t") + 13 + strlen("\t\t\t\t\t ");

	assert_true(strlen(said) > head);
	assert_memory_equal(said + head, before, strlen(before));
	assert_string_equal(said + head + strlen(before) + 13, after);
}

static void
how_it_stands_with_a_registration_is_told(void **state)
{
	struct redis *r = *state;

	claim(r, "1.1");
	assert_non_null(strstr(person_export(r, "1.1"), " 1\t\t\t\t\t\t   "));
	member_ask(r, "1.1", GRID_A, GRID_B);
	assert_registration(r, "1.1", "2\t" GRID_A "\t" GRID_B "\tvolunteer\t", "\t王安\t太原供电   ");
	pending_decide(r, WORKER, "1.1", GRID_A, false);
	assert_non_null(strstr(person_export(r, "1.1"), " 4\t\t\t\t\t王安\t太原供电 "));
	settle(r, "1.2");
	rebind_ask(r, "1.1", "1.2", GRID_A, HASH_A);
	assert_registration(
		r, "1.1", "2\t\t\t\t", "\t王安\t太原供电   "); /* where the other lives is not his to know */
}

static void
of_nobody_nothing_is_told(void **state)
{
	struct redis *r = *state;

	assert_string_equal(person_export(r, "1.9"), "NOT_FOUND person");
	settle(r, "1.1");
	person_erase(r, WORKER, "1.1");
	assert_string_equal(person_export(r, "1.1"), "NOT_FOUND person");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(identity_is_claimed_once),
		rule(second_claim_of_an_identity_gets_the_first_ones_person),
		rule(two_identities_are_two_persons),
		rule(person_is_found_by_his_identity),
		rule(member_registers_to_a_place),
		rule(nobody_registers_who_was_not_claimed),
		rule(registering_again_is_not_moving),
		rule(member_moves),
		rule(member_leaves),
		rule(who_left_registers_again),
		rule(leaving_leaves_the_line_in_the_chain),
		rule(hub_reads_the_member_as_registered),
		rule(all_that_is_held_of_a_person_is_told),
		rule(how_it_stands_with_a_registration_is_told),
		rule(of_nobody_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
