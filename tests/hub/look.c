/* look.c - what is shown of others only so that it is known: names on a reason, phones of those who signed up, and who
 * looked. */
#include <hiredis/hiredis.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "keyfile.h"
#include "raw.h"
#include "role.h"
#include "worlds.h"

#define WEEK_MS (7ULL * 86400000)

static redisContext *
redis_of(const struct world *w)
{
	char path[160];
	redisContext *redis;

	snprintf(path, sizeof(path), "%s/redis.sock", w->folder);
	redis = redisConnectUnix(path);
	assert_true(redis && !redis->err);
	return redis;
}

static void
run(const struct world *w, const char *const *words, int count)
{
	redisContext *redis = redis_of(w);
	redisReply *reply = redisCommandArgv(redis, count, (const char **)UNCONST(words), NULL);

	assert_true(reply && reply->type != REDIS_REPLY_ERROR);
	freeReplyObject(reply);
	redisFree(redis);
}

static char *
key_of(char out[64], const char *form, const char *id)
{
	snprintf(out, 64, "{%.*s}:%s:%s", (int)strcspn(id, "."), id, form, id);
	return out;
}

/* As registration with a phone leaves it. */
static void
give_phone(struct world *w, const char *person_id, const char *digits)
{
	uint8_t key[VAULT_KEY];
	char path[160], name[64], hash_text[PHONE_HASH_TEXT], sealed[VAULT_SEALED];
	struct phone_hash hash;
	struct phone phone = {0};
	struct vault *vault;

	snprintf(path, sizeof(path), "%s/phones.key", w->folder);
	assert_true(sodium_init() >= 0);
	assert_int_equal(keyfile_read(path, key), KEYFILE_READ);
	vault = vault_create(key);
	assert_true(vault && phone_parse(&phone, text_of(digits)));
	hash = vault_hash(vault, phone);
	run(w,
		(const char *const[]){"HSET", key_of(name, "person", person_id), "phone",
			phone_hash_print(hash_text, &hash), "sealed", vault_seal(vault, phone, sealed)},
		6);
	vault_destroy(vault);
}

static const char *
id_of_person(struct world *w, const char *handle)
{
	return caller_person(person(w, handle));
}

/* A session of somebody who holds nothing but that. */
static void
login_as(struct raw *raw, struct world *w, const char *handle, enum role role, const char *place)
{
	expect(person(w, "worker"), to_give(id_of_person(w, handle), role, place, 0), "OK", "");
	raw_login_granted(raw, w, handle);
}

/* "number:phone" of each. */
static const char *
phones(struct raw *raw, const char *call)
{
	static char all[512];
	Answer *answer = raw_ask(raw, to_list_phones(call, 0, 100));
	size_t len = 0;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	all[0] = '\0';
	for (size_t i = 0; i < answer->chain_phones->n_phones; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%u:%s", len ? " " : "",
			answer->chain_phones->phones[i]->number, answer->chain_phones->phones[i]->phone);
	free_answer(answer);
	return all;
}

/* "who what why detail" of each entry of his own, the newest first. */
static const char *
looks(struct raw *raw)
{
	static char all[1024];
	Answer *answer = raw_ask(raw, to_list_audit(.own = true));
	size_t len = 0;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	all[0] = '\0';
	for (size_t i = 0; i < answer->audit_list->n_entries; i++) {
		const Gridvanguard__V1__AuditEntry *entry = answer->audit_list->entries[i];
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s %s [%s] %s", len ? "; " : "", entry->who,
			entry->what, entry->why, entry->detail);
		assert_string_equal(entry->from, "");
	}
	free_answer(answer);
	return all;
}

/* The worker of the place has them while the call runs and a week after; whose they are sees that. */
static void
phones_are_for_who_has_to_reach_people(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	char wanted[256], ended[24], name[64];
	struct raw worker, an;

	join(w, call, "an", "bo", "chen");
	withdraw(w, call, "chen");
	give_phone(w, id_of_person(w, "an"), "13800000001");
	give_phone(w, id_of_person(w, "chen"), "13800000003");
	login_as(&worker, w, "wang", ROLE_WORKER, COMMUNITY);
	assert_string_equal(phones(&worker, call), "1:13800000001 2:");

	raw_login_granted(&an, w, "an");
	snprintf(wanted, sizeof(wanted), "%s phones [] verb=chain_phones call=%s", id_of_person(w, "wang"), call);
	assert_string_equal(looks(&an), wanted);
	raw_expect(&an, to_list_phones(call, 0, 1), "FORBIDDEN", "call");

	close_call(w, call);
	assert_string_equal(phones(&worker, call), "1:13800000001 2:");
	snprintf(ended, sizeof(ended), "%llu", (unsigned long long)(clock_wall_ms() - WEEK_MS - 1000));
	run(w, (const char *const[]){"HSET", key_of(name, "call", call), "closed", ended}, 4);
	raw_expect(&worker, to_list_phones(call, 0, 1), "FORBIDDEN", "call");
	raw_close(&worker);
	raw_close(&an);
}

