#include "args.h"

#include <stdio.h>
#include <string.h>

#include "lang.h"
#include "text.h"

static const struct flag *
find_flag(const struct flag *const lists[], unsigned list_count, const char *name, size_t len)
{
	for (unsigned i = 0; i < list_count; i++)
		for (const struct flag *flag = lists[i]; flag && flag->name; flag++)
			if (strlen(flag->name) == len && memcmp(flag->name, name, len) == 0)
				return flag;
	return NULL;
}

static bool
complain(const char *flag, const char *flaw)
{
	fprintf(stderr, T("gridctl: %s: %s\n", "gridctl: %s：%s\n"), flag, flaw);
	return false;
}

/* The flags that may stand in one place, and what is said of another one. */
struct flag_lists {
	const struct flag *const *lists;
	unsigned count;
	const char *if_unknown;
};

static bool
is_flag(const char *word)
{
	return strncmp(word, "--", 2) == 0 || strcmp(word, "-h") == 0;
}

static bool
add_flag(struct args *args, int argc, char **argv, int *at, const struct flag_lists *lists)
{
	const char *name = strcmp(argv[*at], "-h") == 0 ? "help" : argv[*at] + 2, *equals = strchr(name, '=');
	const struct flag *flag =
		find_flag(lists->lists, lists->count, name, equals ? (size_t)(equals - name) : strlen(name));
	const char *value = equals ? equals + 1 : NULL;

	if (!flag)
		return complain(argv[*at], lists->if_unknown);
	if (!flag->value && value)
		return complain(argv[*at], T("takes no value", "不带值"));
	if (flag->value && !value && *at + 1 < argc)
		value = argv[++*at];
	if (flag->value && !value)
		return complain(argv[*at], T("its value is missing", "缺少值"));
	if (args->flag_count == ARGS_MAX)
		return complain(argv[*at], T("too many flags", "选项太多"));
	args->flags[args->flag_count].flag = flag;
	args->flags[args->flag_count++].value = value ? value : "";
	return true;
}

bool
args_parse_front(struct args *args, int argc, char **argv, const struct flag *flags, int *used)
{
	const struct flag_lists front = {&flags, 1,
		T("no flag of all verbs; a verb's own flags stand behind it",
			"不是通用选项；命令自己的选项写在命令之后")};

	for (*used = 0; *used < argc && is_flag(argv[*used]); ++*used)
		if (!add_flag(args, argc, argv, used, &front))
			return false;
	return true;
}

bool
args_parse(struct args *args, int argc, char **argv, const struct flag *const lists[], unsigned list_count)
{
	const struct flag_lists all = {lists, list_count, T("no such flag; see --help", "没有这个选项；请看 --help")};
	bool only_words = false;

	for (int i = 0; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && is_flag(argv[i])) {
			if (!add_flag(args, argc, argv, &i, &all))
				return false;
		} else {
			if (args->word_count == ARGS_MAX)
				return complain(argv[i], T("too many words", "参数太多"));
			args->words[args->word_count++] = argv[i];
		}
	}
	return true;
}

const char *
args_get(const struct args *args, const char *flag)
{
	const char *value = NULL;

	for (unsigned i = 0; i < args->flag_count; i++)
		if (strcmp(args->flags[i].flag->name, flag) == 0)
			value = args->flags[i].value;
	return value;
}

const char *
args_next(const struct args *args, const char *flag, unsigned *at)
{
	while (*at < args->flag_count) {
		unsigned i = (*at)++;
		if (strcmp(args->flags[i].flag->name, flag) == 0)
			return args->flags[i].value;
	}
	return NULL;
}

bool
args_number(const struct args *args, const char *flag, uint64_t standard, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *value = args_get(args, flag);

	*out = standard;
	if (!value)
		return true;
	if (text_to_u64(out, text_of(value), max) && *out >= min)
		return true;
	fprintf(stderr,
		T("gridctl: --%s: '%s' is not a number from %llu to %llu\n",
			"gridctl: --%s: “%s”不是 %llu 到 %llu 之间的数\n"),
		flag, value, (unsigned long long)min, (unsigned long long)max);
	return false;
}
