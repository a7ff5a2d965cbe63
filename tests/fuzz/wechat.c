/* wechat.c - what WeChat answers, and what is made of a value to fit a message. The first byte says which reader has the
 * rest, or which type of field. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "seeds.h"
#include "wechat_answers.h"
#include "wechat_fields.h"

#define APPID "wx0123456789abcdef"

static void
check_person(const struct wechat_answer *answer, struct text body)
{
	(void)body;
	HOLDS(wechat_is_word(answer->person.openid, WECHAT_OPENID - 1));
	HOLDS(!answer->person.unionid[0] || wechat_is_word(answer->person.unionid, WECHAT_OPENID - 1));
}

static void
check_grant(const struct wechat_answer *answer, struct text body)
{
	(void)body;
	HOLDS(wechat_is_word(answer->grant.token, WECHAT_TOKEN - 1));
	HOLDS(answer->grant.expires_in_s > 0 && answer->grant.expires_in_s <= WECHAT_TOKEN_LIFE_S);
}

static bool
is_digits(const char *text, size_t room)
{
	return memchr(text, '\0', room) && text[0] && strspn(text, "0123456789") == strlen(text);
}

static void
check_phone(const struct wechat_answer *answer, struct text body)
{
	(void)body;
	HOLDS(is_digits(answer->phone.number, sizeof(answer->phone.number)));
	HOLDS(is_digits(answer->phone.country, sizeof(answer->phone.country)));
}

static void
check_sent(const struct wechat_answer *answer, struct text body)
{
	HOLDS(answer->errcode == 0 && body.len > 0);
}

static void
check_image(const struct wechat_answer *answer, struct text body)
{
	HOLDS(answer->image.bytes.data == body.data && answer->image.bytes.len == body.len);
	HOLDS(body.len >= 4 && (unsigned char)body.data[0] == (answer->image.is_png ? 0x89 : 0xff));
}

static void
check_verdict(const struct wechat_answer *answer, struct text body)
{
	(void)body;
	HOLDS(answer->verdict.suggest <= WECHAT_RISKY);
}

static const struct {
	wechat_reader *read;
	void (*check)(const struct wechat_answer *answer, struct text body);
	const char *type;
} readers[] = {
	{wechat_read_person, check_person, "text/plain"},
	{wechat_read_grant, check_grant, "application/json"},
	{wechat_read_phone, check_phone, "application/json"},
	{wechat_read_sent, check_sent, ""},
	{wechat_read_image, check_image, "image/jpeg"},
	{wechat_read_image, check_image, "application/json"},
	{wechat_read_verdict, check_verdict, "application/json; encoding=utf-8"},
};

static const char *const keys[] = {"thing1", "name1", "phrase1", "number1", "letter1", "symbol1", "character_string1",
	"time1", "date1", "amount1", "phone_number1", "car_number1", "enum_string1"};

static void
read_answer(size_t which, struct text body)
{
	struct wechat_reply reply = {readers[which].type, body, APPID};
	struct wechat_answer answer;

	readers[which].read(&answer, &reply);
	HOLDS(answer.outcome <= WECHAT_UNKNOWN);
	HOLDS((answer.outcome == WECHAT_REFUSED) == (answer.refusal != WECHAT_NONE));
	HOLDS(memchr(answer.field, '\0', sizeof(answer.field)));
	for (const char *at = answer.field; *at; at++)
		HOLDS(isalnum((unsigned char)*at) || *at == '_');
	switch (answer.outcome) {
	case WECHAT_DONE:
		HOLDS(answer.errcode == 0);
		readers[which].check(&answer, body);
		break;
	case WECHAT_REFUSED:
		HOLDS(answer.errcode != 0 || answer.refusal == WECHAT_FOREIGN);
		break;
	case WECHAT_NOT_DONE:
		HOLDS(wechat_errcode_kind(answer.errcode) != ERRCODE_FINAL);
		break;
	case WECHAT_UNKNOWN:
		HOLDS(answer.errcode == 0);
		break;
	}
}

static void
fit_value(const char *key, struct text value)
{
	char fits[WECHAT_VALUE], again[WECHAT_VALUE];

	if (!wechat_field_fit(fits, key, value))
		return;
	HOLDS(memchr(fits, '\0', sizeof(fits)) && fits[0] && !strpbrk(fits, "\r\n\t"));
	HOLDS(!u8_check((const uint8_t *)fits, strlen(fits)));
	HOLDS(u8_mbsnlen((const uint8_t *)fits, strlen(fits)) <= 44);
	HOLDS(wechat_field_fit(again, key, text_of(fits)) && strcmp(again, fits) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	size_t which;
	char *copy;

	if (len == 0)
		return 0;
	copy = malloc(MAX(len - 1, 1U)); /* no more, so that a byte too far is one too far */
	if (!copy)
		return 0;
	memcpy(copy, bytes + 1, len - 1);
	which = bytes[0] % (ARRAY_LEN(readers) + ARRAY_LEN(keys));
	if (which < ARRAY_LEN(readers))
		read_answer(which, (struct text){copy, len - 1});
	else
		fit_value(keys[which - ARRAY_LEN(readers)], (struct text){copy, len - 1});
	free(copy);
	return 0;
}

void
seeds_write(void)
{
	static const char *const seeds[] = {
		"\0{\"session_key\":\"tiihtNczf5v6AKRyjwEUhQ==\",\"openid\":\"oGZUI0egBJY1zhBYw2KhdUfwVJJE\","
		"\"unionid\":\"u\"}",
		"\0{\"errcode\":40029,\"errmsg\":\"invalid code, rid: 5f\"}",
		"\001{\"access_token\":\"57_abc-D\",\"expires_in\":7200}",
		"\002{\"errcode\":0,\"errmsg\":\"ok\",\"phone_info\":{\"phoneNumber\":\"13900000000\","
		"\"purePhoneNumber\":"
		"\"13900000000\",\"countryCode\":86,\"watermark\":{\"timestamp\":1637744274,\"appid\":\"" APPID "\"}}}",
		"\003{\"errcode\":0,\"errmsg\":\"ok\",\"msgid\":2006}",
		"\003{\"errcode\":47003,\"errmsg\":\"argument invalid! data.thing1.value invalid\"}",
		"\004\xff\xd8\xff\xe0....\xff\xd9",
		"\004\x89PNG\r\n\x1a\n....IEND\xae\x42\x60\x82",
		"\005{\"errcode\":41030,\"errmsg\":\"invalid page\"}",
		"\006{\"errcode\":0,\"result\":{\"suggest\":\"risky\",\"label\":20001},\"trace_id\":\"60ae\","
		"\"detail\":[]}",
		"\007紧急招募志愿者发放抗原检测试剂",
		"\010王芳",
		"\011已确认",
		"\012-28.50",
		"\013abc",
		"\014!?",
		"\0157.4242",
		"\0162022年4月12日 19:00~2022年4月12日 23:00",
		"\0172019年10月1日",
		"\020￥100.25元",
		"\021+86-0766-66888866",
		"\022晋A8Z888挂",
		"\023待审核",
	};

	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		seeds_add(seeds[i], 1 + strlen(seeds[i] + 1));
}
