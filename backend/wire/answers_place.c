/* answers_place.c - places and their tallies. */
#include "answers_private.h"

/* Places. */

struct piece *
answer_place_import(uint64_t id, const struct import_result *in)
{
	Gridvanguard__V1__PlaceImportResult result = GRIDVANGUARD__V1__PLACE_IMPORT_RESULT__INIT;
	Gridvanguard__V1__RowRefusal *refused = make_items(in->refused_count, sizeof(*refused), &result.refused);
	struct piece *piece;

	if (!refused)
		return NULL;
	for (size_t i = 0; i < in->refused_count; i++) {
		gridvanguard__v1__row_refusal__init(&refused[i]);
		refused[i].row = in->refused[i].row;
		refused[i].field = UNCONST(in->refused[i].field);
	}
	result.n_refused = in->refused_count;
	result.added = in->added;
	result.changed = in->changed;
	result.unchanged = in->unchanged;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_IMPORT, &result);
	free(refused);
	return piece;
}

struct place_out {
	Gridvanguard__V1__Place message; /* first, for the list points at it */
	char code[PLACE_TEXT];
};

static uint32_t
known_children(const struct place_node *node)
{
	uint32_t count = 0;

	for (const struct place_node *child = node->first_child; child; child = child->next)
		count += child->known;
	return count;
}

static void
fill_place(struct place_out *out, const struct place_node *node)
{
	gridvanguard__v1__place__init(&out->message);
	out->message.code = place_print(out->code, node->place);
	out->message.name = UNCONST(node->name);
	out->message.children = known_children(node);
}

struct piece *
answer_place_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more)
{
	Gridvanguard__V1__PlaceListResult result = GRIDVANGUARD__V1__PLACE_LIST_RESULT__INIT;
	struct place_out *places = make_items(count, sizeof(*places), &result.places);
	struct piece *piece;

	if (!places)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_place(&places[i], nodes[i]);
	result.n_places = fit_page((void *const *)result.places, count);
	result.more = more || result.n_places < count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_LIST, &result);
	free(places);
	return piece;
}

struct piece *
answer_place_show(uint64_t id, const struct place_node *node)
{
	Gridvanguard__V1__PlaceShowResult result = GRIDVANGUARD__V1__PLACE_SHOW_RESULT__INIT;
	struct place_out places[PLACE_LEVELS];
	Gridvanguard__V1__Place *list[PLACE_LEVELS];

	result.n_path = (size_t)place_level(node->place) + 1;
	for (size_t i = result.n_path; i-- > 0; node = node->parent) {
		fill_place(&places[i], node);
		list[i] = &places[i].message;
	}
	result.path = list;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_PLACE_SHOW, &result);
}

/* Tallies. */

struct tally_out {
	Gridvanguard__V1__Tally message;
	char place[PLACE_TEXT];
	char call[ID_TEXT];
};

static void
fill_place_tally(struct tally_out *out, const struct place_node *node)
{
	gridvanguard__v1__tally__init(&out->message);
	out->message.place = place_print(out->place, node->place);
	out->message.members = node->tally.members;
	out->message.calls = node->tally.calls;
	out->message.confirmed = node->tally.confirmed;
	out->message.waiting = node->tally.waiting;
	out->message.present = node->tally.present;
}

struct piece *
answer_tally_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more)
{
	Gridvanguard__V1__TallyListResult result = GRIDVANGUARD__V1__TALLY_LIST_RESULT__INIT;
	struct tally_out *tallies = make_items(count, sizeof(*tallies), &result.tallies);
	struct piece *piece;

	if (!tallies)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fill_place_tally(&tallies[i], nodes[i]);
	result.n_tallies = fit_page((void *const *)result.tallies, count);
	result.more = more || result.n_tallies < count;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_TALLY_LIST, &result);
	free(tallies);
	return piece;
}

/* What tells a place's tally from a call's among those that replace each other: calls have the top bit. A place's
 * digits are 2 to 18, so they keep the five look-alike pairs apart. */
struct piece *
encode_place_tally(const struct place_node *node)
{
	struct tally_out tally;
	struct piece *piece;

	fill_place_tally(&tally, node);
	piece = piece_of(FRAME_TALLIES, &tally.message.base);
	if (piece)
		piece->replaces = node->place.code << 3 | (uint64_t)place_level(node->place);
	return piece;
}

struct piece *
encode_call_tally(const struct call *call)
{
	struct tally_out tally;
	struct piece *piece;

	gridvanguard__v1__tally__init(&tally.message);
	tally.message.place = place_print(tally.place, call->record.place);
	tally.message.call = id_print(tally.call, call->record.id);
	tally.message.calls = 1;
	tally.message.confirmed = call->numbers.confirmed;
	tally.message.waiting = call->numbers.waiting;
	tally.message.present = call->present;
	piece = piece_of(FRAME_TALLIES, &tally.message.base);
	if (piece)
		piece->replaces = UINT64_C(1) << 63 | call->key;
	return piece;
}
