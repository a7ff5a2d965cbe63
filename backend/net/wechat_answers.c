#include "wechat_answers.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Errcodes. */

static const char *const refusal_names[] = {
#define REFUSAL_NAME(name, word) [WECHAT_##name] = (word),
	WECHAT_REFUSAL_LIST(REFUSAL_NAME)
#undef REFUSAL_NAME
};

const char *
wechat_refusal_name(enum wechat_refusal refusal)
{
	return (size_t)refusal < ARRAY_LEN(refusal_names) ? refusal_names[refusal] : "unknown";
}

/* Where each is told of:
 * [G] the list of all, https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html
 * [O] the list of a product of WeChat's, https://developers.weixin.qq.com/doc/store/API/basics/commErrCode.html
 * [M] Tencent's list for messages, https://tencentcloud.com/document/product/1219/67648
 * [L] code2session, https://developers.weixin.qq.com/miniprogram/dev/server/API/user-login/api_code2session
 * [P] getuserphonenumber, [Q] getwxacodeunlimit, [C] msgSecCheck: the pages of these, beside that
 * [?] told by developers, as 40163 in
 *     https://developers.weixin.qq.com/community/develop/doc/00080845344380b22b8b47fea5bc00 */
static const struct errcode {
	int errcode;
	enum wechat_errcode_kind kind;
	enum wechat_refusal refusal;
} errcodes[] = {
	{-1, ERRCODE_BUSY, WECHAT_NONE},              /* [G] system error: again in a moment */
	{40001, ERRCODE_TOKEN, WECHAT_NONE},          /* [G] invalid credential, not the latest access_token */
	{40003, ERRCODE_FINAL, WECHAT_BAD_OPENID},    /* [O] [M] invalid openid */
	{40013, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [G] [L] invalid appid */
	{40014, ERRCODE_TOKEN, WECHAT_NONE},          /* [G] invalid access_token */
	{40029, ERRCODE_FINAL, WECHAT_BAD_CODE},      /* [L] [P] invalid code */
	{40037, ERRCODE_FINAL, WECHAT_BAD_TEMPLATE},  /* [M] invalid template_id */
	{40038, ERRCODE_FINAL, WECHAT_TOO_OFTEN},     /* [M] more than five a day of a long-term template */
	{40125, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [?] invalid appsecret */
	{40129, ERRCODE_FINAL, WECHAT_BAD_INPUT},     /* [?] invalid scene, of getwxacodeunlimit */
	{40163, ERRCODE_FINAL, WECHAT_USED_CODE},     /* [?] code been used */
	{40164, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [G] invalid ip, not in whitelist */
	{40226, ERRCODE_FINAL, WECHAT_BLOCKED_USER},  /* [L] code blocked: a user of high risk */
	{41001, ERRCODE_TOKEN, WECHAT_NONE},          /* [G] access_token missing */
	{41002, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [G] appid missing */
	{41004, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [?] appsecret missing */
	{41008, ERRCODE_FINAL, WECHAT_BAD_CODE},      /* [?] missing code */
	{41030, ERRCODE_FINAL, WECHAT_BAD_PAGE},      /* [Q] invalid page: it is not published */
	{42001, ERRCODE_TOKEN, WECHAT_NONE},          /* [G] access_token expired */
	{43101, ERRCODE_FINAL, WECHAT_NO_GRANT},      /* [M] user refuse to accept the msg */
	{43107, ERRCODE_FINAL, WECHAT_BANNED},        /* [M] subscribe messages, or the template, are banned */
	{43108, ERRCODE_BUSY, WECHAT_NONE},           /* [M] two messages to one person at once */
	{45009, ERRCODE_FINAL, WECHAT_TOO_OFTEN},     /* [G] reach max api daily quota limit */
	{45011, ERRCODE_FINAL, WECHAT_TOO_OFTEN},     /* [G] [L] api minute-quota reach limit */
	{45047, ERRCODE_FINAL, WECHAT_TOO_OFTEN},     /* [?] out of response count limit */
	{45168, ERRCODE_FINAL, WECHAT_BAD_INPUT},     /* [M] sensitive words */
	{47001, ERRCODE_FINAL, WECHAT_BAD_INPUT},     /* [O] data format error */
	{47003, ERRCODE_FINAL, WECHAT_BAD_TEMPLATE},  /* [M] argument invalid! data.thing1.value invalid */
	{48001, ERRCODE_FINAL, WECHAT_MISCONFIGURED}, /* [G] api unauthorized */
	{48004, ERRCODE_FINAL, WECHAT_BANNED},        /* [G] api forbidden for irregularities */
	{61010, ERRCODE_FINAL, WECHAT_BAD_OPENID},    /* [?] not here within two hours, of msgSecCheck */
	{87014, ERRCODE_FINAL, WECHAT_BAD_INPUT},     /* [C] risky content, as version 1 says it */
};

static const struct errcode *
find_errcode(int errcode)
{
	for (size_t i = 0; i < ARRAY_LEN(errcodes); i++)
		if (errcodes[i].errcode == errcode)
			return &errcodes[i];
	return NULL;
}

enum wechat_errcode_kind
wechat_errcode_kind(int errcode)
{
	const struct errcode *found = find_errcode(errcode);

	return found ? found->kind : ERRCODE_FINAL;
}

static enum wechat_refusal
find_refusal(int errcode)
{
	const struct errcode *found = find_errcode(errcode);

	return found ? found->refusal : WECHAT_OTHER;
}

/* What all answers have in common. */

static json_t *
parse_object(struct text body)
{
	json_t *root = json_loadb(body.data, body.len, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(root))
		return root;
	json_decref(root);
	return NULL;
}

/* Which field of a template it says is wrong: "argument invalid! data.thing1.value invalid rid: …". */
static void
read_field(char out[WECHAT_FIELD], const json_t *errmsg)
{
	const char *at = json_is_string(errmsg) ? strstr(json_string_value(errmsg), "data.") : NULL;
	size_t len = 0;

	if (!at)
		return;
	at += strlen("data.");
	while (len < WECHAT_FIELD - 1 && (isalnum((unsigned char)at[len]) || at[len] == '_'))
		len++;
	memcpy(out, at, len);
}

static void
refuse(struct wechat_answer *out, int errcode, const json_t *errmsg)
{
	bool is_final = wechat_errcode_kind(errcode) == ERRCODE_FINAL;

	out->outcome = is_final ? WECHAT_REFUSED : WECHAT_NOT_DONE;
	out->errcode = errcode;
	out->refusal = find_refusal(errcode);
	if (out->refusal == WECHAT_BAD_TEMPLATE)
		read_field(out->field, errmsg);
}

/* The object of an answer that is none of an error; else NULL, and *out says how it ended. */
static json_t *
open_answer(struct wechat_answer *out, struct text body)
{
	json_t *root = parse_object(body), *errcode;

	memset(out, 0, sizeof(*out));
	out->outcome = WECHAT_UNKNOWN;
	errcode = json_object_get(root, "errcode");
	if (!errcode || (json_is_integer(errcode) && json_integer_value(errcode) == 0))
		return root;
	if (json_is_integer(errcode) && json_integer_value(errcode) >= -1 && json_integer_value(errcode) <= INT32_MAX)
		refuse(out, (int)json_integer_value(errcode), json_object_get(root, "errmsg"));
	json_decref(root);
	return NULL;
}

static void
close_answer(struct wechat_answer *out, json_t *root, bool is_good)
{
	out->outcome = is_good ? WECHAT_DONE : WECHAT_UNKNOWN;
	json_decref(root);
}

bool
wechat_is_word(const char *text, size_t max)
{
	size_t len = strlen(text);

	/* RFC 3986, 3.4, without what means something within a query. */
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("-._~!*'()=:@,;/$", text[i]))
			return false;
	return len > 0 && len <= max;
}

static bool
copy_word(char *out, size_t room, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!text || !wechat_is_word(text, room - 1))
		return false;
	strcpy(out, text);
	return true;
}

static bool
copy_digits(char *out, size_t room, const json_t *value)
{
	return copy_word(out, room, value) && strspn(out, "0123456789") == strlen(out);
}

/* The calls. */

void
wechat_read_person(struct wechat_answer *out, const struct wechat_reply *reply)
{
	json_t *root = open_answer(out, reply->body), *unionid;

	if (!root)
		return;
	unionid = json_object_get(root, "unionid");
	close_answer(out, root,
		copy_word(out->person.openid, sizeof(out->person.openid), json_object_get(root, "openid")) &&
			(!unionid || copy_word(out->person.unionid, sizeof(out->person.unionid), unionid)));
}

void
wechat_read_grant(struct wechat_answer *out, const struct wechat_reply *reply)
{
	json_t *root = open_answer(out, reply->body);
	json_int_t expires_in_s;

	if (!root)
		return;
	expires_in_s = json_integer_value(json_object_get(root, "expires_in"));
	out->grant.expires_in_s = (uint32_t)MAX(MIN(expires_in_s, WECHAT_TOKEN_LIFE_S), 0);
	close_answer(out, root,
		expires_in_s > 0 &&
			copy_word(out->grant.token, sizeof(out->grant.token), json_object_get(root, "access_token")));
}

/* Its code comes as a number or as a string. */
static bool
read_country(char *out, size_t room, const json_t *value)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value))
		return copy_digits(out, room, value);
	if (number <= 0 || number > 999999)
		return false;
	snprintf(out, room, "%u", (unsigned)number);
	return true;
}

