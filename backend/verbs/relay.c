#include "relay.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "random.h"
#include "reads.h"
#include "verbs.h"

#define TICK_MS  1000
#define LEASE_MS TEXT("3000")
#define SLACK_MS 2000 /* the clock of a Redis that was replaced may be behind */
#define HUB_TEXT 17

/* How far the effects of one log have been brought. */
struct source {
	struct relay *relay;
	uint8_t partition;
	uint64_t next;    /* the event to bring next */
	uint64_t next_ms; /* not before this time, by Redis' clock */
	unsigned under_way;
	bool failed;           /* one of them did not arrive: read again from `safe` when none is under way */
	bool reading;          /* a page of the log */
	char after[LOG_ENTRY]; /* the entry behind which the next page begins; empty: at next_ms */
	bool first;            /* no event of this reading has been seen */
	bool behind;           /* there are events that have not come by relay_event() */
	uint64_t safe;         /* all before this one have arrived */
	uint64_t safe_ms;
	uint64_t marked; /* the last one told to all partitions */
};

struct relay {
	struct service *service;
	uv_timer_t timer;
	char hub[HUB_TEXT];
	bool leads;
	bool asking;            /* for the lease, or where the partitions stand */
	bool failed;            /* one of them could not be asked */
	unsigned marks_pending; /* partitions that have not said where they stand */
	struct source sources[PARTITIONS];
};

static void read_page(struct source *source);

/* Bringing. */

static void
settle(struct source *source)
{
	if (source->under_way > 0)
		return;
	if (source->failed) {
		source->failed = false;
		source->next = source->safe;
		source->next_ms = source->safe_ms;
		source->behind = true;
	} else {
		source->safe = source->next;
		source->safe_ms = source->next_ms;
	}
}

static void
delivered(const struct reply *reply, void *context)
{
	struct source *source = context;

	source->under_way--;
	source->failed = source->failed || reply->status != OK;
	settle(source);
}

static bool
concerns(const struct line_change *line, uint8_t partition)
{
	return !id_is_none(line->person) && line->person.partition == partition;
}

static void
add_line_keys(struct fcall *f, struct id person)
{
	char id[ID_TEXT];

	id_print(id, person);
	fcall_key(f, KEY_PERSON, id);
	fcall_key(f, KEY_PERSON_SIGN_UPS, id);
	fcall_key(f, KEY_PERSON_RECENT, id);
}

static void
add_line_args(struct fcall *f, struct id call, const struct line_change *line)
{
	char id[ID_TEXT], text[160];

	snprintf(text, sizeof(text), "%s %u", id_print(id, call), line->number);
	fcall_arg(f, text_of(text));
	snprintf(text, sizeof(text), "%s\t%u\t%u\t%u\t%llu", line_state_name(line->state), line->slot, line->people,
		line->granted_minutes, (unsigned long long)line->joined_ms);
	fcall_arg(f, text_of(text));
	fcall_arg_u64(f, line->joined_ms);
}

/* All effects of an event on one partition, in one call; keys come before arguments. */
static void
deliver(struct source *source, const struct event *event, uint8_t partition, unsigned count)
{
	const struct line_change *lines = event->chain.lines;
	struct fcall f = fcall_bare(source->relay->service->store, "relay_apply", partition, 2 + 3 * count);

	fcall_key(&f, KEY_RELAY);
	for (size_t i = 0; i < event->chain.count; i++)
		if (concerns(&lines[i], partition))
			add_line_keys(&f, lines[i].person);
	fcall_key(&f, KEY_DUE);
	fcall_arg_u64(&f, source->partition);
	fcall_arg_u64(&f, event->seq);
	fcall_arg_u64(&f, event->at_ms);
	for (size_t i = 0; i < event->chain.count; i++)
		if (concerns(&lines[i], partition))
			add_line_args(&f, event->chain.call, &lines[i]);
	if (fcall_send(&f, delivered, source))
		source->under_way++;
	else
		source->failed = true;
}

/* The next event of a log, whoever reads it. */
static void
take(struct source *source, const struct event *event)
{
	if (event->kind == EVENT_CHAIN) {
		for (uint8_t partition = 0; partition < PARTITIONS; partition++) {
			unsigned count = 0;
			for (size_t i = 0; i < event->chain.count; i++)
				count += concerns(&event->chain.lines[i], partition);
			if (count > 0)
				deliver(source, event, partition, count);
		}
	}
	source->next = event->seq + 1;
	source->next_ms = event->at_ms;
	settle(source);
}

/* Catching up. */

static void
on_logged(const struct event *event, void *context)
{
	struct source *source = context;

	/* What was trimmed before anybody brought it is lost to the sign-ups of its persons; an audit finds it. */
	if (event->seq > source->next && source->first) {
		log_warn("relay", "trimmed", KU("partition", source->partition), KU("from", source->next),
			KU("to", event->seq - 1));
		source->next = event->seq;
	}
	source->first = false;
	if (event->seq == source->next)
		take(source, event);
}

static void
on_page(enum status status, const char *last, void *context)
{
	struct source *source = context;

	source->reading = false;
	if (status != OK || !source->relay->leads)
		return; /* the next tick tries again */
	if (!last)
		source->behind = source->next <= source->relay->service->view->seq[source->partition];
	snprintf(source->after, sizeof(source->after), "%s", last ? last : "");
	if (last)
		read_page(source);
}

static void
read_page(struct source *source)
{
	char from[LOG_ENTRY + 1];

	if (source->after[0])
		snprintf(from, sizeof(from), "(%s", source->after);
	else
		snprintf(from, sizeof(from), "%llu",
			(unsigned long long)(source->next_ms > SLACK_MS ? source->next_ms - SLACK_MS : 0));
	source->reading = read_log(source->relay->service->store, source->partition, from, on_logged, on_page, source);
}

