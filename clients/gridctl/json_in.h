/* json_in.h - messages read from JSON: what out.h writes, by the same names. */
#ifndef GV_JSON_IN_H
#define GV_JSON_IN_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "macros.h"

#define JSON_FIELD_MAX 96

/* Fills a message that was initialised. What the object does not name stays as it is; names that are no fields are left
 * alone. False, with the name of the field, if one is of another type or out of range. The message is as it was made by
 * unpacking: free it by message_finish() in either case. Texts live as long as the object. */
bool message_of_json(ProtobufCMessage *message, const json_t *object, char field[JSON_FIELD_MAX]) WARN_UNUSED;
void message_finish(ProtobufCMessage *message);

#endif
