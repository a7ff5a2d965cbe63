#include "broadcast.h"

#include <assert.h>
#include <stdlib.h>

#include "clock.h"
#include "gather.h"
#include "memory.h"
#include "verbs.h"

/* An event that is over: encoded, and what says who hears it. */
struct past {
	struct piece *piece; /* NULL: nobody does */
	enum event_kind kind;
	struct place place; /* of places and calls */
	struct id call;     /* of calls and chains */
	struct id *persons; /* whom a chain event concerns */
	size_t person_count;
};

/* The last events of one log, up to and including `seq`: a ring in which event n is at n modulo its size. */
struct history {
	struct past *ring;
	uint64_t seq;
	uint32_t count;
};

struct broadcast {
	struct service *service;
	uv_timer_t timer;
	struct gather gather;
	struct history logs[PARTITIONS];
	uint32_t size; /* of each ring */
};

/* History. */

static struct past *
past_at(const struct broadcast *broadcast, uint8_t partition, uint64_t seq)
{
	return &broadcast->logs[partition].ring[seq % broadcast->size];
}

static void
past_finish(struct past *past)
{
	piece_drop(past->piece);
	free(past->persons);
	*past = (struct past){0};
}

/* Whom a chain event concerns: whose lines they are, who put them there, and the author if he must know. Room for two
 * persons a line and one more; who stands there twice is told once, for a session takes no piece twice. */
static size_t
persons_of(const struct event *event, struct id *out)
{
	size_t count = 0;

	for (size_t i = 0; i < event->chain.count; i++) {
		const struct line_change *line = &event->chain.lines[i];
		if (!id_is_none(line->person))
			out[count++] = line->person;
		if (!id_is_none(line->by))
			out[count++] = line->by;
	}
	if (!id_is_none(event->chain.late_for))
		out[count++] = event->chain.late_for;
	return count;
}

static const struct past *
remember(struct broadcast *broadcast, const struct event *event, struct piece *piece, struct place place)
{
	struct history *history = &broadcast->logs[event->partition];
	struct past *past = past_at(broadcast, event->partition, event->seq);

	past_finish(past);
	past->piece = piece ? piece_hold(piece) : NULL;
	past->kind = event->kind;
	past->place = place;
	if (event->kind == EVENT_CALL)
		past->call = event->call.record.id;
	if (event->kind == EVENT_CHAIN) {
		past->call = event->chain.call;
		past->persons = or_die(calloc(2 * event->chain.count + 1, sizeof(*past->persons)));
		past->person_count = persons_of(event, past->persons);
	}
	history->seq = event->seq;
	/* Nobody can be told of what was lost: whoever comes back from in front of it takes a snapshot. */
	history->count = event->kind == EVENT_LOST ? 0 : MIN(history->count + 1, broadcast->size);
	return past;
}

static bool
concerns(const struct past *past, struct id person)
{
	for (size_t i = 0; i < past->person_count; i++)
		if (id_equal(past->persons[i], person))
			return true;
	return false;
}

/* What was told may have his name in it. Whoever comes back from in front of that takes a snapshot. */
static void
forget_person(struct broadcast *broadcast, struct id person)
{
	for (uint8_t partition = 0; partition < PARTITIONS; partition++) {
		struct history *history = &broadcast->logs[partition];
		uint32_t kept = 0;
		while (kept < history->count && !concerns(past_at(broadcast, partition, history->seq - kept), person))
			kept++;
		for (uint32_t i = kept; i < history->count; i++)
			past_finish(past_at(broadcast, partition, history->seq - i));
		history->count = kept;
	}
}

/* Telling. */

/* One piece on its way to its watchers. */
struct telling {
	struct piece *piece;
	size_t count;
};

static void
push(struct telling *telling, struct watcher *watcher, enum priority priority)
{
	struct client *client = watcher->client;

	session_push(client->session, telling->piece, priority);
	telling->count++;
}

/* Boards and workers watch whole communities and more, members the grid they live in. */
static void
tell_place_watcher(struct watcher *watcher, void *context)
{
	bool wide = place_level(watcher_place(watcher)) < GRID;

	push(context, watcher, wide ? PRIORITY_BOARD : PRIORITY_MEMBER);
}

static void
tell_late(struct watcher *watcher, void *context)
{
	push(context, watcher, PRIORITY_TALLY);
}

