/* direct.h - Redis asked without a hub: what audit, backup and restore do.
 *
 * One connection, one thing after the other; it waits for each answer as long as --timeout says. When the connection is
 * lost every later question is answered with NULL at once, so the end is the place to look: direct_is_away(). */
#ifndef GV_DIRECT_H
#define GV_DIRECT_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"
#include "command.h"
#include "records.h"

struct tool;

struct direct {
	redisContext *redis;
	unsigned under_way; /* questions without an answer */
	uint64_t asked_us;  /* since when there are some */
	struct redis_address address;
	char trouble[192]; /* why it is away; "": it is not */
};

/* Where the Redis is, by --redis, or else in the data folder. False, after a line on standard error, if neither was given
 * or it is no address. */
bool direct_find(struct direct *direct, struct tool *tool) WARN_UNUSED;

/* Connects, and says who we are where the address does. False with `trouble`. */
bool direct_open(struct direct *direct, uint32_t timeout_ms) WARN_UNUSED;
void direct_close(struct direct *direct);

bool direct_is_away(const struct direct *direct);

/* Takes over a command and sends it; direct_take() then gives the answers in the order of the questions, each to be
 * freed. Of Redis' errors only WRONGTYPE is an answer; with any other (it may not, it is loading, …) it is away, for
 * what is not known must not be taken for nothing. NULL: away. When all are answered and that took long, Redis has
 * other things to do, and is left alone for as long again. */
void direct_send(struct direct *direct, struct command *command);
redisReply *direct_take(struct direct *direct) WARN_UNUSED;
redisReply *direct_ask(struct direct *direct, struct command *command) WARN_UNUSED;

/* What is asked between the first two is answered as of one moment. The answer is an array of theirs, or NULL. One may
 * begin and end several times before the answers are taken; together is end and take. */
void direct_begin(struct direct *direct);
void direct_end(struct direct *direct);
redisReply *direct_take_together(struct direct *direct, unsigned count) WARN_UNUSED;
redisReply *direct_together(struct direct *direct, unsigned count) WARN_UNUSED;

/* Walks a hash, a set or a sorted set (by HSCAN, SSCAN, ZSCAN), or the names of keys, in small pages. False: away, or
 * the key is of another type. */
typedef void direct_page(const redisReply *items, void *context);
bool direct_scan(struct direct *direct, const char *name, uint8_t partition, const char *key, direct_page *page,
	void *context) WARN_UNUSED;
bool direct_scan_keys(struct direct *direct, direct_page *page, void *context) WARN_UNUSED;

/* Redis' clock, from its answer to TIME. */
uint64_t direct_now_ms(const redisReply *time);

#endif
