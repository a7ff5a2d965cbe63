#include "wechat_fields.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <unistr.h>

/* One code point of a text, and where the next begins. False at the end. */
static bool
next_char(struct text *rest, ucs4_t *c)
{
	int len;

	if (rest->len == 0)
		return false;
	len = u8_mbtouc(c, (const uint8_t *)rest->data, rest->len);
	*rest = (struct text){rest->data + len, rest->len - (size_t)len};
	return true;
}

static size_t
count_chars(struct text text)
{
	size_t count = 0;
	ucs4_t c;

	while (next_char(&text, &c))
		count++;
	return count;
}

/* Ideographs: the unified ones, extension A, the compatible ones, the two planes of the rest, and zero. */
static bool
is_chinese(ucs4_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0xf900 && c <= 0xfaff) ||
	       (c >= 0x20000 && c <= 0x323af) || c == 0x3007;
}

static bool
is_letter(ucs4_t c)
{
	return c < 0x80 && isalpha((int)c);
}

static bool
is_digit(ucs4_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_printable(ucs4_t c)
{
	return c > ' ' && c < 0x7f;
}

static bool
is_symbol(ucs4_t c)
{
	return c > ' ' && c != 0x7f && !is_letter(c) && !is_digit(c) && !is_chinese(c);
}

static bool
is_of_phone(ucs4_t c)
{
	return is_digit(c) || c == '+' || c == '-' || c == '(' || c == ')' || c == ' ';
}

static bool
is_of_plate(ucs4_t c)
{
	return is_chinese(c) || is_letter(c) || is_digit(c);
}

static bool
all_are(struct text text, bool (*is)(ucs4_t c))
{
	ucs4_t c;

	while (next_char(&text, &c))
		if (!is(c))
			return false;
	return true;
}

/* Moments and amounts, piece by piece: each takes what it knows off the front. */

static bool
take(struct text *rest, struct text word)
{
	if (rest->len < word.len || memcmp(rest->data, word.data, word.len) != 0)
		return false;
	*rest = (struct text){rest->data + word.len, rest->len - word.len};
	return true;
}

static size_t
take_digits(struct text *rest)
{
	size_t count = 0;

	while (count < rest->len && is_digit((unsigned char)rest->data[count]))
		count++;
	*rest = (struct text){rest->data + count, rest->len - count};
	return count;
}

/* A number of so many digits at most, from `least` to `most`. */
static bool
take_number(struct text *rest, size_t digits, uint64_t least, uint64_t most)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < digits && i < rest->len && is_digit((unsigned char)rest->data[i]); i++)
		value = 10 * value + (uint64_t)(rest->data[i] - '0');
	*rest = (struct text){rest->data + i, rest->len - i};
	return i > 0 && value >= least && value <= most;
}

/* 2019年10月1日 */
static bool
take_date(struct text *rest)
{
	return take_number(rest, 4, 1, 9999) && take(rest, TEXT("年")) && take_number(rest, 2, 1, 12) &&
	       take(rest, TEXT("月")) && take_number(rest, 2, 1, 31) && take(rest, TEXT("日"));
}

/* 15:01 or 15:01:30 */
static bool
take_clock(struct text *rest)
{
	return take_number(rest, 2, 0, 23) && take(rest, TEXT(":")) && take_number(rest, 2, 0, 59) &&
	       (!take(rest, TEXT(":")) || take_number(rest, 2, 0, 59));
}

/* With a date in front, or behind it a clock, or neither, as the type demands one of both. */
static bool
take_moment(struct text *rest, bool wants_date)
{
	struct text date = *rest;

	if (!take_date(&date))
		return !wants_date && take_clock(rest);
	*rest = date;
	if (take(rest, TEXT(" ")))
		return take_clock(rest);
	return wants_date;
}

static bool
is_span(struct text text, bool wants_date)
{
	if (!take_moment(&text, wants_date))
		return false;
	if (take(&text, TEXT("~")) && !take_moment(&text, wants_date))
		return false;
	return text.len == 0;
}

static bool
is_time(struct text text)
{
	return is_span(text, false);
}

static bool
is_date(struct text text)
{
	return is_span(text, true);
}

/* Digits, and behind a point more of them: how many there are in all; 0 if it is not so. */
static size_t
take_decimal(struct text *rest)
{
	size_t whole = take_digits(rest), fraction;

	if (whole == 0 || !take(rest, TEXT(".")))
		return whole;
	fraction = take_digits(rest);
	return fraction == 0 ? 0 : whole + fraction;
}

