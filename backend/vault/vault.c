#include "vault.h"

#include <assert.h>
#include <sodium.h>

#define SEAL_KEY crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG      crypto_aead_xchacha20poly1305_ietf_ABYTES
#define BOX      (NONCE + PHONE_DIGITS + TAG) /* bytes of a sealed phone: the nonce, then what it was sealed with */
#define BASE64   sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define VERSION  '1' /* of how it is sealed; stands in front */

struct vault {
	uint8_t seal[SEAL_KEY];
	uint8_t match[crypto_generichash_KEYBYTES];
	uint8_t check[crypto_generichash_KEYBYTES];
	uint8_t blind[crypto_generichash_KEYBYTES];
	uint8_t seal_text[SEAL_KEY];
	uint8_t match_text[crypto_generichash_KEYBYTES];
	uint8_t derive[crypto_generichash_KEYBYTES];
};

/* Their numbers are for ever: they make the keys. */
enum purpose { SEALING = 1, MATCHING, CHECKING, BLINDING, SEALING_TEXTS, MATCHING_TEXTS, DERIVING = 8 };

struct vault *
vault_create(const uint8_t key[VAULT_KEY])
{
	struct vault *vault = sodium_malloc(sizeof(*vault));

	_Static_assert(VAULT_KEY == crypto_kdf_KEYBYTES, "the key is one to derive others from");
	if (!vault)
		return NULL;
	crypto_kdf_derive_from_key(vault->seal, sizeof(vault->seal), SEALING, "gvphones", key);
	crypto_kdf_derive_from_key(vault->match, sizeof(vault->match), MATCHING, "gvphones", key);
	crypto_kdf_derive_from_key(vault->check, sizeof(vault->check), CHECKING, "gvphones", key);
	crypto_kdf_derive_from_key(vault->blind, sizeof(vault->blind), BLINDING, "gvphones", key);
	crypto_kdf_derive_from_key(vault->seal_text, sizeof(vault->seal_text), SEALING_TEXTS, "gvphones", key);
	crypto_kdf_derive_from_key(vault->match_text, sizeof(vault->match_text), MATCHING_TEXTS, "gvphones", key);
	crypto_kdf_derive_from_key(vault->derive, sizeof(vault->derive), DERIVING, "gvphones", key);
	sodium_mprotect_readonly(vault);
	return vault;
}

void
vault_destroy(struct vault *vault)
{
	sodium_free(vault);
}

char *
vault_check(const struct vault *vault, char out[VAULT_CHECK])
{
	uint8_t hash[(VAULT_CHECK - 1) / 2];

	crypto_generichash(hash, sizeof(hash), NULL, 0, vault->check, sizeof(vault->check));
	return sodium_bin2hex(out, VAULT_CHECK, hash, sizeof(hash));
}

struct phone_hash
vault_hash(const struct vault *vault, struct phone phone)
{
	struct phone_hash hash;

	crypto_generichash(hash.bytes, sizeof(hash.bytes), (const uint8_t *)phone.digits, PHONE_DIGITS, vault->match,
		sizeof(vault->match));
	return hash;
}

uint8_t
phone_hash_partition(const struct phone_hash *hash)
{
	return hash->bytes[0] % PARTITIONS;
}

char *
phone_hash_print(char out[PHONE_HASH_TEXT], const struct phone_hash *hash)
{
	return sodium_bin2hex(out, PHONE_HASH_TEXT, hash->bytes, sizeof(hash->bytes));
}

bool
phone_hash_parse(struct phone_hash *out, struct text text)
{
	struct phone_hash hash;
	char again[PHONE_HASH_TEXT];
	size_t len;

	if (sodium_hex2bin(hash.bytes, sizeof(hash.bytes), text.data, text.len, NULL, &len, NULL) != 0 ||
		len != sizeof(hash.bytes) || !text_equal(text_of(phone_hash_print(again, &hash)), text))
		return false;
	*out = hash;
	return true;
}

