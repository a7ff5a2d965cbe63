#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOCK "hub.lock"
#define LOG  "hub.log" /* where whoever starts a hub puts what it says */

static bool
complain(const char *path, const char *flaw)
{
	fprintf(stderr, "gridhub: data folder %s: %s\n", path, flaw);
	return false;
}

/* Empty, or a hub's: nobody else can miss it. */
static bool
is_ours_alone(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *found;
	bool empty = true, hubs = false;

	if (!folder)
		return false;
	while ((found = readdir(folder))) {
		hubs = hubs || strcmp(found->d_name, LOCK) == 0 || strcmp(found->d_name, LOG) == 0;
		empty = empty && (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0);
	}
	closedir(folder);
	return empty || hubs;
}

/* One that is used for other things, such as /tmp, is not shut before those who use it. */
static bool
shut(const char *path, mode_t mode)
{
	char flaw[96];

	if ((mode & 077) == 0)
		return true;
	if (!(mode & S_IWOTH) && is_ours_alone(path))
		return chmod(path, 0700) == 0 || complain(path, strerror(errno));
	snprintf(flaw, sizeof(flaw),
		"open to others (mode %04o) and not a hub's alone; name one of its own, or chmod 700",
		(unsigned)mode & 07777);
	return complain(path, flaw);
}

/* Each folder on the way, and then the last one. */
static bool
make_folders(const char *path)
{
	char part[4096];

	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static int
open_file(const struct folder *folder, const char *name, int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	return open(path, flags | O_CLOEXEC, 0600);
}

/* The lock file holds the pid of who holds it, for whoever is refused. */
static bool
take_lock(struct folder *folder)
{
	char pid[32] = "";
	char flaw[96];
	ssize_t len;

	folder->lock = open_file(folder, LOCK, O_RDWR | O_CREAT);
	if (folder->lock < 0)
		return complain(folder->path, strerror(errno));
	if (flock(folder->lock, LOCK_EX | LOCK_NB) != 0) {
		len = read(folder->lock, pid, sizeof(pid) - 1);
		pid[len > 0 ? strcspn(pid, "\n") : 0] = '\0';
		snprintf(flaw, sizeof(flaw), "another hub runs on it (pid %s)", pid[0] ? pid : "unknown");
		return complain(folder->path, flaw);
	}
	len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(folder->lock, 0) != 0 || write(folder->lock, pid, (size_t)len) != len)
		return complain(folder->path, strerror(errno));
	return true;
}

bool
folder_open(struct folder *folder, const char *path)
{
	struct stat found;

	*folder = (struct folder){.lock = -1};
	if (path[0] == '\0')
		return complain("''", "no name given");
	if (!make_folders(path) || stat(path, &found) != 0)
		return complain(path, strerror(errno));
	if (!S_ISDIR(found.st_mode))
		return complain(path, strerror(ENOTDIR));
	if (!shut(path, found.st_mode))
		return false;
	folder->path = realpath(path, NULL);
	if (!folder->path)
		return complain(path, strerror(errno));
	return take_lock(folder);
}

void
folder_close(struct folder *folder)
{
	if (folder->lock >= 0)
		close(folder->lock);
	free(folder->path);
	*folder = (struct folder){.lock = -1};
}

bool
folder_write(const struct folder *folder, const char *name, const char *line)
{
	char path[4096], draft[4096 + 8];
	size_t len = strlen(line);
	int file;
	bool written;

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	snprintf(draft, sizeof(draft), "%s.new", path);
	file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0)
		return false;
	written = write(file, line, len) == (ssize_t)len && write(file, "\n", 1) == 1;
	return close(file) == 0 && written && rename(draft, path) == 0;
}

void
folder_remove(const struct folder *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder->path, name);
	unlink(path);
}

uint64_t
folder_free_bytes(const struct folder *folder)
{
	struct statvfs disk;

	if (statvfs(folder->path, &disk) != 0)
		return UINT64_MAX;
	return (uint64_t)disk.f_bavail * disk.f_frsize;
}
