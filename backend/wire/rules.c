#include "rules.h"

#include <assert.h>
#include <stdio.h>
#include <unictype.h>
#include <unistr.h>

#include "gridvanguard/v1/frame.pb-c.h"

enum rule_kind {
	RULE_TEXT,    /* struct text: well-formed UTF-8 without NUL, `min` to `max` characters */
	RULE_HANDLE,  /* struct text: `min` to `max` of a-z 0-9 - _ */
	RULE_PLACE,   /* struct place: of a level from `min` to `max` */
	RULE_ID,      /* struct id */
	RULE_U32,     /* uint32_t: from `min` to `max` */
	RULE_U64,     /* uint64_t: from `min` to `max` */
	RULE_BOOL,    /* bool */
	RULE_ENUM,    /* uint32_t: from `min` to `max` */
	RULE_CHOICE,  /* a struct by the rules in `of`, one of a oneof; `given` says whether it was there */
	RULE_MESSAGE, /* a struct by the rules in `of`, which must be there */
	RULE_LIST,    /* struct list of such, `min` to `max` of them */
	RULE_IDS,     /* struct list of struct id, `min` to `max` of them */
	RULE_TEXTS,   /* struct list of struct text, at most `items` of them, each as a RULE_TEXT */
};

enum {
	OPTIONAL = 1, /* may be empty */
	LINES = 2,    /* a text that may have line breaks */
	PASTED = 4,   /* one that may have any characters but NUL; counted in bytes */
};

struct rule {
	const char *name;
	enum rule_kind kind;
	unsigned flags;
	size_t offset; /* in the plain struct */
	size_t given;  /* of the bool, for a message */
	uint64_t min;
	uint64_t max;
	size_t items;
	const struct rules *of;
};

struct rules {
	const ProtobufCMessageDescriptor *descriptor;
	size_t size; /* of the plain struct */
	size_t count;
	const struct rule *rules;
	/* What holds between the fields: the name of the one that does not fit the others, or NULL. */
	const char *(*check)(const void *plain);
};

#define RULES(message, type) CHECKED_RULES(message, type, NULL)
#define CHECKED_RULES(message, type, check_)                \
	static const struct rules type##_table = {          \
		&gridvanguard__v1__##message##__descriptor, \
		sizeof(struct type),                        \
		ARRAY_LEN(type##_rules),                    \
		type##_rules,                               \
		check_,                                     \
	}

#define TEXT_RULE(type, field, min_, max_, flags_)                                                        \
	{                                                                                                 \
		.name = #field, .kind = RULE_TEXT, .offset = offsetof(struct type, field), .min = (min_), \
		.max = (max_), .flags = (flags_)                                                          \
	}
#define HANDLE_RULE(type, field, min_, max_)                                                                \
	{                                                                                                   \
		.name = #field, .kind = RULE_HANDLE, .offset = offsetof(struct type, field), .min = (min_), \
		.max = (max_)                                                                               \
	}
#define PLACE_RULE(type, field, highest, lowest, flags_)                                                      \
	{                                                                                                     \
		.name = #field, .kind = RULE_PLACE, .offset = offsetof(struct type, field), .min = (highest), \
		.max = (lowest), .flags = (flags_)                                                            \
	}
#define ID_RULE(type, field, flags_)                                                                       \
	{                                                                                                  \
		.name = #field, .kind = RULE_ID, .offset = offsetof(struct type, field), .flags = (flags_) \
	}
#define U32_RULE(type, field, min_, max_)                                                                              \
	{                                                                                                              \
		.name = #field, .kind = RULE_U32, .offset = offsetof(struct type, field), .min = (min_), .max = (max_) \
	}
#define U64_RULE(type, field, min_, max_)                                                                              \
	{                                                                                                              \
		.name = #field, .kind = RULE_U64, .offset = offsetof(struct type, field), .min = (min_), .max = (max_) \
	}
#define BOOL_RULE(type, field)                                                            \
	{                                                                                 \
		.name = #field, .kind = RULE_BOOL, .offset = offsetof(struct type, field) \
	}
#define ENUM_RULE(type, field, max_)                                                                     \
	{                                                                                                \
		.name = #field, .kind = RULE_ENUM, .offset = offsetof(struct type, field), .max = (max_) \
	}
#define TEXTS_RULE(type, field, items_, min_, max_)                                                        \
	{                                                                                                  \
		.name = #field, .kind = RULE_TEXTS, .offset = offsetof(struct type, field), .min = (min_), \
		.max = (max_), .items = (items_)                                                           \
	}
#define MESSAGE_RULE(type, field, item)                                                                           \
	{                                                                                                         \
		.name = #field, .kind = RULE_MESSAGE, .offset = offsetof(struct type, field), .of = &item##_table \
	}
#define CHOICE_RULE(type, field, given_, item)                                               \
	{                                                                                    \
		.name = #field, .kind = RULE_CHOICE, .offset = offsetof(struct type, field), \
		.given = offsetof(struct type, given_), .of = &item##_table                  \
	}
