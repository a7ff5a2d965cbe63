/* retention.c - names of a call that ended long ago are shown nowhere any more, and in no file. */
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audited.h"
#include "gridctl.h"
#include "raw.h"
#include "worlds.h"

#define REMARK "带两双胶鞋"

static const char *const keep_a_day[] = {"--keep-names", "1", NULL};

/* A number field of a record, set back by so many days. */
static void
set_back(const struct world *w, const char *call, const char *field, unsigned days)
{
	redisContext *redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	const char *key = say("{%d}:call:%s", (int)strtol(call, NULL, 10), call);
	redisReply *reply;

	assert_true(redis && !redis->err);
	reply = redisCommand(redis, "HINCRBY %s %s -%u", key, field, days * 86400000U);
	assert_int_equal(reply->type, REDIS_REPLY_INTEGER);
	freeReplyObject(reply);
	reply = redisCommand(redis, "ZINCRBY {%d}:calls -%u %s", (int)strtol(call, NULL, 10), days * 86400000U, call);
	assert_int_equal(reply->type, REDIS_REPLY_STRING);
	freeReplyObject(reply);
	reply = redisCommand(redis, "HINCRBY %s posted -%u", key, days * 86400000U);
	freeReplyObject(reply);
	redisFree(redis);
}

static void
sign_up(struct world *w, const char *call, const char *handle, const char *name)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);

	body.call = UNCONST(call);
	body.name = UNCONST(name);
	body.remark = UNCONST(REMARK);
	expect(member(w, handle), &request, "OK", "");
}

static unsigned
forgotten(struct world *w)
{
	struct ended ended = gridctl_shell(w, "\"$0\" retention --json --data \"$1\" --keep-names 1");
	const char *at = strstr(ended.said, "\"forgotten\":");

	assert_int_equal(ended.status, 0);
	assert_non_null(at);
	return (unsigned)strtoul(at + strlen("\"forgotten\":"), NULL, 10);
}

static void
names_go_and_figures_stay(void **state)
{
	struct world *w = *state;
	const char *old = post_call(w, .limit = 1), *young = post_call(w, .limit = 1);
	Answer *answer;

	sign_up(w, old, "an", "");
	sign_up(w, old, "an", "李梅");
	sign_up(w, young, "an", "");
	close_call(w, old);
	close_call(w, young);
	set_back(w, old, "closed", 2);
	assert_gridctl(w, "an", 0, "1 to be forgotten now, with the texts of 2 lines", "retention", "--dry-run",
		"--data", w->folder, "--keep-names", "1");
	hub_again(w, SIGTERM);
	wait_until(w, forgotten(w) == 1, "the hub has looked");
	answer = ask(person(w, "worker"), to_list_chain(old, 0, 10));
	assert_int_equal(answer->chain_list->n_lines, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(answer->chain_list->lines[i]->name, "");
		assert_string_equal(answer->chain_list->lines[i]->person, "");
		assert_string_equal(answer->chain_list->lines[i]->remark, "");
	}
	free_answer(answer);
	assert_chain(w, young, "1 an confirmed");
	expect(person(w, "worker"), to_close(old), "ALREADY", "call");
	assert_audit_clean(w);
}

/* Nobody closed it, and it is over all the same. */
static void
one_that_was_left_open_goes_too(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w);

	sign_up(w, call, "an", "");
	set_back(w, call, "deadline", 3);
	hub_again(w, SIGTERM);
	wait_until(w, forgotten(w) == 1, "the hub has looked");
	expect(person(w, "worker"), to_close(call), "ALREADY", "call");
	assert_audit_clean(w);
}

static void
terms_are_told(void **state)
{
	struct world *w = *state;

	hub_again(w, SIGTERM);
	assert_gridctl(w, "an", 0, "for ever", "retention", "--data", w->folder);
	assert_gridctl(w, "an", 0, "永久", "retention", "--data", w->folder, "--lang", "zh");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh_with(names_go_and_figures_stay, keep_a_day),
		fresh_with(one_that_was_left_open_goes_too, keep_a_day),
		fresh_with(terms_are_told, keep_a_day),
	};

	return run_in_worlds(tests);
}
