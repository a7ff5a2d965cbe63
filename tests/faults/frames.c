/* frames.c - what no client of ours would send: each ends as RFC 6455 says, is counted, costs nothing, and leaves the
 * hub to everybody else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "random.h"
#include "raw.h"

#define SEED        20220412
#define FRAME_MAX   16384
#define MEGABYTE    1048576
#define CONNECTIONS 300 /* of random bytes, of each kind */

/* A hub with one member who signs up before and after; nothing is left of what happened in between. */
struct before {
	struct world *w;
	const char *call;
	unsigned descriptors;
	uint64_t sessions;
};

static int
open_world(void **state)
{
	struct before *before = calloc(1, sizeof(*before));

	before->w = world_open(NULL);
	before->call = post_call(before->w, .place = GRID_A);
	join(before->w, before->call, "an");
	before->descriptors = descriptors_of(before->w->hub);
	before->sessions = metric(before->w, "sessions");
	*state = before;
	return 0;
}

static bool
is_as_before(const struct before *before)
{
	return metric(before->w, "sessions") == before->sessions &&
	       descriptors_of(before->w->hub) == before->descriptors;
}

static int
close_world(void **state)
{
	struct before *before = *state;
	struct world *w = before->w;

	wait_until(w, is_as_before(before), "the hub to let go of every connection");
	join(w, before->call, "bo");
	assert_chain(w, before->call, "1 an confirmed", "2 bo confirmed");
	world_close(w);
	free(before);
	return 0;
}

static void
open_session(struct socket *peer, struct world *w)
{
	assert_int_equal(socket_open_session(peer, w->address), 101);
}

static uint64_t
closed_as(struct world *w, const char *reason)
{
	char name[96];

	snprintf(name, sizeof(name), "sessions_closed_total{reason=\"%s\"}", reason);
	return metric(w, name);
}

static uint64_t
refused_for(struct world *w, const char *reason)
{
	char name[96];

	snprintf(name, sizeof(name), "handshakes_refused_total{reason=\"%s\"}", reason);
	return metric(w, name);
}

/* The hub says why it closes, and counts it under that reason. */
static void
assert_closed(struct world *w, struct socket *peer, unsigned code, const char *reason)
{
	uint64_t count;

	assert_int_equal(socket_read_close(peer), code);
	socket_close(peer);
	wait_until(w, (count = closed_as(w, reason)) > 0, "the close to be counted");
	assert_int_equal(count, 1);
}

static void
text_frame_ends_with_1003(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(&peer, WS_TEXT, "hello", 5);
	assert_closed(w, &peer, 1003, "text_frame");
	assert_string_equal(peer.reason, "only binary frames");
}

static void
frame_that_is_no_protobuf_ends_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(
		&peer, WS_BINARY, "\x0a\xff\xff\xff\xff\x0f", 6); /* a request of 4 GB, of which nothing follows */
	assert_closed(w, &peer, 1007, "malformed");
	assert_string_equal(peer.reason, "not a Frame");
}

/* Well-formed, and refused with the rest of what is no Frame of a client. */
static void
frame_of_the_hubs_own_kind_ends_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(&peer, WS_BINARY, "\x12\x00", 2); /* an event */
	assert_closed(w, &peer, 1007, "malformed");
}

static void
thirty_three_requests_end_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;
	char bytes[33 * 2];

	for (size_t i = 0; i < sizeof(bytes); i += 2)
		memcpy(bytes + i, "\x0a\x00", 2); /* an empty request */
	open_session(&peer, w);
	socket_send_frame(&peer, WS_BINARY, bytes, sizeof(bytes));
	assert_closed(w, &peer, 1007, "malformed");
}

/* By its head alone, before the rest has come. */
static void
frame_of_a_megabyte_ends_with_1009_when_it_is_announced(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_head(&peer, (struct ws_head){.fin = true, .opcode = WS_BINARY, .masked = true, .len = MEGABYTE});
	socket_write(&peer, "\x0a", 1);
	assert_closed(w, &peer, 1009, "too_big");
	assert_string_equal(peer.reason, "a frame is at most 16384 bytes");
}

static void
frame_of_a_megabyte_ends_with_1009_when_all_of_it_comes(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	uint8_t *bytes = calloc(1, MEGABYTE);
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(&peer, WS_BINARY, bytes, MEGABYTE);
	free(bytes);
	assert_closed(w, &peer, 1009, "too_big");
}

