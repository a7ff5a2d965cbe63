/* restore.h - a restore under way: what its two rooms share. */
#ifndef GV_RESTORE_H
#define GV_RESTORE_H

#include <sys/types.h>

#include "backup_file.h"
#include "direct.h"

#define RESTORE_SNAPSHOT "dump.rdb"

struct restore {
	struct tool *tool;
	const char *folder;
	char *work; /* a folder in it, ours alone */
	int file;   /* the backup */
	int hub_lock, redis_lock;
	struct backup_head head;
	struct direct redis; /* the server of our own */
	pid_t server;
	char epoch[64];        /* the new one */
	char *kept;            /* where what was there before is; NULL: nothing was */
	unsigned erased_count; /* who are to be erased again */
	bool erased_known;     /* there was a list of them */
	char trouble[256];
};

/* Notes why it failed, the first time; always false. `detail` may be NULL. */
bool restore_fail(struct restore *restore, const char *english, const char *chinese, const char *detail);

/* Makes an append-only file of the snapshot, in the room to work in, with a new epoch in it and nothing but our data. */
bool restore_convert(struct restore *restore) WARN_UNUSED;

/* Makes due in it, again, whom the backup still has though they were erased. */
bool restore_erased(struct restore *restore) WARN_UNUSED;

#endif
