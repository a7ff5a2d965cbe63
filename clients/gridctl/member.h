/* member.h - words about members that several verbs say. */
#ifndef GV_GRIDCTL_MEMBER_H
#define GV_GRIDCTL_MEMBER_H

#include <stdbool.h>

#include "macros.h"
#include "pb.h"

/* "member" or "volunteer", in the language of the terminal. */
const char *member_kind_words(Gridvanguard__V1__MemberKind kind);

/* What --kind says (empty: member). False, after a line on standard error, for another word. */
bool member_kind_of(const char *word, Gridvanguard__V1__MemberKind *out) WARN_UNUSED;

#endif
