/* gridctl_transfer.c - the records of a place from one system to another. */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audited.h"
#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* A file beside the folder, for the folder goes with its world. The caller frees the path. */
static char *
file_beside(const struct world *w, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s-%s", w->folder, name) > 0);
	return path;
}

static void
remove_file(char *path)
{
	unlink(path);
	free(path);
}

/* A chain that is open and full, with all that a line may have; one of shifts that is closed; one that was cancelled. */
static void
play_evening(struct world *w)
{
	const char *open = gridctl_post(w, "--limit", "2", "--grant", "90", "--question", "*尺码: S/M/L");
	const char *shifts = gridctl_post(w, "--slot", "早班 need 1 limit 1", "--slot", "晚班 limit 2");
	const char *cancelled = gridctl_post(w, "--bring", "手电");

	member_at(w, "an", BUILDING_1);
	member(w, "bo");
	member(w, "chen");
	assert_gridctl(w, "an", 0, "number 1", "join", open, "--answer", "M");
	assert_gridctl(w, "an", 0, "number 2", "join", open, "--name", "李梅", "--answer", "S", "--remark", "腿脚不便");
	assert_gridctl(w, "bo", 0, "number 3", "join", open, "--answer", "L");
	assert_gridctl(w, "worker", 0, "struck", "withdraw", open, "--number", "2");
	assert_gridctl(w, "chen", 0, "number 4", "join", open, "--answer", "M", "--people", "2");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", open, "--number", "1");
	assert_gridctl(w, "worker", 0, "checked out", "check", "out", open, "--number", "1");
	assert_gridctl(w, "an", 0, "number 1", "join", shifts, "--slot", "1");
	assert_gridctl(w, "bo", 0, "number 2", "join", shifts, "--slot", "1");
	assert_gridctl(w, "an", 0, "number 3", "join", shifts, "--slot", "2");
	assert_gridctl(w, "worker", 0, "", "call", "close", shifts);
	assert_gridctl(w, "chen", 0, "number 1", "join", cancelled);
	assert_gridctl(w, "worker", 0, "", "call", "cancel", cancelled, "--reason", "下雨");
}

/* The only call that is open. */
static const char *
open_call(struct world *w)
{
	Answer *answer = ask(person(w, "worker"), to_list_calls(GRID_A, "", 50));
	const char *call;

	assert_int_equal(answer->call_list->n_calls, 1);
	call = say("%s", answer->call_list->calls[0]->id);
	free_answer(answer);
	return call;
}

static void
place_moves_to_another_system(void **state)
{
	struct world *w = world_open(NULL);
	char *file = file_beside(w, "grid.jsonl"), *again;
	const char *call;

	(void)state;
	play_evening(w);
	assert_gridctl(w, "worker", 0, ": 9 places, 4 persons, 3 calls, 8 lines", "export", DISTRICT, file);
	assert_gridctl(w, "worker", 1, "no such place", "export", "110101", say("%s-none", w->folder));
	assert_gridctl(w, "worker", 2, "is no place", "export", "x", file);
	assert_gridctl(w, "worker", 5, "File exists", "export", DISTRICT, file);
	world_close(w);

	w = world_open_empty(NULL);
	person(w, "an"); /* is known here, and registered nowhere */
	assert_gridctl(w, "worker", 0, "nothing was written", "import", file);
	assert_gridctl(w, "worker", 0, "calls: 3 new, 0 there\nlines: 8 new, 0 there", "import", file);
	assert_gridctl(w, "worker", 0, "members: 3 new, 0 there", "import", file);
	assert_gridctl(w, "worker", 1, "", "place", "show", GRID_A);
	assert_gridctl(w, "worker", 0, "lines: 8 new, 0 there\nimported", "import", file, "--yes");

	call = open_call(w);
	assert_chain(w, call, "1 an confirmed", "2 李梅 struck", "3 bo confirmed", "4 chen waiting");
	assert_tally(w, GRID_A, "3 1 2 2");
	assert_gridctl(w, "worker", 0, "90", "call", "export", call);
	assert_gridctl(w, "chen", 0, "", "withdraw", call);
	assert_gridctl(w, "chen", 0, "number 5", "join", call, "--answer", "S");
	assert_audit_clean(w);

	again = file_beside(w, "again.jsonl");
	assert_gridctl(
		w, "worker", 0, "calls: 0 new, 3 there\nlines: 0 new, 8 there\nimported", "import", file, "--yes");
	assert_gridctl(w, "worker", 0, "members: 0 new, 3 there", "import", file, "--yes");
	assert_gridctl(w, "worker", 0, ": 9 places, 4 persons, 3 calls, 9 lines", "export", DISTRICT, again);
	assert_gridctl(w, "worker", 0, "calls: 0 new, 3 there", "import", again); /* also what came from elsewhere */
	assert_audit_clean(w);
	remove_file(again);
	remove_file(file);
	world_close(w);
}

/* What is there stays as it is, and is said. */
static void
what_is_there_is_kept(void **state)
{
	struct world *w = world_open(NULL);
	char *file = file_beside(w, "kept.jsonl");

	(void)state;
	play_evening(w);
	assert_gridctl(w, "worker", 0, "8 lines", "export", CITY, file);
	assert_gridctl(w, "an", 0, "", "member", "move", GRID_B);
	import_place(w, GRID_A, "另一个名称");
	assert_gridctl(w, "worker", 0, "另一个名称 here and stays so", "import", file, "--yes");
	assert_gridctl(
		w, "worker", 0, ": is " GRID_B " here and stays so; the file has " BUILDING_1, "import", file, "--yes");
	assert_gridctl(w, "worker", 0, "calls: 0 new, 3 there\nlines: 0 new, 8 there", "import", file, "--yes");
	assert_tally(w, GRID_B, "1 0 0 0");
	assert_audit_clean(w);
	remove_file(file);
	world_close(w);
}

