/* gridctl_why.c - why a line stands where it stands, in words. */
#include <string.h>

#include "gridctl.h"
#include "notes.h"
#include "worlds.h"

/* The reasons in the JSON of a line, by their names: "joined limit_reached ahead". */
static const char *
reasons_of(struct world *w, const char *who, const char *call, const char *whom)
{
	json_t *line = gridctl_json(w, who, "why", call, whom), *reasons = json_object_get(line, "why"), *reason;
	const char *said = "";
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		assert_true(strlen(json_string_value(json_object_get(reason, "words"))) > 0);
		said = say("%s%s%s", said, i ? " " : "", json_string_value(json_object_get(reason, "reason")));
	}
	json_decref(line);
	return said;
}

static void
who_has_a_place_is_told_why(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2"), *free = gridctl_post(w, "--need", "1");

	join(w, call, "an", "bo");
	join(w, free, "an");
	assert_gridctl(w, "bo", 0, "   2. bo: confirmed\n      signed up at ", "why", call);
	assert_gridctl(w, "bo", 0, "there was room: at most 1 of 2 places were taken before it\n", "why", call);
	assert_gridctl(w, "bo", 0, "当时有名额：此前最多占用 1 个，上限 2 人\n", "why", call, "--lang", "zh");
	assert_gridctl(w, "an", 0, "there is no limit: every line has a place\n", "why", free);
	assert_string_equal(reasons_of(w, "an", call, "1"), "joined had_room");
	assert_string_equal(reasons_of(w, "an", free, "1"), "joined no_limit");
}

static void
who_waits_is_told_who_is_ahead(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");
	struct ended ended;

	join(w, call, "an", "bo", "chen", "ding");
	assert_gridctl(w, "chen", 0, "      it is the first in line\n", "why", call);
	ended = gridctl(w, "ding", "why", call);
	assert_ended(&ended, 0, "   4. ding: waiting\n");
	assert_ended(&ended, 0,
		"      the limit of 2 is reached: number 2 has the last place\n      1 in line ahead of it: number "
		"3\n");
	ended = gridctl(w, "ding", "why", call, "--lang", "zh");
	assert_ended(&ended, 0, "      已满上限 2 人：第 2 号占了最后一个名额\n      前面还有 1 个候补：第 3 号\n");
	assert_string_equal(reasons_of(w, "an", call, "4"), "joined limit_reached ahead");
	close_call(w, call);
	assert_gridctl(w, "ding", 0, "the call is closed: nobody moves up any more", "why", call);
}

/* Who comes with more people than there is room for keeps his turn, and who is behind him waits too. */
static void
who_waits_although_there_is_room_is_told_why(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");

	join(w, call, "an");
	member(w, "bo");
	assert_gridctl(w, "bo", 0, "waiting", "join", call, "--people", "2");
	join(w, call, "chen");
	assert_gridctl(w, "bo", 0, "1 of 2 places are left, and it comes with 2\n", "why", call);
	assert_gridctl(w, "bo", 0, "上限 2 人，只剩 1 个名额，而它有 2 人\n", "why", call, "--lang", "zh");
	assert_gridctl(w, "chen", 0, "too few for the first in line, who keeps his turn\n", "why", call);
	assert_gridctl(w, "chen", 0, "1 in line ahead of it, 2 people: number 2\n", "why", call);
	assert_string_equal(reasons_of(w, "an", call, "2"), "joined too_many first_in_line");
	assert_string_equal(reasons_of(w, "an", call, "3"), "joined behind_too_many ahead");
}

static void
who_moved_up_is_told_who_withdrew(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");

	join(w, call, "an", "bo", "chen");
	withdraw(w, call, "an");
	assert_gridctl(w, "chen", 0,
		"more had signed up before it than the 2 there are places for, and number 1 withdrew: it moved up\n",
		"why", call);
	assert_gridctl(w, "chen", 0, "此前报名已超过上限 2 人，因第 1 号退出而递补\n", "why", call, "--lang", "zh");
	assert_string_equal(reasons_of(w, "an", call, "3"), "joined promoted");
}

