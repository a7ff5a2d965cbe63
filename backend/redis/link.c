#include "link.h"

#include <arpa/inet.h>
#include <assert.h>
#include <hiredis/async.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapter.h"
#include "clock.h"
#include "log.h"
#include "random.h"

#define BACKOFF_MIN_MS   20
#define BACKOFF_MAX_MS   1000
#define TICK_MS          100
#define GREET_TIMEOUT_US 5000000
#define SILENCE_LIMIT_US 5000000 /* an answer owed, and none come, for longer: the server hangs */

enum link_state { DOWN, GREETING, SETUP, OPEN };

struct link {
	struct link_options options;
	uv_loop_t *loop;
	enum link_state state;
	redisAsyncContext *redis; /* NULL while there is no connection */
	uint64_t since_us;        /* when this try began */
	uint64_t heard_us;        /* when the last answer came */
	unsigned backoff_ms;
	bool said_away; /* the log says that it cannot be reached */
	struct rng jitter;
	struct command_list under_way; /* in the order of their answers */
	struct command_list waiting;
	size_t commands;
	size_t bytes;
	uv_timer_t retry;
	uv_timer_t tick;
	uv_getaddrinfo_t lookup;
	int busy; /* timers that are open and look-ups under way: the link lives until there are none */
	bool ending;
	void (*closed)(void *context);
};

static void connect_soon(struct link *link);

/* Takes it out of its list; it is the caller's then. */
static void
take(struct link *link, struct command_list *list, struct command *command)
{
	TAILQ_REMOVE(list, command, in_list);
	link->commands--;
	link->bytes -= command->bytes.len;
}

/* Tells the sender, if he has not been told yet. */
static void
tell(struct command *command, const redisReply *reply)
{
	command_done *done = command->done;

	command->done = NULL;
	if (done)
		done(reply, command->context);
}

/* Ends commands for which `ends` holds with "not known". */
static void
sweep(struct link *link, struct command_list *list, bool (*ends)(const struct command *))
{
	struct command *command, *next;

	for (command = TAILQ_FIRST(list); command; command = next) {
		next = TAILQ_NEXT(command, in_list);
		if (!ends(command))
			continue;
		take(link, list, command);
		tell(command, NULL);
		command_destroy(command);
	}
}

/* Of a connection that is lost: it was tied to it, or nobody waits for it any more. */
static bool
ends_with_connection(const struct command *command)
{
	return command->once_only || !command->done;
}

static bool
ends_always(const struct command *command)
{
	(void)command;
	return true;
}

/* What was under way and may be repeated goes back to the head of the queue, in its old order. */
static void
connection_lost(struct link *link)
{
	bool was_open = link->state == OPEN;

	link->redis = NULL;
	link->state = DOWN;
	sweep(link, &link->under_way, ends_with_connection);
	TAILQ_CONCAT(&link->under_way, &link->waiting, in_list);
	TAILQ_CONCAT(&link->waiting, &link->under_way, in_list);
	if (link->ending)
		return;
	if (was_open && link->options.lost)
		link->options.lost(link->options.context);
	connect_soon(link);
}

/* May be called from within any callback of the connection: hiredis then frees it when that returns, and what it
 * still calls finds no link. */
static void
drop_connection(struct link *link, const char *reason)
{
	redisAsyncContext *redis = link->redis;

	if (!link->ending)
		log_warn("redis", "dropped", KV("link", link->options.name), KV("reason", reason));
	if (redis) {
		redis->data = NULL;
		redisAsyncFree(redis);
	}
	connection_lost(link);
}

static void
on_disconnected(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	if (!link)
		return;
	log_warn("redis", "disconnected", KV("link", link->options.name),
		KV("reason", status == REDIS_OK ? "closed" : redis->errstr));
	connection_lost(link);
}

/* Redis is there but will not do what was asked: it loads, is a replica, has lost its functions. That is not for the
 * sender to know, so the command is kept. */
static bool
is_not_ready(const redisReply *reply)
{
	static const char *const errors[] = {
		"LOADING", "BUSY ", "READONLY", "MASTERDOWN", "NOREPLICAS", "ERR Function not found", "UNBLOCKED"};

	if (reply->type != REDIS_REPLY_ERROR)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (strncmp(reply->str, errors[i], strlen(errors[i])) == 0)
			return true;
	return false;
}

static void
on_reply(redisAsyncContext *redis, void *raw, void *context)
{
	struct link *link = redis->data;
	struct command *command = context;
	const redisReply *reply = raw;

	if (!link || !reply)
		return; /* the connection ends, and connection_lost() sees to the command */
	link->heard_us = clock_mono_us();
	if (!command->once_only && is_not_ready(reply)) {
		drop_connection(link, reply->str);
		return;
	}
	if (link->state == OPEN && reply->type != REDIS_REPLY_ERROR)
		link->backoff_ms = BACKOFF_MIN_MS;
	assert(command == TAILQ_FIRST(&link->under_way));
	take(link, &link->under_way, command);
	tell(command, reply);
	command_destroy(command);
}

