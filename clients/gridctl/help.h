/* help.h - how gridctl is used, from the tables of its verbs and flags. */
#ifndef GV_HELP_H
#define GV_HELP_H

#include <stdio.h>

#include "tool.h"

/* "PLACE": as it is, or in Chinese; printed to that stream. Also of several words, as "CALL [PERSON|NUMBER]". */
void print_placeholders(FILE *out, const char *words);

/* "usage: gridctl call show CALL", in a line on standard error. */
void print_usage(const struct verb_spec *spec);

void print_help(void);
void print_verb_help(const struct verb_spec *spec);

/* The verbs of a group, as "place". */
void print_group_help(const char *group);

/* The manual page; in English, as manual pages of commands are. */
void print_man(void);

/* The hub's table of rights (verbs/rights.h), as a section of the manual page; in role.c. */
void print_man_rights(void);

#endif
