/* world.h - a small world to test in: a data folder of its own, a hub and its Redis, and people.
 *
 *   struct world *w = world_open(NULL);
 *   char *call = post_call(w, .limit = 2);
 *   join(w, call, "an", "bo", "chen");
 *   assert_chain(w, call, "1 an confirmed", "2 bo confirmed", "3 chen waiting");
 *   world_close(w);
 *
 * Everything waits for a condition, never for a time, and gives up after PATIENCE_S with a failed assertion that
 * says what it waited for. The hub is the real binary (GRIDHUB in the environment), its log is in the folder and is
 * printed when a test fails; the folder goes when the world is closed in order. */
#ifndef GV_WORLD_H
#define GV_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/types.h>

#include "caller.h"
#include "places.h"
#include "program.h"
#include "requests.h"
#include "stand_in.h"

#define PEOPLE_MAX 64
#define FLAGS_MAX  24
#define TOKEN_TEXT 80

struct person_in_test {
	char handle[32];
	struct caller *caller;
};

struct world {
	char folder[128];             /* the data folder */
	char address[64];             /* where the hub listens */
	pid_t hub;                    /* 0: none runs */
	const char *flags[FLAGS_MAX]; /* of the hub, beside folder, listener and --dev */
	struct stand_in *wechat;      /* NULL: the hub asks none */
	char wechat_base[64];         /* flags of the hub that name it */
	char wechat_secret[192];
	uv_loop_t loop;
	struct dialer *dialer;
	struct person_in_test people[PEOPLE_MAX];
	unsigned person_count;
};

/* A folder, a hub with these extra flags (a NULL-ended list, or NULL), and the places above. */
struct world *world_open(const char *const *flags);

/* The same without places. */
struct world *world_open_empty(const char *const *flags);

/* A folder, a WeChat of its own (w->wechat, stand_in.h), a hub that asks it, and the places. */
struct world *world_open_with_wechat(const char *const *flags);

/* A folder and nothing else. */
struct world *world_prepare(const char *const *flags);

/* Gives a world that was prepared a WeChat, and its hub's flags what names it. */
void world_add_wechat(struct world *w);

/* Ends people, the hub (which must exit 0) and the folder; nothing of it may be left running. */
void world_close(struct world *w);

/* The hub: starts it and waits until it serves; sends a signal and waits for its end, returning its wait status. */
void hub_start(struct world *w);
int hub_signal(struct world *w, int signal);

/* Ends it by that signal, and asserts that it ends as it should: SIGKILL kills it, with any other it exits 0. */
void hub_end(struct world *w, int signal);

/* The same, when everybody has left, and starts it again. */
void hub_again(struct world *w, int signal);

/* Starts another hub that is to take the place of the one that runs, and does not wait for anything. Returns its pid;
 * w->hub remains the old one. */
pid_t hub_successor(struct world *w);

/* The token of the development login. A hub that starts makes a new one, so nobody comes back to it with the old one. */
void read_token(const struct world *w, char token[TOKEN_TEXT]);

/* The pid of the Redis on the folder; 0 if none runs. */
pid_t redis_pid(const struct world *w);

/* A counter or gauge from /metrics, with its labels: metric(w, "sessions_closed_total{reason=\"slow\"}"). */
uint64_t metric(struct world *w, const char *name);

/* Runs the loop until it holds. `what` is said if it never does. */
#define wait_until(w, condition, what)                                        \
	do {                                                                  \
		uint64_t wait_start_ = world_now_us();                        \
		while (!(condition))                                          \
			world_turn(w, wait_start_, what, __FILE__, __LINE__); \
	} while (0)
uint64_t world_now_us(void);
void world_turn(struct world *w, uint64_t since_us, const char *what, const char *file, int line);

/* Somebody by his handle, logged in; known from the first time on. */
struct caller *person(struct world *w, const char *handle);

/* The same, registered to GRID_A under his handle as name, unless he is registered. */
struct caller *member(struct world *w, const char *handle);
struct caller *member_at(struct world *w, const char *handle, const char *place);

/* Everybody leaves, and no ear listens any more; person() makes them anew. */
void people_go(struct world *w);

/* Asks and gives the answer, whatever its status; fails if there is none. free_answer() it. */
Answer *ask(struct caller *caller, Request *request);
void free_answer(Answer *answer);

/* Asks, and asserts how it ends: expect(an, to_join(call), "TOO_LATE", "call"). */
#define expect(caller, request, status, field) expect_at(caller, request, status, field, __FILE__, __LINE__)
void expect_at(
	struct caller *caller, Request *request, const char *status, const char *field, const char *file, int line);

/* Asserts how an answer ends, and frees it. */
#define expect_answer(answer, status, field) expect_answer_at(answer, status, field, __FILE__, __LINE__)
void expect_answer_at(Answer *answer, const char *status, const char *field, const char *file, int line);

/* Imports a place; the parent must be known. */
void import_place(struct world *w, const char *code, const char *name);

/* Posts a call by the person "worker": GRID_A, no limit, open for an hour unless said otherwise. Returns its id, which
 * lives until the world is closed. */
#define post_call(w, ...) post_call_as((w), (struct posting){__VA_ARGS__})
const char *post_call_as(struct world *w, struct posting posting);
void close_call(struct world *w, const char *call);

/* Members sign up, or strike their lines, one after the other; each must be accepted. */
#define join(w, call, ...)     join_all((w), (call), (const char *const[]){__VA_ARGS__, NULL})
#define withdraw(w, call, ...) withdraw_all((w), (call), (const char *const[]){__VA_ARGS__, NULL})
void join_all(struct world *w, const char *call, const char *const *handles);
void withdraw_all(struct world *w, const char *call, const char *const *handles);

/* The whole chain, as "NUMBER NAME STATE" each, in the order of the numbers. */
#define assert_chain(w, call, ...) \
	assert_chain_at((w), (call), (const char *const[]){__VA_ARGS__, NULL}, __FILE__, __LINE__)
void assert_chain_at(struct world *w, const char *call, const char *const *lines, const char *file, int line);

/* The tally of a place: "members calls confirmed waiting". */
void assert_tally_at(struct world *w, const char *place, const char *figures, const char *file, int line);
#define assert_tally(w, place, figures) assert_tally_at((w), (place), (figures), __FILE__, __LINE__)

#endif
