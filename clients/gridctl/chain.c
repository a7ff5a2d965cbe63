/* chain.c - a line of a chain: signed up, struck through, confirmed. */
#include <stdio.h>
#include <string.h>

#include "which.h"

/* How a line is called when it is talked to or about: the verbs take others' lines too. */
static bool
is_own(const struct tool *tool)
{
	return !args_get(&tool->args, "number") && !args_get(&tool->args, "for") && !args_get(&tool->args, "name");
}

/* Join. */

static void
print_joined(const struct tool *tool, const Gridvanguard__V1__ChainJoinResult *result, bool already)
{
	const char *state = line_state_words(result->state);

	if (is_own(tool))
		printf(already ? T("you are number %u already, %s", "您已是第 %u 号，%s")
			       : T("you are number %u, %s", "您是第 %u 号，%s"),
			result->number, state);
	else
		printf(already ? T("it is number %u already, %s", "已是第 %u 号，%s")
			       : T("it is number %u, %s", "报名为第 %u 号，%s"),
			result->number, state);
	if (result->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING && result->ahead > 0)
		printf(T(", %u ahead", "，前面还有 %u 个"), result->ahead);
	else if (result->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING)
		printf("%s", T(", first in line", "，排在第一位"));
	putchar('\n');
}

static void
print_questions(const Call *call)
{
	for (size_t i = 0; i < call->n_questions; i++) {
		const Question *question = call->questions[i];
		fprintf(stderr, T("gridctl: --answer %zu is for: %s", "gridctl: 第 %zu 个 --answer 回答：%s"), i + 1,
			question->label);
		for (size_t j = 0; j < question->n_choices; j++)
			fprintf(stderr, "%s%s", j ? "/" : ": ", question->choices[j]);
		if (question->kind == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER)
			fputs(T(": a number", "：数字"), stderr);
		fputs(question->required ? T(" (required)\n", "（必答）\n") : "\n", stderr);
	}
}

static void
print_slots(const Call *call)
{
	for (size_t i = 0; i < call->n_slots; i++)
		fprintf(stderr, "gridctl: --slot %zu: %s\n", i + 1, call->slots[i]->label);
}

/* What the answers or the slot have to be, as the call says. */
static void
print_what_is_asked(struct tool *tool, const char *field)
{
	int status;
	Answer *answer;
	bool of_answers = strncmp(field, "answers", 7) == 0;

	if (!of_answers && strcmp(field, "slot") != 0)
		return;
	answer = call_read(tool, tool->args.words[0], &status);
	if (!answer)
		return;
	if (of_answers)
		print_questions(answer->call_show->call);
	else
		print_slots(answer->call_show->call);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
}

/* What can be done about a refusal. */
static void
print_way_out(struct tool *tool, const Answer *answer)
{
	switch (answer->status) {
	case GRIDVANGUARD__V1__STATUS__STATUS_CLASH:
		fputs(T("gridctl: to sign up all the same, add --despite-clash\n",
			      "gridctl: 仍要报名，请加 --despite-clash\n"),
			stderr);
		break;
	case GRIDVANGUARD__V1__STATUS__STATUS_FORBIDDEN:
		if (strcmp(answer->field, "person") == 0)
			fputs(T("gridctl: report to your grid first: gridctl member register GRID --name NAME\n",
				      "gridctl: 请先到网格报到：gridctl member register 网格 --name 姓名\n"),
				stderr);
		break;
	case GRIDVANGUARD__V1__STATUS__STATUS_BAD_REQUEST:
		print_what_is_asked(tool, answer->field);
		break;
	default:
		break;
	}
}

/* Who stands at the door and finds no place is not checked in. */
static void
print_not_let_in(const Request *request, const Gridvanguard__V1__ChainJoinResult *result)
{
	if (request->chain_join->walk_up && result->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING)
		puts(T("no place is left, so nobody is checked in; call edit --limit makes room",
			"没有名额，未签到；可用 call edit --limit 增加名额"));
}

static int
send_join(struct tool *tool, Request *request)
{
	Answer *answer = caller_call(tool->caller, request);
	int status;

	if (answer && answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY && answer->chain_join && !tool->json) {
		print_joined(tool, answer->chain_join, true);
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
		return EXIT_REFUSED;
	}
	if (answer && !tool->json)
		print_way_out(tool, answer);
	answer = tool_check(tool, answer, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->chain_join->base);
	else
		print_joined(tool, answer->chain_join, false);
	if (!tool->json)
		print_not_let_in(request, answer->chain_join);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

static char *
text_flag(const struct tool *tool, const char *flag)
{
	const char *text = args_get(&tool->args, flag);

	return UNCONST(text ? text : "");
}

int
run_join(struct tool *tool)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);
	char *answers[ARGS_MAX];
	const char *answer;
	uint64_t people;
	int status;

	if (!args_number(&tool->args, "people", 1, 1, 20, &people))
		return EXIT_USAGE;
	if (!slot_of_flag(tool, tool->args.words[0], &body.slot, &status))
		return status;
	body.call = UNCONST(tool->args.words[0]);
	body.people = (uint32_t)people;
	body.remark = text_flag(tool, "remark");
	body.answers = answers;
	for (unsigned at = 0; (answer = args_next(&tool->args, "answer", &at));)
		answers[body.n_answers++] = UNCONST(answer);
	body.person = text_flag(tool, "for");
	body.name = text_flag(tool, "name");
	body.walk_up = args_get(&tool->args, "walk-up") != NULL;
	body.despite_clash = args_get(&tool->args, "despite-clash") != NULL;
	return send_join(tool, &request);
}

/* Withdraw and confirm. */

int
run_withdraw(struct tool *tool)
{
	Gridvanguard__V1__ChainWithdraw body = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
	Request request = REQUEST(CHAIN_WITHDRAW, &body);
	Answer *answer;
	int status;

	if (!line_of_flags(tool, tool->args.words[0], &body.number, &body.slot, &status))
		return status;
	body.call = UNCONST(tool->args.words[0]);
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->chain_withdraw->base);
	else
		printf(is_own(tool) ? T("your line %u is struck through\n", "您的第 %u 号已退出\n")
				    : T("line %u is struck through\n", "第 %u 号已退出\n"),
			answer->chain_withdraw->number);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

int
run_confirm(struct tool *tool)
{
	Gridvanguard__V1__ChainConfirm body = GRIDVANGUARD__V1__CHAIN_CONFIRM__INIT;
	Request request = REQUEST(CHAIN_CONFIRM, &body);
	int status;

	if (!line_of_flags(tool, tool->args.words[0], &body.number, &body.slot, &status))
		return status;
	body.call = UNCONST(tool->args.words[0]);
	return tool_do(tool, &request, T("confirmed: the place is taken", "已确认名额"));
}
