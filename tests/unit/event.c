/* event.c - the words in which the functions in Redis write the state of a line. */
#include "event.h"
#include "unit.h"

static void
state_of_a_line_is_read_by_its_word(void **state)
{
	static const struct {
		const char *word;
		enum line_state state;
	} words[] = {{"confirmed", LINE_CONFIRMED}, {"waiting", LINE_WAITING}, {"struck", LINE_STRUCK}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		enum line_state out = LINE_NONE;
		assert_true(line_state_parse(&out, text_of(words[i].word)));
		assert_int_equal(out, words[i].state);
	}
}

static void
other_word_is_refused(void **state)
{
	static const char *const bad[] = {"", "none", "Confirmed", "confirm", "confirmed ", "waitin", "struck\n", "1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum line_state out = LINE_WAITING;
		assert_false(line_state_parse(&out, text_of(bad[i])));
		assert_int_equal(out, LINE_WAITING);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_of_a_line_is_read_by_its_word),
		cmocka_unit_test(other_word_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
