#include "raw.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "status.h"
#include "worlds.h"

#define PATIENCE_MS (WORLD_PATIENCE_S * 1000)
#define HANDSHAKE                                         \
	"GET / HTTP/1.1\r\nHost: localhost\r\n"           \
	"Upgrade: websocket\r\nConnection: Upgrade\r\n"   \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
	"Sec-WebSocket-Version: 13\r\n"                   \
	"Sec-WebSocket-Protocol: gridvanguard.v1\r\n\r\n"

enum { BINARY = 2, CLOSE = 8, FIN = 0x80, MASKED = 0x80 };

/* Bytes. */

static void
send_bytes(struct raw *raw, const void *bytes, size_t len)
{
	assert_int_equal(send(raw->fd, bytes, len, MSG_NOSIGNAL), len);
}

/* Waits for more. False when the hub has hung up. */
static bool
take_in(struct raw *raw)
{
	struct pollfd poll_fd = {.fd = raw->fd, .events = POLLIN};
	char bytes[16384];
	ssize_t got;

	if (poll(&poll_fd, 1, PATIENCE_MS) <= 0)
		fail_msg("waited in vain for the hub to say something");
	got = recv(raw->fd, bytes, sizeof(bytes), 0);
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

static size_t
find_end_of_head(const struct raw *raw)
{
	const char *end = raw->in.len ? memmem(raw->in.bytes, raw->in.len, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end + 4 - (const char *)raw->in.bytes) : 0;
}

void
raw_open(struct raw *raw, const struct world *w)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	static const char switching[] = "HTTP/1.1 101";
	size_t head;

	*raw = (struct raw){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	to.sin_port = htons((uint16_t)strtoul(strrchr(w->address, ':') + 1, NULL, 10));
	assert_int_equal(connect(raw->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	send_bytes(raw, HANDSHAKE, sizeof(HANDSHAKE) - 1);
	while (!(head = find_end_of_head(raw)))
		assert_true(take_in(raw));
	assert_memory_equal(raw->in.bytes, switching, sizeof(switching) - 1);
	drop_front(raw, head);
}

void
raw_close(struct raw *raw)
{
	close(raw->fd);
	while (raw->answer_count > 0)
		free_answer(raw->answers[--raw->answer_count]);
	buf_finish(&raw->in);
	notes_finish(&raw->notes);
	raw->fd = -1;
}

void
raw_come_back(struct raw *raw, const struct world *w, const char *handle)
{
	struct raw before = *raw;

	raw->notes = (struct notes){0};
	raw_close(raw);
	raw_login(raw, w, handle);
	raw->notes = before.notes;
	memcpy(raw->cursors, before.cursors, sizeof(raw->cursors));
	memcpy(raw->epoch, before.epoch, sizeof(raw->epoch));
}

/* WebSocket (RFC 6455, 5.2). The mask is zero, so that bytes go as they are. */

static void
send_message(struct raw *raw, const void *bytes, size_t len)
{
	struct buf frame = {0};
	uint8_t head[] = {FIN | BINARY, (uint8_t)(MASKED | len), 0, 0, 0, 0, 0, 0};
	size_t mask_at = 2;

	assert_true(len <= UINT16_MAX);
	if (len >= 126) {
		head[1] = MASKED | 126;
		head[2] = (uint8_t)(len >> 8);
		head[3] = (uint8_t)len;
		mask_at = 4;
	}
	buf_add(&frame, head, mask_at + 4);
	buf_add(&frame, bytes, len);
	send_bytes(raw, frame.bytes, frame.len);
	buf_finish(&frame);
}

/* The head of the frame that is next: its size, or 0 if it has not come yet. */
static size_t
read_head(const struct buf *in, uint8_t *opcode, size_t *len)
{
	size_t digits = 0;

	if (in->len < 2)
		return 0;
	*opcode = in->bytes[0] & 0x0f;
	*len = in->bytes[1] & 0x7f;
	if (*len >= 126)
		digits = *len == 126 ? 2 : 8;
	if (in->len < 2 + digits)
		return 0;
	if (digits > 0)
		*len = 0;
	for (size_t i = 0; i < digits; i++)
		*len = *len << 8 | in->bytes[2 + i];
	return 2 + digits;
}

/* Frames of ours. */

static void
send_frame(struct raw *raw, const Frame *frame)
{
	size_t len = gridvanguard__v1__frame__get_packed_size(frame);
	uint8_t *packed = malloc(len + 1);

	assert_non_null(packed);
	gridvanguard__v1__frame__pack(frame, packed);
	send_message(raw, packed, len);
	free(packed);
}

uint64_t
raw_send_all(struct raw *raw, Request *const *requests)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint64_t first = raw->last_id + 1;

	for (; requests[frame.n_requests]; frame.n_requests++)
		requests[frame.n_requests]->id = ++raw->last_id;
	frame.requests = UNCONST(requests);
	send_frame(raw, &frame);
	return first;
}

void
raw_pulse(struct raw *raw)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	Pulse pulse = GRIDVANGUARD__V1__PULSE__INIT;

	frame.pulse = &pulse;
	send_frame(raw, &frame);
}

static void
move_cursors(struct raw *raw, const char *epoch, Cursor *const *cursors, size_t count)
{
	snprintf(raw->epoch, sizeof(raw->epoch), "%s", epoch);
	for (size_t i = 0; i < count; i++) {
		assert_in_range(cursors[i]->partition, 0, PARTITIONS - 1);
		raw->cursors[cursors[i]->partition] = cursors[i]->seq;
	}
}

static void
note_frame(struct raw *raw, const Frame *frame)
{
	for (size_t i = 0; i < frame->n_events; i++) {
		notes_event(&raw->notes, frame->events[i]);
		raw->cursors[frame->events[i]->partition] = frame->events[i]->seq;
	}
	for (size_t i = 0; i < frame->n_tallies; i++)
		notes_tally(&raw->notes, frame->tallies[i]);
	if (!frame->pulse)
		return;
	raw->pulses++;
	move_cursors(raw, frame->pulse->epoch, frame->pulse->cursors, frame->pulse->n_cursors);
}

/* Takes the answers out of the frame. Where watching begins comes before the events behind it. */
static void
keep_answers(struct raw *raw, Frame *frame)
{
	for (size_t i = 0; i < frame->n_answers; i++) {
		Answer *answer = frame->answers[i];
		assert_true(raw->answer_count < RAW_ANSWERS);
		raw->answers[raw->answer_count++] = answer;
		if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_WATCH)
			move_cursors(raw, answer->watch->epoch, answer->watch->cursors, answer->watch->n_cursors);
	}
	frame->n_answers = 0;
}

