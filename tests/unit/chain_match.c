/* chain_match.c - whose line it is; nobody is guessed. */
#include "chain_match.h"

#include <stdio.h>

#include "chains.h"

#define GRID_ONE "140105007004001"
#define GRID_TWO "140105007004001002"

/* The roster of a grid: two are called 王芳; 李梅 stands there for two places; one writes herself with a Kangxi radical. */
static const struct {
	const char *name;
	const char *person;
	const char *place;
} members[] = {
	{"王芳", "3.1", GRID_ONE},
	{"王芳", "3.2", GRID_TWO},
	{"李梅", "3.3", GRID_ONE},
	{"李梅", "3.3", GRID_TWO},
	{"张建国", "3.4", GRID_ONE},
	{"张建", "3.5", GRID_ONE},
	{"代小红", "3.6", GRID_ONE},
	{"Li Ming", "3.7", GRID_ONE},
	{"⽅圆", "3.8", GRID_ONE},
	{"赵", "3.9", GRID_ONE},
	{"周方", "3.10", GRID_ONE},
	{"", "3.11", GRID_ONE},
};

/* Static, for the roster points to it. */
static const struct chain_roster *
roster_of(struct arena *arena)
{
	static struct chain_candidate candidates[ARRAY_LEN(members)];
	static struct chain_roster roster;

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		candidates[i] = (struct chain_candidate){
			text_of(members[i].name), id_of(members[i].person), place_of(members[i].place)};
	assert_true(chain_roster_init(&roster, candidates, ARRAY_LEN(members), arena));
	return &roster;
}

static char *
match_render(char out[256], struct chain_match match)
{
	static const char *const kinds[] = {"unknown", "sure", "likely", "ambiguous", "doubtful"};
	int len = snprintf(out, 256, "%s", kinds[match.kind]);

	for (size_t i = 0; i < match.count; i++)
		len += snprintf(
			out + len, 256 - (size_t)len, " %llu", (unsigned long long)match.candidates[i]->person.number);
	return out;
}

#define assert_match(arena, line, expected) check_match((arena), (line), (expected), __FILE__, __LINE__)

static void
check_match(struct arena *arena, const char *text, const char *expected, const char *file, int line)
{
	char rendered[256];
	struct chain_entry entry;
	const struct chain_roster *roster;

	arena_reset(arena);
	roster = roster_of(arena);
	entry = entry_of(arena, text);
	match_render(rendered, chain_text_match(roster, &entry));
	if (strcmp(rendered, expected) == 0)
		return;
	print_error("'%s' is '%s', not '%s'\n", text, rendered, expected);
	_fail(file, line);
}

static void
one_of_that_name_is_sure(void **state)
{
	assert_match(*state, "张建国", "sure 4");
	assert_match(*state, "张建国 3号楼", "sure 4");
	assert_match(*state, "张建", "sure 5");
	assert_match(*state, "李梅", "sure 3");
	assert_match(*state, "李梅（取消）", "sure 3");
	assert_match(*state, "3-2-501 李梅", "sure 3");
	assert_match(*state, "李梅 和王芳一起", "sure 3");
	assert_match(*state, "Li Ming", "sure 7");
	assert_match(*state, "ＬＩ Ming", "sure 7");
	assert_match(*state, "李梅+1", "sure 3");
}

static void
two_of_one_name_are_never_guessed(void **state)
{
	assert_match(*state, "王芳", "ambiguous 1 2");
	assert_match(*state, "王芳 3号楼", "ambiguous 1 2");
	assert_match(*state, "王 芳", "ambiguous 1 2");
}

static void
a_name_that_stands_by_itself_is_likely(void **state)
{
	assert_match(*state, "李 梅", "likely 3");
	assert_match(*state, "志愿者 李梅", "likely 3");
	assert_match(*state, "李梅🌸 3号楼", "likely 3");
	assert_match(*state, "五号楼 李梅 张建国", "ambiguous 3 4");
	assert_match(*state, "li ming", "likely 7");
}

static void
a_name_within_another_is_doubtful(void **state)
{
	assert_match(*state, "李梅花", "doubtful 3");
	assert_match(*state, "小李梅", "doubtful 3");
	assert_match(*state, "张建国庆", "doubtful 4");
	assert_match(*state, "Li Mingming", "doubtful 7");
}

