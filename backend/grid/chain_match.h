/* chain_match.h - whose line it is: an entry of a pasted chain held against the roster of the grid.
 *
 * A paste knows people by what they write, and there are nicknames, two of one name, and names made to look like a
 * leader's. So nothing is guessed: only SURE may go in without a question. */
#ifndef GV_CHAIN_MATCH_H
#define GV_CHAIN_MATCH_H

#include "chain_text.h"
#include "place.h"

/* Somebody of the grid. The same person may stand there twice, for two places. */
struct chain_candidate {
	struct text name;
	struct id person;
	struct place place;
};

#define CHAIN_ROSTER_MAX 20000 /* candidates */

struct roster_name;

/* Candidates made ready for many entries. */
struct chain_roster {
	const struct chain_candidate *candidates;
	struct roster_name *names; /* sorted by key */
	struct roster_name *looks; /* sorted by what the name looks like (NFKC), where that is something else */
	size_t name_count;
	size_t look_count;
};

/* How many bytes of an arena chain_roster_init() needs at most. */
size_t chain_roster_size(const struct chain_candidate *candidates, size_t count);

/* The candidates are not copied. False if the arena is full or there are more than CHAIN_ROSTER_MAX. */
bool chain_roster_init(struct chain_roster *roster, const struct chain_candidate *candidates, size_t count,
	struct arena *arena) WARN_UNUSED;

enum chain_match_kind {
	MATCH_UNKNOWN,   /* nobody: a nickname, or somebody from elsewhere; ask, and remember the answer */
	MATCH_SURE,      /* the entry's name is that of one person, in full */
	MATCH_LIKELY,    /* one person's name stands in the line by itself ("3-2-501 王芳", "王 芳"); confirm */
	MATCH_AMBIGUOUS, /* several persons of that name, or several names in the line; ask which */
	MATCH_DOUBTFUL, /* a name within other characters (王芳芳), or one that only looks like it (⽅ for 方); ask */
};

#define CHAIN_MATCH_MAX 8

struct chain_match {
	enum chain_match_kind kind;
	const struct chain_candidate
		*candidates[CHAIN_MATCH_MAX]; /* one for each person, in the roster's order of finding */
	size_t count;                         /* 0 for UNKNOWN, 1 for SURE and LIKELY */
	bool more;                            /* there are more than CHAIN_MATCH_MAX */
};

/* Whose line it is. A reserved seat is nobody's, and so is a line that starts with 代: ask for entry.proxy_for by
 * chain_text_match_name(). Where ENTRY_MAYBE_PROXY is set and this finds nobody, do the same. */
struct chain_match chain_text_match(const struct chain_roster *roster, const struct chain_entry *entry);

/* Who is of that name, in full: SURE, AMBIGUOUS, DOUBTFUL or UNKNOWN. */
struct chain_match chain_text_match_name(const struct chain_roster *roster, struct text name);

#endif
