/* log_check.h - whether the audit log of a partition is whole: reckoned from Redis itself, entry by entry, with the key that the
 * seals are made by (functions/audit.lua says how it hangs together).
 *
 *   struct log_check check = {.partition = 3, .vault = vault};
 *   if (log_check_read(&check, redis) && check.flaw)
 *   	…
 *   log_check_finish(&check);
 *
 * A break that somebody accepted (an entry "accept") is none of what stands behind it; `tell` hears of it. */
#ifndef GV_LOG_CHECK_H
#define GV_LOG_CHECK_H

#include <sodium.h>

#include "audit_seal.h"
#include "buf.h"
#include "direct.h"

/* What may be wrong: the name, the word for programs and in acceptances (at most AUDIT_FLAW - 1 characters), for people. */
#define LOG_FLAW_LIST(X)                                                                                             \
	X(LOG_WHOLE, "none", "nothing wrong was found with it here", "此处未发现问题")                               \
	X(LOG_NO_ENTRY, "no_entry", "no entry as a hub writes one", "不是中枢写入的记录")                            \
	X(LOG_ENTRY_MISSING, "entry_missing", "an entry is missing or out of its place", "记录缺失或次序不对")       \
	X(LOG_CHANGED, "changed", "it was changed, or what stood before it was", "该条或其前一条被改动")             \
	X(LOG_SEAL_FORGED, "seal_forged", "the seal is not of this log", "封印与日志不符")                           \
	X(LOG_SEAL_MISSING, "seal_missing", "the seal before it is missing", "其前一个封印缺失")                     \
	X(LOG_GONE_FORGED, "gone_forged", "the first entry does not follow from what went before",                   \
		"首条与已到期的记录不衔接")                                                                          \
	X(LOG_GONE_EARLY, "gone_early", "what went before was not past its time, or not taken out by a hub",         \
		"此前的记录并非到期，或并非由中枢清除")                                                              \
	X(LOG_BEGINNING_MISSING, "beginning", "the beginning is missing", "开头缺失")                                \
	X(LOG_END_MISSING, "end", "the end was cut off", "末尾被截去")                                               \
	X(LOG_UNSEALED, "unsealed",                                                                                  \
		"from here on nothing is sealed: a hub refused to, or somebody took the seals out",                  \
		"自此以后没有封印：中枢拒绝封印，或封印被取走")                                                      \
	X(LOG_ACCEPTANCE_FORGED, "accept_forged", "the acceptance is by nobody who has the key, or not of this log", \
		"认可并非由持有密钥者作出，或与日志不符")                                                            \
	X(LOG_ACCEPTED_CHANGED, "accept_changed", "what was accepted here was changed since",                        \
		"认可之后，所认可的内容又被改动")

enum log_flaw {
#define LOG_FLAW_NAME(name, word, english, chinese) name,
	LOG_FLAW_LIST(LOG_FLAW_NAME)
#undef LOG_FLAW_NAME
		LOG_FLAWS
};

struct log_check;

/* That was accepted: by the entry of that number, at that time, with that reason. The texts live until it returns. */
typedef void log_accepted(void *context, const struct log_check *check, uint64_t seq, uint64_t at_ms, struct text why,
	const struct audit_acceptance *said);

/* The data is that of a backup since, as the detail has it ("made=…"; restore.c). */
typedef void log_restored(
	void *context, const struct log_check *check, uint64_t seq, uint64_t at_ms, struct text detail);

/* The log of a partition, as far as it was read. Whoever begins sets the first two, and who is told if he wants to hear. */
struct log_check {
	uint8_t partition;
	const struct vault *vault;
	log_accepted *tell;
	log_restored *tell_restored;
	void *context;
	uint64_t entries, first_seq, seq, sealed, accepted;
	char hash[AUDIT_HASH]; /* of the last */
	enum log_flaw flaw;    /* the first that is wrong behind the last acceptance; LOG_WHOLE: nothing is */
	uint64_t flaw_seq;
	uint64_t from; /* see struct audit_acceptance */
	crypto_generichash_state stood;
	char base[96]; /* what an entry `trim` must say of what went before the first; "": nothing did */
	bool has_base; /* such an entry was there, or the gap was accepted */
	char last_id[48];
	char seal[AUDIT_SEAL]; /* the last, good or not */
	uint64_t open_ms,
		open_till_ms; /* what hubs wrote for somebody behind the last good seal: from when till when */
	struct buf first;     /* what the first entry says, and its hash: reckoned when that entry comes */
	char first_hash[AUDIT_HASH];
};

/* Reads all of it. False: Redis is away. */
bool log_check_read(struct log_check *check, struct direct *redis) WARN_UNUSED;
void log_check_finish(struct log_check *check);

/* The key, by --key, or of the data folder; NULL, after a line on standard error, if there is none. */
struct tool;
struct vault *log_check_key(struct tool *tool) WARN_UNUSED;

/* The digest of what stands from `from` on. */
void log_check_stood(const struct log_check *check, char out[AUDIT_SEAL]);

/* The word for a flaw; and for people, of a word. */
const char *log_flaw_word(enum log_flaw flaw);
const char *log_flaw_words(const char *word);

#endif
