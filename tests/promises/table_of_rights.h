/* table_of_rights.h - the hub's own table (verbs/rights.h), for a test that asks by name. */
#ifndef GV_TABLE_OF_RIGHTS_H
#define GV_TABLE_OF_RIGHTS_H

#include <stdbool.h>

/* The verb of that number, from 0; NULL behind the last. */
const char *table_verb(unsigned verb);

/* Whether everybody may ask it. */
bool table_is_for_all(unsigned verb);

/* Whether it is asked about where a person is registered. */
bool table_is_about_persons(unsigned verb);

/* 'o' over, 'r' related, 'w' over with a reason, '-' never. What is about the whole country is for nobody whose place is
 * smaller, and '-' too. */
char table_reach(unsigned verb, unsigned role);

#endif
