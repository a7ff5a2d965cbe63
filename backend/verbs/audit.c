#include "audit.h"

#include <stdlib.h>

#include "audit_private.h"
#include "audit_seal.h"
#include "clock.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "peer.h"
#include "request.h"

#define TICK_MS 1000
#define SEAL_US UINT64_C(60000000)
#define TRIM_US UINT64_C(3600000000)
#define DAY_MS  UINT64_C(86400000)

bool
audit_look(struct request *rq, uint8_t partition, const char *what, struct text on, struct text detail,
	fcall_done *done, void *context)
{
	struct fcall f = fcall_bare(rq->service->store, "audit_add", partition, 1);

	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, rq->person);
	fcall_arg(&f, text_of(what));
	fcall_arg(&f, on);
	fcall_arg(&f, detail);
	request_audit(rq, &f);
	return fcall_send(&f, done, context);
}

/* Seals, and what is past its time. */

static bool
complain(const struct reply *reply)
{
	if (reply->status != OK && reply->status != CHANGED && reply->status != UNAVAILABLE)
		log_error("audit", "failed", KV("status", status_name(reply->status)));
	return reply->status == OK;
}

static void
sealed(const struct reply *reply, void *context)
{
	const struct audit_log *log = context;

	/* Kept where nobody who has Redis gets at it: an end that was cut off is missing there. */
	if (complain(reply))
		log_info("audit", "sealed", KU("partition", log->partition), KU("seq", log->sealed_seq));
}

static void
head_was_read(const struct reply *reply, void *context)
{
	struct audit_log *log = context;
	struct service *service = log->audit->service;
	struct text seq = reply_text(reply, 0), hash = reply_text(reply, 1);
	char seal[AUDIT_SEAL];
	struct fcall f;

	if (!complain(reply) || reply_u64(reply, 0) == 0 || text_equal(reply_text(reply, 2), TEXT("seal")))
		return;
	log->sealed_seq = reply_u64(reply, 0);
	f = fcall_bare(service->store, "audit_seal", log->partition, 1);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, seq);
	fcall_arg(&f, hash);
	fcall_arg(&f, text_of(audit_seal(service->vault, log->partition, seq, hash, seal)));
	if (!fcall_send(&f, sealed, log))
		log_warn("audit", "put_off", KU("partition", log->partition));
}

static void
seal_heads(struct audit *audit)
{
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_read(audit->service->store, "audit_head", i, 1);
		fcall_key(&f, KEY_AUDIT);
		if (!fcall_send(&f, head_was_read, &audit->logs[i]))
			return;
	}
}

static void
trimmed(const struct reply *reply, void *context)
{
	const struct audit_log *log = context;

	if (complain(reply) && reply_u64(reply, 0) > 0)
		log_info("audit", "trimmed", KU("partition", log->partition), KU("seq", reply_u64(reply, 0)));
}

/* To whole days, so that there is something to do once a day, whichever hub comes first. */
static void
trim(struct audit *audit)
{
	uint64_t today_ms = clock_wall_ms() / DAY_MS * DAY_MS;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_bare(audit->service->store, "audit_trim", i, 1);
		fcall_key(&f, KEY_AUDIT);
		fcall_arg_u64(&f, today_ms - audit->keep_days * DAY_MS);
		if (!fcall_send(&f, trimmed, &audit->logs[i]))
			return;
	}
}

static bool
is_due(uint64_t *next_us, uint64_t now_us, uint64_t period_us)
{
	if (now_us < *next_us)
		return false;
	*next_us = now_us + period_us;
	return true;
}

static void
on_tick(uv_timer_t *timer)
{
	struct audit *audit = timer->data;
	uint64_t now_us = clock_mono_us();

	if (!audit_is_writable(audit))
		return;
	audit_tell_attempts(audit, now_us);
	if (is_due(&audit->seal_us, now_us, SEAL_US))
		seal_heads(audit);
	if (is_due(&audit->trim_us, now_us, TRIM_US))
		trim(audit);
}

bool
audit_is_writable(const struct audit *audit)
{
	const struct service *service = audit->service;

	return service->loaded && !service->disk_short && store_is_fresh(service->store);
}

struct audit *
audit_create(uv_loop_t *loop, struct service *service, uint64_t keep_days)
{
	struct audit *audit = or_die(calloc(1, sizeof(*audit)));

	audit->service = service;
	audit->keep_days = keep_days;
	for (uint8_t i = 0; i < PARTITIONS; i++)
		audit->logs[i] = (struct audit_log){.audit = audit, .partition = i};
	uv_timer_init(loop, &audit->timer);
	audit->timer.data = audit;
	uv_timer_start(&audit->timer, on_tick, TICK_MS, TICK_MS);
	return audit;
}

void
audit_destroy(struct audit *audit)
{
	uv_close((uv_handle_t *)&audit->timer, NULL);
}

void
audit_finish(struct audit *audit)
{
	audit_forget_attempts(audit);
	free(audit);
}
