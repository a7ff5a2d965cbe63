#include "merged.h"

#include <stdlib.h>

#include "table.h"

struct merge {
	uint32_t first, last;
	unsigned column;
};

/* The merge that a column is in, or was in last. */
struct span {
	uint32_t first, last;
	char *text; /* NULL: the first cell was not met */
};

struct merged {
	struct merge *merges;
	size_t count, room;
	size_t next; /* the first that has not begun */
	bool sorted;
	uint32_t line;
	struct span spans[TABLE_COLUMNS];
};

struct merged *
merged_create(void)
{
	return calloc(1, sizeof(struct merged));
}

static void
end_span(struct span *span)
{
	if (span->text)
		explicit_bzero(span->text, strlen(span->text));
	free(span->text);
	*span = (struct span){0};
}

void
merged_destroy(struct merged *merged)
{
	if (!merged)
		return;
	for (size_t i = 0; i < TABLE_COLUMNS; i++)
		end_span(&merged->spans[i]);
	free(merged->merges);
	free(merged);
}

bool
merged_add(struct merged *merged, unsigned column, uint32_t first, uint32_t last)
{
	if (column >= TABLE_COLUMNS || last <= first)
		return true;
	if (merged->count == MERGED_MAX)
		return false;
	if (merged->count == merged->room) {
		size_t room = merged->room ? merged->room * 2 : 64;
		struct merge *merges = realloc(merged->merges, room * sizeof(*merges));
		if (!merges)
			return false;
		merged->merges = merges;
		merged->room = room;
	}
	merged->merges[merged->count++] = (struct merge){first, last, column};
	return true;
}

static int
by_first(const void *a, const void *b)
{
	const struct merge *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

void
merged_begin_row(struct merged *merged, uint32_t line)
{
	if (!merged->sorted && merged->count > 0)
		qsort(merged->merges, merged->count, sizeof(*merged->merges), by_first);
	merged->sorted = true;
	merged->line = line;
	for (; merged->next < merged->count && merged->merges[merged->next].first <= line; merged->next++) {
		const struct merge *merge = &merged->merges[merged->next];
		end_span(&merged->spans[merge->column]);
		merged->spans[merge->column] = (struct span){merge->first, merge->last, NULL};
	}
}

struct text
merged_text(struct merged *merged, unsigned column, struct text own)
{
	struct span *span;

	if (column >= TABLE_COLUMNS)
		return own;
	span = &merged->spans[column];
	if (merged->line == span->first && !span->text)
		span->text = text_dup(own);
	else if (own.len == 0 && span->text && merged->line > span->first && merged->line <= span->last)
		return text_of(span->text);
	return own;
}
