#include "hub.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>
#include <sodium.h>

#include "audit.h"
#include "broadcast.h"
#include "clock.h"
#include "content.h"
#include "desks.h"
#include "due.h"
#include "erase.h"
#include "erased.h"
#include "hub_private.h"
#include "keyfile.h"
#include "lock.h"
#include "log.h"
#include "origin.h"
#include "pages.h"
#include "peer.h"
#include "random.h"
#include "relay.h"
#include "rewrite.h"
#include "server.h"
#include "www.h"

#define LINK_MAX_COMMANDS 65536 /* requests, the feed's records, and pages of a view being loaded */
#define LINK_MAX_BYTES    (64 * 1024 * 1024)
#define DISK_LOOK_MS      250
#define STOP_LOOK_MS      10
#define STOP_ANSWERS_US   2000000 /* for what is under way */
#define STOP_SESSIONS_US  2000000 /* for close frames to go out */
#define GIVEN_SESSIONS_US 5000000 /* the same when nobody waits for our end: slow handshakes have time to be answered */

/* Settings that only make sense together. */

static bool
complain(const char *setting, const char *value, const char *flaw)
{
	fprintf(stderr, "gridhub: %s: '%s' %s\n", setting, value, flaw);
	return false;
}

/* Whoever reaches this machine over a network would talk to us in clear. */
#define NEEDS_PROXY                                                                                           \
	"is not a loopback address, and TLS ends in a proxy in front: listen on 127.0.0.1 behind it, or name" \
	" its address in trusted-proxy"

static bool
may_listen(const struct config *config, const struct sockaddr_storage *address)
{
	return listener_is_loopback(address) || (!config->dev && config->trusted_proxy[0]);
}

bool
hub_check(const struct config *config)
{
	struct sockaddr_storage listen;
	struct redis_address redis;
	enum log_level level;
	const char *why;

	if (!listener_parse(&listen, config->listen))
		return complain("listen", config->listen, "is not ADDRESS:PORT, as 127.0.0.1:7412 or [::1]:7412");
	if (config->redis[0] && !redis_address_parse(&redis, text_of(config->redis), &why))
		return complain("redis", config_hide_password(config->redis), why);
	if (!log_level_parse(&level, text_of(config->log_level)))
		return complain("log-level", config->log_level, "is none of error, warn, info, debug");
	if (!peers_are_good(config->trusted_proxy))
		return complain("trusted-proxy", config->trusted_proxy,
			"is not addresses separated by blanks (ranges are not taken)");
	if (!origins_are_good(config->origins))
		return complain(
			"origins", config->origins, "is not origins separated by blanks, as https://board.example.cn");
	if (config->dev && !listener_is_loopback(&listen))
		return complain(
			"listen", config->listen, "is not a loopback address, and dev lets in anybody who reaches it");
	if (config->dev && config->trusted_proxy[0])
		return complain("trusted-proxy", config->trusted_proxy,
			"cannot go with dev: behind a proxy every stranger comes from a loopback address");
	if (!may_listen(config, &listen))
		return complain("listen", config->listen, NEEDS_PROXY);
	return hub_check_wechat(config);
}

/* Sessions. */

static void
on_connection(int connection, void *context)
{
	struct hub *hub = context;

	web_adopt(hub->web, connection);
}

static struct piece *
on_pulse(void *context)
{
	struct hub *hub = context;

	return broadcast_pulse(hub->service.broadcast);
}

static enum close_reason
farewell(const struct hub *hub)
{
	return hub->is_given ? CLOSE_MOVED : CLOSE_STOPPING;
}

static void
on_session(struct session *session, void *context)
{
	struct hub *hub = context;

	client_opened(session, &hub->service);
	if (hub->closing_sessions)
		session_close(session, farewell(hub));
}

static void
on_message(struct session *session, const uint8_t *bytes, size_t len, void *context)
{
	struct hub *hub = context;

	client_message(session, bytes, len, &hub->service);
}

static void
on_session_closed(struct session *session, void *context)
{
	struct hub *hub = context;

	client_closed(session, &hub->service);
}

static struct page
on_page(const char *path, bool local, struct buf *out, void *context)
{
	struct hub *hub = context;
	struct pages_source source = {&hub->service, hub->web, &hub->policy};

	return pages_write(&source, path, local, out);
}

