/* load_boards.c - from one thumb to every board: how long until all who watch a city have the figure with it in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "load.h"

#define CROWDED_TURN_MS 1
#define PATIENCE_US     10000000ULL
#define QUIET_MS        250 /* longer than figures are gathered */

struct boards {
	struct load *load;
	struct crowd crowd;
	const char *place;
	uint32_t *confirmed; /* as each board shows */
	uint32_t least;      /* that all of them show */
	uint32_t begun;      /* what they showed before */
	uint64_t *times_us;  /* of each sign-up: when it was sent; then how long it took until all boards had it */
	uint32_t told;       /* sign-ups that all have */
	unsigned next, until;
};

/* A board has a figure. All sign-ups that every board has now are told. */
static void
show(struct boards *boards, unsigned board, uint32_t confirmed)
{
	uint32_t least = confirmed;

	boards->confirmed[board] = confirmed;
	for (unsigned i = 0; i < boards->crowd.options.count; i++)
		least = MIN(least, boards->confirmed[i]);
	boards->least = least;
	for (; boards->begun + boards->told < least && boards->told < boards->next; boards->told++)
		boards->times_us[boards->told] = now_us() - boards->times_us[boards->told];
}

static void
on_board(unsigned board, const uint8_t *payload, size_t len, void *context)
{
	struct boards *boards = context;
	Frame *frame = gridvanguard__v1__frame__unpack(NULL, len, payload);

	if (!frame)
		bench_die("not a Frame");
	for (size_t i = 0; i < frame->n_tallies; i++)
		if (frame->tallies[i]->call[0] == '\0' && strcmp(frame->tallies[i]->place, boards->place) == 0)
			show(boards, board, frame->tallies[i]->confirmed);
	gridvanguard__v1__frame__free_unpacked(frame, NULL);
}

static void
turn(struct boards *boards)
{
	crowd_turn(&boards->load->crowd, 0);
	crowd_turn(&boards->crowd, CROWDED_TURN_MS);
}

static void
turn_for(struct boards *boards, unsigned ms)
{
	uint64_t until_us = now_us() + ms * 1000ULL;

	while (now_us() < until_us)
		turn(boards);
}

static void
sign_up_next(struct boards *boards, const char *call)
{
	boards->times_us[boards->next] = now_us();
	load_sign_up(boards->load, boards->next++, call);
}

/* So many under way at once, until the last is told. */
static void
sign_up_all(struct boards *boards, const char *call, unsigned under_way, unsigned quiet_ms)
{
	uint64_t until_us = now_us() + boards->until * (quiet_ms * 1000ULL) + 6 * PATIENCE_US;

	while (boards->told < boards->until) {
		unsigned answered = boards->load->crowd.answers;
		while (boards->next < boards->until &&
			boards->next < (quiet_ms ? boards->told : answered) + under_way) {
			turn_for(boards, quiet_ms);
			sign_up_next(boards, call);
		}
		turn(boards);
		if (boards->load->crowd.refusals > 0 || now_us() > until_us)
			bench_die("not every sign-up came to the boards");
	}
}

/* The boards show the call's confirmed people beside those of others; so each part begins with a new call, all others as
 * they were. */
static void
measure(struct boards *boards, const char *grid, unsigned sign_ups, unsigned under_way, unsigned quiet_ms,
	double out[2])
{
	char call[LOAD_CALL];

	load_post(boards->load, grid, call);
	turn_for(boards, SETTLE_MS);
	boards->begun = boards->least;
	boards->told = boards->next = 0;
	boards->until = sign_ups;
	crowd_expect(&boards->load->crowd, 0);
	sign_up_all(boards, call, under_way, quiet_ms);
	out[0] = ms_since(0, at_quantile(boards->times_us, sign_ups, 0.5));
	out[1] = ms_since(0, at_quantile(boards->times_us, sign_ups, 0.99));
}

void
load_boards(struct load *load, unsigned count, const char *place, const char *grid, unsigned sign_ups)
{
	struct boards boards = {.load = load, .place = place};
	struct crowd_options options = {.address = load->crowd.options.address,
		.count = count,
		.token = load->crowd.options.token,
		.prefix = "board",
		.watch = place};
	double quiet[2], busy[2];

	if (count == 0 || sign_ups > load->crowd.options.count)
		bench_die("more sign-ups than people");
	boards.confirmed = calloc(count, sizeof(uint32_t));
	boards.times_us = calloc(sign_ups + 1, sizeof(uint64_t));
	if (!boards.confirmed || !boards.times_us)
		bench_die("no memory");
	crowd_open(&boards.crowd, &options);
	crowd_connect(&boards.crowd);
	boards.crowd.heard = on_board;
	boards.crowd.heard_context = &boards;
	measure(&boards, grid, MIN(sign_ups, 100U), 1, QUIET_MS, quiet);
	measure(&boards, grid, sign_ups, 32, 0, busy);
	printf("{\"work\":\"boards\",\"boards\":%u,\"clients\":%u,\"quiet_p50_ms\":%.3f,\"quiet_p99_ms\":%.3f,"
	       "\"busy_p50_ms\":%.3f,\"busy_p99_ms\":%.3f}\n",
		count, load->crowd.options.count, quiet[0], quiet[1], busy[0], busy[1]);
	crowd_close(&boards.crowd);
	free(boards.confirmed);
	free(boards.times_us);
}
