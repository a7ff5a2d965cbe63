/* watch.c - what a session hears: beginning, replacing, and going on from where it was cut off. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ears.h"
#include "lists.h"
#include "random.h"
#include "raw.h"
#include "worlds.h"

/* A new name for the place; heard as "places PLACE 1". */
static void
rename_place(struct world *w, const char *place)
{
	static unsigned number;

	import_place(w, place, say("第%u个名字", ++number));
}

static uint8_t
partition_of(const char *code)
{
	struct place place;

	assert_true(place_parse(&place, text_of(code)));
	return place_partition(place);
}

/* Both have heard the same, each log in the same order; how the logs mix is left open. What was told again after a
 * restart tells of a call as it is by then: only the numbers are the same. */
enum likeness { SAME_TEXTS, SAME_NUMBERS };

static void
assert_same_events(const struct notes *a, const struct notes *b, enum likeness likeness)
{
	for (uint32_t partition = 0; partition < PARTITIONS; partition++) {
		size_t i = 0, j = 0;
		for (;; i++, j++) {
			while (i < a->count && a->events[i].partition != partition)
				i++;
			while (j < b->count && b->events[j].partition != partition)
				j++;
			if (i == a->count || j == b->count)
				break;
			assert_int_equal(a->events[i].seq, b->events[j].seq);
			if (likeness == SAME_TEXTS)
				assert_string_equal(a->events[i].text, b->events[j].text);
		}
		assert_int_equal(a->count - i, b->count - j); /* both at their end */
	}
	assert_int_equal(a->count, b->count);
}

/* Exactly these, in this order. */
#define assert_events(notes, ...) assert_events_at((notes), (const char *const[]){__VA_ARGS__, NULL}, __LINE__)
static void
assert_events_at(const struct notes *notes, const char *const *texts, int line)
{
	for (size_t i = 0; texts[i]; i++)
		_assert_string_equal(i < notes->count ? notes->events[i].text : "nothing", texts[i], __FILE__, line);
	_assert_int_equal(notes->count, rows_count(texts), __FILE__, line);
}

/* Nothing has been heard when the answer to this comes, for a session is told everything in its order. */
static void
assert_hears_no_more(struct raw *raw, size_t count)
{
	raw_expect(raw, to_show_place(GRID_A), "OK", "");
	assert_int_equal(raw->notes.count, count);
}

/* Beginning. */

static void
answer_says_where_watching_begins(void **state)
{
	struct world *w = *state;
	uint8_t partition = partition_of(COMMUNITY);
	uint64_t cursors[PARTITIONS];
	Answer *answer;
	struct raw raw;

	raw_login(&raw, w, "beginner");
	answer = raw_ask(&raw, to_watch(.places = {GRID_A}));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_true(strlen(answer->watch->epoch) > 0);
	assert_int_equal(answer->watch->n_cursors, PARTITIONS);
	for (uint32_t i = 0; i < PARTITIONS; i++)
		assert_int_equal(answer->watch->cursors[i]->partition, i);
	free_answer(answer);

	memcpy(cursors, raw.cursors, sizeof(cursors));
	rename_place(w, GRID_A);
	rename_place(w, GRID_A);
	raw_hear(&raw, 2);
	assert_int_equal(raw.notes.events[0].partition, partition);
	assert_int_equal(raw.notes.events[0].seq, cursors[partition] + 1);
	assert_int_equal(raw.notes.events[1].seq, cursors[partition] + 2);
	raw_close(&raw);
}

