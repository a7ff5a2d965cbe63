/* place.c - the tree of places: bring it in, look at it. */
#include <stdlib.h>

#include "keys.h"
#include "verbs.h"

#define PAGE_MAX 200

struct place_node *
known_place(struct request *rq, struct place place, const char *field)
{
	struct place_node *node = tree_known(rq->service->view->tree, place);

	if (!node)
		request_refuse(rq, NOT_FOUND, field);
	return node;
}

/* Import. */

/* What is to be answered once Redis has done the rest. */
struct import {
	struct import_result result;
	struct row_refusal refused[];
};

static void
imported(const struct reply *reply, void *context)
{
	struct request *rq = context;
	struct import *import = rq->state;

	if (reply->status != OK)
		return request_pass_on(rq, reply);
	import->result.added = (uint32_t)reply_u64(reply, 0);
	import->result.changed = (uint32_t)reply_u64(reply, 1);
	import->result.unchanged = (uint32_t)reply_u64(reply, 2);
	request_answer(rq, answer_place_import(rq->id, &import->result));
}

/* Why a row cannot be taken; NULL if it can. */
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

/* A batch: the rows that can be taken, in one call; the others are named in the answer. */
void
verb_place_import(struct request *rq, const struct asked *asked)
{
	const struct list *rows = &asked->place_import.rows;
	const struct place_row *items = rows->items;
	struct import *import = calloc(1, sizeof(*import) + rows->count * sizeof(struct row_refusal));
	bool *good = calloc(rows->count, sizeof(*good));
	struct place under = {0}, place;
	int partition = -1;
	struct fcall f;

	if (!import || !good) {
		free(import);
		free(good);
		return request_refuse(rq, BUSY, NULL);
	}
	rq->state = import;
	import->result.refused = import->refused;
	for (size_t i = 0; i < rows->count; i++) {
		const char *flaw = row_flaw(rq->service, &items[i], &place, &partition);
		good[i] = !flaw;
		if (flaw)
			import->refused[import->result.refused_count++] = (struct row_refusal){(uint32_t)i, flaw};
		else
			under = place_is_none(under) ? place : common_place(under, place);
	}
	if (partition < 0) {
		free(good);
		return request_answer(rq, answer_place_import(rq->id, &import->result));
	}
	f = fcall_write(rq->service->store, "place_import", (uint8_t)partition, 1, &rq->stamp);
	fcall_key(&f, KEY_PLACES);
	fcall_arg_place(&f, under);
	for (size_t i = 0; i < rows->count; i++) {
		if (!good[i])
			continue;
		fcall_arg(&f, items[i].code);
		fcall_arg(&f, items[i].name);
	}
	free(good);
	request_call(rq, &f, imported);
}

/* Looking. */

void
verb_place_list(struct request *rq, const struct asked *asked)
{
	const struct place_list *in = &asked->place_list;
	struct place_node *nodes[PAGE_MAX], *node = NULL;
	size_t count = 0;

	if (!place_is_none(in->under) && !(node = known_place(rq, in->under, "under")))
		return;
	node = node ? node->first_child : tree_first(rq->service->view->tree);
	while (node && !place_is_none(in->after) && place_compare(node->place, in->after) <= 0)
		node = node->next;
	for (; node && count < in->count; node = node->next)
		if (node->known)
			nodes[count++] = node;
	while (node && !node->known)
		node = node->next;
	request_answer(rq, answer_place_list(rq->id, nodes, count, node));
}

void
verb_place_show(struct request *rq, const struct asked *asked)
{
	struct place_node *node = known_place(rq, asked->place_show.place, "place");

	if (node)
		request_answer(rq, answer_place_show(rq->id, node));
}

void
verb_tally_list(struct request *rq, const struct asked *asked)
{
	const struct tally_list *in = &asked->tally_list;
	struct place_node *nodes[PAGE_MAX], *top = known_place(rq, in->place, "place"), *node = top;
	size_t count = 0;

	if (!top)
		return;
	if (!place_is_none(in->after)) {
		if (!place_covers(in->place, in->after))
			return request_refuse(rq, BAD_REQUEST, "after");
		if (!(node = known_place(rq, in->after, "after")))
			return;
		node = tree_next(top, node, in->depth);
	}
	for (; node && count < in->count; node = tree_next(top, node, in->depth))
		if (node->known)
			nodes[count++] = node;
	request_answer(rq, answer_tally_list(rq->id, nodes, count, node));
}
