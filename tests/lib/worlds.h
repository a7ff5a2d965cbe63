/* worlds.h - worlds around tests: a fresh one for each that disturbs the others, one for a file of those that do not. */
#ifndef GV_WORLDS_H
#define GV_WORLDS_H

#include "world.h"

/* A test in a world of its own, one in a world of its own with flags for the hub (a NULL-ended list), one with flags (or
 * NULL) and a WeChat (w->wechat), and one in the world that tests of a file have together. There is never more than one
 * world: two that are open at once in one program leak a part of libwebsockets. So those that share one come first. */
#define fresh(test) cmocka_unit_test_prestate_setup_teardown(test, fresh_setup, fresh_teardown, NULL)
#define fresh_with(test, flags) \
	cmocka_unit_test_prestate_setup_teardown(test, fresh_setup, fresh_teardown, UNCONST(flags))
#define fresh_with_wechat(test, flags) \
	cmocka_unit_test_prestate_setup_teardown(test, wechat_setup, fresh_teardown, UNCONST(flags))
#define shared(test) cmocka_unit_test_setup_teardown(test, shared_setup, shared_teardown)
int fresh_setup(void **state);
int wechat_setup(void **state);
int fresh_teardown(void **state);
int shared_setup(void **state);
int shared_teardown(void **state);

/* Runs them all; what main() returns. */
#define run_in_worlds(tests) cmocka_run_group_tests(tests, NULL, worlds_teardown)
int worlds_teardown(void **state);

#endif
