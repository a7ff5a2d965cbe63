/* name.c - names as strangers see them: the family name and a star for each character behind it. */
#include "name.h"
#include "unit.h"

#define assert_masked(name, expected) check_masked((name), (expected), __FILE__, __LINE__)

static void
check_masked(const char *name, const char *expected, const char *file, int line)
{
	char out[NAME_MASKED];

	memset(out, '?', sizeof(out));
	assert_ptr_equal(name_mask(out, text_of(name)), out);
	if (strcmp(out, expected) == 0)
		return;
	print_error("'%s' shows as '%s', not as '%s'\n", name, out, expected);
	_fail(file, line);
}

static void
family_name_stays_and_the_rest_is_stars(void **state)
{
	(void)state;
	assert_masked("王芳", "王*");
	assert_masked("王建国", "王**");
	assert_masked("买买提·艾力", "买*****");
	assert_masked("𠀋建国", "𠀋**"); /* of four bytes */
}

static void
family_name_may_have_two_characters(void **state)
{
	static const char *const compound[] = {"欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "司徒",
		"令狐", "夏侯", "长孙", "宇文", "端木", "百里", "东方", "南宫", "西门", "独孤", "轩辕", "呼延", "申屠",
		"太史", "闻人", "澹台"};

	(void)state;
	assert_masked("欧阳修", "欧阳*");
	assert_masked("诸葛孔明", "诸葛**");
	for (size_t i = 0; i < ARRAY_LEN(compound); i++) {
		char name[32] = "", expected[32] = "";
		strcat(strcat(name, compound[i]), "修");
		strcat(strcat(expected, compound[i]), "*");
		assert_masked(name, expected);
	}
}

/* Two characters are a family name and a given one, whatever they are: somebody of the family 欧. */
static void
compound_name_alone_is_no_family_name(void **state)
{
	(void)state;
	assert_masked("欧阳", "欧*");
	assert_masked("司马", "司*");
	assert_masked("欧修阳", "欧**"); /* nor is one that only begins like it */
	assert_masked("马司徒", "马**"); /* or ends so */
}

static void
single_character_is_told(void **state)
{
	(void)state;
	assert_masked("王", "王");
	assert_masked("A", "A");
	assert_masked("𠀋", "𠀋");
}

static void
nobody_is_nobody(void **state)
{
	(void)state;
	assert_masked("", "");
}

/* Their family names stand last, so an initial is all there is to tell. */
static void
latin_name_keeps_its_first_letter(void **state)
{
	(void)state;
	assert_masked("Anna", "A***");
	assert_masked("Anna Li", "A******");
	assert_masked("Élodie", "É*****");
	assert_masked("Ли На", "Л****");
}

/* The longest there are, in characters of each length; and only the text counts, not what stands behind it. */
static void
longest_name_fits(void **state)
{
	static const char *const characters[] = {"a", "é", "王", "𠀋"};
	char name[20 * 4 + 1], out[NAME_MASKED];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(characters); i++) {
		name[0] = '\0';
		for (size_t j = 0; j < 20; j++)
			strcat(name, characters[i]);
		name_mask(out, text_of(name));
		assert_int_equal(strlen(out), strlen(characters[i]) + 19);
		assert_memory_equal(out, characters[i], strlen(characters[i]));
		assert_int_equal(strspn(out + strlen(characters[i]), "*"), 19);
	}
	assert_string_equal(name_mask(out, (struct text){"王芳芳", strlen("王芳")}), "王*");
	assert_string_equal(name_mask(out, (struct text){"欧阳修", strlen("欧阳")}), "欧*");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(family_name_stays_and_the_rest_is_stars),
		cmocka_unit_test(family_name_may_have_two_characters),
		cmocka_unit_test(compound_name_alone_is_no_family_name),
		cmocka_unit_test(single_character_is_told),
		cmocka_unit_test(nobody_is_nobody),
		cmocka_unit_test(latin_name_keeps_its_first_letter),
		cmocka_unit_test(longest_name_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
