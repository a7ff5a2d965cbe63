/* door.h - the code that is shown at the door of a call, as text or in a QR code, with which people check themselves in.
 *
 * It changes every minute and is good for the minute it was made in and the next, so a picture of it sent around is
 * soon worth nothing. 50 bits of a keyed BLAKE2b hash of call and minute, in the alphabet of Crockford's Base32, by the
 * secret that all hubs on the same data share. */
#ifndef GV_DOOR_H
#define GV_DOOR_H

#include "id.h"
#include "macros.h"
#include "store.h"
#include "text.h"

#define DOOR_CODE 11 /* with its NUL */

/* The code of this moment. Returns until when it is good, in ms since 1970. */
uint64_t door_code(char out[DOOR_CODE], const uint8_t secret[STORE_SECRET], struct id call, uint64_t now_ms);

bool door_code_is_good(
	const uint8_t secret[STORE_SECRET], struct id call, uint64_t now_ms, struct text code) WARN_UNUSED;

#endif
