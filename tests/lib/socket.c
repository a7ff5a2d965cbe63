#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "program.h"

#define PATIENCE_MS (PATIENCE_S * 1000)

/* Bytes. */

static void
make(struct socket *s)
{
	*s = (struct socket){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	assert_true(s->fd >= 0);
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void
connect_to(struct socket *s, const char *address)
{
	const char *colon = strrchr(address, ':');
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	assert_int_equal(connect(s->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

void
socket_open(struct socket *s, const char *address, int receive_bytes)
{
	make(s);
	/* Before it connects, for the window is told with the first packet. */
	if (receive_bytes > 0)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
	connect_to(s, address);
}

void
socket_open_from(struct socket *s, const char *address, const char *from)
{
	struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(from)};

	make(s);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&own, sizeof(own)), 0);
	connect_to(s, address);
}

void
socket_close(struct socket *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_finish(&s->in);
	s->fd = -1;
}

static void
wait_for(struct socket *s, short events, const char *what)
{
	struct pollfd poll_fd = {.fd = s->fd, .events = events};
	int ready;

	do {
		ready = poll(&poll_fd, 1, PATIENCE_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		fail_msg("waited in vain for the hub to %s", what);
}

bool
socket_write(struct socket *s, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(s->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent >= 0) {
			at += sent;
			len -= (size_t)sent;
		} else if (errno == EAGAIN) {
			wait_for(s, POLLOUT, "take bytes");
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

void
socket_end(struct socket *s)
{
	shutdown(s->fd, SHUT_WR);
}

/* Takes in what is there, or waits for something. False when the hub has hung up. */
static bool
take_in(struct socket *s)
{
	char bytes[16384];
	ssize_t got;

	wait_for(s, POLLIN, "say something");
	do {
		got = recv(s->fd, bytes, sizeof(bytes), 0);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return false;
	buf_add(&s->in, bytes, (size_t)got);
	return true;
}

static void
drop_front(struct socket *s, size_t len)
{
	memmove(s->in.bytes, s->in.bytes + len, s->in.len - len);
	s->in.len -= len;
}

void
socket_read_at_least(struct socket *s, size_t len)
{
	while (s->in.len < len)
		if (!take_in(s))
			fail_msg("the hub hung up after %zu bytes of %zu", s->in.len, len);
}

struct text
socket_read_all(struct socket *s)
{
	while (take_in(s))
		;
	return buf_text(&s->in);
}

/* HTTP. */

int
socket_http(struct socket *s, const char *request_line, const char *headers)
{
	char head[4096];
	int len = snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", request_line, headers);

	assert_true((size_t)len < sizeof(head));
	socket_write(s, head, (size_t)len);
	return socket_status(s);
}

int
socket_status(struct socket *s)
{
	const char *end;
	char first[32];
	int status;

	while (!(end = s->in.len ? memmem(s->in.bytes, s->in.len, "\r\n\r\n", 4) : NULL))
		if (!take_in(s))
			return 0;
	snprintf(first, sizeof(first), "%.*s", (int)MIN(s->in.len, sizeof(first) - 1), (char *)s->in.bytes);
	if (sscanf(first, "HTTP/1.%*d %d", &status) != 1)
		return 0;
	drop_front(s, (size_t)(end + 4 - (char *)s->in.bytes));
	return status;
}

int
socket_shake(struct socket *s, const char *headers)
{
	return socket_http(s, "GET /", headers);
}

int
socket_open_session(struct socket *s, const char *address)
{
	socket_open(s, address, 0);
	return socket_shake(s, WS_UPGRADE WS_SUBPROTOCOL);
}

/* Frames of WebSocket (RFC 6455, 5.2). */

void
socket_send_head(struct socket *s, struct ws_head head)
{
	uint8_t bytes[14] = {(uint8_t)((head.fin ? 0x80 : 0) | head.reserved << 4 | head.opcode)};
	size_t len = 2, digits = 0;

	if (head.len < 126) {
		bytes[1] = (uint8_t)head.len;
	} else {
		bytes[1] = head.len <= UINT16_MAX ? 126 : 127;
		digits = head.len <= UINT16_MAX ? 2 : 8;
	}
	for (size_t i = 0; i < digits; i++)
		bytes[len++] = (uint8_t)(head.len >> 8 * (digits - 1 - i));
	if (head.masked) {
		bytes[1] |= 0x80;
		len += 4;
	}
	socket_write(s, bytes, len);
}

bool
socket_send_frame(struct socket *s, enum ws_opcode opcode, const void *bytes, size_t len)
{
	socket_send_head(s, (struct ws_head){.fin = true, .opcode = opcode, .masked = true, .len = len});
	return socket_write(s, bytes, len);
}

/* The head at the front of what came: its size, 0 if it is not there yet. */
static size_t
read_head(const struct buf *in, struct ws_head *head)
{
	size_t digits = 0;

	if (in->len < 2)
		return 0;
	head->fin = in->bytes[0] & 0x80;
	head->opcode = in->bytes[0] & 0x0f;
	head->len = in->bytes[1] & 0x7f;
	if (head->len >= 126)
		digits = head->len == 126 ? 2 : 8;
	if (in->len < 2 + digits)
		return 0;
	if (digits > 0)
		head->len = 0;
	for (size_t i = 0; i < digits; i++)
		head->len = head->len << 8 | in->bytes[2 + i];
	return 2 + digits;
}

static void
note_close(struct socket *s, const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return;
	s->code = (unsigned)(bytes[0] << 8 | bytes[1]);
	snprintf(s->reason, sizeof(s->reason), "%.*s", (int)(len - 2), (const char *)bytes + 2);
}

struct text
socket_read_frame(struct socket *s)
{
	static uint8_t payload[1 << 20];
	struct ws_head head;
	size_t head_len;

	while (!(head_len = read_head(&s->in, &head)) || s->in.len < head_len + head.len)
		if (!take_in(s))
			return (struct text){NULL, 0};
	assert_true(head.fin); /* the hub sends none in parts */
	assert_true(head.len <= sizeof(payload));
	memcpy(payload, s->in.bytes + head_len, head.len);
	drop_front(s, head_len + head.len);
	s->opcode = head.opcode;
	if (head.opcode == WS_CLOSE) {
		note_close(s, payload, head.len);
		return (struct text){NULL, 0};
	}
	return (struct text){(char *)payload, head.len};
}

unsigned
socket_read_close(struct socket *s)
{
	while (socket_read_frame(s).data)
		;
	return s->code;
}
