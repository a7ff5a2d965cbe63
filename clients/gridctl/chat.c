/* chat.c - a chain as its WeChat group has it: printed, and pasted back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chat.h"
#include "encoding.h"
#include "id.h"
#include "which.h"

#define PASTE_MAX  15000 /* bytes, as call.proto has it */
#define PASTE_PAGE 200

/* Print. */

int
run_chain_text(struct tool *tool)
{
	Gridvanguard__V1__ChatPrint body = GRIDVANGUARD__V1__CHAT_PRINT__INIT;
	Request request = REQUEST(CHAT_PRINT, &body);
	Answer *answer;
	int status;

	body.call = UNCONST(tool->args.words[0]);
	body.english = !lang_is_chinese();
	answer = tool_ask(tool, &request, &status);
	if (!answer)
		return status;
	if (tool->json)
		print_message(&answer->chat_print->base);
	else
		fputs(answer->chat_print->text, stdout);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return EXIT_DONE;
}

/* Paste: what is read. */

static bool
read_file(struct buf *out, FILE *file)
{
	char bytes[4096];
	size_t len;

	while (out->len <= PASTE_MAX && !feof(file) && (len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(out, bytes, len);
	return !ferror(file);
}

/* What is pasted at a terminal, up to the first Ctrl-D: behind a line that is not ended it only ends the reading of that. */
static void
read_terminal(struct buf *out)
{
	char bytes[4096];
	ssize_t len;

	fputs(T("paste the text, then Ctrl-D\n", "请粘贴文字，然后按 Ctrl-D\n"), stderr);
	while (out->len <= PASTE_MAX && (len = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0) {
		buf_add(out, bytes, (size_t)len);
		if (bytes[len - 1] != '\n' && (size_t)len < sizeof(bytes) - 1)
			break;
	}
}

/* Standard input that is closed has no text. */
static void
read_input(struct buf *out)
{
	if (isatty(STDIN_FILENO))
		read_terminal(out);
	else
		(void)read_file(out, stdin);
}

static int
read_named(struct buf *out, const char *path)
{
	FILE *file = fopen(path, "re");
	bool good = file && read_file(out, file);

	if (!good)
		fprintf(stderr, "gridctl: %s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	return good ? EXIT_DONE : EXIT_LOCAL;
}

static int
refuse_text(const char *words)
{
	fprintf(stderr, "gridctl: %s\n", words);
	return EXIT_LOCAL;
}

static int
check_size(const struct buf *text)
{
	if (text->len <= PASTE_MAX)
		return EXIT_DONE;
	fprintf(stderr,
		T("gridctl: the text is longer than %d bytes: paste one copy after the other\n",
			"gridctl: 文字超过 %d 字节：请一份一份地导入\n"),
		PASTE_MAX);
	return EXIT_LOCAL;
}

/* Adds what was read, in UTF-8; files from Windows are in GBK, which GB18030 has in it. */
static int
add_decoded(struct buf *out, const struct buf *read)
{
	const char *encoding;
	size_t len = 0;
	char *text;

	if (read->len == 0)
		return EXIT_DONE;
	if (check_size(read) != EXIT_DONE)
		return EXIT_LOCAL;
	text = encoding_decode(buf_text(read), &len, &encoding);
	if (!text)
		return refuse_text(T("the text is not UTF-8", "文字不是 UTF-8 编码"));
	if (strcmp(encoding, "UTF-8") != 0)
		fprintf(stderr,
			T("gridctl: the text is not UTF-8: read as %s\n", "gridctl: 文字不是 UTF-8 编码，按 %s 读取\n"),
			encoding);
	buf_add(out, text, len);
	buf_add(out, "\n", 1);
	free(text);
	return EXIT_DONE;
}

/* One file, or standard input if `path` is NULL, at the end of the text. */
static int
read_one(struct paste *paste, const char *path)
{
	struct buf read = {0};
	int status = EXIT_DONE;

	if (path)
		status = read_named(&read, path);
	else
		read_input(&read);
	if (status == EXIT_DONE)
		status = add_decoded(&paste->text, &read);
	buf_finish(&read);
	return status;
}

/* All files one below the other, or else standard input. */
static int
read_text(struct tool *tool, struct paste *paste, unsigned first_file)
{
	struct buf *text = &paste->text;
	int status = EXIT_DONE;

	if (first_file == tool->args.word_count)
		status = read_one(paste, NULL);
	for (unsigned i = first_file; i < tool->args.word_count && status == EXIT_DONE; i++)
		status = read_one(paste, tool->args.words[i]);
	if (status == EXIT_DONE)
		status = check_size(text);
	if (status != EXIT_DONE)
		return status;
	if (memchr(text->bytes ? (const char *)text->bytes : "", '\0', text->len))
		return refuse_text(T("this is no text", "这不是文字"));
	buf_add(text, "", 1);
	if (strspn((const char *)text->bytes, " \t\r\n") + 1 == text->len)
		return refuse_text(T("the text is empty", "文字为空"));
	return EXIT_DONE;
}

/* Paste: what would be done. */

static void
take_entries(struct paste *paste, ChatPreviewResult *page)
{
	if (paste->count + page->n_entries > paste->room) {
		paste->room = 2 * (paste->count + page->n_entries);
		paste->entries = realloc(paste->entries, paste->room * sizeof(*paste->entries));
	}
	for (size_t i = 0; i < page->n_entries; i++) {
		paste->entries[paste->count++] = page->entries[i];
		page->entries[i] = NULL;
	}
}

static int
load_preview(struct tool *tool, struct paste *paste)
{
	Gridvanguard__V1__ChatPreview body = GRIDVANGUARD__V1__CHAT_PREVIEW__INIT;
	Request request = REQUEST(CHAT_PREVIEW, &body);
	bool more = true;
	int status = EXIT_DONE;

	body.call = UNCONST(paste->call);
	body.text = (char *)paste->text.bytes;
	body.slot = paste->slot;
	body.count = PASTE_PAGE;
	while (more) {
		Answer *answer = tool_ask(tool, &request, &status);
		if (!answer)
			return status;
		if (tool->json)
			print_message(&answer->chat_preview->base);
		else if (paste->count == 0)
			print_paste_head(answer->chat_preview);
		snprintf(tool->call, sizeof(tool->call), "%s", answer->chat_preview->call);
		paste->call = tool->call;
		paste->copies = answer->chat_preview->copies;
		more = answer->chat_preview->more;
		take_entries(paste, answer->chat_preview);
		body.after = (uint32_t)paste->count;
		gridvanguard__v1__answer__free_unpacked(answer, NULL);
	}
	return status;
}

/* Paste: what is done. */

/* By --yes, or by whoever sits at the terminal, which standard input need not be: it may be the text. */
static bool
is_confirmed(const struct tool *tool, size_t count)
{
	char said[16] = "";
	FILE *terminal;

	if (args_get(&tool->args, "yes"))
		return true;
	if (tool->json || !isatty(STDOUT_FILENO) || !(terminal = fopen("/dev/tty", "r+e")))
		return false;
	fprintf(terminal, T("do these %zu? [y/N] ", "执行这 %zu 项？[y/N] "), count);
	fflush(terminal);
	if (!fgets(said, sizeof(said), terminal))
		said[0] = '\0';
	fclose(terminal);
	return said[0] == 'y' || said[0] == 'Y' || strncmp(said, "是", strlen("是")) == 0;
}

static Answer *
join_entry(struct tool *tool, const struct paste *paste, const PasteEntry *entry)
{
	Gridvanguard__V1__ChainJoin body = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request request = REQUEST(CHAIN_JOIN, &body);

	body.call = UNCONST(paste->call);
	body.slot = paste->slot;
	body.people = entry->people;
	body.remark = entry->remark;
	body.person = entry->person;
	body.name = entry->person[0] ? body.name : entry->name;
	return caller_call(tool->caller, &request);
}

static Answer *
withdraw_entry(struct tool *tool, const struct paste *paste, const PasteEntry *entry)
{
	Gridvanguard__V1__ChainWithdraw body = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
	Request request = REQUEST(CHAIN_WITHDRAW, &body);

	body.call = UNCONST(paste->call);
	body.number = entry->number;
	return caller_call(tool->caller, &request);
}

static void
print_done(const struct tool *tool, const PasteEntry *entry, const Answer *answer)
{
	if (tool->json)
		print_message(&answer->base);
	else if (entry->action == PASTE_ACTION(WITHDRAW))
		printf(T("line %u is struck through\n", "第 %u 号已退出\n"), entry->number);
	else
		printf("%4u. %s: %s\n", answer->chain_join->number, entry->name,
			line_state_words(answer->chain_join->state));
}

/* False if it makes no sense to go on: other refusals than these two would meet all the rest. */
static bool
do_entry(struct tool *tool, const struct paste *paste, const PasteEntry *entry, int *status)
{
	bool withdraws = entry->action == PASTE_ACTION(WITHDRAW);
	Answer *answer = withdraws ? withdraw_entry(tool, paste, entry) : join_entry(tool, paste, entry);
	bool his_alone = answer && (answer->status == GRIDVANGUARD__V1__STATUS__STATUS_CLASH ||
					   answer->status == GRIDVANGUARD__V1__STATUS__STATUS_ALREADY);
	int refused;

	if (answer && answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK && !tool->json)
		fprintf(stderr, T("gridctl: entry %u, %s:\n", "gridctl: 第 %u 条 %s：\n"), entry->position,
			entry->name);
	answer = tool_check(tool, answer, &refused);
	if (answer)
		print_done(tool, entry, answer);
	else
		*status = refused;
	if (!answer)
		return his_alone;
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return true;
}

static int
do_paste(struct tool *tool, const struct paste *paste)
{
	bool withdraw = args_get(&tool->args, "withdraw"), goes_on = true;
	size_t count =
		paste_count(paste, PASTE_ACTION(ADD)) + (withdraw ? paste_count(paste, PASTE_ACTION(WITHDRAW)) : 0);
	int status = EXIT_DONE;

	if (count == 0)
		return EXIT_DONE;
	if (!is_confirmed(tool, count)) {
		if (!tool->json)
			puts(T("nothing was done; with --yes it is", "未执行任何操作；加 --yes 即执行"));
		return EXIT_DONE;
	}
	for (size_t i = 0; i < paste->count && goes_on; i++) {
		const PasteEntry *entry = paste->entries[i];
		if (entry->action == PASTE_ACTION(ADD) || (withdraw && entry->action == PASTE_ACTION(WITHDRAW)))
			goes_on = do_entry(tool, paste, entry, &status);
	}
	return status;
}

/* Whether the first word is a call and not yet a file. */
static bool
is_call_named(const struct tool *tool)
{
	struct id call;

	return tool->args.word_count > 0 && id_parse(&call, text_of(tool->args.words[0]));
}

int
run_chain_paste(struct tool *tool)
{
	bool named = is_call_named(tool);
	struct paste paste = {.call = named ? tool->args.words[0] : ""};
	int status;

	if (!named && args_get(&tool->args, "slot")) {
		fputs(T("gridctl: --slot: name the call too\n", "gridctl: --slot：请同时指明召集\n"), stderr);
		return EXIT_USAGE;
	}
	if (!slot_of_flag(tool, paste.call, &paste.slot, &status))
		return status;
	status = read_text(tool, &paste, named);
	if (status == EXIT_DONE)
		status = load_preview(tool, &paste);
	if (status == EXIT_DONE && !tool->json)
		print_paste(&paste);
	if (status == EXIT_DONE)
		status = do_paste(tool, &paste);
	for (size_t i = 0; i < paste.count; i++)
		gridvanguard__v1__paste_entry__free_unpacked(paste.entries[i], NULL);
	free(paste.entries);
	buf_finish(&paste.text);
	return status;
}
