#include "rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fcall.h"
#include "keys.h"
#include "log.h"
#include "memory.h"
#include "records.h"
#include "store_private.h"

#define LOOK_MS 1000
#define REST_US (UINT64_C(3600) * 1000000)
#define WAIT_US 5000000 /* what belongs to it may still be on its way: lines that the relay brings */

struct rewrite {
	struct store *store;
	const bool *held;
	uv_timer_t timer;
	bool closing; /* asks for nothing more */
	bool closed;
	unsigned pending; /* answers on their way */
	bool failed;      /* one of them was none */
	bool is_due;
	bool is_running;
	uint64_t began_us;           /* the last; 0: never */
	uint64_t due_us;             /* since when it is known to be due; 0: it is not */
	uint64_t forgot[PARTITIONS]; /* when, as of before it began */
};

static void
put_down(struct rewrite *rewrite)
{
	rewrite->pending--;
	if (rewrite->closed && rewrite->pending == 0)
		free(rewrite);
}

/* What was not sent is not waited for. It is not what rewrite is kept for either: it is sent while that is open, or is heard. */
static void
count(struct rewrite *rewrite, bool sent)
{
	if (!sent)
		rewrite->pending--;
}

/* Done: what was forgotten before it began is in no file any more. */

static void
noted(const struct reply *reply, void *context)
{
	(void)reply; /* else it is done once more */
	put_down(context);
}

static void
note(struct rewrite *rewrite)
{
	rewrite->is_running = false;
	log_info("rewrite", "done", KU("ms", (clock_mono_us() - rewrite->began_us) / 1000));
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_bare(rewrite->store, "forgot_rewritten", i, 1);
		fcall_key(&f, KEY_META);
		fcall_arg_u64(&f, rewrite->forgot[i]);
		rewrite->pending++;
		count(rewrite, fcall_send(&f, noted, rewrite));
	}
}

static void
on_info(const redisReply *reply, void *context)
{
	struct rewrite *rewrite = context;
	bool is_known = reply && reply->type == REDIS_REPLY_STRING;

	if (is_known && strstr(reply->str, "aof_rewrite_in_progress:0") &&
		strstr(reply->str, "aof_rewrite_scheduled:0") && !rewrite->closing) {
		if (strstr(reply->str, "aof_last_bgrewrite_status:ok"))
			note(rewrite);
		else
			log_error("rewrite", "failed");
		rewrite->is_running = false;
	}
	put_down(rewrite);
}

static void
look_whether_done(struct rewrite *rewrite)
{
	struct command *command = command_create("INFO");

	command_arg(command, TEXT("persistence"));
	rewrite->pending++;
	count(rewrite,
		link_send(store_writes(rewrite->store), command, store_timeout_ms(rewrite->store), on_info, rewrite));
}

/* Whether it is due. */

static void
on_begun(const redisReply *reply, void *context)
{
	struct rewrite *rewrite = context;

	if (reply && reply->type != REDIS_REPLY_ERROR) {
		rewrite->is_running = true;
		rewrite->began_us = clock_mono_us();
		rewrite->due_us = 0;
	}
	put_down(rewrite);
}

static void
begin(struct rewrite *rewrite)
{
	rewrite->pending++;
	count(rewrite, link_send(store_writes(rewrite->store), command_create("BGREWRITEAOF"),
			       store_timeout_ms(rewrite->store), on_begun, rewrite));
}

static void
decide(struct rewrite *rewrite)
{
	uint64_t now_us = clock_mono_us();

	if (!rewrite->is_due)
		rewrite->due_us = 0;
	else if (rewrite->due_us == 0)
		rewrite->due_us = now_us;
	else if (now_us - rewrite->due_us >= WAIT_US)
		begin(rewrite);
}

static void
was_told(const struct reply *reply, struct rewrite *rewrite, uint8_t partition)
{
	rewrite->failed = rewrite->failed || reply->status != OK;
	rewrite->forgot[partition] = reply_u64(reply, 0);
	rewrite->is_due = rewrite->is_due || rewrite->forgot[partition] > reply_u64(reply, 1);
	if (rewrite->pending == 1 && !rewrite->failed && !rewrite->closing)
		decide(rewrite);
	put_down(rewrite);
}

/* One that is asked: which it is, is told by its place. */
struct asked_of {
	struct rewrite *rewrite;
	uint8_t partition;
};

static void
told(const struct reply *reply, void *context)
{
	struct asked_of asked = *(struct asked_of *)context;

	free(context);
	was_told(reply, asked.rewrite, asked.partition);
}

static void
ask(struct rewrite *rewrite)
{
	rewrite->failed = rewrite->is_due = false;
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct asked_of *asked = or_die(malloc(sizeof(*asked)));
		struct fcall f = fcall_read(rewrite->store, "forgot", i, 1);
		*asked = (struct asked_of){rewrite, i};
		fcall_key(&f, KEY_META);
		rewrite->pending++;
		if (fcall_send(&f, told, asked))
			continue;
		rewrite->failed = true;
		free(asked);
		put_down(rewrite);
	}
}

static void
on_look(uv_timer_t *timer)
{
	struct rewrite *rewrite = timer->data;

	if (rewrite->pending > 0 || !store_is_fresh(rewrite->store))
		return;
	if (rewrite->is_running)
		look_whether_done(rewrite);
	else if (!*rewrite->held && (rewrite->began_us == 0 || clock_mono_us() - rewrite->began_us >= REST_US))
		ask(rewrite);
}

struct rewrite *
rewrite_create(uv_loop_t *loop, struct store *store, const bool *held)
{
	struct rewrite *rewrite = or_die(calloc(1, sizeof(*rewrite)));

	rewrite->store = store;
	rewrite->held = held;
	uv_timer_init(loop, &rewrite->timer);
	rewrite->timer.data = rewrite;
	uv_timer_start(&rewrite->timer, on_look, LOOK_MS, LOOK_MS);
	return rewrite;
}

static void
on_closed(uv_handle_t *handle)
{
	struct rewrite *rewrite = handle->data;

	rewrite->closed = true;
	if (rewrite->pending == 0)
		free(rewrite);
}

void
rewrite_destroy(struct rewrite *rewrite)
{
	rewrite->closing = true;
	uv_close((uv_handle_t *)&rewrite->timer, on_closed);
}
