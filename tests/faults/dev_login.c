/* dev_login.c - the login for development is for this machine alone, and for who may read the folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "faults.h"
#include "raw.h"

static void
is_refused_where_strangers_could_reach_it(void **state)
{
	static const char *const addresses[] = {"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "[2001:db8::1]:0"};
	struct world *w = world_prepare(NULL);
	struct ended ended;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		ended = try_hub("--dev", "--data", w->folder, "--listen", addresses[i]);
		assert_ended(&ended, 2, "is not a loopback address, and dev lets in anybody who reaches it");
		ended = try_hub("--check-config", "--dev", "--listen", addresses[i]);
		assert_ended(&ended, 2, "is not a loopback address, and dev lets in anybody who reaches it");
	}
	ended = try_hub("--dev", "--data", w->folder, "--listen", "127.0.0.1:0", "--trusted-proxy", "192.0.2.7");
	assert_ended(&ended, 2, "cannot go with dev: behind a proxy every stranger comes from a loopback address");
	assert_false(has_file(w, "dev.token"));
	assert_false(has_file(w, "redis.conf"));
	world_close(w);
}

static const char *const forwarded[] = {
	"X-Forwarded-For: 192.0.2.7\r\n",
	"x-forwarded-for: 127.0.0.1\r\n",
	"Forwarded: for=192.0.2.7;proto=https\r\n",
	"FORWARDED: for=127.0.0.1\r\n",
	"X-Real-IP: 192.0.2.7\r\n",
	"x-real-ip: 127.0.0.1\r\n",
	"Via: 1.1 proxy\r\n",
	"X-Forwarded-Host: grid.example.cn\r\n",
	"X-Forwarded-Proto: https\r\n",
	"X-Forwarded-Port: 443\r\n",
	"X-Client-IP: 192.0.2.7\r\n",
	"X-Cluster-Client-IP: 192.0.2.7\r\n",
	"True-Client-IP: 192.0.2.7\r\n",
	"CF-Connecting-IP: 192.0.2.7\r\n",
	"Ali-Cdn-Real-Ip: 192.0.2.7\r\n",
};

static int
shake_with(struct world *w, const char *header)
{
	char headers[512];
	struct socket peer;
	int status;

	snprintf(headers, sizeof(headers), WS_UPGRADE WS_SUBPROTOCOL "%s", header);
	socket_open(&peer, w->address, 0);
	status = socket_shake(&peer, headers);
	socket_close(&peer);
	return status;
}

static int
get_with(struct world *w, const char *path, const char *header)
{
	char line[64];
	struct socket peer;
	int status;

	snprintf(line, sizeof(line), "GET %s", path);
	socket_open(&peer, w->address, 0);
	status = socket_http(&peer, line, header);
	socket_close(&peer);
	return status;
}

/* A proxy on this machine would make everybody local. */
static void
what_comes_through_a_proxy_gets_403(void **state)
{
	struct world *w = world_open_empty(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		assert_int_equal(shake_with(w, forwarded[i]), 403);
	assert_int_equal(metric(w, "handshakes_refused_total{reason=\"forwarded\"}"), ARRAY_LEN(forwarded));
	assert_int_equal(metric(w, "sessions_opened_total"), 0);
	assert_int_equal(shake_with(w, ""), 101);
	world_close(w);
}

/* With and without dev, counters are for who sits at this machine. */
static void
counters_are_not_for_who_comes_through_a_proxy(void **state)
{
	struct world *w = world_open_empty((const char *const[]){"--dev=no", NULL});

	(void)state;
	assert_int_equal(get_with(w, "/metrics", ""), 200);
	assert_int_equal(get_with(w, "/healthz", ""), 200);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++) {
		assert_int_equal(get_with(w, "/metrics", forwarded[i]), 404);
		assert_int_equal(shake_with(w, forwarded[i]), 101);
	}
	world_close(w);
}

/* And it does not help to go on as if it had been let in. */
static void
assert_stranger_stays_out(struct world *w, const char *token, const char *status)
{
	struct raw raw;

	raw_open(&raw, w);
	raw_expect(&raw, to_login(token, "stranger"), status, "dev.token");
	raw_expect(&raw, to_show_place(CITY), "UNAUTHENTICATED", "");
	raw_close(&raw);
}

static void
another_token_does_not_let_in(void **state)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	struct world *w = world_open(NULL);
	char token[TOKEN_TEXT], almost[TOKEN_TEXT];

	(void)state;
	read_token(w, token);
	assert_int_equal(strlen(token), 64);
	assert_stranger_stays_out(w, zeros, "UNAUTHENTICATED");
	snprintf(almost, sizeof(almost), "%s", token);
	almost[63] = almost[63] == '0' ? '1' : '0';
	assert_stranger_stays_out(w, almost, "UNAUTHENTICATED");
	assert_stranger_stays_out(w, "", "BAD_REQUEST");
	token[63] = '\0';
	assert_stranger_stays_out(w, token, "BAD_REQUEST");
	world_close(w);
}

static void
nobody_is_let_in_without_dev(void **state)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	struct world *w = world_open_empty((const char *const[]){"--dev=no", NULL});

	(void)state;
	assert_false(has_file(w, "dev.token"));
	assert_stranger_stays_out(w, zeros, "UNAUTHENTICATED");
	world_close(w);
}

static unsigned
mode_of(const struct world *w, const char *name)
{
	char path[256];
	struct stat found;

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	assert_int_equal(stat(path, &found), 0);
	return found.st_mode & 07777;
}

/* Even where the folder was there and open, and the mask of the process lets everything through. */
static void
folder_and_token_are_for_no_other_eyes(void **state)
{
	static const char *const files[] = {"dev.token", "hub.lock", "redis.lock", "redis.conf"};
	struct world *w = world_prepare(NULL);
	mode_t mask = umask(0);

	(void)state;
	assert_int_equal(chmod(w->folder, 0755), 0);
	hub_start(w);
	umask(mask);
	assert_int_equal(mode_of(w, "."), 0700);
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		assert_int_equal(mode_of(w, files[i]) & 077, 0);
	assert_int_equal(mode_of(w, "dev.token"), 0600);

	hub_end(w, SIGTERM);
	assert_false(has_file(w, "dev.token"));
	world_close(w);
}

/* One that was killed has left its token; it is worth nothing to the next. */
static void
token_of_a_killed_hub_is_worth_nothing(void **state)
{
	struct world *w = world_open(NULL);
	char token[TOKEN_TEXT], next[TOKEN_TEXT];

	(void)state;
	read_token(w, token);
	hub_end(w, SIGKILL);
	people_go(w);
	assert_true(has_file(w, "dev.token"));
	hub_start(w);
	read_token(w, next);
	assert_string_not_equal(token, next);
	assert_stranger_stays_out(w, token, "UNAUTHENTICATED");
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_refused_where_strangers_could_reach_it),
		cmocka_unit_test(what_comes_through_a_proxy_gets_403),
		cmocka_unit_test(counters_are_not_for_who_comes_through_a_proxy),
		cmocka_unit_test(another_token_does_not_let_in),
		cmocka_unit_test(nobody_is_let_in_without_dev),
		cmocka_unit_test(folder_and_token_are_for_no_other_eyes),
		cmocka_unit_test(token_of_a_killed_hub_is_worth_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
