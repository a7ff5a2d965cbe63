/* recount.h - counts a chain again from its lines, and names all that does not agree with them.
 *
 *   struct recount *r = recount_create(id, &record, &numbers, &findings);
 *   recount_line(r, number, columns);  // each of them, and then
 *   recount_lines_end(r);
 *   recount_queued(r, …); recount_live(r, …); recount_tally(r, …); recount_texts(r, …);  // whatever stands there
 *   recount_end(r);                    // names what did not come
 *   recount_destroy(r);
 *
 * The lines are the truth; everything else that the functions keep of a chain (functions/lines.lua) follows from them.
 * There is no I/O in here: what is passed is what stands in Redis, as it stands there. SCAN gives some things twice,
 * which does no harm. */
#ifndef GV_RECOUNT_H
#define GV_RECOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* What an audit may find: the name for programs, and the rule that does not hold, in words. */
#define FLAW_LIST(X)                                                                                           \
	X(FLAW_RECORD, "record", "a record as the functions write it", "函数所写的记录")                       \
	X(FLAW_LINE, "line", "a line as the functions write it", "函数所写的接龙行")                           \
	X(FLAW_GAP, "gap", "line numbers without a gap", "行号连续无缺")                                       \
	X(FLAW_PLACE, "place", "a line counts within the place of its call", "接龙行计入召集地点之内")         \
	X(FLAW_SLOT, "slot", "a line is in a slot that its call has", "接龙行属于召集设有的班次")              \
	X(FLAW_TWICE, "twice", "one live line of a person in a slot", "每人每班次只有一条有效行")              \
	X(FLAW_PEOPLE, "people", "people as counted from the lines", "按接龙行重新统计的人数")                 \
	X(FLAW_LIMIT, "limit", "no more than the limit", "不超过上限")                                         \
	X(FLAW_ROOM, "room", "nobody waits while there is room for the first in line", "有空位时队首不应候补") \
	X(FLAW_TURN, "turn", "nobody is confirmed behind one who waits", "候补者之后无人先被确认")             \
	X(FLAW_QUEUE, "queue", "the sorted sets name the lines of their state", "有序集合与行的状态相符")      \
	X(FLAW_LIVE, "live", "every live line is found by its person", "每条有效行可按人找到")                 \
	X(FLAW_SIGNED, "signed", "live lines put in for others", "代他人所报的有效行数")                       \
	X(FLAW_TALLY, "tally", "people by the place they count at", "按计入地点统计的人数")                    \
	X(FLAW_TEXTS, "texts", "texts of just the lines marked as having some", "标明有文本的行才有文本")      \
	X(FLAW_STATE, "state", "a call is listed where its state says", "召集按其状态列出")                    \
	X(FLAW_DUE, "due", "what is due stands there with its moment", "到期事项及其时刻")                     \
	X(FLAW_IDENTITY, "identity", "identity and person name each other", "身份与人员互相对应")              \
	X(FLAW_PHONES, "phones", "phone and person name each other", "手机号与人员互相对应")                   \
	X(FLAW_SEALED, "sealed", "sealed text that the key opens", "密钥能打开的密封内容")                     \
	X(FLAW_PENDING, "pending", "the list names just who waits there", "列表只含在该地等待审核者")          \
	X(FLAW_ERASED, "erased", "nothing of who was erased but figures", "已删除者只留数字")                  \
	X(FLAW_MEMBERS, "members", "the set names just who is registered", "集合只含已报到者")                 \
	X(FLAW_LOG, "log", "events numbered without a gap up to the last", "事件编号连续，直到最后一个")       \
	X(FLAW_LAYOUT, "layout", "all partitions laid out alike", "各分区布局一致")                            \
	X(FLAW_ID, "id", "no id above the last one given", "编号不超过已发出的最大值")                         \
	X(FLAW_TYPE, "type", "a key of its type", "键的类型正确")                                              \
	X(FLAW_KEY, "key", "no key but those the functions know", "只有函数所知的键")                          \
	X(FLAW_ONCE, "once", "an answer that is forgotten within a day", "应答在一天内过期")                   \
	X(FLAW_SIGN_UP, "sign_up", "a person's sign-up says what the line does", "个人报名与接龙行一致")       \
	X(FLAW_RECENT, "recent", "a person's sign-ups by the time of joining", "个人报名按报名时间列出")       \
	X(FLAW_MINUTES, "minutes", "minutes as the lines grant them", "服务时长等于各行认定之和")              \
	X(FLAW_WHERE, "where", "a place in the partition of its code", "地点位于其代码所属的分区")             \
	X(FLAW_GRANT, "grant", "a role with its person, in the list and due at its end",                       \
		"角色与人员、名单及到期事项相符")                                                              \
	X(FLAW_DEVICE, "device", "a device as the functions write it", "函数所写的设备")                       \
	X(FLAW_ROSTER, "roster", "each entry of the roster once in its order", "名册各项在次序中各有一处")     \
	X(FLAW_TEMPLATE, "template", "a template for each name and a name for each", "模板与其名称互相对应")   \
	X(FLAW_RELAY, "relay", "nothing is relayed that is in no log", "转送不超前于日志")                     \
	X(FLAW_AUDIT_LOG, "audit_log", "an audit log that is whole from that entry on", "自该条起完整的审计日志")

