/* bad_input.c - P10: bad input gets a status that names the field, and changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "faults.h"
#include "fields.h"
#include "raw.h"
#include "uuid.h"
#include "varint.h"

#define UNKNOWN_GRID "140105007004777"
#define HOUR_MS      UINT64_C(3600000)
#define DAY_MS       UINT64_C(86400000)

/* A world in which something has happened, and all that can be read of it. */
struct facts {
	struct world *w;
	const char *call;
	struct buf before;
};

/* Adds an answer, without what differs each time. */
static void
add_answer(struct buf *facts, struct caller *caller, Request *request)
{
	Answer *answer = ask(caller, request);
	size_t len;
	uint8_t *packed;

	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	answer->id = 0;
	len = gridvanguard__v1__answer__get_packed_size(answer);
	packed = malloc(len + 1);
	gridvanguard__v1__answer__pack(answer, packed);
	buf_add(facts, packed, len);
	free(packed);
	free_answer(answer);
}

static struct buf
read_facts(const struct facts *facts)
{
	Request *requests[] = {
		to_list_tallies(STREET, 3, "", 200),
		to_list_places(STREET, 3, "", 200),
		to_list_members(STREET, "", 200),
		to_list_calls(STREET, "", 50),
		to_list_chain(facts->call, 0, 200),
	};
	struct buf now = {0};

	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		add_answer(&now, person(facts->w, "worker"), requests[i]);
	return now;
}

static int
open_world(void **state)
{
	struct facts *facts = calloc(1, sizeof(*facts));

	facts->w = world_open(NULL);
	facts->call = post_call(facts->w, .limit = 2);
	join(facts->w, facts->call, "an", "bo", "chen");
	facts->before = read_facts(facts);
	*state = facts;
	return 0;
}

/* All that can be read is as it was. */
static int
close_world(void **state)
{
	struct facts *facts = *state;
	struct buf after = read_facts(facts);

	assert_int_equal(after.len, facts->before.len);
	assert_memory_equal(after.bytes, facts->before.bytes, after.len);
	assert_int_equal(count_in_log(facts->w, "level=error"), 0);
	world_close(facts->w);
	buf_finish(&after);
	buf_finish(&facts->before);
	free(facts);
	return 0;
}

/* Characters, one behind the other. */
static char *
repeat(const char *character, size_t count)
{
	size_t len = strlen(character);
	char *text = malloc(len * count + 1);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * len, character, len);
	text[len * count] = '\0';
	return text;
}

static const struct posting good_post = {.place = GRID_A, .title = "发放抗原试剂"};

/* Posts it, and asserts how that is refused. */
#define expect_post(facts, post, status, field) expect(person((facts)->w, "worker"), to_post_call(post), status, field)

static void
place_that_is_not_known_is_not_found(void **state)
{
	struct facts *facts = *state;
	struct caller *worker = person(facts->w, "worker");
	struct posting post = good_post;

	post.place = UNKNOWN_GRID;
	expect_post(facts, post, "NOT_FOUND", "place");
	expect(worker, to_show_place(UNKNOWN_GRID), "NOT_FOUND", "place");
	expect(worker, to_register(UNKNOWN_GRID, "王建国", ""), "NOT_FOUND", "place");
	expect(person(facts->w, "an"), to_move(UNKNOWN_GRID), "NOT_FOUND", "place");
	expect(worker, to_list_tallies(UNKNOWN_GRID, 0, "", 1), "NOT_FOUND", "place");
	expect(worker, to_watch(.places = {UNKNOWN_GRID}), "NOT_FOUND", "places[0].place");
}

static void
code_that_is_none_is_refused(void **state)
{
	static const char *const codes[] = {"1401050", "", "1", "140", "14010", "14010500700400100",
		"1401050070040010011", "14x105", " 140105", "140105 ", "-14010", "１４０１０５", "0x1401"};
	struct facts *facts = *state;

	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		struct posting post = good_post;
		post.place = codes[i];
		expect_post(facts, post, "BAD_REQUEST", "place");
	}
}

/* A member lives in a grid, and nowhere wider. */
static void
place_of_another_level_is_refused(void **state)
{
	struct facts *facts = *state;

	expect(person(facts->w, "an"), to_move(COMMUNITY), "BAD_REQUEST", "place");
}

