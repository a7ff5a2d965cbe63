/* chain.c - the chain (接龙) over real sockets: order, limit, waiting, withdrawing, and who hears of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ears.h"
#include "lists.h"
#include "raw.h"
#include "status.h"
#include "worlds.h"

/* How a join ended: "STATUS NUMBER STATE" if the answer carries a line, else "STATUS FIELD". */
static const char *
joining(struct caller *caller, const char *call)
{
	Answer *answer = ask(caller, to_join(call));
	const char *status = status_name((enum status)answer->status), *said;

	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN) {
		Line line = {.state = answer->chain_join->state};
		said = say("%s %u %s", status, answer->chain_join->number, state_of(&line));
	} else {
		said = say("%s %s", status, answer->field);
	}
	free_answer(answer);
	return said;
}

/* The number of the line in an answer to a join or a withdrawal that was accepted. */
static uint32_t
number_of(Answer *answer)
{
	uint32_t number;

	assert_string_equal(status_name((enum status)answer->status), "OK");
	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN) {
		number = answer->chain_join->number;
	} else {
		assert_int_equal(answer->result_case, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_WITHDRAW);
		number = answer->chain_withdraw->number;
	}
	free_answer(answer);
	return number;
}

/* Order, numbers and the limit. */

static void
lines_are_numbered_in_the_order_of_joining(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 2);

	assert_string_equal(joining(member(w, "an"), call), "OK 1 confirmed");
	assert_string_equal(joining(member(w, "bo"), call), "OK 2 confirmed");
	assert_string_equal(joining(member(w, "chen"), call), "OK 3 waiting");
	assert_string_equal(joining(member(w, "ding"), call), "OK 4 waiting");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting", "4 ding waiting");
}

static void
chain_without_limit_keeps_nobody_waiting(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .need = 1, .limit = 0);

	join(w, call, "an", "bo", "chen");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen confirmed");
}

static void
need_is_no_limit(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .need = 1, .limit = 2);

	join(w, call, "an", "bo", "chen");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
}

static void
freed_place_goes_to_first_in_line(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 2);

	join(w, call, "an", "bo", "chen", "ding");
	withdraw(w, call, "an");
	assert_chain(w, call, "1 an struck", "2 bo confirmed", "3 chen confirmed", "4 ding waiting");
	withdraw(w, call, "chen");
	assert_chain(w, call, "1 an struck", "2 bo confirmed", "3 chen struck", "4 ding confirmed");
	withdraw(w, call, "bo", "ding");
	join(w, call, "an");
	assert_chain(w, call, "1 an struck", "2 bo struck", "3 chen struck", "4 ding struck", "5 an confirmed");
}

static void
who_waits_and_withdraws_frees_no_place(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);

	join(w, call, "an", "bo", "chen");
	withdraw(w, call, "bo");
	assert_chain(w, call, "1 an confirmed", "2 bo struck", "3 chen waiting");
	withdraw(w, call, "an");
	assert_chain(w, call, "1 an struck", "2 bo struck", "3 chen confirmed");
}

static void
who_joins_again_stands_at_the_end(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);

	join(w, call, "an", "bo");
	assert_int_equal(number_of(ask(member(w, "bo"), to_withdraw(call))), 2);
	assert_string_equal(joining(member(w, "chen"), call), "OK 3 waiting");
	assert_string_equal(joining(member(w, "bo"), call), "OK 4 waiting");
	assert_int_equal(number_of(ask(member(w, "an"), to_withdraw(call))), 1);
	assert_chain(w, call, "1 an struck", "2 bo struck", "3 chen confirmed", "4 bo waiting");
	assert_int_equal(number_of(ask(member(w, "bo"), to_withdraw(call))), 4);
}

/* Refusals. */

static void
who_has_a_line_is_told_which(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);

	join(w, call, "an", "bo");
	assert_string_equal(joining(member(w, "an"), call), "ALREADY 1 confirmed");
	assert_string_equal(joining(member(w, "bo"), call), "ALREADY 2 waiting");
	withdraw(w, call, "an");
	assert_string_equal(joining(member(w, "bo"), call), "ALREADY 2 confirmed");
	assert_chain(w, call, "1 an struck", "2 bo confirmed");
}

static void
who_is_not_registered_cannot_join(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	struct caller *nobody = person(w, "nobody");

	assert_string_equal(joining(nobody, call), "FORBIDDEN person");
	assert_chain(w, call, NULL);
	expect(nobody, to_register(GRID_A, "有人", ""), "OK", "");
	assert_string_equal(joining(nobody, call), "OK 1 confirmed");
	expect(nobody, to_leave(), "OK", "");
	withdraw(w, call, "nobody"); /* which registers him again; the line was his all the time */
	expect(nobody, to_leave(), "OK", "");
	assert_string_equal(joining(nobody, call), "FORBIDDEN person");
}

