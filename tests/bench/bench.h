/* bench.h - what the measuring programs share: a connection to the hub on a data folder. */
#ifndef GV_BENCH_H
#define GV_BENCH_H

#include "caller.h"

struct bench {
	uv_loop_t loop;
	struct dialer *dialer;
	char url[160];
	char token[80];
};

/* Ends the program with a line on standard error. */
_Noreturn void bench_die(const char *what);

/* The first line of a file in the folder; ends the program where there is none. */
void bench_read_word(const char *folder, const char *name, char *out, size_t room);

/* Of the hub that serves that folder. */
void bench_open(struct bench *bench, const char *folder);
void bench_close(struct bench *bench);

struct caller *bench_caller(struct bench *bench, const char *handle,
	void (*state)(struct caller *, enum caller_state, void *),
	void (*event)(struct caller *, const Event *, void *), void *context);

#endif
