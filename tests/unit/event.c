/* event.c - what the functions in Redis write, read back: the words for states and changes, and a line of a chain. */
#include <stdio.h>

#include "event.h"
#include "unit.h"

/* Words. */

static void
state_of_a_line_is_read_by_its_word(void **state)
{
	static const struct {
		const char *word;
		enum line_state state;
	} words[] = {{"confirmed", LINE_CONFIRMED}, {"waiting", LINE_WAITING}, {"struck", LINE_STRUCK},
		{"offered", LINE_OFFERED}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		enum line_state out = LINE_NONE;
		assert_true(line_state_parse(&out, text_of(words[i].word)));
		assert_int_equal(out, words[i].state);
		assert_string_equal(line_state_name(out), words[i].word);
	}
	assert_string_equal(line_state_name(LINE_NONE), "");
}

static void
state_of_a_call_is_read_by_its_word(void **state)
{
	static const struct {
		const char *word;
		enum call_state state;
	} words[] = {{"open", CALL_OPEN}, {"closed", CALL_CLOSED}, {"cancelled", CALL_CANCELLED}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		enum call_state out = CALL_NONE;
		assert_true(call_state_parse(&out, text_of(words[i].word)));
		assert_int_equal(out, words[i].state);
	}
}

static void
other_word_is_refused(void **state)
{
	static const char *const bad[] = {"", "none", "Confirmed", "confirm", "confirmed ", "waitin", "struck\n", "1",
		"offer", "Open", "opened", "close", "canceled", "cancelled\t", "2"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum line_state line = LINE_WAITING;
		enum call_state call = CALL_CLOSED;
		assert_false(line_state_parse(&line, text_of(bad[i])));
		assert_false(call_state_parse(&call, text_of(bad[i])));
		assert_int_equal(line, LINE_WAITING);
		assert_int_equal(call, CALL_CLOSED);
	}
	assert_false(line_state_parse(&(enum line_state){LINE_NONE}, TEXT("open"))); /* the other's */
	assert_false(call_state_parse(&(enum call_state){CALL_NONE}, TEXT("confirmed")));
}

static void
line_counts_or_is_live_by_its_state(void **state)
{
	static const struct {
		enum line_state state;
		bool counts, is_live;
	} states[] = {{LINE_NONE, false, false}, {LINE_CONFIRMED, true, true}, {LINE_WAITING, false, true},
		{LINE_STRUCK, false, false}, {LINE_OFFERED, true, true}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		assert_int_equal(line_counts(states[i].state), states[i].counts);
		assert_int_equal(line_is_live(states[i].state), states[i].is_live);
	}
}

/* Changes. */

/* As the functions in Redis write them and as clients see them, each alone. */
static void
each_change_has_its_name(void **state)
{
	static const struct {
		const char *in_redis, *to_clients;
		enum call_change change;
	} rows[] = {
		{"title", "title", CALL_CHANGED_TITLE},
		{"body", "body", CALL_CHANGED_BODY},
		{"meeting", "meeting", CALL_CHANGED_MEETING},
		{"bring", "bring", CALL_CHANGED_BRING},
		{"need", "need", CALL_CHANGED_NEED},
		{"limit", "limit", CALL_CHANGED_LIMIT},
		{"deadline", "deadline_ms", CALL_CHANGED_DEADLINE},
		{"starts", "starts_ms", CALL_CHANGED_STARTS},
		{"ends", "ends_ms", CALL_CHANGED_ENDS},
		{"names", "names", CALL_CHANGED_NAMES},
		{"window", "window_minutes", CALL_CHANGED_WINDOW},
		{"grant", "grant_minutes", CALL_CHANGED_GRANT},
		{"questions", "questions", CALL_CHANGED_QUESTIONS},
		{"slots", "slots", CALL_CHANGED_SLOTS},
		{"state", "state", CALL_CHANGED_STATE},
		{"thanks", "thanks", CALL_CHANGED_THANKS},
		{"overdue", "overdue", CALL_CHANGED_OVERDUE},
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(rows), CALL_CHANGES);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t changes = 0;
		assert_true(call_changes_parse(&changes, text_of(rows[i].in_redis)));
		assert_int_equal(changes, rows[i].change);
		assert_int_equal(changes, 1U << i);
		assert_string_equal(call_change_name(i), rows[i].to_clients);
	}
}

