/* call.c - calls and their chains. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define CALLS_PAGE 50
#define LINES_PAGE 200

static const char *
state_words(Gridvanguard__V1__LineState state)
{
	switch (state) {
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED:
		return T("confirmed", "已确认");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING:
		return T("waiting", "候补");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK:
		return T("struck", "已退出");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED:
		return T("offered: confirm it", "递补，请确认");
	default:
		return "?";
	}
}

/* Post. */

int
run_call_post(struct tool *tool)
{
	Gridvanguard__V1__CallPost body = GRIDVANGUARD__V1__CALL_POST__INIT;
	Request request = REQUEST(CALL_POST, &body);
	const char *title = args_get(&tool->args, "title"), *text = args_get(&tool->args, "body");
	const char *meeting = args_get(&tool->args, "meeting"), *deadline = args_get(&tool->args, "deadline");
	uint64_t need, limit;
	Answer *answer;
	int status;

	if (!title) {
		fprintf(stderr, T("gridctl: --title is missing\n", "gridctl: 缺少 --title\n"));
		return EXIT_USAGE;
	}
	if (!args_number(&tool->args, "need", 0, 0, UINT32_MAX, &need) ||
		!args_number(&tool->args, "limit", 0, 0, UINT32_MAX, &limit))
		return EXIT_USAGE;
	if (!when_parse(&body.deadline_ms, deadline ? deadline : "+4h", caller_now_ms(tool->caller))) {
		fprintf(stderr,
			T("gridctl: --deadline: '%s' is no time; write 23:00, '2026-04-12 23:00', +90m or +4h\n",
				"gridctl: --deadline: “%s”不是时间；请写 23:00、'2026-04-12 23:00'、+90m 或 +4h\n"),
			deadline);
		return EXIT_USAGE;
	}
	body.place = UNCONST(tool->args.words[0]);
	body.title = UNCONST(title);
	body.body = UNCONST(text ? text : "");
	body.meeting = UNCONST(meeting ? meeting : "");
	body.need = (uint32_t)need;
	body.limit = (uint32_t)limit;
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->call_post->base);
	else
		printf(T("call %s is out\n", "召集 %s 已发出\n"), answer->call_post->call);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Show. */

static void
print_numbers(const Call *call)
{
	printf(T("%u signed up", "已报名 %u 人"), call->confirmed);
	if (call->limit)
		printf(T(" of at most %u", "，最多 %u 人"), call->limit);
	if (call->need)
		printf(T(", %u needed", "，需要 %u 人"), call->need);
	if (call->waiting)
		printf(T(", %u waiting", "，候补 %u 人"), call->waiting);
}

static void
print_call(struct tool *tool, const Call *call)
{
	uint64_t now_ms = caller_now_ms(tool->caller);
	char posted[WHEN_TEXT], deadline[WHEN_TEXT];
	bool open = call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;

	if (tool->json) {
		print_message(&call->base);
		return;
	}
	printf("%s  %s\n", call->id, call->title);
	if (call->body[0])
		printf("      %s\n", call->body);
	if (call->meeting[0])
		printf(T("      meet: %s\n", "      集合：%s\n"), call->meeting);
	printf(T("      at %s, posted %s, until %s%s\n      ", "      地点 %s，%s 发出，%s 截止%s\n      "),
		call->place, when_print(posted, call->posted_ms, now_ms),
		when_print(deadline, call->deadline_ms, now_ms), open ? "" : T(", closed", "，已结束"));
	print_numbers(call);
	putchar('\n');
}

static void
print_line(struct tool *tool, const Line *line)
{
	char at[WHEN_TEXT];

	if (tool->json) {
		print_message(&line->base);
		return;
	}
	printf("%4u. ", line->number);
	print_padded(line->name[0] ? line->name : "—", 12);
	printf("%s  ", when_print_clock(at, line->joined_ms));
	print_padded(line->place, 20);
	printf("%s\n", state_words(line->state));
	fflush(stdout);
}

static void
take_calls(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__CallListResult *page = answer->call_list;

	(void)context;
	for (size_t i = 0; i < page->n_calls; i++)
		print_call(tool, page->calls[i]);
	paging_took(paging, page->n_calls, page->n_calls ? page->calls[page->n_calls - 1]->id : "", page->more);
}

int
run_call_list(struct tool *tool)
{
	Gridvanguard__V1__CallList body = GRIDVANGUARD__V1__CALL_LIST__INIT;
	Request request = REQUEST(CALL_LIST, &body);
	size_t enough = args_get(&tool->args, "all") ? ALL_PAGES : LINES_PAGE;
	struct paging paging;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	body.count = CALLS_PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, enough, take_calls, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("no open call concerns this place", "没有与该地有关的开放召集"));
	return status;
}

/* Reads a chain from its beginning, and gives each line to `take`. A chain goes on behind a number, not a key. */
static int
read_chain(struct tool *tool, const char *call, void (*take)(void *context, const Line *line), void *context)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	bool more = true;
	int status = EXIT_DONE;

	body.call = UNCONST(call);
	body.count = LINES_PAGE;
	while (more) {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			break;
		for (size_t i = 0; i < answer->chain_list->n_lines; i++)
			take(context, answer->chain_list->lines[i]);
		body.after = answer->chain_list->after;
		more = answer->chain_list->more;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	return status;
}

