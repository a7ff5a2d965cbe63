/* erase.c - a person is forgotten: what goes, what stays, and what comes back of him. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AN "{1}:person:1.1"

/* When he was erased; 0: he was not. */
static uint64_t
erased(struct redis *r)
{
	return strtoull(redis(r, "HGET " AN " erased"), NULL, 10);
}

static const char *
item(uint64_t when)
{
	static char text[64];

	snprintf(text, sizeof(text), "erase 1.1 %llu", (unsigned long long)when);
	return text;
}

static bool
is_due(struct redis *r, uint64_t when)
{
	return redis(r, "ZSCORE {1}:due %b", item(when), strlen(item(when)))[0] != '(';
}

/* Registered, with a role that ends, a device, a phone and an hour of service. */
static void
make_an(struct redis *r)
{
	settle(r, "1.1");
	grant_give(r, WORKER, "1.1", "worker", GRID_A, HOUR_MS);
	device_add(r, "1.1", "aa", false, "pad");
	redis(r, "HSET {1}:tellable 1.1 2");
	redis(r, "HSET " AN " minutes 60 sealed 1sealed phone " HASH_A " consent v1");
}

static void
what_is_his_goes_at_once(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	make_an(r);
	assert_string_equal(person_erase(r, WORKER, "1.1"), "OK");
	assert_string_equal(event(r), "erased person 1.1");
	when = erased(r);
	assert_in_range(when, redis_now_ms(r) - MINUTE_MS, redis_now_ms(r));
	assert_string_equal(redis(r, "HMGET " AN " name organisation place registered sealed consent"),
		"(nil) (nil) (nil) (nil) (nil) (nil)");
	assert_string_equal(redis(r, "HGET " AN " minutes"), "60");
	assert_string_equal(
		redis(r, "EXISTS {1}:persons {1}:granted {1}:identities {1}:tellable " AN ":grants " AN ":devices"),
		"0");
	assert_string_equal(redis(r, "ZCARD {1}:due"), "1"); /* the end of his role is not due any more */
	assert_true(is_due(r, when));
	assert_string_equal(redis(r, "ZRANGE {1}:erased 0 -1"), "1.1");
	assert_string_equal(person_erase(r, WORKER, "1.1"), "NOT_FOUND person");
}

/* By what is left he is found elsewhere; in the end that goes too. */
static void
what_finds_him_elsewhere_goes_last(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	make_an(r);
	person_erase(r, WORKER, "1.1");
	when = erased(r);
	assert_string_equal(erase_begin(r, "1.1", when), "OK dev:1.1 " HASH_A "  ");
	assert_string_equal(event(r), "");
	assert_string_equal(erase_end(r, "1.1", when, 0), "OK 1");
	assert_string_equal(event(r), "erased person 1.1");
	assert_false(is_due(r, when));
	assert_string_equal(redis(r, "HKEYS " AN), "created minutes erased");
}

static void
index_names_another_and_is_left(void **state)
{
	struct redis *r = *state;

	claim(r, "1.2");
	assert_string_equal(erase_identity(r, "dev:1.2", "1.1"), "OK");
	assert_string_equal(person_find(r, "dev:1.2"), "OK 1.2");
	assert_string_equal(erase_identity(r, "dev:1.2", "1.2"), "OK");
	assert_string_equal(person_find(r, "dev:1.2"), "NOT_FOUND person");
}

/* From the first moment on nothing is written of him any more. */
static void
nobody_is_there_any_more(void **state)
{
	struct redis *r = *state;

	make_an(r);
	person_erase(r, WORKER, "1.1");
	assert_string_equal(member_register(r, "1.1", GRID_A, "安", ""), "NOT_FOUND person");
	assert_string_equal(rebind_ask(r, "1.1", "1.2", GRID_A, HASH_A), "NOT_FOUND person");
	assert_string_equal(grant_give(r, WORKER, "1.1", "worker", GRID_A, 0), "NOT_FOUND person");
	assert_string_equal(device_add(r, "1.1", "bb", false, "pad"), "NOT_FOUND person");
	assert_string_equal(invite_give(r, "1.1", "bb", "", ""), "NOT_FOUND person");
	assert_string_equal(phone_bind(r, "1.1", HASH_B), "NOT_FOUND person");
	assert_string_equal(consent_give(r, "1.1", "v1", false), "NOT_FOUND person");
	assert_string_equal(redis(r, "EXISTS {1}:persons {1}:granted " AN ":grants " AN ":devices"), "0");
}

