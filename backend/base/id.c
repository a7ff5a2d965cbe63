#include "id.h"

bool
id_parse(struct id *out, struct text text)
{
	struct text number = text;
	struct text partition = text_cut(&number, '.');
	uint64_t p, n;

	if (!text_to_u64(&p, partition, PARTITIONS - 1) || !text_to_u64(&n, number, ID_NUMBER_MAX) || n == 0)
		return false;
	*out = (struct id){(uint8_t)p, n};
	return true;
}

char *
id_print(char out[ID_TEXT], struct id id)
{
	char number[DIGITS_TEXT];
	size_t len = text_digits(number, id.partition & 15U);

	memcpy(out, number, len);
	out[len++] = '.';
	memcpy(out + len, number, text_digits(number, id.number & ID_NUMBER_MAX) + 1);
	return out;
}
