#include "token.h"

#include <sodium.h>
#include <stdio.h>

/* Of the secret as it is written, which is as good as its bytes. */
static void
hash_secret(char hash[TOKEN_HASH], struct text secret)
{
	uint8_t bytes[(TOKEN_HASH - 1) / 2];

	crypto_generichash(bytes, sizeof(bytes), (const uint8_t *)secret.data, secret.len, NULL, 0);
	sodium_bin2hex(hash, TOKEN_HASH, bytes, sizeof(bytes));
}

void
token_from(const uint8_t bytes[TOKEN_BYTES], char secret[TOKEN_SECRET], char hash[TOKEN_HASH])
{
	sodium_bin2base64(secret, TOKEN_SECRET, bytes, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	hash_secret(hash, text_of(secret));
}

void
token_make(char secret[TOKEN_SECRET], char hash[TOKEN_HASH])
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	token_from(bytes, secret, hash);
	sodium_memzero(bytes, sizeof(bytes));
}

void
token_wipe(char secret[TOKEN_SECRET])
{
	sodium_memzero(secret, TOKEN_SECRET);
}

char *
token_print(char out[TOKEN_TEXT_MAX], struct id person, uint32_t device, const char secret[TOKEN_SECRET])
{
	char id[ID_TEXT];

	snprintf(out, TOKEN_TEXT_MAX, "%s.%u.%s", id_print(id, person), device, secret);
	return out;
}

bool
token_parse(struct token *out, struct text text)
{
	struct text rest = text, id, partition = text_cut(&rest, '.'), number = text_cut(&rest, '.');
	struct text device = text_cut(&rest, '.');

	id = (struct text){partition.data, partition.len + 1 + number.len};
	if (id.len >= text.len || rest.len != TOKEN_SECRET - 1 || !id_parse(&out->person, id) ||
		!text_to_u32(&out->device, device) || out->device == 0)
		return false;
	hash_secret(out->hash, rest);
	return true;
}
