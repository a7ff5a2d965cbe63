#include "faults.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "buf.h"

struct ended
try_hub_with(const char *const *flags)
{
	const char *argv[32] = {hub_binary()};

	for (unsigned i = 0; flags[i]; i++)
		argv[i + 1] = flags[i];
	return run_program(argv);
}

/* Files. */

bool
has_file(const struct world *w, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	return access(path, F_OK) == 0;
}

size_t
count_in_file(const struct world *w, const char *name, const char *part)
{
	char path[256], bytes[16384];
	struct buf all = {0};
	size_t got, count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(&all, bytes, got);
	fclose(file);
	for (uint8_t *at = all.bytes, *end = all.bytes + all.len; at < end; count++) {
		at = memmem(at, (size_t)(end - at), part, strlen(part));
		if (!at)
			break;
		at += strlen(part);
	}
	buf_finish(&all);
	return count;
}

/* Processes. */

unsigned
processes_in(const struct world *w)
{
	DIR *proc = opendir("/proc");
	unsigned count = 0;
	struct dirent *entry;
	char path[300], folder[256], where[256];

	assert_non_null(realpath(w->folder, folder));
	while ((entry = readdir(proc))) {
		ssize_t len;
		snprintf(path, sizeof(path), "/proc/%s/cwd", entry->d_name);
		len = readlink(path, where, sizeof(where) - 1);
		if (len < 0)
			continue;
		where[len] = '\0';
		count += strcmp(where, folder) == 0;
	}
	closedir(proc);
	return count;
}

bool
is_lock_free(const struct world *w, const char *name)
{
	char path[256];
	int lock;
	bool is_free;

	snprintf(path, sizeof(path), "%s/%s", w->folder, name);
	lock = open(path, O_RDWR | O_CLOEXEC);
	is_free = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0;
	close(lock);
	return is_free;
}

uint64_t
resident_kb(pid_t pid)
{
	char path[64], line[256];
	unsigned long long kb = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	while (kb == 0 && fgets(line, sizeof(line), file))
		sscanf(line, "VmRSS: %llu", &kb);
	fclose(file);
	return kb;
}

unsigned
descriptors_of(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

pid_t
kill_redis(struct world *w)
{
	pid_t pid = redis_pid(w);

	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	return pid;
}
