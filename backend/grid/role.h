/* role.h - what somebody is at a place: the roles, who may give them, and a grant of one.
 *
 * A grant is (person, role, place, until): it holds at the place and everywhere under it. What a role may do is said by
 * the table of verbs/rights.c. */
#ifndef GV_ROLE_H
#define GV_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "place.h"

/* Numbers as in the proto's Role. */
enum role {
	ROLE_NONE,
	ROLE_MEMBER,
	ROLE_WORKER,
	ROLE_SECRETARY,
	ROLE_SUPERVISOR,
	ROLE_DEPARTMENT,
	ROLE_UNIT,
	ROLE_OPERATOR,
	ROLE_SECURITY,
	ROLE_AUDITOR,
	ROLES
};

struct grant {
	enum role role;
	struct place place; /* none: the whole country */
	uint64_t until_ms;  /* 0: until it is taken back */
};

/* The word for it in Redis, at the command line and in the manual ("worker"); and back. */
const char *role_name(enum role role);
bool role_parse(enum role *out, struct text name) WARN_UNUSED;

/* Whether who holds `giver` may give `given`, or take it back, at his place and under it. */
bool role_may_give(enum role giver, enum role given);

/* Whether it is one of the three duties that the law keeps apart: who runs the system, who gives rights, who looks at what was
 * done (functions/grant.lua). */
bool role_is_duty(enum role role);

/* Whether it is for a desk screen, and wants a second factor of who comes by a token: who sees or changes more than a grid. */
bool role_is_of_desk(enum role role);

/* Whether it has not ended by then. */
bool grant_holds(const struct grant *grant, uint64_t now_ms);

#endif
