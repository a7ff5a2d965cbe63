/* view.c - what a hub knows, kept by events: told by examples, then held against a model that counts from lists. */
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "unit.h"
#include "view.h"

/* Events as the feed would make them; each takes the next number of its log. */

struct log {
	uint64_t seq[PARTITIONS];
};

static struct event
next_event(struct log *log, uint8_t partition, enum event_kind kind)
{
	return (struct event){
		.partition = partition, .seq = ++log->seq[partition], .at_ms = 1649761200000, .kind = kind};
}

static struct event
place_event(struct log *log, const struct named_place *item)
{
	struct event event = next_event(log, place_partition(item->place), EVENT_PLACES);

	event.places.under = place_parent(item->place);
	event.places.items = item;
	event.places.count = 1;
	return event;
}

static struct event
member_event(struct log *log, struct id person, struct place place, struct text name, struct text organisation)
{
	struct event event = next_event(log, person.partition, EVENT_MEMBER);

	event.member.person = person;
	event.member.place = place;
	event.member.name = name;
	event.member.organisation = organisation;
	return event;
}

static struct event
call_event(struct log *log, struct id call, struct place place, enum call_state state)
{
	struct event event = next_event(log, call.partition, EVENT_CALL);

	event.call.record = (struct call_record){
		.id = call,
		.state = state,
		.place = place,
		.author = {3, 1},
		.title = TEXT("紧急招募志愿者"),
		.body = TEXT("发放抗原检测试剂"),
		.meeting = TEXT(""),
	};
	return event;
}

static struct event
chain_event(struct log *log, struct id call, const struct line_change *lines, size_t count)
{
	struct event event = next_event(log, call.partition, EVENT_CHAIN);

	event.chain.call = call;
	event.chain.lines = lines;
	event.chain.count = count;
	return event;
}

/* A small world: one view and its logs. */

struct world {
	struct view *view;
	struct log log;
};

static void
world_init(struct world *w)
{
	*w = (struct world){.view = view_create()};
}

static void
add_place(struct world *w, const char *code, const char *name)
{
	struct named_place item = {place_of(code), text_of(name)};
	struct event event = place_event(&w->log, &item);

	assert_true(view_apply(w->view, &event));
}

static void
settle(struct world *w, const char *person, const char *place, const char *name)
{
	struct event event = member_event(&w->log, id_of(person), place_of(place), text_of(name), TEXT("市第二医院"));

	assert_true(view_apply(w->view, &event));
}

static void
leave(struct world *w, const char *person)
{
	struct event event = member_event(&w->log, id_of(person), (struct place){0}, TEXT(""), TEXT(""));

	assert_true(view_apply(w->view, &event));
}

static void
set_call(struct world *w, const char *call, const char *place, enum call_state state)
{
	struct event event = call_event(&w->log, id_of(call), place_of(place), state);

	assert_true(view_apply(w->view, &event));
}

static void
put_line(struct world *w, const char *call, struct line_change line)
{
	struct event event = chain_event(&w->log, id_of(call), &line, 1);

	assert_true(view_apply(w->view, &event));
}

/* A line for one, whose person is 3 and its number. */
static void
set_line(struct world *w, const char *call, uint32_t number, const char *place, enum line_state state)
{
	put_line(w, call,
		(struct line_change){number, state, {3, number}, place_of(place), 1649761200000 + number, .people = 1});
}

/* Shifts of an open call, in hours from midnight; 0: not said. */
struct shift {
	uint32_t starts;
	uint32_t ends;
};

#define HOUR_MS UINT64_C(3600000)

/* A call at those hours: its own, and with any those of its slots. */
static void
set_shifts(struct world *w, const char *call, struct shift own, const struct shift *slots, uint32_t count)
{
	struct event event = call_event(&w->log, id_of(call), place_of("140105007004001"), CALL_OPEN);
	struct call_record *record = &event.call.record;

	record->starts_ms = own.starts * HOUR_MS;
	record->ends_ms = own.ends * HOUR_MS;
	record->slot_count = count;
	for (uint32_t i = 0; i < count; i++)
		record->slots[i] = (struct slot){
			TEXT("班"), .starts_ms = slots[i].starts * HOUR_MS, .ends_ms = slots[i].ends * HOUR_MS};
	assert_true(view_apply(w->view, &event));
}

#define assert_tally(w, code, ...) check_tally((w), (code), (struct tally){__VA_ARGS__}, __FILE__, __LINE__)

static void
check_tally(struct world *w, const char *code, struct tally expected, const char *file, int line)
{
	const struct place_node *node = tree_find(w->view->tree, place_of(code));
	struct tally tally = node ? node->tally : (struct tally){0};

	if (memcmp(&tally, &expected, sizeof(tally)) == 0)
		return;
	print_error("%s has %u members, %u calls, %u confirmed, %u waiting, %u present\n", code, tally.members,
		tally.calls, tally.confirmed, tally.waiting, tally.present);
	_fail(file, line);
}

/* Members. */

static void
member_counts_where_he_lives_and_above(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	settle(&w, "3.1", "140105007004001", "王芳");
	settle(&w, "3.2", "140105007004001002", "李强");
	assert_tally(&w, "140105007004001002", .members = 1);
	assert_tally(&w, "140105007004001", .members = 2);
	assert_tally(&w, "140105007004", .members = 2);
	assert_tally(&w, "14", .members = 2);
	assert_string_equal(view_person(w.view, id_of("3.1"))->name, "王芳");
	assert_string_equal(view_person(w.view, id_of("3.1"))->organisation, "市第二医院");
	assert_place(view_place_of(w.view, id_of("3.2")), "140105007004001002");
	assert_null(view_person(w.view, id_of("3.3")));
	assert_true(place_is_none(view_place_of(w.view, id_of("3.3"))));
	view_destroy(w.view);
}

static void
member_who_moves_counts_where_he_is_now(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	settle(&w, "3.1", "140105007004001", "王芳");
	settle(&w, "3.1", "140105007004002", "王芳"); /* next door */
	assert_tally(&w, "140105007004001", .members = 0);
	assert_tally(&w, "140105007004002", .members = 1);
	assert_tally(&w, "140105007004", .members = 1);
	settle(&w, "3.1", "140106004009001", "王芳"); /* to another district */
	assert_tally(&w, "140105007004002", .members = 0);
	assert_tally(&w, "140105", .members = 0);
	assert_tally(&w, "140106", .members = 1);
	assert_tally(&w, "1401", .members = 1);
	view_destroy(w.view);
}

static void
member_who_leaves_counts_nowhere(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	settle(&w, "3.1", "140105007004001", "王芳");
	settle(&w, "3.2", "140105007004001", "李强");
	leave(&w, "3.1");
	leave(&w, "3.9"); /* was never here */
	assert_tally(&w, "140105007004001", .members = 1);
	assert_tally(&w, "14", .members = 1);
	assert_null(view_person(w.view, id_of("3.1")));
	settle(&w, "3.1", "140105007004001", "王芳");
	assert_tally(&w, "14", .members = 2);
	view_destroy(w.view);
}

static void
new_name_changes_no_tally(void **state)
{
	struct world w;
	char name[] = "王芳芳";
	struct person *person;

	(void)state;
	world_init(&w);
	settle(&w, "3.1", "140105007004001", "王芳");
	person = view_person(w.view, id_of("3.1"));
	settle(&w, "3.1", "140105007004001", name);
	memset(name, 'x', sizeof(name) - 1); /* it was copied */
	assert_ptr_equal(view_person(w.view, id_of("3.1")), person);
	assert_string_equal(person->name, "王芳芳");
	assert_tally(&w, "140105007004001", .members = 1);
	view_destroy(w.view);
}

/* Calls and chains. */

