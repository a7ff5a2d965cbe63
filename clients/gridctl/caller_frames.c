/* caller_frames.c - what a caller says and hears: frames out and in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller_private.h"
#include "clock.h"
#include "lang.h"
#include "status.h"
#include "varint.h"

#define ASKS_MAX 24 /* requests in one frame; the hub takes 32 */

enum { FRAME_REQUESTS = 1, FRAME_PULSE = 5 };

/* Writing. */

static void
add_field(struct buf *frame, unsigned field, const uint8_t *bytes, size_t len)
{
	uint8_t head[2 * VARINT_MAX];
	size_t head_len = varint_put(head, VARINT_TAG(field));

	head_len += varint_put(head + head_len, len);
	buf_add(frame, head, head_len);
	buf_add(frame, bytes, len);
}

static void
add_request(struct buf *frame, const Request *request)
{
	size_t len = protobuf_c_message_get_packed_size(&request->base);
	uint8_t *packed = malloc(len + 1);

	protobuf_c_message_pack(&request->base, packed);
	add_field(frame, FRAME_REQUESTS, packed, len);
	free(packed);
}

static void
look_for_token(struct caller *caller)
{
	char line[128];
	FILE *file = caller->options.token_file ? fopen(caller->options.token_file, "re") : NULL;

	if (!file)
		return;
	if (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		free(UNCONST(caller->options.token));
		caller->options.token = strdup(line);
	}
	fclose(file);
}

static void
add_login(struct caller *caller, struct buf *frame)
{
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Gridvanguard__V1__TokenLogin by_token = GRIDVANGUARD__V1__TOKEN_LOGIN__INIT;
	Gridvanguard__V1__DeskLogin by_desk = GRIDVANGUARD__V1__DESK_LOGIN__INIT;
	Request request = REQUEST(LOGIN, &login);

	if (caller->options.desk) {
		by_desk.ticket = caller->ticket;
		by_desk.secret = caller->desk_secret;
		login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DESK;
		login.desk = &by_desk;
	} else if (caller->options.by_token) {
		by_token.token = UNCONST(caller->options.token);
		if (caller->options.code)
			by_token.code = UNCONST(caller->options.code);
		if (caller->options.device)
			by_token.device = UNCONST(caller->options.device);
		login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_TOKEN;
		login.token = &by_token;
	} else {
		look_for_token(caller);
		dev.token = UNCONST(caller->options.token);
		dev.handle = UNCONST(caller->options.handle);
		login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
		login.dev = &dev;
	}
	request.id = caller->login_id = ++caller->last_id;
	add_request(frame, &request);
}

/* A desk asks for a ticket first, and logs in when it has one. */
static void
add_greeting(struct caller *caller, struct buf *frame)
{
	Gridvanguard__V1__DeskOpen open = GRIDVANGUARD__V1__DESK_OPEN__INIT;
	Request request = REQUEST(DESK_OPEN, &open);

	if (!caller->options.desk)
		return add_login(caller, frame);
	open.device = UNCONST(caller->options.desk);
	request.id = caller->desk_id = ++caller->last_id;
	caller->login_due = false;
	add_request(frame, &request);
}

/* With cursors if there are any to go on from. */
static void
add_watch(struct caller *caller, struct buf *frame)
{
	Watch *watch = gridvanguard__v1__watch__unpack(NULL, caller->watch_len, caller->watch);
	Request request = REQUEST(WATCH, watch);
	Cursor cursors[PARTITIONS], *list[PARTITIONS];
	char *epoch = watch->epoch;

	for (uint32_t i = 0; i < PARTITIONS; i++) {
		gridvanguard__v1__cursor__init(&cursors[i]);
		cursors[i].partition = i;
		cursors[i].seq = caller->cursors[i];
		list[i] = &cursors[i];
	}
	caller->resuming = caller->resumable;
	if (caller->resumable) {
		watch->epoch = caller->epoch;
		watch->cursors = list;
		watch->n_cursors = PARTITIONS;
	}
	request.id = caller->watch_id = ++caller->last_id;
	add_request(frame, &request);
	watch->epoch = epoch;
	watch->cursors = NULL;
	watch->n_cursors = 0;
	gridvanguard__v1__watch__free_unpacked(watch, NULL);
	caller->watch_due = false;
}

/* As many as fit; true if some are left for another frame. */
static bool
add_asks(struct caller *caller, struct buf *frame)
{
	uint64_t now_us = clock_mono_us();
	unsigned count = 0;
	struct ask *ask;

	TAILQ_FOREACH (ask, &caller->asks, in_caller) {
		if (ask->sent || ask->not_before_us > now_us)
			continue;
		if (count > 0 && (count == ASKS_MAX || frame->len + ask->len + 2 * VARINT_MAX > FRAME_MAX))
			return true;
		add_field(frame, FRAME_REQUESTS, ask->packed, ask->len);
		ask->sent = true;
		count++;
	}
	return false;
}