void
wechat_read_phone(struct wechat_answer *out, const struct wechat_reply *reply)
{
	json_t *root = open_answer(out, reply->body), *info;
	const char *appid;

	if (!root)
		return;
	info = json_object_get(root, "phone_info");
	appid = json_string_value(json_object_get(json_object_get(info, "watermark"), "appid"));
	if (appid && strcmp(appid, reply->appid) != 0) {
		out->outcome = WECHAT_REFUSED;
		out->refusal = WECHAT_FOREIGN;
		json_decref(root);
		return;
	}
	close_answer(out, root,
		appid &&
			copy_digits(out->phone.number, sizeof(out->phone.number),
				json_object_get(info, "purePhoneNumber")) &&
			read_country(
				out->phone.country, sizeof(out->phone.country), json_object_get(info, "countryCode")));
}

void
wechat_read_sent(struct wechat_answer *out, const struct wechat_reply *reply)
{
	json_t *root = open_answer(out, reply->body);

	if (root)
		close_answer(out, root, json_object_get(root, "errcode") != NULL);
}

static bool
is_between(struct text text, struct text start, struct text end)
{
	return text.len >= start.len + end.len && memcmp(text.data, start.data, start.len) == 0 &&
	       memcmp(text.data + text.len - end.len, end.data, end.len) == 0;
}

