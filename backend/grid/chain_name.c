#include "chain_name.h"

#define ADDRESS_UNITS "楼栋幢室号户院区座层元门苑里"

bool
char_parts_words(uint32_t c)
{
	switch (char_fold(c)) {
	case ' ':
	case '\n':
	case '(':
	case ')':
	case '[':
	case ']':
	case ',':
	case ';':
	case ':':
	case '!':
	case '|':
	case '/':
	case 0x3010: /* 【 */
	case 0x3011: /* 】 */
		return true;
	default:
		return c == 0x3002; /* 。 */
	}
}

bool
text_is_short_name(struct text text)
{
	size_t chars = text_chars(text, 5);

	if (chars < 2 || chars > 4 || char_in(char_first(text), "步购买办理驾码取送领收拿班忙人表"))
		return false;
	while (text.len > 0)
		if (!char_is_han(char_take(&text)))
			return false;
	return true;
}

bool
text_is_latin_name(struct text text)
{
	uint32_t first = char_first(text);

	if (!char_is_latin(first) || char_fold(first) == first)
		return false;
	while (text.len > 0) {
		uint32_t c = char_take(&text);
		if (!char_is_latin(c) && c != '\'' && c != '.')
			return false;
	}
	return true;
}

/* "3号楼王芳", "3-2-501王芳": a name right behind an address. */
static struct text
name_behind_address(struct text word)
{
	struct text rest = word, tail = {word.data, 0};
	size_t digits = 0;

	while (rest.len > 0) {
		uint32_t c = char_take(&rest);
		digits = char_is_digit(c) ? digits + 1 : 0;
		if (digits >= 3 || char_in(c, ADDRESS_UNITS))
			tail = rest;
	}
	return text_is_short_name(tail) ? tail : (struct text){word.data, 0};
}

/* Where an address or a count begins in a word that starts as a name. */
static size_t
name_length(struct text word, bool latin)
{
	for (struct text rest = word; rest.len > 0; char_take(&rest)) {
		uint32_t c = char_first(rest);
		if (char_in(c, "-_—–~～+＋") || (char_is_digit(c) && !latin))
			return word.len - rest.len;
	}
	return word.len;
}

struct text
name_in_word(struct text word)
{
	uint32_t first = char_first(word);
	bool latin = char_is_latin(first);
	struct text name = {word.data, name_length(word, latin)}, none = {word.data, 0};

	if (char_in(first, "号点"))
		return none; /* "12.5 号晚" */
	if (char_is_digit(first))
		return name_behind_address(word);
	if (text_chars(name, CHAIN_NAME_MAX + 1) > CHAIN_NAME_MAX)
		return none;
	if (name.len < word.len && char_in(char_last(name), ADDRESS_UNITS))
		return none; /* "西区3号楼" */
	return name;
}

enum proxy_word
proxy_take(struct text *text)
{
	static const struct {
		const char *word;
		enum proxy_word kind;
	} words[] = {
		{"代报名", PROXY_CLEAR},
		{"代报", PROXY_CLEAR},
		{"代签", PROXY_CLEAR},
		{"代替", PROXY_CLEAR},
		{"替", PROXY_CLEAR},
		{"代", PROXY_OR_SURNAME},
	};
	static const char *const ends[] = {"报名", "报", "签到"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!text_starts(*text, words[i].word))
			continue;
		*text = text_from(*text, strlen(words[i].word));
		for (size_t e = 0; e < ARRAY_LEN(ends); e++)
			if (text->len >= strlen(ends[e]) &&
				text_starts(text_from(*text, text->len - strlen(ends[e])), ends[e])) {
				text->len -= strlen(ends[e]);
				return PROXY_CLEAR;
			}
		return words[i].kind;
	}
	return PROXY_NOT;
}

struct text
text_trim_separators(struct text text)
{
	static const char separators[] = " -—–_:：,，、;；/。.|";

	while (text.len > 0 && char_in(char_first(text), separators))
		char_take(&text);
	while (text.len > 0 && char_in(char_last(text), separators))
		text.len -= char_size(char_last(text));
	return text;
}
