/* hub.h - the house: opens everything, owns the loop, closes everything. */
#ifndef GV_HUB_H
#define GV_HUB_H

#include "config.h"

/* Whether the settings make sense together; says on standard error what does not. */
bool hub_check(const struct config *config) WARN_UNUSED;

/* Runs until a signal ends it. Returns the exit status of the process. */
int hub_run(const struct config *config);

#endif
