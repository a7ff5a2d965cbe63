/* https.h - requests of our own to a server elsewhere, on the hub's loop: libcurl's multi interface.
 *
 * Nothing here waits, not even for a name to be resolved. Every request ends in time, and in one of three ways, of which
 * the difference between the last two is what a caller needs who must not ask twice. No redirect is followed, no proxy
 * or cookie used, no answer longer than its bound is read, and the server's certificate is verified (TLS 1.2 at least). */
#ifndef GV_HTTPS_H
#define GV_HTTPS_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "macros.h"
#include "text.h"

struct https;

struct https_options {
	unsigned max_under_way;  /* requests at once */
	uint32_t connect_ms;     /* for the name, the connection and TLS */
	uint32_t total_ms;       /* for all of it */
	const char *authorities; /* a file of those whose certificates are believed (PEM); NULL: those of the system */
};

struct https_request {
	const char *url;
	const char *body;  /* JSON to be posted, the caller's until the end; NULL: GET */
	size_t max_answer; /* bytes of the body that comes back */
	/* It must not be done twice. libcurl repeats what was sent on a kept connection that then turns out to be closed,
	 * and it cannot know whether the server had read it; so such a request has a new connection. */
	bool once;
};

enum https_end {
	HTTPS_ANSWERED, /* the whole answer is there */
	HTTPS_UNSENT,   /* nothing of it can have arrived: no name, no connection, no good certificate, too many */
	HTTPS_UNKNOWN,  /* it was sent and may have been done: no answer, or none that can be read */
};

/* Valid until the callback returns, and then wiped. */
struct https_answer {
	enum https_end end;
	unsigned status;          /* 200, …; 0 if there was no answer */
	const char *content_type; /* as the server says; "" if it does not */
	struct text body;
	const char *why; /* where it did not end well; fit for a log */
};

typedef void https_done(const struct https_answer *answer, void *context);

/* NULL when libcurl cannot start. */
struct https *https_create(uv_loop_t *loop, const struct https_options *options) WARN_UNUSED;

/* Ends what is under way (each is told, as UNSENT or UNKNOWN, before this returns), then calls `closed` from the loop and
 * frees itself. */
void https_destroy(struct https *https, void (*closed)(void *context), void *context);

/* `done` is called once, from the loop; before this returns if the request cannot even begin. */
void https_send(struct https *https, const struct https_request *request, https_done *done, void *context);

#endif
