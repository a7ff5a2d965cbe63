#include "fields.h"

#include "varint.h"

void
add_field(struct buf *out, unsigned field, const void *bytes, size_t len)
{
	uint8_t head[2 * VARINT_MAX];
	size_t head_len = varint_put(head, VARINT_TAG(field));

	head_len += varint_put(head + head_len, len);
	buf_add(out, head, head_len);
	buf_add(out, bytes, len);
}

void
add_number(struct buf *out, unsigned field, uint64_t number)
{
	uint8_t bytes[2 * VARINT_MAX];
	size_t len = varint_put(bytes, field << 3);

	len += varint_put(bytes + len, number);
	buf_add(out, bytes, len);
}
