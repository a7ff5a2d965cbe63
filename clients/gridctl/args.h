/* args.h - a verb's command line: words and flags, checked against its table. */
#ifndef GV_ARGS_H
#define GV_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"

#define ARGS_MAX 64

/* A flag of a verb. The last of a list has no name. */
struct flag {
	const char *name;  /* without the dashes */
	const char *value; /* what stands for its value in the help; NULL: it has none */
	const char *english;
	const char *chinese;
	bool required;
};

struct args {
	const char *words[ARGS_MAX];
	unsigned word_count;
	struct {
		const struct flag *flag;
		const char *value;
	} flags[ARGS_MAX];
	unsigned flag_count;
};

/* Takes the flags that stand in front of the first word, and says how many of argv they were. False, after a line on
 * standard error, for a flag that is not in the list or lacks its value. */
bool args_parse_front(struct args *args, int argc, char **argv, const struct flag *flags, int *used) WARN_UNUSED;

/* Sorts argv[0 … argc - 1] into words and flags, behind those there are; each flag must be in one of the lists. "-h" is
 * "--help". False as above. */
bool args_parse(
	struct args *args, int argc, char **argv, const struct flag *const lists[], unsigned list_count) WARN_UNUSED;

/* The value of a flag, the last given; NULL if it was not. For one without values "" if given. */
const char *args_get(const struct args *args, const char *flag);

/* The values of a flag that may be given often, one a call in their order; NULL when there are no more. Starts with
 * *at 0. */
const char *args_next(const struct args *args, const char *flag, unsigned *at);

/* A whole number; `standard` if the flag was not given. False, after a line on standard error, if it is not one from min
 * to max. */
bool args_number(const struct args *args, const char *flag, uint64_t standard, uint64_t min, uint64_t max,
	uint64_t *out) WARN_UNUSED;

#endif
