#include "rights.h"

#include <assert.h>

/* A letter for each role, in the order of enum role: o over, r related, - never. A verb without a row does not compile.
 *                                      member
 *                                      |worker
 *                                      ||secretary
 *                                      |||supervisor
 *                                      ||||department
 *                                      |||||unit
 *                                      ||||||operator
 *                                      |||||||security
 *                                      ||||||||auditor */
/* clang-format off */
#define RIGHT_LOGIN           {SUBJECT_OWN, NULL}
#define RIGHT_WATCH           {SUBJECT_PLACE, "ooooooo--"}
#define RIGHT_PLACE_IMPORT    {SUBJECT_PLACE, "------o--"}
#define RIGHT_PLACE_LIST      {SUBJECT_OWN, NULL} /* the tree is public: one chooses one's grid from it */
#define RIGHT_PLACE_SHOW      {SUBJECT_OWN, NULL}
#define RIGHT_TALLY_LIST      {SUBJECT_PLACE, "ooooooo--"}
#define RIGHT_MEMBER_REGISTER {SUBJECT_OWN, NULL}
#define RIGHT_MEMBER_MOVE     {SUBJECT_OWN, NULL}
#define RIGHT_MEMBER_LEAVE    {SUBJECT_OWN, NULL}
#define RIGHT_MEMBER_LIST     {SUBJECT_PLACE, "-oo------"} /* names: a supervisor sees figures */
#define RIGHT_SIGN_UP_LIST    {SUBJECT_OWN, NULL}
#define RIGHT_CALL_POST       {SUBJECT_PLACE, "-ooo-----"}
#define RIGHT_CALL_LIST       {SUBJECT_PLACE, "ooooooo--"}
#define RIGHT_CALL_SHOW       {SUBJECT_CALL, "rrrrrrr--"}
#define RIGHT_CALL_CLOSE      {SUBJECT_OWN, NULL} /* the author's */
#define RIGHT_CALL_REOPEN     {SUBJECT_OWN, NULL}
#define RIGHT_CALL_CANCEL     {SUBJECT_OWN, NULL}
#define RIGHT_CALL_EDIT       {SUBJECT_OWN, NULL}
#define RIGHT_CALL_THANK      {SUBJECT_OWN, NULL}
#define RIGHT_CHAIN_JOIN      {SUBJECT_CALL, "rrrrrr---"}
#define RIGHT_CHAIN_WITHDRAW  {SUBJECT_OWN, NULL} /* whose line it is, who wrote it, the author */
#define RIGHT_CHAIN_LIST      {SUBJECT_CALL, "rrr-rr---"} /* names again */
#define RIGHT_CHAIN_CONFIRM   {SUBJECT_OWN, NULL}
#define RIGHT_CHAIN_CHECK     {SUBJECT_OWN, NULL}
#define RIGHT_CHAIN_CODE      {SUBJECT_OWN, NULL}
#define RIGHT_GRANT_GIVE      {SUBJECT_PLACE, "--oo---o-"} /* and only what role_may_give() says */
#define RIGHT_GRANT_TAKE      {SUBJECT_PLACE, "--oo---o-"}
#define RIGHT_GRANT_LIST      {SUBJECT_PLACE, "--oo--ooo"}
#define RIGHT_DEVICE_LIST     {SUBJECT_OWN, NULL}
#define RIGHT_DEVICE_REVOKE   {SUBJECT_OWN, NULL}
/* clang-format on */

static const struct {
	enum subject subject;
	const char *reaches;
} rights[VERB_COUNT] = {
#define RIGHT_ROW(name, NAME, kind) [VERB_##NAME] = RIGHT_##NAME,
	VERB_LIST(RIGHT_ROW)
#undef RIGHT_ROW
};

enum subject
rights_subject(enum verb verb)
{
	return rights[verb].subject;
}

enum reach
rights_reach(enum verb verb, enum role role)
{
	assert(rights[verb].reaches && role > ROLE_NONE && role < ROLES);
	switch (rights[verb].reaches[role - 1]) {
	case 'o':
		return REACH_OVER;
	case 'r':
		return REACH_RELATED;
	default:
		return REACH_NONE;
	}
}

bool
rights_allow(enum verb verb, enum role role, struct place at, struct place subject)
{
	switch (rights_reach(verb, role)) {
	case REACH_OVER:
		return place_covers(at, subject);
	case REACH_RELATED:
		return place_related(at, subject);
	case REACH_NONE:
		break;
	}
	return false;
}

/* He is a member of the whole grid, also where he is registered at a building of it. */
static bool
is_allowed_at_home(const struct view *view, struct id person, enum verb verb, struct place subject)
{
	struct place home = view_place_of(view, person);

	return !place_is_none(home) && rights_allow(verb, ROLE_MEMBER, place_at_level(home, GRID), subject);
}

bool
rights_of_person(const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);

	if (rights_subject(verb) == SUBJECT_OWN || is_allowed_at_home(view, person, verb, subject))
		return true;
	for (uint32_t i = 0; grantee && i < grantee->count; i++) {
		const struct grant *grant = &grantee->grants[i];
		if (grant_holds(grant, now_ms) && rights_allow(verb, grant->role, grant->place, subject))
			return true;
	}
	return false;
}

bool
rights_to_give(const struct view *view, struct id person, enum role given, struct place place, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);

	for (uint32_t i = 0; grantee && i < grantee->count; i++) {
		const struct grant *grant = &grantee->grants[i];
		if (grant_holds(grant, now_ms) && role_may_give(grant->role, given) &&
			place_covers(grant->place, place))
			return true;
	}
	return false;
}
