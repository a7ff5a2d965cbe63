/* event.h - what a log says happened, as the rest of the hub reads it.
 *
 * In Redis an event carries ids, states and numbers only. Where it needs text (the name of a place, a member's, the
 * body of a call) the feed reads the record once and attaches it here before anybody sees the event. States are
 * absolute, so an event applied twice, or on a view that already holds it, changes nothing.
 *
 * An event that was `loaded` comes without the text that only the view would need.
 *
 * Every text in here is followed by a NUL that its length does not count. */
#ifndef GV_EVENT_H
#define GV_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "id.h"
#include "place.h"
#include "text.h"

/* The states of a line of a chain; numbers as in the proto's LineState. */
enum line_state {
	LINE_NONE, /* no such line (yet) */
	LINE_CONFIRMED,
	LINE_WAITING,
	LINE_STRUCK,
};

/* Reads a state as the functions in Redis write it ("confirmed"). False, and *out untouched, for another word. */
bool line_state_parse(enum line_state *out, struct text name) WARN_UNUSED;

/* The states of a call; numbers as in the proto's CallState. */
enum call_state {
	CALL_NONE,
	CALL_OPEN,
	CALL_CLOSED,
};

/* A call without its chain. */
struct call_record {
	struct id id;
	enum call_state state;
	struct place place;
	struct id author;
	uint64_t posted_ms;
	uint64_t deadline_ms;
	uint32_t need;
	uint32_t limit; /* 0: none */
	struct text title;
	struct text body;
	struct text meeting;
};

/* What a call's record counts. */
struct call_numbers {
	uint32_t confirmed;
	uint32_t waiting;
	uint32_t lines; /* the length of the chain, struck lines included */
};

/* One line as an event leaves it. */
struct line_change {
	uint32_t number; /* from 1, in commit order, without gaps */
	enum line_state state;
	struct id person;
	struct place place; /* where it is counted, as of the join; within the call's place */
	uint64_t joined_ms;
};

struct named_place {
	struct place place;
	struct text name;
};

enum event_kind {
	EVENT_PLACES, /* places were added or renamed */
	EVENT_MEMBER, /* somebody registered, moved, left or changed his name */
	EVENT_CALL,   /* a call was posted, changed or closed */
	EVENT_CHAIN,  /* lines of a chain were added or changed */
};

struct event {
	uint8_t partition; /* of the log it stands in */
	uint64_t seq;      /* its place there, from 1 without gaps */
	uint64_t at_ms;    /* by Redis' clock */
	enum event_kind kind;
	bool loaded; /* the view was loaded with what it did: only clients that come back may still want to hear of it */
	union {
		struct {
			struct place under; /* covers all of them; none: the whole country */
			const struct named_place *items;
			size_t count;
		} places;
		struct {
			struct id person;
			struct place place; /* none: he left */
			struct text name;
			struct text organisation;
		} member;
		struct {
			struct call_record record;
			struct call_numbers numbers;
		} call;
		struct {
			struct id call;
			const struct line_change *lines;
			size_t count;
		} chain;
	};
};

#endif
