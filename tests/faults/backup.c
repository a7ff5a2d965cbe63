/* backup.c - the operator's verbs on a hub in the middle of its work: audit, backup, and restore of what was lost. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audited.h"
#include "faults.h"
#include "redis_server.h"
#include "status.h"
#include "storm.h"

#define STORM      30  /* people */
#define STORM_GOES 100 /* requests each */
#define AUDITS     8   /* of a system that is in use */
#define FILE_NAME  "evening.backup"

#define GRID_PARTITION 14 /* of GRID_A's community */

/* People going on meanwhile, if there are any. */
static void
blow(void *context)
{
	struct storm *storm = context;

	if (storm_blows(storm))
		storm_turn(storm);
}

/* gridctl, and all it says. */
static struct ended
run_gridctl(struct storm *storm, const char *const *flags)
{
	const char *argv[16] = {gridctl_binary(), "--lang", "en"};
	unsigned count = 3;

	while (*flags)
		argv[count++] = *flags++;
	return run_program_beside(argv, PATIENCE_S, storm ? blow : NULL, storm);
}

#define gridctl(...)               run_gridctl(NULL, (const char *const[]){__VA_ARGS__, NULL})
#define gridctl_beside(storm, ...) run_gridctl((storm), (const char *const[]){__VA_ARGS__, NULL})

/* A backup lies beside the folder, so that it is there when the folder is not. */
static char *
backup_path(const struct world *w)
{
	char *path;

	assert_true(asprintf(&path, "%s-" FILE_NAME, w->folder) > 0);
	return path;
}

/* Audit. */

static void
live_system_audits_without_a_false_difference(void **state)
{
	struct world *w = world_open(NULL);
	unsigned audits = 0, recounted = 0, lines = 0;

	(void)state;
	while (audits < AUDITS) {
		const char *call = post_call(w, .limit = 12);
		struct storm *storm = storm_begin(w, call, "m", STORM, STORM_GOES);
		while (storm_blows(storm)) {
			recounted += audit_beside(w, blow, storm);
			audits++;
		}
		storm_assert_all_kept(storm);
		lines += storm->lines;
		storm_end(storm);
	}
	print_message("# %u audits beside %u lines, %u of which recounted every chain\n", audits, lines, recounted);
	assert_audit_clean(w);
	world_close(w);
}

/* Where a client stands. */
struct stand {
	char epoch[64];
	uint64_t cursors[PARTITIONS];
};

static void
ask_watch(struct caller *caller, const char *call, struct stand *stand, const char *status)
{
	Watch body = GRIDVANGUARD__V1__WATCH__INIT;
	Request request = REQUEST(WATCH, &body);
	Cursor cursors[PARTITIONS], *list[PARTITIONS];
	char *calls[] = {UNCONST(call)};
	Answer *answer;

	body.calls = calls;
	body.n_calls = 1;
	for (uint32_t i = 0; i < PARTITIONS; i++) {
		gridvanguard__v1__cursor__init(&cursors[i]);
		cursors[i].partition = i;
		cursors[i].seq = stand->cursors[i];
		list[i] = &cursors[i];
	}
	if (stand->epoch[0]) {
		body.epoch = stand->epoch;
		body.cursors = list;
		body.n_cursors = PARTITIONS;
	}
	answer = ask(caller, &request);
	assert_string_equal(status_name((enum status)answer->status), status);
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_OK) {
		snprintf(stand->epoch, sizeof(stand->epoch), "%s", answer->watch->epoch);
		for (size_t i = 0; i < answer->watch->n_cursors; i++)
			stand->cursors[answer->watch->cursors[i]->partition] = answer->watch->cursors[i]->seq;
	}
	free_answer(answer);
}

/* Backup and restore. */

/* A second world on what was restored. */
static struct world *
open_restored(const char *backup)
{
	struct world *w = world_prepare(NULL);
	struct ended ended = gridctl("restore", backup, "--data", w->folder);

	assert_ended(&ended, 0, "its logs have a new epoch");
	hub_start(w);
	w->dialer = dialer_create(&w->loop);
	assert_audit_clean(w);
	return w;
}

