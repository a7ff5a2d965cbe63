/* totp.h - the code of an authenticator, by the time: RFC 6238 with SHA-1, steps of 30 seconds and 6 digits, which is what all
 * authenticators know. liboath does the reckoning: it is that RFC, needs nothing but the C library, and writes Base32 too.
 *
 * Pure. A code of the step before or after is good as well, for clocks that are off. */
#ifndef GV_TOTP_H
#define GV_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

#define TOTP_SECRET 20 /* bytes, as many as SHA-1 gives (RFC 4226, 4) */
#define TOTP_DIGITS 6

/* The secret as it is typed and stands in a QR code, in Base32 (RFC 4648, 6). */
#define TOTP_TEXT 33
char *totp_print(char out[TOTP_TEXT], const uint8_t secret[TOTP_SECRET]);
bool totp_parse(uint8_t out[TOTP_SECRET], struct text text) WARN_UNUSED;

/* The code of a step, counted since 1970. */
char *totp_code(char out[TOTP_DIGITS + 1], const uint8_t secret[TOTP_SECRET], uint64_t step);
uint64_t totp_step(uint64_t now_ms);

/* The step of which it is the code, around now; false if it is none. Takes the same time whatever the code. Whether it was
 * used before is for the caller to know: only a later step than the last one used is good. */
bool totp_judge(uint64_t *step, const uint8_t secret[TOTP_SECRET], struct text code, uint64_t now_ms) WARN_UNUSED;

#endif
