/* p8.c - P8: nobody sees or does anything outside the places and roles granted to him.
 *
 * Every verb, asked by somebody of each role about each place around his own, against the hub's table; what
 * lies over or under what is worked out here once more, from the codes as text. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "clock.h"
#include "raw.h"
#include "role.h"
#include "status.h"
#include "table_of_rights.h"

/* Around the place at which the roles are held. */
static const struct {
	const char *is;
	const char *code, *name;
	const char *home; /* a grid there, where somebody lives */
} places[] = {
	{"his own", COMMUNITY, "西吴社区", GRID_B},
	{"a sibling of his", "140105007005", "东吴社区", "140105007005001"},
	{"above his", STREET, "龙城街道", "140105007006001"},
	{"under his", GRID_A, "第1网格", GRID_A},
	{"elsewhere", "140106004009", "双塔西街三社区", "140106004009001"},
};

#define HELD_AT COMMUNITY
#define HOME    "140107001015001" /* where all of them are registered, away from all these */

struct actor {
	const char *person;
	struct raw raw;
};

struct stage {
	struct world *w;
	struct actor actors[ROLES];
	const char *calls[ARRAY_LEN(places)]; /* one at each place */
	const char *other;                    /* somebody who is given roles */
};

static struct stage stage;

static bool
lies_under(const char *inner, const char *outer)
{
	return strncmp(inner, outer, strlen(outer)) == 0;
}

static bool
reaches(char reach, const char *place)
{
	return (reach != '-' && lies_under(place, HELD_AT)) || (reach == 'r' && lies_under(HELD_AT, place));
}

/* Setting it up. */

static void
import_all(struct world *w)
{
	static const char *const rest[][2] = {
		{"140106", "迎泽区"},
		{"140106004", "迎泽街道"},
		{"140107", "杏花岭区"},
		{"140107001", "巨轮街道"},
		{"140107001015", "富力华庭社区"},
		{HOME, "第1网格"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rest); i++)
		import_place(w, rest[i][0], rest[i][1]);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		import_place(w, places[i].code, places[i].name);
	import_place(w, "140105007006", "南吴社区");
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		import_place(w, places[i].home, "第1网格");
}

static const char *
id_of_person(struct world *w, const char *handle)
{
	char *id = text_dup(text_of(caller_person(person(w, handle))));

	assert_non_null(id);
	return id;
}

static void
make_actor(struct stage *s, enum role role)
{
	struct actor *actor = &s->actors[role];
	char handle[32];

	snprintf(handle, sizeof(handle), "as-%s", role_name(role));
	member_at(s->w, handle, HOME);
	actor->person = id_of_person(s->w, handle);
	expect(person(s->w, "worker"), to_give(actor->person, role, HELD_AT, 0), "OK", "");
	raw_login_granted(&actor->raw, s->w, handle);
}

static int
open_stage(void **state)
{
	struct stage *s = &stage;

	(void)state;
	s->w = world_open(NULL);
	import_all(s->w);
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		s->calls[i] = post_call(s->w, .place = places[i].code);
	s->other = id_of_person(s->w, "other");
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++)
		make_actor(s, role);
	return 0;
}

static int
close_stage(void **state)
{
	(void)state;
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		raw_close(&stage.actors[role].raw);
		free(UNCONST(stage.actors[role].person));
	}
	free(UNCONST(stage.other));
	world_close(stage.w);
	return 0;
}

/* The walk. */

/* Somebody registered in that place; somebody else when he was erased. */
static const char *
who_lives_at(const struct stage *s, size_t at)
{
	return caller_person(member_at(s->w, say("home-%zu", at), places[at].home));
}

