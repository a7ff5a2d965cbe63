#include "store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "fcall.h"
#include "feed.h"
#include "keys.h"
#include "library.h"
#include "link.h"
#include "loader.h"
#include "log.h"
#include "memory.h"
#include "random.h"
#include "records.h"
#include "server.h"
#include "store_private.h"

#define REDIS_MAJOR 7 /* functions came with 7.0 */
#define REDIS_MINOR 0

struct store {
	struct store_options options;
	uv_loop_t *loop;
	struct server *server; /* NULL: somebody else's */
	struct link *writes;
	struct feed *feed;
	struct view *view;
	pid_t server_pid;
	char epoch[EPOCH_TEXT];
	uint8_t secret[STORE_SECRET];
	uint64_t seq[PARTITIONS];  /* where the data says the logs stand, as of the last setup */
	uint64_t tail[PARTITIONS]; /* what must have been applied before the view is complete */
	unsigned partitions_open;
	bool guest;
	bool library_is_ours; /* as far as is known */
	void (*owned)(void *context);
	void *owned_context;
	bool epoch_changed;
	bool needs_load;
	bool loading;
	bool catching_up;
	bool stop_server;
	void (*closed)(void *context);
	void *closed_context;
};

/* Setup: what is checked each time the connection comes up, one step after the other. */

static void
refuse(struct store *store, const char *reason)
{
	log_error("store", "refused", KV("reason", reason));
	link_reject(store->writes, reason, false);
	store->options.refused(reason, store->options.context);
}

/* True if the step may go on; an error refuses the server, a lost connection ends the setup by itself. */
static bool
is_good(struct store *store, const redisReply *reply)
{
	if (!reply)
		return false;
	if (reply->type != REDIS_REPLY_ERROR)
		return true;
	refuse(store, reply->str);
	return false;
}

static bool
is_ok_answer(const redisReply *reply, size_t elements)
{
	return reply->type == REDIS_REPLY_ARRAY && reply->elements >= elements &&
	       text_equal(reply_string(reply->element[0]), TEXT("OK"));
}

/* The log may hold more than the view has seen, never less, and never another life's. */
static bool
is_same_data(const struct store *store)
{
	for (uint8_t i = 0; i < PARTITIONS; i++)
		if (store->seq[i] < store->view->seq[i])
			return false;
	return !store->epoch_changed;
}

static void
tell_owned(struct store *store)
{
	void (*owned)(void *context) = store->owned;

	store->owned = NULL;
	if (owned)
		owned(store->owned_context);
}

static void
begin_anew(struct store *store)
{
	store->epoch_changed = false;
	store->catching_up = false;
	store->needs_load = true;
	feed_stop(store->feed);
	store->options.opened(store->options.context);
}

static void
finish_setup(struct store *store)
{
	bool known = store->view && !store->needs_load && is_same_data(store);

	link_open(store->writes);
	if (known)
		tell_owned(store);
	else if (!store->loading) /* on_loaded() sees to it else */
		begin_anew(store);
}

static void
take_epoch(struct store *store, struct text epoch)
{
	if (text_equal(epoch, text_of(store->epoch)))
		return;
	store->epoch_changed = true;
	text_copy(store->epoch, sizeof(store->epoch), epoch);
}

static void
on_data(const redisReply *reply, void *context)
{
	struct store *store = context;
	uint64_t partitions;

	if (!is_good(store, reply))
		return;
	if (!is_ok_answer(reply, 6) || !text_equal(reply_string(reply->element[2]), TEXT(DATA_LAYOUT))) {
		refuse(store, "the data is laid out for another version");
		return;
	}
	if (!text_to_u64(&partitions, reply_string(reply->element[3]), UINT32_MAX) || partitions != PARTITIONS) {
		refuse(store, "the data is laid out for another number of partitions");
		return;
	}
	take_epoch(store, reply_string(reply->element[4]));
	if (!text_to_u64(&store->seq[store->partitions_open], reply_string(reply->element[5]), ID_NUMBER_MAX)) {
		refuse(store, "a partition has no sequence number");
		return;
	}
	if (++store->partitions_open == PARTITIONS)
		finish_setup(store);
}

