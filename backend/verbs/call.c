/* call.c - calls: post, look at, close. */
#include <stdlib.h>

#include "keys.h"
#include "reads.h"
#include "verbs.h"

#define PAGE_MAX 50

/* Post. */

static void
posted(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct id call;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!id_parse(&call, reply_text(reply, 0)))
		return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_call_post(rq->id, call));
}

static void
post_numbered(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct call_post *in = rq->state;
	struct id call = {place_partition(in->place), reply_u64(reply, 0)};
	char id[ID_TEXT];
	struct fcall f;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	f = fcall_write(rq->service->store, "call_post", call.partition, 3, &rq->stamp);
	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_key(&f, KEY_OPEN);
	fcall_key(&f, KEY_CALLS);
	fcall_arg_id(&f, call);
	fcall_arg_place(&f, in->place);
	fcall_arg(&f, in->title);
	fcall_arg(&f, in->body);
	fcall_arg(&f, in->meeting);
	fcall_arg_u64(&f, in->need);
	fcall_arg_u64(&f, in->limit);
	fcall_arg_u64(&f, in->deadline_ms);
	request_call(rq, &f, posted);
}

/* A copy in one block, for the frame is closed when the number comes. */
static struct call_post *
keep_post(const struct call_post *in)
{
	struct call_post *kept = malloc(sizeof(*kept) + in->title.len + in->body.len + in->meeting.len);
	char *at = (char *)(kept + 1);
	struct text *texts[] = {&kept->title, &kept->body, &kept->meeting};

	if (!kept)
		return NULL;
	*kept = *in;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		memcpy(at, texts[i]->data, texts[i]->len);
		texts[i]->data = at;
		at += texts[i]->len;
	}
	return kept;
}

/* Two steps: a number for the call, then the call; so that all its keys are known before the function runs. */
void
verb_call_post(struct request *rq, const struct asked *asked)
{
	const struct call_post *in = &asked->call_post;
	struct fcall f;

	if (!known_place(rq, in->place, "place"))
		return;
	if (in->limit > 0 && in->need > in->limit)
		return request_refuse(rq, BAD_REQUEST, "need");
	rq->state = keep_post(in);
	if (!rq->state)
		return request_refuse(rq, BUSY, NULL);
	f = fcall_bare(rq->service->store, "data_id", place_partition(in->place), 1);
	fcall_key(&f, KEY_META);
	request_call(rq, &f, post_numbered);
}

/* Look. */

void
verb_call_list(struct request *rq, const struct asked *asked)
{
	const struct call_list *in = &asked->call_list;
	struct call *calls[PAGE_MAX + 1];
	size_t count;

	if (!known_place(rq, in->place, "place"))
		return;
	count = view_list_calls(rq->service->view, in->place, in->after, calls, in->count + 1);
	request_answer(rq, answer_call_list(rq->id, calls, MIN(count, in->count), count > in->count));
}

static void
call_was_read(enum status status, const struct call_record *call, struct call_numbers numbers, void *context)
{
	struct request *rq = context;

	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "call" : NULL);
	request_answer(rq, answer_call_show(rq->id, call, numbers));
}

/* An open call is at hand; one that is closed is read. */
void
verb_call_show(struct request *rq, const struct asked *asked)
{
	const struct call *call = view_call(rq->service->view, asked->call_show.call);
	struct call_numbers numbers;

	if (!call) {
		if (!read_call(rq->service->store, asked->call_show.call, call_was_read, rq))
			request_refuse(rq, BUSY, NULL);
		return;
	}
	numbers = (struct call_numbers){call->confirmed, call->waiting, call->line_count};
	request_answer(rq, answer_call_show(rq->id, &call->record, numbers));
}

/* Close. */

static void
closed(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK)
		request_done(rq);
	else
		request_pass_on(rq, reply);
}

void
verb_call_close(struct request *rq, const struct asked *asked)
{
	struct id call = asked->call_close.call;
	struct fcall f = fcall_write(rq->service->store, "call_close", call.partition, 2, &rq->stamp);
	char id[ID_TEXT];

	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_key(&f, KEY_OPEN);
	fcall_arg_id(&f, call);
	request_call(rq, &f, closed);
}
