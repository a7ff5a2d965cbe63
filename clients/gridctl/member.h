/* member.h - words about members that several verbs say. */
#ifndef GV_GRIDCTL_MEMBER_H
#define GV_GRIDCTL_MEMBER_H

#include "pb.h"

/* "member" or "volunteer", in the language of the terminal. */
const char *member_kind_words(Gridvanguard__V1__MemberKind kind);

#endif