static void
changes_are_read_in_any_order(void **state)
{
	uint32_t changes = 7;

	(void)state;
	assert_true(call_changes_parse(&changes, TEXT("limit,deadline")));
	assert_int_equal(changes, CALL_CHANGED_LIMIT | CALL_CHANGED_DEADLINE);
	assert_true(call_changes_parse(&changes, TEXT("overdue,title,title,state")));
	assert_int_equal(changes, CALL_CHANGED_OVERDUE | CALL_CHANGED_TITLE | CALL_CHANGED_STATE);
	assert_true(call_changes_parse(&changes, TEXT(""))); /* it was posted */
	assert_int_equal(changes, 0);
}

static void
list_with_a_word_that_is_no_change_is_refused(void **state)
{
	static const char *const bad[] = {"limits", "Limit", "deadline_ms", "limit, deadline", "limit;deadline",
		"limit,,deadline", ",limit", "limit,nothing", "1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint32_t changes = 7;
		if (call_changes_parse(&changes, text_of(bad[i])))
			fail_msg("'%s' was read", bad[i]);
		assert_int_equal(changes, 7);
	}
}

/* Lines. */

/* Writes the columns, given with bars between them, with the separator; reads them. */
static bool
read_line(struct line_change *out, const char *columns, char separator)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s", columns);
	for (char *at = text; *at; at++)
		if (*at == '|')
			*at = separator;
	return line_change_parse(out, 17, text_of(text), separator);
}

static const char separators[] = {'\t', ':'}; /* of a record, and of an event */

static void
line_is_read_column_by_column(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(separators); i++) {
		struct line_change line;
		assert_true(read_line(&line,
			"offered|3.77|140105007004001|1649761234567|2|4|5.6|1649761300000|1649768500000|150|"
			"1649762000000|1",
			separators[i]));
		assert_int_equal(line.number, 17);
		assert_int_equal(line.state, LINE_OFFERED);
		assert_true(id_equal(line.person, id_of("3.77")));
		assert_place(line.place, "140105007004001");
		assert_int_equal(line.joined_ms, 1649761234567);
		assert_int_equal(line.slot, 2);
		assert_int_equal(line.people, 4);
		assert_true(id_equal(line.by, id_of("5.6")));
		assert_int_equal(line.present_ms, 1649761300000);
		assert_int_equal(line.left_ms, 1649768500000);
		assert_int_equal(line.granted_minutes, 150);
		assert_int_equal(line.until_ms, 1649762000000);
		assert_true(line.has_texts);
		assert_text(line.texts, ""); /* they stand elsewhere */
	}
}

/* As the hub before wrote it: one who comes himself, alone, to a call without slots. */
static void
columns_left_out_are_as_nothing_was_said(void **state)
{
	static const char *const lines[] = {"waiting|3.77|140105007004001|5", "waiting|3.77|140105007004001|5|",
		"waiting|3.77|140105007004001|5||||||||", "waiting|3.77|140105007004001|5|0|1||0|0|0|0|0"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines) * ARRAY_LEN(separators); i++) {
		struct line_change line;
		assert_true(read_line(&line, lines[i / 2], separators[i % 2]));
		assert_int_equal(line.state, LINE_WAITING);
		assert_int_equal(line.joined_ms, 5);
		assert_int_equal(line.slot, 0);
		assert_int_equal(line.people, 1);
		assert_true(id_is_none(line.by));
		assert_int_equal(line.present_ms, 0);
		assert_int_equal(line.left_ms, 0);
		assert_int_equal(line.granted_minutes, 0);
		assert_int_equal(line.until_ms, 0);
		assert_false(line.has_texts);
	}
}

/* Any columns at the end may be left out, and any in between be empty. */
static void
line_may_end_at_any_column(void **state)
{
	static const char *const rest[] = {"16", "20", "5.6", "1", "2", "720", "3", "1"};
	char columns[256] = "confirmed||140105007004001|5"; /* somebody without an account */
	struct line_change line;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
		strcat(strcat(columns, "|"), rest[i]);
		assert_true(read_line(&line, columns, ':'));
		assert_true(id_is_none(line.person));
		assert_int_equal(line.slot, 16);
		assert_int_equal(line.people, i >= 1 ? 20 : 1);
		assert_int_equal(id_is_none(line.by), i < 2);
		assert_int_equal(line.present_ms, i >= 3 ? 1 : 0);
		assert_int_equal(line.left_ms, i >= 4 ? 2 : 0);
		assert_int_equal(line.granted_minutes, i >= 5 ? 720 : 0);
		assert_int_equal(line.until_ms, i >= 6 ? 3 : 0);
		assert_int_equal(line.has_texts, i >= 7);
	}
	assert_true(read_line(&line, "confirmed||140105007004001|5||||||||1", '\t'));
	assert_int_equal(line.people, 1);
	assert_true(read_line(&line, "struck|3.77|140105007004001|5||||7", '\t'));
	assert_int_equal(line.present_ms, 7);
}

