/* audit_logs.c - the logs are sealed, if they are what they were, and what is past its time goes. */
#include <stdio.h>
#include <string.h>

#include "audit_private.h"
#include "clock.h"
#include "keys.h"
#include "log.h"

#define DAY_MS UINT64_C(86400000)

/* What `audit_head` answers. */
enum {
	HEAD_SEQ,
	HEAD_HASH,
	HEAD_WHAT,
	OLDEST_SEQ,
	KNOWN_HASH,
	SEAL_ID,
	SEAL_SEQ,
	SEAL_AT,
	SEAL_DETAIL,
	SEAL_HASH,
	SEALED_HASH,
	UNSEALED_MS,
	SEAL_WHAT,
	SEAL_WHY
};

/* What `audit_accepted` answers. */
enum { ACCEPTED_ID, ACCEPTED_SEQ, ACCEPTED_AT, ACCEPTED_WHY, ACCEPTED_DETAIL, ACCEPTED_HASH, ACCEPTED_BEFORE };

static bool
complain(const struct reply *reply)
{
	if (reply->status != OK && reply->status != CHANGED && reply->status != UNAVAILABLE)
		log_error("audit", "failed", KV("status", status_name(reply->status)));
	return reply->status == OK;
}

static void
put_off(const struct audit_log *log)
{
	log_warn("audit", "put_off", KU("partition", log->partition));
}

static void
know(struct audit_log *log, struct text id, uint64_t seq, struct text hash, struct text seal)
{
	struct audit_known *known = &log->known;

	known->seq = seq;
	text_copy(known->id, sizeof(known->id), id);
	text_copy(known->hash, sizeof(known->hash), hash);
	text_copy(known->seal, sizeof(known->seal), seal);
}

/* Whether the log is what it was. */

/* An acceptance of what stood in front of it. */
static bool
acceptance_is_good(const struct audit_log *log, uint64_t seq, struct text before, uint64_t at_ms, struct text why,
	struct text detail)
{
	struct audit_acceptance said;

	return audit_accept_fits(log->audit->service->vault, log->partition, at_ms, why, detail, &said) &&
	       said.seq + 1 == seq && text_equal(text_of(said.hash), before);
}

/* The oldest that stands follows from what was trimmed, which is for gridctl to verify. */
static bool
seal_is_good(const struct audit_log *log, const struct reply *reply)
{
	uint64_t seq = reply_u64(reply, SEAL_SEQ);

	if (text_equal(reply_text(reply, SEAL_WHAT), TEXT("accept")))
		return acceptance_is_good(log, seq, reply_text(reply, SEALED_HASH), reply_u64(reply, SEAL_AT),
			reply_text(reply, SEAL_WHY), reply_text(reply, SEAL_DETAIL));
	if (seq > 1 && seq == reply_u64(reply, OLDEST_SEQ))
		return true;
	return seq > 1 &&
	       audit_seal_fits(log->audit->service->vault, log->partition, seq - 1, reply_text(reply, SEALED_HASH),
		       reply_u64(reply, SEAL_AT), reply_text(reply, SEAL_DETAIL));
}

/* By the seal that is known. It goes by its time only when there is a newer one. */
static const char *
why_it_does_not_go_on(const struct audit_log *log, const struct reply *reply)
{
	const struct audit_known *known = &log->known;
	bool stands = text_equal(reply_text(reply, KNOWN_HASH), text_of(known->hash));

	if (!stands && reply_u64(reply, OLDEST_SEQ) <= known->seq)
		return "seal_gone";
	if (text_equal(reply_text(reply, SEAL_ID), text_of(known->id)))
		return NULL;
	if (reply_u64(reply, SEAL_SEQ) <= known->seq)
		return "seal_gone";
	return seal_is_good(log, reply) ? NULL : "seal_forged";
}

/* By what is found, for no seal is known. */
static const char *
why_it_is_no_beginning(const struct audit_log *log, const struct reply *reply)
{
	if (reply_text(reply, SEAL_ID).len > 0 && !seal_is_good(log, reply))
		return "seal_forged";
	if (reply_text(reply, SEAL_ID).len == 0 && reply_u64(reply, OLDEST_SEQ) > 1)
		return "seal_gone";
	return !log->was_seen && reply_u64(reply, UNSEALED_MS) > AUDIT_OPEN_MS ? "unsealed" : NULL;
}

