#include "raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

static void
open_with(struct raw *raw, const struct world *w, int receive_bytes)
{
	*raw = (struct raw){0};
	socket_open(&raw->socket, w->address, receive_bytes);
	assert_int_equal(socket_shake(&raw->socket, WS_UPGRADE WS_SUBPROTOCOL), 101);
}

static void
login_with(struct raw *raw, const struct world *w, const char *handle, int receive_bytes)
{
	char token[TOKEN_TEXT];

	read_token(w, token);
	open_with(raw, w, receive_bytes);
	raw_expect(raw, to_login(token, handle), "OK", "");
}

void
raw_open(struct raw *raw, const struct world *w)
{
	open_with(raw, w, 0);
}

void
raw_login(struct raw *raw, const struct world *w, const char *handle)
{
	login_with(raw, w, handle, 0);
}

void
raw_login_granted(struct raw *raw, const struct world *w, const char *handle)
{
	char token[TOKEN_TEXT];

	read_token(w, token);
	raw_open(raw, w);
	raw_expect(raw, to_login_granted(token, handle), "OK", "");
}

void
raw_login_agreed(struct raw *raw, const struct world *w, const char *handle)
{
	char token[TOKEN_TEXT];
	Answer *answer;

	read_token(w, token);
	raw_open(raw, w);
	answer = raw_ask(raw, to_login_granted(token, handle));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	raw_expect(raw, to_consent(answer->login->policy), "OK", "");
	free_answer(answer);
}

void
raw_login_narrow(struct raw *raw, const struct world *w, const char *handle)
{
	login_with(raw, w, handle, RAW_NARROW_BYTES);
}

void
raw_close(struct raw *raw)
{
	socket_close(&raw->socket);
	while (raw->answer_count > 0)
		free_answer(raw->answers[--raw->answer_count]);
	free(raw->answers);
	raw->answers = NULL;
	notes_finish(&raw->notes);
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

/* Sending. */

bool
raw_send_frame(struct raw *raw, const Frame *frame)
{
	size_t len = gridvanguard__v1__frame__get_packed_size(frame);
	uint8_t *packed = malloc(len + 1);
	bool sent;

	assert_non_null(packed);
	gridvanguard__v1__frame__pack(frame, packed);
	sent = socket_send_frame(&raw->socket, WS_BINARY, packed, len);
	free(packed);
	return sent;
}

uint64_t
raw_send_all(struct raw *raw, Request *const *requests)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint64_t first = raw->last_id + 1;

	for (; requests[frame.n_requests]; frame.n_requests++)
		requests[frame.n_requests]->id = ++raw->last_id;
	frame.requests = UNCONST(requests);
	assert_true(raw_send_frame(raw, &frame));
	return first;
}

void
raw_pulse(struct raw *raw)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	Pulse pulse = GRIDVANGUARD__V1__PULSE__INIT;

	frame.pulse = &pulse;
	assert_true(raw_send_frame(raw, &frame));
}

/* Reading. */

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
		raw->answers = grow(raw->answers, raw->answer_count, &raw->answer_room, sizeof(answer));
		raw->answers[raw->answer_count++] = answer;
		if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_WATCH)
			move_cursors(raw, answer->watch->epoch, answer->watch->cursors, answer->watch->n_cursors);
	}
	frame->n_answers = 0;
}

bool
raw_read(struct raw *raw)
{
	struct text bytes = socket_read_frame(&raw->socket);
	Frame *frame;

	if (!bytes.data)
		return false;
	assert_int_equal(raw->socket.opcode, WS_BINARY);
	frame = gridvanguard__v1__frame__unpack(NULL, bytes.len, (const uint8_t *)bytes.data);
	assert_non_null(frame);
	keep_answers(raw, frame);
	note_frame(raw, frame);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	return true;
}

void
raw_hear(struct raw *raw, size_t events)
{
	while (raw->notes.count < events)
		assert_true(raw_read(raw));
}

void
raw_collect(struct raw *raw, size_t answers)
{
	while (raw->answer_count < answers)
		assert_true(raw_read(raw));
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

/* Asking. */

Answer *
raw_ask(struct raw *raw, Request *request)
{
	return raw_answer(raw, raw_send(raw, request));
}

void
raw_expect_at(struct raw *raw, Request *request, const char *status, const char *field, const char *file, int line)
{
	expect_answer_at(raw_ask(raw, request), status, field, file, line);
}

void
raw_expect_answer_at(struct raw *raw, uint64_t id, const char *status, const char *field, const char *file, int line)
{
	expect_answer_at(raw_answer(raw, id), status, field, file, line);
}

void
raw_watch_all(struct raw *raw, struct watching watching)
{
	raw_expect(raw, to_watch_all(watching), "OK", "");
}

Request *
raw_accept(struct raw *raw, const char *person, const char *place)
{
	Request *request = to_accept(person, place);
	Answer *answer = raw_ask(raw, to_list_pending(place, "", 50));

	for (size_t i = 0; answer->pending_list && i < answer->pending_list->n_pending; i++) {
		const Gridvanguard__V1__Pending *pending = answer->pending_list->pending[i];
		if (strcmp(pending->person, person) != 0)
			continue;
		request->pending_decide->what = pending->what;
		request->pending_decide->asked_ms = pending->asked_ms;
	}
	free_answer(answer);
	return request;
}

Request *
raw_refuse(struct raw *raw, const char *person, const char *place, const char *reason)
{
	Request *request = raw_accept(raw, person, place);

	request->pending_decide->accept = false;
	request->pending_decide->reason = UNCONST(reason);
	return request;
}
