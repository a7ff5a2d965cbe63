/* registration.c - reporting to where one lives, and works (报到, 双报到): who has to wait, and who decides. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "audited.h"
#include "raw.h"
#include "role.h"
#include "worlds.h"

/* Somebody with no more rights than he was given, and how it stands with him as his login tells it. */
static struct raw
come(struct world *w, const char *handle)
{
	struct raw raw;

	raw_login_agreed(&raw, w, handle);
	return raw;
}

static Answer *
login_of(struct world *w, const char *handle)
{
	char token[TOKEN_TEXT];
	struct raw raw;
	Answer *answer;

	read_token(w, token);
	raw_open(&raw, w);
	answer = raw_ask(&raw, to_login_granted(token, handle));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	raw_close(&raw);
	return answer;
}

#define assert_state(w, handle, wanted)                                                     \
	do {                                                                                \
		Answer *answer_ = login_of(w, handle);                                      \
		assert_int_equal(answer_->login->registration,                              \
			GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_##wanted); \
		free_answer(answer_);                                                       \
	} while (0)

static const char *
id_of_person(struct world *w, const char *handle)
{
	static char ids[8][ID_TEXT];
	static unsigned next;
	Answer *answer = login_of(w, handle);
	char *id = ids[next++ % ARRAY_LEN(ids)];

	snprintf(id, ID_TEXT, "%s", answer->login->person);
	free_answer(answer);
	return id;
}

/* A worker of that place, by himself in it. */
static struct raw
worker_at(struct world *w, const char *handle, const char *place)
{
	expect(person(w, "worker"), to_give(id_of_person(w, handle), ROLE_WORKER, place, 0), "OK", "");
	return come(w, handle);
}

static void
expect_state(struct raw *raw, Request *request, Gridvanguard__V1__RegistrationState state)
{
	Answer *answer = raw_ask(raw, request);

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->member_register->state, state);
	free_answer(answer);
}

#define WAITS      GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_PENDING
#define REGISTERED GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REGISTERED

/* Who is listed, page after page of so many: "name place kind, …". */
static const char *
who_waits(struct raw *raw, const char *place, uint32_t count)
{
	static char all[512];
	char after[80] = "";

	all[0] = '\0';
	do {
		Answer *answer = raw_ask(raw, to_list_pending(place, after, count));
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		assert_true(answer->pending_list->n_pending <= count);
		for (size_t i = 0; i < answer->pending_list->n_pending; i++) {
			const Gridvanguard__V1__Pending *pending = answer->pending_list->pending[i];
			size_t len = strlen(all);
			assert_int_equal(pending->what, GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_REGISTER);
			assert_true(pending->asked_ms > 0);
			snprintf(all + len, sizeof(all) - len, "%s%s %s %d", len ? ", " : "", pending->name,
				pending->place, pending->kind);
		}
		snprintf(after, sizeof(after), "%s", answer->pending_list->next);
		free_answer(answer);
	} while (after[0]);
	return all;
}

/* Until somebody of the place has said yes he is nobody there; then at once, without another login. */
static void
who_is_not_on_the_roster_waits_to_be_accepted(void **state)
{
	struct world *w = *state;
	struct raw an, worker = worker_at(w, "worker-a", GRID_A), elsewhere = worker_at(w, "worker-b", GRID_B);
	const char *id = id_of_person(w, "an");

	assert_state(w, "an", NONE);
	an = come(w, "an");
	expect_state(&an, to_register_as(GRID_A, "安然", true, GRID_B), WAITS);
	raw_expect(&an, to_watch(.places = {GRID_A}), "FORBIDDEN", "places[0].place");
	raw_expect(&an, to_move(GRID_B), "NOT_FOUND", "person");
	assert_state(w, "an", PENDING);
	assert_string_equal(who_waits(&worker, GRID_A, 50), "安然 " GRID_A " 2");

	raw_expect(&worker, raw_accept(&worker, id, GRID_A), "OK", "");
	assert_string_equal(who_waits(&worker, GRID_A, 50), "");
	raw_expect(&worker, raw_accept(&worker, id, GRID_A), "NOT_FOUND", "person");
	assert_state(w, "an", REGISTERED);
	raw_expect(&an, to_watch(.places = {GRID_A}), "OK", "");
	raw_expect(&an, to_watch(.places = {GRID_B}), "FORBIDDEN", "places[0].place"); /* nobody there has said yes */
	raw_expect(&elsewhere, raw_accept(&elsewhere, id, GRID_B), "OK", "");
	raw_expect(&an, to_watch(.places = {GRID_A, GRID_B}), "OK", "");
	raw_expect(&an, to_register(GRID_A, "安然", ""), "ALREADY", "place");
	raw_close(&an);
	raw_close(&worker);
	raw_close(&elsewhere);
	assert_audit_clean(w);
}

