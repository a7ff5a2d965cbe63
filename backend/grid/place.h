/* place.h - where things happen: a node of the division tree.
 *
 * A place is an official division code (GB/T 2260, GB/T 10114 down to the community; this project's own below it):
 * 2 digits province, 4 city, 6 district, 9 street, 12 community, 15 grid, 18 building group. Everything under a
 * place is the closed range [code, place_last(p)]. The number of digits is part of the identity: 4419 and 441900
 * are two places with one padded code. */
#ifndef GV_PLACE_H
#define GV_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

struct place {
	uint64_t code;  /* padded with zeros to 18 digits */
	uint8_t digits; /* 2, 4, 6, 9, 12, 15 or 18; 0 in a place that names nothing */
};

/* The levels, in the order of the tree. */
enum place_level { PROVINCE, CITY, DISTRICT, STREET, COMMUNITY, GRID, BUILDING };

#define PLACE_LEVELS 7
#define PLACE_TEXT   sizeof("140105007004001001")

/* Reads a code as users write it ("140105007004"). False, and *out untouched, if it is not one. */
bool place_parse(struct place *out, struct text text) WARN_UNUSED;

/* Writes the code, without padding; returns `out`. The empty string for a place that names nothing. */
char *place_print(char out[PLACE_TEXT], struct place place);

/* The highest padded code under the place. */
uint64_t place_last(struct place place);

/* True if inner is outer or lies under it. */
bool place_covers(struct place outer, struct place inner);

/* True if one covers the other: what happens at one concerns the other. */
bool place_related(struct place a, struct place b);

/* The place one level up; a province has none, which is a place with 0 digits. */
struct place place_parent(struct place place);

/* The ancestor at that level, or the place itself if it is of that level. The level must not be below it. */
struct place place_at_level(struct place place, enum place_level level);

enum place_level place_level(struct place place);

static inline bool
place_is_none(struct place place)
{
	return place.digits == 0;
}

static inline bool
place_equal(struct place a, struct place b)
{
	return a.code == b.code && a.digits == b.digits;
}

/* Orders places so that everything under a place follows it directly, itself first. As strcmp. */
int place_compare(struct place a, struct place b);

/* The partition its records belong to: the hash of its community, or above a community of its own code
 * (proto/README.md, "Partitions"). 0 … PARTITIONS - 1. */
uint8_t place_partition(struct place place);

/* The partition of an identity ("dev:an"), where its person's records live for good. */
uint8_t identity_partition(struct text identity);

#endif
