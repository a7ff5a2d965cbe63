/* code.h - the codes of a second factor: what somebody typed, held against his secret or made into the hash of a recovery
 * code. What stands in Redis is the secret sealed and those hashes (functions/device.lua). */
#ifndef GV_CODE_H
#define GV_CODE_H

#include "request.h"
#include "totp.h"

#define RECOVERY_CODES 8
#define RECOVERY_TEXT  12 /* "abcde-fghij" and a NUL */
#define RECOVERY_HASH  33 /* 16 bytes in hexadecimal, and a NUL */

/* A recovery code made of these bytes: 50 bits, without letters that are taken for others. */
#define RECOVERY_BYTES 10
char *recovery_print(char out[RECOVERY_TEXT], const uint8_t bytes[RECOVERY_BYTES]);

/* By what it is known, of that person, whether its letters are large or small, with its stroke or without. */
char *recovery_hash(char out[RECOVERY_HASH], const struct service *service, struct id person, struct text typed);

/* What a function wants of a code: the step of the time, or the hash of a recovery code; "" for what it is not. */
struct proof {
	char step[24];
	char recovery[RECOVERY_HASH];
};

/* Of a secret as it stands in Redis. False if the code is none: six digits that are not those of the time. What is no six
 * digits may be a recovery code, which Redis knows. */
bool code_judge(struct proof *out, const struct service *service, struct id person, struct text sealed,
	struct text typed) WARN_UNUSED;

/* Writes into the audit log that a code of his was not good; nobody waits for it. */
void code_failed(const struct request *rq, bool is_locked);

/* The secret of that person, sealed. */
#define CODE_SEALED VAULT_SEALED_TEXT(TOTP_TEXT)
char *code_seal(char out[CODE_SEALED], const struct service *service, struct id person, const char secret[TOTP_TEXT]);

#endif
