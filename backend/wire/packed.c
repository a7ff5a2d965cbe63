#include "packed.h"

#include "gridvanguard/v1/call.pb-c.h"

static void
add_text(struct buf *out, struct text text)
{
	buf_add(out, text.data, text.len);
}

void
pack_questions(struct buf *out, const struct list *questions)
{
	const struct question *items = questions->items;

	for (size_t i = 0; i < questions->count; i++) {
		const struct text *choices = items[i].choices.items;
		buf_printf(out, "%s%u\t%d\t", i ? "\n" : "", items[i].kind, items[i].required);
		add_text(out, items[i].label);
		for (size_t j = 0; j < items[i].choices.count; j++) {
			add_text(out, TEXT("\t"));
			add_text(out, choices[j]);
		}
	}
}

void
pack_line_texts(struct buf *out, struct text name, struct text remark, const struct list *answers)
{
	const struct text *items = answers->items;
	size_t count = answers->count;

	while (count > 0 && items[count - 1].len == 0)
		count--;
	if (name.len + remark.len + count == 0)
		return;
	add_text(out, name);
	add_text(out, TEXT("\t"));
	add_text(out, remark);
	for (size_t i = 0; i < count; i++) {
		add_text(out, TEXT("\t"));
		add_text(out, items[i]);
	}
}

static bool
is_choice(struct text choices, struct text answer)
{
	while (choices.len > 0)
		if (text_equal(text_cut(&choices, '\t'), answer))
			return true;
	return false;
}

static bool
is_digits(struct text answer)
{
	for (size_t i = 0; i < answer.len; i++)
		if (answer.data[i] < '0' || answer.data[i] > '9')
			return false;
	return true;
}

bool
packed_answer_fits(struct text question, struct text answer)
{
	struct text kind = text_cut(&question, '\t');
	bool required = text_equal(text_cut(&question, '\t'), TEXT("1"));

	text_cut(&question, '\t'); /* the label; choices are left */
	if (answer.len == 0)
		return !required;
	switch (kind.data[0] - '0') {
	case GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE:
		return is_choice(question, answer);
	case GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER:
		return is_digits(answer);
	default:
		return true;
	}
}
