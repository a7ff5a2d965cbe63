/* places.h - the grid of the tests and its neighbour, what lies in them, and what they lie in. */
#ifndef GV_PLACES_OF_TESTS_H
#define GV_PLACES_OF_TESTS_H

#include "place.h" /* first, for its levels bear some of these names */

#define GRID_A     "140105007004001"
#define GRID_B     "140105007004002"
#define BUILDING_1 "140105007004001001"
#define BUILDING_2 "140105007004001002"
#define COMMUNITY  "140105007004"
#define STREET     "140105007"
#define DISTRICT   "140105"
#define CITY       "1401"
#define PROVINCE_  "14"

#endif
