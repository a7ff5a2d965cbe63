#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random.h"

#define LINE (2 * VAULT_KEY + 1) /* the digits and the line break */

static bool
complain(const char *path, const char *flaw)
{
	fprintf(stderr, "gridhub: key file %s: %s\n", path, flaw);
	return false;
}

static bool
parse(const char *line, ssize_t len, uint8_t key[VAULT_KEY])
{
	size_t bytes;

	return len == LINE && line[LINE - 1] == '\n' &&
	       sodium_hex2bin(key, VAULT_KEY, line, LINE - 1, NULL, &bytes, NULL) == 0 && bytes == VAULT_KEY;
}

static bool
read_open(const char *path, int file, uint8_t key[VAULT_KEY])
{
	char line[LINE + 1];
	struct stat found;
	bool good;

	if (fstat(file, &found) != 0)
		return complain(path, strerror(errno));
	if (found.st_mode & 077)
		return complain(path, "others than its owner can read it; chmod 600");
	good = parse(line, read(file, line, sizeof(line)), key);
	sodium_memzero(line, sizeof(line));
	return good || complain(path, "not a key of 64 hexadecimal digits and a line break");
}

enum keyfile
keyfile_read(const char *path, uint8_t key[VAULT_KEY])
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	if (file < 0 && errno == ENOENT)
		return KEYFILE_MISSING;
	if (file < 0) {
		complain(path, strerror(errno));
		return KEYFILE_BAD;
	}
	good = read_open(path, file, key);
	close(file);
	return good ? KEYFILE_READ : KEYFILE_BAD;
}

static bool
write_out(const char *path, const char *line)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool written;

	if (file < 0)
		return false;
	written = write(file, line, LINE) == LINE && fsync(file) == 0;
	return close(file) == 0 && written;
}

/* The folder of the file is on the disk, and so the file's name. */
static bool
sync_folder(const char *path)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');
	int file;
	bool synced;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file < 0)
		return false;
	synced = fsync(file) == 0;
	close(file);
	return synced;
}

/* A link, unlike a rename, never takes the place of a file that is there. */
bool
keyfile_make(const char *path, uint8_t key[VAULT_KEY])
{
	char draft[4096 + 16], line[LINE + 1];
	bool made;

	snprintf(draft, sizeof(draft), "%s.%ld", path, (long)getpid());
	random_fill(key, VAULT_KEY);
	sodium_bin2hex(line, sizeof(line), key, VAULT_KEY);
	line[LINE - 1] = '\n';
	made = write_out(draft, line) && link(draft, path) == 0 && sync_folder(path);
	sodium_memzero(line, sizeof(line));
	if (!made && errno == EEXIST)
		made = keyfile_read(path, key) == KEYFILE_READ;
	else if (!made)
		complain(path, strerror(errno));
	unlink(draft);
	return made;
}
