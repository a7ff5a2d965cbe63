/* call_post.c - a call is posted, changed, and posted again. */
#include <stdio.h>
#include <time.h>

#include "call.h"
#include "draft.h"
#include "template.h"

#define HOUR_MS   3600000
#define MINUTE_MS 60000

/* Post. */

/* When it is over and when to be there, and by which zone: a time that was typed may have been meant otherwise. */
static void
print_times(struct tool *tool, const struct draft *draft)
{
	const Gridvanguard__V1__CallPost *body = &draft->body;
	uint64_t now_ms = caller_now_ms(tool->caller);
	time_t now = (time_t)(now_ms / 1000);
	char deadline[WHEN_TEXT], span[WHEN_SPAN], zone[16] = "";
	struct tm local;

	if (localtime_r(&now, &local))
		strftime(zone, sizeof(zone), "%z", &local);
	printf(T("until %s (%s)", "截止 %s（%s）"), when_print(deadline, body->deadline_ms, now_ms), zone);
	if (body->starts_ms > 0)
		printf(T(", to be there %s", "，到场 %s"),
			when_print_span(span, body->starts_ms, body->ends_ms, now_ms));
	for (size_t i = 0; i < body->n_slots; i++)
		if (body->slots[i]->starts_ms > 0)
			printf("%s%s %s", T(", ", "，"), body->slots[i]->label,
				when_print_span(span, body->slots[i]->starts_ms, body->slots[i]->ends_ms, now_ms));
	putchar('\n');
}

static int
post(struct tool *tool, struct draft *draft)
{
	Request request = REQUEST(CALL_POST, &draft->body);
	int status;
	Answer *answer = tool_ask(tool, &request, &status);

	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->call_post->base);
	else
		printf(T("call %s is out\n", "召集 %s 已发出\n"), answer->call_post->call);
	if (!tool->json)
		print_times(tool, draft);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Nothing, or what a template says; and the flags over it. */
int
run_call_post(struct tool *tool)
{
	const char *place = tool->args.words[0], *name = args_get(&tool->args, "template");
	struct draft draft;
	Answer *answer = NULL;
	int status;

	if (!name && !args_get(&tool->args, "title")) {
		fputs(T("gridctl: --title is missing, or --template\n", "gridctl: 缺少 --title，或 --template\n"),
			stderr);
		return EXIT_USAGE;
	}
	draft_init(&draft, place);
	if (name) {
		answer = template_read(tool, place, name, &status);
		if (!answer)
			return status;
		draft_of_call(&draft, answer->template_list->templates[0]->call);
		draft.body.place = UNCONST(place);
	}
	draft.body.deadline_ms = caller_now_ms(tool->caller) + 4 * HOUR_MS;
	status = draft_read(&draft, tool) ? post(tool, &draft) : EXIT_USAGE;
	draft_finish(&draft);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}

/* Repeat. */

/* By how much all times move, so that the deadline becomes the new one; in whole minutes, for a deadline of "+4h" has
 * odd seconds and a shift has not. */
static int64_t
moved_by(uint64_t from_ms, uint64_t to_ms)
{
	int64_t by_ms = (int64_t)to_ms - (int64_t)from_ms;

	return (by_ms + (by_ms < 0 ? -MINUTE_MS : MINUTE_MS) / 2) / MINUTE_MS * MINUTE_MS;
}

int
run_call_repeat(struct tool *tool)
{
	struct draft draft;
	uint64_t deadline_ms = 0;
	Answer *answer;
	int status;

	if (!deadline_of_flag(tool, &deadline_ms))
		return EXIT_USAGE;
	answer = call_read(tool, tool->args.words[0], &status);
	if (!answer)
		return status;
	draft_of_call(&draft, answer->call_show->call);
	draft_move(&draft, moved_by(draft.body.deadline_ms, deadline_ms));
	status = draft_read(&draft, tool) ? post(tool, &draft) : EXIT_USAGE;
	draft_finish(&draft);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}

/* Edit. */

/* What can be done about a refusal. */
static void
print_way_out(struct tool *tool, const Answer *answer)
{
	if (!answer || tool->json)
		return;
	if (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_FULL)
		fputs(T("gridctl: more people count than the new limit allows; --demote moves the last back into the "
			"queue\n",
			      "gridctl: 已确认人数超过新的上限；加 --demote 可将最后报名的人转为候补\n"),
			stderr);
}

static int
send_edit(struct tool *tool, Gridvanguard__V1__CallEdit *edit)
{
	Request request = REQUEST(CALL_EDIT, edit);
	Answer *answer = caller_call(tool->caller, &request);
	int status;

	print_way_out(tool, answer);
	answer = tool_check(tool, answer, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->call_edit->base);
	else
		print_changes(answer->call_edit->changed, answer->call_edit->n_changed);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* The call as it stands, what the flags say over it, and the version it was seen in. */
int
run_call_edit(struct tool *tool)
{
	Gridvanguard__V1__CallEdit edit = GRIDVANGUARD__V1__CALL_EDIT__INIT;
	struct draft draft;
	uint64_t seen;
	Answer *answer;
	int status;

	if (!draft_is_said(tool)) {
		fprintf(stderr, T("gridctl: say what shall be different; see --help\n",
					"gridctl: 请写明要修改什么；请看 --help\n"));
		return EXIT_USAGE;
	}
	if (!args_number(&tool->args, "seen", 0, 1, UINT32_MAX, &seen))
		return EXIT_USAGE;
	answer = call_read(tool, tool->args.words[0], &status);
	if (!answer)
		return status;
	draft_of_call(&draft, answer->call_show->call);
	edit.call = answer->call_show->call->id;
	edit.version = seen ? (uint32_t)seen : answer->call_show->call->version;
	edit.demote = args_get(&tool->args, "demote") != NULL;
	edit.to = &draft.body;
	status = draft_read(&draft, tool) ? send_edit(tool, &edit) : EXIT_USAGE;
	draft_finish(&draft);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}
