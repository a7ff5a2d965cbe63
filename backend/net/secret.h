/* secret.h - memory in which nobody may find later what stood in it: keys, tokens, codes, phones. It comes from
 * malloc() and its kin and is wiped before it is given back, also where a library does that. */
#ifndef GV_SECRET_H
#define GV_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "macros.h"

/* A block that moves leaves nothing behind. */
void *secret_realloc(void *block, size_t size) WARN_UNUSED;
void secret_free(void *block);

/* From here on libcurl and libjansson use these for all of theirs: addresses, bodies, what was read. To be called before
 * either is used, once or more often. False when libcurl cannot start. */
bool secret_libraries(void) WARN_UNUSED;

#endif
