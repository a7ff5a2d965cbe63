#include "requests.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define ITEMS_MAX 255

const uint8_t good_once[16] = {0x01, 0x80, 0x1d, 0x6a, 0x1c, 0x80, 0x7a, 0xbc, 0x9d, 0xef, 1, 2, 3, 4, 5, 6};

#define TOKEN "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Message structs of protobuf-c are called by their noun here, fields that are lists get room to grow. */
#define INIT(message) PROTOBUF_C_MESSAGE_INIT(&gridvanguard__v1__##message##__descriptor)
#define STR(literal)  UNCONST(literal)

static Request request;

static void *
good_login(void)
{
	static Gridvanguard__V1__Login login;
	static Gridvanguard__V1__DevLogin dev;

	dev = (Gridvanguard__V1__DevLogin){INIT(dev_login), STR(TOKEN), STR("an-1_x"), true, STR("手机")};
	login = (Gridvanguard__V1__Login){INIT(login), GRIDVANGUARD__V1__LOGIN__HOW_DEV, {&dev}};
	return &login;
}

static void *
good_watch(void)
{
	static Gridvanguard__V1__PlaceWatch places[2], *place_list[ITEMS_MAX];
	static Gridvanguard__V1__Cursor cursors[2], *cursor_list[ITEMS_MAX];
	static char *calls[ITEMS_MAX];
	static Gridvanguard__V1__Watch watch;

	places[0] = (Gridvanguard__V1__PlaceWatch){INIT(place_watch), STR("1401"), 3};
	places[1] = (Gridvanguard__V1__PlaceWatch){INIT(place_watch), STR("140105007004001"), 1};
	cursors[0] = (Gridvanguard__V1__Cursor){INIT(cursor), 3, 4242};
	cursors[1] = (Gridvanguard__V1__Cursor){INIT(cursor), 15, ID_NUMBER_MAX};
	calls[0] = STR("7.4242");
	calls[1] = STR("15.9007199254740991");
	for (size_t i = 0; i < 2; i++) {
		place_list[i] = &places[i];
		cursor_list[i] = &cursors[i];
	}
	watch = (Gridvanguard__V1__Watch){INIT(watch), 2, place_list, 2, calls, STR("1776000000000-0"), 2, cursor_list};
	return &watch;
}

static void *
good_place_import(void)
{
	static Gridvanguard__V1__PlaceRow rows[2], *list[ITEMS_MAX];
	static Gridvanguard__V1__PlaceImport import;

	rows[0] = (Gridvanguard__V1__PlaceRow){INIT(place_row), STR("140105007004"), STR("西吴社区居委会")};
	rows[1] = (Gridvanguard__V1__PlaceRow){INIT(place_row), STR("140105007004001"), STR("第一网格")};
	list[0] = &rows[0];
	list[1] = &rows[1];
	import = (Gridvanguard__V1__PlaceImport){INIT(place_import), 2, list};
	return &import;
}

static void *
good_place_list(void)
{
	static Gridvanguard__V1__PlaceList list;

	list = (Gridvanguard__V1__PlaceList){INIT(place_list), STR("140105"), 2, STR("140105007"), 200};
	return &list;
}

static void *
good_place_show(void)
{
	static Gridvanguard__V1__PlaceShow show;

	show = (Gridvanguard__V1__PlaceShow){INIT(place_show), STR("140105007004001002")};
	return &show;
}

static void *
good_tally_list(void)
{
	static Gridvanguard__V1__TallyList list;

	list = (Gridvanguard__V1__TallyList){INIT(tally_list), STR("1401"), 1, STR("140106"), 11};
	return &list;
}

static void *
good_member_register(void)
{
	static Gridvanguard__V1__MemberRegister in;

	in = (Gridvanguard__V1__MemberRegister){INIT(member_register), STR("140105007004001"), STR("王芳"),
		STR("市第二医院"), 2, STR("140106004009001")};
	return &in;
}

