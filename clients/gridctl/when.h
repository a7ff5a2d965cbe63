/* when.h - times as people write and read them, in the local time zone. */
#ifndef GV_WHEN_H
#define GV_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"

#define WHEN_TEXT sizeof("2026-04-12 19:00:00")

/* Reads "23:00" (the next one), "2026-04-12 23:00", "+90m" or "+4h", seen from `now_ms`. False if it is none. */
bool when_parse(uint64_t *out_ms, const char *text, uint64_t now_ms) WARN_UNUSED;

/* "2026-04-12 19:00", or only "19:00" for a time within 12 hours of `now_ms`. Returns `out`. */
char *when_print(char out[WHEN_TEXT], uint64_t ms, uint64_t now_ms);

/* The beginning of that day. */
uint64_t when_midnight(uint64_t ms);

/* "08:00–12:00", "2026-04-12 20:00–2026-04-13 06:00"; "08:00" if the end is not said (0). Returns `out`. */
#define WHEN_SPAN (2 * WHEN_TEXT + 4)
char *when_print_span(char out[WHEN_SPAN], uint64_t starts_ms, uint64_t ends_ms, uint64_t now_ms);

/* So many minutes in words: "2 h 30 min". Returns `out`. */
#define WHEN_MINUTES 48
char *when_print_minutes(char out[WHEN_MINUTES], uint64_t minutes);

/* "19:00:31". Returns `out`. */
char *when_print_clock(char out[WHEN_TEXT], uint64_t ms);

#endif
