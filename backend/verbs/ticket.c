#include "ticket.h"

#include <sodium.h>

#include "id.h"

char *
ticket_make(char out[TICKET_TEXT])
{
	uint8_t bytes[16];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(out, TICKET_TEXT, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof(bytes));
	return out;
}

char *
ticket_hash(char out[DESK_HASH], struct text ticket)
{
	uint8_t bytes[(DESK_HASH - 1) / 2];

	crypto_generichash(bytes, sizeof(bytes), (const uint8_t *)ticket.data, ticket.len, NULL, 0);
	return sodium_bin2hex(out, DESK_HASH, bytes, sizeof(bytes));
}

uint8_t
ticket_partition(const char hash[DESK_HASH])
{
	return identity_partition(text_of(hash));
}
