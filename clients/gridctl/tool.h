/* tool.h - what every verb of gridctl works with. */
#ifndef GV_TOOL_H
#define GV_TOOL_H

#include <stdbool.h>
#include <uv.h>

#include "args.h"
#include "caller.h"
#include "lang.h"
#include "out.h"
#include "status.h"
#include "when.h"

/* Exit statuses, as the manual page has them. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,  /* the hub said no; of an audit: there are differences */
	EXIT_USAGE = 2,    /* the command line is wrong */
	EXIT_AWAY = 3,     /* the hub or Redis cannot be reached, or did not answer in time */
	EXIT_LOGIN = 4,    /* not logged in, or the login was refused */
	EXIT_LOCAL = 5,    /* a file or the terminal */
	EXIT_UNJUDGED = 6, /* an audit found no difference, but could not judge everything */
};

struct verb_spec;

struct tool {
	uv_loop_t loop;
	struct dialer *dialer;
	struct caller *caller;
	char url[128];
	char token[80];
	char token_file[512]; /* where it came from; "": not from a data folder */
	char handle[64];
	const char *desk; /* its name, to be let in by a phone; NULL: it logs in otherwise */
	const char *code; /* of a second factor, for the login; NULL: none was typed */
	bool json;
	uint32_t timeout_ms;
	struct args args;
	char call[32];                /* the CALL of the command line, where its short code was given */
	const struct verb_spec *spec; /* of the verb that runs */
};

/* A verb of the command line: "call post" and what it takes. */
struct verb_spec {
	const char *name;
	const char *words; /* "PLACE", "FILE...", "[PLACE]" */
	unsigned min_words, max_words;
	const struct flag *flags;
	const char *english;
	const char *chinese;
	int (*run)(struct tool *tool);
	bool offline;        /* needs no hub */
	bool direct;         /* no hub is looked for either */
	const char *example; /* what may stand behind the name */
};

/* All of them, those of one group ("place import", "place list") together; the last has no name. */
extern const struct verb_spec verb_specs[];

/* The data folder, by --data or the environment; NULL: neither says. */
const char *tool_folder(const struct tool *tool);

/* What every verb takes; the last has no name. */
extern const struct flag global_flags[];

#define PROGRAM          "gridctl"
#define ENVIRONMENT_DATA "GRIDCTL_DATA"

/* Whether what we log in with is a token or an invite, and not the development login's. */
bool tool_has_token(const struct tool *tool);

/* Connects and logs in. EXIT_DONE, or why not, after a line on standard error. */
int tool_connect(struct tool *tool) WARN_UNUSED;
void tool_disconnect(struct tool *tool);

/* EXIT_DONE while one may go on; else, after a line on standard error, how to exit: the login was refused, now or when
 * the connection came back, or what is watched was; or what is printed cannot be written (main.c says so). */
int tool_standing(struct tool *tool) WARN_UNUSED;

/* Asks the hub; NULL, after a line on standard error, when there is no answer or it is a refusal, and then *status says
 * how to exit. The caller frees the answer. The reason of --why, where the verb takes one, goes with it. */
Answer *tool_ask(struct tool *tool, Request *request, int *status) WARN_UNUSED;

/* Takes over an answer of caller_call(), NULL for none, and gives it back if it is OK; else as tool_ask(). */
Answer *tool_check(struct tool *tool, Answer *answer, int *status) WARN_UNUSED;

/* A list that comes page by page. */
struct paging {
	char after[64]; /* the key of the last item, with which the next page is asked for */
	size_t count;   /* of items so far */
	bool more;      /* there is another page */
};

/* Takes a page: uses its items, and says with paging_took() how it ended. */
typedef void take_page(struct tool *tool, const Answer *answer, struct paging *paging, void *context);
void paging_took(struct paging *paging, size_t count, const char *last, bool more);

/* Asks for page after page until there are no more, or, unless `all`, until `enough` items were taken. `after` is the
 * member of the request's body that names the item to go on behind. Returns how to exit. */
int tool_pages(struct tool *tool, Request *request, char **after, struct paging *paging, size_t enough, take_page *take,
	void *context) WARN_UNUSED;

