/* erased.h - who was erased, in a file beside the data: "3.77 1649761234567", a line each; ids and times, no names.
 *
 * The data says the same (functions/erase.lua). But a restore takes the data back to before an erasure, and then this file
 * still has it: gridctl restore sees to it that those are erased again (clients/gridctl/restore_erased.c). Lines are only
 * ever added; one that stands there twice does no harm, and one that cannot be read is as good as missing.
 *
 * A line is on the disk soon after it is written: the loop does not wait for that. */
#ifndef GV_ERASED_H
#define GV_ERASED_H

#include <uv.h>

#include "event.h"
#include "folder.h"
#include "store.h"

struct erased;

/* Keeps the list (FOLDER_ERASED) in the folder, which is to outlive it. */
struct erased *erased_create(uv_loop_t *loop, const struct folder *folder);

/* When the store is closed; it frees itself from the loop, once all is on the disk. */
void erased_destroy(struct erased *erased);

/* Adds whom the data has and the file lacks, for a hub was killed, or the disk was full; and takes off the end a line that
 * was not finished. */
void erased_catch_up(struct erased *erased, struct store *store);

/* Adds whom the event erased. */
void erased_event(struct erased *erased, const struct event *event);

#endif
