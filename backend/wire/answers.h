/* answers.h - what the hub says, encoded: each function makes one piece, a whole field of Frame.
 *
 * The piece is held once by the caller. NULL only when memory is out. */
#ifndef GV_ANSWERS_H
#define GV_ANSWERS_H

#include "chain_plan.h"
#include "event.h"
#include "piece.h"
#include "name.h"
#include "requests.h"
#include "view.h"

/* A page ends before it is longer, and says that there is more; it has one item at least. Two of them fit the smallest
 * outbox (64 kB, config.c), so that a client that reads is never ended by what it asked for. No call is that long, for it
 * came in one frame. */
#define PAGE_BYTES 30000

/* What went wrong and how to go on; with OK, a bare "done". `field` may be NULL. */
struct piece *answer_status(uint64_t id, enum status status, const char *field, uint32_t retry_after_ms);

/* Numbers as in the proto's RegistrationState. */
enum registration {
	REGISTRATION_NONE = 1,
	REGISTRATION_PENDING,
	REGISTRATION_REGISTERED,
	REGISTRATION_REFUSED,
};

struct login_result {
	struct id person;
	struct place place; /* none while not registered */
	struct text name;
	struct text organisation;
	uint64_t now_ms;
	uint32_t pulse_ms;
	const struct grantee *grantee; /* what the person holds; NULL: nothing */
	const char *token;             /* a new one; NULL: none */
	uint32_t device;
	uint64_t token_until_ms;
	const char *consent; /* the version agreed to; NULL: none */
	const char *policy;  /* the one there is */
	bool needs_factor;
	const char *phone; /* masked; NULL: none is bound */
	struct place work; /* none: not said */
	enum registration registration;
	const char *refusal; /* the reason, where he was refused; NULL */
};

struct import_result {
	uint32_t added;
	uint32_t changed;
	uint32_t unchanged;
	const struct row_refusal {
		uint32_t row;
		const char *field;
	} * refused;
	size_t refused_count;
};

struct piece *answer_login(uint64_t id, const struct login_result *result);
/* One of a person's devices. */
struct device {
	uint32_t number;
	struct text name;
	uint64_t made_ms;
	uint64_t seen_ms;
	uint64_t until_ms;
};

/* `own`: the one that asks. The names are followed by a NUL or a tab. */
struct piece *answer_device_list(uint64_t id, const struct device *devices, size_t count, uint32_t own);

/* All that is held of a person. */
struct person_held {
	struct id person;
	char identity[16]; /* its kind: "wx" */
	uint64_t created_ms;
	char consent[24]; /* the version; "": none */
	uint64_t consented_ms;
	uint32_t minutes;
	bool has_factor;
	uint32_t messages;
	enum registration state;
	struct place place; /* none: nowhere */
	struct place work;  /* the same */
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	enum member_kind kind;
	uint64_t since_ms;
	char refusal[100 * 4 + 1];
	char phone[12]; /* in full or masked; "": none is bound */
	bool is_listed; /* the roster has it, and says what follows */
	char listed_name[20 * 4 + 1];
	char listed_organisation[60 * 4 + 1];
	struct place listed_place;     /* none: it does not say */
	const struct grantee *grantee; /* what he holds; NULL: nothing */
	const struct device *devices;
	size_t device_count;
	uint32_t own_device; /* the one that asks, or 0 */
};

struct piece *answer_person_export(uint64_t id, const struct person_held *held);

struct piece *answer_factor_begin(uint64_t id, const char *secret, const char *uri);
struct piece *answer_factor_confirm(uint64_t id, char *const *recovery, size_t count);
struct piece *answer_desk_open(uint64_t id, const char *ticket, const char *secret, uint32_t number, uint64_t until_ms);

/* The texts are followed by a NUL. */
struct piece *answer_desk_show(
	uint64_t id, struct text device, struct text address, uint32_t number, uint64_t until_ms);
struct piece *answer_invite_give(uint64_t id, const char *token, struct id person, uint64_t until_ms);

struct piece *answer_subscribe_tell(uint64_t id, const char *template, uint32_t left);
struct piece *answer_place_image(uint64_t id, struct text image, bool is_png);

/* At most GRANTS_PAGE_ROWS grants of them all, to fit a page. */
#define GRANTS_PAGE_ROWS 400
struct piece *answer_grant_list(uint64_t id, const struct grantee *const *grantees, size_t count, bool more);

struct piece *answer_watch(uint64_t id, const char *epoch, const uint64_t seq[PARTITIONS]);
struct piece *answer_place_import(uint64_t id, const struct import_result *result);
struct piece *answer_place_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more);
struct piece *answer_place_show(uint64_t id, const struct place_node *node);
struct piece *answer_tally_list(uint64_t id, struct place_node *const *nodes, size_t count, bool more);
struct piece *answer_member_list(uint64_t id, struct person *const *persons, size_t count, bool more);

struct piece *answer_member_register(uint64_t id, enum registration state);
struct piece *answer_member_move(uint64_t id, bool is_pending);

