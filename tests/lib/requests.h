/* requests.h - what can be asked of the hub, by name.
 *
 *   expect(an, to_join(call), "TOO_LATE", "call");
 *   answer = ask(an, to_list_chain(call, 0, 200));
 *
 * A request, and what it points at, lives until REQUESTS_KEPT others have been made. What is passed as text must live
 * as long. Lists end with NULL. What changes something goes under a `once` of its own, made with it; caller_send() takes
 * that off again, so that the same request sent once more is another. */
#ifndef GV_REQUESTS_OF_TESTS_H
#define GV_REQUESTS_OF_TESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "pb.h"
#include "uuid.h"

#define REQUESTS_KEPT 64

Request *to_login(const char *token, const char *handle);
Request *to_login_granted(const char *token, const char *handle); /* with no more rights than he was given */

/* On a device of that name, which gets a token; and with a token. */
Request *to_login_on(const char *token, const char *handle, const char *device);
Request *to_login_with(const char *token);
Request *to_login_by_wechat(const char *code); /* of wx.login */
Request *to_list_devices(void);
Request *to_list_devices_of(const char *person);
Request *to_revoke(uint32_t device);
Request *to_revoke_of(const char *person, uint32_t device);

/* To a version of the privacy policy. */
Request *to_consent(const char *version);
Request *to_withdraw_consent(const char *version);
/* A desk that a phone lets in. */
Request *to_open_desk(const char *device);
Request *to_login_at_desk(const char *ticket, const char *secret);
Request *to_show_desk(const char *ticket);
Request *to_confirm_desk(const char *ticket, uint32_t number, bool accept);

/* "" for oneself; another with a reason. */
Request *to_export(const char *person, const char *why);
Request *to_erase(const char *person, const char *why);
/* The second factor: set up, taken away, and shown at a login. */
Request *to_begin_factor(void);
Request *to_confirm_factor(const char *code);
Request *to_remove_factor(const char *person, const char *code);
Request *to_login_with_code(const char *token, const char *code);

/* The audit log: what is left out is anybody and anything; and the phones of a call. */
#define to_list_audit(...) to_list_audit_of((struct auditing){__VA_ARGS__})
struct auditing {
	const char *who, *on, *what, *after;
	bool own;
};
Request *to_list_audit_of(struct auditing auditing);
Request *to_list_phones(const char *call, uint32_t after, uint32_t count);

/* The same request with a stated reason. */
Request *because(const char *why, Request *request);

/* One message of that template more (NULL: none); and the mini-program code of a place. */
Request *to_allow(const char *template);
Request *to_draw(const char *place);

/* A way in for who is there, and for somebody new. */
Request *to_invite(const char *person);
Request *to_invite_new(const char *name, const char *place);

/* All that is wanted; `cursors` is one of each partition, NULL: none, but only of those in `partitions` if that is not
 * zero (a bit each). */
struct watching {
	const char *places[16];
	const char *calls[24];
	uint32_t depth; /* of all the places */
	const char *epoch;
	const uint64_t *cursors;
	uint32_t partitions;
};
#define to_watch(...) to_watch_all((struct watching){__VA_ARGS__})
Request *to_watch_all(struct watching watching);

/* Code, name, code, name … */
#define to_import(...) to_import_rows((const char *const[]){__VA_ARGS__, NULL})
Request *to_import_rows(const char *const *codes_and_names);
Request *to_list_places(const char *under, uint32_t depth, const char *after, uint32_t count);
Request *to_show_place(const char *place);
Request *to_list_tallies(const char *place, uint32_t depth, const char *after, uint32_t count);

Request *to_register(const char *place, const char *name, const char *organisation);
Request *to_move(const char *place);
Request *to_register_as(const char *place, const char *name, bool volunteer, const char *work);
Request *to_work(const char *place); /* "": nowhere */
Request *to_bind(const char *code);  /* of WeChat's phone button */
Request *to_bind_as_same(const char *code);
Request *to_correct(const char *name, const char *organisation);
Request *to_leave(void);

/* Who waits to be registered, and what is decided. */
Request *to_list_pending(const char *place, const char *after, uint32_t count);
/* Of who was to be registered, at no time that anybody asked: raw_accept() says yes to what is on the list. */
Request *to_accept(const char *person, const char *place);
Request *to_list_members(const char *place, const char *after, uint32_t count);

/* Phone, name, organisation, place, phone, name … */
#define to_roster(...)         to_roster_rows(false, (const char *const[]){__VA_ARGS__, NULL})
#define to_look_at_roster(...) to_roster_rows(true, (const char *const[]){__VA_ARGS__, NULL})
Request *to_roster_rows(bool only_look, const char *const *columns);
Request *to_list_roster(const char *place, const char *after, uint32_t count);
Request *to_remove_entry(const char *entry, const char *place);

/* What is left out of a call is empty; of the deadline, in an hour. */
struct posting {
	const char *place, *title, *body, *meeting;
	uint32_t need, limit;
	uint64_t deadline_ms;
};
#define to_post(...) to_post_call((struct posting){__VA_ARGS__})
Request *to_post_call(struct posting posting);
Request *to_list_calls(const char *place, const char *after, uint32_t count);
Request *to_show_call(const char *call);
Request *to_close(const char *call);

Request *to_join(const char *call);
Request *to_withdraw(const char *call);
Request *to_withdraw_number(const char *call, uint32_t number);
Request *to_list_mine(const char *call, uint32_t after, uint32_t count);
Request *to_list_chain(const char *call, uint32_t after, uint32_t count);

Request *to_print_chat(const char *call);
Request *to_preview(const char *call, const char *text, uint32_t after, uint32_t count);

/* A template of that name and title. */
Request *to_save_template(const char *place, const char *name, const char *title);
Request *to_list_templates(const char *place);
Request *to_remove_template(const char *place, const char *name);

/* Roles by their number in the proto; `until_ms` 0: until it is taken. */
Request *to_give(const char *person, unsigned role, const char *place, uint64_t until_ms);
Request *to_take(const char *person, unsigned role, const char *place);
Request *to_list_grants(const char *place, const char *after, uint32_t count);

/* The same request under that name, which must live as long. */
Request *under_once(struct uuid *once, Request *request);

#endif
