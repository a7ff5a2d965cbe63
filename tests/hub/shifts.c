/* shifts.c - the richer chain over real sockets: who is told what, and who sees which name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ears.h"
#include "requests.h"
#include "status.h"
#include "worlds.h"

#define HOUR_MS 3600000

typedef Gridvanguard__V1__CallPost CallPost;
typedef Gridvanguard__V1__ChainJoin ChainJoin;

static CallPost
call_about(const char *title)
{
	CallPost post = GRIDVANGUARD__V1__CALL_POST__INIT;

	post.place = UNCONST(GRID_A);
	post.title = UNCONST(title);
	post.deadline_ms = clock_wall_ms() + HOUR_MS;
	return post;
}

static const char *
post_by(struct world *w, CallPost *post)
{
	Request request = REQUEST(CALL_POST, post);
	Answer *answer = ask(person(w, "worker"), &request);
	const char *call;

	if (!answer->call_post)
		fail_msg("%s %s", status_name((enum status)answer->status), answer->field);
	call = say("%s", answer->call_post->call);
	free_answer(answer);
	return call;
}

static Request
join_request(ChainJoin *join, const char *call)
{
	join->call = UNCONST(call);
	return REQUEST(CHAIN_JOIN, join);
}

/* How the chain shows to somebody: "1 王建国 wheelbarrow 8点; 2 …", by name, remark and answers. */
static const char *
shown_to(struct world *w, const char *call, const char *handle, bool mine)
{
	Gridvanguard__V1__ChainList list = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &list);
	const char *shown = "";
	Answer *answer;

	list.call = UNCONST(call);
	list.count = 100;
	list.mine = mine;
	answer = ask(person(w, handle), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	for (size_t i = 0; i < answer->chain_list->n_lines; i++) {
		const Line *line = answer->chain_list->lines[i];
		shown = say("%s%s%u %s%s%s", shown, i ? "; " : "", line->number, line->name, line->remark[0] ? " " : "",
			line->remark);
		for (size_t j = 0; j < line->n_answers; j++)
			shown = say("%s %s", shown, line->answers[j]);
	}
	free_answer(answer);
	return shown;
}

static void
names_show_as_the_call_says_and_in_full_to_the_author(void **state)
{
	static const struct {
		Gridvanguard__V1__NamesShown names;
		const char *shown;
	} cases[] = {
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL, "1 王建国; 2 李梅"},
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY, "1 王**; 2 李*"},
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE, "1 ; 2 "},
	};
	struct world *w = *state;

	expect(person(w, "wang"), to_register(GRID_A, "王建国", ""), "OK", "");
	member(w, "bo");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CallPost post = call_about("测温");
		ChainJoin own = GRIDVANGUARD__V1__CHAIN_JOIN__INIT, other = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
		const char *call;
		Request request;
		post.names = cases[i].names;
		call = post_by(w, &post);
		request = join_request(&own, call);
		own.remark = UNCONST("带小推车");
		expect(person(w, "wang"), &request, "OK", "");
		request = join_request(&other, call);
		other.name = UNCONST("李梅");
		expect(person(w, "bo"), &request, "OK", "");
		assert_string_equal(shown_to(w, call, "chen", false), cases[i].shown);
		assert_string_equal(shown_to(w, call, "worker", false), "1 王建国 带小推车; 2 李梅");
		assert_string_equal(shown_to(w, call, "wang", true), "1 王建国 带小推车");
		assert_string_equal(shown_to(w, call, "bo", true), "2 李梅");
		/* And the same of a call that is closed. */
		close_call(w, call);
		assert_string_equal(shown_to(w, call, "chen", false), cases[i].shown);
		assert_string_equal(shown_to(w, call, "worker", false), "1 王建国 带小推车; 2 李梅");
		assert_string_equal(shown_to(w, call, "bo", true), "2 李梅");
	}
}

