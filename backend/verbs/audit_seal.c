#include "audit_seal.h"

#include <sodium.h>
#include <stdio.h>

char *
audit_seal(const struct vault *vault, uint8_t partition, struct text seq, struct text hash, char out[AUDIT_SEAL])
{
	char text[128];
	uint8_t seal[VAULT_DERIVED];
	int len = snprintf(
		text, sizeof(text), "audit %u %.*s %.*s", partition, (int)seq.len, seq.data, (int)hash.len, hash.data);

	vault_derive(vault, (struct text){text, MIN((size_t)len, sizeof(text) - 1)}, seal);
	return sodium_bin2hex(out, AUDIT_SEAL, seal, (AUDIT_SEAL - 1) / 2);
}
