#include "requests.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "id.h"
#include "macros.h"

#define HOUR_MS 3600000
#define PARTS   4 /* at the most that one request is made of */

/* Zeroed memory that lives until the request it belongs to is of no interest any more. */
static void *
keep(size_t size)
{
	static void *kept[REQUESTS_KEPT * PARTS];
	static size_t next;
	void **slot = &kept[next++ % ARRAY_LEN(kept)];

	free(*slot);
	*slot = calloc(1, size);
	if (!*slot)
		abort();
	return *slot;
}

static Request *
keep_request(Request request)
{
	Request *kept = keep(sizeof(request));

	*kept = request;
	return kept;
}

/* One that changes something goes under a name of its own. */
static Request *
keep_change(Request request)
{
	struct uuid *once = keep(sizeof(*once));

	*once = uuid_make(clock_wall_ms());
	return under_once(once, keep_request(request));
}

/* Declares `body`, an empty message of that type. */
#define BODY(Type, type)                                        \
	Gridvanguard__V1__##Type *body = keep(sizeof(*(body))); \
	gridvanguard__v1__##type##__init(body)

static size_t
list_len(const char *const *list, size_t max)
{
	size_t len = 0;

	while (len < max && list[len])
		len++;
	return len;
}

static char *
or_empty(const char *text)
{
	return UNCONST(text ? text : "");
}

/* Session. */

Request *
to_login(const char *token, const char *handle)
{
	BODY(Login, login);
	Gridvanguard__V1__DevLogin *dev = keep(sizeof(*dev));

	gridvanguard__v1__dev_login__init(dev);
	dev->token = UNCONST(token);
	dev->handle = UNCONST(handle);
	body->how_case = GRIDVANGUARD__V1__LOGIN__HOW_DEV;
	body->dev = dev;
	return keep_request(REQUEST(LOGIN, body));
}

Request *
to_login_granted(const char *token, const char *handle)
{
	Request *login = to_login(token, handle);

	login->login->dev->granted = true;
	return login;
}

Request *
to_login_on(const char *token, const char *handle, const char *device)
{
	Request *login = to_login_granted(token, handle);

	login->login->dev->device = UNCONST(device);
	return login;
}

Request *
to_login_with(const char *token)
{
	BODY(Login, login);
	Gridvanguard__V1__TokenLogin *by_token = keep(sizeof(*by_token));

	gridvanguard__v1__token_login__init(by_token);
	by_token->token = UNCONST(token);
	body->how_case = GRIDVANGUARD__V1__LOGIN__HOW_TOKEN;
	body->token = by_token;
	return keep_request(REQUEST(LOGIN, body));
}

Request *
to_login_by_wechat(const char *code)
{
	BODY(Login, login);
	Gridvanguard__V1__WechatLogin *wechat = keep(sizeof(*wechat));

	gridvanguard__v1__wechat_login__init(wechat);
	wechat->code = UNCONST(code);
	body->how_case = GRIDVANGUARD__V1__LOGIN__HOW_WECHAT;
	body->wechat = wechat;
	return keep_request(REQUEST(LOGIN, body));
}

Request *
to_list_devices(void)
{
	return to_list_devices_of("");
}

Request *
to_list_devices_of(const char *person)
{
	BODY(DeviceList, device_list);

	body->person = UNCONST(person);
	return keep_request(REQUEST(DEVICE_LIST, body));
}

Request *
to_revoke(uint32_t device)
{
	return to_revoke_of("", device);
}

Request *
to_revoke_of(const char *person, uint32_t device)
{
	BODY(DeviceRevoke, device_revoke);

	body->person = UNCONST(person);
	body->device = device;
	return keep_change(REQUEST(DEVICE_REVOKE, body));
}

Request *
to_list_audit_of(struct auditing auditing)
{
	BODY(AuditList, audit_list);

	body->who = or_empty(auditing.who);
	body->on = or_empty(auditing.on);
	body->what = or_empty(auditing.what);
	body->after = or_empty(auditing.after);
	body->own = auditing.own;
	body->count = 100;
	return keep_request(REQUEST(AUDIT_LIST, body));
}