#define LIST_RULE(type, field, min_, max_, item)                                                          \
	{                                                                                                 \
		.name = #field, .kind = RULE_LIST, .offset = offsetof(struct type, field), .min = (min_), \
		.max = (max_), .of = &item##_table                                                        \
	}
#define IDS_RULE(type, field, min_, max_)                                                                              \
	{                                                                                                              \
		.name = #field, .kind = RULE_IDS, .offset = offsetof(struct type, field), .min = (min_), .max = (max_) \
	}

#define PEOPLE_MAX 100000 /* need and limit of a call: no more members than the city has */

/* Between fields. */

static const char *
check_people(uint32_t need, uint32_t limit)
{
	return limit > 0 && need > limit ? "need" : NULL;
}

static const char *
check_times(uint64_t starts_ms, uint64_t ends_ms)
{
	return ends_ms > 0 && ends_ms < starts_ms ? "ends_ms" : NULL;
}

static const char *
check_slot(const void *plain)
{
	const struct slot_draft *slot = plain;
	const char *flaw = check_people(slot->need, slot->limit);

	return flaw ? flaw : check_times(slot->starts_ms, slot->ends_ms);
}

/* Two shifts of one name could not be told apart. */
static const char *
check_labels(const struct list *slots)
{
	const struct slot_draft *items = slots->items;

	for (size_t i = 0; i < slots->count; i++)
		for (size_t j = 0; j < i; j++)
			if (text_equal(items[i].label, items[j].label))
				return "slots.label";
	return NULL;
}

static const char *
check_post(const void *plain)
{
	const struct call_post *post = plain;
	const char *flaw = check_people(post->need, post->limit);

	if (!flaw)
		flaw = check_times(post->starts_ms, post->ends_ms);
	return flaw ? flaw : check_labels(&post->slots);
}

static const char *
check_question(const void *plain)
{
	const struct question *question = plain;
	bool has_choices = question->kind == GRIDVANGUARD__V1__QUESTION_KIND__QUESTION_KIND_CHOICE;

	if (question->kind == 0)
		return "kind";
	return has_choices                   ? (question->choices.count < 2 ? "choices" : NULL)
	       : question->choices.count > 0 ? "choices"
					     : NULL;
}

/* For one person only. */
static const char *
check_join(const void *plain)
{
	const struct chain_join *join = plain;

	return join->name.len > 0 && !id_is_none(join->person) ? "name" : NULL;
}

/* It must be said about what. */
static const char *
check_decide(const void *plain)
{
	const struct pending_decide *decide = plain;

	return decide->what == ASKED_NOTHING ? "what" : NULL;
}

/* Nobody lives nowhere; one may work nowhere. */
static const char *
check_move(const void *plain)
{
	const struct member_move *move = plain;

	return place_is_none(move->place) && !move->at_work ? "place" : NULL;
}

static const char *
check_give(const void *plain)
{
	const struct grant_give *give = plain;

	return give->role == ROLE_NONE ? "role" : NULL;
}

static const char *
check_take(const void *plain)
{
	const struct grant_take *take = plain;

	return take->role == ROLE_NONE ? "role" : NULL;
}

/* For somebody who is there, or with all that makes somebody new. */
static const char *
check_invite(const void *plain)
{
	const struct invite_give *invite = plain;
	bool is_new = id_is_none(invite->person);

	if (is_new != (invite->name.len > 0))
		return "name";
	if (is_new == place_is_none(invite->place))
		return "place";
	if (!is_new && invite->organisation.len > 0)
		return "organisation";
	return !is_new && invite->kind != 0 ? "kind" : NULL;
}

/* clang-format off */
static const struct rule dev_login_rules[] = {
	HANDLE_RULE(dev_login, token, 64, 64),
	HANDLE_RULE(dev_login, handle, 1, 32),
	BOOL_RULE(dev_login, granted),
	TEXT_RULE(dev_login, device, 0, 40, 0),
};
RULES(dev_login, dev_login);

static const struct rule token_login_rules[] = {
	TEXT_RULE(token_login, token, 1, 100, 0),
	TEXT_RULE(token_login, code, 0, 20, 0),
	TEXT_RULE(token_login, device, 0, 40, 0),
};
RULES(token_login, token_login);

static const struct rule wechat_login_rules[] = {
	TEXT_RULE(wechat_login, code, 1, WECHAT_CODE_MAX, 0),
	TEXT_RULE(wechat_login, device, 0, 40, 0),
};
RULES(wechat_login, wechat_login);

static const struct rule desk_login_rules[] = {
	TEXT_RULE(desk_login, ticket, 1, 40, 0),
	TEXT_RULE(desk_login, secret, 1, 40, 0),
};
RULES(desk_login, desk_login);

static const struct rule login_rules[] = {
	CHOICE_RULE(login, dev, by_dev, dev_login),
	CHOICE_RULE(login, token, by_token, token_login),
	CHOICE_RULE(login, wechat, by_wechat, wechat_login),
	CHOICE_RULE(login, desk, by_desk, desk_login),
};
RULES(login, login);

static const struct rule place_watch_rules[] = {
	PLACE_RULE(place_watch, place, PROVINCE, BUILDING, 0),
	U32_RULE(place_watch, depth, 0, 3),
};
RULES(place_watch, place_watch);