static void
what_is_no_line_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"confirmed",
		"confirmed|3.77",
		"confirmed|3.77|140105007004001",
		"confirmed|3.77|140105007004001|",
		"gone|3.77|140105007004001|5",
		"|3.77|140105007004001|5",
		"confirmed|77|140105007004001|5",
		"confirmed|16.1|140105007004001|5",
		"confirmed|3.77||5",
		"confirmed|3.77|1401050|5",
		"confirmed|3.77|140105007004001|-5",
		"confirmed|3.77|140105007004001|5.0",
		"confirmed|3.77|140105007004001|9007199254740992",
		"confirmed|3.77|140105007004001|5|17", /* there are 16 slots */
		"confirmed|3.77|140105007004001|5|x",
		"confirmed|3.77|140105007004001|5||65536",
		"confirmed|3.77|140105007004001|5||1e3",
		"confirmed|3.77|140105007004001|5|||5", /* by nobody */
		"confirmed|3.77|140105007004001|5||||x",
		"confirmed|3.77|140105007004001|5|||||x",
		"confirmed|3.77|140105007004001|5||||||65536",
		"confirmed|3.77|140105007004001|5|||||||x",
		"confirmed|3.77|140105007004001|5||||||||2",   /* texts: there are or there are not */
		"confirmed|3.77|140105007004001|5||||||||1|1", /* a column too many */
		"confirmed|3.77|140105007004001|5|||||||||confirmed",
	};
	struct line_change line;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad) * ARRAY_LEN(separators); i++)
		if (read_line(&line, bad[i / 2], separators[i % 2]))
			fail_msg("'%s' was read with '%c'", bad[i / 2], separators[i % 2]);
	/* Numbers count from 1; the other separator is none. */
	assert_false(line_change_parse(&line, 0, TEXT("confirmed:3.77:140105007004001:5"), ':'));
	assert_false(line_change_parse(&line, 1, TEXT("confirmed:3.77:140105007004001:5"), '\t'));
	assert_true(line_change_parse(&line, UINT32_MAX, TEXT("confirmed:3.77:140105007004001:5"), ':'));
	assert_int_equal(line.number, UINT32_MAX);
}

/* Texts of a record. */

static void
texts_of_a_call_are_all_listed(void **state)
{
	struct call_record record = {.title = TEXT("0"),
		.body = TEXT("1"),
		.meeting = TEXT("2"),
		.bring = TEXT("3"),
		.questions = TEXT("4"),
		.reason = TEXT("5"),
		.thanks = TEXT("6"),
		.slots = {{.label = TEXT("7")}, {.label = TEXT("8")}, {.label = TEXT("9")}}};
	struct text *texts[CALL_TEXTS_MAX];

	(void)state;
	assert_int_equal(call_texts(&record, texts), 7);
	record.slot_count = 2;
	assert_int_equal(call_texts(&record, texts), 9);
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(texts[i]->len, 1);
		assert_int_equal(texts[i]->data[0], '0' + (int)i);
	}
	assert_ptr_equal(texts[8], &record.slots[1].label); /* itself, to be changed */
	record.slot_count = SLOTS_MAX;
	assert_int_equal(call_texts(&record, texts), CALL_TEXTS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_of_a_line_is_read_by_its_word),
		cmocka_unit_test(state_of_a_call_is_read_by_its_word),
		cmocka_unit_test(other_word_is_refused),
		cmocka_unit_test(line_counts_or_is_live_by_its_state),
		cmocka_unit_test(each_change_has_its_name),
		cmocka_unit_test(changes_are_read_in_any_order),
		cmocka_unit_test(list_with_a_word_that_is_no_change_is_refused),
		cmocka_unit_test(line_is_read_column_by_column),
		cmocka_unit_test(columns_left_out_are_as_nothing_was_said),
		cmocka_unit_test(line_may_end_at_any_column),
		cmocka_unit_test(what_is_no_line_is_refused),
		cmocka_unit_test(texts_of_a_call_are_all_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