Request *
to_list_phones(const char *call, uint32_t after, uint32_t count)
{
	BODY(ChainPhones, chain_phones);

	body->call = UNCONST(call);
	body->after = after;
	body->count = count;
	return keep_request(REQUEST(CHAIN_PHONES, body));
}

Request *
because(const char *why, Request *request)
{
	request->why = UNCONST(why);
	return request;
}

Request *
to_login_with_code(const char *token, const char *code)
{
	Request *login = to_login_with(token);

	login->login->token->code = UNCONST(code);
	return login;
}

Request *
to_login_at_desk(const char *ticket, const char *secret)
{
	BODY(Login, login);
	Gridvanguard__V1__DeskLogin *desk = keep(sizeof(*desk));

	gridvanguard__v1__desk_login__init(desk);
	desk->ticket = UNCONST(ticket);
	desk->secret = UNCONST(secret);
	body->how_case = GRIDVANGUARD__V1__LOGIN__HOW_DESK;
	body->desk = desk;
	return keep_request(REQUEST(LOGIN, body));
}

Request *
to_open_desk(const char *device)
{
	BODY(DeskOpen, desk_open);

	body->device = UNCONST(device);
	return keep_request(REQUEST(DESK_OPEN, body));
}

Request *
to_show_desk(const char *ticket)
{
	BODY(DeskShow, desk_show);

	body->ticket = UNCONST(ticket);
	return keep_request(REQUEST(DESK_SHOW, body));
}

Request *
to_confirm_desk(const char *ticket, uint32_t number, bool accept)
{
	BODY(DeskConfirm, desk_confirm);

	body->ticket = UNCONST(ticket);
	body->number = number;
	body->accept = accept;
	return keep_change(REQUEST(DESK_CONFIRM, body));
}

Request *
to_begin_factor(void)
{
	BODY(FactorBegin, factor_begin);

	return keep_change(REQUEST(FACTOR_BEGIN, body));
}

Request *
to_confirm_factor(const char *code)
{
	BODY(FactorConfirm, factor_confirm);

	body->code = UNCONST(code);
	return keep_change(REQUEST(FACTOR_CONFIRM, body));
}

Request *
to_remove_factor(const char *person, const char *code)
{
	BODY(FactorRemove, factor_remove);

	body->person = UNCONST(person);
	body->code = UNCONST(code);
	return keep_change(REQUEST(FACTOR_REMOVE, body));
}

Request *
to_invite(const char *person)
{
	BODY(InviteGive, invite_give);

	body->person = UNCONST(person);
	return keep_change(REQUEST(INVITE_GIVE, body));
}

Request *
to_invite_new(const char *name, const char *place)
{
	BODY(InviteGive, invite_give);

	body->name = UNCONST(name);
	body->place = UNCONST(place);
	return keep_change(REQUEST(INVITE_GIVE, body));
}

/* What a Watch points at, in one block. */
struct watch_parts {
	PlaceWatch places[16], *place_list[16];
	char *calls[24];
	Cursor cursors[PARTITIONS], *cursor_list[PARTITIONS];
};

static void
add_cursors(Watch *body, struct watch_parts *parts, const struct watching *in)
{
	for (uint32_t i = 0; in->cursors && i < PARTITIONS; i++) {
		Cursor *cursor = &parts->cursors[body->n_cursors];
		if (in->partitions && !(in->partitions >> i & 1))
			continue;
		gridvanguard__v1__cursor__init(cursor);
		cursor->partition = i;
		cursor->seq = in->cursors[i];
		parts->cursor_list[body->n_cursors++] = cursor;
	}
	body->cursors = parts->cursor_list;
}