void
relay_event(struct relay *relay, const struct event *event)
{
	struct source *source = &relay->sources[event->partition];

	if (!relay->leads)
		return;
	if (event->seq == source->next && !source->behind && !source->failed)
		take(source, event);
	else if (event->seq >= source->next)
		source->behind = true;
}

/* The lease, and where the partitions stand. */

static void
begin_sources(struct relay *relay)
{
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct source *source = &relay->sources[i];
		source->next = source->safe;
		source->next_ms = source->safe_ms;
		source->behind = true;
		source->after[0] = '\0';
	}
	relay->leads = true;
	log_info("relay", "leads", KV("hub", relay->hub));
}

static void
on_marks(enum status status, const struct relay_mark *marks, size_t count, void *context)
{
	struct relay *relay = context;
	bool seen[PARTITIONS] = {false};

	relay->marks_pending--;
	relay->failed = relay->failed || status != OK;
	for (size_t i = 0; i < count; i++) {
		struct source *source = &relay->sources[marks[i].source];
		seen[marks[i].source] = true;
		if (marks[i].seq + 1 < source->safe) {
			source->safe = marks[i].seq + 1;
			source->safe_ms = marks[i].at_ms;
		}
	}
	for (size_t i = 0; i < PARTITIONS; i++) {
		if (seen[i])
			continue;
		relay->sources[i].safe = 1;
		relay->sources[i].safe_ms = 0;
	}
	if (relay->marks_pending > 0)
		return;
	relay->asking = false;
	if (!relay->failed)
		begin_sources(relay);
}

static void
ask_marks(struct relay *relay)
{
	relay->failed = false;
	relay->marks_pending = PARTITIONS;
	for (uint8_t i = 0; i < PARTITIONS; i++)
		relay->sources[i].safe = UINT64_MAX;
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		if (read_marks(relay->service->store, i, on_marks, relay))
			continue;
		relay->failed = true;
		relay->marks_pending--;
	}
	relay->asking = relay->marks_pending > 0;
}

static void
on_lease(const struct reply *reply, void *context)
{
	struct relay *relay = context;
	bool held = reply->status == OK && reply_u64(reply, 0) == 1;

	relay->asking = false;
	if (held && !relay->leads)
		ask_marks(relay);
	if (!held && relay->leads)
		log_info("relay", "leads_no_more", KV("hub", relay->hub));
	relay->leads = relay->leads && held;
}

static void
ask_lease(struct relay *relay)
{
	struct fcall f = fcall_bare(relay->service->store, "relay_lease", 0, 1);

	fcall_key(&f, KEY_RELAYER);
	fcall_arg(&f, text_of(relay->hub));
	fcall_arg(&f, LEASE_MS);
	relay->asking = fcall_send(&f, on_lease, relay);
}

/* Tells all partitions how far each log has been brought, so that the next to lead need not read all of it. */

static void
marked(const struct reply *reply, void *context)
{
	(void)reply;
	(void)context;
}

static bool
is_to_mark(const struct source *source)
{
	return source->under_way == 0 && !source->failed && source->safe > source->marked + 1;
}

static void
mark(struct relay *relay)
{
	bool any = false;

	for (uint8_t i = 0; i < PARTITIONS; i++)
		any = any || is_to_mark(&relay->sources[i]);
	for (uint8_t partition = 0; any && partition < PARTITIONS; partition++) {
		struct fcall f = fcall_bare(relay->service->store, "relay_mark", partition, 1);
		fcall_key(&f, KEY_RELAY);
		for (uint8_t i = 0; i < PARTITIONS; i++) {
			const struct source *source = &relay->sources[i];
			if (!is_to_mark(source))
				continue;
			fcall_arg_u64(&f, i);
			fcall_arg_u64(&f, source->safe - 1);
			fcall_arg_u64(&f, source->safe_ms);
		}
		if (!fcall_send(&f, marked, relay))
			return;
	}
	for (uint8_t i = 0; i < PARTITIONS; i++)
		if (is_to_mark(&relay->sources[i]))
			relay->sources[i].marked = relay->sources[i].safe - 1;
}

static void
on_tick(uv_timer_t *timer)
{
	struct relay *relay = timer->data;
	struct service *service = relay->service;

	if (!service->loaded || service->disk_short || relay->asking || !store_is_fresh(service->store))
		return;
	if (relay->leads)
		mark(relay);
	for (uint8_t i = 0; relay->leads && i < PARTITIONS; i++) {
		struct source *source = &relay->sources[i];
		if (source->behind && !source->reading && source->under_way == 0 && !source->failed) {
			source->after[0] = '\0';
			source->first = true;
			read_page(source);
		}
	}
	ask_lease(relay);
}

void
relay_reset(struct relay *relay)
{
	relay->leads = false;
}

/* Life. */

struct relay *
relay_create(uv_loop_t *loop, struct service *service)
{
	struct relay *relay = or_die(calloc(1, sizeof(*relay)));
	uint8_t bytes[(HUB_TEXT - 1) / 2];

	relay->service = service;
	random_fill(bytes, sizeof(bytes));
	sodium_bin2hex(relay->hub, sizeof(relay->hub), bytes, sizeof(bytes));
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		relay->sources[i].relay = relay;
		relay->sources[i].partition = i;
	}
	uv_timer_init(loop, &relay->timer);
	relay->timer.data = relay;
	uv_timer_start(&relay->timer, on_tick, TICK_MS, TICK_MS);
	return relay;
}

void
relay_destroy(struct relay *relay)
{
	relay->leads = false;
	uv_close((uv_handle_t *)&relay->timer, NULL);
}

void
relay_finish(struct relay *relay)
{
	free(relay);
}
