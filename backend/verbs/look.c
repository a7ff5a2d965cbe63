#include "look.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit.h"
#include "memory.h"

struct look {
	const char *what;
	struct buf on[PARTITIONS]; /* ids with blanks between them, by their partitions */
	unsigned waiting;          /* entries that are not written yet, and one while they are sent */
	enum status status;
	struct piece *answer;
};

bool
look_begin(struct request *rq, const char *what)
{
	rq->look = calloc(1, sizeof(*rq->look));
	if (!rq->look) {
		request_refuse(rq, BUSY, NULL);
		return false;
	}
	rq->look->what = what;
	return true;
}

void
look_at(struct request *rq, struct id person)
{
	char id[ID_TEXT];
	struct buf *on;

	if (!rq->look || id_is_none(person))
		return;
	on = &rq->look->on[person.partition];
	buf_printf(on, "%s%s", on->len > 0 ? " " : "", id_print(id, person));
}

void
look_free(struct look *look)
{
	if (!look)
		return;
	for (uint8_t i = 0; i < PARTITIONS; i++)
		buf_finish(&look->on[i]);
	piece_drop(look->answer);
	free(look);
}

static void
entry_ended(struct request *rq)
{
	struct look *look = rq->look;
	struct piece *answer = look->answer;

	if (--look->waiting > 0)
		return;
	if (look->status != OK)
		return request_refuse(rq, look->status, NULL);
	look->answer = NULL;
	request_give(rq, answer);
}

static void
written(const struct reply *reply, void *context)
{
	struct request *rq = context;

	if (reply->status != OK)
		rq->look->status = UNAVAILABLE;
	entry_ended(rq);
}

static void
write_entry(struct request *rq, uint8_t partition, struct text on)
{
	struct look *look = rq->look;
	char detail[128], about[MAX(ID_TEXT, PLACE_TEXT)];

	if (id_is_none(rq->call))
		snprintf(
			detail, sizeof(detail), "verb=%s place=%s", verb_name(rq->verb), place_print(about, rq->place));
	else
		snprintf(detail, sizeof(detail), "verb=%s call=%s", verb_name(rq->verb), id_print(about, rq->call));
	look->waiting++;
	if (audit_look(rq, partition, look->what, on, text_of(detail), written, rq))
		return;
	look->status = BUSY;
	look->waiting--;
}

/* A list that is too long for memory is not one that may be shown. */
void
look_answer(struct request *rq, struct piece *answer)
{
	struct look *look = rq->look;
	bool shows_nobody = true;

	look->answer = answer;
	look->status = rq->service->disk_short ? UNAVAILABLE : OK;
	look->waiting = 1;
	for (uint8_t i = 0; i < PARTITIONS && look->status == OK; i++) {
		if (look->on[i].failed)
			look->status = BUSY;
		else if (look->on[i].len > 0)
			write_entry(rq, i, buf_text(&look->on[i]));
		shows_nobody = shows_nobody && look->on[i].len == 0;
	}
	if (shows_nobody && look->status == OK)
		write_entry(rq, rq->person.partition, TEXT(""));
	entry_ended(rq);
}
