/* load.h - what the works of load.c share. */
#ifndef GV_LOAD_H
#define GV_LOAD_H

#include <time.h>

#include "crowd.h"

#define SETTLE_MS 300 /* figures that follow a call come within it */
#define LOAD_CALL 32  /* room for the id of a call */

enum kind { HUB, FLOOR, PEER };

struct load {
	struct crowd crowd;
	enum kind kind;
	clockid_t cpu; /* of the server */
	const char *place;
	const char *trigger; /* of a peer */
	uint64_t posted;     /* calls so far */
	char policy[64];     /* the privacy policy's version, to be agreed to */
};

double ms_since(uint64_t from_us, uint64_t to_us);

/* Sorts them. */
uint64_t at_quantile(uint64_t *times, unsigned count, double quantile);

/* The first client posts a call, and what follows of that is over. */
void load_post(struct load *load, const char *place, char call[LOAD_CALL]);

/* Sends a sign-up of that client for himself. */
void load_sign_up(struct load *load, unsigned client, const char *call);

/* From a sign-up to all boards: prints one line of JSON. */
void load_boards(struct load *load, unsigned count, const char *place, const char *grid, unsigned sign_ups);

#endif
