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
	char text[384];
	uint8_t hash[VAULT_DERIVED];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args); /* fits, by is_hex() and is_word() */
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

/* An acceptance. */

static bool
is_word(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len < AUDIT_FLAW && strspn(text, "abcdefghijklmnopqrstuvwxyz_") == len;
}

/* All but the seal. Of a reason, which may be anything, a hash goes under the key. */
static bool
say_accepted(char out[AUDIT_ACCEPT_DETAIL], const struct audit_acceptance *said)
{
	bool is_empty = said->seq == 0 && said->hash[0] == '\0';

	if ((!is_empty && !is_hex(text_of(said->hash), AUDIT_HASH - 1)) ||
		!is_hex(text_of(said->stood), AUDIT_SEAL - 1) || !is_word(said->flaw))
		return false;
	snprintf(out, AUDIT_ACCEPT_DETAIL, "seq=%llu hash=%s first=%llu from=%llu stood=%s flaw=%s at=%llu uid=%llu",
		(unsigned long long)said->seq, said->hash, (unsigned long long)said->first,
		(unsigned long long)said->from, said->stood, said->flaw, (unsigned long long)said->flaw_seq,
		(unsigned long long)said->uid);
	return true;
}

bool
audit_accept(const struct vault *vault, uint8_t partition, const struct audit_acceptance *acceptance, uint64_t at_ms,
	struct text why, char out[AUDIT_ACCEPT_DETAIL])
{
	char seal[AUDIT_SEAL], said[AUDIT_ACCEPT_DETAIL], reason[AUDIT_SEAL];
	uint8_t hash[(AUDIT_SEAL - 1) / 2];

	if (!say_accepted(said, acceptance))
		return false;
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)why.data, why.len, NULL, 0);
	sodium_bin2hex(reason, sizeof(reason), hash, sizeof(hash));
	keyed(vault, seal, "audit accept %u %llu %s %s", partition, (unsigned long long)at_ms, reason, said);
	snprintf(out, AUDIT_ACCEPT_DETAIL, "seal=%s %.*s", seal, AUDIT_ACCEPT_DETAIL - AUDIT_SEAL - 6, said);
	return true;
}

/* The value of the next column. */
static struct text
value(struct text *rest)
{
	struct text column = text_cut(rest, ' ');

	text_cut(&column, '=');
	return column;
}

static bool
number(struct text *rest, uint64_t *out)
{
	return text_to_u64(out, value(rest), ID_NUMBER_MAX);
}

static bool
read_acceptance(struct text rest, struct audit_acceptance *out)
{
	value(&rest); /* the seal */
	if (!number(&rest, &out->seq))
		return false;
	text_copy(out->hash, sizeof(out->hash), value(&rest));
	if (!number(&rest, &out->first) || !number(&rest, &out->from))
		return false;
	text_copy(out->stood, sizeof(out->stood), value(&rest));
	text_copy(out->flaw, sizeof(out->flaw), value(&rest));
	return number(&rest, &out->flaw_seq) && number(&rest, &out->uid);
}

bool
audit_accept_fits(const struct vault *vault, uint8_t partition, uint64_t at_ms, struct text why, struct text detail,
	struct audit_acceptance *out)
{
	char said[AUDIT_ACCEPT_DETAIL];

	return read_acceptance(detail, out) && audit_accept(vault, partition, out, at_ms, why, said) &&
	       is_same(said, detail);
}
