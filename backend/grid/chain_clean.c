#include "chain_clean.h"

#include <unicase.h>
#include <unistr.h>

#define KEYCAP 0x20e3

static const uint8_t *
bytes_of(const char *chars)
{
	return (const uint8_t *)chars;
}

uint32_t
char_take(struct text *rest)
{
	ucs4_t c;

	if (rest->len == 0)
		return 0;
	*rest = text_from(*rest, (size_t)u8_mbtouc_unsafe(&c, bytes_of(rest->data), rest->len));
	return c;
}

uint32_t
char_first(struct text text)
{
	return char_take(&text);
}

uint32_t
char_last(struct text text)
{
	size_t at = text.len;

	while (at > 0 && ((unsigned char)text.data[--at] & 0xc0) == 0x80)
		;
	return char_first(text_from(text, at));
}

size_t
char_size(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

bool
char_is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

bool
char_is_han(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x20000 && c <= 0x323af) ||
	       c == 0x3007;
}

bool
char_is_latin(uint32_t c)
{
	if (c >= 0xff21 && c <= 0xff5a)
		c = char_fold(c);
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7);
}

uint32_t
char_han_number(uint32_t c)
{
	static const uint16_t numbers[] = {
		0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d, 0x5341}; /* 一 … 十 */

	for (uint32_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (numbers[i] == c)
			return i + 1;
	return c == 0x4e24 ? 2 : 0; /* 两 */
}

uint32_t
char_fold(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - '!';
	if (c == 0x3002) /* 。 */
		return '.';
	if (c == 0x3001) /* 、 */
		return ',';
	return uc_tolower(c);
}

bool
char_in(uint32_t c, const char *set)
{
	for (struct text rest = text_of(set); rest.len > 0;)
		if (char_take(&rest) == c)
			return true;
	return false;
}

static bool
ends_a_line(uint32_t c)
{
	return c == '\n' || c == 0x0b || c == 0x0c || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* The category Zs, and letters that show nothing. */
static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	       c == 0x205f || c == 0x3000 || c == 0x115f || c == 0x1160 || c == 0x2800 || c == 0x3164 || c == 0xffa0;
}

static bool
is_unseen(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x34f || c == 0x61c || c == 0x180e ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

/* What becomes of a character; 0: nothing. */
static uint32_t
cleaned(uint32_t c)
{
	if (ends_a_line(c))
		return '\n';
	if (is_blank(c))
		return ' ';
	if (is_unseen(c))
		return 0;
	if (c >= 0xff10 && c <= 0xff19)
		return c - 0xff10 + '0';
	return c == 0xff03 || c == 0xfe5f ? '#' : c;
}

size_t
chain_clean(char *text, size_t len)
{
	struct text rest = {text, len};
	size_t out = 0;

	while (rest.len > 0) {
		uint32_t c = char_take(&rest);
		if (c == '\r')
			c = char_first(rest) == '\n' ? 0 : '\n';
		else if (c == KEYCAP)
			c = char_is_digit(char_first(rest)) ? 0 : ' ';
		else
			c = cleaned(c);
		if (c)
			out += (size_t)u8_uctomb((uint8_t *)text + out, c, 6);
	}
	return out;
}

/* In small letters; only of ASCII. */
static char
small(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool
text_starts(struct text text, const char *word)
{
	for (size_t i = 0; word[i]; i++)
		if (i == text.len || small(text.data[i]) != small(word[i]))
			return false;
	return true;
}

size_t
text_find(struct text text, const char *word)
{
	for (size_t at = 0; at < text.len; at++)
		if (text_starts(text_from(text, at), word))
			return at;
	return text.len;
}

struct text
text_from(struct text text, size_t n)
{
	return (struct text){text.data + n, text.len - n};
}

struct text
text_trim(struct text text)
{
	while (text.len > 0 && text.data[0] == ' ')
		text = text_from(text, 1);
	while (text.len > 0 && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

size_t
text_chars(struct text text, size_t max)
{
	size_t count = 0;

	while (count < max && char_take(&text))
		count++;
	return count;
}

struct text
text_first_chars(struct text text, size_t count)
{
	struct text rest = text;

	while (count-- > 0 && char_take(&rest))
		;
	return (struct text){text.data, text.len - rest.len};
}

uint32_t
char_key(uint32_t c)
{
	uint32_t folded = char_fold(c);

	if (folded <= ' ' || (folded < 0x80 && strchr(".,:;-", (int)folded)))
		return 0;
	return char_size(folded) <= char_size(c) ? folded : c;
}

bool
text_key(struct text *out, struct text text, struct arena *arena)
{
	char *key = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	if (!key)
		return false;
	while (text.len > 0) {
		uint32_t c = char_key(char_take(&text));
		if (c)
			len += (size_t)u8_uctomb((uint8_t *)key + len, c, 6);
	}
	*out = (struct text){key, len};
	return true;
}
