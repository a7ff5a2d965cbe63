/* crowd.h - thousands of WebSocket clients in one process, on one epoll, which cost so little that the server is what is
 * measured.
 *
 *   struct crowd crowd;
 *   crowd_open(&crowd, &(struct crowd_options){.address = "127.0.0.1:8080", .count = 10000});
 *   crowd_connect(&crowd);              // until all are ready
 *   crowd_expect(&crowd, 4);            // from now on: so many events each
 *   …                                   // make the server send them
 *   crowd_hear(&crowd, &heard);         // until all have
 *   crowd_close(&crowd);
 *
 * What a server sends is read as Frames of the protocol (proto/), by their outer fields alone; a floor sends the same. Any
 * failure ends the program with a line on standard error: a measurement that lost somebody is none. */
#ifndef GV_CROWD_H
#define GV_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "macros.h"

struct crowd_options {
	const char *address;  /* "127.0.0.1:8080" */
	const char *path;     /* asked for; NULL: "/" */
	unsigned count;       /* clients, up to CROWD_MAX */
	const char *token;    /* of the development login; NULL: nobody logs in */
	const char *prefix;   /* of the handles they log in under */
	const char *watch;    /* the place they watch then; NULL: nothing */
	bool foreign;         /* not our protocol: what comes counts as one event a message, whatever is in it */
	const char *protocol; /* the subprotocol asked for; NULL: none, or ours where it is not foreign */
	const char *hello; /* sent when the handshake is done, with the kind in front: see crowd_say(); NULL: nothing */
	unsigned greetings; /* messages that a client gets before it is ready */
};

#define CROWD_MAX 18000 /* the reference machine allows 20,000 descriptors a process */

struct crowd_client;

/* A message with an answer came to that client, also one to its login. */
typedef void crowd_answered(unsigned client, const uint8_t *payload, size_t len, void *context);

struct crowd {
	struct crowd_options options;
	struct crowd_client *clients;
	int epoll;
	unsigned ready;
	uint32_t expected;     /* events each is to get */
	unsigned short_of;     /* clients that have not yet */
	uint64_t messages;     /* that came, of any kind */
	uint64_t bytes;        /* of all that came */
	uint64_t *arrivals_us; /* when each client had all, by the monotonic clock */
	unsigned arrival_count;
	uint64_t first_us;  /* when the first event of those expected came to anybody */
	uint64_t answer_us; /* when the last answer came to anybody who is ready; 0: none has */
	unsigned answers;   /* those, refusals not among them */
	unsigned refusals;
	crowd_answered *answered; /* told of each message with one; or NULL */
	void *context;
	crowd_answered *heard; /* told of every message of a client that is ready; or NULL */
	void *heard_context;
};

uint64_t now_us(void);

void crowd_open(struct crowd *crowd, const struct crowd_options *options);
void crowd_close(struct crowd *crowd);

/* Connects all, some hundreds at a time, and logs them in. */
void crowd_connect(struct crowd *crowd);

/* Sends a binary message by the client of that number; it must go at once. */
void crowd_send(struct crowd *crowd, unsigned client, const void *bytes, size_t len);

/* The same for what a peer's protocol has: "t" and text, or "b" and bytes in hexadecimal. */
void crowd_say(struct crowd *crowd, unsigned client, const char *words);

/* Counts anew from here. */
void crowd_expect(struct crowd *crowd, uint32_t events);

/* Reads until everybody has what is expected, or fails after a minute. */
void crowd_hear(struct crowd *crowd);

/* Reads what comes until nothing has for so long. */
void crowd_settle(struct crowd *crowd, unsigned quiet_ms);

/* Who is told of answers from now on; NULL: nobody. */
void crowd_answers_to(struct crowd *crowd, crowd_answered *answered, void *context);

/* Reads until so many answers came, or fails after a minute. */
void crowd_hear_answers(struct crowd *crowd, unsigned answers);

/* Reads once, for so long at the most. */
void crowd_turn(struct crowd *crowd, int timeout_ms);

#endif
