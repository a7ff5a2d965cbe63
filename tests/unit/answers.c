/* answers.c - what the hub says, encoded: each piece is a Frame, pieces in a row are one, and each says what was meant. */
#include <stdio.h>
#include <stdlib.h>

#include "answers.h"
#include "evening.h"
#include "requests.h"
#include "unit.h"

/* Compares what a piece says with the text it must be as a Frame, and drops it. */
#define assert_says(piece, expected) check_says((piece), (expected), __FILE__, __LINE__)

static void
check_says(struct piece *piece, const char *expected, const char *file, int line)
{
	struct bytes bytes = bytes_of(piece->bytes, piece->len);
	char *text = render_frame(bytes.data, bytes.len);
	bool same = strcmp(text, expected) == 0;

	if (!same)
		print_error("it says\n%snot\n%s", text, expected);
	assert_int_equal(piece->holders, 1);
	piece_drop(piece);
	free(bytes.data);
	free(text);
	if (!same)
		_fail(file, line);
}

/* The evening's, with a text of two lines. */
static struct call_record
call_record(void)
{
	struct call_record record = evening_call();

	record.body = TEXT("请在群里接龙。\n");
	return record;
}

/* It as text, six blanks in. */
#define CALL_TEXT(confirmed, waiting, lines)                                                                                                \
	"      id: \"7.4242\"\n      state: CALL_STATE_OPEN\n      place: \"140105007004001\"\n      author: "                              \
	"\"3.77\"\n"                                                                                                                        \
	"      posted_ms: 1649761200000\n      deadline_ms: 1649775600000\n      need: 20\n      limit: 28\n"                               \
	"      title: \"紧急招募志愿者发放抗原检测试剂\"\n      body: \"请在群里接龙。\\n\"\n      meeting: \"19:30 " \
	"社区门口\"\n"                                                                                                                  \
	"      confirmed: " #confirmed "\n      waiting: " #waiting "\n      lines: " #lines "\n"

/* The evening, in a tree with gaps. */
static struct view *
make_view(void)
{
	struct call_record record = call_record();
	struct view *view = evening_view(&record);

	tree_add(view->tree, place_of("140105"), TEXT("小店区"));
	tree_add(view->tree, place_of("140105007"), TEXT("龙城街道"));
	tree_add(view->tree, place_of("140105007004001"), TEXT("一网格"));
	return view;
}

/* Answers. */

static void
status_says_how_it_ended_and_what_it_is_about(void **state)
{
	(void)state;
	assert_says(answer_status(7, OK, NULL, 0), "answers {\n  id: 7\n  status: STATUS_OK\n}\n");
	assert_says(answer_status(7, BAD_REQUEST, "rows[17].name", 0),
		"answers {\n  id: 7\n  status: STATUS_BAD_REQUEST\n  field: \"rows[17].name\"\n}\n");
	assert_says(answer_status(ID_NUMBER_MAX, UNAVAILABLE, "disk", 1000),
		"answers {\n  id: 9007199254740991\n  status: STATUS_UNAVAILABLE\n  field: \"disk\"\n  retry_after_ms: "
		"1000\n}\n");
	assert_says(answer_status(0, INTERNAL, "", 0), "answers {\n  status: STATUS_INTERNAL\n}\n");
}

