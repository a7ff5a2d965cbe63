#include "web.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "peer.h"
#include "web_private.h"

#define RX_BUFFER       512 /* per session; most requests are far smaller, a larger one comes in parts */
#define HEADER_POOL     (1024 + WEB_MAX_TRANSFERS) /* handshakes under way at once, and answers */
#define HANDSHAKE_S     10
#define SLICE_US        250 /* of visits between turns of the loop: three of which a sign-up waits for in a broadcast */
#define SLICE_LOOK      4   /* visits between looks at the clock */
#define PULSE_TICK_MS   250
#define LEAVE_US        5000000  /* for what is due to a session that ends, and for its close frame */
#define LOGIN_US        15000000 /* for the first login to be good: over a bad line it takes a second or two */
#define SILENCE_PERIODS 2        /* pulses without any sign of life */
#define SPREAD_US       500      /* a session, when all are told to come back: a hub takes about 2,000 a second */

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

static const struct lws_protocols protocols[] = {
	{
		.name = WEB_SUBPROTOCOL,
		.callback = on_lws,
		.per_session_data_size = sizeof(struct session),
		.rx_buffer_size = RX_BUFFER,
		.tx_packet_size = JOIN_MAX,
	},
	{0},
};

/* All zero: no pings and no hang-ups of its own. */
static const lws_retry_bo_t no_idle_policy;

/* Visits. */

static void
take_from_queue(struct web *web, struct session *session)
{
	TAILQ_REMOVE(&web->queues[session->priority], session, in_queue);
	session->queued = false;
}

static struct session *
next_visit(struct web *web)
{
	for (int i = 0; i < PRIORITIES; i++)
		if (!TAILQ_EMPTY(&web->queues[i]))
			return TAILQ_FIRST(&web->queues[i]);
	return NULL;
}

static void
on_visits(uv_idle_t *idle)
{
	struct web *web = idle->data;
	uint64_t until_us = clock_mono_us() + SLICE_US;
	struct session *session;

	for (unsigned i = 1; (session = next_visit(web)); i++) {
		take_from_queue(web, session);
		session_write(session);
		if (i % SLICE_LOOK == 0 && clock_mono_us() >= until_us)
			return;
	}
	uv_idle_stop(idle);
}

void
web_queue(struct web *web, struct session *session, enum priority priority)
{
	if (session->queued && session->priority <= priority)
		return;
	if (session->queued)
		take_from_queue(web, session);
	session->queued = true;
	session->priority = (uint8_t)priority;
	TAILQ_INSERT_TAIL(&web->queues[priority], session, in_queue);
	uv_idle_start(&web->visits, on_visits);
}

/* Pulses. */

static void
take_from_list(struct session *session)
{
	TAILQ_REMOVE(session->list, session, in_list);
}

static void
wait_in(struct session_list *list, struct session *session, uint64_t wait_us)
{
	session->list = list;
	session->due_us = clock_mono_us() + wait_us;
	TAILQ_INSERT_TAIL(list, session, in_list);
}

static void
pulse_later(struct web *web, struct session *session)
{
	wait_in(&web->by_pulse, session, (uint64_t)web->options.pulse_ms * 1000);
}

void
web_admit(struct web *web, struct session *session)
{
	if (session->list != &web->strangers && session->list != &web->awaiting)
		return;
	take_from_list(session);
	pulse_later(web, session);
}

void
web_await(struct web *web, struct session *session)
{
	if (session->list != &web->strangers && session->list != &web->awaiting)
		return;
	take_from_list(session);
	wait_in(&web->awaiting, session, SESSION_AWAIT_S * UINT64_C(1000000));
}

void
web_leave(struct web *web, struct session *session)
{
	take_from_list(session);
	wait_in(&web->leaving, session, LEAVE_US);
}

/* One whose peer has hung up stands there too until it is taken down; it cannot be closed again. */
static void
close_strangers(struct web *web, struct session_list *list, uint64_t now_us)
{
	struct session *session;

	while ((session = TAILQ_FIRST(list)) && session->due_us <= now_us) {
		web_leave(web, session);
		session_close(session, CLOSE_STRANGER);
	}
}

static void
break_those_who_stay(struct web *web, uint64_t now_us)
{
	struct session *session;

	while ((session = TAILQ_FIRST(&web->leaving)) && session->due_us <= now_us) {
		web_leave(web, session); /* libwebsockets takes it down by and by */
		session_break(session, session->closing);
	}
}

static void
on_pulses(uv_timer_t *timer)
{
	struct web *web = timer->data;
	uint64_t now_us = clock_mono_us();
	uint64_t silence_us = (uint64_t)web->options.pulse_ms * 1000 * SILENCE_PERIODS;
	struct session *session = TAILQ_FIRST(&web->by_pulse);
	struct piece *pulse;

	break_those_who_stay(web, now_us);
	close_strangers(web, &web->strangers, now_us);
	close_strangers(web, &web->awaiting, now_us);
	if (!session || session->due_us > now_us)
		return;
	pulse = web->options.pulse(web->options.context);
	while ((session = TAILQ_FIRST(&web->by_pulse)) && session->due_us <= now_us) {
		take_from_list(session);
		pulse_later(web, session);
		if (now_us - session->heard_us > silence_us)
			session_close(session, CLOSE_SILENT);
		else if (pulse)
			session_push(session, pulse, PRIORITY_TALLY);
	}
	piece_drop(pulse);
}

/* Sessions. */

