/* audit_attempts.c - who asked for what he may not. */
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

#include "audit_private.h"
#include "clock.h"
#include "keys.h"
#include "log.h"
#include "peer.h"
#include "request.h"

#define ATTEMPTS_MAX 4096 /* persons who are counted at a time; whoever comes past them is not, for a minute */
#define MINUTE_US    UINT64_C(60000000)

/* Of one person: how many are not written yet, and the last of them. */
struct attempts {
	uint64_t key;
	struct id person;
	uint32_t count;
	uint64_t next_us; /* when they may be */
	uint64_t address;
	enum verb verb;
	struct id call;
	struct place place;
	char field[FIELD_TEXT_MAX];
	UT_hash_handle hh;
};

static void
told(const struct reply *reply, void *context)
{
	(void)context;
	if (reply->status != OK)
		log_warn("audit", "attempt_lost", KV("status", status_name(reply->status)));
}

/* Whether it is on its way; otherwise it is counted still. */
static bool
tell(struct audit *audit, const struct attempts *attempts)
{
	char detail[FIELD_TEXT_MAX + 64], from[PEER_TEXT];
	struct fcall f;

	if (!audit_is_writable(audit))
		return false;
	snprintf(detail, sizeof(detail), "verb=%s field=%s count=%u", verb_name(attempts->verb), attempts->field,
		attempts->count);
	f = fcall_bare(audit->service->store, "audit_add", attempts->person.partition, 1);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, attempts->person);
	fcall_arg(&f, TEXT("forbidden"));
	if (id_is_none(attempts->call))
		fcall_arg_place(&f, attempts->place);
	else
		fcall_arg_id(&f, attempts->call);
	fcall_arg(&f, text_of(detail));
	fcall_arg(&f, text_of(peer_print(from, attempts->address)));
	fcall_arg(&f, TEXT(""));
	return fcall_send(&f, told, NULL);
}

static void
tell_at(struct audit *audit, struct attempts *attempts, uint64_t now_us)
{
	attempts->next_us = now_us + MINUTE_US;
	if (tell(audit, attempts))
		attempts->count = 0;
}

void
audit_refused(struct audit *audit, const struct request *rq, const char *field)
{
	uint64_t key = id_key(rq->person), now_us = clock_mono_us();
	struct attempts *attempts;

	if (!audit || id_is_none(rq->person))
		return;
	HASH_FIND(hh, audit->attempts, &key, sizeof(key), attempts);
	if (!attempts) {
		attempts = HASH_COUNT(audit->attempts) < ATTEMPTS_MAX ? calloc(1, sizeof(*attempts)) : NULL;
		if (!attempts) {
			log_warn("audit", "crowded", KU("persons", HASH_COUNT(audit->attempts)));
			return;
		}
		attempts->key = key;
		attempts->person = rq->person;
		HASH_ADD(hh, audit->attempts, key, sizeof(attempts->key), attempts);
	}
	attempts->count++;
	attempts->address = rq->address;
	attempts->verb = rq->verb;
	attempts->call = rq->call;
	attempts->place = rq->place;
	snprintf(attempts->field, sizeof(attempts->field), "%s", field ? field : "");
	if (now_us >= attempts->next_us)
		tell_at(audit, attempts, now_us);
}

/* Who was quiet for his minute is forgotten. */
void
audit_tell_attempts(struct audit *audit, uint64_t now_us)
{
	struct attempts *attempts, *next;

	HASH_ITER (hh, audit->attempts, attempts, next) {
		if (now_us < attempts->next_us)
			continue;
		if (attempts->count > 0) {
			tell_at(audit, attempts, now_us);
		} else {
			HASH_DEL(audit->attempts, attempts);
			free(attempts);
		}
	}
}

void
audit_tell_rest(struct audit *audit)
{
	struct attempts *attempts, *next;

	HASH_ITER (hh, audit->attempts, attempts, next)
		if (attempts->count > 0)
			tell_at(audit, attempts, clock_mono_us());
}

void
audit_forget_attempts(struct audit *audit)
{
	struct attempts *attempts, *next;

	HASH_ITER (hh, audit->attempts, attempts, next) {
		HASH_DEL(audit->attempts, attempts);
		free(attempts);
	}
}
