#include "chain_text.h"

#include <unistr.h>

#include "chain_clean.h"
#include "chain_entry.h"
#include "chain_lines.h"

#define NUMBER_GAP 10 /* how far a number may be from the last one and still open an entry */

enum part { IN_TITLE, IN_ENTRIES, IN_NOTE };

enum example { NO_EXAMPLE, EXAMPLE_TEXT, EXAMPLE_NEXT /* a cue alone: the next line is it, whatever it is */ };

/* A walk down the lines. */
struct parser {
	struct arena *arena;
	bool full; /* the arena is */
	struct chain_line *lines;
	size_t line_count;
	struct chain_text *chains; /* room for one at each line, and one more */
	size_t chain_count;
	struct chain_entry *entries; /* room for one at each line; each chain's stand together */
	size_t entry_count;

	struct chain_text *chain; /* the one being read */
	enum part part;
	enum example example;
	size_t body_from; /* lines */
	size_t body_end;
	size_t note_from;
	size_t note_end;         /* SIZE_MAX: it goes on to the chain's end */
	bool note_sure;          /* no number takes it back */
	bool note_coded;         /* the call's code stands in it: it ends where the numbers go on */
	uint32_t last;           /* the last number */
	enum number_style style; /* of the chain's numbers */
	bool open;               /* the last entry may go on */
	struct text entry_text;  /* its first line */
	size_t entry_from;       /* its further lines */
	size_t entry_end;
};

static struct chain_entry *
last_entry(const struct parser *p)
{
	return &p->entries[p->entry_count - 1];
}

/* Puts `first` and the lines from … end together, examples left out; blank lines stay if asked for. Empty, and p->full,
 * without room. */
static struct text
join(struct parser *p, struct text first, size_t from, size_t end, bool with_blanks)
{
	size_t room = first.len + 1, len = first.len;
	char *out;

	for (size_t i = from; i < end; i++)
		room += p->lines[i].text.len + 2;
	out = arena_alloc(p->arena, room);
	if (!out) {
		p->full = true;
		return NO_TEXT;
	}
	memcpy(out, first.data, first.len);
	for (size_t i = from; i < end; i++) {
		struct text line = p->lines[i].text;
		if (p->lines[i].example)
			continue;
		(void)line_kept(line, &line);
		if (len > 0 && with_blanks && p->lines[i].after_blank)
			out[len++] = '\n';
		if (len > 0)
			out[len++] = '\n';
		memcpy(out + len, line.data, line.len);
		len += line.len;
	}
	return (struct text){out, len};
}

static void
entry_close(struct parser *p)
{
	struct text text;

	if (!p->open)
		return;
	p->open = false;
	text = join(p, p->entry_text, p->entry_from, p->entry_end, false);
	if (p->full || !chain_entry_read(last_entry(p), (char *)UNCONST(text.data), text.len, p->arena))
		p->full = true;
}

/* The title is the header's line or else the first of the block; a call code alone at the end of a chain without entries
 * is its note. */
static void
block_close(struct parser *p, size_t end)
{
	struct chain_text *chain = p->chain;
	size_t from = p->body_from;

	if (p->part == IN_TITLE) {
		p->body_end = end;
		if (end > from && p->lines[end - 1].after_blank && text_call_code(p->lines[end - 1].text).len > 0)
			p->note_from = --p->body_end;
	}
	if (chain->title.len == 0) {
		while (from < p->body_end && p->lines[from].example)
			from++;
		if (from < p->body_end)
			chain->title = join(p, NO_TEXT, from, from + 1, false);
		from++;
	}
	chain->body = join(p, NO_TEXT, MIN(from, p->body_end), p->body_end, true);
	end = MIN(p->note_end, end);
	chain->note = join(p, NO_TEXT, MIN(p->note_from, end), end, true);
	chain->call_code = text_call_code(chain->note);
	if (chain->call_code.len == 0)
		chain->call_code = text_call_code(chain->body);
	if (chain->call_code.len == 0)
		chain->call_code = text_call_code(chain->title);
}

/* Ends the chain in front of line `end`. One without header and entries was none. */
static void
chain_close(struct parser *p, size_t end)
{
	entry_close(p);
	if (!p->chain->headed && p->chain->entry_count == 0)
		p->chain_count--;
	else
		block_close(p, end);
}

/* The next chain, whose title block starts at that line. */
static void
chain_open(struct parser *p, size_t from, struct text sender)
{
	p->chain = &p->chains[p->chain_count++];
	*p->chain = (struct chain_text){.sender = sender, .title = NO_TEXT, .entries = p->entries + p->entry_count};
	p->part = IN_TITLE;
	p->example = NO_EXAMPLE;
	p->body_from = p->body_end = from;
	p->note_from = p->note_end = SIZE_MAX;
	p->note_sure = p->note_coded = false;
	p->last = 0;
}

