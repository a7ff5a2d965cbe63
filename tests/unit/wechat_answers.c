/* wechat_answers.c - what WeChat answers, good and bad, as its documentation has it, and what it never says. */
#include "wechat_answers.h"
#include "unit.h"

#include <stdio.h>

#define APPID "wx0123456789abcdef"
#define PNG   "\x89PNG\r\n\x1a\n....IEND\xae\x42\x60\x82"

static struct wechat_answer
read_typed(wechat_reader *reader, const char *type, struct text body)
{
	struct wechat_reply reply = {.content_type = type, .body = body, .appid = APPID};
	struct wechat_answer answer;

	memset(&answer, 0x55, sizeof(answer)); /* whatever stood there */
	reader(&answer, &reply);
	return answer;
}

static struct wechat_answer
read_json(wechat_reader *reader, const char *body)
{
	return read_typed(reader, "application/json; encoding=utf-8", text_of(body));
}

static wechat_reader *const readers[] = {wechat_read_person, wechat_read_grant, wechat_read_phone, wechat_read_sent,
	wechat_read_image, wechat_read_verdict};

static void
person_has_an_openid(void **state)
{
	struct wechat_answer answer = read_json(wechat_read_person,
		"{\"session_key\":\"HyVFkGl5F5OQWJZZaNzBBg==\",\"openid\":\"oGZUI0egBJY1zhBYw2KhdUfwVJJE\"}");

	(void)state;
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_string_equal(answer.person.openid, "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
	assert_string_equal(answer.person.unionid, "");
	answer =
		read_json(wechat_read_person, "{\"errcode\":0,\"openid\":\"o1\",\"unionid\":\"u1\",\"errmsg\":\"ok\"}");
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_string_equal(answer.person.unionid, "u1");
}

static void
openid_that_is_none_is_not_taken(void **state)
{
	static const char *const bodies[] = {"{}", "{\"openid\":\"\"}", "{\"openid\":7}", "{\"openid\":null}",
		"{\"openid\":\"a b\"}", "{\"openid\":\"a\\u0000b\"}", "{\"openid\":\"王\"}",
		"{\"openid\":\"a\",\"unionid\":\"\"}", "{\"openid\":\"a\",\"openid\":\"b\"}",
		"{\"openid\":\"12345678901234567890123456789012345678901234567890123456789012345\"}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		if (read_json(wechat_read_person, bodies[i]).outcome != WECHAT_UNKNOWN)
			fail_msg("taken: %s", bodies[i]);
}

static void
token_lives_two_hours_at_most(void **state)
{
	struct wechat_answer answer = read_json(wechat_read_grant, "{\"access_token\":\"57_a-B\",\"expires_in\":7200}");

	(void)state;
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_string_equal(answer.grant.token, "57_a-B");
	assert_int_equal(answer.grant.expires_in_s, 7200);
	answer = read_json(wechat_read_grant, "{\"access_token\":\"57_a-B\",\"expires_in\":9007199254740993}");
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_int_equal(answer.grant.expires_in_s, WECHAT_TOKEN_LIFE_S);
	assert_int_equal(
		read_json(wechat_read_grant, "{\"access_token\":\"57\",\"expires_in\":0}").outcome, WECHAT_UNKNOWN);
	assert_int_equal(
		read_json(wechat_read_grant, "{\"access_token\":\"57\",\"expires_in\":-5}").outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_json(wechat_read_grant, "{\"access_token\":\"5&appid=x\",\"expires_in\":7200}").outcome,
		WECHAT_UNKNOWN);
	assert_int_equal(read_json(wechat_read_grant, "{\"access_token\":\"57\"}").outcome, WECHAT_UNKNOWN);
}

/* A token of 512 bytes and more is kept whole. */
static void
long_token_is_kept(void **state)
{
	char token[WECHAT_TOKEN], body[WECHAT_TOKEN + 64];
	struct wechat_answer answer;

	(void)state;
	memset(token, 'k', sizeof(token) - 1);
	token[sizeof(token) - 1] = '\0';
	snprintf(body, sizeof(body), "{\"access_token\":\"%s\",\"expires_in\":7200}", token);
	answer = read_json(wechat_read_grant, body);
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_string_equal(answer.grant.token, token);
	snprintf(body, sizeof(body), "{\"access_token\":\"%sx\",\"expires_in\":7200}", token);
	assert_int_equal(read_json(wechat_read_grant, body).outcome, WECHAT_UNKNOWN);
}

#define PHONE(country, appid)                                                                  \
	"{\"errcode\":0,\"errmsg\":\"ok\",\"phone_info\":{\"phoneNumber\":\"+8613900000000\"," \
	"\"purePhoneNumber\":\"13900000000\",\"countryCode\":" country                         \
	",\"watermark\":{\"timestamp\":1637744274,\"appid\":\"" appid "\"}}}"

static void
country_is_a_number_or_a_string(void **state)
{
	static const char *const bad[] = {PHONE("\"\"", APPID), PHONE("\"+86\"", APPID), PHONE("-86", APPID),
		PHONE("8.6", APPID), PHONE("null", APPID), PHONE("86000000", APPID), "{\"errcode\":0}",
		"{\"errcode\":0,\"phone_info\":[]}"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct wechat_answer answer =
			read_json(wechat_read_phone, i ? PHONE("86", APPID) : PHONE("\"86\"", APPID));
		assert_int_equal(answer.outcome, WECHAT_DONE);
		assert_string_equal(answer.phone.number, "13900000000");
		assert_string_equal(answer.phone.country, "86");
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (read_json(wechat_read_phone, bad[i]).outcome != WECHAT_UNKNOWN)
			fail_msg("taken: %s", bad[i]);
}

static void
phone_for_another_mini_program_is_refused(void **state)
{
	struct wechat_answer answer = read_json(wechat_read_phone, PHONE("86", "wxfedcba9876543210"));

	(void)state;
	assert_int_equal(answer.outcome, WECHAT_REFUSED);
	assert_int_equal(answer.refusal, WECHAT_FOREIGN);
	assert_int_equal(answer.phone.number[0], '\0');
}

static void
message_is_sent_when_wechat_says_so(void **state)
{
	(void)state;
	assert_int_equal(
		read_json(wechat_read_sent, "{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":2}").outcome, WECHAT_DONE);
	assert_int_equal(read_json(wechat_read_sent, "{}").outcome, WECHAT_UNKNOWN);
}

static void
image_is_told_from_json(void **state)
{
	struct wechat_answer answer = read_typed(wechat_read_image, "image/png", TEXT(PNG));

	(void)state;
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_true(answer.image.is_png);
	assert_int_equal(answer.image.bytes.len, sizeof(PNG) - 1);
	answer = read_typed(wechat_read_image, "image/jpeg", TEXT("\xff\xd8\xff\xe0....\xff\xd9"));
	assert_int_equal(answer.outcome, WECHAT_DONE);
	assert_false(answer.image.is_png);
	for (size_t len = 0; len < sizeof(PNG) - 1; len++) /* cut anywhere */
		assert_int_equal(
			read_typed(wechat_read_image, "image/png", (struct text){PNG, len}).outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_typed(wechat_read_image, "image/jpeg", TEXT("\xff\xd8\xff")).outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_typed(wechat_read_image, "text/html", TEXT(PNG)).outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_typed(wechat_read_image, "image/png", TEXT("<html>")).outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_typed(wechat_read_image, "image/png", TEXT("")).outcome, WECHAT_UNKNOWN);
	assert_int_equal(read_json(wechat_read_image, "{\"errcode\":0}").outcome, WECHAT_UNKNOWN);
	answer = read_typed(wechat_read_image, "image/jpeg", TEXT("{\"errcode\":41030,\"errmsg\":\"invalid page\"}"));
	assert_int_equal(answer.outcome, WECHAT_REFUSED);
	assert_int_equal(answer.refusal, WECHAT_BAD_PAGE);
}

/* An errcode of 0 does not mean that a text is clean. */
static void
verdict_is_what_is_suggested(void **state)
{
	static const struct {
		const char *body;
		enum wechat_outcome outcome;
		enum wechat_suggest suggest;
	} rows[] = {
		{"{\"errcode\":0,\"result\":{\"suggest\":\"pass\",\"label\":100}}", WECHAT_DONE, WECHAT_PASS},
		{"{\"errcode\":0,\"result\":{\"suggest\":\"review\",\"label\":20006}}", WECHAT_DONE, WECHAT_REVIEW},
		{"{\"errcode\":0,\"result\":{\"suggest\":\"risky\",\"label\":20001},\"detail\":[]}", WECHAT_DONE,
			WECHAT_RISKY},
		{"{\"errcode\":0,\"result\":{\"suggest\":\"fine\",\"label\":100}}", WECHAT_UNKNOWN, WECHAT_PASS},
		{"{\"errcode\":0,\"result\":{\"label\":100}}", WECHAT_UNKNOWN, WECHAT_PASS},
		{"{\"errcode\":0}", WECHAT_UNKNOWN, WECHAT_PASS},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct wechat_answer answer = read_json(wechat_read_verdict, rows[i].body);
		assert_int_equal(answer.outcome, rows[i].outcome);
		assert_int_equal(answer.verdict.suggest, rows[i].suggest);
	}
	assert_int_equal(read_json(wechat_read_verdict, rows[2].body).verdict.label, 20001);
}

/* Each errcode of the documentation, and what it means to a caller, by every interface alike. */
static void
errcode_is_refused_as_documented(void **state)
{
	static const struct {
		int errcode;
		enum wechat_outcome outcome;
		enum wechat_refusal refusal;
	} rows[] = {
		{-1, WECHAT_NOT_DONE, WECHAT_NONE},
		{40001, WECHAT_NOT_DONE, WECHAT_NONE},
		{40014, WECHAT_NOT_DONE, WECHAT_NONE},
		{42001, WECHAT_NOT_DONE, WECHAT_NONE},
		{43108, WECHAT_NOT_DONE, WECHAT_NONE},
		{40029, WECHAT_REFUSED, WECHAT_BAD_CODE},
		{40163, WECHAT_REFUSED, WECHAT_USED_CODE},
		{45011, WECHAT_REFUSED, WECHAT_TOO_OFTEN},
		{45009, WECHAT_REFUSED, WECHAT_TOO_OFTEN},
		{40226, WECHAT_REFUSED, WECHAT_BLOCKED_USER},
		{43101, WECHAT_REFUSED, WECHAT_NO_GRANT},
		{47003, WECHAT_REFUSED, WECHAT_BAD_TEMPLATE},
		{40037, WECHAT_REFUSED, WECHAT_BAD_TEMPLATE},
		{40003, WECHAT_REFUSED, WECHAT_BAD_OPENID},
		{41030, WECHAT_REFUSED, WECHAT_BAD_PAGE},
		{43107, WECHAT_REFUSED, WECHAT_BANNED},
		{40013, WECHAT_REFUSED, WECHAT_MISCONFIGURED},
		{40125, WECHAT_REFUSED, WECHAT_MISCONFIGURED},
		{41002, WECHAT_REFUSED, WECHAT_MISCONFIGURED},
		{40129, WECHAT_REFUSED, WECHAT_BAD_INPUT},
		{47001, WECHAT_REFUSED, WECHAT_BAD_INPUT},
		{87014, WECHAT_REFUSED, WECHAT_BAD_INPUT},
		{12345, WECHAT_REFUSED, WECHAT_OTHER},
	};
	char body[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows) * ARRAY_LEN(readers); i++) {
		size_t row = i / ARRAY_LEN(readers);
		struct wechat_answer answer;
		snprintf(body, sizeof(body), "{\"errcode\":%d,\"errmsg\":\"no, rid: 1\",\"openid\":\"o1\"}",
			rows[row].errcode);
		answer = read_json(readers[i % ARRAY_LEN(readers)], body);
		assert_int_equal(answer.outcome, rows[row].outcome);
		assert_int_equal(answer.refusal, rows[row].refusal);
		assert_int_equal(answer.errcode, rows[row].errcode);
		assert_string_equal(answer.field, "");
	}
}

static void
field_that_is_wrong_is_named(void **state)
{
	struct wechat_answer answer = read_json(wechat_read_sent,
		"{\"errcode\":47003,\"errmsg\":\"argument invalid! data.thing1.value invalid rid: 5f\"}");

	(void)state;
	assert_string_equal(answer.field, "thing1");
	answer = read_json(
		wechat_read_sent, "{\"errcode\":47003,\"errmsg\":\"data.abcdefghijabcdefghijabcdefghijabcdefghij\"}");
	assert_string_equal(answer.field, "abcdefghijabcdefghijabcdefghija");
	assert_string_equal(read_json(wechat_read_sent, "{\"errcode\":47003,\"errmsg\":7}").field, "");
	assert_string_equal(read_json(wechat_read_sent, "{\"errcode\":47003,\"errmsg\":\"data.\"}").field, "");
}

static void
what_is_no_answer_is_unknown(void **state)
{
	static const char *const bodies[] = {"", " ", "null", "[]", "7", "\"ok\"", "{", "{\"errcode\":0",
		"<html>502</html>", "{\"errcode\":\"40029\"}", "{\"errcode\":40029.5}", "{\"errcode\":null}",
		"{\"errcode\":-2}", "{\"errcode\":99999999999999}", "{\"errcode\":0}{\"errcode\":0}", "\xff\xfe",
		"{\"errcode\":0,\"errcode\":40029}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies) * ARRAY_LEN(readers); i++) {
		const char *body = bodies[i / ARRAY_LEN(readers)];
		struct wechat_answer answer = read_json(readers[i % ARRAY_LEN(readers)], body);
		if (answer.outcome != WECHAT_UNKNOWN || answer.refusal != WECHAT_NONE || answer.errcode != 0)
			fail_msg("reader %zu makes outcome %d of: %s", i % ARRAY_LEN(readers), answer.outcome, body);
	}
}

static void
refusals_have_names(void **state)
{
	(void)state;
	assert_string_equal(wechat_refusal_name(WECHAT_NONE), "none");
	assert_string_equal(wechat_refusal_name(WECHAT_OTHER), "other");
	for (int i = 0; i <= WECHAT_OTHER; i++)
		assert_non_null(wechat_refusal_name((enum wechat_refusal)i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(person_has_an_openid),
		cmocka_unit_test(openid_that_is_none_is_not_taken),
		cmocka_unit_test(token_lives_two_hours_at_most),
		cmocka_unit_test(long_token_is_kept),
		cmocka_unit_test(country_is_a_number_or_a_string),
		cmocka_unit_test(phone_for_another_mini_program_is_refused),
		cmocka_unit_test(message_is_sent_when_wechat_says_so),
		cmocka_unit_test(image_is_told_from_json),
		cmocka_unit_test(verdict_is_what_is_suggested),
		cmocka_unit_test(errcode_is_refused_as_documented),
		cmocka_unit_test(field_that_is_wrong_is_named),
		cmocka_unit_test(what_is_no_answer_is_unknown),
		cmocka_unit_test(refusals_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
