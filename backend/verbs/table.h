/* table.h - the one table of all verbs. */
#ifndef GV_TABLE_H
#define GV_TABLE_H

#include "client.h"

/* Runs a request that was read without a flaw. */
void table_run(struct client *client, const struct asked *asked);

/* Answers one that was not. */
void table_refuse(struct client *client, uint64_t id, enum status status, const char *field);

/* Whether the table has a row for it; for the test that walks the proto. */
bool table_has(enum verb verb);

#endif
