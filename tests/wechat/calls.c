/* calls.c - the calls, each against a WeChat that answers as it is documented and does what goes wrong. */
#include "city.h"

#include <jansson.h>

#include "clock.h"
#include "macros.h"

/* How often the path was asked since the count was taken. */
static unsigned
asked_since(const struct city *city, const char *path, unsigned before)
{
	return stand_in_asked(city->wechat, path) - before;
}

/* Good answers. */

static void
code_gives_a_person(void **state)
{
	struct city *city = *state;
	struct heard heard = login(city, "0a3B-c_d");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_string_equal(heard.answer.person.openid, "o-0a3B-c_d");
	assert_int_equal(stand_in_asked(city->wechat, LOGIN_PATH), 1);
	assert_int_equal(stand_in_asked(city->wechat, TOKEN_PATH), 0); /* a login needs none */
}

static void
phone_code_gives_a_phone(void **state)
{
	struct city *city = *state;
	struct heard heard = phone(city, "p1");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_string_equal(heard.answer.phone.number, "13900000000");
	assert_string_equal(heard.answer.phone.country, "86");
	assert_string_equal(stand_in_body(city->wechat), "{\"code\":\"p1\",\"openid\":\"o-an\"}");
	stand_in_set_country_number(city->wechat, true);
	heard = phone(city, "p2");
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_string_equal(heard.answer.phone.country, "86");
}

static void
phone_of_another_mini_program_is_refused(void **state)
{
	struct city *city = *state;
	struct heard heard;

	stand_in_next(city->wechat, PHONE_PATH, FOREIGN, 0);
	heard = phone(city, "p1");
	assert_heard(heard, WECHAT_REFUSED, WECHAT_FOREIGN);
}

static void
message_is_sent_as_documented(void **state)
{
	struct city *city = *state;
	struct heard heard = message(city, "发放抗原试剂");
	json_t *body, *wanted;

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_string_equal(stand_in_query(city->wechat), "access_token=token-1");
	body = json_loads(stand_in_body(city->wechat), 0, NULL);
	wanted = json_pack("{s:s,s:s,s:s,s:s,s:s,s:{s:{s:s},s:{s:s}}}", "touser", "o-an", "template_id", "template",
		"page", "pages/call?id=7.4242", "miniprogram_state", "formal", "lang", "zh_CN", "data", "thing1",
		"value", "发放抗原试剂", "time2", "value", "2022年4月12日 23:00");
	assert_true(json_equal(body, wanted));
	json_decref(body);
	json_decref(wanted);
}

static void
long_value_is_cut_and_an_empty_one_never_sent(void **state)
{
	struct city *city = *state;
	struct heard heard = message(city, "紧急招募志愿者发放抗原检测试剂,\n请在群里接龙");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	heard = message(city, " \n");
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_TEMPLATE);
	assert_string_equal(heard.answer.field, "thing1");
	assert_int_equal(stand_in_asked(city->wechat, SEND_PATH), 1);
}

static void
image_comes_whole(void **state)
{
	struct city *city = *state;
	struct heard heard = image(city, "pages/call");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_true(heard.answer.image.is_png);
	assert_int_equal(heard.image_len, 5016);
	heard = image(city, "pages/none");
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_PAGE);
}

static void
content_is_as_clean_as_suggested(void **state)
{
	struct city *city = *state;
	struct heard heard = check(city, "发放抗原试剂");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(heard.answer.verdict.suggest, WECHAT_PASS);
	heard = check(city, "a risky one");
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(heard.answer.verdict.suggest, WECHAT_RISKY);
	assert_int_equal(heard.answer.verdict.label, 20006);
	heard = check(city, "for review");
	assert_int_equal(heard.answer.verdict.suggest, WECHAT_REVIEW);
	/* The token stands in the address alone, or WeChat answers 47001. */
	assert_string_equal(stand_in_query(city->wechat), "access_token=token-1");
	assert_null(strstr(stand_in_body(city->wechat), "token"));
}

/* What needs not be asked. */

