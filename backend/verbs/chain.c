/* chain.c - the chain of a call (接龙): join, confirm, withdraw, check in and out, read. */
#include <stdlib.h>

#include "clock.h"
#include "content.h"
#include "door.h"
#include "keys.h"
#include "look.h"
#include "packed.h"
#include "reads.h"
#include "rights.h"
#include "verbs.h"

struct fcall
chain_call(struct request *rq, const char *function, struct id call, unsigned more)
{
	struct fcall f = fcall_write(rq->service->store, function, call.partition, CHAIN_KEYS + more, &rq->stamp);

	rq->call = call;
	chain_keys(&f, call);
	return f;
}

void
chain_keys(struct fcall *f, struct id call)
{
	char id[ID_TEXT];

	id_print(id, call);
	fcall_key(f, KEY_CALL, id);
	fcall_key(f, KEY_CALL_LINES, id);
	fcall_key(f, KEY_CALL_LIVE, id);
	fcall_key(f, KEY_CALL_WAITING, id);
	fcall_key(f, KEY_CALL_CONFIRMED, id);
	fcall_key(f, KEY_CALL_TALLY, id);
	fcall_key(f, KEY_CALL_TEXTS, id);
	fcall_key(f, KEY_CALL_OFFERED, id);
}

/* Join. */

static void
closed_was_read(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct request *rq = context;

	(void)numbers;
	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "call" : NULL);
	if (may_at_call(rq, call))
		request_refuse(rq, CLOSED, "call");
}

/* That it is closed is for who may see it. */
static void
refuse_closed(struct request *rq)
{
	if (!read_call(rq->service->store, rq->call, closed_was_read, rq))
		request_refuse(rq, BUSY, NULL);
}

/* Both OK and ALREADY carry a number, a state and how many are ahead. */
static void
joined(const struct reply *reply, void *context)
{
	struct request *rq = context;
	enum line_state state = LINE_NONE;

	if (reply->status == CLOSED)
		return refuse_closed(rq);
	if (reply->status != OK && reply->status != ALREADY)
		return request_pass_on(rq, reply);
	if (!line_state_parse(&state, reply_text(reply, 1)))
		return request_refuse(rq, INTERNAL, NULL);
	request_answer(rq, answer_chain_join(rq->id, reply->status, (uint32_t)reply_u64(reply, 0), state,
				   (uint32_t)reply_u64(reply, 2)));
}

/* Whether the answers fit the questions of the call; names the first that does not. */
static bool
answers_fit(const struct call *call, const struct chain_join *in, char field[FIELD_TEXT_MAX])
{
	struct text rest = call->record.questions;
	const struct text *answers = in->answers.items;
	size_t i = 0;

	for (; rest.len > 0; i++) {
		struct text question = text_cut(&rest, '\n');
		snprintf(field, FIELD_TEXT_MAX, "answers[%zu]", i);
		if (!packed_answer_fits(question, i < in->answers.count ? answers[i] : TEXT("")))
			return false;
	}
	snprintf(field, FIELD_TEXT_MAX, "answers");
	return in->answers.count <= i;
}

/* Whom one may sign up: who finds him in a list of members anyway, or lives in the same grid. Whoever signs somebody up may
 * be told his name, and ids are counted. */
static bool
may_join_for(const struct request *rq, struct id person)
{
	const struct view *view = rq->service->view;
	struct place home = view_place_of(view, person), own = view_place_of(view, rq->person);

	if (rq->is_free || id_equal(person, rq->person))
		return true;
	if (place_is_none(home))
		return false;
	return rights_of_person(view, rq->person, VERB_MEMBER_LIST, home, clock_wall_ms()) ||
	       (!place_is_none(own) && place_equal(place_at_level(home, GRID), place_at_level(own, GRID)));
}

/* Whom the line is for, and where he is registered; false if that cannot be. Where the call is not known either, nobody is
 * told whether it is the person; and of one whom he may not sign up nobody is told whether there is one. */
static bool
find_joiner(struct request *rq, const struct chain_join *in, bool is_known, struct id *person, struct place *place)
{
	bool nameless = in->name.len == 0, is_free_to;

	*person = !id_is_none(in->person) ? in->person : nameless ? rq->person : (struct id){0};
	*place = view_place_of(rq->service->view, nameless ? *person : rq->person);
	is_free_to = id_is_none(in->person) || may_join_for(rq, in->person);
	if (is_free_to && !place_is_none(*place))
		return true;
	/* Only who is registered has a name and a place to be counted at. */
	if (is_known)
		request_refuse(rq, id_is_none(in->person) || !is_free_to ? FORBIDDEN : NOT_FOUND, "person");
	else
		request_refuse(rq, NOT_FOUND, "call");
	return false;
}

/* One line at the end of the chain. Rights, questions and clashes are looked at in the view; of a call that is not in it
 * the function takes no line, but says what there is to say: it is closed, or done under this `once`, or not yet seen. */