static void
expect_move(struct raw *raw, Request *request, bool pending)
{
	Answer *answer = raw_ask(raw, request);

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->member_move->pending, pending);
	free_answer(answer);
}

/* Else whoever was let in once would go from grid to grid and read every chain. */
static void
who_is_not_on_the_roster_moves_when_he_is_let_in_there(void **state)
{
	struct world *w = *state;
	struct raw an = come(w, "an"), here = worker_at(w, "worker-a", GRID_A),
		   there = worker_at(w, "worker-b", GRID_B);
	const char *id = id_of_person(w, "an");
	Answer *answer;

	expect_state(&an, to_register(GRID_A, "安然", ""), WAITS);
	raw_expect(&here, raw_accept(&here, id, GRID_A), "OK", "");
	expect_move(&an, to_move(GRID_B), true);
	raw_expect(&an, to_watch(.places = {GRID_B}), "FORBIDDEN", "places[0].place");
	raw_expect(&an, to_watch(.places = {GRID_A}), "OK", "");
	expect_move(&an, to_work(GRID_B), true);
	raw_expect(&an, to_watch(.places = {GRID_B}), "FORBIDDEN", "places[0].place");
	answer = raw_ask(&there, to_list_pending(GRID_B, "", 9));
	assert_int_equal(answer->pending_list->n_pending, 1);
	assert_int_equal(answer->pending_list->pending[0]->what, GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_WORK);
	assert_string_equal(answer->pending_list->pending[0]->name, "安然");
	free_answer(answer);
	raw_expect(&here, raw_accept(&here, id, GRID_B), "FORBIDDEN", "place");
	expect_move(&an, to_work(""), false);
	raw_expect(&there, raw_accept(&there, id, GRID_B), "NOT_FOUND", "person");

	expect_move(&an, to_move(GRID_B), true);
	raw_expect(&there, raw_accept(&there, id, GRID_B), "OK", "");
	assert_int_equal(socket_read_close(&an.socket), 4013); /* he watched the grid where he lives no more */
	raw_close(&an);
	an = come(w, "an");
	raw_expect(&an, to_watch(.places = {GRID_B}), "OK", "");
	raw_expect(&an, to_watch(.places = {GRID_A}), "FORBIDDEN", "places[0].place");
	expect_move(&an, to_move(GRID_A), true);
	expect(person(w, "an"), to_leave(), "OK", "");
	raw_expect(&here, raw_accept(&here, id, GRID_A), "NOT_FOUND", "person");
	raw_close(&an);
	raw_close(&here);
	raw_close(&there);
	assert_audit_clean(w);
}

static void
who_is_refused_is_told_why_and_may_ask_again(void **state)
{
	struct world *w = *state;
	struct raw bo = come(w, "bo"), worker = worker_at(w, "worker-a", GRID_A);
	const char *id = id_of_person(w, "bo");
	Answer *answer;

	expect_state(&bo, to_register(GRID_A, "薄一波", ""), WAITS);
	raw_expect(&worker, raw_refuse(&worker, id, GRID_A, "不住这里"), "OK", "");
	answer = login_of(w, "bo");
	assert_int_equal(answer->login->registration, GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_REFUSED);
	assert_string_equal(answer->login->refusal, "不住这里");
	assert_string_equal(answer->login->place, "");
	free_answer(answer);

	expect_state(&bo, to_register(BUILDING_1, "薄一波", ""), WAITS);
	assert_state(w, "bo", PENDING);
	assert_string_equal(who_waits(&worker, GRID_A, 50), "薄一波 " BUILDING_1 " 1");
	raw_close(&bo);
	raw_close(&worker);
}

