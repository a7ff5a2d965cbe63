#include "wechat.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <sodium.h>
#include <unistr.h>

#include "breaker.h"
#include "clock.h"
#include "https.h"
#include "log.h"
#include "random.h"
#include "secret.h"
#include "wechat_fields.h"

#define TRIES          3
#define BACKOFF_MS     150 /* and twice as much, and as much again by chance */
#define MAX_JSON       65536
#define MAX_IMAGE      2097152
#define MAX_CODE       512 /* not documented; 32 and 64 as seen */
#define MAX_SCENE      32
#define MAX_CONTENT    2500
#define MAX_BASE       256
#define MAX_CREDENTIAL 128
#define MAX_URL        (MAX_BASE + MAX_CODE + 2 * MAX_CREDENTIAL + WECHAT_TOKEN + 128)

struct interface {
	const char *name; /* in the log */
	const char *path;
	wechat_reader *read;
	size_t max_answer;
	bool needs_token;
	bool once; /* asked twice it would do harm */
};

static const struct interface login_interface = {
	"login", "/sns/jscode2session", wechat_read_person, MAX_JSON, false, true};
static const struct interface token_interface = {
	"token", "/cgi-bin/stable_token", wechat_read_grant, MAX_JSON, false, false};
static const struct interface phone_interface = {
	"phone", "/wxa/business/getuserphonenumber", wechat_read_phone, MAX_JSON, true, true};
static const struct interface send_interface = {
	"send", "/cgi-bin/message/subscribe/send", wechat_read_sent, MAX_JSON, true, true};
static const struct interface image_interface = {
	"image", "/wxa/getwxacodeunlimit", wechat_read_image, MAX_IMAGE, true, false};
static const struct interface check_interface = {
	"check", "/wxa/msg_sec_check", wechat_read_verdict, MAX_JSON, true, false};

/* It is under way, or in one of the two lists. */
struct call {
	TAILQ_ENTRY(call) in_list;
	struct wechat *wechat;
	const struct interface *interface;
	char *body; /* to be posted; NULL: the code is asked for */
	char *code; /* of a login */
	unsigned tries;
	uint64_t token_expires_ms; /* of the token it was sent with */
	uint64_t due_us;           /* when it is tried again */
	wechat_done *done;
	void *context;
};

TAILQ_HEAD(call_list, call);

struct wechat {
	char base[MAX_BASE];
	char appid[MAX_CREDENTIAL];
	char secret[MAX_CREDENTIAL];
	enum wechat_stage stage;
	struct https *https;
	struct breaker breaker;
	struct token_keeper keeper;
	struct call_list for_token;
	struct call_list for_retry;
	uv_timer_t retry;
	unsigned calls;
	struct wechat_counters counters;
	unsigned parts; /* that have not closed yet */
	bool ending;
	void (*closed)(void *context);
	void *closed_context;
};

static void call_send(struct call *call);

/* The end of a call. */

static void
call_destroy(struct call *call)
{
	secret_free(call->body);
	secret_free(call->code);
	secret_free(call);
}

/* Ours to mend, or the operator's: he is told. The rest is the caller's, who knows whom it is about. */
static bool
is_fault(enum wechat_refusal refusal)
{
	return refusal == WECHAT_BAD_TEMPLATE || refusal == WECHAT_BAD_PAGE || refusal == WECHAT_BANNED ||
	       refusal == WECHAT_MISCONFIGURED || refusal == WECHAT_OTHER;
}

static void
call_end(struct call *call, const struct wechat_answer *answer)
{
	call->wechat->calls--;
	call->wechat->counters.outcomes[answer->outcome]++;
	if (is_fault(answer->refusal))
		log_error("wechat", "refused", KV("call", call->interface->name),
			KV("refusal", wechat_refusal_name(answer->refusal)), KI("errcode", answer->errcode),
			KV("field", answer->field));
	call->done(answer, call->context);
	call_destroy(call);
}

static void
call_not_done(struct call *call)
{
	call_end(call, &(struct wechat_answer){.outcome = WECHAT_NOT_DONE});
}

/* Waiting for another try. */

