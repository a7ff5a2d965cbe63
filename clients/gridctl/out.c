#include "out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "lang.h"

static json_t *
json_of_enum(const ProtobufCEnumDescriptor *descriptor, int number)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(descriptor, number);
	const ProtobufCEnumValue *none = protobuf_c_enum_descriptor_get_value(descriptor, 0);
	size_t prefix;

	if (!value || !none)
		return json_integer(number);
	/* The value for 0 is the prefix and UNSPECIFIED. */
	prefix = strlen(none->name) - strlen("UNSPECIFIED");
	return json_string(value->name + prefix);
}

static json_t *
json_of_bytes(const ProtobufCBinaryData *bytes)
{
	char *hex = calloc(bytes->len + 1, 2);
	json_t *string;

	for (size_t i = 0; i < bytes->len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes->data[i]);
	string = json_string(hex);
	free(hex);
	return string;
}

/* One value of a field, at that address. NULL for a message that is not there. */
static json_t *
json_of_value(const ProtobufCFieldDescriptor *field, const void *at)
{
	const ProtobufCMessage *message;

	switch (field->type) {
	case PROTOBUF_C_TYPE_UINT32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_UINT64:
		return json_integer((json_int_t) * (const uint64_t *)at);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return json_of_enum(field->descriptor, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING:
		return json_string(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return json_of_bytes(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		message = *(ProtobufCMessage *const *)at;
		return message ? json_of(message) : NULL;
	default:
		return NULL; /* the proto uses no other */
	}
}

static size_t
size_of_value(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_UINT64:
		return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return sizeof(uint32_t);
	}
}

static json_t *
json_of_list(const ProtobufCFieldDescriptor *field, const char *items, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_of_value(field, items + i * size_of_value(field)));
	return list;
}

json_t *
json_of(const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	const char *base = (const char *)message;
	json_t *object = json_object();

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		const void *at = base + field->offset, *quantifier = base + field->quantifier_offset;
		json_t *value;
		if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && *(const uint32_t *)quantifier != field->id)
			continue;
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			value = json_of_list(field, *(char *const *)at, *(const size_t *)quantifier);
		else
			value = json_of_value(field, at);
		if (value)
			json_object_set_new(object, field->name, value);
	}
	return object;
}

void
print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
}

void
print_message(const ProtobufCMessage *message)
{
	print_json(json_of(message));
}

const char *
error_words(int error)
{
	switch (error) {
	case ENOENT:
		return T("No such file or directory", "没有这个文件或目录");
	case EACCES:
		return T("Permission denied", "没有权限");
	case EISDIR:
		return T("Is a directory", "是一个目录");
	case ENOSPC:
		return T("No space left on device", "磁盘空间不足");
	default:
		return strerror(error);
	}
}

/* The next character and its width; 0 at the end. Bytes that are no character count as one column. */
static size_t
next_character(const char *text, int *columns)
{
	wchar_t c;
	mbstate_t state = {0};
	size_t len = mbrtowc(&c, text, strlen(text), &state);

	*columns = 1;
	if (len == 0 || len == (size_t)-1 || len == (size_t)-2)
		return text[0] ? 1 : 0;
	*columns = wcwidth(c) < 0 ? 1 : wcwidth(c);
	return len;
}

int
text_columns(const char *text)
{
	int total = 0, columns;
	size_t len;

	while ((len = next_character(text, &columns)) > 0) {
		total += columns;
		text += len;
	}
	return total;
}

size_t
text_within(const char *text, int columns, int *left)
{
	const char *at = text;
	int width;
	size_t len;

	while ((len = next_character(at, &width)) > 0 && width <= columns) {
		columns -= width;
		at += len;
	}
	if (left)
		*left = columns;
	return (size_t)(at - text);
}

void
print_padded(const char *text, int columns)
{
	int left;
	size_t len = text_within(text, columns, &left);

	fwrite(text, 1, len, stdout);
	printf("%*s", left, "");
}
