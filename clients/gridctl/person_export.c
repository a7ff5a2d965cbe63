/* person_export.c - all that is held of a person, as JSON or as a table: a copy to keep, or to take elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "sheet.h"

#define PAGE 100

/* Asking for it. */

/* The sections that one answer holds. */
static json_t *
ask_account(struct tool *tool, const char *person, int *status)
{
	Gridvanguard__V1__PersonExport body = GRIDVANGUARD__V1__PERSON_EXPORT__INIT;
	Request request = REQUEST(PERSON_EXPORT, &body);
	Answer *answer;
	json_t *all;

	body.person = UNCONST(person);
	answer = tool_ask(tool, &request, status);
	if (!answer)
		return NULL;
	all = json_of(&answer->person_export->base);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return all;
}

static int
ask_sign_ups(struct tool *tool, json_t *sign_ups)
{
	Gridvanguard__V1__SignUpList body = GRIDVANGUARD__V1__SIGN_UP_LIST__INIT;
	Request request = REQUEST(SIGN_UP_LIST, &body);
	bool more = true;
	int status = EXIT_DONE;

	body.count = PAGE;
	while (more) {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		for (size_t i = 0; i < answer->sign_up_list->n_sign_ups; i++) {
			json_array_append_new(sign_ups, json_of(&answer->sign_up_list->sign_ups[i]->base));
			body.before_ms = answer->sign_up_list->sign_ups[i]->joined_ms;
		}
		more = answer->sign_up_list->more;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	return status;
}

static const char *
call_of(const json_t *sign_up)
{
	return json_string_value(json_object_get(sign_up, "call"));
}

/* What he wrote on his line. */
static void
add_texts(json_t *sign_up, const struct chain *chain)
{
	const Line *line = chain_line(chain, (uint32_t)json_integer_value(json_object_get(sign_up, "number")));
	json_t *answers = json_array();

	for (size_t i = 0; line && i < line->n_answers; i++)
		json_array_append_new(answers, json_string(line->answers[i]));
	json_object_set_new(sign_up, "remark", json_string(line ? line->remark : ""));
	json_object_set_new(sign_up, "answers", answers);
}

/* Each call is asked once, for all his lines in it. */
static int
ask_texts(struct tool *tool, json_t *sign_ups)
{
	int status = EXIT_DONE;

	for (size_t i = 0; status == EXIT_DONE && i < json_array_size(sign_ups); i++) {
		struct chain chain = {0};
		json_t *first = json_array_get(sign_ups, i);
		if (json_object_get(first, "remark"))
			continue;
		status = chain_load(tool, call_of(first), true, &chain);
		for (size_t j = i; status == EXIT_DONE && j < json_array_size(sign_ups); j++)
			if (strcmp(call_of(json_array_get(sign_ups, j)), call_of(first)) == 0)
				add_texts(json_array_get(sign_ups, j), &chain);
		chain_finish(&chain);
	}
	return status;
}

/* Who looked at him, and what else was done to him. */
static int
ask_looked(struct tool *tool, json_t *looked)
{
	Gridvanguard__V1__AuditList body = GRIDVANGUARD__V1__AUDIT_LIST__INIT;
	Request request = REQUEST(AUDIT_LIST, &body);
	char after[64] = "";
	int status = EXIT_DONE;

	body.own = true;
	body.count = PAGE;
	body.after = after;
	do {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		for (size_t i = 0; i < answer->audit_list->n_entries; i++)
			json_array_append_new(looked, json_of(&answer->audit_list->entries[i]->base));
		snprintf(after, sizeof(after), "%s", answer->audit_list->next);
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	} while (after[0]);
	return status;
}

/* What only he himself is told. */
static int
ask_own(struct tool *tool, json_t *all)
{
	json_t *sign_ups = json_array(), *looked = json_array();
	int status;

	json_object_set_new(all, "sign_ups", sign_ups);
	json_object_set_new(all, "looked", looked);
	status = ask_sign_ups(tool, sign_ups);
	if (status == EXIT_DONE)
		status = ask_texts(tool, sign_ups);
	return status == EXIT_DONE ? ask_looked(tool, looked) : status;
}

/* Writing it. */

static void
write_value(struct sheet *sheet, const char *section, const char *field, const json_t *value)
{
	sheet_text(sheet, section);
	sheet_text(sheet, field);
	if (json_is_integer(value))
		sheet_number(sheet, (uint64_t)json_integer_value(value));
	else if (json_is_boolean(value))
		sheet_text(sheet, json_is_true(value) ? T("yes", "是") : T("no", "否"));
	else
		sheet_text(sheet, json_is_string(value) ? json_string_value(value) : "");
	sheet_end_row(sheet);
}

/* The fields of one thing; the texts of a list in it are numbered, as it is itself (`number` above 0). */
static void
write_fields(struct sheet *sheet, const char *section, size_t number, json_t *object)
{
	char field[96];
	const char *key;
	json_t *value, *item;
	size_t i;

	json_object_foreach(object, key, value)
	{
		int len = number ? snprintf(field, sizeof(field), "%zu.%s", number, key)
				 : snprintf(field, sizeof(field), "%s", key);
		if (!json_is_array(value))
			write_value(sheet, section, field, value);
		json_array_foreach(value, i, item)
		{
			snprintf(field + len, sizeof(field) - (size_t)len, ".%zu", i + 1);
			write_value(sheet, section, field, item);
		}
	}
}

static bool
write_csv(json_t *all, FILE *file)
{
	struct sheet *sheet = sheet_create_csv(file);
	const char *section;
	json_t *value, *item;
	size_t i;

	if (!sheet)
		return false;
	sheet_text(sheet, T("section", "类别"));
	sheet_text(sheet, T("field", "项目"));
	sheet_text(sheet, T("value", "内容"));
	sheet_end_row(sheet);
	json_object_foreach(all, section, value)
	{
		if (json_is_object(value))
			write_fields(sheet, section, 0, value);
		json_array_foreach(value, i, item) write_fields(sheet, section, i + 1, item);
	}
	return sheet_close(sheet);
}

static bool
write_json(json_t *all, FILE *file, bool one_line)
{
	return json_dumpf(all, file, one_line ? JSON_COMPACT : JSON_INDENT(2)) == 0 && fputc('\n', file) != EOF;
}

static int
write_all(struct tool *tool, json_t *all, const char *path, bool csv)
{
	FILE *file = path ? fopen(path, "we") : stdout;
	bool good = file && (csv ? write_csv(all, file) : write_json(all, file, tool->json && !path));

	if (path && file)
		good = fclose(file) == 0 && good;
	if (!good) {
		fprintf(stderr, "gridctl: %s: %s\n", path ? path : "-",
			errno ? error_words(errno) : T("could not be written", "无法写入"));
		return EXIT_LOCAL;
	}
	if (path && tool->json)
		print_json(json_pack("{s:s}", "file", path));
	else if (path)
		printf(T("it is in %s\n", "已导出到 %s\n"), path);
	return EXIT_DONE;
}

int
run_person_export(struct tool *tool)
{
	const char *person = tool->args.word_count > 0 ? tool->args.words[0] : "";
	const char *path = args_get(&tool->args, "out");
	bool csv = args_get(&tool->args, "csv") != NULL, is_own;
	int status;
	json_t *all = ask_account(tool, person, &status);

	if (!all)
		return status;
	is_own = !person[0] || strcmp(person, caller_person(tool->caller)) == 0;
	status = is_own ? ask_own(tool, all) : EXIT_DONE;
	if (status == EXIT_DONE)
		status = write_all(tool, all, path, csv);
	json_decref(all);
	return status;
}