static void
what_wechat_would_refuse_is_not_asked(void **state)
{
	static char long_text[2502 * 3 + 1];
	struct city *city = *state;
	struct heard heard = {0};

	assert_heard(login(city, ""), WECHAT_REFUSED, WECHAT_BAD_CODE);
	assert_heard(login(city, "a&appid=x"), WECHAT_REFUSED, WECHAT_BAD_CODE);
	assert_heard(phone(city, "a b"), WECHAT_REFUSED, WECHAT_BAD_CODE);
	heard = image(city, "/pages/call");
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_INPUT);
	assert_string_equal(heard.answer.field, "page");
	assert_heard(check(city, ""), WECHAT_REFUSED, WECHAT_BAD_INPUT);
	assert_heard(check(city, "\xff"), WECHAT_REFUSED, WECHAT_BAD_INPUT);
	for (int i = 0; i < 2501; i++)
		strcat(long_text + 3 * (size_t)i, "好");
	heard = check(city, long_text);
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_INPUT);
	assert_string_equal(heard.answer.field, "content");
	heard = (struct heard){0};
	wechat_image(city->hubs[0], "pages/call", "i=张", 430, hear, &heard);
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_INPUT);
	heard = (struct heard){0};
	wechat_image(city->hubs[0], "pages/call", "i=1", 1281, hear, &heard);
	assert_heard(heard, WECHAT_REFUSED, WECHAT_BAD_INPUT);
	assert_int_equal(stand_in_connections(city->wechat), 0);
	long_text[3 * 2500] = '\0';
	assert_heard(check(city, long_text), WECHAT_DONE, WECHAT_NONE);
}

/* Errcodes. */

static void
definite_refusal_is_heard_once_with_its_kind(void **state)
{
	static const struct {
		const char *path;
		int errcode;
		enum wechat_refusal refusal;
	} rows[] = {
		{LOGIN_PATH, 40029, WECHAT_BAD_CODE},
		{LOGIN_PATH, 40163, WECHAT_USED_CODE},
		{LOGIN_PATH, 45011, WECHAT_TOO_OFTEN},
		{LOGIN_PATH, 40226, WECHAT_BLOCKED_USER},
		{LOGIN_PATH, 40125, WECHAT_MISCONFIGURED},
		{LOGIN_PATH, 40001, WECHAT_MISCONFIGURED}, /* without a token, it is the secret */
		{SEND_PATH, 43101, WECHAT_NO_GRANT},
		{SEND_PATH, 47003, WECHAT_BAD_TEMPLATE},
		{SEND_PATH, 40037, WECHAT_BAD_TEMPLATE},
		{SEND_PATH, 40003, WECHAT_BAD_OPENID},
		{SEND_PATH, 43107, WECHAT_BANNED},
		{SEND_PATH, 61234, WECHAT_OTHER},
	};
	struct city *city = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned before = stand_in_asked(city->wechat, rows[i].path);
		struct heard heard;
		stand_in_next(city->wechat, rows[i].path, ERRCODE, rows[i].errcode);
		heard = strcmp(rows[i].path, LOGIN_PATH) == 0 ? login(city, "c") : message(city, "好");
		assert_heard(heard, WECHAT_REFUSED, rows[i].refusal);
		assert_int_equal(heard.answer.errcode, rows[i].errcode);
		assert_int_equal(asked_since(city, rows[i].path, before), 1);
	}
}

static void
code_is_good_once(void **state)
{
	struct city *city = *state;
	struct heard heard = login(city, "c1");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_heard(login(city, "c1"), WECHAT_REFUSED, WECHAT_USED_CODE);
	assert_heard(login(city, "bad1"), WECHAT_REFUSED, WECHAT_BAD_CODE);
}

static void
without_a_grant_no_message(void **state)
{
	struct city *city = *state;

	stand_in_set_grants(city->wechat, 1);
	assert_heard(message(city, "好"), WECHAT_DONE, WECHAT_NONE);
	assert_heard(message(city, "好"), WECHAT_REFUSED, WECHAT_NO_GRANT);
	assert_int_equal(stand_in_asked(city->wechat, SEND_PATH), 2);
}

static void
busy_wechat_is_asked_again(void **state)
{
	struct city *city = *state;
	struct heard heard;

	stand_in_next(city->wechat, LOGIN_PATH, ERRCODE, -1);
	stand_in_next(city->wechat, LOGIN_PATH, ERRCODE, -1);
	heard = login(city, "c1");
	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, LOGIN_PATH), 3);
	assert_in_range(heard.after_us, 850000, UINT32_MAX); /* 300 ms, then 600, and more by chance */
}

