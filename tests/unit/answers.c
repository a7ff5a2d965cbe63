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

/* Those who came are among those who are confirmed. */
static void
tallies_say_who_came(void **state)
{
	struct call_record record = evening_shifts();
	struct view *view = evening_shifts_view(&record);

	(void)state;
	assert_says(encode_place_tally(tree_find(view->tree, place_of("140105007004001002"))),
		"tallies {\n  place: \"140105007004001002\"\n  members: 1\n  confirmed: 3\n  present: 3\n}\n");
	assert_says(encode_call_tally(view_call(view, id_of("7.4242"))),
		"tallies {\n  place: \"140105007004001\"\n  call: \"7.4242\"\n  calls: 1\n  confirmed: 5\n  waiting: "
		"1\n  present: 3\n}\n");
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
		"      place: \"140105007004001002\"\n      name: \"王芳\"\n      organisation: \"市第二医院\"\n"
		"      kind: MEMBER_KIND_MEMBER\n    }\n    more: true\n  }\n}\n");
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

/* Each slot with its own numbers; questions as they were asked. */
static void
call_is_told_with_slots_and_questions(void **state)
{
	struct call_record record = evening_cancelled();
	struct call_numbers numbers = {8, 1, 9, {{5, 1}, {3, 0}}};
	struct piece *piece = answer_call_show(7, &record, &numbers);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	const Gridvanguard__V1__Call *call = frame->answers[0]->call_show->call;

	(void)state;
	assert_int_equal(call->state, CALL_CANCELLED);
	assert_string_equal(call->bring, "手套");
	assert_string_equal(call->reason, "下雨");
	assert_string_equal(call->thanks, "辛苦了");
	assert_int_equal(call->starts_ms, 1649761200000);
	assert_int_equal(call->ends_ms, 1649775600000);
	assert_int_equal(call->names, GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY);
	assert_int_equal(call->window_minutes, 30);
	assert_int_equal(call->grant_minutes, 120);
	assert_int_equal(call->version, 3);
	assert_int_equal(call->n_slots, 2);
	assert_string_equal(call->slots[0]->label, "早班");
	assert_int_equal(call->slots[0]->starts_ms, 1649761200000);
	assert_int_equal(call->slots[0]->ends_ms, 1649768400000);
	assert_int_equal(call->slots[0]->need, 3);
	assert_int_equal(call->slots[0]->limit, 5);
	assert_int_equal(call->slots[0]->confirmed, 5);
	assert_int_equal(call->slots[0]->waiting, 1);
	assert_string_equal(call->slots[1]->label, "晚班");
	assert_int_equal(call->slots[1]->confirmed, 3);
	assert_int_equal(call->slots[1]->waiting, 0);
	assert_int_equal(call->n_questions, 3);
	assert_int_equal(call->questions[0]->kind, GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER);
	assert_true(call->questions[0]->required);
	assert_string_equal(call->questions[0]->label, "几点能到");
	assert_int_equal(call->questions[0]->n_choices, 0);
	assert_int_equal(call->questions[1]->kind, GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE);
	assert_false(call->questions[1]->required);
	assert_int_equal(call->questions[1]->n_choices, 2);
	assert_string_equal(call->questions[1]->choices[1], "小");
	assert_int_equal(call->questions[2]->kind, GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_TEXT);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
}

static void
edit_says_what_it_changed(void **state)
{
	struct piece *piece = answer_call_edit(7, (1U << CALL_CHANGES) - 1);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	(void)state;
	assert_int_equal(frame->answers[0]->call_edit->n_changed, CALL_CHANGES);
	for (unsigned i = 0; i < CALL_CHANGES; i++)
		assert_string_equal(frame->answers[0]->call_edit->changed[i], call_change_name(i));
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	assert_says(answer_call_edit(7, CALL_CHANGED_LIMIT | CALL_CHANGED_DEADLINE),
		"answers {\n  id: 7\n  status: STATUS_OK\n  call_edit {\n    changed: \"limit\"\n    changed: "
		"\"deadline_ms\"\n  }\n}\n");
	assert_says(answer_call_edit(7, 0), "answers {\n  id: 7\n  status: STATUS_OK\n  call_edit {\n  }\n}\n");
}

