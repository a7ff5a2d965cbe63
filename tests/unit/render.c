/* render.c - messages as text, as `protoc --decode` would write them. */
#include <ctype.h>
#include <stdlib.h>

#include "requests.h"
#include "unit.h"

static void render_fields(struct buf *out, const ProtobufCMessage *message, int indent);

static void
render_bytes(struct buf *out, const uint8_t *bytes, size_t len, bool utf8)
{
	buf_printf(out, "\"");
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			buf_printf(out, "\\n");
		else if (bytes[i] == '\r')
			buf_printf(out, "\\r");
		else if (bytes[i] == '\t')
			buf_printf(out, "\\t");
		else if (bytes[i] == '"' || bytes[i] == '\'' || bytes[i] == '\\')
			buf_printf(out, "\\%c", bytes[i]);
		else if (isprint(bytes[i]) || (utf8 && bytes[i] >= 0x80))
			buf_add(out, &bytes[i], 1);
		else
			buf_printf(out, "\\%03o", bytes[i]);
	}
	buf_printf(out, "\"");
}

static void
render_enum(struct buf *out, const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(type, value);

	if (known)
		buf_printf(out, "%s", known->name);
	else
		buf_printf(out, "%d", value);
}

/* One value where it lies in its message. */
static void
render_value(struct buf *out, const ProtobufCFieldDescriptor *field, const void *at, int indent)
{
	const ProtobufCBinaryData *bytes = at;
	const char *string;

	buf_printf(out, "%*s%s", 2 * indent, "", field->name);
	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		buf_printf(out, " {\n");
		render_fields(out, *(const ProtobufCMessage *const *)at, indent + 1);
		buf_printf(out, "%*s}\n", 2 * indent, "");
		return;
	case PROTOBUF_C_TYPE_STRING:
		string = *(const char *const *)at;
		buf_printf(out, ": ");
		render_bytes(out, (const uint8_t *)string, strlen(string), true);
		break;
	case PROTOBUF_C_TYPE_BYTES:
		buf_printf(out, ": ");
		render_bytes(out, bytes->data, bytes->len, false);
		break;
	case PROTOBUF_C_TYPE_ENUM:
		buf_printf(out, ": ");
		render_enum(out, field->descriptor, *(const int *)at);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		buf_printf(out, ": %s", *(const protobuf_c_boolean *)at ? "true" : "false");
		break;
	case PROTOBUF_C_TYPE_UINT32:
		buf_printf(out, ": %u", *(const uint32_t *)at);
		break;
	case PROTOBUF_C_TYPE_UINT64:
		buf_printf(out, ": %llu", (unsigned long long)*(const uint64_t *)at);
		break;
	default: /* the proto has no others yet */
		fail_msg("%s is of a type that cannot be rendered", field->name);
	}
	buf_printf(out, "\n");
}

static size_t
item_size(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_UINT64:
		return sizeof(uint64_t);
	default:
		return sizeof(void *);
	}
}

/* What proto3 does not send: zero, empty, not there. */
static bool
is_absent(const ProtobufCFieldDescriptor *field, const void *at, const char *message)
{
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)(const void *)(message + field->quantifier_offset) != field->id;
	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		return *(const void *const *)at == NULL;
	case PROTOBUF_C_TYPE_STRING:
		return **(const char *const *)at == '\0';
	case PROTOBUF_C_TYPE_BYTES:
		return ((const ProtobufCBinaryData *)at)->len == 0;
	case PROTOBUF_C_TYPE_UINT64:
		return *(const uint64_t *)at == 0;
	default:
		return *(const uint32_t *)at == 0;
	}
}

bool
field_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const char *start = (const char *)message;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(const void *)(start + field->quantifier_offset) > 0;
	return !is_absent(field, start + field->offset, start);
}

static void
render_fields(struct buf *out, const ProtobufCMessage *message, int indent)
{
	const char *start = (const char *)message;

	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const void *at = start + field->offset;
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t count = *(const size_t *)(const void *)(start + field->quantifier_offset);
			for (size_t item = 0; item < count; item++)
				render_value(out, field, *(const char *const *)at + item * item_size(field), indent);
		} else if (!is_absent(field, at, start)) {
			render_value(out, field, at, indent);
		}
	}
	for (unsigned i = 0; i < message->n_unknown_fields; i++)
		buf_printf(out, "%*s%u: ?\n", 2 * indent, "", message->unknown_fields[i].tag);
}

void
render(struct buf *out, const ProtobufCMessage *message)
{
	render_fields(out, message, 0);
}

char *
render_frame(const uint8_t *bytes, size_t len)
{
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, len, bytes);
	struct buf text = {0};
	size_t text_len;

	if (!frame)
		fail_msg("these %zu bytes are no Frame", len);
	render(&text, &frame->base);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	return buf_take(&text, &text_len);
}
