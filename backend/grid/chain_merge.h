/* chain_merge.h - copies of one chain put together: what a fork would have lost is kept.
 *
 * Two people who copy a chain at the same moment post two that start alike and end differently; in each somebody is
 * missing. The union has every entry of every copy: first those of the first copy in their order, then what the second
 * has besides, and so on.
 * - Two entries are one if their texts are (chain_entry.key), the n-th of a text in one copy being the n-th in another.
 * - So are two whose `person` is the same, where a copy has not both: a remark was edited. The longer one counts, the
 *   other is an alternative. Without a person, entries of one name stay two: somebody must ask.
 * - That an entry is missing in a copy withdraws nobody; a word of cancellation in any copy proposes to. */
#ifndef GV_CHAIN_MERGE_H
#define GV_CHAIN_MERGE_H

#include "chain_text.h"

#define CHAIN_MERGE_COPIES  32
#define CHAIN_MERGE_ENTRIES 4000 /* in all copies together */

/* An arena of this size takes anything within these bounds. */
#define CHAIN_MERGE_ARENA (1280 * 1024)

/* Another wording of an entry. */
struct chain_alternative {
	const struct chain_entry *entry;
	const struct chain_alternative *next; /* NULL: no more */
};

struct chain_merged_entry {
	const struct chain_entry *entry; /* of a copy */
	const struct chain_alternative *alternatives;
	uint32_t copies; /* bit n: copy n has it */
	bool vanishing;  /* the first copy lacks it: it was about to vanish */
	bool cancelled;  /* by any copy */
};

struct chain_merged {
	struct chain_merged_entry *entries;
	size_t count;
	size_t vanishing; /* how many of them are */
};

/* Merges `count` copies, 1 … CHAIN_MERGE_COPIES. *out lies in the arena and points into the copies. BAD_REQUEST for a
 * bound (field "copies" or "entries"), UNAVAILABLE for a full arena ("arena"); *out is untouched then. */
enum status chain_text_merge(struct chain_merged *out, const struct chain_text *const *copies, size_t count,
	struct arena *arena, const char **field) WARN_UNUSED;

#endif
