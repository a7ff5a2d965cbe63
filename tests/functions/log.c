/* log.c - the log of a partition: gapless, flat, without text, and trimmed by age. */
#include "functions.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

#define STEPS 300

/* Numbers. */

/* One of many things that may happen in partition 7, or be refused there. */
static void
do_something(struct redis *r, struct rng *rng)
{
	char person[16], code[24];

	snprintf(person, sizeof(person), "1.%u", rng_below(rng, 9));
	snprintf(code, sizeof(code), COMMUNITY "%03u", 1 + rng_below(rng, 40));
	switch (rng_below(rng, 5)) {
	case 0:
		place_import(r, COMMUNITY, code, "网格");
		break;
	case 1:
		call_post(r, (struct call){.id = "7.2", .open_ms = rng_below(rng, 2) ? HOUR_MS : -1});
		break;
	case 2:
		chain_withdraw(r, CALL, person);
		break;
	default:
		chain_join(r, CALL, person, GRID_A);
	}
}

static const char *
field_of(const redisReply *entry, const char *name)
{
	const redisReply *fields = entry->element[1];

	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (strcmp(fields->element[i]->str, name) == 0)
			return fields->element[i + 1]->str;
	fail_msg("an entry without %s", name);
	return NULL;
}

static void
numbers_follow_each_other_without_a_gap(void **state)
{
	struct redis *r = *state;
	struct rng rng = {7};
	uint64_t at_ms = 0;
	redisReply *log;

	post(r, .limit = 2);
	for (unsigned step = 0; step < STEPS; step++)
		do_something(r, &rng);
	log = redis_reply(r, "XRANGE {7}:log - +");

	assert_in_range(log->elements, STEPS / 4, STEPS);
	for (size_t i = 0; i < log->elements; i++) {
		const char *at = field_of(log->element[i], "at");
		assert_int_equal(strtoull(field_of(log->element[i], "seq"), NULL, 10), i + 1);
		assert_true(strtoull(at, NULL, 10) >= at_ms);
		at_ms = strtoull(at, NULL, 10);
	}
	assert_int_equal(strtoull(redis(r, "HGET {7}:meta seq"), NULL, 10), log->elements);
	assert_in_range(at_ms, redis_now_ms(r) - HOUR_MS, redis_now_ms(r));
	freeReplyObject(log);
}

static void
each_partition_counts_its_own(void **state)
{
	struct redis *r = *state;

	settle(r, "1.1");
	post(r, .limit = 1);
	assert_int_equal(r->seq, 1);
	member_move(r, "1.1", GRID_B);
	assert_int_equal(r->seq, 2);
	assert_string_equal(redis(r, "XLEN {7}:log"), "1");
	assert_string_equal(redis(r, "XLEN {1}:log"), "2");
}

/* What stands in it. */

/* Ids, states and numbers, and what keeps them apart. */
static bool
is_plain(const char *value)
{
	for (; *value; value++)
		if (!islower(*value) && !isdigit(*value) && !strchr(".,:;", *value))
			return false;
	return true;
}

/* The fields of each kind; an event with another must be thought of here, and in the feed. */
static bool
is_known(const char *kind, const char *fields)
{
	static const char *const kinds[][2] = {
		{"places", "seq at what under codes"},
		{"member", "seq at what person place"},
		{"call", "seq at what call"},
		{"call", "seq at what call changed"},
		{"chain", "seq at what call lines"},
		{"chain", "seq at what call lines late"},
		{"chain", "seq at what call lines filled"},
		{"grant", "seq at what person role place until"},
		{"device", "seq at what person device"},
		{"erased", "seq at what person"},
		{"desk", "seq at what ticket"},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i][0], kind) == 0 && strcmp(kinds[i][1], fields) == 0)
			return true;
	return false;
}

static void
check_entry(const redisReply *entry)
{
	const redisReply *fields = entry->element[1];
	char names[256] = "";

	assert_int_equal(fields->elements % 2, 0);
	for (size_t i = 0; i < fields->elements; i += 2) {
		assert_int_equal(fields->element[i]->type, REDIS_REPLY_STRING);
		assert_int_equal(fields->element[i + 1]->type, REDIS_REPLY_STRING);
		strcat(strcat(names, i ? " " : ""), fields->element[i]->str);
		if (!is_plain(fields->element[i + 1]->str))
			fail_msg("%s is %s", fields->element[i]->str, fields->element[i + 1]->str);
	}
	if (!is_known(field_of(entry, "what"), names))
		fail_msg("an event of fields that nobody expects: %s", names);
}

