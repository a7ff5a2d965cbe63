/* origin.h - whose pages may open a session: what a browser says of itself in the header Origin (RFC 6454, 7; RFC 6455, 4.2.2).
 *
 * A browser lets the page of any site connect to any host, and says whose page it is. What is no browser may say what it
 * likes, so this protects those who sit in front of one, and nothing else rests on it. */
#ifndef GV_ORIGIN_H
#define GV_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "text.h"

struct origin {
	bool is_secure;   /* https, else http */
	struct text host; /* a name, an address, or one of IPv6 in brackets */
	uint16_t port;
};

/* Reads "https://board.example.cn" or "http://[::1]:8080". False for all else, as the "null" of a page that has none. */
bool origin_parse(struct origin *out, struct text text) WARN_UNUSED;

/* Whether all of a list, separated by blanks, are origins; there may be none. */
bool origins_are_good(const char *origins);

/* Whether a page of that origin may connect, by the header Host of the request and the setting. WeChat's own may always:
 * the runtime of a mini-program runs no page but its own. With `dev` those of this machine may, and those listed. */
bool origin_is_allowed(struct text origin, struct text host, const char *origins, bool dev);

#endif
