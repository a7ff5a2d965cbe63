/* disk_full.c - no room left where the data lies: writes are held back before Redis would die of it, and go on by
 * themselves. Each test has a small disk of its own, which takes the right to mount one. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audited.h"
#include "faults.h"
#include "raw.h"
#include "status.h"

#define DISK_BYTES   (32 * 1024 * 1024)
#define RESERVE      "8" /* MB */
#define LITTLE_BYTES (4 * 1024 * 1024)

static char disk[160];
static char *test_folder; /* of all the tests */

/* A disk of its own, on which worlds are made from now on. */
static int
mount_disk(void **state)
{
	const char *root = getenv("TEST_FOLDER");
	char options[64];

	(void)state;
	test_folder = root ? strdup(root) : NULL;
	if (root)
		mkdir(root, 0700);
	snprintf(disk, sizeof(disk), "%s/disk-XXXXXX", root ? root : "/tmp");
	if (!mkdtemp(disk))
		return -1;
	snprintf(options, sizeof(options), "size=%d,mode=700", DISK_BYTES);
	if (mount("tmpfs", disk, "tmpfs", 0, options) != 0) {
		print_message("skipped: not allowed to mount a tmpfs: %s\n", strerror(errno));
		rmdir(disk);
		disk[0] = '\0';
		return 0;
	}
	return setenv("TEST_FOLDER", disk, 1);
}

static int
unmount_disk(void **state)
{
	(void)state;
	if (disk[0]) {
		umount2(disk, MNT_DETACH); /* a test that failed has left a hub on it */
		rmdir(disk);
	}
	if (test_folder)
		setenv("TEST_FOLDER", test_folder, 1);
	free(test_folder);
	return 0;
}

/* Something else fills the disk but for so many bytes. */
static void
fill_disk(off_t bytes_left)
{
	struct statvfs found;
	char path[200];
	int file;

	assert_int_equal(statvfs(disk, &found), 0);
	snprintf(path, sizeof(path), "%s/ballast", disk);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(posix_fallocate(file, 0, (off_t)(found.f_bavail * found.f_frsize) - bytes_left), 0);
	close(file);
}

static void
clear_disk(void)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/ballast", disk);
	unlink(path);
}

static bool
is_short(struct world *w)
{
	return metric(w, "disk_short") == 1;
}

/* How a request ends that the caller would go on with: by a client that takes the first answer. */
static void
assert_refused_for_the_disk(struct raw *raw, Request *request)
{
	Answer *answer = raw_ask(raw, request);

	assert_true(answer->retry_after_ms > 0);
	expect_answer(answer, "UNAVAILABLE", "disk");
}

static void
assert_writes_are_held_back(struct raw *raw, const char *call)
{
	assert_refused_for_the_disk(raw, to_join(call));
	assert_refused_for_the_disk(raw, to_move(GRID_B));
	assert_refused_for_the_disk(raw, to_close(call));
}

static void
on_answer(struct caller *caller, const Answer *answer, void *context)
{
	enum status *status = context;

	(void)caller;
	*status = answer ? (enum status)answer->status : INTERNAL;
}

/* A caller's sign-up, which waits as long as it takes. */
static void
begin_to_join(struct caller *caller, const char *call, enum status *status)
{
	*status = 0;
	caller_send(caller, to_join(call), on_answer, status);
}

/* A hub with two members and a line in a chain, and `bytes_left` of room: the hub has seen that it is little. */
static struct world *
open_and_fill(const char **call, off_t bytes_left)
{
	struct world *w;

	if (!disk[0])
		skip();
	w = world_open((const char *const[]){"--disk-reserve", RESERVE, NULL});
	*call = post_call(w, .limit = 2);
	join(w, *call, "an");
	member(w, "bo");
	assert_false(is_short(w));
	fill_disk(bytes_left);
	wait_until(w, is_short(w), "the hub to see it");
	return w;
}