static void
busy_wechat_is_asked_three_times(void **state)
{
	struct city *city = *state;
	struct heard heard;

	stand_in_always(city->wechat, LOGIN_PATH, ERRCODE, -1);
	heard = login(city, "c1");
	assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
	assert_int_equal(heard.answer.errcode, -1);
	assert_int_equal(stand_in_asked(city->wechat, LOGIN_PATH), 3);
}

/* No answer, or none that can be read. */

static const struct {
	enum trouble trouble;
	int number;
} silences[] = {{HANG_UP, 0}, {CUT, 0}, {CUT_UNSAID, 0}, {GARBAGE, 0}, {HTTP_ERROR, 500}, {HTTP_ERROR, 502},
	{HTTP_ERROR, 404}, {HUGE, 0}, {LONG_HEAD, 0}, {SILENT, 0}, {SLOW, 3 * TOTAL_MS}, {REDIRECT, 0}};

/* A good answer in between, so that the client is not left alone; and so that there is a connection that is kept. */
static struct heard
after_a_good_one(struct city *city, const char *path, size_t silence, const char *name)
{
	struct heard heard = check(city, "好");

	assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
	stand_in_next(city->wechat, path, silences[silence].trouble, silences[silence].number);
	if (strcmp(path, LOGIN_PATH) == 0)
		return login(city, name);
	if (strcmp(path, PHONE_PATH) == 0)
		return phone(city, name);
	if (strcmp(path, SEND_PATH) == 0)
		return message(city, name);
	if (strcmp(path, IMAGE_PATH) == 0)
		return image(city, "pages/call");
	return check(city, name);
}

/* A code that may have been used is never sent again, nor a message that may have been. */
static void
what_may_have_been_done_is_not_done_again(void **state)
{
	static const char *const once[] = {LOGIN_PATH, PHONE_PATH, SEND_PATH};
	struct city *city = *state;

	for (size_t i = 0; i < ARRAY_LEN(once) * ARRAY_LEN(silences); i++) {
		const char *path = once[i % ARRAY_LEN(once)];
		unsigned before = stand_in_asked(city->wechat, path);
		struct heard heard = after_a_good_one(city, path, i / ARRAY_LEN(once), "c");
		assert_heard(heard, WECHAT_UNKNOWN, WECHAT_NONE);
		assert_int_equal(asked_since(city, path, before), 1);
		assert_in_range(heard.after_us, 0, 4000 * TOTAL_MS);
	}
}

static void
what_can_be_asked_twice_is_not_done(void **state)
{
	static const char *const harmless[] = {CHECK_PATH, IMAGE_PATH};
	struct city *city = *state;

	for (size_t i = 0; i < ARRAY_LEN(harmless) * ARRAY_LEN(silences); i++) {
		struct heard heard =
			after_a_good_one(city, harmless[i % ARRAY_LEN(harmless)], i / ARRAY_LEN(harmless), "c");
		if (silences[i / ARRAY_LEN(harmless)].trouble == HANG_UP) /* libcurl asks again, on a new connection */
			assert_heard(heard, WECHAT_DONE, WECHAT_NONE);
		else
			assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE);
	}
}

/* WeChat's own code2session says text/plain; an image that says it is text is none. */
static void
type_matters_for_an_image_alone(void **state)
{
	struct city *city = *state;

	stand_in_next(city->wechat, LOGIN_PATH, WRONG_TYPE, 0);
	assert_heard(login(city, "c1"), WECHAT_DONE, WECHAT_NONE);
	stand_in_next(city->wechat, IMAGE_PATH, WRONG_TYPE, 0);
	assert_heard(image(city, "pages/call"), WECHAT_NOT_DONE, WECHAT_NONE);
}

static void
slow_answer_in_time_is_an_answer(void **state)
{
	struct city *city = *state;

	stand_in_next(city->wechat, LOGIN_PATH, SLOW, TOTAL_MS / 2);
	assert_heard(login(city, "c1"), WECHAT_DONE, WECHAT_NONE);
}