static void
new_watch_replaces_the_old_one(void **state)
{
	struct world *w = *state;
	const char *first = post_call(w, .place = GRID_A), *second = post_call(w, .place = GRID_A);
	struct raw raw;

	raw_login(&raw, w, "fickle");
	raw_watch(&raw, .places = {GRID_A}, .calls = {first});
	join(w, first, "an");
	rename_place(w, GRID_A);
	raw_hear(&raw, 2);

	raw_watch(&raw, .places = {GRID_B}, .calls = {second});
	join(w, first, "bo");
	rename_place(w, GRID_A);
	join(w, second, "bo");
	rename_place(w, GRID_B);
	raw_hear(&raw, 4);

	raw_watch(&raw, .places = {NULL});
	join(w, first, "chen");
	rename_place(w, GRID_B);
	raw_watch(&raw, .places = {COMMUNITY});
	rename_place(w, COMMUNITY);
	raw_hear(&raw, 5);
	assert_events(&raw.notes, say("chain %s 1 an confirmed", first), "places " GRID_A " 1",
		say("chain %s 1 bo confirmed", second), "places " GRID_B " 1", "places " COMMUNITY " 1");
	raw_close(&raw);
}

static void
nothing_is_heard_before_watching(void **state)
{
	struct world *w = *state;
	struct raw raw;

	raw_login(&raw, w, "deaf");
	rename_place(w, GRID_A);
	assert_hears_no_more(&raw, 0);
	assert_int_equal(raw.notes.tally_count, 0);
	raw_close(&raw);
}

static void
watch_that_cannot_be_is_refused(void **state)
{
	static const uint64_t nowhere[PARTITIONS] = {0}, beyond[PARTITIONS] = {UINT64_C(1) << 53};
	const char *calls[] = {"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12",
		"1.13", "1.14", "1.15", "1.16"};
	struct watching many = {.calls = {"1.17"}};
	Request *odd = to_watch(.places = {GRID_A}, .cursors = nowhere, .epoch = "x");
	struct raw raw;

	raw_login(&raw, *state, "refused");
	raw_expect(&raw, to_watch(.places = {COMMUNITY "099"}), "NOT_FOUND", "places[0].place");
	raw_expect(&raw, to_watch(.places = {GRID_A, GRID_B, "99"}), "NOT_FOUND", "places[2].place");
	raw_expect(&raw, to_watch(.places = {GRID_A, "1401O5"}), "BAD_REQUEST", "places[1].place");
	raw_expect(&raw, to_watch(.places = {""}), "BAD_REQUEST", "places[0].place");
	raw_expect(&raw, to_watch(.places = {GRID_A}, .depth = 4), "BAD_REQUEST", "places[0].depth");
	raw_expect(&raw, to_watch(.places = {GRID_A, GRID_A, GRID_A, GRID_A, GRID_A, GRID_A, GRID_A, GRID_A, GRID_A}),
		"BAD_REQUEST", "places");
	raw_expect(&raw, to_watch(.calls = {"1.1", "x"}), "BAD_REQUEST", "calls[1]");
	raw_expect(
		&raw, to_watch(.places = {GRID_A}, .cursors = beyond, .epoch = "x"), "BAD_REQUEST", "cursors[0].seq");
	odd->watch->cursors[3]->partition = PARTITIONS;
	raw_expect(&raw, odd, "BAD_REQUEST", "cursors[3].partition");

	memcpy(many.calls + 1, calls, sizeof(calls));
	raw_expect(&raw, to_watch_all(many), "BAD_REQUEST", "calls");
	many.calls[16] = NULL;
	raw_expect(&raw, to_watch_all(many), "OK", "");
	raw_expect(&raw, to_watch(.places = {GRID_A, GRID_B, CITY, STREET, GRID_A, GRID_B, CITY, STREET}), "OK", "");
	raw_close(&raw);
}

static void
refused_watch_leaves_the_old_one(void **state)
{
	struct world *w = *state;
	struct raw raw;

	raw_login(&raw, w, "steadfast");
	raw_watch(&raw, .places = {GRID_A});
	raw_expect(&raw, to_watch(.places = {GRID_B, "99"}), "NOT_FOUND", "places[1].place");
	raw_expect(&raw, to_watch(.places = {GRID_B}, .depth = 4), "BAD_REQUEST", "places[0].depth");
	rename_place(w, GRID_B);
	rename_place(w, GRID_A);
	raw_hear(&raw, 1);
	assert_events(&raw.notes, "places " GRID_A " 1");
	raw_close(&raw);
}

/* Going on. */

