#include "retention.h"

#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "verbs.h"

#define DAY_MS  UINT64_C(86400000)
#define LOOK_MS 1000
#define PAGE    50

struct retention {
	struct service *service;
	uint64_t keep_ms;
	uv_timer_t timer;
	uint64_t next_us; /* when to look through all again */
	bool running;
	bool closing;
	uint8_t partition; /* where it is */
	uint64_t before_ms;
	uint32_t passed; /* calls of that partition */
	char *ids;       /* of a page, and then those that are due */
	struct text rest;
	uint32_t forgotten;
};

static void look_on(struct retention *retention);

static void
end(struct retention *retention, bool good)
{
	free(retention->ids);
	retention->ids = NULL;
	retention->running = false;
	retention->next_us = clock_mono_us() + (good ? DAY_MS : 10 * LOOK_MS) * 1000;
	if (retention->forgotten > 0)
		log_info("retention", "forgotten", KU("calls", retention->forgotten));
}

static void
step(struct retention *retention, struct fcall *f, fcall_done *done)
{
	if (!fcall_send(f, done, retention))
		end(retention, false);
}

/* False: it cannot go on, and has ended. */
static bool
went_well(struct retention *retention, const struct reply *reply)
{
	if (reply->status == OK && !retention->closing && !retention->service->disk_short)
		return true;
	end(retention, false);
	return false;
}

static void
keep_ids(struct retention *retention, struct text ids)
{
	free(retention->ids);
	retention->ids = or_die(text_dup(ids));
	retention->rest = text_of(retention->ids);
}

static void forget_next(struct retention *retention);

static void
call_forgotten(const struct reply *reply, void *context)
{
	struct retention *retention = context;

	if (!went_well(retention, reply))
		return;
	retention->forgotten++;
	forget_next(retention);
}

static void
forget_next(struct retention *retention)
{
	struct text text = text_cut(&retention->rest, ' ');
	struct id call;
	struct fcall f;
	char id[ID_TEXT];

	if (text.len == 0)
		return look_on(retention);
	if (!id_parse(&call, text))
		return end(retention, false);
	f = fcall_bare(retention->service->store, "retention_forget", call.partition, 6);
	id_print(id, call);
	fcall_key(&f, KEY_META);
	fcall_key(&f, KEY_LOG);
	fcall_key(&f, KEY_CALL, id);
	fcall_key(&f, KEY_CALL_TEXTS, id);
	fcall_key(&f, KEY_OPEN);
	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, call);
	fcall_arg_u64(&f, retention->before_ms);
	step(retention, &f, call_forgotten);
}

static void
due_known(const struct reply *reply, void *context)
{
	struct retention *retention = context;

	if (!went_well(retention, reply))
		return;
	keep_ids(retention, reply_text(reply, 0));
	forget_next(retention);
}

static void
page_read(const struct reply *reply, void *context)
{
	struct retention *retention = context;
	struct text rest;
	unsigned count = 0;
	struct fcall f;
	char id[ID_TEXT];

	if (!went_well(retention, reply))
		return;
	if (reply_text(reply, 0).len == 0) {
		retention->partition++;
		retention->passed = 0;
		return look_on(retention);
	}
	keep_ids(retention, reply_text(reply, 0));
	for (rest = retention->rest; rest.len > 0; count++)
		text_cut(&rest, ' ');
	retention->passed += count;
	f = fcall_read(retention->service->store, "retention_list", retention->partition, count);
	for (rest = retention->rest; rest.len > 0;) {
		struct text text = text_cut(&rest, ' ');
		text_copy(id, sizeof(id), text);
		fcall_key(&f, KEY_CALL, id);
	}
	fcall_arg_u64(&f, retention->before_ms);
	for (rest = retention->rest; rest.len > 0;)
		fcall_arg(&f, text_cut(&rest, ' '));
	step(retention, &f, due_known);
}

static void
look_on(struct retention *retention)
{
	struct fcall f;

	if (retention->partition == PARTITIONS)
		return end(retention, true);
	f = fcall_read(retention->service->store, "retention_calls", retention->partition, 1);
	fcall_key(&f, KEY_CALLS);
	fcall_arg_u64(&f, retention->before_ms);
	fcall_arg_u64(&f, retention->passed);
	fcall_arg_u64(&f, PAGE);
	step(retention, &f, page_read);
}

static void
noted(const struct reply *reply, void *context)
{
	if (went_well(context, reply))
		look_on(context);
}

static void
begin(struct retention *retention)
{
	struct fcall f = fcall_bare(retention->service->store, "retention_note", 0, 1);

	retention->running = true;
	retention->partition = 0;
	retention->passed = retention->forgotten = 0;
	retention->before_ms = clock_wall_ms() - retention->keep_ms;
	fcall_key(&f, KEY_META);
	fcall_arg_u64(&f, retention->keep_ms / DAY_MS);
	step(retention, &f, noted);
}

static void
on_look(uv_timer_t *timer)
{
	struct retention *retention = timer->data;
	const struct service *service = retention->service;

	if (service->loaded && !service->disk_short && !retention->running && store_is_fresh(service->store) &&
		clock_mono_us() >= retention->next_us)
		begin(retention);
}

struct retention *
retention_create(uv_loop_t *loop, struct service *service, uint64_t keep_days)
{
	struct retention *retention = or_die(calloc(1, sizeof(*retention)));

	retention->service = service;
	retention->keep_ms = keep_days * DAY_MS;
	uv_timer_init(loop, &retention->timer);
	retention->timer.data = retention;
	uv_timer_start(&retention->timer, on_look, LOOK_MS, LOOK_MS);
	return retention;
}

void
retention_destroy(struct retention *retention)
{
	retention->closing = true;
	uv_close((uv_handle_t *)&retention->timer, NULL);
}

void
retention_finish(struct retention *retention)
{
	free(retention->ids);
	free(retention);
}
