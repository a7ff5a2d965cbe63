#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CAPTURE_MAX 65536 /* what a pipe holds */

struct rng
seeded(const char *test)
{
	const char *given = getenv("UNIT_SEED");
	struct rng rng;

	random_fill(&rng.state, sizeof(rng.state));
	if (given)
		rng.state = strtoull(given, NULL, 0);
	print_message("# %s: UNIT_SEED=0x%016llx\n", test, (unsigned long long)rng.state);
	return rng;
}

struct place
place_of(const char *code)
{
	struct place place = {0};

	if (!place_parse(&place, text_of(code)))
		fail_msg("'%s' is no place", code);
	return place;
}

struct id
id_of(const char *text)
{
	struct id id = {0};

	if (!id_parse(&id, text_of(text)))
		fail_msg("'%s' is no id", text);
	return id;
}

struct place
random_place(struct rng *rng, enum place_level level)
{
	static const unsigned char widths[PLACE_LEVELS] = {2, 2, 2, 3, 3, 3, 3};
	char code[PLACE_TEXT];
	int len = snprintf(code, sizeof(code), "%u", 12 + rng_below(rng, 3));

	for (enum place_level at = CITY; at <= level; at++)
		len += snprintf(code + len, sizeof(code) - (size_t)len, "%0*u", widths[at], rng_below(rng, 3));
	return place_of(code);
}

bool
code_starts_with(struct place inner, struct place outer)
{
	char long_code[PLACE_TEXT], prefix[PLACE_TEXT];

	place_print(long_code, inner);
	place_print(prefix, outer);
	return strncmp(long_code, prefix, strlen(prefix)) == 0;
}

/* A pipe that keeps writes apart (O_DIRECT) and never blocks. */
static void
open_pipe(int ends[2])
{
	if (pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC) != 0)
		fail_msg("no pipe");
	fcntl(ends[1], F_SETPIPE_SZ, 1 << 20); /* a page for each write */
}

/* The sanitizers', where the test is built with them: what they have to say is not to be caught with the rest. */
void __sanitizer_set_report_fd(void *fd) __attribute__((weak));

static void
report_to(int fd)
{
	if (__sanitizer_set_report_fd)
		__sanitizer_set_report_fd((void *)(intptr_t)fd);
}

char *
stderr_of(void (*work)(void *context), void *context, size_t *writes)
{
	char *said = calloc(1, CAPTURE_MAX + 1);
	size_t len = 0, count = 0;
	int before = dup(STDERR_FILENO), ends[2];
	ssize_t got;

	open_pipe(ends);
	fflush(stderr);
	report_to(before);
	dup2(ends[1], STDERR_FILENO);
	work(context);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	report_to(STDERR_FILENO);
	close(before);
	close(ends[1]);
	for (; said && (got = read(ends[0], said + len, CAPTURE_MAX - len)) > 0; count++)
		len += (size_t)got;
	close(ends[0]);
	if (!said)
		fail_msg("out of memory");
	if (writes)
		*writes = count;
	return said;
}

void
unit_assert_text(struct text text, const char *expected, const char *file, int line)
{
	if (text_equal(text, text_of(expected)))
		return;
	print_error("'%.*s' is not '%s'\n", (int)text.len, text.data, expected);
	_fail(file, line);
}

void
unit_assert_place(struct place place, const char *code, const char *file, int line)
{
	char printed[PLACE_TEXT];

	if (strcmp(place_print(printed, place), code) == 0)
		return;
	print_error("%s is not %s\n", printed, code);
	_fail(file, line);
}
