#include "notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *
say(const char *format, ...)
{
	static char said[64][1024];
	static unsigned next;
	char *out = said[next++ % ARRAY_LEN(said)];
	va_list args;

	va_start(args, format);
	vsnprintf(out, sizeof(said[0]), format, args);
	va_end(args);
	return out;
}

const char *
state_of(const Line *line)
{
	static const char *const words[] = {"?", "confirmed", "waiting", "struck", "offered"};

	return (size_t)line->state < ARRAY_LEN(words) ? words[line->state] : "?";
}

const char *
figures_of(const Tally *tally)
{
	static char figures[4][48];
	static unsigned next;
	char *out = figures[next++ % ARRAY_LEN(figures)];

	snprintf(
		out, sizeof(figures[0]), "%u %u %u %u", tally->members, tally->calls, tally->confirmed, tally->waiting);
	return out;
}

void *
grow(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	*room = *room ? *room * 2 : 64;
	items = realloc(items, *room * size);
	if (!items)
		abort();
	return items;
}

static void
write_call(struct buf *out, const Call *call)
{
	bool open = call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;

	buf_printf(out, "call %s %s %u/%u/%u %s", call->id, open ? "open" : "closed", call->confirmed, call->waiting,
		call->lines, call->title);
}

static void
write_chain(struct buf *out, const Gridvanguard__V1__ChainChanged *chain)
{
	buf_printf(out, "chain %s", chain->call);
	for (size_t i = 0; i < chain->n_lines; i++)
		buf_printf(out, "%s %u %s %s", i ? "," : "", chain->lines[i]->number, chain->lines[i]->name,
			state_of(chain->lines[i]));
}

static char *
event_text(const Event *event)
{
	struct buf out = {0};
	size_t len;

	switch (event->what_case) {
	case GRIDVANGUARD__V1__EVENT__WHAT_PLACES_CHANGED:
		buf_printf(&out, "places %s %u", event->places_changed->under, event->places_changed->count);
		break;
	case GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED:
		write_call(&out, event->call_changed->call);
		break;
	case GRIDVANGUARD__V1__EVENT__WHAT_CHAIN_CHANGED:
		write_chain(&out, event->chain_changed);
		break;
	default:
		buf_printf(&out, "nothing");
	}
	return buf_take(&out, &len);
}

void
notes_event(struct notes *notes, const Event *event)
{
	notes->events = grow(notes->events, notes->count, &notes->room, sizeof(*notes->events));
	notes->events[notes->count++] = (struct note){event->partition, event->seq, event_text(event)};
}

static struct tally_note *
find_tally(const struct notes *notes, const char *place, const char *call)
{
	for (size_t i = 0; i < notes->tally_count; i++)
		if (strcmp(notes->tallies[i].place, place) == 0 && strcmp(notes->tallies[i].call, call) == 0)
			return &notes->tallies[i];
	return NULL;
}

void
notes_tally(struct notes *notes, const Tally *tally)
{
	struct tally_note *note = find_tally(notes, tally->place, tally->call);

	if (!note) {
		notes->tallies = grow(notes->tallies, notes->tally_count, &notes->tally_room, sizeof(*notes->tallies));
		note = &notes->tallies[notes->tally_count++];
		*note = (struct tally_note){0};
		snprintf(note->place, sizeof(note->place), "%s", tally->place);
		snprintf(note->call, sizeof(note->call), "%s", tally->call);
	}
	snprintf(note->figures, sizeof(note->figures), "%s", figures_of(tally));
	note->times++;
}

void
notes_finish(struct notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		free(notes->events[i].text);
	free(notes->events);
	free(notes->tallies);
	*notes = (struct notes){0};
}

unsigned
notes_count(const struct notes *notes, const char *text)
{
	unsigned count = 0;

	for (size_t i = 0; i < notes->count; i++)
		count += strcmp(notes->events[i].text, text) == 0;
	return count;
}

const struct tally_note *
notes_tally_of(const struct notes *notes, const char *place, const char *call)
{
	return find_tally(notes, place, call);
}
