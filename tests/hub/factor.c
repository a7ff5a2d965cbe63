/* factor.c - the second factor over real sockets: who must have one, that a code is good once at all hubs, that it is locked,
 * and that a desk somebody walked away from is. */
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller.h"
#include "clock.h"
#include "gridctl.h"
#include "notes.h"
#include "raw.h"
#include "role.h"
#include "status.h"
#include "totp.h"
#include "worlds.h"

/* A supervisor, and a token of his on a device. */
static const char *
token_of(struct world *w, const char *handle)
{
	const char *id = caller_person(person(w, handle)), *token;
	char dev_token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	free_answer(ask(person(w, "chief"), to_give(id, ROLE_SUPERVISOR, COMMUNITY, 0))); /* unless he is one */
	read_token(w, dev_token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_on(dev_token, handle, "pad"));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	token = say("%s", answer->login->token);
	free_answer(answer);
	raw_close(&raw);
	return token;
}

/* What an authenticator shows, so many steps from now. */
static const char *
code_of(const char *base32, int steps)
{
	uint8_t secret[TOTP_SECRET];
	char code[TOTP_DIGITS + 1];

	assert_true(totp_parse(secret, text_of(base32)));
	return say("%s", totp_code(code, secret, totp_step(clock_wall_ms()) + (uint64_t)steps));
}

/* Sets one up with the code of the step before now, so that those of now and after are still good. A recovery code of his
 * is put into `recovery`, if that is wanted. */
static const char *
set_up(struct raw *raw, const char **recovery)
{
	Answer *answer = raw_ask(raw, to_begin_factor());
	const char *secret;

	assert_string_equal(status_name((enum status)answer->status), "OK");
	secret = say("%s", answer->factor_begin->secret);
	assert_non_null(strstr(answer->factor_begin->uri, secret));
	free_answer(answer);
	raw_expect(raw, to_confirm_factor("000000"), "UNAUTHENTICATED", "code");
	answer = raw_ask(raw, to_confirm_factor(code_of(secret, -1)));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_int_equal(answer->factor_confirm->n_recovery, 8);
	if (recovery)
		*recovery = say("%s", answer->factor_confirm->recovery[3]);
	free_answer(answer);
	return secret;
}

static void
log_in(struct raw *raw, struct world *w, const char *token, const char *code)
{
	raw_open(raw, w);
	raw_expect(raw, to_login_with_code(token, code), "OK", "");
}

/* A supervisor's token alone opens nothing but the way to a second factor. */
static void
desk_needs_a_second_factor(void **state)
{
	struct world *w = *state;
	const char *token = token_of(w, "an");
	struct raw raw;
	Answer *answer;

	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_with(token));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_true(answer->login->needs_factor);
	free_answer(answer);
	raw_expect(&raw, to_list_calls(GRID_A, "", 1), "FORBIDDEN", "factor");
	raw_expect(&raw, to_list_places("", 1, "", 1), "FORBIDDEN", "factor");
	raw_expect(&raw, to_watch(.places = {GRID_A}), "FORBIDDEN", "factor");
	raw_expect(&raw, to_list_devices_of("3.77"), "FORBIDDEN", "factor");
	raw_expect(&raw, to_list_devices(), "OK", "");
	raw_expect(&raw, to_watch(.depth = 0), "OK", "");
	raw_expect(&raw, to_confirm_factor("123456"), "NOT_FOUND", "factor");
	set_up(&raw, NULL);
	raw_expect(&raw, to_list_calls(GRID_A, "", 1), "OK", "");
	raw_expect(&raw, to_begin_factor(), "ALREADY", "factor");
	raw_expect(&raw, to_confirm_factor("123456"), "ALREADY", "factor");
	raw_close(&raw);
}