static void *
good_member_move(void)
{
	static Gridvanguard__V1__MemberMove move;

	move = (Gridvanguard__V1__MemberMove){INIT(member_move), STR("140105007004001002"), true};
	return &move;
}

static void *
good_member_correct(void)
{
	static Gridvanguard__V1__MemberCorrect correct;

	correct = (Gridvanguard__V1__MemberCorrect){INIT(member_correct), STR("王芬"), STR("太原供电公司")};
	return &correct;
}

static void *
good_phone_bind(void)
{
	static Gridvanguard__V1__PhoneBind bind;

	bind = (Gridvanguard__V1__PhoneBind){INIT(phone_bind), STR("e31968a7f94cc5ee25fafc2aef2773f0bb8c"), true};
	return &bind;
}

static void *
good_pending_list(void)
{
	static Gridvanguard__V1__PendingList list;

	list = (Gridvanguard__V1__PendingList){
		INIT(pending_list), STR("140105007004"), STR("8:140105007004001 3.77"), 50};
	return &list;
}

static void *
good_pending_decide(void)
{
	static Gridvanguard__V1__PendingDecide decide;

	decide = (Gridvanguard__V1__PendingDecide){
		INIT(pending_decide), STR("3.77"), STR("140105007004001"), true, STR("不住这里"), 1649761200000, 3};
	return &decide;
}

static void *
good_member_leave(void)
{
	static Gridvanguard__V1__MemberLeave leave;

	leave = (Gridvanguard__V1__MemberLeave){INIT(member_leave)};
	return &leave;
}

static void *
good_member_list(void)
{
	static Gridvanguard__V1__MemberList list;

	list = (Gridvanguard__V1__MemberList){INIT(member_list), STR("140105007004"), STR("3.77"), 50};
	return &list;
}

static void *
good_call_post(void)
{
	static Gridvanguard__V1__CallPost post;
	static Gridvanguard__V1__Slot slots[SLOTS_MAX + 1], *slot_list[ITEMS_MAX];
	static char labels[ARRAY_LEN(slots)][8];
	static Gridvanguard__V1__Question questions[2], *question_list[ITEMS_MAX];
	static char *choices[ITEMS_MAX];

	for (size_t i = 0; i < ARRAY_LEN(slots); i++) { /* each of its own name, as many as there may be and one */
		snprintf(labels[i], sizeof(labels[i]), "%zu", i);
		slots[i] = (Gridvanguard__V1__Slot){INIT(slot), labels[i]};
		slot_list[i] = &slots[i];
	}
	slots[0] = (Gridvanguard__V1__Slot){INIT(slot), STR("早班"), 1649761200000, 1649768400000, 3, 5};
	slots[1] = (Gridvanguard__V1__Slot){INIT(slot), STR("晚班"), 0, 0, 0, 0};
	choices[0] = STR("大");
	choices[1] = STR("小");
	questions[0] = (Gridvanguard__V1__Question){INIT(question),
		GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_NUMBER, true, STR("几点能到"), 0, choices};
	questions[1] = (Gridvanguard__V1__Question){
		INIT(question), GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE, false, STR("尺码"), 2, choices};
	for (size_t i = 0; i < 2; i++)
		question_list[i] = &questions[i];
	post = (Gridvanguard__V1__CallPost){INIT(call_post), STR("140105007004001"),
		STR("紧急招募志愿者发放抗原检测试剂"), STR("请在群里接龙。\n带好口罩。"), STR("19:30 社区门口"), 20, 28,
		1649775600000, STR("手套"), 1649761200000, 1649775600000,
		GRIDVANGUARD__V1__NAMES_SHOWN__NAMES_SHOWN_FAMILY, 30, 120, 2, slot_list, 2, question_list};
	return &post;
}

static void *
good_call_list(void)
{
	static Gridvanguard__V1__CallList list;

	list = (Gridvanguard__V1__CallList){INIT(call_list), STR("140105"), STR("7.4242"), 50};
	return &list;
}

