/* call.c - calls: posted with a deadline, closed once. */
#include "functions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

#define YEAR_MS (INT64_C(366) * DAY_MS) /* how far ahead a deadline may be */

static uint64_t
number_at(struct redis *r, const char *field)
{
	return strtoull(redis(r, "HGET {7}:call:7.1 %s", field), NULL, 10);
}

static void
posted_call_stands_as_written(void **state)
{
	struct redis *r = *state;
	uint64_t before = redis_now_ms(r);

	assert_string_equal(call_post(r, (struct call){.place = COMMUNITY,
						 .title = "发放抗原试剂",
						 .body = "每户两盒\n请在群里接龙",
						 .meeting = "19:00 社区门口",
						 .need = 10,
						 .limit = 28}),
		"OK 7.1");

	assert_string_equal(event(r), "call call 7.1");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 state place author need limit title body meeting"),
		"open " COMMUNITY " " WORKER " 10 28 发放抗原试剂 每户两盒\n请在群里接龙 19:00 社区门口");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 confirmed waiting lines closed"), "0 0 0 (nil)");
	assert_int_equal(number_at(r, "posted"), r->at_ms);
	assert_in_range(number_at(r, "deadline"), before + HOUR_MS, redis_now_ms(r) + HOUR_MS);
	assert_string_equal(
		redis(r, "HMGET {7}:call:7.1 starts ends names window grant slots edition version"), "0 0 0 0 0 0 1 1");
	assert_string_equal(redis(r, "HLEN {7}:call:7.1"), "23");
	assert_string_equal(redis(r, "ZRANGE {7}:due 0 -1"), "deadline 7.1");
}

static void
call_is_listed_open_and_by_its_time(void **state)
{
	struct redis *r = *state;
	char wanted[64];

	post(r, .limit = 1);
	snprintf(wanted, sizeof(wanted), "7.1 %llu", (unsigned long long)r->at_ms);
	assert_string_equal(redis(r, "ZRANGE {7}:calls 0 -1 WITHSCORES"), wanted);

	post(r, .id = "7.2");
	assert_string_equal(redis(r, "ZRANGE {7}:calls 0 -1"), "7.1 7.2");
	assert_string_equal(redis(r, "SORT {7}:open ALPHA"), "7.1 7.2");
}

/* Held by Redis' clock; what is refused leaves no trace. */
static void
deadline_is_ahead_but_not_over_a_year(void **state)
{
	static const int64_t refused[] = {-1, -HOUR_MS, -YEAR_MS, YEAR_MS + 10 * MINUTE_MS, 2 * YEAR_MS};
	struct redis *r = *state;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		assert_string_equal(call_number(r, refused[i]), "BAD_REQUEST deadline_ms");
		assert_string_equal(call_post(r, (struct call){.open_ms = refused[i]}), "BAD_REQUEST deadline_ms");
	}
	assert_string_equal(redis(r, "DBSIZE"), "0");

	assert_string_equal(call_number(r, YEAR_MS - MINUTE_MS), "OK 1");
	assert_string_equal(call_number(r, MINUTE_MS), "OK 2");
	assert_string_equal(call_post(r, (struct call){.open_ms = YEAR_MS - MINUTE_MS}), "OK 7.1");
	assert_string_equal(call_post(r, (struct call){.id = "7.2", .open_ms = MINUTE_MS}), "OK 7.2");
}

static void
closed_call_is_not_listed_open(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	post(r, .id = "7.2");
	chain_join(r, CALL, "1.1", GRID_A);
	assert_string_equal(call_close(r, CALL), "OK");

	assert_string_equal(event(r), "call call 7.1 changed state");
	assert_string_equal(redis(r, "HGET {7}:call:7.1 state"), "closed");
	assert_int_equal(number_at(r, "closed"), r->at_ms);
	assert_string_equal(redis(r, "SMEMBERS {7}:open"), "7.2");
	assert_string_equal(redis(r, "ZRANGE {7}:calls 0 -1"), "7.1 7.2");
	assert_string_equal(redis(r, "HMGET {7}:call:7.1 confirmed lines"), "1 1");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:live 1.1"), "1");
}

static void
call_is_closed_once(void **state)
{
	struct redis *r = *state;
	char *before;

	post(r, .limit = 1);
	call_close(r, CALL);
	before = redis_picture(r);

	assert_string_equal(call_close(r, CALL), "ALREADY call");
	assert_unchanged(r, before);
}

static void
unknown_call_cannot_be_closed(void **state)
{
	struct redis *r = *state;

	assert_string_equal(call_close(r, "7.9"), "NOT_FOUND call");
	assert_string_equal(redis(r, "DBSIZE"), "0");
}

static void
call_past_its_deadline_can_be_closed(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	let_deadline_pass(r, CALL);
	assert_string_equal(call_close(r, CALL), "OK");
}

/* Templates. */

