#include "shorthand.h"

#include <stdio.h>
#include <string.h>

#include "lang.h"
#include "text.h"

#define PEOPLE_MAX 100000

/* Words. */

static const char *const blanks[] = {" ", "\t", ",", "，", "　", NULL};
static const char *const colons[] = {":", "：", NULL};
static const char *const dashes[] = {"-", "–", "—", "~", "～", "至", "到", NULL};
static const char *const slashes[] = {"/", "、", NULL};

/* How long the one of these marks is that the text begins with; 0: none. */
static size_t
mark_at(struct text text, const char *const *marks)
{
	for (; *marks; marks++)
		if (text.len >= strlen(*marks) && memcmp(text.data, *marks, strlen(*marks)) == 0)
			return strlen(*marks);
	return 0;
}

static struct text
text_from(struct text text, size_t offset)
{
	return (struct text){text.data + offset, text.len - offset};
}

/* Cuts *rest at the first of these marks; without one the whole of it is cut off, and *found is false. */
static struct text
cut_at(struct text *rest, const char *const *marks, bool *found)
{
	struct text whole = *rest;
	size_t at = 0, len = 0;

	while (at < whole.len && (len = mark_at(text_from(whole, at), marks)) == 0)
		at++;
	*found = len > 0;
	*rest = text_from(whole, at + len);
	return (struct text){whole.data, at};
}

static struct text
next_word(struct text *rest)
{
	struct text word = {"", 0};
	bool more = true;

	while (more && word.len == 0)
		word = cut_at(rest, blanks, &more);
	return word;
}

static struct text
trim(struct text text)
{
	size_t blank;

	while ((blank = mark_at(text, blanks)) > 0)
		text = text_from(text, blank);
	for (size_t at = text.len; at-- > 0 && text.len > 0;) {
		blank = mark_at(text_from(text, at), blanks);
		if (blank > 0 && at + blank == text.len)
			text.len = at;
		else if (((unsigned char)text.data[at] & 0xc0) != 0x80)
			break;
	}
	return text;
}

/* The text lies in bytes that may be written to. */
static char *
terminate(struct text text)
{
	char *start = UNCONST(text.data);

	start[text.len] = '\0';
	return start;
}

/* A slot. */

static bool
read_clock(struct text word, char out[8])
{
	bool found;
	struct text hour = cut_at(&word, colons, &found), minute = word;
	uint64_t hours, minutes;

	if (!found || hour.len == 0 || hour.len > 2 || minute.len != 2)
		return false;
	hour = hour.len == 2 && hour.data[0] == '0' ? text_from(hour, 1) : hour;
	minute = minute.data[0] == '0' ? text_from(minute, 1) : minute;
	if (!text_to_u64(&hours, hour, 24) || !text_to_u64(&minutes, minute, 59) || (hours == 24 && minutes > 0))
		return false;
	snprintf(out, 8, "%02u:%02u", (unsigned)hours % 24, (unsigned)minutes); /* 24:00 is the next day's 00:00 */
	return true;
}

/* "08:00-12:00", or the beginning alone. */
static bool
read_times(struct slot_words *out, struct text word)
{
	bool found;
	struct text starts = cut_at(&word, dashes, &found);
	char clock[8];

	if (!read_clock(starts, clock) || (found && !read_clock(word, out->ends)))
		return false;
	memcpy(out->starts, clock, sizeof(clock));
	return true;
}

/* The end, where there are blanks around the dash. */
static bool
read_end(struct slot_words *out, struct text word, struct text *rest)
{
	bool is_dash = mark_at(word, dashes) == word.len;

	return is_dash && out->starts[0] && !out->ends[0] && read_clock(next_word(rest), out->ends);
}

static bool
read_date(struct slot_words *out, struct text word)
{
	static const char pattern[] = "dddd-dd-dd";

	if (word.len != sizeof(pattern) - 1)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (pattern[i] == 'd' ? word.data[i] < '0' || word.data[i] > '9' : word.data[i] != pattern[i])
			return false;
	snprintf(out->date, sizeof(out->date), "%.*s", (int)word.len, word.data);
	return true;
}

/* A number of people: "5", "5人", "5名". */
static bool
read_people(uint32_t *out, struct text word)
{
	static const char *const people[] = {"人", "名", NULL};
	bool found;
	struct text digits = cut_at(&word, people, &found);
	uint64_t number;

	if (word.len > 0 || !text_to_u64(&number, digits, PEOPLE_MAX))
		return false;
	*out = (uint32_t)number;
	return true;
}

enum heard { HEARD, NOT_MINE, NO_NUMBER };

/* "limit 5", "limit=5", "限5人": the number may be the next word. */
static enum heard
read_amount(struct text word, const char *const *names, struct text *rest, uint32_t *out)
{
	static const char *const equals[] = {"=", ":", "：", NULL};
	size_t len = mark_at(word, names);
	struct text number = text_from(word, len);

	if (len == 0)
		return NOT_MINE;
	number = text_from(number, mark_at(number, equals));
	if (number.len == 0)
		return read_people(out, next_word(rest)) ? HEARD : NO_NUMBER;
	return read_people(out, number) ? HEARD : NOT_MINE;
}

static enum heard
read_amounts(struct slot_words *out, struct text word, struct text *rest)
{
	static const char *const need[] = {"need", "需要", "需", NULL}, *const limit[] = {"limit", "最多", "限", NULL};
	enum heard heard = read_amount(word, need, rest, &out->need);

	if (heard != NOT_MINE) {
		out->has_need = true;
		return heard;
	}
	heard = read_amount(word, limit, rest, &out->limit);
	out->has_limit |= heard != NOT_MINE;
	return heard;
}

