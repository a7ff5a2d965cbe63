/* audit.h - what a hub itself writes into the audit log (functions/audit.lua): what was only looked at, what was refused,
 * and the seals. What changes something is written by the function that changes it (request_audit()).
 *
 * Attempts. The first FORBIDDEN of a person is written at once; what he tries within the minute after it is counted, and
 * written as one entry when the minute is over, with what he tried last. Nobody waits for that. While Redis is away they
 * are counted.
 *
 * Seals. Every minute the head of each partition's log is sealed with a hash under the hub's key, if something has come
 * since the last seal. Every five seconds, and before each seal, a hub holds the last seal that it knows against the log; one
 * that has just started, or sees another epoch (a backup was restored), goes by the last one it finds. Where that does not fit
 * the log was rewritten: it is left unsealed, which is in the hub's log as an error and in the figures, until it fits, or
 * until who has the key accepts it as it stands (gridctl audit-log accept). Any
 * number of hubs do this side by side: one that finds a good seal of another goes on from there.
 *
 * Once a day what is older than `audit-keep` days goes. */
#ifndef GV_AUDIT_H
#define GV_AUDIT_H

#include <uv.h>

#include "fcall.h"
#include "service.h"

struct audit;
struct request;

struct audit *audit_create(uv_loop_t *loop, struct service *service, uint64_t keep_days) WARN_UNUSED;

/* Closes its handle. What is under way ends with the store, before audit_finish(). */
void audit_destroy(struct audit *audit);
void audit_finish(struct audit *audit);

/* The hub stops: what is counted is written now. */
void audit_tell_rest(struct audit *audit);

/* Logs that are left unsealed, because they were rewritten. */
unsigned audit_refused_logs(const struct audit *audit);

/* He asked for what he may not. */
void audit_refused(struct audit *audit, const struct request *request, const char *field);

/* An entry of what he only looks at, in the log of that partition, `on` and `detail` as functions/audit.lua has them. Nothing
 * is shown before `done` says OK; false: too much is waiting already, and nothing is called. */
bool audit_look(struct request *request, uint8_t partition, const char *what, struct text on, struct text detail,
	fcall_done *done, void *context) WARN_UNUSED;

#endif
