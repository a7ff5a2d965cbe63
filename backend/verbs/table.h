/* table.h - the one table of all verbs. */
#ifndef GV_TABLE_H
#define GV_TABLE_H

#include "client.h"

/* What a request costs whoever asks, in points of his budget; VERB_COUNT: one that could not be read. */
uint32_t table_cost(enum verb verb);

/* Runs a request that was read without a flaw. */
void table_run(struct client *client, const struct asked *asked);

/* Answers one that was not. */
void table_refuse(struct client *client, uint64_t id, enum status status, const char *field);

/* Answers one that came too soon. */
void table_put_off(struct client *client, uint64_t id, uint32_t wait_ms);

/* Whether the table has a row for it; for the test that walks the proto. */
bool table_has(enum verb verb);

#endif
