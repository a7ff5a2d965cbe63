/* roster.c - the roster: who is on it, and who goes from it. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define PAGE   60
#define ENOUGH 200

static void
print_entry(struct tool *tool, const Gridvanguard__V1__RosterEntry *entry)
{
	if (tool->json) {
		print_message(&entry->base);
		return;
	}
	printf("%s  ", entry->entry);
	print_padded(entry->name, 12);
	print_padded(entry->phone, 13);
	print_padded(entry->place, 20);
	printf("%s\n", entry->organisation);
}

static void
take_entries(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__RosterListResult *page = answer->roster_list;

	(void)context;
	for (size_t i = 0; i < page->n_entries; i++)
		print_entry(tool, page->entries[i]);
	paging_took(paging, page->n_entries, page->next, page->next[0] != '\0');
}

int
run_roster_list(struct tool *tool)
{
	Gridvanguard__V1__RosterList body = GRIDVANGUARD__V1__ROSTER_LIST__INIT;
	Request request = REQUEST(ROSTER_LIST, &body);
	struct paging paging;
	int status;

	body.place = UNCONST(tool->args.word_count ? tool->args.words[0] : "");
	body.count = PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, args_get(&tool->args, "all") ? ALL_PAGES : ENOUGH,
		take_entries, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("nobody is on the roster there", "名册中没有该地的人"));
	return status;
}

int
run_roster_remove(struct tool *tool)
{
	Gridvanguard__V1__RosterRemove body = GRIDVANGUARD__V1__ROSTER_REMOVE__INIT;
	Request request = REQUEST(ROSTER_REMOVE, &body);

	body.entry = UNCONST(tool->args.words[0]);
	body.place = UNCONST(tool->args.word_count > 1 ? tool->args.words[1] : "");
	return tool_do(tool, &request, T("removed", "已移出名册"));
}
