#include "evening.h"

#include "unit.h"

struct call_record
evening_call(void)
{
	return (struct call_record){
		.id = {7, 4242},
		.state = CALL_OPEN,
		.place = place_of("140105007004001"),
		.author = {3, 77},
		.posted_ms = 1649761200000,
		.deadline_ms = 1649775600000,
		.need = 20,
		.limit = 28,
		.title = TEXT("紧急招募志愿者发放抗原检测试剂"),
		.body = TEXT("请在群里接龙。"),
		.meeting = TEXT("19:30 社区门口"),
	};
}

struct call_record
evening_shifts(void)
{
	struct call_record record = evening_call();

	record.bring = TEXT("手套");
	record.thanks = TEXT("辛苦了");
	record.starts_ms = 1649761200000;
	record.ends_ms = 1649775600000;
	record.names = 2; /* as in "王**" */
	record.window_minutes = 30;
	record.grant_minutes = 120;
	record.edition = 3;
	record.slot_count = 2;
	record.slots[0] = (struct slot){TEXT("早班"), 1649761200000, 1649768400000, 3, 5};
	record.slots[1] = (struct slot){.label = TEXT("晚班")};
	return record;
}

struct call_record
evening_cancelled(void)
{
	struct call_record record = evening_shifts();

	record.state = CALL_CANCELLED;
	record.questions = TEXT("3\t1\t几点能到\n2\t0\t尺码\t大\t小\n1\t0\t备注");
	record.reason = TEXT("下雨");
	return record;
}

const struct line_change *
evening_lines(void)
{
	static struct line_change lines[EVENING_LINES];

	lines[0] = (struct line_change){
		1, LINE_STRUCK, {3, 77}, place_of("140105007004001001"), 1649761201000, .people = 1};
	lines[1] = (struct line_change){
		2, LINE_CONFIRMED, {3, 78}, place_of("140105007004001002"), 1649761202000, .people = 1};
	lines[2] =
		(struct line_change){3, LINE_WAITING, {4, 1}, place_of("140105007004001"), 1649761203000, .people = 1};
	return lines;
}

const struct line_change *
evening_shift_lines(void)
{
	static struct line_change lines[EVENING_LINES];

	lines[0] = (struct line_change){.number = 1,
		.state = LINE_CONFIRMED,
		.person = {3, 78},
		.place = place_of("140105007004001002"),
		.joined_ms = 1649761201000,
		.slot = 1,
		.people = 3,
		.by = {3, 79},
		.present_ms = 1649761260000,
		.left_ms = 1649768460000,
		.granted_minutes = 120,
		.has_texts = true,
		.texts = TEXT("\t带小推车\t8\t小\t\"急\"")};
	lines[1] = (struct line_change){.number = 2,
		.state = LINE_OFFERED,
		.person = {4, 1},
		.place = place_of("140105007004001"),
		.joined_ms = 1649761202000,
		.slot = 1,
		.people = 2,
		.until_ms = 1649763000000};
	lines[2] = (struct line_change){.number = 3,
		.state = LINE_WAITING,
		.place = place_of("140105007004001001"),
		.joined_ms = 1649761203000,
		.slot = 1,
		.people = 1,
		.by = {3, 78},
		.has_texts = true,
		.texts = TEXT("欧阳建国\t\t9")};
	return lines;
}

static struct view *
make_view(const struct call_record *record, const struct line_change *lines)
{
	struct view *view = view_create();
	struct call *call;

	view_load_member(view, (struct id){3, 78}, place_of("140105007004001002"), TEXT("王芳"), TEXT("市第二医院"));
	call = view_load_call(view, record);
	for (size_t i = 0; i < EVENING_LINES; i++)
		view_load_line(view, call, &lines[i]);
	return view;
}

struct view *
evening_view(const struct call_record *record)
{
	return make_view(record, evening_lines());
}

struct view *
evening_shifts_view(const struct call_record *record)
{
	return make_view(record, evening_shift_lines());
}
