#include "chain_merge.h"

#include "chain_clean.h"

#define NONE UINT32_MAX

/* Merged entries by a hash, several of which may be the same; those are met in the order in which they came in. */
struct table {
	uint32_t *slots; /* NONE: free */
	size_t mask;
};

/* What is kept of a merged entry while merging; same index. */
struct hashes {
	uint64_t text;
	uint64_t name; /* 0: it has none */
	struct text name_key;
};

struct merging {
	struct arena *arena;
	struct chain_merged_entry *entries;
	struct hashes *hashes;
	size_t count;
	struct table by_text;
	struct table by_name;
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

/* The first merged entry of that text which copy `bit` has not had yet. */
static uint32_t
find_text(const struct merging *m, const struct chain_entry *entry, uint64_t hash, uint32_t bit)
{
	for (size_t at = first_slot(&m->by_text, hash);; at = (at + 1) & m->by_text.mask) {
		uint32_t i = m->by_text.slots[at];
		if (i == NONE)
			return NONE;
		if (!(m->entries[i].copies & bit) && m->hashes[i].text == hash &&
			text_equal(m->entries[i].entry->key, entry->key))
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

static const struct chain_merged_entry *
find_name(const struct merging *m, const struct hashes *hashes)
{
	for (size_t at = first_slot(&m->by_name, hashes->name); m->by_name.slots[at] != NONE;
		at = (at + 1) & m->by_name.mask) {
		uint32_t i = m->by_name.slots[at];
		if (m->hashes[i].name == hashes->name && text_equal(m->hashes[i].name_key, hashes->name_key))
			return &m->entries[i];
	}
	return NULL;
}

/* One more copy has it, perhaps in other words. */
static bool
absorb(struct merging *m, struct chain_merged_entry *into, const struct chain_entry *entry, uint32_t bit)
{
	struct chain_alternative *other;

	into->copies |= bit;
	into->cancelled = into->cancelled || (entry->flags & ENTRY_CANCELLED);
	if (text_equal(into->entry->key, entry->key)) {
		if (id_is_none(into->entry->person))
			into->entry = entry;
		return true;
	}
	for (const struct chain_alternative *known = into->alternatives; known; known = known->next)
		if (text_equal(known->entry->key, entry->key))
			return true;
	other = arena_alloc(m->arena, sizeof(*other));
	if (!other)
		return false;
	*other = (struct chain_alternative){entry, into->alternatives};
	if (entry->text.len > into->entry->text.len) {
		other->entry = into->entry;
		into->entry = entry;
	}
	into->alternatives = other;
	return true;
}

static bool
append(struct merging *m, const struct chain_entry *entry, uint64_t hash, uint32_t bit)
{
	struct chain_merged_entry *merged = &m->entries[m->count];
	struct hashes *hashes = &m->hashes[m->count];

	*merged =
		(struct chain_merged_entry){.entry = entry, .copies = bit, .cancelled = entry->flags & ENTRY_CANCELLED};
	*hashes = (struct hashes){.text = hash};
	table_add(&m->by_text, hash, m->count);
	if (!id_is_none(entry->person))
		table_add(&m->by_person, id_key(entry->person), m->count);
	if (entry->name.len > 0) {
		if (!text_key(&hashes->name_key, entry->name, m->arena))
			return false;
		hashes->name = hash_of(hashes->name_key);
		merged->namesake = find_name(m, hashes);
		table_add(&m->by_name, hashes->name, m->count);
	}
	m->count++;
	return true;
}

/* By text first, for all of a copy's entries; then by person; what is left is new. */
static bool
merge_copy(struct merging *m, const struct chain_text *copy, uint32_t bit)
{
	for (size_t i = 0; i < copy->entry_count; i++) {
		const struct chain_entry *entry = &copy->entries[i];
		m->found[i] = find_text(m, entry, hash_of(entry->key), bit);
		if (m->found[i] != NONE && !absorb(m, &m->entries[m->found[i]], entry, bit))
			return false;
	}
	for (size_t i = 0; i < copy->entry_count; i++) {
		const struct chain_entry *entry = &copy->entries[i];
		if (m->found[i] != NONE)
			continue;
		if (!id_is_none(entry->person))
			m->found[i] = find_person(m, entry->person, bit);
		if (m->found[i] != NONE ? !absorb(m, &m->entries[m->found[i]], entry, bit)
					: !append(m, entry, hash_of(entry->key), bit))
			return false;
	}
	return true;
}

static bool
merging_init(struct merging *m, size_t entries)
{
	m->entries = arena_alloc(m->arena, (entries + 1) * sizeof(*m->entries));
	m->hashes = arena_alloc(m->arena, (entries + 1) * sizeof(*m->hashes));
	m->found = arena_alloc(m->arena, (entries + 1) * sizeof(*m->found));
	return m->entries && m->hashes && m->found && table_init(&m->by_text, entries, m->arena) &&
	       table_init(&m->by_name, entries, m->arena) && table_init(&m->by_person, entries, m->arena);
}

static void
mark(struct chain_merged *merged, size_t copies)
{
	for (size_t i = 0; i < merged->count; i++) {
		struct chain_merged_entry *entry = &merged->entries[i];
		entry->vanishing = !(entry->copies & 1);
		entry->lone = copies > 1 && (entry->copies & (entry->copies - 1)) == 0;
		merged->vanishing += entry->vanishing;
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
	mark(out, count);
	return OK;
}
