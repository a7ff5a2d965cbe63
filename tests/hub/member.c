/* member.c - who lives where: registering, moving, leaving, and who is listed. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lists.h"
#include "raw.h"
#include "worlds.h"

/* Who has not registered yet. */
static struct caller *
stranger(struct world *w, const char *handle)
{
	struct caller *caller = person(w, handle);

	assert_string_equal(caller_place(caller), "");
	return caller;
}

/* Registering. */

static void
member_is_listed_where_he_lives_and_above(void **state)
{
	static const char *const above[] = {GRID_A, COMMUNITY, STREET, DISTRICT, CITY, PROVINCE_};
	struct world *w = *state;
	struct caller *an = stranger(w, "an");

	expect(an, to_register(BUILDING_1, "安然", "市第二医院党总支"), "OK", "");
	assert_rows(list_members(an, BUILDING_1, 200), "安然 " BUILDING_1);
	for (size_t i = 0; i < ARRAY_LEN(above); i++)
		assert_rows(list_members(an, above[i], 200), "安然 " BUILDING_1);
	assert_rows(list_members(an, BUILDING_2, 200), NULL);
	assert_rows(list_members(an, GRID_B, 200), NULL);
}

static void
list_tells_person_and_organisation(void **state)
{
	struct world *w = *state;
	struct caller *an = stranger(w, "an");
	Answer *answer;

	expect(an, to_register(BUILDING_1, "安然", "市第二医院党总支"), "OK", "");
	answer = ask(an, to_list_members(BUILDING_1, "", 1));
	assert_int_equal(answer->member_list->n_members, 1);
	assert_string_equal(answer->member_list->members[0]->person, caller_person(an));
	assert_string_equal(answer->member_list->members[0]->organisation, "市第二医院党总支");
	free_answer(answer);
}

static void
who_is_registered_is_so_already(void **state)
{
	struct world *w = *state;
	struct caller *bo = stranger(w, "bo");

	expect(bo, to_register(GRID_A, "薄一波", ""), "OK", "");
	expect(bo, to_register(GRID_A, "薄一波", ""), "ALREADY", "place");
	expect(bo, to_register(GRID_B, "别名", ""), "ALREADY", "place");
	assert_rows(list_members(bo, GRID_B, 200), NULL);
	expect(bo, to_leave(), "OK", "");
}

static void
home_is_a_known_grid_or_building(void **state)
{
	static const char *const too_wide[] = {PROVINCE_, CITY, DISTRICT, STREET, COMMUNITY};
	struct world *w = *state;
	struct caller *chen = stranger(w, "chen");

	for (size_t i = 0; i < ARRAY_LEN(too_wide); i++)
		expect(chen, to_register(too_wide[i], "陈", ""), "BAD_REQUEST", "place");
	expect(chen, to_register("", "陈", ""), "BAD_REQUEST", "place");
	expect(chen, to_register("14010500700400", "陈", ""), "BAD_REQUEST", "place");
	expect(chen, to_register(COMMUNITY "099", "陈", ""), "NOT_FOUND", "place");
	expect(chen, to_register(GRID_A "099", "陈", ""), "NOT_FOUND", "place");

	expect(chen, to_register(GRID_A, "陈", ""), "OK", "");
	for (size_t i = 0; i < ARRAY_LEN(too_wide); i++)
		expect(chen, to_move(too_wide[i]), "BAD_REQUEST", "place");
	expect(chen, to_move(COMMUNITY "099"), "NOT_FOUND", "place");
	assert_rows(list_members(chen, GRID_A, 200), "陈 " GRID_A);
	expect(chen, to_leave(), "OK", "");
}

