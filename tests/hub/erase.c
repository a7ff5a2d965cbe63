/* erase.c - a person is forgotten: by every hub, in every place, in every file; and the figures stay. */
#include <errno.h>
#include <ftw.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audited.h"
#include "gridctl.h"
#include "raw.h"
#include "worlds.h"

#define NAME   "欧阳晓芳"
#define REMARK "带两双胶鞋"

/* One command to the Redis of the folder; what it answers, as text that lives as say()'s does. */
static const char *
redis_ask(const struct world *w, const char *command, ...)
{
	redisContext *redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	redisReply *reply;
	const char *said;
	va_list args;

	assert_true(redis && !redis->err);
	va_start(args, command);
	reply = redisvCommand(redis, command, args);
	va_end(args);
	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	said = reply->type == REDIS_REPLY_STRING ? say("%s", reply->str) : say("%lld", reply->integer);
	freeReplyObject(reply);
	redisFree(redis);
	return said;
}

/* A walk over the files of a folder. */
static struct walk {
	const char *bytes;
	unsigned count; /* of files in which they are */
	bool has_lost;  /* a file was there and then was not */
} walk;

static bool
has_bytes(FILE *file, const char *bytes)
{
	struct buf all = {0};
	char chunk[16384];
	size_t got;
	bool has;

	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_add(&all, chunk, got);
	assert_false(ferror(file) || all.failed);
	has = all.len > 0 && memmem(all.bytes, all.len, bytes, strlen(bytes));
	buf_finish(&all);
	return has;
}

static int
look_into(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	FILE *file;

	(void)at;
	walk.has_lost = walk.has_lost || kind == FTW_NS;
	if (kind != FTW_F || !S_ISREG(info->st_mode))
		return 0;
	file = fopen(path, "re");
	if (!file) {
		assert_int_equal(errno, ENOENT);
		walk.has_lost = true;
		return 0;
	}
	walk.count += has_bytes(file, walk.bytes);
	fclose(file);
	return 0;
}

/* Files below the folder in which those bytes are. Redis and the hub write files anew meanwhile: where one vanished it may have
 * been given a name that was passed already, so the walk begins anew. */
static unsigned
files_with(const char *folder, const char *bytes)
{
	for (unsigned tries = 0; tries < 1000; tries++) {
		walk = (struct walk){.bytes = bytes};
		if (nftw(folder, look_into, 16, FTW_PHYS) != 0) {
			assert_int_equal(errno, ENOENT);
			walk.has_lost = true;
		}
		if (!walk.has_lost)
			return walk.count;
	}
	fail_msg("%s: files vanish faster than they are read, or it is not there", folder);
	return 0;
}

static const char *
id_of_person(struct world *w, const char *handle)
{
	return say("%s", caller_person(person(w, handle)));
}

static void
wait_until_erased(struct world *w, const char *id)
{
	int partition = (int)strtol(id, NULL, 10);

	wait_until(w,
		strcmp(redis_ask(w, "HEXISTS {%d}:person:%s identity", partition, id), "0") == 0 &&
			strcmp(redis_ask(w, "ZCOUNT {%d}:due -inf +inf", partition), "0") == 0,
		"nothing of him is due any more");
}

/* The relay may have brought the line late, which makes him due once more. */
static void
wait_until_struck(struct world *w, const char *call, unsigned number)
{
	int partition = (int)strtol(call, NULL, 10);

	wait_until(w, strncmp(redis_ask(w, "HGET {%d}:call:%s:lines %u", partition, call, number), "struck", 6) == 0,
		"his line is struck");
}

static void
sign_up(struct caller *caller, const char *call, const char *name, const char *remark, uint32_t people)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);

	body.call = UNCONST(call);
	body.name = UNCONST(name);
	body.remark = UNCONST(remark);
	body.people = people;
	expect(caller, &request, "OK", "");
}

