#include "answers_private.h"
#include "varint.h"

struct piece *
piece_of(unsigned field, const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	uint8_t head[2 * VARINT_MAX];
	size_t head_len = varint_put(head, VARINT_TAG(field));
	struct piece *piece;

	head_len += varint_put(head + head_len, len);
	piece = piece_create(head_len + len);
	if (!piece)
		return NULL;
	memcpy(piece->bytes, head, head_len);
	protobuf_c_message_pack(message, piece->bytes + head_len);
	return piece;
}

/* The members of the oneof are all pointers to messages, so one stands for any. */
struct piece *
answer_with(uint64_t id, enum status status, Gridvanguard__V1__Answer__ResultCase which, const void *result)
{
	Gridvanguard__V1__Answer answer = GRIDVANGUARD__V1__ANSWER__INIT;

	answer.id = id;
	answer.status = (Gridvanguard__V1__Status)status;
	answer.result_case = which;
	answer.login = UNCONST(result);
	return piece_of(FRAME_ANSWERS, &answer.base);
}

void *
make_items(size_t count, size_t size, void *pointers)
{
	char *items = calloc(count + 1, size + sizeof(void *));
	void **list;

	if (!items)
		return NULL;
	list = (void *)(items + (count + 1) * size);
	for (size_t i = 0; i < count; i++)
		list[i] = items + i * size;
	memcpy(pointers, &list, sizeof(list));
	return items;
}

size_t
fit_page(void *const *messages, size_t count)
{
	size_t bytes = 0, i;

	for (i = 0; i < count; i++) {
		const ProtobufCMessage *message = messages[i];
		bytes += protobuf_c_message_get_packed_size(message) + 2 * VARINT_MAX;
		if (bytes > PAGE_BYTES)
			break;
	}
	return MAX(i, MIN(count, (size_t)1));
}

struct piece *
answer_status(uint64_t id, enum status status, const char *field, uint32_t retry_after_ms)
{
	Gridvanguard__V1__Answer answer = GRIDVANGUARD__V1__ANSWER__INIT;

	answer.id = id;
	answer.status = (Gridvanguard__V1__Status)status;
	if (field)
		answer.field = UNCONST(field);
	answer.retry_after_ms = retry_after_ms;
	return piece_of(FRAME_ANSWERS, &answer.base);
}
