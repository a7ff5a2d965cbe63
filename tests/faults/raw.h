/* raw.h - a WebSocket client without manners: it sends what a decent one never would, and sees what comes back.
 *
 *   struct raw raw;
 *   raw_open(&raw, w->address, 0);
 *   assert_int_equal(raw_shake(&raw, RAW_UPGRADE RAW_SUBPROTOCOL), 101);
 *   raw_send_head(&raw, (struct raw_head){.fin = true, .opcode = RAW_TEXT, .masked = true, .len = 2});
 *   raw_write(&raw, "hi", 2);
 *   assert_int_equal(raw_read_close(&raw), 1003);
 *   raw_close(&raw);
 *
 * It waits for the hub in vain no longer than WORLD_PATIENCE_S; the test fails then. The loop of the world does not run
 * meanwhile. */
#ifndef GV_RAW_H
#define GV_RAW_H

#include <stdbool.h>

#include "buf.h"
#include "world.h"

struct raw {
	int fd;
	struct buf in;    /* what came and has not been read yet */
	unsigned code;    /* of the close frame that came; 0: none has */
	char reason[128]; /* the text in it */
	uint64_t last_id; /* of raw_ask() */
};

/* What makes a handshake, line by line. */
#define RAW_UPGRADE                                       \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
	"Sec-WebSocket-Version: 13\r\n"
#define RAW_SUBPROTOCOL "Sec-WebSocket-Protocol: gridvanguard.v1\r\n"

enum raw_opcode { RAW_MORE = 0, RAW_TEXT = 1, RAW_BINARY = 2, RAW_CLOSE = 8, RAW_PING = 9, RAW_PONG = 10 };

/* The head of a WebSocket frame, as it is to be told, true or not. The mask, where there is one, is zero, so that the
 * bytes behind it go as they are. */
struct raw_head {
	bool fin;
	unsigned reserved; /* the three bits */
	unsigned opcode;
	bool masked;
	uint64_t len;
};

/* Connects. `receive_bytes`: what the kernel may hold of what the hub sends; 0 for its own idea of that. */
void raw_open(struct raw *raw, const char *address, int receive_bytes);
void raw_close(struct raw *raw);

/* Sends all of it. False if the hub takes no more because it has hung up. */
bool raw_write(struct raw *raw, const void *bytes, size_t len);

/* Says that nothing more will come. */
void raw_end(struct raw *raw);

/* Asks for an upgrade with these header lines and gives the HTTP status; 0 if the hub hangs up without one. */
int raw_shake(struct raw *raw, const char *headers);

/* The same for any request line. What is behind the head of the answer stays unread. */
int raw_http(struct raw *raw, const char *request_line, const char *headers);

/* The status of an answer that is still to come. */
int raw_status(struct raw *raw);

/* Waits until the hub has hung up, and gives what came until then. */
struct text raw_read_all(struct raw *raw);

void raw_send_head(struct raw *raw, struct raw_head head);

/* A frame as it should be. */
void raw_send_frame(struct raw *raw, enum raw_opcode opcode, const void *bytes, size_t len);

/* Skips frames until the one that closes, and gives its code; 0 if the hub hangs up without one. */
unsigned raw_read_close(struct raw *raw);

/* The payload of the next data frame or pong, whole; `data` is NULL when the hub has closed or hung up. Valid until
 * the next call. */
struct text raw_read_frame(struct raw *raw);

/* What the protocol says, over it. */

/* Opens, shakes hands and logs in; the answer to the login has been read. */
void raw_login(struct raw *raw, struct world *w, const char *handle, int receive_bytes);

/* Sends one request under the next id, which it gives. One that changes something needs its `once` set before. */
uint64_t raw_request(struct raw *raw, Request *request);

/* One Frame of them, with the ids they have, as it would be sent. The caller frees it. */
uint8_t *raw_pack(Request *const *requests, size_t count, size_t *len);

/* Sends them in one Frame, with the ids they have. */
void raw_requests(struct raw *raw, Request *const *requests, size_t count);

/* The next Frame, to be freed by gridvanguard__v1__frame__free_unpacked(); NULL when the hub has closed. */
Frame *raw_read(struct raw *raw);

/* The answer of that id, to be freed by free_answer(); all that comes in front of it is dropped. NULL when the hub has
 * closed. */
Answer *raw_answer(struct raw *raw, uint64_t id);

/* Asks and gives the answer. */
Answer *raw_ask(struct raw *raw, Request *request);

#endif