static void
put_on_wire(struct link *link, struct command *command)
{
	struct text bytes;

	command->sent_us = clock_mono_us();
	TAILQ_INSERT_TAIL(&link->under_way, command, in_list);
	if (command_finish(command, &bytes) &&
		redisAsyncFormattedCommand(link->redis, on_reply, command, bytes.data, bytes.len) == REDIS_OK)
		return;
	log_error("redis", "not_sent", KV("link", link->options.name));
	take(link, &link->under_way, command);
	tell(command, NULL);
	command_destroy(command);
}

/* Greeting: who we are, which database, are you ready. A wrong password or database does not mend itself. */

static void
on_greeting(const redisReply *reply, void *context)
{
	struct link *link = context;

	if (!reply || reply->type != REDIS_REPLY_ERROR)
		return;
	if (is_not_ready(reply))
		link_reject(link, reply->str, true);
	else if (link->options.refused)
		link->options.refused(reply->str, link->options.context);
	else
		link_reject(link, reply->str, false);
}

static void
on_pong(const redisReply *reply, void *context)
{
	struct link *link = context;

	on_greeting(reply, context);
	if (!reply || link->state != GREETING)
		return;
	link->state = SETUP;
	link->options.greeted(link->options.context);
}

static void
greet(struct link *link)
{
	const struct redis_address *address = &link->options.address;
	struct command *command;

	if (address->password[0]) {
		command = command_create("AUTH");
		if (address->user[0])
			command_arg(command, text_of(address->user));
		command_arg(command, text_of(address->password));
		link_setup(link, command, on_greeting, link);
	}
	if (address->database > 0 && link->state == GREETING) {
		command = command_create("SELECT");
		command_arg_u64(command, address->database);
		link_setup(link, command, on_greeting, link);
	}
	if (link->state == GREETING)
		link_setup(link, command_create("PING"), on_pong, link);
}

/* A warning once an outage, but none for the moment that a server takes to start. */
static void
not_connected(struct link *link, const char *reason)
{
	bool lasts = link->backoff_ms == BACKOFF_MAX_MS;

	if (lasts && !link->said_away)
		log_warn("redis", "not_connected", KV("link", link->options.name), KV("reason", reason));
	else
		log_debug("redis", "not_connected", KV("link", link->options.name), KV("reason", reason));
	link->said_away = link->said_away || lasts;
	connection_lost(link);
}

static void
on_connected(const redisAsyncContext *redis, int status)
{
	struct link *link = redis->data;

	if (link && status != REDIS_OK)
		not_connected(link, redis->errstr);
}

/* Takes a context just made by hiredis, which may already know that it failed. */
static void
begin(struct link *link, redisAsyncContext *redis)
{
	if (!redis || redis->err || !adapter_attach(redis, link->loop)) {
		not_connected(link, redis ? redis->errstr : "out of memory");
		if (redis)
			redisAsyncFree(redis);
		return;
	}
	redis->data = link;
	link->redis = redis;
	redisAsyncSetConnectCallback(redis, on_connected);
	redisAsyncSetDisconnectCallback(redis, on_disconnected);
	greet(link);
}

static void
release(struct link *link)
{
	if (--link->busy > 0)
		return;
	link->closed(link->options.context);
	free(link);
}

static void
on_resolved(uv_getaddrinfo_t *lookup, int status, struct addrinfo *found)
{
	struct link *link = lookup->data;
	char ip[INET6_ADDRSTRLEN] = "";

	if (status == 0 && found->ai_family == AF_INET)
		uv_ip4_name((struct sockaddr_in *)(void *)found->ai_addr, ip, sizeof(ip));
	else if (status == 0 && found->ai_family == AF_INET6)
		uv_ip6_name((struct sockaddr_in6 *)(void *)found->ai_addr, ip, sizeof(ip));
	if (found)
		uv_freeaddrinfo(found);
	if (link->ending) {
		release(link);
		return;
	}
	link->busy--;
	if (ip[0] == '\0') {
		log_warn("redis", "not_resolved", KV("link", link->options.name),
			KV("host", link->options.address.host));
		connection_lost(link);
		return;
	}
	begin(link, redisAsyncConnect(ip, link->options.address.port));
}

static void
connect_now(struct link *link)
{
	const struct redis_address *address = &link->options.address;
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

	if (link->options.prepare && !link->options.prepare(link->options.context)) {
		connect_soon(link);
		return;
	}
	link->state = GREETING;
	link->since_us = clock_mono_us();
	if (address->path[0]) {
		begin(link, redisAsyncConnectUnix(address->path));
		return;
	}
	link->lookup.data = link;
	link->busy++;
	if (uv_getaddrinfo(link->loop, &link->lookup, on_resolved, address->host, NULL, &hints) != 0) {
		link->busy--;
		connection_lost(link);
	}
}

