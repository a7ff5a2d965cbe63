/* id.h - the name of a record: its partition and a number counted within it, "7.4242".
 *
 * An id carries its partition, so nothing is looked up to find a record. Ids are text on the wire and in Redis,
 * for neither JavaScript nor Lua holds 64 bits; here they are one integer to compare and hash by. */
#ifndef GV_ID_H
#define GV_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

/* Partitions of the data: a constant stored with it (see proto/README.md for what belongs to which). */
#define PARTITIONS 16

#define ID_NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* what JavaScript holds exactly */

struct id {
	uint8_t partition; /* 0 … PARTITIONS - 1 */
	uint64_t number;   /* 1 … ID_NUMBER_MAX; 0 in an id that names nothing */
};

/* Room for id_print(), NUL included. */
#define ID_TEXT sizeof("15.9007199254740991")

/* Reads "7.4242". False, and *out untouched, if it is not one. */
bool id_parse(struct id *out, struct text text) WARN_UNUSED;

/* Writes it; returns `out`. */
char *id_print(char out[ID_TEXT], struct id id);

/* One integer per id, for hash tables; 0 only for the id that names nothing. */
static inline uint64_t
id_key(struct id id)
{
	return id.number ? (uint64_t)id.partition << 53 | id.number : 0;
}

static inline bool
id_equal(struct id a, struct id b)
{
	return id_key(a) == id_key(b);
}

static inline bool
id_is_none(struct id id)
{
	return id.number == 0;
}

#endif
