/* desk.c - signing in at a desk by a phone, at one hub and over two. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "notes.h"
#include "raw.h"
#include "redis_server.h"
#include "status.h"

#define TICKET 41

/* What a desk was given: the ticket that it shows, and the secret that it does not. */
struct pass {
	char ticket[TICKET], secret[TICKET];
};

static Request *
to_wait(const struct pass *pass)
{
	return to_login_at_desk(pass->ticket, pass->secret);
}

/* The desk asks for a ticket; the number that it shows. */
static uint32_t
open_desk(struct raw *desk, const struct world *w, struct pass *pass)
{
	Answer *answer;
	uint32_t number;

	raw_open(desk, w);
	answer = raw_ask(desk, to_open_desk("前台"));
	assert_string_equal(status_name((enum status)answer->status), "OK");
	snprintf(pass->ticket, TICKET, "%s", answer->desk_open->ticket);
	snprintf(pass->secret, TICKET, "%s", answer->desk_open->secret);
	number = answer->desk_open->number;
	assert_int_equal(strlen(pass->ticket), 22);
	assert_int_equal(strlen(pass->secret), 22);
	assert_string_not_equal(pass->ticket, pass->secret);
	assert_in_range(number, 10, 99);
	assert_in_range(answer->desk_open->until_ms, clock_wall_ms() + 100000, clock_wall_ms() + 120000);
	free_answer(answer);
	return number;
}

/* What it is answered once it is let in: a device with a token of its own. */
static void
assert_let_in(struct raw *desk, uint64_t login, char token[128])
{
	Answer *answer = raw_answer(desk, login);

	assert_string_equal(status_name((enum status)answer->status), "OK");
	assert_true(answer->login->device > 0);
	snprintf(token, 128, "%s", answer->login->token);
	free_answer(answer);
	raw_expect(desk, to_list_places("", 1, "", 1), "OK", "");
	answer = raw_ask(desk, to_list_devices());
	assert_string_equal(answer->device_list->devices[0]->name, "前台");
	free_answer(answer);
}

/* Two hubs on one Redis, in two worlds. */
struct stage {
	struct world *a, *b;
	struct redis_server redis;
	char key[192];
};

static void
open_stage(struct stage *s)
{
	s->a = world_prepare(NULL);
	redis_server_start(&s->redis, s->a->folder, "other", NULL);
	s->a->flags[0] = "--redis";
	s->a->flags[1] = s->redis.unix_url;
	hub_start(s->a);
	snprintf(s->key, sizeof(s->key), "%s/phones.key", s->a->folder);
	s->b = world_prepare((const char *const[]){"--redis", s->redis.unix_url, "--key-file", s->key, NULL});
	hub_start(s->b);
}

static void
close_stage(struct stage *s)
{
	world_close(s->b);
	hub_end(s->a, SIGTERM);
	redis_server_end(&s->redis, SIGTERM);
	world_close(s->a);
}

/* The desk waits at one hub, the phone is at the other; and what came of it is a login like any other. */
static void
phone_lets_a_desk_in_at_another_hub(void **state)
{
	struct raw desk, phone, again;
	char token[128];
	struct pass pass;
	struct stage s;
	uint32_t number;
	uint64_t login, began_us;
	Answer *answer;

	(void)state;
	open_stage(&s);
	raw_login(&phone, s.b, "an");
	number = open_desk(&desk, s.a, &pass);
	login = raw_send(&desk, to_wait(&pass));
	answer = raw_ask(&phone, to_show_desk(pass.ticket));
	assert_string_equal(answer->desk_show->device, "前台");
	assert_string_equal(answer->desk_show->address, "127.0.0.1");
	assert_int_equal(answer->desk_show->number, number);
	free_answer(answer);
	began_us = world_now_us();
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "OK", "");
	assert_let_in(&desk, login, token);
	assert_in_range(world_now_us() - began_us, 0, 1000000);
	raw_expect(&phone, to_show_desk(pass.ticket), "NOT_FOUND", "ticket");
	raw_open(&again, s.b);
	raw_expect(&again, to_wait(&pass), "UNAUTHENTICATED", "desk.ticket"); /* it is good once */
	raw_expect(&again, to_login_with(token), "OK", "");
	raw_close(&again);
	raw_close(&desk);
	raw_close(&phone);
	close_stage(&s);
}

/* Also where the phone was faster than the desk, and at a hub that is to end while one waits. */
static void
desk_that_comes_late_is_let_in(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw desk, phone;
	char token[128];
	struct pass pass;
	uint32_t number;

	(void)state;
	hub_start(w);
	raw_login(&phone, w, "an");
	number = open_desk(&desk, w, &pass);
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "OK", "");
	assert_let_in(&desk, raw_send(&desk, to_wait(&pass)), token);
	raw_close(&desk);
	open_desk(&desk, w, &pass);
	raw_send(&desk, to_wait(&pass));
	hub_end(w, SIGTERM);
	assert_int_equal(socket_read_close(&desk.socket), 1001);
	raw_close(&desk);
	raw_close(&phone);
	world_close(w);
}

