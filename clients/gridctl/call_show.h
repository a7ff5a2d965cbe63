/* call_show.h - a call and its lines as they are printed. */
#ifndef GV_CALL_SHOW_H
#define GV_CALL_SHOW_H

#include "call.h"

/* All there is to say of a call; without its numbers where they will have changed by the time they are read. */
void print_call(struct tool *tool, const Call *call, bool with_numbers);

/* A line of that call, with what it says where that is told. */
void print_line(struct tool *tool, const Call *call, const Line *line, const struct chain *chain);

/* The chain from now on, until the call ends or so many people have a place (0: never). Returns how to exit. */
int follow_chain(struct tool *tool, const Call *call, uint64_t until) WARN_UNUSED;

#endif