static void
line_counts_by_its_state(void **state)
{
	struct world w;
	struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	call = view_call(w.view, id_of("7.1"));
	set_line(&w, "7.1", 1, "140105007004001001", LINE_CONFIRMED);
	set_line(&w, "7.1", 2, "140105007004001002", LINE_CONFIRMED);
	set_line(&w, "7.1", 3, "140105007004001", LINE_WAITING);
	assert_tally(&w, "140105007004001001", .confirmed = 1);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 2, .waiting = 1);
	set_line(&w, "7.1", 1, "140105007004001001", LINE_STRUCK);
	set_line(&w, "7.1", 3, "140105007004001", LINE_CONFIRMED); /* the freed place */
	assert_tally(&w, "140105007004001001", .confirmed = 0);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 2);
	assert_tally(&w, "14", .calls = 1, .confirmed = 2);
	assert_int_equal(call->numbers.confirmed, 2);
	assert_int_equal(call->numbers.waiting, 0);
	assert_int_equal(call->line_count, 3);
	assert_int_equal(call->lines[0].is.state, LINE_STRUCK);
	assert_int_equal(call->lines[2].is.state, LINE_CONFIRMED);
	assert_true(id_equal(call->lines[2].is.person, (struct id){3, 3}));
	assert_int_equal(call->lines[2].is.joined_ms, 1649761200003);
	view_destroy(w.view);
}

static void
people_on_a_line_count_each(void **state)
{
	struct world w;
	struct line_change line = {1, LINE_CONFIRMED, {3, 1}, place_of("140105007004001001"), 1, .people = 20};
	struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	call = view_call(w.view, id_of("7.1"));
	put_line(&w, "7.1", line);
	set_line(&w, "7.1", 2, "140105007004001002", LINE_CONFIRMED);
	assert_tally(&w, "140105007004001001", .confirmed = 20);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 21);
	assert_int_equal(call->numbers.confirmed, 21);
	assert_int_equal(call->numbers.lines, 2);
	line.state = LINE_WAITING;
	line.people = 3; /* as if it had been read again */
	put_line(&w, "7.1", line);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 1, .waiting = 3);
	assert_int_equal(call->numbers.confirmed, 1);
	assert_int_equal(call->numbers.waiting, 3);
	view_destroy(w.view);
}

/* It was promoted, and keeps its place until it is confirmed or struck. */
static void
offered_line_counts_as_a_confirmed_one(void **state)
{
	struct world w;
	struct line_change line = {1, LINE_OFFERED, {3, 1}, place_of("140105007004001"), 1, .people = 2};

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	line.until_ms = 1649761800000;
	put_line(&w, "7.1", line);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 2);
	assert_int_equal(view_call(w.view, id_of("7.1"))->numbers.confirmed, 2);
	assert_int_equal(view_call(w.view, id_of("7.1"))->lines[0].is.until_ms, 1649761800000);
	line.state = LINE_CONFIRMED;
	line.until_ms = 0;
	put_line(&w, "7.1", line);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 2);
	line.state = LINE_STRUCK;
	put_line(&w, "7.1", line);
	assert_tally(&w, "140105007004001", .calls = 1);
	view_destroy(w.view);
}

/* From when he is checked in; also when he has left again, for he came. */
static void
who_came_is_present_while_his_line_is_live(void **state)
{
	struct world w;
	struct line_change line = {1, LINE_CONFIRMED, {3, 1}, place_of("140105007004001001"), 1, .people = 3};
	struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	call = view_call(w.view, id_of("7.1"));
	put_line(&w, "7.1", line);
	assert_int_equal(call->present, 0);
	line.present_ms = 1649761200000;
	put_line(&w, "7.1", line);
	assert_tally(&w, "140105007004001001", .confirmed = 3, .present = 3);
	assert_tally(&w, "14", .calls = 1, .confirmed = 3, .present = 3);
	assert_int_equal(call->present, 3);
	line.left_ms = 1649764800000;
	line.granted_minutes = 60;
	put_line(&w, "7.1", line);
	assert_tally(&w, "14", .calls = 1, .confirmed = 3, .present = 3);
	line.state = LINE_STRUCK;
	put_line(&w, "7.1", line);
	assert_tally(&w, "14", .calls = 1);
	assert_int_equal(call->present, 0);
	line.state = LINE_CONFIRMED;
	put_line(&w, "7.1", line);
	set_call(&w, "7.1", "140105007004001", CALL_CLOSED);
	assert_tally(&w, "14", .calls = 0);
	view_destroy(w.view);
}

static void
each_slot_counts_its_own_lines(void **state)
{
	static const struct shift slots[] = {{8, 12}, {12, 16}, {16, 20}};
	struct world w;
	struct line_change line = {1, LINE_CONFIRMED, {3, 1}, place_of("140105007004001"), 1, .slot = 1, .people = 2};
	struct call *call;

	(void)state;
	world_init(&w);
	set_shifts(&w, "7.1", (struct shift){0}, slots, ARRAY_LEN(slots));
	call = view_call(w.view, id_of("7.1"));
	put_line(&w, "7.1", line);
	line.number = 2;
	line.state = LINE_WAITING;
	put_line(&w, "7.1", line);
	line.number = 3;
	line.slot = 3;
	line.people = 1;
	put_line(&w, "7.1", line);
	line.number = 4;
	line.state = LINE_OFFERED;
	put_line(&w, "7.1", line);
	assert_int_equal(call->numbers.slots[0].confirmed, 2);
	assert_int_equal(call->numbers.slots[0].waiting, 2);
	assert_int_equal(call->numbers.slots[1].confirmed, 0);
	assert_int_equal(call->numbers.slots[1].waiting, 0);
	assert_int_equal(call->numbers.slots[2].confirmed, 1);
	assert_int_equal(call->numbers.slots[2].waiting, 1);
	assert_int_equal(call->numbers.confirmed, 3);
	assert_int_equal(call->numbers.waiting, 3);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 3, .waiting = 3);
	line.state = LINE_STRUCK;
	put_line(&w, "7.1", line);
	assert_int_equal(call->numbers.slots[2].confirmed, 0);
	assert_int_equal(call->numbers.confirmed, 2);
	view_destroy(w.view);
}

/* A page of lines may come with holes, which are no lines yet. */
static void
line_not_heard_of_yet_counts_nowhere(void **state)
{
	struct world w;
	struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	set_line(&w, "7.1", 5, "140105007004001", LINE_CONFIRMED);
	call = view_call(w.view, id_of("7.1"));
	assert_int_equal(call->line_count, 5);
	assert_int_equal(call->numbers.lines, 5);
	assert_int_equal(call->lines[3].is.number, 4);
	assert_int_equal(call->lines[3].is.state, LINE_NONE);
	assert_null(call->lines[3].at);
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 1);
	view_destroy(w.view);
}

/* They are written once, when somebody joins; what is told of the line later may come without them. */
static void
texts_of_a_line_stay_with_it(void **state)
{
	struct world w;
	char said[] = "王建国\t带小推车\t8";
	struct line_change line = {1, LINE_WAITING, {3, 1}, place_of("140105007004001"), 1, .people = 1};
	const struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	line.has_texts = true;
	line.texts = text_of(said);
	put_line(&w, "7.1", line);
	memset(said, 'x', sizeof(said) - 1); /* they were copied */
	call = view_call(w.view, id_of("7.1"));
	assert_text(call->lines[0].is.texts, "王建国\t带小推车\t8");
	assert_string_equal(call->lines[0].is.texts.data, "王建国\t带小推车\t8"); /* with its NUL */
	line.state = LINE_CONFIRMED;
	line.texts = TEXT("");
	put_line(&w, "7.1", line);
	assert_text(call->lines[0].is.texts, "王建国\t带小推车\t8");
	assert_int_equal(call->text_count, 1);
	set_line(&w, "7.1", 2, "140105007004001", LINE_WAITING);
	assert_int_equal(call->text_count, 1);
	assert_int_equal(call->lines[1].is.texts.len, 0);
	view_destroy(w.view);
}

/* Loading brings lines first, and their texts behind them; once more does no harm. */
static void
texts_are_loaded_behind_their_lines(void **state)
{
	struct call_record record = {.id = {7, 1}, .state = CALL_OPEN, .place = place_of("140105")};
	struct line_change line = {2, LINE_CONFIRMED, {3, 1}, place_of("140105007004001"), 1, .people = 1};
	struct view *view = view_create();
	struct call *call = view_load_call(view, &record);

	(void)state;
	line.has_texts = true;
	line.texts = TEXT("");
	view_load_line(view, call, &line);
	assert_int_equal(call->text_count, 1);
	view_load_texts(call, 2, TEXT("\t晚到"));
	assert_text(call->lines[1].is.texts, "\t晚到");
	view_load_texts(call, 2, TEXT("\t晚到十分钟"));
	assert_text(call->lines[1].is.texts, "\t晚到十分钟");
	view_load_texts(call, 0, TEXT("x")); /* of lines that are not there */
	view_load_texts(call, 3, TEXT("x"));
	assert_int_equal(call->line_count, 2);
	assert_int_equal(call->lines[0].is.texts.len, 0);
	view_destroy(view);
}

