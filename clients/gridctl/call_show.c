#include "call_show.h"

#include <stdio.h>
#include <string.h>

#define CALLS_PAGE   50
#define CALLS_ENOUGH 200

/* A call. */

static void
print_text(const char *label, const char *text)
{
	if (text[0])
		printf("      %s%s\n", label, text);
}

/* The text, and blanks up to so many columns. */
static void
print_at_least(const char *text, int columns)
{
	print_padded(text, MAX(columns, text_columns(text)));
}

/* A text of several lines, each below the other. */
static void
print_body(const char *text)
{
	while (text[0]) {
		int len = (int)strcspn(text, "\n");
		printf("      %.*s\n", len, text);
		text += len + (text[len] == '\n');
	}
}

static void
print_times(struct tool *tool, const Call *call)
{
	uint64_t now_ms = caller_now_ms(tool->caller);
	char posted[WHEN_TEXT], deadline[WHEN_TEXT], span[WHEN_SPAN];

	if (call->starts_ms)
		print_text(T("when: ", "时间："), when_print_span(span, call->starts_ms, call->ends_ms, now_ms));
	printf(T("      at %s, posted %s, until %s, %s, version %u\n",
		       "      地点 %s，%s 发出，%s 截止，%s，第 %u 版\n"),
		call->place, when_print(posted, call->posted_ms, now_ms),
		when_print(deadline, call->deadline_ms, now_ms), call_state_words(call->state), call->version);
}

static void
print_slot(struct tool *tool, uint32_t number, const Slot *slot, bool with_numbers)
{
	char span[WHEN_SPAN] = "";

	if (slot->starts_ms)
		when_print_span(span, slot->starts_ms, slot->ends_ms, caller_now_ms(tool->caller));
	printf(T("      slot %u  ", "      班次 %u  "), number);
	print_at_least(slot->label, 12);
	printf("  ");
	print_at_least(span, 11);
	if (with_numbers) {
		printf("  ");
		print_numbers(slot->confirmed, slot->waiting, slot->need, slot->limit);
	}
	putchar('\n');
}

static void
print_question(uint32_t number, const Question *question)
{
	printf(T("      question %u  %s (", "      问题 %u  %s（"), number, question->label);
	print_question_kind(question);
	printf("%s%s\n", question->required ? T(", required", "，必答") : "", T(")", "）"));
}

/* What else holds in this call. */
static void
print_rules(const Call *call)
{
	char minutes[WHEN_MINUTES];

	if (call->names == GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY)
		print_text("", T("others see family names only", "他人只看到姓氏"));
	if (call->names == GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE)
		print_text("", T("others see numbers only", "他人只看到号码"));
	if (call->window_minutes)
		printf(T("      an offered place is to be confirmed within %s\n", "      递补名额须在 %s 内确认\n"),
			when_print_minutes(minutes, call->window_minutes));
	if (call->grant_minutes)
		printf(T("      %s of service granted to who comes\n", "      到场者认定服务时长 %s\n"),
			when_print_minutes(minutes, call->grant_minutes));
}

static void
print_call_numbers(const Call *call)
{
	printf("      ");
	print_numbers(call->confirmed, call->waiting, call->n_slots ? 0 : call->need, call->n_slots ? 0 : call->limit);
	putchar('\n');
}

/* What one looks for in a list, and what stands in front of all else. */
static void
print_head(struct tool *tool, const Call *call)
{
	printf("%s  %s\n", call->id, call->title);
	print_body(call->body);
	print_text(T("meet: ", "集合："), call->meeting);
	print_times(tool, call);
}

static void
print_slots(struct tool *tool, const Call *call, bool with_numbers)
{
	for (size_t i = 0; i < call->n_slots; i++)
		print_slot(tool, (uint32_t)i + 1, call->slots[i], with_numbers);
}

void
print_call(struct tool *tool, const Call *call, bool with_numbers)
{
	if (tool->json) {
		print_message(&call->base);
		return;
	}
	print_head(tool, call);
	print_text(T("bring: ", "携带："), call->bring);
	print_text(T("cancelled: ", "取消原因："), call->reason);
	print_text(T("thanks: ", "感谢："), call->thanks);
	print_rules(call);
	print_slots(tool, call, with_numbers);
	for (size_t i = 0; i < call->n_questions; i++)
		print_question((uint32_t)i + 1, call->questions[i]);
	if (with_numbers)
		print_call_numbers(call);
	fflush(stdout);
}

/* A line. */