bool
caller_watch_is_due(const struct caller *caller, uint64_t now_us)
{
	return caller->watch_due && caller->watch_not_before_us <= now_us;
}

bool
caller_write(struct caller *caller, struct buf *frame)
{
	if (!caller->greeted)
		add_greeting(caller, frame);
	if (caller->login_due)
		add_login(caller, frame);
	caller->login_due = false;
	if (caller->watch && (!caller->greeted || caller_watch_is_due(caller, clock_mono_us())))
		add_watch(caller, frame);
	if (caller->pulse_due)
		add_field(frame, FRAME_PULSE, NULL, 0);
	caller->greeted = true;
	caller->pulse_due = false;
	return caller->state == CALLER_PRESENT && add_asks(caller, frame);
}

/* Reading. */

/* The hub cannot do it now. Where it is WeChat that does not answer, asking again costs the budget and brings nothing. */
static bool
may_pass(const Answer *answer)
{
	if (strcmp(answer->field, "wechat") == 0)
		return false;
	return answer->status == GRIDVANGUARD__V1__STATUS__STATUS_UNAVAILABLE ||
	       answer->status == GRIDVANGUARD__V1__STATUS__STATUS_BUSY;
}

static uint64_t
when_to_try_again_us(const Answer *answer)
{
	return clock_mono_us() + (uint64_t)MAX(answer->retry_after_ms, 50U) * 1000;
}

static void
move_cursor(struct caller *caller, uint32_t partition, uint64_t seq)
{
	if (partition < PARTITIONS && seq > caller->cursors[partition])
		caller->cursors[partition] = seq;
}

static void
tell_of_code(struct caller *caller, const Answer *answer)
{
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_BUSY)
		snprintf(caller->trouble, sizeof(caller->trouble),
			T("too many wrong codes: again in %u minutes", "验证码错误次数过多：请 %u 分钟后再试"),
			answer->retry_after_ms / 60000 + 1);
	else if (caller->options.code)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("the code is not good, or it was used before", "验证码不正确，或已使用过"));
	else
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("the code of your second factor is wanted", "需要第二因素的验证码"));
}

static void
on_login_refused(struct caller *caller, const Answer *answer)
{
	bool unknown = answer->status == GRIDVANGUARD__V1__STATUS__STATUS_UNAUTHENTICATED;
	bool is_code = strcmp(answer->field, "token.code") == 0;

	if (strcmp(answer->field, "desk.ticket") == 0)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("nobody let this desk in: run it again", "没有人允许此处登录，请重新运行"));
	else if (is_code)
		tell_of_code(caller, answer);
	else if (unknown && caller->options.by_token)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("this invite or login was used, has expired or was revoked: ask for another invite",
				"此邀请码或登录已使用、已过期或已被撤销：请重新索取邀请码"));
	else if (unknown)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("the hub does not know this login", "中枢不认识这个登录"));
	else if (strcmp(answer->field, "dev.handle") == 0)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("a login name has 1 to 32 of a-z, 0-9, - and _", "登录名为 1 到 32 个 a-z、0-9、- 或 _"));
	else
		snprintf(caller->trouble, sizeof(caller->trouble),
			T("the login was refused (%s %s)", "登录被拒绝（%s %s）"),
			status_name((enum status)answer->status), answer->field);
	/* What may pass is tried again, by a new connection; but not a code. */
	if (may_pass(answer) && !is_code)
		caller_cut(caller);
	else if (is_code && !caller->options.code)
		caller_refuse(caller, REFUSED_CODE);
	else
		caller_refuse(caller, unknown ? REFUSED_UNKNOWN : REFUSED_LOGIN);
}

static void
on_desk_answer(struct caller *caller, const Answer *answer)
{
	caller->desk_id = 0;
	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK ||
		answer->result_case != GRIDVANGUARD__V1__ANSWER__RESULT_DESK_OPEN) {
		on_login_refused(caller, answer);
		return;
	}
	caller_keep(&caller->ticket, answer->desk_open->ticket);
	caller_keep(&caller->desk_secret, answer->desk_open->secret);
	if (caller->options.ticket)
		caller->options.ticket(caller, caller->ticket, answer->desk_open->number, caller->options.context);
	caller->login_due = true;
	caller_want_to_write(caller);
}

/* From now on it comes by the token that it was given. */
static void
become_device(struct caller *caller)
{
	free(UNCONST(caller->options.desk));
	caller->options.desk = NULL;
	caller->options.by_token = true;
}

static void
keep_login(struct caller *caller, const Gridvanguard__V1__LoginResult *login)
{
	size_t len = gridvanguard__v1__login_result__get_packed_size(login);
	uint8_t *packed = malloc(len + 1);

	gridvanguard__v1__login_result__free_unpacked(caller->login, NULL);
	caller->login = NULL;
	if (packed)
		caller->login = gridvanguard__v1__login_result__unpack(
			NULL, gridvanguard__v1__login_result__pack(login, packed), packed);
	free(packed);
}