/* Who has no role of the desk need not have one, and may. */
static void
member_needs_none(void **state)
{
	struct world *w = *state;
	const char *token = token_of(w, "member"), *id = caller_person(person(w, "member"));
	struct raw raw;

	expect(person(w, "chief"), to_take(id, ROLE_SUPERVISOR, COMMUNITY), "OK", "");
	log_in(&raw, w, token, "");
	raw_expect(&raw, to_list_places("", 1, "", 1), "OK", "");
	expect(person(w, "chief"), to_give(id, ROLE_AUDITOR, "", 0), "OK", "");
	raw_expect(&raw, to_list_places("", 1, "", 1), "FORBIDDEN", "factor");
	expect(person(w, "chief"), to_take(id, ROLE_AUDITOR, ""), "OK", "");
	set_up(&raw, NULL);
	raw_close(&raw);
}

/* Of another device: the one it was set up on has shown it just now. */
static void
code_lets_in_once(void **state)
{
	struct world *w = *state;
	const char *pad = token_of(w, "bo"), *phone = token_of(w, "bo"), *third = token_of(w, "bo"), *secret, *recovery;
	const char *code;
	struct raw raw, other;

	log_in(&raw, w, pad, "");
	secret = set_up(&raw, &recovery);
	raw_open(&other, w);
	raw_expect(&other, to_login_with(phone), "UNAUTHENTICATED", "token.code");
	raw_expect(&other, to_login_with_code(phone, code_of(secret, -1)), "UNAUTHENTICATED", "token.code");
	code = code_of(secret, 0);
	raw_expect(&other, to_login_with_code(phone, code), "OK", "");
	raw_expect(&other, to_list_calls(GRID_A, "", 1), "OK", "");
	raw_close(&other);
	raw_open(&other, w);
	raw_expect(&other, to_login_with(phone), "OK", ""); /* it was shown there just now */
	raw_close(&other);
	raw_open(&other, w);
	raw_expect(&other, to_login_with_code(third, code), "UNAUTHENTICATED", "token.code");
	raw_expect(&other, to_login_with_code(third, recovery), "OK", "");
	raw_close(&other);
	raw_expect(&raw, to_invite(""), "BAD_REQUEST", "name");
	raw_close(&raw);
}

/* The right one too, and at whatever hub. */
static void
five_wrong_codes_lock_it(void **state)
{
	struct world *w = *state;
	const char *pad = token_of(w, "chen"), *phone = token_of(w, "chen"), *secret;
	struct raw raw, other;
	Answer *answer;

	log_in(&raw, w, pad, "");
	secret = set_up(&raw, NULL);
	for (unsigned i = 0; i < 5; i++) {
		raw_open(&other, w);
		raw_expect(&other, to_login_with_code(phone, i == 2 ? "aaaaa-aaaaa" : "000000"), "UNAUTHENTICATED",
			"token.code");
		raw_close(&other);
	}
	raw_open(&other, w);
	answer = raw_ask(&other, to_login_with_code(phone, code_of(secret, 0)));
	assert_string_equal(status_name((enum status)answer->status), "BUSY");
	assert_string_equal(answer->field, "token.code");
	assert_in_range(answer->retry_after_ms, 14 * 60000, 15 * 60000);
	free_answer(answer);
	raw_expect(&raw, to_remove_factor("", code_of(secret, 0)), "BUSY", "code");
	raw_expect(&raw, to_list_calls(GRID_A, "", 1), "OK", ""); /* who is in goes on */
	raw_close(&raw);
	raw_close(&other);
}

