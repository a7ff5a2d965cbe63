/* folder.h - the data folder: one hub at a time, and nobody else's eyes. */
#ifndef GV_FOLDER_H
#define GV_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"

#define FOLDER_LISTEN "listen"    /* where the hub listens */
#define FOLDER_TOKEN  "dev.token" /* of the development login */

struct folder {
	char *path; /* absolute */
	int lock;   /* of hub.lock, held while the folder is open */
};

/* Makes the folder if it is missing, takes it from everybody else's eyes, and locks it. One that all may write or that is
 * neither empty nor a hub's (/tmp, a home) keeps its mode, and is refused while it is open to others. False, with the
 * reason on standard error, if it cannot be used or another hub runs on it. */
bool folder_open(struct folder *folder, const char *path) WARN_UNUSED;
void folder_close(struct folder *folder);

/* Puts a line into a file that is there whole or not at all; mode 0600. */
bool folder_write(const struct folder *folder, const char *name, const char *line) WARN_UNUSED;
void folder_remove(const struct folder *folder, const char *name);

/* Free bytes for files in it; UINT64_MAX if that cannot be told. */
uint64_t folder_free_bytes(const struct folder *folder);

#endif
