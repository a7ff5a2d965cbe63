/* encoding.h - what a text that came from outside is encoded in. */
#ifndef GV_ENCODING_H
#define GV_ENCODING_H

#include <stddef.h>

#include "text.h"

/* All of the text in UTF-8, on the heap and not ended by NUL; NULL if it is in none of these encodings, or there is no
 * memory. It goes by its mark: UTF-8 or UTF-16; without one it is UTF-8 if it can be that, for GB18030 hardly ever looks
 * like it, else GB18030. *encoding: which it was taken for. */
char *encoding_decode(struct text bytes, size_t *len, const char **encoding);

#endif