/* Registered, with a phone that is on the roster (as its hash tells), and with lines in an open and in a closed call. */
static const char *
make_fang(struct world *w, const char *call, const char *closed)
{
	struct caller *fang = person(w, "fang");
	const char *id = id_of_person(w, "fang");
	const char *hash;

	expect(fang, to_register(GRID_A, NAME, "太原供电"), "OK", "");
	sign_up(fang, closed, "", REMARK, 1);
	sign_up(fang, call, "", REMARK, 2);
	sign_up(fang, call, "李梅", "", 1);
	expect(person(w, "worker"), to_roster("13912345678", NAME, "", GRID_A), "OK", "");
	hash = NULL;
	for (unsigned i = 0; i < PARTITIONS && !hash; i++)
		if (strcmp(redis_ask(w, "HLEN {%d}:roster", (int)i), "1") == 0) {
			hash = redis_ask(w, "HRANDFIELD {%d}:roster", (int)i);
			redis_ask(w, "HSET {%d}:phones %s %s", (int)i, hash, id);
		}
	assert_non_null(hash);
	redis_ask(w, "HSET {%d}:person:%s phone %s sealed 1sealed", (int)strtol(id, NULL, 10), id, hash);
	return id;
}

/* Of what is looked for by all tests in here: a file that comes and goes meanwhile. */
static void
files_that_vanish_are_walked_past(void **state)
{
	struct world *w = *state;
	const char *brief = say("%s/brief", w->folder), *lasting = say("%s/lasting", w->folder);
	FILE *file;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			fclose(fopen(brief, "we"));
			unlink(brief);
		}
	}
	assert_true(pid > 0);
	file = fopen(lasting, "we");
	assert_true(file && fputs(NAME, file) >= 0 && fclose(file) == 0);
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(files_with(w->folder, NAME), 1);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	unlink(lasting);
	unlink(brief);
	assert_int_equal(files_with(w->folder, NAME), 0);
}

static void
nothing_is_left_but_figures(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 5), *closed = post_call(w, .limit = 2), *id;

	join(w, call, "an");
	id = make_fang(w, call, closed);
	close_call(w, closed);
	assert_true(files_with(w->folder, NAME) > 0);
	assert_true(files_with(w->folder, REMARK) > 0);
	assert_tally(w, GRID_A, "2 1 4 0");

	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	wait_until_struck(w, call, 2);
	wait_until_erased(w, id);
	assert_tally(w, GRID_A, "1 1 2 0"); /* one member less, and his places are free */
	assert_chain(w, call, "1 an confirmed", "2  struck", "3 李梅 confirmed");
	assert_chain(w, closed, "1  confirmed");
	wait_until(w, files_with(w->folder, NAME) == 0, "no file has his name any more");
	assert_int_equal(files_with(w->folder, REMARK), 0);
	for (unsigned i = 0; i < PARTITIONS; i++)
		assert_string_equal(
			redis_ask(w, "EXISTS {%d}:roster {%d}:roster:order {%d}:phones", (int)i, (int)i, (int)i), "0");
	assert_int_equal(files_with(w->folder, "李梅") > 0, true); /* who is another */
	assert_audit_clean(w);
}

/* P4: never is a place kept for who was erased while another waits for it. */
static void
his_place_goes_to_the_first_in_line(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .limit = 1), *id = id_of_person(w, "an");

	join(w, call, "an", "bo", "chen");
	expect(person(w, "an"), to_erase("", ""), "OK", "");
	wait_until_struck(w, call, 1);
	wait_until_erased(w, id);
	assert_chain(w, call, "1  struck", "2 bo confirmed", "3 chen waiting");
	assert_audit_clean(w);
	hub_again(w, SIGKILL);
	assert_chain(w, call, "1  struck", "2 bo confirmed", "3 chen waiting");
	assert_audit_clean(w);
}

