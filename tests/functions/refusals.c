/* refusals.c - every refusal there is in the library changes nothing at all: not a key, not a moment of expiry. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"
#include "status.h"

/* Refusals, as "chain_join TOO_LATE call": those that were tried, and those that stand in the source. */
static struct rows tried, written;

/* Asks for what must be refused, and looks at everything there is before and after. */
#define refused(r, asked, wanted)                             \
	do {                                                  \
		char *before_ = redis_picture(r);             \
		uint64_t changes_ = redis_changes(r);         \
		const char *said_ = asked;                    \
		assert_string_equal(said_, wanted);           \
		note_tried(r, said_);                         \
		assert_int_equal(redis_changes(r), changes_); \
		assert_unchanged(r, before_);                 \
	} while (0)

static void
note_tried(struct redis *r, const char *said)
{
	char status[32], field[32], *row;

	assert_int_equal(sscanf(said, "%31s %31s", status, field), 2);
	assert_true(asprintf(&row, "%s %s %s", r->function, status, field) > 0);
	rows_add(&tried, row);
}

/* Trying them all. */

static void
try_persons(struct redis *r)
{
	refused(r, person_find(r, "dev:nobody"), "NOT_FOUND person");
	refused(r, member_register(r, "1.9", GRID_A, "王安", ""), "NOT_FOUND person");
	refused(r, member_register(r, "1.1", GRID_B, "王安", ""), "ALREADY place");
	refused(r, member_move(r, "1.9", GRID_B), "NOT_FOUND person");
	refused(r, member_move(r, "1.8", GRID_B), "NOT_FOUND person");
	refused(r, member_move(r, "1.1", GRID_A), "ALREADY place");
	refused(r, member_correct(r, "1.9", "王安", ""), "NOT_FOUND person");
	refused(r, pending_decide(r, WORKER, "1.1", GRID_A, true), "NOT_FOUND person");
	refused(r, phone_bind(r, "1.9", HASH_A), "NOT_FOUND person");
	refused(r, rebind_ask(r, "1.9", "1.1", GRID_A, HASH_C), "NOT_FOUND person");
	refused(r, rebind_ask(r, "1.1", "1.2", GRID_A, HASH_C), "ALREADY phone");
	assert_string_equal(phone_bind(r, "1.1", HASH_C), "OK bound " HASH_C " 1sealed ");
	refused(r, phone_drop(r, "1.1", HASH_C), "ALREADY phone");
	refused(r, person_rebind(r, "1.1", GRID_B, "wx:new", "1.9", HASH_C), "NOT_FOUND person");
	refused(r, person_rebind(r, "1.1", GRID_A, "wx:new", "1.9", HASH_A), "NOT_FOUND person");
	refused(r, person_rebind(r, "1.1", GRID_A, "", "1.9", HASH_C), "NOT_FOUND person");
	phone_bind(r, "1.4", HASH_A);
	refused(r, person_rebind(r, "1.4", GRID_A, "wx:new", "1.9", HASH_A), "ALREADY factor");
	member_ask_move(r, "1.1", GRID_B, false);
	refused(r, pending_decide_about(r, "1.1", GRID_A, "move", "1"), "NOT_FOUND person");
	refused(r, pending_decide_about(r, "1.1", GRID_B, "move", "1"), "CHANGED person");
	assert_string_equal(phone_claim(r, HASH_B, "1.2", ""), "OK");
	refused(r, phone_claim(r, HASH_B, "1.1", ""), "ALREADY phone 1.2");
	refused(r, member_leave(r, "1.9"), "NOT_FOUND person");
	refused(r, member_leave(r, "1.8"), "NOT_FOUND person");
}

static void
try_roster(struct redis *r)
{
	refused(r, roster_find(r, HASH_C, "1.1"), "NOT_FOUND phone");
	refused(r, roster_remove(r, HASH_C), "NOT_FOUND entry");
}

