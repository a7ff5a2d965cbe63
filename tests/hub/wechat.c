/* wechat.c - the hub and WeChat: how it is told of it, and that it starts whether WeChat is there or not. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gridctl.h"
#include "raw.h"
#include "redis_server.h"
#include "sealed.h"
#include "worlds.h"

static void
starts_without_asking_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(metric(w, "wechat_asked_total"), 0);
	assert_int_equal(metric(w, "wechat_left_alone"), 0);
	assert_int_equal(stand_in_asked(w->wechat, TOKEN_PATH), 0);
}

/* With a secret that says this and may be read so. */
static void
refuses_secret(const char *secret, mode_t mode, const char *said)
{
	struct world *w = world_prepare(NULL);
	char path[192];
	const char *argv[] = {hub_binary(), "--data", w->folder, "--listen", "127.0.0.1:0", "--wechat-appid", "wx01",
		"--wechat-secret-file", path, NULL};
	struct ended ended;
	int file;

	snprintf(path, sizeof(path), "%s/secret", w->folder);
	file = secret ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
	if (secret) {
		assert_int_equal(write(file, secret, strlen(secret)), strlen(secret));
		assert_int_equal(fchmod(file, mode), 0);
		close(file);
	}
	ended = run_program(argv);
	assert_ended(&ended, 1, "wechat-secret-file");
	assert_ended(&ended, 1, said);
	if (secret && secret[0])
		assert_null(strstr(ended.said, secret));
	world_close(w);
}

static void
secret_wants_its_appid(void **state)
{
	struct world *w = world_prepare(NULL);
	const char *const argv[] = {hub_binary(), "--data", w->folder, "--wechat-secret-file", "/none", NULL};
	struct ended ended = run_program(argv);

	(void)state;
	assert_int_not_equal(ended.status, 0);
	assert_non_null(strstr(ended.said, "wechat-appid: '' is missing"));
	world_close(w);
}

static void
secret_must_be_one(void **state)
{
	(void)state;
	refuses_secret("5ec2e75ec2e7\n", 0644, "chmod 600");
	refuses_secret("5ec2e75ec2e7\n", 0640, "chmod 600");
	refuses_secret("", 0600, "is empty");
	refuses_secret("5ec2e75ec2e7\nmore\n", 0600, "more than one line");
	refuses_secret(NULL, 0600, "No such file");
}

/* Codes for posters. */

static void
draws_a_code_for_a_poster(void **state)
{
	struct world *w = *state;
	Answer *answer = ask(person(w, "worker"), to_draw(GRID_A));

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_true(answer->place_image->png);
	assert_int_equal(answer->place_image->image.len, 5016);
	free_answer(answer);
	assert_int_equal(stand_in_heard(w->wechat, IMAGE_PATH, "\"scene\":\"" GRID_A "\""), 1);
	assert_int_equal(stand_in_heard(w->wechat, IMAGE_PATH, "\"page\":\"pages/report/report\""), 1);
	expect(person(w, "worker"), to_draw("140105007004099"), "NOT_FOUND", "place");
}

/* Whatever WeChat answers, the hub says what to do, and who is in goes on. */
static void
says_what_came_of_it(void **state)
{
	static const struct {
		enum trouble trouble;
		int number;
		const char *status;
	} troubles[] = {
		{ERRCODE, 45009, "BUSY"},
		{ERRCODE, 41030, "INTERNAL"},
		{ERRCODE, 99999, "INTERNAL"},
		{CUT, 0, "UNAVAILABLE"},
		{GARBAGE, 0, "UNAVAILABLE"},
		{HTTP_ERROR, 500, "UNAVAILABLE"},
	};
	struct world *w = *state;
	struct raw raw;

	raw_login(&raw, w, "worker");
	for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
		stand_in_next(w->wechat, IMAGE_PATH, troubles[i].trouble, troubles[i].number);
		raw_expect(&raw, to_draw(GRID_A), troubles[i].status, "wechat");
		raw_expect(&raw, to_list_places(COMMUNITY, 1, "", 9), "OK", "");
	}
	stand_in_next(w->wechat, IMAGE_PATH, ERRCODE, -1);
	stand_in_next(w->wechat, IMAGE_PATH, SLOW, 1000);
	raw_expect(&raw, to_draw(GRID_A), "OK", "");
	raw_close(&raw);
}

static void
gridctl_writes_it_into_a_file(void **state)
{
	struct world *w = *state;
	char path[192];
	struct stat found;
	json_t *said;

	snprintf(path, sizeof(path), "%s/poster.png", w->folder);
	assert_gridctl(w, "worker", 0, "a PNG of 5016 bytes", "place", "image", GRID_A, path);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_size, 5016);
	said = gridctl_json(w, "worker", "place", "image", GRID_A, path);
	assert_int_equal(json_integer_value(json_object_get(said, "bytes")), 5016);
	json_decref(said);
	assert_gridctl(w, "worker", 5, "/none/poster.png", "place", "image", GRID_A, "/none/poster.png");
}

