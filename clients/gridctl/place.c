/* place.c - the tree of places, and what is counted in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "tool.h"

#define PAGE 200

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

int
run_place_list(struct tool *tool)
{
	Gridvanguard__V1__PlaceList body = GRIDVANGUARD__V1__PLACE_LIST__INIT;
	bool all = args_get(&tool->args, "all"), more = true;
	char after[32] = "";
	size_t count = 0;
	int status;

	body.under = (char *)(uintptr_t)(tool->args.word_count ? tool->args.words[0] : "");
	body.depth = 1;
	body.after = after;
	body.count = PAGE;
	while (more) {
		Request request = REQUEST(PLACE_LIST, &body);
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		for (size_t i = 0; i < answer->place_list->n_places; i++) {
			print_place(tool, answer->place_list->places[i]);
			snprintf(after, sizeof(after), "%s", answer->place_list->places[i]->code);
		}
		count += answer->place_list->n_places;
		more = answer->place_list->more && all;
		if (answer->place_list->more && !all && !tool->json)
			puts(T("… more; see all with --all", "……还有更多；用 --all 全部列出"));
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	if (count == 0 && !tool->json)
		puts(T("no places are known there", "该地之下没有已知地点"));
	return EXIT_DONE;
}

int
run_place_show(struct tool *tool)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body);
	const Gridvanguard__V1__PlaceShowResult *result;
	Answer *answer;
	int status;

	body.place = (char *)(uintptr_t)tool->args.words[0];
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

static void
print_tally(struct tool *tool, const struct board_place *place, int indent)
{
	char code[PLACE_TEXT];

	place_print(code, place->place);
	if (tool->json) {
		print_json(json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "place", code, "name", place->name, "members",
			(json_int_t)place->members, "calls", (json_int_t)place->calls, "confirmed",
			(json_int_t)place->confirmed, "waiting", (json_int_t)place->waiting));
		return;
	}
	printf("%*s", indent, "");
	print_padded(place->name, 34 - indent);
	print_padded(code, 20);
	printf("%8u %6u %10u %8u\n", place->members, place->calls, place->confirmed, place->waiting);
}

int
run_tally(struct tool *tool)
{
	struct board *board;
	uint64_t depth;
	int status;

	if (!args_number(&tool->args, "depth", 1, 0, 3, &depth))
		return EXIT_USAGE;
	board = board_create(tool, tool->args.words[0], (unsigned)depth);
	status = board_load(board);
	if (status == EXIT_DONE && !tool->json) {
		print_padded("", 54);
		printf("%8s %6s %10s %8s\n", T("members", "   成员"), T("calls", "  召集"),
			T("confirmed", "      已确认"), T("waiting", "    候补"));
	}
	for (size_t i = 0; status == EXIT_DONE && i < board->place_count; i++)
		print_tally(tool, &board->places[i], board_indent(board, &board->places[i]));
	board_destroy(board);
	return status;
}