/* A view forgets the chain of a closed call; the event that reopens it brings all of it. */
static void
reopened_call_comes_with_its_chain(void **state)
{
	const struct line_change lines[] = {
		{1, LINE_STRUCK, {3, 1}, place_of("140105007004001"), 1, .people = 1},
		{2, LINE_CONFIRMED, {3, 2}, place_of("140105007004001"), 2, .people = 4, .has_texts = true,
			.texts = TEXT("王建国\t")},
		{3, LINE_WAITING, {3, 3}, place_of("140105007004001"), 3, .people = 2},
	};
	struct world w;
	struct event event;
	const struct call *call;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	set_line(&w, "7.1", 1, "140105007004001", LINE_CONFIRMED);
	set_call(&w, "7.1", "140105007004001", CALL_CLOSED);
	assert_null(view_call(w.view, id_of("7.1")));
	assert_tally(&w, "140105007004001", .calls = 0);
	event = call_event(&w.log, id_of("7.1"), place_of("140105007004001"), CALL_OPEN);
	event.call.changes = CALL_CHANGED_STATE;
	event.call.lines = lines;
	event.call.line_count = ARRAY_LEN(lines);
	assert_true(view_apply(w.view, &event));
	call = view_call(w.view, id_of("7.1"));
	assert_int_equal(call->line_count, 3);
	assert_int_equal(call->numbers.confirmed, 4);
	assert_int_equal(call->numbers.waiting, 2);
	assert_text(call->lines[1].is.texts, "王建国\t");
	assert_tally(&w, "140105007004001", .calls = 1, .confirmed = 4, .waiting = 2);
	view_destroy(w.view);
}

static void
closed_call_takes_its_figures_with_it(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "140105007004001", CALL_OPEN);
	set_call(&w, "7.2", "140105", CALL_OPEN);
	set_line(&w, "7.1", 1, "140105007004001001", LINE_CONFIRMED);
	set_line(&w, "7.1", 2, "140105007004001001", LINE_WAITING);
	set_line(&w, "7.2", 1, "140105007004001001", LINE_CONFIRMED);
	set_call(&w, "7.1", "140105007004001", CALL_CLOSED);
	assert_null(view_call(w.view, id_of("7.1")));
	assert_tally(&w, "140105007004001001", .confirmed = 1); /* the other call's */
	assert_tally(&w, "140105007004001", .confirmed = 1);
	assert_tally(&w, "140105", .calls = 1, .confirmed = 1);
	set_line(&w, "7.1", 3, "140105007004001001", LINE_CONFIRMED); /* of no interest any more */
	assert_tally(&w, "140105007004001001", .confirmed = 1);
	assert_int_equal(w.view->call_count, 1);
	set_call(&w, "7.2", "140105", CALL_CANCELLED); /* the same */
	assert_tally(&w, "140105", .confirmed = 0);
	assert_null(view_call(w.view, id_of("7.2")));
	set_call(&w, "7.2", "140105", CALL_OPEN);
	set_line(&w, "7.2", 1, "140105007004001001", LINE_CONFIRMED);
	set_call(&w, "7.9", "140105", CALL_CLOSED); /* was never seen open */
	assert_tally(&w, "140105", .calls = 1, .confirmed = 1);
	view_destroy(w.view);
}

static void
call_keeps_copies_of_its_texts(void **state)
{
	struct world w;
	char title[] = "接龙", label[] = "早班";
	struct event event;
	struct call *call;

	(void)state;
	world_init(&w);
	event = call_event(&w.log, id_of("7.1"), place_of("1401"), CALL_OPEN);
	event.call.record.title = text_of(title);
	assert_true(view_apply(w.view, &event));
	memset(title, 'x', sizeof(title) - 1);
	call = view_call(w.view, id_of("7.1"));
	assert_text(call->record.title, "接龙");
	assert_string_equal(call->record.title.data, "接龙"); /* with its NUL */
	assert_string_equal(call->record.body.data, "发放抗原检测试剂");
	assert_string_equal(call->record.meeting.data, "");
	event.seq = ++w.log.seq[7];
	event.call.record.slot_count = SLOTS_MAX;
	for (size_t i = 0; i < SLOTS_MAX; i++)
		event.call.record.slots[i].label = text_of(label);
	event.call.record.questions = TEXT("1\t0\t几点能到");
	event.call.record.thanks = TEXT("辛苦了");
	event.call.record.title = TEXT("接龙(改)");
	assert_true(view_apply(w.view, &event));
	assert_ptr_equal(view_call(w.view, id_of("7.1")), call);
	memset(label, 'x', sizeof(label) - 1);
	assert_string_equal(call->record.title.data, "接龙(改)");
	assert_string_equal(call->record.questions.data, "1\t0\t几点能到");
	assert_string_equal(call->record.thanks.data, "辛苦了");
	assert_string_equal(call->record.reason.data, ""); /* which the event does not have at all */
	for (size_t i = 0; i < SLOTS_MAX; i++)
		assert_string_equal(call->record.slots[i].label.data, "早班");
	assert_tally(&w, "1401", .calls = 1);
	view_destroy(w.view);
}

/* Who is in front, what is at the same time. */

static void
ahead_are_those_who_wait_for_the_same_slot(void **state)
{
	static const struct {
		enum line_state state;
		uint32_t slot;
		uint32_t ahead;
	} chain[] = {{LINE_CONFIRMED, 1, 0}, {LINE_WAITING, 1, 0}, {LINE_WAITING, 2, 0}, {LINE_STRUCK, 1, 0},
		{LINE_WAITING, 1, 1}, {LINE_OFFERED, 2, 0}, {LINE_WAITING, 2, 1}, {LINE_WAITING, 1, 2}};
	static const struct shift slots[] = {{8, 12}, {12, 16}};
	struct world w;
	const struct call *call;

	(void)state;
	world_init(&w);
	set_shifts(&w, "7.1", (struct shift){0}, slots, ARRAY_LEN(slots));
	for (uint32_t i = 0; i < ARRAY_LEN(chain); i++)
		put_line(&w, "7.1",
			(struct line_change){i + 1, chain[i].state, {3, i + 1}, place_of("140105007004001"), i,
				.slot = chain[i].slot, .people = 5});
	call = view_call(w.view, id_of("7.1"));
	for (uint32_t i = 0; i < ARRAY_LEN(chain); i++)
		if (chain[i].state == LINE_WAITING)
			assert_int_equal(view_ahead_of(call, &call->lines[i]), chain[i].ahead);
	view_destroy(w.view);
}

/* He is in one call at some hours and would join another at others. */
static void
shifts_clash_where_their_times_overlap(void **state)
{
	static const struct {
		struct shift has, wants;
		bool clash;
	} cases[] = {
		{{8, 12}, {8, 12}, true}, {{8, 12}, {11, 13}, true}, {{11, 13}, {8, 12}, true},
		{{8, 18}, {9, 10}, true}, {{9, 10}, {8, 18}, true},
		{{8, 12}, {12, 14}, false}, /* one after the other */
		{{12, 14}, {8, 12}, false}, {{8, 9}, {14, 15}, false},
		{{8, 0}, {8, 9}, true}, /* it lasts an hour where its end is not said */
		{{8, 0}, {9, 10}, false}, {{9, 10}, {8, 0}, false}, {{8, 10}, {9, 0}, true},
		{{0, 0}, {0, 0}, false}, /* nobody said when */
		{{8, 12}, {0, 0}, false}, {{0, 0}, {8, 12}, false},
		{{0, 12}, {8, 9}, false}, /* nor with an end alone */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct world w;
		const struct call *found;
		world_init(&w);
		set_shifts(&w, "7.1", cases[i].has, NULL, 0);
		set_shifts(&w, "7.2", cases[i].wants, NULL, 0);
		set_line(&w, "7.1", 1, "140105007004001", LINE_CONFIRMED); /* of 3.1 */
		found = view_clash(w.view, id_of("3.1"), view_call(w.view, id_of("7.2")), 0);
		if (found != (cases[i].clash ? view_call(w.view, id_of("7.1")) : NULL))
			fail_msg("case %zu", i);
		assert_null(view_clash(w.view, id_of("3.2"), view_call(w.view, id_of("7.2")), 0)); /* another's */
		set_line(&w, "7.1", 1, "140105007004001", LINE_STRUCK);
		assert_null(view_clash(w.view, id_of("3.1"), view_call(w.view, id_of("7.2")), 0));
		view_destroy(w.view);
	}
}

