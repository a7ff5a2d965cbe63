/* gridctl_usage.c - how gridctl is spoken to: where flags stand, what it says of a verb, and of a command line that is
 * wrong. */
#include <stdio.h>
#include <string.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

#define assert_bare(w, status, part, ...)                                   \
	do {                                                                \
		struct ended ended_ = gridctl_bare((w), __VA_ARGS__);       \
		assert_ended_at(&ended_, status, part, __FILE__, __LINE__); \
	} while (0)

static void
flags_of_all_verbs_stand_before_or_behind(void **state)
{
	struct world *w = *state;

	assert_bare(w, 0, "{\"code\":\"14\",", "--data", w->folder, "--as=an", "--json", "place", "show", "14");
	assert_bare(w, 0, "{\"code\":\"14\",", "--data", w->folder, "place", "show", "--json", "14", "--as", "an");
	assert_bare(w, 0, "person ", "--as", "an", "whoami", "--as", "bo", "--data", w->folder);
	assert_bare(w, 2, "gridctl: --title: no flag of all verbs; a verb's own flags stand behind it", "--title", "x",
		"call", "post", GRID_A);
	assert_bare(w, 2, "gridctl: --data: its value is missing", "--data");
	assert_bare(w, 2, "gridctl: --title：不是通用选项", "--lang", "zh", "--title", "x", "call", "post", GRID_A);
	assert_bare(w, 0, "gridctl 0.", "--version");
}

/* The last one given holds, so what stands behind the verb. */
static void
a_flag_behind_the_verb_holds_over_one_before(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "--as", "an", "whoami", "--as", "bo", "--data", w->folder, "--json");

	assert_ended(&ended, 0, "\"handle\":\"bo\"");
}

static void
a_group_alone_lists_its_verbs(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "place");

	assert_ended(&ended, 2, "place import FILE...         bring in places");
	assert_ended(&ended, 2, "place layout");
	assert_null(strstr(ended.said, "call"));
	assert_bare(w, 0, "place show PLACE", "help", "place");
	assert_bare(w, 0, "place show PLACE", "place", "--help");
	assert_bare(w, 2, "place show 地点", "place", "--lang", "zh");
	assert_bare(w, 2, "Usage: gridctl VERB", "--json");
}

static void
a_verb_that_is_not_there_suggests_the_nearest(void **state)
{
	struct world *w = *state;

	assert_bare(w, 2, "gridctl: 'jion' is no verb; did you mean 'join'?\n", "jion", "14.5");
	assert_bare(w, 2, "gridctl: 'post' is no verb; did you mean 'call post'?\n", "post", GRID_A);
	assert_bare(w, 2, "'place lst' is no verb; did you mean 'place list'?\n", "place", "lst");
	assert_bare(w, 2, "did you mean 'place list' or 'member list' or 'call list'?\n", "list");
	assert_bare(w, 2, "gridctl: 'nosuch' is no verb; see gridctl help\n", "nosuch");
	assert_bare(w, 2, "gridctl: 'place frob' is no verb; see gridctl help place\n", "place", "frob");
	assert_bare(w, 2, "gridctl: 'lastly' is no verb; see gridctl help\n", "help", "lastly");
	assert_bare(w, 2, "gridctl: 没有命令“jion”；您是指“join”？\n", "--lang", "zh", "jion");
}

static void
words_too_many_or_missing_are_named(void **state)
{
	struct world *w = *state;

	assert_bare(w, 2, "gridctl: '14.6' is one word too many; usage: gridctl call show CALL\n", "call", "show",
		"14.5", "14.6", "14.7");
	assert_bare(w, 2, "gridctl: TEXT is missing; usage: gridctl call thank CALL TEXT\n", "call", "thank", "14.5");
	assert_bare(w, 2, "gridctl: FILE is missing; usage: gridctl place import FILE...\n", "place", "import");
	assert_bare(w, 2, "gridctl: 文字：缺少这个参数；用法：gridctl call thank 召集 文字\n", "call", "thank", "14.5",
		"--lang", "zh");
	assert_bare(w, 2,
		"--reason is missing: why, in one line: all who signed up read it; usage: gridctl call cancel CALL "
		"--reason TEXT",
		"call", "cancel", "14.5");
	assert_bare(w, 2, "gridctl: 缺少 --deadline：截止时间", "call", "repeat", "14.5", "--lang", "zh");
}

static void
there_are_two_languages(void **state)
{
	struct world *w = *state;

	assert_bare(w, 2, "gridctl: --lang: 'fr' is neither zh (中文) nor en (English)\n", "--lang", "fr", "whoami");
	assert_bare(w, 2, "gridctl: --lang: 'fr' is neither", "whoami", "--lang", "fr");
}

/* Words cut at blanks, in the place of the text; behind them these. */
static struct ended
run_words(struct world *w, char *text, const char *last)
{
	const char *words[40] = {NULL};
	size_t count = 0;

	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		assert_true(count + 2 < 40);
		words[count++] = word;
	}
	words[count] = last;
	return gridctl_run_bare(w, words);
}

/* Its flags are there, and `gridctl help VERB` is what --help is. */
static void
assert_good_example(struct world *w, const char *help, const char *name)
{
	static const char head[] = "Example: gridctl ";
	const char *example = strstr(help, head);
	char words[256], asked[64];
	struct ended ended;

	if (!example)
		fail_msg("no example of %s in:\n%s", name, help);
	snprintf(words, sizeof(words), "%.*s", (int)strcspn(example + strlen(head), "\n"), example + strlen(head));
	assert_memory_equal(words, name, strlen(name));
	ended = run_words(w, words, "--help");
	assert_ended(&ended, 0, "Usage: gridctl ");
	assert_string_equal(ended.said, help);
	snprintf(asked, sizeof(asked), "help %s", name);
	ended = run_words(w, asked, NULL);
	assert_string_equal(ended.said, help);
}

/* The name of the verb that a line of --help is about: "  place list [PLACE]   the places …". False for other lines. */
static bool
verb_of_line(char *line, char name[64])
{
	char *end;

	if (strncmp(line, "  ", 2) != 0 || line[2] < 'a' || line[2] > 'z')
		return false;
	line += 2;
	end = strstr(line, "  ");
	if (end)
		*end = '\0';
	line[strspn(line, "abcdefghijklmnopqrstuvwxyz ")] = '\0';
	snprintf(name, 64, "%s", line);
	end = name + strlen(name) - 1;
	if (*end == ' ')
		*end = '\0';
	return true;
}

static void
every_verb_has_an_example_that_is_understood(void **state)
{
	struct world *w = *state;
	struct ended all = gridctl_bare(w, "--help");
	char *rest = NULL, name[64], words[80];
	unsigned count = 0;

	for (char *line = strtok_r(all.said, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct ended help;
		if (!verb_of_line(line, name))
			continue;
		snprintf(words, sizeof(words), "%s --help", name);
		help = run_words(w, words, NULL);
		assert_ended(&help, 0, "With every verb");
		assert_good_example(w, help.said, name);
		count++;
	}
	assert_true(count > 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(flags_of_all_verbs_stand_before_or_behind),
		shared(a_flag_behind_the_verb_holds_over_one_before),
		shared(a_group_alone_lists_its_verbs),
		shared(a_verb_that_is_not_there_suggests_the_nearest),
		shared(words_too_many_or_missing_are_named),
		shared(there_are_two_languages),
		shared(every_verb_has_an_example_that_is_understood),
	};

	return run_in_worlds(tests);
}
