/* frames.c - what no client of ours would send: each ends as RFC 6455 says, is counted, costs nothing, and leaves the
 * hub to everybody else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "random.h"
#include "raw.h"
#include "status.h"

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
open_session(struct raw *raw, struct world *w)
{
	raw_open(raw, w->address, 0);
	assert_int_equal(raw_shake(raw, RAW_UPGRADE RAW_SUBPROTOCOL), 101);
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
assert_closed(struct world *w, struct raw *raw, unsigned code, const char *reason)
{
	uint64_t count;

	assert_int_equal(raw_read_close(raw), code);
	raw_close(raw);
	wait_until(w, (count = closed_as(w, reason)) > 0, "the close to be counted");
	assert_int_equal(count, 1);
}

static void
text_frame_ends_with_1003(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(&raw, RAW_TEXT, "hello", 5);
	assert_closed(w, &raw, 1003, "text_frame");
	assert_string_equal(raw.reason, "only binary frames");
}

static void
frame_that_is_no_protobuf_ends_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(
		&raw, RAW_BINARY, "\x0a\xff\xff\xff\xff\x0f", 6); /* a request of 4 GB, of which nothing follows */
	assert_closed(w, &raw, 1007, "malformed");
	assert_string_equal(raw.reason, "not a Frame");
}

/* Well-formed, and refused with the rest of what is no Frame of a client. */
static void
frame_of_the_hubs_own_kind_ends_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(&raw, RAW_BINARY, "\x12\x00", 2); /* an event */
	assert_closed(w, &raw, 1007, "malformed");
}

static void
thirty_three_requests_end_with_1007(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;
	char bytes[33 * 2];

	for (size_t i = 0; i < sizeof(bytes); i += 2)
		memcpy(bytes + i, "\x0a\x00", 2); /* an empty request */
	open_session(&raw, w);
	raw_send_frame(&raw, RAW_BINARY, bytes, sizeof(bytes));
	assert_closed(w, &raw, 1007, "malformed");
}

/* By its head alone, before the rest has come. */
static void
frame_of_a_megabyte_ends_with_1009_when_it_is_announced(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_head(&raw, (struct raw_head){.fin = true, .opcode = RAW_BINARY, .masked = true, .len = MEGABYTE});
	raw_write(&raw, "\x0a", 1);
	assert_closed(w, &raw, 1009, "too_big");
	assert_string_equal(raw.reason, "a frame is at most 16384 bytes");
}

static void
frame_of_a_megabyte_ends_with_1009_when_all_of_it_comes(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	uint8_t *bytes = calloc(1, MEGABYTE);
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(&raw, RAW_BINARY, bytes, MEGABYTE);
	free(bytes);
	assert_closed(w, &raw, 1009, "too_big");
}

/* No part is too big. */
static void
many_small_parts_that_add_up_end_with_1009(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	char bytes[1000] = {0};
	struct raw raw;

	open_session(&raw, w);
	for (int i = 0; i < 20; i++) {
		raw_send_head(&raw,
			(struct raw_head){.opcode = i ? RAW_MORE : RAW_BINARY, .masked = true, .len = sizeof(bytes)});
		if (!raw_write(&raw, bytes, sizeof(bytes)))
			break;
	}
	assert_closed(w, &raw, 1009, "too_big");
}

/* Parts without a byte add up to nothing, however many they are. */
static void
endless_empty_parts_cost_nothing(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	uint64_t before_kb = resident_kb(w->hub);
	struct raw raw;

	open_session(&raw, w);
	raw_send_head(&raw, (struct raw_head){.opcode = RAW_BINARY, .masked = true});
	for (int i = 0; i < 20000; i++)
		raw_send_head(&raw, (struct raw_head){.opcode = RAW_MORE, .masked = true});
	raw_send_frame(&raw, RAW_PING, "still there", 11);
	assert_int_equal(raw_read_frame(&raw).len, 11);
	assert_in_range(resident_kb(w->hub), 0, before_kb + 4096);
	raw_close(&raw);
}

/* A Frame of exactly so many bytes: one request, and a field nobody knows. */
static void
send_padded(struct raw *raw, size_t len)
{
	Gridvanguard__V1__PlaceShow body = GRIDVANGUARD__V1__PLACE_SHOW__INIT;
	Request request = REQUEST(PLACE_SHOW, &body), *requests[] = {&request};
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint8_t bytes[FRAME_MAX + 1] = {0};
	size_t at, rest;

	request.id = 7;
	body.place = UNCONST(CITY);
	frame.requests = requests;
	frame.n_requests = 1;
	at = gridvanguard__v1__frame__pack(&frame, bytes);
	rest = len - at - 4; /* behind a tag and a length of two bytes each */
	bytes[at++] = 0x82;  /* field 1000, with a length */
	bytes[at++] = 0x3e | 0x80;
	memmove(bytes + at - 2, (uint8_t[]){0xc2, 0x3e}, 2);
	bytes[at++] = (uint8_t)(0x80 | (rest & 0x7f));
	bytes[at++] = (uint8_t)(rest >> 7);
	raw_send_frame(raw, RAW_BINARY, bytes, len);
}

