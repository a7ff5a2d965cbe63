/* watch.c - what a session wants to hear. */
#include <stdlib.h>

#include "broadcast.h"
#include "clock.h"
#include "desks.h"
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
may_follow(const struct client *client, struct id id)
{
	const struct service *service = client->service;
	const struct call *call = view_call(service->view, id);
	struct place place = place_of_call(service, id);

	return client->is_free || place_is_none(place) || (call && id_equal(call->record.author, client->person)) ||
	       rights_of_person(service->view, client->person, VERB_CHAIN_LIST, place, clock_wall_ms());
}

/* All places must be there before anything is changed. A call need not be open: one that was closed while its watcher
 * was away must not keep him from resuming. */
static bool
all_known(struct request *rq, const struct watch *in)
{
	const struct place_watch *places = in->places.items;
	const struct id *calls = in->calls.items;
	char field[FIELD_TEXT_MAX];

	for (size_t i = 0; i < in->places.count; i++) {
		snprintf(field, sizeof(field), "places[%zu].place", i);
		if (!known_place(rq, places[i].place, field))
			return false;
	}
	for (size_t i = 0; i < in->calls.count; i++) {
		snprintf(field, sizeof(field), "calls[%zu]", i);
		if (!may_follow(rq->client, calls[i])) {
			request_refuse(rq, FORBIDDEN, field);
			return false;
		}
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
		if (client->is_free || !place_is_none(place_of_call(client->service, calls[i])))
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
void
verb_watch(struct request *rq, const struct asked *asked)
{
	const struct watch *in = &asked->watch;
	const char *epoch = store_epoch(rq->service->store);
	struct client *client = rq->client;
	struct watcher *watchers, *before = client->watchers;
	uint32_t before_count = client->watcher_count;
	enum status status = OK;

	if (!all_known(rq, in) || !each_log_once(rq, in))
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

/* When rights change. */

static bool
may_hear(const struct client *client, const struct watcher *watcher)
{
	struct place place = watcher_place(watcher);

	if (place_is_none(place))
		return may_follow(client, watcher_call(watcher));
	return client->is_free ||
	       rights_of_person(client->service->view, client->person, VERB_WATCH, place, clock_wall_ms());
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
