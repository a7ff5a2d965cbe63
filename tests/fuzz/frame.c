/* frame.c - the frame decoder, with any bytes: what it lets through is what requests.h promises, and all else is refused
 * with the name of a field. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "gridvanguard/v1/frame.pb-c.h"
#include "name.h"
#include "packed.h"
#include "seeds.h"

/* Whole characters, each written as short as can be, and none that is no text. */
static void
check_text(struct text text, bool lines, size_t max)
{
	size_t characters = 0, due = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];
		if (due > 0) {
			HOLDS((c & 0xc0) == 0x80);
			due--;
			continue;
		}
		HOLDS(c >= 0x20 || (lines && c == '\n'));
		HOLDS(c != 0x7f && (c < 0x80 || (c >= 0xc2 && c <= 0xf4)));
		due = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
		characters++;
	}
	HOLDS(due == 0 && characters <= max);
}

static void
check_place(struct place place)
{
	char text[PLACE_TEXT];
	struct place again;

	if (place_is_none(place))
		return;
	place_print(text, place);
	HOLDS(place_parse(&again, text_of(text)) && place_equal(place, again));
	HOLDS(place_partition(place) < PARTITIONS);
}

static void
check_id(struct id id)
{
	HOLDS(id.partition < PARTITIONS && id.number <= ID_NUMBER_MAX);
}

static void
check_watch(const struct watch *watch)
{
	const struct place_watch *places = watch->places.items;
	const struct id *calls = watch->calls.items;
	const struct cursor *cursors = watch->cursors.items;

	HOLDS(watch->places.count <= 8 && watch->calls.count <= 16 && watch->cursors.count <= PARTITIONS);
	for (size_t i = 0; i < watch->places.count; i++) {
		HOLDS(!place_is_none(places[i].place) && places[i].depth <= 3);
		check_place(places[i].place);
	}
	for (size_t i = 0; i < watch->calls.count; i++)
		check_id(calls[i]);
	for (size_t i = 0; i < watch->cursors.count; i++)
		HOLDS(cursors[i].partition < PARTITIONS && cursors[i].seq <= ID_NUMBER_MAX);
	check_text(watch->epoch, false, 64);
}

static void
check_import(const struct place_import *import)
{
	const struct place_row *rows = import->rows.items;

	HOLDS(import->rows.count >= 1 && import->rows.count <= 200);
	for (size_t i = 0; i < import->rows.count; i++) {
		check_text(rows[i].code, false, 18);
		check_text(rows[i].name, false, 60);
	}
}

/* Need and limit, starts and ends. */
static void
check_bounds(uint32_t need, uint32_t limit, uint64_t starts_ms, uint64_t ends_ms)
{
	HOLDS(need <= 100000 && limit <= 100000 && (limit == 0 || need <= limit));
	HOLDS(starts_ms <= ID_NUMBER_MAX && ends_ms <= ID_NUMBER_MAX && (ends_ms == 0 || ends_ms >= starts_ms));
}

/* One of them, and its row of the packed text: the choices fit it. */
static void
check_question(const struct question *question, struct text row)
{
	const struct text *choices = question->choices.items;
	bool has_choices = question->kind == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
	struct text columns = row;

	check_text(question->label, false, 40);
	HOLDS(question->label.len > 0 && question->kind >= 1 && question->kind <= 3);
	HOLDS(has_choices ? question->choices.count >= 2 && question->choices.count <= 10
			  : question->choices.count == 0);
	HOLDS(text_cut(&columns, '\t').data[0] == '0' + (char)question->kind);
	HOLDS(text_equal(text_cut(&columns, '\t'), question->required ? TEXT("1") : TEXT("0")));
	HOLDS(text_equal(text_cut(&columns, '\t'), question->label));
	for (size_t i = 0; i < question->choices.count; i++) {
		check_text(choices[i], false, 20);
		HOLDS(choices[i].len > 0 && text_equal(text_cut(&columns, '\t'), choices[i]));
		HOLDS(packed_answer_fits(row, choices[i]));
	}
	HOLDS(columns.len == 0 && packed_answer_fits(row, TEXT("")) == !question->required);
}

