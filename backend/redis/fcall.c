#include "fcall.h"

#include <assert.h>
#include <stdlib.h>

#include "entry.h"
#include "log.h"
#include "memory.h"
#include "records.h"
#include "store_private.h"

#define STAMP_KEYS 3 /* meta, log, once */

#define RESULTS_MAX 14 /* more than any function answers */

/* A call under way: whom to tell, and, once it is answered and only the view lags, what. */
struct waiting {
	struct store *store;
	uint8_t partition;
	fcall_done *done;
	void *context;
	struct reply reply;
	struct text results[RESULTS_MAX];
	char *texts; /* copies of the results */
};

static struct fcall
begin(struct store *store, const char *verb, const char *function, uint8_t partition, unsigned keys)
{
	struct fcall f = {.store = store, .command = command_create(verb), .partition = partition, .keys_due = keys};

	command_arg(f.command, text_of(function));
	command_arg_u64(f.command, keys);
	return f;
}

struct fcall
fcall_read(struct store *store, const char *function, uint8_t partition, unsigned keys)
{
	return begin(store, "FCALL_RO", function, partition, keys);
}

struct fcall
fcall_bare(struct store *store, const char *function, uint8_t partition, unsigned keys)
{
	return begin(store, "FCALL", function, partition, keys);
}

struct fcall
fcall_write(struct store *store, const char *function, uint8_t partition, unsigned keys, const struct stamp *stamp)
{
	struct fcall f = begin(store, "FCALL", function, partition, STAMP_KEYS + keys);
	char person[ID_TEXT], once[UUID_TEXT];

	f.stamp = stamp;
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	fcall_key(&f, KEY_ONCE, id_print(person, stamp->person), uuid_print(once, &stamp->once));
	return f;
}

/* The stamp's arguments stand first, right behind the last key. */
void
fcall_key_done(struct fcall *f)
{
	assert(f->keys_due > 0);
	if (--f->keys_due > 0 || !f->stamp)
		return;
	fcall_arg_id(f, f->stamp->person);
	fcall_arg_u64(f, uuid_time_ms(&f->stamp->once));
	fcall_arg(f, (struct text){(const char *)f->stamp->digest, 16});
}

/* What Redis itself says no to. */
static struct reply
parse_error(const redisReply *raw)
{
	static const struct {
		const char *prefix;
		const char *field;
	} passing[] = {
		{"MISCONF", "disk"}, /* the append-only file cannot be written */
		{"OOM", "memory"},
	};

	for (size_t i = 0; i < ARRAY_LEN(passing); i++)
		if (strncmp(raw->str, passing[i].prefix, strlen(passing[i].prefix)) == 0)
			return (struct reply){UNAVAILABLE, passing[i].field, NULL, 0};
	log_error("redis", "function_failed", KV("reason", raw->str));
	return (struct reply){INTERNAL, "", NULL, 0};
}

/* STATUS, then the event or the field, then the results. */
static struct reply
parse_reply(const redisReply *raw, struct text results[RESULTS_MAX])
{
	struct reply reply = {INTERNAL, "", results, 0};

	if (!raw)
		return (struct reply){UNAVAILABLE, "", NULL, 0};
	if (raw->type == REDIS_REPLY_ERROR)
		return parse_error(raw);
	if (raw->type != REDIS_REPLY_ARRAY || raw->elements < 2 || raw->elements - 2 > RESULTS_MAX ||
		!status_parse(&reply.status, reply_string(raw->element[0]))) {
		log_error("redis", "strange_answer");
		return reply;
	}
	if (reply.status != OK)
		reply.field = raw->element[1]->str;
	for (size_t i = 2; i < raw->elements; i++)
		results[reply.count++] = reply_string(raw->element[i]);
	return reply;
}

static void
tell(struct waiting *waiting)
{
	waiting->done(&waiting->reply, waiting->context);
	free(waiting->texts);
	free(waiting);
}

static void
on_seen(bool seen, void *context)
{
	struct waiting *waiting = context;

	if (!seen)
		waiting->reply = (struct reply){UNAVAILABLE, "", NULL, 0};
	tell(waiting);
}

/* The reply goes when its callback returns, so what waits for the view takes copies. */
static void
keep_results(struct waiting *waiting)
{
	size_t len = 0;
	char *at;

	for (size_t i = 0; i < waiting->reply.count; i++)
		len += waiting->results[i].len + 1;
	at = waiting->texts = or_die(malloc(len + 1));
	for (size_t i = 0; i < waiting->reply.count; i++) {
		struct text *result = &waiting->results[i];
		memcpy(at, result->data, result->len);
		at[result->len] = '\0';
		result->data = at;
		at += result->len + 1;
	}
}

/* Whether it must wait for the view. */
static bool
await_view(struct waiting *waiting, const redisReply *event)
{
	struct feed *feed = store_feed(waiting->store);
	struct feed_wait wait = {entry_seq(event), store_timeout_ms(waiting->store), on_seen, waiting};

	feed_offer(feed, waiting->partition, event);
	if (!feed_lacks(feed, waiting->partition, wait.seq))
		return false;
	keep_results(waiting);
	feed_await(feed, waiting->partition, &wait);
	return true;
}

static void
on_reply(const redisReply *raw, void *context)
{
	struct waiting *waiting = context;

	waiting->reply = parse_reply(raw, waiting->results);
	if (waiting->reply.status != OK || !await_view(waiting, raw->element[1]))
		tell(waiting);
}

bool
fcall_send(struct fcall *f, fcall_done *done, void *context)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));

	assert(f->keys_due == 0);
	if (!waiting) {
		command_destroy(f->command);
		return false;
	}
	waiting->store = f->store;
	waiting->partition = f->partition;
	waiting->done = done;
	waiting->context = context;
	if (link_send(store_writes(f->store), f->command, store_timeout_ms(f->store), on_reply, waiting))
		return true;
	free(waiting);
	return false;
}

struct text
reply_text(const struct reply *reply, size_t index)
{
	return index < reply->count ? reply->results[index] : TEXT("");
}

uint64_t
reply_u64(const struct reply *reply, size_t index)
{
	uint64_t number = 0;

	if (!text_to_u64(&number, reply_text(reply, index), ID_NUMBER_MAX))
		return 0;
	return number;
}
