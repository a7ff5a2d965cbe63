/* tally.c - what is counted in each place: asked for, and heard live. It is held against a recount of what the hub
 * lists: members, open calls, and the lines of their chains. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ears.h"
#include "lists.h"
#include "random.h"
#include "worlds.h"

/* The recount. */

/* Something that counts, at the place it counts at. */
struct fact {
	char place[PLACE_TEXT];
	unsigned members, calls, confirmed, waiting;
};

struct facts {
	struct fact items[1024];
	size_t count;
};

static struct fact *
add_fact(struct facts *facts, const char *place)
{
	struct fact *fact = &facts->items[facts->count++];

	assert_true(facts->count <= ARRAY_LEN(facts->items));
	snprintf(fact->place, sizeof(fact->place), "%s", place);
	return fact;
}

static void
count_members(struct facts *facts, struct world *w, const char *province)
{
	const char *const *rows = list_members(person(w, "worker"), province, 200);

	for (; *rows; rows++)
		add_fact(facts, strrchr(*rows, ' ') + 1)->members = 1;
}

static void
count_lines(struct facts *facts, struct world *w, const char *call)
{
	Answer *answer = ask(person(w, "worker"), to_list_chain(call, 0, 200));

	assert_false(answer->chain_list->more);
	for (size_t i = 0; i < answer->chain_list->n_lines; i++) {
		const Line *line = answer->chain_list->lines[i];
		struct fact *fact = add_fact(facts, line->place);
		fact->confirmed = line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
		fact->waiting = line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING;
	}
	free_answer(answer);
}

static void
count_calls(struct facts *facts, struct world *w, const char *province)
{
	Answer *answer = ask(person(w, "worker"), to_list_calls(province, "", 50));

	assert_false(answer->call_list->more);
	for (size_t i = 0; i < answer->call_list->n_calls; i++) {
		add_fact(facts, answer->call_list->calls[i]->place)->calls = 1;
		count_lines(facts, w, answer->call_list->calls[i]->id);
	}
	free_answer(answer);
}

/* "A covers B if B's code starts with A's." */
static const char *
sum_of(const struct facts *facts, const char *place)
{
	struct fact sum = {.place = ""};

	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		if (strncmp(fact->place, place, strlen(place)) != 0)
			continue;
		sum.members += fact->members;
		sum.calls += fact->calls;
		sum.confirmed += fact->confirmed;
		sum.waiting += fact->waiting;
	}
	return say("%u %u %u %u", sum.members, sum.calls, sum.confirmed, sum.waiting);
}

/* The tallies of a place and of all that are known within three levels below; returns how many. */
static size_t
compare_tallies(const struct facts *facts, struct world *w, const char *top)
{
	Answer *answer = ask(person(w, "worker"), to_list_tallies(top, 3, "", 200));
	size_t count = answer->tally_list->n_tallies;

	assert_false(answer->tally_list->more);
	for (size_t i = 0; i < count; i++) {
		const Tally *tally = answer->tally_list->tallies[i];
		assert_string_equal(say("%s: %s", tally->place, figures_of(tally)),
			say("%s: %s", tally->place, sum_of(facts, tally->place)));
	}
	free_answer(answer);
	return count;
}

/* At every known place under the province. */
static void
assert_adds_up(struct world *w, const char *province)
{
	struct facts *facts = calloc(1, sizeof(*facts));
	const char *const *middles;

	assert_non_null(facts);
	count_members(facts, w, province);
	count_calls(facts, w, province);
	assert_true(compare_tallies(facts, w, province) > 1);
	middles = list_places(person(w, "worker"), province, 3, 200);
	for (; *middles; middles++)
		if (strlen(*middles) == strlen(STREET))
			assert_true(compare_tallies(facts, w, *middles) > 1);
	free(facts);
}

/* Step by step. */

/* The same at all of the levels above a grid. */
static void
assert_above(struct world *w, const char *figures)
{
	static const char *const above[] = {COMMUNITY, STREET, DISTRICT, CITY, PROVINCE_};

	for (size_t i = 0; i < ARRAY_LEN(above); i++)
		assert_tally(w, above[i], figures);
	assert_adds_up(w, PROVINCE_);
}

