/* gridctl_refusal.c - why the hub says no, in the words of who typed the command line: the flag, and the rule. */
#include <string.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* So many characters; until the next are asked for. */
static const char *
characters(size_t count)
{
	static char text[4000];

	assert_true(count < sizeof(text));
	memset(text, 'x', count);
	text[count] = '\0';
	return text;
}

#define assert_post(w, part, ...) \
	assert_gridctl((w), "worker", 1, part, "call", "post", GRID_A, "--title", "x", __VA_ARGS__)

static void
a_text_that_is_too_long_is_told_how_long_it_may_be(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "worker", 1,
		"gridctl: --title: 1 to 60 characters, in one line, and nothing that WeChat finds risky [BAD_REQUEST]",
		"call", "post", GRID_A, "--title", characters(61));
	assert_post(w, "gridctl: --body: at most 2,000 characters, and nothing that WeChat finds risky [BAD_REQUEST]",
		"--body", characters(2001));
	assert_post(w, "gridctl: --meeting: at most 120 characters, in one line [", "--meeting", characters(121));
	assert_post(w, "gridctl: --bring: at most 120 characters, in one line [", "--bring", "a\nb");
	assert_post(w, "gridctl: --bring：最多 120 个字，不换行 [", "--lang", "zh", "--bring", "a\nb");
}

static void
a_time_that_has_passed_is_told_so(void **state)
{
	struct world *w = *state;

	assert_post(w, "gridctl: --deadline: must lie in the future, at most 366 days ahead [BAD_REQUEST]",
		"--deadline", "2020-01-01 10:00");
	assert_post(w, "gridctl: --deadline：必须在现在之后，最多 366 天 [BAD_REQUEST]", "--deadline", "+400d",
		"--lang", "zh");
}

static void
shifts_and_questions_are_counted_as_they_are_typed(void **state)
{
	struct world *w = *state;

	assert_post(w,
		"gridctl: --slot 2: its label has 1 to 40 characters, in one line, and nothing that WeChat finds risky "
		"[",
		"--slot", "early", "--slot", characters(41));
	assert_post(w,
		"gridctl: --question 2: 1 to 40 characters, in one line, and nothing that WeChat finds risky, nor its "
		"choices [",
		"--question", "a", "--question", characters(41));
	assert_post(w, "gridctl: --question 1: 2 to 10 choices, each of 1 to 20 characters", "--question",
		say("size: S/%s", characters(21)));
}

static void
an_edit_is_refused_by_the_same_flags(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--question", "size");

	member(w, "an");
	assert_gridctl(w, "an", 0, "number 1", "join", call);
	assert_gridctl(w, "worker", 1,
		"gridctl: --question: they stay as they are once somebody signed up [BAD_REQUEST]", "call", "edit",
		call, "--question", "shape");
	assert_gridctl(w, "worker", 1, "gridctl: --deadline: must lie in the future", "call", "edit", call,
		"--deadline", "2020-01-01 10:00");
	assert_gridctl(w, "an", 1,
		say("gridctl: '%s': only who posted it may do that; or there is no such call [FORBIDDEN]", call),
		"call", "edit", call, "--need", "3");
}

static void
a_word_is_named_as_it_was_typed(void **state)
{
	struct world *w = *state;

	assert_gridctl(w, "an", 1,
		"gridctl: 'GRID': not a division code of 2, 4, 6, 9, 12, 15 or 18 digits [BAD_REQUEST]", "call", "list",
		"GRID");
	assert_gridctl(w, "an", 1, "gridctl: '99': no such place is known here; see gridctl place list [NOT_FOUND]",
		"place", "list", "99");
	assert_gridctl(w, "an", 1, "gridctl: '14.999999': there is no such call [NOT_FOUND]", "join", "14.999999");
	assert_gridctl(w, "an", 1, "gridctl: “x”：不是召集的编号（如 14.5） [BAD_REQUEST]", "call", "show", "x",
		"--lang", "zh");
	assert_gridctl(w, "new", 1, "gridctl: '14': a grid (15 digits) or a building group (18 digits) is wanted [",
		"member", "register", "14", "--name", "x");
	assert_gridctl(w, "new", 1, "gridctl: you are registered nowhere; first: gridctl member register PLACE",
		"member", "leave");
}

/* What is not typed is not named, and what holds elsewhere is told of where it holds. */
static void
what_a_line_may_is_told(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1");

	member(w, "an");
	member(w, "bo");
	assert_gridctl(w, "new", 1, "gridctl: only who is registered signs up [FORBIDDEN]", "join", call);
	assert_gridctl(w, "an", 0, "number 1", "join", call);
	assert_gridctl(w, "bo", 1, "gridctl: --number: it is another's: only he, who signed him up", "withdraw", call,
		"--number", "1");
	assert_gridctl(w, "bo", 1, "gridctl: --number: it takes the code that is shown at the door", "check", "in",
		call, "--number", "1");
	assert_gridctl(w, "an", 1, "gridctl: --code: not the code that is shown at the door now [TOO_LATE]", "check",
		"in", call, "--code", "0000000000");
	assert_gridctl(w, "worker", 1, "gridctl: --number: no line of that number stands in the chain [NOT_FOUND]",
		"withdraw", call, "--number", "7");
	assert_gridctl(w, "an", 1,
		"gridctl: --remark: at most 100 characters, in one line, and nothing that WeChat finds risky [", "join",
		call, "--name", "x", "--remark", characters(101));
	assert_gridctl(w, "worker", 0, "closed", "call", "close", call);
	assert_gridctl(w, "bo", 1, "': closed or cancelled: it takes no sign-ups [CLOSED]", "join", call);
}

/* Programs read the field of the protocol. */
static void
json_says_the_field(void **state)
{
	struct world *w = *state;

	assert_post(
		w, "\"status\":\"BAD_REQUEST\",\"field\":\"deadline_ms\"", "--deadline", "2020-01-01 10:00", "--json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(a_text_that_is_too_long_is_told_how_long_it_may_be),
		shared(a_time_that_has_passed_is_told_so),
		shared(shifts_and_questions_are_counted_as_they_are_typed),
		shared(an_edit_is_refused_by_the_same_flags),
		shared(a_word_is_named_as_it_was_typed),
		shared(what_a_line_may_is_told),
		shared(json_says_the_field),
	};

	return run_in_worlds(tests);
}
