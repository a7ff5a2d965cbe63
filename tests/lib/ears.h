/* ears.h - somebody who watches, and all he has heard.
 *
 *   struct ear *board = ear_open(w, "board", .places = {COMMUNITY}, .depth = 1);
 *   call = post_call(w, .title = "测温");
 *   assert_hears(board, "call %s open 0/0/0 测温", call);
 *
 * What must not be heard is settled by something that is: the logs are told in their order, so what had not come before
 * a later event of the same log will not come. */
#ifndef GV_EARS_H
#define GV_EARS_H

#include "notes.h"
#include "world.h"

struct ear {
	struct world *w;
	struct caller *caller;
	struct notes notes;
	unsigned snapshots; /* how often the hub said where to begin */
	struct ear *next;
};

/* The person of that handle watches; returns when the hub has said from where. Lives until ears_close(). */
#define ear_open(w, handle, ...) ear_open_all((w), (handle), (struct watching){__VA_ARGS__})
struct ear *ear_open_all(struct world *w, const char *handle, struct watching watching);

/* He watches this from now on. */
#define ear_watch(ear, ...) ear_watch_all((ear), (struct watching){__VA_ARGS__})
void ear_watch_all(struct ear *ear, struct watching watching);

/* Nobody listens any more. Callers must be there still. */
void ears_close(void);

/* How often it was heard. */
unsigned heard(const struct ear *ear, const char *format, ...) PRINTF_LIKE(2, 3);

/* Waits until it is heard, and asserts that it is heard once. */
#define assert_hears(ear, ...) assert_hears_at((ear), say(__VA_ARGS__), __FILE__, __LINE__)
void assert_hears_at(struct ear *ear, const char *text, const char *file, int line);

/* Renames the place and waits until the ear, which must watch around it, has heard of that. */
void ear_settle(struct ear *ear, const char *place);

/* Settles by a place, and asserts that nothing but these was heard, in this order, since it began to watch; what
 * settling made heard does not count. */
#define assert_heard(ear, place, ...) \
	assert_heard_at((ear), (place), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
#define assert_heard_nothing(ear, place) \
	assert_heard_at((ear), (place), (const char *const[]){NULL}, __FILE__, __LINE__)
void assert_heard_at(struct ear *ear, const char *place, const char *const *texts, const char *file, int line);

/* The last tally it heard of the place; "" if none. */
const char *heard_tally(const struct ear *ear, const char *place);

#endif
