/* once.c - a request sent again under the same `once` is done at most once, and answered the same. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLACK_MS (5 * MINUTE_MS) /* how far ahead a client's clock may be */

/* Every function that takes a `once`: what must be there before, what is asked, and what is said to it; then what is
 * refused without that, if anything is. */
struct writing {
	const char *function;
	void (*prepare)(struct redis *r);
	const char *(*ask)(struct redis *r);
	const char *said;
	const char *refused;
};

static void
prepare_nothing(struct redis *r)
{
	(void)r;
}

static void
prepare_claim(struct redis *r)
{
	claim(r, "1.1");
}

static void
prepare_member(struct redis *r)
{
	settle(r, "1.1");
}

static void
prepare_call(struct redis *r)
{
	post(r, .limit = 1);
}

static void
prepare_queue(struct redis *r)
{
	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", GRID_A);
	chain_join(r, CALL, "1.2", GRID_A);
}

static void
prepare_closed(struct redis *r)
{
	prepare_call(r);
	call_close(r, CALL);
}

static void
prepare_offer(struct redis *r)
{
	post(r, .limit = 1, .window = 30);
	chain_join(r, CALL, "1.1", GRID_A);
	chain_join(r, CALL, "1.2", GRID_A);
	chain_withdraw(r, CALL, "1.1");
}

static const char *
ask_edit(struct redis *r)
{
	return call_edit(r, (struct edit){.version = 1, .to = {.limit = 2}});
}

static const char *
ask_reopen(struct redis *r)
{
	return call_reopen(r, WORKER, CALL, HOUR_MS);
}

static const char *
ask_thank(struct redis *r)
{
	return call_thank(r, WORKER, CALL, "谢谢");
}

static const char *
ask_confirm(struct redis *r)
{
	return chain_confirm(r, "1.2", CALL, 0, 0);
}

static const char *
ask_check(struct redis *r)
{
	return chain_check(r, WORKER, CALL, 1, "in", false);
}

static const char *
ask_import(struct redis *r)
{
	return place_import(r, COMMUNITY, COMMUNITY, "西吴社区", GRID_A, "第1网格");
}

static const char *
ask_register(struct redis *r)
{
	return member_register(r, "1.1", GRID_A, "王安", "太原供电");
}

static const char *
ask_move(struct redis *r)
{
	return member_move(r, "1.1", GRID_B);
}

static const char *
ask_leave(struct redis *r)
{
	return member_leave(r, "1.1");
}

static const char *
ask_correct(struct redis *r)
{
	return member_correct(r, "1.1", "王安安", "");
}

static void
prepare_asker(struct redis *r)
{
	claim(r, "1.1");
	member_ask(r, "1.1", GRID_A, "");
}

static const char *
ask_decide(struct redis *r)
{
	return pending_decide(r, WORKER, "1.1", GRID_A, true);
}

static const char *
ask_bind(struct redis *r)
{
	return phone_bind(r, "1.1", HASH_A);
}

static const char *
ask_rebind(struct redis *r)
{
	return rebind_ask(r, "1.1", "1.2", GRID_A, HASH_A);
}

static void
prepare_bound(struct redis *r)
{
	prepare_member(r);
	phone_bind(r, "1.1", HASH_A);
}

static const char *
ask_person_rebind(struct redis *r)
{
	return person_rebind(r, "1.1", GRID_A, "wx:new", "1.9", HASH_A);
}

static const char *
ask_post(struct redis *r)
{
	return call_post(r, (struct call){.limit = 1});
}

static const char *
ask_close(struct redis *r)
{
	return call_close(r, CALL);
}

static const char *
ask_join(struct redis *r)
{
	return chain_join(r, CALL, "1.3", GRID_A);
}

static const char *
ask_withdraw(struct redis *r)
{
	return chain_withdraw(r, CALL, "1.1");
}

static void
prepare_roster(struct redis *r)
{
	roster_import(r, HASH_B, "1sealed", GRID_A, "博", "");
}

static const char *
ask_consent(struct redis *r)
{
	return consent_give(r, "1.1", "v1", false);
}