/* "2: …": takes the number off. */
static struct text
read_number(struct slot_words *out, struct text text)
{
	struct text rest = text;
	bool found;
	struct text digits = trim(cut_at(&rest, colons, &found));
	uint64_t number;

	if (!found || !text_to_u64(&number, digits, UINT32_MAX) || number == 0)
		return text;
	out->number = (uint32_t)number;
	return rest;
}

/* A word that was meant as a time or a date and is none: no label has digits and a colon, or four digits and a dash. */
static bool
is_like_time(struct text word)
{
	size_t digits = 0;

	while (digits < word.len && word.data[digits] >= '0' && word.data[digits] <= '9')
		digits++;
	return digits > 0 &&
	       (mark_at(text_from(word, digits), colons) || (digits == 4 && word.len > 4 && word.data[4] == '-'));
}

static bool
is_clock(struct text word)
{
	char clock[8];

	return read_clock(word, clock);
}

/* "2: 08:00-12:00" has a number; "8:00-12:00" has none. */
static bool
begins_with_time(struct text text)
{
	bool found;
	struct text word = next_word(&text);

	return is_clock(cut_at(&word, dashes, &found));
}

const char *
slot_words_parse(struct slot_words *out, char *text)
{
	struct text all = text_of(text), rest, word, label = {text, 0};
	bool in_label = true;

	*out = (struct slot_words){0};
	rest = begins_with_time(all) ? all : read_number(out, all);
	while ((word = next_word(&rest)).len > 0) {
		enum heard heard = read_amounts(out, word, &rest);
		if (heard == NO_NUMBER)
			return T("behind need and limit stands a number up to 100000",
				"“需”“限”后面要写数字，最多 100000");
		if (heard == HEARD || read_times(out, word) || read_date(out, word) || read_end(out, word, &rest)) {
			in_label = false;
			continue;
		}
		if (is_like_time(word))
			return T("a time is written as 08:00-12:00 or 2026-04-13 08:00-12:00",
				"时间请写成 08:00-12:00 或 2026-04-13 08:00-12:00");
		if (!in_label)
			return T("behind the label stand only times as 08:00-12:00, need 3 and limit 5",
				"名称之后只能写时间（如 08:00-12:00）、需3人、限5人");
		label.data = label.len ? label.data : word.data;
		label.len = (size_t)(word.data + word.len - label.data);
	}
	if (out->date[0] && !out->starts[0])
		return T("with a date belongs a time, as 2026-04-13 08:00-12:00",
			"写了日期还要写时间，如 2026-04-13 08:00-12:00");
	out->label = terminate(label);
	if (!out->label[0] && out->number == 0)
		return T("it has no label; write it as '早班 08:00-12:00 need 3 limit 5'",
			"缺少名称；请写成“早班 08:00-12:00 需3人 限5人”");
	return NULL;
}

/* A question. */

static bool
is_one_of(struct text text, const char *const *words)
{
	size_t len = mark_at(text, words);

	return len > 0 && len == text.len;
}

/* Choices with slashes between them. NULL, or what is wrong. */
static const char *
read_choices(Question *out, struct text list, char *choices[CHOICES_MAX])
{
	bool more = true;

	out->choices = choices;
	while (more) {
		struct text choice = trim(cut_at(&list, slashes, &more));
		if (out->n_choices == CHOICES_MAX)
			return T("there are more than 10 choices", "选项超过 10 个");
		if (choice.len == 0)
			return T("one of the choices is empty", "有一个选项是空的");
		out->choices[out->n_choices++] = terminate(choice);
	}
	out->kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
	return NULL;
}

static bool
has_slash(struct text text)
{
	bool found;

	cut_at(&text, slashes, &found);
	return found;
}

/* What kind of answer is wanted. NULL, or what is wrong. */
static const char *
read_kind(Question *out, struct text kind, char *choices[CHOICES_MAX])
{
	static const char *const numbers[] = {"number", "数字", NULL}, *const texts[] = {"text", "文字", NULL};

	if (is_one_of(kind, texts))
		return NULL;
	if (has_slash(kind))
		return read_choices(out, kind, choices);
	if (!is_one_of(kind, numbers))
		return T("behind the colon stands number, text, or choices as S/M/L",
			"冒号后面只能写“数字”“文字”，或选项如 S/M/L");
	out->kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER;
	return NULL;
}

const char *
question_words_parse(Question *out, char *text, char *choices[CHOICES_MAX])
{
	static const char *const stars[] = {"*", "＊", NULL};
	struct text kind = trim(text_of(text)), label;
	size_t star = mark_at(kind, stars);
	const char *flaw;
	bool found;

	gridvanguard__v1__question__init(out);
	out->kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_TEXT;
	out->required = star > 0;
	kind = text_from(kind, star);
	label = trim(cut_at(&kind, colons, &found));
	flaw = found ? read_kind(out, trim(kind), choices) : NULL;
	out->label = terminate(label);
	if (!flaw && !out->label[0])
		flaw = T("it asks nothing; write it as '*尺码: S/M/L', '几个人: number' or '有车吗'",
			"没有问题；请写成“*尺码: S/M/L”“几个人: 数字”或“有车吗”");
	return flaw;
}
