#include "seeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *corpus; /* NULL: none was named */
static unsigned count;

void
seeds_add(const void *bytes, size_t len)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/seed-%02u", corpus, ++count);
	file = fopen(path, "we");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* The corpus is the last argument, unless that is a flag; a file there is an input to be tried again. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *last = (*argv)[*argc - 1];
	struct stat found;

	if (*argc < 2 || last[0] == '-')
		return 0;
	mkdir(last, 0755);
	if (stat(last, &found) != 0 || !S_ISDIR(found.st_mode))
		return 0;
	corpus = last;
	seeds_write();
	return 0;
}
