/* watch.c - the board of a place, live: redrawn in place on a terminal, as lines or as JSON elsewhere. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "screen.h"

#define REDRAW_MS   100
#define BAR_COLUMNS 20

/* Columns of the screen: where figures begin, at most and at least, and how many they take; the same of a call's. */
#define FIGURES_MOST    50
#define FIGURES_LEAST   20
#define FIGURES_COLUMNS 34
#define CODE_COLUMN     30
#define PEOPLE_MOST     66
#define PEOPLE_LEAST    20
#define PEOPLE_COLUMNS  36
#define TITLE_COLUMN    10

struct watching {
	struct tool *tool;
	struct board *board;
	bool screen;
	bool all; /* places without any figure too */
	int scroll;
	bool stale; /* to be loaded */
	bool loaded;
	bool away;
	bool ended;
	uv_timer_t timer;
	uv_poll_t keys;
	uv_signal_t interrupt;
};

/* Lines. */

static void
print_place_line(struct watching *watching, const struct board_place *place)
{
	char code[PLACE_TEXT], at[WHEN_TEXT];

	printf("%s  ", when_print_clock(at, caller_now_ms(watching->tool->caller)));
	print_padded(place->name, 24);
	print_padded(place_print(code, place->place), 20);
	printf(T("members %u  calls %u  confirmed %u  waiting %u\n", "成员 %u  召集 %u  已确认 %u  候补 %u\n"),
		place->members, place->calls, place->confirmed, place->waiting);
	fflush(stdout);
}

static void
print_snapshot(struct watching *watching)
{
	for (size_t i = 0; i < watching->board->place_count; i++) {
		const struct board_place *place = &watching->board->places[i];
		if (place->members || place->calls || i == 0)
			print_place_line(watching, place);
	}
}

/* The screen. */

static bool
is_shown(const struct watching *watching, const struct board_place *place)
{
	return watching->all || board_indent(watching->board, place) <= 2 || place->members || place->calls ||
	       place->confirmed || place->waiting;
}

/* On a narrow screen figures move to the left: the bar goes first, then codes, then the ends of names. */
static int
figures_column(void)
{
	return MAX(MIN(screen_columns() - FIGURES_COLUMNS, FIGURES_MOST), FIGURES_LEAST);
}

static void
write_within(int row, int column, int end, enum screen_style style, const char *text)
{
	screen_write(row, column, style, "%.*s", (int)text_within(text, end - 1 - column, NULL), text);
}

static void
draw_place(const struct watching *watching, int row, const struct board_place *place, uint32_t most)
{
	int indent = board_indent(watching->board, place), figures = figures_column();
	int bar = most ? (int)((uint64_t)place->confirmed * BAR_COLUMNS / most) : 0;
	bool quiet = !place->confirmed && !place->waiting && !place->calls;
	enum screen_style style = quiet ? STYLE_FAINT : STYLE_PLAIN;
	char code[PLACE_TEXT];

	if (figures == FIGURES_MOST) {
		write_within(row, indent, CODE_COLUMN, style, place->name);
		screen_write(row, CODE_COLUMN, STYLE_FAINT, "%s", place_print(code, place->place));
	} else {
		write_within(row, indent, figures, style, place->name);
	}
	screen_write(row, figures, style, "%8u %6u", place->members, place->calls);
	screen_write(row, figures + 16, place->confirmed ? STYLE_STRONG : style, "%9u", place->confirmed);
	screen_write(row, figures + 26, place->waiting ? STYLE_ALARM : style, "%7u", place->waiting);
	for (int i = 0; i < bar; i++)
		screen_write(row, figures + 35 + i, STYLE_STRONG, "▇");
}

static void
draw_call(const struct watching *watching, int row, const struct board_call *call)
{
	int people = MAX(MIN(screen_columns() - PEOPLE_COLUMNS, PEOPLE_MOST), PEOPLE_LEAST);
	char deadline[WHEN_TEXT];

	screen_write(row, 0, STYLE_PLAIN, "%s", call->id);
	write_within(row, TITLE_COLUMN, people, STYLE_PLAIN, call->title);
	screen_write(row, people, call->need && call->confirmed < call->need ? STYLE_ALARM : STYLE_STRONG, "%u",
		call->confirmed);
	if (call->limit || call->need)
		screen_write(row, people + 6, STYLE_FAINT, "/ %u", call->need ? call->need : call->limit);
	screen_write(row, people + 14, STYLE_FAINT, T("until %s", "%s 截止"),
		when_print(deadline, call->deadline_ms, caller_now_ms(watching->tool->caller)));
}