/* No part is too big. */
static void
many_small_parts_that_add_up_end_with_1009(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	char bytes[1000] = {0};
	struct socket peer;

	open_session(&peer, w);
	for (int i = 0; i < 20; i++) {
		socket_send_head(&peer,
			(struct ws_head){.opcode = i ? WS_MORE : WS_BINARY, .masked = true, .len = sizeof(bytes)});
		if (!socket_write(&peer, bytes, sizeof(bytes)))
			break;
	}
	assert_closed(w, &peer, 1009, "too_big");
}

/* Parts without a byte add up to nothing, however many they are. */
static void
endless_empty_parts_cost_nothing(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	uint64_t before_kb = resident_kb(w->hub);
	struct socket peer;

	open_session(&peer, w);
	socket_send_head(&peer, (struct ws_head){.opcode = WS_BINARY, .masked = true});
	for (int i = 0; i < 20000; i++)
		socket_send_head(&peer, (struct ws_head){.opcode = WS_MORE, .masked = true});
	socket_send_frame(&peer, WS_PING, "still there", 11);
	assert_int_equal(socket_read_frame(&peer).len, 11);
	assert_in_range(resident_kb(w->hub), 0, before_kb + 4096);
	socket_close(&peer);
}

/* A Frame of exactly so many bytes: one request, and a field nobody knows. */
static void
send_padded(struct socket *peer, size_t len)
{
	Request *request = to_show_place(CITY);
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint8_t bytes[FRAME_MAX + 1] = {0};
	size_t at, rest;

	request->id = 7;
	frame.requests = &request;
	frame.n_requests = 1;
	at = gridvanguard__v1__frame__pack(&frame, bytes);
	rest = len - at - 4; /* behind a tag and a length of two bytes each */
	bytes[at++] = 0x82;  /* field 1000, with a length */
	bytes[at++] = 0x3e | 0x80;
	memmove(bytes + at - 2, (uint8_t[]){0xc2, 0x3e}, 2);
	bytes[at++] = (uint8_t)(0x80 | (rest & 0x7f));
	bytes[at++] = (uint8_t)(rest >> 7);
	socket_send_frame(peer, WS_BINARY, bytes, len);
}

static void
frame_of_16384_bytes_is_taken_and_one_more_is_not(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	raw_open(&raw, w);
	send_padded(&raw.socket, FRAME_MAX);
	raw_expect_answer(&raw, 7, "UNAUTHENTICATED", "");
	send_padded(&raw.socket, FRAME_MAX + 1);
	assert_closed(w, &raw.socket, 1009, "too_big");
	raw_close(&raw);
}

static void
empty_frame_is_fine(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(&peer, WS_BINARY, "", 0);
	socket_send_frame(&peer, WS_PING, "hello", 5);
	assert_int_equal(socket_read_frame(&peer).len, 5);
	socket_close(&peer);
}

/* The hub answers a close with the same code (5.5.1). */
static void
close_is_answered_with_its_code(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_frame(&peer, WS_CLOSE, "\x03\xe8", 2);
	assert_closed(w, &peer, 1000, "peer");
}

static void
wrong_subprotocol_is_refused_with_400(void **state)
{
	static const char *const offers[] = {
		"",
		"Sec-WebSocket-Protocol: chat\r\n",
		"Sec-WebSocket-Protocol: gridvanguard.v2\r\n",
		"Sec-WebSocket-Protocol: gridvanguard.v1x, xgridvanguard.v1\r\n",
		"Sec-WebSocket-Protocol: gridvanguard\r\n",
		"Sec-WebSocket-Protocol: ,,,\r\n",
		"Sec-WebSocket-Protocol: GRIDVANGUARD.V1\r\n",
	};
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;
	char headers[512];

	for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
		snprintf(headers, sizeof(headers), WS_UPGRADE "%s", offers[i]);
		socket_open(&peer, w->address, 0);
		assert_int_equal(socket_shake(&peer, headers), 400);
		socket_close(&peer);
	}
	assert_int_equal(refused_for(w, "subprotocol"), ARRAY_LEN(offers));
	socket_open(&peer, w->address, 0);
	assert_int_equal(socket_shake(&peer, WS_UPGRADE "Sec-WebSocket-Protocol: chat,gridvanguard.v1\r\n"), 101);
	socket_close(&peer);
}