char *
vault_seal(const struct vault *vault, struct phone phone, char out[VAULT_SEALED])
{
	struct phone_hash hash = vault_hash(vault, phone);
	uint8_t box[BOX];

	_Static_assert(VAULT_SEALED >= 1 + sodium_base64_ENCODED_LEN(BOX, BASE64), "the text has room for the box");
	randombytes_buf(box, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, (const uint8_t *)phone.digits, PHONE_DIGITS,
		hash.bytes, sizeof(hash.bytes), NULL, box, vault->seal);
	out[0] = VERSION;
	sodium_bin2base64(out + 1, VAULT_SEALED - 1, box, sizeof(box), BASE64);
	return out;
}

bool
vault_open(const struct vault *vault, const struct phone_hash *hash, struct text sealed, struct phone *out)
{
	uint8_t box[BOX];
	size_t len;

	sodium_memzero(out, sizeof(*out));
	if (sealed.len == 0 || sealed.data[0] != VERSION)
		return false;
	if (sodium_base642bin(box, sizeof(box), sealed.data + 1, sealed.len - 1, NULL, &len, NULL, BASE64) != 0 ||
		len != sizeof(box))
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out->digits, NULL, NULL, box + NONCE, BOX - NONCE,
		       hash->bytes, sizeof(hash->bytes), box, vault->seal) == 0;
}

void
vault_blind(const struct vault *vault, uint8_t digest[16])
{
	uint8_t blind[16];

	crypto_generichash(blind, sizeof(blind), digest, 16, vault->blind, sizeof(vault->blind));
	memcpy(digest, blind, sizeof(blind));
}

char *
vault_hash_text(const struct vault *vault, const char *purpose, struct text text, char out[VAULT_HASH_TEXT])
{
	uint8_t hash[(VAULT_HASH_TEXT - 1) / 2];
	crypto_generichash_state state;

	crypto_generichash_init(&state, vault->match_text, sizeof(vault->match_text), sizeof(hash));
	crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1); /* its NUL ends it */
	crypto_generichash_update(&state, (const uint8_t *)text.data, text.len);
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_memzero(&state, sizeof(state));
	return sodium_bin2hex(out, VAULT_HASH_TEXT, hash, sizeof(hash));
}

char *
vault_seal_text(const struct vault *vault, const char *purpose, struct text text, char *out)
{
	uint8_t box[NONCE + VAULT_TEXT_MAX + TAG];
	size_t len = NONCE + text.len + TAG;

	_Static_assert(VAULT_SEALED_TEXT(VAULT_TEXT_MAX) == 1 + sodium_base64_ENCODED_LEN(sizeof(box), BASE64),
		"the text has room for the box");
	assert(text.len <= VAULT_TEXT_MAX);
	randombytes_buf(box, NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, (const uint8_t *)text.data, text.len,
		(const uint8_t *)purpose, strlen(purpose), NULL, box, vault->seal_text);
	out[0] = VERSION;
	sodium_bin2base64(out + 1, VAULT_SEALED_TEXT(text.len) - 1, box, len, BASE64);
	return out;
}

bool
vault_open_text(const struct vault *vault, const char *purpose, struct text sealed, char *out, size_t room)
{
	uint8_t box[NONCE + VAULT_TEXT_MAX + TAG];
	size_t len;

	sodium_memzero(out, room);
	if (sealed.len == 0 || sealed.data[0] != VERSION)
		return false;
	if (sodium_base642bin(box, sizeof(box), sealed.data + 1, sealed.len - 1, NULL, &len, NULL, BASE64) != 0 ||
		len < NONCE + TAG || len - NONCE - TAG >= room)
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out, NULL, NULL, box + NONCE, len - NONCE,
		       (const uint8_t *)purpose, strlen(purpose), box, vault->seal_text) == 0;
}

void
vault_derive(const struct vault *vault, struct text from, uint8_t out[VAULT_DERIVED])
{
	crypto_generichash(
		out, VAULT_DERIVED, (const uint8_t *)from.data, from.len, vault->derive, sizeof(vault->derive));
}
