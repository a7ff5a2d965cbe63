/* subs.c - who hears what: told by examples, then held against looking at every watcher. */
#include <stdlib.h>

#include "subs.h"
#include "unit.h"

/* Who was visited, in order. `client` of a watcher is its name. */
struct heard {
	struct watcher *watchers[2000];
	size_t count;
};

static void
hear(struct watcher *watcher, void *context)
{
	struct heard *heard = context;

	assert_true(heard->count < ARRAY_LEN(heard->watchers));
	heard->watchers[heard->count++] = watcher;
}

static void *
name(const char *cstr)
{
	return UNCONST(cstr);
}

/* The names of those who were visited, in order, with blanks between them. */
static void
check_heard(const struct heard *heard, size_t returned, const char *expected, const char *file, int line)
{
	char names[256] = "";

	for (size_t i = 0; i < heard->count; i++) {
		strncat(names, i ? " " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, heard->watchers[i]->client, sizeof(names) - strlen(names) - 1);
	}
	if (returned == heard->count && strcmp(names, expected) == 0)
		return;
	print_error("'%s' (%zu) heard it, not '%s'\n", names, returned, expected);
	_fail(file, line);
}

#define assert_heard(visit, subs, what, expected)                                \
	do {                                                                     \
		struct heard heard_ = {.count = 0};                              \
		size_t returned_ = visit((subs), (what), hear, &heard_);         \
		check_heard(&heard_, returned_, (expected), __FILE__, __LINE__); \
	} while (0)

static void
finish(struct subs *subs, struct watcher *watchers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		subs_end(subs, &watchers[i]);
	assert_int_equal(subs_count(subs), 0);
	subs_destroy(subs);
}

static void
what_happens_is_heard_above_at_and_below(void **state)
{
	static const struct {
		const char *name;
		const char *place;
	} rows[] = {
		{"building", "140105007004001001"},
		{"grid", "140105007004001"},
		{"neighbour", "140105007004002"},
		{"community", "140105007004"},
		{"city", "1401"},
		{"province", "14"},
		{"district", "140105"},
		{"far", "140106"},
		{"abroad", "11"},
	};
	struct watcher watchers[ARRAY_LEN(rows)] = {{0}};
	struct subs *subs = subs_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		watchers[i].client = name(rows[i].name);
		subs_watch_place(subs, &watchers[i], place_of(rows[i].place), 0);
	}
	assert_int_equal(subs_count(subs), ARRAY_LEN(rows));
	/* The widest first, then those below in the order of their codes. */
	assert_heard(subs_related, subs, place_of("140105007004001"), "province city district community grid building");
	assert_heard(subs_related, subs, place_of("140105007004"),
		"province city district community grid building neighbour");
	assert_heard(subs_related, subs, place_of("140105007"),
		"province city district community grid building neighbour"); /* nobody watches the street itself */
	assert_heard(subs_related, subs, place_of("140106004009001"), "province city far");
	assert_heard(
		subs_related, subs, place_of("14"), "province city district community grid building neighbour far");
	assert_heard(subs_related, subs, place_of("12"), "");
	finish(subs, watchers, ARRAY_LEN(rows));
}

static void
what_concerns_the_whole_country_is_heard_by_all_who_watch_places(void **state)
{
	struct watcher watchers[5] = {{.client = name("a")}, {.client = name("b")}, {.client = name("c")},
		{.client = name("call")}, {.client = name("person")}};
	struct subs *subs = subs_create();

	(void)state;
	assert_heard(subs_related, subs, (struct place){0}, "");
	subs_watch_place(subs, &watchers[2], place_of("650101"), 0);
	subs_watch_place(subs, &watchers[0], place_of("11"), 0);
	subs_watch_place(subs, &watchers[1], place_of("140105"), 0);
	subs_watch_call(subs, &watchers[3], id_of("7.1"));
	subs_watch_person(subs, &watchers[4], id_of("7.1"));
	assert_heard(subs_related, subs, (struct place){0}, "a b c");
	finish(subs, watchers, ARRAY_LEN(watchers));
}

static void
look_alike_places_are_watched_apart(void **state)
{
	static const char *const pairs[][2] = {{"4419", "441900"}, {"4420", "442000"}, {"4604", "460400"},
		{"350527", "350527000"}, {"350527000", "350527000000"}};
	static const char *const siblings[] = {"441901", "442001", "460401", "350527001", "350527000001"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct watcher watchers[2] = {{.client = name("wide")}, {.client = name("narrow")}};
		struct subs *subs = subs_create();
		subs_watch_place(subs, &watchers[1], place_of(pairs[i][1]), 0);
		assert_heard(subs_related, subs, place_of(pairs[i][0]), "narrow");
		assert_heard(subs_tally, subs, place_of(pairs[i][0]), "");
		subs_watch_place(subs, &watchers[0], place_of(pairs[i][0]), 0);
		assert_heard(subs_related, subs, place_of(pairs[i][0]), "wide narrow");
		assert_heard(subs_related, subs, place_of(pairs[i][1]), "wide narrow");
		assert_heard(subs_related, subs, place_of(siblings[i]), "wide");
		assert_heard(subs_tally, subs, place_of(pairs[i][0]), "wide");
		assert_heard(subs_tally, subs, place_of(pairs[i][1]), "narrow");
		subs_end(subs, &watchers[0]);
		assert_heard(subs_related, subs, place_of(pairs[i][1]), "narrow");
		assert_heard(subs_related, subs, place_of(siblings[i]), "");
		finish(subs, watchers, 2);
	}
}