static const struct rule cursor_rules[] = {
	U32_RULE(cursor, partition, 0, PARTITIONS - 1),
	U64_RULE(cursor, seq, 0, ID_NUMBER_MAX),
};
RULES(cursor, cursor);

static const struct rule watch_rules[] = {
	LIST_RULE(watch, places, 0, 8, place_watch),
	IDS_RULE(watch, calls, 0, 16),
	TEXT_RULE(watch, epoch, 0, 64, 0),
	LIST_RULE(watch, cursors, 0, PARTITIONS, cursor),
};
RULES(watch, watch);

static const struct rule place_row_rules[] = {
	TEXT_RULE(place_row, code, 1, 18, 0),
	TEXT_RULE(place_row, name, 1, 60, 0),
};
RULES(place_row, place_row);

static const struct rule place_import_rules[] = {
	LIST_RULE(place_import, rows, 1, 200, place_row),
};
RULES(place_import, place_import);

static const struct rule place_list_rules[] = {
	PLACE_RULE(place_list, under, PROVINCE, BUILDING, OPTIONAL),
	U32_RULE(place_list, depth, 1, 3),
	PLACE_RULE(place_list, after, PROVINCE, BUILDING, OPTIONAL),
	U32_RULE(place_list, count, 1, PAGE_MAX),
};
RULES(place_list, place_list);

static const struct rule place_show_rules[] = {
	PLACE_RULE(place_show, place, PROVINCE, BUILDING, 0),
};
RULES(place_show, place_show);

static const struct rule tally_list_rules[] = {
	PLACE_RULE(tally_list, place, PROVINCE, BUILDING, 0),
	U32_RULE(tally_list, depth, 0, 3),
	PLACE_RULE(tally_list, after, PROVINCE, BUILDING, OPTIONAL),
	U32_RULE(tally_list, count, 1, PAGE_MAX),
};
RULES(tally_list, tally_list);

static const struct rule member_register_rules[] = {
	PLACE_RULE(member_register, place, GRID, BUILDING, 0),
	TEXT_RULE(member_register, name, 1, 20, 0),
	TEXT_RULE(member_register, organisation, 0, 60, 0),
	ENUM_RULE(member_register, kind, KIND_VOLUNTEER),
	PLACE_RULE(member_register, work, GRID, BUILDING, OPTIONAL),
};
RULES(member_register, member_register);

static const struct rule member_move_rules[] = {
	PLACE_RULE(member_move, place, GRID, BUILDING, OPTIONAL),
	BOOL_RULE(member_move, at_work),
};
CHECKED_RULES(member_move, member_move, check_move);

static const struct rule member_correct_rules[] = {
	TEXT_RULE(member_correct, name, 1, 20, 0),
	TEXT_RULE(member_correct, organisation, 0, 60, 0),
};
RULES(member_correct, member_correct);

static const struct rule phone_bind_rules[] = {
	TEXT_RULE(phone_bind, code, 1, WECHAT_CODE_MAX, 0),
	BOOL_RULE(phone_bind, same_person),
};
RULES(phone_bind, phone_bind);

static const struct rule pending_list_rules[] = {
	PLACE_RULE(pending_list, place, PROVINCE, BUILDING, 0),
	TEXT_RULE(pending_list, after, 0, 64, 0),
	U32_RULE(pending_list, count, 1, PENDING_PAGE_MAX),
};
RULES(pending_list, pending_list);

static const struct rule pending_decide_rules[] = {
	ID_RULE(pending_decide, person, 0),
	PLACE_RULE(pending_decide, place, PROVINCE, BUILDING, 0),
	BOOL_RULE(pending_decide, accept),
	TEXT_RULE(pending_decide, reason, 0, 100, 0),
	U64_RULE(pending_decide, asked_ms, 0, ID_NUMBER_MAX),
	ENUM_RULE(pending_decide, what, ASKED_WORK),
};
CHECKED_RULES(pending_decide, pending_decide, check_decide);

static const struct rules member_leave_table = {
	&gridvanguard__v1__member_leave__descriptor, sizeof(struct member_leave), 0, NULL, NULL,
};

static const struct rule member_list_rules[] = {
	PLACE_RULE(member_list, place, PROVINCE, BUILDING, 0),
	ID_RULE(member_list, after, OPTIONAL),
	U32_RULE(member_list, count, 1, PAGE_MAX),
};
RULES(member_list, member_list);

static const struct rule sign_up_list_rules[] = {
	U64_RULE(sign_up_list, before_ms, 0, ID_NUMBER_MAX),
	U32_RULE(sign_up_list, count, 1, SIGN_UPS_PAGE_MAX),
};
RULES(sign_up_list, sign_up_list);