static void
answers_fit_the_questions(void **state)
{
	struct world *w = *state;
	Gridvanguard__V1__Question when = GRIDVANGUARD__V1__QUESTION__INIT, size = GRIDVANGUARD__V1__QUESTION__INIT;
	Gridvanguard__V1__Question *questions[] = {&when, &size};
	char *sizes[] = {UNCONST("大"), UNCONST("小")}, *good[] = {UNCONST("8"), UNCONST("小")};
	char *no_number[] = {UNCONST("早上"), UNCONST("小")}, *no_choice[] = {UNCONST("8"), UNCONST("中")};
	char *too_many[] = {UNCONST("8"), UNCONST("小"), UNCONST("?")};
	CallPost post = call_about("领物资");
	ChainJoin join = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request;

	when.kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER;
	when.label = UNCONST("几点能到");
	when.required = true;
	size.kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
	size.label = UNCONST("尺码");
	size.choices = sizes;
	size.n_choices = 2;
	post.questions = questions;
	post.n_questions = 2;
	member(w, "an");
	request = join_request(&join, post_by(w, &post));
	expect(person(w, "an"), &request, "BAD_REQUEST", "answers[0]");
	join.answers = no_number;
	join.n_answers = 2;
	expect(person(w, "an"), &request, "BAD_REQUEST", "answers[0]");
	join.answers = no_choice;
	expect(person(w, "an"), &request, "BAD_REQUEST", "answers[1]");
	join.answers = too_many;
	join.n_answers = 3;
	expect(person(w, "an"), &request, "BAD_REQUEST", "answers");
	join.answers = good;
	join.n_answers = 2;
	expect(person(w, "an"), &request, "OK", "");
	assert_string_equal(shown_to(w, join.call, "worker", false), "1 an 8 小");
	assert_string_equal(shown_to(w, join.call, "chen", false), "1 an");
	/* One that is not required may be left out, or left empty, which is the same. */
	join.n_answers = 1;
	member(w, "bo");
	expect(person(w, "bo"), &request, "OK", "");
	assert_string_equal(shown_to(w, join.call, "bo", true), "2 bo 8");
	good[1] = UNCONST("");
	join.n_answers = 2;
	member(w, "chen");
	expect(person(w, "chen"), &request, "OK", "");
	assert_string_equal(shown_to(w, join.call, "chen", true), "3 chen 8");
}

static void
other_shift_at_the_same_time_is_a_clash_that_may_be_overridden(void **state)
{
	struct world *w = *state;
	Gridvanguard__V1__Slot early = GRIDVANGUARD__V1__SLOT__INIT, late = GRIDVANGUARD__V1__SLOT__INIT;
	Gridvanguard__V1__Slot *slots[] = {&early, &late};
	uint64_t now_ms = clock_wall_ms();
	CallPost first = call_about("值守"), second = call_about("送菜");
	ChainJoin join = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	const char *shifts, *other;
	Request request;

	early.label = UNCONST("早班");
	early.starts_ms = now_ms + 4 * HOUR_MS;
	early.ends_ms = now_ms + 6 * HOUR_MS;
	late.label = UNCONST("晚班");
	late.starts_ms = early.ends_ms;
	late.ends_ms = now_ms + 8 * HOUR_MS;
	first.slots = slots;
	first.n_slots = 2;
	second.starts_ms = now_ms + 5 * HOUR_MS; /* an hour, where no end is said */
	shifts = post_by(w, &first);
	other = post_by(w, &second);
	member(w, "clash");

	request = join_request(&join, shifts);
	join.slot = 1;
	expect(person(w, "clash"), &request, "OK", "");
	join.slot = 2; /* one after the other */
	expect(person(w, "clash"), &request, "OK", "");
	request = join_request(&join, other);
	join.slot = 0;
	expect(person(w, "clash"), &request, "CLASH", "slot");
	join.despite_clash = true;
	expect(person(w, "clash"), &request, "OK", "");
}