static void
every_status_can_be_answered(void **state)
{
	(void)state;
#define TRY(name, number) \
	assert_says(answer_status(1, name, NULL, 0), "answers {\n  id: 1\n  status: STATUS_" #name "\n}\n");
	STATUS_LIST(TRY)
#undef TRY
}

static void
login_says_who_and_where(void **state)
{
	struct login_result result = {.person = {3, 77},
		.place = place_of("140105007004001"),
		.name = TEXT("王芳"),
		.organisation = TEXT("市第二医院"),
		.now_ms = 1649761200000,
		.pulse_ms = 25000};
	struct login_result new_one = {
		.person = {3, 78}, .name = TEXT(""), .organisation = TEXT(""), .now_ms = 1, .pulse_ms = 1};

	(void)state;
	assert_says(answer_login(7, &result), "answers {\n  id: 7\n  status: STATUS_OK\n  login {\n    person: "
					      "\"3.77\"\n    place: \"140105007004001\"\n"
					      "    name: \"王芳\"\n    organisation: \"市第二医院\"\n    now_ms: "
					      "1649761200000\n    pulse_ms: 25000\n  }\n}\n");
	assert_says(answer_login(7, &new_one), "answers {\n  id: 7\n  status: STATUS_OK\n  login {\n    person: "
					       "\"3.78\"\n    now_ms: 1\n    pulse_ms: 1\n  }\n}\n");
}

/* All 16 cursors, in order; also those that stand at 0. */
static void
cursors_of_all_partitions_are_told(void **state)
{
	uint64_t seq[PARTITIONS];
	struct piece *watch, *pulse;
	Frame *frame;

	(void)state;
	for (size_t i = 0; i < PARTITIONS; i++)
		seq[i] = i * 1000;
	watch = answer_watch(7, "epoch", seq);
	pulse = encode_pulse("epoch", seq);
	frame = gridvanguard__v1__frame__unpack(NULL, watch->len, watch->bytes);
	assert_int_equal(frame->n_answers, 1);
	assert_int_equal(frame->answers[0]->result_case, GRIDVANGUARD__V1__ANSWER__RESULT_WATCH);
	assert_string_equal(frame->answers[0]->watch->epoch, "epoch");
	assert_int_equal(frame->answers[0]->watch->n_cursors, PARTITIONS);
	for (size_t i = 0; i < PARTITIONS; i++) {
		assert_int_equal(frame->answers[0]->watch->cursors[i]->partition, i);
		assert_int_equal(frame->answers[0]->watch->cursors[i]->seq, i * 1000);
	}
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	frame = gridvanguard__v1__frame__unpack(NULL, pulse->len, pulse->bytes);
	assert_non_null(frame->pulse);
	assert_string_equal(frame->pulse->epoch, "epoch");
	assert_int_equal(frame->pulse->n_cursors, PARTITIONS);
	for (size_t i = 0; i < PARTITIONS; i++)
		assert_int_equal(frame->pulse->cursors[i]->seq, i * 1000);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(watch);
	piece_drop(pulse);
}

static void
import_says_what_became_of_each_row(void **state)
{
	static const struct row_refusal refused[] = {{0, "code"}, {17, "parent"}};
	struct import_result result = {
		.added = 3, .changed = 2, .unchanged = 1, .refused = refused, .refused_count = 2};
	struct import_result none = {.added = 1};

	(void)state;
	assert_says(answer_place_import(7, &result), "answers {\n  id: 7\n  status: STATUS_OK\n  place_import {\n    "
						     "added: 3\n    changed: 2\n    unchanged: 1\n"
						     "    refused {\n      field: \"code\"\n    }\n    refused {\n     "
						     " row: 17\n      field: \"parent\"\n    }\n  }\n}\n");
	assert_says(answer_place_import(7, &none),
		"answers {\n  id: 7\n  status: STATUS_OK\n  place_import {\n    added: 1\n  }\n}\n");
}

/* Children are counted one level below, and only those that are known. */
static void
places_are_told_with_their_known_children(void **state)
{
	struct view *view = make_view();
	struct place_node *nodes[] = {tree_find(view->tree, place_of("140105")),
		tree_find(view->tree, place_of("140105007")), tree_find(view->tree, place_of("140105007004001"))};

	(void)state;
	assert_says(answer_place_list(7, nodes, 3, true), "answers {\n  id: 7\n  status: STATUS_OK\n  place_list {\n"
							  "    places {\n      code: \"140105\"\n      name: "
							  "\"小店区\"\n      children: 1\n    }\n"
							  "    places {\n      code: \"140105007\"\n      name: "
							  "\"龙城街道\"\n    }\n" /* the community is not known */
							  "    places {\n      code: \"140105007004001\"\n      name: "
							  "\"一网格\"\n    }\n"
							  "    more: true\n  }\n}\n");
	assert_says(answer_place_list(7, nodes, 0, false),
		"answers {\n  id: 7\n  status: STATUS_OK\n  place_list {\n  }\n}\n");
	view_destroy(view);
}

static void
place_is_shown_with_the_way_down_to_it(void **state)
{
	struct view *view = make_view();

	(void)state;
	assert_says(answer_place_show(7, tree_find(view->tree, place_of("140105007"))),
		"answers {\n  id: 7\n  status: STATUS_OK\n  place_show {\n"
		"    path {\n      code: \"14\"\n    }\n    path {\n      code: \"1401\"\n      children: 1\n    }\n"
		"    path {\n      code: \"140105\"\n      name: \"小店区\"\n      children: 1\n    }\n"
		"    path {\n      code: \"140105007\"\n      name: \"龙城街道\"\n    }\n  }\n}\n");
	assert_says(answer_place_show(7, tree_find(view->tree, place_of("14"))),
		"answers {\n  id: 7\n  status: STATUS_OK\n  place_show {\n    path {\n      code: \"14\"\n    }\n  "
		"}\n}\n");
	view_destroy(view);
}

static void
tallies_are_told_in_a_list_and_alone(void **state)
{
	struct view *view = make_view();
	struct place_node *nodes[] = {
		tree_find(view->tree, place_of("140105")), tree_find(view->tree, place_of("140105007004001001"))};

	(void)state;
	assert_says(answer_tally_list(7, nodes, 2, false),
		"answers {\n  id: 7\n  status: STATUS_OK\n  tally_list {\n"
		"    tallies {\n      place: \"140105\"\n      members: 1\n      calls: 1\n      confirmed: 1\n      "
		"waiting: 1\n    }\n"
		"    tallies {\n      place: \"140105007004001001\"\n    }\n  }\n}\n");
	assert_says(encode_place_tally(nodes[0]),
		"tallies {\n  place: \"140105\"\n  members: 1\n  calls: 1\n  confirmed: 1\n  waiting: 1\n}\n");
	assert_says(encode_call_tally(view_call(view, id_of("7.4242"))),
		"tallies {\n  place: \"140105007004001\"\n  call: \"7.4242\"\n  calls: 1\n  confirmed: 1\n  waiting: "
		"1\n}\n");
	view_destroy(view);
}

static void
members_are_told_by_id_place_and_name(void **state)
{
	struct view *view = make_view();
	struct person *persons[] = {view_person(view, id_of("3.78"))};

	(void)state;
	assert_says(answer_member_list(7, persons, 1, true),
		"answers {\n  id: 7\n  status: STATUS_OK\n  member_list {\n    members {\n      person: \"3.78\"\n"
		"      place: \"140105007004001002\"\n      name: \"王芳\"\n      organisation: \"市第二医院\"\n    }\n"
		"    more: true\n  }\n}\n");
	view_destroy(view);
}

static void
calls_are_told_with_their_numbers(void **state)
{
	struct view *view = make_view();
	struct call *calls[] = {view_call(view, id_of("7.4242"))};
	struct call_record record = call_record();

	(void)state;
	assert_says(answer_call_post(7, id_of("7.4242")),
		"answers {\n  id: 7\n  status: STATUS_OK\n  call_post {\n    call: \"7.4242\"\n  }\n}\n");
	assert_says(answer_call_show(7, &record, &(struct call_numbers){26, 2, 30}),
		"answers {\n  id: 7\n  status: STATUS_OK\n  call_show {\n    call {\n" CALL_TEXT(
			26, 2, 30) "    }\n  }\n}\n");
	assert_says(answer_call_list(7, calls, 1, false),
		"answers {\n  id: 7\n  status: STATUS_OK\n  call_list {\n    calls {\n" CALL_TEXT(
			1, 1, 3) "    }\n  }\n}\n");
	view_destroy(view);
}

static void
chain_answers_carry_number_and_state(void **state)
{
	(void)state;
	assert_says(answer_chain_join(7, OK, 28, LINE_CONFIRMED, 0),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_join {\n    number: 28\n    state: "
		"LINE_STATE_CONFIRMED\n  }\n}\n");
	assert_says(answer_chain_join(7, ALREADY, 29, LINE_WAITING, 0),
		"answers {\n  id: 7\n  status: STATUS_ALREADY\n  chain_join {\n    number: 29\n    state: "
		"LINE_STATE_WAITING\n  }\n}\n");
	assert_says(answer_chain_withdraw(7, 3),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_withdraw {\n    number: 3\n  }\n}\n");
}

/* Of those who are registered; who left has no name any more. */
static void
chain_is_told_with_the_names_of_those_who_are_there(void **state)
{
	struct view *view = make_view();
	struct line_change lines[] = {
		{1, LINE_STRUCK, {3, 77}, place_of("140105007004001001"), 1},
		{2, LINE_CONFIRMED, {3, 78}, place_of("140105007004001002"), 2},
	};

	(void)state;
	assert_says(answer_chain_list(7, view, (struct telling_lines){.full = true}, lines, 2, 2),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_list {\n"
		"    lines {\n      number: 1\n      state: LINE_STATE_STRUCK\n      person: \"3.77\"\n"
		"      place: \"140105007004001001\"\n      joined_ms: 1\n    }\n"
		"    lines {\n      number: 2\n      state: LINE_STATE_CONFIRMED\n      person: \"3.78\"\n      name: "
		"\"王芳\"\n"
		"      place: \"140105007004001002\"\n      joined_ms: 2\n    }\n    more: true\n    after: 2\n  "
		"}\n}\n");
	view_destroy(view);
}

/* Events. */

static void
event_carries_its_place_in_the_log(void **state)
{
	struct view *view = make_view();
	struct line_change line = {2, LINE_CONFIRMED, {3, 78}, place_of("140105007004001002"), 2};
	struct event chain = {.partition = 15,
		.seq = 9007199254740991,
		.at_ms = 1649761202000,
		.kind = EVENT_CHAIN,
		.chain = {.call = {7, 4242}, .lines = &line, .count = 1}};
	struct event places = {.partition = 0,
		.seq = 1,
		.at_ms = 5,
		.kind = EVENT_PLACES,
		.places = {.under = place_of("140105"), .count = 200}};
	struct event country = {.partition = 0, .seq = 2, .at_ms = 5, .kind = EVENT_PLACES, .places = {.count = 1}};

	(void)state;
	assert_says(encode_event(view, &chain),
		"events {\n  partition: 15\n  seq: 9007199254740991\n  at_ms: 1649761202000\n  chain_changed {\n"
		"    call: \"7.4242\"\n    lines {\n      number: 2\n      state: LINE_STATE_CONFIRMED\n      person: "
		"\"3.78\"\n"
		"      name: \"王芳\"\n      place: \"140105007004001002\"\n      joined_ms: 2\n    }\n  }\n}\n");
	assert_says(encode_event(view, &places),
		"events {\n  seq: 1\n  at_ms: 5\n  places_changed {\n    under: \"140105\"\n    count: 200\n  }\n}\n");
	assert_says(encode_event(view, &country),
		"events {\n  seq: 2\n  at_ms: 5\n  places_changed {\n    count: 1\n  }\n}\n");
	view_destroy(view);
}

/* While it is open its numbers are those of the view, which has applied the event; when it was closed, the event's. */
static void
call_event_has_the_numbers_of_the_moment(void **state)
{
	struct view *view = make_view();
	struct event event = {.partition = 7,
		.seq = 5,
		.at_ms = 6,
		.kind = EVENT_CALL,
		.call = {.record = call_record(), .numbers = {99, 98, 97}}};
	struct piece *piece = encode_event(view, &event);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	(void)state;
	assert_int_equal(frame->events[0]->call_changed->call->confirmed, 1);
	assert_int_equal(frame->events[0]->call_changed->call->waiting, 1);
	assert_int_equal(frame->events[0]->call_changed->call->lines, 3);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);

	event.call.record.state = CALL_CLOSED;
	assert_true(view_apply(view, &event));
	piece = encode_event(view, &event);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_int_equal(frame->events[0]->call_changed->call->state, CALL_CLOSED);
	assert_int_equal(frame->events[0]->call_changed->call->confirmed, 99);
	assert_int_equal(frame->events[0]->call_changed->call->waiting, 98);
	assert_int_equal(frame->events[0]->call_changed->call->lines, 97);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	view_destroy(view);
}

static void
nobody_hears_of_a_member(void **state)
{
	struct view *view = make_view();
	struct event event = {.partition = 3,
		.seq = 1,
		.kind = EVENT_MEMBER,
		.member = {.person = {3, 78}, .name = TEXT("王芳"), .organisation = TEXT("")}};

	(void)state;
	assert_null(encode_event(view, &event));
	view_destroy(view);
}

/* Pieces in a row. */

static void
pieces_in_a_row_are_one_frame(void **state)
{
	struct view *view = make_view();
	uint64_t seq[PARTITIONS] = {0};
	struct event event = {
		.partition = 7, .seq = 5, .at_ms = 6, .kind = EVENT_CALL, .call = {.record = call_record()}};
	struct piece *pieces[] = {
		encode_event(view, &event),
		answer_status(1, OK, NULL, 0),
		encode_place_tally(tree_find(view->tree, place_of("14"))),
		answer_chain_join(2, OK, 1, LINE_CONFIRMED, 0),
		encode_call_tally(view_call(view, id_of("7.4242"))),
		encode_event(view, &event),
		encode_pulse("epoch", seq),
	};
	struct buf all = {0};
	Frame *frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		buf_add(&all, pieces[i]->bytes, pieces[i]->len);
		piece_drop(pieces[i]);
	}
	frame = gridvanguard__v1__frame__unpack(NULL, all.len, all.bytes);
	assert_non_null(frame);
	assert_int_equal(frame->n_requests, 0);
	assert_int_equal(frame->n_events, 2);
	assert_int_equal(frame->n_answers, 2);
	assert_int_equal(frame->answers[0]->id, 1);
	assert_int_equal(frame->answers[1]->id, 2);
	assert_int_equal(frame->n_tallies, 2);
	assert_string_equal(frame->tallies[0]->place, "14");
	assert_string_equal(frame->tallies[1]->call, "7.4242");
	assert_int_equal(frame->pulse->n_cursors, PARTITIONS);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	buf_finish(&all);
	view_destroy(view);
}

/* What replaces what. */

static uint64_t
replaced_by_tally_of(struct place place)
{
	struct place_tree *tree = tree_create();
	struct piece *piece = encode_place_tally(tree_reach(tree, place));
	uint64_t replaces = piece->replaces;

	piece_drop(piece);
	tree_destroy(tree);
	return replaces;
}

static uint64_t
replaced_by_tally_of_call(struct id id)
{
	struct call call = {.key = id_key(id), .record = {.id = id, .place = place_of("14")}};
	struct piece *piece = encode_call_tally(&call);
	uint64_t replaces = piece->replaces;

	piece_drop(piece);
	return replaces;
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Hundreds of places, all look-alikes, and calls of which many have the numbers of others: no two have one number. */
static void
tally_replaces_only_that_of_the_same_place_or_call(void **state)
{
	static const char *const codes[] = {"4419", "441900", "4420", "442000", "4604", "460400", "350527", "350527000",
		"350527000000", "350527000000000", "350527000000000000", "99", "999999999999999999", "10"};
	uint64_t numbers[ARRAY_LEN(codes) + PARTITIONS * 4];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		numbers[count++] = replaced_by_tally_of(place_of(codes[i]));
	for (uint8_t partition = 0; partition < PARTITIONS; partition++) {
		numbers[count++] = replaced_by_tally_of_call((struct id){partition, 1});
		numbers[count++] = replaced_by_tally_of_call((struct id){partition, 2});
		numbers[count++] = replaced_by_tally_of_call((struct id){partition, ID_NUMBER_MAX});
		numbers[count++] = replaced_by_tally_of_call((struct id){partition, place_of("10").code >> 10});
	}
	assert_int_equal(count, ARRAY_LEN(numbers));
	qsort(numbers, count, sizeof(*numbers), compare_numbers);
	assert_true(numbers[0] > 0); /* 0 would replace nothing */
	for (size_t i = 1; i < count; i++)
		assert_true(numbers[i - 1] < numbers[i]);
	assert_true(replaced_by_tally_of(place_of("441900")) == replaced_by_tally_of(place_of("441900")));
	assert_true(replaced_by_tally_of_call(id_of("7.1")) == replaced_by_tally_of_call(id_of("7.1")));
}

/* All else is told once and for all. */
static void
answers_events_and_pulses_replace_nothing(void **state)
{
	struct view *view = make_view();
	uint64_t seq[PARTITIONS] = {0};
	struct event event = {.partition = 7, .seq = 5, .kind = EVENT_CALL, .call = {.record = call_record()}};
	struct place_node *node = tree_find(view->tree, place_of("14"));
	struct piece *pieces[] = {answer_status(1, OK, NULL, 0), answer_chain_join(1, OK, 1, LINE_CONFIRMED, 0),
		answer_tally_list(1, &node, 1, false), encode_event(view, &event), encode_pulse("epoch", seq)};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		assert_true(pieces[i]->replaces == 0);
		piece_drop(pieces[i]);
	}
	view_destroy(view);
}

/* Bounds. */

/* 200 items of the longest names: as many of them as a page takes are told, whole, and that there are more. */
static void
long_pages_end_by_their_bytes(void **state)
{
	enum { ITEMS = 200 };
	struct view *view = view_create();
	struct place_node *nodes[ITEMS];
	struct person *persons[ITEMS];
	char name[60 * 3 + 1] = "", code[PLACE_TEXT];
	struct piece *places, *members;
	Frame *frame;

	(void)state;
	for (size_t i = 0; i < 60; i++)
		strcat(name, "名");
	for (unsigned i = 0; i < ITEMS; i++) {
		struct id id = {15, ID_NUMBER_MAX - i};
		snprintf(code, sizeof(code), "140105007004001%03u", i);
		nodes[i] = tree_add(view->tree, place_of(code), text_of(name));
		view_load_member(view, id, place_of(code), text_of(name), text_of(name));
		persons[i] = view_person(view, id);
	}
	places = answer_place_list(7, nodes, ITEMS, false);
	members = answer_member_list(7, persons, ITEMS, false);
	assert_in_range(places->len, PAGE_BYTES / 2, PAGE_BYTES + 1000);
	assert_in_range(members->len, PAGE_BYTES / 2, PAGE_BYTES + 1000);
	frame = gridvanguard__v1__frame__unpack(NULL, places->len, places->bytes);
	assert_in_range(frame->answers[0]->place_list->n_places, 1, ITEMS - 1);
	assert_true(frame->answers[0]->place_list->more);
	assert_string_equal(frame->answers[0]->place_list->places[0]->name, name);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	frame = gridvanguard__v1__frame__unpack(NULL, members->len, members->bytes);
	assert_in_range(frame->answers[0]->member_list->n_members, 1, ITEMS - 1);
	assert_true(frame->answers[0]->member_list->more);
	assert_string_equal(frame->answers[0]->member_list->members[0]->person, "15.9007199254740991");
	assert_string_equal(frame->answers[0]->member_list->members[0]->organisation, name);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(places);
	piece_drop(members);
	view_destroy(view);
}

/* One of each that needs a list beside the piece. */
static struct piece *
make_listing(const struct view *view, size_t which)
{
	struct place_node *node = tree_find(view->tree, place_of("14"));
	struct person *person = view_person(view, id_of("3.78"));
	struct call *call = view_call(view, id_of("7.4242"));
	struct line_change line = {2, LINE_CONFIRMED, {3, 78}, place_of("14"), 2};
	struct event event = {.kind = EVENT_CHAIN, .chain = {.call = {7, 4242}, .lines = &line, .count = 1}};
	struct import_result import = {.added = 1};

	switch (which) {
	case 0:
		return answer_place_list(1, &node, 1, false);
	case 1:
		return answer_tally_list(1, &node, 1, false);
	case 2:
		return answer_member_list(1, &person, 1, false);
	case 3:
		return answer_call_list(1, &call, 1, false);
	case 4:
		return answer_chain_list(1, view, (struct telling_lines){0}, &line, 1, 0);
	case 5:
		return answer_place_import(1, &import);
	default:
		return encode_event(view, &event);
	}
}

static void
without_memory_there_is_no_piece(void **state)
{
	struct view *view = make_view();
	struct piece *piece;

	(void)state;
	memory_runs_out_after(0);
	piece = answer_status(1, OK, NULL, 0);
	memory_is_back();
	assert_null(piece);
	for (size_t which = 0; which < 7; which++) {
		for (unsigned allocations = 0; allocations < 2; allocations++) { /* none; for the list alone */
			memory_runs_out_after(allocations);
			piece = make_listing(view, which);
			memory_is_back();
			assert_null(piece);
		}
	}
	view_destroy(view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_says_how_it_ended_and_what_it_is_about),
		cmocka_unit_test(every_status_can_be_answered),
		cmocka_unit_test(login_says_who_and_where),
		cmocka_unit_test(cursors_of_all_partitions_are_told),
		cmocka_unit_test(import_says_what_became_of_each_row),
		cmocka_unit_test(places_are_told_with_their_known_children),
		cmocka_unit_test(place_is_shown_with_the_way_down_to_it),
		cmocka_unit_test(tallies_are_told_in_a_list_and_alone),
		cmocka_unit_test(members_are_told_by_id_place_and_name),
		cmocka_unit_test(calls_are_told_with_their_numbers),
		cmocka_unit_test(chain_answers_carry_number_and_state),
		cmocka_unit_test(chain_is_told_with_the_names_of_those_who_are_there),
		cmocka_unit_test(event_carries_its_place_in_the_log),
		cmocka_unit_test(call_event_has_the_numbers_of_the_moment),
		cmocka_unit_test(nobody_hears_of_a_member),
		cmocka_unit_test(pieces_in_a_row_are_one_frame),
		cmocka_unit_test(tally_replaces_only_that_of_the_same_place_or_call),
		cmocka_unit_test(answers_events_and_pulses_replace_nothing),
		cmocka_unit_test(long_pages_end_by_their_bytes),
		cmocka_unit_test(without_memory_there_is_no_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