static void
print_presence(const Line *line)
{
	char in[WHEN_TEXT], out[WHEN_TEXT], minutes[WHEN_MINUTES];

	if (line->present_ms)
		printf(T("  in %s", "  签到 %s"), when_print_clock(in, line->present_ms));
	if (line->left_ms)
		printf(T("  out %s, %s granted", "  签退 %s，认定 %s"), when_print_clock(out, line->left_ms),
			when_print_minutes(minutes, line->granted_minutes));
}

static void
print_details(struct tool *tool, const Call *call, const Line *line, const struct chain *chain)
{
	char until[WHEN_TEXT], by[PERSON_TEXT];

	if (line->slot)
		printf("  %s", slot_label(call, line->slot));
	if (line_people(line) > 1)
		printf(T("  %u people", "  %u 人"), line->people);
	if (line->by[0])
		printf(T("  signed up by %s", "  由 %s 代报"), chain_person(chain, line->by, by));
	if (line->until_ms)
		printf(T("  to be confirmed before %s", "  须在 %s 前确认"),
			when_print(until, line->until_ms, caller_now_ms(tool->caller)));
	if (line->ahead)
		printf(T("  %u ahead", "  前面还有 %u 个"), line->ahead);
	print_presence(line);
}

static void
print_answers(const Call *call, const Line *line)
{
	if (line->remark[0])
		printf(T("        remark: %s\n", "        备注：%s\n"), line->remark);
	for (size_t i = 0; i < line->n_answers; i++)
		if (line->answers[i][0])
			printf(T("        %s: %s\n", "        %s：%s\n"),
				i < call->n_questions ? call->questions[i]->label : "?", line->answers[i]);
}

void
print_line(struct tool *tool, const Call *call, const Line *line, const struct chain *chain)
{
	char at[WHEN_TEXT];

	if (tool->json) {
		print_message(&line->base);
		return;
	}
	printf("%4u. ", line->number);
	print_at_least(line_name(line), 12);
	printf("%s  ", when_print_clock(at, line->joined_ms));
	print_padded(line->place, 20);
	printf("%s", line_state_words(line->state));
	print_details(tool, call, line, chain);
	putchar('\n');
	print_answers(call, line);
	fflush(stdout);
}

/* List and show. */

static void
print_listed(struct tool *tool, const Call *call)
{
	if (tool->json) {
		print_message(&call->base);
		return;
	}
	print_head(tool, call);
	print_slots(tool, call, true);
	print_call_numbers(call);
}

static void
take_calls(struct tool *tool, const Answer *answer, struct paging *paging, void *context)
{
	const Gridvanguard__V1__CallListResult *page = answer->call_list;

	(void)context;
	for (size_t i = 0; i < page->n_calls; i++)
		print_listed(tool, page->calls[i]);
	paging_took(paging, page->n_calls, page->n_calls ? page->calls[page->n_calls - 1]->id : "", page->more);
}

int
run_call_list(struct tool *tool)
{
	Gridvanguard__V1__CallList body = GRIDVANGUARD__V1__CALL_LIST__INIT;
	Request request = REQUEST(CALL_LIST, &body);
	size_t enough = args_get(&tool->args, "all") ? ALL_PAGES : CALLS_ENOUGH;
	struct paging paging;
	int status;

	body.place = UNCONST(tool->args.words[0]);
	body.count = CALLS_PAGE;
	status = tool_pages(tool, &request, &body.after, &paging, enough, take_calls, NULL);
	if (status == EXIT_DONE)
		print_list_end(tool, &paging, T("no open call concerns this place", "没有与该地有关的进行中的召集"));
	return status;
}

static int
show_chain(struct tool *tool, const Call *call, bool mine)
{
	struct chain chain;
	int status = chain_load(tool, call->id, mine, &chain);

	for (size_t i = 0; i < chain.count; i++)
		print_line(tool, call, chain.lines[i], &chain);
	if (mine && status == EXIT_DONE && chain.count == 0 && !tool->json)
		puts(T("no line of yours", "没有您的接龙"));
	chain_finish(&chain);
	return status;
}

int
run_call_show(struct tool *tool)
{
	bool follow = args_get(&tool->args, "follow"), mine = args_get(&tool->args, "mine");
	uint64_t until;
	Answer *answer;
	const Call *call;
	int status;

	if (!args_number(&tool->args, "until", 0, 1, UINT32_MAX, &until))
		return EXIT_USAGE;
	if (follow && mine) {
		fprintf(stderr, T("gridctl: --follow and --mine do not go together\n",
					"gridctl: --follow 与 --mine 不能同用\n"));
		return EXIT_USAGE;
	}
	answer = call_read(tool, tool->args.words[0], &status);
	if (!answer)
		return status;
	call = answer->call_show->call;
	follow = follow && call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;
	print_call(tool, call, !follow);
	status = follow ? follow_chain(tool, call, until) : show_chain(tool, call, mine);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}
