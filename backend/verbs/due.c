#include "due.h"

#include <stdlib.h>

#include "clock.h"
#include "erase.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "reads.h"
#include "tell.h"
#include "verbs.h"

#define LOOK_MS 1000

struct due {
	struct service *service;
	uv_timer_t timer;
};

static void
done(const struct reply *reply, void *context)
{
	(void)context;
	if (reply->status != OK && reply->status != UNAVAILABLE)
		log_error("due", "failed", KV("status", status_name(reply->status)));
}

/* The keys every timed function has. */
static struct fcall
timed_call(struct service *service, const char *function, struct id id, unsigned more)
{
	struct fcall f = fcall_bare(service->store, function, id.partition, 3 + more);

	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	fcall_key(&f, KEY_DUE);
	return f;
}

static struct fcall
overdue_call(struct service *service, struct id call)
{
	struct fcall f = timed_call(service, "call_overdue", call, 1);
	char id[ID_TEXT];

	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_arg_id(&f, call);
	return f;
}

static struct fcall
lapse_call(struct service *service, struct id call, struct text number)
{
	struct fcall f = timed_call(service, "chain_lapse", call, CHAIN_KEYS);

	chain_keys(&f, call);
	fcall_arg_id(&f, call);
	fcall_arg(&f, number);
	return f;
}

static struct fcall
grant_call(struct service *service, struct id person, struct text grant)
{
	struct fcall f = timed_call(service, "grant_lapse", person, 2);
	char id[ID_TEXT];

	fcall_key(&f, KEY_PERSON_GRANTS, id_print(id, person));
	fcall_key(&f, KEY_GRANTED);
	fcall_arg_id(&f, person);
	fcall_arg(&f, text_cut(&grant, ' '));
	fcall_arg(&f, grant);
	return f;
}

/* "tell 7.4242", "deadline 7.4242", "offer 7.4242 31", "grant 3.77 worker 140105007004001" or "erase 3.77 1649761234567" */
static void
do_item(struct service *service, struct text item)
{
	struct text kind = text_cut(&item, ' '), id_text = text_cut(&item, ' ');
	struct id id;
	struct fcall f;

	if (!id_parse(&id, id_text)) {
		log_error("due", "unreadable", KT("kind", kind));
		return;
	}
	if (text_equal(kind, TEXT("erase"))) {
		erase_due(service->eraser, id, item);
		return;
	}
	if (text_equal(kind, TEXT("tell"))) {
		tell_due(service, id);
		return;
	}
	f = text_equal(kind, TEXT("offer"))   ? lapse_call(service, id, item)
	    : text_equal(kind, TEXT("grant")) ? grant_call(service, id, item)
					      : overdue_call(service, id);
	if (!fcall_send(&f, done, NULL))
		log_warn("due", "put_off", KT("kind", kind));
}

static void
on_due(enum status status, const struct text *items, size_t count, void *context)
{
	struct service *service = context;

	if (status != OK || service->disk_short)
		return;
	for (size_t i = 0; i < count; i++)
		do_item(service, items[i]);
}

static void
on_look(uv_timer_t *timer)
{
	struct due *due = timer->data;
	struct service *service = due->service;

	if (!service->loaded || service->disk_short || !store_is_fresh(service->store))
		return;
	for (uint8_t partition = 0; partition < PARTITIONS; partition++)
		if (!read_due(service->store, partition, clock_wall_ms(), on_due, service))
			return;
}

struct due *
due_create(uv_loop_t *loop, struct service *service)
{
	struct due *due = or_die(calloc(1, sizeof(*due)));

	due->service = service;
	uv_timer_init(loop, &due->timer);
	due->timer.data = due;
	uv_timer_start(&due->timer, on_look, LOOK_MS, LOOK_MS);
	return due;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
due_destroy(struct due *due)
{
	uv_close((uv_handle_t *)&due->timer, on_closed);
}
