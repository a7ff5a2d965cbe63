/* desk.c - signing in at a desk by a phone: what the phone does. The desk's side is login --desk. */
#include <stdio.h>
#include <string.h>

#include "tool.h"

/* A ticket, or the link that has it at its end. */
static char *
typed_ticket(struct tool *tool)
{
	const char *typed = tool->args.words[0], *slash = strrchr(typed, '/');

	return UNCONST(slash ? slash + 1 : typed);
}

int
run_desk_show(struct tool *tool)
{
	Gridvanguard__V1__DeskShow body = GRIDVANGUARD__V1__DESK_SHOW__INIT;
	Request request = REQUEST(DESK_SHOW, &body);
	int status;
	Answer *answer;

	body.ticket = typed_ticket(tool);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->desk_show->base);
	else
		/* The number is not printed: it is to be read off the screen, which is then the one that is meant. */
		printf(T("%s, at %s. If that is the screen before you, let it in with the number that it shows: "
			 "gridctl desk confirm %s NUMBER\n",
			       "%s，地址 %s。如果就是您面前的屏幕，请输入其显示的数字允许登录：gridctl desk confirm %s "
			       "数字"
			       "\n"),
			answer->desk_show->device, answer->desk_show->address, body.ticket);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_desk_confirm(struct tool *tool)
{
	Gridvanguard__V1__DeskConfirm body = GRIDVANGUARD__V1__DESK_CONFIRM__INIT;
	Request request = REQUEST(DESK_CONFIRM, &body);
	bool is_there = tool->args.word_count > 1;

	body.ticket = typed_ticket(tool);
	body.accept = !args_get(&tool->args, "deny");
	if (is_there ? !text_to_u32(&body.number, text_of(tool->args.words[1])) : body.accept) {
		fputs(T("gridctl: type the number that the desk shows, or --deny\n",
			      "gridctl: 请输入桌面显示的数字，或用 --deny 拒绝\n"),
			stderr);
		return EXIT_USAGE;
	}
	return tool_do(
		tool, &request, body.accept ? T("let in, as you", "已允许以您的身份登录") : T("refused", "已拒绝"));
}
