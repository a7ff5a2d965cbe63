/* consent.c - the privacy policy: shown, agreed to before one registers, and withdrawn as easily. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "gridctl.h"
#include "raw.h"
#include "worlds.h"

/* How it stands with somebody by his login, "consent policy"; `same` says that they are. */
static bool
has_agreed(struct world *w, const char *handle, char policy[24])
{
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;
	bool same;

	read_token(w, token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_granted(token, handle));
	snprintf(policy, 24, "%s", answer->login->policy);
	same = strcmp(answer->login->consent, policy) == 0;
	free_answer(answer);
	raw_close(&raw);
	return same;
}

static void
assert_page(struct world *w, const char *path, const char *part)
{
	struct socket peer;

	socket_open(&peer, w->address, 0);
	assert_int_equal(socket_http(&peer, path, "Connection: close\r\n"), 200);
	socket_read_all(&peer);
	buf_add(&peer.in, "", 1);
	assert_non_null(strstr((char *)peer.in.bytes, part));
	socket_close(&peer);
}

static void
policy_is_shown(void **state)
{
	assert_page(*state, "GET /privacy", "隐私政策");
	assert_page(*state, "GET /privacy.en", "Privacy policy");
}

static void
nobody_registers_before_he_agrees(void **state)
{
	struct world *w = *state;
	char policy[24];
	struct raw an;

	raw_login_granted(&an, w, "an");
	raw_expect(&an, to_register(GRID_A, "安", ""), "FORBIDDEN", "consent");
	raw_expect(&an, to_list_places("", 1, "", 1), "OK", ""); /* what needs none is there for all */
	assert_false(has_agreed(w, "an", policy));
	assert_int_equal(strlen(policy), 8);
	raw_expect(&an, to_consent("00000000"), "CHANGED", "version");
	raw_expect(&an, to_consent(policy), "OK", "");
	assert_true(has_agreed(w, "an", policy));
	raw_expect(&an, to_register(GRID_A, "安", ""), "OK", "");
	raw_close(&an);
}

static void
withdrawing_ends_the_registration(void **state)
{
	struct world *w = *state;
	char policy[24];

	member(w, "bo");
	assert_false(has_agreed(w, "bo", policy));
	expect(person(w, "bo"), to_consent(policy), "OK", "");
	assert_true(has_agreed(w, "bo", policy));
	expect(person(w, "bo"), to_withdraw_consent("older"), "OK", "");
	assert_false(has_agreed(w, "bo", policy));
	expect(person(w, "bo"), to_leave(), "NOT_FOUND", "person");
	assert_audit_clean(w);
}

static void
it_is_as_easy_at_the_terminal(void **state)
{
	struct world *w = *state;
	char policy[24];

	assert_gridctl(w, "chen", 2, "nothing was done", "person", "consent");
	assert_false(has_agreed(w, "chen", policy));
	assert_gridctl(w, "chen", 0, "/privacy.en", "person", "consent", "--yes");
	assert_true(has_agreed(w, "chen", policy));
	assert_gridctl(w, "chen", 1, "another version", "person", "consent", "--policy", "0", "--yes");
	assert_gridctl(w, "chen", 0, "gridctl person erase", "person", "consent", "--withdraw");
	assert_false(has_agreed(w, "chen", policy));
}

/* Another text is another version; who agreed before is still there, and is asked. */
static void
another_text_asks_again(void **state)
{
	struct world *w = *state;
	char before[24], after[24], *file;
	FILE *out;

	assert_false(has_agreed(w, "ding", before));
	expect(member(w, "ding"), to_consent(before), "OK", "");
	people_go(w);
	hub_end(w, SIGTERM);
	assert_true(asprintf(&file, "%s/policy.txt", w->folder) > 0);
	out = fopen(file, "w");
	assert_non_null(out);
	fputs("我们的政策\n", out);
	fclose(out);
	w->flags[0] = "--policy-file";
	w->flags[1] = file;
	hub_start(w);
	assert_page(w, "GET /privacy", "我们的政策");
	assert_page(w, "GET /privacy.en", "我们的政策");
	assert_false(has_agreed(w, "ding", after));
	assert_string_not_equal(before, after);
	expect(person(w, "ding"), to_move(GRID_B), "OK", "");
	people_go(w);
	free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(policy_is_shown),
		shared(nobody_registers_before_he_agrees),
		shared(withdrawing_ends_the_registration),
		shared(it_is_as_easy_at_the_terminal),
		fresh(another_text_asks_again),
	};

	return run_in_worlds(tests);
}
