#include "chain_lines.h"

#include "call_code.h"
#include "chain_clean.h"

#define SENDER_MAX  30 /* characters */
#define RULE_DASHES 5

/* The line that WeChat puts between a quotation and its answer. */
static bool
is_rule(struct text line)
{
	size_t dashes = 0;

	while (line.len > 0) {
		uint32_t c = char_take(&line);
		if (!char_in(c, " -—–─"))
			return false;
		dashes += c != ' ';
	}
	return dashes >= RULE_DASHES;
}

static bool
is_picture(struct text line)
{
	static const char *const pictures[] = {"[动画表情]", "[表情]", "[图片]", "[视频]", "[语音]", "[文件]", "[链接]",
		"[Sticker]", "[Photo]", "[Video]"};

	for (size_t i = 0; i < ARRAY_LEN(pictures); i++)
		if (line.len == strlen(pictures[i]) && text_starts(line, pictures[i]))
			return true;
	return false;
}

size_t
chain_lines_count(struct text clean)
{
	size_t count = 0;

	while (clean.len > 0)
		count += text_trim(text_cut(&clean, '\n')).len > 0;
	return count;
}

size_t
chain_lines_split(struct chain_line *lines, struct text clean)
{
	size_t count = 0, quote = SIZE_MAX; /* where the last quotation starts */
	bool blank = false;

	while (clean.len > 0) {
		struct text whole = text_cut(&clean, '\n'), line = text_trim(whole);
		if (line.len == 0 || is_picture(line)) {
			blank = blank || line.len == 0;
			continue;
		}
		if (is_rule(line)) {
			if (quote < count && char_in(char_last(lines[count - 1].text), "」"))
				count = quote;
			quote = SIZE_MAX;
			continue;
		}
		if (text_starts(line, "「"))
			quote = count;
		lines[count++] = (struct chain_line){line, .indented = whole.data[0] == ' ', .after_blank = blank};
		blank = false;
	}
	return count;
}

/* How long the header is that stands at the front of a text; 0: none does. */
static size_t
header_length(struct text text)
{
	static const char *const names[] = {"接龙", "接龍", "Group Note", "GroupNote"};
	struct text name = text;

	if (char_take(&name) != '#')
		return 0;
	name = text_trim(name);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (text_starts(name, names[i]))
			return (size_t)(name.data - text.data) + strlen(names[i]);
	return 0;
}

bool
line_header(struct text line, struct text *lead, struct text *rest)
{
	if (text_starts(line, "「") || text_starts(line, LINE_KEPT))
		return false; /* somebody else's, quoted; or the body's own words */
	for (size_t at = 0; at < line.len; at++) {
		size_t len = line.data[at] == '#' ? header_length(text_from(line, at)) : 0;
		struct text behind = text_from(line, MIN(at + len, line.len));
		if (len == 0 || (at > 0 && behind.len > 0 && behind.data[0] != ' '))
			continue; /* "请按#接龙格式" */
		*lead = text_trim((struct text){line.data, at});
		*rest = text_trim(behind);
		return true;
	}
	return false;
}

/* Takes digits off the front, `max` at the most. Returns how many. */
static size_t
take_digits(struct text *text, size_t max)
{
	size_t count = 0;

	for (; count < max && char_is_digit(char_first(*text)); count++)
		char_take(text);
	return count;
}

static bool
take_one_of(struct text *text, const char *set)
{
	if (!char_in(char_first(*text), set))
		return false;
	char_take(text);
	return true;
}

/* 19:05, 19:05:33 */
static bool
is_time(struct text word)
{
	if (take_digits(&word, 2) == 0 || !take_one_of(&word, ":："))
		return false;
	if (take_digits(&word, 2) != 2)
		return false;
	return word.len == 0 || (take_one_of(&word, ":：") && take_digits(&word, 2) == 2 && word.len == 0);
}

/* 2022/4/12, 2022-04-12; or without a year. *year tells which. */
static bool
is_date(struct text word, bool *year)
{
	size_t first = take_digits(&word, 4);

	*year = first == 4;
	if (first == 0 || first == 3 || !take_one_of(&word, "/-") || take_digits(&word, 2) == 0)
		return false;
	return *year ? take_one_of(&word, "/-") && take_digits(&word, 2) > 0 && word.len == 0 : word.len == 0;
}

