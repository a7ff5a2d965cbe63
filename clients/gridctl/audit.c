/* audit.c - the verb: recounts from Redis itself, and says what does not agree. */
#include "audit.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "log_check.h"
#include "memory.h"
#include "tool.h"

#define FLAW_WORD(name, word, english, chinese)    [name] = word,
#define FLAW_ENGLISH(name, word, english, chinese) [name] = english,
#define FLAW_CHINESE(name, word, english, chinese) [name] = chinese,

static const char *const flaw_words[FLAWS] = {FLAW_LIST(FLAW_WORD)};
static const char *const flaw_english[FLAWS] = {FLAW_LIST(FLAW_ENGLISH)};
static const char *const flaw_chinese[FLAWS] = {FLAW_LIST(FLAW_CHINESE)};

/* What stands in damaged data may be anything: what is no printable character is shown as '?', and a
 * tab, which stands between columns, as a blank. */
static const char *
shown(char out[112], const char *text)
{
	size_t len = 0, left = strlen(text);

	while (left > 0 && len + MB_LEN_MAX < 112) {
		wchar_t c;
		mbstate_t state = {0};
		size_t width = mbrtowc(&c, text, left, &state);
		bool good = width > 0 && width <= left && iswprint((wint_t)c);
		if (good)
			memcpy(out + len, text, width);
		else
			out[len] = *text == '\t' ? ' ' : '?';
		len += good ? width : 1;
		text += good ? width : 1;
		left -= good ? width : 1;
	}
	out[len] = '\0';
	return out;
}

static const char *
said(const char *value)
{
	if (value[0] == '\0')
		return T("nothing", "无");
	return strcmp(value, WANTED_GOOD) == 0 ? T("something", "有") : value;
}

static json_t *
json_of_value(const char *value)
{
	if (value[0] == '\0')
		return json_null();
	return strcmp(value, WANTED_GOOD) == 0 ? json_true() : json_string(value);
}

static void
print_difference(const struct tool *tool, const struct difference *item)
{
	char key[112], about[112], found[112], wanted[112];

	shown(key, item->key);
	shown(about, item->about);
	shown(found, item->found);
	shown(wanted, item->wanted);
	if (tool->json) {
		json_t *object = json_object();
		json_object_set_new(object, "flaw", json_string(flaw_words[item->flaw]));
		json_object_set_new(object, "key", json_string(key));
		json_object_set_new(object, "about", json_string(about));
		json_object_set_new(object, "found", json_of_value(found));
		json_object_set_new(object, "wanted", json_of_value(wanted));
		print_json(object);
		return;
	}
	printf("%s%s%s", key, about[0] ? " " : "", about);
	printf(T(": %s, should be %s (%s)\n", "：现为 %s，应为 %s（%s）\n"), said(found), said(wanted),
		T(flaw_english[item->flaw], flaw_chinese[item->flaw]));
}

void
audit_tell(struct audit *audit)
{
	struct findings *findings = &audit->findings;

	for (size_t i = 0; i < findings->count; i++)
		print_difference(audit->tool, &findings->items[i]);
	if (findings->more > 0 && !audit->tool->json)
		printf(T("… and %zu more of that\n", "……另有 %zu 处\n"), findings->more);
	audit->differences += findings->count + findings->more;
	*findings = (struct findings){.count = 0};
}

void
audit_tell_busy(struct audit *audit, struct id call)
{
	char id[ID_TEXT];

	audit->findings = (struct findings){.count = 0};
	audit->busy++;
	id_print(id, call);
	if (audit->tool->json)
		print_json(json_pack("{s:s}", "busy", id));
	else
		printf(T("call %s is busy: it changed each time it was read, and was not recounted\n",
			       "召集 %s 繁忙：每次读取时都在变化，未能重新统计\n"),
			id);
}

void
audit_differ(struct audit *audit, enum flaw flaw, uint8_t partition, const char *key, const char *about,
	const char *found, const char *wanted)
{
	char whole[96];

	snprintf(whole, sizeof(whole), "{%u}:%s", partition, key);
	findings_add(&audit->findings, flaw, whole, about, found, wanted);
}

struct command *
audit_ask_for(const char *name, uint8_t partition, const char *key, const char *member)
{
	struct command *command = command_create(name);

	command_key(command, partition, "%s", key);
	command_arg(command, text_of(member));
	return command;
}

void
audit_add_call(struct audit *audit, struct id call)
{
	if (audit->call_count == audit->call_room) {
		audit->call_room = audit->call_room ? audit->call_room * 2 : 256;
		audit->calls = or_die(reallocarray(audit->calls, audit->call_room, sizeof(*audit->calls)));
	}
	audit->calls[audit->call_count++] = call;
}

static int
by_id(const void *left, const void *right)
{
	uint64_t a = id_key(*(const struct id *)left), b = id_key(*(const struct id *)right);

	return (a > b) - (a < b);
}

static void
audit_all(struct audit *audit)
{
	struct direct *redis = audit->redis;

	audit_data(audit);
	audit_people(audit);
	audit_kept(audit);
	if (audit->call_count > 0)
		qsort(audit->calls, audit->call_count, sizeof(*audit->calls), by_id);
	for (size_t i = 0; i < audit->call_count && !direct_is_away(redis); i++)
		if (i == 0 || !id_equal(audit->calls[i], audit->calls[i - 1]))
			audit_call(audit, audit->calls[i]);
}