static void
tally_is_heard_as_deep_as_it_was_asked_for(void **state)
{
	struct watcher watchers[4] = {
		{.client = name("0")}, {.client = name("1")}, {.client = name("3")}, {.client = name("grid")}};
	struct subs *subs = subs_create();

	(void)state;
	subs_watch_place(subs, &watchers[2], place_of("1401"), 3);
	subs_watch_place(subs, &watchers[0], place_of("140105"), 0);
	subs_watch_place(subs, &watchers[1], place_of("140105007"), 1);
	subs_watch_place(subs, &watchers[3], place_of("140105007004001"), 0);
	assert_heard(subs_tally, subs, place_of("14"), "");
	assert_heard(subs_tally, subs, place_of("1401"), "3");
	assert_heard(subs_tally, subs, place_of("140105"), "3 0");
	assert_heard(subs_tally, subs, place_of("140105007"), "3 1");
	assert_heard(
		subs_tally, subs, place_of("140105007004"), "3 1"); /* three below the city, one below the street */
	assert_heard(subs_tally, subs, place_of("140105007004001"), "grid");
	assert_heard(subs_tally, subs, place_of("140105007004001001"), "");
	assert_heard(subs_tally, subs, place_of("140106004"), "3");
	finish(subs, watchers, ARRAY_LEN(watchers));
}

static void
calls_and_persons_are_watched_by_their_id(void **state)
{
	struct watcher watchers[4] = {{.client = name("call")}, {.client = name("other")}, {.client = name("person")},
		{.client = name("place")}};
	struct subs *subs = subs_create();

	(void)state;
	subs_watch_call(subs, &watchers[0], id_of("7.1"));
	subs_watch_call(subs, &watchers[1], id_of("8.1"));
	subs_watch_person(subs, &watchers[2], id_of("7.1"));
	subs_watch_place(subs, &watchers[3], place_of("14"), 3);
	assert_heard(subs_call, subs, id_of("7.1"), "call");
	assert_heard(subs_call, subs, id_of("8.1"), "other");
	assert_heard(subs_call, subs, id_of("7.2"), "");
	assert_heard(subs_person, subs, id_of("7.1"), "person");
	assert_heard(subs_person, subs, id_of("8.1"), "");
	finish(subs, watchers, ARRAY_LEN(watchers));
}

static void
watcher_says_what_it_watches(void **state)
{
	struct watcher watcher = {0};
	struct subs *subs = subs_create();

	(void)state;
	assert_true(place_is_none(watcher_place(&watcher)));
	assert_true(id_is_none(watcher_call(&watcher)));
	subs_watch_place(subs, &watcher, place_of("441900"), 2);
	assert_place(watcher_place(&watcher), "441900");
	assert_true(id_is_none(watcher_call(&watcher)));
	assert_int_equal(watcher.depth, 2);
	subs_end(subs, &watcher);
	subs_watch_call(subs, &watcher, id_of("7.1"));
	assert_true(place_is_none(watcher_place(&watcher)));
	assert_true(id_equal(watcher_call(&watcher), id_of("7.1")));
	subs_end(subs, &watcher);
	subs_watch_person(subs, &watcher, id_of("7.1"));
	assert_true(place_is_none(watcher_place(&watcher)));
	assert_true(id_is_none(watcher_call(&watcher)));
	subs_end(subs, &watcher);
	assert_null(watcher.topic);
	subs_end(subs, &watcher); /* it watches nothing: nothing happens */
	assert_int_equal(subs_count(subs), 0);
	subs_destroy(subs);
	subs_destroy(NULL);
}

/* A thousand on one grid end one by one, in any order: each time the others still hear. */
static void
one_ends_while_many_watch(void **state)
{
	enum { MANY = 1000 };
	static struct watcher watchers[MANY];
	static struct heard heard;
	struct rng rng = seeded("subs_end");
	struct subs *subs = subs_create();
	size_t order[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		order[i] = i;
		subs_watch_place(subs, &watchers[i], place_of("140105007004001"), 0);
	}
	for (size_t i = MANY; i > 0; i--) {
		size_t pick = rng_below(&rng, (uint32_t)i), ended = order[pick];
		order[pick] = order[i - 1];
		subs_end(subs, &watchers[ended]);
		heard.count = 0;
		assert_int_equal(subs_related(subs, place_of("140105007004001"), hear, &heard), i - 1);
		assert_int_equal(heard.count, i - 1);
		assert_int_equal(subs_count(subs), i - 1);
		for (size_t j = 0; j < heard.count; j++)
			assert_ptr_not_equal(heard.watchers[j], &watchers[ended]);
	}
	subs_destroy(subs);
}

