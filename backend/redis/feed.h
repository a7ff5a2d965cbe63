/* feed.h - the events of all logs, each once, in the order of its log.
 *
 * One XREAD waits on all of them. After an answer it is armed again a few milliseconds later, so that a busy log is
 * read in batches: a blocking read of many keys costs Redis more than a sign-up. Events of the hub's own writes are
 * offered with the answer of the write and need not wait for that.
 *
 * An event that needs text (event.h) is held, and all behind it in its log, until its record has been read. */
#ifndef GV_FEED_H
#define GV_FEED_H

#include <stdbool.h>
#include <uv.h>

#include "event.h"
#include "link.h"

struct feed;

struct feed_options {
	struct link *records; /* where records are read */
	/* The next event of its log. */
	void (*event)(const struct event *event, void *context);
	/* A number is missing in a log, or an event cannot be read: what was built from it must be built anew. The feed has
	 * stopped. Where the view has then been loaded with what that event did, it is an EVENT_LOST. */
	void (*broken)(void *context);
	void *context;
};

/* Where to begin in a log. */
struct feed_position {
	char entry[48]; /* the id of the stream entry after which to read */
	uint64_t seq;   /* of that entry */
	uint64_t tail;  /* the last event there was when loading began: up to here events are `loaded` */
};

struct feed *feed_create(
	uv_loop_t *loop, const struct link_options *link, const struct feed_options *options) WARN_UNUSED;
void feed_destroy(struct feed *feed, void (*closed)(void *context), void *context);

/* Begins, or begins anew, there. */
void feed_start(struct feed *feed, const struct feed_position positions[PARTITIONS]);
void feed_stop(struct feed *feed);

/* An event from the answer of a write: the flat list as it stands in the log. Taken if it is the next of its log. */
void feed_offer(struct feed *feed, uint8_t partition, const struct redisReply *fields);

/* True if that event of a log has not been handed on yet, so that the view lacks it. */
bool feed_lacks(const struct feed *feed, uint8_t partition, uint64_t seq);

/* Calls `done` when the log has been handed on up to that event (`seen`), or, without, when that took too long or the
 * feed stops. */
struct feed_wait {
	uint64_t seq;
	uint32_t patience_ms;
	void (*done)(bool seen, void *context);
	void *context;
};
void feed_await(struct feed *feed, uint8_t partition, const struct feed_wait *wait);

/* Heard from Redis within the last second. */
bool feed_is_fresh(const struct feed *feed);

#endif
