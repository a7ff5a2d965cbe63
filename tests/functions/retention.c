/* retention.c - names of calls that ended long ago go; and what somebody agreed to. */
#include "functions.h"

#include <string.h>

#define RECORD "{7}:call:" CALL
#define TEXTS  RECORD ":texts"

static void
make_chain(struct redis *r)
{
	post(r, .limit = 1);
	chain_sign(r, CALL, (struct signing){.person = "1.1", .place = GRID_A, .texts = "\t带小推车"});
	chain_sign(r, CALL, (struct signing){.by = "1.1", .texts = "李梅\t"});
}

static void
names_go_and_figures_stay(void **state)
{
	struct redis *r = *state;
	uint64_t later;

	make_chain(r);
	call_close(r, CALL);
	later = redis_now_ms(r) + 1;
	assert_string_equal(retention_calls(r, later), "OK " CALL);
	assert_string_equal(retention_list(r, CALL, later - HOUR_MS), "OK ");
	assert_string_equal(retention_forget(r, CALL, later - HOUR_MS), "OK");
	assert_string_equal(redis(r, "HLEN " TEXTS), "2");
	assert_string_equal(retention_list(r, CALL, later), "OK " CALL);
	assert_string_equal(retention_forget(r, CALL, later), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "EXISTS " TEXTS), "0");
	assert_string_equal(redis(r, "HMGET " RECORD " confirmed waiting lines"), "1 1 2");
	assert_string_equal(retention_list(r, CALL, later), "OK ");
	assert_string_equal(call_reopen(r, WORKER, CALL, HOUR_MS), "CLOSED call");
}

/* One that nobody closed has ended when its time is over, and is closed so. */
static void
one_that_was_left_open_is_closed(void **state)
{
	struct redis *r = *state;
	uint64_t later;

	make_chain(r);
	later = redis_now_ms(r) + 1;
	assert_string_equal(retention_list(r, CALL, later), "OK "); /* it still takes sign-ups */
	let_deadline_pass(r, CALL);
	assert_string_equal(retention_forget(r, CALL, later), "OK");
	assert_string_equal(event(r), "call call " CALL " changed state");
	assert_string_equal(redis(r, "HGET " RECORD " state"), "closed");
	assert_string_equal(redis(r, "EXISTS {7}:open {7}:due"), "0");
}

static void
consent_is_kept_with_its_version(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	assert_string_equal(consent_give(r, "1.1", "v1", false), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(consent_give(r, "1.1", "v2", false), "OK");
	assert_string_equal(redis(r, "HGET {1}:person:1.1 consent"), "v2");
	assert_string_equal(redis(r, "HEXISTS {1}:person:1.1 consented"), "1");
}

static void
who_withdraws_is_registered_no_more(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	consent_give(r, "1.1", "v1", false);
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK");
	assert_string_equal(event(r), "member person 1.1 place ");
	assert_string_equal(redis(r, "HEXISTS {1}:person:1.1 consent"), "0");
	assert_string_equal(redis(r, "EXISTS {1}:persons"), "0");
	assert_string_equal(redis(r, "HGET {1}:person:1.1 identity"), "dev:1.1");
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK");
	assert_string_equal(event(r), "");
}

/* What he asked for is taken back in the same write; where he waited is told, for the list there. */
static void
who_withdraws_waits_for_nothing(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	assert_string_equal(member_ask_move(r, "1.1", GRID_B, false), "OK pending");
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK " GRID_B);
	assert_string_equal(redis(r, "HEXISTS {1}:person:1.1 asked"), "0");
	assert_string_equal(member_ask(r, "1.1", GRID_A, ""), "OK pending");
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK " GRID_A);
	assert_string_equal(rebind_ask(r, "1.1", "1.2", GRID_B, HASH_A), "OK asked " GRID_B);
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK " GRID_B);
	assert_string_equal(consent_give(r, "1.1", "v1", true), "OK");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(names_go_and_figures_stay),
		rule(one_that_was_left_open_is_closed),
		rule(consent_is_kept_with_its_version),
		rule(who_withdraws_is_registered_no_more),
		rule(who_withdraws_waits_for_nothing),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