static bool
is_what_it_was(struct audit_log *log, const struct reply *reply)
{
	const char *why = log->known.id[0] ? why_it_does_not_go_on(log, reply) : why_it_is_no_beginning(log, reply);
	struct text seal, before;

	if (why && !log->refused)
		log_error("audit", "rewritten", KU("partition", log->partition), KV("why", why),
			KU("sealed", log->known.seq), KV("hash", log->known.hash),
			KU("seq", reply_u64(reply, HEAD_SEQ)));
	else if (!why && log->refused)
		log_warn("audit", "fits_again", KU("partition", log->partition));
	log->is_due = log->is_due || (log->refused && !why);
	log->refused = why;
	if (why)
		return false;
	log->was_seen = true;
	log->good_ms = clock_wall_ms();
	audit_seal_read(reply_text(reply, SEAL_DETAIL), &seal, &before);
	if (reply_text(reply, SEAL_ID).len > 0)
		know(log, reply_text(reply, SEAL_ID), reply_u64(reply, SEAL_SEQ), reply_text(reply, SEAL_HASH), seal);
	return true;
}

/* The seal. */

static void
sealed(const struct reply *reply, void *context)
{
	struct audit_log *log = context;

	log->is_looked_at = false;
	if (!complain(reply))
		return;
	if (log->sealing_seq + 1 > log->known.seq)
		know(log, reply_text(reply, 0), log->sealing_seq + 1, reply_text(reply, 1), TEXT(""));
	/* Kept where nobody who has Redis gets at it: an end that was cut off is missing there. */
	log_info("audit", "sealed", KU("partition", log->partition), KU("seq", log->sealing_seq),
		KV("hash", log->sealing_hash));
}

static void
seal_head(struct audit_log *log, uint64_t seq, struct text hash)
{
	struct service *service = log->audit->service;
	uint64_t now_ms = clock_wall_ms();
	char detail[AUDIT_DETAIL];
	struct fcall f;

	if (!audit_seal(service->vault, log->partition, seq, hash, now_ms, text_of(log->known.seal), detail))
		return log_error("audit", "unreadable", KU("partition", log->partition), KU("seq", seq));
	log->sealing_seq = seq;
	text_copy(log->sealing_hash, sizeof(log->sealing_hash), hash);
	f = fcall_bare(service->store, "audit_seal", log->partition, 1);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_u64(&f, seq);
	fcall_arg(&f, hash);
	fcall_arg_u64(&f, now_ms);
	fcall_arg(&f, text_of(detail));
	log->is_looked_at = true;
	if (fcall_send(&f, sealed, log))
		return;
	log->is_looked_at = false;
	put_off(log);
}

/* An old one is no way back to what stood then. */
static void
acceptance_was_read(const struct reply *reply, void *context)
{
	struct audit_log *log = context;
	struct text detail = reply_text(reply, ACCEPTED_DETAIL), seal, before;
	uint64_t seq = reply_u64(reply, ACCEPTED_SEQ), at_ms = reply_u64(reply, ACCEPTED_AT);

	log->is_looked_at = false;
	if (!complain(reply) || !log->was_seen || at_ms <= log->good_ms ||
		!acceptance_is_good(
			log, seq, reply_text(reply, ACCEPTED_BEFORE), at_ms, reply_text(reply, ACCEPTED_WHY), detail))
		return;
	audit_seal_read(detail, &seal, &before);
	know(log, reply_text(reply, ACCEPTED_ID), seq, reply_text(reply, ACCEPTED_HASH), seal);
	log->refused = NULL;
	log->is_due = true;
	log_warn("audit", "accepted", KU("partition", log->partition), KU("seq", seq));
}

/* Where the seal that was known is gone, who has the key may have accepted that. One who has just started goes by the last
 * seal alone. */
static void
look_for_acceptance(struct audit_log *log)
{
	struct fcall f;

	if (!log->was_seen)
		return;
	f = fcall_read(log->audit->service->store, "audit_accepted", log->partition, 1);
	fcall_key(&f, KEY_AUDIT);
	log->is_looked_at = true;
	if (fcall_send(&f, acceptance_was_read, log))
		return;
	log->is_looked_at = false;
	put_off(log);
}