static struct call *
next_retry(struct wechat *wechat)
{
	struct call *call, *first = TAILQ_FIRST(&wechat->for_retry);

	TAILQ_FOREACH (call, &wechat->for_retry, in_list)
		if (call->due_us < first->due_us)
			first = call;
	return first;
}

static void on_retry(uv_timer_t *timer);

static void
arm_retry(struct wechat *wechat)
{
	struct call *call = next_retry(wechat);
	uint64_t now_us = clock_mono_us();

	if (call)
		uv_timer_start(
			&wechat->retry, on_retry, call->due_us > now_us ? (call->due_us - now_us) / 1000 + 1 : 0, 0);
}

static void
on_retry(uv_timer_t *timer)
{
	struct wechat *wechat = timer->data;
	struct call *call;

	while ((call = next_retry(wechat)) && call->due_us <= clock_mono_us()) {
		TAILQ_REMOVE(&wechat->for_retry, call, in_list);
		call_send(call);
	}
	arm_retry(wechat);
}

static void
call_later(struct call *call)
{
	uint32_t backoff_ms = BACKOFF_MS << call->tries, random;

	random_fill(&random, sizeof(random));
	call->due_us = clock_mono_us() + (uint64_t)(backoff_ms + random % backoff_ms) * 1000;
	TAILQ_INSERT_TAIL(&call->wechat->for_retry, call, in_list);
	arm_retry(call->wechat);
}

/* The answer. */

static void
note_failure(struct wechat *wechat, const struct call *call, const char *why, unsigned status)
{
	log_warn("wechat", "failed", KV("call", call->interface->name), KV("reason", why), KU("status", status));
	if (!breaker_failed(&wechat->breaker, clock_mono_us()))
		return;
	wechat->counters.left_alone++;
	log_error("wechat", "left_alone", KU("ms", wechat->breaker.pause_us / 1000));
}

static void
note_success(struct wechat *wechat)
{
	if (breaker_succeeded(&wechat->breaker))
		log_info("wechat", "back");
}

/* Of a call without a token this errcode means that our secret is not right. */
static void
judge_errcode(const struct call *call, struct wechat_answer *answer)
{
	if (wechat_errcode_kind(answer->errcode) != ERRCODE_TOKEN || call->interface->needs_token)
		return;
	answer->outcome = WECHAT_REFUSED;
	answer->refusal = WECHAT_MISCONFIGURED;
}

static void
read_answer(struct call *call, const struct https_answer *from, struct wechat_answer *answer)
{
	struct wechat_reply reply = {from->content_type, from->body, call->wechat->appid};

	answer->outcome = from->end == HTTPS_UNSENT ? WECHAT_NOT_DONE : WECHAT_UNKNOWN;
	if (from->end == HTTPS_ANSWERED && from->status == 200)
		call->interface->read(answer, &reply);
	if (call->wechat->ending)
		return;
	if (from->end != HTTPS_ANSWERED)
		note_failure(call->wechat, call, from->why, from->status);
	else if (answer->outcome == WECHAT_UNKNOWN)
		note_failure(call->wechat, call, "not an answer of WeChat's", from->status);
	else
		note_success(call->wechat);
	judge_errcode(call, answer);
}

static bool
call_again(struct call *call, const struct wechat_answer *answer)
{
	enum wechat_errcode_kind kind = wechat_errcode_kind(answer->errcode);

	if (answer->outcome != WECHAT_NOT_DONE || call->tries >= TRIES)
		return false;
	if (kind == ERRCODE_BUSY) {
		call_later(call);
		return true;
	}
	if (kind != ERRCODE_TOKEN || !keeper_drop(&call->wechat->keeper, call->token_expires_ms))
		return false;
	call_send(call);
	return true;
}

static void
on_answer(const struct https_answer *from, void *context)
{
	struct call *call = context;
	struct wechat_answer answer = {0};

	read_answer(call, from, &answer);
	if (answer.outcome == WECHAT_UNKNOWN && !call->interface->once)
		answer.outcome = WECHAT_NOT_DONE;
	if (!call_again(call, &answer))
		call_end(call, &answer);
	sodium_memzero(&answer, sizeof(answer));
}

/* Sending. */

