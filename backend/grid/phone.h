/* phone.h - a mobile number of the Chinese mainland: what WeChat vouches for, and so what a roster is matched by.
 *
 * Eleven digits, of which the first is 1 and the second 3 to 9. Numbers of other kinds (landlines, other countries) are
 * none. */
#ifndef GV_PHONE_H
#define GV_PHONE_H

#include <stdbool.h>

#include "macros.h"
#include "text.h"

#define PHONE_DIGITS 11
#define PHONE_HEAD   3 /* digits that show in front of the mask, and behind it */
#define PHONE_TAIL   4

struct phone {
	char digits[PHONE_DIGITS + 1]; /* ended by NUL */
};

/* Reads a number as people and spreadsheets write it: "138 0000 0000", "+86-138-0000-0000", "(0086)13800000000", in
 * full-width digits, with an apostrophe in front, with the invisible marks that a phone's address book puts around one.
 * False, and *out untouched, for all else. */
bool phone_parse(struct phone *out, struct text text) WARN_UNUSED;

/* "138****0000": writes it; returns `out`. */
char *phone_hide(char out[PHONE_DIGITS + 1], struct phone phone);

#endif