static void
every_level_counts_each_step(void **state)
{
	struct world *w = *state;
	const char *call;

	member_at(w, "an", BUILDING_1);
	member_at(w, "bo", BUILDING_2);
	member_at(w, "chen", GRID_A);
	member_at(w, "out", GRID_B);
	assert_above(w, "4 0 0 0");

	call = post_call(w, .limit = 2);
	assert_tally(w, GRID_A, "3 1 0 0");
	assert_tally(w, BUILDING_1, "1 0 0 0");
	assert_above(w, "4 1 0 0");

	join(w, call, "an");
	assert_tally(w, BUILDING_1, "1 0 1 0");
	assert_above(w, "4 1 1 0");
	join(w, call, "out", "bo", "chen");
	assert_tally(w, BUILDING_1, "1 0 1 0");
	assert_tally(w, BUILDING_2, "1 0 0 1");
	assert_tally(w, GRID_A, "3 1 2 2");
	assert_tally(w, GRID_B, "1 0 0 0"); /* he who lives there is counted where he helps */
	assert_above(w, "4 1 2 2");

	withdraw(w, call, "an");
	assert_tally(w, BUILDING_1, "1 0 0 0");
	assert_tally(w, BUILDING_2, "1 0 1 0");
	assert_above(w, "4 1 2 1");

	expect(person(w, "bo"), to_move(GRID_B), "OK", "");
	assert_tally(w, BUILDING_2, "0 0 1 0"); /* the line stays where it was */
	assert_tally(w, GRID_A, "2 1 2 1");
	expect(person(w, "chen"), to_leave(), "OK", "");
	assert_above(w, "3 1 2 1");

	close_call(w, call);
	assert_tally(w, BUILDING_2, "0 0 0 0");
	assert_tally(w, GRID_A, "1 0 0 0");
	assert_above(w, "3 0 0 0");
}

/* Of a call above the grids each line counts where its person lives. */
static void
call_of_a_community_is_counted_in_its_grids(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = COMMUNITY, .limit = 2);

	member_at(w, "an", BUILDING_1);
	member_at(w, "bo", GRID_B);
	member_at(w, "chen", GRID_B);
	join(w, call, "an", "bo", "chen");
	assert_tally(w, COMMUNITY, "3 1 2 1");
	assert_tally(w, GRID_A, "1 0 1 0");
	assert_tally(w, GRID_B, "2 0 1 1");
	assert_adds_up(w, PROVINCE_);
	close_call(w, call);
	assert_tally(w, GRID_B, "2 0 0 0");
	assert_adds_up(w, PROVINCE_);
}

/* Random steps. */

#define STEPS  120
#define PEOPLE 8

static const char *const homes[] = {GRID_A, GRID_B, BUILDING_1, BUILDING_2};
static const char *const scenes[] = {
	GRID_A, GRID_B, BUILDING_1, BUILDING_2, COMMUNITY, STREET, DISTRICT, CITY, PROVINCE_};

struct play {
	struct world *w;
	struct rng rng;
	const char *calls[STEPS];
	unsigned call_count;
};

static const char *
pick(struct play *play, const char *const *from, unsigned count)
{
	return from[rng_below(&play->rng, count)];
}

/* One thing that somebody does; whether it is accepted does not matter. */
static void
random_step(struct play *play)
{
	struct caller *caller = person(play->w, say("player-%u", rng_below(&play->rng, PEOPLE)));
	const char *call = play->call_count ? pick(play, play->calls, play->call_count) : NULL;
	unsigned dice = rng_below(&play->rng, 20);
	Request *request;

	if (!call || dice == 0) {
		play->calls[play->call_count++] = post_call(
			play->w, .place = pick(play, scenes, ARRAY_LEN(scenes)), .limit = rng_below(&play->rng, 4));
		return;
	}
	if (dice == 1)
		request = to_close(call);
	else if (dice == 2)
		request = to_leave();
	else if (dice < 5)
		request = to_move(pick(play, homes, ARRAY_LEN(homes)));
	else if (dice < 8)
		request = to_register(pick(play, homes, ARRAY_LEN(homes)), "路人", "");
	else if (dice < 12)
		request = to_withdraw(call);
	else
		request = to_join(call);
	free_answer(ask(caller, request));
}

