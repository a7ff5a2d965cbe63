/* slow_client.c - P7: who does not read, or says nothing any more, costs bounded memory and delays nobody. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "faults.h"
#include "raw.h"
#include "status.h"

#define WINDOW_BYTES 4096 /* what the kernel of a slow client takes before it pushes back */
#define SLOW_CLIENTS 20
#define POSTS_MAX    4000
#define BATCH        20
#define BODY_CHARS   2000

static void
watch_city(struct raw *raw)
{
	Gridvanguard__V1__PlaceWatch place = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[] = {&place};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	Answer *answer;

	place.place = UNCONST(CITY);
	watch.places = places;
	watch.n_places = 1;
	answer = raw_ask(raw, &REQUEST(WATCH, &watch));
	assert_non_null(answer);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	free_answer(answer);
}

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
	Gridvanguard__V1__CallPost post = GRIDVANGUARD__V1__CALL_POST__INIT;
	char title[16];
	unsigned posted = 0;

	for (size_t i = 0; i < BODY_CHARS; i++)
		memcpy(body + 3 * i, "字", 3);
	post.place = UNCONST(GRID_A);
	post.title = title;
	post.body = body;
	post.deadline_ms = clock_wall_ms() + 3600000;
	for (unsigned i = 0; i < count; i++) {
		snprintf(title, sizeof(title), "%u", first + i);
		caller_send(person(w, "worker"), &REQUEST(CALL_POST, &post), on_posted, &posted);
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
		char handle[16];
		snprintf(handle, sizeof(handle), "slow-%u", i);
		raw_login(&slow[i], w, handle, WINDOW_BYTES);
		watch_city(&slow[i]);
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

/* What it hears until then: the calls, in their order, each once. */
static unsigned
note_calls(const Frame *frame, unsigned heard)
{
	char title[16];

	for (size_t i = 0; i < frame->n_events; i++) {
		const Event *event = frame->events[i];
		if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED)
			continue;
		snprintf(title, sizeof(title), "%u", heard++);
		assert_string_equal(event->call_changed->call->title, title);
	}
	return heard;
}

/* Less than its outbox holds is kept for it, however long it takes. */
static void
client_that_reads_late_gets_everything(void **state)
{
	struct world *w = world_open(NULL);
	unsigned heard = 0;
	struct raw late;

	(void)state;
	raw_login(&late, w, "late", WINDOW_BYTES);
	watch_city(&late);
	post_large(w, 0, 2 * BATCH);
	while (heard < 2 * BATCH) {
		Frame *frame = raw_read(&late);
		assert_non_null(frame);
		heard = note_calls(frame, heard);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	assert_int_equal(heard, 2 * BATCH);
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
	raw_login(&silent, w, "silent", 0);
	assert_int_equal(raw_read_close(&silent), 4009);
	assert_string_equal(silent.reason, "no answer to pulses");
	raw_close(&silent);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"silent\"}"), 1);
	world_close(w);
}

/* An empty one is enoughand one of WebSocket's own will do too. */
static void
client_that_answers_pulses_stays(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--pulse", "1", NULL});
	struct raw alive;
	unsigned pulses = 0;

	(void)state;
	raw_login(&alive, w, "alive", 0);
	while (pulses < 5) { /* longer than silence is borne */
		Frame *frame = raw_read(&alive);
		assert_non_null(frame);
		pulses += frame->pulse != NULL;
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
		raw_send_frame(&alive, RAW_BINARY, "\x2a\x00", 2);
	}
	raw_close(&alive);
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
	};

	/* What is freed counts as free: AddressSanitizer would keep 256 MB of it. */
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
