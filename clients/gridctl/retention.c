/* retention.c - what is kept how long, and what of names would go now; reads the data itself. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "direct.h"
#include "keys.h"
#include "records.h"
#include "tool.h"

#define PAGE   100
#define DAY_MS UINT64_C(86400000)

struct retention {
	struct direct redis;
	uint64_t before_ms; /* who ended before it is forgotten */
	uint64_t calls, due, lines, forgotten;
};

static uint64_t
number_of(const redisReply *reply)
{
	uint64_t number = 0;

	return text_to_u64(&number, reply_string(reply), ID_NUMBER_MAX) ? number : 0;
}

/* As functions/retention.lua has it: state, closed, deadline, ends. */
static uint64_t
ended_at(const redisReply *row)
{
	uint64_t closed = number_of(row->element[1]), deadline = number_of(row->element[2]);

	if (text_equal(reply_string(row->element[0]), TEXT("open")))
		return MAX(deadline, number_of(row->element[3]));
	return closed ? closed : deadline;
}

static void
look_at(struct retention *retention, uint8_t partition, const char *id)
{
	static const char *const fields[] = {"state", "closed", "deadline", "ends", "forgotten", "importing"};
	struct command *row = command_create("HMGET"), *texts = command_create("HLEN");
	redisReply *record, *count;

	command_key(row, partition, KEY_CALL, id);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		command_arg(row, text_of(fields[i]));
	command_key(texts, partition, KEY_CALL_TEXTS, id);
	direct_send(&retention->redis, row);
	direct_send(&retention->redis, texts);
	record = direct_take(&retention->redis);
	count = direct_take(&retention->redis);
	if (record && count && reply_string(record->element[0]).len > 0) {
		bool is_forgotten = reply_string(record->element[4]).len > 0;
		bool is_due = !is_forgotten && reply_string(record->element[5]).len == 0 &&
			      ended_at(record) < retention->before_ms;
		retention->calls++;
		retention->forgotten += is_forgotten;
		retention->due += is_due;
		retention->lines += is_due ? (uint64_t)count->integer : 0;
	}
	freeReplyObject(record);
	freeReplyObject(count);
}

struct part {
	struct retention *retention;
	uint8_t partition;
};

static void
on_calls(const redisReply *items, void *context)
{
	const struct part *part = context;

	for (size_t i = 0; i + 1 < items->elements; i += 2)
		look_at(part->retention, part->partition, items->element[i]->str);
}

/* The days as a hub has noted them; 0: none has yet. */
static uint64_t
noted_days(struct retention *retention)
{
	struct command *command = command_create("HGET");
	redisReply *reply;
	uint64_t days;

	command_key(command, 0, KEY_META);
	command_arg(command, TEXT("keep_names"));
	reply = direct_ask(&retention->redis, command);
	days = reply ? number_of(reply) : 0;
	freeReplyObject(reply);
	return days;
}

static void
print_terms(uint64_t days)
{
	printf(T("names, remarks and answers in a chain   %" PRIu64 " days after the call has ended (keep-names)\n",
		       "接龙中的姓名、备注和回答   召集结束后 %" PRIu64 " 天（keep-names）\n"),
		days);
	puts(T("figures, lines without a name           for ever\n"
	       "registration, phone, roles              until the person leaves or is erased\n"
	       "a device that is not used               30 days\n"
	       "answers kept for requests sent again    a day\n"
	       "events, for clients that come back      a day\n"
	       "the audit log                           as audit-keep says, half a year at least\n"
	       "who was erased: id and time             for ever, so that a restore erases them again",
		"数字及不带姓名的接龙行     永久\n"
		"报到、手机号、角色         至本人取消报到或删除为止\n"
		"未使用的设备               30 天\n"
		"供重发请求的应答           一天\n"
		"供客户端重连的事件         一天\n"
		"审计记录                   按 audit-keep，至少半年\n"
		"已删除者的编号和时间       永久，以便恢复备份后再次删除"));
}

static void
tell(const struct tool *tool, const struct retention *retention, uint64_t days)
{
	if (tool->json) {
		print_json(json_pack("{s:I, s:I, s:I, s:I, s:I}", "keep_names", (json_int_t)days, "calls",
			(json_int_t)retention->calls, "forgotten", (json_int_t)retention->forgotten, "due",
			(json_int_t)retention->due, "lines", (json_int_t)retention->lines));
		return;
	}
	if (!args_get(&tool->args, "dry-run"))
		print_terms(days);
	printf(T("%" PRIu64 " calls, %" PRIu64 " without names by now; %" PRIu64
		 " to be forgotten now, with the texts of %" PRIu64 " lines\n",
		       "共 %" PRIu64 " 个召集，%" PRIu64 " 个已去除姓名；现有 %" PRIu64 " 个到期，涉及 %" PRIu64
		       " 行文本\n"),
		retention->calls, retention->forgotten, retention->due, retention->lines);
}

static int
look(struct tool *tool, struct retention *retention)
{
	uint64_t noted, days;

	if (!direct_open(&retention->redis, tool->timeout_ms)) {
		fprintf(stderr, "gridctl: %s\n", retention->redis.trouble);
		return EXIT_AWAY;
	}
	noted = noted_days(retention);
	if (!args_number(&tool->args, "keep-names", noted ? noted : 90, 1, 36500, &days))
		return EXIT_USAGE;
	retention->before_ms = clock_wall_ms() - days * DAY_MS;
	for (struct part part = {retention, 0}; part.partition < PARTITIONS; part.partition++)
		if (!direct_scan(&retention->redis, "ZSCAN", part.partition, KEY_CALLS, on_calls, &part))
			break;
	if (direct_is_away(&retention->redis)) {
		fprintf(stderr, "gridctl: %s\n", retention->redis.trouble);
		return EXIT_AWAY;
	}
	tell(tool, retention, days);
	return EXIT_DONE;
}

int
run_retention(struct tool *tool)
{
	struct retention retention = {.calls = 0};
	int status;

	if (!direct_find(&retention.redis, tool))
		return EXIT_USAGE;
	status = look(tool, &retention);
	direct_close(&retention.redis);
	return status;
}
