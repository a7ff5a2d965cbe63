#include "chain_entry.h"

#include "chain_clean.h"
#include "chain_name.h"
#include "chain_people.h"
#include "chain_phone.h"

/* What is being read: a copy of the entry's text in which whatever has been understood is lifted out, which is to say
 * made blank, so that a position in it is one in the text. */
struct reading {
	struct chain_entry *entry;
	char *work;
	size_t len;
	bool plus;     /* people were written as "+2" */
	bool nameless; /* starts with a proxy: the one who signs is not named */
};

struct span {
	size_t at;
	size_t len;
};

static void
lift(struct reading *r, size_t at, size_t len)
{
	memset(r->work + at, ' ', len);
}

static struct text
work_at(const struct reading *r, struct span span)
{
	return (struct text){r->work + span.at, span.len};
}

/* The same run of the entry's text, which lasts. */
static struct text
text_at(const struct reading *r, struct text of_work)
{
	return (struct text){r->entry->text.data + (of_work.data - r->work), of_work.len};
}

/* The next word behind *span. False at the end. */
static bool
next_word(const struct reading *r, struct span *span)
{
	size_t at = span->at + span->len;
	struct text rest = {r->work + at, r->len - at};

	while (rest.len > 0 && char_parts_words(char_first(rest)))
		char_take(&rest);
	span->at = r->len - rest.len;
	while (rest.len > 0 && !char_parts_words(char_first(rest)))
		char_take(&rest);
	span->len = r->len - rest.len - span->at;
	return span->len > 0;
}

/* The letters of a line through the middle of others, U+0334 … U+0338, taken out. Returns what length is left. */
static size_t
drop_overlays(char *text, size_t len)
{
	size_t out = 0;

	for (size_t in = 0; in < len; in++) {
		if ((uint8_t)text[in] == 0xcc && (uint8_t)text[in + 1] >= 0xb4 && (uint8_t)text[in + 1] <= 0xb8)
			in++;
		else
			text[out++] = text[in];
	}
	return out;
}

static bool
is_one_of(struct text word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (word.len == strlen(words[i]) && text_starts(word, words[i]))
			return true;
	return false;
}

/* A mark, with its brackets if nothing else is in them. */
static void
lift_mark(struct reading *r, struct span word)
{
	struct text before = {r->work, word.at};
	struct text behind = {r->work + word.at + word.len, r->len - word.at - word.len};
	uint32_t opening = char_last(before), closing = char_first(behind);

	lift(r, word.at, word.len);
	if (!char_in(opening, "(（[【") || !char_in(closing, ")）]】"))
		return;
	word.len += char_size(opening) + char_size(closing);
	word.at -= char_size(opening);
	lift(r, word.at, word.len);
}

/* Marks that say nothing else, so they are not part of the remark: （取消）, （候补）, ~~. */
static void
read_marks(struct reading *r)
{
	static const char *const cancels[] = {"取消", "已取消", "cancelled", "canceled", "cancel"};
	static const char *const waits[] = {"候补", "waiting"};

	for (struct span word = {0}; next_word(r, &word);) {
		bool cancel = is_one_of(work_at(r, word), cancels, ARRAY_LEN(cancels));
		if (!cancel && !is_one_of(work_at(r, word), waits, ARRAY_LEN(waits)))
			continue;
		r->entry->flags |= cancel ? ENTRY_CANCELLED : ENTRY_WAITING;
		lift_mark(r, word);
	}
	for (struct text rest = {r->work, r->len}; rest.len > 0;) {
		size_t at = r->len - rest.len, tildes = 0;
		while (char_fold(char_first(rest)) == '~') {
			char_take(&rest);
			tildes++;
		}
		if (tildes > 1) {
			lift(r, at, r->len - rest.len - at);
			r->entry->flags |= ENTRY_CANCELLED;
		}
		if (tildes == 0)
			char_take(&rest);
	}
}

/* "去不了了, 孩子发烧": says so in passing, and stays a remark. */
static void
read_cancel_words(struct reading *r)
{
	static const char *const words[] = {"取消", "去不了", "来不了", "不去了", "不来了", "参加不了", "不参加",
		"退出", "作废", "cancelled", "canceled", "can't come", "cannot come"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct text text = {r->work, r->len};
		size_t at = text_find(text, words[i]);
		if (at < text.len && !char_in(char_last((struct text){text.data, at}), "不别勿"))
			r->entry->flags |= ENTRY_CANCELLED;
	}
}