static void
frame_of_16384_bytes_is_taken_and_one_more_is_not(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;
	Answer *answer;

	open_session(&raw, w);
	send_padded(&raw, FRAME_MAX);
	answer = raw_answer(&raw, 7);
	assert_non_null(answer);
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_UNAUTHENTICATED);
	free_answer(answer);
	send_padded(&raw, FRAME_MAX + 1);
	assert_closed(w, &raw, 1009, "too_big");
}

static void
empty_frame_is_fine(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(&raw, RAW_BINARY, "", 0);
	raw_send_frame(&raw, RAW_PING, "hello", 5);
	assert_int_equal(raw_read_frame(&raw).len, 5);
	raw_close(&raw);
}

/* The hub answers a close with the same code (5.5.1). */
static void
close_is_answered_with_its_code(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_frame(&raw, RAW_CLOSE, "\x03\xe8", 2);
	assert_closed(w, &raw, 1000, "peer");
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
	struct raw raw;
	char headers[512];

	for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
		snprintf(headers, sizeof(headers), RAW_UPGRADE "%s", offers[i]);
		raw_open(&raw, w->address, 0);
		assert_int_equal(raw_shake(&raw, headers), 400);
		raw_close(&raw);
	}
	assert_int_equal(refused_for(w, "subprotocol"), ARRAY_LEN(offers));
	raw_open(&raw, w->address, 0);
	assert_int_equal(raw_shake(&raw, RAW_UPGRADE "Sec-WebSocket-Protocol: chat,gridvanguard.v1\r\n"), 101);
	raw_close(&raw);
}

/* HTTP/2 would bring WebSockets that share a connection; and nothing else is offered here. */
static void
other_upgrades_are_refused(void **state)
{
	static const char *const upgrades[] = {
		"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
		("Upgrade: h2c\r\nConnection: Upgrade\r\n" RAW_SUBPROTOCOL),
		"Upgrade: TLS/1.0\r\nConnection: Upgrade\r\n",
		"Upgrade: raw\r\nConnection: Upgrade\r\n",
	};
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;
	struct text said;

	for (size_t i = 0; i < ARRAY_LEN(upgrades); i++) {
		raw_open(&raw, w->address, 0);
		assert_int_not_equal(raw_shake(&raw, upgrades[i]), 101);
		raw_close(&raw);
	}
	raw_open(&raw, w->address, 0);
	raw_write(&raw, preface, sizeof(preface) - 1);
	raw_end(&raw);
	said = raw_read_all(&raw);
	assert_false(said.len >= 9 && said.data[3] == 4); /* SETTINGS, with which it would agree */
	raw_close(&raw);
}

static void
handshake_of_another_version_is_refused(void **state)
{
	static const char *const bad[] = {
		("Upgrade: websocket\r\nConnection: Upgrade\r\n" RAW_SUBPROTOCOL), /* no key, no version */
		("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" RAW_SUBPROTOCOL),
		("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		 "Sec-WebSocket-Version: 8\r\n" RAW_SUBPROTOCOL),
	};
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		raw_open(&raw, w->address, 0);
		assert_int_not_equal(raw_shake(&raw, bad[i]), 101);
		raw_close(&raw);
	}
}

/* Frames that RFC 6455 forbids, and how long what follows each is. */
static void
forbidden_frames_end_the_session(void **state)
{
	static const struct {
		const char *what;
		struct raw_head head;
	} frames[] = {
		{"a reserved bit", {true, 4, RAW_BINARY, true, 0}},
		{"another", {true, 1, RAW_BINARY, true, 2}},
		{"an opcode that is none", {true, 0, 3, true, 0}},
		{"another", {true, 0, 7, true, 4}},
		{"a control opcode that is none", {true, 0, 11, true, 0}},
		{"another", {true, 0, 15, true, 4}},
		{"a ping in parts", {false, 0, RAW_PING, true, 0}},
		{"a long ping", {true, 0, RAW_PING, true, 126}},
		{"a long close", {true, 0, RAW_CLOSE, true, 4000}},
		{"a part of nothing", {true, 0, RAW_MORE, true, 2}},
		{"2^63 bytes", {true, 0, RAW_BINARY, true, UINT64_C(1) << 63}},
		{"2^64 - 1 bytes", {true, 0, RAW_BINARY, true, UINT64_MAX}},
	};
	struct world *w = ((struct before *)*state)->w;
	char bytes[4096] = "\x03\xe8";
	struct raw raw;

	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		open_session(&raw, w);
		raw_send_head(&raw, frames[i].head);
		raw_write(&raw, bytes, MIN(frames[i].head.len, sizeof(bytes)));
		print_message("# %s\n", frames[i].what);
		assert_int_not_equal(raw_read_close(&raw), 1000);
		raw_close(&raw);
	}
}

