/* evening.h - what a view holds on one evening: a member, a call, and three lines in its chain. */
#ifndef GV_EVENING_H
#define GV_EVENING_H

#include "view.h"

#define EVENING_LINES 3

/* The call 7.4242, open at the grid 140105007004001. */
struct call_record evening_call(void);

/* It in two shifts, with all else that a call may say but questions. */
struct call_record evening_shifts(void);

/* The shifts again, with questions, called off. */
struct call_record evening_cancelled(void);

/* A struck, a confirmed and a waiting line in its chain; only whose is confirmed is a member. */
const struct line_change *evening_lines(void);

/* As many lines in the chain of the shifts, with all that lines may say: one by a friend who has been there and is a
 * member, one that was offered, and one that waits, of somebody without an account. */
const struct line_change *evening_shift_lines(void);

/* A view with them, the call as it is given. Places are known by their codes alone. */
struct view *evening_view(const struct call_record *record);

/* The same with the lines of the shifts. */
struct view *evening_shifts_view(const struct call_record *record);

#endif
