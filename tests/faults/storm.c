#include "storm.h"

#include <stdio.h>
#include <stdlib.h>

#include "status.h"

#define PAGE 200

static void step(struct storm_member *member);

static void
note_line(struct storm_member *member, uint32_t number)
{
	struct storm *storm = member->storm;

	assert_in_range(number, 1, STORM_LINES_MAX);
	assert_null(storm->owners[number]); /* never given twice */
	storm->owners[number] = member->name;
	storm->lines++;
	member->number = number;
}

static void
note_struck(struct storm_member *member, uint32_t number)
{
	assert_int_equal(number, member->number);
	member->storm->struck[number] = true;
	member->number = 0;
}

static void
on_answer(struct caller *caller, const Answer *answer, void *context)
{
	struct storm_member *member = context;
	struct storm *storm = member->storm;

	(void)caller;
	member->under_way = false;
	storm->answers++;
	if (!answer || answer->status != GRIDVANGUARD__V1__STATUS__STATUS_OK) {
		print_error("%s: %s\n", member->name, answer ? status_name((enum status)answer->status) : "no answer");
		storm->refusals++;
		return;
	}
	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CHAIN_JOIN)
		note_line(member, answer->chain_join->number);
	else
		note_struck(member, answer->chain_withdraw->number);
	step(member);
}

/* Signs up, or strikes the line there is. */
static void
step(struct storm_member *member)
{
	const char *call = member->storm->call;

	if (member->steps == 0)
		return;
	member->steps--;
	member->under_way = true;
	caller_send(member->caller, member->number ? to_withdraw(call) : to_join(call), on_answer, member);
}

struct storm *
storm_begin(struct world *w, const char *call, const char *prefix, unsigned people, unsigned steps)
{
	struct storm *storm = calloc(1, sizeof(*storm));

	assert_non_null(storm);
	assert_in_range(people, 1, STORM_PEOPLE_MAX);
	storm->w = w;
	storm->call = call;
	storm->people = people;
	for (unsigned i = 0; i < people; i++) {
		struct storm_member *member_in = &storm->members[i];
		snprintf(member_in->name, sizeof(member_in->name), "%s%02u", prefix, i);
		member_in->storm = storm;
		member_in->steps = steps;
		member_in->caller = member(w, member_in->name);
	}
	for (unsigned i = 0; i < people; i++)
		step(&storm->members[i]);
	return storm;
}

bool
storm_blows(const struct storm *storm)
{
	for (unsigned i = 0; i < storm->people; i++)
		if (storm->members[i].under_way)
			return true;
	return false;
}

void
storm_turn(struct storm *storm)
{
	unsigned before = storm->answers;

	wait_until(storm->w, storm->answers != before || !storm_blows(storm), "an answer in the storm");
}

void
storm_calm(struct storm *storm)
{
	for (unsigned i = 0; i < storm->people; i++)
		storm->members[i].steps = 0;
}

/* What is found in one line of the chain. */
static void
check_line(const struct storm *storm, const Line *line, uint32_t number, bool all)
{
	bool is_struck = line->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_STRUCK;

	assert_int_equal(line->number, number);
	if (all)
		assert_non_null(storm->owners[number]);
	if (!storm->owners[number])
		return;
	assert_string_equal(line->name, storm->owners[number]);
	if (storm->struck[number] || all)
		assert_int_equal(is_struck, storm->struck[number]);
}

static unsigned
check_chain(const struct storm *storm, bool all)
{
	uint32_t number = 0;
	bool more = true;

	while (more) {
		Answer *answer = ask(person(storm->w, "worker"), to_list_chain(storm->call, number, PAGE));
		assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
		for (size_t i = 0; i < answer->chain_list->n_lines; i++)
			check_line(storm, answer->chain_list->lines[i], ++number, all);
		more = answer->chain_list->more;
		free_answer(answer);
	}
	for (uint32_t i = number + 1; i <= STORM_LINES_MAX; i++)
		assert_null(storm->owners[i]);
	return number;
}

unsigned
storm_assert_none_lost(const struct storm *storm)
{
	return check_chain(storm, false);
}

void
storm_assert_all_kept(const struct storm *storm)
{
	assert_int_equal(storm->refusals, 0);
	assert_int_equal(check_chain(storm, true), storm->lines);
}

void
storm_end(struct storm *storm)
{
	free(storm);
}
