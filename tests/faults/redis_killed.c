/* redis_killed.c - the hub's own Redis dies, or stands still, in the middle of everything. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "faults.h"
#include "random.h"
#include "raw.h"
#include "status.h"
#include "storm.h"
#include "uuid.h"

#define SEED       20220412
#define KILLS      6
#define STORM      20 /* people */
#define STORM_GOES 30 /* requests each */

/* Who watches the chain: how often each line was told to him as confirmed, and as struck. */
struct watched {
	unsigned confirmed[STORM_LINES_MAX + 1];
	unsigned struck[STORM_LINES_MAX + 1];
	uint64_t last_seq;
};

static void
watch_chain(struct raw *raw, const char *call)
{
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	Request request = REQUEST(WATCH, &watch);
	char *calls[] = {UNCONST(call)};
	Answer *answer;

	watch.calls = calls;
	watch.n_calls = 1;
	answer = raw_ask(raw, &request);
	assert_non_null(answer);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	free_answer(answer);
}

static void
note_event(struct watched *watched, const Event *event)
{
	assert_true(event->seq > watched->last_seq); /* in the order of the log, none again */
	watched->last_seq = event->seq;
	if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED)
		return;
	for (size_t i = 0; i < event->chain_changed->n_lines; i++) {
		const Line *line = event->chain_changed->lines[i];
		assert_in_range(line->number, 1, STORM_LINES_MAX);
		if (line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK)
			watched->struck[line->number]++;
		else
			watched->confirmed[line->number]++;
	}
}

/* All that was told until now: what was pushed comes before the answer to a question asked now. */
static void
hear_all(struct raw *raw, const char *call, struct watched *watched)
{
	Gridvanguard__V1__CallShow body = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	Request request = REQUEST(CALL_SHOW, &body);
	bool answered = false;

	body.call = UNCONST(call);
	raw_request(raw, &request);
	while (!answered) {
		Frame *frame = raw_read(raw);
		assert_non_null(frame);
		for (size_t i = 0; i < frame->n_events; i++)
			note_event(watched, frame->events[i]);
		answered = frame->n_answers > 0;
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
}

/* P1: kill -9 in a storm of sign-ups, again and again. The hub starts the next Redis by itself; whoever asked gets his
 * answer in the end, every acknowledged line is kept, no number is missing or given twice, and who watches hears of each
 * line once. */
static void
no_line_is_lost_when_redis_is_killed(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct rng rng = {SEED};
	struct watched *watched = calloc(1, sizeof(*watched));
	struct storm *storm;
	struct raw watcher;
	unsigned kills = 0, next = 40;

	(void)state;
	raw_login(&watcher, w, "watcher", 0);
	watch_chain(&watcher, call);
	storm = storm_begin(w, call, "m", STORM, STORM_GOES);
	while (storm_blows(storm)) {
		storm_turn(storm);
		if (storm->answers < next || kills == KILLS)
			continue;
		pid_t killed = kill_redis(w);
		kills++;
		next = storm->answers + 40 + rng_below(&rng, 60);
		wait_until(w, redis_pid(w) != killed && redis_pid(w) > 0, "a new Redis");
		assert_int_equal(processes_in(w), 1);
	}
	assert_int_equal(kills, KILLS);

	storm_assert_all_kept(storm);
	hear_all(&watcher, call, watched);
	for (unsigned number = 1; number <= storm->lines; number++) {
		assert_int_equal(watched->confirmed[number], 1);
		assert_int_equal(watched->struck[number], storm->struck[number]);
	}
	storm_end(storm);
	raw_close(&watcher);
	free(watched);
	world_close(w);
}

/* In a child of ours, for the test itself waits for the hub. */
static pid_t
kill_redis_as_it_comes(struct world *w, unsigned times)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	while (times > 0) {
		pid_t redis = redis_pid(w);
		if (redis > 0 && kill(redis, SIGKILL) == 0)
			times--;
		usleep(20000); /* leave it time to come up again */
	}
	_exit(0);
}

