#include "view.h"

#include <assert.h>
#include <stdlib.h>

#include "memory.h"

/* How long a shift lasts whose end is not said, for what clashes with it. */
#define CLASH_MS 3600000

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

/* Lets go of its own copy of its texts. */
static void
line_finish(struct line *line)
{
	if (line->is.texts.len > 0)
		free(UNCONST(line->is.texts.data));
	line->is.texts = TEXT("");
}

static void
call_destroy(struct call *call)
{
	for (uint32_t i = 0; i < call->line_count; i++)
		line_finish(&call->lines[i]);
	free(call->texts);
	free(call->lines);
	free(call);
}

static void
signer_destroy(struct view *view, struct signer *signer)
{
	HASH_DEL(view->signers, signer);
	free(signer->lines);
	free(signer);
}

void
view_destroy(struct view *view)
{
	struct person *person, *next_person;
	struct signer *signer, *next_signer;
	struct grantee *grantee, *next_grantee;
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
	HASH_ITER (hh, view->signers, signer, next_signer)
		signer_destroy(view, signer);
	HASH_ITER (hh, view->grantees, grantee, next_grantee) {
		HASH_DEL(view->grantees, grantee);
		free(grantee->grants);
		free(grantee);
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

struct person *
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
	person->work = (struct place){0};
	person->kind = KIND_MEMBER;
	person_rename(person, name, organisation);
	return person;
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
		/* Where nobody lives nobody is looked for: the country has 665,000 places. */
		if (count == max || !(node = tree_next(top, node, node->tally.members ? PLACE_LEVELS : 0)))
			break;
		person = LIST_FIRST(&node->members);
	}
	return count;
}

/* Grants. */

static struct grantee *
find_grantee(const struct view *view, struct id id)
{
	uint64_t key = id_key(id);
	struct grantee *grantee;

	HASH_FIND(hh, view->grantees, &key, sizeof(key), grantee);
	return grantee;
}

const struct grantee *
view_grantee(const struct view *view, struct id person)
{
	return find_grantee(view, person);
}

static bool
holds_under(const struct grantee *grantee, struct place place)
{
	for (uint32_t i = 0; i < grantee->count; i++)
		if (place_covers(place, grantee->grants[i].place))
			return true;
	return false;
}

size_t
view_list_grantees(const struct view *view, struct place place, struct id after, const struct grantee **out, size_t max)
{
	const struct grantee *grantee = id_is_none(after) ? view->grantees : find_grantee(view, after)->hh.next;
	size_t count = 0;

	for (; grantee && count < max; grantee = grantee->hh.next)
		if (holds_under(grantee, place))
			out[count++] = grantee;
	return count;
}

static struct grantee *
reach_grantee(struct view *view, struct id person)
{
	struct grantee *grantee = find_grantee(view, person);

	if (grantee)
		return grantee;
	grantee = or_die(calloc(1, sizeof(*grantee)));
	grantee->id = person;
	grantee->key = id_key(person);
	HASH_ADD(hh, view->grantees, key, sizeof(grantee->key), grantee);
	return grantee;
}

/* One of the same role and place is written over. */
void
view_load_grant(struct view *view, struct id person, const struct grant *grant)
{
	struct grantee *grantee = reach_grantee(view, person);
	uint32_t i = 0;

	while (i < grantee->count &&
		(grantee->grants[i].role != grant->role || !place_equal(grantee->grants[i].place, grant->place)))
		i++;
	if (i == grantee->count) {
		grantee->grants = or_die(realloc(grantee->grants, (i + 1) * sizeof(*grantee->grants)));
		grantee->count++;
	}
	grantee->grants[i] = *grant;
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
	struct text *texts[CALL_TEXTS_MAX];
	size_t count, len = 1; /* also without any text */
	char *block, *at;

	call->record = *record;
	count = call_texts(&call->record, texts);
	for (size_t i = 0; i < count; i++)
		len += texts[i]->len + 1;
	at = block = or_die(malloc(len));
	for (size_t i = 0; i < count; i++) {
		if (texts[i]->len > 0)
			memcpy(at, texts[i]->data, texts[i]->len);
		at[texts[i]->len] = '\0';
		texts[i]->data = at;
		at += texts[i]->len + 1;
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

static struct signer *
find_signer(const struct view *view, struct id person)
{
	uint64_t key = id_key(person);
	struct signer *signer;

	HASH_FIND(hh, view->signers, &key, sizeof(key), signer);
	return signer;
}

static void
signer_add(struct view *view, struct id person, struct call *call, uint32_t number)
{
	struct signer *signer = find_signer(view, person);

	if (id_is_none(person))
		return;
	if (!signer) {
		signer = or_die(calloc(1, sizeof(*signer)));
		signer->key = id_key(person);
		HASH_ADD(hh, view->signers, key, sizeof(signer->key), signer);
	}
	signer->lines = or_die(realloc(signer->lines, (signer->count + 1) * sizeof(*signer->lines)));
	signer->lines[signer->count++] = (struct signed_line){call, number};
}

static void
signer_remove(struct view *view, struct id person, const struct call *call, uint32_t number)
{
	struct signer *signer = find_signer(view, person);

	if (!signer) /* without an account */
		return;
	for (uint32_t i = 0; i < signer->count; i++) {
		if (signer->lines[i].call != call || signer->lines[i].number != number)
			continue;
		signer->lines[i] = signer->lines[--signer->count];
		break;
	}
	if (signer->count == 0)
		signer_destroy(view, signer);
}

/* Of a live line. */
static struct tally
line_tally(const struct line_change *line)
{
	return (struct tally){
		.confirmed = line_counts(line->state) ? line->people : 0,
		.waiting = line->state == LINE_WAITING ? line->people : 0,
		.present = line->present_ms ? line->people : 0,
	};
}

static struct tally
negated(struct tally tally)
{
	return (struct tally){-tally.members, -tally.calls, -tally.confirmed, -tally.waiting, -tally.present};
}

/* Counts a line in, or out again, if it is live. */
static void
line_count(struct view *view, struct call *call, const struct line *line, bool in)
{
	struct tally delta = in ? line_tally(&line->is) : negated(line_tally(&line->is));

	if (!line_is_live(line->is.state))
		return;
	if (in)
		signer_add(view, line->is.person, call, line->is.number);
	else
		signer_remove(view, line->is.person, call, line->is.number);
	call->numbers.confirmed += delta.confirmed;
	call->numbers.waiting += delta.waiting;
	if (line->is.slot > 0) {
		call->numbers.slots[line->is.slot - 1].confirmed += delta.confirmed;
		call->numbers.slots[line->is.slot - 1].waiting += delta.waiting;
	}
	call->present += delta.present;
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
		call->lines[call->line_count] =
			(struct line){.is = {.number = call->line_count + 1, .texts = TEXT("")}};
	call->numbers.lines = call->line_count;
}

void
view_load_line(struct view *view, struct call *call, const struct line_change *change)
{
	struct line *line;
	struct text kept;

	assert(change->number > 0);
	if (change->number > call->line_count)
		lines_grow(call, change->number);
	line = &call->lines[change->number - 1];
	line_count(view, call, line, false);
	if (!change->has_texts)
		line_finish(line); /* they were taken off it */
	kept = line->is.texts;
	call->text_count = call->text_count + change->has_texts - line->is.has_texts;
	*line = (struct line){.is = *change, .at = tree_reach(view->tree, change->place)};
	line->is.texts = kept;
	if (kept.len == 0 && change->texts.len > 0)
		view_load_texts(call, change->number, change->texts);
	line_count(view, call, line, true);
}

void
view_load_texts(struct call *call, uint32_t number, struct text texts)
{
	struct line *line;

	if (number == 0 || number > call->line_count)
		return;
	line = &call->lines[number - 1];
	line_finish(line);
	if (texts.len > 0)
		line->is.texts = (struct text){or_die(text_dup(texts)), texts.len};
}

uint32_t
view_ahead_of(const struct call *call, const struct line *line)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i + 1 < line->is.number; i++)
		count += call->lines[i].is.state == LINE_WAITING && call->lines[i].is.slot == line->is.slot;
	return count;
}

