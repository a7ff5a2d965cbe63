#include "log_check.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyfile.h"
#include "keys.h"
#include "tool.h"

#define PAGE       "500"
#define FOLDER_KEY "phones.key"
#define FIELDS     9
#define HASH_TEXT  AUDIT_HASH

static const char *const names[FIELDS] = {"seq", "at", "who", "what", "on", "from", "why", "detail", "hash"};
enum { SEQ, AT, WHO, WHAT, ON, FROM, WHY, DETAIL, HASH };

#define FLAW_WORD(name, word, english, chinese)    [name] = word,
#define FLAW_ENGLISH(name, word, english, chinese) [name] = english,
#define FLAW_CHINESE(name, word, english, chinese) [name] = chinese,

static const char *const flaw_words[LOG_FLAWS] = {LOG_FLAW_LIST(FLAW_WORD)};
static const char *const flaw_english[LOG_FLAWS] = {LOG_FLAW_LIST(FLAW_ENGLISH)};
static const char *const flaw_chinese[LOG_FLAWS] = {LOG_FLAW_LIST(FLAW_CHINESE)};

const char *
log_flaw_word(enum log_flaw flaw)
{
	return flaw_words[flaw];
}

const char *
log_flaw_words(const char *word)
{
	for (unsigned i = 0; i < LOG_FLAWS; i++)
		if (strcmp(flaw_words[i], word) == 0)
			return T(flaw_english[i], flaw_chinese[i]);
	return word;
}

static void
note_flaw(struct log_check *check, uint64_t seq, enum log_flaw flaw)
{
	if (check->flaw)
		return;
	check->flaw = flaw;
	check->flaw_seq = seq;
}

/* What stands since the last seal that fits; or, from the first flaw on, since the last before that. */

static void
digest_from(struct log_check *check, uint64_t seq)
{
	check->from = seq;
	crypto_generichash_init(&check->stood, NULL, 0, (AUDIT_SEAL - 1) / 2);
}

static void
digest_text(struct log_check *check, const redisReply *text)
{
	uint64_t len = text->len;

	crypto_generichash_update(&check->stood, (const unsigned char *)&len, sizeof(len));
	crypto_generichash_update(&check->stood, (const unsigned char *)text->str, text->len);
}

static void
digest_entry(struct log_check *check, const redisReply *item)
{
	const redisReply *fields = item->element[1];

	digest_text(check, item->element[0]);
	for (size_t i = 0; i < fields->elements; i++)
		digest_text(check, fields->element[i]);
}

void
log_check_stood(const struct log_check *check, char out[AUDIT_SEAL])
{
	crypto_generichash_state state = check->stood;
	unsigned char digest[(AUDIT_SEAL - 1) / 2];

	crypto_generichash_final(&state, digest, sizeof(digest));
	sodium_bin2hex(out, AUDIT_SEAL, digest, sizeof(digest));
}

/* The fields by their names; false if one is missing. */
static bool
read_fields(const redisReply *fields, struct text out[FIELDS])
{
	unsigned found = 0;

	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		for (unsigned j = 0; j < FIELDS; j++)
			if (strcmp(fields->element[i]->str, names[j]) == 0) {
				out[j] = reply_string(fields->element[i + 1]);
				found |= 1U << j;
			}
	return found == (1U << FIELDS) - 1;
}

/* All but its hash, with a tab in front of each. */
static void
add_fields(struct buf *out, const struct text fields[FIELDS])
{
	for (unsigned i = 0; i < HASH; i++) {
		buf_add_text(out, TEXT("\t"));
		buf_add_text(out, fields[i]);
	}
}

/* The hash of what these say, behind an entry of that hash. */
static void
reckon(char out[HASH_TEXT], struct text before, struct text said)
{
	struct buf all = {0};
	unsigned char digest[20];

	buf_add_text(&all, before);
	buf_add_text(&all, said);
	lws_SHA1(all.bytes, all.len, digest);
	sodium_bin2hex(out, HASH_TEXT, digest, sizeof(digest));
	buf_finish(&all);
}

/* Where a log that was trimmed begins, the hash before is not there; the entry that says what went has it. */
static void
begin_chain(struct log_check *check, uint64_t seq, const struct text fields[FIELDS])
{
	check->first_seq = seq;
	check->seq = seq - 1;
	if (seq == 1)
		return;
	snprintf(check->base, sizeof(check->base), "seq=%llu hash=", (unsigned long long)seq - 1);
	add_fields(&check->first, fields);
	text_copy(check->first_hash, sizeof(check->first_hash), fields[HASH]);
}