/* As many items as there are. */
#define ALL_PAGES SIZE_MAX

/* What is said of a list that is empty, or, on standard error, of one that was cut. */
void print_list_end(struct tool *tool, const struct paging *paging, const char *if_empty);

/* The same for a request whose answer says nothing but OK; prints `said` for people and the answer for programs. */
int tool_do(struct tool *tool, Request *request, const char *said) WARN_UNUSED;

/* What a status means, for people. */
const char *status_words(enum status status);

/* Prints a refusal: the status in words, and the field. */
void print_refusal(struct tool *tool, const Answer *answer);

/* The link BASE/#/WHAT/SECRET, and its QR code: what stands behind '#' goes to no server. */
void print_link(const char *base, const char *what, const char *secret);

/* Whether --base is missing, or the address of pages: https://, or http:// of this machine. If not a line on standard error
 * says so. */
bool base_is_good(const struct tool *tool) WARN_UNUSED;

/* What a session is kept in between two calls of gridctl. */
bool saved_session_read(struct tool *tool);
bool saved_session_write(const struct tool *tool);
bool saved_session_remove(void);

/* The verbs. */
int run_login(struct tool *tool);
int run_logout(struct tool *tool);
int run_whoami(struct tool *tool);
int run_place_import(struct tool *tool);
int run_place_list(struct tool *tool);
int run_place_show(struct tool *tool);
int run_place_image(struct tool *tool);
int run_place_layout(struct tool *tool);
int run_member_register(struct tool *tool);
int run_member_move(struct tool *tool);
int run_member_correct(struct tool *tool);
int run_member_leave(struct tool *tool);
int run_member_pending(struct tool *tool);
int run_member_accept(struct tool *tool);
int run_member_refuse(struct tool *tool);
int run_member_list(struct tool *tool);
int run_roster_import(struct tool *tool);
int run_roster_list(struct tool *tool);
int run_roster_remove(struct tool *tool);
int run_call_post(struct tool *tool);
int run_call_edit(struct tool *tool);
int run_call_repeat(struct tool *tool);
int run_call_list(struct tool *tool);
int run_call_show(struct tool *tool);
int run_call_close(struct tool *tool);
int run_call_reopen(struct tool *tool);
int run_call_cancel(struct tool *tool);
int run_call_thank(struct tool *tool);
int run_call_code(struct tool *tool);
int run_call_phones(struct tool *tool);
int run_call_export(struct tool *tool);
int run_template_save(struct tool *tool);
int run_template_list(struct tool *tool);
int run_template_remove(struct tool *tool);
int run_chain_text(struct tool *tool);
int run_chain_paste(struct tool *tool);
int run_join(struct tool *tool);
int run_withdraw(struct tool *tool);
int run_confirm(struct tool *tool);
int run_check_in(struct tool *tool);
int run_check_out(struct tool *tool);
int run_mine(struct tool *tool);
int run_why(struct tool *tool);
int run_tally(struct tool *tool);
int run_watch(struct tool *tool);
int run_bots(struct tool *tool);
int run_audit(struct tool *tool);
int run_audit_log(struct tool *tool);
int run_audit_verify(struct tool *tool);
int run_audit_accept(struct tool *tool);
int run_backup(struct tool *tool);
int run_restore(struct tool *tool);
int run_export(struct tool *tool);
int run_import(struct tool *tool);
int run_operator_create(struct tool *tool);
int run_operator_invite(struct tool *tool);
int run_role_give(struct tool *tool);
int run_role_take(struct tool *tool);
int run_role_list(struct tool *tool);
int run_role_explain(struct tool *tool);
int run_person_consent(struct tool *tool);
int run_person_export(struct tool *tool);
int run_person_erase(struct tool *tool);
int run_retention(struct tool *tool);
int run_device_list(struct tool *tool);
int run_device_revoke(struct tool *tool);
int run_invite(struct tool *tool);
int run_desk_show(struct tool *tool);
int run_desk_confirm(struct tool *tool);
int run_factor_begin(struct tool *tool);
int run_factor_confirm(struct tool *tool);
int run_factor_remove(struct tool *tool);
int run_help(struct tool *tool);
int run_completion(struct tool *tool);

#endif
