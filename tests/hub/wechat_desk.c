/* wechat_desk.c - a desk that is let in from a phone that came by WeChat: its owner has no second factor, and needs none there. */
#include <stdio.h>
#include <string.h>

#include "raw.h"
#include "status.h"
#include "worlds.h"

#define TOKEN_ROOM 128

static void
come_by_wechat(struct raw *phone, struct world *w)
{
	raw_open(phone, w);
	stand_in_code(w->wechat, "login-1", "o-an");
	raw_expect(phone, to_login_by_wechat("login-1"), "OK", "");
}

/* A desk that the phone lets in, and its token. */
static void
sit_down(struct raw *desk, struct raw *phone, struct world *w, char token[TOKEN_ROOM])
{
	Answer *opened, *login;

	raw_open(desk, w);
	opened = raw_ask(desk, to_open_desk("前台"));
	raw_expect(phone, to_confirm_desk(opened->desk_open->ticket, opened->desk_open->number, true), "OK", "");
	login = raw_ask(desk, to_login_at_desk(opened->desk_open->ticket, opened->desk_open->secret));
	assert_string_equal(status_name((enum status)login->status), "OK");
	snprintf(token, TOKEN_ROOM, "%s", login->login->token);
	free_answer(opened);
	free_answer(login);
}

/* It is locked when it is left, of a hub where that is a second. There is no code that its owner could show: it is let in anew. */
static void
desk_that_is_left_is_let_in_anew(void **state)
{
	struct world *w = *state;
	struct raw desk, phone;
	char token[TOKEN_ROOM];

	come_by_wechat(&phone, w);
	sit_down(&desk, &phone, w, token);
	assert_int_equal(socket_read_close(&desk.socket), 4015);
	raw_close(&desk);
	raw_open(&desk, w);
	raw_expect(&desk, to_login_with(token), "UNAUTHENTICATED", "token.token");
	raw_close(&desk);
	sit_down(&desk, &phone, w, token);
	raw_close(&desk);
	raw_open(&desk, w);
	raw_expect(&desk, to_login_with(token), "OK", ""); /* and stays */
	raw_close(&desk);
	raw_close(&phone);
}

/* He finds it in what the log has about him, wherever the ticket stood. */
static void
sign_in_is_in_ones_own_log(void **state)
{
	struct world *w = *state;
	struct raw desk, phone;
	char token[TOKEN_ROOM];
	Answer *answer;

	come_by_wechat(&phone, w);
	sit_down(&desk, &phone, w, token);
	answer = raw_ask(&phone, to_list_audit(.own = true, .what = "desk_login"));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_int_equal(answer->audit_list->n_entries, 1);
	assert_string_equal(answer->audit_list->entries[0]->detail, "device=2"); /* the phone is the first */
	free_answer(answer);
	raw_close(&desk);
	raw_close(&phone);
}

int
main(void)
{
	static const char *const quick[] = {"--idle-lock", "1", NULL};
	const struct CMUnitTest tests[] = {
		fresh_with_wechat(desk_that_is_left_is_let_in_anew, quick),
		fresh_with_wechat(sign_in_is_in_ones_own_log, NULL),
	};

	return run_in_worlds(tests);
}
