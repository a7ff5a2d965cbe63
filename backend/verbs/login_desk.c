/* login_desk.c - a desk that waits to be let in by a phone. */
#include "desks.h"

#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "login_private.h"
#include "memory.h"
#include "ticket.h"

#define LOOK_MS 500

/* A login that waits. It lives as long as that, in the list; its request may lose its client meanwhile. */
struct desk {
	struct desks *desks;
	struct request *rq;
	char hash[DESK_HASH];   /* of its ticket */
	char secret[DESK_HASH]; /* of its secret */
	bool asking;            /* Redis, whether it is decided */
	bool woken;             /* while it was: ask again */
	uint64_t until_us;      /* 0: it was ended */
	LIST_ENTRY(desk) in_desks;
};

struct desks {
	struct service *service;
	uv_timer_t timer;
	LIST_HEAD(, desk) waiting;
	unsigned count;
};

/* It waits no more; its request is the caller's to go on with. */
static struct request *
leave(struct desk *desk)
{
	struct request *rq = desk->rq;

	LIST_REMOVE(desk, in_desks);
	desk->desks->count--;
	free(desk);
	return rq;
}

static void
let_in(struct request *rq, const struct reply *reply)
{
	struct arrival *arrival = rq->state;
	struct text device = reply_text(reply, 3);

	arrival->is_desk = true;
	arrival->passed = reply_text(reply, 2).len > 0;
	arrival->device_name_len = MIN(device.len, sizeof(arrival->device_name));
	memcpy(arrival->device_name, device.data, arrival->device_name_len);
	if (id_parse(&rq->person, reply_text(reply, 1)))
		login_person(rq);
	else
		login_refuse(rq, INTERNAL, NULL);
}

static void ask(struct desk *desk);

static void
told(const struct reply *reply, void *context)
{
	struct desk *desk = context;
	bool is_open = reply->status == OK && text_equal(reply_text(reply, 0), TEXT("open"));

	desk->asking = false;
	if (is_open && desk->desks->service->draining)
		return request_answer(leave(desk), NULL);
	if (is_open && desk->woken && desk->until_us)
		return ask(desk);
	if (is_open && desk->rq->client)
		return;
	if (reply->status == OK && text_equal(reply_text(reply, 0), TEXT("accepted")))
		let_in(leave(desk), reply);
	else if (reply->status == OK || reply->status == NOT_FOUND)
		login_reject(leave(desk), "desk.ticket");
	else
		login_refuse(leave(desk), reply->status, reply->field);
}

static void
ask(struct desk *desk)
{
	struct fcall f = fcall_bare(desk->desks->service->store, "desk_claim", ticket_partition(desk->hash), 1);

	fcall_key(&f, KEY_DESK, desk->hash);
	fcall_arg(&f, text_of(desk->secret));
	desk->asking = true;
	desk->woken = false;
	if (!fcall_send(&f, told, desk))
		login_refuse(leave(desk), BUSY, NULL);
}

/* Of two connections of one desk the later waits. The former asks no more, and is ended at the next look: not here, for what
 * its client sent behind its login may be another. */
static void
end_former(struct desks *desks, const struct desk *later)
{
	struct desk *desk;

	LIST_FOREACH (desk, &desks->waiting, in_desks)
		if (desk != later && strcmp(desk->hash, later->hash) == 0 && strcmp(desk->secret, later->secret) == 0)
			desk->until_us = 0;
}

static bool
has_room(const struct desks *desks, uint64_t address)
{
	const struct desk *desk;
	unsigned count = 0;

	LIST_FOREACH (desk, &desks->waiting, in_desks)
		count += desk->rq->address == address;
	return desks->count < DESKS_MAX && count < DESKS_PER_ADDRESS;
}

/* It stands in the list before Redis is asked, so that no decision passes between the two. */
void
login_by_desk(struct request *rq, const struct desk_login *in)
{
	struct desks *desks = rq->service->desks;
	struct desk *desk = has_room(desks, rq->address) ? calloc(1, sizeof(*desk)) : NULL;

	if (!desk)
		return login_refuse(rq, BUSY, "desk");
	desk->desks = desks;
	desk->rq = rq;
	desk->until_us = clock_mono_us() + UINT64_C(1000) * TICKET_LIFE_MS;
	ticket_hash(desk->hash, in->ticket);
	ticket_hash(desk->secret, in->secret);
	LIST_INSERT_HEAD(&desks->waiting, desk, in_desks);
	desks->count++;
	session_await(rq->client->session);
	end_former(desks, desk);
	ask(desk);
}

void
desks_event(struct desks *desks, const struct event *event)
{
	struct desk *desk, *next;

	for (desk = LIST_FIRST(&desks->waiting); desk; desk = next) {
		next = LIST_NEXT(desk, in_desks);
		if (strcmp(desk->hash, event->desk.hash) != 0 || !desk->until_us)
			continue;
		if (desk->asking)
			desk->woken = true;
		else
			ask(desk);
	}
}

/* Those whose time is over, and those that have gone. */
static void
on_look(uv_timer_t *timer)
{
	struct desks *desks = timer->data;
	uint64_t now_us = clock_mono_us();
	struct desk *desk, *next;

	for (desk = LIST_FIRST(&desks->waiting); desk; desk = next) {
		next = LIST_NEXT(desk, in_desks);
		if (!desk->asking && (now_us >= desk->until_us || !desk->rq->client))
			login_reject(leave(desk), "desk.ticket");
	}
}

void
desks_end(struct desks *desks)
{
	struct desk *desk, *next;

	for (desk = LIST_FIRST(&desks->waiting); desk; desk = next) {
		next = LIST_NEXT(desk, in_desks);
		if (!desk->asking) /* else it is answered in a moment */
			request_answer(leave(desk), NULL);
	}
}

struct desks *
desks_create(uv_loop_t *loop, struct service *service)
{
	struct desks *desks = or_die(calloc(1, sizeof(*desks)));

	desks->service = service;
	LIST_INIT(&desks->waiting);
	uv_timer_init(loop, &desks->timer);
	desks->timer.data = desks;
	uv_timer_start(&desks->timer, on_look, LOOK_MS, LOOK_MS);
	return desks;
}

void
desks_destroy(struct desks *desks)
{
	uv_close((uv_handle_t *)&desks->timer, NULL);
}

void
desks_finish(struct desks *desks)
{
	free(desks);
}
