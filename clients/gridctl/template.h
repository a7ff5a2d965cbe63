/* template.h - the templates of calls, for who posts by one. */
#ifndef GV_TEMPLATE_H
#define GV_TEMPLATE_H

#include "tool.h"

/* The template of that name for who posts there, in answer->template_list->templates[0]->call; NULL, after a line on
 * standard error, if it cannot be had, and then *status says how to exit. The caller frees the answer. */
Answer *template_read(struct tool *tool, const char *place, const char *name, int *status) WARN_UNUSED;

#endif