bool
raw_read(struct raw *raw)
{
	size_t head, len;
	uint8_t opcode;
	Frame *frame;

	while (!(head = read_head(&raw->in, &opcode, &len)) || raw->in.len < head + len)
		if (!take_in(raw))
			return false;
	if (opcode == CLOSE) {
		raw->code = (unsigned)(raw->in.bytes[head] << 8 | raw->in.bytes[head + 1]);
		return false;
	}
	assert_int_equal(opcode, BINARY);
	frame = gridvanguard__v1__frame__unpack(NULL, len, raw->in.bytes + head);
	assert_non_null(frame);
	drop_front(raw, head + len);
	keep_answers(raw, frame);
	note_frame(raw, frame);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	return true;
}

static Answer *
take_answer(struct raw *raw, uint64_t id)
{
	for (size_t i = 0; i < raw->answer_count; i++) {
		Answer *answer = raw->answers[i];
		if (answer->id != id)
			continue;
		raw->answer_count--;
		memmove(&raw->answers[i], &raw->answers[i + 1], (raw->answer_count - i) * sizeof(answer));
		return answer;
	}
	return NULL;
}

Answer *
raw_answer(struct raw *raw, uint64_t id)
{
	Answer *answer;

	while (!(answer = take_answer(raw, id)))
		assert_true(raw_read(raw));
	return answer;
}

Answer *
raw_ask(struct raw *raw, Request *request)
{
	if (is_change(request) && request->once.len == 0)
		under_new_once(request);
	return raw_answer(raw, raw_send(raw, request));
}

static void
expect_answer(Answer *answer, const char *status, const char *field, const char *file, int line)
{
	_assert_string_equal(status_name((enum status)answer->status), status, file, line);
	_assert_string_equal(answer->field, field, file, line);
	free_answer(answer);
}

void
raw_expect_at(struct raw *raw, Request *request, const char *status, const char *field, const char *file, int line)
{
	expect_answer(raw_ask(raw, request), status, field, file, line);
}

void
raw_expect_answer_at(struct raw *raw, uint64_t id, const char *status, const char *field, const char *file, int line)
{
	expect_answer(raw_answer(raw, id), status, field, file, line);
}

void
raw_login(struct raw *raw, const struct world *w, const char *handle)
{
	char token[80];

	read_token(w, token);
	raw_open(raw, w);
	raw_expect(raw, to_login(token, handle), "OK", "");
}

void
raw_watch_all(struct raw *raw, struct watching watching)
{
	raw_expect(raw, to_watch_all(watching), "OK", "");
}
