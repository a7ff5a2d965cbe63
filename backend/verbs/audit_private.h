/* audit_private.h - what the rooms of the audit log share. */
#ifndef GV_AUDIT_PRIVATE_H
#define GV_AUDIT_PRIVATE_H

#include <uv.h>

#include "audit.h"
#include "audit_seal.h"

/* The last seal that a hub knows in a log. */
struct audit_known {
	char id[48]; /* within the stream; "": there is none */
	uint64_t seq;
	char hash[AUDIT_HASH]; /* of its entry */
	char seal[AUDIT_SEAL];
};

/* The log of a partition. */
struct audit_log {
	struct audit *audit;
	uint8_t partition;
	bool is_looked_at;        /* an answer is awaited, for what is known now */
	bool was_seen;            /* by this hub, in this life of the data: `known` holds */
	bool is_due;              /* to be sealed, if something came */
	struct audit_known known; /* nobody can take it out and go on */
	const char *refused;      /* why it is left unsealed; NULL: it is not */
	uint64_t good_ms;         /* when it was last seen to be what it was */
	uint64_t sealing_seq;     /* of the head that is being sealed */
	char sealing_hash[AUDIT_HASH];
	uint64_t trim_before_ms;
};

struct audit {
	struct service *service;
	uv_timer_t timer;
	uint64_t keep_days;
	uint64_t look_us, seal_us, trim_us; /* when next */
	char epoch[EPOCH_TEXT];             /* of the data, as far as was seen */
	uint64_t since_ms;                  /* when that was seen first, and no seal known */
	struct audit_log logs[PARTITIONS];
	struct attempts *attempts; /* of each who was refused within the last minute, by id_key() */
};

/* Whether Redis takes what is written now. */
bool audit_is_writable(const struct audit *audit);

/* Looks at all logs, and seals those that have something new, if that is due. */
void audit_seal_logs(struct audit *audit, bool is_due);

/* Takes out what is past its time. */
void audit_trim_logs(struct audit *audit);

/* Writes what was counted and is due. */
void audit_tell_attempts(struct audit *audit, uint64_t now_us);
void audit_forget_attempts(struct audit *audit);

#endif
