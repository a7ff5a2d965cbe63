/* chain.c - the chain: joining, waiting, withdrawing, and what is told of it. */
#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "records.h"

/* Most tests are about CALL and people at GRID_A. */

static const char *
join(struct redis *r, const char *person)
{
	return chain_join(r, CALL, person, GRID_A);
}

static const char *
withdraw(struct redis *r, const char *person)
{
	return chain_withdraw(r, CALL, person);
}

/* People who join one after the other, whatever comes of it. */
#define join_all(r, ...) join_each(r, (const char *const[]){__VA_ARGS__, NULL})
static void
join_each(struct redis *r, const char *const *persons)
{
	for (; *persons; persons++)
		assert_memory_equal(join(r, *persons), "OK ", 3);
}

/* A line as it stands: "state person place joined", with tabs. */
static const char *
line_of(struct redis *r, const char *call, unsigned number)
{
	return redis(r, "HGET {7}:call:%s:lines %u", call, number);
}

/* The whole chain, as "1.1 struck, 1.2 confirmed", in the order of the numbers. */
static const char *
chain(struct redis *r)
{
	static char out[1024];
	unsigned count = (unsigned)strtoul(redis(r, "HLEN {7}:call:7.1:lines"), NULL, 10);
	char *at = out;

	*at = '\0';
	for (unsigned number = 1; number <= count; number++) {
		char state[16], person[ID_TEXT];
		assert_int_equal(sscanf(line_of(r, CALL, number), "%15s %19s", state, person), 2);
		at += sprintf(at, "%s%s %s", number == 1 ? "" : ", ", person, state);
	}
	return out;
}

/* What the event says of lines, as "1 struck 1.1, 2 confirmed 1.2"; each must be told as it stands in the record. */
static const char *
told(struct redis *r)
{
	static char out[1024];
	char line[128], wanted[128], *at = out;
	struct text lines = text_of(event(r));
	const char *head = "chain call 7.1 lines ";

	assert_memory_equal(lines.data, head, strlen(head));
	lines = text_of(lines.data + strlen(head));
	while (lines.len > 0) {
		struct text next = text_cut(&lines, ';');
		unsigned number;
		char state[16], person[ID_TEXT], place[PLACE_TEXT], joined[24];
		snprintf(line, sizeof(line), "%.*s", (int)next.len, next.data);
		assert_int_equal(
			sscanf(line, "%u:%15[a-z]:%19[0-9.]:%18[0-9]:%23[0-9]", &number, state, person, place, joined),
			5);
		snprintf(wanted, sizeof(wanted), "%s\t%s\t%s\t%s", state, person, place, joined);
		assert_string_equal(line_of(r, CALL, number), wanted);
		at += sprintf(at, "%s%u %s %s", at == out ? "" : ", ", number, state, person);
	}
	return out;
}

static const char *
numbers(struct redis *r)
{
	return redis(r, "HMGET {7}:call:7.1 confirmed waiting lines");
}

/* Joining. */

static void
lines_stand_in_the_order_of_joining(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 100);
	for (unsigned number = 1; number <= 28; number++) {
		char person[ID_TEXT], said[32];
		snprintf(person, sizeof(person), "1.%u", 100 - number);
		snprintf(said, sizeof(said), "OK %u confirmed", number);
		assert_string_equal(join(r, person), said);
		assert_int_equal(r->seq, number + 1);
	}
	assert_string_equal(numbers(r), "28 0 28");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:tally %s", GRID_A " confirmed"), "28");
}

static void
line_stands_with_its_person_place_and_time(void **state)
{
	struct redis *r = *state;
	char wanted[128];

	post(r, .limit = 1);
	join(r, "1.7");

	assert_string_equal(told(r), "1 confirmed 1.7");
	snprintf(wanted, sizeof(wanted), "confirmed\t1.7\t" GRID_A "\t%" PRIu64, r->at_ms);
	assert_string_equal(line_of(r, CALL, 1), wanted);
	assert_string_equal(redis(r, "HGETALL {7}:call:7.1:live"), "1.7 1");
}

static void
without_a_limit_all_are_confirmed(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 0);
	join_all(r, "1.1", "1.2", "1.3", "1.4");

	assert_string_equal(chain(r), "1.1 confirmed, 1.2 confirmed, 1.3 confirmed, 1.4 confirmed");
	assert_string_equal(numbers(r), "4 0 4");
	assert_string_equal(redis(r, "EXISTS {7}:call:7.1:waiting"), "0");
}

