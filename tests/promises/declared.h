/* declared.h - what the proto declares of a field: the comment behind it, read as a client's author reads it.
 *
 *   "1 to 60 characters, one line"   how long a text may be
 *   "1 to 15000 bytes"               the same of one that is taken as it comes
 *   "0 to 100000", "at most 8"       how much a number may be, or how many items a list may have
 *   "of CHOICE: 2 to 10, each 1 to 20 characters"
 *                                    how many items, and how long each may be */
#ifndef GV_DECLARED_H
#define GV_DECLARED_H

#include <stdbool.h>
#include <stdint.h>

struct range {
	bool said;
	uint64_t min, max;
};

struct declared {
	char comment[256];
	struct range range;      /* of a number, or of how many items */
	struct range characters; /* of a text */
	struct range bytes;      /* of a text */
};

/* The proto files in PROTO_FOLDER of the environment; and back. */
void declared_open(void);
void declared_close(void);

/* What stands behind that field of that message; fails if it is not there. */
struct declared declared_of(const char *message, const char *field);

/* Whether the comment has these words. */
bool declared_says(const struct declared *declared, const char *words);

#endif