#define FLAW_MEMBER(name, word, english, chinese) name,
enum flaw { FLAW_LIST(FLAW_MEMBER) FLAWS };
#undef FLAW_MEMBER

/* One thing in Redis that is not as it should be. Whatever was found may hold any bytes. */
struct difference {
	enum flaw flaw;
	char key[96];
	char about[96];  /* field, member or line; empty: the key as a whole */
	char found[96];  /* empty: nothing is there */
	char wanted[96]; /* empty: nothing should be; WANTED_GOOD: something that the functions would write */
};

#define WANTED_GOOD "*"

/* So many are named of one thing that was looked at; the others are only counted. */
#define FINDINGS_MAX 100

struct findings {
	struct difference items[FINDINGS_MAX];
	size_t count;
	size_t more;
};

/* Notes one, unless it is known; all texts but the findings' own may go afterwards. */
void findings_add(struct findings *findings, enum flaw flaw, const char *key, const char *about, const char *found,
	const char *wanted);

struct recount;

/* Of the two structs it keeps copies, without their texts. `findings` must outlive it. NULL when memory is out. */
struct recount *recount_create(struct id call, const struct call_record *record, const struct call_numbers *numbers,
	struct findings *findings) WARN_UNUSED;
void recount_destroy(struct recount *recount);

/* A field of the hash of lines. */
void recount_line(struct recount *recount, struct text number, struct text columns);

/* All lines were passed: what must hold among them, and the numbers of the record. */
void recount_lines_end(struct recount *recount);

/* A member of the set `confirmed` or `waiting`; of `offered`; a field of `live`, of `tally` and of `texts`. */
void recount_queued(struct recount *recount, bool waiting, struct text number, struct text score);
void recount_offered(struct recount *recount, struct text number, struct text score);
void recount_live(struct recount *recount, struct text field, struct text value);
void recount_tally(struct recount *recount, struct text field, struct text people);
void recount_texts(struct recount *recount, struct text number);

/* The next line that is offered, behind `after`; 0: no more. Its moment in `due` is then passed, empty for none. */
uint32_t recount_next_offered(const struct recount *recount, uint32_t after);
void recount_offer_due(struct recount *recount, uint32_t number, struct text score);

/* The highest number of an id of each partition that the chain names; 0: it names none. */
const uint64_t *recount_highest_ids(const struct recount *recount);

/* All was passed. */
void recount_end(struct recount *recount);

/* Lines, struck ones included; and one of them, NULL if it is not there. */
uint32_t recount_lines(const struct recount *recount);
const struct line_change *recount_line_of(const struct recount *recount, uint32_t number);

#endif