/* What comes in the same frame behind it finds nobody there: no view counts him. */
static void
nobody_registers_behind_his_erasure(void **state)
{
	struct world *w = *state;
	struct raw an;
	const char *id;
	Answer *answer;

	raw_login(&an, w, "an");
	answer = raw_ask(&an, to_register(GRID_A, NAME, ""));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	free_answer(answer);
	id = id_of_person(w, "an");
	assert_tally(w, GRID_A, "1 0 0 0");
	raw_send(&an, to_erase("", ""), to_register(GRID_A, NAME, ""));
	while (raw_read(&an))
		;
	raw_close(&an);
	wait_until_erased(w, id);
	assert_tally(w, GRID_A, "0 0 0 0");
	assert_string_equal(redis_ask(w, "SISMEMBER {%d}:persons %s", (int)strtol(id, NULL, 10), id), "0");
	assert_audit_clean(w);
	hub_again(w, SIGTERM);
	assert_tally(w, GRID_A, "0 0 0 0");
}

/* An identity that he was given lies elsewhere, and leads to him until the next step: nobody comes in by it. */
static void
nobody_comes_in_as_who_is_being_erased(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	read_token(w, token);
	redis_ask(w, "HSET {%d}:person:%s erased 1", (int)strtol(id, NULL, 10), id);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login(token, "fang"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_BUSY);
	assert_true(answer->retry_after_ms > 0);
	free_answer(answer);
	raw_close(&raw);

	/* And not for ever, also where the next step does not come: the identity led to nobody. */
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login(token, "fang"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_string_not_equal(answer->login->person, id);
	free_answer(answer);
	raw_close(&raw);
}

/* Who logs in as he did is somebody else. */
static void
same_login_is_a_new_person(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	struct raw other;

	raw_login(&other, w, "fang");
	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	assert_int_equal(socket_read_close(&other.socket), 4014);
	raw_close(&other);
	wait_until_erased(w, id);
	people_go(w);
	assert_string_not_equal(id_of_person(w, "fang"), id);
	assert_audit_clean(w);
}

/* Who comes back over it with his cursors is told no more than is there. */
static void
what_was_told_before_is_not_told_again(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id;
	struct raw watcher;

	raw_login(&watcher, w, "watcher");
	raw_watch(&watcher, .calls = {call});
	id = make_fang(w, call, closed);
	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	wait_until_erased(w, id);
	raw_come_back(&watcher, w, "watcher");
	raw_expect(&watcher, to_watch(.calls = {call}, .epoch = watcher.epoch, .cursors = watcher.cursors),
		"STALE_CURSOR", "cursors");
	raw_close(&watcher);
}

/* Only for a reason, and only who may. */
static void
another_is_erased_for_a_reason(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	struct raw an;

	raw_login_granted(&an, w, "an");
	raw_expect(&an, to_erase(id, "he asked for it"), "FORBIDDEN", "person");
	raw_close(&an);
	expect(person(w, "worker"), to_erase(id, ""), "BAD_REQUEST", "why");
	expect(person(w, "worker"), to_erase(id, "he asked for it"), "OK", "");
	expect(person(w, "worker"), to_erase(id, "he asked for it"), "NOT_FOUND", "person");
	wait_until_erased(w, id);
	assert_audit_clean(w);
}

static void
begun_is_finished_after_a_crash(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);

	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	hub_again(w, SIGKILL);
	wait_until_erased(w, id);
	wait_until(w, strcmp(redis_ask(w, "HEXISTS {%d}:call:%s:texts 1", (int)strtol(call, NULL, 10), call), "0") == 0,
		"his remark is gone, though the relay may have brought the line late");
	assert_audit_clean(w);
}

/* A restore takes the data back; the list beside it does not go back. */
static void
restore_erases_again(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	struct ended ended;

	ended = gridctl_shell(w, "\"$0\" backup \"$1/before.backup\" --data \"$1\" --lang en");
	assert_ended(&ended, 0, "bytes");
	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	wait_until_erased(w, id);
	people_go(w);
	hub_end(w, SIGTERM);
	ended = gridctl_shell(w, "\"$0\" restore \"$1/before.backup\" --data \"$1\" --replace --lang en && "
				 "rm -r \"$1\"/appendonlydir.before-* \"$1/before.backup\"");
	assert_ended(&ended, 0, "1 who were erased since then are erased again");
	assert_true(files_with(w->folder, NAME) > 0);
	hub_start(w);
	wait_until_erased(w, id);
	wait_until(w, files_with(w->folder, NAME) == 0, "no file has his name any more");
	assert_int_equal(files_with(w->folder, REMARK), 0);
	assert_audit_clean(w);
}

