#include "door.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_MS 60000

static void
make_code(char out[DOOR_CODE], const uint8_t secret[STORE_SECRET], struct id call, uint64_t minute)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t hash[crypto_generichash_BYTES_MIN];
	char id[ID_TEXT], text[ID_TEXT + 32];
	uint64_t bits = 0;
	int len = snprintf(text, sizeof(text), "%s %llu", id_print(id, call), (unsigned long long)minute);

	crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, (size_t)len, secret, STORE_SECRET);
	memcpy(&bits, hash, sizeof(bits));
	for (size_t i = 0; i < DOOR_CODE - 1; i++, bits >>= 5)
		out[i] = alphabet[bits & 31];
	out[DOOR_CODE - 1] = '\0';
}

uint64_t
door_code(char out[DOOR_CODE], const uint8_t secret[STORE_SECRET], struct id call, uint64_t now_ms)
{
	make_code(out, secret, call, now_ms / MINUTE_MS);
	return (now_ms / MINUTE_MS + 2) * MINUTE_MS;
}

bool
door_code_is_good(const uint8_t secret[STORE_SECRET], struct id call, uint64_t now_ms, struct text code)
{
	char good[DOOR_CODE];

	if (code.len != DOOR_CODE - 1)
		return false;
	for (uint64_t age = 0; age <= 1; age++) {
		make_code(good, secret, call, now_ms / MINUTE_MS - age);
		if (sodium_memcmp(good, code.data, code.len) == 0)
			return true;
	}
	return false;
}