static void
name_is_a_line_of_1_to_20_characters(void **state)
{
	static const char *const flaws[] = {"", " ", "　", "两\n行", "制\t表", "\xc3", "陈\xe2\x80\xae丁",
		"二十一个字的名字太长了所以不能用它来报到的"};
	struct world *w = *state;
	struct caller *ding = stranger(w, "ding");
	const char *longest = "二十个字的名字就很长了但是还能用它来报到", *sixty = "";

	for (size_t i = 0; i < ARRAY_LEN(flaws); i++)
		expect(ding, to_register(GRID_A, flaws[i], ""), "BAD_REQUEST", "name");
	for (unsigned i = 0; i < 60; i++)
		sixty = say("%s党", sixty);
	expect(ding, to_register(GRID_A, "丁", say("%s支", sixty)), "BAD_REQUEST", "organisation");
	expect(ding, to_register(GRID_A, "丁", "两\n行"), "BAD_REQUEST", "organisation");

	expect(ding, to_register(GRID_A, longest, sixty), "OK", "");
	assert_rows(list_members(ding, GRID_A, 200), say("%s " GRID_A, longest));
	expect(ding, to_leave(), "OK", "");
}

/* Moving and leaving. */

static void
who_moves_is_listed_there_and_no_more_here(void **state)
{
	struct world *w = *state;
	struct caller *eng = stranger(w, "eng");

	expect(eng, to_register(BUILDING_1, "恩", "组织"), "OK", "");
	expect(eng, to_move(GRID_B), "OK", "");
	assert_rows(list_members(eng, GRID_A, 200), NULL);
	assert_rows(list_members(eng, GRID_B, 200), "恩 " GRID_B);
	expect(eng, to_move(GRID_B), "ALREADY", "place");
	expect(eng, to_move(BUILDING_2), "OK", "");
	assert_rows(list_members(eng, COMMUNITY, 200), "恩 " BUILDING_2);
	expect(eng, to_leave(), "OK", "");
}

static void
who_is_registered_nowhere_can_neither_move_nor_leave(void **state)
{
	struct caller *fan = stranger(*state, "fan");

	expect(fan, to_move(GRID_A), "NOT_FOUND", "person");
	expect(fan, to_leave(), "NOT_FOUND", "person");
	expect(fan, to_register(GRID_A, "范", ""), "OK", "");
	expect(fan, to_leave(), "OK", "");
	expect(fan, to_leave(), "NOT_FOUND", "person");
	expect(fan, to_move(GRID_A), "NOT_FOUND", "person");
	assert_rows(list_members(fan, GRID_A, 200), NULL);
}

static void
who_left_may_register_again(void **state)
{
	struct world *w = *state;
	struct caller *gao = stranger(w, "gao");
	struct raw raw;

	expect(gao, to_register(GRID_A, "高", "旧组织"), "OK", "");
	expect(gao, to_leave(), "OK", "");
	expect(gao, to_register(BUILDING_2, "高远", ""), "OK", "");
	assert_rows(list_members(gao, COMMUNITY, 200), "高远 " BUILDING_2);
	raw_login(&raw, w, "gao");
	raw_expect(&raw, to_register(BUILDING_2, "高", ""), "ALREADY", "place");
	raw_close(&raw);
	expect(gao, to_leave(), "OK", "");
}

/* Listing. */

static void
pages_have_everybody_once(void **state)
{
	static const char *const homes[] = {BUILDING_1, GRID_B, GRID_A, BUILDING_2, BUILDING_1, GRID_A, GRID_B};
	struct world *w = *state;
	struct caller *worker = person(w, "worker");

	for (size_t i = 0; i < ARRAY_LEN(homes); i++)
		member_at(w, say("member-%zu", i), homes[i]);
	for (uint32_t page = 1; page <= 8; page++) {
		const char *const *rows = list_members(worker, COMMUNITY, page);
		char all[1024] = "";
		assert_int_equal(rows_count(rows), ARRAY_LEN(homes));
		for (size_t i = 0; rows[i]; i++)
			strcat(strcat(all, rows[i]), ";");
		for (size_t i = 0; i < ARRAY_LEN(homes); i++)
			assert_non_null(strstr(all, say("member-%zu %s;", i, homes[i])));
		assert_int_equal(rows_count(list_members(worker, GRID_A, page)), 5);
		assert_int_equal(rows_count(list_members(worker, BUILDING_1, page)), 2);
		assert_int_equal(rows_count(list_members(worker, GRID_B, page)), 2);
	}
}