static const char *
ask_erase(struct redis *r)
{
	return person_erase(r, WORKER, "1.1");
}

static const char *
ask_roster_import(struct redis *r)
{
	return roster_import(r, HASH_A, "1sealed", GRID_A, "王安", "", HASH_B, "1again", GRID_B, "博", "");
}

static const char *
ask_roster_remove(struct redis *r)
{
	return roster_remove(r, HASH_B);
}

static void
prepare_template(struct redis *r)
{
	template_save(r, GRID_A, "试剂", (struct call){0});
}

static const char *
ask_save(struct redis *r)
{
	return template_save(r, GRID_A, "试剂", (struct call){.need = 2});
}

static const char *
ask_remove(struct redis *r)
{
	return template_remove(r, GRID_A, "试剂");
}

static void
prepare_grant(struct redis *r)
{
	claim(r, "1.1");
	grant_give(r, WORKER, "1.1", "worker", GRID_A, 0);
}

static const char *
ask_give(struct redis *r)
{
	return grant_give(r, WORKER, "1.1", "worker", GRID_A, HOUR_MS);
}

static const char *
ask_take(struct redis *r)
{
	return grant_take(r, WORKER, "1.1", "worker", GRID_A);
}

static void
prepare_device(struct redis *r)
{
	claim(r, "1.1");
	device_add(r, "1.1", "aa", false, "pad");
}

static const char *
ask_revoke(struct redis *r)
{
	return device_revoke(r, "1.1", 1);
}

/* Without the time that it answers. */
static const char *
ask_invite(struct redis *r)
{
	const char *said = invite_give(r, "1.1", "bb", GRID_A, "李梅");

	return strncmp(said, "OK 2 ", 5) == 0 ? "OK 2" : said;
}

static void
prepare_secret(struct redis *r)
{
	prepare_device(r);
	factor_begin(r, "1.1", "1sealed");
}

static void
prepare_factor(struct redis *r)
{
	prepare_secret(r);
	factor_confirm(r, "1.1", "1", "40", "aa bb");
}

static const char *
ask_factor_begin(struct redis *r)
{
	return factor_begin(r, "1.1", "1sealed");
}

static const char *
ask_factor_confirm(struct redis *r)
{
	return factor_confirm(r, "1.1", "1", "40", "aa bb");
}

static const char *
ask_factor_remove(struct redis *r)
{
	return factor_remove(r, WORKER, "1.1", "");
}

static void
prepare_desk(struct redis *r)
{
	desk_open(r, "00112233445566778899aabbccddeeff", "前台", 42);
}

static const char *
ask_desk(struct redis *r)
{
	return desk_confirm(r, "1.1", "00112233445566778899aabbccddeeff", 42, true);
}

static const char *
ask_allow(struct redis *r)
{
	return tell_allow(r, "1.1", 2);
}