/* When one has to be there; false if that is not said. */
static bool
times_of(const struct call *call, uint32_t slot, uint64_t *starts_ms, uint64_t *ends_ms)
{
	*starts_ms = slot ? call->record.slots[slot - 1].starts_ms : call->record.starts_ms;
	*ends_ms = slot ? call->record.slots[slot - 1].ends_ms : call->record.ends_ms;
	if (*ends_ms == 0)
		*ends_ms = *starts_ms + CLASH_MS;
	return *starts_ms > 0;
}

const struct call *
view_clash(const struct view *view, struct id person, const struct call *call, uint32_t slot)
{
	const struct signer *signer = find_signer(view, person);
	uint64_t starts_ms, ends_ms, starts, ends;

	if (!signer || slot > call->record.slot_count || !times_of(call, slot, &starts_ms, &ends_ms))
		return NULL;
	for (uint32_t i = 0; i < signer->count; i++) {
		const struct call *other = signer->lines[i].call;
		uint32_t taken = other->lines[signer->lines[i].number - 1].is.slot;
		if ((other != call || taken != slot) && taken <= other->record.slot_count &&
			times_of(other, taken, &starts, &ends) && starts < ends_ms && starts_ms < ends)
			return other;
	}
	return NULL;
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
	struct person *person;

	if (place_is_none(event->member.place))
		return forget_member(view, event->member.person);
	person = view_load_member(
		view, event->member.person, event->member.place, event->member.name, event->member.organisation);
	person->work = event->member.work;
	person->kind = event->member.kind ? event->member.kind : KIND_MEMBER;
}

static void
apply_call(struct view *view, const struct event *event)
{
	struct call *call;

	if (event->call.record.state != CALL_OPEN) {
		forget_call(view, event->call.record.id);
		return;
	}
	call = view_load_call(view, &event->call.record);
	for (size_t i = 0; i < event->call.line_count; i++)
		view_load_line(view, call, &event->call.lines[i]);
}

/* The lines of a call that is closed by now are of no interest any more. */
static void
apply_chain(struct view *view, const struct event *event)
{
	struct call *call = view_call(view, event->chain.call);

	for (size_t i = 0; call && i < event->chain.count; i++)
		view_load_line(view, call, &event->chain.lines[i]);
}

/* What was taken back has ended, and is let go of with all else of the person that has. */
static void
apply_grant(struct view *view, const struct event *event)
{
	struct grantee *grantee;
	uint32_t kept = 0;

	view_load_grant(view, event->grant.person, &event->grant.grant);
	grantee = find_grantee(view, event->grant.person);
	for (uint32_t i = 0; i < grantee->count; i++)
		if (grant_holds(&grantee->grants[i], event->at_ms))
			grantee->grants[kept++] = grantee->grants[i];
	grantee->count = kept;
}

static void
apply_erased(struct view *view, const struct event *event)
{
	struct grantee *grantee = find_grantee(view, event->erased.person);

	forget_member(view, event->erased.person);
	if (grantee)
		grantee->count = 0;
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
	case EVENT_GRANT:
		apply_grant(view, event);
		break;
	case EVENT_ERASED:
		apply_erased(view, event);
		break;
	case EVENT_DEVICE: /* concerns sessions, not what is known */
	case EVENT_DESK:
	case EVENT_LOST:
		break;
	}
	return true;
}
