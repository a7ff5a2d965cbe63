/* world_people.h - what world.c needs of world_people.c. */
#ifndef GV_WORLD_PEOPLE_H
#define GV_WORLD_PEOPLE_H

#include "world.h"

/* Ends all callers. */
void people_leave(struct world *w);

#endif
