/* name.h - how the name of a person shows to people whom it does not concern. */
#ifndef GV_NAME_H
#define GV_NAME_H

#include "text.h"

#define NAME_MASKED 64

/* The family name and a star for each character behind it: "王**", "欧阳*"; of one character just that. `out` has room
 * for NAME_MASKED bytes; the name is well-formed UTF-8 of at most 20 characters. Returns out. */
char *name_mask(char out[NAME_MASKED], struct text name);

#endif
