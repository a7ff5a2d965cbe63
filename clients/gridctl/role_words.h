/* role_words.h - roles as people name them. */
#ifndef GV_ROLE_WORDS_H
#define GV_ROLE_WORDS_H

#include "role.h"

const char *role_words(enum role role);

/* The role that was typed, by its name or these words; false, after a line on standard error, if it is none. */
bool read_role(enum role *out, const char *typed) WARN_UNUSED;

#endif
