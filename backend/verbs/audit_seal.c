#include "audit_seal.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS UINT64_C(86400000)

/* Nothing else goes under the key: what stands in Redis may be anything. */
static bool
is_hex(struct text text, size_t len)
{
	if (text.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr("0123456789abcdef", text.data[i]) || text.data[i] == '\0')
			return false;
	return true;
}

static void PRINTF_LIKE(3, 4) keyed(const struct vault *vault, char out[AUDIT_SEAL], const char *format, ...)
{
	char text[192];
	uint8_t hash[VAULT_DERIVED];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args); /* fits, by is_hex() */
	va_end(args);
	vault_derive(vault, (struct text){text, (size_t)len}, hash);
	sodium_bin2hex(out, AUDIT_SEAL, hash, (AUDIT_SEAL - 1) / 2);
}

static bool
is_same(const char *said, struct text detail)
{
	return detail.len == strlen(said) && sodium_memcmp(said, detail.data, detail.len) == 0;
}

bool
audit_seal(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text before, char out[AUDIT_DETAIL])
{
	char seal[AUDIT_SEAL];

	if (!is_hex(hash, AUDIT_HASH - 1) || (before.len > 0 && !is_hex(before, AUDIT_SEAL - 1)))
		return false;
	keyed(vault, seal, "audit seal %u %llu %.*s %llu %.*s", partition, (unsigned long long)seq, (int)hash.len,
		hash.data, (unsigned long long)at_ms, (int)before.len, before.data);
	snprintf(out, AUDIT_DETAIL, "seal=%s before=%.*s", seal, (int)before.len, before.data);
	return true;
}

void
audit_seal_read(struct text detail, struct text *seal, struct text *before)
{
	text_cut(&detail, '=');
	*seal = text_cut(&detail, ' ');
	text_cut(&detail, '=');
	*before = detail;
}

bool
audit_seal_fits(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text detail)
{
	struct text seal, before;
	char said[AUDIT_DETAIL];

	audit_seal_read(detail, &seal, &before);
	return audit_seal(vault, partition, seq, hash, at_ms, before, said) && is_same(said, detail);
}

bool
audit_trim(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t before_ms,
	uint64_t at_ms, char out[AUDIT_DETAIL])
{
	char seal[AUDIT_SEAL];

	if (!is_hex(hash, AUDIT_HASH - 1))
		return false;
	keyed(vault, seal, "audit trim %u %llu %.*s %llu %llu", partition, (unsigned long long)seq, (int)hash.len,
		hash.data, (unsigned long long)before_ms, (unsigned long long)at_ms);
	snprintf(out, AUDIT_DETAIL, "seq=%llu hash=%.*s before=%llu seal=%s", (unsigned long long)seq, (int)hash.len,
		hash.data, (unsigned long long)before_ms, seal);
	return true;
}

bool
audit_trim_fits(const struct vault *vault, uint8_t partition, uint64_t seq, struct text hash, uint64_t at_ms,
	struct text detail)
{
	struct text rest = detail;
	char said[AUDIT_DETAIL];
	uint64_t before_ms;

	for (int i = 0; i < 3; i++) /* seq=… hash=… before= */
		text_cut(&rest, '=');
	return text_to_u64(&before_ms, text_cut(&rest, ' '), at_ms) && at_ms - before_ms >= AUDIT_KEEP_DAYS * DAY_MS &&
	       audit_trim(vault, partition, seq, hash, before_ms, at_ms, said) && is_same(said, detail);
}
