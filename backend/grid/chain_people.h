/* chain_people.h - how many people a word says: "+2", "2人", "x2", "两人".
 *
 * Of the grid's own rooms chain_*.c only; the convention stands in chain_text.h. */
#ifndef GV_CHAIN_PEOPLE_H
#define GV_CHAIN_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* How many people in all the end of a word says, and takes that end off: "吴六顺+1" is 2, and "吴六顺" is left. *plus tells
 * whether it was written with a plus. 0 if it says none, and what is left of the word then means nothing. */
uint32_t people_in(struct text *word, bool *plus);

#endif