/* 1.1 has been told, 1.2 never came by WeChat, and 1.3 has allowed nothing. */
static void
try_telling(struct redis *r)
{
	tell_allow(r, "1.1", 2);
	tell_allow(r, "1.2", 1);
	redis(r, "HSET {1}:person:1.1 openid 1sealed");
	tell_mark(r, "1.1", CALL);
	refused(r, tell_mark(r, "1.1", CALL), "ALREADY person");
	refused(r, tell_mark(r, "1.2", CALL), "NOT_FOUND openid");
	refused(r, tell_mark(r, "1.3", CALL), "NOT_FOUND person");
}

static void
try_templates(struct redis *r)
{
	char name[16];

	for (unsigned i = 1; i <= 32; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		template_save(r, GRID_A, name, (struct call){0});
	}
	refused(r, template_save(r, GRID_A, "n33", (struct call){0}), "FULL name");
	refused(r, template_remove(r, GRID_A, "n33"), "NOT_FOUND name");
}

static void
try_grants(struct redis *r)
{
	refused(r, grant_give(r, WORKER, "1.9", "worker", GRID_A, 0), "NOT_FOUND person");
	refused(r, grant_give_oneself(r, "1.1", "worker", ""), "FORBIDDEN person");
	refused(r, grant_give(r, WORKER, "1.1", "worker", GRID_A, -1000), "BAD_REQUEST until_ms");
	refused(r, grant_give(r, WORKER, "1.1", "security", "", 0), "ALREADY role");
	refused(r, grant_give(r, WORKER, "1.1", "auditor", "", 0), "CLASH role");
	refused(r, invite_give(r, "1.9", "aa", "", ""), "NOT_FOUND person");
	refused(r, consent_give(r, "1.9", "v1", false), "NOT_FOUND person");
	refused(r, person_export(r, "1.9"), "NOT_FOUND person");
	refused(r, person_erase(r, WORKER, "1.9"), "NOT_FOUND person");
	refused(r, grant_give(r, WORKER, "1.8", "worker", GRID_B, 0), "FULL person");
	refused(r, grant_take(r, WORKER, "1.1", "worker", GRID_A), "NOT_FOUND role");
	refused(r, grant_take(r, WORKER, "1.1", "security", GRID_A), "NOT_FOUND role");
	refused(r, grant_take(r, WORKER, "1.9", "worker", GRID_A), "NOT_FOUND role");
	refused(r, chain_persons(r, "7.99", 0, 9), "NOT_FOUND call");
	refused(r, audit_seal(r, "1", "aa", "bb"), "CHANGED audit");
	refused(r, audit_accept(r, "1", "aa", "bb"), "CHANGED audit");
	refused(r, audit_trim(r, 1, "1", "aa"), "CHANGED audit");
}

static void
try_devices(struct redis *r)
{
	refused(r, device_add(r, "1.9", "aa", false, "pad"), "NOT_FOUND person");
	refused(r, device_login(r, "1.1", "1", "bb", "cc"), "UNAUTHENTICATED token");
	refused(r, device_login(r, "1.1", "2", "aa", "cc"), "UNAUTHENTICATED token");
	refused(r, device_login(r, "1.1", "last", "1", "cc"), "UNAUTHENTICATED token");
	refused(r, device_login(r, "1.9", "1", "", "cc"), "UNAUTHENTICATED token");
	refused(r, device_revoke(r, "1.1", 2), "NOT_FOUND device");
	refused(r, desk_show(r, "aa"), "NOT_FOUND ticket");
	refused(r, desk_claim(r, "aa", "5ec4e7"), "NOT_FOUND ticket");
	refused(r, desk_claim(r, "bb", "aa"), "NOT_FOUND ticket");
	refused(r, desk_confirm(r, "1.1", "aa", 42, true), "NOT_FOUND ticket");
	refused(r, desk_confirm(r, "1.1", "bb", 42, true), "ALREADY ticket");
	refused(r, factor_confirm(r, "1.1", "1", "40", "aa"), "NOT_FOUND factor");
	refused(r, factor_try(r, "1.1"), "NOT_FOUND factor");
	refused(r, factor_remove(r, WORKER, "1.1", ""), "NOT_FOUND factor");
	refused(r, factor_begin(r, "1.2", "1sealed"), "ALREADY factor");
	refused(r, factor_confirm(r, "1.2", "1", "40", "aa"), "ALREADY factor");
	refused(r, factor_remove(r, "1.2", "1.2", ""), "UNAUTHENTICATED code");
	refused(r, device_login(r, "1.2", "1", "bb", "cc"), "UNAUTHENTICATED code");
	refused(r, strncmp(factor_try(r, "1.3"), "BUSY code ", 10) == 0 ? "BUSY code" : "",
		"BUSY code"); /* and how long */
}

