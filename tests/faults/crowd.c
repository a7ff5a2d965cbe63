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

/* Sends so many, numbered from `first`, a frame at a time. False when the hub has hung up. */
static bool
send_many(struct raw *raw, Request *request, uint64_t first, unsigned count)
{
	Request requests[A_FRAME], *list[A_FRAME];
	bool sent = true;

	for (unsigned done = 0; sent && done < count;) {
		unsigned now = MIN(A_FRAME, count - done);
		uint8_t *packed;
		size_t len;
		for (unsigned i = 0; i < now; i++) {
			requests[i] = *request;
			requests[i].id = first + done + i;
			list[i] = &requests[i];
		}
		packed = raw_pack(list, now, &len);
		raw_send_head(raw, (struct raw_head){.fin = true, .opcode = RAW_BINARY, .masked = true, .len = len});
		sent = raw_write(raw, packed, len);
		free(packed);
		done += now;
	}
	return sent;
}

/* Reads so many answers, whatever else comes; how many ended with each status. Each id must come once. */
static void
count_answers(struct raw *raw, uint64_t first, unsigned count, unsigned by_status[INTERNAL + 1])
{
	static bool seen[REQUESTS];
	unsigned answers = 0;

	memset(seen, 0, sizeof(seen));
	memset(by_status, 0, (INTERNAL + 1) * sizeof(*by_status));
	while (answers < count) {
		Frame *frame = raw_read(raw);
		assert_non_null(frame);
		for (size_t i = 0; i < frame->n_answers; i++, answers++) {
			const Answer *answer = frame->answers[i];
			assert_in_range(answer->id, first, first + count - 1);
			assert_false(seen[answer->id - first]);
			seen[answer->id - first] = true;
			assert_in_range(answer->status, OK, INTERNAL);
			by_status[answer->status]++;
			assert_true(answer->status != (Gridvanguard__V1__Status)BUSY || answer->retry_after_ms > 0);
		}
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
}

static void
ten_thousand_requests_get_ten_thousand_answers(void **state)
{
	struct world *w = world_open_empty(NULL);
	Gridvanguard__V1__CallShow show = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	unsigned by_status[INTERNAL + 1];
	struct raw raw;

	(void)state;
	show.call = UNCONST(NO_SUCH_CALL);
	raw_login(&raw, w, "eager", 0);
	assert_true(send_many(&raw, &REQUEST(CALL_SHOW, &show), 100, REQUESTS));
	person(w, "an"); /* somebody else is let in and answered meanwhile */
	count_answers(&raw, 100, REQUESTS, by_status);
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
	Gridvanguard__V1__PlaceList list = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	uint64_t before_kb = resident_kb(w->hub);
	struct raw raw;
	unsigned sent = 0;

	(void)state;
	list.under = UNCONST(STREET);
	list.depth = 3;
	list.count = 200;
	raw_login(&raw, w, "eager", 4096);
	while (sent < 10 * REQUESTS && send_many(&raw, &REQUEST(PLACE_LIST, &list), 100, A_FRAME))
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
	Gridvanguard__V1__CallShow show = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	pid_t redis = redis_pid(w);
	unsigned by_status[INTERNAL + 1];
	struct raw raw;

	(void)state;
	show.call = UNCONST(NO_SUCH_CALL);
	raw_login(&raw, w, "eager", 0);
	kill(redis, SIGSTOP);
	send_many(&raw, &REQUEST(CALL_SHOW, &show), 100, AT_ONCE + 6);
	wait_until(w, metric(w, "answers_total{status=\"BUSY\"}") == 6, "the last to be refused");
	assert_int_equal(metric(w, "requests_under_way"), AT_ONCE);
	kill(redis, SIGCONT);
	count_answers(&raw, 100, AT_ONCE + 6, by_status);
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
	Gridvanguard__V1__CallShow show = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	pid_t redis = redis_pid(w);
	unsigned by_status[INTERNAL + 1];
	struct raw an, bo;

	(void)state;
	show.call = UNCONST(NO_SUCH_CALL);
	raw_login(&an, w, "an", 0);
	raw_login(&bo, w, "bo", 0);
	kill(redis, SIGSTOP);
	send_many(&an, &REQUEST(CALL_SHOW, &show), 100, 8);
	wait_until(w, metric(w, "requests_under_way") == 8, "the first to be under way");
	send_many(&bo, &REQUEST(CALL_SHOW, &show), 100, 8);
	wait_until(w, metric(w, "answers_total{status=\"BUSY\"}") == 6, "the others to be refused");
	kill(redis, SIGCONT);
	count_answers(&an, 100, 8, by_status);
	assert_int_equal(by_status[NOT_FOUND], 8);
	count_answers(&bo, 100, 8, by_status);
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
	Gridvanguard__V1__CallShow show = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	pid_t redis = redis_pid(w);
	struct raw raw;

	(void)state;
	show.call = UNCONST(NO_SUCH_CALL);
	raw_login(&raw, w, "hasty", 0);
	kill(redis, SIGSTOP);
	send_many(&raw, &REQUEST(CALL_SHOW, &show), 100, AT_ONCE);
	wait_until(w, metric(w, "requests_under_way") == AT_ONCE, "them to be under way");
	raw_close(&raw);
	wait_until(w, metric(w, "sessions") == 0, "him to be gone");
	kill(redis, SIGCONT);
	wait_until(w, metric(w, "requests_under_way") == 0, "them to end");
	world_close(w);
}

static int
try_session(struct world *w, struct raw *raw)
{
	raw_open(raw, w->address, 0);
	return raw_shake(raw, RAW_UPGRADE RAW_SUBPROTOCOL);
}

static void
more_sessions_than_the_hub_takes_get_503(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--max-sessions", "3", NULL});
	struct raw raws[4];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_session(w, &raws[i]), 101);
	assert_int_equal(try_session(w, &raws[3]), 503);
	raw_close(&raws[3]);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"full\"}"), 1);
	assert_int_equal(metric(w, "sessions"), 3);

	raw_close(&raws[0]);
	wait_until(w, metric(w, "sessions") == 2, "one to be gone");
	assert_int_equal(try_session(w, &raws[3]), 101);
	for (int i = 1; i < 4; i++)
		raw_close(&raws[i]);
	world_close(w);
}

/* What comes while a login is under way is kept for after it, up to a bound. */
static void
more_than_is_kept_before_a_login_ends_the_session(void **state)
{
	struct world *w = world_open_empty(NULL);
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Request request = REQUEST(LOGIN, &login);
	pid_t redis = redis_pid(w);
	static const char frame[16000] = {0x2a, 0x00}; /* held as it is, whatever is in it */
	char token[80];
	struct raw raw;

	(void)state;
	read_token(w, token);
	dev.token = token;
	dev.handle = UNCONST("eager");
	login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	login.dev = &dev;
	kill(redis, SIGSTOP);
	assert_int_equal(try_session(w, &raw), 101);
	raw_request(&raw, &request);
	for (int i = 0; i < 3; i++)
		raw_send_frame(&raw, RAW_BINARY, frame, sizeof(frame));
	assert_int_equal(raw_read_close(&raw), 4010);
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
