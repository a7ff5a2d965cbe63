/* loader.h - fills a view from the records, page by page.
 *
 * The position in each log is noted first, a little way back so that clients can resume from before; then the records
 * are read, in pages, for one call that walks an unbounded collection stops Redis; then the feed goes on from the
 * position. What was written meanwhile may be both in the records and in the log, which does no harm: states are
 * absolute, and the last event about a thing leaves it as its record is. */
#ifndef GV_LOADER_H
#define GV_LOADER_H

#include "feed.h"
#include "link.h"
#include "view.h"

struct loader;

/* Done: where the feed begins in each log. NULL: something in the records could not be read, or the link is ending. */
typedef void loader_done(const struct feed_position positions[PARTITIONS], void *context);

/* Starts; frees itself after `done`. `seq` is where the logs stand by the data's own count, for logs trimmed to
 * nothing; `history` how many events to go back. */
void loader_start(struct link *link, struct view *view, const uint64_t seq[PARTITIONS], uint32_t history,
	loader_done *done, void *context);

#endif