static void
backup_of_a_live_system_holds_what_was_acknowledged(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 12);
	struct storm *storm = storm_begin(w, call, "m", STORM, STORM_GOES), *before = malloc(sizeof(*before));
	struct stand stand = {.epoch = ""}, ahead = {.epoch = ""}, now = {.epoch = ""};
	char *file = backup_path(w);
	struct ended ended;

	(void)state;
	while (storm->lines < 200)
		storm_turn(storm);
	ask_watch(person(w, "worker"), call, &stand, "OK");
	ask_watch(person(w, "worker"), call, &stand, "OK"); /* it can go on from there */
	*before = *storm;
	ended = gridctl_beside(storm, "backup", file, "--data", w->folder);
	assert_ended(&ended, 0, file);
	assert_true(storm->lines > before->lines); /* they did go on */
	storm_calm(storm);
	while (storm_blows(storm))
		storm_turn(storm);
	ask_watch(person(w, "worker"), call, &ahead, "OK"); /* knows what the backup does not */
	assert_false(has_file(w, "dump.rdb"));
	assert_audit_clean(w);
	world_close(w);

	before->w = w = open_restored(file);
	assert_in_range(storm_assert_none_lost(before), before->lines, storm->lines);
	ask_watch(person(w, "worker"), call, &stand, "STALE_CURSOR");
	ask_watch(person(w, "worker"), call, &ahead, "STALE_CURSOR");
	ask_watch(person(w, "worker"), call, &now, "OK");
	assert_true(now.cursors[GRID_PARTITION] < ahead.cursors[GRID_PARTITION]);
	join(w, call, "late");
	assert_audit_clean(w);
	world_close(w);
	unlink(file);
	free(file);
	storm_end(before);
	storm_end(storm);
}

/* "FILE.NAME" */
static char *
file_beside(const char *file, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s.%s", file, name) > 0);
	return path;
}

/* Everything in a folder but what says who holds it, as one text. */
static char *
picture_of(const char *folder)
{
	char command[256];
	char *text = calloc(1, 65536);
	FILE *out;

	snprintf(command, sizeof(command), "cd %s && find . -type f ! -name '*.lock' | sort | xargs sha256sum", folder);
	out = popen(command, "r");
	assert_non_null(out);
	assert_true(fread(text, 1, 65535, out) < 65535);
	pclose(out);
	return text;
}

static void
assert_refuses(const struct world *w, const char *file, const char *reason)
{
	char *before = picture_of(w->folder), *after;
	struct ended ended = gridctl("restore", file, "--data", w->folder);

	assert_ended(&ended, 1, reason);
	after = picture_of(w->folder);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* A copy of a file with some bytes of it taken or changed. */
static char *
copy_file(const char *file, const char *name, const char *how)
{
	char *copy = file_beside(file, name), command[512];

	snprintf(command, sizeof(command), "cp %s %s && %s %s", file, copy, how, copy);
	assert_int_equal(system(command), 0);
	return copy;
}

static void
restore_refuses_what_is_no_whole_backup(void **state)
{
	static const struct {
		const char *how, *reason;
	} flaws[] = {
		{"truncate -s -1", "a part is missing"},
		{"truncate -s 700", "a part is missing"},
		{"truncate -s 100", "no backup of Grid Vanguard"},
		{"truncate -s 0", "no backup of Grid Vanguard"},
		{"printf x >>", "something is behind it"},
		{"sh -c 'printf \\\\001 | dd of=$0 bs=1 seek=900 conv=notrunc status=none'", "its checksum is another"},
		{"sed -i 's/^database 0/database 3/'", "its head is damaged"},
		{"sed -i '1s/1/9/'", "made by a newer gridctl"},
		{"sed -i '1s/gridvanguard/nobody/'", "no backup of Grid Vanguard"},
	};
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 1);
	char *file = backup_path(w);
	struct ended ended;

	(void)state;
	join(w, call, "an", "bo");
	ended = gridctl("backup", file, "--data", w->folder);
	assert_ended(&ended, 0, "bytes, as of");
	ended = gridctl("backup", file, "--data", w->folder);
	assert_ended(&ended, 1, "is there already");
	people_go(w);
	assert_int_equal(hub_signal(w, SIGTERM), 0);
	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		char *copy = copy_file(file, "flawed", flaws[i].how);
		print_message("# %s\n", flaws[i].how);
		assert_refuses(w, copy, flaws[i].reason);
		unlink(copy);
		free(copy);
	}
	unlink(file);
	free(file);
	hub_start(w);
	world_close(w);
}

static void
restore_refuses_a_folder_in_use(void **state)
{
	struct world *w = world_open(NULL);
	char *file = backup_path(w);
	struct ended ended = gridctl("backup", file, "--data", w->folder);

	(void)state;
	assert_ended(&ended, 0, "bytes, as of");
	ended = gridctl("restore", file, "--data", w->folder);
	assert_ended(&ended, 1, "a hub runs on this folder");
	people_go(w);
	hub_signal(w, SIGKILL); /* its Redis lives on */
	ended = gridctl("restore", file, "--data", w->folder);
	assert_ended(&ended, 1, "the Redis of this folder is still running");
	ended = gridctl("restore", file);
	assert_ended(&ended, 2, "--data FOLDER");
	hub_start(w);
	unlink(file);
	free(file);
	world_close(w);
}