static void
try_calls(struct redis *r)
{
	refused(r, call_number(r, -1), "BAD_REQUEST deadline_ms");
	refused(r, call_post(r, (struct call){.id = "7.9", .open_ms = -1}), "BAD_REQUEST deadline_ms");
	refused(r, call_post(r, (struct call){.id = "7.9", .open_ms = INT64_C(367) * DAY_MS}),
		"BAD_REQUEST deadline_ms");
	refused(r, call_post(r, (struct call){.open_ms = -1}), "BAD_REQUEST deadline_ms");
	refused(r, call_close(r, "7.9"), "NOT_FOUND call");
	refused(r, call_close(r, "7.2"), "ALREADY call");
	refused(r, call_end(r, "1.1", CALL, "closed", ""), "FORBIDDEN call");
	refused(r, call_end(r, WORKER, "7.6", "closed", ""), "ALREADY call");
	refused(r, call_reopen(r, WORKER, CALL, HOUR_MS), "ALREADY call");
	refused(r, call_reopen(r, WORKER, "7.6", HOUR_MS), "CLOSED call");
	refused(r, call_reopen(r, WORKER, "7.2", -1), "BAD_REQUEST deadline_ms");
	refused(r, call_reopen(r, "1.1", "7.2", HOUR_MS), "FORBIDDEN call");
	refused(r, call_thank(r, "1.1", CALL, "谢谢"), "FORBIDDEN call");
	refused(r, call_thank(r, WORKER, "7.9", "谢谢"), "NOT_FOUND call");
}

static void
try_edits(struct redis *r)
{
	static const char *const names[] = {"a", "b"};
	struct call shifts = {.id = "7.5", .slots = {{names[0], .limit = 1}, {names[1]}}};

	refused(r, call_edit(r, (struct edit){.version = 1, .to = {.id = "7.9"}}), "NOT_FOUND call");
	refused(r, call_edit(r, (struct edit){.by = "1.1", .version = 1, .to = {.limit = 1}}), "FORBIDDEN call");
	refused(r, call_edit(r, (struct edit){.version = 2, .to = {.id = "7.2"}}), "CLOSED call");
	refused(r, call_edit(r, (struct edit){.version = 2, .to = {.limit = 1}}), "CHANGED version");
	refused(r, call_edit(r, (struct edit){.version = 1, .to = {.id = "7.7", .limit = 1}}), "FULL limit");
	refused(r, call_edit(r, (struct edit){.version = 1, .demote = true, .to = {.id = "7.8", .limit = 1}}),
		"BAD_REQUEST limit");
	refused(r, call_edit(r, (struct edit){.version = 1, .to = {.limit = 1, .open_ms = -1}}),
		"BAD_REQUEST deadline_ms");
	refused(r, call_edit(r, (struct edit){.version = 1, .to = {.limit = 1, .questions = "1\t0\ta"}}),
		"BAD_REQUEST questions");
	refused(r, call_edit(r, (struct edit){.version = 1, .to = {.limit = 1, .slots = {{"a"}}}}),
		"BAD_REQUEST slots");
	shifts.slots[1].label = NULL;
	refused(r, call_edit(r, (struct edit){.version = 1, .to = shifts}), "BAD_REQUEST slots");
}