static bool
is_number(struct text text)
{
	size_t digits;

	take(&text, TEXT("-"));
	digits = take_decimal(&text);
	return digits > 0 && digits <= 32 && text.len == 0;
}

/* ￥100.25 or 100.25元 */
static bool
is_amount(struct text text)
{
	size_t digits;

	if (!take(&text, TEXT("¥")) && !take(&text, TEXT("￥")))
		take(&text, TEXT("$"));
	digits = take_decimal(&text);
	take(&text, TEXT("元"));
	return digits > 0 && digits <= 10 && text.len == 0;
}

static bool
is_letters(struct text text)
{
	return count_chars(text) <= 32 && all_are(text, is_letter);
}

static bool
is_symbols(struct text text)
{
	return count_chars(text) <= 5 && all_are(text, is_symbol);
}

static bool
is_string(struct text text)
{
	return count_chars(text) <= 32 && all_are(text, is_printable);
}

static bool
is_phone(struct text text)
{
	return count_chars(text) <= 17 && all_are(text, is_of_phone);
}

static bool
is_plate(struct text text)
{
	return count_chars(text) <= 8 && all_are(text, is_of_plate);
}

/* One of a list that the template has and we do not know. */
static bool
is_choice(struct text text)
{
	return count_chars(text) <= 20;
}

/* How many characters are left of a name: 10, or 20 of one in Latin letters and symbols. */
static size_t
name_max(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] >= 0x80)
			return 10;
	return 20;
}

static size_t
thing_max(struct text text)
{
	(void)text;
	return 20;
}

/* Nothing is left of one that is not all Chinese. */
static size_t
phrase_max(struct text text)
{
	return all_are(text, is_chinese) ? 5 : 0;
}

static const struct type {
	const char *name;
	size_t (*max)(struct text text); /* of words: the characters that are left */
	bool (*holds)(struct text text); /* of the others */
} types[] = {
	{"thing", thing_max, NULL},
	{"name", name_max, NULL},
	{"phrase", phrase_max, NULL},
	{"number", NULL, is_number},
	{"letter", NULL, is_letters},
	{"symbol", NULL, is_symbols},
	{"character_string", NULL, is_string},
	{"time", NULL, is_time},
	{"date", NULL, is_date},
	{"amount", NULL, is_amount},
	{"phone_number", NULL, is_phone},
	{"car_number", NULL, is_plate},
	{"enum_string", NULL, is_choice},
};

static const struct type *
find_type(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		size_t len = strlen(types[i].name);
		const char *number = key + len;
		if (strncmp(key, types[i].name, len) == 0 && *number && strspn(number, "0123456789") == strlen(number))
			return &types[i];
	}
	return NULL;
}

/* White space, and what does not show at all. */
static bool
is_blank(ucs4_t c)
{
	return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x3000 || c == 0x200b || c == 0x2028 || c == 0x2029 ||
	       c == 0x2060 || c == 0xfeff;
}

/* Copies up to so many characters, each run of blanks as one blank, without those at the ends. */
static size_t
squeeze(char out[WECHAT_VALUE], struct text text, size_t max)
{
	size_t len = 0, count = 0, gap = 0;
	const char *at;
	ucs4_t c;

	for (at = text.data; next_char(&text, &c); at = text.data) {
		size_t bytes = (size_t)(text.data - at);
		if (is_blank(c)) {
			gap = len > 0;
			continue;
		}
		if (count + gap + 1 > max || len + gap + bytes >= WECHAT_VALUE)
			break;
		if (gap)
			out[len++] = ' ';
		memcpy(out + len, at, bytes);
		len += bytes;
		count += gap + 1;
		gap = 0;
	}
	out[len] = '\0';
	return len;
}

bool
wechat_field_fit(char out[WECHAT_VALUE], const char *key, struct text value)
{
	const struct type *type = find_type(key);
	struct text squeezed = {out, 0};
	size_t max;

	if (!type || u8_check((const uint8_t *)value.data, value.len))
		return false;
	squeezed.len = squeeze(out, value, SIZE_MAX);
	if (squeezed.len == 0)
		return false;
	if (type->holds)
		return type->holds(squeezed);
	max = type->max(squeezed);
	return squeeze(out, value, max) > 0;
}
