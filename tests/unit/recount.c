/* recount.c - what an audit reckons from the lines of a chain (clients/gridctl/recount.h), without a Redis. */
#include "recount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define GRID     "140105007004001"
#define BUILDING "140105007004001002"

/* A chain under recount. */
struct bench {
	struct findings findings;
	struct call_record record;
	struct call_numbers numbers;
	struct recount *recount;
};

static struct text
text(const char *string)
{
	return text_of(string);
}

static void
begin(struct bench *b, uint32_t limit, struct call_numbers numbers)
{
	b->findings = (struct findings){.count = 0};
	b->record = (struct call_record){.state = CALL_OPEN, .limit = limit};
	assert_true(place_parse(&b->record.place, text(GRID)));
	b->numbers = numbers;
	b->recount = recount_create((struct id){7, 1}, &b->record, &b->numbers, &b->findings);
	assert_non_null(b->recount);
}

static void
end(struct bench *b)
{
	recount_end(b->recount);
	recount_destroy(b->recount);
}

/* What was found, one a line: "flaw key about: found > wanted". */
static const char *
found(const struct bench *b)
{
	static const char *const names[] = {
#define NAME(name, word, english, chinese) word,
		FLAW_LIST(NAME)
#undef NAME
	};
	static char out[8192];
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < b->findings.count && len < sizeof(out) - 400; i++) {
		const struct difference *d = &b->findings.items[i];
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s %s %s: %s > %s\n", names[d->flaw], d->key,
			d->about, d->found, d->wanted);
	}
	return out;
}

/* The chain of most tests: two count, the second for two people; one waits; one is struck. */
static void
add_lines(struct bench *b)
{
	recount_line(b->recount, text("1"), text("confirmed\t1.1\t" GRID "\t1649761234567"));
	recount_line(b->recount, text("3"), text("struck\t1.3\t" GRID "\t1649761234567"));
	recount_line(
		b->recount, text("2"), text("confirmed\t1.2\t" BUILDING "\t1649761234567\t\t2\t1.1\t1649761239999"));
	recount_line(b->recount, text("4"), text("waiting\t1.4\t" GRID "\t1649761234567\t\t\t\t\t\t\t\t1"));
	recount_lines_end(b->recount);
}

static void
add_rest(struct bench *b)
{
	recount_queued(b->recount, false, text("1"), text("1"));
	recount_queued(b->recount, false, text("2"), text("2"));
	recount_queued(b->recount, true, text("4"), text("4"));
	recount_live(b->recount, text("1.1"), text("1"));
	recount_live(b->recount, text("1.2"), text("2"));
	recount_live(b->recount, text("1.4"), text("4"));
	recount_live(b->recount, text("by 1.1"), text("1"));
	recount_tally(b->recount, text(GRID " confirmed"), text("1"));
	recount_tally(b->recount, text(GRID " waiting"), text("1"));
	recount_tally(b->recount, text(BUILDING " confirmed"), text("2"));
	recount_tally(b->recount, text(BUILDING " present"), text("2"));
	recount_tally(b->recount, text(BUILDING " waiting"), text("0")); /* who has left, leaves that */
	recount_texts(b->recount, text("4"));
}

static const struct call_numbers good = {.confirmed = 3, .waiting = 1, .lines = 4};

static void
sound_chain_has_no_finding(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 3, good);
	add_lines(&b);
	add_rest(&b);
	add_rest(&b); /* SCAN may say things twice */
	end(&b);
	assert_string_equal(found(&b), "");
	assert_int_equal(b.findings.more, 0);
}

static void
what_does_not_come_is_missed(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 3, good);
	add_lines(&b);
	end(&b);
	assert_string_equal(found(&b), "queue {7}:call:7.1:confirmed 1:  > 1\n"
				       "live {7}:call:7.1:live 1.1:  > 1\n"
				       "queue {7}:call:7.1:confirmed 2:  > 2\n"
				       "live {7}:call:7.1:live 1.2:  > 2\n"
				       "queue {7}:call:7.1:waiting 4:  > 4\n"
				       "live {7}:call:7.1:live 1.4:  > 4\n"
				       "texts {7}:call:7.1:texts 4:  > *\n"
				       "tally {7}:call:7.1:tally " GRID " confirmed:  > 1\n"
				       "tally {7}:call:7.1:tally " GRID " waiting:  > 1\n"
				       "tally {7}:call:7.1:tally " BUILDING " confirmed:  > 2\n"
				       "tally {7}:call:7.1:tally " BUILDING " present:  > 2\n"
				       "signed {7}:call:7.1:live by 1.1:  > 1\n");
}

