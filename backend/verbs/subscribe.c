/* subscribe.c - what people allow us to tell them by WeChat. */
#include "keys.h"
#include "tell.h"
#include "verbs.h"

static void
allowed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct tell *tell = rq->service->tell;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	request_answer(
		rq, answer_subscribe_tell(rq->id, tell ? tell_template(tell)->id : "", (uint32_t)reply_u64(reply, 0)));
}

/* How often our template is among them. */
static uint32_t
count_ours(const struct tell *tell, const struct list *accepted)
{
	const struct text *ids = accepted->items;
	uint32_t count = 0;

	for (size_t i = 0; tell && i < accepted->count; i++)
		count += text_equal(ids[i], text_of(tell_template(tell)->id));
	return count;
}

void
verb_subscribe_tell(struct request *rq, const struct asked *asked)
{
	struct fcall f = fcall_write(rq->service->store, "tell_allow", rq->person.partition, 1, &rq->stamp);

	fcall_key(&f, KEY_TELLABLE);
	fcall_arg_u64(&f, count_ours(rq->service->tell, &asked->subscribe_tell.accepted));
	request_call(rq, &f, allowed);
}