static void
try_chains(struct redis *r)
{
	refused(r, chain_join(r, "7.9", "1.1", GRID_A), "NOT_FOUND call");
	refused(r, chain_join(r, "7.2", "1.4", GRID_A), "CLOSED call");
	refused(r, chain_join(r, "7.3", "1.4", GRID_A), "TOO_LATE call");
	refused(r, chain_join(r, "7.4", "1.4", GRID_A), "FULL call");
	refused(r, chain_sign(r, CALL, (struct signing){.person = "1.4", .unseen = true}), "UNAVAILABLE call");
	refused(r, chain_join(r, CALL, "1.1", GRID_A), "ALREADY call 1 confirmed");
	refused(r, chain_join(r, CALL, "1.2", GRID_A), "ALREADY call 2 waiting");
	refused(r, chain_withdraw(r, "7.9", "1.1"), "NOT_FOUND call");
	refused(r, chain_withdraw(r, "7.2", "1.1"), "CLOSED call");
	refused(r, chain_withdraw(r, CALL, "1.4"), "NOT_FOUND person");
	refused(r, chain_withdraw(r, CALL, "1.3"), "NOT_FOUND person");
	refused(r, chain_strike(r, "1.1", CALL, 9, 0), "NOT_FOUND number");
	refused(r, chain_strike(r, "1.3", CALL, 1, 0), "FORBIDDEN number");
	refused(r, chain_sign(r, "7.5", (struct signing){.person = "1.1", .slot = 3}), "NOT_FOUND slot");
	refused(r, chain_sign(r, CALL, (struct signing){.person = "1.4", .slot = 1}), "NOT_FOUND slot");
	refused(r, chain_sign(r, "7.5", (struct signing){.person = "1.1"}), "BAD_REQUEST slot");
	refused(r, chain_sign(r, CALL, (struct signing){.person = "1.4", .walk_up = true}), "FORBIDDEN walk_up");
	refused(r, chain_sign(r, "7.7", (struct signing){.by = "1.1", .person = NULL}), "FULL person");
}

static void
try_offers(struct redis *r)
{
	refused(r, chain_confirm(r, "1.1", "7.9", 0, 0), "NOT_FOUND call");
	refused(r, chain_confirm(r, "1.1", "7.2", 0, 0), "CLOSED call");
	refused(r, chain_confirm(r, "1.4", CALL, 0, 0), "NOT_FOUND person");
	refused(r, chain_confirm(r, "1.4", CALL, 9, 0), "NOT_FOUND number");
	refused(r, chain_confirm(r, "1.4", CALL, 1, 0), "FORBIDDEN number");
	refused(r, chain_confirm(r, "1.1", CALL, 0, 0), "ALREADY number");
}

static void
try_door(struct redis *r)
{
	refused(r, chain_check(r, WORKER, "7.9", 1, "in", false), "NOT_FOUND call");
	refused(r, chain_check(r, "1.4", CALL, 0, "in", true), "NOT_FOUND person");
	refused(r, chain_check(r, WORKER, CALL, 9, "in", false), "NOT_FOUND number");
	refused(r, chain_check(r, "1.1", CALL, 0, "in", false), "FORBIDDEN number");
	refused(r, chain_check(r, "1.3", CALL, 1, "in", true), "FORBIDDEN number");
	refused(r, chain_check(r, WORKER, CALL, 2, "in", false), "CLOSED number");
	refused(r, chain_check(r, WORKER, CALL, 1, "out", false), "NOT_FOUND present");
	refused(r, chain_check(r, WORKER, "7.2", 1, "in", false), "ALREADY number");
	refused(r, chain_check(r, WORKER, "7.2", 1, "out", false), "ALREADY number");
}

