/* functions.h - the functions of the library, called as the hub calls them.
 *
 *   post(r, .limit = 2);
 *   assert_string_equal(chain_join(r, CALL, "1.3", GRID_A), "OK 3 waiting");
 *   assert_string_equal(event(r), "chain call 7.1 lines 3:waiting:1.3:…");
 *
 * Each bears its name in the library and answers as text that lives a while (redis.h): the status, then the results,
 * or the field and the details of a refusal. Keys are laid out as keys.h says, in the partition of the id; places are
 * in partition 7, identities in partition 1.
 *
 * What holds for every call is asserted at every call: the status is one of STATUS_LIST, a refusal changes nothing,
 * no key is touched that was not passed, and the event answered is the last in the log and bears the number after the
 * one before it. */
#ifndef GV_TEST_FUNCTIONS_H
#define GV_TEST_FUNCTIONS_H

#include "places.h"
#include "redis.h"

#define CALL   "7.1"  /* the one of most tests */
#define WORKER "1.99" /* who posts it */

#define HASH_A "07aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* of phones */
#define HASH_B "07bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "07cccccccccccccccccccccccccccccc"

const char *data_open(
	struct redis *r, unsigned partition, const char *layout, const char *partitions, const char *epoch);
const char *data_id(struct redis *r, unsigned partition);
const char *data_secret(struct redis *r, const char *offered);
const char *data_key(struct redis *r, const char *offered);

/* Rows of code and name. */
#define place_import(r, under, ...) place_import_rows(r, under, (const char *const[]){__VA_ARGS__, NULL})
const char *place_import_rows(struct redis *r, const char *under, const char *const *codes_and_names);

/* Rows of hash, sealed phone, place, name and organisation. `how` is three times 0 or 1: to look only; to keep the
 * organisation that stands; to keep the place. */
#define ROSTER_COLUMNS        5
#define roster_import(r, ...) roster_import_rows(r, "000", (const char *const[]){__VA_ARGS__, NULL})
#define roster_look(r, ...)   roster_import_rows(r, "100", (const char *const[]){__VA_ARGS__, NULL})
const char *roster_import_rows(struct redis *r, const char *how, const char *const *columns);
const char *roster_remove(struct redis *r, const char *hash);
const char *roster_remove_from(struct redis *r, const char *place, const char *hash);
const char *roster_list(struct redis *r, const char *place, const char *after, unsigned count);
const char *roster_find(struct redis *r, const char *hash, const char *person);

const char *person_claim(struct redis *r, const char *identity, const char *person);
const char *person_find(struct redis *r, const char *identity);
const char *member_register(
	struct redis *r, const char *person, const char *place, const char *name, const char *organisation);
const char *member_move(struct redis *r, const char *person, const char *place);
const char *member_ask_move(struct redis *r, const char *person, const char *place, bool at_work);
const char *member_work(struct redis *r, const char *person, const char *place); /* "": nowhere */
const char *member_correct(struct redis *r, const char *person, const char *name, const char *organisation);

/* As a volunteer, and waits for somebody to decide; the lists are of places of partition 7. */
const char *member_ask(struct redis *r, const char *person, const char *place, const char *work);
/* By whoever, about what he waits for; and by the worker, to accept what he once waited for. */
const char *pending_decide(struct redis *r, const char *by, const char *person, const char *place, bool accept);
const char *pending_decide_about(
	struct redis *r, const char *person, const char *place, const char *what, const char *when);
const char *pending_mark(struct redis *r, const char *place, const char *person, bool waits);
const char *pending_list(struct redis *r, const char *place, const char *after, unsigned count);
const char *member_leave(struct redis *r, const char *person);

/* Phones, of HASH_A and so on; and another identity for a person, in partition 1. */
const char *phone_begin(struct redis *r, const char *person);
const char *phone_claim(struct redis *r, const char *hash, const char *person, const char *other);
const char *phone_bind(struct redis *r, const char *person, const char *hash);
const char *phone_drop(struct redis *r, const char *person, const char *hash);
const char *phone_release(struct redis *r, const char *hash, const char *person);
const char *rebind_ask(struct redis *r, const char *person, const char *other, const char *place, const char *phone);
const char *person_rebind(struct redis *r, const char *person, const char *place, const char *identity,
	const char *newcomer, const char *phone);
const char *person_become(struct redis *r, const char *identity, const char *person, const char *other);
const char *former_drop(struct redis *r, const char *person, const char *identity);
const char *identity_release(struct redis *r, const char *identity, const char *person);

/* `by` gives it, until so long from now (0: until it is taken), at a place ("": the whole country). */
const char *grant_give(
	struct redis *r, const char *by, const char *person, const char *role, const char *place, int64_t ends_in_ms);
const char *grant_give_oneself(
	struct redis *r, const char *person, const char *role, const char *how); /* "founding" … */
const char *grant_take(struct redis *r, const char *by, const char *person, const char *role, const char *place);
const char *grant_lapse(struct redis *r, const char *person, const char *role, const char *place);
void let_grant_pass(struct redis *r, const char *person, const char *role, const char *place);