/* The key of the phones. */

static const char *
key_path(const struct hub *hub, char out[4096])
{
	if (hub->config->key_file[0])
		snprintf(out, 4096, "%s", hub->config->key_file);
	else
		snprintf(out, 4096, "%s/" FOLDER_KEY, hub->folder.path);
	return out;
}

/* Wipes the key. */
static bool
open_vault(struct hub *hub, uint8_t key[VAULT_KEY])
{
	hub->service.vault = vault_create(key);
	sodium_memzero(key, VAULT_KEY);
	if (!hub->service.vault) {
		fprintf(stderr, "gridhub: no memory that can be locked for the key of the phones\n");
		return false;
	}
	vault_check(hub->service.vault, hub->key_check);
	return true;
}

/* One that is missing is made when it is known that no phones are sealed with it: on_make_key(). */
static bool
find_key(struct hub *hub)
{
	uint8_t key[VAULT_KEY];
	char path[4096];

	switch (keyfile_read(key_path(hub, path), key)) {
	case KEYFILE_READ:
		return open_vault(hub, key);
	case KEYFILE_MISSING:
		return true;
	case KEYFILE_BAD:
		break;
	}
	return false;
}

static const char *
on_make_key(void *context)
{
	struct hub *hub = context;
	uint8_t key[VAULT_KEY];
	char path[4096];

	if (!keyfile_make(key_path(hub, path), key) || !open_vault(hub, key))
		return NULL;
	log_info("hub", "key_made");
	return hub->key_check;
}

/* Redis. */

/* A view from nothing: the first time, or because what was seen does not hold any more. Who is connected comes back
 * and takes a snapshot. */
static void
on_opened(void *context)
{
	struct hub *hub = context;
	struct service *service = &hub->service;

	service->loaded = false;
	if (hub->web)
		web_close_all(hub->web, CLOSE_RESUME);
	broadcast_reset(service->broadcast);
	relay_reset(hub->relay);
	view_destroy(service->view);
	service->view = view_create();
	store_load(service->store, service->view);
}

void
hub_serve(struct hub *hub)
{
	char address[LISTENER_ADDRESS];

	listener_address(hub->listener, address);
	if (!folder_write(&hub->folder, FOLDER_LISTEN, address)) {
		log_error("hub", "cannot_write", KV("file", FOLDER_LISTEN), KV("reason", strerror(errno)));
		hub_stop(hub, 1);
		return;
	}
	listener_start(hub->listener);
	hub->listening = true;
	succession_open(hub);
	log_info("hub", "ready", KV("listen", address), KU("places", tree_size(hub->service.view->tree)),
		KU("members", HASH_COUNT(hub->service.view->persons)), KU("calls", hub->service.view->call_count),
		KU("ms", (clock_mono_us() - hub->started_us) / 1000));
}

static void
on_loaded(void *context)
{
	struct hub *hub = context;

	hub->service.loaded = true;
	if (hub->erased)
		erased_catch_up(hub->erased, hub->service.store);
	if (hub->listening || hub->stopping_us)
		return;
	if (hub->is_guest)
		succession_loaded(hub);
	else
		hub_serve(hub);
}

static void
on_event(const struct event *event, void *context)
{
	struct hub *hub = context;

	broadcast_event(hub->service.broadcast, event);
	relay_event(hub->relay, event);
	if (hub->erased)
		erased_event(hub->erased, event);
}

/* At the start that is the operator's to mend; later it may mend itself. */
static void
on_refused(const char *reason, void *context)
{
	struct hub *hub = context;

	if (hub->listening || hub->stopping_us)
		return;
	fprintf(stderr, "gridhub: redis: %s\n", reason);
	hub_stop(hub, 1);
}

/* The disk: Redis ends itself when its log cannot be written, so nothing is given to it when there is little room. */

static void
on_disk_look(uv_timer_t *timer)
{
	struct hub *hub = timer->data;
	uint64_t free_bytes = folder_free_bytes(&hub->folder);
	bool is_short = free_bytes < hub->config->disk_reserve * 1000000;

	if (is_short == hub->service.disk_short)
		return;
	hub->service.disk_short = is_short;
	if (is_short)
		log_error("disk", "short", KU("free", free_bytes), KV("means", "writes are held back"));
	else
		log_info("disk", "room_again", KU("free", free_bytes));
}

