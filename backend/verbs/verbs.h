/* verbs.h - what each request does: one function a verb, named as in the proto, one file a noun.
 *
 * Each ends its request (request.h). `asked` is valid until the function returns. */
#ifndef GV_VERBS_H
#define GV_VERBS_H

#include "request.h"

#define VERB_FUNCTION(name, NAME, changes) void verb_##name(struct request *rq, const struct asked *asked);
VERB_LIST(VERB_FUNCTION)
#undef VERB_FUNCTION

/* Requests of an import under way at once, of all clients, so that whoever signs up meanwhile does not wait long behind
 * them. */
#define IMPORTS_MAX 4

/* For verbs that name a place: the node, if the asker may do there what he asks; otherwise NULL, and the request has
 * ended with NOT_FOUND or FORBIDDEN of that field. */
struct place_node *known_place(struct request *rq, struct place place, const char *field);

/* For verbs that name a call: whether the asker may do at its place what he asks; otherwise the request has ended with
 * FORBIDDEN. */
bool may_at_call(struct request *rq, const struct call_record *call);

/* For verbs about another person: whether the asker may do what makes him as good as that one (rights_over_person());
 * otherwise the request has ended with FORBIDDEN of the field `person`. */
bool may_over_person(struct request *rq, struct id person);

/* The devices of a person as functions/device.lua lists them; their names point into the text. False if it is no such list. */
#define DEVICES_MAX 16 /* as functions/device.lua keeps of a person */
bool parse_devices(struct device out[DEVICES_MAX], size_t *count, struct text rows) WARN_UNUSED;

/* Ends the sessions that watch what, after this event, they may not; before anybody is told of it. */
void watch_event(struct service *service, const struct event *event);

/* The keys of a chain, in the order of read_chain() in lines.lua. */
#define CHAIN_KEYS 8
void chain_keys(struct fcall *f, struct id call);

/* A function that writes a chain, with `more` keys behind those. */
struct fcall chain_call(struct request *rq, const char *function, struct id call, unsigned more);

#endif
