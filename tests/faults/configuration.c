/* configuration.c - settings that are wrong are said in one line, before anything is begun. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"

/* A file with this in it; its path lives until the next call. */
static const char *
write_file(const struct world *w, const char *content)
{
	static char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/gridhub.conf", w->folder);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	return path;
}

static int
open_world(void **state)
{
	*state = world_prepare(NULL);
	return 0;
}

/* Nothing was begun in the folder. */
static int
close_world(void **state)
{
	struct world *w = *state;

	assert_false(has_file(w, "hub.lock"));
	assert_false(has_file(w, "redis.conf"));
	world_close(w);
	return 0;
}

static void
defaults_are_good(void **state)
{
	struct ended ended = try_hub("--check-config");

	(void)state;
	assert_ended(&ended, 0, "listen = 127.0.0.1:7412\n");
	assert_ended(&ended, 0, "dev = no\n");
}

static void
what_is_checked_is_what_would_run(void **state)
{
	struct world *w = *state;
	const char *path = write_file(w, "# a comment\nlisten = [::1]:7000\npulse = 30\nhistory=100\ndev = on\n");
	struct ended ended;

	setenv("GRIDHUB_PULSE", "40", 1);
	setenv("GRIDHUB_DISK_RESERVE", "7", 1);
	ended = try_hub("--config", path, "--history", "200", "--check-config");
	unsetenv("GRIDHUB_PULSE");
	unsetenv("GRIDHUB_DISK_RESERVE");
	assert_ended(&ended, 0, "listen = [::1]:7000\n");
	assert_ended(&ended, 0, "pulse = 40\n");    /* the environment goes before the file */
	assert_ended(&ended, 0, "history = 200\n"); /* and the flag before both */
	assert_ended(&ended, 0, "disk-reserve = 7\n");
	assert_ended(&ended, 0, "dev = yes\n");
}

/* What it prints is a file that says the same. */
static void
check_prints_a_file(void **state)
{
	struct world *w = *state;
	struct ended first = try_hub("--check-config", "--data", w->folder, "--max-outbox", "100000", "--dev",
		"--trusted-proxy", "", "--redis", "unix:/run/redis.sock?db=3");
	struct ended again;

	assert_ended(&first, 0, "max-outbox = 100000\n");
	again = try_hub("--config", write_file(w, first.said), "--check-config");
	assert_int_equal(again.status, 0);
	assert_string_equal(again.said, first.said);
}

static void
password_is_not_printed(void **state)
{
	struct ended ended = try_hub("--check-config", "--redis", "redis://grid:s3cret@127.0.0.1:6379/1");

	(void)state;
	assert_ended(&ended, 0, "redis = redis://grid:***@127.0.0.1:6379/1\n");
	assert_null(strstr(ended.said, "s3cret"));
	ended = try_hub("--check-config", "--redis", "redis://:s3cret@127.0.0.1:port");
	assert_ended(&ended, 2, "gridhub: redis: ");
	assert_null(strstr(ended.said, "s3cret"));
	ended = try_hub("--check-config", "--redis", "redis://:s3@cret@127.0.0.1:6379");
	assert_ended(&ended, 0, "***");
	assert_null(strstr(ended.said, "cret@"));
}

