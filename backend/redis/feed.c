#include "feed.h"

#include <assert.h>
#include <stdlib.h>

#include "clock.h"
#include "entry.h"
#include "log.h"
#include "memory.h"
#include "records.h"

#define BLOCK_MS TEXT("500") /* how long one XREAD waits */
#define COUNT    TEXT("500") /* entries of a log in one answer */
#define REARM_MS 4
#define FRESH_US 1000000
#define LOOK_MS  100 /* how often it is looked who has waited too long */

/* Somebody who waits for an event to be handed on. */
struct waiter {
	struct feed_wait wait;
	uint64_t until_us;
	TAILQ_ENTRY(waiter) in_log;
};

struct log {
	char position[48];                       /* the stream entry last read */
	uint64_t loaded;                         /* up to here the view was loaded with the events */
	uint64_t taken;                          /* the event last accepted */
	uint64_t delivered;                      /* the event last handed on */
	TAILQ_HEAD(waiter_list, waiter) waiters; /* by seq */
	TAILQ_HEAD(entry_list, entry) entries;
};

struct feed {
	struct feed_options options;
	struct link *link;
	uv_timer_t rearm;
	uv_timer_t patience; /* runs while anybody waits */
	struct log logs[PARTITIONS];
	uint64_t heard_us;
	bool running;
	bool reading;         /* an XREAD is under way */
	unsigned generation;  /* counts starts: an answer to an XREAD of an earlier one is not for us */
	unsigned reading_for; /* the generation of the XREAD under way */
	int closing;
	void (*closed)(void *context);
	void *closed_context;
};

static void deliver(struct feed *feed, struct log *log);
static void broken(struct feed *feed, uint8_t partition, uint64_t seq, const char *reason);
static void on_record(const redisReply *reply, void *context);

/* Reads what the event still needs; nothing behind it in its log is handed on before. */
static void
read_more(struct feed *feed, struct entry *entry)
{
	entry->reading = link_send(feed->options.records, entry_read(entry), 0, on_record, entry);
	if (!entry->reading)
		broken(feed, entry->event.partition, entry->event.seq, "too many records to read");
}

static void
on_record(const redisReply *reply, void *context)
{
	struct entry *entry = context;

	entry->reading = false;
	if (!entry->feed) {
		entry_destroy(entry);
		return;
	}
	if (!reply)
		return; /* the hub is ending */
	entry_fill(entry, reply);
	if (entry->complete)
		deliver(entry->feed, &entry->feed->logs[entry->event.partition]);
	else
		read_more(entry->feed, entry);
}

static void
end_wait(struct log *log, struct waiter *waiter, bool seen)
{
	TAILQ_REMOVE(&log->waiters, waiter, in_log);
	waiter->wait.done(seen, waiter->wait.context);
	free(waiter);
}

/* Calls those who wait for no later event than this. */
static void
release(struct log *log, uint64_t seq)
{
	struct waiter *waiter;

	while ((waiter = TAILQ_FIRST(&log->waiters)) && waiter->wait.seq <= seq)
		end_wait(log, waiter, true);
}

/* Calls those whose patience ends before then: they wait in vain. */
static void
give_up(struct log *log, uint64_t now_us)
{
	struct waiter *waiter, *next;

	for (waiter = TAILQ_FIRST(&log->waiters); waiter; waiter = next) {
		next = TAILQ_NEXT(waiter, in_log);
		if (waiter->until_us <= now_us)
			end_wait(log, waiter, false);
	}
}

static void
on_patience(uv_timer_t *timer)
{
	struct feed *feed = timer->data;
	bool anybody = false;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		give_up(&feed->logs[i], clock_mono_us());
		anybody |= !TAILQ_EMPTY(&feed->logs[i].waiters);
	}
	if (!anybody)
		uv_timer_stop(timer);
}

/* Hands on what is complete at the head of a log. */
static void
deliver(struct feed *feed, struct log *log)
{
	struct entry *entry;

	while ((entry = TAILQ_FIRST(&log->entries)) && entry->complete) {
		TAILQ_REMOVE(&log->entries, entry, in_log);
		log->delivered = entry->event.seq;
		feed->options.event(&entry->event, feed->options.context);
		release(log, entry->event.seq);
		entry_destroy(entry);
	}
}

static void
broken(struct feed *feed, uint8_t partition, uint64_t seq, const char *reason)
{
	log_error("feed", "broken", KU("partition", partition), KU("seq", seq),
		KU("expected", feed->logs[partition].taken + 1), KV("reason", reason));
	feed_stop(feed);
	feed->options.broken(feed->options.context);
}

