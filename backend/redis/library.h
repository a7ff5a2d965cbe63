/* library.h - the functions as one library, put together from functions/ by the build. */
#ifndef GV_LIBRARY_H
#define GV_LIBRARY_H

#include "text.h"

/* The source to load, its shebang line first; and a digest of it, which the loaded library answers to
 * `library_hash`. */
extern const struct text library_source;
extern const struct text library_hash;

#endif