static void
numbers_out_of_their_range_are_refused(void **state)
{
	struct facts *facts = *state;
	struct caller *worker = person(facts->w, "worker");
	struct posting post = good_post;

	post.limit = UINT32_MAX;
	expect_post(facts, post, "BAD_REQUEST", "limit");
	post.limit = 100001;
	expect_post(facts, post, "BAD_REQUEST", "limit");
	post.limit = 0;
	post.need = UINT32_MAX;
	expect_post(facts, post, "BAD_REQUEST", "need");
	post.need = 3;
	post.limit = 2;
	expect_post(facts, post, "BAD_REQUEST", "need");

	expect(worker, to_list_tallies(CITY, 0, "", 0), "BAD_REQUEST", "count");
	expect(worker, to_list_tallies(CITY, 0, "", 201), "BAD_REQUEST", "count");
	expect(worker, to_list_tallies(CITY, 4, "", 200), "BAD_REQUEST", "depth");
	expect(worker, to_list_chain(facts->call, 0, UINT32_MAX), "BAD_REQUEST", "count");
}

static void
deadline_that_cannot_be_one_is_refused(void **state)
{
	const uint64_t now_ms = clock_wall_ms();
	const uint64_t deadlines[] = {0, 1, now_ms - 1000, now_ms + 367 * DAY_MS, UINT64_C(1) << 53, UINT64_MAX};
	struct facts *facts = *state;

	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++) {
		Request *post = to_post_call(good_post);
		post->call_post->deadline_ms = deadlines[i];
		expect(person(facts->w, "worker"), post, "BAD_REQUEST", "deadline_ms");
	}
}

static void
text_that_is_too_long_or_blank_is_refused(void **state)
{
	static const char *const characters[] = {"a", "字", "👵"};
	struct facts *facts = *state;
	struct posting post = good_post;
	char *longer = repeat("a", 10000);

	for (size_t i = 0; i < ARRAY_LEN(characters); i++) {
		char *title = repeat(characters[i], 61), *body = repeat(characters[i], 2001);
		post = good_post;
		post.title = title;
		expect_post(facts, post, "BAD_REQUEST", "title");
		post = good_post;
		post.body = body;
		expect_post(facts, post, "BAD_REQUEST", "body");
		post = good_post;
		post.meeting = body;
		expect_post(facts, post, "BAD_REQUEST", "meeting");
		free(title);
		free(body);
	}
	post = good_post;
	post.title = longer;
	expect_post(facts, post, "BAD_REQUEST", "title");
	free(longer);
	post.title = "";
	expect_post(facts, post, "BAD_REQUEST", "title");
	post.title = "  \u3000 \u00a0";
	expect_post(facts, post, "BAD_REQUEST", "title");
}

static void
characters_that_are_no_text_are_refused(void **state)
{
	static const char *const texts[] = {
		"\xff", "ab\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe5\xad", /* no UTF-8 */
		"a\tb", "a\nb", "a\rb", "\x1b[31mred", "a\x7f", "\xc2\x85",
		"a\xe2\x80\xa8z",           /* controls, other lines */
		"\xe2\x80\xae\xe7\x8e\x8b", /* turned around */
	};
	struct facts *facts = *state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct posting post = good_post;
		post.title = texts[i];
		expect_post(facts, post, "BAD_REQUEST", "title");
		expect(person(facts->w, "new"), to_register(GRID_A, texts[i], ""), "BAD_REQUEST", "name");
	}
}

/* Whatever is asked about this call ends so. */
static void
expect_about(struct facts *facts, const char *call, const char *status)
{
	struct caller *an = person(facts->w, "an");

	expect(an, to_join(call), status, "call");
	expect(an, to_withdraw(call), status, "call");
	expect(an, to_close(call), status, "call");
	expect(an, to_show_call(call), status, "call");
}

static void
call_that_is_none_is_refused_or_not_found(void **state)
{
	static const char *const ids[] = {"", "1", "16.1", "7.0", "7.", ".7", "7.9007199254740992", "07.1", "7.01",
		"-1.1", "7.1.1", "7,1", "7.1 ", "{7}:meta", "7.*"};

	for (size_t i = 0; i < ARRAY_LEN(ids); i++)
		expect_about(*state, ids[i], "BAD_REQUEST");
	expect_about(*state, "7.9007199254740991", "NOT_FOUND");
}

/* Asks to close the call with these bytes as the `once`. */
static void
expect_with_once(struct facts *facts, const void *bytes, size_t len, const char *status)
{
	Request *request = to_close(facts->call);

	request->once = (ProtobufCBinaryData){len, UNCONST(bytes)};
	expect(person(facts->w, "worker"), request, status, "once");
}

