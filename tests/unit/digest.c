/* digest.c - by what two requests under one `once` are told to be the same: verb and body, however they were written. */
#include <sodium.h>
#include <stdlib.h>

#include "requests.h"
#include "unit.h"

static struct frame frame;

static int
open_all(void **state)
{
	(void)state;
	frame_init(&frame);
	return sodium_init() < 0;
}

static int
close_all(void **state)
{
	(void)state;
	frame_finish(&frame);
	return 0;
}

struct digest {
	uint8_t bytes[16];
};

static struct digest
digest_of_frame(const uint8_t *bytes, size_t len)
{
	char field[FIELD_TEXT_MAX];
	struct asked asked;
	struct digest digest;

	assert_int_equal(frame_open(&frame, bytes, len), OK);
	if (frame_request(&frame, 0, &asked, field) != OK)
		fail_msg("refused for %s", field);
	memcpy(digest.bytes, asked.digest, sizeof(digest.bytes));
	return digest;
}

static struct digest
digest_of(Request *request)
{
	struct bytes bytes = pack_requests(&request, 1);
	struct digest digest = digest_of_frame(bytes.data, bytes.len);

	free(bytes.data);
	return digest;
}

static bool
same(struct digest a, struct digest b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

/* The digest of a member_register (field 30 of Request) whose body was written by hand; it is emptied. */
static struct digest
digest_of_body(struct buf *body)
{
	struct buf request = {0}, whole = {0};
	struct digest digest;

	add_number(&request, 1, 7);
	add_field(&request, 2, good_once, sizeof(good_once));
	add_field(&request, 30, body->bytes, body->len);
	add_field(&whole, 1, request.bytes, request.len);
	digest = digest_of_frame(whole.bytes, whole.len);
	buf_finish(body);
	buf_finish(&request);
	buf_finish(&whole);
	return digest;
}

#define PLACE_FIELD(body) add_field((body), 1, "140105007004001", 15)
#define NAME_FIELD(body)  add_field((body), 2, "an", 2)
#define ORG_FIELD(body)   add_field((body), 3, "o", 1)

static struct digest
plain_digest(void)
{
	struct buf body = {0};

	PLACE_FIELD(&body);
	NAME_FIELD(&body);
	ORG_FIELD(&body);
	return digest_of_body(&body);
}

static void
same_request_has_the_same_digest(void **state)
{
	(void)state;
	for (enum verb verb = VERB_PLACE_IMPORT; verb < VERB_COUNT; verb++) {
		Request *request = good_request(verb);
		struct digest first, second;
		if (request->once.len == 0)
			continue; /* only what changes something is remembered */
		first = digest_of(request);
		request->id = 8; /* sent again, it has another id */
		second = digest_of(request);
		assert_true(same(first, second));
	}
}

/* Another `once` is another request; the digest is of what is asked alone. */
static void
once_is_not_part_of_it(void **state)
{
	uint8_t other[16];
	Request *request = good_request(VERB_CHAIN_JOIN);
	struct digest first = digest_of(request);

	(void)state;
	memcpy(other, good_once, sizeof(other));
	other[15] ^= 1;
	request->once.data = other;
	assert_true(same(digest_of(request), first));
}

static void
order_of_fields_does_not_matter(void **state)
{
	struct buf body = {0};

	(void)state;
	ORG_FIELD(&body);
	NAME_FIELD(&body);
	PLACE_FIELD(&body);
	assert_true(same(digest_of_body(&body), plain_digest()));
}

/* The last one counts, as protobuf has it. */
static void
field_written_twice_counts_once(void **state)
{
	struct buf body = {0};

	(void)state;
	add_field(&body, 2, "bo", 2);
	PLACE_FIELD(&body);
	NAME_FIELD(&body);
	ORG_FIELD(&body);
	assert_true(same(digest_of_body(&body), plain_digest()));
}

/* An empty text may be written or left out. */
static void
empty_field_is_as_none(void **state)
{
	struct buf with = {0}, without = {0};

	(void)state;
	PLACE_FIELD(&with);
	NAME_FIELD(&with);
	add_field(&with, 3, "", 0);
	PLACE_FIELD(&without);
	NAME_FIELD(&without);
	assert_true(same(digest_of_body(&with), digest_of_body(&without)));
}

static void
place_of_an_unknown_field_does_not_matter(void **state)
{
	struct buf before = {0}, between = {0}, after = {0};
	struct digest first, second, third;

	(void)state;
	add_number(&before, 15, 1);
	PLACE_FIELD(&before);
	NAME_FIELD(&before);
	PLACE_FIELD(&between);
	add_number(&between, 15, 1);
	NAME_FIELD(&between);
	PLACE_FIELD(&after);
	NAME_FIELD(&after);
	add_number(&after, 15, 1);
	first = digest_of_body(&before);
	second = digest_of_body(&between);
	third = digest_of_body(&after);
	assert_true(same(first, second));
	assert_true(same(second, third));
}

/* Each field of each verb that changes something: another value, another digest. */
static void
other_body_has_another_digest(void **state)
{
	static const struct {
		enum verb verb;
		const char *field;
		const char *text; /* NULL: the number */
		uint64_t number;
	} changes[] = {
		{VERB_PLACE_IMPORT, "rows[0].code", "140105007005"},
		{VERB_PLACE_IMPORT, "rows[0].name", "西吴社区"},
		{VERB_PLACE_IMPORT, "rows[1].code", "140105007004002"},
		{VERB_MEMBER_REGISTER, "place", "140105007004002"},
		{VERB_MEMBER_REGISTER, "name", "王芬"},
		{VERB_MEMBER_REGISTER, "organisation", ""},
		{VERB_MEMBER_REGISTER, "work", "140106004009002"},
		{VERB_MEMBER_MOVE, "place", "140105007004001003"},
		{VERB_PENDING_DECIDE, "reason", "a"},
		{VERB_CALL_POST, "place", "140105007004002"},
		{VERB_CALL_POST, "title", "a"},
		{VERB_CALL_POST, "body", "a"},
		{VERB_CALL_POST, "meeting", "a"},
		{VERB_CALL_POST, "need", NULL, 21},
		{VERB_CALL_POST, "limit", NULL, 29},
		{VERB_CALL_POST, "deadline_ms", NULL, 1649775600001},
		{VERB_CALL_POST, "bring", "a"},
		{VERB_CALL_POST, "starts_ms", NULL, 1649761200001},
		{VERB_CALL_POST, "ends_ms", NULL, 1649775600001},
		{VERB_CALL_POST, "names", NULL, 3},
		{VERB_CALL_POST, "window_minutes", NULL, 31},
		{VERB_CALL_POST, "grant_minutes", NULL, 121},
		{VERB_CALL_POST, "slots[0].label", "a"},
		{VERB_CALL_POST, "slots[0].starts_ms", NULL, 1649761200001},
		{VERB_CALL_POST, "slots[0].ends_ms", NULL, 1649768400001},
		{VERB_CALL_POST, "slots[0].need", NULL, 4},
		{VERB_CALL_POST, "slots[0].limit", NULL, 6},
		{VERB_CALL_POST, "slots[1].label", "a"},
		{VERB_CALL_POST, "questions[0].kind", NULL, 1},
		{VERB_CALL_POST, "questions[0].required", NULL, 0},
		{VERB_CALL_POST, "questions[0].label", "a"},
		{VERB_CALL_POST, "questions[1].choices[0]", "a"},
		{VERB_CALL_POST, "questions[1].choices[1]", "a"},
		{VERB_CALL_CLOSE, "call", "7.4243"},
		{VERB_CALL_REOPEN, "call", "7.4243"},
		{VERB_CALL_REOPEN, "deadline_ms", NULL, 1649775600001},
		{VERB_CALL_CANCEL, "call", "7.4243"},
		{VERB_CALL_CANCEL, "reason", "下雪"},
		{VERB_CALL_EDIT, "call", "7.4243"},
		{VERB_CALL_EDIT, "version", NULL, 4},
		{VERB_CALL_EDIT, "demote", NULL, 0},
		{VERB_CALL_EDIT, "to.title", "a"},
		{VERB_CALL_EDIT, "to.slots[1].label", "a"},
		{VERB_CALL_EDIT, "to.questions[1].choices[1]", "a"},
		{VERB_CALL_THANK, "call", "7.4243"},
		{VERB_CALL_THANK, "text", "谢谢"},
		{VERB_CHAIN_JOIN, "call", "7.4243"},
		{VERB_CHAIN_JOIN, "slot", NULL, 2},
		{VERB_CHAIN_JOIN, "people", NULL, 2},
		{VERB_CHAIN_JOIN, "remark", ""},
		{VERB_CHAIN_JOIN, "answers[0]", "9"},
		{VERB_CHAIN_JOIN, "answers[1]", ""},
		{VERB_CHAIN_JOIN, "person", "3.78"},
		{VERB_CHAIN_JOIN, "person", ""},
		{VERB_CHAIN_JOIN, "walk_up", NULL, 0},
		{VERB_CHAIN_JOIN, "despite_clash", NULL, 0},
		{VERB_CHAIN_WITHDRAW, "call", "8.4242"},
		{VERB_CHAIN_WITHDRAW, "number", NULL, 29},
		{VERB_CHAIN_WITHDRAW, "slot", NULL, 0},
		{VERB_CHAIN_CONFIRM, "call", "8.4242"},
		{VERB_CHAIN_CONFIRM, "number", NULL, 29},
		{VERB_CHAIN_CONFIRM, "slot", NULL, 0},
		{VERB_CHAIN_CHECK, "call", "8.4242"},
		{VERB_CHAIN_CHECK, "number", NULL, 29},
		{VERB_CHAIN_CHECK, "slot", NULL, 0},
		{VERB_CHAIN_CHECK, "out", NULL, 0},
		{VERB_CHAIN_CHECK, "code", ""},
		{VERB_ROSTER_IMPORT, "rows[0].phone", "13800000001"},
		{VERB_ROSTER_IMPORT, "rows[0].name", "王芬"},
		{VERB_ROSTER_IMPORT, "rows[1].organisation", ""},
		{VERB_ROSTER_IMPORT, "rows[1].place", ""},
		{VERB_ROSTER_IMPORT, "only_look", NULL, 0},
		{VERB_ROSTER_IMPORT, "keep_organisation", NULL, 0},
		{VERB_ROSTER_IMPORT, "keep_place", NULL, 0},
		{VERB_ROSTER_REMOVE, "entry", "07aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"},
		{VERB_ROSTER_REMOVE, "place", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct digest before = digest_of(good_request(changes[i].verb));
		Request *request = good_request(changes[i].verb);
		if (changes[i].text)
			set_text(request, changes[i].field, changes[i].text);
		else
			set_number(request, changes[i].field, changes[i].number);
		if (same(digest_of(request), before))
			fail_msg("%s.%s is not in the digest", verb_name(changes[i].verb), changes[i].field);
	}
}

/* Rows moved from one text into the next, swapped, or fewer. */
static void
bodies_that_only_look_alike_differ(void **state)
{
	Request *request = good_request(VERB_PLACE_IMPORT);
	struct digest two = digest_of(request), swapped, one, title, body;
	Gridvanguard__V1__PlaceRow *first = request->place_import->rows[0];

	(void)state;
	request->place_import->rows[0] = request->place_import->rows[1];
	request->place_import->rows[1] = first;
	swapped = digest_of(request);
	set_count(request, "rows", 1);
	one = digest_of(request);
	assert_false(same(two, swapped));
	assert_false(same(two, one));
	assert_false(same(swapped, one));

	request = good_request(VERB_CALL_POST);
	set_text(request, "title", "ab");
	set_text(request, "body", "c");
	title = digest_of(request);
	set_text(request, "title", "a");
	set_text(request, "body", "bc");
	body = digest_of(request);
	assert_false(same(title, body));
}

/* He himself or somebody of that name; an answer moved on to the next question. */
static void
lines_that_only_look_alike_differ(void **state)
{
	Request *request = good_request(VERB_CHAIN_JOIN);
	struct digest person, name, remark, first, second;

	(void)state;
	person = digest_of(request);
	set_text(request, "person", "");
	set_text(request, "name", "3.77");
	name = digest_of(request);
	set_text(request, "name", "");
	set_text(request, "remark", "3.77");
	remark = digest_of(request);
	assert_false(same(person, name));
	assert_false(same(name, remark));

	set_text(request, "answers[0]", "8");
	set_text(request, "answers[1]", "");
	first = digest_of(request);
	set_text(request, "answers[0]", "");
	set_text(request, "answers[1]", "8");
	second = digest_of(request);
	assert_false(same(first, second));
	set_count(request, "answers", 1);
	assert_false(same(digest_of(request), first));
}

/* Closing, joining, withdrawing and confirming have the same bytes for the same call and nothing else. */
static void
same_bytes_under_another_verb_differ(void **state)
{
	static const enum verb verbs[] = {
		VERB_CALL_CLOSE, VERB_CHAIN_JOIN, VERB_CHAIN_WITHDRAW, VERB_CHAIN_CONFIRM, VERB_CHAIN_CHECK};
	struct digest digests[ARRAY_LEN(verbs)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		Request *request = good_request(verbs[i]);
		static union {
			ProtobufCMessage base;
			Gridvanguard__V1__ChainCode only_a_call; /* which is the first field of each */
			Gridvanguard__V1__ChainJoin largest;
		} body;
		const ProtobufCMessageDescriptor *descriptor = request->login->base.descriptor;
		assert_true(descriptor->sizeof_message <= sizeof(body));
		descriptor->message_init(&body.base);
		body.only_a_call.call = UNCONST("7.4242");
		request->chain_code = &body.only_a_call;
		digests[i] = digest_of(request);
		for (size_t j = 0; j < i; j++)
			assert_false(same(digests[i], digests[j]));
	}
	assert_false(same(digest_of(good_request(VERB_CHAIN_WITHDRAW)), digest_of(good_request(VERB_CHAIN_CONFIRM))));
}

/* Digests are kept for a day and compared by any hub, so they may not change from one version to the next: BLAKE2b of the
 * verb's number in the proto and its body (python3: hashlib.blake2b(bytes([50]) + b"\n\x067.4242", digest_size=16)). */
static void
digest_is_that_of_the_hub_before(void **state)
{
	static const uint8_t join[16] = {
		0xfa, 0x05, 0xee, 0x8c, 0x5b, 0x24, 0x7b, 0xcc, 0xd0, 0x50, 0x43, 0xc6, 0xf9, 0x39, 0x74, 0xf3};
	/* Of bytes([46]) and the body of request_call_edit in golden/frames.txt: messages within messages. */
	static const uint8_t edit[16] = {
		0x5a, 0xa5, 0x59, 0x55, 0x1d, 0xfe, 0x48, 0xfc, 0xd6, 0x42, 0xde, 0x94, 0xfb, 0x1e, 0xdf, 0x57};
	Gridvanguard__V1__ChainJoin plain = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request *request = good_request(VERB_CHAIN_JOIN);
	struct digest digest;

	(void)state;
	plain.call = request->chain_join->call;
	request->chain_join = &plain;
	digest = digest_of(request);
	assert_memory_equal(digest.bytes, join, sizeof(join));
	digest = digest_of(good_request(VERB_CALL_EDIT));
	assert_memory_equal(digest.bytes, edit, sizeof(edit));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_request_has_the_same_digest),
		cmocka_unit_test(once_is_not_part_of_it),
		cmocka_unit_test(order_of_fields_does_not_matter),
		cmocka_unit_test(field_written_twice_counts_once),
		cmocka_unit_test(empty_field_is_as_none),
		cmocka_unit_test(place_of_an_unknown_field_does_not_matter),
		cmocka_unit_test(other_body_has_another_digest),
		cmocka_unit_test(bodies_that_only_look_alike_differ),
		cmocka_unit_test(lines_that_only_look_alike_differ),
		cmocka_unit_test(same_bytes_under_another_verb_differ),
		cmocka_unit_test(digest_is_that_of_the_hub_before),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
