/* place.c - the tree of places, and what is counted in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "tool.h"

#define PAGE         200
#define NAME_COLUMNS 40 /* with the indent of the deepest place, 12 */
#define CODE_COLUMNS 20

static void
print_place(struct tool *tool, const Place *place)
{
	if (tool->json) {
		print_message(&place->base);
		return;
	}
	print_padded(place->code, 20);
	printf("%s", place->name);
	if (place->children)
		printf("  (%u)", place->children);
	putchar('\n');
}

static void
take_places(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__PlaceListResult *page = answer->place_list;

	(void)context;
	for (size_t i = 0; i < page->n_places; i++)
		print_place(tool, page->places[i]);
	paging_took(paging, page->n_places, page->n_places ? page->places[page->n_places - 1]->code : "", page->more);
}

int
run_place_list(struct tool *tool)
{
	Gridvanguard__V1__PlaceList body = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	Request request = REQUEST(PLACE_LIST, &body);
	size_t enough = args_get(&tool->args, "all") ? ALL_PAGES : PAGE;
	struct paging paging;
	int status;

	body.under = UNCONST(tool->args.word_count ? tool->args.words[0] : "");
	body.depth = 1;
	body.count = PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, enough, take_places, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("no places are known there", "该地之下没有已知地点"));
	return status;
}

int
run_place_show(struct tool *tool)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body);
	const Gridvanguard__V1__PlaceShowResult *result;
	Answer *answer;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	result = answer->place_show;
	for (size_t i = 0; i < result->n_path; i++) {
		if (!tool->json)
			printf("%*s", (int)i * 2, "");
		print_place(tool, result->path[i]);
	}
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Tallies. */

static void
print_tally(struct tool *tool, const struct board_place *place, int indent)
{
	char code[PLACE_TEXT];

	place_print(code, place->place);
	if (tool->json) {
		print_json(board_place_json(place));
		return;
	}
	printf("%*s", indent, "");
	print_padded(place->name, NAME_COLUMNS - indent);
	print_padded(code, CODE_COLUMNS);
	printf("%8u %6u %10u %8u\n", place->members, place->calls, place->confirmed, place->waiting);
}

/* The place and `depth` levels below it; `indent` is where the place itself begins. */
static int
print_tallies(struct tool *tool, const char *place, unsigned depth, int indent)
{
	struct board *board = board_create(tool, place, depth);
	int status = board_load(board);

	for (size_t i = 0; status == EXIT_DONE && i < board->place_count; i++)
		print_tally(tool, &board->places[i], indent + board_indent(board, &board->places[i]));
	board_destroy(board);
	return status;
}

/* Each of the places above it, from the province down. */
static int
print_path(struct tool *tool, int *indent)
{
	struct place place;
	char code[PLACE_TEXT];
	int status = EXIT_DONE;

	/* A word that is no code is refused by the hub, in the same words as ever. */
	if (!place_parse(&place, text_of(tool->args.words[0])))
		return EXIT_DONE;
	for (enum place_level level = PROVINCE; level < place_level(place) && status == EXIT_DONE; level++) {
		status = print_tallies(tool, place_print(code, place_at_level(place, level)), 0, *indent);
		*indent += 2;
	}
	return status;
}

int
run_tally(struct tool *tool)
{
	uint64_t depth;
	int status = EXIT_DONE, indent = 0;

	if (!args_number(&tool->args, "depth", 1, 0, 3, &depth))
		return EXIT_USAGE;
	if (!tool->json) {
		print_padded("", NAME_COLUMNS + CODE_COLUMNS);
		puts(T(" members  calls  confirmed  waiting", "    成员   召集     已确认     候补"));
	}
	if (args_get(&tool->args, "path"))
		status = print_path(tool, &indent);
	if (status == EXIT_DONE)
		status = print_tallies(tool, tool->args.words[0], (unsigned)depth, indent);
	return status;
}