static const struct writing writings[] = {
	{"place_import", prepare_nothing, ask_import, "OK 2 0 0", NULL},
	{"member_register", prepare_claim, ask_register, "OK registered", "NOT_FOUND person"},
	{"member_correct", prepare_member, ask_correct, "OK", "NOT_FOUND person"},
	{"pending_decide", prepare_asker, ask_decide, "OK", "NOT_FOUND person"},
	{"phone_bind", prepare_claim, ask_bind, "OK bound " HASH_A " 1sealed ", "NOT_FOUND person"},
	{"rebind_ask", prepare_claim, ask_rebind, "OK asked " GRID_A, "NOT_FOUND person"},
	{"person_rebind", prepare_bound, ask_person_rebind, "OK dev:1.1", "NOT_FOUND person"},
	{"member_move", prepare_member, ask_move, "OK moved", "NOT_FOUND person"},
	{"member_leave", prepare_member, ask_leave, "OK", "NOT_FOUND person"},
	{"call_post", prepare_nothing, ask_post, "OK 7.1", NULL},
	{"call_end", prepare_call, ask_close, "OK", "NOT_FOUND call"},
	{"call_edit", prepare_call, ask_edit, "OK limit", "NOT_FOUND call"},
	{"call_reopen", prepare_closed, ask_reopen, "OK", "NOT_FOUND call"},
	{"call_thank", prepare_call, ask_thank, "OK", "NOT_FOUND call"},
	{"chain_join", prepare_call, ask_join, "OK 1 confirmed", "NOT_FOUND call"},
	{"chain_withdraw", prepare_queue, ask_withdraw, "OK 1", "NOT_FOUND call"},
	{"chain_confirm", prepare_offer, ask_confirm, "OK 2", "NOT_FOUND call"},
	{"template_save", prepare_template, ask_save, "OK", NULL},
	{"template_remove", prepare_template, ask_remove, "OK", "NOT_FOUND name"},
	{"chain_check", prepare_queue, ask_check, "OK 1 ", "NOT_FOUND call"},
	{"roster_import", prepare_roster, ask_roster_import, "OK 84", NULL},
	{"roster_remove", prepare_roster, ask_roster_remove, "OK", "NOT_FOUND entry"},
	{"grant_give", prepare_claim, ask_give, "OK", "NOT_FOUND person"},
	{"grant_take", prepare_grant, ask_take, "OK", "NOT_FOUND role"},
	{"invite_give", prepare_device, ask_invite, "OK 2", "NOT_FOUND person"},
	{"desk_confirm", prepare_desk, ask_desk, "OK", "NOT_FOUND ticket"},
	{"factor_begin", prepare_device, ask_factor_begin, "OK", NULL},
	{"factor_confirm", prepare_secret, ask_factor_confirm, "OK", "NOT_FOUND factor"},
	{"factor_remove", prepare_factor, ask_factor_remove, "OK", "NOT_FOUND factor"},
	{"tell_allow", prepare_nothing, ask_allow, "OK 2", NULL},
	{"device_revoke", prepare_device, ask_revoke, "OK", "NOT_FOUND device"},
	{"consent_give", prepare_claim, ask_consent, "OK", "NOT_FOUND person"},
	{"person_erase", prepare_member, ask_erase, "OK", "NOT_FOUND person"},
};

#define WRITINGS ARRAY_LEN(writings)

/* The next of them, on fresh data. */
static const struct writing *
begin_with(struct redis *r, size_t index)
{
	redis_clear(r);
	return &writings[index];
}

/* The list is complete: what the library has besides takes no `once`. */
static void
every_writing_function_is_in_the_table(void **state)
{
	static const char *const others[] = {"retention_calls", "retention_list", "retention_forget", "retention_note",
		"erase_begin", "erase_identity", "erase_entry", "erase_lines", "erase_line", "erase_end", "erase_list",
		"forgot", "forgot_rewritten", "library_hash", "data_open", "data_id", "data_secret", "person_claim",
		"person_find", "person_export", "call_number", "call_overdue", "chain_lapse", "grant_lapse",
		"device_add", "device_login", "device_list", "device_touch", "factor_read", "factor_try", "desk_open",
		"desk_show", "desk_claim", "relay_apply", "relay_mark", "relay_lease", "relay_sign_ups",
		"relay_signed_up", "chain_concerns", "wechat_take", "wechat_put", "tell_lease", "tell_end", "tell_list",
		"tell_mark", "tell_unmark", "import_call", "import_lines", "import_end", "data_key", "roster_list",
		"roster_find", "pending_mark", "pending_list", "phone_begin", "phone_claim", "phone_drop",
		"phone_release", "person_become", "former_drop", "identity_release", "chain_persons", "audit_list",
		"audit_add", "audit_head", "audit_seal", "audit_trim", "audit_trimmable", "audit_accept",
		"audit_accepted"};
	struct redis *r = *state;
	redisReply *library = redis_reply(r, "FUNCTION LIST LIBRARYNAME gridvanguard");
	const redisReply *functions = library->element[0]->element[5];

	assert_string_equal(library->element[0]->element[4]->str, "functions");
	assert_int_equal(functions->elements, WRITINGS + ARRAY_LEN(others));
	for (size_t i = 0; i < functions->elements; i++) {
		const char *name = functions->element[i]->element[1]->str;
		bool known = false;
		for (size_t j = 0; j < WRITINGS; j++)
			known |= strcmp(writings[j].function, name) == 0;
		for (size_t j = 0; j < ARRAY_LEN(others); j++)
			known |= strcmp(others[j], name) == 0;
		if (!known)
			fail_msg("%s is not tested here", name);
	}
	freeReplyObject(library);
}

