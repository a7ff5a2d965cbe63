#include "draft.h"

#include <stdio.h>

#include "content.h"
#include "packed.h"

static void
pack_text(struct buf *out, struct text text)
{
	buf_add(out, &text.len, sizeof(text.len));
	buf_add(out, text.data, text.len);
}

static void
pack_number(struct buf *out, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	pack_text(out, text_of(digits));
}

void
draft_pack(struct buf *out, const struct call_post *in)
{
	const struct slot_draft *slots = in->slots.items;
	struct buf questions = {0};

	pack_text(out, in->title);
	pack_text(out, in->body);
	pack_text(out, in->meeting);
	pack_text(out, in->bring);
	pack_number(out, in->need);
	pack_number(out, in->limit);
	pack_number(out, in->deadline_ms);
	pack_number(out, in->starts_ms);
	pack_number(out, in->ends_ms);
	pack_number(out, in->names);
	pack_number(out, in->window_minutes);
	pack_number(out, in->grant_minutes);
	pack_questions(&questions, &in->questions);
	pack_text(out, buf_text(&questions));
	buf_finish(&questions);
	pack_number(out, in->slots.count);
	for (size_t i = 0; i < in->slots.count; i++) {
		pack_text(out, slots[i].label);
		pack_number(out, slots[i].starts_ms);
		pack_number(out, slots[i].ends_ms);
		pack_number(out, slots[i].need);
		pack_number(out, slots[i].limit);
	}
}

void
draft_pass(struct fcall *f, const uint8_t *at, size_t len)
{
	const uint8_t *end = at + len;

	while (at < end) {
		struct text text;
		memcpy(&text.len, at, sizeof(text.len));
		text.data = (const char *)at + sizeof(text.len);
		fcall_arg(f, text);
		at += sizeof(text.len) + text.len;
	}
}

bool
draft_end(struct request *rq, struct fcall *f, struct buf *draft)
{
	bool whole = !draft->failed;

	if (whole)
		draft_pass(f, draft->bytes, draft->len);
	buf_finish(draft);
	if (whole)
		return true;
	command_destroy(f->command);
	request_refuse(rq, BUSY, NULL);
	return false;
}

void
draft_call(struct request *rq, const struct call_post *in, struct draft_fields fields, struct text name,
	struct fcall *f, fcall_done *done)
{
	const struct slot_draft *slots = in->slots.items;
	const struct question *questions = in->questions.items;
	struct text labels[SLOTS_MAX], asked[QUESTIONS_MAX * (1 + CHOICES_MAX)];
	struct list all_labels = {labels, 0}, all_asked = {asked, 0};

	for (size_t i = 0; i < in->slots.count; i++)
		labels[all_labels.count++] = slots[i].label;
	for (size_t i = 0; i < in->questions.count; i++) {
		const struct text *choices = questions[i].choices.items;
		asked[all_asked.count++] = questions[i].label;
		for (size_t j = 0; j < questions[i].choices.count; j++)
			asked[all_asked.count++] = choices[j];
	}
	const struct written written[] = {
		{"name", {name}, NULL},
		{fields.title, {in->title}, NULL},
		{fields.body, {in->body, in->meeting, in->bring}, NULL},
		{fields.slots, {{"", 0}}, &all_labels},
		{fields.questions, {{"", 0}}, &all_asked},
	};
	content_call(rq, WECHAT_FORUM, written, ARRAY_LEN(written), f, done);
}