/* The end, in three phases: answers, close frames, everything. */

static void
on_part_closed(void *context)
{
	(void)context;
}

static void
on_store_closed(void *context)
{
	struct hub *hub = context;

	if (hub->erased)
		erased_destroy(hub->erased);
	log_info("hub", "stopped", KI("status", hub->status));
}

static void
close_everything(struct hub *hub)
{
	hub->closing_all = true;
	hub_end_wechat(hub);
	if (hub->taker)
		taker_destroy(hub->taker);
	uv_close((uv_handle_t *)&hub->stop_timer, NULL);
	uv_close((uv_handle_t *)&hub->disk_timer, NULL);
	for (size_t i = 0; i < ARRAY_LEN(hub->signals); i++)
		uv_close((uv_handle_t *)&hub->signals[i], NULL);
	if (hub->listener)
		listener_destroy(hub->listener, on_part_closed, NULL);
	web_destroy(hub->web);
	broadcast_destroy(hub->service.broadcast);
	due_destroy(hub->due);
	retention_destroy(hub->retention);
	audit_destroy(hub->service.audit);
	relay_destroy(hub->relay);
	if (hub->rewrite)
		rewrite_destroy(hub->rewrite);
	lock_destroy(hub->lock);
	desks_destroy(hub->service.desks);
	content_destroy(hub->service.content);
	store_destroy(hub->service.store, !hub->is_guest && !hub->is_given, on_store_closed, hub);
}

static void
on_stop_look(uv_timer_t *timer)
{
	struct hub *hub = timer->data;
	uint64_t waited_us = clock_mono_us() - hub->stopping_us;

	if (!hub->closing_sessions && hub->service.request_count + hub->service.message_count > 0 &&
		waited_us < STOP_ANSWERS_US)
		return;
	if (!hub->closing_sessions) {
		log_info("hub", "closing_sessions", KU("sessions", web_session_count(hub->web)),
			KU("handshakes", web_handshake_count(hub->web)), KU("unanswered", hub->service.request_count),
			KU("ms", waited_us / 1000));
		hub->closing_sessions = true;
		hub->stopping_us = clock_mono_us();
		audit_tell_rest(hub->service.audit);
		hub_end_wechat(hub);
		web_close_all(hub->web, farewell(hub));
		return;
	}
	if (web_session_count(hub->web) + web_handshake_count(hub->web) > 0 &&
		waited_us < (hub->is_given ? GIVEN_SESSIONS_US : STOP_SESSIONS_US))
		return;
	log_info("hub", "closing", KU("sessions", web_session_count(hub->web)),
		KU("handshakes", web_handshake_count(hub->web)), KU("ms", waited_us / 1000));
	close_everything(hub);
}

void
hub_stop(struct hub *hub, int status)
{
	if (hub->stopping_us)
		return;
	hub->status = status;
	hub->stopping_us = clock_mono_us();
	hub->service.draining = true;
	desks_end(hub->service.desks);
	succession_close(hub);
	if (!hub->is_guest && !hub->is_given)
		folder_remove(&hub->folder, FOLDER_LISTEN);
	if (hub->listener)
		listener_stop(hub->listener);
	uv_timer_start(&hub->stop_timer, on_stop_look, 0, STOP_LOOK_MS);
}

/* A second signal means now. */
static void
on_signal(uv_signal_t *signal, int number)
{
	struct hub *hub = signal->data;

	log_info("hub", "signal", KI("number", number));
	if (hub->stopping_us && !hub->closing_all)
		close_everything(hub);
	hub_stop(hub, 0);
}

/* The start. */

/* As many descriptors as we may have: one a session. */
static void
raise_descriptor_limit(const struct config *config)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < config->max_sessions)
		log_warn("hub", "few_descriptors", KU("limit", limit.rlim_max),
			KU("max_sessions", config->max_sessions));
}

/* A guest goes on with the token there is, so that who was let in is let in again. */
static void
make_token(struct hub *hub)
{
	uint8_t bytes[HUB_TOKEN_BYTES];

	if (!hub->config->dev)
		return;
	if (!hub->is_guest || !folder_read(&hub->folder, FOLDER_TOKEN, hub->token, sizeof(hub->token)) ||
		strlen(hub->token) != sizeof(hub->token) - 1) {
		random_fill(bytes, sizeof(bytes));
		sodium_bin2hex(hub->token, sizeof(hub->token), bytes, sizeof(bytes));
	}
	hub->service.dev_token = hub->token;
	log_warn("hub", "development_login", KV("means", "who reads dev.token in the data folder is anybody"));
}

