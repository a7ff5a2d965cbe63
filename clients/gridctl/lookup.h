/* lookup.h - which verb is meant. */
#ifndef GV_LOOKUP_H
#define GV_LOOKUP_H

#include "tool.h"

/* The verb that the first of these words name, and how many of them do; NULL for none. */
const struct verb_spec *verb_find(const char *const *words, unsigned count, unsigned *used) WARN_UNUSED;

/* Whether a verb's name begins with that word and goes on, as "place list" does of "place"; and if any does. */
bool verb_is_of(const struct verb_spec *spec, const char *group);
bool verb_is_group(const char *word);

/* Says on standard error that there is no such verb, and which one may be meant. */
void complain_of_verb(const char *const *words, unsigned count);

#endif
