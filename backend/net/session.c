#include "session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "web_private.h"

#define CONTROL_MAX 125 /* RFC 6455, 5.5: the bytes in a control frame */

_Static_assert(PIECE_HEAD == LWS_PRE, "a piece has the room libwebsockets writes its header in");

static const struct {
	const char *name;
	uint16_t code;
	const char *text;
} reasons[CLOSE_REASONS] = {[OPEN_SESSION] = {"open", 0, ""},
#define CLOSE_ROW(NAME, name, code, text) [CLOSE_##NAME] = {name, code, text},
	CLOSE_LIST(CLOSE_ROW)
#undef CLOSE_ROW
};

const char *
close_name(enum close_reason reason)
{
	return reasons[reason].name;
}

void
session_open(struct session *session, struct web *web, struct lws *wsi)
{
	*session = (struct session){
		.wsi = wsi,
		.web = web,
		.number = ++web->session_number,
		.heard_us = clock_mono_us(),
	};
}

void
session_finish(struct session *session)
{
	outbox_finish(&session->outbox);
	free(session->message);
	session->message = NULL;
}

void
session_break(struct session *session, enum close_reason reason)
{
	session->broken = true;
	if (session->closing == OPEN_SESSION)
		session->closing = reason;
	lws_set_timeout(session->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

void
session_push(struct session *session, struct piece *piece, enum priority priority)
{
	if (!piece || session->closing != OPEN_SESSION || outbox_ends_with(&session->outbox, piece))
		return;
	if (!outbox_push(&session->outbox, piece, session->web->options.max_outbox)) {
		session_break(session, CLOSE_SLOW);
		return;
	}
	web_queue(session->web, session, priority);
}

void
session_admit(struct session *session)
{
	web_admit(session->web, session);
}

void
session_await(struct session *session)
{
	web_await(session->web, session);
}

void
session_close(struct session *session, enum close_reason reason)
{
	if (session->closing != OPEN_SESSION)
		return;
	session->closing = reason;
	web_leave(session->web, session);
	lws_callback_on_writable(session->wsi);
}

/* Joins as many pieces as fit; always at least one. */
static size_t
join_pieces(struct web *web, struct outbox *outbox)
{
	uint8_t *start = web->joined + LWS_PRE;
	const struct piece *first;
	size_t len = 0;

	while ((first = outbox_first(outbox)) && first->len <= JOIN_MAX - len) {
		struct piece *piece = outbox_take(outbox);
		memcpy(start + len, piece->bytes, piece->len);
		len += piece->len;
		piece_drop(piece);
	}
	return len;
}

static bool
send_bytes(struct session *session, uint8_t *bytes, size_t len)
{
	if (lws_write(session->wsi, bytes, len, LWS_WRITE_BINARY) < 0) {
		session_break(session, CLOSE_PEER);
		return false;
	}
	session->web->counters.frames_out++;
	session->web->counters.bytes_out += len;
	return true;
}

/* A lone piece goes from where it lies: libwebsockets writes its header in front, the same for every session. */
static bool
send_next(struct session *session)
{
	struct outbox *outbox = &session->outbox;
	struct piece *piece;
	bool sent;

	if (outbox->count > 1 && outbox_first(outbox)->len < JOIN_MAX / 2)
		return send_bytes(session, session->web->joined + LWS_PRE, join_pieces(session->web, outbox));
	piece = outbox_take(outbox);
	sent = send_bytes(session, piece->bytes, piece->len);
	piece_drop(piece);
	return sent;
}

void
session_write(struct session *session)
{
	while (session->outbox.count > 0 && !session->broken) {
		if (lws_partial_buffered(session->wsi)) {
			lws_callback_on_writable(session->wsi);
			return;
		}
		if (!send_next(session))
			return;
	}
}

static size_t
write_reason(const struct session *session, char *out, size_t room)
{
	const char *text = reasons[session->closing].text;
	int len = *text && text[strlen(text) - 1] == '=' ? snprintf(out, room, "%s%u", text, session->web->spread_ms)
							 : snprintf(out, room, "%s", text);

	assert(len >= 0 && (size_t)len < room);
	return (size_t)len;
}

/* Written by us, for Debian's libwebsockets 4.1.6 has the debugging in it by which a connection that is closed from
 * WRITEABLE is closed twice, the second time without its close frame. LWS_WRITE_HTTP means bytes as they are. */
static int
send_close_frame(struct session *session)
{
	uint8_t bytes[LWS_PRE + 2 + CONTROL_MAX], *frame = bytes + LWS_PRE;
	uint16_t code = reasons[session->closing].code;
	char text[CONTROL_MAX - 2];
	size_t len = write_reason(session, text, sizeof(text));

	frame[0] = 0x88; /* RFC 6455, 5.2: the last part, opcode 8 */
	frame[1] = (uint8_t)(len + 2);
	frame[2] = (uint8_t)(code >> 8);
	frame[3] = (uint8_t)code;
	memcpy(frame + 4, text, len);
	session->said_goodbye = true;
	return lws_write(session->wsi, frame, len + 4, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

int
session_writeable(struct session *session)
{
	session_write(session);
	if (session->broken)
		return -1;
	if (session->closing == OPEN_SESSION || session->said_goodbye || session->outbox.count > 0 ||
		lws_partial_buffered(session->wsi))
		return 0;
	return send_close_frame(session);
}

static int
refuse_message(struct session *session, enum close_reason reason)
{
	outbox_finish(&session->outbox);
	session_close(session, reason);
	return 0;
}

/* Puts the parts of a message together. */
static bool
add_part(struct session *session, const uint8_t *bytes, size_t len)
{
	uint8_t *grown = realloc(session->message, session->message_len + len + 1);

	if (!grown)
		return false;
	memcpy(grown + session->message_len, bytes, len);
	session->message = grown;
	session->message_len += len;
	return true;
}

static void
take_message(struct session *session, const uint8_t *bytes, size_t len)
{
	struct web *web = session->web;

	web->counters.frames_in++;
	web->options.message(session, bytes, len, web->options.context);
}

int
session_receive(struct session *session, const uint8_t *bytes, size_t len)
{
	struct web *web = session->web;
	bool last = lws_is_final_fragment(session->wsi);
	uint8_t *message;

	session->heard_us = clock_mono_us();
	web->counters.bytes_in += len;
	if (session->closing != OPEN_SESSION)
		return 0;
	if (!lws_frame_is_binary(session->wsi))
		return refuse_message(session, CLOSE_TEXT_FRAME);
	if (session->message_len + len + lws_remaining_packet_payload(session->wsi) > web->options.max_message)
		return refuse_message(session, CLOSE_TOO_BIG);
	if (last && !session->message) {
		take_message(session, bytes, len);
		return 0;
	}
	if (!add_part(session, bytes, len))
		return refuse_message(session, CLOSE_TOO_BIG);
	if (!last)
		return 0;
	message = session->message;
	len = session->message_len;
	session->message = NULL;
	session->message_len = 0;
	take_message(session, message, len);
	free(message);
	return 0;
}