/* Though he watches nothing, and others who watch the grid do not hear of single lines. */
static void
author_hears_of_a_late_withdrawal(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("值夜");
	struct ear *author, *grid;
	const char *call;

	post.starts_ms = clock_wall_ms() + HOUR_MS;
	call = post_by(w, &post);
	author = ear_open(w, "worker", .places = {NULL});
	grid = ear_open(w, "grid", .places = {GRID_A});
	join(w, call, "an", "bo");
	withdraw(w, call, "bo");
	assert_hears(author, "chain %s 2 bo struck", call);
	assert_heard_nothing(grid, COMMUNITY);
	assert_int_equal(author->notes.count, 1);
}

static void
everybody_around_hears_that_it_is_filled(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("搬运");
	struct ear *grid;
	const char *call;

	post.limit = 2;
	call = post_by(w, &post);
	grid = ear_open(w, "grid", .places = {GRID_A});
	join(w, call, "an", "bo", "chen");
	assert_heard(grid, COMMUNITY, say("chain %s 2 bo confirmed", call));
}

/* At the door. */

static char *
door_code(struct world *w, const char *call)
{
	Gridvanguard__V1__ChainCode body = GRIDVANGUARD__V1__CHAIN_CODE__INIT;
	Request request = REQUEST(CHAIN_CODE, &body);
	Answer *answer;
	char *code;

	body.call = UNCONST(call);
	answer = ask(person(w, "worker"), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_in_range(answer->chain_code->until_ms, clock_wall_ms(), clock_wall_ms() + 121000);
	code = UNCONST(say("%s", answer->chain_code->code));
	free_answer(answer);
	return code;
}

static void
people_check_themselves_in_with_the_code_at_the_door(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("搬运");
	const char *call = post_by(w, &post), *other;
	Gridvanguard__V1__ChainCheck check = GRIDVANGUARD__V1__CHAIN_CHECK__INIT;
	Gridvanguard__V1__ChainCode code = GRIDVANGUARD__V1__CHAIN_CODE__INIT;
	Request checking = REQUEST(CHAIN_CHECK, &check), coding = REQUEST(CHAIN_CODE, &code);

	other = post_by(w, &post);
	join(w, call, "an", "bo");
	check.call = code.call = UNCONST(call);
	expect(person(w, "an"), &coding, "FORBIDDEN", "call");
	expect(person(w, "an"), &checking, "FORBIDDEN", "number");
	check.code = UNCONST("0000000000");
	expect(person(w, "an"), &checking, "TOO_LATE", "code");
	check.code = door_code(w, other);
	expect(person(w, "an"), &checking, "TOO_LATE", "code");
	check.code = door_code(w, call);
	expect(person(w, "an"), &checking, "OK", "");
	expect(person(w, "an"), &checking, "ALREADY", "number");
	check.number = 2; /* somebody else's line */
	expect(person(w, "an"), &checking, "FORBIDDEN", "number");
	check.code = UNCONST("");
	expect(person(w, "worker"), &checking, "OK", "");
	check.out = true;
	expect(person(w, "worker"), &checking, "OK", "");
}

/* Sign-ups of one's own, wherever the calls are. */

static Answer *
sign_ups_of(struct world *w, const char *handle)
{
	Gridvanguard__V1__SignUpList body = GRIDVANGUARD__V1__SIGN_UP_LIST__INIT;
	Request request = REQUEST(SIGN_UP_LIST, &body);
	Answer *answer;

	body.count = 2;
	answer = ask(person(w, handle), &request);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	return answer;
}

static bool
has_minutes(struct world *w, const char *handle, uint32_t minutes)
{
	Answer *answer = sign_ups_of(w, handle);
	bool has = answer->sign_up_list->minutes == minutes;

	free_answer(answer);
	return has;
}

static void
own_sign_ups_and_hours_are_brought_together(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("搬运");
	Gridvanguard__V1__ChainCheck check = GRIDVANGUARD__V1__CHAIN_CHECK__INIT;
	Request checking = REQUEST(CHAIN_CHECK, &check);
	const char *calls[3];
	Answer *answer;

	post.grant_minutes = 90;
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		post.place = UNCONST(i == 1 ? CITY : GRID_A);
		calls[i] = post_by(w, &post);
		join(w, calls[i], "busy");
	}
	check.call = UNCONST(calls[1]);
	check.number = 1;
	expect(person(w, "worker"), &checking, "OK", "");
	check.out = true;
	expect(person(w, "worker"), &checking, "OK", "");
	wait_until(w, has_minutes(w, "busy", 90), "the hours to arrive");
	answer = sign_ups_of(w, "busy");
	assert_int_equal(answer->sign_up_list->n_sign_ups, 2);
	assert_true(answer->sign_up_list->more);
	assert_string_equal(answer->sign_up_list->sign_ups[0]->call, calls[2]);
	assert_string_equal(answer->sign_up_list->sign_ups[1]->call, calls[1]);
	assert_int_equal(answer->sign_up_list->sign_ups[1]->granted_minutes, 90);
	free_answer(answer);
	/* A line that was struck afterwards gives none. */
	withdraw(w, calls[1], "busy");
	wait_until(w, has_minutes(w, "busy", 0), "the hours to go");
}

