/* grep_logs.c - looks through all that a run of the tests logged: no token, no mobile number, no key, no text (P9).
 *
 *   grep_logs FOLDER [FILE]...
 *
 * FOLDER has logs; each FILE is what programs said that may print texts. It begins with a canary of each kind in FOLDER, and
 * fails if it does not find them: a search that finds nothing must be able to find something. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "macros.h"
#include "secrecy.h"

static unsigned found_count, file_count;

static void
look(enum secrecy kind, const char *path)
{
	size_t at = 0;
	const char *what = secrecy_find_in_file(kind, path, &at);

	file_count++;
	if (!what)
		return;
	found_count++;
	printf("%s: %s, at %zu\n", path, what, at);
}

static void
look_at_all(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[1024];

	if (!dir) {
		perror(folder);
		exit(2);
	}
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] != '.')
			look(SECRECY_LOG, path);
	}
	closedir(dir);
}

/* In the middle of what else is logged. */
static void
try_canaries(const char *folder)
{
	static const char *const canaries[] = {
		"token=3.77.1.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI",
		"phone=13800138000",
		"phone=+8613800138000",
		"key=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"remark=请带手套",
	};
	char path[1024];
	size_t at;

	snprintf(path, sizeof(path), "%s/canary.log", folder);
	for (size_t i = 0; i < ARRAY_LEN(canaries); i++) {
		FILE *file = fopen(path, "we");
		if (!file) {
			perror(path);
			exit(2);
		}
		fprintf(file, "level=info at=hub event=ready ms=12\nlevel=info at=hub event=said %s\n", canaries[i]);
		fclose(file);
		if (!secrecy_find_in_file(SECRECY_LOG, path, &at)) {
			printf("a canary was not found: %zu\n", i);
			exit(2);
		}
	}
	unlink(path);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	try_canaries(argv[1]);
	look_at_all(argv[1]);
	for (int i = 2; i < argc; i++)
		look(SECRECY_SAID, argv[i]);
	printf("%u files, %u with what must not be logged\n", file_count, found_count);
	return found_count > 0 || file_count == 0;
}
