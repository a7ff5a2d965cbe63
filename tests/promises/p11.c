/* p11.c - P11: a hub restarts under load and every client is back, resumed, with nothing missing.
 *
 * Twenty members sign up and strike their lines without a pause, three watch the chain, and meanwhile the hub is stopped
 * and started again, killed and started again, or replaced twenty times by another (TAKEOVERS in the environment says
 * how often). */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audited.h"
#include "knocking.h"
#include "storm.h"

#define MEMBERS   20
#define WATCHERS  3
#define STEPS     1000000 /* more than anybody gets to */
#define SEQ_MAX   200000
#define RESTARTS  5
#define TAKEOVERS 20

/* Room for all that is told while somebody is away: past either of them he is told to take a snapshot, which is right, and
 * not what is tried here. A quarter of a second away is 2,300 events, more than the usual half an outbox holds. */
static const char *const flags[] = {"--history", "4096", "--max-outbox", "16777216", NULL};

/* Watchers: who they are, what they have heard, and whether that is what the log says. */

struct watcher_in_test {
	struct caller *caller;
	char name[16];
	uint64_t from; /* the cursor of the call's log when it began to watch */
	uint64_t last; /* the event heard last */
	bool heard[SEQ_MAX];
	unsigned count;
	unsigned snapshots;
};

struct play {
	struct world *w;
	const char *call;
	uint8_t partition; /* of the call */
	struct storm *storm;
	struct watcher_in_test watchers[WATCHERS];
	uv_prepare_t look; /* at how long there has been no answer, each turn of the loop */
	unsigned answers;  /* as of the last one */
	uint64_t answered_us;
	uint64_t longest_us; /* without any answer to anybody */
};

static uint8_t
partition_of(const char *id)
{
	return (uint8_t)strtoul(id, NULL, 10);
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct watcher_in_test *watcher = context;

	(void)caller;
	if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED ||
		event->partition != partition_of(event->chain_changed->call))
		return;
	assert_in_range(event->seq, watcher->last + 1, SEQ_MAX - 1); /* in order, each once */
	watcher->last = event->seq;
	watcher->heard[event->seq] = true;
	watcher->count++;
}

/* The first one says where it begins; another one would mean that it could not resume. */
static void
on_snapshot(struct caller *caller, void *context)
{
	struct watcher_in_test *watcher = context;

	(void)caller;
	watcher->snapshots++;
}

static void
watch(struct play *play, unsigned i)
{
	struct watcher_in_test *watcher = &play->watchers[i];
	Watch what = GRIDVANGUARD__V1__WATCH__INIT;
	char *calls[] = {UNCONST(play->call)};

	what.calls = calls;
	what.n_calls = 1;
	snprintf(watcher->name, sizeof(watcher->name), "watcher%u", i);
	watcher->caller = person(play->w, watcher->name);
	caller_listen(watcher->caller, on_event, NULL, on_snapshot, watcher);
	caller_watch(watcher->caller, &what);
	wait_until(play->w, watcher->snapshots == 1, "a watcher to be told where to begin");
	watcher->from = watcher->last = caller_cursor(watcher->caller, play->partition);
}

static const char *
field_of(const redisReply *entry, const char *name)
{
	const redisReply *fields = entry->element[1];

	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (strcmp(fields->element[i]->str, name) == 0)
			return fields->element[i + 1]->str;
	return "";
}

/* What whoever watches the call from its log's beginning must have heard, one by one; returns how many there are. */
static unsigned
check_against_log(const struct play *play, const redisReply *log, const struct watcher_in_test *watcher)
{
	unsigned count = 0;

	for (size_t i = 0; i < log->elements; i++) {
		uint64_t seq = strtoull(field_of(log->element[i], "seq"), NULL, 10);
		assert_int_equal(
			seq, strtoull(field_of(log->element[0], "seq"), NULL, 10) + i); /* the log has no hole */
		if (strcmp(field_of(log->element[i], "what"), "chain") != 0 ||
			strcmp(field_of(log->element[i], "call"), play->call) != 0 || seq <= watcher->from)
			continue;
		count++;
		if (!watcher->heard[seq])
			fail_msg("%s has not heard event %llu", watcher->name, (unsigned long long)seq);
	}
	return count;
}

static bool
has_heard(const struct watcher_in_test *watcher, uint64_t seq)
{
	return watcher->last >= seq;
}