/* An entry that cannot be read breaks the feed: a view that skipped it would be wrong. One that a view was loaded behind
 * does not, or it would be loaded again for ever: what the entry did is in the records. */
static bool
is_readable(struct feed *feed, const struct event *event)
{
	if (event->kind != EVENT_LOST)
		return true;
	if (!event->loaded) {
		broken(feed, event->partition, event->seq, "not an event this hub knows");
		return false;
	}
	log_error("feed", "skipped", KU("partition", event->partition), KU("seq", event->seq));
	return true;
}

/* The next event of a log. */
static void
take(struct feed *feed, uint8_t partition, uint64_t seq, const redisReply *fields)
{
	struct log *log = &feed->logs[partition];
	struct entry *entry = entry_create(partition, fields);

	entry->event.loaded = seq <= log->loaded;
	if (!is_readable(feed, &entry->event)) {
		entry_destroy(entry);
		return;
	}
	entry->feed = feed;
	/* Clients hear of a call with its text; all else was for the view. */
	if (entry->event.loaded && entry->event.kind != EVENT_CALL)
		entry->complete = true;
	log->taken = seq;
	TAILQ_INSERT_TAIL(&log->entries, entry, in_log);
	if (entry->complete)
		deliver(feed, log);
	else
		read_more(feed, entry);
}

void
feed_offer(struct feed *feed, uint8_t partition, const redisReply *fields)
{
	uint64_t seq = entry_seq(fields);

	if (fields->elements == 2)
		return; /* the number alone, of an answer that was given before */
	if (feed->running && seq > 0 && seq == feed->logs[partition].taken + 1)
		take(feed, partition, seq, fields);
}

bool
feed_lacks(const struct feed *feed, uint8_t partition, uint64_t seq)
{
	return feed->running && seq > feed->logs[partition].delivered;
}

void
feed_await(struct feed *feed, uint8_t partition, const struct feed_wait *wait)
{
	struct waiter_list *waiters = &feed->logs[partition].waiters;
	struct waiter *waiter = or_die(malloc(sizeof(*waiter))), *before = TAILQ_LAST(waiters, waiter_list);

	*waiter = (struct waiter){.wait = *wait, .until_us = clock_mono_us() + wait->patience_ms * 1000ULL};
	while (before && before->wait.seq > wait->seq)
		before = TAILQ_PREV(before, waiter_list, in_log);
	if (before)
		TAILQ_INSERT_AFTER(waiters, before, waiter, in_log);
	else
		TAILQ_INSERT_HEAD(waiters, waiter, in_log);
	if (!uv_is_active((uv_handle_t *)&feed->patience))
		uv_timer_start(&feed->patience, on_patience, LOOK_MS, LOOK_MS);
}

/* Reading. */

static void arm(struct feed *feed);

static void
on_rearm(uv_timer_t *timer)
{
	arm(timer->data);
}

static void
read_entry(struct feed *feed, uint8_t partition, const redisReply *entry)
{
	struct log *log = &feed->logs[partition];
	uint64_t seq;

	if (entry->elements != 2 || entry->element[0]->len >= sizeof(log->position))
		return;
	memcpy(log->position, entry->element[0]->str, entry->element[0]->len + 1);
	seq = entry_seq(entry->element[1]);
	if (seq == log->taken + 1)
		take(feed, partition, seq, entry->element[1]);
	else if (seq == 0 || seq > log->taken)
		broken(feed, partition, seq, "a hole in the log");
}

/* "{7}:log" */
static bool
parse_log_key(uint8_t *out, struct text key)
{
	uint64_t partition;

	text_cut(&key, '{');
	if (!text_to_u64(&partition, text_cut(&key, '}'), PARTITIONS - 1))
		return false;
	*out = (uint8_t)partition;
	return true;
}

static void
read_streams(struct feed *feed, const redisReply *reply)
{
	for (size_t i = 0; i < reply->elements && feed->running; i++) {
		const redisReply *stream = reply->element[i];
		uint8_t partition;
		if (stream->elements != 2 || !parse_log_key(&partition, reply_string(stream->element[0])))
			continue;
		for (size_t j = 0; j < stream->element[1]->elements && feed->running; j++)
			read_entry(feed, partition, stream->element[1]->element[j]);
	}
}

