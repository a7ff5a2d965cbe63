#include "help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lookup.h"

#define FLAG_COLUMNS 24
#define VERB_COLUMNS 30

/* Placeholders. */

static const char *
chinese_of(const char *word, size_t len)
{
	static const char *const words[][2] = {
		{"CALL", "召集"},
		{"CODE", "验证码"},
		{"DOORCODE", "签到码"},
		{"ENTRY", "条目"},
		{"FILE", "文件"},
		{"FOLDER", "目录"},
		{"GRID", "网格"},
		{"HANDLE", "登录名"},
		{"MINUTES", "分钟"},
		{"MS", "毫秒"},
		{"NAME", "名称"},
		{"NUMBER", "数字"},
		{"PERSON", "人员"},
		{"PLACE", "地点"},
		{"QUESTION", "提问"},
		{"SECONDS", "秒"},
		{"SLOT", "班次"},
		{"TEXT", "文字"},
		{"TIME", "时间"},
		{"URL", "地址"},
		{"VERB", "命令"},
		{"VERSION", "版本"},
		{"VILLAGES", "村居"},
		{"WORD", "词"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i][0]) == len && memcmp(words[i][0], word, len) == 0)
			return words[i][1];
	return NULL;
}

/* Runs of capitals are what is replaced. */
static void
placeholders_in(char *out, size_t room, const char *words)
{
	size_t used = 0;

	out[0] = '\0';
	while (*words && used < room) {
		size_t len = 0;
		const char *chinese;
		while (isupper((unsigned char)words[len]))
			len++;
		chinese = lang_is_chinese() ? chinese_of(words, len) : NULL;
		len = len > 0 ? len : 1;
		used += chinese ? (size_t)snprintf(out + used, room - used, "%s", chinese)
				: (size_t)snprintf(out + used, room - used, "%.*s", (int)len, words);
		words += len;
	}
}

void
print_placeholders(FILE *out, const char *words)
{
	char text[128];

	placeholders_in(text, sizeof(text), words);
	fputs(text, out);
}

/* Flags and verbs. */

/* In its column, or, if that is too narrow, in a line of its own. */
static void
print_head(const char *head, int columns)
{
	if (text_columns(head) < columns)
		print_padded(head, columns);
	else
		printf("%s\n%*s", head, columns, "");
}

static void
print_flags(const struct flag *flags)
{
	for (; flags && flags->name; flags++) {
		char head[96], value[64];
		placeholders_in(value, sizeof(value), flags->value ? flags->value : "");
		snprintf(head, sizeof(head), "  --%s %s", flags->name, value);
		print_head(head, FLAG_COLUMNS);
		printf(" %s%s\n", T(flags->english, flags->chinese),
			flags->required ? T(" (required)", "（必填）") : "");
	}
}

static void
print_global_flags(void)
{
	printf(T("\nWith every verb, before or behind it:\n", "\n所有命令通用，写在命令之前或之后：\n"));
	print_flags(global_flags);
}

static void
print_usage_words(FILE *out, const struct verb_spec *spec)
{
	fprintf(out, PROGRAM " %s%s", spec->name, spec->words[0] ? " " : "");
	print_placeholders(out, spec->words);
	for (const struct flag *flag = spec->flags; flag && flag->name; flag++) {
		if (!flag->required)
			continue;
		fprintf(out, flag->value ? " --%s " : " --%s", flag->name);
		print_placeholders(out, flag->value ? flag->value : "");
	}
}

void
print_usage(const struct verb_spec *spec)
{
	fputs(T("usage: ", "用法："), stderr);
	print_usage_words(stderr, spec);
	fputc('\n', stderr);
}

void
print_verb_help(const struct verb_spec *spec)
{
	fputs(T("Usage: ", "用法："), stdout);
	print_usage_words(stdout, spec);
	printf(T(" [FLAG]...\n%s\n", " [选项]...\n%s\n"), T(spec->english, spec->chinese));
	if (spec->example)
		printf(T("\nExample: " PROGRAM " %s %s\n", "\n示例：" PROGRAM " %s %s\n"), spec->name, spec->example);
	if (spec->flags) {
		printf("\n");
		print_flags(spec->flags);
	}
	print_global_flags();
}