/* The later request takes the place of the former, also on the lists. */
static void
who_asks_elsewhere_waits_there_alone(void **state)
{
	struct world *w = *state;
	struct raw chen = come(w, "chen"), worker = worker_at(w, "worker-b", COMMUNITY);
	const char *id = id_of_person(w, "chen");

	expect_state(&chen, to_register(GRID_A, "陈晨", ""), WAITS);
	expect_state(&chen, to_register(GRID_B, "陈晨", ""), WAITS);
	assert_string_equal(who_waits(&worker, GRID_B, 50), "陈晨 " GRID_B " 1");
	raw_expect(&worker, raw_accept(&worker, id, GRID_A), "NOT_FOUND", "person");
	raw_expect(&worker, raw_accept(&worker, id, COMMUNITY), "NOT_FOUND", "person");
	raw_expect(&worker, raw_accept(&worker, id, GRID_B), "OK", "");
	raw_close(&chen);
	raw_close(&worker);
}

static void
only_who_is_over_the_place_decides_and_nobody_his_own(void **state)
{
	struct world *w = *state;
	struct raw ding = come(w, "ding"), other = worker_at(w, "worker-c", GRID_B), himself;
	const char *id = id_of_person(w, "ding"), *own = id_of_person(w, "worker-c");

	expect_state(&ding, to_register(GRID_A, "丁一", ""), WAITS);
	raw_expect(&other, to_list_pending(GRID_A, "", 50), "FORBIDDEN", "place");
	raw_expect(&other, raw_accept(&other, id, GRID_A), "FORBIDDEN", "place");
	raw_expect(&other, raw_accept(&other, id, GRID_B), "NOT_FOUND", "person");
	raw_expect(&ding, raw_accept(&ding, id, GRID_A), "FORBIDDEN", "place");
	himself = come(w, "worker-c");
	expect_state(&himself, to_register(GRID_B, "吴", ""), WAITS);
	raw_expect(&himself, raw_accept(&himself, own, GRID_B), "FORBIDDEN", "person");
	raw_close(&ding);
	raw_close(&other);
	raw_close(&himself);
}

/* A street's list is of several partitions, and its pages have each once. */
static void
list_of_a_street_has_all_who_wait_in_it(void **state)
{
	static const char *const grids[] = {GRID_A, GRID_B, BUILDING_1, "140105007005001"};
	struct world *w = *state;
	struct raw secretary;
	char rows[512] = "";

	import_place(w, "140105007005", "东吴社区");
	import_place(w, "140105007005001", "第1网格");
	for (size_t i = 0; i < ARRAY_LEN(grids); i++) {
		char handle[16];
		struct raw raw;
		snprintf(handle, sizeof(handle), "w%zu", i);
		raw = come(w, handle);
		expect_state(&raw, to_register(grids[i], handle, ""), WAITS);
		raw_close(&raw);
	}
	secretary = worker_at(w, "secretary", STREET);
	snprintf(rows, sizeof(rows), "%s", who_waits(&secretary, STREET, 1));
	for (size_t i = 0; i < ARRAY_LEN(grids); i++) {
		char row[64];
		snprintf(row, sizeof(row), "w%zu %s 1", i, grids[i]);
		assert_non_null(strstr(rows, row));
	}
	assert_int_equal(strlen(rows), strlen(who_waits(&secretary, STREET, 50)));
	raw_expect(&secretary, to_list_pending(GRID_A, "99:", 50), "BAD_REQUEST", "after");
	raw_close(&secretary);
	assert_audit_clean(w);
}

/* He is heard and may sign up where he works as where he lives, and is counted where he lives. */
static void
member_is_at_home_where_he_works_too(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_B);
	struct raw en;

	expect(person(w, "en"), to_register(GRID_A, "恩", ""), "OK", "");
	en = come(w, "en");
	raw_expect(&en, to_join(call), "FORBIDDEN", "call");
	expect(person(w, "en"), to_work(GRID_B), "OK", "");
	raw_expect(&en, to_work(GRID_B), "ALREADY", "place");
	raw_expect(&en, to_watch(.places = {GRID_A, GRID_B}, .calls = {call}), "OK", "");
	raw_expect(&en, to_list_calls(GRID_B, "", 1), "OK", "");
	raw_expect(&en, to_join(call), "OK", "");
	raw_expect(&en, to_list_calls(COMMUNITY, "", 1), "FORBIDDEN", "place");
	assert_tally(w, GRID_B, "0 1 1 0");

	raw_close(&en);
	hub_again(w, SIGKILL);
	en = come(w, "en");
	raw_expect(&en, to_list_calls(GRID_B, "", 1), "OK", "");
	raw_watch(&en, .places = {GRID_B});
	expect(person(w, "en"), to_work(""), "OK", "");
	assert_int_equal(socket_read_close(&en.socket), 4013);
	raw_close(&en);
}

