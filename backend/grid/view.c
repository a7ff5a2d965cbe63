#include "view.h"

#include <assert.h>
#include <stdlib.h>

#include "memory.h"

struct view *
view_create(void)
{
	struct view *view = or_die(calloc(1, sizeof(*view)));

	view->tree = tree_create();
	TAILQ_INIT(&view->changed_calls);
	return view;
}

static void
person_destroy(struct person *person)
{
	free(person->name);
	free(person);
}

static void
call_destroy(struct call *call)
{
	free(call->texts);
	free(call->lines);
	free(call);
}

void
view_destroy(struct view *view)
{
	struct person *person, *next_person;
	struct call *call, *next_call;

	if (!view)
		return;
	HASH_ITER (hh, view->persons, person, next_person) {
		HASH_DEL(view->persons, person);
		person_destroy(person);
	}
	HASH_ITER (hh, view->calls, call, next_call) {
		HASH_DEL(view->calls, call);
		call_destroy(call);
	}
	free(view->by_id);
	tree_destroy(view->tree);
	free(view);
}

/* Members. */

struct person *
view_person(const struct view *view, struct id id)
{
	uint64_t key = id_key(id);
	struct person *person;

	HASH_FIND(hh, view->persons, &key, sizeof(key), person);
	return person;
}

struct place
view_place_of(const struct view *view, struct id id)
{
	struct person *person = view_person(view, id);

	return person ? person->at->place : (struct place){0};
}

static void
person_settle(struct view *view, struct person *person, struct place_node *node)
{
	person->at = node;
	LIST_INSERT_HEAD(&node->members, person, in_place);
	tree_count(view->tree, node, (struct tally){.members = 1});
}

static void
person_unsettle(struct view *view, struct person *person)
{
	LIST_REMOVE(person, in_place);
	tree_count(view->tree, person->at, (struct tally){.members = (uint32_t)-1});
}

static void
person_rename(struct person *person, struct text name, struct text organisation)
{
	char *both = or_die(malloc(name.len + organisation.len + 2));

	memcpy(both, name.data, name.len);
	both[name.len] = '\0';
	memcpy(both + name.len + 1, organisation.data, organisation.len);
	both[name.len + 1 + organisation.len] = '\0';
	free(person->name);
	person->name = both;
	person->organisation = both + name.len + 1;
}

static void
forget_member(struct view *view, struct id id)
{
	struct person *person = view_person(view, id);

	if (!person)
		return;
	person_unsettle(view, person);
	HASH_DEL(view->persons, person);
	person_destroy(person);
}

void
view_load_member(struct view *view, struct id id, struct place place, struct text name, struct text organisation)
{
	struct person *person = view_person(view, id);
	struct place_node *node = tree_reach(view->tree, place);

	if (!person) {
		person = or_die(calloc(1, sizeof(*person)));
		person->id = id;
		person->key = id_key(id);
		HASH_ADD(hh, view->persons, key, sizeof(person->key), person);
		person_settle(view, person, node);
	} else if (person->at != node) {
		person_unsettle(view, person);
		person_settle(view, person, node);
	}
	person_rename(person, name, organisation);
}

size_t
view_list_members(const struct view *view, struct place place, struct id after, struct person **out, size_t max)
{
	const struct place_node *top = tree_find(view->tree, place), *node = top;
	struct person *person = NULL;
	size_t count = 0;

	if (!top)
		return 0;
	if (!id_is_none(after)) {
		person = view_person(view, after);
		assert(person && place_covers(place, person->at->place));
		node = person->at;
		person = LIST_NEXT(person, in_place);
	} else {
		person = LIST_FIRST(&node->members);
	}
	while (count < max) {
		for (; person && count < max; person = LIST_NEXT(person, in_place))
			out[count++] = person;
		if (count == max || !(node = tree_next(top, node, PLACE_LEVELS)))
			break;
		person = LIST_FIRST(&node->members);
	}
	return count;
}

/* Calls. */

struct call *
view_call(const struct view *view, struct id id)
{
	uint64_t key = id_key(id);
	struct call *call;

	HASH_FIND(hh, view->calls, &key, sizeof(key), call);
	return call;
}

