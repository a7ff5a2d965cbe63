/* wechat_login.c - who comes by WeChat: who he is, what becomes of a code that does not work, and his phone. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "clock.h"
#include "raw.h"
#include "role.h"
#include "status.h"
#include "worlds.h"

#define TOKEN_ROOM 128

/* Somebody who came by WeChat: his session, and what keeps him logged in. */
struct visitor {
	struct raw raw;
	char person[ID_TEXT];
	char token[TOKEN_ROOM];
	char phone[16];
	Gridvanguard__V1__RegistrationState state;
};

static unsigned codes; /* each is good once */

/* A new code of the openid's, which lives as long as its request. */
static const char *
code_of(struct world *w, const char *openid)
{
	static char code[REQUESTS_KEPT][32];
	char *out = code[codes++ % REQUESTS_KEPT];

	snprintf(out, sizeof(code[0]), "login-%u", codes);
	stand_in_code(w->wechat, out, openid);
	return out;
}

static const char *
phone_code_of(struct world *w, const char *number)
{
	static char code[REQUESTS_KEPT][32];
	char *out = code[codes++ % REQUESTS_KEPT];

	snprintf(out, sizeof(code[0]), "phone-%u", codes);
	stand_in_phone_code(w->wechat, out, number);
	return out;
}

static struct visitor
visit_by(struct world *w, Request *login)
{
	struct visitor visitor;
	Answer *answer;

	raw_open(&visitor.raw, w);
	answer = raw_ask(&visitor.raw, login);
	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK)
		fail_msg("login: %d %s", answer->status, answer->field);
	snprintf(visitor.person, sizeof(visitor.person), "%s", answer->login->person);
	snprintf(visitor.token, sizeof(visitor.token), "%s", answer->login->token);
	snprintf(visitor.phone, sizeof(visitor.phone), "%s", answer->login->phone);
	visitor.state = answer->login->registration;
	if (strcmp(answer->login->consent, answer->login->policy) != 0)
		raw_expect(&visitor.raw, to_consent(answer->login->policy), "OK", "");
	free_answer(answer);
	return visitor;
}

static struct visitor
visit(struct world *w, const char *openid)
{
	return visit_by(w, to_login_by_wechat(code_of(w, openid)));
}

static void
leave(struct visitor *visitor)
{
	raw_close(&visitor->raw);
}

static void
openid_is_one_person_on_a_device_that_stays(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an"), again = visit(w, "o-an"), bo = visit(w, "o-bo"), back;

	assert_string_equal(an.person, again.person);
	assert_string_not_equal(an.person, bo.person);
	assert_true(strlen(an.token) > 40 && strcmp(an.token, again.token) != 0);
	raw_expect(&an.raw, to_import(GRID_A, "别名"), "FORBIDDEN", "rows");
	assert_int_equal(stand_in_asked(w->wechat, LOGIN_PATH), 3);

	back = visit_by(w, to_login_with(an.token));
	assert_string_equal(back.person, an.person);
	assert_int_equal(stand_in_asked(w->wechat, LOGIN_PATH), 3);
	leave(&an);
	leave(&again);
	leave(&bo);
	leave(&back);
	assert_audit_clean(w);
}