static void
who_has_no_line_cannot_withdraw(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);

	expect(member(w, "an"), to_withdraw(call), "NOT_FOUND", "person");
	join(w, call, "an");
	withdraw(w, call, "an");
	expect(member(w, "an"), to_withdraw(call), "NOT_FOUND", "person");
	expect(member(w, "bo"), to_withdraw(call), "NOT_FOUND", "person");
	assert_chain(w, call, "1 an struck");
}

static void
closed_chain_stays_as_it_is(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);

	join(w, call, "an", "bo");
	close_call(w, call);
	assert_string_equal(joining(member(w, "chen"), call), "CLOSED call");
	assert_string_equal(joining(member(w, "an"), call), "CLOSED call");
	expect(member(w, "an"), to_withdraw(call), "CLOSED", "call");
	assert_chain(w, call, "1 an confirmed", "2 bo waiting");
}

static void
call_that_is_not_there_has_no_chain(void **state)
{
	struct world *w = *state;
	struct caller *an = member(w, "an");

	expect(an, to_join("14.999999"), "NOT_FOUND", "call");
	expect(an, to_withdraw("14.999999"), "NOT_FOUND", "call");
	expect(an, to_list_chain("14.999999", 0, 10), "NOT_FOUND", "call");
	expect(an, to_join(""), "BAD_REQUEST", "call");
	expect(an, to_withdraw("14"), "BAD_REQUEST", "call");
	expect(an, to_list_chain("14.1.1", 0, 10), "BAD_REQUEST", "call");
	expect(an, to_list_chain("14.1", 0, 0), "BAD_REQUEST", "count");
	expect(an, to_list_chain("14.1", 0, 201), "BAD_REQUEST", "count");
}

/* It comes while somebody signs up and withdraws all the time. */
static void
deadline_holds(void **state)
{
	struct world *w = *state;
	struct caller *an = member(w, "an"), *bo = member(w, "bo");
	uint64_t deadline_ms = caller_now_ms(an) + 700, since_us = world_now_us();
	const char *call = post_call(w, .place = GRID_A, .deadline_ms = deadline_ms);
	const char *said;
	unsigned lines = 1;

	join(w, call, "bo");
	while (strncmp(said = joining(an, call), "OK", 2) == 0) {
		assert_true(world_now_us() - since_us < (uint64_t)PATIENCE_S * 1000000);
		assert_int_equal(number_of(ask(an, to_withdraw(call))), ++lines);
	}
	assert_string_equal(said, "TOO_LATE call");
	assert_true(clock_wall_ms() >= deadline_ms);
	/* Who signed up in time stays, also when he asks again, and may still step back. */
	assert_string_equal(list_chain(bo, call, 200)[0], "1 bo confirmed");
	assert_int_equal(rows_count(list_chain(bo, call, 200)), lines);
	assert_int_equal(number_of(ask(bo, to_withdraw(call))), 1);
	assert_string_equal(joining(bo, call), "TOO_LATE call");
}

/* Reading. */

static void
pages_are_the_same_open_and_closed(void **state)
{
	struct world *w = *state;
	struct caller *an = member(w, "an");
	const char *call = post_call(w, .limit = 2);

	join(w, call, "an", "bo", "chen", "ding", "eng");
	withdraw(w, call, "bo");
	for (int closed = 0; closed <= 1; closed++) {
		for (uint32_t page = 1; page <= 6; page++)
			assert_rows(list_chain(an, call, page), "1 an confirmed", "2 bo struck", "3 chen confirmed",
				"4 ding waiting", "5 eng waiting");
		for (uint32_t after = 5; after <= 7; after++) {
			Answer *answer = ask(an, to_list_chain(call, after, 10));
			assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
			assert_int_equal(answer->chain_list->n_lines, 0);
			assert_false(answer->chain_list->more);
			free_answer(answer);
		}
		expect(an, to_list_chain(call, UINT32_MAX, 200), "OK", "");
		if (!closed)
			close_call(w, call);
	}
}

