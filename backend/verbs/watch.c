/* watch.c - what a session wants to hear. */
#include <stdlib.h>

#include "broadcast.h"
#include "clock.h"
#include "desks.h"
#include "reads.h"
#include "rights.h"
#include "verbs.h"

/* Where a call is, if it is open or something is kept of it; none otherwise. */
static struct place
place_of_call(const struct service *service, struct id id)
{
	const struct call *call = view_call(service->view, id);

	return call ? call->record.place : broadcast_place_of(service->broadcast, id);
}

/* To follow a chain is to list it as it grows. */
static bool
may_follow(const struct service *service, struct id person, struct place place, struct id author)
{
	return id_equal(author, person) ||
	       rights_of_person(service->view, person, VERB_CHAIN_LIST, place, clock_wall_ms());
}

static bool
may_follow_call(const struct service *service, struct id person, struct id id)
{
	const struct call *call = view_call(service->view, id);
	struct place place = place_of_call(service, id);

	return !place_is_none(place) && may_follow(service, person, place, call ? call->record.author : (struct id){0});
}

/* All places must be there before anything is changed. */
static bool
all_places_known(struct request *rq, const struct watch *in)
{
	const struct place_watch *places = in->places.items;
	char field[FIELD_TEXT_MAX];

	for (size_t i = 0; i < in->places.count; i++) {
		snprintf(field, sizeof(field), "places[%zu].place", i);
		if (!known_place(rq, places[i].place, field))
			return false;
	}
	return true;
}

/* One cursor a log: two would be told its events twice. */
static bool
each_log_once(struct request *rq, const struct watch *in)
{
	const struct cursor *cursors = in->cursors.items;
	uint32_t seen = 0;
	char field[FIELD_TEXT_MAX];

	for (size_t i = 0; i < in->cursors.count; i++) {
		if (seen >> cursors[i].partition & 1) {
			snprintf(field, sizeof(field), "cursors[%zu].partition", i);
			request_refuse(rq, BAD_REQUEST, field);
			return false;
		}
		seen |= 1U << cursors[i].partition;
	}
	return true;
}

/* What it had is the caller's to end. A call of which nothing is known is not followed: it may be anybody's when it
 * comes, and who may hear of it hears so by its place. */
static void
begin(struct client *client, const struct watch *in, struct watcher *watchers)
{
	struct subs *subs = client->service->subs;
	const struct place_watch *places = in->places.items;
	const struct id *calls = in->calls.items;

	client->watchers = watchers;
	client->watcher_count = (uint32_t)(in->places.count + in->calls.count);
	for (size_t i = 0; i < client->watcher_count; i++)
		watchers[i].client = client;
	for (size_t i = 0; i < in->places.count; i++)
		subs_watch_place(subs, watchers++, places[i].place, (uint8_t)places[i].depth);
	for (size_t i = 0; i < in->calls.count; i++, watchers++)
		if (client->is_free || may_follow_call(client->service, client->person, calls[i]))
			subs_watch_call(subs, watchers, calls[i]);
}

/* Goes on from the cursors: the answer repeats them, and the events after them follow it. */
static enum status
resume(struct request *rq, const struct watch *in, const char *epoch)
{
	const struct cursor *cursors = in->cursors.items;
	uint64_t seq[PARTITIONS];
	struct piece *answer;
	enum status status;

	memcpy(seq, rq->service->view->seq, sizeof(seq));
	for (size_t i = 0; i < in->cursors.count; i++)
		seq[cursors[i].partition] = cursors[i].seq;
	answer = answer_watch(rq->id, epoch, seq);
	status = broadcast_resume(rq->service->broadcast, rq->client, cursors, in->cursors.count, answer);
	piece_drop(answer);
	return status;
}

/* Watching changes only if that goes well: who is refused hears on what he heard. */
static void
watch_now(struct request *rq, const struct watch *in)
{
	const char *epoch = store_epoch(rq->service->store);
	struct client *client = rq->client;
	struct watcher *watchers, *before = client->watchers;
	uint32_t before_count = client->watcher_count;
	enum status status = OK;

	if (!all_places_known(rq, in)) /* still: it may have taken a moment */
		return;
	if (in->cursors.count > 0 && !text_equal(in->epoch, text_of(epoch)))
		return request_refuse(rq, STALE_CURSOR, "epoch");
	watchers = calloc(in->places.count + in->calls.count + 1, sizeof(*watchers));
	if (!watchers)
		return request_refuse(rq, BUSY, NULL);
	begin(client, in, watchers);
	if (in->cursors.count > 0)
		status = resume(rq, in, epoch);
	if (status != OK) {
		client_end_watchers(client, watchers, client->watcher_count);
		client->watchers = before;
		client->watcher_count = before_count;
		return request_refuse(rq, status, "cursors");
	}
	client_end_watchers(client, before, before_count);
	request_answer(rq, in->cursors.count > 0 ? NULL : answer_watch(rq->id, epoch, rq->service->view->seq));
}

/* Whether each call may be followed, in their order: one that is refused is, whether it is there or not, so ids cannot be tried
 * out. A call that is over may be watched by who may list it, for one that ended while its watcher was away must not keep
 * him from resuming; where nothing is kept of it any more its record is read. */