/* The folder has an append-only file, which Redis would prefer; it is kept beside. */
static void
restore_takes_the_place_of_what_is_there(void **state)
{
	struct world *w = world_open(NULL);
	const char *call = post_call(w, .limit = 2);
	char *file = backup_path(w);
	struct ended ended;

	(void)state;
	join(w, call, "an", "bo", "chen");
	ended = gridctl("backup", file, "--data", w->folder);
	assert_ended(&ended, 0, "bytes, as of");
	withdraw(w, call, "an");
	join(w, call, "ding");
	people_go(w);
	assert_int_equal(hub_signal(w, SIGTERM), 0);
	assert_refuses(w, file, "the folder holds data");
	ended = gridctl("restore", file, "--replace", "--data", w->folder);
	assert_ended(&ended, 0, "what was there before is in ");
	assert_ended(&ended, 0, "revoked since then are good again");
	assert_ended(&ended, 0, "must log in anew");
	assert_ended(&ended, 0, "the key of the phones is in no backup");
	assert_false(has_file(w, "restoring"));
	hub_start(w);
	assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
	assert_audit_clean(w);
	unlink(file);
	free(file);
	world_close(w);
}

/* What lies where the backup is being written is somebody else's, wherever it leads. */
static void
backup_writes_over_nothing(void **state)
{
	struct world *w = world_open(NULL);
	char *file = backup_path(w), *target = file_beside(file, "target"), *part = file_beside(file, "part");
	struct ended ended;

	(void)state;
	assert_int_equal(symlink(target, part), 0);
	ended = gridctl("backup", file, "--data", w->folder);
	assert_ended(&ended, 5, "FILE.part is there");
	assert_int_not_equal(access(target, F_OK), 0);
	assert_int_not_equal(access(file, F_OK), 0);
	assert_int_equal(unlink(part), 0); /* it was left there */
	ended = gridctl("backup", file, "--data", w->folder);
	assert_ended(&ended, 0, "bytes, as of");
	unlink(file);
	free(target);
	free(part);
	free(file);
	world_close(w);
}

/* One command to a Redis, in a database of it. */
static void
redis_do(const struct redis_server *redis, unsigned database, const char *command)
{
	redisContext *context = redis_server_connect(redis);
	redisReply *reply;

	freeReplyObject(redisCommand(context, "SELECT %u", database));
	reply = redisCommand(context, command);
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
	redisFree(context);
}

/* Of a Redis of somebody else's, in a database of many; the others' data does not come along. */
static void
backup_of_another_redis_is_of_its_database(void **state)
{
	struct world *w = world_prepare(NULL), *restored;
	struct redis_server redis;
	char url[256];
	char *file = backup_path(w);
	const char *call;
	struct ended ended;

	(void)state;
	redis_server_start(&redis, w->folder, "other", "--repl-diskless-sync", "no");
	redis_do(&redis, 2, "SET theirs 1");
	snprintf(url, sizeof(url), "%s?db=5", redis.unix_url);
	ended = gridctl("backup", file, "--redis", url);
	assert_ended(&ended, 5, "there is no data of Grid Vanguard there");
	w->flags[0] = "--redis";
	w->flags[1] = url;
	hub_start(w);
	w->dialer = dialer_create(&w->loop);
	import_place(w, PROVINCE_, "山西省");
	call = post_call(w, .place = PROVINCE_);
	ended = gridctl("backup", file, "--redis", url);
	assert_ended(&ended, 0, "bytes, as of");
	/* Who may not read all must not be told that something is missing. */
	redis_do(&redis, 5, "ACL SETUSER half on >p ~* +@all -zscan -sync");
	snprintf(url, sizeof(url), "redis://half:p@127.0.0.1:%u/5", redis.port);
	ended = gridctl("audit", "--redis", url);
	assert_ended(&ended, 3, "NOPERM");
	ended = gridctl("backup", "nowhere.backup", "--redis", url);
	assert_ended(&ended, 5, "NOPERM");
	assert_int_not_equal(access("nowhere.backup.part", F_OK), 0);
	people_go(w);
	assert_int_equal(hub_signal(w, SIGTERM), 0);
	redis_server_end(&redis, SIGTERM);
	world_close(w);

	restored = open_restored(file);
	close_call(restored, call);
	assert_audit_clean(restored);
	unlink(file);
	free(file);
	world_close(restored);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(live_system_audits_without_a_false_difference),
		cmocka_unit_test(backup_of_a_live_system_holds_what_was_acknowledged),
		cmocka_unit_test(restore_refuses_what_is_no_whole_backup),
		cmocka_unit_test(restore_refuses_a_folder_in_use),
		cmocka_unit_test(restore_takes_the_place_of_what_is_there),
		cmocka_unit_test(backup_writes_over_nothing),
		cmocka_unit_test(backup_of_another_redis_is_of_its_database),
	};

	char key[256];
	int failed;

	/* The key of the phones is no part of a backup: it is kept apart, here beside all folders. */
	snprintf(key, sizeof(key), "%s/backup-%d.key", getenv("TEST_FOLDER"), (int)getpid());
	setenv("GRIDHUB_KEY_FILE", key, 1);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(key);
	return failed;
}
