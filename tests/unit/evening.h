/* evening.h - what a view holds on one evening: a member, a call, and three lines in its chain. */
#ifndef GV_EVENING_H
#define GV_EVENING_H

#include "view.h"

#define EVENING_LINES 3

/* The call 7.4242, open at the grid 140105007004001. */
struct call_record evening_call(void);

/* It in two shifts, with all else that a call may say but questions. */
struct call_record evening_shifts(void);

/* A struck, a confirmed and a waiting line in its chain; only whose is confirmed is a member. */
const struct line_change *evening_lines(void);

/* A view with them, the call as it is given. Places are known by their codes alone. */
struct view *evening_view(const struct call_record *record);

#endif