static void
open_session(struct web *web, struct session *session, struct lws *wsi)
{
	char peer[INET6_ADDRSTRLEN];

	session_open(session, web, wsi);
	wait_in(&web->strangers, session, LOGIN_US);
	web->session_count++;
	web->counters.opened++;
	handshake_peer(web, wsi, peer, sizeof(peer));
	session->address = peer_key(peer);
	log_debug("session", "opened", KU("session", session->number), KV("peer", peer));
	web->options.opened(session, web->options.context);
}

static void
close_session(struct web *web, struct session *session)
{
	enum close_reason reason = session->closing == OPEN_SESSION ? CLOSE_PEER : session->closing;
	enum log_level level =
		reason == CLOSE_PEER || reason == CLOSE_STOPPING || reason == CLOSE_MOVED ? LEVEL_DEBUG : LEVEL_INFO;

	session->closing = reason;
	session->broken = true;
	log_at(level, "session", "closed", KU("session", session->number), KV("reason", close_name(reason)),
		KU("queued", session->outbox.bytes));
	web->options.closed(session, web->options.context);
	if (session->queued)
		take_from_queue(web, session);
	take_from_list(session);
	session_finish(session);
	web->session_count--;
	web->counters.closed[reason]++;
}

/* What libwebsockets says. */

static int
on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct web *web = lws_context_user(lws_get_context(wsi));
	struct session *session = user;

	switch (reason) {
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		web->connection_count++;
		return 0;
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		transfer_abort(wsi);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		transfer_abort(wsi);
		web->connection_count--;
		return 0;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return handshake_check(web, wsi, in);
	case LWS_CALLBACK_HTTP:
		return page_send(web, wsi, in);
	case LWS_CALLBACK_ESTABLISHED:
		open_session(web, session, wsi);
		return session->broken ? -1 : 0;
	case LWS_CALLBACK_RECEIVE:
		return session_receive(session, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return session_writeable(session);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		if (session->closing == OPEN_SESSION)
			session->closing = CLOSE_PEER;
		session->broken = true;
		return session->said_goodbye ? -1 : 0; /* 0: libwebsockets says the same */
	case LWS_CALLBACK_CLOSED:
		if (session->wsi) /* also said of what never became a session */
			close_session(web, session);
		return 0;
	default:
		return 0;
	}
}

/* Life. */

static void
on_lws_log(int level, const char *line)
{
	size_t len = strcspn(line, "\n");

	(void)level;
	log_debug("libwebsockets", "said", KT("line", ((struct text){line, len})));
}

struct web *
web_create(uv_loop_t *loop, const struct web_options *options)
{
	struct web *web = calloc(1, sizeof(*web));
	void *loops[] = {loop};
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.headers = page_headers(),
		.foreign_loops = loops,
		.retry_and_idle_policy = &no_idle_policy,
		.max_http_header_pool = HEADER_POOL,
		.timeout_secs = HANDSHAKE_S,
		.user = web,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
	};

	if (!web)
		return NULL;
	web->options = *options;
	for (int i = 0; i < PRIORITIES; i++)
		TAILQ_INIT(&web->queues[i]);
	TAILQ_INIT(&web->strangers);
	TAILQ_INIT(&web->awaiting);
	TAILQ_INIT(&web->by_pulse);
	TAILQ_INIT(&web->leaving);
	TAILQ_INIT(&web->transfers);
	lws_set_log_level(LLL_ERR | LLL_WARN, on_lws_log);
	info.pcontext = &web->context;
	web->context = lws_create_context(&info);
	web->vhost = web->context ? lws_create_vhost(web->context, &info) : NULL;
	if (!web->vhost) {
		log_error("web", "not_started");
		if (web->context)
			lws_context_destroy(web->context);
		free(web);
		return NULL;
	}
	uv_idle_init(loop, &web->visits);
	uv_timer_init(loop, &web->pulses);
	web->visits.data = web;
	web->pulses.data = web;
	uv_timer_start(&web->pulses, on_pulses, PULSE_TICK_MS, PULSE_TICK_MS);
	return web;
}

void
web_destroy(struct web *web)
{
	uv_close((uv_handle_t *)&web->visits, NULL);
	uv_close((uv_handle_t *)&web->pulses, NULL);
	transfer_abort_all(web);
	lws_context_destroy(web->context);
}

/* On a loop that is not its own libwebsockets stops half way, and wants to be asked again when its handles are gone. */
void
web_finish(struct web *web)
{
	if (web->context)
		lws_context_destroy(web->context);
	free(web);
}

void
web_adopt(struct web *web, int connection)
{
	/* On failure libwebsockets closes it. */
	lws_adopt_socket_vhost(web->vhost, connection);
}

static void
close_list(struct session_list *list, enum close_reason reason)
{
	struct session *session, *next;

	for (session = TAILQ_FIRST(list); session; session = next) {
		next = TAILQ_NEXT(session, in_list);
		session_close(session, reason);
	}
}

void
web_close_all(struct web *web, enum close_reason reason)
{
	web->spread_ms = (unsigned)((uint64_t)web->session_count * SPREAD_US / 1000);
	close_list(&web->strangers, reason);
	close_list(&web->awaiting, reason);
	close_list(&web->by_pulse, reason);
}

unsigned
web_session_count(const struct web *web)
{
	return web->session_count;
}

unsigned
web_handshake_count(const struct web *web)
{
	return web->connection_count - web->session_count;
}

unsigned
web_transfer_count(const struct web *web)
{
	return web->transfer_count;
}

const struct web_counters *
web_counters(const struct web *web)
{
	return &web->counters;
}
