/* requests.h - what a client asks, decoded and checked: plain C, no protobuf.
 *
 * One struct per verb, named as in the proto. Whatever a field's rule demands (wire/rules.c, and the comments in
 * proto/) holds for it here, so nobody checks it again. Texts, lists and places live until the next frame is opened. */
#ifndef GV_REQUESTS_H
#define GV_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "id.h"
#include "place.h"
#include "role.h"
#include "status.h"
#include "text.h"
#include "uuid.h"

/* All verbs: the name of the field in Request.verb, the same in capitals, and whether it changes anything, which is
 * to say whether it needs `once`. */
#define VERB_LIST(X)                                 \
	X(login, LOGIN, READS)                       \
	X(watch, WATCH, READS)                       \
	X(place_import, PLACE_IMPORT, CHANGES)       \
	X(place_list, PLACE_LIST, READS)             \
	X(place_show, PLACE_SHOW, READS)             \
	X(tally_list, TALLY_LIST, READS)             \
	X(member_register, MEMBER_REGISTER, CHANGES) \
	X(member_move, MEMBER_MOVE, CHANGES)         \
	X(member_leave, MEMBER_LEAVE, CHANGES)       \
	X(member_list, MEMBER_LIST, READS)           \
	X(sign_up_list, SIGN_UP_LIST, READS)         \
	X(phone_bind, PHONE_BIND, CHANGES)           \
	X(member_correct, MEMBER_CORRECT, CHANGES)   \
	X(pending_list, PENDING_LIST, READS)         \
	X(pending_decide, PENDING_DECIDE, CHANGES)   \
	X(call_post, CALL_POST, CHANGES)             \
	X(call_list, CALL_LIST, READS)               \
	X(call_show, CALL_SHOW, READS)               \
	X(call_close, CALL_CLOSE, CHANGES)           \
	X(call_reopen, CALL_REOPEN, CHANGES)         \
	X(call_cancel, CALL_CANCEL, CHANGES)         \
	X(call_edit, CALL_EDIT, CHANGES)             \
	X(call_thank, CALL_THANK, CHANGES)           \
	X(chain_join, CHAIN_JOIN, CHANGES)           \
	X(chain_withdraw, CHAIN_WITHDRAW, CHANGES)   \
	X(chain_list, CHAIN_LIST, READS)             \
	X(chain_confirm, CHAIN_CONFIRM, CHANGES)     \
	X(chain_check, CHAIN_CHECK, CHANGES)         \
	X(chain_code, CHAIN_CODE, READS)             \
	X(roster_import, ROSTER_IMPORT, CHANGES)     \
	X(roster_list, ROSTER_LIST, READS)           \
	X(roster_remove, ROSTER_REMOVE, CHANGES)     \
	X(template_save, TEMPLATE_SAVE, CHANGES)     \
	X(template_list, TEMPLATE_LIST, READS)       \
	X(template_remove, TEMPLATE_REMOVE, CHANGES) \
	X(chat_print, CHAT_PRINT, READS)             \
	X(chat_preview, CHAT_PREVIEW, READS)         \
	X(grant_give, GRANT_GIVE, CHANGES)           \
	X(grant_take, GRANT_TAKE, CHANGES)           \
	X(grant_list, GRANT_LIST, READS)             \
	X(consent_give, CONSENT_GIVE, CHANGES)       \
	X(person_export, PERSON_EXPORT, READS)       \
	X(person_erase, PERSON_ERASE, CHANGES)       \
	X(device_list, DEVICE_LIST, READS)           \
	X(device_revoke, DEVICE_REVOKE, CHANGES)     \
	X(invite_give, INVITE_GIVE, CHANGES)         \
	X(factor_begin, FACTOR_BEGIN, CHANGES)       \
	X(factor_confirm, FACTOR_CONFIRM, CHANGES)   \
	X(factor_remove, FACTOR_REMOVE, CHANGES)     \
	X(desk_open, DESK_OPEN, READS)               \
	X(desk_show, DESK_SHOW, READS)               \
	X(desk_confirm, DESK_CONFIRM, CHANGES)       \
	X(chain_phones, CHAIN_PHONES, READS)         \
	X(audit_list, AUDIT_LIST, READS)             \
	X(subscribe_tell, SUBSCRIBE_TELL, CHANGES)   \
	X(place_image, PLACE_IMAGE, READS)

