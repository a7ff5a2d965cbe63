/* phones.c - the phones of those who signed up to a call, for who has to reach them. */
#include <sodium.h>
#include <stdlib.h>

#include "clock.h"
#include "keys.h"
#include "look.h"
#include "reads.h"
#include "rights.h"
#include "verbs.h"

#define AFTER_MS (UINT64_C(7) * 86400000) /* so long after its end a call still gives a reason to phone somebody */

struct page;

struct shown {
	struct request *request;
	struct line_phone *line;
	struct phone phone; /* in clear, until the answer is made */
};

struct page {
	uint32_t next;
	size_t count;
	unsigned waiting; /* persons who are not read yet, and one while they are asked for */
	enum status status;
	struct line_phone lines[PHONES_PAGE_MAX];
	struct shown shown[PHONES_PAGE_MAX];
};

static void
person_ended(struct request *rq)
{
	struct page *page = rq->state;
	struct piece *answer;

	if (--page->waiting > 0)
		return;
	answer = page->status == OK ? answer_chain_phones(rq->id, page->lines, page->count, page->next) : NULL;
	sodium_memzero(page->shown, sizeof(page->shown));
	if (page->status == OK)
		request_answer(rq, answer);
	else
		request_refuse(rq, page->status, NULL);
}

/* Who has no phone, or one that does not open, has none here. */
static void
person_was_read(enum status status, const struct person_record *person, void *context)
{
	struct shown *shown = context;
	struct page *page = shown->request->state;
	struct phone_hash hash;

	if (status != OK && status != NOT_FOUND)
		page->status = status;
	else if (status == OK && phone_hash_parse(&hash, person->phone) &&
		 vault_open(shown->request->service->vault, &hash, person->sealed, &shown->phone))
		shown->line->phone = shown->phone.digits;
	person_ended(shown->request);
}

/* Who signed up has left his phone for it. Who was signed up by another has not: his is for who may list him where he
 * lives, or else anybody's could be had by signing him up. */
static bool
is_for(const struct request *rq, struct id person)
{
	const struct view *view = rq->service->view;
	struct place home = view_place_of(view, person);

	return rq->is_free ||
	       (!place_is_none(home) && rights_of_person(view, rq->person, VERB_MEMBER_LIST, home, clock_wall_ms()));
}

/* "3 1.77", or "3 1.77 for" of one who was signed up by another. */
static bool
show(struct request *rq, struct text row)
{
	struct page *page = rq->state;
	struct line_phone *line = &page->lines[page->count];
	struct shown *shown = &page->shown[page->count];

	if (!text_to_u32(&line->number, text_cut(&row, ' ')) || !id_parse(&line->person, text_cut(&row, ' ')))
		return false;
	if (row.len > 0 && !is_for(rq, line->person))
		return true;
	*shown = (struct shown){.request = rq, .line = line};
	line->phone = "";
	page->count++;
	look_at(rq, line->person);
	page->waiting++;
	if (read_person(rq->service->store, line->person, person_was_read, shown))
		return true;
	page->waiting--;
	page->status = BUSY;
	return true;
}

static void
show_page(struct request *rq, struct text rows, uint32_t next)
{
	struct page *page = rq->state = calloc(1, sizeof(*page));

	if (!page)
		return request_refuse(rq, BUSY, NULL);
	page->next = next;
	page->status = OK;
	page->waiting = 1;
	while (rows.len > 0 && page->count < PHONES_PAGE_MAX)
		if (!show(rq, text_cut(&rows, '\n')))
			page->status = INTERNAL;
	person_ended(rq);
}

static void
persons_were_listed(const struct reply *reply, void *context)
{
	struct request *rq = context;
	uint64_t ended_ms = reply_u64(reply, 1);
	struct place place;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	if (!place_parse(&place, reply_text(reply, 0)))
		return request_refuse(rq, INTERNAL, NULL);
	if (!request_may(rq, place, "call"))
		return;
	if (ended_ms > 0 && clock_wall_ms() > ended_ms + AFTER_MS)
		return request_refuse(rq, FORBIDDEN, "call");
	if (look_begin(rq, "phones"))
		show_page(rq, reply_text(reply, 2), (uint32_t)reply_u64(reply, 3));
}

void
verb_chain_phones(struct request *rq, const struct asked *asked)
{
	const struct chain_phones *in = &asked->chain_phones;
	struct fcall f = fcall_read(rq->service->store, "chain_persons", in->call.partition, 2);
	char id[ID_TEXT];

	rq->call = in->call;
	id_print(id, in->call);
	fcall_key(&f, KEY_CALL, id);
	fcall_key(&f, KEY_CALL_LINES, id);
	fcall_arg_u64(&f, in->after);
	fcall_arg_u64(&f, in->count);
	request_call(rq, &f, persons_were_listed);
}