/* Longer than a page may be. */
static void
long_chain_is_read_page_by_page(void **state)
{
	enum { TIMES = 230, UNDER_WAY = 60 };
	struct world *w = *state;
	struct caller *an = member(w, "an");
	const char *call = post_call(w, .place = GRID_A);

	for (unsigned i = 0; i < TIMES; i++) {
		caller_send(an, to_join(call), NULL, NULL);
		caller_send(an, to_withdraw(call), NULL, NULL);
		wait_until(w, caller_pending(an) < UNDER_WAY, "some to be answered");
	}
	wait_until(w, caller_pending(an) == 0, "all to be answered");
	for (int closed = 0; closed <= 1; closed++) {
		const char *const *rows = list_chain(an, call, 200);
		assert_int_equal(rows_count(rows), TIMES);
		for (unsigned i = 0; i < TIMES; i++)
			assert_string_equal(rows[i], say("%u an struck", i + 1));
		if (!closed)
			close_call(w, call);
	}
}

static void
line_has_person_name_time_and_place(void **state)
{
	struct world *w = *state;
	struct caller *wang = person(w, "wang");
	const char *call = post_call(w, .place = GRID_A);
	uint64_t before_ms = clock_wall_ms();

	expect(wang, to_register(BUILDING_2, "王建国", ""), "OK", "");
	join(w, call, "wang");
	for (int closed = 0; closed <= 1; closed++) {
		Answer *answer = ask(wang, to_list_chain(call, 0, 10));
		const Line *line = answer->chain_list->lines[0];
		assert_string_equal(line->person, caller_person(wang));
		assert_string_equal(line->name, "王建国");
		assert_in_range(line->joined_ms, before_ms, clock_wall_ms());
		assert_string_equal(line->place, BUILDING_2);
		free_answer(answer);
		if (!closed)
			close_call(w, call);
	}
}

/* Where the first line of a chain is counted. */
static const char *
place_of_line(struct world *w, const char *call)
{
	Answer *answer = ask(person(w, "worker"), to_list_chain(call, 0, 1));
	const char *place = say("%s", answer->chain_list->lines[0]->place);

	free_answer(answer);
	return place;
}

static void
line_counts_where_its_person_lives_within_the_call(void **state)
{
	static const struct {
		const char *call, *home, *counted;
	} cases[] = {
		{GRID_A, BUILDING_1, BUILDING_1},
		{GRID_A, GRID_A, GRID_A},
		{GRID_A, GRID_B, GRID_A}, /* an outsider, at the call's place */
		{BUILDING_1, BUILDING_2, BUILDING_1},
		{BUILDING_1, GRID_A, BUILDING_1},
		{COMMUNITY, GRID_B, GRID_B},
		{PROVINCE_, BUILDING_2, BUILDING_2},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *handle = say("lives-%zu", i), *call = post_call(w, .place = cases[i].call);
		member_at(w, handle, cases[i].home);
		join(w, call, handle);
		assert_string_equal(place_of_line(w, call), cases[i].counted);
	}
}

static void
line_stays_counted_where_it_was_when_its_person_moves(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);

	member_at(w, "mover", BUILDING_1);
	join(w, call, "mover");
	expect(person(w, "mover"), to_move(BUILDING_2), "OK", "");
	assert_string_equal(place_of_line(w, call), BUILDING_1);
	expect(person(w, "mover"), to_leave(), "OK", "");
	assert_string_equal(place_of_line(w, call), BUILDING_1);
}

/* Hearing. */

static void
watchers_of_a_chain_hear_each_change_once_in_order(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 2, .title = "清雪"), *other = post_call(w, .title = "别的");
	/* One who watches all there is, has a line himself, and is the one who is promoted. */
	struct ear *board = ear_open(w, "board", .calls = {call});
	struct ear *chen = ear_open(w, "chen", .places = {GRID_A, COMMUNITY}, .calls = {call, other});

	join(w, call, "an", "bo", "chen", "ding");
	join(w, other, "an");
	withdraw(w, call, "bo");
	withdraw(w, call, "ding");
	join(w, call, "bo");
	close_call(w, call);

	assert_heard(chen, COMMUNITY, say("chain %s 1 an confirmed", call), say("chain %s 2 bo confirmed", call),
		say("chain %s 3 chen waiting", call), say("chain %s 4 ding waiting", call),
		say("chain %s 1 an confirmed", other), say("chain %s 2 bo struck, 3 chen confirmed", call),
		say("chain %s 4 ding struck", call), say("chain %s 5 bo waiting", call),
		say("call %s closed 2/1/5 清雪", call));
	assert_hears(board, "call %s closed 2/1/5 清雪", call);
	assert_int_equal(board->notes.count, 8);
	for (size_t i = 0, j = 0; i < board->notes.count; i++, j++) {
		if (strstr(chen->notes.events[j].text, other))
			j++;
		assert_string_equal(board->notes.events[i].text, chen->notes.events[j].text);
	}
}

