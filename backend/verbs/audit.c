#include "audit.h"

#include <stdlib.h>

#include "audit_private.h"
#include "clock.h"
#include "keys.h"
#include "memory.h"
#include "peer.h"
#include "request.h"

#define TICK_MS 1000
#define LOOK_US UINT64_C(5000000)
#define SEAL_US UINT64_C(60000000)
#define TRIM_US UINT64_C(3600000000)

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
	if (is_due(&audit->look_us, now_us, LOOK_US))
		audit_seal_logs(audit, is_due(&audit->seal_us, now_us, SEAL_US));
	if (is_due(&audit->trim_us, now_us, TRIM_US))
		audit_trim_logs(audit);
}

unsigned
audit_refused_logs(const struct audit *audit)
{
	unsigned count = 0;

	for (uint8_t i = 0; i < PARTITIONS; i++)
		count += audit->logs[i].refused != NULL;
	return count;
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
