#include "place.h"

#include <assert.h>

#include "id.h"

#define FULL_DIGITS 18

static const uint8_t level_digits[PLACE_LEVELS] = {2, 4, 6, 9, 12, 15, 18};

static const uint64_t power_of_ten[FULL_DIGITS + 1] = {
	UINT64_C(1),
	UINT64_C(10),
	UINT64_C(100),
	UINT64_C(1000),
	UINT64_C(10000),
	UINT64_C(100000),
	UINT64_C(1000000),
	UINT64_C(10000000),
	UINT64_C(100000000),
	UINT64_C(1000000000),
	UINT64_C(10000000000),
	UINT64_C(100000000000),
	UINT64_C(1000000000000),
	UINT64_C(10000000000000),
	UINT64_C(100000000000000),
	UINT64_C(1000000000000000),
	UINT64_C(10000000000000000),
	UINT64_C(100000000000000000),
	UINT64_C(1000000000000000000),
};

static bool
is_a_level(size_t digits)
{
	for (size_t i = 0; i < PLACE_LEVELS; i++)
		if (level_digits[i] == digits)
			return true;
	return false;
}

/* How many codes lie under a place, itself included. */
static uint64_t
span(struct place place)
{
	return power_of_ten[FULL_DIGITS - place.digits];
}

bool
place_parse(struct place *out, struct text text)
{
	uint64_t code = 0;

	if (!is_a_level(text.len) || text.data[0] == '0') /* provinces start at 11 */
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';
		if (digit > 9)
			return false;
		code = code * 10 + digit;
	}
	*out = (struct place){code * power_of_ten[FULL_DIGITS - text.len], (uint8_t)text.len};
	return true;
}

char *
place_print(char out[PLACE_TEXT], struct place place)
{
	char digits[DIGITS_TEXT] = "";
	size_t len = place_is_none(place) ? 0 : text_digits(digits, place.code / span(place));

	memcpy(out, digits, len + 1);
	return out;
}

uint64_t
place_last(struct place place)
{
	return place.code + (span(place) - 1);
}

bool
place_covers(struct place outer, struct place inner)
{
	return outer.code <= inner.code && place_last(inner) <= place_last(outer);
}

bool
place_related(struct place a, struct place b)
{
	return place_covers(a, b) || place_covers(b, a);
}

enum place_level
place_level(struct place place)
{
	enum place_level level = PROVINCE;

	assert(is_a_level(place.digits));
	while (level_digits[level] != place.digits)
		level++;
	return level;
}

struct place
place_at_level(struct place place, enum place_level level)
{
	struct place ancestor = {.digits = level_digits[level]};

	assert(ancestor.digits <= place.digits);
	ancestor.code = place.code - place.code % span(ancestor);
	return ancestor;
}

struct place
place_parent(struct place place)
{
	enum place_level level = place_level(place);

	return level == PROVINCE ? (struct place){0} : place_at_level(place, level - 1);
}

int
place_compare(struct place a, struct place b)
{
	if (a.code != b.code)
		return a.code < b.code ? -1 : 1;
	return (int)a.digits - (int)b.digits;
}

/* CRC-32 as in IEEE 802.3 and zlib. */
static uint32_t
crc32(struct text text)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < text.len; i++) {
		crc ^= (uint8_t)text.data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

uint8_t
identity_partition(struct text identity)
{
	return crc32(identity) % PARTITIONS;
}

uint8_t
place_partition(struct place place)
{
	char code[PLACE_TEXT];

	if (place.digits > level_digits[COMMUNITY])
		place = place_at_level(place, COMMUNITY);
	return identity_partition(text_of(place_print(code, place)));
}