static void
read_people(struct reading *r)
{
	r->entry->people = 1;
	for (struct span word = {0}; next_word(r, &word);) {
		struct text before = work_at(r, word);
		bool plus;
		uint32_t people = people_in(&before, &plus);
		if (people == 0)
			continue;
		r->entry->people = people;
		r->entry->flags |= ENTRY_COUNTED;
		r->plus = plus;
		lift(r, word.at + before.len, word.len - before.len);
	}
}

static void
signs_for(struct reading *r, enum chain_entry_flag flag, struct text whom)
{
	r->entry->flags |= flag;
	r->entry->proxy_for = text_at(r, whom);
}

/* "代 李梅", "王芳 代 李梅": the word alone, and the next one is the name if it can be one. */
static void
read_lone_proxy(struct reading *r, struct span word)
{
	struct span next = word;
	struct text none = {r->work, 0};

	if (r->entry->people == 1 && next_word(r, &next) && text_is_short_name(work_at(r, next))) {
		signs_for(r, ENTRY_PROXY, work_at(r, next));
		lift(r, next.at, next.len);
	} else {
		signs_for(r, ENTRY_PROXY, none);
	}
	lift(r, word.at, word.len);
}

/* A word that starts with 代 or 替. True if it is about a proxy. */
static bool
read_proxy_word(struct reading *r, struct span word, bool first)
{
	struct text whom = work_at(r, word);
	enum proxy_word kind = proxy_take(&whom);

	if (kind == PROXY_NOT)
		return false;
	if (whom.len == 0) {
		r->nameless = first;
		read_lone_proxy(r, word);
		return true;
	}
	if (!text_is_short_name(whom))
		return false;
	if (first && kind == PROXY_OR_SURNAME) {
		signs_for(r, ENTRY_MAYBE_PROXY, whom);
		return true;
	}
	r->nameless = first;
	signs_for(r, ENTRY_PROXY, whom);
	lift(r, word.at, word.len);
	return true;
}

/* "王芳代李梅", in one word. */
static bool
read_proxy_inside(struct reading *r, struct span word)
{
	struct text text = work_at(r, word);

	for (size_t chars = 2; chars <= 4; chars++) {
		struct text name = text_first_chars(text, chars), whom = text_from(text, name.len);
		if (!text_is_short_name(name) || proxy_take(&whom) == PROXY_NOT)
			continue;
		if (whom.len > 0 ? !text_is_short_name(whom) : r->entry->people == 1)
			continue;
		signs_for(r, ENTRY_PROXY, whom);
		lift(r, word.at + name.len, word.len - name.len);
		return true;
	}
	return false;
}

static void
read_proxy(struct reading *r)
{
	bool first = true;

	for (struct span word = {0}; next_word(r, &word); first = false)
		if (read_proxy_word(r, word, first) || (first && read_proxy_inside(r, word)))
			return;
}

/* Two blanks part a name from the rest, whatever it is made of, as chain_text_print() has it. */
static bool
read_parted_name(struct reading *r)
{
	struct text line = r->entry->text, name = text_cut(&line, '\n');

	name.len = text_find(name, "  ");
	if (name.len == 0 || name.len == r->entry->text.len || r->entry->text.data[name.len] != ' ' ||
		char_is_digit(char_first(name)) || text_chars(name, CHAIN_NAME_MAX + 1) > CHAIN_NAME_MAX ||
		memcmp(r->work, name.data, name.len) != 0)
		return false;
	r->entry->name = name;
	lift(r, 0, name.len);
	return true;
}

static void
read_name(struct reading *r)
{
	struct text name = NO_TEXT, rest = {r->work, r->len}, line = text_cut(&rest, '\n');
	struct span word = {0}, next;

	if (r->nameless || read_parted_name(r))
		return;
	while (name.len == 0 && next_word(r, &word) && word.at < line.len)
		name = name_in_word(work_at(r, word));
	next = word;
	for (int words = 1; words < 3 && name.len > 0 && text_is_latin_name(work_at(r, word)); words++) {
		struct text longer = name;
		if (!next_word(r, &next) || next.at != word.at + word.len + 1 || r->work[next.at - 1] != ' ' ||
			!text_is_latin_name(work_at(r, next)))
			break; /* not "Li Ming" */
		longer.len = next.at + next.len - (size_t)(name.data - r->work);
		if (text_chars(longer, CHAIN_NAME_MAX + 1) > CHAIN_NAME_MAX)
			break;
		name = longer;
		word = next;
	}
	if (name.len == 0)
		return;
	r->entry->name = text_at(r, name);
	lift(r, (size_t)(name.data - r->work), name.len);
}

