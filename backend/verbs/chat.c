/* chat.c - a chain as its WeChat group has it: printed for the group, and what would be done with what was pasted. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "call_code.h"
#include "chain_print.h"
#include "clock.h"
#include "rights.h"
#include "verbs.h"

#define GROUP_LINES 500                  /* that a chain of WeChat's takes */
#define CHINA_S     (UINT64_C(8) * 3600) /* all of China is on this time */

/* Print. */

/* "4月12日 19:40" in front of the meeting point, if that is said. */
static void
add_meeting(struct buf *out, const struct call_record *call, bool english)
{
	time_t seconds = (time_t)(call->starts_ms / 1000 + CHINA_S);
	struct tm there;
	char text[64];

	if (call->starts_ms > 0 && gmtime_r(&seconds, &there)) {
		snprintf(text, sizeof(text), english ? "%d-%02d %02d:%02d" : "%d月%d日 %02d:%02d", there.tm_mon + 1,
			there.tm_mday, there.tm_hour, there.tm_min);
		buf_add_text(out, text_of(text));
		if (call->meeting.len > 0)
			buf_add_text(out, TEXT(" "));
	}
	buf_add_text(out, call->meeting);
}

/* The live lines, numbered anew as WeChat does. `masked` has room for each. Returns how many. */
static size_t
print_lines(struct chain_print_line lines[GROUP_LINES], char masked[GROUP_LINES][NAME_MASKED], const struct view *view,
	const struct call *call, struct telling_lines how)
{
	size_t count = 0;

	for (uint32_t i = 0; i < call->line_count; i++) {
		const struct line_change *line = &call->lines[i].is;
		const struct person *person = view_person(view, line->person);
		struct text given = line_given_name(line), none = {"", 0};
		if (!line_is_live(line->state))
			continue;
		if (count == GROUP_LINES)
			return count + 1;
		lines[count] = (struct chain_print_line){
			.number = (uint32_t)count + 1,
			.name = told_name(masked[count], given.len > 0 || !person ? given : text_of(person->name), how),
			.remark = line->slot > 0 ? call->record.slots[line->slot - 1].label : none,
			.people = line->people,
			.state = line->state,
		};
		count++;
	}
	return count;
}

static void
print_chat(struct request *rq, const struct call *call, bool english)
{
	static struct chain_print_line lines[GROUP_LINES];
	static char masked[GROUP_LINES][NAME_MASKED];
	const struct call_record *record = &call->record;
	struct telling_lines how = {.names = record->names}; /* as to anybody: it goes to the whole group */
	struct chain_print print = {.english = english, .title = record->title, .body = record->body, .lines = lines};
	struct buf meeting = {0}, out = {0};
	char code[CALL_CODE_TEXT], *text;
	size_t len;

	print.line_count = print_lines(lines, masked, rq->service->view, call, how);
	if (print.line_count > GROUP_LINES)
		return request_refuse(rq, FULL, "call");
	print.call_code = text_of(call_code_print(code, record->id));
	add_meeting(&meeting, record, english);
	print.meeting = buf_text(&meeting);
	chain_text_print(&out, &print);
	out.failed = out.failed || meeting.failed;
	text = buf_take(&out, &len);
	buf_finish(&meeting);
	if (!text)
		request_refuse(rq, BUSY, NULL);
	else if (len > PAGE_BYTES)
		request_refuse(rq, FULL, "call");
	else
		request_answer(rq, answer_chat_print(rq->id, text, code));
	free(text);
}

void
verb_chat_print(struct request *rq, const struct asked *asked)
{
	const struct chat_print *in = &asked->chat_print;
	const struct call *call = view_call(rq->service->view, in->call);

	rq->call = in->call;
	if (!call)
		return request_refuse(rq, NOT_FOUND, "call");
	if (!may_at_call(rq, &call->record))
		return;
	print_chat(rq, call, in->english);
}

/* Preview. */

static enum status
check_preview(const struct request *rq, const struct chat_preview *in, const struct call *call, const char **field)
{
	*field = "call";
	if (!call)
		return NOT_FOUND;
	if (!id_equal(call->record.author, rq->person))
		return FORBIDDEN;
	/* He is told who lives there. */
	if (!rq->is_free &&
		!rights_of_person(rq->service->view, rq->person, VERB_MEMBER_LIST, call->record.place, clock_wall_ms()))
		return FORBIDDEN;
	*field = "slot";
	if (in->slot > call->record.slot_count)
		return NOT_FOUND;
	return in->slot == 0 && call->record.slot_count > 0 ? BAD_REQUEST : OK;
}

static void
preview(struct request *rq, const struct chat_preview *in, const struct call *call, const struct chain_paste *paste)
{
	struct arena arena;
	struct chain_plan plan;
	const char *field;
	enum status status;

	arena_init(&arena, chain_plan_size(call));
	status = chain_plan_make(&plan, rq->service->view, call, in->slot, paste, &arena, &field);
	if (status == OK)
		request_answer(rq, answer_chat_preview(rq->id, &plan, in->after, in->count));
	else
		request_refuse(rq, status, field);
	arena_finish(&arena);
}

/* Of the call that is named, or else the one whose code stands in the text. */
static void
preview_paste(struct request *rq, const struct chat_preview *in, const struct chain_paste *paste)
{
	struct id id = id_is_none(in->call) ? chain_plan_call(paste) : in->call;
	const struct call *call = view_call(rq->service->view, id);
	const char *field;
	enum status status;

	if (id_is_none(id))
		return request_refuse(rq, BAD_REQUEST, "call");
	rq->call = id;
	status = check_preview(rq, in, call, &field);
	if (status == OK)
		preview(rq, in, call, paste);
	else
		request_refuse(rq, status, field);
}

void
verb_chat_preview(struct request *rq, const struct asked *asked)
{
	const struct chat_preview *in = &asked->chat_preview;
	struct arena arena;
	struct chain_paste paste;
	const char *field;
	enum status status;

	arena_init(&arena, CHAIN_TEXT_ARENA);
	status = chain_text_parse(&paste, in->text, &arena, &field);
	if (status == OK)
		preview_paste(rq, in, &paste);
	else
		request_refuse(rq, status, field);
	arena_finish(&arena);
}
