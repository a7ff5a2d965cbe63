/* rules.h - the one place where what a client sends is checked, and turned into plain C on the way.
 *
 * Each request message has a table with one rule per field. The rules say what the comments in proto/ say; a unit
 * test walks the descriptors and fails for a field without one. */
#ifndef GV_RULES_H
#define GV_RULES_H

#include <protobuf-c/protobuf-c.h>

#include "arena.h"
#include "requests.h"

/* The request message behind a verb. */
const ProtobufCMessageDescriptor *rules_message(enum verb verb);

/* Checks a decoded message of the verb and fills its struct in `asked`. BAD_REQUEST, with the field named, at the
 * first rule that does not hold. `arena` is the one it was decoded into; lists are made there too. */
enum status rules_read(struct asked *asked, enum verb verb, const ProtobufCMessage *message, struct arena *arena,
	char field[FIELD_TEXT_MAX]) WARN_UNUSED;

/* The same for the reason stated in a Request, which is decoded but for its verb's own message. */
bool rules_read_why(struct text *out, const char *why, struct arena *arena) WARN_UNUSED;

/* Calls `found` for each field of each request message that has no rule, or not one of its type in its place; for the
 * test. */
void rules_audit(void (*found)(const char *message, const char *field, void *context), void *context);

#endif
