#include "gridctl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notes.h"

#define WORDS_MAX 48

/* Puts words behind those there are, of which there are `count`. */
static size_t
add_words(const char *argv[WORDS_MAX], size_t count, const char *const *words)
{
	for (; *words; words++) {
		assert_true(count + 1 < WORDS_MAX);
		argv[count++] = *words;
	}
	argv[count] = NULL;
	return count;
}

static void
set_environment(const struct world *w)
{
	setenv("XDG_CONFIG_HOME", w->folder, 1);
	setenv("LANGUAGE", "en", 1);
	setenv("TZ", "Asia/Shanghai", 1);
}

/* The whole command line, in the words of who runs it. */
static void
command_line(const char *argv[WORDS_MAX], struct world *w, const char *who, const char *const *words)
{
	const char *const whose[] = {"--data", w->folder, "--as", who, NULL};

	set_environment(w);
	argv[0] = gridctl_binary();
	add_words(argv, add_words(argv, 1, words), whose);
}

struct ended
gridctl_run(struct world *w, const char *who, const char *const *words)
{
	const char *argv[WORDS_MAX];

	command_line(argv, w, who, words);
	return run_program(argv);
}

struct ended
gridctl_run_bare(struct world *w, const char *const *words)
{
	const char *argv[WORDS_MAX] = {gridctl_binary()};

	set_environment(w);
	add_words(argv, 1, words);
	return run_program(argv);
}

struct ended
gridctl_shell(struct world *w, const char *line)
{
	set_environment(w);
	return run_program((const char *const[]){"bash", "-c", line, gridctl_binary(), w->folder, NULL});
}

pid_t
gridctl_spawn(struct world *w, const char *who, const char *name, const char *const *words)
{
	const char *argv[WORDS_MAX];
	int output = open(say("%s/%s", w->folder, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	pid_t pid;

	assert_true(output >= 0);
	command_line(argv, w, who, words);
	pid = spawn(argv, output);
	close(output);
	return pid;
}

static bool
file_has(const char *path, const char *part)
{
	char bytes[8192];
	FILE *file = fopen(path, "re");
	size_t len = file ? fread(bytes, 1, sizeof(bytes) - 1, file) : 0;

	if (file)
		fclose(file);
	bytes[len] = '\0';
	return strstr(bytes, part);
}

void
gridctl_says(struct world *w, const char *name, const char *part)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	wait_until(w, file_has(path, part), part);
}

json_t *
gridctl_json_of(struct world *w, const char *who, unsigned row, const char *const *words)
{
	const char *argv[WORDS_MAX];
	const char *const json[] = {"--json", NULL};
	struct ended ended;
	const char *at = ended.said;
	json_t *object;

	add_words(argv, add_words(argv, 0, words), json);
	ended = gridctl_run(w, who, argv);
	assert_ended(&ended, 0, "{");
	for (; row > 0; row--) {
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
	object = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(object);
	return object;
}

const char *
gridctl_post_all(struct world *w, const char *const *flags)
{
	const char *argv[WORDS_MAX];
	const char *const post[] = {"call", "post", GRID_A, "--title", "发放抗原试剂", NULL};
	const char *id;
	json_t *result;

	add_words(argv, add_words(argv, 0, post), flags);
	result = gridctl_json_of(w, "worker", 0, argv);
	id = say("%s", json_string_value(json_object_get(result, "call")));
	json_decref(result);
	return id;
}

void
assert_order(const char *said, const char *first, const char *second)
{
	const char *at = strstr(said, first);

	if (!at || !strstr(at + strlen(first), second))
		fail_msg("'%s' is not followed by '%s' in:\n%s", first, second, said);
}
