/* names.h - places by their names, as a list of members has them: "西吴社区", "小店区/龙城街道/西吴社区",
 * "龙城街道西吴社区第3网格".
 *
 * A name is that of a place if it ends with the place's own name and what stands in front is made of the names of places
 * above it, any of which may be left out. Slashes, blanks and the like between names do not matter, nor does it whether a
 * community is called by its committee (西吴社区居委会). */
#ifndef GV_NAMES_H
#define GV_NAMES_H

#include "place.h"

struct names;

struct names *names_create(void) WARN_UNUSED;
void names_destroy(struct names *names);

/* Adds a place; those above it as well, before or after. False when memory is out. */
bool names_add(struct names *names, struct place place, const char *name) WARN_UNUSED;

/* How many places bear that name; the first two of them, in the order of codes, in `found`. */
size_t names_find(const struct names *names, const char *name, struct place found[2]);

#endif
