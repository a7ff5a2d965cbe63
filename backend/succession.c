/* succession.c - which hub the folder belongs to: who comes after us, and whose place we take. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hub_private.h"
#include "log.h"

/* Giving our place to another hub. */

static const char *
on_epoch(void *context)
{
	struct hub *hub = context;

	return store_epoch(hub->service.store);
}

static struct takeover_goods
on_offer(void *context)
{
	struct hub *hub = context;

	listener_stop(hub->listener);
	store_be_guest(hub->service.store);
	return (struct takeover_goods){listener_socket(hub->listener), hub->folder.lock};
}

static void
on_kept(void *context)
{
	struct hub *hub = context;

	if (hub->stopping_us)
		return;
	store_own(hub->service.store, NULL, NULL);
	listener_start(hub->listener);
}

static void
on_given(void *context)
{
	struct hub *hub = context;

	hub->is_given = true;
	hub_stop(hub, 0);
}

void
succession_open(struct hub *hub)
{
	struct giver_options options = {
		.folder = hub->folder.path,
		.epoch = on_epoch,
		.offer = on_offer,
		.kept = on_kept,
		.given = on_given,
		.context = hub,
	};

	hub->giver = giver_create(&hub->loop, &options);
}

void
succession_close(struct hub *hub)
{
	struct giver *giver = hub->giver;

	hub->giver = NULL;
	if (giver)
		giver_destroy(giver);
}

/* Taking the place of another hub. */

static void
on_owned(void *context)
{
	struct hub *hub = context;

	taker_serve(hub->taker);
}

/* On loan: until it is ours nothing is changed that the other one sees. */
static void
on_offered(struct takeover_goods goods, void *context)
{
	struct hub *hub = context;
	bool has_lock = folder_take_lock(&hub->folder, goods.lock);

	if (hub_adopt_listener(hub, goods.listener) && has_lock)
		store_own(hub->service.store, on_owned, hub);
	else
		hub_stop(hub, 1);
}

/* Those who wait in the queue come first; writing files takes its milliseconds. */
static void
on_taken(void *context)
{
	struct hub *hub = context;

	hub->is_guest = false;
	listener_start(hub->listener);
	if (!folder_sign(&hub->folder) || !hub_leave_token(hub))
		log_error("hub", "cannot_write", KV("folder", hub->folder.path), KV("reason", strerror(errno)));
	hub_serve(hub);
}

/* Of whoever was here before. */
static void
clear_folder(struct hub *hub)
{
	folder_remove(&hub->folder, FOLDER_LISTEN);
	folder_remove(&hub->folder, FOLDER_TOKEN);
}

/* The other one is dead: a start like any other, but that the view may be there already. */
static bool
on_alone(void *context)
{
	struct hub *hub = context;

	if (hub->stopping_us)
		return true;
	if (folder_lock(&hub->folder) != FOLDER_OURS)
		return false;
	hub->is_guest = false;
	clear_folder(hub);
	if (!hub_open_listener(hub) || !hub_leave_token(hub)) {
		hub_stop(hub, 1);
		return true;
	}
	store_own(hub->service.store, NULL, NULL);
	if (hub->service.loaded)
		hub_serve(hub);
	return true;
}

static void
on_refused(const char *reason, void *context)
{
	struct hub *hub = context;

	fprintf(stderr, "gridhub: takeover: %s\n", reason);
	hub_stop(hub, 1);
}

bool
succession_call(struct hub *hub)
{
	struct taker_options options = {
		.folder = hub->folder.path,
		.offered = on_offered,
		.taken = on_taken,
		.alone = on_alone,
		.refused = on_refused,
		.context = hub,
	};

	hub->taker = taker_create(&hub->loop, &options);
	if (!hub->taker)
		fprintf(stderr, "gridhub: takeover: the hub on %s (pid %ld) cannot be called: %s\n", hub->folder.path,
			folder_holder(&hub->folder), strerror(errno));
	return hub->taker;
}

void
succession_loaded(struct hub *hub)
{
	taker_loaded(hub->taker, store_epoch(hub->service.store));
}

bool
succession_begin(struct hub *hub)
{
	switch (folder_lock(&hub->folder)) {
	case FOLDER_OURS:
		clear_folder(hub);
		return true;
	case FOLDER_HELD:
		hub->is_guest = hub->config->takeover;
		break;
	case FOLDER_BROKEN:
		return false;
	}
	if (!hub->is_guest)
		fprintf(stderr,
			"gridhub: data folder %s: another hub runs on it (pid %ld); --takeover takes its place\n",
			hub->folder.path, folder_holder(&hub->folder));
	return hub->is_guest;
}
