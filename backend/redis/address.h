/* address.h - where a Redis is, from what an operator writes.
 *
 *   redis://[[user][:password]@]host[:port][/database]
 *   unix:/path/to/redis.sock[?db=database]
 *
 * User and password may hold %XX escapes (RFC 3986). */
#ifndef GV_ADDRESS_H
#define GV_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

#include "text.h"

struct redis_address {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* of a unix socket; empty: by host */
	char host[256];
	uint16_t port;
	char user[64];
	char password[256];
	uint32_t database;
};

/* False, with a reason in English fit to show, if it is not one. */
bool redis_address_parse(struct redis_address *out, struct text url, const char **why) WARN_UNUSED;

#endif