static bool
seal_is_good(const struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	uint64_t at_ms;

	return text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX) &&
	       audit_seal_fits(check->vault, check->partition, seq - 1, text_of(check->hash), at_ms, fields[DETAIL]);
}

/* What comes is sealed within a minute; gridctl alone writes also where no hub runs. */
static void
note_unsealed(struct log_check *check)
{
	if (check->open_till_ms - check->open_ms > AUDIT_OPEN_MS)
		note_flaw(check, check->sealed + 1, LOG_UNSEALED);
}

static void
is_sealed(struct log_check *check, uint64_t seq)
{
	check->sealed = seq;
	check->open_ms = check->open_till_ms = 0;
}

/* The first that stands in a log that was trimmed is a seal of what went; all others name the one before them. */
static void
check_seal(struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	struct text seal, before;
	bool follows;

	audit_seal_read(fields[DETAIL], &seal, &before);
	follows = check->entries == 1 || text_equal(before, text_of(check->seal));
	text_copy(check->seal, sizeof(check->seal), seal);
	if (check->entries > 1 && !seal_is_good(check, fields, seq))
		return note_flaw(check, seq, LOG_SEAL_FORGED);
	if (!follows)
		note_flaw(check, seq, LOG_SEAL_MISSING);
	is_sealed(check, seq);
}

/* What who has the key accepted as it stood: the flaw of that is none of what comes behind it. Where the first of it went by
 * its time the digest cannot be reckoned any more. */
static void
check_acceptance(struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	struct audit_acceptance said;
	struct text seal, before;
	char stood[AUDIT_SEAL];
	uint64_t at_ms;

	note_unsealed(check);
	if (!text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX) ||
		!audit_accept_fits(check->vault, check->partition, at_ms, fields[WHY], fields[DETAIL], &said) ||
		said.seq != seq - 1 || strcmp(said.hash, check->hash) != 0)
		return note_flaw(check, seq, LOG_ACCEPTANCE_FORGED);
	log_check_stood(check, stood);
	if (said.from >= check->first_seq && (said.from != check->from || strcmp(said.stood, stood) != 0)) {
		check->flaw = LOG_WHOLE; /* which was accepted, or came with that */
		return note_flaw(check, seq, LOG_ACCEPTED_CHANGED);
	}
	if (said.first == check->first_seq)
		check->has_base = true;
	check->accepted++;
	if (check->tell)
		check->tell(check->context, check, seq, at_ms, fields[WHY], &said);
	audit_seal_read(fields[DETAIL], &seal, &before);
	text_copy(check->seal, sizeof(check->seal), seal);
	check->flaw = LOG_WHOLE;
	is_sealed(check, seq);
}

/* The hash of the last that went proves the first that stands, and a hub vouches that it was time. */
static void
check_trim(struct log_check *check, const struct text fields[FIELDS], uint64_t first_seq)
{
	size_t len = strlen(check->base);
	char hash[HASH_TEXT];
	struct text stated;
	uint64_t at_ms;

	if (len == 0 || fields[DETAIL].len < len || strncmp(fields[DETAIL].data, check->base, len) != 0)
		return;
	check->has_base = true;
	stated = (struct text){fields[DETAIL].data + len, fields[DETAIL].len - len};
	stated = text_cut(&stated, ' ');
	reckon(hash, stated, buf_text(&check->first));
	if (strcmp(hash, check->first_hash) != 0)
		note_flaw(check, first_seq, LOG_GONE_FORGED);
	if (!text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX) ||
		!audit_trim_fits(check->vault, check->partition, first_seq - 1, stated, at_ms, fields[DETAIL]))
		note_flaw(check, first_seq, LOG_GONE_EARLY);
}

static void
note_open(struct log_check *check, const struct text fields[FIELDS])
{
	uint64_t at_ms;

	if (text_equal(fields[FROM], TEXT("gridctl")) || !text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX))
		return;
	if (check->open_ms == 0 || at_ms < check->open_ms)
		check->open_ms = at_ms;
	check->open_till_ms = MAX(check->open_till_ms, at_ms);
}

/* What it says, against its hash. */
static void
check_hash(struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	struct buf said = {0};
	char hash[HASH_TEXT];

	add_fields(&said, fields);
	reckon(hash, text_of(check->hash), buf_text(&said));
	buf_finish(&said);
	if (!text_equal(fields[HASH], text_of(hash)))
		note_flaw(check, seq, LOG_CHANGED);
}

static void
tell_restored(struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	uint64_t at_ms;

	if (check->tell_restored && text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX))
		check->tell_restored(check->context, check, seq, at_ms, fields[DETAIL]);
}

