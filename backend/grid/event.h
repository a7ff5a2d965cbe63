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
#include "role.h"
#include "text.h"

/* The states of a line of a chain; numbers as in the proto's LineState. */
enum line_state {
	LINE_NONE, /* no such line (yet) */
	LINE_CONFIRMED,
	LINE_WAITING,
	LINE_STRUCK,
	LINE_OFFERED, /* promoted, to be confirmed in time; counts like a confirmed one */
};

/* Reads a state as the functions in Redis write it ("confirmed"). False, and *out untouched, for another word. */
bool line_state_parse(enum line_state *out, struct text name) WARN_UNUSED;

/* The states of a call; numbers as in the proto's CallState. */
enum call_state {
	CALL_NONE,
	CALL_OPEN,
	CALL_CLOSED,
	CALL_CANCELLED,
};

/* The word again. */
const char *line_state_name(enum line_state state);

/* The same for a call's state. */
bool call_state_parse(enum call_state *out, struct text name) WARN_UNUSED;

/* What somebody has registered as; numbers as in the proto's MemberKind. */
enum member_kind {
	KIND_MEMBER = 1, /* of the party */
	KIND_VOLUNTEER,  /* a resident who is none */
};

/* The word in Redis, "volunteer"; what is no such word is a member, as all were once. */
const char *member_kind_name(enum member_kind kind);
enum member_kind member_kind_parse(struct text name);

/* What somebody waits for; numbers as in the proto's PendingWhat. */
enum asked_what {
	ASKED_NOTHING,
	ASKED_REGISTER,
	ASKED_REBIND, /* to be another person, whose phone he has */
	ASKED_MOVE,   /* of who is registered: to live there */
	ASKED_WORK,   /* to work there */
};

/* The word in Redis, "move"; of ASKED_NOTHING "". */
const char *asked_what_name(enum asked_what what);
bool asked_what_parse(enum asked_what *out, struct text name) WARN_UNUSED;

#define SLOTS_MAX 16

/* Templates of calls: how many a place may have, as functions/call.lua has it too, and how long a name is, in characters
 * and as a string. */
#define TEMPLATES_MAX       32
#define TEMPLATE_NAME_MAX   20
#define TEMPLATE_NAME_BYTES (4 * TEMPLATE_NAME_MAX + 1)

/* A shift of a call. */
struct slot {
	struct text label;
	uint64_t starts_ms; /* 0: not said */
	uint64_t ends_ms;
	uint32_t need;
	uint32_t limit; /* 0: none */
};

/* A call without its chain. */
struct call_record {
	struct id id;
	enum call_state state;
	struct place place;
	struct id author;
	uint64_t posted_ms;
	uint64_t deadline_ms;
	bool forgotten; /* it ended long ago, and names nobody any more */
	uint32_t need;
	uint32_t limit; /* 0: none */
	struct text title;
	struct text body;
	struct text meeting;
	struct text bring;
	struct text questions; /* packed: wire/packed.h */
	struct text reason;    /* why it was cancelled */
	struct text thanks;
	uint64_t starts_ms; /* 0: not said */
	uint64_t ends_ms;
	uint32_t names;          /* how they show: the proto's NamesShown */
	uint32_t window_minutes; /* in which a promoted line must be confirmed; 0: it is at once */
	uint32_t grant_minutes;  /* of service; 0: as measured */
	uint32_t edition;        /* counts changes of the call, not of its chain */
	uint32_t slot_count;
	struct slot slots[SLOTS_MAX]; /* slot n is slots[n - 1] */
};

/* All texts of a record; as many as there are, with the labels of its slots. */
#define CALL_TEXTS_MAX (7 + SLOTS_MAX)
size_t call_texts(struct call_record *record, struct text *out[CALL_TEXTS_MAX]);

/* People, and lines. */
struct counted {
	uint32_t confirmed; /* those with an offer included */
	uint32_t waiting;
};

/* What a call's record counts. */
struct call_numbers {
	uint32_t confirmed;
	uint32_t waiting;
	uint32_t lines; /* the length of the chain, struck lines included */
	struct counted slots[SLOTS_MAX];
};

