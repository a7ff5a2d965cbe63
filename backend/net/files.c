#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <sodium.h>

#include "memory.h"

#define MANIFEST_MAX_BYTES (512 * 1024)
#define WORDS              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

struct files {
	struct file *all; /* by their paths */
	unsigned count;
	size_t bytes;
};

/* What is being read, for what is said when it is wrong. */
struct reading {
	struct files *files;
	int folder;
	bool (*is_taken)(const char *path);
	unsigned number;  /* of the entry */
	const char *path; /* its; "": not known yet */
	char *why;
	size_t room;
};

static bool PRINTF_LIKE(3, 4) complain(struct reading *in, const char *member, const char *flaw, ...)
{
	int len = snprintf(in->why, in->room, FILES_MANIFEST ": files[%u] \"%.*s\": %s: ", in->number, FILE_PATH_MAX,
		in->path, member);
	va_list args;

	va_start(args, flaw);
	if (len > 0 && (size_t)len < in->room)
		vsnprintf(in->why + len, in->room - (size_t)len, flaw, args);
	va_end(args);
	return false;
}

/* A path or the name of a file: words that do not begin with a dot, with a slash between them. */
static bool
is_name(const char *name)
{
	for (;;) {
		size_t len = strspn(name, WORDS);
		if (len == 0 || name[0] == '.')
			return false;
		name += len;
		if (*name == '\0')
			return true;
		if (*name++ != '/')
			return false;
	}
}

/* "/", or a name behind it that may end with one. */
static bool
is_path(const char *path)
{
	char name[FILE_PATH_MAX + 1];
	size_t len = strlen(path);

	if (len > FILE_PATH_MAX || path[0] != '/')
		return false;
	if (len == 1)
		return true;
	text_copy(name, sizeof(name), (struct text){path + 1, len - 1});
	if (name[len - 2] == '/')
		name[len - 2] = '\0';
	return is_name(name);
}

/* It goes into the head of an answer as it is. */
static bool
is_type(const char *type)
{
	const char *slash = strchr(type, '/');

	return slash && slash != type && strlen(type) <= FILE_TYPE_MAX && strspn(type, WORDS "/+; =") == strlen(type);
}

static const char *
text_member(struct reading *in, const json_t *entry, const char *name)
{
	const char *value = json_string_value(json_object_get(entry, name));

	if (!value)
		complain(in, name, "is missing, or no text");
	return value;
}

static bool
size_member(struct reading *in, const json_t *entry, const char *name, size_t *out)
{
	const json_t *value = json_object_get(entry, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return complain(in, name, "is missing, or no size in bytes");
	if ((uint64_t)json_integer_value(value) > FILES_MAX_BYTES - in->files->bytes)
		return complain(in, name, "with it all files are above %zu MiB", FILES_MAX_BYTES >> 20);
	*out = (size_t)json_integer_value(value);
	in->files->bytes += *out;
	return true;
}

static bool
read_bytes(int from, char *out, size_t size)
{
	ssize_t got;

	for (; size > 0; out += got, size -= (size_t)got) {
		got = read(from, out, size);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0)
			return false;
	}
	return true;
}

/* The whole of a file, which is to be of that size. */
static bool
read_content(struct reading *in, const char *name, size_t size, struct text *out)
{
	/* What is no file may make open() wait. */
	int from = openat(in->folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *bytes = or_die(malloc(size + 1));
	struct stat info;
	bool read = false;

	*out = (struct text){bytes, size};
	if (from < 0 || fstat(from, &info) != 0)
		complain(in, "file", "'%s': %s", name, strerror(errno));
	else if (!S_ISREG(info.st_mode))
		complain(in, "file", "'%s' is no file", name);
	else if ((uint64_t)info.st_size != size)
		complain(in, "file", "'%s' has %lld bytes, and not %zu as is said of it: build the pages again", name,
			(long long)info.st_size, size);
	else if (!(read = read_bytes(from, bytes, size)))
		complain(in, "file", "'%s' cannot be read", name);
	if (from >= 0)
		close(from);
	return read;
}

static void
make_etag(struct file *file)
{
	uint8_t digest[crypto_generichash_BYTES];
	char digits[17];

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)file->plain.data, file->plain.len, NULL, 0);
	snprintf(file->etag, sizeof(file->etag), "W/\"%s\"", sodium_bin2hex(digits, sizeof(digits), digest, 8));
}

static bool
read_contents(struct reading *in, const json_t *entry, struct file *file)
{
	const char *name = text_member(in, entry, "file");
	char compressed[FILE_PATH_MAX + sizeof(".gz")];
	size_t size, gzip_size;

	if (!name)
		return false;
	if (strlen(name) > FILE_PATH_MAX || !is_name(name))
		return complain(in, "file", "'%.*s' is no name of a file in the folder", FILE_PATH_MAX, name);
	if (!size_member(in, entry, "bytes", &size) || !size_member(in, entry, "gzip", &gzip_size))
		return false;
	if (!read_content(in, name, size, &file->plain))
		return false;
	make_etag(file);
	snprintf(compressed, sizeof(compressed), "%s.gz", name);
	return gzip_size == 0 || read_content(in, compressed, gzip_size, &file->gzip);
}