static void
check_questions(const struct list *questions)
{
	const struct question *items = questions->items;
	struct buf packed = {0};
	struct text rows;

	HOLDS(questions->count <= 8);
	pack_questions(&packed, questions);
	HOLDS(!packed.failed);
	rows = buf_text(&packed);
	for (size_t i = 0; i < questions->count; i++)
		check_question(&items[i], text_cut(&rows, '\n'));
	HOLDS(rows.len == 0);
	buf_finish(&packed);
}

static void
check_draft(const struct call_post *post)
{
	const struct slot_draft *slots = post->slots.items;

	check_bounds(post->need, post->limit, post->starts_ms, post->ends_ms);
	check_place(post->place);
	check_text(post->title, false, 60);
	check_text(post->body, true, 2000);
	check_text(post->meeting, false, 120);
	HOLDS(post->title.len > 0 && post->deadline_ms <= ID_NUMBER_MAX);
	check_text(post->bring, false, 120);
	HOLDS(post->window_minutes <= 1440 && post->grant_minutes <= 1440 && post->names <= 3);
	HOLDS(post->slots.count <= SLOTS_MAX);
	for (size_t i = 0; i < post->slots.count; i++) {
		check_text(slots[i].label, false, 40);
		HOLDS(slots[i].label.len > 0);
		check_bounds(slots[i].need, slots[i].limit, slots[i].starts_ms, slots[i].ends_ms);
		for (size_t j = 0; j < i; j++)
			HOLDS(!text_equal(slots[i].label, slots[j].label));
	}
	check_questions(&post->questions);
}

static void
check_post(const struct call_post *post)
{
	HOLDS(!place_is_none(post->place) && post->deadline_ms > 0);
	check_draft(post);
}

static void
check_template(struct place place, struct text name)
{
	HOLDS(!place_is_none(place));
	check_place(place);
	check_text(name, false, TEMPLATE_NAME_MAX);
	HOLDS(name.len < TEMPLATE_NAME_BYTES);
}

/* A name that was let through shows to strangers as text, a character for each of its own. */
static void
check_name(struct text name)
{
	char masked[NAME_MASKED];
	size_t characters = 0, shown = 0;

	check_text(name, false, 20);
	name_mask(masked, name);
	check_text(text_of(masked), false, 20);
	for (size_t i = 0; i < name.len; i++)
		characters += ((unsigned char)name.data[i] & 0xc0) != 0x80;
	for (size_t i = 0; masked[i]; i++)
		shown += ((unsigned char)masked[i] & 0xc0) != 0x80;
	HOLDS(shown == characters);
}

/* Packed, it has a column for each text up to the last that is not empty, or none at all. */
static void
check_line_texts(const struct chain_join *join)
{
	const struct text *answers = join->answers.items;
	struct buf packed = {0};
	struct text columns;
	size_t len = join->name.len + join->remark.len, count = join->answers.count;

	for (; count > 0 && answers[count - 1].len == 0; count--)
		;
	for (size_t i = 0; i < count; i++)
		len += answers[i].len;
	pack_line_texts(&packed, join->name, join->remark, &join->answers);
	HOLDS(!packed.failed && packed.len == (len ? len + 1 + count : 0));
	columns = buf_text(&packed);
	if (len > 0) {
		HOLDS(text_equal(text_cut(&columns, '\t'), join->name));
		HOLDS(text_equal(text_cut(&columns, '\t'), join->remark));
		for (size_t i = 0; i < count; i++)
			HOLDS(text_equal(text_cut(&columns, '\t'), answers[i]));
	}
	HOLDS(columns.len == 0);
	buf_finish(&packed);
}

/* A line by its number, or one's own of a slot. */
static void
check_line(struct id call, uint32_t slot)
{
	check_id(call);
	HOLDS(!id_is_none(call) && slot <= SLOTS_MAX);
}

static void
check_role(struct id person, uint32_t role)
{
	check_id(person);
	HOLDS(!id_is_none(person) && role > ROLE_NONE && role < ROLES);
}