static void
numbers_of_the_record_follow_from_the_lines(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 2, (struct call_numbers){.confirmed = 2, .waiting = 0, .lines = 6});
	add_lines(&b);
	add_rest(&b);
	end(&b);
	assert_string_equal(found(&b), "gap {7}:call:7.1:lines 5:  > *\n"
				       "gap {7}:call:7.1:lines 6:  > *\n"
				       "limit {7}:call:7.1 confirmed: 3 > 2\n"
				       "people {7}:call:7.1 confirmed: 2 > 3\n"
				       "people {7}:call:7.1 waiting: 0 > 1\n");
	begin(&b, 4, (struct call_numbers){.confirmed = 3, .waiting = 1, .lines = 3});
	add_lines(&b);
	add_rest(&b);
	end(&b);
	assert_string_equal(found(&b), "gap {7}:call:7.1 lines: 3 > 4\n"
				       "room {7}:call:7.1:lines 4: waiting > confirmed\n");
}

/* A call grants a day at the most; more than a hub can read is no line at all. */
static void
no_line_is_granted_more_than_a_call_may_say(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 0, (struct call_numbers){.confirmed = 3, .lines = 3});
	recount_line(b.recount, text("1"), text("confirmed\t1.1\t" GRID "\t1\t\t\t\t2\t3\t1440"));
	recount_line(b.recount, text("2"), text("confirmed\t1.2\t" GRID "\t1\t\t\t\t2\t3\t1441"));
	recount_line(b.recount, text("3"), text("confirmed\t1.3\t" GRID "\t1\t\t\t\t2\t3\t70000"));
	recount_lines_end(b.recount);
	recount_destroy(b.recount);
	assert_string_equal(found(&b), "line {7}:call:7.1:lines 3: confirmed\t1.3\t" GRID "\t1\t\t\t\t2\t3\t70000 > *\n"
				       "line {7}:call:7.1:lines 2: 1441 > 1440\n"
				       "gap {7}:call:7.1:lines 3:  > *\n"
				       "people {7}:call:7.1 confirmed: 3 > 2\n");
}

/* Who comes with more people than there is room for may wait, and everybody behind him; he behind one who waits may not
 * count. */
static void
turn_in_the_queue_is_held_by_people(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 3, (struct call_numbers){.confirmed = 2, .waiting = 3, .lines = 3});
	recount_line(b.recount, text("1"), text("confirmed\t\t" GRID "\t1\t\t2\t1.9"));
	recount_line(b.recount, text("2"), text("waiting\t\t" GRID "\t1\t\t2\t1.9"));
	recount_line(b.recount, text("3"), text("waiting\t\t" GRID "\t1\t\t\t1.9"));
	recount_lines_end(b.recount);
	assert_string_equal(found(&b), "");
	recount_destroy(b.recount);

	begin(&b, 3, (struct call_numbers){.confirmed = 3, .waiting = 2, .lines = 3});
	recount_line(b.recount, text("1"), text("confirmed\t\t" GRID "\t1\t\t2\t1.9"));
	recount_line(b.recount, text("2"), text("waiting\t\t" GRID "\t1\t\t2\t1.9"));
	recount_line(b.recount, text("3"), text("confirmed\t\t" GRID "\t1\t\t\t1.9"));
	recount_lines_end(b.recount);
	assert_string_equal(found(&b), "turn {7}:call:7.1:lines 3: confirmed > waiting\n");
	recount_destroy(b.recount);
}

static void
each_slot_is_recounted_by_itself(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 0, (struct call_numbers){.confirmed = 2, .waiting = 1, .lines = 4, .slots = {{1, 1}, {2, 0}}});
	recount_destroy(b.recount);
	b.record.slot_count = 2;
	b.record.slots[0].limit = 1;
	b.recount = recount_create((struct id){7, 1}, &b.record, &b.numbers, &b.findings);
	recount_line(b.recount, text("1"), text("confirmed\t1.1\t" GRID "\t1\t1"));
	recount_line(b.recount, text("2"), text("waiting\t1.2\t" GRID "\t1\t1"));
	recount_line(b.recount, text("3"), text("offered\t1.1\t" GRID "\t1\t2\t\t\t\t\t\t77"));
	recount_line(b.recount, text("4"), text("struck\t1.1\t1401\t1\t3"));
	recount_lines_end(b.recount);
	recount_queued(b.recount, false, text("1"), text("1000001"));
	recount_queued(b.recount, true, text("2"), text("2"));
	recount_queued(b.recount, false, text("3"), text("2000003"));
	recount_offered(b.recount, text("3"), text("3"));
	recount_live(b.recount, text("1.1 1"), text("1"));
	recount_live(b.recount, text("1.2"), text("2"));
	recount_live(b.recount, text("1.1 2"), text("3"));
	recount_tally(b.recount, text(GRID " confirmed"), text("2"));
	recount_tally(b.recount, text(GRID " waiting"), text("1"));
	assert_int_equal(recount_next_offered(b.recount, 0), 3);
	assert_int_equal(recount_next_offered(b.recount, 3), 0);
	recount_offer_due(b.recount, 3, text(""));
	end(&b);
	assert_string_equal(found(&b), "place {7}:call:7.1:lines 4: 1401 > " GRID "\n"
				       "slot {7}:call:7.1:lines 4: 3 > *\n"
				       "people {7}:call:7.1 slot2 confirmed: 2 > 1\n"
				       "queue {7}:call:7.1:waiting 2: 2 > 1000002\n"
				       "queue {7}:call:7.1:offered 3: 3 > 2000003\n"
				       "live {7}:call:7.1:live 1.2: 2 > \n"
				       "due {7}:due offer 7.1 3:  > 77\n"
				       "live {7}:call:7.1:live 1.2 1:  > 2\n");
}

