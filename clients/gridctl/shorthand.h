/* shorthand.h - shifts and questions as a hurried worker types them, one line each.
 *
 * A slot: a label, then in any order a time, how many are needed and how many at the most:
 *
 *   早班 08:00-12:00 need 3 limit 5      Night watch, 2026-04-13, 20:00-06:00, limit 2      夜班 20:00至06:00 需3人 限5人
 *   2: limit 6                           2: 晚班 18:00-22:00          (a slot that is there, by its number)
 *
 * Words are parted by blanks or commas, also full-width ones; a range by -, –, ~, 至 or 到.
 *
 * A question: what is asked; behind a colon the kind of its answer, if that is not a text; with a star in front it must
 * be answered:
 *
 *   有车吗      *几点能到      *尺码: S/M/L      几个人: number      几个人：数字 */
#ifndef GV_SHORTHAND_H
#define GV_SHORTHAND_H

#include <stdbool.h>
#include <stdint.h>

#include "macros.h"
#include "pb.h"

#define CHOICES_MAX 10

/* A slot as it was typed. Times are left as words, for what they mean depends on the slot that is meant. */
struct slot_words {
	uint32_t number; /* 0: none was given */
	char *label;     /* lies in what was parsed; may be "" */
	char date[12];   /* "2026-04-13"; all three "" if not said */
	char starts[8];  /* "08:00" */
	char ends[8];
	bool has_need, has_limit;
	uint32_t need, limit;
};

/* Reads a slot, cutting the text up. NULL, or what is wrong with it, for people. */
const char *slot_words_parse(struct slot_words *out, char *text) WARN_UNUSED;

/* The same for a question, whose texts lie in `text` and whose choices in `choices`. */
const char *question_words_parse(Question *out, char *text, char *choices[CHOICES_MAX]) WARN_UNUSED;

#endif