/* 7.10 is on its way, as the second call of that origin would be. */
static void
try_imports(struct redis *r)
{
	refused(r, import_call(r, "9.5@17", (struct call){.id = "7.11"}, "open"), "ALREADY call");
	refused(r, import_line(r, "7.9", 1, "struck\t1.1\t" GRID_A "\t17", ""), "NOT_FOUND call");
	refused(r, import_line(r, CALL, 4, "struck\t1.1\t" GRID_A "\t17", ""), "CLOSED call");
	refused(r, import_line(r, "7.10", 2, "struck\t1.1\t" GRID_A "\t17", ""), "CHANGED number");
	refused(r, import_line(r, "7.10", 1, "present\t1.1\t" GRID_A "\t17", ""), "BAD_REQUEST lines 1 state");
	refused(r, call_reopen(r, WORKER, "7.10", HOUR_MS), "CLOSED call");
	refused(r, call_end(r, WORKER, "7.10", "cancelled", "下雨"), "CLOSED call");
	refused(r, call_close(r, "7.10"), "CLOSED call");
	refused(r, import_end(r, "7.9", 1), "NOT_FOUND call");
	refused(r, import_end(r, CALL, 3), "CLOSED call");
	refused(r, import_end(r, "7.10", 1), "CHANGED lines");
}

/* 7.5 of two shifts, 7.6 cancelled, 7.7 with lines that 1.1 put there for others, 7.8 with more than may move at once. */
static void
prepare_more(struct redis *r)
{
	post_call(r, (struct call){.id = "7.5", .slots = {{"a", .limit = 1}, {"b"}}});
	post(r, .id = "7.6");
	call_end(r, WORKER, "7.6", "cancelled", "下雨");
	post(r, .id = "7.7");
	for (unsigned i = 0; i < 5; i++)
		assert_memory_equal(chain_sign(r, "7.7", (struct signing){.by = "1.1"}), "OK", 2);
	post(r, .id = "7.8");
	redis(r, "HSET {7}:call:7.8 confirmed 10002");
	import_call(r, "9.5@17", (struct call){.id = "7.10"}, "open");
	chain_check(r, WORKER, "7.2", 1, "in", false);
	chain_check(r, WORKER, "7.2", 1, "out", false);
}

/* Every state a thing can be in: 1.8 claimed only, 1.3 with a struck line, 7.2 closed, 7.3 overdue, 7.4 full. */
static void
prepare(struct redis *r)
{
	settle(r, "1.1");
	settle(r, "1.4");
	factor_begin(r, "1.4", "1sealed");
	factor_confirm(r, "1.4", "0", "40", "aa");
	claim(r, "1.8");
	post(r, .limit = 1);
	for (unsigned i = 0; i < 3; i++)
		chain_join(r, CALL, (const char *const[]){"1.1", "1.2", "1.3"}[i], GRID_A);
	chain_withdraw(r, CALL, "1.3");
	post(r, .id = "7.2");
	chain_join(r, "7.2", "1.1", GRID_A);
	call_close(r, "7.2");
	post(r, .id = "7.3");
	chain_join(r, "7.3", "1.1", GRID_A);
	let_deadline_pass(r, "7.3");
	post(r, .id = "7.4");
	redis(r, "HSET {7}:call:7.4 lines 100000");
	grant_give(r, WORKER, "1.1", "security", "", 0);
	device_add(r, "1.1", "aa", false, "pad");
	claim(r, "1.2");
	device_add(r, "1.2", "bb", false, "pad");
	desk_open(r, "bb", "pad", 42);
	desk_confirm(r, "1.1", "bb", 42, true);
	desk_open(r, "cc", "pad", 42);
	factor_begin(r, "1.2", "1sealed");
	factor_confirm(r, "1.2", "0", "40", "aa");
	factor_begin(r, "1.3", "1sealed");
	factor_confirm(r, "1.3", "0", "40", "aa");
	redis(r, "HSET {1}:person:1.3:factor locked 9000000000000000");
	for (unsigned i = 0; i < 32; i++)
		redis(r, "HSET {1}:person:1.8:grants worker:%u 0", i);
	prepare_more(r);
}

