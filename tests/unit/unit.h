/* unit.h - what the unit tests share: seeds, places, standard error, memory that runs out. */
#ifndef GV_UNIT_H
#define GV_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "id.h"
#include "place.h"
#include "random.h"
#include "text.h"

/* A stream of random numbers for the test of that name. The seed is UNIT_SEED from the environment or else a new one,
 * and is printed: a failure is repeated by setting it. */
struct rng seeded(const char *test);

/* The place or id that is written so; the test fails if it is none. */
struct place place_of(const char *code);
struct id id_of(const char *id);

/* A place of that level, one of few: there are three provinces, and three places under each place. One in three ends
 * in zeros, so look-alikes are among them. */
struct place random_place(struct rng *rng, enum place_level level);

/* The promise of place_covers() as the proto states it: the code of the one starts with that of the other. */
bool code_starts_with(struct place inner, struct place outer);

/* Runs `work` and returns what it wrote to standard error, at most 64 kB; the caller frees it. Each write() becomes
 * one part of it: *writes says how many there were (may be NULL). `work` must not assert. */
char *stderr_of(void (*work)(void *context), void *context, size_t *writes);

#define assert_text(text, expected) unit_assert_text((text), (expected), __FILE__, __LINE__)
void unit_assert_text(struct text text, const char *expected, const char *file, int line);

#define assert_place(place, code) unit_assert_place((place), (code), __FILE__, __LINE__)
void unit_assert_place(struct place place, const char *code, const char *file, int line);

/* For tests linked with memory_dep. After so many more successful allocations there is no memory, until it is back; or
 * for one allocation alone. */
void memory_runs_out_after(unsigned allocations);
void memory_fails_once_after(unsigned allocations);
void memory_is_back(void);

/* Whether free() was called on that block since it was watched. One block at a time. */
void memory_watch(const void *block);
bool memory_was_freed(void);

#endif
