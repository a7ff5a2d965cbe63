/* completion.c - what a shell needs to complete a command line of gridctl, from the tables that help comes from.
 *
 * The script knows all by itself and asks no hub. It walks over the words before the one that is being typed: flags that
 * take a value, the words of a verb's name, and what stands behind that. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lookup.h"

/* " --name" for each; those with a value only, where that is asked. */
static void
print_names(const struct flag *flags, bool with_value)
{
	for (; flags && flags->name; flags++)
		if (flags->value || !with_value)
			printf(" --%s", flags->name);
}

static bool
have_one_first_word(const char *a, const char *b)
{
	size_t len = strcspn(a, " ");

	return strcspn(b, " ") == len && memcmp(a, b, len) == 0;
}

/* "place) words=' import list show layout'" for the group that a verb is of. */
static void
print_group(const struct verb_spec *spec)
{
	char group[32];

	snprintf(group, sizeof(group), "%.*s", (int)strcspn(spec->name, " "), spec->name);
	printf("\t\t%s) words='", group);
	for (const struct verb_spec *one = verb_specs; one->name; one++)
		if (verb_is_of(one, group))
			printf("%s", strchr(one->name, ' '));
	printf("' ;;\n");
}

/* The first words of all verbs, and behind each that does not do alone the second ones. Those of a group stand together
 * in the table. */
static void
print_verb_words(void)
{
	const char *before = "";

	printf("\t\t'') words='");
	for (const struct verb_spec *spec = verb_specs; spec->name; before = spec++->name)
		if (!have_one_first_word(before, spec->name))
			printf(" %.*s", (int)strcspn(spec->name, " "), spec->name);
	printf("' ;;\n");
	before = "";
	for (const struct verb_spec *spec = verb_specs; spec->name; before = spec++->name)
		if (strchr(spec->name, ' ') && !have_one_first_word(before, spec->name))
			print_group(spec);
}

/* The values of a flag where they are few, as "zh|en". */
static void
print_choices(const struct flag *flags)
{
	for (; flags && flags->name; flags++) {
		if (!flags->value || !strchr(flags->value, '|'))
			continue;
		printf(" choices[--%s]='", flags->name);
		for (const char *at = flags->value; *at; at++)
			putchar(*at == '|' ? ' ' : *at);
		putchar('\'');
	}
}

/* A verb: its flags, which of them take a value, and the words that may follow, where those are fixed. */
static void
print_verb(const struct verb_spec *spec)
{
	printf("\t\t\t'%s') known=1 flags+='", spec->name);
	print_names(spec->flags, false);
	printf("' values+='");
	print_names(spec->flags, true);
	printf("'");
	print_choices(spec->flags);
	if (islower((unsigned char)spec->words[0]))
		printf(" words='%s'", spec->words);
	printf(" ;;\n");
}

static void
print_bash(void)
{
	printf("# bash completion of " PROGRAM " " GV_VERSION ", made by: " PROGRAM " completion bash\n"
	       "_gridctl()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} verb='' known='' words='' last='' i\n"
	       "\tlocal flags='");
	print_names(global_flags, false);
	printf("' values='");
	print_names(global_flags, true);
	printf("'\n\tlocal -A choices\n\t");
	print_choices(global_flags);
	printf("\n\tCOMPREPLY=()\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tlast=${COMP_WORDS[i]}\n"
	       "\t\tcase $last in\n"
	       "\t\t--*)\n"
	       "\t\t\t[[ \" $values \" == *\" $last \"* ]] || continue\n"
	       "\t\t\t((++i))\n"
	       "\t\t\t[[ ${COMP_WORDS[i]} != = ]] || ((++i))\n" /* bash makes three words of --flag=value */
	       "\t\t\t;;\n"
	       "\t\thelp) ;;\n"
	       "\t\t*)\n"
	       "\t\t\t[[ ! $known ]] || { words=''; continue; }\n"
	       "\t\t\tverb+=${verb:+ }$last\n"
	       "\t\t\tcase $verb in\n");
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++)
		print_verb(spec);
	printf("\t\t\tesac\n"
	       "\t\t\t;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\tif ((i > COMP_CWORD)); then\n" /* the value of a flag */
	       "\t\twords=${choices[$last]:-}\n"
	       "\telif [[ $word == -* ]]; then\n"
	       "\t\twords=$flags\n"
	       "\telif [[ ! $known ]]; then\n"
	       "\t\tcase $verb in\n");
	print_verb_words();
	printf("\t\tesac\n"
	       "\tfi\n"
	       "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	       "}\n"
	       "complete -o default -F _gridctl " PROGRAM "\n");
}

int
run_completion(struct tool *tool)
{
	if (strcmp(tool->args.words[0], "bash") == 0) {
		print_bash();
		return EXIT_DONE;
	}
	fprintf(stderr, T("gridctl: '%s': bash is the only shell that is known\n", "gridctl: “%s”：目前只支持 bash\n"),
		tool->args.words[0]);
	return EXIT_USAGE;
}
