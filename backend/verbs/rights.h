/* rights.h - who may do what, where: one table of all verbs and roles (rights.c), and nothing beside it.
 *
 * A verb is asked about a subject: a place it names, or that of the call or of the person it names. A role held at a place allows it
 * there and below ("over"), or there, below and above ("related": who lives in a grid may sign up to the call of his
 * street); or it does not. Names are shown to some only "with a reason": there and below, if the request states one, which is
 * in the audit log before they have the answer. What somebody does to his own (his registration, his line, his call) is held against the
 * record by the function that writes it, and everybody may ask.
 *
 * The hub, the generated test (tests/promises/p8.c), `gridctl role explain` and the manual page of gridctl read the same
 * table. */
#ifndef GV_RIGHTS_H
#define GV_RIGHTS_H

#include "requests.h"
#include "role.h"
#include "view.h"

/* What a verb is about. */
enum subject {
	SUBJECT_OWN,    /* one's own, or nothing that anybody owns: no role is needed */
	SUBJECT_PLACE,  /* the place it names */
	SUBJECT_CALL,   /* the place of the call it names */
	SUBJECT_ALL,    /* the whole country, whatever it names */
	SUBJECT_PERSON, /* the place where the person it names is registered; about oneself no role is needed */
};

enum reach {
	REACH_NONE,
	REACH_OVER,    /* the role's place and what lies under it */
	REACH_RELATED, /* and what lies above it */
	REACH_REASON,  /* the role's place and what lies under it, with a stated reason */
};

enum subject rights_subject(enum verb verb);

/* How far a role goes; not for a verb that is about one's own. */
enum reach rights_reach(enum verb verb, enum role role);

/* Whether the role, held at `at`, allows the verb at `subject` (none: the whole country) without a reason. */
bool rights_allow(enum verb verb, enum role role, struct place at, struct place subject);

/* Whether anything that the person holds does: what the view has of him, and that he is a member of his grid. */
bool rights_of_person(const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms);

/* Whether anything does with a stated reason. */
bool rights_with_reason(
	const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms);

/* The widest place at which he holds a role that allows it there, of those that cover `subject`; `subject` itself if there
 * is none. Not for members, who hold none. */
struct place rights_widest(
	const struct view *view, struct id person, enum verb verb, struct place subject, uint64_t now_ms);

/* Whether he may give that role at that place, or take it back. */
bool rights_to_give(const struct view *view, struct id person, enum role given, struct place place, uint64_t now_ms);

/* Whether he may see where that person is logged in, and log him out. He may for himself; for one who holds roles, if he may
 * give all of them; for one who holds none, if he may give invites where that one is registered, or roles there. */
bool rights_over_devices(const struct view *view, struct id asker, struct id person, uint64_t now_ms);

/* Whether that person holds one of the three duties that the asker does not: who is let in as he, or lets another in, has two. */
bool rights_lack_duty(const struct view *view, struct id asker, struct id person, uint64_t now_ms);

/* Whether he may do what makes him as good as that person: let him in, take his second factor away. As rights_over_devices(),
 * but not for one who holds a duty that he does not: that is for who has the data folder (gridctl operator invite). */
bool rights_over_person(const struct view *view, struct id asker, struct id person, uint64_t now_ms);

#endif
