/* main.c - gridctl: finds the verb, checks its command line, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call_code.h"
#include "help.h"
#include "lookup.h"
#include "text.h"
#include "tool.h"

#define TIMEOUT_S 10

/* Where the hub is and who we are. */

static bool
read_line(const char *folder, const char *name, char *out, size_t room)
{
	char path[512];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	good = fgets(out, (int)room, file);
	fclose(file);
	if (good)
		out[strcspn(out, "\n")] = '\0';
	return good;
}

static int
read_folder(struct tool *tool, const char *folder)
{
	char address[100];

	if (!read_line(folder, "listen", address, sizeof(address))) {
		fprintf(stderr,
			T("gridctl: no hub runs on the data folder %s\n", "gridctl: 数据目录 %s 上没有运行中的中枢\n"),
			folder);
		return EXIT_AWAY;
	}
	snprintf(tool->url, sizeof(tool->url), "ws://%s", address);
	if (tool_has_token(tool) && !args_get(&tool->args, "as") && !args_get(&tool->args, "dev"))
		return EXIT_DONE; /* who came by an invite stays who he is */
	snprintf(tool->token_file, sizeof(tool->token_file), "%s/dev.token", folder);
	if (!read_line(folder, "dev.token", tool->token, sizeof(tool->token)))
		tool->token[0] = '\0';
	return EXIT_DONE;
}

/* The saved session first, then what the environment and the flags say instead. */
static int
find_hub(struct tool *tool)
{
	const char *folder = tool_folder(tool), *url = args_get(&tool->args, "hub");
	const char *handle = args_get(&tool->args, "as");
	int status = EXIT_DONE;

	saved_session_read(tool);
	if (folder)
		status = read_folder(tool, folder);
	if (url && strncmp(url, "ws://", 5) != 0 && strncmp(url, "wss://", 6) != 0) {
		fprintf(stderr,
			T("gridctl: --hub: '%s' is not an address as ws://host:port or wss://host\n",
				"gridctl: --hub: “%s”不是 ws://主机:端口 或 wss://主机 形式的地址\n"),
			url);
		return EXIT_USAGE;
	}
	if (url)
		snprintf(tool->url, sizeof(tool->url), "%s", url);
	if (handle)
		snprintf(tool->handle, sizeof(tool->handle), "%s", handle);
	return status;
}

static int
run_verb(struct tool *tool)
{
	int status = tool->spec->direct ? EXIT_DONE : find_hub(tool);

	if (tool->spec->offline && status == EXIT_DONE)
		return tool->spec->run(tool);
	if (status == EXIT_DONE)
		status = tool_connect(tool);
	if (status == EXIT_DONE)
		status = tool->spec->run(tool);
	tool_disconnect(tool);
	return status;
}

/* The command line. */

/* The name of the word that would be next, "PLACE" of "[PLACE]". */
static void
print_missing_word(const char *words, unsigned count)
{
	char name[32];

	for (; count > 0; count--)
		words += strcspn(words, " ") + 1;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(words, " ."), words);
	print_placeholders(stderr, name);
}

static bool
has_its_words(const struct tool *tool)
{
	const struct verb_spec *spec = tool->spec;
	unsigned count = tool->args.word_count;

	if (count >= spec->min_words && count <= spec->max_words)
		return true;
	fputs("gridctl: ", stderr);
	if (count > spec->max_words) {
		fprintf(stderr, T("'%s' is one word too many; ", "“%s”是多余的参数；"),
			tool->args.words[spec->max_words]);
	} else {
		print_missing_word(spec->words, count);
		fputs(T(" is missing; ", "：缺少这个参数；"), stderr);
	}
	print_usage(spec);
	return false;
}

static bool
has_its_flags(const struct tool *tool)
{
	for (const struct flag *flag = tool->spec->flags; flag && flag->name; flag++) {
		if (!flag->required || args_get(&tool->args, flag->name))
			continue;
		fprintf(stderr, T("gridctl: --%s is missing: %s; ", "gridctl: 缺少 --%s：%s；"), flag->name,
			T(flag->english, flag->chinese));
		print_usage(tool->spec);
		return false;
	}
	return true;
}

static bool
choose_language(const struct args *args)
{
	const char *lang = args_get(args, "lang");

	if (!lang || lang_set(lang))
		return true;
	fprintf(stderr,
		T("gridctl: --lang: '%s' is neither zh (中文) nor en (English)\n",
			"gridctl: --lang：“%s”不是 zh（中文）或 en（English）\n"),
		lang);
	return false;
}

