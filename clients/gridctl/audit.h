/* audit.h - an audit under way: what its rooms share.
 *
 * It only reads, in small pages, and disturbs nobody. What is seen on a page of live data may be half of a change, so
 * nothing is called a difference for that: a call is read between two looks at its version, and again if that has moved;
 * of everything else a suspect is asked for once more, whole, as of one moment (MULTI). What a write causes in another
 * partition is there only when the relay has brought it: until then it is pending. */
#ifndef GV_AUDIT_H
#define GV_AUDIT_H

#include "direct.h"
#include "recount.h"

#define AUDIT_BATCH 100 /* things asked for at once */

struct audit {
	struct tool *tool;
	struct direct *redis;
	const struct vault *vault;        /* the key; NULL: there is none */
	bool at_once;                     /* without waiting for the relay */
	struct findings findings;         /* of what is being looked at */
	uint64_t highest_ids[PARTITIONS]; /* seen so far */
	struct id *calls;                 /* to be looked at; an id may be there more than once */
	size_t call_count, call_room;
	struct sign_up *sign_ups; /* to be looked at together with their lines */
	size_t sign_up_count, sign_up_room;
	struct suspect *suspects; /* of those: to be looked at once more */
	size_t suspect_count, suspect_room;

	/* What was looked at, and what came out. */
	uint64_t calls_read, lines, persons, events;
	uint64_t busy;    /* calls that never stood still */
	uint64_t pending; /* sign-ups that the relay has not brought yet */
	uint64_t differences;
	enum { LOG_NOT_VERIFIED, LOG_IS_WHOLE, LOG_IS_ACCEPTED, LOG_IS_BROKEN } log; /* the audit log */
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

/* A line of a person, as the call or the person has it: both must, and say the same. All that were added are looked at
 * by audit_sign_ups(), which waits a little for the relay. */
void audit_add_sign_up(struct audit *audit, struct id call, uint32_t number, struct id person);
void audit_sign_ups(struct audit *audit);

/* What a person's partition keeps of his lines, for AUDIT_BATCH persons at the most. */
void audit_kept_of(struct audit *audit, const struct id *persons, size_t count);

/* Everything around calls: layout, logs, how far they were relayed, the names of all keys, persons. Finds all calls. */
void audit_data(struct audit *audit);
void audit_people(struct audit *audit);

/* By which phone persons are known, and where they wait to be registered: for AUDIT_BATCH persons at the most; and from the
 * other side the phones of a whole partition. */
void audit_registration_of(struct audit *audit, const struct id *persons, size_t count);
void audit_phones(struct audit *audit, uint8_t partition);

/* What is kept beside chains: places, grants, devices, the roster and templates. Of some the name of the key is enough
 * (any name may be passed), of an end that is due the item as it stands there. */
void audit_kept(struct audit *audit);
void audit_key(struct audit *audit, const char *name);
void audit_due_grant(struct audit *audit, uint8_t partition, const char *item);

/* Notes those of a page of names of keys that the functions do not know, and what else a name tells. */
void audit_keys(struct audit *audit, const redisReply *names);

/* One call with its chain. */
void audit_call(struct audit *audit, struct id call);

#endif