/* With a code by himself, without one by who may give all that he holds. */
static void
factor_is_taken_away(void **state)
{
	struct world *w = *state;
	const char *pad = token_of(w, "ding"), *phone = token_of(w, "ding"), *secret;
	const char *id = say("%s", caller_person(person(w, "ding")));
	struct raw raw, other, secretary;
	struct uuid once = uuid_make(clock_wall_ms());
	Request *request;

	log_in(&raw, w, pad, "");
	secret = set_up(&raw, NULL);
	raw_expect(&raw, to_remove_factor("", "000000"), "UNAUTHENTICATED", "code");
	request = under_once(&once, to_remove_factor("", code_of(secret, 0)));
	raw_expect(&raw, request, "OK", "");
	raw_expect(&raw, under_once(&once, request), "OK", ""); /* the answer was lost */
	raw_expect(&raw, to_remove_factor("", ""), "NOT_FOUND", "factor");
	set_up(&raw, NULL);

	expect(person(w, "chief"), to_give(caller_person(person(w, "sun")), ROLE_SECRETARY, COMMUNITY, 0), "OK", "");
	raw_login_granted(&secretary, w, "sun");
	raw_expect(&secretary, to_remove_factor(id, ""), "FORBIDDEN", "person");
	expect(person(w, "chief"), to_remove_factor(id, ""), "OK", "");
	raw_open(&other, w);
	raw_expect(&other, to_login_with(phone), "OK", "");
	raw_expect(&other, to_list_calls(GRID_A, "", 1), "FORBIDDEN", "factor");
	raw_close(&raw);
	raw_close(&other);
	raw_close(&secretary);
}

/* The idle lock, of a hub where it is a second: 4015 for who has shown a factor and asks nothing; then a code again. Who asks
 * goes on, and comes back without one. */
static void
desk_that_is_left_is_locked(void **state)
{
	struct world *w = *state;
	const char *pad = token_of(w, "an"), *secret;
	struct raw raw, member;

	raw_login(&member, w, "bo");
	log_in(&raw, w, pad, "");
	secret = set_up(&raw, NULL);
	raw_close(&raw);
	log_in(&raw, w, pad, ""); /* a connection that was lost */
	assert_int_equal(socket_read_close(&raw.socket), 4015);
	raw_close(&raw);
	raw_open(&raw, w);
	raw_expect(&raw, to_login_with(pad), "UNAUTHENTICATED", "token.code");
	raw_expect(&raw, to_login_with_code(pad, code_of(secret, 1)), "OK", "");
	raw_expect(&member, to_list_calls(GRID_A, "", 1), "OK", ""); /* he has shown none */
	raw_close(&raw);
	raw_close(&member);
}

/* Whether any file of the data folder, Redis' own and the hub's log among them, has that in it. */
static bool
stands_in_clear(struct world *w, const char *secret)
{
	const char *command = say("grep -rqaF -e '%s' --exclude=dev.token '%s'", secret, w->folder);

	return system(command) == 0;
}

static void
nothing_of_it_stands_in_clear(void **state)
{
	struct world *w = *state;
	const char *pad = token_of(w, "fu"), *secret, *recovery, *invite;
	struct raw raw;
	Answer *answer;

	log_in(&raw, w, pad, "");
	secret = set_up(&raw, &recovery);
	answer = ask(person(w, "chief"), to_invite(caller_person(person(w, "fu"))));
	invite = say("%s", strrchr(answer->invite_give->token, '.') + 1);
	free_answer(answer);
	assert_true(stands_in_clear(w, "factor_set")); /* the search finds what there is */
	assert_false(stands_in_clear(w, secret));
	assert_false(stands_in_clear(w, recovery));
	assert_false(stands_in_clear(w, invite));
	assert_false(stands_in_clear(w, strrchr(pad, '.') + 1));
	raw_close(&raw);
}

int
main(void)
{
	static const char *const quick[] = {"--idle-lock", "1", NULL};
	const struct CMUnitTest tests[] = {
		shared(desk_needs_a_second_factor),
		shared(member_needs_none),
		shared(code_lets_in_once),
		shared(five_wrong_codes_lock_it),
		shared(factor_is_taken_away),
		shared(nothing_of_it_stands_in_clear),
		fresh_with(desk_that_is_left_is_locked, quick),
	};

	return sodium_init() < 0 || run_in_worlds(tests);
}
