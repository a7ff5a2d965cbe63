/* invite.c - ways in for who has no WeChat or no device any more: who may give them, and that they are good once. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "gridctl.h"
#include "notes.h"
#include "raw.h"
#include "role.h"
#include "status.h"
#include "worlds.h"

/* Somebody who holds that role at that place, and no more. */
static void
log_in_as(struct raw *raw, struct world *w, const char *handle, enum role role, const char *place)
{
	const char *id = caller_person(person(w, handle));

	expect(person(w, "chief"), to_give(id, role, place, 0), "OK", "");
	raw_login_granted(raw, w, handle);
}

static const char *
id_of_person(struct world *w, const char *handle)
{
	return caller_person(person(w, handle));
}

/* Asks for an invite; its token and whose it is, which live as long as the world. */
static const char *
invite_by(struct raw *raw, Request *request, const char **who)
{
	Answer *answer = raw_ask(raw, request);
	const char *token;

	assert_string_equal(status_name((enum status)answer->status), "OK");
	token = say("%s", answer->invite_give->token);
	if (who)
		*who = say("%s", answer->invite_give->person);
	free_answer(answer);
	return token;
}

static void
somebody_new_is_registered_and_let_in_once(void **state)
{
	struct world *w = *state;
	struct raw worker, li, again;
	const char *invite, *who, *first, *token;
	Answer *answer;

	log_in_as(&worker, w, "worker-of-a", ROLE_WORKER, GRID_A);
	invite = invite_by(&worker, to_invite_new("李梅", GRID_A), &who);
	raw_open(&li, w);
	answer = raw_ask(&li, to_login_with(invite));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_string_equal(answer->login->person, who);
	assert_string_equal(answer->login->place, GRID_A);
	assert_string_equal(answer->login->name, "李梅");
	token = say("%s", answer->login->token);
	free_answer(answer);
	raw_expect(&li, to_list_calls(GRID_A, "", 1), "OK", "");
	raw_open(&again, w);
	raw_expect(&again, to_login_with(token), "OK", "");
	raw_close(&again);
	raw_open(&again, w);
	raw_expect(&again, to_login_with(invite), "UNAUTHENTICATED", "token.token");

	first = invite_by(&worker, to_invite_new("李梅", GRID_A), &invite);
	assert_string_not_equal(first, invite);
	raw_expect(&worker, to_invite_new("李梅", GRID_B), "FORBIDDEN", "place");
	raw_expect(&worker, to_invite_new("李梅", "140105007004099"), "NOT_FOUND", "place");
	raw_close(&worker);
	raw_close(&li);
	raw_close(&again);
}

/* What is in the list of devices says which one it is. */
static void
device_is_called_what_its_client_says(void **state)
{
	static const char *const names[][2] = {{"", "invite"}, {"值班手机", "值班手机"}};
	struct world *w = *state;
	struct raw worker, li;

	log_in_as(&worker, w, "worker-of-c", ROLE_WORKER, GRID_A);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		Request *login = to_login_with(invite_by(&worker, to_invite_new("李梅", GRID_A), NULL));
		Answer *answer;
		login->login->token->device = UNCONST(names[i][0]);
		raw_open(&li, w);
		raw_expect(&li, login, "OK", "");
		answer = raw_ask(&li, to_list_devices());
		assert_int_equal(answer->device_list->n_devices, 1);
		assert_string_equal(answer->device_list->devices[0]->name, names[i][1]);
		free_answer(answer);
		raw_close(&li);
	}
	raw_close(&worker);
}

/* The same request has the same token, though the hub keeps none; another has another. */
static void
asked_again_it_is_the_same_invite(void **state)
{
	struct world *w = *state;
	struct uuid once = uuid_make(caller_now_ms(person(w, "chief")));
	struct raw chief;
	const char *first, *second, *whose, *who;

	raw_login(&chief, w, "chief");
	first = invite_by(&chief, under_once(&once, to_invite_new("王建", GRID_B)), &whose);
	second = invite_by(&chief, under_once(&once, to_invite_new("王建", GRID_B)), &who);
	assert_string_equal(first, second);
	assert_string_equal(whose, who);
	assert_string_not_equal(first, invite_by(&chief, to_invite_new("王建", GRID_B), &who));
	assert_string_not_equal(whose, who);
	raw_close(&chief);
}