static void
list_that_cannot_be_is_refused(void **state)
{
	struct world *w = *state;
	struct caller *hu = stranger(w, "hu");

	expect(hu, to_list_members("99", "", 10), "NOT_FOUND", "place");
	expect(hu, to_list_members("", "", 10), "BAD_REQUEST", "place");
	expect(hu, to_list_members(GRID_A, "", 0), "BAD_REQUEST", "count");
	expect(hu, to_list_members(GRID_A, "", 201), "BAD_REQUEST", "count");
	expect(hu, to_list_members(GRID_A, "hu", 10), "BAD_REQUEST", "after");
	expect(hu, to_list_members(GRID_A, caller_person(hu), 10), "NOT_FOUND", "after");
	expect(hu, to_register(GRID_B, "胡", ""), "OK", "");
	expect(hu, to_list_members(GRID_A, caller_person(hu), 10), "NOT_FOUND", "after");
	expect(hu, to_list_members(GRID_B, caller_person(hu), 10), "OK", "");
	expect(hu, to_leave(), "OK", "");
}

/* Counting. */

/* "members" at the building, its grid, the other building, the other grid, and all above. */
static void
assert_members(struct world *w, unsigned building_1, unsigned building_2, unsigned grid_a, unsigned grid_b)
{
	static const char *const above[] = {COMMUNITY, STREET, DISTRICT, CITY, PROVINCE_};
	const char *all = say("%u 0 0 0", grid_a + grid_b);

	assert_tally(w, BUILDING_1, say("%u 0 0 0", building_1));
	assert_tally(w, BUILDING_2, say("%u 0 0 0", building_2));
	assert_tally(w, GRID_A, say("%u 0 0 0", grid_a));
	assert_tally(w, GRID_B, say("%u 0 0 0", grid_b));
	for (size_t i = 0; i < ARRAY_LEN(above); i++)
		assert_tally(w, above[i], all);
}

static void
members_are_counted_at_every_level(void **state)
{
	struct world *w = *state;

	assert_members(w, 0, 0, 0, 0);
	member_at(w, "an", BUILDING_1);
	assert_members(w, 1, 0, 1, 0);
	member_at(w, "bo", BUILDING_2);
	member_at(w, "chen", GRID_A);
	member_at(w, "ding", GRID_B);
	assert_members(w, 1, 1, 3, 1);
	expect(person(w, "ding"), to_move(BUILDING_1), "OK", "");
	assert_members(w, 2, 1, 4, 0);
	expect(person(w, "an"), to_move(GRID_A), "OK", "");
	assert_members(w, 1, 1, 4, 0);
	expect(person(w, "bo"), to_leave(), "OK", "");
	expect(person(w, "chen"), to_leave(), "OK", "");
	assert_members(w, 1, 0, 2, 0);
	expect(person(w, "an"), to_leave(), "OK", "");
	expect(person(w, "ding"), to_leave(), "OK", "");
	assert_members(w, 0, 0, 0, 0);
}

static void
members_are_there_after_a_restart(void **state)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	struct world *w = *state;

	member_at(w, "an", BUILDING_1);
	member_at(w, "bo", GRID_B);
	member_at(w, "chen", GRID_B);
	expect(person(w, "bo"), to_move(BUILDING_2), "OK", "");
	expect(person(w, "chen"), to_leave(), "OK", "");
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		hub_again(w, signals[i]);
		assert_members(w, 1, 1, 2, 0);
		assert_rows(list_members(person(w, "worker"), BUILDING_1, 200), "an " BUILDING_1);
		assert_rows(list_members(person(w, "worker"), BUILDING_2, 200), "bo " BUILDING_2);
		expect(person(w, "bo"), to_move(BUILDING_2), "ALREADY", "place");
		expect(person(w, "chen"), to_leave(), "NOT_FOUND", "person");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(who_is_registered_is_so_already),
		shared(home_is_a_known_grid_or_building),
		shared(name_is_a_line_of_1_to_20_characters),
		shared(who_moves_is_listed_there_and_no_more_here),
		shared(who_is_registered_nowhere_can_neither_move_nor_leave),
		shared(who_left_may_register_again),
		shared(list_that_cannot_be_is_refused),
		shared(pages_have_everybody_once),
		fresh(member_is_listed_where_he_lives_and_above),
		fresh(list_tells_person_and_organisation),
		fresh(members_are_counted_at_every_level),
		fresh(members_are_there_after_a_restart),
	};

	return run_in_worlds(tests);
}