static void
print_verb(const struct verb_spec *spec)
{
	char head[96], words[64];

	placeholders_in(words, sizeof(words), spec->words);
	snprintf(head, sizeof(head), "  %s %s", spec->name, words);
	print_head(head, VERB_COLUMNS);
	printf(" %s\n", T(spec->english, spec->chinese));
}

void
print_group_help(const char *group)
{
	printf(T("Usage: " PROGRAM " %s VERB ..., which is one of\n\n",
		       "用法：" PROGRAM " %s 命令 ……，其中命令为：\n\n"),
		group);
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++)
		if (verb_is_of(spec, group))
			print_verb(spec);
	printf(T("\nSee also: " PROGRAM " help %s VERB\n", "\n另见：" PROGRAM " help %s 命令\n"), group);
}

void
print_help(void)
{
	printf(T("Usage: " PROGRAM " VERB [WORD]... [FLAG]...\n"
		 "Grid Vanguard at a terminal: places, members, calls, chains and tallies.\n\n",
		"用法：" PROGRAM " 命令 [参数]... [选项]...\n"
		"网格先锋队终端：地点、成员、召集、接龙与数字。\n\n"));
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++)
		print_verb(spec);
	print_global_flags();
	printf(T("\nExit status: 0 done, 1 refused (audit: differences), 2 wrong usage, 3 the hub or Redis is away, 4 "
		 "not "
		 "logged in, 5 a file or terminal, 6 an audit could not judge everything.\n",
		"\n退出状态：0 完成，1 被拒绝（audit：有差异），2 用法错误，3 中枢或 Redis 不可达，4 未登录，5 "
		"文件或终端错误，6 核对未能覆盖全部。\n"));
}

int
run_help(struct tool *tool)
{
	const char *const *words = tool->args.words;
	const struct verb_spec *spec;
	unsigned used;

	if (tool->args.word_count == 0) {
		print_help();
		return EXIT_DONE;
	}
	spec = verb_find(words, tool->args.word_count, &used);
	if (spec) {
		print_verb_help(spec);
	} else if (tool->args.word_count == 1 && verb_is_group(words[0])) {
		print_group_help(words[0]);
	} else {
		complain_of_verb(words, tool->args.word_count);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/* The manual page. */

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
		puts(flags->required ? " (required)" : "");
	}
}

static void
print_man_verb(const struct verb_spec *spec)
{
	printf(".SS %s %s\n", spec->name, spec->words);
	print_troff(spec->english);
	printf(".\n");
	if (spec->example) {
		printf(".PP\nExample:\n.B " PROGRAM " %s ", spec->name);
		print_troff(spec->example);
		putchar('\n');
	}
	print_man_flags(spec->flags);
}

void
print_man(void)
{
	printf(".TH GRIDCTL 1 \"\" \"gridvanguard " GV_VERSION "\" \"Grid Vanguard\"\n"
	       ".SH NAME\n" PROGRAM " \\- Grid Vanguard at a terminal\n"
	       ".SH SYNOPSIS\n.B " PROGRAM "\n\\fIVERB\\fR [\\fIWORD\\fR]... [\\fIFLAG\\fR]...\n"
	       ".SH DESCRIPTION\nTalks to a hub (see\n.BR gridhub (8)):\nimports places, registers members, posts "
	       "calls, signs up, and watches the figures live. What is sent is sent again until it is answered or the "
	       "time is up, and done at most once.\n.SH VERBS\n");
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++)
		print_man_verb(spec);
	printf(".SH FLAGS OF EVERY VERB\nThey may also stand in front of it.\n");
	print_man_flags(global_flags);
	print_man_rights();
	printf(".SH FILES\n.TP\n.I $XDG_CONFIG_HOME/gridctl/session\n"
	       "The login that is kept, readable by its owner only; ~/.config without XDG_CONFIG_HOME.\n"
	       ".SH EXIT STATUS\n0 done; 1 the hub refused; 2 wrong usage; 3 the hub cannot be reached or did not "
	       "answer in time; 4 not logged in, or with a login that the hub does not know any more; 5 a file or the "
	       "terminal cannot be used.\n"
	       ".SH SEE ALSO\n.BR gridhub (8)\n");
}