/* So many random bytes in hexadecimal, with a NUL. */
static void
make_hex(char *out, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t byte;
		random_fill(&byte, 1);
		snprintf(out + 2 * i, 3, "%02x", byte);
	}
}

static void
on_secret(const redisReply *reply, void *context)
{
	struct store *store = context;
	struct text hex;

	if (!is_good(store, reply))
		return;
	hex = is_ok_answer(reply, 3) ? reply_string(reply->element[2]) : TEXT("");
	for (size_t i = 0; hex.len == 2 * STORE_SECRET && i < STORE_SECRET; i++)
		store->secret[i] = (uint8_t)strtoul((char[]){hex.data[2 * i], hex.data[2 * i + 1], '\0'}, NULL, 16);
}

static void
ask_secret(struct store *store)
{
	struct command *command = command_create("FCALL");
	char hex[2 * STORE_SECRET + 1];

	make_hex(hex, STORE_SECRET);
	command_arg(command, TEXT("data_secret"));
	command_arg(command, TEXT("1"));
	command_key(command, 0, KEY_META);
	command_arg(command, text_of(hex));
	link_setup(store->writes, command, on_secret, store);
}

static void
open_data(struct store *store)
{
	char epoch[EPOCH_TEXT];

	/* All partitions of fresh data get one epoch; those that have one keep it. */
	make_hex(epoch, (EPOCH_TEXT - 1) / 2);
	store->partitions_open = 0;
	ask_secret(store);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct command *command = command_create("FCALL");
		command_arg(command, TEXT("data_open"));
		command_arg(command, TEXT("1"));
		command_key(command, i, KEY_META);
		command_arg(command, TEXT(DATA_LAYOUT));
		command_arg_u64(command, PARTITIONS);
		command_arg(command, text_of(epoch));
		link_setup(store->writes, command, on_data, store);
	}
}

static void ask_key(struct store *store);

/* The data has no key yet, or it has ours; another hub's is refused, and so is a new key over phones that are there. */
static void
on_key(const redisReply *reply, void *context)
{
	struct store *store = context;
	struct text check;

	if (!is_good(store, reply))
		return;
	check = is_ok_answer(reply, 3) ? reply_string(reply->element[2]) : TEXT("");
	if (store->options.key_check && text_equal(check, text_of(store->options.key_check))) {
		open_data(store);
	} else if (store->options.key_check) {
		refuse(store,
			"the phones there are sealed with another key than the key file's; hubs on one Redis share it");
	} else if (check.len > 0) {
		refuse(store, "the key file is missing, and phones there are sealed with it: put it back");
	} else {
		store->options.key_check = store->options.make_key(store->options.context);
		if (store->options.key_check)
			ask_key(store);
		else
			refuse(store, "the key file cannot be made");
	}
}

static void
ask_key(struct store *store)
{
	struct command *command = command_create("FCALL");

	command_arg(command, TEXT("data_key"));
	command_arg(command, TEXT("1"));
	command_key(command, 0, KEY_META);
	command_arg(command, text_of(store->options.key_check));
	link_setup(store->writes, command, on_key, store);
}

static void
on_library_loaded(const redisReply *reply, void *context)
{
	struct store *store = context;

	if (!is_good(store, reply))
		return;
	store->library_is_ours = true;
	log_info("store", "library_loaded", KT("hash", library_hash));
	ask_key(store);
}

static void
on_library_hash(const redisReply *reply, void *context)
{
	struct store *store = context;
	struct command *command;

	if (!reply)
		return;
	store->library_is_ours = is_ok_answer(reply, 3) && text_equal(reply_string(reply->element[2]), library_hash);
	if (store->library_is_ours) {
		ask_key(store);
		return;
	}
	if (store->guest) { /* the functions there may not know of a key; it is asked for when they are ours */
		open_data(store);
		return;
	}
	command = command_create("FUNCTION");
	command_arg(command, TEXT("LOAD"));
	command_arg(command, TEXT("REPLACE"));
	command_arg(command, library_source);
	link_setup(store->writes, command, on_library_loaded, store);
}

