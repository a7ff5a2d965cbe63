/* chain_clean.h - characters, as people and clients write them into a chain.
 *
 * Of the grid's own rooms chain_*.c only. All texts are valid UTF-8 without NUL. */
#ifndef GV_CHAIN_CLEAN_H
#define GV_CHAIN_CLEAN_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "macros.h"
#include "text.h"

/* Nothing, and yet somewhere: what is compared and copied may not be NULL. */
#define NO_TEXT ((struct text){"", 0})

/* Leaves one kind of line end, one kind of blank, and digits and # in half width; takes out control characters and what
 * nobody sees (zero-width, direction, variation selectors). A keycap (1️⃣) becomes its digit and a blank. All other
 * characters stay themselves: they may be part of a name. In place; returns the new length, which is never more. */
size_t chain_clean(char *text, size_t len);

/* The character at the front, which is taken off; 0 at the end. */
uint32_t char_take(struct text *rest);

/* The same without taking it. */
uint32_t char_first(struct text text);

/* The character at the end; 0 if there is none. */
uint32_t char_last(struct text text);

/* How many bytes it takes in UTF-8. */
size_t char_size(uint32_t c);

/* Half width for the full-width forms of ASCII and for ideographic stops, small letters for capitals: what tells two ways
 * of writing one character apart goes. */
uint32_t char_fold(uint32_t c);

/* True if c is one of the characters of a C string in UTF-8. */
bool char_in(uint32_t c, const char *set);

bool char_is_digit(uint32_t c);
bool char_is_han(uint32_t c);
bool char_is_latin(uint32_t c);

/* 1 … 10 for 一 … 十, and 2 for 两; 0 for anything else. */
uint32_t char_han_number(uint32_t c);

/* True if the text starts with that word, whatever the case of ASCII letters. */
bool text_starts(struct text text, const char *word);

/* Where the word stands first, in any case of ASCII letters; text.len if nowhere. */
size_t text_find(struct text text, const char *word);

/* Without the first n bytes. */
struct text text_from(struct text text, size_t n);

/* Without blanks at either end. */
struct text text_trim(struct text text);

/* How many characters it has, counted up to `max`. */
size_t text_chars(struct text text, size_t max);

/* The text up to that many characters. */
struct text text_first_chars(struct text text, size_t count);

/* What of a character counts when two lines are compared: it folded, if that is not longer in UTF-8, or 0 for what the
 * client ignores as well: blanks and . 。 , ， : ： ; ； 、 -. */
uint32_t char_key(uint32_t c);

/* What two ways of writing one line have in common (chain_entry.key): the keys of its characters, made in the arena. False if that is full. */
bool text_key(struct text *out, struct text text, struct arena *arena) WARN_UNUSED;

#endif
