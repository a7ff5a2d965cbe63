/* frame.c - what a client sends: good requests into plain C, all else refused with the field named. */
#include <stdio.h>
#include <stdlib.h>

#include "requests.h"
#include "unit.h"

#define FIELD_NONE ""

/* Texts of so many characters. */
static char title_60[60 * 4 + 1], title_61[60 * 4 + 2], title_10000[10001], body_2000[2000 * 3 + 1],
	body_2001[2000 * 3 + 2], meeting_120[120 * 3 + 1], meeting_121[120 * 3 + 2], name_20[20 * 3 + 1],
	name_21[20 * 3 + 2], org_60[60 * 3 + 1], org_61[60 * 3 + 2], token_63[64], token_65[66], handle_33[34],
	epoch_64[65], epoch_65[66], code_19[20], label_40[40 * 3 + 1], label_41[40 * 3 + 2], choice_20[20 * 3 + 1],
	choice_21[20 * 3 + 2], remark_100[100 * 3 + 1], remark_101[100 * 3 + 2], words_200[200 * 3 + 1],
	words_201[200 * 3 + 2], code_40[41], code_41[42], paste_15000[5000 * 3 + 1], paste_15001[5000 * 3 + 2];

static void
repeat(char *out, const char *unit, size_t times, const char *end)
{
	out[0] = '\0';
	for (size_t i = 0; i < times; i++)
		memcpy(out + i * strlen(unit), unit, strlen(unit) + 1);
	strcat(out, end);
}

static int
make_texts(void **state)
{
	(void)state;
	repeat(title_60, "𠀋", 60, ""); /* of four bytes, which count as one */
	repeat(title_61, "𠀋", 60, "a");
	repeat(title_10000, "a", 10000, "");
	repeat(body_2000, "文", 2000, "");
	repeat(body_2001, "文", 2000, "a");
	repeat(meeting_120, "门", 120, "");
	repeat(meeting_121, "门", 120, "a");
	repeat(paste_15000, "王", 5000, "");
	repeat(paste_15001, "王", 5000, "a");
	repeat(name_20, "王", 20, "");
	repeat(name_21, "王", 20, "a");
	repeat(org_60, "院", 60, "");
	repeat(org_61, "院", 60, "a");
	repeat(token_63, "a", 63, "");
	repeat(token_65, "a", 65, "");
	repeat(handle_33, "a", 33, "");
	repeat(epoch_64, "e", 64, "");
	repeat(epoch_65, "e", 65, "");
	repeat(code_19, "1", 19, "");
	repeat(label_40, "班", 40, "");
	repeat(label_41, "班", 40, "a");
	repeat(choice_20, "码", 20, "");
	repeat(choice_21, "码", 20, "a");
	repeat(remark_100, "晚", 100, "");
	repeat(remark_101, "晚", 100, "a");
	repeat(words_200, "谢", 200, "");
	repeat(words_201, "谢", 200, "a");
	repeat(code_40, "4", 40, "");
	repeat(code_41, "4", 41, "");
	return 0;
}

/* The frame that all tests open. */
static struct frame frame;

static int
open_all(void **state)
{
	frame_init(&frame);
	return make_texts(state);
}

static int
close_all(void **state)
{
	(void)state;
	frame_finish(&frame);
	return 0;
}

/* Opens a frame of these bytes and gives them back: nothing may point into them. */
static enum status
open_bytes(struct bytes bytes)
{
	enum status status = frame_open(&frame, bytes.data, bytes.len);

	memset(bytes.data, 0xee, bytes.len);
	free(bytes.data);
	return status;
}

/* Sends one request through; what came out, and the field that is wrong with it. */
static enum status
ask(Request *request, struct asked *asked, char field[FIELD_TEXT_MAX])
{
	memset(asked, 0xa5, sizeof(*asked));
	strcpy(field, "?");
	assert_int_equal(open_bytes(pack_requests(&request, 1)), OK);
	assert_int_equal(frame.request_count, 1);
	return frame_request(&frame, 0, asked, field);
}

static struct asked
ask_good(enum verb verb)
{
	char field[FIELD_TEXT_MAX];
	struct asked asked;
	enum status status = ask(good_request(verb), &asked, field);

	if (status != OK)
		fail_msg("%s: %s", verb_name(verb), field);
	assert_string_equal(field, "");
	assert_int_equal(asked.verb, verb);
	assert_int_equal(asked.id, 7);
	return asked;
}

/* The good ones, verb by verb. */