static void
ask_library(struct store *store)
{
	struct command *command = command_create("FCALL_RO");

	command_arg(command, TEXT("library_hash"));
	command_arg(command, TEXT("0"));
	link_setup(store->writes, command, on_library_hash, store);
}

/* The value of a name in CONFIG GET's flat list. */
static struct text
setting(const redisReply *reply, const char *name)
{
	for (size_t i = 0; i + 1 < reply->elements; i += 2)
		if (text_equal(reply_string(reply->element[i]), text_of(name)))
			return reply_string(reply->element[i + 1]);
	return TEXT("");
}

static void
on_config(const redisReply *reply, void *context)
{
	struct store *store = context;

	if (!reply)
		return;
	if (reply->type == REDIS_REPLY_ERROR) {
		refuse(store, "CONFIG GET is not allowed, so whether this Redis keeps what it is given is not known");
		return;
	}
	if (!text_equal(setting(reply, "appendonly"), TEXT("yes"))) {
		refuse(store, "this Redis has no append-only file (appendonly no), so a crash would lose sign-ups");
		return;
	}
	if (!text_equal(setting(reply, "maxmemory-policy"), TEXT("noeviction"))) {
		refuse(store,
			"this Redis evicts keys when memory is short (maxmemory-policy), so it would lose sign-ups");
		return;
	}
	if (!text_equal(setting(reply, "appendfsync"), TEXT("always")))
		log_warn("store", "loose_fsync", KT("appendfsync", setting(reply, "appendfsync")),
			KV("means", "a power failure may lose the last second"));
	ask_library(store);
}

static void
ask_config(struct store *store)
{
	struct command *command;

	if (store->options.folder || store->options.allow_volatile) {
		ask_library(store);
		return;
	}
	command = command_create("CONFIG");
	command_arg(command, TEXT("GET"));
	command_arg(command, TEXT("appendonly"));
	command_arg(command, TEXT("appendfsync"));
	command_arg(command, TEXT("maxmemory-policy"));
	link_setup(store->writes, command, on_config, store);
}

/* The number behind "name:" in INFO's text; 0 if it is not there. */
static unsigned
info_number(const redisReply *reply, const char *name)
{
	const char *at = strstr(reply->str, name);

	return at ? (unsigned)strtoul(at + strlen(name), NULL, 10) : 0;
}

static void
on_info(const redisReply *reply, void *context)
{
	struct store *store = context;
	const char *version;
	unsigned major = 0, minor = 0;

	if (!is_good(store, reply))
		return;
	version = strstr(reply->str, "redis_version:");
	if (!version || sscanf(version, "redis_version:%u.%u", &major, &minor) != 2 || major < REDIS_MAJOR) {
		refuse(store, "this Redis is older than 7.0");
		return;
	}
	store->server_pid = (pid_t)info_number(reply, "process_id:");
	if (info_number(reply, "loading:") == 1) {
		link_reject(store->writes, "loading", true);
		return;
	}
	ask_config(store);
}

static void
on_greeted(void *context)
{
	struct store *store = context;

	link_setup(store->writes, command_create("INFO"), on_info, store);
}

static void
on_refused(const char *reason, void *context)
{
	refuse(context, reason);
}

static bool
prepare_server(void *context)
{
	struct store *store = context;

	return store->guest || server_ensure(store->server);
}

/* Loading and events. */

static bool
is_caught_up(const struct store *store)
{
	for (uint8_t i = 0; i < PARTITIONS; i++)
		if (store->view->seq[i] < store->tail[i])
			return false;
	return true;
}

static void
note_progress(struct store *store)
{
	if (!store->catching_up || !is_caught_up(store))
		return;
	store->catching_up = false;
	store->options.loaded(store->options.context);
}

static void
on_loaded(const struct feed_position positions[PARTITIONS], void *context)
{
	struct store *store = context;

	store->loading = false;
	if (!positions) {
		if (!store->closed)
			refuse(store, "the records cannot be read");
		return;
	}
	if (store->epoch_changed) { /* while it was read: a part is of another life */
		begin_anew(store);
		return;
	}
	for (uint8_t i = 0; i < PARTITIONS; i++)
		store->tail[i] = positions[i].tail;
	store->needs_load = false;
	store->catching_up = true;
	feed_start(store->feed, positions);
	note_progress(store);
}

