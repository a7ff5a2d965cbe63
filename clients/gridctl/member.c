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

	if (!name) {
		fprintf(stderr, T("gridctl: --name is missing\n", "gridctl: 缺少 --name\n"));
		return EXIT_USAGE;
	}
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

int
run_member_list(struct tool *tool)
{
	Gridvanguard__V1__MemberList body = GRIDVANGUARD__V1__MEMBER_LIST__INIT;
	bool all = args_get(&tool->args, "all"), more = true;
	char after[32] = "";
	int status = EXIT_DONE;
	size_t count = 0;

	body.place = UNCONST(tool->args.words[0]);
	body.after = after;
	body.count = PAGE;
	while (more) {
		Request request = REQUEST(MEMBER_LIST, &body);
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		for (size_t i = 0; i < answer->member_list->n_members; i++) {
			print_member(tool, answer->member_list->members[i]);
			snprintf(after, sizeof(after), "%s", answer->member_list->members[i]->person);
		}
		count += answer->member_list->n_members;
		more = answer->member_list->more && all;
		if (answer->member_list->more && !all && !tool->json)
			puts(T("… more; see all with --all", "……还有更多；用 --all 全部列出"));
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	if (count == 0 && !tool->json)
		puts(T("nobody is registered there yet", "还没有人在此报到"));
	return EXIT_DONE;
}