static void
on_entries(const redisReply *reply, void *context)
{
	struct feed *feed = context;
	bool ours = feed->reading_for == feed->generation;

	feed->reading = false;
	if (!reply && feed->running && link_is_open(feed->link))
		uv_timer_start(&feed->rearm, on_rearm, REARM_MS, 0); /* it could not be sent */
	if (!reply || feed->closing)
		return; /* a link that is lost arms it again when it is back */
	if (reply->type == REDIS_REPLY_ERROR) {
		link_reject(feed->link, reply->str, true);
		return;
	}
	feed->heard_us = clock_mono_us();
	if (reply->type == REDIS_REPLY_ARRAY && ours)
		read_streams(feed, reply);
	if (feed->running)
		uv_timer_start(&feed->rearm, on_rearm, reply->type == REDIS_REPLY_ARRAY ? REARM_MS : 0, 0);
}

static void
arm(struct feed *feed)
{
	struct command *command;

	if (!feed->running || feed->reading || !link_is_open(feed->link))
		return;
	command = command_create("XREAD");
	command_arg(command, TEXT("COUNT"));
	command_arg(command, COUNT);
	command_arg(command, TEXT("BLOCK"));
	command_arg(command, BLOCK_MS);
	command_arg(command, TEXT("STREAMS"));
	for (uint8_t i = 0; i < PARTITIONS; i++)
		command_key(command, i, KEY_LOG);
	for (uint8_t i = 0; i < PARTITIONS; i++)
		command_arg(command, text_of(feed->logs[i].position));
	command->once_only = true; /* the next one is made from where the logs stand then */
	feed->reading_for = feed->generation;
	feed->reading = true; /* before it is sent: what cannot be is answered at once */
	if (!link_send(feed->link, command, 0, on_entries, feed))
		on_entries(NULL, feed);
}

static void
on_greeted(void *context)
{
	struct feed *feed = context;

	link_open(feed->link);
	arm(feed);
}

struct feed *
feed_create(uv_loop_t *loop, const struct link_options *link, const struct feed_options *options)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	struct link_options own = *link;

	if (!feed)
		return NULL;
	feed->options = *options;
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		TAILQ_INIT(&feed->logs[i].entries);
		TAILQ_INIT(&feed->logs[i].waiters);
	}
	own.greeted = on_greeted;
	own.refused = NULL;
	own.lost = NULL;
	own.prepare = NULL;
	own.context = feed;
	feed->link = link_create(loop, &own);
	if (!feed->link) {
		free(feed);
		return NULL;
	}
	uv_timer_init(loop, &feed->rearm);
	feed->rearm.data = feed;
	uv_timer_init(loop, &feed->patience);
	feed->patience.data = feed;
	return feed;
}

/* Lets go of what is on its way; an entry whose record is being read is freed when that is answered. */
static void
drop_entries(struct log *log)
{
	struct entry *entry;

	while ((entry = TAILQ_FIRST(&log->entries))) {
		TAILQ_REMOVE(&log->entries, entry, in_log);
		entry->feed = NULL;
		if (!entry->reading)
			entry_destroy(entry);
	}
}

void
feed_stop(struct feed *feed)
{
	feed->running = false;
	feed->generation++;
	uv_timer_stop(&feed->rearm);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		drop_entries(&feed->logs[i]);
		give_up(&feed->logs[i], UINT64_MAX);
	}
}

void
feed_start(struct feed *feed, const struct feed_position positions[PARTITIONS])
{
	feed_stop(feed);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		memcpy(feed->logs[i].position, positions[i].entry, sizeof(feed->logs[i].position));
		feed->logs[i].taken = feed->logs[i].delivered = positions[i].seq;
		feed->logs[i].loaded = positions[i].tail;
	}
	feed->running = true;
	feed->heard_us = clock_mono_us();
	arm(feed);
}

bool
feed_is_fresh(const struct feed *feed)
{
	return feed->running && clock_mono_us() - feed->heard_us < FRESH_US;
}

static void
on_part_closed(struct feed *feed)
{
	if (--feed->closing > 0)
		return;
	feed->closed(feed->closed_context);
	free(feed);
}

static void
on_timer_closed(uv_handle_t *handle)
{
	on_part_closed(handle->data);
}

static void
on_link_closed(void *context)
{
	on_part_closed(context);
}

void
feed_destroy(struct feed *feed, void (*closed)(void *context), void *context)
{
	feed->closed = closed;
	feed->closed_context = context;
	feed->closing = 3;
	feed_stop(feed);
	uv_close((uv_handle_t *)&feed->rearm, on_timer_closed);
	uv_close((uv_handle_t *)&feed->patience, on_timer_closed);
	link_destroy(feed->link, on_link_closed);
}
