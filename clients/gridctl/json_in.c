#include "json_in.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Of an enum by the name without its prefix, "OPEN". */
static bool
enum_of(int *out, const ProtobufCEnumDescriptor *descriptor, const json_t *value)
{
	const ProtobufCEnumValue *none = protobuf_c_enum_descriptor_get_value(descriptor, 0);
	size_t prefix = strlen(none->name) - strlen("UNSPECIFIED");

	if (!json_is_string(value))
		return false;
	for (unsigned i = 0; i < descriptor->n_values; i++) {
		if (strcmp(descriptor->values[i].name + prefix, json_string_value(value)) != 0)
			continue;
		*out = descriptor->values[i].value;
		return true;
	}
	return false;
}

static bool
number_of(uint64_t *out, const json_t *value, uint64_t max)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) > max)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

static bool
message_of(ProtobufCMessage **out, const ProtobufCMessageDescriptor *descriptor, const json_t *value)
{
	char field[JSON_FIELD_MAX];

	if (!json_is_object(value))
		return false;
	*out = or_die(calloc(1, descriptor->sizeof_message));
	descriptor->message_init(*out);
	return message_of_json(*out, value, field);
}

/* One value of a field, to that address. */
static bool
value_of(const ProtobufCFieldDescriptor *field, void *at, const json_t *value)
{
	uint64_t number = 0;

	switch (field->type) {
	case PROTOBUF_C_TYPE_UINT32:
		if (!number_of(&number, value, UINT32_MAX))
			return false;
		*(uint32_t *)at = (uint32_t)number;
		return true;
	case PROTOBUF_C_TYPE_UINT64:
		return number_of(at, value, INT64_MAX);
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)at = json_is_true(value);
		return json_is_boolean(value);
	case PROTOBUF_C_TYPE_ENUM:
		return enum_of(at, field->descriptor, value);
	case PROTOBUF_C_TYPE_STRING:
		*(const char **)at = json_string_value(value);
		return json_is_string(value);
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_of(at, field->descriptor, value);
	default:
		return false; /* the records that travel have no other */
	}
}

static size_t
size_of_value(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE ? sizeof(void *)
											       : sizeof(uint64_t);
}

/* Of texts and messages: the records that travel have no other lists. */
static bool
list_of(const ProtobufCFieldDescriptor *field, void **items, size_t *count, const json_t *list)
{
	char *values = *items = or_die(calloc(json_array_size(list) + 1, size_of_value(field)));

	if (!json_is_array(list) || size_of_value(field) != sizeof(void *))
		return false;
	for (*count = 0; *count < json_array_size(list); ++*count)
		if (!value_of(field, values + *count * sizeof(void *), json_array_get(list, *count)))
			return ++*count, false;
	return true;
}

bool
message_of_json(ProtobufCMessage *message, const json_t *object, char field[JSON_FIELD_MAX])
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	char *base = (char *)message;

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *known = &descriptor->fields[i];
		const json_t *value = json_object_get(object, known->name);
		void *at = base + known->offset;
		bool good;
		if (!value)
			continue;
		snprintf(field, JSON_FIELD_MAX, "%s", known->name);
		if (known->label == PROTOBUF_C_LABEL_REPEATED)
			good = list_of(known, at, (size_t *)(void *)(base + known->quantifier_offset), value);
		else
			good = value_of(known, at, value);
		if (!good)
			return false;
	}
	return true;
}

/* The lists and messages that were made; texts are the object's. */
void
message_finish(ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	char *base = (char *)message;

	for (unsigned i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		void **items = (void **)(void *)(base + field->offset);
		size_t count = 0;
		if (field->label != PROTOBUF_C_LABEL_REPEATED)
			continue;
		memcpy(&count, base + field->quantifier_offset, sizeof(count));
		for (size_t j = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && j < count; j++) {
			ProtobufCMessage *item = ((ProtobufCMessage **)*items)[j];
			if (item)
				message_finish(item);
			free(item);
		}
		free(*items);
		*items = NULL;
	}
}
