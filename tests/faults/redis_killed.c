/* redis_killed.c - the hub's own Redis dies, or stands still, in the middle of everything. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audited.h"
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

/* The watcher has heard of each line of the storm once, and once more if it was struck, all in the order of the log. */
static void
assert_heard_of_each_line(const struct raw *watcher, const struct storm *storm)
{
	const struct notes *notes = &watcher->notes;

	for (size_t i = 1; i < notes->count; i++)
		assert_true(notes->events[i].seq > notes->events[i - 1].seq); /* none again */
	for (unsigned number = 1; number <= storm->lines; number++) {
		const char *line = say("chain %s %u %s", storm->call, number, storm->owners[number]);
		assert_int_equal(notes_count(notes, say("%s confirmed", line)), 1);
		assert_int_equal(notes_count(notes, say("%s struck", line)), storm->struck[number]);
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
	struct storm *storm;
	struct raw watcher;
	unsigned kills = 0, next = 40;

	(void)state;
	raw_login(&watcher, w, "watcher");
	raw_watch(&watcher, .calls = {call});
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
	raw_expect(&watcher, to_show_call(call), "OK", ""); /* what was pushed comes before its answer */
	assert_heard_of_each_line(&watcher, storm);
	storm_end(storm);
	raw_close(&watcher);
	assert_audit_clean(w);
	world_close(w);
}

/* In a child of ours, for the test itself waits for the hub; each of them once, as soon as it is there. */
static pid_t
kill_redis_as_it_comes(struct world *w, unsigned times)
{
	pid_t pid = fork(), killed = 0;

	if (pid != 0)
		return pid;
	while (times > 0) {
		pid_t redis = redis_pid(w);
		if (redis > 0 && redis != killed && kill(redis, SIGKILL) == 0) {
			killed = redis;
			times--;
		}
		usleep(1000); /* between two looks */
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
	hub_end(w, SIGTERM);
	killer = kill_redis_as_it_comes(w, 3);
	hub_start(w);
	assert_int_equal(waitpid(killer, &status, 0), killer);

	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
	join(w, call, "ding");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting", "4 ding waiting");
	assert_audit_clean(w);
	world_close(w);
}

/* A line for whoever the client is, under a `once` that it keeps. */
static enum status
join_once(struct raw *raw, const char *call, struct uuid *once)
{
	Answer *answer = raw_ask(raw, under_once(once, to_join(call)));
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
	Answer *answer = raw_ask(raw, to_list_calls(GRID_A, "", 50));
	bool found = answer->call_list && answer->call_list->n_calls == 1 &&
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
	raw_login(&an, w, "an");
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
	assert_audit_clean(w);
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
	assert_audit_clean(w);
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
