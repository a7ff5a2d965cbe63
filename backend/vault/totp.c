#include "totp.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MS 30000
#define AROUND  1 /* steps before and after now */

/* What liboath gives is on the heap. Moves it to `out`, which has just the room, and wipes it. */
static bool
take(char *given, size_t len, void *out, size_t room)
{
	bool fits = len == room;

	if (fits)
		memcpy(out, given, len);
	sodium_memzero(given, len);
	free(given);
	return fits;
}

char *
totp_print(char out[TOTP_TEXT], const uint8_t secret[TOTP_SECRET])
{
	char *given = NULL;
	size_t len = 0;

	out[0] = out[TOTP_TEXT - 1] = '\0';
	if (oath_base32_encode((const char *)secret, TOTP_SECRET, &given, &len) != OATH_OK ||
		!take(given, len, out, TOTP_TEXT - 1))
		abort(); /* without memory, as everywhere */
	return out;
}

bool
totp_parse(uint8_t out[TOTP_SECRET], struct text text)
{
	char *given = NULL;
	size_t len = 0;

	return oath_base32_decode(text.data, text.len, &given, &len) == OATH_OK && take(given, len, out, TOTP_SECRET);
}

char *
totp_code(char out[TOTP_DIGITS + 1], const uint8_t secret[TOTP_SECRET], uint64_t step)
{
	if (oath_hotp_generate((const char *)secret, TOTP_SECRET, step, TOTP_DIGITS, false,
		    OATH_HOTP_DYNAMIC_TRUNCATION, out) != OATH_OK)
		abort();
	return out;
}

uint64_t
totp_step(uint64_t now_ms)
{
	return now_ms / STEP_MS;
}

bool
totp_judge(uint64_t *step, const uint8_t secret[TOTP_SECRET], struct text code, uint64_t now_ms)
{
	uint64_t now = totp_step(now_ms);
	char good[TOTP_DIGITS + 1];
	bool found = false;

	if (code.len != TOTP_DIGITS)
		return false;
	for (uint64_t each = now - AROUND; each <= now + AROUND; each++) {
		if (sodium_memcmp(totp_code(good, secret, each), code.data, TOTP_DIGITS) != 0)
			continue;
		*step = each;
		found = true;
	}
	sodium_memzero(good, sizeof(good));
	return found;
}
