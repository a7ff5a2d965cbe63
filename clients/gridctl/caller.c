#include "caller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caller_private.h"
#include "clock.h"
#include "uuid.h"

void
caller_set_state(struct caller *caller, enum caller_state state)
{
	if (caller->state == state)
		return;
	caller->state = state;
	if (caller->options.state)
		caller->options.state(caller, state, caller->options.context);
}

void
caller_refuse(struct caller *caller, enum caller_refusal refusal)
{
	caller->refusal = refusal;
	caller_set_state(caller, CALLER_REFUSED);
}

void
caller_keep(char **kept, const char *string)
{
	free(*kept);
	*kept = strdup(string ? string : "");
}

/* Requests. */

static bool
changes(const Request *request)
{
	switch (request->verb_case) {
	case GRIDVANGUARD__V1__REQUEST__VERB_PLACE_IMPORT:
	case GRIDVANGUARD__V1__REQUEST__VERB_MEMBER_REGISTER:
	case GRIDVANGUARD__V1__REQUEST__VERB_MEMBER_MOVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_MEMBER_LEAVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_MEMBER_CORRECT:
	case GRIDVANGUARD__V1__REQUEST__VERB_PHONE_BIND:
	case GRIDVANGUARD__V1__REQUEST__VERB_PENDING_DECIDE:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_POST:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_CLOSE:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_REOPEN:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_CANCEL:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_EDIT:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_THANK:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_JOIN:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_WITHDRAW:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_CONFIRM:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_CHECK:
	case GRIDVANGUARD__V1__REQUEST__VERB_ROSTER_IMPORT:
	case GRIDVANGUARD__V1__REQUEST__VERB_ROSTER_REMOVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_TEMPLATE_SAVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_TEMPLATE_REMOVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_GRANT_GIVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_GRANT_TAKE:
	case GRIDVANGUARD__V1__REQUEST__VERB_DEVICE_REVOKE:
	case GRIDVANGUARD__V1__REQUEST__VERB_INVITE_GIVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_PERSON_ERASE:
	case GRIDVANGUARD__V1__REQUEST__VERB_CONSENT_GIVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_FACTOR_BEGIN:
	case GRIDVANGUARD__V1__REQUEST__VERB_FACTOR_CONFIRM:
	case GRIDVANGUARD__V1__REQUEST__VERB_FACTOR_REMOVE:
	case GRIDVANGUARD__V1__REQUEST__VERB_DESK_CONFIRM:
	case GRIDVANGUARD__V1__REQUEST__VERB_SUBSCRIBE_TELL:
		return true;
	default:
		return false;
	}
}

void
caller_want_to_write(struct caller *caller)
{
	if (caller->established)
		lws_callback_on_writable(caller->wsi);
}

/* The longest text in a message, and its field as the hub names it: "rows[17].name". */
#define FIELD_ROOM 64

struct longest {
	size_t len;
	char field[FIELD_ROOM];
};

static void look_for_longest(struct longest *longest, const ProtobufCMessage *message, const char *within);

/* One value of a field, at that address. */
static void
look_at_value(
	struct longest *longest, const ProtobufCFieldDescriptor *field, const void *at, const char name[FIELD_ROOM])
{
	const char *text = *(const char *const *)at;

	if (field->type == PROTOBUF_C_TYPE_STRING && strlen(text) > longest->len) {
		longest->len = strlen(text);
		memcpy(longest->field, name, FIELD_ROOM);
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE && text)
		look_for_longest(longest, *(const ProtobufCMessage *const *)at, name);
}

/* What verbs are made of has no oneof, but for the login. */
static void
look_for_longest(struct longest *longest, const ProtobufCMessage *message, const char *within)
{
	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const char *base = (const char *)message, *at = base + field->offset;
		bool is_list = field->label == PROTOBUF_C_LABEL_REPEATED;
		size_t count = is_list ? *(const size_t *)(const void *)(base + field->quantifier_offset) : 1;
		const char *items = is_list ? *(const char *const *)(const void *)at : at;
		if (field->type != PROTOBUF_C_TYPE_STRING && field->type != PROTOBUF_C_TYPE_MESSAGE)
			continue;
		for (size_t j = 0; j < count; j++) {
			char name[FIELD_ROOM], index[24] = "";
			if (is_list)
				snprintf(index, sizeof(index), "[%zu]", j);
			if (snprintf(name, sizeof(name), "%s%s%s%s", within, within[0] ? "." : "", field->name, index) <
				FIELD_ROOM)
				look_at_value(longest, field, items + j * sizeof(void *), name);
		}
	}
}

