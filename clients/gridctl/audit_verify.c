/* audit_verify.c - whether the audit log is whole, and what of it is accepted though it is not: the verbs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "direct_call.h"
#include "keys.h"
#include "log_check.h"
#include "tool.h"

#define WHY_CHARACTERS 100 /* as the proto has it of a request's reason */
#define TRIES          5   /* hubs write on meanwhile */

/* What came behind the backup was in the log that this one took the place of. */
static void
print_restored(void *context, const struct log_check *check, uint64_t seq, uint64_t at_ms, struct text detail)
{
	const struct tool *tool = context;
	char at[WHEN_TEXT];
	struct text made;

	if (tool->json) {
		print_json(json_pack("{s:i, s:I, s:I, s:s%}", "partition", check->partition, "restored",
			(json_int_t)seq, "at_ms", (json_int_t)at_ms, "detail", detail.data, detail.len));
		return;
	}
	text_cut(&detail, '=');
	made = text_cut(&detail, ' ');
	printf(T("partition %u, entry %llu: all data was restored, %s, from a backup of %.*s: what came between is in "
		 "no log here\n",
		       "分区 %u，第 %llu 条：%s，以 %.*s 的备份恢复了全部数据，其间的记录不在此日志中\n"),
		check->partition, (unsigned long long)seq, when_print(at, at_ms, 0), (int)made.len, made.data);
}

/* What was accepted shows for as long as it stands. */
static void
print_accepted(void *context, const struct log_check *check, uint64_t seq, uint64_t at_ms, struct text why,
	const struct audit_acceptance *said)
{
	const struct tool *tool = context;
	char at[WHEN_TEXT];

	if (tool->json) {
		print_json(json_pack("{s:i, s:I, s:I, s:I, s:s, s:I, s:s%}", "partition", check->partition, "accepted",
			(json_int_t)seq, "at_ms", (json_int_t)at_ms, "uid", (json_int_t)said->uid, "flaw", said->flaw,
			"at", (json_int_t)said->flaw_seq, "why", why.data, why.len));
		return;
	}
	printf(T("partition %u, entry %llu: %s; accepted as it stood by entry %llu, %s, by user %llu of the machine, "
		 "because: %.*s\n",
		       "分区 %u，第 %llu 条：%s；已由第 %llu 条按原状认可，%s，本机用户 %llu，理由：%.*s\n"),
		check->partition, (unsigned long long)said->flaw_seq, log_flaw_words(said->flaw),
		(unsigned long long)seq, when_print(at, at_ms, 0), (unsigned long long)said->uid, (int)why.len,
		why.data);
}

static void
print_check(struct tool *tool, const struct log_check *check)
{
	if (tool->json) {
		print_json(json_pack("{s:i, s:I, s:I, s:I, s:s, s:s, s:I}", "partition", check->partition, "entries",
			(json_int_t)check->entries, "seq", (json_int_t)check->seq, "sealed", (json_int_t)check->sealed,
			"hash", check->hash, "flaw", check->flaw ? log_flaw_words(log_flaw_word(check->flaw)) : "",
			"at", (json_int_t)check->flaw_seq));
		return;
	}
	if (check->flaw)
		printf(T("partition %u, entry %llu: %s\n", "分区 %u，第 %llu 条：%s\n"), check->partition,
			(unsigned long long)check->flaw_seq, log_flaw_words(log_flaw_word(check->flaw)));
	else if (check->entries > 0)
		printf(T("partition %u: %llu entries are whole, up to %llu %s, sealed up to %llu%s\n",
			       "分区 %u：%llu 条完整，至第 %llu 条 %s，已封印至第 %llu 条%s\n"),
			check->partition, (unsigned long long)check->entries, (unsigned long long)check->seq,
			check->hash, (unsigned long long)check->sealed,
			check->sealed < check->seq ? T(", the rest is not sealed yet", "，其余尚未封印") : "");
}

static int
is_away(const struct direct *redis)
{
	fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"), redis->trouble);
	return EXIT_AWAY;
}

static int
verify(struct tool *tool, struct direct *redis, const struct vault *vault)
{
	uint64_t accepted = 0;
	bool whole = true;

	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct log_check check = {.partition = i,
			.vault = vault,
			.tell = print_accepted,
			.tell_restored = print_restored,
			.context = tool};
		bool read = log_check_read(&check, redis);
		if (read)
			print_check(tool, &check);
		whole = whole && !check.flaw;
		accepted += check.accepted;
		log_check_finish(&check);
		if (!read)
			return is_away(redis);
	}
	if (whole && !tool->json)
		puts(accepted > 0 ? T("the audit log is whole, but for what was accepted",
					    "除已认可的部分外，审计日志完整")
				  : T("the audit log is whole", "审计日志完整"));
	return whole ? EXIT_DONE : EXIT_REFUSED;
}

typedef int with_log(struct tool *tool, struct direct *redis, const struct vault *vault);

/* With Redis and the key. */
static int
run_with(struct tool *tool, with_log *run)
{
	struct direct redis;
	struct vault *vault;
	int status;

	if (!direct_find(&redis, tool) || sodium_init() < 0)
		return EXIT_USAGE;
	vault = log_check_key(tool);
	if (!vault)
		return EXIT_USAGE;
	status = direct_open(&redis, tool->timeout_ms) ? run(tool, &redis, vault) : is_away(&redis);
	direct_close(&redis);
	vault_destroy(vault);
	return status;
}

