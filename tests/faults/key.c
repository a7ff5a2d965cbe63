/* key.c - the key of the phones: made once, kept from other eyes, and never another over phones that are there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"
#include "redis_server.h"

#define OTHER_KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"

static const char *
path_of(const struct world *w, const char *name)
{
	static char paths[4][192];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", w->folder, name);
	return path;
}

static void
write_key(const struct world *w, const char *content)
{
	FILE *file = fopen(path_of(w, "phones.key"), "we");

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	assert_int_equal(chmod(path_of(w, "phones.key"), 0600), 0);
}

static struct ended
try_again(const struct world *w)
{
	return try_hub("--data", w->folder, "--listen", "127.0.0.1:0");
}

static void
is_made_at_the_first_start_and_kept(void **state)
{
	struct world *w = world_open(NULL);
	struct stat first, later;

	(void)state;
	assert_int_equal(stat(path_of(w, "phones.key"), &first), 0);
	assert_int_equal(first.st_mode & 07777, 0600);
	assert_int_equal(first.st_size, 65);
	assert_int_equal(count_in_log(w, "event=key_made"), 1);
	hub_again(w, SIGTERM);
	hub_again(w, SIGKILL);
	assert_int_equal(stat(path_of(w, "phones.key"), &later), 0);
	assert_int_equal(first.st_ino, later.st_ino);
	assert_int_equal(count_in_log(w, "event=key_made"), 1);
	world_close(w);
}

/* The next hub makes no new one: it would not open what is sealed. */
static void
missing_one_is_not_made_anew(void **state)
{
	struct world *w = world_open(NULL);
	struct ended ended;

	(void)state;
	people_go(w);
	hub_end(w, SIGTERM);
	assert_int_equal(rename(path_of(w, "phones.key"), path_of(w, "elsewhere")), 0);
	ended = try_again(w);
	assert_ended(&ended, 1, "the key file is missing, and phones there are sealed with it: put it back");
	assert_false(has_file(w, "phones.key"));
	assert_int_equal(rename(path_of(w, "elsewhere"), path_of(w, "phones.key")), 0);
	hub_start(w);
	world_close(w);
}

static void
another_one_is_refused(void **state)
{
	struct world *w = world_open(NULL);
	struct ended ended;

	(void)state;
	people_go(w);
	hub_end(w, SIGTERM);
	assert_int_equal(rename(path_of(w, "phones.key"), path_of(w, "elsewhere")), 0);
	write_key(w, OTHER_KEY);
	ended = try_again(w);
	assert_ended(&ended, 1, "sealed with another key than the key file's");
	assert_int_equal(rename(path_of(w, "elsewhere"), path_of(w, "phones.key")), 0);
	hub_start(w);
	world_close(w);
}

static void
file_that_is_no_key_is_refused(void **state)
{
	static const char *const flaws[] = {"", "\n", "0123\n", OTHER_KEY "\n",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef ",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\n"};
	struct world *w = world_prepare(NULL);
	struct ended ended;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		write_key(w, flaws[i]);
		ended = try_again(w);
		assert_ended(&ended, 1, "not a key of 64 hexadecimal digits and a line break");
	}
	write_key(w, OTHER_KEY);
	assert_int_equal(chmod(path_of(w, "phones.key"), 0640), 0);
	ended = try_again(w);
	assert_ended(&ended, 1, "others than its owner can read it; chmod 600");
	assert_false(has_file(w, "redis.conf"));
	world_close(w);
}

static void
hubs_on_one_redis_share_it(void **state)
{
	struct world *w = world_open(NULL);
	struct world *other = world_prepare(NULL);
	char url[192], key[192];
	struct ended ended;

	(void)state;
	snprintf(url, sizeof(url), "unix:%s", path_of(w, "redis.sock"));
	snprintf(key, sizeof(key), "%s", path_of(w, "phones.key"));
	ended = try_hub("--data", other->folder, "--listen", "127.0.0.1:0", "--redis", url);
	assert_ended(&ended, 1, "the key file is missing");
	assert_false(has_file(other, "phones.key"));
	other->flags[0] = "--redis";
	other->flags[1] = url;
	other->flags[2] = "--key-file";
	other->flags[3] = key;
	hub_start(other);
	assert_false(has_file(other, "phones.key"));
	hub_end(other, SIGTERM);
	world_close(other);
	world_close(w);
}

/* What is in the log is said by whoever takes over too: the key is the folder's. */
static void
successor_has_the_same_one(void **state)
{
	struct world *w = world_open(NULL);
	pid_t successor = hub_successor(w);

	(void)state;
	wait_until(w, count_in_log(w, "event=ready") == 2, "the successor to serve");
	assert_int_equal(hub_signal(w, 0), 0);
	w->hub = successor;
	assert_int_equal(count_in_log(w, "event=key_made"), 1);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_made_at_the_first_start_and_kept),
		cmocka_unit_test(missing_one_is_not_made_anew),
		cmocka_unit_test(another_one_is_refused),
		cmocka_unit_test(file_that_is_no_key_is_refused),
		cmocka_unit_test(hubs_on_one_redis_share_it),
		cmocka_unit_test(successor_has_the_same_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
