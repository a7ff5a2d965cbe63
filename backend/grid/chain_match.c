#include "chain_match.h"

#include <stdlib.h>
#include <uninorm.h>
#include <unistr.h>

#include "chain_clean.h"
#include "chain_name.h"

#define NAME_BYTES (4 * CHAIN_NAME_MAX)
#define LOOK_BYTES 1024 /* of such a name under NFKC, in which one character may become 18 */

struct roster_name {
	struct text key;
	uint32_t candidate;
};

/* As memcmp, the shorter of two that start alike first. */
static int
compare_texts(struct text a, struct text b)
{
	size_t common = MIN(a.len, b.len);
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_names(const void *one, const void *other)
{
	const struct roster_name *a = one, *b = other;
	int order = compare_texts(a->key, b->key);

	return order ? order : (a->candidate > b->candidate) - (a->candidate < b->candidate);
}

/* What a name looks like: NFKC of its first characters, in `room`. Empty if there is no memory. */
static struct text
look_of(struct text key, char room[LOOK_BYTES])
{
	struct text name = text_first_chars(key, CHAIN_NAME_MAX);
	size_t len = LOOK_BYTES;
	uint8_t *look = u8_normalize(UNINORM_NFKC, (const uint8_t *)name.data, name.len, (uint8_t *)room, &len);

	if (look != (uint8_t *)room) {
		free(look);
		len = 0;
	}
	return (struct text){room, len};
}

size_t
chain_roster_size(const struct chain_candidate *candidates, size_t count)
{
	size_t size = 2 * (count * sizeof(struct roster_name) + 64);

	for (size_t i = 0; i < count; i++)
		size += candidates[i].name.len + LOOK_BYTES + 96;
	return size;
}

/* Whether a name looks like itself alone: common Chinese characters and ASCII do, and most names are such. */
static bool
is_plain(struct text key)
{
	while (key.len > 0) {
		uint32_t c = char_take(&key);
		if (c >= 0x80 && !(c >= 0x4e00 && c <= 0x9fff))
			return false;
	}
	return true;
}

static bool
add_look(struct chain_roster *roster, struct text key, uint32_t candidate, struct arena *arena)
{
	char room[LOOK_BYTES], *copy;
	struct text look;

	if (is_plain(key))
		return true;
	look = look_of(key, room);
	if (look.len == 0 || text_equal(look, key))
		return true;
	copy = arena_alloc(arena, look.len);
	if (!copy)
		return false;
	memcpy(copy, look.data, look.len);
	roster->looks[roster->look_count++] = (struct roster_name){{copy, look.len}, candidate};
	return true;
}

bool
chain_roster_init(
	struct chain_roster *roster, const struct chain_candidate *candidates, size_t count, struct arena *arena)
{
	*roster = (struct chain_roster){.candidates = candidates};
	if (count > CHAIN_ROSTER_MAX)
		return false;
	roster->names = arena_alloc(arena, (count + 1) * sizeof(*roster->names));
	roster->looks = arena_alloc(arena, (count + 1) * sizeof(*roster->looks));
	if (!roster->names || !roster->looks)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		struct roster_name *name = &roster->names[roster->name_count];
		name->candidate = i;
		if (!text_key(&name->key, candidates[i].name, arena) || !add_look(roster, name->key, i, arena))
			return false;
		roster->name_count += name->key.len > 0;
	}
	qsort(roster->names, roster->name_count, sizeof(*roster->names), compare_names);
	qsort(roster->looks, roster->look_count, sizeof(*roster->looks), compare_names);
	return true;
}

/* Names in order of their keys. */
struct range {
	const struct roster_name *names;
	size_t from;
	size_t end;
};

static bool
starts_before(struct text key, struct text prefix, bool or_with)
{
	int order = compare_texts((struct text){key.data, MIN(key.len, prefix.len)}, prefix);

	return order < 0 || (or_with && order == 0);
}

/* Leaves those that start with the prefix. */
static void
narrow(struct range *range, struct text prefix)
{
	size_t low = range->from, high = range->end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (starts_before(range->names[middle].key, prefix, false))
			low = middle + 1;
		else
			high = middle;
	}
	range->from = low;
	high = range->end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (starts_before(range->names[middle].key, prefix, true))
			low = middle + 1;
		else
			high = middle;
	}
	range->end = low;
}

static void
match_add(struct chain_match *match, const struct chain_candidate *candidate)
{
	for (size_t i = 0; i < match->count; i++)
		if (id_equal(match->candidates[i]->person, candidate->person))
			return;
	if (match->count == CHAIN_MATCH_MAX)
		match->more = true;
	else
		match->candidates[match->count++] = candidate;
}

/* All in the range whose name is no longer than the prefix it was narrowed by, of `len` bytes; they stand first. */
static void
match_add_range(struct chain_match *match, const struct chain_roster *roster, const struct range *range, size_t len)
{
	for (size_t i = range->from; i < range->end && range->names[i].key.len == len; i++)
		match_add(match, &roster->candidates[range->names[i].candidate]);
}

