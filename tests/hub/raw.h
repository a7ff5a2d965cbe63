/* raw.h - a client without a library: a plain socket, one frame after the other, nothing sent that is not asked for.
 *
 * It is for what a decent client hides: the answer to the login, a request sent twice, cursors told by hand, silence.
 * It waits for the hub no longer than WORLD_PATIENCE_S; the loop of the world does not run meanwhile. */
#ifndef GV_RAW_H
#define GV_RAW_H

#include "buf.h"
#include "notes.h"
#include "requests.h"
#include "world.h"

#define RAW_ANSWERS 64

struct raw {
	int fd;
	struct buf in;                /* what came and has not been read yet */
	uint64_t last_id;             /* of the requests it numbers */
	struct notes notes;           /* events and tallies that came */
	Answer *answers[RAW_ANSWERS]; /* that came and have not been asked for, in the order they came */
	size_t answer_count;
	unsigned pulses;              /* that came */
	char epoch[65];               /* of the last pulse or answer to a Watch */
	uint64_t cursors[PARTITIONS]; /* as the last answer to a Watch, an event or a pulse has them */
	unsigned code;                /* of the close frame that came; 0: none has */
};

/* Connects and shakes hands; logs in too, with an answer that must be OK. */
void raw_open(struct raw *raw, const struct world *w);
void raw_login(struct raw *raw, const struct world *w, const char *handle);

/* Hangs up without a word. */
void raw_close(struct raw *raw);

/* Hangs up and comes back; what it has heard and where it stands is kept. */
void raw_come_back(struct raw *raw, const struct world *w, const char *handle);

/* Sends requests in one frame, as they are but for their ids, which follow each other; returns the first. */
#define raw_send(raw, ...) raw_send_all((raw), (Request *const[]){__VA_ARGS__, NULL})
uint64_t raw_send_all(struct raw *raw, Request *const *requests);

/* Answers a pulse. */
void raw_pulse(struct raw *raw);

/* Waits for a frame and takes down what is in it. False when the hub has closed or hung up. */
bool raw_read(struct raw *raw);

/* The answer of that id, when it has come; to be freed by free_answer(). Fails if the hub closes. */
Answer *raw_answer(struct raw *raw, uint64_t id);

/* Sends one request, under a `once` of its own if it needs one and has none, and gives the answer. */
Answer *raw_ask(struct raw *raw, Request *request);

/* Asks, and asserts how it ends. */
#define raw_expect(raw, request, status, field) raw_expect_at(raw, request, status, field, __FILE__, __LINE__)
void raw_expect_at(
	struct raw *raw, Request *request, const char *status, const char *field, const char *file, int line);

/* Asserts how the request of that id ended. */
#define raw_expect_answer(raw, id, status, field) raw_expect_answer_at(raw, id, status, field, __FILE__, __LINE__)
void raw_expect_answer_at(
	struct raw *raw, uint64_t id, const char *status, const char *field, const char *file, int line);

/* Watches, and takes down from where. */
#define raw_watch(raw, ...) raw_watch_all((raw), (struct watching){__VA_ARGS__})
void raw_watch_all(struct raw *raw, struct watching watching);

#endif