static void
draw_head(const struct watching *watching)
{
	const char *away = T("cut off, figures may be old", "连接中断，数字可能已旧");
	const struct board_place *top = &watching->board->places[0];
	int clock = screen_columns() - 10;
	char at[WHEN_TEXT];

	for (int i = 0; i < screen_columns(); i++)
		screen_write(0, i, STYLE_HEAD, " ");
	screen_write(0, 1, STYLE_HEAD, T("Grid Vanguard · %s", "网格先锋队 · %s"), top->name);
	screen_write(0, MAX(clock, 0), STYLE_HEAD, "%s", when_print_clock(at, caller_now_ms(watching->tool->caller)));
	if (watching->away)
		screen_write(0, MAX(clock - 2 - text_columns(away), 0), STYLE_HEAD, "%s", away);
	screen_write(1, figures_column(), STYLE_FAINT, "%s",
		T(" members  calls confirmed waiting", "    成员   召集   已确认    候补"));
}

/* So far that the last place stands in the last row, and no further. */
static void
bound_scroll(struct watching *watching, int rows)
{
	int shown = 0;

	for (size_t i = 0; i < watching->board->place_count; i++)
		shown += is_shown(watching, &watching->board->places[i]);
	watching->scroll = MAX(MIN(watching->scroll, shown - rows), 0);
}

static void
draw(struct watching *watching)
{
	const struct board *board = watching->board;
	int calls = (int)board->call_count, row = 2, last = screen_rows() - 2 - (calls ? MIN(calls, 6) + 1 : 0);
	uint32_t most = 0;

	screen_begin();
	draw_head(watching);
	bound_scroll(watching, last - row);
	for (size_t i = 1; i < board->place_count; i++)
		most = MAX(most, board->places[i].confirmed);
	for (size_t i = 0, shown = 0; i < board->place_count && row < last; i++) {
		if (!is_shown(watching, &board->places[i]))
			continue;
		if ((int)shown++ >= watching->scroll)
			draw_place(watching, row++, &board->places[i], MAX(most, 1U));
	}
	if (calls > 6)
		screen_write(last, 0, STYLE_FAINT,
			T("open calls: the newest 6 of %d", "进行中的召集：最新 6 个，共 %d 个"), calls);
	else if (calls)
		screen_write(last, 0, STYLE_FAINT, "%s", T("open calls", "进行中的召集"));
	for (int i = 0; i < MIN(calls, 6); i++)
		draw_call(watching, last + 1 + i, &board->calls[calls - 1 - i]);
	screen_write(screen_rows() - 1, 0, STYLE_FAINT, "%s",
		T("q quit   ↑↓ PgUp PgDn scroll   a all places", "q 退出   ↑↓ PgUp PgDn 滚动   a 全部地点"));
	screen_show();
}

/* What is heard. */

static void
on_tally(struct caller *caller, const Tally *tally, void *context)
{
	struct watching *watching = context;
	struct board_place *place;

	(void)caller;
	place = board_tally(watching->board, tally);
	if (watching->tool->json)
		print_json(json_pack("{s:o}", "tally", json_of(&tally->base)));
	else if (place && watching->loaded && !watching->screen)
		print_place_line(watching, place);
}

static void
print_call_line(struct watching *watching, const Call *call)
{
	bool open = call->state == GRIDVANGUARD__V1__CALL_STATE__CALL_STATE_OPEN;
	char at[WHEN_TEXT];

	printf("%s  %s  %s  %s\n", when_print_clock(at, caller_now_ms(watching->tool->caller)),
		open ? T("call", "召集") : T("closed", "结束"), call->id, call->title);
	fflush(stdout);
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct watching *watching = context;

	(void)caller;
	if (watching->tool->json)
		print_json(json_pack("{s:o}", "event", json_of(&event->base)));
	if (event->what_case == GRIDVANGUARD__V1__EVENT__WHAT_PLACES_CHANGED)
		watching->stale = true;
	if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED)
		return;
	board_call(watching->board, event->call_changed->call);
	if (watching->loaded && !watching->screen && !watching->tool->json)
		print_call_line(watching, event->call_changed->call);
}

static void
on_snapshot(struct caller *caller, void *context)
{
	struct watching *watching = context;

	(void)caller;
	watching->stale = true;
}

/* The loop's turns. */

static void
on_timer(uv_timer_t *timer)
{
	struct watching *watching = timer->data;
	bool away = caller_state(watching->tool->caller) != CALLER_PRESENT;

	if (away != watching->away && !watching->screen && !watching->tool->json)
		puts(away ? T("cut off: trying again", "连接中断：正在重连") : T("connected again", "已重新连接"));
	if (away != watching->away && watching->tool->json)
		print_json(json_pack("{s:b}", "connected", !away));
	watching->away = away;
	if (watching->screen && watching->loaded)
		draw(watching);
}

