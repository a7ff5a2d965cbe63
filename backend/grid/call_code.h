/* call_code.h - a call's id short enough to be said aloud, "K7Q2": what ties a text in a WeChat group to its call.
 *
 * Format: digits to the base of 31 in the alphabet 23456789ABCDEFGHJKMNPQRSTUVWXYZ (without 0 O 1 I L), the highest
 * first, and behind them one check character.
 *
 *   value = (number - 1) * 16 + partition
 *   Three digits for the first 31^3 values, four for the next 31^4, and so on, each counted from 0 again; so every id has
 *   one code and a code of any length is one id. Four characters last for 1,861 calls in a partition, six for 1.8
 *   million; the longest id takes 13.
 *   check = sum of digit i times i, counted from 1 at the left, modulo 31
 *
 * 31 is a prime, so one wrong character, or two that have changed places, is always noticed; anything else with a chance
 * of 30 in 31. */
#ifndef GV_CALL_CODE_H
#define GV_CALL_CODE_H

#include <stdbool.h>

#include "id.h"
#include "macros.h"
#include "text.h"

#define CALL_CODE_MIN  4
#define CALL_CODE_MAX  13
#define CALL_CODE_TEXT (CALL_CODE_MAX + 1) /* room for call_code_print(), NUL included */

/* Writes the code of a call; returns `out`. The empty string for an id that names nothing. */
char *call_code_print(char out[CALL_CODE_TEXT], struct id call);

/* Reads a code, in capitals or not, without blanks. False, and *out untouched, if it is none or its check fails. Whether
 * there is such a call is another question. */
bool call_code_parse(struct id *out, struct text text) WARN_UNUSED;

/* True for a character of the alphabet, also in small. */
bool call_code_letter(char letter);

#endif
