/* call_follow.c - a chain as it grows: lines as they come, and behind them how many there are by now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call_show.h"

/* What was last heard of a line. */
struct seen {
	uint8_t state;
	bool present;
	uint32_t people;
	bool told; /* by an event, since the chain was last asked for */
};

struct following {
	struct tool *tool;
	const char *id;
	Call *call;     /* as it was last told; its own */
	uint64_t until; /* end when so many have a place; 0: never */
	uint32_t confirmed, waiting;
	struct seen *lines; /* by their numbers */
	uint32_t room;
	bool changed; /* something was printed behind which the numbers stand */
	bool ended;
	bool stale; /* the chain must be read again */
};

static struct seen *
seen_of(struct following *following, uint32_t number)
{
	if (number >= following->room) {
		uint32_t room = number * 2 + 64;
		following->lines = realloc(following->lines, room * sizeof(*following->lines));
		memset(following->lines + following->room, 0, (room - following->room) * sizeof(*following->lines));
		following->room = room;
	}
	return &following->lines[number];
}

/* Counts a line in, or out again by the same figures (`sign` -1). */
static void
count(struct following *following, const struct seen *seen, int sign)
{
	uint32_t people = sign < 0 ? -seen->people : seen->people;

	if (seen->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED ||
		seen->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_OFFERED)
		following->confirmed += people;
	if (seen->state == GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING)
		following->waiting += people;
}

static void
follow_line(struct following *following, const Line *line, bool told)
{
	struct seen *seen = seen_of(following, line->number);
	struct seen now = {(uint8_t)line->state, line->present_ms > 0 && line->left_ms == 0, line_people(line), told};

	seen->told = told;
	if (seen->state == now.state && seen->present == now.present)
		return;
	count(following, seen, -1);
	*seen = now;
	count(following, seen, 1);
	following->changed = true;
	print_line(following->tool, following->call, line, NULL);
	if (following->until && following->confirmed >= following->until)
		following->ended = true;
}

static void
print_figures(struct following *following)
{
	const Call *call = following->call;

	if (!following->changed || following->tool->json)
		return;
	following->changed = false;
	printf("      ");
	print_numbers(following->confirmed, following->waiting, call->n_slots ? 0 : call->need,
		call->n_slots ? 0 : call->limit);
	putchar('\n');
	fflush(stdout);
}

/* A copy of a message, which ends with the event it came in. */
static Call *
copy_call(const Call *call)
{
	size_t len = gridvanguard__v1__call__get_packed_size(call);
	uint8_t *bytes = malloc(len + 1);
	Call *copy;

	gridvanguard__v1__call__pack(call, bytes);
	copy = gridvanguard__v1__call__unpack(NULL, len, bytes);
	free(bytes);
	return copy;
}

static void
hear_chain(struct following *following, const Gridvanguard__V1__ChainChanged *changed)
{
	for (size_t i = 0; i < changed->n_lines; i++)
		follow_line(following, changed->lines[i], true);
	print_figures(following);
}

/* It may be another limit, by which the numbers are told from now on; or the end. */
static void
take_call(struct following *following, const Call *call)
{
	gridvanguard__v1__call__free_unpacked(following->call, NULL);
	following->call = copy_call(call);
	if (call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN)
		return;
	following->ended = true;
	if (!following->tool->json)
		puts(call_state_words(call->state));
}

static void
hear_call(struct following *following, const Gridvanguard__V1__CallChanged *changed)
{
	take_call(following, changed->call);
	if (!following->ended && !following->tool->json && changed->n_changed > 0)
		print_changes(changed->changed, changed->n_changed);
	fflush(stdout);
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct following *following = context;

	(void)caller;
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED &&
		strcmp(event->chain_changed->call, following->id) == 0)
		hear_chain(following, event->chain_changed);
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED &&
		strcmp(event->call_changed->call->id, following->id) == 0)
		hear_call(following, event->call_changed);
}

static void
on_snapshot(struct caller *caller, void *context)
{
	struct following *following = context;

	(void)caller;
	following->stale = true;
}

/* While it is read events go on coming: what they say of a line is as new as the page it stands on, or newer. */
static int
read_lines(struct following *following)
{
	struct chain chain;
	int status;

	for (uint32_t i = 0; i < following->room; i++)
		following->lines[i].told = false;
	status = chain_load(following->tool, following->id, false, &chain);
	for (size_t i = 0; i < chain.count; i++)
		if (!seen_of(following, chain.lines[i]->number)->told)
			follow_line(following, chain.lines[i], false);
	print_figures(following);
	chain_finish(&chain);
	return status;
}

/* Also the call: it may have ended while there was no connection. */
static int
read_again(struct following *following)
{
	int status;
	Answer *answer = call_read(following->tool, following->id, &status);

	following->stale = false;
	if (!answer)
		return status;
	status = read_lines(following);
	if (!following->ended)
		take_call(following, answer->call_show->call);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return status;
}

int
follow_chain(struct tool *tool, const Call *call, uint64_t until)
{
	struct following following = {.tool = tool, .id = call->id, .call = copy_call(call), .until = until};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	char *calls[] = {call->id};
	int status = EXIT_DONE;

	watch.calls = calls;
	watch.n_calls = 1;
	caller_listen(tool->caller, on_event, NULL, on_snapshot, &following);
	caller_watch(tool->caller, &watch);
	while (!following.ended && status == EXIT_DONE) {
		uv_run(&tool->loop, UV_RUN_ONCE);
		status = tool_standing(tool);
		if (status == EXIT_DONE && following.stale)
			status = read_again(&following);
	}
	caller_listen(tool->caller, NULL, NULL, NULL, NULL);
	gridvanguard__v1__call__free_unpacked(following.call, NULL);
	free(following.lines);
	return status;
}