static void
past_the_limit_lines_wait(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2);
	assert_string_equal(join(r, "1.1"), "OK 1 confirmed");
	assert_string_equal(join(r, "1.2"), "OK 2 confirmed");
	assert_string_equal(join(r, "1.3"), "OK 3 waiting");
	assert_string_equal(told(r), "3 waiting 1.3");
	assert_string_equal(join(r, "1.4"), "OK 4 waiting");

	assert_string_equal(numbers(r), "2 2 4");
	assert_string_equal(redis(r, "ZRANGE {7}:call:7.1:waiting 0 -1"), "3 4");
}

static void
one_person_has_one_live_line(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");

	assert_string_equal(join(r, "1.1"), "ALREADY call 1 confirmed");
	assert_string_equal(join(r, "1.2"), "ALREADY call 2 waiting");
	assert_string_equal(chain_join(r, CALL, "1.2", GRID_B), "ALREADY call 2 waiting");
	assert_string_equal(chain(r), "1.1 confirmed, 1.2 waiting");

	withdraw(r, "1.1");
	assert_string_equal(join(r, "1.2"), "ALREADY call 2 confirmed");
}

/* Withdrawing. */

static void
withdrawn_line_is_struck_and_keeps_its_number(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 5);
	join_all(r, "1.1", "1.2");

	assert_string_equal(withdraw(r, "1.1"), "OK 1");
	assert_string_equal(told(r), "1 struck 1.1");
	assert_string_equal(chain(r), "1.1 struck, 1.2 confirmed");
	assert_string_equal(numbers(r), "1 0 2");
	assert_string_equal(redis(r, "HGETALL {7}:call:7.1:live"), "1.2 2");
}

static void
freed_place_goes_to_first_in_line(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 2);
	join_all(r, "1.1", "1.2", "1.3", "1.4");

	assert_string_equal(withdraw(r, "1.1"), "OK 1");
	assert_string_equal(told(r), "1 struck 1.1, 3 confirmed 1.3"); /* in one event */
	assert_string_equal(chain(r), "1.1 struck, 1.2 confirmed, 1.3 confirmed, 1.4 waiting");
	assert_string_equal(redis(r, "ZRANGE {7}:call:7.1:waiting 0 -1"), "4");
	assert_string_equal(numbers(r), "2 1 4");
}

/* By number, not by text: 2 before 10. */
static void
first_in_line_is_the_lowest_number(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12");

	withdraw(r, "1.1");
	assert_string_equal(told(r), "1 struck 1.1, 2 confirmed 1.2");
	assert_string_equal(redis(r, "ZRANGE {7}:call:7.1:waiting 0 -1"), "3 4 5 6 7 8 9 10 11 12");
}

static void
who_leaves_the_queue_promotes_nobody(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2", "1.3");

	assert_string_equal(withdraw(r, "1.2"), "OK 2");
	assert_string_equal(told(r), "2 struck 1.2");
	assert_string_equal(chain(r), "1.1 confirmed, 1.2 struck, 1.3 waiting");
	assert_string_equal(numbers(r), "1 1 3");

	withdraw(r, "1.1");
	assert_string_equal(told(r), "1 struck 1.1, 3 confirmed 1.3");
}

static void
who_comes_back_stands_at_the_end(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2", "1.3");
	withdraw(r, "1.1");

	assert_string_equal(join(r, "1.1"), "OK 4 waiting");
	assert_string_equal(chain(r), "1.1 struck, 1.2 confirmed, 1.3 waiting, 1.1 waiting");
	assert_string_equal(redis(r, "HGET {7}:call:7.1:live 1.1"), "4");
	withdraw(r, "1.1");
	assert_string_equal(withdraw(r, "1.1"), "NOT_FOUND person");
}

static void
number_is_never_given_twice(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 0);
	for (unsigned number = 1; number <= 5; number++) {
		char said[32];
		snprintf(said, sizeof(said), "OK %u confirmed", number);
		assert_string_equal(join(r, "1.1"), said);
		withdraw(r, "1.1");
	}
	assert_string_equal(chain(r), "1.1 struck, 1.1 struck, 1.1 struck, 1.1 struck, 1.1 struck");
	assert_string_equal(numbers(r), "0 0 5");
	assert_string_equal(redis(r, "EXISTS {7}:call:7.1:live"), "0");
}

