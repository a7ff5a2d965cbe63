#include "uuid.h"

#include "random.h"

struct uuid
uuid_make(uint64_t wall_ms)
{
	struct uuid uuid;

	random_fill(&uuid, sizeof(uuid));
	for (int i = 0; i < 6; i++)
		uuid.bytes[i] = (uint8_t)(wall_ms >> (40 - 8 * i));
	uuid.bytes[6] = (uint8_t)(0x70 | (uuid.bytes[6] & 0x0f));
	uuid.bytes[8] = (uint8_t)(0x80 | (uuid.bytes[8] & 0x3f));
	return uuid;
}

bool
uuid_is_v7(const struct uuid *uuid)
{
	return (uuid->bytes[6] & 0xf0) == 0x70 && (uuid->bytes[8] & 0xc0) == 0x80;
}

uint64_t
uuid_time_ms(const struct uuid *uuid)
{
	uint64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | uuid->bytes[i];
	return ms;
}

char *
uuid_print(char out[UUID_TEXT], const struct uuid *uuid)
{
	static const char hex[] = "0123456789abcdef";
	char *at = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = hex[uuid->bytes[i] >> 4];
		*at++ = hex[uuid->bytes[i] & 15];
	}
	*at = '\0';
	return out;
}