static void
refuse_too_long(struct caller *caller, const Request *request, caller_answer *done, void *context)
{
	struct longest longest = {0};
	Answer answer = GRIDVANGUARD__V1__ANSWER__INIT;

	look_for_longest(&longest, (const ProtobufCMessage *)request->login, "");
	answer.id = request->id;
	answer.status = GRIDVANGUARD__V1__STATUS__STATUS_BAD_REQUEST;
	answer.field = longest.field;
	if (done)
		done(caller, &answer, context);
}

void
caller_send(struct caller *caller, Request *request, caller_answer *done, void *context)
{
	size_t len = protobuf_c_message_get_packed_size(&request->base);
	struct ask *ask;
	struct uuid once = uuid_make(caller_now_ms(caller));

	request->id = ++caller->last_id;
	if (len > FRAME_MAX) {
		refuse_too_long(caller, request, done, context);
		return;
	}
	ask = calloc(1, sizeof(*ask));
	ask->id = request->id;
	if (changes(request) && request->once.len == 0)
		request->once = (ProtobufCBinaryData){sizeof(once.bytes), once.bytes};
	ask->len = protobuf_c_message_get_packed_size(&request->base);
	ask->packed = malloc(ask->len + 1);
	protobuf_c_message_pack(&request->base, ask->packed);
	request->once = (ProtobufCBinaryData){0, NULL};
	ask->deadline_us = clock_mono_us() + (uint64_t)caller->options.timeout_ms * 1000;
	ask->done = done;
	ask->context = context;
	TAILQ_INSERT_TAIL(&caller->asks, ask, in_caller);
	caller->ask_count++;
	caller_want_to_write(caller);
}

void
caller_end_ask(struct caller *caller, struct ask *ask, const Answer *answer)
{
	TAILQ_REMOVE(&caller->asks, ask, in_caller);
	caller->ask_count--;
	if (ask->done)
		ask->done(caller, answer, ask->context);
	free(ask->packed);
	free(ask);
}

struct caller *
caller_create(struct dialer *dialer, const struct caller_options *options)
{
	struct caller *caller = calloc(1, sizeof(*caller));

	if (!caller)
		return NULL;
	caller->dialer = dialer;
	caller->options = *options;
	caller->options.url = strdup(options->url);
	caller->options.token = strdup(options->token);
	caller->options.handle = strdup(options->handle);
	caller->options.desk = options->desk ? strdup(options->desk) : NULL;
	caller->options.device = options->device ? strdup(options->device) : NULL;
	caller->options.code = options->code ? strdup(options->code) : NULL;
	if (options->token_file)
		caller->options.token_file = strdup(options->token_file);
	caller->backoff_ms = BACKOFF_MIN_MS;
	caller->spread_ms = NO_SPREAD;
	random_fill(&caller->jitter, sizeof(caller->jitter));
	caller->connect_at_us = clock_mono_us();
	TAILQ_INIT(&caller->asks);
	caller_keep(&caller->person, NULL);
	caller_keep(&caller->place, NULL);
	caller_keep(&caller->name, NULL);
	LIST_INSERT_HEAD(&dialer->callers, caller, in_dialer);
	dialer_connect(caller);
	return caller;
}

