/* unreadable.c - something stands in the log that no hub can read. */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "faults.h"
#include "raw.h"

/* One command to the Redis of the folder, which must do it. */
static void
redis_do(const struct world *w, const char *command, ...)
{
	redisContext *redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	redisReply *reply;
	va_list args;

	assert_true(redis && !redis->err);
	va_start(args, command);
	reply = redisvCommand(redis, command, args);
	va_end(args);
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
	redisFree(redis);
}

/* The next event of the log of a call's partition, which is none: a change of its only line as no function writes it. */
static void
log_unreadable(const struct world *w, const char *call, uint64_t seq)
{
	int partition = (int)strtol(call, NULL, 10);
	const char *number = say("%llu", (unsigned long long)seq);

	redis_do(w, "HSET {%d}:meta seq %s", partition, number);
	redis_do(w, "XADD {%d}:log * seq %s at 1649761234567 what chain call %s lines %s", partition, number, call,
		"1:confirmed::" GRID_A ":1649761234567:::::1649761239999:70000");
}

/* The view is loaded anew with what it did, once, and what comes behind it is heard. Who comes back from in front of it
 * takes a snapshot, for nobody can tell him what it was. */
static void
event_that_cannot_be_read_is_passed_by(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	struct raw watcher;
	uint64_t *seq;

	(void)state;
	join(w, call, "an");
	raw_login(&watcher, w, "watcher");
	raw_watch(&watcher, .calls = {call});
	seq = &watcher.cursors[strtoul(call, NULL, 10)];
	log_unreadable(w, call, *seq + 1);
	wait_until(w, count_in_log(w, "at=feed event=skipped") == 1, "the event is passed by");
	join(w, call, "bo");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	assert_int_equal(count_in_log(w, "at=feed event=broken"), 1);

	raw_come_back(&watcher, w, "watcher");
	raw_expect(&watcher, to_watch(.calls = {call}, .epoch = watcher.epoch, .cursors = watcher.cursors),
		"STALE_CURSOR", "cursors");
	raw_watch(&watcher, .calls = {call});
	join(w, call, "chen");
	raw_hear(&watcher, 1);
	assert_int_equal(notes_count(&watcher.notes, say("chain %s 3 chen confirmed", call)), 1);
	raw_close(&watcher);
	assert_audit_clean(w);
	hub_again(w, SIGTERM);
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen confirmed");
	world_close(w);
}

/* Nor does a line that cannot be read keep the hub from serving; the audit names it. */
static void
line_that_cannot_be_read_is_left_out(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .place = GRID_A);
	const char *const audit[] = {
		gridctl_binary(), "audit", "--data", w->folder, "--call", call, "--lang", "en", NULL};
	struct ended ended;
	Answer *answer;

	(void)state;
	join(w, call, "an", "bo");
	redis_do(w, "HSET {%d}:call:%s:lines 1 nonsense", (int)strtol(call, NULL, 10), call);
	hub_again(w, SIGTERM);
	assert_int_equal(count_in_log(w, "at=loader event=skipped what=line"), 1);
	answer = ask(person(w, "worker"), to_list_chain(call, 0, 10));
	assert_int_equal(answer->chain_list->n_lines, 2);
	assert_string_equal(answer->chain_list->lines[1]->name, "bo");
	free_answer(answer);
	join(w, call, "chen");
	ended = run_program(audit);
	assert_ended(&ended, 1, "lines 1");
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(event_that_cannot_be_read_is_passed_by),
		cmocka_unit_test(line_that_cannot_be_read_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