/* The audit log of partition 1: an entry of its own, by a person, from 192.0.2.7; its head, "OK 2 HASH what"; a seal of that
 * head; that head accepted as it stands, and the last that was; all before a moment taken out. */
const char *audit_add(struct redis *r, const char *who, const char *what, const char *on, const char *detail);
const char *audit_head(struct redis *r, const char *known, uint64_t before_ms);
const char *audit_seal(struct redis *r, const char *seq, const char *hash, const char *seal);
const char *audit_accept(struct redis *r, const char *seq, const char *hash, const char *why);
const char *audit_accepted(struct redis *r);
const char *audit_list(struct redis *r, const char *after, const char *who, const char *on, const char *what,
	unsigned count); /* "OK", where to go on, rows */
const char *audit_trimmable(struct redis *r, uint64_t before_ms);
const char *audit_trim(struct redis *r, uint64_t before_ms, const char *seq, const char *hash);

/* Those with a live line: "OK place ended", rows, where to go on. */
const char *chain_concerns(struct redis *r, const char *call, const char *person);
const char *chain_persons(struct redis *r, const char *call, unsigned after, unsigned count);

/* Devices of a person, by hashes of their tokens; each lives a day, and is replaced after an hour. */
const char *device_add(struct redis *r, const char *person, const char *hash, bool single, const char *name);
const char *device_add_desk(
	struct redis *r, const char *person, const char *hash); /* let in as by who has shown a factor */
const char *device_login_showing(struct redis *r, const char *person, const char *number, const char *hash,
	const char *offered, const char *step, const char *recovery);
const char *device_touch(struct redis *r, const char *person, const char *number);
const char *desk_open(struct redis *r, const char *hash, const char *device, unsigned number);
const char *desk_show(struct redis *r, const char *hash);
const char *desk_confirm(struct redis *r, const char *person, const char *hash, unsigned number, bool accept);
const char *desk_claim(struct redis *r, const char *hash, const char *secret);
const char *factor_begin(struct redis *r, const char *person, const char *sealed);
const char *factor_read(struct redis *r, const char *person);
const char *factor_confirm(
	struct redis *r, const char *person, const char *device, const char *step, const char *codes);
const char *factor_try(struct redis *r, const char *person);
const char *factor_remove(struct redis *r, const char *by, const char *person, const char *step);
const char *invite_give(struct redis *r, const char *person, const char *hash, const char *place, const char *name);
const char *device_login_named(struct redis *r, const char *person, const char *number, const char *hash,
	const char *offered, const char *name);
const char *device_login(
	struct redis *r, const char *person, const char *number, const char *hash, const char *offered);
const char *device_list(struct redis *r, const char *person);
const char *device_revoke(struct redis *r, const char *person, unsigned number);

/* What is held of a person in his partition. */
const char *person_export(struct redis *r, const char *person);

/* What a person agreed to; and what is forgotten of calls that ended before. */
const char *consent_give(struct redis *r, const char *person, const char *version, bool withdraw);
const char *retention_calls(struct redis *r, uint64_t before_ms);
const char *retention_list(struct redis *r, const char *call, uint64_t before_ms);
const char *retention_forget(struct redis *r, const char *call, uint64_t before_ms);
const char *retention_note(struct redis *r, unsigned days);

/* A person is forgotten, and the steps of what is left of him elsewhere: his index, roster and lines are taken to be in
 * partition 1. What was forgotten, and what of that is in no file any more. */
const char *person_erase(struct redis *r, const char *by, const char *person);
const char *erase_begin(struct redis *r, const char *person, uint64_t when_ms);
const char *erase_identity(struct redis *r, const char *identity, const char *person);
const char *erase_entry(struct redis *r, const char *hash);
const char *erase_lines(struct redis *r, const char *person, unsigned from, unsigned count);
const char *erase_line(struct redis *r, const char *call, unsigned number, const char *person);
const char *erase_end(struct redis *r, const char *person, uint64_t when_ms, unsigned lines);
const char *erase_list(struct redis *r, uint64_t since_ms);
const char *forgot(struct redis *r);
const char *forgot_rewritten(struct redis *r, uint64_t when_ms);

/* What is left out: CALL at GRID_A by WORKER, no limit, open for an hour, without slots and all else. */
struct shift {
	const char *label;
	unsigned need, limit;
	int64_t starts_in_ms, ends_in_ms; /* from now; 0: not said */
};
struct call {
	const char *id;
	const char *place;
	const char *title, *body, *meeting, *bring;
	unsigned need, limit;
	int64_t open_ms;                  /* how long from now */
	int64_t starts_in_ms, ends_in_ms; /* from now; 0: not said */
	unsigned names, window, grant;
	bool tell;
	const char *questions;
	struct shift slots[4]; /* as many as have a label */
};
const char *call_number(struct redis *r, int64_t open_ms); /* of a call of partition 7 */
const char *call_post(struct redis *r, struct call call);