/* The same again. */

static void
same_once_gets_the_same_answer_and_writes_nothing(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		struct once once;
		uint64_t changes, seq;
		char *before;
		w->prepare(r);
		once = once_made(r, 0);
		r->seq = 0; /* what tells nothing has no number */
		assert_string_equal(w->ask(under(r, once)), w->said);
		assert_string_equal(r->function, w->function);
		seq = r->seq;
		r->seq = 0;
		before = redis_picture(r);
		changes = redis_changes(r);

		assert_string_equal(w->ask(under(r, once)), w->said);
		assert_string_equal(event(r), "");
		assert_int_equal(r->seq, seq);
		assert_string_equal(w->ask(under(r, once)), w->said);
		assert_int_equal(redis_changes(r), changes);
		assert_unchanged(r, before);
	}
}

/* What was said was said: it does not matter what has become of it. */
static void
same_once_gets_the_same_answer_after_others_wrote(void **state)
{
	struct redis *r = *state;
	struct once join, withdraw, post_it;
	char *before;

	post_it = once_made(r, 0);
	call_post(under(r, post_it), (struct call){.limit = 1});
	join = once_made(r, 0);
	chain_join(under(r, join), CALL, "1.1", GRID_A);
	chain_join(r, CALL, "1.2", GRID_A);
	withdraw = once_made(r, 0);
	chain_withdraw(under(r, withdraw), CALL, "1.1");
	chain_join(r, CALL, "1.1", GRID_A);
	call_close(r, CALL);
	before = redis_picture(r);

	assert_string_equal(chain_withdraw(under(r, withdraw), CALL, "1.1"), "OK 1");
	assert_string_equal(chain_join(under(r, join), CALL, "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(call_post(under(r, post_it), (struct call){.limit = 1}), "OK 7.1");
	assert_unchanged(r, before);
}

static void
another_once_is_another_request(void **state)
{
	struct redis *r = *state;

	place_import(under(r, once_made(r, 0)), COMMUNITY, COMMUNITY, "西吴社区");
	assert_string_equal(place_import(under(r, once_made(r, 0)), COMMUNITY, COMMUNITY, "西吴社区"), "OK 0 0 1");
}

static void
once_is_its_person_s_own(void **state)
{
	struct redis *r = *state;
	struct once once = once_made(r, 0);

	post(r, .limit = 1);
	assert_string_equal(chain_join(under(r, once), CALL, "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_join(under(r, once), CALL, "1.2", GRID_A), "OK 2 waiting");
	assert_string_equal(chain_join(under(r, once), CALL, "1.1", GRID_A), "OK 1 confirmed");
}

static void
another_body_under_a_once_is_refused(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		struct once once, other;
		char *before;
		w->prepare(r);
		once = other = once_made(r, 0);
		other.digest[0] ^= 1;
		w->ask(under(r, once));
		before = redis_picture(r);

		assert_string_equal(w->ask(under(r, other)), "BAD_REQUEST once");
		assert_unchanged(r, before);
		assert_string_equal(w->ask(under(r, once)), w->said);
	}
}

/* The window. */

static void
once_older_than_a_day_is_too_late(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		char *before;
		w->prepare(r);
		before = redis_picture(r);
		assert_string_equal(w->ask(under(r, once_made(r, -DAY_MS - 1))), "TOO_LATE once");
		assert_unchanged(r, before);
		assert_string_equal(w->ask(under(r, once_made(r, -DAY_MS + MINUTE_MS))), w->said);
	}
}

static void
once_from_the_future_is_refused(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		char *before;
		w->prepare(r);
		before = redis_picture(r);
		assert_string_equal(w->ask(under(r, once_made(r, SLACK_MS + MINUTE_MS))), "BAD_REQUEST once");
		assert_unchanged(r, before);
		assert_string_equal(w->ask(under(r, once_made(r, SLACK_MS))), w->said);
	}
}

/* A `once` that was looked at and kept is not looked at when it is too old. */
static void
kept_once_is_too_late_after_a_day(void **state)
{
	struct redis *r = *state;
	struct once once = once_made(r, -DAY_MS - 1);
	char uuid[UUID_TEXT];

	post(r, .limit = 1);
	redis(r, "SET {7}:once:1.1:%s anything", uuid_print(uuid, &once.uuid));
	assert_string_equal(chain_join(under(r, once), CALL, "1.1", GRID_A), "TOO_LATE once");
}

/* Never shorter than the window in which it is looked at. */
static void
answer_is_kept_for_the_whole_window(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		struct once once;
		uint64_t expires;
		redisReply *keys;
		w->prepare(r);
		redis(r, "EVAL %s 0",
			"for _, key in ipairs(redis.call('KEYS', '*:once:*')) do redis.call('DEL', key) end");
		once = once_made(r, SLACK_MS);
		assert_string_equal(w->ask(under(r, once)), w->said);

		keys = redis_reply(r, "KEYS *:once:*");
		assert_int_equal(keys->elements, 1);
		expires = strtoull(redis(r, "PEXPIRETIME %s", keys->element[0]->str), NULL, 10);
		assert_in_range(expires, uuid_time_ms(&once.uuid) + DAY_MS, redis_now_ms(r) + DAY_MS + SLACK_MS + 10);
		freeReplyObject(keys);
	}
}