static void
check_join(const struct chain_join *join)
{
	const struct text *answers = join->answers.items;

	check_line(join->call, join->slot);
	check_id(join->person);
	HOLDS(join->people <= 20 && join->answers.count <= 8);
	check_text(join->remark, false, 100);
	check_name(join->name);
	HOLDS(join->name.len == 0 || id_is_none(join->person));
	for (size_t i = 0; i < join->answers.count; i++)
		check_text(answers[i], false, 200);
	check_line_texts(join);
}

/* Verbs that change a call, but for posting. */
static void
check_change_of_call(const struct asked *asked)
{
	switch (asked->verb) {
	case VERB_CALL_CLOSE:
		check_line(asked->call_close.call, 0);
		break;
	case VERB_CALL_REOPEN:
		check_line(asked->call_reopen.call, 0);
		HOLDS(asked->call_reopen.deadline_ms > 0 && asked->call_reopen.deadline_ms <= ID_NUMBER_MAX);
		break;
	case VERB_CALL_EDIT:
		check_line(asked->call_edit.call, 0);
		check_post(&asked->call_edit.to);
		break;
	case VERB_CALL_CANCEL:
		check_line(asked->call_cancel.call, 0);
		check_text(asked->call_cancel.reason, false, 200);
		HOLDS(asked->call_cancel.reason.len > 0);
		break;
	case VERB_CALL_THANK:
		check_line(asked->call_thank.call, 0);
		check_text(asked->call_thank.text, false, 200);
		HOLDS(asked->call_thank.text.len > 0);
		break;
	default:
		break;
	}
}

static void
check_chat(const struct asked *asked)
{
	const struct chat_preview *preview = &asked->chat_preview;

	if (asked->verb == VERB_CHAT_PRINT)
		check_line(asked->chat_print.call, 0);
	if (asked->verb != VERB_CHAT_PREVIEW)
		return;
	HOLDS(preview->text.len >= 1 && preview->text.len <= PASTE_MAX);
	HOLDS(!memchr(preview->text.data, '\0', preview->text.len));
	HOLDS(preview->slot <= SLOTS_MAX && preview->count >= 1 && preview->count <= PAGE_MAX);
}

static void
check_chain(const struct asked *asked)
{
	switch (asked->verb) {
	case VERB_CHAIN_JOIN:
		check_join(&asked->chain_join);
		break;
	case VERB_CHAIN_WITHDRAW:
		check_line(asked->chain_withdraw.call, asked->chain_withdraw.slot);
		break;
	case VERB_CHAIN_CONFIRM:
		check_line(asked->chain_confirm.call, asked->chain_confirm.slot);
		break;
	case VERB_CHAIN_CHECK:
		check_line(asked->chain_check.call, asked->chain_check.slot);
		check_text(asked->chain_check.code, false, 40);
		break;
	case VERB_CHAIN_PHONES:
		check_line(asked->chain_phones.call, 0);
		HOLDS(asked->chain_phones.count >= 1 && asked->chain_phones.count <= PHONES_PAGE_MAX);
		break;
	case VERB_AUDIT_LIST:
		HOLDS(asked->audit_list.count >= 1 && asked->audit_list.count <= AUDIT_PAGE_MAX);
		break;
	case VERB_CHAIN_CODE:
		check_line(asked->chain_code.call, 0);
		break;
	case VERB_GRANT_GIVE:
		check_role(asked->grant_give.person, asked->grant_give.role);
		break;
	case VERB_GRANT_TAKE:
		check_role(asked->grant_take.person, asked->grant_take.role);
		break;
	case VERB_GRANT_LIST:
		HOLDS(asked->grant_list.count >= 1 && asked->grant_list.count <= GRANTS_PAGE_MAX);
		break;
	case VERB_DESK_OPEN:
		check_text(asked->desk_open.device, true, 40);
		break;
	case VERB_DESK_SHOW:
		check_text(asked->desk_show.ticket, true, 40);
		break;
	case VERB_DESK_CONFIRM:
		check_text(asked->desk_confirm.ticket, true, 40);
		HOLDS(asked->desk_confirm.number <= 99);
		break;
	case VERB_FACTOR_CONFIRM:
		check_text(asked->factor_confirm.code, true, 8);
		break;
	case VERB_FACTOR_REMOVE:
		check_text(asked->factor_remove.code, false, 20);
		break;
	case VERB_SUBSCRIBE_TELL:
		HOLDS(asked->subscribe_tell.accepted.count <= 5);
		break;
	case VERB_INVITE_GIVE:
		HOLDS(id_is_none(asked->invite_give.person) == (asked->invite_give.name.len > 0));
		HOLDS(id_is_none(asked->invite_give.person) != place_is_none(asked->invite_give.place));
		HOLDS(asked->invite_give.hours <= 168);
		break;
	case VERB_CHAIN_LIST:
		check_line(asked->chain_list.call, 0);
		HOLDS(asked->chain_list.count >= 1 && asked->chain_list.count <= PAGE_MAX);
		break;
	case VERB_TEMPLATE_SAVE:
		check_template(asked->template_save.place, asked->template_save.name);
		check_draft(&asked->template_save.call);
		break;
	case VERB_TEMPLATE_LIST:
		check_template(asked->template_list.place, asked->template_list.name);
		break;
	case VERB_TEMPLATE_REMOVE:
		check_template(asked->template_remove.place, asked->template_remove.name);
		break;
	default:
		break;
	}
}