/* As the author sees it in this edition, and as it shall be. `by` NULL: WORKER. A deadline of 0 ms from now is the one
 * that the call has. */
struct edit {
	const char *by;
	unsigned version;
	bool demote;
	struct call to;
};
const char *call_edit(struct redis *r, struct edit edit);
const char *call_end(struct redis *r, const char *by, const char *call, const char *state, const char *reason);
const char *call_reopen(struct redis *r, const char *by, const char *call, int64_t open_ms);
const char *call_thank(struct redis *r, const char *by, const char *call, const char *text);
const char *call_overdue(struct redis *r, const char *call);

/* By WORKER, at a place of partition 7. A template has no times. */
const char *template_save(struct redis *r, const char *place, const char *name, struct call call);
const char *template_remove(struct redis *r, const char *place, const char *name);

/* call_end() by WORKER: closed. */
const char *call_close(struct redis *r, const char *call);

/* A line of the person for himself; how many are ahead of it is in r->ahead. */
const char *chain_join(struct redis *r, const char *call, const char *person, const char *place);

/* All that a line may have; what is left out is as chain_join() has it. `by` NULL: the person himself, or WORKER. */
struct signing {
	const char *by;
	const char *person; /* NULL: without an account */
	const char *place;
	unsigned slot, people;
	bool walk_up;
	const char *texts;
	bool unseen; /* by a hub that has not seen the call */
};
const char *chain_sign(struct redis *r, const char *call, struct signing signing);

/* One's own line; or (`number`) any, of a slot, by somebody. */
const char *chain_withdraw(struct redis *r, const char *call, const char *person);
const char *chain_strike(struct redis *r, const char *by, const char *call, unsigned number, unsigned slot);
const char *chain_confirm(struct redis *r, const char *by, const char *call, unsigned number, unsigned slot);
const char *chain_check(
	struct redis *r, const char *by, const char *call, unsigned number, const char *way, bool coded);
const char *chain_lapse(struct redis *r, const char *call, unsigned number);

/* What a log did to one person of partition 1: his line "7.1 3" is "confirmed<tab>0<tab>1<tab>30<tab>17…" now. */
const char *relay_apply(struct redis *r, unsigned source, uint64_t seq, const char *person, const char *line,
	const char *value, uint64_t joined_ms);
const char *relay_mark(struct redis *r, unsigned source, uint64_t seq);
const char *relay_lease(struct redis *r, const char *hub, unsigned ms);
const char *relay_signed_up(struct redis *r, const char *person, const char *call);
const char *relay_sign_ups(struct redis *r, const char *person, uint64_t before_ms, unsigned count);

/* Who may be told of a call by WeChat, who does that, and who has been. */
const char *tell_allow(struct redis *r, const char *person, unsigned more);
const char *tell_lease(struct redis *r, const char *call, unsigned ms, bool held);
const char *tell_end(struct redis *r, const char *call, const char *again_ms);
const char *tell_list(struct redis *r); /* of partition 1 */
const char *tell_mark(struct redis *r, const char *person, const char *call);
const char *tell_unmark(struct redis *r, const char *person, const char *call, const char *which);

/* WeChat's access token: "OK token expires leased". */
const char *wechat_take(struct redis *r, const char *appid, uint64_t due_ms, uint64_t stale_ms, unsigned lease_ms);
const char *wechat_put(struct redis *r, const char *appid, const char *token, uint64_t expires_ms);

/* A call of another system, as it was posted, and (`state`) as it will be; the next line of it, by its columns; its end. */
const char *import_call(struct redis *r, const char *origin, struct call call, const char *state);
const char *import_line(struct redis *r, const char *call, unsigned number, const char *columns, const char *texts);
const char *import_end(struct redis *r, const char *call, unsigned lines);

/* The event of the last call from its kind on, "call call 7.1"; empty if it told none. Its number and time are in
 * r->seq and r->at_ms. An answer that was given before tells none, and r->seq is the number of the one it told then. */
const char *event(struct redis *r);

/* A new name for a request, made when Redis' clock shows so much more than now; and the next call under that name. Each
 * call without goes under a new one of now. */
struct once once_made(struct redis *r, int64_t ms_from_now);
struct redis *under(struct redis *r, struct once once);

/* Conditions of a test; each asserts that it came about. */
#define post(r, ...) post_call(r, (struct call){__VA_ARGS__})
void post_call(struct redis *r, struct call call);
void claim(struct redis *r, const char *person);  /* under the identity "dev:1.7" */
void settle(struct redis *r, const char *person); /* claimed and registered at GRID_A */

/* A call's deadline passed a second ago; an offer's time did. */
void let_deadline_pass(struct redis *r, const char *call);
void let_offer_pass(struct redis *r, const char *call, unsigned number);

/* The evening once through, with every function of the library called. */
void play_evening(struct redis *r);

/* What of it must never stand in a log; NULL ends the list. */
extern const char *const evening_texts[];

#endif
