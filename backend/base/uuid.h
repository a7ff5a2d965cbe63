/* uuid.h - UUID version 7 (RFC 9562, section 5.7): the `once` of a request.
 *
 * 48 bits of milliseconds since 1970 in network order, then version, variant and 74 random bits. The time in it
 * tells whether the request is still within the day for which a `once` is remembered. */
#ifndef GV_UUID_H
#define GV_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"

struct uuid {
	uint8_t bytes[16];
};

#define UUID_TEXT sizeof("018f0e3c-2a4b-7c5d-8e6f-0123456789ab")

/* A new one for this wall time. */
struct uuid uuid_make(uint64_t wall_ms);

/* True for version 7 of the RFC's variant. */
bool uuid_is_v7(const struct uuid *uuid);

/* When it was made, in milliseconds since 1970, by its maker's clock. */
uint64_t uuid_time_ms(const struct uuid *uuid);

/* In the RFC's form; returns `out`. */
char *uuid_print(char out[UUID_TEXT], const struct uuid *uuid);

#endif
