#include "names.h"

#include <stdlib.h>
#include <uthash.h>

#define NAME_BYTES 512 /* of a name that is looked for; a longer one is none */

struct known {
	uint64_t key; /* of the place: key_of() */
	struct place place;
	char *name;
	struct known *same; /* the next place of the same name */
	UT_hash_handle by_place;
};

struct bearers {
	char *name;
	struct known *first;
	UT_hash_handle by_name;
};

struct names {
	struct known *places;
	struct bearers *names;
};

struct names *
names_create(void)
{
	return calloc(1, sizeof(struct names));
}

void
names_destroy(struct names *names)
{
	struct known *place, *next_place;
	struct bearers *bearers, *next_name;

	if (!names)
		return;
	HASH_ITER (by_name, names->names, bearers, next_name) {
		HASH_DELETE(by_name, names->names, bearers);
		free(bearers);
	}
	HASH_ITER (by_place, names->places, place, next_place) {
		HASH_DELETE(by_place, names->places, place);
		free(place->name);
		free(place);
	}
	free(names);
}

/* A place's digits are 2 to 18, so that its code leaves room for its level. */
static uint64_t
key_of(struct place place)
{
	return place.code << 3 | (uint64_t)place_level(place);
}

/* Without what parts names in a path, and without the committee at the end. False if it is too long. */
static bool
plain(char out[NAME_BYTES], const char *name)
{
	static const char *const dropped[] = {" ", "/", "\\", ">", "-", ",", "·", "，", "、", "　", "—"};
	static const char *const endings[] = {"居民委员会", "村民委员会", "居委会", "村委会", "街道办事处"};
	size_t len = 0;

	while (*name) {
		size_t skip = 0;
		for (size_t i = 0; i < ARRAY_LEN(dropped) && skip == 0; i++)
			if (strncmp(name, dropped[i], strlen(dropped[i])) == 0)
				skip = strlen(dropped[i]);
		if (skip == 0 && len + 1 == NAME_BYTES)
			return false;
		if (skip == 0)
			out[len++] = *name++;
		else
			name += skip;
	}
	out[len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		size_t ending = strlen(endings[i]);
		if (len <= ending || strcmp(out + len - ending, endings[i]) != 0)
			continue;
		out[len - ending] = '\0';
		if (i == ARRAY_LEN(endings) - 1)
			strcat(out, "街道");
		break;
	}
	return true;
}

static struct known *
find_place(const struct names *names, struct place place)
{
	uint64_t key = key_of(place);
	struct known *known;

	HASH_FIND(by_place, names->places, &key, sizeof(key), known);
	return known;
}

static bool
add_bearer(struct names *names, struct known *place)
{
	struct bearers *bearers;

	HASH_FIND(by_name, names->names, place->name, strlen(place->name), bearers);
	if (!bearers) {
		bearers = calloc(1, sizeof(*bearers));
		if (!bearers)
			return false;
		bearers->name = place->name;
		HASH_ADD_KEYPTR(by_name, names->names, bearers->name, strlen(bearers->name), bearers);
	}
	place->same = bearers->first;
	bearers->first = place;
	return true;
}

bool
names_add(struct names *names, struct place place, const char *name)
{
	char plain_name[NAME_BYTES];
	struct known *known;

	if (!plain(plain_name, name) || plain_name[0] == '\0' || find_place(names, place))
		return true;
	known = calloc(1, sizeof(*known));
	if (!known)
		return false;
	known->key = key_of(place);
	known->place = place;
	known->name = strdup(plain_name);
	if (!known->name) {
		free(known);
		return false;
	}
	HASH_ADD(by_place, names->places, key, sizeof(known->key), known);
	return add_bearer(names, known);
}

static bool
ends_with(const char *text, size_t len, const char *ending)
{
	size_t ending_len = strlen(ending);

	return len >= ending_len && memcmp(text + len - ending_len, ending, ending_len) == 0;
}

/* Whether the first `len` bytes are names of places above this one, the nearest last, each at most once. */
static bool
leads_to(const struct names *names, struct place place, const char *text, size_t len)
{
	struct place above = place_parent(place);
	const struct known *known;

	if (len == 0)
		return true;
	if (place_is_none(above))
		return false;
	known = find_place(names, above);
	if (known && ends_with(text, len, known->name) && leads_to(names, above, text, len - strlen(known->name)))
		return true;
	return leads_to(names, above, text, len);
}

static void
note_found(struct place found[2], size_t count, struct place place)
{
	if (count == 0) {
		found[0] = place;
	} else if (place_compare(place, found[0]) < 0) {
		found[1] = found[0];
		found[0] = place;
	} else if (count == 1 || place_compare(place, found[1]) < 0) {
		found[1] = place;
	}
}

size_t
names_find(const struct names *names, const char *name, struct place found[2])
{
	char text[NAME_BYTES];
	size_t count = 0, len;

	if (!plain(text, name))
		return 0;
	len = strlen(text);
	for (size_t start = 0; start < len; start++) {
		const struct bearers *bearers;
		if (((unsigned char)text[start] & 0xc0) == 0x80)
			continue; /* within a character */
		HASH_FIND(by_name, names->names, text + start, len - start, bearers);
		for (const struct known *place = bearers ? bearers->first : NULL; place; place = place->same)
			if (leads_to(names, place->place, text, start))
				note_found(found, count++, place->place);
	}
	return count;
}
