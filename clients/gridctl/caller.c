#include "caller.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "buf.h"
#include "clock.h"
#include "random.h"
#include "status.h"
#include "text.h"
#include "uuid.h"
#include "varint.h"

#define SUBPROTOCOL    "gridvanguard.v1"
#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000
#define TICK_MS        20
#define FRAME_MAX      16000 /* bytes of one to the hub, which takes 16384 */
#define ASKS_MAX       24    /* requests in one frame; the hub takes 32 */
#define SILENCE        2     /* pulses missed, and the connection is taken for dead */

enum { FRAME_REQUESTS = 1, FRAME_PULSE = 5 };

/* A request without an answer. */
struct ask {
	uint64_t id;
	uint8_t *packed; /* the Request */
	size_t len;
	uint64_t deadline_us;
	uint64_t not_before_us; /* after UNAVAILABLE and BUSY */
	bool sent;              /* on this connection */
	caller_answer *done;
	void *context;
	TAILQ_ENTRY(ask) in_caller;
};

struct caller {
	struct dialer *dialer;
	struct caller_options options;
	struct lws *wsi; /* NULL: no connection, not even one being made */
	bool established;
	bool greeted; /* login, and what is watched, sent on this connection */
	bool pulse_due;
	enum caller_state state;
	char trouble[160];
	char *person, *place, *name;
	int64_t skew_ms; /* the hub's clock minus ours */
	unsigned backoff_ms;
	uint64_t connect_at_us;
	uint64_t heard_us;
	uint32_t pulse_ms;
	uint64_t last_id;
	uint64_t login_id;
	uint64_t watch_id; /* 0: nothing asked that is not answered */
	uint8_t *watch;    /* a Watch without cursors, packed; NULL: nothing is watched */
	size_t watch_len;
	bool watch_due; /* to be sent */
	bool resumable; /* the cursors are good */
	bool resuming;  /* they went with the Watch that is under way */
	char *epoch;
	uint64_t cursors[PARTITIONS];
	TAILQ_HEAD(ask_list, ask) asks;
	size_t ask_count;
	struct buf message; /* the beginning of one that is not complete */
	LIST_ENTRY(caller) in_dialer;
};

struct dialer {
	uv_loop_t *loop;
	struct lws_context *context;
	uv_timer_t tick;
	LIST_HEAD(, caller) callers;
};

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

static const struct lws_protocols protocols[] = {
	{.name = SUBPROTOCOL, .callback = on_lws, .rx_buffer_size = 4096, .tx_packet_size = 65536},
	{0},
};

static const lws_retry_bo_t no_idle_policy;

static void
set_state(struct caller *caller, enum caller_state state)
{
	if (caller->state == state)
		return;
	caller->state = state;
	if (caller->options.state)
		caller->options.state(caller, state, caller->options.context);
}

static void
keep_string(char **kept, const char *string)
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
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_POST:
	case GRIDVANGUARD__V1__REQUEST__VERB_CALL_CLOSE:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_JOIN:
	case GRIDVANGUARD__V1__REQUEST__VERB_CHAIN_WITHDRAW:
		return true;
	default:
		return false;
	}
}

static void
want_to_write(struct caller *caller)
{
	if (caller->established)
		lws_callback_on_writable(caller->wsi);
}

void
caller_send(struct caller *caller, Request *request, caller_answer *done, void *context)
{
	struct ask *ask = calloc(1, sizeof(*ask));
	struct uuid once = uuid_make(caller_now_ms(caller));

	request->id = ask->id = ++caller->last_id;
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
	want_to_write(caller);
}

