#include "content.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "memory.h"
#include "openid.h"
#include "reads.h"

/* A request that waits for its verdicts, or verdicts whose request has gone on. */
struct check {
	TAILQ_ENTRY(check) in_list; /* until the request goes on, or something in it is risky */
	struct content *content;
	struct request *rq; /* NULL: it does not wait any more */
	struct fcall call;
	fcall_done *done;
	enum wechat_scene scene;
	struct part {
		struct check *check;
		const char *field;
		char *text;
	} parts[CONTENT_FIELDS];
	unsigned count;     /* of them */
	unsigned under_way; /* steps that have not come back; the check lasts as long */
	bool is_unchecked;  /* of one part at least nothing is known */
	bool is_risky;
	uint64_t until_us;
};

struct content {
	struct service *service;
	TAILQ_HEAD(, check) waiting; /* who has waited longest first */
	uv_timer_t timer;
	struct content_counters counters;
};

/* The end. */

static struct request *
stop_waiting(struct check *check)
{
	struct request *rq = check->rq;

	if (!check->is_risky)
		TAILQ_REMOVE(&check->content->waiting, check, in_list);
	check->rq = NULL;
	return rq;
}

static void
go_on(struct check *check)
{
	struct request *rq = stop_waiting(check);

	check->content->counters.unchecked += check->is_unchecked;
	request_call(rq, &check->call, check->done);
}

static void
refuse(struct check *check, enum status status, const char *field)
{
	struct request *rq = stop_waiting(check);

	command_destroy(check->call.command);
	request_refuse(rq, status, field);
}

/* One step has come back. */
static void
step_ended(struct check *check)
{
	if (--check->under_way > 0)
		return;
	if (check->rq)
		go_on(check);
	for (unsigned i = 0; i < check->count; i++)
		free(check->parts[i].text);
	free(check);
}

/* Nobody waits longer than that. */

static void
on_time(uv_timer_t *timer)
{
	struct content *content = timer->data;
	uint64_t now_us = clock_mono_us();
	struct check *check;

	while ((check = TAILQ_FIRST(&content->waiting)) && check->until_us <= now_us) {
		check->is_unchecked = true;
		go_on(check);
	}
	if (check)
		uv_timer_start(timer, on_time, (check->until_us - now_us) / 1000 + 1, 0);
}

static void
begin_to_wait(struct check *check)
{
	struct content *content = check->content;

	check->until_us = clock_mono_us() + CONTENT_WAIT_MS * 1000;
	if (TAILQ_EMPTY(&content->waiting))
		uv_timer_start(&content->timer, on_time, CONTENT_WAIT_MS, 0);
	TAILQ_INSERT_TAIL(&content->waiting, check, in_list);
}

/* Third, of what is risky: if it was done before under this `once`, the function says again what it said. */

static void
on_answered(enum status status, void *context)
{
	struct part *part = context;
	struct check *check = part->check;

	if (status == OK)
		go_on(check);
	else if (status == NOT_FOUND)
		refuse(check, BAD_REQUEST, part->field);
	else
		refuse(check, status, NULL);
	step_ended(check);
}

static void
found_risky(struct part *part)
{
	struct check *check = part->check;
	const struct stamp *stamp = &check->rq->stamp;

	TAILQ_REMOVE(&check->content->waiting, check, in_list);
	check->is_risky = true;
	check->under_way++;
	if (read_once(check->content->service->store, check->call.partition, stamp->person, &stamp->once, on_answered,
		    part))
		return;
	check->under_way--;
	refuse(check, BUSY, NULL);
}

/* Second: WeChat is asked. */

static void
on_verdict(const struct wechat_answer *answer, void *context)
{
	struct part *part = context;
	struct check *check = part->check;
	struct content_counters *counters = &check->content->counters;

	if (answer->outcome != WECHAT_DONE) {
		check->is_unchecked = true;
	} else if (answer->verdict.suggest == WECHAT_REVIEW) {
		counters->review++;
	} else if (answer->verdict.suggest == WECHAT_RISKY) {
		counters->risky++;
		if (check->rq && !check->is_risky)
			found_risky(part);
	}
	step_ended(check);
}

static void
ask_wechat(struct check *check, const char *openid)
{
	struct content *content = check->content;

	for (unsigned i = 0; i < check->count; i++) {
		struct part *part = &check->parts[i];
		content->counters.asked++;
		check->under_way++;
		wechat_check(content->service->wechat, openid, check->scene, part->text, on_verdict, part);
	}
}

/* First: by what WeChat knows him. */

static void
on_person(enum status status, const struct person_record *person, void *context)
{
	struct check *check = context;
	struct service *service = check->content->service;
	char openid[WECHAT_OPENID];

	if (check->rq && status == OK && service->wechat &&
		openid_open(service->vault, check->rq->person, person->openid, openid)) {
		ask_wechat(check, openid);
		sodium_memzero(openid, sizeof(openid));
	} else {
		check->is_unchecked = true;
	}
	step_ended(check);
}

/* What is written. */

static void
add_line(struct buf *out, struct text line)
{
	if (line.len == 0)
		return;
	if (out->len > 0)
		buf_add(out, "\n", 1);
	buf_add_text(out, line);
}

/* NULL: nothing was written, or there is no memory. */
static char *
join(const struct written *written)
{
	const struct list *more = written->more;
	struct buf joined = {0};
	size_t len;

	for (size_t i = 0; i < ARRAY_LEN(written->texts); i++)
		add_line(&joined, written->texts[i]);
	for (size_t i = 0; more && i < more->count; i++)
		add_line(&joined, ((const struct text *)more->items)[i]);
	return joined.len > 0 ? buf_take(&joined, &len) : NULL;
}

static struct check *
check_create(enum wechat_scene scene, const struct written *written, size_t count)
{
	struct check *check = or_die(calloc(1, sizeof(*check)));

	assert(count <= CONTENT_FIELDS);
	check->scene = scene;
	for (size_t i = 0; i < count; i++) {
		struct part *part = &check->parts[check->count];
		*part = (struct part){check, written[i].field, join(&written[i])};
		check->count += part->text != NULL;
	}
	if (check->count > 0)
		return check;
	free(check);
	return NULL;
}

void
content_call(struct request *rq, enum wechat_scene scene, const struct written *written, size_t count, struct fcall *f,
	fcall_done *done)
{
	struct service *service = rq->service;
	struct check *check = service->wechat ? check_create(scene, written, count) : NULL;

	if (!check)
		return request_call(rq, f, done);
	check->content = service->content;
	check->rq = rq;
	check->call = *f;
	check->done = done;
	check->under_way = 1;
	begin_to_wait(check);
	if (read_person(service->store, rq->person, on_person, check))
		return;
	check->is_unchecked = true;
	step_ended(check);
}

/* Life. */

struct content *
content_create(uv_loop_t *loop, struct service *service)
{
	struct content *content = or_die(calloc(1, sizeof(*content)));

	content->service = service;
	TAILQ_INIT(&content->waiting);
	uv_timer_init(loop, &content->timer);
	content->timer.data = content;
	return content;
}

struct content_counters
content_counters(const struct content *content)
{
	return content->counters;
}

void
content_destroy(struct content *content)
{
	uv_close((uv_handle_t *)&content->timer, NULL);
}

void
content_finish(struct content *content)
{
	free(content);
}