bool
hub_leave_token(struct hub *hub)
{
	if (hub->config->dev)
		return folder_write(&hub->folder, FOLDER_TOKEN, hub->token);
	folder_remove(&hub->folder, FOLDER_TOKEN);
	return true;
}

bool
hub_adopt_listener(struct hub *hub, int socket)
{
	struct sockaddr_storage address;

	if (listener_examine(&address, socket) && may_listen(hub->config, &address)) {
		hub->listener = listener_create(&hub->loop, socket, on_connection, hub);
		return hub->listener;
	}
	fprintf(stderr, "gridhub: the socket passed on does not listen on TCP%s\n",
		hub->config->dev                ? ", and on a loopback address, as dev wants it"
		: hub->config->trusted_proxy[0] ? ""
						: ", and on a loopback address, as no trusted-proxy is named");
	close(socket);
	return false;
}

bool
hub_open_listener(struct hub *hub)
{
	struct sockaddr_storage address;
	int socket = hub->passed_socket;

	hub->passed_socket = -1;
	if (socket >= 0)
		return hub_adopt_listener(hub, socket);
	if (!listener_parse(&address, hub->config->listen))
		return false;
	socket = listener_open(&address);
	hub->listener = socket < 0 ? NULL : listener_create(&hub->loop, socket, on_connection, hub);
	if (!hub->listener)
		fprintf(stderr, "gridhub: listen: %s: %s\n", hub->config->listen, strerror(errno));
	return hub->listener;
}

static bool
open_web(struct hub *hub)
{
	const struct config *config = hub->config;
	struct web_options options = {
		.max_message = FRAME_MAX_BYTES,
		.max_outbox = config->max_outbox,
		.max_sessions = (unsigned)config->max_sessions,
		.pulse_ms = (unsigned)config->pulse * 1000,
		.dev = config->dev,
		.proxies = config->trusted_proxy,
		.origins = config->origins,
		.addresses = hub->service.addresses,
		.opened = on_session,
		.message = on_message,
		.closed = on_session_closed,
		.pulse = on_pulse,
		.files = hub->files,
		.page = on_page,
		.context = hub,
	};

	hub->web = web_create(&hub->loop, &options);
	return hub->web;
}

static void
open_service(struct hub *hub)
{
	const struct config *config = hub->config;
	struct service *service = &hub->service;

	service->pulse_ms = (uint32_t)config->pulse * 1000;
	service->max_requests = (uint32_t)config->max_requests;
	service->max_outbox = config->max_outbox;
	service->second_factor = config->second_factor;
	service->idle_lock_ms = config->idle_lock * 1000;
	service->subs = subs_create();
	service->persons = budgets_create((uint32_t)config->person_budget);
	SLIST_INIT(&service->free_requests);
	frame_init(&service->frame);
	service->broadcast = broadcast_create(&hub->loop, service, (uint32_t)config->history);
	service->eraser = eraser_create(service);
	hub->retention = retention_create(&hub->loop, service, config->keep_names);
	hub->due = due_create(&hub->loop, service);
	service->audit = audit_create(&hub->loop, service, config->audit_keep);
	hub->relay = relay_create(&hub->loop, service);
	hub->lock = lock_create(&hub->loop, service);
	service->desks = desks_create(&hub->loop, service);
	service->content = content_create(&hub->loop, service);
}

static bool
open_store(struct hub *hub)
{
	const struct config *config = hub->config;
	struct store_options options = {
		.folder = config->redis[0] ? NULL : hub->folder.path,
		.key_check = hub->service.vault ? hub->key_check : NULL,
		.guest = hub->is_guest,
		.allow_volatile = config->allow_volatile,
		.max_commands = LINK_MAX_COMMANDS,
		.max_bytes = LINK_MAX_BYTES,
		.timeout_ms = (uint32_t)config->request_timeout * 1000,
		.history = (uint32_t)config->history,
		.make_key = on_make_key,
		.opened = on_opened,
		.loaded = on_loaded,
		.event = on_event,
		.refused = on_refused,
		.context = hub,
	};
	const char *why;

	if (config->redis[0] && !redis_address_parse(&options.address, text_of(config->redis), &why))
		return false;
	hub->service.store = store_create(&hub->loop, &options);
	if (options.folder) {
		hub->rewrite = rewrite_create(&hub->loop, hub->service.store, &hub->service.disk_short);
		hub->erased = erased_create(&hub->loop, &hub->folder);
	}
	return hub->service.store;
}