static void
random_steps_add_up(void **state)
{
	struct play play = {.w = *state, .rng = {412}};

	for (unsigned i = 0; i < STEPS; i++) {
		random_step(&play);
		if (i % 8 == 0)
			assert_adds_up(play.w, PROVINCE_);
	}
	assert_true(play.call_count > 3);
	hub_again(play.w, SIGTERM);
	assert_adds_up(play.w, PROVINCE_);
	hub_again(play.w, SIGKILL);
	assert_adds_up(play.w, PROVINCE_);
}

/* Listing. */

static void
pages_of_tallies_follow_each_other_without_gap(void **state)
{
	struct caller *worker = person(*state, "worker");

	for (uint32_t page = 1; page <= 7; page++) {
		assert_rows(list_tallies(worker, STREET, 0, page), STREET);
		assert_rows(list_tallies(worker, STREET, 1, page), STREET, COMMUNITY);
		assert_rows(list_tallies(worker, STREET, 2, page), STREET, COMMUNITY, GRID_A, GRID_B);
		assert_rows(list_tallies(worker, STREET, 3, page), STREET, COMMUNITY, GRID_A, BUILDING_1, BUILDING_2,
			GRID_B);
		assert_rows(list_tallies(worker, BUILDING_1, 3, page), BUILDING_1);
	}
}

static void
list_that_cannot_be_is_refused(void **state)
{
	struct caller *worker = person(*state, "worker");

	expect(worker, to_list_tallies("99", 0, "", 1), "NOT_FOUND", "place");
	expect(worker, to_list_tallies("", 0, "", 1), "BAD_REQUEST", "place");
	expect(worker, to_list_tallies(GRID_A, 4, "", 1), "BAD_REQUEST", "depth");
	expect(worker, to_list_tallies(GRID_A, 0, "", 0), "BAD_REQUEST", "count");
	expect(worker, to_list_tallies(GRID_A, 0, "", 201), "BAD_REQUEST", "count");
	expect(worker, to_list_tallies(GRID_A, 1, GRID_B, 1), "BAD_REQUEST", "after");
	expect(worker, to_list_tallies(COMMUNITY, 1, BUILDING_1, 1), "BAD_REQUEST", "after");
	expect(worker, to_list_tallies(GRID_A, 1, GRID_A "099", 1), "NOT_FOUND", "after");
}

/* Live. */

/* The last it heard of each of its places is what is listed; nothing yet of one in which nothing ever was. */
static bool
is_up_to_date(struct ear *ear, const char *top, uint32_t depth)
{
	Answer *answer = ask(person(ear->w, "worker"), to_list_tallies(top, depth, "", 200));
	bool same = true;

	for (size_t i = 0; i < answer->tally_list->n_tallies; i++) {
		const Tally *tally = answer->tally_list->tallies[i];
		const struct tally_note *note = notes_tally_of(&ear->notes, tally->place, "");
		same = same && strcmp(note ? note->figures : "0 0 0 0", figures_of(tally)) == 0;
	}
	free_answer(answer);
	return same;
}

/* Of how many places, not calls, it heard a tally. */
static unsigned
places_heard_of(const struct ear *ear)
{
	unsigned count = 0;

	for (size_t i = 0; i < ear->notes.tally_count; i++)
		count += ear->notes.tallies[i].call[0] == '\0';
	return count;
}

/* Something in every place of the world. */
static const char *
fill_world(struct world *w)
{
	const char *call = post_call(w, .place = GRID_A, .limit = 2);

	member_at(w, "an", BUILDING_1);
	member_at(w, "bo", BUILDING_2);
	member_at(w, "chen", GRID_B);
	join(w, call, "an", "bo", "chen");
	return call;
}