/* As facts about WeChat demand; and whatever it does, who is in goes on, and who has a token comes back. */
static void
code_that_does_not_work_is_answered_as_it_is_meant(void **state)
{
	static const struct {
		enum trouble trouble;
		int number, times;
		const char *status, *field;
		uint32_t retry_ms;
	} cases[] = {
		{ERRCODE, -1, 3, "UNAVAILABLE", "wechat.code", 500},
		{ERRCODE, 40029, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{ERRCODE, 40163, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{ERRCODE, 45011, 1, "BUSY", "wechat.code", 60000},
		{ERRCODE, 40226, 1, "FORBIDDEN", "wechat.code", 0},
		{ERRCODE, 40013, 1, "INTERNAL", "wechat.code", 0},
		{CUT, 0, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{HANG_UP, 0, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{GARBAGE, 0, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{HTTP_ERROR, 500, 1, "UNAUTHENTICATED", "wechat.code", 0},
		{SILENT, 0, 1, "UNAUTHENTICATED", "wechat.code", 0},
	};
	struct world *w = *state;
	struct visitor an = visit(w, "o-an");

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct visitor back, good;
		struct raw raw;
		Answer *answer;
		for (int time = 0; time < cases[i].times; time++)
			stand_in_next(w->wechat, LOGIN_PATH, cases[i].trouble, cases[i].number);
		raw_open(&raw, w);
		answer = raw_ask(&raw, to_login_by_wechat(code_of(w, "o-bo")));
		if (strcmp(status_name((enum status)answer->status), cases[i].status) != 0)
			fail_msg("%zu: %s", i, status_name((enum status)answer->status));
		assert_string_equal(answer->field, cases[i].field);
		assert_int_equal(answer->retry_after_ms, cases[i].retry_ms);
		free_answer(answer);
		raw_close(&raw);
		raw_expect(&an.raw, to_list_devices(), "OK", "");
		back = visit_by(w, to_login_with(an.token));
		leave(&back);
		good = visit(w, "o-chen"); /* and the next code is as good as ever */
		leave(&good);
	}
	leave(&an);
}

/* A code that was not used is good when it is sent again. */
static void
code_that_was_not_asked_about_is_good_still(void **state)
{
	struct world *w = *state;
	const char *code = code_of(w, "o-an");
	struct raw raw;

	for (int time = 0; time < 3; time++)
		stand_in_next(w->wechat, LOGIN_PATH, ERRCODE, -1);
	raw_open(&raw, w);
	raw_expect(&raw, to_login_by_wechat(code), "UNAVAILABLE", "wechat.code");
	raw_expect(&raw, to_login_by_wechat(code), "OK", "");
	raw_close(&raw);
}

/* WeChat is down: for a while it is not asked at all, and who is known is not asked for a code. */
static void
who_is_known_is_not_locked_out_while_it_is_down(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an"), back;
	unsigned asked;
	struct raw raw;

	stand_in_always(w->wechat, LOGIN_PATH, HANG_UP, 0);
	for (unsigned i = 0; i < 5; i++) {
		raw_open(&raw, w);
		raw_expect(&raw, to_login_by_wechat(code_of(w, "o-bo")), "UNAUTHENTICATED", "wechat.code");
		raw_close(&raw);
	}
	asked = stand_in_asked(w->wechat, LOGIN_PATH);
	raw_open(&raw, w);
	raw_expect(&raw, to_login_by_wechat(code_of(w, "o-bo")), "UNAVAILABLE", "wechat.code");
	raw_close(&raw);
	assert_int_equal(stand_in_asked(w->wechat, LOGIN_PATH), asked);
	raw_expect(&an.raw, to_list_devices(), "OK", "");
	leave(&an);
	hub_again(w, SIGKILL);
	back = visit_by(w, to_login_with(an.token));
	raw_expect(&back.raw, to_list_devices(), "OK", "");
	leave(&back);
}

static void
without_wechat_there_is_no_such_way(void **state)
{
	struct world *w = *state;
	struct raw raw;

	raw_open(&raw, w);
	raw_expect(&raw, to_login_by_wechat("code"), "BAD_REQUEST", "how");
	raw_close(&raw);
	raw_login_granted(&raw, w, "an");
	raw_expect(&raw, to_bind("code"), "BAD_REQUEST", "code");
	raw_close(&raw);
}

/* The phone. */

static void
expect_bound(struct visitor *visitor, Request *request, const char *phone, bool listed, const char *name)
{
	Answer *answer = raw_ask(&visitor->raw, request);

	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK)
		fail_msg("bind: %d %s", answer->status, answer->field);
	assert_string_equal(answer->phone_bind->phone, phone);
	assert_int_equal(answer->phone_bind->listed, listed);
	assert_string_equal(answer->phone_bind->name, name);
	free_answer(answer);
}

/* He has a phone that the roster has: at once a member of the party, by its name, whatever he says. */
static void
who_is_on_the_roster_is_registered_at_once(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an");
	Answer *answer;

	expect(person(w, "worker"), to_roster("13800000001", "安然", "西吴社区第一党支部", GRID_A), "OK", "");
	expect_bound(&an, to_bind(phone_code_of(w, "13800000001")), "138****0001", true, "安然");
	raw_expect(&an.raw, to_register_as(GRID_A, "别名", true, ""), "OK", "");
	raw_expect(&an.raw, to_move(GRID_B), "OK", ""); /* at once, too */
	answer = ask(person(w, "worker"), to_list_members(GRID_B, "", 10));
	assert_string_equal(answer->member_list->members[0]->name, "安然");
	assert_string_equal(answer->member_list->members[0]->organisation, "西吴社区第一党支部");
	assert_int_equal(answer->member_list->members[0]->kind, GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_MEMBER);
	free_answer(answer);
	leave(&an);
	an = visit(w, "o-an");
	assert_string_equal(an.phone, "138****0001");
	assert_int_equal(an.state, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
	leave(&an);
	assert_audit_clean(w);
}

/* Sent again under its `once`, with a code that WeChat would not take twice, it says the same. */
static void
binding_sent_again_asks_wechat_once(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an");
	struct uuid once = uuid_make(clock_wall_ms());
	const char *code = phone_code_of(w, "13800000001");

	expect_bound(&an, under_once(&once, to_bind(code)), "138****0001", false, "");
	expect_bound(&an, under_once(&once, to_bind(code)), "138****0001", false, "");
	assert_int_equal(stand_in_asked(w->wechat, PHONE_PATH), 1);
	raw_expect(&an.raw, to_bind(code), "TOO_LATE", "code");
	leave(&an);
}

/* What comes late, of before, changes nothing. */
static void
binding_sent_again_undoes_no_newer_one(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an");
	struct uuid once = uuid_make(clock_wall_ms());
	const char *code = phone_code_of(w, "13800000001");

	expect_bound(&an, under_once(&once, to_bind(code)), "138****0001", false, "");
	expect_bound(&an, to_bind(phone_code_of(w, "13800000002")), "138****0002", false, "");
	expect_bound(&an, under_once(&once, to_bind(code)), "138****0002", false, ""); /* what he has */
	leave(&an);
	an = visit(w, "o-an");
	assert_string_equal(an.phone, "138****0002");
	leave(&an);
	assert_audit_clean(w);
}

static void
changed_number_leaves_the_old_one_to_others(void **state)
{
	struct world *w = *state;
	struct visitor an = visit(w, "o-an"), bo = visit(w, "o-bo");

	expect_bound(&an, to_bind(phone_code_of(w, "13800000001")), "138****0001", false, "");
	raw_expect(&bo.raw, to_bind(phone_code_of(w, "13800000001")), "ALREADY", "phone");
	expect_bound(&an, to_bind(phone_code_of(w, "13800000002")), "138****0002", false, "");
	expect_bound(&bo, to_bind(phone_code_of(w, "13800000001")), "138****0001", false, "");
	leave(&an);
	leave(&bo);
	assert_audit_clean(w);
}

/* Of many who come with one phone at once it is one's. */
static void
phone_is_one_persons(void **state)
{
	enum { MANY = 8 };
	struct world *w = *state;
	struct visitor many[MANY];
	uint64_t ids[MANY];
	unsigned bound = 0;

	for (unsigned i = 0; i < MANY; i++) {
		char openid[16];
		snprintf(openid, sizeof(openid), "o-%u", i);
		many[i] = visit(w, openid);
	}
	for (unsigned i = 0; i < MANY; i++)
		ids[i] = raw_send(&many[i].raw, to_bind(phone_code_of(w, "13800000001")));
	for (unsigned i = 0; i < MANY; i++) {
		Answer *answer = raw_answer(&many[i].raw, ids[i]);
		bound += answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK;
		if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK)
			expect_answer(answer, "ALREADY", "phone");
		else
			free_answer(answer);
		leave(&many[i]);
	}
	assert_int_equal(bound, 1);
	assert_audit_clean(w);
}

/* Another WeChat, or a number that was somebody else's. */

/* Who is registered nowhere has nothing but the phone to lose. */
static void
phone_of_nobody_registered_is_taken(void **state)
{
	struct world *w = *state;
	struct visitor old = visit(w, "o-old"), new = visit(w, "o-new");

	expect_bound(&old, to_bind(phone_code_of(w, "13800000001")), "138****0001", false, "");
	raw_expect(&new.raw, to_bind(phone_code_of(w, "13800000001")), "ALREADY", "phone");
	expect_bound(&new, to_bind_as_same(phone_code_of(w, "13800000001")), "138****0001", false, "");
	leave(&old);
	old = visit(w, "o-old");
	assert_string_equal(old.phone, "");
	leave(&old);
	leave(&new);
	assert_audit_clean(w);
}

/* He has registered with one WeChat, and asks with another to be the same; a worker of his grid is there. */
struct change {
	struct visitor old, new;
	struct raw worker;
};

static struct change
change_wechat(struct world *w)
{
	struct change change = {.old = visit(w, "o-old"), .new = visit(w, "o-new")};
	struct caller *free_hand = person(w, "worker");
	Answer *answer;

	expect(free_hand, to_roster("13800000001", "安然", "", GRID_A), "OK", "");
	expect_bound(&change.old, to_bind(phone_code_of(w, "13800000001")), "138****0001", true, "安然");
	raw_expect(&change.old.raw, to_register(GRID_A, "安然", ""), "OK", "");
	expect(free_hand, to_give(caller_person(person(w, "lin")), ROLE_WORKER, GRID_A, 0), "OK", "");
	raw_login_granted(&change.worker, w, "lin");
	answer = raw_ask(&change.new.raw, to_bind_as_same(phone_code_of(w, "13800000001")));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_true(answer->phone_bind->pending);
	free_answer(answer);
	return change;
}

static void
change_end(struct change *change)
{
	leave(&change->old);
	leave(&change->new);
	raw_close(&change->worker);
}

static void
who_changed_his_wechat_is_himself_again(void **state)
{
	struct world *w = *state;
	struct change change = change_wechat(w);
	struct visitor back, stranger;
	Answer *answer = raw_ask(&change.worker, to_list_pending(GRID_A, "", 10));

	assert_int_equal(answer->pending_list->n_pending, 1);
	assert_int_equal(answer->pending_list->pending[0]->what, GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_REBIND);
	assert_string_equal(answer->pending_list->pending[0]->name, "安然");
	assert_string_equal(answer->pending_list->pending[0]->other, change.old.person);
	assert_string_equal(answer->pending_list->pending[0]->phone, "138****0001");
	free_answer(answer);

	raw_expect(&change.worker, raw_accept(&change.worker, change.new.person, GRID_A), "OK", "");
	assert_int_equal(socket_read_close(&change.new.raw.socket), 4014);
	assert_int_equal(socket_read_close(&change.old.raw.socket), 4014);
	raw_expect(&change.worker, raw_accept(&change.worker, change.new.person, GRID_A), "NOT_FOUND", "person");
	change_end(&change);

	back = visit(w, "o-new");
	assert_string_equal(back.person, change.old.person);
	assert_string_equal(back.phone, "138****0001");
	assert_int_equal(back.state, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED);
	expect_bound(&back, to_bind(phone_code_of(w, "13800000003")), "138****0003", false, "");
	stranger = visit(w, "o-old");
	assert_string_not_equal(stranger.person, change.old.person);
	leave(&back);
	leave(&stranger);
	raw_open(&back.raw, w);
	raw_expect(&back.raw, to_login_with(change.old.token), "UNAUTHENTICATED", "token.token");
	raw_close(&back.raw);
	assert_audit_clean(w);
}

/* What stands in the place of what was on the list has not been looked at. */
static void
yes_to_a_registration_hands_over_no_account(void **state)
{
	struct world *w = *state;
	struct visitor old = visit(w, "o-old"), new = visit(w, "o-new");
	struct raw worker;
	Request *yes;

	expect(person(w, "worker"), to_roster("13800000001", "安然", "", GRID_A), "OK", "");
	expect_bound(&old, to_bind(phone_code_of(w, "13800000001")), "138****0001", true, "安然");
	raw_expect(&old.raw, to_register(GRID_A, "安然", ""), "OK", "");
	expect(person(w, "worker"), to_give(caller_person(person(w, "lin")), ROLE_WORKER, GRID_A, 0), "OK", "");
	raw_login_granted(&worker, w, "lin");

	raw_expect(&new.raw, to_register(GRID_A, "新来", ""), "OK", "");
	yes = raw_accept(&worker, new.person, GRID_A);
	raw_expect(&new.raw, to_bind_as_same(phone_code_of(w, "13800000001")), "OK", "");
	raw_expect(&worker, yes, "CHANGED", "person");
	raw_expect(&old.raw, to_list_devices(), "OK", "");

	yes = raw_accept(&worker, new.person, GRID_A);
	raw_expect(&new.raw, to_bind_as_same(phone_code_of(w, "13800000001")), "OK", "");
	raw_expect(&worker, yes, "CHANGED", "person");
	yes = raw_accept(&worker, new.person, GRID_A);
	expect_bound(&old, to_bind(phone_code_of(w, "13800000002")), "138****0002", false, "");
	raw_expect(&worker, yes, "NOT_FOUND", "person"); /* that phone is not his any more */
	raw_expect(&old.raw, to_list_devices(), "OK", "");
	leave(&old);
	leave(&new);
	raw_close(&worker);
}

static void
who_is_not_believed_stays_who_he_is(void **state)
{
	struct world *w = *state;
	struct change change = change_wechat(w);
	struct visitor back;

	raw_expect(&change.worker, raw_refuse(&change.worker, change.new.person, GRID_A, "请带身份证来社区"), "OK", "");
	raw_expect(&change.old.raw, to_list_devices(), "OK", "");
	back = visit(w, "o-new");
	assert_string_equal(back.person, change.new.person);
	assert_int_equal(back.state, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REFUSED);
	leave(&back);
	change_end(&change);
	assert_audit_clean(w);
}

/* Whoever says yes must be one who might have given it: a worker does not make a secretary. */
static void
roles_are_not_come_by_in_this_way(void **state)
{
	struct world *w = *state;
	struct change change = change_wechat(w);
	struct raw supervisor;

	expect(person(w, "worker"), to_give(change.old.person, ROLE_SECRETARY, GRID_A, 0), "OK", "");
	raw_expect(&change.worker, raw_accept(&change.worker, change.new.person, GRID_A), "FORBIDDEN", "person");
	raw_expect(&change.old.raw, to_list_devices(), "OK", "");
	expect(person(w, "worker"), to_give(caller_person(person(w, "wu")), ROLE_SUPERVISOR, STREET, 0), "OK", "");
	expect(person(w, "worker"), to_give(caller_person(person(w, "wu")), ROLE_WORKER, STREET, 0), "OK", "");
	raw_login_granted(&supervisor, w, "wu");
	raw_expect(&supervisor, raw_accept(&supervisor, change.new.person, GRID_A), "OK", "");
	raw_close(&supervisor);
	change_end(&change);
	assert_audit_clean(w);
}

/* WeChat is not asked for the phone of who has not agreed to the privacy policy. */
static void
phone_is_had_after_consent(void **state)
{
	struct world *w = *state;
	const char *code = phone_code_of(w, "13800000009");
	struct raw raw;
	Answer *answer;

	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_by_wechat(code_of(w, "o-zhou")));
	raw_expect(&raw, to_bind(code), "FORBIDDEN", "consent");
	raw_expect(&raw, to_register(GRID_A, "周", ""), "FORBIDDEN", "consent");
	raw_expect(&raw, to_consent(answer->login->policy), "OK", "");
	raw_expect(&raw, to_bind(code), "OK", "");
	free_answer(answer);
	raw_close(&raw);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(without_wechat_there_is_no_such_way),
		fresh_with_wechat(phone_is_had_after_consent, NULL),
		fresh_with_wechat(openid_is_one_person_on_a_device_that_stays, NULL),
		fresh_with_wechat(code_that_does_not_work_is_answered_as_it_is_meant, NULL),
		fresh_with_wechat(code_that_was_not_asked_about_is_good_still, NULL),
		fresh_with_wechat(who_is_known_is_not_locked_out_while_it_is_down, NULL),
		fresh_with_wechat(who_is_on_the_roster_is_registered_at_once, NULL),
		fresh_with_wechat(binding_sent_again_asks_wechat_once, NULL),
		fresh_with_wechat(binding_sent_again_undoes_no_newer_one, NULL),
		fresh_with_wechat(changed_number_leaves_the_old_one_to_others, NULL),
		fresh_with_wechat(phone_is_one_persons, NULL),
		fresh_with_wechat(phone_of_nobody_registered_is_taken, NULL),
		fresh_with_wechat(who_changed_his_wechat_is_himself_again, NULL),
		fresh_with_wechat(yes_to_a_registration_hands_over_no_account, NULL),
		fresh_with_wechat(who_is_not_believed_stays_who_he_is, NULL),
		fresh_with_wechat(roles_are_not_come_by_in_this_way, NULL),
	};

	return run_in_worlds(tests);
}
