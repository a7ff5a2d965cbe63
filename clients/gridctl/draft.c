#include "draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_MAX  100000
#define MINUTES_MAX 1440

void
draft_init(struct draft *draft, const char *place)
{
	*draft = (struct draft){.body = GRIDVANGUARD__V1__CALL_POST__INIT};
	draft->body.place = UNCONST(place);
	draft->body.slots = draft->slot_list;
	draft->body.questions = draft->question_list;
}

void
draft_finish(struct draft *draft)
{
	for (size_t i = 0; i < draft->text_count; i++)
		free(draft->texts[i]);
}

/* From a call. */

void
draft_of_call(struct draft *draft, const Call *call)
{
	Gridvanguard__V1__CallPost *body = &draft->body;

	draft_init(draft, call->place);
	body->title = call->title;
	body->body = call->body;
	body->meeting = call->meeting;
	body->bring = call->bring;
	body->need = call->need;
	body->limit = call->limit;
	body->deadline_ms = call->deadline_ms;
	body->starts_ms = call->starts_ms;
	body->ends_ms = call->ends_ms;
	body->names = call->names;
	body->window_minutes = call->window_minutes;
	body->grant_minutes = call->grant_minutes;
	for (; body->n_slots < MIN(call->n_slots, (size_t)DRAFT_SLOTS); body->n_slots++) {
		Slot *slot = draft->slot_list[body->n_slots] = &draft->slots[body->n_slots];
		*slot = *call->slots[body->n_slots];
		slot->confirmed = slot->waiting = 0;
	}
	for (; body->n_questions < MIN(call->n_questions, (size_t)DRAFT_QUESTIONS); body->n_questions++)
		draft->question_list[body->n_questions] = call->questions[body->n_questions];
	draft->old_slots = body->n_slots;
}

static void
move_time(uint64_t *ms, int64_t by_ms)
{
	if (*ms > 0)
		*ms += (uint64_t)by_ms; /* wraps to a smaller one where it is negative */
}

void
draft_move(struct draft *draft, int64_t by_ms)
{
	move_time(&draft->body.deadline_ms, by_ms);
	move_time(&draft->body.starts_ms, by_ms);
	move_time(&draft->body.ends_ms, by_ms);
	for (size_t i = 0; i < draft->body.n_slots; i++) {
		move_time(&draft->slots[i].starts_ms, by_ms);
		move_time(&draft->slots[i].ends_ms, by_ms);
	}
}

/* Flags. */

static bool
complain(const char *flag, const char *value, const char *flaw)
{
	fprintf(stderr, T("gridctl: --%s: '%s': %s\n", "gridctl: --%s：“%s”：%s\n"), flag, value, flaw);
	return false;
}

static void
read_text(struct tool *tool, const char *flag, char **out)
{
	const char *text = args_get(&tool->args, flag);

	if (text)
		*out = UNCONST(text);
}

