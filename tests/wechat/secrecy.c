/* secrecy.c - what is secret stands in no log line, and in no memory that was given back. WeChat's part is played in
 * another process, so that all memory here is the client's. */
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>
#include <cmocka.h>

#include "macros.h"
#include "stand_in.h"
#include "wechat.h"

static const char *const secrets[] = {STAND_IN_SECRET, "token-1", "loginC0de", "ph0neCode", "13900000000",
	"tiihtNczf5v6AKRyjwEUhQ", "接龙 of somebody"};

void __real_free(void *block);
void __wrap_free(void *block);

static volatile bool looking;              /* a compiler knows what free() does not look at */
static unsigned found[ARRAY_LEN(secrets)]; /* in blocks given back */

void
__wrap_free(void *block)
{
	for (size_t i = 0; looking && block && i < ARRAY_LEN(secrets); i++)
		found[i] += memmem(block, malloc_usable_size(block), secrets[i], strlen(secrets[i])) != NULL;
	__real_free(block);
}

/* The other process. */

static void
order(struct stand_in *wechat)
{
	stand_in_next(wechat, LOGIN_PATH, FINE, 0);
	stand_in_next(wechat, LOGIN_PATH, HANG_UP, 0);
	stand_in_next(wechat, LOGIN_PATH, ERRCODE, 40013);
	stand_in_next(wechat, SEND_PATH, FINE, 0);
	stand_in_next(wechat, SEND_PATH, ERRCODE, 47003);
	stand_in_next(wechat, CHECK_PATH, FINE, 0);
	stand_in_next(wechat, CHECK_PATH, GARBAGE, 0);
}

/* This one. */

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

static struct {
	unsigned count;
	enum wechat_outcome outcomes[16];
} heard;

static void
hear(const struct wechat_answer *answer, void *context)
{
	(void)context;
	heard.outcomes[heard.count++] = answer->outcome;
}

static void
ask_everything(struct wechat *wechat, uv_loop_t *loop)
{
	struct wechat_message message = {
		.openid = "o-loginC0de", .template_id = "template", .fields = {{"thing1", secrets[6]}}};

	for (unsigned round = 0; round < 3; round++) {
		wechat_login(wechat, "loginC0de", hear, NULL);
		wechat_phone(wechat, "ph0neCode", "o-loginC0de", hear, NULL);
		wechat_send(wechat, &message, hear, NULL);
		wechat_check(wechat, "o-loginC0de", WECHAT_SOCIAL, secrets[6], hear, NULL);
		while (heard.count < 4 * (round + 1))
			uv_run(loop, UV_RUN_ONCE);
	}
}

static void
on_closed(void *context)
{
	(void)context;
}

static void
run_client(const char *base)
{
	struct wechat_options options = {.base = base,
		.appid = STAND_IN_APPID,
		.secret = STAND_IN_SECRET,
		.connect_ms = 5000,
		.total_ms = 10000,
		.pause_ms = 1,
		.store = {take, put, NULL}};
	struct wechat *wechat;
	const char *why;
	uv_loop_t loop;

	uv_loop_init(&loop);
	wechat = wechat_create(&loop, &options, &why);
	assert_non_null(wechat);
	ask_everything(wechat, &loop);
	wechat_login(wechat, "loginC0de", hear, NULL); /* and one that is under way at the end */
	wechat_destroy(wechat, on_closed, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* Runs the client with standard error in a file, and reads that. */
static char *
said_by_client(const char *base)
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	static char said[65536];

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	looking = true;
	run_client(base);
	looking = false;
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
	fclose(file);
	return said;
}

static void
nothing_secret_is_left_behind(void **state)
{
	char base[STAND_IN_BASE], *probe = strdup("a block with token-1 in it"), *said;
	pid_t pid;

	(void)state;
	looking = true; /* the test sees what it looks for */
	free(probe);
	looking = false;
	assert_int_equal(found[1], 1);
	found[1] = 0;

	pid = stand_in_elsewhere(base, order);
	said = said_by_client(base);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);

	assert_int_equal(heard.count, 13);
	assert_int_equal(heard.outcomes[0], WECHAT_DONE);
	assert_string_equal(stored.text, "token-1");
	assert_non_null(strstr(said, "event=refused call=send refusal=bad_template errcode=47003"));
	assert_non_null(strstr(said, "event=failed call=login"));
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		if (found[i] > 0)
			fail_msg("%u blocks were given back with '%s' in them", found[i], secrets[i]);
		if (strstr(said, secrets[i]))
			fail_msg("'%s' is in the log: %s", secrets[i], said);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_secret_is_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
