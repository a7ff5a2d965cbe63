/* erased.h - who was erased, in a file beside the data: "3.77 1649761234567", a line each; ids and times, no names.
 *
 * The data says the same (functions/erase.lua). But a restore takes the data back to before an erasure, and then this file
 * still has it: gridctl restore sees to it that those are erased again (clients/gridctl/restore_erased.c). Lines are only
 * ever added; one that stands there twice does no harm. */
#ifndef GV_ERASED_H
#define GV_ERASED_H

#include "event.h"
#include "folder.h"
#include "store.h"

#define ERASED_FILE "erased"

/* Adds what the data has and the file lacks, for nobody wrote it while no hub was here. */
void erased_catch_up(struct store *store, const struct folder *folder);

/* Adds whom the event erased. */
void erased_event(const struct folder *folder, const struct event *event);

#endif