static bool
read_number(struct tool *tool, const char *flag, uint32_t max, uint32_t *out)
{
	uint64_t number;

	if (!args_number(&tool->args, flag, *out, 0, max, &number))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* An empty value takes the time away. */
static bool
read_time(struct tool *tool, const char *flag, uint64_t from_ms, uint64_t *out_ms)
{
	const char *text = args_get(&tool->args, flag);

	if (text && text[0] == '\0')
		*out_ms = 0;
	else if (text && !when_parse(out_ms, text, from_ms))
		return complain(flag, text,
			T("is no time; write 23:00, '2026-04-12 23:00', +90m or +4h",
				"不是时间；请写 23:00、'2026-04-12 23:00'、+90m 或 +4h"));
	return true;
}

bool
deadline_of_flag(struct tool *tool, uint64_t *out_ms)
{
	return read_time(tool, "deadline", caller_now_ms(tool->caller), out_ms);
}

/* A clock time without a day means the day it was, if there was one, and else the next. */
static uint64_t
day_of(struct tool *tool, uint64_t was_ms)
{
	return was_ms > 0 ? when_midnight(was_ms) - 1 : caller_now_ms(tool->caller);
}

static bool
read_times(struct draft *draft, struct tool *tool)
{
	Gridvanguard__V1__CallPost *body = &draft->body;
	uint64_t now_ms = caller_now_ms(tool->caller), from_ms = day_of(tool, body->starts_ms);
	const char *starts = args_get(&tool->args, "starts");

	if (starts && starts[0] == '+')
		from_ms = now_ms;
	if (!read_time(tool, "starts", from_ms, &body->starts_ms))
		return false;
	return read_time(tool, "ends", body->starts_ms > 0 ? body->starts_ms : now_ms, &body->ends_ms);
}

static bool
read_names(struct draft *draft, struct tool *tool)
{
	static const char *const words[] = {"full", "family", "none"};
	const char *text = args_get(&tool->args, "names");

	if (!text)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], text) != 0)
			continue;
		draft->body.names = (Gridvanguard__V1__NamesShown)(GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL + i);
		return true;
	}
	return complain("names", text, T("is none of full, family, none", "只能是 full、family 或 none"));
}

/* A copy that may be cut up, and lives as long as the draft. */
static char *
keep_text(struct draft *draft, const char *text)
{
	return draft->texts[draft->text_count++] = strdup(text);
}

/* Slots. */

/* The slot that is meant: by its number, or by its label if it was there before; else a new one. NULL for none. */
static Slot *
slot_meant(struct draft *draft, const struct slot_words *words)
{
	Gridvanguard__V1__CallPost *body = &draft->body;
	Slot *slot;

	if (words->number > 0)
		return words->number <= draft->old_slots ? &draft->slots[words->number - 1] : NULL;
	for (size_t i = 0; i < draft->old_slots; i++)
		if (strcmp(draft->slots[i].label, words->label) == 0)
			return &draft->slots[i];
	if (body->n_slots == DRAFT_SLOTS)
		return NULL;
	slot = draft->slot_list[body->n_slots] = &draft->slots[body->n_slots];
	body->n_slots++;
	gridvanguard__v1__slot__init(slot);
	return slot;
}

/* False if the day is none. */
static bool
slot_times(struct tool *tool, const struct slot_words *words, Slot *slot)
{
	char starts[WHEN_TEXT];
	bool good;

	if (!words->starts[0])
		return true;
	snprintf(starts, sizeof(starts), "%s%s%s", words->date, words->date[0] ? " " : "", words->starts);
	good = when_parse(&slot->starts_ms, starts, day_of(tool, slot->starts_ms));
	slot->ends_ms = 0;
	if (good && words->ends[0])
		good = when_parse(&slot->ends_ms, words->ends, slot->starts_ms);
	return good;
}

static bool
read_slot(struct draft *draft, struct tool *tool, const char *text)
{
	struct slot_words words;
	const char *flaw = slot_words_parse(&words, keep_text(draft, text));
	Slot *slot;

	if (flaw)
		return complain("slot", text, flaw);
	slot = slot_meant(draft, &words);
	if (!slot)
		return complain("slot", text,
			words.number ? T("there is no slot of that number", "没有这个序号的班次")
				     : T("there are 16 slots at the most", "最多 16 个班次"));
	if (words.label[0])
		slot->label = words.label;
	if (words.has_need)
		slot->need = words.need;
	if (words.has_limit)
		slot->limit = words.limit;
	return slot_times(tool, &words, slot) || complain("slot", text, T("there is no such day", "没有这一天"));
}

static bool
read_slots(struct draft *draft, struct tool *tool)
{
	static const char *const of_the_call[] = {"need", "limit", "starts", "ends"};
	const char *text;

	for (unsigned at = 0; (text = args_next(&tool->args, "slot", &at));)
		if (!read_slot(draft, tool, text))
			return false;
	for (size_t i = 0; draft->body.n_slots > 0 && i < ARRAY_LEN(of_the_call); i++)
		if ((text = args_get(&tool->args, of_the_call[i])))
			return complain(of_the_call[i], text,
				T("each slot has its own: say it in --slot", "每个班次各有各的，请写在 --slot 里"));
	return true;
}

