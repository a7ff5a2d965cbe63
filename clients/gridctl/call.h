/* call.h - what the verbs about calls have in common: reading a call and its chain, and the words for what is in them. */
#ifndef GV_CALL_H
#define GV_CALL_H

#include "tool.h"

/* The call, in answer->call_show->call; NULL, after a line on standard error, if it cannot be had, and then *status says
 * how to exit. The caller frees the answer. */
Answer *call_read(struct tool *tool, const char *call, int *status) WARN_UNUSED;

/* Lines of a chain, in the order of their numbers. */
struct chain {
	Line **lines;
	size_t count, room;
};

/* Reads a whole chain, or (`mine`) one's own lines and those one signed up for. Returns how to exit; chain_finish() is
 * due in any case. */
int chain_load(struct tool *tool, const char *call, bool mine, struct chain *out) WARN_UNUSED;
void chain_finish(struct chain *chain);

/* Takes the lines out of a page, behind those there are. */
void chain_take(struct chain *chain, Gridvanguard__V1__ChainListResult *page);

/* The line of that number; NULL if it is not there. */
const Line *chain_line(const struct chain *chain, uint32_t number);

/* How many come on a line; how many minutes are between checking in and out. */
uint32_t line_people(const Line *line);
uint64_t line_minutes(const Line *line);

/* A line that has a place: confirmed or offered. */
bool line_has_place(const Line *line);
bool line_stands(const Line *line); /* or waits for one */

/* The name as the hub tells it, "—" where it does not. */
const char *line_name(const Line *line);

/* Somebody by his id as people read it: "王芳 (3.77)" where he has a line of his own in the chain and it shows his name, else
 * the id. The chain may be NULL. */
#define PERSON_TEXT 128
const char *chain_person(const struct chain *chain, const char *person, char out[PERSON_TEXT]);

/* The label of a slot; "" for 0. */
const char *slot_label(const Call *call, uint32_t slot);

const char *call_state_words(Gridvanguard__V1__CallState state);
const char *line_state_words(Gridvanguard__V1__LineState state);

/* "changed: title, limit": what the hub says changed, in words and in a line. */
void print_changes(char *const *names, size_t count);

/* "text", "number", or the choices with slashes between them; printed. */
void print_question_kind(const Question *question);

/* "3 signed up of at most 5, 3 needed, 1 waiting". */
void print_numbers(uint32_t confirmed, uint32_t waiting, uint32_t need, uint32_t limit);

#endif