static void
watcher_hears_the_levels_he_asked_for(void **state)
{
	static const struct {
		const char *place;
		uint32_t depth;
		unsigned places;
	} cases[] = {
		{COMMUNITY, 0, 1},
		{COMMUNITY, 1, 3},
		{COMMUNITY, 2, 5},
		{COMMUNITY, 3, 5},
		{STREET, 3, 6},
		{PROVINCE_, 3, 4},
		{GRID_A, 0, 1},
		{GRID_A, 1, 3},
		{BUILDING_1, 0, 1},
		{BUILDING_1, 3, 1},
	};
	struct world *w = *state;
	struct ear *ears[ARRAY_LEN(cases)];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ears[i] = ear_open(w, say("depth-%zu", i), .places = {cases[i].place}, .depth = cases[i].depth);
	fill_world(w);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		wait_until(w, is_up_to_date(ears[i], cases[i].place, cases[i].depth), "the last tallies");
		ear_settle(ears[i], COMMUNITY);
		assert_int_equal(places_heard_of(ears[i]), cases[i].places);
	}
	assert_string_equal(heard_tally(ears[4], BUILDING_2), "1 0 1 0");
	assert_string_equal(heard_tally(ears[5], STREET), "3 1 2 1");
}

/* That of a call goes to all around its place. */
static void
tally_of_a_call_is_heard_around_its_place(void **state)
{
	struct world *w = *state;
	struct ear *at = ear_open(w, "at", .places = {GRID_A}), *under = ear_open(w, "under", .places = {BUILDING_1});
	struct ear *above = ear_open(w, "above", .places = {CITY});
	struct ear *beside = ear_open(w, "beside", .places = {GRID_B});
	struct ear *const around[] = {at, under, above};
	const char *call = fill_world(w);
	const struct tally_note *note;

	for (size_t i = 0; i < ARRAY_LEN(around); i++)
		wait_until(w,
			(note = notes_tally_of(&around[i]->notes, GRID_A, call)) &&
				strcmp(note->figures, "0 1 2 1") == 0,
			"the call's tally");
	wait_until(w, is_up_to_date(beside, GRID_B, 0), "the neighbour's tally");
	ear_settle(beside, COMMUNITY);
	assert_null(notes_tally_of(&beside->notes, GRID_A, call));
}

/* A burst is gathered: told every 100 ms at the most, and the last word is right. */
static void
last_tally_heard_is_the_one_listed(void **state)
{
	enum { TIMES = 150, UNDER_WAY = 50 };
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A, .limit = 1);
	struct caller *an = member_at(w, "an", BUILDING_1), *bo = member_at(w, "bo", BUILDING_2);
	struct ear *ear = ear_open(w, "ear", .places = {STREET}, .depth = 3);
	uint64_t since_us = world_now_us();
	const struct tally_note *note;

	for (unsigned i = 0; i < TIMES; i++) {
		caller_send(an, i % 2 ? to_withdraw(call) : to_join(call), NULL, NULL);
		caller_send(bo, i % 3 ? to_join(call) : to_withdraw(call), NULL, NULL);
		wait_until(w, caller_pending(an) + caller_pending(bo) < UNDER_WAY, "some to be answered");
	}
	wait_until(w, caller_pending(an) + caller_pending(bo) == 0, "all to be answered");
	join(w, call, "chen"); /* and something that counts for good */
	wait_until(w, is_up_to_date(ear, STREET, 3), "the last tallies");

	note = notes_tally_of(&ear->notes, COMMUNITY, "");
	assert_in_range(note->times, 1, (world_now_us() - since_us) / 100000 + 1);
	assert_true(note->times < TIMES);
}

static void
watcher_hears_no_more_than_once_of_what_he_watches_twice(void **state)
{
	struct world *w = *state;
	struct ear *ear = ear_open(w, "ear", .places = {COMMUNITY, GRID_A, GRID_A}, .depth = 2);

	member_at(w, "an", BUILDING_1);
	wait_until(w, is_up_to_date(ear, GRID_A, 1), "the tallies");
	ear_settle(ear, COMMUNITY);
	assert_int_equal(notes_tally_of(&ear->notes, BUILDING_1, "")->times, 1);
	assert_int_equal(notes_tally_of(&ear->notes, COMMUNITY, "")->times, 1);
}

/* Look-alikes: places that differ in nothing but the number of digits. */

