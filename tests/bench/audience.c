/* audience.c - many sessions that watch a place and say nothing, until standard input ends.
 *
 *   audience FOLDER PLACE COUNT    prints {"ready":COUNT} when all are there, and at the end {"calls":N,"slowest_ms":…}: how
 *                                  often one of them was told of a call, and how long that took after its posting, at
 *                                  the most */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define AT_ONCE 200 /* logins under way */

struct audience {
	struct bench bench;
	struct caller **callers;
	unsigned count, begun, present;
	unsigned long calls;
	uint64_t slowest_ms;
};

static void
on_state(struct caller *caller, enum caller_state state, void *context)
{
	struct audience *audience = context;

	(void)caller;
	audience->present += state == CALLER_PRESENT;
	audience->present -= state == CALLER_AWAY;
}

static void
on_event(struct caller *caller, const Event *event, void *context)
{
	struct audience *audience = context;
	uint64_t now_ms = caller_now_ms(caller);

	if (event->what_case != GRIDVANGUARD__V1__EVENT__WHAT_CALL_CHANGED)
		return;
	audience->calls++;
	if (now_ms > event->at_ms)
		audience->slowest_ms = MAX(audience->slowest_ms, now_ms - event->at_ms);
}

static void
begin_one(struct audience *audience, const char *place)
{
	char handle[32];
	PlaceWatch watched = GRIDVANGUARD__V1__PLACE_WATCH__INIT, *places[] = {&watched};
	Watch watch = GRIDVANGUARD__V1__WATCH__INIT;
	struct caller *caller;

	snprintf(handle, sizeof(handle), "audience-%05u", audience->begun);
	caller = bench_caller(&audience->bench, handle, on_state, on_event, audience);
	watched.place = UNCONST(place);
	watch.places = places;
	watch.n_places = 1;
	caller_watch(caller, &watch);
	audience->callers[audience->begun++] = caller;
}

int
main(int argc, char **argv)
{
	struct audience audience = {.count = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0};
	struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};
	struct rlimit limit;

	if (audience.count == 0)
		bench_die("usage: audience FOLDER PLACE COUNT");
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	audience.callers = calloc(audience.count, sizeof(struct caller *));
	bench_open(&audience.bench, argv[1]);
	while (audience.present < audience.count) {
		while (audience.begun < audience.count && audience.begun - audience.present < AT_ONCE)
			begin_one(&audience, argv[2]);
		uv_run(&audience.bench.loop, UV_RUN_ONCE);
	}
	printf("{\"ready\":%u}\n", audience.present);
	fflush(stdout);
	while (poll(&end, 1, 0) == 0)
		uv_run(&audience.bench.loop, UV_RUN_ONCE);
	printf("{\"calls\":%lu,\"slowest_ms\":%llu}\n", audience.calls, (unsigned long long)audience.slowest_ms);
	for (unsigned i = 0; i < audience.count; i++)
		caller_destroy(audience.callers[i]);
	free(audience.callers);
	bench_close(&audience.bench);
	return 0;
}