static void
sign_ups_are_told_with_their_minutes(void **state)
{
	static const struct sign_up sign_ups[] = {
		{{7, 4242}, 2, LINE_CONFIRMED, 1, 3, 120, 1649761202000}, {{8, 1}, 1, LINE_STRUCK, 0, 1, 0, 5}};

	(void)state;
	assert_says(answer_sign_up_list(7, sign_ups, 2, true, 240),
		"answers {\n  id: 7\n  status: STATUS_OK\n  sign_up_list {\n"
		"    sign_ups {\n      call: \"7.4242\"\n      number: 2\n      state: LINE_STATE_CONFIRMED\n"
		"      slot: 1\n      people: 3\n      granted_minutes: 120\n      joined_ms: 1649761202000\n    }\n"
		"    sign_ups {\n      call: \"8.1\"\n      number: 1\n      state: LINE_STATE_STRUCK\n"
		"      people: 1\n      joined_ms: 5\n    }\n    more: true\n    minutes: 240\n  }\n}\n");
	assert_says(answer_sign_up_list(7, sign_ups, 0, false, 0),
		"answers {\n  id: 7\n  status: STATUS_OK\n  sign_up_list {\n  }\n}\n");
}

static void
chain_answers_carry_number_and_state(void **state)
{
	(void)state;
	assert_says(answer_chain_join(7, OK, 29, LINE_WAITING, 3),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_join {\n    number: 29\n    state: "
		"LINE_STATE_WAITING\n    ahead: 3\n  }\n}\n");
	assert_says(answer_chain_join(7, ALREADY, 30, LINE_OFFERED, 0),
		"answers {\n  id: 7\n  status: STATUS_ALREADY\n  chain_join {\n    number: 30\n    state: "
		"LINE_STATE_OFFERED\n  }\n}\n");
	assert_says(answer_chain_check(7, 2, 0),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_check {\n    number: 2\n  }\n}\n");
	assert_says(answer_chain_check(7, 2, 120),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_check {\n    number: 2\n    granted_minutes: 120\n  "
		"}\n}\n");
	assert_says(answer_chain_code(7, "483920", 1649761260000),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_code {\n    code: \"483920\"\n    until_ms: "
		"1649761260000\n  }\n}\n");
	assert_says(answer_template_list(7, &(struct template_told){place_of("140105"), "值守", NULL}, 1),
		"answers {\n  id: 7\n  status: STATUS_OK\n  template_list {\n    templates {\n      place: \"140105\"\n"
		"      name: \"值守\"\n    }\n  }\n}\n");
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

/* The chain of the shifts as it is told; the caller frees the frame. */
static Frame *
tell_shifts(const struct view *view, struct telling_lines how)
{
	struct piece *piece = answer_chain_list(7, view, how, evening_shift_lines(), EVENING_LINES, 0);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	assert_non_null(frame);
	assert_int_equal(frame->answers[0]->chain_list->n_lines, EVENING_LINES);
	piece_drop(piece);
	return frame;
}

/* What a line says of persons, to people whom it does not concern. */
static void
names_show_as_the_call_wants_it(void **state)
{
	static const struct {
		uint32_t names;
		const char *member, *person, *by, *nameless;
	} cases[] = {
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_UNSPECIFIED, "王芳", "3.78", "3.79", "欧阳建国"},
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL, "王芳", "3.78", "3.79", "欧阳建国"},
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY, "王*", "", "", "欧阳**"},
		{GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE, "", "", "", ""},
	};
	struct call_record record = evening_shifts();
	struct view *view = evening_shifts_view(&record);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Frame *frame = tell_shifts(view, (struct telling_lines){.names = cases[i].names});
		Gridvanguard__V1__Line **lines = frame->answers[0]->chain_list->lines;
		assert_string_equal(lines[0]->name, cases[i].member);
		assert_string_equal(lines[0]->person, cases[i].person);
		assert_string_equal(lines[0]->by, cases[i].by);
		assert_string_equal(lines[1]->name, ""); /* he has left */
		assert_string_equal(lines[2]->name, cases[i].nameless);
		assert_string_equal(lines[2]->person, "");
		for (size_t j = 0; j < EVENING_LINES; j++) {
			assert_string_equal(lines[j]->remark, "");
			assert_int_equal(lines[j]->n_answers, 0);
			assert_int_equal(lines[j]->number, j + 1);
			assert_int_equal(lines[j]->ahead, 0);
		}
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	view_destroy(view);
}

/* To the author, or to him whose lines they are, whatever the call wants others to see. */
static void
line_is_told_in_full_where_it_concerns(void **state)
{
	static const uint32_t ahead[EVENING_LINES] = {0, 0, 4};
	struct call_record record = evening_shifts();
	struct view *view = evening_shifts_view(&record);

	(void)state;
	for (uint32_t names = 0; names <= GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE; names++) {
		Frame *frame = tell_shifts(view, (struct telling_lines){names, true, ahead});
		Gridvanguard__V1__Line **lines = frame->answers[0]->chain_list->lines;
		assert_string_equal(lines[0]->name, "王芳");
		assert_string_equal(lines[0]->person, "3.78");
		assert_string_equal(lines[0]->by, "3.79");
		assert_string_equal(lines[0]->remark, "带小推车");
		assert_int_equal(lines[0]->n_answers, 3);
		assert_string_equal(lines[0]->answers[0], "8");
		assert_string_equal(lines[0]->answers[1], "小");
		assert_string_equal(lines[0]->answers[2], "\"急\"");
		assert_int_equal(lines[0]->slot, 1);
		assert_int_equal(lines[0]->people, 3);
		assert_int_equal(lines[0]->present_ms, 1649761260000);
		assert_int_equal(lines[0]->left_ms, 1649768460000);
		assert_int_equal(lines[0]->granted_minutes, 120);
		assert_int_equal(lines[1]->state, LINE_OFFERED);
		assert_string_equal(lines[1]->person, "4.1");
		assert_int_equal(lines[1]->until_ms, 1649763000000);
		assert_string_equal(lines[2]->name, "欧阳建国");
		assert_string_equal(lines[2]->person, "");
		assert_string_equal(lines[2]->by, "3.78");
		assert_string_equal(lines[2]->remark, "");
		assert_int_equal(lines[2]->n_answers, 1);
		assert_int_equal(lines[2]->ahead, 4);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	view_destroy(view);
}

/* There is more where a number to go on behind is told. */
static void
page_of_a_chain_says_where_to_go_on(void **state)
{
	struct view *view = make_view();
	struct line_change line = {28, LINE_CONFIRMED, {3, 78}, place_of("14"), 2};
	struct telling_lines how = {0};

	(void)state;
	assert_says(answer_chain_list(7, view, how, &line, 0, 0),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_list {\n  }\n}\n");
	/* Of one's own lines there may be none in a page and more behind it. */
	assert_says(answer_chain_list(7, view, how, &line, 0, 200),
		"answers {\n  id: 7\n  status: STATUS_OK\n  chain_list {\n    more: true\n    after: 200\n  }\n}\n");
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
call_event_says_what_changed(void **state)
{
	struct view *view = make_view();
	struct event event = {.partition = 7,
		.seq = 5,
		.kind = EVENT_CALL,
		.call = {.record = call_record(), .changes = CALL_CHANGED_LIMIT | CALL_CHANGED_OVERDUE}};
	struct piece *piece = encode_event(view, &event);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	(void)state;
	assert_int_equal(frame->events[0]->call_changed->n_changed, 2);
	assert_string_equal(frame->events[0]->call_changed->changed[0], "limit");
	assert_string_equal(frame->events[0]->call_changed->changed[1], "overdue");
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	event.call.changes = 0;
	piece = encode_event(view, &event);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_int_equal(frame->events[0]->call_changed->n_changed, 0); /* it was posted */
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	view_destroy(view);
}

/* The event of a chain as clients hear it; the caller frees the frame. */
static Frame *
hear_chain(const struct view *view, const struct event *event)
{
	struct piece *piece = encode_event(view, event);
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);

	assert_non_null(frame);
	piece_drop(piece);
	return frame;
}

/* Everybody hears it who watches: so it says no more than anybody may know. */
static void
chain_event_keeps_remarks_and_answers(void **state)
{
	static const uint32_t shown[] = {GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FULL,
		GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY, GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_NONE};
	static const char *const members[] = {"王芳", "王*", ""}, *const nameless[] = {"欧阳建国", "欧阳**", ""};
	struct event event = {.kind = EVENT_CHAIN,
		.chain = {.call = {7, 4242}, .lines = evening_shift_lines(), .count = EVENING_LINES}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		struct call_record record = evening_shifts();
		struct view *view;
		Frame *frame;
		record.names = shown[i];
		view = evening_shifts_view(&record);
		frame = hear_chain(view, &event);
		for (size_t j = 0; j < EVENING_LINES; j++) {
			const Gridvanguard__V1__Line *line = frame->events[0]->chain_changed->lines[j];
			assert_string_equal(line->remark, "");
			assert_int_equal(line->n_answers, 0);
			assert_string_equal(line->person, i || j == 2 ? "" : j ? "4.1" : "3.78");
		}
		assert_string_equal(frame->events[0]->chain_changed->lines[0]->name, members[i]);
		assert_string_equal(frame->events[0]->chain_changed->lines[2]->name, nameless[i]);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
		view_destroy(view);
	}
}

/* A client that comes back hears of what the view was loaded with: the event has no texts, the view has. */
static void
name_of_somebody_without_account_is_found_in_the_view(void **state)
{
	struct call_record record = evening_call();
	struct view *view = evening_shifts_view(&record), *empty = view_create();
	struct line_change line = evening_shift_lines()[2];
	struct event event = {
		.kind = EVENT_CHAIN, .loaded = true, .chain = {.call = {7, 4242}, .lines = &line, .count = 1}};
	Frame *frame;

	(void)state;
	line.texts = TEXT("");
	frame = hear_chain(view, &event);
	assert_string_equal(frame->events[0]->chain_changed->lines[0]->name, "欧阳建国");
	gridvanguard__v1__frame__free_unpacked(frame, NULL);

	/* Of a call that is not there it is not known how names show. */
	line = evening_shift_lines()[0];
	frame = hear_chain(empty, &event);
	assert_string_equal(frame->events[0]->chain_changed->lines[0]->name, "");
	assert_string_equal(frame->events[0]->chain_changed->lines[0]->person, "");
	assert_string_equal(frame->events[0]->chain_changed->lines[0]->by, "");
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	view_destroy(view);
	view_destroy(empty);
}

static void
chain_event_says_late_and_filled(void **state)
{
	struct view *view = make_view();
	struct event event = {
		.kind = EVENT_CHAIN, .chain = {.call = {7, 4242}, .lines = evening_lines(), .count = EVENING_LINES}};

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		Frame *frame;
		event.chain.late_for = i & 1 ? (struct id){3, 77} : (struct id){0};
		event.chain.filled_at = i & 2 ? place_of("140105007004001") : (struct place){0};
		frame = hear_chain(view, &event);
		assert_int_equal(frame->events[0]->chain_changed->late, i & 1);
		assert_int_equal(frame->events[0]->chain_changed->filled, i >> 1);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
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

/* 200 lines that say all that lines may say: so many of them as a page takes, and the number to go on behind. */
static void
long_page_of_a_chain_goes_on_behind_its_last_line(void **state)
{
	enum { ITEMS = 200 };
	struct view *view = view_create();
	struct line_change lines[ITEMS];
	char texts[20 * 3 + 100 * 3 + 8 * (200 * 3 + 1) + 3] = "";
	struct piece *piece;
	Frame *frame;
	size_t told;

	(void)state;
	for (size_t i = 0; i < 20 + 100 + 8 * 200; i++) {
		if (i == 20 || (i >= 120 && (i - 120) % 200 == 0))
			strcat(texts, "\t");
		strcat(texts, "长");
	}
	for (uint32_t i = 0; i < ITEMS; i++)
		lines[i] = (struct line_change){3 * i + 1, LINE_CONFIRMED, {0}, place_of("140105007004001001"), 1,
			.people = 20, .has_texts = true, .texts = text_of(texts)};
	piece = answer_chain_list(7, view, (struct telling_lines){.full = true}, lines, ITEMS, 0);
	assert_in_range(piece->len, PAGE_BYTES / 2, PAGE_BYTES + 1000);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	told = frame->answers[0]->chain_list->n_lines;
	assert_in_range(told, 1, ITEMS - 1);
	assert_true(frame->answers[0]->chain_list->more);
	assert_int_equal(frame->answers[0]->chain_list->after, lines[told - 1].number);
	assert_int_equal(frame->answers[0]->chain_list->lines[told - 1]->n_answers, 8);
	assert_int_equal(strlen(frame->answers[0]->chain_list->lines[told - 1]->answers[7]), 200 * 3);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	/* What does not concern the reader is not told, and takes no room. */
	piece = answer_chain_list(7, view, (struct telling_lines){.names = 3}, lines, ITEMS, 0);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_int_equal(frame->answers[0]->chain_list->n_lines, ITEMS);
	assert_false(frame->answers[0]->chain_list->more);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
	view_destroy(view);
}

/* The fullest call there is, and 50 of them: one fits a page whatever it says, and a page holds more than one. */
static void
long_page_of_calls_ends_by_its_bytes(void **state)
{
	enum { ITEMS = 50 };
	struct call_record record = evening_cancelled();
	struct call *calls[ITEMS], call = {0};
	char body[2000 * 4 + 1] = "";
	struct piece *piece;
	Frame *frame;

	(void)state;
	for (size_t i = 0; i < 2000; i++)
		strcat(body, "𠀋");
	record.body = text_of(body);
	record.slot_count = SLOTS_MAX;
	for (size_t i = 0; i < SLOTS_MAX; i++)
		record.slots[i] = record.slots[0];
	call.record = record;
	for (size_t i = 0; i < ITEMS; i++)
		calls[i] = &call;
	piece = answer_call_list(7, calls, ITEMS, false);
	assert_in_range(piece->len, PAGE_BYTES / 2, PAGE_BYTES + 1000);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_in_range(frame->answers[0]->call_list->n_calls, 2, ITEMS - 1);
	assert_true(frame->answers[0]->call_list->more);
	assert_int_equal(frame->answers[0]->call_list->calls[0]->n_slots, SLOTS_MAX);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
}

static void
long_page_of_sign_ups_is_told_whole(void **state)
{
	enum { ITEMS = SIGN_UPS_PAGE_MAX };
	struct sign_up sign_ups[ITEMS];
	struct piece *piece;
	Frame *frame;

	(void)state;
	for (size_t i = 0; i < ITEMS; i++)
		sign_ups[i] = (struct sign_up){
			{15, ID_NUMBER_MAX}, UINT32_MAX, LINE_OFFERED, SLOTS_MAX, 20, 720, ID_NUMBER_MAX};
	piece = answer_sign_up_list(7, sign_ups, ITEMS, false, UINT32_MAX);
	frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
	assert_int_equal(frame->answers[0]->sign_up_list->n_sign_ups, ITEMS);
	assert_false(frame->answers[0]->sign_up_list->more);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
	piece_drop(piece);
}

static void
roster_tells_outcomes_and_masked_entries(void **state)
{
	static const struct roster_outcome outcomes[] = {
		{ROSTER_ADDED}, {ROSTER_CHANGED, {"name", NULL, "place"}}, {ROSTER_REFUSED, {"phone"}}};
	static const struct roster_entry entry = {
		TEXT("07aa"), TEXT("138****0000"), TEXT("王芳"), TEXT("第一党支部"), TEXT("140105")};

	(void)state;
	assert_says(answer_roster_import(7, outcomes, 3),
		"answers {\n  id: 7\n  status: STATUS_OK\n  roster_import {\n    rows {\n      outcome: "
		"ROSTER_OUTCOME_ADDED\n    }\n    rows {\n      outcome: ROSTER_OUTCOME_CHANGED\n      fields: "
		"\"name\"\n"
		"      fields: \"place\"\n    }\n    rows {\n      outcome: ROSTER_OUTCOME_REFUSED\n      fields: "
		"\"phone\"\n    }\n  }\n}\n");
	assert_says(answer_roster_list(7, &entry, 1, "8:"),
		"answers {\n  id: 7\n  status: STATUS_OK\n  roster_list {\n    entries {\n      entry: \"07aa\"\n      "
		"phone: "
		"\"138****0000\"\n      name: \"王芳\"\n      organisation: \"第一党支部\"\n      place: \"140105\"\n  "
		"  }\n"
		"    next: \"8:\"\n  }\n}\n");
}

/* As many as may be asked for, each as long as it may be: they fit a page. */
static void
longest_page_of_a_roster_fits(void **state)
{
	struct roster_entry entries[ROSTER_PAGE_MAX];
	char name[20 * 4], organisation[60 * 4];
	struct piece *piece;

	(void)state;
	for (size_t i = 0; i < sizeof(organisation); i += 4)
		memcpy(organisation + i, "𠀋", 4);
	memcpy(name, organisation, sizeof(name));
	for (size_t i = 0; i < ROSTER_PAGE_MAX; i++)
		entries[i] = (struct roster_entry){TEXT("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), TEXT("138****0000"),
			{name, sizeof(name)}, {organisation, sizeof(organisation)}, TEXT("140105007004001001")};
	piece = answer_roster_list(7, entries, ROSTER_PAGE_MAX, "15:");
	assert_true(piece->len <= PAGE_BYTES);
	piece_drop(piece);
}

/* One of each that needs a list beside the piece. */
/* An entry of a pasted chain as long as one may be, of which nobody knows whose it is. */
static const struct plan_entry *
long_entry(void)
{
	static char name[20 * 3 + 1], shown[200 * 3 + 1];
	static struct chain_candidate candidate;
	static struct chain_entry written;
	static struct chain_alternative alternatives[4];
	static struct chain_merged_entry merged;
	static struct plan_entry entry;

	for (name[0] = '\0'; strlen(name) < 60;)
		strcat(name, "王");
	for (shown[0] = '\0'; strlen(shown) < 600;)
		strcat(shown, "王");
	candidate = (struct chain_candidate){text_of(name), {15, ID_NUMBER_MAX}, place_of("140105007004001002")};
	written = (struct chain_entry){.shown = text_of(shown), .people = 20};
	for (size_t i = 0; i < ARRAY_LEN(alternatives); i++)
		alternatives[i] = (struct chain_alternative){
			&written, i + 1 < ARRAY_LEN(alternatives) ? &alternatives[i + 1] : NULL};
	merged = (struct chain_merged_entry){.entry = &written, .alternatives = alternatives, .vanishing = true};
	entry = (struct plan_entry){.merged = &merged,
		.action = PLAN_DOUBTFUL,
		.reason = REASON_AMBIGUOUS,
		.match = {.kind = MATCH_AMBIGUOUS, .count = CHAIN_MATCH_MAX},
		.name = text_of(name),
		.remark = text_of(name)};
	for (size_t i = 0; i < CHAIN_MATCH_MAX; i++)
		entry.match.candidates[i] = &candidate;
	return &entry;
}

static struct piece *
preview_of_long_entries(uint32_t after, uint32_t count)
{
	static struct plan_entry entries[PAGE_MAX];
	struct chain_plan plan = {.call = {7, 4242},
		.call_title = TEXT("消杀"),
		.title = TEXT("消杀"),
		.entries = entries,
		.count = PAGE_MAX};

	for (size_t i = 0; i < PAGE_MAX; i++)
		entries[i] = *long_entry();
	return answer_chat_preview(7, &plan, after, count);
}

/* Page by page all are told, each once. */
static void
long_page_of_a_paste_goes_on_behind_its_last_entry(void **state)
{
	uint32_t after = 0, pages = 0;
	bool more = true;

	(void)state;
	for (; more; pages++) {
		struct piece *piece = preview_of_long_entries(after, PAGE_MAX);
		Frame *frame = gridvanguard__v1__frame__unpack(NULL, piece->len, piece->bytes);
		const Gridvanguard__V1__ChatPreviewResult *result = frame->answers[0]->chat_preview;
		assert_in_range(result->n_entries, 2, PAGE_MAX - 1);
		assert_in_range(piece->len, 2000, PAGE_BYTES + 1000);
		for (size_t i = 0; i < result->n_entries; i++)
			assert_int_equal(result->entries[i]->position, ++after);
		assert_int_equal(result->entries[0]->n_others, 3);
		assert_int_equal(result->entries[0]->n_candidates, CHAIN_MATCH_MAX);
		assert_int_equal(strlen(result->entries[0]->others[2]), 600);
		more = result->more;
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
		piece_drop(piece);
	}
	assert_int_equal(after, PAGE_MAX);
	assert_true(pages > 2);
}

static struct piece *
make_listing(const struct view *view, size_t which)
{
	struct place_node *node = tree_find(view->tree, place_of("14"));
	struct person *person = view_person(view, id_of("3.78"));
	struct call *call = view_call(view, id_of("7.4242"));
	struct line_change line = {2, LINE_CONFIRMED, {3, 78}, place_of("14"), 2};
	struct event event = {.kind = EVENT_CHAIN, .chain = {.call = {7, 4242}, .lines = &line, .count = 1}};
	struct import_result import = {.added = 1};
	struct sign_up sign_up = {.call = {7, 4242}};
	struct roster_outcome outcome = {ROSTER_ADDED};
	struct roster_entry entry = {.name = TEXT("王芳")};

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
	case 6:
		return answer_sign_up_list(1, &sign_up, 1, false, 0);
	case 7:
		return answer_roster_import(1, &outcome, 1);
	case 8:
		return answer_roster_list(1, &entry, 1, "");
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
	for (size_t which = 0; which < 10; which++) {
		for (unsigned allocations = 0; allocations < 2; allocations++) { /* none; for the list alone */
			memory_runs_out_after(allocations);
			piece = make_listing(view, which);
			memory_is_back();
			assert_null(piece);
		}
	}
	view_destroy(view);
}

/* One of each that cuts packed texts for a while. */
static struct piece *
make_of_texts(const struct view *view, size_t which)
{
	struct call_record record = evening_cancelled();
	struct call call = {.record = record}, *calls[] = {&call};
	struct event event = {.kind = EVENT_CALL, .call = {.record = record}};
	struct event chain = {.kind = EVENT_CHAIN,
		.chain = {.call = {7, 4242}, .lines = evening_shift_lines(), .count = EVENING_LINES}};

	switch (which) {
	case 0:
		return answer_call_show(1, &record, &call.numbers);
	case 1:
		return answer_call_list(1, calls, 1, false);
	case 2:
		return answer_chain_list(
			1, view, (struct telling_lines){.full = true}, evening_shift_lines(), EVENING_LINES, 0);
	case 3:
		return encode_event(view, &event);
	case 4:
		return preview_of_long_entries(0, 1);
	default:
		return encode_event(view, &chain);
	}
}

/* Wherever memory ends on the way there is no piece, and nothing is left behind, as the sanitizer sees. */
static void
without_memory_for_texts_there_is_no_piece(void **state)
{
	struct call_record record = evening_shifts();
	struct view *view = evening_shifts_view(&record);

	(void)state;
	for (size_t which = 0; which < 6; which++) {
		struct piece *piece = NULL;
		unsigned allocations = 0;
		for (; !piece && allocations < 20; allocations++) {
			memory_runs_out_after(allocations);
			piece = make_of_texts(view, which);
			memory_is_back();
		}
		assert_in_range(allocations, 3, 19);
		piece_drop(piece);
		/* Nor one that says less than it should. */
		for (unsigned failing = 0; failing < allocations - 1; failing++) {
			memory_fails_once_after(failing);
			piece = make_of_texts(view, which);
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
		cmocka_unit_test(tallies_say_who_came),
		cmocka_unit_test(members_are_told_by_id_place_and_name),
		cmocka_unit_test(calls_are_told_with_their_numbers),
		cmocka_unit_test(call_is_told_with_slots_and_questions),
		cmocka_unit_test(edit_says_what_it_changed),
		cmocka_unit_test(sign_ups_are_told_with_their_minutes),
		cmocka_unit_test(roster_tells_outcomes_and_masked_entries),
		cmocka_unit_test(longest_page_of_a_roster_fits),
		cmocka_unit_test(chain_answers_carry_number_and_state),
		cmocka_unit_test(chain_is_told_with_the_names_of_those_who_are_there),
		cmocka_unit_test(names_show_as_the_call_wants_it),
		cmocka_unit_test(line_is_told_in_full_where_it_concerns),
		cmocka_unit_test(page_of_a_chain_says_where_to_go_on),
		cmocka_unit_test(event_carries_its_place_in_the_log),
		cmocka_unit_test(call_event_has_the_numbers_of_the_moment),
		cmocka_unit_test(call_event_says_what_changed),
		cmocka_unit_test(chain_event_keeps_remarks_and_answers),
		cmocka_unit_test(name_of_somebody_without_account_is_found_in_the_view),
		cmocka_unit_test(chain_event_says_late_and_filled),
		cmocka_unit_test(nobody_hears_of_a_member),
		cmocka_unit_test(pieces_in_a_row_are_one_frame),
		cmocka_unit_test(tally_replaces_only_that_of_the_same_place_or_call),
		cmocka_unit_test(answers_events_and_pulses_replace_nothing),
		cmocka_unit_test(long_pages_end_by_their_bytes),
		cmocka_unit_test(long_page_of_a_chain_goes_on_behind_its_last_line),
		cmocka_unit_test(long_page_of_calls_ends_by_its_bytes),
		cmocka_unit_test(long_page_of_sign_ups_is_told_whole),
		cmocka_unit_test(long_page_of_a_paste_goes_on_behind_its_last_entry),
		cmocka_unit_test(without_memory_there_is_no_piece),
		cmocka_unit_test(without_memory_for_texts_there_is_no_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