/* Of a call with slots the slots count, not what it says itself; two of them may clash as well. */
static void
slots_clash_each_for_itself(void **state)
{
	static const struct shift slots[] = {{8, 12}, {11, 15}, {15, 18}};
	struct line_change line = {1, LINE_WAITING, {3, 77}, place_of("140105007004001"), 1, .slot = 1, .people = 1};
	struct world w;
	const struct call *shifts, *whole_day;

	(void)state;
	world_init(&w);
	set_shifts(&w, "7.1", (struct shift){1, 23}, slots, ARRAY_LEN(slots));
	set_shifts(&w, "7.2", (struct shift){12, 14}, NULL, 0);
	put_line(&w, "7.1", line);
	shifts = view_call(w.view, id_of("7.1"));
	whole_day = view_call(w.view, id_of("7.2"));
	assert_null(view_clash(w.view, id_of("3.77"), whole_day, 0));
	assert_null(view_clash(w.view, id_of("3.77"), shifts, 1)); /* his own line: that is ALREADY's to say */
	assert_ptr_equal(view_clash(w.view, id_of("3.77"), shifts, 2), shifts);
	assert_null(view_clash(w.view, id_of("3.77"), shifts, 3));
	assert_null(view_clash(w.view, id_of("3.77"), shifts, 4)); /* there is no such slot */
	line.number = 2;
	line.slot = 2;
	put_line(&w, "7.1", line);
	assert_ptr_equal(view_clash(w.view, id_of("3.77"), whole_day, 0), shifts);
	assert_null(view_clash(w.view, id_of("3.77"), shifts, 3));
	line.state = LINE_STRUCK;
	put_line(&w, "7.1", line);
	assert_null(view_clash(w.view, id_of("3.77"), whole_day, 0)); /* he is out of that one, and in the first */
	assert_ptr_equal(view_clash(w.view, id_of("3.77"), shifts, 2), shifts);
	view_destroy(w.view);
}

/* Events. */

static void
old_event_is_skipped(void **state)
{
	struct world w;
	struct event first, second;

	(void)state;
	world_init(&w);
	first = member_event(&w.log, id_of("3.1"), place_of("140105007004001"), TEXT("王芳"), TEXT(""));
	second = member_event(&w.log, id_of("3.1"), place_of("140105007004002"), TEXT("王芳"), TEXT(""));
	assert_true(view_apply(w.view, &first));
	assert_true(view_apply(w.view, &second));
	assert_false(view_apply(w.view, &second));
	assert_false(view_apply(w.view, &first));
	assert_place(view_place_of(w.view, id_of("3.1")), "140105007004002");
	assert_int_equal(w.view->seq[3], 2);
	view_destroy(w.view);
}

/* Each log counts for itself. */
static void
logs_do_not_disturb_each_other(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (int i = 0; i < 5; i++)
		settle(&w, "3.1", "140105007004001", "王芳");
	settle(&w, "4.1", "140105007004001", "李强");
	assert_int_equal(w.view->seq[3], 5);
	assert_int_equal(w.view->seq[4], 1);
	assert_tally(&w, "140105007004001", .members = 2);
	view_destroy(w.view);
}

/* The view was loaded with what it did: only its number counts. */
static void
loaded_event_changes_nothing_but_the_position(void **state)
{
	struct world w;
	struct event event;

	(void)state;
	world_init(&w);
	view_load_member(w.view, id_of("3.1"), place_of("140105007004002"), TEXT("王芳"), TEXT(""));
	event = member_event(&w.log, id_of("3.1"), place_of("140105007004001"), TEXT(""), TEXT(""));
	event.loaded = true;
	assert_true(view_apply(w.view, &event));
	event = call_event(&w.log, id_of("3.7"), place_of("1401"), CALL_OPEN);
	event.loaded = true;
	assert_true(view_apply(w.view, &event));
	assert_place(view_place_of(w.view, id_of("3.1")), "140105007004002");
	assert_string_equal(view_person(w.view, id_of("3.1"))->name, "王芳");
	assert_null(view_call(w.view, id_of("3.7")));
	assert_int_equal(w.view->seq[3], 2);
	assert_false(view_apply(w.view, &event));
	view_destroy(w.view);
}

static void
places_become_known_by_events(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	add_place(&w, "140105", "南郊区");
	add_place(&w, "140105", "小店区");
	assert_int_equal(tree_size(w.view->tree), 1);
	assert_string_equal(tree_known(w.view->tree, place_of("140105"))->name, "小店区");
	view_destroy(w.view);
}

/* What loading leaves is what the events would have left. */
static void
loaded_view_equals_one_made_by_events(void **state)
{
	struct world w;
	struct call_record record = {.id = {7, 1},
		.state = CALL_OPEN,
		.place = place_of("140105"),
		.title = TEXT("t"),
		.body = TEXT(""),
		.meeting = TEXT("")};
	struct line_change lines[] = {
		{2, LINE_WAITING, {3, 2}, place_of("140105007004001"), 2, .people = 1}, /* pages come in any order */
		{1, LINE_CONFIRMED, {3, 1}, place_of("140105007004001001"), 1, .people = 1},
		{2, LINE_CONFIRMED, {3, 2}, place_of("140105007004001"), 2, .people = 1}, /* read again */
	};
	struct call *call;

	(void)state;
	world_init(&w);
	view_load_member(w.view, id_of("3.1"), place_of("140105007004001"), TEXT("王芳"), TEXT("o"));
	view_load_member(w.view, id_of("3.1"), place_of("140105007004001"), TEXT("王芳"), TEXT("o"));
	call = view_load_call(w.view, &record);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		view_load_line(w.view, call, &lines[i]);
	assert_ptr_equal(view_load_call(w.view, &record), call);
	assert_tally(&w, "140105007004001", .members = 1, .confirmed = 2);
	assert_tally(&w, "140105", .members = 1, .calls = 1, .confirmed = 2);
	assert_int_equal(call->line_count, 2);
	view_destroy(w.view);
}

/* The model: lists and nothing else. */

#define MODEL_PLACES  60
#define MODEL_PERSONS 40
#define MODEL_CALLS   12
#define MODEL_LINES   24
#define MODEL_SLOTS   3
#define MODEL_EVENTS  4000

struct model_line {
	enum line_state state;
	size_t at;     /* a place */
	size_t person; /* MODEL_PERSONS: one without an account */
	uint32_t slot;
	uint32_t people;
	bool present;
	bool has_texts;
	bool told; /* its texts, since the call was opened */
};

struct model_call {
	uint64_t number; /* of its id; 0: none was posted yet */
	enum call_state state;
	size_t at;
	uint32_t slot_count;
	struct shift shifts[1 + MODEL_SLOTS]; /* the call's own, and its slots' */
	size_t line_count;
	struct model_line lines[MODEL_LINES];
};

struct model {
	struct place places[MODEL_PLACES];
	bool covers[MODEL_PLACES][MODEL_PLACES]; /* by the codes' text */
	size_t lived_in[MODEL_PERSONS];          /* a place; MODEL_PLACES: nowhere */
	struct model_call calls[MODEL_CALLS];
};

/* An event with all it points to. */
struct kept_event {
	struct event event;
	struct named_place item;
	struct line_change lines[MODEL_LINES];
	char texts[MODEL_LINES][40];
	char name[32];
};

static struct id
person_of(size_t index)
{
	return (struct id){(uint8_t)(index % PARTITIONS), 1 + index / PARTITIONS};
}

static struct id
call_of(const struct model *model, size_t index)
{
	return (struct id){(uint8_t)(index * 5 % PARTITIONS), model->calls[index].number};
}

