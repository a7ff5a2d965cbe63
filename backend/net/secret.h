/* secret.h - memory in which nobody may find later what stood in it: keys, tokens, codes, phones. It is wiped before it is
 * given back, also where a library does that. Where there is none the process ends, as memory.h has it: libcurl does not get
 * over it, and what a server can make us allocate is bounded. */
#ifndef GV_SECRET_H
#define GV_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "macros.h"

void *secret_calloc(size_t count, size_t size) WARN_UNUSED;
void *secret_realloc(void *block, size_t size) WARN_UNUSED; /* a block that moves leaves nothing behind */
char *secret_strdup(const char *cstr) WARN_UNUSED;
void secret_free(void *block); /* also of malloc() */

/* From here on libcurl and libjansson use these for all of theirs: addresses, bodies, what was read. To be called before
 * either is used, once or more often. False when libcurl cannot start. */
bool secret_libraries(void) WARN_UNUSED;

#endif
