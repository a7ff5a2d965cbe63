/* wechat_fields.c - what stands in a subscribe message is as WeChat's types demand, or it is not sent. */
#include "wechat_fields.h"
#include "unit.h"

#define TWENTY "一二三四五六七八九十一二三四五六七八九十"

struct example {
	const char *key;
	const char *value;
	const char *fits; /* NULL: it does not */
};

static void
check(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct example *example = &examples[i];
		char out[WECHAT_VALUE] = "untouched";
		bool fits = wechat_field_fit(out, example->key, text_of(example->value));
		if (fits != (example->fits != NULL) || (fits && strcmp(out, example->fits) != 0))
			fail_msg("%s '%s' gives %s '%s', wanted '%s'", example->key, example->value,
				fits ? "true" : "false", out, example->fits ? example->fits : "(false)");
	}
}

#define CHECK(...)                                                       \
	do {                                                             \
		const struct example examples[] = {__VA_ARGS__};         \
		check(examples, sizeof(examples) / sizeof(examples[0])); \
	} while (0)

static void
words_are_cut_by_code_point(void **state)
{
	(void)state;
	CHECK({"thing1", "发放抗原试剂", "发放抗原试剂"}, {"thing12", TWENTY, TWENTY}, {"thing1", TWENTY "多", TWENTY},
		{"thing1", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrst"},
		{"thing1", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"}, {"phrase2", "已确认", "已确认"},
		{"phrase2", "已经确认成功了", "已经确认成"}, {"name1", "王芳", "王芳"},
		{"name1", "一二三四五六七八九十一", "一二三四五六七八九十"},
		{"name1", "Wolfeschlegelsteinhausen", "Wolfeschlegelsteinha"},
		{"name1", "Wolfeschlegel 王芳", "Wolfeschle"});
}

static void
no_value_has_a_line_break_or_is_empty(void **state)
{
	(void)state;
	CHECK({"thing1", "第一行\n第二行", "第一行 第二行"}, {"thing1", "\r\n 甲 \t 乙　丙 \n", "甲 乙 丙"},
		{"thing1", "", NULL}, {"thing1", " \n　\t", NULL}, {"thing1", "\xe2\x80\xa8", NULL},
		{"thing1", "一二三四五六七八九十一二三四五六七八九 十", "一二三四五六七八九十一二三四五六七八九"},
		{"number1", "", NULL}, {"time1", "\n15:01\n", "15:01"});
}

static void
what_is_not_text_is_no_value(void **state)
{
	(void)state;
	CHECK({"thing1", "\xff\xfe", NULL}, {"thing1", "好\xe5\xa5", NULL}, {"thing1", "\xed\xa0\x80", NULL});
}

static void
phrase_is_chinese_alone(void **state)
{
	(void)state;
	CHECK({"phrase1", "OK", NULL}, {"phrase1", "好!", NULL}, {"phrase1", "好 的", NULL}, {"phrase1", "〇", "〇"});
}

static void
times_are_as_wechat_writes_them(void **state)
{
	(void)state;
	CHECK({"time1", "15:01", "15:01"}, {"time1", "9:30", "9:30"}, {"time1", "15:01:59", "15:01:59"},
		{"time1", "2019年10月1日 15:01", "2019年10月1日 15:01"}, {"time1", "15:01~16:00", "15:01~16:00"},
		{"time1", "2022年4月12日 19:00~2022年4月12日 23:00", "2022年4月12日 19:00~2022年4月12日 23:00"},
		{"time1", "2019年10月1日", NULL}, {"time1", "24:00", NULL}, {"time1", "15:60", NULL},
		{"time1", "15", NULL}, {"time1", "15:01~", NULL}, {"time1", "~15:01", NULL},
		{"time1", "15:01~16:00~17:00", NULL}, {"time1", "2019-10-01 15:01", NULL},
		{"time1", "15:01 左右", NULL}, {"time1", "2019年13月1日 15:01", NULL},
		{"time1", "2019年0月1日 15:01", NULL}, {"time1", "2019年1月32日 15:01", NULL});
	CHECK({"date3", "2019年10月1日", "2019年10月1日"}, {"date3", "2019年10月01日 15:01", "2019年10月01日 15:01"},
		{"date3", "2019年10月1日~2019年10月3日", "2019年10月1日~2019年10月3日"}, {"date3", "15:01", NULL},
		{"date3", "2019年10月1日 ", "2019年10月1日"}, {"date3", "2019年10月1日x", NULL});
}

static void
numbers_are_not_cut(void **state)
{
	(void)state;
	CHECK({"number1", "28", "28"}, {"number1", "-3.5", "-3.5"},
		{"number1", "12345678901234567890123456789012", "12345678901234567890123456789012"},
		{"number1", "123456789012345678901234567890123", NULL}, {"number1", "1.", NULL},
		{"number1", ".5", NULL}, {"number1", "1.2.3", NULL}, {"number1", "２８", NULL},
		{"number1", "28人", NULL}, {"number1", "-", NULL});
	CHECK({"amount1", "100.25元", "100.25元"}, {"amount1", "￥100.25", "￥100.25"}, {"amount1", "¥1", "¥1"},
		{"amount1", "1234567890", "1234567890"}, {"amount1", "12345678901", NULL}, {"amount1", "元", NULL},
		{"amount1", "1元元", NULL});
	CHECK({"phone_number1", "+86-0766-66888866", "+86-0766-66888866"},
		{"phone_number1", "+86-0766-668888661", NULL}, {"phone_number1", "请拨110", NULL});
	CHECK({"car_number1", "粤A8Z888挂", "粤A8Z888挂"}, {"car_number1", "粤A8Z8888挂挂", NULL},
		{"car_number1", "晋A-1", NULL});
}

static void
letters_symbols_and_strings_are_not_cut(void **state)
{
	(void)state;
	CHECK({"letter1", "abcdefghijklmnopqrstuvwxyzABCDEF", "abcdefghijklmnopqrstuvwxyzABCDEF"},
		{"letter1", "abcdefghijklmnopqrstuvwxyzABCDEFG", NULL}, {"letter1", "abc1", NULL},
		{"symbol1", "!?", "!?"}, {"symbol1", "!?!?!?", NULL}, {"symbol1", "a", NULL}, {"symbol1", "好", NULL},
		{"character_string1", "7.4242", "7.4242"}, {"character_string1", "甲", NULL},
		{"character_string1", "a b", NULL}, {"character_string1", "123456789012345678901234567890123", NULL},
		{"enum_string1", "待审核", "待审核"});
}

static void
unknown_type_takes_nothing(void **state)
{
	(void)state;
	CHECK({"thing", "好", NULL}, {"things1", "好", NULL}, {"", "好", NULL}, {"1", "好", NULL},
		{"first", "好", NULL}, {"thing1x", "好", NULL}, {"xthing1", "好", NULL});
}

/* Whatever is put in: what comes out fits, is UTF-8 of at most 20 characters, and put in again stays as it is. */
static void
what_fits_fits_again(void **state)
{
	static const char *const parts[] = {"好", "a", " ", "\n", "😀", "1", "年", ":", "~", "\xe5", "　", "é"};
	static const char *const keys[] = {
		"thing1", "name1", "phrase1", "number1", "time1", "character_string1", "symbol1"};
	struct rng rng = seeded("wechat_fields");
	unsigned fitted = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const char *key = keys[rng_below(&rng, ARRAY_LEN(keys))];
		char value[512] = "", out[WECHAT_VALUE], again[WECHAT_VALUE];
		for (uint32_t left = rng_below(&rng, 60); left > 0; left--)
			strcat(value, parts[rng_below(&rng, ARRAY_LEN(parts))]);
		if (!wechat_field_fit(out, key, text_of(value)))
			continue;
		fitted++;
		assert_true(memchr(out, '\0', sizeof(out)) && out[0] && !strpbrk(out, "\n\r\t"));
		assert_true(wechat_field_fit(again, key, text_of(out)));
		assert_string_equal(again, out);
	}
	assert_in_range(fitted, 100, 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_by_code_point),
		cmocka_unit_test(no_value_has_a_line_break_or_is_empty),
		cmocka_unit_test(what_is_not_text_is_no_value),
		cmocka_unit_test(phrase_is_chinese_alone),
		cmocka_unit_test(times_are_as_wechat_writes_them),
		cmocka_unit_test(numbers_are_not_cut),
		cmocka_unit_test(letters_symbols_and_strings_are_not_cut),
		cmocka_unit_test(unknown_type_takes_nothing),
		cmocka_unit_test(what_fits_fits_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
