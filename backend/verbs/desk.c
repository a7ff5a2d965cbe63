/* desk.c - signing in at a desk by the phone: what the desk asks before, and what the phone does. The login that waits stands
 * in login_desk.c. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "keys.h"
#include "peer.h"
#include "ticket.h"
#include "verbs.h"

/* What the desk is told when Redis knows it. */
struct opening {
	char ticket[TICKET_TEXT];
	char secret[TICKET_TEXT];
	uint32_t number;
};

static void
opened(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct opening *opening = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	request_answer(
		rq, answer_desk_open(rq->id, opening->ticket, opening->secret, opening->number, reply_u64(reply, 0)));
}

void
verb_desk_open(struct request *rq, const struct asked *asked)
{
	struct opening *opening;
	char hash[DESK_HASH], secret[DESK_HASH], address[PEER_TEXT];
	struct fcall f;

	if (rq->service->disk_short)
		return request_refuse(rq, UNAVAILABLE, "disk");
	opening = rq->state = calloc(1, sizeof(*opening));
	if (!opening)
		return request_refuse(rq, BUSY, NULL);
	opening->number = 10 + randombytes_uniform(90);
	ticket_hash(hash, text_of(ticket_make(opening->ticket)));
	ticket_hash(secret, text_of(ticket_make(opening->secret)));
	f = fcall_bare(rq->service->store, "desk_open", ticket_partition(hash), 1);
	fcall_key(&f, KEY_DESK, hash);
	fcall_arg(&f, asked->desk_open.device);
	fcall_arg(&f, text_of(peer_print(address, rq->address)));
	fcall_arg_u64(&f, opening->number);
	fcall_arg_u64(&f, TICKET_LIFE_MS);
	fcall_arg(&f, text_of(secret));
	request_call(rq, &f, opened);
}

static void
shown(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	request_answer(rq, answer_desk_show(rq->id, reply_text(reply, 0), reply_text(reply, 1),
				   (uint32_t)reply_u64(reply, 2), reply_u64(reply, 3)));
}

void
verb_desk_show(struct request *rq, const struct asked *asked)
{
	char hash[DESK_HASH];
	struct fcall f;

	ticket_hash(hash, asked->desk_show.ticket);
	f = fcall_read(rq->service->store, "desk_show", ticket_partition(hash), 1);
	fcall_key(&f, KEY_DESK, hash);
	request_call(rq, &f, shown);
}

/* By a wrong number it was refused for good. */
static void
decided(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status == OK && text_equal(reply_text(reply, 0), TEXT("wrong")))
		return request_refuse(rq, FORBIDDEN, "number");
	request_ended(reply, rq);
}

void
verb_desk_confirm(struct request *rq, const struct asked *asked)
{
	const struct desk_confirm *in = &asked->desk_confirm;
	const struct client *client = rq->client;
	bool passed = !client->by_token || client->passed;
	char hash[DESK_HASH];
	struct fcall f;

	ticket_hash(hash, in->ticket);
	f = fcall_write(rq->service->store, "desk_confirm", ticket_partition(hash), 2, &rq->stamp);
	fcall_key(&f, KEY_DESK, hash);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(hash));
	fcall_arg_u64(&f, in->number);
	fcall_arg(&f, text_of(in->accept ? "1" : ""));
	fcall_arg(&f, text_of(passed ? "1" : ""));
	request_audit(rq, &f);
	request_call(rq, &f, decided);
}