/* `token` NULL: the call needs none. */
static void
call_ask(struct call *call, const struct wechat_token *token)
{
	struct wechat *wechat = call->wechat;
	char url[MAX_URL];
	struct https_request request = {
		.url = url,
		.body = call->body,
		.max_answer = call->interface->max_answer,
		.once = call->interface->once,
	};

	if (!breaker_allows(&wechat->breaker, clock_mono_us())) {
		call_not_done(call);
		return;
	}
	call->tries++;
	wechat->counters.asked++;
	call->token_expires_ms = token ? token->expires_ms : 0;
	if (token)
		snprintf(url, sizeof(url), "%s%s?access_token=%s", wechat->base, call->interface->path, token->text);
	else if (call->code)
		snprintf(url, sizeof(url), "%s%s?appid=%s&secret=%s&js_code=%s&grant_type=authorization_code",
			wechat->base, call->interface->path, wechat->appid, wechat->secret, call->code);
	else
		snprintf(url, sizeof(url), "%s%s", wechat->base, call->interface->path);
	https_send(wechat->https, &request, on_answer, call);
	sodium_memzero(url, sizeof(url));
}

static void
call_send(struct call *call)
{
	struct wechat *wechat = call->wechat;
	const struct wechat_token *token;

	if (!call->interface->needs_token) {
		call_ask(call, NULL);
		return;
	}
	token = keeper_token(&wechat->keeper);
	if (token) {
		call_ask(call, token);
		return;
	}
	TAILQ_INSERT_TAIL(&wechat->for_token, call, in_list);
	if (keeper_want(&wechat->keeper)) /* it may have been settled, and the call be gone */
		return;
	TAILQ_REMOVE(&wechat->for_token, call, in_list);
	call_not_done(call);
}

/* Takes body and code over. */
static void
call_begin(struct wechat *wechat, const struct call *call)
{
	struct call *copy = secret_calloc(1, sizeof(*copy));

	*copy = *call;
	copy->wechat = wechat;
	wechat->calls++;
	if (wechat->ending || (wechat->calls > WECHAT_CALLS_MAX && call->interface != &token_interface))
		call_not_done(copy);
	else
		call_send(copy);
}

static void
refuse(const struct interface *interface, enum wechat_refusal refusal, const char *field, wechat_done *done,
	void *context)
{
	struct wechat_answer answer = {.outcome = WECHAT_REFUSED, .refusal = refusal};

	snprintf(answer.field, sizeof(answer.field), "%s", field);
	if (is_fault(refusal))
		log_error("wechat", "not_sent", KV("call", interface->name),
			KV("refusal", wechat_refusal_name(refusal)), KV("field", answer.field));
	done(&answer, context);
}

/* Posts an object, which it takes over. NULL: a text in it is none. */
static void
post(struct wechat *wechat, const struct interface *interface, json_t *object, wechat_done *done, void *context)
{
	char *body = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	if (!body) {
		refuse(interface, WECHAT_BAD_INPUT, "", done, context);
		return;
	}
	call_begin(wechat, &(struct call){.interface = interface, .body = body, .done = done, .context = context});
}

/* The token, as its keeper wants it. */

static void
on_token(const struct wechat_answer *answer, void *context)
{
	struct wechat *wechat = context;

	keeper_asked(&wechat->keeper, answer);
}

static void
ask_for_token(void *context)
{
	struct wechat *wechat = context;

	post(wechat, &token_interface,
		json_pack("{s:s,s:s,s:s}", "grant_type", "client_credential", "appid", wechat->appid, "secret",
			wechat->secret),
		on_token, wechat);
}

static void
on_token_settled(void *context)
{
	struct wechat *wechat = context;
	struct call *call;

	while ((call = TAILQ_FIRST(&wechat->for_token))) {
		const struct wechat_token *token = wechat->ending ? NULL : keeper_token(&wechat->keeper);
		TAILQ_REMOVE(&wechat->for_token, call, in_list);
		if (token)
			call_ask(call, token);
		else
			call_not_done(call);
	}
}

/* The calls. */

