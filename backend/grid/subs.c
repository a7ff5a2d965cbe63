#include "subs.h"

#include <assert.h>
#include <stdlib.h>
#include <uthash.h>

#include "memory.h"

/* Something that is watched, while anybody does. Places are kept in the order of their codes, so that all under one
 * are a range; calls and persons in a hash. */
struct subs_topic {
	enum topic_kind { TOPIC_PLACE, TOPIC_CALL, TOPIC_PERSON } kind;
	struct place place;
	struct id id; /* a call or person */
	uint64_t key; /* of it */
	LIST_HEAD(, watcher) watchers;
	UT_hash_handle hh;
};

struct subs {
	struct subs_topic **places;
	size_t place_count;
	size_t place_room;
	struct subs_topic *calls;
	struct subs_topic *persons;
	size_t watcher_count;
};

struct subs *
subs_create(void)
{
	return or_die(calloc(1, sizeof(struct subs)));
}

void
subs_destroy(struct subs *subs)
{
	if (!subs)
		return;
	assert(subs->watcher_count == 0);
	free(subs->places);
	free(subs);
}

/* The index of the first watched place that is not before `place`. */
static size_t
place_index(const struct subs *subs, struct place place)
{
	size_t low = 0, high = subs->place_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (place_compare(subs->places[middle]->place, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct subs_topic *
find_place(const struct subs *subs, struct place place)
{
	size_t at = place_index(subs, place);

	if (at < subs->place_count && place_equal(subs->places[at]->place, place))
		return subs->places[at];
	return NULL;
}

static void
add_place(struct subs *subs, struct subs_topic *topic)
{
	size_t at = place_index(subs, topic->place);

	if (subs->place_count == subs->place_room) {
		subs->place_room = subs->place_room ? subs->place_room * 2 : 64;
		subs->places = or_die(realloc(subs->places, subs->place_room * sizeof(struct subs_topic *)));
	}
	memmove(subs->places + at + 1, subs->places + at, (subs->place_count - at) * sizeof(struct subs_topic *));
	subs->places[at] = topic;
	subs->place_count++;
}

static void
remove_place(struct subs *subs, const struct subs_topic *topic)
{
	size_t at = place_index(subs, topic->place);

	assert(subs->places[at] == topic);
	subs->place_count--;
	memmove(subs->places + at, subs->places + at + 1, (subs->place_count - at) * sizeof(struct subs_topic *));
}

static struct subs_topic *
find_id(struct subs_topic *topics, struct id id)
{
	uint64_t key = id_key(id);
	struct subs_topic *topic;

	HASH_FIND(hh, topics, &key, sizeof(key), topic);
	return topic;
}

static struct subs_topic *
topic_create(enum topic_kind kind, struct place place, struct id id)
{
	struct subs_topic *topic = or_die(calloc(1, sizeof(*topic)));

	topic->kind = kind;
	topic->place = place;
	topic->id = id;
	topic->key = id_key(id);
	LIST_INIT(&topic->watchers);
	return topic;
}

static void
begin(struct subs *subs, struct watcher *watcher, struct subs_topic *topic)
{
	assert(!watcher->topic);
	watcher->topic = topic;
	LIST_INSERT_HEAD(&topic->watchers, watcher, in_topic);
	subs->watcher_count++;
}

void
subs_watch_place(struct subs *subs, struct watcher *watcher, struct place place, uint8_t depth)
{
	struct subs_topic *topic = find_place(subs, place);

	if (!topic) {
		topic = topic_create(TOPIC_PLACE, place, (struct id){0});
		add_place(subs, topic);
	}
	watcher->depth = depth;
	begin(subs, watcher, topic);
}

void
subs_watch_call(struct subs *subs, struct watcher *watcher, struct id call)
{
	struct subs_topic *topic = find_id(subs->calls, call);

	if (!topic) {
		topic = topic_create(TOPIC_CALL, (struct place){0}, call);
		HASH_ADD(hh, subs->calls, key, sizeof(topic->key), topic);
	}
	begin(subs, watcher, topic);
}

void
subs_watch_person(struct subs *subs, struct watcher *watcher, struct id person)
{
	struct subs_topic *topic = find_id(subs->persons, person);

	if (!topic) {
		topic = topic_create(TOPIC_PERSON, (struct place){0}, person);
		HASH_ADD(hh, subs->persons, key, sizeof(topic->key), topic);
	}
	begin(subs, watcher, topic);
}

static void
topic_destroy(struct subs *subs, struct subs_topic *topic)
{
	switch (topic->kind) {
	case TOPIC_PLACE:
		remove_place(subs, topic);
		break;
	case TOPIC_CALL:
		HASH_DEL(subs->calls, topic);
		break;
	case TOPIC_PERSON:
		HASH_DEL(subs->persons, topic);
		break;
	}
	free(topic);
}

void
subs_end(struct subs *subs, struct watcher *watcher)
{
	struct subs_topic *topic = watcher->topic;

	if (!topic)
		return;
	LIST_REMOVE(watcher, in_topic);
	watcher->topic = NULL;
	subs->watcher_count--;
	if (LIST_EMPTY(&topic->watchers))
		topic_destroy(subs, topic);
}

struct place
watcher_place(const struct watcher *watcher)
{
	if (!watcher->topic || watcher->topic->kind != TOPIC_PLACE)
		return (struct place){0};
	return watcher->topic->place;
}

struct id
watcher_call(const struct watcher *watcher)
{
	if (!watcher->topic || watcher->topic->kind != TOPIC_CALL)
		return (struct id){0};
	return watcher->topic->id;
}

size_t
subs_count(const struct subs *subs)
{
	return subs->watcher_count;
}

static size_t
visit_topic(struct subs_topic *topic, subs_visit *visit, void *context)
{
	struct watcher *watcher;
	size_t count = 0;

	if (!topic)
		return 0;
	LIST_FOREACH (watcher, &topic->watchers, in_topic) {
		visit(watcher, context);
		count++;
	}
	return count;
}

size_t
subs_related(struct subs *subs, struct place place, subs_visit *visit, void *context)
{
	size_t count = 0;

	if (place_is_none(place)) {
		for (size_t i = 0; i < subs->place_count; i++)
			count += visit_topic(subs->places[i], visit, context);
		return count;
	}
	for (enum place_level level = PROVINCE; level <= place_level(place); level++)
		count += visit_topic(find_place(subs, place_at_level(place, level)), visit, context);
	/* Behind the place itself come all that lie under it; a wider one of the same padded code stands before. */
	for (size_t i = place_index(subs, place); i < subs->place_count; i++) {
		struct subs_topic *topic = subs->places[i];
		if (!place_covers(place, topic->place))
			break;
		if (!place_equal(place, topic->place))
			count += visit_topic(topic, visit, context);
	}
	return count;
}

struct tally_visit {
	subs_visit *visit;
	void *context;
	unsigned levels; /* between the watched place and the one whose tally it is */
	size_t count;
};

static void
visit_if_deep_enough(struct watcher *watcher, void *context)
{
	struct tally_visit *deep = context;

	if (watcher->depth < deep->levels)
		return;
	deep->visit(watcher, deep->context);
	deep->count++;
}

size_t
subs_tally(struct subs *subs, struct place place, subs_visit *visit, void *context)
{
	struct tally_visit deep = {.visit = visit, .context = context};
	enum place_level own = place_level(place);

	for (enum place_level level = PROVINCE; level <= own; level++) {
		deep.levels = own - level;
		visit_topic(find_place(subs, place_at_level(place, level)), visit_if_deep_enough, &deep);
	}
	return deep.count;
}

size_t
subs_call(struct subs *subs, struct id call, subs_visit *visit, void *context)
{
	return visit_topic(find_id(subs->calls, call), visit, context);
}

size_t
subs_person(struct subs *subs, struct id person, subs_visit *visit, void *context)
{
	return visit_topic(find_id(subs->persons, person), visit, context);
}