/* HTTP/2 would bring WebSockets that share a connection; and nothing else is offered here. */
static void
other_upgrades_are_refused(void **state)
{
	static const char *const upgrades[] = {
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
		("Upgrade: h2c\r\nConnection: Upgrade\r\n" WS_SUBPROTOCOL),
		"Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n",
		"Upgrade: raw\r\nConnection: Upgrade\r\n",
	};
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;
	struct text said;

	for (size_t i = 0; i < ARRAY_LEN(upgrades); i++) {
		socket_open(&peer, w->address, 0);
		assert_int_not_equal(socket_shake(&peer, upgrades[i]), 101);
		socket_close(&peer);
	}
	socket_open(&peer, w->address, 0);
	socket_write(&peer, preface, sizeof(preface) - 1);
	socket_end(&peer);
	said = socket_read_all(&peer);
	assert_false(said.len >= 9 && said.data[3] == 4); /* SETTINGS, with which it would agree */
	socket_close(&peer);
}

static void
handshake_of_another_version_is_refused(void **state)
{
	static const char *const bad[] = {
		("Upgrade: websocket\r\nConnection: Upgrade\r\n" WS_SUBPROTOCOL), /* no key, no version */
		("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" WS_SUBPROTOCOL),
		("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		 "Sec-WebSocket-Version: 8\r\n" WS_SUBPROTOCOL),
	};
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		socket_open(&peer, w->address, 0);
		assert_int_not_equal(socket_shake(&peer, bad[i]), 101);
		socket_close(&peer);
	}
}

/* Frames that RFC 6455 forbids, and how long what follows each is. */
static void
forbidden_frames_end_the_session(void **state)
{
	static const struct {
		const char *what;
		struct ws_head head;
	} frames[] = {
		{"a reserved bit", {true, 4, WS_BINARY, true, 0}},
		{"another", {true, 1, WS_BINARY, true, 2}},
		{"an opcode that is none", {true, 0, 3, true, 0}},
		{"another", {true, 0, 7, true, 4}},
		{"a control opcode that is none", {true, 0, 11, true, 0}},
		{"another", {true, 0, 15, true, 4}},
		{"a ping in parts", {false, 0, WS_PING, true, 0}},
		{"a long ping", {true, 0, WS_PING, true, 126}},
		{"a long close", {true, 0, WS_CLOSE, true, 4000}},
		{"a part of nothing", {true, 0, WS_MORE, true, 2}},
		{"2^63 bytes", {true, 0, WS_BINARY, true, UINT64_C(1) << 63}},
		{"2^64 - 1 bytes", {true, 0, WS_BINARY, true, UINT64_MAX}},
	};
	struct world *w = ((struct before *)*state)->w;
	char bytes[4096] = "\x03\xe8";
	struct socket peer;

	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		open_session(&peer, w);
		socket_send_head(&peer, frames[i].head);
		socket_write(&peer, bytes, MIN(frames[i].head.len, sizeof(bytes)));
		print_message("# %s\n", frames[i].what);
		assert_int_not_equal(socket_read_close(&peer), 1000);
		socket_close(&peer);
	}
}

/* RFC 6455 would have it refused (5.1); libwebsockets 4.1 takes it as it is and does not tell. It is read like any other,
 * then, and is no way around what they are held to. */
static void
frame_without_a_mask_is_read_like_any_other(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_head(&peer, (struct ws_head){.fin = true, .opcode = WS_BINARY, .len = 2});
	socket_write(&peer, "\x12\x00", 2);
	assert_closed(w, &peer, 1007, "malformed");
}

/* A frame that begins while another has not ended (5.4). */
static void
frame_within_a_frame_ends_the_session(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	open_session(&peer, w);
	socket_send_head(&peer, (struct ws_head){.opcode = WS_BINARY, .masked = true});
	socket_send_head(&peer, (struct ws_head){.fin = true, .opcode = WS_BINARY, .masked = true});
	assert_int_not_equal(socket_read_close(&peer), 1000);
	socket_close(&peer);
}

static void
fill_random(struct rng *rng, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)rng_next(rng);
}

/* Whatever comes back, it ends. */
static void
random_bytes_for_http_end(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct rng rng = {SEED};
	uint8_t bytes[2000];

	for (int i = 0; i < CONNECTIONS; i++) {
		size_t len = rng_below(&rng, sizeof(bytes) - 20);
		struct socket peer;
		fill_random(&rng, bytes, len);
		if (i % 3 == 1) /* something of sense in front, or a head that has an end */
			memcpy(bytes, "GET /", MIN(len, 5));
		if (i % 3 == 2)
			memcpy(bytes + len, "\r\n\r\n", 4);
		socket_open(&peer, w->address, 0);
		socket_write(&peer, bytes, len + 4);
		socket_end(&peer);
		socket_read_all(&peer);
		socket_close(&peer);
	}
}

