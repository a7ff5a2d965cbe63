/* folder.h - the data folder: one hub at a time, and nobody else's eyes. */
#ifndef GV_FOLDER_H
#define GV_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "macros.h"

#define FOLDER_LISTEN "listen"     /* where the hub listens */
#define FOLDER_TOKEN  "dev.token"  /* of the development login */
#define FOLDER_KEY    "phones.key" /* under which phones are sealed (keyfile.h) */
#define FOLDER_ERASED "erased"     /* who was erased (erased.h) */

struct folder {
	char *path; /* absolute */
	int lock;   /* hub.lock, held while the folder is open by whoever has it; -1: not ours */
};

enum folder_lock {
	FOLDER_OURS,
	FOLDER_HELD, /* by another hub */
	FOLDER_BROKEN,
};

/* Makes the folder if it is missing, and takes it from everybody else's eyes. One that all may write or that is neither
 * empty nor a hub's (/tmp, a home) keeps its mode, and is refused while it is open to others. False, with the reason on
 * standard error, if it cannot be used. */
bool folder_open(struct folder *folder, const char *path) WARN_UNUSED;
void folder_close(struct folder *folder);

/* Locks it. FOLDER_BROKEN comes with the reason on standard error. */
enum folder_lock folder_lock(struct folder *folder) WARN_UNUSED;

/* The pid in hub.lock: of who holds it; 0 if that cannot be told. */
long folder_holder(const struct folder *folder);

/* Takes a descriptor of hub.lock that another hub has locked, and is closed when it is not that. The lock belongs to what
 * both descriptors stand for: it is held until the last of them is closed. */
bool folder_take_lock(struct folder *folder, int lock) WARN_UNUSED;

/* Writes into hub.lock that we hold it, for whoever is refused. */
bool folder_sign(struct folder *folder) WARN_UNUSED;

/* The first line of a file; false if there is none, or none that fits. */
bool folder_read(const struct folder *folder, const char *name, char *out, size_t room) WARN_UNUSED;

/* Puts a line into a file that is there whole or not at all; mode 0600. */
bool folder_write(const struct folder *folder, const char *name, const char *line) WARN_UNUSED;
void folder_remove(const struct folder *folder, const char *name);

/* Free bytes for files in it; UINT64_MAX if that cannot be told. */
uint64_t folder_free_bytes(const struct folder *folder);

#endif