static const struct rule slot_draft_rules[] = {
	TEXT_RULE(slot_draft, label, 1, 40, 0),
	U64_RULE(slot_draft, starts_ms, 0, ID_NUMBER_MAX),
	U64_RULE(slot_draft, ends_ms, 0, ID_NUMBER_MAX),
	U32_RULE(slot_draft, need, 0, PEOPLE_MAX),
	U32_RULE(slot_draft, limit, 0, PEOPLE_MAX),
	U32_RULE(slot_draft, confirmed, 0, UINT32_MAX),
	U32_RULE(slot_draft, waiting, 0, UINT32_MAX),
};
CHECKED_RULES(slot, slot_draft, check_slot);

static const struct rule question_rules[] = {
	ENUM_RULE(question, kind, 3),
	BOOL_RULE(question, required),
	TEXT_RULE(question, label, 1, 40, 0),
	TEXTS_RULE(question, choices, CHOICES_MAX, 1, 20),
};
CHECKED_RULES(question, question, check_question);

/* What is posted, and what is kept as a template: there no place is said and no deadline. */
#define CALL_POST_RULES(place_flags, deadline_min) \
	PLACE_RULE(call_post, place, PROVINCE, BUILDING, place_flags), \
	TEXT_RULE(call_post, title, 1, 60, 0), \
	TEXT_RULE(call_post, body, 0, 2000, LINES), \
	TEXT_RULE(call_post, meeting, 0, 120, 0), \
	U32_RULE(call_post, need, 0, PEOPLE_MAX), \
	U32_RULE(call_post, limit, 0, PEOPLE_MAX), \
	U64_RULE(call_post, deadline_ms, deadline_min, ID_NUMBER_MAX), \
	TEXT_RULE(call_post, bring, 0, 120, 0), \
	U64_RULE(call_post, starts_ms, 0, ID_NUMBER_MAX), \
	U64_RULE(call_post, ends_ms, 0, ID_NUMBER_MAX), \
	ENUM_RULE(call_post, names, 3), \
	U32_RULE(call_post, window_minutes, 0, 1440), \
	U32_RULE(call_post, grant_minutes, 0, 1440), \
	LIST_RULE(call_post, slots, 0, SLOTS_MAX, slot_draft), \
	LIST_RULE(call_post, questions, 0, QUESTIONS_MAX, question)

static const struct rule call_post_rules[] = {CALL_POST_RULES(0, 1)};
CHECKED_RULES(call_post, call_post, check_post);

static const struct rule call_list_rules[] = {
	PLACE_RULE(call_list, place, PROVINCE, BUILDING, 0),
	ID_RULE(call_list, after, OPTIONAL),
	U32_RULE(call_list, count, 1, CALLS_PAGE_MAX),
};
RULES(call_list, call_list);

static const struct rule call_show_rules[] = {
	ID_RULE(call_show, call, 0),
};
RULES(call_show, call_show);

static const struct rule call_close_rules[] = {
	ID_RULE(call_close, call, 0),
};
RULES(call_close, call_close);

static const struct rule call_reopen_rules[] = {
	ID_RULE(call_reopen, call, 0),
	U64_RULE(call_reopen, deadline_ms, 1, ID_NUMBER_MAX),
};
RULES(call_reopen, call_reopen);

static const struct rule call_cancel_rules[] = {
	ID_RULE(call_cancel, call, 0),
	TEXT_RULE(call_cancel, reason, 1, 200, 0),
};
RULES(call_cancel, call_cancel);

static const struct rule call_edit_rules[] = {
	ID_RULE(call_edit, call, 0),
	U32_RULE(call_edit, version, 0, UINT32_MAX),
	BOOL_RULE(call_edit, demote),
	MESSAGE_RULE(call_edit, to, call_post),
};
RULES(call_edit, call_edit);

static const struct rule call_thank_rules[] = {
	ID_RULE(call_thank, call, 0),
	TEXT_RULE(call_thank, text, 1, 200, 0),
};
RULES(call_thank, call_thank);

static const struct rule chain_join_rules[] = {
	ID_RULE(chain_join, call, 0),
	U32_RULE(chain_join, slot, 0, SLOTS_MAX),
	U32_RULE(chain_join, people, 0, 20),
	TEXT_RULE(chain_join, remark, 0, 100, 0),
	TEXTS_RULE(chain_join, answers, 8, 0, 200),
	ID_RULE(chain_join, person, OPTIONAL),
	TEXT_RULE(chain_join, name, 0, 20, 0),
	BOOL_RULE(chain_join, walk_up),
	BOOL_RULE(chain_join, despite_clash),
};
CHECKED_RULES(chain_join, chain_join, check_join);

static const struct rule chain_withdraw_rules[] = {
	ID_RULE(chain_withdraw, call, 0),
	U32_RULE(chain_withdraw, number, 0, UINT32_MAX),
	U32_RULE(chain_withdraw, slot, 0, SLOTS_MAX),
};
RULES(chain_withdraw, chain_withdraw);

static const struct rule chain_confirm_rules[] = {
	ID_RULE(chain_confirm, call, 0),
	U32_RULE(chain_confirm, number, 0, UINT32_MAX),
	U32_RULE(chain_confirm, slot, 0, SLOTS_MAX),
};
RULES(chain_confirm, chain_confirm);