/* The place in by_id of the first call with a key above this one. */
static size_t
index_above(const struct view *view, uint64_t key)
{
	size_t low = 0, high = view->call_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (view->by_id[middle]->key <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
index_add(struct view *view, struct call *call)
{
	size_t at = index_above(view, call->key);

	if (view->call_count == view->call_room) {
		view->call_room = view->call_room ? view->call_room * 2 : 64;
		view->by_id = or_die(realloc(view->by_id, view->call_room * sizeof(struct call *)));
	}
	memmove(view->by_id + at + 1, view->by_id + at, (view->call_count - at) * sizeof(struct call *));
	view->by_id[at] = call;
	view->call_count++;
}

static void
index_remove(struct view *view, const struct call *call)
{
	size_t at = index_above(view, call->key) - 1;

	assert(view->by_id[at] == call);
	view->call_count--;
	memmove(view->by_id + at, view->by_id + at + 1, (view->call_count - at) * sizeof(struct call *));
}

static void
call_mark_changed(struct view *view, struct call *call)
{
	if (call->changed)
		return;
	call->changed = true;
	TAILQ_INSERT_TAIL(&view->changed_calls, call, in_changed);
}

/* Takes over copies of the record's texts, each with a NUL, in one block. */
static void
call_rewrite(struct call *call, const struct call_record *record)
{
	struct text *texts[] = {&call->record.title, &call->record.body, &call->record.meeting};
	char *block = or_die(malloc(record->title.len + record->body.len + record->meeting.len + ARRAY_LEN(texts)));

	call->record = *record;
	for (size_t i = 0, used = 0; i < ARRAY_LEN(texts); i++) {
		memcpy(block + used, texts[i]->data, texts[i]->len);
		block[used + texts[i]->len] = '\0';
		texts[i]->data = block + used;
		used += texts[i]->len + 1;
	}
	free(call->texts);
	call->texts = block;
}

struct call *
view_load_call(struct view *view, const struct call_record *record)
{
	struct call *call = view_call(view, record->id);

	if (!call) {
		call = or_die(calloc(1, sizeof(*call)));
		call->key = id_key(record->id);
		call->at = tree_reach(view->tree, record->place);
		HASH_ADD(hh, view->calls, key, sizeof(call->key), call);
		index_add(view, call);
		tree_count(view->tree, call->at, (struct tally){.calls = 1});
	}
	call_rewrite(call, record);
	call_mark_changed(view, call);
	return call;
}

static struct tally
line_tally(const struct line *line)
{
	return (struct tally){
		.confirmed = line->state == LINE_CONFIRMED,
		.waiting = line->state == LINE_WAITING,
	};
}

static struct tally
negated(struct tally tally)
{
	return (struct tally){-tally.members, -tally.calls, -tally.confirmed, -tally.waiting};
}

/* Counts a line in, or out again. */
static void
line_count(struct view *view, struct call *call, const struct line *line, bool in)
{
	struct tally delta = in ? line_tally(line) : negated(line_tally(line));

	if (!delta.confirmed && !delta.waiting)
		return;
	call->confirmed += delta.confirmed;
	call->waiting += delta.waiting;
	tree_count(view->tree, line->at, delta);
	call_mark_changed(view, call);
}

static void
lines_grow(struct call *call, uint32_t count)
{
	if (count > call->line_room) {
		call->line_room = MAX(count, call->line_room * 2);
		call->lines = or_die(realloc(call->lines, call->line_room * sizeof(struct line)));
	}
	for (; call->line_count < count; call->line_count++)
		call->lines[call->line_count] = (struct line){.state = LINE_NONE};
}

void
view_load_line(struct view *view, struct call *call, const struct line_change *change)
{
	struct line *line;

	assert(change->number > 0);
	if (change->number > call->line_count)
		lines_grow(call, change->number);
	line = &call->lines[change->number - 1];
	line_count(view, call, line, false);
	*line = (struct line){
		.state = change->state,
		.person = change->person,
		.at = tree_reach(view->tree, change->place),
		.joined_ms = change->joined_ms,
	};
	line_count(view, call, line, true);
}

static void
forget_call(struct view *view, struct id id)
{
	struct call *call = view_call(view, id);

	if (!call)
		return;
	for (uint32_t i = 0; i < call->line_count; i++)
		line_count(view, call, &call->lines[i], false);
	tree_count(view->tree, call->at, (struct tally){.calls = (uint32_t)-1});
	if (call->changed)
		TAILQ_REMOVE(&view->changed_calls, call, in_changed);
	index_remove(view, call);
	HASH_DEL(view->calls, call);
	call_destroy(call);
}

size_t
view_list_calls(const struct view *view, struct place place, struct id after, struct call **out, size_t max)
{
	size_t count = 0;

	for (size_t i = index_above(view, id_key(after)); i < view->call_count && count < max; i++)
		if (place_related(place, view->by_id[i]->record.place))
			out[count++] = view->by_id[i];
	return count;
}

void
view_take_changed_calls(struct view *view, void (*visit)(struct call *call, void *context), void *context)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&view->changed_calls))) {
		TAILQ_REMOVE(&view->changed_calls, call, in_changed);
		call->changed = false;
		visit(call, context);
	}
}

/* Events. */

static void
apply_places(struct view *view, const struct event *event)
{
	for (size_t i = 0; i < event->places.count; i++)
		tree_add(view->tree, event->places.items[i].place, event->places.items[i].name);
}

static void
apply_member(struct view *view, const struct event *event)
{
	if (place_is_none(event->member.place))
		forget_member(view, event->member.person);
	else
		view_load_member(view, event->member.person, event->member.place, event->member.name,
			event->member.organisation);
}

static void
apply_call(struct view *view, const struct event *event)
{
	if (event->call.record.state == CALL_OPEN)
		view_load_call(view, &event->call.record);
	else
		forget_call(view, event->call.record.id);
}

/* The lines of a call that is closed by now are of no interest any more. */
static void
apply_chain(struct view *view, const struct event *event)
{
	struct call *call = view_call(view, event->chain.call);

	for (size_t i = 0; call && i < event->chain.count; i++)
		view_load_line(view, call, &event->chain.lines[i]);
}

bool
view_apply(struct view *view, const struct event *event)
{
	if (event->seq <= view->seq[event->partition])
		return false;
	view->seq[event->partition] = event->seq;
	if (event->loaded)
		return true;
	switch (event->kind) {
	case EVENT_PLACES:
		apply_places(view, event);
		break;
	case EVENT_MEMBER:
		apply_member(view, event);
		break;
	case EVENT_CALL:
		apply_call(view, event);
		break;
	case EVENT_CHAIN:
		apply_chain(view, event);
		break;
	}
	return true;
}
