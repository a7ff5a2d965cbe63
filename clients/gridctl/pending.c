/* pending.c - who waits to be registered, and the decision. */
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "tool.h"

#define PAGE 50

static void
print_pending(struct tool *tool, const Gridvanguard__V1__Pending *pending)
{
	if (tool->json) {
		print_message(&pending->base);
		return;
	}
	print_padded(pending->person, 10);
	print_padded(pending->name, 12);
	print_padded(pending->place, 20);
	print_padded(member_kind_words(pending->kind), 11);
	print_padded(pending->phone[0] ? pending->phone : "-", 13);
	if (pending->what == GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_REBIND)
		printf(T("says he is %s by another WeChat", "自称是 %s，更换了微信"), pending->other);
	else
		fputs(pending->organisation, stdout);
	putchar('\n');
}

/* A page may be empty with another behind it, so where to go on is the hub's to say. */
static void
take_pending(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__PendingListResult *page = answer->pending_list;

	(void)context;
	for (size_t i = 0; i < page->n_pending; i++)
		print_pending(tool, page->pending[i]);
	paging_took(paging, page->n_pending, page->next, page->next[0] != '\0');
}

int
run_member_pending(struct tool *tool)
{
	Gridvanguard__V1__PendingList body = GRIDVANGUARD__V1__PENDING_LIST__INIT;
	Request request = REQUEST(PENDING_LIST, &body);
	size_t enough = args_get(&tool->args, "all") ? ALL_PAGES : 200;
	struct paging paging;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	body.count = PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, enough, take_pending, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("nobody waits there", "该地没有待审核的人"));
	return status;
}

static int
decide(struct tool *tool, bool accept)
{
	Gridvanguard__V1__PendingDecide body = GRIDVANGUARD__V1__PENDING_DECIDE__INIT;
	Request request = REQUEST(PENDING_DECIDE, &body);
	const char *reason = accept ? NULL : args_get(&tool->args, "reason");

	body.person = UNCONST(tool->args.words[0]);
	body.place = UNCONST(tool->args.words[1]);
	body.accept = accept;
	body.reason = UNCONST(reason ? reason : "");
	return tool_do(tool, &request, accept ? T("accepted", "已通过") : T("refused", "已拒绝"));
}

int
run_member_accept(struct tool *tool)
{
	return decide(tool, true);
}

int
run_member_refuse(struct tool *tool)
{
	return decide(tool, false);
}