static void
once_that_is_none_is_refused(void **state)
{
	const uint64_t now_ms = clock_wall_ms();
	struct facts *facts = *state;
	struct uuid once = uuid_make(now_ms), other;

	expect_with_once(facts, once.bytes, 15, "BAD_REQUEST");
	expect_with_once(facts, "\0", 1, "BAD_REQUEST");
	other = once;
	other.bytes[6] = (uint8_t)(0x40 | (other.bytes[6] & 0x0f)); /* version 4 */
	expect_with_once(facts, other.bytes, 16, "BAD_REQUEST");
	other = uuid_make(now_ms - DAY_MS - HOUR_MS);
	expect_with_once(facts, other.bytes, 16, "TOO_LATE");
	other = uuid_make(now_ms + HOUR_MS);
	expect_with_once(facts, other.bytes, 16, "BAD_REQUEST");
}

static void
rows_of_places_are_refused_one_by_one(void **state)
{
	struct facts *facts = *state;
	struct caller *worker = person(facts->w, "worker");
	const char *rows[2 * 201 + 1] = {NULL};
	Answer *answer;

	expect(worker, to_import_rows(rows), "BAD_REQUEST", "rows");
	for (size_t i = 0; i < ARRAY_LEN(rows) - 1; i++)
		rows[i] = i % 2 ? "某处" : "1401050";
	expect(worker, to_import_rows(rows), "BAD_REQUEST", "rows");
	expect(worker, to_import("1401050", "a\x01", "1401050", "a\x01"), "BAD_REQUEST", "rows[0].name");

	answer = ask(worker, to_import("1401050", "某处", "1401050", "某处"));
	assert_int_equal(answer->status, GRIDVANGUARD__V1__STATUS__STATUS_OK);
	assert_int_equal(answer->place_import->n_refused, 2);
	assert_string_equal(answer->place_import->refused[1]->field, "code");
	free_answer(answer);
}

/* What no message of protobuf-c can say, byte by byte. */

/* A Frame of one request with id 7, a good `once`, and this body of that verb. */
static struct buf
frame_of(unsigned verb, const struct buf *body)
{
	struct uuid once = uuid_make(clock_wall_ms());
	struct buf request = {0}, frame = {0};

	buf_add(&request, "\x08\x07", 2);
	add_field(&request, 2, once.bytes, sizeof(once.bytes));
	add_field(&request, verb, body->bytes, body->len);
	add_field(&frame, 1, request.bytes, request.len);
	buf_finish(&request);
	return frame;
}

enum { FIELD_CALL_POST = GRIDVANGUARD__V1__REQUEST__VERB_CALL_POST, FIELD_TITLE = 2, FIELD_LIMIT = 6 };

/* A good post, and behind it a field once more, which is the one that counts. */
static struct buf
post_with(const void *bytes, size_t len)
{
	uint8_t packed[512];
	struct buf body = {0}, frame;

	buf_add(&body, packed, gridvanguard__v1__call_post__pack(to_post_call(good_post)->call_post, packed));
	buf_add(&body, bytes, len);
	frame = frame_of(FIELD_CALL_POST, &body);
	buf_finish(&body);
	return frame;
}

/* How the hub answers the request in it. */
static void
expect_of_frame(struct facts *facts, struct buf frame, const char *status, const char *field)
{
	struct raw raw;

	raw_login(&raw, facts->w, "worker");
	socket_send_frame(&raw.socket, WS_BINARY, frame.bytes, frame.len);
	raw_expect_answer(&raw, 7, status, field);
	raw_close(&raw);
	buf_finish(&frame);
}

/* As what code it closes. */
static void
expect_close_of_frame(struct facts *facts, struct buf frame, unsigned code)
{
	struct raw raw;

	raw_login(&raw, facts->w, "worker");
	socket_send_frame(&raw.socket, WS_BINARY, frame.bytes, frame.len);
	assert_int_equal(socket_read_close(&raw.socket), code);
	raw_close(&raw);
	buf_finish(&frame);
}

