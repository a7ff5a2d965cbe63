/* login.c - who is there: the development login, and what waits for it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "lists.h"
#include "raw.h"
#include "worlds.h"

#define WRONG_TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Logs in over a socket of its own, and gives the answer. */
static Answer *
log_in(const struct world *w, const char *handle)
{
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	read_token(w, token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login(token, handle));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	raw_close(&raw);
	return answer;
}

static void
handle_is_one_person(void **state)
{
	Answer *first = log_in(*state, "an"), *again = log_in(*state, "an"), *other = log_in(*state, "an-2");

	assert_string_equal(first->login->person, again->login->person);
	assert_string_not_equal(first->login->person, other->login->person);
	free_answer(first);
	free_answer(again);
	free_answer(other);
}

static void
person_is_told_where_he_is_registered(void **state)
{
	struct world *w = *state;
	Answer *answer = log_in(w, "bo");

	assert_string_equal(answer->login->place, "");
	assert_string_equal(answer->login->name, "");
	free_answer(answer);

	expect(person(w, "bo"), to_register(BUILDING_1, "薄一波", "西吴社区党总支"), "OK", "");
	answer = log_in(w, "bo");
	assert_string_equal(answer->login->place, BUILDING_1);
	assert_string_equal(answer->login->name, "薄一波");
	assert_string_equal(answer->login->organisation, "西吴社区党总支");
	free_answer(answer);
}

static void
login_tells_the_time_and_how_often_the_hub_says_something(void **state)
{
	uint64_t before_ms = clock_wall_ms();
	Answer *answer = log_in(*state, "chen");

	assert_in_range(answer->login->now_ms, before_ms, clock_wall_ms());
	assert_int_equal(answer->login->pulse_ms, 25000);
	free_answer(answer);
}

static void
who_comes_back_is_the_same_person(void **state)
{
	struct world *w = *state;
	struct caller *ding = member(w, "ding");
	char id[ID_TEXT];

	snprintf(id, sizeof(id), "%s", caller_person(ding));
	caller_cut(ding);
	wait_until(w, caller_state(ding) == CALLER_AWAY, "the connection to break");
	wait_until(w, caller_state(ding) == CALLER_PRESENT, "him to be back");

	assert_string_equal(caller_person(ding), id);
	assert_string_equal(caller_place(ding), GRID_A);
	assert_string_equal(caller_name(ding), "ding");
}

static void
handle_is_the_same_person_after_a_restart(void **state)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	struct world *w = *state;
	Answer *before, *after;

	member_at(w, "an", BUILDING_2);
	before = log_in(w, "an");
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		hub_again(w, signals[i]);
		after = log_in(w, "an");
		assert_string_equal(after->login->person, before->login->person);
		assert_string_equal(after->login->place, BUILDING_2);
		assert_string_equal(after->login->name, "an");
		free_answer(after);
	}
	free_answer(before);
}

static void
token_of_the_hub_before_is_refused(void **state)
{
	struct world *w = *state;
	char token[TOKEN_TEXT];
	struct raw raw;

	read_token(w, token);
	hub_again(w, SIGTERM);
	raw_open(&raw, w);
	raw_expect(&raw, to_login(token, "an"), "UNAUTHENTICATED", "dev.token");
	raw_close(&raw);
}

static void
login_that_is_not_as_written_is_refused(void **state)
{
	Request *nothing = to_login("", "");
	char token[TOKEN_TEXT];
	struct raw raw;

	read_token(*state, token);
	raw_open(&raw, *state);
	raw_expect(&raw, to_login(WRONG_TOKEN, "an"), "UNAUTHENTICATED", "dev.token");
	raw_expect(&raw, to_login("abc", "an"), "BAD_REQUEST", "dev.token");
	raw_expect(&raw, to_login(token, ""), "BAD_REQUEST", "dev.handle");
	raw_expect(&raw, to_login(token, "An"), "BAD_REQUEST", "dev.handle");
	raw_expect(&raw, to_login(token, "安"), "BAD_REQUEST", "dev.handle");
	raw_expect(&raw, to_login(token, "a23456789012345678901234567890123"), "BAD_REQUEST", "dev.handle");
	nothing->login->how_case = GRIDVANGUARD__V1__LOGIN__HOW__NOT_SET;
	raw_expect(&raw, nothing, "BAD_REQUEST", "how");

	raw_expect(&raw, to_login(token, "a2345678901234567890123456789_-2"), "OK", "");
	raw_close(&raw);
}

