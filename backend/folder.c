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

#include "text.h"

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

enum folder_lock
folder_lock(struct folder *folder)
{
	int lock = open_file(folder, LOCK, O_RDWR | O_CREAT), error;

	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		folder->lock = lock;
		if (folder_sign(folder))
			return FOLDER_OURS;
		complain(folder->path, strerror(errno));
		return FOLDER_BROKEN;
	}
	error = errno;
	if (lock >= 0)
		close(lock);
	if (lock >= 0 && error == EWOULDBLOCK)
		return FOLDER_HELD;
	complain(folder->path, strerror(error));
	return FOLDER_BROKEN;
}

long
folder_holder(const struct folder *folder)
{
	char pid[32];
	uint64_t value;

	return folder_read(folder, LOCK, pid, sizeof(pid)) && text_to_u64(&value, text_of(pid), INT32_MAX) ? (long)value
													   : 0;
}

bool
folder_take_lock(struct folder *folder, int lock)
{
	char path[4096];
	struct stat ours, theirs;

	snprintf(path, sizeof(path), "%s/" LOCK, folder->path);
	if (stat(path, &ours) == 0 && fstat(lock, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
		ours.st_ino == theirs.st_ino && flock(lock, LOCK_EX | LOCK_NB) == 0) {
		folder->lock = lock;
		return true;
	}
	close(lock);
	return false;
}

bool
folder_sign(struct folder *folder)
{
	char pid[32];
	int len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	return ftruncate(folder->lock, 0) == 0 && pwrite(folder->lock, pid, (size_t)len, 0) == len;
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
	return folder->path || complain(path, strerror(errno));
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

bool
folder_read(const struct folder *folder, const char *name, char *out, size_t room)
{
	int file = open_file(folder, name, O_RDONLY);
	ssize_t len = file < 0 ? -1 : read(file, out, room);
	char *end = len > 0 ? memchr(out, '\n', (size_t)len) : NULL;

	if (file >= 0)
		close(file);
	if (end)
		*end = '\0';
	return end;
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