static void
check_fields(struct log_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	if (check->entries == 1) {
		begin_chain(check, seq, fields);
		digest_from(check, seq);
	}
	if (seq != check->seq + 1)
		note_flaw(check, check->seq + 1, LOG_ENTRY_MISSING);
	if (check->entries > 1 || seq == 1)
		check_hash(check, fields, seq);
	note_open(check, fields);
	if (text_equal(fields[WHAT], TEXT("seal")))
		check_seal(check, fields, seq);
	else if (text_equal(fields[WHAT], TEXT("accept")))
		check_acceptance(check, fields, seq);
	else if (text_equal(fields[WHAT], TEXT("restore")))
		tell_restored(check, fields, seq);
	else if (text_equal(fields[WHAT], TEXT("trim")))
		check_trim(check, fields, check->first_seq);
	text_copy(check->hash, sizeof(check->hash), fields[HASH]);
	check->seq = seq;
}

static void
check_entry(struct log_check *check, const redisReply *item)
{
	struct text fields[FIELDS];
	uint64_t seq;

	check->entries++;
	text_copy(check->last_id, sizeof(check->last_id), reply_string(item->element[0]));
	if (!read_fields(item->element[1], fields) || !text_to_u64(&seq, fields[SEQ], ID_NUMBER_MAX) || seq == 0)
		note_flaw(check, check->seq + 1, LOG_NO_ENTRY);
	else
		check_fields(check, fields, seq);
	digest_entry(check, item);
	if (!check->flaw && check->sealed == check->seq)
		digest_from(check, check->seq + 1);
}

static struct command *
range(uint8_t partition, const char *after)
{
	struct command *command = command_create("XRANGE");
	char from[64];

	snprintf(from, sizeof(from), "%s%s", after[0] ? "(" : "", after[0] ? after : "-");
	command_key(command, partition, KEY_AUDIT);
	command_arg(command, text_of(from));
	command_arg(command, TEXT("+"));
	command_arg(command, TEXT("COUNT"));
	command_arg(command, TEXT(PAGE));
	return command;
}

/* Whether the last that was read is the last id that the stream itself says it ever gave. */
static bool
end_stands(struct direct *redis, const struct log_check *check)
{
	struct command *command = command_create("XINFO");
	redisReply *reply;
	bool stands = true;

	command_arg(command, TEXT("STREAM"));
	command_key(command, check->partition, KEY_AUDIT);
	reply = direct_ask(redis, command);
	for (size_t i = 0; reply && i + 1 < reply->elements; i += 2) {
		const redisReply *name = reply->element[i], *value = reply->element[i + 1];
		if (strcmp(name->str, "last-generated-id") == 0)
			stands = strcmp(value->str, check->last_id) == 0;
	}
	freeReplyObject(reply);
	return stands;
}

static size_t
check_page(struct direct *redis, struct log_check *check)
{
	redisReply *reply = direct_ask(redis, range(check->partition, check->last_id));
	size_t got = reply && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;

	for (size_t i = 0; i < got; i++)
		check_entry(check, reply->element[i]);
	freeReplyObject(reply);
	return got;
}

/* Hubs write on meanwhile. */
bool
log_check_read(struct log_check *check, struct direct *redis)
{
	bool stands = false;

	digest_from(check, 1);
	while (!stands && check_page(redis, check) > 0)
		stands = end_stands(redis, check);
	if (check->base[0] && !check->has_base)
		note_flaw(check, 1, LOG_BEGINNING_MISSING);
	if (check->entries > 0 && !stands)
		note_flaw(check, check->seq + 1, LOG_END_MISSING);
	note_unsealed(check);
	return !direct_is_away(redis);
}

void
log_check_finish(struct log_check *check)
{
	buf_finish(&check->first);
}

struct vault *
log_check_key(struct tool *tool)
{
	const char *given = args_get(&tool->args, "key"), *folder = tool_folder(tool);
	uint8_t key[VAULT_KEY];
	struct vault *vault = NULL;
	char path[4096];

	if (!given && !folder) {
		fprintf(stderr,
			T("gridctl: say where the key is: --key FILE\n", "gridctl: 请指明密钥文件：--key 文件\n"));
		return NULL;
	}
	snprintf(path, sizeof(path), "%s%s", given ? given : folder, given ? "" : "/" FOLDER_KEY);
	switch (keyfile_read(path, key)) {
	case KEYFILE_READ:
		vault = vault_create(key);
		sodium_memzero(key, sizeof(key));
		break;
	case KEYFILE_MISSING:
		fprintf(stderr, T("gridctl: no key in %s: --key FILE\n", "gridctl: %s 中没有密钥：--key 文件\n"), path);
		break;
	case KEYFILE_BAD:
		break;
	}
	return vault;
}