/* A request of the verb about a place, or about the call there. */
static Request *
about(const struct stage *s, const char *verb, size_t at)
{
	const char *place = places[at].code, *call = s->calls[at];
#define IS(name) (strcmp(verb, name) == 0)

	if (IS("watch"))
		return to_watch(.places = {place});
	if (IS("place_import"))
		return to_import(place, places[at].name);
	if (IS("tally_list"))
		return to_list_tallies(place, 0, "", 1);
	if (IS("member_list"))
		return to_list_members(place, "", 1);
	if (IS("pending_list"))
		return to_list_pending(place, "", 1);
	if (IS("pending_decide"))
		return to_accept(s->other, place);
	if (IS("call_post"))
		return to_post(.place = place, .title = "发放抗原试剂");
	if (IS("call_list"))
		return to_list_calls(place, "", 1);
	if (IS("call_show"))
		return to_show_call(call);
	if (IS("chain_join"))
		return to_join(call);
	if (IS("chain_list"))
		return to_list_chain(call, 0, 1);
	if (IS("chat_print"))
		return to_print_chat(call);
	if (IS("template_save"))
		return to_save_template(place, "发试剂", "发放抗原试剂");
	if (IS("template_list"))
		return to_list_templates(place);
	if (IS("template_remove"))
		return to_remove_template(place, "发试剂");
	if (IS("roster_import"))
		return to_roster("13800000000", "王芳", "", place);
	if (IS("roster_list"))
		return to_list_roster(place, "", 1);
	if (IS("roster_remove"))
		return to_remove_entry("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", place);
	if (IS("grant_give"))
		return to_give(s->other, ROLE_MEMBER, place, 0);
	if (IS("grant_take"))
		return to_take(s->other, ROLE_MEMBER, place);
	if (IS("invite_give"))
		return to_invite_new("李梅", place);
	if (IS("person_export"))
		return to_export(who_lives_at(s, at), "");
	if (IS("person_erase"))
		return to_erase(who_lives_at(s, at), "");
	if (IS("chain_phones"))
		return to_list_phones(call, 0, 1);
	if (IS("audit_list"))
		return to_list_audit(.who = s->other);
	if (IS("place_image"))
		return to_draw(place);
	if (IS("grant_list"))
		return to_list_grants(place, "", 1);
#undef IS
	fail_msg("p8.c does not know how to ask %s about a place", verb);
	return NULL;
}

static bool
is_expected(unsigned verb, enum role role, size_t at)
{
	const char *name = table_verb(verb);
	bool gives = strcmp(name, "grant_give") == 0 || strcmp(name, "grant_take") == 0;
	const char *code = table_is_about_persons(verb) ? places[at].home : places[at].code;

	return reaches(table_reach(verb, role), code) && (!gives || role_may_give(role, ROLE_MEMBER));
}

/* Where a reason is demanded, it is FORBIDDEN why without one. */
static void
assert_answer(unsigned verb, enum role role, size_t at, const char *why, bool allowed)
{
	Request *request = because(why, about(&stage, table_verb(verb), at));
	Answer *answer = raw_ask(&stage.actors[role].raw, request);
	bool wants_reason = !allowed && is_expected(verb, role, at);

	if ((answer->status != (Gridvanguard__V1__Status)FORBIDDEN) != allowed ||
		(wants_reason && strcmp(answer->field, "why") != 0))
		fail_msg("%s by a %s about a place %s%s: %s %s", table_verb(verb), role_name(role), places[at].is,
			why[0] ? ", with a reason" : "", status_name((enum status)answer->status), answer->field);
	free_answer(answer);
}

static void
assert_as_the_table_says(unsigned verb, enum role role, size_t at)
{
	bool expected = is_expected(verb, role, at), on_a_reason = table_reach(verb, role) == 'w';

	assert_answer(verb, role, at, "", expected && !on_a_reason);
	assert_answer(verb, role, at, "核对名单", expected);
}

static void
every_verb_is_for_the_roles_and_places_of_the_table(void **state)
{
	unsigned allowed = 0, refused = 0;

	(void)state;
	for (unsigned verb = 0; table_verb(verb); verb++) {
		for (enum role role = ROLE_NONE + 1; !table_is_for_all(verb) && role < ROLES; role++) {
			for (size_t at = 0; at < ARRAY_LEN(places); at++) {
				assert_as_the_table_says(verb, role, at);
				*(is_expected(verb, role, at) ? &allowed : &refused) += 1;
			}
		}
	}
	print_message("# %u allowed, %u refused\n", allowed, refused);
	assert_true(allowed > 100 && refused > 200);
}

/* One's own is left to who has made it: to him and nobody else, whatever his role. */
static void
what_is_anothers_is_refused_to_every_role(void **state)
{
	const char *call = post_call(stage.w, .place = COMMUNITY);

	(void)state;
	join(stage.w, call, "an");
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		struct raw *raw = &stage.actors[role].raw;
		bool sees_it = role != ROLE_SECURITY && role != ROLE_AUDITOR;
		raw_expect(raw, to_close(call), "FORBIDDEN", "call");
		raw_expect(raw, to_withdraw_number(call, 1), "FORBIDDEN", sees_it ? "number" : "call");
	}
	assert_chain(stage.w, call, "1 an confirmed");
}

