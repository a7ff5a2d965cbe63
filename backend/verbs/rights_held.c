/* rights_held.c - the table (rights.c) asked for all that a person holds. */
#include "rights.h"

static bool
is_allowed_at(struct place place, enum verb verb, struct place subject)
{
	return !place_is_none(place) && rights_allow(verb, ROLE_MEMBER, place_at_level(place, GRID), subject);
}

/* He is a member of the whole grid, also where he is registered at a building of it; and of the one where he works. */
static bool
is_allowed_at_home(const struct view *view, struct id id, enum verb verb, struct place subject)
{
	const struct person *person = view_person(view, id);

	return person &&
	       (is_allowed_at(person->at->place, verb, subject) || is_allowed_at(person->work, verb, subject));
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
rights_with_reason(const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);

	if (rights_subject(verb) == SUBJECT_OWN)
		return false;
	for (uint32_t i = 0; grantee && i < grantee->count; i++) {
		const struct grant *grant = &grantee->grants[i];
		if (grant_holds(grant, now_ms) && rights_reach(verb, grant->role) == REACH_REASON &&
			place_covers(grant->place, subject))
			return true;
	}
	return false;
}

struct place
rights_widest(const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);
	struct place widest = subject;

	for (uint32_t i = 0; grantee && i < grantee->count; i++) {
		const struct grant *grant = &grantee->grants[i];
		if (grant_holds(grant, now_ms) && place_covers(grant->place, widest) &&
			rights_allow(verb, grant->role, grant->place, subject))
			widest = grant->place;
	}
	return widest;
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

bool
rights_over_devices(const struct view *view, struct id asker, struct id person, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);
	struct place home = view_place_of(view, person);
	bool holds_something = false;

	if (id_equal(asker, person))
		return true;
	for (uint32_t i = 0; grantee && i < grantee->count; i++) {
		const struct grant *grant = &grantee->grants[i];
		if (!grant_holds(grant, now_ms))
			continue;
		if (!rights_to_give(view, asker, grant->role, grant->place, now_ms))
			return false;
		holds_something = true;
	}
	return holds_something || rights_of_person(view, asker, VERB_INVITE_GIVE, home, now_ms) ||
	       rights_to_give(view, asker, ROLE_MEMBER, home, now_ms);
}

static bool
holds(const struct view *view, struct id person, enum role role, uint64_t now_ms)
{
	const struct grantee *grantee = view_grantee(view, person);

	for (uint32_t i = 0; grantee && i < grantee->count; i++)
		if (grantee->grants[i].role == role && grant_holds(&grantee->grants[i], now_ms))
			return true;
	return false;
}

bool
rights_lack_duty(const struct view *view, struct id asker, struct id person, uint64_t now_ms)
{
	for (enum role role = ROLE_NONE + 1; role < ROLES; role++)
		if (role_is_duty(role) && holds(view, person, role, now_ms) && !holds(view, asker, role, now_ms))
			return true;
	return false;
}

bool
rights_over_person(const struct view *view, struct id asker, struct id person, uint64_t now_ms)
{
	return rights_over_devices(view, asker, person, now_ms) && !rights_lack_duty(view, asker, person, now_ms);
}