/* A C string would end there, and the rest be lost without a word. */
static void
nul_in_a_text_is_refused(void **state)
{
	struct facts *facts = *state;

	expect_of_frame(facts,
		post_with("\x12\x03"
			  "a\0b",
			5),
		"BAD_REQUEST", "title");
	expect_of_frame(facts, post_with("\x12\x01\0", 3), "BAD_REQUEST", "title");
	expect_of_frame(facts,
		post_with("\x1a\x04"
			  "abc\0",
			6),
		"BAD_REQUEST", "body");
	expect_of_frame(facts,
		post_with("\x0a\x07"
			  "140105\0",
			9),
		"BAD_REQUEST", "place");
}

/* As a language with signed numbers writes it. */
static void
limit_of_minus_one_is_refused(void **state)
{
	expect_of_frame(*state, post_with("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11), "BAD_REQUEST", "limit");
}

static void
request_without_a_verb_or_an_id_is_refused(void **state)
{
	struct facts *facts = *state;
	struct buf frame = {0};
	struct raw raw;

	add_field(&frame, 1, "\x08\x07", 2);
	expect_of_frame(facts, frame, "BAD_REQUEST", "verb");
	frame = (struct buf){0};
	add_field(&frame, 1, "\x08\x07\xba\x06\x00", 5); /* verb 103, of a version to come */
	expect_of_frame(facts, frame, "BAD_REQUEST", "verb");

	raw_login(&raw, facts->w, "worker");
	socket_send_frame(&raw.socket, WS_BINARY, "\x0a\x02\x52\x00", 4);
	raw_expect_answer(&raw, 0, "BAD_REQUEST", "id");
	raw_close(&raw);
}

/* Ten thousand of these are 30,000 bytes, more than a frame holds. */
static void
title_larger_than_a_frame_ends_the_session(void **state)
{
	char *title = repeat("字", 10000);
	struct buf field = {0};

	add_field(&field, FIELD_TITLE, title, strlen(title));
	expect_close_of_frame(*state, post_with(field.bytes, field.len), 1009);
	buf_finish(&field);
	free(title);
}

/* One in the other, as deep as asked for or as fits into so many bytes, from the inside outwards. */
static struct buf
nested(unsigned levels, size_t max)
{
	struct buf out = {0};
	uint8_t *bytes = malloc(levels * 4), *at = bytes + levels * 4, *end = at;

	for (unsigned i = 0; i < levels; i++) {
		uint8_t head[2 * VARINT_MAX] = {0x0a};
		size_t len = 1 + varint_put(head + 1, (uint64_t)(end - at));
		if ((size_t)(end - at) + len > max)
			break;
		at -= len;
		memcpy(at, head, len);
	}
	buf_add(&out, at, (size_t)(end - at));
	free(bytes);
	return out;
}

static void
levels_without_end_end_the_session(void **state)
{
	struct facts *facts = *state;
	struct buf deep = nested(25000, SIZE_MAX);

	assert_true(deep.len > 90000);
	expect_close_of_frame(facts, deep, 1009);
	expect_close_of_frame(facts, nested(25000, 16384), 1007);
}

/* Small frames that would take much memory when they are decoded. */
static void
frame_that_would_grow_ends_the_session(void **state)
{
	struct buf frame = {0}, rows = {0};

	while (frame.len < 16384) /* fields nobody knows, each kept by protobuf-c */
		buf_add(&frame, "\xc0\x3e\x01\x01", 3);
	frame.len = 16383;
	expect_close_of_frame(*state, frame, 1007);

	while (rows.len < 16000) /* empty rows */
		buf_add(&rows, "\x0a\x00", 2);
	frame = frame_of(GRIDVANGUARD__V1__REQUEST__VERB_PLACE_IMPORT, &rows);
	buf_finish(&rows);
	expect_close_of_frame(*state, frame, 1007);
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(place_that_is_not_known_is_not_found),
		with_world(code_that_is_none_is_refused),
		with_world(place_of_another_level_is_refused),
		with_world(numbers_out_of_their_range_are_refused),
		with_world(deadline_that_cannot_be_one_is_refused),
		with_world(text_that_is_too_long_or_blank_is_refused),
		with_world(characters_that_are_no_text_are_refused),
		with_world(call_that_is_none_is_refused_or_not_found),
		with_world(once_that_is_none_is_refused),
		with_world(rows_of_places_are_refused_one_by_one),
		with_world(nul_in_a_text_is_refused),
		with_world(limit_of_minus_one_is_refused),
		with_world(request_without_a_verb_or_an_id_is_refused),
		with_world(title_larger_than_a_frame_ends_the_session),
		with_world(levels_without_end_end_the_session),
		with_world(frame_that_would_grow_ends_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