/* A member has no grant: he is one of his grid, and of what lies above it. */
static void
member_is_at_home_in_his_grid_alone(void **state)
{
	const char *own = post_call(stage.w, .place = GRID_A), *next = post_call(stage.w, .place = GRID_B);
	const char *building = post_call(stage.w, .place = BUILDING_1), *street = post_call(stage.w, .place = STREET);
	struct raw bo;

	(void)state;
	member_at(stage.w, "bo", BUILDING_2);
	raw_login_granted(&bo, stage.w, "bo");
	raw_expect(&bo, to_join(own), "OK", "");
	raw_expect(&bo, to_join(building), "OK", "");
	raw_expect(&bo, to_join(street), "OK", "");
	raw_expect(&bo, to_join(next), "FORBIDDEN", "call");
	raw_expect(&bo, to_show_call(next), "FORBIDDEN", "call");
	raw_expect(&bo, to_list_chain(next, 0, 1), "FORBIDDEN", "call");
	raw_expect(&bo, to_watch(.places = {GRID_A}, .calls = {street}), "OK", "");
	raw_expect(&bo, to_watch(.places = {COMMUNITY}), "FORBIDDEN", "places[0].place");
	raw_expect(&bo, to_watch(.calls = {own, next}), "FORBIDDEN", "calls[1]");
	raw_expect(&bo, to_list_members(GRID_A, "", 1), "FORBIDDEN", "place");
	raw_close(&bo);
}

/* A call that is closed is not in the hub's memory, and no more to be seen for that. */
static void
closed_call_is_as_far_away(void **state)
{
	const char *call = post_call(stage.w, .place = GRID_B);
	struct raw *member_raw = &stage.actors[ROLE_MEMBER].raw;
	struct raw bo;

	(void)state;
	join(stage.w, call, "an");
	close_call(stage.w, call);
	member_at(stage.w, "bo", BUILDING_2);
	raw_login_granted(&bo, stage.w, "bo");
	raw_expect(&bo, to_show_call(call), "FORBIDDEN", "call");
	raw_expect(&bo, to_list_chain(call, 0, 1), "FORBIDDEN", "call");
	raw_expect(&bo, to_watch(.calls = {call}), "FORBIDDEN", "calls[0]");
	raw_expect(member_raw, to_show_call(call), "OK", "");
	raw_close(&bo);
}

static size_t
own_lines(struct raw *raw, const char *call)
{
	Answer *answer = raw_ask(raw, to_list_mine(call, 0, 9));
	size_t count = answer->chain_list ? answer->chain_list->n_lines : 0;

	free_answer(answer);
	return count;
}

/* What is his own he sees also in a call that he may see no more, whether the line still counts or was struck. */
static void
own_line_is_his_wherever_he_moves(void **state)
{
	const char *call = post_call(stage.w, .place = GRID_A), *struck = post_call(stage.w, .place = GRID_A);
	const char *without = post_call(stage.w, .place = GRID_A);
	struct raw fei;

	(void)state;
	member_at(stage.w, "fei", GRID_A);
	join(stage.w, call, "fei");
	join(stage.w, struck, "fei");
	expect(person(stage.w, "fei"), to_withdraw(struck), "OK", "");
	expect(person(stage.w, "fei"), to_move(GRID_B), "OK", "");
	raw_login_granted(&fei, stage.w, "fei");
	raw_expect(&fei, to_list_mine(call, 0, 9), "OK", "");
	raw_expect(&fei, to_list_mine(without, 0, 9), "FORBIDDEN", "call");
	close_call(stage.w, call);
	close_call(stage.w, struck);
	close_call(stage.w, without);
	raw_expect(&fei, to_show_call(call), "FORBIDDEN", "call");
	assert_int_equal(own_lines(&fei, call), 1);
	wait_until(stage.w, own_lines(&fei, struck) == 1, "his sign-ups know of the line that was struck");
	raw_expect(&fei, to_list_mine(without, 0, 9), "FORBIDDEN", "call");
	raw_expect(&fei, to_withdraw(call), "CLOSED", "call");
	raw_close(&fei);
}

