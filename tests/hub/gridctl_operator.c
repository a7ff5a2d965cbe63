/* gridctl_operator.c - the first account of a system, and a login without the development login. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"
#include "clock.h"
#include "gridctl.h"
#include "notes.h"
#include "totp.h"
#include "worlds.h"

/* Makes one on the world's data; its invite lives as long as the world is open. */
static const char *
invite_of(struct world *w, const char *name)
{
	struct ended ended = gridctl_bare(w, "operator", "create", name, "--data", w->folder, "--json");
	json_t *object = json_loads(ended.said, 0, NULL);
	const char *invite;

	assert_int_equal(ended.status, 0);
	assert_non_null(object);
	invite = say("%s", json_string_value(json_object_get(object, "invite")));
	json_decref(object);
	return invite;
}

static void
operator_logs_in_by_his_invite_and_stays_logged_in(void **state)
{
	struct world *w = *state;
	const char *hub = say("ws://%s", w->address);
	struct ended ended = gridctl_bare(w, "login", "--invite", invite_of(w, "zhang"), "--hub", hub);
	char machine[256];

	assert_ended(&ended, 0, "is person");
	ended = gridctl_bare(w, "whoami", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "role: security, everywhere");
	ended = gridctl_bare(w, "role", "list", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "operator    everywhere");
	assert_ended(&ended, 0, "security    everywhere");
	ended = gridctl_bare(w, "device", "list", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, ", this one\n");
	assert_int_equal(gethostname(machine, sizeof(machine)), 0);
	machine[40] = '\0';
	assert_ended(&ended, 0, machine);

	hub_again(w, SIGTERM); /* he is known to any hub, whenever it was started */
	ended = gridctl_bare(w, "whoami", "--hub", say("ws://%s", w->address));
	assert_ended(&ended, 0, "is person");
	ended = gridctl_bare(w, "role", "list", "--data", w->folder, "--lang", "en"); /* which has a dev.token too */
	assert_ended(&ended, 0, "operator    everywhere");
	ended = gridctl_bare(w, "whoami", "--data", w->folder, "--as", "an", "--lang", "en");
	assert_ended(&ended, 0, "an is person");
	ended = gridctl_bare(w, "logout");
	assert_ended(&ended, 0, "");
}

