/* which.h - which slot or line of a call a command line means. */
#ifndef GV_WHICH_H
#define GV_WHICH_H

#include "call.h"

/* The slot by --slot: its number or its label. 0 without the flag. False, after a line on standard error, if the call
 * has no such slot; then *status says how to exit. */
bool slot_of_flag(struct tool *tool, const char *call, uint32_t *slot, int *status) WARN_UNUSED;

/* The line by --number; or one's own, of --slot where there are several. Both 0: the hub will find it, or say that there
 * is none. False as above. */
bool line_of_flags(struct tool *tool, const char *call, uint32_t *number, uint32_t *slot, int *status) WARN_UNUSED;

#endif