/* Who watched a call and comes back when it is over goes on; also where the hub knows nothing of it any more. */
static void
call_that_is_over_keeps_nobody_from_watching(void **state)
{
	const char *call = post_call(stage.w, .place = GRID_A);
	struct raw gu;

	(void)state;
	member_at(stage.w, "gu", GRID_A);
	join(stage.w, call, "gu");
	close_call(stage.w, call);
	people_go(stage.w);
	hub_again(stage.w, SIGTERM);
	raw_login_granted(&gu, stage.w, "gu");
	raw_expect(&gu, to_watch(.places = {GRID_A}, .calls = {call}), "OK", "");
	raw_close(&gu);
}

static char *
posted_by(struct raw *raw)
{
	Answer *answer = raw_ask(raw, to_post(.place = COMMUNITY, .title = "守夜"));
	char *call;

	assert_string_equal(status_name((enum status)answer->status), "OK");
	call = text_dup(text_of(answer->call_post->call));
	assert_non_null(call);
	free_answer(answer);
	return call;
}

/* What people a pasted chain may mean is told only to who may list them. */
static void
paste_does_not_tell_who_lives_there(void **state)
{
	struct raw *supervisor = &stage.actors[ROLE_SUPERVISOR].raw, *worker = &stage.actors[ROLE_WORKER].raw;
	char *his = posted_by(supervisor), *hers = posted_by(worker);

	(void)state;
	raw_expect(supervisor, to_preview(his, "#接龙 守夜\n1. an\n", 0, 10), "FORBIDDEN", "call");
	raw_expect(worker, to_preview(hers, "#接龙 守夜\n1. an\n", 0, 10), "OK", "");
	raw_expect(worker, to_preview(his, "#接龙 守夜\n1. an\n", 0, 10), "FORBIDDEN", "call");
	free(his);
	free(hers);
}

/* Ids are counted, so the next one can be guessed: whoever follows it before it is there hears nothing of it. */
static void
call_that_is_not_there_yet_is_not_followed(void **state)
{
	const char *call = post_call(stage.w, .place = GRID_B), *next;
	char guessed[32];
	struct raw bo;

	(void)state;
	member_at(stage.w, "bo", BUILDING_2);
	raw_login_granted(&bo, stage.w, "bo");
	snprintf(guessed, sizeof(guessed), "%.*s%lu", (int)(strchr(call, '.') + 1 - call), call,
		strtoul(strchr(call, '.') + 1, NULL, 10) + 1);
	raw_expect(&bo, to_watch(.calls = {guessed}), "FORBIDDEN", "calls[0]");
	next = post_call(stage.w, .place = GRID_B);
	assert_string_equal(next, guessed);
	join(stage.w, next, "an");
	raw_expect(&bo, to_show_call(next), "FORBIDDEN", "call"); /* what was pushed comes before its answer */
	assert_int_equal(bo.notes.count, 0);
	raw_close(&bo);
}

/* Rights that end, end at once, also for who is watching. */
static void
who_lost_his_rights_hears_nothing_more(void **state)
{
	const char *person_id = id_of_person(stage.w, "cai");
	struct caller *worker = person(stage.w, "worker");
	struct raw cai;

	(void)state;
	expect(worker, to_give(person_id, ROLE_WORKER, DISTRICT, 0), "OK", "");
	raw_login_granted(&cai, stage.w, "cai");
	raw_expect(&cai, to_watch(.places = {COMMUNITY}), "OK", "");
	expect(worker, to_give(person_id, ROLE_WORKER, GRID_A, 0), "OK", "");
	raw_expect(&cai, to_list_tallies(COMMUNITY, 0, "", 1), "OK", "");
	expect(worker, to_take(person_id, ROLE_WORKER, DISTRICT), "OK", "");
	assert_int_equal(socket_read_close(&cai.socket), 4013);
	raw_close(&cai);

	raw_login_granted(&cai, stage.w, "cai");
	raw_expect(&cai, to_watch(.places = {COMMUNITY}), "FORBIDDEN", "places[0].place");
	raw_expect(&cai, to_watch(.places = {GRID_A}), "OK", "");
	expect(worker, to_give(person_id, ROLE_WORKER, GRID_A, clock_wall_ms() + 1500), "OK", "");
	assert_int_equal(socket_read_close(&cai.socket), 4013); /* by itself */
	raw_close(&cai);
	free(UNCONST(person_id));
}

