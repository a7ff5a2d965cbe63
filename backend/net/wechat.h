/* wechat.h - the client of WeChat's interfaces for a mini-program's server.
 *
 * Each call is sent from the hub's loop, and one callback hears what became of it. What can be done about an answer here is
 * done here, and a bounded number of times:
 *
 *   busy (-1)              again after a pause, three times in all, for nothing was done
 *   token refused (40001)  at once with another token, if there is one to be had
 *   no answer              never again here: the outcome is UNKNOWN for a code or a message, which WeChat may have
 *                          taken; for what can be asked twice without harm (images, checks) it is NOT_DONE
 *   failures in a row      for a while nothing is sent, and all is NOT_DONE at once
 *
 * Nothing of a person, and no token or secret, is logged; what held one is wiped. */
#ifndef GV_WECHAT_H
#define GV_WECHAT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "macros.h"
#include "wechat_answers.h"
#include "wechat_token.h"

struct wechat;

/* The release of the mini-program that messages and images lead to. */
enum wechat_stage { WECHAT_RELEASE, WECHAT_TRIAL, WECHAT_DEVELOP };

#define WECHAT_CALLS_MAX 256 /* under way and waiting; more are NOT_DONE at once */

/* All texts are copied. */
struct wechat_options {
	const char *base;        /* "https://api.weixin.qq.com"; http only of a loopback address */
	const char *authorities; /* as https.h */
	const char *appid;
	const char *secret;
	enum wechat_stage stage;
	uint32_t connect_ms; /* 3000 or so */
	uint32_t total_ms;   /* 5000 or so, less than WECHAT_LEASE_MS */
	uint32_t pause_ms;   /* 10000 or so: how long a WeChat that fails is left alone */
	struct wechat_store store;
};

/* What an address and an appid must look like, for who reads settings. */
bool wechat_is_base(const char *base) WARN_UNUSED;
bool wechat_is_appid(const char *appid) WARN_UNUSED;

/* What was asked, and what came of it, since the start. */
struct wechat_counters {
	uint64_t asked;                        /* sent out, retries too */
	uint64_t outcomes[WECHAT_UNKNOWN + 1]; /* of calls, the token's among them */
	uint64_t left_alone; /* times that WeChat failed so often that it was left alone for a while */
	bool is_left_alone;  /* now */
};

struct wechat_counters wechat_counters(const struct wechat *wechat);

/* Valid until the callback returns, and then wiped. */
typedef void wechat_done(const struct wechat_answer *answer, void *context);

/* NULL, and what is wrong with which option in *why, if they are none or libcurl cannot start. */
struct wechat *wechat_create(uv_loop_t *loop, const struct wechat_options *options, const char **why) WARN_UNUSED;

/* Ends all calls (each is told, before this returns), then calls `closed` from the loop and frees itself. The store is
 * called until then. */
void wechat_destroy(struct wechat *wechat, void (*closed)(void *context), void *context);

/* In all that follows texts are read before the function returns, and `done` is called once, from the loop; before the
 * function returns where nothing needs to be asked. */

/* code2Session: who it is that got this code from wx.login. Answers a person. */
void wechat_login(struct wechat *wechat, const char *code, wechat_done *done, void *context);

/* getuserphonenumber: the number behind a code that a button gave, checked against the person's openid. Answers a phone. */
void wechat_phone(struct wechat *wechat, const char *code, const char *openid, wechat_done *done, void *context);

struct wechat_field {
	const char *key; /* "thing1" */
	const char *value;
};

#define WECHAT_FIELDS_MAX 10

struct wechat_message {
	const char *openid;
	const char *template_id;
	const char *page; /* with its query; NULL: none */
	struct wechat_field
		fields[WECHAT_FIELDS_MAX]; /* up to the first without a key; values are made to fit (wechat_fields.h) */
};

/* Subscribe message. Answers nothing. */
void wechat_send(struct wechat *wechat, const struct wechat_message *message, wechat_done *done, void *context);

/* getwxacodeunlimit: an image that leads to a published page. `scene` is 1 to 32 of 0-9A-Za-z!#$&'()*+,/:;=?@-._~, `width` 280
 * to 1280. Answers an image. */
void wechat_image(
	struct wechat *wechat, const char *page, const char *scene, unsigned width, wechat_done *done, void *context);

/* What is checked, as WeChat numbers it. */
enum wechat_scene { WECHAT_PROFILE = 1, WECHAT_COMMENT = 2, WECHAT_FORUM = 3, WECHAT_SOCIAL = 4 };

/* msg_sec_check, version 2: whether a text may be shown. Its author must have been in the mini-program within two hours. At
 * most 2500 characters. Answers a verdict. */
void wechat_check(struct wechat *wechat, const char *openid, enum wechat_scene scene, const char *content,
	wechat_done *done, void *context);

#endif
