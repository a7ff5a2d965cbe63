/* budget.c - whoever asks for more than his share waits, and nobody else does. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "raw.h"
#include "status.h"

#define SAVED        50 /* of one point a second */
#define COST_CHANGE  4
#define COST_FAILURE 4
#define PUT_OFF_MAX  256
#define REJECTED_MAX 5 /* logins of one session */

static void
use_up(struct raw *raw, unsigned points)
{
	for (unsigned i = 0; i < points; i++)
		raw_expect(raw, to_list_places(CITY, 1, "", 1), "OK", "");
}

/* Asked, it says when to come again; come back then, it is answered. */
static void
person_over_his_budget_is_told_when_to_come_again(void **state)
{
	struct world *w = world_open((const char *const[]){"--person-budget", "1", NULL});
	struct raw an, an_elsewhere, bo;
	Answer *answer;

	(void)state;
	raw_login(&an, w, "an");
	raw_login(&an_elsewhere, w, "an");
	raw_login(&bo, w, "bo");
	use_up(&an, SAVED);
	raw_expect(&an_elsewhere, to_list_places(CITY, 1, "", 1), "BUSY", "person");
	use_up(&bo, SAVED);

	answer = raw_ask(&an, to_list_places(CITY, 1, "", 1));
	assert_string_equal(status_name((enum status)answer->status), "BUSY");
	assert_in_range(answer->retry_after_ms, 1, 1001);
	usleep(answer->retry_after_ms * 1000);
	free_answer(answer);
	raw_expect(&an, to_list_places(CITY, 1, "", 1), "OK", "");
	raw_close(&an);
	raw_close(&an_elsewhere);
	raw_close(&bo);
	world_close(w);
}

/* What it refuses, it does not do. */
static void
change_costs_more_and_is_not_made_over_the_budget(void **state)
{
	struct world *w = world_open((const char *const[]){"--person-budget", "1", NULL});
	const char *call = post_call(w, .place = GRID_A);
	struct raw an;

	(void)state;
	raw_login(&an, w, "an");
	raw_expect(&an, to_register(GRID_A, "an", ""), "OK", "");
	raw_expect(&an, to_join(call), "OK", "");
	use_up(&an, SAVED - 2 * COST_CHANGE - (COST_CHANGE - 2));
	raw_expect(&an, to_withdraw(call), "BUSY", "person");
	raw_close(&an);
	assert_chain(w, call, "1 an confirmed");
	world_close(w);
}

static void
who_does_not_wait_is_ended(void **state)
{
	struct world *w = world_open((const char *const[]){"--person-budget", "1", NULL});
	unsigned asked = 0;
	struct raw an;

	(void)state;
	raw_login(&an, w, "an");
	use_up(&an, SAVED);
	while (raw_send_frame(&an, &(Frame)GRIDVANGUARD__V1__FRAME__INIT) &&
		asked < 4 * PUT_OFF_MAX) /* nothing in it */
		asked++;
	assert_int_equal(socket_read_close(&an.socket), 4012);
	raw_close(&an);
	wait_until(w, metric(w, "sessions_closed_total{reason=\"flooding\"}") == 1, "it to be gone");
	world_close(w);
}

static int
shake_from(struct world *w, const char *from)
{
	struct socket peer;
	int status;

	socket_open_from(&peer, w->address, from);
	status = socket_shake(&peer, WS_UPGRADE WS_SUBPROTOCOL);
	socket_close(&peer);
	return status;
}

/* Each address has its own; who is in already is not concerned. */
static void
too_many_connections_from_one_address_get_429(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--address-budget", "1", NULL});
	unsigned let_in = 0;
	struct raw an;

	(void)state;
	raw_login(&an, w, "an");
	while (shake_from(w, "127.0.0.2") == 101)
		let_in++;
	assert_in_range(let_in, SAVED, SAVED + 10); /* one more for each second it takes */
	assert_int_equal(shake_from(w, "127.0.0.3"), 101);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"budget\"}"), 1);
	raw_expect(&an, to_list_places(CITY, 1, "", 1), "NOT_FOUND", "under");
	raw_close(&an);
	world_close(w);
}

/* It does not lock out all who come from that address, but cannot be had without end; who is in already does not notice. */
static void
login_that_fails_costs_no_more_than_a_change(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--address-budget", "1", NULL});
	char wrong[TOKEN_TEXT];
	enum status status = UNAUTHENTICATED;
	struct raw stranger, an;
	unsigned tries = 0;
	Answer *answer;

	(void)state;
	read_token(w, wrong);
	wrong[0] = wrong[0] == '0' ? '1' : '0';
	raw_login(&an, w, "an");
	for (; status == UNAUTHENTICATED; tries++) {
		if (tries % REJECTED_MAX == 0) {
			if (tries > 0)
				raw_close(&stranger);
			raw_open(&stranger, w);
		}
		answer = raw_ask(&stranger, to_login(wrong, "an"));
		status = (enum status)answer->status;
		free_answer(answer);
	}
	assert_int_equal(status, BUSY);
	assert_in_range(tries, SAVED / COST_FAILURE - 2, SAVED / COST_FAILURE + 5); /* slow as it may go */
	raw_expect(&an, to_list_places(CITY, 1, "", 1), "NOT_FOUND", "under");
	raw_close(&stranger);
	raw_close(&an);
	world_close(w);
}

/* Who is not who he says, with one token or with another's; what is only typed wrong does not count. */
static void
login_that_fails_again_and_again_ends_the_session(void **state)
{
	struct world *w = world_open_empty(NULL);
	static const char nobodys[] = "3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI";
	char wrong[TOKEN_TEXT], right[TOKEN_TEXT];
	struct raw stranger;

	(void)state;
	read_token(w, right);
	read_token(w, wrong);
	wrong[0] = wrong[0] == '0' ? '1' : '0';
	raw_open(&stranger, w);
	for (unsigned i = 0; i < REJECTED_MAX - 1; i++)
		raw_expect(&stranger, to_login(wrong, "an"), "UNAUTHENTICATED", "dev.token");
	raw_expect(&stranger, to_login("", "an"), "BAD_REQUEST", "dev.token");
	raw_expect(&stranger, to_login(right, "an"), "OK", "");
	raw_close(&stranger);

	raw_open(&stranger, w);
	for (unsigned i = 0; i < REJECTED_MAX; i++)
		raw_expect(&stranger, i % 2 ? to_login_with(nobodys) : to_login(wrong, "an"), "UNAUTHENTICATED",
			i % 2 ? "token.token" : "dev.token");
	assert_int_equal(socket_read_close(&stranger.socket), 4011);
	raw_close(&stranger);
	wait_until(w, metric(w, "sessions_closed_total{reason=\"stranger\"}") == 1, "it to be gone");
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(person_over_his_budget_is_told_when_to_come_again),
		cmocka_unit_test(change_costs_more_and_is_not_made_over_the_budget),
		cmocka_unit_test(who_does_not_wait_is_ended),
		cmocka_unit_test(too_many_connections_from_one_address_get_429),
		cmocka_unit_test(login_that_fails_costs_no_more_than_a_change),
		cmocka_unit_test(login_that_fails_again_and_again_ends_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
