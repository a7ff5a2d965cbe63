/* crowd.c - more than there is room for: requests, sessions, bytes before the login. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "raw.h"
#include "status.h"

#define REQUESTS     10000
#define A_FRAME      32
#define AT_ONCE      64     /* of one client */
#define NO_SUCH_CALL "7.77" /* asked of Redis, for the hub knows only open ones */

/* Sends so many of them, a frame at a time. False when the hub has hung up. */
static bool
send_many(struct raw *raw, const Request *request, unsigned count)
{
	Request copies[A_FRAME], *list[A_FRAME];
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	bool sent = true;

	frame.requests = list;
	for (; sent && count > 0; count -= (unsigned)frame.n_requests) {
		frame.n_requests = MIN(A_FRAME, count);
		for (size_t i = 0; i < frame.n_requests; i++) {
			copies[i] = *request;
			copies[i].id = ++raw->last_id;
			list[i] = &copies[i];
		}
		sent = raw_send_frame(raw, &frame);
	}
	return sent;
}

/* Reads the answers to the last so many requests; how many ended with each status. Each must be answered once. */
static void
count_answers(struct raw *raw, unsigned count, unsigned by_status[INTERNAL + 1])
{
	static bool seen[REQUESTS];
	uint64_t first = raw->last_id - count + 1;

	memset(seen, 0, sizeof(seen));
	memset(by_status, 0, (INTERNAL + 1) * sizeof(*by_status));
	raw_collect(raw, count);
	for (size_t i = 0; i < raw->answer_count; i++) {
		const Answer *answer = raw->answers[i];
		assert_in_range(answer->id, first, raw->last_id);
		assert_false(seen[answer->id - first]);
		seen[answer->id - first] = true;
		assert_in_range(answer->status, OK, INTERNAL);
		by_status[answer->status]++;
		assert_true(answer->status != (Gridvanguard__V1__Status)BUSY || answer->retry_after_ms > 0);
	}
	assert_int_equal(raw->answer_count, count);
}

static void
ten_thousand_requests_get_ten_thousand_answers(void **state)
{
	struct world *w = world_open_empty(NULL);
	unsigned by_status[INTERNAL + 1];
	struct raw raw;

	(void)state;
	raw_login(&raw, w, "eager");
	assert_true(send_many(&raw, to_show_call(NO_SUCH_CALL), REQUESTS));
	person(w, "an"); /* somebody else is let in and answered meanwhile */
	count_answers(&raw, REQUESTS, by_status);
	assert_int_equal(by_status[NOT_FOUND] + by_status[BUSY], REQUESTS);
	assert_true(by_status[NOT_FOUND] >= AT_ONCE);
	raw_close(&raw);
	world_close(w);
}

/* Answers larger than their questions, and nobody who reads them. */
static void
client_that_asks_and_does_not_read_is_ended(void **state)
{
	struct world *w = world_open((const char *const[]){"--max-outbox", "65536", NULL});
	uint64_t before_kb = resident_kb(w->hub);
	struct raw raw;
	unsigned sent = 0;

	(void)state;
	raw_login_narrow(&raw, w, "eager");
	while (sent < 10 * REQUESTS && send_many(&raw, to_list_places(STREET, 3, "", 200), A_FRAME))
		sent += A_FRAME;
	wait_until(w, metric(w, "sessions_closed_total{reason=\"slow\"}") == 1, "it to be ended");
	assert_in_range(resident_kb(w->hub), 0, before_kb + 16384);
	person(w, "an");
	raw_close(&raw);
	world_close(w);
}

/* While Redis stands still nothing is answered, so all are under way. */
static void
more_than_64_requests_at_once_are_busy(void **state)
{
	struct world *w = world_open_empty(NULL);
	pid_t redis = redis_pid(w);
	unsigned by_status[INTERNAL + 1];
	struct raw raw;

	(void)state;
	raw_login(&raw, w, "eager");
	kill(redis, SIGSTOP);
	send_many(&raw, to_show_call(NO_SUCH_CALL), AT_ONCE + 6);
	wait_until(w, metric(w, "answers_total{status=\"BUSY\"}") == 6, "the last to be refused");
	assert_int_equal(metric(w, "requests_under_way"), AT_ONCE);
	kill(redis, SIGCONT);
	count_answers(&raw, AT_ONCE + 6, by_status);
	assert_int_equal(by_status[BUSY], 6);
	assert_int_equal(by_status[NOT_FOUND], AT_ONCE);
	assert_int_equal(metric(w, "requests_under_way"), 0);
	raw_close(&raw);
	world_close(w);
}

