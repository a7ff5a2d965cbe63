#include "id.h"

#include <stdio.h>

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
	snprintf(out, ID_TEXT, "%u.%llu", id.partition & 15U, (unsigned long long)(id.number & ID_NUMBER_MAX));
	return out;
}