static void
entry_open(struct parser *p, const struct line_number *number, size_t line)
{
	struct chain_entry *entry = &p->entries[p->entry_count++];

	p->chain->entry_count++;
	if (p->part == IN_TITLE)
		p->body_end = line;
	*entry = (struct chain_entry){.number = number->number};
	p->part = IN_ENTRIES;
	if (!p->note_coded)
		p->note_from = SIZE_MAX;
	p->last = number->number;
	p->style = number->style;
	p->open = true;
	if (!line_kept(number->text, &p->entry_text))
		p->entry_text = number->text;
	p->entry_from = p->entry_end = line + 1;
}

/* Whether a numbered line is the next entry, by its number and by where it stands. */
static bool
opens_entry(const struct parser *p, const struct line_number *number, const struct chain_line *line)
{
	bool same_kind = (number->style == NUMBER_HAN) == (p->style == NUMBER_HAN) || p->chain->entry_count == 0;

	if (number->number == p->last + 1)
		return same_kind;
	if (number->bare || number->decimal || line->indented || number->number == 0)
		return false;
	if (number->number == 1)
		return same_kind || p->style == NUMBER_HAN;
	return same_kind && number->number <= p->last + NUMBER_GAP && p->last <= number->number + NUMBER_GAP;
}

/* "一、时间 二、地点" and then "1. 张三": what looked like entries were points of the body. */
static bool
were_points(const struct parser *p, const struct line_number *number)
{
	return p->chain->entry_count > 0 && p->chain->headed && p->style == NUMBER_HAN && number->style != NUMBER_HAN &&
	       number->number == 1;
}

static void
make_points_body(struct parser *p)
{
	p->open = false;
	p->entry_count -= p->chain->entry_count;
	p->chain->entry_count = 0;
	p->part = IN_TITLE;
	p->last = 0;
}

static void
read_number(struct parser *p, const struct line_number *number, size_t line)
{
	struct text sender = p->chain->sender;

	if (were_points(p, number)) {
		make_points_body(p);
	} else if (number->number == 1 && p->chain->entry_count > 0 && p->last > 1) {
		chain_close(p, line);
		chain_open(p, line, sender);
	}
	entry_close(p);
	entry_open(p, number, line);
}

/* Whether a numbered line of the note is an entry after all. Below the call's code people write by hand, as "9 吴九" too;
 * but a note that numbers its own lines from 1 stays one. */
static bool
note_goes_on(const struct parser *p, const struct line_number *number, const struct chain_line *line)
{
	if (p->note_sure || number->number != p->last + 1 || number->style != p->style || number->decimal)
		return false;
	return p->note_coded || (!number->bare && !line->indented);
}

/* A line behind the blank one. If the next number follows after all, what stands between belongs to the entry above; or it
 * is the note, if the call's code is in it. */
static void
read_note(struct parser *p, const struct line_number *number, size_t i)
{
	const struct chain_line *line = &p->lines[i];

	if (number && were_points(p, number)) {
		read_number(p, number, i);
		return;
	}
	if (number && note_goes_on(p, number, line)) {
		if (!p->note_coded) {
			p->entry_end = i;
			last_entry(p)->flags |= ENTRY_SEVERAL;
		} else if (p->note_end == SIZE_MAX) {
			p->note_end = i;
		}
		read_number(p, number, i);
		return;
	}
	p->note_sure = p->note_sure || line_holds_list(line->text) || (number && number->number == 1);
	p->note_coded = p->note_coded || text_call_code(line->text).len > 0;
}

/* Whether a line of the title block is part of the example: it starts with the cue, perhaps behind a number, or stands
 * below such a line. */
static bool
read_example(struct parser *p, const struct line_number *number, size_t i)
{
	struct chain_line *line = &p->lines[i];
	bool bare = false, cue;

	if (p->part != IN_TITLE)
		return false;
	if (line->after_blank)
		p->example = NO_EXAMPLE;
	cue = line_example(line->text, &bare) || (number && line_example(number->text, &bare));
	if (!cue && p->example != EXAMPLE_NEXT && (number || p->example == NO_EXAMPLE))
		return false;
	line->example = true;
	p->example = bare ? EXAMPLE_NEXT : EXAMPLE_TEXT;
	if (number && number->number == 1)
		p->last = 1;
	return true;
}

/* A line that opens nothing. */
static void
read_plain(struct parser *p, size_t i)
{
	if (p->part == IN_ENTRIES && p->lines[i].after_blank) {
		p->part = IN_NOTE;
		if (!p->note_coded)
			p->note_from = i;
		p->note_sure = false;
		read_note(p, NULL, i);
	} else if (p->part == IN_ENTRIES) {
		p->entry_end = i + 1;
		if (!p->lines[i].indented)
			last_entry(p)->flags |= ENTRY_SEVERAL;
	}
}