static void
who_is_struck_is_told_what_may_have_been(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "1"), *window = gridctl_post(w, "--window", "30");

	join(w, call, "an", "bo");
	withdraw(w, call, "an");
	join(w, call, "an");
	assert_gridctl(w, "worker", 0, "it was withdrawn by whose it is, who signed up for him, or the author\n", "why",
		call, "1");
	assert_gridctl(w, "worker", 0, "signed up again: number 3, waiting\n", "why", call, "1");
	assert_gridctl(w, "worker", 0, "后来再次报名：第 3 号，候补\n", "why", call, "1", "--lang", "zh");
	assert_string_equal(reasons_of(w, "an", call, "1"), "joined struck again");
	/* All the lines of a person. */
	assert_gridctl(w, "bo", 0, "   3. an: waiting", "why", call, caller_person(person(w, "an")));
	assert_gridctl(w, "bo", 0, "   1. an: struck", "why", call, caller_person(person(w, "an")));
	join(w, window, "an");
	withdraw(w, window, "an");
	assert_gridctl(w, "an", 0, "or it did not confirm a place in time", "why", window);
}

static void
who_is_offered_a_place_is_told_until_when(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--slot", "早班 limit 1", "--window", "30");
	struct ended ended;

	member(w, "an");
	member(w, "bo");
	assert_gridctl(w, "an", 0, "confirmed", "join", call, "--slot", "1");
	assert_gridctl(w, "bo", 0, "waiting", "join", call, "--slot", "1");
	assert_gridctl(w, "an", 0, "struck", "withdraw", call);
	ended = gridctl(w, "bo", "why", call);
	assert_ended(&ended, 0, "   2. bo  早班: offered\n");
	assert_ended(&ended, 0, "      the place is offered to it: to be confirmed before ");
	assert_ended(&ended, 0, " (within 30 min), or else it goes to the next\n");
	assert_gridctl(w, "bo", 0, "（30 分钟 内）确认，否则让给下一位\n", "why", call, "--lang", "zh");
	assert_string_equal(reasons_of(w, "an", call, "2"), "joined promoted offered");
}

static void
who_lost_his_place_to_a_lower_limit_is_told_so(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--limit", "2");

	join(w, call, "an", "bo");
	assert_gridctl(w, "worker", 0, "checked in", "check", "in", call, "--number", "2");
	assert_gridctl(w, "worker", 0, "limit", "call", "edit", call, "--limit", "1", "--demote");
	assert_gridctl(
		w, "bo", 0, "it was checked in, so it had a place: a lower limit has moved it back", "why", call);
	assert_string_equal(reasons_of(w, "an", call, "2"), "joined limit_reached first_in_line demoted present");
	assert_string_equal(reasons_of(w, "an", call, "1"), "joined had_room edited");
}

static void
who_is_not_there_is_not_explained(void **state)
{
	struct world *w = *state;
	const char *call = gridctl_post(w, "--names", "none");

	join(w, call, "an");
	assert_gridctl(w, "bo", 1, "no such line in the chain", "why", call);
	assert_gridctl(w, "bo", 1, "接龙中没有这一条", "why", call, "2", "--lang", "zh");
	/* Whose line it is, is not told to others. */
	assert_gridctl(w, "bo", 1, "no such line", "why", call, caller_person(person(w, "an")));
	assert_gridctl(w, "bo", 0, "   1. —: confirmed", "why", call, "1");
	assert_gridctl(w, "an", 0, "   1. an: confirmed", "why", call);
	assert_gridctl(w, "bo", 1, "[NOT_FOUND]", "why", "14.999999");
	assert_gridctl(w, "bo", 2, "usage: gridctl why CALL [PERSON|NUMBER]", "why");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		shared(who_has_a_place_is_told_why),
		shared(who_waits_is_told_who_is_ahead),
		shared(who_waits_although_there_is_room_is_told_why),
		shared(who_moved_up_is_told_who_withdrew),
		shared(who_is_struck_is_told_what_may_have_been),
		shared(who_is_offered_a_place_is_told_until_when),
		shared(who_lost_his_place_to_a_lower_limit_is_told_so),
		shared(who_is_not_there_is_not_explained),
	};

	return run_in_worlds(tests);
}