void
verb_chain_join(struct request *rq, const struct asked *asked)
{
	const struct chain_join *in = &asked->chain_join;
	const struct call *call = view_call(rq->service->view, in->call);
	const struct written written = {"remark", {in->name, in->remark}, &in->answers};
	struct buf texts = {0};
	char field[FIELD_TEXT_MAX];
	struct id person;
	struct place place;
	struct fcall f;

	rq->call = in->call;
	if (call && !may_at_call(rq, &call->record))
		return;
	if (!find_joiner(rq, in, call != NULL, &person, &place))
		return;
	if (call && !answers_fit(call, in, field))
		return request_refuse(rq, BAD_REQUEST, field);
	if (call && !in->despite_clash && !id_is_none(person) && view_clash(rq->service->view, person, call, in->slot))
		return request_refuse(rq, CLASH, "slot");
	f = chain_call(rq, "chain_join", in->call, 0);
	fcall_arg_id(&f, in->call);
	if (id_is_none(person))
		fcall_arg(&f, TEXT(""));
	else
		fcall_arg_id(&f, person);
	fcall_arg_place(&f, place);
	fcall_arg_u64(&f, in->slot);
	fcall_arg_u64(&f, MAX(in->people, 1U));
	fcall_arg(&f, in->walk_up ? TEXT("1") : TEXT(""));
	pack_line_texts(&texts, in->name, in->remark, &in->answers);
	fcall_arg(&f, buf_text(&texts));
	buf_finish(&texts);
	fcall_arg(&f, call ? TEXT("1") : TEXT(""));
	content_call(rq, WECHAT_COMMENT, &written, 1, &f, joined);
}

/* What is done to a line: by its number, or one's own of a slot. */
static struct fcall
line_call(struct request *rq, const char *function, struct id call, uint32_t number, uint32_t slot)
{
	struct fcall f = chain_call(rq, function, call, 1);

	fcall_key(&f, KEY_DUE);
	fcall_arg_id(&f, call);
	fcall_arg_u64(&f, number);
	fcall_arg_u64(&f, slot);
	return f;
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
	const struct chain_withdraw *in = &asked->chain_withdraw;
	struct fcall f = line_call(rq, "chain_withdraw", in->call, in->number, in->slot);

	request_call(rq, &f, withdrawn);
}

void
verb_chain_confirm(struct request *rq, const struct asked *asked)
{
	const struct chain_confirm *in = &asked->chain_confirm;
	struct fcall f = line_call(rq, "chain_confirm", in->call, in->number, in->slot);

	request_call(rq, &f, request_ended);
}

/* At the door. */

static void
checked(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	request_answer(rq, answer_chain_check(rq->id, (uint32_t)reply_u64(reply, 0), (uint32_t)reply_u64(reply, 1)));
}

/* A code that is wrong or old is told apart from having none, which is for the author. */
void
verb_chain_check(struct request *rq, const struct asked *asked)
{
	const struct chain_check *in = &asked->chain_check;
	struct fcall f;

	if (in->code.len > 0 &&
		!door_code_is_good(store_secret(rq->service->store), in->call, clock_wall_ms(), in->code))
		return request_refuse(rq, TOO_LATE, "code");
	f = chain_call(rq, "chain_check", in->call, 0);
	fcall_arg_id(&f, in->call);
	fcall_arg_u64(&f, in->number);
	fcall_arg_u64(&f, in->slot);
	fcall_arg(&f, in->out ? TEXT("out") : TEXT("in"));
	fcall_arg(&f, in->code.len > 0 ? TEXT("1") : TEXT(""));
	request_call(rq, &f, checked);
}

/* For the author of an open call: also who closed it may let people out, by ticking them. */
void
verb_chain_code(struct request *rq, const struct asked *asked)
{
	struct id id = asked->chain_code.call;
	const struct call *call = view_call(rq->service->view, id);
	uint64_t until_ms;
	char code[DOOR_CODE];

	rq->call = id;
	if (!call)
		return request_refuse(rq, NOT_FOUND, "call");
	if (!id_equal(call->record.author, rq->person))
		return request_refuse(rq, FORBIDDEN, "call");
	until_ms = door_code(code, store_secret(rq->service->store), id, clock_wall_ms());
	request_answer(rq, answer_chain_code(rq->id, code, until_ms));
}

/* Read. */

/* What a reading needs to know of its call when the lines come. */
#define NAMES_NONE 3 /* the proto's NAMES_SHOWN_NONE */

struct reading {
	struct chain_list in;
	struct id author;
	uint32_t names;
	bool forgotten;
	uint32_t lines; /* there are */
};

static bool
concerns(const struct line_change *line, struct id person)
{
	return id_equal(line->person, person) || id_equal(line->by, person);
}

static struct telling_lines
telling_to(const struct request *rq, struct id author, uint32_t names, bool mine)
{
	return (struct telling_lines){.names = names, .full = mine || id_equal(author, rq->person)};
}

static bool
has_line(const struct call *call, struct id person)
{
	for (uint32_t i = 0; i < call->line_count; i++)
		if (concerns(&call->lines[i].is, person))
			return true;
	return false;
}

/* One's own lines need no right; who has none asks about the call. */
static bool
may_list(struct request *rq, const struct call *call, bool mine)
{
	return (mine && has_line(call, rq->person)) || may_at_call(rq, &call->record);
}

