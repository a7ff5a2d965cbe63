#include "chains.h"

#include <stdio.h>
#include <stdlib.h>

int
arena_for_test(void **state)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (!arena)
		return -1;
	arena_init(arena, CHAIN_TEXT_ARENA);
	*state = arena;
	return 0;
}

int
arena_after_test(void **state)
{
	arena_finish(*state);
	free(*state);
	return 0;
}

struct chain_paste
paste_of(struct arena *arena, const char *text)
{
	struct chain_paste paste = {0};
	const char *field = "";

	if (chain_text_parse(&paste, text_of(text), arena, &field) != OK)
		fail_msg("'%s' was refused: %s", text, field);
	return paste;
}

struct chain_text
chain_of(struct arena *arena, const char *text)
{
	struct chain_paste paste = paste_of(arena, text);

	if (paste.chain_count != 1)
		fail_msg("%zu chains in '%s'", paste.chain_count, text);
	return paste.chains[0];
}

struct chain_entry
entry_of(struct arena *arena, const char *line)
{
	char text[4096];
	struct chain_text chain;

	snprintf(text, sizeof(text), "#接龙\n题目\n1. %s", line);
	chain = chain_of(arena, text);
	assert_int_equal(chain.entry_count, 1);
	return chain.entries[0];
}

char *
entry_render(char out[ENTRY_RENDERED], const struct chain_entry *entry)
{
	static const char *const flags[] = {
		" reserved", " cancelled", " waiting", " proxy", " maybe proxy", " several"};
	int len = snprintf(out, ENTRY_RENDERED, "%u %.*s%s%.*s", entry->number, (int)entry->name.len, entry->name.data,
		entry->remark.len ? "; " : "", (int)entry->remark.len, entry->remark.data);

	if (entry->people != 1)
		len += snprintf(out + len, ENTRY_RENDERED - (size_t)len, " x%u", entry->people);
	if (entry->proxy_for.len > 0)
		len += snprintf(out + len, ENTRY_RENDERED - (size_t)len, " for %.*s", (int)entry->proxy_for.len,
			entry->proxy_for.data);
	if (entry->phone.len > 0)
		len += snprintf(out + len, ENTRY_RENDERED - (size_t)len, " phone %.*s", (int)entry->phone.len,
			entry->phone.data);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (entry->flags & 1U << i)
			len += snprintf(out + len, ENTRY_RENDERED - (size_t)len, "%s", flags[i]);
	return out;
}

void
chains_assert(struct chain_text chain, const char *const *expected, size_t count, const char *file, int line)
{
	char rendered[ENTRY_RENDERED];

	for (size_t i = 0; i < chain.entry_count; i++) {
		entry_render(rendered, &chain.entries[i]);
		if (i < count && strcmp(rendered, expected[i]) == 0)
			continue;
		print_error("'%s' is not '%s'\n", rendered, i < count ? expected[i] : "");
		_fail(file, line);
	}
	if (chain.entry_count < count) {
		print_error("'%s' is missing\n", expected[chain.entry_count]);
		_fail(file, line);
	}
}

void
chains_assert_entry(struct arena *arena, const char *text, const char *expected, const char *file, int line)
{
	char rendered[ENTRY_RENDERED];
	struct chain_entry entry = entry_of(arena, text);

	entry_render(rendered, &entry);
	if (strcmp(rendered + strlen("1 "), expected) == 0)
		return;
	print_error("'%s' was read as '%s', not '%s'\n", text, rendered + strlen("1 "), expected);
	_fail(file, line);
}
