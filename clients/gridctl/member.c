/* member.c - who lives where. */
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "tool.h"

#define PAGE 200

/* "" and nothing else where it is not given. */
static const char *
flag_or_empty(const struct tool *tool, const char *name)
{
	const char *value = args_get(&tool->args, name);

	return value ? value : "";
}

const char *
member_kind_words(Gridvanguard__V1__MemberKind kind)
{
	return kind == GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_VOLUNTEER ? T("volunteer", "志愿者")
									    : T("member", "党员");
}

bool
member_kind_of(const char *word, Gridvanguard__V1__MemberKind *out)
{
	bool is_volunteer = strcmp(word, "volunteer") == 0 || strcmp(word, "志愿者") == 0;

	*out = is_volunteer ? GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_VOLUNTEER
			    : GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_MEMBER;
	if (is_volunteer || word[0] == '\0' || strcmp(word, "member") == 0 || strcmp(word, "党员") == 0)
		return true;
	fprintf(stderr,
		T("gridctl: --kind: member or volunteer\n", "gridctl: --kind：member（党员）或 volunteer（志愿者）\n"));
	return false;
}

static const char *
asked_words(void)
{
	return T("asked for: a worker or secretary of the place decides", "已提交，等待该地网格员或书记审核");
}

int
run_member_register(struct tool *tool)
{
	Gridvanguard__V1__MemberRegister body = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Request request = REQUEST(MEMBER_REGISTER, &body);
	Answer *answer;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	body.name = UNCONST(args_get(&tool->args, "name"));
	body.organisation = UNCONST(flag_or_empty(tool, "organisation"));
	body.work = UNCONST(flag_or_empty(tool, "work"));
	if (!member_kind_of(flag_or_empty(tool, "kind"), &body.kind))
		return EXIT_USAGE;
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->member_register->base);
	else if (answer->member_register->state == GRIDVANGUARD__V1__REGISTRATION_STATE__REGISTRATION_STATE_PENDING)
		puts(asked_words());
	else
		puts(T("registered", "已报到"));
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Where one works, or where one lives. */
int
run_member_move(struct tool *tool)
{
	Gridvanguard__V1__MemberMove body = GRIDVANGUARD__V1__MEMBER_MOVE__INIT;
	Request request = REQUEST(MEMBER_MOVE, &body);
	Answer *answer;
	int status;

	body.at_work = args_get(&tool->args, "work") || args_get(&tool->args, "no-work");
	if ((tool->args.word_count == 0) != !!args_get(&tool->args, "no-work")) {
		fprintf(stderr, T("gridctl: give a PLACE, or --no-work\n", "gridctl: 请给出地点，或用 --no-work\n"));
		return EXIT_USAGE;
	}
	body.place = UNCONST(tool->args.word_count > 0 ? tool->args.words[0] : "");
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->member_move->base);
	else if (answer->member_move->pending)
		puts(asked_words());
	else
		puts(body.at_work ? T("it is noted where you work", "已登记工作地") : T("moved", "已搬到新址"));
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_member_correct(struct tool *tool)
{
	Gridvanguard__V1__MemberCorrect body = GRIDVANGUARD__V1__MEMBER_CORRECT__INIT;
	Request request = REQUEST(MEMBER_CORRECT, &body);

	body.name = UNCONST(args_get(&tool->args, "name"));
	body.organisation = UNCONST(flag_or_empty(tool, "organisation"));
	return tool_do(tool, &request, T("corrected", "已更正"));
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
	print_padded(member_kind_words(member->kind), 11);
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
