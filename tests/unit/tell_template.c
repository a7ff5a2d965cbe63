/* tell_template.c - the subscribe message of a new call: what the setting may say, and what the fields say. */
#include "tell_template.h"
#include "unit.h"

static void
assert_refused(const char *setting, const char *part)
{
	struct tell_template template;
	const char *why = "";

	if (tell_template_parse(&template, text_of(setting), &why))
		fail_msg("not refused: %s", setting);
	if (!strstr(why, part))
		fail_msg("'%s' is not in: %s", part, why);
}

static void
setting_is_an_id_and_fields(void **state)
{
	struct tell_template template;
	const char *why;

	(void)state;
	assert_true(tell_template_parse(
		&template, TEXT("AbC-1_x thing1=title time2=deadline  date30=starts thing4=meeting"), &why));
	assert_string_equal(template.id, "AbC-1_x");
	assert_int_equal(template.count, 4);
	assert_string_equal(template.fields[0].key, "thing1");
	assert_int_equal(template.fields[1].source, TELL_DEADLINE);
	assert_string_equal(template.fields[2].key, "date30");
	assert_int_equal(template.fields[3].source, TELL_MEETING);
}

static void
wrong_settings_are_refused(void **state)
{
	(void)state;
	assert_refused("", "id");
	assert_refused("中文 thing1=title", "id");
	assert_refused("ID", "no field");
	assert_refused("ID thing1", "title, place");
	assert_refused("ID thing1=body", "title, place");
	assert_refused("ID time1=title", "another type");
	assert_refused("ID thing1=deadline", "another type");
	assert_refused("ID phrase1=title", "another type");
	assert_refused("ID thing=title", "another type");
	assert_refused("ID thing1x=title", "another type");
	assert_refused("ID thing1=title thing2=title thing3=title thing4=title thing5=title thing6=title thing7=title "
		       "thing8=title thing9=title thing10=title thing11=title",
		"more fields");
}

/* Whatever a call says, WeChat's types take it. */
static void
values_fit_their_fields(void **state)
{
	struct call_record call = {
		.title = TEXT("紧急招募志愿者发放抗原检测试剂,请在群里接龙,带好手套"), .deadline_ms = 1649775600000};
	char value[WECHAT_VALUE], fit[WECHAT_VALUE];

	(void)state;
	tell_template_value(value, TELL_DEADLINE, &call, "第1网格");
	assert_string_equal(value, "2022年4月12日 23:00");
	assert_true(wechat_field_fit(fit, "time2", text_of(value)));
	assert_true(wechat_field_fit(fit, "date2", text_of(value)));
	tell_template_value(value, TELL_STARTS, &call, "第1网格");
	assert_string_equal(value, "2022年4月12日 23:00");
	call.starts_ms = 1649764800000;
	tell_template_value(value, TELL_STARTS, &call, "第1网格");
	assert_string_equal(value, "2022年4月12日 20:00");
	tell_template_value(value, TELL_MEETING, &call, "第1网格");
	assert_string_equal(value, "第1网格");
	call.meeting = TEXT("社区门口");
	tell_template_value(value, TELL_MEETING, &call, "第1网格");
	assert_string_equal(value, "社区门口");
	tell_template_value(value, TELL_TITLE, &call, "第1网格");
	assert_true(wechat_field_fit(fit, "thing1", text_of(value)));
	assert_string_equal(fit, "紧急招募志愿者发放抗原检测试剂,请在群里");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_is_an_id_and_fields),
		cmocka_unit_test(wrong_settings_are_refused),
		cmocka_unit_test(values_fit_their_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
