/* requests.h - one good request of each verb, tools to spoil it, and frames as text. */
#ifndef GV_REQUESTS_IN_TEST_H
#define GV_REQUESTS_IN_TEST_H

#include "fields.h"
#include "frame.h"
#include "gridvanguard/v1/frame.pb-c.h"

typedef Gridvanguard__V1__Frame Frame;
typedef Gridvanguard__V1__Request Request;

/* A request of the verb as a client would make it: each field set, each rule kept. It is made anew at each call, in
 * storage that all calls share. */
Request *good_request(enum verb verb);

/* The `once` of those that change something. */
extern const uint8_t good_once[16];

/* Sets a field of the verb's message by its path, "places[1].depth". The text must outlive the request. */
void set_text(Request *request, const char *path, const char *text);
void set_number(Request *request, const char *path, uint64_t number); /* also an enum or a bool */

/* Makes a list this long, at most 255, by repeating its first item. */
void set_count(Request *request, const char *path, size_t count);

/* Bytes alone on the heap, so that the sanitizer sees who reads beyond them. */
struct bytes {
	uint8_t *data;
	size_t len;
};

struct bytes bytes_of(const void *data, size_t len);
struct bytes pack_message(const ProtobufCMessage *message);
struct bytes pack_requests(Request *const *requests, size_t count); /* as a Frame */

/* Appends the message in protobuf's text format, but for UTF-8, which stands as it is. What today's proto does not know
 * is "?". */
void render(struct buf *out, const ProtobufCMessage *message);

/* Whether the field of the message is sent: not zero, not empty, there. */
bool field_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);

/* The frame in these bytes as text; the caller frees it. The test fails if it is none. */
char *render_frame(const uint8_t *bytes, size_t len);

#endif
