#include "chain_phone.h"

#include "chain_clean.h"
#include "phone.h"

static bool
digit_at(struct text text, size_t at)
{
	return at < text.len && char_is_digit((unsigned char)text.data[at]);
}

static bool
groups_part_at(struct text text, size_t at, size_t count)
{
	return (count == PHONE_HEAD || count == PHONE_DIGITS - PHONE_TAIL) &&
	       (text.data[at] == ' ' || text.data[at] == '-') && digit_at(text, at - 1);
}

/* A number at the front: its digits, and how long it is as written; 0 if there is none. */
static size_t
phone_at_front(char digits[PHONE_DIGITS + 1], struct text text)
{
	size_t at = text_starts(text, "+86") ? 3 : text_starts(text, "86") ? 2 : 0;
	size_t count = 0;

	if (at > 0 && at < text.len && (text.data[at] == ' ' || text.data[at] == '-'))
		at++;
	for (; at < text.len && count < PHONE_DIGITS; at++) {
		if (digit_at(text, at))
			digits[count++] = text.data[at];
		else if (!groups_part_at(text, at, count))
			return 0;
	}
	digits[count] = '\0';
	if (count < PHONE_DIGITS || digits[0] != '1' || digits[1] < '3' || digit_at(text, at))
		return 0;
	return at;
}

size_t
phone_mask(char *text, size_t len)
{
	size_t out = 0, run;

	for (size_t in = 0; in < len; in += run) {
		struct text rest = {text + in, len - in};
		char digits[PHONE_DIGITS + 1];
		size_t phone = digit_at(rest, 0) || rest.data[0] == '+' ? phone_at_front(digits, rest) : 0;
		for (run = phone ? phone : 1; !phone && digit_at(rest, 0) && digit_at(rest, run);)
			run++;
		memmove(text + out, phone ? digits : rest.data, phone ? PHONE_DIGITS : run);
		if (phone || (digit_at(rest, 0) && run >= PHONE_DIGITS))
			memset(text + out + PHONE_HEAD, '*', (phone ? PHONE_DIGITS : run) - PHONE_HEAD - PHONE_TAIL);
		out += phone ? PHONE_DIGITS : run;
	}
	return out;
}

struct text
phone_masked(struct text text)
{
	for (size_t at = 0; at + PHONE_DIGITS <= text.len; at++) {
		struct text found = {text.data + at, PHONE_DIGITS};
		bool masked =
			found.data[0] == '1' && found.data[1] >= '3' && memcmp(found.data + PHONE_HEAD, "****", 4) == 0;
		for (size_t i = 0; masked && i < PHONE_DIGITS; i++)
			masked = digit_at(found, i) || (i >= PHONE_HEAD && i < PHONE_DIGITS - PHONE_TAIL);
		if (masked)
			return found;
	}
	return (struct text){text.data, 0};
}