Request *
to_watch_all(struct watching in)
{
	BODY(Watch, watch);
	struct watch_parts *parts = keep(sizeof(*parts));

	body->n_places = list_len(in.places, ARRAY_LEN(in.places));
	body->n_calls = list_len(in.calls, ARRAY_LEN(in.calls));
	for (size_t i = 0; i < body->n_places; i++) {
		gridvanguard__v1__place_watch__init(&parts->places[i]);
		parts->places[i].place = UNCONST(in.places[i]);
		parts->places[i].depth = in.depth;
		parts->place_list[i] = &parts->places[i];
	}
	for (size_t i = 0; i < body->n_calls; i++)
		parts->calls[i] = UNCONST(in.calls[i]);
	body->places = parts->place_list;
	body->calls = parts->calls;
	body->epoch = or_empty(in.epoch);
	add_cursors(body, parts, &in);
	return keep_request(REQUEST(WATCH, body));
}

/* Places. */

Request *
to_import_rows(const char *const *codes_and_names)
{
	BODY(PlaceImport, place_import);
	size_t count = list_len(codes_and_names, SIZE_MAX) / 2;
	Gridvanguard__V1__PlaceRow *rows = keep(count * (sizeof(*rows) + sizeof(rows)));

	body->rows = (void *)(rows + count);
	body->n_rows = count;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__place_row__init(&rows[i]);
		rows[i].code = UNCONST(codes_and_names[2 * i]);
		rows[i].name = UNCONST(codes_and_names[2 * i + 1]);
		body->rows[i] = &rows[i];
	}
	return keep_change(REQUEST(PLACE_IMPORT, body));
}

Request *
to_list_places(const char *under, uint32_t depth, const char *after, uint32_t count)
{
	BODY(PlaceList, place_list);

	body->under = UNCONST(under);
	body->depth = depth;
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(PLACE_LIST, body));
}

Request *
to_show_place(const char *place)
{
	BODY(PlaceShow, place_show);

	body->place = UNCONST(place);
	return keep_request(REQUEST(PLACE_SHOW, body));
}

Request *
to_list_tallies(const char *place, uint32_t depth, const char *after, uint32_t count)
{
	BODY(TallyList, tally_list);

	body->place = UNCONST(place);
	body->depth = depth;
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(TALLY_LIST, body));
}

/* The roster. */

Request *
to_roster_rows(bool only_look, const char *const *columns)
{
	BODY(RosterImport, roster_import);
	size_t count = list_len(columns, SIZE_MAX) / 4;
	Gridvanguard__V1__RosterRow *rows = keep(count * (sizeof(*rows) + sizeof(rows)));

	body->rows = (void *)(rows + count);
	body->n_rows = count;
	body->only_look = only_look;
	for (size_t i = 0; i < count; i++) {
		gridvanguard__v1__roster_row__init(&rows[i]);
		rows[i].phone = UNCONST(columns[4 * i]);
		rows[i].name = UNCONST(columns[4 * i + 1]);
		rows[i].organisation = UNCONST(columns[4 * i + 2]);
		rows[i].place = UNCONST(columns[4 * i + 3]);
		body->rows[i] = &rows[i];
	}
	return keep_change(REQUEST(ROSTER_IMPORT, body));
}

Request *
to_list_roster(const char *place, const char *after, uint32_t count)
{
	BODY(RosterList, roster_list);

	body->place = UNCONST(place);
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(ROSTER_LIST, body));
}

Request *
to_remove_entry(const char *entry, const char *place)
{
	BODY(RosterRemove, roster_remove);

	body->entry = UNCONST(entry);
	body->place = UNCONST(place);
	return keep_change(REQUEST(ROSTER_REMOVE, body));
}

/* Members. */

Request *
to_register(const char *place, const char *name, const char *organisation)
{
	BODY(MemberRegister, member_register);

	body->place = UNCONST(place);
	body->name = UNCONST(name);
	body->organisation = UNCONST(organisation);
	return keep_change(REQUEST(MEMBER_REGISTER, body));
}

Request *
to_move(const char *place)
{
	BODY(MemberMove, member_move);

	body->place = UNCONST(place);
	return keep_change(REQUEST(MEMBER_MOVE, body));
}