static const struct rule chain_check_rules[] = {
	ID_RULE(chain_check, call, 0),
	U32_RULE(chain_check, number, 0, UINT32_MAX),
	U32_RULE(chain_check, slot, 0, SLOTS_MAX),
	BOOL_RULE(chain_check, out),
	TEXT_RULE(chain_check, code, 0, 40, 0),
};
RULES(chain_check, chain_check);

static const struct rule chain_code_rules[] = {
	ID_RULE(chain_code, call, 0),
};
RULES(chain_code, chain_code);

static const struct rule chat_print_rules[] = {
	ID_RULE(chat_print, call, 0),
	BOOL_RULE(chat_print, english),
};
RULES(chat_print, chat_print);

static const struct rule chat_preview_rules[] = {
	ID_RULE(chat_preview, call, OPTIONAL),
	TEXT_RULE(chat_preview, text, 1, PASTE_MAX, PASTED),
	U32_RULE(chat_preview, slot, 0, SLOTS_MAX),
	U32_RULE(chat_preview, after, 0, UINT32_MAX),
	U32_RULE(chat_preview, count, 1, PAGE_MAX),
};
RULES(chat_preview, chat_preview);

static const struct rule chain_list_rules[] = {
	ID_RULE(chain_list, call, 0),
	U32_RULE(chain_list, after, 0, UINT32_MAX),
	U32_RULE(chain_list, count, 1, PAGE_MAX),
	BOOL_RULE(chain_list, mine),
};
RULES(chain_list, chain_list);

static const struct rule roster_row_rules[] = {
	TEXT_RULE(roster_row, phone, 1, 40, 0),
	TEXT_RULE(roster_row, name, 1, 20, 0),
	TEXT_RULE(roster_row, organisation, 0, 60, 0),
	TEXT_RULE(roster_row, place, 0, 18, 0),
};
RULES(roster_row, roster_row);

static const struct rule roster_import_rules[] = {
	LIST_RULE(roster_import, rows, 1, ROSTER_ROWS_MAX, roster_row),
	BOOL_RULE(roster_import, only_look),
	BOOL_RULE(roster_import, keep_organisation),
	BOOL_RULE(roster_import, keep_place),
};
RULES(roster_import, roster_import);

static const struct rule roster_list_rules[] = {
	PLACE_RULE(roster_list, place, PROVINCE, BUILDING, OPTIONAL),
	TEXT_RULE(roster_list, after, 0, 64, 0),
	U32_RULE(roster_list, count, 1, ROSTER_PAGE_MAX),
};
RULES(roster_list, roster_list);

static const struct rule roster_remove_rules[] = {
	HANDLE_RULE(roster_remove, entry, 32, 32),
	PLACE_RULE(roster_remove, place, PROVINCE, BUILDING, OPTIONAL),
};
RULES(roster_remove, roster_remove);

static const struct rule template_call_rules[] = {CALL_POST_RULES(OPTIONAL, 0)};
static const struct rules template_call_table = {
	&gridvanguard__v1__call_post__descriptor, sizeof(struct call_post), ARRAY_LEN(template_call_rules),
	template_call_rules, check_post,
};

static const struct rule template_save_rules[] = {
	PLACE_RULE(template_save, place, PROVINCE, BUILDING, 0),
	TEXT_RULE(template_save, name, 1, TEMPLATE_NAME_MAX, 0),
	MESSAGE_RULE(template_save, call, template_call),
};
RULES(template_save, template_save);

static const struct rule template_list_rules[] = {
	PLACE_RULE(template_list, place, PROVINCE, BUILDING, 0),
	TEXT_RULE(template_list, name, 0, TEMPLATE_NAME_MAX, 0),
};
RULES(template_list, template_list);

static const struct rule template_remove_rules[] = {
	PLACE_RULE(template_remove, place, PROVINCE, BUILDING, 0),
	TEXT_RULE(template_remove, name, 1, TEMPLATE_NAME_MAX, 0),
};
RULES(template_remove, template_remove);

static const struct rule grant_give_rules[] = {
	ID_RULE(grant_give, person, 0),
	ENUM_RULE(grant_give, role, ROLES - 1),
	PLACE_RULE(grant_give, place, PROVINCE, BUILDING, OPTIONAL),
	U64_RULE(grant_give, until_ms, 0, ID_NUMBER_MAX),
};
CHECKED_RULES(grant_give, grant_give, check_give);

static const struct rule grant_take_rules[] = {
	ID_RULE(grant_take, person, 0),
	ENUM_RULE(grant_take, role, ROLES - 1),
	PLACE_RULE(grant_take, place, PROVINCE, BUILDING, OPTIONAL),
};
CHECKED_RULES(grant_take, grant_take, check_take);

static const struct rule grant_list_rules[] = {
	PLACE_RULE(grant_list, place, PROVINCE, BUILDING, OPTIONAL),
	ID_RULE(grant_list, after, OPTIONAL),
	U32_RULE(grant_list, count, 1, GRANTS_PAGE_MAX),
};
RULES(grant_list, grant_list);

static const struct rule consent_give_rules[] = {
	TEXT_RULE(consent_give, version, 1, 20, 0),
	BOOL_RULE(consent_give, withdraw),
};
RULES(consent_give, consent_give);