/* What was written of him all the same goes with the last step. */
static void
end_takes_what_came_meanwhile(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	make_an(r);
	person_erase(r, WORKER, "1.1");
	when = erased(r);
	redis(r, "HSET " AN " name 1name place 1place");
	redis(r, "SADD {1}:persons 1.1");
	redis(r, "SADD {1}:granted 1.1");
	redis(r, "HSET {1}:tellable 1.1 1");
	redis(r, "HSET " AN ":devices last 1");
	redis(r, "HSET " AN ":factor state begun");
	redis(r, "HSET " AN ":grants %b 0", "worker " GRID_A, sizeof("worker " GRID_A) - 1);
	assert_string_equal(erase_end(r, "1.1", when, 0), "OK 1");
	assert_string_equal(
		redis(r, "EXISTS {1}:persons {1}:granted {1}:tellable " AN ":devices " AN ":factor " AN ":grants"),
		"0");
	assert_string_equal(redis(r, "HKEYS " AN), "created minutes erased");
}

/* Where he waits is found by what is left of that; what he asked for is gone. */
static void
place_where_he_waits_is_kept_to_the_end(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	settle(r, "1.1");
	member_leave(r, "1.1");
	assert_string_equal(member_ask(r, "1.1", GRID_B, ""), "OK pending");
	person_erase(r, WORKER, "1.1");
	when = erased(r);
	assert_string_equal(redis(r, "HGET " AN " asked"), "(nil)");
	assert_string_equal(erase_begin(r, "1.1", when), "OK dev:1.1  " GRID_B " ");
	assert_string_equal(erase_end(r, "1.1", when, 0), "OK 1");
	assert_string_equal(redis(r, "HGET " AN " waited"), "(nil)");
}

/* He was to come by another WeChat, and that was cut off: the one before leads to him, and is found. */
static void
identity_of_a_rebind_that_was_cut_off_is_found(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	make_an(r);
	assert_string_equal(person_rebind(r, "1.1", GRID_A, "wx:new", "1.2", HASH_A), "OK dev:1.1");
	person_erase(r, WORKER, "1.1");
	when = erased(r);
	assert_string_equal(erase_begin(r, "1.1", when), "OK wx:new " HASH_A "  dev:1.1");
	assert_string_equal(erase_identity(r, "dev:1.1", "1.1"), "OK");
	assert_string_equal(former_drop(r, "1.1", "dev:1.1"), "OK ");
	assert_string_equal(person_find(r, "dev:1.1"), "NOT_FOUND person");
	assert_string_equal(erase_end(r, "1.1", when, 0), "OK 1");
	assert_string_equal(redis(r, "HKEYS " AN), "created minutes erased");
}