Request *
to_register_as(const char *place, const char *name, bool volunteer, const char *work)
{
	Request *request = to_register(place, name, "");

	request->member_register->kind = volunteer ? GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_VOLUNTEER
						   : GRIDVANGUARD__V1__MEMBER_KIND__MEMBER_KIND_MEMBER;
	request->member_register->work = UNCONST(work);
	return request;
}

Request *
to_work(const char *place)
{
	Request *request = to_move(place);

	request->member_move->at_work = true;
	return request;
}

Request *
to_bind(const char *code)
{
	BODY(PhoneBind, phone_bind);

	body->code = UNCONST(code);
	return keep_change(REQUEST(PHONE_BIND, body));
}

Request *
to_bind_as_same(const char *code)
{
	Request *request = to_bind(code);

	request->phone_bind->same_person = true;
	return request;
}

Request *
to_correct(const char *name, const char *organisation)
{
	BODY(MemberCorrect, member_correct);

	body->name = UNCONST(name);
	body->organisation = UNCONST(organisation);
	return keep_change(REQUEST(MEMBER_CORRECT, body));
}

Request *
to_list_pending(const char *place, const char *after, uint32_t count)
{
	BODY(PendingList, pending_list);

	body->place = UNCONST(place);
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(PENDING_LIST, body));
}

Request *
to_accept(const char *person, const char *place)
{
	BODY(PendingDecide, pending_decide);

	body->person = UNCONST(person);
	body->place = UNCONST(place);
	body->accept = true;
	body->what = GRIDVANGUARD__V1__PENDING_WHAT__PENDING_WHAT_REGISTER;
	return keep_change(REQUEST(PENDING_DECIDE, body));
}

Request *
to_consent(const char *version)
{
	BODY(ConsentGive, consent_give);

	body->version = UNCONST(version);
	return keep_change(REQUEST(CONSENT_GIVE, body));
}

Request *
to_withdraw_consent(const char *version)
{
	BODY(ConsentGive, consent_give);

	body->version = UNCONST(version);
	body->withdraw = true;
	return keep_change(REQUEST(CONSENT_GIVE, body));
}

Request *
to_export(const char *person, const char *why)
{
	BODY(PersonExport, person_export);
	Request *request;

	body->person = UNCONST(person);
	request = keep_request(REQUEST(PERSON_EXPORT, body));
	request->why = UNCONST(why);
	return request;
}

Request *
to_erase(const char *person, const char *why)
{
	BODY(PersonErase, person_erase);
	Request *request;

	body->person = UNCONST(person);
	request = keep_change(REQUEST(PERSON_ERASE, body));
	request->why = UNCONST(why);
	return request;
}

Request *
to_leave(void)
{
	BODY(MemberLeave, member_leave);

	return keep_change(REQUEST(MEMBER_LEAVE, body));
}

Request *
to_list_members(const char *place, const char *after, uint32_t count)
{
	BODY(MemberList, member_list);

	body->place = UNCONST(place);
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(MEMBER_LIST, body));
}

/* Calls. */

Request *
to_post_call(struct posting in)
{
	BODY(CallPost, call_post);

	body->place = or_empty(in.place);
	body->title = or_empty(in.title);
	body->body = or_empty(in.body);
	body->meeting = or_empty(in.meeting);
	body->need = in.need;
	body->limit = in.limit;
	body->deadline_ms = in.deadline_ms ? in.deadline_ms : clock_wall_ms() + HOUR_MS;
	return keep_change(REQUEST(CALL_POST, body));
}

Request *
to_list_calls(const char *place, const char *after, uint32_t count)
{
	BODY(CallList, call_list);

	body->place = UNCONST(place);
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(CALL_LIST, body));
}

Request *
to_show_call(const char *call)
{
	BODY(CallShow, call_show);

	body->call = UNCONST(call);
	return keep_request(REQUEST(CALL_SHOW, body));
}

Request *
to_close(const char *call)
{
	BODY(CallClose, call_close);

	body->call = UNCONST(call);
	return keep_change(REQUEST(CALL_CLOSE, body));
}

/* Chains. */