static void
desk_is_refused(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw desk, phone, other;
	struct pass pass;
	uint64_t login;
	uint32_t number;

	(void)state;
	hub_start(w);
	raw_login(&phone, w, "an");
	number = open_desk(&desk, w, &pass);
	login = raw_send(&desk, to_wait(&pass));
	raw_expect(&phone, to_confirm_desk(pass.ticket, 0, false), "OK", "");
	raw_expect_answer(&desk, login, "UNAUTHENTICATED", "desk.ticket");
	raw_expect(&desk, to_list_places("", 1, "", 1), "UNAUTHENTICATED", "");
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "NOT_FOUND", "ticket");
	raw_expect(&phone, to_show_desk("AAAAAAAAAAAAAAAAAAAAAA"), "NOT_FOUND", "ticket");
	raw_open(&other, w);
	raw_expect(&other, to_show_desk(pass.ticket), "UNAUTHENTICATED", "");
	raw_expect(&other, to_login_at_desk("AAAAAAAAAAAAAAAAAAAAAA", pass.secret), "UNAUTHENTICATED", "desk.ticket");
	raw_close(&other);
	raw_close(&desk);
	raw_close(&phone);
	world_close(w);
}

/* At another hub too, and at once. */
static void
wrong_number_ends_the_ticket(void **state)
{
	struct raw desk, phone;
	struct pass pass;
	struct stage s;
	uint32_t number;
	uint64_t login;

	(void)state;
	open_stage(&s);
	raw_login(&phone, s.b, "an");
	number = open_desk(&desk, s.a, &pass);
	login = raw_send(&desk, to_wait(&pass));
	raw_expect(&phone, to_confirm_desk(pass.ticket, number == 10 ? 11 : number - 1, true), "FORBIDDEN", "number");
	raw_expect_answer(&desk, login, "UNAUTHENTICATED", "desk.ticket");
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "NOT_FOUND", "ticket");
	raw_close(&desk);
	raw_close(&phone);
	close_stage(&s);
}

static void
ticket_stands_nowhere_in_clear(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw desk, phone;
	char token[128], command[400];
	struct pass pass;
	uint64_t login;
	uint32_t number;

	(void)state;
	hub_start(w);
	raw_login(&phone, w, "an");
	number = open_desk(&desk, w, &pass);
	login = raw_send(&desk, to_wait(&pass));
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "OK", "");
	assert_let_in(&desk, login, token);
	snprintf(command, sizeof(command), "grep -rqaF -e '%s' -e '%s' -e '%s' --exclude=dev.token '%s'", pass.ticket,
		pass.secret, strrchr(token, '.') + 1, w->folder);
	assert_int_not_equal(system(command), 0);
	snprintf(command, sizeof(command), "grep -rqaF accepted '%s'", w->folder);
	assert_int_equal(system(command), 0);
	raw_close(&desk);
	raw_close(&phone);
	world_close(w);
}

/* Who photographs the screen has the ticket, and is not let in by it: neither before the phone decides nor after. */
static void
who_sees_the_ticket_is_not_let_in(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw desk, phone, thief;
	char token[128];
	struct pass pass;
	uint64_t login;
	uint32_t number;

	(void)state;
	hub_start(w);
	raw_login(&phone, w, "an");
	number = open_desk(&desk, w, &pass);
	raw_open(&thief, w);
	raw_expect(&thief, to_login_at_desk(pass.ticket, ""), "BAD_REQUEST", "desk.secret");
	raw_expect(&thief, to_login_at_desk(pass.ticket, pass.ticket), "UNAUTHENTICATED", "desk.ticket");
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "OK", "");
	raw_expect(&thief, to_login_at_desk(pass.ticket, "AAAAAAAAAAAAAAAAAAAAAA"), "UNAUTHENTICATED", "desk.ticket");
	login = raw_send(&desk, to_wait(&pass));
	assert_let_in(&desk, login, token);
	raw_close(&thief);
	raw_close(&desk);
	raw_close(&phone);
	world_close(w);
}

/* Of two connections of one desk the later waits. */
static void
desk_waits_once(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw former, desk, phone;
	char token[128];
	struct pass pass;
	uint64_t login, former_login;
	uint32_t number;

	(void)state;
	hub_start(w);
	raw_login(&phone, w, "an");
	number = open_desk(&former, w, &pass);
	former_login = raw_send(&former, to_wait(&pass));
	raw_open(&desk, w);
	login = raw_send(&desk, to_wait(&pass));
	raw_expect_answer(&former, former_login, "UNAUTHENTICATED", "desk.ticket");
	raw_expect(&phone, to_confirm_desk(pass.ticket, number, true), "OK", "");
	assert_let_in(&desk, login, token);
	raw_close(&former);
	raw_close(&desk);
	raw_close(&phone);
	world_close(w);
}

/* So many behind one address, and no more: the others are for others. */
static void
address_has_so_many_desks(void **state)
{
	struct world *w = world_prepare(NULL);
	struct raw desks[64], another;
	struct pass pass;

	(void)state;
	hub_start(w);
	for (unsigned i = 0; i < ARRAY_LEN(desks); i++) {
		open_desk(&desks[i], w, &pass);
		raw_send(&desks[i], to_wait(&pass));
	}
	open_desk(&another, w, &pass);
	raw_expect(&another, to_wait(&pass), "BUSY", "desk");
	raw_close(&another);
	for (unsigned i = 0; i < ARRAY_LEN(desks); i++)
		raw_close(&desks[i]);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(phone_lets_a_desk_in_at_another_hub),
		cmocka_unit_test(desk_that_comes_late_is_let_in),
		cmocka_unit_test(desk_is_refused),
		cmocka_unit_test(wrong_number_ends_the_ticket),
		cmocka_unit_test(ticket_stands_nowhere_in_clear),
		cmocka_unit_test(who_sees_the_ticket_is_not_let_in),
		cmocka_unit_test(desk_waits_once),
		cmocka_unit_test(address_has_so_many_desks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
