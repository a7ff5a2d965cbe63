/* call.c - calls: who hears of them, how they are listed and shown, and how they end. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ears.h"
#include "lists.h"
#include "raw.h"
#include "worlds.h"

#define DAY_MS 86400000ULL

/* Posts it as the worker, and gives its id. */
static const char *
post(struct world *w, struct posting posting)
{
	Answer *answer = ask(person(w, "worker"), to_post_call(posting));
	const char *id;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	id = say("%s", answer->call_post->call);
	free_answer(answer);
	return id;
}

/* A call as the hub shows it; to be freed by free_answer(). */
static Answer *
show(struct world *w, const char *call)
{
	Answer *answer = ask(person(w, "worker"), to_show_call(call));

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	return answer;
}

/* "open CONFIRMED/WAITING/LINES" */
static const char *
numbers_of(struct world *w, const char *id)
{
	Answer *answer = show(w, id);
	const Call *call = answer->call_show->call;
	bool open = call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;
	const char *numbers = say("%s %u/%u/%u", open ? "open" : "closed", call->confirmed, call->waiting, call->lines);

	free_answer(answer);
	return numbers;
}

/* Posting. */

static void
call_is_heard_at_under_and_above_its_place(void **state)
{
	struct world *w = *state;
	static const char *const around[] = {
		GRID_A, BUILDING_1, BUILDING_2, COMMUNITY, STREET, DISTRICT, CITY, PROVINCE_};
	struct ear *ears[ARRAY_LEN(around)], *beside = ear_open(w, "beside", .places = {GRID_B});
	const char *call;

	for (size_t i = 0; i < ARRAY_LEN(around); i++)
		ears[i] = ear_open(w, say("ear-%zu", i), .places = {around[i]});
	call = post(w, (struct posting){.place = GRID_A, .title = "测温"});
	for (size_t i = 0; i < ARRAY_LEN(around); i++)
		assert_heard(ears[i], COMMUNITY, say("call %s open 0/0/0 测温", call));
	assert_heard_nothing(beside, COMMUNITY);
}

/* At each level those under it hear it, down to the buildings. */
static void
call_of_any_level_is_heard_in_the_building(void **state)
{
	static const char *const levels[] = {PROVINCE_, CITY, DISTRICT, STREET, COMMUNITY, GRID_A, BUILDING_1};
	struct world *w = *state;
	struct ear *home = ear_open(w, "home", .places = {BUILDING_1});
	struct ear *next_door = ear_open(w, "next-door", .places = {BUILDING_2});
	const char *call = NULL;

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		call = post(w, (struct posting){.place = levels[i], .title = "通知"});
		assert_hears(home, "call %s open 0/0/0 通知", call);
		if (i < ARRAY_LEN(levels) - 1)
			assert_hears(next_door, "call %s open 0/0/0 通知", call);
	}
	ear_settle(next_door, COMMUNITY);
	assert_int_equal(heard(next_door, "call %s open 0/0/0 通知", call), 0);
}

/* Who watches several places around it, and the call too, hears it once. */
static void
call_is_heard_once_by_each(void **state)
{
	struct world *w = *state;
	struct ear *all = ear_open(w, "all", .places = {CITY, GRID_A, COMMUNITY, BUILDING_1, BUILDING_2, GRID_B});
	const char *call = post(w, (struct posting){.place = GRID_A, .title = "值守"});

	assert_heard(all, COMMUNITY, say("call %s open 0/0/0 值守", call));
	ear_watch(all, .places = {CITY, GRID_A}, .calls = {call});
	close_call(w, call);
	assert_heard(all, COMMUNITY, say("call %s open 0/0/0 值守", call), say("call %s closed 0/0/0 值守", call));
}