int
run_audit_verify(struct tool *tool)
{
	return run_with(tool, verify);
}

/* Accepted. */

/* By the clock that stamps entries. 0: Redis is away. */
static uint64_t
redis_now_ms(struct direct *redis)
{
	redisReply *time = direct_ask(redis, command_create("TIME"));
	uint64_t now_ms = time ? direct_now_ms(time) : 0;

	freeReplyObject(time);
	return now_ms;
}

/* Writes the entry. False with the trouble, which begins with CHANGED where more has come meanwhile. */
static bool
write_acceptance(struct direct *redis, const struct log_check *check, const char *why, char trouble[DIRECT_TROUBLE])
{
	struct audit_acceptance said = {.seq = check->seq,
		.first = check->first_seq,
		.from = check->from,
		.flaw_seq = check->flaw_seq,
		.uid = getuid()};
	uint64_t now_ms = redis_now_ms(redis);
	char detail[AUDIT_ACCEPT_DETAIL];
	struct command *command;
	redisReply *reply;

	memcpy(said.hash, check->hash, sizeof(said.hash));
	log_check_stood(check, said.stood);
	snprintf(said.flaw, sizeof(said.flaw), "%s", log_flaw_word(check->flaw));
	if (!audit_accept(check->vault, check->partition, &said, now_ms, text_of(why), detail)) {
		snprintf(trouble, DIRECT_TROUBLE, T("its last entry is none", "其最后一条不是记录"));
		return false;
	}
	command = direct_call_begin("audit_accept", 1);
	command_key(command, check->partition, KEY_AUDIT);
	command_arg_u64(command, said.seq);
	command_arg(command, text_of(said.hash));
	command_arg_u64(command, now_ms);
	command_arg(command, text_of(why));
	command_arg(command, text_of(detail));
	reply = direct_call_end(redis, command, NULL, trouble);
	freeReplyObject(reply);
	return reply != NULL;
}

static void
print_finding(const struct log_check *check)
{
	printf(check->flaw ? T("partition %u, entry %llu: %s\n", "分区 %u，第 %llu 条：%s\n")
			   : T("partition %u, up to entry %llu: %s; a hub may know better\n",
				     "分区 %u，至第 %llu 条：%s；中枢所知可能更多\n"),
		check->partition, (unsigned long long)(check->flaw ? check->flaw_seq : check->seq),
		log_flaw_words(log_flaw_word(check->flaw)));
}

/* What was looked at is what is accepted: it is read anew where more has come. */
static int
accept_as_it_stands(struct tool *tool, struct direct *redis, const struct vault *vault)
{
	uint8_t partition = (uint8_t)strtoul(tool->args.words[0], NULL, 10);
	bool is_meant = args_get(&tool->args, "yes"), done = false;
	char trouble[DIRECT_TROUBLE] = "CHANGED";

	for (int i = 0; i < TRIES && !done && strncmp(trouble, "CHANGED", 7) == 0; i++) {
		struct log_check check = {.partition = partition, .vault = vault};
		bool read = log_check_read(&check, redis);
		if (read && !tool->json && i == 0)
			print_finding(&check);
		done = read && is_meant && write_acceptance(redis, &check, args_get(&tool->args, "why"), trouble);
		if (done && tool->json)
			print_json(json_pack("{s:i, s:I, s:s, s:I}", "partition", partition, "accepted",
				(json_int_t)check.seq + 1, "flaw", log_flaw_word(check.flaw), "at",
				(json_int_t)check.flaw_seq));
		log_check_finish(&check);
		if (!read)
			return is_away(redis);
		if (!is_meant)
			break;
	}
	if (done && !tool->json)
		puts(T("accepted as it stands: hubs go on from here, and audit-log verify goes on to show it",
			"已按原状认可：中枢由此继续，audit-log verify 仍会显示该处"));
	else if (!is_meant)
		fputs(T("gridctl: nothing was accepted: --yes accepts it as it stands\n",
			      "gridctl: 未作认可：加 --yes 按原状认可\n"),
			stderr);
	else if (!done)
		fprintf(stderr, T("gridctl: not accepted: %s\n", "gridctl: 未能认可：%s\n"), trouble);
	return done || !is_meant ? EXIT_DONE : direct_is_away(redis) ? EXIT_AWAY : EXIT_REFUSED;
}

/* One line, for it stands between tabs. */
static bool
is_reason(const char *why)
{
	size_t characters = 0;

	for (const char *c = why; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			return false;
		characters += ((unsigned char)*c & 0xC0) != 0x80;
	}
	return characters > 0 && characters <= WHY_CHARACTERS;
}

int
run_audit_accept(struct tool *tool)
{
	uint64_t partition;

	if (!text_to_u64(&partition, text_of(tool->args.words[0]), PARTITIONS - 1)) {
		fprintf(stderr,
			T("gridctl: PARTITION: '%s' is none: 0 to %d, as audit-log verify has it\n",
				"gridctl: 分区：“%s”不是分区：0 到 %d，见 audit-log verify\n"),
			tool->args.words[0], PARTITIONS - 1);
		return EXIT_USAGE;
	}
	if (!is_reason(args_get(&tool->args, "why"))) {
		fprintf(stderr,
			T("gridctl: --why: a reason in one line of 1 to %d characters\n",
				"gridctl: --why：理由须为一行，1 到 %d 个字\n"),
			WHY_CHARACTERS);
		return EXIT_USAGE;
	}
	return run_with(tool, accept_as_it_stands);
}
