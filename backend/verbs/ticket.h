/* ticket.h - what a desk shows to be let in by a phone: 128 bits that nobody can guess, in Base64 for URLs. In Redis, in the
 * log and in the hub's memory there is only a hash of it, by which it is known everywhere (functions/desk.lua). The secret
 * by which the desk alone claims it is made and hashed in the same way. */
#ifndef GV_TICKET_H
#define GV_TICKET_H

#include <stdint.h>

#include "event.h"
#include "text.h"

#define TICKET_LIFE_MS 120000
#define TICKET_TEXT    23 /* 16 bytes in Base64 without padding, and a NUL */

/* A new one; to be wiped. */
char *ticket_make(char out[TICKET_TEXT]);

/* Of whatever was given for one. */
char *ticket_hash(char out[DESK_HASH], struct text ticket);

/* Where it stands. */
uint8_t ticket_partition(const char hash[DESK_HASH]);

#endif