static void
nothing_is_done_before_the_login(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	Request *requests[] = {
		to_watch(.places = {GRID_A}),
		to_import(GRID_A "003", "3号楼组"),
		to_list_places(GRID_A, 1, "", 10),
		to_show_place(GRID_A),
		to_list_tallies(GRID_A, 0, "", 1),
		to_register(GRID_A, "无名", ""),
		to_move(GRID_B),
		to_leave(),
		to_list_members(GRID_A, "", 10),
		to_post(.place = GRID_A, .title = "无主"),
		to_list_calls(GRID_A, "", 10),
		to_show_call(call),
		to_close(call),
		to_join(call),
		to_withdraw(call),
		to_list_chain(call, 0, 10),
		to_roster("13800000000", "无名", "", ""),
		to_list_roster("", "", 10),
		to_remove_entry("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""),
		to_print_chat(call),
		to_preview(call, "#接龙\n1. 王芳\n", 0, 10),
		to_list_devices(),
		to_revoke(0),
		to_invite_new("无名", GRID_A),
		to_begin_factor(),
		to_confirm_factor("081804"),
		to_remove_factor("", "081804"),
		to_show_desk("kJh0yuXDg6O9gmFW9FM9Qw"),
		to_confirm_desk("kJh0yuXDg6O9gmFW9FM9Qw", 42, true),
	};
	struct raw raw;

	raw_open(&raw, w);
	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		raw_expect(&raw, requests[i], "UNAUTHENTICATED", "");
	raw_close(&raw);

	expect(person(w, "worker"), to_show_place(GRID_A "003"), "NOT_FOUND", "place");
	assert_rows(list_calls(person(w, "worker"), GRID_A, 50), call);
	assert_chain(w, call, NULL);
	close_call(w, call);
}

static void
what_is_sent_behind_a_login_waits_for_it(void **state)
{
	struct world *w = *state;
	struct raw raw;
	char token[TOKEN_TEXT];
	uint64_t first;

	read_token(w, token);
	raw_open(&raw, w);
	first = raw_send(&raw, to_login(token, "new-1"), to_show_place(GRID_A), to_register(GRID_A, "新人", ""));
	raw_send(&raw, to_list_members(GRID_A, "", 200));
	raw_send(&raw, to_leave(), to_show_place("99"));

	raw_collect(&raw, 6);
	assert_int_equal(raw.answers[0]->id, first);
	raw_expect_answer(&raw, first, "OK", "");
	raw_expect_answer(&raw, first + 1, "OK", "");
	raw_expect_answer(&raw, first + 2, "OK", "");
	raw_expect_answer(&raw, first + 3, "OK", "");
	raw_expect_answer(&raw, first + 4, "OK", "");
	raw_expect_answer(&raw, first + 5, "NOT_FOUND", "place");
	raw_close(&raw);
}

static void
what_is_sent_behind_a_refused_login_is_refused(void **state)
{
	struct raw raw;
	uint64_t first;

	raw_open(&raw, *state);
	first = raw_send(&raw, to_login(WRONG_TOKEN, "an"), to_show_place(GRID_A));
	raw_send(&raw, to_show_place(GRID_B));
	raw_expect_answer(&raw, first, "UNAUTHENTICATED", "dev.token");
	raw_expect_answer(&raw, first + 1, "UNAUTHENTICATED", "");
	raw_expect_answer(&raw, first + 2, "UNAUTHENTICATED", "");
	raw_close(&raw);
}

static void
refused_login_leaves_room_for_another_try(void **state)
{
	struct raw raw;
	char token[TOKEN_TEXT];
	uint64_t first;

	read_token(*state, token);
	raw_open(&raw, *state);
	raw_expect(&raw, to_login(WRONG_TOKEN, "an"), "UNAUTHENTICATED", "dev.token");
	first = raw_send(
		&raw, to_login(WRONG_TOKEN, "an"), to_show_place(GRID_A), to_login(token, "an"), to_show_place(GRID_A));
	raw_expect_answer(&raw, first, "UNAUTHENTICATED", "dev.token");
	raw_expect_answer(&raw, first + 1, "UNAUTHENTICATED", "");
	raw_expect_answer(&raw, first + 2, "OK", "");
	raw_expect_answer(&raw, first + 3, "OK", "");
	raw_close(&raw);
}

/* Whoever tries, and whether or not the first one is decided yet: the person of a session does not change. */
static void
second_login_is_refused(void **state)
{
	struct world *w = *state;
	struct raw raw;
	char token[TOKEN_TEXT];
	uint64_t first;

	read_token(w, token);
	raw_open(&raw, w);
	first = raw_send(&raw, to_login(token, "eve-1"), to_login(token, "eve-2"), to_show_place(GRID_A),
		to_login(WRONG_TOKEN, "eve-1"));
	raw_expect_answer(&raw, first, "OK", "");
	raw_expect_answer(&raw, first + 1, "ALREADY", "login");
	raw_expect_answer(&raw, first + 2, "OK", "");
	raw_expect_answer(&raw, first + 3, "ALREADY", "login");
	raw_expect(&raw, to_login(token, "eve-1"), "ALREADY", "login");

	raw_expect(&raw, to_register(GRID_A, "夏娃", ""), "OK", "");
	raw_close(&raw);
	assert_string_equal(caller_name(person(w, "eve-1")), "夏娃");
	assert_string_equal(caller_name(person(w, "eve-2")), "");
}

/* They all find that there is nobody of that name, and all make one. */
static void
many_who_are_the_first_of_a_handle_are_one_person(void **state)
{
	enum { MANY = 24 };
	struct raw raws[MANY];
	char token[TOKEN_TEXT];

	read_token(*state, token);
	for (unsigned i = 0; i < MANY; i++)
		raw_open(&raws[i], *state);
	for (unsigned i = 0; i < MANY; i++)
		raw_send(&raws[i], to_login(token, "everybody"));
	for (unsigned i = 0; i < MANY; i++)
		raw_collect(&raws[i], 1);
	for (unsigned i = 0; i < MANY; i++) {
		assert_int_equal(raws[i].answers[0]->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		assert_string_equal(raws[i].answers[0]->login->person, raws[0].answers[0]->login->person);
	}
	/* And each of them is he: the last name given is the one all of them have. */
	raw_expect(&raws[0], to_register(GRID_A, "大家", ""), "OK", "");
	for (unsigned i = 1; i < MANY; i++)
		raw_expect(&raws[i], to_register(GRID_A, "大家", ""), "ALREADY", "place");
	for (unsigned i = 0; i < MANY; i++)
		raw_close(&raws[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(handle_is_one_person),
		shared(person_is_told_where_he_is_registered),
		shared(login_tells_the_time_and_how_often_the_hub_says_something),
		shared(who_comes_back_is_the_same_person),
		shared(login_that_is_not_as_written_is_refused),
		shared(nothing_is_done_before_the_login),
		shared(what_is_sent_behind_a_login_waits_for_it),
		shared(what_is_sent_behind_a_refused_login_is_refused),
		shared(refused_login_leaves_room_for_another_try),
		shared(second_login_is_refused),
		shared(many_who_are_the_first_of_a_handle_are_one_person),
		fresh(handle_is_the_same_person_after_a_restart),
		fresh(token_of_the_hub_before_is_refused),
	};

	return run_in_worlds(tests);
}
