#include "event.h"

#include <assert.h>

/* A word of a list, by its place there; -1 for one that is not in it. */
static int
find_word(const char *const *words, size_t count, struct text word)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] && text_equal(word, text_of(words[i])))
			return (int)i;
	return -1;
}

static const char *const member_kinds[] = {
	[KIND_MEMBER] = "member",
	[KIND_VOLUNTEER] = "volunteer",
};

const char *
member_kind_name(enum member_kind kind)
{
	return member_kinds[kind];
}

enum member_kind
member_kind_parse(struct text name)
{
	return text_equal(name, text_of(member_kinds[KIND_VOLUNTEER])) ? KIND_VOLUNTEER : KIND_MEMBER;
}

static const char *const asked_whats[] = {
	[ASKED_NOTHING] = "",
	[ASKED_REGISTER] = "register",
	[ASKED_REBIND] = "rebind",
	[ASKED_MOVE] = "move",
	[ASKED_WORK] = "work",
};

const char *
asked_what_name(enum asked_what what)
{
	return asked_whats[what];
}

bool
asked_what_parse(enum asked_what *out, struct text name)
{
	for (size_t i = 0; i < ARRAY_LEN(asked_whats); i++) {
		if (text_equal(name, text_of(asked_whats[i]))) {
			*out = (enum asked_what)i;
			return true;
		}
	}
	return false;
}

static const char *const line_states[] = {
	[LINE_CONFIRMED] = "confirmed",
	[LINE_WAITING] = "waiting",
	[LINE_STRUCK] = "struck",
	[LINE_OFFERED] = "offered",
};

const char *
line_state_name(enum line_state state)
{
	return line_states[state] ? line_states[state] : "";
}

bool
line_state_parse(enum line_state *out, struct text name)
{
	int found = find_word(line_states, ARRAY_LEN(line_states), name);

	if (found < 0)
		return false;
	*out = (enum line_state)found;
	return true;
}

struct text
line_given_name(const struct line_change *line)
{
	struct text texts = line->texts;

	return texts.len > 0 ? text_cut(&texts, '\t') : TEXT("");
}

bool
line_counts(enum line_state state)
{
	return state == LINE_CONFIRMED || state == LINE_OFFERED;
}

bool
line_is_live(enum line_state state)
{
	return line_counts(state) || state == LINE_WAITING;
}

bool
call_state_parse(enum call_state *out, struct text name)
{
	static const char *const names[] = {
		[CALL_OPEN] = "open",
		[CALL_CLOSED] = "closed",
		[CALL_CANCELLED] = "cancelled",
	};
	int found = find_word(names, ARRAY_LEN(names), name);

	if (found < 0)
		return false;
	*out = (enum call_state)found;
	return true;
}

size_t
call_texts(struct call_record *record, struct text *out[CALL_TEXTS_MAX])
{
	struct text *own[] = {&record->title, &record->body, &record->meeting, &record->bring, &record->questions,
		&record->reason, &record->thanks};
	size_t count = 0;

	_Static_assert(ARRAY_LEN(own) + SLOTS_MAX == CALL_TEXTS_MAX, "room for all texts of a call");
	for (; count < ARRAY_LEN(own); count++)
		out[count] = own[count];
	for (uint32_t slot = 0; slot < record->slot_count; slot++)
		out[count++] = &record->slots[slot].label;
	return count;
}

/* In the order of enum call_change: the name in Redis, and the field of Call. */
static const char *const change_names[CALL_CHANGES] = {"title", "body", "meeting", "bring", "need", "limit", "deadline",
	"starts", "ends", "names", "window", "grant", "questions", "slots", "state", "thanks", "overdue"};
static const char *const change_fields[CALL_CHANGES] = {"title", "body", "meeting", "bring", "need", "limit",
	"deadline_ms", "starts_ms", "ends_ms", "names", "window_minutes", "grant_minutes", "questions", "slots",
	"state", "thanks", "overdue"};

bool
call_changes_parse(uint32_t *out, struct text names)
{
	uint32_t changes = 0;

	while (names.len > 0) {
		int found = find_word(change_names, CALL_CHANGES, text_cut(&names, ','));
		if (found < 0)
			return false;
		changes |= 1U << found;
	}
	*out = changes;
	return true;
}

const char *
call_change_name(unsigned index)
{
	assert(index < CALL_CHANGES);
	return change_fields[index];
}

/* A column that may be empty: then the number is `standard`. */
static bool
parse_number(uint64_t *out, struct text text, uint64_t max, uint64_t standard)
{
	*out = standard;
	return text.len == 0 || text_to_u64(out, text, max);
}

static bool
parse_id(struct id *out, struct text text)
{
	*out = (struct id){0};
	return text.len == 0 || id_parse(out, text);
}

bool
line_change_parse(struct line_change *out, uint32_t number, struct text columns, char separator)
{
	struct text state = text_cut(&columns, separator), person = text_cut(&columns, separator);
	struct text place = text_cut(&columns, separator), joined = text_cut(&columns, separator);
	uint64_t slot, people, granted, texts;
	bool good;

	*out = (struct line_change){.number = number};
	good = number > 0 && line_state_parse(&out->state, state) && parse_id(&out->person, person) &&
	       place_parse(&out->place, place) && text_to_u64(&out->joined_ms, joined, ID_NUMBER_MAX) &&
	       parse_number(&slot, text_cut(&columns, separator), SLOTS_MAX, 0) &&
	       parse_number(&people, text_cut(&columns, separator), UINT16_MAX, 1) &&
	       parse_id(&out->by, text_cut(&columns, separator)) &&
	       parse_number(&out->present_ms, text_cut(&columns, separator), ID_NUMBER_MAX, 0) &&
	       parse_number(&out->left_ms, text_cut(&columns, separator), ID_NUMBER_MAX, 0) &&
	       parse_number(&granted, text_cut(&columns, separator), UINT16_MAX, 0) &&
	       parse_number(&out->until_ms, text_cut(&columns, separator), ID_NUMBER_MAX, 0) &&
	       parse_number(&texts, text_cut(&columns, separator), 1, 0) && columns.len == 0;
	if (!good)
		return false;
	out->slot = (uint32_t)slot;
	out->people = (uint32_t)people;
	out->granted_minutes = (uint32_t)granted;
	out->has_texts = texts == 1;
	out->texts = TEXT("");
	return true;
}