/* 东莞 has no districts, so 441900 stands in for one; 金门's street and community stand in for all of it. */
static void
import_look_alikes(struct world *w)
{
	static const char *const codes[] = {"44", "4419", "441900", "441900003", "441900003001", "441900003001001",
		"35", "3505", "350527", "350527000", "350527000000", "350527000000001"};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		import_place(w, codes[i], codes[i]);
}

static void
look_alikes_are_counted_apart(void **state)
{
	struct world *w = *state;
	const char *city, *district, *county, *street;

	import_look_alikes(w);
	city = post_call(w, .place = "4419");
	assert_tally(w, "4419", "0 1 0 0");
	assert_tally(w, "441900", "0 0 0 0");
	district = post_call(w, .place = "441900");
	assert_tally(w, "4419", "0 2 0 0");
	assert_tally(w, "441900", "0 1 0 0");

	county = post_call(w, .place = "350527");
	street = post_call(w, .place = "350527000");
	assert_tally(w, "350527", "0 2 0 0");
	assert_tally(w, "350527000", "0 1 0 0");
	assert_tally(w, "350527000000", "0 0 0 0");

	member_at(w, "guan", "441900003001001");
	member_at(w, "jin", "350527000000001");
	member_at(w, "far", GRID_A);
	join(w, city, "guan", "jin", "far"); /* two of them count at the city itself */
	join(w, district, "far");
	join(w, county, "jin");
	join(w, street, "far", "guan");
	assert_tally(w, "4419", "1 2 4 0");
	assert_tally(w, "441900", "1 1 2 0");
	assert_tally(w, "441900003", "1 0 1 0");
	assert_tally(w, "350527", "1 2 3 0");
	assert_tally(w, "350527000", "1 1 3 0");
	assert_tally(w, "350527000000", "1 0 1 0");
	assert_adds_up(w, "44");
	assert_adds_up(w, "35");

	hub_again(w, SIGTERM);
	assert_tally(w, "4419", "1 2 4 0");
	assert_tally(w, "441900", "1 1 2 0");
	assert_adds_up(w, "44");
	assert_adds_up(w, "35");
}

static void
look_alikes_are_heard_of_apart(void **state)
{
	struct world *w = *state;
	struct ear *city, *district, *both, *street, *community;

	import_look_alikes(w);
	city = ear_open(w, "city", .places = {"4419"});
	district = ear_open(w, "district", .places = {"441900"});
	both = ear_open(w, "both", .places = {"4419"}, .depth = 1);
	post_call(w, .place = "4419");
	post_call(w, .place = "441900");
	wait_until(w, is_up_to_date(city, "4419", 0), "the city's tally");
	wait_until(w, is_up_to_date(district, "441900", 0), "the district's tally");
	wait_until(w, is_up_to_date(both, "4419", 1), "both tallies");
	assert_int_equal(places_heard_of(city), 1);
	assert_int_equal(places_heard_of(district), 1);
	assert_int_equal(places_heard_of(both), 2);
	assert_string_equal(heard_tally(city, "4419"), "0 2 0 0");
	assert_string_equal(heard_tally(district, "441900"), "0 1 0 0");

	street = ear_open(w, "street", .places = {"350527000"});
	community = ear_open(w, "community", .places = {"350527000000"});
	post_call(w, .place = "350527000");
	wait_until(w, is_up_to_date(street, "350527000", 0), "the street's tally");
	ear_settle(community, "350527000000");
	ear_settle(street, "350527000000");
	assert_int_equal(places_heard_of(street), 1);
	assert_int_equal(places_heard_of(community), 0); /* nothing changed there */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(pages_of_tallies_follow_each_other_without_gap),
		shared(list_that_cannot_be_is_refused),
		fresh(every_level_counts_each_step),
		fresh(call_of_a_community_is_counted_in_its_grids),
		fresh(random_steps_add_up),
		fresh(watcher_hears_the_levels_he_asked_for),
		fresh(tally_of_a_call_is_heard_around_its_place),
		fresh(last_tally_heard_is_the_one_listed),
		fresh(watcher_hears_no_more_than_once_of_what_he_watches_twice),
		fresh(look_alikes_are_counted_apart),
		fresh(look_alikes_are_heard_of_apart),
	};

	return run_in_worlds(tests);
}