/* What is asked is in the record before it is on the list; a login finishes it. */
static void
who_waits_is_listed_again_at_his_login(void **state)
{
	struct world *w = *state;
	struct raw fu = come(w, "fu"), worker = worker_at(w, "worker-a", GRID_A);
	redisContext *redis;
	char path[160];

	expect_state(&fu, to_register(GRID_A, "符", ""), WAITS);
	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	for (unsigned i = 0; i < PARTITIONS; i++)
		freeReplyObject(redisCommand(redis, "DEL {%u}:pending", i));
	redisFree(redis);
	assert_string_equal(who_waits(&worker, GRID_A, 50), "");
	assert_state(w, "fu", PENDING);
	assert_string_equal(who_waits(&worker, GRID_A, 50), "符 " GRID_A " 1");
	raw_close(&fu);
	raw_close(&worker);
}

/* Entries on the lists of all places, whatever the records say. */
static long long
entries_of_all(const struct world *w)
{
	redisContext *redis = redisConnectUnix(say("%s/redis.sock", w->folder));
	long long count = 0;

	assert_true(redis && !redis->err);
	for (unsigned i = 0; i < PARTITIONS; i++) {
		redisReply *reply = redisCommand(redis, "ZCARD {%u}:pending", i);
		assert_true(reply && reply->type == REDIS_REPLY_INTEGER);
		count += reply->integer;
		freeReplyObject(reply);
	}
	redisFree(redis);
	return count;
}

/* Who withdraws his consent asks for nothing any more, and is on no list: neither to be registered nor to move. */
static void
who_withdraws_his_consent_waits_no_more(void **state)
{
	struct world *w = *state;
	struct raw an = come(w, "an"), worker = worker_at(w, "worker-b", GRID_B);

	expect_state(&an, to_register(GRID_B, "安", ""), WAITS);
	assert_int_equal(entries_of_all(w), 1);
	raw_expect(&an, to_withdraw_consent("any"), "OK", "");
	assert_int_equal(entries_of_all(w), 0);
	assert_string_equal(who_waits(&worker, GRID_B, 50), "");
	assert_state(w, "an", NONE);
	raw_expect(&worker, raw_accept(&worker, id_of_person(w, "an"), GRID_B), "NOT_FOUND", "person");
	raw_close(&an);

	member(w, "bo");
	an = come(w, "bo");
	expect_move(&an, to_move(GRID_B), true);
	assert_int_equal(entries_of_all(w), 1);
	raw_expect(&an, to_withdraw_consent("any"), "OK", "");
	assert_int_equal(entries_of_all(w), 0);
	assert_state(w, "bo", NONE);
	raw_close(&an);
	raw_close(&worker);
	assert_audit_clean(w);
}

static void
member_corrects_his_own_name(void **state)
{
	struct world *w = *state;
	struct caller *gao = member(w, "gao");
	Answer *answer;

	expect(gao, to_correct("高远", "市第二医院"), "OK", "");
	answer = ask(person(w, "worker"), to_list_members(GRID_A, "", 200));
	assert_string_equal(answer->member_list->members[0]->name, "高远");
	assert_string_equal(answer->member_list->members[0]->organisation, "市第二医院");
	free_answer(answer);
	expect(person(w, "nobody"), to_correct("无名", ""), "NOT_FOUND", "person");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(who_is_not_on_the_roster_waits_to_be_accepted),
		fresh(who_is_not_on_the_roster_moves_when_he_is_let_in_there),
		fresh(who_is_refused_is_told_why_and_may_ask_again),
		fresh(who_asks_elsewhere_waits_there_alone),
		fresh(only_who_is_over_the_place_decides_and_nobody_his_own),
		fresh(list_of_a_street_has_all_who_wait_in_it),
		fresh(member_is_at_home_where_he_works_too),
		fresh(who_waits_is_listed_again_at_his_login),
		fresh(who_withdraws_his_consent_waits_no_more),
		fresh(member_corrects_his_own_name),
	};

	return run_in_worlds(tests);
}
