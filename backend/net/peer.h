/* peer.h - where somebody comes from, as one number and back as text.
 *
 * A network of 64 bits is one subscriber's in IPv6 (RFC 6177) and counts as one address; of IPv4 it is the whole address. No
 * network in use begins with 16 bits of zero, so the two do not meet. 0 is what is no address, and loopback in IPv6. */
#ifndef GV_PEER_H
#define GV_PEER_H

#include <stdbool.h>
#include <stdint.h>

uint64_t peer_key(const char *address);

/* "192.0.2.7", "2001:db8::/64" */
#define PEER_TEXT 50
char *peer_print(char out[PEER_TEXT], uint64_t key);

/* True of an address of this machine alone: 127.x.y.z, ::1. */
bool peer_is_loopback(const char *address);

/* Whether an address is in a list, separated by blanks, however each is written; and whether all of a list are
 * addresses. */
bool peer_is_listed(const char *list, const char *address);
bool peers_are_good(const char *list);

#endif