/* The same while the hub reads all it needs: it begins again, and serves what was there. */
static void
hub_starts_although_redis_is_killed(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 2);
	pid_t killer;
	int status;

	(void)state;
	join(w, call, "an", "bo", "chen");
	people_go(w);
	assert_int_equal(WEXITSTATUS(hub_signal(w, SIGTERM)), 0);
	killer = kill_redis_as_it_comes(w, 3);
	hub_start(w);
	assert_int_equal(waitpid(killer, &status, 0), killer);

	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
	join(w, call, "ding");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting", "4 ding waiting");
	world_close(w);
}

/* A line for whoever the client is, under a `once` that it keeps. */
static Answer *
ask_to_join(struct raw *raw, const char *call, struct uuid *once)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);
	Answer *answer;

	body.call = UNCONST(call);
	request.once = (ProtobufCBinaryData){sizeof(once->bytes), once->bytes};
	answer = raw_ask(raw, &request);
	assert_non_null(answer);
	return answer;
}

static enum status
join_once(struct raw *raw, const char *call, struct uuid *once)
{
	Answer *answer = ask_to_join(raw, call, once);
	enum status status = (enum status)answer->status;

	if (status == OK)
		assert_int_equal(answer->chain_join->number, 1);
	if (status == UNAVAILABLE)
		assert_true(answer->retry_after_ms > 0);
	free_answer(answer);
	return status;
}

static bool
is_listed(struct raw *raw, const char *call)
{
	Gridvanguard__V1__CallList body = GRIDVANGUARD__V1__CALL_LIST__INIT;
	Request request = REQUEST(CALL_LIST, &body);
	Answer *answer;
	bool found;

	body.place = UNCONST(GRID_A);
	body.count = 50;
	answer = raw_ask(raw, &request);
	found = answer && answer->call_list && answer->call_list->n_calls == 1 &&
		strcmp(answer->call_list->calls[0]->id, call) == 0;
	free_answer(answer);
	return found;
}

/* What stands still answers nothing: writes are told so, reads go on, and the same `once` gets its line, one line, when
 * it goes on. */
static void
stopped_redis_makes_writes_unavailable_and_doubles_nothing(void **state)
{
	struct world *w = world_open((const char *const[]){"--request-timeout", "1", NULL});
	const char *call = post_call(w, .place = GRID_A);
	struct uuid once = uuid_make(clock_wall_ms());
	pid_t redis = redis_pid(w);
	struct raw an;

	(void)state;
	member(w, "an");
	raw_login(&an, w, "an", 0);
	kill(redis, SIGSTOP);
	assert_int_equal(join_once(&an, call, &once), UNAVAILABLE);
	assert_int_equal(join_once(&an, call, &once), UNAVAILABLE);
	assert_true(is_listed(&an, call));
	kill(redis, SIGCONT);

	wait_until(w, join_once(&an, call, &once) == OK, "the line after all");
	assert_int_equal(join_once(&an, call, &once), OK);
	assert_chain(w, call, "1 an confirmed");
	assert_int_equal(redis_pid(w), redis);
	raw_close(&an);
	world_close(w);
}

/* So long that the hub takes it for dead and hangs up: what lies in the socket it hung up on is still done by the Redis
 * that wakes, and what was sent again must not be done twice. */
static void
nothing_is_doubled_when_the_hub_gives_a_stopped_redis_up(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	pid_t redis = redis_pid(w);
	struct storm *storm = storm_begin(w, call, "m", STORM, STORM_GOES);

	(void)state;
	while (storm->answers < 100)
		storm_turn(storm);
	kill(redis, SIGSTOP);
	wait_until(w, count_in_log(w, "event=dropped link=writes reason=silent") > 0, "the hub to hang up");
	kill(redis, SIGCONT);
	while (storm_blows(storm))
		storm_turn(storm);

	storm_assert_all_kept(storm);
	assert_int_equal(redis_pid(w), redis);
	storm_end(storm);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_line_is_lost_when_redis_is_killed),
		cmocka_unit_test(hub_starts_although_redis_is_killed),
		cmocka_unit_test(stopped_redis_makes_writes_unavailable_and_doubles_nothing),
		cmocka_unit_test(nothing_is_doubled_when_the_hub_gives_a_stopped_redis_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