static void
call_is_shown_as_it_was_posted(void **state)
{
	struct world *w = *state;
	uint64_t before_ms = clock_wall_ms(), deadline_ms = before_ms + 4 * DAY_MS;
	const char *id = post(w, (struct posting){.place = BUILDING_1,
					 .title = "发放抗原试剂",
					 .body = "今晚七点",
					 .meeting = "3号楼下",
					 .need = 20,
					 .limit = 30,
					 .deadline_ms = deadline_ms});
	Answer *answer = show(w, id);
	const Call *call = answer->call_show->call;

	assert_string_equal(call->id, id);
	assert_int_equal(call->state, GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN);
	assert_string_equal(call->place, BUILDING_1);
	assert_string_equal(call->author, caller_person(person(w, "worker")));
	assert_in_range(call->posted_ms, before_ms, clock_wall_ms());
	assert_int_equal(call->deadline_ms, deadline_ms);
	assert_int_equal(call->need, 20);
	assert_int_equal(call->limit, 30);
	assert_string_equal(call->title, "发放抗原试剂");
	assert_string_equal(call->body, "今晚七点");
	assert_string_equal(call->meeting, "3号楼下");
	assert_int_equal(call->confirmed + call->waiting + call->lines, 0);
	free_answer(answer);
	close_call(w, id);
}

/* So many times the character. */
static char *
repeated(const char *character, unsigned times)
{
	char *text = calloc(times, strlen(character) + 1);

	assert_non_null(text);
	for (unsigned i = 0; i < times; i++)
		strcat(text, character);
	return text;
}

/* In lists, when shown, in events; of an open call and of a closed one. */
static void
texts_come_back_as_they_went(void **state)
{
	static const char title[] = "👨‍👩‍👧‍👦 “值守” 𠮷 é — <b>&amp;</b> %s \\n";
	static const char body[] = "第一行\n\n  第三行\n🧪💉\n最后一行 \\ \" ' $1";
	struct world *w = *state;
	struct ear *ear = ear_open(w, "ear", .places = {GRID_A});
	char *long_body = repeated("龙", 2000);
	const char *ids[] = {
		post(w, (struct posting){.place = GRID_A, .title = title, .body = body, .meeting = title}),
		post(w, (struct posting){.place = GRID_A, .title = title, .body = long_body, .meeting = ""}),
	};
	const char *const bodies[] = {body, long_body};

	for (int closed = 0; closed <= 1; closed++) {
		for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
			Answer *answer = show(w, ids[i]);
			assert_string_equal(answer->call_show->call->title, title);
			assert_string_equal(answer->call_show->call->body, bodies[i]);
			assert_string_equal(answer->call_show->call->meeting, i ? "" : title);
			free_answer(answer);
			assert_hears(ear, "call %s %s 0/0/0 %s", ids[i], closed ? "closed" : "open", title);
			if (!closed)
				close_call(w, ids[i]);
		}
	}
	free(long_body);
}

