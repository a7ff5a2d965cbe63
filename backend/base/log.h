/* log.h - one line an event, `key=value`, on standard error.
 *
 *   time=2026-04-12T11:00:00.000Z level=info at=session event=closed session=8f3a reason=slow queued=262144
 *
 * Keys are stable, values that hold a blank, a quote or a control character are quoted and escaped, so a line
 * stays a line whatever a peer sent. Never log a token, a name, a phone or a remark: ids only. */
#ifndef GV_LOG_H
#define GV_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "text.h"

enum log_level { LEVEL_ERROR, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG };

struct log_field {
	const char *key;
	enum { FIELD_TEXT, FIELD_U64, FIELD_I64 } kind;
	struct text text;
	uint64_t u64;
	int64_t i64;
};

/* The fields of a line: log_info("session", "closed", KV("reason", reason), KU("queued", bytes)). */
#define KV(k, cstr)  ((struct log_field){.key = (k), .kind = FIELD_TEXT, .text = text_of(cstr)})
#define KT(k, t)     ((struct log_field){.key = (k), .kind = FIELD_TEXT, .text = (t)})
#define KU(k, value) ((struct log_field){.key = (k), .kind = FIELD_U64, .u64 = (value)})
#define KI(k, value) ((struct log_field){.key = (k), .kind = FIELD_I64, .i64 = (value)})

#define log_at(level, at, event, ...)                                               \
	log_write(level, at, event, (const struct log_field[]){{0}, ##__VA_ARGS__}, \
		sizeof((const struct log_field[]){{0}, ##__VA_ARGS__}) / sizeof(struct log_field))
#define log_error(at, event, ...) log_at(LEVEL_ERROR, at, event, ##__VA_ARGS__)
#define log_warn(at, event, ...)  log_at(LEVEL_WARN, at, event, ##__VA_ARGS__)
#define log_info(at, event, ...)  log_at(LEVEL_INFO, at, event, ##__VA_ARGS__)
#define log_debug(at, event, ...) log_at(LEVEL_DEBUG, at, event, ##__VA_ARGS__)

/* Lines above this level are not written. The default is LEVEL_INFO. */
void log_set_level(enum log_level level);

/* Reads "error", "warn", "info" or "debug". */
bool log_level_parse(enum log_level *out, struct text name) WARN_UNUSED;

/* What the macros call; fields[0] is skipped (it lets the list be empty). A line longer than 1 kB is cut. */
void log_write(enum log_level level, const char *at, const char *event, const struct log_field *fields, size_t count);

#endif