static Request *
to_join_for(const char *call, const char *person_id)
{
	Request *request = to_join(call);

	request->chain_join->person = UNCONST(person_id);
	return request;
}

#define FAR "140105007005001" /* a grid of the next community */

/* Else anybody's name and phone would be had by posting a call and signing him up; nor is anybody told who is there. */
static void
nobody_is_looked_at_by_signing_him_up(void **state)
{
	struct world *w = *state;
	const char *far, *here;
	struct raw worker, neighbour;
	Answer *posted;

	import_place(w, "140105007005", "东吴社区");
	import_place(w, FAR, "第1网格");
	far = caller_person(member_at(w, "far", FAR));
	here = caller_person(member_at(w, "here", GRID_A));
	give_phone(w, far, "13800000008");
	give_phone(w, here, "13800000009");
	login_as(&worker, w, "sun", ROLE_WORKER, COMMUNITY);
	posted = raw_ask(&worker, to_post(.place = GRID_A, .title = "守夜"));

	raw_expect(&worker, to_join_for(posted->call_post->call, far), "FORBIDDEN", "person");
	raw_expect(&worker, to_join_for(posted->call_post->call, "1.999999"), "FORBIDDEN", "person");
	raw_expect(&worker, to_join_for(posted->call_post->call, here), "OK", "");
	expect(person(w, "worker"), to_join_for(posted->call_post->call, far), "OK", "");
	expect(person(w, "worker"), to_join_for(posted->call_post->call, "1.999999"), "NOT_FOUND", "person");
	assert_string_equal(phones(&worker, posted->call_post->call), "1:13800000009");
	raw_close(&worker);

	member_at(w, "neighbour", BUILDING_2); /* of the same grid as `here` */
	raw_login_granted(&neighbour, w, "neighbour");
	raw_expect(&neighbour, to_join_for(posted->call_post->call, here), "ALREADY", "");
	raw_expect(&neighbour, to_join_for(posted->call_post->call, far), "FORBIDDEN", "person");
	raw_close(&neighbour);
	login_as(&worker, w, "li", ROLE_SECRETARY, STREET);
	assert_string_equal(phones(&worker, posted->call_post->call), "1:13800000009 2:13800000008");
	raw_close(&worker);
	free_answer(posted);
}

/* Not for who has posted the call and is no worker there, nor for supervisor, operator or security. */
static void
phones_are_for_nobody_else(void **state)
{
	static const enum role roles[] = {
		ROLE_MEMBER, ROLE_SUPERVISOR, ROLE_DEPARTMENT, ROLE_UNIT, ROLE_OPERATOR, ROLE_SECURITY, ROLE_AUDITOR};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const char *call = post_call(w, .place = GRID_A);
		char handle[32];
		struct raw raw;
		join(w, call, "an");
		snprintf(handle, sizeof(handle), "no-%s", role_name(roles[i]));
		login_as(&raw, w, handle, roles[i], COMMUNITY);
		raw_expect(&raw, because("打电话", to_list_phones(call, 0, 1)), "FORBIDDEN", "call");
		if (roles[i] == ROLE_SUPERVISOR) {
			Answer *answer = raw_ask(&raw, to_post(.place = GRID_A, .title = "守夜"));
			raw_expect(&raw, to_list_phones(answer->call_post->call, 0, 1), "FORBIDDEN", "call");
			free_answer(answer);
		}
		raw_close(&raw);
	}
}

