/* worlds.h - worlds around tests: a fresh one for each that disturbs the others, one for a file of those that do not. */
#ifndef GV_WORLDS_H
#define GV_WORLDS_H

#include "ears.h"
#include "notes.h"
#include "requests.h"
#include "world.h"

/* A test in a world of its own, one in a world of its own with flags for the hub (a NULL-ended list), and one in the
 * world that tests of a file have together. There is never more than one world: two that are open at once in one program
 * leak a part of libwebsockets. So those that share one come first. */
#define fresh(test) cmocka_unit_test_prestate_setup_teardown(test, fresh_setup, fresh_teardown, NULL)
#define fresh_with(test, flags) \
	cmocka_unit_test_prestate_setup_teardown(test, fresh_setup, fresh_teardown, UNCONST(flags))
#define shared(test) cmocka_unit_test_setup_teardown(test, shared_setup, shared_teardown)
int fresh_setup(void **state);
int fresh_teardown(void **state);
int shared_setup(void **state);
int shared_teardown(void **state);

/* Runs them all; what main() returns. */
#define run_in_worlds(tests) cmocka_run_group_tests(tests, NULL, worlds_teardown)
int worlds_teardown(void **state);

/* The token of the development login. */
void read_token(const struct world *w, char token[80]);

/* Everybody leaves; person() makes them anew. A hub that starts makes a new token, so nobody comes back to it with the
 * old one. */
void people_go(struct world *w);

/* Ends the hub by that signal and starts it again, when everybody has left. */
void hub_again(struct world *w, int signal);

/* What is listed, page by page of `page`, as the hub gives it: one text a row, NULL behind the last. It lives until the
 * next list of the same kind is asked for. */
const char *const *list_members(struct caller *caller, const char *place, uint32_t page); /* "NAME PLACE" */
const char *const *list_places(struct caller *caller, const char *under, uint32_t depth, uint32_t page);  /* "CODE" */
const char *const *list_tallies(struct caller *caller, const char *place, uint32_t depth, uint32_t page); /* "CODE" */
const char *const *list_calls(struct caller *caller, const char *place, uint32_t page);                   /* "ID" */
const char *const *list_chain(struct caller *caller, const char *call, uint32_t page); /* as assert_chain() */

/* Both lists have the same rows in the same order. */
#define assert_rows(rows, ...) assert_rows_at((rows), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
void assert_rows_at(const char *const *rows, const char *const *wanted, const char *file, int line);
size_t rows_count(const char *const *rows);

/* The number of the line in an answer to a join or a withdrawal that was accepted. */
uint32_t number_of(Answer *answer);

#endif
