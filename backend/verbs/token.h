/* token.h - what a device shows to be let in again: whose it is, which, and 256 bits that nobody can guess.
 *
 *   3.77.2.kJhC…                 person 3.77, his device 2, the secret in Base64 for URLs (RFC 4648, 5)
 *
 * The text is given out once and kept nowhere; in Redis is the BLAKE2b hash of its secret. It is never logged.
 *
 * Hashes are compared in Lua, byte by byte until they differ. The time that takes tells nothing of use: who wants to match one
 * more byte must find a secret whose hash begins so, and learns of the hash, not of the secret. What is compared itself, the token of
 * the development login and the codes at the door and of the second factor, goes by sodium_memcmp(). */
#ifndef GV_TOKEN_H
#define GV_TOKEN_H

#include <stdbool.h>

#include "id.h"
#include "macros.h"
#include "text.h"

#define TOKEN_BYTES    32
#define TOKEN_SECRET   44 /* 32 bytes in Base64 without padding, and a NUL */
#define TOKEN_HASH     65 /* 32 bytes in hexadecimal, and a NUL */
#define TOKEN_TEXT_MAX (ID_TEXT + sizeof("4294967295") + TOKEN_SECRET + 2)

/* A new secret, to be wiped by token_wipe() when it has been said; and its hash. */
void token_make(char secret[TOKEN_SECRET], char hash[TOKEN_HASH]);
void token_from(
	const uint8_t bytes[TOKEN_BYTES], char secret[TOKEN_SECRET], char hash[TOKEN_HASH]); /* of these bytes */
void token_wipe(char secret[TOKEN_SECRET]);

/* As the device keeps it. Returns `out`, which is to be wiped too. */
char *token_print(char out[TOKEN_TEXT_MAX], struct id person, uint32_t device, const char secret[TOKEN_SECRET]);

/* What a token that comes says of itself. */
struct token {
	struct id person;
	uint32_t device;
	char hash[TOKEN_HASH]; /* of its secret */
};

/* False if it cannot be one. */
bool token_parse(struct token *out, struct text text) WARN_UNUSED;

#endif
