/* files.h - the pages that people hold in their hands, as they were built: read once, at the start, and held in memory.
 *
 * They are in a folder with a manifest.json that names each file that is served, and no other is:
 *
 *   {"files": [{"path": "/phone/assets/index.1a2b3c.js", "file": "phone/assets/index.1a2b3c.js",
 *               "type": "text/javascript; charset=utf-8", "immutable": true, "bytes": 81920, "gzip": 25600}]}
 *
 * `path` is where it is served, `file` its name in the folder, `bytes` its size; `gzip`, if it is not 0, the size of the same
 * compressed, in FILE.gz. One that is immutable has a name that changes with its content. clients/manifest.js writes it. */
#ifndef GV_FILES_H
#define GV_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "macros.h"
#include "text.h"

#define FILES_MANIFEST  "manifest.json"
#define FILES_MAX       1024               /* of a manifest */
#define FILES_MAX_BYTES ((size_t)16 << 20) /* of all of them, as they are and compressed */
#define FILE_PATH_MAX   200                /* of a path, and of a name in the folder */
#define FILE_TYPE_MAX   80
#define FILE_ETAG       21 /* with a NUL */

struct file {
	char *path;
	char *type; /* MIME's, with its charset */
	bool immutable;
	char etag[FILE_ETAG]; /* weak, by the content: one for it as it is and compressed (RFC 9110, 8.8.3) */
	struct text plain;
	struct text gzip; /* empty: not compressed */
};

struct files;

/* Reads them all; may block. `is_taken` says which paths are not to be had. NULL with the reason in `why`, which names the
 * entry and its member that are wrong. */
struct files *files_open(const char *folder, bool (*is_taken)(const char *path), char *why, size_t room) WARN_UNUSED;
void files_close(struct files *files); /* NULL is nothing */

/* The one that is served there; NULL if none is, or `files` is NULL. */
const struct file *files_find(const struct files *files, const char *path);

unsigned files_count(const struct files *files);
size_t files_bytes(const struct files *files);

#endif
