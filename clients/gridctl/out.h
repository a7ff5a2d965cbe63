/* out.h - what gridctl prints: text for people, JSON for programs. */
#ifndef GV_OUT_H
#define GV_OUT_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* A message as an object: the fields by their names in the proto, enums by the names of their values without the
 * prefix, bytes in hexadecimal; of a oneof what is set, of messages those that are there. The caller frees it. */
json_t *json_of(const ProtobufCMessage *message);

/* One object as one line on standard output; takes it over. */
void print_json(json_t *object);
void print_message(const ProtobufCMessage *message);

/* What errno says, in the user's language where it is a common one. */
const char *error_words(int error);

/* How many columns of a terminal a text takes. */
int text_columns(const char *text);

/* How many bytes of it fit into so many columns, in whole characters. `left`: the columns that remain; may be NULL. */
size_t text_within(const char *text, int columns, int *left);

/* The text, and blanks up to `columns`. Longer text is cut to fit. */
void print_padded(const char *text, int columns);

#endif
