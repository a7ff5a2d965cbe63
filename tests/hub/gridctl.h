/* gridctl.h - gridctl as somebody runs it at a terminal.
 *
 *   assert_gridctl(w, "an", 0, "you are number 1", "join", call);
 *   assert_gridctl(w, "an", 1, "已报名", "join", call, "--lang", "zh");
 *   json_t *line = gridctl_json(w, "an", "join", call); */
#ifndef GV_GRIDCTL_OF_TESTS_H
#define GV_GRIDCTL_OF_TESTS_H

#include <jansson.h>

#include "world.h"

/* Runs it as that person, in English and the time zone of China unless the words say otherwise. */
#define gridctl(w, who, ...) gridctl_run((w), (who), (const char *const[]){__VA_ARGS__, NULL})
struct ended gridctl_run(struct world *w, const char *who, const char *const *words);

/* Runs it with these words and none else. */
#define gridctl_bare(w, ...) gridctl_run_bare((w), (const char *const[]){__VA_ARGS__, NULL})
struct ended gridctl_run_bare(struct world *w, const char *const *words);

/* Runs a line of the shell in which "$0" is gridctl and "$1" the world's folder. */
struct ended gridctl_shell(struct world *w, const char *line);

/* Starts it, with what it says going to a file of that name in the world's folder; and waits until this stands there. */
#define gridctl_start(w, who, name, ...) gridctl_spawn((w), (who), (name), (const char *const[]){__VA_ARGS__, NULL})
pid_t gridctl_spawn(struct world *w, const char *who, const char *name, const char *const *words);
void gridctl_says(struct world *w, const char *name, const char *part);

/* Runs it, and asserts how it ends and that it says this. */
#define assert_gridctl(w, who, status, part, ...)                           \
	do {                                                                \
		struct ended ended_ = gridctl((w), (who), __VA_ARGS__);     \
		assert_ended_at(&ended_, status, part, __FILE__, __LINE__); \
	} while (0)

/* Runs it with --json, and gives the object on its `row`th line, counted from 0; it must end well. json_decref() it. */
#define gridctl_json(w, who, ...)          gridctl_json_row((w), (who), 0, __VA_ARGS__)
#define gridctl_json_row(w, who, row, ...) gridctl_json_of((w), (who), (row), (const char *const[]){__VA_ARGS__, NULL})
json_t *gridctl_json_of(struct world *w, const char *who, unsigned row, const char *const *words);

/* Posts a call as the worker to GRID_A, with these flags besides a title. Its id lives as say()'s texts do. */
#define gridctl_post(w, ...) gridctl_post_all((w), (const char *const[]){__VA_ARGS__, NULL})
const char *gridctl_post_all(struct world *w, const char *const *flags);

/* Asserts that one stands behind the other in what was said. */
void assert_order(const char *said, const char *first, const char *second);

#endif