static void
nicknames_and_strangers_are_unknown(void **state)
{
	assert_match(*state, "一米阳光", "unknown");
	assert_match(*state, "孙三省", "unknown");
	assert_match(*state, "赵四", "unknown"); /* one character is no name within a line */
	assert_match(*state, "", "unknown");
	assert_match(*state, "+1", "unknown");
}

/* ⽅ (a radical) for 方, а (Cyrillic) for a. */
static void
a_name_that_only_looks_like_it_is_doubtful(void **state)
{
	assert_match(*state, "周⽅", "doubtful 10");
	assert_match(*state, "方圆", "doubtful 8");
	assert_match(*state, "⽅圆", "sure 8");
	assert_match(*state, "Lі Ming", "unknown");
	assert_match(*state, "张建囯", "doubtful 5"); /* 囯 is another character; 张建 is within */
}

static void
proxies_are_matched_by_their_own_name(void **state)
{
	const struct chain_roster *roster = roster_of(*state);
	char rendered[256];
	struct chain_entry entry;

	assert_match(*state, "代小红", "sure 6");
	assert_match(*state, "代 李梅", "unknown");
	assert_match(*state, "一米阳光（代李梅）", "unknown");
	assert_match(*state, "张建国（代李梅）", "sure 4");
	arena_reset(*state);
	roster = roster_of(*state);
	entry = entry_of(*state, "张建国（代李梅）");
	assert_string_equal(match_render(rendered, chain_text_match_name(roster, entry.proxy_for)), "sure 3");
	entry = entry_of(*state, "代 王芳");
	assert_string_equal(match_render(rendered, chain_text_match_name(roster, entry.proxy_for)), "ambiguous 1 2");
	assert_string_equal(match_render(rendered, chain_text_match_name(roster, TEXT(""))), "unknown");
}

static void
many_of_one_name_are_told_in_part(void **state)
{
	struct chain_candidate candidates[20];
	struct chain_roster roster;
	struct chain_match match;

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++)
		candidates[i] = (struct chain_candidate){TEXT("王芳"), {3, i + 1}, place_of(GRID_ONE)};
	assert_true(chain_roster_init(&roster, candidates, CHAIN_MATCH_MAX, *state));
	assert_false(chain_text_match_name(&roster, TEXT("王芳")).more);
	assert_true(chain_roster_init(&roster, candidates, ARRAY_LEN(candidates), *state));
	match = chain_text_match_name(&roster, TEXT("王芳"));
	assert_int_equal(match.kind, MATCH_AMBIGUOUS);
	assert_int_equal(match.count, CHAIN_MATCH_MAX);
	assert_true(match.more);
}

static void
a_roster_needs_no_more_than_it_says(void **state)
{
	static struct chain_candidate candidates[500];
	struct chain_roster roster;
	struct arena arena;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) /* a ligature that is 18 characters under NFKC */
		candidates[i] = (struct chain_candidate){TEXT("ﷺﷺﷺﷺﷺﷺﷺ"), {3, i + 1}, place_of(GRID_ONE)};
	arena_init(&arena, chain_roster_size(candidates, ARRAY_LEN(candidates)));
	assert_true(chain_roster_init(&roster, candidates, ARRAY_LEN(candidates), &arena));
	assert_int_equal(chain_text_match_name(&roster, TEXT("ﷺﷺﷺﷺﷺﷺﷺ")).kind, MATCH_AMBIGUOUS);
	assert_false(chain_roster_init(&roster, candidates, CHAIN_ROSTER_MAX + 1, &arena));
	arena_finish(&arena);
	arena_init(&arena, 64);
	assert_false(chain_roster_init(&roster, candidates, 1, &arena));
	arena_finish(&arena);
	assert_true(chain_roster_init(&roster, NULL, 0, *state));
	assert_int_equal(chain_text_match_name(&roster, TEXT("王芳")).kind, MATCH_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_that_name_is_sure),
		cmocka_unit_test(two_of_one_name_are_never_guessed),
		cmocka_unit_test(a_name_that_stands_by_itself_is_likely),
		cmocka_unit_test(a_name_within_another_is_doubtful),
		cmocka_unit_test(nicknames_and_strangers_are_unknown),
		cmocka_unit_test(a_name_that_only_looks_like_it_is_doubtful),
		cmocka_unit_test(proxies_are_matched_by_their_own_name),
		cmocka_unit_test(many_of_one_name_are_told_in_part),
		cmocka_unit_test(a_roster_needs_no_more_than_it_says),
	};

	return cmocka_run_group_tests(tests, arena_for_test, arena_after_test);
}