static void
tell_person(struct watcher *watcher, void *context)
{
	push(context, watcher, PRIORITY_BOARD);
}

static size_t
tell(struct broadcast *broadcast, const struct past *past)
{
	struct subs *subs = broadcast->service->subs;
	struct telling telling = {.piece = past->piece};

	switch (past->kind) {
	case EVENT_CALL:
		subs_call(subs, past->call, tell_late, &telling);
		subs_related(subs, past->place, tell_place_watcher, &telling);
		break;
	case EVENT_CHAIN:
		for (size_t i = 0; i < past->person_count; i++)
			subs_person(subs, past->persons[i], tell_person, &telling);
		subs_call(subs, past->call, tell_late, &telling);
		if (!place_is_none(past->place))
			subs_related(subs, past->place, tell_late, &telling);
		break;
	case EVENT_PLACES:
		subs_related(subs, past->place, tell_late, &telling);
		break;
	case EVENT_MEMBER:
	case EVENT_GRANT:
	case EVENT_DEVICE:
	case EVENT_DESK:
	case EVENT_ERASED:
	case EVENT_LOST:
		break;
	}
	return telling.count;
}

/* Tallies. */

static void
tell_place_tally(struct place_node *node, void *context)
{
	struct broadcast *broadcast = context;
	struct telling telling = {.piece = encode_place_tally(node)};

	if (telling.piece)
		subs_tally(broadcast->service->subs, node->place, tell_late, &telling);
	broadcast->gather.deliveries += telling.count;
	piece_drop(telling.piece);
}

static void
tell_call_tally(struct call *call, void *context)
{
	struct broadcast *broadcast = context;
	struct telling telling = {.piece = encode_call_tally(call)};

	if (telling.piece)
		subs_related(broadcast->service->subs, call->record.place, tell_late, &telling);
	broadcast->gather.deliveries += telling.count;
	piece_drop(telling.piece);
}

static void
tell_tallies(struct broadcast *broadcast)
{
	struct view *view = broadcast->service->view;

	gather_told(&broadcast->gather, clock_mono_us(), 0);
	tree_take_changed(view->tree, tell_place_tally, broadcast);
	view_take_changed_calls(view, tell_call_tally, broadcast);
	broadcast->service->counters.deliveries += broadcast->gather.deliveries;
}

static void
on_gathered(uv_timer_t *timer)
{
	struct broadcast *broadcast = timer->data;

	tell_tallies(broadcast);
}

static void
tell_tallies_in_time(struct broadcast *broadcast)
{
	struct view *view = broadcast->service->view;
	uint64_t wait_us;

	if (uv_is_active((uv_handle_t *)&broadcast->timer) ||
		(!tree_has_changed(view->tree) && TAILQ_EMPTY(&view->changed_calls)))
		return;
	wait_us = gather_wait_us(&broadcast->gather, clock_mono_us());
	uv_timer_start(&broadcast->timer, on_gathered, (wait_us + 999) / 1000, 0);
}

/* The place around which an event is heard; none for one that is heard by other means, or by nobody. */
static struct place
place_of(const struct event *event)
{
	switch (event->kind) {
	case EVENT_PLACES:
		return event->places.under;
	case EVENT_CALL:
		return event->call.record.place;
	case EVENT_CHAIN:
		return event->chain.filled_at;
	case EVENT_MEMBER:
	case EVENT_GRANT:
	case EVENT_DEVICE:
	case EVENT_DESK:
	case EVENT_ERASED:
	case EVENT_LOST:
		break;
	}
	return (struct place){0};
}

void
broadcast_event(struct broadcast *broadcast, const struct event *event)
{
	struct service *service = broadcast->service;
	struct place place = place_of(event);
	struct piece *piece = NULL;
	const struct past *past;

	if (!view_apply(service->view, event))
		return;
	if (event->kind != EVENT_CALL || !place_is_none(place)) /* the record of the call may be gone */
		piece = encode_event(service->view, event);
	past = remember(broadcast, event, piece, place);
	if (event->kind == EVENT_ERASED)
		forget_person(broadcast, event->erased.person);
	service->counters.events++;
	watch_event(service, event);
	if (piece)
		service->counters.deliveries += tell(broadcast, past);
	piece_drop(piece);
	tell_tallies_in_time(broadcast);
}