/* A word that is a name and tells nothing else about who comes: "郑二", and not "下午到". */
static bool
is_name_alone(struct text word)
{
	if (!text_is_short_name(word))
		return false;
	while (word.len > 0)
		if (char_in(char_take(&word), "到来去走晚早上下午带可能不有点时再先后前楼号"))
			return false;
	return true;
}

/* "郑一和郑二", in one word. */
static bool
holds_two_names(struct text name)
{
	struct text first = {name.data, text_find(name, "和")};

	return first.len < name.len && text_is_short_name(first) &&
	       text_is_short_name(text_from(name, first.len + strlen("和")));
}

/* "郑一、郑二", "郑一 和 郑二". A name that stands apart from what parts it from the first is taken for a remark. */
static bool
has_second_name(const struct reading *r)
{
	struct text name = r->entry->name,
		    rest = text_from(r->entry->text, (size_t)(name.data + name.len - r->entry->text.data));
	struct text line = text_trim(text_cut(&rest, '\n')), word;
	uint32_t parts = char_take(&line);

	if (!char_in(parts, "、,，和与及&＆/") || (char_in(parts, "和与及") && char_first(line) != ' '))
		return false;
	line = text_trim(line);
	word = (struct text){line.data, 0};
	for (struct text end = line; end.len > 0 && !char_parts_words(char_first(end)); word.len = line.len - end.len)
		char_take(&end);
	return is_name_alone(word);
}

static void
find_second_name(struct reading *r)
{
	if (r->entry->name.len > 0 && (holds_two_names(r->entry->name) || has_second_name(r)))
		r->entry->flags |= ENTRY_SEVERAL;
}

/* What is left, on one line, without brackets in which nothing is left. */
static bool
read_remark(struct reading *r, struct arena *arena)
{
	char *remark = arena_alloc(arena, r->len + 1);
	struct text out = {remark, 0};
	bool gap = false;

	if (!remark)
		return false;
	for (struct text rest = {r->work, r->len}; rest.len > 0;) {
		struct text before = rest;
		uint32_t c = char_take(&rest), last = char_last(out);
		if (c == ' ' || c == '\n') {
			gap = true;
		} else if (char_in(c, ")）]】") && char_in(last, "(（[【")) {
			out.len -= char_size(last);
			gap = true;
		} else {
			if (gap && out.len > 0 && remark[out.len - 1] != ' ')
				remark[out.len++] = ' ';
			gap = false;
			memcpy(remark + out.len, before.data, before.len - rest.len);
			out.len += before.len - rest.len;
		}
	}
	r->entry->remark = text_trim_separators(out);
	return true;
}

bool
chain_entry_read(struct chain_entry *entry, char *text, size_t len, struct arena *arena)
{
	struct reading r = {.entry = entry, .len = drop_overlays(text, len)};

	if (r.len < len)
		entry->flags |= ENTRY_CANCELLED;
	r.len = phone_mask(text, r.len);
	entry->text = (struct text){text, r.len};
	entry->name = entry->proxy_for = NO_TEXT;
	entry->shown = text_first_chars(entry->text, CHAIN_TEXT_SHOWN);
	entry->phone = phone_masked(entry->text);
	r.work = arena_alloc(arena, r.len + 1);
	if (!r.work)
		return false;
	memcpy(r.work, text, r.len);
	read_marks(&r);
	if (!text_key(&entry->key, (struct text){r.work, r.len}, arena))
		return false;
	if (r.len == 0)
		entry->flags |= ENTRY_RESERVED;
	read_cancel_words(&r);
	if (entry->phone.len > 0)
		lift(&r, (size_t)(entry->phone.data - text), entry->phone.len);
	read_people(&r);
	read_proxy(&r);
	read_name(&r);
	find_second_name(&r);
	if (r.plus && entry->name.len == 0 && !(entry->flags & ENTRY_PROXY))
		entry->people--; /* "+1" alone: me too */
	return read_remark(&r, arena);
}
