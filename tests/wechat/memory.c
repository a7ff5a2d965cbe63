/* memory.c - whichever allocation fails, libcurl's and libjansson's too: a call is told once what became of it, nothing is lost,
 * and the next one goes well. WeChat's part is played in another process, which has memory. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <uv.h>

#include "log.h"
#include "stand_in.h"
#include "wechat.h"

static struct wechat_token stored;

static void
take(uint64_t due_ms, uint64_t stale_ms, wechat_taken *taken, void *asker, void *context)
{
	(void)due_ms;
	(void)stale_ms;
	(void)context;
	taken(stored.expires_ms ? &stored : NULL, stored.expires_ms == 0, asker);
}

static void
put(const struct wechat_token *token, void *context)
{
	(void)context;
	if (token)
		stored = *token;
}

struct heard {
	unsigned count;
	enum wechat_outcome outcome;
};

static void
hear(const struct wechat_answer *answer, void *context)
{
	struct heard *heard = context;

	heard->count++;
	heard->outcome = answer->outcome;
}

static void
on_closed(void *context)
{
	(void)context;
}

static enum wechat_outcome
check(struct wechat *wechat, uv_loop_t *loop)
{
	struct heard heard = {0};

	wechat_check(wechat, "o-an", WECHAT_FORUM, "好", hear, &heard);
	while (heard.count == 0 && uv_run(loop, UV_RUN_ONCE))
		;
	assert_int_equal(heard.count, 1);
	return heard.outcome;
}

/* Creates a client and asks by it, with memory for so many allocations; then there is memory again, and it is asked once
 * more. What came of the first; NOT_DONE too if there was no client. */
static enum wechat_outcome
check_with_memory_for(unsigned allocations, const char *base)
{
	struct wechat_options options = {.base = base,
		.appid = STAND_IN_APPID,
		.secret = STAND_IN_SECRET,
		.connect_ms = 2000,
		.total_ms = 2000,
		.pause_ms = 1,
		.store = {take, put, NULL}};
	enum wechat_outcome outcome = WECHAT_NOT_DONE;
	struct wechat *wechat;
	const char *why;
	uv_loop_t loop;

	stored = (struct wechat_token){.text = "token-1", .expires_ms = UINT64_MAX / 2};
	uv_loop_init(&loop);
	memory_runs_out_after(allocations);
	wechat = wechat_create(&loop, &options, &why);
	if (wechat)
		outcome = check(wechat, &loop);
	memory_is_back();
	if (wechat) {
		assert_int_equal(check(wechat, &loop), WECHAT_DONE);
		wechat_destroy(wechat, on_closed, NULL);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return outcome;
}

static void
order_nothing(struct stand_in *wechat)
{
	(void)wechat;
}

static void
whichever_allocation_fails_the_call_is_told(void **state)
{
	enum { MOST = 5000 };
	char base[STAND_IN_BASE];
	pid_t pid = stand_in_elsewhere(base, order_nothing);
	unsigned allocations = 0;

	(void)state;
	log_set_level(LEVEL_ERROR);
	assert_int_equal(check_with_memory_for(MOST, base), WECHAT_DONE);
	while (allocations < MOST && check_with_memory_for(allocations, base) != WECHAT_DONE)
		allocations++;
	assert_in_range(allocations, 20, MOST - 1); /* so many are needed, and each of them has failed once */
	assert_int_equal(check_with_memory_for(MOST, base), WECHAT_DONE);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whichever_allocation_fails_the_call_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