enum verb {
#define VERB_MEMBER(name, NAME, changes) VERB_##NAME,
	VERB_LIST(VERB_MEMBER)
#undef VERB_MEMBER
		VERB_COUNT
};

/* The most items of a page that may be asked for, and of the lists that have others. */
#define PAGE_MAX          200
#define CALLS_PAGE_MAX    50
#define PHONES_PAGE_MAX   100
#define AUDIT_PAGE_MAX    100
#define SIGN_UPS_PAGE_MAX 100
#define ROSTER_PAGE_MAX   60  /* of the longest entries they fit a page (PAGE_BYTES) */
#define ROSTER_ROWS_MAX   200 /* of an import */
#define GRANTS_PAGE_MAX   100
#define PENDING_PAGE_MAX  50

/* Room for the name of a field that broke its rule, "places[2].depth". */
#define FIELD_TEXT_MAX 48

/* A repeated field. */
struct list {
	void *items; /* structs of the type the comment names */
	size_t count;
};

struct dev_login {
	struct text token;
	struct text handle;
	bool granted;
	struct text device;
};

struct token_login {
	struct text token;
	struct text code;
	struct text device;
};

#define WECHAT_CODE_MAX 128

struct wechat_login {
	struct text code;
	struct text device;
};

struct desk_login {
	struct text ticket;
	struct text secret;
};

struct login {
	bool by_dev, by_token, by_wechat, by_desk;
	struct dev_login dev;
	struct token_login token;
	struct wechat_login wechat;
	struct desk_login desk;
};

struct place_watch {
	struct place place;
	uint32_t depth;
};

struct cursor {
	uint32_t partition;
	uint64_t seq;
};

struct watch {
	struct list places; /* struct place_watch */
	struct list calls;  /* struct id */
	struct text epoch;
	struct list cursors; /* struct cursor */
};

struct place_row {
	struct text code; /* as it came: a row that is no place is refused by itself */
	struct text name;
};

struct place_import {
	struct list rows; /* struct place_row */
};

struct place_list {
	struct place under; /* none: the provinces */
	uint32_t depth;
	struct place after;
	uint32_t count;
};

struct place_show {
	struct place place;
};

struct tally_list {
	struct place place;
	uint32_t depth;
	struct place after;
	uint32_t count;
};

struct member_register {
	struct place place;
	struct text name;
	struct text organisation;
	uint32_t kind;     /* enum member_kind, or 0 */
	struct place work; /* none: not said */
};

struct member_move {
	struct place place; /* none: nowhere, with at_work alone */
	bool at_work;
};

struct member_correct {
	struct text name;
	struct text organisation;
};

struct phone_bind {
	struct text code;
	bool same_person;
};

struct pending_list {
	struct place place;
	struct text after;
	uint32_t count;
};

struct pending_decide {
	struct id person;
	struct place place;
	bool accept;
	struct text reason;
	uint64_t asked_ms; /* what was on the list */
	uint32_t what;     /* enum asked_what, not ASKED_NOTHING */
};

struct member_leave {
	char none;
};

struct member_list {
	struct place place;
	struct id after;
	uint32_t count;
};

struct sign_up_list {
	uint64_t before_ms;
	uint32_t count;
};

/* A shift as the author wants it. */
struct slot_draft {
	struct text label;
	uint64_t starts_ms;
	uint64_t ends_ms;
	uint32_t need;
	uint32_t limit;
	uint32_t confirmed; /* not looked at: the hub counts */
	uint32_t waiting;
};

#define QUESTIONS_MAX 8 /* of a call */
#define CHOICES_MAX   10

struct question {
	uint32_t kind; /* the proto's QuestionKind */
	bool required;
	struct text label;
	struct list choices; /* struct text */
};

struct call_post {
	struct place place;
	struct text title;
	struct text body;
	struct text meeting;
	uint32_t need;
	uint32_t limit;
	uint64_t deadline_ms;
	struct text bring;
	uint64_t starts_ms;
	uint64_t ends_ms;
	uint32_t names; /* the proto's NamesShown */
	uint32_t window_minutes;
	uint32_t grant_minutes;
	struct list slots;     /* struct slot_draft */
	struct list questions; /* struct question */
};

struct call_list {
	struct place place;
	struct id after;
	uint32_t count;
};

struct call_show {
	struct id call;
};

struct call_close {
	struct id call;
};

struct call_reopen {
	struct id call;
	uint64_t deadline_ms;
};