/* He would be as good as that person: so he must be allowed to make one. */
static void
only_who_may_give_all_that_somebody_holds_lets_him_in(void **state)
{
	struct world *w = *state;
	const char *an, *bo, *boss, *self;
	struct raw worker, secretary, security;

	member_at(w, "an", GRID_A);
	member_at(w, "bo", GRID_A);
	an = say("%s", id_of_person(w, "an"));
	bo = say("%s", id_of_person(w, "bo"));
	boss = say("%s", id_of_person(w, "boss"));
	log_in_as(&worker, w, "w2", ROLE_WORKER, GRID_A);
	log_in_as(&secretary, w, "s2", ROLE_SECRETARY, COMMUNITY);
	log_in_as(&security, w, "security", ROLE_SECURITY, "");
	self = say("%s", id_of_person(w, "w2"));
	expect(person(w, "chief"), to_give(bo, ROLE_WORKER, GRID_B, 0), "OK", "");
	expect(person(w, "chief"), to_give(boss, ROLE_OPERATOR, "", 0), "OK", "");

	invite_by(&worker, to_invite(an), NULL);
	invite_by(&worker, to_invite(self), NULL);
	raw_expect(&worker, to_invite(bo), "FORBIDDEN", "person");
	raw_expect(&worker, to_list_devices_of(bo), "FORBIDDEN", "person");
	raw_expect(&worker, to_revoke_of(bo, 0), "FORBIDDEN", "person");
	raw_expect(&worker, to_list_devices_of(an), "OK", "");
	invite_by(&secretary, to_invite(bo), NULL);
	raw_expect(&secretary, to_invite(boss), "FORBIDDEN", "person");
	raw_expect(&security, to_revoke_of(boss, 0), "OK", "");
	raw_expect(&security, to_revoke_of(boss, 1), "NOT_FOUND", "device");
	raw_expect(&secretary, to_invite("3.999999"), "FORBIDDEN", "person");
	raw_expect(&security, to_invite("3.999999"), "NOT_FOUND", "person");
	raw_close(&worker);
	raw_close(&secretary);
	raw_close(&security);
}

/* Who gives rights may give those of an operator or an auditor, and is neither: so he does not become one by letting himself in. */
static void
security_officer_becomes_no_other_duty(void **state)
{
	static const enum role others[] = {ROLE_OPERATOR, ROLE_AUDITOR};
	struct world *w = *state;
	const char *other, *officer = say("%s", id_of_person(w, "officer-2"));
	struct raw security;

	log_in_as(&security, w, "officer-1", ROLE_SECURITY, "");
	expect(person(w, "chief"), to_give(officer, ROLE_SECURITY, "", 0), "OK", "");
	for (unsigned i = 0; i < ARRAY_LEN(others); i++) {
		other = say("%s", id_of_person(w, say("other-%u", i)));
		expect(person(w, "chief"), to_give(other, others[i], "", 0), "OK", "");
		raw_expect(&security, to_invite(other), "FORBIDDEN", "person");
		raw_expect(&security, to_remove_factor(other, ""), "FORBIDDEN", "person");
		raw_expect(&security, to_list_devices_of(other), "OK", "");
		raw_expect(&security, to_revoke_of(other, 0), "OK", ""); /* lost ones he locks out */
	}
	invite_by(&security, to_invite(officer), NULL);
	raw_close(&security);
}

/* Who gives rights lets himself in as somebody who holds nothing, and gives that one another duty: he is out when it begins, and
 * no invite of before lets him in. */
static void
who_was_let_in_before_is_out_when_a_duty_begins(void **state)
{
	static const enum role duties[] = {ROLE_OPERATOR, ROLE_AUDITOR};
	struct world *w = *state;
	struct raw security, planted;
	Answer *answer;

	log_in_as(&security, w, "officer-3", ROLE_SECURITY, "");
	for (unsigned i = 0; i < ARRAY_LEN(duties); i++) {
		const char *other = say("%s", id_of_person(w, say("pawn-%u", i))), *token, *unused;
		token = invite_by(&security, to_invite(other), NULL);
		unused = invite_by(&security, to_invite(other), NULL);
		raw_open(&planted, w);
		answer = raw_ask(&planted, to_login_with(token));
		assert_string_equal(status_name((enum status)answer->status), "OK");
		token = say("%s", answer->login->token);
		free_answer(answer);
		raw_expect(&security, to_give(other, duties[i], "", 0), "OK", "");
		assert_int_equal(socket_read_close(&planted.socket), 4014);
		raw_close(&planted);
		raw_open(&planted, w);
		raw_expect(&planted, to_login_with(token), "UNAUTHENTICATED", "token.token");
		raw_expect(&planted, to_login_with(unused), "UNAUTHENTICATED", "token.token");
		raw_close(&planted);
		raw_expect(&security, to_invite(other), "FORBIDDEN", "person");
	}
	raw_close(&security);
}

static void
gridctl_gives_an_invite_as_a_link(void **state)
{
	struct world *w = *state;
	const char *an;
	json_t *invite;

	assert_gridctl(w, "chief", 0, "https://grid.example.cn/#/invite/", "invite", "李梅", GRID_A, "--base",
		"https://grid.example.cn/");
	assert_gridctl(w, "chief", 2, "say where '李梅' lives", "invite", "李梅");
	an = say("%s", id_of_person(w, "gone"));
	invite = gridctl_json(w, "chief", "invite", an, "--hours", "1");
	assert_string_equal(json_string_value(json_object_get(invite, "person")), an);
	json_decref(invite);
	assert_gridctl(w, "chief", 0, "invite", "device", "list", "--person", an);
	assert_gridctl(w, "chief", 0, "logged out there", "device", "revoke", "all", "--person", an);
	assert_gridctl(w, "chief", 0, "no device has a token", "device", "list", "--person", an);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(somebody_new_is_registered_and_let_in_once),
		shared(device_is_called_what_its_client_says),
		shared(asked_again_it_is_the_same_invite),
		shared(only_who_may_give_all_that_somebody_holds_lets_him_in),
		shared(security_officer_becomes_no_other_duty),
		shared(who_was_let_in_before_is_out_when_a_duty_begins),
		shared(gridctl_gives_an_invite_as_a_link),
	};

	return run_in_worlds(tests);
}
