/* audit_verify.c - whether the audit log is whole: reckoned from Redis itself, entry by entry, with the key that the seals are
 * made by (functions/audit.lua says how it hangs together). */
#include <libwebsockets.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_seal.h"
#include "buf.h"
#include "direct.h"
#include "keyfile.h"
#include "keys.h"
#include "tool.h"

#define PAGE       "500"
#define FIELDS     9
#define HASH_TEXT  AUDIT_HASH
#define FOLDER_KEY "phones.key"
#define FLAW_TEXT  96

static const char *const names[FIELDS] = {"seq", "at", "who", "what", "on", "from", "why", "detail", "hash"};
enum { SEQ, AT, WHO, WHAT, ON, FROM, WHY, DETAIL, HASH };

/* The log of a partition, as far as it was read. */
struct chain_check {
	uint8_t partition;
	const struct vault *vault;
	uint64_t entries, first_seq, seq, sealed;
	char hash[HASH_TEXT];
	char base[FLAW_TEXT]; /* what an entry `trim` must say of what went before the first; "": nothing did */
	char last_id[48];
	char seal[AUDIT_SEAL]; /* the last, good or not */
	uint64_t open_ms,
		open_till_ms; /* what hubs wrote for somebody behind the last good seal: from when till when */
	bool has_base;        /* such an entry was there */
	struct buf first;     /* what the first entry says, and its hash: reckoned when that entry comes */
	char first_hash[HASH_TEXT];
	char flaw[FLAW_TEXT]; /* the first that is wrong */
	uint64_t flaw_seq;
};

static void
note_flaw(struct chain_check *check, uint64_t seq, const char *flaw)
{
	if (check->flaw[0])
		return;
	snprintf(check->flaw, sizeof(check->flaw), "%s", flaw);
	check->flaw_seq = seq;
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
begin_chain(struct chain_check *check, uint64_t seq, const struct text fields[FIELDS])
{
	check->first_seq = seq;
	check->seq = seq - 1;
	if (seq == 1)
		return;
	snprintf(check->base, sizeof(check->base), "seq=%llu hash=", (unsigned long long)seq - 1);
	add_fields(&check->first, fields);
	snprintf(check->first_hash, sizeof(check->first_hash), "%.*s", (int)fields[HASH].len, fields[HASH].data);
}

static bool
seal_is_good(const struct chain_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	uint64_t at_ms;

	return text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX) &&
	       audit_seal_fits(check->vault, check->partition, seq - 1, text_of(check->hash), at_ms, fields[DETAIL]);
}

/* The first that stands in a log that was trimmed is a seal of what went; all others name the one before them. */
static void
check_seal(struct chain_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	struct text seal, before;
	bool follows;

	audit_seal_read(fields[DETAIL], &seal, &before);
	follows = check->entries == 1 || text_equal(before, text_of(check->seal));
	snprintf(check->seal, sizeof(check->seal), "%.*s", (int)seal.len, seal.data);
	if (check->entries > 1 && !seal_is_good(check, fields, seq))
		return note_flaw(check, seq, T("the seal is not of this log", "封印与日志不符"));
	if (!follows)
		note_flaw(check, seq, T("the seal before it is missing", "其前一个封印缺失"));
	check->sealed = seq;
	check->open_ms = check->open_till_ms = 0;
}

/* The hash of the last that went proves the first that stands, and a hub vouches that it was time. */
static void
check_trim(struct chain_check *check, const struct text fields[FIELDS], uint64_t first_seq)
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
		note_flaw(check, first_seq,
			T("the first entry does not follow from what went before", "首条与已到期的记录不衔接"));
	if (!text_to_u64(&at_ms, fields[AT], ID_NUMBER_MAX) ||
		!audit_trim_fits(check->vault, check->partition, first_seq - 1, stated, at_ms, fields[DETAIL]))
		note_flaw(check, first_seq,
			T("what went before was not past its time, or not taken out by a hub",
				"此前的记录并非到期，或并非由中枢清除"));
}

/* What comes is sealed within a minute; gridctl alone writes also where no hub runs. */
static void
note_open(struct chain_check *check, const struct text fields[FIELDS])
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
check_hash(struct chain_check *check, const struct text fields[FIELDS], uint64_t seq)
{
	struct buf said = {0};
	char hash[HASH_TEXT];

	add_fields(&said, fields);
	reckon(hash, text_of(check->hash), buf_text(&said));
	buf_finish(&said);
	if (!text_equal(fields[HASH], text_of(hash)))
		note_flaw(check, seq, T("it was changed, or what stood before it was", "该条或其前一条被改动"));
}

