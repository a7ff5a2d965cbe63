/* chain_name.h - what looks like a name, and what does not.
 *
 * Guesses, all of them; the roster decides (chain_match.h). Of the grid's own rooms chain_*.c only. */
#ifndef GV_CHAIN_NAME_H
#define GV_CHAIN_NAME_H

#include "text.h"
#include "chain_clean.h"

#define CHAIN_NAME_MAX 20 /* characters, as member_register takes them */

/* True for what stands between words: blanks, brackets, commas and their like. */
bool char_parts_words(uint32_t c);

/* The name in a word, empty if there is none: "王芳" of "王芳-3号楼", "王芳3号楼" and "3号楼王芳", nothing of "3-2-501". */
struct text name_in_word(struct text word);

/* True for 2 … 4 Chinese characters that do not speak of an errand (代购, 代步车). */
bool text_is_short_name(struct text text);

/* True for a word in Latin letters that starts with a capital. */
bool text_is_latin_name(struct text text);

/* How 代 and 替 open a proxy. */
enum proxy_word {
	PROXY_NOT,
	PROXY_OR_SURNAME, /* 代李梅: 代 is also a family's name */
	PROXY_CLEAR,      /* 代报李梅, 替李梅 */
};

/* Takes the word for "in the name of" off, and 报名 from the end; what is left is for whom. */
enum proxy_word proxy_take(struct text *text);

/* Without separators and blanks at either end. */
struct text text_trim_separators(struct text text);

#endif