static void
line_with_a_flaw_is_named_and_nothing_is_written(void **state)
{
	static const struct {
		const char *sed, *refused;
	} flaws[] = {
		{"1s/\"format\":1/\"format\":2/", ":1: refused: format"},
		{"1s/\"place\":\"/&9/", ":1: refused: place"},
		{"1d", ":1: refused: kind"},
		{"2s/^{/x{/", ":2: refused: JSON"},
		{"2s/\"code\":\"/&99/", ":2: refused: code"},
		{"2s/\"name\":\"[^\"]*\"/\"name\":\"\"/", ":2: refused: name"},
		{"$d", ": refused: end"},
		{"$s/\"lines\":8/\"lines\":9/", ": refused: lines"},
		{"s/\"identity\":\"dev:/\"identity\":\"/", ":11: refused: identity"},
		{"/dev:bo/d", ": refused: person"},
		{"s/\"state\":\"OPEN\"/\"state\":\"AJAR\"/", ": refused: state"},
		{"s/\"limit\":2,/\"limit\":\"2\",/", ": refused: limit"},
		{"s/\"limit\":2,/\"limit\":1,/", ": refused: confirmed"},
		{"s/\"title\":\"[^\"]*\"/\"title\":\"\"/", ": refused: title"},
		{"/\"kind\":\"line\"/s/\"number\":2/\"number\":3/", ": refused: number"},
		{"/\"kind\":\"line\"/s/\"state\":\"WAITING\"/\"state\":\"CONFIRMED\"/", ": refused: confirmed"},
		{"/\"kind\":\"line\"/s/\"people\":2/\"people\":99/", ": refused: people"},
		{"/\"kind\":\"line\"/s/\"place\":\"" GRID_A "/\"place\":\"" GRID_B "/", ": refused: place"},
		{"/\"kind\":\"line\"/s/\"granted_minutes\":90/\"granted_minutes\":1441/", ": refused: granted_minutes"},
		{"/\"kind\":\"line\"/s/\"granted_minutes\":90/\"granted_minutes\":70000/",
			": refused: granted_minutes"},
		{"/\"kind\":\"line\"/s/\"slot\":2/\"slot\":99/", ": refused: slot"},
		{"/\"kind\":\"line\"/s/\"present_ms\":/&9/", ": refused: left_ms"},
		{"/\"kind\":\"line\"/s/\"present_ms\":/&9999/", ": refused: present_ms"},
		{"/\"kind\":\"line\"/s/\"left_ms\":/&9999/", ": refused: left_ms"},
		{"/\"kind\":\"line\"/s/\"until_ms\":0/\"until_ms\":9007199254740992/", ": refused: until_ms"},
		{"s/\"kind\":\"person\"/\"kind\":\"people\"/", ": refused: kind"},
	};
	struct world *w = world_open(NULL);
	char *file = file_beside(w, "good.jsonl"), *flawed = file_beside(w, "flawed.jsonl");
	char command[1024];

	(void)state;
	play_evening(w);
	assert_gridctl(w, "worker", 0, "8 lines", "export", DISTRICT, file);
	assert_gridctl(w, "worker", 0, "", "call", "post", GRID_A, "--title", "未导出");
	for (size_t i = 0; i < ARRAY_LEN(flaws); i++) {
		snprintf(command, sizeof(command), "sed '%s' %s > %s", flaws[i].sed, file, flawed);
		assert_int_equal(system(command), 0);
		print_message("# %s\n", flaws[i].sed);
		assert_gridctl(w, "worker", 1, flaws[i].refused, "import", flawed, "--yes");
	}
	assert_audit_clean(w);
	remove_file(file);
	remove_file(flawed);
	world_close(w);
}

/* Takes away the record of somebody; his identity and his lines stay. */
static void
lose_record(struct world *w, const char *handle)
{
	const char *identity = say("dev:%s", handle);
	unsigned partition = identity_partition(text_of(identity));
	redisContext *redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	redisReply *reply, *gone;

	assert_true(redis && !redis->err);
	reply = redisCommand(redis, "HGET {%u}:identities %s", partition, identity);
	assert_true(reply && reply->type == REDIS_REPLY_STRING);
	gone = redisCommand(redis, "DEL {%u}:person:%s", partition, reply->str);
	assert_true(gone && gone->integer == 1);
	freeReplyObject(gone);
	freeReplyObject(reply);
	redisFree(redis);
}

/* No file is made that no import would take. */
static void
who_has_no_record_is_not_exported(void **state)
{
	struct world *w = world_open(NULL);
	char *file = file_beside(w, "lost.jsonl");
	const char *call;

	(void)state;
	play_evening(w);
	call = open_call(w);
	lose_record(w, "bo");
	assert_gridctl(w, "worker", 1, say("call %s, line 3: person ", call), "export", DISTRICT, file);
	assert_int_not_equal(access(file, F_OK), 0);
	lose_record(w, "worker");
	assert_gridctl(w, "worker", 1, ": its author ", "export", DISTRICT, file);
	assert_int_not_equal(access(file, F_OK), 0);
	free(file);
	world_close(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_moves_to_another_system),
		cmocka_unit_test(what_is_there_is_kept),
		cmocka_unit_test(line_with_a_flaw_is_named_and_nothing_is_written),
		cmocka_unit_test(who_has_no_record_is_not_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