/* What the hub would refuse as a field of the whole is said of the flag that is wrong. */

static bool
fits_together(const char *flag, uint32_t need, uint32_t limit, uint64_t starts_ms, uint64_t ends_ms)
{
	if (limit > 0 && need > limit)
		fprintf(stderr,
			T("gridctl: --%s: %u are needed, but at most %u may come\n",
				"gridctl: --%s：需要 %u 人，但最多只能 %u 人\n"),
			flag, need, limit);
	else if (ends_ms > 0 && ends_ms < starts_ms)
		fprintf(stderr, T("gridctl: --%s: it ends before it starts\n", "gridctl: --%s：结束早于开始\n"), flag);
	else
		return true;
	return false;
}

static bool
is_new_label(const struct draft *draft, size_t slot)
{
	const char *label = draft->slots[slot].label;

	for (size_t i = 0; i < slot; i++)
		if (strcmp(draft->slots[i].label, label) == 0)
			return complain("slot", label, T("two slots have this label", "两个班次同名"));
	return true;
}

static bool
is_sound(const struct draft *draft)
{
	const Gridvanguard__V1__CallPost *body = &draft->body;

	for (size_t i = 0; i < body->n_slots; i++) {
		const Slot *slot = &draft->slots[i];
		if (!is_new_label(draft, i))
			return false;
		if (!fits_together("slot", slot->need, slot->limit, slot->starts_ms, slot->ends_ms))
			return false;
	}
	return fits_together("limit", body->need, body->limit, 0, 0) &&
	       fits_together("ends", 0, 0, body->starts_ms, body->ends_ms);
}

/* Questions: those on the command line take the place of all there were; a single empty one takes all away. */

static bool
read_question(struct draft *draft, const char *text)
{
	size_t at = draft->body.n_questions;
	const char *flaw;

	if (at == DRAFT_QUESTIONS)
		return complain("question", text, T("there are 8 questions at the most", "最多 8 个问题"));
	flaw = question_words_parse(&draft->questions[at], keep_text(draft, text), draft->choices[at]);
	if (flaw)
		return complain("question", text, flaw);
	draft->question_list[at] = &draft->questions[at];
	draft->body.n_questions++;
	return true;
}

static bool
read_questions(struct draft *draft, struct tool *tool)
{
	const char *text = args_get(&tool->args, "question");

	if (text)
		draft->body.n_questions = 0;
	if (text && text[0] == '\0')
		return true;
	for (unsigned at = 0; (text = args_next(&tool->args, "question", &at));)
		if (!read_question(draft, text))
			return false;
	return true;
}

bool
draft_is_said(const struct tool *tool)
{
	static const char *const flags[] = {"title", "body", "meeting", "bring", "need", "limit", "deadline", "starts",
		"ends", "names", "window", "grant", "slot", "question"};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (args_get(&tool->args, flags[i]))
			return true;
	return false;
}

bool
draft_read(struct draft *draft, struct tool *tool)
{
	Gridvanguard__V1__CallPost *body = &draft->body;

	read_text(tool, "title", &body->title);
	read_text(tool, "body", &body->body);
	read_text(tool, "meeting", &body->meeting);
	read_text(tool, "bring", &body->bring);
	return read_number(tool, "need", PEOPLE_MAX, &body->need) &&
	       read_number(tool, "limit", PEOPLE_MAX, &body->limit) &&
	       read_number(tool, "window", MINUTES_MAX, &body->window_minutes) &&
	       read_number(tool, "grant", MINUTES_MAX, &body->grant_minutes) && read_names(draft, tool) &&
	       deadline_of_flag(tool, &body->deadline_ms) && read_times(draft, tool) && read_slots(draft, tool) &&
	       read_questions(draft, tool) && is_sound(draft);
}
