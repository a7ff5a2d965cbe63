#include "call_code.h"

#include <ctype.h>

#define BASE       31
#define DIGITS_MIN (CALL_CODE_MIN - 1)
#define DIGITS_MAX (CALL_CODE_MAX - 1)

static const char alphabet[BASE + 1] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/* -1 for a character that is not in it. */
static int
digit_of(char letter)
{
	const char *at = letter ? strchr(alphabet, toupper((unsigned char)letter)) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

bool
call_code_letter(char letter)
{
	return digit_of(letter) >= 0;
}

static char
check_of(const int *digits, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (size_t)digits[i] * (i + 1);
	return alphabet[sum % BASE];
}

char *
call_code_print(char out[CALL_CODE_TEXT], struct id call)
{
	uint64_t value = (call.number - 1) * PARTITIONS + call.partition, values = (uint64_t)BASE * BASE * BASE;
	int digits[DIGITS_MAX];
	size_t count = DIGITS_MIN;

	out[0] = '\0';
	if (id_is_none(call))
		return out;
	for (; value >= values; values *= BASE, count++)
		value -= values;
	for (size_t i = count; i-- > 0; value /= BASE) {
		digits[i] = (int)(value % BASE);
		out[i] = alphabet[digits[i]];
	}
	out[count] = check_of(digits, count);
	out[count + 1] = '\0';
	return out;
}

bool
call_code_parse(struct id *out, struct text text)
{
	uint64_t value = 0, shorter = 0, values = (uint64_t)BASE * BASE;
	int digits[DIGITS_MAX];
	size_t count = text.len - 1;

	if (text.len < CALL_CODE_MIN || text.len > CALL_CODE_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		digits[i] = digit_of(text.data[i]);
		if (digits[i] < 0)
			return false;
		value = value * BASE + (uint64_t)digits[i];
	}
	if (toupper((unsigned char)text.data[count]) != check_of(digits, count))
		return false;
	for (size_t i = DIGITS_MIN; i < count; i++)
		shorter += values *= BASE;
	value += shorter;
	if (value / PARTITIONS >= ID_NUMBER_MAX)
		return false;
	*out = (struct id){value % PARTITIONS, value / PARTITIONS + 1};
	return true;
}