static void
model_init(struct model *model, struct rng *rng)
{
	*model = (struct model){0};
	for (size_t i = 0; i < MODEL_PLACES; i++) /* grids and buildings are the likeliest */
		model->places[i] =
			random_place(rng, rng_below(rng, 2) ? rng_below(rng, PLACE_LEVELS) : GRID + rng_below(rng, 2));
	for (size_t i = 0; i < MODEL_PLACES; i++)
		for (size_t j = 0; j < MODEL_PLACES; j++)
			model->covers[i][j] = code_starts_with(model->places[j], model->places[i]);
	for (size_t i = 0; i < MODEL_PERSONS; i++)
		model->lived_in[i] = MODEL_PLACES;
}

/* People on a line who have a place, wait for one, have come. */

static uint32_t
confirmed_on(const struct model_line *line)
{
	return line->state == LINE_CONFIRMED || line->state == LINE_OFFERED ? line->people : 0;
}

static uint32_t
waiting_on(const struct model_line *line)
{
	return line->state == LINE_WAITING ? line->people : 0;
}

static uint32_t
present_on(const struct model_line *line)
{
	return line->present && line->state != LINE_STRUCK ? line->people : 0;
}

static struct tally
model_tally(const struct model *model, size_t place)
{
	struct tally tally = {0};

	for (size_t i = 0; i < MODEL_PERSONS; i++)
		tally.members += model->lived_in[i] < MODEL_PLACES && model->covers[place][model->lived_in[i]];
	for (size_t i = 0; i < MODEL_CALLS; i++) {
		const struct model_call *call = &model->calls[i];
		if (call->state != CALL_OPEN)
			continue;
		tally.calls += model->covers[place][call->at];
		for (size_t j = 0; j < call->line_count; j++) {
			if (!model->covers[place][call->lines[j].at])
				continue;
			tally.confirmed += confirmed_on(&call->lines[j]);
			tally.waiting += waiting_on(&call->lines[j]);
			tally.present += present_on(&call->lines[j]);
		}
	}
	return tally;
}

/* One thing that happens: the model is changed by hand, the event says so. False: nothing could. */
static bool
happen_member(struct model *model, struct rng *rng, struct log *log, struct kept_event *kept)
{
	size_t person = rng_below(rng, MODEL_PERSONS);
	bool leaves = rng_below(rng, 4) == 0;
	bool stays = !leaves && rng_below(rng, 4) == 0 && model->lived_in[person] < MODEL_PLACES; /* a new name only */

	if (!stays)
		model->lived_in[person] = leaves ? MODEL_PLACES : rng_below(rng, MODEL_PLACES);
	snprintf(kept->name, sizeof(kept->name), "王%u", rng_below(rng, 1000));
	kept->event = member_event(log, person_of(person),
		leaves ? (struct place){0} : model->places[model->lived_in[person]], text_of(leaves ? "" : kept->name),
		text_of(leaves ? "" : kept->name));
	return true;
}

/* The line as an event tells it; its texts not always. */
static void
tell_line(struct kept_event *kept, size_t index, const struct model *model, struct model_line *line, uint32_t number,
	bool texts)
{
	struct line_change *change = &kept->lines[index];

	*change = (struct line_change){.number = number,
		.state = line->state,
		.person = line->person < MODEL_PERSONS ? person_of(line->person) : (struct id){0},
		.place = model->places[line->at],
		.joined_ms = 1649761200000 + number,
		.slot = line->slot,
		.people = line->people,
		.present_ms = line->present ? 1649761300000 : 0,
		.has_texts = line->has_texts,
		.texts = TEXT("")};
	if (!line->has_texts || !texts)
		return;
	snprintf(kept->texts[index], sizeof(kept->texts[index]), "\t晚到 %u 分钟", number);
	change->texts = text_of(kept->texts[index]);
	line->told = true;
}

static struct shift
random_shift(struct rng *rng)
{
	uint32_t starts = rng_below(rng, 4) ? 1 + rng_below(rng, 60) : 0;

	return (struct shift){starts, rng_below(rng, 4) ? starts + 1 + rng_below(rng, 8) : 0};
}

/* New hours; of a call with slots there may be another one. */
static void
edit_shifts(struct model_call *call, struct rng *rng)
{
	if (call->slot_count > 0 && call->slot_count < MODEL_SLOTS)
		call->slot_count += rng_below(rng, 2);
	for (size_t i = 0; i <= call->slot_count; i++)
		call->shifts[i] = random_shift(rng);
}

static void
fill_shifts(struct call_record *record, const struct model_call *call)
{
	record->starts_ms = call->shifts[0].starts * HOUR_MS;
	record->ends_ms = call->shifts[0].ends * HOUR_MS;
	record->slot_count = call->slot_count;
	for (uint32_t i = 0; i < call->slot_count; i++)
		record->slots[i] = (struct slot){TEXT("班"), .starts_ms = call->shifts[i + 1].starts * HOUR_MS,
			.ends_ms = call->shifts[i + 1].ends * HOUR_MS};
}

/* An open call is changed or closed; a closed one is opened again with all its lines, or gives way to another. */
static bool
happen_call(struct model *model, struct rng *rng, struct log *log, struct kept_event *kept)
{
	size_t index = rng_below(rng, MODEL_CALLS), reopened = 0;
	struct model_call *call = &model->calls[index];

	if (call->state == CALL_OPEN && rng_below(rng, 3) == 0) {
		call->state = CALL_CLOSED + rng_below(rng, 2);
	} else if (call->state != CALL_OPEN && call->number > 0 && rng_below(rng, 2)) {
		call->state = CALL_OPEN;
		for (; reopened < call->line_count; reopened++)
			tell_line(kept, reopened, model, &call->lines[reopened], (uint32_t)reopened + 1, true);
	} else if (call->state != CALL_OPEN) {
		*call = (struct model_call){call->number + 1, CALL_OPEN, .at = rng_below(rng, MODEL_PLACES)};
		call->slot_count = rng_below(rng, MODEL_SLOTS);
		edit_shifts(call, rng);
	} else {
		edit_shifts(call, rng);
	}
	kept->event = call_event(log, call_of(model, index), model->places[call->at], call->state);
	kept->event.call.lines = kept->lines;
	kept->event.call.line_count = reopened;
	fill_shifts(&kept->event.call.record, call);
	snprintf(kept->name, sizeof(kept->name), "改%u", rng_below(rng, 1000));
	kept->event.call.record.title = text_of(kept->name);
	return true;
}

static void
join_model(struct model_call *call, struct rng *rng)
{
	call->lines[call->line_count++] = (struct model_line){
		.at = rng_below(rng, MODEL_PLACES),
		.person = rng_below(rng, 5) ? rng_below(rng, MODEL_PERSONS) : MODEL_PERSONS,
		.slot = call->slot_count ? 1 + rng_below(rng, call->slot_count) : 0,
		.people = 1 + rng_below(rng, 20),
		.has_texts = rng_below(rng, 2),
	};
}

/* A call takes lines and changes of them while it is open; of one that is closed a late event may be heard. */
static bool
happen_chain(struct model *model, struct rng *rng, struct log *log, struct kept_event *kept)
{
	size_t index = rng_below(rng, MODEL_CALLS), count = 1 + rng_below(rng, 3);
	struct model_call *call = &model->calls[index];

	if (call->number == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t number = rng_below(rng, (uint32_t)MIN(call->line_count + 1, MODEL_LINES));
		struct model_line *line = &call->lines[number];
		if (number == call->line_count)
			join_model(call, rng);
		line->state = LINE_CONFIRMED + rng_below(rng, 4);
		line->present = rng_below(rng, 3) == 0;
		tell_line(kept, i, model, line, (uint32_t)number + 1, rng_below(rng, 3) > 0);
	}
	kept->event = chain_event(log, call_of(model, index), kept->lines, count);
	return true;
}

static bool
happen_place(struct model *model, struct rng *rng, struct log *log, struct kept_event *kept)
{
	snprintf(kept->name, sizeof(kept->name), "地%u", rng_below(rng, 1000));
	kept->item = (struct named_place){model->places[rng_below(rng, MODEL_PLACES)], text_of(kept->name)};
	kept->event = place_event(log, &kept->item);
	return true;
}

