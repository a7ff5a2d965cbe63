/* golden.c - frames as they were sent by clients and hubs before: they are read today as they were then, and today's are
 * written so. How to add one stands in golden/frames.txt. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "answers.h"
#include "evening.h"
#include "requests.h"
#include "unit.h"

#define RECORDS_MAX 256

struct record {
	char name[64];
	struct bytes bytes;
	char *text;
};

static struct record records[RECORDS_MAX];
static size_t record_count;

/* The file: "[name]", lines "= " of hexadecimal bytes, the text up to an empty line. */

static void
add_hex(struct buf *bytes, struct text line)
{
	for (size_t i = 0; i + 1 < line.len; i += 2) {
		char digits[3] = {line.data[i], line.data[i + 1], '\0'}, *end;
		uint8_t byte = (uint8_t)strtoul(digits, &end, 16);
		if (*end)
			fail_msg("'%s' is no byte", digits);
		buf_add(bytes, &byte, 1);
	}
}

static void
read_record(struct record *record, struct text name, struct text *rest)
{
	struct buf bytes = {0}, text = {0};
	size_t len;
	char *taken;

	snprintf(record->name, sizeof(record->name), "%.*s", (int)name.len - 2, name.data + 1);
	while (rest->len > 0) {
		struct text line = text_cut(rest, '\n');
		if (line.len == 0)
			break;
		if (line.data[0] == '=')
			add_hex(&bytes, (struct text){line.data + 2, line.len - 2});
		else
			buf_printf(&text, "%.*s\n", (int)line.len, line.data);
	}
	taken = buf_take(&bytes, &len);
	record->bytes = bytes_of(taken, len);
	record->text = buf_take(&text, &len);
	free(taken);
}

static int
read_golden(void **state)
{
	struct buf file = {0};
	struct text rest;
	FILE *in = fopen(GOLDEN_FILE, "r");
	char part[4096];
	size_t got;

	(void)state;
	if (!in)
		return -1;
	while ((got = fread(part, 1, sizeof(part), in)) > 0)
		buf_add(&file, part, got);
	fclose(in);
	rest = buf_text(&file);
	while (rest.len > 0 && record_count < RECORDS_MAX) {
		struct text line = text_cut(&rest, '\n');
		if (line.len > 2 && line.data[0] == '[')
			read_record(&records[record_count++], line, &rest);
	}
	buf_finish(&file);
	return 0;
}

static int
forget_golden(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++) {
		free(records[i].bytes.data);
		free(records[i].text);
	}
	return 0;
}

static const struct record *
find_record(const char *name)
{
	for (size_t i = 0; i < record_count; i++)
		if (strcmp(records[i].name, name) == 0)
			return &records[i];
	return NULL;
}

/* Reading. */

static void
every_frame_reads_as_it_did(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++) {
		char *text = render_frame(records[i].bytes.data, records[i].bytes.len);
		if (strcmp(text, records[i].text) != 0)
			fail_msg("%s now reads\n%s", records[i].name, text);
		free(text);
	}
}

/* And is packed to the bytes that it was, so nothing in it was passed over. */
static void
every_frame_packs_as_it_did(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++) {
		const struct bytes *bytes = &records[i].bytes;
		Frame *frame = gridvanguard__v1__frame__unpack(NULL, bytes->len, bytes->data);
		struct bytes again = pack_message(&frame->base);
		assert_int_equal(again.len, bytes->len);
		assert_memory_equal(again.data, bytes->data, bytes->len);
		free(again.data);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
}

/* Rules may grow milder, never stricter: what a client could ask for it still can. */
static void
every_request_is_still_taken(void **state)
{
	struct frame frame;
	unsigned requests = 0;

	(void)state;
	frame_init(&frame);
	for (size_t i = 0; i < record_count; i++) {
		if (strncmp(records[i].text, "requests", 8) != 0)
			continue;
		assert_int_equal(frame_open(&frame, records[i].bytes.data, records[i].bytes.len), OK);
		for (size_t j = 0; j < frame.request_count; j++, requests++) {
			char field[FIELD_TEXT_MAX];
			struct asked asked;
			if (frame_request(&frame, j, &asked, field) != OK)
				fail_msg("%s is refused for %s", records[i].name, field);
		}
	}
	frame_finish(&frame);
	assert_true(requests >= VERB_COUNT);
}