static void
login_is_read(void **state)
{
	struct asked asked = ask_good(VERB_LOGIN);

	(void)state;
	assert_true(asked.login.by_dev);
	assert_text(asked.login.dev.token, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	assert_text(asked.login.dev.handle, "an-1_x");
}

static void
login_by_no_known_way_says_so(void **state)
{
	Gridvanguard__V1__Login login = GRIDVANGUARD__V1__LOGIN__INIT;
	Request *request = good_request(VERB_LOGIN);
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	request->login = &login;
	assert_int_equal(ask(request, &asked, field), OK);
	assert_false(asked.login.by_dev);
}

static void
watch_is_read(void **state)
{
	struct asked asked = ask_good(VERB_WATCH);
	const struct place_watch *places = asked.watch.places.items;
	const struct cursor *cursors = asked.watch.cursors.items;
	const struct id *calls = asked.watch.calls.items;

	(void)state;
	assert_int_equal(asked.watch.places.count, 2);
	assert_place(places[0].place, "1401");
	assert_int_equal(places[0].depth, 3);
	assert_place(places[1].place, "140105007004001");
	assert_int_equal(places[1].depth, 1);
	assert_int_equal(asked.watch.calls.count, 2);
	assert_true(id_equal(calls[0], id_of("7.4242")));
	assert_true(id_equal(calls[1], id_of("15.9007199254740991")));
	assert_text(asked.watch.epoch, "1776000000000-0");
	assert_int_equal(asked.watch.cursors.count, 2);
	assert_int_equal(cursors[0].partition, 3);
	assert_int_equal(cursors[0].seq, 4242);
	assert_int_equal(cursors[1].partition, 15);
	assert_true(cursors[1].seq == ID_NUMBER_MAX);
}

static void
places_are_imported_as_they_came(void **state)
{
	struct asked asked = ask_good(VERB_PLACE_IMPORT);
	const struct place_row *rows = asked.place_import.rows.items;

	(void)state;
	assert_int_equal(asked.place_import.rows.count, 2);
	assert_text(rows[0].code, "140105007004");
	assert_text(rows[0].name, "西吴社区居委会");
	assert_text(rows[1].code, "140105007004001");
	assert_text(rows[1].name, "第一网格");
}

static void
lists_of_places_are_read(void **state)
{
	struct asked asked = ask_good(VERB_PLACE_LIST);

	(void)state;
	assert_place(asked.place_list.under, "140105");
	assert_int_equal(asked.place_list.depth, 2);
	assert_place(asked.place_list.after, "140105007");
	assert_int_equal(asked.place_list.count, 200);
	asked = ask_good(VERB_PLACE_SHOW);
	assert_place(asked.place_show.place, "140105007004001002");
	asked = ask_good(VERB_TALLY_LIST);
	assert_place(asked.tally_list.place, "1401");
	assert_int_equal(asked.tally_list.depth, 1);
	assert_place(asked.tally_list.after, "140106");
	assert_int_equal(asked.tally_list.count, 11);
}

static void
members_are_read(void **state)
{
	struct asked asked = ask_good(VERB_MEMBER_REGISTER);

	(void)state;
	assert_place(asked.member_register.place, "140105007004001");
	assert_text(asked.member_register.name, "王芳");
	assert_text(asked.member_register.organisation, "市第二医院");
	assert_int_equal(asked.member_register.kind, KIND_VOLUNTEER);
	assert_place(asked.member_register.work, "140106004009001");
	asked = ask_good(VERB_MEMBER_MOVE);
	assert_place(asked.member_move.place, "140105007004001002");
	assert_true(asked.member_move.at_work);
	asked = ask_good(VERB_MEMBER_CORRECT);
	assert_text(asked.member_correct.name, "王芬");
	assert_text(asked.member_correct.organisation, "太原供电公司");
	asked = ask_good(VERB_MEMBER_LEAVE);
	asked = ask_good(VERB_MEMBER_LIST);
	assert_place(asked.member_list.place, "140105007004");
	assert_true(id_equal(asked.member_list.after, id_of("3.77")));
	assert_int_equal(asked.member_list.count, 50);
}

static void
who_waits_is_read(void **state)
{
	struct asked asked = ask_good(VERB_PHONE_BIND);

	(void)state;
	assert_text(asked.phone_bind.code, "e31968a7f94cc5ee25fafc2aef2773f0bb8c");
	assert_true(asked.phone_bind.same_person);
	asked = ask_good(VERB_PENDING_LIST);
	assert_place(asked.pending_list.place, "140105007004");
	assert_text(asked.pending_list.after, "8:140105007004001 3.77");
	assert_int_equal(asked.pending_list.count, 50);
	asked = ask_good(VERB_PENDING_DECIDE);
	assert_true(id_equal(asked.pending_decide.person, id_of("3.77")));
	assert_place(asked.pending_decide.place, "140105007004001");
	assert_true(asked.pending_decide.accept);
	assert_text(asked.pending_decide.reason, "不住这里");
	assert_int_equal(asked.pending_decide.asked_ms, 1649761200000);
	assert_int_equal(asked.pending_decide.what, ASKED_MOVE);
}

static void
calls_are_read(void **state)
{
	struct asked asked = ask_good(VERB_CALL_POST);

	(void)state;
	assert_place(asked.call_post.place, "140105007004001");
	assert_text(asked.call_post.title, "紧急招募志愿者发放抗原检测试剂");
	assert_text(asked.call_post.body, "请在群里接龙。\n带好口罩。");
	assert_text(asked.call_post.meeting, "19:30 社区门口");
	assert_int_equal(asked.call_post.need, 20);
	assert_int_equal(asked.call_post.limit, 28);
	assert_int_equal(asked.call_post.deadline_ms, 1649775600000);
	assert_text(asked.call_post.bring, "手套");
	assert_int_equal(asked.call_post.starts_ms, 1649761200000);
	assert_int_equal(asked.call_post.ends_ms, 1649775600000);
	assert_int_equal(asked.call_post.names, GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY);
	assert_int_equal(asked.call_post.window_minutes, 30);
	assert_int_equal(asked.call_post.grant_minutes, 120);
	asked = ask_good(VERB_CALL_LIST);
	assert_place(asked.call_list.place, "140105");
	assert_true(id_equal(asked.call_list.after, id_of("7.4242")));
	assert_int_equal(asked.call_list.count, 50);
	assert_true(id_equal(ask_good(VERB_CALL_SHOW).call_show.call, id_of("7.4242")));
	assert_true(id_equal(ask_good(VERB_CALL_CLOSE).call_close.call, id_of("7.4242")));
}

/* Posted, or as it shall be. */
static void
assert_good_slots_and_questions(const struct call_post *post)
{
	const struct slot_draft *slots = post->slots.items;
	const struct question *questions = post->questions.items;
	const struct text *choices = questions[1].choices.items;

	assert_int_equal(post->slots.count, 2);
	assert_text(slots[0].label, "早班");
	assert_int_equal(slots[0].starts_ms, 1649761200000);
	assert_int_equal(slots[0].ends_ms, 1649768400000);
	assert_int_equal(slots[0].need, 3);
	assert_int_equal(slots[0].limit, 5);
	assert_text(slots[1].label, "晚班");
	assert_int_equal(slots[1].starts_ms, 0);
	assert_int_equal(slots[1].ends_ms, 0);
	assert_int_equal(slots[1].need, 0);
	assert_int_equal(slots[1].limit, 0);
	assert_int_equal(post->questions.count, 2);
	assert_int_equal(questions[0].kind, GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER);
	assert_true(questions[0].required);
	assert_text(questions[0].label, "几点能到");
	assert_int_equal(questions[0].choices.count, 0);
	assert_int_equal(questions[1].kind, GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE);
	assert_false(questions[1].required);
	assert_text(questions[1].label, "尺码");
	assert_int_equal(questions[1].choices.count, 2);
	assert_text(choices[0], "大");
	assert_text(choices[1], "小");
}

static void
slots_and_questions_are_read(void **state)
{
	struct asked asked = ask_good(VERB_CALL_POST);

	(void)state;
	assert_good_slots_and_questions(&asked.call_post);
	asked = ask_good(VERB_CALL_EDIT);
	assert_good_slots_and_questions(&asked.call_edit.to);
}

static void
changes_of_calls_are_read(void **state)
{
	struct asked asked = ask_good(VERB_CALL_REOPEN);

	(void)state;
	assert_true(id_equal(asked.call_reopen.call, id_of("7.4242")));
	assert_int_equal(asked.call_reopen.deadline_ms, 1649775600000);
	asked = ask_good(VERB_CALL_CANCEL);
	assert_true(id_equal(asked.call_cancel.call, id_of("7.4242")));
	assert_text(asked.call_cancel.reason, "下雨");
	asked = ask_good(VERB_CALL_THANK);
	assert_true(id_equal(asked.call_thank.call, id_of("7.4242")));
	assert_text(asked.call_thank.text, "辛苦了");
	asked = ask_good(VERB_CALL_EDIT);
	assert_true(id_equal(asked.call_edit.call, id_of("7.4242")));
	assert_int_equal(asked.call_edit.version, 3);
	assert_true(asked.call_edit.demote);
	assert_place(asked.call_edit.to.place, "140105007004001");
	assert_text(asked.call_edit.to.title, "紧急招募志愿者发放抗原检测试剂");
	assert_text(asked.call_edit.to.bring, "手套");
	assert_int_equal(asked.call_edit.to.limit, 28);
	assert_int_equal(asked.call_edit.to.grant_minutes, 120);
}

static void
chains_are_read(void **state)
{
	struct asked asked;

	(void)state;
	assert_true(id_equal(ask_good(VERB_CHAIN_JOIN).chain_join.call, id_of("7.4242")));
	asked = ask_good(VERB_CHAIN_WITHDRAW);
	assert_true(id_equal(asked.chain_withdraw.call, id_of("7.4242")));
	assert_int_equal(asked.chain_withdraw.number, 28);
	assert_int_equal(asked.chain_withdraw.slot, 1);
	asked = ask_good(VERB_CHAIN_CONFIRM);
	assert_true(id_equal(asked.chain_confirm.call, id_of("7.4242")));
	assert_int_equal(asked.chain_confirm.number, 28);
	assert_int_equal(asked.chain_confirm.slot, 1);
	asked = ask_good(VERB_CHAIN_CHECK);
	assert_true(id_equal(asked.chain_check.call, id_of("7.4242")));
	assert_int_equal(asked.chain_check.number, 28);
	assert_int_equal(asked.chain_check.slot, 1);
	assert_true(asked.chain_check.out);
	assert_text(asked.chain_check.code, "0123456789");
	assert_true(id_equal(ask_good(VERB_CHAIN_CODE).chain_code.call, id_of("7.4242")));
	asked = ask_good(VERB_CHAIN_PHONES);
	assert_true(id_equal(asked.chain_phones.call, id_of("7.4242")));
	assert_int_equal(asked.chain_phones.after, 17);
	assert_int_equal(asked.chain_phones.count, 100);
	asked = ask_good(VERB_CHAIN_LIST);
	assert_true(id_equal(asked.chain_list.call, id_of("7.4242")));
	assert_int_equal(asked.chain_list.after, 28);
	assert_int_equal(asked.chain_list.count, 200);
	assert_true(asked.chain_list.mine);
	asked = ask_good(VERB_CHAT_PRINT);
	assert_true(id_equal(asked.chat_print.call, id_of("7.4242")));
	assert_true(asked.chat_print.english);
	asked = ask_good(VERB_CHAT_PREVIEW);
	assert_true(id_equal(asked.chat_preview.call, id_of("7.4242")));
	assert_text(asked.chat_preview.text, "#接龙\r\n\t消杀\n1. 王芳\n");
	assert_int_equal(asked.chat_preview.slot, 1);
	assert_int_equal(asked.chat_preview.after, 28);
	assert_int_equal(asked.chat_preview.count, 200);
	asked = ask_good(VERB_GRANT_GIVE);
	assert_true(id_equal(asked.grant_give.person, id_of("3.77")));
	assert_int_equal(asked.grant_give.role, ROLE_WORKER);
	assert_true(place_equal(asked.grant_give.place, place_of("140105007004001")));
	assert_int_equal(asked.grant_give.until_ms, 1649775600000);
	asked = ask_good(VERB_GRANT_TAKE);
	assert_true(id_equal(asked.grant_take.person, id_of("3.77")));
	assert_int_equal(asked.grant_take.role, ROLE_AUDITOR);
	assert_true(place_equal(asked.grant_take.place, place_of("14")));
	asked = ask_good(VERB_GRANT_LIST);
	assert_true(place_equal(asked.grant_list.place, place_of("140105")));
	assert_true(id_equal(asked.grant_list.after, id_of("3.77")));
	assert_int_equal(asked.grant_list.count, 100);
	assert_true(id_equal(ask_good(VERB_DEVICE_LIST).device_list.person, id_of("3.77")));
	assert_int_equal(ask_good(VERB_DEVICE_REVOKE).device_revoke.device, 2);
	assert_true(id_equal(ask_good(VERB_DEVICE_REVOKE).device_revoke.person, id_of("3.77")));
	assert_text(ask_good(VERB_CONSENT_GIVE).consent_give.version, "3fd1b0a2");
	assert_true(ask_good(VERB_CONSENT_GIVE).consent_give.withdraw);
	assert_true(id_equal(ask_good(VERB_PERSON_EXPORT).person_export.person, id_of("3.77")));
	assert_true(id_equal(ask_good(VERB_PERSON_ERASE).person_erase.person, id_of("3.77")));
	asked = ask_good(VERB_SUBSCRIBE_TELL);
	assert_int_equal(asked.subscribe_tell.accepted.count, 2);
	assert_text(((const struct text *)asked.subscribe_tell.accepted.items)[1], "template-2");
	assert_true(place_equal(ask_good(VERB_PLACE_IMAGE).place_image.place, place_of("140105007004001")));
	asked = ask_good(VERB_INVITE_GIVE);
	assert_true(id_is_none(asked.invite_give.person));
	assert_text(asked.invite_give.name, "李梅");
	assert_text(asked.invite_give.organisation, "市第二医院");
	assert_true(place_equal(asked.invite_give.place, place_of("140105007004001")));
	assert_int_equal(asked.invite_give.kind, KIND_VOLUNTEER);
	assert_int_equal(asked.invite_give.hours, 48);
	assert_int_equal(ask_good(VERB_FACTOR_BEGIN).verb, VERB_FACTOR_BEGIN);
	assert_text(ask_good(VERB_FACTOR_CONFIRM).factor_confirm.code, "081804");
	asked = ask_good(VERB_FACTOR_REMOVE);
	assert_true(id_equal(asked.factor_remove.person, id_of("3.77")));
	assert_text(asked.factor_remove.code, "abcde-fghjk");
	assert_text(ask_good(VERB_DESK_OPEN).desk_open.device, "前台");
	assert_text(ask_good(VERB_DESK_SHOW).desk_show.ticket, "kJh0yuXDg6O9gmFW9FM9Qw");
	asked = ask_good(VERB_DESK_CONFIRM);
	assert_text(asked.desk_confirm.ticket, "kJh0yuXDg6O9gmFW9FM9Qw");
	assert_int_equal(asked.desk_confirm.number, 42);
	assert_true(asked.desk_confirm.accept);
	asked = ask_good(VERB_SIGN_UP_LIST);
	assert_int_equal(asked.sign_up_list.before_ms, 1649775600000);
	assert_int_equal(asked.sign_up_list.count, 100);
}

static void
roster_is_read(void **state)
{
	struct asked asked = ask_good(VERB_ROSTER_IMPORT);
	const struct roster_row *rows = asked.roster_import.rows.items;

	(void)state;
	assert_int_equal(asked.roster_import.rows.count, 2);
	assert_true(asked.roster_import.only_look);
	assert_true(asked.roster_import.keep_organisation);
	assert_true(asked.roster_import.keep_place);
	assert_text(rows[0].phone, "138 0000 0000");
	assert_text(rows[0].name, "王芳");
	assert_text(rows[1].organisation, "市第二医院");
	assert_text(rows[1].place, "140105007004");
	asked = ask_good(VERB_ROSTER_LIST);
	assert_place(asked.roster_list.place, "140105");
	assert_text(asked.roster_list.after, "7:140105007004001 07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	assert_int_equal(asked.roster_list.count, 60);
	assert_text(ask_good(VERB_ROSTER_REMOVE).roster_remove.entry, "07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void
line_is_read_with_all_it_says(void **state)
{
	struct asked asked = ask_good(VERB_CHAIN_JOIN);
	const struct text *answers = asked.chain_join.answers.items;

	(void)state;
	assert_int_equal(asked.chain_join.slot, 1);
	assert_int_equal(asked.chain_join.people, 3);
	assert_text(asked.chain_join.remark, "带小推车");
	assert_int_equal(asked.chain_join.answers.count, 2);
	assert_text(answers[0], "8");
	assert_text(answers[1], "小");
	assert_true(id_equal(asked.chain_join.person, id_of("3.77")));
	assert_text(asked.chain_join.name, "");
	assert_true(asked.chain_join.walk_up);
	assert_true(asked.chain_join.despite_clash);
}

/* What a client sends that knows of nothing else: a call. */
static void
line_may_say_nothing(void **state)
{
	Gridvanguard__V1__ChainJoin plain = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Request *request = good_request(VERB_CHAIN_JOIN);
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	plain.call = UNCONST("7.4242");
	request->chain_join = &plain;
	assert_int_equal(ask(request, &asked, field), OK);
	assert_int_equal(asked.chain_join.slot, 0);
	assert_int_equal(asked.chain_join.people, 0); /* which is one */
	assert_text(asked.chain_join.remark, "");
	assert_int_equal(asked.chain_join.answers.count, 0);
	assert_true(id_is_none(asked.chain_join.person));
	assert_text(asked.chain_join.name, "");
	assert_false(asked.chain_join.walk_up);
	assert_false(asked.chain_join.despite_clash);
}

static void
edit_needs_what_it_shall_be(void **state)
{
	Request *request = good_request(VERB_CALL_EDIT);
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	request->call_edit->to = NULL;
	assert_int_equal(ask(request, &asked, field), BAD_REQUEST);
	assert_string_equal(field, "to");
}

/* Texts are those of the frame, not of the one before. */
static void
requests_of_one_frame_are_read_each_for_itself(void **state)
{
	Request first = *good_request(VERB_CHAIN_JOIN), second, *both[] = {&first, &second};
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	second = *good_request(VERB_MEMBER_REGISTER);
	second.id = 8;
	set_text(&second, "name", "");
	assert_int_equal(open_bytes(pack_requests(both, 2)), OK);
	assert_int_equal(frame.request_count, 2);
	assert_int_equal(frame_request(&frame, 1, &asked, field), BAD_REQUEST);
	assert_int_equal(asked.id, 8); /* can be answered */
	assert_string_equal(field, "name");
	assert_int_equal(frame_request(&frame, 0, &asked, field), OK);
	assert_int_equal(asked.id, 7);
	assert_int_equal(asked.verb, VERB_CHAIN_JOIN);
}

/* Rules, on either side of their bounds. */

/* One field of one verb, set to a text, a number or, for a list, a length. */
struct trial {
	enum verb verb;
	const char *field; /* its path, which is also how it is named when it is wrong */
	const char *text;
	uint64_t number;
	bool count;
};

static void
set_field(Request *request, const struct trial *trial)
{
	if (trial->text)
		set_text(request, trial->field, trial->text);
	else if (trial->count)
		set_count(request, trial->field, trial->number);
	else
		set_number(request, trial->field, trial->number);
}

static void
try_each(const struct trial *trials, size_t count, enum status expected)
{
	for (size_t i = 0; i < count; i++) {
		Request *request = good_request(trials[i].verb);
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		enum status status;
		set_field(request, &trials[i]);
		status = ask(request, &asked, field);
		if (status != expected || strcmp(field, expected == OK ? FIELD_NONE : trials[i].field) != 0)
			fail_msg("%s.%s = '%.40s' %llu: %s, field '%s'", verb_name(trials[i].verb), trials[i].field,
				trials[i].text ? trials[i].text : "", (unsigned long long)trials[i].number,
				status_name(status), field);
		assert_int_equal(asked.id, 7);
	}
}

/* Up to the last that is allowed. */
static void
value_at_its_bound_is_taken(void **state)
{
	static const struct trial trials[] = {
		{VERB_LOGIN, "dev.handle", "a"},
		{VERB_LOGIN, "dev.handle", "abcdefghijklmnopqrstuvwxyz-_0123"},
		{VERB_LOGIN, "dev.handle", "456789"},
		{VERB_WATCH, "places", .number = 0, .count = true},
		{VERB_WATCH, "places", .number = 8, .count = true},
		{VERB_WATCH, "calls", .number = 0, .count = true},
		{VERB_WATCH, "calls", .number = 16, .count = true},
		{VERB_WATCH, "cursors", .number = 0, .count = true},
		{VERB_WATCH, "cursors", .number = 16, .count = true},
		{VERB_WATCH, "places[0].place", "14"},
		{VERB_WATCH, "places[0].place", "140105007004001001"},
		{VERB_WATCH, "places[0].depth", .number = 0},
		{VERB_WATCH, "places[1].depth", .number = 3},
		{VERB_WATCH, "calls[0]", "0.1"},
		{VERB_WATCH, "epoch", ""},
		{VERB_WATCH, "epoch", epoch_64},
		{VERB_WATCH, "cursors[0].partition", .number = 0},
		{VERB_WATCH, "cursors[0].partition", .number = 15},
		{VERB_WATCH, "cursors[0].seq", .number = 0},
		{VERB_WATCH, "cursors[0].seq", .number = ID_NUMBER_MAX},
		{VERB_PLACE_IMPORT, "rows", .number = 1, .count = true},
		{VERB_PLACE_IMPORT, "rows", .number = 200, .count = true},
		{VERB_PLACE_IMPORT, "rows[0].code", "x"}, /* a row that is no place is refused by itself */
		{VERB_PLACE_IMPORT, "rows[0].code", "1401050"},
		{VERB_PLACE_IMPORT, "rows[1].code", "140105007004001001"},
		{VERB_PLACE_IMPORT, "rows[0].name", "a"},
		{VERB_PLACE_IMPORT, "rows[1].name", org_60},
		{VERB_PLACE_LIST, "under", ""},
		{VERB_PLACE_LIST, "under", "14"},
		{VERB_PLACE_LIST, "under", "140105007004001001"},
		{VERB_PLACE_LIST, "after", ""},
		{VERB_PLACE_LIST, "depth", .number = 1},
		{VERB_PLACE_LIST, "depth", .number = 3},
		{VERB_PLACE_LIST, "count", .number = 1},
		{VERB_PLACE_LIST, "count", .number = 200},
		{VERB_PLACE_SHOW, "place", "14"},
		{VERB_PLACE_SHOW, "place", "441900"},
		{VERB_TALLY_LIST, "depth", .number = 0},
		{VERB_TALLY_LIST, "depth", .number = 3},
		{VERB_TALLY_LIST, "after", ""},
		{VERB_TALLY_LIST, "count", .number = 1},
		{VERB_TALLY_LIST, "count", .number = 200},
		{VERB_MEMBER_REGISTER, "place", "140105007004001001"},
		{VERB_MEMBER_REGISTER, "name", "芳"},
		{VERB_MEMBER_REGISTER, "name", name_20},
		{VERB_MEMBER_REGISTER, "name", "阿卜杜拉·买买提"},
		{VERB_MEMBER_REGISTER, "organisation", ""},
		{VERB_MEMBER_REGISTER, "organisation", org_60},
		{VERB_MEMBER_MOVE, "place", "140105007004001"},
		{VERB_MEMBER_REGISTER, "kind", .number = 0},
		{VERB_MEMBER_REGISTER, "work", ""},
		{VERB_MEMBER_MOVE, "place", ""}, /* at work: nowhere */
		{VERB_MEMBER_CORRECT, "name", name_20},
		{VERB_MEMBER_CORRECT, "organisation", ""},
		{VERB_PENDING_LIST, "place", "14"},
		{VERB_PENDING_LIST, "after", ""},
		{VERB_PENDING_LIST, "count", .number = 50},
		{VERB_PENDING_DECIDE, "place", "14"},
		{VERB_PENDING_DECIDE, "reason", ""},
		{VERB_MEMBER_LIST, "place", "14"},
		{VERB_MEMBER_LIST, "after", ""},
		{VERB_MEMBER_LIST, "count", .number = 1},
		{VERB_MEMBER_LIST, "count", .number = 200},
		{VERB_CALL_POST, "place", "14"},
		{VERB_CALL_POST, "place", "140105007004001001"},
		{VERB_CALL_POST, "title", "a"},
		{VERB_CALL_POST, "title", title_60},
		{VERB_CALL_POST, "title", " a "},
		{VERB_CALL_POST, "title", "👩\u200d👧 志愿者\ufe0f"}, /* joined and styled */
		{VERB_CALL_POST, "title", "\u200fعاجل"},            /* from right to left, as it should be */
		{VERB_CALL_POST, "body", ""},
		{VERB_CALL_POST, "body", " \n\n"},
		{VERB_CALL_POST, "body", body_2000},
		{VERB_CALL_POST, "meeting", ""},
		{VERB_CALL_POST, "meeting", meeting_120},
		{VERB_CALL_POST, "need", .number = 0},
		{VERB_CALL_POST, "need", .number = 28},
		{VERB_CALL_POST, "limit", .number = 0},
		{VERB_CALL_POST, "limit", .number = 100000},
		{VERB_CALL_POST, "deadline_ms", .number = 1},
		{VERB_CALL_POST, "deadline_ms", .number = ID_NUMBER_MAX},
		{VERB_CALL_LIST, "after", ""},
		{VERB_CALL_LIST, "count", .number = 1},
		{VERB_CALL_LIST, "count", .number = 50},
		{VERB_CHAIN_LIST, "after", .number = 0},
		{VERB_CHAIN_LIST, "after", .number = UINT32_MAX},
		{VERB_CHAIN_LIST, "count", .number = 1},
		{VERB_CHAIN_LIST, "count", .number = 200},
		{VERB_ROSTER_IMPORT, "rows", .number = 1, .count = true},
		{VERB_ROSTER_IMPORT, "rows", .number = 200, .count = true},
		{VERB_ROSTER_IMPORT, "rows[0].phone", "x"}, /* a row that is no good is refused by itself */
		{VERB_ROSTER_IMPORT, "rows[0].phone", "0123456789012345678901234567890123456789"},
		{VERB_ROSTER_IMPORT, "rows[1].name", "芳"},
		{VERB_ROSTER_IMPORT, "rows[1].name", name_20},
		{VERB_ROSTER_IMPORT, "rows[0].organisation", ""},
		{VERB_ROSTER_IMPORT, "rows[0].organisation", org_60},
		{VERB_ROSTER_IMPORT, "rows[0].place", ""},
		{VERB_ROSTER_IMPORT, "rows[0].place", "x"},
		{VERB_ROSTER_IMPORT, "only_look", .number = 0},
		{VERB_ROSTER_IMPORT, "keep_organisation", .number = 0},
		{VERB_ROSTER_IMPORT, "keep_place", .number = 0},
		{VERB_ROSTER_LIST, "place", ""},
		{VERB_ROSTER_LIST, "place", "140105007004001001"},
		{VERB_ROSTER_LIST, "after", ""},
		{VERB_ROSTER_LIST, "after", epoch_64},
		{VERB_ROSTER_LIST, "count", .number = 1},
		{VERB_ROSTER_LIST, "count", .number = 60},
		{VERB_ROSTER_REMOVE, "entry", "00000000000000000000000000000000"},
		{VERB_ROSTER_REMOVE, "place", ""},
		{VERB_CALL_POST, "bring", ""},
		{VERB_CALL_POST, "bring", meeting_120},
		{VERB_CALL_POST, "starts_ms", .number = 0},
		{VERB_CALL_POST, "starts_ms", .number = 1649775600000}, /* when it ends */
		{VERB_CALL_POST, "ends_ms", .number = 0},
		{VERB_CALL_POST, "ends_ms", .number = ID_NUMBER_MAX},
		{VERB_CALL_POST, "names", .number = 0},
		{VERB_CALL_POST, "names", .number = 1},
		{VERB_CALL_POST, "names", .number = 3},
		{VERB_CALL_POST, "window_minutes", .number = 0},
		{VERB_CALL_POST, "window_minutes", .number = 1440},
		{VERB_CALL_POST, "grant_minutes", .number = 0},
		{VERB_CALL_POST, "grant_minutes", .number = 1440},
		{VERB_CALL_POST, "slots", .number = 0, .count = true},
		{VERB_CALL_POST, "slots", .number = 16, .count = true},
		{VERB_CALL_POST, "slots[0].label", "早"},
		{VERB_CALL_POST, "slots[0].label", label_40},
		{VERB_CALL_POST, "slots[0].starts_ms", .number = 0},
		{VERB_CALL_POST, "slots[0].starts_ms", .number = 1649768400000},
		{VERB_CALL_POST, "slots[0].ends_ms", .number = 0},
		{VERB_CALL_POST, "slots[0].ends_ms", .number = 1649761200000},
		{VERB_CALL_POST, "slots[0].ends_ms", .number = ID_NUMBER_MAX},
		{VERB_CALL_POST, "slots[0].need", .number = 5},
		{VERB_CALL_POST, "slots[1].need", .number = 100000},
		{VERB_CALL_POST, "slots[0].limit", .number = 0},
		{VERB_CALL_POST, "slots[0].limit", .number = 3},
		{VERB_CALL_POST, "slots[1].limit", .number = 100000},
		{VERB_CALL_POST, "slots[0].confirmed", .number = UINT32_MAX}, /* the hub's to say, and not looked at */
		{VERB_CALL_POST, "slots[0].waiting", .number = UINT32_MAX},
		{VERB_CALL_POST, "questions", .number = 0, .count = true},
		{VERB_CALL_POST, "questions", .number = 8, .count = true},
		{VERB_CALL_POST, "questions[0].kind", .number = 1},
		{VERB_CALL_POST, "questions[0].label", label_40},
		{VERB_CALL_POST, "questions[1].label", "码"},
		{VERB_CALL_POST, "questions[1].choices[1]", "中"},
		{VERB_CALL_POST, "questions[1].choices[0]", choice_20},
		{VERB_CALL_REOPEN, "deadline_ms", .number = 1},
		{VERB_CALL_REOPEN, "deadline_ms", .number = ID_NUMBER_MAX},
		{VERB_CALL_CANCEL, "reason", "雨"},
		{VERB_CALL_CANCEL, "reason", words_200},
		{VERB_CALL_THANK, "text", "谢"},
		{VERB_CALL_THANK, "text", words_200},
		{VERB_CALL_EDIT, "version", .number = 0},
		{VERB_CALL_EDIT, "version", .number = UINT32_MAX},
		{VERB_CALL_EDIT, "to.title", title_60},
		{VERB_CALL_EDIT, "to.body", body_2000},
		{VERB_CALL_EDIT, "to.limit", .number = 100000},
		{VERB_CALL_EDIT, "to.slots[1].limit", .number = 100000},
		{VERB_CHAIN_JOIN, "slot", .number = 0},
		{VERB_CHAIN_JOIN, "slot", .number = 16},
		{VERB_CHAIN_JOIN, "people", .number = 0},
		{VERB_CHAIN_JOIN, "people", .number = 20},
		{VERB_CHAIN_JOIN, "remark", ""},
		{VERB_CHAIN_JOIN, "remark", remark_100},
		{VERB_CHAIN_JOIN, "answers", .number = 0, .count = true},
		{VERB_CHAIN_JOIN, "answers", .number = 8, .count = true},
		{VERB_CHAIN_JOIN, "answers[0]", ""},
		{VERB_CHAIN_JOIN, "answers[1]", words_200},
		{VERB_CHAIN_JOIN, "person", ""},
		{VERB_CHAIN_JOIN, "person", "15.9007199254740991"},
		{VERB_CHAIN_WITHDRAW, "number", .number = 0},
		{VERB_CHAIN_WITHDRAW, "number", .number = UINT32_MAX},
		{VERB_CHAIN_WITHDRAW, "slot", .number = 0},
		{VERB_CHAIN_WITHDRAW, "slot", .number = 16},
		{VERB_CHAIN_CONFIRM, "number", .number = 0},
		{VERB_CHAIN_CONFIRM, "number", .number = UINT32_MAX},
		{VERB_CHAIN_CONFIRM, "slot", .number = 0},
		{VERB_CHAIN_CONFIRM, "slot", .number = 16},
		{VERB_CHAIN_CHECK, "number", .number = 0},
		{VERB_CHAIN_CHECK, "number", .number = UINT32_MAX},
		{VERB_CHAIN_CHECK, "slot", .number = 0},
		{VERB_CHAIN_CHECK, "slot", .number = 16},
		{VERB_CHAIN_CHECK, "code", ""},
		{VERB_CHAT_PREVIEW, "call", ""},
		{VERB_CHAT_PREVIEW, "text", " "},
		{VERB_CHAT_PREVIEW, "text", "\x01\u202e"},
		{VERB_CHAT_PREVIEW, "text", paste_15000},
		{VERB_CHAT_PREVIEW, "slot", .number = 0},
		{VERB_CHAT_PREVIEW, "slot", .number = 16},
		{VERB_CHAT_PREVIEW, "after", .number = UINT32_MAX},
		{VERB_CHAT_PREVIEW, "count", .number = 1},
		{VERB_CHAT_PREVIEW, "count", .number = 200},
		{VERB_CHAIN_CHECK, "code", code_40},
		{VERB_TEMPLATE_SAVE, "place", "14"},
		{VERB_TEMPLATE_SAVE, "name", name_20},
		{VERB_TEMPLATE_SAVE, "call.place", ""},
		{VERB_TEMPLATE_SAVE, "call.deadline_ms", .number = 0},
		{VERB_TEMPLATE_SAVE, "call.slots", .number = 16, .count = true},
		{VERB_TEMPLATE_LIST, "name", ""},
		{VERB_TEMPLATE_LIST, "name", name_20},
		{VERB_TEMPLATE_REMOVE, "name", "a"},
		{VERB_SIGN_UP_LIST, "before_ms", .number = 0},
		{VERB_SIGN_UP_LIST, "before_ms", .number = ID_NUMBER_MAX},
		{VERB_SIGN_UP_LIST, "count", .number = 1},
		{VERB_SIGN_UP_LIST, "count", .number = 100},
	};

	(void)state;
	try_each(trials, ARRAY_LEN(trials), OK);
}

/* The first that is not. */
static void
value_beyond_its_bound_is_refused_by_its_name(void **state)
{
	static const struct trial trials[] = {
		{VERB_LOGIN, "dev.token", ""},
		{VERB_LOGIN, "dev.token", token_63},
		{VERB_LOGIN, "dev.token", token_65},
		{VERB_LOGIN, "dev.handle", ""},
		{VERB_LOGIN, "dev.handle", handle_33},
		{VERB_LOGIN, "dev.handle", "An"},
		{VERB_LOGIN, "dev.handle", "an bo"},
		{VERB_LOGIN, "dev.handle", "an:bo"},
		{VERB_LOGIN, "dev.handle", "安"},
		{VERB_WATCH, "places", .number = 9, .count = true},
		{VERB_WATCH, "calls", .number = 17, .count = true},
		{VERB_WATCH, "cursors", .number = 17, .count = true},
		{VERB_WATCH, "places[0].place", ""},
		{VERB_WATCH, "places[1].place", "1401050"},
		{VERB_WATCH, "places[1].depth", .number = 4},
		{VERB_WATCH, "places[0].depth", .number = UINT32_MAX},
		{VERB_WATCH, "calls[0]", ""},
		{VERB_WATCH, "calls[1]", "16.1"},
		{VERB_WATCH, "calls[1]", "7.0"},
		{VERB_WATCH, "epoch", epoch_65},
		{VERB_WATCH, "cursors[1].partition", .number = 16},
		{VERB_WATCH, "cursors[0].partition", .number = UINT32_MAX},
		{VERB_WATCH, "cursors[0].seq", .number = ID_NUMBER_MAX + 1},
		{VERB_WATCH, "cursors[1].seq", .number = UINT64_MAX},
		{VERB_PLACE_IMPORT, "rows", .number = 0, .count = true},
		{VERB_PLACE_IMPORT, "rows", .number = 201, .count = true},
		{VERB_PLACE_IMPORT, "rows[0].code", ""},
		{VERB_PLACE_IMPORT, "rows[1].code", code_19},
		{VERB_PLACE_IMPORT, "rows[0].name", ""},
		{VERB_PLACE_IMPORT, "rows[1].name", " "},
		{VERB_PLACE_IMPORT, "rows[1].name", org_61},
		{VERB_PLACE_LIST, "under", "1401050"},
		{VERB_PLACE_LIST, "depth", .number = 0},
		{VERB_PLACE_LIST, "depth", .number = 4},
		{VERB_PLACE_LIST, "after", "x"},
		{VERB_PLACE_LIST, "count", .number = 0},
		{VERB_PLACE_LIST, "count", .number = 201},
		{VERB_PLACE_SHOW, "place", ""},
		{VERB_PLACE_SHOW, "place", "1"},
		{VERB_PLACE_SHOW, "place", "1401050"},
		{VERB_PLACE_SHOW, "place", "040105"},
		{VERB_PLACE_SHOW, "place", "14010a"},
		{VERB_PLACE_SHOW, "place", code_19},
		{VERB_PLACE_SHOW, "place", title_10000},
		{VERB_TALLY_LIST, "place", ""},
		{VERB_TALLY_LIST, "depth", .number = 4},
		{VERB_TALLY_LIST, "after", "14010"},
		{VERB_TALLY_LIST, "count", .number = 0},
		{VERB_TALLY_LIST, "count", .number = 201},
		{VERB_MEMBER_REGISTER, "place", ""},
		{VERB_MEMBER_REGISTER, "place", "140105007004"}, /* a community is no grid */
		{VERB_MEMBER_REGISTER, "place", "14"},
		{VERB_MEMBER_REGISTER, "place", "1401050070040"},
		{VERB_MEMBER_REGISTER, "name", ""},
		{VERB_MEMBER_REGISTER, "name", name_21},
		{VERB_MEMBER_REGISTER, "name", "王\n芳"},
		{VERB_MEMBER_REGISTER, "organisation", org_61},
		{VERB_MEMBER_REGISTER, "organisation", "a\tb"},
		{VERB_MEMBER_REGISTER, "kind", .number = 3},
		{VERB_MEMBER_REGISTER, "work", "140105007004"},
		{VERB_MEMBER_CORRECT, "name", ""},
		{VERB_MEMBER_CORRECT, "name", name_21},
		{VERB_MEMBER_CORRECT, "organisation", org_61},
		{VERB_PHONE_BIND, "code", ""},
		{VERB_PHONE_BIND, "code", "a\nb"},
		{VERB_PENDING_LIST, "place", ""},
		{VERB_PENDING_LIST, "count", .number = 0},
		{VERB_PENDING_LIST, "count", .number = 51},
		{VERB_PENDING_DECIDE, "person", ""},
		{VERB_PENDING_DECIDE, "place", ""},
		{VERB_PENDING_DECIDE, "reason", "a\nb"},
		{VERB_MEMBER_MOVE, "place", "140105007004"},
		{VERB_MEMBER_MOVE, "place", "140105007"},
		{VERB_MEMBER_LIST, "place", ""},
		{VERB_MEMBER_LIST, "after", "3"},
		{VERB_MEMBER_LIST, "after", "3.0"},
		{VERB_MEMBER_LIST, "count", .number = 0},
		{VERB_MEMBER_LIST, "count", .number = 201},
		{VERB_CALL_POST, "place", ""},
		{VERB_CALL_POST, "place", "1401050"},
		{VERB_CALL_POST, "title", ""},
		{VERB_CALL_POST, "title", title_61},
		{VERB_CALL_POST, "title", title_10000},
		{VERB_CALL_POST, "body", body_2001},
		{VERB_CALL_POST, "body", title_10000},
		{VERB_CALL_POST, "meeting", meeting_121},
		{VERB_CALL_POST, "meeting", "a\nb"},
		{VERB_CALL_POST, "need", .number = 100001},
		{VERB_CALL_POST, "need", .number = UINT32_MAX},
		{VERB_CALL_POST, "limit", .number = 100001},
		{VERB_CALL_POST, "limit", .number = UINT32_MAX}, /* -1 */
		{VERB_CALL_POST, "deadline_ms", .number = 0},
		{VERB_CALL_POST, "deadline_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_POST, "deadline_ms", .number = UINT64_MAX},
		{VERB_CALL_LIST, "place", ""},
		{VERB_CALL_LIST, "after", "x"},
		{VERB_CALL_LIST, "count", .number = 0},
		{VERB_CALL_LIST, "count", .number = 51},
		{VERB_CALL_SHOW, "call", ""},
		{VERB_CALL_SHOW, "call", "4242"},
		{VERB_CALL_CLOSE, "call", ""},
		{VERB_CALL_CLOSE, "call", "7.x"},
		{VERB_CHAIN_JOIN, "call", ""},
		{VERB_CHAIN_JOIN, "call", "07.1"},
		{VERB_CHAIN_WITHDRAW, "call", ""},
		{VERB_CHAIN_WITHDRAW, "call", "7.9007199254740992"},
		{VERB_CHAIN_LIST, "call", ""},
		{VERB_CHAIN_LIST, "count", .number = 0},
		{VERB_CHAIN_LIST, "count", .number = 201},
		{VERB_ROSTER_IMPORT, "rows", .number = 0, .count = true},
		{VERB_ROSTER_IMPORT, "rows", .number = 201, .count = true},
		{VERB_ROSTER_IMPORT, "rows[0].phone", ""},
		{VERB_ROSTER_IMPORT, "rows[1].phone", "01234567890123456789012345678901234567890"},
		{VERB_ROSTER_IMPORT, "rows[0].name", ""},
		{VERB_ROSTER_IMPORT, "rows[1].name", name_21},
		{VERB_ROSTER_IMPORT, "rows[1].name", "王\t芳"},
		{VERB_ROSTER_IMPORT, "rows[0].organisation", org_61},
		{VERB_ROSTER_IMPORT, "rows[0].organisation", "a\nb"},
		{VERB_ROSTER_IMPORT, "rows[0].place", code_19},
		{VERB_ROSTER_LIST, "place", "1401050"},
		{VERB_ROSTER_LIST, "after", epoch_65},
		{VERB_ROSTER_LIST, "count", .number = 0},
		{VERB_ROSTER_LIST, "count", .number = 61},
		{VERB_ROSTER_REMOVE, "place", "1"},
		{VERB_ROSTER_REMOVE, "entry", "0000000000000000000000000000000"},
		{VERB_ROSTER_REMOVE, "entry", "000000000000000000000000000000000"},
		{VERB_ROSTER_REMOVE, "entry", "0000000000000000 000000000000000"},
		{VERB_CALL_POST, "bring", meeting_121},
		{VERB_CALL_POST, "bring", "a\nb"},
		{VERB_CALL_POST, "starts_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_POST, "ends_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_POST, "names", .number = 4},
		{VERB_CALL_POST, "names", .number = UINT32_MAX}, /* -1 */
		{VERB_CALL_POST, "window_minutes", .number = 1441},
		{VERB_CALL_POST, "grant_minutes", .number = 1441},
		{VERB_CALL_POST, "slots", .number = 17, .count = true},
		{VERB_CALL_POST, "slots[0].label", ""},
		{VERB_CALL_POST, "slots[0].label", " "},
		{VERB_CALL_POST, "slots[1].label", label_41},
		{VERB_CALL_POST, "slots[0].label", "早\n班"},
		{VERB_CALL_POST, "slots[0].need", .number = 100001},
		{VERB_CALL_POST, "slots[1].limit", .number = 100001},
		{VERB_CALL_POST, "slots[0].starts_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_POST, "slots[0].ends_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_POST, "questions", .number = 9, .count = true},
		{VERB_CALL_POST, "questions[0].kind", .number = 0},
		{VERB_CALL_POST, "questions[0].kind", .number = 4},
		{VERB_CALL_POST, "questions[0].kind", .number = UINT32_MAX},
		{VERB_CALL_POST, "questions[0].label", ""},
		{VERB_CALL_POST, "questions[0].label", label_41},
		{VERB_CALL_POST, "questions[1].choices[0]", ""},
		{VERB_CALL_POST, "questions[1].choices[1]", " "},
		{VERB_CALL_POST, "questions[1].choices[1]", choice_21},
		{VERB_CALL_REOPEN, "call", ""},
		{VERB_CALL_REOPEN, "deadline_ms", .number = 0},
		{VERB_CALL_REOPEN, "deadline_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_CALL_CANCEL, "call", "7"},
		{VERB_CALL_CANCEL, "reason", ""},
		{VERB_CALL_CANCEL, "reason", " "},
		{VERB_CALL_CANCEL, "reason", words_201},
		{VERB_CALL_CANCEL, "reason", "a\nb"},
		{VERB_CALL_EDIT, "call", ""},
		{VERB_CALL_EDIT, "to.place", "1401050"},
		{VERB_CALL_EDIT, "to.title", ""},
		{VERB_CALL_EDIT, "to.title", title_61},
		{VERB_CALL_EDIT, "to.deadline_ms", .number = 0},
		{VERB_CALL_EDIT, "to.limit", .number = 100001},
		{VERB_CALL_EDIT, "to.slots", .number = 17, .count = true},
		{VERB_CALL_EDIT, "to.slots[0].label", ""},
		{VERB_CALL_EDIT, "to.questions", .number = 9, .count = true},
		{VERB_CALL_EDIT, "to.questions[1].choices[1]", ""},
		{VERB_CALL_THANK, "call", "x"},
		{VERB_CALL_THANK, "text", ""},
		{VERB_CALL_THANK, "text", words_201},
		{VERB_CALL_THANK, "text", "a\tb"},
		{VERB_CHAIN_JOIN, "slot", .number = 17},
		{VERB_CHAIN_JOIN, "people", .number = 21},
		{VERB_CHAIN_JOIN, "people", .number = UINT32_MAX},
		{VERB_CHAIN_JOIN, "remark", remark_101},
		{VERB_CHAIN_JOIN, "remark", "a\nb"},
		{VERB_CHAIN_JOIN, "answers", .number = 9, .count = true},
		{VERB_CHAIN_JOIN, "answers[0]", words_201},
		{VERB_CHAIN_JOIN, "answers[1]", "a\nb"},
		{VERB_CHAIN_JOIN, "person", "3.0"},
		{VERB_CHAIN_JOIN, "name", name_21},
		{VERB_CHAIN_JOIN, "name", "王\t芳"},
		{VERB_CHAIN_WITHDRAW, "slot", .number = 17},
		{VERB_CHAIN_CONFIRM, "call", ""},
		{VERB_CHAIN_CONFIRM, "slot", .number = 17},
		{VERB_CHAIN_CHECK, "call", "7."},
		{VERB_CHAIN_CHECK, "slot", .number = 17},
		{VERB_CHAIN_CHECK, "code", code_41},
		{VERB_TEMPLATE_SAVE, "place", ""},
		{VERB_TEMPLATE_SAVE, "name", ""},
		{VERB_TEMPLATE_SAVE, "name", name_21},
		{VERB_TEMPLATE_SAVE, "name", "a\tb"},
		{VERB_TEMPLATE_SAVE, "call.place", "1"},
		{VERB_TEMPLATE_SAVE, "call.title", ""},
		{VERB_TEMPLATE_SAVE, "call.slots", .number = 17, .count = true},
		{VERB_TEMPLATE_LIST, "place", ""},
		{VERB_TEMPLATE_LIST, "name", name_21},
		{VERB_TEMPLATE_REMOVE, "place", ""},
		{VERB_TEMPLATE_REMOVE, "name", ""},
		{VERB_CHAIN_CHECK, "code", "a\nb"},
		{VERB_CHAIN_CODE, "call", "7"},
		{VERB_CHAT_PRINT, "call", ""},
		{VERB_CHAT_PREVIEW, "call", "7"},
		{VERB_CHAT_PREVIEW, "text", ""},
		{VERB_CHAT_PREVIEW, "text", paste_15001},
		{VERB_CHAT_PREVIEW, "text", "#接龙\xff"},
		{VERB_CHAT_PREVIEW, "slot", .number = 17},
		{VERB_CHAT_PREVIEW, "count", .number = 0},
		{VERB_CHAT_PREVIEW, "count", .number = 201},
		{VERB_SIGN_UP_LIST, "before_ms", .number = ID_NUMBER_MAX + 1},
		{VERB_SIGN_UP_LIST, "count", .number = 0},
		{VERB_SIGN_UP_LIST, "count", .number = 101},
	};

	(void)state;
	try_each(trials, ARRAY_LEN(trials), BAD_REQUEST);
}

/* What must hold between two fields: each may be so, both together not; it is said of the one that is named. */
static void
fields_must_fit_each_other(void **state)
{
	static const struct {
		struct trial first, second;
		const char *field; /* NULL: they do fit */
	} pairs[] = {
		{{VERB_CALL_POST, "need", .number = 29}, {VERB_CALL_POST, "limit", .number = 28}, "need"},
		{{VERB_CALL_POST, "need", .number = 28}, {VERB_CALL_POST, "limit", .number = 28}, NULL},
		{{VERB_CALL_POST, "need", .number = 2}, {VERB_CALL_POST, "limit", .number = 1}, "need"},
		{{VERB_CALL_POST, "need", .number = 100000}, {VERB_CALL_POST, "limit", .number = 0}, NULL},
		{{VERB_CALL_POST, "starts_ms", .number = 8}, {VERB_CALL_POST, "ends_ms", .number = 7}, "ends_ms"},
		{{VERB_CALL_POST, "starts_ms", .number = 8}, {VERB_CALL_POST, "ends_ms", .number = 8}, NULL},
		{{VERB_CALL_POST, "starts_ms", .number = 8}, {VERB_CALL_POST, "ends_ms", .number = 0}, NULL},
		{{VERB_CALL_POST, "starts_ms", .number = 0}, {VERB_CALL_POST, "ends_ms", .number = 1}, NULL},
		{{VERB_CALL_POST, "slots[1].need", .number = 4}, {VERB_CALL_POST, "slots[1].limit", .number = 3},
			"slots[1].need"},
		{{VERB_CALL_POST, "slots[1].need", .number = 3}, {VERB_CALL_POST, "slots[1].limit", .number = 3}, NULL},
		{{VERB_CALL_POST, "slots[0].need", .number = 4}, {VERB_CALL_POST, "slots[0].limit", .number = 0}, NULL},
		{{VERB_CALL_POST, "slots[1].starts_ms", .number = 8}, {VERB_CALL_POST, "slots[1].ends_ms", .number = 7},
			"slots[1].ends_ms"},
		{{VERB_CALL_POST, "slots[1].starts_ms", .number = 8}, {VERB_CALL_POST, "slots[1].ends_ms", .number = 8},
			NULL},
		{{VERB_CALL_POST, "slots[0].starts_ms", .number = 8}, {VERB_CALL_POST, "slots[0].ends_ms", .number = 0},
			NULL},
		{{VERB_CALL_POST, "questions[0].kind", .number = 2},
			{VERB_CALL_POST, "questions[0].choices", .number = 0, .count = true}, "questions[0].choices"},
		{{VERB_CALL_POST, "questions[1].kind", .number = 1}, {VERB_CALL_POST, "need", .number = 1},
			"questions[1].choices"},
		{{VERB_CALL_POST, "questions[1].kind", .number = 3}, {VERB_CALL_POST, "need", .number = 1},
			"questions[1].choices"},
		{{VERB_CALL_EDIT, "to.need", .number = 29}, {VERB_CALL_EDIT, "to.limit", .number = 28}, "to.need"},
		{{VERB_CALL_EDIT, "to.starts_ms", .number = 8}, {VERB_CALL_EDIT, "to.ends_ms", .number = 7},
			"to.ends_ms"},
		{{VERB_CALL_EDIT, "to.slots[1].need", .number = 4}, {VERB_CALL_EDIT, "to.slots[1].limit", .number = 3},
			"to.slots[1].need"},
		{{VERB_CALL_EDIT, "to.questions[1].kind", .number = 1}, {VERB_CALL_EDIT, "to.need", .number = 1},
			"to.questions[1].choices"},
		{{VERB_CALL_POST, "slots[0].label", "早班"}, {VERB_CALL_POST, "slots[1].label", "早班"}, "slots.label"},
		{{VERB_CALL_POST, "slots[0].label", "早班"}, {VERB_CALL_POST, "slots[1].label", "早班 "}, NULL},
		{{VERB_CALL_EDIT, "to.slots[0].label", "早班"}, {VERB_CALL_EDIT, "to.slots[1].label", "早班"},
			"to.slots.label"},
		{{VERB_CHAIN_JOIN, "person", "3.77"}, {VERB_CHAIN_JOIN, "name", "王建国"}, "name"},
		{{VERB_CHAIN_JOIN, "person", ""}, {VERB_CHAIN_JOIN, "name", "王建国"}, NULL},
		{{VERB_CHAIN_JOIN, "person", ""}, {VERB_CHAIN_JOIN, "name", name_20}, NULL},
		{{VERB_CHAIN_JOIN, "person", ""}, {VERB_CHAIN_JOIN, "name", ""}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		Request *request = good_request(pairs[i].first.verb);
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		enum status status;
		set_field(request, &pairs[i].first);
		set_field(request, &pairs[i].second);
		status = ask(request, &asked, field);
		if (status != (pairs[i].field ? BAD_REQUEST : OK) ||
			strcmp(field, pairs[i].field ? pairs[i].field : FIELD_NONE) != 0)
			fail_msg("%s with %s (pair %zu): %s, field '%s'", pairs[i].first.field, pairs[i].second.field,
				i, status_name(status), field);
	}
}

/* A choice is between 2 and 10. */
static void
question_of_choice_has_2_to_10_choices(void **state)
{
	char *choices[11];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		choices[i] = choice_20;
	for (size_t count = 0; count <= ARRAY_LEN(choices); count++) {
		Request *request = good_request(VERB_CALL_POST);
		bool good = count >= 2 && count <= 10;
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		request->call_post->questions[1]->n_choices = count;
		request->call_post->questions[1]->choices = choices;
		assert_int_equal(ask(request, &asked, field), good ? OK : BAD_REQUEST);
		assert_string_equal(field, good ? FIELD_NONE : "questions[1].choices");
	}
}

static void
title_must_be_text_of_one_line(void **state)
{
	static const char *const bad[] = {
		"a\nb",
		"a\rb",
		"a\tb",
		"\x01",
		"a\x1b[2J",
		"a\x7f",
		"a\xc2\x80",
		"a\xc2\x85",
		"a\xc2\x9f", /* controls */
		"a\u2028b",
		"a\u2029b", /* line and paragraph separators */
		"a\u202ab",
		"a\u202bb",
		"a\u202cb",
		"a\u202db",
		"a\u202eb", /* bidirectional overrides */
		"a\u2066b",
		"a\u2067b",
		"a\u2068b",
		"a\u2069b", /* and isolates */
		" ",
		"   ",
		"\u3000",
		"\u00a0\u2003 ", /* blank */
		"\x80",
		"a\xff",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe4\xb8",
		"\xed\xa0\x80", /* not UTF-8 */
		"\xed\xbf\xbf",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xe4\xb8\xad\xad",
		"\xfe",
		"\xf8\x88\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct trial trial = {VERB_CALL_POST, "title", bad[i]};
		try_each(&trial, 1, BAD_REQUEST);
	}
}

/* A body is the same but for the line feed. */
static void
body_may_have_lines_and_no_other_controls(void **state)
{
	static const struct trial good = {VERB_CALL_POST, "body", "一\n\n二\n"};
	static const char *const bad[] = {"a\rb", "a\tb", "a\x1b", "a\u2028b", "a\u202eb", "a\xc2\x85", "\xff"};

	(void)state;
	try_each(&good, 1, OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct trial trial = {VERB_CALL_POST, "body", bad[i]};
		try_each(&trial, 1, BAD_REQUEST);
	}
}

/* Sends the request with each '<' in it made a NUL, which protobuf-c itself cannot write. */
static enum status
ask_with_nul(Request *request, char field[FIELD_TEXT_MAX])
{
	struct bytes bytes = pack_requests(&request, 1);
	struct asked asked;

	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.data[i] == '<')
			bytes.data[i] = '\0';
	assert_int_equal(open_bytes(bytes), OK);
	return frame_request(&frame, 0, &asked, field);
}

static void
text_with_a_nul_in_it_is_refused(void **state)
{
	static const struct trial trials[] = {
		{VERB_LOGIN, "dev.handle", "an<"},
		{VERB_LOGIN, "dev.token", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef<"},
		{VERB_WATCH, "epoch", "<"},
		{VERB_WATCH, "calls[1]", "7.1<"},
		{VERB_WATCH, "places[1].place", "1401<"},
		{VERB_PLACE_IMPORT, "rows[1].code", "1401<05"},
		{VERB_PLACE_IMPORT, "rows[0].name", "西吴<社区"},
		{VERB_PLACE_LIST, "under", "<"}, /* not empty */
		{VERB_MEMBER_REGISTER, "place", "140105007004001<"},
		{VERB_MEMBER_REGISTER, "name", "王<芳"},
		{VERB_MEMBER_REGISTER, "organisation", "<"},
		{VERB_CALL_POST, "title", "<a"},
		{VERB_CALL_POST, "body", "a<"},
		{VERB_CALL_POST, "meeting", "<"},
		{VERB_CALL_POST, "bring", "<"},
		{VERB_CALL_POST, "slots[1].label", "晚班<"},
		{VERB_CALL_POST, "questions[0].label", "<"},
		{VERB_CALL_POST, "questions[1].choices[1]", "小<"},
		{VERB_CALL_EDIT, "to.slots[0].label", "早<班"},
		{VERB_CALL_CANCEL, "reason", "雨<"},
		{VERB_CALL_THANK, "text", "<谢"},
		{VERB_CHAIN_JOIN, "call", "7.4242<"},
		{VERB_CHAIN_JOIN, "remark", "<"},
		{VERB_CHAIN_JOIN, "answers[1]", "<"},
		{VERB_CHAIN_JOIN, "person", "3.77<"},
		{VERB_CHAIN_JOIN, "name", "<"},
		{VERB_CHAIN_CHECK, "code", "4<"},
		{VERB_ROSTER_IMPORT, "rows[0].phone", "13800<"},
		{VERB_ROSTER_IMPORT, "rows[1].name", "王<"},
		{VERB_ROSTER_IMPORT, "rows[1].organisation", "<"},
		{VERB_ROSTER_IMPORT, "rows[1].place", "<"},
		{VERB_ROSTER_LIST, "after", "7:<"},
		{VERB_MEMBER_LIST, "after", "<"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(trials); i++) {
		Request *request = good_request(trials[i].verb);
		char field[FIELD_TEXT_MAX] = "";
		set_field(request, &trials[i]);
		assert_int_equal(ask_with_nul(request, field), BAD_REQUEST);
		assert_string_equal(field, trials[i].field);
	}
}

/* Every text field there is, found in the proto itself: what is not UTF-8 is refused, and the field named. */
static void
try_texts_of(enum verb verb, const ProtobufCMessageDescriptor *message, const char *path, unsigned *tried)
{
	for (unsigned i = 0; i < message->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->fields[i];
		bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
		char here[64];
		struct trial trial = {verb, here, "1\xff"};
		snprintf(here, sizeof(here), "%s%s%s", path, field->name, list ? "[1]" : "");
		if (field->type == PROTOBUF_C_TYPE_STRING) {
			try_each(&trial, 1, BAD_REQUEST);
			(*tried)++;
		} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
			strcat(here, ".");
			try_texts_of(verb, field->descriptor, here, tried);
		}
	}
}

static void
no_text_field_of_the_proto_is_left_unchecked(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		try_texts_of(verb, good_request(verb)->login->base.descriptor, "", &tried);
	assert_true(tried >= 55);
}

/* What holds for every request. */

static void
id_of_a_request_is_what_javascript_holds(void **state)
{
	static const struct {
		uint64_t id;
		enum status status;
	} cases[] = {{0, BAD_REQUEST}, {1, OK}, {ID_NUMBER_MAX, OK}, {ID_NUMBER_MAX + 1, BAD_REQUEST},
		{UINT64_MAX, BAD_REQUEST}};
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Request *request = good_request(VERB_CHAIN_JOIN);
		request->id = cases[i].id;
		assert_int_equal(ask(request, &asked, field), cases[i].status);
		assert_string_equal(field, cases[i].status == OK ? "" : "id");
		assert_true(asked.id == cases[i].id);
	}
}

static void
once_is_a_uuid_of_version_7(void **state)
{
	static const struct {
		size_t len;
		uint8_t version;
		uint8_t variant;
	} bad[] = {{0, 7, 2}, {15, 7, 2}, {17, 7, 2}, {16, 4, 2}, {16, 1, 2}, {16, 8, 2}, {16, 0, 2}, {16, 7, 0},
		{16, 7, 1}, {16, 7, 3}, {36, 7, 2}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		Request *request = good_request(VERB_CHAIN_JOIN);
		uint8_t once[36] = {0};
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		memcpy(once, good_once, sizeof(good_once));
		once[6] = (uint8_t)(bad[i].version << 4);
		once[8] = (uint8_t)(bad[i].variant << 6);
		request->once = (ProtobufCBinaryData){bad[i].len, once};
		assert_int_equal(ask(request, &asked, field), BAD_REQUEST);
		assert_string_equal(field, "once");
		assert_int_equal(asked.id, 7);
	}
}

static void
once_is_kept_where_something_is_changed(void **state)
{
	struct asked asked = ask_good(VERB_CALL_POST);

	(void)state;
	assert_memory_equal(asked.once.bytes, good_once, sizeof(good_once));
}

/* Reading needs none, and does not look at one. */
static void
once_is_of_no_interest_where_nothing_is_changed(void **state)
{
	static const struct uuid none;
	Request *request = good_request(VERB_CHAIN_LIST);
	uint8_t junk[5] = "junk";
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	assert_int_equal(ask(request, &asked, field), OK);
	assert_memory_equal(&asked.once, &none, sizeof(none));
	request->once = (ProtobufCBinaryData){sizeof(junk), junk};
	assert_int_equal(ask(request, &asked, field), OK);
	assert_memory_equal(&asked.once, &none, sizeof(none));
}

static void
reason_is_one_line_of_at_most_100_characters(void **state)
{
	char long_enough[301] = "", too_long[304] = "";
	const struct {
		const char *why;
		enum status status;
	} cases[] = {{"", OK}, {"核对物资发放名单", OK}, {long_enough, OK}, {too_long, BAD_REQUEST},
		{"two\nlines", BAD_REQUEST}, {"a\tb", BAD_REQUEST}, {"\xff", BAD_REQUEST}};

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		strcat(long_enough, "名");
	snprintf(too_long, sizeof(too_long), "%s名", long_enough);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Request *request = good_request(VERB_MEMBER_LIST);
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		request->why = UNCONST(cases[i].why);
		assert_int_equal(ask(request, &asked, field), cases[i].status);
		assert_string_equal(field, cases[i].status == OK ? "" : "why");
		if (cases[i].status == OK)
			assert_true(text_equal(asked.why, text_of(cases[i].why)));
	}
}

static void
unknown_verb_is_refused(void **state)
{
	static const uint8_t none[] = {0x0a, 2, 0x08, 7};
	static const uint8_t later[] = {0x0a, 5, 0x08, 7, 0xfa, 0x07, 0};      /* field 127, an empty message */
	static const uint8_t wrong_type[] = {0x0a, 5, 0x08, 7, 0x90, 0x03, 1}; /* chain_join as a number */
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	assert_int_equal(open_bytes(bytes_of(none, sizeof(none))), OK);
	assert_int_equal(frame_request(&frame, 0, &asked, field), BAD_REQUEST);
	assert_string_equal(field, "verb");
	assert_int_equal(asked.id, 7);
	assert_int_equal(open_bytes(bytes_of(later, sizeof(later))), OK);
	assert_int_equal(frame_request(&frame, 0, &asked, field), BAD_REQUEST);
	assert_string_equal(field, "verb");
	/* Whether the frame is refused or its request is no matter, as long as one of them is. */
	if (open_bytes(bytes_of(wrong_type, sizeof(wrong_type))) == OK)
		assert_int_equal(frame_request(&frame, 0, &asked, field), BAD_REQUEST);
}

/* Whole frames. */

static void
assert_refused(struct bytes bytes)
{
	assert_int_equal(open_bytes(bytes), BAD_REQUEST);
	assert_int_equal(frame.request_count, 0);
	assert_false(frame.pulse);
}

static void
frame_takes_up_to_32_requests(void **state)
{
	Request *request = good_request(VERB_CHAIN_JOIN), *many[33];
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = request;
	assert_int_equal(open_bytes(pack_requests(many, 32)), OK);
	assert_int_equal(frame.request_count, 32);
	for (size_t i = 0; i < 32; i++)
		assert_int_equal(frame_request(&frame, i, &asked, field), OK);
	assert_refused(pack_requests(many, 33));
}

static void
empty_frame_asks_nothing(void **state)
{
	(void)state;
	assert_int_equal(open_bytes(bytes_of("", 0)), OK);
	assert_int_equal(frame.request_count, 0);
	assert_false(frame.pulse);
}

static void
pulse_is_a_sign_of_life(void **state)
{
	static const uint8_t pulse[] = {0x2a, 0};
	Request *request = good_request(VERB_CHAIN_JOIN);
	struct bytes both = pack_requests(&request, 1);

	(void)state;
	assert_int_equal(open_bytes(bytes_of(pulse, sizeof(pulse))), OK);
	assert_int_equal(frame.request_count, 0);
	assert_true(frame.pulse);
	both.data = realloc(both.data, both.len + sizeof(pulse));
	memcpy(both.data + both.len, pulse, sizeof(pulse));
	both.len += sizeof(pulse);
	assert_int_equal(open_bytes(both), OK);
	assert_int_equal(frame.request_count, 1);
	assert_true(frame.pulse);
	assert_int_equal(open_bytes(pack_requests(&request, 1)), OK);
	assert_false(frame.pulse); /* that was the one before */
	assert_int_equal(open_bytes(bytes_of(pulse, sizeof(pulse))), OK);
	assert_refused(bytes_of("\x12", 1)); /* which carried none either */
}

/* Events, answers and tallies are the hub's to send. */
static void
client_that_speaks_as_the_hub_is_refused(void **state)
{
	static const uint8_t tags[] = {0x12, 0x1a, 0x22};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		uint8_t bytes[] = {tags[i], 0, 0x2a, 0};
		assert_refused(bytes_of(bytes, 2));
		assert_refused(bytes_of(bytes, 4));
	}
}

/* A good request, and a field that today's hub does not know, long enough to make the frame `len` bytes. */
static struct bytes
padded_frame(size_t len)
{
	Request *request = good_request(VERB_CHAIN_JOIN);
	struct bytes bytes = pack_requests(&request, 1);
	size_t rest = len - bytes.len - 4; /* tag and a length of three bytes */

	bytes.data = realloc(bytes.data, len);
	memset(bytes.data + bytes.len, 'x', len - bytes.len);
	bytes.data[bytes.len] = 0x7a; /* field 15 */
	bytes.data[bytes.len + 1] = (uint8_t)(rest | 0x80);
	bytes.data[bytes.len + 2] = (uint8_t)(rest >> 7 | 0x80);
	bytes.data[bytes.len + 3] = (uint8_t)(rest >> 14);
	bytes.len = len;
	return bytes;
}

static void
frame_takes_up_to_its_bytes(void **state)
{
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	assert_int_equal(FRAME_MAX_BYTES, 16384);
	assert_int_equal(open_bytes(padded_frame(FRAME_MAX_BYTES)), OK);
	assert_int_equal(frame.request_count, 1);
	assert_int_equal(frame_request(&frame, 0, &asked, field), OK);
	assert_refused(padded_frame(FRAME_MAX_BYTES + 1));
	assert_refused(padded_frame(1 << 20));
}

/* What a later client adds is passed over, in the frame, the request and the verb alike. */
static void
unknown_fields_are_passed_over(void **state)
{
	/* 15: 1, requests { id: 7, 15: 1, call_show { call: "7.1", 15: 1 } }, 15: "x" */
	static const uint8_t bytes[] = {
		0x78, 1, 0x0a, 14, 0x08, 7, 0x78, 1, 0xd2, 0x02, 7, 0x0a, 3, '7', '.', '1', 0x78, 1, 0x7a, 1, 'x'};
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	assert_int_equal(open_bytes(bytes_of(bytes, sizeof(bytes))), OK);
	assert_int_equal(frame_request(&frame, 0, &asked, field), OK);
	assert_int_equal(asked.verb, VERB_CALL_SHOW);
	assert_true(id_equal(asked.call_show.call, id_of("7.1")));
}

/* Messages in messages, as deep as they go: 25,000 levels are too long for a frame, fewer are passed over or refused, and
 * neither may take the stack. */
static void
nesting_takes_no_stack(void **state)
{
	static const unsigned levels[] = {25000, 4000, 5, 1};
	static uint8_t bytes[25000 * 4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		for (int tag = 1; tag <= 15; tag++) {
			size_t start = sizeof(bytes), len = 0;
			for (unsigned level = 0; level < levels[i]; level++) { /* from the innermost outwards */
				uint8_t head[4] = {(uint8_t)(tag << 3 | 2)};
				size_t head_len = 1;
				size_t rest = len;
				for (; rest > 0x7f; rest >>= 7)
					head[head_len++] = (uint8_t)(rest | 0x80);
				head[head_len++] = (uint8_t)rest;
				start -= head_len;
				memcpy(bytes + start, head, head_len);
				len += head_len;
			}
			if (len > FRAME_MAX_BYTES)
				assert_refused(bytes_of(bytes + start, len));
			else if (open_bytes(bytes_of(bytes + start, len)) == OK && frame.request_count > 0) {
				char field[FIELD_TEXT_MAX];
				struct asked asked;
				assert_int_equal(frame_request(&frame, 0, &asked, field), BAD_REQUEST);
			}
		}
	}
}

/* Thousands of empty rows would take thirty times their bytes. */
static void
frame_that_takes_too_much_memory_is_refused(void **state)
{
	struct buf rows = {0}, request = {0}, whole = {0};

	(void)state;
	for (size_t i = 0; i < FRAME_MAX_BYTES / 2 - 8; i++)
		add_field(&rows, 1, "", 0);
	add_number(&request, 1, 7);
	add_field(&request, 20, rows.bytes, rows.len);
	add_field(&whole, 1, request.bytes, request.len);
	assert_true(whole.len <= FRAME_MAX_BYTES);
	assert_refused(bytes_of(whole.bytes, whole.len));
	assert_true(frame.arena.used <= FRAME_ARENA_BYTES);
	buf_finish(&rows);
	buf_finish(&request);
	buf_finish(&whole);
}

/* As many districts of two characters as fit into a frame, the shortest rows of which the country has so many: each
 * keeps its rules, so all are read. */
static void
full_frame_of_short_rows_is_read(void **state)
{
	Request requests[FRAME_MAX_REQUESTS], *list[FRAME_MAX_REQUESTS];
	Gridvanguard__V1__PlaceImport imports[FRAME_MAX_REQUESTS];
	size_t count = 0, rows = 200;
	char field[FIELD_TEXT_MAX];
	struct asked asked;

	(void)state;
	while (rows > 1) { /* 200 rows a request while they fit, then what still does */
		struct bytes bytes;
		requests[count] = *good_request(VERB_PLACE_IMPORT);
		set_text(&requests[count], "rows[0].code", "140105");
		set_text(&requests[count], "rows[0].name", "城区");
		set_count(&requests[count], "rows", 1);
		set_count(&requests[count], "rows", rows);
		imports[count] = *requests[count].place_import;
		requests[count].place_import = &imports[count];
		list[count] = &requests[count];
		bytes = pack_requests(list, count + 1);
		if (bytes.len <= FRAME_MAX_BYTES)
			count++;
		else
			rows--;
		free(bytes.data);
	}
	assert_in_range(count, 5, FRAME_MAX_REQUESTS - 1);
	assert_int_equal(open_bytes(pack_requests(list, count)), OK);
	for (size_t i = 0; i < count; i++) {
		if (frame_request(&frame, i, &asked, field) != OK)
			fail_msg("request %zu of %zu: %s", i, count, field);
		assert_int_equal(asked.place_import.rows.count, imports[i].n_rows);
	}
}

/* All that a call may say, in Chinese: it fits into a frame, and so does an edit to it. */
static void
fullest_call_fits_into_a_frame(void **state)
{
	static const enum verb verbs[] = {VERB_CALL_POST, VERB_CALL_EDIT};
	char *choices[10], field[FIELD_TEXT_MAX], title[60 * 3 + 1], labels[SLOTS_MAX][sizeof(label_40)];

	(void)state;
	repeat(title, "招", 60, "");
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		choices[i] = choice_20;
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		Request *request = good_request(verbs[i]);
		Gridvanguard__V1__CallPost *post = i ? request->call_edit->to : request->call_post;
		Gridvanguard__V1__Question *question = post->questions[1];
		struct asked asked;
		post->title = title;
		post->body = body_2000;
		post->meeting = post->bring = meeting_120;
		for (size_t j = 0; j < SLOTS_MAX; j++) {
			Gridvanguard__V1__Slot *slot = post->slots[j];
			memcpy(labels[j], label_40, sizeof(labels[j]));
			labels[j][2] = (char)(0x80 + j); /* another character, no two alike */
			*slot = (Gridvanguard__V1__Slot){
				slot->base, labels[j], ID_NUMBER_MAX, ID_NUMBER_MAX, 100000, 100000};
		}
		question->required = true;
		question->label = label_40;
		question->choices = choices;
		question->n_choices = ARRAY_LEN(choices);
		post->questions[0] = question;
		post->n_slots = SLOTS_MAX;
		post->n_questions = 1;
		set_count(request, i ? "to.questions" : "questions", 8);
		if (ask(request, &asked, field) != OK)
			fail_msg("%s: %s", verb_name(verbs[i]), field);
		assert_int_equal((i ? &asked.call_edit.to : &asked.call_post)->questions.count, 8);
	}
}

/* Any bytes. */

/* Whatever came out of a frame keeps its promises. */
static void
look_at_all_requests(unsigned *good)
{
	for (size_t i = 0; i < frame.request_count; i++) {
		char field[FIELD_TEXT_MAX];
		struct asked asked;
		enum status status;
		memset(field, 'x', sizeof(field));
		status = frame_request(&frame, i, &asked, field);
		assert_true(memchr(field, '\0', sizeof(field)) != NULL);
		if (status == OK) {
			assert_string_equal(field, "");
			assert_true(asked.id > 0 && asked.id <= ID_NUMBER_MAX && asked.verb < VERB_COUNT);
			(*good)++;
		} else {
			assert_int_equal(status, BAD_REQUEST);
			assert_string_not_equal(field, "");
		}
	}
}

static void
random_bytes_do_no_harm(void **state)
{
	struct rng rng = seeded("frame_random");
	unsigned good = 0;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		uint8_t bytes[200];
		size_t len = rng_below(&rng, sizeof(bytes));
		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)rng_next(&rng);
		if (len > 2 && round % 2) { /* let it look like a request at least */
			bytes[0] = 0x0a;
			bytes[1] = (uint8_t)((len - 2) & 0x7f);
		}
		if (open_bytes(bytes_of(bytes, len)) == OK)
			look_at_all_requests(&good);
		else
			assert_int_equal(frame.request_count, 0);
	}
}

/* One to four bytes changed, cut short, or glued to another. */
static struct bytes
spoil(struct bytes bytes, struct rng *rng)
{
	switch (rng_below(rng, 4)) {
	case 0:
		bytes.data = realloc(bytes.data, 1 + (bytes.len = rng_below(rng, (uint32_t)bytes.len + 1)));
		break;
	case 1:
		bytes.data = realloc(bytes.data, bytes.len * 2);
		memcpy(bytes.data + bytes.len, bytes.data, bytes.len);
		bytes.len *= 2;
		break;
	default:
		break;
	}
	for (uint32_t changes = rng_below(rng, 5); changes > 0 && bytes.len > 0; changes--) {
		uint8_t *at = &bytes.data[rng_below(rng, (uint32_t)bytes.len)];
		*at = rng_below(rng, 2) ? (uint8_t)rng_next(rng) : (uint8_t)(*at ^ 1U << rng_below(rng, 8));
	}
	return bytes;
}

static void
spoiled_requests_do_no_harm(void **state)
{
	struct rng rng = seeded("frame_spoiled");
	unsigned good = 0, opened = 0;

	(void)state;
	for (int round = 0; round < 50000; round++) {
		Request *request = good_request(rng_below(&rng, VERB_COUNT));
		if (open_bytes(spoil(pack_requests(&request, 1), &rng)) != OK) {
			assert_int_equal(frame.request_count, 0);
			continue;
		}
		opened++;
		look_at_all_requests(&good);
	}
	assert_true(good > 5000 && opened > 10000 && opened < 50000); /* it was not all or nothing */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(login_is_read),
		cmocka_unit_test(login_by_no_known_way_says_so),
		cmocka_unit_test(watch_is_read),
		cmocka_unit_test(places_are_imported_as_they_came),
		cmocka_unit_test(lists_of_places_are_read),
		cmocka_unit_test(members_are_read),
		cmocka_unit_test(who_waits_is_read),
		cmocka_unit_test(calls_are_read),
		cmocka_unit_test(slots_and_questions_are_read),
		cmocka_unit_test(changes_of_calls_are_read),
		cmocka_unit_test(chains_are_read),
		cmocka_unit_test(roster_is_read),
		cmocka_unit_test(line_is_read_with_all_it_says),
		cmocka_unit_test(line_may_say_nothing),
		cmocka_unit_test(edit_needs_what_it_shall_be),
		cmocka_unit_test(requests_of_one_frame_are_read_each_for_itself),
		cmocka_unit_test(value_at_its_bound_is_taken),
		cmocka_unit_test(value_beyond_its_bound_is_refused_by_its_name),
		cmocka_unit_test(fields_must_fit_each_other),
		cmocka_unit_test(question_of_choice_has_2_to_10_choices),
		cmocka_unit_test(title_must_be_text_of_one_line),
		cmocka_unit_test(body_may_have_lines_and_no_other_controls),
		cmocka_unit_test(text_with_a_nul_in_it_is_refused),
		cmocka_unit_test(no_text_field_of_the_proto_is_left_unchecked),
		cmocka_unit_test(id_of_a_request_is_what_javascript_holds),
		cmocka_unit_test(once_is_a_uuid_of_version_7),
		cmocka_unit_test(once_is_kept_where_something_is_changed),
		cmocka_unit_test(once_is_of_no_interest_where_nothing_is_changed),
		cmocka_unit_test(reason_is_one_line_of_at_most_100_characters),
		cmocka_unit_test(unknown_verb_is_refused),
		cmocka_unit_test(frame_takes_up_to_32_requests),
		cmocka_unit_test(empty_frame_asks_nothing),
		cmocka_unit_test(pulse_is_a_sign_of_life),
		cmocka_unit_test(client_that_speaks_as_the_hub_is_refused),
		cmocka_unit_test(frame_takes_up_to_its_bytes),
		cmocka_unit_test(unknown_fields_are_passed_over),
		cmocka_unit_test(nesting_takes_no_stack),
		cmocka_unit_test(frame_that_takes_too_much_memory_is_refused),
		cmocka_unit_test(full_frame_of_short_rows_is_read),
		cmocka_unit_test(fullest_call_fits_into_a_frame),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(spoiled_requests_do_no_harm),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