/* A supervisor has figures; with a reason names too, and those whose names they are find it. */
static void
names_are_shown_on_a_reason(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	struct raw supervisor, bo;
	char wanted[512];
	Answer *answer;

	join(w, call, "an", "bo");
	login_as(&supervisor, w, "zhao", ROLE_SUPERVISOR, COMMUNITY);
	raw_expect(&supervisor, to_list_tallies(GRID_A, 0, "", 1), "OK", "");
	raw_expect(&supervisor, to_list_chain(call, 0, 9), "FORBIDDEN", "why");
	raw_expect(&supervisor, to_list_members(GRID_A, "", 9), "FORBIDDEN", "why");
	raw_expect(&supervisor, to_list_roster(GRID_A, "", 9), "FORBIDDEN", "why");
	raw_expect(&supervisor, because("核对名单", to_list_members(STREET, "", 9)), "FORBIDDEN", "place");
	raw_expect(&supervisor, because("核对名单", to_list_roster(GRID_A, "", 9)), "OK", "");
	answer = raw_ask(&supervisor, because("核对名单", to_list_chain(call, 0, 9)));
	assert_int_equal(answer->chain_list->n_lines, 2);
	assert_string_equal(answer->chain_list->lines[1]->name, "bo");
	free_answer(answer);

	raw_login_granted(&bo, w, "bo");
	snprintf(wanted, sizeof(wanted), "%s names [核对名单] verb=chain_list call=%s", id_of_person(w, "zhao"), call);
	assert_memory_equal(looks(&bo), wanted, strlen(wanted));
	raw_close(&supervisor);
	raw_close(&bo);
}

/* To follow a chain would be to be told names without a reason. */
static void
supervisor_who_watches_is_told_no_names(void **state)
{
	struct world *w = *state;
	const char *call = post_call(w, .place = GRID_A);
	struct raw supervisor;

	login_as(&supervisor, w, "qian", ROLE_SUPERVISOR, COMMUNITY);
	raw_expect(&supervisor, to_watch(.calls = {call}), "FORBIDDEN", "calls[0]");
	raw_expect(&supervisor, because("核对名单", to_watch(.calls = {call})), "FORBIDDEN", "calls[0]");
	raw_watch(&supervisor, .places = {COMMUNITY});
	join(w, call, "an");
	close_call(w, call);
	raw_hear(&supervisor, 1); /* that it is closed, which came after */
	for (size_t i = 0; i < supervisor.notes.count; i++)
		assert_null(strstr(supervisor.notes.events[i].text, "chain"));
	raw_close(&supervisor);
}

/* Of others nobody is told but an auditor of the whole country. */
static void
log_is_read_by_the_auditor(void **state)
{
	struct world *w = *state;
	const char *person_id = id_of_person(w, "zhao");
	struct raw all, some, other;
	unsigned found = 0;
	char next[64] = "";

	login_as(&some, w, "auditor-here", ROLE_AUDITOR, COMMUNITY);
	login_as(&all, w, "auditor", ROLE_AUDITOR, "");
	login_as(&other, w, "security", ROLE_SECURITY, "");
	raw_expect(&some, to_list_audit(.who = person_id), "FORBIDDEN", "");
	raw_expect(&other, to_list_audit(.who = person_id), "FORBIDDEN", "");
	raw_expect(&all, to_list_audit(.after = "16:"), "BAD_REQUEST", "after");
	raw_expect(&all, to_list_audit(.after = "7:x"), "BAD_REQUEST", "after");
	do {
		char after[64];
		Answer *answer;
		snprintf(after, sizeof(after), "%s", next);
		answer = raw_ask(&all, to_list_audit(.who = person_id, .what = "names", .after = after));
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		for (size_t i = 0; i < answer->audit_list->n_entries; i++, found++) {
			assert_string_equal(answer->audit_list->entries[i]->why, "核对名单");
			assert_string_equal(answer->audit_list->entries[i]->from, "127.0.0.1");
		}
		snprintf(next, sizeof(next), "%s", answer->audit_list->next);
		free_answer(answer);
	} while (next[0]);
	assert_in_range(found, 2, 4); /* the roster, and the chain by the partitions of who is in it */
	raw_close(&all);
	raw_close(&some);
	raw_close(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(phones_are_for_who_has_to_reach_people),
		shared(nobody_is_looked_at_by_signing_him_up),
		shared(phones_are_for_nobody_else),
		shared(names_are_shown_on_a_reason),
		shared(supervisor_who_watches_is_told_no_names),
		shared(log_is_read_by_the_auditor),
	};

	return run_in_worlds(tests);
}