static void
nothing_waits_while_wechat_is_slow(void **state)
{
	struct city *city = *state;
	struct heard heard[50] = {0};
	unsigned ticks = city->ticks;

	stand_in_always(city->wechat, LOGIN_PATH, SILENT, 0);
	city->last_tick_us = clock_mono_us();
	city->longest_gap_us = 0;
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		wechat_login(city->hubs[0], "c1", hear, &heard[i]);
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		wait_for(city, &heard[i], 1);
	assert_in_range(city->ticks - ticks, 20, UINT32_MAX); /* of at most 200 in that time */
	assert_in_range(city->longest_gap_us, 0, 1000 * TOTAL_MS / 2);
}

/* Left alone. */

static void
fail_until_left_alone(struct city *city)
{
	stand_in_always(city->wechat, LOGIN_PATH, HANG_UP, 0);
	for (int i = 0; i < 5; i++)
		assert_heard(login(city, "c"), WECHAT_UNKNOWN, WECHAT_NONE);
}

static void
dead_wechat_costs_nothing(void **state)
{
	struct city *city = *state;
	struct heard heard = {0};

	fail_until_left_alone(city);
	for (int i = 0; i < 100; i++) {
		heard = (struct heard){0};
		wechat_login(city->hubs[0], "c", hear, &heard);
		assert_heard(heard, WECHAT_NOT_DONE, WECHAT_NONE); /* at once */
	}
	assert_int_equal(stand_in_asked(city->wechat, LOGIN_PATH), 5);
}

/* One tries; the others get their answer at once, until it is known what came of that. */
static void
one_tries_whether_it_is_back(void **state)
{
	struct city *city = *state;
	struct heard first = {.asked_us = clock_mono_us()}, other = {0};
	uint64_t until_us;

	fail_until_left_alone(city);
	stand_in_always(city->wechat, LOGIN_PATH, FINE, 0);
	until_us = clock_mono_us() + 1000 * PAUSE_MS;
	while (clock_mono_us() < until_us)
		uv_run(&city->loop, UV_RUN_ONCE);
	wechat_login(city->hubs[0], "c1", hear, &first);
	wechat_login(city->hubs[0], "c2", hear, &other);
	assert_heard(other, WECHAT_NOT_DONE, WECHAT_NONE);
	wait_for(city, &first, 1);
	assert_heard(first, WECHAT_DONE, WECHAT_NONE);
	assert_heard((other = login(city, "c3")), WECHAT_DONE, WECHAT_NONE);
	assert_int_equal(stand_in_asked(city->wechat, LOGIN_PATH), 7);
}

static void
refusals_do_not_mean_that_it_is_dead(void **state)
{
	struct city *city = *state;

	for (int i = 0; i < 20; i++)
		assert_heard(login(city, "bad"), WECHAT_REFUSED, WECHAT_BAD_CODE);
	assert_heard(login(city, "c1"), WECHAT_DONE, WECHAT_NONE);
}

/* Bounds, and the end. */

static void
calls_are_bounded(void **state)
{
	static struct heard heard[WECHAT_CALLS_MAX];
	struct city *city = *state;
	struct heard one_more = {0};

	stand_in_always(city->wechat, LOGIN_PATH, SILENT, 0);
	memset(heard, 0, sizeof(heard));
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		wechat_login(city->hubs[0], "c", hear, &heard[i]);
	wechat_login(city->hubs[0], "c", hear, &one_more);
	assert_heard(one_more, WECHAT_NOT_DONE, WECHAT_NONE);
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		assert_int_equal(heard[i].count, 0);
	city_end_hub(city, 0);
	for (size_t i = 0; i < ARRAY_LEN(heard); i++)
		assert_int_equal(heard[i].count, 1);
}

static bool
all_are_there(const struct city *city)
{
	return stand_in_asked(city->wechat, LOGIN_PATH) >= 2 && stand_in_asked(city->wechat, CHECK_PATH) == 1 &&
	       stand_in_asked(city->wechat, SEND_PATH) == 1;
}