Request *
to_join(const char *call)
{
	BODY(ChainJoin, chain_join);

	body->call = UNCONST(call);
	return keep_change(REQUEST(CHAIN_JOIN, body));
}

Request *
to_withdraw(const char *call)
{
	BODY(ChainWithdraw, chain_withdraw);

	body->call = UNCONST(call);
	return keep_change(REQUEST(CHAIN_WITHDRAW, body));
}

Request *
to_withdraw_number(const char *call, uint32_t number)
{
	Request *withdraw = to_withdraw(call);

	withdraw->chain_withdraw->number = number;
	return withdraw;
}

Request *
to_list_mine(const char *call, uint32_t after, uint32_t count)
{
	Request *list = to_list_chain(call, after, count);

	list->chain_list->mine = true;
	return list;
}

Request *
to_list_chain(const char *call, uint32_t after, uint32_t count)
{
	BODY(ChainList, chain_list);

	body->call = UNCONST(call);
	body->after = after;
	body->count = count;
	return keep_request(REQUEST(CHAIN_LIST, body));
}

Request *
to_print_chat(const char *call)
{
	BODY(ChatPrint, chat_print);

	body->call = UNCONST(call);
	return keep_request(REQUEST(CHAT_PRINT, body));
}

Request *
to_preview(const char *call, const char *text, uint32_t after, uint32_t count)
{
	BODY(ChatPreview, chat_preview);

	body->call = UNCONST(call);
	body->text = UNCONST(text);
	body->after = after;
	body->count = count;
	return keep_request(REQUEST(CHAT_PREVIEW, body));
}

/* Templates. */

Request *
to_save_template(const char *place, const char *name, const char *title)
{
	BODY(TemplateSave, template_save);

	body->place = UNCONST(place);
	body->name = UNCONST(name);
	body->call = to_post(.place = place, .title = title)->call_post;
	return keep_change(REQUEST(TEMPLATE_SAVE, body));
}

Request *
to_list_templates(const char *place)
{
	BODY(TemplateList, template_list);

	body->place = UNCONST(place);
	return keep_request(REQUEST(TEMPLATE_LIST, body));
}

Request *
to_remove_template(const char *place, const char *name)
{
	BODY(TemplateRemove, template_remove);

	body->place = UNCONST(place);
	body->name = UNCONST(name);
	return keep_change(REQUEST(TEMPLATE_REMOVE, body));
}

/* Roles. */

Request *
to_give(const char *person, unsigned role, const char *place, uint64_t until_ms)
{
	BODY(GrantGive, grant_give);

	body->person = UNCONST(person);
	body->role = (Gridvanguard__V1__Role)role;
	body->place = UNCONST(place);
	body->until_ms = until_ms;
	return keep_change(REQUEST(GRANT_GIVE, body));
}

Request *
to_take(const char *person, unsigned role, const char *place)
{
	BODY(GrantTake, grant_take);

	body->person = UNCONST(person);
	body->role = (Gridvanguard__V1__Role)role;
	body->place = UNCONST(place);
	return keep_change(REQUEST(GRANT_TAKE, body));
}

Request *
to_list_grants(const char *place, const char *after, uint32_t count)
{
	BODY(GrantList, grant_list);

	body->place = UNCONST(place);
	body->after = UNCONST(after);
	body->count = count;
	return keep_request(REQUEST(GRANT_LIST, body));
}

Request *
to_allow(const char *template)
{
	BODY(SubscribeTell, subscribe_tell);

	if (template) {
		body->accepted = keep(sizeof(*body->accepted));
		body->accepted[body->n_accepted++] = UNCONST(template);
	}
	return keep_change(REQUEST(SUBSCRIBE_TELL, body));
}

Request *
to_draw(const char *place)
{
	BODY(PlaceImage, place_image);

	body->place = UNCONST(place);
	return keep_request(REQUEST(PLACE_IMAGE, body));
}

/* Names. */

Request *
under_once(struct uuid *once, Request *request)
{
	request->once = (ProtobufCBinaryData){sizeof(once->bytes), once->bytes};
	return request;
}