static void
check_log(struct redis *r, const char *key, size_t entries)
{
	redisReply *log = redis_reply(r, "XRANGE %s - +", key);
	const char *all = redis_text(r, log);

	assert_int_equal(log->elements, entries);
	for (size_t i = 0; i < log->elements; i++)
		check_entry(log->element[i]);
	for (const char *const *text = evening_texts; *text; text++)
		assert_null(strstr(all, *text));
	freeReplyObject(log);
}

/* A text that is found where it belongs is one that would be found in the log. */
static void
check_texts_are_real(struct redis *r)
{
	char *all = redis_picture(r);

	for (const char *const *text = evening_texts; *text; text++)
		assert_non_null(strstr(all, *text));
	free(all);
}

static void
entries_are_flat_and_bear_no_text(void **state)
{
	struct redis *r = *state;

	play_evening(r);

	check_texts_are_real(r);
	check_log(r, "{7}:log", 25);
	check_log(r, "{1}:log", 16);
}

/* Age. */

/* Entries as they would be if somebody had written them then. */
static void
write_old_entries(struct redis *r, unsigned count, uint64_t at_ms)
{
	for (unsigned i = 0; i < count; i++) {
		char id[40];
		snprintf(id, sizeof(id), "%" PRIu64 "-%u", at_ms, i + 1);
		redis(r, "XADD {7}:log %s seq 1 at 1 what old", id);
	}
}

/* Redis trims whole nodes of a hundred; so up to that many of the old may stay, and none of the new goes. */
static void
what_is_older_than_a_day_goes_with_the_next_event(void **state)
{
	struct redis *r = *state;
	uint64_t now = redis_now_ms(r);
	unsigned long left;
	redisReply *oldest;

	write_old_entries(r, 1000, now - DAY_MS - HOUR_MS);
	write_old_entries(r, 250, now - DAY_MS + HOUR_MS);
	redis(r, "HSET {7}:meta seq 1250");

	post(r, .limit = 1);
	left = strtoul(redis(r, "XLEN {7}:log"), NULL, 10);
	assert_in_range(left, 251, 251 + 100);
	assert_int_equal(r->seq, 1251);
	oldest = redis_reply(r, "XRANGE {7}:log %llu +", (unsigned long long)(now - DAY_MS));
	assert_int_equal(oldest->elements, 251);
	freeReplyObject(oldest);
}

static void
nothing_is_trimmed_that_is_not_a_day_old(void **state)
{
	struct redis *r = *state;

	write_old_entries(r, 1000, redis_now_ms(r) - DAY_MS + MINUTE_MS);
	post(r, .limit = 1);
	assert_string_equal(redis(r, "XLEN {7}:log"), "1001");
}

/* The order of the numbers is the order of the log even then. */
static void
clock_that_goes_back_does_not_break_the_log(void **state)
{
	struct redis *r = *state;
	uint64_t ahead = redis_now_ms(r) + HOUR_MS;
	redisReply *log;

	write_old_entries(r, 1, ahead);
	redis(r, "HSET {7}:meta seq 1");
	post(r, .limit = 1);
	chain_join(r, CALL, "1.1", GRID_A);

	log = redis_reply(r, "XRANGE {7}:log - +");
	assert_int_equal(log->elements, 3);
	assert_string_equal(field_of(log->element[1], "seq"), "2");
	assert_string_equal(field_of(log->element[2], "seq"), "3");
	freeReplyObject(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		rule(numbers_follow_each_other_without_a_gap),
		rule(each_partition_counts_its_own),
		rule(entries_are_flat_and_bear_no_text),
		rule(what_is_older_than_a_day_goes_with_the_next_event),
		rule(nothing_is_trimmed_that_is_not_a_day_old),
		rule(clock_that_goes_back_does_not_break_the_log),
	};

	return cmocka_run_group_tests(tests, redis_open, redis_close);
}