/* Refusals. */

static void
refusal_is_not_remembered(void **state)
{
	struct redis *r = *state;

	for (size_t i = 0; i < WRITINGS; i++) {
		const struct writing *w = begin_with(r, i);
		struct once once = once_made(r, 0);
		if (!w->refused)
			continue;
		assert_string_equal(w->ask(under(r, once)), w->refused);
		assert_string_equal(redis(r, "DBSIZE"), "0");
		w->prepare(r);
		assert_string_equal(w->ask(under(r, once)), w->said);
		assert_string_equal(w->ask(under(r, once)), w->said);
	}
}

/* The same for what only a state refuses. */
static void
who_was_too_early_asks_again_under_the_same_once(void **state)
{
	struct redis *r = *state;
	struct once join = once_made(r, 0), close_it = once_made(r, 0), late = once_made(r, 0);

	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", GRID_A);
	assert_string_equal(chain_join(under(r, join), CALL, "1.1", GRID_A), "ALREADY call 1 confirmed");
	chain_withdraw(r, CALL, "1.1");
	assert_string_equal(chain_join(under(r, join), CALL, "1.1", GRID_A), "OK 2 confirmed");

	assert_string_equal(
		call_post(under(r, late), (struct call){.id = "7.2", .open_ms = -1}), "BAD_REQUEST deadline_ms");
	assert_string_equal(call_post(under(r, late), (struct call){.id = "7.2"}), "OK 7.2");

	call_close(r, CALL);
	assert_string_equal(call_close(under(r, close_it), CALL), "ALREADY call");
	redis(r, "HSET {7}:call:7.1 state open");
	assert_string_equal(call_close(under(r, close_it), CALL), "OK");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(every_writing_function_is_in_the_table),
		rule(same_once_gets_the_same_answer_and_writes_nothing),
		rule(same_once_gets_the_same_answer_after_others_wrote),
		rule(another_once_is_another_request),
		rule(once_is_its_person_s_own),
		rule(another_body_under_a_once_is_refused),
		rule(once_older_than_a_day_is_too_late),
		rule(once_from_the_future_is_refused),
		rule(kept_once_is_too_late_after_a_day),
		rule(answer_is_kept_for_the_whole_window),
		rule(refusal_is_not_remembered),
		rule(who_was_too_early_asks_again_under_the_same_once),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