static void
read_header(struct parser *p, size_t i, struct text lead, struct text rest)
{
	struct text sender = {"", 0};

	if (!p->chain->headed && p->body_from == i)
		sender = p->chain->sender; /* of the line above */
	chain_close(p, i);
	if (char_in(char_last(lead), ":：")) {
		if (!line_sender(lead, true, &sender))
			sender = NO_TEXT;
		lead.len = 0;
	}
	chain_open(p, i + 1, sender);
	p->chain->headed = true;
	p->chain->title = rest;
}

/* Whether the line says who spoke. If so, what is next is his. */
static bool
read_sender(struct parser *p, size_t i, struct text *sender)
{
	struct text lead, rest, next = i + 1 < p->line_count ? p->lines[i + 1].text : NO_TEXT;
	struct line_number number;
	bool before_header = !line_number(&number, next) && line_header(next, &lead, &rest);

	if (!line_sender(p->lines[i].text, before_header, sender))
		return false;
	if (p->part == IN_TITLE && !before_header)
		return false; /* "2022-04-12 19:40 大院集合" */
	if (p->part == IN_TITLE && p->chain->headed && i == p->body_from && p->chain->title.len == 0)
		return false; /* a title of its own */
	chain_close(p, i);
	chain_open(p, i + 1, *sender);
	return true;
}

static void
read_line(struct parser *p, size_t i)
{
	struct chain_line *line = &p->lines[i];
	struct line_number number;
	struct text lead, rest, sender, kept;
	bool numbered;

	if (line_kept(line->text, &kept)) {
		read_plain(p, i);
		return;
	}
	numbered = line_number(&number, line->text);
	if (numbered && read_example(p, &number, i))
		return;
	if (numbered && p->part != IN_NOTE && opens_entry(p, &number, line)) {
		read_number(p, &number, i);
		return;
	}
	if (line_header(line->text, &lead, &rest)) {
		read_header(p, i, lead, rest);
		return;
	}
	if (read_sender(p, i, &sender) || (!numbered && read_example(p, NULL, i)))
		return;
	if (p->part == IN_NOTE) {
		read_note(p, numbered ? &number : NULL, i);
		return;
	}
	if (numbered && !number.bare && !number.decimal && p->part == IN_ENTRIES && !line->after_blank)
		last_entry(p)->flags |= ENTRY_SEVERAL;
	read_plain(p, i);
}

/* Of two chains of one sender and title only the last with entries in it is the state. */
static void
find_history(struct chain_text *chains, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t later = i + 1; later < count && !chains[i].history && chains[i].sender.len > 0; later++)
			chains[i].history = chains[i].headed && chains[later].headed && chains[later].entry_count > 0 &&
					    text_equal(chains[i].sender, chains[later].sender) &&
					    text_equal(chains[i].title, chains[later].title);
	}
}

static bool
parser_init(struct parser *p, struct text clean, size_t lines)
{
	p->lines = arena_alloc(p->arena, (lines + 1) * sizeof(*p->lines));
	p->chains = arena_alloc(p->arena, (lines + 2) * sizeof(*p->chains));
	p->entries = arena_alloc(p->arena, (lines + 1) * sizeof(*p->entries));
	if (!p->lines || !p->chains || !p->entries)
		return false;
	p->line_count = chain_lines_split(p->lines, clean);
	return true;
}

static enum status
refuse(const char **field, enum status status, const char *why)
{
	*field = why;
	return status;
}

enum status
chain_text_parse(struct chain_paste *out, struct text text, struct arena *arena, const char **field)
{
	struct parser p = {.arena = arena};
	size_t lines;
	char *copy;

	if (text.len > CHAIN_TEXT_MAX)
		return refuse(field, BAD_REQUEST, "text");
	if (text.len > 0 && (memchr(text.data, '\0', text.len) || u8_check((const uint8_t *)text.data, text.len)))
		return refuse(field, BAD_REQUEST, "text.utf8");
	copy = arena_alloc(arena, text.len + 1);
	if (!copy)
		return refuse(field, UNAVAILABLE, "text.arena");
	memcpy(copy, text.data ? text.data : "", text.len);
	text = (struct text){copy, chain_clean(copy, text.len)};
	lines = chain_lines_count(text);
	if (lines > CHAIN_TEXT_LINES)
		return refuse(field, BAD_REQUEST, "text.lines");
	if (!parser_init(&p, text, lines))
		return refuse(field, UNAVAILABLE, "text.arena");

	chain_open(&p, 0, NO_TEXT);
	for (size_t i = 0; i < p.line_count; i++)
		read_line(&p, i);
	chain_close(&p, p.line_count);
	if (p.full)
		return refuse(field, UNAVAILABLE, "text.arena");
	if (p.chain_count == 0)
		return refuse(field, BAD_REQUEST, "text.chain");
	find_history(p.chains, p.chain_count);
	*out = (struct chain_paste){p.chains, p.chain_count};
	return OK;
}
