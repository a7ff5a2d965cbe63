/* dialer.c - the connections of callers: libwebsockets on a libuv loop. */
#include <stdlib.h>

#include "caller_private.h"
#include "clock.h"
#include "lang.h"

#define SUBPROTOCOL    "gridvanguard.v1"
#define BACKOFF_MAX_MS 2000
#define SPREAD_MAX_MS  60000UL
#define TICK_MS        20
#define SILENCE        2 /* pulses missed, and the connection is taken for dead */

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);

static const struct lws_protocols protocols[] = {
	{.name = SUBPROTOCOL, .callback = on_lws, .rx_buffer_size = 4096, .tx_packet_size = 65536},
	{0},
};

static const lws_retry_bo_t no_idle_policy;

static int
on_writeable(struct caller *caller)
{
	struct buf frame = {0};
	bool more, sent = true;

	buf_add(&frame, (const uint8_t[LWS_PRE]){0}, LWS_PRE);
	more = caller_write(caller, &frame);
	if (frame.len > LWS_PRE)
		sent = lws_write(caller->wsi, frame.bytes + LWS_PRE, frame.len - LWS_PRE, LWS_WRITE_BINARY) >= 0;
	buf_finish(&frame);
	if (more)
		caller_want_to_write(caller);
	return sent ? 0 : -1;
}

static void
on_receive(struct caller *caller, const uint8_t *bytes, size_t len)
{
	caller->heard_us = clock_mono_us();
	buf_add(&caller->message, bytes, len);
	if (!lws_is_final_fragment(caller->wsi))
		return;
	caller_read(caller, caller->message.bytes, caller->message.len);
	caller->message.len = 0;
}

/* Close codes for what was sent, and would be sent again: RFC 6455, 7.4.1, and the hub's own (proto/README.md: "mend the
 * client"). Not 1002: libwebsockets 4.1.6 says that for 1012 and 1013, which it does not know. */
static bool
is_our_fault(unsigned code)
{
	static const unsigned codes[] = {1003, 1007, 1008, 1009, 4010, 4012};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* "come back; spread=MS" in the close frame says over which time those who were told it are to come back. */
static void
on_close_frame(struct caller *caller, const char *bytes, size_t len)
{
	static const char name[] = "spread=";
	char reason[128];
	const char *found;
	unsigned code = len >= 2 ? (uint8_t)bytes[0] * 256U + (uint8_t)bytes[1] : 0;

	snprintf(reason, sizeof(reason), "%.*s", len > 2 ? (int)len - 2 : 0, bytes + 2);
	if (is_our_fault(code)) {
		snprintf(caller->trouble, sizeof(caller->trouble),
			T("the hub closed the connection: %s (%u)", "中枢关闭了连接：%s（%u）"), reason, code);
		caller_refuse(caller, REFUSED_SENT);
	}
	found = strstr(reason, name);
	if (found)
		caller->spread_ms = (unsigned)MIN(strtoul(found + strlen(name), NULL, 10), SPREAD_MAX_MS);
}

static unsigned
pause_ms(struct caller *caller)
{
	unsigned spread_ms = caller->spread_ms, backoff_ms = caller->backoff_ms;

	caller->spread_ms = NO_SPREAD;
	if (spread_ms != NO_SPREAD)
		return rng_below(&caller->jitter, spread_ms + 1);
	caller->backoff_ms = MIN(backoff_ms * 2, BACKOFF_MAX_MS);
	return backoff_ms / 2 + rng_below(&caller->jitter, backoff_ms);
}

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
	caller->connect_at_us = clock_mono_us() + (uint64_t)pause_ms(caller) * 1000;
	caller_set_state(caller, CALLER_AWAY);
}

/* What libwebsockets says of it, for people. */
static const char *
trouble_words(const char *said)
{
	if (!said)
		return T("no connection", "没有连接");
	if (strncmp(said, "HS:", 3) == 0)
		return T("what answers there is no hub", "应答的不是中枢");
	if (strstr(said, "getaddrinfo"))
		return T("there is no host of that name", "没有这个主机名");
	if (strncmp(said, "connect SSL err", 15) == 0) /* it does not say which */
		return T("no TLS: its certificate is not trusted (SSL_CERT_FILE names another authority), or none is "
			 "spoken",
			"TLS 失败：证书不受信任（可用 SSL_CERT_FILE 指定颁发机构），或该端口没有 TLS");
	if (strcmp(said, "closed before established") == 0 || strcmp(said, "Unable to connect") == 0)
		return T("the connection is refused or breaks off", "连接被拒绝或中断");
	return said;
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
		on_lost(caller, trouble_words(in));
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		caller->established = true;
		caller->heard_us = clock_mono_us();
		caller_want_to_write(caller);
		return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return on_writeable(caller);
	case LWS_CALLBACK_CLIENT_RECEIVE:
		on_receive(caller, in, len);
		return 0;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		on_close_frame(caller, in, len);
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
		on_lost(caller, T("the connection was closed", "连接已关闭"));
		return 0;
	case LWS_CALLBACK_WSI_DESTROY: /* all that is said of a handshake without an answer */
		if (caller->wsi == wsi)
			on_lost(caller, T("no answer to the handshake", "握手没有应答"));
		return 0;
	default:
		return 0;
	}
}

/* "ws://host:port/path", as libwebsockets wants it taken apart. */
void
dialer_connect(struct caller *caller)
{
	char url[256], full_path[256 + 1];
	const char *scheme, *host, *path;
	int port;
	struct lws_client_connect_info info = {.context = caller->dialer->context};

	snprintf(url, sizeof(url), "%s", caller->options.url);
	if (lws_parse_uri(url, &scheme, &host, &port, &path) != 0) {
		snprintf(caller->trouble, sizeof(caller->trouble), "%s",
			T("not an address as ws://host:port or wss://host",
				"不是 ws://主机:端口 或 wss://主机 形式的地址"));
		caller_refuse(caller, REFUSED_ADDRESS);
		return;
	}
	snprintf(full_path, sizeof(full_path), "/%s", path);
	info.address = info.host = host; /* no origin: we are no page */
	info.port = port;
	info.path = full_path;
	info.protocol = info.local_protocol_name = SUBPROTOCOL;
	info.opaque_user_data = caller;
	info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT; /* a hub sends nobody elsewhere */
	info.pwsi = &caller->wsi;
	info.retry_and_idle_policy = &no_idle_policy;
	if (strcmp(scheme, "wss") == 0 || strcmp(scheme, "https") == 0)
		info.ssl_connection |= LCCSCF_USE_SSL;
	caller->connect_at_us = UINT64_MAX; /* until on_lost() says when to try again */
	if (!lws_client_connect_via_info(&info) && caller->connect_at_us == UINT64_MAX)
		on_lost(caller, T("no connection can be made", "无法建立连接"));
}

/* Time passes: requests grow old, pauses end, connections fall silent. */
static void
tick(struct caller *caller, uint64_t now_us)
{
	struct ask *ask, *next;
	bool due = caller_watch_is_due(caller, now_us);

	for (ask = TAILQ_FIRST(&caller->asks); ask; ask = next) {
		next = TAILQ_NEXT(ask, in_caller);
		if (now_us >= ask->deadline_us)
			caller_end_ask(caller, ask, NULL);
		else
			due = due || (!ask->sent && ask->not_before_us <= now_us);
	}
	if (due && caller->state == CALLER_PRESENT)
		caller_want_to_write(caller);
	if (!caller->wsi && caller->state != CALLER_REFUSED && now_us >= caller->connect_at_us)
		dialer_connect(caller);
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