/* The same into another folder, by the list of the newer one. */
static void
newer_list_is_named(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	struct ended ended;

	ended = gridctl_shell(w, "\"$0\" backup \"$1/before.backup\" --data \"$1\"");
	assert_int_equal(ended.status, 0);
	expect(person(w, "fang"), to_erase("", ""), "OK", "");
	wait_until(w, files_with(say("%s/erased", w->folder), say("%s ", id)) == 1, "he is in the list");
	ended = gridctl_shell(w, "\"$0\" restore \"$1/before.backup\" --data \"$1/again\" --erased \"$1\" --lang en");
	assert_ended(&ended, 0, "1 who were erased since then are erased again");
	assert_int_equal(files_with(say("%s/again/erased", w->folder), say("%s ", id)), 1);
}

/* Into a new folder without one: they are back, and that is said. */
static void
missing_list_is_told(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_shell(w, "\"$0\" backup \"$1/all.backup\" --data \"$1\" && "
					      "\"$0\" restore \"$1/all.backup\" --data \"$1/again\" --lang en 2>&1");

	assert_ended(&ended, 0, "nobody who was erased since this backup is known here");
	ended = gridctl_shell(w, "touch \"$1/erased.list\" && \"$0\" restore \"$1/all.backup\" --data \"$1/third\" "
				 "--erased \"$1/erased.list\" --lang en 2>&1");
	assert_ended(&ended, 0, "has the data of");
	assert_null(strstr(ended.said, "is known here"));
}

/* A line that cannot be read lets nobody off who stands behind it; nor does it come into the new list. */
static void
damaged_list_is_read_as_far_as_it_can_be(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w), *closed = post_call(w), *id = make_fang(w, call, closed);
	struct ended ended;

	ended = gridctl_shell(
		w, say("\"$0\" backup \"$1/before.backup\" --data \"$1\" && "
		       "printf '%%s\\n' garbage '1.1 16' '%s 1949761234567' '%s 16' >\"$1/list\" && "
		       "printf '%s 1949761234567' >>\"$1/list\" && "
		       "\"$0\" restore \"$1/before.backup\" --data \"$1/again\" --erased \"$1/list\" --lang en 2>&1",
			   id, id, caller_person(person(w, "worker"))));
	assert_ended(&ended, 0, "line 1 cannot be read");
	assert_ended(&ended, 0, "line 5 cannot be read");
	assert_null(strstr(ended.said, "line 2"));
	assert_int_equal(files_with(say("%s/again/erased", w->folder), say("%s ", id)), 1);
	assert_int_equal(files_with(say("%s/again/erased", w->folder), "garbage"), 0);
}

/* A copy of a field of his record that is text; it lives as long as the test. */
static void
take_field(struct world *w, const char *id, const char *field, char *out, size_t room)
{
	int len =
		snprintf(out, room, "%s", redis_ask(w, "HGET {%d}:person:%s %s", (int)strtol(id, NULL, 10), id, field));

	assert_in_range(len, 16, room - 1);
}

