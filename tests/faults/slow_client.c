/* slow_client.c - P7: who does not read, or says nothing any more, costs bounded memory and delays nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "raw.h"

#define SLOW_CLIENTS 20
#define POSTS_MAX    4000
#define BATCH        20
#define BODY_CHARS   2000

static void
on_posted(struct caller *caller, const Answer *answer, void *context)
{
	(void)caller;
	assert_non_null(answer);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	(*(unsigned *)context)++;
}

/* Posts so many calls of 6 kB each, numbered in their titles from `first`; each is answered, as for everybody else. */
static void
post_large(struct world *w, unsigned first, unsigned count)
{
	static char body[3 * BODY_CHARS + 1];
	unsigned posted = 0;

	for (size_t i = 0; i < BODY_CHARS; i++)
		memcpy(body + 3 * i, "字", 3);
	for (unsigned i = 0; i < count; i++) {
		Request *post = to_post(.place = GRID_A, .title = say("%u", first + i), .body = body);
		caller_send(person(w, "worker"), post, on_posted, &posted);
	}
	wait_until(w, posted == count, "the calls to be posted");
}

/* They hear of everything and read nothing: each is let go of once what waits for it is too much. */
static void
clients_that_do_not_read_are_ended_and_cost_little(void **state)
{
	struct world *w = world_open((const char *const[]){"--max-outbox", "65536", NULL});
	static struct raw slow[SLOW_CLIENTS];
	unsigned posts = 0;
	uint64_t before_kb, sessions;

	(void)state;
	person(w, "worker");
	sessions = metric(w, "sessions");
	for (unsigned i = 0; i < SLOW_CLIENTS; i++) {
		raw_login_narrow(&slow[i], w, say("slow-%u", i));
		raw_watch(&slow[i], .places = {CITY});
	}
	before_kb = resident_kb(w->hub);
	while (metric(w, "sessions") > sessions && posts < POSTS_MAX) {
		post_large(w, posts, BATCH);
		posts += BATCH;
	}

	assert_int_equal(metric(w, "sessions"), sessions);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"slow\"}"), SLOW_CLIENTS);
	/* What waited for each, and what the hub keeps of every call anyway, in its view and for who comes back. */
	assert_in_range(resident_kb(w->hub), 0, before_kb + SLOW_CLIENTS * 256 + posts * 32);
	for (unsigned i = 0; i < SLOW_CLIENTS; i++)
		raw_close(&slow[i]);
	world_close(w);
}

/* Less than its outbox holds is kept for it, however long it takes. */
static void
client_that_reads_late_gets_everything(void **state)
{
	struct world *w = world_open(NULL);
	struct raw late;

	(void)state;
	raw_login_narrow(&late, w, "late");
	raw_watch(&late, .places = {CITY});
	post_large(w, 0, 2 * BATCH);
	raw_hear(&late, 2 * BATCH);
	for (unsigned i = 0; i < late.notes.count; i++) {
		const char *text = late.notes.events[i].text; /* the calls, in their order, each once */
		assert_int_equal(strncmp(text, "call ", strlen("call ")), 0);
		assert_string_equal(strrchr(text, ' '), say(" %u", i));
	}
	assert_int_equal(late.notes.count, 2 * BATCH);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"slow\"}"), 0);
	raw_close(&late);
	world_close(w);
}

/* A connection that a tunnel has swallowed: nothing comes back any more, and nobody says so. */
static void
client_that_answers_no_pulse_is_ended(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--pulse", "1", NULL});
	struct raw silent;

	(void)state;
	raw_login(&silent, w, "silent");
	assert_int_equal(socket_read_close(&silent.socket), 4009);
	assert_string_equal(silent.socket.reason, "no answer to pulses");
	raw_close(&silent);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"silent\"}"), 1);
	world_close(w);
}

/* An empty one is enough. */
static void
client_that_answers_pulses_stays(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--pulse", "1", NULL});
	struct raw alive;

	(void)state;
	raw_login(&alive, w, "alive");
	while (alive.pulses < 5) { /* longer than silence is borne */
		assert_true(raw_read(&alive));
		raw_pulse(&alive);
	}
	raw_close(&alive);
	world_close(w);
}

/* Who only connects is let go of, however lively: what comes before a login counts for nothing. */
static void
client_that_never_logs_in_is_ended(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--pulse", "1", NULL});
	struct raw stranger, an;

	(void)state;
	raw_open(&stranger, w);
	raw_login(&an, w, "an");
	raw_expect(&stranger, to_login("", "an"), "BAD_REQUEST", "dev.token");
	while (an.pulses < 5) {
		assert_true(raw_read(&an));
		raw_pulse(&an);
		raw_pulse(&stranger);
	}
	assert_int_equal(stranger.pulses, 0);
	assert_int_equal(socket_read_close(&stranger.socket), 4011);
	raw_close(&stranger);
	raw_close(&an);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"stranger\"}"), 1);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_that_do_not_read_are_ended_and_cost_little),
		cmocka_unit_test(client_that_reads_late_gets_everything),
		cmocka_unit_test(client_that_answers_no_pulse_is_ended),
		cmocka_unit_test(client_that_answers_pulses_stays),
		cmocka_unit_test(client_that_never_logs_in_is_ended),
	};

	/* What is freed counts as free: AddressSanitizer would keep 256 MB of it. */
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
