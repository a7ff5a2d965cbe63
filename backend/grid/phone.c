#include "phone.h"

/* What may stand between the digits or around them, one character each. */
static const char *const fillers[] = {" ", "\t", "-", "(", ")", "'", "\xc2\xa0", /* no-break space */
	"\xe2\x80\x8b",                                                          /* zero-width space */
	"\xe2\x80\x8e",                                                          /* left-to-right mark */
	"\xe2\x80\x90",                                                          /* hyphen */
	"\xe2\x80\x91",                                                          /* no-break hyphen */
	"\xe2\x80\x93",                                                          /* en dash */
	"\xe2\x80\xaa",                 /* left-to-right embedding, and its end */
	"\xe2\x80\xac", "\xe2\x80\xad", /* left-to-right override */
	"\xe3\x80\x80",                 /* ideographic space */
	"\xef\xbb\xbf",                 /* zero-width no-break space */
	"－", "（", "）"};

static bool
take(struct text *text, const char *character)
{
	size_t len = strlen(character);

	if (text->len < len || memcmp(text->data, character, len) != 0)
		return false;
	*text = (struct text){text->data + len, text->len - len};
	return true;
}

static bool
take_filler(struct text *text)
{
	for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
		if (take(text, fillers[i]))
			return true;
	return false;
}

/* Plain, or full-width: ０ to ９ are the bytes ef bc 90 to 99. */
static bool
take_digit(struct text *text, char *digit)
{
	struct text at = *text;

	if (take(&at, "\xef\xbc") && at.len > 0 && (unsigned char)at.data[0] >= 0x90 &&
		(unsigned char)at.data[0] <= 0x99)
		*digit = (char)('0' + (unsigned char)at.data[0] - 0x90);
	else if (text->len > 0 && text->data[0] >= '0' && text->data[0] <= '9')
		*digit = (at = *text).data[0];
	else
		return false;
	*text = (struct text){at.data + 1, at.len - 1};
	return true;
}

/* The country's own: "+86", "0086" or "86". */
static const char *
without_country(const char *digits, size_t len, bool plus)
{
	if (!plus && len == PHONE_DIGITS)
		return digits;
	if (!plus && len == PHONE_DIGITS + 4 && memcmp(digits, "0086", 4) == 0)
		return digits + 4;
	if (len == PHONE_DIGITS + 2 && memcmp(digits, "86", 2) == 0)
		return digits + 2;
	return NULL;
}

bool
phone_parse(struct phone *out, struct text text)
{
	char digits[PHONE_DIGITS + 5] = "";
	const char *number;
	size_t len = 0;
	bool plus = false;

	while (text.len > 0) {
		if (take_filler(&text))
			continue;
		if (len == 0 && !plus && (take(&text, "+") || take(&text, "＋"))) {
			plus = true;
			continue;
		}
		if (len + 1 == sizeof(digits) || !take_digit(&text, &digits[len]))
			return false;
		len++;
	}
	number = without_country(digits, len, plus);
	if (!number || number[0] != '1' || number[1] < '3')
		return false;
	memcpy(out->digits, number, PHONE_DIGITS);
	out->digits[PHONE_DIGITS] = '\0';
	return true;
}

char *
phone_hide(char out[PHONE_DIGITS + 1], struct phone phone)
{
	memcpy(out, phone.digits, PHONE_DIGITS + 1);
	memset(out + PHONE_HEAD, '*', PHONE_DIGITS - PHONE_HEAD - PHONE_TAIL);
	return out;
}