static bool
read_entry(struct reading *in, const json_t *entry, struct file *file)
{
	const json_t *immutable = json_object_get(entry, "immutable");
	const char *path, *type;

	in->path = "";
	if (!(path = text_member(in, entry, "path")))
		return false;
	in->path = path;
	if (!is_path(path))
		return complain(in, "path", "is no path that is served");
	if (in->is_taken(path))
		return complain(in, "path", "is a page of the hub's own");
	if (!(type = text_member(in, entry, "type")))
		return false;
	if (!is_type(type))
		return complain(in, "type", "is no type, as text/css; charset=utf-8");
	if (!json_is_boolean(immutable))
		return complain(in, "immutable", "is missing, or neither true nor false");
	file->path = or_die(strdup(path));
	file->type = or_die(strdup(type));
	file->immutable = json_is_true(immutable);
	return read_contents(in, entry, file);
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static bool
read_entries(struct reading *in, const json_t *entries)
{
	struct files *files = in->files;

	files->all = or_die(calloc(json_array_size(entries) + 1, sizeof(*files->all)));
	for (size_t i = 0; i < json_array_size(entries); i++) {
		in->number = (unsigned)i;
		files->count++;
		if (!read_entry(in, json_array_get(entries, i), &files->all[i]))
			return false;
	}
	qsort(files->all, files->count, sizeof(*files->all), by_path);
	for (unsigned i = 1; i < files->count; i++) {
		if (strcmp(files->all[i].path, files->all[i - 1].path) != 0)
			continue;
		snprintf(in->why, in->room, FILES_MANIFEST ": path: '%s' is there twice", files->all[i].path);
		return false;
	}
	return true;
}

/* NULL, with the reason, if it is none. The caller gives it back. */
static json_t *
read_manifest(struct reading *in)
{
	int from = openat(in->folder, FILES_MANIFEST, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	json_error_t error;
	struct stat info;
	json_t *manifest = NULL;

	if (from < 0 || fstat(from, &info) != 0)
		snprintf(in->why, in->room, FILES_MANIFEST ": %s", strerror(errno));
	else if (!S_ISREG(info.st_mode) || info.st_size > MANIFEST_MAX_BYTES)
		snprintf(in->why, in->room, FILES_MANIFEST ": is no file, or above %d kB", MANIFEST_MAX_BYTES / 1024);
	else if (!(manifest = json_loadfd(from, JSON_REJECT_DUPLICATES, &error)))
		snprintf(in->why, in->room, FILES_MANIFEST ": line %d: %s", error.line, error.text);
	if (from >= 0)
		close(from);
	return manifest;
}

static bool
read_all(struct reading *in)
{
	json_t *manifest = read_manifest(in), *entries = json_object_get(manifest, "files");
	bool read = false;

	if (manifest && !json_is_array(entries))
		snprintf(in->why, in->room, FILES_MANIFEST ": files: is missing, or no list");
	else if (manifest && json_array_size(entries) > FILES_MAX)
		snprintf(in->why, in->room, FILES_MANIFEST ": files: are more than %d", FILES_MAX);
	else if (manifest)
		read = read_entries(in, entries);
	json_decref(manifest);
	return read;
}

struct files *
files_open(const char *folder, bool (*is_taken)(const char *path), char *why, size_t room)
{
	struct files *files = or_die(calloc(1, sizeof(*files)));
	struct reading in = {.files = files, .is_taken = is_taken, .path = "", .why = why, .room = room};
	bool read = false;

	in.folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in.folder < 0)
		snprintf(why, room, "%s", strerror(errno));
	else
		read = read_all(&in);
	if (in.folder >= 0)
		close(in.folder);
	if (read)
		return files;
	files_close(files);
	return NULL;
}

void
files_close(struct files *files)
{
	if (!files)
		return;
	for (unsigned i = 0; i < files->count; i++) {
		free(files->all[i].path);
		free(files->all[i].type);
		free(UNCONST(files->all[i].plain.data));
		free(UNCONST(files->all[i].gzip.data));
	}
	free(files->all);
	free(files);
}

const struct file *
files_find(const struct files *files, const char *path)
{
	struct file key = {.path = UNCONST(path)};

	return files && files->count > 0 ? bsearch(&key, files->all, files->count, sizeof(key), by_path) : NULL;
}

unsigned
files_count(const struct files *files)
{
	return files ? files->count : 0;
}

size_t
files_bytes(const struct files *files)
{
	return files ? files->bytes : 0;
}
