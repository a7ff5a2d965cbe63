/* fields.h - single fields as protobuf writes them, for what protobuf-c would not say. */
#ifndef GV_FIELDS_H
#define GV_FIELDS_H

#include "buf.h"

/* Appends one of text, bytes or a message; and one of a number. */
void add_field(struct buf *out, unsigned field, const void *bytes, size_t len);
void add_number(struct buf *out, unsigned field, uint64_t number);

#endif