/* RFC 6455 would have it refused (5.1); libwebsockets 4.1 takes it as it is and does not tell. It is read like any other,
 * then, and is no way around what they are held to. */
static void
frame_without_a_mask_is_read_like_any_other(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_head(&raw, (struct raw_head){.fin = true, .opcode = RAW_BINARY, .len = 2});
	raw_write(&raw, "\x12\x00", 2);
	assert_closed(w, &raw, 1007, "malformed");
}

/* A frame that begins while another has not ended (5.4). */
static void
frame_within_a_frame_ends_the_session(void **state)
{
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	open_session(&raw, w);
	raw_send_head(&raw, (struct raw_head){.opcode = RAW_BINARY, .masked = true});
	raw_send_head(&raw, (struct raw_head){.fin = true, .opcode = RAW_BINARY, .masked = true});
	assert_int_not_equal(raw_read_close(&raw), 1000);
	raw_close(&raw);
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
		struct raw raw;
		fill_random(&rng, bytes, len);
		if (i % 3 == 1) /* something of sense in front, or a head that has an end */
			memcpy(bytes, "GET /", MIN(len, 5));
		if (i % 3 == 2)
			memcpy(bytes + len, "\r\n\r\n", 4);
		raw_open(&raw, w->address, 0);
		raw_write(&raw, bytes, len + 4);
		raw_end(&raw);
		raw_read_all(&raw);
		raw_close(&raw);
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
		struct raw raw;
		open_session(&raw, w);
		for (int j = 0; j < 4; j++)
			raw_write(&raw, bytes, random_frame(&rng, bytes, sizeof(bytes), i % 3));
		raw_end(&raw);
		raw_read_all(&raw);
		raw_close(&raw);
	}
}

/* Cut off at any byte, as a tunnel does. */
static void
connection_cut_anywhere_ends(void **state)
{
	static const char head[] = "GET / HTTP/1.1\r\nHost: localhost\r\n" RAW_UPGRADE RAW_SUBPROTOCOL "\r\n"
				   "\x82\x84\0\0\0\0\x0a\x02\x08\x01";
	struct world *w = ((struct before *)*state)->w;
	struct raw raw;

	for (size_t len = 0; len < sizeof(head); len++) {
		raw_open(&raw, w->address, 0);
		raw_write(&raw, head, len);
		raw_close(&raw);
	}
}

static bool
lets_in(struct world *w)
{
	struct raw raw;
	int status;

	raw_open(&raw, w->address, 0);
	status = raw_shake(&raw, RAW_UPGRADE RAW_SUBPROTOCOL);
	raw_close(&raw);
	return status == 101;
}

/* Nothing at all, half a handshake, and one that comes byte by byte: the hub waits ten seconds for each, and no longer.
 * So long, more of them than it has room for keep others waiting, and no longer. */
static void
half_a_handshake_does_not_stay(void **state)
{
	static const char half[] = "GET / HTTP/1.1\r\nHost: localhost\r\n";
	static struct raw begun[1100];
	struct world *w = ((struct before *)*state)->w;
	uint64_t began_us = world_now_us();
	struct raw silent, slow;

	raw_open(&silent, w->address, 0);
	raw_open(&slow, w->address, 0);
	raw_write(&slow, half, sizeof(half) - 1);
	for (size_t i = 0; i < ARRAY_LEN(begun); i++) {
		raw_open(&begun[i], w->address, 0);
		raw_write(&begun[i], half, sizeof(half) - 1);
	}
	wait_until(w, !raw_write(&slow, "a", 1), "the hub to lose patience");
	raw_close(&slow);
	assert_int_equal(raw_read_all(&silent).len, 0);
	raw_close(&silent);
	assert_int_equal(raw_read_all(&begun[0]).len, 0);
	assert_in_range(world_now_us() - began_us, 5000000, 15000000);
	wait_until(w, lets_in(w), "others to be let in");
	for (size_t i = 0; i < ARRAY_LEN(begun); i++)
		raw_close(&begun[i]);
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
