/* reads.h - single records, read on demand: what the view does not hold.
 *
 * Each read is answered once, with OK, NOT_FOUND or UNAVAILABLE; what it is given lives until the callback returns.
 * False: too much is waiting already, and nothing is called. */
#ifndef GV_READS_H
#define GV_READS_H

#include <stdbool.h>

#include "event.h"
#include "status.h"
#include "uuid.h"

struct store;

struct member_record {
	struct place place; /* none: not registered */
	struct place work;  /* none: not said */
	enum member_kind kind;
	struct text name;
	struct text organisation;
};

/* All that stands about a person (functions/person.lua, functions/member.lua). */
struct person_record {
	struct member_record member;
	struct text identity; /* empty: he is nobody any more */
	bool is_erased;       /* nor is he then, whatever there is still of him */
	struct text openid;   /* sealed; empty: he never came by WeChat */
	struct text phone;    /* its hash; empty: none is bound */
	struct text sealed;   /* the phone sealed */
	struct text consent;  /* the version of the privacy policy he agreed to; empty: none */
	struct text refused;  /* the reason why he was refused; empty also where none was given */
	bool is_refused;
	struct id moved; /* who he is by now; none: himself */
	struct {
		enum asked_what what;
		struct place place; /* where he waits */
		enum member_kind kind;
		struct place work;
		uint64_t at_ms;
		struct id other;   /* whom he wants to be; none */
		struct text phone; /* the hash of that one's, by which he asks; empty */
	} asked;
};

typedef void person_done(enum status status, const struct person_record *person, void *context);
typedef void call_done(
	enum status status, const struct call_record *call, const struct call_numbers *numbers, void *context);
typedef void lines_done(enum status status, const struct line_change *lines, size_t count, void *context);

/* What is due by then in a partition, a hundred things at the most: items as functions/call.lua writes them. */
typedef void texts_done(enum status status, const struct text *texts, size_t count, void *context);
bool read_due(struct store *store, uint8_t partition, uint64_t by_ms, texts_done *done, void *context) WARN_UNUSED;

/* The names of the templates that are kept for a place itself, TEMPLATES_MAX at the most; and what one of them says, as
 * the record of a call without id. */
bool read_templates(struct store *store, struct place place, texts_done *done, void *context) WARN_UNUSED;
bool read_template(
	struct store *store, struct place place, struct text name, call_done *done, void *context) WARN_UNUSED;

#define LOG_ENTRY 48 /* room for the id of an entry of a log */

/* A page of a log from that entry on ("(id" for behind it, or a time in ms): `event` for each that this hub knows,
 * without texts; then `done` with the id of the last, or NULL if there was none. */
typedef void log_event(const struct event *event, void *context);
typedef void log_done(enum status status, const char *last, void *context);
bool read_log(struct store *store, uint8_t partition, const char *from, log_event *event, log_done *done,
	void *context) WARN_UNUSED;

/* How far each log has been brought to a partition (functions/relay.lua). */
struct relay_mark {
	uint8_t source;
	uint64_t seq;
	uint64_t at_ms;
};
typedef void marks_done(enum status status, const struct relay_mark *marks, size_t count, void *context);
bool read_marks(struct store *store, uint8_t partition, marks_done *done, void *context) WARN_UNUSED;

/* Whether a function has answered that person under that `once` in a partition: OK, or NOT_FOUND. */
typedef void once_done(enum status status, void *context);
bool read_once(struct store *store, uint8_t partition, struct id person, const struct uuid *once, once_done *done,
	void *context) WARN_UNUSED;

/* NOT_FOUND for one whose record is no good; who never was is one without identity. */
bool read_person(struct store *store, struct id person, person_done *done, void *context) WARN_UNUSED;

/* Open or closed. */
bool read_call(struct store *store, struct id call, call_done *done, void *context) WARN_UNUSED;

/* The lines from `first` (counted from 1) on, `max` at the most and as far as there are any. */
bool read_lines(
	struct store *store, struct id call, uint32_t first, uint32_t max, lines_done *done, void *context) WARN_UNUSED;

#endif