static void
head_was_read(const struct reply *reply, void *context)
{
	struct audit_log *log = context;

	log->is_looked_at = false;
	if (!complain(reply))
		return;
	if (!is_what_it_was(log, reply))
		return look_for_acceptance(log);
	if (!log->is_due)
		return;
	log->is_due = false;
	if (reply_u64(reply, HEAD_SEQ) > 0 && !text_equal(reply_text(reply, HEAD_WHAT), TEXT("seal")))
		seal_head(log, reply_u64(reply, HEAD_SEQ), reply_text(reply, HEAD_HASH));
}

/* Data of another epoch has other logs. */
static void
see_epoch(struct audit *audit)
{
	const char *epoch = store_epoch(audit->service->store);

	if (strcmp(epoch, audit->epoch) == 0)
		return;
	snprintf(audit->epoch, sizeof(audit->epoch), "%s", epoch);
	audit->since_ms = clock_wall_ms();
	for (uint8_t i = 0; i < PARTITIONS; i++)
		audit->logs[i] =
			(struct audit_log){.audit = audit, .partition = i, .is_looked_at = audit->logs[i].is_looked_at};
}

/* What came since this hub runs, it seals at once; that is not counted among what spans too long a time. */
static void
look_at_log(struct audit_log *log)
{
	const struct audit *audit = log->audit;
	struct fcall f = fcall_read(audit->service->store, "audit_head", log->partition, 1);

	fcall_key(&f, KEY_AUDIT);
	fcall_arg(&f, text_of(log->known.id));
	fcall_arg_u64(&f, log->was_seen ? 0 : audit->since_ms - AUDIT_OPEN_MS);
	log->is_looked_at = true;
	if (fcall_send(&f, head_was_read, log))
		return;
	log->is_looked_at = false;
	put_off(log);
}

void
audit_seal_logs(struct audit *audit, bool is_due)
{
	see_epoch(audit);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct audit_log *log = &audit->logs[i];
		log->is_due = log->is_due || is_due;
		if (!log->is_looked_at)
			look_at_log(log);
	}
}

/* What is past its time. */

static void
trimmed(const struct reply *reply, void *context)
{
	const struct audit_log *log = context;

	if (complain(reply))
		log_info("audit", "trimmed", KU("partition", log->partition), KU("seq", reply_u64(reply, 0)));
}

/* The seal that stays has the seq, the hash and the time of what goes, so that nothing younger can be passed off for old. */
static void
trimmable_was_read(const struct reply *reply, void *context)
{
	struct audit_log *log = context;
	struct service *service = log->audit->service;
	uint64_t seq = reply_u64(reply, 0), at_ms = reply_u64(reply, 2), now_ms = clock_wall_ms();
	struct text hash = reply_text(reply, 1);
	char detail[AUDIT_DETAIL];
	struct fcall f;

	if (!complain(reply) || seq == 0 || at_ms >= log->trim_before_ms || log->refused)
		return;
	if (!audit_seal_fits(service->vault, log->partition, seq, hash, at_ms, reply_text(reply, 3)) ||
		!audit_trim(service->vault, log->partition, seq, hash, log->trim_before_ms, now_ms, detail))
		return log_error("audit", "not_trimmed", KU("partition", log->partition), KU("seq", seq));
	f = fcall_bare(service->store, "audit_trim", log->partition, 1);
	fcall_key(&f, KEY_AUDIT);
	fcall_arg_u64(&f, log->trim_before_ms);
	fcall_arg_u64(&f, seq);
	fcall_arg(&f, hash);
	fcall_arg_u64(&f, now_ms);
	fcall_arg(&f, text_of(detail));
	if (!fcall_send(&f, trimmed, log))
		put_off(log);
}

/* To whole days, so that there is something to do once a day, whichever hub comes first. */
void
audit_trim_logs(struct audit *audit)
{
	uint64_t today_ms = clock_wall_ms() / DAY_MS * DAY_MS;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_read(audit->service->store, "audit_trimmable", i, 1);
		audit->logs[i].trim_before_ms = today_ms - audit->keep_days * DAY_MS;
		fcall_key(&f, KEY_AUDIT);
		fcall_arg_u64(&f, audit->logs[i].trim_before_ms);
		if (!fcall_send(&f, trimmable_was_read, &audit->logs[i]))
			put_off(&audit->logs[i]);
	}
}
