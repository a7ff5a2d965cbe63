#include "erased.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fcall.h"
#include "keys.h"
#include "log.h"
#include "memory.h"

struct erased {
	uv_loop_t *loop;
	const struct folder *folder;
	int file;        /* -1: not open, for all of it is on the disk */
	uv_fs_t syncing; /* while one is under way */
	bool is_syncing;
	bool is_dirty; /* lines were added since that began */
	bool is_ending;
};

/* The file, open to be added to. */
static bool
open_list(struct erased *erased)
{
	char path[4096];

	if (erased->file >= 0)
		return true;
	snprintf(path, sizeof(path), "%s/" FOLDER_ERASED, erased->folder->path);
	erased->file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (erased->file < 0)
		log_error("erased", "cannot_write", KV("reason", strerror(errno)));
	return erased->file >= 0;
}

static off_t
size_of(int file)
{
	struct stat info;

	return fstat(file, &info) == 0 ? info.st_size : 0;
}

static void
cut(int file, off_t size)
{
	if (ftruncate(file, size) != 0)
		log_error("erased", "cannot_write", KV("reason", strerror(errno)));
}

/* To the disk. */

static void on_synced(uv_fs_t *request);

static void
sync_list(struct erased *erased)
{
	erased->is_dirty = false;
	erased->is_syncing = true;
	erased->syncing.data = erased;
	if (uv_fs_fdatasync(erased->loop, &erased->syncing, erased->file, on_synced) != 0)
		abort(); /* it fails for want of a callback alone */
}

/* Closes what was opened; what was added is synced first. */
static void
settle(struct erased *erased)
{
	if (erased->is_syncing)
		return;
	if (erased->is_dirty)
		return sync_list(erased);
	if (erased->file >= 0)
		close(erased->file);
	erased->file = -1;
	if (erased->is_ending)
		free(erased);
}

static void
on_synced(uv_fs_t *request)
{
	struct erased *erased = request->data;

	if (request->result < 0)
		log_error("erased", "cannot_write", KV("reason", uv_strerror((int)request->result)));
	uv_fs_req_cleanup(request);
	erased->is_syncing = false;
	settle(erased);
}

/* Whole, or not at all: the next line is to stand on one of its own. */
static void
add_line(struct erased *erased, const char *line)
{
	off_t before = size_of(erased->file);
	size_t len = strlen(line);
	ssize_t written = write(erased->file, line, len);

	erased->is_dirty = true;
	if (written == (ssize_t)len)
		return;
	log_error("erased", "cannot_write", KV("reason", written < 0 ? strerror(errno) : "short"));
	if (written > 0)
		cut(erased->file, before);
}

/* Who is there, and who is not. */

/* Whom a list names, in the order of their keys. */
struct named {
	uint64_t *keys;
	size_t count;
};

static int
compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* "3.77 1649761234567" */
static bool
parse_line(struct id *out, struct text line)
{
	struct text id = text_cut(&line, ' ');
	uint64_t when;

	return id_parse(out, id) && text_to_u64(&when, line, ID_NUMBER_MAX);
}

static struct named
parse_list(struct text list)
{
	struct named named = {.keys = or_die(calloc(list.len / sizeof("1.1 1") + 1, sizeof(uint64_t)))};
	struct id person;

	while (list.len > 0)
		if (parse_line(&person, text_cut(&list, '\n')))
			named.keys[named.count++] = id_key(person);
	qsort(named.keys, named.count, sizeof(uint64_t), compare);
	return named;
}

/* A line that was not finished goes: when a machine went down, its beginning may look like a whole one. */
static size_t
take_end_off(int file, const char *list, size_t len)
{
	size_t whole = len;

	while (whole > 0 && list[whole - 1] != '\n')
		whole--;
	if (whole < len) {
		log_warn("erased", "unfinished_line", KU("bytes", len - whole));
		cut(file, (off_t)whole);
	}
	return whole;
}

/* Its keys are the caller's to free. */
static struct named
read_list(int file)
{
	size_t size = (size_t)size_of(file);
	char *list = or_die(malloc(size + 1));
	ssize_t len = pread(file, list, size, 0);
	struct named named = parse_list((struct text){list, take_end_off(file, list, len > 0 ? (size_t)len : 0)});

	free(list);
	return named;
}

static void
add_missing(struct erased *erased, const struct named *named, struct text row)
{
	char line[64];
	struct id person;
	uint64_t key;

	if (!parse_line(&person, row))
		return;
	key = id_key(person);
	if (bsearch(&key, named->keys, named->count, sizeof(key), compare))
		return;
	snprintf(line, sizeof(line), "%.*s\n", (int)row.len, row.data);
	add_line(erased, line);
}

/* Rows, with newlines between them. */
static void
add_all_missing(struct erased *erased, struct text rows)
{
	struct named named;

	if (rows.len == 0 || !open_list(erased))
		return;
	named = read_list(erased->file);
	while (rows.len > 0)
		add_missing(erased, &named, text_cut(&rows, '\n'));
	free(named.keys);
	settle(erased);
}

/* Of one erasure there are two, of its first step and of its last. */
void
erased_event(struct erased *erased, const struct event *event)
{
	char row[64], id[ID_TEXT];

	if (event->kind != EVENT_ERASED || event->loaded)
		return;
	snprintf(row, sizeof(row), "%s %llu", id_print(id, event->erased.person), (unsigned long long)event->at_ms);
	add_all_missing(erased, text_of(row));
}

static void
on_list(const struct reply *reply, void *context)
{
	add_all_missing(context, reply_text(reply, 0));
}

void
erased_catch_up(struct erased *erased, struct store *store)
{
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_read(store, "erase_list", i, 1);
		fcall_key(&f, KEY_ERASED);
		fcall_arg(&f, TEXT("0"));
		if (!fcall_send(&f, on_list, erased))
			log_error("erased", "not_read", KU("partition", i));
	}
}

struct erased *
erased_create(uv_loop_t *loop, const struct folder *folder)
{
	struct erased *erased = or_die(calloc(1, sizeof(*erased)));

	*erased = (struct erased){.loop = loop, .folder = folder, .file = -1};
	return erased;
}

void
erased_destroy(struct erased *erased)
{
	erased->is_ending = true;
	settle(erased);
}