static void
more_requests_than_the_hub_takes_are_busy(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--max-requests", "10", NULL});
	pid_t redis = redis_pid(w);
	unsigned by_status[INTERNAL + 1];
	struct raw an, bo;

	(void)state;
	raw_login(&an, w, "an");
	raw_login(&bo, w, "bo");
	kill(redis, SIGSTOP);
	send_many(&an, to_show_call(NO_SUCH_CALL), 8);
	wait_until(w, metric(w, "requests_under_way") == 8, "the first to be under way");
	send_many(&bo, to_show_call(NO_SUCH_CALL), 8);
	wait_until(w, metric(w, "answers_total{status=\"BUSY\"}") == 6, "the others to be refused");
	kill(redis, SIGCONT);
	count_answers(&an, 8, by_status);
	assert_int_equal(by_status[NOT_FOUND], 8);
	count_answers(&bo, 8, by_status);
	assert_int_equal(by_status[NOT_FOUND], 2);
	assert_int_equal(by_status[BUSY], 6);
	raw_close(&an);
	raw_close(&bo);
	world_close(w);
}

/* Who hangs up with requests under way leaves nothing behind. */
static void
requests_of_who_is_gone_end_without_him(void **state)
{
	struct world *w = world_open_empty(NULL);
	pid_t redis = redis_pid(w);
	struct raw raw;

	(void)state;
	raw_login(&raw, w, "hasty");
	kill(redis, SIGSTOP);
	send_many(&raw, to_show_call(NO_SUCH_CALL), AT_ONCE);
	wait_until(w, metric(w, "requests_under_way") == AT_ONCE, "them to be under way");
	raw_close(&raw);
	wait_until(w, metric(w, "sessions") == 0, "him to be gone");
	kill(redis, SIGCONT);
	wait_until(w, metric(w, "requests_under_way") == 0, "them to end");
	world_close(w);
}

static void
more_sessions_than_the_hub_takes_get_503(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--max-sessions", "3", NULL});
	struct socket peers[4];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(socket_open_session(&peers[i], w->address), 101);
	assert_int_equal(socket_open_session(&peers[3], w->address), 503);
	socket_close(&peers[3]);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"full\"}"), 1);
	assert_int_equal(metric(w, "sessions"), 3);

	socket_close(&peers[0]);
	wait_until(w, metric(w, "sessions") == 2, "one to be gone");
	assert_int_equal(socket_open_session(&peers[3], w->address), 101);
	for (int i = 1; i < 4; i++)
		socket_close(&peers[i]);
	world_close(w);
}

/* What comes while a login is under way is kept for after it, up to a bound. */
static void
more_than_is_kept_before_a_login_ends_the_session(void **state)
{
	struct world *w = world_open_empty(NULL);
	pid_t redis = redis_pid(w);
	static const char frame[16000] = {0x2a, 0x00}; /* held as it is, whatever is in it */
	char token[TOKEN_TEXT];
	struct raw raw;

	(void)state;
	read_token(w, token);
	kill(redis, SIGSTOP);
	raw_open(&raw, w);
	raw_send(&raw, to_login(token, "eager"));
	for (int i = 0; i < 3; i++)
		socket_send_frame(&raw.socket, WS_BINARY, frame, sizeof(frame));
	assert_int_equal(socket_read_close(&raw.socket), 4010);
	kill(redis, SIGCONT);
	raw_close(&raw);
	assert_int_equal(metric(w, "sessions_closed_total{reason=\"crowded\"}"), 1);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_requests_get_ten_thousand_answers),
		cmocka_unit_test(client_that_asks_and_does_not_read_is_ended),
		cmocka_unit_test(more_than_64_requests_at_once_are_busy),
		cmocka_unit_test(more_requests_than_the_hub_takes_are_busy),
		cmocka_unit_test(requests_of_who_is_gone_end_without_him),
		cmocka_unit_test(more_sessions_than_the_hub_takes_get_503),
		cmocka_unit_test(more_than_is_kept_before_a_login_ends_the_session),
	};

	/* What is freed counts as free: AddressSanitizer would keep 256 MB of it. */
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
