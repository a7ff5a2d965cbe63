/* chain.c - the chain of a call (接龙): join, withdraw, read. */
#include <stdlib.h>

#include "keys.h"
#include "reads.h"
#include "verbs.h"

#define PAGE_MAX 200

/* A call that writes a chain; its keys in the order of read_chain() in chain.lua. */
static struct fcall
chain_call(struct request *rq, const char *function, struct id call)
{
	struct fcall f = fcall_write(rq->service->store, function, call.partition, 5, &rq->stamp);
	char id[ID_TEXT];

	id_print(id, call);
	fcall_key(&f, KEY_CALL, id);
	fcall_key(&f, KEY_CALL_LINES, id);
	fcall_key(&f, KEY_CALL_LIVE, id);
	fcall_key(&f, KEY_CALL_WAITING, id);
	fcall_key(&f, KEY_CALL_TALLY, id);
	fcall_arg_id(&f, call);
	return f;
}

/* Both OK and ALREADY carry a number and a state. */
static void
joined(const struct reply *reply, void *context)
{
	struct request *rq = context;
	enum line_state state = LINE_NONE;

	if (reply->status != OK && reply->status != ALREADY)
		return request_pass_on(rq, reply);
	if (!line_state_parse(&state, reply_text(reply, 1)))
		return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_chain_join(rq->id, reply->status, (uint32_t)reply_u64(reply, 0), state));
}

/* One line at the end of the chain. Only who is registered has a name and a place to be counted at. */
void
verb_chain_join(struct request *rq, const struct asked *asked)
{
	struct place place = view_place_of(rq->service->view, rq->person);
	struct fcall f;

	if (place_is_none(place))
		return request_refuse(rq, FORBIDDEN, "person");
	f = chain_call(rq, "chain_join", asked->chain_join.call);
	fcall_arg_place(&f, place);
	request_call(rq, &f, joined);
}

static void
withdrawn(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	request_answer(rq, answer_chain_withdraw(rq->id, (uint32_t)reply_u64(reply, 0)));
}

void
verb_chain_withdraw(struct request *rq, const struct asked *asked)
{
	struct fcall f = chain_call(rq, "chain_withdraw", asked->chain_withdraw.call);

	request_call(rq, &f, withdrawn);
}

/* Read. */

/* A line of the view as a change, which is how lines are shown. */
static struct line_change
line_of(const struct call *call, uint32_t number)
{
	const struct line *line = &call->lines[number - 1];

	return (struct line_change){number, line->state, line->person, line->at->place, line->joined_ms};
}

static void
list_open(struct request *rq, const struct call *call, const struct chain_list *in)
{
	struct line_change lines[PAGE_MAX];
	size_t count = 0;

	while (count < in->count && in->after + count < call->line_count) {
		lines[count] = line_of(call, (uint32_t)(in->after + count + 1));
		count++;
	}
	request_answer(
		rq, answer_chain_list(rq->id, rq->service->view, lines, count, in->after + count < call->line_count));
}

/* One line more than was asked for is read, to see whether there is more. */
static void
lines_were_read(enum status status, const struct line_change *lines, size_t count, void *context)
{
	struct request *rq = context;
	const struct chain_list *in = rq->state;

	if (status != OK)
		return request_refuse(rq, status, NULL);
	request_answer(
		rq, answer_chain_list(rq->id, rq->service->view, lines, MIN(count, in->count), count > in->count));
}

static void
call_was_read(enum status status, const struct call_record *call, struct call_numbers numbers, void *context)
{
	struct request *rq = context;
	const struct chain_list *in = rq->state;

	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "call" : NULL);
	if (in->after >= numbers.lines)
		return request_answer(rq, answer_chain_list(rq->id, rq->service->view, NULL, 0, false));
	if (!read_lines(rq->service->store, call->id, in->after + 1, in->count + 1, lines_were_read, rq))
		request_refuse(rq, BUSY, NULL);
}

/* Of an open call the view has the chain; that of a closed one is read, once it is known that there is such a call. */
void
verb_chain_list(struct request *rq, const struct asked *asked)
{
	const struct chain_list *in = &asked->chain_list;
	const struct call *call = view_call(rq->service->view, in->call);
	struct chain_list *kept;

	if (call)
		return list_open(rq, call, in);
	kept = rq->state = malloc(sizeof(*kept));
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	*kept = *in;
	if (!read_call(rq->service->store, in->call, call_was_read, rq))
		request_refuse(rq, BUSY, NULL);
}