/* Verbs whose message is a call and nothing else. */
static void *
good_call(const ProtobufCMessageDescriptor *descriptor)
{
	static Gridvanguard__V1__CallShow show;

	show = (Gridvanguard__V1__CallShow){{descriptor, 0, NULL}, STR("7.4242")};
	return &show;
}

static void *
good_chain_list(void)
{
	static Gridvanguard__V1__ChainList list;

	list = (Gridvanguard__V1__ChainList){INIT(chain_list), STR("7.4242"), 28, 200, true};
	return &list;
}

static void *
good_chat_print(void)
{
	static Gridvanguard__V1__ChatPrint print;

	print = (Gridvanguard__V1__ChatPrint){INIT(chat_print), STR("7.4242"), true};
	return &print;
}

static void *
good_chat_preview(void)
{
	static Gridvanguard__V1__ChatPreview preview;

	preview = (Gridvanguard__V1__ChatPreview){
		INIT(chat_preview), STR("7.4242"), STR("#接龙\r\n\t消杀\n1. 王芳\n"), 1, 28, 200};
	return &preview;
}

static void *
good_call_reopen(void)
{
	static Gridvanguard__V1__CallReopen in;

	in = (Gridvanguard__V1__CallReopen){INIT(call_reopen), STR("7.4242"), 1649775600000};
	return &in;
}

static void *
good_call_cancel(void)
{
	static Gridvanguard__V1__CallCancel in;

	in = (Gridvanguard__V1__CallCancel){INIT(call_cancel), STR("7.4242"), STR("下雨")};
	return &in;
}

static void *
good_call_edit(void)
{
	static Gridvanguard__V1__CallEdit in;

	in = (Gridvanguard__V1__CallEdit){INIT(call_edit), STR("7.4242"), 3, true, good_call_post()};
	return &in;
}

static void *
good_call_thank(void)
{
	static Gridvanguard__V1__CallThank in;

	in = (Gridvanguard__V1__CallThank){INIT(call_thank), STR("7.4242"), STR("辛苦了")};
	return &in;
}

static void *
good_chain_join(void)
{
	static Gridvanguard__V1__ChainJoin in;
	static char *answers[ITEMS_MAX];

	answers[0] = STR("8");
	answers[1] = STR("小");
	in = (Gridvanguard__V1__ChainJoin){
		INIT(chain_join), STR("7.4242"), 1, 3, STR("带小推车"), 2, answers, STR("3.77"), STR(""), true, true};
	return &in;
}

/* The two that mean a line by its number, or one's own of a slot. */
static void *
good_line(const ProtobufCMessageDescriptor *descriptor)
{
	static Gridvanguard__V1__ChainWithdraw in;

	in = (Gridvanguard__V1__ChainWithdraw){{descriptor, 0, NULL}, STR("7.4242"), 28, 1};
	return &in;
}

static void *
good_chain_check(void)
{
	static Gridvanguard__V1__ChainCheck in;

	in = (Gridvanguard__V1__ChainCheck){INIT(chain_check), STR("7.4242"), 28, 1, true, STR("0123456789")};
	return &in;
}

static void *
good_sign_up_list(void)
{
	static Gridvanguard__V1__SignUpList in;

	in = (Gridvanguard__V1__SignUpList){INIT(sign_up_list), 1649775600000, 100};
	return &in;
}

static void *
good_roster_import(void)
{
	static Gridvanguard__V1__RosterRow rows[2], *list[ITEMS_MAX];
	static Gridvanguard__V1__RosterImport in;

	rows[0] = (Gridvanguard__V1__RosterRow){
		INIT(roster_row), STR("138 0000 0000"), STR("王芳"), STR("西吴社区第一党支部"), STR("140105007004001")};
	rows[1] = (Gridvanguard__V1__RosterRow){
		INIT(roster_row), STR("+8613900000001"), STR("李强"), STR("市第二医院"), STR("140105007004")};
	list[0] = &rows[0];
	list[1] = &rows[1];
	in = (Gridvanguard__V1__RosterImport){INIT(roster_import), 2, list, true, true, true};
	return &in;
}

