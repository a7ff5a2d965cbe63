/* backup_file.h - a backup as a file: 512 bytes of text about it, then Redis' own snapshot (RDB) as it came.
 *
 *   gridvanguard backup 1
 *   version 0.1.0                      of the gridctl that made it
 *   made 2026-04-12T15:00:00.000Z
 *   layout 1                           of keys and fields
 *   epoch 8f3a…                        of the logs in it
 *   database 0                         of the Redis it was read from
 *   size 1234567                       of the snapshot, in bytes
 *   sha256 …                           of the snapshot: tail -c +513 FILE | sha256sum
 *   head …                             the first 16 digits of the sha256 of the lines above
 *
 * and blanks up to a last newline. One file, so that a snapshot cannot be parted from what is known of it. */
#ifndef GV_BACKUP_FILE_H
#define GV_BACKUP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "macros.h"

#define BACKUP_HEAD   512
#define BACKUP_FORMAT 1

struct backup_head {
	char version[32];
	char made[CLOCK_TEXT];
	char layout[16];
	char epoch[64];
	uint32_t database;
	uint64_t size;
	char sha256[65]; /* in hexadecimal */
};

/* Writes the head over the first bytes of a file. */
bool backup_head_write(int file, const struct backup_head *head) WARN_UNUSED;

/* Reads the head and all of the snapshot. False, with the reason for people, if it is not a whole backup that this
 * gridctl can read. */
bool backup_file_check(int file, struct backup_head *head, const char **why) WARN_UNUSED;

#endif
