/* subs.h - who hears what: the watchers of places, calls and persons.
 *
 * A watcher is one interest of one client; the client owns the memory and takes it back when it ends. Asking who
 * hears something costs the number of answers, not the number of watchers. */
#ifndef GV_SUBS_H
#define GV_SUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "id.h"
#include "place.h"

struct subs;
struct subs_topic;

struct watcher {
	void *client;             /* whose interest it is; not looked into here */
	uint8_t depth;            /* of a place: how many levels below it the tallies are wanted of */
	struct subs_topic *topic; /* NULL while it watches nothing */
	LIST_ENTRY(watcher) in_topic;
};

struct subs *subs_create(void);

/* All watchers must have ended. */
void subs_destroy(struct subs *subs);

/* Starts. The watcher must not be watching. */
void subs_watch_place(struct subs *subs, struct watcher *watcher, struct place place, uint8_t depth);
void subs_watch_call(struct subs *subs, struct watcher *watcher, struct id call);
void subs_watch_person(struct subs *subs, struct watcher *watcher, struct id person);

/* Ends; nothing happens if it watches nothing. Not from within a visit. */
void subs_end(struct subs *subs, struct watcher *watcher);

/* What a watcher watches: the place or the call, or none for one of another kind. */
struct place watcher_place(const struct watcher *watcher);
struct id watcher_call(const struct watcher *watcher);

/* How many watch anything. */
size_t subs_count(const struct subs *subs);

typedef void subs_visit(struct watcher *watcher, void *context);

/* All whose place covers `place` or lies under it; of a place that names nothing, all that watch places. First those above or at it, the widest first (boards and
 * workers), then those below in the order of their codes. Returns how many. */
size_t subs_related(struct subs *subs, struct place place, subs_visit *visit, void *context);

/* All that want the tally of `place`: at it, or above it by no more levels than their depth. */
size_t subs_tally(struct subs *subs, struct place place, subs_visit *visit, void *context);

size_t subs_call(struct subs *subs, struct id call, subs_visit *visit, void *context);
size_t subs_person(struct subs *subs, struct id person, subs_visit *visit, void *context);

#endif
