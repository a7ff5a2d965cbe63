#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_PAGE 200

/* Reading. */

Answer *
call_read(struct tool *tool, const char *call, int *status)
{
	Gridvanguard__V1__CallShow body = GRIDVANGUARD__V1__CALL_SHOW__INIT;
	Request request = REQUEST(CALL_SHOW, &body);

	body.call = UNCONST(call);
	return tool_ask(tool, &request, status);
}

void
chain_take(struct chain *chain, Gridvanguard__V1__ChainListResult *page)
{
	if (chain->count + page->n_lines > chain->room) {
		chain->room = 2 * (chain->count + page->n_lines);
		chain->lines = realloc(chain->lines, chain->room * sizeof(*chain->lines));
	}
	for (size_t i = 0; i < page->n_lines; i++) {
		chain->lines[chain->count++] = page->lines[i];
		page->lines[i] = NULL;
	}
}

/* A chain goes on behind a number, not a key, so this is no tool_pages(). */
int
chain_load(struct tool *tool, const char *call, bool mine, struct chain *out)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);
	bool more = true;
	int status = EXIT_DONE;

	*out = (struct chain){0};
	body.call = UNCONST(call);
	body.count = LINES_PAGE;
	body.mine = mine;
	while (more) {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			break;
		chain_take(out, answer->chain_list);
		body.after = answer->chain_list->after;
		more = answer->chain_list->more;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	return status;
}

void
chain_finish(struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		gridvanguard__v1__line__free_unpacked(chain->lines[i], NULL);
	free(chain->lines);
	*chain = (struct chain){0};
}

const Line *
chain_line(const struct chain *chain, uint32_t number)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->lines[i]->number == number)
			return chain->lines[i];
	return NULL;
}

/* Lines. */

uint32_t
line_people(const Line *line)
{
	return MAX(line->people, 1U);
}

uint64_t
line_minutes(const Line *line)
{
	return line->left_ms > line->present_ms ? (line->left_ms - line->present_ms) / 60000 : 0;
}

bool
line_has_place(const Line *line)
{
	return line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED ||
	       line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED;
}

bool
line_stands(const Line *line)
{
	return line_has_place(line) || line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING;
}

const char *
line_name(const Line *line)
{
	return line->name[0] ? line->name : "—";
}

const char *
chain_person(const struct chain *chain, const char *person, char out[PERSON_TEXT])
{
	snprintf(out, PERSON_TEXT, "%s", person);
	for (size_t i = 0; chain && i < chain->count; i++) {
		const Line *line = chain->lines[i];
		if (strcmp(line->person, person) != 0 || !line->name[0])
			continue;
		snprintf(out, PERSON_TEXT, T("%s (%s)", "%s（%s）"), line->name, person);
		break;
	}
	return out;
}

const char *
slot_label(const Call *call, uint32_t slot)
{
	return slot > 0 && slot <= call->n_slots ? call->slots[slot - 1]->label : "";
}

/* Words. */

const char *
call_state_words(Gridvanguard__V1__CallState state)
{
	switch (state) {
	case GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN:
		return T("open", "进行中");
	case GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_CLOSED:
		return T("closed", "已结束");
	case GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_CANCELLED:
		return T("cancelled", "已取消");
	default:
		return "?";
	}
}

const char *
line_state_words(Gridvanguard__V1__LineState state)
{
	switch (state) {
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED:
		return T("confirmed", "已确认");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING:
		return T("waiting", "候补");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK:
		return T("struck", "已退出");
	case GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED:
		return T("offered", "待确认");
	default:
		return "?";
	}
}

static const char *
change_words(const char *name)
{
	static const char *const words[][3] = {
		{"title", "title", "标题"},
		{"body", "text", "内容"},
		{"meeting", "meeting point", "集合"},
		{"bring", "what to bring", "携带物品"},
		{"need", "how many are needed", "需要人数"},
		{"limit", "limit", "人数上限"},
		{"deadline_ms", "deadline", "截止时间"},
		{"starts_ms", "beginning", "开始时间"},
		{"ends_ms", "end", "结束时间"},
		{"names", "how names show", "姓名显示"},
		{"window_minutes", "time to confirm", "确认时限"},
		{"grant_minutes", "hours granted", "认定时长"},
		{"questions", "questions", "问题"},
		{"slots", "slots", "班次"},
		{"state", "whether it is open", "状态"},
		{"thanks", "thanks", "感谢"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i][0], name) == 0)
			return T(words[i][1], words[i][2]);
	return name;
}

void
print_changes(char *const *names, size_t count)
{
	if (count == 1 && strcmp(names[0], "overdue") == 0) {
		puts(T("the deadline has passed", "已到截止时间"));
		return;
	}
	if (count == 0) {
		puts(T("nothing is different", "没有变化"));
		return;
	}
	printf("%s", T("changed: ", "已修改："));
	for (size_t i = 0; i < count; i++)
		printf("%s%s", i ? T(", ", "、") : "", change_words(names[i]));
	putchar('\n');
}

void
print_question_kind(const Question *question)
{
	switch (question->kind) {
	case GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER:
		printf("%s", T("number", "数字"));
		break;
	case GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE:
		for (size_t i = 0; i < question->n_choices; i++)
			printf("%s%s", i ? "/" : "", question->choices[i]);
		break;
	default:
		printf("%s", T("text", "文字"));
	}
}

void
print_numbers(uint32_t confirmed, uint32_t waiting, uint32_t need, uint32_t limit)
{
	printf(T("%u signed up", "已报名 %u 人"), confirmed);
	if (limit)
		printf(T(" of at most %u", "，最多 %u 人"), limit);
	if (need)
		printf(T(", %u needed", "，需要 %u 人"), need);
	if (waiting)
		printf(T(", %u waiting", "，候补 %u 人"), waiting);
}
