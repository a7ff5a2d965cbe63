#include "chain_merge.h"

#include "chain_clean.h"

#define NONE UINT32_MAX

/* Merged entries by a hash, several of which may be the same; those are met in the order in which they came in. */
struct table {
	uint32_t *slots; /* NONE: free */
	size_t mask;
};

struct merging {
	struct arena *arena;
	struct chain_merged_entry *entries;
	size_t count;
	struct table by_text; /* each wording of an entry */
	struct table by_person;
	uint32_t *found; /* for each entry of a copy, which merged one it is */
};

/* FNV-1a; never 0. */
static uint64_t
hash_of(struct text text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (uint8_t)text.data[i]) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

static size_t
first_slot(const struct table *table, uint64_t hash)
{
	return (hash * UINT64_C(0x9e3779b97f4a7c15) >> 32) & table->mask;
}

static bool
table_init(struct table *table, size_t entries, struct arena *arena)
{
	size_t slots = 16;

	while (slots < entries * 2)
		slots *= 2;
	*table = (struct table){arena_alloc(arena, slots * sizeof(*table->slots)), slots - 1};
	if (!table->slots)
		return false;
	memset(table->slots, 0xff, slots * sizeof(*table->slots));
	return true;
}

static void
table_add(struct table *table, uint64_t hash, size_t entry)
{
	size_t at = first_slot(table, hash);

	while (table->slots[at] != NONE)
		at = (at + 1) & table->mask;
	table->slots[at] = (uint32_t)entry;
}

static bool
has_wording(const struct chain_merged_entry *merged, struct text key)
{
	bool found = text_equal(merged->entry->key, key);

	for (const struct chain_alternative *other = merged->alternatives; other && !found; other = other->next)
		found = text_equal(other->entry->key, key);
	return found;
}

/* The first merged entry with that text which copy `bit` has not had yet. */
static uint32_t
find_text(const struct merging *m, struct text key, uint32_t bit)
{
	for (size_t at = first_slot(&m->by_text, hash_of(key));; at = (at + 1) & m->by_text.mask) {
		uint32_t i = m->by_text.slots[at];
		if (i == NONE || (!(m->entries[i].copies & bit) && has_wording(&m->entries[i], key)))
			return i;
	}
}

static uint32_t
find_person(const struct merging *m, struct id person, uint32_t bit)
{
	for (size_t at = first_slot(&m->by_person, id_key(person));; at = (at + 1) & m->by_person.mask) {
		uint32_t i = m->by_person.slots[at];
		if (i == NONE)
			return NONE;
		if (!(m->entries[i].copies & bit) && id_equal(m->entries[i].entry->person, person))
			return i;
	}
}

/* One more copy has it in the same words; who it is may be known only now. */
static void
absorb_same(struct merging *m, size_t i, const struct chain_entry *entry, uint32_t bit)
{
	struct chain_merged_entry *into = &m->entries[i];

	into->copies |= bit;
	into->cancelled = into->cancelled || (entry->flags & ENTRY_CANCELLED);
	if (!id_is_none(into->entry->person) || id_is_none(entry->person))
		return;
	into->entry = entry;
	table_add(&m->by_person, id_key(entry->person), i);
}

/* One more copy has it in other words. */
static bool
absorb_other(struct merging *m, size_t i, const struct chain_entry *entry, uint32_t bit)
{
	struct chain_merged_entry *into = &m->entries[i];
	struct chain_alternative *other = arena_alloc(m->arena, sizeof(*other));

	if (!other)
		return false;
	into->copies |= bit;
	into->cancelled = into->cancelled || (entry->flags & ENTRY_CANCELLED);
	*other = (struct chain_alternative){entry, into->alternatives};
	if (entry->text.len > into->entry->text.len) {
		other->entry = into->entry;
		into->entry = entry;
	}
	into->alternatives = other;
	table_add(&m->by_text, hash_of(entry->key), i);
	return true;
}

static void
append(struct merging *m, const struct chain_entry *entry, uint32_t bit)
{
	m->entries[m->count] =
		(struct chain_merged_entry){.entry = entry, .copies = bit, .cancelled = entry->flags & ENTRY_CANCELLED};
	table_add(&m->by_text, hash_of(entry->key), m->count);
	if (!id_is_none(entry->person))
		table_add(&m->by_person, id_key(entry->person), m->count);
	m->count++;
}

/* By text first, for all of a copy's entries; then by person; what is left is new. */
static bool
merge_copy(struct merging *m, const struct chain_text *copy, uint32_t bit)
{
	for (size_t i = 0; i < copy->entry_count; i++) {
		m->found[i] = find_text(m, copy->entries[i].key, bit);
		if (m->found[i] != NONE)
			absorb_same(m, m->found[i], &copy->entries[i], bit);
	}
	for (size_t i = 0; i < copy->entry_count; i++) {
		const struct chain_entry *entry = &copy->entries[i];
		uint32_t same = NONE;
		if (m->found[i] != NONE)
			continue;
		if (!id_is_none(entry->person))
			same = find_person(m, entry->person, bit);
		if (same == NONE)
			append(m, entry, bit);
		else if (!absorb_other(m, same, entry, bit))
			return false;
	}
	return true;
}

static bool
merging_init(struct merging *m, size_t entries)
{
	m->entries = arena_alloc(m->arena, (entries + 1) * sizeof(*m->entries));
	m->found = arena_alloc(m->arena, (entries + 1) * sizeof(*m->found));
	return m->entries && m->found && table_init(&m->by_text, entries, m->arena) &&
	       table_init(&m->by_person, entries, m->arena);
}

static void
mark_vanishing(struct chain_merged *merged)
{
	for (size_t i = 0; i < merged->count; i++) {
		merged->entries[i].vanishing = !(merged->entries[i].copies & 1);
		merged->vanishing += merged->entries[i].vanishing;
	}
}

enum status
chain_text_merge(struct chain_merged *out, const struct chain_text *const *copies, size_t count, struct arena *arena,
	const char **field)
{
	struct merging m = {.arena = arena};
	size_t entries = 0;
	bool fits = true;

	*field = "copies";
	if (count == 0 || count > CHAIN_MERGE_COPIES)
		return BAD_REQUEST;
	for (size_t i = 0; i < count; i++)
		entries += copies[i]->entry_count;
	*field = "entries";
	if (entries > CHAIN_MERGE_ENTRIES)
		return BAD_REQUEST;
	*field = "arena";
	fits = merging_init(&m, entries);
	for (size_t i = 0; fits && i < count; i++)
		fits = merge_copy(&m, copies[i], UINT32_C(1) << i);
	if (!fits)
		return UNAVAILABLE;
	*out = (struct chain_merged){m.entries, m.count, 0};
	mark_vanishing(out);
	return OK;
}
