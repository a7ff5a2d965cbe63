/* varint.h - protobuf's numbers of variable length, where frames are put together by hand. */
#ifndef GV_VARINT_H
#define GV_VARINT_H

#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX 10

/* The tag of a field that holds a message, a string or bytes (wire type 2, protobuf encoding guide). */
#define VARINT_TAG(field) ((field) << 3 | 2U)

/* Seven bits a byte, the lowest first. Returns how many bytes it wrote, VARINT_MAX at the most. */
static inline size_t
varint_put(uint8_t *out, uint64_t value)
{
	size_t len = 0;

	for (; value > 0x7f; value >>= 7)
		out[len++] = (uint8_t)(value | 0x80);
	out[len++] = (uint8_t)value;
	return len;
}

#endif