struct call_cancel {
	struct id call;
	struct text reason;
};

struct call_edit {
	struct id call;
	uint32_t version;
	bool demote;
	struct call_post to;
};

struct call_thank {
	struct id call;
	struct text text;
};

struct chain_join {
	struct id call;
	uint32_t slot;
	uint32_t people; /* 0 means 1 */
	struct text remark;
	struct list answers; /* struct text */
	struct id person;    /* none: oneself, or who is named */
	struct text name;
	bool walk_up;
	bool despite_clash;
};

struct chain_withdraw {
	struct id call;
	uint32_t number;
	uint32_t slot;
};

struct chain_list {
	struct id call;
	uint32_t after;
	uint32_t count;
	bool mine;
};

struct chain_confirm {
	struct id call;
	uint32_t number;
	uint32_t slot;
};

struct chain_check {
	struct id call;
	uint32_t number;
	uint32_t slot;
	bool out;
	struct text code;
};

struct chain_code {
	struct id call;
};

struct roster_row {
	struct text phone; /* as it came: a row that is no good is refused by itself */
	struct text name;
	struct text organisation;
	struct text place;
};

struct roster_import {
	struct list rows; /* struct roster_row */
	bool only_look;
	bool keep_organisation;
	bool keep_place;
};

struct roster_list {
	struct place place; /* none: all there are */
	struct text after;
	uint32_t count;
};

struct roster_remove {
	struct text entry;
	struct place place; /* none: the whole country */
};

struct template_save {
	struct place place;
	struct text name;
	struct call_post call; /* its place may be none, and its deadline 0 */
};

struct template_list {
	struct place place;
	struct text name; /* empty: all of them */
};

struct template_remove {
	struct place place;
	struct text name;
};

/* Bytes of a pasted chain: what fits a frame, and more than the 500 lines of WeChat's own take as a rule. */
#define PASTE_MAX 15000

struct chat_print {
	struct id call;
	bool english;
};

struct chat_preview {
	struct id call;   /* none: by the code in the text */
	struct text text; /* UTF-8 without NUL, and all else as it was pasted */
	uint32_t slot;
	uint32_t after;
	uint32_t count;
};

struct grant_give {
	struct id person;
	uint32_t role;      /* enum role */
	struct place place; /* none: the whole country */
	uint64_t until_ms;
};

struct grant_take {
	struct id person;
	uint32_t role;
	struct place place;
};

struct grant_list {
	struct place place;
	struct id after;
	uint32_t count;
};

struct consent_give {
	struct text version;
	bool withdraw;
};

struct person_export {
	struct id person; /* none: oneself */
};

struct person_erase {
	struct id person; /* none: oneself */
};

struct device_list {
	struct id person; /* none: oneself */
};

struct device_revoke {
	uint32_t device;
	struct id person;
};

struct invite_give {
	struct id person; /* none: somebody new */
	struct text name;
	struct text organisation;
	struct place place;
	uint32_t kind;  /* enum member_kind, or 0 */
	uint32_t hours; /* 0: 24 */
};

struct factor_begin {
	char none;
};

struct factor_confirm {
	struct text code;
};

struct factor_remove {
	struct id person; /* none: oneself */
	struct text code;
};

struct desk_open {
	struct text device;
};

struct desk_show {
	struct text ticket;
};

struct desk_confirm {
	struct text ticket;
	uint32_t number;
	bool accept;
};

struct chain_phones {
	struct id call;
	uint32_t after;
	uint32_t count;
};

struct audit_list {
	struct id who;
	struct text on;
	struct text what;
	uint64_t since_ms;
	uint64_t until_ms; /* 0: now */
	bool own;
	struct text after; /* as a result had it, or empty */
	uint32_t count;
};

struct subscribe_tell {
	struct list accepted; /* struct text */
};

struct place_image {
	struct place place;
};

/* A request as it came out of a frame. */
struct asked {
	uint64_t id;
	enum verb verb;
	struct uuid once;   /* checked where the verb changes something, all zero elsewhere */
	uint8_t digest[16]; /* of verb and body: two requests under one `once` must agree in it */
	struct text why;    /* a stated reason, or empty */
	union {
#define VERB_BODY(name, NAME, changes) struct name name;
		VERB_LIST(VERB_BODY)
#undef VERB_BODY
	};
};

/* The verb's name as the proto writes it. */
const char *verb_name(enum verb verb);

#endif