/* Whatever a call was waiting for, it is told once: what was sent may have been done, what waited was not. */
static void
at_the_end_all_are_told(void **state)
{
	struct city *city = *state;
	struct heard sent = {0}, checked = {0}, first = {0}, busy = {0}, fine;

	fine = check(city, "好");
	assert_heard(fine, WECHAT_DONE, WECHAT_NONE);
	stand_in_always(city->wechat, SEND_PATH, SILENT, 0);
	stand_in_next(city->wechat, LOGIN_PATH, SILENT, 0);
	stand_in_always(city->wechat, LOGIN_PATH, ERRCODE, -1);
	message_later(city, 0, "好", &sent);
	wechat_login(city->hubs[0], "c1", hear, &first);
	wechat_login(city->hubs[0], "c2", hear, &busy);
	wait_until(city, all_are_there);
	assert_heard(image(city, "pages/call"), WECHAT_DONE, WECHAT_NONE); /* asked later, so busy has its answer too */
	check_later(city, 0, "好", &checked);                              /* has not left yet */
	city_end_hub(city, 0);
	assert_heard(sent, WECHAT_UNKNOWN, WECHAT_NONE);
	assert_heard(first, WECHAT_UNKNOWN, WECHAT_NONE);
	assert_heard(busy, WECHAT_NOT_DONE, WECHAT_NONE);
	assert_heard(checked, WECHAT_NOT_DONE, WECHAT_NONE);
}

struct ender {
	struct city *city;
	struct heard heard;
};

static void
hear_and_end(const struct wechat_answer *answer, void *context)
{
	struct ender *ender = context;

	hear(answer, &ender->heard);
	if (ender->city->hubs[0])
		city_end_hub(ender->city, 0);
}

static void
who_hears_may_end_it(void **state)
{
	struct city *city = *state;
	struct ender enders[3] = {{city, {0}}, {city, {0}}, {city, {0}}};

	for (size_t i = 0; i < ARRAY_LEN(enders); i++)
		wechat_check(city->hubs[0], "o-an", WECHAT_FORUM, "好", hear_and_end, &enders[i]);
	for (size_t i = 0; i < ARRAY_LEN(enders); i++)
		wait_for(city, &enders[i].heard, 1);
}

static void
options_that_are_wrong_are_named(void **state)
{
	static const char *const bases[] = {"", "api.weixin.qq.com", "http://api.weixin.qq.com",
		"http://127.0.0.1.example.com", "https://api.weixin.qq.com/", "https://a@b", "https://",
		"ftp://127.0.0.1", "http://127.0.0.1:80/x"};
	struct city *city = *state;
	struct wechat_options options = city_options(city);
	const char *why = NULL;

	for (size_t i = 0; i < ARRAY_LEN(bases); i++) {
		options.base = bases[i];
		if (wechat_create(&city->loop, &options, &why))
			fail_msg("taken: %s", bases[i]);
		assert_non_null(strstr(why, "address"));
	}
	options = city_options(city);
	options.appid = "";
	assert_null(wechat_create(&city->loop, &options, &why));
	assert_non_null(strstr(why, "appid"));
	options = city_options(city);
	options.secret = "a b";
	assert_null(wechat_create(&city->loop, &options, &why));
	assert_non_null(strstr(why, "secret"));
	options = city_options(city);
	options.total_ms = WECHAT_LEASE_MS;
	assert_null(wechat_create(&city->loop, &options, &why));
	assert_non_null(strstr(why, "time"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		in_city(code_gives_a_person),
		in_city(phone_code_gives_a_phone),
		in_city(phone_of_another_mini_program_is_refused),
		in_city(message_is_sent_as_documented),
		in_city(long_value_is_cut_and_an_empty_one_never_sent),
		in_city(image_comes_whole),
		in_city(content_is_as_clean_as_suggested),
		in_city(what_wechat_would_refuse_is_not_asked),
		in_city(definite_refusal_is_heard_once_with_its_kind),
		in_city(code_is_good_once),
		in_city(without_a_grant_no_message),
		in_city(busy_wechat_is_asked_again),
		in_city(busy_wechat_is_asked_three_times),
		in_city(what_may_have_been_done_is_not_done_again),
		in_city(what_can_be_asked_twice_is_not_done),
		in_city(type_matters_for_an_image_alone),
		in_city(slow_answer_in_time_is_an_answer),
		in_city(nothing_waits_while_wechat_is_slow),
		in_city(dead_wechat_costs_nothing),
		in_city(one_tries_whether_it_is_back),
		in_city(refusals_do_not_mean_that_it_is_dead),
		in_city(calls_are_bounded),
		in_city(at_the_end_all_are_told),
		in_city(who_hears_may_end_it),
		in_city(options_that_are_wrong_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