static const struct rule person_export_rules[] = {
	ID_RULE(person_export, person, OPTIONAL),
};
RULES(person_export, person_export);

static const struct rule person_erase_rules[] = {
	ID_RULE(person_erase, person, OPTIONAL),
};
RULES(person_erase, person_erase);

static const struct rule device_list_rules[] = {
	ID_RULE(device_list, person, OPTIONAL),
};
RULES(device_list, device_list);

static const struct rule device_revoke_rules[] = {
	U32_RULE(device_revoke, device, 0, UINT32_MAX),
	ID_RULE(device_revoke, person, OPTIONAL),
};
RULES(device_revoke, device_revoke);

static const struct rule invite_give_rules[] = {
	ID_RULE(invite_give, person, OPTIONAL),
	TEXT_RULE(invite_give, name, 0, 20, 0),
	TEXT_RULE(invite_give, organisation, 0, 60, 0),
	PLACE_RULE(invite_give, place, PROVINCE, BUILDING, OPTIONAL),
	ENUM_RULE(invite_give, kind, KIND_VOLUNTEER),
	U32_RULE(invite_give, hours, 0, 168),
};
CHECKED_RULES(invite_give, invite_give, check_invite);

static const struct rules factor_begin_table = {
	&gridvanguard__v1__factor_begin__descriptor, sizeof(struct factor_begin), 0, NULL, NULL,
};

static const struct rule factor_confirm_rules[] = {
	TEXT_RULE(factor_confirm, code, 6, 8, 0),
};
RULES(factor_confirm, factor_confirm);

static const struct rule factor_remove_rules[] = {
	ID_RULE(factor_remove, person, OPTIONAL),
	TEXT_RULE(factor_remove, code, 0, 20, 0),
};
RULES(factor_remove, factor_remove);

static const struct rule desk_open_rules[] = {
	TEXT_RULE(desk_open, device, 1, 40, 0),
};
RULES(desk_open, desk_open);

static const struct rule desk_show_rules[] = {
	TEXT_RULE(desk_show, ticket, 1, 40, 0),
};
RULES(desk_show, desk_show);

static const struct rule desk_confirm_rules[] = {
	TEXT_RULE(desk_confirm, ticket, 1, 40, 0),
	U32_RULE(desk_confirm, number, 0, 99),
	BOOL_RULE(desk_confirm, accept),
};
RULES(desk_confirm, desk_confirm);

static const struct rule chain_phones_rules[] = {
	ID_RULE(chain_phones, call, 0),
	U32_RULE(chain_phones, after, 0, UINT32_MAX),
	U32_RULE(chain_phones, count, 1, PHONES_PAGE_MAX),
};
RULES(chain_phones, chain_phones);

static const struct rule audit_list_rules[] = {
	ID_RULE(audit_list, who, OPTIONAL),
	TEXT_RULE(audit_list, on, 0, 64, 0),
	TEXT_RULE(audit_list, what, 0, 32, 0),
	U64_RULE(audit_list, since_ms, 0, ID_NUMBER_MAX),
	U64_RULE(audit_list, until_ms, 0, ID_NUMBER_MAX),
	BOOL_RULE(audit_list, own),
	TEXT_RULE(audit_list, after, 0, 64, 0),
	U32_RULE(audit_list, count, 1, AUDIT_PAGE_MAX),
};
RULES(audit_list, audit_list);

static const struct rule subscribe_tell_rules[] = {
	TEXTS_RULE(subscribe_tell, accepted, 5, 1, 64),
};
RULES(subscribe_tell, subscribe_tell);

static const struct rule place_image_rules[] = {
	PLACE_RULE(place_image, place, PROVINCE, BUILDING, 0),
};
RULES(place_image, place_image);
/* clang-format on */

static const struct {
	const struct rules *rules;
	size_t body; /* its struct in `asked` */
} verbs[VERB_COUNT] = {
#define VERB_RULES(name, NAME, changes) [VERB_##NAME] = {&name##_table, offsetof(struct asked, name)},
	VERB_LIST(VERB_RULES)
#undef VERB_RULES
};

/* One reading of one message. */
struct reading {
	struct arena *arena;
	char *field; /* FIELD_TEXT_MAX */
	size_t field_len;
};

static bool read_message(struct reading *reading, const struct rules *rules, const ProtobufCMessage *in, void *out);

static void
name_field(struct reading *reading, const char *name)
{
	size_t room = FIELD_TEXT_MAX - reading->field_len;
	int len = snprintf(reading->field + reading->field_len, room, "%s%s", reading->field_len ? "." : "", name);

	reading->field_len += MIN((size_t)len, room - 1);
}

static void
name_index(struct reading *reading, size_t index)
{
	size_t room = FIELD_TEXT_MAX - reading->field_len;
	int len = snprintf(reading->field + reading->field_len, room, "[%zu]", index);

	reading->field_len += MIN((size_t)len, room - 1);
}

/* A string that protobuf-c decoded, with its true length: the block it was copied into is one byte longer, so a NUL
 * within shows as a C string that ends too soon. */
