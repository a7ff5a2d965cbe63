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

#define SLACK_MS 60000 /* so far events of two logs may come out of their order */

/* The file, to be added to; -1, with a line in the log. */
static int
open_list(const struct folder *folder)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/" ERASED_FILE, folder->path);
	file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (file < 0)
		log_error("erased", "cannot_write", KV("reason", strerror(errno)));
	return file;
}

static void
add_line(int file, const char *line)
{
	size_t len = strlen(line);

	if (write(file, line, len) != (ssize_t)len || fdatasync(file) != 0)
		log_error("erased", "cannot_write", KV("reason", strerror(errno)));
}

void
erased_event(const struct folder *folder, const struct event *event)
{
	char line[64], id[ID_TEXT];
	int file;

	if (event->kind != EVENT_ERASED || event->loaded)
		return;
	file = open_list(folder);
	if (file < 0)
		return;
	snprintf(line, sizeof(line), "%s %llu\n", id_print(id, event->erased.person), (unsigned long long)event->at_ms);
	add_line(file, line);
	close(file);
}

/* All that stands in it, behind a newline; the caller frees it. */
static char *
read_list(int file)
{
	struct stat info;
	size_t size = fstat(file, &info) == 0 ? (size_t)info.st_size : 0;
	char *text = or_die(malloc(size + 2));
	ssize_t len = pread(file, text + 1, size, 0);

	text[0] = '\n';
	text[1 + (len > 0 ? len : 0)] = '\0';
	return text;
}

/* The latest time in it. */
static uint64_t
latest_in(const char *list)
{
	struct text rest = text_of(list);
	uint64_t latest = 0, at;

	while (rest.len > 0) {
		struct text line = text_cut(&rest, '\n');
		text_cut(&line, ' ');
		if (text_to_u64(&at, line, ID_NUMBER_MAX) && at > latest)
			latest = at;
	}
	return latest;
}

/* "3.77 1649761234567", unless that person is there. */
static void
add_missing(int file, const char *list, struct text row)
{
	char line[96], start[ID_TEXT + 2];
	struct text rest = row, id = text_cut(&rest, ' ');

	snprintf(start, sizeof(start), "\n%.*s ", (int)MIN(id.len, ID_TEXT - 1), id.data);
	if (strstr(list, start))
		return;
	snprintf(line, sizeof(line), "%.*s\n", (int)MIN(row.len, 90), row.data);
	add_line(file, line);
}

static void
on_list(const struct reply *reply, void *context)
{
	const struct folder *folder = context;
	struct text rest = reply_text(reply, 0);
	int file = rest.len > 0 ? open_list(folder) : -1;
	char *list;

	if (file < 0)
		return;
	list = read_list(file);
	while (rest.len > 0)
		add_missing(file, list, text_cut(&rest, '\n'));
	free(list);
	close(file);
}

void
erased_catch_up(struct store *store, const struct folder *folder)
{
	int file = open_list(folder);
	uint64_t latest;
	char *list;

	if (file < 0)
		return;
	list = read_list(file);
	latest = latest_in(list);
	free(list);
	close(file);
	for (uint8_t i = 0; i < PARTITIONS; i++) {
		struct fcall f = fcall_read(store, "erase_list", i, 1);
		fcall_key(&f, KEY_ERASED);
		fcall_arg_u64(&f, latest > SLACK_MS ? latest - SLACK_MS : 0);
		if (!fcall_send(&f, on_list, UNCONST(folder)))
			log_error("erased", "not_read", KU("partition", i));
	}
}
