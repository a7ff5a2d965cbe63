/* pending.c - who waits to be registered, and the decision. */
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "tool.h"

#define PAGE 50

static void
print_what(const Gridvanguard__V1__Pending *pending)
{
	switch (pending->what) {
	case GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_REBIND:
		printf(T("says he is %s by another WeChat", "自称是 %s，更换了微信"), pending->other);
		break;
	case GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_MOVE:
		fputs(T("moves here", "申请迁入"), stdout);
		break;
	case GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_WORK:
		fputs(T("works here", "申请在此工作"), stdout);
		break;
	default:
		fputs(pending->organisation, stdout);
	}
}

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
	print_what(pending);
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

/* What somebody waits for, as the list has it now. */
struct wanted {
	Gridvanguard__V1__PendingWhat what; /* 0: he does not wait */
	uint64_t asked_ms;
	char other[24];
};

static void
find_pending(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__PendingListResult *page = answer->pending_list;
	struct wanted *wanted = context;

	for (size_t i = 0; i < page->n_pending; i++) {
		const Gridvanguard__V1__Pending *pending = page->pending[i];
		if (strcmp(pending->person, tool->args.words[0]) != 0)
			continue;
		wanted->what = pending->what;
		wanted->asked_ms = pending->asked_ms;
		snprintf(wanted->other, sizeof(wanted->other), "%s", pending->other);
	}
	paging_took(paging, page->n_pending, page->next, page->next[0] != '\0');
}

static int
look_up(struct tool *tool, struct wanted *wanted)
{
	Gridvanguard__V1__PendingList body = GRIDVANGUARD__V1__PENDING_LIST__INIT;
	Request request = REQUEST(PENDING_LIST, &body);
	struct paging paging;

	body.place = UNCONST(tool->args.words[1]);
	body.count = PAGE;
	return tool_pages(tool, &request, &body.after, &paging, ALL_PAGES, find_pending, wanted);
}

/* To hand over an account is said by naming it: a yes to a registration is none to that. */
static bool
is_meant(const struct tool *tool, const struct wanted *wanted)
{
	const char *as = args_get(&tool->args, "as");

	if (strcmp(as ? as : "", wanted->other) == 0)
		return true;
	if (wanted->other[0])
		fprintf(stderr,
			T("gridctl: he says he is %s by another WeChat: if he is, say --as %s\n",
				"gridctl：此人自称是 %s，更换了微信；核实后请加 --as %s\n"),
			wanted->other, wanted->other);
	else
		fputs(T("gridctl: --as: he does not ask to be another\n", "gridctl：--as：此人并未申请恢复账号\n"),
			stderr);
	return false;
}

static int
decide(struct tool *tool, bool accept)
{
	Gridvanguard__V1__PendingDecide body = GRIDVANGUARD__V1__PENDING_DECIDE__INIT;
	Request request = REQUEST(PENDING_DECIDE, &body);
	const char *reason = accept ? NULL : args_get(&tool->args, "reason");
	struct wanted wanted = {0};
	int status = look_up(tool, &wanted);

	if (status != EXIT_DONE)
		return status;
	if (!wanted.what) {
		fputs(T("gridctl: he does not wait there\n", "gridctl：该地没有此人的申请\n"), stderr);
		return EXIT_REFUSED;
	}
	if (accept && !is_meant(tool, &wanted))
		return EXIT_USAGE;
	body.person = UNCONST(tool->args.words[0]);
	body.place = UNCONST(tool->args.words[1]);
	body.accept = accept;
	body.reason = UNCONST(reason ? reason : "");
	body.what = wanted.what;
	body.asked_ms = wanted.asked_ms;
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
