/* audit_private.h - what the rooms of the audit log share. */
#ifndef GV_AUDIT_PRIVATE_H
#define GV_AUDIT_PRIVATE_H

#include <uv.h>

#include "audit.h"

/* The log of a partition. */
struct audit_log {
	struct audit *audit;
	uint8_t partition;
	uint64_t sealed_seq; /* of the head that is being sealed */
};

struct audit {
	struct service *service;
	uv_timer_t timer;
	uint64_t keep_days;
	uint64_t seal_us, trim_us; /* when next */
	struct audit_log logs[PARTITIONS];
	struct attempts *attempts; /* of each who was refused within the last minute, by id_key() */
};

/* Whether Redis takes what is written now. */
bool audit_is_writable(const struct audit *audit);

/* Writes what was counted and is due. */
void audit_tell_attempts(struct audit *audit, uint64_t now_us);
void audit_forget_attempts(struct audit *audit);

#endif