/* Though he watches nothing at all. */
static void
own_lines_are_heard_without_watching(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1, .title = "值夜");
	struct caller *an = member(w, "an");
	struct ear *bo;

	member(w, "bo");
	bo = ear_open(w, "bo", .places = {NULL});
	assert_string_equal(joining(an, call), "OK 1 confirmed");
	join(w, call, "bo", "chen");
	withdraw(w, call, "an");
	assert_hears(bo, "chain %s 1 an struck, 2 bo confirmed", call);
	join(w, call, "an"); /* not his line */
	withdraw(w, call, "bo");
	assert_hears(bo, "chain %s 2 bo struck, 3 chen confirmed", call);

	assert_string_equal(bo->notes.events[0].text, say("chain %s 2 bo waiting", call));
	assert_int_equal(bo->notes.count, 3);
}

/* Each session of the same person hears it. */
static void
own_lines_are_heard_on_every_session(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	struct raw first, second;

	member(w, "twice");
	raw_login(&first, w, "twice");
	raw_login(&second, w, "twice");
	join(w, call, "twice");
	while (first.notes.count == 0)
		assert_true(raw_read(&first));
	while (second.notes.count == 0)
		assert_true(raw_read(&second));
	assert_string_equal(first.notes.events[0].text, say("chain %s 1 twice confirmed", call));
	assert_string_equal(second.notes.events[0].text, first.notes.events[0].text);
	raw_close(&first);
	raw_close(&second);
}

/* Many at once. */

struct crowd {
	unsigned count;
	unsigned confirmed[64], waiting[64]; /* how often a number was given so */
};

static void
on_crowd_joined(struct caller *caller, const Answer *answer, void *context)
{
	struct crowd *crowd = context;
	const Gridvanguard__V1__ChainJoinResult *result = answer ? answer->chain_join : NULL;

	(void)caller;
	crowd->count++;
	if (!result || answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK || result->number >= 64)
		return;
	if (result->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED)
		crowd->confirmed[result->number]++;
	else
		crowd->waiting[result->number]++;
}

static void
many_at_once_get_each_number_once(void **state)
{
	enum { MANY = 40, LIMIT = 25 };
	struct world *w = *state;
	const char *call = post_call(w, .limit = LIMIT);
	struct caller *callers[MANY];
	struct crowd crowd = {0};

	for (unsigned i = 0; i < MANY; i++)
		callers[i] = member(w, say("crowd-%02u", i));
	for (unsigned i = 0; i < MANY; i++)
		caller_send(callers[i], to_join(call), on_crowd_joined, &crowd);
	wait_until(w, crowd.count == MANY, "all to be answered");
	for (unsigned number = 1; number <= MANY; number++) {
		assert_int_equal(crowd.confirmed[number], number <= LIMIT);
		assert_int_equal(crowd.waiting[number], number > LIMIT);
	}
	assert_int_equal(rows_count(list_chain(person(w, "worker"), call, 200)), MANY);
}

/* One after the other in one frame: done in that order. */
static void
requests_of_one_frame_are_done_in_their_order(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	Request *requests[31] = {NULL};
	struct raw raw;
	uint64_t first;

	member(w, "haste");
	raw_login(&raw, w, "haste");
	for (unsigned i = 0; i < 30; i++)
		requests[i] = i % 2 ? to_withdraw(call) : to_join(call);
	first = raw_send_all(&raw, requests);
	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(number_of(raw_answer(&raw, first + i)), i / 2 + 1);
	raw_close(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(lines_are_numbered_in_the_order_of_joining),
		shared(chain_without_limit_keeps_nobody_waiting),
		shared(need_is_no_limit),
		shared(freed_place_goes_to_first_in_line),
		shared(who_waits_and_withdraws_frees_no_place),
		shared(who_joins_again_stands_at_the_end),
		shared(who_has_a_line_is_told_which),
		shared(who_is_not_registered_cannot_join),
		shared(who_has_no_line_cannot_withdraw),
		shared(closed_chain_stays_as_it_is),
		shared(call_that_is_not_there_has_no_chain),
		shared(deadline_holds),
		shared(pages_are_the_same_open_and_closed),
		shared(long_chain_is_read_page_by_page),
		shared(line_has_person_name_time_and_place),
		shared(line_counts_where_its_person_lives_within_the_call),
		shared(line_stays_counted_where_it_was_when_its_person_moves),
		shared(own_lines_are_heard_without_watching),
		shared(own_lines_are_heard_on_every_session),
		shared(requests_of_one_frame_are_done_in_their_order),
		fresh(watchers_of_a_chain_hear_each_change_once_in_order), /* of no deadline of another test's call */
		fresh(many_at_once_get_each_number_once),
	};

	return run_in_worlds(tests);
}
