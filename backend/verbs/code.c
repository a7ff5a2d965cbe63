#include "code.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "clock.h"
#include "keys.h"
#include "log.h"

char *
recovery_print(char out[RECOVERY_TEXT], const uint8_t bytes[RECOVERY_BYTES])
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz023456789";
	size_t len = 0;

	_Static_assert(sizeof(letters) == 32 + 1, "five bits a letter");
	for (size_t i = 0; i < RECOVERY_BYTES; i++) {
		if (i == RECOVERY_BYTES / 2)
			out[len++] = '-';
		out[len++] = letters[bytes[i] & 31];
	}
	out[len] = '\0';
	return out;
}

char *
recovery_hash(char out[RECOVERY_HASH], const struct service *service, struct id person, struct text typed)
{
	char from[ID_TEXT + 96], id[ID_TEXT];
	int len = snprintf(from, sizeof(from), "recovery %s ", id_print(id, person));
	uint8_t bytes[VAULT_DERIVED];

	for (size_t i = 0; i < typed.len && (size_t)len < sizeof(from); i++)
		if (isalnum((unsigned char)typed.data[i]))
			from[len++] = (char)tolower((unsigned char)typed.data[i]);
	vault_derive(service->vault, (struct text){from, (size_t)len}, bytes);
	sodium_bin2hex(out, RECOVERY_HASH, bytes, (RECOVERY_HASH - 1) / 2);
	sodium_memzero(from, sizeof(from));
	sodium_memzero(bytes, sizeof(bytes));
	return out;
}

#define PURPOSE (ID_TEXT + sizeof("factor "))

static char *
purpose_of(char out[PURPOSE], struct id person)
{
	char id[ID_TEXT];

	snprintf(out, PURPOSE, "factor %s", id_print(id, person));
	return out;
}

char *
code_seal(char out[CODE_SEALED], const struct service *service, struct id person, const char secret[TOTP_TEXT])
{
	char purpose[PURPOSE];

	return vault_seal_text(service->vault, purpose_of(purpose, person), text_of(secret), out);
}

static bool
is_six_digits(struct text text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!isdigit((unsigned char)text.data[i]))
			return false;
	return text.len == TOTP_DIGITS;
}

bool
code_judge(struct proof *out, const struct service *service, struct id person, struct text sealed, struct text typed)
{
	char purpose[PURPOSE], text[TOTP_TEXT];
	uint8_t secret[TOTP_SECRET];
	uint64_t step = 0;
	bool good;

	*out = (struct proof){"", ""};
	if (!is_six_digits(typed)) {
		recovery_hash(out->recovery, service, person, typed);
		return true;
	}
	good = vault_open_text(service->vault, purpose_of(purpose, person), sealed, text, sizeof(text)) &&
	       totp_parse(secret, text_of(text)) && totp_judge(&step, secret, typed, clock_wall_ms());
	if (good)
		snprintf(out->step, sizeof(out->step), "%" PRIu64, step);
	sodium_memzero(text, sizeof(text));
	sodium_memzero(secret, sizeof(secret));
	return good;
}

static void
noted(const struct reply *reply, void *context)
{
	(void)context;
	if (reply->status != OK)
		log_warn("factor", "failure_not_audited", KV("status", status_name(reply->status)));
}

void
code_failed(const struct request *rq, bool is_locked)
{
	struct fcall f = fcall_bare(rq->service->store, "audit_add", rq->person.partition, 1);

	fcall_key(&f, KEY_AUDIT);
	fcall_arg_id(&f, rq->person);
	fcall_arg(&f, TEXT("factor_failed"));
	fcall_arg_id(&f, rq->person);
	fcall_arg(&f, text_of(is_locked ? "locked" : ""));
	request_audit(rq, &f);
	if (!fcall_send(&f, noted, NULL))
		log_warn("factor", "failure_not_audited", KV("status", status_name(BUSY)));
}