/* Where he is awaited no more, the line stays with its figures; and so does what he wrote for another. */
static void
only_texts_of_lines_that_are_over_go(void **state)
{
	struct redis *r = *state;
	char line[200];

	post(r, .limit = 2);
	chain_sign(r, CALL,
		(struct signing){.person = "1.1", .place = GRID_A, .people = 2, .texts = "王安\t带小推车\t8点"});
	chain_sign(r, CALL, (struct signing){.by = "1.1", .texts = "李梅\t"});
	call_close(r, CALL);
	snprintf(line, sizeof(line), "%s", redis(r, "HGET {7}:call:" CALL ":lines 1"));
	assert_string_equal(erase_line(r, CALL, 1, "1.2"), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_memory_equal(event(r), "chain call 7.1 lines 1:confirmed:1.1:" GRID_A, 52);
	assert_null(strstr(event(r), "::1"));
	assert_string_equal(redis(r, "HKEYS {7}:call:" CALL ":texts"), "2");
	assert_string_equal(redis(r, "HGET {7}:call:" CALL " confirmed"), "2");
	assert_memory_equal(redis(r, "HGET {7}:call:" CALL ":lines 1"), line, 40);
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(erase_line(r, CALL, 2, "1.1"), "OK");
	assert_string_equal(event(r), "");
}

/* In an open call his place is free, and goes to the first in line; of who put him there one line less counts. */
static void
his_place_goes_to_the_first_in_line(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2);
	chain_sign(r, CALL, (struct signing){.by = "1.4", .person = "1.1", .people = 2, .texts = "\t带小推车"});
	chain_sign(r, CALL, (struct signing){.person = "1.2"});
	chain_sign(r, CALL, (struct signing){.person = "1.3"});
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_memory_equal(event(r), "chain call 7.1 lines 1:struck:1.1:", 34);
	assert_non_null(strstr(event(r), ";2:confirmed:1.2:"));
	assert_non_null(strstr(event(r), ";3:confirmed:1.3:"));
	assert_string_equal(redis(r, "HMGET {7}:call:" CALL " confirmed waiting"), "2 0");
	assert_string_equal(redis(r, "HGET {7}:call:" CALL ":live %b", "by 1.4", (size_t)6), "0");
	assert_string_equal(redis(r, "HEXISTS {7}:call:" CALL ":live 1.1"), "0");
	assert_string_equal(redis(r, "EXISTS {7}:call:" CALL ":texts"), "0");
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_string_equal(event(r), "");
}

/* Whoever waits or is offered a place frees none that counts, and is in no queue; who has come has come. */
static void
who_has_come_is_counted_still(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	chain_sign(r, CALL, (struct signing){.person = "1.1", .texts = "\t带小推车"});
	chain_sign(r, CALL, (struct signing){.person = "1.2"});
	assert_memory_equal(chain_check(r, WORKER, CALL, 1, "in", false), "OK 1", 4);
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_memory_equal(event(r), "chain call 7.1 lines 1:confirmed:1.1:", 37);
	assert_string_equal(erase_line(r, CALL, 2, "1.2"), "OK");
	assert_memory_equal(event(r), "chain call 7.1 lines 2:struck:1.2:", 34);
	assert_string_equal(redis(r, "HMGET {7}:call:" CALL " confirmed waiting"), "1 0");
	assert_string_equal(
		redis(r, "HGET {7}:call:" CALL ":tally %b", GRID_A " present", sizeof(GRID_A " present") - 1), "1");
	assert_string_equal(redis(r, "EXISTS {7}:call:" CALL ":waiting"), "0");
}

/* A closed call keeps its figures; opened again it has a place more. */
static void
place_in_a_closed_call_is_free_when_it_is_opened_again(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	chain_sign(r, CALL, (struct signing){.person = "1.1"});
	chain_sign(r, CALL, (struct signing){.person = "1.2"});
	call_close(r, CALL);
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_string_equal(erase_line(r, CALL, 1, "1.1"), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "HMGET {7}:call:" CALL " confirmed waiting gone"), "1 1  1");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "OK");
	assert_memory_equal(event(r), "chain call 7.1 lines 1:struck:1.1:", 34);
	assert_non_null(strstr(event(r), ";2:confirmed:1.2:"));
	assert_string_equal(redis(r, "HMGET {7}:call:" CALL " confirmed waiting gone"), "1 0 (nil)");
}

/* A line of his that was on its way when he was erased. */
static void
line_that_comes_later_is_taken_care_of(void **state)
{
	struct redis *r = *state;
	uint64_t when;

	make_an(r);
	relay_apply(r, 7, 1, "1.1", "7.1 1", "confirmed\t0\t1\t0\t50", 50);
	person_erase(r, WORKER, "1.1");
	when = erased(r);
	relay_apply(r, 7, 2, "1.1", "7.1 9", "confirmed\t0\t1\t0\t60", 60);
	assert_string_equal(erase_lines(r, "1.1", 0, 1), "OK 7.1 1");
	assert_string_equal(erase_end(r, "1.1", when, 1), "OK 0");
	assert_true(is_due(r, when));
	assert_string_equal(erase_end(r, "1.1", when, 2), "OK 1");
	relay_apply(r, 7, 3, "1.1", "7.1 9", "struck\t0\t1\t0\t60", 60); /* known */
	assert_false(is_due(r, when));
	relay_apply(r, 7, 4, "1.1", "7.2 1", "confirmed\t0\t1\t0\t70", 70);
	assert_true(is_due(r, when));
}

