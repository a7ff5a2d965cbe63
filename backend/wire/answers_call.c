/* answers_call.c - calls and templates of them. */
#include "answers_private.h"

static void
fill_slots(struct call_out *out, const struct call_record *record, const struct call_numbers *numbers)
{
	for (uint32_t i = 0; i < record->slot_count; i++) {
		Gridvanguard__V1__Slot *slot = out->slot_list[i] = &out->slots[i];
		gridvanguard__v1__slot__init(slot);
		slot->label = UNCONST(record->slots[i].label.data);
		slot->starts_ms = record->slots[i].starts_ms;
		slot->ends_ms = record->slots[i].ends_ms;
		slot->need = record->slots[i].need;
		slot->limit = record->slots[i].limit;
		slot->confirmed = numbers->slots[i].confirmed;
		slot->waiting = numbers->slots[i].waiting;
	}
	out->message.slots = out->slot_list;
	out->message.n_slots = record->slot_count;
}

char *
cut_column(char **rest, char separator)
{
	char *column = *rest, *end = strchr(column, separator);

	*rest = end ? end + 1 : column + strlen(column);
	if (end)
		*end = '\0';
	return column;
}

bool
copy_to_cut(char **out, struct text text)
{
	*out = text.len ? text_dup(text) : NULL;
	return *out || text.len == 0;
}

static void
fill_question(struct call_out *out, size_t index, char *row)
{
	Gridvanguard__V1__Question *question = out->question_list[index] = &out->questions[index];

	gridvanguard__v1__question__init(question);
	question->kind = (Gridvanguard__V1__QuestionKind)strtoul(cut_column(&row, '\t'), NULL, 10);
	question->required = cut_column(&row, '\t')[0] == '1';
	question->label = cut_column(&row, '\t');
	question->choices = out->choices[index];
	while (*row && question->n_choices < CHOICES_MAX)
		question->choices[question->n_choices++] = cut_column(&row, '\t');
}

static bool
fill_questions(struct call_out *out, const struct call_record *record)
{
	char *rest;

	if (!copy_to_cut(&out->packed, record->questions))
		return false;
	rest = out->packed;
	out->message.questions = out->question_list;
	while (rest && *rest && out->message.n_questions < QUESTIONS_MAX)
		fill_question(out, out->message.n_questions++, cut_column(&rest, '\n'));
	return true;
}

bool
fill_call(struct call_out *out, const struct call_record *record, const struct call_numbers *numbers)
{
	Gridvanguard__V1__Call *message = &out->message;

	gridvanguard__v1__call__init(message);
	message->id = id_print(out->id, record->id);
	message->state = (Gridvanguard__V1__CallState)record->state;
	message->place = place_print(out->place, record->place);
	message->author = id_print(out->author, record->author);
	message->posted_ms = record->posted_ms;
	message->deadline_ms = record->deadline_ms;
	message->need = record->need;
	message->limit = record->limit;
	message->title = UNCONST(record->title.data);
	message->body = UNCONST(record->body.data);
	message->meeting = UNCONST(record->meeting.data);
	message->bring = UNCONST(record->bring.data);
	message->reason = UNCONST(record->reason.data);
	message->thanks = UNCONST(record->thanks.data);
	message->starts_ms = record->starts_ms;
	message->ends_ms = record->ends_ms;
	message->names = (Gridvanguard__V1__NamesShown)record->names;
	message->window_minutes = record->window_minutes;
	message->grant_minutes = record->grant_minutes;
	message->version = record->edition;
	message->confirmed = numbers->confirmed;
	message->waiting = numbers->waiting;
	message->lines = numbers->lines;
	fill_slots(out, record, numbers);
	return fill_questions(out, record);
}

void
call_out_finish(struct call_out *out)
{
	free(out->packed);
}

struct piece *
answer_call_post(uint64_t id, struct id call)
{
	Gridvanguard__V1__CallPostResult result = GRIDVANGUARD__V1__CALL_POST_RESULT__INIT;
	char text[ID_TEXT];

	result.call = id_print(text, call);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_POST, &result);
}

struct piece *
answer_call_list(uint64_t id, struct call *const *calls, size_t count, bool more)
{
	Gridvanguard__V1__CallListResult result = GRIDVANGUARD__V1__CALL_LIST_RESULT__INIT;
	struct call_out *out = make_items(count, sizeof(*out), &result.calls);
	struct piece *piece = NULL;
	bool filled = true;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		filled &= fill_call(&out[i], &calls[i]->record, &calls[i]->numbers);
	result.n_calls = fit_page((void *const *)result.calls, count);
	result.more = more || result.n_calls < count;
	if (filled)
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_LIST, &result);
	for (size_t i = 0; i < count; i++)
		call_out_finish(&out[i]);
	free(out);
	return piece;
}

struct piece *
answer_call_show(uint64_t id, const struct call_record *record, const struct call_numbers *numbers)
{
	Gridvanguard__V1__CallShowResult result = GRIDVANGUARD__V1__CALL_SHOW_RESULT__INIT;
	struct call_out out;
	struct piece *piece = NULL;

	result.call = &out.message;
	if (fill_call(&out, record, numbers))
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_SHOW, &result);
	call_out_finish(&out);
	return piece;
}

/* Templates. */

struct template_out {
	Gridvanguard__V1__Template message;
	char place[PLACE_TEXT];
	struct call_out call;
};

/* Of the call only what was saved: it has no id and no state. */
static bool
fill_template(struct template_out *out, const struct template_told *in)
{
	const struct call_numbers none = {0};

	gridvanguard__v1__template__init(&out->message);
	out->message.place = place_print(out->place, in->place);
	out->message.name = UNCONST(in->name);
	if (!in->call)
		return true;
	out->message.call = &out->call.message;
	if (!fill_call(&out->call, in->call, &none))
		return false;
	out->call.message.id = UNCONST("");
	out->call.message.state = GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_UNSPECIFIED;
	out->call.message.version = 0;
	return true;
}

struct piece *
answer_template_list(uint64_t id, const struct template_told *templates, size_t count)
{
	Gridvanguard__V1__TemplateListResult result = GRIDVANGUARD__V1__TEMPLATE_LIST_RESULT__INIT;
	struct template_out *out = make_items(count, sizeof(*out), &result.templates);
	struct piece *piece = NULL;
	bool filled = true;

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		filled &= fill_template(&out[i], &templates[i]);
	result.n_templates = count;
	if (filled)
		piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_TEMPLATE_LIST, &result);
	for (size_t i = 0; i < count; i++)
		call_out_finish(&out[i].call);
	free(out);
	return piece;
}

size_t
list_changes(char *out[CALL_CHANGES], uint32_t changes)
{
	size_t count = 0;

	for (unsigned i = 0; i < CALL_CHANGES; i++)
		if (changes >> i & 1)
			out[count++] = UNCONST(call_change_name(i));
	return count;
}

struct piece *
answer_call_edit(uint64_t id, uint32_t changes)
{
	Gridvanguard__V1__CallEditResult result = GRIDVANGUARD__V1__CALL_EDIT_RESULT__INIT;
	char *names[CALL_CHANGES];

	result.changed = names;
	result.n_changed = list_changes(names, changes);
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CALL_EDIT, &result);
}