/* The audit log: what it says of itself, and where to look. */
static void
verify_log(struct audit *audit)
{
	char about[32];

	audit->log = LOG_IS_WHOLE;
	for (uint8_t i = 0; i < PARTITIONS && !direct_is_away(audit->redis); i++) {
		struct log_check check = {.partition = i, .vault = audit->vault};
		if (log_check_read(&check, audit->redis) && check.flaw) {
			audit->log = LOG_IS_BROKEN;
			snprintf(about, sizeof(about), "%llu", (unsigned long long)check.flaw_seq);
			audit_differ(audit, FLAW_AUDIT_LOG, i, "audit", about,
				log_flaw_words(log_flaw_word(check.flaw)), WANTED_GOOD);
		} else if (check.accepted > 0 && audit->log == LOG_IS_WHOLE) {
			audit->log = LOG_IS_ACCEPTED;
		}
		log_check_finish(&check);
	}
	audit_tell(audit);
}

/* What is sealed is opened by it, and the audit log verified: without it there is no key to do either, which the sum says. */
static struct vault *
open_key(struct tool *tool)
{
	bool has_key = args_get(&tool->args, "key") || tool_folder(tool);

	return has_key && sodium_init() >= 0 ? log_check_key(tool) : NULL;
}

static void
audit_whole_or_one(struct audit *audit, const struct id *call)
{
	if (call)
		audit_call(audit, *call);
	else
		audit_all(audit);
	audit_sign_ups(audit);
	audit_ids(audit);
	if (!call && audit->vault)
		verify_log(audit);
}

static const char *
log_words(const struct audit *audit)
{
	switch (audit->log) {
	case LOG_IS_WHOLE:
		return T("the audit log is whole; ", "审计日志完整；");
	case LOG_IS_ACCEPTED:
		return T("the audit log is whole, but for what was accepted; ", "除已认可的部分外，审计日志完整；");
	case LOG_IS_BROKEN:
		return T("the audit log is not whole (gridctl audit-log verify); ",
			"审计日志不完整（见 gridctl audit-log verify）；");
	case LOG_NOT_VERIFIED:
		break;
	}
	return T("the audit log was not verified (--key); ", "审计日志未核对（--key）；");
}

static const char *
log_word(const struct audit *audit)
{
	static const char *const words[] = {"unverified", "whole", "accepted", "broken"};

	return words[audit->log];
}

/* Whether every call stood still, and everything had been relayed. */
static bool
is_whole(const struct audit *audit)
{
	return audit->busy == 0 && audit->pending == 0;
}

static void
print_sum(const struct audit *audit)
{
	if (audit->tool->json) {
		print_json(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "differences",
			(json_int_t)audit->differences, "pending", (json_int_t)audit->pending, "calls",
			(json_int_t)audit->calls_read, "busy", (json_int_t)audit->busy, "lines",
			(json_int_t)audit->lines, "persons", (json_int_t)audit->persons, "events",
			(json_int_t)audit->events, "audit_log", log_word(audit)));
		return;
	}
	printf(T("%llu calls with %llu lines, %llu persons and %llu events were looked at; ",
		       "已核对 %llu 个召集、%llu 条接龙、%llu 人、%llu 个事件；"),
		(unsigned long long)audit->calls_read, (unsigned long long)audit->lines,
		(unsigned long long)audit->persons, (unsigned long long)audit->events);
	fputs(log_words(audit), stdout);
	if (audit->busy > 0)
		printf(T("%llu calls were busy; ", "%llu 个召集繁忙未核对；"), (unsigned long long)audit->busy);
	if (audit->pending > 0)
		printf(T("%llu sign-ups were not relayed yet; ", "%llu 条个人报名尚未转送；"),
			(unsigned long long)audit->pending);
	if (audit->differences == 0 && is_whole(audit))
		puts(T("no difference", "没有差异"));
	else if (audit->differences == 0)
		puts(T("no difference in what could be judged: audit again", "可核对的部分没有差异：请稍后再次核对"));
	else
		printf(T("differences: %llu\n", "差异 %llu 处\n"), (unsigned long long)audit->differences);
}

static int
end_audit(struct audit *audit)
{
	if (direct_is_away(audit->redis)) {
		fprintf(stderr, T("gridctl: no Redis answers there: %s\n", "gridctl: Redis 没有应答：%s\n"),
			audit->redis->trouble);
		return EXIT_AWAY;
	}
	print_sum(audit);
	if (audit->differences > 0)
		return EXIT_REFUSED;
	return is_whole(audit) ? EXIT_DONE : EXIT_UNJUDGED;
}

int
run_audit(struct tool *tool)
{
	struct direct redis;
	struct audit *audit;
	struct vault *vault;
	const char *only = args_get(&tool->args, "call");
	struct id call;
	int status;

	if (only && !id_parse(&call, text_of(only))) {
		fprintf(stderr, T("gridctl: --call: '%s' is no call\n", "gridctl: --call：“%s”不是召集编号\n"), only);
		return EXIT_USAGE;
	}
	if (!direct_find(&redis, tool))
		return EXIT_USAGE;
	audit = or_die(calloc(1, sizeof(*audit)));
	audit->tool = tool;
	audit->redis = &redis;
	audit->vault = vault = only ? NULL : open_key(tool);
	audit->at_once = args_get(&tool->args, "now");
	if (direct_open(&redis, tool->timeout_ms))
		audit_whole_or_one(audit, only ? &call : NULL);
	status = end_audit(audit);
	direct_close(&redis);
	vault_destroy(vault);
	free(audit->calls);
	free(audit->sign_ups);
	free(audit->suspects);
	free(audit);
	return status;
}