static void
call_that_cannot_be_is_refused(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");
	struct ear *ear = ear_open(w, "ear", .places = {PROVINCE_});
	char *title = repeated("题", 61), *body = repeated("文", 2001), *meeting = repeated("处", 121);
	uint64_t now_ms = caller_now_ms(worker);
	const struct {
		struct posting posting;
		const char *status, *field;
	} cases[] = {
		{{.place = COMMUNITY "099", .title = "题"}, "NOT_FOUND", "place"},
		{{.place = "99", .title = "题"}, "NOT_FOUND", "place"},
		{{.place = "", .title = "题"}, "BAD_REQUEST", "place"},
		{{.place = "1401050", .title = "题"}, "BAD_REQUEST", "place"},
		{{.place = GRID_A, .title = ""}, "BAD_REQUEST", "title"},
		{{.place = GRID_A, .title = "两\n行"}, "BAD_REQUEST", "title"},
		{{.place = GRID_A, .title = title}, "BAD_REQUEST", "title"},
		{{.place = GRID_A, .title = "题", .body = body}, "BAD_REQUEST", "body"},
		{{.place = GRID_A, .title = "题", .body = "\a"}, "BAD_REQUEST", "body"},
		{{.place = GRID_A, .title = "题", .meeting = meeting}, "BAD_REQUEST", "meeting"},
		{{.place = GRID_A, .title = "题", .meeting = "两\n行"}, "BAD_REQUEST", "meeting"},
		{{.place = GRID_A, .title = "题", .need = 3, .limit = 2}, "BAD_REQUEST", "need"},
		{{.place = GRID_A, .title = "题", .need = 100001}, "BAD_REQUEST", "need"},
		{{.place = GRID_A, .title = "题", .need = (uint32_t)-1}, "BAD_REQUEST", "need"},
		{{.place = GRID_A, .title = "题", .limit = 100001}, "BAD_REQUEST", "limit"},
		{{.place = GRID_A, .title = "题", .limit = UINT32_MAX}, "BAD_REQUEST", "limit"},
		{{.place = GRID_A, .title = "题", .deadline_ms = 1}, "BAD_REQUEST", "deadline_ms"},
		{{.place = GRID_A, .title = "题", .deadline_ms = now_ms - 1000}, "BAD_REQUEST", "deadline_ms"},
		{{.place = GRID_A, .title = "题", .deadline_ms = now_ms + 366 * DAY_MS + 60000}, "BAD_REQUEST",
			"deadline_ms"},
		{{.place = GRID_A, .title = "题", .deadline_ms = UINT64_MAX}, "BAD_REQUEST", "deadline_ms"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect(worker, to_post_call(cases[i].posting), cases[i].status, cases[i].field);
	assert_heard_nothing(ear, COMMUNITY);
	assert_rows(list_calls(worker, PROVINCE_, 50), NULL);
	free(title);
	free(body);
	free(meeting);
}

static void
call_at_its_bounds_is_taken(void **state)
{
	struct world *w = *state;
	char *title = repeated("题", 60), *meeting = repeated("处", 120);
	uint64_t latest_ms = caller_now_ms(person(w, "worker")) + 366 * DAY_MS - 1000;

	close_call(w, post(w, (struct posting){.place = GRID_A,
				      .title = title,
				      .meeting = meeting,
				      .need = 100000,
				      .limit = 100000,
				      .deadline_ms = latest_ms}));
	close_call(w, post(w, (struct posting){.place = GRID_A, .title = "题", .need = 100000, .limit = 0}));
	close_call(w, post(w, (struct posting){.place = GRID_A, .title = "题", .need = 2, .limit = 2}));
	free(title);
	free(meeting);
}

/* Listing. */

static void
list_has_the_calls_at_above_and_below(void **state)
{
	struct world *w = *state;
	struct caller *worker = person(w, "worker");
	const char *grid = post_call(w, .place = GRID_A), *building = post_call(w, .place = BUILDING_1);
	const char *community = post_call(w, .place = COMMUNITY), *neighbour = post_call(w, .place = GRID_B);

	assert_rows(list_calls(worker, GRID_A, 50), grid, building, community);
	assert_rows(list_calls(worker, BUILDING_1, 50), grid, building, community);
	assert_rows(list_calls(worker, BUILDING_2, 50), grid, community);
	assert_rows(list_calls(worker, GRID_B, 50), community, neighbour);
	assert_rows(list_calls(worker, COMMUNITY, 50), grid, building, community, neighbour);
	assert_rows(list_calls(worker, PROVINCE_, 50), grid, building, community, neighbour);

	close_call(w, community);
	assert_rows(list_calls(worker, GRID_A, 50), grid, building);
	close_call(w, grid);
	close_call(w, building);
	close_call(w, neighbour);
	assert_rows(list_calls(worker, PROVINCE_, 50), NULL);
}

static int
by_id(const void *a, const void *b)
{
	struct id x = {0}, y = {0};

	assert_true(id_parse(&x, text_of(*(char *const *)a)) && id_parse(&y, text_of(*(char *const *)b)));
	return id_key(x) < id_key(y) ? -1 : 1;
}

/* In the order of their ids, which count: "14.9" comes before "14.10"; also when pages end within a partition. */
static void
pages_of_calls_follow_each_other_without_gap(void **state)
{
	enum { COUNT = 26 };
	static const char *const places[] = {GRID_A, CITY, COMMUNITY, PROVINCE_, DISTRICT};
	struct world *w = *state;
	const char *ids[COUNT + 1] = {NULL};

	for (size_t i = 0; i < COUNT; i++)
		ids[i] = post_call(w, .place = places[i % ARRAY_LEN(places)]);
	qsort(ids, COUNT, sizeof(ids[0]), by_id);
	for (uint32_t page = 1; page <= COUNT + 1; page++)
		assert_rows_at(list_calls(person(w, "worker"), GRID_A, page), ids, __FILE__, __LINE__);
	for (size_t i = 0; i < COUNT; i++)
		close_call(w, ids[i]);
}

/* One page can go on behind a call that has been closed since. */
static void
page_goes_on_behind_a_closed_call(void **state)
{
	struct world *w = *state;
	const char *first = post_call(w, .place = GRID_A), *second = post_call(w, .place = GRID_A);
	Answer *answer;

	close_call(w, first);
	answer = ask(person(w, "worker"), to_list_calls(GRID_A, first, 50));
	assert_int_equal(answer->call_list->n_calls, 1);
	assert_string_equal(answer->call_list->calls[0]->id, second);
	free_answer(answer);
	close_call(w, second);
}

static void
list_that_cannot_be_is_refused(void **state)
{
	struct caller *worker = person(*state, "worker");

	expect(worker, to_list_calls("99", "", 10), "NOT_FOUND", "place");
	expect(worker, to_list_calls("", "", 10), "BAD_REQUEST", "place");
	expect(worker, to_list_calls(GRID_A, "x", 10), "BAD_REQUEST", "after");
	expect(worker, to_list_calls(GRID_A, "", 0), "BAD_REQUEST", "count");
	expect(worker, to_list_calls(GRID_A, "", 51), "BAD_REQUEST", "count");
}

/* Showing and closing. */

static void
numbers_are_those_of_the_chain_open_and_closed(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 2);

	assert_string_equal(numbers_of(w, call), "open 0/0/0");
	join(w, call, "an", "bo", "chen", "ding");
	assert_string_equal(numbers_of(w, call), "open 2/2/4");
	withdraw(w, call, "an");
	assert_string_equal(numbers_of(w, call), "open 2/1/4");
	join(w, call, "an");
	assert_string_equal(numbers_of(w, call), "open 2/2/5");
	withdraw(w, call, "ding", "an", "bo");
	assert_string_equal(numbers_of(w, call), "open 1/0/5");
	close_call(w, call);
	assert_string_equal(numbers_of(w, call), "closed 1/0/5");
}

static void
watchers_hear_the_close_with_the_final_numbers(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 5, .title = "搬运");
	struct ear *at = ear_open(w, "at", .places = {GRID_A}), *under = ear_open(w, "under", .places = {BUILDING_2});
	struct ear *above = ear_open(w, "above", .places = {DISTRICT});
	struct ear *chain = ear_open(w, "chain", .calls = {call});
	struct ear *beside = ear_open(w, "beside", .places = {GRID_B});
	const char *closed = say("call %s closed 3/0/4 搬运", call);

	join(w, call, "an", "bo", "chen", "ding");
	withdraw(w, call, "bo");
	close_call(w, call);

	assert_heard(at, COMMUNITY, closed);
	assert_heard(under, COMMUNITY, closed);
	assert_heard(above, COMMUNITY, closed);
	assert_heard_nothing(beside, COMMUNITY);
	assert_hears(chain, "%s", closed);
}

