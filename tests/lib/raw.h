/* raw.h - a session over a plain socket: one frame after the other, nothing sent that is not asked for.
 *
 *   struct raw raw;
 *   raw_login(&raw, w, "an");
 *   raw_watch(&raw, .places = {GRID_A});
 *   raw_expect(&raw, to_join(call), "TOO_LATE", "call");
 *   raw_close(&raw);
 *
 * It is for what a decent client hides: the answer to the login, a request sent twice, cursors told by hand, silence;
 * what is no session at all goes by its socket. It waits for the hub as the socket does. */
#ifndef GV_RAW_H
#define GV_RAW_H

#include "notes.h"
#include "socket.h"
#include "world.h"

struct raw {
	struct socket socket;
	uint64_t last_id;   /* of the requests it numbers */
	struct notes notes; /* events and tallies that came */
	Answer **answers;   /* that came and have not been asked for, in the order they came */
	size_t answer_count, answer_room;
	unsigned pulses;              /* that came */
	char epoch[65];               /* of the last pulse or answer to a Watch */
	uint64_t cursors[PARTITIONS]; /* as the last answer to a Watch, an event or a pulse has them */
};

/* Connects and shakes hands; logs in too, with an answer that must be OK. */
void raw_open(struct raw *raw, const struct world *w);
void raw_login(struct raw *raw, const struct world *w, const char *handle);

/* The same with no more rights than he was given. */
void raw_login_granted(struct raw *raw, const struct world *w, const char *handle);

/* The same, and agrees to the privacy policy there is, so that he may register. */
void raw_login_agreed(struct raw *raw, const struct world *w, const char *handle);

/* The same with little room in the kernel for what the hub sends, for who will not read. */
#define RAW_NARROW_BYTES 4096
void raw_login_narrow(struct raw *raw, const struct world *w, const char *handle);

/* Hangs up without a word. */
void raw_close(struct raw *raw);

/* Hangs up and comes back; what it has heard and where it stands is kept. */
void raw_come_back(struct raw *raw, const struct world *w, const char *handle);

/* A decision about somebody as he is listed there to this one; as to_accept() if he is not, or the list is not his. */
Request *raw_accept(struct raw *raw, const char *person, const char *place);
Request *raw_refuse(struct raw *raw, const char *person, const char *place, const char *reason);

/* Sends a Frame as it is. False if the hub has hung up. */
bool raw_send_frame(struct raw *raw, const Frame *frame);

/* Sends requests in one frame, as they are but for their ids, which follow each other; returns the first. */
#define raw_send(raw, ...) raw_send_all((raw), (Request *const[]){__VA_ARGS__, NULL})
uint64_t raw_send_all(struct raw *raw, Request *const *requests);

/* Answers a pulse. */
void raw_pulse(struct raw *raw);

/* Waits for a frame and takes down what is in it. False when the hub has closed or hung up. */
bool raw_read(struct raw *raw);

/* Waits until it has heard so many events, or has so many answers to give. Both fail if the hub closes. */
void raw_hear(struct raw *raw, size_t events);
void raw_collect(struct raw *raw, size_t answers);

/* The answer of that id, when it has come; to be freed by free_answer(). Fails if the hub closes. */
Answer *raw_answer(struct raw *raw, uint64_t id);

/* Sends one request and gives the answer. */
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
