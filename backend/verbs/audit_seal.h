/* audit_seal.h - what is said under a hub's key in the audit log (functions/audit.lua), for hubs that write it and gridctl
 * that checks it: the seal of a head, what was trimmed, and what who has the key accepts as it stands.
 *
 * Who has Redis without the key can make neither, nor put one elsewhere or give it another time. What he can do all the
 * same stands at the head of functions/audit.lua. */
#ifndef GV_AUDIT_SEAL_H
#define GV_AUDIT_SEAL_H

#include "vault.h"

#define AUDIT_HASH          41 /* of an entry: 40 hexadecimal digits in small letters */
#define AUDIT_SEAL          33
#define AUDIT_DETAIL        160
#define AUDIT_FLAW          16
#define AUDIT_ACCEPT_DETAIL 320
#define AUDIT_KEEP_DAYS     183 /* at least so long an entry stays: Cybersecurity Law art. 21 has six months */
#define AUDIT_OPEN_MS       (UINT64_C(300) * 1000) /* what is not sealed may span so long a time */

/* The `detail` of the seal behind that entry, set at that time: a hash under the vault's key of all of these, and the seal
 * before it (""; none). False if the hash or the seal before is none. */
bool audit_seal(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text before, char out[AUDIT_DETAIL]) WARN_UNUSED;

/* Whether a detail is just that. Reading gives the seal itself, also of an acceptance, and the one that it names as the one
 * before; both point into the detail. */
bool audit_seal_fits(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text detail) WARN_UNUSED;
void audit_seal_read(struct text detail, struct text *seal, struct text *before);

/* The `detail` of the entry written at `at_ms` that says that all up to that entry, with that hash, went, since all of it came
 * before a moment. */
bool audit_trim(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t before_ms,
	uint64_t at_ms, char out[AUDIT_DETAIL]) WARN_UNUSED;

/* Whether a detail is just that, and the moment so long before. */
bool audit_trim_fits(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text detail) WARN_UNUSED;

/* What somebody with the key looked at and accepted as it stands, so that hubs go on from there. */
struct audit_acceptance {
	uint64_t seq; /* of the last entry that stood; 0: there was none */
	char hash[AUDIT_HASH];
	uint64_t first;         /* of the oldest that stood */
	uint64_t from;          /* from this on what stood is in the digest: what was before is sealed, and fits */
	char stood[AUDIT_SEAL]; /* that digest */
	char flaw[AUDIT_FLAW];  /* a word for what is wrong with it: small letters and '_' */
	uint64_t flaw_seq;      /* where */
	uint64_t uid;           /* by which user of the machine it was accepted */
};

/* The `detail` of the entry that says so, written at that time with that reason. False if a hash, the digest or the word is
 * none. */
bool audit_accept(const struct vault *vault, uint8_t partition, const struct audit_acceptance *acceptance,
	uint64_t at_ms, struct text why, char out[AUDIT_ACCEPT_DETAIL]) WARN_UNUSED;

/* Whether a detail is just that, of an entry in that partition; and what it says. */
bool audit_accept_fits(const struct vault *vault, uint8_t partition, uint64_t at_ms, struct text why,
	struct text detail, struct audit_acceptance *out) WARN_UNUSED;

#endif