struct bound_phone {
	const char *phone; /* masked */
	bool is_listed;    /* on the roster, which says what follows */
	struct text name;
	struct text organisation;
	struct place place; /* none: it does not say */
	bool is_pending;
};

struct piece *answer_phone_bind(uint64_t id, const struct bound_phone *bound);

/* Somebody who waits. */
struct pending {
	struct id person;
	enum asked_what what;
	struct place place;
	char name[20 * 4 + 1];
	char organisation[60 * 4 + 1];
	enum member_kind kind;
	struct place work;
	char phone[12]; /* masked; "": none is bound */
	uint64_t asked_ms;
	struct id other; /* none */
};

/* At most PENDING_PAGE_MAX, which fit a page. */
struct piece *answer_pending_list(uint64_t id, const struct pending *pending, size_t count, const char *next);

/* One of a person's own lines. */
struct sign_up {
	struct id call;
	uint32_t number;
	enum line_state state;
	uint32_t slot;
	uint32_t people;
	uint32_t granted_minutes;
	uint64_t joined_ms;
};

struct piece *answer_sign_up_list(
	uint64_t id, const struct sign_up *sign_ups, size_t count, bool more, uint32_t minutes);

struct piece *answer_call_post(uint64_t id, struct id call);
struct piece *answer_call_list(uint64_t id, struct call *const *calls, size_t count, bool more);

struct piece *answer_call_show(uint64_t id, const struct call_record *record, const struct call_numbers *numbers);

/* A template of a call: where it is kept, under what name, and what it says, if that is told. */
struct template_told {
	struct place place;
	const char *name;
	const struct call_record *call; /* NULL: not */
};

struct piece *answer_template_list(uint64_t id, const struct template_told *templates, size_t count);

/* `changes`: enum call_change. */
struct piece *answer_call_edit(uint64_t id, uint32_t changes);

/* With OK, or with ALREADY and the line there is. */
struct piece *answer_chain_join(
	uint64_t id, enum status status, uint32_t number, enum line_state state, uint32_t ahead);
struct piece *answer_chain_withdraw(uint64_t id, uint32_t number);
struct piece *answer_chain_check(uint64_t id, uint32_t number, uint32_t granted_minutes);
struct piece *answer_chain_code(uint64_t id, const char *code, uint64_t until_ms);

/* How much of a line is told. */
struct telling_lines {
	uint32_t names;        /* the call's: the proto's NamesShown */
	bool full;             /* to the author, or to whom the lines concern: names, remarks and answers */
	const uint32_t *ahead; /* how many are in front of each; NULL: not told */
};

/* What of the name of who stands on a line is told; `room` is for a masked one. */
struct text told_name(char room[NAME_MASKED], struct text name, struct telling_lines how);

/* The entries of a plan behind the first `after`, `count` at the most. */
struct piece *answer_chat_preview(uint64_t id, const struct chain_plan *plan, uint32_t after, uint32_t count);
struct piece *answer_chat_print(uint64_t id, const char *text, const char *code);

/* Names are looked up in the view; who left since has none. `after`: the number to go on behind; 0: there is no more. */
struct piece *answer_chain_list(uint64_t id, const struct view *view, struct telling_lines how,
	const struct line_change *lines, size_t count, uint32_t after);

/* What became of a row of a roster. */
#define ROSTER_FIELDS 3 /* that a row has beside the phone */
struct roster_outcome {
	enum { ROSTER_ADDED = 1, ROSTER_SAME, ROSTER_CHANGED, ROSTER_REFUSED } what;
	const char *fields[ROSTER_FIELDS]; /* that changed, or that it is refused for; as many as are not NULL */
};

struct roster_entry {
	struct text entry;
	struct text phone; /* masked */
	struct text name;
	struct text organisation;
	struct text place;
};

struct piece *answer_roster_import(uint64_t id, const struct roster_outcome *outcomes, size_t count);

/* At most ROSTER_PAGE_MAX entries, none of them longer than its rule has it. */
struct piece *answer_roster_list(uint64_t id, const struct roster_entry *entries, size_t count, const char *next);

/* An event as clients see it; NULL also for a kind that no client hears (EVENT_MEMBER). The view has applied it
 * already; a call that it closed is gone from there. */
struct piece *encode_event(const struct view *view, const struct event *event);

/* Replaces one still waiting for the same place. */
struct piece *encode_place_tally(const struct place_node *node);

/* The same for a call. */
struct piece *encode_call_tally(const struct call *call);

struct piece *encode_pulse(const char *epoch, const uint64_t seq[PARTITIONS]);

/* A line of a chain and the phone of whose it is; "" if none is known. */
struct line_phone {
	uint32_t number;
	struct id person;
	const char *phone;
};
struct piece *answer_chain_phones(uint64_t id, const struct line_phone *phones, size_t count, uint32_t next);

/* An entry of the audit log; the texts are followed by a NUL. */
struct audit_entry {
	uint8_t partition;
	uint64_t seq;
	uint64_t at_ms;
	const char *who, *what, *on, *from, *why, *detail;
};
struct piece *answer_audit_list(uint64_t id, const struct audit_entry *entries, size_t count, const char *next);

#endif