static void
on_retry(uv_timer_t *timer)
{
	connect_now(timer->data);
}

/* After the back-off, give or take a half of it, so that many hubs do not come at once. */
static void
connect_soon(struct link *link)
{
	unsigned wait_ms = link->backoff_ms / 2 + rng_below(&link->jitter, link->backoff_ms);

	link->state = DOWN;
	link->backoff_ms = MIN(link->backoff_ms * 2, BACKOFF_MAX_MS);
	uv_timer_start(&link->retry, on_retry, wait_ms, 0);
}

/* Deadlines, and servers that have fallen silent. */

static bool
is_past_deadline(const struct command *command)
{
	return command->deadline_us > 0 && clock_mono_us() >= command->deadline_us;
}

static void
on_tick(uv_timer_t *timer)
{
	struct link *link = timer->data;
	uint64_t now_us = clock_mono_us();
	struct command *command;

	sweep(link, &link->waiting, is_past_deadline);
	/* What is under way keeps its place in the order of the answers. */
	TAILQ_FOREACH (command, &link->under_way, in_list)
		if (is_past_deadline(command))
			tell(command, NULL);
	command = TAILQ_FIRST(&link->under_way);
	if (link->redis && command && now_us - MAX(command->sent_us, link->heard_us) > SILENCE_LIMIT_US)
		drop_connection(link, "silent");
	else if (link->state == GREETING && now_us - link->since_us > GREET_TIMEOUT_US && link->redis)
		drop_connection(link, "not connected in time");
}

struct link *
link_create(uv_loop_t *loop, const struct link_options *options)
{
	struct link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->options = *options;
	link->loop = loop;
	link->backoff_ms = BACKOFF_MIN_MS;
	random_fill(&link->jitter, sizeof(link->jitter));
	TAILQ_INIT(&link->under_way);
	TAILQ_INIT(&link->waiting);
	uv_timer_init(loop, &link->retry);
	uv_timer_init(loop, &link->tick);
	link->retry.data = link;
	link->tick.data = link;
	link->busy = 2;
	uv_timer_start(&link->tick, on_tick, TICK_MS, TICK_MS);
	uv_timer_start(&link->retry, on_retry, 0, 0);
	return link;
}

static void
on_timer_closed(uv_handle_t *handle)
{
	release(handle->data);
}

void
link_destroy(struct link *link, void (*closed)(void *context))
{
	link->ending = true;
	link->closed = closed;
	if (link->redis)
		drop_connection(link, "ending");
	sweep(link, &link->under_way, ends_always);
	sweep(link, &link->waiting, ends_always);
	uv_close((uv_handle_t *)&link->retry, on_timer_closed);
	uv_close((uv_handle_t *)&link->tick, on_timer_closed);
}

bool
link_send(struct link *link, struct command *command, uint64_t timeout_ms, command_done *done, void *context)
{
	if (link->ending || command->bytes.failed || link->commands >= link->options.max_commands ||
		link->bytes + command->bytes.len > link->options.max_bytes) {
		command_destroy(command);
		return false;
	}
	command->done = done;
	command->context = context;
	command->deadline_us = timeout_ms ? clock_mono_us() + timeout_ms * 1000 : 0;
	link->commands++;
	link->bytes += command->bytes.len;
	if (link->state == OPEN)
		put_on_wire(link, command);
	else
		TAILQ_INSERT_TAIL(&link->waiting, command, in_list);
	return true;
}

void
link_setup(struct link *link, struct command *command, command_done *done, void *context)
{
	assert(link->state == GREETING || link->state == SETUP);
	command->done = done;
	command->context = context;
	command->once_only = true;
	link->commands++;
	link->bytes += command->bytes.len;
	put_on_wire(link, command);
}

void
link_open(struct link *link)
{
	struct command *command;

	assert(link->state == SETUP);
	link->state = OPEN;
	link->said_away = false;
	log_info("redis", "open", KV("link", link->options.name), KU("waiting", link->commands));
	while (link->state == OPEN && (command = TAILQ_FIRST(&link->waiting))) {
		TAILQ_REMOVE(&link->waiting, command, in_list);
		put_on_wire(link, command);
	}
}

void
link_reject(struct link *link, const char *reason, bool soon)
{
	if (!soon)
		link->backoff_ms = BACKOFF_MAX_MS;
	drop_connection(link, reason);
}

bool
link_is_open(const struct link *link)
{
	return link->state == OPEN;
}

size_t
link_load(const struct link *link)
{
	return link->commands;
}