/* He runs the system and gives rights; what is done in the grids is for those who have them. */
static void
operator_gives_what_he_does_not_have(void **state)
{
	struct world *w = *state;
	const char *hub = say("ws://%s", w->address), *another;
	struct ended ended = gridctl_bare(w, "login", "--invite", invite_of(w, "li"), "--hub", hub);

	assert_ended(&ended, 0, "is person");
	ended = gridctl_bare(w, "tally", GRID_A, "--hub", hub);
	assert_ended(&ended, 0, "");
	ended = gridctl_bare(w, "call", "post", GRID_A, "--title", "清雪", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 1, "you hold no role there");
	another = caller_person(person(w, "an"));
	ended = gridctl_bare(w, "role", "give", another, "worker", GRID_A, "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "given");
	ended = gridctl_bare(w, "logout");
	assert_ended(&ended, 0, "");
}

static void
what_is_no_invite_is_said(void **state)
{
	struct world *w = *state;
	const char *hub = say("ws://%s", w->address);
	struct ended ended = gridctl_bare(w, "login", "--invite", "abc", "--hub", hub, "--lang", "en");

	assert_ended(&ended, 2, "--invite: 'abc' is none");
	ended = gridctl_bare(w, "login", "--invite", "3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI", "--hub", hub,
		"--lang", "en");
	assert_ended(&ended, 4, "ask for another invite");
	ended = gridctl_bare(w, "login", "--lang", "en");
	assert_ended(&ended, 2, "say how: --invite INVITE, or HANDLE --dev");
	ended = gridctl_bare(w, "operator", "create", "张三", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 2, "a name has 1 to 32 of a-z, 0-9, - and _");
	ended = gridctl_bare(w, "operator", "create", "zhang", "--data", say("%s/none", w->folder), "--lang", "en");
	assert_ended(&ended, 3, "start the hub first");
}

/* What an authenticator shows. */
static const char *
code_of(const char *base32, int steps)
{
	uint8_t secret[TOTP_SECRET];
	char code[TOTP_DIGITS + 1];

	assert_true(totp_parse(secret, text_of(base32)));
	return say("%s", totp_code(code, secret, totp_step(clock_wall_ms()) + (uint64_t)steps));
}

/* Who runs the system does nothing before he has a second factor; then a login takes a code. */
static void
operator_sets_up_a_second_factor(void **state)
{
	struct world *w = *state;
	const char *hub = say("ws://%s", w->address), *invite = invite_of(w, "zhang"), *secret;
	struct ended ended = gridctl_bare(w, "login", "--invite", invite, "--hub", hub, "--lang", "en");
	json_t *begun;

	assert_ended(&ended, 0, "set up a second factor before anything else");
	ended = gridctl_bare(w, "role", "list", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 1, "your role takes a second factor first");
	ended = gridctl_bare(w, "factor", "begin", "--hub", hub, "--json");
	begun = json_loads(ended.said, 0, NULL);
	assert_non_null(begun);
	secret = say("%s", json_string_value(json_object_get(begun, "secret")));
	json_decref(begun);
	ended = gridctl_bare(w, "factor", "confirm", code_of(secret, -1), "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "write them down");
	ended = gridctl_bare(w, "role", "list", "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "operator    everywhere");
	ended = gridctl_bare(w, "logout");
	ended = gridctl_bare(w, "login", "--invite", invite_of(w, "zhang"), "--hub", hub, "--lang", "en");
	assert_ended(&ended, 4, "gridctl login --invite INVITE --hub URL --code CODE");
	ended = gridctl_bare(w, "login", "--invite", invite_of(w, "zhang"), "--code", code_of(secret, 0), "--hub", hub);
	assert_ended(&ended, 0, "is person");
	ended = gridctl_bare(w, "factor", "remove", "--code", code_of(secret, 0), "--hub", hub, "--lang", "en");
	assert_ended(&ended, 4, "it was used before");
	ended = gridctl_bare(w, "factor", "remove", "--code", code_of(secret, 1), "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "no code is asked for any more");
	ended = gridctl_bare(w, "logout");
	assert_ended(&ended, 0, "");
}

/* Over an operator nobody is set: who has the data lets him in again, without the factor that he has lost. */
static void
operator_who_lost_all_is_let_in_again(void **state)
{
	struct world *w = *state;
	const char *hub = say("ws://%s", w->address), *id, *invite, *secret;
	struct ended ended = gridctl_bare(w, "login", "--invite", invite_of(w, "zhang"), "--hub", hub, "--json");
	json_t *object = json_loads(ended.said, 0, NULL);

	id = say("%s", json_string_value(json_object_get(object, "person")));
	json_decref(object);
	ended = gridctl_bare(w, "factor", "begin", "--hub", hub, "--json");
	object = json_loads(ended.said, 0, NULL);
	secret = say("%s", json_string_value(json_object_get(object, "secret")));
	json_decref(object);
	ended = gridctl_bare(w, "factor", "confirm", code_of(secret, 0), "--hub", hub);
	assert_ended(&ended, 0, "");
	gridctl_bare(w, "logout");

	ended = gridctl_bare(w, "operator", "invite", id, "--data", w->folder, "--json");
	assert_int_equal(ended.status, 0);
	object = json_loads(ended.said, 0, NULL);
	invite = say("%s", json_string_value(json_object_get(object, "invite")));
	json_decref(object);
	ended = gridctl_bare(w, "login", "--invite", invite, "--hub", hub, "--lang", "en");
	assert_ended(&ended, 0, "set up a second factor before anything else"); /* his roles are there still */
	ended = gridctl_bare(
		w, "operator", "invite", id, "--data", w->folder, "--lang", "en"); /* without a factor too */
	assert_ended(&ended, 0, "has no second factor any more");
	ended = gridctl_bare(w, "operator", "invite", "3.999999", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 1, "gridctl: '3.999999': there is no such person\n");
	ended = gridctl_bare(w, "operator", "invite", "3.999999", "--data", w->folder, "--lang", "zh");
	assert_ended(&ended, 1, "没有这个人");
	ended = gridctl_bare(w, "operator", "invite", "zhang", "--data", w->folder, "--lang", "en");
	assert_ended(&ended, 2, "the id of somebody who is there");
	gridctl_bare(w, "logout");
}

int
main(void)
{
	static const char *const one_factor[] = {"--second-factor=no", NULL};
	const struct CMUnitTest tests[] = {
		fresh_with(operator_logs_in_by_his_invite_and_stays_logged_in, one_factor),
		fresh_with(operator_gives_what_he_does_not_have, one_factor),
		fresh(operator_sets_up_a_second_factor),
		fresh(what_is_no_invite_is_said),
		fresh(operator_who_lost_all_is_let_in_again),
	};

	return run_in_worlds(tests);
}