/* Some of the chances of a few hundred events: sign-ups to three calls, names of places, calls that come and go. */
struct bustle {
	struct world *w;
	struct rng rng;
	const char *calls[3];
	const char *passing; /* a call that will be closed */
};

static void
bustle_begin(struct bustle *bustle, struct world *w)
{
	*bustle = (struct bustle){.w = w, .rng = {412}};
	for (size_t i = 0; i < ARRAY_LEN(bustle->calls); i++)
		bustle->calls[i] = post_call(w, .place = i ? GRID_A : CITY, .limit = 3);
	for (unsigned i = 0; i < 6; i++)
		member_at(w, say("m-%u", i), i % 2 ? BUILDING_1 : GRID_B);
}

/* One or no event, of one of several logs. */
static void
bustle_step(struct bustle *bustle)
{
	static const char *const places[] = {GRID_A, GRID_B, COMMUNITY, STREET, CITY};
	const char *call = bustle->calls[rng_below(&bustle->rng, ARRAY_LEN(bustle->calls))];
	struct caller *caller = person(bustle->w, say("m-%u", rng_below(&bustle->rng, 6)));
	unsigned dice = rng_below(&bustle->rng, 10);

	if (dice == 0) {
		rename_place(bustle->w, places[rng_below(&bustle->rng, ARRAY_LEN(places))]);
	} else if (dice == 1 && bustle->passing) {
		close_call(bustle->w, bustle->passing);
		bustle->passing = NULL;
	} else if (dice == 1) {
		bustle->passing = post_call(bustle->w, .place = places[rng_below(&bustle->rng, 3)]);
	} else {
		free_answer(ask(caller, dice < 7 ? to_join(call) : to_withdraw(call)));
	}
}

/* The client that comes back by itself: cut off again and again, also while it is coming back. */
static void
torn_client_misses_nothing(void **state)
{
	enum { CUTS = 30 };
	struct world *w = *state;
	struct bustle bustle;
	struct ear *steady, *torn;

	bustle_begin(&bustle, w);
	steady = ear_open(
		w, "steady", .places = {PROVINCE_}, .calls = {bustle.calls[0], bustle.calls[1], bustle.calls[2]});
	torn = ear_open(w, "torn", .places = {PROVINCE_}, .calls = {bustle.calls[0], bustle.calls[1], bustle.calls[2]});
	for (unsigned i = 0; i < CUTS; i++) {
		caller_cut(torn->caller);
		for (unsigned steps = rng_below(&bustle.rng, 20); steps > 0; steps--)
			bustle_step(&bustle);
		if (rng_below(&bustle.rng, 3) > 0)
			wait_until(w, caller_state(torn->caller) == CALLER_PRESENT, "him to be back");
	}
	ear_settle(steady, COMMUNITY);
	wait_until(w, torn->notes.count >= steady->notes.count, "all that was missed");
	ear_settle(torn, COMMUNITY);
	ear_settle(steady, COMMUNITY);
	ear_settle(torn, STREET);
	wait_until(w, steady->notes.count == torn->notes.count, "the rest");

	assert_true(steady->notes.count > 150);
	assert_same_events(&steady->notes, &torn->notes, SAME_TEXTS);
	assert_int_equal(torn->snapshots, 1); /* it went on, and did not begin anew */
}

/* What the hub itself sends: from each cursor on exactly what followed, once. */
static void
hub_goes_on_from_any_cursor(void **state)
{
	enum { TIMES = 40 };
	struct world *w = *state;
	struct bustle bustle;
	struct ear *steady;
	struct raw raw;

	bustle_begin(&bustle, w);
	steady = ear_open(
		w, "steady", .places = {PROVINCE_}, .calls = {bustle.calls[0], bustle.calls[1], bustle.calls[2]});
	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {PROVINCE_}, .calls = {bustle.calls[0], bustle.calls[1], bustle.calls[2]});
	for (unsigned i = 0; i < TIMES; i++) {
		for (unsigned steps = rng_below(&bustle.rng, 12); steps > 0; steps--)
			bustle_step(&bustle);
		ear_settle(steady, COMMUNITY);
		raw_hear(&raw,
			raw.notes.count + rng_below(&bustle.rng, (uint32_t)(steady->notes.count - raw.notes.count)));
		raw_come_back(&raw, w, "raw");
		raw_watch(&raw, .places = {PROVINCE_}, .calls = {bustle.calls[0], bustle.calls[1], bustle.calls[2]},
			.epoch = raw.epoch, .cursors = raw.cursors);
	}
	ear_settle(steady, STREET);
	raw_hear(&raw, steady->notes.count);
	assert_hears_no_more(&raw, steady->notes.count);
	assert_same_events(&steady->notes, &raw.notes, SAME_TEXTS);
	raw_close(&raw);
}