void
wechat_login(struct wechat *wechat, const char *code, wechat_done *done, void *context)
{
	struct call call = {.interface = &login_interface, .done = done, .context = context};

	if (!wechat_is_word(code, MAX_CODE)) {
		refuse(&login_interface, WECHAT_BAD_CODE, "code", done, context);
		return;
	}
	call.code = secret_strdup(code);
	call_begin(wechat, &call);
}

void
wechat_phone(struct wechat *wechat, const char *code, const char *openid, wechat_done *done, void *context)
{
	if (!wechat_is_word(code, MAX_CODE))
		refuse(&phone_interface, WECHAT_BAD_CODE, "code", done, context);
	else if (!wechat_is_word(openid, WECHAT_OPENID - 1))
		refuse(&phone_interface, WECHAT_BAD_OPENID, "openid", done, context);
	else
		post(wechat, &phone_interface, json_pack("{s:s,s:s}", "code", code, "openid", openid), done, context);
}

/* {"thing1":{"value":"…"},…}. NULL, and the key in *bad, where a value does not fit. */
static json_t *
pack_fields(const struct wechat_message *message, const char **bad)
{
	json_t *data = json_object();
	char value[WECHAT_VALUE];

	for (size_t i = 0; i < WECHAT_FIELDS_MAX && message->fields[i].key; i++) {
		*bad = message->fields[i].key;
		if (wechat_field_fit(value, *bad, text_of(message->fields[i].value)) &&
			json_object_set_new(data, *bad, json_pack("{s:s}", "value", value)) == 0)
			continue;
		json_decref(data);
		data = NULL;
		break;
	}
	sodium_memzero(value, sizeof(value));
	return data;
}

void
wechat_send(struct wechat *wechat, const struct wechat_message *message, wechat_done *done, void *context)
{
	static const char *const states[] = {
		[WECHAT_RELEASE] = "formal", [WECHAT_TRIAL] = "trial", [WECHAT_DEVELOP] = "developer"};
	const char *bad = "";
	json_t *data;

	if (!wechat_is_word(message->openid, WECHAT_OPENID - 1)) {
		refuse(&send_interface, WECHAT_BAD_OPENID, "openid", done, context);
		return;
	}
	data = pack_fields(message, &bad);
	if (!data) {
		refuse(&send_interface, WECHAT_BAD_TEMPLATE, bad, done, context);
		return;
	}
	post(wechat, &send_interface,
		json_pack("{s:s,s:s,s:s*,s:s,s:s,s:o}", "touser", message->openid, "template_id", message->template_id,
			"page", message->page, "miniprogram_state", states[wechat->stage], "lang", "zh_CN", "data",
			data),
		done, context);
}