static void
on_login_answer(struct caller *caller, const Answer *answer)
{
	const Gridvanguard__V1__LoginResult *login = answer->login;

	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK ||
		answer->result_case != GRIDVANGUARD__V1__ANSWER__RESULT_LOGIN) {
		on_login_refused(caller, answer);
		return;
	}
	keep_login(caller, login);
	caller_keep(&caller->person, login->person);
	caller_keep(&caller->place, login->place);
	caller_keep(&caller->name, login->name);
	caller_keep(&caller->consent, login->consent);
	caller_keep(&caller->policy, login->policy);
	if (login->token[0]) {
		free(UNCONST(caller->options.token));
		caller->options.token = strdup(login->token);
	}
	caller->skew_ms = (int64_t)login->now_ms - (int64_t)clock_wall_ms();
	if (caller->options.desk)
		become_device(caller);
	caller->pulse_ms = login->pulse_ms;
	caller->needs_factor = login->needs_factor;
	free(UNCONST(caller->options.code)); /* it is good once */
	caller->options.code = NULL;
	caller->backoff_ms = BACKOFF_MIN_MS;
	caller->trouble[0] = '\0';
	caller_set_state(caller, CALLER_PRESENT);
	caller_want_to_write(caller);
}

static void
on_watch_answer(struct caller *caller, const Answer *answer)
{
	bool snapshot = !caller->resuming;

	caller->watch_id = 0;
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_STALE_CURSOR) {
		caller->resumable = false;
		caller->watch_due = true;
		caller_want_to_write(caller);
		return;
	}
	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK) {
		snprintf(caller->trouble, sizeof(caller->trouble),
			T("watching was refused (%s %s)", "不能查看（%s %s）"),
			status_name((enum status)answer->status), answer->field);
		caller->watch_due = may_pass(answer);
		caller->watch_not_before_us = when_to_try_again_us(answer);
		caller->watch_refused = !caller->watch_due;
		return;
	}
	if (snapshot) {
		memset(caller->cursors, 0, sizeof(caller->cursors));
		for (size_t i = 0; i < answer->watch->n_cursors; i++)
			move_cursor(caller, answer->watch->cursors[i]->partition, answer->watch->cursors[i]->seq);
		caller_keep(&caller->epoch, answer->watch->epoch);
		caller->resumable = true;
		if (caller->options.snapshot)
			caller->options.snapshot(caller, caller->options.context);
	}
}

static struct ask *
find_ask(struct caller *caller, uint64_t id)
{
	struct ask *ask;

	TAILQ_FOREACH (ask, &caller->asks, in_caller)
		if (ask->id == id)
			return ask;
	return NULL;
}

static void
on_answer(struct caller *caller, const Answer *answer)
{
	struct ask *ask;

	if (caller->desk_id && answer->id == caller->desk_id) {
		on_desk_answer(caller, answer);
		return;
	}
	if (answer->id == caller->login_id) {
		on_login_answer(caller, answer);
		return;
	}
	if (answer->id == caller->watch_id) {
		on_watch_answer(caller, answer);
		return;
	}
	ask = find_ask(caller, answer->id);
	if (!ask)
		return;
	if (may_pass(answer)) {
		snprintf(caller->trouble, sizeof(caller->trouble),
			T("the hub cannot do it now (%s %s)", "中枢暂时不能处理（%s %s）"),
			status_name((enum status)answer->status), answer->field);
		ask->sent = false;
		ask->not_before_us = when_to_try_again_us(answer);
		return;
	}
	caller_end_ask(caller, ask, answer);
}

static void
on_pulse(struct caller *caller, const Pulse *pulse)
{
	caller->pulse_due = true;
	caller_want_to_write(caller);
	if (!caller->epoch || strcmp(pulse->epoch, caller->epoch) != 0)
		return;
	for (size_t i = 0; i < pulse->n_cursors; i++)
		move_cursor(caller, pulse->cursors[i]->partition, pulse->cursors[i]->seq);
}

/* An event at or before the cursor has been seen. */
static void
on_event(struct caller *caller, const Event *event)
{
	if (event->partition >= PARTITIONS || event->seq <= caller->cursors[event->partition])
		return;
	move_cursor(caller, event->partition, event->seq);
	if (caller->options.event)
		caller->options.event(caller, event, caller->options.context);
}

/* Answers first: a WatchResult says where the events behind it begin. */
void
caller_read(struct caller *caller, const uint8_t *bytes, size_t len)
{
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, len, bytes);

	if (!frame)
		return;
	for (size_t i = 0; i < frame->n_answers; i++)
		on_answer(caller, frame->answers[i]);
	for (size_t i = 0; i < frame->n_events; i++)
		on_event(caller, frame->events[i]);
	for (size_t i = 0; caller->options.tally && i < frame->n_tallies; i++)
		caller->options.tally(caller, frame->tallies[i], caller->options.context);
	if (frame->pulse)
		on_pulse(caller, frame->pulse);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
}
