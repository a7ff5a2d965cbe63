/* main.c - gridctl: finds the verb, checks its command line, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "call_code.h"
#include "text.h"
#include "tool.h"

#define PROGRAM          "gridctl"
#define TIMEOUT_S        10
#define ENVIRONMENT_DATA "GRIDCTL_DATA"

/* What every verb takes. */
static const struct flag global_flags[] = {
	{"data", "FOLDER", "the data folder of a hub on this machine (or " ENVIRONMENT_DATA " in the environment)",
		"本机中枢的数据目录（或环境变量 " ENVIRONMENT_DATA "）"},
	{"hub", "URL", "the hub, as ws://127.0.0.1:7412", "中枢地址，如 ws://127.0.0.1:7412"},
	{"as", "HANDLE", "be this one, by the development login, for this call only", "本次以此身份（开发登录）执行"},
	{"timeout", "SECONDS", "how long to keep trying (default 10)", "最多尝试多少秒（默认 10）"},
	{"json", NULL, "print JSON, one object a line", "输出 JSON，每行一个对象"},
	{"lang", "zh|en", "the language (default: the locale's)", "语言（默认随系统）"},
	{"help", NULL, "print how it is used, and end", "显示用法"},
	{0},
};

/* Help. */

static void
print_flags(const struct flag *flags)
{
	for (; flags && flags->name; flags++) {
		char head[64];
		snprintf(head, sizeof(head), "  --%s %s", flags->name, flags->value ? flags->value : "");
		print_padded(head, 24);
		printf(" %s\n", T(flags->english, flags->chinese));
	}
}

static void
print_verb_help(const struct verb_spec *spec)
{
	printf(T("Usage: " PROGRAM " %s %s [FLAG]...\n%s\n", "用法：" PROGRAM " %s %s [选项]...\n%s\n"), spec->name,
		spec->words, T(spec->english, spec->chinese));
	if (spec->flags) {
		printf("\n");
		print_flags(spec->flags);
	}
	printf(T("\nWith every verb:\n", "\n所有命令通用：\n"));
	print_flags(global_flags);
}

static void
print_help(void)
{
	printf(T("Usage: " PROGRAM " VERB [WORD]... [FLAG]...\n"
		 "Grid Vanguard at a terminal: places, members, calls, chains and tallies.\n\n",
		"用法：" PROGRAM " 命令 [参数]... [选项]...\n"
		"网格先锋队终端：地点、成员、召集、接龙与数字。\n\n"));
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++) {
		char head[64];
		snprintf(head, sizeof(head), "  %s %s", spec->name, spec->words);
		print_padded(head, 30);
		printf(" %s\n", T(spec->english, spec->chinese));
	}
	printf(T("\nWith every verb:\n", "\n所有命令通用：\n"));
	print_flags(global_flags);
	printf(T("\nExit status: 0 done, 1 refused, 2 wrong usage, 3 the hub is away, 4 not logged in, 5 a file or "
		 "terminal.\n",
		"\n退出状态：0 完成，1 被拒绝，2 用法错误，3 中枢不可达，4 未登录，5 文件或终端错误。\n"));
}

/* The manual page, from the same tables; in English, as manual pages of commands are. */

static void
print_troff(const char *text)
{
	for (; *text; text++)
		printf(*text == '-' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void
print_man_flags(const struct flag *flags)
{
	for (; flags && flags->name; flags++) {
		printf(".TP\n.B \\-\\-%s%s%s\n", flags->name, flags->value ? " " : "",
			flags->value ? flags->value : "");
		print_troff(flags->english);
		putchar('\n');
	}
}

static void
print_man(void)
{
	printf(".TH GRIDCTL 1 \"\" \"gridvanguard " GV_VERSION "\" \"Grid Vanguard\"\n"
	       ".SH NAME\n" PROGRAM " \\- Grid Vanguard at a terminal\n"
	       ".SH SYNOPSIS\n.B " PROGRAM "\n\\fIVERB\\fR [\\fIWORD\\fR]... [\\fIFLAG\\fR]...\n"
	       ".SH DESCRIPTION\nTalks to a hub (see\n.BR gridhub (8)):\nimports places, registers members, posts "
	       "calls, "
	       "signs up, and watches the figures live. What is sent is sent again until it is answered or the time is "
	       "up, "
	       "and done at most once.\n.SH VERBS\n");
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++) {
		printf(".SS %s %s\n", spec->name, spec->words);
		print_troff(spec->english);
		printf(".\n");
		print_man_flags(spec->flags);
	}
	printf(".SH FLAGS OF EVERY VERB\n");
	print_man_flags(global_flags);
	printf(".SH FILES\n.TP\n.I $XDG_CONFIG_HOME/gridctl/session\n"
	       "The login that is kept, readable by its owner only; ~/.config without XDG_CONFIG_HOME.\n"
	       ".SH EXIT STATUS\n0 done; 1 the hub refused; 2 wrong usage; 3 the hub cannot be reached or did not "
	       "answer in "
	       "time; 4 not logged in; 5 a file or the terminal cannot be used.\n"
	       ".SH SEE ALSO\n.BR gridhub (8)\n");
}

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
	snprintf(tool->token_file, sizeof(tool->token_file), "%s/dev.token", folder);
	if (!read_line(folder, "dev.token", tool->token, sizeof(tool->token)))
		tool->token[0] = '\0';
	return EXIT_DONE;
}