static bool
is_scene(const char *scene)
{
	size_t len =
		strspn(scene, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$&'()*+,/:;=?@-._~");

	return len > 0 && len <= MAX_SCENE && scene[len] == '\0';
}

void
wechat_image(
	struct wechat *wechat, const char *page, const char *scene, unsigned width, wechat_done *done, void *context)
{
	static const char *const versions[] = {
		[WECHAT_RELEASE] = "release", [WECHAT_TRIAL] = "trial", [WECHAT_DEVELOP] = "develop"};
	const char *bad = NULL;

	if (!is_scene(scene))
		bad = "scene";
	else if (page[0] == '/' || !wechat_is_word(page, 128))
		bad = "page";
	else if (width < 280 || width > 1280)
		bad = "width";
	if (bad) {
		refuse(&image_interface, WECHAT_BAD_INPUT, bad, done, context);
		return;
	}
	/* A page of a release that is not published cannot be found by those who scan it. */
	post(wechat, &image_interface,
		json_pack("{s:s,s:s,s:s,s:b,s:i}", "scene", scene, "page", page, "env_version", versions[wechat->stage],
			"check_path", wechat->stage == WECHAT_RELEASE, "width", (int)width),
		done, context);
}

void
wechat_check(struct wechat *wechat, const char *openid, enum wechat_scene scene, const char *content, wechat_done *done,
	void *context)
{
	size_t len = strlen(content);

	if (!wechat_is_word(openid, WECHAT_OPENID - 1)) {
		refuse(&check_interface, WECHAT_BAD_OPENID, "openid", done, context);
		return;
	}
	if (len == 0 || u8_mbsnlen((const uint8_t *)content, len) > MAX_CONTENT) {
		refuse(&check_interface, WECHAT_BAD_INPUT, "content", done, context);
		return;
	}
	post(wechat, &check_interface,
		json_pack("{s:i,s:s,s:i,s:s}", "version", 2, "openid", openid, "scene", (int)scene, "content", content),
		done, context);
}

/* Life. */

/* Without TLS only to this machine: http://127.0.0.1:8080. */
bool
wechat_is_base(const char *base)
{
	const char *host = strstr(base, "://");

	if (!host || strlen(base) >= MAX_BASE)
		return false;
	host += strlen("://");
	if (!host[0] || strpbrk(host, "/?#@ \\"))
		return false;
	if (strncmp(base, "https://", strlen("https://")) == 0)
		return true;
	return strncmp(base, "http://127.", strlen("http://127.")) == 0 && strspn(host, "0123456789.:") == strlen(host);
}

bool
wechat_is_appid(const char *appid)
{
	return wechat_is_word(appid, MAX_CREDENTIAL - 1);
}

struct wechat_counters
wechat_counters(const struct wechat *wechat)
{
	struct wechat_counters counters = wechat->counters;

	counters.is_left_alone = wechat->breaker.state != BREAKER_CLOSED;
	return counters;
}

static const char *
find_fault(const struct wechat_options *options)
{
	if (!wechat_is_base(options->base))
		return "the address is not https://HOST";
	if (!wechat_is_appid(options->appid))
		return "the appid is none";
	if (!wechat_is_word(options->secret, MAX_CREDENTIAL - 1))
		return "the secret is none";
	if (options->connect_ms == 0 || options->total_ms == 0 || options->total_ms >= WECHAT_LEASE_MS)
		return "a time is out of bounds";
	return NULL;
}

struct wechat *
wechat_create(uv_loop_t *loop, const struct wechat_options *options, const char **why)
{
	struct https_options https = {
		.max_under_way = WECHAT_CALLS_MAX + 1, /* and the token */
		.connect_ms = options->connect_ms,
		.total_ms = options->total_ms,
		.authorities = options->authorities,
	};
	struct wechat *wechat;

	*why = find_fault(options);
	if (*why)
		return NULL;
	*why = "libcurl cannot start";
	wechat = secret_calloc(1, sizeof(*wechat));
	wechat->https = https_create(loop, &https);
	if (!wechat->https) {
		secret_free(wechat);
		return NULL;
	}
	strcpy(wechat->base, options->base);
	strcpy(wechat->appid, options->appid);
	strcpy(wechat->secret, options->secret);
	wechat->stage = options->stage;
	wechat->breaker.pause_us = (uint64_t)options->pause_ms * 1000;
	wechat->keeper = (struct token_keeper){
		.store = options->store, .ask = ask_for_token, .settled = on_token_settled, .context = wechat};
	keeper_init(&wechat->keeper, loop);
	TAILQ_INIT(&wechat->for_token);
	TAILQ_INIT(&wechat->for_retry);
	uv_timer_init(loop, &wechat->retry);
	wechat->retry.data = wechat;
	wechat->parts = 3;
	return wechat;
}

static void
on_part_closed(void *context)
{
	struct wechat *wechat = context;

	if (--wechat->parts > 0)
		return;
	wechat->closed(wechat->closed_context);
	secret_free(wechat);
}

static void
on_retry_closed(uv_handle_t *timer)
{
	on_part_closed(timer->data);
}

static void
end_waiting(struct call_list *list)
{
	struct call *call;

	while ((call = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, call, in_list);
		call_not_done(call);
	}
}

/* The token's call is among those that end, and its keeper is told. */
void
wechat_destroy(struct wechat *wechat, void (*closed)(void *context), void *context)
{
	wechat->ending = true;
	wechat->closed = closed;
	wechat->closed_context = context;
	https_destroy(wechat->https, on_part_closed, wechat);
	end_waiting(&wechat->for_retry);
	end_waiting(&wechat->for_token);
	uv_close((uv_handle_t *)&wechat->retry, on_retry_closed);
	keeper_close(&wechat->keeper, on_part_closed);
}