/* A call may be named by its short code (呼号) too. */
static void
read_call_code(struct tool *tool)
{
	const char *words = tool->spec->words;
	struct id call;

	if (strncmp(words, "CALL", 4) != 0 && strncmp(words, "[CALL", 5) != 0)
		return;
	if (tool->args.word_count > 0 && call_code_parse(&call, text_of(tool->args.words[0])))
		tool->args.words[0] = id_print(tool->call, call);
}

static int
start_verb(struct tool *tool, int argc, char **argv)
{
	const struct flag *lists[] = {global_flags, tool->spec->flags};
	uint64_t timeout;

	if (!args_parse(&tool->args, argc, argv, lists, ARRAY_LEN(lists)) || !choose_language(&tool->args))
		return EXIT_USAGE;
	if (args_get(&tool->args, "help")) {
		print_verb_help(tool->spec);
		return EXIT_DONE;
	}
	if (!has_its_words(tool) || !has_its_flags(tool))
		return EXIT_USAGE;
	if (!args_number(&tool->args, "timeout", TIMEOUT_S, 1, 86400, &timeout))
		return EXIT_USAGE;
	read_call_code(tool);
	tool->timeout_ms = (uint32_t)timeout * 1000;
	tool->json = args_get(&tool->args, "json");
	return run_verb(tool);
}

/* No verb, or a group of them alone, and then flags at the most: what verbs there are. That is wrong usage unless it was
 * asked for. */
static int
start_help(struct tool *tool, const char *group, int argc, char **argv)
{
	int flags;

	if (!args_parse_front(&tool->args, argc, argv, global_flags, &flags) || !choose_language(&tool->args))
		return EXIT_USAGE;
	if (group)
		print_group_help(group);
	else
		print_help();
	return args_get(&tool->args, "help") ? EXIT_DONE : EXIT_USAGE;
}

static int
start(struct tool *tool, int argc, char **argv)
{
	const char *const *words;
	unsigned used;
	int flags;

	if (!args_parse_front(&tool->args, argc, argv, global_flags, &flags) || !choose_language(&tool->args))
		return EXIT_USAGE;
	argc -= flags;
	argv += flags;
	words = (const char *const *)argv;
	if (args_get(&tool->args, "version")) {
		puts(PROGRAM " " GV_VERSION);
		return EXIT_DONE;
	}
	if (argc == 0)
		return start_help(tool, NULL, 0, argv);
	tool->spec = verb_find(words, (unsigned)argc, &used);
	if (tool->spec)
		return start_verb(tool, argc - (int)used, argv + used);
	if (verb_is_group(words[0]) && (argc == 1 || words[1][0] == '-'))
		return start_help(tool, words[0], argc - 1, argv + 1);
	complain_of_verb(words, (unsigned)argc);
	return EXIT_USAGE;
}

/* Before anything can be said of the command line. */
static void
look_for_language(int argc, char **argv)
{
	static const char name[] = "--lang";

	lang_init();
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], name, strlen(name)) == 0)
			lang_set(argv[i][strlen(name)] == '=' ? argv[i] + sizeof(name) : argv[MIN(i + 1, argc - 1)]);
}

/* What is closed is opened, so that no connection gets a number below 3 and is taken for it. Reading gives an end,
 * writing fails. */
static void
open_standard_files(void)
{
	int fd = open("/dev/null", O_RDONLY);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDONLY);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* A pipe whose reader has left. */
static bool
nobody_reads(void)
{
	struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

/* What could not be written was not said: that is no success. A reader who has left knows it himself. */
static int
close_output(int status)
{
	bool failed = fflush(stdout) != 0;

	if (!failed && !ferror(stdout))
		return status;
	if (!nobody_reads())
		fprintf(stderr, T("gridctl: standard output: %s\n", "gridctl: 标准输出：%s\n"),
			failed ? error_words(errno) : T("could not be written", "无法写入"));
	return status == EXIT_DONE ? EXIT_LOCAL : status;
}

int
main(int argc, char **argv)
{
	struct tool *tool = calloc(1, sizeof(*tool));
	int status = EXIT_DONE;

	open_standard_files();
	look_for_language(argc, argv);
	if (!tool)
		return EXIT_LOCAL;
	if (argc == 2 && strcmp(argv[1], "--man") == 0)
		print_man();
	else
		status = start(tool, argc - 1, argv + 1);
	free(tool);
	return close_output(status);
}
