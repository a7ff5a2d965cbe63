/* audited.h - gridctl audit on the data of a world, whose hub and Redis are there. */
#ifndef GV_AUDITED_H
#define GV_AUDITED_H

#include <stdbool.h>

#include "world.h"

/* Waits until every call stood still and all was relayed, and fails at once if there is a difference. */
void assert_audit_clean(const struct world *w);

/* One audit while people go on: as long as it lasts, `turn` is called. A call may be busy, and sign-ups not relayed yet.
 * True if neither is. */
bool audit_beside(const struct world *w, void (*turn)(void *context), void *context);

/* That a call has no difference in what of it was relayed so far. */
void assert_call_clean(const struct world *w, const char *call);

#endif
