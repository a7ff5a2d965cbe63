/* records.h - how records stand in Redis: the one place in C that knows their fields.
 *
 * The functions in Lua say the same at their heads. A read is made as a command and its answer parsed by the function
 * next to it; texts point into the reply and are followed by a NUL. */
#ifndef GV_RECORDS_H
#define GV_RECORDS_H

#include <hiredis/hiredis.h>

#include "command.h"
#include "event.h"
#include "keys.h"
#include "reads.h"
#include "uuid.h"

struct command *records_read_member(struct id person);

/* False if there is no such record, or not a good one. */
bool records_parse_member(struct member_record *out, const struct redisReply *reply) WARN_UNUSED;

/* The same of all that stands about a person. */
struct command *records_read_person(struct id person);
bool records_parse_person(struct person_record *out, const struct redisReply *reply) WARN_UNUSED;

/* All that a person holds: pairs of "role place" and what records_parse_grant() takes with it. */
struct command *records_read_grants(struct id person);
bool records_parse_grant(struct grant *out, struct text field, struct text value) WARN_UNUSED;

struct command *records_read_call(struct id call);

bool records_parse_call(struct id id, struct call_record *out, struct call_numbers *numbers,
	const struct redisReply *reply) WARN_UNUSED;

/* The names of the templates of a place, TEMPLATES_MAX at the most; and one of them, to be parsed as a call. */
struct command *records_read_templates(struct place place);
struct command *records_read_template(struct place place, struct text name);

/* Names of places of one partition, in the order of their codes given: "140105,140106". */
struct command *records_read_places(uint8_t partition, struct text codes);

/* The lines number `first` to `last` of a chain. */
struct command *records_read_lines(struct id call, uint32_t first, uint32_t last);

/* What is due by then, RECORDS_TEXTS_MAX things at the most. */
#define RECORDS_TEXTS_MAX 100
struct command *records_read_due(uint8_t partition, uint64_t by_ms);

/* So many entries of a log from there on. */
struct command *records_read_log(uint8_t partition, const char *from);

struct command *records_read_marks(uint8_t partition);

/* Whether anything stands under that `once`. */
struct command *records_read_once(uint8_t partition, struct id person, const struct uuid *once);

/* The texts of these lines of a chain, of those that have any. */
struct command *records_read_line_texts(struct id call, const struct line_change *lines, size_t count);

static inline struct text
reply_string(const struct redisReply *reply)
{
	return reply->type == REDIS_REPLY_STRING ? (struct text){reply->str, reply->len} : (struct text){"", 0};
}

#endif