static void
no_two_frames_have_one_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++)
		assert_ptr_equal(find_record(records[i].name), &records[i]);
}

/* Writing: what today's client and hub make of the same things. */

static struct bytes
bytes_of_piece(struct piece *piece)
{
	struct bytes bytes = bytes_of(piece->bytes, piece->len);

	piece_drop(piece);
	return bytes;
}

/* The evening, and the way down to its district. */
static struct view *
make_view(void)
{
	struct call_record record = evening_call();
	struct view *view = evening_view(&record);

	tree_add(view->tree, place_of("14"), TEXT("山西省"));
	tree_add(view->tree, place_of("1401"), TEXT("太原市"));
	tree_add(view->tree, place_of("140105"), TEXT("小店区"));
	return view;
}

static struct piece *
make_answer_of_roster(const char *what)
{
	static const struct roster_outcome outcomes[] = {{ROSTER_ADDED}, {ROSTER_SAME},
		{ROSTER_CHANGED, {"name", "organisation", "place"}}, {ROSTER_REFUSED, {"phone"}}};
	static const struct roster_entry entry = {TEXT("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), TEXT("138****0000"),
		TEXT("王芳"), TEXT("西吴社区第一党支部"), TEXT("140105007004001")};

	if (strcmp(what, "roster_import") == 0)
		return answer_roster_import(7, outcomes, ARRAY_LEN(outcomes));
	if (strcmp(what, "roster_list") == 0)
		return answer_roster_list(7, &entry, 1, "8:");
	return NULL;
}

/* A page with all that it may say, which no one entry does. */
static struct piece *
make_preview(void)
{
	static const struct chain_candidate candidate = {TEXT("王芳"), {3, 78}, {140105007004001002, 18}};
	static const struct chain_entry other = {.shown = TEXT("王芳")},
					written = {.shown = TEXT("王芳 3号楼 2人"), .people = 2};
	static const struct chain_alternative alternative = {&other, NULL};
	static const struct chain_merged_entry merged = {
		.entry = &written, .alternatives = &alternative, .vanishing = true};
	struct plan_entry entries[] = {{0},
		{
			.merged = &merged,
			.action = PLAN_DOUBTFUL,
			.reason = REASON_WITHDREW,
			.match = {MATCH_LIKELY, {&candidate}, 1, false},
			.name = TEXT("王芳"),
			.person = {3, 78},
			.remark = TEXT("3号楼"),
			.number = 5,
			.line_people = 3,
		},
		{0}};
	struct chain_plan plan = {
		{7, 4242}, TEXT("楼道消杀"), TEXT("消杀"), true, 2, 1, 3, entries, ARRAY_LEN(entries)};

	return answer_chat_preview(7, &plan, 1, 1);
}

static struct piece *
make_login(const struct grantee *grantee)
{
	struct login_result login = {.person = {3, 77},
		.place = place_of("140105007004001"),
		.name = TEXT("李强"),
		.organisation = TEXT("市第二医院"),
		.now_ms = 1649761200000,
		.pulse_ms = 25000,
		.grantee = grantee,
		.token = grantee ? "3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI" : NULL,
		.device = grantee ? 2 : 0,
		.token_until_ms = grantee ? 1652353200000 : 0,
		.needs_factor = grantee};

	return answer_login(7, &login);
}

/* With what came with registration. */
static struct piece *
make_refused_login(void)
{
	struct login_result login = {.person = {3, 77},
		.name = TEXT(""),
		.organisation = TEXT(""),
		.now_ms = 1649761200000,
		.pulse_ms = 25000,
		.consent = "3fd1b0a2",
		.policy = "77aa01b3",
		.phone = "138****0000",
		.work = place_of("140106004009001"),
		.registration = REGISTRATION_REFUSED,
		.refusal = "不住这里"};

	return answer_login(7, &login);
}

static struct piece *
make_answer_of_registration(const char *what)
{
	const struct bound_phone bound = {
		"138****0000", true, TEXT("王芳"), TEXT("西吴社区第一党支部"), place_of("140105007004001"), true};
	const struct pending pending = {{3, 78}, ASKED_REBIND, place_of("140105007004001"), "王芳", "市第二医院",
		KIND_VOLUNTEER, place_of("140106004009001"), "138****0000", 1649761200000, {3, 77}};

	if (strcmp(what, "member_register") == 0)
		return answer_member_register(7, REGISTRATION_PENDING);
	if (strcmp(what, "member_move") == 0)
		return answer_member_move(7, true);
	if (strcmp(what, "phone_bind") == 0)
		return answer_phone_bind(7, &bound);
	return answer_pending_list(7, &pending, 1, "8:140105007004001 3.78");
}

/* A member with all that there may be about him. */
static struct piece *
make_volunteer(const struct view *view, const char *what)
{
	struct person *person = view_person(view, id_of("3.78"));

	if (strcmp(what, "member_list") != 0)
		return make_answer_of_registration(what);
	person->kind = KIND_VOLUNTEER;
	person->work = place_of("140106004009001");
	return answer_member_list(7, &person, 1, true);
}

/* All that is held of somebody. */
static struct piece *
make_held(const struct grantee *grantee, const struct device *device)
{
	const struct person_held held = {
		.person = {3, 77},
		.identity = "wx",
		.created_ms = 1649750000000,
		.consent = "3fd1b0a2",
		.consented_ms = 1649750010000,
		.minutes = 240,
		.has_factor = true,
		.messages = 3,
		.state = REGISTRATION_REGISTERED,
		.place = place_of("140105007004001"),
		.work = place_of("140105007004002"),
		.name = "王芳",
		.organisation = "西吴社区党支部",
		.kind = KIND_MEMBER,
		.since_ms = 1649750020000,
		.refusal = "请到社区办理",
		.phone = "13800000000",
		.is_listed = true,
		.listed_name = "王芳",
		.listed_organisation = "西吴社区党支部",
		.listed_place = place_of("140105007004001"),
		.grantee = grantee,
		.devices = device,
		.device_count = 1,
		.own_device = 2,
	};

	return answer_person_export(7, &held);
}

/* Answers that came with shifts, and with roles. */
static struct piece *
make_answer_of_shifts(const char *what)
{
	static const struct sign_up sign_up = {{7, 4242}, 2, LINE_OFFERED, 1, 3, 120, 1649761202000};
	struct grant grants[] = {{ROLE_WORKER, place_of("140105007004001"), 0}, {ROLE_SECURITY, {0}, 1649847600000}};
	const struct device device = {2, TEXT("手机"), 1649761200000, 1649764800000, 1652353200000};
	const struct grantee grantee = {.id = {3, 77}, .grants = grants, .count = 2}, *held = &grantee;
	struct call_record record = evening_shifts(), cancelled = evening_cancelled();
	const struct template_told templates[] = {
		{place_of("140105007004"), "值守", &record}, {place_of("140105"), "发试剂", NULL}};

	if (strcmp(what, "call_with_shifts") == 0)
		return answer_call_show(7, &record, &(struct call_numbers){8, 1, 9, {{5, 1}, {3, 0}}});
	if (strcmp(what, "call_with_questions") == 0)
		return answer_call_show(7, &cancelled, &(struct call_numbers){8, 1, 9, {{5, 1}, {3, 0}}});
	if (strcmp(what, "call_edit") == 0)
		return answer_call_edit(7, CALL_CHANGED_TITLE | CALL_CHANGED_OVERDUE);
	if (strcmp(what, "sign_up_list") == 0)
		return answer_sign_up_list(7, &sign_up, 1, true, 240);
	if (strcmp(what, "chain_join_behind") == 0)
		return answer_chain_join(7, OK, 29, LINE_WAITING, 3);
	if (strcmp(what, "chain_check") == 0)
		return answer_chain_check(7, 2, 120);
	if (strcmp(what, "login_with_grants") == 0)
		return make_login(&grantee);
	if (strcmp(what, "login_refused") == 0)
		return make_refused_login();
	if (strcmp(what, "person_export") == 0)
		return make_held(&grantee, &device);
	if (strcmp(what, "device_list") == 0)
		return answer_device_list(7, &device, 1, 2);
	if (strcmp(what, "desk_open") == 0)
		return answer_desk_open(7, "kJh0yuXDg6O9gmFW9FM9Qw", "8lqIErGQF7ymVgHFDi7RzA", 42, 1649847600000);
	if (strcmp(what, "desk_show") == 0)
		return answer_desk_show(7, TEXT("前台"), TEXT("192.0.2.7"), 42, 1649847600000);
	if (strcmp(what, "factor_begin") == 0)
		return answer_factor_begin(
			7, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "otpauth://totp/x:3.77?secret=GEZDGNBV");
	if (strcmp(what, "factor_confirm") == 0)
		return answer_factor_confirm(7, (char *[]){UNCONST("abcde-fghjk"), UNCONST("23456-7892a")}, 2);
	if (strcmp(what, "invite_give") == 0)
		return answer_invite_give(
			7, "3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI", (struct id){3, 77}, 1649847600000);
	if (strcmp(what, "grant_list") == 0)
		return answer_grant_list(7, &held, 1, true);
	if (strcmp(what, "chain_phones") == 0)
		return answer_chain_phones(7, &(struct line_phone){28, {3, 77}, "13800000000"}, 1, 100);
	if (strcmp(what, "audit_list") == 0)
		return answer_audit_list(7,
			&(struct audit_entry){7, 12, 1649761234567, "3.77", "phones", "7.5 7.6", "192.0.2.7",
				"核对物资发放名单", "verb=chain_phones call=7.4242"},
			1, "7:1649761234567-0");
	if (strcmp(what, "chain_code") == 0)
		return answer_chain_code(7, "483920", 1649761260000);
	if (strcmp(what, "template_list") == 0)
		return answer_template_list(7, templates, ARRAY_LEN(templates));
	if (strcmp(what, "chat_print") == 0)
		return answer_chat_print(7, "#接龙\n发放抗原试剂\n\n1. 王芳\n\n呼号 K7Q2\n", "K7Q2");
	if (strcmp(what, "chat_preview") == 0)
		return make_preview();
	if (strcmp(what, "subscribe_tell") == 0)
		return answer_subscribe_tell(7, "template-1", 3);
	if (strcmp(what, "place_image") == 0)
		return answer_place_image(7, TEXT("PNG"), true);
	return make_answer_of_roster(what);
}

static struct piece *
make_answer(const struct view *view, const char *what)
{
	static const struct row_refusal refused[] = {{17, "parent"}};
	struct import_result import = {3, 2, 1, refused, 1};
	struct place_node *nodes[] = {
		tree_find(view->tree, place_of("1401")), tree_find(view->tree, place_of("140105"))};
	struct call *call = view_call(view, id_of("7.4242"));
	struct call_record record = evening_call();
	uint64_t seq[PARTITIONS] = {0, 1, 4242, [15] = ID_NUMBER_MAX};

	if (strcmp(what, "status") == 0)
		return answer_status(7, UNAVAILABLE, "disk", 1000);
	if (strcmp(what, "login") == 0)
		return make_login(NULL);
	if (strcmp(what, "watch") == 0)
		return answer_watch(7, "1776000000000-0", seq);
	if (strcmp(what, "place_import") == 0)
		return answer_place_import(7, &import);
	if (strcmp(what, "place_list") == 0)
		return answer_place_list(7, nodes, 2, true);
	if (strcmp(what, "place_show") == 0)
		return answer_place_show(7, nodes[1]);
	if (strcmp(what, "tally_list") == 0)
		return answer_tally_list(7, nodes, 2, true);
	if (strcmp(what, "call_post") == 0)
		return answer_call_post(7, call->record.id);
	if (strcmp(what, "call_list") == 0)
		return answer_call_list(7, &call, 1, true);
	if (strcmp(what, "call_show") == 0)
		return answer_call_show(7, &record, &(struct call_numbers){26, 2, 30});
	if (strcmp(what, "chain_join") == 0)
		return answer_chain_join(7, ALREADY, 28, LINE_CONFIRMED, 0);
	if (strcmp(what, "chain_withdraw") == 0)
		return answer_chain_withdraw(7, 28);
	if (strcmp(what, "chain_list") != 0)
		return make_answer_of_shifts(what);
	return answer_chain_list(7, view, (struct telling_lines){.full = true}, evening_lines(), EVENING_LINES, 28);
}

/* The evening of the shifts, where people came, as its author hears of it. */
static struct piece *
make_of_shifts(const struct view *unused, const char *what)
{
	static const uint32_t ahead[EVENING_LINES] = {0, 0, 4};
	struct call_record record = evening_shifts();
	struct view *view = evening_shifts_view(&record);
	struct call *call = view_call(view, id_of("7.4242"));
	struct place_node *node = tree_find(view->tree, place_of("140105"));
	struct event event = {.partition = 7, .seq = 4243, .at_ms = 1649761205000};
	struct piece *piece;

	(void)unused;
	if (strcmp(what, "place_list") == 0) {
		piece = answer_tally_list(7, &node, 1, true);
	} else if (strcmp(what, "place") == 0) {
		piece = encode_place_tally(node);
	} else if (strcmp(what, "call") == 0) {
		piece = encode_call_tally(call);
	} else if (strcmp(what, "call_list") == 0) {
		piece = answer_call_list(7, &call, 1, true);
	} else if (strcmp(what, "chain_list") == 0) {
		piece = answer_chain_list(
			7, view, (struct telling_lines){2, true, ahead}, evening_shift_lines(), EVENING_LINES, 28);
	} else if (strcmp(what, "call_changed") == 0) {
		event.kind = EVENT_CALL;
		event.call.record = evening_cancelled();
		event.call.changes = CALL_CHANGED_QUESTIONS | CALL_CHANGED_STATE;
		piece = encode_event(view, &event);
	} else {
		event.kind = EVENT_CHAIN;
		event.chain.call = (struct id){7, 4242};
		event.chain.lines = evening_shift_lines();
		event.chain.count = EVENING_LINES;
		event.chain.late_for = (struct id){3, 77};
		event.chain.filled_at = place_of("140105007004001");
		piece = encode_event(view, &event);
	}
	view_destroy(view);
	return piece;
}

static struct piece *
make_event(const struct view *view, const char *what)
{
	struct event event = {.partition = 7, .seq = 4242, .at_ms = 1649761204000};

	if (strcmp(what, "places_changed") == 0) {
		event.kind = EVENT_PLACES;
		event.places.under = place_of("140105");
		event.places.count = 200;
	} else if (strcmp(what, "call_changed") == 0) {
		event.kind = EVENT_CALL;
		event.call.record = evening_call();
	} else {
		event.kind = EVENT_CHAIN;
		event.chain.call = (struct id){7, 4242};
		event.chain.lines = UNCONST(evening_lines());
		event.chain.count = EVENING_LINES;
	}
	return encode_event(view, &event);
}

static struct piece *
make_other(const struct view *view, const char *what)
{
	uint64_t seq[PARTITIONS] = {0, 1, 4242, [15] = ID_NUMBER_MAX};

	if (strcmp(what, "place") == 0)
		return encode_place_tally(tree_find(view->tree, place_of("140105")));
	if (strcmp(what, "call") == 0)
		return encode_call_tally(view_call(view, id_of("7.4242")));
	return encode_pulse("1776000000000-0", seq);
}

/* The frames that are made today, by the names they have in the file; those of requests are named for their verbs. When a
 * message gains a field, its row here gets another name ("answer_login_2"); the frame of the old one stays in the file. */
static const struct {
	const char *name;
	struct piece *(*make)(const struct view *view, const char *what);
	const char *what;
} rows[] = {
	{"answer_status", make_answer, "status"},
	{"answer_login", make_answer, "login"},
	{"answer_login_4", make_answer, "login_with_grants"},
	{"answer_watch", make_answer, "watch"},
	{"answer_place_import", make_answer, "place_import"},
	{"answer_place_list", make_answer, "place_list"},
	{"answer_place_show", make_answer, "place_show"},
	{"answer_tally_list", make_answer, "tally_list"},
	{"answer_login_5", make_answer, "login_refused"},
	{"answer_member_list_2", make_volunteer, "member_list"},
	{"answer_member_register", make_volunteer, "member_register"},
	{"answer_member_move", make_volunteer, "member_move"},
	{"answer_phone_bind", make_volunteer, "phone_bind"},
	{"answer_pending_list", make_volunteer, "pending_list"},
	{"answer_call_post", make_answer, "call_post"},
	{"answer_call_list", make_answer, "call_list"},
	{"answer_call_show", make_answer, "call_show"},
	{"answer_call_show_2", make_answer, "call_with_shifts"},
	{"answer_call_show_3", make_answer, "call_with_questions"},
	{"answer_call_list_2", make_of_shifts, "call_list"},
	{"answer_call_edit", make_answer, "call_edit"},
	{"answer_sign_up_list", make_answer, "sign_up_list"},
	{"answer_chain_join", make_answer, "chain_join"},
	{"answer_chain_withdraw", make_answer, "chain_withdraw"},
	{"answer_grant_list", make_answer, "grant_list"},
	{"answer_device_list", make_answer, "device_list"},
	{"answer_person_export", make_answer, "person_export"},
	{"answer_invite_give", make_answer, "invite_give"},
	{"answer_desk_open", make_answer, "desk_open"},
	{"answer_desk_show", make_answer, "desk_show"},
	{"answer_factor_begin", make_answer, "factor_begin"},
	{"answer_factor_confirm", make_answer, "factor_confirm"},
	{"answer_subscribe_tell", make_answer, "subscribe_tell"},
	{"answer_place_image", make_answer, "place_image"},
	{"answer_chain_join_2", make_answer, "chain_join_behind"},
	{"answer_chain_check", make_answer, "chain_check"},
	{"answer_chain_code", make_answer, "chain_code"},
	{"answer_chain_phones", make_answer, "chain_phones"},
	{"answer_audit_list", make_answer, "audit_list"},
	{"answer_roster_import", make_answer, "roster_import"},
	{"answer_roster_list", make_answer, "roster_list"},
	{"answer_template_list", make_answer, "template_list"},
	{"answer_chat_print", make_answer, "chat_print"},
	{"answer_chat_preview", make_answer, "chat_preview"},
	{"answer_chain_list_2", make_answer, "chain_list"},
	{"answer_chain_list_3", make_of_shifts, "chain_list"},
	{"answer_tally_list_2", make_of_shifts, "place_list"},
	{"event_places_changed", make_event, "places_changed"},
	{"event_call_changed", make_event, "call_changed"},
	{"event_call_changed_2", make_of_shifts, "call_changed"},
	{"event_chain_changed_2", make_event, "chain_changed"},
	{"event_chain_changed_3", make_of_shifts, "chain_changed"},
	{"tally_of_place", make_other, "place"},
	{"tally_of_place_2", make_of_shifts, "place"},
	{"tally_of_call", make_other, "call"},
	{"tally_of_call_2", make_of_shifts, "call"},
	{"pulse_of_hub", make_other, "pulse"},
};

static const char *const first_frames[VERB_COUNT] = {
#define REQUEST_NAME(name, NAME, changes) [VERB_##NAME] = "request_" #name,
	VERB_LIST(REQUEST_NAME)
#undef REQUEST_NAME
};

/* Its first frame's name, or that of the frame with the fields that it gained. */
static const char *
request_name(enum verb verb)
{
	switch (verb) {
	case VERB_LOGIN:
		return "request_login_2";
	case VERB_MEMBER_REGISTER:
		return "request_member_register_2";
	case VERB_MEMBER_MOVE:
		return "request_member_move_2";
	case VERB_MEMBER_LIST:
		return "request_member_list_2";
	case VERB_CALL_POST:
		return "request_call_post_2";
	case VERB_CHAIN_JOIN:
		return "request_chain_join_2";
	case VERB_CHAIN_WITHDRAW:
		return "request_chain_withdraw_2";
	case VERB_CHAIN_LIST:
		return "request_chain_list_2";
	case VERB_DEVICE_LIST:
		return "request_device_list_2";
	case VERB_DEVICE_REVOKE:
		return "request_device_revoke_2";
	default:
		return first_frames[verb];
	}
}

/* As it stands in the file; print_error() would cut it short. */
static void
print_record(const char *name, struct bytes bytes)
{
	char *text = render_frame(bytes.data, bytes.len);

	fprintf(stderr, "not in golden/frames.txt:\n[%s]", name);
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(stderr, "%s%02x", i % 48 ? "" : "\n= ", bytes.data[i]);
	fprintf(stderr, "\n%s\n", text);
	free(text);
}

/* Takes the bytes over. Returns whether they are as the file has them. */
static bool
is_as_before(const char *name, struct bytes bytes)
{
	const struct record *record = find_record(name);
	bool same = record && record->bytes.len == bytes.len && memcmp(record->bytes.data, bytes.data, bytes.len) == 0;

	if (!same && record)
		print_error("%s is not written any more as it was\n", name);
	if (!same)
		print_record(name, bytes);
	free(bytes.data);
	return same;
}

/* For somebody without an account, which no request can be that is for a person. */
static Request *
join_by_name(void)
{
	Request *request = good_request(VERB_CHAIN_JOIN);

	set_text(request, "person", "");
	set_text(request, "name", "王建国");
	return request;
}

/* For somebody with an account, which no request can be that is for somebody new. */
static Request *
invite_by_id(void)
{
	Request *request = good_request(VERB_INVITE_GIVE);

	set_text(request, "person", "3.77");
	set_text(request, "name", "");
	set_text(request, "organisation", "");
	set_text(request, "place", "");
	set_number(request, "kind", 0);
	return request;
}

/* With a token, the code of a second factor, and a name for the device. */
static Request *
login_by_token(void)
{
	Request *request = good_request(VERB_LOGIN);

	set_text(request, "token.token", "3.77.2.kJh0yuXDg6O9gmFW9FM9Q8lqIErGQF7ymVgHFDi7RzI");
	set_text(request, "token.code", "081804");
	set_text(request, "token.device", "社区电脑");
	return request;
}

static Request *
login_at_desk(void)
{
	Request *request = good_request(VERB_LOGIN);

	set_text(request, "desk.ticket", "kJh0yuXDg6O9gmFW9FM9Qw");
	set_text(request, "desk.secret", "8lqIErGQF7ymVgHFDi7RzA");
	return request;
}

/* One that stands in the file under that name. */
static bool
is_written_as_before(const char *name, Request *request)
{
	return is_as_before(name, pack_requests(&request, 1));
}

static void
requests_are_written_as_before(void **state)
{
	static const uint8_t client_pulse[] = {0x2a, 0};
	bool same = is_written_as_before("request_chain_join_3", join_by_name());

	(void)state;
	same = is_written_as_before("request_invite_give_2", invite_by_id()) && same;
	same = is_written_as_before("request_login_4", login_by_token()) && same;
	same = is_written_as_before("request_login_desk", login_at_desk()) && same;
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		same = is_written_as_before(request_name(verb), good_request(verb)) && same;
	same = is_as_before("pulse_of_client", bytes_of(client_pulse, sizeof(client_pulse))) && same;
	assert_true(same);
}

static void
what_the_hub_says_is_written_as_before(void **state)
{
	struct view *view = make_view();
	bool same = true;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		same = is_as_before(rows[i].name, bytes_of_piece(rows[i].make(view, rows[i].what))) && same;
	view_destroy(view);
	assert_true(same);
}

/* Nothing that the proto has may be left out. */

/* Whether the oneof of one of the messages in this list of Frame is of that case. */
static bool
case_is_in(const Frame *frame, const ProtobufCFieldDescriptor *list, const ProtobufCFieldDescriptor *member)
{
	const char *start = (const char *)frame;
	const char *const *items = *(const char *const *const *)(const void *)(start + list->offset);
	size_t count = *(const size_t *)(const void *)(start + list->quantifier_offset);

	for (size_t i = 0; i < count; i++)
		if (*(const uint32_t *)(const void *)(items[i] + member->quantifier_offset) == member->id)
			return true;
	return false;
}

static bool
case_is_golden(const ProtobufCFieldDescriptor *list, const ProtobufCFieldDescriptor *member)
{
	bool found = false;

	for (size_t i = 0; i < record_count && !found; i++) {
		Frame *frame = gridvanguard__v1__frame__unpack(NULL, records[i].bytes.len, records[i].bytes.data);
		found = case_is_in(frame, list, member);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	return found;
}

static void
every_kind_of_message_has_its_frame(void **state)
{
	static const char *const lists[] = {"requests", "answers", "events"};
	unsigned kinds = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const ProtobufCFieldDescriptor *list =
			protobuf_c_message_descriptor_get_field_by_name(&gridvanguard__v1__frame__descriptor, lists[i]);
		const ProtobufCMessageDescriptor *message = list->descriptor;
		for (unsigned j = 0; j < message->n_fields; j++) {
			if (!(message->fields[j].flags & PROTOBUF_C_FIELD_FLAG_ONEOF))
				continue;
			if (!case_is_golden(list, &message->fields[j]))
				fail_msg("no frame in golden/frames.txt has %s of %s", message->fields[j].name,
					lists[i]);
			kinds++;
		}
	}
	assert_true(kinds >= 33);
}

/* Fields that some frame in the file sets. */
static const ProtobufCFieldDescriptor *fields_set[1024];
static size_t fields_set_count;

static bool
is_set_somewhere(const ProtobufCFieldDescriptor *field)
{
	for (size_t i = 0; i < fields_set_count; i++)
		if (fields_set[i] == field)
			return true;
	return false;
}

static void
note_fields_of(const ProtobufCMessage *message)
{
	const char *start = (const char *)message;

	for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const void *at = start + field->offset;
		bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
		size_t count = list ? *(const size_t *)(const void *)(start + field->quantifier_offset) : 1;
		const ProtobufCMessage *const *items = list ? *(const ProtobufCMessage *const *const *)at : at;
		if (!field_is_set(message, field))
			continue;
		if (!is_set_somewhere(field)) {
			assert_true(fields_set_count < ARRAY_LEN(fields_set));
			fields_set[fields_set_count++] = field;
		}
		for (size_t item = 0; field->type == PROTOBUF_C_TYPE_MESSAGE && item < count; item++)
			note_fields_of(items[item]);
	}
}

