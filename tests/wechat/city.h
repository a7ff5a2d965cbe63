/* city.h - what the tests of WeChat's client share: a loop, a WeChat on it, hubs' clients with one store, and who hears
 * what. */
#ifndef GV_CITY_H
#define GV_CITY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <uv.h>
#include <cmocka.h>

#include "stand_in.h"
#include "wechat.h"

#define HUBS 4

/* Quick, for tests: what takes longer than they allow has failed. */
#define TOTAL_MS   800
#define CONNECT_MS 400
#define PAUSE_MS   300

/* Stands for Redis: what is asked is answered in the next turn of the loop. */
struct store {
	struct wechat_token token;
	bool is_leased;
	unsigned takes;
	unsigned puts;     /* with a token */
	unsigned given_up; /* without */
	uv_loop_t *loop;
};

/* What was heard of one call. */
struct heard {
	unsigned count;
	struct wechat_answer answer; /* an image without its bytes */
	size_t image_len;
	uint64_t after_us;
	uint64_t asked_us;
};

struct city {
	uv_loop_t loop;
	struct stand_in *wechat;
	struct store store;
	struct wechat *hubs[HUBS];
	unsigned hubs_ended;
	unsigned hubs_closed;
	uv_timer_t clock;
	unsigned ticks;          /* of 2 ms */
	uint64_t longest_gap_us; /* between two of them */
	uint64_t last_tick_us;
};

/* Around each test: setup and teardown, *state is the city. The teardown fails if anything is left. */
int city_open(void **state);
int city_close(void **state);
#define in_city(test) cmocka_unit_test_setup_teardown(test, city_open, city_close)

/* Options with which a hub's client is made. */
struct wechat_options city_options(struct city *city);

/* Ends a client; what it still owes is heard before. And makes it anew, with a memory of nothing. */
void city_end_hub(struct city *city, unsigned hub);
void city_make_hub(struct city *city, unsigned hub);

/* Makes another client in place of the first one. */
void city_replace(struct city *city, const struct wechat_options *options);

/* A wechat_done, with a struct heard. */
void hear(const struct wechat_answer *answer, void *heard);

/* Runs the loop until so many answers were heard, or a condition holds; fails if that does not come in time. */
void wait_for(struct city *city, const struct heard *heard, unsigned count);
void wait_until(struct city *city, bool (*holds)(const struct city *city));

/* Asks, and waits for the answer. */
struct heard login(struct city *city, const char *code);
struct heard phone(struct city *city, const char *code);
struct heard message(struct city *city, const char *value);
struct heard image(struct city *city, const char *page);
struct heard check(struct city *city, const char *content);

void message_later(struct city *city, unsigned hub, const char *value, struct heard *heard);
void check_later(struct city *city, unsigned hub, const char *content, struct heard *heard);

#define assert_heard(heard, outcome, refusal) assert_heard_at((heard), (outcome), (refusal), __FILE__, __LINE__)
void assert_heard_at(
	struct heard heard, enum wechat_outcome outcome, enum wechat_refusal refusal, const char *file, int line);

#endif
