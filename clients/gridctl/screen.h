/* screen.h - a full-screen page of text that is redrawn in place (ncurses). */
#ifndef GV_SCREEN_H
#define GV_SCREEN_H

#include <stdbool.h>

#include "macros.h"

enum screen_style { STYLE_PLAIN, STYLE_HEAD, STYLE_STRONG, STYLE_FAINT, STYLE_ALARM };

/* False if standard output is no terminal that can do it. */
bool screen_open(void) WARN_UNUSED;
void screen_close(void);

int screen_rows(void);
int screen_columns(void);

/* Begins an empty page, writes on it, and shows it. What does not fit is cut off. */
void screen_begin(void);
void screen_write(int row, int column, enum screen_style style, const char *format, ...) PRINTF_LIKE(4, 5);
void screen_show(void);

/* Keys, without waiting. */
enum screen_key { KEY_NONE_YET, KEY_QUIT, KEY_LINE_UP, KEY_LINE_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_ALL, KEY_SIZE };
enum screen_key screen_key(void);

#endif