static unsigned
report_fields_missing_in(const ProtobufCMessageDescriptor *message)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->fields[i];
		if (!is_set_somewhere(field)) {
			print_error("no frame in golden/frames.txt sets %s.%s\n", message->short_name, field->name);
			missing++;
		} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			missing += report_fields_missing_in(field->descriptor);
		}
	}
	return missing;
}

static void
every_field_has_its_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++) {
		Frame *frame = gridvanguard__v1__frame__unpack(NULL, records[i].bytes.len, records[i].bytes.data);
		note_fields_of(&frame->base);
		gridvanguard__v1__frame__free_unpacked(frame, NULL);
	}
	assert_int_equal(report_fields_missing_in(&gridvanguard__v1__frame__descriptor), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_frame_reads_as_it_did),
		cmocka_unit_test(every_frame_packs_as_it_did),
		cmocka_unit_test(every_request_is_still_taken),
		cmocka_unit_test(no_two_frames_have_one_name),
		cmocka_unit_test(requests_are_written_as_before),
		cmocka_unit_test(what_the_hub_says_is_written_as_before),
		cmocka_unit_test(every_kind_of_message_has_its_frame),
		cmocka_unit_test(every_field_has_its_frame),
	};

	return cmocka_run_group_tests(tests, read_golden, forget_golden);
}
