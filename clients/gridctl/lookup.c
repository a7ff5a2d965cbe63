#include "lookup.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 24 /* of what is compared; no verb's name is as long */
#define SUGGESTED_MAX  3

const struct verb_spec *
verb_find(const char *const *words, unsigned count, unsigned *used)
{
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++) {
		const char *second = strchr(spec->name, ' ');
		*used = second ? 2 : 1;
		if (count < *used)
			continue;
		if (second ? verb_is_of(spec, words[0]) && strcmp(second + 1, words[1]) == 0
			   : strcmp(spec->name, words[0]) == 0)
			return spec;
	}
	return NULL;
}

bool
verb_is_of(const struct verb_spec *spec, const char *group)
{
	size_t len = strlen(group);

	return strncmp(spec->name, group, len) == 0 && spec->name[len] == ' ';
}

bool
verb_is_group(const char *word)
{
	for (const struct verb_spec *spec = verb_specs; spec->name; spec++)
		if (verb_is_of(spec, word))
			return true;
	return false;
}

/* What may be meant. */

/* How many letters are to be put in, taken out or changed, or neighbours swapped, to make one of the other. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[3][NAME_MAX_BYTES + 1], *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = strnlen(a, NAME_MAX_BYTES), b_len = strnlen(b, NAME_MAX_BYTES);

	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *freed = before;
		before = above;
		above = row;
		row = freed;
		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			row[j] = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
	}
	return row[b_len];
}

/* How far a verb is from what was typed: all of its name, or its second word alone ("post" for "call post"). */
static unsigned
distance_of_verb(const struct verb_spec *spec, const char *const *words, unsigned count)
{
	const char *second = strchr(spec->name, ' ');
	char two[2 * NAME_MAX_BYTES + 2];

	if (!second)
		return distance(words[0], spec->name);
	snprintf(two, sizeof(two), "%.*s %.*s", NAME_MAX_BYTES, words[0], NAME_MAX_BYTES, count > 1 ? words[1] : "");
	return MIN(distance(two, spec->name), distance(words[0], second + 1));
}

/* The nearest verbs, as long as every third letter at the most is wrong; how many. */
static unsigned
nearest(const char *const *words, unsigned count, const struct verb_spec *out[SUGGESTED_MAX])
{
	unsigned best = MAX((unsigned)strlen(words[0]) / 3, 1U), found = 0;

	for (const struct verb_spec *spec = verb_specs; spec->name; spec++) {
		unsigned far = distance_of_verb(spec, words, count);
		if (far < best)
			found = 0;
		best = MIN(best, far);
		if (far == best && found < SUGGESTED_MAX)
			out[found++] = spec;
	}
	return found;
}

void
complain_of_verb(const char *const *words, unsigned count)
{
	const struct verb_spec *near[SUGGESTED_MAX];
	unsigned found = nearest(words, count, near);
	bool of_group = count > 1 && verb_is_group(words[0]);

	fprintf(stderr, T("gridctl: '%.60s%s%.60s' is no verb; ", "gridctl: 没有命令“%.60s%s%.60s”；"), words[0],
		of_group ? " " : "", of_group ? words[1] : "");
	for (unsigned i = 0; i < found; i++)
		fprintf(stderr, T("%s'%s'", "%s“%s”"), i ? T(" or ", "或") : T("did you mean ", "您是指"),
			near[i]->name);
	if (found > 0)
		fputs(T("?\n", "？\n"), stderr);
	else
		fprintf(stderr, T("see gridctl help%s%.60s\n", "请看 gridctl help%s%.60s\n"), of_group ? " " : "",
			of_group ? words[0] : "");
}