/* Takes it out and tells how it ended. */
static void
end_ask(struct caller *caller, struct ask *ask, const Answer *answer)
{
	TAILQ_REMOVE(&caller->asks, ask, in_caller);
	caller->ask_count--;
	if (ask->done)
		ask->done(caller, answer, ask->context);
	free(ask->packed);
	free(ask);
}

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
add_login(struct caller *caller, struct buf *frame)
{
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Request request = REQUEST(LOGIN, &login);

	dev.token = UNCONST(caller->options.token);
	dev.handle = UNCONST(caller->options.handle);
	login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	login.dev = &dev;
	request.id = caller->login_id = ++caller->last_id;
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

static int
on_writeable(struct caller *caller)
{
	struct buf frame = {0};
	bool more = false, sent = true;

	buf_add(&frame, (const uint8_t[LWS_PRE]){0}, LWS_PRE);
	if (!caller->greeted)
		add_login(caller, &frame);
	if (caller->watch && (!caller->greeted || caller->watch_due))
		add_watch(caller, &frame);
	if (caller->pulse_due)
		add_field(&frame, FRAME_PULSE, NULL, 0);
	if (caller->state == CALLER_PRESENT)
		more = add_asks(caller, &frame);
	caller->greeted = true;
	caller->pulse_due = false;
	if (frame.len > LWS_PRE)
		sent = lws_write(caller->wsi, frame.bytes + LWS_PRE, frame.len - LWS_PRE, LWS_WRITE_BINARY) >= 0;
	buf_finish(&frame);
	if (more)
		want_to_write(caller);
	return sent ? 0 : -1;
}

/* Reading. */

static void
move_cursor(struct caller *caller, uint32_t partition, uint64_t seq)
{
	if (partition < PARTITIONS && seq > caller->cursors[partition])
		caller->cursors[partition] = seq;
}

static void
on_login_answer(struct caller *caller, const Answer *answer)
{
	const Gridvanguard__V1__LoginResult *login = answer->login;

	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK ||
		answer->result_case != GRIDVANGUARD__V1__ANSWER__RESULT_LOGIN) {
		snprintf(caller->trouble, sizeof(caller->trouble), "the login was refused (%s %s)",
			status_name((enum status)answer->status), answer->field);
		/* What may pass is tried again, by a new connection. */
		if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_UNAVAILABLE ||
			answer->status == GRIDVANGUARD__V1__STATUS__STATUS_BUSY)
			caller_cut(caller);
		else
			set_state(caller, CALLER_REFUSED);
		return;
	}
	keep_string(&caller->person, login->person);
	keep_string(&caller->place, login->place);
	keep_string(&caller->name, login->name);
	caller->skew_ms = (int64_t)login->now_ms - (int64_t)clock_wall_ms();
	caller->pulse_ms = login->pulse_ms;
	caller->backoff_ms = BACKOFF_MIN_MS;
	caller->trouble[0] = '\0';
	set_state(caller, CALLER_PRESENT);
	want_to_write(caller);
}

static void
on_watch_answer(struct caller *caller, const Answer *answer)
{
	bool snapshot = !caller->resuming;

	caller->watch_id = 0;
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_STALE_CURSOR) {
		caller->resumable = false;
		caller->watch_due = true;
		want_to_write(caller);
		return;
	}
	if (answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK) {
		snprintf(caller->trouble, sizeof(caller->trouble), "watching was refused (%s %s)",
			status_name((enum status)answer->status), answer->field);
		return;
	}
	if (snapshot) {
		memset(caller->cursors, 0, sizeof(caller->cursors));
		for (size_t i = 0; i < answer->watch->n_cursors; i++)
			move_cursor(caller, answer->watch->cursors[i]->partition, answer->watch->cursors[i]->seq);
		keep_string(&caller->epoch, answer->watch->epoch);
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
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_UNAVAILABLE ||
		answer->status == GRIDVANGUARD__V1__STATUS__STATUS_BUSY) {
		snprintf(caller->trouble, sizeof(caller->trouble), "the hub cannot do it now (%s %s)",
			status_name((enum status)answer->status), answer->field);
		ask->sent = false;
		ask->not_before_us = clock_mono_us() + (uint64_t)MAX(answer->retry_after_ms, 50U) * 1000;
		return;
	}
	end_ask(caller, ask, answer);
}

static void
on_pulse(struct caller *caller, const Pulse *pulse)
{
	caller->pulse_due = true;
	want_to_write(caller);
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
static void
on_frame(struct caller *caller, const uint8_t *bytes, size_t len)
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

static void
on_receive(struct caller *caller, const uint8_t *bytes, size_t len)
{
	caller->heard_us = clock_mono_us();
	buf_add(&caller->message, bytes, len);
	if (!lws_is_final_fragment(caller->wsi))
		return;
	on_frame(caller, caller->message.bytes, caller->message.len);
	caller->message.len = 0;
}

/* The connection. */

static void
on_lost(struct caller *caller, const char *reason)
{
	struct ask *ask;

	caller->wsi = NULL;
	caller->established = false;
	caller->greeted = false;
	caller->message.len = 0;
	caller->login_id = caller->watch_id = 0;
	TAILQ_FOREACH (ask, &caller->asks, in_caller)
		ask->sent = false;
	if (caller->state == CALLER_REFUSED)
		return;
	if (reason)
		snprintf(caller->trouble, sizeof(caller->trouble), "%s", reason);
	caller->connect_at_us = clock_mono_us() + (uint64_t)caller->backoff_ms * 1000;
	caller->backoff_ms = MIN(caller->backoff_ms * 2, BACKOFF_MAX_MS);
	set_state(caller, CALLER_AWAY);
}

static int
on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct caller *caller = lws_get_opaque_user_data(wsi);

	(void)user;
	if (!caller) /* destroyed */
		return reason == LWS_CALLBACK_CLIENT_WRITEABLE || reason == LWS_CALLBACK_CLIENT_RECEIVE ? -1 : 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		on_lost(caller, in ? in : "no connection");
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		caller->established = true;
		caller->heard_us = clock_mono_us();
		want_to_write(caller);
		return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return on_writeable(caller);
	case LWS_CALLBACK_CLIENT_RECEIVE:
		on_receive(caller, in, len);
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
		on_lost(caller, "the connection was closed");
		return 0;
	default:
		return 0;
	}
}

