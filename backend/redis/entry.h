/* entry.h - one entry of a log on its way to becoming an event: parsed, and given the text of its record.
 *
 * In the log it is a flat list of names and values: seq, at, what, and the ids and states of its kind. What it says by
 * id alone (the name of a place, a member's, a call's texts) stands in a record that is read once. */
#ifndef GV_ENTRY_H
#define GV_ENTRY_H

#include <stdbool.h>
#include <sys/queue.h>

#include "event.h"

struct command;
struct feed;
struct redisReply; /* hiredis' */

struct entry {
	struct event event;
	struct feed *feed;          /* NULL once the feed has let go of it while its record is being read */
	bool reading;               /* its record is on its way */
	bool complete;              /* it lacks nothing */
	struct line_change *lines;  /* of a chain event, or of a call that was reopened */
	size_t line_count;          /* of the latter, as far as they have been read */
	size_t texts_due;           /* of the last so many, those texts come next */
	struct named_place *places; /* of a places event */
	char *texts;                /* what the record held, or the codes of places until then */
	TAILQ_ENTRY(entry) in_log;
};

/* The number in an entry's fields; 0 if there is none. */
uint64_t entry_seq(const struct redisReply *fields);

/* One that this hub cannot read becomes an EVENT_LOST. */
struct entry *entry_create(uint8_t partition, const struct redisReply *fields) WARN_UNUSED;
void entry_destroy(struct entry *entry);

/* The command that reads what an event that is not complete needs next, and what to do with its answer; several times,
 * where a chain is read page by page. A record that is gone leaves the event without: the member has left, the call is
 * closed, the place has no name. */
struct command *entry_read(const struct entry *entry);
void entry_fill(struct entry *entry, const struct redisReply *reply);

#endif
