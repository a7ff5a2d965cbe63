/* probe.c - how long a durable request takes, asked again and again while something else goes on.
 *
 *   probe FOLDER GRID    posts a call in the grid and joins and withdraws by turns, every 2 ms, until standard input ends;
 *                        then prints {"requests":N,"p50_ms":…,"p99_ms":…,"max_ms":…} */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"

#define SAMPLES_MAX 1000000
#define EVERY_US    2000

struct probe {
	struct bench bench;
	struct caller *caller;
	char call[ID_TEXT];
	double *samples;
	size_t count;
};

/* Asks; gives how long it took in milliseconds. */
static double
timed(struct probe *probe, Request *request)
{
	uint64_t started_us = clock_mono_us();
	Answer *answer = caller_call(probe->caller, request);

	if (!answer)
		bench_die("no answer");
	if (answer->result_case == GRIDVANGUARD__V1__ANSWER__RESULT_CALL_POST)
		snprintf(probe->call, sizeof(probe->call), "%s", answer->call_post->call);
	gridvanguard__v1__answer__free_unpacked(answer, NULL);
	return (double)(clock_mono_us() - started_us) / 1000;
}

static void
prepare(struct probe *probe, const char *grid)
{
	Gridvanguard__V1__MemberRegister member = GRIDVANGUARD__V1__MEMBER_REGISTER__INIT;
	Gridvanguard__V1__CallPost post = GRIDVANGUARD__V1__CALL_POST__INIT;
	Request registering = REQUEST(MEMBER_REGISTER, &member), posting = REQUEST(CALL_POST, &post);

	member.place = post.place = UNCONST(grid);
	member.name = UNCONST("probe");
	post.title = UNCONST("probe");
	post.deadline_ms = clock_wall_ms() + 3600000;
	timed(probe, &registering);
	timed(probe, &posting);
}

static void
ask_once(struct probe *probe)
{
	Gridvanguard__V1__ChainJoin join = GRIDVANGUARD__V1__CHAIN_JOIN__INIT;
	Gridvanguard__V1__ChainWithdraw withdraw = GRIDVANGUARD__V1__CHAIN_WITHDRAW__INIT;
	Request joining = REQUEST(CHAIN_JOIN, &join), withdrawing = REQUEST(CHAIN_WITHDRAW, &withdraw);

	join.call = withdraw.call = probe->call;
	probe->samples[probe->count] = timed(probe, probe->count % 2 == 0 ? &joining : &withdrawing);
	probe->count++;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	struct probe probe = {.count = 0};
	struct pollfd end = {.fd = STDIN_FILENO, .events = POLLIN};

	if (argc != 3)
		bench_die("usage: probe FOLDER GRID");
	probe.samples = calloc(SAMPLES_MAX, sizeof(*probe.samples));
	bench_open(&probe.bench, argv[1]);
	probe.caller = bench_caller(&probe.bench, "probe", NULL, NULL, NULL);
	prepare(&probe, argv[2]);
	while (probe.count < SAMPLES_MAX && poll(&end, 1, EVERY_US / 1000) == 0)
		ask_once(&probe);
	qsort(probe.samples, probe.count, sizeof(*probe.samples), by_size);
	printf("{\"requests\":%zu,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n", probe.count,
		probe.samples[probe.count / 2], probe.samples[probe.count * 99 / 100], probe.samples[probe.count - 1]);
	caller_destroy(probe.caller);
	bench_close(&probe.bench);
	free(probe.samples);
	return 0;
}