static void
on_key(uv_poll_t *poll, int status, int events)
{
	struct watching *watching = poll->data;
	int page = screen_rows() - 4;

	(void)status;
	(void)events;
	switch (screen_key()) {
	case KEY_QUIT:
		watching->ended = true;
		break;
	case KEY_LINE_UP:
		watching->scroll = MAX(watching->scroll - 1, 0);
		break;
	case KEY_LINE_DOWN:
		watching->scroll++;
		break;
	case KEY_PAGE_UP:
		watching->scroll = MAX(watching->scroll - page, 0);
		break;
	case KEY_PAGE_DOWN:
		watching->scroll += page;
		break;
	case KEY_ALL:
		watching->all = !watching->all;
		watching->scroll = 0;
		break;
	case KEY_SIZE:
	case KEY_NONE_YET:
		break;
	}
	if (watching->loaded)
		draw(watching);
}

static void
on_interrupt(uv_signal_t *interrupt, int number)
{
	struct watching *watching = interrupt->data;

	(void)number;
	watching->ended = true;
}

static void
begin(struct watching *watching, unsigned depth)
{
	struct tool *tool = watching->tool;
	PlaceWatch place = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[] = {&place};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;

	place.place = UNCONST(tool->args.words[0]);
	place.depth = depth;
	watch.places = places;
	watch.n_places = 1;
	caller_listen(tool->caller, on_event, on_tally, on_snapshot, watching);
	caller_watch(tool->caller, &watch);
	uv_timer_init(&tool->loop, &watching->timer);
	uv_signal_init(&tool->loop, &watching->interrupt);
	watching->timer.data = watching->interrupt.data = watching->keys.data = watching;
	uv_timer_start(&watching->timer, on_timer, REDRAW_MS, REDRAW_MS);
	uv_signal_start(&watching->interrupt, on_interrupt, SIGINT);
	if (!watching->screen)
		return;
	uv_poll_init(&tool->loop, &watching->keys, STDIN_FILENO);
	watching->keys.data = watching;
	uv_poll_start(&watching->keys, UV_READABLE, on_key);
}

static void
end(struct watching *watching)
{
	caller_listen(watching->tool->caller, NULL, NULL, NULL, NULL);
	uv_close((uv_handle_t *)&watching->timer, NULL);
	uv_close((uv_handle_t *)&watching->interrupt, NULL);
	if (watching->screen)
		uv_close((uv_handle_t *)&watching->keys, NULL);
}

/* Reads the board anew. What is told meanwhile goes onto the board as it comes: the hub says everything in its order,
 * so what comes before a page is in it and what comes after is newer. */
static int
load(struct watching *watching)
{
	int status;

	watching->stale = false;
	status = board_load(watching->board);
	watching->loaded = status == EXIT_DONE;
	if (watching->loaded && !watching->screen && !watching->tool->json)
		print_snapshot(watching);
	for (size_t i = 0; watching->loaded && watching->tool->json && i < watching->board->place_count; i++)
		print_json(json_pack("{s:o}", "place", board_place_json(&watching->board->places[i])));
	return status;
}

static int
watch_place(struct watching *watching, unsigned depth)
{
	struct tool *tool = watching->tool;
	int status = EXIT_DONE;

	begin(watching, depth);
	while (!watching->ended && status == EXIT_DONE) {
		uv_run(&tool->loop, UV_RUN_ONCE);
		status = tool_standing(tool);
		if (status == EXIT_DONE && watching->stale)
			status = load(watching);
	}
	end(watching);
	return status;
}

int
run_watch(struct tool *tool)
{
	struct watching *watching = calloc(1, sizeof(*watching));
	uint64_t depth;
	int status;

	if (!watching || !args_number(&tool->args, "depth", 2, 0, 3, &depth)) {
		free(watching);
		return EXIT_USAGE;
	}
	watching->tool = tool;
	watching->board = board_create(tool, tool->args.words[0], (unsigned)depth);
	/* The place is looked up first, so that what is wrong is said on an ordinary screen. */
	status = board_load(watching->board);
	if (status == EXIT_DONE) {
		watching->screen = !tool->json && !args_get(&tool->args, "plain") && screen_open();
		status = watch_place(watching, (unsigned)depth);
		if (watching->screen)
			screen_close();
	}
	board_destroy(watching->board);
	/* Its handles close with the loop. */
	tool_disconnect(tool);
	free(watching);
	return status;
}
