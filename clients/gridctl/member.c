/* member.c - who lives where. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define PAGE 200

int
run_member_register(struct tool *tool)
{
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Request request = REQUEST(MEMBER_REGISTER, &body);
	const char *name = args_get(&tool->args, "name"), *organisation = args_get(&tool->args, "organisation");

	body.place = UNCONST(tool->args.words[0]);
	body.name = UNCONST(name);
	body.organisation = UNCONST(organisation ? organisation : "");
	return tool_do(tool, &request, T("registered", "已报到"));
}

int
run_member_move(struct tool *tool)
{
	Gridvanguard__V1__MemberMove body = GRIDVANGUARD__V1__MEMBER_MOVE__INIT;
	Request request = REQUEST(MEMBER_MOVE, &body);

	body.place = UNCONST(tool->args.words[0]);
	return tool_do(tool, &request, T("moved", "已搬到新址"));
}

int
run_member_leave(struct tool *tool)
{
	Gridvanguard__V1__MemberLeave body = GRIDVANGUARD__V1__MEMBER_LEAVE__INIT;
	Request request = REQUEST(MEMBER_LEAVE, &body);

	return tool_do(tool, &request, T("no longer registered", "已取消报到"));
}

static void
print_member(struct tool *tool, const Gridvanguard__V1__Member *member)
{
	if (tool->json) {
		print_message(&member->base);
		return;
	}
	print_padded(member->person, 10);
	print_padded(member->name, 12);
	print_padded(member->place, 20);
	printf("%s\n", member->organisation);
}

static void
take_members(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__MemberListResult *page = answer->member_list;

	(void)context;
	for (size_t i = 0; i < page->n_members; i++)
		print_member(tool, page->members[i]);
	paging_took(
		paging, page->n_members, page->n_members ? page->members[page->n_members - 1]->person : "", page->more);
}

int
run_member_list(struct tool *tool)
{
	Gridvanguard__V1__MemberList body = GRIDVANGUARD__V1__MEMBER_LIST__INIT;
	Request request = REQUEST(MEMBER_LIST, &body);
	size_t enough = args_get(&tool->args, "all") ? ALL_PAGES : PAGE;
	struct paging paging;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	body.count = PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, enough, take_members, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("nobody is registered there yet", "还没有人在此报到"));
	return status;
}