static void
answer_repeats_the_cursors_it_goes_on_from(void **state)
{
	struct world *w = *state;
	uint64_t cursors[PARTITIONS];
	Answer *answer;
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	rename_place(w, GRID_A);
	raw_come_back(&raw, w, "raw");
	answer = raw_ask(&raw, to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors));
	assert_int_equal(answer->watch->n_cursors, PARTITIONS);
	for (size_t i = 0; i < PARTITIONS; i++)
		assert_int_equal(answer->watch->cursors[i]->seq, cursors[i]);
	assert_string_equal(answer->watch->epoch, raw.epoch);
	free_answer(answer);
	raw_close(&raw);
}

/* Each log has its own; of those left out nothing is told again. */
static void
cursors_of_some_logs_will_do(void **state)
{
	struct world *w = *state;
	uint32_t community = 1U << partition_of(COMMUNITY), city = 1U << partition_of(CITY);
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	assert_int_not_equal(community, city);
	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	rename_place(w, CITY);
	rename_place(w, GRID_A);
	raw_hear(&raw, 2);

	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors, .partitions = community);
	raw_hear(&raw, 3);
	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors, .partitions = city);
	raw_hear(&raw, 4);
	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors);
	raw_hear(&raw, 6);
	assert_hears_no_more(&raw, 6);
	assert_string_equal(raw.notes.events[2].text, "places " GRID_A " 1");
	assert_string_equal(raw.notes.events[3].text, "places " CITY " 1");
	raw_close(&raw);
}

static void
log_named_twice_is_refused(void **state)
{
	struct world *w = *state;
	uint32_t partition = partition_of(COMMUNITY);
	uint64_t cursors[PARTITIONS];
	Request *request;
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	rename_place(w, GRID_A);
	rename_place(w, GRID_A);
	raw_hear(&raw, 2);
	request = to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors,
		.partitions = 1U << partition | 1U << (partition + 1) % PARTITIONS);
	for (size_t i = 0; i < 2; i++) {
		request->watch->cursors[i]->partition = partition;
		request->watch->cursors[i]->seq = cursors[partition];
	}
	raw_expect(&raw, request, "BAD_REQUEST", "cursors[1].partition");
	assert_hears_no_more(&raw, 2);
	raw_close(&raw);
}

static void
what_was_not_watched_is_not_told_again(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_B), *other = post_call(w, .place = GRID_B);
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	rename_place(w, GRID_B);
	rename_place(w, BUILDING_1);
	join(w, call, "an");
	join(w, other, "an");
	close_call(w, other);
	raw_come_back(&raw, w, "raw");
	raw_watch(&raw, .places = {BUILDING_1}, .calls = {call}, .epoch = raw.epoch, .cursors = cursors);
	raw_hear(&raw, 2);
	assert_hears_no_more(&raw, 2);
	assert_events(&raw.notes, "places " BUILDING_1 " 1", say("chain %s 1 an confirmed", call));
	raw_close(&raw);
}