static void
happen(struct model *model, struct rng *rng, struct log *log, struct kept_event *kept)
{
	bool happened = false;

	while (!happened) {
		switch (rng_below(rng, 10)) {
		case 0:
			happened = happen_place(model, rng, log, kept);
			break;
		case 1:
			happened = happen_call(model, rng, log, kept);
			break;
		case 2:
		case 3:
		case 4:
			happened = happen_member(model, rng, log, kept);
			break;
		default:
			happened = happen_chain(model, rng, log, kept);
		}
	}
}

/* Hours that both have, counted one by one; without an end it is one hour, without a start it is none. */
static bool
shifts_overlap(struct shift a, struct shift b)
{
	uint32_t common = 0;

	for (uint32_t hour = 1; hour < 100; hour++)
		common += hour >= a.starts && hour < (a.ends ? a.ends : a.starts + 1) && hour >= b.starts &&
			  hour < (b.ends ? b.ends : b.starts + 1);
	return a.starts > 0 && b.starts > 0 && common > 0;
}

static bool
model_clashes(const struct model_call *has, const struct model_call *wants, size_t person, uint32_t slot)
{
	for (size_t i = 0; has->state == CALL_OPEN && i < has->line_count; i++) {
		const struct model_line *line = &has->lines[i];
		bool live = line->state == LINE_CONFIRMED || line->state == LINE_OFFERED || line->state == LINE_WAITING;
		if (live && line->person == person && !(has == wants && line->slot == slot) &&
			shifts_overlap(has->shifts[line->slot], wants->shifts[slot]))
			return true;
	}
	return false;
}

/* Which call it is does not matter, as long as it clashes. */
static void
assert_clash_is_models(const struct view *view, const struct model *model, size_t index, size_t person, uint32_t slot)
{
	const struct model_call *wants = &model->calls[index];
	const struct call *found = view_clash(view, person_of(person), view_call(view, call_of(model, index)), slot);
	bool expected = false, good = false;

	for (size_t i = 0; i < MODEL_CALLS; i++) {
		bool clashes = model_clashes(&model->calls[i], wants, person, slot);
		expected = expected || clashes;
		good = good || (clashes && found == view_call(view, call_of(model, i)));
	}
	assert_int_equal(found != NULL, expected);
	assert_int_equal(good, expected);
}

static void
assert_line_is_models(const struct call *call, const struct model_call *expected, size_t index)
{
	const struct model_line *line = &expected->lines[index];
	const struct line_change *is = &call->lines[index].is;
	uint32_t ahead = 0;
	char texts[40] = "";

	assert_int_equal(is->number, index + 1);
	assert_int_equal(is->state, line->state);
	assert_int_equal(is->slot, line->slot);
	assert_int_equal(is->people, line->people);
	assert_int_equal(is->present_ms > 0, line->present);
	if (line->told)
		snprintf(texts, sizeof(texts), "\t晚到 %zu 分钟", index + 1);
	assert_text(is->texts, texts);
	for (size_t i = 0; i < index; i++)
		ahead += expected->lines[i].state == LINE_WAITING && expected->lines[i].slot == line->slot;
	if (line->state == LINE_WAITING)
		assert_int_equal(view_ahead_of(call, &call->lines[index]), ahead);
}

static void
assert_numbers_are_models(const struct call *call, const struct model_call *expected)
{
	struct call_numbers numbers = {.lines = (uint32_t)expected->line_count};
	uint32_t present = 0;

	for (size_t i = 0; i < expected->line_count; i++) {
		const struct model_line *line = &expected->lines[i];
		numbers.confirmed += confirmed_on(line);
		numbers.waiting += waiting_on(line);
		present += present_on(line);
		if (line->slot > 0) {
			numbers.slots[line->slot - 1].confirmed += confirmed_on(line);
			numbers.slots[line->slot - 1].waiting += waiting_on(line);
		}
	}
	assert_memory_equal(&call->numbers, &numbers, sizeof(numbers));
	assert_int_equal(call->present, present);
}

static void
assert_call_is_models(const struct view *view, const struct model *model, size_t index)
{
	const struct call *call = view_call(view, call_of(model, index));
	const struct model_call *expected = &model->calls[index];
	size_t person = (index * 7 + expected->line_count) % MODEL_PERSONS; /* another one as it grows */

	assert_int_equal(call != NULL, expected->state == CALL_OPEN);
	if (!call)
		return;
	assert_int_equal(call->line_count, expected->line_count);
	for (size_t i = 0; i < call->line_count; i++)
		assert_line_is_models(call, expected, i);
	assert_numbers_are_models(call, expected);
	for (uint32_t slot = expected->slot_count > 0; slot <= expected->slot_count; slot++)
		assert_clash_is_models(view, model, index, person, slot);
}

static void
assert_view_is_model(const struct view *view, const struct model *model)
{
	for (size_t i = 0; i < MODEL_PLACES; i++) {
		const struct place_node *node = tree_find(view->tree, model->places[i]);
		struct tally expected = model_tally(model, i), tally = node ? node->tally : (struct tally){0};
		assert_memory_equal(&tally, &expected, sizeof(tally));
	}
	for (size_t i = 0; i < MODEL_CALLS; i++)
		assert_call_is_models(view, model, i);
	for (size_t i = 0; i < MODEL_PERSONS; i++) {
		struct place place = view_place_of(view, person_of(i));
		size_t lived_in = model->lived_in[i];
		assert_true(place_equal(place, lived_in < MODEL_PLACES ? model->places[lived_in] : (struct place){0}));
	}
}

static void
describe_call(struct buf *buf, const struct call *call)
{
	buf_printf(buf, "call %llu '%s' %u %u %u, %u texts, slots", (unsigned long long)call->key,
		call->record.title.data, call->numbers.confirmed, call->numbers.waiting, call->present,
		call->text_count);
	for (size_t i = 0; i < call->record.slot_count; i++)
		buf_printf(buf, " %u+%u at %llu", call->numbers.slots[i].confirmed, call->numbers.slots[i].waiting,
			(unsigned long long)call->record.slots[i].starts_ms);
	for (size_t i = 0; i < call->line_count; i++)
		buf_printf(buf, " %d@%llu '%s'", call->lines[i].is.state,
			call->lines[i].at ? (unsigned long long)call->lines[i].at->place.code : 0,
			call->lines[i].is.texts.data);
	buf_printf(buf, "\n");
}

/* Everything the view says, as text: two views are the same if this is. Positions are left out. */
static char *
describe(const struct view *view)
{
	struct buf buf = {0};
	size_t len;
	char *text;

	for (const struct place_node *top = tree_first(view->tree); top; top = top->next)
		for (const struct place_node *node = top; node; node = tree_next(top, node, PLACE_LEVELS))
			buf_printf(&buf, "%llu/%u %d '%s' %u %u %u %u %u\n", (unsigned long long)node->place.code,
				node->place.digits, node->known, node->name, node->tally.members, node->tally.calls,
				node->tally.confirmed, node->tally.waiting, node->tally.present);
	for (size_t i = 0; i < MODEL_PERSONS; i++) {
		const struct person *person = view_person(view, person_of(i));
		if (person)
			buf_printf(&buf, "%zu %llu '%s' '%s'\n", i, (unsigned long long)person->at->place.code,
				person->name, person->organisation);
	}
	for (size_t i = 0; i < view->call_count; i++)
		describe_call(&buf, view->by_id[i]);
	text = buf_take(&buf, &len);
	assert_non_null(text);
	return text;
}

static void
view_agrees_with_the_lists_after_every_event(void **state)
{
	static struct model model;
	struct rng rng = seeded("view_model");
	struct kept_event kept;

	(void)state;
	for (int round = 0; round < 4; round++) {
		struct world w;
		model_init(&model, &rng);
		world_init(&w);
		for (int i = 0; i < 600; i++) {
			happen(&model, &rng, &w.log, &kept);
			assert_true(view_apply(w.view, &kept.event));
			assert_view_is_model(w.view, &model);
		}
		view_destroy(w.view);
	}
}

/* Sets the view back to where the logs were before these events, as if it had been loaded in between, and applies them
 * again. */
static void
replay(struct view *view, const struct kept_event *events, size_t from, size_t to)
{
	uint64_t seq[PARTITIONS];

	memcpy(seq, view->seq, sizeof(seq));
	for (size_t i = to; i-- > from;)
		view->seq[events[i].event.partition] = events[i].event.seq - 1;
	for (size_t i = from; i < to; i++)
		assert_true(view_apply(view, &events[i].event));
	assert_memory_equal(seq, view->seq, sizeof(seq));
}

