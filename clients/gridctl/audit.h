/* audit.h - an audit under way: what its three rooms share.
 *
 * It only reads, in small pages, and disturbs nobody. What is seen on a page of live data may be half of a change, so
 * nothing is called a difference for that: a call is read between two looks at its version, and again if that has moved;
 * of everything else a suspect is asked for once more, whole, as of one moment (MULTI). */
#ifndef GV_AUDIT_H
#define GV_AUDIT_H

#include "direct.h"
#include "recount.h"

struct audit {
	struct tool *tool;
	struct direct *redis;
	struct findings findings;         /* of what is being looked at */
	uint64_t highest_ids[PARTITIONS]; /* seen so far */
	struct id *calls;                 /* to be looked at; an id may be there more than once */
	size_t call_count, call_room;

	/* What was looked at, and what came out. */
	uint64_t calls_read, lines, persons, events;
	uint64_t busy; /* calls that never stood still */
	uint64_t differences;
};

/* Prints the findings and begins anew. */
void audit_tell(struct audit *audit);

/* Says that a call was never read while it stood still. */
void audit_tell_busy(struct audit *audit, struct id call);

/* Notes a difference about a key, without its partition. */
void audit_differ(struct audit *audit, enum flaw flaw, uint8_t partition, const char *key, const char *about,
	const char *found, const char *wanted);

/* A command that asks for one member of one key: "ZSCORE", "HGET", "SISMEMBER". */
struct command *audit_ask_for(const char *name, uint8_t partition, const char *key, const char *member);

/* An id that stands somewhere. Ids are given before they are used, so all that were seen are checked at the end. */
void audit_note_id(struct audit *audit, struct id id);
void audit_ids(struct audit *audit);

/* A call to be looked at. */
void audit_add_call(struct audit *audit, struct id call);

/* Everything around calls: layout, logs, persons. Finds all calls. */
void audit_data(struct audit *audit);
void audit_people(struct audit *audit);

/* One call with its chain. */
void audit_call(struct audit *audit, struct id call);

#endif