/* He moves house, and his old grid is not his any more. */
static void
who_moves_away_hears_nothing_more(void **state)
{
	struct raw ding;

	(void)state;
	member_at(stage.w, "ding", GRID_A);
	raw_login_granted(&ding, stage.w, "ding");
	raw_expect(&ding, to_watch(.places = {GRID_A}), "OK", "");
	expect(person(stage.w, "ding"), to_move(GRID_B), "OK", "");
	assert_int_equal(socket_read_close(&ding.socket), 4013);
	raw_close(&ding);
}

/* Only who holds more gives, at his place and under it. */
static void
nobody_gives_more_than_he_holds(void **state)
{
	struct raw *secretary = &stage.actors[ROLE_SECRETARY].raw, *supervisor = &stage.actors[ROLE_SUPERVISOR].raw;
	struct raw *security = &stage.actors[ROLE_SECURITY].raw;
	const char *self = stage.actors[ROLE_SECRETARY].person;

	(void)state;
	raw_expect(secretary, to_give(stage.other, ROLE_WORKER, GRID_B, 0), "OK", "");
	raw_expect(secretary, to_give(self, ROLE_SUPERVISOR, COMMUNITY, 0), "FORBIDDEN", "role");
	raw_expect(secretary, to_give(self, ROLE_WORKER, GRID_B, 0), "FORBIDDEN", "person");
	raw_expect(security, to_give(stage.actors[ROLE_SECURITY].person, ROLE_SUPERVISOR, GRID_B, 0), "FORBIDDEN",
		"person");
	raw_expect(secretary, to_give(stage.other, ROLE_WORKER, STREET, 0), "FORBIDDEN", "place");
	raw_expect(secretary, to_give(stage.other, ROLE_WORKER, "", 0), "FORBIDDEN", "place");
	raw_expect(supervisor, to_give(stage.other, ROLE_SUPERVISOR, GRID_B, 0), "FORBIDDEN", "role");
	raw_expect(supervisor, to_give(stage.other, ROLE_SECRETARY, GRID_B, 0), "OK", "");
	raw_expect(secretary, to_take(stage.other, ROLE_SECRETARY, GRID_B), "FORBIDDEN", "role");
	raw_expect(security, to_give(stage.other, ROLE_OPERATOR, COMMUNITY, 0), "OK", "");
	raw_expect(security, to_give(stage.other, ROLE_OPERATOR, "", 0), "FORBIDDEN", "place");
	raw_expect(supervisor, to_take(stage.other, ROLE_OPERATOR, COMMUNITY), "FORBIDDEN", "role");
}

/* A hub that begins anew knows them too. The last test, for nobody comes back to this one. */
static void
rights_are_there_after_a_restart(void **state)
{
	const char *person_id = id_of_person(stage.w, "en");
	struct raw en;

	(void)state;
	expect(person(stage.w, "worker"), to_give(person_id, ROLE_WORKER, COMMUNITY, 0), "OK", "");
	expect(person(stage.w, "worker"), to_give(person_id, ROLE_SECURITY, "", clock_wall_ms() + 3600000), "OK", "");
	hub_again(stage.w, SIGKILL);
	raw_login_granted(&en, stage.w, "en");
	raw_expect(&en, to_list_tallies(GRID_A, 0, "", 1), "OK", "");
	raw_expect(&en, to_list_tallies(STREET, 0, "", 1), "FORBIDDEN", "place");
	raw_expect(&en, to_list_grants("", "", 1), "OK", "");
	raw_close(&en);
	free(UNCONST(person_id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verb_is_for_the_roles_and_places_of_the_table),
		cmocka_unit_test(what_is_anothers_is_refused_to_every_role),
		cmocka_unit_test(member_is_at_home_in_his_grid_alone),
		cmocka_unit_test(closed_call_is_as_far_away),
		cmocka_unit_test(call_that_is_not_there_yet_is_not_followed),
		cmocka_unit_test(own_line_is_his_wherever_he_moves),
		cmocka_unit_test(paste_does_not_tell_who_lives_there),
		cmocka_unit_test(who_lost_his_rights_hears_nothing_more),
		cmocka_unit_test(who_moves_away_hears_nothing_more),
		cmocka_unit_test(nobody_gives_more_than_he_holds),
		cmocka_unit_test(rights_are_there_after_a_restart),
		cmocka_unit_test(call_that_is_over_keeps_nobody_from_watching),
	};

	return cmocka_run_group_tests(tests, open_stage, close_stage);
}