struct piece *
broadcast_pulse(struct broadcast *broadcast)
{
	const struct service *service = broadcast->service;

	return service->loaded ? encode_pulse(store_epoch(service->store), service->view->seq) : NULL;
}

/* Resuming. */

/* Whether who watches that place hears it. */
static bool
hears_around(const struct past *past, struct place place)
{
	if (place_is_none(past->place))
		return past->kind == EVENT_PLACES; /* of the whole country */
	return place_related(place, past->place);
}

static bool
hears(const struct client *client, const struct past *past)
{
	if (concerns(past, client->person))
		return true;
	for (uint32_t i = 0; i < client->watcher_count; i++) {
		const struct watcher *watcher = &client->watchers[i];
		struct place place = watcher_place(watcher);
		if (place_is_none(place) ? id_equal(watcher_call(watcher), past->call) : hears_around(past, place))
			return true;
	}
	return false;
}

static bool
reaches_back(const struct broadcast *broadcast, const struct cursor *cursor)
{
	const struct history *history = &broadcast->logs[cursor->partition];
	uint64_t now = broadcast->service->view->seq[cursor->partition];

	/* A cursor ahead of us comes from a hub whose feed is: what is missing will be heard live. */
	return cursor->seq >= now || (history->seq == now && now - cursor->seq <= history->count);
}

/* The kept events after the cursor that the client hears: how many bytes they are, and on demand pushes them. */
static size_t
replay(const struct broadcast *broadcast, const struct client *client, const struct cursor *cursor, bool push_them)
{
	uint64_t now = broadcast->service->view->seq[cursor->partition];
	size_t bytes = 0;

	for (uint64_t seq = cursor->seq + 1; seq <= now; seq++) {
		const struct past *past = past_at(broadcast, (uint8_t)cursor->partition, seq);
		if (!past->piece || !hears(client, past))
			continue;
		bytes += past->piece->len;
		if (push_them)
			session_push(client->session, past->piece, PRIORITY_ANSWER);
	}
	return bytes;
}

enum status
broadcast_resume(struct broadcast *broadcast, struct client *client, const struct cursor *cursors, size_t count,
	struct piece *answer)
{
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		if (!reaches_back(broadcast, &cursors[i]))
			return STALE_CURSOR;
		bytes += replay(broadcast, client, &cursors[i], false);
	}
	if (bytes > broadcast->service->max_outbox / 2)
		return STALE_CURSOR;
	session_push(client->session, answer, PRIORITY_ANSWER);
	for (size_t i = 0; i < count; i++)
		replay(broadcast, client, &cursors[i], true);
	return OK;
}

struct place
broadcast_place_of(const struct broadcast *broadcast, struct id call)
{
	const struct history *history = &broadcast->logs[call.partition];

	for (uint32_t i = 0; i < history->count; i++) {
		const struct past *past = past_at(broadcast, call.partition, history->seq - i);
		if (past->kind == EVENT_CALL && id_equal(past->call, call))
			return past->place;
	}
	return (struct place){0};
}

/* Life. */

struct broadcast *
broadcast_create(uv_loop_t *loop, struct service *service, uint32_t history)
{
	struct broadcast *broadcast = or_die(calloc(1, sizeof(*broadcast)));

	broadcast->service = service;
	broadcast->size = history;
	for (uint8_t i = 0; i < PARTITIONS; i++)
		broadcast->logs[i].ring = or_die(calloc(history, sizeof(struct past)));
	uv_timer_init(loop, &broadcast->timer);
	broadcast->timer.data = broadcast;
	return broadcast;
}

void
broadcast_reset(struct broadcast *broadcast)
{
	uv_timer_stop(&broadcast->timer);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		for (uint32_t j = 0; j < broadcast->size; j++)
			past_finish(&broadcast->logs[i].ring[j]);
		broadcast->logs[i].count = 0;
		broadcast->logs[i].seq = 0;
	}
}

static void
on_timer_closed(uv_handle_t *handle)
{
	struct broadcast *broadcast = handle->data;

	for (uint8_t i = 0; i < PARTITIONS; i++)
		free(broadcast->logs[i].ring);
	free(broadcast);
}

void
broadcast_destroy(struct broadcast *broadcast)
{
	broadcast_reset(broadcast);
	uv_close((uv_handle_t *)&broadcast->timer, on_timer_closed);
}