/* The lines of one's own are told without asking, and so they are told again. */
static void
own_lines_are_told_again(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1);
	struct raw raw;

	join(w, call, "an", "bo");
	raw_login(&raw, w, "bo");
	raw_watch(&raw, .places = {NULL});
	raw_close(&raw);
	withdraw(w, call, "an");
	join(w, call, "chen");
	raw_login(&raw, w, "bo");
	{
		uint64_t cursors[PARTITIONS];
		raw_watch(&raw, .places = {NULL});
		memcpy(cursors, raw.cursors, sizeof(cursors));
		cursors[partition_of(COMMUNITY)] -= 2;
		raw_watch(&raw, .places = {NULL}, .epoch = raw.epoch, .cursors = cursors);
	}
	raw_hear(&raw, 1);
	assert_hears_no_more(&raw, 1);
	assert_events(&raw.notes, say("chain %s 1 an struck, 2 bo confirmed", call));
	raw_close(&raw);
}

static void
closed_call_does_not_keep_one_from_going_on(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A, .title = "收尾");
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .calls = {call});
	raw_come_back(&raw, w, "raw");
	join(w, call, "an");
	close_call(w, call);
	raw_watch(&raw, .calls = {call}, .epoch = raw.epoch, .cursors = raw.cursors);
	raw_hear(&raw, 2);
	assert_hears_no_more(&raw, 2);
	assert_events(&raw.notes, say("chain %s 1 an confirmed", call), say("call %s closed 1/0/1 收尾", call));
	raw_close(&raw);
}

/* The cursors of a hub that is ahead: what comes next is told, by and by. */
static void
cursor_ahead_of_the_log_will_do(void **state)
{
	struct world *w = *state;
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	cursors[partition_of(COMMUNITY)] += 1;
	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors);
	rename_place(w, GRID_A);
	rename_place(w, BUILDING_1);
	while (raw.notes.count == 0 ||
		strcmp(raw.notes.events[raw.notes.count - 1].text, "places " BUILDING_1 " 1") != 0)
		assert_true(raw_read(&raw));
	raw_close(&raw);
}

/* Over a restart. */

static void
restart_loses_nothing_for_who_comes_back(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1, .title = "老的"), *second;
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {COMMUNITY}, .calls = {call});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	join(w, call, "an", "bo");
	raw_hear(&raw, 1);

	rename_place(w, GRID_A);
	hub_again(w, SIGTERM);
	withdraw(w, call, "an");
	second = post_call(w, .place = GRID_A, .title = "新的");
	hub_again(w, SIGKILL);
	join(w, call, "chen");
	close_call(w, call);
	raw_come_back(&raw, w, "raw");
	raw_watch(&raw, .places = {COMMUNITY}, .calls = {call}, .epoch = raw.epoch, .cursors = raw.cursors);
	raw_hear(&raw, 7);
	assert_hears_no_more(&raw, 7);
	assert_events(&raw.notes, say("chain %s 1 an confirmed", call), say("chain %s 2 bo waiting", call),
		"places " GRID_A " 1", say("chain %s 1 an struck, 2 bo confirmed", call),
		say("call %s open 0/0/0 新的", second), say("chain %s 3 chen waiting", call),
		say("call %s closed 1/1/3 老的", call));

	/* And again from the start of it all. */
	raw_watch(&raw, .places = {COMMUNITY}, .calls = {call}, .epoch = raw.epoch, .cursors = cursors);
	raw_hear(&raw, 14);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(raw.notes.events[i].text, raw.notes.events[7 + i].text);
	raw_close(&raw);
}