/* What the source says. */

/* Functions share what their `once` is refused with; once.c tries those with each of them. */
static bool
is_of_once(const char *function)
{
	return strcmp(function, "answered") == 0;
}

/* What several functions refuse by is not registered itself: that one of them does is enough. */
static bool
is_helper(const char *function)
{
	static const char *const helpers[] = {"closed_to", "bad_slot", "still_comes", "not_his", "bad_deadline",
		"bad_limits", "find_live_line", "line_to_change"};

	for (size_t i = 0; i < ARRAY_LEN(helpers); i++)
		if (strcmp(function, helpers[i]) == 0)
			return true;
	return false;
}

/* A line of the source: begins a function, or refuses, or neither. */
static void
read_line(const char *line, char function[64])
{
	const char *refusal = strstr(line, "refuse('");
	char status[32], field[32], *row;

	sscanf(line, "local function %63[a-z_](", function);
	sscanf(line, "  function_name = '%63[a-z_]'", function);
	if (!refusal)
		return;
	if (sscanf(refusal, "refuse('%31[A-Z_]', '%31[a-z_]'", status, field) != 2)
		fail_msg("a refusal without a field: %s", line);
	assert_true(asprintf(&row, "%s %s %s", function, status, field) > 0);
	rows_add(&written, row);
}

static void
read_source(void)
{
	char *source = text_dup(library_source), *rest = source, *line, function[64] = "";

	assert_non_null(source);
	while ((line = strsep(&rest, "\n")))
		read_line(line, function);
	free(source);
}

static bool
is_tried(const char *function, const char *refusal)
{
	bool any = is_helper(function);

	for (size_t i = 0; i < tried.count; i++)
		if (strcmp(any ? strchr(tried.rows[i], ' ') : tried.rows[i], any ? strchr(refusal, ' ') : refusal) == 0)
			return true;
	return false;
}

/* In the order of main(): the second looks at what the first tried. */

static void
refusal_changes_nothing(void **state)
{
	struct redis *r = *state;

	prepare(r);
	try_persons(r);
	try_roster(r);
	try_grants(r);
	try_devices(r);
	try_calls(r);
	try_edits(r);
	try_chains(r);
	try_offers(r);
	try_templates(r);
	try_door(r);
	try_imports(r);
	try_telling(r);
}

static void
every_refusal_of_the_source_was_tried(void **state)
{
	(void)state;
	read_source();
	assert_true(written.count > 15);
	for (size_t i = 0; i < written.count; i++) {
		char function[64];
		sscanf(written.rows[i], "%63s", function);
		if (!is_of_once(function) && !is_tried(function, written.rows[i]))
			fail_msg("not tried: %s", written.rows[i]);
	}
}

/* All of them are written out, so that what is not read above cannot be a refusal. */
static void
every_refusal_bears_the_name_of_a_status(void **state)
{
	const char *at = library_source.data;
	size_t mentions = 0;

	(void)state;
	for (size_t i = 0; i < written.count; i++) {
		char name[32];
		enum status status;
		sscanf(written.rows[i], "%*s %31s", name);
		if (!status_parse(&status, text_of(name)) || status == OK)
			fail_msg("no status to refuse with: %s", written.rows[i]);
	}
	for (; (at = strstr(at, "refuse(")); at++)
		mentions++;
	assert_int_equal(mentions, written.count + 1); /* the function itself */
}

static int
close_all(void **state)
{
	free(rows_join(&tried));
	free(rows_join(&written));
	return redis_close(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(refusal_changes_nothing),
		rule(every_refusal_of_the_source_was_tried),
		rule(every_refusal_bears_the_name_of_a_status),
	};

	return cmocka_run_group_tests(tests, redis_open, close_all);
}
