#include "rights.h"

#include <assert.h>

/* A letter for each role, in the order of enum role: o over, r related, w over with a reason, - never. A verb without a row does not compile.
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
#define RIGHT_MEMBER_LIST     {SUBJECT_PLACE, "-oow-----"} /* names: a supervisor sees figures, and names on a reason */
#define RIGHT_PHONE_BIND      {SUBJECT_OWN, NULL}
#define RIGHT_MEMBER_CORRECT  {SUBJECT_OWN, NULL}
#define RIGHT_PENDING_LIST    {SUBJECT_PLACE, "-oo------"}
#define RIGHT_PENDING_DECIDE  {SUBJECT_PLACE, "-oo------"}
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
#define RIGHT_CHAIN_LIST      {SUBJECT_CALL, "rrrwrr---"} /* names again */
#define RIGHT_CHAIN_CONFIRM   {SUBJECT_OWN, NULL}
#define RIGHT_CHAIN_CHECK     {SUBJECT_OWN, NULL}
#define RIGHT_CHAIN_CODE      {SUBJECT_OWN, NULL}
#define RIGHT_CHAT_PRINT      {SUBJECT_CALL, "rrr-rr---"} /* who may list the chain */
#define RIGHT_CHAT_PREVIEW    {SUBJECT_OWN, NULL} /* the author's, who must be allowed to list the members too */
#define RIGHT_TEMPLATE_SAVE   {SUBJECT_PLACE, "-ooo-----"} /* who posts there */
#define RIGHT_TEMPLATE_LIST   {SUBJECT_PLACE, "-ooo-----"}
#define RIGHT_TEMPLATE_REMOVE {SUBJECT_PLACE, "-ooo-----"}
#define RIGHT_ROSTER_IMPORT   {SUBJECT_PLACE, "--o---o--"} /* of all its rows */
#define RIGHT_ROSTER_LIST     {SUBJECT_PLACE, "--ow-----"} /* names again */
#define RIGHT_ROSTER_REMOVE   {SUBJECT_PLACE, "--o---o--"}
#define RIGHT_GRANT_GIVE      {SUBJECT_PLACE, "--oo---o-"} /* and only what role_may_give() says; not to oneself */
#define RIGHT_GRANT_TAKE      {SUBJECT_PLACE, "--oo---o-"}
#define RIGHT_GRANT_LIST      {SUBJECT_PLACE, "--oo--ooo"}
#define RIGHT_CONSENT_GIVE    {SUBJECT_OWN, NULL}
#define RIGHT_PERSON_EXPORT   {SUBJECT_PERSON, "--o------"} /* and rights_over_person() */
#define RIGHT_PERSON_ERASE    {SUBJECT_PERSON, "--o----o-"} /* and rights_over_person() */
#define RIGHT_DEVICE_LIST     {SUBJECT_OWN, NULL} /* or of whom one may give an invite */
#define RIGHT_DEVICE_REVOKE   {SUBJECT_OWN, NULL} /* the same */
#define RIGHT_FACTOR_BEGIN    {SUBJECT_OWN, NULL}
#define RIGHT_FACTOR_CONFIRM  {SUBJECT_OWN, NULL}
#define RIGHT_FACTOR_REMOVE   {SUBJECT_OWN, NULL} /* or of whom one may give an invite */
#define RIGHT_DESK_OPEN       {SUBJECT_OWN, NULL}
#define RIGHT_DESK_SHOW       {SUBJECT_OWN, NULL}
#define RIGHT_DESK_CONFIRM    {SUBJECT_OWN, NULL} /* as oneself */
#define RIGHT_INVITE_GIVE     {SUBJECT_PLACE, "-oo------"} /* of somebody new; for others rights_over_person() */
#define RIGHT_CHAIN_PHONES    {SUBJECT_CALL, "-oo------"} /* also of who posted it: he may be a worker no more */
#define RIGHT_AUDIT_LIST      {SUBJECT_ALL, "--------o"} /* what was done to oneself: everybody */
#define RIGHT_SUBSCRIBE_TELL  {SUBJECT_OWN, NULL}
#define RIGHT_PLACE_IMAGE     {SUBJECT_PLACE, "-oo------"} /* who approves those that come by it */
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
	case 'w':
		return REACH_REASON;
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
	case REACH_REASON:
	case REACH_NONE:
		break;
	}
	return false;
}
