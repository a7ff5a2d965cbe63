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

/* For verbs that name a place: the node, or NULL, and then the request is refused with NOT_FOUND. */
struct place_node *known_place(struct request *rq, struct place place, const char *field);

/* The keys of a chain, in the order of read_chain() in lines.lua. */
#define CHAIN_KEYS 7
void chain_keys(struct fcall *f, struct id call);

#endif
