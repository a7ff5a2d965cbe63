#include "ears.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ear *ears; /* all that are open */

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct ear *ear = context;

	(void)caller;
	notes_event(&ear->notes, event);
}

static void
on_tally(struct caller *caller, const Tally *tally, void *context)
{
	struct ear *ear = context;

	(void)caller;
	notes_tally(&ear->notes, tally);
}

static void
on_snapshot(struct caller *caller, void *context)
{
	struct ear *ear = context;

	(void)caller;
	if (ear->snapshots++ == 0)
		notes_finish(&ear->notes); /* of what its person watched before, in another test */
}

void
ear_watch_all(struct ear *ear, struct watching watching)
{
	unsigned before = ear->snapshots;

	caller_watch(ear->caller, to_watch_all(watching)->watch);
	wait_until(ear->w, ear->snapshots > before, "the hub to say from where one watches");
}

struct ear *
ear_open_all(struct world *w, const char *handle, struct watching watching)
{
	struct ear *ear = calloc(1, sizeof(*ear));

	assert_non_null(ear);
	*ear = (struct ear){.w = w, .caller = person(w, handle), .next = ears};
	ears = ear;
	caller_listen(ear->caller, on_event, on_tally, on_snapshot, ear);
	ear_watch_all(ear, watching);
	return ear;
}

void
ears_close(void)
{
	struct ear *ear;

	while ((ear = ears)) {
		ears = ear->next;
		caller_listen(ear->caller, NULL, NULL, NULL, NULL);
		notes_finish(&ear->notes);
		free(ear);
	}
}

unsigned
heard(const struct ear *ear, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return notes_count(&ear->notes, text);
}

void
assert_hears_at(struct ear *ear, const char *text, const char *file, int line)
{
	uint64_t since_us = world_now_us();

	while (notes_count(&ear->notes, text) == 0)
		world_turn(ear->w, since_us, text, file, line);
	_assert_int_equal(notes_count(&ear->notes, text), 1, file, line);
}

/* A name that nothing had before. */
static const char *
new_name(void)
{
	static unsigned number;
	static char name[32];

	snprintf(name, sizeof(name), "第%u次更名", ++number);
	return name;
}

void
ear_settle(struct ear *ear, const char *place)
{
	unsigned before = heard(ear, "places %s 1", place);

	import_place(ear->w, place, new_name());
	wait_until(ear->w, heard(ear, "places %s 1", place) > before, "the place's new name");
}

void
assert_heard_at(struct ear *ear, const char *place, const char *const *texts, const char *file, int line)
{
	const char *settled = say("places %s 1", place);
	size_t count = 0;

	ear_settle(ear, place);
	for (size_t i = 0; i < ear->notes.count; i++) {
		const char *text = ear->notes.events[i].text;
		if (strcmp(text, settled) == 0)
			continue;
		if (!texts[count])
			print_error("heard beside: %s\n", text);
		_assert_true(texts[count] != NULL, "nothing else is heard", file, line);
		_assert_string_equal(text, texts[count++], file, line);
	}
	if (texts[count])
		print_error("not heard: %s\n", texts[count]);
	_assert_true(texts[count] == NULL, "all is heard", file, line);
}

const char *
heard_tally(const struct ear *ear, const char *place)
{
	const struct tally_note *note = notes_tally_of(&ear->notes, place, "");

	return note ? note->figures : "";
}