/* The oracle: every watcher is asked whether he ought to hear. */

#define WATCHERS 300

struct wish {
	struct watcher watcher; /* first */
	enum { NOTHING, PLACE, CALL, PERSON } kind;
	struct place place;
	unsigned depth;
	struct id id;
	unsigned heard;
};

static void
count_heard(struct watcher *watcher, void *context)
{
	struct wish *wish = watcher->client;

	(void)context;
	wish->heard++;
}

static struct id
random_id(struct rng *rng)
{
	return (struct id){(uint8_t)rng_below(rng, 3), 1 + rng_below(rng, 5)};
}

static void
begin_or_end(struct subs *subs, struct wish *wish, struct rng *rng)
{
	if (wish->kind != NOTHING) {
		wish->kind = NOTHING;
		subs_end(subs, &wish->watcher);
		return;
	}
	wish->kind = PLACE + rng_below(rng, 3);
	wish->place = random_place(rng, rng_below(rng, PLACE_LEVELS));
	wish->depth = rng_below(rng, 4);
	wish->id = random_id(rng);
	if (wish->kind == PLACE)
		subs_watch_place(subs, &wish->watcher, wish->place, (uint8_t)wish->depth);
	else if (wish->kind == CALL)
		subs_watch_call(subs, &wish->watcher, wish->id);
	else
		subs_watch_person(subs, &wish->watcher, wish->id);
}

static bool
ought_to_hear_of(const struct wish *wish, struct place place)
{
	return wish->kind == PLACE && (code_starts_with(wish->place, place) || code_starts_with(place, wish->place));
}

static bool
ought_to_hear_tally_of(const struct wish *wish, struct place place)
{
	return wish->kind == PLACE && code_starts_with(place, wish->place) &&
	       place_level(place) <= place_level(wish->place) + wish->depth;
}

/* After a visit that returned `returned`: each has heard once if he ought to, and else not at all. */
#define assert_all_heard(wishes, returned, ought)                       \
	do {                                                            \
		size_t expected_ = 0;                                   \
		for (size_t i_ = 0; i_ < WATCHERS; i_++) {              \
			const struct wish *wish = &(wishes)[i_];        \
			assert_int_equal(wish->heard, (ought) ? 1 : 0); \
			expected_ += wish->heard;                       \
			(wishes)[i_].heard = 0;                         \
		}                                                       \
		assert_int_equal(returned, expected_);                  \
	} while (0)

static void
those_hear_who_ought_to(void **state)
{
	static struct wish wishes[WATCHERS];
	struct rng rng = seeded("subs");
	struct subs *subs = subs_create();
	size_t active = 0;

	(void)state;
	for (size_t i = 0; i < WATCHERS; i++)
		wishes[i].watcher.client = &wishes[i];
	for (int round = 0; round < 3000; round++) {
		struct place place = random_place(&rng, rng_below(&rng, PLACE_LEVELS));
		struct id id = random_id(&rng);
		size_t returned;
		for (int changes = 0; changes < 5; changes++)
			begin_or_end(subs, &wishes[rng_below(&rng, WATCHERS)], &rng);
		returned = subs_related(subs, place, count_heard, NULL);
		assert_all_heard(wishes, returned, ought_to_hear_of(wish, place));
		returned = subs_tally(subs, place, count_heard, NULL);
		assert_all_heard(wishes, returned, ought_to_hear_tally_of(wish, place));
		returned = subs_call(subs, id, count_heard, NULL);
		assert_all_heard(wishes, returned, wish->kind == CALL && id_equal(wish->id, id));
		returned = subs_person(subs, id, count_heard, NULL);
		assert_all_heard(wishes, returned, wish->kind == PERSON && id_equal(wish->id, id));
		returned = subs_related(subs, (struct place){0}, count_heard, NULL);
		assert_all_heard(wishes, returned, wish->kind == PLACE);
	}
	for (size_t i = 0; i < WATCHERS; i++)
		active += wishes[i].kind != NOTHING;
	assert_int_equal(subs_count(subs), active);
	for (size_t i = 0; i < WATCHERS; i++)
		subs_end(subs, &wishes[i].watcher);
	subs_destroy(subs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happens_is_heard_above_at_and_below),
		cmocka_unit_test(what_concerns_the_whole_country_is_heard_by_all_who_watch_places),
		cmocka_unit_test(look_alike_places_are_watched_apart),
		cmocka_unit_test(tally_is_heard_as_deep_as_it_was_asked_for),
		cmocka_unit_test(calls_and_persons_are_watched_by_their_id),
		cmocka_unit_test(watcher_says_what_it_watches),
		cmocka_unit_test(one_ends_while_many_watch),
		cmocka_unit_test(those_hear_who_ought_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