static struct range
all_names(const struct chain_roster *roster)
{
	return (struct range){roster->names, 0, roster->name_count};
}

/* Those of exactly that key in a list. */
static void
match_exactly(struct chain_match *match, const struct chain_roster *roster, const struct roster_name *names,
	size_t count, struct text key)
{
	struct range range = {names, 0, count};

	if (key.len == 0)
		return;
	narrow(&range, key);
	match_add_range(match, roster, &range, key.len);
}

static struct chain_match
judged(struct chain_match match, enum chain_match_kind if_one, enum chain_match_kind if_more)
{
	match.kind = match.count == 0 ? MATCH_UNKNOWN : match.count == 1 ? if_one : if_more;
	return match;
}

/* The key of a name; empty if it is too long to be one. */
static struct text
name_key(struct text name, char room[NAME_BYTES])
{
	struct text key = {room, 0};

	while (name.len > 0) {
		uint32_t c = char_key(char_take(&name));
		int len = c ? u8_uctomb((uint8_t *)room + key.len, c, NAME_BYTES - (ptrdiff_t)key.len) : 0;
		if (len < 0)
			return (struct text){room, 0};
		key.len += (size_t)len;
	}
	return key;
}

struct chain_match
chain_text_match_name(const struct chain_roster *roster, struct text name)
{
	char key_room[NAME_BYTES], look_room[LOOK_BYTES];
	struct text key = name_key(name, key_room), look;
	struct chain_match match = {0};

	match_exactly(&match, roster, roster->names, roster->name_count, key);
	if (match.count > 0)
		return judged(match, MATCH_SURE, MATCH_AMBIGUOUS);
	look = look_of(key, look_room);
	match_exactly(&match, roster, roster->names, roster->name_count, look);
	match_exactly(&match, roster, roster->looks, roster->look_count, look);
	return judged(match, MATCH_DOUBTFUL, MATCH_DOUBTFUL);
}

/* The characters of a line; those of the one for whom it signs are 0. */
struct letters {
	uint32_t c[CHAIN_TEXT_SHOWN];
	size_t count;
};

static void
spell(struct letters *letters, const struct chain_entry *entry)
{
	const char *proxy = entry->proxy_for.len ? entry->proxy_for.data : NULL;

	letters->count = 0;
	for (struct text rest = entry->shown; rest.len > 0;) {
		bool proxied = proxy && rest.data >= proxy && rest.data < proxy + entry->proxy_for.len;
		uint32_t c = char_take(&rest);
		letters->c[letters->count++] = proxied ? 0 : c;
	}
}

/* The longest name that starts with that letter, blanks within it left out: where it ends, and who bears it. */
static size_t
longest_name(struct range *found, size_t *len, const struct chain_roster *roster, const struct letters *letters,
	size_t start)
{
	char room[NAME_BYTES];
	struct text prefix = {room, 0};
	struct range range = all_names(roster);
	size_t chars = 0, end = 0;

	for (size_t at = start; at < letters->count; at++) {
		uint32_t c = char_key(letters->c[at]);
		int size = c ? u8_uctomb((uint8_t *)room + prefix.len, c, NAME_BYTES - (ptrdiff_t)prefix.len) : 0;
		if (c == 0 && letters->c[at] == ' ' && chars > 0)
			continue;
		if (size <= 0)
			break;
		prefix.len += (size_t)size;
		chars++;
		narrow(&range, prefix);
		if (range.from == range.end)
			break;
		if (chars >= 2 && range.names[range.from].key.len == prefix.len) {
			*found = range;
			*len = prefix.len;
			end = at + 1;
		}
	}
	return end;
}

/* Whether two neighbours are of one word, so that a name that ends between them may be part of a longer one. */
static bool
in_one_word(uint32_t a, uint32_t b)
{
	return (char_is_han(a) && char_is_han(b)) || (char_is_latin(a) && char_is_latin(b));
}

struct chain_match
chain_text_match(const struct chain_roster *roster, const struct chain_entry *entry)
{
	struct chain_match match = {0}, alone = {0}, within = {0};
	struct letters letters;
	struct range found;
	size_t end, len = 0;

	if ((entry->flags & ENTRY_RESERVED) || ((entry->flags & ENTRY_PROXY) && entry->name.len == 0))
		return match;
	match = chain_text_match_name(roster, entry->name);
	if (match.kind != MATCH_UNKNOWN)
		return match;
	spell(&letters, entry);
	for (size_t at = 0; at < letters.count; at = MAX(end, at + 1)) {
		bool apart;
		end = longest_name(&found, &len, roster, &letters, at);
		if (end == 0)
			continue;
		apart = (at == 0 || !in_one_word(letters.c[at - 1], letters.c[at])) &&
			(end == letters.count || !in_one_word(letters.c[end - 1], letters.c[end]));
		match_add_range(apart ? &alone : &within, roster, &found, len);
	}
	if (alone.count > 0)
		return judged(alone, MATCH_LIKELY, MATCH_AMBIGUOUS);
	return judged(within, MATCH_DOUBTFUL, MATCH_DOUBTFUL);
}
