#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "faults.h"
#include "status.h"

#define PATIENCE_MS (WORLD_PATIENCE_S * 1000)

/* Bytes. */

void
raw_open(struct raw *raw, const char *address, int receive_bytes)
{
	const char *colon = strrchr(address, ':');
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	*raw = (struct raw){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	assert_true(raw->fd >= 0);
	/* Before it connects, for the window is told with the first packet. */
	if (receive_bytes > 0)
		setsockopt(raw->fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
	setsockopt(raw->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	assert_int_equal(connect(raw->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

void
raw_close(struct raw *raw)
{
	close(raw->fd);
	buf_finish(&raw->in);
	raw->fd = -1;
}

static void
wait_for(struct raw *raw, short events, const char *what)
{
	struct pollfd poll_fd = {.fd = raw->fd, .events = events};
	int ready;

	do {
		ready = poll(&poll_fd, 1, PATIENCE_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		fail_msg("waited in vain for the hub to %s", what);
}

bool
raw_write(struct raw *raw, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(raw->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent >= 0) {
			at += sent;
			len -= (size_t)sent;
		} else if (errno == EAGAIN) {
			wait_for(raw, POLLOUT, "take bytes");
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

void
raw_end(struct raw *raw)
{
	shutdown(raw->fd, SHUT_WR);
}

/* Takes in what is there, or waits for something. False when the hub has hung up. */
static bool
take_in(struct raw *raw)
{
	char bytes[16384];
	ssize_t got;

	wait_for(raw, POLLIN, "say something");
	do {
		got = recv(raw->fd, bytes, sizeof(bytes), 0);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return false;
	buf_add(&raw->in, bytes, (size_t)got);
	return true;
}

static void
drop_front(struct raw *raw, size_t len)
{
	memmove(raw->in.bytes, raw->in.bytes + len, raw->in.len - len);
	raw->in.len -= len;
}

struct text
raw_read_all(struct raw *raw)
{
	while (take_in(raw))
		;
	return buf_text(&raw->in);
}

/* HTTP. */

int
raw_http(struct raw *raw, const char *request_line, const char *headers)
{
	char head[4096];
	int len = snprintf(head, sizeof(head), "%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", request_line, headers);

	assert_true((size_t)len < sizeof(head));
	raw_write(raw, head, (size_t)len);
	return raw_status(raw);
}

int
raw_status(struct raw *raw)
{
	const char *end;
	char first[32];
	int status;

	while (!(end = raw->in.len ? memmem(raw->in.bytes, raw->in.len, "\r\n\r\n", 4) : NULL))
		if (!take_in(raw))
			return 0;
	snprintf(first, sizeof(first), "%.*s", (int)MIN(raw->in.len, sizeof(first) - 1), (char *)raw->in.bytes);
	if (sscanf(first, "HTTP/1.%*d %d", &status) != 1)
		return 0;
	drop_front(raw, (size_t)(end + 4 - (char *)raw->in.bytes));
	return status;
}

int
raw_shake(struct raw *raw, const char *headers)
{
	return raw_http(raw, "GET /", headers);
}

/* Frames of WebSocket. */

void
raw_send_head(struct raw *raw, struct raw_head head)
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
	raw_write(raw, bytes, len);
}

void
raw_send_frame(struct raw *raw, enum raw_opcode opcode, const void *bytes, size_t len)
{
	raw_send_head(raw, (struct raw_head){.fin = true, .opcode = opcode, .masked = true, .len = len});
	raw_write(raw, bytes, len);
}

/* The head at the front of what came: its size, 0 if it is not there yet. */
static size_t
read_head(const struct buf *in, struct raw_head *head)
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
note_close(struct raw *raw, const uint8_t *bytes, size_t len)
{
	if (len < 2)
		return;
	raw->code = (unsigned)(bytes[0] << 8 | bytes[1]);
	snprintf(raw->reason, sizeof(raw->reason), "%.*s", (int)(len - 2), (const char *)bytes + 2);
}

struct text
raw_read_frame(struct raw *raw)
{
	static uint8_t payload[1 << 20];
	struct raw_head head;
	size_t head_len;

	while (!(head_len = read_head(&raw->in, &head)) || raw->in.len < head_len + head.len)
		if (!take_in(raw))
			return (struct text){NULL, 0};
	assert_true(head.fin); /* the hub sends none in parts */
	assert_true(head.len <= sizeof(payload));
	memcpy(payload, raw->in.bytes + head_len, head.len);
	drop_front(raw, head_len + head.len);
	if (head.opcode == RAW_CLOSE) {
		note_close(raw, payload, head.len);
		return (struct text){NULL, 0};
	}
	return (struct text){(char *)payload, head.len};
}

unsigned
raw_read_close(struct raw *raw)
{
	while (raw_read_frame(raw).data)
		;
	return raw->code;
}

/* Frames of ours. */

uint8_t *
raw_pack(Request *const *requests, size_t count, size_t *len)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint8_t *packed;

	frame.requests = UNCONST(requests);
	frame.n_requests = count;
	*len = gridvanguard__v1__frame__get_packed_size(&frame);
	packed = malloc(*len + 1);
	gridvanguard__v1__frame__pack(&frame, packed);
	return packed;
}

void
raw_requests(struct raw *raw, Request *const *requests, size_t count)
{
	size_t len;
	uint8_t *packed = raw_pack(requests, count, &len);

	raw_send_frame(raw, RAW_BINARY, packed, len);
	free(packed);
}

uint64_t
raw_request(struct raw *raw, Request *request)
{
	request->id = ++raw->last_id;
	raw_requests(raw, (Request *const[]){request}, 1);
	return request->id;
}

Frame *
raw_read(struct raw *raw)
{
	struct text bytes = raw_read_frame(raw);
	Frame *frame;

	if (!bytes.data)
		return NULL;
	frame = gridvanguard__v1__frame__unpack(NULL, bytes.len, (const uint8_t *)bytes.data);
	assert_non_null(frame);
	return frame;
}

/* Takes it out of the frame. */
static Answer *
take_answer(Frame *frame, uint64_t id)
{
	for (size_t i = 0; i < frame->n_answers; i++) {
		Answer *answer = frame->answers[i];
		if (answer->id != id)
			continue;
		frame->answers[i] = frame->answers[--frame->n_answers];
		return answer;
	}
	return NULL;
}

Answer *
raw_answer(struct raw *raw, uint64_t id)
{
	Answer *answer = NULL;
	Frame *frame;

	while (!answer && (frame = raw_read(raw))) {
		answer = take_answer(frame, id);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	return answer;
}

Answer *
raw_ask(struct raw *raw, Request *request)
{
	return raw_answer(raw, raw_request(raw, request));
}

void
raw_login(struct raw *raw, struct world *w, const char *handle, int receive_bytes)
{
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Request request = REQUEST(LOGIN, &login);
	char token[80];
	Answer *answer;

	read_token(w, token);
	dev.token = token;
	dev.handle = UNCONST(handle);
	login.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	login.dev = &dev;
	raw_open(raw, w->address, receive_bytes);
	assert_int_equal(raw_shake(raw, RAW_UPGRADE RAW_SUBPROTOCOL), 101);
	answer = raw_ask(raw, &request);
	assert_non_null(answer);
	assert_string_equal(status_name((enum status)answer->status), "OK");
	free_answer(answer);
}