static const char *
column_of(struct redis *r, const char *name, const char *column)
{
	char field[64];

	snprintf(field, sizeof(field), "%s\t%s", name, column);
	return redis(r, "HGET {7}:template:%s %b", GRID_A, field, strlen(field));
}

static void
template_is_kept_replaced_and_forgotten(void **state)
{
	struct redis *r = *state;

	assert_string_equal(
		template_save(r, GRID_A, "试剂", (struct call){.need = 3, .slots = {{"早"}, {"晚"}}}), "OK");
	assert_string_equal(template_save(r, GRID_A, "试剂2", (struct call){.title = "另一个"}), "OK");
	assert_string_equal(event(r), "");
	assert_string_equal(redis(r, "ZRANGE {7}:templates:%s 0 -1", GRID_A), "试剂 试剂2");
	assert_string_equal(column_of(r, "试剂", "need"), "3");
	assert_string_equal(column_of(r, "试剂", "author"), WORKER);
	assert_string_equal(column_of(r, "试剂", "slot2"), "晚\t0\t0\t0\t0\t0\t0");

	/* Nothing of the old one is left, and the other is not touched, though its name begins alike. */
	assert_string_equal(template_save(r, GRID_A, "试剂", (struct call){.title = "新", .slots = {{"早"}}}), "OK");
	assert_string_equal(redis(r, "ZCARD {7}:templates:%s", GRID_A), "2");
	assert_string_equal(column_of(r, "试剂", "title"), "新");
	assert_string_equal(column_of(r, "试剂", "slots"), "1");
	assert_string_equal(column_of(r, "试剂", "slot2"), "(nil)");
	assert_string_equal(template_remove(r, GRID_A, "试剂"), "OK");
	assert_string_equal(template_remove(r, GRID_A, "试剂"), "NOT_FOUND name");
	assert_string_equal(column_of(r, "试剂", "title"), "(nil)");
	assert_string_equal(column_of(r, "试剂2", "title"), "另一个");
	assert_string_equal(template_remove(r, GRID_A, "试剂2"), "OK");
	assert_string_equal(redis(r, "EXISTS {7}:templates:%s {7}:template:%s", GRID_A, GRID_A), "0");
}

static void
place_has_32_templates(void **state)
{
	struct redis *r = *state;
	char name[16];

	for (unsigned i = 1; i <= 33; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_string_equal(template_save(r, GRID_A, name, (struct call){0}), i <= 32 ? "OK" : "FULL name");
	}
	/* One of them may still be replaced, and another place has its own. */
	assert_string_equal(template_save(r, GRID_A, "n7", (struct call){.need = 5}), "OK");
	assert_string_equal(template_save(r, GRID_B, "n33", (struct call){0}), "OK");
	template_remove(r, GRID_A, "n7");
	assert_string_equal(template_save(r, GRID_A, "n33", (struct call){0}), "OK");
}

static void
hub_reads_the_call_as_posted(void **state)
{
	struct redis *r = *state;
	struct id id = {7, 1}, author = {1, 99};
	struct call_record call;
	struct call_numbers numbers;
	char place[PLACE_TEXT];
	redisReply *reply;

	post(r, .title = "发放抗原试剂", .body = "每户两盒", .meeting = "社区门口", .need = 1, .limit = 2);
	for (unsigned i = 1; i <= 3; i++)
		chain_join(r, CALL, (const char *const[]){"1.1", "1.2", "1.3"}[i - 1], GRID_A);
	reply = redis_run(r, records_read_call(id));

	assert_true(records_parse_call(id, &call, &numbers, reply));
	assert_int_equal(call.state, CALL_OPEN);
	assert_string_equal(place_print(place, call.place), GRID_A);
	assert_true(id_equal(call.author, author));
	assert_int_equal(call.posted_ms, number_at(r, "posted"));
	assert_int_equal(call.deadline_ms, number_at(r, "deadline"));
	assert_int_equal(call.need, 1);
	assert_int_equal(call.limit, 2);
	assert_string_equal(call.title.data, "发放抗原试剂");
	assert_string_equal(call.body.data, "每户两盒");
	assert_string_equal(call.meeting.data, "社区门口");
	assert_int_equal(numbers.confirmed, 2);
	assert_int_equal(numbers.waiting, 1);
	assert_int_equal(numbers.lines, 3);
	freeReplyObject(reply);

	call_close(r, CALL);
	reply = redis_run(r, records_read_call(id));
	assert_true(records_parse_call(id, &call, &numbers, reply));
	assert_int_equal(call.state, CALL_CLOSED);
	freeReplyObject(reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(posted_call_stands_as_written),
		rule(call_is_listed_open_and_by_its_time),
		rule(deadline_is_ahead_but_not_over_a_year),
		rule(closed_call_is_not_listed_open),
		rule(call_is_closed_once),
		rule(unknown_call_cannot_be_closed),
		rule(call_past_its_deadline_can_be_closed),
		rule(hub_reads_the_call_as_posted),
		rule(template_is_kept_replaced_and_forgotten),
		rule(place_has_32_templates),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