static void
without_wechat_there_are_none(void **state)
{
	expect(person(*state, "worker"), to_draw(GRID_A), "NOT_FOUND", "wechat");
	assert_gridctl(*state, "worker", 1, "asks nothing of WeChat", "place", "image", GRID_A, "/dev/null");
}

/* One token for all hubs. */

#define HUBS 4

struct hubs {
	struct redis_server redis;
	struct world *hubs[HUBS];
	struct raw raws[HUBS];
	char key[192];
};

/* All on one Redis, with the WeChat and the key of the first. */
static void
hubs_open(struct hubs *hubs)
{
	struct world *first = world_prepare(NULL);

	redis_server_start(&hubs->redis, first->folder, "other", NULL);
	snprintf(hubs->key, sizeof(hubs->key), "--key-file=%s/phones.key", first->folder);
	world_add_wechat(first);
	for (unsigned i = 0; i < HUBS; i++) {
		struct world *w = hubs->hubs[i] = i == 0 ? first : world_prepare(first->flags);
		unsigned count = 0;
		while (w->flags[count])
			count++;
		if (i == 0) {
			w->flags[count++] = "--redis";
			w->flags[count++] = hubs->redis.unix_url;
		} else {
			w->flags[count++] = hubs->key;
		}
		hub_start(w);
		raw_login(&hubs->raws[i], w, "chief");
		if (i == 0)
			raw_expect(&hubs->raws[0], to_import(PROVINCE_, "山西省"), "OK", "");
	}
}

static void
hubs_close(struct hubs *hubs)
{
	for (unsigned i = HUBS; i-- > 0;) {
		raw_close(&hubs->raws[i]);
		hub_end(hubs->hubs[i], SIGTERM);
		if (i == 0)
			redis_server_end(&hubs->redis, SIGTERM);
		world_close(hubs->hubs[i]);
	}
}

/* Each hub asks WeChat something at once. */
static void
ask_at_all(struct hubs *hubs)
{
	uint64_t ids[HUBS];

	for (unsigned i = 0; i < HUBS; i++)
		ids[i] = raw_send(&hubs->raws[i], to_draw(PROVINCE_));
	for (unsigned i = 0; i < HUBS; i++)
		raw_expect_answer(&hubs->raws[i], ids[i], "OK", "");
}

static void
four_hubs_ask_for_one_token(void **state)
{
	static struct hubs hubs;
	struct stand_in *wechat;

	(void)state;
	hubs_open(&hubs);
	wechat = hubs.hubs[0]->wechat;
	ask_at_all(&hubs);
	assert_int_equal(stand_in_asked(wechat, IMAGE_PATH), HUBS);
	assert_int_equal(stand_in_asked(wechat, TOKEN_PATH), 1);
	ask_at_all(&hubs);
	assert_int_equal(stand_in_asked(wechat, TOKEN_PATH), 1);

	stand_in_renew(wechat); /* the one they have is refused from now on */
	ask_at_all(&hubs);
	assert_int_equal(stand_in_asked(wechat, TOKEN_PATH), 2);
	hubs_close(&hubs);
}

/* It ends in two minutes: one renews it, and nobody waits for that. */
static void
token_that_is_due_is_renewed_once(void **state)
{
	static struct hubs hubs;
	struct stand_in *wechat;
	redisContext *redis;

	(void)state;
	hubs_open(&hubs);
	wechat = hubs.hubs[0]->wechat;
	redis = redis_server_connect(&hubs.redis);
	know_token(redis, hubs.hubs[0]->folder, "token-1", 120000);
	redisFree(redis);
	stand_in_next(wechat, TOKEN_PATH, SLOW, 300);
	ask_at_all(&hubs);
	wait_until(hubs.hubs[0], stand_in_asked(wechat, TOKEN_PATH) == 1, "the token to be renewed");
	for (int i = 0; i < 5; i++)
		ask_at_all(&hubs);
	assert_int_equal(stand_in_asked(wechat, TOKEN_PATH), 1);
	hubs_close(&hubs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(without_wechat_there_are_none),
		fresh_with_wechat(starts_without_asking_it, NULL),
		fresh_with_wechat(draws_a_code_for_a_poster, NULL),
		fresh_with_wechat(gridctl_writes_it_into_a_file, NULL),
		fresh_with_wechat(says_what_came_of_it, NULL),
		cmocka_unit_test(four_hubs_ask_for_one_token),
		cmocka_unit_test(token_that_is_due_is_renewed_once),
		cmocka_unit_test(secret_must_be_one),
		cmocka_unit_test(secret_wants_its_appid),
	};

	return run_in_worlds(tests);
}
