/* audit_list.c - the audit log, read: partition by partition. Where to go on is "7:" and the id of the entry behind which, or
 * nothing for the beginning of one. */
#include <stdio.h>
#include <stdlib.h>

#include "audit.h"
#include "keys.h"
#include "reads.h"
#include "verbs.h"

#define NEXT_TEXT (sizeof("15:") + LOG_ENTRY)

struct listing {
	uint8_t partition;
	bool own;
};

static bool
is_entry_id(struct text text)
{
	if (text.len >= LOG_ENTRY)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("0123456789-", text.data[i]))
			return false;
	return true;
}

static bool
parse_next(struct text next, uint8_t *partition, struct text *behind)
{
	struct text number = text_cut(&next, ':');
	uint32_t value = 0;

	*behind = next;
	if ((number.len > 0 && (!text_to_u32(&value, number) || value >= PARTITIONS)) || !is_entry_id(next))
		return false;
	*partition = (uint8_t)value;
	return true;
}

static void
print_next(char out[NEXT_TEXT], const struct listing *listing, struct text behind)
{
	out[0] = '\0';
	if (behind.len > 0)
		snprintf(out, NEXT_TEXT, "%u:%.*s", listing->partition, (int)behind.len, behind.data);
	else if (!listing->own && listing->partition + 1 < PARTITIONS)
		snprintf(out, NEXT_TEXT, "%u:", listing->partition + 1U);
}

/* The column in front, as a text of its own. */
static char *
cut(char **rest)
{
	char *column = strsep(rest, "\t");

	return column ? column : UNCONST("");
}

static uint64_t
number(const char *text)
{
	uint64_t value;

	return text_to_u64(&value, text_of(text), ID_NUMBER_MAX) ? value : 0;
}

/* What was done to somebody tells him nothing of others, nor from where it was done. */
static struct audit_entry
read_entry(char *row, const struct listing *listing, const char *own)
{
	struct audit_entry entry = {.partition = listing->partition};

	entry.seq = number(cut(&row));
	entry.at_ms = number(cut(&row));
	entry.who = cut(&row);
	entry.what = cut(&row);
	entry.on = cut(&row);
	entry.from = cut(&row);
	entry.why = cut(&row);
	entry.detail = cut(&row);
	if (!listing->own)
		return entry;
	entry.on = own;
	entry.from = "";
	return entry;
}

static void
entries_were_read(const struct reply *reply, void *context)
{
	struct request *rq = context;
	const struct listing *listing = rq->state;
	struct audit_entry entries[AUDIT_PAGE_MAX];
	char next[NEXT_TEXT], own[ID_TEXT], *rows, *rest;
	size_t count = 0;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	rest = rows = text_dup(reply_text(reply, 1));
	if (!rows)
		return request_refuse(rq, BUSY, NULL);
	id_print(own, rq->person);
	while (rest && *rest && count < AUDIT_PAGE_MAX)
		entries[count++] = read_entry(strsep(&rest, "\n"), listing, own);
	print_next(next, listing, reply_text(reply, 0));
	request_answer(rq, answer_audit_list(rq->id, entries, count, next));
	free(rows);
}

static void
send_call(struct request *rq, const struct audit_list *in, struct text behind)
{
	const struct listing *listing = rq->state;
	struct fcall f = fcall_read(rq->service->store, "audit_list", listing->partition, 1);
	char own[ID_TEXT];

	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, behind);
	fcall_arg_u64(&f, in->since_ms);
	fcall_arg_u64(&f, in->until_ms);
	if (id_is_none(in->who))
		fcall_arg(&f, TEXT(""));
	else
		fcall_arg_id(&f, in->who);
	fcall_arg(&f, in->own ? text_of(id_print(own, rq->person)) : in->on);
	fcall_arg(&f, in->what);
	fcall_arg_u64(&f, in->count);
	request_call(rq, &f, entries_were_read);
}

void
verb_audit_list(struct request *rq, const struct asked *asked)
{
	const struct audit_list *in = &asked->audit_list;
	struct listing *listing;
	struct text behind;

	if (!in->own && !request_may(rq, (struct place){0}, ""))
		return;
	listing = rq->state = malloc(sizeof(*listing));
	if (!listing)
		return request_refuse(rq, BUSY, NULL);
	if (!parse_next(in->after, &listing->partition, &behind))
		return request_refuse(rq, BAD_REQUEST, "after");
	if (in->own)
		listing->partition = rq->person.partition;
	listing->own = in->own;
	send_call(rq, in, behind);
}
