/* answers_chain.c - the lines of a chain. */
#include "answers_private.h"

struct piece *
answer_chain_join(uint64_t id, enum status status, uint32_t number, enum line_state state, uint32_t ahead)
{
	Gridvanguard__V1__ChainJoinResult result = GRIDVANGUARD__V1__CHAIN_JOIN_RESULT__INIT;

	result.number = number;
	result.state = (Gridvanguard__V1__LineState)state;
	result.ahead = ahead;
	return answer_with(id, status, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN, &result);
}

struct piece *
answer_chain_withdraw(uint64_t id, uint32_t number)
{
	Gridvanguard__V1__ChainWithdrawResult result = GRIDVANGUARD__V1__CHAIN_WITHDRAW_RESULT__INIT;

	result.number = number;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_WITHDRAW, &result);
}

struct piece *
answer_chain_check(uint64_t id, uint32_t number, uint32_t granted_minutes)
{
	Gridvanguard__V1__ChainCheckResult result = GRIDVANGUARD__V1__CHAIN_CHECK_RESULT__INIT;

	result.number = number;
	result.granted_minutes = granted_minutes;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_CHECK, &result);
}

struct piece *
answer_chain_code(uint64_t id, const char *code, uint64_t until_ms)
{
	Gridvanguard__V1__ChainCodeResult result = GRIDVANGUARD__V1__CHAIN_CODE_RESULT__INIT;

	result.code = UNCONST(code);
	result.until_ms = until_ms;
	return answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_CODE, &result);
}

/* Lines. */

struct line_out {
	Gridvanguard__V1__Line message;
	char person[ID_TEXT];
	char by[ID_TEXT];
	char place[PLACE_TEXT];
	char masked[NAME_MASKED];
	char *packed; /* its texts, cut; NULL without any */
	char *answers[QUESTIONS_MAX];
};

static bool
in_full(struct telling_lines how)
{
	return how.full || how.names <= GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL;
}

struct text
told_name(char room[NAME_MASKED], struct text name, struct telling_lines how)
{
	if (in_full(how))
		return name;
	if (how.names == GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY)
		return text_of(name_mask(room, name));
	return TEXT("");
}

/* Who it is, as far as that is told: `name` is his full one. */
static void
fill_name(struct line_out *out, const struct line_change *line, const struct telling_lines *how, const char *name)
{
	out->message.name = UNCONST(told_name(out->masked, text_of(name), *how).data);
	if (!in_full(*how))
		return;
	out->message.person = id_is_none(line->person) ? UNCONST("") : id_print(out->person, line->person);
	out->message.by = id_is_none(line->by) ? UNCONST("") : id_print(out->by, line->by);
}

static bool
fill_line(
	struct line_out *out, const struct view *view, const struct line_change *line, const struct telling_lines *how)
{
	const struct person *person = view_person(view, line->person);
	const char *name = person ? person->name : "";
	char *rest, *named, *remark;

	gridvanguard__v1__line__init(&out->message);
	out->message.number = line->number;
	out->message.state = (Gridvanguard__V1__LineState)line->state;
	out->message.place = place_print(out->place, line->place);
	out->message.joined_ms = line->joined_ms;
	out->message.slot = line->slot;
	out->message.people = line->people;
	out->message.present_ms = line->present_ms;
	out->message.left_ms = line->left_ms;
	out->message.granted_minutes = line->granted_minutes;
	out->message.until_ms = line->until_ms;
	if (!copy_to_cut(&out->packed, line->texts))
		return false;
	rest = out->packed;
	if (rest) {
		named = cut_column(&rest, '\t');
		remark = cut_column(&rest, '\t');
		name = named[0] ? named : name;
		out->message.remark = how->full ? remark : out->message.remark;
		out->message.answers = out->answers;
		while (how->full && *rest && out->message.n_answers < QUESTIONS_MAX)
			out->answers[out->message.n_answers++] = cut_column(&rest, '\t');
	}
	fill_name(out, line, how, name);
	return true;
}

void
free_lines(struct line_out *out, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(out[i].packed);
	free(out);
}

struct line_out *
make_lines(const struct view *view, const struct telling_lines *how, const struct line_change *lines, size_t count,
	Gridvanguard__V1__Line ***list)
{
	struct line_out *out = make_items(count, sizeof(*out), list);

	for (size_t i = 0; out && i < count; i++) {
		if (!fill_line(&out[i], view, &lines[i], how)) {
			free_lines(out, i);
			return NULL;
		}
		out[i].message.ahead = how->ahead ? how->ahead[i] : 0;
	}
	return out;
}

struct piece *
answer_chain_list(uint64_t id, const struct view *view, struct telling_lines how, const struct line_change *lines,
	size_t count, uint32_t after)
{
	Gridvanguard__V1__ChainListResult result = GRIDVANGUARD__V1__CHAIN_LIST_RESULT__INIT;
	struct line_out *out = make_lines(view, &how, lines, count, &result.lines);
	struct piece *piece;

	if (!out)
		return NULL;
	result.n_lines = fit_page((void *const *)result.lines, count);
	result.after = result.n_lines < count ? lines[result.n_lines - 1].number : after;
	result.more = result.after > 0;
	piece = answer_with(id, OK, GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_LIST, &result);
	free_lines(out, count);
	return piece;
}