static bool
is_part_of_day(struct text word)
{
	static const char *const words[] = {"上午", "下午", "晚上", "凌晨", "昨天", "今天", "AM", "PM"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (word.len == strlen(words[i]) && text_starts(word, words[i]))
			return true;
	return false;
}

bool
line_sender(struct text line, bool before_header, struct text *sender)
{
	bool dated = false, full_date = false, timed = false, year;
	struct text name = {line.data, 0};

	for (struct text rest = line; rest.len > 0;) {
		struct text word = text_cut(&rest, ' ');
		if (is_time(word)) {
			timed = true;
		} else if (is_date(word, &year)) {
			dated = true;
			full_date = full_date || year;
		} else if (word.len > 0 && !is_part_of_day(word)) {
			name.data = name.len ? name.data : word.data;
			name.len = (size_t)(word.data + word.len - name.data);
		}
	}
	if (text_chars(name, SENDER_MAX + 1) > SENDER_MAX)
		return false;
	if (!(full_date && timed) && !(before_header && (timed || dated || char_in(char_last(line), ":："))))
		return false;
	if (char_in(char_last(name), ":："))
		name.len -= char_size(char_last(name));
	*sender = text_trim(name);
	return true;
}

bool
line_example(struct text line, bool *bare)
{
	static const char *const cues[] = {"例如", "例", "格式如", "格式", "如", "Example", "e.g."};

	for (size_t i = 0; i < ARRAY_LEN(cues); i++) {
		struct text rest = line;
		if (!text_starts(line, cues[i]))
			continue;
		rest = text_from(line, strlen(cues[i]));
		if (rest.len > 0 && !char_in(char_first(rest), " ,.:，：、"))
			continue;
		while (char_in(char_first(rest), " ,.:，：、"))
			char_take(&rest);
		*bare = rest.len == 0;
		return true;
	}
	return false;
}

/* ① … ⑳, ⑴ … ⒇, ⒈ … ⒛, ❶ … ❿ */
static uint32_t
circled(uint32_t c)
{
	if (c >= 0x2460 && c <= 0x249b)
		return (c - 0x2460) % 20 + 1;
	return c >= 0x2776 && c <= 0x277f ? c - 0x2775 : 0;
}

/* 一 … 九十九 at the front, taken off; 0: none. */
static uint32_t
take_han_number(struct text *text)
{
	uint32_t number = char_han_number(char_first(*text)), next;

	if (number == 0)
		return 0;
	char_take(text);
	if (number < 10 && char_han_number(char_first(*text)) == 10) {
		char_take(text);
		number *= 10;
	}
	next = char_han_number(char_first(*text));
	if (number >= 10 && next > 0 && next < 10) {
		char_take(text);
		number += next;
	}
	return number;
}

/* "1.5米": no number of a line. `text` stands behind the point. */
static bool
is_measure(struct text text)
{
	while (char_is_digit(char_first(text)))
		char_take(&text);
	return char_in(char_first(text), "米万元倍%") || text_starts(text, "公斤") || text_starts(text, "小时");
}

/* Takes the separator behind the digits off. False if what stands there makes the whole no number. */
static bool
take_separator(struct line_number *out)
{
	struct text rest = text_trim(out->text);
	bool spaced = rest.data != out->text.data;
	uint32_t separator = char_first(rest), next;

	out->bare = !char_in(separator, ".．。,，、:：;；)）-—_~#@!！&*%[");
	out->text = rest;
	if (out->bare)
		return rest.len == 0 || spaced;
	if (separator == '[')
		return true; /* stays part of the text */
	char_take(&rest);
	next = char_first(rest);
	if (char_in(separator, ":：") && take_digits(&(struct text){rest.data, rest.len}, 3) == 2)
		return false;
	if (char_in(separator, "-—_~#@!&*%") && char_is_digit(next))
		return false;
	if (separator == '#' && char_in(next, "楼栋幢"))
		return false;
	out->decimal = char_in(separator, ".．。,，") && char_is_digit(next);
	out->text = text_trim(rest);
	return !out->decimal || !is_measure(rest);
}

bool
line_number(struct line_number *out, struct text line)
{
	uint32_t number = circled(char_first(line));
	size_t digits;

	*out = (struct line_number){.number = number, .style = NUMBER_CIRCLED, .text = line};
	if (number > 0) {
		char_take(&out->text);
		while (take_one_of(&out->text, " .．、"))
			;
		return true;
	}
	out->number = take_han_number(&out->text);
	if (out->number > 0) {
		out->style = NUMBER_HAN;
		if (!take_one_of(&out->text, "、"))
			return false;
		out->text = text_trim(out->text);
		return true;
	}
	out->style = NUMBER_DIGITS;
	digits = take_digits(&out->text, 4);
	if (digits == 0 || digits > 3)
		return false;
	for (size_t i = 0; i < digits; i++)
		out->number = out->number * 10 + (uint32_t)(line.data[i] - '0');
	return take_separator(out);
}

bool
line_holds_list(struct text line)
{
	uint32_t before = 0;

	while (line.len > 0) {
		uint32_t c = char_take(&line);
		struct text behind = line;
		if (circled(c) == 1)
			return true;
		if (c == '1' && !char_is_digit(before) && take_one_of(&behind, ".．、)）") &&
			!char_is_digit(char_first(behind)))
			return true;
		before = c;
	}
	return false;
}

struct text
text_call_code(struct text text)
{
	static const char *const cues[] = {"呼号", "call code"};

	for (size_t i = 0; i < ARRAY_LEN(cues); i++) {
		struct text rest = text;
		for (size_t at; at = text_find(rest, cues[i]), at < rest.len;) {
			struct text code;
			rest = text_from(rest, at + strlen(cues[i]));
			while (char_in(char_first(rest), " :：#"))
				char_take(&rest);
			code = (struct text){rest.data, 0};
			while (code.len < rest.len && call_code_letter(rest.data[code.len]))
				code.len++;
			if (code.len >= CALL_CODE_MIN && code.len <= CALL_CODE_MAX)
				return code;
		}
	}
	return NO_TEXT;
}

static bool
is_special(struct text line)
{
	struct line_number number;
	struct text lead, rest;
	bool bare;

	return line_number(&number, line) || line_header(line, &lead, &rest) || line_example(line, &bare) ||
	       is_rule(line) || is_picture(line) || text_starts(line, "「");
}

bool
line_needs_keeping(struct text line)
{
	while (text_starts(line, LINE_KEPT))
		line = text_trim(text_from(line, strlen(LINE_KEPT)));
	return is_special(line);
}

bool
line_kept(struct text line, struct text *without)
{
	struct text rest;

	if (!text_starts(line, LINE_KEPT))
		return false;
	rest = text_trim(text_from(line, strlen(LINE_KEPT)));
	if (!line_needs_keeping(rest))
		return false;
	*without = rest;
	return true;
}