static void
watch_signals(struct hub *hub)
{
	const int numbers[] = {SIGTERM, SIGINT};

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_LEN(hub->signals); i++) {
		uv_signal_init(&hub->loop, &hub->signals[i]);
		hub->signals[i].data = hub;
		uv_signal_start(&hub->signals[i], on_signal, numbers[i]);
	}
}

static void
start_timers(struct hub *hub)
{
	uv_timer_init(&hub->loop, &hub->stop_timer);
	uv_timer_init(&hub->loop, &hub->disk_timer);
	hub->stop_timer.data = hub;
	hub->disk_timer.data = hub;
	if (!hub->config->redis[0])
		uv_timer_start(&hub->disk_timer, on_disk_look, 0, DISK_LOOK_MS);
}

/* What can fail comes first, and nothing of it needs the loop to be undone. */
static bool
open_folder(struct hub *hub)
{
	size_t room = sizeof(((struct sockaddr_un *)0)->sun_path) - sizeof("/" TAKEOVER_SOCKET);

	_Static_assert(sizeof(TAKEOVER_SOCKET) >= sizeof(SERVER_SOCKET), "the longest name of a socket in the folder");
	if (!folder_open(&hub->folder, hub->config->data))
		return false;
	if (strlen(hub->folder.path) > room) {
		fprintf(stderr,
			"gridhub: data folder %s: its path is longer than the %zu bytes a socket in it allows\n",
			hub->folder.path, room);
		return false;
	}
	return succession_begin(hub) && find_key(hub);
}

/* All there is, from the folder that must be ours to the connection to Redis; then the loop, until stop() ends it. */
static int
run(struct hub *hub)
{
	make_token(hub);
	if (hub->is_guest ? !succession_call(hub) : !hub_open_listener(hub) || !hub_leave_token(hub))
		return 1;
	hub->service.addresses = budgets_create((uint32_t)hub->config->address_budget);
	if (!open_web(hub))
		return 1;
	open_service(hub);
	watch_signals(hub);
	start_timers(hub);
	if (hub_open_wechat(hub) && open_store(hub))
		uv_run(&hub->loop, UV_RUN_DEFAULT);
	else
		hub->status = 1;
	web_finish(hub->web);
	relay_finish(hub->relay);
	desks_finish(hub->service.desks);
	content_finish(hub->service.content);
	eraser_destroy(hub->service.eraser);
	retention_finish(hub->retention);
	audit_finish(hub->service.audit);
	view_destroy(hub->service.view);
	subs_destroy(hub->service.subs);
	budgets_destroy(hub->service.persons);
	budgets_destroy(hub->service.addresses);
	requests_finish(&hub->service);
	hub_finish_wechat(hub);
	frame_finish(&hub->service.frame);
	return hub->status;
}

int
hub_run(const struct config *config)
{
	struct hub hub = {.config = config, .started_us = clock_mono_us()};
	enum log_level level = LEVEL_INFO;
	int status = 1;

	if (sodium_init() < 0 || !hub_check(config))
		return 2;
	if (log_level_parse(&level, text_of(config->log_level)))
		log_set_level(level);
	raise_descriptor_limit(config);
	hub.passed_socket = listener_from_environment();
	uv_loop_init(&hub.loop);
	hub.service.policy = hub.policy.version;
	if (policy_open(&hub.policy, config->policy_file) && www_open(config->www, &hub.files) && open_folder(&hub)) {
		status = run(&hub);
		if (!hub.is_guest && !hub.is_given)
			folder_remove(&hub.folder, FOLDER_TOKEN);
	}
	policy_close(&hub.policy);
	files_close(hub.files);
	vault_destroy(hub.service.vault);
	folder_close(&hub.folder);
	uv_loop_close(&hub.loop);
	return status;
}
