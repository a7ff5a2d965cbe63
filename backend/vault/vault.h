/* vault.h - phones, and other short texts that nobody may read in Redis, under lock and key: sealed to be kept, hashed to
 * be matched.
 *
 * What Redis holds of a phone is its hash and the phone sealed; neither says anything without the key, which is not
 * there. libsodium must have been started (sodium_init). What each part is made of stands in README.md. */
#ifndef GV_VAULT_H
#define GV_VAULT_H

#include "id.h"
#include "phone.h"

#define VAULT_KEY 32 /* bytes */

struct vault;

/* Takes a copy of the key into memory that is neither swapped nor dumped; whoever has the original wipes it. NULL when
 * there is no such memory. */
struct vault *vault_create(const uint8_t key[VAULT_KEY]) WARN_UNUSED;

/* Wipes it. NULL is nothing. */
void vault_destroy(struct vault *vault);

/* By what to tell which key it is; says nothing about the key itself. */
#define VAULT_CHECK 33
char *vault_check(const struct vault *vault, char out[VAULT_CHECK]);

/* The same for the same phone under the same key, and only then. It is the name under which a roster knows the phone, and
 * says in which partition that is. */
#define PHONE_HASH      16 /* bytes */
#define PHONE_HASH_TEXT (2 * PHONE_HASH + 1)

struct phone_hash {
	uint8_t bytes[PHONE_HASH];
};

struct phone_hash vault_hash(const struct vault *vault, struct phone phone);
uint8_t phone_hash_partition(const struct phone_hash *hash);

/* 32 hexadecimal digits, in small letters. */
char *phone_hash_print(char out[PHONE_HASH_TEXT], const struct phone_hash *hash);
bool phone_hash_parse(struct phone_hash *out, struct text text) WARN_UNUSED;

/* The phone sealed, as text without blanks or tabs; another text each time. Opens only under the hash it was sealed with.
 * False, and *out wiped, if it does not: it was sealed with another key or for another hash, or it was changed. */
#define VAULT_SEALED 70
char *vault_seal(const struct vault *vault, struct phone phone, char out[VAULT_SEALED]);
bool vault_open(
	const struct vault *vault, const struct phone_hash *hash, struct text sealed, struct phone *out) WARN_UNUSED;

/* Takes from a digest what it tells to who guesses: of a request with a phone in it, everything else of which is known,
 * the digest alone would give the phone away. */
void vault_blind(const struct vault *vault, uint8_t digest[16]);

/* Other texts: an openid, the secret of a second factor, WeChat's token. A `purpose` says what it is and whose
 * ("openid 3.77"); it is no secret.
 *
 * The text, of at most VAULT_TEXT_MAX bytes, sealed as text without blanks or tabs; another one each time. `out` has
 * VAULT_SEALED_TEXT(text.len) bytes; the length of the text is not hidden. It opens only for the purpose it was sealed for,
 * so one that was moved elsewhere does not. False, and `out` wiped, if it does not open or is longer than `room` with its
 * NUL. Whoever opens one wipes it. */
#define VAULT_TEXT_MAX         1024
#define VAULT_SEALED_TEXT(len) (2 + ((24 + (len) + 16) * 4 + 2) / 3)
char *vault_seal_text(const struct vault *vault, const char *purpose, struct text text, char *out);
bool vault_open_text(
	const struct vault *vault, const char *purpose, struct text sealed, char *out, size_t room) WARN_UNUSED;

/* The same for the same text and purpose under the same key, and only then: 32 hexadecimal digits in small letters. Here the
 * purpose says what it is ("openid"), not whose. */
#define VAULT_HASH_TEXT 33
char *vault_hash_text(const struct vault *vault, const char *purpose, struct text text, char out[VAULT_HASH_TEXT]);

/* 32 bytes that nobody can tell who has not the key, and always the same ones from the same text: for secrets that are told
 * once and not kept. To be wiped. */
#define VAULT_DERIVED 32
void vault_derive(const struct vault *vault, struct text from, uint8_t out[VAULT_DERIVED]);

#endif
