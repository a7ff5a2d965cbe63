#include "role.h"

#define IS(role) (1U << ROLE_##role)

static const struct {
	const char *name;
	unsigned gives; /* a bit for each role */
} roles[ROLES] = {
	[ROLE_MEMBER] = {"member", 0},
	[ROLE_WORKER] = {"worker", 0},
	[ROLE_SECRETARY] = {"secretary", IS(MEMBER) | IS(WORKER)},
	[ROLE_SUPERVISOR] = {"supervisor", IS(MEMBER) | IS(WORKER) | IS(SECRETARY) | IS(DEPARTMENT) | IS(UNIT)},
	[ROLE_DEPARTMENT] = {"department", 0},
	[ROLE_UNIT] = {"unit", 0},
	[ROLE_OPERATOR] = {"operator", 0},
	[ROLE_SECURITY] = {"security", IS(MEMBER) | IS(WORKER) | IS(SECRETARY) | IS(SUPERVISOR) | IS(DEPARTMENT) |
					       IS(UNIT) | IS(OPERATOR) | IS(SECURITY) | IS(AUDITOR)},
	[ROLE_AUDITOR] = {"auditor", 0},
};

const char *
role_name(enum role role)
{
	return roles[role].name ? roles[role].name : "";
}

bool
role_parse(enum role *out, struct text name)
{
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++) {
		if (!text_equal(name, text_of(roles[role].name)))
			continue;
		*out = role;
		return true;
	}
	return false;
}

bool
role_may_give(enum role giver, enum role given)
{
	return roles[giver].gives >> given & 1;
}

bool
role_is_duty(enum role role)
{
	return (IS(OPERATOR) | IS(SECURITY) | IS(AUDITOR)) >> role & 1;
}

bool
role_is_of_desk(enum role role)
{
	return (IS(SUPERVISOR) | IS(DEPARTMENT) | IS(OPERATOR) | IS(SECURITY) | IS(AUDITOR)) >> role & 1;
}

bool
grant_holds(const struct grant *grant, uint64_t now_ms)
{
	return grant->until_ms == 0 || now_ms < grant->until_ms;
}
