/* socket.h - bytes and WebSocket frames without manners: it sends what a decent client never would, and sees what comes
 * back.
 *
 *   struct socket peer;
 *   socket_open(&peer, w->address, 0);
 *   assert_int_equal(socket_shake(&peer, WS_UPGRADE WS_SUBPROTOCOL), 101);
 *   socket_send_head(&peer, (struct ws_head){.fin = true, .opcode = WS_TEXT, .masked = true, .len = 2});
 *   socket_write(&peer, "hi", 2);
 *   assert_int_equal(socket_read_close(&peer), 1003);
 *   socket_close(&peer);
 *
 * It waits for the hub in vain no longer than PATIENCE_S; the test fails then. The loop of the world does not run
 * meanwhile. */
#ifndef GV_SOCKET_H
#define GV_SOCKET_H

#include <stdbool.h>

#include "buf.h"
#include "text.h"

struct socket {
	int fd;
	struct buf in;    /* what came and has not been read yet */
	unsigned opcode;  /* of the frame that was read last */
	unsigned code;    /* of the close frame that came; 0: none has */
	char reason[128]; /* the text in it */
};

/* What makes a handshake, line by line. */
#define WS_UPGRADE                                        \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
	"Sec-WebSocket-Version: 13\r\n"
#define WS_SUBPROTOCOL "Sec-WebSocket-Protocol: gridvanguard.v1\r\n"

enum ws_opcode { WS_MORE = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

/* The head of a WebSocket frame, as it is to be told, true or not. The mask, where there is one, is zero, so that the
 * bytes behind it go as they are. */
struct ws_head {
	bool fin;
	unsigned reserved; /* the three bits */
	unsigned opcode;
	bool masked;
	uint64_t len;
};

/* Connects. `receive_bytes`: what the kernel may hold of what the hub sends; 0 for its own idea of that. */
void socket_open(struct socket *s, const char *address, int receive_bytes);
/* The same from another address of this machine, "127.0.0.2". */
void socket_open_from(struct socket *s, const char *address, const char *from);
void socket_close(struct socket *s); /* may be done twice */

/* Sends all of it. False if the hub takes no more because it has hung up. */
bool socket_write(struct socket *s, const void *bytes, size_t len);

/* Says that nothing more will come. */
void socket_end(struct socket *s);

/* Asks for an upgrade with these header lines and gives the HTTP status; 0 if the hub hangs up without one. */
int socket_shake(struct socket *s, const char *headers);

/* The same for any request line. What is behind the head of the answer stays unread. */
int socket_http(struct socket *s, const char *request_line, const char *headers);

/* The status of an answer that is still to come. */
int socket_status(struct socket *s);

/* Opens and shakes hands as it should be; gives the HTTP status. */
int socket_open_session(struct socket *s, const char *address);

/* Waits until so many bytes are in `in`; the test fails if the hub hangs up first. */
void socket_read_at_least(struct socket *s, size_t len);

/* Waits until the hub has hung up, and gives what came until then. */
struct text socket_read_all(struct socket *s);

void socket_send_head(struct socket *s, struct ws_head head);

/* A frame as it should be. False as by socket_write(). */
bool socket_send_frame(struct socket *s, enum ws_opcode opcode, const void *bytes, size_t len);

/* The payload of the next data frame or pong, whole; `data` is NULL when the hub has closed or hung up. Valid until the
 * next call. */
struct text socket_read_frame(struct socket *s);

/* Skips frames until the one that closes, and gives its code; 0 if the hub hangs up without one. */
unsigned socket_read_close(struct socket *s);

#endif
