/* chain_plan.h - what would be done with a pasted chain, line by line; nothing is.
 *
 * The copies in a paste are put together (chain_merge.h). Each entry is held against the members at and under the call's
 * place, or in the grid of its building (chain_match.h), and against the lines that the call has. What remains is shown to
 * the call's author, who says yes.
 *
 * - Nothing is guessed: who may be two people, or only looks like somebody, stays doubtful; so does whoever has withdrawn.
 * - Who is no member is added by his name, without an account. He is there already if a line without an account bears
 *   that name. So the same text twice adds nothing the second time.
 * - Where a line there is has another number of people than its entry says, somebody must say which it is.
 * - A masked name is nobody's, unless the call prints a live line so: that one is there. Where the call has slots, an entry
 *   whose remark is another one's label is that slot's.
 * - That somebody is missing in a text withdraws nobody. */
#ifndef GV_CHAIN_PLAN_H
#define GV_CHAIN_PLAN_H

#include "chain_match.h"
#include "chain_merge.h"
#include "view.h"

#define CHAIN_PLAN_LINES  2000 /* of the call's chain: past that no group goes on with it */
#define CHAIN_PLAN_PEOPLE 20   /* that one line takes */
#define CHAIN_PLAN_REMARK 100  /* characters of a remark */

/* Numbers as in the proto's PasteAction. */
enum plan_action {
	PLAN_NONE,
	PLAN_ADD,
	PLAN_PRESENT,
	PLAN_DOUBTFUL,
	PLAN_LEFT_OUT,
	PLAN_WITHDRAW,
};

/* Numbers as in the proto's PasteReason. */
enum plan_reason {
	REASON_NONE,
	REASON_RESERVED,
	REASON_CANCELLED,
	REASON_MASKED,
	REASON_NAMELESS,
	REASON_AMBIGUOUS,
	REASON_LOOKALIKE,
	REASON_NAMESAKE,
	REASON_PROXY,
	REASON_WITHDREW,
	REASON_PEOPLE,
	REASON_SEVERAL,
	REASON_COUNT,
	REASON_SLOT,
};

struct plan_entry {
	const struct chain_merged_entry *merged;
	enum plan_action action;
	enum plan_reason reason; /* of what is doubtful or left out */
	struct chain_match match;
	struct text name;   /* whose line it is: the member's, or else as written; empty: nobody's */
	struct text key;    /* of the name by which lines and namesakes are found */
	struct id person;   /* the member, if match.kind is SURE or LIKELY */
	struct text remark; /* as a line takes it */
	uint32_t number;    /* of the line there is, with PRESENT, WITHDRAW, REASON_WITHDREW and REASON_COUNT; else 0 */
	uint32_t line_people; /* of that line, with REASON_COUNT; else 0 */
};

struct chain_plan {
	struct id call;
	struct text call_title;
	struct text title; /* of the first copy that is not titled as the call is, or else of the first */
	bool other_title;  /* which is not the call's, though its code may be */
	size_t copies;
	size_t skipped;   /* chains in the paste that are another call's, or an earlier state */
	size_t vanishing; /* entries that the first copy lacks */
	struct plan_entry *entries;
	size_t count;
};

/* How much of an arena a plan takes at most, the reading of the paste not counted. */
size_t chain_plan_size(const struct call *call);

/* All of *out lies in the arena, or in the paste, whose entries are given their persons. `slot` is the one to sign up for,
 * 0 in a call without. BAD_REQUEST with *field "text.call": all chains are another call's; with "text.copies": more of this
 * one's than are put together at once; FULL with "call": too many
 * members or lines; UNAVAILABLE with "text.arena": the arena is full. */
enum status chain_plan_make(struct chain_plan *out, const struct view *view, const struct call *call, uint32_t slot,
	const struct chain_paste *paste, struct arena *arena, const char **field) WARN_UNUSED;

/* The call whose code stands in a paste; none if there is no good code in it. */
struct id chain_plan_call(const struct chain_paste *paste);

#endif
