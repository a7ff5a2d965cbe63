/* audit_log.c - who did what: searched through a hub, printed or put into a file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "sheet.h"
#include "tool.h"

#define PAGE    100
#define HOUR_MS UINT64_C(3600000)

typedef Gridvanguard__V1__AuditEntry AuditEntry;

/* What was found, with the answers that hold it. */
struct trail {
	Answer **answers;
	size_t answer_count, answer_room;
	const AuditEntry **entries;
	size_t count, room;
};

static void
trail_finish(struct trail *trail)
{
	for (size_t i = 0; i < trail->answer_count; i++)
		gridvanguard__v1__answer__free_unpacked(trail->answers[i], NULL);
	free(trail->answers);
	free(trail->entries);
}

static void
keep_page(struct trail *trail, Answer *answer)
{
	const Gridvanguard__V1__AuditListResult *page = answer->audit_list;

	if (trail->answer_count == trail->answer_room) {
		trail->answer_room = trail->answer_room ? 2 * trail->answer_room : 64;
		trail->answers = or_die(reallocarray(trail->answers, trail->answer_room, sizeof(*trail->answers)));
	}
	trail->answers[trail->answer_count++] = answer;
	if (trail->count + page->n_entries > trail->room) {
		trail->room = 2 * (trail->count + page->n_entries);
		trail->entries = or_die(reallocarray(trail->entries, trail->room, sizeof(*trail->entries)));
	}
	for (size_t i = 0; i < page->n_entries; i++)
		trail->entries[trail->count++] = page->entries[i];
}

/* The newest first; those of one millisecond as their logs have them. */
static int
by_time(const void *left, const void *right)
{
	const AuditEntry *a = *(const AuditEntry *const *)left, *b = *(const AuditEntry *const *)right;

	if (a->at_ms != b->at_ms)
		return a->at_ms < b->at_ms ? 1 : -1;
	if (a->partition != b->partition)
		return a->partition > b->partition ? 1 : -1;
	return (a->seq < b->seq) - (a->seq > b->seq);
}

static int
search(struct tool *tool, Gridvanguard__V1__AuditList *body, struct trail *trail)
{
	Request request = REQUEST(AUDIT_LIST, body);
	int status = EXIT_DONE;

	do {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		keep_page(trail, answer);
		body->after = answer->audit_list->next;
	} while (body->after[0]);
	if (trail->count > 0)
		qsort(trail->entries, trail->count, sizeof(*trail->entries), by_time);
	return EXIT_DONE;
}

/* Printed. */

static void
print_entry(struct tool *tool, const AuditEntry *entry)
{
	char at[WHEN_TEXT];

	if (tool->json) {
		print_message(&entry->base);
		return;
	}
	print_padded(when_print(at, entry->at_ms, 0), 18);
	print_padded(entry->who[0] ? entry->who : "-", 10);
	print_padded(entry->what, 18);
	printf("%s%s%s%s%s", entry->on, entry->on[0] ? "  " : "", entry->detail, entry->from[0] ? "  " : "",
		entry->from);
	printf(entry->why[0] ? T("  because: %s\n", "  理由：%s\n") : "%s\n", entry->why);
}

/* In a file. */

static bool
write_sheet(const struct trail *trail, struct sheet *sheet)
{
	static const char *const english[] = {
		"time", "who", "what", "on", "detail", "from", "why", "partition", "number"};
	static const char *const chinese[] = {"时间", "操作人", "操作", "对象", "详情", "来源", "理由", "分区", "序号"};

	for (size_t i = 0; i < ARRAY_LEN(english); i++)
		sheet_text(sheet, T(english[i], chinese[i]));
	sheet_end_row(sheet);
	for (size_t i = 0; i < trail->count; i++) {
		const AuditEntry *entry = trail->entries[i];
		sheet_time(sheet, entry->at_ms);
		sheet_text(sheet, entry->who);
		sheet_text(sheet, entry->what);
		sheet_text(sheet, entry->on);
		sheet_text(sheet, entry->detail);
		sheet_text(sheet, entry->from);
		sheet_text(sheet, entry->why);
		sheet_number(sheet, entry->partition);
		sheet_number(sheet, entry->seq);
		sheet_end_row(sheet);
	}
	return sheet_close(sheet);
}

static int
write_file(const struct trail *trail, const char *path)
{
	const char *dot = strrchr(path, '.');
	bool xlsx = dot && strcmp(dot, ".xlsx") == 0, good;
	FILE *file = fopen(path, "we");
	struct sheet *sheet = NULL;

	if (file)
		sheet = xlsx ? sheet_create_xlsx(path) : sheet_create_csv(file);
	good = sheet && write_sheet(trail, sheet);
	if (file)
		good = fclose(file) == 0 && good;
	if (good) {
		printf(T("%zu entries are in %s\n", "已导出 %zu 条到 %s\n"), trail->count, path);
		return EXIT_DONE;
	}
	fprintf(stderr, "gridctl: %s: %s\n", path, errno ? error_words(errno) : T("could not be written", "无法写入"));
	return EXIT_LOCAL;
}

/* "7d", "12h": so long ago; or a time. */
static bool
read_time(struct tool *tool, const char *flag, uint64_t *out)
{
	const char *typed = args_get(&tool->args, flag);
	uint64_t now_ms = caller_now_ms(tool->caller), hours;
	size_t len = typed ? strlen(typed) : 0;

	if (!typed)
		return true;
	if (len > 1 && strchr("dh", typed[len - 1]) && text_to_u64(&hours, (struct text){typed, len - 1}, 100000)) {
		*out = now_ms - MIN(hours * (typed[len - 1] == 'd' ? 24 : 1) * HOUR_MS, now_ms);
		return true;
	}
	if (when_parse(out, typed, now_ms))
		return true;
	fprintf(stderr,
		T("gridctl: --%s '%s' is no time, as '2026-04-12 23:00', or 7d or 12h ago\n",
			"gridctl: --%s“%s”不是时间，如 '2026-04-12 23:00'，或 7d、12h（之前）\n"),
		flag, typed);
	return false;
}

static char *
flag_of(struct tool *tool, const char *name)
{
	const char *value = args_get(&tool->args, name);

	return UNCONST(value ? value : "");
}

int
run_audit_log(struct tool *tool)
{
	Gridvanguard__V1__AuditList body = GRIDVANGUARD__V1__AUDIT_LIST__INIT;
	const char *path = args_get(&tool->args, "out");
	struct trail trail = {0};
	int status;

	body.who = flag_of(tool, "who");
	body.on = flag_of(tool, "on");
	body.what = flag_of(tool, "what");
	body.own = args_get(&tool->args, "own") != NULL;
	body.count = PAGE;
	if (!read_time(tool, "since", &body.since_ms) || !read_time(tool, "until", &body.until_ms))
		return EXIT_USAGE;
	status = search(tool, &body, &trail);
	if (status == EXIT_DONE && path)
		status = write_file(&trail, path);
	for (size_t i = 0; status == EXIT_DONE && !path && i < trail.count; i++)
		print_entry(tool, trail.entries[i]);
	if (status == EXIT_DONE && !path && !tool->json && trail.count == 0)
		puts(body.what[0]
				? T("there is nothing of that in the audit log; gridctl help audit-log lists the kinds",
					  "审计日志中没有符合的记录；种类见 gridctl help audit-log")
				: T("there is nothing of that in the audit log", "审计日志中没有符合的记录"));
	trail_finish(&trail);
	return status;
}