void
caller_cut(struct caller *caller)
{
	if (caller->wsi)
		lws_set_timeout(caller->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

void
caller_destroy(struct caller *caller)
{
	struct ask *ask;

	if (caller->wsi) {
		lws_set_opaque_user_data(caller->wsi, NULL);
		caller_cut(caller);
	}
	while ((ask = TAILQ_FIRST(&caller->asks))) {
		ask->done = NULL;
		caller_end_ask(caller, ask, NULL);
	}
	LIST_REMOVE(caller, in_dialer);
	buf_finish(&caller->message);
	free(caller->watch);
	free(caller->epoch);
	free(caller->person);
	free(caller->place);
	free(caller->name);
	free(caller->consent);
	free(caller->policy);
	gridvanguard__v1__login_result__free_unpacked(caller->login, NULL);
	free(UNCONST(caller->options.url));
	free(UNCONST(caller->options.token));
	free(UNCONST(caller->options.code));
	free(UNCONST(caller->options.desk));
	free(UNCONST(caller->options.device));
	free(caller->ticket);
	free(caller->desk_secret);
	free(UNCONST(caller->options.token_file));
	free(UNCONST(caller->options.handle));
	free(caller);
}

void
caller_watch(struct caller *caller, const Watch *watch)
{
	free(caller->watch);
	caller->watch_len = gridvanguard__v1__watch__get_packed_size(watch);
	caller->watch = malloc(caller->watch_len + 1);
	gridvanguard__v1__watch__pack(watch, caller->watch);
	caller->resumable = false;
	caller->watch_due = true;
	caller->watch_not_before_us = 0;
	caller->watch_refused = false;
	caller_want_to_write(caller);
}

/* Waiting for one answer. */

struct waiting {
	Answer *answer;
	bool done;
};

static void
on_waited_for(struct caller *caller, const Answer *answer, void *context)
{
	struct waiting *waiting = context;
	size_t len;
	uint8_t *packed;

	(void)caller;
	waiting->done = true;
	if (!answer)
		return;
	len = gridvanguard__v1__answer__get_packed_size(answer);
	packed = malloc(len + 1);
	gridvanguard__v1__answer__pack(answer, packed);
	waiting->answer = gridvanguard__v1__answer__unpack(NULL, len, packed);
	free(packed);
}

Answer *
caller_call(struct caller *caller, Request *request)
{
	struct waiting waiting = {0};

	caller_send(caller, request, on_waited_for, &waiting);
	while (!waiting.done && caller->state != CALLER_REFUSED)
		uv_run(caller->dialer->loop, UV_RUN_ONCE);
	if (!waiting.done) { /* it would wait for a login that will not come */
		struct ask *ask = TAILQ_LAST(&caller->asks, ask_list);
		ask->done = NULL;
		caller_end_ask(caller, ask, NULL);
	}
	return waiting.answer;
}

void
caller_listen(struct caller *caller, void (*event)(struct caller *, const Event *, void *),
	void (*tally)(struct caller *, const Tally *, void *), void (*snapshot)(struct caller *, void *), void *context)
{
	caller->options.event = event;
	caller->options.tally = tally;
	caller->options.snapshot = snapshot;
	caller->options.context = context;
}

enum caller_state
caller_state(const struct caller *caller)
{
	return caller->state;
}

enum caller_refusal
caller_refusal(const struct caller *caller)
{
	return caller->refusal;
}

bool
caller_watch_refused(const struct caller *caller)
{
	return caller->watch_refused;
}

const char *
caller_trouble(const struct caller *caller)
{
	return caller->trouble;
}

const char *
caller_token(const struct caller *caller)
{
	return caller->options.token;
}

bool
caller_needs_factor(const struct caller *caller)
{
	return caller->needs_factor;
}

const char *
caller_consent(const struct caller *caller)
{
	return caller->consent ? caller->consent : "";
}

const char *
caller_policy(const struct caller *caller)
{
	return caller->policy ? caller->policy : "";
}

const Gridvanguard__V1__LoginResult *
caller_login(const struct caller *caller)
{
	return caller->login;
}

const char *
caller_person(const struct caller *caller)
{
	return caller->person;
}

const char *
caller_place(const struct caller *caller)
{
	return caller->place;
}

const char *
caller_name(const struct caller *caller)
{
	return caller->name;
}

uint64_t
caller_now_ms(const struct caller *caller)
{
	return (uint64_t)((int64_t)clock_wall_ms() + caller->skew_ms);
}

uint64_t
caller_cursor(const struct caller *caller, uint8_t partition)
{
	return caller->cursors[partition];
}

size_t
caller_pending(const struct caller *caller)
{
	return caller->ask_count;
}