/* What of a call was changed. */
enum call_change {
	CALL_CHANGED_TITLE = 1 << 0,
	CALL_CHANGED_BODY = 1 << 1,
	CALL_CHANGED_MEETING = 1 << 2,
	CALL_CHANGED_BRING = 1 << 3,
	CALL_CHANGED_NEED = 1 << 4,
	CALL_CHANGED_LIMIT = 1 << 5,
	CALL_CHANGED_DEADLINE = 1 << 6,
	CALL_CHANGED_STARTS = 1 << 7,
	CALL_CHANGED_ENDS = 1 << 8,
	CALL_CHANGED_NAMES = 1 << 9,
	CALL_CHANGED_WINDOW = 1 << 10,
	CALL_CHANGED_GRANT = 1 << 11,
	CALL_CHANGED_QUESTIONS = 1 << 12,
	CALL_CHANGED_SLOTS = 1 << 13,
	CALL_CHANGED_STATE = 1 << 14,
	CALL_CHANGED_THANKS = 1 << 15,
	CALL_CHANGED_OVERDUE = 1 << 16, /* nothing of it: its deadline passed */
};
#define CALL_CHANGES 17

/* Reads names as the functions in Redis write them, with commas between them ("limit,deadline"). False for one that
 * is none. */
bool call_changes_parse(uint32_t *out, struct text names) WARN_UNUSED;

/* The name as clients see it ("deadline_ms"), of the change 1 << index. */
const char *call_change_name(unsigned index);

/* One line as an event leaves it. */
struct line_change {
	uint32_t number; /* from 1, in commit order, without gaps */
	enum line_state state;
	struct id person;   /* none: without an account */
	struct place place; /* where it is counted, as of the join; within the call's place */
	uint64_t joined_ms;
	uint32_t slot;       /* from 1; 0 in a call without slots */
	uint32_t people;     /* who come on it */
	struct id by;        /* who signed up for him; none: he himself */
	uint64_t present_ms; /* checked in; 0: not */
	uint64_t left_ms;    /* checked out */
	uint32_t granted_minutes;
	uint64_t until_ms; /* of an offered line: to be confirmed before */
	bool has_texts;
	struct text texts; /* name, remark and answers with tabs between them */
};

/* So many minutes a line is granted at the most: what a call may say (proto/call.proto, grant_minutes), which is more than
 * what is granted by measure (functions/chain.lua: twelve hours). */
#define GRANTED_MAX 1440

/* Reads the columns of a line behind its number, as the functions in Redis write them with this separator between
 * them: state, person, place, joined, slot, people, by, present, left, granted, until, texts; what is empty at the end is
 * left out. False if it is no such line. */
bool line_change_parse(struct line_change *out, uint32_t number, struct text columns, char separator) WARN_UNUSED;

/* The name that was given for somebody without an account; empty: none was. */
struct text line_given_name(const struct line_change *line);

/* True for a line that counts, and for one that counts or waits. */
bool line_counts(enum line_state state);
bool line_is_live(enum line_state state);

struct named_place {
	struct place place;
	struct text name;
};

#define DESK_HASH 33 /* 16 bytes in hexadecimal, and a NUL */

enum event_kind {
	EVENT_PLACES, /* places were added or renamed */
	EVENT_MEMBER, /* somebody registered, moved, left or changed his name */
	EVENT_CALL,   /* a call was posted, changed or closed */
	EVENT_CHAIN,  /* lines of a chain were added or changed */
	EVENT_GRANT,  /* somebody was given a role, or another end of it */
	EVENT_DEVICE, /* a device is logged out */
	EVENT_DESK,   /* a desk is let in, or not */
	EVENT_ERASED, /* somebody is nobody any more */
	EVENT_LOST,   /* what it says cannot be read; it only takes its place in the log */
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
			struct place work;  /* where he works too; none: not said */
			enum member_kind kind;
			struct text name;
			struct text organisation;
		} member;
		struct {
			struct call_record record;
			struct call_numbers numbers;
			uint32_t changes; /* enum call_change; 0: it was posted */
			/* Of one that was reopened, all there are: a view forgets the chains of closed calls. */
			const struct line_change *lines;
			size_t line_count;
		} call;
		struct {
			struct id call;
			const struct line_change *lines;
			size_t count;
			struct id
				late_for; /* a place was given up shortly before the start: the author to tell; else none */
			struct place filled_at; /* the limit is reached: the place of the call; else none */
		} chain;
		struct {
			struct id person;
			struct grant grant; /* taken back: one that has ended */
		} grant;
		struct {
			struct id person;
			uint32_t number; /* 0: all that he has */
		} device;
		struct {
			char hash[DESK_HASH]; /* of its ticket */
		} desk;
		struct {
			struct id person;
		} erased;
	};
};

#endif
