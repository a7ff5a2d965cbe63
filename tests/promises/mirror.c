#include "mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 200

static void ask_page(struct mirror *mirror);

static bool
is(Gridvanguard__V1__LineState state, Gridvanguard__V1__LineState wanted)
{
	return state == wanted;
}

static void
count_line(struct mirror *mirror, Gridvanguard__V1__LineState state, int by)
{
	if (is(state, GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_CONFIRMED))
		mirror->confirmed += (unsigned)by;
	if (is(state, GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_WAITING))
		mirror->waiting += (unsigned)by;
}

static void
put_line(struct mirror *mirror, const Line *line)
{
	assert_in_range(line->number, 1, CROWD_LINES_MAX);
	count_line(mirror, mirror->lines[line->number].state, -1);
	count_line(mirror, line->state, 1);
	mirror->lines[line->number].state = line->state;
	snprintf(mirror->lines[line->number].name, sizeof(mirror->lines[0].name), "%s", line->name);
	mirror->count = MAX(mirror->count, line->number);
}

static void
on_page(struct caller *caller, const Answer *answer, void *context)
{
	struct mirror *mirror = context;
	const Gridvanguard__V1__ChainListResult *page = answer ? answer->chain_list : NULL;

	(void)caller;
	if (!page) {
		fail_msg("%s: no page", mirror->name);
		return;
	}
	/* What an event has told meanwhile is as new or newer. */
	for (size_t i = 0; i < page->n_lines; i++)
		if (page->lines[i]->number > mirror->count ||
			is(mirror->lines[page->lines[i]->number].state,
				GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_UNSPECIFIED))
			put_line(mirror, page->lines[i]);
	if (page->more)
		ask_page(mirror);
	else
		mirror->loading = false;
}

/* The next page begins behind the last number that no event has skipped. */
static void
ask_page(struct mirror *mirror)
{
	Gridvanguard__V1__ChainList body = GRIDVANGUARD__V1__CHAIN_LIST__INIT;
	Request request = REQUEST(CHAIN_LIST, &body);

	body.call = UNCONST(mirror->crowd->call);
	body.count = PAGE;
	while (!is(mirror->lines[body.after + 1].state, GRIDVANGUARD__V1__LINE_STATE__LINE_STATE_UNSPECIFIED))
		body.after++;
	caller_send(mirror->caller, &request, on_page, mirror);
}

static void
on_snapshot(struct caller *caller, void *context)
{
	struct mirror *mirror = context;

	(void)caller;
	memset(mirror->lines, 0, sizeof(mirror->lines));
	mirror->count = mirror->confirmed = mirror->waiting = 0;
	mirror->snapshots++;
	mirror->loading = true;
	ask_page(mirror);
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct mirror *mirror = context;

	(void)caller;
	mirror->events++;
	if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED ||
		strcmp(event->chain_changed->call, mirror->crowd->call) != 0)
		return;
	for (size_t i = 0; i < event->chain_changed->n_lines; i++)
		put_line(mirror, event->chain_changed->lines[i]);
	if (!mirror->loading && mirror->changed)
		mirror->changed(mirror, event);
}

struct mirror *
mirror_open(struct crowd *crowd, unsigned hub, const char *name, void (*changed)(struct mirror *, const Event *))
{
	struct mirror *mirror = calloc(1, sizeof(*mirror));
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	char *calls[] = {UNCONST(crowd->call)};

	assert_non_null(mirror);
	mirror->crowd = crowd;
	mirror->hub = hub;
	mirror->changed = changed;
	snprintf(mirror->name, sizeof(mirror->name), "%s", name);
	mirror->caller = crowd_connect(crowd, hub, mirror->name);
	caller_listen(mirror->caller, on_event, NULL, on_snapshot, mirror);
	watch.calls = calls;
	watch.n_calls = 1;
	caller_watch(mirror->caller, &watch);
	wait_until(crowd->hubs[0], mirror->snapshots > 0 && !mirror->loading, "the snapshot");
	return mirror;
}

void
mirror_close(struct mirror *mirror)
{
	caller_destroy(mirror->caller);
	free(mirror);
}

/* The hub's own numbers, as of now. */
static bool
knows_all(struct mirror *mirror)
{
	unsigned count;
	const Line *const *lines = crowd_chain(mirror->crowd, mirror->hub, &count);

	if (mirror->loading || mirror->count != count)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!is(lines[i]->state, mirror->lines[i + 1].state))
			return false;
	return true;
}

void
mirror_settle(struct mirror *mirror)
{
	wait_until(mirror->crowd->hubs[0], knows_all(mirror), "the mirror to know what the hub knows");
}

void
mirror_assert_same(const struct mirror *a, const struct mirror *b)
{
	assert_int_equal(a->count, b->count);
	for (unsigned number = 1; number <= a->count; number++) {
		assert_int_equal(a->lines[number].state, b->lines[number].state);
		assert_string_equal(a->lines[number].name, b->lines[number].name);
	}
	assert_int_equal(a->confirmed, b->confirmed);
	assert_int_equal(a->waiting, b->waiting);
}
