/* retention.h - names of calls that ended long ago go.
 *
 * Every hub looks through all calls when it has loaded, and then once a day: a page of a partition, which of those are due
 * (functions/retention.lua), one after the other. Any hub may, twice does no harm, and one that dies is followed by the next
 * look. */
#ifndef GV_RETENTION_H
#define GV_RETENTION_H

#include <uv.h>

#include "service.h"

struct retention;

/* Names are kept for so many days. */
struct retention *retention_create(uv_loop_t *loop, struct service *service, uint64_t keep_days);
void retention_destroy(struct retention *retention);

/* When the loop has ended. */
void retention_finish(struct retention *retention);

#endif