/* What an author may write fills any outbox, so a page ends by its bytes too. */

#define LONG_CALLS 50

static const char *const small_outbox[] = {"--max-outbox", "65536", NULL};

static void
post_long_calls(struct world *w)
{
	static char body[3 * 2000 + 1];

	for (size_t i = 0; i < 2000; i++)
		memcpy(body + 3 * i, "字", 3);
	for (unsigned i = 0; i < LONG_CALLS; i++)
		post_call(w, .body = body);
}

static void
long_calls_are_listed_to_the_last(void **state)
{
	struct world *w = *state;
	const char *const *calls;

	post_long_calls(w);
	calls = list_calls(person(w, "worker"), GRID_A, 50);
	assert_int_equal(rows_count(calls), LONG_CALLS);
	for (size_t i = 1; i < LONG_CALLS; i++)
		assert_string_not_equal(calls[i], calls[i - 1]);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"slow\"}"), 0);
}

/* Who asks for more in one frame than can wait for him asks again; he reads, so he is not slow. */
static void
pages_asked_for_at_once_end_nobody(void **state)
{
	struct world *w = *state;
	struct raw raw;
	uint64_t first;

	post_long_calls(w);
	raw_login(&raw, w, "an");
	first = raw_send(&raw, to_list_calls(GRID_A, "", 50), to_list_calls(GRID_A, "", 50),
		to_list_calls(GRID_A, "", 50), to_list_calls(GRID_A, "", 50));
	raw_expect_answer(&raw, first, "OK", "");
	raw_expect_answer(&raw, first + 3, "BUSY", "");
	raw_expect(&raw, to_list_calls(GRID_A, "", 50), "OK", "");
	raw_close(&raw);
}