static redisReply *
read_log(const struct play *play)
{
	char path[256];
	redisContext *redis;
	redisReply *log;

	snprintf(path, sizeof(path), "%s/redis.sock", play->w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	log = redisCommand(redis, "XRANGE {%u}:log - +", play->partition);
	assert_true(log && log->type == REDIS_REPLY_ARRAY && log->elements > 0);
	redisFree(redis);
	return log;
}

static void
assert_watchers_heard_all(struct play *play)
{
	redisReply *log = read_log(play);
	uint64_t end = strtoull(field_of(log->element[log->elements - 1], "seq"), NULL, 10);

	for (unsigned i = 0; i < WATCHERS; i++) {
		struct watcher_in_test *watcher = &play->watchers[i];
		wait_until(play->w, has_heard(watcher, end), "a watcher to hear the last event");
		assert_int_equal(watcher->snapshots, 1); /* it always came back by its cursors */
		assert_int_equal(check_against_log(play, log, watcher), watcher->count);
	}
	freeReplyObject(log);
}

/* The play. */

static void
on_look(uv_prepare_t *prepare)
{
	struct play *play = prepare->data;
	uint64_t now_us = world_now_us();

	if (play->storm->answers == play->answers)
		return;
	play->longest_us = MAX(play->longest_us, now_us - play->answered_us);
	play->answers = play->storm->answers;
	play->answered_us = now_us;
}

static struct play *
play_begin(void)
{
	struct play *play = calloc(1, sizeof(*play));

	assert_non_null(play);
	play->w = world_open(flags);
	play->call = post_call(play->w, .place = GRID_A);
	play->partition = partition_of(play->call);
	for (unsigned i = 0; i < WATCHERS; i++)
		watch(play, i);
	play->storm = storm_begin(play->w, play->call, "m", MEMBERS, STEPS);
	play->answered_us = world_now_us();
	uv_prepare_init(&play->w->loop, &play->look);
	play->look.data = play;
	uv_prepare_start(&play->look, on_look);
	return play;
}

static void
go_on(struct play *play, unsigned more)
{
	unsigned until = play->storm->answers + more;

	wait_until(play->w, play->storm->answers >= until, "the storm to go on");
}

static bool
all_are_present(const struct play *play)
{
	for (unsigned i = 0; i < play->w->person_count; i++)
		if (caller_state(play->w->people[i].caller) != CALLER_PRESENT)
			return false;
	return true;
}

static void
assert_nothing_is_missing(struct play *play)
{
	wait_until(play->w, all_are_present(play), "everybody to be back");
	storm_calm(play->storm);
	while (storm_blows(play->storm))
		storm_turn(play->storm);
	storm_assert_all_kept(play->storm);
	assert_watchers_heard_all(play);
}

static void
play_end(struct play *play)
{
	uv_close((uv_handle_t *)&play->look, NULL);
	storm_end(play->storm);
	assert_audit_clean(play->w);
	world_close(play->w);
	free(play);
}

static void
stop(struct play *play)
{
	int status = hub_signal(play->w, SIGTERM);

	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
kill_it(struct play *play)
{
	int status = hub_signal(play->w, SIGKILL);

	assert_true(WIFSIGNALED(status));
}

static void
all_come_back_to_a_hub_that_ended(void (*end)(struct play *play))
{
	struct play *play = play_begin();

	for (unsigned i = 0; i < RESTARTS; i++) {
		go_on(play, 200);
		end(play);
		hub_start(play->w);
		wait_until(play->w, all_are_present(play), "everybody to be back");
	}
	go_on(play, 200);
	assert_nothing_is_missing(play);
	print_message("# %u restarts: %u answers, %u lines, longest pause %llu ms\n", RESTARTS, play->storm->answers,
		play->storm->lines, (unsigned long long)play->longest_us / 1000);
	play_end(play);
}

static void
all_come_back_to_a_hub_that_was_stopped(void **state)
{
	(void)state;
	all_come_back_to_a_hub_that_ended(stop);
}

static void
all_come_back_to_a_hub_that_was_killed(void **state)
{
	(void)state;
	all_come_back_to_a_hub_that_ended(kill_it);
}

/* Taking over. */

/* The hub that runs has ended by itself, in order. */
static bool
is_relieved(struct play *play)
{
	int status;

	if (waitpid(play->w->hub, &status, WNOHANG) != play->w->hub)
		return false;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return true;
}

static void
take_over(struct play *play)
{
	struct world *w = play->w;
	pid_t next = hub_successor(w);

	wait_until(w, is_relieved(play), "the hub to be relieved");
	w->hub = next;
}

static unsigned
takeovers(void)
{
	const char *text = getenv("TAKEOVERS");

	return text ? (unsigned)strtoul(text, NULL, 10) : TAKEOVERS;
}

static void
twenty_takeovers_in_a_row_lose_nothing(void **state)
{
	struct play *play = play_begin();
	struct knocking *knocking = knocking_begin(play->w->address);
	pid_t redis = redis_pid(play->w);

	(void)state;
	for (unsigned i = 0; i < takeovers(); i++) {
		go_on(play, 50);
		take_over(play);
		knocking_again(play->w, knocking);
		assert_int_equal(redis_pid(play->w), redis);
	}
	go_on(play, 200);
	knocking_end(knocking);
	print_message(
		"# %u take-overs: %u connections, %u refused, %u cut, %u not welcome, longest wait for one %u ms; "
		"%u answers, %u lines, longest pause %llu ms\n",
		takeovers(), knocking->all.answered, knocking->all.refused, knocking->all.cut, knocking->all.unlike,
		knocking->all.longest_us / 1000, play->storm->answers, play->storm->lines,
		(unsigned long long)play->longest_us / 1000);
	assert_int_equal(knocking->all.refused, 0);
	assert_int_equal(knocking->all.cut, 0);
	assert_int_equal(knocking->all.unlike, 0);
	assert_nothing_is_missing(play);
	knocking_free(knocking);
	play_end(play);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_back_to_a_hub_that_was_stopped),
		cmocka_unit_test(all_come_back_to_a_hub_that_was_killed),
		cmocka_unit_test(twenty_takeovers_in_a_row_lose_nothing),
	};

	/* What is freed counts as free: AddressSanitizer would keep 256 MB of it. */
	setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
