/* answers_chat.c - a chain as a WeChat group has it. */
#include "answers_private.h"
#include "buf.h"

struct piece *
answer_chat_print(uint64_t id, const char *text, const char *code)
{
	Gridvanguard__V1__ChatPrintResult result = GRIDVANGUARD__V1__CHAT_PRINT_RESULT__INIT;

	result.text = UNCONST(text);
	result.code = UNCONST(code);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAT_PRINT, &result);
}

#define OTHERS_MAX 3 /* wordings of an entry in other copies that are told */

struct paste_entry_out {
	Gridvanguard__V1__PasteEntry message;
	Gridvanguard__V1__PasteCandidate candidates[CHAIN_MATCH_MAX];
	Gridvanguard__V1__PasteCandidate *candidate_list[CHAIN_MATCH_MAX];
	char *other_list[OTHERS_MAX];
	char person[ID_TEXT];
	char persons[CHAIN_MATCH_MAX][ID_TEXT];
	char places[CHAIN_MATCH_MAX][PLACE_TEXT];
	struct buf texts; /* text, name, remark and others, each ended by NUL */
};

static void
fill_candidates(struct paste_entry_out *out, const struct chain_match *match)
{
	for (size_t i = 0; i < match->count; i++) {
		const struct chain_candidate *candidate = match->candidates[i];
		Gridvanguard__V1__PasteCandidate *message = out->candidate_list[i] = &out->candidates[i];
		gridvanguard__v1__paste_candidate__init(message);
		message->person = id_print(out->persons[i], candidate->person);
		message->name = UNCONST(candidate->name.data);
		message->place = place_print(out->places[i], candidate->place);
	}
	out->message.n_candidates = match->count;
	out->message.candidates = out->candidate_list;
}

static void
add_string(struct buf *out, struct text text)
{
	buf_add_text(out, text);
	buf_add(out, "", 1);
}

/* False if memory is out. */
static bool
fill_paste_texts(struct paste_entry_out *out, const struct plan_entry *entry)
{
	const struct chain_alternative *other = entry->merged->alternatives;
	Gridvanguard__V1__PasteEntry *message = &out->message;
	char *at;

	add_string(&out->texts, entry->merged->entry->shown);
	add_string(&out->texts, entry->name);
	add_string(&out->texts, entry->remark);
	for (; other && message->n_others < OTHERS_MAX; other = other->next, message->n_others++)
		add_string(&out->texts, other->entry->shown);
	if (out->texts.failed)
		return false;
	at = (char *)out->texts.bytes;
	message->text = at;
	message->name = at += strlen(at) + 1;
	message->remark = at += strlen(at) + 1;
	for (size_t i = 0; i < message->n_others; i++)
		out->other_list[i] = at += strlen(at) + 1;
	message->others = out->other_list;
	return true;
}

static bool
fill_paste_entry(struct paste_entry_out *out, const struct plan_entry *entry, size_t position)
{
	Gridvanguard__V1__PasteEntry *message = &out->message;

	gridvanguard__v1__paste_entry__init(message);
	message->position = (uint32_t)position;
	message->action = (Gridvanguard__V1__PasteAction)entry->action;
	message->reason = (Gridvanguard__V1__PasteReason)entry->reason;
	message->match = (Gridvanguard__V1__PasteMatch)entry->match.kind;
	message->people = entry->merged->entry->people;
	message->number = entry->number;
	message->line_people = entry->line_people;
	message->vanishing = entry->merged->vanishing;
	if (!id_is_none(entry->person))
		message->person = id_print(out->person, entry->person);
	fill_candidates(out, &entry->match);
	return fill_paste_texts(out, entry);
}

struct piece *
answer_chat_preview(uint64_t id, const struct chain_plan *plan, uint32_t after, uint32_t count)
{
	Gridvanguard__V1__ChatPreviewResult result = GRIDVANGUARD__V1__CHAT_PREVIEW_RESULT__INIT;
	size_t from = MIN((size_t)after, plan->count), asked = MIN((size_t)count, plan->count - from);
	struct paste_entry_out *out = make_items(asked, sizeof(*out), &result.entries);
	char call[ID_TEXT], *title = text_dup(plan->title), *call_title = text_dup(plan->call_title);
	struct piece *piece = NULL;
	bool filled = out && title && call_title;

	for (size_t i = 0; filled && i < asked; i++)
		filled = fill_paste_entry(&out[i], &plan->entries[from + i], from + i + 1);
	if (filled) {
		result.call = id_print(call, plan->call);
		result.title = title;
		result.call_title = call_title;
		result.other_title = plan->other_title;
		result.copies = (uint32_t)plan->copies;
		result.skipped = (uint32_t)plan->skipped;
		result.vanishing = (uint32_t)plan->vanishing;
		result.n_entries = fit_page((void *const *)result.entries, asked);
		result.more = from + result.n_entries < plan->count;
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAT_PREVIEW, &result);
	}
	for (size_t i = 0; out && i < asked; i++)
		buf_finish(&out[i].texts);
	free(title);
	free(call_title);
	free(out);
	return piece;
}
