/* erase.h - what is left of a person who was erased, in partitions other than his own.
 *
 * It is due there (functions/erase.lua) until it is done. A hub does one person after the other, one call after the other;
 * any hub may, and twice does no harm. What fails is begun anew at the next look at what is due. */
#ifndef GV_ERASE_H
#define GV_ERASE_H

#include "service.h"

struct eraser *eraser_create(struct service *service);

/* When the loop has ended. */
void eraser_destroy(struct eraser *eraser);

/* That person is to be erased, as of then, which is the item's own text. Nothing, if he is waiting for it already, or if as
 * many wait as may: he stays due. */
void erase_due(struct eraser *eraser, struct id person, struct text when);

#endif