/* The type says that it is one, and so do its first bytes and its last (PNG, 5.2 and 11.2.5; ISO 10918-1, B.1.1.3), for an
 * answer may be cut off without a word. */
static bool
read_image(struct wechat_image *out, const struct wechat_reply *reply)
{
	out->bytes = reply->body;
	out->is_png = is_between(reply->body, TEXT("\x89PNG\r\n\x1a\n"), TEXT("IEND\xae\x42\x60\x82"));
	return strncmp(reply->content_type, "image/", strlen("image/")) == 0 &&
	       (out->is_png || is_between(reply->body, TEXT("\xff\xd8"), TEXT("\xff\xd9")));
}

void
wechat_read_image(struct wechat_answer *out, const struct wechat_reply *reply)
{
	struct wechat_image image;

	if (read_image(&image, reply)) {
		*out = (struct wechat_answer){.outcome = WECHAT_DONE, .image = image};
		return;
	}
	json_decref(open_answer(out, reply->body)); /* that all went well, and no image, is none of its answers */
}

static bool
read_suggest(enum wechat_suggest *out, const json_t *value)
{
	static const char *const names[] = {
		[WECHAT_PASS] = "pass", [WECHAT_REVIEW] = "review", [WECHAT_RISKY] = "risky"};
	const char *name = json_string_value(value);

	for (size_t i = 0; name && i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		*out = (enum wechat_suggest)i;
		return true;
	}
	return false;
}

void
wechat_read_verdict(struct wechat_answer *out, const struct wechat_reply *reply)
{
	json_t *root = open_answer(out, reply->body), *result, *label;

	if (!root)
		return;
	result = json_object_get(root, "result");
	label = json_object_get(result, "label");
	out->verdict.label = (uint32_t)json_integer_value(label);
	close_answer(out, root,
		json_is_integer(label) && read_suggest(&out->verdict.suggest, json_object_get(result, "suggest")));
}
