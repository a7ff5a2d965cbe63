/* place.c - the tree of places: bring it in, look at it. */
#include <stdlib.h>

#include "keys.h"
#include "verbs.h"

struct place_node *
known_place(struct request *rq, struct place place, const char *field)
{
	struct place_node *node = tree_known(rq->service->view->tree, place);

	if (node)
		return request_may(rq, place, field) ? node : NULL;
	request_refuse(rq, NOT_FOUND, field);
	return NULL;
}

/* Import. */

/* What is to be answered once Redis has done the rest. */
struct import {
	struct import_result result;
	struct place under;           /* covers all rows that are taken; none: the whole country */
	int partition;                /* of these; -1: there are none */
	struct row_refusal refused[]; /* in the order of the rows */
};

static void
imported(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct import *import = rq->state;

	rq->service->import_count--;
	if (reply->status != OK)
		return request_pass_on(rq, reply);
	import->result.added = (uint32_t)reply_u64(reply, 0);
	import->result.changed = (uint32_t)reply_u64(reply, 1);
	import->result.unchanged = (uint32_t)reply_u64(reply, 2);
	request_answer(rq, answer_place_import(rq->id, &import->result));
}

/* Why a row cannot be taken; NULL if it can. The first that can be says which partition the batch is of. */
static const char *
row_flaw(const struct service *service, const struct place_row *row, struct place *place, int *partition)
{
	struct place parent;

	if (!place_parse(place, row->code))
		return "code";
	parent = place_parent(*place);
	if (!place_is_none(parent) && !tree_known(service->view->tree, parent))
		return "parent";
	if (*partition < 0)
		*partition = place_partition(*place);
	return place_partition(*place) == *partition ? NULL : "partition";
}

/* The narrowest place that covers both. */
static struct place
common_place(struct place a, struct place b)
{
	while (!place_is_none(a) && !place_covers(a, b))
		a = place_parent(a);
	return a;
}

static struct import *
check_rows(const struct service *service, const struct place_row *rows, size_t count)
{
	struct import *import = calloc(1, sizeof(*import) + count * sizeof(struct row_refusal));
	struct place place;

	if (!import)
		return NULL;
	import->partition = -1;
	import->result.refused = import->refused;
	for (size_t i = 0; i < count; i++) {
		bool first = import->partition < 0;
		const char *flaw = row_flaw(service, &rows[i], &place, &import->partition);
		if (flaw)
			import->refused[import->result.refused_count++] = (struct row_refusal){(uint32_t)i, flaw};
		else
			import->under = first ? place : common_place(import->under, place);
	}
	return import;
}

/* Hands on the rows that were not refused. */
static void
add_rows(struct fcall *f, const struct import *import, const struct place_row *rows, size_t count)
{
	const struct row_refusal *refused = import->refused, *end = refused + import->result.refused_count;

	for (size_t i = 0; i < count; i++) {
		if (refused < end && refused->row == i) {
			refused++;
			continue;
		}
		fcall_arg(f, rows[i].code);
		fcall_arg(f, rows[i].name);
	}
}

/* A batch: the rows that can be taken, in one call; the others are named in the answer. Few batches are under way at
 * once, for whoever signs up meanwhile waits behind them. */
void
verb_place_import(struct request *rq, const struct asked *asked)
{
	const struct list *rows = &asked->place_import.rows;
	struct import *import;
	struct fcall f;

	if (rq->service->import_count == IMPORTS_MAX)
		return request_refuse(rq, BUSY, NULL);
	import = rq->state = check_rows(rq->service, rows->items, rows->count);
	if (!import)
		return request_refuse(rq, BUSY, NULL);
	if (import->partition < 0)
		return request_answer(rq, answer_place_import(rq->id, &import->result));
	if (!request_may(rq, import->under, "rows"))
		return;
	f = fcall_write(rq->service->store, "place_import", (uint8_t)import->partition, 1, &rq->stamp);
	fcall_key(&f, KEY_PLACES);
	fcall_arg_place(&f, import->under);
	add_rows(&f, import, rows->items, rows->count);
	if (fcall_send(&f, imported, rq))
		rq->service->import_count++;
	else
		request_refuse(rq, BUSY, NULL);
}

/* Looking. */

/* A page of known places under `top`, in the order of their codes, behind `after` (none: behind `top` itself). Sets
 * *more if there are others behind the page. */
static size_t
list_under(const struct service *service, const struct place_node *top, unsigned depth, struct place after,
	struct place_node **out, size_t max, bool *more)
{
	const struct place_node *node = place_is_none(after) ? top : tree_known(service->view->tree, after);
	size_t count = 0;

	*more = false;
	while ((node = tree_next(top, node, depth))) {
		if (!node->known)
			continue;
		if (count == max) {
			*more = true;
			break;
		}
		out[count++] = UNCONST(node);
	}
	return count;
}

/* False, and the request is refused, if a page cannot go on behind `after`: only what is listed can have been last. */
static bool
check_after(struct request *rq, struct place top, unsigned depth, struct place after)
{
	if (place_is_none(after))
		return true;
	if (place_covers(top, after) && place_level(after) - place_level(top) <= depth)
		return known_place(rq, after, "after");
	request_refuse(rq, BAD_REQUEST, "after");
	return false;
}

static void
list_provinces(struct request *rq, const struct place_list *in)
{
	struct place_node *nodes[PAGE_MAX], *node = tree_first(rq->service->view->tree);
	size_t count = 0;
	bool more = false;

	for (; node; node = node->next) {
		if (!node->known || (!place_is_none(in->after) && place_compare(node->place, in->after) <= 0))
			continue;
		if (count < in->count)
			nodes[count++] = node;
		else
			more = true;
	}
	request_answer(rq, answer_place_list(rq->id, nodes, count, more));
}

void
verb_place_list(struct request *rq, const struct asked *asked)
{
	const struct place_list *in = &asked->place_list;
	struct place_node *nodes[PAGE_MAX], *top;
	size_t count;
	bool more;

	if (place_is_none(in->under))
		return list_provinces(rq, in);
	top = known_place(rq, in->under, "under");
	if (!top || !check_after(rq, in->under, in->depth, in->after))
		return;
	count = list_under(rq->service, top, in->depth, in->after, nodes, in->count, &more);
	request_answer(rq, answer_place_list(rq->id, nodes, count, more));
}

void
verb_place_show(struct request *rq, const struct asked *asked)
{
	struct place_node *node = known_place(rq, asked->place_show.place, "place");

	if (node)
		request_answer(rq, answer_place_show(rq->id, node));
}

/* The place itself comes first on the first page. */
void
verb_tally_list(struct request *rq, const struct asked *asked)
{
	const struct tally_list *in = &asked->tally_list;
	struct place_node *nodes[PAGE_MAX], *top = known_place(rq, in->place, "place");
	size_t count = 0;
	bool more;

	if (!top || !check_after(rq, in->place, in->depth, in->after))
		return;
	if (place_is_none(in->after))
		nodes[count++] = top;
	count += list_under(rq->service, top, in->depth, in->after, nodes + count, in->count - count, &more);
	request_answer(rq, answer_tally_list(rq->id, nodes, count, more));
}