struct watching {
	struct watch in; /* its lists and texts lie behind it */
	uint32_t number; /* of the client's watches */
	size_t at;       /* the calls before this one may be followed */
	char rest[];
};

static void look_at_calls(struct request *rq);

static void
refuse_call(struct request *rq, size_t at)
{
	char field[FIELD_TEXT_MAX];

	snprintf(field, sizeof(field), "calls[%zu]", at);
	request_refuse(rq, FORBIDDEN, field);
}

static void
past_call_read(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct request *rq = context;
	struct watching *watching = rq->state;

	(void)numbers;
	if (status != OK && status != NOT_FOUND)
		return request_refuse(rq, status, NULL);
	if (status == NOT_FOUND || !may_follow(rq->service, rq->person, call->place, call->author))
		return refuse_call(rq, watching->at);
	watching->at++;
	look_at_calls(rq);
}

/* He who asked for something else since, or is gone, needs it no more. */
static bool
is_wanted(const struct request *rq)
{
	const struct watching *watching = rq->state;

	return rq->client && rq->client->watches == watching->number;
}

static void
look_at_calls(struct request *rq)
{
	struct watching *watching = rq->state;
	const struct watch *in = &watching->in;
	const struct id *calls = in->calls.items;

	for (; !rq->is_free && watching->at < in->calls.count; watching->at++) {
		struct id call = calls[watching->at];
		if (place_is_none(place_of_call(rq->service, call))) {
			if (!read_call(rq->service->store, call, past_call_read, rq))
				request_refuse(rq, BUSY, NULL);
			return;
		}
		if (!may_follow_call(rq->service, rq->person, call))
			return refuse_call(rq, watching->at);
	}
	if (is_wanted(rq))
		watch_now(rq, in);
	else
		request_done(rq);
}

static void *
keep_bytes(char **at, const void *from, size_t len)
{
	char *to = *at;

	if (len > 0)
		memcpy(to, from, len);
	*at += len;
	return to;
}

static struct watching *
keep(const struct watch *in)
{
	size_t places = in->places.count * sizeof(struct place_watch), calls = in->calls.count * sizeof(struct id);
	size_t cursors = in->cursors.count * sizeof(struct cursor);
	struct watching *kept = malloc(sizeof(*kept) + places + calls + cursors + in->epoch.len);
	char *at;

	if (!kept)
		return NULL;
	*kept = (struct watching){.in = *in};
	at = kept->rest;
	kept->in.places.items = keep_bytes(&at, in->places.items, places);
	kept->in.calls.items = keep_bytes(&at, in->calls.items, calls);
	kept->in.cursors.items = keep_bytes(&at, in->cursors.items, cursors);
	kept->in.epoch.data = keep_bytes(&at, in->epoch.data, in->epoch.len);
	return kept;
}

void
verb_watch(struct request *rq, const struct asked *asked)
{
	const struct watch *in = &asked->watch;
	struct watching *kept;

	if (!all_places_known(rq, in) || !each_log_once(rq, in))
		return;
	kept = rq->state = keep(in);
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	kept->number = ++rq->client->watches;
	look_at_calls(rq);
}

/* When rights change. */

static bool
may_hear(const struct client *client, const struct watcher *watcher)
{
	const struct service *service = client->service;
	struct place place = watcher_place(watcher);
	struct id call = watcher_call(watcher);

	if (client->is_free)
		return true;
	if (place_is_none(place))
		return place_is_none(place_of_call(service, call)) || may_follow_call(service, client->person, call);
	return rights_of_person(service->view, client->person, VERB_WATCH, place, clock_wall_ms());
}

static void
look_at_client(struct watcher *watcher, void *context)
{
	struct client *client = watcher->client;

	(void)context;
	for (uint32_t i = 0; i < client->watcher_count; i++)
		if (!may_hear(client, &client->watchers[i]))
			return session_close(client->session, CLOSE_RIGHTS);
}

static void
log_out(struct watcher *watcher, void *context)
{
	const uint32_t *device = context;
	struct client *client = watcher->client;

	if (*device == 0 || client->device == *device)
		session_close(client->session, CLOSE_REVOKED);
}

/* He who has asked for it is answered first. */
static void
show_out(struct watcher *watcher, void *context)
{
	const struct client *client = watcher->client;

	(void)context;
	if (!client->is_leaving)
		session_close(client->session, CLOSE_REVOKED);
}

void
watch_event(struct service *service, const struct event *event)
{
	switch (event->kind) {
	case EVENT_GRANT:
		subs_person(service->subs, event->grant.person, look_at_client, NULL);
		break;
	case EVENT_MEMBER:
		subs_person(service->subs, event->member.person, look_at_client, NULL);
		break;
	case EVENT_DEVICE:
		subs_person(service->subs, event->device.person, log_out, UNCONST(&event->device.number));
		break;
	case EVENT_DESK:
		desks_event(service->desks, event);
		break;
	case EVENT_ERASED:
		subs_person(service->subs, event->erased.person, show_out, NULL);
		break;
	case EVENT_CALL:
		if (event->call.changes & CALL_CHANGED_STATE)
			subs_call(service->subs, event->call.record.id, look_at_client, NULL);
		break;
	case EVENT_CHAIN:
	case EVENT_PLACES:
	case EVENT_LOST:
		break;
	}
}