/* Bound by WeChat's button, and on the roster: neither it, nor its hash, nor its seal, nor who he is to WeChat. */
static void
nothing_of_his_phone_is_left(void **state)
{
	static const char *const fields[] = {"phone", "sealed", "openid", "identity"};
	struct world *w = *state;
	char id[ID_TEXT], taken[ARRAY_LEN(fields)][256];
	struct raw raw;
	Answer *answer;

	expect(person(w, "worker"), to_roster("13912345678", NAME, "", GRID_A), "OK", "");
	stand_in_code(w->wechat, "login-fang", "o-fang-of-wechat");
	stand_in_phone_code(w->wechat, "phone-fang", "13912345678");
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_by_wechat("login-fang"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	snprintf(id, sizeof(id), "%s", answer->login->person);
	raw_expect(&raw, to_consent(answer->login->policy), "OK", "");
	free_answer(answer);
	raw_expect(&raw, to_bind("phone-fang"), "OK", "");
	raw_expect(&raw, to_register(GRID_A, NAME, ""), "OK", "");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		take_field(w, id, fields[i], taken[i], sizeof(taken[i]));
		assert_true(files_with(w->folder, taken[i]) > 0);
	}
	raw_expect(&raw, to_erase("", ""), "OK", "");
	raw_close(&raw);
	wait_until_erased(w, id);
	wait_until(w, files_with(w->folder, taken[0]) == 0, "no file has the hash of his phone any more");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		assert_int_equal(files_with(w->folder, taken[i]), 0);
	assert_int_equal(files_with(w->folder, "13912345678"), 0);
	assert_int_equal(files_with(w->folder, "o-fang-of-wechat"), 0);
	assert_int_equal(files_with(w->folder, NAME), 0);
	assert_audit_clean(w);
}

/* Whom the list lacks though the data has him is put there when a hub starts; a line that was not finished goes. */
static void
hole_in_the_list_is_filled(void **state)
{
	struct world *w = *state;
	char list[160], first[ID_TEXT], second[ID_TEXT];
	struct ended ended;

	snprintf(list, sizeof(list), "%s/erased", w->folder);
	snprintf(first, sizeof(first), "%s", id_of_person(w, "an"));
	expect(person(w, "an"), to_erase("", ""), "OK", "");
	wait_until_erased(w, first);
	snprintf(second, sizeof(second), "%s", id_of_person(w, "bo"));
	expect(person(w, "bo"), to_erase("", ""), "OK", "");
	wait_until_erased(w, second);
	people_go(w);
	wait_until(w, files_with(list, say("%s ", second)) == 1, "he is in the list");
	hub_end(w, SIGTERM);
	ended = gridctl_shell(w, say("sed -i '/^%s /d' \"$1/erased\" && printf '%s 16' >>\"$1/erased\"", first, first));
	assert_int_equal(ended.status, 0);
	hub_start(w);
	wait_until(w, files_with(list, say("%s 1", first)) == 1, "he is in the list again");
	ended = gridctl_shell(w, say("! grep -vE '^[0-9]+[.][0-9]+ [0-9]{13}$' \"$1/erased\""));
	assert_int_equal(ended.status, 0);
}

static void
gridctl_asks_before_it_erases(void **state)
{
	struct world *w = *state;

	member(w, "an");
	assert_gridctl(w, "an", 2, "It cannot be", "person", "erase");
	assert_gridctl(w, "an", 2, "不可撤销", "person", "erase", "--lang", "zh");
	assert_gridctl(w, "an", 0, "erased", "person", "erase", "--yes");
	assert_gridctl(w, "an", 0, "registered nowhere", "whoami");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(files_that_vanish_are_walked_past),
		fresh(nothing_is_left_but_figures),
		fresh(his_place_goes_to_the_first_in_line),
		fresh(nobody_registers_behind_his_erasure),
		fresh(nobody_comes_in_as_who_is_being_erased),
		fresh(same_login_is_a_new_person),
		fresh(what_was_told_before_is_not_told_again),
		fresh(another_is_erased_for_a_reason),
		fresh(begun_is_finished_after_a_crash),
		fresh(restore_erases_again),
		fresh(newer_list_is_named),
		fresh(missing_list_is_told),
		fresh(damaged_list_is_read_as_far_as_it_can_be),
		fresh(hole_in_the_list_is_filled),
		fresh_with_wechat(nothing_of_his_phone_is_left, NULL),
		fresh(gridctl_asks_before_it_erases),
	};

	return run_in_worlds(tests);
}
