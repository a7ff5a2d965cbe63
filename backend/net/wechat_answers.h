/* wechat_answers.h - what WeChat's interfaces answer, as plain C. No I/O.
 *
 * Documentation: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/ */
#ifndef GV_WECHAT_ANSWERS_H
#define GV_WECHAT_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

/* What became of a call. */
enum wechat_outcome {
	WECHAT_DONE,
	WECHAT_REFUSED,  /* it was not done, and would be refused again; `refusal` says why */
	WECHAT_NOT_DONE, /* it was not done; it may be tried again later */
	WECHAT_UNKNOWN,  /* it may have been done: a code is to be taken as used, a message as sent */
};

/* Why WeChat refuses, as far as a caller does something about it. Each with its name in the log. */
#define WECHAT_REFUSAL_LIST(X)                                                                              \
	X(NONE, "none")                                                                                     \
	X(BAD_CODE, "bad_code")           /* wrong or too old: the client asks for a new one */             \
	X(USED_CODE, "used_code")         /* the same */                                                    \
	X(TOO_OFTEN, "too_often")         /* this person, or all of us today: not now */                    \
	X(BLOCKED_USER, "blocked_user")   /* WeChat holds him for dangerous */                              \
	X(NO_GRANT, "no_grant")           /* he refused, or his grants are used up: the count is 0 */       \
	X(BAD_TEMPLATE, "bad_template")   /* there is none, or `field` is not as it demands: our mistake */ \
	X(BAD_OPENID, "bad_openid")       /* nobody of this mini-program */                                 \
	X(BAD_PAGE, "bad_page")           /* the page is not published */                                   \
	X(BAD_INPUT, "bad_input")         /* `field` is not as the interface demands; mostly never sent */  \
	X(BANNED, "banned")               /* WeChat has taken this interface from the mini-program */       \
	X(FOREIGN, "foreign")             /* a phone that was given to another mini-program */              \
	X(MISCONFIGURED, "misconfigured") /* appid, secret, address or rights: the operator's to mend */    \
	X(OTHER, "other")                 /* an errcode that nobody told us of */

#define WECHAT_REFUSAL_MEMBER(name, word) WECHAT_##name,
enum wechat_refusal { WECHAT_REFUSAL_LIST(WECHAT_REFUSAL_MEMBER) };
#undef WECHAT_REFUSAL_MEMBER

const char *wechat_refusal_name(enum wechat_refusal refusal);

#define WECHAT_OPENID       65   /* 28 as seen; with its NUL, as those that follow */
#define WECHAT_TOKEN        1025 /* "at least 512 bytes" */
#define WECHAT_TOKEN_LIFE_S 7200 /* of a token at most */
#define WECHAT_PHONE        24
#define WECHAT_FIELD        32

struct wechat_person {
	char openid[WECHAT_OPENID];
	char unionid[WECHAT_OPENID]; /* "" unless the mini-program is bound to an open platform */
};

struct wechat_phone {
	char number[WECHAT_PHONE]; /* digits, without the country's */
	char country[8];           /* "86" */
};

/* In the memory of the answer. */
struct wechat_image {
	struct text bytes;
	bool is_png; /* else JPEG */
};

struct wechat_verdict {
	enum wechat_suggest { WECHAT_PASS, WECHAT_REVIEW, WECHAT_RISKY } suggest;
	uint32_t label; /* 100 normal, 10001 advertising, 20001 politics, … */
};

struct wechat_grant {
	char token[WECHAT_TOKEN];
	uint32_t expires_in_s; /* at most WECHAT_TOKEN_LIFE_S */
};

/* How the call of an answer ended. */
struct wechat_answer {
	enum wechat_outcome outcome;
	enum wechat_refusal refusal;
	int errcode;              /* WeChat's; 0 if it gave none */
	char field[WECHAT_FIELD]; /* of BAD_TEMPLATE and BAD_INPUT: which, "" if that is not known */
	/* Where it is DONE: what was asked for. */
	union {
		struct wechat_person person;
		struct wechat_phone phone;
		struct wechat_image image;
		struct wechat_verdict verdict;
		struct wechat_grant grant;
	};
};

/* What the client is to do about an errcode before anybody hears of it. */
enum wechat_errcode_kind {
	ERRCODE_FINAL,
	ERRCODE_BUSY,  /* nothing was done: again in a moment */
	ERRCODE_TOKEN, /* the token is not good: once more with another */
};

enum wechat_errcode_kind wechat_errcode_kind(int errcode);

/* What the readers are told of an answer. */
struct wechat_reply {
	const char *content_type;
	struct text body;
	const char *appid; /* ours */
};

/* One for each call. An answer with an errcode is REFUSED (NOT_DONE if the errcode says so), whatever else it holds; one
 * that is not as documented is UNKNOWN. They never look past the body, nor for more than a JSON object in it. */
typedef void wechat_reader(struct wechat_answer *out, const struct wechat_reply *reply);
wechat_reader wechat_read_person;  /* sns/jscode2session. Its session_key stays in the answer: nothing needs it */
wechat_reader wechat_read_grant;   /* cgi-bin/stable_token */
wechat_reader wechat_read_phone;   /* wxa/business/getuserphonenumber; FOREIGN if the watermark is not ours */
wechat_reader wechat_read_sent;    /* cgi-bin/message/subscribe/send */
wechat_reader wechat_read_image;   /* wxa/getwxacodeunlimit: an image, or JSON that says why not */
wechat_reader wechat_read_verdict; /* wxa/msg_sec_check, version 2: 0 does not mean clean */

/* Whether a text is 1 to `max` of the characters WeChat makes its ids, codes and tokens of: letters, digits, - and _ (and
 * such others as need no escape in an address). */
bool wechat_is_word(const char *text, size_t max) WARN_UNUSED;

#endif
