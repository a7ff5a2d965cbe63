#include "chain_print.h"

#include "chain_clean.h"
#include "chain_lines.h"
#include "chain_name.h"

/* What marks a line, in Chinese and in English. */
static const char *const cancelled[] = {"（取消）", " (cancelled)"};
static const char *const waiting[] = {"（候补）", " (waiting)"};

/* What is being printed, and room to look at a text as its reader will: clean. */
struct printing {
	struct buf *out;
	struct buf room;
	struct buf entry;
};

/* Lies in the room until the next one does. */
static struct text
clean(struct printing *p, struct text text)
{
	p->room.len = 0;
	buf_add_text(&p->room, text);
	if (p->room.len == 0)
		return NO_TEXT;
	p->room.len = chain_clean((char *)p->room.bytes, p->room.len);
	return buf_text(&p->room);
}

/* The same on one line, without blanks at the ends or in a row. */
static struct text
flat(struct printing *p, struct text text)
{
	struct text rest = clean(p, text);
	size_t len = 0;

	if (rest.len == 0)
		return NO_TEXT;
	for (; rest.len > 0; rest = text_from(rest, 1)) {
		char c = rest.data[0] == '\n' ? ' ' : rest.data[0];
		if (c != ' ' || (len > 0 && p->room.bytes[len - 1] != ' '))
			p->room.bytes[len++] = (uint8_t)c;
	}
	return text_trim((struct text){(const char *)p->room.bytes, len});
}

/* A line, or an entry, kept from being read as something else. */
static void
add_kept_line(struct printing *p, struct text line)
{
	if (line_needs_keeping(line))
		buf_add(p->out, LINE_KEPT, strlen(LINE_KEPT));
	buf_add_text(p->out, line);
	buf_add(p->out, "\n", 1);
}

/* Lines of the body; of several blank ones one stays. */
static void
add_block(struct printing *p, struct text block)
{
	bool blank = false, begun = false;

	for (struct text rest = clean(p, block); rest.len > 0;) {
		struct text line = text_trim(text_cut(&rest, '\n'));
		if (line.len == 0) {
			blank = begun;
			continue;
		}
		if (blank)
			buf_add(p->out, "\n", 1);
		add_kept_line(p, line);
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

/* What stands behind the number. */
static void
compose_entry(struct printing *p, const struct chain_print_line *line, bool english)
{
	struct text name = flat(p, line->name), remark;
	bool ends;

	name = name.len ? name : TEXT("***");
	ends = ends_by_itself(name);
	p->entry.len = 0;
	buf_add_text(&p->entry, name);
	remark = flat(p, line->remark);
	if (remark.len > 0)
		buf_add_text(&p->entry, ends ? TEXT(" ") : TEXT("  "));
	buf_add_text(&p->entry, remark);
	if (line->people > 1)
		buf_printf(&p->entry, english ? " x%u" : " %u人", line->people);
	if (line->state == LINE_STRUCK)
		buf_add_text(&p->entry, text_of(cancelled[english]));
	if (line->state == LINE_WAITING)
		buf_add_text(&p->entry, text_of(waiting[english]));
}

void
chain_text_print(struct buf *out, const struct chain_print *chain)
{
	struct printing p = {.out = out};

	buf_add_text(out, chain->english ? TEXT("#Group Note\n") : TEXT("#接龙\n"));
	add_kept_line(&p, flat(&p, chain->title));
	add_block(&p, chain->body);
	add_block(&p, chain->meeting);
	buf_add(out, "\n", 1);
	for (size_t i = 0; i < chain->line_count; i++) {
		compose_entry(&p, &chain->lines[i], chain->english);
		buf_printf(out, "%u. ", chain->lines[i].number);
		add_kept_line(&p, buf_text(&p.entry));
	}
	buf_printf(out, chain->line_count ? "\n%s " : "%s ", chain->english ? "call code" : "呼号");
	buf_add_text(out, chain->call_code);
	buf_add(out, "\n", 1);
	out->failed = out->failed || p.room.failed || p.entry.failed;
	buf_finish(&p.room);
	buf_finish(&p.entry);
}