static void
check_entry(struct chain_check *check, const redisReply *item)
{
	struct text fields[FIELDS];
	uint64_t seq;

	check->entries++;
	snprintf(check->last_id, sizeof(check->last_id), "%s", item->element[0]->str);
	if (!read_fields(item->element[1], fields) || !text_to_u64(&seq, fields[SEQ], ID_NUMBER_MAX) || seq == 0)
		return note_flaw(check, check->seq + 1, T("no entry as a hub writes one", "不是中枢写入的记录"));
	if (check->entries == 1)
		begin_chain(check, seq, fields);
	if (seq != check->seq + 1)
		note_flaw(check, check->seq + 1, T("an entry is missing or out of its place", "记录缺失或次序不对"));
	if (check->entries > 1 || seq == 1)
		check_hash(check, fields, seq);
	note_open(check, fields);
	if (text_equal(fields[WHAT], TEXT("seal")))
		check_seal(check, fields, seq);
	else if (text_equal(fields[WHAT], TEXT("trim")))
		check_trim(check, fields, check->first_seq);
	snprintf(check->hash, sizeof(check->hash), "%.*s", (int)fields[HASH].len, fields[HASH].data);
	check->seq = seq;
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
end_stands(struct direct *redis, const struct chain_check *check)
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
check_page(struct direct *redis, struct chain_check *check)
{
	redisReply *reply = direct_ask(redis, range(check->partition, check->last_id));
	size_t got = reply && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;

	for (size_t i = 0; i < got; i++)
		check_entry(check, reply->element[i]);
	freeReplyObject(reply);
	return got;
}

/* Hubs write on meanwhile. */
static bool
check_partition(struct direct *redis, struct chain_check *check)
{
	bool stands = false;

	while (!stands && check_page(redis, check) > 0)
		stands = end_stands(redis, check);
	if (check->base[0] && !check->has_base)
		note_flaw(check, 1, T("the beginning is missing", "开头缺失"));
	if (check->entries > 0 && !stands)
		note_flaw(check, check->seq + 1, T("the end was cut off", "末尾被截去"));
	if (check->open_till_ms - check->open_ms > AUDIT_OPEN_MS)
		note_flaw(check, check->sealed + 1,
			T("from here on nothing is sealed: a hub refused to, or somebody took the seals out",
				"自此以后没有封印：中枢拒绝封印，或封印被取走"));
	return !direct_is_away(redis);
}

static void
print_check(struct tool *tool, const struct chain_check *check)
{
	if (tool->json) {
		print_json(json_pack("{s:i, s:I, s:I, s:I, s:s, s:s, s:I}", "partition", check->partition, "entries",
			(json_int_t)check->entries, "seq", (json_int_t)check->seq, "sealed", (json_int_t)check->sealed,
			"hash", check->hash, "flaw", check->flaw, "at", (json_int_t)check->flaw_seq));
		return;
	}
	if (check->flaw[0])
		printf(T("partition %u, entry %llu: %s\n", "分区 %u，第 %llu 条：%s\n"), check->partition,
			(unsigned long long)check->flaw_seq, check->flaw);
	else if (check->entries > 0)
		printf(T("partition %u: %llu entries are whole, up to %llu %s, sealed up to %llu%s\n",
			       "分区 %u：%llu 条完整，至第 %llu 条 %s，已封印至第 %llu 条%s\n"),
			check->partition, (unsigned long long)check->entries, (unsigned long long)check->seq,
			check->hash, (unsigned long long)check->sealed,
			check->sealed < check->seq ? T(", the rest is not sealed yet", "，其余尚未封印") : "");
}

/* NULL without a key, after a line on standard error. */
static struct vault *
open_key(struct tool *tool)
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

static int
verify(struct tool *tool, struct direct *redis, const struct vault *vault)
{
	bool whole = true;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct chain_check check = {.partition = i, .vault = vault};
		if (!check_partition(redis, &check)) {
			buf_finish(&check.first);
			fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"),
				redis->trouble);
			return EXIT_AWAY;
		}
		print_check(tool, &check);
		buf_finish(&check.first);
		whole = whole && !check.flaw[0];
	}
	if (whole && !tool->json)
		puts(T("the audit log is whole", "审计日志完整"));
	return whole ? EXIT_DONE : EXIT_REFUSED;
}

int
run_audit_verify(struct tool *tool)
{
	struct direct redis;
	struct vault *vault;
	int status;

	if (!direct_find(&redis, tool) || sodium_init() < 0)
		return EXIT_USAGE;
	vault = open_key(tool);
	if (!vault)
		return EXIT_USAGE;
	if (direct_open(&redis, tool->timeout_ms)) {
		status = verify(tool, &redis, vault);
	} else {
		fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"),
			redis.trouble);
		status = EXIT_AWAY;
	}
	direct_close(&redis);
	vault_destroy(vault);
	return status;
}