static void
events_applied_again_change_nothing(void **state)
{
	static struct kept_event events[MODEL_EVENTS];
	static struct model model;
	struct rng rng = seeded("view_replay");
	struct world w;

	(void)state;
	model_init(&model, &rng);
	world_init(&w);
	for (size_t i = 0; i < MODEL_EVENTS; i++) {
		char *before, *after;
		happen(&model, &rng, &w.log, &events[i]);
		assert_true(view_apply(w.view, &events[i].event));
		if (rng_below(&rng, 40))
			continue;
		before = describe(w.view);
		for (size_t j = 0; j < 20; j++) /* late copies from the feed */
			assert_false(view_apply(w.view, &events[rng_below(&rng, (uint32_t)i + 1)].event));
		replay(w.view, events, i + 1 - MIN(i + 1, 1 + rng_below(&rng, 300)), i + 1);
		after = describe(w.view);
		assert_string_equal(after, before);
		assert_view_is_model(w.view, &model);
		free(before);
		free(after);
	}
	view_destroy(w.view);
}

/* Changed numbers of calls. */

struct taken {
	struct call *calls[MODEL_CALLS * 2];
	size_t count;
};

static void
take(struct call *call, void *context)
{
	struct taken *taken = context;

	taken->calls[taken->count++] = call;
}

static bool
was_taken(const struct taken *taken, const struct call *call)
{
	for (size_t i = 0; i < taken->count; i++)
		if (taken->calls[i] == call)
			return true;
	return false;
}

static void
changed_calls_are_told_once(void **state)
{
	struct world w;
	struct taken taken = {.count = 0};

	(void)state;
	world_init(&w);
	set_call(&w, "7.1", "1401", CALL_OPEN);
	set_call(&w, "7.2", "1401", CALL_OPEN);
	set_call(&w, "7.3", "1401", CALL_OPEN);
	view_take_changed_calls(w.view, take, &taken);
	taken.count = 0;
	view_take_changed_calls(w.view, take, &taken);
	assert_int_equal(taken.count, 0);

	set_line(&w, "7.1", 1, "140105007004001", LINE_CONFIRMED);
	set_line(&w, "7.1", 2, "140105007004001", LINE_WAITING);
	set_line(&w, "7.3", 1, "140105007004001", LINE_CONFIRMED);
	set_call(&w, "7.3", "1401", CALL_CLOSED); /* gone: not to be told any more */
	view_take_changed_calls(w.view, take, &taken);
	assert_int_equal(taken.count, 1);
	assert_ptr_equal(taken.calls[0], view_call(w.view, id_of("7.1")));
	taken.count = 0;
	view_take_changed_calls(w.view, take, &taken);
	assert_int_equal(taken.count, 0);
	view_destroy(w.view);
}

/* Whichever events come: a call whose numbers are not those last told is told, and none twice. */
static void
no_changed_call_is_left_out(void **state)
{
	static struct model model;
	struct rng rng = seeded("view_changed");
	struct kept_event kept;
	struct told {
		uint64_t call;
		uint32_t confirmed, waiting, present;
	} told[MODEL_CALLS] = {{0}};
	struct world w;

	(void)state;
	model_init(&model, &rng);
	world_init(&w);
	for (int round = 0; round < 400; round++) {
		struct taken taken = {.count = 0};
		for (size_t i = rng_below(&rng, 8); i > 0; i--) {
			happen(&model, &rng, &w.log, &kept);
			assert_true(view_apply(w.view, &kept.event));
		}
		view_take_changed_calls(w.view, take, &taken);
		assert_true(taken.count <= MODEL_CALLS);
		for (size_t i = 0; i < taken.count; i++)
			for (size_t j = 0; j < i; j++)
				assert_ptr_not_equal(taken.calls[i], taken.calls[j]);
		for (size_t i = 0; i < MODEL_CALLS; i++) {
			const struct call *call = view_call(w.view, call_of(&model, i));
			if (!call)
				continue;
			if (call->key != told[i].call)
				told[i] = (struct told){call->key, 0, 0, 0};
			if (call->numbers.confirmed != told[i].confirmed || call->numbers.waiting != told[i].waiting ||
				call->present != told[i].present)
				assert_true(was_taken(&taken, call));
			told[i] =
				(struct told){call->key, call->numbers.confirmed, call->numbers.waiting, call->present};
		}
	}
	view_destroy(w.view);
}

/* Lists. */

static void
calls_are_listed_by_id_where_they_concern_a_place(void **state)
{
	static const char *const places[] = {"14", "140105007004001", "140106", "4419", "441900", "441901"};
	struct world w;
	struct call *out[10];

	(void)state;
	world_init(&w);
	for (size_t i = ARRAY_LEN(places); i-- > 0;) {
		char id[ID_TEXT];
		set_call(&w, id_print(id, (struct id){(uint8_t)i, 100 - i}), places[i], CALL_OPEN);
	}
	assert_int_equal(view_list_calls(w.view, place_of("140105"), (struct id){0}, out, 10), 2); /* above and below */
	assert_place(out[0]->record.place, "14");
	assert_place(out[1]->record.place, "140105007004001");
	assert_int_equal(view_list_calls(w.view, place_of("441900"), (struct id){0}, out, 10), 2);
	assert_place(out[0]->record.place, "4419");
	assert_place(out[1]->record.place, "441900");
	assert_int_equal(view_list_calls(w.view, place_of("4419"), (struct id){0}, out, 10), 3);
	assert_int_equal(view_list_calls(w.view, place_of("4419"), (struct id){0}, out, 2), 2);
	assert_int_equal(view_list_calls(w.view, place_of("4419"), out[1]->record.id, out, 2), 1);
	assert_place(out[0]->record.place, "441901");
	assert_int_equal(view_list_calls(w.view, place_of("99"), (struct id){0}, out, 10), 0);
	assert_int_equal(view_list_calls(w.view, place_of("14"), (struct id){0}, out, 0), 0);
	view_destroy(w.view);
}

/* Pages of a list while calls close, the last listed among them, and others open: what was there all the time comes
 * exactly once, in order. */
static void
pages_of_calls_miss_none_while_others_close(void **state)
{
	enum { CALLS = 120 };
	struct rng rng = seeded("view_list_calls");

	(void)state;
	for (int round = 0; round < 60; round++) {
		bool open[CALLS] = {false}, stayed[CALLS], seen[CALLS] = {false};
		struct id after = {0};
		struct call *page[7];
		struct world w;
		size_t got;
		char id[ID_TEXT];
		world_init(&w);
		for (size_t i = 0; i < CALLS; i++) {
			open[i] = rng_below(&rng, 3) > 0;
			if (open[i])
				set_call(&w, id_print(id, (struct id){3, i + 1}), i % 5 ? "140105" : "140106",
					CALL_OPEN);
			stayed[i] = open[i] && i % 5;
		}
		do {
			got = view_list_calls(
				w.view, place_of("140105"), after, page, 1 + rng_below(&rng, ARRAY_LEN(page)));
			for (size_t i = 0; i < got; i++) {
				size_t index = page[i]->record.id.number - 1;
				assert_true(page[i]->key > id_key(after));
				assert_true(open[index] && index % 5 && !seen[index]);
				seen[index] = true;
				after = page[i]->record.id;
			}
			for (size_t changes = rng_below(&rng, 6); changes > 0; changes--) {
				size_t index = changes == 1 && got ? after.number - 1 : rng_below(&rng, CALLS);
				open[index] = !open[index];
				stayed[index] = stayed[index] && seen[index]; /* listed before it closed */
				set_call(&w, id_print(id, (struct id){3, index + 1}), index % 5 ? "140105" : "140106",
					open[index] ? CALL_OPEN : CALL_CLOSED);
			}
		} while (got > 0);
		for (size_t i = 0; i < CALLS; i++)
			assert_true(!stayed[i] || seen[i]);
		view_destroy(w.view);
	}
}