static void
check_roster(const struct asked *asked)
{
	const struct roster_row *rows = asked->roster_import.rows.items;

	switch (asked->verb) {
	case VERB_ROSTER_IMPORT:
		HOLDS(asked->roster_import.rows.count >= 1 && asked->roster_import.rows.count <= ROSTER_ROWS_MAX);
		for (size_t i = 0; i < asked->roster_import.rows.count; i++) {
			check_text(rows[i].phone, false, 40);
			check_name(rows[i].name);
			check_text(rows[i].organisation, false, 60);
			check_text(rows[i].place, false, 18);
			HOLDS(rows[i].phone.len > 0 && rows[i].name.len > 0);
		}
		break;
	case VERB_ROSTER_LIST:
		check_place(asked->roster_list.place);
		check_text(asked->roster_list.after, false, 64);
		HOLDS(asked->roster_list.count >= 1 && asked->roster_list.count <= ROSTER_PAGE_MAX);
		break;
	case VERB_ROSTER_REMOVE:
		HOLDS(asked->roster_remove.entry.len == 32);
		break;
	default:
		break;
	}
}

static void
check_asked(const struct asked *asked)
{
	static const struct uuid none;

	HOLDS(asked->id >= 1 && asked->id <= ID_NUMBER_MAX && asked->verb < VERB_COUNT);
	HOLDS(memcmp(&asked->once, &none, sizeof(none)) == 0 || uuid_is_v7(&asked->once));
	switch (asked->verb) {
	case VERB_LOGIN:
		if (asked->login.by_dev)
			HOLDS(asked->login.dev.token.len == 64 && asked->login.dev.handle.len <= 32);
		if (asked->login.by_wechat)
			HOLDS(asked->login.wechat.code.len > 0);
		break;
	case VERB_WATCH:
		check_watch(&asked->watch);
		break;
	case VERB_PLACE_IMPORT:
		check_import(&asked->place_import);
		break;
	case VERB_PLACE_LIST:
		check_place(asked->place_list.under);
		HOLDS(asked->place_list.count >= 1 && asked->place_list.count <= PAGE_MAX);
		break;
	case VERB_TALLY_LIST:
		check_place(asked->tally_list.after);
		HOLDS(asked->tally_list.count >= 1 && asked->tally_list.count <= PAGE_MAX);
		break;
	case VERB_MEMBER_REGISTER:
		HOLDS(place_level(asked->member_register.place) >= GRID);
		check_name(asked->member_register.name);
		check_text(asked->member_register.organisation, false, 60);
		HOLDS(asked->member_register.kind <= KIND_VOLUNTEER);
		break;
	case VERB_MEMBER_MOVE:
		HOLDS(asked->member_move.at_work || !place_is_none(asked->member_move.place));
		break;
	case VERB_MEMBER_CORRECT:
		check_name(asked->member_correct.name);
		check_text(asked->member_correct.organisation, false, 60);
		break;
	case VERB_PHONE_BIND:
		HOLDS(asked->phone_bind.code.len > 0);
		break;
	case VERB_PENDING_LIST:
		HOLDS(asked->pending_list.count >= 1 && asked->pending_list.count <= PENDING_PAGE_MAX);
		break;
	case VERB_PENDING_DECIDE:
		HOLDS(!id_is_none(asked->pending_decide.person));
		check_text(asked->pending_decide.reason, false, 100);
		HOLDS(asked->pending_decide.what > ASKED_NOTHING && asked->pending_decide.what <= ASKED_WORK);
		break;
	case VERB_SIGN_UP_LIST:
		HOLDS(asked->sign_up_list.before_ms <= ID_NUMBER_MAX);
		HOLDS(asked->sign_up_list.count >= 1 && asked->sign_up_list.count <= SIGN_UPS_PAGE_MAX);
		break;
	case VERB_CALL_POST:
		check_post(&asked->call_post);
		HOLDS(uuid_is_v7(&asked->once));
		break;
	case VERB_CALL_LIST:
		HOLDS(asked->call_list.count >= 1 && asked->call_list.count <= CALLS_PAGE_MAX);
		break;
	default:
		check_change_of_call(asked);
		check_chain(asked);
		check_roster(asked);
		check_chat(asked);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct frame frame;

	if (frame.arena.size == 0)
		frame_init(&frame);
	if (frame_open(&frame, bytes, len) != OK)
		return 0;
	HOLDS(frame.request_count <= FRAME_MAX_REQUESTS);
	for (size_t i = 0; i < frame.request_count; i++) {
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		enum status status;
		memset(field, 'x', sizeof(field));
		status = frame_request(&frame, i, &asked, field);
		if (status == OK) {
			check_asked(&asked);
			continue;
		}
		HOLDS(status == BAD_REQUEST && memchr(field, '\0', sizeof(field)) && field[0]);
	}
	return 0;
}

/* Seeds: one good request of each verb. */

static void
add_seed(Gridvanguard__V1__Request__VerbCase verb, void *body)
{
	static uint8_t once[16] = {0x01, 0x8f, 0x0e, 0x3c, 0x2a, 0x4b, 0x7c, 0x5d, 0x8e, 0x6f};
	Gridvanguard__V1__Request request = GRIDVANGUARD__V1__REQUEST__INIT, *requests[] = {&request, &request};
	Gridvanguard__V1__Pulse pulse = GRIDVANGUARD__V1__PULSE__INIT;
	Gridvanguard__V1__Frame frame = GRIDVANGUARD__V1__FRAME__INIT;
	uint8_t packed[FRAME_MAX_BYTES];

	request.id = verb % 2 ? 7 : ID_NUMBER_MAX;
	request.once = (ProtobufCBinaryData){sizeof(once), once};
	request.verb_case = verb;
	request.login = body; /* any member: all are pointers to messages */
	frame.requests = requests;
	frame.n_requests = verb % 2 + 1;
	frame.pulse = verb % 3 ? NULL : &pulse;
	seeds_add(packed, gridvanguard__v1__frame__pack(&frame, packed));
}

/* protobuf-c's structs hold char * even where they only read. */
static char *
string(const char *cstr)
{
	return UNCONST(cstr);
}

/* SEED(CHAIN_JOIN, ChainJoin, CHAIN_JOIN, .call = …): INIT macros are lists in braces, so fields are set behind. */
#define SEED(VERB, type, INIT, ...)                                               \
	do {                                                                      \
		Gridvanguard__V1__##type body = GRIDVANGUARD__V1__##INIT##__INIT; \
		__VA_ARGS__;                                                      \
		add_seed(GRIDVANGUARD__V1__REQUEST__VERB_##VERB, &body);          \
	} while (0)

static void
add_login(void)
{
	Gridvanguard__V1__DevLogin dev = GRIDVANGUARD__V1__DEV_LOGIN__INIT;
	Gridvanguard__V1__WechatLogin wechat = GRIDVANGUARD__V1__WECHAT_LOGIN__INIT;

	dev.token = string("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	dev.handle = string("an-1");
	SEED(LOGIN, Login, LOGIN, body.how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV, body.dev = &dev);
	wechat.code = string("0b1aQQ000KJ4zR1Ggm00");
	SEED(LOGIN, Login, LOGIN, body.how_case = GRIDVANGUARD__V1__LOGIN__HOW_WECHAT, body.wechat = &wechat);
}

/* As much as a request may hold, so that a little more is not far. */

static void
add_watch(void)
{
	Gridvanguard__V1__PlaceWatch place = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[8];
	Gridvanguard__V1__Cursor cursor = GRIDVANGUARD__V1__CURSOR__INIT, *cursors[PARTITIONS];
	char *calls[16];

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		places[i] = &place;
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		calls[i] = string("15.9007199254740991");
	for (size_t i = 0; i < ARRAY_LEN(cursors); i++)
		cursors[i] = &cursor;
	place.place = string("140105");
	place.depth = 3;
	cursor.partition = PARTITIONS - 1;
	cursor.seq = ID_NUMBER_MAX;
	SEED(WATCH, Watch, WATCH, body.places = places, body.n_places = ARRAY_LEN(places), body.calls = calls,
		body.n_calls = ARRAY_LEN(calls), body.epoch = string("0123456789abcdef"), body.cursors = cursors,
		body.n_cursors = ARRAY_LEN(cursors));
}

static void
add_import(size_t count)
{
	Gridvanguard__V1__PlaceRow row = GRIDVANGUARD__V1__PLACE_ROW__INIT, *rows[200];

	for (size_t i = 0; i < count; i++)
		rows[i] = &row;
	row.code = string("140105007004");
	row.name = string("西吴社区");
	SEED(PLACE_IMPORT, PlaceImport, PLACE_IMPORT, body.rows = rows, body.n_rows = count);
}

static void
add_roster(size_t count)
{
	Gridvanguard__V1__RosterRow row = GRIDVANGUARD__V1__ROSTER_ROW__INIT, *rows[200];

	for (size_t i = 0; i < count; i++)
		rows[i] = &row;
	row.phone = string("138 0000 0000");
	row.name = string("王芳");
	row.organisation = string("第一党支部");
	row.place = string("140105007004");
	SEED(ROSTER_IMPORT, RosterImport, ROSTER_IMPORT, body.rows = rows, body.n_rows = count, body.only_look = true);
}

#define TEN(text) text text text text text text text text text text

static void
add_post(void)
{
	SEED(CALL_POST, CallPost, CALL_POST, body.place = string("140105007004001"),
		body.title = string(TEN("发放抗原试剂")), body.body = string("请带手套\n不用报名两次"),
		body.meeting = string("南门 19:30"), body.need = 20, body.limit = 100000,
		body.deadline_ms = ID_NUMBER_MAX);
}

/* Two shifts, a question with choices; also as an edit. */
static void
add_shifts(void)
{
	Gridvanguard__V1__Slot slot = GRIDVANGUARD__V1__SLOT__INIT, *slots[] = {&slot, &slot};
	Gridvanguard__V1__Question question = GRIDVANGUARD__V1__QUESTION__INIT, *questions[] = {&question};
	Gridvanguard__V1__CallPost post = GRIDVANGUARD__V1__CALL_POST__INIT;
	char *choices[] = {string("大"), string("小")};

	slot.label = string("早班");
	slot.starts_ms = 1649761200000;
	slot.ends_ms = 1649768400000;
	slot.need = 3;
	slot.limit = 5;
	question.kind = GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;
	question.label = string("尺码");
	question.choices = choices;
	question.n_choices = 2;
	post.place = string("140105007004001");
	post.title = string("发放抗原试剂");
	post.deadline_ms = 1649775600000;
	post.slots = slots;
	post.n_slots = 2;
	post.questions = questions;
	post.n_questions = 1;
	post.bring = string("手套");
	post.starts_ms = 1649761200000;
	post.ends_ms = 1649775600000;
	post.names = GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY;
	post.window_minutes = 30;
	post.grant_minutes = 120;
	add_seed(GRIDVANGUARD__V1__REQUEST__VERB_CALL_POST, &post);
	SEED(CALL_EDIT, CallEdit, CALL_EDIT, body.call = string("7.4242"), body.version = 3, body.demote = true,
		body.to = &post);
}

/* A line for somebody else, with all there is to say. */
static void
add_join(void)
{
	char *answers[] = {string("8"), string("小")};

	SEED(CHAIN_JOIN, ChainJoin, CHAIN_JOIN, body.call = string("7.4242"), body.slot = 2, body.people = 3,
		body.remark = string("带小推车"), body.answers = answers, body.n_answers = 2,
		body.name = string("欧阳建国"), body.walk_up = true);
	SEED(CHAIN_JOIN, ChainJoin, CHAIN_JOIN, body.call = string("7.4242"), body.person = string("3.77"),
		body.despite_clash = true);
}

/* Fields that nobody knows, which protobuf-c keeps: nearly more than the arena takes. */
static void
add_unknown(void)
{
	uint8_t bytes[FRAME_MAX_BYTES];
	size_t len = 0;

	while (len < 2500 * 3) {
		memcpy(bytes + len, "\xc0\x3e\x01", 3);
		len += 3;
	}
	seeds_add(bytes, len);
}

void
seeds_write(void)
{
	char *grid = string("140105007004001"), *call = string("7.4242");

	seeds_add("", 0);
	add_login();
	add_watch();
	add_import(1);
	add_import(200);
	add_roster(1);
	add_roster(200);
	SEED(ROSTER_LIST, RosterList, ROSTER_LIST, body.place = string("140105"), body.after = string("7: 07aa"),
		body.count = 60);
	SEED(ROSTER_REMOVE, RosterRemove, ROSTER_REMOVE, body.entry = string("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	add_unknown();
	add_post();
	add_shifts();
	add_join();
	SEED(PLACE_LIST, PlaceList, PLACE_LIST, body.under = string("14"), body.depth = 2, body.count = 200);
	SEED(PLACE_SHOW, PlaceShow, PLACE_SHOW, body.place = grid);
	SEED(TALLY_LIST, TallyList, TALLY_LIST, body.place = string("1401"), body.after = grid, body.count = 100);
	SEED(MEMBER_REGISTER, MemberRegister, MEMBER_REGISTER, body.place = grid, body.name = string(TEN("王建")),
		body.organisation = string("第七纺织厂"));
	SEED(MEMBER_MOVE, MemberMove, MEMBER_MOVE, body.place = string("140105007004001002"));
	SEED(MEMBER_CORRECT, MemberCorrect, MEMBER_CORRECT, body.name = string(TEN("王建")));
	SEED(PHONE_BIND, PhoneBind, PHONE_BIND, body.code = string("e31968a7f94cc5ee25fa"), body.same_person = true);
	SEED(PENDING_LIST, PendingList, PENDING_LIST, body.place = grid, body.after = string("8:"), body.count = 50);
	SEED(PENDING_DECIDE, PendingDecide, PENDING_DECIDE, body.person = string("3.77"), body.place = grid,
		body.reason = string("不住这里"), body.asked_ms = 1649761200000, body.what = 1);
	SEED(MEMBER_LEAVE, MemberLeave, MEMBER_LEAVE, (void)0);
	SEED(MEMBER_LIST, MemberList, MEMBER_LIST, body.place = grid, body.after = string("3.77"), body.count = 1);
	SEED(CALL_LIST, CallList, CALL_LIST, body.place = grid, body.count = 50);
	SEED(CALL_SHOW, CallShow, CALL_SHOW, body.call = call);
	SEED(CALL_CLOSE, CallClose, CALL_CLOSE, body.call = call);
	SEED(CALL_REOPEN, CallReopen, CALL_REOPEN, body.call = call, body.deadline_ms = 1649775600000);
	SEED(CALL_CANCEL, CallCancel, CALL_CANCEL, body.call = call, body.reason = string("下雨"));
	SEED(CALL_THANK, CallThank, CALL_THANK, body.call = call, body.text = string("辛苦了"));
	SEED(CHAIN_JOIN, ChainJoin, CHAIN_JOIN, body.call = call);
	SEED(CHAIN_CONFIRM, ChainConfirm, CHAIN_CONFIRM, body.call = call, body.slot = 1);
	SEED(CHAIN_CHECK, ChainCheck, CHAIN_CHECK, body.call = call, body.number = 3, body.slot = 16, body.out = true,
		body.code = string("483920"));
	SEED(CHAIN_PHONES, ChainPhones, CHAIN_PHONES, body.call = call, body.after = 17, body.count = 100);
	SEED(AUDIT_LIST, AuditList, AUDIT_LIST, body.who = string("3.77"), body.what = string("phones"),
		body.after = string("7:1649761234567-0"), body.count = 100);
	SEED(CHAIN_CODE, ChainCode, CHAIN_CODE, body.call = call);
	SEED(CHAT_PRINT, ChatPrint, CHAT_PRINT, body.call = call, body.english = true);
	SEED(CHAT_PREVIEW, ChatPreview, CHAT_PREVIEW, body.call = call, body.text = string("#接龙\r\n1. 王芳"),
		body.slot = 1, body.after = 2, body.count = 200);
	SEED(SUBSCRIBE_TELL, SubscribeTell, SUBSCRIBE_TELL, body.n_accepted = 1,
		body.accepted = (char *[]){string("template-1")});
	SEED(PLACE_IMAGE, PlaceImage, PLACE_IMAGE, body.place = grid);
	SEED(DEVICE_REVOKE, DeviceRevoke, DEVICE_REVOKE, body.device = 2, body.person = string("3.77"));
	SEED(CONSENT_GIVE, ConsentGive, CONSENT_GIVE, body.version = string("3fd1b0a2"), body.withdraw = true);
	SEED(DESK_OPEN, DeskOpen, DESK_OPEN, body.device = string("前台"));
	SEED(DESK_SHOW, DeskShow, DESK_SHOW, body.ticket = string("kJh0yuXDg6O9gmFW9FM9Qw"));
	SEED(DESK_CONFIRM, DeskConfirm, DESK_CONFIRM, body.ticket = string("kJh0yuXDg6O9gmFW9FM9Qw"), body.number = 42,
		body.accept = true);
	SEED(PERSON_EXPORT, PersonExport, PERSON_EXPORT, body.person = string("3.77"));
	SEED(PERSON_ERASE, PersonErase, PERSON_ERASE, body.person = string("3.77"));
	SEED(FACTOR_BEGIN, FactorBegin, FACTOR_BEGIN, (void)0);
	SEED(FACTOR_CONFIRM, FactorConfirm, FACTOR_CONFIRM, body.code = string("081804"));
	SEED(FACTOR_REMOVE, FactorRemove, FACTOR_REMOVE, body.person = string("3.77"),
		body.code = string("abcde-fghjk"));
	SEED(INVITE_GIVE, InviteGive, INVITE_GIVE, body.person = string("3.77"), body.hours = 168);
	SEED(INVITE_GIVE, InviteGive, INVITE_GIVE, body.name = string("李梅"), body.place = grid,
		body.kind = GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_VOLUNTEER);
	SEED(SIGN_UP_LIST, SignUpList, SIGN_UP_LIST, body.before_ms = 1649775600000, body.count = 100);
	SEED(CHAIN_WITHDRAW, ChainWithdraw, CHAIN_WITHDRAW, body.call = call, body.number = 28, body.slot = 1);
	SEED(CHAIN_LIST, ChainList, CHAIN_LIST, body.call = call, body.after = 17, body.count = 200, body.mine = true);
}