/* A call that has ended waits for nobody. */
static void
offer_of_an_ended_call_need_not_be_due(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 0, (struct call_numbers){.confirmed = 1, .lines = 1});
	recount_destroy(b.recount);
	b.record.state = CALL_CLOSED;
	b.recount = recount_create((struct id){7, 1}, &b.record, &b.numbers, &b.findings);
	recount_line(b.recount, text("1"), text("offered\t\t" GRID "\t1\t\t\t1.9\t\t\t\t77"));
	recount_lines_end(b.recount);
	recount_offer_due(b.recount, 1, text(""));
	assert_string_equal(found(&b), "");
	recount_destroy(b.recount);
}

static void
what_is_no_line_is_named_and_left_out(void **state)
{
	static const char *const numbers[] = {"0", "01", "-1", "x", "", "1000000", "99999999999999999999"};
	struct bench b;

	(void)state;
	begin(&b, 0, (struct call_numbers){.lines = 0});
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		recount_line(b.recount, text(numbers[i]), text("struck\t1.1\t" GRID "\t1"));
	recount_line(b.recount, text("1"), text("confirmed\t1.1"));
	recount_lines_end(b.recount);
	recount_queued(b.recount, true, text("1"), text("1"));
	recount_live(b.recount, text(""), text(""));
	recount_tally(b.recount, text("nowhere confirmed"), text("1"));
	recount_tally(b.recount, text(GRID " lost"), text("1"));
	recount_texts(b.recount, text("7"));
	end(&b);
	assert_int_equal(b.findings.count, ARRAY_LEN(numbers) + 6);
}

/* Five live lines for others; the author, here 1.9, has no bound. */
static void
lines_for_others_are_bounded(void **state)
{
	static const char *const columns[] = {"waiting\t\t" GRID "\t1\t\t\t1.8", "waiting\t\t" GRID "\t1\t\t\t1.9"};
	char number[8];
	struct bench b;

	(void)state;
	begin(&b, 1, (struct call_numbers){.confirmed = 0, .waiting = 12, .lines = 12});
	recount_destroy(b.recount);
	b.record.author = (struct id){1, 9};
	b.recount = recount_create((struct id){7, 1}, &b.record, &b.numbers, &b.findings);
	for (unsigned i = 1; i <= 12; i++) {
		snprintf(number, sizeof(number), "%u", i);
		recount_line(b.recount, text(number), text(columns[i % 2]));
	}
	recount_lines_end(b.recount);
	assert_string_equal(found(&b), "room {7}:call:7.1:lines 1: waiting > confirmed\n"
				       "limit {7}:call:7.1:live by 1.8: 6 > 5\n");
	recount_destroy(b.recount);
}

static void
only_so_many_are_named(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, 0, (struct call_numbers){.lines = 1000});
	recount_line(b.recount, text("1000"), text("struck\t3.42\t" GRID "\t1\t\t\t5.7"));
	recount_lines_end(b.recount);
	assert_int_equal(recount_highest_ids(b.recount)[3], 42);
	assert_int_equal(recount_highest_ids(b.recount)[5], 7);
	assert_int_equal(recount_highest_ids(b.recount)[7], 1);
	end(&b);
	assert_int_equal(b.findings.count, FINDINGS_MAX);
	assert_int_equal(b.findings.more, 999 - FINDINGS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_chain_has_no_finding),
		cmocka_unit_test(what_does_not_come_is_missed),
		cmocka_unit_test(numbers_of_the_record_follow_from_the_lines),
		cmocka_unit_test(no_line_is_granted_more_than_a_call_may_say),
		cmocka_unit_test(turn_in_the_queue_is_held_by_people),
		cmocka_unit_test(each_slot_is_recounted_by_itself),
		cmocka_unit_test(offer_of_an_ended_call_need_not_be_due),
		cmocka_unit_test(what_is_no_line_is_named_and_left_out),
		cmocka_unit_test(lines_for_others_are_bounded),
		cmocka_unit_test(only_so_many_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