static void
list_open(struct request *rq, const struct call *call, const struct chain_list *in)
{
	struct telling_lines how = telling_to(rq, call->record.author, call->record.names, in->mine);
	struct line_change lines[PAGE_MAX];
	uint32_t ahead[PAGE_MAX];
	size_t count = 0;
	uint32_t at = in->after;

	for (; at < call->line_count && count < in->count; at++) {
		const struct line *line = &call->lines[at];
		if (in->mine && !concerns(&line->is, rq->person))
			continue;
		ahead[count] = in->mine && line->is.state == LINE_WAITING ? view_ahead_of(call, line) : 0;
		lines[count++] = line->is;
	}
	how.ahead = ahead;
	for (size_t i = 0; i < count; i++)
		look_at(rq, lines[i].person);
	request_answer(
		rq, answer_chain_list(rq->id, rq->service->view, how, lines, count, at < call->line_count ? at : 0));
}

/* One line more than was asked for is read, to see whether there is more. */
static void
lines_were_read(enum status status, const struct line_change *lines, size_t count, void *context)
{
	struct request *rq = context;
	const struct reading *reading = rq->state;
	const struct chain_list *in = &reading->in;
	struct telling_lines how = telling_to(rq, reading->author, reading->names, in->mine);
	struct line_change own[PAGE_MAX];
	size_t own_count = 0;

	if (status != OK)
		return request_refuse(rq, status, NULL);
	how.full = how.full && (in->mine || !reading->forgotten); /* its author sees no more names than others do */
	for (size_t i = 0; i < MIN(count, in->count); i++)
		if (!in->mine || concerns(&lines[i], rq->person))
			own[own_count++] = lines[i];
	for (size_t i = 0; i < own_count; i++)
		look_at(rq, own[i].person);
	request_answer(rq, answer_chain_list(rq->id, rq->service->view, how, own, own_count,
				   count > in->count ? in->after + in->count : 0));
}

static void
read_page(struct request *rq)
{
	const struct reading *reading = rq->state;
	const struct chain_list *in = &reading->in;

	if (in->after >= reading->lines)
		return request_answer(
			rq, answer_chain_list(rq->id, rq->service->view, (struct telling_lines){0}, NULL, 0, 0));
	if (!read_lines(rq->service->store, in->call, in->after + 1, in->count + 1, lines_were_read, rq))
		request_refuse(rq, BUSY, NULL);
}

/* Who asks for his lines in a closed call that he may not see must have one: a live one, as the call knows, or one of his
 * that was struck, as his sign-ups do. */

static void
looked_for_any(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (reply_u64(reply, 0) == 1)
		read_page(rq);
	else
		request_refuse(rq, FORBIDDEN, "call");
}

static void
looked_for_live(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct fcall f;
	char id[ID_TEXT];

	if (reply->status != OK || reply_u64(reply, 0) == 1)
		return looked_for_any(reply, rq);
	f = fcall_read(rq->service->store, "relay_signed_up", rq->person.partition, 1);
	fcall_key(&f, KEY_PERSON_SIGN_UPS, id_print(id, rq->person));
	fcall_arg_id(&f, rq->call);
	request_call(rq, &f, looked_for_any);
}

static void
ask_whether_live(struct request *rq)
{
	struct fcall f = fcall_read(rq->service->store, "chain_concerns", rq->call.partition, 2);
	char id[ID_TEXT];

	id_print(id, rq->call);
	fcall_key(&f, KEY_CALL, id);
	fcall_key(&f, KEY_CALL_LIVE, id);
	fcall_arg_id(&f, rq->person);
	request_call(rq, &f, looked_for_live);
}

static void
call_was_read(enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context)
{
	struct request *rq = context;
	struct reading *reading = rq->state;
	const struct chain_list *in = &reading->in;

	if (status != OK)
		return request_refuse(rq, status, status == NOT_FOUND ? "call" : NULL);
	if (!in->mine && !may_at_call(rq, call))
		return;
	reading->author = call->author;
	reading->names = call->forgotten ? NAMES_NONE : call->names;
	reading->forgotten = call->forgotten;
	reading->lines = numbers->lines;
	if (in->mine && !request_sees(rq, call->place, call->author))
		ask_whether_live(rq);
	else
		read_page(rq);
}

/* Of an open call the view has the chain; that of a closed one is read, once it is known that there is such a call. */
void
verb_chain_list(struct request *rq, const struct asked *asked)
{
	const struct chain_list *in = &asked->chain_list;
	const struct call *call = view_call(rq->service->view, in->call);
	struct reading *kept;

	rq->call = in->call;
	if (call && !may_list(rq, call, in->mine))
		return;
	if (call)
		return list_open(rq, call, in);
	kept = rq->state = calloc(1, sizeof(*kept));
	if (!kept)
		return request_refuse(rq, BUSY, NULL);
	kept->in = *in;
	if (!read_call(rq->service->store, in->call, call_was_read, rq))
		request_refuse(rq, BUSY, NULL);
}
