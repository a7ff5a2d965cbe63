/* draft.h - a call as its author wants it: what a command line says (post), over a call that there is (edit, repeat). */
#ifndef GV_DRAFT_H
#define GV_DRAFT_H

#include "shorthand.h"
#include "tool.h"

#define DRAFT_SLOTS     16
#define DRAFT_QUESTIONS 8

struct draft {
	Gridvanguard__V1__CallPost body; /* what is sent; its lists are those below */
	Slot slots[DRAFT_SLOTS], *slot_list[DRAFT_SLOTS];
	Question questions[DRAFT_QUESTIONS], *question_list[DRAFT_QUESTIONS];
	char *choices[DRAFT_QUESTIONS][CHOICES_MAX];
	char *texts[ARGS_MAX]; /* of slots and questions, cut up */
	size_t text_count;
	size_t old_slots; /* as many of the slots are those of the call that there is */
};

/* An empty one. */
void draft_init(struct draft *draft, const char *place);

/* The call as it stands; its texts are borrowed from it. */
void draft_of_call(struct draft *draft, const Call *call);

/* Moves all times in it by so much. */
void draft_move(struct draft *draft, int64_t by_ms);

/* Puts what the flags of DRAFT_FLAGS (verbs.c) say over it. False, after a line on standard error, if one of them is not
 * as it should be. */
bool draft_read(struct draft *draft, struct tool *tool) WARN_UNUSED;

/* Whether there is any such flag. */
bool draft_is_said(const struct tool *tool);

/* Reads the flag --deadline. False, after a line on standard error, if it is no time. Untouched without the flag. */
bool deadline_of_flag(struct tool *tool, uint64_t *out_ms) WARN_UNUSED;

void draft_finish(struct draft *draft);

#endif