/* The saved session first, then what the environment and the flags say instead. */
static int
find_hub(struct tool *tool)
{
	const char *folder = args_get(&tool->args, "data"), *url = args_get(&tool->args, "hub");
	const char *handle = args_get(&tool->args, "as");
	int status = EXIT_DONE;

	folder = folder ? folder : getenv(ENVIRONMENT_DATA);
	saved_session_read(tool);
	if (folder)
		status = read_folder(tool, folder);
	if (url && strncmp(url, "ws://", 5) != 0 && strncmp(url, "wss://", 6) != 0) {
		fprintf(stderr,
			T("gridctl: --hub: '%s' is not an address as ws://host:port\n",
				"gridctl: --hub: “%s”不是 ws://主机:端口 形式的地址\n"),
			url);
		return EXIT_USAGE;
	}
	if (url)
		snprintf(tool->url, sizeof(tool->url), "%s", url);
	if (handle)
		snprintf(tool->handle, sizeof(tool->handle), "%s", handle);
	return status;
}

static const struct verb_spec *
find_verb(int argc, char **argv, int *words)
{
	char two[64];

	for (const struct verb_spec *spec = verb_specs; spec->name; spec++) {
		bool pair = strchr(spec->name, ' ');
		if (pair && argc < 2)
			continue;
		snprintf(two, sizeof(two), "%s %s", argv[0], pair ? argv[1] : "");
		if (strcmp(pair ? two : argv[0], spec->name) != 0)
			continue;
		*words = pair ? 2 : 1;
		return spec;
	}
	return NULL;
}

static int
wrong_usage(const char *what)
{
	fprintf(stderr, T("gridctl: %s; see gridctl --help\n", "gridctl: %s；请看 gridctl --help\n"), what);
	return EXIT_USAGE;
}

static int
run_verb(struct tool *tool, const struct verb_spec *spec)
{
	int status = find_hub(tool);

	if (spec->offline && status != EXIT_USAGE)
		return spec->run(tool);
	if (status == EXIT_DONE)
		status = tool_connect(tool);
	if (status == EXIT_DONE)
		status = spec->run(tool);
	tool_disconnect(tool);
	return status;
}

/* A call may be named by its short code (呼号) too. */
static void
read_call_code(struct tool *tool, const struct verb_spec *spec)
{
	struct id call;

	if (strncmp(spec->words, "CALL", 4) != 0 && strncmp(spec->words, "[CALL", 5) != 0)
		return;
	if (tool->args.word_count > 0 && call_code_parse(&call, text_of(tool->args.words[0])))
		tool->args.words[0] = id_print(tool->call, call);
}

static int
start_verb(struct tool *tool, const struct verb_spec *spec, int argc, char **argv)
{
	const struct flag *lists[] = {global_flags, spec->flags};
	const char *lang;
	uint64_t timeout;

	if (!args_parse(&tool->args, argc, argv, lists, ARRAY_LEN(lists)))
		return EXIT_USAGE;
	lang = args_get(&tool->args, "lang");
	if (lang && !lang_set(lang))
		return wrong_usage("--lang");
	if (args_get(&tool->args, "help")) {
		print_verb_help(spec);
		return EXIT_DONE;
	}
	if (tool->args.word_count < spec->min_words || tool->args.word_count > spec->max_words) {
		fprintf(stderr, T("gridctl: usage: gridctl %s %s\n", "gridctl: 用法：gridctl %s %s\n"), spec->name,
			spec->words);
		return EXIT_USAGE;
	}
	if (!args_number(&tool->args, "timeout", TIMEOUT_S, 1, 86400, &timeout))
		return EXIT_USAGE;
	read_call_code(tool, spec);
	tool->timeout_ms = (uint32_t)timeout * 1000;
	tool->json = args_get(&tool->args, "json");
	return run_verb(tool, spec);
}

int
main(int argc, char **argv)
{
	struct tool *tool = calloc(1, sizeof(*tool));
	const struct verb_spec *spec;
	int words, status;

	lang_init();
	if (!tool)
		return EXIT_LOCAL;
	if (argc >= 3 && strcmp(argv[1], "--lang") == 0 && lang_set(argv[2])) {
		argv += 2;
		argc -= 2;
	}
	if (argc < 2) {
		print_help();
		free(tool);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_help();
		status = EXIT_DONE;
	} else if (strcmp(argv[1], "--version") == 0) {
		puts(PROGRAM " " GV_VERSION);
		status = EXIT_DONE;
	} else if (strcmp(argv[1], "--man") == 0) {
		print_man();
		status = EXIT_DONE;
	} else if (!(spec = find_verb(argc - 1, argv + 1, &words))) {
		char flaw[128];
		snprintf(flaw, sizeof(flaw), T("'%.60s' is no verb", "没有命令“%.60s”"), argv[1]);
		status = wrong_usage(flaw);
	} else {
		status = start_verb(tool, spec, argc - 1 - words, argv + 1 + words);
	}
	free(tool);
	return status;
}
