/* export.c - a chain as a table, for the report and the file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "sheet.h"

struct export
{
	const Call *call;
	const struct chain *chain;
	bool checked; /* anybody was checked in, so who was not did not come */
};

static void
write_headings(const struct export *export, struct sheet *sheet)
{
	const Call *call = export->call;

	sheet_text(sheet, T("number", "序号"));
	sheet_text(sheet, T("name", "姓名"));
	sheet_text(sheet, T("state", "状态"));
	if (call->n_slots)
		sheet_text(sheet, T("slot", "班次"));
	sheet_text(sheet, T("people", "人数"));
	sheet_text(sheet, T("place", "地点"));
	sheet_text(sheet, T("signed up", "报名时间"));
	sheet_text(sheet, T("person", "人员编号"));
	sheet_text(sheet, T("signed up by", "代报人"));
	sheet_text(sheet, T("remark", "备注"));
	for (size_t i = 0; i < call->n_questions; i++)
		sheet_text(sheet, call->questions[i]->label);
	sheet_text(sheet, T("came", "到场"));
	sheet_text(sheet, T("checked in", "签到时间"));
	sheet_text(sheet, T("checked out", "签退时间"));
	sheet_text(sheet, T("minutes granted", "认定分钟数"));
	sheet_end_row(sheet);
}

/* Of those who had a place, once anybody was checked in. */
static const char *
came_words(const struct export *export, const Line *line)
{
	if (line->present_ms)
		return T("yes", "到场");
	if (export->checked && line_has_place(line))
		return T("no-show", "未到");
	return "";
}

static void
write_answers(const struct export *export, struct sheet *sheet, const Line *line)
{
	for (size_t i = 0; i < export->call->n_questions; i++) {
		const char *answer = i < line->n_answers ? line->answers[i] : "";
		if (export->call->questions[i]->kind == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER)
			sheet_digits(sheet, answer);
		else
			sheet_text(sheet, answer);
	}
}

static void
write_line(const struct export *export, struct sheet *sheet, const Line *line)
{
	sheet_number(sheet, line->number);
	sheet_text(sheet, line->name);
	sheet_text(sheet, line_state_words(line->state));
	if (export->call->n_slots)
		sheet_text(sheet, slot_label(export->call, line->slot));
	sheet_number(sheet, line_people(line));
	sheet_text(sheet, line->place);
	sheet_time(sheet, line->joined_ms);
	sheet_text(sheet, line->person);
	sheet_text(sheet, line->by);
	sheet_text(sheet, line->remark);
	write_answers(export, sheet, line);
	sheet_text(sheet, came_words(export, line));
	sheet_time(sheet, line->present_ms);
	sheet_time(sheet, line->left_ms);
	if (line->left_ms)
		sheet_number(sheet, line->granted_minutes);
	else
		sheet_text(sheet, "");
	sheet_end_row(sheet);
}

static bool
write_sheet(const struct export *export, struct sheet *sheet)
{
	write_headings(export, sheet);
	for (size_t i = 0; i < export->chain->count; i++)
		write_line(export, sheet, export->chain->lines[i]);
	return sheet_close(sheet);
}

static bool
write_csv(const struct export *export, const char *path)
{
	FILE *file = path ? fopen(path, "we") : stdout;
	struct sheet *sheet = file ? sheet_create_csv(file) : NULL;
	bool good = sheet && write_sheet(export, sheet);

	if (path && file)
		good = fclose(file) == 0 && good;
	return good;
}

/* The library says for itself, and in English, that it cannot write: so it is asked only where one can. */
static bool
write_xlsx(const struct export *export, const char *path)
{
	FILE *file = fopen(path, "we");
	struct sheet *sheet = file && fclose(file) == 0 ? sheet_create_xlsx(path) : NULL;

	return sheet && write_sheet(export, sheet);
}

static int
write_file(struct tool *tool, const struct export *export, bool xlsx, const char *path)
{
	if (!(xlsx ? write_xlsx(export, path) : write_csv(export, path))) {
		fprintf(stderr, "gridctl: %s: %s\n", path ? path : "-",
			errno ? error_words(errno) : T("could not be written", "无法写入"));
		return EXIT_LOCAL;
	}
	if (tool->json)
		print_json(json_pack("{s:s, s:I}", "file", path, "lines", (json_int_t) export->chain->count));
	else if (path)
		printf(T("%zu lines are in %s\n", "已导出 %zu 条到 %s\n"), export->chain->count, path);
	return EXIT_DONE;
}

static int
export_call(struct tool *tool, bool xlsx, const char *path)
{
	struct chain chain = {0};
	struct export export = {.chain = &chain};
	int status;
	Answer *answer = call_read(tool, tool->args.words[0], &status);

	if (!answer)
		return status;
	export.call = answer->call_show->call;
	status = chain_load(tool, export.call->id, false, &chain);
	for (size_t i = 0; i < chain.count; i++)
		export.checked |= chain.lines[i]->present_ms > 0;
	if (status == EXIT_DONE)
		status = write_file(tool, &export, xlsx, path);
	chain_finish(&chain);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}

static int
complain(const char *flaw)
{
	fprintf(stderr, "gridctl: %s\n", flaw);
	return EXIT_USAGE;
}

/* The format that the file's name says, where none is given. */
static const char *
format_of(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	return dot && strcmp(dot, ".xlsx") == 0 ? "xlsx" : "csv";
}

int
run_call_export(struct tool *tool)
{
	const char *path = args_get(&tool->args, "out"), *format = args_get(&tool->args, "format");

	format = format ? format : format_of(path);
	if (strcmp(format, "csv") != 0 && strcmp(format, "xlsx") != 0)
		return complain(T("--format: it is csv or xlsx", "--format：只能是 csv 或 xlsx"));
	if (strcmp(format, "xlsx") == 0 && !path)
		return complain(T("--out is missing: xlsx goes into a file", "缺少 --out：xlsx 要写入文件"));
	if (tool->json && !path)
		return complain(T("--out is missing: with --json the table goes into a file",
			"缺少 --out：使用 --json 时表格要写入文件"));
	return export_call(tool, strcmp(format, "xlsx") == 0, path);
}