static void
members_are_listed_in_and_under_a_place(void **state)
{
	struct world w;
	struct person *out[10];
	size_t count;

	(void)state;
	world_init(&w);
	settle(&w, "3.1", "140105007004001", "a");
	settle(&w, "3.2", "140105007004001001", "b");
	settle(&w, "3.3", "140105007004002", "c");
	settle(&w, "3.4", "140106004009001", "d");
	settle(&w, "3.5", "140105007005001", "e");
	count = view_list_members(w.view, place_of("140105007004"), (struct id){0}, out, 10);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		assert_true(code_starts_with(out[i]->at->place, place_of("140105007004")));
	assert_int_equal(view_list_members(w.view, place_of("14"), (struct id){0}, out, 10), 5);
	assert_int_equal(view_list_members(w.view, place_of("14"), (struct id){0}, out, 2), 2);
	assert_int_equal(view_list_members(w.view, place_of("140105007004001001"), id_of("3.2"), out, 2), 0);
	assert_int_equal(view_list_members(w.view, place_of("140105007004003"), (struct id){0}, out, 10), 0);
	assert_int_equal(view_list_members(w.view, place_of("99"), (struct id){0}, out, 10), 0);
	view_destroy(w.view);
}

/* Grants. */

static void
give(struct world *w, const char *person, enum role role, const char *place, uint64_t until_ms)
{
	struct event event = next_event(&w->log, id_of(person).partition, EVENT_GRANT);

	event.grant.person = id_of(person);
	event.grant.grant = (struct grant){role, place[0] ? place_of(place) : (struct place){0}, until_ms};
	assert_true(view_apply(w->view, &event));
}

static void
grants_are_held_until_they_end(void **state)
{
	struct world w;
	const struct grantee *grantee;

	(void)state;
	world_init(&w);
	assert_null(view_grantee(w.view, id_of("3.1")));
	give(&w, "3.1", ROLE_WORKER, "140105007004001", 0);
	give(&w, "3.1", ROLE_WORKER, "140105007004002", 1649761200001);
	give(&w, "3.1", ROLE_SECURITY, "", 0);
	give(&w, "3.1", ROLE_WORKER, "140105007004001", 1649847600000); /* another end for the first */
	grantee = view_grantee(w.view, id_of("3.1"));
	assert_int_equal(grantee->count, 3);
	assert_int_equal(grantee->grants[0].until_ms, 1649847600000);
	assert_true(place_is_none(grantee->grants[2].place));
	give(&w, "3.1", ROLE_WORKER, "140105007004001", 1649761200000); /* at the time of the event: taken back */
	grantee = view_grantee(w.view, id_of("3.1"));
	assert_int_equal(grantee->count, 2);
	give(&w, "3.1", ROLE_WORKER, "140105007004002", 1649761200000);
	give(&w, "3.1", ROLE_SECURITY, "", 1649761200000);
	assert_int_equal(view_grantee(w.view, id_of("3.1"))->count, 0);
	view_destroy(w.view);
}

static void
grantees_are_listed_page_by_page(void **state)
{
	const struct grantee *out[10];
	struct world w;

	(void)state;
	world_init(&w);
	give(&w, "3.1", ROLE_WORKER, "140105007004001", 0);
	give(&w, "3.2", ROLE_SUPERVISOR, "1401", 0);
	give(&w, "3.3", ROLE_WORKER, "140105007004002", 0);
	give(&w, "3.4", ROLE_SECURITY, "", 0);
	give(&w, "3.5", ROLE_WORKER, "140105007004001", 0);
	give(&w, "3.5", ROLE_WORKER, "140105007004001", 1649761200000);
	assert_int_equal(view_list_grantees(w.view, place_of("140105"), (struct id){0}, out, 10), 2);
	assert_true(id_equal(out[0]->id, id_of("3.1")) && id_equal(out[1]->id, id_of("3.3")));
	assert_int_equal(view_list_grantees(w.view, place_of("140105"), id_of("3.1"), out, 10), 1);
	assert_int_equal(view_list_grantees(w.view, place_of("140105"), id_of("3.3"), out, 10), 0);
	assert_int_equal(view_list_grantees(w.view, (struct place){0}, (struct id){0}, out, 10), 4);
	assert_int_equal(view_list_grantees(w.view, (struct place){0}, (struct id){0}, out, 3), 3);
	assert_int_equal(view_list_grantees(w.view, (struct place){0}, id_of("3.3"), out, 3), 1);
	assert_true(id_equal(out[0]->id, id_of("3.4")));
	view_destroy(w.view);
}

/* The same with members: others leave and come between the pages. Whoever stays where he is comes exactly once. */
static void
pages_of_members_miss_none_while_others_leave(void **state)
{
	enum { PERSONS = 100 };
	struct rng rng = seeded("view_list_members");

	(void)state;
	for (int round = 0; round < 60; round++) {
		bool stayed[PERSONS], left[PERSONS] = {false}, seen[PERSONS] = {false};
		struct id after = {0};
		struct person *page[9];
		struct world w;
		size_t got;
		char id[ID_TEXT], code[PLACE_TEXT];
		world_init(&w);
		for (size_t i = 0; i < PERSONS; i++) {
			struct place place = random_place(&rng, GRID + rng_below(&rng, 2));
			settle(&w, id_print(id, (struct id){5, i + 1}), place_print(code, place), "x");
			stayed[i] = code_starts_with(place, place_of("13"));
		}
		do {
			got = view_list_members(
				w.view, place_of("13"), after, page, 1 + rng_below(&rng, ARRAY_LEN(page)));
			for (size_t i = 0; i < got; i++) {
				size_t index = page[i]->id.number - 1;
				assert_false(seen[index] || left[index]);
				assert_true(code_starts_with(page[i]->at->place, place_of("13")));
				seen[index] = true;
				after = page[i]->id;
			}
			for (size_t leaving = rng_below(&rng, 4); leaving > 0; leaving--) {
				size_t index = rng_below(&rng, PERSONS);
				if (index == after.number - 1)
					continue;
				leave(&w, id_print(id, (struct id){5, index + 1}));
				left[index] = true;
				stayed[index] = stayed[index] && seen[index];
			}
		} while (got > 0);
		for (size_t i = 0; i < PERSONS; i++)
			assert_true(!stayed[i] || seen[i]);
		view_destroy(w.view);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(member_counts_where_he_lives_and_above),
		cmocka_unit_test(member_who_moves_counts_where_he_is_now),
		cmocka_unit_test(member_who_leaves_counts_nowhere),
		cmocka_unit_test(new_name_changes_no_tally),
		cmocka_unit_test(line_counts_by_its_state),
		cmocka_unit_test(people_on_a_line_count_each),
		cmocka_unit_test(offered_line_counts_as_a_confirmed_one),
		cmocka_unit_test(who_came_is_present_while_his_line_is_live),
		cmocka_unit_test(each_slot_counts_its_own_lines),
		cmocka_unit_test(line_not_heard_of_yet_counts_nowhere),
		cmocka_unit_test(texts_of_a_line_stay_with_it),
		cmocka_unit_test(texts_are_loaded_behind_their_lines),
		cmocka_unit_test(reopened_call_comes_with_its_chain),
		cmocka_unit_test(closed_call_takes_its_figures_with_it),
		cmocka_unit_test(call_keeps_copies_of_its_texts),
		cmocka_unit_test(ahead_are_those_who_wait_for_the_same_slot),
		cmocka_unit_test(shifts_clash_where_their_times_overlap),
		cmocka_unit_test(slots_clash_each_for_itself),
		cmocka_unit_test(old_event_is_skipped),
		cmocka_unit_test(logs_do_not_disturb_each_other),
		cmocka_unit_test(loaded_event_changes_nothing_but_the_position),
		cmocka_unit_test(places_become_known_by_events),
		cmocka_unit_test(loaded_view_equals_one_made_by_events),
		cmocka_unit_test(view_agrees_with_the_lists_after_every_event),
		cmocka_unit_test(events_applied_again_change_nothing),
		cmocka_unit_test(changed_calls_are_told_once),
		cmocka_unit_test(no_changed_call_is_left_out),
		cmocka_unit_test(calls_are_listed_by_id_where_they_concern_a_place),
		cmocka_unit_test(pages_of_calls_miss_none_while_others_close),
		cmocka_unit_test(members_are_listed_in_and_under_a_place),
		cmocka_unit_test(grants_are_held_until_they_end),
		cmocka_unit_test(grantees_are_listed_page_by_page),
		cmocka_unit_test(pages_of_members_miss_none_while_others_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
