#include "which.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static bool
find_slot(const Call *call, const char *text, uint32_t *slot)
{
	uint64_t number;

	if (text_to_u64(&number, text_of(text), call->n_slots) && number > 0) {
		*slot = (uint32_t)number;
		return true;
	}
	for (size_t i = 0; i < call->n_slots; i++) {
		if (strcmp(call->slots[i]->label, text) != 0)
			continue;
		*slot = (uint32_t)i + 1;
		return true;
	}
	return false;
}

static void
complain_of_slot(const Call *call, const char *text)
{
	fprintf(stderr, T("gridctl: --slot: the call has no slot '%s'", "gridctl: --slot: 该召集没有班次“%s”"), text);
	for (size_t i = 0; i < call->n_slots; i++)
		fprintf(stderr, "%s%zu %s", i ? T(", ", "，") : T("; it has: ", "；现有："), i + 1,
			call->slots[i]->label);
	fputc('\n', stderr);
}

bool
slot_of_flag(struct tool *tool, const char *call, uint32_t *slot, int *status)
{
	const char *text = args_get(&tool->args, "slot");
	Answer *answer;
	bool found;

	*slot = 0;
	if (!text)
		return true;
	answer = call_read(tool, call, status);
	if (!answer)
		return false;
	found = find_slot(answer->call_show->call, text, slot);
	if (!found) {
		complain_of_slot(answer->call_show->call, text);
		*status = EXIT_USAGE;
	}
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return found;
}

/* One's own live lines: the only one's number, or 0 for none. How many there are. */
static size_t
own_line(struct tool *tool, const struct chain *chain, uint32_t *number)
{
	size_t found = 0;

	for (size_t i = 0; i < chain->count; i++) {
		const Line *line = chain->lines[i];
		if (!line_stands(line) || strcmp(line->person, caller_person(tool->caller)) != 0)
			continue;
		*number = line->number;
		found++;
	}
	return found;
}

/* False if it takes another flag to say which. */
static bool
only_line(struct tool *tool, const struct chain *chain, uint32_t *number)
{
	size_t found = own_line(tool, chain, number);

	if (found == 0 && !tool->json)
		fputs(T("gridctl: no line of your own there; another's is said by --number\n",
			      "gridctl: 您在其中没有接龙；他人的请用 --number 指明\n"),
			stderr);
	if (found > 1)
		fputs(T("gridctl: you have several lines there: say which by --slot or --number\n",
			      "gridctl: 您在其中有多条接龙：请用 --slot 或 --number 指明\n"),
			stderr);
	return found <= 1;
}

bool
line_of_flags(struct tool *tool, const char *call, uint32_t *number, uint32_t *slot, int *status)
{
	struct chain chain;
	uint64_t given;
	bool good;

	*status = EXIT_USAGE;
	if (!args_number(&tool->args, "number", 0, 1, UINT32_MAX, &given))
		return false;
	*number = (uint32_t)given;
	if (given || args_get(&tool->args, "slot"))
		return slot_of_flag(tool, call, slot, status);
	*slot = 0;
	*status = chain_load(tool, call, true, &chain);
	good = *status == EXIT_DONE && only_line(tool, &chain, number);
	if (*status == EXIT_DONE && !good)
		*status = EXIT_USAGE;
	chain_finish(&chain);
	return good;
}