static void
take_line(void *tool, const Line *line)
{
	print_line(tool, line);
}

static int
show_once(struct tool *tool, const char *call, bool *open)
{
	Gridvanguard__V1__CallShow body = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	Request request = REQUEST(CALL_SHOW, &body);
	Answer *answer;
	int status;

	body.call = UNCONST(call);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	print_call(tool, answer->call_show->call);
	*open = answer->call_show->call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Follow: lines as they come. */

struct following {
	struct tool *tool;
	const char *call;
	uint64_t until;     /* end when so many count; 0: never */
	uint32_t confirmed; /* lines seen that count */
	uint8_t *states;    /* of each line, by its number */
	uint32_t room;
	bool ended;
	bool stale; /* the chain must be read again */
};

static void
follow_line(void *context, const Line *line)
{
	struct following *following = context;
	const uint8_t counts = GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED;
	uint8_t *state;

	if (line->number >= following->room) {
		uint32_t room = line->number * 2 + 64;
		following->states = realloc(following->states, room);
		memset(following->states + following->room, 0, room - following->room);
		following->room = room;
	}
	state = &following->states[line->number];
	if (*state == line->state)
		return;
	following->confirmed -= *state == counts;
	*state = (uint8_t)line->state;
	following->confirmed += *state == counts;
	print_line(following->tool, line);
	if (following->until && following->confirmed >= following->until)
		following->ended = true;
}

static void
on_follow_event(struct caller *caller, const Event *event, void *context)
{
	struct following *following = context;

	(void)caller;
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED &&
		strcmp(event->chain_changed->call, following->call) == 0)
		for (size_t i = 0; i < event->chain_changed->n_lines; i++)
			follow_line(following, event->chain_changed->lines[i]);
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED &&
		strcmp(event->call_changed->call->id, following->call) == 0 &&
		event->call_changed->call->state != GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN) {
		if (!following->tool->json)
			puts(T("closed", "接龙已结束"));
		following->ended = true;
	}
}

static void
on_follow_snapshot(struct caller *caller, void *context)
{
	struct following *following = context;

	(void)caller;
	following->stale = true;
}

static int
follow(struct tool *tool, const char *call, uint64_t until)
{
	struct following following = {.tool = tool, .call = call, .until = until};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	char *calls[] = {UNCONST(call)};
	int status = EXIT_DONE;

	watch.calls = calls;
	watch.n_calls = 1;
	caller_listen(tool->caller, on_follow_event, NULL, on_follow_snapshot, &following);
	caller_watch(tool->caller, &watch);
	while (!following.ended && status == EXIT_DONE) {
		uv_run(&tool->loop, UV_RUN_ONCE);
		if (caller_state(tool->caller) == CALLER_REFUSED)
			status = EXIT_LOGIN;
		if (!following.stale)
			continue;
		following.stale = false;
		status = read_chain(tool, call, follow_line, &following);
	}
	caller_listen(tool->caller, NULL, NULL, NULL, NULL);
	free(following.states);
	return status;
}

int
run_call_show(struct tool *tool)
{
	const char *call = tool->args.words[0];
	uint64_t until;
	bool open = false;
	int status;

	if (!args_number(&tool->args, "until", 0, 1, UINT32_MAX, &until))
		return EXIT_USAGE;
	status = show_once(tool, call, &open);
	if (status != EXIT_DONE)
		return status;
	if (open && args_get(&tool->args, "follow"))
		return follow(tool, call, until);
	return read_chain(tool, call, take_line, tool);
}

int
run_call_close(struct tool *tool)
{
	Gridvanguard__V1__CallClose body = GRIDVANGUARD__V1__CALL_CLOSE__INIT;
	Request request = REQUEST(CALL_CLOSE, &body);

	body.call = UNCONST(tool->args.words[0]);
	return tool_do(tool, &request, T("closed: no more sign-ups", "接龙已结束"));
}

/* Join and withdraw. */

int
run_join(struct tool *tool)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);
	const Gridvanguard__V1__ChainJoinResult *result;
	Answer *answer;
	int status;

	body.call = UNCONST(tool->args.words[0]);
	answer = caller_call(tool->caller, &request);
	if (answer && answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY && !tool->json) {
		result = answer->chain_join;
		printf(T("you are number %u already, %s\n", "您已是第 %u 号，%s\n"), result->number,
			state_words(result->state));
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
		return EXIT_REFUSED;
	}
	answer = tool_check(tool, answer, &status);
	if (!answer)
		return status;
	result = answer->chain_join;
	if (tool->json)
		print_message(&result->base);
	else
		printf(T("you are number %u, %s\n", "您是第 %u 号，%s\n"), result->number, state_words(result->state));
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_withdraw(struct tool *tool)
{
	Gridvanguard__V1__ChainWithdraw body = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
	Request request = REQUEST(CHAIN_WITHDRAW, &body);
	Answer *answer;
	int status;

	body.call = UNCONST(tool->args.words[0]);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->chain_withdraw->base);
	else
		printf(T("your line %u is struck through\n", "您的第 %u 号已划去\n"), answer->chain_withdraw->number);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}
