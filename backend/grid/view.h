/* view.h - all a hub knows without asking: places, members, open calls with their chains, tallies.
 *
 * Built from the records once, then kept by the events of the logs, and by nothing else: two hubs that have applied
 * the same events hold the same view. Everything a client lists or is shown at once comes from here. */
#ifndef GV_VIEW_H
#define GV_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Running out of memory in a hash ends the process, as everywhere in the view. */
#include <uthash.h>

#include "event.h"
#include "tree.h"

/* Somebody who has registered. */
struct person {
	uint64_t key; /* id_key() */
	struct id id;
	struct place_node *at; /* a grid or building group */
	struct place work;     /* the same, where he works too; none: not said. He is counted at home alone */
	enum member_kind kind;
	LIST_ENTRY(person) in_place;
	char *name; /* "王芳"; the organisation stands behind its NUL */
	char *organisation;
	UT_hash_handle hh;
};

/* One line of a chain. */
struct line {
	struct line_change is; /* its texts are the line's own */
	struct place_node *at; /* where it is counted */
};

/* An open call. */
struct call {
	uint64_t key;
	struct call_record record;
	char *texts; /* the record's, in one block */
	struct place_node *at;
	struct line *lines; /* line number n is lines[n - 1] */
	uint32_t line_count;
	uint32_t line_room;
	struct call_numbers numbers;
	uint32_t present;    /* people checked in */
	uint32_t text_count; /* lines that have texts */
	bool changed;        /* its numbers, since view_take_changed_calls() */
	TAILQ_ENTRY(call) in_changed;
	UT_hash_handle hh;
};

/* Who has live lines in open calls, and which: to find them without a walk through all chains. */
struct signer {
	uint64_t key; /* id_key() of the person, who may have left */
	struct signed_line {
		struct call *call;
		uint32_t number;
	} * lines;
	uint32_t count;
	UT_hash_handle hh;
};

/* Who holds roles beside being registered; also one who is not. */
struct grantee {
	uint64_t key;
	struct id id;
	struct grant *grants;
	uint32_t count;
	UT_hash_handle hh;
};

struct view {
	struct place_tree *tree;
	struct person *persons;   /* a uthash by key */
	struct signer *signers;   /* the same */
	struct grantee *grantees; /* the same */
	struct call *calls;       /* a uthash by key */
	struct call **by_id;      /* the same calls in the order of their keys */
	size_t call_count;
	size_t call_room;
	TAILQ_HEAD(, call) changed_calls;
	uint64_t seq[PARTITIONS]; /* the last event applied of each log */
};

struct view *view_create(void);
void view_destroy(struct view *view);

/* Makes it so, unless the view was loaded with it. An event not newer than the last of its log is skipped: false. */
bool view_apply(struct view *view, const struct event *event);

struct person *view_person(const struct view *view, struct id id);
struct call *view_call(const struct view *view, struct id id);

/* What a person is counted under; a place with 0 digits for somebody not registered. */
struct place view_place_of(const struct view *view, struct id person);

/* Fills up to `max` open calls whose place is related to `place`, in the order of their ids, behind `after` (none:
 * from the start). Returns how many. */
size_t view_list_calls(const struct view *view, struct place place, struct id after, struct call **out, size_t max);

/* Fills up to `max` members registered in or under `place`, behind the person `after` (none: from the start), whose
 * own place must be under `place`. Returns how many. */
size_t view_list_members(const struct view *view, struct place place, struct id after, struct person **out, size_t max);

/* What a person holds, with what has ended by itself; NULL: nothing. */
const struct grantee *view_grantee(const struct view *view, struct id person);

/* Fills up to `max` persons who hold something at or under `place` (none: the whole country), behind the person `after`
 * (none: from the start), who must be a grantee, in the order in which the view learnt of them. Returns how many. */
size_t view_list_grantees(
	const struct view *view, struct place place, struct id after, const struct grantee **out, size_t max);

/* Lines in front of a waiting one in line. */
uint32_t view_ahead_of(const struct call *call, const struct line *line);

/* An open call with another live line of the person at a time that overlaps this one; NULL if there is none. */
const struct call *view_clash(const struct view *view, struct id person, const struct call *call, uint32_t slot);

/* Calls `visit` for each call whose numbers changed since the last time, and forgets them. */
void view_take_changed_calls(struct view *view, void (*visit)(struct call *call, void *context), void *context);

/* For loading (redis/loader.h), before the first event: states as the records hold them. A member is one of the party who
 * works nowhere until he is given something else. */
struct person *view_load_member(
	struct view *view, struct id id, struct place place, struct text name, struct text organisation);
struct call *view_load_call(struct view *view, const struct call_record *record);
void view_load_line(struct view *view, struct call *call, const struct line_change *change);
void view_load_grant(struct view *view, struct id person, const struct grant *grant);
void view_load_texts(struct call *call, uint32_t number, struct text texts);

#endif