/* Of a line, its place is offered until then. */
static uint64_t
offered_until(struct world *w, const char *call, uint32_t number)
{
	Answer *answer = ask(person(w, "worker"), to_list_chain(call, number - 1, 1));
	uint64_t until_ms = answer->chain_list->lines[0]->until_ms;

	assert_int_equal(answer->chain_list->lines[0]->state, GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED);
	free_answer(answer);
	return until_ms;
}

/* He hears of it, though he watches nothing. */
static void
offer_begins_anew_when_a_call_is_reopened(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("值夜");
	Gridvanguard__V1__CallReopen body = GRIDVANGUARD__V1__CALL_REOPEN__INIT;
	Request reopen = REQUEST(CALL_REOPEN, &body);
	uint64_t until_ms;
	struct ear *bo;

	post.limit = 1;
	post.window_minutes = 30;
	body.call = UNCONST(post_by(w, &post));
	body.deadline_ms = post.deadline_ms;
	join(w, body.call, "an", "bo");
	withdraw(w, body.call, "an");
	bo = ear_open(w, "bo", .places = {NULL});
	until_ms = offered_until(w, body.call, 2);
	close_call(w, body.call);
	wait_until(w, clock_wall_ms() > until_ms - 30 * 60 * 1000, "the clock to move");
	expect(person(w, "worker"), &reopen, "OK", "");
	assert_true(offered_until(w, body.call, 2) > until_ms);
	assert_hears(bo, "chain %s 2 bo offered", body.call);
}

/* The time of an offer passes by itself. */
static void
deadline_that_passes_is_told(void **state)
{
	struct world *w = *state;
	CallPost post = call_about("快");
	struct ear *ear;
	const char *call;

	ear = ear_open(w, "ear", .places = {GRID_A});
	post.deadline_ms = clock_wall_ms() + 300;
	call = post_by(w, &post);
	wait_until(
		w, heard(ear, "call %s open 0/0/0 快", call) == 2, "the deadline to be told"); /* posted, and overdue */
	expect(member(w, "an"), to_join(call), "TOO_LATE", "call");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(names_show_as_the_call_says_and_in_full_to_the_author),
		shared(answers_fit_the_questions),
		shared(other_shift_at_the_same_time_is_a_clash_that_may_be_overridden),
		shared(author_hears_of_a_late_withdrawal),
		shared(everybody_around_hears_that_it_is_filled),
		shared(people_check_themselves_in_with_the_code_at_the_door),
		shared(own_sign_ups_and_hours_are_brought_together),
		shared(offer_begins_anew_when_a_call_is_reopened),
		shared(deadline_that_passes_is_told),
	};

	return run_in_worlds(tests);
}
