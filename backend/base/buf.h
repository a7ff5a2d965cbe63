/* buf.h - bytes that grow. */
#ifndef GV_BUF_H
#define GV_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

struct buf {
	uint8_t *bytes;
	size_t len;
	size_t room;
	bool failed; /* something did not fit in memory; what follows is ignored, so one look at the end will do */
};

void buf_finish(struct buf *buf);

/* Makes room for so many bytes more at once; on failure sets `failed`. */
void buf_reserve(struct buf *buf, size_t len);

/* Appends. On failure sets `failed` and changes nothing else. */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_text(struct buf *buf, struct text text);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);

/* Hands the bytes over, ended by an extra NUL that len does not count, and leaves the buffer empty. The caller
 * frees them. NULL if something failed on the way. */
char *buf_take(struct buf *buf, size_t *len) WARN_UNUSED;

static inline struct text
buf_text(const struct buf *buf)
{
	return (struct text){(const char *)buf->bytes, buf->len};
}

#endif
