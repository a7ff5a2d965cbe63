#include "declared.h"

#include <ctype.h>
#include <glob.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

static char *proto; /* all of it */

static void
add_file(struct buf *out, const char *path)
{
	FILE *in = fopen(path, "r");
	char part[4096];
	size_t got;

	assert_non_null(in);
	while ((got = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(out, part, got);
	fclose(in);
}

void
declared_open(void)
{
	const char *folder = getenv("PROTO_FOLDER");
	char pattern[512];
	struct buf text = {0};
	glob_t found;
	size_t len;

	assert_non_null(folder);
	snprintf(pattern, sizeof(pattern), "%s/gridvanguard/v1/*.proto", folder);
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_file(&text, found.gl_pathv[i]);
	globfree(&found);
	proto = buf_take(&text, &len);
	assert_non_null(proto);
}

void
declared_close(void)
{
	free(proto);
}

/* "1 to 20" or "at most 8"; not the days of a time, nor a power. Behind it is in *rest. */
static bool
read_range(const char *at, struct range *out, const char **rest)
{
	unsigned long long min = 0, max;
	int len = 0;

	if (sscanf(at, "at most %llu%n", &max, &len) != 1 && sscanf(at, "%llu to %llu%n", &min, &max, &len) != 2)
		return false;
	*rest = at + len;
	if (**rest == '^' || strncmp(*rest, " days", 5) == 0)
		return false;
	*out = (struct range){true, min, max};
	return true;
}

static void
read_ranges(struct declared *out)
{
	for (const char *at = out->comment; *at; at++) {
		bool begins = at == out->comment || !isalnum((unsigned char)at[-1]);
		struct range range;
		const char *rest;
		if (!begins || !read_range(at, &range, &rest))
			continue;
		if (strncmp(rest, " characters", 11) == 0)
			out->characters = range;
		else if (strncmp(rest, " bytes", 6) == 0)
			out->bytes = range;
		else if (!out->range.said)
			out->range = range;
		at = rest - 1;
	}
}

struct declared
declared_of(const char *message, const char *field)
{
	struct declared out = {0};
	char head[80], name[80];
	const char *at, *end, *behind;

	snprintf(head, sizeof(head), "\nmessage %s {\n", message);
	snprintf(name, sizeof(name), " %s = ", field);
	at = strstr(proto, head);
	end = at ? strstr(at, "\n}\n") : NULL;
	at = at ? strstr(at, name) : NULL;
	if (!at || !end || at > end)
		fail_msg("the proto has no %s.%s", message, field);
	end = strchr(at, '\n');
	behind = strstr(at, "// ");
	if (behind && behind < end)
		snprintf(out.comment, sizeof(out.comment), "%.*s", (int)(end - behind - 3), behind + 3);
	read_ranges(&out);
	return out;
}

bool
declared_says(const struct declared *declared, const char *words)
{
	return strstr(declared->comment, words);
}