/* In the middle of a bustle, of which nobody knows what was done when the hub died: the log knows. */
static void
killed_hub_goes_on_from_any_cursor(void **state)
{
	enum { TIMES = 4 };
	struct world *w = *state;
	struct bustle bustle;
	uint64_t from[PARTITIONS];
	struct raw raw, all;

	bustle_begin(&bustle, w);
	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A}, .calls = {bustle.calls[1]});
	memcpy(from, raw.cursors, sizeof(from));
	for (unsigned i = 0; i < TIMES; i++) {
		for (unsigned step = 0; step < 20; step++)
			bustle_step(&bustle);
		for (unsigned member = 0; member < 6; member++)
			caller_send(person(w, say("m-%u", member)), to_withdraw(bustle.calls[1]), NULL, NULL);
		uv_run(&w->loop, UV_RUN_NOWAIT);
		raw_hear(&raw, raw.notes.count + 1);
		hub_again(w, i % 2 ? SIGTERM : SIGKILL);
		raw_come_back(&raw, w, "raw");
		raw_watch(&raw, .places = {GRID_A}, .calls = {bustle.calls[1]}, .epoch = raw.epoch,
			.cursors = raw.cursors);
	}
	rename_place(w, GRID_A);
	raw_hear(&raw, 1);
	raw_login(&all, w, "raw");
	raw_watch(&all, .places = {GRID_A}, .calls = {bustle.calls[1]}, .epoch = raw.epoch, .cursors = from);
	while (all.notes.count < raw.notes.count || raw.notes.count < all.notes.count) {
		raw_expect(&all, to_show_place(GRID_A), "OK", "");
		raw_expect(&raw, to_show_place(GRID_A), "OK", "");
		assert_true(raw.notes.count <= all.notes.count);
	}
	assert_same_events(&raw.notes, &all.notes, SAME_NUMBERS);
	raw_close(&raw);
	raw_close(&all);
}

/* Too far behind. */

static const char *const short_history[] = {"--history", "16", NULL};
static const char *const small_outbox[] = {"--max-outbox", "65536", NULL};

static void
cursor_of_another_epoch_is_stale(void **state)
{
	struct world *w = *state;
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	raw_expect(&raw, to_watch(.places = {GRID_A}, .epoch = "another", .cursors = raw.cursors), "STALE_CURSOR",
		"epoch");
	raw_expect(&raw, to_watch(.places = {GRID_A}, .epoch = "", .cursors = raw.cursors), "STALE_CURSOR", "epoch");
	raw_expect(&raw, to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = raw.cursors), "OK", "");
	raw_close(&raw);
}

/* So many renamings of the grid, seen by a session that was away; `count` that it is told, 0: its cursors are stale. */
static void
go_on_after(struct world *w, unsigned events, unsigned count, bool restart)
{
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	for (unsigned i = 0; i < events; i++)
		rename_place(w, GRID_A);
	if (restart)
		hub_again(w, SIGKILL);
	raw_come_back(&raw, w, "raw");
	notes_finish(&raw.notes);
	if (count > 0) {
		raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors);
		raw_hear(&raw, count);
	} else {
		raw_expect(&raw, to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors), "STALE_CURSOR",
			"cursors");
		/* And it hears nothing until it has asked again. */
		rename_place(w, GRID_A);
	}
	assert_hears_no_more(&raw, count);
	raw_watch(&raw, .places = {GRID_A});
	rename_place(w, GRID_A);
	raw_hear(&raw, count + 1);
	raw_close(&raw);
}

static void
cursor_older_than_the_history_is_stale(void **state)
{
	go_on_after(*state, 16, 16, false);
	go_on_after(*state, 17, 0, false);
	go_on_after(*state, 15, 15, false);
	go_on_after(*state, 40, 0, false);
}

static void
history_is_as_long_after_a_restart(void **state)
{
	go_on_after(*state, 16, 16, true);
	go_on_after(*state, 17, 0, true);
	go_on_after(*state, 1, 1, true);
}

/* The other logs may be as long as they like. */
static void
busy_log_does_not_make_the_others_stale(void **state)
{
	struct world *w = *state;
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	raw_come_back(&raw, w, "raw");
	rename_place(w, GRID_A);
	for (unsigned i = 0; i < 40; i++)
		rename_place(w, CITY);
	raw_expect(&raw, to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = raw.cursors), "STALE_CURSOR",
		"cursors");
	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = raw.cursors,
		.partitions = 1U << partition_of(COMMUNITY));
	raw_hear(&raw, 1);
	assert_hears_no_more(&raw, 1);
	raw_close(&raw);
}

