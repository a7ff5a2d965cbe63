#include "text.h"

#include <stdlib.h>

bool
text_to_u64(uint64_t *out, struct text text, uint64_t max)
{
	uint64_t value = 0;

	if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';
		if (digit > 9 || value > (max - digit) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool
text_to_u32(uint32_t *out, struct text text)
{
	uint64_t value;

	if (!text_to_u64(&value, text, UINT32_MAX))
		return false;
	*out = (uint32_t)value;
	return true;
}

size_t
text_digits(char out[DIGITS_TEXT], uint64_t number)
{
	char turned[DIGITS_TEXT];
	size_t len = 0;

	do {
		turned[len++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	for (size_t i = 0; i < len; i++)
		out[i] = turned[len - 1 - i];
	out[len] = '\0';
	return len;
}

struct text
text_cut(struct text *rest, char separator)
{
	const char *at = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
	struct text head = *rest;

	if (!at) {
		*rest = (struct text){rest->data + rest->len, 0};
		return head;
	}
	head.len = (size_t)(at - rest->data);
	*rest = (struct text){at + 1, rest->len - head.len - 1};
	return head;
}

char *
text_copy(char *out, size_t size, struct text text)
{
	size_t len = MIN(text.len, size - 1);

	if (len > 0)
		memcpy(out, text.data, len);
	out[len] = '\0';
	return out;
}

char *
text_dup(struct text text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return copy;
}
