/* drain.c - a hub that is told to end: what is under way is answered, everybody is told when to come back, and it is over
 * within ten seconds, whatever stands still. */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "faults.h"
#include "raw.h"
#include "status.h"

#define MOST_S       10
#define CROWD        3000
#define AT_ONCE      8
#define NO_SUCH_CALL "7.77" /* asked of Redis, for the hub knows only open ones */

/* Waits for the hub's end, which must come in order and in time. */
static void
assert_ends_in_time(struct world *w)
{
	uint64_t started_us = world_now_us(), took_us;
	int status = hub_signal(w, SIGTERM);

	took_us = world_now_us() - started_us;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	print_message("# it took %llu ms\n", (unsigned long long)took_us / 1000);
	assert_in_range(took_us, 0, MOST_S * 1000000);
}

/* Returns the id of the first of the requests. */
static uint64_t
ask_for_calls(struct raw *raw, unsigned count)
{
	Gridvanguard__V1__CallShow show = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	uint64_t last = 0;

	show.call = UNCONST(NO_SUCH_CALL);
	for (unsigned i = 0; i < count; i++)
		last = raw_send(raw, &REQUEST(CALL_SHOW, &show));
	return last - count + 1;
}

/* Nothing is answered, no connection to it ends, and it does not even take a signal. */
static void
hub_ends_in_time_with_a_redis_that_stands_still(void **state)
{
	struct world *w = world_open_empty(NULL);
	pid_t redis = redis_pid(w);
	struct raw raw;

	(void)state;
	raw_login(&raw, w, "an");
	kill(redis, SIGSTOP);
	ask_for_calls(&raw, AT_ONCE);
	wait_until(w, metric(w, "requests_under_way") == AT_ONCE, "requests to be under way");
	assert_ends_in_time(w);
	assert_int_equal(count_in_log(w, "event=server_stopped ended=no"), 1);
	kill(redis, SIGCONT); /* it has been told to end */
	wait_until(w, processes_in(w) == 0, "the Redis to be gone");
	raw_close(&raw);
	world_close(w);
}

/* They do not even answer its close frame. */
static void
hub_ends_in_time_with_thousands_who_say_nothing(void **state)
{
	struct world *w = world_open_empty(NULL);
	struct socket *crowd = calloc(CROWD, sizeof(*crowd));

	(void)state;
	for (unsigned i = 0; i < CROWD; i++) {
		socket_open(&crowd[i], w->address, 0);
		assert_int_equal(socket_shake(&crowd[i], WS_UPGRADE WS_SUBPROTOCOL), 101);
	}
	assert_ends_in_time(w);
	for (unsigned i = 0; i < CROWD; i++) {
		assert_int_equal(socket_read_close(&crowd[i]), 1001);
		assert_string_equal(crowd[i].reason, "come back; spread=1500"); /* half a millisecond for each */
		socket_close(&crowd[i]);
	}
	free(crowd);
	world_close(w);
}

/* What comes after is left to the next hub: its client sends it again there. */
static void
what_is_under_way_is_answered_and_nothing_else(void **state)
{
	struct world *w = world_open_empty(NULL);
	pid_t redis = redis_pid(w);
	struct raw raw;
	uint64_t first;

	(void)state;
	raw_login(&raw, w, "an");
	kill(redis, SIGSTOP);
	first = ask_for_calls(&raw, AT_ONCE);
	wait_until(w, metric(w, "requests_under_way") == AT_ONCE, "requests to be under way");
	kill(w->hub, SIGTERM);
	wait_until(w, count_in_log(w, "event=signal") == 1, "the hub to know");
	ask_for_calls(&raw, 1);
	kill(redis, SIGCONT);
	for (unsigned i = 0; i < AT_ONCE; i++)
		raw_expect_answer(&raw, first + i, "NOT_FOUND", "call");
	assert_int_equal(socket_read_close(&raw.socket), 1001);
	assert_int_equal(raw.answer_count, 0);
	raw_close(&raw);
	assert_ends_in_time(w);
	world_close(w);
}

/* On a slow network a handshake comes in parts: it is answered, and then sent away like everybody. */
static void
handshake_under_way_is_answered(void **state)
{
	static const char first[] = "GET / HTTP/1.1\r\nHost: localhost\r\n", rest[] = WS_UPGRADE WS_SUBPROTOCOL "\r\n";
	struct world *w = world_open_empty(NULL);
	struct socket peer;

	(void)state;
	socket_open(&peer, w->address, 0);
	socket_write(&peer, first, sizeof(first) - 1);
	wait_until(w, metric(w, "handshakes") == 2, "it to be seen"); /* and ours, which asks */
	kill(w->hub, SIGTERM);
	wait_until(w, count_in_log(w, "event=closing_sessions") == 1, "the hub to send them away");
	socket_write(&peer, rest, sizeof(rest) - 1);
	assert_int_equal(socket_status(&peer), 101);
	assert_int_equal(socket_read_close(&peer), 1001);
	socket_close(&peer);
	assert_ends_in_time(w);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hub_ends_in_time_with_a_redis_that_stands_still),
		cmocka_unit_test(hub_ends_in_time_with_thousands_who_say_nothing),
		cmocka_unit_test(what_is_under_way_is_answered_and_nothing_else),
		cmocka_unit_test(handshake_under_way_is_answered),
	};
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