static void
nobody_withdraws_for_another(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1");
	assert_string_equal(withdraw(r, "1.2"), "NOT_FOUND person");
	assert_string_equal(withdraw(r, "1.11"), "NOT_FOUND person");
	assert_string_equal(chain(r), "1.1 confirmed");
}

/* When. */

static void
unknown_call_has_no_chain(void **state)
{
	struct redis *r = *state;

	assert_string_equal(join(r, "1.1"), "NOT_FOUND call");
	assert_string_equal(withdraw(r, "1.1"), "NOT_FOUND call");
	assert_string_equal(redis(r, "DBSIZE"), "0");
}

static void
call_knows_whose_lines_it_has(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");
	chain_sign(r, CALL, (struct signing){.by = "1.3", .texts = "李梅\t"});
	assert_string_equal(chain_concerns(r, CALL, "1.2"), "OK 1");
	assert_string_equal(chain_concerns(r, CALL, "1.3"), "OK 1"); /* he put one there */
	assert_string_equal(chain_concerns(r, CALL, "1.4"), "OK 0");
	assert_string_equal(chain_concerns(r, "7.99", "1.1"), "OK 0");
	withdraw(r, "1.1");
	assert_string_equal(chain_concerns(r, CALL, "1.1"), "OK 0");

	call_post(r, (struct call){.id = "7.5", .slots = {{.label = "早班"}, {.label = "晚班"}}});
	chain_sign(r, "7.5", (struct signing){.person = "1.1", .slot = 2});
	assert_string_equal(chain_concerns(r, "7.5", "1.1"), "OK 1");
	assert_string_equal(chain_concerns(r, "7.5", "1.2"), "OK 0");
}

static void
closed_call_keeps_its_chain_as_it_is(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");
	call_close(r, CALL);

	assert_string_equal(join(r, "1.3"), "CLOSED call");
	assert_string_equal(join(r, "1.1"), "CLOSED call");
	assert_string_equal(withdraw(r, "1.1"), "CLOSED call");
	assert_string_equal(withdraw(r, "1.3"), "NOT_FOUND person"); /* it is not his to know */
	assert_string_equal(chain(r), "1.1 confirmed, 1.2 waiting");
}

static void
nobody_joins_past_the_deadline(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");
	let_deadline_pass(r, CALL);

	assert_string_equal(join(r, "1.3"), "TOO_LATE call");
	assert_string_equal(join(r, "1.1"), "TOO_LATE call");
	assert_string_equal(chain(r), "1.1 confirmed, 1.2 waiting");
}

/* Until the call is closed; who cannot come should say so, and the next should know. */
static void
one_may_withdraw_past_the_deadline(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");
	let_deadline_pass(r, CALL);

	assert_string_equal(withdraw(r, "1.1"), "OK 1");
	assert_string_equal(told(r), "1 struck 1.1, 2 confirmed 1.2");
}

static void
closed_comes_before_too_late(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	let_deadline_pass(r, CALL);
	call_close(r, CALL);
	assert_string_equal(join(r, "1.1"), "CLOSED call");
}

/* Struck lines count: what a chain holds is bounded, whatever its people do. */
static void
chain_is_full_at_a_hundred_thousand_lines(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	redis(r, "HSET {7}:call:7.1 lines 99999");

	assert_string_equal(join(r, "1.1"), "OK 100000 confirmed");
	assert_string_equal(join(r, "1.2"), "FULL call");
	assert_string_equal(join(r, "1.1"), "ALREADY call 100000 confirmed");
	assert_string_equal(withdraw(r, "1.1"), "OK 100000");
	assert_string_equal(join(r, "1.2"), "FULL call");
	assert_string_equal(numbers(r), "0 0 100000");
}

/* Where. */

static const char *
tally(struct redis *r, const char *place_and_state)
{
	return redis(r, "HGET {7}:call:7.1:tally %s", place_and_state);
}

static void
line_counts_where_its_person_lives(void **state)
{
	struct redis *r = *state;

	post(r, .place = COMMUNITY, .limit = 3);
	chain_join(r, CALL, "1.1", GRID_A);
	chain_join(r, CALL, "1.2", GRID_B);
	chain_join(r, CALL, "1.3", BUILDING_1);
	chain_join(r, CALL, "1.4", BUILDING_1);
	chain_join(r, CALL, "1.5", COMMUNITY);

	assert_string_equal(tally(r, GRID_A " confirmed"), "1");
	assert_string_equal(tally(r, GRID_B " confirmed"), "1");
	assert_string_equal(tally(r, BUILDING_1 " confirmed"), "1");
	assert_string_equal(tally(r, BUILDING_1 " waiting"), "1");
	assert_string_equal(tally(r, COMMUNITY " waiting"), "1");
	assert_string_equal(redis(r, "HLEN {7}:call:7.1:tally"), "5");
}

