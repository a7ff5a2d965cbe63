#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_finish(struct buf *buf)
{
	free(buf->bytes);
	*buf = (struct buf){0};
}

static bool
make_room(struct buf *buf, size_t len)
{
	size_t need = buf->len + len + 1;
	size_t room = buf->room ? buf->room : 256;
	uint8_t *bytes;

	if (buf->failed)
		return false;
	if (need <= buf->room)
		return true;
	while (room < need)
		room *= 2;
	bytes = realloc(buf->bytes, room);
	if (!bytes) {
		buf->failed = true;
		return false;
	}
	buf->bytes = bytes;
	buf->room = room;
	return true;
}

void
buf_reserve(struct buf *buf, size_t len)
{
	(void)make_room(buf, len);
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
}

void
buf_add_text(struct buf *buf, struct text text)
{
	buf_add(buf, text.data, text.len);
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !make_room(buf, (size_t)len + 1))
		return;
	va_start(args, format);
	vsnprintf((char *)buf->bytes + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

char *
buf_take(struct buf *buf, size_t *len)
{
	char *bytes;

	if (!make_room(buf, 0)) {
		buf_finish(buf);
		return NULL;
	}
	buf->bytes[buf->len] = '\0';
	bytes = (char *)buf->bytes;
	*len = buf->len;
	*buf = (struct buf){0};
	return bytes;
}
