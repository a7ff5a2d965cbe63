/* gridctl_completion.c - a command line of gridctl as bash completes it. */
#include <stdio.h>
#include <stdlib.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* What bash would offer for the last of these words: one a line. The words are cut at blanks; a blank at the end
 * begins an empty one. */
static struct ended
complete(struct world *w, const char *words)
{
	char line[512];

	snprintf(line, sizeof(line),
		"set -u; source <(\"$0\" completion bash) && mapfile -t -d ' ' COMP_WORDS < <(printf 'gridctl %%s ' "
		"'%s') && "
		"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) && _gridctl && printf '%%s\\n' \"${COMPREPLY[@]}\"",
		words);
	return gridctl_shell(w, line);
}

#define assert_offers(w, words, offered)                    \
	do {                                                \
		struct ended ended_ = complete((w), words); \
		assert_int_equal(ended_.status, 0);         \
		assert_string_equal(ended_.said, offered);  \
	} while (0)

static void
verbs_and_what_stands_behind_them_are_offered(void **state)
{
	struct world *w = *state;

	assert_offers(w, "jo", "join\n");
	assert_offers(w, "pl", "place\n");
	assert_offers(w, "place l", "list\nlayout\n");
	assert_offers(w, "place ", "import\nlist\nshow\nimage\nlayout\n");
	assert_offers(w, "check o", "out\n");
	assert_offers(w, "nosuch l", "\n");
	assert_offers(w, "help ca", "call\n");
	assert_offers(w, "help call po", "post\n");
	assert_offers(w, "completion b", "bash\n");
	assert_offers(w, "completion bash b", "\n");
}

static void
flags_are_those_of_the_verb_and_of_all(void **state)
{
	struct world *w = *state;

	assert_offers(w, "call post 14 --ti", "--timeout\n--title\n");
	assert_offers(w, "call show 14.5 --fo", "--follow\n");
	assert_offers(w, "call list 14 --fo", "\n");
	assert_offers(w, "--da", "--data\n");
	assert_offers(w, "--as an --json jo", "join\n");
	assert_offers(w, "--as join call exp", "export\n");
}

static void
values_are_offered_where_they_are_few(void **state)
{
	struct world *w = *state;

	assert_offers(w, "call export 14.5 --format x", "xlsx\n");
	assert_offers(w, "call post 14 --names f", "full\nfamily\n");
	assert_offers(w, "--lang z", "zh\n");
	assert_offers(w, "--lang = z", "zh\n"); /* as bash cuts --lang=z */
	assert_offers(w, "--lang = zh jo", "join\n");
	assert_offers(w, "call post 14 --title jo", "\n");
	assert_offers(w, "call post 14 --title --da", "\n");
}

/* Every verb is found by its words, and every flag behind it. */
static void
nothing_is_offered_that_gridctl_refuses(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_shell(w,
		"source <(\"$0\" completion bash); COMP_CWORD=1 COMP_WORDS=(gridctl ''); _gridctl; "
		"first=(\"${COMPREPLY[@]}\");"
		"for one in \"${first[@]}\"; do"
		"  COMP_CWORD=2 COMP_WORDS=(gridctl $one ''); _gridctl; second=(\"${COMPREPLY[@]:-}\");"
		"  [ \"$one\" != help ] || second=('');"
		"  for two in \"${second[@]}\"; do"
		"    help=$(\"$0\" $one $two --help) || exit 1; count=$((count + 1));"
		"    COMP_CWORD=3 COMP_WORDS=(gridctl $one ${two:-x} --); _gridctl;"
		"    for flag in \"${COMPREPLY[@]}\"; do [[ $help == *\"$flag\"* ]] || exit 1; done;"
		"  done;"
		"done; echo \"$count verbs\"");

	assert_int_equal(ended.status, 0);
	assert_true(atoi(ended.said) > 30);
}

static void
other_shells_are_refused(void **state)
{
	struct world *w = *state;
	struct ended ended = gridctl_bare(w, "completion", "fish");

	assert_ended(&ended, 2, "gridctl: 'fish': bash is the only shell that is known\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(verbs_and_what_stands_behind_them_are_offered),
		shared(flags_are_those_of_the_verb_and_of_all),
		shared(values_are_offered_where_they_are_few),
		shared(nothing_is_offered_that_gridctl_refuses),
		shared(other_shells_are_refused),
	};

	return run_in_worlds(tests);
}