void
store_load(struct store *store, struct view *view)
{
	store->view = view;
	store->loading = true;
	loader_start(store->writes, view, store->seq, store->options.history, on_loaded, store);
}

static void
on_event(const struct event *event, void *context)
{
	struct store *store = context;

	store->options.event(event, store->options.context);
	note_progress(store);
}

/* Drops the connection, so that the setup finds out where things stand and the view is built anew. */
static void
on_broken(void *context)
{
	struct store *store = context;

	store->needs_load = true;
	if (link_is_open(store->writes))
		link_reject(store->writes, "the feed is broken", false);
}

/* Life. */

struct store *
store_create(uv_loop_t *loop, const struct store_options *options)
{
	struct store *store = or_die(calloc(1, sizeof(*store)));
	struct link_options link = {
		.name = "writes",
		.address = options->address,
		.max_commands = options->max_commands,
		.max_bytes = options->max_bytes,
		.greeted = on_greeted,
		.refused = on_refused,
		.context = store,
	};
	struct feed_options feed = {.event = on_event, .broken = on_broken, .context = store};

	store->options = *options;
	store->loop = loop;
	store->needs_load = true;
	store->guest = options->guest;
	if (options->folder) {
		snprintf(link.address.path, sizeof(link.address.path), "%s/" SERVER_SOCKET, options->folder);
		link.prepare = prepare_server;
		store->server = or_die(server_create(loop, options->folder));
	}
	store->writes = or_die(link_create(loop, &link));
	link.name = "feed";
	feed.records = store->writes;
	store->feed = or_die(feed_create(loop, &link, &feed));
	return store;
}

static void
on_server_closed(void *context)
{
	struct store *store = context;

	store->closed(store->closed_context);
	free(store);
}

static void
on_server_stopped(bool ended, void *context)
{
	struct store *store = context;

	log_info("store", "server_stopped", KV("ended", ended ? "yes" : "no"));
	server_destroy(store->server, on_server_closed, store);
}

static void
on_feed_closed(void *context)
{
	struct store *store = context;

	if (!store->server)
		on_server_closed(store);
	else if (store->stop_server)
		server_stop(store->server, store->server_pid, on_server_stopped, store);
	else
		server_destroy(store->server, on_server_closed, store);
}

static void
on_writes_closed(void *context)
{
	struct store *store = context;

	feed_destroy(store->feed, on_feed_closed, store);
}

void
store_be_guest(struct store *store)
{
	store->guest = true;
	store->library_is_ours = false; /* who takes care now may put in others */
}

/* The setup puts the functions in, so the connection is made anew; what is under way is sent again. */
void
store_own(struct store *store, void (*owned)(void *context), void *context)
{
	store->guest = false;
	store->owned = owned;
	store->owned_context = context;
	if (!store->library_is_ours)
		link_reject(store->writes, "the functions may be others", true);
	else if (link_is_open(store->writes))
		tell_owned(store);
}

void
store_destroy(struct store *store, bool stop_server, void (*closed)(void *context), void *context)
{
	store->closed = closed;
	store->closed_context = context;
	store->stop_server = stop_server;
	feed_stop(store->feed);
	link_destroy(store->writes, on_writes_closed);
}

const uint8_t *
store_secret(const struct store *store)
{
	return store->secret;
}

const char *
store_epoch(const struct store *store)
{
	return store->epoch;
}

bool
store_is_fresh(const struct store *store)
{
	return feed_is_fresh(store->feed);
}

size_t
store_commands(const struct store *store)
{
	return link_load(store->writes);
}

struct link *
store_writes(struct store *store)
{
	return store->writes;
}

struct feed *
store_feed(struct store *store)
{
	return store->feed;
}

uint32_t
store_timeout_ms(const struct store *store)
{
	return store->options.timeout_ms;
}