static void
call_is_closed_once(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	struct ear *ear = ear_open(w, "ear", .places = {GRID_A});

	close_call(w, call);
	expect(person(w, "worker"), to_close(call), "ALREADY", "call");
	assert_heard(ear, COMMUNITY, say("call %s closed 0/0/0 发放抗原试剂", call));
}

static void
call_that_is_not_there_is_not_found(void **state)
{
	struct caller *worker = person(*state, "worker");

	expect(worker, to_close("14.999999"), "NOT_FOUND", "call");
	expect(worker, to_show_call("14.999999"), "NOT_FOUND", "call");
	expect(worker, to_show_call("0.1"), "NOT_FOUND", "call");
	expect(worker, to_close("16.1"), "BAD_REQUEST", "call");
	expect(worker, to_show_call(""), "BAD_REQUEST", "call");
	expect(worker, to_show_call("14.01"), "BAD_REQUEST", "call");
	expect(worker, to_show_call("14.0"), "BAD_REQUEST", "call");
}

static void
calls_are_there_after_a_restart(void **state)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	static const char body[] = "第一行\n第二行 🧪";
	struct world *w = *state;
	const char *open = post(w, (struct posting){.place = BUILDING_1, .title = "守夜", .body = body, .limit = 1});
	const char *closed = post(w, (struct posting){.place = GRID_A, .title = "已完", .body = body});

	join(w, open, "an", "bo");
	join(w, closed, "an");
	close_call(w, closed);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		Answer *answer;
		hub_again(w, signals[i]);
		assert_rows(list_calls(person(w, "worker"), PROVINCE_, 50), open);
		assert_string_equal(numbers_of(w, open), "open 1/1/2");
		assert_string_equal(numbers_of(w, closed), "closed 1/0/1");
		answer = show(w, open);
		assert_string_equal(answer->call_show->call->title, "守夜");
		assert_string_equal(answer->call_show->call->body, body);
		assert_int_equal(answer->call_show->call->limit, 1);
		free_answer(answer);
		expect(person(w, "worker"), to_close(closed), "ALREADY", "call");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(call_that_cannot_be_is_refused),
		shared(list_has_the_calls_at_above_and_below),
		shared(call_at_its_bounds_is_taken),
		shared(call_is_shown_as_it_was_posted),
		shared(texts_come_back_as_they_went),
		shared(pages_of_calls_follow_each_other_without_gap),
		shared(page_goes_on_behind_a_closed_call),
		shared(list_that_cannot_be_is_refused),
		shared(call_is_closed_once),
		shared(call_that_is_not_there_is_not_found),
		shared(numbers_are_those_of_the_chain_open_and_closed),
		shared(watchers_hear_the_close_with_the_final_numbers),
		shared(call_is_heard_once_by_each),
		fresh(call_is_heard_at_under_and_above_its_place),
		fresh(call_of_any_level_is_heard_in_the_building),
		fresh(calls_are_there_after_a_restart),
		fresh_with(long_calls_are_listed_to_the_last, small_outbox),
		fresh_with(pages_asked_for_at_once_end_nobody, small_outbox),
	};

	return run_in_worlds(tests);
}