static bool
read_string(const struct reading *reading, struct text *out, const char *string)
{
	*out = text_of(string);
	return !arena_owns(reading->arena, string) || arena_block_len(string) == out->len + 1;
}

/* Characters that are no text: controls, and those that turn the direction of what surrounds them, with which a name
 * could make a page show something else than it says. */
static bool
is_allowed(ucs4_t c, bool lines)
{
	if (c == '\n')
		return lines;
	if (c >= 0x202a && c <= 0x202e)
		return false;
	if (c >= 0x2066 && c <= 0x2069)
		return false;
	return !uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

static bool
check_text(const struct rule *rule, struct text text)
{
	const uint8_t *at = (const uint8_t *)text.data, *end = at + text.len;
	size_t count = 0;
	bool blank = true;
	ucs4_t c;

	if (u8_check(at, text.len))
		return false;
	if (rule->flags & PASTED)
		return text.len >= rule->min && text.len <= rule->max;
	for (; at < end; count++) {
		at += u8_mbtouc_unsafe(&c, at, (size_t)(end - at));
		if (!is_allowed(c, rule->flags & LINES))
			return false;
		blank = blank && uc_is_property_white_space(c);
	}
	return count >= rule->min && count <= rule->max && !(rule->min > 0 && blank);
}

static bool
check_handle(const struct rule *rule, struct text text)
{
	if (text.len < rule->min || text.len > rule->max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return true;
}

static bool
read_place(const struct rule *rule, struct place *out, struct text text)
{
	if (text.len == 0) {
		*out = (struct place){0};
		return rule->flags & OPTIONAL;
	}
	return place_parse(out, text) && place_level(*out) >= rule->min && place_level(*out) <= rule->max;
}

static bool
read_id(const struct rule *rule, struct id *out, struct text text)
{
	if (text.len == 0) {
		*out = (struct id){0};
		return rule->flags & OPTIONAL;
	}
	return id_parse(out, text);
}

/* Room for the items of a list; false if there are too many or too few, or no memory is left. */
static bool
make_list(struct reading *reading, const struct rule *rule, struct list *list, size_t count, size_t size)
{
	if (count < rule->min || count > rule->max)
		return false;
	*list = (struct list){.count = count};
	if (count == 0)
		return true;
	list->items = arena_alloc(reading->arena, count * size);
	return list->items;
}

static bool
read_list(struct reading *reading, const struct rule *rule, ProtobufCMessage *const *in, size_t count, struct list *out)
{
	size_t field_len = reading->field_len;

	if (!make_list(reading, rule, out, count, rule->of->size))
		return false;
	for (size_t i = 0; i < count; i++) {
		name_index(reading, i);
		if (!read_message(reading, rule->of, in[i], (char *)out->items + i * rule->of->size))
			return false;
		reading->field_len = field_len;
	}
	return true;
}

static bool
read_ids(struct reading *reading, const struct rule *rule, char *const *in, size_t count, struct list *out)
{
	size_t field_len = reading->field_len;

	if (!make_list(reading, rule, out, count, sizeof(struct id)))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct text text;
		name_index(reading, i);
		if (!read_string(reading, &text, in[i]) || !id_parse((struct id *)out->items + i, text))
			return false;
		reading->field_len = field_len;
	}
	return true;
}

static bool
read_texts(struct reading *reading, const struct rule *rule, char *const *in, size_t count, struct list *out)
{
	size_t field_len = reading->field_len;
	struct text *texts;

	if (count > rule->items)
		return false;
	*out = (struct list){.count = count};
	texts = out->items = arena_alloc(reading->arena, (count + 1) * sizeof(*texts));
	if (!texts)
		return false;
	for (size_t i = 0; i < count; i++) {
		name_index(reading, i);
		if (!read_string(reading, &texts[i], in[i]) || !check_text(rule, texts[i]))
			return false;
		reading->field_len = field_len;
	}
	return true;
}

static bool
read_number(const struct rule *rule, uint64_t number)
{
	return number >= rule->min && number <= rule->max;
}

/* One field: from where protobuf-c put it in the message into the plain struct. */
static bool
read_field(struct reading *reading, const struct rule *rule, const ProtobufCFieldDescriptor *field, const char *message,
	char *plain)
{
	const void *in = message + field->offset;
	const void *quantifier = message + field->quantifier_offset; /* a list's count, a oneof's case */
	void *out = plain + rule->offset;
	struct text text;
	bool *given;

	switch (rule->kind) {
	case RULE_TEXT:
		return read_string(reading, out, *(char *const *)in) && check_text(rule, *(struct text *)out);
	case RULE_HANDLE:
		return read_string(reading, out, *(char *const *)in) && check_handle(rule, *(struct text *)out);
	case RULE_PLACE:
		return read_string(reading, &text, *(char *const *)in) && read_place(rule, out, text);
	case RULE_ID:
		return read_string(reading, &text, *(char *const *)in) && read_id(rule, out, text);
	case RULE_U32:
		return read_number(rule, *(uint32_t *)out = *(const uint32_t *)in);
	case RULE_U64:
		return read_number(rule, *(uint64_t *)out = *(const uint64_t *)in);
	case RULE_BOOL:
		*(bool *)out = *(const protobuf_c_boolean *)in;
		return true;
	case RULE_ENUM:
		return read_number(rule, *(uint32_t *)out = *(const uint32_t *)in);
	case RULE_MESSAGE:
		return *(ProtobufCMessage *const *)in &&
		       read_message(reading, rule->of, *(ProtobufCMessage *const *)in, out);
	case RULE_CHOICE:
		given = (bool *)(plain + rule->given);
		*given = *(const uint32_t *)quantifier == field->id;
		return !*given || read_message(reading, rule->of, *(ProtobufCMessage *const *)in, out);
	case RULE_LIST:
		return read_list(
			reading, rule, *(ProtobufCMessage *const *const *)in, *(const size_t *)quantifier, out);
	case RULE_IDS:
		return read_ids(reading, rule, *(char *const *const *)in, *(const size_t *)quantifier, out);
	case RULE_TEXTS:
		return read_texts(reading, rule, *(char *const *const *)in, *(const size_t *)quantifier, out);
	}
	return false;
}

/* The rules stand in the order of the message's fields, one each; rules_audit() holds them to it. */
static bool
read_message(struct reading *reading, const struct rules *rules, const ProtobufCMessage *in, void *out)
{
	size_t field_len = reading->field_len;
	const char *flaw;

	for (size_t i = 0; i < rules->count; i++) {
		name_field(reading, rules->rules[i].name);
		if (!read_field(reading, &rules->rules[i], &rules->descriptor->fields[i], (const char *)in, out))
			return false;
		reading->field_len = field_len;
		reading->field[field_len] = '\0';
	}
	flaw = rules->check ? rules->check(out) : NULL;
	if (flaw)
		name_field(reading, flaw);
	return !flaw;
}

enum status
rules_read(struct asked *asked, enum verb verb, const ProtobufCMessage *message, struct arena *arena,
	char field[FIELD_TEXT_MAX])
{
	struct reading reading = {.arena = arena, .field = field};

	field[0] = '\0';
	if (!read_message(&reading, verbs[verb].rules, message, (char *)asked + verbs[verb].body))
		return BAD_REQUEST;
	return OK;
}

bool
rules_read_why(struct text *out, const char *why, struct arena *arena)
{
	static const struct rule rule = {.name = "why", .kind = RULE_TEXT, .min = 0, .max = 100};
	struct reading reading = {.arena = arena};

	return read_string(&reading, out, why) && check_text(&rule, *out);
}

const ProtobufCMessageDescriptor *
rules_message(enum verb verb)
{
	return verbs[verb].rules->descriptor;
}

/* Whether protobuf-c decodes the field into what the rule reads. */
static bool
rule_fits(const struct rule *rule, const ProtobufCFieldDescriptor *field)
{
	static const struct {
		ProtobufCType type;
		bool repeated;
	} expected[] = {
		[RULE_TEXT] = {PROTOBUF_C_TYPE_STRING, false},
		[RULE_HANDLE] = {PROTOBUF_C_TYPE_STRING, false},
		[RULE_PLACE] = {PROTOBUF_C_TYPE_STRING, false},
		[RULE_ID] = {PROTOBUF_C_TYPE_STRING, false},
		[RULE_U32] = {PROTOBUF_C_TYPE_UINT32, false},
		[RULE_U64] = {PROTOBUF_C_TYPE_UINT64, false},
		[RULE_BOOL] = {PROTOBUF_C_TYPE_BOOL, false},
		[RULE_ENUM] = {PROTOBUF_C_TYPE_ENUM, false},
		[RULE_CHOICE] = {PROTOBUF_C_TYPE_MESSAGE, false},
		[RULE_MESSAGE] = {PROTOBUF_C_TYPE_MESSAGE, false},
		[RULE_LIST] = {PROTOBUF_C_TYPE_MESSAGE, true},
		[RULE_IDS] = {PROTOBUF_C_TYPE_STRING, true},
		[RULE_TEXTS] = {PROTOBUF_C_TYPE_STRING, true},
	};

	return strcmp(rule->name, field->name) == 0 && expected[rule->kind].type == field->type &&
	       expected[rule->kind].repeated == (field->label == PROTOBUF_C_LABEL_REPEATED) &&
	       (!rule->of || rule->of->descriptor == field->descriptor);
}

static void
audit_message(const struct rules *rules, void (*found)(const char *, const char *, void *), void *context)
{
	const ProtobufCMessageDescriptor *message = rules->descriptor;

	for (unsigned i = 0; i < message->n_fields; i++) {
		if (i >= rules->count || !rule_fits(&rules->rules[i], &message->fields[i]))
			found(message->name, message->fields[i].name, context);
		else if (rules->rules[i].of)
			audit_message(rules->rules[i].of, found, context);
	}
	for (size_t i = message->n_fields; i < rules->count; i++)
		found(message->name, rules->rules[i].name, context);
}

void
rules_audit(void (*found)(const char *message, const char *field, void *context), void *context)
{
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		audit_message(verbs[verb].rules, found, context);
}