static void
flags_that_are_wrong_are_said(void **state)
{
	static const struct {
		const char *flag, *value, *said;
	} wrong[] = {
		{"--no-such", NULL, "--no-such: no such flag"},
		{"--listne", "127.0.0.1:0", "--listne: no such flag"},
		{"-x", NULL, "-x: no such flag"},
		{"word", NULL, "word: no such flag"},
		{"--pulse", NULL, "--pulse: its value is missing"},
		{"--pulse", "ten", "pulse: 'ten' is not a number from 1 to 3600 (from --pulse)"},
		{"--pulse", "0", "pulse: '0' is not a number from 1 to 3600"},
		{"--pulse", "-1", "pulse: '-1' is not a number"},
		{"--pulse", "3601", "pulse: '3601' is not a number"},
		{"--pulse", "1.5", "pulse: '1.5' is not a number"},
		{"--pulse", " 5", "pulse: ' 5' is not a number"},
		{"--pulse", "", "pulse: '' is not a number"},
		{"--pulse", "18446744073709551617", "is not a number"}, /* 2^64 + 1 */
		{"--max-sessions=0", NULL, "max-sessions: '0' is not a number from 1 to 1000000"},
		{"--max-outbox=1", NULL, "max-outbox: '1' is not a number from 65536"},
		{"--dev=maybe", NULL, "dev: 'maybe' is neither yes nor no"},
		{"--listen", "localhost", "listen: 'localhost' is not ADDRESS:PORT"},
		{"--listen", "127.0.0.1:65536", "is not ADDRESS:PORT"},
		{"--listen", "127.0.0.1:", "is not ADDRESS:PORT"},
		{"--listen", "::1:80", "is not ADDRESS:PORT"},
		{"--log-level", "loud", "log-level: 'loud' is none of error, warn, info, debug"},
		{"--redis", "http://127.0.0.1", "redis: 'http://127.0.0.1' it must start with redis:// or unix:"},
		{"--redis", "unix:", "the path of the unix socket is empty"},
		{"--redis", "redis://127.0.0.1/one", "a database number must stand"},
		{"--redis", "redis://:%zz@127.0.0.1", "has a bad %XX escape"},
		{"--config", "/nowhere/gridhub.conf", "/nowhere/gridhub.conf: cannot be read"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct ended ended = try_hub("--data", w->folder, wrong[i].flag, wrong[i].value);
		assert_ended(&ended, 2, wrong[i].said);
		assert_ptr_equal(strchr(ended.said, '\n'), strrchr(ended.said, '\n')); /* in one line */
	}
}

static void
files_that_are_wrong_are_said(void **state)
{
	static const char *const wrong[][2] = {
		{"no-such = 1\n", "no-such: '1' belongs to no setting of that name"},
		{"Listen = 127.0.0.1:0\n", "Listen: '127.0.0.1:0' belongs to no setting"},
		{"pulse = ten\n", "pulse: 'ten' is not a number from 1 to 3600"},
		{"[hub]\npulse = 10\n", "is a section, and there are none"},
		{"pulse\n", "line 1 is not a setting"},
		{"pulse = 10\n\n= 3\n", "gridhub.conf"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct ended ended = try_hub("--config", write_file(w, wrong[i][0]), "--data", w->folder);
		assert_ended(&ended, 2, wrong[i][1]);
		assert_ended(&ended, 2, "gridhub.conf");
	}
}

static void
environment_that_is_wrong_is_said(void **state)
{
	struct world *w = *state;
	struct ended ended;

	setenv("GRIDHUB_MAX_SESSIONS", "many", 1);
	ended = try_hub("--data", w->folder);
	unsetenv("GRIDHUB_MAX_SESSIONS");
	assert_ended(&ended, 2, "max-sessions: 'many' is not a number from 1 to 1000000 (from GRIDHUB_MAX_SESSIONS)");
}

static void
help_version_and_manual_are_printed(void **state)
{
	struct ended ended = try_hub("--help");

	(void)state;
	assert_ended(&ended, 0, "Usage: gridhub");
	assert_ended(&ended, 0, "--disk-reserve MEGABYTES");
	ended = try_hub("--version");
	assert_ended(&ended, 0, "gridhub ");
	ended = try_hub("--man");
	assert_ended(&ended, 0, ".TH GRIDHUB 8");
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

/* Better none than some of them: the operator hears of it, and not the first who opens one. */
static void
pages_that_cannot_be_served_are_named(void **state)
{
	struct world *w = *state;
	char path[256], flaw[300];
	struct ended ended = try_hub("--data", w->folder, "--www", "/nowhere");
	FILE *manifest;

	assert_ended(&ended, 1, "gridhub: www: /nowhere: No such file or directory\n");
	ended = try_hub("--data", w->folder, "--www", w->folder);
	snprintf(flaw, sizeof(flaw), "gridhub: www: %s: manifest.json: No such file or directory\n", w->folder);
	assert_ended(&ended, 1, flaw);
	snprintf(path, sizeof(path), "%s/manifest.json", w->folder);
	manifest = fopen(path, "we");
	assert_non_null(manifest);
	fputs("{\"files\": [{\"path\": \"/metrics\"}]}", manifest);
	fclose(manifest);
	ended = try_hub("--data", w->folder, "--www", w->folder);
	assert_ended(&ended, 1, "manifest.json: files[0] \"/metrics\": path: is a page of the hub's own\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(defaults_are_good),
		with_world(what_is_checked_is_what_would_run),
		with_world(check_prints_a_file),
		with_world(password_is_not_printed),
		with_world(flags_that_are_wrong_are_said),
		with_world(files_that_are_wrong_are_said),
		with_world(environment_that_is_wrong_is_said),
		with_world(help_version_and_manual_are_printed),
		with_world(pages_that_cannot_be_served_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