/* "ws://host:port/path", as libwebsockets wants it taken apart. */
static bool
connect_now(struct caller *caller)
{
	char url[256];
	const char *scheme, *host, *path;
	char full_path[256];
	int port;
	struct lws_client_connect_info info = {.context = caller->dialer->context};

	snprintf(url, sizeof(url), "%s", caller->options.url);
	if (lws_parse_uri(url, &scheme, &host, &port, &path) != 0)
		return false;
	snprintf(full_path, sizeof(full_path), "/%s", path);
	info.address = info.host = info.origin = host;
	info.port = port;
	info.path = full_path;
	info.protocol = info.local_protocol_name = SUBPROTOCOL;
	info.opaque_user_data = caller;
	info.pwsi = &caller->wsi;
	info.retry_and_idle_policy = &no_idle_policy;
	if (strcmp(scheme, "wss") == 0 || strcmp(scheme, "https") == 0)
		info.ssl_connection = LCCSCF_USE_SSL;
	caller->connect_at_us = UINT64_MAX;
	return lws_client_connect_via_info(&info);
}

/* Time passes: requests grow old, pauses end, connections fall silent. */
static void
tick(struct caller *caller, uint64_t now_us)
{
	struct ask *ask, *next;
	bool due = false;

	for (ask = TAILQ_FIRST(&caller->asks); ask; ask = next) {
		next = TAILQ_NEXT(ask, in_caller);
		if (now_us >= ask->deadline_us)
			end_ask(caller, ask, NULL);
		else
			due = due || (!ask->sent && ask->not_before_us <= now_us);
	}
	if (due && caller->state == CALLER_PRESENT)
		want_to_write(caller);
	if (!caller->wsi && caller->state != CALLER_REFUSED && now_us >= caller->connect_at_us)
		connect_now(caller);
	else if (caller->established && caller->pulse_ms &&
		 now_us - caller->heard_us > (uint64_t)caller->pulse_ms * 1000 * SILENCE)
		caller_cut(caller);
}

static void
on_tick(uv_timer_t *timer)
{
	struct dialer *dialer = timer->data;
	uint64_t now_us = clock_mono_us();
	struct caller *caller, *next;

	for (caller = LIST_FIRST(&dialer->callers); caller; caller = next) {
		next = LIST_NEXT(caller, in_dialer);
		tick(caller, now_us);
	}
}

/* Life. */

struct dialer *
dialer_create(uv_loop_t *loop)
{
	struct dialer *dialer = calloc(1, sizeof(*dialer));
	void *loops[] = {loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
		.foreign_loops = loops,
		.retry_and_idle_policy = &no_idle_policy,
		.user = dialer,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
	};

	if (!dialer)
		return NULL;
	lws_set_log_level(0, NULL);
	LIST_INIT(&dialer->callers);
	dialer->loop = loop;
	info.pcontext = &dialer->context;
	dialer->context = lws_create_context(&info);
	if (!dialer->context) {
		free(dialer);
		return NULL;
	}
	uv_timer_init(loop, &dialer->tick);
	dialer->tick.data = dialer;
	uv_timer_start(&dialer->tick, on_tick, 0, TICK_MS);
	return dialer;
}

void
dialer_destroy(struct dialer *dialer)
{
	uv_close((uv_handle_t *)&dialer->tick, NULL);
	lws_context_destroy(dialer->context);
}

/* On a loop that is not its own libwebsockets stops half way, and wants to be asked again when its handles are gone. */
void
dialer_finish(struct dialer *dialer)
{
	if (dialer->context)
		lws_context_destroy(dialer->context);
	free(dialer);
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
	caller->backoff_ms = BACKOFF_MIN_MS;
	caller->connect_at_us = clock_mono_us();
	TAILQ_INIT(&caller->asks);
	keep_string(&caller->person, NULL);
	keep_string(&caller->place, NULL);
	keep_string(&caller->name, NULL);
	LIST_INSERT_HEAD(&dialer->callers, caller, in_dialer);
	connect_now(caller);
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
		end_ask(caller, ask, NULL);
	}
	LIST_REMOVE(caller, in_dialer);
	buf_finish(&caller->message);
	free(caller->watch);
	free(caller->epoch);
	free(caller->person);
	free(caller->place);
	free(caller->name);
	free(UNCONST(caller->options.url));
	free(UNCONST(caller->options.token));
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
	want_to_write(caller);
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
		end_ask(caller, ask, NULL);
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

const char *
caller_trouble(const struct caller *caller)
{
	return caller->trouble;
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
