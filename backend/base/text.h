/* text.h - a run of bytes that somebody else owns: a field of a frame, a reply, a line of a file.
 *
 * Never ends in NUL by promise; always carries its length. Copying the struct copies the view, not the bytes. */
#ifndef GV_TEXT_H
#define GV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "macros.h"

struct text {
	const char *data;
	size_t len;
};

/* For a literal. */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* A view of a C string; NULL gives the empty text. */
static inline struct text
text_of(const char *cstr)
{
	return (struct text){cstr ? cstr : "", cstr ? strlen(cstr) : 0};
}

static inline bool
text_equal(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

/* Reads a whole decimal number without sign, blanks or leading zeros ("0" itself is one), at most `max`.
 * False, and *out untouched, if the text is anything else. */
bool text_to_u64(uint64_t *out, struct text text, uint64_t max) WARN_UNUSED;
bool text_to_u32(uint32_t *out, struct text text) WARN_UNUSED; /* at most UINT32_MAX */

/* The most that text_digits() writes, its NUL included. */
#define DIGITS_TEXT sizeof("18446744073709551615")

/* Writes a number in decimal, and a NUL; returns how many digits. For what is done for every request, where snprintf()
 * would be a tenth of all work. */
size_t text_digits(char out[DIGITS_TEXT], uint64_t number);

/* Cuts *rest at the first `separator`: returns what stands before it and moves *rest behind it. Without one the
 * whole of *rest is returned and *rest is left empty. */
struct text text_cut(struct text *rest, char separator);

/* A copy in a room of `size` bytes, ended by NUL; what does not fit is left out. Returns `out`. */
char *text_copy(char *out, size_t size, struct text text);

/* A copy on the heap, ended by NUL; the caller frees it. NULL when memory is out. */
char *text_dup(struct text text) WARN_UNUSED;

#endif
