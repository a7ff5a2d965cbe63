#include "screen.h"

#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "out.h"

#define TEXT_MAX 512

bool
screen_open(void)
{
	if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || !newterm(NULL, stdout, stdin))
		return false;
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	curs_set(0);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(STYLE_STRONG, COLOR_RED, -1);
		init_pair(STYLE_ALARM, COLOR_YELLOW, -1);
	}
	return true;
}

void
screen_close(void)
{
	endwin();
}

int
screen_rows(void)
{
	return LINES;
}

int
screen_columns(void)
{
	return COLS;
}

void
screen_begin(void)
{
	erase();
}

static attr_t
attributes(enum screen_style style)
{
	switch (style) {
	case STYLE_HEAD:
		return A_REVERSE;
	case STYLE_STRONG:
		return A_BOLD | COLOR_PAIR(STYLE_STRONG);
	case STYLE_FAINT:
		return A_DIM;
	case STYLE_ALARM:
		return A_BOLD | COLOR_PAIR(STYLE_ALARM);
	case STYLE_PLAIN:
		break;
	}
	return A_NORMAL;
}

void
screen_write(int row, int column, enum screen_style style, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	if (row < 0 || row >= LINES || column >= COLS)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	attrset(attributes(style));
	text[text_within(text, COLS - column, NULL)] = '\0';
	mvaddnstr(row, column, text, -1);
	attrset(A_NORMAL);
}

void
screen_show(void)
{
	refresh();
}

enum screen_key
screen_key(void)
{
	switch (getch()) {
	case 'q':
	case 'Q':
	case 3: /* Ctrl-C */
	case 27:
		return KEY_QUIT;
	case KEY_UP:
	case 'k':
		return KEY_LINE_UP;
	case KEY_DOWN:
	case 'j':
		return KEY_LINE_DOWN;
	case KEY_PPAGE:
		return KEY_PAGE_UP;
	case KEY_NPAGE:
	case ' ':
		return KEY_PAGE_DOWN;
	case 'a':
		return KEY_ALL;
	case KEY_RESIZE:
		return KEY_SIZE;
	default:
		return KEY_NONE_YET;
	}
}
