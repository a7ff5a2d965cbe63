/* call_end.c - a call ends, goes on, and is thanked for. */
#include <stdio.h>

#include "draft.h"

int
run_call_close(struct tool *tool)
{
	Gridvanguard__V1__CallClose body = GRIDVANGUARD__V1__CALL_CLOSE__INIT;
	Request request = REQUEST(CALL_CLOSE, &body);

	body.call = UNCONST(tool->args.words[0]);
	return tool_do(tool, &request, T("closed: no more sign-ups", "接龙已结束"));
}

int
run_call_reopen(struct tool *tool)
{
	Gridvanguard__V1__CallReopen body = GRIDVANGUARD__V1__CALL_REOPEN__INIT;
	Request request = REQUEST(CALL_REOPEN, &body);
	char said[128], deadline[WHEN_TEXT];

	if (!deadline_of_flag(tool, &body.deadline_ms))
		return EXIT_USAGE;
	body.call = UNCONST(tool->args.words[0]);
	when_print(deadline, body.deadline_ms, caller_now_ms(tool->caller));
	snprintf(said, sizeof(said), T("open again, until %s", "重新开放，%s 截止"), deadline);
	return tool_do(tool, &request, said);
}

int
run_call_cancel(struct tool *tool)
{
	Gridvanguard__V1__CallCancel body = GRIDVANGUARD__V1__CALL_CANCEL__INIT;
	Request request = REQUEST(CALL_CANCEL, &body);

	body.reason = UNCONST(args_get(&tool->args, "reason"));
	body.call = UNCONST(tool->args.words[0]);
	return tool_do(
		tool, &request, T("cancelled: all who signed up are told why", "召集已取消，已告知所有报名的人"));
}

int
run_call_thank(struct tool *tool)
{
	Gridvanguard__V1__CallThank body = GRIDVANGUARD__V1__CALL_THANK__INIT;
	Request request = REQUEST(CALL_THANK, &body);

	body.call = UNCONST(tool->args.words[0]);
	body.text = UNCONST(tool->args.words[1]);
	return tool_do(tool, &request, T("thanked", "感谢已送达"));
}
