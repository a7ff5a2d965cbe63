/* chain_phone.h - mobile numbers in a text: found, lifted out, masked.
 *
 * A mobile number of the mainland is 1, 3 … 9 and nine digits more, perhaps behind +86, perhaps in groups of 3, 4 and 4
 * with a blank or - between them. Of the grid's own rooms chain_*.c only. */
#ifndef GV_CHAIN_PHONE_H
#define GV_CHAIN_PHONE_H

#include <stddef.h>

#include "text.h"

/* Masks where they lie all mobile numbers ("138****0000"), and the middle of every other run of 11 digits and more (an
 * identity card). Returns the new length, which is never more. */
size_t phone_mask(char *text, size_t len);

/* The first masked number in a text, whoever masked it; empty if there is none. */
struct text phone_masked(struct text text);

#endif