/* What is refused changes nothing: it hears on what it watched. */
static void
stale_watch_leaves_the_old_one(void **state)
{
	struct world *w = *state;
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	for (unsigned i = 0; i < 17; i++)
		rename_place(w, GRID_A);
	raw_hear(&raw, 17);
	raw_expect(
		&raw, to_watch(.places = {GRID_B}, .epoch = raw.epoch, .cursors = cursors), "STALE_CURSOR", "cursors");
	rename_place(w, GRID_A);
	raw_hear(&raw, 18);
	raw_close(&raw);
}

/* The client that comes back by itself takes a new snapshot then. */
static void
client_that_is_too_far_behind_begins_anew(void **state)
{
	struct world *w = *state;
	struct ear *ear = ear_open(w, "ear", .places = {GRID_A});
	struct raw raw;

	raw_login(&raw, w, "raw"); /* works while the loop stands still */
	caller_cut(ear->caller);
	wait_until(w, caller_state(ear->caller) == CALLER_AWAY, "the connection to break");
	for (unsigned i = 0; i < 40; i++)
		raw_expect(&raw, to_import(GRID_A, i % 2 ? "甲" : "乙"), "OK", "");
	raw_close(&raw);
	wait_until(w, ear->snapshots == 2, "a new beginning");
	assert_int_equal(ear->notes.count, 0);
	ear_settle(ear, GRID_A);
	assert_int_equal(ear->notes.count, 1);
}

static void
what_is_too_much_to_tell_again_is_stale(void **state)
{
	struct world *w = *state;
	char body[2000 * 3 + 1] = "";
	uint64_t cursors[PARTITIONS];
	struct raw raw;

	for (unsigned i = 0; i < 2000; i++)
		memcpy(body + (size_t)3 * i, "龙", 3);
	raw_login(&raw, w, "raw");
	raw_watch(&raw, .places = {GRID_A});
	memcpy(cursors, raw.cursors, sizeof(cursors));
	for (unsigned i = 0; i < 4; i++)
		expect(person(w, "worker"), to_post(.place = GRID_A, .title = "长", .body = body), "OK", "");
	raw_hear(&raw, 4);
	raw_watch(&raw, .places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors);
	raw_hear(&raw, 8);
	for (unsigned i = 0; i < 4; i++)
		expect(person(w, "worker"), to_post(.place = GRID_A, .title = "长", .body = body), "OK", "");
	raw_hear(&raw, 12);
	raw_expect(
		&raw, to_watch(.places = {GRID_A}, .epoch = raw.epoch, .cursors = cursors), "STALE_CURSOR", "cursors");
	assert_hears_no_more(&raw, 12);
	raw_watch(&raw, .places = {GRID_B}, .epoch = raw.epoch,
		.cursors = cursors); /* of which there is nothing to tell */
	assert_hears_no_more(&raw, 12);
	raw_close(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(answer_says_where_watching_begins),
		shared(new_watch_replaces_the_old_one),
		shared(nothing_is_heard_before_watching),
		shared(watch_that_cannot_be_is_refused),
		shared(refused_watch_leaves_the_old_one),
		shared(answer_repeats_the_cursors_it_goes_on_from),
		shared(cursors_of_some_logs_will_do),
		shared(log_named_twice_is_refused),
		shared(what_was_not_watched_is_not_told_again),
		shared(own_lines_are_told_again),
		shared(closed_call_does_not_keep_one_from_going_on),
		shared(cursor_ahead_of_the_log_will_do),
		shared(cursor_of_another_epoch_is_stale),
		fresh(torn_client_misses_nothing),
		fresh(hub_goes_on_from_any_cursor),
		fresh(restart_loses_nothing_for_who_comes_back),
		fresh(killed_hub_goes_on_from_any_cursor),
		fresh_with(cursor_older_than_the_history_is_stale, short_history),
		fresh_with(history_is_as_long_after_a_restart, short_history),
		fresh_with(busy_log_does_not_make_the_others_stale, short_history),
		fresh_with(stale_watch_leaves_the_old_one, short_history),
		fresh_with(client_that_is_too_far_behind_begins_anew, short_history),
		fresh_with(what_is_too_much_to_tell_again_is_stale, small_outbox),
	};

	return run_in_worlds(tests);
}