/* What a restore took back is due again, by the list that is kept beside the data. */
static void
erasure_is_done_again_after_a_restore(void **state)
{
	struct redis *r = *state;
	uint64_t later;

	make_an(r);
	later = redis_now_ms(r) + HOUR_MS;
	assert_string_equal(erase_begin(r, "1.1", later), "OK dev:1.1 " HASH_A "  ");
	assert_string_equal(event(r), "erased person 1.1");
	assert_int_equal(erased(r), later);
	assert_string_equal(redis(r, "HGET " AN " name"), "(nil)");
}

/* An id that is not there yet is passed over; one that was given anew since is somebody else's. */
static void
nobody_else_is_erased_by_an_old_list(void **state)
{
	struct redis *r = *state;

	data_open(r, 1, "1", "16", "e1");
	redis(r, "ZADD {1}:due 1 %b", item(1), strlen(item(1)));
	assert_string_equal(erase_begin(r, "1.1", 1), "OK    ");
	assert_false(is_due(r, 1));
	assert_string_equal(redis(r, "EXISTS " AN), "0");
	assert_string_equal(data_id(r, 1), "OK 2");
	assert_memory_equal(erase_list(r, 0), "OK 1.1 1", 9);

	make_an(r);
	assert_string_equal(erase_begin(r, "1.1", 1), "OK    ");
	assert_string_equal(redis(r, "HGET " AN " name"), "安");
}

static void
entry_of_the_roster_goes(void **state)
{
	struct redis *r = *state;

	redis(r, "HSET {1}:roster " HASH_A " %b", GRID_A "\t王安\t\t1sealed\t5",
		sizeof(GRID_A "\t王安\t\t1sealed\t5") - 1);
	redis(r, "ZADD {1}:roster:order 0 %b", GRID_A " " HASH_A, sizeof(GRID_A " " HASH_A) - 1);
	assert_string_equal(erase_entry(r, HASH_A), "OK");
	assert_string_equal(redis(r, "EXISTS {1}:roster {1}:roster:order"), "0");
}

/* What was forgotten since the files were written is told. */
static void
it_is_known_what_is_in_the_files_still(void **state)
{
	struct redis *r = *state;
	char said[64], wanted[64];

	make_an(r);
	assert_string_equal(forgot(r), "OK 0 0");
	person_erase(r, WORKER, "1.1");
	snprintf(said, sizeof(said), "%s", forgot(r));
	snprintf(wanted, sizeof(wanted), "OK %llu 0", (unsigned long long)erased(r));
	assert_string_equal(said, wanted);
	forgot_rewritten(r, erased(r));
	snprintf(wanted, sizeof(wanted), "OK %llu %llu", (unsigned long long)erased(r), (unsigned long long)erased(r));
	assert_string_equal(forgot(r), wanted);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(what_is_his_goes_at_once),
		rule(what_finds_him_elsewhere_goes_last),
		rule(index_names_another_and_is_left),
		rule(nobody_is_there_any_more),
		rule(end_takes_what_came_meanwhile),
		rule(place_where_he_waits_is_kept_to_the_end),
		rule(identity_of_a_rebind_that_was_cut_off_is_found),
		rule(index_names_another_and_is_left),
		rule(only_texts_of_lines_that_are_over_go),
		rule(his_place_goes_to_the_first_in_line),
		rule(who_has_come_is_counted_still),
		rule(place_in_a_closed_call_is_free_when_it_is_opened_again),
		rule(line_that_comes_later_is_taken_care_of),
		rule(erasure_is_done_again_after_a_restore),
		rule(nobody_else_is_erased_by_an_old_list),
		rule(entry_of_the_roster_goes),
		rule(it_is_known_what_is_in_the_files_still),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