static void
writes_wait_for_room_and_reads_go_on(void **state)
{
	const char *call;
	struct world *w = open_and_fill(&call, LITTLE_BYTES);
	pid_t redis = redis_pid(w);
	enum status joined;
	struct raw an;

	(void)state;
	raw_login(&an, w, "an"); /* known, so nothing is written */
	assert_writes_are_held_back(&an, call);
	assert_chain(w, call, "1 an confirmed");
	assert_tally(w, CITY, "2 1 1 0");

	begin_to_join(person(w, "bo"), call, &joined);
	wait_until(w, metric(w, "answers_total{status=\"UNAVAILABLE\"}") > 4, "it to be told to wait");
	assert_int_equal(joined, 0);
	clear_disk();
	wait_until(w, joined != 0, "it to be done");
	assert_int_equal(joined, OK);
	assert_false(is_short(w));
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");

	assert_int_equal(redis_pid(w), redis);
	assert_int_equal(count_in_log(w, "at=disk event=short"), 1);
	assert_int_equal(count_in_log(w, "at=disk event=room_again"), 1);
	raw_close(&an);
	assert_audit_clean(w);
	world_close(w);
}

/* Not a byte left, which Redis would not survive if it were given anything to write. */
static void
redis_lives_through_a_disk_that_is_full_to_the_last_byte(void **state)
{
	const char *call;
	struct world *w = open_and_fill(&call, 0);
	pid_t redis = redis_pid(w);
	struct raw an;

	(void)state;
	raw_login(&an, w, "an");
	for (int i = 0; i < 20; i++)
		assert_writes_are_held_back(&an, call);
	assert_chain(w, call, "1 an confirmed");
	assert_int_equal(redis_pid(w), redis);

	clear_disk();
	join(w, call, "bo");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed");
	assert_int_equal(redis_pid(w), redis);
	assert_int_equal(count_in_log(w, "event=exited"), 0);
	raw_close(&an);
	assert_audit_clean(w);
	world_close(w);
}

/* Who has never been here would have to be written down, so he waits like everybody who writes. */
static void
newcomer_cannot_log_in_before_there_is_room(void **state)
{
	const char *call;
	struct world *w = open_and_fill(&call, LITTLE_BYTES);
	struct raw newcomer;
	char token[TOKEN_TEXT];

	(void)state;
	read_token(w, token);
	raw_open(&newcomer, w);
	assert_refused_for_the_disk(&newcomer, to_login(token, "newcomer"));
	raw_close(&newcomer);

	clear_disk();
	join(w, call, "newcomer");
	assert_chain(w, call, "1 an confirmed", "2 newcomer confirmed");
	assert_audit_clean(w);
	world_close(w);
}

/* Killed when not a byte is left: the next one starts all the same, for it has nothing to write. */
static void
redis_killed_on_a_full_disk_is_started_again(void **state)
{
	const char *call;
	struct world *w = open_and_fill(&call, 0);
	pid_t redis = kill_redis(w);
	struct raw an;

	(void)state;
	assert_chain(w, call, "1 an confirmed"); /* from what the hub knows */
	wait_until(w, redis_pid(w) > 0 && redis_pid(w) != redis, "the next Redis");
	redis = redis_pid(w);
	raw_login(&an, w, "an");
	assert_writes_are_held_back(&an, call);
	raw_close(&an);

	clear_disk();
	join(w, call, "bo", "chen");
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
	assert_int_equal(redis_pid(w), redis);
	assert_int_equal(processes_in(w), 1);
	assert_audit_clean(w);
	world_close(w);
}

/* A hub that is started on it serves what it has. */
static void
hub_starts_on_a_disk_with_little_room(void **state)
{
	const char *call;
	struct world *w = open_and_fill(&call, LITTLE_BYTES);
	struct raw an;

	(void)state;
	hub_again(w, SIGTERM);
	assert_true(is_short(w));
	raw_login(&an, w, "an");
	assert_writes_are_held_back(&an, call);
	raw_close(&an);
	assert_chain(w, call, "1 an confirmed");
	clear_disk();
	join(w, call, "bo");
	assert_audit_clean(w);
	world_close(w);
}

#define on_a_disk(test) cmocka_unit_test_setup_teardown(test, mount_disk, unmount_disk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		on_a_disk(writes_wait_for_room_and_reads_go_on),
		on_a_disk(redis_lives_through_a_disk_that_is_full_to_the_last_byte),
		on_a_disk(newcomer_cannot_log_in_before_there_is_room),
		on_a_disk(redis_killed_on_a_full_disk_is_started_again),
		on_a_disk(hub_starts_on_a_disk_with_little_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