/* Neighbours, those registered above the call, in a place whose code only looks alike, or nowhere. */
static void
outsiders_count_at_the_place_of_the_call(void **state)
{
	static const char *const elsewhere[] = {GRID_B, COMMUNITY, STREET, "14", "140106004009001", ""};
	struct redis *r = *state;

	post(r, .limit = 0);
	for (unsigned i = 0; i < ARRAY_LEN(elsewhere); i++) {
		char person[ID_TEXT];
		snprintf(person, sizeof(person), "1.%u", i + 1);
		assert_memory_equal(chain_join(r, CALL, person, elsewhere[i]), "OK ", 3);
		assert_non_null(strstr(line_of(r, CALL, i + 1), "\t" GRID_A "\t"));
	}
	assert_string_equal(tally(r, GRID_A " confirmed"), "6");
	assert_string_equal(redis(r, "HLEN {7}:call:7.1:tally"), "1");
}

static void
promotion_moves_the_count_at_the_line_s_own_place(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", BUILDING_1);
	chain_join(r, CALL, "1.2", BUILDING_2);
	withdraw(r, "1.1");

	assert_string_equal(tally(r, BUILDING_1 " confirmed"), "0");
	assert_string_equal(tally(r, BUILDING_2 " waiting"), "0");
	assert_string_equal(tally(r, BUILDING_2 " confirmed"), "1");
}

static void
chains_of_two_calls_are_two(void **state)
{
	struct redis *r = *state;

	post(r, .limit = 1);
	post(r, .id = "7.2", .limit = 1);
	join_all(r, "1.1", "1.2");

	assert_string_equal(chain_join(r, "7.2", "1.1", GRID_A), "OK 1 confirmed");
	assert_string_equal(chain_withdraw(r, "7.2", "1.1"), "OK 1");
	assert_string_equal(chain(r), "1.1 confirmed, 1.2 waiting");
	assert_string_equal(chain_withdraw(r, "7.2", "1.2"), "NOT_FOUND person");
}

static void
hub_reads_the_lines_as_written(void **state)
{
	struct redis *r = *state;
	struct line_change line;
	redisReply *reply;
	char id[ID_TEXT];

	post(r, .limit = 1);
	join_all(r, "1.1", "1.2");
	withdraw(r, "1.1");
	reply = redis_run(r, records_read_lines((struct id){7, 1}, 1, 2));
	assert_int_equal(reply->elements, 2);

	assert_true(line_change_parse(&line, 1, reply_string(reply->element[0]), '\t'));
	assert_int_equal(line.state, LINE_STRUCK);
	assert_true(line_change_parse(&line, 2, reply_string(reply->element[1]), '\t'));
	assert_int_equal(line.number, 2);
	assert_int_equal(line.state, LINE_CONFIRMED);
	assert_string_equal(id_print(id, line.person), "1.2");
	assert_in_range(line.joined_ms, 1, r->at_ms);
	freeReplyObject(reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(lines_stand_in_the_order_of_joining),
		rule(line_stands_with_its_person_place_and_time),
		rule(without_a_limit_all_are_confirmed),
		rule(past_the_limit_lines_wait),
		rule(one_person_has_one_live_line),
		rule(withdrawn_line_is_struck_and_keeps_its_number),
		rule(freed_place_goes_to_first_in_line),
		rule(first_in_line_is_the_lowest_number),
		rule(who_leaves_the_queue_promotes_nobody),
		rule(who_comes_back_stands_at_the_end),
		rule(number_is_never_given_twice),
		rule(nobody_withdraws_for_another),
		rule(unknown_call_has_no_chain),
		rule(call_knows_whose_lines_it_has),
		rule(closed_call_keeps_its_chain_as_it_is),
		rule(nobody_joins_past_the_deadline),
		rule(one_may_withdraw_past_the_deadline),
		rule(closed_comes_before_too_late),
		rule(chain_is_full_at_a_hundred_thousand_lines),
		rule(line_counts_where_its_person_lives),
		rule(outsiders_count_at_the_place_of_the_call),
		rule(promotion_moves_the_count_at_the_line_s_own_place),
		rule(chains_of_two_calls_are_two),
		rule(hub_reads_the_lines_as_written),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
