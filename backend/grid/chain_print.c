#include "chain_print.h"

#include "chain_clean.h"
#include "chain_lines.h"
#include "chain_name.h"

/* What marks a line, in Chinese and in English. */
static const char *const cancelled[] = {"（取消）", " (cancelled)"};
static const char *const waiting[] = {"（候补）", " (waiting)"};

/* A text on one line, without blanks in a row. */
static void
add_flat(struct buf *out, struct text text)
{
	bool gap = false, begun = false;

	while (text.len > 0) {
		struct text before = text;
		uint32_t c = char_take(&text);
		if (c <= ' ') {
			gap = begun;
			continue;
		}
		if (gap)
			buf_add(out, " ", 1);
		buf_add(out, before.data, before.len - text.len);
		gap = false;
		begun = true;
	}
}

static void
add_block_line(struct buf *out, struct text line)
{
	while (line.len > 0 && char_first(line) <= ' ')
		char_take(&line);
	if (line_needs_keeping(line))
		buf_add(out, LINE_KEPT, strlen(LINE_KEPT));
	add_flat(out, line);
	buf_add(out, "\n", 1);
}

/* Lines of the body; of several blank ones one stays. */
static void
add_block(struct buf *out, struct text block)
{
	bool blank = false, begun = false;

	while (block.len > 0) {
		struct text line = text_trim(text_cut(&block, '\n'));
		if (line.len == 0) {
			blank = begun;
			continue;
		}
		if (blank)
			buf_add(out, "\n", 1);
		add_block_line(out, line);
		blank = false;
		begun = true;
	}
}

/* Whether a reader sees where the name ends with one blank behind it. */
static bool
ends_by_itself(struct text name)
{
	struct text whom = name;

	return text_is_short_name(name) && proxy_take(&whom) == PROXY_NOT;
}

static void
add_line(struct buf *out, const struct chain_print_line *line, bool english)
{
	struct text name = text_trim(line->name);

	buf_printf(out, "%u. ", line->number);
	add_flat(out, name.len ? name : TEXT("***"));
	if (line->remark.len > 0) {
		buf_add_text(out, ends_by_itself(name) ? TEXT(" ") : TEXT("  "));
		add_flat(out, line->remark);
	}
	if (line->people > 1)
		buf_printf(out, english ? " x%u" : " %u人", line->people);
	if (line->state == LINE_STRUCK)
		buf_add_text(out, text_of(cancelled[english]));
	if (line->state == LINE_WAITING)
		buf_add_text(out, text_of(waiting[english]));
	buf_add(out, "\n", 1);
}

void
chain_text_print(struct buf *out, const struct chain_print *chain)
{
	buf_add_text(out, chain->english ? TEXT("#Group Note\n") : TEXT("#接龙\n"));
	add_block_line(out, chain->title);
	add_block(out, chain->body);
	add_block(out, chain->meeting);
	buf_add(out, "\n", 1);
	for (size_t i = 0; i < chain->line_count; i++)
		add_line(out, &chain->lines[i], chain->english);
	buf_printf(out, chain->line_count ? "\n%s " : "%s ", chain->english ? "call code" : "呼号");
	buf_add_text(out, chain->call_code);
	buf_add(out, "\n", 1);
}