/* Bits turned in frames that are otherwise good reach deeper than noise. */
static size_t
random_frame(struct rng *rng, uint8_t *bytes, size_t room, int kind)
{
	size_t len = rng_below(rng, (uint32_t)room - 8);

	fill_random(rng, bytes, len + 8);
	if (kind == 0)
		return len;
	len %= 120;
	bytes[0] = 0x82; /* whole and binary, with a mask of noise */
	bytes[1] = (uint8_t)(0x80 | len);
	if (kind == 2) {
		memset(bytes + 2, 0, 4);
		memcpy(bytes + 6, "\x0a\x10\x08\x01", MIN(len, 4)); /* a request begins */
	}
	return len + 6;
}

static void
random_bytes_for_frames_end(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct rng rng = {SEED};
	uint8_t bytes[2000];

	for (int i = 0; i < CONNECTIONS; i++) {
		struct socket peer;
		open_session(&peer, w);
		for (int j = 0; j < 4; j++)
			socket_write(&peer, bytes, random_frame(&rng, bytes, sizeof(bytes), i % 3));
		socket_end(&peer);
		socket_read_all(&peer);
		socket_close(&peer);
	}
}

/* Cut off at any byte, as a tunnel does. */
static void
connection_cut_anywhere_ends(void **state)
{
	static const char head[] = "GET / HTTP/1.1\r\nHost: localhost\r\n" WS_UPGRADE WS_SUBPROTOCOL "\r\n"
				   "\x82\x84\0\0\0\0\x0a\x02\x08\x01";
	struct world *w = ((struct before *)*state)->w;
	struct socket peer;

	for (size_t len = 0; len < sizeof(head); len++) {
		socket_open(&peer, w->address, 0);
		socket_write(&peer, head, len);
		socket_close(&peer);
	}
}

static bool
lets_in(struct world *w)
{
	struct socket peer;
	int status = socket_open_session(&peer, w->address);

	socket_close(&peer);
	return status == 101;
}

/* Nothing at all, half a handshake, and one that comes byte by byte: the hub waits ten seconds for each, and no longer.
 * So long, more of them than it has room for keep others waiting, and no longer. */
static void
half_a_handshake_does_not_stay(void **state)
{
	static const char half[] = "GET / HTTP/1.1\r\nHost: localhost\r\n";
	static struct socket begun[1100];
	struct world *w = ((struct before *)*state)->w;
	uint64_t began_us = world_now_us();
	struct socket silent, slow;

	socket_open(&silent, w->address, 0);
	socket_open(&slow, w->address, 0);
	socket_write(&slow, half, sizeof(half) - 1);
	for (size_t i = 0; i < ARRAY_LEN(begun); i++) {
		socket_open(&begun[i], w->address, 0);
		socket_write(&begun[i], half, sizeof(half) - 1);
	}
	wait_until(w, !socket_write(&slow, "a", 1), "the hub to lose patience");
	socket_close(&slow);
	assert_int_equal(socket_read_all(&silent).len, 0);
	socket_close(&silent);
	assert_int_equal(socket_read_all(&begun[0]).len, 0);
	assert_in_range(world_now_us() - began_us, 5000000, 15000000);
	wait_until(w, lets_in(w), "others to be let in");
	for (size_t i = 0; i < ARRAY_LEN(begun); i++)
		socket_close(&begun[i]);
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(text_frame_ends_with_1003),
		with_world(frame_that_is_no_protobuf_ends_with_1007),
		with_world(frame_of_the_hubs_own_kind_ends_with_1007),
		with_world(thirty_three_requests_end_with_1007),
		with_world(frame_of_a_megabyte_ends_with_1009_when_it_is_announced),
		with_world(frame_of_a_megabyte_ends_with_1009_when_all_of_it_comes),
		with_world(many_small_parts_that_add_up_end_with_1009),
		with_world(endless_empty_parts_cost_nothing),
		with_world(frame_of_16384_bytes_is_taken_and_one_more_is_not),
		with_world(empty_frame_is_fine),
		with_world(close_is_answered_with_its_code),
		with_world(wrong_subprotocol_is_refused_with_400),
		with_world(other_upgrades_are_refused),
		with_world(handshake_of_another_version_is_refused),
		with_world(forbidden_frames_end_the_session),
		with_world(frame_without_a_mask_is_read_like_any_other),
		with_world(frame_within_a_frame_ends_the_session),
		with_world(random_bytes_for_http_end),
		with_world(random_bytes_for_frames_end),
		with_world(connection_cut_anywhere_ends),
		with_world(half_a_handshake_does_not_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
