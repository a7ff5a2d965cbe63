#include "board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE       200
#define CALLS_PAGE 50

struct board *
board_create(struct tool *tool, const char *top, unsigned depth)
{
	struct board *board = calloc(1, sizeof(*board));

	board->tool = tool;
	board->top = top;
	board->depth = depth;
	return board;
}

static void
forget_all(struct board *board)
{
	for (size_t i = 0; i < board->place_count; i++)
		free(board->places[i].name);
	for (size_t i = 0; i < board->call_count; i++) {
		free(board->calls[i].id);
		free(board->calls[i].title);
	}
	board->place_count = 0;
	board->call_count = 0;
}

void
board_destroy(struct board *board)
{
	forget_all(board);
	free(board->places);
	free(board->calls);
	free(board);
}

static struct board_place *
find_place(const struct board *board, const char *code)
{
	struct place place;
	size_t low = 0, high = board->place_count;

	if (!place_parse(&place, text_of(code)))
		return NULL;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = place_compare(board->places[middle].place, place);
		if (order == 0)
			return &board->places[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Places come in the order of their codes. */
static void
add_place(struct board *board, const Place *in)
{
	struct place place;

	if (!place_parse(&place, text_of(in->code)))
		return;
	if (board->place_count == board->place_room) {
		board->place_room = board->place_room ? board->place_room * 2 : 64;
		board->places = realloc(board->places, board->place_room * sizeof(*board->places));
	}
	board->places[board->place_count++] = (struct board_place){.place = place, .name = strdup(in->name)};
}

struct board_place *
board_tally(struct board *board, const Tally *tally)
{
	struct board_place *place;

	if (tally->call[0]) {
		for (size_t i = 0; i < board->call_count; i++) {
			if (strcmp(board->calls[i].id, tally->call) != 0)
				continue;
			board->calls[i].confirmed = tally->confirmed;
			board->calls[i].waiting = tally->waiting;
		}
		return NULL;
	}
	place = find_place(board, tally->place);
	if (!place)
		return NULL;
	place->changed = true;
	place->members = tally->members;
	place->calls = tally->calls;
	place->confirmed = tally->confirmed;
	place->waiting = tally->waiting;
	return place;
}

static void
remove_call(struct board *board, size_t at)
{
	free(board->calls[at].id);
	free(board->calls[at].title);
	board->call_count--;
	memmove(&board->calls[at], &board->calls[at + 1], (board->call_count - at) * sizeof(*board->calls));
}

void
board_call(struct board *board, const Call *call)
{
	bool open = call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;
	size_t at = 0;

	while (at < board->call_count && strcmp(board->calls[at].id, call->id) != 0)
		at++;
	if (at < board->call_count)
		remove_call(board, at);
	if (!open)
		return;
	if (board->call_count == board->call_room) {
		board->call_room = board->call_room ? board->call_room * 2 : 16;
		board->calls = realloc(board->calls, board->call_room * sizeof(*board->calls));
	}
	board->calls[board->call_count++] = (struct board_call){
		.id = strdup(call->id),
		.title = strdup(call->title),
		.need = call->need,
		.limit = call->limit,
		.confirmed = call->confirmed,
		.waiting = call->waiting,
		.deadline_ms = call->deadline_ms,
	};
}

/* Loading, page by page. */

static int
load_top(struct board *board)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body);
	Answer *answer;
	int status;

	body.place = UNCONST(board->top);
	answer = tool_ask(board->tool, &request, &status);
	if (!answer)
		return status;
	add_place(board, answer->place_show->path[answer->place_show->n_path - 1]);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

static void
take_places(struct tool *tool, const Answer *answer, struct paging *paging, void *board)
{
	const Gridvanguard__V1__PlaceListResult *page = answer->place_list;

	(void)tool;
	for (size_t i = 0; i < page->n_places; i++)
		add_place(board, page->places[i]);
	paging_took(paging, page->n_places, page->n_places ? page->places[page->n_places - 1]->code : "", page->more);
}

static int
load_places(struct board *board)
{
	Gridvanguard__V1__PlaceList body = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	Request request = REQUEST(PLACE_LIST, &body);
	struct paging paging;

	body.under = UNCONST(board->top);
	body.depth = board->depth;
	body.count = PAGE;
	if (board->depth == 0)
		return EXIT_DONE;
	return tool_pages(board->tool, &request, &body.after, &paging, ALL_PAGES, take_places, board);
}

static void
take_tallies(struct tool *tool, const Answer *answer, struct paging *paging, void *board)
{
	const Gridvanguard__V1__TallyListResult *page = answer->tally_list;

	(void)tool;
	for (size_t i = 0; i < page->n_tallies; i++)
		board_tally(board, page->tallies[i]);
	paging_took(
		paging, page->n_tallies, page->n_tallies ? page->tallies[page->n_tallies - 1]->place : "", page->more);
}

static int
load_tallies(struct board *board)
{
	Gridvanguard__V1__TallyList body = GRIDVANGUARD__V1__TALLY_LIST__INIT;
	Request request = REQUEST(TALLY_LIST, &body);
	struct paging paging;

	body.place = UNCONST(board->top);
	body.depth = board->depth;
	body.count = PAGE;
	return tool_pages(board->tool, &request, &body.after, &paging, ALL_PAGES, take_tallies, board);
}

static void
take_calls(struct tool *tool, const Answer *answer, struct paging *paging, void *board)
{
	const Gridvanguard__V1__CallListResult *page = answer->call_list;

	(void)tool;
	for (size_t i = 0; i < page->n_calls; i++)
		board_call(board, page->calls[i]);
	paging_took(paging, page->n_calls, page->n_calls ? page->calls[page->n_calls - 1]->id : "", page->more);
}

static int
load_calls(struct board *board)
{
	Gridvanguard__V1__CallList body = GRIDVANGUARD__V1__CALL_LIST__INIT;
	Request request = REQUEST(CALL_LIST, &body);
	struct paging paging;

	body.place = UNCONST(board->top);
	body.count = CALLS_PAGE;
	return tool_pages(board->tool, &request, &body.after, &paging, ALL_PAGES, take_calls, board);
}

int
board_load(struct board *board)
{
	int status;

	forget_all(board);
	status = load_top(board);
	if (status == EXIT_DONE)
		status = load_places(board);
	if (status == EXIT_DONE)
		status = load_tallies(board);
	if (status == EXIT_DONE)
		status = load_calls(board);
	return status;
}

json_t *
board_place_json(const struct board_place *place)
{
	char code[PLACE_TEXT];

	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "place", place_print(code, place->place), "name",
		place->name, "members", (json_int_t)place->members, "calls", (json_int_t)place->calls, "confirmed",
		(json_int_t)place->confirmed, "waiting", (json_int_t)place->waiting);
}

int
board_indent(const struct board *board, const struct board_place *place)
{
	return 2 * (int)(place_level(place->place) - place_level(board->places[0].place));
}