static void *
good_template_save(void)
{
	static Gridvanguard__V1__TemplateSave in;

	in = (Gridvanguard__V1__TemplateSave){
		INIT(template_save), STR("140105007004"), STR("发试剂"), good_call_post()};
	return &in;
}

/* The two that name a place and a template. */
static void *
good_template(const ProtobufCMessageDescriptor *descriptor)
{
	static Gridvanguard__V1__TemplateRemove in;

	in = (Gridvanguard__V1__TemplateRemove){{descriptor, 0, NULL}, STR("140105007004"), STR("发试剂")};
	return &in;
}

static void *
good_roster_list(void)
{
	static Gridvanguard__V1__RosterList in;

	in = (Gridvanguard__V1__RosterList){
		INIT(roster_list), STR("140105"), STR("7:140105007004001 07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 60};
	return &in;
}

static void *
good_grant_give(void)
{
	static Gridvanguard__V1__GrantGive in;

	in = (Gridvanguard__V1__GrantGive){INIT(grant_give), STR("3.77"), GRIDVANGUARD__V1__ROLE__ROLE_WORKER,
		STR("140105007004001"), 1649775600000};
	return &in;
}

static void *
good_roster_remove(void)
{
	static Gridvanguard__V1__RosterRemove in;

	in = (Gridvanguard__V1__RosterRemove){
		INIT(roster_remove), STR("07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), STR("140105")};
	return &in;
}

static void *
good_grant_take(void)
{
	static Gridvanguard__V1__GrantTake in;

	in = (Gridvanguard__V1__GrantTake){
		INIT(grant_take), STR("3.77"), GRIDVANGUARD__V1__ROLE__ROLE_AUDITOR, STR("14")};
	return &in;
}

static void *
good_grant_list(void)
{
	static Gridvanguard__V1__GrantList in;

	in = (Gridvanguard__V1__GrantList){INIT(grant_list), STR("140105"), STR("3.77"), 100};
	return &in;
}

static void *
good_device_revoke(void)
{
	static Gridvanguard__V1__DeviceRevoke in;

	in = (Gridvanguard__V1__DeviceRevoke){INIT(device_revoke), 2, STR("3.77")};
	return &in;
}

static void *
good_chain_phones(void)
{
	static Gridvanguard__V1__ChainPhones in;

	in = (Gridvanguard__V1__ChainPhones){INIT(chain_phones), STR("7.4242"), 17, 100};
	return &in;
}

static void *
good_audit_list(void)
{
	static Gridvanguard__V1__AuditList in;

	in = (Gridvanguard__V1__AuditList){INIT(audit_list), STR("3.77"), STR("7.4242"), STR("phones"), 1649761200000,
		1649847600000, true, STR("7:1649761234567-0"), 100};
	return &in;
}

static void *
good_device_list(void)
{
	static Gridvanguard__V1__DeviceList in;

	in = (Gridvanguard__V1__DeviceList){INIT(device_list), STR("3.77")};
	return &in;
}

static void *
good_consent_give(void)
{
	static Gridvanguard__V1__ConsentGive in;

	in = (Gridvanguard__V1__ConsentGive){INIT(consent_give), STR("3fd1b0a2"), true};
	return &in;
}

static void *
good_person_export(void)
{
	static Gridvanguard__V1__PersonExport in;

	in = (Gridvanguard__V1__PersonExport){INIT(person_export), STR("3.77")};
	return &in;
}

static void *
good_person_erase(void)
{
	static Gridvanguard__V1__PersonErase in;

	in = (Gridvanguard__V1__PersonErase){INIT(person_erase), STR("3.77")};
	return &in;
}

static void *
good_factor_begin(void)
{
	static Gridvanguard__V1__FactorBegin in;

	in = (Gridvanguard__V1__FactorBegin){INIT(factor_begin)};
	return &in;
}

static void *
good_factor_confirm(void)
{
	static Gridvanguard__V1__FactorConfirm in;

	in = (Gridvanguard__V1__FactorConfirm){INIT(factor_confirm), STR("081804")};
	return &in;
}

static void *
good_factor_remove(void)
{
	static Gridvanguard__V1__FactorRemove in;

	in = (Gridvanguard__V1__FactorRemove){INIT(factor_remove), STR("3.77"), STR("abcde-fghjk")};
	return &in;
}

static void *
good_desk_open(void)
{
	static Gridvanguard__V1__DeskOpen in;

	in = (Gridvanguard__V1__DeskOpen){INIT(desk_open), STR("前台")};
	return &in;
}

static void *
good_desk_show(void)
{
	static Gridvanguard__V1__DeskShow in;

	in = (Gridvanguard__V1__DeskShow){INIT(desk_show), STR("kJh0yuXDg6O9gmFW9FM9Qw")};
	return &in;
}

static void *
good_desk_confirm(void)
{
	static Gridvanguard__V1__DeskConfirm in;

	in = (Gridvanguard__V1__DeskConfirm){INIT(desk_confirm), STR("kJh0yuXDg6O9gmFW9FM9Qw"), 42, true};
	return &in;
}

/* For somebody new. */
static void *
good_invite_give(void)
{
	static Gridvanguard__V1__InviteGive in;

	in = (Gridvanguard__V1__InviteGive){INIT(invite_give), STR(""), STR("李梅"), STR("市第二医院"),
		STR("140105007004001"), GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_VOLUNTEER, 48};
	return &in;
}

static void *
good_subscribe_tell(void)
{
	static Gridvanguard__V1__SubscribeTell in;
	static char *accepted[] = {STR("template-1"), STR("template-2")};

	in = (Gridvanguard__V1__SubscribeTell){INIT(subscribe_tell), ARRAY_LEN(accepted), accepted};
	return &in;
}

static void *
good_place_image(void)
{
	static Gridvanguard__V1__PlaceImage in;

	in = (Gridvanguard__V1__PlaceImage){INIT(place_image), STR("140105007004001")};
	return &in;
}

static void *
good_body(enum verb verb)
{
	switch (verb) {
	case VERB_LOGIN:
		return good_login();
	case VERB_WATCH:
		return good_watch();
	case VERB_PLACE_IMPORT:
		return good_place_import();
	case VERB_PLACE_LIST:
		return good_place_list();
	case VERB_PLACE_SHOW:
		return good_place_show();
	case VERB_TALLY_LIST:
		return good_tally_list();
	case VERB_MEMBER_REGISTER:
		return good_member_register();
	case VERB_MEMBER_MOVE:
		return good_member_move();
	case VERB_MEMBER_LEAVE:
		return good_member_leave();
	case VERB_MEMBER_LIST:
		return good_member_list();
	case VERB_MEMBER_CORRECT:
		return good_member_correct();
	case VERB_PHONE_BIND:
		return good_phone_bind();
	case VERB_PENDING_LIST:
		return good_pending_list();
	case VERB_PENDING_DECIDE:
		return good_pending_decide();
	case VERB_CALL_POST:
		return good_call_post();
	case VERB_CALL_LIST:
		return good_call_list();
	case VERB_CALL_SHOW:
		return good_call(&gridvanguard__v1__call_show__descriptor);
	case VERB_CALL_CLOSE:
		return good_call(&gridvanguard__v1__call_close__descriptor);
	case VERB_CALL_REOPEN:
		return good_call_reopen();
	case VERB_CALL_CANCEL:
		return good_call_cancel();
	case VERB_CALL_EDIT:
		return good_call_edit();
	case VERB_CALL_THANK:
		return good_call_thank();
	case VERB_CHAIN_JOIN:
		return good_chain_join();
	case VERB_CHAIN_WITHDRAW:
		return good_line(&gridvanguard__v1__chain_withdraw__descriptor);
	case VERB_CHAIN_CONFIRM:
		return good_line(&gridvanguard__v1__chain_confirm__descriptor);
	case VERB_CHAIN_CHECK:
		return good_chain_check();
	case VERB_CHAIN_CODE:
		return good_call(&gridvanguard__v1__chain_code__descriptor);
	case VERB_CHAT_PRINT:
		return good_chat_print();
	case VERB_CHAT_PREVIEW:
		return good_chat_preview();
	case VERB_SIGN_UP_LIST:
		return good_sign_up_list();
	case VERB_CHAIN_LIST:
		return good_chain_list();
	case VERB_ROSTER_IMPORT:
		return good_roster_import();
	case VERB_ROSTER_LIST:
		return good_roster_list();
	case VERB_ROSTER_REMOVE:
		return good_roster_remove();
	case VERB_TEMPLATE_SAVE:
		return good_template_save();
	case VERB_TEMPLATE_LIST:
		return good_template(&gridvanguard__v1__template_list__descriptor);
	case VERB_TEMPLATE_REMOVE:
		return good_template(&gridvanguard__v1__template_remove__descriptor);
	case VERB_GRANT_GIVE:
		return good_grant_give();
	case VERB_GRANT_TAKE:
		return good_grant_take();
	case VERB_GRANT_LIST:
		return good_grant_list();
	case VERB_DEVICE_LIST:
		return good_device_list();
	case VERB_DEVICE_REVOKE:
		return good_device_revoke();
	case VERB_INVITE_GIVE:
		return good_invite_give();
	case VERB_CONSENT_GIVE:
		return good_consent_give();
	case VERB_PERSON_EXPORT:
		return good_person_export();
	case VERB_PERSON_ERASE:
		return good_person_erase();
	case VERB_FACTOR_BEGIN:
		return good_factor_begin();
	case VERB_FACTOR_CONFIRM:
		return good_factor_confirm();
	case VERB_FACTOR_REMOVE:
		return good_factor_remove();
	case VERB_DESK_OPEN:
		return good_desk_open();
	case VERB_DESK_SHOW:
		return good_desk_show();
	case VERB_DESK_CONFIRM:
		return good_desk_confirm();
	case VERB_CHAIN_PHONES:
		return good_chain_phones();
	case VERB_AUDIT_LIST:
		return good_audit_list();
	case VERB_SUBSCRIBE_TELL:
		return good_subscribe_tell();
	case VERB_PLACE_IMAGE:
		return good_place_image();
	case VERB_COUNT:
		break;
	}
	fail_msg("requests.c has no good request of verb %d yet", verb);
	return NULL;
}

Request *
good_request(enum verb verb)
{
	static const struct {
		Gridvanguard__V1__Request__VerbCase tag;
		bool changes;
	} verbs[VERB_COUNT] = {
#define READS                         false
#define CHANGES                       true
#define VERB_ROW(name, NAME, changes) [VERB_##NAME] = {GRIDVANGUARD__V1__REQUEST__VERB_##NAME, changes},
		VERB_LIST(VERB_ROW)
#undef VERB_ROW
#undef READS
#undef CHANGES
	};

	gridvanguard__v1__request__init(&request);
	request.id = 7;
	if (verbs[verb].changes)
		request.once = (ProtobufCBinaryData){sizeof(good_once), UNCONST(good_once)};
	if (verb == VERB_MEMBER_LIST)
		request.why = UNCONST("核对物资发放名单");
	request.verb_case = verbs[verb].tag;
	request.login = good_body(verb); /* the members of the oneof are all pointers to messages */
	return &request;
}

/* Where a path leads: the field, where its value or list lies, and where a list is counted. The index is ITEMS_MAX for
 * what is no item of a list. */
struct spot {
	const ProtobufCFieldDescriptor *field;
	char *at;
	size_t *count;
};

static struct spot
step(char *message, struct text part, size_t *index)
{
	const ProtobufCMessageDescriptor *descriptor = ((const ProtobufCMessage *)(void *)message)->descriptor;
	struct text number = part, name = text_cut(&number, '[');
	char field_name[64] = "";
	struct spot spot;

	memcpy(field_name, name.data, MIN(name.len, sizeof(field_name) - 1));
	spot.field = protobuf_c_message_descriptor_get_field_by_name(descriptor, field_name);
	if (!spot.field)
		fail_msg("%s has no field %s", descriptor->name, field_name);
	spot.at = message + spot.field->offset;
	spot.count = (size_t *)(void *)(message + spot.field->quantifier_offset);
	*index = number.len ? (size_t)strtoul(number.data, NULL, 10) : ITEMS_MAX;
	return spot;
}

/* Of several that exclude each other, the good request has one: another one, all of whose texts are "1", takes its place. */
static void
choose(struct spot spot)
{
	static union {
		ProtobufCMessage base;
		char room[256];
	} other;
	const ProtobufCMessageDescriptor *descriptor = spot.field->descriptor;
	uint32_t *chosen = (uint32_t *)(void *)spot.count;

	if (!(spot.field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || *chosen == spot.field->id)
		return;
	assert_true(descriptor->sizeof_message <= sizeof(other));
	descriptor->message_init(&other.base);
	for (unsigned i = 0; i < descriptor->n_fields; i++)
		if (descriptor->fields[i].type == PROTOBUF_C_TYPE_STRING)
			*(char **)(void *)(other.room + descriptor->fields[i].offset) = STR("1");
	*(ProtobufCMessage **)(void *)spot.at = &other.base;
	*chosen = spot.field->id;
}

static struct spot
find_spot(Request *rq, const char *path)
{
	char *message = (char *)rq->login;
	struct text rest = text_of(path);
	struct spot spot = {0};

	while (rest.len > 0) {
		size_t index;
		spot = step(message, text_cut(&rest, '.'), &index);
		if (index < ITEMS_MAX)
			spot.at = (char *)(*(void ***)(void *)spot.at + index);
		choose(spot);
		if (spot.field->type == PROTOBUF_C_TYPE_MESSAGE)
			message = *(char **)(void *)spot.at;
	}
	return spot;
}

void
set_text(Request *rq, const char *path, const char *text)
{
	struct spot spot = find_spot(rq, path);

	assert_int_equal(spot.field->type, PROTOBUF_C_TYPE_STRING);
	*(char **)(void *)spot.at = STR(text);
}

void
set_number(Request *rq, const char *path, uint64_t number)
{
	struct spot spot = find_spot(rq, path);

	switch (spot.field->type) {
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)(void *)spot.at = number;
		break;
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)(void *)spot.at = number != 0;
		break;
	default:
		assert_true(spot.field->type == PROTOBUF_C_TYPE_UINT32 || spot.field->type == PROTOBUF_C_TYPE_ENUM);
		*(uint32_t *)(void *)spot.at = (uint32_t)number;
	}
}

void
set_count(Request *rq, const char *path, size_t count)
{
	struct spot spot = find_spot(rq, path);
	void **list = *(void ***)(void *)spot.at;

	assert_int_equal(spot.field->label, PROTOBUF_C_LABEL_REPEATED);
	assert_true(count <= ITEMS_MAX);
	for (size_t i = *spot.count; i < count; i++)
		list[i] = list[i] ? list[i] : list[0];
	*spot.count = count;
}

struct bytes
bytes_of(const void *data, size_t len)
{
	struct bytes bytes = {malloc(len ? len : 1), len};

	assert_non_null(bytes.data);
	memcpy(bytes.data, data, len);
	return bytes;
}

struct bytes
pack_message(const ProtobufCMessage *message)
{
	size_t len = protobuf_c_message_get_packed_size(message);
	struct bytes bytes = {malloc(len ? len : 1), len};

	assert_non_null(bytes.data);
	protobuf_c_message_pack(message, bytes.data);
	return bytes;
}

struct bytes
pack_requests(Request *const *requests, size_t count)
{
	Frame frame = GRIDVANGUARD__V1__FRAME__INIT;

	frame.n_requests = count;
	frame.requests = UNCONST(requests);
	return pack_message(&frame.base);
}
