/* answers_event.c - what happened, as clients hear it. */
#include "answers_private.h"

static struct piece *
event_with(const struct event *event, Gridvanguard__V1__Event__WhatCase which, void *what)
{
	Gridvanguard__V1__Event message = GRIDVANGUARD__V1__EVENT__INIT;

	message.partition = event->partition;
	message.seq = event->seq;
	message.at_ms = event->at_ms;
	message.what_case = which;
	message.call_changed = what; /* any member: all are pointers to messages */
	return piece_of(FRAME_EVENTS, &message.base);
}

static struct piece *
encode_places(const struct event *event)
{
	Gridvanguard__V1__PlacesChanged changed = GRIDVANGUARD__V1__PLACES_CHANGED__INIT;
	char under[PLACE_TEXT];

	changed.under = place_print(under, event->places.under);
	changed.count = (uint32_t)event->places.count;
	return event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_PLACES_CHANGED, &changed);
}

static struct piece *
encode_call(const struct view *view, const struct event *event)
{
	Gridvanguard__V1__CallChanged changed = GRIDVANGUARD__V1__CALL_CHANGED__INIT;
	const struct call *open = view_call(view, event->call.record.id);
	char *names[CALL_CHANGES];
	struct call_out out;
	struct piece *piece = NULL;

	changed.call = &out.message;
	changed.changed = names;
	changed.n_changed = list_changes(names, event->call.changes);
	if (fill_call(&out, &event->call.record, open ? &open->numbers : &event->call.numbers))
		piece = event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED, &changed);
	call_out_finish(&out);
	return piece;
}

/* The texts of a line stand in the view where an event that was loaded has none. */
static void
lend_texts(struct line_change *line, const struct call *call)
{
	if (line->has_texts && line->texts.len == 0 && call && line->number <= call->line_count)
		line->texts = call->lines[line->number - 1].is.texts;
}

static struct piece *
encode_chain(const struct view *view, const struct event *event)
{
	Gridvanguard__V1__ChainChanged changed = GRIDVANGUARD__V1__CHAIN_CHANGED__INIT;
	const struct call *open = view_call(view, event->chain.call);
	/* Of a call that is not at hand it is not known how names may show. */
	struct telling_lines how = {
		.names = open ? open->record.names : GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE};
	size_t count = event->chain.count;
	struct line_change *lines = malloc((count + 1) * sizeof(*lines));
	struct line_out *out;
	char call[ID_TEXT];
	struct piece *piece = NULL;

	for (size_t i = 0; lines && i < count; i++) {
		lines[i] = event->chain.lines[i];
		lend_texts(&lines[i], open);
	}
	out = lines ? make_lines(view, &how, lines, count, &changed.lines) : NULL;
	if (out) {
		changed.n_lines = count;
		changed.call = id_print(call, event->chain.call);
		changed.late = !id_is_none(event->chain.late_for);
		changed.filled = !place_is_none(event->chain.filled_at);
		piece = event_with(event, GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED, &changed);
		free_lines(out, count);
	}
	free(lines);
	return piece;
}

struct piece *
encode_event(const struct view *view, const struct event *event)
{
	switch (event->kind) {
	case EVENT_PLACES:
		return encode_places(event);
	case EVENT_CALL:
		return encode_call(view, event);
	case EVENT_CHAIN:
		return encode_chain(view, event);
	case EVENT_MEMBER:
	case EVENT_GRANT:
	case EVENT_DEVICE:
	case EVENT_DESK:
	case EVENT_ERASED:
	case EVENT_LOST:
		break;
	}
	return NULL;
}
