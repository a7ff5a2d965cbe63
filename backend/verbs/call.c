/* call.c - calls: post, edit, look at, end. */
#include <stdio.h>
#include <stdlib.h>

#include "content.h"
#include "draft.h"
#include "keys.h"
#include "reads.h"
#include "verbs.h"

/* Post. */

struct posting {
	struct place place;
	size_t len;
	uint8_t draft[];
};

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
	const struct posting *posting = rq->state;
	struct id call = {place_partition(posting->place), reply_u64(reply, 0)};
	char id[ID_TEXT];
	struct fcall f;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	f = fcall_write(rq->service->store, "call_post", call.partition, 4, &rq->stamp);
	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_key(&f, KEY_OPEN);
	fcall_key(&f, KEY_CALLS);
	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, call);
	fcall_arg_place(&f, posting->place);
	fcall_arg(&f, rq->service->tell ? TEXT("1") : TEXT(""));
	draft_pass(&f, posting->draft, posting->len);
	request_call(rq, &f, posted);
}

static struct posting *
keep_post(const struct call_post *in)
{
	struct buf draft = {0};
	struct posting *kept;

	draft_pack(&draft, in);
	kept = draft.failed ? NULL : malloc(sizeof(*kept) + draft.len);
	if (kept) {
		kept->place = in->place;
		kept->len = draft.len;
		memcpy(kept->draft, draft.bytes, draft.len);
	}
	buf_finish(&draft);
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
	rq->state = keep_post(in);
	if (!rq->state)
		return request_refuse(rq, BUSY, NULL);
	f = fcall_bare(rq->service->store, "call_number", place_partition(in->place), 1);
	fcall_key(&f, KEY_META);
	fcall_arg_u64(&f, in->deadline_ms);
	draft_call(rq, in, DRAFT_FIELDS(""), TEXT(""), &f, post_numbered);
}

/* Edit. */

static void
edited(const struct reply *reply, void *context)
{
	struct request *rq = context;
	char field[FIELD_TEXT_MAX];
	uint32_t changes;

	if (reply->status == BAD_REQUEST || reply->status == FULL) {
		snprintf(field, sizeof(field), "to.%s", reply->field);
		return request_refuse(rq, reply->status, field);
	}
	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!call_changes_parse(&changes, reply_text(reply, 0)))
		return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_call_edit(rq->id, changes));
}

void
verb_call_edit(struct request *rq, const struct asked *asked)
{
	const struct call_edit *in = &asked->call_edit;
	struct buf draft = {0};
	struct fcall f = chain_call(rq, "call_edit", in->call, 1);

	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, in->call);
	fcall_arg_u64(&f, in->version);
	fcall_arg(&f, in->demote ? TEXT("1") : TEXT(""));
	draft_pack(&draft, &in->to);
	if (draft_end(rq, &f, &draft))
		draft_call(rq, &in->to, DRAFT_FIELDS("to."), TEXT(""), &f, edited);
}

/* Look. */

void
verb_call_list(struct request *rq, const struct asked *asked)
{
	const struct call_list *in = &asked->call_list;
	struct call *calls[CALLS_PAGE_MAX + 1];
	size_t count;

	if (!known_place(rq, in->place, "place"))
		return;
	count = view_list_calls(rq->service->view, in->place, in->after, calls, in->count + 1);
	request_answer(rq, answer_call_list(rq->id, calls, MIN(count, in->count), count > in->count));
}

bool
may_at_call(struct request *rq, const struct call_record *call)
{
	rq->call = call->id;
	return id_equal(call->author, rq->person) || request_may(rq, call->place, "call");
}

static void
call_was_read(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct request *rq = context;

	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "call" : NULL);
	if (!may_at_call(rq, call))
		return;
	request_answer(rq, answer_call_show(rq->id, call, numbers));
}

/* An open call is at hand; one that is closed is read. */
void
verb_call_show(struct request *rq, const struct asked *asked)
{
	const struct call *call = view_call(rq->service->view, asked->call_show.call);

	rq->call = asked->call_show.call;
	if (call && !may_at_call(rq, &call->record))
		return;
	if (call)
		return request_answer(rq, answer_call_show(rq->id, &call->record, &call->numbers));
	if (!read_call(rq->service->store, asked->call_show.call, call_was_read, rq))
		request_refuse(rq, BUSY, NULL);
}

/* End, reopen, thank. */

/* A function of one call that is said what to do with it. */
static struct fcall
call_call(struct request *rq, const char *function, struct id call)
{
	struct fcall f = fcall_write(rq->service->store, function, call.partition, 3, &rq->stamp);
	char id[ID_TEXT];

	rq->call = call;
	fcall_key(&f, KEY_CALL, id_print(id, call));
	fcall_key(&f, KEY_OPEN);
	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, call);
	return f;
}

static void
end_call(struct request *rq, struct id call, const char *state, struct text reason)
{
	const struct written written = {"reason", {reason}, NULL};
	struct fcall f = call_call(rq, "call_end", call);

	fcall_arg(&f, text_of(state));
	fcall_arg(&f, reason);
	content_call(rq, WECHAT_FORUM, &written, 1, &f, request_ended);
}

void
verb_call_close(struct request *rq, const struct asked *asked)
{
	end_call(rq, asked->call_close.call, "closed", TEXT(""));
}

void
verb_call_cancel(struct request *rq, const struct asked *asked)
{
	end_call(rq, asked->call_cancel.call, "cancelled", asked->call_cancel.reason);
}

void
verb_call_reopen(struct request *rq, const struct asked *asked)
{
	struct fcall f = chain_call(rq, "call_reopen", asked->call_reopen.call, 2);

	fcall_key(&f, KEY_OPEN);
	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, asked->call_reopen.call);
	fcall_arg_u64(&f, asked->call_reopen.deadline_ms);
	request_call(rq, &f, request_ended);
}

void
verb_call_thank(struct request *rq, const struct asked *asked)
{
	const struct written written = {"text", {asked->call_thank.text}, NULL};
	struct fcall f = call_call(rq, "call_thank", asked->call_thank.call);

	fcall_arg(&f, asked->call_thank.text);
	content_call(rq, WECHAT_FORUM, &written, 1, &f, request_ended);
}
